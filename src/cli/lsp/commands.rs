//! Lenses, and the commands that they run: tests, properties, answers, proofs, snapshots.

use std::path::Path;

use lsp_server::ErrorCode;
use qudao_analysis::analyse::diagram::Budget;
use qudao_analysis::testing::{
    PropertyOutcome, RulesetRun, TestRun, properties, prove, report, run_observed, test_profile,
};
use qudao_editor::position::Encoding;
use qudao_engine::advise::{STEPS, advise};
use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::diagnostic::render_in;
use qudao_language::model::{Profile, Ruleset, Test};
use qudao_language::source::{FileId, Span};
use qudao_language::syntax::ast::{DeclarationKind, Expectation, ExpectationKind};
use qudao_telling::why;
use qudao_telling::words::{Speaker, Tongue};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::super::argument::Top;
use super::super::output::Failure as Stopped;
use super::super::snapshots::{Beside, Mode, Plan, compare};
use super::workspace::{Given, Loaded, Workspace};
use super::{cases, convert, uri};

pub(super) const COMMANDS: [&str; 4] = ["qudao.run", "qudao.show", "qudao.why", "qudao.accept"];

/// What a command is told.
#[derive(Deserialize)]
#[serde(expecting = "an object with the address of a file, `uri`")]
pub(super) struct Argument {
    uri: String,
    test: Option<String>,
    property: Option<String>,
    target: Option<String>,
    /// Whether the client is to show what comes of it.
    #[serde(default = "yes")]
    pub(super) show: bool,
}

fn yes() -> bool {
    true
}

/// What a command is about to do; it needs nothing of the workspace any more, so that it may take its time elsewhere.
pub(super) struct Work {
    /// What it is called.
    pub(super) title: String,
    /// Does it, and tells what came of it, as Markdown.
    pub(super) run: Box<dyn FnOnce() -> Result<String, String> + Send>,
}

/// The lenses of a file of a ruleset.
pub(super) fn of_file(loaded: &Loaded, file: FileId, encoding: Encoding, tongue: Tongue) -> Vec<Json> {
    let project = &loaded.project;
    let Some(part) = project.sources().part(file) else { return Vec::new() };
    let Some(path) = convert::path(project, Span { file, start: 0, end: 0 }) else { return Vec::new() };
    let uri = uri::uri(&path).as_str().to_string();
    let mut lenses = Vec::new();
    for declaration in &part.declarations {
        let place = Span { end: declaration.span.start, ..declaration.span };
        let range = convert::range(project, place, encoding);
        let mut add = |title: &str, command: &str, argument: Json| {
            lenses.push(lens(range, title, command, &argument));
        };
        match declaration.plain() {
            DeclarationKind::Ruleset(_) => add(tongue.lens_run_all(), "qudao.run", json!({ "uri": uri })),
            DeclarationKind::Property(property) => {
                let name = &*property.name.value;
                add(tongue.lens_prove(), "qudao.run", json!({ "uri": uri, "property": name }));
            }
            DeclarationKind::Test(test) => {
                let title = &test.title.main.value;
                add(tongue.lens_run(), "qudao.run", json!({ "uri": uri, "test": title }));
                add(tongue.lens_show(), "qudao.show", json!({ "uri": uri, "test": title }));
                if let Some(target) = test.expect.iter().find_map(target_of) {
                    let argument = json!({ "uri": uri, "test": title, "target": target });
                    add(&tongue.lens_why_of(target), "qudao.why", argument);
                }
            }
            _ => {}
        }
    }
    lenses
}

/// The lenses of a profile, on its first line.
pub(super) fn of_profile(given: &Given<'_>, path: &Path, tongue: Tongue) -> Vec<Json> {
    let uri = uri::uri(path).as_str().to_string();
    let range = lsp_types::Range::default();
    let mut lenses = vec![
        lens(range, tongue.lens_show(), "qudao.show", &json!({ "uri": uri })),
        lens(range, tongue.lens_why(), "qudao.why", &json!({ "uri": uri })),
    ];
    let state = case(given, path).ok().and_then(|case| {
        let ruleset = given.loaded.project.ruleset.as_deref()?;
        let run = compared(ruleset, given.main, &case, false, given.loaded).ok()?;
        let (old, _) = run.cases.first()?.pending()?;
        Some(if old.is_empty() { tongue.lens_accept_new() } else { tongue.lens_accept() })
    });
    lenses.extend(state.map(|title| lens(range, title, "qudao.accept", &json!({ "uri": uri }))));
    lenses
}

fn lens(range: lsp_types::Range, title: &str, command: &str, argument: &Json) -> Json {
    json!({ "range": range, "command": { "title": title, "command": command, "arguments": [argument] } })
}

/// The target that an expectation is about.
fn target_of(expectation: &Expectation) -> Option<&str> {
    match &expectation.kind {
        ExpectationKind::First(target)
        | ExpectationKind::Verdict(target, _)
        | ExpectationKind::Leaning(target, _)
        | ExpectationKind::CouldBe(target, _)
        | ExpectationKind::ExcludedBy(target, _)
        | ExpectationKind::Score(target, ..)
        | ExpectationKind::Measure(target, ..)
        | ExpectationKind::Needs(target, ..)
        | ExpectationKind::Because(target, _) => Some(&target.value),
        ExpectationKind::Fires(..) | ExpectationKind::Missing(_) => None,
    }
}

/// Finds out what a command is to do.
pub(super) fn prepare(
    workspace: &Workspace,
    command: &str,
    argument: &Argument,
) -> Result<Work, (ErrorCode, String)> {
    let failed = |why: String| (ErrorCode::RequestFailed, why);
    let path = uri::path_of(&argument.uri);
    let given = workspace.given(&path);
    let loaded = given.as_ref().map(|given| given.loaded);
    let loaded = loaded.or_else(|| Some(workspace.project(&path)?.0));
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let Some(loaded) = loaded else {
        return Err(failed(format!("`{name}` is part of no ruleset, and a profile of none")));
    };
    let Some(ruleset) = loaded.project.ruleset.clone() else {
        return Err(failed("the ruleset has errors, so that nothing can be decided".into()));
    };
    let lang = loaded.lang.clone();
    match command {
        "qudao.run" => run(workspace, loaded, argument).map_err(failed),
        "qudao.show" | "qudao.why" => {
            let (called, profile, day) =
                asked(workspace, loaded, given.as_ref(), &path, argument).map_err(failed)?;
            if command == "qudao.show" {
                let run = move || {
                    let decision = decide(&ruleset, &profile, day);
                    let options = why::Options { top: Top::of(None), trace: false, why: None };
                    Ok(why::answer(&decision, Speaker::new(&ruleset, lang.as_deref()), &options).markdown())
                };
                return Ok(Work { title: format!("answer {called}"), run: Box::new(run) });
            }
            let target = argument.target.as_deref().map(|name| {
                ruleset
                    .target_called(name)
                    .ok_or_else(|| failed(format!("no channel or mix is named `{name}`")))
            });
            let target = target.transpose()?;
            let title = format!("why {}", argument.target.as_deref().unwrap_or(&called));
            let run = move || {
                let decision = decide(&ruleset, &profile, day);
                let first = || decision.channels.iter().chain(&decision.mixes).next().copied();
                let target = target.or_else(first).ok_or("the ruleset has no channels")?;
                let advice = advise(&ruleset, &profile, day, target, STEPS);
                let speaker = Speaker::new(&ruleset, lang.as_deref());
                Ok(why::proof(&decision, speaker, target, Some(&advice)).markdown())
            };
            Ok(Work { title, run: Box::new(run) })
        }
        "qudao.accept" => {
            let given = given.ok_or_else(|| failed(format!("`{name}` is no profile")))?;
            let case = case(&given, &path).map_err(failed)?;
            let open = loaded.paths().chain([&*path]);
            if let Some(open) = workspace.unsaved(open) {
                return Err(failed(format!(
                    "`{}` is not saved; a snapshot tells what is on disk",
                    open.display()
                )));
            }
            let run = compared(&ruleset, given.main, &case, true, loaded).map_err(failed)?;
            let told = report::told(&[run], false, true).markdown();
            Ok(Work { title: format!("snapshot {case}"), run: Box::new(move || Ok(told)) })
        }
        other => Err((ErrorCode::InvalidParams, format!("there is no command `{other}`"))),
    }
}

/// The profile that is decided: what a file holds, or what a test gives.
fn asked(
    workspace: &Workspace,
    loaded: &Loaded,
    given: Option<&Given<'_>>,
    path: &Path,
    argument: &Argument,
) -> Result<(String, Profile, Date), String> {
    let ruleset = loaded.project.ruleset.as_deref().ok_or("the ruleset has errors")?;
    if let Some(given) = given {
        let read = given.read(path).ok_or("the ruleset has errors")?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let Some(profile) = read.profile else {
            let frame = loaded.tongue.frame();
            return Err(read
                .diagnostics
                .iter()
                .map(|found| render_in(&read.files, found, false, &frame))
                .collect());
        };
        return Ok((name, profile, cases::day(ruleset, None)));
    }
    let title = argument.test.as_deref().ok_or("say of which test, by its title, or name a profile")?;
    let test = test_called(ruleset, title)?;
    let base = cases::base(workspace, loaded, ruleset, test)?;
    Ok((title.to_string(), test_profile(ruleset, test, base.as_ref()), cases::day(ruleset, Some(test))))
}

fn test_called<'r>(ruleset: &'r Ruleset, title: &str) -> Result<&'r Test, String> {
    let mut tests = ruleset.tests.iter();
    tests.find(|test| test.title.main == title).ok_or_else(|| format!("no test is named “{title}”"))
}

/// Runs a test, proves a property, or does both for all there are.
fn run(workspace: &Workspace, loaded: &Loaded, argument: &Argument) -> Result<Work, String> {
    let ruleset = loaded.project.ruleset.clone().ok_or("the ruleset has errors")?;
    let (lang, tongue) = (loaded.lang.clone(), loaded.tongue);
    let title =
        argument.test.clone().or(argument.property.clone()).unwrap_or_else(|| ruleset.name.to_string());
    if let Some(name) = &argument.property
        && !ruleset.properties.iter().any(|property| *property.name == **name)
    {
        return Err(format!("no property is named `{name}`"));
    }
    let one = match &argument.test {
        Some(title) => Some(test_called(&ruleset, title)?.span),
        None => None,
    };
    let all = argument.property.is_none() && one.is_none();
    let chosen = |test: &&Test| all || one == Some(test.span);
    // What a test reads is read here; what it comes to may take its time elsewhere.
    let tests = ruleset.tests.iter().enumerate().filter(|(_, test)| chosen(test));
    let tests: Vec<(usize, Result<Option<Profile>, String>)> =
        tests.map(|(number, test)| (number, cases::base(workspace, loaded, &ruleset, test))).collect();
    let property = argument.property.clone();
    let run = move || {
        let language = lang.as_deref();
        let tests = tests.into_iter().filter_map(|(number, base)| {
            let test = ruleset.tests.get(number)?;
            Some(match base {
                Ok(base) => run_observed(&ruleset, test, base.as_ref(), None, language, &mut |_| {}),
                Err(why) => TestRun::not_run(&ruleset, test, why),
            })
        });
        let tests = tests.collect();
        let mut proved = properties(&ruleset, |own| match all || property.as_deref() == Some(&*own.name) {
            true => prove(&ruleset, own, None, false, Budget::default(), language),
            false => PropertyOutcome::NotChecked,
        });
        proved.retain(|run| !matches!(run.outcome, PropertyOutcome::NotChecked));
        let file = ruleset.main_path().to_string();
        let name = ruleset.name.to_string();
        let run = RulesetRun { name, file, tests, properties: proved, tongue, ..RulesetRun::default() };
        Ok(report::told(&[run], true, true).markdown())
    };
    Ok(Work { title, run: Box::new(run) })
}

/// The name of the case that a profile is.
fn case(given: &Given<'_>, path: &Path) -> Result<String, String> {
    let beside = Beside::find(given.main);
    let found = beside.cases.into_iter().find(|(_, paths)| paths.iter().any(|own| own == path));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (case, _) = found.ok_or_else(|| {
        format!("`{name}` does not lie in the folder `profiles` beside its ruleset, and has no snapshot")
    })?;
    Ok(case)
}

/// Compares a case with its snapshot, or accepts it.
fn compared(
    ruleset: &Ruleset,
    main: &Path,
    case: &str,
    accepts: bool,
    loaded: &Loaded,
) -> Result<RulesetRun, String> {
    let (asked, tongue) = ([case.to_string()], loaded.tongue);
    let plan = Plan {
        mode: if accepts { Mode::Propose } else { Mode::Check },
        accept: accepts.then_some(&asked[..]),
        prune: false,
        texts: false,
        as_of: None,
        tongue,
    };
    let compared = compare(ruleset, &Beside::find(main), &plan, |own| own == case, &mut |_| {});
    if let Some(failure) = compared.failure {
        return Err(match failure {
            Stopped::ClosedPipe => String::new(),
            Stopped::Message(message) => message,
            Stopped::Wrong(wrong) => wrong.1.into_iter().map(|found| found.message).collect(),
        });
    }
    let (name, file) = (ruleset.name.to_string(), ruleset.main_path().to_string());
    let (cases, causes) = (compared.cases, compared.causes);
    Ok(RulesetRun { name, file, cases, causes, tongue, ..RulesetRun::default() })
}
