//! What a target needs, as a list of things to do.

use std::collections::BTreeSet;

use super::eval::{Context, Silent};
use super::exclusion::each_effect;
use super::{Instances, Truth};
use crate::model::{
    Channel, EffectKind, Id, IdMap, Need, NeedState, Requirement, Rule, Ruleset, Target, TargetMap,
};

/// Something that a target needs.
#[derive(Clone, PartialEq, Debug)]
pub struct NeedDecision {
    /// What is needed.
    pub need: Need,
    /// Whether it is there already.
    pub state: NeedState,
    /// The target, or the channel that the target needs, of which it is a need.
    pub because_of: Target,
    /// What says so.
    pub origin: NeedOrigin,
}

/// What says that something is needed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum NeedOrigin {
    /// The declaration of the target, by the number of the need there.
    Stated(usize),
    /// A rule that fired, for a channel under `for each`.
    Rule(Id<Rule>, Option<Id<Channel>>),
}

/// The needs that fired rules give each target, and whether more are pending.
pub(super) struct Needs {
    fired: TargetMap<Vec<(Need, NeedOrigin)>>,
    pending: TargetMap<bool>,
    requirements: IdMap<Requirement, NeedState>,
    channels: IdMap<Channel, NeedState>,
}

impl Needs {
    pub(super) fn new(context: &Context<'_>, instances: &Instances) -> Needs {
        let ruleset = context.ruleset;
        let mut fired = TargetMap::of(ruleset, |_| Vec::new());
        let mut pending = TargetMap::of(ruleset, |_| false);
        each_effect(ruleset, instances, |id, instance, kind| {
            let EffectKind::Needs(target, needs) = kind else { return };
            let Some(target) = target.resolve(instance.channel) else { return };
            if instance.fires.truth == Truth::True {
                let origin = NeedOrigin::Rule(id, instance.channel);
                fired[target].extend(needs.iter().map(|need| (*need, origin)));
            } else {
                pending[target] = true;
            }
        });
        let requirements = IdMap::of(&ruleset.requirements, |id| match &ruleset.requirements[id].met {
            None => NeedState::Unmet,
            Some(met) => need_state(context.truth(met, None, &mut Silent).truth),
        });
        let channels = IdMap::of(&ruleset.channels, |id| need_state(context.owned(id).truth));
        Needs { fired, pending, requirements, channels }
    }

    fn state(&self, need: Need) -> NeedState {
        match need {
            Need::Requirement(id) => self.requirements[id],
            Need::Channel(id) => self.channels[id],
        }
    }

    /// Returns all needs of a target, each once: its own, those of the channels it needs and does not own, and for a
    /// mix those of its members, less the members.
    pub(super) fn of(&self, context: &Context<'_>, target: Target) -> Vec<NeedDecision> {
        let mut found = Vec::new();
        let mut seen: BTreeSet<Need> = BTreeSet::new();
        // What is still to be looked at, the next on top.
        let mut open: Vec<NeedDecision> = Vec::new();
        if let Target::Mix(id) = target {
            let members = &context.ruleset.mixes[id].members;
            seen.extend(members.iter().map(|member| Need::Channel(*member)));
            for member in members.iter().rev() {
                self.push_own(context, Target::Channel(*member), &mut open);
            }
        }
        self.push_own(context, target, &mut open);
        while let Some(next) = open.pop() {
            if !seen.insert(next.need) {
                continue;
            }
            if let (Need::Channel(channel), NeedState::Unmet | NeedState::Unknown) = (next.need, next.state) {
                self.push_own(context, Target::Channel(channel), &mut open);
            }
            found.push(next);
        }
        found
    }

    /// Tells whether more needs may come: those of the target, of its members, and of the channels that it needs.
    pub(super) fn may_grow(&self, ruleset: &Ruleset, target: Target, needs: &[NeedDecision]) -> bool {
        let members: &[Id<Channel>] = match target {
            Target::Mix(id) => &ruleset.mixes[id].members,
            Target::Channel(_) => &[],
        };
        let needed = needs.iter().filter_map(|need| match need.need {
            Need::Channel(channel) => Some(channel),
            Need::Requirement(_) => None,
        });
        let of = members.iter().copied().chain(needed).map(Target::Channel).chain([target]);
        of.into_iter().any(|target| self.pending[target])
    }

    fn push_own(&self, context: &Context<'_>, target: Target, open: &mut Vec<NeedDecision>) {
        let ruleset = context.ruleset;
        let stated = ruleset.stated_needs(target).iter().enumerate();
        let stated = stated.map(|(index, stated)| (stated.need, NeedOrigin::Stated(index)));
        let fired = self.fired[target].iter().copied();
        let own: Vec<(Need, NeedOrigin)> = stated.chain(fired).collect();
        open.extend(own.into_iter().rev().map(|(need, origin)| NeedDecision {
            need,
            state: self.state(need),
            because_of: target,
            origin,
        }));
    }
}

fn need_state(truth: Truth) -> NeedState {
    match truth {
        Truth::True => NeedState::Met,
        Truth::False => NeedState::Unmet,
        Truth::Unknown => NeedState::Unknown,
    }
}
