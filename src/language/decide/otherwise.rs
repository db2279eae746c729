//! What targets would lean towards if one thing were otherwise: a field, or a fact.
//!
//! Only what reads that thing is judged anew, and what hangs on it: exceptions, exclusions, and the points and caps of
//! the targets acted on. Leanings follow from what is certainly so, so truths are all that is compared.

use std::collections::{BTreeMap, BTreeSet};

use super::eval::{Context, Silent};
use super::judged::{Judged, Truth};
use super::readers::{InstanceKey, Readers, Thing};
use super::verdict::by_score;
use super::{Decision, find};
use crate::model::{
    Channel, EffectKind, Entry, Field, Id, IdMap, Need, Profile, Rule, Ruleset, Target, TargetMap, Value,
};
use crate::operator::Verdict;

/// So many instances are judged anew at most, for all the questions asked together.
const MOST: usize = 1_000_000;

/// A decision, ready to be asked what would be otherwise.
pub(super) struct Otherwise<'d, 'r> {
    decision: &'d Decision<'r>,
    pub(super) readers: Readers<'r>,
    /// The rules that each rule is an exception to.
    excepts: IdMap<Rule, Vec<Id<Rule>>>,
    /// The place of each rule in the order in which rules are judged.
    order: IdMap<Rule, usize>,
    /// The place of each channel after those that it may need.
    channel_order: IdMap<Channel, usize>,
    acts: TargetMap<Acts>,
    /// The targets that fall with a channel: those that may need it, and mixes.
    fall_with: IdMap<Channel, Vec<Target>>,
    /// How many more instances may be judged.
    left: usize,
}

/// What acts on a target.
#[derive(Default)]
struct Acts {
    /// How many instances exclude it, and how many may.
    excluders: Tally,
    /// How many caps there are at each verdict.
    caps: BTreeMap<Verdict, i64>,
    /// The channels that it needs, or may by an instance; nothing for what it states and for a mix's members.
    needs: Vec<(Id<Channel>, Option<InstanceKey>)>,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    certain: i64,
    unknown: i64,
}

impl Tally {
    fn add(&mut self, truth: Truth, by: i64) {
        match truth {
            Truth::True => self.certain += by,
            Truth::Unknown => self.unknown += by,
            Truth::False => {}
        }
    }

    fn any(self) -> Judged {
        match (self.certain > 0, self.unknown > 0) {
            (true, _) => Judged::TRUE,
            (false, true) => Judged::STUCK,
            (false, false) => Judged::FALSE,
        }
    }
}

/// What was judged anew.
struct Anew<'c, 'r> {
    context: Context<'c>,
    /// The instances that come out otherwise.
    fires: BTreeMap<InstanceKey, Truth>,
    /// What they do, by target, and what instances do that fire as before and give other points.
    effects: BTreeMap<Target, Vec<Act<'r>>>,
}

/// What an effect did, and does now.
struct Act<'r> {
    kind: &'r EffectKind,
    before: Truth,
    now: Truth,
    /// How many points more it gives.
    points: i64,
}

/// An instance to be judged: those that ask which targets are excluded last, exceptions before what they except from.
type Open = BTreeSet<(bool, usize, InstanceKey)>;

impl<'d, 'r> Otherwise<'d, 'r> {
    pub(super) fn new(decision: &'d Decision<'r>) -> Otherwise<'d, 'r> {
        let ruleset = decision.ruleset;
        let mut excepts = IdMap::of(&ruleset.rules, |_| Vec::new());
        for (id, rule) in ruleset.rules.entries() {
            rule.exceptions.iter().for_each(|exception| excepts[*exception].push(id));
        }
        let mut order = IdMap::of(&ruleset.rules, |_| 0);
        ruleset.rule_order.iter().enumerate().for_each(|(place, id)| order[*id] = place);
        let mut channel_order = IdMap::of(&ruleset.channels, |_| 0);
        ruleset.channel_order.iter().enumerate().for_each(|(place, id)| channel_order[*id] = place);
        let mut otherwise = Otherwise {
            decision,
            readers: Readers::new(ruleset),
            excepts,
            order,
            channel_order,
            acts: TargetMap::of(ruleset, |_| Acts::default()),
            fall_with: IdMap::of(&ruleset.channels, |_| Vec::new()),
            left: MOST,
        };
        otherwise.gather();
        otherwise
    }

    fn gather(&mut self) {
        let ruleset = self.decision.ruleset;
        for id in ruleset.rules.ids() {
            for instance in self.decision.instances(id) {
                let truth = instance.fires.truth;
                for (target, kind) in effects(ruleset, (id, instance.channel)) {
                    let acts = &mut self.acts[target];
                    match kind {
                        EffectKind::Exclude(_) => acts.excluders.add(truth, 1),
                        EffectKind::Cap(_, verdict) if truth == Truth::True => {
                            *acts.caps.entry(*verdict).or_default() += 1;
                        }
                        EffectKind::Needs(_, needs) => {
                            let channels = needs.iter().filter_map(|need| channel(*need));
                            acts.needs.extend(channels.map(|needed| (needed, Some((id, instance.channel)))));
                        }
                        EffectKind::Cap(..) | EffectKind::Score(..) | EffectKind::Note(..) => {}
                    }
                }
            }
        }
        for target in ruleset.targets() {
            let stated = ruleset.stated_needs(target).iter().filter_map(|stated| channel(stated.need));
            self.acts[target].needs.extend(stated.map(|needed| (needed, None)));
            let members: &[Id<Channel>] = match target {
                Target::Mix(id) => &ruleset.mixes[id].members,
                Target::Channel(_) => &[],
            };
            let needed = self.acts[target].needs.iter().map(|(needed, _)| *needed);
            let all: BTreeSet<Id<Channel>> = needed.chain(members.iter().copied()).collect();
            all.into_iter().for_each(|needed| self.fall_with[needed].push(target));
        }
    }

    /// Returns the targets that would lean otherwise if a fact had another value, and towards what.
    pub(super) fn with_fact(
        &mut self,
        channel: Id<Channel>,
        entry: Entry,
        value: Option<&Value>,
    ) -> BTreeMap<Target, Verdict> {
        let mut context = self.context(self.decision.profile);
        context.state(channel, entry, value.cloned());
        self.leanings(Thing::Fact(channel, entry), context)
    }

    /// Returns the targets that would lean otherwise if the profile were another one that differs in a field alone.
    pub(super) fn with_field(&mut self, field: Id<Field>, profile: &Profile) -> BTreeMap<Target, Verdict> {
        let context = self.context(profile);
        self.leanings(Thing::Field(field), context)
    }

    /// Returns how many more instances may be judged.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// A context in which targets are excluded and channels owned as they are.
    fn context<'c>(&self, profile: &'c Profile) -> Context<'c>
    where
        'r: 'c,
    {
        let mut context = Context::new(self.decision.ruleset, profile, self.decision.day);
        context.excluded.clone_from(&self.decision.context.excluded);
        context.owned.clone_from(&self.decision.context.owned);
        context
    }

    fn leanings(&mut self, thing: Thing, context: Context<'_>) -> BTreeMap<Target, Verdict> {
        let ruleset = self.decision.ruleset;
        let hanging = self.readers.of(thing);
        let mut anew = Anew { context, fires: BTreeMap::new(), effects: BTreeMap::new() };
        let mut open: Open = hanging.instances.into_iter().map(|key| self.place(key)).collect();
        self.judge(&mut anew, &mut open, false);
        let mut fallen: BTreeSet<(usize, Target)> = BTreeSet::new();
        for channel in hanging.owned {
            let owned = &ruleset.channels[channel].owned;
            let now =
                owned.as_ref().map_or(Judged::FALSE, |owned| anew.context.truth(owned, None, &mut Silent));
            if now.truth != anew.context.owned(channel).truth {
                anew.context.set_owned(channel, now);
                fallen.extend(self.fall_with[channel].iter().map(|target| self.place_of(*target)));
            }
        }
        for (target, effects) in &anew.effects {
            if effects.iter().any(|act| matches!(act.kind, EffectKind::Exclude(_) | EffectKind::Needs(..))) {
                fallen.insert(self.place_of(*target));
            }
        }
        let mut touched: BTreeSet<Target> = BTreeSet::new();
        while let Some((_, target)) = fallen.pop_first() {
            let now = self.excluded(&anew, target);
            if now.truth == anew.context.excluded(target).truth {
                continue;
            }
            anew.context.set_excluded(target, now);
            touched.insert(target);
            open.extend(self.readers.asking(target).map(|key| self.place(key)));
            if let Target::Channel(id) = target {
                fallen.extend(self.fall_with[id].iter().map(|target| self.place_of(*target)));
            }
        }
        self.judge(&mut anew, &mut open, true);
        touched.extend(anew.effects.keys());
        let leanings = touched.into_iter().map(|target| (target, self.leaning(&anew, target)));
        leanings.filter(|(target, leaning)| *leaning != self.decision.target(*target).leaning).collect()
    }

    fn place(&self, key: InstanceKey) -> (bool, usize, InstanceKey) {
        (self.decision.ruleset.rules[key.0].asks, self.order[key.0], key)
    }

    /// Each channel after those that it may need, mixes last.
    fn place_of(&self, target: Target) -> (usize, Target) {
        match target {
            Target::Channel(id) => (self.channel_order[id], target),
            Target::Mix(_) => (usize::MAX, target),
        }
    }

    /// Judges what is open, with what hangs on it by exceptions; those that ask only if told.
    fn judge(&mut self, anew: &mut Anew<'_, 'r>, open: &mut Open, asks: bool) {
        let ruleset = self.decision.ruleset;
        while let Some(next) = open.pop_first() {
            if next.0 && !asks {
                open.insert(next);
                return;
            }
            let (rule, channel) = next.2;
            let Some(before) = self.decision.instance(rule, channel) else { continue };
            self.left = self.left.saturating_sub(1);
            let declared = &ruleset.rules[rule];
            let filter = declared.for_each.as_ref().and_then(|for_each| for_each.filter.as_ref());
            let mut condition = Judged::TRUE;
            for part in filter.into_iter().chain(&declared.when) {
                if condition.truth != Truth::False {
                    condition = condition.and(anew.context.truth(part, channel, &mut Silent));
                }
            }
            let excepted = declared
                .exceptions
                .iter()
                .fold(Judged::FALSE, |any, exception| any.or(self.exception(anew, *exception, channel)));
            let (before, now) = (before.fires.truth, condition.and(excepted.not()).truth);
            for (target, kind) in effects(ruleset, (rule, channel)) {
                let points = given(&anew.context, kind, channel, now)
                    - given(&self.decision.context, kind, channel, before);
                if now != before || points != 0 {
                    anew.effects.entry(target).or_default().push(Act { kind, before, now, points });
                }
            }
            if now == before {
                continue;
            }
            anew.fires.insert((rule, channel), now);
            for excepted in &self.excepts[rule] {
                let per_channel = channel.is_some() && ruleset.rules[*excepted].for_each.is_some();
                let instances =
                    if per_channel { vec![channel] } else { ruleset.rules[*excepted].instances() };
                open.extend(instances.into_iter().map(|channel| self.place((*excepted, channel))));
            }
        }
    }

    /// An exception with `for each` meets a `for each` rule channel by channel, a plain one if any instance fires.
    fn exception(&self, anew: &Anew<'_, 'r>, exception: Id<Rule>, channel: Option<Id<Channel>>) -> Judged {
        let of = self.decision.instances(exception);
        if channel.is_some() && self.decision.ruleset.rules[exception].for_each.is_some() {
            return find(of, channel).map_or(Judged::FALSE, |i| self.fires(anew, (exception, i.channel)));
        }
        of.iter().fold(Judged::FALSE, |any, i| any.or(self.fires(anew, (exception, i.channel))))
    }

    fn fires(&self, anew: &Anew<'_, 'r>, (rule, channel): InstanceKey) -> Judged {
        let before = || self.decision.instance(rule, channel).map_or(Truth::False, |i| i.fires.truth);
        match anew.fires.get(&(rule, channel)).copied().unwrap_or_else(before) {
            Truth::True => Judged::TRUE,
            Truth::False => Judged::FALSE,
            Truth::Unknown => Judged::STUCK,
        }
    }

    fn excluded(&self, anew: &Anew<'_, 'r>, target: Target) -> Judged {
        let (context, acts) = (&anew.context, &self.acts[target]);
        let mut excluders = acts.excluders;
        for act in anew.effects.get(&target).into_iter().flatten() {
            if matches!(act.kind, EffectKind::Exclude(_)) {
                excluders.add(act.before, -1);
                excluders.add(act.now, 1);
            }
        }
        let through = acts.needs.iter().fold(excluders.any(), |any, (needed, by)| {
            let needs = by.map_or(Judged::TRUE, |key| self.fires(anew, key));
            any.or(needs.and(context.excluded(Target::Channel(*needed))).and(context.owned(*needed).not()))
        });
        let Target::Mix(id) = target else { return through };
        let members = context.ruleset.mixes[id].members.iter();
        members.fold(through, |any, member| any.or(context.excluded(Target::Channel(*member))))
    }

    fn leaning(&self, anew: &Anew<'_, 'r>, target: Target) -> Verdict {
        if anew.context.excluded(target).truth == Truth::True {
            return Verdict::Excluded;
        }
        let mut score = self.decision.target(target).score;
        let mut caps = self.acts[target].caps.clone();
        for act in anew.effects.get(&target).into_iter().flatten() {
            let by = i64::from(act.now == Truth::True) - i64::from(act.before == Truth::True);
            match act.kind {
                EffectKind::Score(..) => score += act.points,
                EffectKind::Cap(_, verdict) => *caps.entry(*verdict).or_default() += by,
                EffectKind::Exclude(_) | EffectKind::Needs(..) | EffectKind::Note(..) => {}
            }
        }
        let lowest = caps.iter().rev().find(|(_, count)| **count > 0).map(|(verdict, _)| *verdict);
        by_score(anew.context.ruleset.thresholds, score).max(lowest.unwrap_or(Verdict::Recommended))
    }
}

/// The effects of an instance, notes left aside, each with its target.
fn effects(ruleset: &Ruleset, (rule, channel): InstanceKey) -> impl Iterator<Item = (Target, &EffectKind)> {
    let effects = ruleset.rules[rule].effects.iter().map(|effect| &effect.kind);
    effects
        .filter(|kind| !kind.is_note())
        .filter_map(move |kind| Some((kind.target()?.resolve(channel)?, kind)))
}

/// The points that an effect gives with this truth.
fn given<'c>(context: &Context<'c>, kind: &'c EffectKind, channel: Option<Id<Channel>>, fires: Truth) -> i64 {
    let points = kind.points().filter(|_| fires == Truth::True);
    points.and_then(|points| context.points(points, channel)).unwrap_or(0)
}

fn channel(need: Need) -> Option<Id<Channel>> {
    match need {
        Need::Channel(id) => Some(id),
        Need::Requirement(_) => None,
    }
}
