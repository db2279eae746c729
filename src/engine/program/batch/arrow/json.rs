//! Values of columns as JSON.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType, PrimitiveArray, downcast_integer_array};
use arrow_buffer::ArrowNativeType;
use arrow_schema::{DataType, TimeUnit};

use super::cells::UNIX_DAY;
use qudao_language::date::Date;

/// Returns a value as JSON: numbers exactly, days and what has no form of its own as text.
///
/// # Errors
/// The word for a number that is none: `NaN`, `inf`, `-inf`.
pub(super) fn of(array: &dyn Array, row: usize) -> Result<String, String> {
    if !array.is_valid(row) || row >= array.len() {
        return Ok("null".into());
    }
    if let Some(text) = text(array, row) {
        return Ok(serde_json::Value::from(text).to_string());
    }
    Ok(match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Int8 => whole::<Int8Type>(array, row),
        DataType::Int16 => whole::<Int16Type>(array, row),
        DataType::Int32 => whole::<Int32Type>(array, row),
        DataType::Int64 => whole::<Int64Type>(array, row),
        DataType::UInt8 => whole::<UInt8Type>(array, row),
        DataType::UInt16 => whole::<UInt16Type>(array, row),
        DataType::UInt32 => whole::<UInt32Type>(array, row),
        DataType::UInt64 => whole::<UInt64Type>(array, row),
        DataType::Decimal32(..) => trimmed(array.as_primitive::<Decimal32Type>().value_as_string(row)),
        DataType::Decimal64(..) => trimmed(array.as_primitive::<Decimal64Type>().value_as_string(row)),
        DataType::Decimal128(..) => trimmed(array.as_primitive::<Decimal128Type>().value_as_string(row)),
        DataType::Decimal256(..) => trimmed(array.as_primitive::<Decimal256Type>().value_as_string(row)),
        DataType::Float32 => float(array.as_primitive::<Float32Type>().value(row))?,
        DataType::Float64 => float(array.as_primitive::<Float64Type>().value(row))?,
        DataType::Date32 => day(array.as_primitive::<Date32Type>(), row),
        DataType::Timestamp(unit, zone) => time(array, row, *unit, zone.is_some()),
        DataType::List(_) => list(array.as_list::<i32>().value(row).as_ref())?,
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row).as_ref())?,
        other => format!("\"({other})\""),
    })
}

/// Returns a decimal without the zeros at its end: how many there are is of the column, nobody wrote them.
fn trimmed(digits: String) -> String {
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => digits,
    }
}

/// Returns a text, whatever the kind of its column.
pub(super) fn text(array: &dyn Array, row: usize) -> Option<&str> {
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(array.as_string_view().value(row)),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            text(dictionary.values().as_ref(), key(dictionary.keys(), row)?)
        }
        _ => None,
    }
}

/// The place of a row's word, found without a look at the keys of other rows.
fn key(keys: &dyn Array, row: usize) -> Option<usize> {
    downcast_integer_array!(
        keys => keys.value(row).to_usize(),
        _ => None
    )
}

fn whole<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> String
where
    T::Native: std::fmt::Display,
{
    array.as_primitive::<T>().value(row).to_string()
}

/// The shortest decimal that stands for a number.
fn float(value: impl std::fmt::Display + Into<f64> + Copy) -> Result<String, String> {
    if value.into().is_finite() { Ok(value.to_string()) } else { Err(value.to_string()) }
}

fn day(array: &PrimitiveArray<Date32Type>, row: usize) -> String {
    let number = i64::from(array.value(row)) + *UNIX_DAY;
    if (0..=Date::MAX.number()).contains(&number) {
        format!("\"{}\"", Date::of_number(number))
    } else {
        format!("\"day {} after 1970-01-01\"", array.value(row))
    }
}

/// A moment as text, in UTC where it has a zone.
fn time(array: &dyn Array, row: usize, unit: TimeUnit, zoned: bool) -> String {
    use arrow_array::types::{
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    };
    let moment = match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value_as_datetime(row),
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value_as_datetime(row),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value_as_datetime(row),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().value_as_datetime(row),
    };
    let zone = if zoned { "Z" } else { "" };
    moment.map_or("null".into(), |moment| format!("\"{}{zone}\"", moment.to_string().replace(' ', "T")))
}

fn list(values: &dyn Array) -> Result<String, String> {
    let values = (0..values.len()).map(|row| of(values, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("[{}]", values.join(",")))
}
