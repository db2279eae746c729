//! The sheet of facts as JSON.

use serde_json::{Map, Value as Json, json};

use super::{Selection, measured};
use crate::words::{Speaker, exact_text};
use qudao_language::date::Date;
use qudao_language::model::{Citation, Entry, OWN, Ruleset, Statement, Value};

/// Returns the facts of a day: `qudao.facts/1`.
#[must_use]
pub fn to_json(speaker: Speaker<'_>, day: Date, selection: &Selection) -> Json {
    let ruleset = speaker.ruleset;
    let facts: Vec<Json> = selection
        .entries
        .iter()
        .map(|&entry| {
            let values: Map<String, Json> = selection
                .channels
                .iter()
                .map(|&id| {
                    let channel = &ruleset.channels[id];
                    let stated = ruleset.statement(id, entry, day);
                    let stated = stated.map(|statement| said(&speaker, statement, entry, day));
                    (channel.name.to_string(), stated.unwrap_or(Json::Null))
                })
                .collect();
            let mut told = named(speaker, "fact", entry);
            told.insert("channels".into(), values.into());
            told.into()
        })
        .collect();
    let parameters = selection.parameters.iter().map(|&entry| {
        let stated = ruleset.statement(OWN, entry, day);
        let mut told = named(speaker, "parameter", entry);
        told.insert("stated".into(), stated.map(|statement| said(&speaker, statement, entry, day)).into());
        told.into()
    });
    let parameters: Vec<Json> = parameters.collect();
    let measures = measures(speaker, day, selection);
    let sources: Map<String, Json> = ruleset
        .sources
        .iter()
        .map(|source| {
            let details = json!({
                "title": source.title.as_ref().map(|title| title.get(speaker.language)),
                "url": source.url,
                "publisher": source.publisher,
                "published": source.published,
                "accessed": source.accessed.map(|day| day.to_string()),
                "confidence": source.confidence.as_deref(),
            });
            (source.name.to_string(), details)
        })
        .collect();
    json!({
        "schema": "qudao.facts/1",
        "lang": speaker.language,
        "ruleset": {"name": &*ruleset.name, "version": ruleset.version, "digest": ruleset.digest},
        "as_of": day.to_string(),
        "parameters": parameters,
        "facts": facts,
        "measures": measures,
        "sources": sources,
    })
}

/// What measures are of whoever asks, by channel.
fn measures(speaker: Speaker<'_>, day: Date, selection: &Selection) -> Vec<Json> {
    if selection.measures.is_empty() {
        return Vec::new();
    }
    let ruleset = speaker.ruleset;
    let of_nobody = measured(ruleset, day);
    let told = selection.measures.iter().map(|&id| {
        let measure = &ruleset.measures[id];
        let channels = selection.channels.iter().map(|&channel| {
            let measured = of_nobody.get(&(channel, id)).map(|measured| {
                json!({
                    "value": measured.value.as_ref().map(|value| speaker.id(value, measure.value_type())),
                    "number": measured.value.as_ref().and_then(Value::as_number).map(exact_text),
                    "low": measured.low.map(exact_text),
                    "high": measured.high.map(exact_text),
                })
            });
            (ruleset.channels[channel].name.to_string(), measured.unwrap_or(Json::Null))
        });
        let channels: Map<String, Json> = channels.collect();
        let unit = Some(ruleset.units.name(measure.ty.unit, true)).filter(|unit| !unit.is_empty());
        let title = measure.title.as_ref().map(|title| title.get(speaker.language));
        json!({"measure": &*measure.name, "title": title, "unit": unit, "channels": channels})
    });
    told.collect()
}

/// An entry by its names, under the word for what it is of.
fn named(speaker: Speaker<'_>, word: &str, entry: Entry) -> Map<String, Json> {
    let ruleset = speaker.ruleset;
    let fact = &ruleset.facts[entry.0];
    let of = ruleset.entry_values(entry);
    let of: Vec<&str> = of.iter().map(|(id, value)| ruleset.enums[*id].member_name(*value)).collect();
    let of = match of.as_slice() {
        [] => Json::Null,
        [one] => json!(one),
        several => json!(several),
    };
    let title = fact.title.as_ref().map(|title| title.get(speaker.language));
    let told = [
        ("entry", json!(ruleset.fact_name(entry))),
        (word, json!(&*fact.name)),
        ("of", of),
        ("title", json!(title)),
    ];
    told.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
}

fn said(speaker: &Speaker<'_>, statement: &Statement, entry: Entry, day: Date) -> Json {
    let ruleset = speaker.ruleset;
    let ty = ruleset.facts[entry.0].ty;
    let value = |value: Option<&Value>| value.map(|value| speaker.id(value, ty));
    let disputed: Vec<Json> = statement
        .disputed
        .iter()
        .map(|other| json!({"value": value(other.value.as_ref()), "sources": citations(ruleset, &other.sources)}))
        .collect();
    let replaced = statement.replaced_on(day);
    let replaced = replaced
        .map(|old| json!({"value": value(old.value.as_ref()), "sources": citations(ruleset, &old.sources)}));
    json!({
        "value": value(statement.value.as_ref()),
        "since": statement.since.map(|day| day.to_string()),
        "until": statement.until.map(|day| day.to_string()),
        "sources": citations(ruleset, &statement.sources),
        "disputed": disputed,
        "replaced": replaced,
    })
}

fn citations(ruleset: &Ruleset, citations: &[Citation]) -> Vec<Json> {
    let one = |citation: &Citation| {
        let quotes: Vec<Json> =
            citation.quotes.iter().map(|quote| json!({"text": quote.text, "line": quote.line})).collect();
        json!({"source": &*ruleset.sources[citation.source].name, "quotes": quotes, "where": citation.at})
    };
    citations.iter().map(one).collect()
}
