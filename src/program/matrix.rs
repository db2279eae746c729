//! The rows of bits: which conjunctions each cell leaves possible.

use std::collections::BTreeMap;

use super::Scratch;
use super::bits::each_bit;
use super::dnf::{Forms, Literal};
use crate::decide::Truth;
use crate::ground::{Ground, Node, Variable, VariableKind};
use crate::model::{Field, Id};

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

/// The rows of bits of a ruleset.
#[derive(Clone, Default, Debug)]
pub(super) struct Matrix {
    slots: Vec<Slot>,
    /// For each state of each slot the rows for *true* and *not false*; the same where the state is of known values.
    states: Vec<(u32, u32)>,
    rows: Vec<u64>,
    /// Words of a row.
    words: usize,
    /// The words that hold the first conjunction of each instance, at the instance's own place.
    own_words: usize,
    /// The instances of the further conjunctions, from the word after.
    further: Vec<u32>,
    /// What holds whatever the profile: the rows to begin with.
    start: (Vec<u64>, Vec<u64>),
    /// Whether some conjunction is never known, so that these two differ.
    stuck: bool,
    /// The slot of some members of a set, by field and by the number of the four.
    of_members: BTreeMap<(Id<Field>, u32), u32>,
}

/// What running the matrix writes to.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    holds: Vec<u64>,
    possible: Vec<u64>,
    same: Vec<u32>,
    split: Vec<(u32, u32)>,
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
        let words = own_words + further.len().div_ceil(64);
        let mut matrix = Matrix { words, own_words, further, ..Matrix::default() };
        matrix.begin(&conjunctions);
        let places = matrix.make_slots(ground, &conjunctions);
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
        self.rows.len() * 8
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
            holds: vec![0; self.words],
            possible: vec![0; self.words],
            same: Vec::with_capacity(self.slots.len()),
            split: Vec::with_capacity(self.slots.len()),
        }
    }

    fn begin(&mut self, conjunctions: &[(usize, &[Literal])]) {
        self.start = (vec![0; self.words], vec![0; self.words]);
        for (bit, conjunction) in conjunctions {
            let (word, bit) = (bit / 64, 1_u64 << (bit % 64));
            if let Some(word) = self.start.1.get_mut(word) {
                *word |= bit;
            }
            if !conjunction.contains(&Literal::Stuck)
                && let Some(word) = self.start.0.get_mut(word)
            {
                *word |= bit;
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
            self.rows.resize(holds + self.words, u64::MAX);
            self.clear(holds, uses.iter().zip(&truths).filter(|(_, truth)| **truth != Truth::True));
            let mut possible = holds;
            if truths.contains(&Truth::Unknown) {
                possible = self.rows.len();
                self.rows.resize(possible + self.words, u64::MAX);
                self.clear(possible, uses.iter().zip(&truths).filter(|(_, truth)| **truth == Truth::False));
            }
            self.states.push((holds as u32, possible as u32));
        }
    }

    fn clear<'u>(&mut self, row: usize, uses: impl Iterator<Item = (&'u Use, &'u Truth)>) {
        for (of, _) in uses {
            if let Some(word) = self.rows.get_mut(row + of.bit / 64) {
                *word &= !(1 << (of.bit % 64));
            }
        }
    }

    fn row(&self, row: u32) -> &[u64] {
        self.rows.get(row as usize..row as usize + self.words).unwrap_or(&[])
    }

    /// Finds the instances whose condition holds, and those where it may.
    pub(super) fn run(&self, scratch: &mut Scratch) {
        let Scratch { cells, index, nodes, rows, fired, possible, .. } = scratch;
        rows.same.clear();
        rows.split.clear();
        for (slot, index) in self.slots.iter().zip(index.iter()) {
            let mut state = slot.first;
            if slot.parts.is_empty() {
                state += index;
            }
            for (source, stride) in &slot.parts {
                state += stride
                    * match source {
                        Source::Variable(id) => cells.get(id.index()).copied().unwrap_or_default(),
                        Source::Derived(id) => match nodes.get(id.index()) {
                            Some(judged) if judged.is_true() => 1,
                            Some(judged) if judged.is_false() => 0,
                            _ => 2,
                        },
                    };
            }
            let (holds, may) = self.states.get(state as usize).copied().unwrap_or_default();
            if holds == may { rows.same.push(holds) } else { rows.split.push((holds, may)) }
        }
        rows.holds.copy_from_slice(&self.start.0);
        self.and_all(&mut rows.holds, &rows.same);
        let both = rows.split.is_empty() && !self.stuck;
        if !both {
            if self.stuck {
                rows.possible.copy_from_slice(&self.start.1);
                self.and_all(&mut rows.possible, &rows.same);
            } else {
                rows.possible.copy_from_slice(&rows.holds);
            }
            for (holds, may) in &rows.split {
                and(&mut rows.holds, self.row(*holds));
                and(&mut rows.possible, self.row(*may));
            }
        }
        self.gather(&rows.holds, fired);
        if both {
            possible.words.copy_from_slice(&fired.words);
        } else {
            self.gather(&rows.possible, possible);
        }
    }

    fn and_all(&self, row: &mut [u64], others: &[u32]) {
        for four in others.chunks(4) {
            match *four {
                [a, b, c, d] => {
                    let others = self.row(a).iter().zip(self.row(b)).zip(self.row(c)).zip(self.row(d));
                    for (word, (((a, b), c), d)) in row.iter_mut().zip(others) {
                        *word &= a & b & c & d;
                    }
                }
                _ => four.iter().for_each(|other| and(row, self.row(*other))),
            }
        }
    }

    /// Brings the conjunctions of each instance together.
    fn gather(&self, row: &[u64], into: &mut super::Bits) {
        let (own, further) = row.split_at(self.own_words.min(row.len()));
        into.words.copy_from_slice(own);
        for (place, word) in further.iter().enumerate() {
            each_bit(*word, place * 64, &mut |bit| {
                if let Some(instance) = self.further.get(bit) {
                    into.insert(*instance);
                }
            });
        }
    }
}

fn and(row: &mut [u64], other: &[u64]) {
    for (word, other) in row.iter_mut().zip(other) {
        *word &= other;
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
        Literal::Derived(_, negated, _) => {
            ([Truth::False, Truth::True].get(cell).copied().unwrap_or(Truth::Unknown), negated)
        }
        Literal::Stuck => (Truth::Unknown, false),
    };
    match truth {
        Truth::True if negated => Truth::False,
        Truth::False if negated => Truth::True,
        Truth::True | Truth::False | Truth::Unknown => truth,
    }
}
