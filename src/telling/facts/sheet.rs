//! The sheet of facts.

use super::{Notes, Selection, measured};
use crate::document::{Block, Document, Item, Kind, Mark, Table, TableKind, Text};
use crate::words::Speaker;
use qudao_language::date::Date;
use qudao_language::model::{Channel, Citation, Entry, Id, OWN, Ruleset, Statement, Target};

/// Stands for a value that nobody states.
const UNKNOWN: &str = "-";

/// Tells the parameters, a row for each; the facts, a row for each and a column for each channel; and below the sources,
/// numbered. Measures follow the facts: what they are of whoever asks.
#[must_use]
pub fn sheet(speaker: Speaker<'_>, day: Date, selection: &Selection) -> Document {
    let ruleset = speaker.ruleset;
    let mut notes = Notes::default();
    let rows = selection
        .parameters
        .iter()
        .map(|entry| vec![head(&speaker, *entry), notes.cell(&speaker, OWN, *entry, day).into()]);
    let rows: Vec<Vec<Text>> = rows.collect();
    let mut body = Vec::new();
    if !rows.is_empty() {
        let heads = vec![Text::default(), speaker.tongue.value().into()];
        let table = Block::Table(Table { kind: TableKind::SideBySide, heads, rows });
        body.push(Block::section(speaker.tongue.parameters(), vec![table]));
    }
    let all = &selection.channels;
    let heads = all.iter().map(|channel| {
        let title = ruleset.target_title(Target::Channel(*channel), speaker.language);
        Text::of(Kind::Short, &*ruleset.channels[*channel].name).and(Kind::Title, title)
    });
    let rows = selection.entries.iter().map(|entry| {
        let cells = all.iter().map(|channel| notes.cell(&speaker, *channel, *entry, day).into());
        std::iter::once(head(&speaker, *entry)).chain(cells).collect()
    });
    let rows: Vec<Vec<Text>> = rows.collect();
    let heads: Vec<Text> = std::iter::once(Text::default()).chain(heads).collect();
    let measures = measures(&speaker, day, selection, heads.clone());
    let facts = Block::Table(Table { kind: TableKind::SideBySide, heads, rows });
    match body.is_empty() && (measures.is_none() || selection.entries.is_empty()) {
        true if measures.is_none() => body.push(facts),
        true => {}
        // The facts of channels are told apart from parameters and measures, where there are any.
        false if !selection.entries.is_empty() => {
            body.push(Block::section(speaker.tongue.facts(), vec![facts]));
        }
        false => {}
    }
    body.extend(measures);
    let sources = (1..).zip(&notes.all);
    let sources = sources.map(|(number, citation)| Item::new(Mark::Number(number), note(&speaker, citation)));
    let sources: Vec<Item> = sources.collect();
    if !sources.is_empty() {
        body.push(Block::section(speaker.tongue.sources(), vec![Block::list(sources)]));
    }
    Document { body, footer: footer(&speaker, day), ..Document::default() }
}

/// The measures, a row for each, in the columns of the facts.
fn measures(speaker: &Speaker<'_>, day: Date, selection: &Selection, heads: Vec<Text>) -> Option<Block> {
    if selection.measures.is_empty() {
        return None;
    }
    let of_nobody = measured(speaker.ruleset, day);
    let rows = selection.measures.iter().map(|measure| {
        let cells = selection.channels.iter().map(|channel| {
            let measured = of_nobody.get(&(*channel, *measure));
            measured.map_or(UNKNOWN.into(), |measured| speaker.measured(measured)).into()
        });
        let declared = &speaker.ruleset.measures[*measure];
        let title = declared.title.as_ref().map_or("", |title| title.get(speaker.language));
        std::iter::once(entitled(declared.name.to_string(), title)).chain(cells).collect()
    });
    let table = Block::Table(Table { kind: TableKind::SideBySide, heads, rows: rows.collect() });
    Some(Block::section(speaker.tongue.measures(), vec![table]))
}

/// The name of an entry, and the title of its fact.
fn head(speaker: &Speaker<'_>, entry: Entry) -> Text {
    let name = speaker.ruleset.entry_told(OWN, entry);
    let title = speaker.ruleset.facts[entry.0].title.as_ref().map_or("", |title| title.get(speaker.language));
    entitled(name, title)
}

fn entitled(name: String, title: &str) -> Text {
    if title.is_empty() {
        return name.into();
    }
    let member = name.split_once('[').map_or(String::new(), |(_, member)| format!(" [{member}"));
    Text::of(Kind::Short, name).and(Kind::Title, title).and(Kind::Title, member)
}

impl<'r> Notes<'r> {
    /// A value with its sources, what disputes it, and what it takes the place of.
    fn cell(&mut self, speaker: &Speaker<'r>, channel: Id<Channel>, entry: Entry, day: Date) -> String {
        let ruleset: &'r Ruleset = speaker.ruleset;
        let tongue = speaker.tongue;
        let Some(statement) = ruleset.statement(channel, entry, day) else { return UNKNOWN.to_string() };
        let ty = ruleset.facts[entry.0].ty;
        let value = |value: Option<&qudao_language::model::Value>| {
            value.map_or(UNKNOWN.to_string(), |value| speaker.value(value, ty))
        };
        let mut cell = format!("{}{}", value(statement.value.as_ref()), self.marks(&statement.sources));
        let mut remarks = Vec::new();
        for disputed in &statement.disputed {
            let marks = self.marks(&disputed.sources);
            remarks.push(format!(
                "{}{}{}{marks}",
                tongue.disputed(),
                tongue.colon(),
                value(disputed.value.as_ref())
            ));
        }
        if let Some(old) = statement.replaced_on(day) {
            let old: &'r Statement = old;
            let marks = self.marks(&old.sources);
            remarks.push(format!("{} {}{marks}", tongue.replaces(), value(old.value.as_ref())));
        }
        if !remarks.is_empty() {
            cell.push_str(&tongue.bracket(&remarks.join(tongue.semicolon())));
        }
        cell
    }
}

/// What a citation says: the source, its quotes with their lines, where in it, and when it was read.
pub(super) fn note(speaker: &Speaker<'_>, citation: &Citation) -> String {
    let source = &speaker.ruleset.sources[citation.source];
    let mut parts = vec![source.name.to_string()];
    for quote in &citation.quotes {
        let line = quote.line.map(|line| format!("{}:{line} ", source.name)).unwrap_or_default();
        parts.push(format!("{line}\"{}\"", quote.text));
    }
    if parts.len() > 1 && citation.quotes.iter().all(|quote| quote.line.is_some()) {
        parts.remove(0);
    }
    parts.extend(citation.at.clone());
    if let Some(day) = source.accessed {
        parts.push(format!("{} {}", speaker.tongue.accessed(), speaker.date(day)));
    } else {
        parts.extend(source.published.clone());
    }
    parts.extend(speaker.doubt(citation.source).map(str::to_string));
    parts.join(", ")
}

pub(super) fn footer(speaker: &Speaker<'_>, day: Date) -> String {
    let ruleset = speaker.ruleset;
    let version = ruleset.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    format!("{}{version} · {}", ruleset.name, speaker.tongue.as_of(day))
}
