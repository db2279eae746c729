//! The smallest changes of a profile that would give a target a better verdict.
//!
//! For each field that has a bearing on the target and is not `fixed`, all other fields staying as they are, the places
//! are found where its conditions turn round: from the cells of [`crate::ground`], and for conditions that fit no cells
//! by solving them for this field (`decide/cuts.rs`). Between two such places every value gives the same answer, so the
//! nearest value that does is known exactly (`advise/values.rs`). Of several fields together the last is solved for each
//! choice of the others. The verdicts come from a [`Program`]; each change that is told was decided by [`decide`] too.

mod numbers;
mod reached;
mod values;

use std::collections::BTreeMap;
use std::rc::Rc;

use reached::Reached;
use values::{Values, Which};

use crate::program::{Program, Scratch};
use qudao_language::date::Date;
use qudao_language::decide::{TargetDecision, decide};
use qudao_language::model::{Field, Id, Profile, Ruleset, Target, Value};
use qudao_language::operator::Verdict;

/// So many steps are taken unless told otherwise. A changed profile takes one, more in a ruleset of many instances.
pub const STEPS: usize = 20_000;

/// So many instances make a step.
const INSTANCES_A_STEP: usize = 2_000;

/// Conditions that are solved make a step together when they read so many fields.
const FIELDS_A_STEP: usize = 32;

/// At most so many ways are told.
const MOST_WAYS: usize = 3;

/// At most so many fields change together.
const MOST_FIELDS: usize = 3;

/// What to change in a profile for a better verdict on one target, or what would take its recommendation away.
#[derive(Clone, Debug)]
pub struct Advice {
    /// The target.
    pub target: Target,
    /// Whether another verdict is there to be had: no better one for a target that is recommended already.
    pub sought: bool,
    /// The ways, the best first; all change equally many fields, and none was found that changes fewer.
    pub ways: Vec<Way>,
    /// It is certain what all changes of so many fields, and of fewer, give.
    pub tried: usize,
    /// Whether the search left out no change that might have been told. It may have met its bound, or conditions on
    /// several fields that it could not solve.
    pub complete: bool,
}

/// One way to another verdict.
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
    /// Whether the new value only stands for any text but those that the conditions tell apart.
    pub any_other: bool,
}

/// Looks for the smallest changes of a profile that give a target a better verdict, in so many steps at most.
#[must_use]
pub fn advise(ruleset: &Ruleset, profile: &Profile, day: Date, target: Target, steps: usize) -> Advice {
    search(ruleset, profile, day, (target, Wanted::Better), steps)
}

/// Looks for the smallest change of a profile that turns the verdict of a target: for one that is recommended the change
/// of one field that takes the recommendation away, for another those that give a better verdict.
#[must_use]
pub fn turn(ruleset: &Ruleset, profile: &Profile, day: Date, target: Target, steps: usize) -> Advice {
    let worse = decide(ruleset, profile, day).target(target).verdict == Some(Verdict::Recommended);
    let wanted = if worse { Wanted::Worse } else { Wanted::Better };
    search(ruleset, profile, day, (target, wanted), steps)
}

/// Which verdicts are looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wanted {
    Better,
    Worse,
}

impl Wanted {
    /// Tells whether a verdict is one of them, for a target that is as it is now.
    fn has(self, verdict: Verdict, now: &TargetDecision) -> bool {
        match self {
            // For a target that leans towards the best, certainty is better.
            Wanted::Better => {
                verdict < now.leaning || (now.verdict.is_none() && verdict == Verdict::Recommended)
            }
            Wanted::Worse => verdict > now.leaning,
        }
    }
}

fn search(
    ruleset: &Ruleset,
    profile: &Profile,
    day: Date,
    (target, wanted): (Target, Wanted),
    steps: usize,
) -> Advice {
    let mut advice = Advice { target, sought: false, ways: Vec::new(), tried: 0, complete: true };
    let now = decide(ruleset, profile, day);
    let now = now.target(target);
    if now.verdict == Some(Verdict::Recommended) && wanted == Wanted::Better {
        return advice;
    }
    advice.sought = true;
    let program = Program::new(ruleset, day);
    let mut search = Search::new(&program, profile, now, (target, wanted), steps);
    let most = if wanted == Wanted::Better { MOST_FIELDS } else { 1 };
    for size in 1..=most.min(search.fields.len()) {
        if !search.found.is_empty() {
            break;
        }
        advice.complete &= search.left > 0 && search.changes_of(size);
        if advice.complete {
            advice.tried = size;
        }
    }
    (advice.ways, advice.complete) = search.ways(advice.complete);
    advice
}

struct Search<'s, 'r> {
    program: &'s Program<'r>,
    scratch: Scratch,
    reached: Reached<'s, 'r>,
    profile: &'s Profile,
    now: &'s TargetDecision,
    target: Target,
    wanted: Wanted,
    /// The fields that may change.
    fields: Vec<Id<Field>>,
    /// The values of each field while all others stay.
    alone: BTreeMap<Id<Field>, Rc<Values>>,
    /// Whether all values of each field are gone through.
    few: BTreeMap<Id<Field>, bool>,
    /// How many more steps may be taken, and how many a trial takes.
    left: usize,
    trial: usize,
    found: Vec<(Order, Found)>,
}

/// Better ways come first: the better verdict, then fewer known answers changed, then the fields declared first.
type Order = (Verdict, usize, Vec<Id<Field>>);

/// The fields of a way with their new values.
type Found = Vec<(Id<Field>, Value)>;

/// What is found while some fields change together.
struct Together<'c> {
    fields: &'c [Id<Field>],
    /// The best verdict so far.
    best: Option<Verdict>,
    /// How many more steps may be taken.
    left: usize,
}

impl<'s, 'r> Search<'s, 'r> {
    fn new(
        program: &'s Program<'r>,
        profile: &'s Profile,
        now: &'s TargetDecision,
        (target, wanted): (Target, Wanted),
        steps: usize,
    ) -> Search<'s, 'r> {
        let reached = Reached::new(program.ground(), target);
        let mut scratch = program.scratch();
        program.load(&mut scratch, profile);
        let fields = reached.fields();
        let few = fields.iter().map(|field| (*field, values::are_few(&reached, *field))).collect();
        Search {
            program,
            scratch,
            profile,
            now,
            target,
            wanted,
            fields,
            few,
            reached,
            alone: BTreeMap::new(),
            left: steps,
            trial: 1 + program.ground().instances.len() / INSTANCES_A_STEP,
            found: Vec::new(),
        }
    }

    /// Looks through the changes of so many fields together; tells whether none was left out.
    fn changes_of(&mut self, size: usize) -> bool {
        let most = self.left.saturating_add(1);
        let all = values::combinations(&self.fields, size, most);
        let mut complete = all.len() < most;
        for (done, fields) in all.iter().enumerate() {
            // No combination takes the steps of all others.
            let share = if size == 1 { self.left } else { self.left.div_ceil(all.len() - done) };
            complete &= self.together(fields, share);
        }
        complete
    }

    fn together(&mut self, fields: &[Id<Field>], share: usize) -> bool {
        let mut run = Together { fields, best: None, left: share };
        // The last field is solved for; so those of few values go first.
        let mut order = fields.to_vec();
        order.sort_by_key(|field| !self.is_settled(*field, fields));
        let before = self.found.len();
        let mut base = self.profile.clone();
        let complete = self.descend(&order, &mut base, &mut Vec::new(), &mut run);
        if !complete && fields.len() > 1 {
            self.draw_nearer(before);
        }
        complete
    }

    /// Tells whether the values of a field are right whatever the others of several fields are.
    fn is_settled(&self, field: Id<Field>, among: &[Id<Field>]) -> bool {
        self.few.get(&field) == Some(&true)
            || !among.iter().any(|other| *other != field && self.reached.joins(field, *other))
    }

    /// Tries each value of the first of some fields with each of the others, besides those chosen.
    fn descend(
        &mut self,
        rest: &[Id<Field>],
        base: &mut Profile,
        chosen: &mut Found,
        run: &mut Together<'_>,
    ) -> bool {
        let Some((field, rest)) = rest.split_first() else { return true };
        let which = if rest.is_empty() { Which::Different } else { Which::All };
        let values = self.values(*field, base, chosen, which, run.fields);
        let mut complete = values.complete && (rest.is_empty() || self.is_settled(*field, run.fields));
        for value in &values.list {
            if run.best == Some(Verdict::Recommended) {
                break;
            }
            if run.left == 0 || self.left == 0 {
                complete = false;
                break;
            }
            self.program.set(&mut self.scratch, *field, Some(value));
            chosen.push((*field, value.clone()));
            if rest.is_empty() {
                run.left = run.left.saturating_sub(self.trial);
                if let Some(verdict) = self.verdict().filter(|verdict| run.best.is_none_or(|b| *verdict < b))
                {
                    run.best = Some(verdict);
                    self.add(verdict, chosen.clone());
                }
            } else {
                base.set(*field, Some(value.clone()));
                complete &= self.descend(rest, base, chosen, run);
            }
            chosen.pop();
        }
        let present = self.profile.get(*field);
        self.program.set(&mut self.scratch, *field, present.value.as_ref());
        base.values[Id::new(field.index())] = present.clone();
        complete
    }

    /// Runs the program and returns the verdict, if it is one of those wanted.
    fn verdict(&mut self) -> Option<Verdict> {
        self.left = self.left.saturating_sub(self.trial);
        self.program.run(&mut self.scratch);
        let outcome = self.program.outcome(&self.scratch, self.target);
        outcome.verdict.filter(|verdict| self.wanted.has(*verdict, self.now))
    }

    fn add(&mut self, verdict: Verdict, mut found: Found) {
        found.sort_by_key(|(field, _)| *field);
        let known = found.iter().filter(|(field, _)| self.profile.get(*field).value.is_some()).count();
        let fields = found.iter().map(|(field, _)| *field).collect();
        self.found.push(((verdict, known, fields), found));
    }

    /// Returns the values of a field where some others are chosen.
    fn values(
        &mut self,
        field: Id<Field>,
        base: &Profile,
        chosen: &Found,
        which: Which,
        among: &[Id<Field>],
    ) -> Rc<Values> {
        let now = self.profile.get(field).value.as_ref();
        let depends = match which {
            Which::Different => chosen.iter().any(|(other, _)| self.reached.joins(field, *other)),
            Which::All => among.iter().any(|other| *other != field && self.reached.joins(field, *other)),
        };
        if depends {
            let solved = self.reached.opaque_on(field).iter().map(|opaque| opaque.fields.len());
            let steps = 1 + solved.sum::<usize>() / FIELDS_A_STEP;
            self.left = self.left.saturating_sub(steps);
            return Rc::new(values::values(&self.reached, base, field, now, which));
        }
        let values = || Rc::new(values::values(&self.reached, self.profile, field, now, Which::Different));
        self.alone.entry(field).or_insert_with(values).clone()
    }

    /// Draws the values of ways from some number on nearer, each as far as the others of its way allow.
    fn draw_nearer(&mut self, from: usize) {
        for ((mut verdict, ..), mut found) in self.found.split_off(from) {
            // Until each was looked at since one has moved.
            let (mut at, mut still) = (0, 0);
            while still < found.len() {
                let mut others = found.clone();
                let (field, value) = others.remove(at);
                still += 1;
                if let Some((nearest, then)) = self.nearest(field, &others, verdict).filter(|n| n.0 != value)
                {
                    others.insert(at, (field, nearest));
                    (found, verdict, still) = (others, then, 1);
                }
                at = (at + 1) % found.len();
            }
            self.add(verdict, found);
        }
    }

    /// Returns the nearest value of a field that gives at least some verdict where others are chosen, if it is certain.
    fn nearest(&mut self, field: Id<Field>, others: &Found, least: Verdict) -> Option<(Value, Verdict)> {
        let mut base = self.profile.clone();
        for (other, value) in others {
            base.set(*other, Some(value.clone()));
            self.program.set(&mut self.scratch, *other, Some(value));
        }
        let values = self.values(field, &base, others, Which::Different, &[]);
        let mut found = None;
        for value in values.list.iter().filter(|_| values.complete) {
            if self.left == 0 {
                break;
            }
            self.program.set(&mut self.scratch, field, Some(value));
            if let Some(verdict) = self.verdict().filter(|verdict| *verdict <= least) {
                found = Some((value.clone(), verdict));
                break;
            }
        }
        self.program.load(&mut self.scratch, self.profile);
        found
    }

    /// Returns the best ways, each decided once more, and whether the search is complete with them.
    fn ways(mut self, mut complete: bool) -> (Vec<Way>, bool) {
        self.found.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut ways = Vec::new();
        for (_, found) in self.found {
            let mut changed = self.profile.clone();
            found.iter().for_each(|(field, value)| changed.set(*field, Some(value.clone())));
            let decision = decide(self.program.ruleset(), &changed, self.program.ground().day);
            let verdict = decision.target(self.target).verdict;
            let verdict = verdict.filter(|verdict| self.wanted.has(*verdict, self.now));
            debug_assert!(verdict.is_some(), "the program says otherwise than the evaluator");
            let Some(verdict) = verdict else {
                complete = false;
                continue;
            };
            let change = |(field, to): (Id<Field>, Value)| Change {
                any_other: values::is_any_other(&self.reached, &changed, field, &to),
                from: self.profile.get(field).value.clone(),
                field,
                to,
            };
            ways.push(Way { changes: found.into_iter().map(change).collect(), verdict });
            if ways.len() == MOST_WAYS {
                break;
            }
        }
        (ways, complete)
    }
}
