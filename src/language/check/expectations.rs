//! Tests and properties.

use std::collections::BTreeMap;

use super::scope::Scope;
use super::texts::Owner;
use super::unknown::{Around, FIELD, JUDGED, MEASURE};
use super::{Checker, Symbol, names};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    self, Expectation, ExpectationKind, Expr, ExprKind, Field, GivenValue, Id, NeedState, Property,
    RuleSelector, Target, TargetRef, Test, Type,
};
use crate::operator::{Sign, Verdict};
use crate::source::Span;
use crate::syntax::ast::{self, DeclarationKind};

impl Checker<'_> {
    pub(super) fn define_checks(&mut self) {
        for (declaration, test) in
            self.each(|kind| if let DeclarationKind::Test(test) = kind { Some(test) } else { None })
        {
            self.around = Some(Around::default());
            let checked = self.test(declaration.span, test);
            self.around = None;
            self.tests.push(checked);
        }
        for (declaration, property) in self
            .each(|kind| if let DeclarationKind::Property(property) = kind { Some(property) } else { None })
        {
            let checked = self.property(declaration.span, property);
            self.properties.push(checked);
        }
    }

    fn test(&mut self, span: Span, test: &ast::Test) -> Test {
        let title = test.title.main.value.clone();
        let title = model::Text::new(title);
        let mut given = Vec::new();
        let mut seen: BTreeMap<Id<Field>, Span> = BTreeMap::new();
        for (name, literal) in &test.given {
            let Some(field) = self.field_given(name) else { continue };
            if let Some(first) = seen.insert(field, name.span) {
                self.report(
                    Diagnostic::new(
                        Code::DuplicateField,
                        name.span,
                        format!("`{}` is given twice", name.value),
                    )
                    .here("the second time")
                    .also(first, "the first"),
                );
                continue;
            }
            let ty = self.fields[field].ty;
            self.reads_old_names = true;
            let value = self.literal(literal, ty);
            self.reads_old_names = false;
            let Some(value) = value else { continue };
            let model = &self.fields[field];
            if let Some(value) = &value
                && names::outside(value, model.low.as_ref(), model.high.as_ref())
            {
                let declared = model.span;
                let message = format!("this value lies outside the range of `{}`", name.value);
                self.report(
                    Diagnostic::new(Code::OutOfRange, literal.span, message)
                        .here("outside")
                        .also(declared, "the field"),
                );
            }
            given.push(GivenValue { field, value, span: literal.span });
        }
        Test {
            title,
            span,
            as_of: test.as_of.map(|day| day.value),
            file: test.file.clone(),
            given,
            expect: self.expectations(&test.expect),
        }
    }

    fn property(&mut self, span: Span, property: &ast::Property) -> Property {
        if let Some(((), first)) = self.property_names.get(&property.name.value) {
            let first = *first;
            self.duplicate(&property.name, first);
        }
        self.property_names.insert(property.name.value.clone(), ((), property.name.span));
        let title = self.words(&Owner::new("property", &property.name), "title", property.title.as_ref());
        let when = property.when.as_ref().and_then(|when| self.condition(when, &Scope::plain("a property")));
        Property {
            name: property.name.value.clone(),
            span,
            title,
            when: when.and_then(|when| self.check_size(when)),
            expect: self.expectations(&property.expect),
            even_unknown: property.even_unknown,
        }
    }

    /// Looks up a field as profiles do: an old name is told, and read.
    fn field_given(&mut self, name: &ast::Name) -> Option<Id<Field>> {
        if self.find_symbol(&name.value).is_none()
            && let Some(field) = self.fields.find(|field| field.was.contains(&name.value))
        {
            let now = self.fields[field].name.clone();
            self.report(Diagnostic::renamed(Code::RenamedField, &name.value, &now, name.span, &*now));
            return Some(field);
        }
        self.field(name)
    }

    /// Looks up a field of the profile; old names are none.
    fn field(&mut self, name: &ast::Name) -> Option<Id<Field>> {
        match self.symbol_named(name) {
            Some(Symbol::Field(id)) => Some(id),
            Some(Symbol::Broken) => None,
            Some(
                Symbol::Parameter(_)
                | Symbol::Let(_)
                | Symbol::Weight(_)
                | Symbol::Channel(_)
                | Symbol::Mix(_),
            )
            | None => {
                self.unknown(&FIELD, name, |checker| {
                    checker.fields.iter().map(|field| field.name.clone()).collect()
                });
                None
            }
        }
    }

    fn expectations(&mut self, expect: &[ast::Expectation]) -> Vec<Expectation> {
        expect
            .iter()
            .filter_map(|expectation| {
                let kind = self.expectation(&expectation.kind)?;
                Some(Expectation { span: expectation.span, kind })
            })
            .collect()
    }

    fn expectation(&mut self, kind: &ast::ExpectationKind) -> Option<ExpectationKind> {
        use ExpectationKind as E;
        use ast::ExpectationKind as A;
        Some(match kind {
            A::First(target) => E::First(self.named_target(target)?),
            A::Fires(rule, fires) => E::Fires(self.selector(rule)?, *fires),
            A::Missing(field) => E::Missing(self.field(field)?),
            A::Verdict(target, verdict) => {
                E::Verdict(self.named_target(target)?, Verdict::parse(&verdict.value))
            }
            A::Leaning(target, verdict) => {
                let target = self.named_target(target);
                E::Leaning(target?, self.decided(verdict)?)
            }
            A::CouldBe(target, verdict) => {
                let target = self.named_target(target);
                E::CouldBe(target?, self.decided(verdict)?)
            }
            A::ExcludedBy(target, rule) => {
                let target = self.named_target(target);
                E::ExcludedBy(target?, self.selector(rule)?)
            }
            A::Because(target, rule) => {
                let target = self.named_target(target);
                E::Because(target?, self.selector(rule)?)
            }
            A::Score(target, op, points) => {
                let target = self.named_target(target);
                E::Score(target?, *op, self.points(points)?)
            }
            A::Measure(target, measure, op, value) => {
                let target = self.named_target(target);
                let id = self.look_up(|c| &c.measure_names, &MEASURE, measure)?;
                let of = TargetRef::Named(target?);
                let of = self.measure_of(measure.span, Some(of), measure, &Scope::plain("a test"))?;
                let Some(literal) = self.literal(value, of.ty)? else {
                    self.mismatch(value.span, of.ty, "`unknown`");
                    return None;
                };
                let literal = Expr { span: value.span, ty: of.ty, kind: ExprKind::Literal(literal) };
                let span = measure.span.to(value.span);
                let kind = ExprKind::Compare(*op, Box::new(of), Box::new(literal));
                E::Measure(target?, id, Box::new(Expr { span, ty: Type::Bool, kind }))
            }
            A::Needs(target, need, state) => {
                let target = self.named_target(target);
                let need = self.need(need);
                let state = state.as_ref().map(|state| match &*state.value {
                    "met" => NeedState::Met,
                    "unmet" => NeedState::Unmet,
                    _ => NeedState::Unknown,
                });
                E::Needs(target?, need?, state)
            }
        })
    }

    fn points(&mut self, points: &ast::Points) -> Option<i64> {
        match self.worth(points)? {
            super::points::Worth::Points(points) => Some(points),
            super::points::Worth::Level(level, sign) => {
                let points = self.levels.get(level).map_or(0, |level| level.points);
                Some(if sign == Sign::Minus { -points } else { points })
            }
        }
    }

    fn named_target(&mut self, name: &ast::Name) -> Option<Target> {
        if self.find_symbol(&name.value).is_none()
            && let Some(channel) = self.channels.find(|channel| channel.was.contains(&name.value))
        {
            let now = self.channels[channel].name.clone();
            self.report(Diagnostic::renamed(Code::RenamedChannel, &name.value, &now, name.span, &*now));
            return Some(Target::Channel(channel));
        }
        match self.target(&JUDGED, name, &Scope::plain("a test"))? {
            TargetRef::Named(target) => Some(target),
            TargetRef::Variable => None,
        }
    }

    fn decided(&mut self, verdict: &ast::Name) -> Option<Verdict> {
        let found = Verdict::parse(&verdict.value);
        if found.is_none() {
            self.report(
                Diagnostic::new(
                    Code::UnknownValue,
                    verdict.span,
                    "`undecided` is a verdict, never what a target leans to",
                )
                .here("not a leaning"),
            );
        }
        found
    }

    fn selector(&mut self, name: &ast::Name) -> Option<RuleSelector> {
        self.select(name)
    }
}
