//! What became of the snapshots of a ruleset, in words.

use std::collections::BTreeSet;

use crate::testing::causes::{Cause, Proposal, causes};
use crate::testing::{CaseRun, CaseState, RulesetRun, difference};
use qudao_language::layout::{pad, width, wrap};
use qudao_language::visible::visible;

/// So many cases of a cause are named.
const CASES: usize = 12;
/// So many causes are shown with a case in full.
const IN_FULL: usize = 3;

/// Returns the causes of what changed in the snapshots of a ruleset.
#[must_use]
pub fn causes_of(run: &RulesetRun) -> Vec<Cause> {
    run.causes.clone().unwrap_or_else(|| causes(&proposals(&run.cases), &BTreeSet::new()))
}

/// Returns the snapshots of cases, each with what it would be.
#[must_use]
pub fn proposals(cases: &[CaseRun]) -> Vec<Proposal<'_>> {
    cases
        .iter()
        .filter_map(|case| {
            let (old, new) = match &case.state {
                CaseState::Same(same) | CaseState::LeftOver(same) => (same.as_str(), same.as_str()),
                CaseState::Pending { old, new } | CaseState::Accepted { old, new } => {
                    (old.as_deref().unwrap_or(""), new.as_str())
                }
                CaseState::Broken(_) => return None,
            };
            Some(Proposal { case: &case.name, old, new })
        })
        .collect()
}

/// Returns a cause as lines: what it is, what follows from it, the cases that it moves and how.
#[must_use]
pub fn cause_text(cause: &Cause, number: usize, count: usize) -> String {
    let cases = cause.cases.len();
    let plural = if cases == 1 { "case" } else { "cases" };
    let mut text = String::new();
    let head = format!("Cause {number} of {count}: {} ({cases} {plural})", visible(&cause.title));
    for (line_number, line) in wrap(&head, 78).iter().enumerate() {
        text.push_str(if line_number == 0 { "" } else { "    " });
        text.push_str(&format!("{line}\n"));
    }
    for also in &cause.also {
        text.push_str(&format!("    {}\n", visible(also)));
    }
    let cells = cause.cases.keys().map(|case| width(&visible(case))).max().unwrap_or(0).min(24);
    for case in cause.cases.keys().take(CASES) {
        let moves = cause.moves(case);
        let moves = if moves.is_empty() { lines_moved(cause, case) } else { moves.join("; ") };
        let lead = format!("  {}  ", pad(&visible(case), cells));
        for (line_number, line) in
            wrap(&visible(&moves), 78_usize.saturating_sub(cells + 4)).iter().enumerate()
        {
            let lead = if line_number == 0 { lead.clone() } else { " ".repeat(width(&lead)) };
            text.push_str(format!("{lead}{line}").trim_end());
            text.push('\n');
        }
    }
    if cases > CASES {
        text.push_str(&format!("  and {} more\n", cases - CASES));
    }
    text
}

fn lines_moved(cause: &Cause, case: &str) -> String {
    let lines = cause.cases.get(case);
    let count = lines.map_or(0, |lines| lines.gone.len().max(lines.come.len()));
    match count {
        0 => "order of lines".into(),
        1 => "1 line".into(),
        _ => format!("{count} lines"),
    }
}

/// Returns the lines of a case that a cause moves, each with its sign.
#[must_use]
pub fn cause_difference(cause: &Cause, case: &str) -> String {
    let lines = cause.cases.get(case).cloned().unwrap_or_default();
    let mut all: Vec<(&String, char)> = lines.gone.iter().map(|line| (line, '-')).collect();
    all.extend(lines.come.iter().map(|line| (line, '+')));
    // What goes and what comes of one thing stand together.
    all.sort_by_key(|(line, sign)| (subject(line), *sign == '+', (*line).clone()));
    all.iter().map(|(line, sign)| format!("{sign} {}\n", visible(line))).collect()
}

fn subject(line: &str) -> String {
    let words = line.split(' ');
    words.take(1).collect::<Vec<_>>().join(" ")
}

/// Returns what became of the snapshots of a ruleset. With `whole`, the difference of each case stands there in full.
#[must_use]
pub(super) fn text(run: &RulesetRun, whole: bool) -> String {
    let mut text = String::new();
    for case in &run.cases {
        match &case.state {
            CaseState::Broken(why) => {
                text.push_str(&format!("FAIL  case {}\n", visible(&case.name)));
                for line in visible(why.trim_end()).lines() {
                    text.push_str(format!("  {line}").trim_end());
                    text.push('\n');
                }
                text.push('\n');
            }
            CaseState::LeftOver(_) => {
                text.push_str(&format!("FAIL  case {}: {}\n\n", visible(&case.name), case.headline()));
            }
            CaseState::Same(_) | CaseState::Pending { .. } | CaseState::Accepted { .. } => {}
        }
    }
    let causes = causes_of(run);
    for (number, cause) in (1..).zip(&causes) {
        text.push_str(&cause_text(cause, number, causes.len()));
        let is_new = cause.title == "new cases";
        let first = cause.cases.keys().next().filter(|_| !whole && !is_new && number <= IN_FULL);
        if let Some(case) = first {
            text.push_str(&format!("  {} in full:\n", visible(case)));
            for line in cause_difference(cause, case).lines() {
                text.push_str(&format!("    {line}\n"));
            }
        }
        text.push('\n');
    }
    if whole {
        for (case, (old, new)) in run.cases.iter().filter_map(|case| Some((case, case.pending()?))) {
            text.push_str(&format!("FAIL  case {}: {}\n", visible(&case.name), case.headline()));
            for line in difference(old, new).lines() {
                text.push_str(&format!("  {}\n", visible(line)));
            }
            text.push('\n');
        }
    }
    for file in &run.unreferenced {
        text.push_str(&format!("FAIL  {}: no profile has this name; --prune removes it\n", visible(file)));
    }
    for file in &run.pruned {
        text.push_str(&format!("removed {}\n", visible(file)));
    }
    text
}
