//! The proof of a rule: what became of each of its instances, and why.

use crate::decide::{Cause, Decision, State};
use crate::model::{Channel, EffectKind, Id, Rule, Target};
use crate::words::{Speaker, Tongue};

use super::footer;
use super::page::{Page, Style};
use super::proof::Writer;

/// Returns what became of rules, each instance with its condition, its exceptions and its sources, as a text of 80
/// columns.
#[must_use]
pub fn proof_of_rules<'r>(
    decision: &Decision<'r>,
    speaker: Speaker<'r>,
    rules: &[Id<Rule>],
    colour: bool,
) -> String {
    let mut writer = Writer { decision, speaker, page: Page::new(colour) };
    for id in rules {
        writer.outcome(*id);
    }
    for id in rules {
        for instance in decision.instances(*id).iter().filter(|instance| !instance.left_out) {
            let does = writer.all_effects(*id, instance.channel);
            writer.rule(*id, instance.channel, &does);
        }
    }
    writer.page.blank();
    let footer = footer(&speaker, decision);
    writer.page.line(&[(Style::Faint, &footer)]);
    writer.page.finish()
}

impl Writer<'_, '_> {
    /// What became of a rule: `too_heavy: it fired for drone; it did not fire for post and courier.`
    fn outcome(&mut self, id: Id<Rule>) {
        let tongue = self.speaker.tongue;
        let instances = self.decision.instances(id);
        let states = [State::Fired, State::Pending, State::Excepted, State::NotFired];
        let became = states.into_iter().map(|state| {
            let of = instances.iter().filter(|instance| !instance.left_out && instance.state() == state);
            (tongue.became(state), of.map(|instance| instance.channel).collect::<Vec<_>>())
        });
        let left_out = instances.iter().filter(|instance| instance.left_out);
        let left_out = (tongue.no_instance(), left_out.map(|instance| instance.channel).collect());
        let parts = became.chain([left_out]).filter(|(_, channels)| !channels.is_empty());
        let parts: Vec<String> = parts
            .map(|(became, channels)| {
                let names: Vec<String> = channels
                    .into_iter()
                    .flatten()
                    .map(|channel| self.speaker.ruleset.target_name(Target::Channel(channel)).to_string())
                    .collect();
                match tongue {
                    _ if names.is_empty() => became.to_string(),
                    Tongue::English => format!("{became} for {}", tongue.and(&names)),
                    Tongue::Chinese => format!("{}{became}", tongue.and(&names)),
                }
            })
            .collect();
        let name = &self.speaker.ruleset.rules[id].name;
        let end = if tongue == Tongue::English { "." } else { "。" };
        let text = format!("{name}{}{}{end}", tongue.colon(), parts.join(tongue.semicolon()));
        self.page.paragraph(Style::Strong, &text);
    }

    /// All that an instance does, the target told where it is not the instance's own: `courier +8, excludes drone`.
    fn all_effects(&self, rule: Id<Rule>, channel: Option<Id<Channel>>) -> String {
        let ruleset = self.speaker.ruleset;
        let effects = ruleset.rules[rule].effects.iter().enumerate().filter(|(_, does)| !does.kind.is_note());
        let effects: Vec<String> = effects
            .map(|(effect, declared)| {
                let target = declared.kind.target().and_then(|target| target.resolve(channel));
                let does = self.effect(Cause { rule, channel, effect });
                match target.filter(|target| channel.map(Target::Channel) != Some(*target)) {
                    None => does,
                    Some(target) if matches!(declared.kind, EffectKind::Exclude(_)) => {
                        format!("{does} {}", ruleset.target_name(target))
                    }
                    Some(target) => format!("{} {does}", ruleset.target_name(target)),
                }
            })
            .collect();
        self.speaker.tongue.list(&effects)
    }
}
