//! What `check` finds, in the formats of others: SARIF and the workflow commands of GitHub Actions.

use qudao_language::diagnostic::{Diagnostic, to_sarif, to_workflow_command};
use qudao_language::source::Files;
use serde_json::Value;

use crate::support::{assert_snapshot, checked, folder};

fn found(name: &str) -> (Files, Vec<Diagnostic>) {
    let text = std::fs::read_to_string(folder("reports").join(name)).unwrap();
    let (files, checked) = checked(name, &text);
    (files, checked.diagnostics)
}

/// A folder whose name must be escaped.
fn path(name: &str) -> String {
    format!("rules, 50%: 渠道/{name}")
}

#[test]
fn sarif_tells_what_is_found() {
    let (files, diagnostics) = found("several.qd");
    assert!(diagnostics.len() > 4);
    // What two rulesets share is told once.
    let twice = [(files.clone(), diagnostics.clone()), (files, diagnostics.clone())];
    let mut log = to_sarif(&twice, &path);
    let run = &mut log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), diagnostics.len());
    for result in run["results"].as_array().unwrap() {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    // The pages are seen elsewhere.
    for rule in run["tool"]["driver"]["rules"].as_array_mut().unwrap() {
        let page = rule["help"]["text"].as_str().unwrap();
        assert!(page.contains("## Wrong") && rule["help"]["markdown"] == page);
        rule["help"] = Value::from("its page");
    }
    run["tool"]["driver"]["semanticVersion"] = Value::from("1.0.0");
    assert_snapshot("reports/snapshots", "sarif", &format!("{log:#}"));
}

#[test]
fn workflow_commands_are_one_line_each() {
    let (files, diagnostics) = found("several.qd");
    let mut shown = String::new();
    for diagnostic in &diagnostics {
        let line = to_workflow_command(&files, diagnostic, &path);
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        shown.push_str(&line);
    }
    assert_snapshot("reports/snapshots", "github", &shown);
}
