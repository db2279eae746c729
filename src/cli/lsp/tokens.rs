//! Semantic tokens, in the numbers of the protocol.

use qudao_editor::position::Encoding;
use qudao_editor::tokens::TokenKind;
use qudao_language::check::NameKind;
use qudao_language::source::{File, Span};
use serde_json::{Value as Json, json};

/// The kinds that clients know; a token has the number of its kind.
const TYPES: [&str; 15] = [
    "namespace",
    "type",
    "class",
    "enum",
    "interface",
    "parameter",
    "variable",
    "property",
    "enumMember",
    "function",
    "macro",
    "keyword",
    "comment",
    "string",
    "number",
];
const MODIFIERS: [&str; 3] = ["declaration", "readonly", "defaultLibrary"];
const DECLARATION: u32 = 1;
const READONLY: u32 = 2;
const BUILT_IN: u32 = 4;

/// What the numbers stand for.
pub(super) fn legend() -> Json {
    json!({ "tokenTypes": TYPES, "tokenModifiers": MODIFIERS })
}

/// Returns the kind of a token for clients, and its modifiers.
fn told(kind: TokenKind) -> (&'static str, u32) {
    match kind {
        TokenKind::Function => ("function", BUILT_IN),
        TokenKind::Type => ("type", BUILT_IN),
        TokenKind::Verdict => ("enumMember", BUILT_IN),
        TokenKind::Code => ("macro", 0),
        TokenKind::Word => ("keyword", 0),
        TokenKind::Number => ("number", 0),
        TokenKind::Text => ("string", 0),
        TokenKind::Comment => ("comment", 0),
        TokenKind::Name(kind, declares) => {
            let (kind, more) = match kind {
                NameKind::Ruleset | NameKind::Source | NameKind::Section => ("namespace", 0),
                NameKind::Unit => ("type", 0),
                NameKind::Enum => ("enum", 0),
                NameKind::Value => ("enumMember", 0),
                NameKind::Field => ("parameter", 0),
                NameKind::Fact | NameKind::Measure => ("property", 0),
                NameKind::Channel | NameKind::Mix => ("class", 0),
                NameKind::Requirement => ("interface", 0),
                NameKind::Parameter | NameKind::Weight | NameKind::Level => ("variable", READONLY),
                NameKind::Let | NameKind::Variable => ("variable", 0),
                NameKind::Rule | NameKind::Table | NameKind::Row | NameKind::Property => ("function", 0),
            };
            (kind, if declares { more | DECLARATION } else { more })
        }
    }
}

/// Writes the tokens of a file that touch a range, five numbers each: lines and columns from the one before, length, kind
/// and modifiers. What goes over several lines is one token in each.
pub(super) fn encoded(
    file: &File,
    tokens: &[(Span, TokenKind)],
    within: std::ops::Range<u32>,
    encoding: Encoding,
) -> Vec<u32> {
    let mut data = Vec::new();
    // Where the last token began, so that no line is counted from its begin again and again.
    let (mut line, mut at) = (0, 0);
    let touching = tokens.iter().filter(|(span, _)| span.end >= within.start && span.start <= within.end);
    for (span, kind) in touching {
        let (kind, modifiers) = told(*kind);
        let kind = TYPES.iter().position(|known| *known == kind).expect("all that is told is a kind") as u32;
        for own in file.line_index(span.start)..=file.line_index(span.end) {
            let range = file.line_range(own);
            let (start, end) = (range.start.max(span.start as usize), range.end.min(span.end as usize));
            let Some(text) = file.text().get(start..end).filter(|text| !text.is_empty()) else { continue };
            let from = if own == line { at } else { range.start };
            let gap = encoding.length(file.text().get(from..start).unwrap_or(""));
            data.extend([(own - line) as u32, gap as u32, encoding.length(text) as u32, kind, modifiers]);
            (line, at) = (own, start);
        }
    }
    data
}
