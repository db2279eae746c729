//! Defaults that could change a verdict.

use std::collections::{BTreeMap, BTreeSet};

use super::Decision;
use super::other_values::other_values;
use super::otherwise::Otherwise;
use crate::model::{Field, Id, Origin, Target};
use crate::operator::Verdict;

/// A field that a profile leaves out, and what another value than its default could make of targets.
#[derive(Clone, PartialEq, Debug)]
pub struct Assumed {
    /// The field.
    pub field: Id<Field>,
    /// The targets that could lean otherwise, in their present order, each with what it leans towards with any value,
    /// the default included, best first.
    pub could_be: Vec<(Target, Vec<Verdict>)>,
}

impl Assumed {
    /// Tells whether another value could take a recommendation away.
    #[must_use]
    pub fn holds_up(&self, decision: &Decision<'_>) -> bool {
        self.could_be.iter().any(|(target, _)| decision.target(*target).leaning == Verdict::Recommended)
    }
}

pub(super) fn find(decision: &Decision<'_>) -> Vec<Assumed> {
    let defaults: Vec<Id<Field>> = decision
        .ruleset
        .fields
        .ids()
        .filter(|id| decision.profile.get(*id).origin == Origin::Default)
        .collect();
    if defaults.is_empty() {
        return Vec::new();
    }
    let mut otherwise = Otherwise::new(decision);
    let count = defaults.len();
    let found = defaults.into_iter().enumerate().filter_map(|(place, field)| {
        // Each field has its share of what may be judged, and of what those before it left over.
        let kept = otherwise.left() - otherwise.left() / (count - place);
        let mut leanings: BTreeMap<Target, BTreeSet<Verdict>> = BTreeMap::new();
        let mut profile = decision.profile.clone();
        for value in other_values(decision, &otherwise, field) {
            if otherwise.left() <= kept {
                break;
            }
            profile.set(field, Some(value));
            for (target, leaning) in otherwise.with_field(field, &profile) {
                leanings.entry(target).or_default().insert(leaning);
            }
        }
        let all = decision.channels.iter().chain(&decision.mixes);
        let could_be = all.filter_map(|target| {
            let mut verdicts = leanings.remove(target)?;
            verdicts.insert(decision.target(*target).leaning);
            Some((*target, verdicts.into_iter().collect()))
        });
        let could_be: Vec<(Target, Vec<Verdict>)> = could_be.collect();
        (!could_be.is_empty()).then_some(Assumed { field, could_be })
    });
    found.collect()
}
