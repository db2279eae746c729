//! The tables that a batch reads, and the file that it writes.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use qudao_engine::program::batch::{Batch, Form, Rows, Seen};
use qudao_language::diagnostic::shortened;
use qudao_language::source::no_text;
use qudao_language::visible::visible;

use super::super::argument::Argument;
use super::super::files::{NewFile, is_standard_output, same, see};
pub(super) use super::super::files::{create, finish};
use super::super::output::{Failure, Output};

/// A table of profiles.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// Its name, as places show it.
    pub(super) name: String,
    /// Where it is; standard input where there is none.
    path: Option<PathBuf>,
    /// How it is written; of a workbook, how its rows are given on.
    pub(super) form: Form,
    /// Whether it is a workbook, and the sheet that was named.
    pub(super) book: bool,
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "a workbook alone has sheets"))]
    pub(super) sheet: Option<String>,
}

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum TableFormat {
    /// One JSON object a line
    Ndjson,
    /// Comma-separated values with a header
    Csv,
    /// Columns; only in a program that was built with `--features parquet`
    Parquet,
    /// A workbook of Excel; only in a program that was built with `--features xlsx`
    Xlsx,
}

/// Returns the form of tables of a format.
pub(super) fn form(format: TableFormat) -> Result<Form, Failure> {
    match format {
        TableFormat::Ndjson => Ok(Form::Ndjson),
        TableFormat::Csv => Ok(Form::Csv),
        #[cfg(feature = "xlsx")]
        TableFormat::Xlsx => Ok(Form::Csv),
        #[cfg(not(feature = "xlsx"))]
        TableFormat::Xlsx => Err(super::sheet::absent()),
        #[cfg(feature = "parquet")]
        TableFormat::Parquet => Ok(Form::Arrow),
        #[cfg(not(feature = "parquet"))]
        TableFormat::Parquet => Err(super::parquet::absent()),
    }
}

/// Tells whether a form is one of text.
pub(super) fn is_text(form: Form) -> bool {
    matches!(form, Form::Ndjson | Form::Csv)
}

/// Returns the format that a file's ending tells.
pub(super) fn format_of(path: &Path) -> Option<TableFormat> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "ndjson" | "jsonl" | "json" => Some(TableFormat::Ndjson),
        "csv" => Some(TableFormat::Csv),
        "parquet" => Some(TableFormat::Parquet),
        "xlsx" => Some(TableFormat::Xlsx),
        _ => None,
    }
}

/// Returns the tables that arguments name, patterns filled in.
pub(super) fn sources(
    arguments: &[Argument],
    from: Option<TableFormat>,
    sheet: Option<&str>,
) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for argument in arguments {
        if &**argument == "-" {
            let format = from.unwrap_or(TableFormat::Ndjson);
            let form = form(format)?;
            if let TableFormat::Parquet | TableFormat::Xlsx = format {
                let what = if format == TableFormat::Xlsx { "a workbook" } else { "Parquet" };
                return Err(Failure::new(format!(
                    "{what} is read from its end, so not from standard input; give a file"
                )));
            }
            sources.push(Source { name: "-".into(), path: None, form, book: false, sheet: None });
            continue;
        }
        let known = |path: &Path| from.is_some() || format_of(path).is_some();
        for path in argument.files(known)? {
            let name = path.display().to_string();
            let Some(format) = from.or(format_of(&path)) else {
                return Err(Failure::new(format!(
                    "`{name}` ends in none of .ndjson, .jsonl, .csv, .xlsx and .parquet; say --from"
                )));
            };
            let book = format == TableFormat::Xlsx;
            let sheet = sheet.map(String::from);
            sources.push(Source { form: form(format)?, name, path: Some(path), book, sheet });
        }
    }
    match (sheet, sources.iter().find(|source| !source.book)) {
        (Some(_), Some(other)) => Err(Failure::new(format!(
            "--sheet names a sheet of a workbook (.xlsx), and `{}` is none",
            other.name
        ))),
        _ => Ok(sources),
    }
}

/// Refuses to write over what is read, or two things into one file.
pub(super) fn part(
    outputs: &[(&str, Option<&Path>)],
    sources: &[Source],
    others: &[(&str, PathBuf)],
) -> Result<(), Failure> {
    let stdin = Path::new("/dev/stdin");
    for (number, (what, path)) in outputs.iter().enumerate() {
        let before = outputs.get(..number).unwrap_or(&[]);
        let one = |other: Option<&Path>| match (path, other) {
            (None, None) => true,
            (Some(path), Some(other)) => same(path, other),
            _ => false,
        };
        if let Some((other, _)) = before.iter().find(|(_, other)| one(*other)) {
            return Err(Failure::new(format!("{other} and {what} would go to one place; name two")));
        }
        let Some(path) = path else { continue };
        let shown = path.display();
        let over = |input: &Source| same(path, input.path.as_deref().unwrap_or(stdin));
        if sources.iter().any(over) {
            return Err(Failure::new(format!(
                "{what} would be written over the input, `{shown}`; name another file"
            )));
        }
        if let Some((other, _)) = others.iter().find(|(_, other)| same(path, other)) {
            return Err(Failure::new(format!(
                "{what} would be written over {other}, `{shown}`; name another file"
            )));
        }
    }
    Ok(())
}

/// Returns how many threads this machine runs at once.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

impl Source {
    /// Returns how many bytes it has, if that is known.
    pub(super) fn size(&self) -> Option<u64> {
        std::fs::metadata(self.path.as_ref()?).ok().map(|metadata| metadata.len())
    }

    /// Tells whether it can be read more than once.
    pub(super) fn is_regular(&self) -> bool {
        self.path.as_ref().is_some_and(|path| path.is_file())
    }

    /// Opens a table of text.
    pub(super) fn open(&self) -> Result<Box<dyn Read>, Failure> {
        Ok(match &self.path {
            None => Box::new(io::stdin().lock()),
            Some(_) => Box::new(self.file()?),
        })
    }

    /// Opens it as a file.
    pub(super) fn file(&self) -> Result<File, Failure> {
        let path = self.path.as_deref().unwrap_or(Path::new("-"));
        let file = File::open(path).map_err(|error| self.failed(&error))?;
        see(path);
        if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(self.failed(&io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
        }
        Ok(file)
    }

    fn failed(&self, error: &io::Error) -> Failure {
        Failure::new(format!("cannot read `{}`: {error}", self.name))
    }

    /// Says what a table is that begins with some bytes, if it is no text.
    pub(super) fn check_text(&self, bytes: &[u8]) -> Result<(), Failure> {
        if self.path.is_none() && self.form == Form::Ndjson && is_csv(bytes) && no_text(bytes).is_none() {
            return Err(Failure::new("standard input is read as NDJSON, and this is none; say --from csv"));
        }
        let Some((what, mend)) = no_text(bytes) else { return Ok(()) };
        let mend = mend.unwrap_or("save it as CSV in UTF-8");
        Err(Failure::new(format!("{}: this table is {what}; {mend}", self.name)))
    }

    /// Reads some bytes, fewer only at the end.
    pub(super) fn read(&self, reader: &mut impl Read, count: usize) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::with_capacity(count);
        reader.take(count as u64).read_to_end(&mut bytes).map_err(|error| self.failed(&error))?;
        Ok(bytes)
    }
}

/// Takes the header off the first rows of a table.
pub(super) fn header(name: &str, rows: &Rows) -> Result<(Vec<String>, Rows), Failure> {
    qudao_engine::program::batch::header(rows).map_err(|reason| Failure::new(format!("{name}: {reason}")))
}

/// Looks whether the columns of a table in CSV can be used.
pub(super) fn check(name: &str, batch: &Batch<'_, '_>, header: &[String]) -> Result<(), Failure> {
    batch.check_header(header).map_err(|reason| Failure::new(format!("{name}: {reason}")))
}

/// Tells names that are no fields, each with the name of the field that may be meant.
pub(super) fn tell(
    name: &str,
    batch: &Batch<'_, '_>,
    idle: &[&str],
    seen: &Seen,
    output: &mut Output,
) -> Result<(), Failure> {
    if idle.is_empty() {
        return Ok(());
    }
    let told = idle.iter().map(|idle| match batch.near(idle, seen) {
        Some(near) => format!("{} (the nearest name is `{near}`)", shortened(idle)),
        None => shortened(idle).into_owned(),
    });
    let told = told.collect::<Vec<_>>().join(", ");
    output.note(&format!("{}\n", visible(&format!("{name}: no field is named {told}; not read"))))
}

/// Where answers go: a file, or standard output.
pub(super) enum Target<'r> {
    Stdout(BufWriter<io::Stdout>),
    File(BufWriter<NewFile>),
    Parquet(super::parquet::Table),
    Book(Box<super::sheet::Workbook<'r>>),
}

impl<'r> Target<'r> {
    pub(super) fn open(path: Option<&Path>) -> Result<Target<'r>, Failure> {
        let Some(path) = path else { return Ok(Target::Stdout(BufWriter::new(io::stdout()))) };
        create(path).map(Target::File)
    }

    /// Opens what a path names, which may be standard output.
    pub(super) fn named(path: &Path) -> Result<Target<'r>, Failure> {
        Target::open(Some(path).filter(|path| !is_standard_output(path)))
    }

    /// Tells whether nothing is there before all of it is.
    pub(super) fn is_whole_or_not(&self) -> bool {
        match self {
            Target::Stdout(_) => false,
            Target::File(file) => file.get_ref().is_whole_or_not(),
            Target::Parquet(table) => table.is_whole_or_not(),
            Target::Book(book) => book.is_whole_or_not(),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Target::Stdout(out) => out.write_all(bytes).map_err(super::super::output::closed),
            Target::File(file) => {
                let written = file.write_all(bytes);
                written.map_err(|error| file.get_ref().failed(error))
            }
            Target::Parquet(_) | Target::Book(_) => Ok(()),
        }
    }

    /// Writes answers, with the profiles that they are of where a workbook takes them.
    pub(super) fn write_answers(&mut self, bytes: &[u8], profiles: &[String]) -> Result<(), Failure> {
        match self {
            Target::Book(book) => book.add(bytes, profiles),
            Target::Stdout(_) | Target::File(_) | Target::Parquet(_) => self.write(bytes),
        }
    }

    /// Adds a row group.
    pub(super) fn write_group(&mut self, group: super::parquet::Chunks) -> Result<(), Failure> {
        match self {
            Target::Parquet(table) => table.write(group),
            Target::Stdout(_) | Target::File(_) | Target::Book(_) => Ok(()),
        }
    }

    /// Writes out what is left and gives a file its name; tells whether it is a file.
    pub(super) fn finish(self) -> Result<bool, Failure> {
        match self {
            Target::Stdout(mut out) => out.flush().map_err(super::super::output::closed).map(|()| false),
            Target::File(file) => finish(file).map(|()| true),
            Target::Parquet(table) => table.finish().map(|()| true),
            Target::Book(book) => book.finish().map(|()| true),
        }
    }
}

/// Tells whether a table begins with a row of names, and not one of its rows is an object. A row that is neither is one
/// to be set aside.
fn is_csv(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start);
    let first = lines.next().unwrap_or(&[]);
    let first = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first);
    let is_row = !first.starts_with(b"{")
        && !first.starts_with(b"[")
        && first.iter().any(|byte| b",;\t".contains(byte));
    is_row && !lines.any(|line| line.starts_with(b"{"))
}
