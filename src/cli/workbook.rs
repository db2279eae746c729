//! Workbooks as results of commands.

use qudao_language::date::Date;
use qudao_language::model::Ruleset;
use qudao_telling::facts::Selection;
use qudao_telling::words::Speaker;

use super::output::Failure;
use super::profiles::today;

/// A form to fill in. It is made on a day, that of the ruleset if it has one.
pub(crate) fn form(speaker: &Speaker<'_>, day: Option<Date>) -> Result<Vec<u8>, Failure> {
    qudao_telling::workbook::form(speaker, day.unwrap_or_else(today)).map_err(Failure::new)
}

/// Facts as a sheet, those of a day or of all.
pub(crate) fn facts(
    ruleset: &Ruleset,
    day: Option<Date>,
    selection: &Selection,
    made: Date,
) -> Result<Vec<u8>, Failure> {
    qudao_telling::workbook::facts(ruleset, day, selection, made).map_err(Failure::new)
}
