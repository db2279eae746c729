//! On which unknown fields and facts a verdict really depends: two fillings that differ in one of them alone, and in the
//! verdict.
//!
//! What the parts of a condition wait for is found without filling anything in (`awaits.rs`), and some of it changes no
//! verdict: a let may be read twice, bands may exclude each other, points may never reach a threshold. Here values that
//! tell apart what all values could do (`cuts.rs`) are filled in, and the effects on a target judged anew. Only what is
//! proved to change nothing is left out; past a budget nothing is.

use std::collections::{BTreeMap, BTreeSet};

use super::awaits::{InstanceKey, excluders, pending_exceptions};
use super::cuts::{Cuts, assume};
use super::eval::{Context, Silent};
use super::exclusion::{ChannelNeed, channel_needs};
use super::judged::Judged;
use super::verdict::{Await, Fired, Open, Pending, Reason};
use super::{Instances, Truth, conditions, find};
use crate::model::{Channel, Expr, ExprKind, Id, IdMap, Rule, Target, TargetMap, Value};

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

/// Some of what is unknown, each with the values to try.
struct Unknown {
    of: Vec<(Await, Vec<Value>)>,
    /// Whether these values tell all that there is. Of one value alone nothing is told: it may have to be given all the
    /// same.
    exact: bool,
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
        // Points that no source tells come of no condition that could be judged anew.
        let untold = pending.iter().any(|pending| pending.untold);
        let spared = self.left - share;
        self.left = share;
        let found = if untold { None } else { self.search(target, fired, pending, &awaited, facts) };
        self.left += spared;
        found.unwrap_or_else(|| {
            let thresholds = self.context.ruleset.thresholds;
            let moves = |of: &Await| {
                let (own, others) = parted(pending, *of);
                let ruleset = self.context.ruleset;
                Open::of(ruleset, own).may_move(thresholds, fired, &Open::of(ruleset, others))
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
        let unknown = self.unknown(&plan, awaited, facts);
        let (mut matter, mut idle) = (BTreeSet::new(), BTreeSet::new());
        if self.may_try(&plan, &unknown) {
            let verdicts = self.fill(&plan, &unknown, |this, fires| {
                this.outcome(target, fired, pending, fires).leaning(this.context.ruleset.thresholds)
            });
            for (place, (of, values)) in unknown.of.iter().enumerate() {
                if unknown.any_differ(place, &verdicts, |a, b| a != b) {
                    matter.insert(*of);
                } else if unknown.exact && values.len() > 1 {
                    idle.insert(*of);
                }
            }
        } else {
            self.sample(target, fired, pending, &plan, &unknown, &mut matter);
            for (of, values) in unknown.of.iter().filter(|_| !matter.is_empty()) {
                if !matter.contains(of)
                    && values.len() > 1
                    && self.is_idle(*of, target, fired, pending, facts)
                {
                    idle.insert(*of);
                }
            }
        }
        if facts {
            // Among fillings a fact may change nothing, and yet the verdict hang on its being told: `0 * f`, or one branch of
            // an `if` that is known where the other comes to the same.
            let values = unknown.of.iter().filter(|(of, _)| idle.contains(of));
            let moving: Vec<Await> = values
                .filter(|(of, values)| self.moves_alone(*of, values, target, fired, pending, &plan))
                .map(|(of, _)| *of)
                .collect();
            idle.retain(|of| !moving.contains(of));
        }
        // Where none is known to matter, what waits is all that there is to say.
        if matter.is_empty() {
            return None;
        }
        let stays = |of: &&Await| match of {
            // Of an entry whose index is not known all entries were tried.
            Await::Fact(channel, (fact, None)) if !self.context.ruleset.facts[*fact].indexes.is_empty() => {
                let mut tried = unknown.of.iter().map(|(of, _)| of);
                tried.any(|of| match of {
                    Await::Fact(other, (entry, _)) => (other, entry) == (channel, fact) && !idle.contains(of),
                    Await::Field(_) => false,
                })
            }
            Await::Field(_) | Await::Fact(..) => !idle.contains(*of),
        };
        Some(awaited.iter().filter(stays).copied().collect())
    }

    /// Tells whether the verdict may be another as soon as a fact is told, whatever else stays untold.
    fn moves_alone(
        &mut self,
        of: Await,
        values: &[Value],
        target: Target,
        fired: &Fired,
        pending: &[&Pending],
        plan: &Plan,
    ) -> bool {
        let thresholds = self.context.ruleset.thresholds;
        let Some(left) = self.left.checked_sub(values.len().saturating_mul(plan.len())) else { return true };
        self.left = left;
        let moves = values.iter().any(|value| {
            assume(&mut self.filled, of, Some(value.clone()));
            let fires = self.judge(plan);
            self.outcome(target, fired, pending, &fires).leaning(thresholds) != fired.leaning(thresholds)
        });
        assume(&mut self.filled, of, None);
        moves
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
        let unknown = self.unknown(&plan, &awaited, facts);
        let place = unknown.of.iter().position(|(other, _)| *other == of);
        let (Some(place), true, true) = (place, unknown.exact, self.may_try(&plan, &unknown)) else {
            return false;
        };
        let ruleset = self.context.ruleset;
        let rest = Open::of(ruleset, others);
        let outcomes = self.fill(&plan, &unknown, |this, fires| this.outcome(target, fired, &own, fires));
        !unknown.any_differ(place, &outcomes, |a, b| rest.may_part(ruleset.thresholds, a, b))
    }

    /// Looks for fillings that differ in one place and in the verdict, among some.
    fn sample(
        &mut self,
        target: Target,
        fired: &Fired,
        pending: &[&Pending],
        plan: &Plan,
        unknown: &Unknown,
        matter: &mut BTreeSet<Await>,
    ) {
        let thresholds = self.context.ruleset.thresholds;
        let cost = unknown.of.iter().map(|(_, values)| values.len()).sum::<usize>() + 1;
        for round in 0..SAMPLES {
            let Some(left) = self.left.checked_sub(cost.saturating_mul(plan.len())) else { break };
            self.left = left;
            let begin = |place: usize, count: usize| (round * (place + 1) + place) % count.max(1);
            for (place, (of, values)) in unknown.of.iter().enumerate() {
                assume(&mut self.filled, *of, values.get(begin(place, values.len())).cloned());
            }
            for (place, (of, values)) in unknown.of.iter().enumerate() {
                let mut found = BTreeSet::new();
                for value in values {
                    assume(&mut self.filled, *of, Some(value.clone()));
                    let fires = self.judge(plan);
                    found.insert(self.outcome(target, fired, pending, &fires).leaning(thresholds));
                }
                if found.len() > 1 {
                    matter.insert(*of);
                }
                assume(&mut self.filled, *of, values.get(begin(place, values.len())).cloned());
            }
        }
        unknown.of.iter().for_each(|(of, _)| assume(&mut self.filled, *of, None));
    }

    fn may_try(&self, plan: &Plan, unknown: &Unknown) -> bool {
        let fillings = unknown.fillings().filter(|fillings| *fillings <= MOST_FILLINGS);
        fillings.is_some_and(|fillings| fillings.saturating_mul(plan.len()) <= self.left)
    }

    /// What comes out for each filling, the values of the first changing fastest.
    fn fill<T>(
        &mut self,
        plan: &Plan,
        unknown: &Unknown,
        outcome: impl Fn(&Self, &BTreeMap<InstanceKey, Judged>) -> T,
    ) -> Vec<T> {
        let fillings = unknown.fillings().unwrap_or(0);
        self.left = self.left.saturating_sub(fillings.saturating_mul(plan.len()));
        let mut outcomes = Vec::with_capacity(fillings);
        for filling in 0..fillings {
            let mut step = 1;
            for (of, values) in &unknown.of {
                // What stays as it was need not be filled in again.
                if filling % step == 0 {
                    assume(&mut self.filled, *of, values.get(filling / step % values.len()).cloned());
                }
                step *= values.len();
            }
            let fires = self.judge(plan);
            outcomes.push(outcome(self, &fires));
        }
        unknown.of.iter().for_each(|(of, _)| assume(&mut self.filled, *of, None));
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
        fired.with(self.context.ruleset, pending.iter().filter(comes).copied())
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
    fn unknown(&self, plan: &Plan, awaited: &BTreeSet<Await>, facts: bool) -> Unknown {
        let ruleset = self.context.ruleset;
        let of_instances = plan.instances.iter().chain(&plan.asking);
        let of_instances = of_instances.flat_map(|key| conditions(ruleset, key.0).map(|expr| (expr, key.1)));
        let owned = plan.owned.iter().filter_map(|id| ruleset.channels[*id].owned.as_ref());
        let read: Vec<(&'r Expr, Option<Id<Channel>>)> =
            of_instances.chain(owned.map(|owned| (owned, None))).collect();
        let of = if facts { self.context.unknown_parts(&read) } else { awaited.clone() };
        let mut cuts = Cuts::new(self.context, of.iter().copied());
        read.iter().for_each(|(expr, channel)| cuts.visit(expr, *channel));
        let mut exact = true;
        let of = of.into_iter().map(|of| {
            let (values, all) = cuts.values(of);
            exact &= all && !values.is_empty();
            (of, values)
        });
        let of = of.collect();
        Unknown { of, exact }
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

impl Unknown {
    /// How many fillings there are; nothing where that is past counting.
    fn fillings(&self) -> Option<usize> {
        self.of.iter().try_fold(1_usize, |count, (_, values)| count.checked_mul(values.len()))
    }

    /// Tells whether two outcomes differ whose fillings differ in one place alone.
    fn any_differ<T: PartialEq>(
        &self,
        place: usize,
        outcomes: &[T],
        differ: impl Fn(&T, &T) -> bool,
    ) -> bool {
        let step: usize = self.of.iter().take(place).map(|(_, values)| values.len()).product();
        let count = self.of.get(place).map_or(1, |(_, values)| values.len());
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
