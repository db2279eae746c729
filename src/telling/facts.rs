//! What a ruleset knows: its facts, channels side by side, each value with its sources; which of them are old; and what
//! of a source's text is cited.

mod cited;
mod csv;
mod json;
mod sheet;
mod stale;

use qudao_language::model::{Channel, Citation, Entry, Id, Ruleset};

pub use cited::{Passage, cited, cited_json, cited_text};
pub use csv::{csv, literal, value_literal};
pub use json::to_json;
pub use sheet::sheet;
pub use stale::{Aged, expired, stale, stale_json, stale_text};

/// Lists the entries of all facts of channels in the order of their declaration: of an indexed fact, one for each value.
#[must_use]
pub fn entries(ruleset: &Ruleset) -> Vec<Entry> {
    entries_of(ruleset, false)
}

/// Lists the entries of all parameters in the same way.
#[must_use]
pub fn parameters(ruleset: &Ruleset) -> Vec<Entry> {
    entries_of(ruleset, true)
}

fn entries_of(ruleset: &Ruleset, parameters: bool) -> Vec<Entry> {
    let facts = ruleset.facts.entries().filter(|(_, fact)| fact.is_parameter == parameters);
    facts.flat_map(|(id, _)| ruleset.entries_of(id)).collect()
}

/// Numbers the citations of a sheet as they appear; those that say the same share a number.
#[derive(Default)]
struct Notes<'r> {
    all: Vec<&'r Citation>,
}

impl<'r> Notes<'r> {
    /// Returns the marks of citations: ` [1][2]`, and nothing where there are none.
    fn marks(&mut self, citations: &'r [Citation]) -> String {
        let marks: String = citations.iter().map(|citation| format!("[{}]", self.number(citation))).collect();
        if marks.is_empty() { marks } else { format!(" {marks}") }
    }

    fn number(&mut self, citation: &'r Citation) -> usize {
        let words =
            |citation: &Citation| -> Vec<String> { citation.quotes.iter().map(|q| q.text.clone()).collect() };
        let same = |other: &&Citation| {
            other.source == citation.source && other.at == citation.at && words(other) == words(citation)
        };
        match self.all.iter().position(same) {
            Some(place) => place + 1,
            None => {
                self.all.push(citation);
                self.all.len()
            }
        }
    }
}

/// Returns the channels in the order of their declaration.
fn channels(ruleset: &Ruleset) -> Vec<Id<Channel>> {
    ruleset.channels.ids().collect()
}
