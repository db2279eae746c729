//! Certificates: each holds, and none that was changed does.

use qudao_language::model::text_digest;
use qudao_telling::certificate::{Broken, Certificate, certificate};
use qudao_telling::words::Speaker;
use serde_json::{Value as Json, json};

use crate::generate::{self, Dice};
use crate::laws::{case, cases};
use crate::support;

/// Writes a certificate anew, with the digest that fits.
fn sealed(whole: &Json) -> String {
    let mut whole = whole.clone();
    whole.as_object_mut().unwrap().remove("digest");
    let text = whole.to_string();
    let text = text.strip_suffix('}').unwrap();
    format!("{text},\"digest\":\"{}\"}}\n", text_digest(text))
}

/// The places in a certificate that decide: what is told of it besides is not followed.
fn leaves(value: &mut Json, key: &str, visit: &mut impl FnMut(&str, &mut Json)) {
    match value {
        Json::Array(all) => all.iter_mut().for_each(|part| leaves(part, key, visit)),
        Json::Object(all) => all.iter_mut().for_each(|(key, part)| leaves(part, key, visit)),
        _ => visit(key, value),
    }
}

fn made(seed: u64, check: impl FnOnce(&qudao_language::decide::Decision<'_>, &str)) {
    let case = case(seed, 70);
    let read = support::profile(&case.ruleset, &generate::yaml(&case.profile));
    let profile = read.profile.unwrap();
    let day = case.ruleset.as_of.unwrap();
    let decision = qudao_language::decide::decide(&case.ruleset, &profile, day);
    check(&decision, &certificate(&decision, Speaker::new(&case.ruleset, Some("en"))));
}

#[test]
fn what_was_decided_holds_and_is_of_its_rules() {
    for seed in 0..cases(100) {
        made(seed + 8_000_000, |decision, text| {
            let read = Certificate::read(text).unwrap();
            assert_eq!(read.faults(), Vec::<String>::new(), "seed {seed}");
            let compared = read.compare(decision);
            assert!(
                compared.is_same && !compared.is_false && compared.moved.is_empty(),
                "seed {seed}: {compared:?}"
            );
        });
    }
}

/// The smallest certificate that there is, and one with levels, a fact, a text in Chinese and a character for what is none.
fn small() -> [String; 2] {
    let least = "ruleset r \"R\" { as of 2026-01-01 }\nprofile { x: bool }\nchannel a \"A\"\n";
    let more = "ruleset r \"R \u{fffd}\" @zh \"规则\" { as of 2026-01-01 }\nlevels strong \"Strong\" > weak\n\
        profile { x: number in 0 .. 9 }\nfact f: number\nchannel a \"A\" { f = 3 }\n\
        rule y { when x > a.f then score a +strong because \"{x} 大于 {a.f}\" }\n";
    [(least, "x: true"), (more, "x: 5")].map(|(text, yaml)| {
        let ruleset = support::ruleset(text);
        let read = support::profile(&ruleset, yaml);
        let profile = read.profile.unwrap();
        let decision = qudao_language::decide::decide(&ruleset, &profile, ruleset.as_of.unwrap());
        certificate(&decision, Speaker::new(&ruleset, Some("en")))
    })
}

#[test]
fn no_byte_is_changed_unseen() {
    for text in small() {
        assert!(Certificate::read(&text).is_ok_and(|it| it.faults().is_empty()), "{text}");
        let bytes = text.as_bytes();
        for at in 0..bytes.len() {
            let unseen = |changed: &[u8]| {
                let said = Certificate::read(changed).map(|_| ()).unwrap_err();
                assert!(matches!(said, Broken::Changed | Broken::Other | Broken::Later(_)), "{at}: {said:?}");
            };
            for bit in [0x01, 0x20, 0x80] {
                let mut other = bytes.to_vec();
                other[at] ^= bit;
                unseen(&other);
            }
            unseen(&[&bytes[..at], &bytes[at + 1..]].concat());
            unseen(&[&bytes[..at], b" ", &bytes[at..]].concat());
        }
        assert_eq!(Certificate::read(text.trim_end()).unwrap_err(), Broken::Changed);
    }
}

#[test]
fn an_answer_and_its_certificate_are_two_files() {
    let work = support::Work::new(&[
        (
            "r.qd",
            "ruleset r \"R\" { as of 2026-01-01 }\nlevels strong \"Strong\" > weak\nprofile { x: bool }\nchannel a \"A\"\nrule y { when x then score a +strong }\n",
        ),
        ("x.yaml", "x: true\n"),
    ]);
    for to in
        ["-o same.json --certificate same.json", "-o same.json --certificate ./same.json", "--certificate -"]
    {
        let (status, _, err) = work.qudao(&format!("eval r.qd x.yaml {to}"));
        assert_eq!(
            (status, &*err),
            (2, "error: the answer and the certificate would go to one place; name two\n")
        );
    }
    assert_eq!(work.qudao("eval r.qd x.yaml -o a.txt --certificate c.json").0, 0);
    // Points are told as `eval` tells them.
    let (_, out, _) = work.qudao("verify c.json");
    assert!(out.contains("recommended (1 Strong)"), "{out}");
    let (_, out, _) = work.qudao("verify c.json --lang zh");
    assert!(out.contains("推荐（Strong 1 条）"), "{out}");
}

#[test]
fn what_is_forged_does_not_follow() {
    let turned = |value: &Json| match value {
        Json::Bool(value) => json!(!value),
        Json::Null => json!(true),
        Json::Number(number) => json!(number.as_i64().unwrap_or(0) + 1),
        Json::String(text) if text == "excluded" => json!("recommended"),
        _ => json!("excluded"),
    };
    // What is told of a verdict, and what makes it.
    let decides = [
        "verdict", "leaning", "settled", "score", "rank", "state", "value", "points", "effect", "cap",
        "excluded",
    ];
    let mut tried = 0;
    for seed in 0..cases(12) {
        made(seed + 8_100_000, |decision, text| {
            let whole: Json = serde_json::from_str(text).unwrap();
            let mut all = 0;
            let count = |value: &mut Json, of: &mut dyn FnMut(&str, &mut Json)| {
                for part in ["result", "nodes"] {
                    leaves(&mut value[part], "", &mut |key, value| of(key, value));
                }
            };
            count(&mut whole.clone(), &mut |key, _| all += usize::from(decides.contains(&key)));
            let mut dice = Dice::seeded(seed, 1_000);
            for _ in 0..60 {
                let (chosen, mut at) = (dice.pick(all), 0);
                let mut forged = whole.clone();
                let mut what = String::new();
                count(&mut forged, &mut |key, value| {
                    if decides.contains(&key) {
                        if at == chosen {
                            what = format!("{key} {value}");
                            *value = turned(value);
                        }
                        at += 1;
                    }
                });
                let read = Certificate::read(&sealed(&forged)).unwrap();
                let found = !read.faults().is_empty() || read.compare(decision).is_false;
                assert!(found, "seed {seed}: {what} was turned unseen");
                tried += 1;
            }
        });
    }
    assert!(tried > 500 || cases(12) < 12, "{tried}");
}

#[test]
fn what_needs_an_excluded_channel_is_excluded() {
    let text = "ruleset r \"R\" { as of 2026-01-01 }\nprofile { x: bool }\nchannel a \"A\"\n\
        channel b \"B\" { needs a }\nmix m \"M\" { of a, b }\nrule out { when x then exclude a because \"x\" }\n";
    let ruleset = support::ruleset(text);
    let [mut closed, open] = ["x: true", "x: false"].map(|yaml| {
        let profile = support::profile(&ruleset, yaml).profile.unwrap();
        let decision = qudao_language::decide::decide(&ruleset, &profile, ruleset.as_of.unwrap());
        let result = qudao_telling::result::to_json(&decision, Speaker::new(&ruleset, Some("en")), true);
        assert_eq!(qudao_telling::verify::replay(&result, &[]), Vec::<String>::new());
        result
    });
    // Put in from an answer in which nothing is excluded, each is sound by itself.
    for (kind, id) in [("channels", "b"), ("mixes", "m")] {
        let sound = open[kind].as_array().unwrap().iter().find(|target| target["id"] == id).unwrap();
        let target = closed[kind].as_array_mut().unwrap().iter_mut().find(|target| target["id"] == id);
        *target.unwrap() = sound.clone();
        let faults = qudao_telling::verify::replay(&closed, &[]);
        let says = format!("{id}: excluded through {{}}, computed ");
        assert!(faults.iter().any(|fault| fault.starts_with(&says)), "{faults:?}");
    }
}

#[test]
fn hostile_certificates_are_faults() {
    let deep = (0..60_000).map(|n| if n == 0 { json!({"op": "and"}) } else { json!({"of": [{"$": n - 1}]}) });
    let deep: Vec<Json> = deep.collect();
    let wide: Vec<Json> = (0..60)
        .map(|n| if n == 0 { json!({}) } else { json!({"of": [{"$": n - 1}, {"$": n - 1}]}) })
        .collect();
    let empty = json!({"channels": [], "mixes": [], "rules": []});
    let huge = json!({"value": "1", "number": "1/170141183460469231731687303715884105727"});
    let sum = json!({"op": "sum", "with": ["+", "-"], "of": [huge, huge], "value": "2", "number": "1e9"});
    for (nodes, result, holds) in [
        (json!([{"$": 0}]), empty.clone(), false),
        (json!([{}, {"of": [{"$": 1}]}]), empty.clone(), false),
        (json!([]), json!({"channels": {"$": 7}}), false),
        (json!([]), json!({}), false),
        (json!([sum]), empty.clone(), false),
        (json!([{"op": "if", "operands": [], "of": [], "value": true}]), empty.clone(), false),
        (json!([{"op": "shift days", "with": "-", "of": [], "value": "2024-01-01"}]), empty.clone(), false),
        (json!(deep), json!({"channels": [{"$": 59_999}], "mixes": [], "rules": []}), false),
        (json!(wide), json!({"channels": [{"$": 59}], "mixes": [], "rules": []}), false),
    ] {
        let whole = json!({"schema": "qudao.certificate/1", "files": [], "profile": "{}", "nodes": nodes, "result": result});
        let read = Certificate::read(&sealed(&whole)).unwrap();
        assert_eq!(read.faults().is_empty(), holds, "{nodes:.100}: {:?}", read.faults());
        made(8_000_002, |decision, _| assert!(!read.compare(decision).is_false));
        let _ = read.report(&read.faults(), None, qudao_telling::words::Tongue::English).terminal(false);
    }
}
