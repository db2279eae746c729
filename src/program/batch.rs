//! Tables of profiles: rows of NDJSON or CSV, or record batches of Arrow, in; rows of decisions out, one worker a thread.
//!
//! A [`Batch`] says what is read and written, and is shared; a [`Worker`] turns a run of whole rows into the rows of the
//! answer. Plain values go straight to their cells. A row that holds anything else is read once more as a profile of its
//! own, so that it is taken, or set aside, for exactly the reasons for which a profile is.

#[cfg(feature = "arrow")]
pub mod arrow;
mod decode;
mod pieces;
mod row;
mod scan;
mod summary;
mod vocabulary;
mod write;

use std::collections::HashMap;

pub use row::{Rows, Split, header};
pub use summary::Summary;

use super::{Program, Scratch};
use crate::model::{Field, Id, Ruleset};

/// A row that is longer is set aside unread.
pub const MAX_ROW_BYTES: usize = 16 * 1024 * 1024;

/// How rows are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values, the first row the names.
    Csv,
    /// Columns: record batches of Arrow.
    #[cfg(feature = "arrow")]
    Arrow,
}

/// What a batch reads and writes besides what the ruleset says.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// The column of a field, where it is named otherwise.
    pub columns: Vec<(String, String)>,
    /// Columns that the answer takes over as they are.
    pub keep: Vec<String>,
    /// Whether the answer lists the rules that fired.
    pub reasons: bool,
    /// What the answer tells of each target.
    pub parts: Parts,
}

/// What an answer tells of each target: everything, unless told otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parts {
    /// Its verdict.
    pub verdict: bool,
    /// What it leans to.
    pub leaning: bool,
    /// Its score.
    pub score: bool,
    /// What its score could be.
    pub range: bool,
    /// What it needs that is not met.
    pub needs: bool,
}

impl Default for Parts {
    fn default() -> Parts {
        Parts { verdict: true, leaning: true, score: true, range: true, needs: true }
    }
}

impl Parts {
    /// Nothing at all: the answer tells which target comes first, and no more.
    pub const NONE: Parts =
        Parts { verdict: false, leaning: false, score: false, range: false, needs: false };

    /// Returns the names of the columns of a target, in their order.
    fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("verdict", self.verdict),
            ("leaning", self.leaning),
            ("score", self.score),
            ("low", self.range),
            ("high", self.range),
            ("needs", self.needs),
        ];
        all.into_iter().filter_map(|(name, told)| told.then_some(name))
    }
}

/// What a column means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Column {
    /// A field.
    Field(Id<Field>),
    /// To be taken over, by its number among those.
    Keep(usize),
    /// Both.
    Both(Id<Field>, usize),
}

/// How a table of profiles is read and its answer written.
#[derive(Debug)]
pub struct Batch<'p, 'r> {
    program: &'p Program<'r>,
    columns: HashMap<String, Column>,
    keep: Vec<String>,
    reasons: bool,
    parts: Parts,
    form: Form,
    plans: Vec<decode::Plan>,
    texts: write::Texts,
    pieces: pieces::Pieces,
}

impl<'p, 'r> Batch<'p, 'r> {
    /// Makes a batch whose answer is written in a form.
    ///
    /// # Errors
    /// If the options name a field that the ruleset does not have, or one column twice.
    pub fn new(program: &'p Program<'r>, options: &Options, form: Form) -> Result<Batch<'p, 'r>, String> {
        let ruleset = program.ruleset();
        let columns = columns(ruleset, options)?;
        let texts = write::Texts::new(program);
        Ok(Batch {
            program,
            columns,
            keep: options.keep.clone(),
            reasons: options.reasons,
            parts: options.parts,
            form,
            plans: ruleset.fields.iter().map(|field| decode::Plan::new(ruleset, field)).collect(),
            pieces: pieces::Pieces::new(form, options.parts, &texts.targets),
            texts,
        })
    }

    /// Returns the program.
    #[must_use]
    pub fn program(&self) -> &'p Program<'r> {
        self.program
    }

    /// Returns a worker, for one thread.
    #[must_use]
    pub fn worker(&self) -> Worker<'_, 'p, 'r> {
        let ruleset = self.program.ruleset();
        Worker {
            batch: self,
            scratch: self.program.scratch(),
            given: vec![Given::No; ruleset.fields.len()],
            kept: vec![String::new(); self.keep.len()],
            names: Vec::new(),
            out: Vec::new(),
            #[cfg(feature = "arrow")]
            columns: arrow::Columns::new(self),
            #[cfg(feature = "arrow")]
            of_text: true,
            rejects: Vec::new(),
            summary: Summary::new(self.program),
            idle: std::collections::BTreeSet::new(),
        }
    }

    /// Returns which of some columns are neither fields nor taken over.
    pub fn idle<'c>(&self, columns: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
        columns.into_iter().filter(|column| !self.columns.contains_key(*column)).collect()
    }
}

/// The columns by name: of each field its own name, its old names, and the one that the options say.
fn columns(ruleset: &Ruleset, options: &Options) -> Result<HashMap<String, Column>, String> {
    let mut columns: HashMap<String, Column> = HashMap::new();
    for (id, field) in ruleset.fields.entries() {
        let renamed: Vec<&String> = options
            .columns
            .iter()
            .filter(|(name, _)| **name == *field.name)
            .map(|(_, column)| column)
            .collect();
        if renamed.is_empty() {
            columns.insert(field.name.to_string(), Column::Field(id));
            for was in &field.was {
                columns.entry(was.to_string()).or_insert(Column::Field(id));
            }
        }
        for column in renamed {
            if let Some(Column::Field(other)) = columns.insert(column.clone(), Column::Field(id)) {
                let other = &ruleset.fields[other].name;
                return Err(format!("the column `{column}` is of the fields `{other}` and `{}`", field.name));
            }
        }
    }
    for (name, _) in &options.columns {
        if ruleset.fields.find(|field| *field.name == **name).is_none() {
            return Err(format!("the ruleset `{}` has no field `{name}`", ruleset.name));
        }
    }
    for (number, name) in options.keep.iter().enumerate() {
        let column = match columns.get(name) {
            Some(Column::Field(id)) => Column::Both(*id, number),
            Some(Column::Keep(_) | Column::Both(..)) => {
                return Err(format!("the column `{name}` is kept twice"));
            }
            None => Column::Keep(number),
        };
        columns.insert(name.clone(), column);
    }
    Ok(columns)
}

/// Whether a row gives a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Given {
    No,
    Unknown,
    Known,
}

/// A row that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reject {
    /// The line on which it begins, from 1; of columns, the number of the row.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// Turns rows of profiles into rows of the answer.
#[derive(Debug)]
pub struct Worker<'b, 'p, 'r> {
    batch: &'b Batch<'p, 'r>,
    scratch: Scratch,
    given: Vec<Given>,
    /// Columns to be taken over, as JSON.
    kept: Vec<String>,
    /// The names of the last line of NDJSON, and what their columns mean.
    names: Vec<scan::Name>,
    out: Vec<u8>,
    #[cfg(feature = "arrow")]
    columns: arrow::Columns,
    /// Whether the row is of a text, not of columns.
    #[cfg(feature = "arrow")]
    of_text: bool,
    rejects: Vec<Reject>,
    summary: Summary,
    /// Names of objects' entries that are no columns.
    idle: std::collections::BTreeSet<String>,
}

impl Worker<'_, '_, '_> {
    /// Answers whole lines of NDJSON; `line` is the number of the first. Blank lines are passed over.
    pub fn ndjson(&mut self, lines: &[u8], line: u64) {
        // What is behind the last line end is a line too.
        let ends = memchr::memchr_iter(b'\n', lines).chain([lines.len()]);
        let mut start = 0;
        for (line, end) in (line..).zip(ends) {
            let text = lines.get(start..end).unwrap_or(&[]);
            start = end + 1;
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match self.read_json(text) {
                Ok(()) => self.answer(line),
                Err(reason) => self.reject(line, reason),
            }
        }
    }

    /// Answers whole records of CSV without their header; `line` is the number of the first.
    ///
    /// A row over several lines that has not as many cells as the header most likely has a quotation mark that is not
    /// closed, so its first line is set aside and reading goes on with its second.
    pub fn csv(&mut self, records: &[u8], header: &[String], line: u64) {
        let (mut rest, mut line) = (records, line);
        while let Some(place) = self.csv_rows(rest, header, line) {
            let (before, after) = rest.split_at(place.min(rest.len()));
            line += row::lines(before);
            rest = after;
        }
    }

    /// Answers records up to one that is to be read anew from some place on.
    fn csv_rows(&mut self, records: &[u8], header: &[String], line: u64) -> Option<usize> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(records);
        let mut record = csv::StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(false) => return None,
                Ok(true) => {
                    let at = line + row::line_of(records, record.position());
                    if record.len() != header.len()
                        && let Some((second, last)) = row::second_line(records, &record, reader.position())
                    {
                        let reason = format!(
                            "{}; this row runs to line {}, so a quotation mark may not be closed",
                            decode::ragged(&record, header),
                            line + last
                        );
                        self.reject(at, reason);
                        return Some(second);
                    }
                    match self.read_record(&record, header) {
                        Ok(()) => self.answer(at),
                        Err(reason) => self.reject(at, reason),
                    }
                }
                Err(error) => {
                    let at = line + row::line_of(records, error.position());
                    let reason = match error.kind() {
                        csv::ErrorKind::Utf8 { .. } => "this row is not UTF-8".to_string(),
                        _ => format!("this row is not CSV: {error}"),
                    };
                    self.reject(at, reason);
                }
            }
        }
    }

    /// Answers whole rows of text and sets those aside that cannot be read.
    pub fn rows(&mut self, rows: &Rows, form: Form, header: &[String]) {
        if form == Form::Csv {
            let idle = self.batch.idle(header.iter().map(String::as_str));
            idle.into_iter().for_each(|name| decode::note_idle(&mut self.idle, name));
            self.csv(&rows.bytes, header, rows.line);
        } else {
            self.ndjson(&rows.bytes, rows.line);
        }
        for reject in &rows.aside {
            self.reject(reject.line, reject.reason.clone());
        }
    }

    /// Sets a row aside.
    pub fn reject(&mut self, line: u64, reason: String) {
        self.summary.reject();
        self.rejects.push(Reject { line, reason });
    }

    /// Takes what was written and set aside since the last time.
    pub fn take(&mut self) -> (Vec<u8>, Vec<Reject>) {
        // The next will be about as long.
        let next = Vec::with_capacity(self.out.len() + self.out.len() / 16);
        (std::mem::replace(&mut self.out, next), std::mem::take(&mut self.rejects))
    }

    /// Returns the names in NDJSON that are neither fields nor taken over, in order; the first twenty.
    pub fn idle(&self) -> impl Iterator<Item = &str> {
        self.idle.iter().map(String::as_str)
    }

    /// Notes names of columns that are neither fields nor taken over.
    pub fn note_idle(&mut self, names: &[String]) {
        for name in names {
            decode::note_idle(&mut self.idle, name);
        }
    }

    /// Takes the names of [`Worker::idle`]; they are noted anew where they come again.
    pub fn take_idle(&mut self) -> std::collections::BTreeSet<String> {
        std::mem::take(&mut self.idle)
    }

    /// Takes the counts of all rows since the last time.
    pub fn take_summary(&mut self) -> Summary {
        std::mem::replace(&mut self.summary, Summary::new(self.batch.program))
    }

    /// Returns the counts of all rows so far.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    fn answer(&mut self, line: u64) {
        let program = self.batch.program;
        program.run(&mut self.scratch);
        let unknown = self.given.iter().map(|given| *given == Given::Unknown);
        self.summary.count(program, &self.scratch, unknown);
        self.write(line);
    }
}
