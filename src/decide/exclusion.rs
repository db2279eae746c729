//! Which targets are excluded: by a rule, through a channel that they need, or through a member.

use super::eval::{Context, Silent};
use super::judged::Judged;
use super::{Instance, Truth};
use crate::model::{Channel, EffectKind, Id, Need, Rule, Ruleset, StatedNeed, Target};

/// A channel that a target needs, and how sure that is.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChannelNeed {
    pub(super) channel: Id<Channel>,
    pub(super) judged: Judged,
    /// The rule whose effect it is; none where the target states it.
    pub(super) rule: Option<(Id<Rule>, Option<Id<Channel>>)>,
}

/// Returns whether each channel is owned.
pub(super) fn owned(context: &Context<'_>) -> Vec<Judged> {
    context
        .ruleset
        .channels
        .iter()
        .map(|channel| {
            channel.owned.as_ref().map_or(Judged::FALSE, |owned| context.truth(owned, None, &mut Silent))
        })
        .collect()
}

/// Returns the channels that each target needs, by the target's number.
pub(super) fn channel_needs(ruleset: &Ruleset, instances: &[Vec<Instance>]) -> Vec<Vec<ChannelNeed>> {
    let stated = |needs: &[StatedNeed]| {
        let channels = needs.iter().filter_map(|need| match need.need {
            Need::Channel(channel) => Some(ChannelNeed { channel, judged: Judged::TRUE, rule: None }),
            Need::Requirement(_) => None,
        });
        channels.collect::<Vec<_>>()
    };
    let channels = ruleset.channels.iter().map(|channel| stated(&channel.needs));
    let mut all: Vec<Vec<ChannelNeed>> =
        channels.chain(ruleset.mixes.iter().map(|mix| stated(&mix.needs))).collect();
    each_effect(ruleset, instances, |id, instance, kind| {
        let EffectKind::Needs(target, needs) = kind else { return };
        let Some(target) = target.resolve(instance.channel) else { return };
        let Some(of_target) = all.get_mut(ruleset.target_index(target)) else { return };
        for need in needs {
            if let Need::Channel(channel) = need {
                let rule = Some((id, instance.channel));
                of_target.push(ChannelNeed { channel: *channel, judged: instance.fires, rule });
            }
        }
    });
    all
}

/// Calls a function with each effect of each instance that is known not to stay without effect.
pub(super) fn each_effect<'r>(
    ruleset: &'r Ruleset,
    instances: &[Vec<Instance>],
    mut visit: impl FnMut(Id<Rule>, &Instance, &'r EffectKind),
) {
    for (id, rule) in ruleset.rules.entries() {
        for instance in instances.get(id.index()).into_iter().flatten() {
            if instance.fires.truth != Truth::False {
                for effect in &rule.effects {
                    visit(id, instance, &effect.kind);
                }
            }
        }
    }
}

/// Returns whether each target is excluded, by its number.
pub(super) fn exclusions(context: &Context<'_>, instances: &[Vec<Instance>]) -> Vec<Judged> {
    let ruleset = context.ruleset;
    let mut excluded = vec![Judged::FALSE; ruleset.target_count()];
    each_effect(ruleset, instances, |_, instance, kind| {
        let EffectKind::Exclude(target) = kind else { return };
        let target = target.resolve(instance.channel).map(|target| ruleset.target_index(target));
        if let Some(slot) = target.and_then(|index| excluded.get_mut(index)) {
            *slot = slot.or(instance.fires);
        }
    });
    let needs = channel_needs(ruleset, instances);
    // Each channel comes after those that it needs, the mixes after all channels.
    let order = ruleset.channel_order.iter().copied().map(Target::Channel);
    for target in order.chain(ruleset.mixes.ids().map(Target::Mix)) {
        let index = ruleset.target_index(target);
        let mut judged = excluded.get(index).copied().unwrap_or(Judged::FALSE);
        for need in needs.get(index).into_iter().flatten() {
            judged = judged.or(through_need(context, &excluded, need));
        }
        if let Target::Mix(id) = target {
            for member in &ruleset.mixes[id].members {
                judged = judged.or(excluded.get(member.index()).copied().unwrap_or(Judged::FALSE));
            }
        }
        if let Some(slot) = excluded.get_mut(index) {
            *slot = judged;
        }
    }
    excluded
}

/// Returns whether a need excludes the target that has it: the channel is excluded and not owned.
pub(super) fn through_need(context: &Context<'_>, excluded: &[Judged], need: &ChannelNeed) -> Judged {
    let channel = excluded.get(need.channel.index()).copied().unwrap_or(Judged::FALSE);
    need.judged.and(channel).and(context.owned(need.channel).not())
}
