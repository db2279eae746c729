//! The command line: one file a command. A command reads, calls the library, prints.

mod argument;
mod ask;
pub(crate) mod batch;
pub(crate) mod budget;
mod check;
mod choice;
mod completions;
pub(crate) mod diff;
mod doc;
pub(crate) mod eval;
mod explain;
mod facts;
pub(crate) mod files;
mod fmt;
mod git;
pub(crate) mod load;
mod lsp;
mod new;
pub(crate) mod output;
#[cfg_attr(not(feature = "page"), path = "cli/no_page.rs")]
mod page;
mod paths;
pub(crate) mod profiles;
pub(crate) mod project;
mod rename;
mod report;
mod review;
mod schema;
pub(crate) mod snapshots;
pub(crate) mod test;
mod verify;
mod watch;
mod why;
#[cfg_attr(not(feature = "xlsx"), path = "cli/no_workbook.rs")]
mod workbook;
mod written;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use output::{Colour, Failure, Output};

/// Choose a channel by facts and rules, with reasons that can be traced
#[derive(Parser)]
#[command(
    name = "qudao",
    disable_version_flag = true,
    override_usage = "qudao [OPTIONS] <COMMAND>",
    after_help = EXAMPLES,
    arg_required_else_help = true
)]
struct Args {
    /// When to use colours: auto, always or never
    #[arg(
        long,
        global = true,
        help_heading = GLOBAL,
        value_enum,
        default_value_t = Colour::Auto,
        value_name = "WHEN",
        hide_possible_values = true,
        hide_default_value = true
    )]
    color: Colour,
    /// Print the result alone: no hints, no counts
    #[arg(long, short, global = true, help_heading = GLOBAL, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more: which files were read; in `test`, what passed
    #[arg(long, short, global = true, help_heading = GLOBAL)]
    verbose: bool,
    /// Print the version; with `-v`, what is built in
    #[arg(long, short = 'V')]
    version: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

const GLOBAL: &str = "Global options";

const EXAMPLES: &str = "Examples:
  qudao eval wechat profile.yaml         rank the channels, and say why
  qudao eval wechat --set entity_type=company --set sells_in_wechat=true
  qudao why wechat profile.yaml service  the whole proof of one verdict
  qudao check shop.qd                    everything wrong in a ruleset
  qudao explain unknown-field            what a diagnostic means";

#[derive(Subcommand)]
enum Command {
    /// Rank the channels for each profile and say why
    Eval(eval::Args),
    /// Ask for what the answer depends on, the question that settles most first
    Ask(ask::Args),
    /// Write an answer to hand over: a page for a browser or for paper
    Report(report::Args),
    /// Write a ruleset as pages to browse: what it asks, knows and decides, and why
    Doc(doc::Args),
    /// Answer tables of profiles: NDJSON or CSV in, decisions out
    Batch(batch::Args),
    /// Show the whole proof of one verdict
    Why(why::Args),
    /// Report everything wrong or doubtful in rulesets
    Check(check::Args),
    /// Tell what a change of rules changes, for given profiles and for all
    Diff(diff::Args),
    /// Replay a certificate of an answer, and compare it with rules at hand
    Verify(verify::Args),
    /// Lay files out in the one canonical way, comments kept
    Fmt(fmt::Args),
    /// Give a name of a ruleset another, wherever it stands
    Rename(rename::Args),
    /// Run the tests of rulesets
    Test(test::Args),
    /// Step through changed snapshots, grouped by what moved them
    Review(review::Args),
    /// Show the facts, channels side by side, with their sources
    Facts(facts::Args),
    /// Make a folder with a ruleset to start from
    New(new::Args),
    /// Print the JSON Schema of a ruleset's profiles, or make a form to fill in
    Schema(schema::Args),
    /// Say what a diagnostic means, with a wrong and a right example
    Explain(explain::Args),
    /// Answer an editor as a language server
    Lsp(lsp::Args),
    /// Teach a shell to complete commands and names; man pages
    Completions(completions::Args),
}

impl Command {
    /// The file that the result goes to, of those commands that write nothing else.
    fn file(&self) -> Option<&Path> {
        match self {
            Command::Eval(args) => args.written.to.file(),
            Command::Why(args) => args.written.to.file(),
            Command::Verify(args) => args.written.to.file(),
            Command::Check(args) => args.written.to.file(),
            Command::Diff(args) => args.written.to.file(),
            Command::Test(args) => args.written.to.file(),
            Command::Facts(args) => args.written.to.file(),
            Command::Schema(args) => args.to.file(),
            Command::Fmt(args) => args.to.file(),
            Command::Explain(args) => args.to.file(),
            Command::Completions(args) => args.file(),
            Command::Ask(_)
            | Command::Batch(_)
            | Command::Doc(_)
            | Command::Lsp(_)
            | Command::New(_)
            | Command::Rename(_)
            | Command::Report(_)
            | Command::Review(_) => None,
        }
    }
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// Done, and nothing wrong.
    Done,
    /// Done, and something wrong was found.
    Found,
}

/// Runs the command that these arguments name, the program's own name before them. What cannot be understood, and
/// `--help`, end the process.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    completions::answer::<Args>(&arguments);
    let args = Args::parse_from(arguments);
    let mut output = Output::new(args.color, args.quiet, args.verbose);
    let ended = match args.command {
        Some(asked) => output.write_to(asked.file()).and_then(|()| command(asked, &mut output)),
        None if args.version => output.print(&version(args.verbose)).map(|()| Exit::Done),
        None => Args::command().error(ErrorKind::MissingSubcommand, "no command is named").exit(),
    };
    let ended = ended.and_then(|exit| output.finish(exit).map(|()| exit));
    if args.verbose {
        output.files();
    }
    match ended {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::Found) => ExitCode::from(1),
        Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(failure) => {
            output.fail(&failure);
            ExitCode::from(2)
        }
    }
}

fn version(verbose: bool) -> String {
    let line = format!("qudao {}\n", env!("CARGO_PKG_VERSION"));
    if !verbose {
        return line;
    }
    let features = [
        ("arrow", cfg!(feature = "arrow")),
        ("parquet", cfg!(feature = "parquet")),
        ("xlsx", cfg!(feature = "xlsx")),
    ];
    let features: Vec<&str> = features.iter().filter(|(_, is_in)| *is_in).map(|(name, _)| *name).collect();
    let features = if features.is_empty() { "none".into() } else { features.join(", ") };
    let commit = option_env!("QUDAO_COMMIT").unwrap_or("unknown");
    format!("{line}features: {features}\ncommit: {commit}\n")
}

fn command(command: Command, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        Command::Eval(args) => eval::run(&args, output),
        Command::Ask(args) => ask::run(&args, output),
        Command::Report(args) => report::run(&args, output),
        Command::Doc(args) => doc::run(&args, output),
        Command::Batch(args) => batch::run(&args, output),
        Command::Why(args) => why::run(&args, output),
        Command::Verify(args) => verify::run(&args, output),
        Command::Check(args) => check::run(&args, output),
        Command::Diff(args) => diff::run(&args, output),
        Command::Fmt(args) => fmt::run(&args, output),
        Command::Rename(args) => rename::run(&args, output),
        Command::Test(args) => test::run(&args, output),
        Command::Review(args) => review::run(&args, output),
        Command::Facts(args) => facts::run(&args, output),
        Command::Schema(args) => schema::run(&args, output),
        Command::Explain(args) => explain::run(&args, output),
        Command::Lsp(args) => lsp::run(&args),
        Command::Completions(args) => completions::run(&args, output),
        Command::New(args) => new::run(&args, output),
    }
}
