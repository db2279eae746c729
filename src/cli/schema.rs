//! `qudao schema`

use qudao_language::profile::schema;

use super::argument::Argument;
use super::output::{Failure, Output};
use super::profiles::speaker;
use super::written::To;
use super::{Exit, completions, load};

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
    #[command(flatten)]
    pub(crate) to: To,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let Some((loaded, ruleset)) = load::ruleset(&args.ruleset, output)? else { return Ok(Exit::Found) };
    let speaker = speaker(&ruleset, args.lang.as_deref(), &loaded.project, output)?;
    output.print_json(&format!("{:#}\n", schema(&ruleset, speaker.language)))?;
    Ok(Exit::Done)
}
