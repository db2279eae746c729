//! Workbooks of Excel: sheets as rows of texts, each cell written as one would write it in CSV, with its place.
//!
//! It is the one room that knows `calamine`, and stands in no program that is built without the feature `xlsx`. A
//! workbook is looked through before `calamine` sees it ([`inspect`]), as what it holds in memory is bounded by nothing
//! else. Cells of Excel are doubles; they become decimals here, and nothing behind this room knows of doubles.

mod inspect;
mod rows;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{Read, Seek};
use std::ops::ControlFlow;

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, SheetType, SheetVisible, Style, Xlsx, XlsxError};

use crate::date::Date;
use crate::source::{cell_name, cell_place};
use inspect::{Marks, inspect};

pub use rows::{Sheet, Unread, read};

/// The heading is looked for in so many rows that are not empty.
const FIRST_ROWS: usize = 100;
/// Excel keeps so many digits of a number.
const DIGITS: usize = 15;
/// The day after the last one of Excel, in its count of days.
const DAYS: f64 = 2_958_466.0;

/// A workbook.
pub struct Book<R: Read + Seek> {
    xlsx: Xlsx<R>,
    marks: Marks,
}

/// The row of a sheet that names its columns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heading {
    /// Its number, from 1.
    pub row: u32,
    /// Its cells that hold anything: their columns, from 0, and their texts.
    pub columns: Vec<(u32, String)>,
}

/// A row of a sheet that holds anything.
#[derive(Debug)]
pub struct Row<'b> {
    /// Its number, from 1.
    pub number: u32,
    /// Its cells that hold anything, in the order of their columns.
    pub cells: Vec<Cell<'b>>,
    /// Cells of it that are merged with others: `C7:C9`.
    pub merged: Option<&'b str>,
}

/// A cell that holds something.
#[derive(Debug)]
pub struct Cell<'b> {
    /// Its column, from 0.
    pub column: u32,
    /// Its value as it would be written in CSV, or why it has none.
    pub text: Result<Cow<'b, str>, String>,
    /// Whether it is a text, and no number, day or truth value.
    pub is_text: bool,
}

impl<R: Read + Seek> Book<R> {
    /// Opens a workbook.
    ///
    /// # Errors
    /// If it is none, or would take too much to read: what is wrong with it, said of the file.
    pub fn open(mut reader: R) -> Result<Book<R>, String> {
        let marks = inspect(&mut reader)?;
        reader.rewind().map_err(|error| format!("cannot be read: {error}"))?;
        let xlsx = Xlsx::new(reader).map_err(|error| broken(&error))?;
        Ok(Book { xlsx, marks })
    }

    /// Returns the name of a sheet: the one of this name, else the first that is not hidden.
    ///
    /// # Errors
    /// If there is none: the names of those that there are.
    pub fn sheet(&self, name: Option<&str>) -> Result<String, Vec<String>> {
        let sheets = self.xlsx.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let found = match name {
            Some(name) => sheets.clone().find(|sheet| sheet.name == name),
            None => sheets.clone().find(|sheet| sheet.visible == SheetVisible::Visible),
        };
        let names = || sheets.map(|sheet| sheet.name.clone()).collect();
        found.map(|sheet| sheet.name.clone()).ok_or_else(names)
    }

    /// Finds the row that names the columns of a sheet: the first with a text that fits, else the first with a text.
    ///
    /// # Errors
    /// If the sheet cannot be read or has no such row, or cells of it are merged.
    pub fn heading(&mut self, sheet: &str, fits: &dyn Fn(&[String]) -> bool) -> Result<Heading, String> {
        let mut first: Option<(Heading, Option<String>)> = None;
        let mut fitting = None;
        let mut left = FIRST_ROWS;
        self.rows(sheet, &mut |row| {
            if row.cells.iter().any(|cell| cell.is_text) {
                let texts = row.cells.iter().filter_map(|cell| {
                    let text = cell.text.as_ref().ok()?;
                    Some((cell.column, text.trim().to_string()))
                });
                let heading = Heading { row: row.number, columns: texts.collect() };
                let names: Vec<String> = heading.columns.iter().map(|(_, name)| name.clone()).collect();
                let found = (heading, row.merged.map(String::from));
                if fits(&names) {
                    fitting = Some(found);
                    return ControlFlow::Break(());
                }
                first.get_or_insert(found);
            }
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let (heading, merged) =
            fitting.or(first).ok_or_else(|| format!("no row of the sheet `{sheet}` names its columns"))?;
        match merged {
            Some(merged) => Err(format!(
                "the cells {merged} of the heading are merged; unmerge them, and name each column"
            )),
            None => Ok(heading),
        }
    }

    /// Goes through the rows of a sheet that hold anything, from the first to the last.
    ///
    /// # Errors
    /// If the sheet cannot be read to where it is wanted.
    pub fn rows(
        &mut self,
        sheet: &str,
        take: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), String> {
        let uncalculated = self.uncalculated(sheet)?;
        let mut merged = self.merged(sheet)?.into_iter().peekable();
        let failed = |error: XlsxError| broken(&error);
        let mut reader = self.xlsx.worksheet_cells_reader(sheet).map_err(failed)?;
        let mut found: (u32, Vec<Cell<'_>>) = (0, Vec::new());
        let mut last = None;
        let mut give = |(row, cells): (u32, Vec<Cell<'_>>)| {
            while merged.next_if(|(_, end, _)| *end < row).is_some() {}
            let merged = merged.peek().filter(|(start, ..)| *start <= row).map(|(.., place)| place.as_str());
            if cells.is_empty() {
                return ControlFlow::Continue(());
            }
            take(Row { number: row + 1, cells, merged })
        };
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(failed)? {
            let (row, column) = cell.get_position();
            if last.replace((row, column)) >= Some((row, column)) {
                return Err(format!(
                    "{}: this cell comes after one that it stands before",
                    cell_place(sheet, column, row + 1)
                ));
            }
            if row != found.0 && give(std::mem::replace(&mut found, (row, Vec::new()))).is_break() {
                return Ok(());
            }
            let text = if uncalculated.contains(&(row, column)) {
                Some(Err("this formula has no value yet; open the workbook, and save it".into()))
            } else {
                text(cell.get_value(), reader.styles().get(style))
            };
            let is_text = matches!(cell.get_value(), DataRef::String(_) | DataRef::SharedString(_));
            found.1.extend(text.map(|text| Cell { column, text, is_text }));
        }
        // Whether more is wanted makes no difference behind the last row.
        let _ = give(found);
        Ok(())
    }

    /// The cells with formulas whose value was never found: what wrote them does not calculate.
    fn uncalculated(&mut self, sheet: &str) -> Result<BTreeSet<(u32, u32)>, String> {
        let mut found = BTreeSet::new();
        if !self.marks.formulas {
            return Ok(found);
        }
        let all = self.marks.uncalculated;
        let failed = |error: XlsxError| broken(&error);
        let mut reader = self.xlsx.worksheet_cells_reader(sheet).map_err(failed)?;
        while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(failed)? {
            if cell.formula.is_some() && (all || cell.value == DataRef::Empty) {
                found.insert(cell.pos);
            }
        }
        Ok(found)
    }

    /// The rows in which cells are merged, without overlaps, each run with the place of the first such cells.
    fn merged(&mut self, sheet: &str) -> Result<Vec<(u32, u32, String)>, String> {
        if !self.marks.merged {
            return Ok(Vec::new());
        }
        let mut all = self.xlsx.merge_cells_by_sheet_name(sheet).map_err(|error| broken(&error))?;
        all.sort_unstable_by_key(|Dimensions { start, end }| (*start, *end));
        let mut runs: Vec<(u32, u32, String)> = Vec::new();
        for Dimensions { start, end } in all {
            match runs.last_mut() {
                Some((_, last, _)) if start.0 <= *last => *last = end.0.max(*last),
                _ => {
                    let name = |(row, column)| cell_name(column, row + 1);
                    runs.push((start.0, end.0, format!("{}:{}", name(start), name(end))));
                }
            }
        }
        Ok(runs)
    }
}

/// Says what is wrong with a workbook in which something is not as it must be.
fn broken(error: &XlsxError) -> String {
    match error {
        XlsxError::Password => "is protected by a password; save it without one".into(),
        XlsxError::NotAWorksheet(_) | XlsxError::WorksheetNotFound(_) => "has a sheet without cells".into(),
        other => format!("is no whole workbook: {other}"),
    }
}

/// What a cell says; nothing where it holds nothing.
fn text<'b>(value: &DataRef<'b>, style: Option<&Style>) -> Option<Result<Cow<'b, str>, String>> {
    let full = |text: Cow<'b, str>| (!text.trim().is_empty()).then_some(Ok(text));
    match value {
        DataRef::Empty => None,
        DataRef::String(text) => full(Cow::Owned(text.clone())),
        DataRef::SharedString(text) => full(Cow::Borrowed(text)),
        DataRef::Bool(holds) => Some(Ok(if *holds { "true" } else { "false" }.into())),
        DataRef::Int(number) => Some(Ok(number.to_string().into())),
        DataRef::Float(number) => Some(decimal(*number, style.is_some_and(is_percent)).map(Cow::Owned)),
        DataRef::DateTime(day) => Some(moment(*day).map(Cow::Owned)),
        DataRef::DateTimeIso(day) => {
            full(Cow::Owned(day.strip_suffix("T00:00:00").unwrap_or(day).to_string()))
        }
        DataRef::DurationIso(length) => full(Cow::Owned(length.clone())),
        DataRef::Error(error) => Some(Err(format!("`{error}` is an error and no value"))),
    }
}

/// Writes a number as the shortest decimal that its double stands for.
fn decimal(number: f64, percent: bool) -> Result<String, String> {
    if !number.is_finite() {
        return Err("this is no number".into());
    }
    let text = number.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = format!("{whole}{fraction}");
    if digits.trim_matches('0').len() > DIGITS {
        return Err(format!(
            "{text} has more than {DIGITS} digits, and Excel keeps no more; round it, or write it as a text"
        ));
    }
    let places = fraction.len().saturating_sub(if percent { 2 } else { 0 });
    let missing = if percent { 2_usize.saturating_sub(fraction.len()) } else { 0 };
    let digits = format!("{digits}{}", "0".repeat(missing));
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let sign = if number < 0.0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    let whole = if whole.is_empty() { "0" } else { whole };
    Ok(format!("{sign}{whole}{point}{fraction}{}", if percent { "%" } else { "" }))
}

/// Tells whether numbers of a style are shown as percent: its format has the sign, not between quotation marks and not
/// behind a backslash.
fn is_percent(style: &Style) -> bool {
    let Some(format) = &style.number_format else { return false };
    let mut quoted = false;
    let mut escaped = false;
    format.format_code.chars().any(|c| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        escaped = c == '\\' && !quoted;
        quoted ^= c == '"';
        c == '%' && !quoted
    })
}

/// Writes a day, or what else the count of days of a cell stands for.
fn moment(day: ExcelDateTime) -> Result<String, String> {
    let count = day.as_f64();
    if !(0.0..DAYS).contains(&count) {
        return Err("this is no day that Excel knows".into());
    }
    let (year, month, of_month, hour, minute, second, _) = day.to_ymd_hms_milli();
    let time = format!("{minute:02}:{second:02}");
    if day.is_duration() {
        return Ok(format!("{}:{time}", count.floor() * 24.0 + f64::from(hour)));
    }
    let time = format!("{hour:02}:{time}");
    if count < 1.0 {
        return Ok(time);
    }
    let date = Date::new(year.try_into().unwrap_or(i16::MAX), month as i8, of_month as i8);
    let date = date.ok_or_else(|| String::from("this is no day of the calendar"))?;
    Ok(if count.fract() == 0.0 { date.to_string() } else { format!("{date}T{time}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_is_the_shortest_decimal_that_it_stands_for() {
        let plain = |number| decimal(number, false).unwrap_or_else(|why| why);
        assert_eq!(plain(0.1), "0.1");
        assert_eq!(plain(-0.0), "0");
        assert_eq!(plain(-1500.25), "-1500.25");
        assert_eq!(plain(1e20), "100000000000000000000");
        assert_eq!(plain(123_456_789_012_345.0), "123456789012345");
        assert!(plain(1_234_567_890_123_456.0).contains("more than 15 digits"));
        assert!(plain(0.1 + 0.2).contains("more than 15 digits"));
        let percent = |number| decimal(number, true).unwrap_or_else(|why| why);
        assert_eq!(percent(0.25), "25%");
        assert_eq!(percent(0.125), "12.5%");
        assert_eq!(percent(0.5), "50%");
        assert_eq!(percent(3.0), "300%");
        assert_eq!(percent(-0.0015), "-0.15%");
        assert_eq!(percent(0.0), "0%");
    }
}
