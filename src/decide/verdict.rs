//! Scores, verdicts, what is still open, and why.

use std::collections::{BTreeMap, BTreeSet};

use super::awaits::Awaited;
use super::eval::Context;
use super::exclusion::{ChannelNeed, channel_needs, through_need};
use super::judged::{Judged, Truth};
use super::lists::Lists;
use super::needs::{NeedDecision, Needs};
use super::{Decision, Instance, notes, rank};
use crate::model::{Channel, EffectKind, Entry, Field, Id, Rule, Ruleset, Target, Thresholds};
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
    /// What has an effect on it: exclusions, caps, scores by size, needs.
    pub reasons: Vec<Reason>,
    /// What may yet have one.
    pub pending: Vec<Pending>,
    /// What it needs.
    pub needs: Vec<NeedDecision>,
    /// Whether more needs may come, its own or those of a channel that it needs.
    pub(super) more_needs: bool,
    /// The targets that need it.
    pub required_by: Vec<Target>,
    /// What is to be said of it.
    pub notes: Vec<Cause>,
    /// Facts that no source tells and that could change its verdict.
    pub open_facts: Vec<OpenFact>,
    /// Targets that it ties with but for the order of declaration.
    pub tie: Vec<Target>,
}

impl TargetDecision {
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

/// What some of the pending effects leave open: how many exclude, the points they take and give, how many cap at each
/// verdict.
#[derive(Clone, Default, PartialEq)]
struct Open {
    exclusions: usize,
    taken: i64,
    given: i64,
    caps: BTreeMap<Verdict, usize>,
}

pub(super) fn decide_targets<'r>(owned: Context<'r>, instances: Vec<Vec<Instance>>) -> Decision<'r> {
    let context = &owned;
    let ruleset = context.ruleset;
    let needs = Needs::new(context, &instances);
    let channel_needs = channel_needs(ruleset, &instances);
    let mut effects = effects(context, &instances, &channel_needs);
    let mut awaited = Awaited::new(context, &instances, &channel_needs);
    let (mut notes_of, notes) = notes(ruleset, &instances);
    let mut targets = Vec::new();
    for target in ruleset.targets() {
        let effects = effects.get_mut(ruleset.target_index(target)).map(std::mem::take).unwrap_or_default();
        let mut decision = decide_target(context, target, &effects, &mut awaited);
        decision.needs = needs.of(context, target);
        decision.more_needs = needs.may_grow(ruleset, target, &decision.needs);
        decision.notes = notes_of.remove(&target).unwrap_or_default();
        targets.push(decision);
    }
    rank::required_by(ruleset, &mut targets);
    let channels = rank::rank(ruleset, &mut targets, ruleset.channels.ids().map(Target::Channel).collect());
    let mixes = rank::rank(ruleset, &mut targets, ruleset.mixes.ids().map(Target::Mix).collect());
    let first = rank::first(ruleset, &targets, &channels);
    let missing = missing(&targets);
    Decision {
        ruleset,
        profile: context.profile,
        day: context.day,
        context: owned,
        instances,
        targets,
        channels,
        mixes,
        first,
        notes,
        missing,
        lists: Lists::default(),
    }
}

/// Gathers the effects on each target, by its number, in the order of declaration.
fn effects(context: &Context<'_>, instances: &[Vec<Instance>], needs: &[Vec<ChannelNeed>]) -> Vec<Effects> {
    let ruleset = context.ruleset;
    let mut effects: Vec<Effects> = Vec::new();
    effects.resize_with(ruleset.target_count(), Effects::default);
    for (rule, declared) in ruleset.rules.entries() {
        for instance in instances.get(rule.index()).into_iter().flatten() {
            if instance.fires.truth == Truth::False {
                continue;
            }
            for (effect, kind) in declared.effects.iter().enumerate().map(|(i, effect)| (i, &effect.kind)) {
                let target = if kind.is_note() { None } else { kind.target() };
                let Some(target) = target.and_then(|target| target.resolve(instance.channel)) else {
                    continue;
                };
                let cause = Cause { rule, channel: instance.channel, effect };
                if let Some(of) = effects.get_mut(ruleset.target_index(target)) {
                    of.all.push((Reason::Rule(cause), instance.fires));
                }
            }
        }
    }
    for (target, of) in ruleset.targets().zip(&mut effects) {
        let mut through: BTreeMap<Id<Channel>, Judged> = BTreeMap::new();
        let mut add = |channel: Id<Channel>, judged: Judged| {
            let slot = through.entry(channel).or_insert(Judged::FALSE);
            *slot = slot.or(judged);
        };
        for need in needs.get(ruleset.target_index(target)).into_iter().flatten() {
            add(need.channel, through_need(context, &context.excluded, need));
        }
        if let Target::Mix(id) = target {
            for member in &ruleset.mixes[id].members {
                add(*member, context.excluded(Target::Channel(*member)));
            }
        }
        let through = through.into_iter().filter(|(_, judged)| judged.truth != Truth::False);
        of.all.extend(through.map(|(channel, judged)| (Reason::Through(channel), judged)));
    }
    effects
}

fn decide_target(
    context: &Context<'_>,
    target: Target,
    effects: &Effects,
    awaited: &mut Awaited<'_, '_>,
) -> TargetDecision {
    let ruleset = context.ruleset;
    let excluded = context.excluded(target).truth;
    let mut score = 0;
    let mut tally = vec![0; ruleset.levels.len()];
    let mut cap: Option<(Verdict, Cause)> = None;
    let mut reasons = Vec::new();
    let mut pending = Vec::new();
    for (reason, judged) in &effects.all {
        if judged.truth == Truth::Unknown {
            let awaits = awaited.of(target, *reason);
            pending.push(Pending { reason: *reason, awaits, open: judged.can_hold });
            continue;
        }
        reasons.push(*reason);
        let Reason::Rule(cause) = reason else { continue };
        match cause.kind(ruleset) {
            EffectKind::Score(_, points, level) => {
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
    sort_reasons(ruleset, &mut reasons);

    let by_score = by_score(ruleset.thresholds, score);
    let capped = cap.filter(|(verdict, _)| *verdict > by_score);
    let leaning = match (excluded, capped) {
        (Truth::True, _) => Verdict::Excluded,
        (Truth::False | Truth::Unknown, Some((verdict, _))) => verdict,
        (Truth::False | Truth::Unknown, None) => by_score,
    };
    let fired = Fired { excluded, score, cap: cap.map(|(verdict, _)| verdict) };
    let all = Open::of(ruleset, &pending);
    let could_be = verdicts(ruleset.thresholds, &fired, &all);
    let by_fields = Open::of(ruleset, pending.iter().filter(|pending| pending.open));
    let by_fields = verdicts(ruleset.thresholds, &fired, &by_fields);
    let undecided = by_fields.iter().any(|verdict| *verdict != leaning);
    let open_facts = open_facts(ruleset, &fired, leaning, &pending);
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
        reasons,
        pending,
        needs: Vec::new(),
        more_needs: false,
        required_by: Vec::new(),
        notes: Vec::new(),
        open_facts,
        tie: Vec::new(),
    }
}

/// Exclusions, caps, scores by size of points, needs; then in the order of declaration.
fn sort_reasons(ruleset: &Ruleset, reasons: &mut [Reason]) {
    reasons.sort_by_key(|reason| match reason {
        Reason::Through(_) => (0, 0),
        Reason::Rule(cause) => match cause.kind(ruleset) {
            EffectKind::Exclude(_) => (0, 0),
            EffectKind::Cap(..) => (1, 0),
            EffectKind::Score(_, points, _) => (2, -points.abs()),
            EffectKind::Needs(..) => (3, 0),
            EffectKind::Note(..) => (4, 0),
        },
    });
}

/// What has fired on a target.
struct Fired {
    excluded: Truth,
    score: i64,
    cap: Option<Verdict>,
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
    fn of<'p>(ruleset: &Ruleset, pending: impl IntoIterator<Item = &'p Pending>) -> Open {
        let mut open = Open::default();
        for pending in pending {
            match pending.reason {
                Reason::Through(_) => open.exclusions += 1,
                Reason::Rule(cause) => match cause.kind(ruleset) {
                    EffectKind::Exclude(_) => open.exclusions += 1,
                    EffectKind::Score(_, points, _) => {
                        open.taken += (*points).min(0);
                        open.given += (*points).max(0);
                    }
                    EffectKind::Cap(_, verdict) => *open.caps.entry(*verdict).or_default() += 1,
                    EffectKind::Needs(..) | EffectKind::Note(..) => {}
                },
            }
        }
        open
    }

    /// Takes some of them away again.
    fn without(&self, some: &Open) -> Open {
        let caps = self.caps.iter().map(|(verdict, count)| {
            (*verdict, count.saturating_sub(some.caps.get(verdict).copied().unwrap_or(0)))
        });
        Open {
            exclusions: self.exclusions.saturating_sub(some.exclusions),
            taken: self.taken - some.taken,
            given: self.given - some.given,
            caps: caps.filter(|(_, count)| *count > 0).collect(),
        }
    }
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
        found.extend(open.caps.keys().map(|cap| capped.max(*cap)));
    }
    if open.exclusions > 0 {
        found.insert(Verdict::Excluded);
    }
    found.into_iter().collect()
}

/// The facts that no source tells and without which no other verdict would be open, alone or together with what else
/// is.
fn open_facts(ruleset: &Ruleset, fired: &Fired, leaning: Verdict, pending: &[Pending]) -> Vec<OpenFact> {
    let mut waiting: BTreeMap<(Id<Channel>, Entry), Vec<&Pending>> = BTreeMap::new();
    for pending in pending {
        for awaited in &pending.awaits {
            if let Await::Fact(channel, entry) = awaited {
                waiting.entry((*channel, *entry)).or_default().push(pending);
            }
        }
    }
    let all = Open::of(ruleset, pending);
    let found = waiting.into_iter().filter_map(|((channel, entry), pending)| {
        let own = Open::of(ruleset, pending);
        let of = |open: &Open| verdicts(ruleset.thresholds, fired, open);
        let alone = of(&own);
        let could_be = if alone.iter().any(|verdict| *verdict != leaning) {
            alone
        } else {
            let together = of(&all);
            if together == of(&all.without(&own)) {
                return None;
            }
            together
        };
        Some(OpenFact { channel, entry, could_be })
    });
    found.collect()
}

/// The fields that undecided targets wait for, the one with most of them first.
fn missing(targets: &[TargetDecision]) -> Vec<(Id<Field>, Vec<Target>)> {
    let mut affects: BTreeMap<Id<Field>, Vec<Target>> = BTreeMap::new();
    for target in targets.iter().filter(|target| target.verdict.is_none()) {
        let fields = target.pending.iter().filter(|pending| pending.open).flat_map(|pending| &pending.awaits);
        let fields: BTreeSet<Id<Field>> = fields
            .filter_map(|await_| match await_ {
                Await::Field(field) => Some(*field),
                Await::Fact(..) => None,
            })
            .collect();
        for field in fields {
            affects.entry(field).or_default().push(target.target);
        }
    }
    let mut missing: Vec<_> = affects.into_iter().collect();
    missing.sort_by_key(|(field, targets)| (std::cmp::Reverse(targets.len()), *field));
    missing
}
