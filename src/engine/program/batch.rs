//! Tables of profiles: rows of NDJSON or CSV, or record batches of Arrow, in; rows of decisions out, one worker a thread.
//!
//! A [`Batch`] says what is read and written, and is shared; a [`Worker`] turns a run of whole rows into the rows of the
//! answer. Plain values go straight to their cells. A row that holds anything else is read once more as a profile of its
//! own, so that it is taken, or set aside, for exactly the reasons for which a profile is.

#[cfg(feature = "arrow")]
pub mod arrow;
mod columns;
mod decode;
mod pieces;
mod row;
mod scan;
mod summary;
mod vocabulary;
mod write;

use std::sync::Arc;

pub use columns::Seen;
pub use row::{Rows, Split, header};
pub use summary::{Summary, instances};
pub use write::cell;

use super::measures::{Amount, TooLong};
use super::{Program, Scratch};
use columns::{Column, Columns};
use qudao_language::model::{Field, Id, IdMap, Measure, Ruleset, Target};

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
    /// What its measures are.
    pub measures: bool,
    /// What they could be, the least and the greatest; not told unless asked for.
    pub bounds: bool,
}

impl Default for Parts {
    fn default() -> Parts {
        Parts {
            verdict: true,
            leaning: true,
            score: true,
            range: true,
            needs: true,
            measures: true,
            bounds: false,
        }
    }
}

impl Parts {
    /// Nothing at all: the answer tells which target comes first, and no more.
    pub const NONE: Parts = Parts {
        verdict: false,
        leaning: false,
        score: false,
        range: false,
        needs: false,
        measures: false,
        bounds: false,
    };

    /// Tells whether anything is told of a target but its measures.
    fn of_targets(self) -> bool {
        self.names().next().is_some()
    }

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

/// How a table of profiles is read and its answer written.
#[derive(Debug)]
pub struct Batch<'p, 'r> {
    program: &'p Program<'r>,
    columns: Columns,
    keep: Vec<String>,
    reasons: bool,
    parts: Parts,
    form: Form,
    /// Whether workers keep the profiles that they answer.
    profiles: bool,
    plans: IdMap<Field, decode::Plan>,
    texts: write::Texts,
    pieces: pieces::Pieces,
    /// The measures that are told, target by target, and the names of their columns.
    measures: Vec<(Target, Id<Measure>)>,
    amounts: Vec<String>,
}

impl<'p, 'r> Batch<'p, 'r> {
    /// Makes a batch whose answer is written in a form.
    ///
    /// # Errors
    /// If the options name a field that the ruleset does not have, one column twice, or one to be kept that is called as
    /// a column of the answer.
    pub fn new(program: &'p Program<'r>, options: &Options, form: Form) -> Result<Batch<'p, 'r>, String> {
        let ruleset = program.ruleset();
        let columns = Columns::new(ruleset, options)?;
        let texts = write::Texts::new(program);
        let measures = measures(ruleset, options.parts);
        let amounts = write::amount_names(ruleset, &measures, options.parts.bounds);
        let mut own = write::own_names(&texts, options);
        if let Some(name) = amounts.iter().find(|name| own.contains(name.as_str())) {
            return Err(format!(
                "the column `{name}` would be one of a measure and of something else; tell less"
            ));
        }
        let object = (!amounts.is_empty()).then(|| "measures".to_string());
        own.extend(amounts.iter().cloned().chain(object));
        if let Some(name) = options.keep.iter().find(|name| own.contains(name.as_str())) {
            return Err(format!("the column `{name}` cannot be kept: the answer has a column of that name"));
        }
        Ok(Batch {
            program,
            columns,
            keep: options.keep.clone(),
            reasons: options.reasons,
            parts: options.parts,
            form,
            profiles: false,
            plans: IdMap::of(&ruleset.fields, |id| decode::Plan::new(ruleset, &ruleset.fields[id])),
            pieces: pieces::Pieces::new(form, options.parts, &texts.targets),
            texts,
            measures,
            amounts,
        })
    }

    /// Returns the same batch with workers that keep the profiles that they answer, for [`Worker::take_profiles`].
    #[must_use]
    pub fn with_profiles(self) -> Batch<'p, 'r> {
        Batch { profiles: true, ..self }
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
            given: IdMap::of(&ruleset.fields, |_| Given::No),
            kept: vec![String::new(); self.keep.len()],
            names: Vec::new(),
            out: Vec::new(),
            #[cfg(feature = "arrow")]
            columns: arrow::Columns::new(self),
            #[cfg(feature = "arrow")]
            of_text: true,
            amounts: Vec::new(),
            rejects: Vec::new(),
            profiles: Vec::new(),
            summary: Summary::new(self.program),
            seen: Seen::new(ruleset, self.keep.len()),
            header: Arc::default(),
        }
    }
}

/// Answers a whole table, rows of NDJSON or CSV that begins with its header; returns the rows of the answer, and what is
/// set aside.
///
/// # Errors
/// If the options cannot be met, or the header cannot be read, or its columns are none of the fields, or one field twice.
pub fn answer(
    program: &Program<'_>,
    options: &Options,
    table: &[u8],
    form: Form,
) -> Result<(Vec<u8>, Vec<Reject>), String> {
    let batch = Batch::new(program, options, form)?;
    let mut worker = batch.worker();
    let mut names: Option<Vec<String>> = None;
    for mut rows in Split::new(form == Form::Csv).push(table, true) {
        if form == Form::Csv && names.is_none() {
            let (found, rest) = header(&rows)?;
            batch.check_header(&found)?;
            (names, rows) = (Some(found), rest);
        }
        worker.rows(&rows, form, names.as_deref().unwrap_or_default());
    }
    let (rows, rejects) = worker.take();
    Ok(([batch.header(), rows].concat(), rejects))
}

/// The measures that are told, target by target.
fn measures(ruleset: &Ruleset, parts: Parts) -> Vec<(Target, Id<Measure>)> {
    let of = |target| {
        let all = ruleset.measures.entries();
        all.filter(move |(_, measure)| measure.of.contains_key(&target)).map(move |(id, _)| (target, id))
    };
    ruleset.targets().filter(|_| parts.measures).flat_map(of).collect()
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
    /// The column of CSV, from 0, in which the first mistake stands, if it stands in one.
    pub column: Option<usize>,
    /// What is wrong with it.
    pub reason: String,
}

/// Turns rows of profiles into rows of the answer.
#[derive(Debug)]
pub struct Worker<'b, 'p, 'r> {
    batch: &'b Batch<'p, 'r>,
    scratch: Scratch,
    given: IdMap<Field, Given>,
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
    /// What measures are of the row that was run last.
    amounts: Vec<Amount>,
    rejects: Vec<Reject>,
    /// The profiles that were answered, in JSON, if they are kept.
    profiles: Vec<String>,
    summary: Summary,
    /// What was met of the columns.
    seen: Seen,
    /// The header that was read last.
    header: Arc<Header>,
}

/// The names of columns, and what each means.
#[derive(Default, Debug)]
struct Header {
    names: Vec<String>,
    columns: Vec<Option<Column>>,
}

impl<'b, 'p, 'r> Worker<'b, 'p, 'r> {
    /// Returns the batch that it works for.
    #[must_use]
    pub fn batch(&self) -> &'b Batch<'p, 'r> {
        self.batch
    }
}

impl Worker<'_, '_, '_> {
    /// Answers whole lines of NDJSON; `line` is the number of the first. Blank lines are passed over.
    pub fn ndjson(&mut self, lines: &[u8], line: u64) {
        // What is behind the last line end is a line too.
        let ends = memchr::memchr_iter(b'\n', lines).chain([lines.len()]);
        let mut start = 0;
        for (line, end) in (line..).zip(ends) {
            let text = lines.get(start..end).expect("a line begins behind the end of the one before");
            start = end + 1;
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match self.read_json(text) {
                Ok(()) => self.answer(line, |batch| {
                    let seen = &mut Seen::new(batch.program.ruleset(), batch.keep.len());
                    batch.object_of_line(text, seen).map(|(object, _)| object)
                }),
                Err(reason) => self.reject(line, reason),
            }
        }
    }

    /// Answers whole records of CSV without their header, parted by commas; `line` is the number of the first.
    ///
    /// A row over several lines that has not as many cells as the header most likely has a quotation mark that is not
    /// closed, so its first line is set aside and reading goes on with its second.
    pub fn csv(&mut self, records: &[u8], header: &[String], line: u64) {
        self.records(records, header, b',', line);
    }

    fn records(&mut self, records: &[u8], names: &[String], separator: u8, line: u64) {
        if records.is_empty() && self.header.names == names {
            return;
        }
        if self.header.names != names {
            let (columns, _) = self.batch.meanings(names);
            self.header = Arc::new(Header { names: names.to_vec(), columns });
        }
        let header = Arc::clone(&self.header);
        names.iter().zip(&header.columns).for_each(|(name, column)| self.seen.note(name, *column));
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .buffer_capacity(records.len().clamp(64, 8192))
            .from_reader(std::io::Cursor::new(records));
        let mut lines = row::Lines::new(records, line);
        let mut record = csv::StringRecord::new();
        loop {
            let begin = reader.position().byte();
            match reader.read_record(&mut record) {
                Ok(false) => return,
                Ok(true) if decode::is_blank(&record) => {}
                Ok(true) => {
                    let (start, at) = lines.of_record(record.position().map_or(begin, csv::Position::byte));
                    let end = usize::try_from(reader.position().byte()).unwrap_or(records.len());
                    if record.len() != names.len()
                        && let Some((second, last)) = row::second_line(records, start, end)
                    {
                        let reason = format!(
                            "{}; this row runs to line {}, so a quotation mark may not be closed",
                            decode::ragged(&record, names),
                            at + last
                        );
                        self.reject(at, reason);
                        let mut place = csv::Position::new();
                        place.set_byte(second as u64);
                        reader.seek(place).expect("a place among bytes in memory can be gone to");
                        continue;
                    }
                    match self.read_record(&record, &header) {
                        Ok(()) => {
                            self.answer(at, |batch| Ok(batch.object_of_record(&record, &header.columns).0))
                        }
                        Err((reason, column)) => self.set_aside(Reject { line: at, column, reason }),
                    }
                }
                Err(error) => {
                    let (_, at) = lines.of_record(error.position().map_or(begin, csv::Position::byte));
                    let reason = match error.kind() {
                        csv::ErrorKind::Utf8 { .. } => "this row is not UTF-8; save the table as UTF-8",
                        _ => "this row is no CSV",
                    };
                    self.reject(at, reason.into());
                }
            }
        }
    }

    /// Answers whole rows of text and sets those aside that cannot be read.
    pub fn rows(&mut self, rows: &Rows, form: Form, header: &[String]) {
        if form == Form::Csv {
            self.records(&rows.bytes, header, rows.separator, rows.line);
        } else {
            self.ndjson(&rows.bytes, rows.line);
        }
        for reject in &rows.aside {
            self.set_aside(reject.clone());
        }
    }

    /// Sets a row aside.
    pub fn reject(&mut self, line: u64, reason: String) {
        self.set_aside(Reject { line, column: None, reason });
    }

    fn set_aside(&mut self, reject: Reject) {
        self.summary.reject();
        self.rejects.push(reject);
    }

    /// Takes what was written and set aside since the last time.
    pub fn take(&mut self) -> (Vec<u8>, Vec<Reject>) {
        // The next will be about as long.
        let next = Vec::with_capacity(self.out.len() + self.out.len() / 16);
        (std::mem::replace(&mut self.out, next), std::mem::take(&mut self.rejects))
    }

    /// Returns the names that are neither fields nor taken over, in order; the first twenty.
    pub fn idle(&self) -> impl Iterator<Item = &str> {
        self.seen.idle()
    }

    /// Notes names of columns, which need not be read.
    pub fn note_names(&mut self, names: &[String]) {
        for name in names {
            self.seen.note(name, self.batch.columns.get(name));
        }
    }

    /// Takes what was met of the columns since the last time.
    pub fn take_seen(&mut self) -> Seen {
        // What is known is noted no more.
        self.names.clear();
        let nothing = Seen::new(self.batch.program.ruleset(), self.batch.keep.len());
        std::mem::replace(&mut self.seen, nothing)
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

    /// Takes the profiles that were answered since the last time, in JSON, in the order of the answers.
    pub fn take_profiles(&mut self) -> Vec<String> {
        std::mem::take(&mut self.profiles)
    }

    /// Answers what was read last; `profile` tells it in JSON.
    fn answer(&mut self, line: u64, profile: impl FnOnce(&Batch<'_, '_>) -> Result<String, String>) {
        let program = self.batch.program;
        program.run(&mut self.scratch);
        if !self.batch.measures.is_empty() {
            let (columns, bounds) = (&self.batch.measures, self.batch.parts.bounds);
            let found = program.amounts(&mut self.scratch, columns, bounds, &mut self.amounts);
            if let Err((column, TooLong)) = found {
                let column = self.batch.amount_column(column);
                return self
                    .reject(line, format!("`{column}` has more digits than a column of numbers holds"));
            }
        }
        let unknown = self.given.values().map(|given| *given == Given::Unknown);
        self.summary.count(program, &self.scratch, unknown);
        self.write(line);
        if self.batch.profiles {
            self.profiles.push(profile(self.batch).expect("what was read can be read once more"));
        }
    }
}
