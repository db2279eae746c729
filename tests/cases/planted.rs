//! Rulesets of other fields and styles, with faults that were planted: each is found, none is invented, and each
//! profile that is shown can be read and is decided.
//!
//! In a file of `tests/planted`, `# found: CODE NAME` names a fault, and `# examples: N` says that N profiles are shown.

use std::path::Path;

use libtest_mimic::Trial;
use qudao_analysis::analyse::findings::{Options, findings};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::decide::{Decision, Truth, decide};
use qudao_language::diagnostic::{Code, Diagnostic, render};
use qudao_language::operator::Verdict;
use qudao_language::syntax::Sources;

use crate::support::{self, files_below, folder};
use crate::{Wrong, case, file_name, name};

pub(crate) fn trials() -> Vec<Trial> {
    let home = folder("planted");
    let files = files_below(&home).into_iter();
    files.map(|path| case(name("planted", &home, &path), path, run)).collect()
}

/// The lines that begin so, without their beginning, each with its number.
fn lines<'t>(text: &'t str, start: &str) -> Vec<(usize, &'t str)> {
    (1..).zip(text.lines()).filter_map(|(number, line)| Some((number, line.strip_prefix(start)?))).collect()
}

fn run(path: &Path) -> Wrong {
    let text = std::fs::read_to_string(path).unwrap();
    let expected = lines(&text, "# found: ");
    let sources = Sources::new(&file_name(path), text.as_bytes().to_vec());
    let checked = check(&sources);
    let ruleset = checked.ruleset.as_ref().unwrap_or_else(|| {
        let all: String = checked.diagnostics.iter().map(|d| render(sources.files(), d, false)).collect();
        panic!("it has errors\n{all}")
    });
    let all = findings(ruleset, &checked.allowed, &Options::default());
    let mut wrong = Vec::new();
    let mut missed = expected;
    let mut examples = 0;
    for diagnostic in &all {
        let line = ruleset.files.place(diagnostic.label.span).line as usize;
        let at = ruleset.files.slice(diagnostic.label.span);
        let at = at.split([':', ' ']).find(|word| *word != "channel").unwrap_or(at);
        // A row that has no name is named by its number.
        let at = if at == "|" { diagnostic.message.split('`').nth(1).unwrap_or(at) } else { at };
        let found = format!("{} {at}", diagnostic.code.name());
        match missed.iter().position(|(_, expected)| *expected == found) {
            Some(index) => drop(missed.remove(index)),
            None => {
                wrong.push((line, format!("nobody planted\n{}", render(&ruleset.files, diagnostic, false))))
            }
        }
        for note in &diagnostic.notes {
            let lines: Vec<&str> = note.lines().filter_map(|line| line.strip_prefix("  ")).collect();
            if lines.is_empty() {
                continue;
            }
            let read = support::profile(ruleset, &(lines.join("\n") + "\n"));
            let Some(profile) = &read.profile else {
                wrong.push((line, format!("cannot be read:\n{note}")));
                continue;
            };
            // `on 2025-07-01, both fire for`
            let day = note.strip_prefix("on ").and_then(|rest| rest.split_once(", "));
            let day = day.and_then(|(day, _)| Date::parse(day)).or(ruleset.as_of);
            let decision = decide(ruleset, profile, day.unwrap_or(Date::MIN));
            if !shows(&decision, diagnostic) {
                wrong.push((line, format!("does not show {}:\n{note}", diagnostic.message)));
            }
            examples += 1;
        }
    }
    wrong.extend(missed.into_iter().map(|(line, fault)| (line, format!("not found: {fault}"))));
    for (line, number) in lines(&text, "# examples: ") {
        if number != examples.to_string() {
            wrong.push((line, format!("{examples} profiles are shown")));
        }
    }
    if examples > 0 && !text.contains("\n# examples: ") {
        wrong.push((1, format!("`# examples: {examples}` is missing")));
    }
    wrong
}

/// Whether a decision is an example of a finding.
fn shows(decision: &Decision<'_>, diagnostic: &Diagnostic) -> bool {
    let ruleset = decision.ruleset;
    let name = diagnostic.message.split('`').nth(1).unwrap();
    let instances = || {
        let rule = ruleset.rules.find(|rule| *rule.name == *name).unwrap();
        decision.instances(rule).iter()
    };
    let verdict = || decision.target(ruleset.target(name).unwrap()).leaning;
    match diagnostic.code {
        Code::DeadRule | Code::UnreachedRow => {
            instances().all(|instance| instance.fires.truth != Truth::True)
        }
        Code::AlwaysExcepted => instances()
            .any(|instance| instance.condition.truth == Truth::True && instance.fires.truth == Truth::False),
        Code::IdleScore | Code::AlwaysTrue | Code::SameRule => {
            instances().any(|instance| instance.fires.truth == Truth::True)
        }
        Code::NeverRecommended => verdict() != Verdict::Recommended,
        Code::AlwaysRecommended => verdict() == Verdict::Recommended,
        _ => panic!("no example of {} is known", diagnostic.code.name()),
    }
}
