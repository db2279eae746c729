//! Profiles, as an editor sees them: what may be given at a place, and what the fields there are.

use std::collections::BTreeSet;
use std::ops::Range;

use qudao_language::check::{NameKind, Named};
use qudao_language::profile::Format;
use qudao_language::source::Span;

use crate::offers::{Offer, OfferKind};
use crate::project::Project;

/// So many lines before a place are looked at for the field that a list is of.
const MAX_LINES: usize = 200;

/// So many places of one name are looked for.
const MAX_NAMED: usize = 1_000;

/// A word of a profile, in bytes, and what it stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Place {
    start: usize,
    end: usize,
    /// The field whose value it is; none where it names one.
    of: Option<String>,
    /// Whether it stands neither between quotation marks nor in a list.
    alone: bool,
}

impl Project {
    /// Tells whether a text gives a field, as a profile does.
    #[must_use]
    pub fn gives_field(&self, text: &str, format: Format) -> bool {
        let fields: BTreeSet<&str> = self.fields().collect();
        keys(text, format).any(|(key, _)| fields.contains(key))
    }

    fn fields(&self) -> impl Iterator<Item = &str> {
        self.names().filter(|named| named.kind == NameKind::Field).map(|named| &*named.name)
    }

    /// Returns what may be given at a place of a profile, and where the word begins that is being typed.
    #[must_use]
    pub fn offers_given(&self, text: &str, format: Format, at: usize) -> (usize, Vec<Offer>) {
        let Some(place) = place(text, format, at) else { return (at, Vec::new()) };
        let offers = match &place.of {
            Some(field) => {
                let mut values = self.values_given(field);
                let null = Offer { kind: OfferKind::Word, text: "null".into(), detail: "not known".into() };
                // TOML has no word for what is not known.
                values.extend((place.alone && format != Format::Toml).then_some(null));
                values
            }
            None => {
                let others = keys(text, format).filter(|(_, own)| !own.contains(&place.start));
                let given: BTreeSet<&str> = others.map(|(key, _)| key).collect();
                let fields = self.names().filter(|named| named.kind == NameKind::Field);
                let mut left: Vec<&Named> = fields.filter(|named| !given.contains(&*named.name)).collect();
                // In the order in which they are asked.
                left.sort_by_cached_key(|named| self.declared(named).next());
                left.into_iter()
                    .map(|named| self.offer_name(named, OfferKind::Name(NameKind::Field)))
                    .collect()
            }
        };
        (place.start, offers)
    }

    /// Returns what is told of what stands at a place of a profile, as Markdown, and where it stands.
    #[must_use]
    pub fn hover_given(&self, text: &str, format: Format, at: usize) -> Option<(Range<usize>, String)> {
        let (place, named) = self.name_given(text, format, at)?;
        Some((place.start..place.end, self.told(&named, None)?))
    }

    /// Returns where in the ruleset what stands at a place of a profile is declared.
    #[must_use]
    pub fn definition_given(&self, text: &str, format: Format, at: usize) -> Vec<Span> {
        let named = self.name_given(text, format, at);
        named.iter().flat_map(|(_, named)| self.declared(named)).collect()
    }

    /// Returns where a profile names a field or a value, in bytes; nothing of what has another name there.
    #[must_use]
    pub fn named_in_given(&self, text: &str, format: Format, named: &Named) -> Vec<Range<usize>> {
        if !matches!(named.kind, NameKind::Field | NameKind::Value) {
            return Vec::new();
        }
        let found = text.match_indices(&*named.name).take(MAX_NAMED).filter_map(|(at, _)| {
            let (place, own) = self.name_given(text, format, at)?;
            (own == *named && place.start == at).then_some(place.start..place.end)
        });
        found.collect()
    }

    /// The field or the value that stands at a place.
    fn name_given(&self, text: &str, format: Format, at: usize) -> Option<(Place, Named)> {
        let place = place(text, format, at)?;
        let word = text.get(place.start..place.end)?;
        let of = match &place.of {
            Some(field) => Some(self.enum_of(field)?),
            None => None,
        };
        let kind = if place.of.is_some() { NameKind::Value } else { NameKind::Field };
        let named = self.names().find(|named| {
            named.kind == kind && &*named.name == word && named.of.as_deref() == of.as_deref()
        })?;
        Some((place, named.clone()))
    }
}

/// The names that begin lines or entries, each with the range of its line or entry.
fn keys(text: &str, format: Format) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut end = 0;
    let pieces =
        text.split_inclusive(move |c| c == '\n' || (format == Format::Json && matches!(c, ',' | '{')));
    pieces.filter_map(move |piece| {
        let start = end;
        end += piece.len();
        let (key, _) = piece.split_once(sign(format))?;
        Some((key.trim().trim_matches(['"', '\'']), start..end))
    })
}

/// What parts a field and its value.
fn sign(format: Format) -> char {
    if format == Format::Toml { '=' } else { ':' }
}

/// Finds out what a place is for. Where the text has mistakes, it is as good a guess as any.
fn place(text: &str, format: Format, at: usize) -> Option<Place> {
    let is_word = |c: char| c == '_' || c.is_alphanumeric();
    let (head, rest) = (text.get(..at)?, text.get(at..)?);
    let start = head.trim_end_matches(is_word).len();
    let end = at + rest.len() - rest.trim_start_matches(is_word).len();
    let before = text.get(..start)?;
    let plain = before.strip_suffix(['"', '\'']);
    let (before, quoted) = (plain.unwrap_or(before), plain.is_some());
    if format == Format::Json {
        let (of, list) = in_json(before)?;
        return Some(Place { start, end, of, alone: !quoted && !list });
    }
    let line = before.rsplit('\n').next().unwrap_or("");
    if line.contains('#') {
        return None;
    }
    let named = |line: &str| {
        let (key, value) = line.split_once(sign(format))?;
        Some((key.trim().trim_matches(['"', '\'']).to_string(), value.to_string()))
    };
    if let Some((field, value)) = named(line) {
        return Some(Place { start, end, of: Some(field), alone: !quoted && !value.contains('[') });
    }
    // A line without a sign names a field, unless a list is open before it, or begins with its dash.
    let dash = format == Format::Yaml && line.trim_start().starts_with('-');
    let above = before.get(..before.len() - line.len()).unwrap_or("");
    let above = above.lines().rev().take(MAX_LINES);
    let mut closed = 0_usize;
    for line in above {
        closed += line.matches(']').count();
        if let Some((field, value)) = named(line) {
            let open = value.matches('[').count() > closed;
            let item = dash && value.trim().is_empty();
            return Some(Place { start, end, of: (open || item).then_some(field), alone: false });
        }
    }
    (!dash).then_some(Place { start, end, of: None, alone: true })
}

/// What a place in JSON is for, by the text before it: a name, or the value of the field that is returned, in a list or not.
/// Nothing within what nests deeper, nor outside of all.
fn in_json(before: &str) -> Option<(Option<String>, bool)> {
    let (mut open, mut texts, mut key, mut value) = (Vec::new(), None, String::new(), false);
    let mut chars = before.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let start = at + 1;
                let mut end = before.len();
                while let Some((at, c)) = chars.next() {
                    match c {
                        '\\' => drop(chars.next()),
                        '"' => {
                            end = at;
                            break;
                        }
                        _ => {}
                    }
                }
                texts = before.get(start..end);
            }
            '{' | '[' => open.push(c),
            '}' | ']' => drop(open.pop()),
            ':' if open.len() == 1 => {
                key = texts.unwrap_or("").to_string();
                value = true;
            }
            ',' if open.len() == 1 => value = false,
            _ => {}
        }
    }
    match (open.as_slice(), value) {
        (['{'], false) => Some((None, false)),
        (['{'] | ['{', '['], true) => Some((Some(key), open.len() > 1)),
        _ => None,
    }
}
