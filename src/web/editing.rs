//! What an editor asks. Places are offsets in units of UTF-16, as JavaScript counts.

use qudao_editor::offers::OfferKind;
use qudao_editor::position::Encoding;
use qudao_editor::tokens::TokenKind;
use qudao_language::bundled;
use qudao_language::diagnostic::{self, Code, Diagnostic, told_errors};
use qudao_language::format::{Refusal, format as laid_out};
use qudao_language::profile::Format;
use qudao_language::source::{FileId, Files, Span};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::held::Held;

/// A place in a file; in a profile, with its text.
#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    file: String,
    at: usize,
    /// The text of a profile, whose name tells how it is written.
    profile: Option<String>,
}

/// The offsets of a text in bytes and in units of UTF-16, each counted from one that is known.
struct Counter<'t> {
    text: &'t str,
    /// The bytes at which each run of so many units begins.
    marks: Vec<(usize, usize)>,
}

/// So many bytes lie between two offsets that are known.
const RUN: usize = 1024;

impl<'t> Counter<'t> {
    fn new(text: &'t str) -> Counter<'t> {
        let mut marks = vec![(0, 0)];
        let (mut units, mut next) = (0, RUN);
        for (byte, c) in text.char_indices() {
            if byte >= next {
                marks.push((byte, units));
                next = byte + RUN;
            }
            units += c.len_utf16();
        }
        Counter { text, marks }
    }

    /// The units before a byte.
    fn units(&self, byte: usize) -> usize {
        let mark = self.marks.partition_point(|(start, _)| *start <= byte).saturating_sub(1);
        let (start, units) = self.marks.get(mark).copied().unwrap_or_default();
        units + self.text.get(start..byte).map_or(0, |text| Encoding::Utf16.length(text))
    }

    /// The byte before which so many units stand; that of the end where there are fewer.
    fn byte(&self, at: usize) -> usize {
        let mark = self.marks.partition_point(|(_, units)| *units <= at).saturating_sub(1);
        let (start, mut units) = self.marks.get(mark).copied().unwrap_or_default();
        for (byte, c) in self.text.get(start..).unwrap_or("").char_indices() {
            if units >= at {
                return start + byte;
            }
            units += c.len_utf16();
        }
        self.text.len()
    }
}

fn file(held: &Held, name: &str) -> Result<FileId, String> {
    held.project.file(name).ok_or_else(|| format!("`{name}` is no part of the ruleset"))
}

/// The files of a ruleset that ships, by the paths under which it is read.
pub(crate) fn bundled(name: &str) -> Result<Json, String> {
    let files = bundled::files(name).ok_or_else(|| format!("no ruleset that ships is named `{name}`"))?;
    let files: Map<String, Json> =
        files.iter().map(|(path, text)| (format!("{name}/{path}"), Json::from(*text))).collect();
    Ok(json!({ "main": format!("{name}/{name}.qd"), "files": files }))
}

/// What is wrong with a ruleset, as `qudao check --json` tells it, each with its place as an editor counts.
pub(crate) fn diagnostics(held: &Held, all: &[Diagnostic]) -> Json {
    found(held.project.sources().files(), all, |id| held.project.sources().is_own(id))
}

/// What is wrong with some files.
pub(crate) fn found(files: &Files, all: &[Diagnostic], own: impl Fn(FileId) -> bool) -> Json {
    let counters: Vec<Counter<'_>> = files.iter().map(|(_, file)| Counter::new(file.text())).collect();
    let range = |span: Span| {
        let at = files.iter().position(|(id, _)| id == span.file)?;
        let counter = counters.get(at)?;
        Some((counter.units(span.start as usize), counter.units(span.end as usize)))
    };
    let mut told = diagnostic::to_json(files, all);
    let listed = told.get_mut("diagnostics").and_then(Json::as_array_mut);
    for (entry, diagnostic) in listed.into_iter().flatten().zip(all) {
        let (Some(entry), Some((from, to))) = (entry.as_object_mut(), range(diagnostic.label.span)) else {
            continue;
        };
        entry.insert("from".into(), from.into());
        entry.insert("to".into(), to.into());
        let fixes = diagnostic.fix.iter().chain(&diagnostic.choices);
        let changes = fixes.filter_map(|fix| {
            let edits = fix.edits.iter().map(|edit| {
                let (from, to) = range(edit.span).filter(|_| own(edit.span.file))?;
                let file = files.get(edit.span.file).name();
                Some(json!({ "file": file, "from": from, "to": to, "insert": edit.text }))
            });
            let edits: Vec<Json> = edits.collect::<Option<_>>()?;
            Some(json!({ "message": fix.message, "sure": fix.sure, "edits": edits }))
        });
        entry.insert("changes".into(), changes.collect());
    }
    told.get_mut("diagnostics").map(Json::take).unwrap_or_default()
}

/// A text laid out; or what keeps it from that.
pub(crate) fn format(name: &str, text: &str) -> Json {
    match laid_out(name, text).map_err(|refusal| *refusal) {
        Ok(text) => json!({ "text": text }),
        Err(Refusal::Errors(files, found)) => {
            json!({ "diagnostics": self::found(&files, &told_errors(found), |_| true) })
        }
        Err(Refusal::Changed) => json!({ "diagnostics": [] }),
    }
}

/// What each word of a file is: where it begins, where it ends, and the class of its kind, in turn.
pub(crate) fn tokens(held: &Held, name: &str) -> Result<Json, String> {
    let id = file(held, name)?;
    let counter = Counter::new(held.project.sources().files().get(id).text());
    let tokens = held.project.tokens(id).into_iter().flat_map(|(span, kind)| {
        let (from, to) = (counter.units(span.start as usize), counter.units(span.end as usize));
        [from.into(), to.into(), Json::from(class(kind))]
    });
    Ok(tokens.collect())
}

fn class(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Name(_, true) => "declared",
        TokenKind::Name(_, false) => "name",
        TokenKind::Function => "function",
        TokenKind::Type => "type",
        TokenKind::Verdict => "verdict",
        TokenKind::Code => "code",
        TokenKind::Word => "word",
        TokenKind::Number => "number",
        TokenKind::Text => "text",
        TokenKind::Comment => "comment",
    }
}

/// The byte of a place, and what it is counted by. The text of a ruleset is the one that was loaded last.
fn counted<'a>(held: &'a Held, place: &'a Place) -> Result<(Option<FileId>, Counter<'a>, usize), String> {
    let (id, text) = match &place.profile {
        Some(text) => (None, text.as_str()),
        None => {
            let id = file(held, &place.file)?;
            (Some(id), held.project.sources().files().get(id).text())
        }
    };
    let counter = Counter::new(text);
    let byte = counter.byte(place.at);
    Ok((id, counter, byte))
}

fn format_of(place: &Place) -> Result<Format, String> {
    Format::of_name(&place.file).ok_or_else(|| format!("`{}` is no profile", place.file))
}

pub(crate) fn complete(held: &Held, place: &Place) -> Result<Json, String> {
    let (id, counter, byte) = counted(held, place)?;
    let (start, offers) = match id {
        Some(id) => {
            let offers = held.project.offers(id, byte as u32);
            (offers.span.start as usize, offers.offers)
        }
        None => held.project.offers_given(counter.text, format_of(place)?, byte),
    };
    let offers = offers.iter().map(|offer| {
        let kind = match offer.kind {
            OfferKind::Value => "value",
            OfferKind::Name(_) => "name",
            OfferKind::Function => "function",
            OfferKind::Code => "code",
            OfferKind::Word => "word",
        };
        json!({ "kind": kind, "text": offer.text, "detail": offer.detail })
    });
    Ok(json!({ "from": counter.units(start), "offers": offers.collect::<Vec<_>>() }))
}

pub(crate) fn hover(held: &Held, place: &Place) -> Result<Json, String> {
    let (id, counter, byte) = counted(held, place)?;
    let hover = match id {
        Some(id) => {
            let hover = held.project.hover(id, byte as u32);
            hover.map(|hover| (hover.span.start as usize..hover.span.end as usize, hover.markdown))
        }
        None => held.project.hover_given(counter.text, format_of(place)?, byte),
    };
    Ok(hover.map_or(Json::Null, |(range, markdown)| {
        json!({ "from": counter.units(range.start), "to": counter.units(range.end), "markdown": markdown })
    }))
}

pub(crate) fn definition(held: &Held, place: &Place) -> Result<Json, String> {
    let (id, counter, byte) = counted(held, place)?;
    let spans = match id {
        Some(id) => held.project.definition(id, byte as u32),
        None => held.project.definition_given(counter.text, format_of(place)?, byte),
    };
    let files = held.project.sources().files();
    let places = spans.into_iter().map(|span| {
        let declared = files.get(span.file);
        let counter = Counter::new(declared.text());
        let (from, to) = (counter.units(span.start as usize), counter.units(span.end as usize));
        json!({ "file": declared.name(), "from": from, "to": to })
    });
    Ok(places.collect())
}

/// The page of a diagnostic.
pub(crate) fn explain(code: &str) -> Result<Json, String> {
    Code::parse(code).map(|code| code.page().into()).ok_or_else(|| format!("no diagnostic is named `{code}`"))
}
