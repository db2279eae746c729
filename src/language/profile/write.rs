//! Profiles as YAML: what [`read`](super::read) reads back as the same profile.

use crate::exact::Exact;
use crate::model::{Field, FieldValue, Id, Number, NumberType, Origin, Profile, Ruleset, Type, Unit, Value};
use crate::visible::is_hidden;

/// Returns a profile as YAML, one field a line in the order of declaration; a value that is unknown is null.
///
/// Read back, it is the same profile: a field that the profile leaves out is left out here, unless it is required. A
/// number that no decimal tells is written in a unit in which one does; where there is none, the line is a remark.
#[must_use]
pub fn yaml_text(ruleset: &Ruleset, profile: &Profile) -> String {
    let mut text = String::new();
    for (id, field) in ruleset.fields.entries() {
        let given = profile.get(id);
        if given.origin == Origin::Given || (field.required && given.value.is_none()) {
            text.push_str(&yaml_line(ruleset, id, given));
            text.push('\n');
        }
    }
    if text.is_empty() { "{}\n".into() } else { text }
}

/// Returns one field and its value as a line of YAML, without a line end.
#[must_use]
pub fn yaml_line(ruleset: &Ruleset, field: Id<Field>, given: &FieldValue) -> String {
    let declared = &ruleset.fields[field];
    let name = word(&declared.name);
    match &given.value {
        None => format!("{name}: null"),
        Some(value) => match value_text(ruleset, value, declared.ty) {
            Some(value) => format!("{name}: {value}"),
            None => format!("# {name}: {}", value.as_number().unwrap_or(Exact::ZERO)),
        },
    }
}

fn value_text(ruleset: &Ruleset, value: &Value, ty: Type) -> Option<String> {
    let member = |member: &u32| match ty {
        Type::Enum(id) | Type::Set(id) => word(ruleset.enums[id].member_name(*member)),
        Type::Bool | Type::Number(_) | Type::Text | Type::Date => String::new(),
    };
    Some(match (value, ty) {
        (Value::Bool(value), _) => value.to_string(),
        (Value::Number(number), Type::Number(ty)) => return number_text(ruleset, number, ty),
        (Value::Number(number), _) => number.value.to_string(),
        (Value::Text(text), _) => quoted(text),
        (Value::Date(date), _) => date.to_string(),
        (Value::Enum(number), _) => member(number),
        (Value::Set(members), _) => {
            let members: Vec<String> = members.iter().map(member).collect();
            format!("[{}]", members.join(", "))
        }
    })
}

/// Returns a number as it was written, or in the first unit of its kind in which a decimal tells it.
#[must_use]
pub fn number_text(ruleset: &Ruleset, number: &Number, ty: NumberType) -> Option<String> {
    let in_unit = |digits: &str, unit: Unit| match ruleset.units.name(unit, digits != "1") {
        _ if unit == ty.unit => digits.to_string(),
        name => format!("{digits} {name}"),
    };
    if let Some(written) = number.written.as_ref().filter(|w| w.unit == ty.unit || !w.unit.is_none()) {
        return Some(in_unit(&written.digits, written.unit));
    }
    let decimal = |unit: Unit| {
        let value = number.value.times(ruleset.units.conversion(ty.unit, unit)?)?;
        let digits = value.to_string();
        (!digits.starts_with('≈') && value.is_writable_size()).then(|| in_unit(&digits, unit))
    };
    let all = || ruleset.units.iter().map(|(id, _)| Some(id));
    decimal(ty.unit)
        .or_else(|| all().find_map(|numerator| decimal(Unit { numerator, ..ty.unit })))
        .or_else(|| all().find_map(|denominator| decimal(Unit { denominator, ..ty.unit })))
}

/// Returns a name, between quotation marks where YAML could take it for something else.
fn word(name: &str) -> String {
    const OTHERS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    if OTHERS.contains(&name.to_lowercase().as_str()) { quoted(name) } else { name.to_string() }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_hidden(c) => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
