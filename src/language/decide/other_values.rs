//! The values of one field that may make a difference, all else staying as it is.
//!
//! Of a field of few values these are all. A number or a day is cut where a condition may turn (`cuts.rs`); between two
//! neighbouring cuts no condition turns, so one value at each cut and one between are enough.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cuts::Cuts;
use super::otherwise::Otherwise;
use super::ranges::axis;
use super::readers::Thing;
use super::{Decision, conditions};
use crate::date::Date;
use crate::exact::{Exact, MAX_FRACTION_DIGITS};
use crate::model::{Field, Id, Number, NumberType, Type, Unit, Units, Value};

/// So many values of a field are tried at most.
const MOST_VALUES: usize = 256;

/// Returns values of a field besides the one it has, such that every other value gives what one of them gives; the first
/// and the last of them come first.
pub(super) fn other_values(
    decision: &Decision<'_>,
    otherwise: &Otherwise<'_, '_>,
    field: Id<Field>,
) -> Vec<Value> {
    let declared = &decision.ruleset.fields[field];
    let now = decision.profile.get(field).value.as_ref();
    let members = |of| 0..decision.ruleset.enums[of].members.len() as u32;
    let mut values: Vec<Value> = match declared.ty {
        Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Type::Enum(of) => members(of).map(Value::Enum).collect(),
        Type::Set(of) => sets(members(of).collect(), now),
        Type::Text | Type::Number(_) | Type::Date => {
            let cuts = cuts(decision, otherwise, field);
            if declared.ty == Type::Text {
                texts(cuts.into_texts())
            } else {
                ordered(cuts.turns(field).0.into_iter().collect(), declared, &decision.ruleset.units)
            }
        }
    };
    values.retain(|value| Some(value) != now && declared.allows(value));
    if values.len() > MOST_VALUES {
        // Those next to the present value come first.
        let at = now
            .map_or(0, |now| values.partition_point(|value| value.compare(now).is_some_and(|o| o.is_lt())));
        let first = at.saturating_sub(MOST_VALUES / 2).min(values.len() - MOST_VALUES);
        values = values.into_iter().skip(first).take(MOST_VALUES).collect();
    }
    // The ends first: where not all can be tried, they tell most.
    let last = values.pop();
    let place = values.len().min(1);
    values.splice(place..place, last);
    values
}

/// Where the conditions that hang on a field turn.
fn cuts<'c, 'r>(decision: &'c Decision<'r>, otherwise: &Otherwise<'_, 'r>, field: Id<Field>) -> Cuts<'c, 'r> {
    let ruleset = decision.ruleset;
    let hanging = otherwise.readers.of(Thing::Field(field));
    let mut cuts = Cuts::of_one(&decision.context, field);
    for (rule, channel) in hanging.instances {
        conditions(ruleset, rule).for_each(|condition| cuts.visit(condition, channel));
    }
    for channel in hanging.owned {
        ruleset.channels[channel].owned.iter().for_each(|owned| cuts.visit(owned, None));
    }
    cuts
}

/// All sets of few values; of more, those with one value more or less, and those of one value or none.
fn sets(members: Vec<u32>, now: Option<&Value>) -> Vec<Value> {
    if 1_usize.checked_shl(members.len() as u32).is_some_and(|count| count <= MOST_VALUES) {
        let mut all = vec![BTreeSet::new()];
        for member in members {
            let with = all.iter().map(|set: &BTreeSet<u32>| set.iter().copied().chain([member]).collect());
            let with: Vec<BTreeSet<u32>> = with.collect();
            all.extend(with);
        }
        return all.into_iter().map(Value::Set).collect();
    }
    let now = match now {
        Some(Value::Set(now)) => now.clone(),
        _ => BTreeSet::new(),
    };
    let turned = members.iter().map(|member| {
        let mut set = now.clone();
        if !set.remove(member) {
            set.insert(*member);
        }
        set
    });
    let few = std::iter::once(BTreeSet::new()).chain(members.iter().map(|member| BTreeSet::from([*member])));
    turned.chain(few).chain([members.iter().copied().collect()]).map(Value::Set).collect()
}

/// The texts that the field is compared with, and one that is none of them.
fn texts(mut known: BTreeSet<Arc<str>>) -> Vec<Value> {
    let mut other = "…".to_string();
    while known.contains(&*other) {
        other.push('…');
    }
    known.insert(other.into());
    known.into_iter().map(Value::Text).collect()
}

/// A value at each cut and one between each two, in order.
fn ordered(mut cuts: BTreeSet<Exact>, field: &Field, units: &Units) -> Vec<Value> {
    let (low, high) = bounds(field);
    cuts.extend([low, high].into_iter().flatten());
    let ends = cuts.iter().copied().map(Some);
    let below = std::iter::once(None).chain(ends.clone());
    let gaps = below.zip(ends.chain([None]));
    let mut values: Vec<Exact> = gaps.filter_map(|(low, high)| between(low, high, is_whole(field))).collect();
    let others = other_units(units, field.ty);
    values.extend(cuts.into_iter().filter(|cut| is_enterable(*cut, is_whole(field), &others)));
    values.sort_unstable();
    values.into_iter().filter_map(|value| value_of(value, field.ty)).collect()
}

/// The least and the greatest value of a field.
fn bounds(field: &Field) -> (Option<Exact>, Option<Exact>) {
    let of = |end: &Option<Value>, day: Date| match field.ty {
        Type::Date => axis(end.as_ref().unwrap_or(&Value::Date(day))),
        _ => end.as_ref().and_then(axis),
    };
    (of(&field.low, Date::MIN), of(&field.high, Date::MAX))
}

fn is_whole(field: &Field) -> bool {
    match field.ty {
        Type::Number(number) => number.whole,
        _ => true,
    }
}

fn value_of(number: Exact, ty: Type) -> Option<Value> {
    match ty {
        Type::Date => Some(Value::Date(Date::of_number(i64::try_from(number.as_whole()?).ok()?))),
        _ => Some(Value::Number(Number::computed(number))),
    }
}

/// Whether a number can be written, which those who answer have to: in its own unit, or in one of these others, each
/// told by how many of the own unit one of it is.
fn is_enterable(number: Exact, whole: bool, units: &[Exact]) -> bool {
    let decimal =
        |number: Exact| times_ten(number, MAX_FRACTION_DIGITS).is_some_and(|n| n.as_whole().is_some());
    let in_others = || units.iter().any(|factor| number.over(*factor).is_some_and(decimal));
    number.is_writable_size()
        && if whole { number.as_whole().is_some() } else { decimal(number) || in_others() }
}

/// Returns how many of a field's unit one of each unit is that may be written instead.
fn other_units(units: &Units, ty: Type) -> Vec<Exact> {
    let Type::Number(NumberType { unit, .. }) = ty else { return Vec::new() };
    let with = |numerator, denominator| Unit { numerator, denominator };
    let ids = || units.iter().map(|(id, _)| Some(id)).chain([None]);
    let like = |other: Unit| units.dimension(other) == units.dimension(unit);
    let numerators = ids().map(|id| with(id, unit.denominator)).filter(|other| like(*other));
    let numerators: Vec<Unit> = numerators.collect();
    let denominators = ids().map(|id| with(unit.numerator, id)).filter(|other| like(*other));
    let both = denominators.flat_map(|d| numerators.iter().map(move |n| with(n.numerator, d.denominator)));
    both.filter_map(|other| units.conversion(other, unit)).collect()
}

fn times_ten(number: Exact, digits: usize) -> Option<Exact> {
    number.times(Exact::whole(10_i64.pow(digits as u32)))
}

/// Returns the number of fewest digits between two others, both left out; the first such one above the lower.
fn between(low: Option<Exact>, high: Option<Exact>, whole: bool) -> Option<Exact> {
    let Some(low) = low else {
        let Some(high) = high else { return Some(Exact::ZERO) };
        return above(high.negated(), None, whole).map(Exact::negated);
    };
    above(low, high, whole)
}

fn above(low: Exact, high: Option<Exact>, whole: bool) -> Option<Exact> {
    let most = if whole { 0 } else { MAX_FRACTION_DIGITS };
    (0..=most).find_map(|digits| {
        let scaled = times_ten(low, digits)?;
        let next = scaled.numerator().div_euclid(scaled.denominator()) + 1;
        let found = Exact::fraction(next, 10_i128.pow(digits as u32))?;
        (found.is_writable_size() && high.is_none_or(|high| found < high)).then_some(found)
    })
}
