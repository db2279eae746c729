//! Diagnostics as JSON, `qudao.diagnostics/1`.

use serde::Serialize;

use super::{Diagnostic, Fix, Label};
use crate::source::{Files, Span};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    diagnostics: Vec<View<'a>>,
}

#[derive(Serialize)]
struct View<'a> {
    code: &'static str,
    severity: &'static str,
    #[serde(flatten)]
    label: LabelView<'a>,
    labels: Vec<LabelView<'a>>,
    notes: &'a [String],
    fix: Option<FixView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<FixView<'a>>,
}

#[derive(Serialize)]
struct LabelView<'a> {
    message: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

#[derive(Serialize)]
struct FixView<'a> {
    message: &'a str,
    sure: bool,
    edits: Vec<EditView<'a>>,
}

#[derive(Serialize)]
struct EditView<'a> {
    file: &'a str,
    start: u32,
    end: u32,
    text: &'a str,
}

/// Returns the diagnostics as the JSON object `qudao.diagnostics/1`. Offsets of edits are bytes.
#[must_use]
pub fn to_json(files: &Files, diagnostics: &[Diagnostic]) -> serde_json::Value {
    let document = Document {
        schema: "qudao.diagnostics/1",
        diagnostics: diagnostics.iter().map(|d| view(files, d)).collect(),
    };
    serde_json::to_value(document).expect("plain data without maps is always JSON")
}

fn view<'a>(files: &'a Files, diagnostic: &'a Diagnostic) -> View<'a> {
    View {
        code: diagnostic.code.name(),
        severity: diagnostic.severity.as_str(),
        label: place(files, diagnostic.label.span, &diagnostic.message, Some(&diagnostic.label.message)),
        labels: diagnostic
            .labels
            .iter()
            .map(|Label { span, message }| place(files, *span, message, None))
            .collect(),
        notes: &diagnostic.notes,
        fix: diagnostic.fix.as_ref().map(|fix| change(files, fix)),
        choices: diagnostic.choices.iter().map(|choice| change(files, choice)).collect(),
    }
}

fn change<'a>(files: &'a Files, fix: &'a Fix) -> FixView<'a> {
    let edits = fix.edits.iter().map(|edit| EditView {
        file: files.get(edit.span.file).name(),
        start: edit.span.start,
        end: edit.span.end,
        text: &edit.text,
    });
    FixView { message: &fix.message, sure: fix.sure, edits: edits.collect() }
}

fn place<'a>(files: &'a Files, span: Span, message: &'a str, label: Option<&'a str>) -> LabelView<'a> {
    let file = files.get(span.file);
    let (line, column) = file.line_column(span.start);
    let (end_line, end_column) = file.line_column(span.end);
    LabelView { message, file: file.name(), line, column, end_line, end_column, label }
}
