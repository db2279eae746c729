//! What a target needs, as a list of things to do.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::eval::{Context, Silent};
use super::exclusion::each_effect;
use super::{Instances, Truth};
use crate::model::{
    Channel, EffectKind, Id, IdMap, Need, NeedState, Requirement, Rule, Ruleset, Target, TargetMap,
};

/// Something that a target needs.
#[derive(Clone, Copy, PartialEq, Debug)]
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

impl NeedDecision {
    /// The channel that is needed and not known to be owned, so that its own needs are needs too.
    fn unowned(&self) -> Option<Id<Channel>> {
        match self.need {
            Need::Channel(channel) if self.state != NeedState::Met => Some(channel),
            Need::Channel(_) | Need::Requirement(_) => None,
        }
    }
}

/// What says that something is needed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum NeedOrigin {
    /// The declaration of the target, by the number of the need there.
    Stated(usize),
    /// A rule that fired, for a channel under `for each`.
    Rule(Id<Rule>, Option<Id<Channel>>),
}

/// The needs that fired rules give each target, whether more are pending, and how much each target has to do. What a
/// target needs is looked up where somebody asks: all of it for all targets is a square where one needs the next.
#[derive(Debug)]
pub(super) struct Needs {
    fired: TargetMap<Vec<(Need, NeedOrigin)>>,
    pending: TargetMap<bool>,
    requirements: IdMap<Requirement, NeedState>,
    channels: IdMap<Channel, NeedState>,
    counts: TargetMap<Counts>,
    /// The targets that themselves need each channel.
    needed_by: OnceCell<IdMap<Channel, Vec<Target>>>,
}

/// How much there is to do for a target.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub(super) struct Counts {
    /// Needs that are not known to be met.
    pub(super) open: usize,
    /// Needs that are sure to be left: what only a channel asks for that may be owned already may not be.
    pub(super) sure: usize,
    /// Whether more needs may come, its own or those of a channel that it needs.
    pub(super) more: bool,
    /// Those among its own that are not met, unless a channel that it needs asked for them before.
    own_unmet: usize,
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
        let counts = TargetMap::of(ruleset, |_| Counts::default());
        let mut needs = Needs { fired, pending, requirements, channels, counts, needed_by: OnceCell::new() };
        needs.count(ruleset);
        needs
    }

    fn state(&self, need: Need) -> NeedState {
        match need {
            Need::Requirement(id) => self.requirements[id],
            Need::Channel(id) => self.channels[id],
        }
    }

    /// What a target itself needs, what stands in its declaration first.
    fn own(&self, ruleset: &Ruleset, target: Target) -> impl DoubleEndedIterator<Item = NeedDecision> {
        let stated = ruleset.stated_needs(target).iter().enumerate();
        let stated = stated.map(|(index, stated)| (stated.need, NeedOrigin::Stated(index)));
        let all = stated.chain(self.fired[target].iter().copied());
        all.map(move |(need, origin)| NeedDecision {
            need,
            state: self.state(need),
            because_of: target,
            origin,
        })
    }

    /// Returns all needs of a target, each once: its own, those of the channels it needs and does not own, and for a
    /// mix those of its members, less the members. Each is looked for when it is asked for.
    pub(super) fn of<'n>(
        &'n self,
        ruleset: &'n Ruleset,
        target: Target,
    ) -> impl Iterator<Item = NeedDecision> + 'n {
        let members = ruleset.members(target);
        let mut seen: BTreeSet<Need> = members.iter().map(|member| Need::Channel(*member)).collect();
        // What is still to be looked at, the next on top.
        let mut open: Vec<NeedDecision> = Vec::new();
        for member in members.iter().rev() {
            open.extend(self.own(ruleset, Target::Channel(*member)).rev());
        }
        open.extend(self.own(ruleset, target).rev());
        std::iter::from_fn(move || {
            loop {
                let next = open.pop()?;
                if !seen.insert(next.need) {
                    continue;
                }
                if let Some(channel) = next.unowned() {
                    open.extend(self.own(ruleset, Target::Channel(channel)).rev());
                }
                return Some(next);
            }
        })
    }

    /// Returns the targets among whose needs a channel is, in the order of declaration.
    pub(super) fn requiring(&self, ruleset: &Ruleset, channel: Id<Channel>) -> Vec<Target> {
        let needed_by = self.needed_by.get_or_init(|| {
            let mut found = IdMap::of(&ruleset.channels, |_| Vec::new());
            for target in ruleset.targets() {
                for need in self.own(ruleset, target) {
                    if let Need::Channel(channel) = need.need {
                        found[channel].push(target);
                    }
                }
                // What its members need, a mix needs.
                for member in ruleset.members(target) {
                    for need in self.own(ruleset, Target::Channel(*member)) {
                        if let Need::Channel(channel) = need.need {
                            found[channel].push(target);
                        }
                    }
                }
            }
            found
        });
        let (mut found, mut open) = (BTreeSet::new(), vec![channel]);
        while let Some(needed) = open.pop() {
            for target in
                needed_by[needed].iter().filter(|target| !ruleset.members(**target).contains(&channel))
            {
                if let (true, Target::Channel(id)) = (found.insert(*target), *target)
                    && self.channels[id] != NeedState::Met
                {
                    open.push(id);
                }
            }
        }
        found.into_iter().collect()
    }

    pub(super) fn counts(&self, target: Target) -> Counts {
        self.counts[target]
    }

    /// Counts what there is to do for each target. Each channel comes after those that it needs. Where it needs one of them
    /// alone, and all else that it needs nobody needs besides, its needs are its own and those of that channel.
    fn count(&mut self, ruleset: &Ruleset) {
        let mut asked: HashMap<Need, usize> = HashMap::new();
        for target in ruleset.targets() {
            self.own(ruleset, target).for_each(|need| *asked.entry(need.need).or_default() += 1);
        }
        let order = ruleset.channel_order.iter().copied().map(Target::Channel);
        for target in order.chain(ruleset.mixes.ids().map(Target::Mix)) {
            let own: Vec<NeedDecision> = self.own(ruleset, target).collect();
            let needed: Vec<Id<Channel>> = own.iter().filter_map(NeedDecision::unowned).collect();
            let apart = || {
                own.iter()
                    .filter(|need| need.unowned().is_none())
                    .all(|need| asked.get(&need.need) == Some(&1))
            };
            self.counts[target] = match *needed.as_slice() {
                [] if ruleset.members(target).is_empty() => {
                    self.counted(ruleset, target, own.iter().copied())
                }
                [channel] if ruleset.members(target).is_empty() && apart() => {
                    let of = self.counts[Target::Channel(channel)];
                    let own = self.counted(ruleset, target, own.iter().copied());
                    let sure = if self.channels[channel] == NeedState::Unmet { of.own_unmet } else { 0 };
                    Counts {
                        open: own.open + of.open,
                        sure: own.sure + sure,
                        more: own.more || of.more,
                        own_unmet: own.own_unmet,
                    }
                }
                _ => self.counted(ruleset, target, self.of(ruleset, target)),
            };
        }
    }

    fn counted(
        &self,
        ruleset: &Ruleset,
        target: Target,
        needs: impl Iterator<Item = NeedDecision>,
    ) -> Counts {
        let of_members = ruleset.members(target).iter().map(|member| Target::Channel(*member));
        let more = of_members.chain([target]).any(|target| self.pending[target]);
        let mut counts = Counts { more, ..Counts::default() };
        let (mut seen, mut spared) = (HashSet::new(), HashSet::new());
        for need in needs.filter(|need| seen.insert(need.need)) {
            let own = need.because_of == target;
            if let Need::Channel(channel) = need.need {
                let channel = Target::Channel(channel);
                counts.more |= self.pending[channel];
                if need.state != NeedState::Unmet || !own {
                    spared.insert(channel);
                }
            }
            let unmet = need.state == NeedState::Unmet;
            counts.open += usize::from(need.state != NeedState::Met);
            counts.sure += usize::from(unmet && !spared.contains(&need.because_of));
            counts.own_unmet += usize::from(unmet && own);
        }
        counts
    }
}

fn need_state(truth: Truth) -> NeedState {
    match truth {
        Truth::True => NeedState::Met,
        Truth::False => NeedState::Unmet,
        Truth::Unknown => NeedState::Unknown,
    }
}
