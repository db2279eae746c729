//! `qudao why`

use qudao::advise::{TRIALS, advise};
use qudao::decide::decide;
use qudao::diagnostic::nearest;
use qudao::model::{Ruleset, Target};
use qudao::{result, why};

use super::eval::Format;
use super::output::{Failure, Output};
use super::profiles::Input;
use super::{Exit, completions, load};

/// What `qudao why` takes.
#[derive(clap::Args, Debug)]
#[command(override_usage = "qudao why [OPTIONS] <RULESET> <PROFILE> <TARGET>
       qudao why [OPTIONS] <RULESET> --set <FIELD=VALUE>... <TARGET>")]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, or the name of one inside the binary
    #[arg(add = completions::rulesets())]
    ruleset: String,
    /// A profile: a file in JSON, YAML or TOML, or `-` for standard input; may be left out where `--set` tells the
    /// fields. Then a channel or a mix
    #[arg(value_name = "PROFILE> <TARGET", required = true, num_args = 1..=2, add = completions::profiles_and_targets())]
    of: Vec<String>,
    /// Show only what tells the target apart from this one
    #[arg(long, value_name = "OTHER", conflicts_with = "format", add = completions::targets())]
    over: Option<String>,
    /// How to write the proof
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    input: Input,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let Some(ruleset) = load::ruleset(&args.ruleset, output)? else { return Ok(Exit::Found) };
    let (profile, name) = match args.of.as_slice() {
        [target] if args.input.assignments.is_empty() => {
            return Err(Failure::new(format!(
                "a profile stands before `{target}`, or `--set` tells the fields"
            )));
        }
        [target] => (None, target),
        [profile, target, ..] => (Some(profile.as_str()), target),
        [] => return Err(Failure::new("no target is named")),
    };
    let target = target(&ruleset, name)?;
    let other = args.over.as_deref().map(|name| self::target(&ruleset, name)).transpose()?;
    if other == Some(target) {
        return Err(Failure::new(format!("nothing tells `{name}` apart from itself")));
    }
    let read = args.input.read(&ruleset, profile)?;
    output.diagnostics(&read.files, &read.diagnostics, false)?;
    let Some(profile) = &read.profile else { return Ok(Exit::Found) };
    let decision = decide(&ruleset, profile, args.input.day(&ruleset));
    let speaker = args.input.speaker(&ruleset, output)?;
    let colour = output.colour();
    if let Some(other) = other {
        output.print(&why::over(&decision, speaker, target, other, colour))?;
        return Ok(Exit::Done);
    }
    let advice = advise(&ruleset, profile, decision.day, target, TRIALS);
    let text = match args.format {
        Format::Text => why::proof(&decision, speaker, target, Some(&advice), colour),
        Format::Markdown => {
            let proof = why::proof(&decision, speaker, target, None, false);
            why::proof_markdown(&proof, speaker, target, &advice)
        }
        Format::Json => format!("{:#}\n", result::why_json(&decision, speaker, &advice)),
    };
    output.print(&text)?;
    Ok(Exit::Done)
}

fn target(ruleset: &Ruleset, name: &str) -> Result<Target, Failure> {
    ruleset.target(name).ok_or_else(|| {
        let names: Vec<&str> = ruleset.targets().map(|target| ruleset.target_name(target)).collect();
        let hint = match nearest(name, names.iter().copied()) {
            Some(near) => format!("the nearest name is `{near}`"),
            None => format!("there are {}", names.join(", ")),
        };
        Failure::new(format!("`{}` has no channel or mix `{name}`; {hint}", ruleset.name))
    })
}
