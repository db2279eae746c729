//! What pending effects wait for.

use std::collections::{BTreeMap, BTreeSet};

use super::eval::Context;
use super::exclusion::{ChannelNeed, each_effect};
use super::trace::{Outcome, Read, Recording, Trace};
use super::verdict::{Await, Reason};
use super::{Instances, Truth, conditions};
use crate::model::{Channel, EffectKind, Expr, ExprKind, Id, Let, Rule, Table, Target, TargetMap};

/// A rule, and the channel of its instance.
pub(super) type InstanceKey = (Id<Rule>, Option<Id<Channel>>);

/// What pending effects wait for.
pub(super) struct Awaited<'c, 'r> {
    context: &'c Context<'r>,
    instances: &'c Instances,
    needs: &'c TargetMap<Vec<ChannelNeed>>,
    /// The pending instances that exclude each target.
    excluders: TargetMap<Vec<InstanceKey>>,
    conditions: Conditions<'c, 'r>,
    /// What the condition of an instance waits for, its exceptions left aside.
    own: BTreeMap<InstanceKey, BTreeSet<Await>>,
    known: BTreeMap<InstanceKey, BTreeSet<Await>>,
}

impl<'c, 'r> Awaited<'c, 'r> {
    pub(super) fn new(
        context: &'c Context<'r>,
        instances: &'c Instances,
        needs: &'c TargetMap<Vec<ChannelNeed>>,
    ) -> Self {
        Awaited {
            context,
            instances,
            needs,
            excluders: excluders(context, instances),
            conditions: Conditions::new(context),
            own: BTreeMap::new(),
            known: BTreeMap::new(),
        }
    }

    pub(super) fn of(&mut self, target: Target, reason: Reason) -> Vec<Await> {
        let channel = match reason {
            Reason::Rule(cause) => {
                let mut found = self.instance(cause.rule, cause.channel);
                if let Some(rating) = cause.kind(self.context.ruleset).rating() {
                    self.conditions.collect(rating, cause.channel, &mut found);
                }
                return found.into_iter().collect();
            }
            Reason::Through(channel) => channel,
        };
        let mut found = BTreeSet::new();
        let needs = self.needs;
        for need in needs[target].iter().filter(|need| need.channel == channel) {
            self.need(need, &mut found);
        }
        self.exclusion(Target::Channel(channel), &mut found);
        found.into_iter().collect()
    }

    /// What it waits for whether a channel is needed, and whether it is owned.
    fn need(&mut self, need: &ChannelNeed, found: &mut BTreeSet<Await>) {
        if need.judged.truth == Truth::False {
            return;
        }
        if let Some((rule, instance)) = need.rule.filter(|_| need.judged.truth == Truth::Unknown) {
            found.extend(self.instance(rule, instance));
        }
        if let Some(owned) = &self.context.ruleset.channels[need.channel].owned {
            self.conditions.collect(owned, None, found);
        }
    }

    /// What the exclusion of a target waits for, through the channels that it needs and its members too.
    fn exclusion(&mut self, target: Target, found: &mut BTreeSet<Await>) {
        let mut open = vec![target];
        let mut seen = BTreeSet::new();
        while let Some(target) = open.pop() {
            if !seen.insert(target) || self.context.excluded(target).truth != Truth::Unknown {
                continue;
            }
            for (rule, channel) in self.excluders[target].clone() {
                found.extend(self.instance(rule, channel));
            }
            let needs = self.needs;
            for need in &needs[target] {
                self.need(need, found);
                if need.judged.truth != Truth::False {
                    open.push(Target::Channel(need.channel));
                }
            }
            if let Target::Mix(mix) = target {
                open.extend(self.context.ruleset.mixes[mix].members.iter().copied().map(Target::Channel));
            }
        }
    }

    /// What a condition outside of rules waits for.
    pub(super) fn expression(&mut self, expr: &'r Expr) -> BTreeSet<Await> {
        let mut found = BTreeSet::new();
        self.conditions.collect(expr, None, &mut found);
        found
    }

    /// What an instance waits for: the unknown fields and facts in the parts of its condition and exceptions that
    /// are open themselves.
    pub(super) fn instance(&mut self, rule: Id<Rule>, channel: Option<Id<Channel>>) -> BTreeSet<Await> {
        if let Some(known) = self.known.get(&(rule, channel)) {
            return known.clone();
        }
        let mut found = self.own((rule, channel));
        let mut open = pending_exceptions(self.context, self.instances, (rule, channel));
        if open.is_empty() {
            return found;
        }
        let mut seen = BTreeSet::from([(rule, channel)]);
        while let Some(key) = open.pop() {
            if seen.insert(key) {
                found.extend(self.own(key));
                open.extend(pending_exceptions(self.context, self.instances, key));
            }
        }
        self.known.insert((rule, channel), found.clone());
        found
    }

    /// What the condition of an instance waits for, and that of the targets of which it asks whether they are excluded.
    fn own(&mut self, key: InstanceKey) -> BTreeSet<Await> {
        if let Some(known) = self.own.get(&key) {
            return known.clone();
        }
        let mut found = BTreeSet::new();
        let mut asked = Vec::new();
        for expr in conditions(self.context.ruleset, key.0) {
            asked.extend(self.conditions.collect(expr, key.1, &mut found));
        }
        for target in asked {
            self.exclusion(target, &mut found);
        }
        self.own.insert(key, found.clone());
        found
    }
}

/// Returns the pending instances that exclude each target.
pub(super) fn excluders(context: &Context<'_>, instances: &Instances) -> TargetMap<Vec<InstanceKey>> {
    let ruleset = context.ruleset;
    let mut excluders = TargetMap::of(ruleset, |_| Vec::new());
    each_effect(ruleset, instances, |rule, instance, kind| {
        let EffectKind::Exclude(target) = kind else { return };
        let target = target.resolve(instance.channel).filter(|_| instance.fires.truth == Truth::Unknown);
        if let Some(target) = target {
            excluders[target].push((rule, instance.channel));
        }
    });
    excluders
}

/// Returns the pending exceptions that an instance meets.
pub(super) fn pending_exceptions(
    context: &Context<'_>,
    instances: &Instances,
    (rule, channel): InstanceKey,
) -> Vec<InstanceKey> {
    let rules = &context.ruleset.rules;
    let mut found = Vec::new();
    for exception in &rules[rule].exceptions {
        let per_channel = channel.is_some() && rules[*exception].for_each.is_some();
        let met = instances[*exception].iter().filter(|instance| !per_channel || instance.channel == channel);
        let pending = met.filter(|instance| instance.fires.truth == Truth::Unknown);
        found.extend(pending.map(|instance| (*exception, instance.channel)));
    }
    found
}

/// What single conditions wait for. A let waits for the same wherever it is read, so it is looked into by itself, once
/// for parts that the fields leave open and once for others: a mention may stand in a part that is certain already. So
/// are the rows of a table that come before others.
pub(super) struct Conditions<'c, 'r> {
    context: &'c Context<'r>,
    lets: BTreeMap<(Id<Let>, bool), BTreeSet<Await>>,
    /// What the rows up to each one wait for together.
    rows: BTreeMap<(Id<Table>, bool), Vec<BTreeSet<Await>>>,
}

impl<'c, 'r> Conditions<'c, 'r> {
    pub(super) fn new(context: &'c Context<'r>) -> Self {
        Conditions { context, lets: BTreeMap::new(), rows: BTreeMap::new() }
    }

    /// Collects what the unknown parts of a condition wait for; returns the targets of which they ask whether they are
    /// excluded.
    pub(super) fn collect(
        &mut self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        found: &mut BTreeSet<Await>,
    ) -> Vec<Target> {
        let mut asked = Vec::new();
        self.whole(expr, channel, true, found, &mut asked);
        asked
    }

    fn whole(
        &mut self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        open: bool,
        found: &mut BTreeSet<Await>,
        asked: &mut Vec<Target>,
    ) {
        let mut recording = Recording::of_one();
        self.context.value(expr, channel, &mut recording);
        if let Some(trace) = recording.finish() {
            self.part(&trace, open, found, asked);
        }
    }

    /// Fields in parts that they can change, facts in any that are unknown.
    fn part(&mut self, trace: &Trace<'r>, open: bool, found: &mut BTreeSet<Await>, asked: &mut Vec<Target>) {
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
        match trace.expr.kind {
            ExprKind::Let(id) => found.extend(self.of_let(id, open)),
            ExprKind::Earlier(table, number) => found.extend(self.of_rows(table, number, open)),
            _ => {}
        }
        let condition = trace.parts.first().and_then(Trace::judged);
        for (place, part) in trace.parts.iter().enumerate() {
            let mut open = open;
            if let (ExprKind::If(_), 1 | 2, Some(condition)) = (&trace.expr.kind, place, condition) {
                // A branch that is not taken is not waited for, one that the fields cannot take not for a field; what a
                // fact says may still lead there.
                let holds = place == 1;
                if condition.truth == Truth::from(!holds) {
                    continue;
                }
                open &= if holds { condition.can_hold } else { condition.can_fail };
            }
            self.part(part, open, found, asked);
        }
    }

    fn of_let(&mut self, id: Id<Let>, open: bool) -> BTreeSet<Await> {
        if let Some(known) = self.lets.get(&(id, open)) {
            return known.clone();
        }
        let mut found = BTreeSet::new();
        self.whole(&self.context.ruleset.lets[id].value, None, open, &mut found, &mut Vec::new());
        self.lets.insert((id, open), found.clone());
        found
    }

    /// What the rows of a table before one of a number wait for.
    fn of_rows(&mut self, table: Id<Table>, number: usize, open: bool) -> BTreeSet<Await> {
        let mut rows = self.rows.remove(&(table, open)).unwrap_or_default();
        let matches = &self.context.ruleset.tables[table].matches;
        for row in matches.iter().take(number).skip(rows.len()) {
            let mut found = rows.last().cloned().unwrap_or_default();
            self.whole(row, None, open, &mut found, &mut Vec::new());
            rows.push(found);
        }
        let last = number.checked_sub(1);
        let found =
            last.map(|last| rows.get(last).expect("each row before was read").clone()).unwrap_or_default();
        self.rows.insert((table, open), rows);
        found
    }
}
