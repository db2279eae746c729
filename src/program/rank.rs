//! The order of targets, and which channel comes first.

use std::cmp::Ordering;

use super::outcome::Outcome;
use super::{NeedOutcome, Program, Scratch};
use crate::decide::Truth;
use crate::ground::{Effects, Ground};
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

/// Up to so many keys, each is compared with each: that takes no jumps.
const MOST_COUNTED: usize = 64;

/// How channels, or mixes, are ranked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranking {
    /// The form of keys of 31 bits, where they suffice.
    short: Option<Short>,
}

/// The form of a short key: 2 bits for the verdict, then the score taken from the greatest, needs, the place of
/// declaration.
#[derive(Clone, Copy, Debug)]
struct Short {
    greatest: i64,
    scores: u32,
    needs: u32,
    places: u32,
}

impl Short {
    #[inline]
    fn key(self, outcome: &Outcome, place: u32) -> i32 {
        let (verdict, score, needs) = key(outcome);
        let head = (verdict as i32) << self.scores | (score + self.greatest) as i32;
        (head << self.needs | needs as i32) << self.places | place as i32
    }
}

/// Finds the forms of keys of channels and mixes.
pub(super) fn rankings(ground: &Ground<'_>) -> [Ranking; 2] {
    let (channels, mixes) = ground.targets.split_at(ground.ruleset.channels.len().min(ground.targets.len()));
    [channels, mixes].map(|targets| Ranking { short: short(ground, targets) })
}

fn short(ground: &Ground<'_>, targets: &[Effects]) -> Option<Short> {
    let bits = |most: i64| 64 - most.leading_zeros();
    let most = |effects: &Effects| {
        effects.scores.iter().try_fold(0_i64, |sum, (_, points)| sum.checked_add(points.checked_abs()?))
    };
    let greatest = targets.iter().map(most).try_fold(0, |greatest, most| Some(most?.max(greatest)))?;
    let needs = ground.ruleset.requirements.len() + ground.ruleset.channels.len();
    let short = Short {
        greatest,
        scores: bits(greatest.checked_mul(2)?),
        needs: bits(needs as i64),
        places: bits(targets.len() as i64),
    };
    (2 + short.scores + short.needs + short.places <= 31).then_some(short)
}

/// Writes an order down.
fn put(places: impl Iterator<Item = u32>, order: &mut [u32], outcomes: &mut [Outcome]) {
    for ((rank, slot), place) in (1..).zip(order).zip(places) {
        *slot = place;
        if let Some(outcome) = outcomes.get_mut(place as usize) {
            outcome.rank = rank;
        }
    }
}

/// Ranks keys, each by how many are less.
fn count(keys: &[i32], order: &mut [u32], outcomes: &mut [Outcome]) {
    for ((place, key), outcome) in (0..).zip(keys).zip(outcomes) {
        let less: i32 = keys.iter().map(|other| i32::from(other < key)).sum();
        outcome.rank = less as usize + 1;
        if let Some(slot) = order.get_mut(less as usize) {
            *slot = place;
        }
    }
}

/// Leaning, score, needs not known to be met: the less, the better.
type Key = (Verdict, i64, u32);

impl Program<'_> {
    /// Ranks channels and mixes, and finds the first of the channels.
    pub(super) fn ranks(&self, scratch: &mut Scratch) {
        let mut channels = std::mem::take(&mut scratch.channels);
        let [of_channels, of_mixes] = &self.rankings;
        self.rank(scratch, of_channels, &mut channels, 0);
        scratch.first = self.first_of(scratch, &channels);
        scratch.channels = channels;
        let mut mixes = std::mem::take(&mut scratch.mixes);
        self.rank(scratch, of_mixes, &mut mixes, self.ruleset().channels.len());
        scratch.mixes = mixes;
    }

    fn rank(&self, scratch: &mut Scratch, ranking: &Ranking, order: &mut [u32], base: usize) {
        let Some(outcomes) = scratch.outcomes.get_mut(base..base + order.len()) else { return };
        match ranking.short {
            Some(short) => {
                let keys = &mut scratch.keys;
                keys.clear();
                keys.extend((0..).zip(outcomes.iter()).map(|(index, outcome)| short.key(outcome, index)));
                if keys.len() > MOST_COUNTED {
                    keys.sort_unstable();
                    let places = keys.iter().map(|key| (*key & ((1 << short.places) - 1)) as u32);
                    put(places, order, outcomes);
                } else {
                    count(keys, order, outcomes);
                }
            }
            None => {
                let keys = &mut scratch.wide_keys;
                keys.clear();
                keys.extend((0..).zip(outcomes.iter()).map(|(index, outcome)| packed(key(outcome), index)));
                keys.sort_unstable();
                put(keys.iter().map(|key| *key as u32), order, outcomes);
            }
        }
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
        let worst = worst(first);
        let behind = |index: &u32| {
            outcome(index).is_some_and(|other| match (worst.0, worst.1).cmp(&best(other)) {
                Ordering::Less => true,
                Ordering::Greater => false,
                Ordering::Equal => (worst.2, *place) < (sure_needs(other, needs(*index)), *index),
            })
        };
        let mut others = channels.iter().skip(1);
        let settled = first.excluded.truth == Truth::False
            && match scratch.settled {
                // Nothing may change but needs: who is clearly behind, and all after them, stay there.
                true => others
                    .take_while(|index| outcome(index).is_some_and(|o| (worst.0, worst.1) == best(o)))
                    .all(behind),
                false => others.all(behind),
            };
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

/// The best verdict and score that may become of a target.
fn best(outcome: &Outcome) -> (Verdict, i64) {
    (outcome.could_be.best().unwrap_or(outcome.leaning), -outcome.score_range.1)
}

/// How many needs will be left of a target for certain. What only a channel asks for that may be owned already may not
/// be needed in the end.
fn sure_needs(outcome: &Outcome, needs: &[NeedOutcome]) -> u32 {
    let owned = |of: Target| {
        let by =
            needs.iter().find(|need| matches!(need.need, Need::Channel(id) if Target::Channel(id) == of));
        by.is_some_and(|need| need.state != NeedState::Unmet || need.because_of != outcome.target)
    };
    let sure = needs.iter().filter(|need| need.state == NeedState::Unmet && !owned(need.because_of));
    sure.count() as u32
}

/// The worst that may become of a target.
fn worst(outcome: &Outcome) -> Key {
    let needs = if outcome.more_needs { u32::MAX } else { outcome.open_needs };
    (outcome.could_be.worst().unwrap_or(outcome.leaning), -outcome.score_range.0, needs)
}
