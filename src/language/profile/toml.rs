//! TOML → tree.

mod slips;

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use self::slips::Slips;
use super::faults::Faults;
use super::tree::{Key, Node, NodeKind, Parsed};
use super::{MAX_DEPTH, too_deep};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};

/// Parses TOML. Numbers and dates stay as they are written. `is_text` tells which fields are texts.
pub(super) fn parse(file: FileId, text: &str, is_text: &dyn Fn(&str) -> bool) -> Parsed {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let slips = Slips { file, text: body, base: text.len() - body.len() };
    if let Some(diagnostic) = slips.other_format() {
        return diagnostic.into();
    }
    let (table, errors) = DeTable::parse_recoverable(body);
    let mut found = BTreeMap::new();
    let mut twice = Vec::new();
    for (number, error) in errors.iter().enumerate() {
        let range = error.span().unwrap_or(0..0);
        let error = Error { start: range.start, end: range.end, message: error.message().to_string() };
        if error.message.contains("recurs") {
            return too_deep(slips.span(error.start, error.end)).into();
        }
        match error.message.as_str() {
            "duplicate key" => twice.push(error),
            _ => {
                found.insert((error.start, number), error);
            }
        }
    }
    let mut reader = Reader { slips, is_text, errors: found, twice, faults: Faults::default() };
    let whole = reader.slips.span(0, body.len());
    match reader.entries(table.get_ref(), 0) {
        Ok(entries) => reader.finish(Node { span: whole, kind: entries }),
        Err(diagnostic) => diagnostic.into(),
    }
}

/// What the parser found, with its own words.
struct Error {
    start: usize,
    end: usize,
    message: String,
}

struct Reader<'a> {
    slips: Slips<'a>,
    is_text: &'a dyn Fn(&str) -> bool,
    /// What the parser found and is not told yet, by where it begins and its number.
    errors: BTreeMap<(usize, usize), Error>,
    /// Names given once more.
    twice: Vec<Error>,
    faults: Faults,
}

impl Reader<'_> {
    fn entries(&mut self, table: &DeTable<'_>, depth: usize) -> Result<NodeKind, Box<Diagnostic>> {
        let mut entries = Vec::new();
        for (key, value) in table {
            let range = key.span();
            self.key(range.start, range.end);
            let key = Key { name: key.get_ref().to_string(), span: self.slips.span(range.start, range.end) };
            let null = if (self.is_text)(&key.name) { None } else { Some("\"unknown\"") };
            entries.push((key, self.node(value, depth + 1, null)?));
        }
        // The parser sorts a table by name; a reader expects the order of the file.
        entries.sort_by_key(|(key, _)| key.span);
        Ok(NodeKind::Map(entries))
    }

    /// Tells of a name that should stand between quotation marks.
    fn key(&mut self, start: usize, end: usize) {
        if self.take(start, end) {
            self.faults.push(self.slips.key(start, end));
        }
    }

    /// Takes what the parser found at a piece of the file; tells whether there was something.
    fn take(&mut self, start: usize, end: usize) -> bool {
        let inside = self.errors.range((start, 0)..=(end, usize::MAX)).filter(|(_, error)| error.end <= end);
        let inside: Vec<(usize, usize)> = inside.map(|(at, _)| *at).collect();
        for at in &inside {
            self.errors.remove(at);
        }
        !inside.is_empty()
    }

    fn node(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        depth: usize,
        null: Option<&'static str>,
    ) -> Result<Node, Box<Diagnostic>> {
        let range = value.span();
        let span = self.slips.span(range.start, range.end);
        if depth > MAX_DEPTH {
            return Err(too_deep(span));
        }
        let written = self.slips.slice(range.start, range.end);
        let structured = matches!(value.get_ref(), DeValue::Array(_) | DeValue::Table(_));
        if !structured && !self.errors.is_empty() && self.take(range.start, range.end) {
            let kind = match self.slips.value(range.start, range.end, null) {
                // That there is no such day is told where the field is known.
                None => NodeKind::Date(written.to_string()),
                Some(diagnostic) => {
                    self.faults.push(diagnostic);
                    NodeKind::Wrong
                }
            };
            return Ok(Node { span, kind });
        }
        let kind = match value.get_ref() {
            DeValue::String(text) => NodeKind::Text(text.to_string()),
            DeValue::Boolean(value) => NodeKind::Bool(*value),
            DeValue::Integer(number) if number.radix() != 10 => {
                self.faults.push(self.slips.radix(range.start, range.end));
                NodeKind::Wrong
            }
            DeValue::Integer(_) | DeValue::Float(_) => NodeKind::Number(written.to_string()),
            DeValue::Datetime(_) => NodeKind::Date(written.to_string()),
            DeValue::Array(members) => {
                let members = members.iter().map(|member| self.node(member, depth + 1, None));
                NodeKind::List(members.collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => self.entries(table, depth)?,
        };
        Ok(Node { span, kind })
    }

    /// Tells of what the parser found besides: fields given twice, and what keeps the rest from being understood.
    fn finish(self, tree: Node) -> Parsed {
        let Reader { slips, errors, twice, mut faults, .. } = self;
        let mut firsts = BTreeMap::new();
        first_keys(&tree, &mut firsts);
        faults.extend(twice.iter().map(|error| duplicate(&slips, &firsts, error.start, error.end)));
        let others: Vec<Error> = errors.into_values().collect();
        // Brackets and lines that end elsewhere than meant turn what follows into nonsense.
        let Some(first) = others.first() else {
            return Parsed { tree: Some(tree), faults };
        };
        match slips.structure(first.start, first.end, &first.message) {
            slips::Structure::Local(diagnostic) => {
                let mut found = vec![diagnostic];
                let told = |error: &&Error| slips.same_line(error.start, first.start);
                for error in others.iter().filter(|error| !told(error)) {
                    if let slips::Structure::Local(diagnostic) =
                        slips.structure(error.start, error.end, &error.message)
                    {
                        found.push(diagnostic);
                    }
                }
                found.dedup();
                faults.extend(found);
                Parsed { tree: Some(tree), faults }
            }
            slips::Structure::Broken(diagnostic) => Parsed { tree: None, faults: vec![diagnostic].into() },
        }
    }
}

fn duplicate(slips: &Slips<'_>, firsts: &BTreeMap<&str, Span>, start: usize, end: usize) -> Diagnostic {
    let here = slips.span(start, end);
    let name = slips.slice(start, end).trim_matches(['"', '\'']);
    let message = format!("`{}` is given twice", super::notation::short(name));
    let diagnostic = Diagnostic::new(Code::DuplicateField, here, message).here("the second time");
    match firsts.get(name).filter(|first| first.start < here.start) {
        Some(first) => diagnostic.also(*first, "the first"),
        None => diagnostic,
    }
}

/// Finds the first key of each name, tables within tables included.
fn first_keys<'t>(tree: &'t Node, firsts: &mut BTreeMap<&'t str, Span>) {
    let NodeKind::Map(entries) = &tree.kind else { return };
    for (key, value) in entries {
        firsts.entry(&key.name).or_insert(key.span);
        first_keys(value, firsts);
    }
}
