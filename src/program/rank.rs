//! The order of targets, and which channel comes first.

use super::outcome::Outcome;
use super::{NeedOutcome, Program, Scratch};
use crate::decide::Truth;
use crate::model::{Id, Need, NeedState, Target};
use crate::operator::Verdict;

/// The first of the channels.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FirstOutcome {
    /// The channel; nothing where all are excluded, or there are none.
    pub target: Option<Target>,
    /// Whether nothing unknown could put another first.
    pub settled: bool,
    /// How many channels only the order of declaration puts behind it.
    pub ties: usize,
}

/// Leaning, score, needs not known to be met: the less, the better.
type Key = (Verdict, i64, u32);

impl Program<'_> {
    /// Ranks channels and mixes, and finds the first of the channels.
    pub(super) fn ranks(&self, scratch: &mut Scratch) {
        let mut channels = std::mem::take(&mut scratch.channels);
        self.rank(scratch, &mut channels, 0);
        scratch.first = self.first_of(scratch, &channels);
        scratch.channels = channels;
        let mut mixes = std::mem::take(&mut scratch.mixes);
        self.rank(scratch, &mut mixes, self.ruleset().channels.len());
        scratch.mixes = mixes;
    }

    fn rank(&self, scratch: &mut Scratch, order: &mut [u32], base: usize) {
        let mut keys = std::mem::take(&mut scratch.keys);
        keys.clear();
        let of = scratch.outcomes.iter().skip(base).take(order.len());
        keys.extend((0..).zip(of).map(|(index, outcome)| packed(key(outcome), index)));
        keys.sort_unstable();
        for ((place, slot), packed) in (1..).zip(order.iter_mut()).zip(&keys) {
            *slot = *packed as u32;
            if let Some(outcome) = scratch.outcomes.get_mut(base + *slot as usize) {
                outcome.rank = place;
            }
        }
        scratch.keys = keys;
    }

    fn first_of(&self, scratch: &Scratch, channels: &[u32]) -> FirstOutcome {
        let outcome = |index: &u32| scratch.outcomes.get(*index as usize);
        let first = channels.first().and_then(|index| Some((index, outcome(index)?)));
        let Some((place, first)) = first.filter(|(_, first)| first.leaning != Verdict::Excluded) else {
            let settled =
                channels.iter().filter_map(outcome).all(|other| other.could_be.is_only(other.leaning));
            return FirstOutcome { settled, ..FirstOutcome::default() };
        };
        let needs = |index: u32| scratch.needs.of(index as usize);
        let worst = (worst(first), *place);
        let mut others = channels.iter().skip(1);
        let settled = first.excluded.truth == Truth::False
            && others.all(|index| {
                outcome(index).is_some_and(|other| worst < (best(other, needs(*index)), *index))
            });
        let mine = key(first);
        let ties = channels.iter().skip(1).take_while(|index| outcome(index).map(key) == Some(mine)).count();
        FirstOutcome { target: Some(Target::Channel(Id::new(*place as usize))), settled, ties }
    }
}

fn key(outcome: &Outcome) -> Key {
    (outcome.leaning, -outcome.score, outcome.open_needs)
}

/// A key and the place of declaration as one number, in the same order: 2 bits, 64 with the sign turned, 30, 32.
fn packed((leaning, score, needs): Key, index: u32) -> u128 {
    const MOST_NEEDS: u32 = (1 << 30) - 1;
    let score = score as u64 ^ (1 << 63);
    ((leaning as u128) << 126)
        | (u128::from(score) << 62)
        | (u128::from(needs.min(MOST_NEEDS)) << 32)
        | u128::from(index)
}

/// The best that may become of a target. What only a channel asks for that may be owned already may not be needed in
/// the end.
fn best(outcome: &Outcome, needs: &[NeedOutcome]) -> Key {
    let owned = |of: Target| {
        let by =
            needs.iter().find(|need| matches!(need.need, Need::Channel(id) if Target::Channel(id) == of));
        by.is_some_and(|need| need.state != NeedState::Unmet || need.because_of != outcome.target)
    };
    let sure = needs.iter().filter(|need| need.state == NeedState::Unmet && !owned(need.because_of));
    (outcome.could_be.best().unwrap_or(outcome.leaning), -outcome.score_range.1, sure.count() as u32)
}

/// The worst that may become of a target.
fn worst(outcome: &Outcome) -> Key {
    let needs = if outcome.more_needs { u32::MAX } else { outcome.open_needs };
    (outcome.could_be.worst().unwrap_or(outcome.leaning), -outcome.score_range.0, needs)
}
