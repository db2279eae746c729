//! Quotes, looked up in the texts of their sources, or in the lock where a text is absent.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Checker;
use super::unknown::SOURCE;
use crate::diagnostic::{Code, Diagnostic, Effort};
use crate::model::{self, Arena, Citation, Id, Quote, Source};
use crate::source::{File, Quotable, Span, Spanned, fold, folded, is_unspaced};
use crate::syntax::Sources;
use crate::syntax::ast::{self, DeclarationKind};

/// Longer quotes are more than a fragment.
const MAX_QUOTE_WORDS: usize = 25;

/// So many names and quotes are told in one message.
const MAX_TOLD: usize = 5;

/// For longer ones, in words, no near passage is looked for.
const MAX_NEAR_WORDS: usize = 100;

/// The version of `sources.lock` that is read and written.
const LOCK_VERSION: u32 = 1;

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
pub(super) struct Quotes<'s> {
    texts: BTreeMap<Id<Source>, Searched<'s>>,
    lock: Lock,
    /// A lock could not be read: what it knew is not known.
    lock_lost: bool,
    /// The quotes that were not found: where they are cited, from which source, and how they are looked up.
    missing: BTreeMap<Span, (Id<Source>, String)>,
}

enum Searched<'s> {
    /// The text is here.
    Text(Text<'s>),
    /// The text is absent; the lock may know it.
    Absent,
}

/// A source's text.
struct Text<'s> {
    file: &'s File,
    digest: String,
    quotable: Quotable<'s>,
}

impl<'s> Text<'s> {
    fn new(file: &'s File) -> Text<'s> {
        let text = file.text();
        Text { file, digest: model::text_digest(text), quotable: Quotable::new(text) }
    }

    /// The number of the line on which an offset of the text lies.
    fn line(&self, at: usize) -> u32 {
        self.file.line_index(at as u32) as u32 + 1
    }

    fn find(&self, quote: &str) -> Option<u32> {
        self.quotable.find(quote).map(|range| self.line(range.start))
    }

    /// The words that hold the quote, or the place whose words are most like the quote's; and the line.
    fn nearest(&self, quote: &str, effort: &mut Effort) -> Option<(String, u32)> {
        if let Some(range) = self.quotable.around(quote) {
            let words = folded(self.file.text().get(range.clone())?);
            return Some((words, self.line(range.start)));
        }
        let (start, words) = self.most_alike(&fold(quote), effort)?;
        Some((words, self.line(self.quotable.place(start))))
    }

    /// The place whose words are most like a folded quote's: where it begins in the folded text, and its words.
    fn most_alike(&self, quote: &str, effort: &mut Effort) -> Option<(usize, String)> {
        let words = words_of(quote);
        let text = self.quotable.folded();
        if words.len() > MAX_NEAR_WORDS || !effort.spend(text.len()) {
            return None;
        }
        let starts = words_of(text);
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
        Some((start, text.get(start..last + word.len())?.to_string()))
    }
}

fn digits(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_numeric())
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

/// What a place must share with a quote to be compared with it: a word of four letters, or two characters.
fn anchor(words: &[(usize, &str)], place: usize) -> Option<String> {
    let (_, word) = words.get(place)?;
    if word.chars().all(is_unspaced) {
        return Some(format!("{word}{}", words.get(place + 1)?.1));
    }
    (word.chars().count() > 3).then(|| word.to_lowercase())
}

impl<'s> Quotes<'s> {
    pub(super) fn new(checker: &mut Checker<'s>) -> Quotes<'s> {
        let mut quotes = read_locks(checker);
        let declared =
            checker.each(|kind| if let DeclarationKind::Source(source) = kind { Some(source) } else { None });
        for (index, (_, source)) in declared.into_iter().enumerate() {
            let Some(path) = &source.text else { continue };
            // Of a text that is not to be read, that is told, and not that its quotes are not known.
            let refused = |d: &Diagnostic| d.code == Code::BadPath && d.label.span == path.span;
            if checker.diagnostics.iter().any(refused) {
                continue;
            }
            let searched = match checker.sources.brought(path.span.file, &path.value) {
                Some(file) => Searched::Text(Text::new(checker.sources.files().get(file))),
                None => Searched::Absent,
            };
            quotes.texts.insert(Id::new(index), searched);
        }
        quotes
    }

    /// The digests of all texts that were brought or locked.
    pub(super) fn text_digests(&self, sources: &Arena<Source>) -> Vec<String> {
        let known = self.texts.iter().filter_map(|(id, text)| match text {
            Searched::Absent => self.lock.texts.get(&*sources[*id].name).map(|locked| locked.digest.clone()),
            Searched::Text(text) => Some(text.digest.clone()),
        });
        known.collect()
    }

    /// The line on which the lock has a folded quote.
    fn locked(&self, source: &str, quote: &str) -> Option<u32> {
        self.lock.texts.get(source)?.quotes.get(&model::quote_digest(quote)).copied()
    }
}

/// Reads the lock of the ruleset and those of the rulesets that it extends; what the nearer one knows goes first.
fn read_locks<'s>(checker: &mut Checker<'s>) -> Quotes<'s> {
    let mut quotes = Quotes::default();
    for file in checker.sources.locks() {
        let text = checker.sources.files().get(file).text();
        match serde_json::from_str::<Lock>(text) {
            Ok(lock) if lock.version == LOCK_VERSION => quotes.lock.add(lock),
            Ok(lock) => {
                quotes.lock_lost = true;
                let start = Span { file, start: 0, end: 0 };
                checker.report(
                    Diagnostic::new(Code::StaleLock, start, "`sources.lock` is of another version")
                        .here(format!("version {}; this program reads version {LOCK_VERSION}", lock.version))
                        .note("write it again: `qudao check --lock --texts DIR`"),
                );
            }
            Err(error) => {
                quotes.lock_lost = true;
                let told = checker.diagnostics.iter();
                if told.clone().any(|d| d.code == Code::MergeConflict && d.label.span.file == file) {
                    continue;
                }
                let start = Span { file, start: 0, end: 0 };
                checker.report(
                    Diagnostic::new(Code::StaleLock, start, "`sources.lock` cannot be read")
                        .here(error.to_string())
                        .note("write it again: `qudao check --lock --texts DIR`"),
                );
            }
        }
    }
    quotes
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
        let locked = self.quotes.locked(&name, &folded);
        match self.quotes.texts.get(&source) {
            None => found(None),
            Some(Searched::Text(text)) => match text.find(&quote.value) {
                Some(line) => found(Some(line)),
                None => {
                    let missing = match locked {
                        Some(line) => {
                            Diagnostic { message: format!("`{name}` no longer says this"), ..missing }
                                .here("gone from the source's text")
                                .note(format!("when `sources.lock` was written, it stood on line {line}"))
                        }
                        None => missing,
                    };
                    let missing = match text.nearest(&quote.value, &mut self.effort) {
                        Some((near, line)) => {
                            let missing =
                                missing.note(format!("the nearest passage, on line {line}: {near:?}"));
                            let written = near.replace('\\', "\\\\").replace('"', "\\\"");
                            // Where numbers differ, another quote would not make the fact true.
                            match digits(&near).eq(digits(&folded)) {
                                true => {
                                    missing.guess("quote that passage", quote.span, format!("\"{written}\""))
                                }
                                false => missing,
                            }
                        }
                        None => missing,
                    };
                    self.quotes.missing.insert(quote.span, (source, folded));
                    self.report(missing);
                    found(None)
                }
            },
            Some(Searched::Absent) => {
                if locked.is_none() && !self.quotes.lock_lost {
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
                found(locked)
            }
        }
    }

    /// Says what rests on the quotes that were not found, and what became of those that are locked, where a text is
    /// another than the one that was.
    pub(super) fn check_quotes(&mut self, ruleset: &model::Ruleset) {
        let mut by: BTreeMap<(Id<Source>, String), Cited<'_>> = BTreeMap::new();
        for (name, citation) in ruleset.citing() {
            for quote in &citation.quotes {
                let cited = by.entry((citation.source, fold(&quote.text)));
                let cited = cited.or_insert_with(|| Cited { by: Vec::new(), quote });
                if !cited.by.contains(&name) {
                    cited.by.push(name.clone());
                }
            }
        }
        for diagnostic in self.diagnostics.iter_mut().filter(|d| d.code == Code::QuoteNotFound) {
            let cited = self.quotes.missing.get(&diagnostic.label.span).and_then(|quote| by.get(quote));
            if let Some(cited) = cited {
                diagnostic.notes.push(format!("on it rests {}", cited.names()));
            }
        }
        let declared =
            self.each(|kind| if let DeclarationKind::Source(source) = kind { Some(source) } else { None });
        for ((_, declared), id) in declared.into_iter().zip(ruleset.sources.ids()) {
            let (Some(Searched::Text(text)), Some(locked)) =
                (self.quotes.texts.get(&id), self.quotes.lock.texts.get(&*declared.name.value))
            else {
                continue;
            };
            if locked.digest == text.digest {
                continue;
            }
            let cited = by.iter().filter(|((source, _), _)| *source == id);
            let report =
                stale(&declared.name, locked, cited.map(|((_, folded), cited)| (folded.as_str(), cited)));
            self.report(report);
        }
    }
}

/// A quote, and who cites it.
struct Cited<'r> {
    by: Vec<String>,
    quote: &'r Quote,
}

impl Cited<'_> {
    fn names(&self) -> String {
        let names: Vec<String> = self.by.iter().take(MAX_TOLD).map(|name| format!("`{name}`")).collect();
        let more = self.by.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", names.join(", "))
    }
}

/// Tells that a text is not the one that was locked, and which of its quotes stand, moved or are gone.
fn stale<'r>(
    name: &ast::Name,
    locked: &LockedText,
    cited: impl Iterator<Item = (&'r str, &'r Cited<'r>)>,
) -> Diagnostic {
    let (mut stand, mut moved, mut gone) = (0, Vec::new(), Vec::new());
    for (folded, cited) in cited {
        let Some(line) = locked.quotes.get(&model::quote_digest(folded)) else { continue };
        match cited.quote.line {
            Some(now) if now == *line => stand += 1,
            Some(now) => moved.push(format!("moved from line {line} to line {now}: {:?}", cited.quote.text)),
            None => gone.push(format!(
                "gone, once on line {line}: {:?}, on which rests {}",
                cited.quote.text,
                cited.names()
            )),
        }
    }
    let mut diagnostic = Diagnostic::new(
        Code::StaleLock,
        name.span,
        format!("`sources.lock` holds another text of `{}`", name.value),
    )
    .here("the text changed since it was locked");
    let count = |count: usize| if count == 1 { "1 quote".to_string() } else { format!("{count} quotes") };
    diagnostic = diagnostic.note(match (stand, moved.len(), gone.len()) {
        (0, 0, 0) => "no quote of it was locked".to_string(),
        (stand, 0, 0) => format!("of its locked quotes, all stand where they stood ({stand})"),
        (stand, moved, gone) => {
            format!("of its locked quotes, {stand} stand where they stood, {moved} moved, {gone} are gone")
        }
    });
    for told in [gone, moved] {
        let more = told.len().saturating_sub(MAX_TOLD);
        for line in told.into_iter().take(MAX_TOLD) {
            diagnostic = diagnostic.note(line);
        }
        if more > 0 {
            diagnostic = diagnostic.note(format!("and {} more", count(more)));
        }
    }
    diagnostic
        .note("see whether what rests on it still follows, then write the lock again: `qudao check --lock`")
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
    let mut new = Lock { version: LOCK_VERSION, texts: BTreeMap::new() };
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
    for (_, citation) in ruleset.citing() {
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
    use crate::source::Files;

    #[test]
    fn quotes_have_their_lines_and_near_passages() {
        let mut files = Files::default();
        let english = files.add("a.txt", "One.\n\nIt’s  “quite”\n  clear – here.\nIt costs 130 USD.\n");
        let chinese = files.add("b.txt", "服务号\n每月可群发四条消息，订阅号每天一条。");
        let text = Text::new(files.get(english));
        assert_eq!(text.find("It's \"quite\" clear - here."), Some(3));
        assert_eq!(text.find("clear"), Some(4));
        let nearest = |text: &Text<'_>, quote| text.nearest(quote, &mut Effort::default());
        assert_eq!(nearest(&text, "it's quite clear").map(|(_, line)| line), Some(3));
        assert_eq!(nearest(&text, "nothing like it"), None);
        assert_eq!(nearest(&text, "30 USD"), Some(("130 USD".into(), 5)));
        let text = Text::new(files.get(chinese));
        assert_eq!(text.find("每月可群发四条"), Some(2));
        assert_eq!(nearest(&text, "每月能群发四条消息"), Some(("每月可群发四条消息".into(), 2)));
    }
}
