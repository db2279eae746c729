//! Short proofs, as a failed test shows them: what decides, each reason in a line or two.

use super::page::{Page, Style};
use super::proof::{Rows, Writer, mark};
use crate::words::Speaker;
use qudao_language::decide::{Cause, Decision, Reason, State, Truth};
use qudao_language::model::{Channel, Id, Rule, Target};

/// So many instances of rules are shown in full; those beyond are counted.
const SHOWN: usize = 3;

/// Returns what decides a target, without conditions and sources: a line for its verdict, one for each reason, and one
/// for each rule that is pending. Where nothing decides it, some rules that could have.
#[must_use]
pub fn brief<'r>(decision: &Decision<'r>, speaker: Speaker<'r>, target: Target) -> String {
    let mut writer = Writer { decision, speaker, page: Page::new(false) };
    writer.headline(target);
    let decided = decision.target(target);
    for reason in &decided.reasons {
        writer.line_of(target, *reason, Truth::True);
    }
    let mut rows = Rows::default();
    for pending in &decided.pending {
        let rule = match pending.reason {
            Reason::Rule(cause) => Some(cause.rule),
            Reason::Through(_) => None,
        };
        if rule.is_none_or(|rule| rows.show(speaker.ruleset, rule)) {
            writer.line_of(target, pending.reason, Truth::Unknown);
            writer.awaits(&pending.awaits);
        }
    }
    writer.rows_beyond(rows);
    if decided.reasons.is_empty() && decided.pending.is_empty() {
        writer.not_fired(target);
    }
    writer.page.finish()
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
    let mut writer = Writer { decision, speaker, page: Page::new(false) };
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
    for (rule, instance) in instances.iter().take(SHOWN) {
        writer.rule(*rule, instance.channel, "");
    }
    if instances.len() > SHOWN {
        let more = instances.len() - SHOWN;
        writer.page.line(&[(Style::Faint, &format!("and {more} more instances"))]);
    }
    writer.page.finish().trim_start_matches('\n').to_string()
}

impl<'r> Writer<'_, 'r> {
    fn line_of(&mut self, target: Target, reason: Reason, truth: Truth) {
        let (style, mark) = mark(truth);
        let lead = format!("  {mark} ");
        match reason {
            Reason::Through(channel) => {
                let text = self.falls_with(target, channel);
                self.page.line(&[(style, &lead), (Style::Plain, &text)]);
            }
            Reason::Rule(cause) => self.rule_line(cause, style, &lead, truth),
        }
    }

    /// The rules that could have decided a target that nothing decides.
    fn not_fired(&mut self, target: Target) {
        let rules = self.other_rules(target);
        let all: Vec<_> = rules.exceptions_aside.into_iter().chain(rules.not_fired).collect();
        for (rule, channel) in all.iter().take(SHOWN) {
            let declared = &self.speaker.ruleset.rules[*rule];
            let text = format!("  ✗ {} {}", declared.name, self.effects_on(*rule, *channel, target));
            let place = self.short_place(&self.speaker.ruleset.files.place(declared.span));
            self.page.line(&[(Style::Bad, &text), (Style::Faint, &format!("  {place}"))]);
        }
        if all.len() > SHOWN {
            let more = all.len() - SHOWN;
            self.page.line(&[(Style::Faint, &format!("    and {more} more rules do not fire"))]);
        }
    }

    fn rule_line(&mut self, cause: Cause, style: Style, lead: &str, truth: Truth) {
        let ruleset = self.speaker.ruleset;
        let rule = &ruleset.rules[cause.rule];
        let place = self.short_place(&ruleset.files.place(rule.span));
        let text = format!("{} {}", rule.name, self.effect(cause));
        self.page.line(&[(style, lead), (Style::Strong, &text), (Style::Faint, &format!("  {place}"))]);
        if let (Some(because), Truth::True) = (&rule.because, truth) {
            let text = self.speaker.fill(self.decision, because, cause.channel);
            self.page.hang(&[(Style::Plain, "    ")], &text);
        }
    }
}
