//! Proving properties, with the proof of what refutes one.

use super::expect::{Instead, unmet};
use super::run::PropertyOutcome;
use crate::analyse::diagram::Budget;
use crate::analyse::property::{self, Proof};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, decide};
use qudao_language::model::{Expectation, Property, Ruleset};
use qudao_language::profile::yaml_text;
use qudao_telling::words::{Speaker, source_text};

/// Proves a property for every profile: on the day told, or else the ruleset's; with `every_day` on all days on which
/// facts change, and so on every day.
#[must_use]
pub fn prove(
    ruleset: &Ruleset,
    property: &Property,
    day: Option<Date>,
    every_day: bool,
    budget: Budget,
) -> PropertyOutcome {
    let Some(day) = day.or(ruleset.as_of).or((!ruleset.uses_day || every_day).then_some(Date::MIN)) else {
        let why = "the ruleset depends on the day: give it an `as of`, or say --every-day";
        return PropertyOutcome::Undecided(why.into());
    };
    let meets = |decision: &Decision<'_>, expectation: &Expectation| {
        unmet(decision, Speaker::new(decision.ruleset, None), expectation).is_none()
    };
    let prove = if every_day { property::prove_every_day } else { property::prove };
    match prove(ruleset, property, day, budget, &meets) {
        Proof::Proved => PropertyOutcome::Proved,
        Proof::Undecided(why) => PropertyOutcome::Undecided(why),
        Proof::Refuted { profile, day, expectation } => {
            let decision = decide(ruleset, &profile, day);
            let mut text = String::new();
            if let Some(expectation) = property.expect.get(expectation) {
                text.push_str(&format!("expected  {}\n", source_text(ruleset, expectation.span)));
                if let Some(Instead { actual, proof }) =
                    unmet(&decision, Speaker::new(ruleset, None), expectation)
                {
                    text.push_str(&format!("actual    {actual}\n"));
                    text.push_str(&counterexample(ruleset, &profile, ruleset.uses_day.then_some(day)));
                    text.push_str(&proof);
                }
            }
            PropertyOutcome::Fails(text)
        }
    }
}

fn counterexample(ruleset: &Ruleset, profile: &qudao_language::model::Profile, day: Option<Date>) -> String {
    let on = day.map(|day| format!(" on {day}")).unwrap_or_default();
    let lines: Vec<String> = yaml_text(ruleset, profile).lines().map(|line| format!("  {line}")).collect();
    format!("for this profile{on}\n{}\n", lines.join("\n"))
}
