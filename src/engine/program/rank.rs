//! Which channel comes first, and the order of all.

use std::ops::Range;

use super::outcome::Outcome;
use super::{Program, Scratch};
use qudao_language::decide::{End, Place, Truth, places};
use qudao_language::model::{Id, Target};
use qudao_language::operator::Verdict;

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

/// A verdict, then a score, as one number: the less, the better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Standing(u64);

impl Standing {
    pub(super) const WORST: Standing = Standing(u64::MAX);

    /// Scores stay below 2^53: `check` sees to it.
    #[inline]
    pub(super) fn of(verdict: Verdict, score: i64) -> Standing {
        Standing((verdict as u64) << 60 | (1_u64 << 54).wrapping_sub(score as u64))
    }

    /// The best that may become of a target.
    #[inline]
    fn best(outcome: &Outcome) -> Standing {
        Standing::of(outcome.could_be.best().unwrap_or(outcome.leaning), outcome.score_range.1)
    }

    /// The worst that may become of a target.
    #[inline]
    fn worst(outcome: &Outcome) -> Standing {
        Standing::of(outcome.could_be.worst().unwrap_or(outcome.leaning), outcome.score_range.0)
    }
}

/// What ranks a target where measures do: its leaning, what the ruleset ranks by, its open needs. The less, the better.
type Key = (Verdict, Vec<Place>, u32);

impl Program<'_> {
    /// Returns the channels by number, best first.
    #[must_use]
    pub fn channels(&self, scratch: &Scratch) -> Vec<u32> {
        self.order(scratch, 0..self.ruleset().channels.len())
    }

    /// Returns the mixes by number, best first.
    #[must_use]
    pub fn mixes(&self, scratch: &Scratch) -> Vec<u32> {
        self.order(scratch, self.ruleset().channels.len()..self.ruleset().target_count())
    }

    /// The places of some outcomes, best first.
    fn order(&self, scratch: &Scratch, of: Range<usize>) -> Vec<u32> {
        let outcomes = scratch.outcomes.get(of.clone()).expect("each target has an outcome");
        if self.ruleset().ranks_by_measures() {
            let keys = of.zip(outcomes).map(|(target, outcome)| self.key(scratch, target, outcome));
            let mut keys: Vec<(Key, u32)> = keys.zip(0..).collect();
            keys.sort_unstable();
            return keys.into_iter().map(|(_, place)| place).collect();
        }
        let standing = |outcome: &Outcome| Standing::of(outcome.leaning, outcome.score);
        let mut keys: Vec<(Standing, u32, u32)> = (0..)
            .zip(outcomes)
            .map(|(place, outcome)| (standing(outcome), outcome.open_needs, place))
            .collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, _, place)| place).collect()
    }

    fn places(&self, scratch: &Scratch, target: usize, score: i64, end: Option<End>) -> Vec<Place> {
        let measured = scratch.measured.get(target).map_or(&[][..], Vec::as_slice);
        places(self.ruleset(), measured, score, end)
    }

    fn key(&self, scratch: &Scratch, target: usize, outcome: &Outcome) -> Key {
        let places = self.places(scratch, target, outcome.score, None);
        (outcome.leaning, places, outcome.open_needs)
    }

    /// Finds out which channel comes first where measures rank.
    fn first_by_measures(&self, scratch: &Scratch) -> FirstOutcome {
        let channels =
            scratch.outcomes.get(..self.ruleset().channels.len()).expect("each target has an outcome");
        let keys = channels.iter().enumerate().map(|(place, outcome)| self.key(scratch, place, outcome));
        let keys: Vec<Key> = keys.collect();
        let first = keys.iter().zip(channels).enumerate().min_by_key(|(_, (key, _))| *key);
        let Some((place, (key, first))) = first.filter(|(_, (_, first))| first.leaning != Verdict::Excluded)
        else {
            let settled = channels.iter().all(|other| other.could_be.is_only(other.leaning));
            return FirstOutcome { settled, ..FirstOutcome::default() };
        };
        let worst = (
            first.could_be.worst().unwrap_or(first.leaning),
            self.places(scratch, place, first.score_range.0, Some(End::Worst)),
            if first.more_needs { u32::MAX } else { first.open_needs },
            place,
        );
        let behind = |(other_place, other): (usize, &Outcome)| {
            let best = || {
                let verdict = other.could_be.best().unwrap_or(other.leaning);
                let places = self.places(scratch, other_place, other.score_range.1, Some(End::Best));
                (verdict, places, self.sure_needs(scratch, other_place), other_place)
            };
            other_place == place || worst < best()
        };
        let settled = first.excluded.truth == Truth::False && channels.iter().enumerate().all(behind);
        let ties = keys.iter().filter(|other| *other == key).count() - 1;
        FirstOutcome { target: Some(Target::Channel(Id::new(place))), settled, ties }
    }

    /// Finds out which of the channels comes first.
    pub(super) fn find_first(&self, scratch: &mut Scratch) {
        scratch.first = match self.ruleset().ranks_by_measures() {
            true => self.first_by_measures(scratch),
            false => self.first_of(scratch),
        };
    }

    fn first_of(&self, scratch: &Scratch) -> FirstOutcome {
        let channels =
            scratch.outcomes.get(..self.ruleset().channels.len()).expect("each target has an outcome");
        let best = scratch.standings.iter().take(channels.len()).min();
        let alike = || {
            let all = (0_u32..).zip(scratch.standings.iter().zip(channels));
            all.filter(|(_, (standing, _))| Some(*standing) == best)
                .map(|(place, (_, outcome))| (place, outcome))
        };
        let first = alike().min_by_key(|(_, outcome)| outcome.open_needs);
        let Some((place, first)) = first.filter(|(_, first)| first.leaning != Verdict::Excluded) else {
            let settled = channels.iter().all(|other| other.could_be.is_only(other.leaning));
            return FirstOutcome { settled, ..FirstOutcome::default() };
        };
        let ties = alike().filter(|(_, other)| other.open_needs == first.open_needs).count() - 1;
        let worst = Standing::worst(first);
        let most_needs = if first.more_needs { u32::MAX } else { first.open_needs };
        let behind = |(other_place, other): (u32, &Outcome)| {
            let best = Standing::best(other);
            let sure = || self.sure_needs(scratch, other_place as usize);
            worst < best
                || other_place == place
                || worst == best && (most_needs, place) < (sure(), other_place)
        };
        let settled = first.excluded.truth == Truth::False && (0..).zip(channels).all(behind);
        FirstOutcome { target: Some(Target::Channel(Id::new(place as usize))), settled, ties }
    }
}
