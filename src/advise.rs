//! The smallest changes of a profile that would give a target a better verdict.
//!
//! The constants that the ruleset compares a field with cut its values into cells ([`crate::ground`]); within one cell,
//! the answer is the same. So for each field that has a bearing on the target and is not `fixed`, one value a cell is
//! tried, the one nearest to the present value: by itself first, then two fields together, then three. Every trial is
//! decided by [`decide`] itself, so what is advised is what evaluation would say. The number of trials is bounded.

mod candidates;

use std::collections::BTreeMap;

use candidates::Candidate;

use crate::date::Date;
use crate::decide::{TargetDecision, decide};
use crate::ground::Ground;
use crate::model::{Field, Id, Profile, Ruleset, Target, Value};
use crate::operator::Verdict;

/// So many changed profiles are decided unless told otherwise.
pub const TRIALS: usize = 5000;

/// At most so many ways are told.
const MOST_WAYS: usize = 3;

/// At most so many fields change together.
const MOST_FIELDS: usize = 3;

/// What to change in a profile for a better verdict on one target.
#[derive(Clone, Debug)]
pub struct Advice {
    /// The target.
    pub target: Target,
    /// Whether a better verdict is there to be had: not for a target that is recommended already.
    pub sought: bool,
    /// The ways, the best first; all change equally many fields, and no fewer would do.
    pub ways: Vec<Way>,
    /// Every change of so many fields was tried.
    pub tried: usize,
    /// Whether the bound on trials ended the search.
    pub stopped: bool,
}

/// One way to a better verdict.
#[derive(Clone, Debug)]
pub struct Way {
    /// What to change, in the order of the fields.
    pub changes: Vec<Change>,
    /// The verdict then.
    pub verdict: Verdict,
}

/// A field and its new value.
#[derive(Clone, Debug)]
pub struct Change {
    /// The field.
    pub field: Id<Field>,
    /// Its present value; nothing where it is not known.
    pub from: Option<Value>,
    /// Its new one.
    pub to: Value,
}

/// Looks for the smallest changes of a profile that give a target a better verdict; at most `trials` changed profiles
/// are decided.
#[must_use]
pub fn advise(ruleset: &Ruleset, profile: &Profile, day: Date, target: Target, trials: usize) -> Advice {
    let mut advice = Advice { target, sought: false, ways: Vec::new(), tried: 0, stopped: false };
    let now = decide(ruleset, profile, day);
    let now = now.target(target);
    if now.verdict == Some(Verdict::Recommended) {
        return advice;
    }
    advice.sought = true;
    let ground = Ground::new(ruleset, day);
    let fields = candidates::of(&ground, profile, target);
    let mut search = Search { ruleset, profile, day, now, target, left: trials, found: BTreeMap::new() };
    for size in 1..=MOST_FIELDS.min(fields.len()) {
        let complete = search.changes_of(size, &fields, &mut Vec::new());
        advice.stopped = !complete;
        if complete {
            advice.tried = size;
        }
        if !complete || !search.found.is_empty() {
            break;
        }
    }
    advice.ways = search.ways();
    advice
}

/// Tells whether a verdict is better than what a target has now.
fn better(verdict: Verdict, now: &TargetDecision) -> bool {
    // For a target that leans towards the best, certainty is better.
    verdict < now.leaning || (now.verdict.is_none() && verdict == Verdict::Recommended)
}

struct Search<'r> {
    ruleset: &'r Ruleset,
    profile: &'r Profile,
    day: Date,
    now: &'r TargetDecision,
    target: Target,
    /// How many more profiles may be decided.
    left: usize,
    /// The best way for each combination of fields, with how it is ordered.
    found: BTreeMap<Vec<Id<Field>>, (Order, Way)>,
}

/// Better ways come first: the better verdict, then fewer known fields changed, then the shorter way in cells.
type Order = (Verdict, usize, usize);

impl Search<'_> {
    /// Tries each change of so many more of some fields, besides those chosen; tells whether all were tried.
    fn changes_of<'c>(
        &mut self,
        size: usize,
        fields: &'c [Vec<Candidate>],
        chosen: &mut Vec<&'c Candidate>,
    ) -> bool {
        if size == 0 {
            return self.tries(chosen);
        }
        for (index, candidates) in fields.iter().enumerate() {
            let rest = fields.get(index + 1..).unwrap_or(&[]);
            if rest.len() + 1 < size {
                break;
            }
            for candidate in candidates {
                chosen.push(candidate);
                let complete = self.changes_of(size - 1, rest, chosen);
                chosen.pop();
                if !complete {
                    return false;
                }
            }
        }
        true
    }

    fn tries(&mut self, chosen: &[&Candidate]) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let mut changed = self.profile.clone();
        for candidate in chosen {
            changed.set(candidate.field, Some(candidate.to.clone()));
        }
        let decision = decide(self.ruleset, &changed, self.day);
        let Some(verdict) = decision.target(self.target).verdict.filter(|verdict| better(*verdict, self.now))
        else {
            return true;
        };
        let known = chosen.iter().filter(|candidate| self.value(candidate.field).is_some()).count();
        let order = (verdict, known, chosen.iter().map(|candidate| candidate.distance).sum());
        let fields = chosen.iter().map(|candidate| candidate.field).collect();
        if self.found.get(&fields).is_none_or(|(best, _)| order < *best) {
            let change = |candidate: &&Candidate| Change {
                field: candidate.field,
                from: self.value(candidate.field).cloned(),
                to: candidate.to.clone(),
            };
            let way = Way { changes: chosen.iter().map(change).collect(), verdict };
            self.found.insert(fields, (order, way));
        }
        true
    }

    fn value(&self, field: Id<Field>) -> Option<&Value> {
        self.profile.get(field).value.as_ref()
    }

    fn ways(self) -> Vec<Way> {
        let mut ways: Vec<(Order, Way)> = self.found.into_values().collect();
        ways.sort_by_key(|(order, _)| *order);
        ways.into_iter().map(|(_, way)| way).take(MOST_WAYS).collect()
    }
}
