//! A source's text with what is cited of it, and by whom.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::layout::{WIDTH, wrap};
use crate::model::{Citation, Id, Ruleset, Source};
use crate::source::alike;
use crate::visible::visible;
use crate::words::Speaker;

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
    let folded = Folded::new(text);
    let mut passages: BTreeMap<String, Passage> = BTreeMap::new();
    for (by, citation) in citing(ruleset) {
        for quote in citation.quotes.iter().filter(|_| citation.source == source) {
            let words = fold(&quote.text);
            let passage = passages.entry(words).or_insert_with_key(|words| Passage {
                range: folded.find(words),
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

/// Every citation, and who makes it.
fn citing(ruleset: &Ruleset) -> Vec<(String, &Citation)> {
    let mut all: Vec<(String, &Citation)> = Vec::new();
    for (id, channel) in ruleset.channels.entries() {
        for (entry, statements) in &channel.statements {
            let name = ruleset.entry_name(id, *entry);
            for statement in statements {
                let disputed = statement.disputed.iter().flat_map(|disputed| &disputed.sources);
                all.extend(statement.sources.iter().chain(disputed).map(|citation| (name.clone(), citation)));
            }
        }
        let needs = channel.needs.iter().flat_map(|need| &need.sources);
        all.extend(needs.map(|citation| (format!("channel {}", channel.name), citation)));
    }
    for mix in ruleset.mixes.iter() {
        let needs = mix.needs.iter().flat_map(|need| &need.sources);
        all.extend(mix.sources.iter().chain(needs).map(|citation| (format!("mix {}", mix.name), citation)));
    }
    for requirement in ruleset.requirements.iter() {
        let name = format!("requirement {}", requirement.name);
        all.extend(requirement.sources.iter().map(|citation| (name.clone(), citation)));
    }
    for rule in ruleset.rules.iter() {
        all.extend(rule.sources.iter().map(|citation| (format!("rule {}", rule.name), citation)));
    }
    for (_, unit) in ruleset.units.iter() {
        all.extend(unit.sources.iter().map(|citation| (format!("unit {}", unit.name), citation)));
    }
    all
}

/// White space folded to one blank, quotation marks and dashes made alike.
fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(alike).collect()
}

/// A folded text, and where each of its bytes comes from.
struct Folded {
    text: String,
    /// For each character: where it begins in the folded text, where it began and ended in the text.
    places: Vec<(usize, usize, usize)>,
}

impl Folded {
    fn new(text: &str) -> Folded {
        let mut folded = Folded { text: String::with_capacity(text.len()), places: Vec::new() };
        let mut space = false;
        for (at, c) in text.char_indices() {
            if c.is_whitespace() {
                space = !folded.text.is_empty();
                continue;
            }
            if std::mem::take(&mut space) {
                folded.places.push((folded.text.len(), at, at));
                folded.text.push(' ');
            }
            folded.places.push((folded.text.len(), at, at + c.len_utf8()));
            folded.text.push(alike(c));
        }
        folded
    }

    fn find(&self, words: &str) -> Option<(usize, usize)> {
        let start = self.text.find(words).filter(|_| !words.is_empty())?;
        let end = start + words.len();
        let first = self.places.partition_point(|(at, ..)| *at < start);
        let last = self.places.partition_point(|(at, ..)| *at < end).checked_sub(1)?;
        Some((self.places.get(first)?.1, self.places.get(last)?.2))
    }
}

/// Returns the lines of a text, wrapped, each with its number; what is cited stands between ⟦ and ⟧ with the numbers of
/// its passages, which are told below with who cites them.
#[must_use]
pub fn cited_text(speaker: Speaker<'_>, text: &str, passages: &[Passage]) -> String {
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
    page.push('\n');
    for (number, passage) in (1..).zip(passages) {
        let mut says = passage.by.join(", ");
        if passage.range.is_none() {
            says = format!("{says}: \"{}\" {}", passage.quote, speaker.tongue.not_in_the_text());
        }
        page.push_str(crate::layout::hang(&format!("  [{number}] "), &visible(&says)).trim_end());
        page.push('\n');
    }
    let words = text.split_whitespace().count();
    page.push_str(&format!("{}\n", speaker.tongue.words_cited(cited_words(text, passages), words)));
    page
}

/// A line in which each cited part stands between marks. A passage over several lines is marked on each.
fn marked(line: &str, start: usize, passages: &[Passage]) -> String {
    let mut marks: Vec<(usize, bool, usize)> = Vec::new();
    for (number, passage) in (1..).zip(passages) {
        let Some((from, to)) = passage.range else { continue };
        let (from, to) = (from.max(start), to.min(start + line.len()));
        if from < to {
            marks.push((from - start, true, number));
            marks.push((to - start, false, number));
        }
    }
    // At one place, what ends ends before what begins.
    marks.sort_unstable();
    let mut marked = String::new();
    let mut at = 0;
    for (place, opens, number) in marks {
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
