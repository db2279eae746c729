//! `qudao test`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use qudao_analysis::analyse::diagram::Budget;
use qudao_analysis::analyse::findings::REACHES;
use qudao_analysis::testing::{
    Coverage, PropertyOutcome, RulesetRun, TestRun, base_profile, properties, prove, report, run_observed,
    selected, suggest,
};
use qudao_language::date::Date;
use qudao_language::decide::Decision;
use qudao_language::model::{Profile, Property, Ruleset, Test};
use qudao_telling::document::Document;
use qudao_telling::words::Tongue;

use super::argument::{Argument, meant};
use super::budget::{Spending, Waiting};
use super::load::{self, Loaded};
use super::output::{Failure, Output};
use super::project::Project;
use super::snapshots::{Beside, Mode, Plan, compare, unknown_cases};
use super::watch::watch;
use super::written::{Formats, Written};
use super::{Exit, completions, profiles};

/// How outcomes are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One object, `qudao.test/1`
    Json,
    /// XML for build servers
    Junit,
    /// Annotations of a GitHub workflow
    Github,
    /// For comments and summaries
    Markdown,
}

impl Formats for Format {
    const TEXT: Format = Format::Text;
    const JSON: Format = Format::Json;
}

/// What is taken for a failure besides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Deny {
    /// Properties that are neither proved nor refuted
    Undecided,
}

const EXAMPLES: &str = "Examples:
  qudao test                             the rulesets of the project
  qudao test shop.qd --accept            take what the cases give now
  qudao test --coverage --threshold 80   fail where too little is tested";

/// What `qudao test` takes.
#[derive(clap::Args, Default, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Rulesets: files, folders with all rulesets below them, or names of those inside the binary (default: those of
    /// `qudao.toml`, else the current folder)
    #[arg(value_name = "PATH", add = completions::rulesets())]
    paths: Vec<Argument>,
    /// Only tests whose title holds this, the case of letters aside
    #[arg(short = 'k', long = "filter", value_name = "PATTERN")]
    pattern: Option<String>,
    /// Stop at the first failure
    #[arg(long)]
    fail_fast: bool,
    /// Read dated facts at this day (default: the test's, else the ruleset's)
    #[arg(long, value_name = "DATE", value_parser = profiles::date)]
    as_of: Option<Date>,
    /// Tell what came of tests in this language (default: that of `qudao.toml`, else English)
    #[arg(long, value_name = "TAG", add = completions::languages())]
    lang: Option<String>,
    /// Accept what the cases give now, of all or of those that are named: `--accept blogger charity`
    #[arg(long, value_name = "CASE", num_args = 0.., conflicts_with = "check")]
    accept: Option<Vec<String>>,
    /// Remove snapshots that belong to no profile
    #[arg(long, conflicts_with = "check")]
    prune: bool,
    /// Write nothing, and show differences in full; so it is where the variable `CI` is set
    #[arg(long)]
    check: bool,
    /// Put the reasons in words into the snapshots
    #[arg(long, alias = "texts")]
    reasons: bool,
    /// Prove properties not for one day but for every day
    #[arg(long)]
    every_day: bool,
    /// Tell what tests and cases never reached: rules, conditions, verdicts, facts
    #[arg(long)]
    coverage: bool,
    /// Write tests for what tests and cases never reached, each with a profile that reaches it and what the ruleset says
    /// of it today, to be confirmed
    #[arg(long, conflicts_with_all = ["format", "pattern", "fail_fast", "accept", "prune", "watch"])]
    suggest: bool,
    /// Fail where less than so many percent are covered
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(..=100))]
    threshold: Option<u8>,
    /// Fail for what is no failure otherwise; several are parted by commas
    #[arg(long, value_name = "WHAT", value_enum, value_delimiter = ',')]
    deny: Vec<Deny>,
    #[command(flatten)]
    spending: Spending,
    #[command(flatten)]
    pub(crate) written: Written<Format>,
    /// Test anew whenever a file changes
    #[arg(long, conflicts_with = "output")]
    watch: bool,
}

impl Args {
    /// Nothing but these; `every_day` is whether properties are proved for every day.
    pub(crate) fn of(lang: Option<&str>, as_of: Option<Date>, every_day: bool) -> Args {
        Args { lang: lang.map(str::to_string), as_of, every_day, ..Args::default() }
    }
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    match args.watch {
        true => watch(output, |output, paths| once(args, output, paths)),
        false => once(args, output, &mut Vec::new()),
    }
}

/// What is to be tested, and what is to be done with snapshots.
struct Work<'a> {
    args: &'a Args,
    paths: Vec<Argument>,
    accept: Option<Vec<String>>,
    mode: Mode,
}

impl<'a> Work<'a> {
    /// A path that stands behind `--accept` is none of its cases.
    fn of(args: &'a Args) -> Result<Work<'a>, Failure> {
        let is_path =
            |word: &str| word.contains(['/', '\\']) || word.ends_with(".qd") || Path::new(word).is_dir();
        let mut paths: Vec<Argument> = args.paths.clone();
        let asked = args.accept.iter().flatten().map(String::as_str);
        let (more, cases): (Vec<&str>, Vec<&str>) = asked.partition(|word| paths.is_empty() && is_path(word));
        paths.extend(more.into_iter().map(Argument::from));
        let paths = Project::rulesets(&paths)?;
        let accept = args.accept.as_ref().map(|_| cases.into_iter().map(str::to_string).collect());
        let ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
        let writes = args.accept.is_some() || args.prune;
        let mode = if args.check || args.suggest || (ci && !writes) { Mode::Check } else { Mode::Propose };
        Ok(Work { args, paths, accept, mode })
    }
}

/// Tests all rulesets once; tells the files that it read.
fn once(args: &Args, output: &mut Output, paths: &mut Vec<PathBuf>) -> Result<Exit, Failure> {
    let _waiting = Waiting::new(Tongue::told_in(args.lang.as_deref()).testing());
    let work = Work::of(args)?;
    let (mut runs, mut cases, mut failure) = (Vec::new(), BTreeSet::new(), None);
    let mut told = None;
    let mut seen = BTreeSet::new();
    for argument in &work.paths {
        paths.extend(load::arguments(argument));
        for loaded in load::load(argument, None)? {
            if loaded.main.as_ref().is_some_and(|main| !seen.insert(main.clone())) {
                continue;
            }
            paths.extend(loaded.watched());
            told.get_or_insert(loaded.project.tongue(args.lang.as_deref()));
            if !(args.fail_fast && report::Summary::of(&runs).failed > 0) {
                runs.push(ruleset(&work, &loaded, output, paths, &mut cases, &mut failure)?);
            }
        }
    }
    let unknown = unknown_cases(work.accept.as_deref().unwrap_or(&[]), &cases);
    if let Some(first) = unknown.first() {
        let known: Vec<&str> = cases.iter().map(String::as_str).collect();
        let hint = meant(first, known.iter().copied(), ("there are", &known));
        return Err(Failure::new(format!("no case is named `{first}`{hint}")));
    }
    match args.written.format() {
        Format::Text | Format::Markdown if args.suggest => {}
        Format::Text | Format::Markdown => {
            let told = report::told(&runs, work.mode == Mode::Check, output.verbose());
            output.report(&told, args.written.format() == Format::Markdown)?;
        }
        Format::Json => output.print_json(&format!("{:#}\n", report::to_json(&runs)))?,
        Format::Junit => output.print_as_it_is(&report::junit(&runs))?,
        Format::Github => output.print_as_it_is(&report::github(&runs))?,
    }
    let pending = runs.iter().flat_map(|run| &run.cases).any(|case| case.pending().is_some());
    let tongue = told.unwrap_or_default();
    if pending && work.mode == Mode::Propose && args.written.format() == Format::Text {
        let named: Vec<String> = work.paths.iter().map(|path| profiles::quoted(path)).collect();
        let named = named.join(" ");
        output.hint(&format!("{}\n", tongue.review_them(&named)))?;
    }
    let low = too_low(args.threshold, &runs);
    for says in &low {
        output.note(says)?;
    }
    match failure {
        Some(failure) => Err(failure),
        None if !low.is_empty() => Ok(Exit::Found),
        None if args.suggest => Ok(Exit::Done),
        None if report::Summary::of(&runs).is_good() => Ok(Exit::Done),
        None => Ok(Exit::Found),
    }
}

/// Runs all checks of a ruleset. What is wrong with the ruleset itself goes beside the results.
fn ruleset(
    work: &Work<'_>,
    loaded: &Loaded,
    output: &mut Output,
    paths: &mut Vec<PathBuf>,
    cases: &mut BTreeSet<String>,
    failure: &mut Option<Failure>,
) -> Result<RulesetRun, Failure> {
    let run = begun(work, loaded);
    output.speak(run.tongue);
    let Some(ruleset) = load::ruleset_of(loaded, output)? else {
        return Ok(RulesetRun { broken: true, ..run });
    };
    checked(work, (loaded, &ruleset), output, paths, cases, failure)
}

/// Tells what comes of all checks of a ruleset and what they reach, in full, and writes nothing beside it.
pub(super) fn told(
    whole: (&Loaded, &Ruleset),
    (lang, as_of): (Option<&str>, Option<Date>),
    spending: Spending,
    output: &mut Output,
) -> Result<Document, Failure> {
    let args = Args { coverage: true, spending, ..Args::of(lang, as_of, false) };
    Ok(report::told(&[outcome(whole, args, output)?], true, true))
}

/// Returns what comes of all checks of a ruleset, and writes nothing beside it.
pub(crate) fn outcome(
    whole: (&Loaded, &Ruleset),
    args: Args,
    output: &mut Output,
) -> Result<RulesetRun, Failure> {
    let args = Args { check: true, ..args };
    let work = Work { args: &args, paths: Vec::new(), accept: None, mode: Mode::Check };
    let mut failure = None;
    let run = checked(&work, whole, output, &mut Vec::new(), &mut BTreeSet::new(), &mut failure)?;
    failure.map_or(Ok(run), Err)
}

/// A run of a ruleset in which nothing was looked at yet.
fn begun(work: &Work<'_>, loaded: &Loaded) -> RulesetRun {
    let file = loaded.sources.files().get(loaded.sources.main()).name().to_string();
    let tongue = loaded.project.tongue(work.args.lang.as_deref());
    let deny_undecided = work.args.deny.contains(&Deny::Undecided);
    RulesetRun { name: file.clone(), file, deny_undecided, tongue, ..RulesetRun::default() }
}

/// Runs all checks of a ruleset without errors.
fn checked(
    work: &Work<'_>,
    (loaded, ruleset): (&Loaded, &Ruleset),
    output: &mut Output,
    paths: &mut Vec<PathBuf>,
    cases: &mut BTreeSet<String>,
    failure: &mut Option<Failure>,
) -> Result<RulesetRun, Failure> {
    let args = work.args;
    let language = args.lang.as_deref().or(loaded.project.lang.as_deref());
    let mut run = RulesetRun { name: ruleset.name.to_string(), ..begun(work, loaded) };
    let tongue = run.tongue;
    let pattern = args.pattern.as_deref();
    let wanted = args.coverage || args.threshold.is_some() || args.suggest;
    let mut coverage = wanted.then(|| Coverage::new(ruleset));
    let mut observe = |decision: &Decision<'_>| {
        if let Some(coverage) = &mut coverage {
            coverage.observe(decision);
        }
    };
    for test in &ruleset.tests {
        let failed = run.tests.iter().any(|test| !test.passed());
        if !selected(pattern, &test.title.main) || (args.fail_fast && failed) {
            run.skipped += 1;
            continue;
        }
        run.tests.push(match base(loaded, ruleset, test, tongue, paths) {
            Ok(base) => run_observed(ruleset, test, base.as_ref(), args.as_of, language, &mut observe),
            Err(why) => TestRun::not_run(ruleset, test, why),
        });
    }
    let chosen = |property: &Property| selected(pattern, &property.name);
    // Properties, coverage and suggestions share what there is.
    let count = ruleset.properties.iter().filter(|property| chosen(property)).count() as u64;
    let shares = [count > 0, wanted, args.suggest].into_iter().filter(|asked| *asked).count() as u64;
    let budget = args.spending.each(count * shares);
    run.properties = properties(ruleset, |property| match chosen(property) {
        true => prove(ruleset, property, args.as_of, args.every_day, budget, language),
        false => PropertyOutcome::NotChecked,
    });
    run.properties.retain(|property| selected(pattern, &property.name));
    let failed = run.tests.iter().any(|test| !test.passed());
    if let Some(main) = loaded.main.as_ref().filter(|_| !(args.fail_fast && failed)) {
        let beside = Beside::find(main);
        // A folder changes when a file comes into it: a new case is seen.
        paths.push(main.with_file_name("profiles"));
        for (case, profiles) in &beside.cases {
            paths.extend(profiles.iter().cloned().chain([beside.accepted(case)]));
            cases.insert(case.clone());
        }
        let plan = Plan {
            mode: work.mode,
            accept: work.accept.as_deref(),
            prune: args.prune,
            texts: args.reasons,
            as_of: args.as_of,
            tongue,
        };
        let compared = compare(ruleset, &beside, &plan, |case| selected(pattern, case), &mut observe);
        run.cases = compared.cases;
        run.causes = compared.causes;
        run.unreferenced = compared.unreferenced;
        run.pruned = compared.pruned;
        *failure = failure.take().or(compared.failure);
    }
    let budget = args.spending.each(REACHES * shares);
    let coverage = coverage.map(|coverage| coverage.finished(ruleset, budget, tongue));
    if let Some(coverage) = coverage.as_ref().filter(|_| args.suggest) {
        suggested(ruleset, coverage, (budget, tongue), output)?;
    }
    run.coverage = coverage;
    Ok(run)
}

/// Writes tests for what was never reached; beside them, how many there are and what none was found for.
fn suggested(
    ruleset: &Ruleset,
    coverage: &Coverage,
    (budget, tongue): (Budget, Tongue),
    output: &mut Output,
) -> Result<(), Failure> {
    let found = suggest(ruleset, coverage, budget, tongue);
    output.print(&found.text)?;
    for open in &found.open {
        output.note(&format!("{}\n", tongue.no_profile_found(open)))?;
    }
    let says = match found.count {
        0 if found.open.is_empty() => tongue.everything_reached().to_string(),
        count => tongue.suggested(count),
    };
    output.hint(&format!("{}{}{says}\n", ruleset.name, tongue.colon()))
}

/// What is covered less than was asked for.
fn too_low(threshold: Option<u8>, runs: &[RulesetRun]) -> Vec<String> {
    let Some(threshold) = threshold else { return Vec::new() };
    let covered = runs.iter().filter_map(|run| Some((run, run.coverage.as_ref()?.percent())));
    covered
        .filter(|(_, percent)| *percent < usize::from(threshold))
        .map(|(run, percent)| format!("{}\n", run.tongue.too_little_covered(&run.name, percent, threshold)))
        .collect()
}

/// Reads the profile that a test names; or says why it cannot be used.
pub(super) fn base(
    loaded: &Loaded,
    ruleset: &Ruleset,
    test: &Test,
    tongue: Tongue,
    paths: &mut Vec<PathBuf>,
) -> Result<Option<Profile>, String> {
    base_profile(ruleset, test, tongue, |name| match &loaded.main {
        Some(main) => {
            paths.push(PathBuf::from(name));
            let folder = main.parent().unwrap_or(Path::new(""));
            load::read_inside(folder, Path::new(name)).map_err(|error| error.to_string())
        }
        None => bundled(name).ok_or_else(|| "it is not inside the binary".to_string()),
    })
}

/// A file of a ruleset inside the binary, whose files are named after it: `wechat/profiles/blogger.yaml`.
fn bundled(name: &str) -> Option<Vec<u8>> {
    let (ruleset, path) = name.split_once('/')?;
    qudao_language::bundled::file(ruleset, path).map(|text| text.as_bytes().to_vec())
}
