//! On which unknown fields and facts a verdict really depends: two fillings that differ in one of them alone, and in the
//! verdict.
//!
//! What the parts of a condition wait for is found without filling anything in (`awaits.rs`), and some of it changes no
//! verdict: a let may be read twice, bands may exclude each other, points may never reach a threshold. Here values that
//! tell apart what all values could do (`cuts.rs`) are filled in, and the effects on a target judged anew. Only what is
//! proved to change nothing is left out; past a budget nothing is.

use std::collections::{BTreeMap, BTreeSet};

use super::awaits::{InstanceKey, excluders, pending_exceptions};
use super::could::number;
use super::cuts::{Cuts, Free, assume};
use super::eval::{Context, Silent};
use super::exclusion::{ChannelNeed, channel_needs};
use super::judged::Judged;
use super::ranges::whole_between;
use super::verdict::{Await, Fired, Open, Pending, Reason, points_of};
use super::{Instances, Truth, conditions, find};
use crate::exact::Exact;
use crate::model::{
    Channel, Expr, ExprKind, Fact, Id, IdMap, NumberType, Rule, Ruleset, Target, TargetMap, Type, Value,
};
use crate::operator::Verdict;

/// So many fillings are tried of one target, or of one field.
const MOST_FILLINGS: usize = 4096;
/// So many instances are judged for all targets together.
const MOST_STEPS: usize = 100_000;
/// So many fillings are the beginning of a search for two that differ.
const SAMPLES: usize = 8;

/// What fillings say of the targets of a decision.
pub(super) struct Depends<'d, 'r> {
    context: &'d Context<'r>,
    instances: &'d Instances,
    needs: TargetMap<Vec<ChannelNeed>>,
    excluders: TargetMap<Vec<InstanceKey>>,
    /// The place of each rule in the order in which they are judged.
    places: IdMap<Rule, usize>,
    /// The profile, filled in.
    filled: Context<'r>,
    /// Values of the facts that make points, as far as somebody asked.
    stated: BTreeMap<Id<Fact>, (Vec<Value>, bool)>,
    /// How many instances may still be judged.
    left: usize,
}

/// What has to be judged anew to know which effects come, each after what it depends on.
#[derive(Default)]
struct Plan {
    instances: Vec<InstanceKey>,
    owned: Vec<Id<Channel>>,
    excluded: Vec<Target>,
    /// Instances that ask what is excluded.
    asking: Vec<InstanceKey>,
    /// How many are compared by a measure in one of these.
    compared: usize,
}

/// Some of what is unknown, each with what to try.
struct Unknown<'r> {
    slots: Vec<Slot<'r>>,
    /// Whether this tells all that there is.
    exact: bool,
}

/// What is filled in by itself.
#[derive(Clone)]
struct Slot<'r> {
    thing: Thing<'r>,
    values: Vec<Value>,
    /// Whether it is left untold, too.
    untold: bool,
}

#[derive(Clone)]
enum Thing<'r> {
    /// A field or fact.
    Told(Await),
    /// A condition of which no few values tell when it holds: it is taken to hold or not as it likes.
    Free(Free<'r>),
}

impl<'d, 'r> Depends<'d, 'r> {
    pub(super) fn new(context: &'d Context<'r>, instances: &'d Instances) -> Self {
        let ruleset = context.ruleset;
        let mut places = IdMap::of(&ruleset.rules, |_| 0);
        for (place, rule) in ruleset.rule_order.iter().enumerate() {
            places[*rule] = place;
        }
        Depends {
            context,
            instances,
            needs: channel_needs(ruleset, instances),
            excluders: excluders(context, instances),
            places,
            filled: context.again(),
            stated: BTreeMap::new(),
            left: MOST_STEPS,
        }
    }

    /// Returns those of some fields and facts on which the verdict of a target depends, as far as the pending effects that
    /// are given may change it; all of them where that could not be found out. `facts` says whether facts may be filled
    /// in too. `others` are the targets still to come, with which the budget is shared.
    pub(super) fn of(
        &mut self,
        target: Target,
        fired: &Fired,
        pending: &[&Pending],
        facts: bool,
        others: usize,
    ) -> BTreeSet<Await> {
        let counts = |of: &Await| facts || matches!(of, Await::Field(_));
        let awaited: BTreeSet<Await> =
            pending.iter().flat_map(|pending| &pending.awaits).copied().filter(counts).collect();
        let share = self.left / (others + 1);
        let spared = self.left - share;
        self.left = share;
        let found = self.search(target, fired, pending, &awaited, facts);
        self.left += spared;
        found.unwrap_or_else(|| {
            let ruleset = self.context.ruleset;
            let moves = |of: &Await| {
                let (own, others) = parted(pending, *of);
                Open::of(ruleset, own).may_move(ruleset.thresholds, fired, &Open::of(ruleset, others))
            };
            awaited.into_iter().filter(moves).collect()
        })
    }

    fn search(
        &mut self,
        target: Target,
        fired: &Fired,
        pending: &[&Pending],
        awaited: &BTreeSet<Await>,
        facts: bool,
    ) -> Option<BTreeSet<Await>> {
        let plan = self.plan(target, pending);
        if plan.len() > self.left {
            return None;
        }
        let mut unknown = self.unknown(&plan, pending, awaited, facts);
        let (mut matter, mut idle) = (BTreeSet::new(), BTreeSet::new());
        let all = unknown.all();
        if self.may_try(&plan, &unknown) {
            let verdicts =
                self.fill(&plan, &unknown, |this, fires| this.verdict(target, fired, pending, fires));
            for (place, slot) in unknown.slots.iter().enumerate() {
                if unknown.any_differ(place, &verdicts, |a, b| a != b) {
                    matter.extend(slot.reads());
                }
            }
            let left = all.difference(&matter).copied();
            idle.extend(left.filter(|of| unknown.exact && unknown.varies(*of)));
        } else {
            self.sample(target, fired, pending, &plan, &unknown, &mut matter);
            for of in all.difference(&matter).filter(|_| !matter.is_empty()) {
                if unknown.varies(*of) && self.is_idle(*of, target, fired, pending, facts) {
                    idle.insert(*of);
                }
            }
        }
        if facts {
            // Among fillings a fact may change nothing, and yet the verdict hang on its being told: `0 * f`, or one branch of
            // an `if` that is known where the other comes to the same.
            for slot in &mut unknown.slots {
                slot.untold = true;
            }
            idle.retain(|of| !self.may_differ(&unknown.of(*of), target, fired, pending, &plan));
        }
        if matter.is_empty() {
            // Where nothing that could be told of facts gives another verdict, none is open. Otherwise what waits is all that
            // there is to say.
            let settled = facts && unknown.exact && !self.may_differ(&unknown, target, fired, pending, &plan);
            return settled.then(BTreeSet::new);
        }
        let stays = |of: &&Await| match of {
            // Of an entry whose index is not known all entries were tried.
            Await::Fact(channel, (fact, None)) if !self.context.ruleset.facts[*fact].indexes.is_empty() => {
                all.difference(&idle).any(|of| match of {
                    Await::Fact(other, (entry, _)) => (other, entry) == (channel, fact),
                    Await::Field(_) => false,
                })
            }
            Await::Field(_) | Await::Fact(..) => !idle.contains(*of),
        };
        Some(awaited.iter().filter(stays).copied().collect())
    }

    /// Tells whether the verdict may be another as soon as some things are told, whatever else stays untold.
    fn may_differ(
        &mut self,
        unknown: &Unknown<'r>,
        target: Target,
        fired: &Fired,
        pending: &[&Pending],
        plan: &Plan,
    ) -> bool {
        if !self.may_try(plan, unknown) {
            return true;
        }
        let leaning = fired.leaning(self.context.ruleset.thresholds);
        let verdicts = self.fill(plan, unknown, |this, fires| this.verdict(target, fired, pending, fires));
        verdicts.iter().any(|verdict| *verdict != leaning)
    }

    /// Tells whether a field or fact surely changes no verdict: by what it makes of the effects that wait for it, the others
    /// taken to come or not as they like.
    fn is_idle(
        &mut self,
        of: Await,
        target: Target,
        fired: &Fired,
        pending: &[&Pending],
        facts: bool,
    ) -> bool {
        let (own, others) = parted(pending, of);
        let plan = self.plan(target, &own);
        if plan.len() > self.left {
            return false;
        }
        let counts = |of: &Await| facts || matches!(of, Await::Field(_));
        let awaited = own.iter().flat_map(|pending| &pending.awaits).copied().filter(counts).collect();
        let unknown = self.unknown(&plan, &own, &awaited, facts);
        if !(unknown.exact && unknown.varies(of) && self.may_try(&plan, &unknown)) {
            return false;
        }
        let ruleset = self.context.ruleset;
        let rest = Open::of(ruleset, others);
        let outcomes = self.fill(&plan, &unknown, |this, fires| this.outcome(target, fired, &own, fires));
        let differ = |a: &Fired, b: &Fired| rest.may_part(ruleset.thresholds, a, b);
        let mut slots =
            unknown.slots.iter().enumerate().filter(|(_, slot)| slot.reads().any(|other| other == of));
        !slots.any(|(place, _)| unknown.any_differ(place, &outcomes, differ))
    }

    /// Looks for fillings that differ in one place and in the verdict, among some.
    fn sample(
        &mut self,
        target: Target,
        fired: &Fired,
        pending: &[&Pending],
        plan: &Plan,
        unknown: &Unknown<'r>,
        matter: &mut BTreeSet<Await>,
    ) {
        let cost = unknown.slots.iter().map(Slot::count).sum::<usize>() + 1;
        for round in 0..SAMPLES {
            let Some(left) = self.left.checked_sub(cost.saturating_mul(plan.len())) else { break };
            self.left = left;
            let begin = |place: usize, slot: &Slot<'r>| {
                slot.values.get((round * (place + 1) + place) % slot.values.len().max(1)).cloned()
            };
            for (place, slot) in unknown.slots.iter().enumerate() {
                self.put(slot, begin(place, slot));
            }
            for (place, slot) in unknown.slots.iter().enumerate() {
                let mut found = BTreeSet::new();
                for value in 0..slot.count() {
                    self.put(slot, slot.values.get(value).cloned());
                    let fires = self.judge(plan);
                    found.insert(self.verdict(target, fired, pending, &fires));
                }
                if found.len() > 1 {
                    matter.extend(slot.reads());
                }
                self.put(slot, begin(place, slot));
            }
        }
        self.clear(unknown);
    }

    /// Fills something in; without a value it is left untold.
    fn put(&mut self, slot: &Slot<'r>, value: Option<Value>) {
        match &slot.thing {
            Thing::Told(of) => assume(&mut self.filled, *of, value),
            Thing::Free(free) => {
                let judged = value.map_or(Judged::STUCK, |value| Judged::known(value == Value::Bool(true)));
                self.filled.assume_truth(free.expr, free.channel, judged);
            }
        }
    }

    /// Takes out what was filled in.
    fn clear(&mut self, unknown: &Unknown<'r>) {
        self.filled.assume_no_truth();
        for slot in &unknown.slots {
            if let Thing::Told(of) = slot.thing {
                assume(&mut self.filled, of, None);
            }
        }
    }

    fn may_try(&self, plan: &Plan, unknown: &Unknown<'r>) -> bool {
        let fillings = unknown.fillings().filter(|fillings| *fillings <= MOST_FILLINGS);
        fillings.is_some_and(|fillings| fillings.saturating_mul(plan.len()) <= self.left)
    }

    /// What comes out for each filling, the values of the first changing fastest.
    fn fill<T>(
        &mut self,
        plan: &Plan,
        unknown: &Unknown<'r>,
        outcome: impl Fn(&Self, &BTreeMap<InstanceKey, Judged>) -> T,
    ) -> Vec<T> {
        let fillings = unknown.fillings().unwrap_or(0);
        self.left = self.left.saturating_sub(fillings.saturating_mul(plan.len()));
        let mut outcomes = Vec::with_capacity(fillings);
        for filling in 0..fillings {
            let mut step = 1;
            for slot in &unknown.slots {
                // What stays as it was need not be filled in again.
                if filling % step == 0 {
                    self.put(slot, slot.values.get(filling / step % slot.count()).cloned());
                }
                step *= slot.count();
            }
            let fires = self.judge(plan);
            outcomes.push(outcome(self, &fires));
        }
        self.clear(unknown);
        outcomes
    }

    /// Judges anew what a plan asks for; returns which instances fire.
    fn judge(&mut self, plan: &Plan) -> BTreeMap<InstanceKey, Judged> {
        let mut fires = BTreeMap::new();
        self.fires(&plan.instances, &mut fires);
        let ruleset = self.context.ruleset;
        for channel in &plan.owned {
            if let Some(owned) = &ruleset.channels[*channel].owned {
                let judged = self.filled.truth(owned, None, &mut Silent);
                self.filled.set_owned(*channel, judged);
            }
        }
        for target in &plan.excluded {
            let excluders = self.excluders[*target].iter();
            let mut judged =
                excluders.fold(Judged::FALSE, |any, key| any.or(of_instance(self.instances, &fires, *key)));
            for need in &self.needs[*target] {
                judged = judged.or(self.through(need, &fires));
            }
            if let Target::Mix(mix) = target {
                for member in &ruleset.mixes[*mix].members {
                    judged = judged.or(self.filled.excluded(Target::Channel(*member)));
                }
            }
            self.filled.set_excluded(*target, judged);
        }
        self.fires(&plan.asking, &mut fires);
        fires
    }

    fn fires(&self, instances: &[InstanceKey], fires: &mut BTreeMap<InstanceKey, Judged>) {
        for key in instances {
            let conditions = conditions(self.context.ruleset, key.0);
            let condition = conditions
                .fold(Judged::TRUE, |all, expr| all.and(self.filled.truth(expr, key.1, &mut Silent)));
            let exceptions = pending_exceptions(self.context, self.instances, *key).into_iter();
            let excepted = exceptions
                .fold(Judged::FALSE, |any, exception| any.or(of_instance(self.instances, fires, exception)));
            fires.insert(*key, condition.and(excepted.not()));
        }
    }

    /// Whether a need excludes the target that has it.
    fn through(&self, need: &ChannelNeed, fires: &BTreeMap<InstanceKey, Judged>) -> Judged {
        let judged = need.rule.map_or(need.judged, |key| of_instance(self.instances, fires, key));
        self.filled.through(&ChannelNeed { judged, ..*need })
    }

    /// The verdict when some more effects come, those that fire now.
    fn verdict(
        &self,
        target: Target,
        fired: &Fired,
        pending: &[&Pending],
        fires: &BTreeMap<InstanceKey, Judged>,
    ) -> Verdict {
        self.outcome(target, fired, pending, fires).leaning(self.context.ruleset.thresholds)
    }

    /// What has fired on a target when some more effects come, those that fire now.
    fn outcome(
        &self,
        target: Target,
        fired: &Fired,
        pending: &[&Pending],
        fires: &BTreeMap<InstanceKey, Judged>,
    ) -> Fired {
        let comes = |pending: &&&Pending| match pending.reason {
            Reason::Rule(cause) => {
                of_instance(self.instances, fires, (cause.rule, cause.channel)).truth == Truth::True
            }
            Reason::Through(channel) => {
                let needs = self.needs[target].iter().filter(|need| need.channel == channel);
                let mut through = needs.map(|need| self.through(need, fires));
                let member = match target {
                    Target::Mix(mix) => self.context.ruleset.mixes[mix].members.contains(&channel),
                    Target::Channel(_) => false,
                };
                through.any(|judged| judged.truth == Truth::True)
                    || member && self.filled.excluded(Target::Channel(channel)).truth == Truth::True
            }
        };
        let come = pending.iter().filter(comes).map(|pending| (*pending, self.points(pending)));
        fired.with(self.context.ruleset, come)
    }

    /// The points that an effect gives if it comes. Those that no source tells are within what they may be.
    fn points(&self, pending: &Pending) -> i64 {
        let (least, greatest) = pending.points;
        match points_of(self.context.ruleset, pending.reason) {
            Some((points, cause)) if pending.untold => {
                let told = self.filled.points(points, cause.channel);
                let (low, high) = points.range();
                told.map_or(0, |told| told.clamp(low, high))
            }
            // Of points that are told one of the two is nothing.
            _ => least + greatest,
        }
    }

    /// What has to be judged anew to know which pending effects come.
    fn plan(&self, target: Target, pending: &[&Pending]) -> Plan {
        let mut open = Vec::new();
        for pending in pending {
            match pending.reason {
                Reason::Rule(cause) => open.push(Part::Instance((cause.rule, cause.channel))),
                Reason::Through(channel) => {
                    open.push(Part::Excluded(Target::Channel(channel)));
                    let needs = self.needs[target].iter().filter(|need| need.channel == channel);
                    needs.for_each(|need| need_parts(need, &mut open));
                }
            }
        }
        let mut seen = BTreeSet::new();
        let mut compared = 0;
        while let Some(part) = open.pop() {
            if self.is_known(part) || !seen.insert(part) {
                continue;
            }
            match part {
                Part::Instance(key) => {
                    open.extend(
                        pending_exceptions(self.context, self.instances, key).into_iter().map(Part::Instance),
                    );
                    for expr in conditions(self.context.ruleset, key.0) {
                        expr.walk(&mut |part| match &part.kind {
                            ExprKind::Excluded(target, _) => {
                                open.extend(target.resolve(key.1).map(Part::Excluded));
                            }
                            ExprKind::Leads(_, race) => compared = race.entrants.len().max(compared),
                            _ => {}
                        });
                    }
                }
                Part::Owned(_) => {}
                Part::Excluded(target) => {
                    open.extend(self.excluders[target].iter().copied().map(Part::Instance));
                    self.needs[target].iter().for_each(|need| need_parts(need, &mut open));
                    if let Target::Mix(mix) = target {
                        let members = self.context.ruleset.mixes[mix].members.iter();
                        open.extend(members.map(|member| Part::Excluded(Target::Channel(*member))));
                    }
                }
            }
        }
        Plan { compared, ..self.ordered(&seen) }
    }

    fn is_known(&self, part: Part) -> bool {
        let judged = match part {
            Part::Instance((rule, channel)) => {
                find(&self.instances[rule], channel).expect("a plan is of instances that there are").fires
            }
            Part::Owned(channel) => self.context.owned(channel),
            Part::Excluded(target) => self.context.excluded(target),
        };
        judged.truth != Truth::Unknown
    }

    fn ordered(&self, parts: &BTreeSet<Part>) -> Plan {
        let ruleset = self.context.ruleset;
        let mut plan = Plan::default();
        for part in parts {
            match part {
                Part::Instance(key) if ruleset.rules[key.0].asks => plan.asking.push(*key),
                Part::Instance(key) => plan.instances.push(*key),
                Part::Owned(channel) => plan.owned.push(*channel),
                Part::Excluded(_) => {}
            }
        }
        plan.instances.sort_by_key(|key| self.places[key.0]);
        plan.asking.sort_by_key(|key| self.places[key.0]);
        let order = ruleset.channel_order.iter().copied().map(Target::Channel);
        let order = order.chain(ruleset.mixes.ids().map(Target::Mix));
        plan.excluded = order.filter(|target| parts.contains(&Part::Excluded(*target))).collect();
        plan
    }

    /// Values to try: of the fields that are waited for; with facts, of all that is unknown and read.
    fn unknown(
        &mut self,
        plan: &Plan,
        pending: &[&Pending],
        awaited: &BTreeSet<Await>,
        facts: bool,
    ) -> Unknown<'r> {
        let ruleset = self.context.ruleset;
        let of_instances = plan.instances.iter().chain(&plan.asking);
        let of_instances = of_instances.flat_map(|key| conditions(ruleset, key.0).map(|expr| (expr, key.1)));
        let owned = plan.owned.iter().filter_map(|id| ruleset.channels[*id].owned.as_ref());
        let untold = pending.iter().filter(|pending| pending.untold);
        let ratings: Vec<(&'r Expr, Option<Id<Channel>>)> = untold
            .filter_map(|pending| points_of(ruleset, pending.reason))
            .filter_map(|(points, cause)| Some((points.rating()?, cause.channel)))
            .collect();
        let read: Vec<(&'r Expr, Option<Id<Channel>>)> =
            of_instances.chain(owned.map(|owned| (owned, None))).chain(ratings.iter().copied()).collect();
        let rated = self.context.unknown_parts(&ratings);
        let of = if facts { self.context.unknown_parts(&read) } else { awaited.clone() };
        let mut cuts = Cuts::freeing(self.context, of.iter().copied());
        read.iter().for_each(|(expr, channel)| cuts.visit(expr, *channel));
        let free = cuts.take_free();
        let mut unknown = Unknown { slots: Vec::new(), exact: true };
        for of in of {
            let (mut values, mut all) = cuts.values(of);
            if let (Await::Fact(_, (fact, _)), true) = (of, rated.contains(&of)) {
                let (stated, every) = self.stated.entry(fact).or_insert_with(|| stated(ruleset, fact));
                let more: Vec<Value> =
                    stated.iter().filter(|value| !values.contains(value)).cloned().collect();
                values.extend(more);
                all &= *every;
            } else if !cuts.is_read(of) && free.iter().any(|free| free.reads.contains(&of)) {
                continue;
            }
            unknown.exact &= all && !values.is_empty();
            unknown.slots.push(Slot { thing: Thing::Told(of), values, untold: false });
        }
        for free in free {
            let (values, untold) = ([true, false].map(Value::Bool).to_vec(), free.reads_untold);
            unknown.slots.push(Slot { thing: Thing::Free(free), values, untold });
        }
        unknown
    }
}

/// Values of a fact that makes points, which is taken to be within what any channel ever states; and whether these are all:
/// a fraction may make any points between.
fn stated(ruleset: &Ruleset, fact: Id<Fact>) -> (Vec<Value>, bool) {
    let all = ruleset.channels.iter().map(|channel| &channel.statements).chain([&ruleset.parameters]);
    let all = all.flat_map(|statements| statements.range((fact, None)..=(fact, Some(u32::MAX))));
    let values = all.flat_map(|(_, stated)| stated).filter_map(|stated| stated.value.as_ref()?.as_number());
    let values: BTreeSet<Exact> = values.collect();
    let (Some(low), Some(high)) = (values.first(), values.last()) else { return (vec![], true) };
    match whole_between(*low, *high) {
        Some(between) if matches!(ruleset.facts[fact].ty, Type::Number(NumberType { whole: true, .. })) => {
            (between, true)
        }
        _ => ([*low, *high].map(number).to_vec(), low == high),
    }
}

/// The pending effects that wait for a field or fact, and the others.
fn parted<'p>(pending: &[&'p Pending], of: Await) -> (Vec<&'p Pending>, Vec<&'p Pending>) {
    let waits = |pending: &Pending| {
        pending.awaits.iter().any(|awaited| match (awaited, of) {
            (Await::Fact(a, (fact, None)), Await::Fact(b, (other, _))) => *a == b && *fact == other,
            (awaited, of) => *awaited == of,
        })
    };
    pending.iter().copied().partition(|pending| waits(pending))
}

/// What a plan is made of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Instance(InstanceKey),
    Owned(Id<Channel>),
    Excluded(Target),
}

fn need_parts(need: &ChannelNeed, parts: &mut Vec<Part>) {
    if need.judged.truth != Truth::False {
        parts.extend(need.rule.map(Part::Instance));
        parts.extend([Part::Owned(need.channel), Part::Excluded(Target::Channel(need.channel))]);
    }
}

/// Whether an instance fires, judged anew or as it was.
fn of_instance(instances: &Instances, fires: &BTreeMap<InstanceKey, Judged>, key: InstanceKey) -> Judged {
    let before = || find(&instances[key.0], key.1);
    let known = fires.get(&key).copied();
    known
        .or_else(|| before().map(|instance| instance.fires))
        .expect("an instance that is asked for is judged")
}

impl Plan {
    /// How many instances and the like are judged for each filling.
    fn len(&self) -> usize {
        self.instances.len() + self.owned.len() + self.excluded.len() + self.asking.len() + self.compared
    }
}

impl Slot<'_> {
    /// How often it is filled in while the others stay.
    fn count(&self) -> usize {
        self.values.len() + usize::from(self.untold)
    }

    /// The fields and facts that it changes with.
    fn reads(&self) -> impl Iterator<Item = Await> + '_ {
        let (own, of_free) = match &self.thing {
            Thing::Told(of) => (Some(*of), None),
            Thing::Free(free) => (None, Some(&free.reads)),
        };
        own.into_iter().chain(of_free.into_iter().flatten().copied())
    }
}

impl Unknown<'_> {
    /// How many fillings there are; nothing where that is past counting.
    fn fillings(&self) -> Option<usize> {
        self.slots.iter().try_fold(1_usize, |count, slot| count.checked_mul(slot.count()))
    }

    /// The fields and facts that are filled in.
    fn all(&self) -> BTreeSet<Await> {
        self.slots.iter().flat_map(Slot::reads).collect()
    }

    /// What changes with one field or fact.
    fn of(&self, of: Await) -> Self {
        let slots = self.slots.iter().filter(|slot| slot.reads().any(|other| other == of));
        Unknown { slots: slots.cloned().collect(), exact: self.exact }
    }

    /// Tells whether more than one thing is tried of a field or fact. Of one value alone nothing is told: it may have to be
    /// given all the same.
    fn varies(&self, of: Await) -> bool {
        self.of(of).slots.iter().any(|slot| slot.count() > 1)
    }

    /// Tells whether two outcomes differ whose fillings differ in one place alone.
    fn any_differ<T: PartialEq>(
        &self,
        place: usize,
        outcomes: &[T],
        differ: impl Fn(&T, &T) -> bool,
    ) -> bool {
        let step: usize = self.slots.iter().take(place).map(Slot::count).product();
        let count = self.slots.get(place).map_or(1, Slot::count);
        let firsts = (0..outcomes.len()).filter(|number| (number / step).is_multiple_of(count));
        firsts.into_iter().any(|first| {
            // Of outcomes that are the same one stands for all.
            let mut apart: Vec<&T> = Vec::new();
            let of = outcomes.iter().skip(first).step_by(step).take(count);
            of.into_iter().any(|outcome| {
                if apart.contains(&outcome) {
                    return false;
                }
                apart.push(outcome);
                apart.iter().any(|other| differ(other, outcome))
            })
        })
    }
}
