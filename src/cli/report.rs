//! `qudao report`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use qudao_language::decide::{Decision, decide};
use qudao_language::model::{Profile, Ruleset};
use qudao_telling::words::Tongue;
use qudao_telling::{report, why};

use super::argument::Argument;
use super::output::{Failure, Output};
use super::profiles::{Input, given};
use super::{Exit, completions, files, load, workbook};

/// What a report is written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    /// A page for a browser or for paper
    Html,
    /// A workbook; only in a program that was built with `--features xlsx`
    Xlsx,
}

impl Format {
    /// The format of a file by its ending, if that is one.
    fn of(path: &Path) -> Option<Format> {
        let ending = path.extension()?.to_str()?;
        [Format::Html, Format::Xlsx].into_iter().find(|format| format.ending().eq_ignore_ascii_case(ending))
    }

    fn ending(self) -> &'static str {
        match self {
            Format::Html => "html",
            Format::Xlsx => "xlsx",
        }
    }
}

const EXAMPLES: &str = "Examples:
  qudao report wechat profile.yaml -o answer.html     a page to hand over
  qudao report wechat profile.yaml clients/b.yaml -o answers
  qudao report wechat profile.yaml clients/b.yaml --compare -o table.html";

/// What `qudao report` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES, override_usage = "qudao report [OPTIONS] <RULESET> <PROFILE> [-o <FILE>]
       qudao report [OPTIONS] <RULESET> <PROFILE>... -o <FOLDER>
       qudao report [OPTIONS] <RULESET> <PROFILE>... --compare [-o <FILE>]")]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, or the name of one inside the binary
    #[arg(add = completions::rulesets())]
    ruleset: Argument,
    /// Profiles: files in JSON, YAML or TOML, folders or patterns of them, or `-` for standard input
    #[arg(value_name = "PROFILE", required_unless_present = "assignments")]
    profiles: Vec<Argument>,
    #[command(flatten)]
    input: Input,
    /// Write the report to this file, or one for each of several profiles into this folder (default: standard output)
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
    /// What to write (default: by the ending of the output, else a page)
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Tell all profiles in one table
    #[arg(long)]
    compare: bool,
    /// Tell names beside titles
    #[arg(long)]
    ids: bool,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let to = args.output.as_deref().filter(|path| !files::is_standard_output(path));
    let given = given(&args.profiles)?;
    let in_folder = given.len() > 1 && !args.compare;
    let is_one_file = to.is_none_or(|path| Format::of(path).is_some() && !path.is_dir());
    if in_folder && is_one_file {
        return Err(Failure::new(
            "several profiles are a report each: say `-o FOLDER`, or `--compare` for one report",
        ));
    }
    let by_ending = to.filter(|_| !in_folder).and_then(Format::of);
    let format = args.format.or(by_ending).unwrap_or(Format::Html);
    if format == Format::Xlsx && to.is_none() {
        return Err(Failure::new("a workbook is written to a file; say -o FILE"));
    }
    let loaded = load::one(&args.ruleset)?;
    let profiles = given.iter().flatten().map(|profile| profile.path().to_path_buf());
    let inputs: Vec<PathBuf> = loaded.paths().into_iter().chain(profiles).collect();
    let Some(ruleset) = load::ruleset_of(&loaded, output)? else { return Ok(Exit::Found) };
    let speaker = args.input.speaker(&ruleset, &loaded.project, output)?;
    let (profiles, exit) = read(args, &given, &ruleset, output)?;
    let day = args.input.day(&ruleset);
    let decided = profiles.iter().map(|(name, profile)| (name.clone(), decide(&ruleset, profile, day)));
    let decided: Vec<(String, Decision<'_>)> = decided.collect();
    if decided.is_empty() {
        return Ok(exit);
    }
    if args.compare {
        let told = report::compare(&decided, speaker);
        let written = match format {
            Format::Html => told.html(speaker.language).into_bytes(),
            Format::Xlsx => workbook::page(&told, speaker, day)?,
        };
        write(&written, speaker.tongue, (to, &inputs), output)?;
        return Ok(exit);
    }
    if in_folder {
        let folder = to.unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::new(format!("cannot make the folder `{}`: {error}", folder.display()))
        })?;
    }
    for (name, decision) in &decided {
        let advice = why::client_advice(decision);
        let written = match format {
            Format::Html => {
                let told = report::report(decision, speaker, &advice, name, args.ids);
                told.html(speaker.language).into_bytes()
            }
            Format::Xlsx => workbook::answer(decision, speaker, &advice, name, args.ids)?,
        };
        let named = |path: &Path| path.join(format!("{name}.{}", format.ending()));
        let file = to.map(|path| if in_folder { named(path) } else { path.to_path_buf() });
        write(&written, speaker.tongue, (file.as_deref(), &inputs), output)?;
    }
    Ok(exit)
}

/// Reads all profiles that can be used, each with a name of its own.
fn read(
    args: &Args,
    given: &[Option<Argument>],
    ruleset: &Ruleset,
    output: &mut Output,
) -> Result<(Vec<(String, Profile)>, Exit), Failure> {
    let (mut profiles, mut exit) = (Vec::new(), Exit::Done);
    let mut names = BTreeSet::new();
    for argument in given.iter().map(Option::as_ref) {
        let read = args.input.read(ruleset, argument)?;
        output.diagnostics(&read.files, &read.diagnostics, false)?;
        let Some(profile) = read.profile else {
            exit = Exit::Found;
            continue;
        };
        let name = argument.map(|argument| argument.path()).and_then(Path::file_stem);
        let name = name.map(|name| name.to_string_lossy().into_owned()).filter(|name| name != "-");
        let name = name.unwrap_or_default();
        if !names.insert(name.clone()) {
            return Err(Failure::new(format!(
                "two profiles are named `{name}`; their pages would be one file"
            )));
        }
        profiles.push((name, profile));
    }
    Ok((profiles, exit))
}

/// Writes a report, over nothing that was read.
fn write(
    report: &[u8],
    tongue: Tongue,
    (to, inputs): (Option<&Path>, &[PathBuf]),
    output: &mut Output,
) -> Result<(), Failure> {
    let Some(path) = to else { return output.print(&String::from_utf8_lossy(report)) };
    files::put(path, report, inputs)?;
    output.note(&format!("{}\n", tongue.wrote(&path.display().to_string())))
}
