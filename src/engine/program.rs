//! A grounded ruleset as rows of bits: the fast way from a profile to what fired and what comes of each target.
//!
//! Every condition is written as an `or` of conjunctions of atoms, which keeps its three-valued meaning. Each cell of
//! each variable has a row of bits that says which conjunctions it leaves possible (the bit vectors of packet
//! classification: Lakshman and Stiliadis, SIGCOMM 1998). A value picks a row, one `and` over the rows gives all rules
//! at once: of the rows for *true* those that hold, of the rows for *not false* those that hold or are pending. Then come
//! exceptions, exclusions, caps, scores with their ranges, needs, verdicts and the first place, as [`qudao_language::decide`]
//! defines them. Nothing is allocated for a profile; all of it lives in a [`Scratch`].
//!
//! Opaque conditions (sums, fields compared with fields) are run by themselves, part by part. What does not fit,
//! [`Program::slow`] names: opaque conditions that the evaluator has to judge, and conditions that would grow too large,
//! which are walked node by node.

pub mod batch;
mod bits;
mod dnf;
mod encode;
mod formula;
mod matrix;
mod measures;
mod needs;
mod outcome;
mod rank;
mod walk;

pub use needs::NeedOutcome;
pub use outcome::{Outcome, VerdictSet};
pub use rank::FirstOutcome;

use bits::{Bits, Kleene};
use encode::Encoder;
use formula::{Formulas, Held};
use matrix::Matrix;

use crate::ground::{Ground, Instance, Node, OpaqueId, Variable};
use qudao_language::date::Date;
use qudao_language::decide::Measured;
use qudao_language::exact::Exact;
use qudao_language::model::{Channel, Field, Id, IdMap, Number, Profile, Rule, Ruleset, Target, Type, Value};
use walk::Walk;

/// A ruleset on one day, ready to be run.
#[derive(Debug)]
pub struct Program<'r> {
    ground: Ground<'r>,
    /// How a field's value becomes a cell, by field.
    encoders: IdMap<Field, Encoder>,
    matrix: Matrix,
    /// What the conditions in the matrix need that is no cell.
    derived: Walk,
    /// What needs to be known of channels and requirements: who is owned, what is met.
    states: Walk,
    /// The rules that ask which targets are excluded.
    asking: Walk,
    /// The fields whose values opaque conditions read.
    keeps: IdMap<Field, bool>,
    formulas: Formulas,
    /// The nodes that every run judges before it comes to exclusions.
    walked: IdMap<Node, bool>,
    /// Instances with exceptions, each after them; with the exceptions.
    excepted: Vec<(u32, Vec<u32>)>,
    /// The instances that could be made true or false alike whenever they are pending.
    plain: Bits,
    /// The instances that ask.
    asks: Vec<Id<Instance>>,
    effects: outcome::Effects,
    untold: Vec<outcome::Untold>,
    verdicts: outcome::Verdicts,
    /// The targets that may be excluded through others.
    linked: Vec<(usize, Vec<Id<Channel>>)>,
    needing: needs::Needing,
    slow: Vec<Slow>,
}

/// A rule whose condition leaves the fast path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slow {
    /// The rule.
    pub rule: Id<Rule>,
    /// Why.
    pub why: SlowReason,
}

/// Why a condition leaves the fast path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SlowReason {
    /// It holds a condition that neither fits cells nor can be run by itself, such as one that compares texts of two
    /// fields; the evaluator judges it.
    Opaque,
    /// It grows too large as an `or` of conjunctions, or holds an `if`; it is walked node by node.
    Large,
    /// It asks whether a target is excluded; it is walked after the exclusions.
    Asks,
}

/// What a program writes to while it runs; made once, used for any number of profiles.
#[derive(Clone, Debug)]
pub struct Scratch {
    /// The cell of each variable.
    cells: IdMap<Variable, u32>,
    /// The state of each slot of the matrix.
    index: Vec<u32>,
    fired: Bits,
    /// Fired or pending.
    possible: Bits,
    rows: matrix::Rows,
    nodes: IdMap<Node, Kleene>,
    /// The number of the run, and in which run a node was judged last, besides those that every run judges.
    runs: u64,
    judged_in: IdMap<Node, u64>,
    waiting: Vec<Id<Node>>,
    /// What opaque conditions read, by field.
    held: IdMap<Field, Held>,
    /// What a part of an opaque condition could be.
    few: Vec<i128>,
    /// What is left to the evaluator.
    left: Vec<(Id<Node>, Id<OpaqueId>)>,
    /// What the evaluator reads, and whether it still has to be written.
    profile: Profile,
    stale: bool,
    outcomes: Vec<Outcome>,
    tallies: Vec<outcome::Tally>,
    odds: Vec<outcome::Odd>,
    /// Whether one of these says something.
    odd: bool,
    /// Whether no instance is pending.
    certain: bool,
    excluded: Vec<Kleene>,
    needs: needs::NeedScratch,
    /// What measures came out as, by target; nothing where nobody asked.
    measured: Vec<Vec<Measured>>,
    /// How the targets stand.
    standings: Vec<rank::Standing>,
    /// The instances that fired, by number, and those that are pending and plain.
    listed: bits::List,
    pending: bits::List,
    first: FirstOutcome,
}

impl<'r> Program<'r> {
    /// Makes a program of a ruleset on a day.
    #[must_use]
    pub fn new(ruleset: &'r Ruleset, day: Date) -> Program<'r> {
        Program::of(Ground::new(ruleset, day))
    }

    /// Makes a program of a grounded ruleset.
    #[must_use]
    pub fn of(ground: Ground<'r>) -> Program<'r> {
        let forms = dnf::forms(&ground);
        let matrix = Matrix::new(&ground, &forms);
        let formulas = Formulas::new(&ground);
        let derived = Walk::new(&ground, forms.derived.iter().copied(), &[]);
        let stated = ground.owned.values().copied().chain(ground.met.values().flatten().copied());
        let states = Walk::new(&ground, stated, &[&derived]);
        let plain = walk::plain(&ground, &formulas);
        let plain: Vec<bool> = ground.instances.iter().map(|instance| plain[instance.fires]).collect();
        let mut plain_bits = Bits::new(plain.len());
        (0..).zip(&plain).filter(|(_, plain)| **plain).for_each(|(instance, _)| plain_bits.insert(instance));
        let open = ground.instances.iter().zip(&plain).filter(|(instance, plain)| !**plain && !instance.asks);
        let exact = Walk::new(&ground, open.map(|(instance, _)| instance.fires), &[&derived, &states]);
        let asks: Vec<Id<Instance>> =
            ground.instances.entries().filter(|(_, instance)| instance.asks).map(|(id, _)| id).collect();
        let asks_of = asks.iter().map(|id| ground.instances[*id].fires);
        let asking = Walk::new(&ground, asks_of, &[&derived, &states]);
        let mut read = IdMap::of(&ground.variables, |_| false);
        for walk in [&derived, &states, &exact, &asking] {
            walk.mark(&ground, &mut read);
        }
        let encoders = encode::encoders(&ground, &matrix, &read);
        let mut walked = IdMap::of(&ground.nodes, |_| false);
        derived.all().chain(states.all()).for_each(|id| walked[id] = true);
        let mut keeps = IdMap::of(&ground.ruleset.fields, |_| false);
        ground.opaque.iter().flat_map(|opaque| &opaque.fields).for_each(|field| keeps[*field] = true);
        ground.ruleset.measured_fields().into_iter().for_each(|field| keeps[field] = true);
        let excepted = ground.order.iter().filter_map(|id| {
            let instance = &ground.instances[*id];
            let exceptions: Vec<u32> = instance.exceptions.iter().map(|id| id.index() as u32).collect();
            (!exceptions.is_empty() && !instance.asks).then_some((id.index() as u32, exceptions))
        });
        Program {
            excepted: excepted.collect(),
            effects: outcome::Effects::new(&ground),
            untold: outcome::untold(&ground),
            verdicts: outcome::Verdicts::new(ground.ruleset.thresholds),
            linked: outcome::linked(&ground),
            needing: needs::Needing::new(&ground),
            slow: slow(&ground, &forms, &formulas),
            encoders,
            matrix,
            derived,
            states,
            asking,
            keeps,
            formulas,
            walked,
            plain: plain_bits,
            asks,
            ground,
        }
    }

    /// Returns the grounded ruleset that it was made of.
    #[must_use]
    pub fn ground(&self) -> &Ground<'r> {
        &self.ground
    }

    /// Returns the ruleset.
    #[must_use]
    pub fn ruleset(&self) -> &'r Ruleset {
        self.ground.ruleset
    }

    /// Returns the rules that leave the fast path, in the order of declaration.
    #[must_use]
    pub fn slow(&self) -> &[Slow] {
        &self.slow
    }

    /// Returns how many opaque conditions the evaluator has to judge; the others are run by themselves.
    #[must_use]
    pub fn evaluated(&self) -> usize {
        self.ground.opaque.ids().filter(|id| !self.formulas.runs(Id::new(id.index()))).count()
    }

    /// Returns how many bytes the rows of bits take.
    #[must_use]
    pub fn matrix_bytes(&self) -> usize {
        self.matrix.bytes()
    }

    /// Tells whether anything asks for a field. What nothing asks for need not be read.
    #[must_use]
    pub fn reads(&self, field: Id<Field>) -> bool {
        self.keeps[field] || !matches!(self.encoders[field], Encoder::Unread)
    }

    /// Returns a scratch in which no field is known.
    #[must_use]
    pub fn scratch(&self) -> Scratch {
        let instances = self.ground.instances.len();
        let mut profile = Profile::empty(self.ruleset(), "");
        for field in self.ruleset().fields.ids() {
            profile.set(field, None);
        }
        let mut scratch = Scratch {
            // All in the first cell, to begin with: the first state of each slot.
            cells: IdMap::of(&self.ground.variables, |_| 0),
            index: vec![0; self.matrix.slot_count()],
            fired: Bits::new(instances),
            possible: Bits::new(instances),
            rows: self.matrix.rows(),
            nodes: IdMap::of(&self.ground.nodes, |id| walk::beginning(&self.ground.nodes[id])),
            runs: 0,
            judged_in: IdMap::of(&self.ground.nodes, |_| 0),
            waiting: Vec::new(),
            held: IdMap::of(&self.ruleset().fields, |_| Held::Unknown),
            few: Vec::new(),
            left: Vec::new(),
            profile,
            stale: true,
            outcomes: self.ruleset().targets().map(Outcome::of).collect(),
            // One more, for what does nothing.
            tallies: vec![outcome::Tally::default(); self.ruleset().target_count() + 1],
            odds: vec![outcome::Odd::NOTHING; self.ruleset().target_count() + 1],
            odd: false,
            certain: false,
            excluded: vec![Kleene::FALSE; self.ruleset().target_count()],
            needs: needs::NeedScratch::new(self.ruleset()),
            measured: Vec::new(),
            standings: vec![rank::Standing::WORST; self.ruleset().target_count()],
            listed: bits::List::default(),
            pending: bits::List::default(),
            first: FirstOutcome::default(),
        };
        for field in self.ruleset().fields.ids() {
            self.set_unknown(&mut scratch, field);
        }
        scratch
    }

    /// Takes over all values of a profile.
    pub fn load(&self, scratch: &mut Scratch, profile: &Profile) {
        for field in self.ruleset().fields.ids() {
            self.set(scratch, field, profile.get(field).value.as_ref());
        }
    }

    /// Gives a field a value, or none where it is not known. A field that a profile leaves out has its default.
    pub fn set(&self, scratch: &mut Scratch, field: Id<Field>, value: Option<&Value>) {
        self.hold(scratch, field, || {
            let held = self.formulas.held(value);
            (held, if held == Held::Odd { value.cloned() } else { None })
        });
        self.encoders[field].value(scratch, value, &self.ground);
    }

    /// Says that a field is not known.
    #[inline]
    pub fn set_unknown(&self, scratch: &mut Scratch, field: Id<Field>) {
        self.hold(scratch, field, || (Held::Unknown, None));
        self.encoders[field].unknown(scratch, &self.ground);
    }

    /// Gives a field of type `bool` (0 or 1) or of an enum (the value's number) a value.
    #[inline]
    pub fn set_code(&self, scratch: &mut Scratch, field: Id<Field>, code: u32) {
        self.hold(scratch, field, || {
            let held = match self.ruleset().fields[field].ty {
                Type::Bool => Held::Known(i128::from(code != 0)),
                Type::Enum(of) if (code as usize) < self.ruleset().enums[of].members.len() => {
                    Held::Known(i128::from(code))
                }
                _ => Held::Unknown,
            };
            (held, None)
        });
        self.encoders[field].code(scratch, code);
    }

    /// Gives a number field a decimal, in the field's unit: `units` divided by ten to the power of `places`.
    #[inline]
    pub fn set_decimal(&self, scratch: &mut Scratch, field: Id<Field>, units: i64, places: u32) {
        self.hold(scratch, field, || match self.formulas.decimal(units, places) {
            Some(held) => (Held::Known(held), None),
            None => {
                let power = 10_i128.checked_pow(places);
                let value = power.and_then(|power| Exact::fraction(i128::from(units), power));
                let value = value.map(|value| Value::Number(Number::computed(value)));
                (if value.is_some() { Held::Odd } else { Held::Unknown }, value)
            }
        });
        self.encoders[field].decimal(scratch, units, places, &self.ground);
    }

    /// Gives a field that is a set of an enum its members: bit *n* of the words for the value of number *n*.
    #[inline]
    pub fn set_members(&self, scratch: &mut Scratch, field: Id<Field>, words: &[u64]) {
        self.hold(scratch, field, || {
            if let Some(held) = self.formulas.members(words) {
                return (Held::Known(held), None);
            }
            let bits = 0..words.len() as u32 * 64;
            let has =
                |bit: &u32| words.get(*bit as usize / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1);
            (Held::Odd, Some(Value::Set(bits.filter(has).collect())))
        });
        self.encoders[field].members(scratch, words);
    }

    /// Keeps what opaque conditions read; with it the value where it is odd.
    #[inline]
    fn hold(&self, scratch: &mut Scratch, field: Id<Field>, value: impl FnOnce() -> (Held, Option<Value>)) {
        if self.keeps[field] {
            let (held, odd) = value();
            scratch.held[field] = held;
            scratch.stale = true;
            if held == Held::Odd {
                scratch.profile.set(field, odd);
            }
        }
    }

    /// Runs the rules: afterwards [`Program::fired`] and [`Program::pending`] answer. Rules that ask whether a target
    /// is excluded are not among them before [`Program::run`].
    pub fn run_rules(&self, scratch: &mut Scratch) {
        scratch.runs += 1;
        if !self.derived.is_empty() {
            self.derived.run(self, scratch);
        }
        self.matrix.run(scratch);
        for (instance, exceptions) in &self.excepted {
            if !scratch.possible.has(*instance) {
                continue;
            }
            if exceptions.iter().any(|exception| scratch.fired.has(*exception)) {
                scratch.possible.clear(*instance);
                scratch.fired.clear(*instance);
            } else if exceptions.iter().any(|exception| scratch.possible.has(*exception)) {
                scratch.fired.clear(*instance);
            }
        }
        scratch.listed.fill(scratch.fired.words.iter().copied());
    }

    /// Runs everything: rules, exclusions, scores, verdicts, needs, and which channel comes first.
    pub fn run(&self, scratch: &mut Scratch) {
        self.run_rules(scratch);
        if !self.states.is_empty() {
            self.states.run(self, scratch);
        }
        scratch.certain = scratch.fired.is(&scratch.possible);
        self.exclusions(scratch);
        if !self.asks.is_empty() {
            self.asking.run(self, scratch);
            for id in &self.asks {
                let fires = scratch.node(self.ground.instances[*id].fires);
                scratch.fired.set(id.index() as u32, fires.is_true());
                scratch.possible.set(id.index() as u32, !fires.is_false());
            }
            scratch.listed.fill(scratch.fired.words.iter().copied());
            scratch.certain = scratch.fired.is(&scratch.possible);
            self.add_asking(scratch);
        }
        self.meet(scratch);
        self.scores(scratch);
        self.all_needs(scratch);
        if self.ruleset().ranks_by_measures() {
            self.measure(scratch);
        }
        self.find_first(scratch);
        self.narrow(scratch);
    }

    /// Judges an instance that was run.
    fn judged(&self, scratch: &mut Scratch, instance: usize) -> Kleene {
        if scratch.fired.has(instance as u32) {
            return Kleene::TRUE;
        }
        if !scratch.possible.has(instance as u32) {
            return Kleene::FALSE;
        }
        if self.plain.has(instance as u32) {
            return Kleene::OPEN;
        }
        let id: Id<Instance> = Id::new(instance);
        let fires = self.ground.instances[id].fires;
        if self.ground.instances[id].asks { scratch.node(fires) } else { self.judge_exactly(scratch, fires) }
    }

    /// Calls a function with each instance that fired, in the order of declaration.
    pub fn fired(&self, scratch: &Scratch, mut visit: impl FnMut(Id<Instance>)) {
        let declared = self.ground.declared as u32;
        let fired = scratch.listed.all().iter().take_while(|index| **index < declared);
        fired.for_each(|index| visit(Id::new(*index as usize)));
    }

    /// Calls a function with each instance that is pending, in the order of declaration.
    pub fn pending(&self, scratch: &Scratch, mut visit: impl FnMut(Id<Instance>)) {
        scratch.possible.each_without(&scratch.fired, |index| {
            if index < self.ground.declared {
                visit(Id::new(index));
            }
        });
    }

    /// Returns what came of a target.
    #[must_use]
    pub fn outcome<'s>(&self, scratch: &'s Scratch, target: Target) -> &'s Outcome {
        let index = self.ruleset().target_index(target);
        scratch.outcomes.get(index).expect("every target of the ruleset has an outcome")
    }

    /// Returns what a target needs, in the order of [`qudao_language::decide::TargetDecision::needs`].
    pub fn needs<'s>(
        &'s self,
        scratch: &'s Scratch,
        target: Target,
    ) -> impl Iterator<Item = NeedOutcome> + 's {
        self.needs_at(scratch, self.ruleset().target_index(target))
    }

    /// Returns which channel comes first.
    #[must_use]
    pub fn first(&self, scratch: &Scratch) -> FirstOutcome {
        scratch.first
    }
}

impl Scratch {
    #[inline]
    fn node(&self, id: Id<Node>) -> Kleene {
        self.nodes[id]
    }
}

/// The rules that leave the fast path.
fn slow(ground: &Ground<'_>, forms: &dnf::Forms, formulas: &Formulas) -> Vec<Slow> {
    let mut slow = Vec::new();
    for (id, instance) in ground.instances.entries() {
        let form = forms.of.get(id.index());
        let mut reasons: Vec<SlowReason> = match form {
            _ if instance.asks => vec![SlowReason::Asks],
            None => Vec::new(),
            Some(form) => {
                form.iter().flatten().filter_map(|literal| literal.slow(ground, formulas)).collect()
            }
        };
        reasons.sort_unstable();
        reasons.dedup();
        let found = reasons.into_iter().map(|why| Slow { rule: instance.rule, why });
        slow.extend(found);
    }
    slow.dedup();
    slow
}
