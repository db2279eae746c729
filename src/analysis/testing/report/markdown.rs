//! For a comment on a pull request, or the summary of a workflow.

use super::{Summary, cause_difference, causes_of};
use crate::testing::{PropertyOutcome, RulesetRun};
use qudao_language::visible::{markdown_code, plain_markdown as escaped, visible};

/// Returns a table of the rulesets, and the failures in full.
#[must_use]
pub fn markdown(runs: &[RulesetRun]) -> String {
    let mut text = format!("**{}**\n\n", Summary::of(runs).words());
    text.push_str("| ruleset | passed | failed | undecided |\n| --- | ---: | ---: | ---: |\n");
    for run in runs {
        let of = Summary::of(std::slice::from_ref(run));
        let failed = if run.broken { "errors".to_string() } else { of.failed.to_string() };
        let failed = if of.new + of.unreferenced > 0 && !run.broken {
            format!("{failed}, {} new, {} unreferenced", of.new, of.unreferenced)
        } else {
            failed
        };
        let (name, passed, undecided) = (escaped(&run.name), of.passed, of.undecided);
        text.push_str(&format!("| {name} | {passed} | {failed} | {undecided} |\n"));
    }
    for run in runs {
        for test in run.tests.iter().filter(|test| !test.passed()) {
            text.push_str(&format!("\n### {}\n\n", escaped(&test.title)));
            for failure in &test.failures {
                text.push_str(&format!("- {}\n", escaped(&failure.headline())));
                if let Some(at) = failure.at() {
                    text.push_str(&format!("  `{}:{}`\n", markdown_code(&at.file), at.line));
                }
                text.push_str(&block(failure.details()));
            }
        }
        snapshots(run, &mut text);
        if let Some(coverage) = &run.coverage {
            text.push_str(&format!("\n### {}: {}\n\n", escaped(&run.name), coverage.headline()));
            for unseen in coverage.unseen() {
                let place = markdown_code(&unseen.at.file);
                text.push_str(&format!("- {} `{place}:{}`\n", escaped(&unseen.text), unseen.at.line));
            }
        }
        for property in &run.properties {
            let (word, why) = match &property.outcome {
                PropertyOutcome::NotChecked | PropertyOutcome::Proved => continue,
                PropertyOutcome::Fails(why) => ("does not hold", why),
                PropertyOutcome::Undecided(why) => ("is undecided", why),
            };
            text.push_str(&format!("\n### property {} {word}\n\n", escaped(&property.name)));
            text.push_str(&block(why));
        }
    }
    text
}

/// The causes, each with the cases that it moves and one of them in full; then what else is wrong.
fn snapshots(run: &RulesetRun, text: &mut String) {
    let found = causes_of(run);
    for (number, cause) in (1..).zip(&found) {
        let (count, cases) = (found.len(), cause.cases.len());
        let plural = if cases == 1 { "case" } else { "cases" };
        let title = escaped(&cause.title);
        text.push_str(&format!("\n### Cause {number} of {count}: {title} ({cases} {plural})\n\n"));
        for also in &cause.also {
            text.push_str(&format!("{}\n\n", escaped(also)));
        }
        text.push_str("| case | |\n| --- | --- |\n");
        for case in cause.cases.keys() {
            let moves: Vec<String> = cause.moves(case).iter().map(|words| escaped(words)).collect();
            text.push_str(&format!("| {} | {} |\n", escaped(case), moves.join("<br>")));
        }
        if let Some(case) = cause.cases.keys().next() {
            let lines = cause_difference(cause, case);
            text.push_str(&format!("\n{}:\n\n```diff\n{lines}```\n", escaped(case)));
        }
    }
    for case in run.cases.iter().filter(|case| !case.passed() && case.pending().is_none()) {
        text.push_str(&format!("\n### case {}\n\n- {}\n", escaped(&case.name), case.headline()));
        text.push_str(&block(case.why()));
    }
    for file in &run.unreferenced {
        text.push_str(&format!("\n- `{}`: no profile has this name\n", markdown_code(file)));
    }
}

/// A block of code in a list; its fence is longer than any in the text.
fn block(text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let fence = "`".repeat(text.split(|c| c != '`').map(str::len).max().unwrap_or(0).max(2) + 1);
    let lines: String = visible(text.trim_end())
        .lines()
        .map(|line| format!("  {line}").trim_end().to_string() + "\n")
        .collect();
    format!("\n  {fence}text\n{lines}  {fence}\n")
}
