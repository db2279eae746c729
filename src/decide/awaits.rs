//! What pending effects wait for.

use std::collections::{BTreeMap, BTreeSet};

use super::eval::Context;
use super::exclusion::{ChannelNeed, each_effect};
use super::trace::{Outcome, Read, Recording, Trace};
use super::verdict::{Await, Reason};
use super::{Instance, Truth, condition};
use crate::model::{Channel, EffectKind, Expr, ExprKind, Id, Rule, Target};

/// A rule, and the channel of its instance.
type InstanceKey = (Id<Rule>, Option<Id<Channel>>);

/// What pending effects wait for.
pub(super) struct Awaited<'c, 'r> {
    context: &'c Context<'r>,
    instances: &'c [Vec<Instance>],
    needs: &'c [Vec<ChannelNeed>],
    /// The pending instances that exclude each target, by its number.
    excluders: Vec<Vec<InstanceKey>>,
    known: BTreeMap<InstanceKey, BTreeSet<Await>>,
}

impl<'c, 'r> Awaited<'c, 'r> {
    pub(super) fn new(
        context: &'c Context<'r>,
        instances: &'c [Vec<Instance>],
        needs: &'c [Vec<ChannelNeed>],
    ) -> Self {
        let ruleset = context.ruleset;
        let mut excluders = vec![Vec::new(); ruleset.target_count()];
        each_effect(ruleset, instances, |rule, instance, kind| {
            let EffectKind::Exclude(target) = kind else { return };
            let target = target.resolve(instance.channel).filter(|_| instance.fires.truth == Truth::Unknown);
            let slot = target.and_then(|target| excluders.get_mut(ruleset.target_index(target)));
            slot.into_iter().for_each(|slot: &mut Vec<_>| slot.push((rule, instance.channel)));
        });
        Awaited { context, instances, needs, excluders, known: BTreeMap::new() }
    }

    pub(super) fn of(&mut self, target: Target, reason: Reason) -> Vec<Await> {
        let channel = match reason {
            Reason::Rule(cause) => return self.instance(cause.rule, cause.channel).into_iter().collect(),
            Reason::Through(channel) => channel,
        };
        let mut found = BTreeSet::new();
        for need in self.needs_of(target).iter().filter(|need| need.channel == channel) {
            if let Some((rule, instance)) = need.rule.filter(|_| need.judged.truth == Truth::Unknown) {
                found.extend(self.instance(rule, instance));
            }
        }
        self.exclusion(Target::Channel(channel), &mut found);
        self.ownership(channel, &mut found);
        found.into_iter().collect()
    }

    fn needs_of(&self, target: Target) -> &'c [ChannelNeed] {
        self.needs.get(self.context.ruleset.target_index(target)).map_or(&[], Vec::as_slice)
    }

    /// What it waits for whether a channel is owned.
    fn ownership(&self, channel: Id<Channel>, found: &mut BTreeSet<Await>) {
        if let Some(owned) = &self.context.ruleset.channels[channel].owned {
            found.extend(self.expression(owned));
        }
    }

    /// What the exclusion of a target waits for, through the channels that it needs too.
    fn exclusion(&mut self, target: Target, found: &mut BTreeSet<Await>) {
        let mut open = vec![target];
        let mut seen = BTreeSet::new();
        while let Some(target) = open.pop() {
            if !seen.insert(target) || self.context.excluded(target).truth != Truth::Unknown {
                continue;
            }
            let excluders = self.excluders.get(self.context.ruleset.target_index(target)).cloned();
            for (rule, channel) in excluders.into_iter().flatten() {
                found.extend(self.instance(rule, channel));
            }
            for need in self.needs_of(target) {
                if let Some((rule, instance)) = need.rule.filter(|_| need.judged.truth == Truth::Unknown) {
                    found.extend(self.instance(rule, instance));
                }
                if need.judged.truth != Truth::False {
                    self.ownership(need.channel, found);
                    open.push(Target::Channel(need.channel));
                }
            }
        }
    }

    /// What a condition outside of rules waits for.
    pub(super) fn expression(&self, expr: &'r Expr) -> BTreeSet<Await> {
        let mut recording = Recording::default();
        self.context.truth(expr, None, &mut recording);
        let mut found = BTreeSet::new();
        if let Some(trace) = recording.finish() {
            collect(&trace, true, &mut found, &mut Vec::new());
        }
        found
    }

    /// What an instance waits for: the unknown fields and facts in the parts of its condition and exceptions that
    /// are themselves open.
    pub(super) fn instance(&mut self, rule: Id<Rule>, channel: Option<Id<Channel>>) -> BTreeSet<Await> {
        if let Some(known) = self.known.get(&(rule, channel)) {
            return known.clone();
        }
        let mut found = BTreeSet::new();
        let mut asked = Vec::new();
        for trace in condition(self.context, rule, channel) {
            collect(&trace, true, &mut found, &mut asked);
        }
        for target in asked {
            self.exclusion(target, &mut found);
        }
        let exceptions = self.context.ruleset.rules[rule].exceptions.clone();
        for exception in exceptions {
            let per_channel = channel.is_some() && self.context.ruleset.rules[exception].for_each.is_some();
            let instances = self.instances.get(exception.index()).cloned().unwrap_or_default();
            for instance in instances {
                if instance.fires.truth == Truth::Unknown && (!per_channel || instance.channel == channel) {
                    found.extend(self.instance(exception, instance.channel));
                }
            }
        }
        self.known.insert((rule, channel), found.clone());
        found
    }
}

/// Collects what the unknown parts of a condition wait for: fields in parts that they can change, facts in any; and
/// the targets of which they ask whether they are excluded.
pub(super) fn collect(trace: &Trace<'_>, open: bool, found: &mut BTreeSet<Await>, asked: &mut Vec<Target>) {
    let (unknown, own) = match &trace.outcome {
        Outcome::Truth(judged) => (judged.truth == Truth::Unknown, judged.is_open()),
        Outcome::Value { value, settles } => (value.is_none(), *settles),
    };
    if !unknown {
        return;
    }
    let open = open && own;
    match trace.read {
        Some(Read::Field(field)) if open => {
            found.insert(Await::Field(field));
        }
        // Where the index is unknown and a field could settle it, the field is what is waited for.
        Some(Read::Fact { channel, entry, .. }) if !open => {
            found.insert(Await::Fact(channel, entry));
        }
        Some(Read::Target(target, _)) => asked.push(target),
        Some(Read::Field(_) | Read::Fact { .. }) | None => {}
    }
    let can = |part: Option<&Trace<'_>>, holds: bool| {
        let judged = part.and_then(Trace::judged);
        judged.is_none_or(|judged| if holds { judged.can_hold } else { judged.can_fail })
    };
    for (place, part) in trace.parts.iter().enumerate() {
        // Of `if`, a branch that cannot be taken is not waited for.
        let taken = match (&trace.expr.kind, place) {
            (ExprKind::If(_), 1 | 2) => can(trace.parts.first(), place == 1),
            _ => true,
        };
        if taken {
            collect(part, open, found, asked);
        }
    }
}
