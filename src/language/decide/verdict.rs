//! Scores, verdicts, what is still open, and why.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::awaits::Awaited;
use super::depends::Depends;
use super::eval::Context;
use super::exclusion::{ChannelNeed, channel_needs};
use super::judged::{Judged, Truth};
use super::lists::Lists;
use super::measures::Measured;
use super::needs::{Counts, Needs};
use super::{Decision, Instances, Tells, notes, rank};
use crate::model::{
    Channel, EffectKind, Entry, Field, Id, Points, Rule, Ruleset, Target, TargetMap, Thresholds,
};
use crate::operator::Verdict;

/// An effect of a rule's instance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Cause {
    /// The rule.
    pub rule: Id<Rule>,
    /// The instance's channel.
    pub channel: Option<Id<Channel>>,
    /// The number of the effect.
    pub effect: usize,
}

impl Cause {
    /// Returns the effect.
    #[must_use]
    pub fn kind<'r>(&self, ruleset: &'r Ruleset) -> &'r EffectKind {
        let effects = &ruleset.rules[self.rule].effects;
        &effects.get(self.effect).expect("a cause names an effect of its rule").kind
    }
}

/// What has an effect on a target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// An effect of a rule.
    Rule(Cause),
    /// The exclusion of a channel that it needs, or of a member.
    Through(Id<Channel>),
}

/// What may yet have an effect on a target.
#[derive(Clone, PartialEq, Debug)]
pub struct Pending {
    /// The effect.
    pub reason: Reason,
    /// What it waits for, fields first.
    pub awaits: Vec<Await>,
    /// Whether the unknown fields leave open that it comes.
    pub open: bool,
    /// The least and the greatest points that may come of it: those that it takes or gives if it comes, or what points may
    /// be that no source tells.
    pub points: (i64, i64),
    /// Whether no source tells a fact that makes its points.
    pub untold: bool,
}

impl Pending {
    /// Tells whether it may change the verdict: a requirement is a thing to do, and a needed channel excludes by itself.
    #[must_use]
    pub fn decides(&self, ruleset: &Ruleset) -> bool {
        match self.reason {
            Reason::Through(_) => true,
            Reason::Rule(cause) => match cause.kind(ruleset) {
                EffectKind::Score(..) | EffectKind::Exclude(_) | EffectKind::Cap(..) => true,
                EffectKind::Needs(..) | EffectKind::Note(..) => false,
            },
        }
    }
}

/// What is waited for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Await {
    /// An unknown field.
    Field(Id<Field>),
    /// A fact that no source tells.
    Fact(Id<Channel>, Entry),
}

/// A fact that no source tells, and the verdicts that it leaves open.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenFact {
    /// The channel.
    pub channel: Id<Channel>,
    /// The entry.
    pub entry: Entry,
    /// The verdicts, best first.
    pub could_be: Vec<Verdict>,
}

/// What came of a target.
#[derive(Clone, PartialEq, Debug)]
pub struct TargetDecision {
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
    /// How often each level counts, negative points taken away.
    pub tally: Vec<i64>,
    /// The cap that lowers its verdict.
    pub capped_by: Option<Cause>,
    /// The verdict by what has fired.
    pub leaning: Verdict,
    /// The verdict; nothing where unknown fields could give another.
    pub verdict: Option<Verdict>,
    /// The verdicts that pending rules leave open, best first.
    pub could_be: Vec<Verdict>,
    /// What each measure is of it, in the order of declaration; those that it does not have are not among them.
    pub measures: Vec<Measured>,
    /// What has an effect on it: exclusions, caps, scores by size, needs.
    pub reasons: Vec<Reason>,
    /// What may yet have one.
    pub pending: Vec<Pending>,
    /// How much there is to do for it.
    pub(super) to_do: Counts,
    /// What is to be said of it.
    pub notes: Vec<Cause>,
    /// Targets that it ties with but for the order of declaration, the first twenty.
    pub tie: Vec<Target>,
}

impl TargetDecision {
    /// Returns how many of its needs are not known to be met.
    #[must_use]
    pub fn open_needs(&self) -> usize {
        self.to_do.open
    }

    /// The scores that it may have and the best and the worst verdict: what could rank it. Points that no source tells
    /// count nothing or what they may be, each by itself.
    pub(super) fn reach(&self, ruleset: &Ruleset) -> ((i64, i64), (Verdict, Verdict)) {
        let ends = |verdicts: &[Verdict]| {
            let end = |verdict: Option<&Verdict>| verdict.copied().unwrap_or(self.leaning);
            (end(verdicts.first()), end(verdicts.last()))
        };
        if !self.pending.iter().any(|pending| pending.untold) {
            return (self.score_range, ends(&self.could_be));
        }
        let mut open = Open::of(ruleset, &self.pending);
        open.taken = self.pending.iter().map(|pending| pending.points.0.min(0)).sum();
        open.given = self.pending.iter().map(|pending| pending.points.1.max(0)).sum();
        let found = verdicts(ruleset.thresholds, &Fired::of(ruleset, self), &open);
        ((self.score + open.taken, self.score + open.given), ends(&found))
    }

    /// Tells whether nothing unknown could change the verdict.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.could_be == [self.leaning]
    }
}

/// The effects on one target, and how sure each is.
#[derive(Default)]
struct Effects {
    all: Vec<(Reason, Judged)>,
}

/// What some of the pending effects leave open: whether one excludes, the points they take and give, at which verdicts they
/// cap.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Open {
    excludes: bool,
    taken: i64,
    given: i64,
    caps: BTreeSet<Verdict>,
}

pub(super) fn decide_targets<'r>(owned: Context<'r>, instances: Instances, tells: Tells) -> Decision<'r> {
    let context = &owned;
    let ruleset = context.ruleset;
    let needs = Needs::new(context, &instances);
    let channel_needs = channel_needs(ruleset, &instances);
    let effects = effects(context, &instances, &channel_needs);
    let tells_all = tells == Tells::All;
    let mut awaited = tells_all.then(|| Awaited::new(context, &instances, &channel_needs));
    let (mut notes_of, notes) = if tells_all { notes(ruleset, &instances) } else { Default::default() };
    let mut targets = TargetMap::of(ruleset, |target| {
        let mut decision = decide_target(context, target, &effects[target], awaited.as_mut());
        if tells == Tells::Verdicts {
            return decision;
        }
        decision.to_do = needs.counts(target);
        decision.notes = notes_of.remove(&target).unwrap_or_default();
        decision
    });
    let channels = rank::rank(ruleset, &mut targets, ruleset.channels.ids().map(Target::Channel).collect());
    let mixes = rank::rank(ruleset, &mut targets, ruleset.mixes.ids().map(Target::Mix).collect());
    let first = rank::first(ruleset, &targets, &channels);
    Decision {
        ruleset,
        profile: context.profile,
        day: context.day,
        context: owned,
        instances,
        needs,
        targets,
        channels,
        mixes,
        first,
        notes,
        missing: OnceCell::new(),
        open_facts: OnceCell::new(),
        lists: Lists::default(),
    }
}

/// The verdict of one target.
pub(super) fn verdict(context: &Context<'_>, instances: &Instances, target: Target) -> Option<Verdict> {
    let effects = effects(context, instances, &channel_needs(context.ruleset, instances));
    decide_target(context, target, &effects[target], None).verdict
}

/// Gathers the effects on each target, in the order of declaration.
fn effects(
    context: &Context<'_>,
    instances: &Instances,
    needs: &TargetMap<Vec<ChannelNeed>>,
) -> TargetMap<Effects> {
    let ruleset = context.ruleset;
    let mut effects = TargetMap::of(ruleset, |_| Effects::default());
    for (rule, declared) in ruleset.rules.entries() {
        for instance in &instances[rule] {
            if instance.fires.truth == Truth::False {
                continue;
            }
            for (effect, kind) in declared.effects.iter().enumerate().map(|(i, effect)| (i, &effect.kind)) {
                let target = if kind.is_note() { None } else { kind.target() };
                let Some(target) = target.and_then(|target| target.resolve(instance.channel)) else {
                    continue;
                };
                let cause = Cause { rule, channel: instance.channel, effect };
                effects[target].all.push((Reason::Rule(cause), instance.fires));
            }
        }
    }
    for target in ruleset.targets() {
        let mut through: BTreeMap<Id<Channel>, Judged> = BTreeMap::new();
        let mut add = |channel: Id<Channel>, judged: Judged| {
            let slot = through.entry(channel).or_insert(Judged::FALSE);
            *slot = slot.or(judged);
        };
        for need in &needs[target] {
            add(need.channel, context.through(need));
        }
        if let Target::Mix(id) = target {
            for member in &ruleset.mixes[id].members {
                add(*member, context.excluded(Target::Channel(*member)));
            }
        }
        let through = through.into_iter().filter(|(_, judged)| judged.truth != Truth::False);
        effects[target].all.extend(through.map(|(channel, judged)| (Reason::Through(channel), judged)));
    }
    effects
}

fn decide_target(
    context: &Context<'_>,
    target: Target,
    effects: &Effects,
    mut awaited: Option<&mut Awaited<'_, '_>>,
) -> TargetDecision {
    let ruleset = context.ruleset;
    let excluded = context.excluded(target).truth;
    let mut score = 0;
    let mut tally = vec![0; ruleset.levels.len()];
    let mut cap: Option<(Verdict, Cause)> = None;
    let mut reasons = Vec::new();
    let mut pending = Vec::new();
    for (reason, judged) in &effects.all {
        let of = points_of(ruleset, *reason);
        let given = of.map_or(Some(0), |(points, cause)| context.points(points, cause.channel));
        if judged.truth == Truth::Unknown || given.is_none() {
            let range = || of.map_or((0, 0), |(points, _)| points.range());
            let (least, greatest) = given.map_or_else(range, |given| (given, given));
            // What has fired gives at least as many as its points may be.
            let fired = judged.truth == Truth::True;
            pending.push(Pending {
                reason: *reason,
                awaits: awaited.as_mut().map(|awaited| awaited.of(target, *reason)).unwrap_or_default(),
                open: judged.can_hold && given.is_some(),
                points: if fired { (least, greatest) } else { (least.min(0), greatest.max(0)) },
                untold: given.is_none(),
            });
            continue;
        }
        let points = given.unwrap_or(0);
        reasons.push((*reason, points));
        let Reason::Rule(cause) = reason else { continue };
        match cause.kind(ruleset) {
            EffectKind::Score(_, _, level) => {
                score += points;
                if let Some(count) = level.and_then(|level| tally.get_mut(level)) {
                    *count += points.signum();
                }
            }
            EffectKind::Cap(_, verdict) => {
                if cap.is_none_or(|(lowest, _)| *verdict > lowest) {
                    cap = Some((*verdict, *cause));
                }
            }
            EffectKind::Exclude(_) | EffectKind::Needs(..) | EffectKind::Note(..) => {}
        }
    }
    let reasons = sorted(ruleset, reasons);

    let capped = cap.filter(|(verdict, _)| *verdict > by_score(ruleset.thresholds, score));
    let fired = Fired { excluded, score, cap: cap.map(|(verdict, _)| verdict) };
    let leaning = fired.leaning(ruleset.thresholds);
    let all = Open::of(ruleset, &pending);
    let by_fields = Open::of(ruleset, pending.iter().filter(|pending| pending.open));
    let by_fields = verdicts(ruleset.thresholds, &fired, &by_fields);
    let mut could_be = verdicts(ruleset.thresholds, &fired, &all);
    if pending.iter().any(|pending| pending.untold) {
        // Points that no source tells count nothing until one does, whatever the fields are.
        could_be = either(could_be, &by_fields);
    }
    let undecided = by_fields.iter().any(|verdict| *verdict != leaning);
    TargetDecision {
        target,
        rank: 0,
        excluded: context.excluded(target),
        score,
        score_range: (score + all.taken, score + all.given),
        tally,
        capped_by: capped.filter(|_| excluded != Truth::True).map(|(_, cause)| cause),
        leaning,
        verdict: (!undecided).then_some(leaning),
        could_be,
        measures: context.measured(target),
        reasons,
        pending,
        to_do: Counts::default(),
        notes: Vec::new(),
        tie: Vec::new(),
    }
}

/// The points that come with a reason.
pub(super) fn points_of(ruleset: &Ruleset, reason: Reason) -> Option<(&Points, Cause)> {
    let Reason::Rule(cause) = reason else { return None };
    Some((cause.kind(ruleset).points()?, cause))
}

/// Exclusions, caps, scores by size of points, needs; then in the order of declaration.
fn sorted(ruleset: &Ruleset, mut reasons: Vec<(Reason, i64)>) -> Vec<Reason> {
    reasons.sort_by_key(|(reason, points)| match reason {
        Reason::Through(_) => (0, 0),
        Reason::Rule(cause) => match cause.kind(ruleset) {
            EffectKind::Exclude(_) => (0, 0),
            EffectKind::Cap(..) => (1, 0),
            EffectKind::Score(..) => (2, -points.abs()),
            EffectKind::Needs(..) => (3, 0),
            EffectKind::Note(..) => (4, 0),
        },
    });
    reasons.into_iter().map(|(reason, _)| reason).collect()
}

/// What has fired on a target.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Fired {
    excluded: Truth,
    score: i64,
    cap: Option<Verdict>,
}

impl Fired {
    /// What has fired of a decided target.
    pub(super) fn of(ruleset: &Ruleset, decided: &TargetDecision) -> Fired {
        let nothing = Fired { excluded: decided.excluded.truth, score: decided.score, cap: None };
        decided.reasons.iter().fold(nothing, |fired, reason| fired.and_cap(ruleset, *reason))
    }

    /// With it, some pending effects that come, each with its points.
    pub(super) fn with<'p>(
        &self,
        ruleset: &Ruleset,
        come: impl Iterator<Item = (&'p Pending, i64)>,
    ) -> Fired {
        let mut fired = self.clone();
        for (pending, points) in come {
            match pending.reason {
                Reason::Through(_) => fired.excluded = Truth::True,
                Reason::Rule(cause) => match cause.kind(ruleset) {
                    EffectKind::Exclude(_) => fired.excluded = Truth::True,
                    EffectKind::Score(..) => fired.score += points,
                    EffectKind::Cap(..) => fired = fired.and_cap(ruleset, pending.reason),
                    EffectKind::Needs(..) | EffectKind::Note(..) => {}
                },
            }
        }
        fired
    }

    fn and_cap(mut self, ruleset: &Ruleset, reason: Reason) -> Fired {
        if let Reason::Rule(cause) = reason
            && let EffectKind::Cap(_, verdict) = cause.kind(ruleset)
        {
            self.cap = self.cap.max(Some(*verdict));
        }
        self
    }

    /// The verdict by what has fired.
    pub(super) fn leaning(&self, thresholds: Thresholds) -> Verdict {
        if self.excluded == Truth::True {
            return Verdict::Excluded;
        }
        by_score(thresholds, self.score).max(self.cap.unwrap_or(Verdict::Recommended))
    }
}

pub(super) fn by_score(thresholds: Thresholds, score: i64) -> Verdict {
    if score >= thresholds.recommended {
        Verdict::Recommended
    } else if score >= thresholds.possible {
        Verdict::Possible
    } else {
        Verdict::Unsuitable
    }
}

impl Open {
    /// Takes some pending effects together.
    pub(super) fn of<'p>(ruleset: &Ruleset, pending: impl IntoIterator<Item = &'p Pending>) -> Open {
        let mut open = Open::default();
        for pending in pending {
            match pending.reason {
                Reason::Through(_) => open.excludes = true,
                Reason::Rule(cause) => match cause.kind(ruleset) {
                    EffectKind::Exclude(_) => open.excludes = true,
                    EffectKind::Score(..) => {
                        open.taken += pending.points.0;
                        open.given += pending.points.1;
                    }
                    EffectKind::Cap(_, verdict) => {
                        open.caps.insert(*verdict);
                    }
                    EffectKind::Needs(..) | EffectKind::Note(..) => {}
                },
            }
        }
        open
    }

    /// Tells whether these may change a verdict when some of the others come besides.
    pub(super) fn may_move(&self, thresholds: Thresholds, fired: &Fired, others: &Open) -> bool {
        let best = Fired { score: fired.score + self.given.max(0), ..fired.clone() };
        let worst = Fired {
            excluded: if self.excludes { Truth::True } else { fired.excluded },
            score: fired.score + self.taken.min(0),
            cap: fired.cap.max(self.caps.last().copied()),
        };
        others.may_part(thresholds, &best, &worst)
    }

    /// Tells whether two outcomes may end in different verdicts when some of these come besides.
    pub(super) fn may_part(&self, thresholds: Thresholds, one: &Fired, other: &Fired) -> bool {
        // The points at which a verdict turns, and the ends.
        let turns = [one, other].into_iter().flat_map(|fired| {
            let [high, low] = [thresholds.recommended, thresholds.possible].map(|at| at - fired.score);
            [high, high - 1, low, low - 1]
        });
        let (taken, given) = (self.taken.min(0), self.given.max(0));
        let turns = turns.map(|points| points.clamp(taken, given)).chain([taken, given]);
        let turns: BTreeSet<i64> = turns.collect();
        let caps = self.caps.iter().copied().map(Some).chain([None]);
        caps.into_iter().any(|cap| {
            turns.iter().any(|points| {
                let [one, other] = [one, other].map(|fired| {
                    let with =
                        Fired { score: fired.score + points, cap: fired.cap.max(cap), ..fired.clone() };
                    with.leaning(thresholds)
                });
                one != other
            })
        })
    }
}

/// All of some verdicts, best first.
fn either(mut verdicts: Vec<Verdict>, others: &[Verdict]) -> Vec<Verdict> {
    verdicts.extend_from_slice(others);
    verdicts.sort_unstable();
    verdicts.dedup();
    verdicts
}

/// The verdicts that what has fired and what is open leave, best first.
fn verdicts(thresholds: Thresholds, fired: &Fired, open: &Open) -> Vec<Verdict> {
    if fired.excluded == Truth::True {
        return vec![Verdict::Excluded];
    }
    let (low, high) = (fired.score + open.taken, fired.score + open.given);
    let mut found: BTreeSet<Verdict> = BTreeSet::new();
    let by_range = [
        (Verdict::Recommended, high >= thresholds.recommended),
        (
            Verdict::Possible,
            high >= thresholds.possible
                && low < thresholds.recommended
                && thresholds.possible < thresholds.recommended,
        ),
        (Verdict::Unsuitable, low < thresholds.possible),
    ];
    let lowest = fired.cap.unwrap_or(Verdict::Recommended);
    for (verdict, _) in by_range.into_iter().filter(|(_, possible)| *possible) {
        let capped = verdict.max(lowest);
        found.insert(capped);
        found.extend(open.caps.iter().map(|cap| capped.max(*cap)));
    }
    if open.excludes {
        found.insert(Verdict::Excluded);
    }
    found.into_iter().collect()
}

/// The facts that no source tells and that may change the verdict of each target, alone or together with what else is
/// open.
pub(super) fn open_facts(
    depends: &mut Depends<'_, '_>,
    ruleset: &Ruleset,
    targets: &TargetMap<TargetDecision>,
) -> TargetMap<Vec<OpenFact>> {
    let waits = |decided: &TargetDecision| {
        let mut awaits = decided.pending.iter().flat_map(|pending| &pending.awaits);
        // Points that no source tells may make up for each other once all are told; one of them alone does not.
        let open = !decided.is_settled() || decided.pending.iter().any(|pending| pending.untold);
        open && awaits.any(|awaited| matches!(awaited, Await::Fact(..)))
    };
    let mut others = targets.values().filter(|decided| waits(decided)).count();
    TargetMap::of(ruleset, |target| {
        let decided = &targets[target];
        if !waits(decided) {
            return Vec::new();
        }
        others -= 1;
        open_facts_of(depends, ruleset, decided, others)
    })
}

fn open_facts_of(
    depends: &mut Depends<'_, '_>,
    ruleset: &Ruleset,
    decided: &TargetDecision,
    others: usize,
) -> Vec<OpenFact> {
    let pending: Vec<&Pending> = decided.pending.iter().filter(|pending| pending.decides(ruleset)).collect();
    let fired = Fired::of(ruleset, decided);
    let found = depends.of(decided.target, &fired, &pending, true, others);
    let found = found.into_iter().filter_map(|awaited| {
        let Await::Fact(channel, entry) = awaited else { return None };
        let own = pending.iter().copied().filter(|pending| pending.awaits.contains(&awaited));
        let own = verdicts(ruleset.thresholds, &fired, &Open::of(ruleset, own));
        let own = either(own, &[decided.leaning]);
        let alone = own.iter().any(|verdict| *verdict != decided.leaning);
        Some(OpenFact { channel, entry, could_be: if alone { own } else { decided.could_be.clone() } })
    });
    found.collect()
}

/// The fields that the verdicts of undecided targets depend on, the one with most of them first. What a target comes to
/// need counts where it may exclude it, which is an effect of its own; a requirement is no part of a verdict.
pub(super) fn missing(
    depends: &mut Depends<'_, '_>,
    ruleset: &Ruleset,
    targets: &TargetMap<TargetDecision>,
) -> Vec<(Id<Field>, Vec<Target>)> {
    let undecided: Vec<&TargetDecision> =
        targets.values().filter(|target| target.verdict.is_none()).collect();
    let mut affects: BTreeMap<Id<Field>, Vec<Target>> = BTreeMap::new();
    for (place, decided) in undecided.iter().enumerate() {
        let open = decided.pending.iter().filter(|pending| pending.open && pending.decides(ruleset));
        let open: Vec<&Pending> = open.collect();
        let others = undecided.len() - place - 1;
        let fired = Fired::of(ruleset, decided);
        for awaited in depends.of(decided.target, &fired, &open, false, others) {
            if let Await::Field(field) = awaited {
                affects.entry(field).or_default().push(decided.target);
            }
        }
    }
    let mut missing: Vec<_> = affects.into_iter().collect();
    missing.sort_by_key(|(field, targets)| (std::cmp::Reverse(targets.len()), *field));
    missing
}
