//! Commands of a GitHub workflow: an annotation at each place where something failed.

use super::{Summary, tongue_of};
use crate::testing::{PropertyOutcome, RulesetRun, difference};
use qudao_language::diagnostic::workflow_command;
use qudao_language::source::Place;

/// Returns an annotation for each failure, and a line that counts.
#[must_use]
pub fn github(runs: &[RulesetRun]) -> String {
    let mut text = String::new();
    for run in runs {
        for test in &run.tests {
            for failure in &test.failures {
                let message = format!("{}\n{}", failure.headline(run.tongue), failure.details());
                let at = failure.at().unwrap_or(&test.at);
                text.push_str(&annotation("error", at, &test.title, message.trim_end()));
            }
        }
        for property in &run.properties {
            let title = format!("property {}", property.name);
            match &property.outcome {
                PropertyOutcome::NotChecked | PropertyOutcome::Proved => {}
                PropertyOutcome::Fails(why) => {
                    text.push_str(&annotation("error", &property.at, &title, why));
                }
                PropertyOutcome::Undecided(why) => {
                    let level = if run.deny_undecided { "error" } else { "warning" };
                    text.push_str(&annotation(level, &property.at, &title, &format!("undecided: {why}")));
                }
            }
        }
    }
    for run in runs {
        for case in run.cases.iter().filter(|case| !case.passed()) {
            let file = if run.file.is_empty() { &case.file } else { &run.file };
            let at = Place { file: file.clone(), line: 1, column: 1, cell: None };
            let shown = case.pending().map_or_else(|| case.why().into(), |(old, new)| difference(old, new));
            let message = format!("{}\n{shown}", case.headline(run.tongue));
            text.push_str(&annotation("error", &at, &format!("case {}", case.name), message.trim_end()));
        }
        for file in &run.unreferenced {
            let at = Place { file: file.clone(), line: 1, column: 1, cell: None };
            text.push_str(&annotation("error", &at, "snapshot", "no profile has this name"));
        }
    }
    for (run, coverage) in runs.iter().filter_map(|run| Some((run, run.coverage.as_ref()?))) {
        text.push_str(&format!("{}: {}\n", run.name, coverage.headline(run.tongue)));
    }
    text.push_str(&format!("{}\n", Summary::of(runs).words(tongue_of(runs))));
    text
}

fn annotation(level: &str, at: &Place, title: &str, message: &str) -> String {
    let (line, column) = (at.line.to_string(), at.column.to_string());
    let properties =
        [("file", at.file.clone()), ("line", line), ("col", column), ("title", title.to_string())];
    workflow_command(level, &properties, message)
}
