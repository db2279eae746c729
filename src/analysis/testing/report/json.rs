//! One object, `qudao.test/1`.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{Summary, causes_of};
use crate::testing::causes::{Cause, Moved};
use crate::testing::{
    CaseRun, CaseState, Coverage, Failure, Kind, PropertyOutcome, PropertyRun, RulesetRun, TestRun,
    difference,
};
use qudao_language::source::Place;
use qudao_telling::words::Tongue;

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: u32,
    column: u32,
}

fn at(place: &Place) -> At<'_> {
    At { file: &place.file, line: place.line, column: place.column }
}

/// Returns the outcomes of all rulesets as one object.
#[must_use]
pub fn to_json(runs: &[RulesetRun]) -> Json {
    let summary = Summary::of(runs);
    json!({
        "schema": "qudao.test/1",
        "tool": env!("CARGO_PKG_VERSION"),
        "rulesets": runs.iter().map(ruleset).collect::<Vec<_>>(),
        "summary": {
            "passed": summary.passed,
            "failed": summary.failed,
            "new": summary.new,
            "unreferenced": summary.unreferenced,
            "skipped": summary.skipped,
            "undecided": summary.undecided,
            "not_checked": summary.not_checked,
            "broken": summary.broken,
            "ok": summary.is_good(),
        },
    })
}

fn ruleset(run: &RulesetRun) -> Json {
    json!({
        "ruleset": run.name,
        "file": run.file,
        "broken": run.broken,
        "skipped": run.skipped,
        "tests": run.tests.iter().map(test).collect::<Vec<_>>(),
        "properties": run.properties.iter().map(property).collect::<Vec<_>>(),
        "cases": run.cases.iter().map(case).collect::<Vec<_>>(),
        "causes": causes_of(run).iter().map(cause).collect::<Vec<_>>(),
        "unreferenced": run.unreferenced,
        "pruned": run.pruned,
        "coverage": run.coverage.as_ref().map(coverage),
    })
}

fn test(test: &TestRun) -> Json {
    json!({
        "title": test.title,
        "at": at(&test.at),
        "passed": test.passed(),
        "failures": test.failures.iter().map(failure).collect::<Vec<_>>(),
    })
}

fn failure(failure: &Failure) -> Json {
    match failure {
        Failure::Unmet { at: place, expected, actual, proof } => {
            json!({ "kind": "unmet", "at": at(place), "expected": expected, "actual": actual, "text": proof })
        }
        Failure::NotRun(why) => {
            json!({ "kind": "not_run", "at": null, "expected": null, "actual": null, "text": why })
        }
    }
}

fn property(property: &PropertyRun) -> Json {
    let (outcome, text) = match &property.outcome {
        PropertyOutcome::NotChecked => ("not_checked", None),
        PropertyOutcome::Proved => ("proved", None),
        PropertyOutcome::Fails(why) => ("fails", Some(why)),
        PropertyOutcome::Undecided(why) => ("undecided", Some(why)),
    };
    json!({
        "name": property.name,
        "title": property.title,
        "at": at(&property.at),
        "outcome": outcome,
        "text": text,
    })
}

fn case(case: &CaseRun) -> Json {
    let (state, diff, text) = match &case.state {
        CaseState::Same(_) => ("same", None, None),
        CaseState::Accepted { old, new } => {
            ("accepted", Some(difference(old.as_deref().unwrap_or(""), new)), None)
        }
        CaseState::Pending { old: None, new } => ("new", Some(difference("", new)), None),
        CaseState::Pending { old: Some(old), new } => ("changed", Some(difference(old, new)), None),
        CaseState::LeftOver(_) => ("left_over", None, None),
        CaseState::Broken(why) => ("broken", None, Some(why)),
    };
    json!({
        "case": case.name,
        "file": case.file,
        "state": state,
        "passed": case.passed(),
        "difference": diff,
        "text": text,
    })
}

fn cause(cause: &Cause) -> Json {
    let cases = cause.cases.iter().map(|(case, lines)| {
        json!({ "case": case, "moves": cause.moves(case, Tongue::English), "gone": lines.gone, "come": lines.come })
    });
    let cases: Vec<Json> = cases.collect();
    let english = |moved: &Moved| moved.words(Tongue::English);
    let also: Vec<String> = cause.also.iter().map(english).collect();
    json!({ "title": english(&cause.title), "also": also, "settings": cause.settings, "cases": cases })
}

fn coverage(coverage: &Coverage) -> Json {
    let kinds = Kind::ALL.map(|kind| {
        let (seen, all) = coverage.count(Some(kind));
        json!({ "kind": kind.as_str(), "seen": seen, "all": all })
    });
    let unseen = coverage.unseen().iter();
    let unseen = unseen
        .map(|unseen| json!({ "kind": unseen.kind.as_str(), "text": unseen.text, "at": at(&unseen.at) }));
    json!({ "percent": coverage.percent(), "kinds": kinds, "unseen": unseen.collect::<Vec<_>>() })
}
