//! Sheets of workbooks as tables: their rows are given on as CSV, each with the number that it has in its sheet; and
//! answers as a workbook.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

use qudao_engine::program::batch::{Batch, Form, MAX_ROW_BYTES, Reject, Rows, cell, header};
use qudao_language::book::{Book, Heading, Row};
use qudao_language::date::Date;
use qudao_language::source::{cell_name, cell_place};
use qudao_telling::words::Speaker;
use qudao_telling::workbook::{Answers, Full};

use super::super::argument::meant;
use super::super::files::NewFile;
use super::super::output::Failure;
use super::files::{self, Source};
use super::input::CHUNK;

/// A sheet whose columns are known to fit.
pub(super) struct Sheet {
    book: Book<BufReader<File>>,
    file: String,
    name: String,
    heading: Heading,
    /// Whether each column of the heading is read.
    wanted: Vec<bool>,
}

impl Sheet {
    /// Opens the sheet of a workbook, and finds its heading: a row that names a field.
    pub(super) fn open(source: &Source, batch: &Batch<'_, '_>) -> Result<Sheet, Failure> {
        let of_file = |wrong: String| Failure::new(format!("`{}` {wrong}", source.name));
        let failed = |wrong: String| Failure::new(format!("{}: {wrong}", source.name));
        let mut book = Book::open(BufReader::new(source.file()?)).map_err(of_file)?;
        let wanted = source.sheet.as_deref();
        let name = book.sheet(wanted).map_err(|names| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let hint = meant(wanted.unwrap_or_default(), names.iter().copied(), ("there are", &names));
            failed(match wanted {
                Some(wanted) => format!("no sheet is named `{wanted}`{hint}"),
                None => "no sheet of this workbook can be seen; say --sheet".into(),
            })
        })?;
        let fits = |names: &[String]| batch.fields(names).iter().any(Option::is_some);
        let heading = book.heading(&name, &fits).map_err(failed)?;
        let mut first = Rows::default();
        for (number, (_, name)) in heading.columns.iter().enumerate() {
            first.bytes.extend((number > 0).then_some(b','));
            cell(&mut first.bytes, name);
        }
        let names = header(&first).map_err(failed)?.0;
        files::check(&source.name, batch, &names)?;
        let wanted = names.iter().map(|name| batch.wants(name)).collect();
        Ok(Sheet { book, file: source.name.clone(), name, heading, wanted })
    }

    /// The names of its columns.
    pub(super) fn names(&self) -> Vec<String> {
        self.heading.columns.iter().map(|(_, name)| name.clone()).collect()
    }

    /// Says what is read of it.
    pub(super) fn told(&self) -> String {
        format!("Excel, sheet `{}`, the columns named in row {}", self.name, self.heading.row)
    }

    /// Where the cells of its rows stand.
    pub(super) fn places(&self) -> Places {
        let columns = self.heading.columns.iter().map(|(column, _)| *column).collect();
        Places { sheet: self.name.clone(), columns }
    }

    /// Gives its rows, some at a time, until no more are wanted.
    pub(super) fn rows<E: From<Failure>>(
        &mut self,
        mut take: impl FnMut(Vec<Rows>) -> Result<bool, E>,
    ) -> Result<(), E> {
        let Sheet { book, file, name, heading, wanted } = self;
        let mut found = Found::default();
        let mut more = Ok(true);
        let read = book.rows(name, &mut |row| {
            if row.number <= heading.row {
                return ControlFlow::Continue(());
            }
            match record(heading, wanted, &row) {
                Ok(bytes) => found.add(row.number, &bytes),
                Err((column, reason)) => found.reject(row.number, column, reason),
            }
            if found.bytes >= CHUNK {
                more = take(std::mem::take(&mut found).rows);
            }
            if matches!(more, Ok(true)) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        // What was read before it stands on its own.
        let rest = std::mem::take(&mut found.rows);
        if more? && !rest.is_empty() && !take(rest)? {
            return Ok(());
        }
        read.map_err(|wrong| Failure::new(format!("{file}: {wrong}")).into())
    }
}

/// A row as a record of CSV; or what is wrong with it, and in which column of the heading.
fn record(heading: &Heading, wanted: &[bool], row: &Row<'_>) -> Result<Vec<u8>, (Option<usize>, String)> {
    if let Some(merged) = row.merged {
        return Err((None, format!("the cells {merged} are merged; unmerge them, and fill in each")));
    }
    let mut cells = row.cells.iter().peekable();
    let mut bytes = Vec::new();
    let stray = |column| {
        let name = cell_name(column, row.number);
        (None, format!("{name} stands in a column that the heading does not name"))
    };
    for (number, ((column, _), wanted)) in heading.columns.iter().zip(wanted).enumerate() {
        bytes.extend((number > 0).then_some(b','));
        if let Some(other) = cells.next_if(|cell| cell.column < *column) {
            return Err(stray(other.column));
        }
        match cells.next_if(|cell| cell.column == *column).map(|cell| &cell.text) {
            // What is not read still says that there is a row.
            Some(Ok(text)) => cell(&mut bytes, text),
            Some(Err(reason)) if *wanted => return Err((Some(number), reason.clone())),
            Some(_) | None => {}
        }
        if bytes.len() > MAX_ROW_BYTES {
            return Err((None, "this row has more than 16 MiB".into()));
        }
    }
    match cells.next() {
        Some(other) => Err(stray(other.column)),
        None => Ok(bytes),
    }
}

/// Rows that were read.
#[derive(Default)]
struct Found {
    rows: Vec<Rows>,
    bytes: usize,
    /// The number of the row that may stand behind the last.
    next: Option<u32>,
}

impl Found {
    /// Adds a record. A run of them has the numbers of its lines: it ends where one has more than a line.
    fn add(&mut self, number: u32, record: &[u8]) {
        let behind = self.next == Some(number);
        let rows = match self.rows.last_mut().filter(|_| behind) {
            Some(rows) => rows,
            None => self.begin(number),
        };
        rows.bytes.extend_from_slice(record);
        rows.bytes.push(b'\n');
        self.bytes += record.len() + 1;
        self.next = (!record.contains(&b'\n') && !record.contains(&b'\r')).then_some(number + 1);
    }

    fn reject(&mut self, number: u32, column: Option<usize>, reason: String) {
        self.bytes += reason.len();
        self.begin(number).aside.push(Reject { line: number.into(), column, reason });
        self.next = None;
    }

    fn begin(&mut self, number: u32) -> &mut Rows {
        self.rows.push(Rows { line: number.into(), ..Rows::default() });
        self.rows.last_mut().expect("rows were added")
    }
}

/// Where the cells of rows stand.
pub(super) struct Places {
    sheet: String,
    columns: Vec<u32>,
}

impl Places {
    /// The cell in which a row is wrong, or its first.
    pub(super) fn of(&self, reject: &Reject) -> String {
        let column = self.columns.get(reject.column.unwrap_or(0)).copied().unwrap_or(0);
        cell_place(&self.sheet, column, u32::try_from(reject.line).unwrap_or(u32::MAX))
    }
}

/// Answers as a workbook, which is written when all are there.
pub(super) struct Workbook<'r> {
    answers: Answers<'r>,
    file: BufWriter<NewFile>,
    /// Whether what is taken over comes from a form without types.
    numbers: bool,
    day: Date,
}

impl<'r> Workbook<'r> {
    /// Begins a file that is there when it is finished.
    pub(super) fn open(
        path: Option<&Path>,
        batch: &Batch<'_, 'r>,
        sources: &[Source],
        speaker: Speaker<'r>,
    ) -> Result<Workbook<'r>, Failure> {
        let Some(path) = path else {
            return Err(Failure::new("a workbook is written to a file; say -o FILE, or --to csv"));
        };
        let answers = Answers::new(batch, speaker).map_err(Failure::new)?;
        let numbers = sources.iter().all(|source| source.form == Form::Csv);
        Ok(Workbook { answers, file: files::create(path)?, numbers, day: batch.program().ground().day })
    }

    /// Adds rows of NDJSON, with the profiles that they are of.
    pub(super) fn add(&mut self, rows: &[u8], profiles: &[String]) -> Result<(), Failure> {
        let added = self.answers.add(rows, profiles, self.numbers).map_err(Failure::new)?;
        added.map_err(|Full| {
            Failure::new(
                "there are more answers than a workbook holds; write them as CSV, or tell less: --only",
            )
        })
    }

    pub(super) fn is_whole_or_not(&self) -> bool {
        self.file.get_ref().is_whole_or_not()
    }

    /// Writes the workbook and gives the file its name.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        let bytes = self.answers.finish(self.day).map_err(Failure::new)?;
        self.file.write_all(&bytes).map_err(|error| self.file.get_ref().failed(error))?;
        files::finish(self.file)
    }
}
