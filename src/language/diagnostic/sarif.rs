//! Diagnostics as SARIF 2.1.0, the format in which tools tell code hosts and editors what they found.
//!
//! The standard: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Code, Diagnostic, Fix, Severity};
use crate::source::{FileId, Files, Span};
use crate::visible::visible;

/// Returns what was found in several rulesets as one SARIF log. What two of them share is told once.
///
/// `path` gives the path of a file for its name, with `/` between its parts: relative to the root of what is looked
/// at, or absolute. Columns count characters.
#[must_use]
pub fn to_sarif(found: &[(Files, Vec<Diagnostic>)], path: &dyn Fn(&str) -> String) -> Value {
    let codes: BTreeSet<Code> = found.iter().flat_map(|(_, found)| found).map(|d| d.code).collect();
    let index: BTreeMap<Code, usize> = codes.iter().enumerate().map(|(index, code)| (*code, index)).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let mut results: Vec<Value> = Vec::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    for (files, diagnostics) in found {
        let log = Log { files, path };
        for diagnostic in diagnostics {
            let result = log.result(diagnostic, index.get(&diagnostic.code).copied());
            if told.insert(result.to_string()) {
                results.push(result);
            }
        }
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "qudao",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// A code, with its page as help.
fn rule(code: Code) -> Value {
    let page = code.page();
    let title =
        page.lines().next().and_then(|line| line.split_once(": ")).map_or(code.name(), |(_, title)| title);
    json!({
        "id": code.name(),
        "shortDescription": { "text": title },
        "defaultConfiguration": { "level": level(code.severity()) },
        "help": { "text": page, "markdown": page },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

struct Log<'a> {
    files: &'a Files,
    path: &'a dyn Fn(&str) -> String,
}

impl Log<'_> {
    fn result(&self, diagnostic: &Diagnostic, rule: Option<usize>) -> Value {
        let notes = diagnostic.notes.iter().map(|note| format!("help: {note}"));
        let lines: Vec<String> = std::iter::once(diagnostic.message.clone()).chain(notes).collect();
        // One of several changes that may be meant is a fix as good as any: which is left to who reads it.
        let fixes = diagnostic.fix.iter().map(|fix| self.fix(if fix.sure { "" } else { "perhaps: " }, fix));
        let fixes: Vec<Value> =
            fixes.chain(diagnostic.choices.iter().map(|choice| self.fix("either: ", choice))).collect();
        let labels = diagnostic.labels.iter().map(|label| self.location(label.span, &label.message));
        object([
            ("ruleId", Some(json!(diagnostic.code.name()))),
            ("ruleIndex", rule.map(Value::from)),
            ("level", Some(json!(level(diagnostic.severity)))),
            ("message", Some(json!({ "text": visible(&lines.join("\n")) }))),
            ("locations", Some(json!([self.location(diagnostic.label.span, &diagnostic.label.message)]))),
            ("relatedLocations", (!diagnostic.labels.is_empty()).then(|| labels.collect())),
            ("fixes", (!fixes.is_empty()).then_some(Value::Array(fixes))),
        ])
    }

    fn location(&self, span: Span, message: &str) -> Value {
        let place = json!({ "artifactLocation": self.artifact(span.file), "region": self.region(span) });
        let message = (!message.is_empty()).then(|| json!({ "text": visible(message) }));
        object([("physicalLocation", Some(place)), ("message", message)])
    }

    fn artifact(&self, file: FileId) -> Value {
        json!({ "uri": uri(&(self.path)(self.files.get(file).name())) })
    }

    fn region(&self, span: Span) -> Value {
        let file = self.files.get(span.file);
        let ((line, column), (end_line, end_column)) =
            (file.line_column(span.start), file.line_column(span.end));
        json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
    }

    fn fix(&self, word: &str, fix: &Fix) -> Value {
        let mut changes: BTreeMap<FileId, Vec<Value>> = BTreeMap::new();
        for edit in &fix.edits {
            changes.entry(edit.span.file).or_default().push(json!({
                "deletedRegion": self.region(edit.span),
                "insertedContent": { "text": edit.text },
            }));
        }
        let changes: Vec<Value> = changes
            .into_iter()
            .map(|(file, edits)| json!({ "artifactLocation": self.artifact(file), "replacements": edits }))
            .collect();
        json!({
            "description": { "text": visible(&format!("{word}{}", fix.message)) },
            "artifactChanges": changes,
        })
    }
}

/// Makes an object of those entries that are there.
fn object<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    entries.into_iter().filter_map(|(key, value)| Some((key.to_string(), value?))).collect()
}

/// Returns a path as a URI: relative if it is, else of the scheme `file`.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    } else if path.get(1..2) == Some(":") {
        uri.push_str("file:///");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("rulesets/my shop.qd"), "rulesets/my%20shop.qd");
        assert_eq!(uri("渠.qd"), "%E6%B8%A0.qd");
        assert_eq!(uri("/srv/a#b.qd"), "file:///srv/a%23b.qd");
        assert_eq!(uri("C:/shop.qd"), "file:///C%3A/shop.qd");
    }
}
