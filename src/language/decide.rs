//! What a ruleset says of a profile: the meaning of evaluation, with its trace.
//!
//! It runs on the model alone. Every number that comes out can be followed to the rule instances, atoms, fields and
//! facts that it was made of; [`Decision::condition`] gives that tree for any instance.

mod assumed;
mod awaits;
mod best;
mod could;
mod cuts;
mod deciding;
mod depends;
mod disputed;
mod eval;
mod exclusion;
mod further;
mod judged;
mod lists;
mod measures;
mod needs;
mod other_values;
mod otherwise;
mod probe;
mod ranges;
mod rank;
mod readers;
mod trace;
mod tried;
mod verdict;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

pub use assumed::Assumed;
pub use best::Best;
pub use disputed::DisputedFact;
pub use further::{Further, Missing};
pub use judged::{Judged, Truth};
pub use measures::Measured;
pub use needs::{NeedDecision, NeedOrigin};
pub use probe::Probe;
pub use rank::{End, First, Place, places};
pub use trace::{Outcome, Read, Trace};
pub use verdict::{Await, Cause, OpenFact, Pending, Reason, TargetDecision};

pub use could::MAX_PAIRS;
use depends::Depends;
use eval::{Context, Silent};
use lists::Lists;
use needs::Needs;
pub use ranges::{MOST_NUMBERS, axis, few_numbers};
use trace::Recording;

use crate::date::Date;
use crate::model::{
    Channel, EffectKind, Expr, Field, Hole, Id, IdMap, Piece, Profile, Rule, Ruleset, Target, TargetMap,
    Template, Value,
};
use crate::operator::Verdict;

/// An answer: what a ruleset says of one profile on one day.
#[derive(Debug)]
pub struct Decision<'r> {
    /// The ruleset.
    pub ruleset: &'r Ruleset,
    /// The profile.
    pub profile: &'r Profile,
    /// The as-of day.
    pub day: Date,
    /// What it was evaluated in, for traces.
    context: Context<'r>,
    /// What became of each rule's instances.
    instances: Instances,
    /// What targets need.
    needs: Needs,
    /// What came of each target.
    targets: TargetMap<TargetDecision>,
    /// The channels, best first.
    pub channels: Vec<Target>,
    /// The mixes, best first.
    pub mixes: Vec<Target>,
    /// The first of the channels.
    pub first: First,
    /// What is to be said of the whole answer.
    pub notes: Vec<Cause>,
    /// See [`Decision::missing`].
    missing: OnceCell<Vec<(Id<Field>, Vec<Target>)>>,
    /// See [`Decision::open_facts`].
    open_facts: OnceCell<TargetMap<Vec<OpenFact>>>,
    /// What is told only where somebody asks.
    lists: Lists,
}

/// An instance of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// The channel, under `for each`.
    pub channel: Option<Id<Channel>>,
    /// Whether `where` leaves the channel out.
    pub left_out: bool,
    /// Its condition: `where` and `when`.
    pub condition: Judged,
    /// Its condition, and none of its exceptions fires.
    pub fires: Judged,
}

/// The instances of each rule, in the order of their channels.
type Instances = IdMap<Rule, Vec<Instance>>;

/// What became of a rule's instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// It fired.
    Fired,
    /// Its condition does not hold.
    NotFired,
    /// Not known yet.
    Pending,
    /// Its condition is not false, and an exception fires.
    Excepted,
}

impl State {
    /// Returns the word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            State::Fired => "fired",
            State::NotFired => "not_fired",
            State::Pending => "pending",
            State::Excepted => "excepted",
        }
    }
}

impl Instance {
    /// Returns what became of it.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.condition.truth, self.fires.truth) {
            (_, Truth::True) => State::Fired,
            (_, Truth::Unknown) => State::Pending,
            (Truth::False, Truth::False) => State::NotFired,
            (Truth::True | Truth::Unknown, Truth::False) => State::Excepted,
        }
    }
}

/// How much a decision tells. Proofs look at thousands of profiles, and at little of each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tells {
    /// What fires, and what verdicts and scores come of it; nothing of needs, places, notes, nor of what is waited for.
    Verdicts,
    /// Needs and places too; nothing of notes, nor of what is waited for.
    Outcomes,
    /// Everything.
    All,
}

/// Decides a profile on a day.
#[must_use]
pub fn decide<'r>(ruleset: &'r Ruleset, profile: &'r Profile, day: Date) -> Decision<'r> {
    decide_only(ruleset, profile, day, Tells::All)
}

/// Decides a profile on a day as far as somebody asks: what is not told is empty.
#[must_use]
pub fn decide_only<'r>(ruleset: &'r Ruleset, profile: &'r Profile, day: Date, tells: Tells) -> Decision<'r> {
    let (context, instances) = judge(ruleset, profile, day, &|_, _| true);
    verdict::decide_targets(context, instances, tells)
}

/// Decides what verdict a target has, as [`decide`] does; rules that can have no part in it are not looked at.
#[must_use]
pub fn verdict_of(ruleset: &Ruleset, profile: &Profile, day: Date, target: Target) -> Option<Verdict> {
    let exceptions = ruleset.rules.entries().flat_map(|(_, rule)| &rule.exceptions);
    let exceptions: BTreeSet<Id<Rule>> = exceptions.copied().collect();
    let (context, instances) = judge(ruleset, profile, day, &|id, channel| {
        let acts = |kind: &EffectKind| match kind {
            EffectKind::Score(on, ..) | EffectKind::Cap(on, _) => on.resolve(channel) == Some(target),
            // An exclusion or a need of another target may exclude this one.
            EffectKind::Exclude(_) | EffectKind::Needs(..) => true,
            EffectKind::Note(..) => false,
        };
        exceptions.contains(&id) || ruleset.rules[id].effects.iter().any(|effect| acts(&effect.kind))
    });
    verdict::verdict(&context, &instances, target)
}

/// Judges the conditions of rules' instances, of those that are wanted.
fn judge<'r>(
    ruleset: &'r Ruleset,
    profile: &'r Profile,
    day: Date,
    wanted: &dyn Fn(Id<Rule>, Option<Id<Channel>>) -> bool,
) -> (Context<'r>, Instances) {
    let mut context = Context::new(ruleset, profile, day);
    let mut instances = Instances::of(&ruleset.rules, |_| Vec::new());
    // Rules that ask whether a target is excluded come after the exclusions; the others cannot depend on them.
    for asks in [false, true] {
        for id in ruleset.rule_order.iter().filter(|id| ruleset.rules[**id].asks == asks) {
            instances[*id] = judge_rule(&context, &instances, *id, wanted);
        }
        if !asks {
            context.owned = Some(exclusion::owned(&context));
            context.excluded = Some(exclusion::exclusions(&context, &instances));
        }
    }
    (context, instances)
}

fn judge_rule(
    context: &Context<'_>,
    instances: &Instances,
    id: Id<Rule>,
    wanted: &dyn Fn(Id<Rule>, Option<Id<Channel>>) -> bool,
) -> Vec<Instance> {
    let rule = &context.ruleset.rules[id];
    let channels = rule.instances().into_iter().filter(|channel| wanted(id, *channel));
    let judge = |channel: Option<Id<Channel>>| {
        let filter = rule.for_each.as_ref().and_then(|for_each| for_each.filter.as_ref());
        let filter = filter.map_or(Judged::TRUE, |filter| context.truth(filter, channel, &mut Silent));
        let when = rule.when.as_ref().map_or(Judged::TRUE, |when| context.truth(when, channel, &mut Silent));
        let condition = filter.and(when);
        let excepted = rule.exceptions.iter().fold(Judged::FALSE, |any, exception| {
            any.or(exception_fires(context.ruleset, instances, *exception, channel))
        });
        Instance {
            channel,
            left_out: filter.truth == Truth::False,
            condition,
            fires: condition.and(excepted.not()),
        }
    };
    channels.map(judge).collect()
}

/// An exception with `for each` meets a `for each` rule channel by channel, a plain one if any instance fires.
fn exception_fires(
    ruleset: &Ruleset,
    instances: &Instances,
    exception: Id<Rule>,
    channel: Option<Id<Channel>>,
) -> Judged {
    let of = &instances[exception];
    if channel.is_some() && ruleset.rules[exception].for_each.is_some() {
        return find(of, channel).map_or(Judged::FALSE, |instance| instance.fires);
    }
    of.iter().fold(Judged::FALSE, |any, instance| any.or(instance.fires))
}

/// Instances stand in the order of their channels.
fn find(instances: &[Instance], channel: Option<Id<Channel>>) -> Option<&Instance> {
    let index = instances.binary_search_by_key(&channel, |instance| instance.channel).ok()?;
    instances.get(index)
}

impl<'r> Decision<'r> {
    /// Returns what came of a target.
    #[must_use]
    pub fn target(&self, target: Target) -> &TargetDecision {
        &self.targets[target]
    }

    /// Returns what a target needs, each once: what it states, what fired rules give it, and what the channels among these
    /// need that are not owned. Each is looked for when it is asked for.
    pub fn needs(&self, target: Target) -> impl Iterator<Item = NeedDecision> + '_ {
        self.needs.of(self.ruleset, target)
    }

    /// Returns the targets among whose needs a channel is.
    #[must_use]
    pub fn required_by(&self, channel: Id<Channel>) -> Vec<Target> {
        self.needs.requiring(self.ruleset, channel)
    }

    /// Returns the fields that verdicts still depend on, and the targets that they keep undecided; the field with most of
    /// them first. It is found out when it is first asked for.
    #[must_use]
    pub fn missing(&self) -> &[(Id<Field>, Vec<Target>)] {
        self.missing.get_or_init(|| {
            let mut depends = Depends::new(&self.context, &self.instances);
            verdict::missing(&mut depends, self.ruleset, &self.targets)
        })
    }

    /// Returns the facts that no source tells and that could change the verdict of a target. It is found out when it is
    /// first asked for.
    #[must_use]
    pub fn open_facts(&self, target: Target) -> &[OpenFact] {
        let all = self.open_facts.get_or_init(|| {
            let mut depends = Depends::new(&self.context, &self.instances);
            verdict::open_facts(&mut depends, self.ruleset, &self.targets)
        });
        &all[target]
    }

    /// Returns the points that an effect gives; nothing for another effect, or where no source tells a fact that makes them.
    #[must_use]
    pub fn points(&self, cause: Cause) -> Option<i64> {
        self.context.points(cause.kind(self.ruleset).points()?, cause.channel)
    }

    /// Returns how the points of an effect came out, if a constant makes them.
    #[must_use]
    pub fn rating(&self, cause: Cause) -> Option<Trace<'r>> {
        Some(self.trace_of(cause.kind(self.ruleset).rating()?, cause.channel))
    }

    /// Returns the instances of a rule.
    #[must_use]
    pub fn instances(&self, rule: Id<Rule>) -> &[Instance] {
        &self.instances[rule]
    }

    /// Returns an instance of a rule.
    #[must_use]
    pub fn instance(&self, rule: Id<Rule>, channel: Option<Id<Channel>>) -> Option<&Instance> {
        find(self.instances(rule), channel)
    }

    /// Returns the exceptions that meet an instance of a rule, each with the channel of its own instance.
    #[must_use]
    pub fn exceptions(
        &self,
        rule: Id<Rule>,
        channel: Option<Id<Channel>>,
    ) -> Vec<(Id<Rule>, Option<Id<Channel>>)> {
        let mut met = Vec::new();
        for exception in &self.ruleset.rules[rule].exceptions {
            for instance in self.instances(*exception) {
                let per_channel = self.ruleset.rules[*exception].for_each.is_some() && channel.is_some();
                if !instance.left_out && (!per_channel || instance.channel == channel) {
                    met.push((*exception, instance.channel));
                }
            }
        }
        met
    }

    /// Returns how an instance's condition came out: its parts, each with its value and what it read.
    #[must_use]
    pub fn condition(&self, rule: Id<Rule>, channel: Option<Id<Channel>>) -> Vec<Trace<'r>> {
        let mut traces = condition(&self.context, rule, channel, Recording::told);
        deciding::join(&mut traces);
        traces
    }

    /// Returns how the points of a rule's effects came out that a constant makes.
    #[must_use]
    pub fn ratings(&self, rule: Id<Rule>, channel: Option<Id<Channel>>) -> Vec<Trace<'r>> {
        self.ruleset.rules[rule].ratings().map(|rating| self.trace_of(rating, channel)).collect()
    }

    /// Returns everything that an instance's condition and points read, in order, each once per part of it; of a row of a
    /// `first` table, also what the rows before it read.
    #[must_use]
    pub fn reads(&self, rule: Id<Rule>, channel: Option<Id<Channel>>) -> Vec<Read<'r>> {
        let mut traces = condition(&self.context, rule, channel, Recording::default);
        traces.extend(self.ratings(rule, channel));
        traces.iter().flat_map(Trace::reads).collect()
    }

    /// Returns how an expression outside of rules came out, such as `met when`.
    #[must_use]
    pub fn trace(&self, expr: &'r Expr) -> Option<Trace<'r>> {
        let mut recording = Recording::told();
        self.context.truth(expr, None, &mut recording);
        recording.finish()
    }

    /// Returns how an expression of any type came out, for a channel, as in a text.
    #[must_use]
    pub fn trace_of(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Trace<'r> {
        let mut recording = Recording::told();
        self.context.value(expr, channel, &mut recording);
        recording.finish().expect("what is evaluated is recorded")
    }

    /// Calls a function with each piece of a text in a language: what is plain, the value of what is not, or a target.
    pub fn fill(
        &self,
        template: &'r Template,
        language: &str,
        channel: Option<Id<Channel>>,
        mut piece: impl FnMut(Filled<'_>),
    ) {
        for part in template.get(language) {
            match part {
                Piece::Plain(text) => piece(Filled::Plain(text)),
                Piece::Hole(Hole::Target(target)) => piece(Filled::Target(target.resolve(channel))),
                Piece::Hole(Hole::Value(expr)) => {
                    let value = self.context.any_value(expr, channel);
                    piece(Filled::Value(expr, value.as_ref()));
                }
            }
        }
    }
}

/// A piece of a text that was filled in.
#[derive(Debug)]
pub enum Filled<'a> {
    /// Plain text.
    Plain(&'a str),
    /// A value, or nothing where it is unknown, and the expression that it is of.
    Value(&'a Expr, Option<&'a Value>),
    /// A target.
    Target(Option<Target>),
}

/// How an instance's condition came out: nothing for a rule without, otherwise `where`, `when`, or both.
fn condition<'r>(
    context: &Context<'r>,
    rule: Id<Rule>,
    channel: Option<Id<Channel>>,
    recording: impl Fn() -> Recording<'r>,
) -> Vec<Trace<'r>> {
    let record = |expr: &'r Expr| {
        let mut recording = recording();
        context.truth(expr, channel, &mut recording);
        recording.finish()
    };
    conditions(context.ruleset, rule).filter_map(record).collect()
}

/// The conditions of a rule: `where` and `when`, as far as it has them.
fn conditions(ruleset: &Ruleset, rule: Id<Rule>) -> impl Iterator<Item = &Expr> {
    let rule = &ruleset.rules[rule];
    let filter = rule.for_each.as_ref().and_then(|for_each| for_each.filter.as_ref());
    filter.into_iter().chain(&rule.when)
}

/// The notes of fired rules: those of each target, and those of the whole answer.
fn notes(ruleset: &Ruleset, instances: &Instances) -> (BTreeMap<Target, Vec<Cause>>, Vec<Cause>) {
    let mut of_targets: BTreeMap<Target, Vec<Cause>> = BTreeMap::new();
    let mut of_all = Vec::new();
    for (id, rule) in ruleset.rules.entries() {
        for instance in &instances[id] {
            if instance.fires.truth != Truth::True {
                continue;
            }
            for (effect, kind) in rule.effects.iter().enumerate().map(|(i, effect)| (i, &effect.kind)) {
                let EffectKind::Note(target, ..) = kind else { continue };
                let cause = Cause { rule: id, channel: instance.channel, effect };
                match target {
                    None => of_all.push(cause),
                    Some(target) => {
                        if let Some(target) = target.resolve(instance.channel) {
                            of_targets.entry(target).or_default().push(cause);
                        }
                    }
                }
            }
        }
    }
    (of_targets, of_all)
}
