//! What an editor asks of a text that need not parse: its declarations, and what may follow a place.

use std::collections::BTreeSet;

use unicode_ident::is_xid_continue;

use super::build::{body_of, end_of_body, is_table, row_cells, without_comment};
use super::parse::{self, Kind};
use super::tokens::{self, tokens};
use super::{entry, expected, outline};
use crate::source::{FileId, Span};

/// A declaration as its first word cuts it out of a text, whether it parses or not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// The word that begins it; nothing for text between declarations.
    pub word: &'static str,
    /// From its first word to its last token.
    pub span: Span,
}

/// Cuts a text into its declarations.
#[must_use]
pub fn pieces(file: FileId, text: &str) -> Vec<Piece> {
    let items = outline::outline(file, text).items.into_iter();
    items.map(|item| Piece { word: item.word, span: tokens::span(file, item.start, item.end) }).collect()
}

/// What a piece of a text is, whether it parses or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum LexemeKind {
    Word,
    Number,
    /// What stands between quotation marks, these with it.
    Text,
    Comment,
}

/// Cuts a text into words, numbers, texts and comments, in order; brackets and marks are left out.
#[must_use]
pub fn lexemes(file: FileId, text: &str) -> Vec<(LexemeKind, Span)> {
    let (_, tokens, _) = tokens(file, text);
    let mut found = Vec::new();
    let mut end = 0;
    for (kind, start, next) in
        tokens.iter().map(|it| (Some(it.kind), it.start, it.end)).chain([(None, text.len(), text.len())])
    {
        let gap = text.get(end..start).unwrap_or("");
        let mut at = end;
        for line in gap.split_inclusive('\n') {
            if let Some(comment) = line.find('#') {
                let comment = tokens::span(file, at + comment, at + line.trim_end().len());
                found.push((LexemeKind::Comment, comment));
            }
            at += line.len();
        }
        let kind = kind.and_then(|kind| match kind {
            tokens::Kind::Word => Some(LexemeKind::Word),
            tokens::Kind::Number => Some(LexemeKind::Number),
            tokens::Kind::Text => Some(LexemeKind::Text),
            tokens::Kind::Open(_) | tokens::Kind::Close(_) | tokens::Kind::Mark => None,
        });
        found.extend(kind.map(|kind| (kind, tokens::span(file, start, next))));
        end = next;
    }
    found
}

/// What stands before a place, and what may follow there.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Before {
    /// Where the word begins that is being typed; the place itself where there is none.
    pub start: usize,
    /// The word that begins the declaration around it; nothing outside of any.
    pub word: &'static str,
    /// The tokens of the declaration, or of the braces in a text, before that word. Of a cell of a table, its own.
    pub tokens: Vec<String>,
    /// What the declaration calls each channel, if it is for each.
    pub variable: Option<String>,
    /// The heading of the column that a cell of a table stands in.
    pub heading: Option<String>,
    /// Whether a declaration may begin here.
    pub begins: bool,
    /// The words of the language that may stand here.
    pub words: Vec<&'static str>,
    /// Whether a name or a value may stand here; so it is taken to be where something before does not parse.
    pub name: bool,
}

/// Tells what may follow a place; nothing in a comment, nor in a text but for its braces.
#[must_use]
pub fn before(file: FileId, text: &str, at: usize) -> Option<Before> {
    let outline = outline::outline(file, text);
    let head = outline.text.get(..at)?;
    let start = head.trim_end_matches(is_xid_continue).len();
    let item = outline.items.iter().rev().find(|item| item.start < start && !item.word.is_empty());
    let Some(item) = item else {
        let in_comment = is_comment(head);
        return (!in_comment).then(|| Before { start, begins: true, ..Before::default() });
    };
    let prefix = head.get(item.start..start)?;
    let (_, found, _) = tokens(file, prefix);
    let mut before = Before { start, word: item.word, ..Before::default() };
    let declared = texts(file, prefix);
    let each = declared.windows(3).find(|tokens| tokens.starts_with(&["for".into(), "each".into()]));
    before.variable = each.and_then(|tokens| tokens.last().cloned());
    if let Some(open) = found.last().filter(|token| token.kind == tokens::Kind::Text && token.broken) {
        let written = prefix.get(open.start..)?;
        let hole = written.rfind('{').filter(|hole| written.rfind('}').is_none_or(|end| end < *hole))?;
        let hole = written.get(hole + 1..)?;
        (before.tokens, before.name) = (texts(file, hole), true);
        before.words = words(Kind::expr_entry, hole).unwrap_or_default();
        return Some(before);
    }
    if is_comment(prefix) {
        return None;
    }
    let rows = body_of(prefix).filter(|_| is_table(prefix));
    if let Some(body) = rows {
        let inside = prefix.get(body + 1..)?;
        if end_of_body(inside) < inside.len() {
            before.begins = true;
            return Some(before);
        }
        return Some(in_table(before, file, prefix, body));
    }
    before.tokens = declared;
    let entry = if is_table(prefix) { Some(Kind::table_head_entry) } else { entry(item.word) };
    let kinds = entry.and_then(|entry| parse::expected_behind(entry, prefix));
    before.begins = match &kinds {
        Some(kinds) => kinds.contains(&Kind::EOI),
        None => begins_line(prefix),
    };
    before.name = kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| is_name(*kind)));
    before.words = kinds.map(|kinds| typed(&kinds)).unwrap_or_default();
    Some(before)
}

/// The tokens of a text; the two marks of an operator are one.
fn texts(file: FileId, text: &str) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut end = 0;
    for token in tokens(file, text).1 {
        let own = text.get(token.start..token.end).unwrap_or("");
        let joined = texts.last().map(|last| format!("{last}{own}")).filter(|joined| {
            end == token.start && matches!(joined.as_str(), "==" | "!=" | "<=" | ">=" | ".." | "||")
        });
        match (joined, texts.last_mut()) {
            (Some(joined), Some(last)) => *last = joined,
            _ => texts.push(own.into()),
        }
        end = token.end;
    }
    texts
}

/// Tells whether a text ends in a comment.
fn is_comment(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or("");
    without_comment(line).len() < line.len()
}

fn begins_line(text: &str) -> bool {
    text.rsplit('\n').next().is_some_and(|line| line.trim().is_empty())
}

/// What may follow in the words that an entry of the grammar has.
fn words(entry: Kind, text: &str) -> Option<Vec<&'static str>> {
    Some(typed(&parse::expected_behind(entry, text)?))
}

/// A place among the rows of a table.
fn in_table(mut before: Before, file: FileId, text: &str, body: usize) -> Before {
    let rows = text.get(body + 1..).unwrap_or("");
    let line = rows.rsplit('\n').next().unwrap_or("");
    before.name = true;
    let heading = rows.lines().map(|line| row_cells(0, line).1).find(|cells| !cells.is_empty());
    let bars = line.matches('|').count();
    let (_, cells, divider) = row_cells(0, line);
    let own = line.rsplit('|').next().unwrap_or("");
    before.tokens = texts(file, own);
    // A line of rows without a bar before the place names its row.
    if bars == 0 {
        before.name = false;
        return before;
    }
    let place = cells.len() - usize::from(!own.trim().is_empty());
    let is_heading =
        heading.as_ref().is_none_or(|heading| heading.len() <= place && rows.lines().count() < 3);
    if is_heading {
        let effects = divider.is_some() || line.trim_end().ends_with("||");
        let entry = if effects { Kind::effect_column_entry } else { Kind::column_entry };
        before.words = words(entry, own).unwrap_or_default();
        return before;
    }
    let heading = heading.and_then(|heading| Some(heading.get(place)?.1.trim().to_string()));
    let entry = match heading.as_deref() {
        Some("then") => Kind::then_cell_entry,
        Some("from") => Kind::from_cell_entry,
        Some("because" | "note") => {
            before.name = false;
            return before;
        }
        _ if divider.is_some() || line.contains("||") => Kind::effect_cell_entry,
        _ => Kind::test_cell_entry,
    };
    before.words = words(entry, own).unwrap_or_default();
    before.heading = heading;
    before
}

/// Returns every word of the language.
#[must_use]
pub fn language_words() -> BTreeSet<&'static str> {
    typed(Kind::all_rules()).into_iter().flat_map(str::split_whitespace).collect()
}

/// The words that one may type where some rules of the grammar may go on.
fn typed(kinds: &[Kind]) -> Vec<&'static str> {
    let further = |kind: &Kind| -> &'static [&'static str] {
        match kind {
            Kind::note => &["note", "warn"],
            Kind::better => &["higher", "lower"],
            Kind::threshold => &["recommended", "possible"],
            Kind::and_op => &["and", "or"],
            Kind::has_op | Kind::possession => &["has"],
            Kind::is_op | Kind::state => &["is"],
            Kind::membership | Kind::in_op => &["in", "not in"],
            Kind::kw_if | Kind::conditional => &["if"],
            Kind::kw_true => &["true", "false"],
            Kind::kw_today => &["today"],
            Kind::number_word | Kind::number_type => &["number", "int"],
            Kind::set_type => &["set of"],
            Kind::effect_cell => &["exclude", "cap"],
            Kind::expr | Kind::sum => &["not", "if", "true", "false", "today"],
            kind => expected::alternatives(*kind),
        }
    };
    let plain = |kind: &Kind| {
        let word = expected::words(*kind).filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
        word.map(|word| if *kind == Kind::kw_set { "set of" } else { word })
    };
    let found: BTreeSet<&str> =
        kinds.iter().flat_map(|kind| further(kind).iter().copied().chain(plain(kind))).collect();
    found.into_iter().collect()
}

/// Tells whether a rule of the grammar begins with a name, or with a value that may be one.
fn is_name(kind: Kind) -> bool {
    let value =
        [Kind::expr, Kind::sum, Kind::path, Kind::operand, Kind::literal_set, Kind::worth, Kind::points];
    let entry = [Kind::statement, Kind::assignment, Kind::expect_target, Kind::needs_effect, Kind::code];
    value.contains(&kind)
        || entry.contains(&kind)
        || matches!(expected::words(kind), Some(" a name" | " a unit" | " the path of a text"))
}
