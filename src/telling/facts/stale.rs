//! Facts whose sources were read long ago, and those whose last value ended.

use serde_json::{Value as Json, json};

use super::sheet::footer;
use crate::document::{Block, Document, Item, Mark};
use crate::words::Speaker;
use qudao_language::date::Date;
use qudao_language::model::{Channel, Entry, Id, Ruleset, Source, Statement};
use qudao_language::visible::visible;

/// A fact that holds on a day, or held before it, and how old its newest source is.
#[derive(Clone, Copy, Debug)]
pub struct Aged<'r> {
    /// The channel that states it; of a parameter, the ruleset.
    pub channel: Id<Channel>,
    /// The fact, and the value of its index.
    pub entry: Entry,
    /// What the channel states.
    pub statement: &'r Statement,
    /// The source that was read last, and the day on which it was read or, where that is not told, published. Nothing
    /// where no source has a day.
    pub newest: Option<(Id<Source>, Date)>,
    /// The last day on which the value held, where that has passed and nothing is stated of any day since.
    pub ended: Option<Date>,
}

impl Aged<'_> {
    /// Returns how many days before another its newest source was read.
    #[must_use]
    pub fn days(&self, today: Date) -> Option<i64> {
        self.newest.map(|(_, day)| day.days_to(today))
    }
}

/// The day of a source: when it was read, else when it was published, of a month or a year its last day.
fn day_of(source: &Source) -> Option<Date> {
    source.accessed.or_else(|| {
        let published = source.published.as_deref()?.trim();
        let last = ["", "-31", "-30", "-29", "-28", "-12-31"];
        last.iter().find_map(|end| Date::parse(&format!("{published}{end}")))
    })
}

/// A statement, with its channel and its entry.
type Stated<'r> = (Id<Channel>, Entry, &'r Statement);

/// Returns the last statement of each fact whose last value ended before a day, and when; a value said to be unknown
/// since then has not ended.
#[must_use]
pub fn expired(ruleset: &Ruleset, today: Date) -> Vec<(Stated<'_>, Date)> {
    let mut found = Vec::new();
    for (channel, stated) in ruleset.stating() {
        for (entry, statements) in stated {
            let last = statements.iter().max_by_key(|statement| statement.until.unwrap_or(Date::MAX));
            let ended = last.and_then(|last| Some((last, last.until.filter(|until| *until < today)?)));
            if let Some((last, until)) = ended.filter(|(last, _)| last.value.is_some()) {
                found.push(((channel, *entry, last), until));
            }
        }
    }
    found
}

/// Lists the facts whose last value ended before a day, those that ended first first; then those that hold on it and
/// whose newest source was read more than so many days before it, or has no day; the oldest first, those without a day
/// last. A fact without any source has no age, and is left out.
#[must_use]
pub fn stale(ruleset: &Ruleset, today: Date, days: i64) -> Vec<Aged<'_>> {
    let ended = expired(ruleset, today).into_iter();
    let mut found: Vec<Aged<'_>> = ended.map(|(stated, until)| aged(ruleset, stated, Some(until))).collect();
    for (channel, stated) in ruleset.stating() {
        for (entry, statements) in stated {
            let holding = statements.iter().filter(|s| s.holds_on(today) && !s.sources.is_empty());
            let holding = holding.map(|statement| aged(ruleset, (channel, *entry, statement), None));
            found.extend(holding.filter(|aged| aged.days(today).is_none_or(|age| age > days)));
        }
    }
    let read = |aged: &Aged<'_>| aged.newest.map_or(Date::MAX, |(_, day)| day);
    found.sort_by_key(|aged| (aged.ended.unwrap_or(Date::MAX), read(aged)));
    found
}

fn aged<'r>(ruleset: &Ruleset, (channel, entry, statement): Stated<'r>, ended: Option<Date>) -> Aged<'r> {
    let sources = statement.sources.iter().map(|citation| citation.source);
    let dated = sources.filter_map(|id| Some((id, day_of(&ruleset.sources[id])?)));
    Aged { channel, entry, statement, newest: dated.max_by_key(|(_, day)| *day), ended }
}

/// Returns them as lines: the fact, its value, the source with its day and age.
#[must_use]
pub fn stale_text(speaker: Speaker<'_>, today: Date, found: &[Aged<'_>]) -> String {
    let told = found.iter().map(|aged| told(&speaker, today, aged));
    told.map(|(fact, source)| visible(&format!("{fact}\n    {source}\n")).into_owned()).collect()
}

/// Returns them as a list in Markdown.
#[must_use]
pub fn stale_markdown(speaker: Speaker<'_>, today: Date, found: &[Aged<'_>]) -> String {
    let item = |aged: &Aged<'_>| {
        let (fact, source) = told(&speaker, today, aged);
        Item::new(Mark::None, source).named(&fact)
    };
    let items: Vec<Item> = found.iter().map(item).collect();
    let body = if items.is_empty() { Vec::new() } else { vec![Block::list(items)] };
    Document { body, footer: footer(&speaker, today), ..Document::default() }.markdown()
}

/// A fact with its value, and its source with its day and age.
fn told(speaker: &Speaker<'_>, today: Date, aged: &Aged<'_>) -> (String, String) {
    let ruleset = speaker.ruleset;
    let ty = ruleset.facts[aged.entry.0].ty;
    let value = aged.statement.value.as_ref();
    let value = value.map_or(speaker.tongue.not_known().to_string(), |value| speaker.value(value, ty));
    let source = match (aged.ended, aged.newest) {
        (Some(day), _) => speaker.tongue.ended_for_good(day),
        (None, Some((id, day))) => {
            speaker.tongue.read_ago(&ruleset.sources[id].name, day, day.days_to(today))
        }
        (None, None) => {
            let names: Vec<String> =
                aged.statement.sources.iter().map(|c| ruleset.sources[c.source].name.to_string()).collect();
            speaker.tongue.without_day(&names)
        }
    };
    (format!("{} = {value}", ruleset.entry_told(aged.channel, aged.entry)), source)
}

/// Returns them as JSON: `qudao.stale/1`.
#[must_use]
pub fn stale_json(speaker: Speaker<'_>, today: Date, days: i64, found: &[Aged<'_>]) -> Json {
    let ruleset = speaker.ruleset;
    let facts: Vec<Json> = found
        .iter()
        .map(|aged| {
            let ty = ruleset.facts[aged.entry.0].ty;
            json!({
                "fact": ruleset.entry_name(aged.channel, aged.entry),
                "value": aged.statement.value.as_ref().map(|value| speaker.id(value, ty)),
                "source": aged.newest.map(|(id, _)| ruleset.sources[id].name.to_string()),
                "read": aged.newest.map(|(_, day)| day.to_string()),
                "days": aged.days(today),
                "ended": aged.ended.map(|day| day.to_string()),
            })
        })
        .collect();
    json!({"schema": "qudao.stale/1", "ruleset": &*ruleset.name, "as_of": today.to_string(), "days": days, "facts": facts})
}
