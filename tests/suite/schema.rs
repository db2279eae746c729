//! The JSON Schema of profiles accepts what the reader takes from JSON, and nothing else that draft 7 can tell.

use fancy_regex::Regex;
use qudao_language::diagnostic::{Code, Diagnostic};
use qudao_language::profile::{Format, read, schema};
use serde_json::{Map, Value as Json, json};

use crate::support::{folder, ruleset};

/// Whether a document fits a schema, by the keywords that ours are made of; another keyword is an error of the test.
fn fits(schema: &Json, document: &Json) -> bool {
    schema.as_object().unwrap().iter().all(|(keyword, says)| keeps(schema, keyword, says, document))
}

fn keeps(schema: &Json, keyword: &str, says: &Json, document: &Json) -> bool {
    let all = |says: &Json| says.as_array().unwrap().clone();
    let number = document.as_f64();
    let against =
        |holds: fn(f64, f64) -> bool| number.is_none_or(|number| holds(number, says.as_f64().unwrap()));
    match keyword {
        "$schema" | "title" | "description" | "default" | "deprecated" | "format" => true,
        "type" if says.is_string() => is_of(document, says.as_str().unwrap()),
        "type" => all(says).iter().any(|kind| is_of(document, kind.as_str().unwrap())),
        "enum" => all(says).contains(document),
        "pattern" => {
            let pattern = Regex::new(says.as_str().unwrap()).unwrap();
            document.as_str().is_none_or(|text| pattern.is_match(text).unwrap())
        }
        "minimum" => against(|number, bound| number >= bound),
        "maximum" => against(|number, bound| number <= bound),
        "exclusiveMinimum" => against(|number, bound| number > bound),
        "exclusiveMaximum" => against(|number, bound| number < bound),
        "items" => document.as_array().is_none_or(|items| items.iter().all(|item| fits(says, item))),
        "properties" => document.as_object().is_none_or(|object| {
            object.iter().all(|(key, value)| says.get(key).is_none_or(|schema| fits(schema, value)))
        }),
        "additionalProperties" => {
            assert_eq!(says, &json!(false));
            let known = schema["properties"].as_object().unwrap();
            document.as_object().is_none_or(|object| object.keys().all(|key| known.contains_key(key)))
        }
        "required" => document
            .as_object()
            .is_none_or(|object| all(says).iter().all(|key| object.contains_key(key.as_str().unwrap()))),
        "allOf" => all(says).iter().all(|schema| fits(schema, document)),
        "anyOf" => all(says).iter().any(|schema| fits(schema, document)),
        "oneOf" => all(says).iter().filter(|schema| fits(schema, document)).count() == 1,
        "not" => !fits(says, document),
        other => panic!("the schema says `{other}`"),
    }
}

fn is_of(document: &Json, kind: &str) -> bool {
    match kind {
        "null" => document.is_null(),
        "boolean" => document.is_boolean(),
        "string" => document.is_string(),
        "array" => document.is_array(),
        "object" => document.is_object(),
        "number" => document.is_number(),
        "integer" => document.as_f64().is_some_and(|number| number.fract() == 0.0),
        other => panic!("there is no type `{other}`"),
    }
}

/// Values for every field, each as JSON writes it.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "2.5",
    "2.0",
    "1e1",
    "1e2",
    "-1",
    "100",
    "101",
    "1000000",
    "1000001",
    "99999999999999",
    "1000000000000000000",
    "\"\"",
    "\"company\"",
    "\"Company\"",
    "\"small\"",
    "\"middle\"",
    "\"large\"",
    "\"unknown\"",
    "\"2021-06-01\"",
    "\"2021-6-1\"",
    "\"2021-02-29\"",
    "\"2020-02-29\"",
    "\"2000-02-29\"",
    "\"1900-02-29\"",
    "\"0000-01-01\"",
    "\"0004-02-29\"",
    "\"0001-01-01\"",
    "\"9999-12-31\"",
    "\"2021-04-31\"",
    "\"2021-13-01\"",
    "\"2021-06-01T10:00:00\"",
    "\"9\"",
    "\"1 per week\"",
    "\"1 per  week \"",
    "\"1per week\"",
    "\" 1 per week\"",
    "\"1 week\"",
    "\"1 weeks\"",
    "\"9/month\"",
    "\"1_0 per month\"",
    "\"012 per month\"",
    "\".5 per month\"",
    "\"1e1 per month\"",
    "\"+5 per month\"",
    "\"5%\"",
    "\"5 %\"",
    "\"5 percent\"",
    "\"5 CNY\"",
    "\"5CNY\"",
    "\"5 USD\"",
    "\"5 post\"",
    "\"5 post per month\"",
    "\"5 CNY per month\"",
    "\"1 per\"",
    "\"1 per month now\"",
    "[]",
    "[\"sell\"]",
    "[\"sell\", \"sell\"]",
    "[\"sel\"]",
    "[null]",
    "[1]",
    "[[\"sell\"]]",
    "{}",
    "{\"a\": 1}",
];

#[test]
fn the_schema_accepts_what_the_reader_takes() {
    let ruleset = ruleset(&std::fs::read_to_string(folder("profiles").join("ruleset.qd")).unwrap());
    let schema = schema(&ruleset, "en");
    let mut wrong = Vec::new();
    let mut taken = 0;
    let mut compare = |text: String| {
        let document: Json = serde_json::from_str(&text).unwrap();
        let by_schema = fits(&schema, &document);
        let read = read(&ruleset, "p.json", text.clone().into_bytes(), Format::Json, &[]);
        let by_reader = read.profile.is_some();
        // What becomes of a number in another unit, draft 7 cannot tell.
        let converted = |d: &Diagnostic| {
            matches!(d.code, Code::NotWhole | Code::OutOfRange)
                && read.files.slice(d.label.span).starts_with('"')
        };
        if by_schema && read.diagnostics.iter().any(converted) {
            return;
        }
        taken += usize::from(by_reader);
        if by_schema != by_reader {
            wrong.push(format!("{text}: the schema says {by_schema}, the reader {by_reader}"));
        }
    };
    for field in ruleset.fields.iter() {
        for value in VALUES {
            let rest = if &*field.name == "owner" { "" } else { "\"owner\": \"company\", " };
            compare(format!("{{{rest}\"{}\": {value}}}", field.name));
        }
    }
    for document in [
        "{}",
        "[]",
        "null",
        "\"owner\"",
        "{\"owner\": null}",
        "{\"city\": \"x\"}",
        "{\"owner\": null, \"Owner\": null}",
        "{\"owner\": null, \"articles\": 9}",
        "{\"owner\": null, \"articles\": \"x\"}",
        "{\"owner\": null, \"articles\": 900}",
        "{\"owner\": null, \"articles\": 9, \"posts\": 9}",
        "{\"owner\": null, \"a\": {\"posts\": 9}}",
    ] {
        compare(document.into());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(taken > 100, "only {taken} documents were taken");
}

#[test]
fn defaults_fit_and_every_field_is_there() {
    let ruleset = ruleset(&std::fs::read_to_string(folder("profiles").join("ruleset.qd")).unwrap());
    let schema = schema(&ruleset, "zh");
    let properties: &Map<String, Json> = schema["properties"].as_object().unwrap();
    for field in ruleset.fields.iter() {
        let property = &properties[&*field.name];
        assert!(property.get("default").is_none_or(|default| fits(property, default)), "{}", field.name);
    }
}

#[test]
fn what_a_field_makes_is_told() {
    let text = "ruleset t \"T\"\nprofile { n: int \"How many?\" in 0 .. 9, m: int, other: bool }\n\
                fact fee: number EUR\nchannel a { fee = 2 EUR }\nlet all = n + m\n\
                measure cost: number EUR \"Cost\" for each c = all * c.fee\n\
                measure double: number for each c = n * 2\n";
    let schema = schema(&ruleset(text), "en");
    let told = |field: &str| schema["properties"][field]["description"].as_str().map(str::to_string);
    let both = "makes the measure `cost`, Cost\nmakes the measure `double`";
    assert_eq!(told("n").as_deref(), Some(both));
    assert_eq!(told("m").as_deref(), Some("makes the measure `cost`, Cost"));
    assert_eq!(told("other"), None);
}
