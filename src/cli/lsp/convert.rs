//! What the library says, in the words of the protocol.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lsp_types::{
    CompletionItemKind, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Position,
    Range, SymbolKind, TextEdit,
};
use qudao_editor::offers::OfferKind;
use qudao_editor::position::Encoding;
use qudao_editor::project::Project;
use qudao_editor::rename::plain_path;
use qudao_language::check::NameKind;
use qudao_language::diagnostic::{Diagnostic, Edit, Severity};
use qudao_language::source::{File, Files, Span};

use super::uri;
use super::workspace::Workspace;

/// Returns the range between two offsets of a file.
pub(super) fn range_in(file: &File, start: u32, end: u32, encoding: Encoding) -> Range {
    let position = |offset| {
        let place = encoding.position(file, offset);
        Position { line: place.line, character: place.column }
    };
    Range { start: position(start), end: position(end) }
}

pub(super) fn range(project: &Project, span: Span, encoding: Encoding) -> Range {
    of(project.sources().files(), span, encoding)
}

/// Returns the path of the file that a place lies in; nothing for what ships inside the binary.
pub(super) fn path(project: &Project, span: Span) -> Option<PathBuf> {
    let own = !project.sources().is_bundled(span.file);
    own.then(|| PathBuf::from(plain_path(project.sources().files().get(span.file).name())))
}

pub(super) fn location_in(
    files: &Files,
    path: &dyn Fn(Span) -> Option<PathBuf>,
    span: Span,
    encoding: Encoding,
) -> Option<Location> {
    Some(Location { uri: uri::uri(&path(span)?), range: of(files, span, encoding) })
}

/// Returns the range of a place.
pub(super) fn of(files: &Files, span: Span, encoding: Encoding) -> Range {
    let span = files.whole_characters(span);
    range_in(files.get(span.file), span.start, span.end, encoding)
}

pub(super) fn location(project: &Project, span: Span, encoding: Encoding) -> Option<Location> {
    location_in(project.sources().files(), &|span| path(project, span), span, encoding)
}

pub(super) fn edit(files: &Files, edit: &Edit, encoding: Encoding) -> TextEdit {
    TextEdit { range: of(files, edit.span, encoding), new_text: edit.text.clone() }
}

/// Returns what is found in each file of each ruleset; what two rulesets say of one file is told once.
pub(super) fn diagnostics(
    workspace: &Workspace,
    encoding: Encoding,
) -> BTreeMap<PathBuf, Vec<lsp_types::Diagnostic>> {
    let mut all: BTreeMap<PathBuf, Vec<lsp_types::Diagnostic>> = BTreeMap::new();
    for loaded in workspace.loaded() {
        for found in loaded.diagnostics() {
            let Some(path) = path(&loaded.project, found.label.span) else { continue };
            let told = told(&loaded.project, found, encoding);
            let of_file = all.entry(path).or_default();
            if !of_file.contains(&told) {
                of_file.push(told);
            }
        }
    }
    for (path, given) in workspace.profiles() {
        let found = given.diagnostics(path, encoding);
        if !found.is_empty() {
            all.insert(path.to_path_buf(), found);
        }
    }
    all
}

fn told(project: &Project, found: &Diagnostic, encoding: Encoding) -> lsp_types::Diagnostic {
    diagnostic(project.sources().files(), &|span| path(project, span), found, encoding)
}

/// Returns what is found, told to clients; the path of the file that a place lies in is told by a function.
pub(super) fn diagnostic(
    files: &Files,
    path: &dyn Fn(Span) -> Option<PathBuf>,
    found: &Diagnostic,
    encoding: Encoding,
) -> lsp_types::Diagnostic {
    let mut message = found.message.clone();
    if !found.label.message.is_empty() {
        message.push_str(&format!(" ({})", found.label.message));
    }
    found.notes.iter().for_each(|note| message.push_str(&format!("\nhelp: {note}")));
    let telling = found.labels.iter().filter(|label| !label.message.is_empty());
    let related = telling.filter_map(|label| {
        let location = location_in(files, path, label.span, encoding)?;
        Some(DiagnosticRelatedInformation { location, message: label.message.clone() })
    });
    let related: Vec<_> = related.collect();
    lsp_types::Diagnostic {
        range: of(files, found.label.span, encoding),
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Note => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(found.code.name().into())),
        source: Some("qudao".into()),
        message,
        related_information: Some(related).filter(|related| !related.is_empty()),
        ..lsp_types::Diagnostic::default()
    }
}

pub(super) fn completion_kind(kind: OfferKind) -> CompletionItemKind {
    match kind {
        OfferKind::Value => CompletionItemKind::ENUM_MEMBER,
        OfferKind::Function => CompletionItemKind::FUNCTION,
        OfferKind::Code => CompletionItemKind::CONSTANT,
        OfferKind::Word => CompletionItemKind::KEYWORD,
        OfferKind::Name(kind) => match kind {
            NameKind::Field => CompletionItemKind::FIELD,
            NameKind::Fact | NameKind::Measure => CompletionItemKind::PROPERTY,
            NameKind::Enum => CompletionItemKind::ENUM,
            NameKind::Value => CompletionItemKind::ENUM_MEMBER,
            NameKind::Unit => CompletionItemKind::UNIT,
            NameKind::Channel | NameKind::Mix => CompletionItemKind::CLASS,
            NameKind::Rule | NameKind::Table | NameKind::Row => CompletionItemKind::METHOD,
            NameKind::Weight | NameKind::Level | NameKind::Parameter => CompletionItemKind::CONSTANT,
            NameKind::Let | NameKind::Variable => CompletionItemKind::VARIABLE,
            NameKind::Ruleset => CompletionItemKind::MODULE,
            NameKind::Source | NameKind::Section | NameKind::Requirement | NameKind::Property => {
                CompletionItemKind::REFERENCE
            }
        },
    }
}

pub(super) fn symbol_kind(kind: Option<NameKind>) -> SymbolKind {
    match kind {
        None => SymbolKind::OBJECT,
        Some(kind) => match kind {
            NameKind::Ruleset => SymbolKind::MODULE,
            NameKind::Source => SymbolKind::FILE,
            NameKind::Unit | NameKind::Weight | NameKind::Level | NameKind::Parameter => SymbolKind::CONSTANT,
            NameKind::Enum => SymbolKind::ENUM,
            NameKind::Value => SymbolKind::ENUM_MEMBER,
            NameKind::Field => SymbolKind::FIELD,
            NameKind::Section => SymbolKind::NAMESPACE,
            NameKind::Fact | NameKind::Measure => SymbolKind::PROPERTY,
            NameKind::Channel | NameKind::Mix => SymbolKind::CLASS,
            NameKind::Requirement => SymbolKind::KEY,
            NameKind::Let | NameKind::Variable => SymbolKind::VARIABLE,
            NameKind::Rule | NameKind::Table | NameKind::Row | NameKind::Property => SymbolKind::FUNCTION,
        },
    }
}
