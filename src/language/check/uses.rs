//! Which name stands for what, written down where the passes find it out: an editor goes by it.

use std::sync::Arc;

use super::{Checker, Symbol};
use crate::diagnostic::Code;
use crate::model::{Enum, Id};
use crate::source::Span;
use crate::syntax::ast::{self, Declaration, DeclarationKind, ProfileItem};

/// What a name is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum NameKind {
    Ruleset,
    Source,
    Unit,
    Enum,
    /// A value of an enum or a scale.
    Value,
    Field,
    Section,
    Fact,
    Parameter,
    Channel,
    Mix,
    Requirement,
    Weight,
    Level,
    Let,
    Measure,
    Rule,
    Table,
    /// A row of a table.
    Row,
    Property,
    /// What a rule or a measure calls each channel.
    Variable,
}

/// What a name stands for in a ruleset. There is one of each, save variables, which hold where they are declared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Named {
    /// What it is.
    pub kind: NameKind,
    /// The enum of a value, the table of a row.
    pub of: Option<Arc<str>>,
    /// The name.
    pub name: Arc<str>,
}

/// A place where a name stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mention {
    /// The place of the name alone.
    pub span: Span,
    /// What it stands for.
    pub named: Named,
    /// Whether it is declared here, or changed by an `override`.
    pub declares: bool,
}

impl Checker<'_> {
    /// Notes what a name stands for.
    pub(super) fn mention(&mut self, name: &ast::Name, kind: NameKind) {
        self.mention_of(name, kind, None, false);
    }

    /// The same where what the name stands for is read: it is declared for something.
    pub(super) fn reads(&mut self, name: &ast::Name, kind: NameKind, declared: Span) {
        self.used.insert(declared);
        self.mention(name, kind);
    }

    pub(super) fn mention_of(
        &mut self,
        name: &ast::Name,
        kind: NameKind,
        of: Option<&Arc<str>>,
        declares: bool,
    ) {
        let named = Named { kind, of: of.cloned(), name: name.value.clone() };
        self.mentions.push(Mention { span: name.span, named, declares });
    }

    /// Notes that a name stands for a value of an enum, and returns the value.
    pub(super) fn member_named(&mut self, name: &ast::Name, id: Id<Enum>) -> Option<u32> {
        let member = self.enums[id].member(&name.value)?;
        let of = self.enums[id].name.clone();
        self.mention_of(name, NameKind::Value, Some(&of), false);
        Some(member)
    }

    /// Finds what a name of the common set stands for, and notes it.
    pub(super) fn symbol_named(&mut self, name: &ast::Name) -> Option<Symbol> {
        let symbol = self.find_symbol(&name.value)?;
        let kind = match symbol {
            Symbol::Field(_) => NameKind::Field,
            Symbol::Let(_) => NameKind::Let,
            Symbol::Weight(_) => NameKind::Weight,
            Symbol::Channel(_) => NameKind::Channel,
            Symbol::Mix(_) => NameKind::Mix,
            Symbol::Parameter(_) => NameKind::Parameter,
            Symbol::Broken => return Some(symbol),
        };
        self.mention(name, kind);
        Some(symbol)
    }

    /// The same where what is found is read.
    pub(super) fn symbol_read(&mut self, name: &ast::Name) -> Option<Symbol> {
        let declared = self.symbols.get(&name.value).map(|(_, declared)| *declared);
        self.used.extend(declared);
        self.symbol_named(name)
    }

    /// Notes the rule, the table or the row that a name stands for; whether it is of a table is known.
    pub(super) fn mention_rule(&mut self, name: &ast::Name, of_table: bool) {
        let Some((table, row)) = name.value.split_once('.') else {
            return self.mention(name, if of_table { NameKind::Table } else { NameKind::Rule });
        };
        let end = name.span.start + table.len() as u32;
        let table = ast::Name { value: table.into(), span: Span { end, ..name.span } };
        let row = ast::Name { value: row.into(), span: Span { start: end + 1, ..name.span } };
        self.mention(&table, NameKind::Table);
        self.mention_of(&row, NameKind::Row, Some(&table.value), false);
    }

    /// Notes the names that some declarations declare, and those in the paths of texts.
    pub(super) fn mention_declared<'d>(&mut self, all: impl IntoIterator<Item = &'d Declaration>) {
        for declaration in all {
            self.declared_in(&declaration.kind);
        }
    }

    fn declared_in(&mut self, kind: &DeclarationKind) {
        use NameKind as K;
        match kind {
            DeclarationKind::Ruleset(d) => {
                self.declares(&d.name, K::Ruleset);
            }
            DeclarationKind::Source(d) => self.declares(&d.name, K::Source),
            DeclarationKind::Unit(d) => self.declares(&d.name, K::Unit),
            DeclarationKind::Enum(d) => {
                self.declares(&d.name, K::Enum);
                for member in &d.members {
                    self.mention_of(&member.name, K::Value, Some(&d.name.value), true);
                }
            }
            DeclarationKind::Profile(items) => self.items_declared(items),
            DeclarationKind::Fact(d) => self.declares(&d.name, K::Fact),
            DeclarationKind::Parameter(d) => self.declares(&d.name, K::Parameter),
            DeclarationKind::Channel(d) => self.declares(&d.name, K::Channel),
            DeclarationKind::Mix(d) => self.declares(&d.name, K::Mix),
            DeclarationKind::Requirement(d) => self.declares(&d.name, K::Requirement),
            DeclarationKind::Weight(d) => self.declares(&d.name, K::Weight),
            DeclarationKind::Levels(members) => {
                members.iter().for_each(|member| self.declares(&member.name, K::Level));
            }
            DeclarationKind::Let(d) => self.declares(&d.name, K::Let),
            DeclarationKind::Measure(d) => {
                self.declares(&d.name, K::Measure);
                self.declares(&d.for_each.variable, K::Variable);
            }
            DeclarationKind::Rule(d) => {
                self.declares(&d.name, K::Rule);
                d.for_each.iter().for_each(|for_each| self.declares(&for_each.variable, K::Variable));
            }
            DeclarationKind::Table(d) => {
                self.declares(&d.name, K::Table);
                self.rows_declared(&d.name, &d.grid);
            }
            DeclarationKind::Property(d) => self.declares(&d.name, K::Property),
            DeclarationKind::Remove(d) => {
                if let Some(kind) = kind_of_word(&d.kind.value) {
                    self.mention(&d.name, kind);
                }
            }
            DeclarationKind::Override(inner) => self.declared_in(&inner.kind),
            DeclarationKind::Texts(d) => d.entries.iter().for_each(|entry| self.path_of_text(&entry.path)),
            DeclarationKind::Import(_)
            | DeclarationKind::Facts(_)
            | DeclarationKind::Verdicts(_)
            | DeclarationKind::Test(_)
            | DeclarationKind::Extends(_) => {}
        }
    }

    fn declares(&mut self, name: &ast::Name, kind: NameKind) {
        self.mention_of(name, kind, None, true);
    }

    fn items_declared(&mut self, items: &[ProfileItem]) {
        for item in items {
            match item {
                ProfileItem::Field(field) => self.declares(&field.name, NameKind::Field),
                ProfileItem::Section(name, _, items) => {
                    name.iter().for_each(|name| self.declares(name, NameKind::Section));
                    self.items_declared(items);
                }
            }
        }
    }

    pub(super) fn rows_declared(&mut self, table: &ast::Name, grid: &ast::Grid) {
        for name in grid.rows.iter().filter_map(|row| row.name.as_ref()) {
            self.mention_of(name, NameKind::Row, Some(&table.value), true);
        }
    }

    /// The names in `enum.Entity.company`, `table.fit.row.because`, `rule.eligibility.note.2`.
    fn path_of_text(&mut self, path: &ast::Name) {
        let mut at = path.span.start;
        let mut pieces = path.value.split('.').map(|piece| {
            let span = Span { start: at, end: at + piece.len() as u32, ..path.span };
            at = span.end + 1;
            ast::Name { value: piece.into(), span }
        });
        let (Some(word), Some(name)) = (pieces.next(), pieces.next()) else { return };
        let part = pieces.next();
        let Some(kind) = kind_of_word(&word.value) else {
            // The texts of the ruleset itself go by its name.
            return self.mention(&word, NameKind::Ruleset);
        };
        self.mention(&name, kind);
        match (kind, part) {
            (NameKind::Enum, Some(part)) if &*part.value != "title" => {
                self.mention_of(&part, NameKind::Value, Some(&name.value), false);
            }
            (NameKind::Table, Some(part)) if &*part.value != "title" => {
                self.mention_of(&part, NameKind::Row, Some(&name.value), false);
            }
            _ => {}
        }
    }
}

/// What the word declares that begins a declaration, or a path of a text.
fn kind_of_word(word: &str) -> Option<NameKind> {
    Some(match word {
        "source" => NameKind::Source,
        "unit" => NameKind::Unit,
        "enum" | "scale" => NameKind::Enum,
        "field" => NameKind::Field,
        "section" => NameKind::Section,
        "fact" => NameKind::Fact,
        "parameter" => NameKind::Parameter,
        "channel" => NameKind::Channel,
        "mix" => NameKind::Mix,
        "requirement" => NameKind::Requirement,
        "weight" => NameKind::Weight,
        "level" => NameKind::Level,
        "let" => NameKind::Let,
        "measure" => NameKind::Measure,
        "rule" => NameKind::Rule,
        "table" => NameKind::Table,
        "property" => NameKind::Property,
        _ => return None,
    })
}

/// What is looked for where a name of no such set is reported under a code.
pub(super) fn kind_sought(code: Code) -> Option<NameKind> {
    match code {
        Code::UnknownEnum => Some(NameKind::Enum),
        Code::UnknownFact => Some(NameKind::Fact),
        Code::UnknownMeasure => Some(NameKind::Measure),
        Code::UnknownSource => Some(NameKind::Source),
        _ => None,
    }
}
