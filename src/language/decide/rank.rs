//! The order of targets, and which comes first.

use super::Truth;
use super::measures::Measured;
use super::verdict::TargetDecision;
use crate::exact::Exact;
use crate::model::{RankBy, Ruleset, Target, TargetMap, Value};
use crate::operator::Verdict;

/// The first of the channels.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct First {
    /// The channel; nothing where all are excluded, or there are none.
    pub target: Option<Target>,
    /// Whether nothing unknown could put another first.
    pub settled: bool,
    /// The channels that only the order of declaration puts behind it.
    pub tie: Vec<Target>,
}

/// What ranks a target: its leaning, what the ruleset ranks by, needs not known to be met. The less, the better.
type Key = (Verdict, Vec<Place>, usize);

/// Where a target stands by the score or by a measure, less being better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// Before anything that is known.
    Before,
    /// By a number.
    At(Exact),
    /// Behind anything that is known.
    Behind,
    /// It has no such measure.
    Without,
}

/// Returns where a target stands by each thing that the ruleset ranks by. `score` tells which score counts, and `end`
/// which place an unknown measure takes: by its range, if that is asked for.
#[must_use]
pub fn places(ruleset: &Ruleset, measures: &[Measured], score: i64, end: Option<End>) -> Vec<Place> {
    let place = |rank: &RankBy| {
        let id = match rank {
            RankBy::Score => return Place::At(Exact::whole(-score)),
            RankBy::Measure(id) => *id,
        };
        let Some(measured) = measures.iter().find(|measured| measured.measure == id) else {
            return Place::Without;
        };
        let higher = ruleset.measures[id].higher;
        let at = |value: Exact| Place::At(if higher { value.negated() } else { value });
        if let Some(value) = measured.value.as_ref().and_then(Value::as_number) {
            return at(value);
        }
        let Some(end) = end else { return Place::Behind };
        let bound = if higher == (end == End::Best) { measured.high } else { measured.low };
        let open = if end == End::Best { Place::Before } else { Place::Behind };
        bound.map_or(open, at)
    };
    ruleset.rank.iter().map(place).collect()
}

/// An end of what could become of a target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// The best.
    Best,
    /// The worst.
    Worst,
}

/// Leaning and what the ruleset ranks by: what channels and mixes are compared by.
pub(super) fn merits(ruleset: &Ruleset, target: &TargetDecision) -> (Verdict, Vec<Place>) {
    (target.leaning, places(ruleset, &target.measures, target.score, None))
}

fn key(ruleset: &Ruleset, target: &TargetDecision) -> Key {
    let (leaning, places) = merits(ruleset, target);
    (leaning, places, target.to_do.open)
}

/// The best that may become of a target.
fn best(ruleset: &Ruleset, target: &TargetDecision) -> Key {
    let ((_, score), (verdict, _)) = target.reach(ruleset);
    (verdict, places(ruleset, &target.measures, score, Some(End::Best)), target.to_do.sure)
}

/// The worst that may become of a target.
fn worst(ruleset: &Ruleset, target: &TargetDecision) -> Key {
    let ((score, _), (_, verdict)) = target.reach(ruleset);
    let needs = if target.to_do.more { usize::MAX } else { target.to_do.open };
    (verdict, places(ruleset, &target.measures, score, Some(End::Worst)), needs)
}

/// So many targets that tie with another are noted: of thousands nobody reads the names, and all of all are a square.
const MOST_TIED: usize = 20;

/// Ranks some targets, gives each its place, and notes ties that declaration settled.
pub(super) fn rank(
    ruleset: &Ruleset,
    targets: &mut TargetMap<TargetDecision>,
    order: Vec<Target>,
) -> Vec<Target> {
    let keyed = order.into_iter().map(|target| (key(ruleset, &targets[target]), target));
    let mut keyed: Vec<(Key, Target)> = keyed.collect();
    // The sort is stable, and the targets stand in the order of declaration.
    keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
    let (keys, order): (Vec<Key>, Vec<Target>) = keyed.into_iter().unzip();
    let mut start = 0;
    while let Some(first) = keys.get(start) {
        let end = start + keys.iter().skip(start).take_while(|key| *key == first).count();
        let tied = order.get(start..end).expect("there is a key for each target");
        for (place, target) in (start + 1..).zip(tied) {
            let decision = &mut targets[*target];
            decision.rank = place;
            decision.tie = tied.iter().copied().filter(|other| other != target).take(MOST_TIED).collect();
        }
        start = end;
    }
    order
}

/// Returns the first of the channels, unless all are excluded.
pub(super) fn first(ruleset: &Ruleset, targets: &TargetMap<TargetDecision>, channels: &[Target]) -> First {
    let of = |target: &Target| &targets[*target];
    let Some(first) = channels.first().map(of).filter(|first| first.leaning != Verdict::Excluded) else {
        return First {
            settled: channels.iter().map(of).all(TargetDecision::is_settled),
            ..First::default()
        };
    };
    let place = |target: &TargetDecision| ruleset.target_index(target.target);
    let others = channels.iter().map(of).filter(|other| other.target != first.target);
    let settled = first.excluded.truth == Truth::False
        && others
            .map(|other| (best(ruleset, other), place(other)))
            .all(|other| (worst(ruleset, first), place(first)) < other);
    First { target: Some(first.target), settled, tie: first.tie.clone() }
}
