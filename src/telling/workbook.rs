//! Workbooks of Excel that are written: answers of tables, and what else goes to people who work with sheets.
//!
//! It is the one room that knows `rust_xlsxwriter`, and stands in no program that is built without the feature `xlsx`. A
//! text is a text whatever it begins with: no cell is a formula.

mod answers;
mod facts;
mod form;
mod report;

use std::collections::BTreeMap;

use qudao_language::date::Date;
use qudao_language::layout::width;
use qudao_language::operator::Verdict;
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Note, Url, Workbook, Worksheet,
    XlsxError,
};

pub use answers::{Answers, Full};
pub use facts::facts;
pub use form::form;
pub use report::report;

/// A sheet has so many rows.
const MOST_ROWS: u32 = 1_048_576;
/// So many cells are held in memory at most.
const MOST_CELLS: usize = 4_000_000;
/// A cell has so many characters, in the count of UTF-16.
const LONGEST: usize = 32_767;
/// Columns are so wide, in characters, by the longest text among their first rows.
const WIDTHS: (usize, usize) = (8, 60);
const MEASURED: u32 = 2000;
/// Excel keeps so many digits of a number.
const DIGITS: usize = 15;

/// A cell of a sheet.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cell<'c> {
    /// Nothing.
    Empty,
    /// A text.
    Text(&'c str),
    /// A decimal; one with more digits than Excel keeps is written as a text.
    Number(&'c str),
    /// A truth value.
    Bool(bool),
    /// A verdict, or that there is none, and its word.
    Verdict(Option<Verdict>, &'c str),
    /// Where something can be read.
    Link(&'c str),
}

/// A sheet that grows row by row, its first the heading.
pub struct Sheet {
    inner: Worksheet,
    formats: Formats,
    rows: u32,
    widths: Vec<usize>,
    cells: usize,
}

/// How cells look.
struct Formats {
    head: Format,
    text: Format,
    plain: Format,
    verdicts: BTreeMap<Option<Verdict>, Format>,
}

impl Formats {
    fn new() -> Formats {
        let plain = Format::new().set_align(FormatAlign::Top);
        let text = plain.clone().set_text_wrap();
        let head = text.clone().set_bold().set_background_color(Color::RGB(0x00E7_ECF2));
        // Colours of their words too, so that a print without the ground still tells them apart.
        let verdict = |ground: u32, ink: u32| {
            plain.clone().set_background_color(Color::RGB(ground)).set_font_color(Color::RGB(ink))
        };
        let verdicts = [
            (Some(Verdict::Recommended), verdict(0x00C6_EFCE, 0x0000_5A08).set_bold()),
            (Some(Verdict::Possible), verdict(0x00DD_EBF7, 0x001F_4E79)),
            (Some(Verdict::Unsuitable), verdict(0x00FF_EB9C, 0x007F_4F00)),
            (Some(Verdict::Excluded), verdict(0x00FF_C7CE, 0x009C_0006)),
            (None, verdict(0x00ED_EDED, 0x0040_4040).set_italic()),
        ];
        Formats { head, text, plain, verdicts: verdicts.into_iter().collect() }
    }
}

impl Sheet {
    /// Begins a sheet with the heads of its columns; some have something to say of themselves.
    ///
    /// # Errors
    /// If it has more columns than a sheet of Excel.
    pub fn new(name: &str, heads: &[(&str, Option<&str>)]) -> Result<Sheet, String> {
        let mut inner = Worksheet::new();
        inner.set_name(sheet_name(name)).map_err(unwritten)?;
        let mut sheet =
            Sheet { inner, formats: Formats::new(), rows: 0, widths: vec![0; heads.len()], cells: 0 };
        for ((head, says), (column, widest)) in heads.iter().zip((0..).zip(&mut sheet.widths)) {
            *widest = width(head) + 3;
            sheet
                .inner
                .write_string_with_format(0, column, cut(head), &sheet.formats.head)
                .map_err(unwritten)?;
            if let Some(says) = says {
                sheet.inner.insert_note(0, column, &note(says)).map_err(unwritten)?;
            }
        }
        sheet.inner.set_freeze_panes(1, 0).map_err(unwritten)?;
        sheet.rows = 1;
        Ok(sheet)
    }

    /// Adds a row; tells whether there was room for it.
    ///
    /// # Errors
    /// If it has more cells than a sheet has columns.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<bool, String> {
        // The last is for what has no room.
        if self.rows + 1 >= MOST_ROWS || self.cells + cells.len() > MOST_CELLS {
            return Ok(false);
        }
        let row = self.rows;
        for (column, cell) in (0..).zip(cells) {
            let (sheet, formats) = (&mut self.inner, &self.formats);
            let written = match *cell {
                Cell::Empty => continue,
                Cell::Number(number) if digits(number) <= DIGITS => {
                    let value: f64 = number.parse().map_err(|_| format!("`{number}` is no number"))?;
                    sheet.write_number_with_format(row, column, value, &formats.plain)
                }
                Cell::Number(text) | Cell::Text(text) => {
                    sheet.write_string_with_format(row, column, cut(text), &formats.text)
                }
                Cell::Bool(holds) => sheet.write_boolean_with_format(row, column, holds, &formats.plain),
                Cell::Verdict(verdict, word) => {
                    let format = formats.verdicts.get(&verdict).unwrap_or(&formats.plain);
                    sheet.write_string_with_format(row, column, word, format)
                }
                // What Excel takes for no address is a text.
                Cell::Link(url) => {
                    match sheet.write_url_with_format(row, column, Url::new(url), &formats.text) {
                        Ok(sheet) => Ok(sheet),
                        Err(_) => self.inner.write_string_with_format(row, column, cut(url), &formats.text),
                    }
                }
            };
            written.map_err(unwritten)?;
            if let Some(widest) = self.widths.get_mut(usize::from(column)).filter(|_| row < MEASURED) {
                *widest = (*widest).max(cell.width());
            }
        }
        self.rows += 1;
        self.cells += cells.len();
        Ok(true)
    }

    /// Writes a column of a sheet without a heading.
    fn column(&mut self, column: u16, cells: &[form::Choice]) -> Result<(), String> {
        for (row, cell) in (0..).zip(cells) {
            let written = match cell {
                form::Choice::Truth(holds) => self.inner.write_boolean(row, column, *holds),
                form::Choice::Word(word) => self.inner.write_string(row, column, cut(word)),
            };
            written.map_err(unwritten)?;
        }
        Ok(())
    }

    /// Shows what is written into a column in a format of Excel.
    fn shown_as(&mut self, column: u16, format: &str) -> Result<(), String> {
        self.inner.set_column_format(column, &Format::new().set_num_format(format)).map_err(unwritten)?;
        Ok(())
    }

    /// Checks what is written into so many rows of a column.
    fn validate(&mut self, column: u16, rows: u32, rule: &DataValidation) -> Result<(), String> {
        self.inner.add_data_validation(1, column, rows, column, rule).map_err(unwritten)?;
        Ok(())
    }

    fn hide(&mut self) {
        self.inner.set_hidden(true);
    }

    /// Adds what is said behind the last row.
    fn last(&mut self, text: &str) -> Result<(), String> {
        self.inner.write_string_with_format(self.rows, 0, text, &self.formats.plain).map_err(unwritten)?;
        self.rows += 1;
        Ok(())
    }

    /// Gives the columns their widths and filters, and the page its form.
    fn done(mut self) -> Result<Worksheet, XlsxError> {
        let (least, most) = WIDTHS;
        for (column, widest) in (0..).zip(&self.widths) {
            self.inner.set_column_width(column, (*widest).clamp(least, most) as f64)?;
        }
        if let Some(last) = u16::try_from(self.widths.len()).unwrap_or(u16::MAX).checked_sub(1) {
            self.inner.autofilter(0, 0, self.rows.saturating_sub(1), last)?;
            self.inner.set_repeat_rows(0, 0)?;
        }
        self.inner.set_landscape();
        Ok(self.inner)
    }
}

impl Cell<'_> {
    fn width(&self) -> usize {
        match self {
            Cell::Empty => 0,
            Cell::Bool(_) => 5,
            Cell::Text(text) | Cell::Number(text) | Cell::Verdict(_, text) | Cell::Link(text) => {
                text.lines().map(width).max().unwrap_or(0) + 1
            }
        }
    }
}

/// Returns the bytes of a workbook. Nothing of it depends on when it is written.
///
/// # Errors
/// If two sheets have one name.
pub fn save(sheets: Vec<Sheet>, title: &str, day: Date) -> Result<Vec<u8>, String> {
    let mut book = Workbook::new();
    let mut properties = DocProperties::new().set_title(title.chars().take(200).collect::<String>());
    let (year, month, of_month) = day.parts();
    if let Ok(day) =
        ExcelDateTime::from_ymd(year.unsigned_abs(), month.unsigned_abs(), of_month.unsigned_abs())
    {
        properties = properties.set_creation_datetime(&day);
    }
    book.set_properties(&properties);
    for sheet in sheets {
        book.push_worksheet(sheet.done().map_err(unwritten)?);
    }
    book.save_to_buffer().map_err(unwritten)
}

fn unwritten(error: XlsxError) -> String {
    format!("the workbook cannot be written: {error}")
}

/// So many digits of a number count.
fn digits(number: &str) -> usize {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

/// A text as far as a cell holds it.
fn cut(text: &str) -> String {
    if text.encode_utf16().count() <= LONGEST {
        return text.into();
    }
    let mut left = LONGEST - 1;
    let fits = |c: &char| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    };
    let mut short: String = text.chars().take_while(fits).collect();
    short.push('…');
    short
}

/// A name that a sheet may have.
fn sheet_name(name: &str) -> String {
    let plain = name.replace(['[', ']', ':', '*', '?', '/', '\\'], " ");
    let name: String = plain.trim_matches(['\'', ' ']).chars().take(31).collect();
    if name.is_empty() { "Sheet".into() } else { name }
}

/// What a cell says of itself, with room for it.
fn note(text: &str) -> Note {
    let lines: usize = text.lines().map(|line| 1 + width(line) / 36).sum();
    let height = 24 + 18 * u32::try_from(lines.min(30)).unwrap_or(30);
    Note::new(cut(text)).add_author_prefix(false).set_width(280).set_height(height)
}
