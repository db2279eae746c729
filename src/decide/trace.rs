//! How an expression came out: the evaluator's own record.

use std::collections::BTreeSet;

use super::judged::{Judged, Truth};
use crate::model::{Channel, Entry, Expr, Field, Id, Let, Statement, Target, Value};

/// A part of an expression, with its value and what it read.
#[derive(Debug)]
pub struct Trace<'r> {
    /// The part.
    pub expr: &'r Expr,
    /// Its value.
    pub outcome: Outcome,
    /// What it read itself, parts left aside.
    pub read: Option<Read<'r>>,
    /// Its parts, in order. A let is followed at its first mention only.
    pub parts: Vec<Trace<'r>>,
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

    /// Returns everything that this part and those within it read, in order, each once.
    #[must_use]
    pub fn reads(&self) -> Vec<Read<'r>> {
        let mut reads = Vec::new();
        self.collect(&mut reads);
        reads
    }

    fn collect(&self, reads: &mut Vec<Read<'r>>) {
        if let Some(read) = self.read
            && !reads.iter().any(|other| other.is_same(read))
        {
            reads.push(read);
        }
        for part in &self.parts {
            part.collect(reads);
        }
    }
}

impl Read<'_> {
    fn is_same(&self, other: Read<'_>) -> bool {
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
    /// Tells whether the rows of a table before the one that asks are to be followed.
    fn follows_rows(&self) -> bool;
}

/// Builds the tree of an evaluation.
#[derive(Default)]
pub(super) struct Recording<'r> {
    open: Vec<Trace<'r>>,
    done: Option<Trace<'r>>,
    seen: BTreeSet<Id<Let>>,
    /// Whether lets and earlier rows of a table are left without parts.
    stays: bool,
}

impl<'r> Recording<'r> {
    /// A recording of one expression: lets and earlier rows of a table have no parts.
    pub(super) fn of_one() -> Recording<'r> {
        Recording { stays: true, ..Recording::default() }
    }

    pub(super) fn finish(self) -> Option<Trace<'r>> {
        self.done
    }
}

impl<'r> Recorder<'r> for Recording<'r> {
    const COMPLETE: bool = true;

    fn open(&mut self, expr: &'r Expr) {
        let outcome = Outcome::Truth(Judged::STUCK);
        self.open.push(Trace { expr, outcome, read: None, parts: Vec::new() });
    }

    fn read(&mut self, read: Read<'r>) {
        if let Some(open) = self.open.last_mut() {
            open.read = Some(read);
        }
    }

    fn close(&mut self, outcome: impl FnOnce() -> Outcome) {
        if let Some(mut trace) = self.open.pop() {
            trace.outcome = outcome();
            match self.open.last_mut() {
                Some(parent) => parent.parts.push(trace),
                None => self.done = Some(trace),
            }
        }
    }

    fn follows(&mut self, id: Id<Let>) -> bool {
        !self.stays && self.seen.insert(id)
    }

    fn follows_rows(&self) -> bool {
        !self.stays
    }
}
