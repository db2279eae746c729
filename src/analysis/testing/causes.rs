//! Why snapshots changed: the changed lines of all cases, put together by what moved them.
//!
//! What a snapshot rests on stands in its head: facts, weights, thresholds and what else is set by a value. What of it
//! is set otherwise now is a cause of just the lines that stay as they were once it is set back and the case is decided
//! again (`settings.rs`). What is left, and all of snapshots of the former format, is told by the lines alone:
//!
//! - a name that is gone everywhere while another has come in its place is a **rename**;
//! - a **rule** that begins or ceases to act moves its target; rules that do so in the same cases, or that follow from
//!   another's exclusion or exception, are one cause, and so are rules that read the same changed **fact**;
//! - where a target's score changes and its rules do not, the points of a rule changed: of one that is a reason in all
//!   these cases and in none where the score stays;
//! - where only verdicts change, a **threshold** moved, unless the same score keeps its verdict elsewhere: then a cap did.
//!
//! Every changed line belongs to exactly one cause.

mod group;
mod lines;
mod moved;
mod moves;
mod renames;
mod settings;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::lines::renamed;
pub use self::moved::{Acting, Moved, Together};
pub use self::settings::Retrial;
use super::snapshot::has_conflict;
use qudao_telling::words::Tongue;

/// A snapshot, and what is proposed in its place.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// The case.
    pub case: &'a str,
    /// The accepted contents; empty where there are none yet.
    pub old: &'a str,
    /// What the decision gives now; the same where nothing changed.
    pub new: &'a str,
}

/// What moved some lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cause {
    /// What it is: `points of ar15_shop: +1 strong, -1 plain`.
    pub title: Moved,
    /// What follows from it: rules that begin or cease to act.
    pub also: Vec<Moved>,
    /// The settings that it is, where it is any: what accepted snapshots rest on from then on.
    pub settings: BTreeSet<String>,
    /// The lines that it moves, by case.
    pub cases: BTreeMap<String, Lines>,
}

/// Lines that go and come.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Lines {
    /// The lines that are gone.
    pub gone: BTreeSet<String>,
    /// The lines that have come.
    pub come: BTreeSet<String>,
}

impl Cause {
    /// Returns what comes of the targets in a case: `service: possible → recommended (1 plain → 1 strong)`.
    #[must_use]
    pub fn moves(&self, case: &str, tongue: Tongue) -> Vec<String> {
        let Some(moved) = self.cases.get(case) else { return Vec::new() };
        let (old, new) = (standings(&moved.gone), standings(&moved.come));
        let renamed =
            !old.is_empty() && !new.is_empty() && old.keys().all(|target| !new.contains_key(target));
        if renamed {
            return Vec::new();
        }
        let targets: BTreeSet<&&str> = old.keys().chain(new.keys()).collect();
        targets
            .into_iter()
            .map(|target| match (old.get(*target), new.get(*target)) {
                (Some(old), Some(new)) => format!("{target}: {}", old.to(new)),
                (None, Some(new)) => format!("{target} {}", word(new.verdict)),
                (Some(_), None) | (None, None) => tongue.target_is_gone(target),
            })
            .collect()
    }
}

/// What a line tells of a target.
struct Standing<'l> {
    verdict: &'l str,
    score: &'l str,
    open: &'l str,
}

fn standings(lines: &BTreeSet<String>) -> BTreeMap<&str, Standing<'_>> {
    let mut found = BTreeMap::new();
    for line in lines {
        if let lines::Line::Standing { target, verdict, score, open } = lines::read(line) {
            found.insert(target, Standing { verdict, score, open });
        }
    }
    found
}

/// Puts causes of many cases first, and those of as many in the order of their English words.
fn put_in_order(causes: &mut [Cause]) {
    causes.sort_by_cached_key(|cause| (Reverse(cause.cases.len()), cause.title.words(Tongue::English)));
}

fn word(verdict: &str) -> &str {
    verdict.split(' ').next().unwrap_or(verdict)
}

impl Standing<'_> {
    /// The change to another, what stays left out.
    fn to(&self, new: &Standing<'_>) -> String {
        let verdict = match (word(self.verdict), word(new.verdict)) {
            _ if self.verdict == new.verdict => word(new.verdict).to_string(),
            (old, new) if old != new => format!("{old} → {new}"),
            _ => format!("{} → {}", self.verdict, new.verdict),
        };
        let score = match (shown(self.score), shown(new.score)) {
            (old, new) if old == new => new,
            (old, new) => format!("{old} → {new}"),
        };
        let open = match (self.open, new.open) {
            (old, new) if old == new => String::new(),
            (old, new) => format!(", open {} → {}", shown(old), shown(new)),
        };
        format!("{verdict} ({score}{open})")
    }
}

/// A score without the levels of which there are none.
fn shown(score: &str) -> String {
    let parts: Vec<&str> = score.split(", ").filter(|part| !part.starts_with("0 ")).collect();
    let text = parts.join(", ");
    if text.is_empty() { "0".into() } else { text }
}

/// Finds what moved the lines of some cases, by the lines alone. Cases in which nothing changed help to tell causes
/// apart. `declared` are the names of the ruleset as it is now, as far as they are known: none of them was renamed.
#[must_use]
pub fn causes(proposals: &[Proposal<'_>], declared: &BTreeSet<&str>) -> Vec<Cause> {
    sorted(proposals, |kept| group::grouped(kept, false, declared))
}

/// The same, where the cases can be decided again with what their snapshots rest on as it was.
#[must_use]
pub fn causes_by_trial(proposals: &[Proposal<'_>], retrial: &Retrial<'_>) -> Vec<Cause> {
    sorted(proposals, |kept| settings::grouped(kept, retrial))
}

fn sorted(proposals: &[Proposal<'_>], grouped: impl FnOnce(&[&Proposal<'_>]) -> Vec<Cause>) -> Vec<Cause> {
    let is_whole = |proposal: &&Proposal<'_>| !proposal.old.is_empty() && !has_conflict(proposal.old);
    let (kept, fresh): (Vec<&Proposal<'_>>, Vec<&Proposal<'_>>) = proposals.iter().partition(is_whole);
    let mut found = grouped(&kept);
    for (title, marked) in [(Moved::NewCases, false), (Moved::Conflict, true)] {
        let cases =
            fresh.iter().filter(|proposal| !proposal.new.is_empty() && proposal.old.is_empty() != marked);
        let cases: BTreeMap<String, Lines> = cases
            .map(|proposal| {
                let lines = |text: &str| text.lines().map(str::to_string).collect();
                (proposal.case.to_string(), Lines { gone: lines(proposal.old), come: lines(proposal.new) })
            })
            .collect();
        if !cases.is_empty() {
            found.push(Cause { title, also: Vec::new(), settings: BTreeSet::new(), cases });
        }
    }
    found
}

/// Returns the contents of a snapshot with some of its changes made: those whose lines are chosen.
#[must_use]
pub fn partly(old: &str, new: &str, chosen: impl Fn(&str, bool) -> bool) -> String {
    let (before, after): (BTreeSet<&str>, BTreeSet<&str>) = (old.lines().collect(), new.lines().collect());
    let stays = before.iter().filter(|line| after.contains(*line) || !chosen(line, false));
    let comes = after.iter().filter(|line| !before.contains(*line) && chosen(line, true));
    let mut lines: Vec<&str> = stays.chain(comes).copied().collect();
    // What stands on both sides goes with the new order, and so do all targets.
    let order = lines::order(new.lines().chain(old.lines()));
    let ranks = new.lines().chain(old.lines()).zip(0_usize..);
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (line, rank) in ranks {
        places.entry(line).or_insert(rank);
    }
    lines.sort_by_key(|line| (lines::place(line, &order), places.get(line).copied()));
    lines.iter().map(|line| format!("{line}\n")).collect()
}
