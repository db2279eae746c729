//! `qudao fmt`

use std::path::Path;

use qudao_language::format::{Refusal, format};
use qudao_language::source::MAX_FILE_BYTES;

use super::argument::Argument;
use super::output::{Failure, Output};
use super::project::Project;
use super::written::To;
use super::{Exit, completions, files, load};

const EXAMPLES: &str = "Examples:
  qudao fmt                              the files of the project
  qudao fmt --check                      change nothing, and say which would
  qudao fmt shop.qd -o -                 print it laid out, and write nothing
  qudao fmt - < shop.qd                  from standard input";

/// What `qudao fmt` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, or folders with all `.qd` files below them; `-` is standard input (default: those of `qudao.toml`, else the
    /// current folder)
    #[arg(value_name = "PATH", add = completions::rulesets())]
    paths: Vec<Argument>,
    /// Change nothing; say which files would change
    #[arg(long)]
    check: bool,
    /// Change nothing; show what would change
    #[arg(long)]
    diff: bool,
    #[command(flatten)]
    pub(crate) to: To,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let standard_input = args.paths.iter().any(|path| &**path == "-");
    if standard_input {
        if args.paths.len() > 1 {
            return Err(Failure::new("`-` stands alone"));
        }
        let bytes =
            files::read_stdin().map_err(|error| Failure::new(format!("cannot read the input: {error}")))?;
        return one(args, "-", bytes, None, output);
    }
    let mut found = Vec::new();
    for path in &Project::rulesets(&args.paths)? {
        match path.path().is_dir() {
            true => found.extend(load::below(path.path())?.into_iter().map(|file| (false, file))),
            false => found.push((true, path.path().to_path_buf())),
        }
    }
    let elsewhere = args.to.file().is_some();
    if elsewhere && !args.check && !args.diff && found.len() != 1 {
        let count = found.len();
        return Err(Failure::new(format!("`--output` takes one file laid out, and {count} are named")));
    }
    let mut exit = Exit::Done;
    let mut failure = None;
    for (named, file) in found {
        let name = file.to_string_lossy().into_owned();
        let bytes = match if named { files::read_named(&file) } else { files::read(&file) } {
            Ok(bytes) => bytes,
            Err(error) => {
                failure = Some(Failure::new(format!("cannot read `{name}`: {error}")));
                continue;
            }
        };
        // A pipe is printed like standard input: nobody reads what would be written into it.
        let target = Some(file.as_path()).filter(|file| !elsewhere && !files::is_stream(file));
        if one(args, &name, bytes, target, output)? == Exit::Found {
            exit = Exit::Found;
        }
    }
    failure.map_or(Ok(exit), Err)
}

/// Lays one file out, or says what keeps it from that.
fn one(
    args: &Args,
    name: &str,
    bytes: Vec<u8>,
    path: Option<&Path>,
    output: &mut Output,
) -> Result<Exit, Failure> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Failure::new(format!("`{name}` has more than {} MiB", MAX_FILE_BYTES / 1024 / 1024)));
    }
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(Failure::new(format!("`{name}` is not UTF-8; it is left alone")));
    };
    let laid_out = match format(name, &text) {
        Ok(laid_out) => laid_out,
        Err(refusal) => match *refusal {
            Refusal::Errors(files, diagnostics) => {
                let errors = qudao_language::diagnostic::told_errors(diagnostics);
                output.diagnostics(&files, &errors, false)?;
                output.note(&format!("{name} is left alone\n"))?;
                return Ok(Exit::Found);
            }
            Refusal::Changed => {
                return Err(Failure::new(format!(
                    "the layout of `{name}` would change what it says, so it is left alone; this is a mistake in qudao"
                )));
            }
        },
    };
    let changes = laid_out != text;
    if args.diff {
        if changes {
            let diff = similar::TextDiff::from_lines(&text, &laid_out);
            let shown = diff.unified_diff().header(name, name).to_string();
            output.print(&shown)?;
        }
    } else if args.check {
        if changes {
            output.print(&format!("{name}\n"))?;
        }
    } else if let Some(path) = path {
        if changes {
            files::replace(path, &laid_out)
                .map_err(|error| Failure::new(format!("cannot write `{name}`: {error}")))?;
            output.hint(&format!("{name}\n"))?;
        }
        return Ok(Exit::Done);
    } else {
        output.print_as_it_is(&laid_out)?;
        return Ok(Exit::Done);
    }
    Ok(if changes { Exit::Found } else { Exit::Done })
}
