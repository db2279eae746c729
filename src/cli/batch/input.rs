//! Reading tables: rows on their way to the workers, in order.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

use qudao_engine::program::batch::{Batch, Form, Rows, Split};

use super::super::output::Failure;
use super::files::{self, Source};
use super::parquet::{Columns, Input};
use super::sheet::Sheet;

/// So many bytes are read at a time.
pub(super) const CHUNK: usize = 1024 * 1024;

/// Some rows of a table, in the order of all rows.
pub(super) struct Job {
    pub(super) number: u64,
    /// The number of its table.
    pub(super) source: usize,
    pub(super) form: Form,
    /// The names of the columns, for CSV.
    pub(super) header: Arc<Vec<String>>,
    pub(super) rows: Content,
    /// Whether they are the first of the table, and the last.
    pub(super) first: bool,
    pub(super) last: bool,
    /// How much of the table they are, in bytes.
    pub(super) bytes: u64,
}

/// Rows as they were read.
pub(super) enum Content {
    Text(Vec<Rows>),
    Columns(Columns),
}

/// Reads tables one after the other. A job is read when there is a permit for it, so that no more are on their way than
/// there are permits.
pub(super) struct Reader {
    pub(super) sources: Vec<Source>,
    /// So many pieces of text make a job.
    pub(super) pieces: usize,
    pub(super) tables: Vec<Option<Input>>,
    pub(super) sheets: Vec<Option<Sheet>>,
    pub(super) permits: Receiver<()>,
    pub(super) jobs: SyncSender<Result<Job, (u64, Failure)>>,
}

/// Why reading ends early.
enum Stop {
    /// Nobody takes jobs any more.
    Gone,
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failed(failure)
    }
}

impl Reader {
    /// Reads everything. What cannot be read is the last job.
    pub(super) fn run(mut self) {
        let mut number = 0;
        for index in 0..self.sources.len() {
            match self.source(index, &mut number) {
                Ok(()) => {}
                Err(Stop::Failed(failure)) => {
                    // If nobody listens there is nobody to tell.
                    let _ = self.jobs.send(Err((number, failure)));
                    return;
                }
                Err(Stop::Gone) => return,
            }
        }
    }

    fn send(&self, number: &mut u64, job: Job) -> Result<(), Stop> {
        *number += 1;
        self.jobs.send(Ok(job)).map_err(|_| Stop::Gone)
    }

    fn permit(&self) -> Result<(), Stop> {
        self.permits.recv().map_err(|_| Stop::Gone)
    }

    fn source(&mut self, index: usize, number: &mut u64) -> Result<(), Stop> {
        if let Some(sheet) = self.sheets.get_mut(index).and_then(Option::take) {
            return self.sheet(index, sheet, number);
        }
        let Some(source) = self.sources.get(index) else { return Ok(()) };
        if let Some(Some(input)) = self.tables.get(index) {
            return self.columns(index, source, input, number);
        }
        self.text(index, source, number)
    }

    fn text(&self, index: usize, source: &Source, number: &mut u64) -> Result<(), Stop> {
        let mut reader = source.open()?;
        let mut split = Split::new(source.form == Form::Csv);
        let mut header: Option<Arc<Vec<String>>> = None;
        let (mut first, mut ended) = (true, false);
        while !ended {
            self.permit()?;
            let (mut rows, mut count) = (Vec::new(), 0);
            while rows.len() < self.pieces && !ended {
                let bytes = source.read(&mut reader, CHUNK)?;
                if first && rows.is_empty() {
                    source.check_text(&bytes)?;
                }
                count += bytes.len() as u64;
                ended = bytes.len() < CHUNK;
                rows.extend(split.push(&bytes, ended));
            }
            if source.form == Form::Csv && header.is_none() {
                header = head(source, &mut rows)?.map(Arc::new);
                if ended && header.is_none() {
                    return Err(Failure::new(format!("{}: there is no header", source.name)).into());
                }
            }
            let (form, header) = (source.form, header.clone().unwrap_or_default());
            let job = Job {
                number: *number,
                source: index,
                form,
                header,
                rows: Content::Text(rows),
                first: std::mem::take(&mut first),
                last: ended,
                bytes: count,
            };
            self.send(number, job)?;
        }
        Ok(())
    }

    fn sheet(&self, index: usize, mut sheet: Sheet, number: &mut u64) -> Result<(), Stop> {
        let header = Arc::new(sheet.names());
        let mut first = true;
        let job = |number: &u64, rows: Vec<Rows>, first, last| {
            let bytes = rows.iter().map(|rows| rows.bytes.len() as u64).sum();
            let (header, rows) = (Arc::clone(&header), Content::Text(rows));
            Job { number: *number, source: index, form: Form::Csv, header, rows, first, last, bytes }
        };
        sheet.rows(|rows| {
            self.permit()?;
            self.send(number, job(number, rows, std::mem::take(&mut first), false)).map(|()| true)
        })?;
        self.permit()?;
        self.send(number, job(number, Vec::new(), first, true))
    }

    fn columns(&self, index: usize, source: &Source, input: &Input, number: &mut u64) -> Result<(), Stop> {
        let mut rows = input.rows(source)?;
        while let Some(columns) = rows.next()? {
            self.permit()?;
            let (form, header, bytes) = (source.form, Arc::default(), columns.bytes);
            let rows = Content::Columns(columns);
            // The columns were looked at before.
            let (first, last) = (false, false);
            let number_of = *number;
            self.send(
                number,
                Job { number: number_of, source: index, form, header, rows, first, last, bytes },
            )?;
        }
        Ok(())
    }
}

/// Looks at the beginning of a table in a file: whether it is text, and its columns can be used.
pub(super) fn look(source: &Source, batch: &Batch<'_, '_>) -> Result<(), Failure> {
    let mut reader = source.open()?;
    let mut split = Split::new(source.form == Form::Csv);
    let mut bytes = source.read(&mut reader, CHUNK)?;
    source.check_text(&bytes)?;
    if source.form != Form::Csv {
        return Ok(());
    }
    loop {
        let ended = bytes.len() < CHUNK;
        if let Some(names) = head(source, &mut split.push(&bytes, ended))? {
            return files::check(&source.name, batch, &names);
        }
        if ended {
            return Err(Failure::new(format!("{}: there is no header", source.name)));
        }
        bytes = source.read(&mut reader, CHUNK)?;
    }
}

/// Takes the header off the first rows of a table, if they are there already.
fn head(source: &Source, rows: &mut [Rows]) -> Result<Option<Vec<String>>, Failure> {
    let Some(first) = rows.first_mut() else { return Ok(None) };
    if let Some(reject) = first.aside.first().filter(|_| first.bytes.is_empty()) {
        return Err(Failure::new(format!("{}:{}: {}", source.name, reject.line, reject.reason)));
    }
    if first.bytes.is_empty() {
        return Ok(None);
    }
    let (names, rest) = files::header(&source.name, first)?;
    *first = rest;
    Ok(Some(names))
}
