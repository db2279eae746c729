//! `qudao batch`

mod explain;
mod files;
mod flow;
mod input;
#[cfg_attr(not(feature = "parquet"), path = "batch/no_parquet.rs")]
mod parquet;
mod progress;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::ValueEnum;
use qudao::date::Date;
use qudao::program::Program;
use qudao::program::batch::{Batch, Form, Options, Parts};

use super::output::{Failure, Output};
use super::{Exit, completions, load, profiles};
use files::TableFormat;

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

/// What may be told of each target.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Part {
    /// Nothing but which target comes first
    First,
    /// Its verdict
    Verdict,
    /// What it leans to
    Leaning,
    /// Its score
    Score,
    /// What its score could be
    Range,
    /// What it needs that is not met
    Needs,
}

/// What `qudao batch` takes.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, or the name of one inside the binary
    #[arg(add = completions::rulesets())]
    ruleset: String,
    /// Tables of profiles: .ndjson, .jsonl, .csv or .parquet files, patterns such as `data/*.csv`, or `-`
    #[arg(required = true)]
    inputs: Vec<String>,
    /// Write the answers to this file, whole or not at all (default, or `-`: standard output)
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How the input is written, whatever its ending
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<TableFormat>,
    /// How to write the answers (default: by the ending of the output, else like the input)
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Option<TableFormat>,
    /// A JSON file with the column of each field that has another name: `{"field": "column"}`
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Take these columns over into the answers
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    keep: Vec<String>,
    /// List the rules that fired for each row
    #[arg(long)]
    reasons: bool,
    /// Tell only this of each target
    #[arg(long, value_enum, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// Write rows that cannot be used to this file, with their place and the reason
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Show the whole proof of the row on this line (for Parquet: of this number) of the first input, and nothing else
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
    #[arg(long, value_name = "TAG", add = completions::languages())]
    lang: Option<String>,
}

impl Args {
    /// The file that the answers go to; none where they go to standard output.
    fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| *path != Path::new("-"))
    }
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let Some(ruleset) = load::ruleset(&args.ruleset, output)? else { return Ok(Exit::Found) };
    let day = args.as_of.or(ruleset.as_of).unwrap_or_else(profiles::today);
    let program = Program::new(&ruleset, day);
    let sources = files::sources(&args.inputs, args.from)?;
    let ending = args.file().and_then(files::format_of);
    let like_input = sources.first().map_or(Form::Ndjson, |source| source.form);
    let to = match args.to.or(ending) {
        Some(format) => files::form(format)?,
        None => like_input,
    };
    let options = Options {
        columns: mapping(args)?,
        keep: args.keep.clone(),
        reasons: args.reasons,
        parts: parts(&args.only),
    };
    let batch = Batch::new(&program, &options, to).map_err(Failure::new)?;
    if let Some(line) = args.explain {
        return explain::explain(args, &batch, &sources, line, output);
    }
    let stop = interrupted()?;
    let mut run = flow::Flow::new(args, &batch, sources, to)?;
    let summary = run.run(&stop, output)?;
    let written = run.finish()?;
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

/// What is told of each target: everything where nothing is named.
fn parts(only: &[Part]) -> Parts {
    if only.is_empty() {
        return Parts::default();
    }
    Parts {
        verdict: only.contains(&Part::Verdict),
        leaning: only.contains(&Part::Leaning),
        score: only.contains(&Part::Score),
        range: only.contains(&Part::Range),
        needs: only.contains(&Part::Needs),
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

/// A flag that an interrupt sets, so that a run ends and leaves nothing half written.
fn interrupted() -> Result<Arc<AtomicBool>, Failure> {
    let flag = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&flag))
        .map_err(|error| Failure::new(format!("cannot listen for interrupts: {error}")))?;
    Ok(flag)
}
