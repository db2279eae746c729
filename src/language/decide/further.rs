//! Fields on which no verdict depends, but a measure, what is to be done, or what is to be said.

use std::collections::{BTreeMap, BTreeSet};

use super::awaits::Awaited;
use super::exclusion::channel_needs;
use super::verdict::Await;
use super::{Decision, Instance, Judged, Truth};
use crate::model::{Channel, EffectKind, Field, Id, IdMap, Need, Requirement, Target, TargetMap, Template};

/// What more could be asked. No field in it keeps a verdict undecided.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Further {
    /// The fields that measures of targets wait for that are not excluded.
    pub measures: Vec<Missing>,
    /// The fields that could add something to do, or settle whether it is done.
    pub needs: Vec<Missing>,
    /// The fields that could add a note or a warning, or complete one.
    pub notes: Vec<Missing>,
}

/// A field that is missing, and what waits for it.
#[derive(Clone, PartialEq, Debug)]
pub struct Missing {
    /// The field.
    pub field: Id<Field>,
    /// The targets that wait for it.
    pub affects: Vec<Target>,
    /// Whether it could say something of the whole answer.
    pub whole: bool,
}

impl Further {
    /// Returns the fields that are worth asking for, each once: those that only excluded targets wait for are not.
    #[must_use]
    pub fn worth_asking(&self, decision: &Decision<'_>) -> Vec<Id<Field>> {
        let left = |target: &Target| decision.target(*target).excluded.truth != Truth::True;
        let mut found = Vec::new();
        for missing in self.measures.iter().chain(&self.needs).chain(&self.notes) {
            if (missing.whole || missing.affects.iter().any(left)) && !found.contains(&missing.field) {
                found.push(missing.field);
            }
        }
        found
    }
}

pub(super) fn find(decision: &Decision<'_>) -> Further {
    let needs = channel_needs(decision.ruleset, &decision.instances);
    let awaited = Awaited::new(&decision.context, &decision.instances, &needs);
    let mut finder = Finder { decision, awaited };
    Further { measures: finder.measures(), needs: finder.needs(), notes: finder.notes() }
}

struct Finder<'d, 'r> {
    decision: &'d Decision<'r>,
    awaited: Awaited<'d, 'r>,
}

/// What the needs of one target wait for, and the channels that it needs.
#[derive(Default)]
struct Own {
    fields: BTreeSet<Id<Field>>,
    channels: BTreeSet<Id<Channel>>,
}

/// What waits for a field.
#[derive(Default)]
struct Waiting {
    targets: BTreeSet<Target>,
    whole: bool,
}

/// Whether an instance fires, or the fields leave open that it does.
fn may_fire(instance: &Instance) -> bool {
    instance.fires.truth == Truth::True || is_open(instance.fires)
}

fn is_open(judged: Judged) -> bool {
    judged.truth == Truth::Unknown && judged.can_hold
}

impl<'r> Finder<'_, 'r> {
    fn measures(&mut self) -> Vec<Missing> {
        let decision = self.decision;
        let mut waiting: BTreeMap<Id<Field>, Waiting> = BTreeMap::new();
        for target in decision.ruleset.targets() {
            let decided = decision.target(target);
            if decided.excluded.truth == Truth::True {
                continue;
            }
            for measured in decided.measures.iter().filter(|measured| measured.value.is_none()) {
                let of = decision.context.measure_of(measured.measure, target);
                let awaits = of.map(|of| self.awaited.expression(of)).unwrap_or_default();
                for field in fields(awaits) {
                    waiting.entry(field).or_default().targets.insert(target);
                }
            }
        }
        self.sorted(waiting)
    }

    fn needs(&mut self) -> Vec<Missing> {
        let ruleset = self.decision.ruleset;
        let own = self.own_needs();
        let owned: IdMap<Channel, BTreeSet<Id<Field>>> = IdMap::of(&ruleset.channels, |id| {
            let owned = ruleset.channels[id].owned.as_ref();
            owned.map_or(BTreeSet::new(), |owned| fields(self.awaited.expression(owned)))
        });
        // What is owned asks for nothing more.
        let asks = |channel: Id<Channel>| self.decision.context.owned(channel).truth != Truth::True;
        // Each channel comes after those that it needs.
        let mut of_channels = IdMap::of(&ruleset.channels, |_| BTreeSet::new());
        for id in &ruleset.channel_order {
            let own = &own[Target::Channel(*id)];
            let mut all = own.fields.clone();
            for channel in &own.channels {
                all.extend(&owned[*channel]);
                if asks(*channel) {
                    all.extend(&of_channels[*channel]);
                }
            }
            of_channels[*id] = all;
        }
        let mut waiting: BTreeMap<Id<Field>, Waiting> = BTreeMap::new();
        for target in ruleset.targets() {
            if self.decision.target(target).excluded.truth == Truth::True {
                continue;
            }
            let of_mix = || {
                // The members of a mix are none of its needs; what they need is.
                let members = ruleset.members(target);
                let mut seen: BTreeSet<Id<Channel>> = members.iter().copied().collect();
                let mut open: Vec<Target> =
                    members.iter().copied().map(Target::Channel).chain([target]).collect();
                let mut all = BTreeSet::new();
                while let Some(of) = open.pop() {
                    all.extend(&own[of].fields);
                    for channel in own[of].channels.iter().filter(|channel| seen.insert(**channel)) {
                        all.extend(&owned[*channel]);
                        open.extend(asks(*channel).then_some(Target::Channel(*channel)));
                    }
                }
                all
            };
            let fields = match target {
                Target::Channel(id) => std::mem::take(&mut of_channels[id]),
                Target::Mix(_) => of_mix(),
            };
            for field in fields {
                waiting.entry(field).or_default().targets.insert(target);
            }
        }
        self.sorted(waiting)
    }

    /// What the needs of each target wait for, those of the channels that it needs left aside.
    fn own_needs(&mut self) -> TargetMap<Own> {
        let ruleset = self.decision.ruleset;
        let met: IdMap<Requirement, BTreeSet<Id<Field>>> = IdMap::of(&ruleset.requirements, |id| {
            let met = ruleset.requirements[id].met.as_ref();
            met.map_or(BTreeSet::new(), |met| fields(self.awaited.expression(met)))
        });
        let mut all = TargetMap::of(ruleset, |_| Own::default());
        let add = |own: &mut Own, need: Need| match need {
            Need::Requirement(id) => own.fields.extend(&met[id]),
            Need::Channel(id) => own.channels.extend([id]),
        };
        for target in ruleset.targets() {
            let stated = ruleset.stated_needs(target).iter();
            stated.for_each(|stated| add(&mut all[target], stated.need));
        }
        for (rule, declared) in ruleset.rules.entries() {
            for instance in self.decision.instances(rule).iter().filter(|instance| may_fire(instance)) {
                for effect in &declared.effects {
                    let EffectKind::Needs(target, needs) = &effect.kind else { continue };
                    let Some(target) = target.resolve(instance.channel) else { continue };
                    needs.iter().for_each(|need| add(&mut all[target], *need));
                    if is_open(instance.fires) {
                        let awaits = fields(self.awaited.instance(rule, instance.channel));
                        all[target].fields.extend(awaits);
                    }
                }
            }
        }
        all
    }

    fn notes(&mut self) -> Vec<Missing> {
        let ruleset = self.decision.ruleset;
        let mut waiting: BTreeMap<Id<Field>, Waiting> = BTreeMap::new();
        for (rule, declared) in
            ruleset.rules.entries().filter(|(_, rule)| rule.effects.iter().any(|e| e.kind.is_note()))
        {
            for instance in self.decision.instances(rule).iter().filter(|instance| may_fire(instance)) {
                let open = match is_open(instance.fires) {
                    true => fields(self.awaited.instance(rule, instance.channel)),
                    false => BTreeSet::new(),
                };
                for effect in &declared.effects {
                    let EffectKind::Note(target, text, _) = &effect.kind else { continue };
                    let target = target.and_then(|target| target.resolve(instance.channel));
                    for field in open.iter().copied().chain(self.filled_in(text, instance.channel)) {
                        let waiting = waiting.entry(field).or_default();
                        waiting.targets.extend(target);
                        waiting.whole |= target.is_none();
                    }
                }
            }
        }
        self.sorted(waiting)
    }

    /// The unknown fields whose values a text shows.
    fn filled_in(&self, text: &'r Template, channel: Option<Id<Channel>>) -> BTreeSet<Id<Field>> {
        let context = &self.decision.context;
        let unknown = text.expressions().filter(|expr| context.any_value(expr, channel).is_none());
        let read: Vec<_> = unknown.map(|expr| (expr, channel)).collect();
        fields(context.unknown_parts(&read))
    }

    /// Those that no verdict waits for, the one for which most wait first.
    fn sorted(&self, waiting: BTreeMap<Id<Field>, Waiting>) -> Vec<Missing> {
        let missing = |field: &Id<Field>| self.decision.missing().iter().any(|(missing, _)| missing == field);
        let further = waiting.into_iter().filter(|(field, _)| !missing(field));
        let mut further: Vec<Missing> = further
            .map(|(field, waiting)| Missing {
                field,
                affects: waiting.targets.into_iter().collect(),
                whole: waiting.whole,
            })
            .collect();
        further.sort_by_key(|missing| (std::cmp::Reverse(missing.affects.len()), missing.field));
        further
    }
}

fn fields(awaits: BTreeSet<Await>) -> BTreeSet<Id<Field>> {
    let fields = awaits.into_iter().filter_map(|awaited| match awaited {
        Await::Field(field) => Some(field),
        Await::Fact(..) => None,
    });
    fields.collect()
}
