//! A ruleset as an editor sees it: its files, what is wrong with them, and what each name in them stands for.

use std::collections::BTreeMap;
use std::sync::Arc;

use qudao_language::check::{Allowed, Checked, Mention, NameKind, Named, check};
use qudao_language::diagnostic::{self, Diagnostic};
use qudao_language::model::Ruleset;
use qudao_language::source::{FileId, Span, Spanned};
use qudao_language::syntax::Sources;
use qudao_language::syntax::ast::{Declaration, DeclarationKind};

/// A ruleset that was checked, with an index of its names.
#[derive(Debug)]
pub struct Project {
    pub(crate) sources: Sources,
    /// The ruleset, unless an error keeps it from being evaluated.
    pub ruleset: Option<Arc<Ruleset>>,
    /// What `check` finds, without the findings of analysis.
    pub diagnostics: Vec<Diagnostic>,
    /// The findings of analysis that are allowed.
    pub allowed: Vec<Allowed>,
    /// By place; each place once, unless it means two things.
    mentions: Vec<Mention>,
    /// The places of each name in `mentions`.
    names: BTreeMap<Named, Vec<usize>>,
}

impl Project {
    /// Checks a ruleset of which all files were brought.
    #[must_use]
    pub fn new(sources: Sources) -> Project {
        let Checked { ruleset, diagnostics, allowed, mut mentions } = check(&sources);
        settle_variables(&sources, &mut mentions);
        mentions.sort_unstable();
        // What declares a name is told as a use as well where it is looked up; `false` sorts first.
        mentions.dedup_by(|next, kept| {
            let same = next.span == kept.span && next.named == kept.named;
            kept.declares |= same && next.declares;
            same
        });
        let mut names: BTreeMap<Named, Vec<usize>> = BTreeMap::new();
        for (place, mention) in mentions.iter().enumerate() {
            names.entry(mention.named.clone()).or_default().push(place);
        }
        Project {
            sources,
            ruleset: ruleset.map(Arc::new),
            diagnostics: diagnostic::told(diagnostics),
            allowed,
            mentions,
            names,
        }
    }

    /// Returns its files.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Gives them up, so that the next state is read from them.
    #[must_use]
    pub fn into_sources(self) -> Sources {
        self.sources
    }

    /// Finds a file by the name under which it was brought.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<FileId> {
        self.sources.files().iter().find(|(_, file)| file.name() == name).map(|(id, _)| id)
    }

    /// Returns the declarations of all layers, the base of all first.
    pub(crate) fn declarations(&self) -> impl Iterator<Item = &Declaration> {
        self.sources.declarations().0.into_iter().flatten()
    }

    /// Returns the places of a name, in order.
    pub fn mentions(&self, named: &Named) -> impl Iterator<Item = &Mention> {
        let places = self.names.get(named).into_iter().flatten();
        places.filter_map(|place| self.mentions.get(*place))
    }

    /// Returns the places of names in a file, in order.
    pub(crate) fn mentions_in(&self, file: FileId) -> &[Mention] {
        let bound = |file: FileId| move |mention: &Mention| mention.span.file < file;
        let start = self.mentions.partition_point(bound(file));
        let rest = self.mentions.get(start..).unwrap_or(&[]);
        rest.get(..rest.partition_point(|mention| mention.span.file == file)).unwrap_or(&[])
    }

    /// Returns every name there is.
    pub fn names(&self) -> impl Iterator<Item = &Named> {
        self.names.keys()
    }

    /// Returns what the name at a place stands for; of several, the first.
    #[must_use]
    pub fn mention_at(&self, file: FileId, at: u32) -> Option<&Mention> {
        let after =
            self.mentions.partition_point(|mention| (mention.span.file, mention.span.start) <= (file, at));
        let before = self.mentions.get(..after)?;
        let last = before.last()?.span;
        let touches = last.file == file && at <= last.end;
        // Two meanings of one place stand beside each other.
        before.iter().rev().take_while(|mention| touches && mention.span == last).last()
    }

    /// Returns what the word at a place may stand for: where what is around it does not parse, whatever has its name.
    #[must_use]
    pub fn named_at(&self, file: FileId, at: u32) -> Vec<(Span, Named)> {
        if let Some(mention) = self.mention_at(file, at) {
            let span = mention.span;
            let all = self.mentions.iter().filter(|other| other.span == span);
            return all.map(|mention| (span, mention.named.clone())).collect();
        }
        let here = Span { file, start: at, end: at };
        if self.declarations().any(|declaration| declaration.span.contains(here)) {
            return Vec::new();
        }
        let Some(span) = self.word_at(file, at) else { return Vec::new() };
        let word = self.sources.files().slice(span);
        self.names().filter(|named| &*named.name == word).map(|named| (span, named.clone())).collect()
    }

    /// Returns the places where what stands at a place is declared; of a path of a file, that file.
    #[must_use]
    pub fn definition(&self, file: FileId, at: u32) -> Vec<Span> {
        if let Some(path) = self.path_at(file, at) {
            return vec![Span { file: path, start: 0, end: 0 }];
        }
        let named = self.named_at(file, at);
        named.iter().flat_map(|(_, named)| self.declared(named)).collect()
    }

    /// Returns where a name is declared.
    pub(crate) fn declared(&self, named: &Named) -> impl Iterator<Item = Span> {
        self.mentions(named).filter(|mention| mention.declares).map(|mention| mention.span)
    }

    /// Returns the places of what stands at a place, in order.
    #[must_use]
    pub fn references(&self, file: FileId, at: u32, with_declarations: bool) -> Vec<Span> {
        let named = self.named_at(file, at);
        let all = named.iter().flat_map(|(_, named)| self.mentions(named));
        let mut spans: Vec<Span> = all
            .filter(|mention| with_declarations || !mention.declares)
            .map(|mention| mention.span)
            .collect();
        spans.sort_unstable();
        spans.dedup();
        spans
    }

    /// The file that the path at a place names: an import, a base, a sheet, the text of a source.
    fn path_at(&self, file: FileId, at: u32) -> Option<FileId> {
        let here = Span { file, start: at, end: at };
        let declaration = self.sources.part(file)?.declarations.iter().find(|it| it.span.contains(here))?;
        let brought = |path: &Spanned<String>| match path.span.contains(here) {
            true => self.sources.brought(file, &path.value),
            false => None,
        };
        match declaration.plain() {
            DeclarationKind::Import(path) => self.sources.imported(file, &path.value),
            DeclarationKind::Extends(_) => self.sources.base(file),
            DeclarationKind::Facts(path) => brought(path),
            DeclarationKind::Source(source) => source.text.as_ref().and_then(brought),
            DeclarationKind::Table(table) => table.csv.as_ref().and_then(brought),
            _ => None,
        }
    }

    /// The word at a place.
    pub(crate) fn word_at(&self, file: FileId, at: u32) -> Option<Span> {
        let text = self.sources.files().get(file).text();
        let is_word = |c: char| c == '_' || c.is_alphanumeric();
        let (before, after) = (text.get(..at as usize)?, text.get(at as usize..)?);
        let start = before.trim_end_matches(is_word).len() as u32;
        let end = at + (after.len() - after.trim_start_matches(is_word).len()) as u32;
        (start < end).then_some(Span { file, start, end })
    }
}

/// Gives each variable what declares it, by the path of its texts: `rule.posts`. What translates a rule's text has its
/// variable too.
fn settle_variables(sources: &Sources, mentions: &mut [Mention]) {
    let mut owners: BTreeMap<(FileId, u32), (u32, String)> = BTreeMap::new();
    let mut owns =
        |span: Span, owner: String| drop(owners.insert((span.file, span.start), (span.end, owner)));
    for declaration in sources.declarations().0.into_iter().flatten() {
        match declaration.plain() {
            DeclarationKind::Rule(rule) if rule.for_each.is_some() => {
                owns(declaration.span, format!("rule.{}", rule.name.value));
            }
            DeclarationKind::Measure(measure) => {
                owns(declaration.span, format!("measure.{}", measure.name.value));
            }
            DeclarationKind::Texts(texts) => {
                for entry in &texts.entries {
                    let owner: Vec<&str> = entry.path.value.split('.').take(2).collect();
                    owns(entry.path.span.to(entry.text.span), owner.join("."));
                }
            }
            _ => {}
        }
    }
    for mention in mentions.iter_mut().filter(|mention| mention.named.kind == NameKind::Variable) {
        let Span { file, start, end } = mention.span;
        let around = owners.range(..=(file, start)).next_back();
        let around = around.filter(|((of, _), (until, _))| *of == file && end <= *until);
        mention.named.of = around.map(|(_, (_, owner))| owner.as_str().into());
    }
}
