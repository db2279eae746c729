//! `qudao schema`

use clap::ValueEnum;

use qudao_language::profile::schema;

use super::argument::Argument;
use super::output::{Failure, Output};
use super::profiles::speaker;
use super::written::To;
use super::{Exit, completions, load, workbook};

/// How the fields of a profile are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Format {
    /// JSON Schema
    Json,
    /// A workbook to fill in; only in a program that was built with `--features xlsx`
    Xlsx,
}

const EXAMPLES: &str = "Examples:
  qudao schema wechat -o wechat.json     for editors that complete profiles";

/// What `qudao schema` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, or the name of one inside the binary
    #[arg(add = completions::rulesets())]
    ruleset: Argument,
    /// Show texts in this language (default: that of `qudao.toml`, else the
    /// ruleset's first)
    #[arg(long, value_name = "TAG", add = completions::languages())]
    lang: Option<String>,
    /// How to write the result (default: by the ending of the output, else JSON)
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    #[command(flatten)]
    pub(crate) to: To,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let Some((loaded, ruleset)) = load::ruleset(&args.ruleset, output)? else { return Ok(Exit::Found) };
    let speaker = speaker(&ruleset, args.lang.as_deref(), &loaded.project, output)?;
    let ending = args.to.file().and_then(std::path::Path::extension);
    let by_ending = ending.is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx")).then_some(Format::Xlsx);
    match args.format.or(by_ending).unwrap_or(Format::Json) {
        Format::Json => output.print_json(&format!("{:#}\n", schema(&ruleset, speaker.language)))?,
        Format::Xlsx => output.workbook(|| workbook::form(&speaker, ruleset.as_of))?,
    }
    Ok(Exit::Done)
}
