//! Conditions on known fields, each made of others before it, and each kept once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::measures::Measure;
use qudao_engine::ground::Test;
use qudao_language::exact::Exact;

/// So many formulas are made for a space; conditions that are read later stay what they are.
const MAX_FORMULAS: usize = 20_000;

/// A condition that holds or does not, by its number.
pub(super) type At = usize;

/// A condition on known fields, made of others before it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Formula {
    Const(bool),
    /// A field, by its number in the space, has a value of an enum or of type bool, as a side has it.
    Is {
        side: usize,
        field: usize,
        value: u32,
    },
    /// A number, day or text of a field passes a test.
    Field(usize, Test),
    /// The set of a field has a member, as a side numbers it.
    Member {
        side: usize,
        field: usize,
        member: u32,
    },
    /// Months or years between two days, by their number, pass a test.
    Measure(usize, Test),
    /// A sum of fields, in its one form, passes a test.
    Sum(Vec<(usize, Exact)>, Test),
    All(Vec<At>),
    Any(Vec<At>),
    Not(At),
}

/// Where a condition is true, and where it is false; elsewhere a fact that it needs is unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Pair {
    pub(super) yes: At,
    pub(super) no: At,
}

/// What conditions say, in formulas.
#[derive(Default, Debug)]
pub(super) struct Cases {
    /// The months and years between days that conditions ask for.
    pub(super) measures: Vec<Measure>,
    formulas: Vec<Formula>,
    known: HashMap<Formula, At>,
}

impl Cases {
    pub(super) fn add(&mut self, formula: Formula) -> At {
        if let Some(known) = self.known.get(&formula) {
            return *known;
        }
        self.formulas.push(formula.clone());
        self.known.insert(formula, self.formulas.len() - 1);
        self.formulas.len() - 1
    }

    pub(super) fn at(&self, at: At) -> &Formula {
        self.formulas.get(at).expect("formulas are named by the set that made them")
    }

    /// Returns the formulas that some are made of, those themselves included.
    pub(super) fn below(&self, from: impl Iterator<Item = At>) -> BTreeSet<At> {
        let mut found = BTreeSet::new();
        let mut open: Vec<At> = from.collect();
        while let Some(at) = open.pop() {
            if !found.insert(at) {
                continue;
            }
            match self.at(at) {
                Formula::All(parts) | Formula::Any(parts) => open.extend(parts),
                Formula::Not(part) => open.push(*part),
                _ => {}
            }
        }
        found
    }

    /// Tells whether there are so many formulas that no more should be made.
    pub(super) fn is_full(&self) -> bool {
        self.formulas.len() > MAX_FORMULAS
    }

    pub(super) fn constant(&mut self, holds: bool) -> At {
        self.add(Formula::Const(holds))
    }

    pub(super) fn not(&mut self, at: At) -> At {
        match self.at(at) {
            Formula::Const(holds) => {
                let turned = !holds;
                self.constant(turned)
            }
            Formula::Not(inner) => *inner,
            _ => self.add(Formula::Not(at)),
        }
    }

    /// All hold. Cases that exclude each other are told by their fields' values.
    pub(super) fn all(&mut self, parts: &[At]) -> At {
        let mut found: BTreeSet<At> = BTreeSet::new();
        for part in parts {
            match self.at(*part) {
                Formula::Const(true) => {}
                Formula::Const(false) => return *part,
                Formula::All(inner) => found.extend(inner),
                _ => drop(found.insert(*part)),
            }
        }
        let mut values: BTreeMap<usize, u32> = BTreeMap::new();
        for part in &found {
            let never = match self.at(*part) {
                Formula::Is { field, value, .. } => {
                    values.insert(*field, *value).is_some_and(|one| one != *value)
                }
                Formula::Not(inner) => found.contains(inner),
                _ => false,
            };
            if never {
                return self.constant(false);
            }
        }
        let found: Vec<At> = found.into_iter().collect();
        match found.as_slice() {
            [] => self.constant(true),
            [one] => *one,
            _ => self.add(Formula::All(found)),
        }
    }

    /// One holds at least.
    pub(super) fn any(&mut self, parts: &[At]) -> At {
        let mut found: BTreeSet<At> = BTreeSet::new();
        for part in parts {
            match self.at(*part) {
                Formula::Const(false) => {}
                Formula::Const(true) => return *part,
                Formula::Any(inner) => found.extend(inner),
                _ => drop(found.insert(*part)),
            }
        }
        let found: Vec<At> = found.into_iter().collect();
        match found.as_slice() {
            [] => self.constant(false),
            [one] => *one,
            _ => self.add(Formula::Any(found)),
        }
    }

    pub(super) fn same(&mut self, holds: bool) -> Pair {
        Pair { yes: self.constant(holds), no: self.constant(!holds) }
    }

    pub(super) fn known(&mut self, yes: At) -> Pair {
        Pair { yes, no: self.not(yes) }
    }

    pub(super) fn both(&mut self, one: Pair, other: Pair) -> Pair {
        Pair { yes: self.all(&[one.yes, other.yes]), no: self.any(&[one.no, other.no]) }
    }

    pub(super) fn either(&mut self, one: Pair, other: Pair) -> Pair {
        turned(self.both(turned(one), turned(other)))
    }
}

pub(super) fn turned(pair: Pair) -> Pair {
    Pair { yes: pair.no, no: pair.yes }
}
