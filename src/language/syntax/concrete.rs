//! The tree with every word and bracket, for what writes a file anew.

use super::ast;
use super::build::{body_of, is_table};
use super::outline;
use super::parse::{self, Kind, Node};
use super::tokens;
use crate::source::FileId;

/// A declaration as it was parsed.
pub(crate) enum ConcreteKind<'t> {
    /// All of it.
    Declaration(Node<'t>),
    /// A table: its head, where its rows begin and their text, and where the brace stands that closes it.
    Table {
        /// What stands before the rows.
        head: Node<'t>,
        /// The rows.
        body: Option<(usize, &'t str)>,
        /// The closing brace.
        close: usize,
    },
}

/// Returns the declarations of a text without errors.
pub(crate) fn concrete(file: FileId, text: &str) -> Vec<ConcreteKind<'_>> {
    let mut found = Vec::new();
    for item in outline::outline(file, text).items {
        let own = text.get(item.start..item.end).unwrap_or("");
        if let Some(entry) = super::entry(item.word).filter(|_| !is_table(own)) {
            found.extend(parse::parse(entry, file, own, item.start).map(ConcreteKind::Declaration));
            continue;
        }
        let open = body_of(own);
        let head = own.get(..open.unwrap_or(own.len())).unwrap_or("");
        let Ok(head) = parse::parse(Kind::table_head_entry, file, head, item.start) else { continue };
        let close = own.rfind('}').unwrap_or(own.len());
        let body = open.and_then(|open| Some((item.start + open + 1, own.get(open + 1..close)?)));
        found.push(ConcreteKind::Table { head, body, close: item.start + close });
    }
    found
}

/// Parses a cell of a table below its heading; the heading itself stands below none.
pub(crate) fn parse_cell<'t>(
    file: FileId,
    heading: Option<&str>,
    condition: bool,
    start: usize,
    text: &'t str,
) -> Option<Node<'t>> {
    let entries: &[Kind] = match (heading, condition) {
        (None, true) => &[Kind::column_entry],
        (None, false) => &[Kind::effect_column_entry],
        (Some(_), true) => &[Kind::test_cell_entry],
        (Some("then"), false) => &[Kind::then_cell_entry],
        (Some(_), false) => &[Kind::effect_cell_entry, Kind::text_cell_entry, Kind::from_cell_entry],
    };
    entries.iter().find_map(|entry| parse::parse(*entry, file, text, start).ok())
}

/// Returns the comments of a text: where each begins, and its text with the `#`.
pub(crate) fn comments(text: &str) -> Vec<(usize, &str)> {
    let (_, tokens, _) = tokens::tokens(FileId::default(), text);
    let ends = tokens.iter().map(|token| (token.start, token.end)).chain([(text.len(), text.len())]);
    let mut comments = Vec::new();
    let mut at = 0;
    for (start, end) in ends {
        let mut gap = text.get(at..start).unwrap_or("");
        while let Some(mark) = gap.find('#') {
            let place = start - gap.len() + mark;
            let rest = gap.get(mark..).unwrap_or("");
            let (comment, after) =
                rest.split_once('\n').map_or((rest, ""), |(comment, after)| (comment, after));
            comments.push((place, comment));
            gap = after;
        }
        at = end;
    }
    comments
}

/// Returns what a file says, places left aside: two files with the same mean the same.
pub(crate) fn fingerprint(file: &ast::File) -> String {
    const MARK: &str = "Span { file: ";
    let written = format!("{:?}", file.declarations);
    let mut parts = written.split(MARK);
    let mut text = parts.next().unwrap_or("").to_string();
    for part in parts {
        text.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    text
}
