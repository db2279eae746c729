//! Commands of a GitHub workflow, which shows them beside the lines of a change.

use super::{Diagnostic, Frame, Severity};
use crate::source::Files;
use crate::visible::visible;

/// Returns a diagnostic as one line `::error file=…,line=…,…::message`.
///
/// `path` gives the path of a file for its name, relative to the root of the repository. Columns count characters; a
/// diagnostic over several lines has none, as GitHub asks.
#[must_use]
pub fn to_workflow_command(files: &Files, diagnostic: &Diagnostic, path: &dyn Fn(&str) -> String) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let span = diagnostic.label.span;
    let (place, (end_line, end_column)) = (files.place(span), files.end(span));
    let mut properties = vec![("file", path(&place.file)), ("line", place.line.to_string())];
    if end_line == place.line {
        properties.push(("col", place.column.to_string()));
        properties.push(("endColumn", end_column.max(place.column).to_string()));
    }
    properties.push(("endLine", end_line.to_string()));
    properties.push(("title", format!("qudao {}", diagnostic.code.name())));
    let mut lines = vec![diagnostic.message.clone()];
    lines.extend(diagnostic.advice(&Frame::ENGLISH));
    workflow_command(command, &properties, &lines.join("\n"))
}

/// Returns a command with its properties as one line, whatever stands in them.
#[must_use]
pub fn workflow_command(command: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{command} {}::{}\n", properties.join(","), data(message))
}

/// Escapes what ends a command or begins an escape.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes what ends a property, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
