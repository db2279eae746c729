//! What profiles show of a change.
//!
//! Most of the profiles that are tried are seen by none but the search; of these both rulesets tell, as programs, at once
//! what comes out. Whatever somebody sees is decided besides.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::analyse::difference::{Difference, Question, What};
use qudao_engine::program::{Program, Scratch};
use qudao_language::decide::{Decision, Tells, decide_only};
use qudao_language::model::{NeedState, Profile, Ruleset, Target};
use qudao_language::operator::Verdict;

/// Both rulesets as programs.
pub(super) struct Programs<'p, 'r> {
    pub(super) both: [&'p Program<'r>; 2],
    scratches: RefCell<[Scratch; 2]>,
}

/// What came of a profile.
trait Answer {
    fn ruleset(&self) -> &Ruleset;
    fn verdict(&self, target: Target) -> Option<Verdict>;
    /// The first of the channels, and whether no unknown field could put another first.
    fn first(&self) -> (Option<Target>, bool);
    fn needs(&self, target: Target) -> BTreeMap<&str, NeedState>;
}

impl Answer for Decision<'_> {
    fn ruleset(&self) -> &Ruleset {
        self.ruleset
    }

    fn verdict(&self, target: Target) -> Option<Verdict> {
        self.target(target).verdict
    }

    fn first(&self) -> (Option<Target>, bool) {
        (self.first.target, self.first.settled)
    }

    fn needs(&self, target: Target) -> BTreeMap<&str, NeedState> {
        Decision::needs(self, target).map(|need| (self.ruleset.need_name(need.need), need.state)).collect()
    }
}

/// A program that has run.
struct Ran<'a, 'r>(&'a Program<'r>, &'a Scratch);

impl Answer for Ran<'_, '_> {
    fn ruleset(&self) -> &Ruleset {
        self.0.ruleset()
    }

    fn verdict(&self, target: Target) -> Option<Verdict> {
        self.0.outcome(self.1, target).verdict
    }

    fn first(&self) -> (Option<Target>, bool) {
        let first = self.0.first(self.1);
        (first.target, first.settled)
    }

    fn needs(&self, target: Target) -> BTreeMap<&str, NeedState> {
        let needs = self.0.needs(self.1, target);
        needs.map(|need| (self.0.ruleset().need_name(need.need), need.state)).collect()
    }
}

impl<'p, 'r> Programs<'p, 'r> {
    pub(super) fn new(both: [&'p Program<'r>; 2]) -> Programs<'p, 'r> {
        Programs { both, scratches: RefCell::new(both.map(Program::scratch)) }
    }

    fn ask(&self, profiles: &[Profile], look: impl FnOnce([&dyn Answer; 2]) -> bool) -> bool {
        let [old, new] = profiles else { return false };
        let mut scratches = self.scratches.borrow_mut();
        for ((program, scratch), profile) in self.both.iter().zip(scratches.iter_mut()).zip([old, new]) {
            program.load(scratch, profile);
            program.run(scratch);
        }
        let [before, now] = &*scratches;
        look([&Ran(self.both[0], before), &Ran(self.both[1], now)])
    }

    /// Whether profiles come out otherwise in this way, as far as the programs say.
    pub(super) fn show(&self, difference: &Difference<'_>, profiles: &[Profile], what: &What) -> bool {
        self.ask(profiles, |answers| shown(difference, answers, what))
    }

    /// Whether their answers to a question differ.
    pub(super) fn differ(
        &self,
        difference: &Difference<'_>,
        profiles: &[Profile],
        question: &Question,
    ) -> bool {
        self.ask(profiles, |[before, now]| match question {
            Question::Verdict(of) => {
                pair(difference, of).is_some_and(|(old, new)| before.verdict(old) != now.verdict(new))
            }
            Question::Needs(of) => {
                pair(difference, of).is_some_and(|(old, new)| before.needs(old) != now.needs(new))
            }
            Question::First => !difference.pairs.same_first(before.first().0, now.first().0),
        })
    }
}

/// Whether two profiles come out otherwise in this way.
pub(super) fn shows(difference: &Difference<'_>, profiles: &[Profile], what: &What) -> bool {
    let [old, new] = profiles else { return false };
    let tells = if let What::Verdict { .. } = what { Tells::Verdicts } else { Tells::Outcomes };
    let before = decide_only(difference.old.ruleset, old, difference.old.day, tells);
    let now = decide_only(difference.new.ruleset, new, difference.new.day, tells);
    shown(difference, [&before, &now], what)
}

/// A target of both rulesets, by its name in the new one.
fn pair(difference: &Difference<'_>, name: &str) -> Option<(Target, Target)> {
    let new = difference.new.ruleset.target(name)?;
    difference.pairs.both.iter().copied().find(|(_, other)| *other == new)
}

fn shown(difference: &Difference<'_>, [before, now]: [&dyn Answer; 2], what: &What) -> bool {
    let is = |answer: &dyn Answer, name: &Option<String>| {
        let first = answer.first().0.map(|target| answer.ruleset().target_name(target));
        first == name.as_deref()
    };
    match what {
        What::Verdict { target, old, new } => pair(difference, target)
            .is_some_and(|target| before.verdict(target.0) == *old && now.verdict(target.1) == *new),
        What::First { old, new } => is(before, old) && is(now, new),
        // With fields left out it is shown only if these could not change who comes first.
        What::Lead { target, gains } => pair(difference, target).is_some_and(|(old, new)| {
            let ((was, settled), (comes, still)) = (before.first(), now.first());
            settled && still && (was == Some(old)) != *gains && (comes == Some(new)) == *gains
        }),
        What::Need { target, need, old, new } => pair(difference, target).is_some_and(|target| {
            let state = |answer: &dyn Answer, target| answer.needs(target).get(&**need).copied();
            state(before, target.0) == *old && state(now, target.1) == *new
        }),
    }
}
