//! The facts as a sheet of CSV, a fact a row: what `facts from csv` reads.

use std::collections::BTreeSet;

use super::Selection;
use qudao_language::date::Date;
use qudao_language::model::{Citation, Id, OWN, Ruleset, Source, Statement, Text, Type, Value};
use qudao_language::profile::number_text;
use qudao_language::visible::{FORMULAS, is_hidden};

/// The columns that stand in every sheet; of the others, those in which something stands.
const ALWAYS: [&str; 3] = ["channel", "fact", "value"];

/// A row: its channel, the fact and its value, and what stands in the further columns.
#[derive(Default)]
struct Row {
    cells: Vec<(String, String)>,
}

impl Row {
    fn set(&mut self, column: &str, cell: impl Into<String>) {
        let cell = cell.into();
        if !cell.is_empty() {
            self.cells.push((column.to_string(), cell));
        }
    }

    fn get(&self, column: &str) -> &str {
        self.cells.iter().find(|(of, _)| of == column).map_or("", |(_, cell)| cell)
    }
}

/// Returns the facts as a sheet: those of every day, or those that hold on one. Read back, it gives the same facts. The
/// rates of units are no facts there: they stand where the unit is declared.
#[must_use]
pub fn csv(ruleset: &Ruleset, day: Option<Date>, selection: &Selection) -> String {
    let mut rows: Vec<Row> = Vec::new();
    for (id, stated) in ruleset.stating() {
        let channel = (id != OWN).then(|| &ruleset.channels[id]);
        // What states a parameter has no channel.
        let name = channel.map_or("", |channel| &*channel.name);
        let before = rows.len();
        for (entry, statements) in stated.iter().filter(|(entry, _)| selection.has(id, **entry)) {
            if ruleset.facts[entry.0].rate_of.is_some() {
                continue;
            }
            let entry_text = ruleset.fact_name(*entry);
            let ty = ruleset.facts[entry.0].ty;
            for statement in statements.iter().filter(|s| day.is_none_or(|day| s.holds_on(day))) {
                state(ruleset, name, (&entry_text, ty), statement, &mut rows);
            }
        }
        let Some(title) = channel.and_then(|channel| channel.title.as_ref()) else { continue };
        if rows.len() == before {
            // Nothing of it was asked for, where something else was.
            if stated.keys().any(|entry| !selection.has(id, *entry)) || !selection.channels.contains(&id) {
                continue;
            }
            let mut row = Row::default();
            row.set("channel", name);
            rows.push(row);
        }
        entitle(rows.get_mut(before).expect("there is a row for the channel"), title);
    }
    page(&rows)
}

/// A row for each citation of a statement, and of what disputes it; at least one for each value.
fn state(
    ruleset: &Ruleset,
    channel: &str,
    (entry, ty): (&str, Type),
    statement: &Statement,
    rows: &mut Vec<Row>,
) {
    let others = statement.disputed.iter().map(|other| (other.value.as_ref(), &other.sources, "true"));
    for (value, sources, disputed) in
        std::iter::once((statement.value.as_ref(), &statement.sources, "")).chain(others)
    {
        let mut told = BTreeSet::new();
        let cited = sources.iter().flat_map(citations).filter(|cited| told.insert(*cited));
        let mut cited: Vec<(Option<Id<Source>>, &str, &str)> = cited.collect();
        if cited.is_empty() {
            cited.push((None, "", ""));
        }
        for (source, quote, at) in cited {
            let mut row = Row::default();
            row.set("channel", channel);
            row.set("fact", entry);
            row.set("value", value.map_or("?".to_string(), |value| cell(ruleset, value, ty)));
            row.set("source", source.map_or("", |source| &*ruleset.sources[source].name));
            row.set("quote", plain(quote));
            row.set("at", plain(at));
            row.set("since", statement.since.map(|day| day.to_string()).unwrap_or_default());
            row.set("until", statement.until.map(|day| day.to_string()).unwrap_or_default());
            row.set("disputed", disputed);
            rows.push(row);
        }
    }
}

/// The source of a citation, with each of its quotes, and where in it.
fn citations(citation: &Citation) -> impl Iterator<Item = (Option<Id<Source>>, &str, &str)> {
    let (source, at) = (Some(citation.source), citation.at.as_deref().unwrap_or(""));
    let none = citation.quotes.is_empty().then_some("");
    citation.quotes.iter().map(|quote| quote.text.as_str()).chain(none).map(move |quote| (source, quote, at))
}

fn entitle(row: &mut Row, title: &Text) {
    row.set("title", plain(&title.main));
    for (language, text) in &title.translations {
        row.set(&format!("title @{language}"), plain(text));
    }
}

fn cell(ruleset: &Ruleset, value: &Value, ty: Type) -> String {
    match value {
        // A text of one mark would say that the value is unknown, and an empty one nothing.
        Value::Text(text) if !matches!(&**text, "?" | "") => plain(text),
        _ => value_literal(ruleset, value, ty).expect("a fact is written, so it can be written again"),
    }
}

/// Returns a value as a ruleset states it; nothing for a number that no decimal tells.
#[must_use]
pub fn value_literal(ruleset: &Ruleset, value: &Value, ty: Type) -> Option<String> {
    let member = |member: u32| match ty {
        Type::Enum(id) | Type::Set(id) => ruleset.enums[id].member_name(member),
        Type::Bool | Type::Number(_) | Type::Text | Type::Date => "",
    };
    Some(match (value, ty) {
        (Value::Number(number), Type::Number(ty)) => return number_text(ruleset, number, ty),
        (Value::Number(number), _) => number.value.to_string(),
        (Value::Bool(value), _) => value.to_string(),
        (Value::Date(date), _) => date.to_string(),
        (Value::Text(text), _) => literal(text),
        (Value::Enum(value), _) => member(*value).to_string(),
        (Value::Set(members), _) => {
            let members: Vec<&str> = members.iter().map(|value| member(*value)).collect();
            format!("{{{}}}", members.join(", "))
        }
    })
}

/// A text as its cell has it: as it is, or between quotation marks where a sheet would change it, take it for one
/// that stands between quotation marks, or run it.
fn plain(text: &str) -> String {
    let changed = text.trim() != text || text.contains(is_hidden) || text.contains(['\n', '\t']);
    if changed || text.starts_with('"') || text.starts_with(FORMULAS) {
        literal(text)
    } else {
        text.to_string()
    }
}

/// Returns a text as a ruleset has it.
#[must_use]
pub fn literal(text: &str) -> String {
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            // A doubled quotation mark would take the room of two.
            c if c == '"' || is_hidden(c) => written.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

fn page(rows: &[Row]) -> String {
    let used = |column: &str| rows.iter().any(|row| !row.get(column).is_empty());
    let titles: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| &row.cells)
        .map(|(column, _)| column.as_str())
        .filter(|column| column.starts_with("title"))
        .collect();
    let further = ["source", "quote", "at", "since", "until", "disputed"];
    let [channel, fact, value] = ALWAYS;
    let columns: Vec<&str> = std::iter::once(channel)
        .chain(titles)
        .chain([fact, value])
        .chain(further.into_iter().filter(|column| used(column)))
        .collect();
    let mut page = columns.join(",") + "\n";
    for row in rows {
        let cells: Vec<String> = columns.iter().map(|column| field(row.get(column))).collect();
        page.push_str(&cells.join(","));
        page.push('\n');
    }
    page
}

/// A field as RFC 4180 has it.
fn field(cell: &str) -> String {
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_string(),
    }
}
