//! What a report rests on, with numbers to refer to it by.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Text};
use qudao_language::model::{Citation, Id, Source};

/// A place in a source: what is said of it where it is named, and the line of its text.
type Place<'r> = (Id<Source>, Option<&'r str>, Option<u32>);

/// A place in a source, and the words there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Footnote<'r> {
    /// The source.
    pub source: Id<Source>,
    /// Where in it, if that is said.
    pub at: Option<&'r str>,
    /// The line of its text, if that was looked up.
    pub line: Option<u32>,
    /// The words, none of them a part of others.
    pub quotes: Vec<&'r str>,
}

/// Numbers places in sources as they are cited, each line once.
#[derive(Clone, Default, Debug)]
pub struct Footnotes<'r> {
    /// The footnotes; the first has the number 1.
    pub all: Vec<Footnote<'r>>,
    numbers: BTreeMap<Place<'r>, usize>,
}

impl<'r> Footnotes<'r> {
    /// Returns a text with the numbers of what it rests on behind it, each once.
    #[must_use]
    pub fn cite(&mut self, text: Text, citations: impl IntoIterator<Item = &'r Citation>) -> Text {
        let numbers = citations.into_iter().flat_map(|citation| self.all_of(citation)).collect();
        numbered(text, numbers)
    }

    /// The same with so many sources at most, and one place in each, the first.
    #[must_use]
    pub fn cite_some(
        &mut self,
        text: Text,
        citations: impl IntoIterator<Item = &'r Citation>,
        most: usize,
    ) -> Text {
        let mut told: BTreeSet<Id<Source>> = BTreeSet::new();
        let first = citations.into_iter().filter(|it| told.len() < most && told.insert(it.source));
        let numbers = first.map(|citation| {
            let quote = citation.quotes.first();
            self.number(citation, quote.and_then(|quote| quote.line), quote.map(|quote| &*quote.text))
        });
        let numbers = numbers.collect();
        numbered(text, numbers)
    }

    fn all_of(&mut self, citation: &'r Citation) -> Vec<usize> {
        let quotes = citation.quotes.iter().map(|quote| (quote.line, Some(&*quote.text)));
        let alone = citation.quotes.is_empty().then_some((None, None));
        quotes.chain(alone).map(|(line, quote)| self.number(citation, line, quote)).collect()
    }
    fn number(&mut self, citation: &'r Citation, line: Option<u32>, quote: Option<&'r str>) -> usize {
        let (source, at) = (citation.source, citation.at.as_deref());
        let all = &mut self.all;
        let number = *self.numbers.entry((source, at, line)).or_insert_with(|| {
            all.push(Footnote { source, at, line, quotes: Vec::new() });
            all.len()
        });
        let quotes = &mut all.get_mut(number - 1).expect("a number is that of a footnote").quotes;
        if let Some(quote) = quote.filter(|quote| !quotes.iter().any(|other| other.contains(quote))) {
            quotes.retain(|other| !quote.contains(other));
            quotes.push(quote);
        }
        number
    }
}

/// A text with numbers behind it.
fn numbered(text: Text, numbers: BTreeSet<usize>) -> Text {
    let gap = if numbers.is_empty() { text } else { text.and(Kind::Plain, " ") };
    numbers.into_iter().fold(gap, |text, number| text.and(Kind::Cited, number.to_string()))
}
