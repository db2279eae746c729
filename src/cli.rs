//! The command line: one file a command. A command reads, calls the library, prints.

mod argument;
mod ask;
mod batch;
mod budget;
mod check;
mod completions;
mod diff;
mod eval;
mod explain;
mod facts;
mod files;
mod fmt;
mod git;
mod load;
mod new;
mod output;
mod paths;
mod profiles;
mod review;
mod schema;
mod snapshots;
mod test;
mod watch;
mod why;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use output::{Colour, Failure, Output};

/// Choose a channel by facts and rules, with reasons that can be traced
#[derive(Parser)]
#[command(name = "qudao", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Args {
    /// When to use colours: auto, always or never
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t = Colour::Auto,
        value_name = "WHEN",
        hide_possible_values = true,
        hide_default_value = true
    )]
    color: Colour,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  qudao eval wechat profile.yaml            rank the channels for a business, and say why
  qudao eval wechat --set entity_type=company --set sells_in_wechat=true
  qudao why wechat profile.yaml service     the whole proof of one verdict
  qudao check rules.qd                      everything wrong in a ruleset
  qudao explain unknown-field               what a diagnostic means";

#[derive(Subcommand)]
enum Command {
    /// Rank the channels for each profile and say why
    Eval(eval::Args),
    /// Ask for what the answer depends on, the question that settles most first
    Ask(ask::Args),
    /// Answer tables of profiles: NDJSON or CSV in, decisions out
    Batch(batch::Args),
    /// Show the whole proof of one verdict
    Why(why::Args),
    /// Report everything wrong or doubtful in rulesets
    Check(check::Args),
    /// Tell what a change of rules changes, for given profiles and for all
    Diff(diff::Args),
    /// Lay files out in the one canonical way, comments kept
    Fmt(fmt::Args),
    /// Run the tests of rulesets
    Test(test::Args),
    /// Step through changed snapshots, grouped by what moved them
    Review(review::Args),
    /// Show the facts, channels side by side, with their sources
    Facts(facts::Args),
    /// Make a folder with a ruleset to start from
    New(new::Args),
    /// Print the JSON Schema of a ruleset's profiles
    Schema(schema::Args),
    /// Say what a diagnostic means, with a wrong and a right example
    Explain(explain::Args),
    /// Print the script that teaches a shell to complete commands and names
    Completions(completions::Args),
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// Done, and nothing wrong.
    Done,
    /// Done, and something wrong was found.
    Found,
}

pub(crate) fn run() -> ExitCode {
    completions::answer::<Args>();
    let args = Args::parse();
    let mut output = Output::new(args.color);
    let ended = match args.command {
        Command::Eval(args) => eval::run(&args, &mut output),
        Command::Ask(args) => ask::run(&args, &mut output),
        Command::Batch(args) => batch::run(&args, &mut output),
        Command::Why(args) => why::run(&args, &mut output),
        Command::Check(args) => check::run(&args, &mut output),
        Command::Diff(args) => diff::run(&args, &mut output),
        Command::Fmt(args) => fmt::run(&args, &mut output),
        Command::Test(args) => test::run(&args, &mut output),
        Command::Review(args) => review::run(&args, &mut output),
        Command::Facts(args) => facts::run(&args, &mut output),
        Command::Schema(args) => schema::run(&args, &mut output),
        Command::Explain(args) => explain::run(&args, &mut output),
        Command::Completions(args) => completions::run(&args, &mut output),
        Command::New(args) => new::run(&args, &mut output),
    };
    let ended = ended.and_then(|exit| output.flush().map(|()| exit));
    match ended {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::Found) => ExitCode::from(1),
        Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(Failure::Message(message)) => {
            output.fail(&message);
            ExitCode::from(2)
        }
    }
}
