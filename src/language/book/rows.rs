//! A sheet as the text of a table in CSV, in which each line is a row of the sheet, and each cell has its place.

use std::io::Cursor;
use std::ops::ControlFlow;

use super::Book;

/// So long is a text at most.
const LONGEST: usize = 16 << 20;

/// A sheet as a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its rows from the heading on; a line above it is empty, and so is one of a row without anything.
    pub text: String,
    /// Where its cells begin in the text, each with its column from 0.
    pub cells: Vec<(u32, u32)>,
    /// Cells that hold no value: where they stand in the text, and what is wrong.
    pub faults: Vec<(u32, String)>,
}

/// Why a sheet is not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unread {
    /// There is none of this name: those that there are.
    NoSheet(Vec<String>),
    /// Something is wrong with the workbook, said of it.
    Broken(String),
}

/// Reads a sheet of a workbook: the one of a name, or the first that is not hidden. Its heading is the first row with two
/// texts.
///
/// # Errors
/// If there is no such sheet, or it cannot be read.
pub fn read(workbook: Vec<u8>, sheet: Option<&str>) -> Result<Sheet, Unread> {
    let mut book = Book::open(Cursor::new(workbook)).map_err(Unread::Broken)?;
    let name = book.sheet(sheet).map_err(Unread::NoSheet)?;
    let heading = book.heading(&name, &|names| names.len() > 1);
    let heading = heading.map_err(|wrong| Unread::Broken(format!("cannot be read: {wrong}")))?;
    let first = heading.columns.first().map_or(0, |(column, _)| *column);
    let last = heading.columns.last().map_or(0, |(column, _)| *column);
    let mut read = Sheet { name, text: String::new(), cells: Vec::new(), faults: Vec::new() };
    let (mut lines, mut merged) = (1, None);
    let name = read.name.clone();
    let ended = book.rows(&name, &mut |row| {
        if row.number < heading.row {
            return ControlFlow::Continue(());
        }
        while lines < row.number {
            read.text.push('\n');
            lines += 1;
        }
        if let Some(cells) = row.merged.filter(|cells| merged.as_deref() != Some(*cells)) {
            let wrong = format!("the cells {cells} are merged; unmerge them, and fill in each");
            read.faults.push((read.text.len() as u32, wrong));
            merged = Some(cells.to_string());
        }
        let mut cells = row.cells.iter().peekable();
        // Cells before the first column of the heading have no place of their own.
        let begin = cells.peek().map_or(first, |cell| cell.column.min(first));
        let end = row.cells.last().map_or(last, |cell| cell.column.max(last));
        for column in begin..=end {
            if column > begin {
                read.text.push(',');
            }
            read.cells.push((read.text.len() as u32, column));
            match cells.next_if(|cell| cell.column == column).map(|cell| &cell.text) {
                Some(Ok(text)) => push(&mut read.text, text),
                Some(Err(wrong)) => {
                    read.faults.push((read.text.len() as u32, wrong.clone()));
                    read.text.push('#');
                }
                None => {}
            }
        }
        if read.text.len() > LONGEST { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    ended.map_err(Unread::Broken)?;
    if read.text.len() > LONGEST {
        return Err(Unread::Broken("has a sheet of more than 16 MiB".into()));
    }
    read.text.push('\n');
    Ok(read)
}

/// Writes a cell of CSV; a row is one line, so what has several is written on one.
fn push(out: &mut String, text: &str) {
    let text = text.replace(|c: char| c.is_control(), " ");
    if text.contains(['"', ',', ';']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(&text);
    }
}
