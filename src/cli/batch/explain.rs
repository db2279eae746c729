//! The whole proof of one row.

use qudao_engine::program::batch::{Batch, Form, Split};
use qudao_language::decide::decide;
use qudao_language::diagnostic;
use qudao_language::profile::{self, Format};
use qudao_telling::why;

use super::super::Exit;
use super::super::output::{Failure, Output};
use super::super::profiles::speaker;
use super::super::project::Project;
use super::Args;
use super::files::{self, Source};
use super::sheet::Sheet;

/// A row as a profile in JSON, or why it is none; nothing where there is no such row.
type Found = Option<Result<String, String>>;

/// Shows the whole proof of the row that begins on a line of the first table.
pub(super) fn explain(
    args: &Args,
    project: &Project,
    batch: &Batch<'_, '_>,
    sources: &[Source],
    line: u64,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let Some(source) = sources.first() else { return Ok(Exit::Done) };
    let found = find(batch, source, line)?;
    let Some(object) = found else {
        let what = if source.book {
            format!("no row {line} of the sheet in `{}` is a profile", source.name)
        } else if files::is_text(source.form) {
            format!("no row of `{}` begins on line {line}", source.name)
        } else {
            format!("`{}` has no row {line}", source.name)
        };
        return Err(Failure::new(what));
    };
    let object = object.map_err(|reason| Failure::new(format!("{}:{line}: {reason}", source.name)))?;
    let ruleset = batch.program().ruleset();
    let name = format!("{}:{line}", source.name);
    let read = profile::read(ruleset, &name, object.into_bytes(), Format::Json, &[]);
    output.diagnostics(&read.files, &read.diagnostics, false)?;
    let Some(profile) = &read.profile else { return Ok(Exit::Found) };
    let decision = decide(ruleset, profile, batch.program().ground().day);
    let speaker = speaker(ruleset, args.lang.as_deref(), project, output)?;
    let options = why::Options { top: None, trace: true, why: None };
    output.report(&why::answer(&decision, speaker, &options), false)?;
    Ok(if diagnostic::any_error(&read.diagnostics) { Exit::Found } else { Exit::Done })
}

fn find(batch: &Batch<'_, '_>, source: &Source, line: u64) -> Result<Found, Failure> {
    if !files::is_text(source.form) {
        return super::parquet::Input::open(source, batch)?.profile(source, batch, line);
    }
    if source.book {
        let mut sheet = Sheet::open(source, batch)?;
        let (header, places) = (sheet.names(), sheet.places());
        let mut found = None;
        sheet.rows(|all| {
            found = all.iter().find_map(|rows| {
                let aside = rows.aside.iter().find(|reject| reject.line == line);
                let aside = aside.map(|reject| Err(format!("{}: {}", places.of(reject), reject.reason)));
                aside.or_else(|| batch.profile_of(rows, &header, source.form, line))
            });
            Ok::<_, Failure>(found.is_none())
        })?;
        return Ok(found);
    }
    let mut reader = source.open()?;
    let mut split = Split::new(source.form == Form::Csv);
    let mut header: Vec<String> = Vec::new();
    let mut first = true;
    loop {
        let bytes = source.read(&mut reader, super::input::CHUNK)?;
        if std::mem::take(&mut first) {
            source.check_text(&bytes)?;
        }
        for mut rows in split.push(&bytes, bytes.is_empty()) {
            if source.form == Form::Csv && header.is_empty() && !rows.bytes.is_empty() {
                (header, rows) = files::header(&source.name, &rows)?;
                files::check(&source.name, batch, &header)?;
            }
            let aside = rows.aside.iter().find(|reject| reject.line == line);
            let aside = aside.map(|reject| Err(reject.reason.clone()));
            let found = aside.or_else(|| batch.profile_of(&rows, &header, source.form, line));
            if found.is_some() {
                return Ok(found);
            }
        }
        if bytes.is_empty() {
            return Ok(None);
        }
    }
}
