//! Facts whose sources were read long ago.

use serde_json::{Value as Json, json};

use crate::date::Date;
use crate::model::{Channel, Entry, Id, Ruleset, Source, Statement};
use crate::visible::visible;
use crate::words::Speaker;

/// A fact that holds on a day, and how old its newest source is.
#[derive(Clone, Copy, Debug)]
pub struct Aged<'r> {
    /// The channel that states it.
    pub channel: Id<Channel>,
    /// The fact, and the value of its index.
    pub entry: Entry,
    /// What the channel states.
    pub statement: &'r Statement,
    /// The source that was read last, and the day on which it was read or, where that is not told, published. Nothing
    /// where no source has a day.
    pub newest: Option<(Id<Source>, Date)>,
}

impl Aged<'_> {
    /// Returns how many days before another its newest source was read.
    #[must_use]
    pub fn days(&self, today: Date) -> Option<i64> {
        self.newest.map(|(_, day)| day.days_to(today))
    }
}

/// The day of a source: when it was read, else when it was published, if that is told as a day.
fn day_of(source: &Source) -> Option<Date> {
    source.accessed.or_else(|| Date::parse(source.published.as_deref()?))
}

/// Lists the facts that hold on a day and whose newest source was read more than so many days before it, or has no day;
/// the oldest first, those without a day last. A fact without any source has no age, and is left out.
#[must_use]
pub fn stale(ruleset: &Ruleset, today: Date, days: i64) -> Vec<Aged<'_>> {
    let mut found = Vec::new();
    for (channel, declared) in ruleset.channels.entries() {
        for (entry, statements) in &declared.statements {
            for statement in statements.iter().filter(|statement| statement.holds_on(today)) {
                let sources = statement.sources.iter().map(|citation| citation.source);
                let dated = sources.filter_map(|id| Some((id, day_of(&ruleset.sources[id])?)));
                let newest = dated.max_by_key(|(_, day)| *day);
                let aged = Aged { channel, entry: *entry, statement, newest };
                if !statement.sources.is_empty() && aged.days(today).is_none_or(|age| age > days) {
                    found.push(aged);
                }
            }
        }
    }
    found.sort_by_key(|aged| aged.newest.map_or(Date::MAX, |(_, day)| day));
    found
}

/// Returns them as lines: the fact, its value, the source with its day and age.
#[must_use]
pub fn stale_text(speaker: Speaker<'_>, today: Date, found: &[Aged<'_>]) -> String {
    let ruleset = speaker.ruleset;
    let mut page = String::new();
    for aged in found {
        let ty = ruleset.facts[aged.entry.0].ty;
        let value = aged.statement.value.as_ref();
        let value = value.map_or(speaker.tongue.not_known().to_string(), |value| speaker.value(value, ty));
        let source = match aged.newest {
            Some((id, day)) => speaker.tongue.read_ago(&ruleset.sources[id].name, day, day.days_to(today)),
            None => {
                let names: Vec<String> = aged
                    .statement
                    .sources
                    .iter()
                    .map(|c| ruleset.sources[c.source].name.to_string())
                    .collect();
                speaker.tongue.without_day(&names)
            }
        };
        let head = format!("{} = {value}", ruleset.entry_name(aged.channel, aged.entry));
        page.push_str(&visible(&format!("{head}\n    {source}\n")));
    }
    page
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
            })
        })
        .collect();
    json!({"schema": "qudao.stale/1", "ruleset": &*ruleset.name, "as_of": today.to_string(), "days": days, "facts": facts})
}
