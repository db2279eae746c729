//! Short proofs, as a failed test shows them: what decides, each reason in a line or two.

use super::proof::{Rows, Writer, trees};
use crate::document::{Block, Document, Item, Kind, Mark, Text};
use crate::words::Speaker;
use qudao_language::decide::{Decision, Reason, State, Truth};
use qudao_language::model::{Channel, Id, Rule, Target};

/// So many instances of rules are shown in full; those beyond are counted.
const SHOWN: usize = 3;

/// Returns what decides a target, without conditions and sources: a line for its verdict, one for each reason, and one
/// for each rule that is pending. Where nothing decides it, some rules that could have.
#[must_use]
pub fn brief<'r>(decision: &Decision<'r>, speaker: Speaker<'r>, target: Target) -> String {
    let writer = Writer { decision, speaker };
    let mut body = writer.headline(target);
    let decided = decision.target(target);
    let mut items: Vec<Item> =
        decided.reasons.iter().map(|reason| writer.line_of(target, *reason, Truth::True)).collect();
    let mut rows = Rows::default();
    for pending in &decided.pending {
        if rows.show_reason(speaker.ruleset, pending.reason) {
            items.push(writer.line_of(target, pending.reason, Truth::Unknown));
            items.extend(writer.awaits(&pending.awaits));
        }
    }
    if decided.reasons.is_empty() && decided.pending.is_empty() {
        items.extend(writer.not_fired(target));
    }
    body.push(Block::list(items));
    body.extend(writer.rows_beyond(rows));
    Document { body, ..Document::default() }.terminal(false)
}

/// Returns what became of some rules: their conditions with all values. Of a channel, only its own instances are shown;
/// without one, only those that fired, if any did.
#[must_use]
pub fn rules<'r>(
    decision: &Decision<'r>,
    speaker: Speaker<'r>,
    rules: &[Id<Rule>],
    of: Option<Id<Channel>>,
) -> String {
    let writer = Writer { decision, speaker };
    let mut instances: Vec<_> = rules
        .iter()
        .flat_map(|rule| decision.instances(*rule).iter().map(move |instance| (*rule, instance)))
        .filter(|(_, instance)| !instance.left_out)
        .filter(|(_, instance)| of.is_none() || instance.channel.is_none() || instance.channel == of)
        .collect();
    if of.is_none() && instances.iter().any(|(_, instance)| instance.state() == State::Fired) {
        instances.retain(|(_, instance)| instance.state() == State::Fired);
    }
    instances.sort_by_key(|(_, instance)| match instance.state() {
        State::Fired => 0,
        State::Pending => 1,
        State::Excepted => 2,
        State::NotFired => 3,
    });
    let shown = instances.iter().take(SHOWN);
    let mut body = trees(shown.map(|(rule, instance)| writer.rule(*rule, instance.channel, "")));
    if instances.len() > SHOWN {
        let more = instances.len() - SHOWN;
        body.push(Block::Paragraph(Text::of(Kind::Faint, format!("and {more} more instances"))));
    }
    Document { body, ..Document::default() }.terminal(false)
}

impl Writer<'_, '_> {
    fn line_of(&self, target: Target, reason: Reason, truth: Truth) -> Item {
        let mark = Mark::Truth(truth, String::new());
        match reason {
            Reason::Through(channel) => Item::new(mark, self.falls_with(target, channel)),
            Reason::Rule(cause) => {
                let rule = &self.speaker.ruleset.rules[cause.rule];
                let because = rule.because.as_ref().filter(|_| truth == Truth::True);
                let because = because.map(|because| self.speaker.fill(self.decision, because, cause.channel));
                let remarks = because.into_iter().map(|because| Item::new(Mark::None, because)).collect();
                Item { remarks, ..Item::new(mark, self.with_place(rule, &self.effect(cause))) }
            }
        }
    }

    /// A rule with what it does, and where it stands.
    fn with_place(&self, rule: &Rule, effects: &str) -> Text {
        let place = self.short_place(&self.speaker.ruleset.files.place(rule.span));
        Text::of(Kind::Name, format!("{} {effects}", rule.name)).and(Kind::Faint, format!("  {place}"))
    }

    /// The rules that could have decided a target that nothing decides.
    fn not_fired(&self, target: Target) -> Vec<Item> {
        let rules = self.other_rules(target);
        let all: Vec<_> = rules.exceptions_aside.into_iter().chain(rules.not_fired).collect();
        let shown = all.iter().take(SHOWN).map(|(rule, channel)| {
            let effects = self.effects_on(*rule, *channel, target);
            let text = self.with_place(&self.speaker.ruleset.rules[*rule], &effects);
            Item::new(Mark::Truth(Truth::False, String::new()), text)
        });
        let mut items: Vec<Item> = shown.collect();
        let more = all.len().saturating_sub(SHOWN);
        if let Some(last) = items.last_mut().filter(|_| more > 0) {
            last.remarks.push(Item::new(Mark::None, format!("and {more} more rules do not fire")));
        }
        items
    }
}
