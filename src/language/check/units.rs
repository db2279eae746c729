//! Units: those that are declared, and those that are written.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cycles::{self, Link};
use super::texts::Owner;
use super::{Checker, NameKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, MAX_FRACTION_DIGITS};
use crate::model::{self, Id, NumberType, Type, Unit};
use crate::source::Span;
use crate::syntax::LANGUAGE_WORDS;
use crate::syntax::ast::{self, DeclarationKind};

impl Checker<'_> {
    pub(super) fn declare_units(&mut self) {
        let declared =
            self.each(|kind| if let DeclarationKind::Unit(unit) = kind { Some(unit) } else { None });
        let mut defined = Vec::new();
        for (_, unit) in declared {
            let found = self.units.find(&unit.name.value);
            if let Some(first) = found.and_then(|id| self.unit_spans.get(&id)) {
                let first = *first;
                self.duplicate(&unit.name, first);
                continue;
            }
            let currency = matches!(&*unit.name.value, "CNY" | "USD" | "EUR") && !unit.rates.is_empty();
            let shown = unit.decimals.is_some() && unit.rates.is_empty() && unit.title.is_none();
            if found.is_some() && !currency && !shown {
                let message = format!("the unit `{}` is built in", unit.name.value);
                self.report(
                    Diagnostic::new(Code::DuplicateName, unit.name.span, message).here("declared again"),
                );
                continue;
            }
            if LANGUAGE_WORDS.contains(&&*unit.name.value) {
                let message = format!("`{}` is a word of the language, never a unit", unit.name.value);
                let diagnostic = Diagnostic::new(Code::ReservedName, unit.name.span, message);
                self.report(diagnostic.here("choose another name"));
            }
            let id = match found {
                Some(id) => id,
                None => {
                    let title = self.words(&Owner::new("unit", &unit.name), "title", unit.title.as_ref());
                    self.units.add(unit.name.value.clone(), title)
                }
            };
            if let Some(decimals) = self.decimals(unit) {
                self.units.get_mut(id).decimals = Some(decimals);
            }
            self.unit_spans.insert(id, unit.name.span);
            defined.push((id, unit));
        }
        self.define_units(defined);
        // That a unit tells another does not yet use either.
        self.used_units.clear();
    }

    /// How many decimals a unit is said to have.
    fn decimals(&mut self, unit: &ast::Unit) -> Option<u32> {
        let said = unit.decimals?;
        let found = said.value.filter(|decimals| *decimals as usize <= MAX_FRACTION_DIGITS);
        if found.is_none() {
            let message = format!("an amount shows 0 to {MAX_FRACTION_DIGITS} decimals");
            self.report(Diagnostic::new(Code::OutOfRange, said.span, message).here("another number"));
        }
        found
    }

    /// Brings units that are told by others to the roots of their dimensions, each after the one it is told by.
    fn define_units(&mut self, mut declared: Vec<(Id<model::UnitDefinition>, &ast::Unit)>) {
        declared.retain(|(_, unit)| !unit.rates.is_empty());
        let place: BTreeMap<Arc<str>, usize> =
            declared.iter().enumerate().map(|(place, (_, unit))| (unit.name.value.clone(), place)).collect();
        let told_by = |unit: &ast::Unit| {
            let base = unit.value()?.unit.as_ref()?.numerator.as_ref()?;
            place.get(&base.value).copied()
        };
        let told_by: Vec<Vec<usize>> =
            declared.iter().map(|(_, unit)| told_by(unit).into_iter().collect()).collect();
        for group in cycles::groups(&told_by) {
            if cycles::is_circle(&group, &told_by) {
                self.broken_units
                    .extend(group.iter().filter_map(|place| declared.get(*place)).map(|(id, _)| *id));
                let links = cycles::links(&cycles::circle(&group, &told_by), |place, _| {
                    let (_, unit) = declared.get(place)?;
                    let told = unit.value()?.span;
                    Some(Link { name: &unit.name.value, declared: unit.name.span, place: told })
                });
                if let Some(found) = cycles::report(links, "is told by", "is told by itself", "units") {
                    self.report(found);
                }
            } else {
                for (id, unit) in group.iter().filter_map(|place| declared.get(*place)) {
                    if self.define_unit(*id, unit).is_none() {
                        self.broken_units.insert(*id);
                    }
                }
            }
        }
    }

    fn define_unit(&mut self, id: Id<model::UnitDefinition>, unit: &ast::Unit) -> Option<()> {
        let Some(value) = unit.value() else {
            if let Some(rate) = unit.rates.first() {
                let message = format!("no rate tells what unit `{}` is counted in", unit.name.value);
                let diagnostic = Diagnostic::new(Code::UnitMismatch, rate.value.span, message);
                self.report(diagnostic.here("not told here either"));
                return None;
            }
            return Some(());
        };
        let Some(written) = &value.unit else {
            self.report(
                Diagnostic::new(Code::UnitMismatch, value.span, "a unit is told by another unit")
                    .here("this number has no unit")
                    .note("a unit of its own kind is declared without `=`: `unit post`"),
            );
            return None;
        };
        let base_unit = self.unit(written)?;
        let (Some(numerator), None) = (base_unit.numerator, base_unit.denominator) else {
            self.report(
                Diagnostic::new(
                    Code::UnitMismatch,
                    written.span,
                    "a unit is told by a simple unit, not by a rate",
                )
                .here("a rate"),
            );
            return None;
        };
        if self.broken_units.contains(&numerator) {
            return None;
        }
        let base = self.units.get(numerator).clone();
        if unit.is_dated() {
            let ty = Type::Number(NumberType { whole: false, unit: base_unit });
            let (name, indexes) = (unit.name.value.clone(), Vec::new());
            let fact = model::Fact {
                name,
                indexes,
                ty,
                title: None,
                is_parameter: true,
                was: Vec::new(),
                rate_of: Some(id),
            };
            let rate = self.facts.push(fact);
            let definition = self.units.get_mut(id);
            (definition.root, definition.base, definition.factor) = (base.root, Some(id), Exact::ONE);
            (definition.told_by, definition.rate) = (Some(numerator), Some(rate));
            return Some(());
        }
        let Some(factor) = value.number.times(base.factor).filter(|factor| *factor > Exact::ZERO) else {
            self.no_measure(value.span);
            return None;
        };
        let sources = unit.rates.iter().flat_map(|rate| self.citations(&rate.from)).collect();
        let definition = self.units.get_mut(id);
        (definition.root, definition.base) = (base.root, base.base);
        definition.factor = factor;
        definition.told_by = Some(numerator);
        definition.sources = sources;
        Some(())
    }

    /// Reports a rate by which nothing can be divided.
    pub(super) fn no_measure(&mut self, span: Span) {
        let message = "one of this unit is not a number above zero that is exact";
        self.report(Diagnostic::new(Code::OutOfRange, span, message).here("not a measure"));
    }

    /// Returns the unit that is written.
    pub(super) fn unit(&mut self, unit: &ast::UnitName) -> Option<Unit> {
        let mut find = |name: &Option<ast::Name>| match name {
            None => Some(None),
            Some(name) => match self.units.find(&name.value) {
                Some(id) => {
                    self.used_units.insert(id);
                    self.mention(name, NameKind::Unit);
                    Some(Some(id))
                }
                None => {
                    self.unknown_unit(name, unit);
                    None
                }
            },
        };
        let (numerator, denominator) = (find(&unit.numerator), find(&unit.denominator));
        Some(Unit { numerator: numerator?, denominator: denominator? })
    }
}
