//! `qudao diff`

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use qudao_analysis::analyse::difference::{Difference, QUESTIONS, Side, WITNESSES, report, to_json};
use qudao_analysis::testing::test_profile;
use qudao_language::date::Date;
use qudao_language::model::{Profile, Ruleset};
use qudao_language::profile::{self, Format as ProfileFormat, yaml_text};
use qudao_telling::words::Tongue;

use super::argument::{Argument, Top, top};
use super::budget::{Spending, Waiting};
use super::load::Loaded;
use super::output::{Failure, Output};
use super::profiles::{date, is_profile, named, speaker, today};
use super::snapshots::Beside;
use super::written::{Formats, Written};
use super::{Exit, completions, files, load};

/// How a difference is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One object, `qudao.diff/1`
    Json,
    /// For a pull request
    Markdown,
}

impl Formats for Format {
    const TEXT: Format = Format::Text;
    const JSON: Format = Format::Json;
}

const EXAMPLES: &str = "Examples:
  qudao diff shop.qd new.qd              what another version changes
  qudao diff HEAD:shop.qd shop.qd        what is not committed yet
  qudao diff shop.qd --as-of 2026-01-01 --and 2027-01-01";

/// What `qudao diff` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES, override_usage = "qudao diff [OPTIONS] <OLD> <NEW>
       qudao diff [OPTIONS] <RULESET> --as-of <DATE> --and <DATE>")]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, the name of one inside the binary, or `REV:PATH` of a git revision
    #[arg(add = completions::rulesets())]
    old: Argument,
    /// The ruleset to compare it with, named in the same ways
    #[arg(required_unless_present = "and", add = completions::rulesets())]
    new: Option<Argument>,
    /// Read dated facts at this day (default: each ruleset's, else today)
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,
    /// Read those of the second ruleset at this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    and: Option<Date>,
    /// Say how the profiles of this folder come out otherwise; it may be a file or a pattern, and be repeated
    #[arg(long, value_name = "DIR")]
    profiles: Vec<Argument>,
    /// Save a profile of each kind of change as a YAML file in this folder
    #[arg(long, value_name = "DIR")]
    save_witness: Option<PathBuf>,
    /// Tell so many changes in full, and the others in a line each; or `all` (default: 10)
    #[arg(long, value_name = "N", value_parser = top)]
    top: Option<Top>,
    /// End with status 1 if any decision changes
    #[arg(long)]
    exit_code: bool,
    /// Tell it in this language, `en` or `zh` (default: that of `qudao.toml`, else
    /// the new ruleset's first)
    #[arg(long, value_name = "TAG", add = completions::languages())]
    lang: Option<String>,
    #[command(flatten)]
    spending: Spending,
    #[command(flatten)]
    pub(crate) written: Written<Format>,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let _waiting = Waiting::new(Tongue::told_in(args.lang.as_deref()).comparing());
    let Some((old_files, old)) = load::ruleset(&args.old, output)? else { return Ok(Exit::Found) };
    let second = match &args.new {
        None => None,
        Some(new) => match load::ruleset(new, output)? {
            Some(new) => Some(new),
            None => return Ok(Exit::Found),
        },
    };
    let (new_files, new) = second.as_ref().map_or((&old_files, &old), |(files, new)| (files, new));
    let new_name = args.new.as_ref().unwrap_or(&args.old);
    let old_day = args.as_of.or(old.as_of).unwrap_or_else(today);
    let new_day = args.and.or(args.as_of).or(new.as_of).unwrap_or_else(today);
    if args.new.is_none() && old_day == new_day {
        return Err(Failure::new(format!("both days are {old_day}: nothing can differ")));
    }
    let mut difference = Difference::new(
        Side { ruleset: &old, day: old_day, label: args.old.to_string() },
        Side { ruleset: new, day: new_day, label: new_name.to_string() },
    );
    let mut given = Vec::new();
    for argument in &args.profiles {
        given.extend(argument.files(is_profile)?);
    }
    given.sort();
    for path in &given {
        let (name, (bytes, format)) = (path.to_string_lossy(), named(path, None, "")?);
        let before = profile::read(&old, &name, bytes.clone(), format, &[]);
        let now = profile::read(new, &name, bytes, format, &[]);
        if now.profile.is_none() {
            // What is wrong with it is told once.
            output.diagnostics(&now.files, &now.diagnostics, false)?;
        }
        difference.add_profile(&name, before.profile.as_ref(), now.profile.as_ref());
    }
    let mut inputs = [given, old_files.paths(), new_files.paths()].concat();
    find(&mut difference, [(new_files, new), (&old_files, &old)], args.spending, &mut inputs);
    let saved = match &args.save_witness {
        Some(folder) => save(&difference, folder, &inputs)?,
        None => Vec::new(),
    };
    let tongue = speaker(new, args.lang.as_deref(), &new_files.project, output)?.tongue;
    match args.written.format() {
        Format::Json => output.print_json(&format!("{:#}\n", to_json(&difference)))?,
        Format::Text | Format::Markdown => {
            let told = report(&difference, &saved, Top::of(args.top), tongue);
            output.report(&told, args.written.format() == Format::Markdown)?;
        }
    }
    Ok(if args.exit_code && difference.changes() { Exit::Found } else { Exit::Done })
}

/// Finds what changes over all profiles, those first that the rulesets bring: the new one, then the old one.
pub(crate) fn find<'r>(
    difference: &mut Difference<'r>,
    sides: [(&Loaded, &'r Ruleset); 2],
    spending: Spending,
    inputs: &mut Vec<PathBuf>,
) {
    for (files, ruleset) in sides {
        for profile in witnesses(files, ruleset, inputs) {
            difference.add_witness(ruleset, &profile);
        }
    }
    difference.find_regions(spending.each(QUESTIONS));
}

/// The profiles that a ruleset brings: those of its tests, and those beside it that have snapshots; tells their files.
fn witnesses(loaded: &Loaded, ruleset: &Ruleset, paths: &mut Vec<PathBuf>) -> Vec<Profile> {
    let cases: Vec<PathBuf> =
        loaded.main.iter().flat_map(|main| Beside::find(main).cases.into_values().flatten()).collect();
    paths.extend_from_slice(&cases);
    let of_tests = ruleset.tests.iter().filter_map(|test| {
        // A file that cannot be read is told by `qudao test`.
        let base = super::test::base(loaded, ruleset, test, Tongue::English, paths).ok()?;
        Some(test_profile(ruleset, test, base.as_ref()))
    });
    let of_cases = cases.iter().filter_map(|path| {
        let name = path.to_string_lossy().into_owned();
        let bytes = files::read(path).ok()?;
        profile::read(ruleset, &name, bytes, ProfileFormat::of_name(&name)?, &[]).profile
    });
    of_tests.chain(of_cases).take(WITNESSES).collect()
}

/// Saves a profile of each region, but over none that was read; returns the files' names.
fn save(difference: &Difference<'_>, folder: &Path, inputs: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let fail = |error: std::io::Error| {
        Failure::new(format!("cannot write the profiles into `{}`: {error}", folder.display()))
    };
    std::fs::create_dir_all(folder).map_err(fail)?;
    let regions = difference.regions.iter().flat_map(|found| &found.regions);
    let named = |(number, region)| (folder.join(format!("change-{number}.yaml")), region);
    let regions: Vec<_> = (1..).zip(regions).map(named).collect();
    regions.iter().try_for_each(|(path, _)| files::spare(path, inputs))?;
    let mut saved = Vec::new();
    for (path, region) in regions {
        let yaml = yaml_text(difference.new.ruleset, &region.witness.1);
        files::replace(&path, &format!("# {}\n{yaml}", region.what.text())).map_err(fail)?;
        saved.push(path.to_string_lossy().into_owned());
    }
    Ok(saved)
}
