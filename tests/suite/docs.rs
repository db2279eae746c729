//! The reference is whole: every command, option, diagnostic and key of a result is told. What the pages show is run as
//! cases, `tests/cases/docs.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use qudao_language::diagnostic::Code;
use serde_json::Value as Json;

use crate::support::{answer, profile, program, ruleset};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text_of(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

#[test]
fn the_reference_tells_every_command_and_option() {
    let text = text_of("docs/reference/commands.md");
    let help = |arguments: &[&str]| {
        let output = program(root()).args(arguments).arg("--help").output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let shared = text.split("\n## ").find(|section| section.starts_with("What they share")).unwrap();
    let main = help(&[]);
    let listed = main.lines().skip_while(|line| *line != "Commands:").skip(1);
    for command in listed.map_while(|line| line.split_whitespace().next()).filter(|word| *word != "help") {
        let section = text.split("\n## ").find(|section| section.starts_with(command));
        let section = section.unwrap_or_else(|| panic!("no section tells of `{command}`"));
        for option in help(&[command]).split_whitespace().filter(|word| word.starts_with("--")) {
            let is_in = |text: &str| text.contains(&format!("`{option}"));
            let told = is_in(section) || is_in(shared) || option == "--help";
            assert!(told, "the section on `{command}` does not tell of {option}");
        }
    }
}

#[test]
fn the_index_lists_every_diagnostic() {
    let text = text_of("docs/reference/diagnostics.md");
    for code in Code::ALL {
        let name = code.name();
        let row = format!("| [`{name}`](../diagnostics/{name}.md) | {} |", code.severity().as_str());
        assert_eq!(text.matches(&row).count(), 1, "the index needs one row `{row}`");
    }
    assert_eq!(text.matches("](../diagnostics/").count(), Code::ALL.len(), "a row lists no code");
}

/// A ruleset and a profile whose answer has every part that a result can have.
const EVERYTHING: (&str, &str) = (
    r#"ruleset t "T" { as of 2026-01-01 }
       source s
       fact f: bool
       channel x { f = true from s "q" disputed false from s }
       channel y { needs x, z }
       channel w
       mix m { of x, y }
       requirement z { met when a  how "{a}" }
       profile { a: bool, b: bool, n: int }
       rule r { when x.f and n in {1, 2} then score x +1, note "n", warn x "w" }
       rule e exception to r { when not a then score y +1 }
       rule p { when b and y is eligible or w.f then cap w at possible, score w +1 }"#,
    "a: true\nn: 1\n",
);

#[test]
fn the_reference_tells_every_key_of_a_result() {
    fn collect(json: &Json, keys: &mut BTreeSet<String>) {
        match json {
            Json::Object(object) => {
                keys.extend(object.keys().cloned());
                object.values().for_each(|value| collect(value, keys));
            }
            Json::Array(values) => values.iter().for_each(|value| collect(value, keys)),
            _ => {}
        }
    }
    let text = text_of("docs/reference/results.md");
    let ruleset = ruleset(EVERYTHING.0);
    let mut keys = BTreeSet::new();
    collect(&answer(&ruleset, &profile(&ruleset, EVERYTHING.1), None, None), &mut keys);
    let untold: Vec<_> =
        keys.iter().filter(|key| *key != "s" && !text.contains(&format!("`{key}`"))).collect();
    assert!(keys.len() > 80 && untold.is_empty(), "{} keys, untold are {untold:?}", keys.len());
}
