//! The values of a field, cut into cells by the constants that it meets.

use std::ops::Range;
use std::sync::Arc;

use qudao_language::date::Date;
use qudao_language::decide::{Judged, Truth, axis};
use qudao_language::exact::{Exact, MAX_FRACTION_DIGITS};
use qudao_language::model::{Arena, Field, Id, IdMap, Number, Ruleset, Type, Value};
use qudao_language::operator::CompareOp;

/// What conditions ask of: a field, or whether a set has one member.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The field.
    pub field: Id<Field>,
    /// How its values are cut.
    pub kind: VariableKind,
    /// Its cells; those of ordered values in ascending order, the last one for a value that is not known.
    pub cells: Vec<Cell>,
}

/// How the values of a variable are cut into cells.
#[derive(Clone, Debug)]
pub enum VariableKind {
    /// One cell a value: of a `bool` first false, then true; of an enum by number.
    Values,
    /// Numbers, or days by their number, cut at some places: one cell more than cuts.
    Ordered(Vec<Cut>),
    /// One cell for each of these texts, one for all others.
    Texts(Vec<Arc<str>>),
    /// Whether a set has a member: first the cell of sets without it, then of those with it.
    Member(u32),
}

/// A place where ordered values are cut: just before a value, or just after it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cut {
    /// The value; a day's number for dates.
    pub at: Exact,
    /// Whether the value itself lies before the cut.
    pub after: bool,
}

/// A part of a variable's values.
#[derive(Clone, PartialEq, Debug)]
pub struct Cell {
    /// A value in it; for a member of a set, whether the set has it; nothing where the value is not known.
    pub witness: Option<Value>,
    /// Whether a profile may have a value in it: `false` outside the field's range.
    pub possible: bool,
}

/// A condition on one variable.
#[derive(Clone, Debug)]
pub struct Atom {
    /// The variable.
    pub variable: Id<Variable>,
    /// The cells in which it holds.
    pub yes: CellSet,
    /// The cells in which it does not. In the others it is unknown.
    pub no: CellSet,
    /// What it is where the value is not known.
    pub missing: Judged,
    missing_cell: usize,
}

/// Some of a variable's cells, as ranges: a comparison of a variable of ten thousand cells has one or two.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct CellSet {
    /// Each from its first cell to the one after its last, in ascending order; none touches the next.
    ranges: Vec<(usize, usize)>,
}

impl CellSet {
    /// Adds cells that come after all that are there.
    fn add(&mut self, cells: Range<usize>) {
        match self.ranges.last_mut() {
            _ if cells.is_empty() => {}
            Some((_, end)) if *end == cells.start => *end = cells.end,
            _ => self.ranges.push((cells.start, cells.end)),
        }
    }

    /// Tells whether a cell is among them.
    #[must_use]
    pub fn contains(&self, cell: usize) -> bool {
        let after = self.ranges.partition_point(|(first, _)| *first <= cell);
        after.checked_sub(1).and_then(|at| self.ranges.get(at)).is_some_and(|(_, end)| cell < *end)
    }

    /// Returns the cells, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.ranges.iter().flat_map(|(first, end)| *first..*end)
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }
}

impl Atom {
    /// Returns what it is in a cell. A known value leaves it unknown only where a fact is.
    #[must_use]
    pub fn judge(&self, cell: usize) -> Judged {
        if self.yes.contains(cell) {
            Judged::TRUE
        } else if self.no.contains(cell) {
            Judged::FALSE
        } else if self.missing_cell == cell {
            self.missing
        } else {
            Judged::STUCK
        }
    }

    /// Returns the cells before which it may turn, in ascending order: between two of them it is the same.
    #[must_use]
    pub fn turns(&self) -> Vec<usize> {
        let ends = self.yes.ranges.iter().chain(&self.no.ranges).flat_map(|(first, end)| [*first, *end]);
        let mut turns: Vec<usize> = ends.chain([self.missing_cell]).collect();
        turns.sort_unstable();
        turns.dedup();
        turns
    }
}

impl Variable {
    /// Returns the number of the cell for a value that is not known.
    #[must_use]
    pub fn missing(&self) -> usize {
        self.cells.len().saturating_sub(1)
    }

    /// Returns the cell of a field's value, or of one that is not known.
    #[must_use]
    pub fn cell(&self, value: Option<&Value>) -> usize {
        let Some(value) = value else { return self.missing() };
        match (&self.kind, value) {
            (VariableKind::Values, Value::Bool(value)) => usize::from(*value),
            (VariableKind::Values, Value::Enum(member)) => *member as usize,
            (VariableKind::Member(member), Value::Set(members)) => usize::from(members.contains(member)),
            (VariableKind::Ordered(cuts), Value::Number(number)) => place(cuts, number.value),
            (VariableKind::Ordered(cuts), Value::Date(date)) => place(cuts, Exact::whole(date.number())),
            (VariableKind::Texts(texts), Value::Text(text)) => {
                texts.iter().position(|other| other == text).unwrap_or(texts.len())
            }
            _ => self.missing(),
        }
    }
}

/// Returns how many cuts lie before a value.
fn place(cuts: &[Cut], value: Exact) -> usize {
    cuts.partition_point(|cut| if cut.after { cut.at < value } else { cut.at <= value })
}

/// What a condition says of known values: of those of its variable, or of a sum of several fields.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Test {
    /// Of each value by itself.
    Table(Vec<Judged>),
    /// An ordered value compared.
    Compare(CompareOp, Exact),
    /// An ordered value between two, both included.
    Range {
        /// The least.
        low: Option<Exact>,
        /// The greatest.
        high: Option<Exact>,
        /// Whether it is outside of them.
        negated: bool,
    },
    /// An ordered value among some.
    Among(Vec<Exact>, bool),
    /// An ordered value in the ranges between some cuts: one more than there are cuts.
    Ranges(Vec<Cut>, Vec<Judged>),
    /// A text among some.
    Texts(Vec<Arc<str>>, bool),
    /// The same of all.
    Always(bool),
}

impl Test {
    /// Adds the places where it cuts ordered values.
    pub fn cuts(&self, cuts: &mut Vec<Cut>) {
        let mut cut = |at: Exact, after: bool| cuts.push(Cut { at, after });
        match self {
            Test::Compare(CompareOp::Less | CompareOp::AtLeast, at) => cut(*at, false),
            Test::Compare(CompareOp::Greater | CompareOp::AtMost, at) => cut(*at, true),
            Test::Compare(CompareOp::Equal | CompareOp::NotEqual, at) => {
                cut(*at, false);
                cut(*at, true);
            }
            Test::Range { low, high, .. } => {
                low.iter().for_each(|low| cut(*low, false));
                high.iter().for_each(|high| cut(*high, true));
            }
            Test::Among(values, _) => {
                for value in values {
                    cut(*value, false);
                    cut(*value, true);
                }
            }
            Test::Ranges(places, _) => places.iter().for_each(|place| cut(place.at, place.after)),
            Test::Table(_) | Test::Texts(..) | Test::Always(_) => {}
        }
    }

    /// Returns what it says of every value, and of one that is not known, if that is the same.
    pub(super) fn is_all(&self, missing: Judged) -> Option<Judged> {
        match self {
            Test::Table(judged) | Test::Ranges(_, judged) => {
                judged.iter().all(|judged| *judged == missing).then_some(missing)
            }
            _ => None,
        }
    }

    /// What it says of a cell with a known value.
    fn judge(&self, cell: usize, witness: &Value) -> Judged {
        if let Test::Table(values) = self {
            return values.get(cell).copied().expect("a table has an entry for each value");
        }
        if let (Test::Ranges(cuts, values), Some(number)) = (self, axis(witness)) {
            return values
                .get(place(cuts, number))
                .copied()
                .expect("there is a range more than there are cuts");
        }
        Judged::known(match (self, axis(witness)) {
            (Test::Texts(texts, negated), _) => {
                matches!(witness, Value::Text(text) if texts.contains(text)) != *negated
            }
            (_, Some(number)) => self.holds(number),
            (Test::Range { negated, .. } | Test::Among(_, negated), None) => *negated,
            (test, None) => *test == Test::Always(true),
        })
    }

    /// Tells whether it holds of an ordered value.
    #[must_use]
    pub fn holds(&self, number: Exact) -> bool {
        match self {
            Test::Compare(op, at) => op.holds(number.cmp(at)),
            Test::Range { low, high, negated } => {
                let inside = low.is_none_or(|low| low <= number) && high.is_none_or(|high| number <= high);
                inside != *negated
            }
            Test::Among(values, negated) => values.contains(&number) != *negated,
            Test::Always(holds) => *holds,
            Test::Ranges(cuts, values) => {
                values.get(place(cuts, number)).is_some_and(|judged| judged.truth == Truth::True)
            }
            Test::Texts(_, negated) => *negated,
            Test::Table(_) => false,
        }
    }

    /// Returns what it says of values that are so many times as great; nothing past the exact range, or for values
    /// that have no order. The factor is not zero.
    #[must_use]
    pub fn scaled(&self, factor: Exact) -> Option<Test> {
        let bound = |bound: Option<Exact>| bound.map_or(Some(None), |at| at.times(factor).map(Some));
        Some(match self {
            Test::Compare(op, at) => {
                let op = if factor.is_negative() { op.turned() } else { *op };
                Test::Compare(op, at.times(factor)?)
            }
            Test::Range { low, high, negated } => {
                let (low, high) = (bound(*low)?, bound(*high)?);
                let (low, high) = if factor.is_negative() { (high, low) } else { (low, high) };
                Test::Range { low, high, negated: *negated }
            }
            Test::Among(values, negated) => {
                Test::Among(values.iter().map(|value| value.times(factor)).collect::<Option<_>>()?, *negated)
            }
            Test::Always(holds) => Test::Always(*holds),
            Test::Table(_) | Test::Texts(..) | Test::Ranges(..) => return None,
        })
    }
}

/// An atom before the cells of its variable are known.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Draft {
    pub(super) variable: Id<Variable>,
    pub(super) test: Test,
    pub(super) missing: Judged,
}

/// Cuts the values of all variables by what the atoms ask, and gives each atom its cells.
pub(super) fn cut(ruleset: &Ruleset, variables: &mut Arena<Variable>, drafts: &[Draft]) -> Arena<Atom> {
    let mut tests: IdMap<Variable, Vec<&Test>> = IdMap::of(variables, |_| Vec::new());
    for draft in drafts {
        tests[draft.variable].push(&draft.test);
    }
    for (variable, tests) in variables.iter_mut().zip(tests.values()) {
        cut_variable(ruleset, variable, tests);
    }
    drafts.iter().map(|draft| atom(&variables[draft.variable], draft)).collect()
}

fn atom(variable: &Variable, draft: &Draft) -> Atom {
    let (mut yes, mut no) = (CellSet::default(), CellSet::default());
    let missing_cell = variable.missing();
    let mut turns = turns(variable, &draft.test);
    turns.extend([0, missing_cell]);
    turns.sort_unstable();
    turns.dedup();
    let ends = turns.iter().copied().skip(1).chain([missing_cell + 1]);
    for (first, end) in turns.iter().copied().zip(ends) {
        let Some(cell) = variable.cells.get(first) else { continue };
        let judged = cell.witness.as_ref().map_or(draft.missing, |witness| draft.test.judge(first, witness));
        match judged.truth {
            Truth::True => yes.add(first..end),
            Truth::False => no.add(first..end),
            Truth::Unknown => {}
        }
    }
    Atom { variable: draft.variable, yes, no, missing: draft.missing, missing_cell }
}

/// The cells before which a test may turn round, in any order; those of known values.
fn turns(variable: &Variable, test: &Test) -> Vec<usize> {
    match (&variable.kind, test) {
        (VariableKind::Ordered(cuts), _) => {
            let mut own = Vec::new();
            test.cuts(&mut own);
            // A cut of whole numbers was moved before it was put among the others.
            let moved = |mut cut: Cut| {
                round_up(&mut cut);
                cut
            };
            let before = |cut: &Cut| cuts.partition_point(|other| other <= cut);
            own.iter().flat_map(|cut| [before(cut), before(&moved(*cut))]).collect()
        }
        (VariableKind::Texts(texts), Test::Texts(named, _)) => {
            let place = |text| texts.binary_search(text).ok();
            named.iter().filter_map(place).flat_map(|place| [place, place + 1]).collect()
        }
        (_, Test::Table(judged)) => {
            let turns = judged.windows(2).enumerate().filter(|(_, pair)| pair.first() != pair.last());
            turns.map(|(cell, _)| cell + 1).collect()
        }
        (VariableKind::Values | VariableKind::Member(_) | VariableKind::Texts(_), _) => {
            (0..variable.missing()).collect()
        }
    }
}

fn cut_variable(ruleset: &Ruleset, variable: &mut Variable, tests: &[&Test]) {
    let field = &ruleset.fields[variable.field];
    let known = |value: Value, possible: bool| Cell { witness: Some(value), possible };
    variable.cells = match &mut variable.kind {
        VariableKind::Member(_) => [false, true].map(|has| known(Value::Bool(has), true)).to_vec(),
        VariableKind::Values => match field.ty {
            Type::Enum(id) => {
                let values = (0..ruleset.enums[id].members.len() as u32).map(Value::Enum);
                values.map(|value| known(value.clone(), field.allows(&value))).collect()
            }
            _ => [false, true].map(|value| known(Value::Bool(value), true)).to_vec(),
        },
        VariableKind::Texts(texts) => {
            for test in tests {
                if let Test::Texts(named, _) = test {
                    texts.extend(named.iter().cloned());
                }
            }
            texts.sort_unstable();
            texts.dedup();
            let other = (0..).map(|n| "x".repeat(n)).find(|text| texts.iter().all(|t| **t != **text));
            let all = texts.iter().cloned().chain(other.map(Arc::from));
            all.map(|text| known(Value::Text(text), true)).collect()
        }
        VariableKind::Ordered(cuts) => {
            tests.iter().for_each(|test| test.cuts(cuts));
            ordered_cells(field, cuts)
        }
    };
    variable.cells.push(Cell { witness: None, possible: true });
}

/// Whether only whole numbers, or days, are values of a field.
pub(super) fn is_whole(field: &Field) -> bool {
    match field.ty {
        Type::Number(number) => number.whole,
        _ => true,
    }
}

/// Returns the cells that cuts make of the values of a field; the ends of its range are cuts too.
pub fn ordered_cells(field: &Field, cuts: &mut Vec<Cut>) -> Vec<Cell> {
    let (low, high) = (field.low.as_ref().and_then(axis), field.high.as_ref().and_then(axis));
    cuts.extend(low.map(|at| Cut { at, after: false }));
    cuts.extend(high.map(|at| Cut { at, after: true }));
    if is_whole(field) {
        cuts.iter_mut().for_each(round_up);
    }
    if field.ty == Type::Date {
        let days = Exact::ZERO..=Exact::whole(Date::MAX.number());
        cuts.retain(|cut| cut.at != Exact::ZERO && days.contains(&cut.at));
    }
    cuts.sort_unstable();
    cuts.dedup();
    let below = std::iter::once(None).chain(cuts.iter().copied().map(Some));
    let above = cuts.iter().copied().map(Some).chain([None]);
    let cells = below.zip(above).map(|(from, to)| {
        let value = between(from, to);
        let possible = low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high);
        Cell { witness: Some(value_at(field.ty, value)), possible }
    });
    cells.collect()
}

/// Returns the number, or the day of a number.
pub(super) fn value_at(ty: Type, at: Exact) -> Value {
    match ty {
        Type::Date => {
            Value::Date(Date::of_number(at.as_whole().and_then(|day| i64::try_from(day).ok()).unwrap_or(0)))
        }
        _ => Value::Number(Number::computed(at)),
    }
}

/// Among whole numbers, a cut lies just before one of them.
pub fn round_up(cut: &mut Cut) {
    let (numerator, denominator) = (cut.at.numerator(), cut.at.denominator());
    let floor = numerator.div_euclid(denominator);
    let up = if cut.after || floor * denominator != numerator { floor + 1 } else { floor };
    if let Some(at) = Exact::fraction(up, 1) {
        *cut = Cut { at, after: false };
    }
}

/// Returns a value between two cuts, one with few digits where there is a choice.
pub fn between(from: Option<Cut>, to: Option<Cut>) -> Exact {
    let step = |at: Exact, by: i64| at.plus(Exact::whole(by)).unwrap_or(at);
    match (from, to) {
        (None, None) => Exact::ZERO,
        (Some(from), _) if !from.after => from.at,
        (_, Some(to)) if to.after => to.at,
        (Some(from), None) => step(from.at, 1),
        (None, Some(to)) => step(to.at, -1),
        (Some(from), Some(to)) => inside(from.at, to.at),
    }
}

/// Returns a number greater than the one and less than the other: the first decimal there with the fewest digits.
fn inside(low: Exact, high: Exact) -> Exact {
    for digits in 0..=MAX_FRACTION_DIGITS as u32 {
        let power = 10_i128.pow(digits);
        let scaled = low.numerator().checked_mul(power).map(|n| n.div_euclid(low.denominator()) + 1);
        if let Some(value) = scaled.and_then(|scaled| Exact::fraction(scaled, power))
            && value < high
        {
            return value;
        }
    }
    let half = Exact::fraction(1, 2).unwrap_or(Exact::ONE);
    low.plus(high).and_then(|sum| sum.times(half)).unwrap_or(low)
}
