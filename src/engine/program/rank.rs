//! Which channel comes first, and the order of all.

use super::outcome::Outcome;
use super::{Program, Scratch};
use qudao_language::decide::Truth;
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

/// The places of outcomes, best first.
fn order(outcomes: &[Outcome]) -> Vec<u32> {
    let standing = |outcome: &Outcome| Standing::of(outcome.leaning, outcome.score);
    let mut keys: Vec<(Standing, u32, u32)> =
        (0..).zip(outcomes).map(|(place, outcome)| (standing(outcome), outcome.open_needs, place)).collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, _, place)| place).collect()
}

impl Program<'_> {
    /// Returns the channels by number, best first.
    #[must_use]
    pub fn channels(&self, scratch: &Scratch) -> Vec<u32> {
        order(scratch.outcomes.get(..self.ruleset().channels.len()).unwrap_or(&[]))
    }

    /// Returns the mixes by number, best first.
    #[must_use]
    pub fn mixes(&self, scratch: &Scratch) -> Vec<u32> {
        order(scratch.outcomes.get(self.ruleset().channels.len()..).unwrap_or(&[]))
    }

    /// Finds out which of the channels comes first.
    pub(super) fn find_first(&self, scratch: &mut Scratch) {
        scratch.first = self.first_of(scratch);
    }

    fn first_of(&self, scratch: &Scratch) -> FirstOutcome {
        let channels = scratch.outcomes.get(..self.ruleset().channels.len()).unwrap_or(&[]);
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
