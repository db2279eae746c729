//! `qudao explain`

use qudao_language::diagnostic::{Code, nearest};

use super::choice::unknown_code;
use super::output::{Failure, Output};
use super::written::To;
use super::{Exit, completions};

const EXAMPLES: &str = "Examples:
  qudao explain                          all codes
  qudao explain unknown-field            what one of them means";

/// What `qudao explain` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The code of a diagnostic, such as `unknown-field`; without one, all are listed
    #[arg(add = completions::codes())]
    code: Option<String>,
    #[command(flatten)]
    pub(crate) to: To,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let Some(name) = &args.code else {
        let width = Code::ALL.iter().map(|code| code.name().len()).max().unwrap_or(0);
        for code in Code::ALL {
            let title = code.page().lines().find_map(|line| line.strip_prefix("# ")).unwrap_or("");
            let title = title.split_once(": ").map_or(title, |(_, title)| title);
            output.print(&format!("{:width$}  {title}\n", code.name()))?;
        }
        return Ok(Exit::Done);
    };
    match Code::parse(name) {
        Some(code) => {
            output.print(code.page())?;
            Ok(Exit::Done)
        }
        None => {
            let near = nearest(name, Code::ALL.iter().map(|code| code.name()));
            Err(Failure::new(unknown_code(name, near)))
        }
    }
}
