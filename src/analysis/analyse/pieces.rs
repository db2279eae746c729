//! The texts of a ruleset's declarations, read again from its files.

use std::collections::BTreeMap;

use qudao_language::check::Sheets;
use qudao_language::model::Ruleset;
use qudao_language::source::{File, Span, folded};
use qudao_language::syntax::ast::{Channel, Declaration, DeclarationKind, Literal, LiteralKind};
use qudao_language::syntax::{Sources, WantedKind};

/// A ruleset's files, as trees. Texts of sources are left out: nothing here looks at quotes.
#[derive(Debug)]
pub struct Pieces {
    pub(super) sources: Sources,
    /// Weights and units with what they are, as written.
    weights: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
    sheets: Sheets,
}

impl Pieces {
    /// Reads the files of a ruleset again.
    #[must_use]
    pub fn of(ruleset: &Ruleset) -> Pieces {
        let sources = sources(ruleset, |file| file.text().to_string());
        let sheets = Sheets::read(&sources, &sources.declarations().0);
        let mut pieces = Pieces { sources, weights: BTreeMap::new(), units: BTreeMap::new(), sheets };
        let (mut weights, mut units) = (BTreeMap::new(), BTreeMap::new());
        let slice = |span: Span| folded(pieces.sources.files().slice(span));
        for declaration in pieces.sources.declarations().0.into_iter().flatten() {
            match declaration.plain() {
                DeclarationKind::Weight(weight) => {
                    weights.insert(weight.name.value.to_string(), slice(weight.value.span));
                }
                DeclarationKind::Unit(unit) => {
                    if let Some(value) = unit.value().filter(|_| !unit.is_dated()) {
                        units.insert(unit.name.value.to_string(), slice(value.span));
                    }
                }
                _ => {}
            }
        }
        (pieces.weights, pieces.units) = (weights, units);
        pieces
    }

    /// The weights, each with its points as written.
    pub(super) fn weights(&self) -> Vec<(String, String)> {
        self.weights.clone().into_iter().collect()
    }

    /// The declared units that are the same on every day, each with what one of it is, as written.
    pub(super) fn units(&self) -> Vec<(String, String)> {
        self.units.clone().into_iter().collect()
    }

    /// Whether a name is that of a weight.
    pub(super) fn has_weight(&self, name: &str) -> bool {
        self.weights.contains_key(name)
    }

    /// The declarations of each layer, that of the ruleset itself first.
    pub(super) fn layers(&self) -> Vec<Vec<&Declaration>> {
        let mut layers = self.sources.declarations().0;
        layers.reverse();
        layers
    }

    /// What the sheet that a declaration names says of each channel.
    pub(super) fn sheet(&self, declaration: &Declaration) -> &[Channel] {
        self.sheets.of(&declaration.kind)
    }

    /// A value from the cell of a sheet, as it is written elsewhere.
    pub(super) fn written(&self, literal: &Literal) -> String {
        match &literal.kind {
            LiteralKind::Name(name) => name.tail.as_ref().unwrap_or(&name.head).value.to_string(),
            LiteralKind::Unknown => "unknown".into(),
            LiteralKind::Bool(value) => value.to_string(),
            LiteralKind::Text(text) => {
                let text = text.replace('\\', "\\\\").replace('"', "\\\"");
                format!("\"{}\"", text.replace('\n', "\\n"))
            }
            LiteralKind::Set(members) => {
                let members: Vec<String> = members.iter().map(|member| self.written(member)).collect();
                format!("{{{}}}", members.join(", "))
            }
            LiteralKind::Date(_) | LiteralKind::Quantity(_) => folded(self.slice(literal.span)),
        }
    }

    /// What stands in the cell of a sheet in the place of a span, where elsewhere a text stands.
    pub(super) fn cell(&self, span: Span, text: &str) -> String {
        if text == "unknown" {
            return "?".into();
        }
        // A quotation mark takes two bytes in a cell, and one in its text.
        let text = text.replace("\\\"", "\\u{22}").replace('"', "\"\"");
        let before = self.sources.files().get(span.file).text().get(..span.start as usize);
        let quoted = before.is_some_and(|before| before.ends_with('"'));
        if quoted || !text.contains(['"', ',', ';', '\t']) { text } else { format!("\"{text}\"") }
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &str {
        self.sources.files().slice(span)
    }
}

/// Brings the files of a ruleset again, some with another text; those of its sources are absent.
pub(super) fn sources(ruleset: &Ruleset, text: impl Fn(&File) -> String) -> Sources {
    let main = ruleset.files.iter().next().map(|(_, file)| file);
    let main = main.expect("a ruleset was read from a file");
    let mut sources = Sources::new(main.name(), text(main).into_bytes());
    let folder = main.name().rfind(['/', '\\']).map_or("", |end| main.name().get(..=end).unwrap_or(""));
    while let Some(wanted) = sources.wanted().cloned() {
        let name = format!("{folder}{}", wanted.name());
        let file = ruleset.files.iter().map(|(_, file)| file).find(|file| file.name() == name);
        match (wanted.kind, file) {
            (WantedKind::Part | WantedKind::Base | WantedKind::Table, Some(file)) => {
                sources.supply(text(file).into_bytes());
            }
            (WantedKind::Workbook, Some(file)) => sources.supply_rows(text(file)),
            _ => sources.absent("it is left out"),
        }
    }
    sources
}
