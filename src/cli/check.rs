//! `qudao check`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use qudao_analysis::analyse::findings::{self, Options, QUESTIONS, findings};
use qudao_language::check::{Checked, check, lock};
use qudao_language::date::Date;
use qudao_language::diagnostic::{self, Code, Diagnostic, Fix, Severity};
use qudao_language::source::{FileId, Files, Span};
use qudao_language::syntax::{Sources, WantedKind};
use qudao_language::visible::one_line;
use qudao_telling::words::Tongue;

use super::argument::Argument;
use super::budget::{Spending, Waiting};
use super::choice::Choice;
use super::load::{self, Loaded};
use super::output::{Failure, Output};
use super::project::Project;
use super::watch::watch;
use super::written::{Formats, Written};
use super::{Exit, completions, files, paths, profiles};

/// How diagnostics are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Format {
    /// With the lines they speak of
    Text,
    /// One line each
    Short,
    /// One object, `qudao.diagnostics/1`
    Json,
    /// A log for code hosts and editors, SARIF 2.1.0
    Sarif,
    /// Workflow commands of GitHub Actions
    Github,
}

impl Formats for Format {
    const TEXT: Format = Format::Text;
    const JSON: Format = Format::Json;
}

const EXAMPLES: &str = "Examples:
  qudao check                            the rulesets of the project
  qudao check shop.qd --fix              mend what can only be meant one way
  qudao check --deny warnings --format github";

/// What `qudao check` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Rulesets: files, folders, or names of those inside the binary (default: those of `qudao.toml`, else the current folder)
    #[arg(value_name = "PATH", add = completions::rulesets())]
    paths: Vec<Argument>,
    /// Apply the fixes that are sure
    #[arg(long)]
    fix: bool,
    /// Apply guesses too, such as near names; look at what they change
    #[arg(long, requires = "fix")]
    unsafe_fixes: bool,
    /// Tell findings in this language (default: that of `qudao.toml`, else English)
    #[arg(long, value_name = "TAG", add = completions::languages())]
    lang: Option<String>,
    #[command(flatten)]
    choice: Choice,
    /// Look for the texts of sources in this folder too
    #[arg(long, value_name = "DIR")]
    texts: Option<PathBuf>,
    /// Write `sources.lock` beside each main file
    #[arg(long)]
    lock: bool,
    /// Take this day for today, where a ruleset has no `as of`
    #[arg(long, value_name = "DATE", value_parser = profiles::date)]
    as_of: Option<Date>,
    /// Look for profiles that get no recommendation too
    #[arg(long)]
    gaps: bool,
    #[command(flatten)]
    spending: Spending,
    /// Check anew whenever a file changes
    #[arg(long, conflicts_with_all = ["fix", "lock"])]
    watch: bool,
    #[command(flatten)]
    pub(crate) written: Written<Format>,
}

/// A fix may bring other mistakes to light; after so many rounds it stops.
const MAX_ROUNDS: usize = 10;

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    match args.watch {
        true => watch(output, |output, paths| once(args, output, paths)),
        false => once(args, output, &mut Vec::new()),
    }
}

/// Checks all rulesets once; tells the files that it read.
fn once(args: &Args, output: &mut Output, watched: &mut Vec<PathBuf>) -> Result<Exit, Failure> {
    let _waiting = Waiting::new(Tongue::told_in(args.lang.as_deref()).checking());
    let mut report = Report::default();
    let mut seen = BTreeSet::new();
    let named = Project::rulesets(&args.paths)?;
    let tongue = |of: &Project| of.tongue(args.lang.as_deref());
    for path in &named {
        let mut fixed = 0;
        // A folder changes when a file comes into it.
        let given = path.path();
        watched.extend(Some(given).filter(|path| path.exists()).map(Path::to_path_buf));
        let mut all = load::load(path, args.texts.as_deref())?;
        watched.extend(all.iter().flat_map(Loaded::watched));
        if let Some(first) = all.first().filter(|_| report.tongue.is_none()) {
            report.tongue = Some(tongue(&first.project));
        }
        output.speak(report.tongue());
        if args.fix {
            for _ in 0..MAX_ROUNDS {
                let applied = fix(&all, args, report.tongue(), output)?;
                if applied == 0 {
                    break;
                }
                fixed += applied;
                all = load::load(path, args.texts.as_deref())?;
            }
            if fixed > 0 {
                output.hint(&format!("{}\n", report.tongue().fixed_in(fixed, &path.to_string())))?;
            }
        }
        // Several parts of one ruleset may be named.
        all.retain(|loaded| loaded.main.as_ref().is_none_or(|main| seen.insert(main.clone())));
        let rulesets = (all.len() * named.len()) as u64;
        for loaded in all {
            let tongue = tongue(&loaded.project);
            let Checked { ruleset, diagnostics, allowed, .. } = check(&loaded.sources);
            let today = args.as_of.or_else(|| Some(profiles::today()));
            let budget = args.spending.each(QUESTIONS * rulesets);
            let options = Options { gaps: args.gaps, today, budget, tongue, ..Options::default() };
            let mut diagnostics = findings::all(diagnostics, ruleset.as_ref(), &allowed, &options);
            if args.lock && write_lock(&loaded, ruleset.as_ref(), report.tongue(), output)? {
                // What was wrong with the old lock is no longer.
                diagnostics.retain(|diagnostic| diagnostic.code != Code::StaleLock);
            }
            args.choice.or(&loaded.project.choice).apply(&mut diagnostics);
            report.add(args.written.format(), &loaded, diagnostics, output)?;
        }
    }
    report.finish(args.written.format(), output)
}

/// Applies the fixes of each file once, guesses too if they are wanted; returns how many went in.
fn fix(all: &[Loaded], args: &Args, tongue: Tongue, output: &mut Output) -> Result<usize, Failure> {
    let mut applied = 0;
    for loaded in all {
        let Some(main) = loaded.main.as_ref().filter(|main| !files::is_stream(main)) else {
            return Err(Failure::new(
                "only files can be changed, no ruleset of the binary, of a commit or of a pipe",
            ));
        };
        let Checked { ruleset, diagnostics, allowed, .. } = check(&loaded.sources);
        let mut diagnostics = tongue.checked(diagnostics);
        if let Some(ruleset) = &ruleset {
            diagnostics.extend(findings(ruleset, &allowed, &Options { tongue, ..Options::default() }));
        }
        args.choice.or(&loaded.project.choice).apply(&mut diagnostics);
        let files = loaded.sources.files();
        let folder = main.parent().unwrap_or(Path::new(""));
        for (id, file) in files.iter() {
            let offered =
                diagnostics.iter().filter_map(|diagnostic| Some((diagnostic, diagnostic.fix.as_ref()?)));
            let offered = offered.filter(|(_, fix)| fix.sure || args.unsafe_fixes);
            let offered: Vec<_> = offered.filter(|(_, fix)| can_be_written(&loaded.sources, fix)).collect();
            let fixes = offered.iter().map(|(_, fix)| *fix);
            if let Some((text, made)) = diagnostic::apply_fixes(files, id, fixes) {
                let path = if id == loaded.sources.main() {
                    main.clone()
                } else {
                    folder.join(relative(file.name(), main))
                };
                files::replace(&path, &text)
                    .map_err(|error| Failure::new(format!("cannot write `{}`: {error}", path.display())))?;
                for (diagnostic, fix) in made.iter().filter_map(|index| offered.get(*index)) {
                    let place = files.place(diagnostic.label.span);
                    let line = tongue.fixed_here(&place.to_string(), diagnostic.code.name(), &fix.message);
                    output.hint(&format!("{}\n", one_line(&line)))?;
                }
                applied += made.len();
            }
        }
    }
    Ok(applied)
}

/// Tells whether a fix can go into files of the ruleset itself as it is: what would part or end a cell is put into a
/// table by hand.
fn can_be_written(sources: &Sources, fix: &Fix) -> bool {
    fix.edits.iter().all(|edit| {
        let name = sources.files().get(edit.span.file).name();
        let fits = match name.rsplit_once('.') {
            Some((_, "qd")) => true,
            Some((_, "csv")) => !edit.text.contains(['"', ',', ';', '\t', '\n', '\r']),
            _ => false,
        };
        fits && sources.is_own(edit.span.file)
    })
}

/// The path of a part, as it lies below the folder of the main file.
fn relative<'a>(name: &'a str, main: &Path) -> &'a str {
    let main = main.to_string_lossy();
    let folder = main.rfind(['/', '\\']).map_or(0, |end| end + 1);
    name.get(folder..).unwrap_or(name)
}

/// Writes the lock, and tells whether it did.
fn write_lock(
    loaded: &Loaded,
    ruleset: Option<&qudao_language::model::Ruleset>,
    tongue: Tongue,
    output: &mut Output,
) -> Result<bool, Failure> {
    let Some(main) = &loaded.main else {
        return Err(Failure::new("a ruleset inside the binary brings its own lock"));
    };
    let Some(ruleset) = ruleset else {
        output.note(&format!("{}\n", tongue.no_lock()))?;
        return Ok(false);
    };
    let path = main.with_file_name("sources.lock");
    let others = loaded.others.iter().filter(|(kind, _)| *kind != WantedKind::Lock).map(|(_, path)| path);
    files::spare(&path, &others.chain([main]).cloned().collect::<Vec<_>>())?;
    files::replace(&path, &lock(&loaded.sources, ruleset))
        .map_err(|error| Failure::new(format!("cannot write `{}`: {error}", path.display())))?;
    output.hint(&format!("{}\n", tongue.wrote(&path.display().to_string())))?;
    Ok(true)
}

/// What all rulesets together gave.
#[derive(Default)]
struct Report {
    errors: usize,
    warnings: usize,
    notes: usize,
    /// How many fixes could be applied: sure ones, and guesses.
    sure: usize,
    guesses: usize,
    files: BTreeSet<String>,
    json: Vec<serde_json::Value>,
    found: Vec<(Files, Vec<Diagnostic>)>,
    /// What is reported already: two rulesets may share a file.
    told: BTreeSet<(String, Span, String)>,
    /// Notes that are not printed, because errors come first.
    held_back: usize,
    /// The language of what is said of all of them, once one is loaded.
    tongue: Option<Tongue>,
}

impl Report {
    fn tongue(&self) -> Tongue {
        self.tongue.unwrap_or_default()
    }

    fn add(
        &mut self,
        format: Format,
        loaded: &Loaded,
        mut diagnostics: Vec<Diagnostic>,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let files = loaded.sources.files();
        diagnostics.retain(|found| {
            let span = found.label.span;
            let place = Span { file: FileId::default(), ..span };
            self.told.insert((files.get(span.file).name().into(), place, found.message.clone()))
        });
        for diagnostic in &diagnostics {
            *match diagnostic.severity {
                Severity::Error => &mut self.errors,
                Severity::Warning => &mut self.warnings,
                Severity::Note => &mut self.notes,
            } += 1;
            let fix = diagnostic.fix.as_ref().filter(|fix| can_be_written(&loaded.sources, fix));
            if let (Some(fix), Some(_)) = (fix, &loaded.main) {
                *if fix.sure { &mut self.sure } else { &mut self.guesses } += 1;
            }
        }
        // A ruleset from a pipe has whatever name.
        let own = |id, name: &str| id == loaded.sources.main() || name.ends_with(".qd");
        let counted = files.iter().filter(|(id, file)| own(*id, file.name()));
        self.files.extend(counted.map(|(_, file)| file.name().to_string()));
        // Notes on wording and the like would part the errors, screen by screen.
        if format == Format::Text && diagnostic::any_error(&diagnostics) {
            let all = diagnostics.len();
            diagnostics.retain(|found| found.severity != Severity::Note);
            self.held_back += all - diagnostics.len();
        }
        let diagnostics = diagnostic::told(diagnostics);
        match format {
            Format::Text => output.diagnostics(files, &diagnostics, true),
            Format::Short => {
                let lines: String = diagnostics.iter().map(|d| diagnostic::short(files, d)).collect();
                output.print(&lines)
            }
            Format::Json => {
                let document = diagnostic::to_json(files, &diagnostics);
                let found = document.get("diagnostics").and_then(serde_json::Value::as_array);
                self.json.extend(found.into_iter().flatten().cloned());
                Ok(())
            }
            Format::Sarif => {
                self.found.push((files.clone(), diagnostics));
                Ok(())
            }
            Format::Github => {
                let path = paths::from_root();
                let lines: String =
                    diagnostics.iter().map(|d| diagnostic::to_workflow_command(files, d, &path)).collect();
                output.print_as_it_is(&lines)
            }
        }
    }

    fn finish(self, format: Format, output: &mut Output) -> Result<Exit, Failure> {
        match format {
            Format::Json => {
                let document =
                    serde_json::json!({ "schema": "qudao.diagnostics/1", "diagnostics": self.json });
                output.print_json(&format!("{document:#}\n"))?;
            }
            Format::Sarif => {
                let log = diagnostic::to_sarif(&self.found, &paths::from_root());
                output.print_json(&format!("{log:#}\n"))?;
            }
            Format::Text | Format::Short | Format::Github => {
                let found = [
                    (self.errors, Severity::Error),
                    (self.warnings, Severity::Warning),
                    (self.notes, Severity::Note),
                ];
                let mut lines = vec![self.tongue().found_in(&found, self.files.len())];
                if self.held_back > 0 {
                    lines.push(self.tongue().notes_not_shown(self.held_back));
                }
                lines.extend(self.fixes());
                output.hint(&format!("{}\n", lines.join("\n")))?;
            }
        }
        Ok(if self.errors > 0 { Exit::Found } else { Exit::Done })
    }

    /// Says what `--fix` could do.
    fn fixes(&self) -> Option<String> {
        let tongue = self.tongue();
        match (self.sure, self.guesses) {
            (0, 0) => None,
            (sure, 0) => Some(tongue.fix_mends(sure)),
            (0, guesses) => Some(tongue.guesses_mend(guesses)),
            (sure, guesses) => Some(tongue.both_mend(sure, guesses)),
        }
    }
}
