//! The order of targets, and which comes first.

use std::collections::HashSet;

use super::Truth;
use super::needs::NeedDecision;
use super::verdict::TargetDecision;
use crate::model::{Need, NeedState, Ruleset, Target, TargetMap};
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

/// Leaning, score, needs not known to be met: the less, the better.
type Key = (Verdict, i64, usize);

fn key(target: &TargetDecision) -> Key {
    (target.leaning, -target.score, open_needs(target))
}

fn open_needs(target: &TargetDecision) -> usize {
    target.needs.iter().filter(|need| need.state != NeedState::Met).count()
}

/// The best that may become of a target.
fn best(target: &TargetDecision) -> Key {
    let verdict = target.could_be.first().copied().unwrap_or(target.leaning);
    // What only a channel asks for that may be owned already may not be needed in the end.
    let spared = target.needs.iter().filter_map(|need| match need.need {
        Need::Channel(id) if need.state != NeedState::Unmet || need.because_of != target.target => {
            Some(Target::Channel(id))
        }
        Need::Channel(_) | Need::Requirement(_) => None,
    });
    let spared: HashSet<Target> = spared.collect();
    let sure = |need: &&NeedDecision| need.state == NeedState::Unmet && !spared.contains(&need.because_of);
    let needs = target.needs.iter().filter(sure).count();
    (verdict, -target.score_range.1, needs)
}

/// The worst that may become of a target.
fn worst(target: &TargetDecision) -> Key {
    let verdict = target.could_be.last().copied().unwrap_or(target.leaning);
    let needs = if target.more_needs { usize::MAX } else { open_needs(target) };
    (verdict, -target.score_range.0, needs)
}

/// Notes at each channel which targets need it.
pub(super) fn required_by(targets: &mut TargetMap<TargetDecision>) {
    let mut found: Vec<(Target, Target)> = Vec::new();
    for target in targets.values() {
        for need in &target.needs {
            if let Need::Channel(channel) = need.need {
                found.push((Target::Channel(channel), target.target));
            }
        }
    }
    for (target, by) in found {
        targets[target].required_by.push(by);
    }
}

/// So many targets that tie with another are noted: of thousands nobody reads the names, and all of all are a square.
const MOST_TIED: usize = 20;

/// Ranks some targets, gives each its place, and notes ties that declaration settled.
pub(super) fn rank(targets: &mut TargetMap<TargetDecision>, mut order: Vec<Target>) -> Vec<Target> {
    let key_of = |target: Target| key(&targets[target]);
    // The sort is stable, and the targets stand in the order of declaration.
    order.sort_by_key(|target| key_of(*target));
    let keys: Vec<Key> = order.iter().map(|target| key_of(*target)).collect();
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
        && others.map(|other| (best(other), place(other))).all(|other| (worst(first), place(first)) < other);
    First { target: Some(first.target), settled, tie: first.tie.clone() }
}
