//! Exclusions, caps, scores and what they leave open: verdicts.

use super::bits::Kleene;
use super::{Program, Scratch};
use crate::decide::Judged;
use crate::ground::Ground;
use crate::model::{Target, Thresholds};
use crate::operator::Verdict;

/// What came of a target: what [`crate::decide::TargetDecision`] says of it, reasons left aside.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// The target.
    pub target: Target,
    /// Its place among the channels or the mixes, from 1.
    pub rank: usize,
    /// Whether it is excluded.
    pub excluded: Judged,
    /// The points of the rules that fired.
    pub score: i64,
    /// The least and the greatest score that pending rules leave open.
    pub score_range: (i64, i64),
    /// The verdict by what has fired.
    pub leaning: Verdict,
    /// The verdict; nothing where unknown fields could give another.
    pub verdict: Option<Verdict>,
    /// The verdicts that pending rules leave open.
    pub could_be: VerdictSet,
    /// Whether more needs may come, its own or those of a channel that it needs.
    pub more_needs: bool,
    /// How many needs are not known to be met.
    pub(super) open_needs: u32,
}

/// Some verdicts.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct VerdictSet(u8);

impl VerdictSet {
    fn insert(&mut self, verdict: Verdict) {
        self.0 |= 1 << verdict as u8;
    }

    /// Returns the verdicts, best first.
    pub fn iter(self) -> impl Iterator<Item = Verdict> {
        Verdict::ALL.into_iter().filter(move |verdict| self.0 >> *verdict as u8 & 1 == 1)
    }

    /// Returns the best.
    #[must_use]
    pub fn best(self) -> Option<Verdict> {
        self.iter().next()
    }

    /// Returns the worst.
    #[must_use]
    pub fn worst(self) -> Option<Verdict> {
        self.iter().last()
    }

    /// Tells whether a verdict is the only one.
    #[must_use]
    pub fn is_only(self, verdict: Verdict) -> bool {
        self.0 == 1 << verdict as u8
    }
}

impl Outcome {
    /// An outcome to begin with.
    pub(super) fn of(target: Target) -> Outcome {
        Outcome {
            target,
            rank: 0,
            excluded: Judged::FALSE,
            score: 0,
            score_range: (0, 0),
            leaning: Verdict::Possible,
            verdict: None,
            could_be: VerdictSet::default(),
            more_needs: false,
            open_needs: 0,
        }
    }
}

/// What an instance does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Score(i64),
    Cap(Verdict),
    Exclude,
}

/// What each instance does to which target.
#[derive(Clone, Default, Debug)]
pub(super) struct Effects {
    /// Where the acts of each instance begin, and where the last ends.
    starts: Vec<u32>,
    acts: Vec<(u32, Act)>,
}

impl Effects {
    pub(super) fn new(ground: &Ground<'_>) -> Effects {
        let mut of: Vec<Vec<(u32, Act)>> = vec![Vec::new(); ground.instances.len()];
        for (target, effects) in (0..).zip(&ground.targets) {
            let scores = effects.scores.iter().map(|(id, points)| (id, Act::Score(*points)));
            let caps = effects.caps.iter().map(|(id, verdict)| (id, Act::Cap(*verdict)));
            let exclusions = effects.exclusions.iter().map(|id| (id, Act::Exclude));
            for (id, act) in scores.chain(caps).chain(exclusions) {
                if let Some(of) = of.get_mut(id.index()) {
                    of.push((target, act));
                }
            }
        }
        let mut effects = Effects::default();
        for acts in of {
            effects.starts.push(effects.acts.len() as u32);
            effects.acts.extend(acts);
        }
        effects.starts.push(effects.acts.len() as u32);
        effects
    }

    #[inline]
    fn of(&self, instance: usize) -> &[(u32, Act)] {
        match (self.starts.get(instance), self.starts.get(instance + 1)) {
            (Some(start), Some(end)) => self.acts.get(*start as usize..*end as usize).unwrap_or(&[]),
            _ => &[],
        }
    }
}

/// The effects on one target, added up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    score: i64,
    /// Pending points, those taken and those given.
    pending: (i64, i64),
    /// Those that the fields leave open.
    open: (i64, i64),
    /// The lowest cap that fired.
    cap: Verdict,
    pending_caps: u8,
    open_caps: u8,
    excluded: Kleene,
}

impl Tally {
    pub(super) const NOTHING: Tally = Tally {
        score: 0,
        pending: (0, 0),
        open: (0, 0),
        cap: Verdict::Recommended,
        pending_caps: 0,
        open_caps: 0,
        excluded: Kleene::FALSE,
    };

    #[inline]
    fn fired(&mut self, act: Act) {
        match act {
            Act::Score(points) => self.score += points,
            Act::Cap(verdict) => self.cap = self.cap.max(verdict),
            Act::Exclude => self.excluded = Kleene::TRUE,
        }
    }

    #[inline]
    fn pending(&mut self, act: Act, judged: Kleene) {
        match act {
            Act::Score(points) => {
                let (taken, given) = (points.min(0), points.max(0));
                self.pending = (self.pending.0 + taken, self.pending.1 + given);
                if judged.can_hold() {
                    self.open = (self.open.0 + taken, self.open.1 + given);
                }
            }
            Act::Cap(verdict) => {
                self.pending_caps |= 1 << verdict as u8;
                if judged.can_hold() {
                    self.open_caps |= 1 << verdict as u8;
                }
            }
            Act::Exclude => self.excluded = self.excluded.or(judged),
        }
    }
}

impl Program<'_> {
    /// Adds up what the rules do that do not ask, then finds out which targets are excluded.
    pub(super) fn exclusions(&self, scratch: &mut Scratch) {
        let mut tallies = std::mem::take(&mut scratch.tallies);
        tallies.fill(Tally::NOTHING);
        scratch.fired.each(|instance| {
            for (target, act) in self.effects.of(instance) {
                if let Some(tally) = tallies.get_mut(*target as usize) {
                    tally.fired(*act);
                }
            }
        });
        for place in 0..scratch.fired.words.len() {
            let word = |bits: &super::Bits| bits.words.get(place).copied().unwrap_or(0);
            let pending = word(&scratch.possible) & !word(&scratch.fired);
            super::bits::each_bit(pending, place * 64, &mut |instance| {
                let acts = self.effects.of(instance);
                if acts.is_empty() {
                    return;
                }
                let judged = self.judged(scratch, instance);
                for (target, act) in acts {
                    if let Some(tally) = tallies.get_mut(*target as usize) {
                        tally.pending(*act, judged);
                    }
                }
            });
        }
        scratch.tallies = tallies;
        let ruleset = self.ruleset();
        for channel in &ruleset.channel_order {
            self.exclusion(scratch, channel.index(), &[]);
        }
        for (id, mix) in ruleset.mixes.entries() {
            self.exclusion(scratch, ruleset.target_index(Target::Mix(id)), &mix.members);
        }
    }

    fn exclusion(
        &self,
        scratch: &mut Scratch,
        target: usize,
        members: &[crate::model::Id<crate::model::Channel>],
    ) {
        let excluded =
            |scratch: &Scratch, index: usize| scratch.excluded.get(index).copied().unwrap_or(Kleene::STUCK);
        let mut judged = scratch.tallies.get(target).map_or(Kleene::FALSE, |tally| tally.excluded);
        let needed = self.ground.targets.get(target).map_or(&[][..], |target| target.channels.as_slice());
        for (channel, by) in needed {
            let by = by.map_or(Kleene::TRUE, |by| self.judged(scratch, by.index()));
            let owned =
                self.ground.owned.get(channel.index()).map_or(Kleene::FALSE, |node| scratch.node(*node));
            judged = judged.or(by.and(excluded(scratch, channel.index())).and(owned.not()));
        }
        for member in members {
            judged = judged.or(excluded(scratch, member.index()));
        }
        if let Some(slot) = scratch.excluded.get_mut(target) {
            *slot = judged;
        }
    }

    /// Adds up what the rules do that ask, then gives each target its score and verdicts.
    pub(super) fn scores(&self, scratch: &mut Scratch) {
        for id in &self.asks {
            let judged = scratch.node(self.ground.instances[*id].fires);
            if judged.is_false() {
                continue;
            }
            for (target, act) in self.effects.of(id.index()) {
                let Some(tally) = scratch.tallies.get_mut(*target as usize) else { continue };
                if judged.is_true() { tally.fired(*act) } else { tally.pending(*act, judged) }
            }
        }
        let thresholds = self.ruleset().thresholds;
        for ((outcome, tally), excluded) in
            scratch.outcomes.iter_mut().zip(&scratch.tallies).zip(&scratch.excluded)
        {
            tally.decide(thresholds, *excluded, outcome);
        }
    }
}

impl Tally {
    fn decide(&self, thresholds: Thresholds, excluded: Kleene, outcome: &mut Outcome) {
        let by_score = if self.score >= thresholds.recommended {
            Verdict::Recommended
        } else if self.score >= thresholds.possible {
            Verdict::Possible
        } else {
            Verdict::Unsuitable
        };
        outcome.excluded = excluded.judged();
        outcome.leaning = if excluded.is_true() { Verdict::Excluded } else { by_score.max(self.cap) };
        outcome.score = self.score;
        outcome.score_range = (self.score + self.pending.0, self.score + self.pending.1);
        let may_exclude = excluded.is_unknown();
        if self.pending == (0, 0) && self.pending_caps == 0 && !may_exclude {
            outcome.could_be = VerdictSet(1 << outcome.leaning as u8);
            outcome.verdict = Some(outcome.leaning);
            return;
        }
        outcome.could_be = self.verdicts(thresholds, excluded, self.pending, self.pending_caps, may_exclude);
        let may_exclude = may_exclude && excluded.can_hold();
        let by_fields = self.verdicts(thresholds, excluded, self.open, self.open_caps, may_exclude);
        outcome.verdict = by_fields.is_only(outcome.leaning).then_some(outcome.leaning);
    }

    /// The verdicts that what has fired and what is open leave.
    fn verdicts(
        &self,
        thresholds: Thresholds,
        excluded: Kleene,
        open: (i64, i64),
        caps: u8,
        may_exclude: bool,
    ) -> VerdictSet {
        let mut found = VerdictSet::default();
        if excluded.is_true() {
            found.insert(Verdict::Excluded);
            return found;
        }
        let (low, high) = (self.score + open.0, self.score + open.1);
        let between = high >= thresholds.possible && low < thresholds.recommended;
        let by_range = [
            (Verdict::Recommended, high >= thresholds.recommended),
            (Verdict::Possible, between && thresholds.possible < thresholds.recommended),
            (Verdict::Unsuitable, low < thresholds.possible),
        ];
        for (verdict, _) in by_range.into_iter().filter(|(_, possible)| *possible) {
            let capped = verdict.max(self.cap);
            found.insert(capped);
            for cap in VerdictSet(caps).iter() {
                found.insert(capped.max(cap));
            }
        }
        if may_exclude {
            found.insert(Verdict::Excluded);
        }
        found
    }
}
