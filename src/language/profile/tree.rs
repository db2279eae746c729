//! A profile as it is written, before the fields are known: values with their places, nothing converted.

use super::faults::Faults;
use super::notation::short;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Files, Span};

/// What came of parsing a profile.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// The values; none where the file is too far from its format to go on.
    pub(super) tree: Option<Node>,
    /// What is wrong with the file itself.
    pub(super) faults: Faults,
}

impl From<Box<Diagnostic>> for Parsed {
    fn from(diagnostic: Box<Diagnostic>) -> Parsed {
        Parsed { tree: None, faults: vec![*diagnostic].into() }
    }
}

/// A value of a profile.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: NodeKind,
}

/// The forms of a value.
#[derive(Clone, Debug)]
pub(super) enum NodeKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A text between quotation marks.
    Text(String),
    /// A text in a block of lines, in YAML.
    Block(String),
    /// A text without quotation marks: what it is depends on the field.
    Plain(String),
    /// A date or a time of TOML, as it is written.
    Date(String),
    /// `[a, b]`
    List(Vec<Node>),
    /// `{a: b}`
    Map(Vec<(Key, Node)>),
    /// A value that was reported already.
    Wrong,
}

/// A key of a map.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) span: Span,
}

impl Node {
    /// Returns words for what the value is.
    pub(super) fn words(&self) -> String {
        match &self.kind {
            NodeKind::Null => "null".into(),
            NodeKind::Bool(value) => format!("`{value}`"),
            NodeKind::Number(digits) => format!("the number {}", short(digits)),
            NodeKind::Text(text) | NodeKind::Plain(text) | NodeKind::Block(text) if text.is_empty() => {
                "an empty text".into()
            }
            NodeKind::Text(text) | NodeKind::Block(text) => format!("the text {:?}", short(text)),
            NodeKind::Plain(text) => format!("`{}`", short(text)),
            NodeKind::Date(text) if text.contains('-') => format!("the date {}", short(text)),
            NodeKind::Date(_) => "a time of day".into(),
            NodeKind::List(_) => "a list".into(),
            NodeKind::Map(_) => "a group of fields".into(),
            NodeKind::Wrong => "this".into(),
        }
    }
}

/// Reads `FIELD=VALUE`, the whole text of a file.
pub(super) fn assignment(files: &Files, file: FileId) -> Result<(Key, Node), Box<Diagnostic>> {
    let text = files.get(file).text();
    let span = |start: usize, end: usize| Span { file, start: start as u32, end: end as u32 };
    let malformed = |at: Span, here: &str| {
        Diagnostic::new(Code::MalformedProfile, at, "expected `FIELD=VALUE`").here(here.to_string())
    };
    let help = "a set is written `FIELD={a, b}`, a value that is not known `FIELD=unknown`";
    let Some((name, value)) = text.split_once('=') else {
        let mut diagnostic = malformed(span(0, text.len()), "no `=`").note(help);
        if let Some((at, colon)) = text.char_indices().find(|(_, c)| matches!(c, ':' | '：' | '＝')) {
            let after = text.get(at + colon.len_utf8()..).unwrap_or("");
            let end = text.len() - after.trim_start().len();
            diagnostic = diagnostic.fix("write `=`", span(at, end), "=");
        }
        return Err(Box::new(diagnostic));
    };
    let value_start = name.len() + 1;
    let trimmed = |text: &str, start: usize| {
        let start = start + text.len() - text.trim_start().len();
        (text.trim().to_string(), span(start, start + text.trim().len()))
    };
    let (name, key_span) = trimmed(name, 0);
    if name.is_empty() {
        return Err(Box::new(malformed(span(0, 1), "no field's name stands before it").note(help)));
    }
    if let Some(rest) = value.strip_prefix('=') {
        let start = value_start + value.len() - rest.len();
        return Err(Box::new(malformed(span(value_start - 1, start), "one `=` is enough").fix(
            "write `=`",
            span(value_start - 1, start),
            "=",
        )));
    }
    let (value, value_span) = trimmed(value, value_start);
    let bracket = value.chars().next().filter(|c| matches!(c, '{' | '['));
    let kind = match (bracket, value.as_str()) {
        (Some(open), _) => {
            let close = if open == '{' { '}' } else { ']' };
            if !value.ends_with(['}', ']']) {
                let end = value_span.after();
                return Err(Box::new(
                    Diagnostic::new(
                        Code::MalformedProfile,
                        Span { end: value_span.start + 1, ..value_span },
                        "this list is never closed",
                    )
                    .here("opened here")
                    .fix(format!("write `{close}` at its end"), end, close),
                ));
            }
            let inner = value.get(1..value.len() - 1).unwrap_or("");
            let mut start = value_span.start as usize + 1;
            let mut members = Vec::new();
            for member in inner.split(',') {
                let (text, span) = trimmed(member, start);
                if !text.is_empty() {
                    members.push(Node { span, kind: unquoted(text) });
                }
                start += member.len() + 1;
            }
            NodeKind::List(members)
        }
        (None, "unknown" | "null") => NodeKind::Null,
        (None, _) => unquoted(value),
    };
    Ok((Key { name, span: key_span }, Node { span: value_span, kind }))
}

fn unquoted(text: String) -> NodeKind {
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => NodeKind::Text(inner.to_string()),
        None => NodeKind::Plain(text),
    }
}

/// Puts an assignment in the place of what the profile says of the field, under whichever of its names.
pub(super) fn assign(tree: &mut Node, key: Key, value: Node, same: &dyn Fn(&str, &str) -> bool) {
    if let NodeKind::Map(entries) = &mut tree.kind {
        entries.retain(|(other, _)| !same(&other.name, &key.name));
        entries.push((key, value));
    }
}
