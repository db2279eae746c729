//! The front door: everything that a program outside sees of the library, so that a change of it is seen.

use std::path::Path;

/// What the front door shows as it is: the file in which it stands, and the types.
const SHOWN: &[(&str, &[&str])] = &[
    ("src/lib.rs", &[]),
    ("src/ruleset.rs", &["Ruleset", "Field", "Profile"]),
    ("src/decision.rs", &["Decision"]),
    ("src/table.rs", &["Table", "Answer"]),
    ("src/error.rs", &["Error", "Problem"]),
    ("src/analysis/testing/outside.rs", &["snapshot_of"]),
    ("src/engine/program/batch.rs", &["Form", "Options", "Parts", "Reject"]),
    ("src/language/date.rs", &["Date"]),
    ("src/language/diagnostic.rs", &["Severity"]),
    ("src/language/operator.rs", &["Verdict"]),
    ("src/language/profile.rs", &["Format"]),
];

/// Returns the items of a type in a file as `rustfmt` laid them out: its declaration, what of it is public, its impls.
fn items(text: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let declared = line.starts_with("pub ") && words.get(2) == Some(&name);
        let of_it = declared || (line.starts_with("impl") && words.contains(&name));
        if !of_it {
            continue;
        }
        found.push(line.trim_end_matches(['{', ' ', '(']).to_string());
        if !line.ends_with('{') {
            continue;
        }
        let variants = line.starts_with("pub enum");
        while let Some(line) = lines.next_if(|line| *line != "}") {
            let (inner, item) = (line.strip_prefix("    ").unwrap_or(line), line.trim_start());
            let public = item.starts_with("pub ") || (variants && item.starts_with(char::is_uppercase));
            if public && !inner.starts_with(' ') {
                let mut item = item.to_string();
                while item.ends_with('(') || item.ends_with(',') && item.starts_with("pub fn") {
                    item += lines.next().unwrap_or_default().trim();
                }
                found.push(format!("    {}", item.trim_end_matches([' ', '{', ','])));
            }
        }
    }
    found
}

#[test]
fn what_the_front_door_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut listed = Vec::new();
    for (file, names) in SHOWN {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        if names.is_empty() {
            listed.extend(
                text.lines().map(str::trim).filter(|line| line.starts_with("pub ")).map(String::from),
            );
        }
        for name in *names {
            let found = items(&text, name);
            assert!(!found.is_empty(), "{file} holds no {name}");
            listed.extend(found);
        }
    }
    insta::with_settings!({
        snapshot_path => "../surface", prepend_module_to_snapshot => false, omit_expression => true
    }, { insta::assert_snapshot!("front-door", listed.join("\n")) });
}
