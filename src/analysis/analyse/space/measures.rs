//! Months and years between two days: numbers that are no sums.
//!
//! Where one day is a constant, the other one's value says it: more months from a day are a later day. Where both vary it
//! is a variable, one for all conditions on the months between the same days, cut by what they ask. That variable is free:
//! it may be in a cell that no days give.

use std::collections::BTreeSet;

use super::cases::{Leaf, Reader};
use super::formula::{At, Formula};
use super::{AskedCell, AskedKind, Bounds, Space};
use qudao_engine::ground::{Cut, Test, axis, between, round_up};
use qudao_language::date::Date;
use qudao_language::exact::Exact;
use qudao_language::model::{Between, Value};
use qudao_language::operator::CompareOp;

/// In sums, measures are numbered from here; fields stand before.
pub(super) const FIRST_MEASURE: usize = 1 << 24;

/// Whole months or years from one day to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::analyse) struct Measure {
    unit: Between,
    from: Leaf,
    to: Leaf,
}

impl Measure {
    /// The fields that it reads, by their numbers.
    pub(in crate::analyse) fn fields(&self) -> BTreeSet<usize> {
        let of = |leaf: &Leaf| match leaf {
            Leaf::Line(terms, _) => terms.keys().copied().collect::<Vec<usize>>(),
            Leaf::Known(_) | Leaf::Field(_) | Leaf::Common(..) => Vec::new(),
        };
        of(&self.from).into_iter().chain(of(&self.to)).collect()
    }

    fn count(unit: Between, from: Date, to: Date) -> i64 {
        match unit {
            Between::Days => from.days_to(to),
            Between::Months => from.months_to(to),
            Between::Years => from.years_to(to),
        }
    }
}

impl Reader<'_, '_> {
    /// The months or years between two days.
    pub(super) fn measure(&mut self, unit: Between, from: &Leaf, to: &Leaf) -> Option<Leaf> {
        if let (Some(from), Some(to)) = (day_of(from), day_of(to)) {
            return Some(Leaf::constant(Exact::whole(Measure::count(unit, from, to))));
        }
        let measure = Measure { unit, from: from.clone(), to: to.clone() };
        if measure.fields().iter().any(|field| *field >= FIRST_MEASURE) {
            return None;
        }
        let known = self.cases.measures.iter().position(|known| *known == measure);
        let number = known.unwrap_or_else(|| {
            self.cases.measures.push(measure);
            self.cases.measures.len() - 1
        });
        Some(Leaf::field(FIRST_MEASURE + number))
    }

    /// What a test says of a measure.
    pub(super) fn measured(&mut self, number: usize, test: Test) -> Option<At> {
        let measure = self.cases.measures.get(number)?.clone();
        let (later, one, other) = match (day_of(&measure.from), day_of(&measure.to)) {
            (Some(from), None) => (true, from, &measure.to),
            (None, Some(to)) => (false, to, &measure.from),
            _ => return Some(self.cases.add(Formula::Measure(number, test))),
        };
        let Leaf::Line(terms, offset) = other else { return None };
        let Some((field, factor)) = terms.iter().next().filter(|(_, factor)| **factor == Exact::ONE) else {
            return Some(self.cases.add(Formula::Measure(number, test)));
        };
        debug_assert_eq!((terms.len(), *factor), (1, Exact::ONE), "a day is a field and days");
        let line = Monotone { unit: measure.unit, later, one, field: *field, offset: *offset };
        self.by_day(&line, &test)
    }

    /// A test of a measure as a condition on the day that it grows or falls with.
    fn by_day(&mut self, line: &Monotone, test: &Test) -> Option<At> {
        let next = |at: Exact| Exact::fraction(at.numerator().div_euclid(at.denominator()) + 1, 1);
        Some(match test {
            Test::Always(holds) => self.cases.constant(*holds),
            Test::Compare(op, at) => {
                let (from, after) = (self.at_least(line, *at)?, self.at_least(line, next(*at)?)?);
                match op {
                    CompareOp::AtLeast => from,
                    CompareOp::Less => self.cases.not(from),
                    CompareOp::Greater => after,
                    CompareOp::AtMost => self.cases.not(after),
                    CompareOp::Equal | CompareOp::NotEqual => {
                        let before = self.cases.not(after);
                        let equal = match at.as_whole() {
                            Some(_) => self.cases.all(&[from, before]),
                            None => self.cases.constant(false),
                        };
                        if *op == CompareOp::Equal { equal } else { self.cases.not(equal) }
                    }
                }
            }
            Test::Range { low, high, negated } => {
                let mut parts = Vec::new();
                if let Some(low) = low {
                    parts.push(self.by_day(line, &Test::Compare(CompareOp::AtLeast, *low))?);
                }
                if let Some(high) = high {
                    parts.push(self.by_day(line, &Test::Compare(CompareOp::AtMost, *high))?);
                }
                let inside = self.cases.all(&parts);
                if *negated { self.cases.not(inside) } else { inside }
            }
            Test::Among(values, negated) => {
                let mut parts = Vec::new();
                for value in values {
                    parts.push(self.by_day(line, &Test::Compare(CompareOp::Equal, *value))?);
                }
                let among = self.cases.any(&parts);
                if *negated { self.cases.not(among) } else { among }
            }
            Test::Table(_) | Test::Ranges(..) | Test::Texts(..) => return None,
        })
    }

    /// Where a measure is this number at least.
    fn at_least(&mut self, line: &Monotone, least: Exact) -> Option<At> {
        let holds = |day: i64| Exact::whole(line.count(Date::of_number(day))) >= least;
        let (first, last) = (0, Date::MAX.number());
        if holds(first) == holds(last) {
            return Some(self.cases.constant(holds(first)));
        }
        // The first day on which it is otherwise than on the first of all.
        let (mut low, mut high) = (first, last);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if holds(middle) == holds(first) { low = middle } else { high = middle }
        }
        let op = if line.later { CompareOp::AtLeast } else { CompareOp::Less };
        let at = Exact::whole(high).minus(line.offset)?;
        Some(self.cases.add(Formula::Field(line.field, Test::Compare(op, at))))
    }
}

/// A measure between a constant and a day that varies.
struct Monotone {
    unit: Between,
    /// Whether the constant is the first of both days, so that the measure grows with the other.
    later: bool,
    one: Date,
    /// The other day: a field and so many days.
    field: usize,
    offset: Exact,
}

impl Monotone {
    fn count(&self, other: Date) -> i64 {
        let (from, to) = if self.later { (self.one, other) } else { (other, self.one) };
        Measure::count(self.unit, from, to)
    }
}

impl Space<'_, '_> {
    /// Makes a variable for each measure between days that both vary, as far as conditions ask for it.
    pub(super) fn ask_measures(&mut self) {
        for (number, mut cuts) in self.asked_measures() {
            cuts.iter_mut().for_each(round_up);
            cuts.sort_unstable();
            cuts.dedup();
            let below = std::iter::once(None).chain(cuts.iter().copied().map(Some));
            let above = cuts.iter().copied().map(Some).chain([None]);
            let cells =
                below.zip(above).map(|bounds| AskedCell { values: [None, None], single: true, bounds });
            self.ask(AskedKind::Measure(number), cells.collect());
        }
    }

    /// In which cells of a measure a test holds, and its variable.
    pub(super) fn measure_cells(&self, number: usize, test: &Test) -> (usize, Vec<bool>) {
        let place = self.asked.iter().position(|asked| asked.kind == AskedKind::Measure(number));
        let place = place.expect("each measure that is read is asked for");
        let cells = self.asked.get(place).map_or(&[][..], |asked| &asked.cells);
        let holds = |cell: &AskedCell| test.holds(between(cell.bounds.0, cell.bounds.1));
        (place, cells.iter().map(holds).collect())
    }

    /// Days of a field that put the measures that some cells tell of into their cells, the other day being what it is
    /// there.
    pub(in crate::analyse) fn measured_days(&self, field: usize, cells: &[Option<usize>]) -> Vec<Value> {
        let mut found = Vec::new();
        for (asked, cell) in self.asked.iter().zip(cells) {
            let (AskedKind::Measure(number), Some(cell)) = (&asked.kind, cell) else { continue };
            let Some(measure) = self.measures().get(*number) else { continue };
            let bounds = asked.cells.get(*cell).map_or((None, None), |cell| cell.bounds);
            for (own, other, sign) in [(&measure.from, &measure.to, -1), (&measure.to, &measure.from, 1)] {
                let days = self.days_away(field, own, other, cells, (measure.unit, sign, bounds));
                found.extend(days.unwrap_or_default());
            }
        }
        found
    }

    fn days_away(
        &self,
        field: usize,
        own: &Leaf,
        other: &Leaf,
        cells: &[Option<usize>],
        (unit, sign, (low, high)): (Between, i128, Bounds),
    ) -> Option<Vec<Value>> {
        let day = |line: &Leaf| match line {
            Leaf::Line(terms, offset) => match terms.iter().next() {
                None => Some((None, *offset)),
                Some((field, factor)) => {
                    (terms.len() == 1 && *factor == Exact::ONE).then_some((Some(*field), *offset))
                }
            },
            Leaf::Known(_) | Leaf::Field(_) | Leaf::Common(..) => None,
        };
        let ((own, own_offset), (other, offset)) = (day(own)?, day(other)?);
        if own != Some(field) {
            return None;
        }
        let other = match other {
            None => offset,
            Some(other) => {
                let place = *self.places_of(other).first()?;
                let cell = cells.get(place).copied().flatten().unwrap_or_else(|| self.usual_cell(place));
                let value = self.asked.get(place)?.cells.get(cell)?.values.iter().flatten().next()?;
                axis(value)?.plus(offset)?
            }
        };
        let other = Date::of_number(i64::try_from(other.as_whole()?).ok()?);
        let steps = if unit == Between::Years { 12 } else { 1 };
        let whole = |cut: Option<Cut>| cut.and_then(|cut| cut.at.as_whole());
        let counts = match (whole(low), whole(high)) {
            (Some(low), Some(high)) => vec![low, high - 1, low + 1],
            (Some(low), None) => vec![low, low + 1, low + 12],
            (None, Some(high)) => vec![high - 1, high - 2, high - 12],
            (None, None) => vec![0],
        };
        let mut found = Vec::new();
        for count in counts {
            let day = other.plus_months(sign.checked_mul(count)?.checked_mul(steps)?);
            let day = i128::from(day.number()).checked_sub(own_offset.as_whole()?)?;
            let near = [day, day - 1, day + 1].into_iter().filter_map(|day| i64::try_from(day).ok());
            found.extend(near.map(|day| Value::Date(Date::of_number(day))));
        }
        Some(found)
    }

    /// What a measure counts: `months`, `years`.
    pub(in crate::analyse) fn unit_of(&self, number: usize) -> &'static str {
        match self.measures().get(number).map(|measure| measure.unit) {
            Some(Between::Years) => "years",
            Some(Between::Days) => "days",
            Some(Between::Months) | None => "months",
        }
    }

    /// The fields that a measure reads, by their numbers.
    pub(in crate::analyse) fn measured_fields(&self, number: usize) -> BTreeSet<usize> {
        self.measures().get(number).map(Measure::fields).unwrap_or_default()
    }
}

/// The cuts of a measure by its number.
pub(super) type MeasureCuts = std::collections::BTreeMap<usize, Vec<Cut>>;

/// The day that a plain value is, if it is a constant.
pub(super) fn day_of(leaf: &Leaf) -> Option<Date> {
    match leaf {
        Leaf::Line(terms, number) if terms.is_empty() => {
            Some(Date::of_number(i64::try_from(number.as_whole()?).ok()?))
        }
        _ => None,
    }
}
