//! Tables on their way through the workers: one thread reads, others answer, and answers are written in the order of
//! the rows. So many jobs at most are on their way, which bounds what is held.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use qudao_engine::program::batch::{Batch, Form, Reject, Seen, Summary, Worker};

use super::super::files::say_when_interrupted;
use super::super::output::{Failure, Output};
use super::Args;
use super::files::{self, Source, Target};
use super::input::{Content, Job, Reader, look};
use super::parquet::{Chunks, Encoder, Input, Table};
use super::progress::Progress;
use super::sheet::{Places, Sheet, Workbook};

/// So many rejected rows are shown where no file takes them.
const SHOWN: usize = 10;
/// So many jobs are on their way for each thread.
const AHEAD: usize = 3;
/// So many pieces of text make a row group.
const PIECES: usize = 16;
/// So often it is looked whether the run is to end.
const PATIENCE: Duration = Duration::from_millis(100);

/// A run over some tables.
pub(super) struct Flow<'b, 'p, 'r> {
    batch: &'b Batch<'p, 'r>,
    threads: usize,
    sources: Vec<Source>,
    /// What is known of those in Parquet.
    tables: Vec<Option<Input>>,
    /// The sheets of workbooks, and where the cells of their rows stand.
    sheets: Vec<Option<Sheet>>,
    places: Vec<Option<Places>>,
    target: Target<'r>,
    /// How rows become Parquet, if they do.
    encoder: Option<Encoder>,
    rejects: Option<Target<'r>>,
    /// Rejected rows shown so far.
    shown: usize,
    /// Names already told that are no fields.
    told: BTreeSet<String>,
    /// What was met of the columns of a table, and which one.
    seen: Option<(usize, Seen)>,
    /// Whether the answer has its header.
    begun: bool,
    progress: Progress,
}

/// What came of a job.
struct Answer {
    source: usize,
    written: Written,
    rejects: Vec<Reject>,
    /// What was met of the columns, and whether these are the last rows of the table.
    seen: Seen,
    last: bool,
    rows: u64,
    bytes: u64,
}

/// Answers as they are written.
enum Written {
    /// With the profiles that they are of, for a workbook.
    Text(Vec<u8>, Vec<String>),
    Group(Chunks),
}

/// A job's number, and what came of it or why there are no more jobs.
type Numbered = (u64, Result<Answer, Failure>);

impl<'b, 'p, 'r> Flow<'b, 'p, 'r> {
    /// Looks at all tables and begins the answer.
    pub(super) fn new(
        args: &Args,
        batch: &'b Batch<'p, 'r>,
        sources: Vec<Source>,
        (to, book): (Form, Option<Workbook<'r>>),
        quiet: bool,
    ) -> Result<Flow<'b, 'p, 'r>, Failure> {
        let open = |source: &Source| {
            if source.book {
                return Ok(None);
            }
            if !files::is_text(source.form) {
                return Input::open(source, batch).map(Some);
            }
            // What can be read only once is looked at when it comes.
            if source.is_regular() { look(source, batch).map(|()| None) } else { Ok(None) }
        };
        let tables: Vec<Option<Input>> = sources.iter().map(open).collect::<Result<_, _>>()?;
        let sheet = |source: &Source| source.book.then(|| Sheet::open(source, batch)).transpose();
        let sheets: Vec<Option<Sheet>> = sources.iter().map(sheet).collect::<Result<_, _>>()?;
        let (target, encoder) = if let Some(book) = book {
            (Target::Book(Box::new(book)), None)
        } else if files::is_text(to) {
            (Target::open(args.file())?, None)
        } else {
            let Some(path) = args.file() else {
                return Err(Failure::new("Parquet is written to a file; say -o FILE, or --to ndjson"));
            };
            let (table, encoder) = Table::open(path, batch, &sources, &tables)?;
            (Target::Parquet(table), Some(encoder))
        };
        let rejects = args.rejects.as_deref().map(Target::named).transpose()?;
        say_when_interrupted(if target.is_whole_or_not() {
            "interrupted; nothing was written"
        } else {
            "interrupted; not all rows are answered"
        });
        Ok(Flow {
            batch,
            threads: args.threads.unwrap_or_else(files::cores).clamp(1, most_threads()),
            progress: Progress::new(&sources, quiet),
            sources,
            tables,
            places: sheets.iter().map(|sheet| sheet.as_ref().map(Sheet::places)).collect(),
            sheets,
            target,
            encoder,
            rejects,
            shown: 0,
            told: BTreeSet::new(),
            seen: None,
            begun: false,
        })
    }

    /// Answers all tables.
    pub(super) fn run(&mut self, output: &mut Output) -> Result<Summary, Failure> {
        let (jobs, queue) = mpsc::sync_channel(self.threads);
        let (permit, permits) = mpsc::channel();
        let (done, answers) = mpsc::channel();
        for _ in 0..self.threads * AHEAD {
            // The reader has the other end.
            let _ = permit.send(());
        }
        let (tables, sheets) = (std::mem::take(&mut self.tables), std::mem::take(&mut self.sheets));
        let pieces = if self.encoder.is_some() { PIECES } else { 1 };
        let reader = Reader { sources: self.sources.clone(), pieces, tables, sheets, permits, jobs };
        // It is not waited for, as it may wait for input that never comes.
        thread().spawn(move || reader.run()).map_err(no_thread)?;
        let queue = Mutex::new(queue);
        let encoder = self.encoder.take();
        let ended = AtomicBool::new(false);
        let (batch, encoder, queue, ended) = (self.batch, encoder.as_ref(), &queue, &ended);
        let sources = &self.sources.clone();
        std::thread::scope(|scope| {
            let worker = |_| {
                let done = done.clone();
                thread().spawn_scoped(scope, move || {
                    let mut worker = batch.worker();
                    work(queue, &done, ended, |job| answer(&mut worker, job, sources, encoder));
                    worker.take_summary()
                })
            };
            // Where the system gives no more threads, those do that there are.
            let mut workers = Vec::new();
            for started in (0..self.threads).map(worker) {
                match started {
                    Ok(worker) => workers.push(worker),
                    Err(error) if workers.is_empty() => return Err(no_thread(error)),
                    Err(_) => break,
                }
            }
            drop(done);
            let written = self.write_all(&answers, &permit, output);
            ended.store(true, Ordering::Relaxed);
            let mut summary = self.batch.worker().take_summary();
            for worker in workers {
                match worker.join() {
                    Ok(counts) => summary.add(&counts),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            written.map(|()| summary)
        })
    }

    /// Writes answers in the order of their jobs as they come.
    fn write_all(
        &mut self,
        answers: &Receiver<Numbered>,
        permit: &Sender<()>,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let mut waiting: BTreeMap<u64, Result<Answer, Failure>> = BTreeMap::new();
        let mut next = 0;
        for (number, answer) in answers {
            waiting.insert(number, answer);
            while let Some(answer) = waiting.remove(&next) {
                self.write(answer?, output)?;
                next += 1;
                // At the end of all tables the reader is gone.
                let _ = permit.send(());
            }
        }
        self.progress.end();
        Ok(())
    }

    fn write(&mut self, answer: Answer, output: &mut Output) -> Result<(), Failure> {
        let name = self.sources.get(answer.source).map_or_else(String::new, |source| source.name.clone());
        let mut seen = answer.seen;
        if let Some((_, before)) = self.seen.take().filter(|(source, _)| *source == answer.source) {
            seen.add(&before);
        }
        if answer.last {
            let checked = self.batch.check_seen(&seen, seen.idle());
            checked.map_err(|wrong| Failure::new(format!("{name}: {wrong}")))?;
        }
        if !std::mem::replace(&mut self.begun, true) {
            self.target.write(&self.batch.header())?;
        }
        match answer.written {
            Written::Text(bytes, profiles) => self.target.write_answers(&bytes, &profiles)?,
            Written::Group(chunks) => self.target.write_group(chunks)?,
        }
        for reject in &answer.rejects {
            self.reject(&name, answer.source, reject, output)?;
        }
        let new: Vec<&str> = seen.idle().filter(|idle| !self.told.contains(*idle)).collect();
        files::tell(&name, self.batch, &new, &seen, output)?;
        self.told.extend(new.into_iter().map(String::from));
        self.seen = Some((answer.source, seen));
        self.progress.add(answer.rows, answer.bytes);
        Ok(())
    }

    /// Sets a row aside: in the file for such rows, or the first of them beside the results.
    fn reject(
        &mut self,
        file: &str,
        source: usize,
        reject: &Reject,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let Reject { line, reason, .. } = reject;
        let cell = self.places.get(source).and_then(Option::as_ref).map(|places| places.of(reject));
        if let Some(rejects) = &mut self.rejects {
            let mut reject = serde_json::json!({
                "schema": "qudao.rejected/1", "file": file, "line": line, "reason": reason,
            });
            if let (Some(cell), Some(reject)) = (cell, reject.as_object_mut()) {
                reject.insert("cell".into(), cell.into());
            }
            return rejects.write(format!("{reject}\n").as_bytes());
        }
        self.shown += 1;
        if self.shown > SHOWN + 1 {
            return Ok(());
        }
        self.progress.end();
        if self.shown > SHOWN {
            return output.note("more rows are set aside; --rejects FILE lists them all\n");
        }
        let place = cell.map_or_else(|| format!("{file}:{line}"), |cell| format!("{file}: {cell}"));
        let text = qudao_language::visible::visible(&format!("{place}: {reason}")).into_owned();
        output.note(&format!("{text}\n"))
    }

    /// Gives the files their names; tells whether a file took the answers.
    pub(super) fn finish(self) -> Result<bool, Failure> {
        say_when_interrupted("interrupted");
        let written = self.target.finish()?;
        if let Some(rejects) = self.rejects {
            rejects.finish()?;
        }
        Ok(written)
    }
}

fn thread() -> std::thread::Builder {
    std::thread::Builder::new()
}

fn no_thread(error: std::io::Error) -> Failure {
    Failure::new(format!("cannot start a thread: {error}"))
}

/// More threads than this wait for each other.
fn most_threads() -> usize {
    (4 * files::cores()).max(64)
}

/// Answers jobs until there are no more, or the run has ended.
fn work(
    queue: &Mutex<Receiver<Result<Job, (u64, Failure)>>>,
    done: &Sender<Numbered>,
    ended: &AtomicBool,
    mut answer: impl FnMut(Job) -> Result<Answer, Failure>,
) {
    while !ended.load(Ordering::Relaxed) {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(PATIENCE);
        let numbered = match job {
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
            Ok(Err((number, failure))) => (number, Err(failure)),
            Ok(Ok(job)) => (job.number, answer(job)),
        };
        if done.send(numbered).is_err() {
            return;
        }
    }
}

fn answer(
    worker: &mut Worker<'_, '_, '_>,
    job: Job,
    sources: &[Source],
    encoder: Option<&Encoder>,
) -> Result<Answer, Failure> {
    if job.first && job.form == Form::Csv {
        let name = sources.get(job.source).map_or("", |source| &source.name);
        files::check(name, worker.batch(), &job.header)?;
    }
    let before = worker.summary().rows;
    let mut group = encoder.map(Encoder::group).transpose()?;
    let mut add = |worker: &mut Worker<'_, '_, '_>| match &mut group {
        Some(group) => group.add(worker),
        None => Ok(()),
    };
    match &job.rows {
        Content::Text(pieces) => {
            for rows in pieces {
                worker.rows(rows, job.form, &job.header);
                add(worker)?;
            }
        }
        Content::Columns(columns) => columns.answer(worker, &mut add)?,
    }
    let (text, rejects) = worker.take();
    let written = match group {
        Some(group) => Written::Group(group.close()?),
        None => Written::Text(text, worker.take_profiles()),
    };
    let rows = worker.summary().rows - before;
    let (source, last, bytes) = (job.source, job.last, job.bytes);
    Ok(Answer { source, written, rejects, seen: worker.take_seen(), last, rows, bytes })
}
