//! Quotes, looked up in the texts of their sources, or in the lock where a text is absent.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Checker;
use super::unknown::SOURCE;
use crate::diagnostic::{Code, Diagnostic, Effort};
use crate::model::{self, Citation, Id, Quote, Source};
use crate::source::{Span, Spanned, alike};
use crate::syntax::Sources;
use crate::syntax::ast::{self, DeclarationKind};

/// Longer quotes are more than a fragment.
const MAX_QUOTE_WORDS: usize = 25;

/// For longer ones, in words, no near passage is looked for.
const MAX_NEAR_WORDS: usize = 100;

/// `sources.lock`: what is known of texts that do not travel with the ruleset.
#[derive(Serialize, Deserialize, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    version: u32,
    texts: BTreeMap<String, LockedText>,
}

#[derive(Serialize, Deserialize, Debug, Default, PartialEq, Eq, Clone)]
struct LockedText {
    /// SHA-256 of the text.
    digest: String,
    /// The line of each quote, by the SHA-256 of its folded words.
    quotes: BTreeMap<String, u32>,
}

/// The texts of sources, made ready to be searched.
#[derive(Default)]
pub(super) struct Quotes {
    texts: BTreeMap<Id<Source>, Searched>,
    lock: Lock,
}

enum Searched {
    /// The text is here.
    Text(Folded),
    /// The text is absent; the lock may know it.
    Absent(String),
}

/// A text with white space folded and quotation marks and dashes made alike.
struct Folded {
    digest: String,
    text: String,
    /// For each line end that was folded away: where the next line begins in `text`, and its number.
    lines: Vec<(usize, u32)>,
}

impl Folded {
    fn new(text: &str) -> Folded {
        let digest = model::text_digest(text);
        let mut folded = Folded { digest, text: String::with_capacity(text.len()), lines: Vec::new() };
        for (number, line) in (1..).zip(text.split('\n')) {
            let mut space = true;
            let mut first = true;
            for c in line.chars() {
                if c.is_whitespace() {
                    space = true;
                    continue;
                }
                if space && !folded.text.is_empty() {
                    folded.text.push(' ');
                }
                space = false;
                if first {
                    folded.lines.push((folded.text.len(), number));
                    first = false;
                }
                folded.text.push(alike(c));
            }
        }
        folded
    }

    fn find(&self, quote: &str) -> Option<u32> {
        let at = self.text.find(quote)?;
        let line = self.lines.partition_point(|(start, _)| *start <= at);
        self.lines.get(line.checked_sub(1)?).map(|(_, number)| *number)
    }

    /// The place whose words are most like the quote's: its words, and its line.
    fn nearest(&self, quote: &str, effort: &mut Effort) -> Option<(String, u32)> {
        let words = words_of(quote);
        if words.len() > MAX_NEAR_WORDS || !effort.spend(self.text.len()) {
            return None;
        }
        let starts = words_of(&self.text);
        // Only places that share something rare with the quote are compared.
        let mut anchors = BTreeMap::new();
        for place in (0..words.len()).rev() {
            anchors.extend(anchor(&words, place).map(|anchor| (anchor, place)));
        }
        let wanted: BTreeSet<String> = words.iter().map(|(_, word)| word.to_lowercase()).collect();
        let mut best: Option<(usize, usize, usize)> = None;
        for index in 0..starts.len() {
            let Some(place) = anchor(&starts, index).and_then(|anchor| anchors.get(&anchor)) else {
                continue;
            };
            let from = index.saturating_sub(*place);
            let window = starts.get(from..(from + words.len()).min(starts.len())).unwrap_or(&[]);
            if !effort.spend(window.len()) {
                break;
            }
            let same = window.iter().filter(|(_, word)| wanted.contains(&word.to_lowercase())).count();
            if best.is_none_or(|(most, _, _)| same > most) {
                best = Some((same, from, window.len()));
            }
        }
        let (same, from, length) = best?;
        if same * 2 < words.len() {
            return None;
        }
        let start = starts.get(from)?.0;
        let (last, word) = starts.get(from + length - 1)?;
        let text = self.text.get(start..last + word.len())?.to_string();
        let line = self.lines.partition_point(|(begin, _)| *begin <= start);
        Some((text, self.lines.get(line.checked_sub(1)?)?.1))
    }
}

/// Cuts a folded text into words and where they begin; what is written without spaces, into characters.
fn words_of(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut at = 0;
    let mut add = |start: usize, end: usize| {
        words.extend(text.get(start..end).filter(|word| !word.is_empty()).map(|word| (start, word)));
    };
    for (place, c) in text.char_indices() {
        if c == ' ' || is_unspaced(c) {
            add(at, place);
            at = place + c.len_utf8();
            if c != ' ' {
                add(place, at);
            }
        }
    }
    add(at, text.len());
    words
}

/// Tells whether a character is of a script that is written without spaces: Chinese and Japanese.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// What a place must share with a quote to be compared with it: a word of four letters, or two characters.
fn anchor(words: &[(usize, &str)], place: usize) -> Option<String> {
    let (_, word) = words.get(place)?;
    if word.chars().all(is_unspaced) {
        return Some(format!("{word}{}", words.get(place + 1)?.1));
    }
    (word.chars().count() > 3).then(|| word.to_lowercase())
}

fn fold(quote: &str) -> String {
    quote.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(alike).collect()
}

impl Quotes {
    pub(super) fn new(checker: &mut Checker<'_>) -> Quotes {
        let mut quotes = Quotes { lock: read_lock(checker), ..Quotes::default() };
        let declared =
            checker.each(|kind| if let DeclarationKind::Source(source) = kind { Some(source) } else { None });
        for (index, (_, source)) in declared.into_iter().enumerate() {
            let Some(path) = &source.text else { continue };
            let searched = match checker.sources.brought(path.span.file, &path.value) {
                Some(file) => {
                    let text = checker.sources.files().get(file).text();
                    quotes.check_digest(checker, &source.name, text);
                    Searched::Text(Folded::new(text))
                }
                None => Searched::Absent(source.name.value.to_string()),
            };
            quotes.texts.insert(Id::new(index), searched);
        }
        quotes
    }

    fn check_digest(&self, checker: &mut Checker<'_>, name: &ast::Name, text: &str) {
        if let Some(locked) = self.lock.texts.get(&*name.value)
            && locked.digest != model::text_digest(text)
        {
            checker.report(
                Diagnostic::new(
                    Code::StaleLock,
                    name.span,
                    format!("`sources.lock` holds another text of `{}`", name.value),
                )
                .here("the text changed since it was locked")
                .note("write the lock again: `qudao check --lock`"),
            );
        }
    }

    /// The digests of all texts that were brought or locked.
    pub(super) fn text_digests(&self) -> Vec<String> {
        let known = self.texts.values().filter_map(|text| match text {
            Searched::Absent(name) => self.lock.texts.get(name).map(|locked| locked.digest.clone()),
            Searched::Text(text) => Some(text.digest.clone()),
        });
        known.collect()
    }
}

/// Reads the lock of the ruleset and those of the rulesets that it extends; what the nearer one knows goes first.
fn read_lock(checker: &mut Checker<'_>) -> Lock {
    let mut all = Lock::default();
    for file in checker.sources.locks() {
        match serde_json::from_str::<Lock>(checker.sources.files().get(file).text()) {
            Ok(lock) => all.add(lock),
            Err(error) => {
                let start = Span { file, start: 0, end: 0 };
                checker.report(
                    Diagnostic::new(Code::StaleLock, start, "`sources.lock` cannot be read")
                        .here(error.to_string())
                        .note("write it again: `qudao check --lock --texts DIR`"),
                );
            }
        }
    }
    all
}

impl Lock {
    fn add(&mut self, other: Lock) {
        for (name, text) in other.texts {
            match self.texts.entry(name) {
                Entry::Vacant(slot) => {
                    slot.insert(text);
                }
                Entry::Occupied(mut slot) => {
                    for (digest, line) in text.quotes {
                        slot.get_mut().quotes.entry(digest).or_insert(line);
                    }
                }
            }
        }
    }
}

impl Checker<'_> {
    /// Looks sources and quotes up.
    pub(super) fn citations(&mut self, from: &[ast::From]) -> Vec<Citation> {
        let mut citations = Vec::new();
        for clause in from {
            let source = self.look_up(|c| &c.source_names, &SOURCE, &clause.source);
            let Some(source) = source else { continue };
            let quotes = clause.quotes.iter().map(|quote| self.quote(source, quote)).collect();
            citations.push(Citation { source, quotes, at: clause.at.as_ref().map(|at| at.value.clone()) });
        }
        citations
    }

    fn quote(&mut self, source: Id<Source>, quote: &Spanned<String>) -> Quote {
        let found = |line| Quote { text: quote.value.clone(), line };
        let words = quote.value.split_whitespace().count();
        if words > MAX_QUOTE_WORDS {
            self.report(
                Diagnostic::new(
                    Code::LongQuote,
                    quote.span,
                    format!("a quote of {words} words is more than a fragment"),
                )
                .here("too long to be a fragment")
                .note(format!("quote at most {MAX_QUOTE_WORDS} words, and tell the rest in your own")),
            );
        }
        let folded = fold(&quote.value);
        let name = self.source_list[source].name.clone();
        if folded.is_empty() {
            self.report(
                Diagnostic::new(Code::QuoteNotFound, quote.span, "an empty quote says nothing").here("empty"),
            );
            return found(None);
        }
        let missing = Diagnostic::new(Code::QuoteNotFound, quote.span, format!("`{name}` does not say this"))
            .here("not in the source's text");
        match self.quotes.texts.get(&source) {
            None => found(None),
            Some(Searched::Text(text)) => match text.find(&folded) {
                Some(line) => found(Some(line)),
                None => {
                    let missing = match text.nearest(&folded, &mut self.effort) {
                        Some((near, line)) => {
                            missing.note(format!("the nearest passage, on line {line}: {near:?}")).guess(
                                "quote that passage",
                                quote.span,
                                format!("\"{}\"", near.replace('\\', "\\\\").replace('"', "\\\"")),
                            )
                        }
                        None => missing,
                    };
                    self.report(missing);
                    found(None)
                }
            },
            Some(Searched::Absent(_)) => {
                let line = self
                    .quotes
                    .lock
                    .texts
                    .get(&*name)
                    .and_then(|l| l.quotes.get(&model::quote_digest(&folded)));
                let line = line.copied();
                if line.is_none() {
                    self.report(
                        Diagnostic::new(
                            Code::QuoteUnverified,
                            quote.span,
                            format!("nothing here knows the text of `{name}`"),
                        )
                        .here("not looked up")
                        .note("bring the text: `qudao check --texts DIR`; lock its quotes: `--lock`"),
                    );
                }
                found(line)
            }
        }
    }
}

/// Returns the contents of `sources.lock` for a ruleset: the digest of each text that was brought and the line of each
/// quote; what the lock knows of absent texts is kept.
#[must_use]
pub fn lock(sources: &Sources, ruleset: &model::Ruleset) -> String {
    let mut old = Lock::default();
    for file in sources.locks() {
        if let Ok(lock) = serde_json::from_str(sources.files().get(file).text()) {
            old.add(lock);
        }
    }
    let mut new = Lock { version: 1, texts: BTreeMap::new() };
    let (layers, _) = sources.declarations();
    for declaration in layers.into_iter().flatten() {
        let DeclarationKind::Source(source) = &declaration.kind else { continue };
        let Some(path) = &source.text else { continue };
        let name = source.name.value.to_string();
        match sources.brought(path.span.file, &path.value) {
            Some(file) => {
                let digest = model::text_digest(sources.files().get(file).text());
                new.texts.insert(name, LockedText { digest, quotes: BTreeMap::new() });
            }
            None => {
                if let Some(kept) = old.texts.get(&name) {
                    new.texts.insert(name, kept.clone());
                }
            }
        }
    }
    for citation in ruleset.citations() {
        let Some(text) = new.texts.get_mut(&*ruleset.sources[citation.source].name) else { continue };
        for quote in &citation.quotes {
            if let Some(line) = quote.line {
                text.quotes.insert(model::quote_digest(&fold(&quote.text)), line);
            }
        }
    }
    let mut written = serde_json::to_string_pretty(&new).expect("a lock is made of strings and numbers");
    written.push('\n');
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_found_across_lines_and_marks() {
        let text = Folded::new("One.\n\nIt’s  “quite”\n  clear – here.\n");
        assert_eq!(text.find(&fold("It's \"quite\" clear - here.")), Some(3));
        assert_eq!(text.find(&fold("clear")), Some(4));
        assert_eq!(text.find("unclear"), None);
        let nearest = |text: &Folded, quote| text.nearest(&fold(quote), &mut Effort::default());
        assert_eq!(nearest(&text, "it's quite clear").map(|(_, line)| line), Some(3));
        assert_eq!(nearest(&text, "nothing like it"), None);
        let text = Folded::new("服务号\n每月可群发四条消息，订阅号每天一条。");
        assert_eq!(text.find("每月可群发四条"), Some(2));
        assert_eq!(nearest(&text, "每月能群发四条消息"), Some(("每月可群发四条消息".into(), 2)));
    }
}
