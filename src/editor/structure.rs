//! What a file holds: its outline, what of it folds, its layout, and the changes that mend it.

use qudao_language::check::NameKind;
use qudao_language::diagnostic::{Diagnostic, Edit, Fix};
use qudao_language::format::format;
use qudao_language::source::{FileId, Files, Span};
use qudao_language::syntax::ast::{self, Declaration, DeclarationKind, ProfileItem};
use qudao_language::syntax::{Piece, pieces};

use crate::project::Project;

/// An entry of an outline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its name, or its title where it has none.
    pub name: String,
    /// The word that declares it.
    pub word: &'static str,
    /// What it is; nothing for what has no name.
    pub kind: Option<NameKind>,
    /// All of it.
    pub span: Span,
    /// The place of its name.
    pub name_span: Span,
    /// What it holds.
    pub entries: Vec<Entry>,
}

impl Project {
    /// Returns the outline of a file. A declaration that does not parse is in it by its first words.
    #[must_use]
    pub fn outline(&self, file: FileId) -> Vec<Entry> {
        let text = self.sources.files().get(file).text();
        let part = self.sources.part(file);
        let declarations = part.map_or(&[][..], |part| &part.declarations);
        let mut entries = Vec::new();
        for piece in pieces(file, text).iter().filter(|piece| !piece.word.is_empty()) {
            let parsed = declarations.partition_point(|it| it.span.start < piece.span.start);
            let parsed = declarations.get(parsed).filter(|it| it.span.start < piece.span.end);
            entries.push(entry(self.sources.files(), piece, parsed));
        }
        entries
    }

    /// Returns what folds of a file: declarations, sections and runs of comments over several lines, as lines from 0.
    #[must_use]
    pub fn folds(&self, file: FileId) -> Vec<(u32, u32)> {
        let source = self.sources.files().get(file);
        let mut folds = Vec::new();
        let mut add = |span: Span| {
            let last = source.text().get(..span.end as usize).map_or(0, |text| text.trim_end().len());
            let (first, last) = (source.line_index(span.start), source.line_index(last as u32));
            if first < last {
                folds.push((first as u32, last as u32));
            }
        };
        for entry in self.outline(file) {
            add(entry.span);
            entry.entries.iter().filter(|inner| inner.word == "section").for_each(|inner| add(inner.span));
        }
        let mut comments: Option<u32> = None;
        for line in 0..=source.line_count() {
            let own = source.text().get(source.line_range(line)).unwrap_or("");
            match (own.trim_start().starts_with('#') && line < source.line_count(), comments) {
                (true, None) => comments = Some(line as u32),
                (false, Some(first)) => {
                    if first + 1 < line as u32 {
                        folds.push((first, line as u32 - 1));
                    }
                    comments = None;
                }
                _ => {}
            }
        }
        folds.sort_unstable();
        folds.dedup();
        folds
    }

    /// Returns the changes that lay a file out; none where it is laid out already, nothing where it has errors.
    #[must_use]
    pub fn layout(&self, file: FileId) -> Option<Vec<Edit>> {
        let source = self.sources.files().get(file);
        let (old, new) = (source.text(), format(source.name(), source.text()).ok()?);
        let same = |pairs: &mut dyn Iterator<Item = (char, char)>| {
            pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum::<usize>()
        };
        let head = same(&mut old.chars().zip(new.chars()));
        let (old_rest, new_rest) = (old.get(head..)?, new.get(head..)?);
        let tail = same(&mut old_rest.chars().rev().zip(new_rest.chars().rev()));
        let text = new_rest.get(..new_rest.len() - tail)?.to_string();
        let span = Span { file, start: head as u32, end: (old.len() - tail) as u32 };
        let changes = span.start < span.end || !text.is_empty();
        Some(if changes { vec![Edit { span, text }] } else { Vec::new() })
    }
}

/// Returns the changes that mend what is found at some place, with what they mend.
pub fn mends(diagnostics: &[Diagnostic], place: Span) -> impl Iterator<Item = (&Diagnostic, &Fix)> {
    let touches =
        move |span: Span| span.file == place.file && span.start <= place.end && place.start <= span.end;
    let near = diagnostics.iter().filter(move |found| touches(found.label.span));
    near.flat_map(|found| found.fix.iter().chain(&found.choices).map(move |fix| (found, fix)))
}

fn named(word: &'static str, kind: NameKind, name: &ast::Name, span: Span) -> Entry {
    let entries = Vec::new();
    Entry { name: name.value.to_string(), word, kind: Some(kind), span, name_span: name.span, entries }
}

/// The entry of a declaration that is cut out; of what it holds only if it was parsed.
fn entry(files: &Files, piece: &Piece, parsed: Option<&Declaration>) -> Entry {
    let text = files.slice(piece.span);
    let mut words = text.split_whitespace().skip(1);
    let first = words.next().unwrap_or("");
    let start = text.get(piece.word.len()..).and_then(|rest| Some(rest.find(first)? + piece.word.len()));
    let start = piece.span.start + start.unwrap_or(0) as u32;
    let name_span = Span { start, end: start + first.len() as u32, ..piece.span };
    let mut entry = Entry {
        name: first.trim_matches(['"', '{', '=']).to_string(),
        word: piece.word,
        kind: None,
        span: parsed.map_or(piece.span, |parsed| parsed.span),
        name_span,
        entries: Vec::new(),
    };
    if let Some(parsed) = parsed {
        fill(&mut entry, &parsed.kind);
    }
    if entry.name.is_empty() {
        entry.name = piece.word.to_string();
        entry.name_span = Span { end: piece.span.start + piece.word.len() as u32, ..piece.span };
    }
    entry
}

fn fill(entry: &mut Entry, kind: &DeclarationKind) {
    use DeclarationKind as D;
    let (name, kind) = match kind {
        D::Ruleset(d) => (&d.name, NameKind::Ruleset),
        D::Source(d) => (&d.name, NameKind::Source),
        D::Unit(d) => (&d.name, NameKind::Unit),
        D::Enum(d) => {
            let values = d.members.iter();
            let values = values.map(|member| named("value", NameKind::Value, &member.name, member.name.span));
            entry.entries = values.collect();
            (&d.name, NameKind::Enum)
        }
        D::Profile(items) => {
            entry.entries = of_profile(items);
            entry.name.clear();
            return;
        }
        D::Levels(members) => {
            let levels = members.iter();
            let levels = levels.map(|member| named("level", NameKind::Level, &member.name, member.name.span));
            entry.entries = levels.collect();
            entry.name.clear();
            return;
        }
        D::Fact(d) => (&d.name, NameKind::Fact),
        D::Parameter(d) => (&d.name, NameKind::Parameter),
        D::Channel(d) => (&d.name, NameKind::Channel),
        D::Mix(d) => (&d.name, NameKind::Mix),
        D::Requirement(d) => (&d.name, NameKind::Requirement),
        D::Weight(d) => (&d.name, NameKind::Weight),
        D::Let(d) => (&d.name, NameKind::Let),
        D::Measure(d) => (&d.name, NameKind::Measure),
        D::Rule(d) => (&d.name, NameKind::Rule),
        D::Table(d) => {
            let rows = d.grid.rows.iter().filter_map(|row| Some((row.name.as_ref()?, row.span)));
            entry.entries = rows.map(|(name, span)| named("row", NameKind::Row, name, span)).collect();
            (&d.name, NameKind::Table)
        }
        D::Property(d) => (&d.name, NameKind::Property),
        D::Test(d) => {
            entry.name.clone_from(&d.title.main.value);
            entry.name_span = d.title.main.span;
            return;
        }
        D::Override(inner) => return fill(entry, &inner.kind),
        D::Remove(d) => {
            entry.name = format!("{} {}", d.kind.value, d.name.value);
            entry.name_span = d.name.span;
            return;
        }
        D::Import(path) | D::Facts(path) => {
            entry.name.clone_from(&path.value);
            entry.name_span = path.span;
            return;
        }
        D::Extends(_) | D::Texts(_) => return,
        D::Verdicts(_) => return entry.name.clear(),
    };
    entry.name = name.value.to_string();
    entry.name_span = name.span;
    entry.kind = Some(kind);
}

fn of_profile(items: &[ProfileItem]) -> Vec<Entry> {
    let entries = items.iter().map(|item| match item {
        ProfileItem::Field(field) => named("field", NameKind::Field, &field.name, field.span),
        ProfileItem::Section(name, title, inner) => {
            let entries = of_profile(inner);
            let start = name.as_ref().map_or(title.main.span, |name| name.span);
            let end = entries.last().map_or(title.main.span, |last| last.span);
            Entry {
                name: title.main.value.clone(),
                word: "section",
                kind: name.as_ref().map(|_| NameKind::Section),
                span: start.to(end),
                name_span: name.as_ref().map_or(title.main.span, |name| name.span),
                entries,
            }
        }
    });
    entries.collect()
}
