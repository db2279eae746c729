//! `qudao batch`

mod files;
mod progress;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use qudao::date::Date;
use qudao::decide::decide;
use qudao::profile::{self, Format};
use qudao::program::Program;
use qudao::program::batch::{Batch, Form, Options, Rows, Split, Summary, Worker};
use qudao::words::Speaker;
use qudao::{diagnostic, why};

use super::output::{Failure, Output};
use super::{Exit, load, profiles};
use files::{Source, Target};
use progress::Progress;

/// So many bytes are read at a time for each thread.
const CHUNK: usize = 1024 * 1024;
/// So many rejected rows are shown where no file takes them.
const SHOWN: usize = 10;

/// How the counts at the end are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum SummaryFormat {
    /// For people
    Text,
    /// One object
    Json,
    /// For reports
    Markdown,
    /// Not at all
    None,
}

/// How rows are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum RowFormat {
    /// One JSON object a line
    Ndjson,
    /// Comma-separated values with a header
    Csv,
}

/// What `qudao batch` takes.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, or the name of one inside the binary
    ruleset: String,
    /// Tables of profiles: .ndjson, .jsonl or .csv files, patterns such as `data/*.csv`, or `-`
    #[arg(required = true)]
    inputs: Vec<String>,
    /// Write the answers to this file, whole or not at all (default: standard output)
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How the input is written, whatever its ending
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<RowFormat>,
    /// How to write the answers (default: by the ending of the output, else like the input)
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Option<RowFormat>,
    /// A JSON file with the column of each field that has another name: `{"field": "column"}`
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Take these columns over into the answers
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    keep: Vec<String>,
    /// List the rules that fired for each row
    #[arg(long)]
    reasons: bool,
    /// Write rows that cannot be used to this file, with their place and the reason
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Show the whole proof of the row on this line of the first input, and nothing else
    #[arg(long, value_name = "LINE")]
    explain: Option<u64>,
    /// How to write the counts at the end
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = SummaryFormat::Text)]
    summary: SummaryFormat,
    /// Run on so many threads (default: one a core)
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Read dated facts at this day (default: the ruleset's, else today)
    #[arg(long, value_name = "DATE", value_parser = profiles::date)]
    as_of: Option<Date>,
    /// Show texts in this language (default: the ruleset's first)
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let Some(ruleset) = load::ruleset(&args.ruleset, output)? else { return Ok(Exit::Found) };
    let day = args.as_of.or(ruleset.as_of).unwrap_or_else(profiles::today);
    let program = Program::new(&ruleset, day);
    let sources = files::sources(&args.inputs, args.from.map(form))?;
    let csv = sources.first().is_some_and(|source| source.form == Form::Csv);
    let ending = args.output.as_deref().and_then(files::form_of);
    let to = args.to.map(form).or(ending).unwrap_or(if csv { Form::Csv } else { Form::Ndjson });
    let options = Options { columns: mapping(args)?, keep: args.keep.clone(), reasons: args.reasons };
    let batch = Batch::new(&program, &options, to).map_err(Failure::new)?;
    if let Some(line) = args.explain {
        return explain(args, &batch, &sources, line, output);
    }
    let mut run = Run {
        batch: &batch,
        threads: args.threads.unwrap_or_else(files::cores).max(1),
        target: Target::open(args.output.as_deref())?,
        rejects: args.rejects.as_deref().map(|path| Target::open(Some(path))).transpose()?,
        shown: 0,
        progress: Progress::new(&sources),
        stop: interrupted()?,
        begun: false,
    };
    let mut summary: Option<Summary> = None;
    for source in &sources {
        let counted = run.source(source, output)?;
        match &mut summary {
            Some(summary) => summary.add(&counted),
            None => summary = Some(counted),
        }
    }
    run.progress.end();
    let written = run.target.finish()?;
    if let Some(rejects) = run.rejects {
        rejects.finish()?;
    }
    let Some(summary) = summary else { return Ok(Exit::Done) };
    let text = match args.summary {
        SummaryFormat::Text => summary.text(&program, false),
        SummaryFormat::Markdown => summary.text(&program, true),
        SummaryFormat::Json => format!("{:#}\n", summary.json(&program)),
        SummaryFormat::None => String::new(),
    };
    // The answers are the results; where a file takes them, the counts are.
    if written {
        output.print(&text)?
    } else {
        output.note(&text)?
    }
    Ok(if summary.rejected > 0 { Exit::Found } else { Exit::Done })
}

fn form(format: RowFormat) -> Form {
    match format {
        RowFormat::Ndjson => Form::Ndjson,
        RowFormat::Csv => Form::Csv,
    }
}

/// The columns that the mapping file names.
fn mapping(args: &Args) -> Result<Vec<(String, String)>, Failure> {
    let Some(path) = &args.map else { return Ok(Vec::new()) };
    let name = path.display();
    let bytes =
        super::files::read(path).map_err(|error| Failure::new(format!("cannot read `{name}`: {error}")))?;
    let map: std::collections::BTreeMap<String, String> =
        serde_json::from_slice(&bytes).map_err(|error| {
            Failure::new(format!("`{name}` is no object of names such as {{\"field\": \"column\"}}: {error}"))
        })?;
    Ok(map.into_iter().collect())
}

/// A flag that an interrupt sets, so that a run ends between two rounds.
fn interrupted() -> Result<Arc<AtomicBool>, Failure> {
    let flag = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&flag))
        .map_err(|error| Failure::new(format!("cannot listen for interrupts: {error}")))?;
    Ok(flag)
}

struct Run<'b, 'p, 'r> {
    batch: &'b Batch<'p, 'r>,
    threads: usize,
    target: Target,
    rejects: Option<Target>,
    /// Rejected rows shown so far.
    shown: u64,
    progress: Progress,
    stop: Arc<AtomicBool>,
    /// Whether what stands before the first row is written.
    begun: bool,
}

impl Run<'_, '_, '_> {
    /// Answers one input.
    fn source(&mut self, source: &Source, output: &mut Output) -> Result<Summary, Failure> {
        let mut reader = source.open()?;
        let mut split = Split::new(source.form == Form::Csv);
        let mut workers: Vec<Worker<'_, '_, '_>> = (0..self.threads).map(|_| self.batch.worker()).collect();
        let mut header: Option<Vec<String>> = None;
        let mut ended = false;
        while !ended {
            if self.stop.load(Ordering::Relaxed) {
                return Err(Failure::new("interrupted; nothing was written"));
            }
            let mut round: Vec<Rows> = Vec::new();
            while round.len() < self.threads && !ended {
                let bytes = source.read(&mut reader, CHUNK)?;
                ended = bytes.is_empty();
                self.progress.bytes(bytes.len());
                let mut rows = split.push(&bytes, ended);
                if source.form == Form::Csv && header.is_none() && !rows.bytes.is_empty() {
                    let (names, rest) = files::header(&source.name, &rows)?;
                    files::tell_idle(self.batch, &source.name, &names, output)?;
                    header = Some(names);
                    rows = rest;
                }
                round.push(rows);
            }
            if !std::mem::replace(&mut self.begun, true) {
                self.target.write(&self.batch.header())?;
            }
            let header = header.as_deref().unwrap_or(&[]);
            let form = source.form;
            std::thread::scope(|scope| {
                for (worker, rows) in workers.iter_mut().zip(&round) {
                    scope.spawn(move || answer(worker, rows, form, header));
                }
            });
            for worker in workers.iter_mut().take(round.len()) {
                let (answers, rejects) = worker.take();
                self.target.write(&answers)?;
                for reject in rejects {
                    self.reject(&source.name, reject.line, &reject.reason, output)?;
                }
            }
            self.progress.rows(workers.iter().map(|worker| worker.summary().rows).sum());
        }
        let idle: std::collections::BTreeSet<&str> = workers.iter().flat_map(Worker::idle).collect();
        files::tell(&source.name, &idle.into_iter().collect::<Vec<_>>(), output)?;
        let mut workers = workers.into_iter();
        let mut summary =
            workers.next().map_or_else(|| self.batch.worker().summary().clone(), |w| w.summary().clone());
        workers.for_each(|worker| summary.add(worker.summary()));
        self.progress.done(summary.rows);
        Ok(summary)
    }

    /// Sets a row aside: in the file for such rows, or the first of them beside the results.
    fn reject(&mut self, file: &str, line: u64, reason: &str, output: &mut Output) -> Result<(), Failure> {
        if let Some(rejects) = &mut self.rejects {
            let reject = serde_json::json!({
                "schema": "qudao.rejected/1", "file": file, "line": line, "reason": reason,
            });
            return rejects.write(format!("{reject}\n").as_bytes());
        }
        self.shown += 1;
        match self.shown {
            n if n <= SHOWN as u64 => {
                let text = format!("{file}:{line}: {reason}\n");
                output.note(&qudao::visible::visible(&text).replace("\\u{a}", "\n"))
            }
            n if n == SHOWN as u64 + 1 => {
                output.note("more rows are set aside; --rejects FILE lists them all\n")
            }
            _ => Ok(()),
        }
    }
}

fn answer(worker: &mut Worker<'_, '_, '_>, rows: &Rows, form: Form, header: &[String]) {
    match form {
        Form::Ndjson => worker.ndjson(&rows.bytes, rows.line),
        Form::Csv => worker.csv(&rows.bytes, header, rows.line),
    }
    for line in &rows.too_long {
        worker.reject(*line, "this row has more than 16 MiB".into());
    }
}

/// Shows the whole proof of one row.
fn explain(
    args: &Args,
    batch: &Batch<'_, '_>,
    sources: &[Source],
    line: u64,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let Some(source) = sources.first() else { return Ok(Exit::Done) };
    let ruleset = batch.program().ruleset();
    let mut reader = source.open()?;
    let mut split = Split::new(source.form == Form::Csv);
    let mut header: Vec<String> = Vec::new();
    loop {
        let bytes = source.read(&mut reader, CHUNK)?;
        let mut rows = split.push(&bytes, bytes.is_empty());
        if source.form == Form::Csv && header.is_empty() && !rows.bytes.is_empty() {
            (header, rows) = files::header(&source.name, &rows)?;
        }
        if let Some(object) = batch.profile_of(&rows, &header, source.form, line) {
            let object =
                object.map_err(|reason| Failure::new(format!("{}:{line}: {reason}", source.name)))?;
            let name = format!("{}:{line}", source.name);
            let read = profile::read(ruleset, &name, object.into_bytes(), Format::Json, &[]);
            let Some(profile) = &read.profile else {
                output.diagnostics(&read.files, &read.diagnostics, false)?;
                return Ok(Exit::Found);
            };
            output.diagnostics(&read.files, &read.diagnostics, false)?;
            let decision = decide(ruleset, profile, batch.program().ground().day);
            let speaker = Speaker::new(ruleset, args.lang.as_deref());
            let options = why::Options { top: None, colour: output.colour(), trace: true, why: None };
            output.print(&why::answer(&decision, speaker, &options))?;
            return Ok(if diagnostic::any_error(&read.diagnostics) { Exit::Found } else { Exit::Done });
        }
        if bytes.is_empty() {
            return Err(Failure::new(format!("no row of `{}` begins on line {line}", source.name)));
        }
    }
}
