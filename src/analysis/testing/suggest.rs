//! Skeletons of tests for what no test and no case has reached, each with a profile that reaches it, and with what the
//! ruleset says of it today.

use super::coverage::{Coverage, words};
use crate::analyse::diagram::Budget;
use crate::analyse::findings::{Outcome, witnesses};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, Instance, State, decide};
use qudao_language::format::format;
use qudao_language::model::{EffectKind, FieldValue, Id, Origin, Profile, Rule, Ruleset, Target};
use qudao_telling::facts::{literal, value_literal};
use qudao_telling::words::{Tongue, source_text};

/// Tests that may be written.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Suggestions {
    /// The tests, laid out, each with a comment; empty where there is nothing to suggest.
    pub text: String,
    /// How many there are.
    pub count: usize,
    /// What no profile was found for, in words.
    pub open: Vec<String>,
}

/// Expectations of more targets would say more than anybody confirms.
const MAX_TARGETS: usize = 4;

/// Suggests tests for what was never seen. A test that reaches several of these stands for all of them.
#[must_use]
pub fn suggest(ruleset: &Ruleset, coverage: &Coverage, budget: Budget, tongue: Tongue) -> Suggestions {
    let mut coverage = coverage.clone();
    let (points, outcomes) = coverage.outcomes(ruleset);
    let found = witnesses(ruleset, &outcomes, budget);
    let mut suggestions = Suggestions::default();
    let mut tests: Vec<String> = Vec::new();
    for ((point, outcome), found) in points.into_iter().zip(&outcomes).zip(found) {
        if coverage.has(point) {
            continue;
        }
        let told = words(ruleset, point, tongue).text;
        let reached = found.and_then(|(profile, day)| {
            let given = given(ruleset, &profile)?;
            let decision = decide(ruleset, &profile, day);
            if !Coverage::of(point).observing(&decision).has(point) {
                return None;
            }
            coverage.observe(&decision);
            Some(test(ruleset, &decision, outcome, (&given, day), tongue))
        });
        match reached {
            Some(test) => tests.push(test),
            None => suggestions.open.push(told),
        }
    }
    suggestions.count = tests.len();
    let text = tests.join("\n");
    suggestions.text = format("suggested.qd", &text).unwrap_or(text);
    suggestions
}

/// What a profile gives, as a test has it; nothing where a number cannot be written.
fn given(ruleset: &Ruleset, profile: &Profile) -> Option<String> {
    let mut entries = Vec::new();
    for (id, field) in ruleset.fields.entries() {
        let FieldValue { value, origin, .. } = profile.get(id);
        let written = match value {
            Some(value) => value_literal(ruleset, value, field.ty)?,
            None => "unknown".to_string(),
        };
        if *origin == Origin::Given || field.required {
            entries.push(format!("{} = {written}", field.name));
        }
    }
    Some(if entries.is_empty() { String::new() } else { format!("given {{ {} }}", entries.join(", ")) })
}

fn test(
    ruleset: &Ruleset,
    decision: &Decision<'_>,
    outcome: &Outcome<'_>,
    (given, day): (&str, Date),
    tongue: Tongue,
) -> String {
    let mut expected = Vec::new();
    let mut targets: Vec<Target> = Vec::new();
    if let Outcome::Fires(rule, _) = outcome {
        expected.extend(firing(ruleset, decision, *rule));
        let instances = decision.instances(*rule).iter();
        let fired: Vec<_> = instances.filter(|of| of.state() == State::Fired).collect();
        let effects = ruleset.rules[*rule].effects.iter().map(|effect| &effect.kind);
        for effect in effects.filter(|effect| !matches!(effect, EffectKind::Note(..))) {
            let of = fired.iter().filter_map(|of| effect.target()?.resolve(of.channel));
            targets.extend(of);
        }
    }
    if let Outcome::Verdict(target, _) = outcome {
        targets.push(*target);
    }
    targets.extend(decision.first.target);
    let mut known: Vec<Target> = Vec::new();
    targets.retain(|target| {
        !known.contains(target) && {
            known.push(*target);
            true
        }
    });
    expected.extend(targets.iter().take(MAX_TARGETS).map(|target| {
        let verdict = decision.target(*target).verdict.map_or("undecided", |verdict| verdict.as_str());
        format!("{} {verdict}", ruleset.target_name(*target))
    }));
    let as_of = match ruleset.as_of {
        Some(usual) if usual == day => String::new(),
        None if !ruleset.uses_day => String::new(),
        _ => format!("  as of {day}\n"),
    };
    format!(
        "# {}\ntest {} {{\n{as_of}  {given}\n  expect {{ {} }}\n}}\n",
        tongue.to_be_confirmed(),
        literal(&title(ruleset, outcome, tongue)),
        expected.join(", ")
    )
}

/// What a test shows.
fn title(ruleset: &Ruleset, outcome: &Outcome<'_>, tongue: Tongue) -> String {
    match outcome {
        Outcome::Fires(rule, true) => tongue.shows_firing(&ruleset.rules[*rule].name),
        Outcome::Fires(rule, false) => tongue.shows_no_firing(&ruleset.rules[*rule].name),
        Outcome::Truth { condition, holds, .. } => {
            tongue.shows_truth(&source_text(ruleset, condition.span), *holds)
        }
        Outcome::Verdict(target, verdict) => {
            tongue.shows_verdict(ruleset.target_name(*target), tongue.verdict(*verdict))
        }
    }
}

/// Whether a rule fires, as a test expects it of all its instances.
fn firing(ruleset: &Ruleset, decision: &Decision<'_>, rule: Id<Rule>) -> Option<String> {
    let states: Vec<State> = decision.instances(rule).iter().map(Instance::state).collect();
    let name = &ruleset.rules[rule].name;
    if states.contains(&State::Fired) {
        return Some(format!("rule {name} fires"));
    }
    let none = states.iter().all(|state| matches!(state, State::NotFired | State::Excepted));
    none.then(|| format!("rule {name} does not fire"))
}
