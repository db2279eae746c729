//! `qudao facts`

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use qudao_language::date::Date;
use qudao_language::model::Ruleset;
use qudao_telling::facts::{self, Selection, Unnamed};
use qudao_telling::words::Speaker;

use super::argument::{Argument, meant};
use super::load::Loaded;
use super::output::{Failure, Output};
use super::written::{Formats, Written};
use super::{Exit, completions, load, profiles, workbook};

/// How facts are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Format {
    /// For people, as wide as the terminal
    Text,
    /// One document
    Json,
    /// For reports
    Markdown,
    /// A sheet, a fact a row, as `facts from csv` reads it
    Csv,
    /// The same as a workbook; only in a program that was built with `--features xlsx`
    Xlsx,
}

impl Formats for Format {
    const TEXT: Format = Format::Text;
    const JSON: Format = Format::Json;
}

const EXAMPLES: &str = "Examples:
  qudao facts wechat                     the channels side by side
  qudao facts wechat --stale 180d        whose sources are old
  qudao facts wechat --format csv -o facts.csv";

/// What `qudao facts` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, or the name of one inside the binary
    #[arg(add = completions::rulesets())]
    ruleset: Argument,
    /// Only the facts of this channel; more than one may be named
    #[arg(long, value_name = "CHANNEL", conflicts_with = "cited", add = completions::channels())]
    channel: Vec<String>,
    /// Only this fact, parameter, measure or entry: `fee`, `fee[card]`; more than one may be named
    #[arg(long, value_name = "FACT", conflicts_with = "cited", add = completions::facts())]
    fact: Vec<String>,
    /// Only the facts whose sources were all read longer ago than this: `180d`, `26w`; some are found: exit status 1
    #[arg(long, value_name = "AGE", value_parser = age, conflicts_with = "cited")]
    stale: Option<i64>,
    /// The text of this source, with what of it is cited, and by whom
    #[arg(long, value_name = "SOURCE", add = completions::sources())]
    cited: Option<String>,
    /// Look for the texts of sources in this folder too
    #[arg(long, value_name = "DIR", requires = "cited")]
    texts: Option<PathBuf>,
    /// Read facts, and count their age, at this day (default: the ruleset's for facts, else today)
    #[arg(long, value_name = "DATE", value_parser = profiles::date)]
    as_of: Option<Date>,
    /// Show texts in this language (default: that of `qudao.toml`, else the
    /// ruleset's first)
    #[arg(long, value_name = "TAG", add = completions::languages())]
    lang: Option<String>,
    #[command(flatten)]
    pub(crate) written: Written<Format>,
}

/// Reads an age: days, or weeks.
fn age(text: &str) -> Result<i64, String> {
    let (digits, days) = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(digits), _) => (digits, 1),
        (_, Some(digits)) => (digits, 7),
        _ => (text, 0),
    };
    let number: Option<i64> = digits.parse::<u32>().ok().map(i64::from);
    number
        .filter(|_| days > 0)
        .map(|number| number * days)
        .ok_or_else(|| "expected days or weeks such as 180d or 26w".into())
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let loaded = load::one_with(&args.ruleset, args.texts.as_deref())?;
    let Some(ruleset) = load::ruleset_of(&loaded, output)? else { return Ok(Exit::Found) };
    let speaker = profiles::speaker(&ruleset, args.lang.as_deref(), &loaded.project, output)?;
    if let Some(name) = &args.cited {
        return cited(args, &loaded, speaker, name, output);
    }
    let selection =
        Selection::of(&ruleset, &args.channel, &args.fact).map_err(|name| unnamed(&ruleset, &name))?;
    if let Some(days) = args.stale {
        let today = args.as_of.unwrap_or_else(profiles::today);
        let mut found = facts::stale(&ruleset, today, days);
        found.retain(|aged| selection.has(aged.channel, aged.entry));
        match args.written.format() {
            Format::Json => {
                output.print_json(&format!("{:#}\n", facts::stale_json(speaker, today, days, &found)))?
            }
            Format::Text => output.print(&facts::stale_text(speaker, today, &found))?,
            Format::Markdown => output.print(&facts::stale_markdown(speaker, today, &found))?,
            Format::Csv | Format::Xlsx => return Err(no_sheet("--stale")),
        }
        return Ok(if found.is_empty() { Exit::Done } else { Exit::Found });
    }
    let day = args.as_of.or(ruleset.as_of).unwrap_or_else(profiles::today);
    match args.written.format() {
        Format::Json => output.print_json(&format!("{:#}\n", facts::to_json(speaker, day, &selection)))?,
        Format::Text | Format::Markdown => {
            let markdown = args.written.format() == Format::Markdown;
            output.report(&facts::sheet(speaker, day, &selection), markdown)?;
        }
        // A sheet has room for the facts of every day.
        Format::Csv => output.print(&facts::csv(&ruleset, args.as_of, &selection))?,
        Format::Xlsx => output.workbook(|| workbook::facts(&ruleset, args.as_of, &selection, day))?,
    }
    Ok(Exit::Done)
}

/// Says of which kind a name is not, and what is near it.
fn unnamed(ruleset: &Ruleset, unnamed: &Unnamed) -> Failure {
    match unnamed {
        Unnamed::Channel(name) => {
            unknown(ruleset, "channel", name, ruleset.channels.iter().map(|channel| &*channel.name))
        }
        Unnamed::Fact(name) => unknown(ruleset, "fact", name, ruleset.facts.iter().map(|fact| &*fact.name)),
    }
}

/// Says that a ruleset has nothing of a name, and what is near it, or what there is.
fn unknown<'n>(ruleset: &Ruleset, kind: &str, name: &str, names: impl Iterator<Item = &'n str>) -> Failure {
    let names: Vec<&str> = names.collect();
    let hint = meant(name, names.iter().copied(), ("there are", &names));
    Failure::new(format!("`{}` has no {kind} `{name}`{hint}", ruleset.name))
}

/// Only the facts themselves are written as a sheet.
fn no_sheet(option: &str) -> Failure {
    Failure::new(format!("`--format csv` writes the facts themselves, and nothing with `{option}`"))
}

/// Reads the text of a source from a folder.
fn text_in(folder: &Path, path: &str) -> Result<String, Failure> {
    let bytes = load::read_inside(folder, &load::text_path(folder, path)).map_err(|error| {
        Failure::new(format!("cannot read the text `{path}` in `{}`: {error}", folder.display()))
    })?;
    String::from_utf8(bytes).map_err(|_| Failure::new(format!("the text `{path}` is not UTF-8")))
}

fn cited(
    args: &Args,
    loaded: &Loaded,
    speaker: Speaker<'_>,
    name: &str,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let ruleset: &Ruleset = speaker.ruleset;
    let Some(source) = ruleset.sources.find(|source| &*source.name == name) else {
        return Err(unknown(ruleset, "source", name, ruleset.sources.iter().map(|source| &*source.name)));
    };
    let (path, file) = loaded.sources.source_text(name).ok_or_else(|| {
        Failure::new(format!("the source `{name}` names no text: `text \"FILE\"` in its declaration does"))
    })?;
    let text = match (file, args.texts.as_ref().or(loaded.project.texts.as_ref())) {
        (Some(file), _) => loaded.sources.files().get(file).text().to_string(),
        // A ruleset from inside the program brings no texts along.
        (None, Some(folder)) => text_in(folder, path)?,
        (None, None) => {
            return Err(Failure::new(format!(
                "the text of `{name}`, `{path}`, is not here, and a lock holds no words; `--texts DIR` tells where it is"
            )));
        }
    };
    let text = text.as_str();
    let passages = facts::cited(ruleset, source, text);
    match args.written.format() {
        Format::Json => {
            output.print_json(&format!("{:#}\n", facts::cited_json(ruleset, source, text, &passages)))?
        }
        Format::Text => output.print(&facts::cited_text(speaker, text, &passages))?,
        Format::Markdown => output.print(&facts::cited_markdown(speaker, text, &passages))?,
        Format::Csv | Format::Xlsx => return Err(no_sheet("--cited")),
    }
    Ok(Exit::Done)
}
