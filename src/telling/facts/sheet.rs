//! The sheet of facts as text and as Markdown.

use super::{Notes, channels, entries};
use crate::words::Speaker;
use qudao_language::date::Date;
use qudao_language::layout::{WIDTH, pad, width, wrap};
use qudao_language::model::{Channel, Citation, Entry, Id, Ruleset, Statement, Target};
use qudao_language::visible::{one_line, plain_markdown as escaped, visible};

/// The column of the facts is at most so wide; what is longer goes on in the next line.
const HEAD: usize = 30;

/// Stands for a value that nobody states.
const UNKNOWN: &str = "-";

/// What the sheet says of each entry, a row each: its name and title, then a cell for each channel.
struct Rows<'r> {
    heads: Vec<(String, String)>,
    cells: Vec<Vec<String>>,
    notes: Notes<'r>,
}

impl<'r> Rows<'r> {
    fn new(speaker: &Speaker<'r>, day: Date) -> Rows<'r> {
        let ruleset = speaker.ruleset;
        let mut rows = Rows { heads: Vec::new(), cells: Vec::new(), notes: Notes::default() };
        for entry in entries(ruleset) {
            let fact = &ruleset.facts[entry.0];
            let title = fact.title.as_ref().map_or("", |title| title.get(speaker.language)).to_string();
            rows.heads.push((ruleset.fact_name(entry), title));
            let cells = channels(ruleset).into_iter().map(|channel| rows.cell(speaker, channel, entry, day));
            let cells = cells.collect();
            rows.cells.push(cells);
        }
        rows
    }

    /// A value with its sources, what disputes it, and what it takes the place of.
    fn cell(&mut self, speaker: &Speaker<'r>, channel: Id<Channel>, entry: Entry, day: Date) -> String {
        let ruleset: &'r Ruleset = speaker.ruleset;
        let tongue = speaker.tongue;
        let channel: &'r Channel = &ruleset.channels[channel];
        let Some(statement) = channel.statement(entry, day) else { return UNKNOWN.to_string() };
        let ty = ruleset.facts[entry.0].ty;
        let value = |value: Option<&qudao_language::model::Value>| {
            value.map_or(UNKNOWN.to_string(), |value| speaker.value(value, ty))
        };
        let mut cell = format!("{}{}", value(statement.value.as_ref()), self.notes.marks(&statement.sources));
        let mut remarks = Vec::new();
        for disputed in &statement.disputed {
            let marks = self.notes.marks(&disputed.sources);
            remarks.push(format!(
                "{}{}{}{marks}",
                tongue.disputed(),
                tongue.colon(),
                value(disputed.value.as_ref())
            ));
        }
        if let Some(old) = statement.replaced_on(day) {
            let old: &'r Statement = old;
            let marks = self.notes.marks(&old.sources);
            remarks.push(format!("{} {}{marks}", tongue.replaces(), value(old.value.as_ref())));
        }
        if !remarks.is_empty() {
            cell.push_str(&tongue.bracket(&remarks.join(tongue.semicolon())));
        }
        cell
    }
}

fn title<'r>(speaker: &Speaker<'r>, channel: Id<Channel>) -> &'r str {
    speaker.ruleset.target_title(Target::Channel(channel), speaker.language)
}

/// Returns the facts as tables of at most 80 columns, a row for each fact and a column for each channel; channels that
/// do not fit side by side stand in a further table. Sources stand below, numbered.
#[must_use]
pub fn text(speaker: Speaker<'_>, day: Date) -> String {
    let ruleset = speaker.ruleset;
    let rows = Rows::new(&speaker, day);
    let mut page = String::new();
    let names: Vec<String> = rows.heads.iter().map(|(name, _)| name.clone()).collect();
    let first = widest(names.iter().map(String::as_str), HEAD);
    let all = channels(ruleset);
    let widths = |most: usize| -> Vec<usize> {
        let of =
            |place: usize| rows.cells.iter().filter_map(move |cells| cells.get(place)).map(String::as_str);
        let name = |place: usize| all.get(place).map(|channel| &*ruleset.channels[*channel].name);
        (0..all.len()).map(|place| widest(of(place).chain(name(place)), most)).collect()
    };
    let fit = |widths: &[usize]| first + widths.iter().map(|cells| cells + 2).sum::<usize>() <= WIDTH;
    let widths =
        [24, 20, 16, 13].into_iter().map(widths).find(|widths| fit(widths)).unwrap_or_else(|| widths(20));
    let mut start = 0;
    while start < all.len() {
        let mut room = WIDTH.saturating_sub(first);
        let fits = |cells: &&usize| {
            let fits = room >= **cells + 2;
            room = room.saturating_sub(**cells + 2);
            fits
        };
        let count = widths.iter().skip(start).take_while(fits).count().max(1);
        let group = start..(start + count).min(all.len());
        let of = |cells: &[String]| cells.get(group.clone()).unwrap_or(&[]).to_vec();
        let columns: Vec<usize> =
            std::iter::once(first).chain(widths.iter().skip(start).take(count).copied()).collect();
        let heads: Vec<String> =
            all.iter().map(|channel| ruleset.channels[*channel].name.to_string()).collect();
        line(&mut page, &columns, "", &of(&heads));
        for (name, cells) in names.iter().zip(&rows.cells) {
            line(&mut page, &columns, name, &of(cells));
        }
        page.push('\n');
        start += count;
    }
    let titled: Vec<&(String, String)> = rows.heads.iter().filter(|(_, title)| !title.is_empty()).collect();
    let mut last = "";
    for (name, title) in titled {
        let fact = name.split('[').next().unwrap_or(name);
        if fact != last {
            hang(&mut page, &format!("{}  ", pad(fact, first)), title);
        }
        last = fact;
    }
    if !rows.notes.all.is_empty() {
        page.push_str(&format!("\n{}\n", speaker.tongue.sources()));
    }
    for (number, citation) in (1..).zip(&rows.notes.all) {
        hang(&mut page, &format!("  [{number}] "), &note(&speaker, citation));
    }
    page.push_str(&format!("\n{}\n", one_line(&footer(&speaker, day))));
    page
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>, most: usize) -> usize {
    texts.map(|text| width(&visible(text))).max().unwrap_or(0).min(most)
}

/// A row: each cell wrapped in its column.
fn line(page: &mut String, columns: &[usize], head: &str, cells: &[String]) {
    let texts = std::iter::once(head).chain(cells.iter().map(String::as_str));
    let wrapped: Vec<Vec<String>> =
        texts.zip(columns).map(|(text, cells)| fitted(&visible(text), *cells)).collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    for at in 0..height {
        let parts: Vec<String> = wrapped
            .iter()
            .zip(columns)
            .map(|(lines, cells)| pad(lines.get(at).map_or("", String::as_str), *cells))
            .collect();
        page.push_str(parts.join("  ").trim_end());
        page.push('\n');
    }
}

/// The lines of a text in a column; a word that is wider than the column is broken.
fn fitted(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in wrap(text, cells.max(2)) {
        let mut open = String::new();
        for c in line.chars() {
            if width(&open) + width(c.encode_utf8(&mut [0; 4])) > cells.max(2) {
                lines.push(std::mem::take(&mut open));
            }
            open.push(c);
        }
        lines.push(open);
    }
    lines
}

fn hang(page: &mut String, first: &str, text: &str) {
    page.push_str(qudao_language::layout::hang(first, &visible(text)).trim_end());
    page.push('\n');
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

fn footer(speaker: &Speaker<'_>, day: Date) -> String {
    let ruleset = speaker.ruleset;
    let version = ruleset.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    format!("{}{version} · {}", ruleset.name, speaker.tongue.as_of(day))
}

/// Returns the facts as a Markdown table, sources as a numbered list below it.
#[must_use]
pub fn markdown(speaker: Speaker<'_>, day: Date) -> String {
    let rows = Rows::new(&speaker, day);
    let all = channels(speaker.ruleset);
    let heads: Vec<String> = all.iter().map(|channel| escaped(title(&speaker, *channel))).collect();
    let mut page = format!("| | {} |\n|{}\n", heads.join(" | "), " --- |".repeat(all.len() + 1));
    for ((name, title), cells) in rows.heads.iter().zip(&rows.cells) {
        let member = name.split_once('[').map_or(String::new(), |(_, member)| format!(" [{member}"));
        let head = if title.is_empty() { name.clone() } else { format!("{title}{member}") };
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        page.push_str(&format!("| {} | {} |\n", escaped(&head), cells.join(" | ")));
    }
    if !rows.notes.all.is_empty() {
        page.push_str(&format!("\n## {}\n\n", speaker.tongue.sources()));
    }
    for (number, citation) in (1..).zip(&rows.notes.all) {
        page.push_str(&format!("{number}. {}\n", escaped(&note(&speaker, citation))));
    }
    page.push_str(&format!("\n{}\n", escaped(&footer(&speaker, day))));
    page
}
