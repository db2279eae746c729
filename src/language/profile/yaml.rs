//! YAML → tree, event by event, so that a scalar is read as the field it is for and nothing grows.

mod slips;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span as YamlSpan};

use self::slips::{Cause, Slips};
use super::faults::Faults;
use super::notation::is_null;
use super::tree::{Key, Node, NodeKind, Parsed};
use super::{MAX_DEPTH, empty, malformed, too_deep};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// A collection that is not closed yet.
struct Open {
    start: u32,
    map: bool,
    items: Vec<Node>,
    entries: Vec<(Key, Node)>,
    key: Option<Key>,
}

/// Parses one document of YAML. Tags, anchors and aliases are refused: a profile has no need of them.
/// `known` tells which names are fields, for what is almost a field.
pub(super) fn parse(file: FileId, text: &str, known: &dyn Fn(&str) -> bool) -> Parsed {
    let slips = Slips { file, text, known };
    let mut faults = Faults::default();
    match document(file, text, &slips, &mut faults) {
        Ok(tree) => Parsed { tree: Some(tree), faults },
        Err(found) => {
            // What keeps the file from being read comes last; what was seen before it is worth telling.
            faults.extend(found);
            Parsed { tree: None, faults }
        }
    }
}

type Found = Vec<Diagnostic>;

fn document(file: FileId, text: &str, slips: &Slips<'_>, faults: &mut Faults) -> Result<Node, Found> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base = (text.len() - body.len()) as u32;
    let place = |span: &YamlSpan| {
        let start = span.start.byte_offset().unwrap_or(0) as u32;
        let end = span.end.byte_offset().unwrap_or(0) as u32;
        Span { file, start: base + start, end: base + end.max(start) }
    };
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.emit_unresolved_aliases = true;
    options.emit_anchor_events = true;
    // The fields themselves are no level.
    options.flow_nesting_limit = MAX_DEPTH + 2;
    options.block_nesting_limit = MAX_DEPTH + 2;
    let mut open: Vec<Open> = Vec::new();
    let mut document: Option<Node> = None;
    let mut documents = 0;
    for event in Parser::new_from_str_with_options(body, options) {
        let (event, span) = event.map_err(|error| {
            let at = base + error.marker().byte_offset().unwrap_or(0).min(body.len()) as u32;
            if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
                return vec![*too_deep(Span { file, start: at, end: at })];
            }
            slips.of_error(at as usize, cause(&error))
        })?;
        let here = place(&span);
        if event.tag().is_some() {
            return Err(vec![slips.tag(here)]);
        }
        let done = match event {
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    return Err(vec![
                        malformed(here, "a profile is one document")
                            .here("a second document begins here")
                            .note("give each profile a file of its own"),
                    ]);
                }
                None
            }
            Event::Scalar(value, style, ..) => {
                let after = open.last().and_then(|open| open.key.as_ref()).map(|key| key.span);
                let node = scalar(&value, style, here, text, after);
                Some(if open.is_empty() { node } else { slips.over_lines(node, faults) })
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() > MAX_DEPTH {
                    return Err(vec![*too_deep(here)]);
                }
                let map = matches!(event, Event::MappingStart(..));
                open.push(Open { start: here.start, map, items: Vec::new(), entries: Vec::new(), key: None });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|open| {
                let last =
                    if open.map { open.entries.last().map(|(_, node)| node) } else { open.items.last() };
                // A block ends where its last value does, not where the next line is indented less.
                let end = if here.end > here.start {
                    here.end
                } else {
                    last.map_or(here.end, |node| node.span.end)
                };
                let span = Span { file, start: open.start, end: end.max(open.start) };
                let kind = if open.map { NodeKind::Map(open.entries) } else { NodeKind::List(open.items) };
                Node { span, kind }
            }),
            Event::Anchor(_, name) => return Err(vec![slips.anchor(here, &name)]),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                return Err(vec![malformed(here, "a profile has no aliases").here("an alias").note(
                    "write the value again; a text that begins with `*` stands between quotation marks",
                )]);
            }
            _ => None,
        };
        let Some(node) = done else { continue };
        match open.last_mut() {
            None => document = Some(node),
            Some(open) if !open.map => open.items.push(node),
            Some(open) => match open.key.take() {
                Some(key) => open.entries.push((key, node)),
                None => match node.kind {
                    NodeKind::Plain(name) | NodeKind::Text(name) => {
                        open.key = Some(Key { name, span: node.span })
                    }
                    NodeKind::Null => open.key = Some(Key { name: "null".into(), span: node.span }),
                    NodeKind::Bool(_)
                    | NodeKind::Number(_)
                    | NodeKind::Date(_)
                    | NodeKind::Block(_)
                    | NodeKind::List(_)
                    | NodeKind::Wrong
                    | NodeKind::Map(_) => {
                        return Err(vec![
                            malformed(node.span, "a field's name is a word").here("not a word"),
                        ]);
                    }
                },
            },
        }
    }
    let tree = document.ok_or_else(|| vec![*empty(file, text, crate::profile::Format::Yaml)])?;
    match &tree.kind {
        NodeKind::Plain(_) => {
            let lines = slips.of_scalar(tree.span);
            if lines.is_empty() { Ok(tree) } else { Err(lines) }
        }
        _ => Ok(tree),
    }
}

fn scalar(value: &str, style: ScalarStyle, span: Span, text: &str, key: Option<Span>) -> Node {
    let (kind, span) = match style {
        ScalarStyle::Plain if is_null(value) => (NodeKind::Null, span),
        ScalarStyle::Plain => (NodeKind::Plain(value.to_string()), span),
        ScalarStyle::Literal | ScalarStyle::Folded => {
            // The block begins with its `|` or `>`, and the last line end is not worth pointing at.
            let before = key.and_then(|key| text.get(key.end as usize..span.start as usize)).unwrap_or("");
            let mark = before.find(['|', '>']).map_or(before.len(), |at| at);
            let written = text.get(span.start as usize..span.end as usize).unwrap_or("");
            let start = span.start - (before.len() - mark) as u32;
            let end = span.start + written.trim_end().len() as u32;
            (NodeKind::Block(value.to_string()), Span { start, end: end.max(start), ..span })
        }
        _ => (NodeKind::Text(value.to_string()), span),
    };
    Node { span, kind }
}

/// Says what the parser stopped at.
fn cause(error: &ScanError) -> Cause {
    match error.kind() {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => Cause::Tab,
        ErrorKind::MappingValueNotAllowed | ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            Cause::Colon
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::InvalidFlowScalarIndent => Cause::Open,
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => Cause::Quote,
        ErrorKind::MisplacedFlowCollectionEnd => Cause::Close,
        ErrorKind::MismatchedFlowCollectionEnd { open, .. } => Cause::Mismatch(*open),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            Cause::AfterQuote
        }
        ErrorKind::UnknownQuotedScalarEscape => Cause::Escape,
        ErrorKind::UnexpectedCharacter { character } => Cause::Character(*character),
        ErrorKind::MissingAnchorOrAliasName | ErrorKind::UndeclaredTagHandle => Cause::Character('*'),
        ErrorKind::BomInsideDocument => Cause::Character('\u{feff}'),
        ErrorKind::BlockSequenceEntryNotAllowed => Cause::Dash,
        ErrorKind::ExpectedDocumentStart
        | ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey => Cause::Indent,
        _ => Cause::Other(error.info()),
    }
}
