//! What is shown beside the text though nobody wrote it: amounts in the unit that counts, the points of names, the numbers
//! of rows.

use std::collections::BTreeMap;

use qudao_language::check::NameKind;
use qudao_language::exact::Exact;
use qudao_language::model::{Expr, ExprKind, NumberType, Ruleset, Type, Unit, Value};
use qudao_language::source::{FileId, Span};
use qudao_language::syntax::ast::{self, DeclarationKind, Literal, LiteralKind};

use crate::project::Project;

/// Something that is shown at a place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Hint {
    /// The place.
    pub at: u32,
    /// What is shown.
    pub text: String,
    /// Whether it goes with what stands behind it, not before.
    pub before: bool,
}

impl Project {
    /// Returns what is shown beside the text of a file, in order. Nothing in a ruleset with errors.
    #[must_use]
    pub fn hints(&self, file: FileId) -> Vec<Hint> {
        let Some(ruleset) = &self.ruleset else { return Vec::new() };
        let number = |name: &'_ str, ty| match ty {
            Type::Number(ty) => Some((name.to_string(), ty)),
            _ => None,
        };
        let fields = ruleset.fields.iter().filter_map(|field| number(&field.name, field.ty)).collect();
        let facts = ruleset.facts.iter().filter_map(|fact| number(&fact.name, fact.ty)).collect();
        let mut amounts = Amounts { ruleset, file, fields, facts, hints: Vec::new() };
        amounts.of_expressions();
        for declaration in self.sources.part(file).into_iter().flat_map(|part| &part.declarations) {
            amounts.of_declaration(declaration.plain());
            if let DeclarationKind::Table(table) = declaration.plain() {
                let rows = table.grid.rows.iter().enumerate();
                let rows = rows.filter(|(_, row)| row.name.is_none() && row.span.file == file);
                amounts.hints.extend(rows.map(|(number, row)| Hint {
                    at: row.span.start,
                    text: format!("{}", number + 1),
                    before: true,
                }));
            }
        }
        let mut hints = amounts.hints;
        let points = self.points(ruleset);
        for mention in self.mentions_in(file) {
            let points = match mention.named.kind {
                // A weight says how many they are where it is declared.
                NameKind::Weight if mention.declares => None,
                NameKind::Weight | NameKind::Level => points.get(&*mention.named.name),
                _ => None,
            };
            hints.extend(points.map(|points| behind(mention.span, format!("= {points}"))));
        }
        hints.sort_unstable();
        hints.dedup();
        hints
    }

    /// The points of weights and levels.
    fn points(&self, ruleset: &Ruleset) -> BTreeMap<String, Exact> {
        let weights = self.declarations().filter_map(|declaration| match declaration.plain() {
            DeclarationKind::Weight(weight) => Some((weight.name.value.to_string(), weight.value.number)),
            _ => None,
        });
        let levels = ruleset.levels.iter();
        let levels = levels.map(|level| (level.name.to_string(), Exact::whole(level.points)));
        weights.chain(levels).collect()
    }
}

fn behind(span: Span, text: String) -> Hint {
    Hint { at: span.end, text, before: false }
}

/// Amounts that are written in another unit than they are counted in.
struct Amounts<'r> {
    ruleset: &'r Ruleset,
    file: FileId,
    /// The fields and the facts that are numbers, with their types.
    fields: BTreeMap<String, NumberType>,
    facts: BTreeMap<String, NumberType>,
    hints: Vec<Hint>,
}

impl Amounts<'_> {
    /// Those that are compared and calculated with.
    fn of_expressions(&mut self) {
        let ruleset = self.ruleset;
        let rules = ruleset.rules.iter().flat_map(|rule| {
            let filter = rule.for_each.iter().filter_map(|each| each.filter.as_ref());
            rule.when.iter().chain(filter).chain(rule.ratings())
        });
        let lets = ruleset.lets.iter().map(|of| &of.value);
        let met = ruleset.requirements.iter().filter_map(|it| it.met.as_ref());
        let owned = ruleset.channels.iter().filter_map(|it| it.owned.as_ref());
        let asked = ruleset.properties.iter().filter_map(|it| it.when.as_ref());
        for whole in rules.chain(lets).chain(met).chain(owned).chain(asked) {
            whole.walk(&mut |part: &Expr| {
                if let (ExprKind::Literal(Value::Number(number)), Type::Number(ty)) = (&part.kind, part.ty)
                    && let Some(written) = &number.written
                {
                    self.add(part.span, written.unit, number.value, ty.unit);
                }
            });
        }
    }

    /// Those that a declaration states.
    fn of_declaration(&mut self, declaration: &DeclarationKind) {
        match declaration {
            DeclarationKind::Profile(items) => {
                for of in ast::fields(items) {
                    let Some(ty) = self.fields.get(&*of.name.value).copied() else { continue };
                    let bounds = of.range.iter().flat_map(|range| range.low.iter().chain(&range.high));
                    bounds.chain(&of.default).for_each(|literal| self.literal(literal, ty));
                }
            }
            DeclarationKind::Channel(ast::Channel { statements, .. })
            | DeclarationKind::Parameter(ast::Parameter { statements, .. }) => {
                for statement in statements {
                    let Some(ty) = self.facts.get(&*statement.fact.value).copied() else { continue };
                    let disputed = statement.disputed.iter().map(|(literal, _)| literal);
                    disputed.chain([&statement.value]).for_each(|literal| self.literal(literal, ty));
                }
            }
            DeclarationKind::Test(test) => {
                for (name, literal) in &test.given {
                    let Some(ty) = self.fields.get(&*name.value).copied() else { continue };
                    self.literal(literal, ty);
                }
            }
            _ => {}
        }
    }

    fn literal(&mut self, literal: &Literal, ty: NumberType) {
        let LiteralKind::Quantity(ast::Quantity { span, number, unit: Some(unit), .. }) = &literal.kind
        else {
            return;
        };
        let find = |name: &Option<ast::Name>| name.as_ref().and_then(|it| self.ruleset.units.find(&it.value));
        let written = Unit { numerator: find(&unit.numerator), denominator: find(&unit.denominator) };
        let factor = self.ruleset.units.conversion(written, ty.unit);
        if let Some(value) = factor.and_then(|factor| number.times(factor)) {
            self.add(*span, written, value, ty.unit);
        }
    }

    fn add(&mut self, span: Span, written: Unit, value: Exact, unit: Unit) {
        // A percentage is as plain as its hundredth.
        if span.file == self.file && written != unit && !unit.is_none() {
            let name = self.ruleset.units.name(unit, value != Exact::ONE);
            let sign = if value.to_string().starts_with('≈') { "" } else { "= " };
            self.hints.push(behind(span, format!("{sign}{value} {name}")));
        }
    }
}
