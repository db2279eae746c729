//! Disputed facts on which a verdict rests.

use super::Decision;
use super::otherwise::Otherwise;
use crate::model::{Channel, Disputed, Entry, Id, Ruleset, Statement, Target, TargetMap};
use crate::operator::Verdict;

/// A value that another source tells of a fact, and that would make a target lean otherwise.
#[derive(Clone, PartialEq, Debug)]
pub struct DisputedFact {
    /// The channel.
    pub channel: Id<Channel>,
    /// The entry.
    pub entry: Entry,
    /// The number of the other value among those of the statement.
    pub number: usize,
    /// The leaning with the other value.
    pub otherwise: Verdict,
    /// The leaning with either value, best first.
    pub could_be: Vec<Verdict>,
}

impl<'r> Decision<'r> {
    /// Returns the statement of a disputed fact, and what the other source says.
    #[must_use]
    pub fn dispute(&self, fact: &DisputedFact) -> (&'r Statement, &'r Disputed) {
        let statement = self.ruleset.statement(fact.channel, fact.entry, self.day);
        let statement = statement.expect("a disputed fact is stated on the day of the decision");
        (
            statement,
            statement.disputed.get(fact.number).expect("its number is that of a value of the statement"),
        )
    }
}

pub(super) fn find(decision: &Decision<'_>) -> TargetMap<Vec<DisputedFact>> {
    let ruleset = decision.ruleset;
    let mut found: TargetMap<Vec<DisputedFact>> = TargetMap::of(ruleset, |_| Vec::new());
    let disputes = disputes(decision, ruleset);
    if disputes.is_empty() {
        return found;
    }
    let mut otherwise = Otherwise::new(decision);
    for (channel, entry, statement) in disputes {
        for (number, other) in statement.disputed.iter().enumerate() {
            if other.value == statement.value || otherwise.left() == 0 {
                continue;
            }
            for (target, leaning) in otherwise.with_fact(channel, entry, other.value.as_ref()) {
                let could_be = either(decision, target, leaning);
                let fact = DisputedFact { channel, entry, number, otherwise: leaning, could_be };
                found[target].push(fact);
            }
        }
    }
    found
}

/// The disputed statements that hold on the day.
fn disputes<'r>(decision: &Decision<'_>, ruleset: &'r Ruleset) -> Vec<(Id<Channel>, Entry, &'r Statement)> {
    let statements = ruleset.stating().flat_map(|(id, stated)| {
        stated.iter().flat_map(move |(entry, statements)| statements.iter().map(move |s| (id, *entry, s)))
    });
    let disputed = statements.filter(|(_, _, statement)| !statement.disputed.is_empty());
    disputed
        .filter(|(channel, entry, statement)| {
            let held = ruleset.statement(*channel, *entry, decision.day);
            held.is_some_and(|held| std::ptr::eq(held, *statement))
        })
        .collect()
}

fn either(decision: &Decision<'_>, target: Target, leaning: Verdict) -> Vec<Verdict> {
    let now = decision.target(target).leaning;
    vec![now.min(leaning), now.max(leaning)]
}
