//! Text → tree. pest is known to `parse.rs` and `expected.rs` alone.

mod again;
pub mod ast;
mod before;
mod build;
mod concrete;
mod expected;
mod habits;
mod load;
mod outline;
mod parse;
mod sheet;
mod sources;
mod titles;
mod tokens;
mod unreadable;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use unicode_ident::is_xid_continue;

pub use before::{Before, LexemeKind, Piece, before, language_words, lexemes, pieces};
use build::Builder;
pub(crate) use build::{is_dashes, row_cells, without_comment};
pub(crate) use concrete::{ConcreteKind, comments, concrete, fingerprint, parse_cell};
pub(crate) use parse::{Kind, Node};
pub use sheet::SheetNames;
pub use sources::{Sources, Wanted, WantedKind};
pub(crate) use titles::plain;
pub use titles::{Called, Titled};
pub use words::{DECLARATIONS, RESERVED};
pub(crate) use words::{LANGUAGE_WORDS, NOT_TARGETS};

use crate::diagnostic::{self, Code, Diagnostic};
use crate::source::{FileId, Files, Span, conflicts, one_side};
use crate::visible::is_hidden;

/// Tells whether a file begins a ruleset; others are parts of one. Its text may be broken, or end too early.
#[must_use]
pub fn begins_ruleset(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.lines()
        .map(|line| line.trim_start_matches('\u{feff}'))
        .any(|line| line.strip_prefix("ruleset").is_some_and(|rest| rest.starts_with([' ', '\t'])))
}

/// Parses a file. A declaration with a syntax error is left out and reported; the others are all there.
#[must_use]
pub fn parse(files: &Files, id: FileId) -> (ast::File, Vec<Diagnostic>) {
    let (file, diagnostics, _) = parse_again(files, id, &mut again::Before::default());
    (file, diagnostics)
}

/// The same, where declarations may have been parsed before; also tells what was seen of each.
fn parse_again(
    files: &Files,
    id: FileId,
    before: &mut again::Before,
) -> (ast::File, Vec<Diagnostic>, Vec<again::Seen>) {
    let text = files.get(id).text();
    if let Some(unreadable) = unreadable::unreadable(id, text) {
        let lost = ast::Lost { everything: true, ..ast::Lost::default() };
        return (ast::File { id, declarations: Vec::new(), lost }, vec![unreadable], Vec::new());
    }
    let conflicts = conflicts(text);
    // What was there before the merge is read on; the other side would only say everything twice.
    let side = one_side(text, &conflicts);
    let outline = outline::outline(id, &side);
    let mut diagnostics = outline.diagnostics;
    let reported: BTreeSet<u32> = diagnostics.iter().map(|diagnostic| diagnostic.label.span.start).collect();
    let mut builder = Builder::new(id, &outline.text);
    let (mut declarations, mut seen) = (Vec::new(), Vec::new());
    let mut lost = ast::Lost::default();
    for item in &outline.items {
        let text = outline.text.get(item.start..item.end).unwrap_or("");
        if item.broken {
            lose(&mut lost, item.word, text);
            continue;
        }
        if let Some(declaration) = before.take(text, id, item.start) {
            declarations.push(declaration);
            seen.push(Some((text.into(), item.start)));
            continue;
        }
        let said = builder.diagnostics.len();
        let parsed = match entry(item.word).filter(|_| !build::is_table(text)) {
            Some(entry) => parse::parse(entry, id, text, item.start).map(|node| builder.declaration(&node)),
            None => builder.table(text, item.start),
        };
        match parsed {
            Ok(declaration) => {
                declarations.push(declaration);
                let quiet = builder.diagnostics.len() == said;
                seen.push(quiet.then(|| (text.into(), item.start)));
            }
            Err(diagnostic) => {
                lose(&mut lost, item.word, text);
                // What the outline reported of the same place says it better.
                if !reported.contains(&diagnostic.label.span.start) {
                    diagnostics.push(*diagnostic);
                }
            }
        }
    }
    diagnostics.append(&mut builder.diagnostics);
    diagnostics.extend(diagnostic::merge_conflicts(id, &conflicts));
    diagnostic::leave_conflicts_alone(&mut diagnostics);
    // A long text that is never closed has swallowed the rest of the file.
    lost.everything = diagnostics
        .iter()
        .any(|d| d.code == Code::UnclosedText && d.label.span.end - d.label.span.start == 3);
    diagnostic::settle(files, &mut diagnostics);
    (ast::File { id, declarations, lost }, diagnostics, seen)
}

/// Notes which names a declaration that could not be read may have declared.
fn lose(lost: &mut ast::Lost, word: &'static str, text: &str) {
    lost.words.insert(word);
    let all = matches!(word, "" | "profile" | "enum" | "scale" | "levels" | "table");
    // A name that hides something is meant to be the one that is seen.
    let outside_texts = text
        .split('"')
        .step_by(2)
        .flat_map(|piece| piece.split(|c: char| !is_xid_continue(c) && !is_hidden(c)))
        .map(|name| name.replace(is_hidden, ""));
    let names = outside_texts
        .filter(|name| !name.is_empty() && !RESERVED.contains(&name.as_str()))
        .skip(usize::from(!word.is_empty()));
    lost.names.extend(names.take(if all { usize::MAX } else { 2 }));
}

/// Reads a quantity such as `3 per week`, as profiles write it; nothing if it is none.
#[must_use]
pub fn parse_quantity(files: &Files, span: Span, text: &str) -> Option<ast::Quantity> {
    let node = parse::parse(Kind::quantity_entry, span.file, text, span.start as usize).ok()?;
    let mut builder = Builder::new(span.file, files.get(span.file).text());
    let quantity = builder.signed_quantity(&node);
    builder.diagnostics.is_empty().then_some(quantity)
}

/// What a heading of a CSV file is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HeadingKind {
    /// This channel or mix, by its name or a title: a column of effects.
    Target(Arc<str>),
    /// This field, by a title: a column of conditions.
    Field(Arc<str>),
    /// An expression: a column of conditions.
    Expression,
    /// A title of several.
    Several(Vec<Arc<str>>),
    /// A name that nothing has: what stands below it is not read.
    Nothing,
}

/// What is declared, as far as it tells how the cells of a table in a CSV file are read.
pub trait Declared {
    /// Tells what a heading is, of which the expression is told if it can be one.
    fn heading(&mut self, text: &str, expr: Option<&ast::Expr>) -> HeadingKind;

    /// Returns the enum whose values, or sets of whose values, a column compares.
    fn enum_of(&mut self, column: &ast::Expr) -> Option<Arc<str>>;

    /// Tells whether anything that a value may be made of has a name, which may stand before a point.
    fn knows(&self, name: &str, before_point: bool) -> bool;
}

/// Reads the table in a CSV file.
#[must_use]
pub fn parse_csv(
    files: &Files,
    id: FileId,
    names: &SheetNames,
    declared: &mut dyn Declared,
) -> (ast::Grid, Vec<Diagnostic>) {
    let text = files.get(id).text();
    let mut builder = Builder::new(id, text);
    let grid = builder.csv(text, names, declared);
    (grid, builder.diagnostics)
}

/// Reads the facts in a CSV file: what it says of each channel, which has a title where a row declares it; nothing
/// where the heading says too little to read the rows.
#[must_use]
pub fn parse_facts(
    files: &Files,
    id: FileId,
    names: &SheetNames,
) -> (Option<Vec<ast::Channel>>, Vec<Diagnostic>) {
    let text = files.get(id).text();
    let mut builder = Builder::new(id, text);
    let channels = builder.facts(text, names);
    (channels, builder.diagnostics)
}

/// Returns what parts the cells of a table in CSV, and where its heading begins.
pub fn csv_form(text: &str) -> (u8, usize) {
    build::csv_form(text)
}

/// The rule of the grammar for the declarations that begin with a word; a table has none, it is read line by line.
fn entry(word: &str) -> Option<Kind> {
    Some(match word {
        "ruleset" => Kind::ruleset_entry,
        "import" => Kind::import_entry,
        "source" => Kind::source_entry,
        "unit" => Kind::unit_entry,
        "enum" => Kind::enum_entry,
        "scale" => Kind::scale_entry,
        "profile" => Kind::profile_entry,
        "fact" => Kind::fact_entry,
        "parameter" => Kind::parameter_entry,
        "facts" => Kind::facts_entry,
        "channel" => Kind::channel_entry,
        "mix" => Kind::mix_entry,
        "requirement" => Kind::requirement_entry,
        "weight" => Kind::weight_entry,
        "levels" => Kind::levels_entry,
        "let" => Kind::let_entry,
        "measure" => Kind::measure_entry,
        "rule" => Kind::rule_entry,
        "verdicts" => Kind::verdicts_entry,
        "test" => Kind::test_entry,
        "extends" => Kind::extends_entry,
        "remove" => Kind::remove_entry,
        "override" => Kind::override_entry,
        "texts" => Kind::texts_entry,
        "property" => Kind::property_entry,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declaration_has_its_entry() {
        for word in DECLARATIONS {
            assert_eq!(entry(word).is_none(), *word == "table", "{word}");
        }
    }
}
