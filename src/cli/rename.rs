//! `qudao rename`

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use qudao_analysis::testing::CaseState;
use qudao_editor::project::Project;
use qudao_editor::rename::{Change, find, plain_path, rename, sharing};
use qudao_language::check::Named;
use qudao_language::format::format;
use qudao_language::profile::Format;
use qudao_language::source::normal;
use qudao_telling::words::Tongue;

use super::argument::Argument;
use super::output::{Failure, Output};
use super::snapshots::{Beside, Mode, Plan, compare};
use super::{Exit, completions, files, load};

const EXAMPLES: &str = "Examples:
  qudao rename shop.qd fragile breakable --diff   show what would change
  qudao rename shop.qd colour.red crimson         a value of an enum
  qudao rename shop.qd field:colour paint         the field, not the enum";

/// What `qudao rename` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A ruleset: a file, or a folder with all rulesets that share the name
    #[arg(add = completions::rulesets())]
    ruleset: Argument,
    /// What is renamed: `owner`; `Owner.firm`, a value; with its kind where several have the name, `field:owner`
    old: String,
    /// Its new name
    new: String,
    /// Change nothing; show what would change
    #[arg(long)]
    diff: bool,
    /// Do not keep the old name of a field, a value or a channel as `was`
    #[arg(long)]
    no_was: bool,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let mut paths: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut projects = Vec::new();
    for loaded in load::load(&args.ruleset, None)? {
        let known = loaded.paths().into_iter();
        paths.extend(known.map(|path| (plain_path(&path.to_string_lossy()), path)));
        projects.push(Project::new(loaded.sources));
    }
    let (place, named) = sought(&projects, &args.old)?;
    let Some(project) = projects.get(place) else { return Ok(Exit::Done) };
    let others = projects.iter().enumerate().filter(|(other, _)| *other != place);
    let others: Vec<&Project> = others.map(|(_, other)| other).collect();
    let mut changes = rename(project, &others, &named, &args.new, !args.no_was).map_err(Failure::new)?;
    let mut profiles: BTreeMap<String, String> = BTreeMap::new();
    for (project, named) in sharing(project, &others, &named) {
        let main = project.sources().files().get(project.sources().main()).name();
        for target in Beside::find(Path::new(main)).cases.into_values().flatten() {
            let path = plain_path(&target.to_string_lossy());
            let Some(format) = Format::of_name(&path).filter(|_| !profiles.contains_key(&path)) else {
                continue;
            };
            // What is no text is no profile that has the name.
            let Some(text) = files::read(&target).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
                continue;
            };
            let places = project.named_in_given(&text, format, &named).into_iter();
            let new = || normal(&args.new).to_string();
            let place = |at: Range<usize>| (at.start as u32, at.end as u32);
            let change = |(start, end)| Change { path: path.clone(), start, end, text: new() };
            let before = changes.len();
            changes.extend(places.map(place).map(change));
            if changes.len() > before {
                profiles.insert(path.clone(), text);
                paths.insert(path, target);
            }
        }
    }
    let same = if args.diff { Vec::new() } else { unmoved(&projects) };
    let mut changed: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    for change in &changes {
        changed.entry(&change.path).or_default().push(change);
    }
    for (path, own) in &changed {
        let fail = |why: &str| Failure::new(format!("cannot write `{path}`: {why}"));
        let target = paths.get(*path).map_or(Path::new(path), PathBuf::as_path);
        if files::is_stream(target) {
            return Err(fail("it is no file"));
        }
        let old = projects.iter().find_map(|project| {
            let mut files = project.sources().files().iter();
            files.find(|(_, file)| plain_path(file.name()) == *path).map(|(_, file)| file.text())
        });
        let old = old.or_else(|| profiles.get(*path).map(String::as_str));
        let old = old.ok_or_else(|| fail("it was not read"))?;
        let mut new = old.to_string();
        for change in own.iter().rev() {
            new.replace_range(change.start as usize..change.end as usize, &change.text);
        }
        // What was laid out stays so: names of other lengths move columns, and `was` has its place.
        if path.ends_with(".qd") && format(path, old).is_ok_and(|laid_out| laid_out == old) {
            new = format(path, &new).unwrap_or(new);
        }
        if args.diff {
            let diff = similar::TextDiff::from_lines(old, &new);
            output.print(&diff.unified_diff().header(path, path).to_string())?;
        } else {
            files::replace(target, &new).map_err(|error| fail(&error.to_string()))?;
            let places = if own.len() == 1 { "place" } else { "places" };
            output.note(&format!("{path}: {} {places}\n", own.len()))?;
        }
    }
    if changes.is_empty() {
        output.note("nothing changes\n")?;
    }
    if !changes.is_empty() && !same.is_empty() {
        for loaded in load::load(&args.ruleset, None)? {
            accept(&Project::new(loaded.sources), &same, output)?;
        }
    }
    Ok(Exit::Done)
}

/// The cases that give what their snapshots say, by main file.
type Unmoved = Vec<(String, Vec<String>)>;

fn unmoved(projects: &[Project]) -> Unmoved {
    let cases = projects.iter().filter_map(|project| {
        let ruleset = project.ruleset.as_deref()?;
        let beside = Beside::find(Path::new(ruleset.main_path()));
        let compared = compare(ruleset, &beside, &plan(Mode::Check, None), |_| true, &mut |_| {});
        let cases = compared.cases.into_iter().filter(|case| matches!(case.state, CaseState::Same(_)));
        Some((ruleset.main_path().to_string(), cases.map(|case| case.name).collect::<Vec<_>>()))
    });
    cases.filter(|(_, cases)| !cases.is_empty()).collect()
}

/// Writes the snapshots anew that were as they should be: all that can have moved is a name.
fn accept(project: &Project, same: &Unmoved, output: &mut Output) -> Result<(), Failure> {
    let Some(ruleset) = project.ruleset.as_deref() else { return Ok(()) };
    let Some((_, cases)) = same.iter().find(|(main, _)| main == ruleset.main_path()) else { return Ok(()) };
    let beside = Beside::find(Path::new(ruleset.main_path()));
    let plan = plan(Mode::Propose, Some(cases));
    let compared =
        compare(ruleset, &beside, &plan, |case| cases.iter().any(|same| same == case), &mut |_| {});
    if let Some(failure) = compared.failure {
        return Err(failure);
    }
    for case in compared.cases.iter().filter(|case| matches!(case.state, CaseState::Accepted { .. })) {
        output.note(&format!("{}: written anew\n", plain_path(&case.file)))?;
    }
    Ok(())
}

fn plan(mode: Mode, accept: Option<&[String]>) -> Plan<'_> {
    Plan { mode, accept, prune: false, texts: false, as_of: None, tongue: Tongue::default() }
}

/// Finds what is asked for in one of some rulesets; others may have it too if they share its declaration.
fn sought(projects: &[Project], asked: &str) -> Result<(usize, Named), Failure> {
    let mut found: Option<(usize, Named)> = None;
    let mut why = None;
    for (place, project) in projects.iter().enumerate() {
        match (find(project, asked), &found) {
            (Ok(named), None) => found = Some((place, named)),
            (Ok(named), Some((first, _))) => {
                let Some(first) = projects.get(*first) else { continue };
                if sharing(project, &[first], &named).len() == 1 {
                    return Err(Failure::new(format!(
                        "`{asked}` is declared in several rulesets; name one of them"
                    )));
                }
            }
            (Err(error), _) => drop(why.get_or_insert(error)),
        }
    }
    found.ok_or_else(|| Failure::new(why.unwrap_or_else(|| format!("nothing is named `{asked}`"))))
}
