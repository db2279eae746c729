//! Facts from CSV files: which sheets there are, and what each says of which channel.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{self, Declaration, DeclarationKind};
use crate::syntax::{SheetNames, Sources, parse_facts};

/// What the sheets of a ruleset say, each by the path that names it.
#[derive(Debug, Default)]
pub struct Sheets {
    said: BTreeMap<Span, Vec<ast::Channel>>,
    /// What is wrong in them.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether one could not be read: it may have declared anything.
    pub(super) lost: bool,
}

impl Sheets {
    /// Reads the sheets that declarations name; a later layer is laid over those before it.
    #[must_use]
    pub fn read(sources: &Sources, layers: &[Vec<&Declaration>]) -> Sheets {
        let all: Vec<&Declaration> = layers.iter().flatten().copied().collect();
        let mut sheets = Sheets::default();
        let files: Vec<_> = all.iter().filter_map(|declaration| path(&declaration.kind)).collect();
        if files.is_empty() {
            return sheets;
        }
        let names = SheetNames::new(&all);
        for csv in files {
            // That a file is not there is reported where it was asked for.
            let Some(file) = sources.brought(csv.span.file, &csv.value) else { continue };
            let (said, diagnostics) = parse_facts(sources.files(), file, &names);
            sheets.diagnostics.extend(diagnostics);
            sheets.lost |= said.is_none();
            sheets.said.insert(csv.span, said.unwrap_or_default());
        }
        sheets
    }

    /// Returns what the sheet says that a declaration names.
    #[must_use]
    pub fn of(&self, kind: &DeclarationKind) -> &[ast::Channel] {
        path(kind).and_then(|csv| self.said.get(&csv.span)).map_or(&[], Vec::as_slice)
    }
}

/// The sheet that a declaration names.
fn path(kind: &DeclarationKind) -> Option<&crate::source::Spanned<String>> {
    match kind {
        DeclarationKind::Facts(csv) => Some(csv),
        DeclarationKind::Override(inner) => path(&inner.kind),
        _ => None,
    }
}
