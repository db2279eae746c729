//! What became of the snapshots of a ruleset, in words.

use std::collections::BTreeSet;

use crate::testing::causes::{Cause, Moved, Proposal, causes};
use crate::testing::{CaseRun, CaseState, RulesetRun, difference};
use qudao_telling::document::{Block, Code, Item, List, Mark, Section, Text};
use qudao_telling::words::Tongue;

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

/// Tells a cause: what it is, what follows from it, the cases that it moves and how; then a case in full.
#[must_use]
pub fn cause(cause: &Cause, (number, count): (usize, usize), full: Option<&String>, tongue: Tongue) -> Block {
    let cases = cause.cases.len();
    let items = cause.cases.keys().take(CASES).map(|case| {
        let moves = cause.moves(case, tongue);
        let moves =
            if moves.is_empty() { lines_moved(cause, case, tongue) } else { moves.join(tongue.semicolon()) };
        Item::new(Mark::None, moves).named(case)
    });
    let more = cases.saturating_sub(CASES);
    let rest = if more > 0 { tongue.and_more(more).into() } else { Text::default() };
    let mut body = vec![Block::List(List { items: items.collect(), rest, ..List::default() })];
    body.extend(full.map(|case| in_full(cause, case, tongue)));
    Block::Section(Section {
        heading: tongue.cause_of(number, count, &cause.title.words(tongue), &tongue.cases(cases)).into(),
        also: cause.also.iter().map(|moved| moved.words(tongue)).collect(),
        body,
        ..Section::default()
    })
}

/// Tells what a cause moves of a case.
#[must_use]
pub fn in_full(cause: &Cause, case: &str, tongue: Tongue) -> Block {
    let (label, text) = (tongue.in_full(case), cause_difference(cause, case));
    Block::Code(Code { label, language: "diff", text })
}

fn lines_moved(cause: &Cause, case: &str, tongue: Tongue) -> String {
    let lines = cause.cases.get(case);
    let count = lines.map_or(0, |lines| lines.gone.len().max(lines.come.len()));
    match count {
        0 => tongue.order_of_lines().into(),
        _ => tongue.lines(count),
    }
}

/// Returns the lines of a case that a cause moves, each with its sign.
fn cause_difference(cause: &Cause, case: &str) -> String {
    let lines = cause.cases.get(case).cloned().unwrap_or_default();
    let mut all: Vec<(&String, char)> = lines.gone.iter().map(|line| (line, '-')).collect();
    all.extend(lines.come.iter().map(|line| (line, '+')));
    // What goes and what comes of one thing stand together.
    all.sort_by_key(|(line, sign)| (subject(line), *sign == '+', (*line).clone()));
    all.iter().map(|(line, sign)| format!("{sign} {line}\n")).collect()
}

fn subject(line: &str) -> String {
    let words = line.split(' ');
    words.take(1).collect::<Vec<_>>().join(" ")
}

/// Tells what became of the snapshots of a ruleset. With `whole`, the difference of each case stands there in full.
pub(super) fn snapshots(run: &RulesetRun, whole: bool) -> Vec<Block> {
    let tongue = run.tongue;
    let fails = |heading: String, body: Vec<Block>| {
        Block::Section(Section { word: tongue.fail(), heading: heading.into(), body, ..Section::default() })
    };
    let mut told = Vec::new();
    for case in &run.cases {
        match &case.state {
            CaseState::Broken(why) => {
                let why = Block::Code(Code::of(why.trim_end()));
                told.push(fails(tongue.case(&case.name), vec![why]));
            }
            CaseState::LeftOver(_) => {
                told.push(fails(tongue.case_is(&case.name, case.headline(tongue)), Vec::new()));
            }
            CaseState::Same(_) | CaseState::Pending { .. } | CaseState::Accepted { .. } => {}
        }
    }
    let causes = causes_of(run);
    for (number, found) in (1..).zip(&causes) {
        let is_new = found.title == Moved::NewCases;
        let full = found.cases.keys().next().filter(|_| !whole && !is_new && number <= IN_FULL);
        told.push(cause(found, (number, causes.len()), full, tongue));
    }
    if whole {
        for (case, (old, new)) in run.cases.iter().filter_map(|case| Some((case, case.pending()?))) {
            let lines = Code { language: "diff", ..Code::of(&difference(old, new)) };
            told.push(fails(tongue.case_is(&case.name, case.headline(tongue)), vec![Block::Code(lines)]));
        }
    }
    told.extend(run.unreferenced.iter().map(|file| fails(tongue.no_profile_of(file), Vec::new())));
    let removed = run.pruned.iter().map(|file| Block::Paragraph(tongue.removed(file).into()));
    let removed: Vec<Block> = removed.collect();
    if !removed.is_empty() {
        told.push(Block::section("", removed));
    }
    told
}
