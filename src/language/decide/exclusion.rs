//! Which targets are excluded: by a rule, through a channel that they need, or through a member.

use super::eval::{Context, Silent};
use super::judged::Judged;
use super::{Instance, Instances, Truth};
use crate::model::{Channel, EffectKind, Id, IdMap, Need, Rule, Ruleset, StatedNeed, Target, TargetMap};

/// A channel that a target needs, and how sure that is.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChannelNeed {
    pub(super) channel: Id<Channel>,
    pub(super) judged: Judged,
    /// The rule whose effect it is; none where the target states it.
    pub(super) rule: Option<(Id<Rule>, Option<Id<Channel>>)>,
}

/// Returns whether each channel is owned.
pub(super) fn owned(context: &Context<'_>) -> IdMap<Channel, Judged> {
    let channels = &context.ruleset.channels;
    IdMap::of(channels, |id| {
        let owned = channels[id].owned.as_ref();
        owned.map_or(Judged::FALSE, |owned| context.truth(owned, None, &mut Silent))
    })
}

/// Returns the channels that each target needs.
pub(super) fn channel_needs(ruleset: &Ruleset, instances: &Instances) -> TargetMap<Vec<ChannelNeed>> {
    let stated = |needs: &[StatedNeed]| {
        let channels = needs.iter().filter_map(|need| match need.need {
            Need::Channel(channel) => Some(ChannelNeed { channel, judged: Judged::TRUE, rule: None }),
            Need::Requirement(_) => None,
        });
        channels.collect::<Vec<_>>()
    };
    let mut all = TargetMap::of(ruleset, |target| stated(ruleset.stated_needs(target)));
    each_effect(ruleset, instances, |id, instance, kind| {
        let EffectKind::Needs(target, needs) = kind else { return };
        let Some(target) = target.resolve(instance.channel) else { return };
        for need in needs {
            if let Need::Channel(channel) = need {
                let rule = Some((id, instance.channel));
                all[target].push(ChannelNeed { channel: *channel, judged: instance.fires, rule });
            }
        }
    });
    all
}

/// Calls a function with each effect of each instance that is known not to stay without effect.
pub(super) fn each_effect<'r>(
    ruleset: &'r Ruleset,
    instances: &Instances,
    mut visit: impl FnMut(Id<Rule>, &Instance, &'r EffectKind),
) {
    for (id, rule) in ruleset.rules.entries() {
        for instance in &instances[id] {
            if instance.fires.truth != Truth::False {
                for effect in &rule.effects {
                    visit(id, instance, &effect.kind);
                }
            }
        }
    }
}

/// Returns whether each target is excluded.
pub(super) fn exclusions(context: &Context<'_>, instances: &Instances) -> TargetMap<Judged> {
    let ruleset = context.ruleset;
    let mut excluded = TargetMap::of(ruleset, |_| Judged::FALSE);
    each_effect(ruleset, instances, |_, instance, kind| {
        let EffectKind::Exclude(target) = kind else { return };
        if let Some(target) = target.resolve(instance.channel) {
            excluded[target] = excluded[target].or(instance.fires);
        }
    });
    let needs = channel_needs(ruleset, instances);
    // Each channel comes after those that it needs, the mixes after all channels.
    let order = ruleset.channel_order.iter().copied().map(Target::Channel);
    for target in order.chain(ruleset.mixes.ids().map(Target::Mix)) {
        let mut judged = excluded[target];
        for need in &needs[target] {
            judged = judged.or(through_need(context, &excluded, need));
        }
        if let Target::Mix(id) = target {
            for member in &ruleset.mixes[id].members {
                judged = judged.or(excluded[Target::Channel(*member)]);
            }
        }
        excluded[target] = judged;
    }
    excluded
}

/// Returns whether a need excludes the target that has it: the channel is excluded and not owned.
pub(super) fn through_need(
    context: &Context<'_>,
    excluded: &TargetMap<Judged>,
    need: &ChannelNeed,
) -> Judged {
    let channel = excluded[Target::Channel(need.channel)];
    need.judged.and(channel).and(context.owned(need.channel).not())
}

impl Context<'_> {
    /// Returns whether a target is excluded, if that is known already.
    pub(super) fn excluded(&self, target: Target) -> Judged {
        self.excluded.as_ref().map_or(Judged::STUCK, |excluded| excluded[target])
    }

    /// Returns whether a channel is owned.
    pub(super) fn owned(&self, channel: Id<Channel>) -> Judged {
        self.owned.as_ref().expect("who is owned is known before anybody asks")[channel]
    }

    /// Returns whether a need excludes the target that has it: the channel is excluded and not owned.
    pub(super) fn through(&self, need: &ChannelNeed) -> Judged {
        let channel = self.excluded(Target::Channel(need.channel));
        need.judged.and(channel).and(self.owned(need.channel).not())
    }
}
