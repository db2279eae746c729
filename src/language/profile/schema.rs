//! The fields of a profile as JSON Schema, draft 7: what editors read.

use serde_json::{Map, Value as Json, json};

use crate::exact::{Exact, MAX_WHOLE_DIGITS};
use crate::model::{Enum, Field, Id, Measure, Ruleset, Type, Unit, UnitDefinition, Value};

/// Returns the JSON Schema (draft 7) of a ruleset's profiles, its texts in a language.
///
/// It accepts what [`read`](super::read) takes from JSON, save what draft 7 cannot say: the range of a date or of a
/// number with a unit, whether that number is whole in the field's own unit, and how many digits a number may have.
#[must_use]
pub fn schema(ruleset: &Ruleset, language: &str) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut conditions = Vec::new();
    let measured: Vec<_> =
        ruleset.measures.iter().map(|measure| (measure, ruleset.fields_measured_by(measure))).collect();
    for (id, field) in ruleset.fields.entries() {
        let measures =
            measured.iter().filter(|(_, fields)| fields.contains(&id)).map(|(measure, _)| *measure);
        let property = property(ruleset, field, measures, language);
        for was in &field.was {
            let mut old = property.as_object().cloned().unwrap_or_default();
            old.insert("description".into(), format!("the old name of `{}`", field.name).into());
            old.insert("deprecated".into(), true.into());
            properties.insert(was.to_string(), Json::Object(old));
        }
        properties.insert(field.name.to_string(), property);
        match (field.required, field.was.is_empty()) {
            (true, true) => required.push(Json::from(&*field.name)),
            (_, false) => conditions.push(one_name(field)),
            (false, true) => {}
        }
    }
    let mut document = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": ruleset.title.get(language),
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if let Some(object) = document.as_object_mut() {
        for (key, values) in [("required", required), ("allOf", conditions)] {
            if !values.is_empty() {
                object.insert(key.into(), values.into());
            }
        }
    }
    document
}

/// A field is given by one of its names at most, and by one of them if it is required.
fn one_name(field: &Field) -> Json {
    let given = std::iter::once(&field.name).chain(&field.was).map(|name| json!({ "required": [&**name] }));
    let given: Vec<Json> = given.collect();
    match field.required {
        true => json!({ "oneOf": given }),
        false => {
            let none = json!({ "not": { "anyOf": given.clone() } });
            json!({ "oneOf": std::iter::once(none).chain(given).collect::<Vec<_>>() })
        }
    }
}

fn property<'r>(
    ruleset: &Ruleset,
    field: &Field,
    measures: impl Iterator<Item = &'r Measure>,
    language: &str,
) -> Json {
    let mut schema = Map::new();
    if let Some(question) = &field.question {
        schema.insert("title".into(), question.get(language).into());
    }
    let mut description = Vec::new();
    if let Some(section) = field.section.and_then(|section| ruleset.sections.get(section)) {
        description.push(section.get(language).to_string());
    }
    // Null is an answer everywhere: "not sure".
    match field.ty {
        Type::Bool => {
            schema.insert("type".into(), json!(["boolean", "null"]));
        }
        Type::Text => {
            schema.insert("type".into(), json!(["string", "null"]));
        }
        Type::Date => {
            schema.insert("type".into(), json!(["string", "null"]));
            schema.insert("format".into(), "date".into());
            schema.insert("pattern".into(), DAYS.into());
        }
        Type::Enum(id) => {
            let allowed = |member: u32| field.allows(&Value::Enum(member));
            let mut values = members(ruleset, id, language, &mut description, allowed);
            values.push(Json::Null);
            schema.insert("enum".into(), values.into());
        }
        Type::Set(id) => {
            let values = members(ruleset, id, language, &mut description, |_| true);
            schema.insert("type".into(), json!(["array", "null"]));
            schema.insert("items".into(), json!({ "enum": values }));
        }
        Type::Number(number) => {
            let base = if number.whole { "integer" } else { "number" };
            schema.insert("type".into(), json!([base, "string", "null"]));
            schema.insert("pattern".into(), quantities(ruleset, number.unit).into());
            let unit = ruleset.units.name(number.unit, true);
            if !unit.is_empty() {
                description.push(format!("a number in `{unit}`, or a text with another unit of its kind"));
            }
            let low = bound(&mut schema, "minimum", field.low.as_ref());
            let high = bound(&mut schema, "maximum", field.high.as_ref());
            // No number has more than 18 digits before the point.
            if !low {
                schema.insert("exclusiveMinimum".into(), (-DIGITS).into());
            }
            if !high {
                schema.insert("exclusiveMaximum".into(), DIGITS.into());
            }
        }
    }
    for measure in measures {
        let title = measure.title.as_ref().map(|title| format!(", {}", title.get(language)));
        description.push(format!("makes the measure `{}`{}", measure.name, title.unwrap_or_default()));
    }
    if let Some(default) = &field.default {
        schema.insert("default".into(), value(ruleset, field.ty, default));
    }
    if !description.is_empty() {
        schema.insert("description".into(), description.join("\n").into());
    }
    Json::Object(schema)
}

/// The first number with too many digits.
const DIGITS: i64 = 10_i64.pow(MAX_WHOLE_DIGITS as u32);

/// The days of the calendar, from 0001-01-01 to 9999-12-31.
const DAYS: &str = "^(?:(?:[0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})-\
    (?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|\
    02-(?:0[1-9]|1[0-9]|2[0-8]))|\
    (?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)$";

/// A number, as all formats write it.
const NUMERAL: &str = "[-+]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)(?:[.][0-9]+(?:_[0-9]+)*)?(?:[eE][-+]?[0-9]+)?";

/// Returns the pattern of numbers in units that can be converted to a field's.
fn quantities(ruleset: &Ruleset, unit: Unit) -> String {
    let ids = || std::iter::once(None).chain(ruleset.units.iter().map(|(id, _)| Some(id)));
    let names = |id: Option<Id<UnitDefinition>>| {
        let unit = id.map(|id| ruleset.units.get(id));
        let names: Vec<&str> =
            unit.into_iter().flat_map(|unit| std::iter::once(&*unit.name).chain(unit.plural)).collect();
        if names.len() > 1 { format!("(?:{})", names.join("|")) } else { names.concat() }
    };
    let mut written = Vec::new();
    for numerator in ids() {
        for denominator in ids() {
            let from = Unit { numerator, denominator };
            // Nothing is counted per percent, though it would be read.
            let odd = denominator.is_some_and(|id| ruleset.units.get(id).root.is_none());
            if from.is_none() || odd || ruleset.units.conversion(from, unit).is_none() {
                continue;
            }
            let per = denominator.map(|_| format!("per\\s+{}", names(denominator)));
            let own = numerator.map(|_| names(numerator));
            if own.as_deref() == Some("percent") && per.is_none() {
                written.push("%".to_string());
            }
            written.push(own.into_iter().chain(per).collect::<Vec<_>>().join("\\s+"));
        }
    }
    format!("^{NUMERAL}\\s*(?:{})\\s*$", written.join("|"))
}

/// Returns the values of an enum that a field takes, and describes them.
fn members(
    ruleset: &Ruleset,
    id: Id<Enum>,
    language: &str,
    description: &mut Vec<String>,
    allowed: impl Fn(u32) -> bool,
) -> Vec<Json> {
    let members = (0..).zip(&ruleset.enums[id].members).filter(|(number, _)| allowed(*number));
    let mut values = Vec::new();
    for (_, member) in members {
        values.push(Json::from(&*member.name));
        values.extend(member.was.iter().map(|was| Json::from(&**was)));
        if let Some(title) = &member.title {
            description.push(format!("{}: {}", member.name, title.get(language)));
        }
    }
    values
}

/// Tells one end of a field's range, if it has one; tells whether it has.
fn bound(schema: &mut Map<String, Json>, key: &str, value: Option<&Value>) -> bool {
    match value.and_then(Value::as_number).and_then(exact) {
        Some(number) => {
            schema.insert(key.into(), number);
            true
        }
        None => false,
    }
}

/// JSON has no fractions but decimals; a bound that is none is left out.
fn exact(number: Exact) -> Option<Json> {
    let text = number.to_string();
    if text.starts_with('≈') {
        return None;
    }
    serde_json::from_str(&text).ok()
}

fn value(ruleset: &Ruleset, ty: Type, value: &Value) -> Json {
    let member = |member: &u32| match ty {
        Type::Enum(id) | Type::Set(id) => Json::from(ruleset.enums[id].member_name(*member)),
        Type::Bool | Type::Number(_) | Type::Text | Type::Date => Json::Null,
    };
    match value {
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => exact(number.value).unwrap_or(Json::Null),
        Value::Text(text) => (&**text).into(),
        Value::Date(date) => date.to_string().into(),
        Value::Enum(number) => member(number),
        Value::Set(members) => members.iter().map(member).collect(),
    }
}
