//! A first look at tables: which column is read as which field, and what the first rows give.

use std::collections::BTreeSet;

use qudao_engine::program::batch::{Batch, Form, Options, Parts, Reject, Rows, Split, Worker};
use qudao_language::diagnostic::shortened;
use qudao_language::layout::{WIDTH, pad, width, wrap};
use qudao_language::visible::one_line;
use serde_json::Value as Json;

use super::super::Exit;
use super::super::output::{Failure, Output};
use super::Args;
use super::files::{self, Source};
use super::input::CHUNK;
use super::parquet::Input;
use super::sheet::{Places, Sheet};

/// So many rows are answered.
const ROWS: usize = 10;
/// A column's name is shown in so many cells at most.
const WIDEST: usize = 32;

/// Shows the columns of each table and the answers to its first rows.
pub(super) fn show(
    args: &Args,
    batch: &Batch<'_, '_>,
    sources: &[Source],
    output: &mut Output,
) -> Result<Exit, Failure> {
    let mut exit = Exit::Done;
    for (number, source) in sources.iter().enumerate() {
        if number > 0 {
            output.print("\n")?;
        }
        if table(args, batch, source, output)? {
            exit = Exit::Found;
        }
    }
    Ok(exit)
}

/// Shows a table; tells whether a row of those that are shown would be set aside.
fn table(args: &Args, batch: &Batch<'_, '_>, source: &Source, output: &mut Output) -> Result<bool, Failure> {
    let options = Options {
        columns: super::mapping(args)?,
        parts: Parts { verdict: true, ..Parts::NONE },
        ..Options::default()
    };
    let told = Batch::new(batch.program(), &options, Form::Ndjson).map_err(Failure::new)?;
    let mut worker = told.worker();
    let mut places = None;
    let (form, names, numbered) = if files::is_text(source.form) {
        let (form, names) = text(batch, source, &mut worker, &mut places)?;
        (form, names, "by line")
    } else {
        let input = Input::open(source, &told)?;
        files::check(&source.name, batch, input.names())?;
        if let Some(columns) = input.first(source, ROWS)? {
            columns.answer(&mut worker, &mut |_| Ok(()))?;
        }
        ("Parquet".to_string(), input.names().to_vec(), "by number")
    };
    let mut page = format!("{}: {form}\n", source.name);
    columns(args, batch, &names, &mut page);
    let found = answers(worker, places.as_ref())?;
    page += &match found.is_empty() {
        true => "\nThere are no rows.\n".to_string(),
        false => format!("\nWhat the first rows give, {numbered}\n"),
    };
    let widest = found.last().map_or(1, |(line, _)| line.to_string().len());
    for (line, says) in &found {
        let says = says.as_ref().unwrap_or_else(|reason| reason);
        page += &hanging(&format!("  {line:>widest$}  "), says);
    }
    output.print(&page)?;
    Ok(found.iter().any(|(_, says)| says.is_err()))
}

/// Has the first rows of a table in CSV, NDJSON or a sheet answered; returns what it is, and the names of its columns. Of
/// a sheet, `places` are where its cells stand.
fn text(
    batch: &Batch<'_, '_>,
    source: &Source,
    worker: &mut Worker<'_, '_, '_>,
    places: &mut Option<Places>,
) -> Result<(String, Vec<String>), Failure> {
    let sheet = source.book.then(|| Sheet::open(source, batch)).transpose()?;
    let told = sheet.as_ref().map(Sheet::told);
    *places = sheet.as_ref().map(Sheet::places);
    let (header, rows) = match sheet {
        Some(sheet) => first_rows(sheet)?,
        None => begin(source)?,
    };
    rows.iter().for_each(|rows| worker.rows(rows, source.form, &header));
    if source.form == Form::Ndjson {
        return Ok(("NDJSON".into(), keys(&rows)));
    }
    files::check(&source.name, batch, &header)?;
    let form = match (told, rows.first()) {
        (Some(sheet), _) => sheet,
        (None, None) => "CSV".into(),
        (None, Some(rows)) => {
            let mark = match rows.separator {
                b'\t' => "tabs".to_string(),
                other => format!("`{}`", char::from(other)),
            };
            format!("CSV, its cells parted by {mark}")
        }
    };
    Ok((form, header))
}

/// The heading of a sheet, and its first rows.
fn first_rows(mut sheet: Sheet) -> Result<(Vec<String>, Vec<Rows>), Failure> {
    let mut found = Vec::new();
    sheet.rows(|rows| {
        found.extend(rows);
        // All that is read at a time is more than is shown.
        Ok::<_, Failure>(false)
    })?;
    Ok((sheet.names(), found))
}

/// Reads the header of a table in CSV, and the first rows.
fn begin(source: &Source) -> Result<(Vec<String>, Vec<Rows>), Failure> {
    let mut reader = source.open()?;
    let mut split = Split::new(source.form == Form::Csv);
    let mut header = None;
    let mut found = Vec::new();
    loop {
        let bytes = source.read(&mut reader, CHUNK)?;
        if found.is_empty() {
            source.check_text(&bytes)?;
        }
        let ended = bytes.len() < CHUNK;
        for mut rows in split.push(&bytes, ended) {
            if source.form == Form::Csv && header.is_none() && !rows.bytes.is_empty() {
                let (names, rest) = files::header(&source.name, &rows)?;
                (header, rows) = (Some(names), rest);
            }
            found.push(rows);
        }
        let count = |rows: &Rows| rows.bytes.iter().filter(|byte| **byte == b'\n').count();
        let known = source.form != Form::Csv || header.is_some();
        if ended && !known {
            return Err(Failure::new(format!("{}: there is no header", source.name)));
        }
        if ended || known && found.iter().map(count).sum::<usize>() > ROWS {
            return Ok((header.unwrap_or_default(), found));
        }
    }
}

/// The keys of the first objects, in the order in which they come.
fn keys(rows: &[Rows]) -> Vec<String> {
    let mut known = BTreeSet::new();
    let mut names = Vec::new();
    let lines = rows.iter().flat_map(|rows| rows.bytes.split(|byte| *byte == b'\n'));
    for line in lines.take(ROWS) {
        if let Ok(Json::Object(object)) = serde_json::from_slice(line) {
            names.extend(object.into_iter().map(|(name, _)| name).filter(|name| known.insert(name.clone())));
        }
    }
    names
}

/// A text behind what leads it, its further lines below each other.
fn hanging(lead: &str, text: &str) -> String {
    let indent = width(lead);
    let lines = wrap(text, WIDTH.saturating_sub(indent));
    format!("{lead}{}\n", lines.join(&format!("\n{}", " ".repeat(indent))))
}

/// Writes what each column is read as, and which fields have none.
fn columns(args: &Args, batch: &Batch<'_, '_>, names: &[String], page: &mut String) {
    let ruleset = batch.program().ruleset();
    let fields = batch.fields(names);
    let mut worker = batch.worker();
    worker.note_names(names);
    let seen = worker.take_seen();
    let shown: Vec<String> = names.iter().map(|name| one_line(&shortened(name))).collect();
    let widest = shown.iter().map(|name| width(name)).max().unwrap_or(0).min(WIDEST);
    for ((name, shown), field) in names.iter().zip(&shown).zip(&fields) {
        let kept = args.keep.contains(name);
        let says = match field {
            Some(id) => format!("field {}", ruleset.fields[*id].name),
            None if kept => "kept".to_string(),
            None => match batch.near(name, &seen) {
                Some(near) => format!("not read; the nearest field is `{near}`"),
                None => "not read".to_string(),
            },
        };
        let says = if kept && field.is_some() { format!("{says}, and kept") } else { says };
        *page += &format!("  {}  {says}\n", pad(shown, widest));
    }
    let read: BTreeSet<_> = fields.into_iter().flatten().collect();
    let absent = ruleset.fields.entries().filter(|(id, _)| !read.contains(id));
    let absent: Vec<&str> = absent.map(|(_, field)| &*field.name).collect();
    if !absent.is_empty() {
        *page += &hanging("  ", &format!("no column for {}", absent.join(", ")));
    }
}

/// What is said of a row: what comes first and each verdict, or why it would be set aside.
type Said = (u64, Result<String, String>);

/// What is said of the first rows, of those that were answered and those that were not.
fn answers(mut worker: Worker<'_, '_, '_>, places: Option<&Places>) -> Result<Vec<Said>, Failure> {
    let (answered, rejects) = worker.take();
    let set_aside = |reject: Reject| {
        let place = places.map(|places| format!("{}: ", places.of(&reject))).unwrap_or_default();
        (reject.line, Err(format!("set aside: {place}{}", reject.reason)))
    };
    let mut found: Vec<Said> = rejects.into_iter().map(set_aside).collect();
    for line in answered.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(ROWS) {
        let answer: Json = serde_json::from_slice(line)
            .map_err(|error| Failure::new(format!("an answer is no JSON: {error}")))?;
        let first = answer.get("first").and_then(Json::as_str).unwrap_or("none");
        let targets = answer.get("targets").and_then(Json::as_object).into_iter().flatten();
        let verdicts = targets.map(|(name, target)| {
            let verdict = target.get("verdict").and_then(Json::as_str).unwrap_or("undecided");
            format!("{name} {verdict}")
        });
        let verdicts: Vec<String> = verdicts.collect();
        let at = answer.get("line").and_then(Json::as_u64).unwrap_or(0);
        found.push((at, Ok(format!("first {first}: {}", verdicts.join(", ")))));
    }
    found.sort_by_key(|(line, _)| *line);
    found.truncate(ROWS);
    Ok(found)
}
