//! A source's text with what is cited of it, and by whom.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::document::{Block, Code, Document, Item, Mark};
use crate::words::Speaker;
use qudao_language::layout::{WIDTH, wrap};
use qudao_language::model::{Id, Ruleset, Source};
use qudao_language::source::{Quotable, fold};
use qudao_language::visible::visible;

/// A passage of a source's text that is cited.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passage {
    /// Where it begins in the text, in bytes, and where it ends; nothing if the text does not have it.
    pub range: Option<(usize, usize)>,
    /// Its words, as they are quoted.
    pub quote: String,
    /// Who cites it: `service.broadcasts`, `rule no_shop`, without repetition.
    pub by: Vec<String>,
}

/// Finds the passages of a text that a ruleset cites from a source, in the order of the text; what is not found last.
#[must_use]
pub fn cited(ruleset: &Ruleset, source: Id<Source>, text: &str) -> Vec<Passage> {
    let quotable = Quotable::new(text);
    let mut passages: BTreeMap<String, Passage> = BTreeMap::new();
    for (by, citation) in ruleset.citing() {
        for quote in citation.quotes.iter().filter(|_| citation.source == source) {
            let words = fold(&quote.text);
            let passage = passages.entry(words).or_insert_with_key(|_| Passage {
                range: quotable.find(&quote.text).map(|range| (range.start, range.end)),
                quote: quote.text.clone(),
                by: Vec::new(),
            });
            if !passage.by.contains(&by) {
                passage.by.push(by.clone());
            }
        }
    }
    let mut passages: Vec<Passage> = passages.into_values().collect();
    passages.sort_by_key(|passage| (passage.range.is_none(), passage.range));
    passages
}

/// Returns the lines of a text, wrapped, each with its number; what is cited stands between ⟦ and ⟧ with the numbers of
/// its passages, which are told below with who cites them.
#[must_use]
pub fn cited_text(speaker: Speaker<'_>, text: &str, passages: &[Passage]) -> String {
    let list = Document { body: vec![citing(speaker, passages)], ..Document::default() };
    let words = words_of(speaker, text, passages);
    format!("{}\n{}{words}\n", numbered(text, passages), list.terminal(false))
}

/// Returns the same in Markdown.
#[must_use]
pub fn cited_markdown(speaker: Speaker<'_>, text: &str, passages: &[Passage]) -> String {
    let lines = Block::Code(Code::of(numbered(text, passages).trim_end()));
    let words = Block::Paragraph(words_of(speaker, text, passages).into());
    Document { body: vec![lines, citing(speaker, passages), words], ..Document::default() }.markdown()
}

/// The lines of a text, wrapped, each with its number, and marks around what is cited.
fn numbered(text: &str, passages: &[Passage]) -> String {
    let mut page = String::new();
    let digits = text.lines().count().to_string().len();
    let mut start = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let marked = marked(line.trim_end(), start, passages);
        start += line.len();
        let mut lines = wrap(&visible(&marked), WIDTH - digits - 3);
        if lines.is_empty() {
            lines.push(String::new());
        }
        for (part, line) in lines.iter().enumerate() {
            let head = if part == 0 { number.to_string() } else { String::new() };
            page.push_str(format!("{head:>digits$} │ {line}").trim_end());
            page.push('\n');
        }
    }
    page
}

/// Who cites each passage.
fn citing(speaker: Speaker<'_>, passages: &[Passage]) -> Block {
    let items = (1..).zip(passages).map(|(number, passage)| {
        let mut says = passage.by.join(", ");
        if passage.range.is_none() {
            says = format!("{says}: \"{}\" {}", passage.quote, speaker.tongue.not_in_the_text());
        }
        Item::new(Mark::Number(number), says)
    });
    Block::list(items.collect())
}

/// How much of a text is cited.
fn words_of(speaker: Speaker<'_>, text: &str, passages: &[Passage]) -> String {
    speaker.tongue.words_cited(cited_words(text, passages), text.split_whitespace().count())
}

/// Orders what ends at one place: what began last, and of what began together the shorter.
type Nested = (Reverse<usize>, usize);

/// A line in which each cited part stands between marks. A passage over several lines is marked on each.
fn marked(line: &str, start: usize, passages: &[Passage]) -> String {
    // Each with what orders those at one place.
    let mut marks: Vec<(usize, bool, Nested, usize)> = Vec::new();
    for (number, passage) in (1..).zip(passages) {
        let Some((begins, ends)) = passage.range else { continue };
        let (from, to) = (begins.max(start), ends.min(start + line.len()));
        if from < to {
            let inner_first = (Reverse(begins), ends);
            marks.push((from - start, true, inner_first, number));
            marks.push((to - start, false, inner_first, number));
        }
    }
    // At one place, what ends ends before what begins, and of what ends together what began last.
    marks.sort_unstable();
    let mut marked = String::new();
    let mut at = 0;
    for (place, opens, _, number) in marks {
        marked.push_str(line.get(at..place).unwrap_or(""));
        at = place;
        if opens { marked.push('⟦') } else { marked.push_str(&format!("⟧[{number}]")) }
    }
    marked.push_str(line.get(at..).unwrap_or(""));
    marked
}

/// How many words of a text stand in a passage, at least in part.
fn cited_words(text: &str, passages: &[Passage]) -> usize {
    let mut at = 0;
    let mut count = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let (from, to) = (at, at + word.trim_end().len());
        at += word.len();
        let cited = passages.iter().filter_map(|passage| passage.range).any(|(a, b)| a < to && from < b);
        count += usize::from(cited && from < to);
    }
    count
}

/// Returns the passages as JSON: `qudao.cited/1`. Places are lines and columns from 1, columns in characters.
#[must_use]
pub fn cited_json(ruleset: &Ruleset, source: Id<Source>, text: &str, passages: &[Passage]) -> Json {
    let place = |at: usize| {
        let before = text.get(..at).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        json!({"line": line, "column": column})
    };
    let passages: Vec<Json> = passages
        .iter()
        .map(|passage| {
            json!({
                "quote": passage.quote,
                "start": passage.range.map(|(start, _)| place(start)),
                "end": passage.range.map(|(_, end)| place(end)),
                "by": passage.by,
            })
        })
        .collect();
    json!({
        "schema": "qudao.cited/1",
        "ruleset": &*ruleset.name,
        "source": &*ruleset.sources[source].name,
        "passages": passages,
    })
}
