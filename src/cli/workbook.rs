//! Workbooks as results of commands.

use qudao_engine::advise::Advice;
use qudao_language::date::Date;
use qudao_language::decide::Decision;
use qudao_language::model::Ruleset;
use qudao_telling::document::Document;
use qudao_telling::facts::Selection;
use qudao_telling::words::Speaker;
use qudao_telling::{report, workbook};

use super::output::Failure;
use super::profiles::today;

/// A form to fill in. It is made on a day, that of the ruleset if it has one.
pub(crate) fn form(speaker: &Speaker<'_>, day: Option<Date>) -> Result<Vec<u8>, Failure> {
    workbook::form(speaker, day.unwrap_or_else(today)).map_err(Failure::new)
}

/// Facts as a sheet, those of a day or of all.
pub(crate) fn facts(
    ruleset: &Ruleset,
    day: Option<Date>,
    selection: &Selection,
    made: Date,
) -> Result<Vec<u8>, Failure> {
    workbook::facts(ruleset, day, selection, made).map_err(Failure::new)
}

/// An answer to hand over.
pub(crate) fn answer<'r>(
    decision: &Decision<'r>,
    speaker: Speaker<'r>,
    advice: &[Advice],
    whose: &str,
    ids: bool,
) -> Result<Vec<u8>, Failure> {
    page(&report::book(decision, speaker, advice, whose, ids), speaker, decision.day)
}

/// A report made on a day.
pub(crate) fn page(document: &Document, speaker: Speaker<'_>, day: Date) -> Result<Vec<u8>, Failure> {
    workbook::report(document, speaker.tongue, day).map_err(Failure::new)
}
