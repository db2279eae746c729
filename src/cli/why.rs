//! `qudao why`

use qudao_engine::advise::advise;
use qudao_language::decide::decide;
use qudao_language::model::{Id, Rule, Ruleset, Target};
use qudao_language::profile;
use qudao_telling::{result, why};

use super::argument::{Argument, meant};
use super::budget::{Spending, Waiting};
use super::eval::Format;
use super::output::{Failure, Output};
use super::profiles::Input;
use super::written::Written;
use super::{Exit, completions, load};

const EXAMPLES: &str = "Examples:
  qudao why wechat profile.yaml service  the whole proof of one verdict
  qudao why wechat profile.yaml subscription --over service
  qudao why wechat --set entity_type=company ar02_open";

/// What `qudao why` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES, override_usage = "qudao why [OPTIONS] <RULESET> <PROFILE> <NAME>
       qudao why [OPTIONS] <RULESET> --set <FIELD=VALUE>... <NAME>")]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, or the name of one inside the binary
    #[arg(add = completions::rulesets())]
    ruleset: Argument,
    /// A profile: a file in JSON, YAML or TOML, or `-` for standard input; may be left out where `--set` tells the
    /// fields. Then a channel, a mix, a rule or a table
    #[arg(value_name = "PROFILE> <NAME", required = true, num_args = 1..=2, add = completions::profiles_and_names())]
    of: Vec<Argument>,
    /// Show only what tells the target apart from this one
    #[arg(long, value_name = "OTHER", conflicts_with_all = ["format", "json"], add = completions::targets())]
    over: Option<String>,
    #[command(flatten)]
    pub(crate) written: Written<Format>,
    #[command(flatten)]
    spending: Spending,
    #[command(flatten)]
    input: Input,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let Some((loaded, ruleset)) = load::ruleset(&args.ruleset, output)? else { return Ok(Exit::Found) };
    let (profile, name) = match args.of.as_slice() {
        [profile] if profile::Format::of_name(profile).is_some() => {
            let names: Vec<&str> = ruleset.targets().map(|target| ruleset.target_name(target)).collect();
            let names = names.join(", ");
            return Err(Failure::new(format!("of which channel? `qudao why` proves one of {names}")));
        }
        [target] if args.input.assignments.is_empty() => {
            return Err(Failure::new(format!(
                "a profile stands before `{target}`, or `--set` tells the fields"
            )));
        }
        [target] => (None, target),
        [profile, target, ..] => (Some(profile), target),
        [] => return Err(Failure::new("no target is named")),
    };
    let asked = asked(&ruleset, name)?;
    let other = args.over.as_deref().map(|name| target(&ruleset, name)).transpose()?;
    match (&asked, other) {
        (Asked::Target(target), Some(other)) if *target == other => {
            return Err(Failure::new(format!("nothing tells `{name}` apart from itself")));
        }
        (Asked::Rules(_), Some(_)) => {
            return Err(Failure::new(format!("`--over` tells targets apart, and `{name}` is a rule")));
        }
        (Asked::Target(_) | Asked::Rules(_), _) => {}
    }
    let read = args.input.read(&ruleset, profile)?;
    output.diagnostics(&read.files, &read.diagnostics, false)?;
    let Some(profile) = &read.profile else { return Ok(Exit::Found) };
    let speaker = args.input.speaker(&ruleset, &loaded.project, output)?;
    let _waiting = Waiting::new(speaker.tongue.looking_for_better());
    let decision = decide(&ruleset, profile, args.input.day(&ruleset));
    let is_json = args.written.format() == Format::Json;
    let report = match (asked, other) {
        (Asked::Rules(rules), _) if is_json => {
            output.print_json(&format!("{:#}\n", result::rules_json(&decision, speaker, &rules)))?;
            return Ok(Exit::Done);
        }
        (Asked::Rules(rules), _) => why::proof_of_rules(&decision, speaker, name, &rules),
        (Asked::Target(target), Some(other)) => why::over(&decision, speaker, target, other),
        (Asked::Target(target), None) => {
            let advice = advise(&ruleset, profile, decision.day, target, args.spending.steps());
            if is_json {
                output.print_json(&format!("{:#}\n", result::why_json(&decision, speaker, &advice)))?;
                return Ok(Exit::Done);
            }
            why::proof(&decision, speaker, target, Some(&advice))
        }
    };
    output.report(&report, args.written.format() == Format::Markdown)?;
    // Where the program ends, nobody has to take a large ruleset apart.
    std::mem::forget((loaded, decision));
    std::mem::forget(ruleset);
    Ok(Exit::Done)
}

/// What the proof is asked of.
enum Asked {
    Target(Target),
    /// A rule, or the rows of a table.
    Rules(Vec<Id<Rule>>),
}

fn asked(ruleset: &Ruleset, name: &str) -> Result<Asked, Failure> {
    if let Some(target) = ruleset.target_called(name) {
        return Ok(Asked::Target(target));
    }
    let of_table = |rule: &Rule| rule.row.is_some() && rule.name.split('.').next() == Some(name);
    let rules = ruleset.rules.entries().filter(|(_, rule)| &*rule.name == name || of_table(rule));
    let rules: Vec<Id<Rule>> = rules.map(|(id, _)| id).collect();
    if rules.is_empty() {
        let rules = ruleset.rules.iter().map(|rule| &*rule.name);
        let names = targets(ruleset).into_iter().chain(rules).chain(tables(ruleset));
        return Err(unknown(ruleset, "channel, mix, rule or table", name, names));
    }
    Ok(Asked::Rules(rules))
}

fn target(ruleset: &Ruleset, name: &str) -> Result<Target, Failure> {
    let unknown = || unknown(ruleset, "channel or mix", name, targets(ruleset).into_iter());
    ruleset.target_called(name).ok_or_else(unknown)
}

fn targets(ruleset: &Ruleset) -> Vec<&str> {
    ruleset.targets().map(|target| ruleset.target_name(target)).collect()
}

fn tables(ruleset: &Ruleset) -> impl Iterator<Item = &str> {
    ruleset.tables.iter().map(|table| &*table.name)
}

fn unknown<'r>(
    ruleset: &'r Ruleset,
    kinds: &str,
    name: &str,
    names: impl Iterator<Item = &'r str>,
) -> Failure {
    let hint = meant(name, names, ("its channels and mixes are", &targets(ruleset)));
    Failure::new(format!("`{}` has no {kinds} `{name}`{hint}", ruleset.name))
}
