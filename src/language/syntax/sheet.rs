//! What a sheet of facts may name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast::{self, DeclarationKind};
use super::titles::{Called, Titled};

/// The names and titles that the cells of a sheet may hold.
#[derive(Debug, Default)]
pub struct SheetNames {
    pub(super) channels: Titled,
    pub(super) sources: Titled,
    /// What a column of a table may be called by a title of: fields, channels and mixes, which share their names.
    pub columns: Titled,
    pub(super) facts: SheetFacts,
    /// Facts of the ruleset: of rows without a channel.
    pub(super) parameters: SheetFacts,
    /// The values of each enum.
    pub(super) enums: BTreeMap<Arc<str>, Titled>,
}

impl SheetNames {
    /// Tells whether a text calls a fact, or an entry of one.
    pub(super) fn is_fact(&self, text: &str) -> bool {
        let fact = text.split('[').next().unwrap_or(text);
        self.facts.titled.called(fact) != Called::Nothing
    }
}

/// Facts of channels, or parameters.
#[derive(Debug, Default)]
pub(super) struct SheetFacts {
    pub(super) titled: Titled,
    pub(super) declared: BTreeMap<Arc<str>, SheetFact>,
}

/// A fact as far as it tells how a cell is read.
#[derive(Debug)]
pub(super) struct SheetFact {
    pub(super) indexes: Vec<Arc<str>>,
    pub(super) ty: SheetType,
}

/// How the value of a fact is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum SheetType {
    Text,
    Bool,
    Enum(Arc<str>),
    Set(Arc<str>),
    /// As a literal.
    Other,
}

impl SheetNames {
    /// Gathers what a ruleset declares; of what is declared again, the later counts.
    #[must_use]
    pub fn new(declarations: &[&ast::Declaration]) -> SheetNames {
        let mut names = SheetNames::default();
        let plain: Vec<&DeclarationKind> =
            declarations.iter().map(|declaration| declaration.plain()).collect();
        for kind in &plain {
            match kind {
                DeclarationKind::Channel(it) => {
                    names.channels.add(&it.name.value, it.title.as_ref());
                    names.columns.add(&it.name.value, it.title.as_ref());
                }
                DeclarationKind::Mix(it) => names.columns.add(&it.name.value, it.title.as_ref()),
                DeclarationKind::Profile(items) => ast::fields(items)
                    .into_iter()
                    .for_each(|field| names.columns.add(&field.name.value, field.question.as_ref())),
                DeclarationKind::Source(it) => names.sources.add(&it.name.value, it.title.as_ref()),
                DeclarationKind::Enum(it) => {
                    let values = names.enums.entry(it.name.value.clone()).or_default();
                    it.members
                        .iter()
                        .for_each(|member| values.add(&member.name.value, member.title.as_ref()));
                }
                DeclarationKind::Fact(it) => names.facts.titled.add(&it.name.value, it.title.as_ref()),
                DeclarationKind::Parameter(it) => {
                    names.parameters.titled.add(&it.name.value, it.title.as_ref());
                }
                _ => {}
            }
        }
        for kind in &plain {
            match kind {
                DeclarationKind::Fact(it) => {
                    let fact = names.fact(&it.indexes, &it.ty);
                    names.facts.declared.insert(it.name.value.clone(), fact);
                }
                DeclarationKind::Parameter(it) => {
                    // An override may tell no type: it has that of the base.
                    if let Some(ty) = &it.ty {
                        let fact = names.fact(&it.indexes, ty);
                        names.parameters.declared.insert(it.name.value.clone(), fact);
                    }
                }
                DeclarationKind::Texts(it) => it.entries.iter().for_each(|entry| names.translate(entry)),
                _ => {}
            }
        }
        names
    }

    fn fact(&self, indexes: &[ast::Name], ty: &ast::Type) -> SheetFact {
        let indexes = indexes.iter().map(|index| index.value.clone()).collect();
        SheetFact { indexes, ty: self.ty(ty) }
    }

    fn ty(&self, ty: &ast::Type) -> SheetType {
        match &ty.kind {
            ast::TypeKind::Number { .. } => SheetType::Other,
            ast::TypeKind::Set(name) => SheetType::Set(name.value.clone()),
            ast::TypeKind::Name(name) => match &*name.value {
                "text" => SheetType::Text,
                "bool" => SheetType::Bool,
                _ if self.enums.contains_key(&name.value) => SheetType::Enum(name.value.clone()),
                _ => SheetType::Other,
            },
        }
    }

    /// A title that is translated apart.
    fn translate(&mut self, entry: &ast::TextEntry) {
        let parts: Vec<&str> = entry.path.value.split('.').collect();
        let [kind, name, part] = parts.as_slice() else { return };
        if matches!((*kind, *part), ("channel" | "mix", "title") | ("field", "question"))
            && let [ast::Piece::Plain(text)] = entry.text.value.as_slice()
        {
            self.columns.call(&Arc::from(*name), text);
        }
        let (of, called) = match (*kind, *part) {
            ("channel", "title") => (&mut self.channels, name),
            ("source", "title") => (&mut self.sources, name),
            ("fact", "title") => (&mut self.facts.titled, name),
            ("parameter", "title") => (&mut self.parameters.titled, name),
            ("enum" | "scale", value) if value != "title" => match self.enums.get_mut(*name) {
                Some(values) => (values, part),
                None => return,
            },
            _ => return,
        };
        if let [ast::Piece::Plain(text)] = entry.text.value.as_slice() {
            of.call(&Arc::from(*called), text);
        }
    }
}
