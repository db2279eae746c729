//! The rows of bits: which conjunctions each cell leaves possible.

use std::collections::BTreeMap;

use super::Scratch;
use super::bits::{Bits, LINE, Line, both, each_bit};
use super::dnf::{Forms, Literal};
use crate::ground::{Ground, Node, Variable, VariableKind};
use qudao_language::decide::Truth;
use qudao_language::model::{Field, Id, IdMap};

/// Variables share a slot as long as it has at most so many states.
const MOST_STATES: usize = 32;
/// So many members of a set share a slot.
pub(super) const NIBBLE: u32 = 4;
/// The state of such a slot where the set is not known.
pub(super) const MISSING_SET: u32 = 1 << NIBBLE;

/// What a slot's state is made of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Source {
    Variable(Id<Variable>),
    Derived(Id<Node>),
}

/// Some variables that pick one row together.
#[derive(Clone, Debug)]
struct Slot {
    /// Each with what one step of its cell adds; none for members of a set.
    parts: Vec<(Source, u32)>,
    /// The place of its first state among [`Matrix::states`].
    first: u32,
}

/// A cell of a profile: what changes with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// The variable.
    pub(super) variable: Id<Variable>,
    part: Part,
}

/// A part in the state of a slot.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// The slot, and how far one step moves its state; 0 where it has no part in any.
    slot: u32,
    step: u32,
}

/// The rows of bits of a ruleset.
#[derive(Clone, Default, Debug)]
pub(super) struct Matrix {
    slots: Vec<Slot>,
    /// By variable.
    cells: IdMap<Variable, Cell>,
    /// What of the slots' states comes of nodes that are walked.
    derived: Vec<(Part, Id<Node>)>,
    /// For each state of each slot the rows for *true* and *not false*, by the place of their first line; the same where
    /// the state is of known values.
    states: Vec<(u32, u32)>,
    rows: Vec<Line>,
    /// Lines of a row.
    lines: usize,
    /// The words that hold the first conjunction of each instance, at the instance's own place.
    own_words: usize,
    /// These words of a row, all of them set.
    own: Vec<Line>,
    /// The instances of the further conjunctions, from the word after.
    further: Vec<u32>,
    /// What holds whatever the profile: the rows to begin with.
    start: (Vec<Line>, Vec<Line>),
    /// Whether some conjunction is never known, so that these two differ.
    stuck: bool,
    /// The slot of some members of a set, by field and by the number of the four.
    of_members: BTreeMap<(Id<Field>, u32), u32>,
}

/// What running the matrix writes to.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// The rows of the slots' states.
    states: Vec<(u32, u32)>,
    holds: Vec<Line>,
    possible: Vec<Line>,
    same: Vec<u32>,
    split: Vec<(u32, u32)>,
    /// The states of nodes that are walked, as they are part of the slots' states.
    derived: Vec<u32>,
}

/// A literal in a conjunction, by its slot and the number of the part there.
struct Use {
    bit: usize,
    part: usize,
    literal: Literal,
}

impl Matrix {
    pub(super) fn new(ground: &Ground<'_>, forms: &Forms) -> Matrix {
        let own = forms.of.len();
        let own_words = own.div_ceil(64);
        let mut conjunctions: Vec<(usize, &[Literal])> = Vec::new();
        let mut further = Vec::new();
        for (instance, form) in forms.of.iter().enumerate() {
            for (number, conjunction) in form.iter().enumerate() {
                let bit = if number == 0 {
                    instance
                } else {
                    further.push(instance as u32);
                    own_words * 64 + further.len() - 1
                };
                conjunctions.push((bit, conjunction));
            }
        }
        let lines = (own_words + further.len().div_ceil(64)).div_ceil(LINE);
        let mut matrix = Matrix { lines, own_words, further, ..Matrix::default() };
        matrix.own = vec![[0; LINE]; own_words.div_ceil(LINE)];
        matrix.own.as_flattened_mut().iter_mut().take(own_words).for_each(|word| *word = u64::MAX);
        matrix.begin(&conjunctions);
        let places = matrix.make_slots(ground, &conjunctions);
        matrix.cells = IdMap::of(&ground.variables, Cell::apart);
        matrix.place_parts();
        let mut uses: Vec<Vec<Use>> = Vec::new();
        uses.resize_with(matrix.slots.len(), Vec::new);
        for (bit, conjunction) in conjunctions {
            for literal in conjunction {
                let source = source(ground, *literal);
                let place = source.and_then(|source| places.get(&source));
                let Some((slot, part)) = place else { continue };
                if let Some(uses) = uses.get_mut(*slot) {
                    uses.push(Use { bit, part: *part, literal: *literal });
                }
            }
        }
        for (slot, uses) in uses.iter().enumerate() {
            matrix.fill(ground, slot, uses);
        }
        matrix
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.len() * size_of::<Line>()
    }

    pub(super) fn slot_count(&self) -> usize {
        self.slots.len()
    }

    /// The slot of some members of a set; none where nothing asks for them.
    pub(super) fn slot_of_members(&self, field: Id<Field>, nibble: u32) -> Option<u32> {
        self.of_members.get(&(field, nibble)).copied()
    }

    pub(super) fn rows(&self) -> Rows {
        Rows {
            holds: vec![[0; LINE]; self.lines],
            possible: vec![[0; LINE]; self.lines],
            states: vec![(0, 0); self.slots.len()],
            same: vec![0; self.slots.len()],
            split: vec![(0, 0); self.slots.len()],
            derived: vec![0; self.derived.len()],
        }
    }

    /// The cell of a variable.
    pub(super) fn cell(&self, variable: Id<Variable>) -> Cell {
        self.cells[variable]
    }

    fn begin(&mut self, conjunctions: &[(usize, &[Literal])]) {
        self.start = (vec![[0; LINE]; self.lines], vec![[0; LINE]; self.lines]);
        let set = |row: &mut Vec<Line>, bit: usize| {
            if let Some(word) = row.as_flattened_mut().get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        };
        for (bit, conjunction) in conjunctions {
            set(&mut self.start.1, *bit);
            if !conjunction.contains(&Literal::Stuck) {
                set(&mut self.start.0, *bit);
            }
        }
        self.stuck = self.start.0 != self.start.1;
    }

    /// Deals the variables that are asked for out to slots; returns the slot and the part of each.
    fn make_slots(
        &mut self,
        ground: &Ground<'_>,
        conjunctions: &[(usize, &[Literal])],
    ) -> BTreeMap<Source, (usize, usize)> {
        let literals = conjunctions.iter().flat_map(|(_, conjunction)| conjunction.iter());
        let mut sources: Vec<Source> = literals.filter_map(|literal| source(ground, *literal)).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut places = BTreeMap::new();
        let mut single: Vec<(usize, Source)> = Vec::new();
        for source in sources {
            let member = match source {
                Source::Variable(id) => match ground.variables[id].kind {
                    VariableKind::Member(member) => Some((ground.variables[id].field, member)),
                    _ => None,
                },
                Source::Derived(_) => None,
            };
            let Some((field, member)) = member else {
                single.push((states(ground, source), source));
                continue;
            };
            let next = self.slots.len() as u32;
            let slot = *self.of_members.entry((field, member / NIBBLE)).or_insert(next);
            if slot == next {
                self.slots.push(Slot { parts: Vec::new(), first: 0 });
            }
            places.insert(source, (slot as usize, (member % NIBBLE) as usize));
        }
        single.sort_unstable();
        let mut product = usize::MAX;
        for (states, source) in single {
            if product.saturating_mul(states) > MOST_STATES {
                product = 1;
                self.slots.push(Slot { parts: Vec::new(), first: 0 });
            }
            let slot = self.slots.len() - 1;
            if let Some(last) = self.slots.last_mut() {
                places.insert(source, (slot, last.parts.len()));
                last.parts.push((source, product as u32));
            }
            product *= states;
        }
        places
    }

    /// Notes where the state of each slot comes from.
    fn place_parts(&mut self) {
        for (slot, of) in (0..).zip(&self.slots) {
            for (source, step) in &of.parts {
                let part = Part { slot, step: *step };
                match source {
                    Source::Variable(id) => self.cells[*id].part = part,
                    Source::Derived(node) => self.derived.push((part, *node)),
                }
            }
        }
    }

    /// Makes the rows of a slot's states.
    fn fill(&mut self, ground: &Ground<'_>, slot: usize, uses: &[Use]) {
        let Some(of) = self.slots.get_mut(slot) else { return };
        of.first = self.states.len() as u32;
        let parts = of.parts.clone();
        let count = match parts.last() {
            Some((source, stride)) => *stride as usize * states(ground, *source),
            None => MISSING_SET as usize + 1,
        };
        for state in 0..count {
            let cell = |part: usize| match parts.get(part) {
                Some((source, stride)) => state / *stride as usize % states(ground, *source),
                None if state == MISSING_SET as usize => 2,
                None => state >> part & 1,
            };
            let truth = |of: &Use| literal_truth(ground, of.literal, cell(of.part));
            let truths: Vec<Truth> = uses.iter().map(truth).collect();
            let holds = self.rows.len();
            self.rows.resize(holds + self.lines, [u64::MAX; LINE]);
            self.clear(holds, uses.iter().zip(&truths).filter(|(_, truth)| **truth != Truth::True));
            let mut possible = holds;
            if truths.contains(&Truth::Unknown) {
                possible = self.rows.len();
                self.rows.resize(possible + self.lines, [u64::MAX; LINE]);
                self.clear(possible, uses.iter().zip(&truths).filter(|(_, truth)| **truth == Truth::False));
            }
            self.states.push((holds as u32, possible as u32));
        }
    }

    fn clear<'u>(&mut self, row: usize, uses: impl Iterator<Item = (&'u Use, &'u Truth)>) {
        for (of, _) in uses {
            if let Some(word) = self.rows.as_flattened_mut().get_mut(row * LINE + of.bit / 64) {
                *word &= !(1 << (of.bit % 64));
            }
        }
    }

    /// Finds the instances whose condition holds, and those where it may.
    pub(super) fn run(&self, scratch: &mut Scratch) {
        let Scratch { index, nodes, rows, fired, possible, .. } = scratch;
        let Rows { states, holds, possible: may, same, split, derived } = rows;
        for ((part, node), state) in self.derived.iter().zip(derived) {
            let judged = nodes[*node];
            let to = if judged.is_unknown() { 2 } else { u32::from(judged.is_true()) };
            part.step(index, std::mem::replace(state, to), to);
        }
        let mut unknown = false;
        for ((slot, index), row) in self.slots.iter().zip(index).zip(states.iter_mut()) {
            *row = *self
                .states
                .get((slot.first + *index) as usize)
                .expect("a slot has a row for each of its states");
            unknown |= row.0 != row.1;
        }
        if !unknown && !self.stuck {
            for (place, holds) in (0_u32..).zip(holds.iter_mut()) {
                let mut line = *self.start.0.get(place as usize).expect("a row is as long as all others");
                for (row, _) in states.iter() {
                    self.and(&mut line, row + place);
                }
                *holds = line;
            }
            self.gather(holds, fired);
            return possible
                .lines_mut()
                .iter_mut()
                .zip(fired.lines())
                .for_each(|(line, fired)| *line = *fired);
        }
        // Each row is written to both lists, and counted in one: which it is cannot be foreseen.
        let (mut alike, mut apart) = (0, 0);
        for state in states.iter() {
            if let (Some(same), Some(split)) = (same.get_mut(alike), split.get_mut(apart)) {
                (*same, *split) = (state.0, *state);
            }
            alike += usize::from(state.0 == state.1);
            apart += usize::from(state.0 != state.1);
        }
        let same = same.get(..alike).expect("there is a place for each slot");
        let split = split.get(..apart).expect("there is a place for each slot");
        for (place, (holds, may)) in (0_u32..).zip(holds.iter_mut().zip(may.iter_mut())) {
            let start = |row: &[Line]| *row.get(place as usize).expect("a row is as long as all others");
            let mut line = start(&self.start.0);
            for row in same.iter() {
                self.and(&mut line, row + place);
            }
            let mut open = line;
            if self.stuck {
                open = start(&self.start.1);
                for row in same.iter() {
                    self.and(&mut open, row + place);
                }
            }
            for (row, open_row) in split.iter() {
                self.and(&mut line, row + place);
                self.and(&mut open, open_row + place);
            }
            *holds = line;
            *may = open;
        }
        self.gather(holds, fired);
        self.gather(may, possible);
    }

    #[inline]
    fn and(&self, line: &mut Line, other: u32) {
        *line = both(line, self.rows.get(other as usize).expect("a state leads to a row"));
    }

    /// Brings the conjunctions of each instance together.
    #[inline]
    fn gather(&self, row: &[Line], into: &mut Bits) {
        for ((line, row), own) in into.lines_mut().iter_mut().zip(row).zip(&self.own) {
            *line = std::array::from_fn(|word| {
                row.get(word).zip(own.get(word)).map_or(0, |(row, own)| row & own)
            });
        }
        if self.further.is_empty() {
            return;
        }
        for (place, word) in row.as_flattened().iter().skip(self.own_words).enumerate() {
            each_bit(*word, place * 64, &mut |bit| {
                into.insert(*self.further.get(bit).expect("a bit is of a conjunction"));
            });
        }
    }
}

impl Cell {
    /// A cell that no row asks for.
    pub(super) fn apart(variable: Id<Variable>) -> Cell {
        Cell { variable, part: Part { slot: 0, step: 0 } }
    }

    /// Moves the state of its slot.
    #[inline]
    pub(super) fn step(self, states: &mut [u32], from: u32, to: u32) {
        self.part.step(states, from, to);
    }
}

impl Part {
    #[inline]
    fn step(self, states: &mut [u32], from: u32, to: u32) {
        let Some(state) = states.get_mut(self.slot as usize) else {
            assert_eq!(self.step, 0, "only what no row asks for is of no slot");
            return;
        };
        *state = state.wrapping_add(self.step.wrapping_mul(to.wrapping_sub(from)));
    }
}

fn source(ground: &Ground<'_>, literal: Literal) -> Option<Source> {
    match literal {
        Literal::Atom(id, _) => Some(Source::Variable(ground.atoms[id].variable)),
        Literal::Derived(_, _, node) => Some(Source::Derived(node)),
        Literal::Stuck => None,
    }
}

/// How many states a source has: cells, or false, true, unknown.
fn states(ground: &Ground<'_>, source: Source) -> usize {
    match source {
        Source::Variable(id) => ground.variables[id].cells.len(),
        Source::Derived(_) => 3,
    }
}

fn literal_truth(ground: &Ground<'_>, literal: Literal, cell: usize) -> Truth {
    let (truth, negated) = match literal {
        Literal::Atom(id, negated) => (ground.atoms[id].judge(cell).truth, negated),
        Literal::Derived(_, negated, _) => (
            *[Truth::False, Truth::True, Truth::Unknown].get(cell).expect("a node has three states"),
            negated,
        ),
        Literal::Stuck => (Truth::Unknown, false),
    };
    match truth {
        Truth::True if negated => Truth::False,
        Truth::False if negated => Truth::True,
        Truth::True | Truth::False | Truth::Unknown => truth,
    }
}
