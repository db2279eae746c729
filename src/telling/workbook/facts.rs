//! Facts as a sheet that a ruleset may read again.

use qudao_language::date::Date;
use qudao_language::model::Ruleset;

use super::answers::is_decimal;
use super::{Cell, Sheet, save};
use crate::facts::{Selection, csv};

/// Returns the bytes of a workbook with the facts that [`csv`] writes, those of a day or of all.
///
/// # Errors
/// If they have no room in a sheet.
pub fn facts(
    ruleset: &Ruleset,
    day: Option<Date>,
    selection: &Selection,
    made: Date,
) -> Result<Vec<u8>, String> {
    let text = csv(ruleset, day, selection);
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut sheet: Option<Sheet> = None;
    for row in reader.records() {
        let row = row.map_err(|error| format!("the facts are no CSV: {error}"))?;
        let Some(sheet) = &mut sheet else {
            let heads: Vec<(&str, Option<&str>)> = row.iter().map(|head| (head, None)).collect();
            sheet = Some(Sheet::new("Facts", &heads)?);
            continue;
        };
        let cell = |text| if is_decimal(text) { Cell::Number(text) } else { Cell::Text(text) };
        let cells: Vec<Cell<'_>> = row.iter().map(cell).collect();
        if !sheet.row(&cells)? {
            return Err("there are more facts than a sheet holds".into());
        }
    }
    save(sheet.into_iter().collect(), &ruleset.name, made)
}
