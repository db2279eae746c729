//! Columns as what fields take, made once for a batch so that a row costs a look into a vector.

use std::sync::LazyLock;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_schema::DataType;

use super::json::text;
use qudao_language::date::Date;
use qudao_language::exact::MAX_FRACTION_DIGITS;
use qudao_language::model::{Enum, Field, Id, Ruleset, Type};

/// The number of the day on which days begin to count in Arrow.
pub(super) static UNIX_DAY: LazyLock<i64> = LazyLock::new(|| Date::new(1970, 1, 1).map_or(0, Date::number));

/// The code of a value that is not known.
pub(super) const UNKNOWN: u32 = u32::MAX;
/// The code of a value that needs a closer look.
pub(super) const ODD: u32 = u32::MAX - 1;

/// A column.
#[derive(Debug)]
pub(super) enum Cells<'a> {
    /// Nothing is known.
    Unknown,
    /// Of a `bool` 0 or 1, of an enum the value's number; [`UNKNOWN`]; [`ODD`].
    Codes(Vec<u32>),
    /// Decimals of so many places, as whole numbers.
    Numbers { units: Vec<i64>, places: u32, null: Option<&'a NullBuffer> },
    /// Decimals, each with its own places.
    Mixed(Vec<Mixed>),
    /// Days since the first of 1970.
    Days(&'a PrimitiveArray<Date32Type>),
    /// Members of sets, as bits; so many words a row.
    Members { words: Vec<u64>, states: Vec<State>, width: usize },
    /// Texts.
    Texts(&'a dyn Array),
}

/// A number of a column in which each has places of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mixed {
    Unknown,
    /// Its digits, and how many of them stand behind the point.
    Number(i64, u8),
    /// Needs a closer look.
    Odd,
}

/// Whether a set is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    Known,
    Unknown,
    Odd,
}

impl<'a> Cells<'a> {
    /// Reads a column for a field that takes its type.
    pub(super) fn new(ruleset: &Ruleset, id: Id<Field>, array: &'a ArrayRef) -> Cells<'a> {
        let field = &ruleset.fields[id];
        if matches!(array.data_type(), DataType::Null) {
            return Cells::Unknown;
        }
        match field.ty {
            Type::Bool => bools(array),
            Type::Enum(of) => enums(ruleset, field, of, array),
            Type::Set(of) => members(ruleset, of, array),
            Type::Number(_) => numbers(array),
            Type::Date if matches!(array.data_type(), DataType::Date32) => Cells::Days(array.as_primitive()),
            Type::Date | Type::Text => Cells::Texts(array.as_ref()),
        }
    }
}

fn bools<'a>(array: &'a ArrayRef) -> Cells<'a> {
    let code = |value: Option<bool>| value.map_or(UNKNOWN, u32::from);
    Cells::Codes(array.as_boolean_opt().map_or_else(Vec::new, |array| array.iter().map(code).collect()))
}

fn enums<'a>(ruleset: &Ruleset, field: &Field, of: Id<Enum>, array: &'a ArrayRef) -> Cells<'a> {
    let code = |text: &str| match ruleset.enums[of].member_read(text) {
        Some(member) if field.allows(&qudao_language::model::Value::Enum(member)) => member,
        _ => ODD,
    };
    Cells::Codes(words(array.as_ref(), code))
}

/// The code of each text.
fn words(array: &dyn Array, code: impl Fn(&str) -> u32) -> Vec<u32> {
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        let values = dictionary.values();
        let codes: Vec<u32> =
            (0..values.len())
                .map(|row| {
                    if values.is_valid(row) { text(values.as_ref(), row).map_or(ODD, &code) } else { UNKNOWN }
                })
                .collect();
        if let Some(keys) = dictionary.keys().as_primitive_opt::<Int32Type>() {
            let of = |key: Option<i32>| match key {
                None => UNKNOWN,
                Some(key) => usize::try_from(key).ok().and_then(|key| codes.get(key)).copied().unwrap_or(ODD),
            };
            return keys.iter().map(of).collect();
        }
        let keys = dictionary.normalized_keys();
        let of = |(row, key): (usize, &usize)| {
            if array.is_valid(row) { codes.get(*key).copied().unwrap_or(ODD) } else { UNKNOWN }
        };
        return keys.iter().enumerate().map(of).collect();
    }
    let of = |row| if array.is_valid(row) { text(array, row).map_or(ODD, &code) } else { UNKNOWN };
    (0..array.len()).map(of).collect()
}

fn members<'a>(ruleset: &Ruleset, of: Id<Enum>, array: &'a ArrayRef) -> Cells<'a> {
    let width = ruleset.enums[of].members.len().div_ceil(64);
    let code = |text: &str| ruleset.enums[of].member_read(text).unwrap_or(ODD);
    // Where each row's members begin and end, and all members.
    let (ends, values): (Vec<usize>, &ArrayRef) = match array.data_type() {
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            (list.value_offsets().iter().map(|at| at.as_usize()).collect(), list.values())
        }
        _ => {
            let list = array.as_list::<i32>();
            (list.value_offsets().iter().map(|at| at.as_usize()).collect(), list.values())
        }
    };
    let codes = if matches!(values.data_type(), DataType::Null) {
        vec![ODD; values.len()]
    } else {
        words(values.as_ref(), code)
    };
    let mut words = vec![0_u64; width * array.len()];
    let mut states = Vec::with_capacity(array.len());
    for (row, (start, end)) in ends.iter().zip(ends.iter().skip(1)).enumerate() {
        if array.is_null(row) {
            states.push(State::Unknown);
            continue;
        }
        let mut state = State::Known;
        for code in codes.get(*start..*end).expect("a list lies among all members") {
            let word = if *code < ODD { words.get_mut(row * width + *code as usize / 64) } else { None };
            match word {
                Some(word) => *word |= 1 << (code % 64),
                // A null or an unknown name among the members.
                None => state = State::Odd,
            }
        }
        states.push(state);
    }
    Cells::Members { words, states, width }
}

fn numbers(array: &ArrayRef) -> Cells<'_> {
    match array.data_type() {
        DataType::Int8 => wholes::<Int8Type>(array),
        DataType::Int16 => wholes::<Int16Type>(array),
        DataType::Int32 => wholes::<Int32Type>(array),
        DataType::Int64 => wholes::<Int64Type>(array),
        DataType::UInt8 => wholes::<UInt8Type>(array),
        DataType::UInt16 => wholes::<UInt16Type>(array),
        DataType::UInt32 => wholes::<UInt32Type>(array),
        DataType::UInt64 => wholes::<UInt64Type>(array),
        DataType::Decimal32(_, scale) => decimals::<Decimal32Type>(array, *scale),
        DataType::Decimal64(_, scale) => decimals::<Decimal64Type>(array, *scale),
        DataType::Decimal128(_, scale) => decimals::<Decimal128Type>(array, *scale),
        DataType::Decimal256(_, scale) => decimals::<Decimal256Type>(array, *scale),
        DataType::Float32 => {
            let values = array.as_primitive::<Float32Type>().iter();
            Cells::Mixed(values.map(|value| value.map_or(Mixed::Unknown, of_f32)).collect())
        }
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>().iter();
            Cells::Mixed(values.map(|value| value.map_or(Mixed::Unknown, of_f64)).collect())
        }
        _ => {
            let value = |row| {
                if array.is_null(row) {
                    return Mixed::Unknown;
                }
                text(array.as_ref(), row).map_or(Mixed::Odd, of_text)
            };
            Cells::Mixed((0..array.len()).map(value).collect())
        }
    }
}

fn wholes<T: ArrowPrimitiveType>(array: &ArrayRef) -> Cells<'_>
where
    T::Native: TryInto<i64>,
{
    narrow::<T>(array, 0)
}

fn decimals<T: ArrowPrimitiveType + DecimalType>(array: &ArrayRef, scale: i8) -> Cells<'_>
where
    T::Native: TryIntoWhole,
{
    let Some(places) = u32::try_from(scale).ok().filter(|places| *places as usize <= MAX_FRACTION_DIGITS)
    else {
        let of = |value: Option<T::Native>| if value.is_some() { Mixed::Odd } else { Mixed::Unknown };
        return Cells::Mixed(array.as_primitive::<T>().iter().map(of).collect());
    };
    let values = array.as_primitive::<T>();
    let units: Option<Vec<i64>> = values.values().iter().map(|value| value.whole()).collect();
    match units {
        Some(units) => Cells::Numbers { units, places, null: array.nulls() },
        None => {
            let of = |value: Option<T::Native>| match value.map(TryIntoWhole::whole) {
                None => Mixed::Unknown,
                Some(Some(units)) => Mixed::Number(units, places as u8),
                Some(None) => Mixed::Odd,
            };
            Cells::Mixed(values.iter().map(of).collect())
        }
    }
}

/// Whole numbers that may be too large.
pub(super) trait TryIntoWhole: Copy {
    /// Returns it where it is small enough.
    fn whole(self) -> Option<i64>;
}

impl TryIntoWhole for i32 {
    fn whole(self) -> Option<i64> {
        Some(self.into())
    }
}

impl TryIntoWhole for i64 {
    fn whole(self) -> Option<i64> {
        Some(self)
    }
}

impl TryIntoWhole for i128 {
    fn whole(self) -> Option<i64> {
        self.try_into().ok()
    }
}

impl TryIntoWhole for arrow_buffer::i256 {
    fn whole(self) -> Option<i64> {
        self.to_i128()?.try_into().ok()
    }
}

fn narrow<T: ArrowPrimitiveType>(array: &ArrayRef, places: u8) -> Cells<'_>
where
    T::Native: TryInto<i64>,
{
    let values = array.as_primitive::<T>();
    let units: Option<Vec<i64>> = values.values().iter().map(|value| (*value).try_into().ok()).collect();
    match units {
        Some(units) => Cells::Numbers { units, places: u32::from(places), null: array.nulls() },
        None => {
            let of = |value: Option<T::Native>| match value.map(TryInto::try_into) {
                None => Mixed::Unknown,
                Some(Ok(units)) => Mixed::Number(units, places),
                Some(Err(_)) => Mixed::Odd,
            };
            Cells::Mixed(values.iter().map(of).collect())
        }
    }
}

const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];

/// The shortest decimal that stands for a number. Up to 15 digits stand for one number only, and dividing by a power of
/// ten rounds once, so a decimal of so few digits that gives the number back is the shortest.
fn of_f64(value: f64) -> Mixed {
    for (places, power) in (0..).zip(POWERS) {
        let units = (value * power).round();
        if units.abs() < 1e15 && units / power == value {
            return Mixed::Number(units as i64, places);
        }
    }
    of_text(&value.to_string())
}

fn of_f32(value: f32) -> Mixed {
    let wide = f64::from(value);
    if wide.fract() == 0.0 && wide.abs() < 1e6 {
        return Mixed::Number(wide as i64, 0);
    }
    of_text(&value.to_string())
}

fn of_text(text: &str) -> Mixed {
    super::super::decode::decimal(text)
        .map_or(Mixed::Odd, |(units, places)| Mixed::Number(units, places as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floating_point_number_is_the_shortest_decimal_that_stands_for_it() {
        let wide = [0.0, -0.0, 0.1, 1.15, -2.5, 1e15, 0.3, 19.99, 1e14 + 0.5, 123_456.789, 5e-7, 0.000_000_1];
        for value in wide {
            assert_eq!(of_f64(value), of_text(&value.abs().to_string()).negated(value < 0.0), "{value}");
        }
        assert_eq!(of_f64(0.1 + 0.2), Mixed::Odd);
        assert_eq!(of_f64(f64::NAN), Mixed::Odd);
        assert_eq!(of_f32(0.1), Mixed::Number(1, 1));
        assert_eq!(of_f32(f32::INFINITY), Mixed::Odd);
    }

    impl Mixed {
        fn negated(self, negative: bool) -> Mixed {
            match self {
                Mixed::Number(units, places) if negative => Mixed::Number(-units, places),
                other => other,
            }
        }
    }
}
