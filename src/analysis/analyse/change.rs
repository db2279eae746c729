//! How the answers of two rulesets to one profile differ, and which edits make them differ.

use std::collections::{BTreeMap, BTreeSet};

pub use super::causes::{Causes, How};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, TargetDecision};
use qudao_language::model::{NeedState, Ruleset, Statement, Target};
use qudao_language::operator::Verdict;

/// Which target of one ruleset is which of the other: those of one name, and those that were renamed.
#[derive(Clone, Debug)]
pub struct Pairs {
    /// The targets of both, in the order of the new one.
    pub both: Vec<(Target, Target)>,
    /// The targets that are gone.
    pub gone: Vec<Target>,
    /// The targets that are new.
    pub came: Vec<Target>,
}

/// Whether a channel says that it was called so.
fn is_old_name(ruleset: &Ruleset, target: Target, name: &str) -> bool {
    match target {
        Target::Channel(id) => ruleset.channels[id].was.iter().any(|was| &**was == name),
        Target::Mix(_) => false,
    }
}

impl Pairs {
    /// Pairs the targets of two rulesets.
    #[must_use]
    pub fn new(old: &Ruleset, new: &Ruleset) -> Pairs {
        let alike = |a: Target, b: Target| matches!(a, Target::Channel(_)) == matches!(b, Target::Channel(_));
        let named =
            |target: Target| old.target(new.target_name(target)).filter(|other| alike(*other, target));
        let stays =
            |target: &Target| new.target(old.target_name(*target)).is_some_and(|now| alike(*target, now));
        let mut gone: Vec<Target> = old.targets().filter(|target| !stays(target)).collect();
        let (mut both, mut came) = (Vec::new(), Vec::new());
        let unnamed: Vec<Target> = new.targets().filter(|target| named(*target).is_none()).collect();
        for target in new.targets() {
            // A target that went and one that came under a title that no other has are one that was renamed.
            let titled = |all: &[Target], ruleset: &Ruleset| -> Vec<Target> {
                let same = |other: &Target| {
                    alike(*other, target)
                        && title(ruleset, *other).is_some()
                        && title(ruleset, *other) == title(new, target)
                };
                all.iter().copied().filter(same).collect()
            };
            let renamed = || match (titled(&gone, old).as_slice(), titled(&unnamed, new).as_slice()) {
                ([other], [_]) => Some(*other),
                _ => None,
            };
            let was = || gone.iter().copied().find(|other| is_old_name(new, target, old.target_name(*other)));
            match named(target).or_else(was).or_else(renamed) {
                Some(other) => {
                    gone.retain(|target| *target != other);
                    both.push((other, target));
                }
                None => came.push(target),
            }
        }
        Pairs { both, gone, came }
    }

    /// Returns what a target is called now: by its new name, or by its old one if it is gone.
    pub(super) fn new_name(&self, [old, new]: [&Ruleset; 2], side: usize, target: Target) -> String {
        match (side, self.new_of(target)) {
            (1, _) => new.target_name(target).to_string(),
            (_, Some(now)) => new.target_name(now).to_string(),
            (_, None) => old.target_name(target).to_string(),
        }
    }

    /// Returns the target of the old ruleset that is called so now.
    pub(super) fn old_named(&self, new: &Ruleset, old: &Ruleset, name: &str) -> Option<Target> {
        let pair = self.both.iter().find(|(_, now)| new.target_name(*now) == name);
        pair.map(|(before, _)| *before)
            .or_else(|| self.gone.iter().copied().find(|target| old.target_name(*target) == name))
    }

    /// Whether the same channel comes first in two answers.
    fn same_first(&self, old: &Decision<'_>, new: &Decision<'_>) -> bool {
        match old.first.target {
            None => new.first.target.is_none(),
            Some(before) => self.new_of(before) == new.first.target && new.first.target.is_some(),
        }
    }

    /// Returns which target of the new ruleset one of the old is.
    #[must_use]
    pub fn new_of(&self, old: Target) -> Option<Target> {
        self.both.iter().find(|(other, _)| *other == old).map(|(_, target)| *target)
    }
}

fn title(ruleset: &Ruleset, target: Target) -> Option<&str> {
    let title = match target {
        Target::Channel(id) => &ruleset.channels[id].title,
        Target::Mix(id) => &ruleset.mixes[id].title,
    };
    title.as_ref().map(|title| title.get(""))
}

/// What a target came out as. Two are equal if they tell the same: what a level is worth follows from all rules, so the
/// points of one are as many however many that is.
#[derive(Clone, Eq, Debug)]
pub struct Standing {
    /// The verdict; nothing where it is undecided.
    pub verdict: Option<Verdict>,
    /// The points.
    pub score: i64,
    /// The points as they are told: by their levels, where the ruleset has some.
    pub points: String,
    /// What it needs, by name, and whether that is there.
    pub needs: BTreeMap<String, NeedState>,
}

impl PartialEq for Standing {
    fn eq(&self, other: &Standing) -> bool {
        (self.verdict, &self.points, &self.needs) == (other.verdict, &other.points, &other.needs)
    }
}

impl Standing {
    /// Returns what a target came out as.
    #[must_use]
    pub fn of(decision: &Decision<'_>, target: Target) -> Standing {
        let decided = decision.target(target);
        let needs = decision
            .needs(target)
            .map(|need| (decision.ruleset.need_name(need.need).to_string(), need.state));
        let (score, points) = (decided.score, points(decision.ruleset, decided));
        Standing { verdict: decided.verdict, score, points, needs: needs.collect() }
    }
}

/// The points of a target: `2 strong, 1 against` where there are levels.
fn points(ruleset: &Ruleset, decided: &TargetDecision) -> String {
    let of_levels: i64 =
        ruleset.levels.iter().zip(&decided.tally).map(|(level, count)| level.points * count).sum();
    let levels = ruleset.levels.iter().zip(&decided.tally).filter(|(_, count)| **count != 0);
    let mut parts: Vec<String> = levels.map(|(level, count)| format!("{count} {}", level.name)).collect();
    let rest = decided.score - of_levels;
    if rest != 0 || parts.is_empty() {
        parts.push(rest.to_string());
    }
    parts.join(", ")
}

/// How a target came out otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetChange {
    /// The target in the old ruleset and in the new one; in at least one of them it is.
    pub target: (Option<Target>, Option<Target>),
    /// What it came out as before.
    pub old: Option<Standing>,
    /// What it comes out as now.
    pub new: Option<Standing>,
    /// The edits that make the difference.
    pub causes: Causes,
}

impl TargetChange {
    /// Tells whether both rulesets have the target: one that came or went is told once, not of each profile.
    #[must_use]
    pub fn is_in_both(&self) -> bool {
        self.old.is_some() && self.new.is_some()
    }

    /// Tells whether the verdict is another.
    #[must_use]
    pub fn is_verdict(&self) -> bool {
        let verdict = |standing: &Option<Standing>| standing.as_ref().map(|standing| standing.verdict);
        verdict(&self.old) != verdict(&self.new)
    }

    /// Tells whether it needs other things, or has come to have some.
    #[must_use]
    pub fn is_needs(&self) -> bool {
        let needs = |standing: &Option<Standing>| standing.as_ref().map(|standing| standing.needs.clone());
        needs(&self.old) != needs(&self.new)
    }
}

/// How two answers to one profile differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The targets that came out otherwise, in the order of the new ruleset, those that are gone last.
    pub targets: Vec<TargetChange>,
    /// The first of the channels before and now, where it is another.
    pub first: Option<(Option<Target>, Option<Target>)>,
    /// The edits that make it another.
    pub first_causes: Causes,
}

impl Change {
    /// Tells whether nothing differs, of what both rulesets have.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.kept().next().is_none() && self.first.is_none()
    }

    /// Tells whether a verdict, the first place or a need differs, of what both rulesets have; if not, scores alone do.
    #[must_use]
    pub fn is_decision(&self) -> bool {
        self.first.is_some() || self.kept().any(|target| target.is_verdict() || target.is_needs())
    }

    /// Returns what differs of the targets that both rulesets have.
    pub fn kept(&self) -> impl Iterator<Item = &TargetChange> {
        self.targets.iter().filter(|target| target.is_in_both())
    }

    /// Returns the edits that make the difference, by their numbers.
    #[must_use]
    pub fn causes(&self) -> BTreeSet<usize> {
        let targets = self.targets.iter().map(|target| &target.causes);
        targets.chain([&self.first_causes]).flat_map(|causes| causes.edits.iter().copied()).collect()
    }
}

/// Tells whether two rulesets decide one profile otherwise: a verdict, the first place or a need. It asks less than
/// [`compare`], which looks for causes.
#[must_use]
pub fn decides_otherwise(old: &Decision<'_>, new: &Decision<'_>, pairs: &Pairs) -> bool {
    let needs = |decision: &Decision<'_>, target: Target| -> BTreeMap<String, NeedState> {
        let needs = decision.needs(target);
        needs.map(|need| (decision.ruleset.need_name(need.need).to_string(), need.state)).collect()
    };
    let same = |(before, now): &(Target, Target)| {
        old.target(*before).verdict == new.target(*now).verdict && needs(old, *before) == needs(new, *now)
    };
    !pairs.same_first(old, new) || !pairs.both.iter().all(same)
}

/// Compares the answers of two rulesets to one profile. What makes the difference is not told yet.
#[must_use]
pub fn compare(old: &Decision<'_>, new: &Decision<'_>, pairs: &Pairs) -> Change {
    let mut targets = Vec::new();
    let both = pairs.both.iter().map(|(before, now)| (Some(*before), Some(*now)));
    let came = pairs.came.iter().map(|now| (None, Some(*now)));
    let gone = pairs.gone.iter().map(|before| (Some(*before), None));
    for target in both.chain(came).chain(gone) {
        let before = target.0.map(|target| Standing::of(old, target));
        let now = target.1.map(|target| Standing::of(new, target));
        if before != now {
            targets.push(TargetChange { target, old: before, new: now, causes: Causes::default() });
        }
    }
    targets
        .sort_by_key(|change| change.target.1.map_or(usize::MAX, |target| new.ruleset.target_index(target)));
    let first = (old.first.target, new.first.target);
    let first = (!pairs.same_first(old, new)).then_some(first);
    Change { targets, first, first_causes: Causes::default() }
}

/// Returns the days on which facts of a ruleset begin or cease to hold, in order: between two of them, and before the
/// first, what facts say does not change.
#[must_use]
pub fn days_of_change(ruleset: &Ruleset) -> BTreeSet<Date> {
    let statements = ruleset.stating().flat_map(|(_, stated)| stated.values().flatten());
    statements.flat_map(Statement::changes).collect()
}
