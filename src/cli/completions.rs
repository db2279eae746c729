//! `qudao completions`, and what the shell asks when somebody presses tab.

mod install;
mod man;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{CommandFactory, ValueEnum};
use clap_complete::CompletionCandidate;
use clap_complete::engine::{ArgValueCompleter, PathCompleter, ValueCompleter};
use clap_complete::env::{CompleteEnv, Shells};
use qudao_language::check::check;
use qudao_language::diagnostic::Code;
use qudao_language::model::{Ruleset, Type};
use qudao_language::visible::is_hidden;

use super::argument::Argument;
use super::choice::Kind;
use super::output::{Failure, Output};
use super::written::To;
use super::{Exit, load};

/// By this variable the script of a shell asks the binary for candidates.
const VARIABLE: &str = "QUDAO_COMPLETE";

/// The shells that can be taught.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Shell {
    /// Bash
    Bash,
    /// Elvish
    Elvish,
    /// Fish
    Fish,
    /// PowerShell
    Powershell,
    /// Zsh
    Zsh,
}

impl Shell {
    fn name(self) -> &'static str {
        match self {
            Shell::Bash => "bash",
            Shell::Elvish => "elvish",
            Shell::Fish => "fish",
            Shell::Powershell => "powershell",
            Shell::Zsh => "zsh",
        }
    }
}

const EXAMPLES: &str = "Examples:
  qudao completions install --dry-run    say what would be written where
  qudao completions install bash         completion and man pages for yourself
  qudao completions bash                 print the script
  qudao completions man eval             print the man page of a command";

/// What `qudao completions` takes.
#[derive(clap::Args, Debug)]
#[command(
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true
)]
pub(crate) struct Args {
    /// The shell to print the script for
    #[arg(value_enum, required = true)]
    shell: Option<Shell>,
    #[command(flatten)]
    to: To,
    #[command(subcommand)]
    other: Option<Other>,
}

/// What is printed or done besides.
#[derive(clap::Subcommand, Debug)]
enum Other {
    /// Print the man page of the program, or of one of its commands
    Man {
        /// The command
        command: Option<String>,
        #[command(flatten)]
        to: To,
    },
    /// Write completion and man pages where your shell and `man` find them
    Install(install::Args),
}

impl Args {
    /// The file that the result goes to.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.other {
            None => self.to.file(),
            Some(Other::Man { to, .. }) => to.file(),
            Some(Other::Install(_)) => None,
        }
    }
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    match (&args.other, args.shell) {
        (Some(Other::Install(args)), _) => return install::run(args, output),
        (Some(Other::Man { command, .. }), _) => output.print_as_it_is(&man::page(command.as_deref())?)?,
        (None, Some(shell)) => output.print_as_it_is(&script(shell)?)?,
        (None, None) => return Err(Failure::new("no shell is named")),
    }
    Ok(Exit::Done)
}

/// Returns the script that teaches a shell.
fn script(shell: Shell) -> Result<String, Failure> {
    let name = shell.name();
    let shells = Shells::builtins();
    let Some(shell) = shells.completer(name) else {
        return Err(Failure::new(format!("there is no script for the shell `{name}`")));
    };
    let mut script = Vec::new();
    shell
        .write_registration(VARIABLE, "qudao", "qudao", "qudao", &mut script)
        .map_err(|error| Failure::new(format!("cannot write the script: {error}")))?;
    Ok(String::from_utf8_lossy(&script).into_owned())
}

/// Answers a shell that asks for candidates, and ends the process then.
pub(crate) fn answer<C: CommandFactory>(arguments: &[OsString]) {
    let asked = CompleteEnv::with_factory(C::command).var(VARIABLE);
    let folder = std::env::current_dir().ok();
    match asked.try_complete(arguments.iter().cloned(), folder.as_deref()) {
        Ok(false) => {}
        Ok(true) => std::process::exit(0),
        Err(error) => error.exit(),
    }
}

/// Rulesets: those inside the binary, files and folders.
pub(crate) fn rulesets() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let mut found = names(current, qudao_language::bundled::names());
        found.extend(paths(current, &["qd"]));
        found
    })
}

/// The codes of diagnostics, and the words for several of them.
pub(crate) fn findings() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| names(current, Kind::names()))
}

/// The codes of diagnostics.
pub(crate) fn codes() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| names(current, Code::ALL.iter().map(|code| code.name())))
}

/// The channels and mixes of the ruleset that the command line names.
pub(crate) fn targets() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let Some(ruleset) = ruleset() else { return Vec::new() };
        let channels = ruleset.channels.iter().map(|channel| &*channel.name);
        names(current, channels.chain(ruleset.mixes.iter().map(|mix| &*mix.name)))
    })
}

/// The channels of the ruleset that the command line names.
pub(crate) fn channels() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let Some(ruleset) = ruleset() else { return Vec::new() };
        names(current, ruleset.channels.iter().map(|channel| &*channel.name))
    })
}

/// The facts and parameters of the ruleset that the command line names.
pub(crate) fn facts() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let Some(ruleset) = ruleset() else { return Vec::new() };
        names(current, ruleset.facts.iter().map(|fact| &*fact.name))
    })
}

/// The languages of the ruleset that the command line names.
pub(crate) fn languages() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let Some(ruleset) = ruleset() else { return Vec::new() };
        names(current, ruleset.languages.iter().map(|tag| &**tag))
    })
}

/// The sources of the ruleset that the command line names.
pub(crate) fn sources() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let Some(ruleset) = ruleset() else { return Vec::new() };
        names(current, ruleset.sources.iter().map(|source| &*source.name))
    })
}

/// A profile, or where the profile is told already a target, a rule or a table.
pub(crate) fn profiles_and_names() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let mut found = targets().complete(current);
        if let Some(ruleset) = ruleset() {
            found.extend(names(current, ruleset.rules.iter().map(|rule| &*rule.name)));
            found.extend(names(current, ruleset.tables.iter().map(|table| &*table.name)));
        }
        found.extend(paths(current, &["yaml", "yml", "json", "toml"]));
        found
    })
}

/// `FIELD=`, then its values where they can be listed.
pub(crate) fn assignments() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let Some(ruleset) = ruleset() else { return Vec::new() };
        let fields = ruleset.fields.iter();
        let all: Vec<String> = match current.to_str().and_then(|current| current.split_once('=')) {
            None => fields.map(|field| format!("{}=", field.name)).collect(),
            Some((name, _)) => {
                let Some(field) = ruleset.fields.iter().find(|field| &*field.name == name) else {
                    return Vec::new();
                };
                let mut values: Vec<String> = match field.ty {
                    Type::Bool => vec!["true".into(), "false".into()],
                    Type::Enum(id) | Type::Set(id) => {
                        ruleset.enums[id].members.iter().map(|member| member.name.to_string()).collect()
                    }
                    Type::Number(_) | Type::Text | Type::Date => Vec::new(),
                };
                values.push("unknown".into());
                values.into_iter().map(|value| format!("{name}={value}")).collect()
            }
        };
        names(current, all.iter().map(String::as_str))
    })
}

/// Returns those names that go on as the word begins.
fn names<'n>(current: &OsStr, names: impl Iterator<Item = &'n str>) -> Vec<CompletionCandidate> {
    let Some(begun) = current.to_str() else { return Vec::new() };
    names.filter(|name| name.starts_with(begun)).map(CompletionCandidate::new).collect()
}

/// Returns folders and the files with some endings, but none whose name holds what steers a terminal: a shell prints
/// candidates as they are.
fn paths(current: &OsStr, endings: &'static [&'static str]) -> Vec<CompletionCandidate> {
    let of_interest = |path: &Path| {
        path.is_dir() || path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known))
    };
    let mut found = PathCompleter::any().filter(of_interest).complete(current);
    found.retain(|path| !path.get_value().to_string_lossy().chars().any(is_hidden));
    found
}

/// Loads the ruleset that the command line names: the first word behind the command that is one. Nothing is said of
/// what is wrong with it.
fn ruleset() -> Option<Ruleset> {
    // `qudao -- qudao why RULESET …`: what stands before `--` is for the shell.
    let words: Vec<Argument> =
        std::env::args_os().skip_while(|word| word != "--").skip(3).map(Argument::from).collect();
    let is_ruleset = |word: &&Argument| {
        qudao_language::bundled::names().any(|name| name == &***word)
            || word.ends_with(".qd")
            || word.path().is_dir()
    };
    let loaded = load::one(words.iter().find(is_ruleset)?).ok()?;
    check(&loaded.sources).ruleset
}
