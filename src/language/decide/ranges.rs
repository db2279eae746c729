//! Numbers and days as places on one axis, and a value of each range between some places.

use super::could::number;
use crate::date::Date;
use crate::exact::Exact;
use crate::model::{Field, Type, Value};

/// A value of each range that some numbers cut, and these themselves.
pub(super) fn ordered(ty: Type, field: Option<&Field>, turns: impl Iterator<Item = Exact>) -> Vec<Value> {
    let whole = match ty {
        Type::Number(number) => number.whole,
        _ => true,
    };
    let end = |end: Option<&Option<Value>>| end.and_then(Option::as_ref).and_then(axis);
    let (low, high) = (end(field.map(|field| &field.low)), end(field.map(|field| &field.high)));
    let inside = |at: &Exact| low.is_none_or(|low| low <= *at) && high.is_none_or(|high| *at <= high);
    let mut places: Vec<Exact> = turns.filter(inside).chain(low).chain(high).collect();
    places.sort_unstable();
    places.dedup();
    let mut found = Vec::new();
    let mut before = None;
    for at in places.into_iter().map(Some).chain([None]) {
        found.extend(between(before, at, whole));
        found.extend(at.filter(|at| !whole || at.as_whole().is_some()));
        before = at;
    }
    let value = |at: Exact| match ty {
        Type::Date => {
            let day = at.as_whole().and_then(|day| i64::try_from(day).ok())?;
            (0..=Date::MAX.number()).contains(&day).then(|| Value::Date(Date::of_number(day)))
        }
        _ => Some(number(at)),
    };
    found.into_iter().filter_map(value).collect()
}

/// A number between two others, which may be left out.
fn between(low: Option<Exact>, high: Option<Exact>, whole: bool) -> Option<Exact> {
    let whole_number = |number: i128| Exact::fraction(number, 1);
    let found = match (low, high) {
        (None, None) => Exact::ZERO,
        (Some(low), None) => whole_number(floor(low)?.checked_add(1)?)?,
        (None, Some(high)) => whole_number(ceiling(high)?.checked_sub(1)?)?,
        (Some(low), Some(_)) if whole => whole_number(floor(low)?.checked_add(1)?)?,
        (Some(low), Some(high)) => low.plus(high)?.over(Exact::whole(2))?,
    };
    high.is_none_or(|high| found < high).then_some(found)
}

/// A number that has so many values at most has each of them tried.
pub const MOST_NUMBERS: i128 = 17;

/// The values of a field that is whole, where they are few.
#[must_use]
pub fn few_numbers(field: &Field) -> Option<Vec<Value>> {
    let Type::Number(of) = field.ty else { return None };
    let end = |end: &Option<Value>| end.as_ref().and_then(Value::as_number);
    whole_between(end(&field.low).filter(|_| of.whole)?, end(&field.high)?)
}

/// The whole numbers between two others, both included, where they are few.
pub(super) fn whole_between(low: Exact, high: Exact) -> Option<Vec<Value>> {
    let (low, high) = (ceiling(low)?, floor(high)?);
    if high.checked_sub(low)? >= MOST_NUMBERS {
        return None;
    }
    let values: Option<Vec<Value>> =
        (low..=high).map(|whole| Exact::fraction(whole, 1).map(number)).collect();
    values.filter(|values| !values.is_empty())
}

pub(super) fn floor(at: Exact) -> Option<i128> {
    Some(at.numerator().div_euclid(at.denominator()))
}

pub(super) fn ceiling(at: Exact) -> Option<i128> {
    floor(at.negated())?.checked_neg()
}

/// Returns an ordered value as a number.
pub fn axis(value: &Value) -> Option<Exact> {
    match value {
        Value::Number(number) => Some(number.value),
        Value::Date(date) => Some(Exact::whole(date.number())),
        Value::Bool(_) | Value::Text(_) | Value::Enum(_) | Value::Set(_) => None,
    }
}
