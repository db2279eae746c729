//! A name changed wherever it stands, in every ruleset that has it.

use std::collections::BTreeSet;

use unicode_ident::{is_xid_continue, is_xid_start};

use qudao_language::check::{NameKind, Named};
use qudao_language::diagnostic::{Code, Diagnostic, Severity, nearest, nearest_hint};
use qudao_language::source::{FileId, Span, normal};
use qudao_language::syntax::ast::{self, DeclarationKind};
use qudao_language::syntax::{RESERVED, Sources};

use crate::hover::word;
use crate::project::Project;

/// A change of a file, which is told by its path: the name under which it was brought, without `.` and `..`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Change {
    /// The path.
    pub path: String,
    /// Where the piece begins that is replaced, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// What is written in its place.
    pub text: String,
}

/// A path without `.` and `..` between its names, so that one file has one path.
#[must_use]
pub fn plain_path(path: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "." => {}
            ".." if names.last().is_some_and(|last| !matches!(*last, ".." | "")) => drop(names.pop()),
            _ => names.push(name),
        }
    }
    names.join("/")
}

/// Tells what a name is that is asked for by a word: `field:owner`, `rule:posts`, `value:Owner.company`, or the name alone
/// where there is one of it.
///
/// # Errors
/// If there is none, or several.
pub fn find(project: &Project, asked: &str) -> Result<Named, String> {
    let (kind, name) = asked.split_once(':').map_or((None, asked), |(kind, name)| (Some(kind), name));
    let written = |named: &Named| match &named.of {
        Some(of) if matches!(named.kind, NameKind::Value | NameKind::Row) => format!("{of}.{}", named.name),
        _ => named.name.to_string(),
    };
    let fits = |named: &&Named| {
        (&*named.name == name || written(named) == name)
            && kind.is_none_or(|kind| word(named.kind) == kind)
            && named.kind != NameKind::Variable
            && project.declared(named).next().is_some()
    };
    let found: Vec<&Named> = project.names().filter(fits).collect();
    match found[..] {
        [one] => Ok(one.clone()),
        [] => {
            let names: BTreeSet<&str> = project.names().map(|named| &*named.name).collect();
            let near = nearest_hint(nearest(name, names));
            Err(format!("nothing is named `{asked}`{near}"))
        }
        _ => {
            let all: Vec<String> =
                found.iter().map(|named| format!("`{}:{}`", word(named.kind), written(named))).collect();
            Err(format!("`{asked}` is the name of several: {}", all.join(", ")))
        }
    }
}

/// Tells what may be renamed at a place: its name, and where that stands.
///
/// # Errors
/// If nothing there has a name that can be changed.
pub fn renamable(project: &Project, file: FileId, at: u32) -> Result<(Span, Named), String> {
    let mention = project.mention_at(file, at).ok_or("no name stands here")?;
    let span = mention.span;
    if project.sources.files().slice(span) != &*mention.named.name {
        return Err(format!("`{}` is called by its title here", mention.named.name));
    }
    may_be_renamed(project, &mention.named)?;
    Ok((span, mention.named.clone()))
}

fn may_be_renamed(project: &Project, named: &Named) -> Result<(), String> {
    let what = word(named.kind);
    let declared: Vec<Span> = project.declared(named).collect();
    if declared.is_empty() {
        return Err(match named.kind {
            NameKind::Unit => format!("the unit `{}` is built in", named.name),
            _ => format!("the {what} `{}` is declared nowhere", named.name),
        });
    }
    if declared.iter().any(|span| project.sources.is_bundled(span.file)) {
        return Err(format!("the {what} `{}` is of a ruleset that ships inside the binary", named.name));
    }
    Ok(())
}

/// Returns the changes that give what is named another name, in one ruleset and in all others among `others` that share
/// its declaration. Fields, values and channels keep the old name as `was` if `keep` says so, so that profiles, tests
/// and snapshots that have it are read on.
///
/// # Errors
/// If the new name cannot be one, is taken, or would change what a ruleset says.
pub fn rename(
    project: &Project,
    others: &[&Project],
    named: &Named,
    new: &str,
    keep: bool,
) -> Result<Vec<Change>, String> {
    let new = &*normal(new);
    let begins = new.chars().next().is_some_and(|c| c == '_' || is_xid_start(c));
    if !begins || !new.chars().all(is_xid_continue) {
        return Err(format!("`{new}` is no name: letters, digits and `_`, and no digit first"));
    }
    if RESERVED.contains(&new) {
        return Err(format!("`{new}` is a reserved word, never a name"));
    }
    may_be_renamed(project, named)?;
    if new == &*named.name {
        return Ok(Vec::new());
    }
    let mut changes: BTreeSet<Change> = BTreeSet::new();
    for (project, named) in sharing(project, others, named) {
        project.changes(&named, new, keep, &mut changes);
    }
    let changes: Vec<Change> = changes.into_iter().collect();
    let sheets = [project].into_iter().chain(others.iter().copied());
    let mut sheets =
        sheets.flat_map(|project| project.sources().files().iter()).filter(|(_, file)| file.is_sheet());
    let is_changed = |name: &str| changes.iter().any(|change| change.path == plain_path(name));
    if let Some((_, sheet)) = sheets.find(|(_, sheet)| is_changed(sheet.name())) {
        return Err(format!(
            "`{}` stands in the workbook `{}`, which is changed in a program for sheets",
            named.name,
            sheet.name()
        ));
    }
    for (project, named) in sharing(project, others, named) {
        project.agrees(&named, new, &changes)?;
    }
    Ok(changes)
}

/// Returns the rulesets in which what is named is declared at a same place, each with its name there.
#[must_use]
pub fn sharing<'p>(project: &'p Project, others: &[&'p Project], named: &Named) -> Vec<(&'p Project, Named)> {
    let mut found = vec![(project, named.clone())];
    let mut places: BTreeSet<(String, u32)> = project.places(named).collect();
    let mut left: Vec<&Project> = others.to_vec();
    // What one ruleset overrides, another may override again.
    loop {
        let before = found.len();
        left.retain(|other| {
            let shared = other
                .names()
                .find(|it| it.kind == named.kind && other.places(it).any(|at| places.contains(&at)));
            match shared {
                Some(shared) => {
                    places.extend(other.places(shared));
                    found.push((*other, shared.clone()));
                    false
                }
                None => true,
            }
        });
        if found.len() == before {
            return found;
        }
    }
}

impl Project {
    fn path(&self, file: FileId) -> String {
        plain_path(self.sources.files().get(file).name())
    }

    /// The places where a name is declared, by paths.
    fn places(&self, named: &Named) -> impl Iterator<Item = (String, u32)> {
        self.declared(named).map(|span| (self.path(span.file), span.start))
    }

    fn change(&self, span: Span, text: &str) -> Change {
        let span = self.sources.files().whole_characters(span);
        Change { path: self.path(span.file), start: span.start, end: span.end, text: text.into() }
    }

    fn changes(&self, named: &Named, new: &str, keep: bool, changes: &mut BTreeSet<Change>) {
        let files = self.sources.files();
        for mention in self.mentions(named) {
            // Where a title or an old name stands for it, that stays.
            if *normal(files.slice(mention.span)) == *named.name
                && !self.sources.is_bundled(mention.span.file)
            {
                changes.insert(self.change(mention.span, new));
            }
        }
        let Some((end, was)) = self.old_names(named) else { return };
        let same = |was: &&ast::Name| &*was.value == new;
        if let Some(was) = was.iter().find(same) {
            // It takes its old name again.
            let text = files.get(was.span.file).text();
            let head = text.get(..was.span.start as usize).unwrap_or("").trim_end();
            let head = head.strip_suffix("was").unwrap_or(head).trim_end();
            changes.insert(self.change(Span { start: head.len() as u32, ..was.span }, ""));
        }
        if keep {
            // A look-alike of a quotation mark is read as ending after its first byte.
            let end = files.whole_characters(end).after();
            changes.insert(self.change(end, &format!(" was {}", named.name)));
        }
    }

    /// Where `was` is written behind the declaration of what can have an old name, and the old names it has.
    fn old_names(&self, named: &Named) -> Option<(Span, Vec<ast::Name>)> {
        let place = self.declared(named).find(|place| {
            let around = self.declaration_around(*place);
            around.is_some_and(|around| !matches!(around.kind, DeclarationKind::Override(_)))
        })?;
        let text_end = |name: Span, title: Option<&ast::Text>, was: &[ast::Name]| {
            let title = title.iter().flat_map(|title| {
                std::iter::once(title.main.span).chain(title.translations.iter().map(|(_, text)| text.span))
            });
            title.chain(was.iter().map(|was| was.span)).fold(name, Span::to).after()
        };
        match self.declaration_around(place)?.plain() {
            DeclarationKind::Profile(items) if named.kind == NameKind::Field => {
                let field = ast::fields(items).into_iter().find(|field| field.name.span == place)?;
                Some((field.span.after(), field.was.clone()))
            }
            DeclarationKind::Enum(declared) if named.kind == NameKind::Value => {
                let member = declared.members.iter().find(|member| member.name.span == place)?;
                Some((text_end(place, member.title.as_ref(), &member.was), member.was.clone()))
            }
            DeclarationKind::Channel(channel) if named.kind == NameKind::Channel => {
                Some((text_end(place, channel.title.as_ref(), &channel.was), channel.was.clone()))
            }
            DeclarationKind::Parameter(it) if named.kind == NameKind::Parameter => {
                let ty = it.ty.as_ref()?.span;
                Some((text_end(ty, it.title.as_ref(), &it.was), it.was.clone()))
            }
            _ => None,
        }
    }

    /// Holds the ruleset after some changes against the one before: no error may be new, and the new name may not stand
    /// for something else anywhere.
    fn agrees(&self, named: &Named, new: &str, changes: &[Change]) -> Result<(), String> {
        let after = Project::new(self.with(changes));
        // Messages hold names, so that old errors may be told anew: it is their number that counts.
        let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
        let count = |project: &Project, code: Code| {
            project.diagnostics.iter().filter(is_error).filter(|error| error.code == code).count()
        };
        let is_new = |error: &&Diagnostic| count(&after, error.code) > count(self, error.code);
        let new_errors: Vec<&Diagnostic> = after.diagnostics.iter().filter(is_error).filter(is_new).collect();
        let old = |error: &&&Diagnostic| self.diagnostics.iter().any(|old| old.message == error.message);
        if let Some(error) = new_errors.iter().find(|error| !old(error)).or(new_errors.first()) {
            let place = after.sources.files().place(error.label.span);
            let file = place.file.rsplit('/').next().unwrap_or("");
            let place = format!("{file}:{}", place.line);
            return Err(format!("`{}` cannot be named `{new}`: {place}: {}", named.name, error.message));
        }
        let renamed = Named { name: new.into(), ..named.clone() };
        let count = |project: &Project, named: &Named| project.mentions(named).count();
        if count(&after, &renamed) != count(self, named) + count(self, &renamed) {
            return Err(format!(
                "`{}` cannot be named `{new}`: that would mean something else where it is used",
                named.name
            ));
        }
        Ok(())
    }

    /// The files of the ruleset, read anew with some changes made.
    fn with(&self, changes: &[Change]) -> Sources {
        let files = self.sources.files();
        let text = |file: FileId| {
            let path = self.path(file);
            let mut text = files.get(file).text().to_string();
            let own = changes.iter().filter(|change| change.path == path);
            for change in own.rev() {
                text.replace_range(change.start as usize..change.end as usize, &change.text);
            }
            text.into_bytes()
        };
        let main = self.sources.main();
        let name = files.get(main).name();
        let folder = name.get(..name.rfind(['/', '\\']).map_or(0, |end| end + 1)).unwrap_or("");
        let mut sources = Sources::new(name, text(main));
        while let Some(wanted) = sources.wanted() {
            match self.file(&format!("{folder}{}", wanted.name())) {
                // The rows of a sheet stay, for nothing in them is changed.
                Some(file) if wanted.sheet.is_some() => sources.supply_rows(files.get(file).text().into()),
                Some(file) => sources.supply(text(file)),
                None => sources.absent("it is not there"),
            }
        }
        sources
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_one_path() {
        assert_eq!(plain_path("/a/b/../c/./d.qd"), "/a/c/d.qd");
        assert_eq!(plain_path("../a/../../b"), "../../b");
        assert_eq!(plain_path("/../a"), "/../a");
    }
}
