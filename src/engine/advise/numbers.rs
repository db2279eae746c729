//! Numbers and days of a field: cut into parts, and the value of a part that lies nearest and that somebody would enter.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::ground::{Cut, axis, round_up};
use qudao_language::date::Date;
use qudao_language::exact::{Exact, MAX_FRACTION_DIGITS, MAX_WHOLE_DIGITS};
use qudao_language::model::{Field, Id, Number, Ruleset, Type, Unit, Value, Written};

/// Whole numbers go so far.
const LAST: i128 = 10_i128.pow(MAX_WHOLE_DIGITS as u32) - 1;

/// The values that a field may have.
pub(super) struct Axis<'r> {
    ruleset: &'r Ruleset,
    ty: Type,
    /// Whether all are whole.
    whole: bool,
    low: Option<Exact>,
    high: Option<Exact>,
}

/// The values between two cuts; a field's range cuts too.
#[derive(Clone, Copy)]
pub(super) struct Part {
    from: Option<Cut>,
    to: Option<Cut>,
}

impl Part {
    fn holds(&self, value: Exact) -> bool {
        let above = |cut: Cut| if cut.after { cut.at < value } else { cut.at <= value };
        self.from.is_none_or(above) && !self.to.is_some_and(above)
    }

    /// The same part of values that are so many times as great; the factor is greater than zero.
    fn scaled(&self, factor: Exact) -> Option<Part> {
        let scale = |cut: Option<Cut>| match cut {
            None => Some(None),
            Some(cut) => Some(Some(Cut { at: cut.at.times(factor)?, ..cut })),
        };
        Some(Part { from: scale(self.from)?, to: scale(self.to)? })
    }
}

impl<'r> Axis<'r> {
    pub(super) fn of(ruleset: &'r Ruleset, field: Id<Field>) -> Axis<'r> {
        let declared = &ruleset.fields[field];
        let end = |value: &Option<Value>| value.as_ref().and_then(axis);
        let (low, high) = (end(&declared.low), end(&declared.high));
        let whole = match declared.ty {
            Type::Number(number) => number.whole,
            _ => true,
        };
        Axis { ruleset, ty: declared.ty, whole, low, high }
    }

    /// The least and the greatest value, where all are whole.
    pub(super) fn ends(&self) -> Option<(i128, i128)> {
        let floor = |value: Exact| value.numerator().div_euclid(value.denominator());
        let (first, last) = match self.ty {
            Type::Date => (0, i128::from(Date::MAX.number())),
            _ => (-LAST, LAST),
        };
        let low = self.low.map_or(first, |low| -floor(low.negated()));
        let high = self.high.map_or(last, floor);
        self.whole.then_some((low.max(first), high.min(last)))
    }

    /// How many values there are, where these can be counted.
    pub(super) fn count(&self) -> Option<i128> {
        let (low, high) = self.ends()?;
        (self.low.is_some() && self.high.is_some()).then_some((high - low + 1).max(0))
    }

    /// So many whole values around the present one, or from the least one on, the nearest first.
    pub(super) fn all(&self, now: Option<&Value>, most: i128) -> Vec<Value> {
        let Some((low, high)) = self.ends() else { return Vec::new() };
        let from = match now.and_then(axis) {
            Some(now) => {
                let now = now.numerator().div_euclid(now.denominator());
                // Where one side ends early, the other goes on.
                (now - most / 2).min(high - most).max(low)
            }
            None if self.low.is_none() => (-most / 2).min(high - most),
            None => low,
        };
        let values =
            (from..=high.min(from + most)).filter_map(|value| self.value(Exact::fraction(value, 1)?));
        let mut values: Vec<Value> = values.collect();
        self.sort(now, &mut values);
        values
    }

    /// Cuts the values into parts, in ascending order.
    pub(super) fn parts(&self, cuts: BTreeSet<Cut>) -> Vec<Part> {
        let ends = [self.low.map(|at| Cut { at, after: false }), self.high.map(|at| Cut { at, after: true })];
        let mut cuts: BTreeSet<Cut> = cuts.into_iter().chain(ends.into_iter().flatten()).collect();
        if self.whole {
            let round = |mut cut: Cut| {
                round_up(&mut cut);
                cut
            };
            cuts = cuts.into_iter().map(round).collect();
        }
        let from = [None].into_iter().chain(cuts.iter().copied().map(Some));
        let to = cuts.iter().copied().map(Some).chain([None]);
        from.zip(to).map(|(from, to)| Part { from, to }).collect()
    }

    /// The ends of the range, each as a part of its own.
    pub(super) fn range_ends(&self) -> impl Iterator<Item = Part> {
        let ends = [self.low, self.high].into_iter().flatten();
        ends.map(|at| Part { from: Some(Cut { at, after: false }), to: Some(Cut { at, after: true }) })
    }

    /// Returns the value of each part that lies nearest to the present one and can be entered, the nearest first;
    /// nothing of the part in which the present value lies. Where it is not known, the least ones come first.
    pub(super) fn nearest(&self, now: Option<&Value>, parts: &[Part]) -> Vec<Value> {
        let present = now.and_then(axis);
        let mut found = Vec::new();
        for part in parts.iter().filter(|part| present.is_none_or(|now| !part.holds(now))) {
            let up = match (present, part.from, part.to) {
                (Some(now), Some(from), _) => now <= from.at,
                (_, from, _) => from.is_some(),
            };
            found.extend(self.entered(part, up).filter(|value| {
                axis(value).is_some_and(|value| {
                    self.low.is_none_or(|low| low <= value) && self.high.is_none_or(|high| value <= high)
                })
            }));
        }
        self.sort(now, &mut found);
        found
    }

    /// Sorts values: by how far they are from the present one, the lesser first of two that are as far; or by themselves.
    pub(super) fn sort(&self, now: Option<&Value>, values: &mut Vec<Value>) {
        let now = now.and_then(axis);
        values.sort_by_cached_key(|value| {
            let value = axis(value);
            let far = now.zip(value).map(|(now, value)| now.minus(value).map(Exact::abs));
            (far.is_some_and(|far| far.is_none()), far, value)
        });
        values.dedup();
    }

    fn value(&self, number: Exact) -> Option<Value> {
        match self.ty {
            Type::Date => {
                let day =
                    number.as_whole().filter(|day| (0..=i128::from(Date::MAX.number())).contains(day))?;
                Some(Value::Date(Date::of_number(day as i64)))
            }
            _ => Some(Value::Number(Number::computed(number))),
        }
    }

    /// Returns the value at the lower end of a part, or at the upper one, as somebody would enter it: the end itself,
    /// or else the next number that has as many decimals as the end has, or more where these lie outside.
    fn entered(&self, part: &Part, up: bool) -> Option<Value> {
        if part.from.is_none() && part.to.is_none() {
            return self.value(Exact::ZERO);
        }
        let places = if self.whole { 0 } else { MAX_FRACTION_DIGITS as u32 };
        if let Some(number) = decimal(part, up, places) {
            return self.value(number);
        }
        // What no decimal tells in this unit may be one in another: a month is no decimal part of a year.
        let Type::Number(number) = self.ty else { return None };
        if self.whole || number.unit.is_none() {
            return None;
        }
        let units = self.units_like(number.unit).into_iter().filter_map(|(unit, factor)| {
            let digits = decimal(&part.scaled(factor)?, up, places)?;
            let value = digits.over(factor)?;
            let written = Written { digits: Arc::from(digits.to_string()), unit };
            Some(Number::written(value, Some(Arc::new(written))))
        });
        let length = |number: &Number| number.written.as_ref().map_or(0, |written| written.digits.len());
        units.min_by_key(length).map(Value::Number)
    }

    /// The other units that measure the same, with what one of the unit is in them.
    fn units_like(&self, unit: Unit) -> Vec<(Unit, Exact)> {
        let units = &self.ruleset.units;
        let others = |id: Option<_>| -> Vec<Option<_>> {
            if id.is_none() { vec![None] } else { units.iter().map(|(id, _)| Some(id)).collect() }
        };
        let mut found = Vec::new();
        for numerator in others(unit.numerator) {
            for denominator in others(unit.denominator) {
                let other = Unit { numerator, denominator };
                let factor = units.conversion(unit, other).filter(|_| other != unit);
                found.extend(factor.map(|factor| (other, factor)));
            }
        }
        found
    }
}

/// Returns the decimal of a part that lies at its lower end, or at its upper one.
fn decimal(part: &Part, up: bool, places: u32) -> Option<Exact> {
    let end = if up { part.from? } else { part.to? };
    let own = (0..=places).find(|places| at_places(end.at, *places).1);
    // A cut before a value leaves it to what lies above, one behind it to what lies below.
    if end.after != up && own.is_some() && end.at.is_writable_size() {
        return Some(end.at);
    }
    (own.unwrap_or(0)..=places).find_map(|places| {
        let (floor, exact) = at_places(end.at, places);
        let steps = match (up, exact) {
            (true, _) => floor?.checked_add(1)?,
            (false, true) => floor?.checked_sub(1)?,
            (false, false) => floor?,
        };
        let value = Exact::fraction(steps, 10_i128.pow(places))?;
        (part.holds(value) && value.is_writable_size()).then_some(value)
    })
}

/// Returns a number in steps of so many decimal places, rounded down, and whether it was whole.
fn at_places(number: Exact, places: u32) -> (Option<i128>, bool) {
    let scaled = number.numerator().checked_mul(10_i128.pow(places));
    let floor = scaled.map(|scaled| scaled.div_euclid(number.denominator()));
    (floor, scaled.is_some_and(|scaled| scaled.rem_euclid(number.denominator()) == 0))
}
