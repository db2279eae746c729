//! What a ruleset knows: its facts, channels side by side, each value with its sources; which of them are old; and what
//! of a source's text is cited.

mod cited;
mod csv;
mod json;
mod sheet;
mod stale;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use qudao_language::date::Date;
use qudao_language::decide::{Measured, decide};
use qudao_language::model::{Channel, Citation, Entry, Id, Measure, OWN, Profile, Ruleset, Source, Target};

pub use cited::{Passage, cited, cited_json, cited_markdown, cited_text};
pub use csv::{csv, literal, value_literal};
pub use json::to_json;
pub use sheet::sheet;
pub use stale::{Aged, expired, stale, stale_json, stale_markdown, stale_text};

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

/// The channels and the entries of facts that are told.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The channels.
    pub channels: BTreeSet<Id<Channel>>,
    /// The entries of facts of channels.
    pub entries: BTreeSet<Entry>,
    /// The entries of parameters.
    pub parameters: BTreeSet<Entry>,
    /// The measures.
    pub measures: BTreeSet<Id<Measure>>,
}

impl Selection {
    /// All that there is.
    #[must_use]
    pub fn all(ruleset: &Ruleset) -> Selection {
        Selection {
            channels: ruleset.channels.ids().collect(),
            entries: entries(ruleset).into_iter().collect(),
            parameters: parameters(ruleset).into_iter().collect(),
            measures: ruleset.measures.ids().collect(),
        }
    }

    /// What some channels state of some facts or entries; of no names, all of them. A parameter is of no channel: where
    /// channels are named, it has to be named as well.
    ///
    /// # Errors
    ///
    /// The first name that is none of a channel, or none of a fact, an entry or a measure.
    pub fn of(ruleset: &Ruleset, channels: &[String], facts: &[String]) -> Result<Selection, Unnamed> {
        let mut selection = Selection::all(ruleset);
        if !channels.is_empty() {
            let find = |name: &String| {
                let found = ruleset.channels.find(|channel| *channel.name == **name);
                found.ok_or_else(|| Unnamed::Channel(name.clone()))
            };
            selection.channels = channels.iter().map(find).collect::<Result<_, _>>()?;
        }
        if facts.is_empty() && !channels.is_empty() {
            selection.parameters.clear();
        }
        if !facts.is_empty() {
            let mut unseen: BTreeSet<&str> = facts.iter().map(String::as_str).collect();
            let mut wanted = |entry: &Entry| {
                let (name, own) = (&*ruleset.facts[entry.0].name, ruleset.fact_name(*entry));
                unseen.remove(name);
                unseen.remove(own.as_str());
                facts.iter().any(|fact| fact == name || *fact == own)
            };
            selection.entries.retain(&mut wanted);
            selection.parameters.retain(&mut wanted);
            selection.measures.retain(|id| {
                let name = &*ruleset.measures[*id].name;
                unseen.remove(name);
                facts.iter().any(|fact| fact == name)
            });
            if let Some(name) = facts.iter().find(|fact| unseen.contains(fact.as_str())) {
                return Err(Unnamed::Fact(name.clone()));
            }
        }
        Ok(selection)
    }

    /// Tells whether it has an entry of a channel, or of a parameter.
    #[must_use]
    pub fn has(&self, channel: Id<Channel>, entry: Entry) -> bool {
        if channel == OWN {
            return self.parameters.contains(&entry);
        }
        self.channels.contains(&channel) && self.entries.contains(&entry)
    }
}

/// Returns what measures are on a day of whoever asks: no field has a value, so that a measure is what facts alone make of
/// it, or lies within the bounds that the ranges of fields give.
fn measured(ruleset: &Ruleset, day: Date) -> BTreeMap<(Id<Channel>, Id<Measure>), Measured> {
    let mut nobody = Profile::empty(ruleset, "");
    ruleset.fields.ids().for_each(|field| nobody.set(field, None));
    let decision = decide(ruleset, &nobody, day);
    let of = |channel| decision.target(Target::Channel(channel)).measures.iter();
    let all = ruleset.channels.ids().flat_map(|id| of(id).map(move |it| ((id, it.measure), it.clone())));
    all.collect()
}

/// A name that the ruleset does not declare.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unnamed {
    /// Of a channel.
    Channel(String),
    /// Of a fact, or of an entry of one.
    Fact(String),
}

/// What citations say that share a number: their source, where in it, and their quotes.
type Said<'r> = (Id<Source>, Option<&'r str>, Vec<&'r str>);

/// Numbers the citations of a sheet as they appear; those that say the same share a number.
#[derive(Default)]
struct Notes<'r> {
    all: Vec<&'r Citation>,
    numbers: HashMap<Said<'r>, usize>,
}

impl<'r> Notes<'r> {
    /// Returns the marks of citations: ` [1][2]`, and nothing where there are none.
    fn marks(&mut self, citations: &'r [Citation]) -> String {
        let marks: String = citations.iter().map(|citation| format!("[{}]", self.number(citation))).collect();
        if marks.is_empty() { marks } else { format!(" {marks}") }
    }

    fn number(&mut self, citation: &'r Citation) -> usize {
        let quotes = citation.quotes.iter().map(|quote| quote.text.as_str()).collect();
        *self.numbers.entry((citation.source, citation.at.as_deref(), quotes)).or_insert_with(|| {
            self.all.push(citation);
            self.all.len()
        })
    }
}
