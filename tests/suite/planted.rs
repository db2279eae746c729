//! Rulesets of other fields and styles, with faults that were planted: each is found, none is invented, and each
//! profile that is shown can be read and is decided.

use qudao_analysis::analyse::findings::{Options, findings};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::decide::{Decision, Truth, decide};
use qudao_language::diagnostic::{Code, Diagnostic, render};
use qudao_language::operator::Verdict;
use qudao_language::syntax::Sources;

use crate::support::{self, files_below, folder};

#[test]
fn planted_faults_are_found_and_no_others() {
    let mut wrong = Vec::new();
    let mut shown = 0;
    for path in files_below(&folder("planted")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut expected: Vec<String> =
            text.lines().filter_map(|line| line.strip_prefix("# found: ")).map(str::to_string).collect();
        expected.sort();
        let sources = Sources::new(&name, text.as_bytes().to_vec());
        let checked = check(&sources);
        let ruleset = checked.ruleset.as_ref().unwrap_or_else(|| {
            let all: String = checked.diagnostics.iter().map(|d| render(sources.files(), d, false)).collect();
            panic!("{name}\n{all}")
        });
        let all = findings(ruleset, &checked.allowed, &Options::default());
        let mut found: Vec<String> = all
            .iter()
            .map(|d| {
                let at = ruleset.files.slice(d.label.span);
                let at = at.split([':', ' ']).find(|word| *word != "channel").unwrap_or(at);
                // A row that has no name is named by its number.
                let at = if at == "|" { d.message.split('`').nth(1).unwrap_or(at) } else { at };
                format!("{} {}", d.code.name(), at)
            })
            .collect();
        found.sort();
        if found != expected {
            let all: String = all.iter().map(|d| render(&ruleset.files, d, false)).collect();
            wrong.push(format!("{name}: found {found:#?}\nexpected {expected:#?}\n{all}"));
        }
        for (diagnostic, note) in all.iter().flat_map(|d| d.notes.iter().map(move |note| (d, note))) {
            let lines: Vec<&str> = note.lines().filter_map(|line| line.strip_prefix("  ")).collect();
            if lines.is_empty() {
                continue;
            }
            let read = support::profile(ruleset, &(lines.join("\n") + "\n"));
            let Some(profile) = &read.profile else {
                wrong.push(format!("{name}: cannot be read:\n{note}"));
                continue;
            };
            // `on 2025-07-01, both fire for`
            let day = note.strip_prefix("on ").and_then(|rest| rest.split_once(", "));
            let day = day.and_then(|(day, _)| Date::parse(day)).or(ruleset.as_of);
            let decision = decide(ruleset, profile, day.unwrap_or(Date::MIN));
            if !shows(&decision, diagnostic) {
                wrong.push(format!("{name}: does not show {}:\n{note}", diagnostic.message));
            }
            shown += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(shown >= 12, "{shown} profiles are shown");
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
