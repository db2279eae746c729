//! Exclusions, caps, scores and what they leave open: verdicts.

use super::bits::{Kleene, count_few, each_bit};
use super::rank::Standing;
use super::{Program, Scratch};
use crate::ground::{Ground, Instance};
use qudao_language::decide::Judged;
use qudao_language::model::{Channel, Id, IdMap, Need, Target, Thresholds};
use qudao_language::operator::Verdict;

/// What came of a target: what [`qudao_language::decide::TargetDecision`] says of it, reasons left aside.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// The target.
    pub target: Target,
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
    /// What else it does, in bits: the needs that it brings by the requirement's number, caps, exclusion; and whether
    /// the instance does more.
    does: u32,
    /// The target; one more than there are where nothing is done.
    target: u32,
}

/// So many requirements have bits in [`Act::does`].
pub(super) const NEED_BITS: usize = 27;
/// All of them.
const NEEDS: u32 = (1 << NEED_BITS) - 1;
/// It needs something that has no bit of its own.
const OTHER_NEED: u32 = 1 << 27;
/// Where the bits of caps begin: at `possible`, at `unsuitable`.
const CAPS: u32 = 28;
const EXCLUDES: u32 = 1 << 30;
const MORE: u32 = 1 << 31;

/// What each instance does to which target.
#[derive(Clone, Default, Debug)]
pub(super) struct Effects {
    /// The first act of each instance.
    first: Vec<Act>,
    /// The others, by instance, and where those of an instance begin.
    more: Vec<Act>,
    from: Vec<u32>,
    /// The target of acts that do nothing.
    nothing: u32,
}

impl Effects {
    pub(super) fn new(ground: &Ground<'_>) -> Effects {
        let nothing = Act { points: 0, does: 0, target: ground.targets.len() as u32 };
        let mut all: IdMap<Instance, Vec<Act>> = IdMap::of(&ground.instances, |_| Vec::new());
        let mut add = |instance: Id<Instance>, act: Act| all[instance].push(act);
        for (target, of) in (0..).zip(&ground.targets) {
            let act = Act { target, ..nothing };
            for (id, points) in &of.scores {
                add(*id, Act { points: *points, ..act });
            }
            for (id, cap) in &of.caps {
                // A cap at the best verdict caps nothing.
                let does = match cap {
                    Verdict::Recommended => continue,
                    Verdict::Possible => 1 << CAPS,
                    Verdict::Unsuitable | Verdict::Excluded => 2 << CAPS,
                };
                add(*id, Act { does, ..act });
            }
            for id in &of.exclusions {
                add(*id, Act { does: EXCLUDES, ..act });
            }
            for (id, need) in &of.needs {
                add(*id, Act { does: need_bit(*need).unwrap_or(OTHER_NEED), ..act });
            }
        }
        let mut effects = Effects { nothing: nothing.target, ..Effects::default() };
        for acts in all.values_mut() {
            if let Some((_, before)) = acts.split_last_mut() {
                before.iter_mut().for_each(|act| act.does |= MORE);
            }
            effects.first.push(acts.first().copied().unwrap_or(nothing));
            effects.from.push(effects.more.len() as u32);
            effects.more.extend(acts.iter().skip(1));
        }
        effects
    }

    /// Tells whether an instance does nothing to any target.
    fn is_idle(&self, instance: usize) -> bool {
        self.first.get(instance).expect("each instance has an act").target == self.nothing
    }

    /// Calls a function with all that an instance does.
    #[inline]
    fn each(&self, instance: usize, mut visit: impl FnMut(&Act)) {
        let first = self.first.get(instance).expect("each instance has an act");
        visit(first);
        let mut does = first.does;
        let from = || *self.from.get(instance).expect("each instance has a place for further acts");
        let mut next = if does & MORE == 0 { 0 } else { from() };
        while does & MORE != 0 {
            let act = self.more.get(next as usize).expect("an act says whether there are more");
            visit(act);
            (does, next) = (act.does, next + 1);
        }
    }
}

/// The bit of a requirement in what an act does.
pub(super) fn need_bit(need: Need) -> Option<u32> {
    match need {
        Need::Requirement(id) if id.index() < NEED_BITS => Some(1 << id.index()),
        Need::Requirement(_) | Need::Channel(_) => None,
    }
}

/// What the rules do to one target, added up.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Tally {
    score: i64,
    /// The points that are pending, those taken and those given.
    taken: i64,
    given: i64,
    /// What else is done by what fired, as in [`Act::does`].
    fired: u32,
    /// What else may be done by what is pending and could be made true or false alike.
    pending: u32,
}

/// What is pending on one target and could not be made true and false alike, added up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Odd {
    /// What may be done, as in [`Act::does`].
    pending: u32,
    /// What some filling of the fields brings.
    hopeful: u32,
    /// The pending points that no filling of the fields brings, those taken and those given.
    stuck: (i64, i64),
    excluded: Kleene,
}

impl Tally {
    #[inline]
    fn fired(&mut self, act: &Act) {
        self.score += act.points;
        self.fired |= act.does;
    }

    #[inline]
    fn pending(&mut self, act: &Act) {
        self.taken += act.points.min(0);
        self.given += act.points.max(0);
        self.pending |= act.does;
    }

    /// The requirements that come with what fired, by bit.
    #[inline]
    pub(super) fn needs(&self) -> u32 {
        self.fired & NEEDS
    }
}

impl Odd {
    pub(super) const NOTHING: Odd = Odd { pending: 0, hopeful: 0, stuck: (0, 0), excluded: Kleene::FALSE };

    fn pending(&mut self, tally: &mut Tally, act: &Act, judged: Kleene) {
        let (taken, given) = (act.points.min(0), act.points.max(0));
        tally.taken += taken;
        tally.given += given;
        self.pending |= act.does;
        if judged.can_hold() {
            self.hopeful |= act.does;
        } else {
            self.stuck = (self.stuck.0 + taken, self.stuck.1 + given);
        }
        if act.does & EXCLUDES != 0 {
            self.excluded = self.excluded.or(judged);
        }
    }
}

impl Program<'_> {
    /// Adds up what the rules do that do not ask, then finds out which targets are excluded.
    pub(super) fn exclusions(&self, scratch: &mut Scratch) {
        scratch.tallies.fill(Tally::default());
        if scratch.odd {
            scratch.odds.fill(Odd::NOTHING);
            scratch.odd = false;
        }
        self.add(&mut scratch.tallies, scratch.listed.all(), Tally::fired);
        if !scratch.certain {
            self.add_pending(scratch);
        }
        for ((excluded, tally), odd) in scratch.excluded.iter_mut().zip(&scratch.tallies).zip(&scratch.odds) {
            const BY: [Kleene; 4] = [Kleene::FALSE, Kleene::OPEN, Kleene::TRUE, Kleene::TRUE];
            let [fired, pending] = [tally.fired, tally.pending].map(|does| usize::from(does & EXCLUDES != 0));
            let by = BY.get(fired << 1 | pending).expect("two bits have four states");
            *excluded = by.or(odd.excluded);
        }
        for (target, members) in &self.linked {
            self.exclusion(scratch, *target, members);
        }
    }

    /// Adds to the tallies what some instances do.
    #[inline]
    fn add(&self, tallies: &mut [Tally], instances: &[u32], add: impl Fn(&mut Tally, &Act)) {
        for instance in instances {
            self.effects.each(*instance as usize, |act| {
                add(tallies.get_mut(act.target as usize).expect("each target has a tally"), act);
            });
        }
    }

    fn add_pending(&self, scratch: &mut Scratch) {
        let words = scratch.possible.words.iter().zip(&scratch.fired.words).zip(&self.plain.words);
        let mut odd = false;
        let pending = words.map(|((possible, fired), plain)| {
            odd |= possible & !fired & !plain != 0;
            possible & !fired & plain
        });
        scratch.pending.fill(pending);
        self.add(&mut scratch.tallies, scratch.pending.all(), Tally::pending);
        if odd {
            self.add_all_odd(scratch);
        }
    }

    fn add_all_odd(&self, scratch: &mut Scratch) {
        for place in 0..scratch.fired.words.len() {
            let word =
                |bits: &super::Bits| *bits.words.get(place).expect("there are as many bits as instances");
            let pending = word(&scratch.possible) & !word(&scratch.fired) & !word(&self.plain);
            each_bit(pending, place * 64, &mut |instance| {
                if !self.effects.is_idle(instance) {
                    let judged = self.judged(scratch, instance);
                    self.add_odd(scratch, instance, judged);
                }
            });
        }
    }

    fn add_odd(&self, scratch: &mut Scratch, instance: usize, judged: Kleene) {
        scratch.odd = true;
        let Scratch { tallies, odds, .. } = scratch;
        self.effects.each(instance, |act| {
            let target = act.target as usize;
            if let (Some(tally), Some(odd)) = (tallies.get_mut(target), odds.get_mut(target)) {
                odd.pending(tally, act, judged);
            }
        });
    }

    /// Adds to what excludes a target what comes through channels that it needs, and through members.
    fn exclusion(&self, scratch: &mut Scratch, target: usize, members: &[Id<Channel>]) {
        let excluded = |scratch: &Scratch, index: usize| {
            *scratch.excluded.get(index).expect("each target may be excluded")
        };
        let mut judged = excluded(scratch, target);
        let effects = self.ground.targets.get(target).expect("each target has its effects");
        for (channel, by) in &effects.channels {
            let by = by.map_or(Kleene::TRUE, |by| self.judged(scratch, by.index()));
            let owned = scratch.node(self.ground.owned[*channel]);
            judged = judged.or(by.and(excluded(scratch, channel.index())).and(owned.not()));
        }
        for member in members {
            judged = judged.or(excluded(scratch, member.index()));
        }
        *scratch.excluded.get_mut(target).expect("each target is excluded or not") = judged;
    }

    /// Adds up what the rules do that ask.
    pub(super) fn add_asking(&self, scratch: &mut Scratch) {
        for id in &self.asks {
            let judged = scratch.node(self.ground.instances[*id].fires);
            if judged.is_true() {
                self.effects.each(id.index(), |act| {
                    scratch
                        .tallies
                        .get_mut(act.target as usize)
                        .into_iter()
                        .for_each(|tally| tally.fired(act));
                });
            } else if !judged.is_false() {
                self.add_odd(scratch, id.index(), judged);
            }
        }
    }

    /// Gives each target its score and verdicts, and counts its needs where they are requirements alone.
    pub(super) fn scores(&self, scratch: &mut Scratch) {
        let open_needs = scratch.needs.open;
        let sums = scratch.tallies.iter().zip(&scratch.odds).zip(&scratch.excluded).zip(&self.needing.stated);
        let outcomes = scratch.outcomes.iter_mut().zip(&mut scratch.standings);
        for ((outcome, standing), (((tally, odd), excluded), stated)) in outcomes.zip(sums) {
            self.verdicts.give(outcome, tally, *excluded);
            *standing = Standing::of(outcome.leaning, outcome.score);
            outcome.more_needs = (tally.pending | odd.pending) & (NEEDS | OTHER_NEED) != 0;
            outcome.open_needs = count_few((tally.fired | stated) & open_needs);
        }
        if scratch.odd {
            let all = scratch.outcomes.iter_mut().zip(&scratch.tallies).zip(&scratch.odds);
            for (((outcome, tally), odd), excluded) in all.zip(&scratch.excluded) {
                self.verdicts.widen(outcome, tally, odd, *excluded);
            }
        }
    }

    /// Takes points that no source tells to be what they may be, once it is known what could come first with some of them
    /// told.
    pub(super) fn narrow(&self, scratch: &mut Scratch) {
        for (target, points) in &self.untold {
            let fired = points.iter().filter(|(instance, _)| scratch.fired.has(*instance));
            let of = scratch
                .tallies
                .get(*target)
                .zip(scratch.odds.get(*target))
                .zip(scratch.excluded.get(*target));
            if let (Some(outcome), Some(((tally, odd), excluded))) = (scratch.outcomes.get_mut(*target), of) {
                self.verdicts.narrow(outcome, (tally, odd, *excluded), fired.map(|(_, points)| *points));
            }
        }
    }

    /// Tells whether a target may come to need more by its own pending rules.
    pub(super) fn pending_needs(&self, scratch: &Scratch, target: usize) -> bool {
        let tally = scratch.tallies.get(target).map_or(0, |tally| tally.pending);
        let odd = scratch.odds.get(target).map_or(0, |odd| odd.pending);
        (tally | odd) & (NEEDS | OTHER_NEED) != 0
    }
}

/// What certainly gives a target points where an instance fires, though no source tells how many.
pub(super) type Untold = (usize, Vec<(u32, (i64, i64))>);

pub(super) fn untold(ground: &Ground<'_>) -> Vec<Untold> {
    let of = |(target, of): (usize, &crate::ground::Effects)| {
        let each: Vec<_> = of.untold.iter().map(|(id, points)| (id.index() as u32, *points)).collect();
        (!each.is_empty()).then_some((target, each))
    };
    ground.targets.iter().enumerate().filter_map(of).collect()
}

/// The targets that may be excluded through others, each after those: by number, with a mix's members.
pub(super) fn linked(ground: &Ground<'_>) -> Vec<(usize, Vec<Id<Channel>>)> {
    let ruleset = ground.ruleset;
    let needs = |index: usize| {
        let effects = ground.targets.get(index).expect("each target has its effects");
        !effects.channels.is_empty()
    };
    let channels = ruleset.channel_order.iter().map(|channel| channel.index());
    let channels = channels.filter(|index| needs(*index)).map(|index| (index, Vec::new()));
    let mixes =
        ruleset.mixes.entries().map(|(id, mix)| (ruleset.target_index(Target::Mix(id)), mix.members.clone()));
    channels.chain(mixes).collect()
}

/// Which verdicts follow from what was added up: looked up, so that a target takes no jumps.
#[derive(Clone, Debug)]
pub(super) struct Verdicts {
    thresholds: Thresholds,
    /// Sets of verdicts, by scores, caps and exclusion.
    sets: [VerdictSet; 1024],
    /// Verdicts by score, caps and exclusion, at the same places.
    leanings: [Verdict; 1024],
    /// The verdict, by those that the fields leave open and the leaning.
    decided: [Option<Verdict>; 64],
    /// By the bits of a [`Kleene`].
    exclusions: [Exclusion; 16],
}

/// What it says of a target whether it is excluded.
#[derive(Clone, Copy, Debug)]
struct Exclusion {
    judged: Judged,
    /// Its part in a place of the tables.
    place: u16,
    /// The same, of what some filling of the fields brings.
    place_by_fields: u16,
}

impl Verdicts {
    pub(super) fn new(thresholds: Thresholds) -> Verdicts {
        let by_score = |low: u8, high: u8| {
            let between = thresholds.possible < thresholds.recommended;
            u8::from(high == 2)
                | u8::from(low < 2 && high > 0 && between) << Verdict::Possible as u8
                | u8::from(low == 0) << Verdict::Unsuitable as u8
        };
        let part = |place: usize, number: u32| (place >> (2 * number) & 3) as u8;
        let sets = std::array::from_fn(|place| {
            let part = |number| part(place, number);
            VerdictSet(left_open(by_score(part(0), part(1)), part(2), part(3), part(4)))
        });
        let leanings = std::array::from_fn(|place| {
            let part = |number| part(place, number);
            let verdict = VerdictSet(left_open(by_score(part(0), part(0)), part(2), 0, part(4) & 2));
            verdict.best().unwrap_or(Verdict::Unsuitable)
        });
        let exclusions = std::array::from_fn(|bits| {
            let excluded = Kleene::from_bits(bits as u8);
            let (is, may) = (u16::from(excluded.is_true()), u16::from(excluded.is_unknown()));
            Exclusion {
                judged: excluded.judged(),
                place: (is << 1 | may) << 8,
                place_by_fields: (is << 1 | may & u16::from(excluded.can_hold())) << 8,
            }
        });
        let decided = std::array::from_fn(|place| {
            let leaning = Verdict::ALL.get(place >> 4).copied();
            leaning.filter(|leaning| VerdictSet(place as u8 & 15).is_only(*leaning))
        });
        Verdicts { thresholds, sets, leanings, decided, exclusions }
    }

    /// How many thresholds a score reaches.
    #[inline]
    fn reached(&self, score: i64) -> u32 {
        u32::from(score >= self.thresholds.possible) + u32::from(score >= self.thresholds.recommended)
    }

    /// The part of scores in a place of the tables.
    #[inline]
    fn between(&self, (low, high): (i64, i64)) -> u32 {
        self.reached(low) | self.reached(high) << 2
    }

    #[inline]
    fn set(&self, place: u32) -> VerdictSet {
        *self.sets.get(place as usize & 1023).expect("the table has 1024 places")
    }

    #[inline]
    fn decided(&self, by_fields: VerdictSet, leaning: Verdict) -> Option<Verdict> {
        let place = usize::from(by_fields.0 & 15) | (leaning as usize) << 4;
        *self.decided.get(place).expect("the table has a place for each set and verdict")
    }

    /// What an exclusion says of a target.
    #[inline]
    fn exclusion(&self, excluded: Kleene) -> Exclusion {
        *self.exclusions.get(usize::from(excluded.bits() & 15)).expect("the table has 16 places")
    }

    /// Gives a target its score and verdicts.
    #[inline]
    fn give(&self, outcome: &mut Outcome, tally: &Tally, excluded: Kleene) {
        let Tally { score, taken, given, fired, pending } = *tally;
        let score_range = (score + taken, score + given);
        let exclusion = self.exclusion(excluded);
        let leaning = self.reached(score) | held(fired) | u32::from(exclusion.place);
        let leaning = *self.leanings.get(leaning as usize & 1023).expect("the table has 1024 places");
        let rest = self.between(score_range) | held(fired) | open(pending);
        let by_fields = self.set(rest | u32::from(exclusion.place_by_fields));
        outcome.excluded = exclusion.judged;
        outcome.score = score;
        outcome.score_range = score_range;
        outcome.leaning = leaning;
        outcome.could_be = self.set(rest | u32::from(exclusion.place));
        outcome.verdict = self.decided(by_fields, leaning);
    }

    /// Adds what is odd to the verdicts that a target was given.
    fn widen(&self, outcome: &mut Outcome, tally: &Tally, odd: &Odd, excluded: Kleene) {
        let (low, high) = outcome.score_range;
        let exclusion = self.exclusion(excluded);
        let place = self.between((low, high)) | held(tally.fired) | open(tally.pending | odd.pending);
        outcome.could_be = self.set(place | u32::from(exclusion.place));
        let by_fields = self.by_fields(outcome.score_range, tally, odd, exclusion);
        outcome.verdict = self.decided(by_fields, outcome.leaning);
    }

    /// The verdicts that the fields leave open.
    fn by_fields(
        &self,
        (low, high): (i64, i64),
        tally: &Tally,
        odd: &Odd,
        exclusion: Exclusion,
    ) -> VerdictSet {
        let place = self.between((low - odd.stuck.0, high - odd.stuck.1))
            | held(tally.fired)
            | open(tally.pending | odd.hopeful);
        self.set(place | u32::from(exclusion.place_by_fields))
    }

    /// Takes it that some points that no source tells are these at least, or nothing as long as none does.
    fn narrow(
        &self,
        outcome: &mut Outcome,
        (tally, odd, excluded): (&Tally, &Odd, Kleene),
        points: impl Iterator<Item = (i64, i64)>,
    ) {
        let exclusion = self.exclusion(excluded);
        let by_fields = self.by_fields(outcome.score_range, tally, odd, exclusion);
        for (given, taken) in points {
            outcome.score_range.0 += given;
            outcome.score_range.1 += taken;
        }
        let place = self.between(outcome.score_range) | held(tally.fired) | open(tally.pending | odd.pending);
        let could_be = self.set(place | u32::from(exclusion.place));
        outcome.could_be = VerdictSet(could_be.0 | by_fields.0);
    }
}

/// The part of caps that hold in a place of the tables.
#[inline]
fn held(fired: u32) -> u32 {
    (fired >> CAPS & 3) << 4
}

/// The part of caps that may hold.
#[inline]
fn open(pending: u32) -> u32 {
    (pending >> CAPS & 3) << 6
}

/// The verdicts that are left of those by score, where some caps hold, some may, and a target is not excluded, perhaps,
/// or for certain.
fn left_open(by_score: u8, caps: u8, open_caps: u8, excluded: u8) -> u8 {
    if excluded & 2 != 0 {
        return 1 << Verdict::Excluded as u8;
    }
    let capped = |verdicts: u8, caps: u8, at: Verdict| {
        if caps >> (at as u8 - 1) & 1 == 1 { cap(verdicts, at) } else { verdicts }
    };
    let held = capped(capped(by_score, caps, Verdict::Possible), caps, Verdict::Unsuitable);
    let may = capped(held, open_caps, Verdict::Possible) | capped(held, open_caps, Verdict::Unsuitable);
    held | may | (excluded & 1) << Verdict::Excluded as u8
}

/// Verdicts as bits, none of them better than one.
fn cap(verdicts: u8, at: Verdict) -> u8 {
    let at = 1_u8 << at as u8;
    let better = at - 1;
    if verdicts & better == 0 { verdicts } else { verdicts & !better | at }
}
