//! Values of Python as a profile in JSON, which is then read as any other.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyDate, PyDateTime, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PyMapping, PySet, PyString,
    PyTuple,
};

use crate::error::Wrong;

/// Values nest no deeper; a profile refuses it much earlier.
const MAX_DEPTH: usize = 64;

/// So many digits a floating-point number holds surely.
const SURE_DIGITS: usize = 15;

/// Writes a mapping as an object of JSON, a field a line. A value `qudao.LEFT_OUT` leaves its field out.
pub(crate) fn json(profile: &Bound<'_, PyAny>) -> PyResult<String> {
    let mapping = profile.cast::<PyMapping>().map_err(|_| {
        PyTypeError::new_err(format!("a profile is a mapping of fields, or a path, not {}", kind(profile)))
    })?;
    let mut text = String::from("{");
    for entry in mapping.items()?.iter() {
        let (name, value) = entry.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let name = name.cast::<PyString>().map_err(|_| {
            PyTypeError::new_err(format!("the name of a field is a text, not {}", kind(&name)))
        })?;
        let name = name.to_str()?;
        if marker(&value)?.as_deref() == Some("LEFT_OUT") {
            continue;
        }
        text.push_str(if text.len() > 1 { ",\n  " } else { "\n  " });
        push_text(&mut text, name);
        text.push_str(": ");
        push(&mut text, name, &value, 0)?;
    }
    text.push_str("\n}\n");
    Ok(text)
}

/// Returns which of the package's two marks a value is.
fn marker(value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let ty = value.get_type();
    match ty.name()? == "Mark" && ty.module()? == "qudao._values" {
        true => Ok(Some(value.getattr(intern!(value.py(), "name"))?.extract()?)),
        false => Ok(None),
    }
}

fn kind(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "this".to_string(), |name| format!("`{name}`"))
}

fn push_text(text: &mut String, value: &str) {
    text.push_str(&serde_json::Value::from(value).to_string());
}

fn push(text: &mut String, field: &str, value: &Bound<'_, PyAny>, depth: usize) -> PyResult<()> {
    let py = value.py();
    if depth > MAX_DEPTH {
        return Err(Wrong::from(format!("`{field}` nests deeper than {MAX_DEPTH} levels")).into());
    }
    if value.is_none() || marker(value)?.as_deref() == Some("NOT_SURE") {
        text.push_str("null");
    } else if let Ok(value) = value.cast::<PyBool>() {
        text.push_str(if value.is_true() { "true" } else { "false" });
    } else if let Ok(value) = value.cast::<PyString>() {
        push_text(text, value.to_str()?);
    } else if let Ok(value) = value.cast::<PyInt>() {
        text.push_str(&whole(field, value)?);
    } else if let Ok(value) = value.cast::<PyFloat>() {
        text.push_str(&float(field, value)?);
    } else if let Ok(value) = value.cast::<PyDateTime>() {
        let day = value.call_method0(intern!(py, "isoformat"))?.extract::<String>()?;
        match day.strip_suffix("T00:00:00") {
            Some(day) => push_text(text, day),
            None => {
                return Err(
                    Wrong::from(format!("`{field}` is a time of day; a day is told by `.date()`")).into()
                );
            }
        }
    } else if let Ok(value) = value.cast::<PyDate>() {
        push_text(text, value.call_method0(intern!(py, "isoformat"))?.extract::<String>()?.as_str());
    } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        push_list(text, field, value.try_iter()?.collect::<PyResult<_>>()?, depth)?;
    } else if value.is_instance_of::<PySet>() || value.is_instance_of::<PyFrozenSet>() {
        // A set has no order; what is told of it has one.
        let mut values: Vec<Bound<'_, PyAny>> = value.try_iter()?.collect::<PyResult<_>>()?;
        let mut keys = values
            .iter()
            .map(|value| Ok(value.str()?.to_str()?.to_string()))
            .collect::<PyResult<Vec<_>>>()?;
        let mut keyed: Vec<(String, Bound<'_, PyAny>)> = keys.drain(..).zip(values.drain(..)).collect();
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        push_list(text, field, keyed.into_iter().map(|(_, value)| value).collect(), depth)?;
    } else if let Ok(value) = value.cast::<PyDict>() {
        return Err(PyTypeError::new_err(format!("`{field}` is {}; no field holds one", kind(value))));
    } else if decimal(value)? {
        let finite: bool = value.call_method0(intern!(py, "is_finite"))?.extract()?;
        if !finite {
            return Err(no_number(field, &value.str()?.to_string()));
        }
        text.push_str(&value.str()?.to_string());
    } else if let Ok(plain) = value.call_method0(intern!(py, "tolist")) {
        // What numpy holds, one value or many.
        if plain.is(value) {
            return Err(refused(field, value));
        }
        push(text, field, &plain, depth + 1)?;
    } else if let Ok(number) = value.call_method0(intern!(py, "__index__")) {
        push(text, field, &number, depth + 1)?;
    } else if is_enum(value)? {
        push(text, field, &value.getattr(intern!(py, "value"))?, depth + 1)?;
    } else {
        return Err(refused(field, value));
    }
    Ok(())
}

fn push_list(text: &mut String, field: &str, values: Vec<Bound<'_, PyAny>>, depth: usize) -> PyResult<()> {
    text.push('[');
    for (number, value) in values.iter().enumerate() {
        text.push_str(if number > 0 { ", " } else { "" });
        push(text, field, value, depth + 1)?;
    }
    text.push(']');
    Ok(())
}

fn decimal(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.is_instance(
        &value.py().import(intern!(value.py(), "decimal"))?.getattr(intern!(value.py(), "Decimal"))?,
    )
}

fn is_enum(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.is_instance(&value.py().import(intern!(value.py(), "enum"))?.getattr(intern!(value.py(), "Enum"))?)
}

fn refused(field: &str, value: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!(
        "`{field}` is {}; a field holds bool, int, Decimal, str, date, a list of str, or None",
        kind(value)
    ))
}

fn no_number(field: &str, value: &str) -> PyErr {
    Wrong::from(format!("`{field}` is {value}, which is no number; give None where it is not known")).into()
}

/// An `int` that is a member of an enum shows another text than its number.
fn whole(field: &str, value: &Bound<'_, PyInt>) -> PyResult<String> {
    let int = value.py().get_type::<PyInt>();
    let shown = int.call_method1(intern!(value.py(), "__repr__"), (value,));
    let shown = shown.map_err(|error| match error.is_instance_of::<PyValueError>(value.py()) {
        true => Wrong::from(format!("`{field}` has too many digits")).into(),
        false => error,
    })?;
    shown.extract()
}

/// A float is taken for the shortest decimal that stands for it, as long as nobody can doubt which is meant.
fn float(field: &str, value: &Bound<'_, PyFloat>) -> PyResult<String> {
    let number = value.value();
    if !number.is_finite() {
        let name = if number.is_nan() { "NaN" } else { "infinite" };
        return Err(no_number(field, name));
    }
    let shown = format!("{number:e}");
    let digits = shown.split('e').next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
    if digits > SURE_DIGITS {
        return Err(Wrong::from(format!(
            "`{field}` is the float {number}, whose last digits are those of its arithmetic; give a Decimal, as in \
             Decimal(\"{number:.2}\")"
        ))
        .into());
    }
    Ok(shown)
}
