//! How an expression came out: the evaluator's own record.

use std::collections::BTreeSet;

use super::deciding::mark;
use super::judged::{Judged, Truth};
use crate::model::{Channel, Entry, Expr, ExprKind, Field, Id, Let, Statement, Target, Value};

/// A part of an expression, with its value and what it read.
#[derive(Debug)]
pub struct Trace<'r> {
    /// The part.
    pub expr: &'r Expr,
    /// Its value.
    pub outcome: Outcome,
    /// What it read itself, parts left aside.
    pub read: Option<Read<'r>>,
    /// Its parts, in order. A let is followed at one mention only: the first that decides, or else the first. Of the
    /// rows before one of a `first` table, there is only the one in `row`.
    pub parts: Vec<Trace<'r>>,
    /// Whether it makes the whole come out as it does: of an `and` that is false one false part, of an `if` the branch
    /// that is taken.
    pub decides: bool,
    /// Of the rows before one of a `first` table: the number of the first that matches, or else of the first that may.
    pub row: Option<usize>,
}

/// The value of a part.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// Of a condition.
    Truth(Judged),
    /// Of anything else; nothing where it is unknown.
    Value {
        /// The value.
        value: Option<Value>,
        /// Whether it is known, or some filling of the unknown fields would make it so.
        settles: bool,
    },
}

/// What was read.
#[derive(Clone, Copy, Debug)]
pub enum Read<'r> {
    /// A field.
    Field(Id<Field>),
    /// A fact of a channel; the statement that holds on the day, if there is one. Without an index where it is unknown.
    Fact {
        /// The channel.
        channel: Id<Channel>,
        /// The entry; without a value where the index is unknown.
        entry: Entry,
        /// The statement in force.
        statement: Option<&'r Statement>,
    },
    /// Whether a target is excluded.
    Target(Target, Truth),
}

impl<'r> Trace<'r> {
    /// Returns the truth, if this is a condition.
    #[must_use]
    pub fn judged(&self) -> Option<Judged> {
        match self.outcome {
            Outcome::Truth(judged) => Some(judged),
            Outcome::Value { .. } => None,
        }
    }

    /// Of an `if`: whether its condition holds; nothing where that is unknown.
    #[must_use]
    pub fn taken(&self) -> Option<bool> {
        let ExprKind::If(_) = self.expr.kind else { return None };
        self.parts.first().and_then(Trace::judged).and_then(|judged| judged.truth.as_bool())
    }

    /// Returns everything that this part and those within it read, in order, each once.
    #[must_use]
    pub fn reads(&self) -> Vec<Read<'r>> {
        self.weighed_reads().into_iter().map(|(read, _)| read).collect()
    }

    /// Returns the same, each with whether a part that decides reads it.
    #[must_use]
    pub fn weighed_reads(&self) -> Vec<(Read<'r>, bool)> {
        let mut reads = Vec::new();
        self.each(&mut |part| {
            let Some(read) = part.read else { return };
            match reads.iter_mut().find(|(other, _): &&mut (Read<'r>, bool)| other.is_same(read)) {
                Some((_, decides)) => *decides |= part.decides,
                None => reads.push((read, part.decides)),
            }
        });
        reads
    }

    /// Calls a function with this part and all within it, in order.
    pub fn each<'t>(&'t self, see: &mut impl FnMut(&'t Trace<'r>)) {
        see(self);
        self.parts.iter().for_each(|part| part.each(see));
    }
}

impl Read<'_> {
    /// Tells whether the same thing is read.
    #[must_use]
    pub fn is_same(&self, other: Read<'_>) -> bool {
        match (self, other) {
            (Read::Field(a), Read::Field(b)) => *a == b,
            (Read::Fact { channel: a, entry: x, .. }, Read::Fact { channel: b, entry: y, .. }) => {
                *a == b && *x == y
            }
            (Read::Target(a, _), Read::Target(b, _)) => *a == b,
            (Read::Field(_) | Read::Fact { .. } | Read::Target(..), _) => false,
        }
    }
}

/// Told of every step of an evaluation.
pub(super) trait Recorder<'r> {
    /// Whether parts are evaluated that cannot change the outcome.
    const COMPLETE: bool;
    /// A part begins.
    fn open(&mut self, expr: &'r Expr);
    /// The part that began last reads something.
    fn read(&mut self, read: Read<'r>);
    /// The part that began last has an outcome.
    fn close(&mut self, outcome: impl FnOnce() -> Outcome);
    /// Tells whether a let is to be followed here.
    fn follows(&mut self, id: Id<Let>) -> bool;
    /// Tells whether all rows before one of a `first` table are looked at.
    fn every_row(&self) -> bool;
    /// Tells whether it is to be told: of these rows, the one that tells is looked at.
    fn told(&self) -> bool;
    /// The part that began last came out as it did because of this row.
    fn row(&mut self, row: usize);
}

/// Builds the tree of an evaluation.
#[derive(Default)]
pub(super) struct Recording<'r> {
    open: Vec<Trace<'r>>,
    done: Option<Trace<'r>>,
    seen: BTreeSet<Id<Let>>,
    /// Whether lets and earlier rows of a table are left without parts.
    stays: bool,
    told: bool,
}

impl<'r> Recording<'r> {
    /// A recording of one expression: lets and earlier rows of a table have no parts.
    pub(super) fn of_one() -> Recording<'r> {
        Recording { stays: true, ..Recording::default() }
    }

    /// A recording that is to be told: of the rows before one of a `first` table it has the one that tells, and what
    /// decides is marked.
    pub(super) fn told() -> Recording<'r> {
        Recording { told: true, ..Recording::default() }
    }

    pub(super) fn finish(mut self) -> Option<Trace<'r>> {
        if let (Some(trace), true) = (&mut self.done, self.told) {
            mark(trace);
        }
        self.done
    }
}

impl<'r> Recorder<'r> for Recording<'r> {
    const COMPLETE: bool = true;

    fn open(&mut self, expr: &'r Expr) {
        let outcome = Outcome::Truth(Judged::STUCK);
        let trace = Trace { expr, outcome, read: None, parts: Vec::new(), decides: false, row: None };
        self.open.push(trace);
    }

    fn read(&mut self, read: Read<'r>) {
        self.open.last_mut().expect("a part reads while it is open").read = Some(read);
    }

    fn close(&mut self, outcome: impl FnOnce() -> Outcome) {
        let mut trace = self.open.pop().expect("a part is closed after it was opened");
        trace.outcome = outcome();
        match self.open.last_mut() {
            Some(parent) => parent.parts.push(trace),
            None => self.done = Some(trace),
        }
    }

    fn follows(&mut self, id: Id<Let>) -> bool {
        !self.stays && self.seen.insert(id)
    }

    fn every_row(&self) -> bool {
        !self.told && !self.stays
    }

    fn told(&self) -> bool {
        self.told
    }

    fn row(&mut self, row: usize) {
        self.open.last_mut().expect("a part asks for rows while it is open").row = Some(row);
    }
}
