//! What a decision rests on: the settings that it would be another without.
//!
//! Of a condition that holds, that is what its parts read; of an `and` that does not hold, what the false parts read,
//! and nothing if one of these is false whatever is set. A snapshot keeps them in its head, so that what changed can be
//! told by name, with what it was before.

use std::collections::BTreeSet;

use crate::analyse::settings::{Set, Settings, weights_of};
use qudao_language::decide::{Decision, Outcome, Read, Reason, State, Trace, Truth};
use qudao_language::model::{ExprKind, Id, Need, Origin, Target};

/// Returns what a decision rests on.
#[must_use]
pub fn rests_on(decision: &Decision<'_>, set: &Set<'_>) -> Settings {
    let ruleset = decision.ruleset;
    let mut names: BTreeSet<String> = BTreeSet::from(["thresholds".into()]);
    if !ruleset.levels.is_empty() {
        names.insert("levels".into());
    }
    for (id, rule) in ruleset.rules.entries() {
        for instance in decision.instances(id).iter().filter(|instance| !instance.left_out) {
            let traces = decision.condition(id, instance.channel);
            names.extend(joined(decision, traces.iter().collect(), instance.condition.truth == Truth::False));
            if !matches!(instance.state(), State::NotFired) {
                let weights = rule.effects.iter().flat_map(|effect| weights_of(ruleset, effect));
                names.extend(weights.map(|name| format!("weight {name}")));
                let ratings = decision.ratings(id, instance.channel);
                names.extend(ratings.iter().flat_map(|rating| rests(decision, rating)));
            }
        }
    }
    for target in ruleset.targets() {
        for measured in &decision.target(target).measures {
            let of = ruleset.measures[measured.measure].of.get(&target);
            names.extend(of.map(|of| rests(decision, &decision.trace_of(of, None))).unwrap_or_default());
        }
        for need in decision.needs(target) {
            if let Need::Requirement(id) = need.need {
                let requirement = &ruleset.requirements[id];
                names.insert(format!("requirement {}", requirement.name));
                names.extend(
                    requirement
                        .met
                        .as_ref()
                        .and_then(|met| decision.trace(met))
                        .map(|trace| rests(decision, &trace))
                        .unwrap_or_default(),
                );
            }
        }
        let through =
            decision.target(target).reasons.iter().any(|reason| matches!(reason, Reason::Through(_)));
        let needed = decision.needs(target).filter_map(|need| match need.need {
            Need::Channel(id) => Some(id),
            Need::Requirement(_) => None,
        });
        let own = match target {
            Target::Channel(id) if through => Some(id),
            Target::Channel(_) | Target::Mix(_) => None,
        };
        for channel in needed.chain(own) {
            let owned = ruleset.channels[channel].owned.as_ref().and_then(|owned| decision.trace(owned));
            names.extend(owned.map(|trace| rests(decision, &trace)).unwrap_or_default());
        }
    }
    names.extend(ruleset.units.iter().map(|(_, unit)| format!("unit {}", unit.name)));
    names.into_iter().filter_map(|name| set.get(&name).map(|text| (name, text))).collect()
}

/// What some parts rest on together: all of them, or, where they are an `and` that does not hold, the false ones, and
/// nothing where one of these rests on nothing.
fn joined(decision: &Decision<'_>, parts: Vec<&Trace<'_>>, is_false_and: bool) -> BTreeSet<String> {
    let truth = |trace: &Trace<'_>| trace.judged().map(|judged| judged.truth);
    let deciding: Vec<BTreeSet<String>> = parts
        .into_iter()
        .filter(|part| !is_false_and || truth(part) == Some(Truth::False))
        .map(|part| rests(decision, part))
        .collect();
    if is_false_and && deciding.iter().any(BTreeSet::is_empty) {
        return BTreeSet::new();
    }
    deciding.into_iter().flatten().collect()
}

fn rests(decision: &Decision<'_>, trace: &Trace<'_>) -> BTreeSet<String> {
    let ruleset = decision.ruleset;
    let truth = trace.judged().map(|judged| judged.truth);
    let mut found = match (&trace.expr.kind, truth) {
        (ExprKind::And(_), Some(Truth::False)) => joined(decision, trace.parts.iter().collect(), true),
        (ExprKind::Or(_), Some(Truth::True)) => {
            // One that holds will do, and if it holds whatever is set, nothing else matters.
            let holds = trace.parts.iter().filter(
                |part| matches!(&part.outcome, Outcome::Truth(judged) if judged.truth == Truth::True),
            );
            let of: Vec<BTreeSet<String>> = holds.map(|part| rests(decision, part)).collect();
            match of.iter().any(BTreeSet::is_empty) {
                true => BTreeSet::new(),
                false => of.into_iter().flatten().collect(),
            }
        }
        _ => joined(decision, trace.parts.iter().collect(), false),
    };
    match trace.read {
        Some(Read::Fact { channel, entry, .. }) => {
            found.insert(format!("fact {}", ruleset.entry_name(channel, entry)));
        }
        Some(Read::Field(field)) if decision.profile.get(field).origin != Origin::Given => {
            found.insert(format!("default {}", ruleset.fields[field].name));
        }
        Some(Read::Field(_) | Read::Target(..)) | None => {}
    }
    if let ExprKind::Let(id) = trace.expr.kind {
        let id: Id<qudao_language::model::Let> = id;
        found.insert(match ruleset.lets[id].of {
            None => format!("let {}", ruleset.lets[id].name),
            Some((measure, _)) => format!("measure {}", ruleset.measures[measure].name),
        });
    }
    found
}
