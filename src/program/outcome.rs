//! Exclusions, caps, scores and what they leave open: verdicts.

use super::bits::{Kleene, each_bit};
use super::{Program, Scratch};
use crate::decide::Judged;
use crate::ground::Ground;
use crate::model::{Channel, Id, Target, Thresholds};
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
    /// Returns the verdicts, best first.
    pub fn iter(self) -> impl Iterator<Item = Verdict> {
        Verdict::ALL.into_iter().filter(move |verdict| self.0 >> *verdict as u8 & 1 == 1)
    }

    /// Returns the best.
    #[must_use]
    pub fn best(self) -> Option<Verdict> {
        Verdict::ALL.get(self.0.trailing_zeros() as usize).copied()
    }

    /// Returns the worst.
    #[must_use]
    pub fn worst(self) -> Option<Verdict> {
        Verdict::ALL.get(7_usize.wrapping_sub(self.0.leading_zeros() as usize)).copied()
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

/// What an effect of an instance does to a target; what it does not do is neutral here, so that nothing has to be asked.
#[derive(Clone, Copy, Debug)]
struct Act {
    points: i64,
    /// The bits of the needs that it brings, among those of the target.
    needs: u64,
    /// The target; one more than there are where nothing is done.
    target: u32,
    /// The place of the next act of the instance among [`Effects::more`], from 1; 0 where there is none.
    next: u32,
    cap: Verdict,
    excludes: bool,
}

/// What each instance does to which target.
#[derive(Clone, Default, Debug)]
pub(super) struct Effects {
    /// The first act of each instance.
    first: Vec<Act>,
    more: Vec<Act>,
    /// The target of acts that do nothing.
    nothing: u32,
}

/// The last of the bits of a target's needs stands for all that have no bit of their own.
pub(super) const LAST_NEED: usize = 63;

impl Effects {
    pub(super) fn new(ground: &Ground<'_>) -> Effects {
        let nothing = Act {
            points: 0,
            needs: 0,
            target: ground.targets.len() as u32,
            next: 0,
            cap: Verdict::Recommended,
            excludes: false,
        };
        let mut effects = Effects {
            first: vec![nothing; ground.instances.len()],
            more: Vec::new(),
            nothing: nothing.target,
        };
        for (target, of) in (0..).zip(&ground.targets) {
            let act = Act { target, ..nothing };
            for (id, points) in &of.scores {
                effects.add(id.index(), Act { points: *points, ..act });
            }
            for (id, cap) in &of.caps {
                effects.add(id.index(), Act { cap: *cap, ..act });
            }
            for id in &of.exclusions {
                effects.add(id.index(), Act { excludes: true, ..act });
            }
            for (number, (id, _)) in of.needs.iter().enumerate() {
                effects.add(id.index(), Act { needs: 1 << number.min(LAST_NEED), ..act });
            }
        }
        effects
    }

    fn add(&mut self, instance: usize, act: Act) {
        let Some(first) = self.first.get_mut(instance) else { return };
        if first.target == self.nothing {
            *first = act;
        } else {
            self.more.push(Act { next: first.next, ..act });
            first.next = self.more.len() as u32;
        }
    }

    /// Tells whether an instance does nothing to any target.
    fn is_idle(&self, instance: usize) -> bool {
        self.first.get(instance).is_none_or(|act| act.target == self.nothing)
    }

    /// Calls a function with all that an instance does.
    #[inline]
    fn each(&self, instance: usize, mut visit: impl FnMut(&Act)) {
        let mut act = self.first.get(instance);
        while let Some(next) = act {
            visit(next);
            if next.next == 0 {
                return;
            }
            act = self.more.get(next.next as usize - 1);
        }
    }
}

/// What fired on one target, added up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    score: i64,
    /// The needs that came with it, by bit.
    pub(super) needs: u64,
    /// The lowest cap.
    cap: Verdict,
    excluded: bool,
}

/// What is pending on one target, added up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// Points, those taken and those given.
    pending: (i64, i64),
    /// Those among them that no filling of the fields brings.
    stuck: (i64, i64),
    pending_caps: u8,
    open_caps: u8,
    excluded: Kleene,
    pub(super) needs: bool,
}

impl Tally {
    pub(super) const NOTHING: Tally =
        Tally { score: 0, needs: 0, cap: Verdict::Recommended, excluded: false };

    #[inline]
    fn fired(&mut self, act: &Act) {
        self.score += act.points;
        self.needs |= act.needs;
        self.cap = self.cap.max(act.cap);
        self.excluded |= act.excludes;
    }
}

impl Open {
    pub(super) const NOTHING: Open = Open {
        pending: (0, 0),
        stuck: (0, 0),
        pending_caps: 0,
        open_caps: 0,
        excluded: Kleene::FALSE,
        needs: false,
    };

    #[inline]
    fn pending(&mut self, act: &Act, judged: Kleene) {
        let (taken, given) = (act.points.min(0), act.points.max(0));
        // A cap at the best verdict caps nothing.
        let cap = (1_u8 << act.cap as u8) & !1;
        self.pending = (self.pending.0 + taken, self.pending.1 + given);
        self.pending_caps |= cap;
        self.needs |= act.needs != 0;
        if judged.can_hold() {
            self.open_caps |= cap;
        } else {
            self.stuck = (self.stuck.0 + taken, self.stuck.1 + given);
        }
        self.excluded = self.excluded.or(if act.excludes { judged } else { Kleene::FALSE });
    }
}

impl Program<'_> {
    /// Adds up what the rules do that do not ask, then finds out which targets are excluded.
    pub(super) fn exclusions(&self, scratch: &mut Scratch) {
        let Scratch { tallies, fired, .. } = &mut *scratch;
        tallies.fill(Tally::NOTHING);
        fired.each(|instance| {
            self.effects.each(instance, |act| {
                if let Some(tally) = tallies.get_mut(act.target as usize) {
                    tally.fired(act);
                }
            });
        });
        if !scratch.certain || !self.asks.is_empty() {
            self.add_pending(scratch);
        }
        for ((excluded, tally), open) in scratch.excluded.iter_mut().zip(&scratch.tallies).zip(&scratch.open)
        {
            *excluded = match tally.excluded {
                true => Kleene::TRUE,
                false if scratch.certain => Kleene::FALSE,
                false => open.excluded,
            };
        }
        for (target, members) in &self.linked {
            self.exclusion(scratch, *target, members);
        }
    }

    fn add_pending(&self, scratch: &mut Scratch) {
        let mut opens = std::mem::take(&mut scratch.open);
        opens.fill(Open::NOTHING);
        for place in 0..scratch.fired.words.len() {
            let word = |bits: &super::Bits| bits.words.get(place).copied().unwrap_or(0);
            let pending = word(&scratch.possible) & !word(&scratch.fired);
            let plain = word(&self.plain);
            each_bit(pending & plain, place * 64, &mut |instance| {
                self.effects.each(instance, |act| {
                    if let Some(open) = opens.get_mut(act.target as usize) {
                        open.pending(act, Kleene::OPEN);
                    }
                });
            });
            each_bit(pending & !plain, place * 64, &mut |instance| {
                if self.effects.is_idle(instance) {
                    return;
                }
                let judged = self.judged(scratch, instance);
                self.effects.each(instance, |act| {
                    if let Some(open) = opens.get_mut(act.target as usize) {
                        open.pending(act, judged);
                    }
                });
            });
        }
        scratch.open = opens;
    }

    /// Adds to what excludes a target what comes through channels that it needs, and through members.
    fn exclusion(&self, scratch: &mut Scratch, target: usize, members: &[Id<Channel>]) {
        let excluded =
            |scratch: &Scratch, index: usize| scratch.excluded.get(index).copied().unwrap_or(Kleene::STUCK);
        let mut judged = excluded(scratch, target);
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

    /// Adds up what the rules do that ask.
    pub(super) fn add_asking(&self, scratch: &mut Scratch) {
        for id in &self.asks {
            let judged = scratch.node(self.ground.instances[*id].fires);
            if judged.is_false() {
                continue;
            }
            let Scratch { tallies, open, .. } = &mut *scratch;
            self.effects.each(id.index(), |act| {
                if judged.is_true() {
                    tallies.get_mut(act.target as usize).into_iter().for_each(|tally| tally.fired(act));
                } else {
                    open.get_mut(act.target as usize).into_iter().for_each(|open| open.pending(act, judged));
                }
            });
        }
    }

    /// Gives each target its score and verdicts.
    pub(super) fn scores(&self, scratch: &mut Scratch) {
        let thresholds = self.ruleset().thresholds;
        let mut settled = scratch.certain;
        let all = scratch.outcomes.iter_mut().zip(&scratch.tallies).zip(&scratch.excluded).zip(&scratch.open);
        for (((outcome, tally), excluded), open) in all {
            let leaning = tally.leaning(thresholds, *excluded);
            outcome.excluded = excluded.judged();
            outcome.leaning = leaning;
            outcome.score = tally.score;
            if scratch.certain && !excluded.is_unknown() {
                outcome.score_range = (tally.score, tally.score);
                outcome.could_be = VerdictSet(1 << leaning as u8);
                outcome.verdict = Some(leaning);
            } else {
                let open = if scratch.certain { &Open::NOTHING } else { open };
                settled &= tally.leave_open(thresholds, *excluded, open, outcome);
            }
        }
        scratch.settled = settled;
    }
}

/// The targets that may be excluded through others, each after those: by number, with a mix's members.
pub(super) fn linked(ground: &Ground<'_>) -> Vec<(usize, Vec<Id<Channel>>)> {
    let ruleset = ground.ruleset;
    let needs = |index: usize| ground.targets.get(index).is_some_and(|target| !target.channels.is_empty());
    let channels = ruleset.channel_order.iter().map(|channel| channel.index());
    let channels = channels.filter(|index| needs(*index)).map(|index| (index, Vec::new()));
    let mixes =
        ruleset.mixes.entries().map(|(id, mix)| (ruleset.target_index(Target::Mix(id)), mix.members.clone()));
    channels.chain(mixes).collect()
}

impl Tally {
    /// The verdict by what has fired.
    #[inline]
    fn leaning(&self, thresholds: Thresholds, excluded: Kleene) -> Verdict {
        let by_score = if self.score >= thresholds.recommended {
            Verdict::Recommended
        } else if self.score >= thresholds.possible {
            Verdict::Possible
        } else {
            Verdict::Unsuitable
        };
        if excluded.is_true() { Verdict::Excluded } else { by_score.max(self.cap) }
    }

    /// Finds what is left open; tells whether that is nothing.
    fn leave_open(
        &self,
        thresholds: Thresholds,
        excluded: Kleene,
        open: &Open,
        outcome: &mut Outcome,
    ) -> bool {
        outcome.score_range = (self.score + open.pending.0, self.score + open.pending.1);
        let may_exclude = excluded.is_unknown();
        if open.pending == (0, 0) && open.pending_caps == 0 && !may_exclude {
            outcome.could_be = VerdictSet(1 << outcome.leaning as u8);
            outcome.verdict = Some(outcome.leaning);
            return true;
        }
        outcome.could_be = self.verdicts(thresholds, excluded, open.pending, open.pending_caps, may_exclude);
        let may_be_excluded = may_exclude && excluded.can_hold();
        let same =
            open.stuck == (0, 0) && open.open_caps == open.pending_caps && may_be_excluded == may_exclude;
        let by_fields = if same {
            outcome.could_be
        } else {
            let by_fields = (open.pending.0 - open.stuck.0, open.pending.1 - open.stuck.1);
            self.verdicts(thresholds, excluded, by_fields, open.open_caps, may_be_excluded)
        };
        outcome.verdict = by_fields.is_only(outcome.leaning).then_some(outcome.leaning);
        false
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
        let bit = |verdict: Verdict, is: bool| u8::from(is) << verdict as u8;
        if excluded.is_true() {
            return VerdictSet(bit(Verdict::Excluded, true));
        }
        let (low, high) = (self.score + open.0, self.score + open.1);
        let between = high >= thresholds.possible && low < thresholds.recommended;
        let by_range = bit(Verdict::Recommended, high >= thresholds.recommended)
            | bit(Verdict::Possible, between && thresholds.possible < thresholds.recommended)
            | bit(Verdict::Unsuitable, low < thresholds.possible);
        let capped = cap(by_range, self.cap);
        let mut found = capped;
        for (verdict, place) in [(Verdict::Possible, 1), (Verdict::Unsuitable, 2)] {
            if caps >> place & 1 == 1 {
                found |= cap(capped, verdict);
            }
        }
        VerdictSet(found | bit(Verdict::Excluded, may_exclude))
    }
}

/// Verdicts as bits, none of them better than one.
fn cap(verdicts: u8, at: Verdict) -> u8 {
    let at = 1_u8 << at as u8;
    let better = at - 1;
    if verdicts & better == 0 { verdicts } else { verdicts & !better | at }
}
