//! Decision diagrams: functions of a profile's cells, each kept once.
//!
//! A variable has a number of cells, and a profile lies in one cell of each variable. A function from profiles to whole
//! numbers is a diagram: a graph that asks one variable after the other and ends in a number. Diagrams are ordered and
//! reduced, so two functions are equal exactly if their diagrams are the same [`Ref`]. Conditions are the functions to
//! 0 and 1. The construction is that of R. E. Bryant ("Graph-Based Algorithms for Boolean Function Manipulation",
//! 1986), with many-valued variables and many ends. Cells of one variable that lead to the same diagram stand together as
//! one *run*, so that a condition on a variable of ten thousand cells costs as much as it has turns.
//!
//! Diagrams may grow without measure, so each set of them has a budget of nodes and of steps. What goes past it ends in
//! [`TooLarge`], never in a wrong answer.

mod budget;
mod questions;

pub use budget::Budget;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::stop::Stop;

/// A diagram, by its number in the set that made it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ref(u32);

/// The budget of nodes or steps is used up: nothing is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLarge;

/// Nothing holds: the constant 0.
pub const NO: Ref = Ref(0);
/// Everything holds: the constant 1.
pub const YES: Ref = Ref(1);

/// More variables than this are not taken: operations go as deep as there are variables.
const MAX_VARIABLES: usize = 4096;

/// A node of so many runs costs twice what one of two does.
const USUAL_RUNS: usize = 16;

/// The variable of an end; it stands behind all others.
const END: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Node {
    /// The variable that is asked, or `END`.
    variable: u32,
    /// The first of its runs among those of all nodes; of an end, the number of its value.
    first: u32,
    /// How many runs it has.
    count: u32,
}

/// Cells of a variable, one after the other, that lead to the same diagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    /// The cell after the last.
    pub end: u32,
    /// Where they lead.
    pub to: Ref,
}

/// Adds cells up to an end to runs; those that lead where the last ones do are joined with these.
pub fn extend(runs: &mut Vec<Run>, end: usize, to: Ref) {
    let end = end as u32;
    match runs.last_mut() {
        Some(last) if last.to == to => last.end = end,
        _ => runs.push(Run { end, to }),
    }
}

/// What is done with two diagrams.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Operation {
    And,
    Or,
    Add,
    Subtract,
    Least,
    Greatest,
    Keep,
}

/// A set of diagrams over the same variables.
#[derive(Debug)]
pub struct Diagrams {
    /// How many cells each variable has.
    widths: Vec<u32>,
    nodes: Vec<Node>,
    runs: Vec<Run>,
    values: Vec<i64>,
    value_refs: HashMap<i64, Ref, Quick>,
    /// The nodes by what they are made of, each with its hash, so that others need not be looked at: open addressing, 0 for
    /// an empty place (`NO` is no inner node).
    table: Vec<(u32, u32)>,
    inner: usize,
    combined: HashMap<(Operation, Ref, Ref), Ref, Quick>,
    budget: Budget,
    steps: u64,
    stop: Stop,
}

/// Cells by variable; nothing where any will do.
pub type Cells = Vec<Option<usize>>;

impl Diagrams {
    /// Makes an empty set over variables of so many cells each.
    ///
    /// # Errors
    /// If there are more variables than operations may go deep.
    pub fn new(widths: Vec<u32>, budget: Budget) -> Result<Diagrams, TooLarge> {
        if widths.len() > MAX_VARIABLES {
            return Err(TooLarge);
        }
        let mut diagrams = Diagrams {
            widths,
            nodes: Vec::new(),
            runs: Vec::new(),
            values: Vec::new(),
            value_refs: HashMap::default(),
            table: vec![(0, 0); 1024],
            inner: 0,
            combined: HashMap::default(),
            budget,
            steps: 0,
            stop: Stop::default(),
        };
        diagrams.constant(0);
        diagrams.constant(1);
        Ok(diagrams)
    }

    /// Returns how many nodes were made so far.
    #[must_use]
    pub fn size(&self) -> usize {
        self.nodes.len()
    }

    /// Returns how many cells a variable has.
    #[must_use]
    pub fn width(&self, variable: usize) -> usize {
        self.widths.get(variable).copied().unwrap_or(0) as usize
    }

    /// Returns how many variables there are.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.widths.len()
    }

    /// Takes no step any more once it is called off.
    pub fn stop_by(&mut self, stop: Stop) {
        self.stop = stop;
    }

    /// Gives further work a fresh allowance of steps; nodes that are there still count.
    pub fn renew(&mut self, budget: Budget) {
        self.budget = Budget { nodes: self.nodes.len().saturating_add(budget.nodes), ..budget };
        self.steps = 0;
    }

    /// Returns how many steps were taken since the allowance was renewed, and how many nodes there are.
    pub(super) fn spent(&self) -> (u64, usize) {
        (self.steps, self.nodes.len())
    }

    /// Returns the function that is this number everywhere.
    pub fn constant(&mut self, value: i64) -> Ref {
        if let Some(found) = self.value_refs.get(&value) {
            return *found;
        }
        let made = Ref(self.nodes.len() as u32);
        self.nodes.push(Node { variable: END, first: self.values.len() as u32, count: 0 });
        self.values.push(value);
        self.value_refs.insert(value, made);
        made
    }

    /// Returns the number that a function is everywhere, if it is.
    #[must_use]
    pub fn value(&self, of: Ref) -> Option<i64> {
        let node = self.node(of);
        if node.variable == END { self.values.get(node.first as usize).copied() } else { None }
    }

    /// Returns the condition that a variable lies in one of some cells.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn cell(&mut self, variable: usize, holds: impl Fn(usize) -> bool) -> Result<Ref, TooLarge> {
        let mut runs = Vec::new();
        for cell in 0..self.width(variable) {
            extend(&mut runs, cell + 1, if holds(cell) { YES } else { NO });
        }
        self.make(variable as u32, &runs)
    }

    /// Returns the function that is, in each cell of a variable, the one told; these ask later variables only.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn choose(&mut self, variable: usize, cells: &[Ref]) -> Result<Ref, TooLarge> {
        debug_assert_eq!(cells.len(), self.width(variable));
        let mut runs = Vec::new();
        for (cell, to) in cells.iter().enumerate() {
            extend(&mut runs, cell + 1, *to);
        }
        self.make(variable as u32, &runs)
    }

    /// The same with the cells told in runs, from the first to the last.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn choose_runs(&mut self, variable: usize, runs: &[Run]) -> Result<Ref, TooLarge> {
        debug_assert_eq!(runs.last().map_or(0, |last| last.end as usize), self.width(variable));
        self.make(variable as u32, runs)
    }

    /// Returns where both hold.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn and(&mut self, a: Ref, b: Ref) -> Result<Ref, TooLarge> {
        self.combine(Operation::And, a, b)
    }

    /// Returns where one holds at least.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn or(&mut self, a: Ref, b: Ref) -> Result<Ref, TooLarge> {
        self.combine(Operation::Or, a, b)
    }

    /// Returns where a condition does not hold.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn not(&mut self, a: Ref) -> Result<Ref, TooLarge> {
        self.combine(Operation::Subtract, YES, a)
    }

    /// Returns where the first holds and the second does not.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn without(&mut self, a: Ref, b: Ref) -> Result<Ref, TooLarge> {
        let not = self.not(b)?;
        self.and(a, not)
    }

    /// Returns where exactly one of two conditions holds.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn differ(&mut self, a: Ref, b: Ref) -> Result<Ref, TooLarge> {
        let (first, second) = (self.without(a, b)?, self.without(b, a)?);
        self.or(first, second)
    }

    /// Returns the sum of two functions.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn add(&mut self, a: Ref, b: Ref) -> Result<Ref, TooLarge> {
        self.combine(Operation::Add, a, b)
    }

    /// Returns the difference of two functions.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn subtract(&mut self, a: Ref, b: Ref) -> Result<Ref, TooLarge> {
        self.combine(Operation::Subtract, a, b)
    }

    /// Returns the lesser of two functions.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn least(&mut self, a: Ref, b: Ref) -> Result<Ref, TooLarge> {
        self.combine(Operation::Least, a, b)
    }

    /// Returns the greater of two functions.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn greatest(&mut self, a: Ref, b: Ref) -> Result<Ref, TooLarge> {
        self.combine(Operation::Greatest, a, b)
    }

    /// Returns a function where a condition holds, and 0 elsewhere.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn keep(&mut self, condition: Ref, function: Ref) -> Result<Ref, TooLarge> {
        self.combine(Operation::Keep, condition, function)
    }

    /// Returns a function with points added where a condition holds.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn add_where(&mut self, function: Ref, condition: Ref, points: i64) -> Result<Ref, TooLarge> {
        let points = self.map(condition, &|holds| if holds == 0 { 0 } else { points })?;
        self.add(function, points)
    }

    /// The same with no value below or above the bounds: sums that these make one are never told apart.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn add_within(
        &mut self,
        function: Ref,
        (condition, points): (Ref, i64),
        (low, high): (i64, i64),
    ) -> Result<Ref, TooLarge> {
        let sum =
            |value: i64, holds: bool| value.saturating_add(if holds { points } else { 0 }).clamp(low, high);
        self.add_within_inner(function, condition, &sum, &mut HashMap::default())
    }

    fn add_within_inner(
        &mut self,
        function: Ref,
        condition: Ref,
        sum: &impl Fn(i64, bool) -> i64,
        known: &mut HashMap<(Ref, Ref), Ref, Quick>,
    ) -> Result<Ref, TooLarge> {
        if let Some(value) = self.value(function) {
            let (with, without) = (sum(value, true), sum(value, false));
            if condition == YES || with == without {
                return Ok(self.constant(with));
            }
            if condition == NO {
                return Ok(self.constant(without));
            }
        }
        if let Some(found) = known.get(&(function, condition)) {
            return Ok(*found);
        }
        let made = self.zipped(function, condition, &mut |set, function, condition| {
            set.add_within_inner(function, condition, sum, known)
        })?;
        known.insert((function, condition), made);
        Ok(made)
    }

    /// Returns where a function is at least this number.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn at_least(&mut self, function: Ref, least: i64) -> Result<Ref, TooLarge> {
        self.map(function, &|value| i64::from(value >= least))
    }

    /// Returns a function with each of its values changed.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn map(&mut self, function: Ref, change: &impl Fn(i64) -> i64) -> Result<Ref, TooLarge> {
        let mut known = HashMap::default();
        self.map_inner(function, change, &mut known)
    }

    fn map_inner(
        &mut self,
        function: Ref,
        change: &impl Fn(i64) -> i64,
        known: &mut HashMap<Ref, Ref, Quick>,
    ) -> Result<Ref, TooLarge> {
        if let Some(value) = self.value(function) {
            return Ok(self.constant(change(value)));
        }
        if let Some(found) = known.get(&function) {
            return Ok(*found);
        }
        let Node { variable, first, count } = self.node(function);
        self.step(count)?;
        let mut runs = Vec::with_capacity(count as usize);
        for at in first..first + count {
            let Run { end, to } = self.run(at);
            extend(&mut runs, end as usize, self.map_inner(to, change, known)?);
        }
        let made = self.make(variable, &runs)?;
        known.insert(function, made);
        Ok(made)
    }

    /// Returns a function where one of its variables lies in a cell.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn within(&mut self, function: Ref, variable: usize, cell: usize) -> Result<Ref, TooLarge> {
        let mut known = HashMap::default();
        self.within_inner(function, variable as u32, cell, &mut known)
    }

    fn within_inner(
        &mut self,
        function: Ref,
        variable: u32,
        cell: usize,
        known: &mut HashMap<Ref, Ref, Quick>,
    ) -> Result<Ref, TooLarge> {
        let Node { variable: asked, first, count } = self.node(function);
        if asked > variable {
            return Ok(function);
        }
        if asked == variable {
            return Ok(self.child(function, cell));
        }
        if let Some(found) = known.get(&function) {
            return Ok(*found);
        }
        self.step(count)?;
        let mut runs = Vec::with_capacity(count as usize);
        for at in first..first + count {
            let Run { end, to } = self.run(at);
            extend(&mut runs, end as usize, self.within_inner(to, variable, cell, known)?);
        }
        let made = self.make(asked, &runs)?;
        known.insert(function, made);
        Ok(made)
    }

    /// Returns the diagram of the profiles in some cells of each variable; nothing where any cell will do.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn cube(&mut self, cells: &[Option<Vec<usize>>]) -> Result<Ref, TooLarge> {
        let mut cube = YES;
        for (variable, cells) in cells.iter().enumerate().rev() {
            if let Some(cells) = cells {
                let mut inside = cells.clone();
                inside.sort_unstable();
                inside.dedup();
                let mut runs = Vec::new();
                let mut next = 0;
                for cell in inside {
                    if cell > next {
                        extend(&mut runs, cell, NO);
                    }
                    extend(&mut runs, cell + 1, cube);
                    next = cell + 1;
                }
                if next < self.width(variable) {
                    extend(&mut runs, self.width(variable), NO);
                }
                cube = self.make(variable as u32, &runs)?;
            }
        }
        Ok(cube)
    }

    /// Returns a cell of the diagram's first variable.
    #[must_use]
    pub fn child(&self, of: Ref, cell: usize) -> Ref {
        self.run_at(of, cell).to
    }

    /// The run of the diagram's first variable that a cell lies in.
    fn run_at(&self, of: Ref, cell: usize) -> Run {
        let runs = self.runs(of);
        let run = runs.get(runs.partition_point(|run| run.end as usize <= cell));
        *run.expect("a cell is one of the first variable of the diagram")
    }

    /// Returns the runs of the diagram's first variable, from the first cell to the last; of a constant none.
    #[must_use]
    pub fn runs(&self, of: Ref) -> &[Run] {
        let node = self.node(of);
        let first = node.first as usize;
        self.runs.get(first..first + node.count as usize).unwrap_or(&[])
    }

    fn run(&self, at: u32) -> Run {
        *self.runs.get(at as usize).expect("a node has its runs")
    }

    /// Returns the variable that a diagram asks first; of a constant none.
    #[must_use]
    pub fn first_variable(&self, of: Ref) -> Option<usize> {
        let variable = self.node(of).variable;
        (variable != END).then_some(variable as usize)
    }

    fn node(&self, of: Ref) -> Node {
        *self.nodes.get(of.0 as usize).expect("a diagram is used with the set that made it")
    }

    /// Counts a step on a node; one of many runs counts for several.
    fn step(&mut self, runs: u32) -> Result<(), TooLarge> {
        self.stop.check();
        self.steps += 1 + u64::from(runs) / USUAL_RUNS as u64;
        if self.steps > self.budget.steps { Err(TooLarge) } else { Ok(()) }
    }

    fn combine(&mut self, operation: Operation, a: Ref, b: Ref) -> Result<Ref, TooLarge> {
        if let Some(found) = self.settled(operation, a, b) {
            return Ok(found);
        }
        let (a, b) = match operation {
            Operation::Subtract | Operation::Keep => (a, b),
            _ => (a.min(b), a.max(b)),
        };
        if let Some(found) = self.combined.get(&(operation, a, b)) {
            return Ok(*found);
        }
        let made = self.zipped(a, b, &mut |set, a, b| set.combine(operation, a, b))?;
        self.combined.insert((operation, a, b), made);
        Ok(made)
    }

    /// Makes one diagram of two: of what these are wherever either of their first variables has a run.
    fn zipped(
        &mut self,
        a: Ref,
        b: Ref,
        each: &mut impl FnMut(&mut Self, Ref, Ref) -> Result<Ref, TooLarge>,
    ) -> Result<Ref, TooLarge> {
        let (of_a, of_b) = (self.node(a), self.node(b));
        let variable = of_a.variable.min(of_b.variable);
        let asks = |node: Node| if node.variable == variable { node.count } else { 0 };
        let (left_runs, right_runs) = (asks(of_a), asks(of_b));
        self.step(left_runs.max(right_runs))?;
        let width = self.width(variable as usize) as u32;
        let (whole_a, whole_b) = (Run { end: width, to: a }, Run { end: width, to: b });
        let mut runs = Vec::with_capacity(left_runs.max(right_runs) as usize);
        let (mut at_a, mut at_b, mut cell) = (of_a.first, of_b.first, 0);
        while cell < width {
            let left = if left_runs > 0 { self.run(at_a) } else { whole_a };
            let right = if right_runs > 0 { self.run(at_b) } else { whole_b };
            cell = left.end.min(right.end);
            extend(&mut runs, cell as usize, each(self, left.to, right.to)?);
            at_a += u32::from(left.end == cell);
            at_b += u32::from(right.end == cell);
        }
        self.make(variable, &runs)
    }

    /// What needs no look below.
    fn settled(&mut self, operation: Operation, a: Ref, b: Ref) -> Option<Ref> {
        match operation {
            Operation::And if a == NO || b == NO => return Some(NO),
            Operation::And if a == YES || a == b => return Some(b),
            Operation::And if b == YES => return Some(a),
            Operation::Or if a == YES || b == YES => return Some(YES),
            Operation::Or if a == NO || a == b => return Some(b),
            Operation::Or if b == NO => return Some(a),
            Operation::Add if a == NO => return Some(b),
            Operation::Add | Operation::Subtract if b == NO => return Some(a),
            Operation::Subtract if a == b => return Some(NO),
            Operation::Least | Operation::Greatest if a == b => return Some(a),
            Operation::Keep if a == NO || b == NO => return Some(NO),
            Operation::Keep if a == YES => return Some(b),
            _ => {}
        }
        let (left, right) = (self.value(a)?, self.value(b)?);
        Some(self.constant(match operation {
            Operation::And => left & right,
            Operation::Or => left | right,
            Operation::Add => left.saturating_add(right),
            Operation::Subtract => left.saturating_sub(right),
            Operation::Least => left.min(right),
            Operation::Greatest => left.max(right),
            Operation::Keep => {
                if left == 0 {
                    0
                } else {
                    right
                }
            }
        }))
    }

    /// Returns the one node of these runs; a node with one run alone is none.
    fn make(&mut self, variable: u32, runs: &[Run]) -> Result<Ref, TooLarge> {
        match runs {
            [] => return Ok(NO),
            [one] => return Ok(one.to),
            _ => {}
        }
        if (self.inner + 1) * 2 > self.table.len() {
            self.grow();
        }
        let hash = hash(variable, runs);
        let mut place = hash as usize & (self.table.len() - 1);
        loop {
            let (found, hashed) = self.table.get(place).copied().unwrap_or((0, 0));
            if found == 0 {
                break;
            }
            let may_be = hashed == hash && self.node(Ref(found)).variable == variable;
            if may_be && self.runs(Ref(found)) == runs {
                return Ok(Ref(found));
            }
            place = (place + 1) & (self.table.len() - 1);
        }
        let full = self.runs.len() / USUAL_RUNS >= self.budget.nodes;
        if self.nodes.len() >= self.budget.nodes || full {
            return Err(TooLarge);
        }
        let made = Ref(self.nodes.len() as u32);
        self.nodes.push(Node { variable, first: self.runs.len() as u32, count: runs.len() as u32 });
        self.runs.extend_from_slice(runs);
        *self.table.get_mut(place).expect("a place is one of the table, by its mask") = (made.0, hash);
        self.inner += 1;
        Ok(made)
    }

    fn grow(&mut self) {
        let mut table = vec![(0, 0); self.table.len() * 2];
        for entry in self.table.iter().filter(|(node, _)| *node != 0) {
            let mut place = entry.1 as usize & (table.len() - 1);
            while table.get(place).is_some_and(|(taken, _)| *taken != 0) {
                place = (place + 1) & (table.len() - 1);
            }
            *table.get_mut(place).expect("a place is one of the table, by its mask") = *entry;
        }
        self.table = table;
    }
}

fn hash(variable: u32, runs: &[Run]) -> u32 {
    let mut mix = Mix::default();
    mix.write_u32(variable);
    for run in runs {
        mix.write_u64(u64::from(run.end) << 32 | u64::from(run.to.0));
    }
    mix.finish() as u32
}

/// A hash that is quick for small numbers. The keys are node numbers, which no input chooses.
type Quick = BuildHasherDefault<Mix>;

#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_i64(&mut self, value: i64) {
        self.write_u64(value.cast_unsigned());
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value.cast_unsigned() as u64);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(23) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
#[path = "diagram_tests.rs"]
mod tests;
