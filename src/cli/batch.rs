//! `qudao batch`

mod explain;
mod files;
mod first_look;
mod flow;
mod input;
#[cfg_attr(not(feature = "parquet"), path = "batch/no_parquet.rs")]
mod parquet;
mod progress;
#[cfg_attr(not(feature = "xlsx"), path = "batch/no_sheet.rs")]
mod sheet;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use qudao_engine::program::Program;
use qudao_engine::program::batch::{Batch, Form, Options, Parts};
use qudao_language::date::Date;
use qudao_language::visible::visible_json;
use qudao_telling::summary::summary as tell;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::argument::Argument;
use super::files::is_standard_output;
use super::load::{self, Loaded};
use super::output::{Failure, Output};
use super::{Exit, completions, profiles};
use files::{Source, TableFormat};

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
pub(crate) enum Part {
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
    /// What its measures are; together with `range`, what they could be
    Measures,
}

const EXAMPLES: &str = "Examples:
  qudao batch wechat clients.csv -o answers.csv
  qudao batch wechat tables --to ndjson  all tables in a folder
  qudao batch wechat clients.csv --keep name --only first";

/// What `qudao batch` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, or the name of one inside the binary
    #[arg(add = completions::rulesets())]
    ruleset: Argument,
    /// Tables of profiles: .ndjson, .jsonl, .csv, .xlsx or .parquet files, folders or patterns of them, or `-`
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<Argument>,
    /// Write the answers to this file, whole or not at all (default, or `-`: standard output)
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How the input is written, whatever its ending
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<TableFormat>,
    /// Read the sheet of this name (default: the first that is not hidden)
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
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
    /// Write nothing: show which column is read as which field, and what the first ten rows give
    #[arg(long, conflicts_with_all = ["explain", "output", "rejects"])]
    dry_run: bool,
    /// How to write the counts at the end
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = SummaryFormat::Text)]
    summary: SummaryFormat,
    /// Run on so many threads (default: one a core)
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Read dated facts at this day (default: the ruleset's, else today)
    #[arg(long, value_name = "DATE", value_parser = profiles::date)]
    as_of: Option<Date>,
    /// Show texts in this language (default: that of `qudao.toml`, else the
    /// ruleset's first)
    #[arg(long, value_name = "TAG", add = completions::languages())]
    lang: Option<String>,
}

impl Args {
    /// The file that the answers go to; none where they go to standard output.
    fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| !is_standard_output(path))
    }

    /// Refuses to write over what is read, or two things into one file.
    fn apart(&self, loaded: &Loaded, sources: &[Source]) -> Result<(), Failure> {
        let rejects = self.rejects.as_deref().map(|path| Some(path).filter(|path| !is_standard_output(path)));
        let outputs = [("the answers", Some(self.file())), ("the rejected rows", rejects)];
        let outputs: Vec<_> = outputs.into_iter().filter_map(|(what, to)| Some((what, to?))).collect();
        let ruleset = loaded.paths().into_iter().map(|path| ("a file of the ruleset", path));
        let others: Vec<_> =
            ruleset.chain(self.map.clone().map(|path| ("the names of columns", path))).collect();
        files::part(&outputs, sources, &others)
    }
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let loaded = load::one(&args.ruleset)?;
    let Some(ruleset) = load::ruleset_of(&loaded, output)? else { return Ok(Exit::Found) };
    let day = args.as_of.or(ruleset.as_of).unwrap_or_else(profiles::today);
    let program = Program::new(&ruleset, day);
    let sources = files::sources(&args.inputs, args.from, args.sheet.as_deref())?;
    let ending = args.file().and_then(files::format_of);
    let like_input = sources.first().map_or(Form::Ndjson, |source| source.form);
    let to = match args.to.or(ending) {
        Some(format) => files::form(format)?,
        None => like_input,
    };
    // A workbook is made of rows with types.
    let in_book = args.to.or(ending) == Some(TableFormat::Xlsx);
    let to = if in_book { Form::Ndjson } else { to };
    let options = Options {
        columns: mapping(args)?,
        keep: args.keep.clone(),
        reasons: args.reasons || in_book,
        parts: parts(&args.only),
    };
    let batch = Batch::new(&program, &options, to).map_err(Failure::new)?;
    // What reasons say depends on the row.
    let batch = if in_book { batch.with_profiles() } else { batch };
    if let Some(line) = args.explain {
        return explain::explain(args, &loaded.project, &batch, &sources, line, output);
    }
    if args.dry_run {
        return first_look::show(args, &batch, &sources, output);
    }
    args.apart(&loaded, &sources)?;
    let speaker = profiles::speaker(&ruleset, args.lang.as_deref(), &loaded.project, output)?;
    let book = in_book.then(|| sheet::Workbook::open(args.file(), &batch, &sources, speaker)).transpose()?;
    let mut run = flow::Flow::new(args, &batch, sources, (to, book), output.quiet())?;
    let summary = run.run(output)?;
    let written = run.finish()?;
    let text = match args.summary {
        SummaryFormat::Text if output.quiet() => String::new(),
        SummaryFormat::Text => tell(&summary, &program).columns(output.width(), false),
        SummaryFormat::Markdown => tell(&summary, &program).markdown(),
        SummaryFormat::Json => visible_json(&format!("{:#}\n", summary.json(&program))).into_owned(),
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
pub(crate) fn parts(only: &[Part]) -> Parts {
    if only.is_empty() {
        return Parts::default();
    }
    Parts {
        verdict: only.contains(&Part::Verdict),
        leaning: only.contains(&Part::Leaning),
        score: only.contains(&Part::Score),
        range: only.contains(&Part::Range),
        needs: only.contains(&Part::Needs),
        measures: only.contains(&Part::Measures),
        bounds: only.contains(&Part::Measures) && only.contains(&Part::Range),
    }
}

/// The columns that the mapping file names.
fn mapping(args: &Args) -> Result<Vec<(String, String)>, Failure> {
    let Some(path) = &args.map else { return Ok(Vec::new()) };
    let name = path.display();
    let bytes = super::files::read_named(path)
        .map_err(|error| Failure::new(format!("cannot read `{name}`: {error}")))?;
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    super::files::merged(&name.to_string(), &String::from_utf8_lossy(text))?;
    let map: Pairs = serde_json::from_slice(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Failure::new(format!(
            "`{name}` is no object of names such as {{\"field\": \"column\"}}, from line {line}, column {column} on"
        ))
    })?;
    let mut known = BTreeSet::new();
    match map.0.iter().find(|(field, _)| !known.insert(field)) {
        Some((field, _)) => Err(Failure::new(format!("`{name}` names the column of `{field}` twice"))),
        None => Ok(map.0),
    }
}

/// The entries of an object of texts, in order, none left out.
struct Pairs(Vec<(String, String)>);

impl<'de> serde::Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pairs, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Pairs;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object of names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(All)
    }
}
