//! Proving properties, with the proof of what refutes one.

use super::expect::{Instead, unmet};
use super::run::PropertyOutcome;
use crate::analyse::diagram::Budget;
use crate::analyse::property::{self, Proof};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, decide};
use qudao_language::layout::{pad, width};
use qudao_language::model::{Expectation, Property, Ruleset};
use qudao_language::profile::yaml_text;
use qudao_telling::words::{Speaker, Tongue, source_text};

/// Proves a property for every profile: on the day told, or else the ruleset's; with `every_day` on all days on which
/// facts change, and so on every day. It is told in a language, else in English and with the ruleset's first texts.
#[must_use]
pub fn prove(
    ruleset: &Ruleset,
    property: &Property,
    day: Option<Date>,
    every_day: bool,
    budget: Budget,
    language: Option<&str>,
) -> PropertyOutcome {
    let tongue = Tongue::told_in(language);
    let Some(day) = day.or(ruleset.as_of).or((!ruleset.uses_day || every_day).then_some(Date::MIN)) else {
        return PropertyOutcome::Undecided(tongue.property_needs_day().into());
    };
    let meets = |decision: &Decision<'_>, expectation: &Expectation| {
        unmet(decision, Speaker::new(decision.ruleset, None), tongue, expectation).is_none()
    };
    let prove = if every_day { property::prove_every_day } else { property::prove };
    match prove(ruleset, property, day, (budget, tongue), &meets) {
        Proof::Proved => PropertyOutcome::Proved,
        Proof::Undecided(why) => PropertyOutcome::Undecided(why),
        Proof::Refuted { profile, day, expectation } => {
            let decision = decide(ruleset, &profile, day);
            let mut text = String::new();
            if let Some(expectation) = property.expect.get(expectation) {
                // Both words stand as wide.
                let wide = width(tongue.expected());
                let lead = |word: &str| format!("{}  ", pad(word, wide));
                let expected = source_text(ruleset, expectation.span);
                text.push_str(&format!("{}{expected}\n", lead(tongue.expected())));
                let speaker = Speaker::new(ruleset, language);
                if let Some(Instead { actual, proof }) = unmet(&decision, speaker, tongue, expectation) {
                    text.push_str(&format!("{}{actual}\n", lead(tongue.actual())));
                    let day = ruleset.uses_day.then_some(day);
                    text.push_str(&counterexample(ruleset, &profile, tongue.for_this_profile(day)));
                    text.push_str(&proof);
                }
            }
            PropertyOutcome::Fails(text)
        }
    }
}

fn counterexample(ruleset: &Ruleset, profile: &qudao_language::model::Profile, head: String) -> String {
    let lines: Vec<String> = yaml_text(ruleset, profile).lines().map(|line| format!("  {line}")).collect();
    format!("{head}\n{}\n", lines.join("\n"))
}
