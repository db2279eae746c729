//! Expressions get their types.

use std::sync::Arc;

use super::Checker;
use super::scope::Scope;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    Enum, Exchange, Expr, ExprKind, FactRef, Id, Number, NumberType, OWN, Type, Unit, Value, Written,
};
use crate::source::{Span, normal};
use crate::syntax::ast;

/// What to do about arithmetic that could leave the exact range.
pub(super) const GIVE_RANGES: &str = "give the fields in it a range: `posts: number in 0 .. 1000`";

/// The type of plain whole numbers.
pub(super) const WHOLE: Type = Type::Number(NumberType { whole: true, unit: Unit::NONE });

impl Checker<'_> {
    /// Checks a condition: an expression that is true or false.
    pub(super) fn condition(&mut self, expr: &ast::Expr, scope: &Scope) -> Option<Expr> {
        if self.value_alone(expr, scope) {
            return None;
        }
        let checked = self.expr(expr, None, scope)?;
        self.is_bool(checked)
    }

    fn is_bool(&mut self, checked: Expr) -> Option<Expr> {
        if checked.ty == Type::Bool {
            return Some(checked);
        }
        self.not_bool(&checked);
        None
    }

    /// Checks an expression. Names are looked up first among the values of the enum that is expected.
    pub(super) fn expr(
        &mut self,
        expr: &ast::Expr,
        expected: Option<Id<Enum>>,
        scope: &Scope,
    ) -> Option<Expr> {
        let span = expr.span;
        let made = |ty, kind| Some(Expr { span, ty, kind });
        match &expr.kind {
            ast::ExprKind::Quantity(quantity) => {
                let unit = match &quantity.unit {
                    Some(unit) => self.unit(unit)?,
                    None => Unit::NONE,
                };
                let written = Some(Arc::new(Written { digits: quantity.digits.clone(), unit }));
                let whole = quantity.number.as_whole().is_some();
                let number = Number::written(quantity.number, written);
                made(Type::Number(NumberType { whole, unit }), ExprKind::Literal(Value::Number(number)))
            }
            ast::ExprKind::Text(text) => made(Type::Text, ExprKind::Literal(Value::Text(normal(text)))),
            ast::ExprKind::Date(date) => made(Type::Date, ExprKind::Literal(Value::Date(*date))),
            ast::ExprKind::Bool(value) => made(Type::Bool, ExprKind::Literal(Value::Bool(*value))),
            ast::ExprKind::Today => {
                self.uses_day.get_or_insert(span);
                made(Type::Date, ExprKind::Today)
            }
            ast::ExprKind::Set(members) => {
                let telling = match expected {
                    None => members.iter().find(|member| !self.waits_for_type(member)),
                    Some(_) => None,
                };
                let told = match telling {
                    Some(member) => self.expr(member, None, scope)?.enum_id(),
                    None => expected,
                };
                let Some(id) = told else {
                    self.report(
                        Diagnostic::new(Code::TypeMismatch, span, "nothing tells what this is a set of")
                            .here("a set on its own")
                            .note("compare it with a set, or give a `let` its type: `let x: set of …`"),
                    );
                    return None;
                };
                self.member_set(span, members, id, scope)
            }
            ast::ExprKind::Path(name, indexes) => self.path(span, name, indexes, expected, scope),
            ast::ExprKind::Call(function, arguments) => self.call(span, function, arguments, scope),
            ast::ExprKind::Group(inner) => {
                let inner = self.expr(inner, expected, scope)?;
                Some(Expr { span, ..inner })
            }
            ast::ExprKind::Not(inner) => {
                let inner = self.condition(inner, scope)?;
                made(Type::Bool, ExprKind::Not(Box::new(inner)))
            }
            ast::ExprKind::And(parts) => {
                let parts = self.conditions(parts, false, scope)?;
                made(Type::Bool, ExprKind::And(parts))
            }
            ast::ExprKind::Or(parts) => {
                let parts = self.conditions(parts, true, scope)?;
                made(Type::Bool, ExprKind::Or(parts))
            }
            ast::ExprKind::Compare(left, op, right) => self.compare(span, left, *op, right, scope),
            ast::ExprKind::In(subject, negated, within) => {
                self.membership(span, subject, *negated, within, scope)
            }
            ast::ExprKind::Has(set, quantifier, element) => {
                self.possession(span, set, *quantifier, element, scope)
            }
            ast::ExprKind::Is(subject, state) => self.state(span, subject, *state, scope),
            ast::ExprKind::If(parts) => self.conditional(span, parts, expected, scope),
            ast::ExprKind::Negate(inner) => {
                let inner = self.expr(inner, None, scope)?;
                let number = self.is_number(&inner)?;
                made(Type::Number(number), ExprKind::Negate(Box::new(inner)))
            }
            ast::ExprKind::Sum(terms) => self.sum(span, terms, scope),
            ast::ExprKind::Broken => None,
            ast::ExprKind::Product(first, factors) => self.product(span, first, factors, scope),
        }
    }

    /// Checks what is joined by `and`, or by `or`.
    fn conditions(&mut self, parts: &[ast::Expr], or: bool, scope: &Scope) -> Option<Vec<Expr>> {
        let mut checked = Vec::new();
        let mut at = 0;
        while let Some(part) = parts.get(at) {
            let one = if self.value_alone(part, scope) { None } else { self.expr(part, None, scope) };
            let set = one.as_ref().filter(|one| !or && matches!(one.ty, Type::Set(_)));
            if let (Some(set), Some(next)) = (set, parts.get(at + 1)) {
                match self.expr(next, None, scope) {
                    Some(other) if matches!(other.ty, Type::Set(_)) => self.sets_joined(set.span, other.span),
                    other => {
                        self.not_bool(set);
                        other.and_then(|other| self.is_bool(other));
                    }
                }
                checked.push(None);
                at += 2;
                continue;
            }
            let part = one.and_then(|one| self.is_bool(one));
            // `owner == company or ngo`: values that go on a list are told together.
            let listed = part
                .as_ref()
                .map_or(0, |first| self.values_listed(parts.get(at..).unwrap_or_default(), first, or, scope));
            checked.push(if listed == 0 { part } else { None });
            at += 1 + listed;
        }
        checked.into_iter().collect()
    }

    pub(super) fn is_number(&mut self, expr: &Expr) -> Option<NumberType> {
        if let Type::Number(number) = expr.ty {
            return Some(number);
        }
        let message = format!("expected a number, found {}", self.type_words(expr.ty));
        self.report(Diagnostic::new(Code::TypeMismatch, expr.span, message).here("not a number"));
        None
    }

    /// Returns a number in another unit, or reports that there is no conversion. `beside` is what has that unit.
    pub(super) fn convert(&mut self, expr: Expr, to: Unit, beside: Option<Span>) -> Option<Expr> {
        let number = self.is_number(&expr)?;
        if self.units.dimension(number.unit) != self.units.dimension(to) {
            self.unit_mismatch(&expr, to, beside);
            return None;
        }
        if number.unit == to {
            return Some(expr);
        }
        let Some(factor) = self.units.conversion(number.unit, to) else {
            return self.exchange(expr, number.unit, to);
        };
        let whole = number.whole && factor.as_whole().is_some();
        let ty = Type::Number(NumberType { whole, unit: to });
        let span = expr.span;
        if let ExprKind::Literal(Value::Number(literal)) = &expr.kind {
            let Some(value) = literal.value.times(factor) else { return self.too_large(span) };
            let whole = value.as_whole().is_some();
            let number = Number::written(value, literal.written.clone());
            let ty = Type::Number(NumberType { whole, unit: to });
            return Some(Expr { span, ty, kind: ExprKind::Literal(Value::Number(number)) });
        }
        Some(Expr { span, ty, kind: ExprKind::Convert(Box::new(expr), factor) })
    }

    /// Returns a number in another unit, by way of rates that change by day.
    fn exchange(&mut self, expr: Expr, from: Unit, to: Unit) -> Option<Expr> {
        let exchanges = self.units.exchanges(from, to);
        if exchanges.is_empty() {
            return self.too_large(expr.span);
        }
        let span = expr.span;
        let mut at = expr;
        for Exchange { rate, times, before, after } in exchanges {
            let number = self.convert(at, before, None)?;
            let kind = ExprKind::Fact(FactRef { channel: Some(OWN), fact: rate, indexes: Vec::new() });
            let rate = Expr { span, ty: self.facts[rate].ty, kind };
            let ty = Type::Number(NumberType { whole: false, unit: after });
            let (number, rate) = (Box::new(number), Box::new(rate));
            let kind = if times { ExprKind::Product(number, rate) } else { ExprKind::Quotient(number, rate) };
            at = Expr { span, ty, kind };
        }
        self.convert(at, to, None)
    }

    pub(super) fn too_large<T>(&mut self, span: Span) -> Option<T> {
        self.too_large_without(span, GIVE_RANGES)
    }

    /// Reports what could leave the exact range; a note says what keeps it within.
    pub(super) fn too_large_without<T>(&mut self, span: Span, note: &str) -> Option<T> {
        self.report(
            Diagnostic::new(
                Code::ArithmeticTooLarge,
                span,
                "this could leave the range in which numbers are exact",
            )
            .here("too large to be exact")
            .note(note),
        );
        None
    }

    fn conditional(
        &mut self,
        span: Span,
        parts: &[ast::Expr; 3],
        expected: Option<Id<Enum>>,
        scope: &Scope,
    ) -> Option<Expr> {
        let [condition, yes, no] = parts;
        let condition = self.condition(condition, scope);
        let (yes, no) = if expected.is_none() && self.waits_for_type(yes) {
            let no = self.expr(no, None, scope);
            (self.expr(yes, no.as_ref().and_then(Expr::enum_id), scope), no)
        } else {
            let yes = self.expr(yes, expected, scope);
            let expected = expected.or(yes.as_ref().and_then(Expr::enum_id));
            (yes, self.expr(no, expected, scope))
        };
        let (condition, yes, no) = (condition?, yes?, no?);
        let (yes, no, ty) = match (yes.ty, no.ty) {
            (Type::Number(a), Type::Number(_)) => {
                let no = self.convert(no, a.unit, Some(yes.span))?;
                let whole = a.whole && matches!(no.ty, Type::Number(NumberType { whole: true, .. }));
                (yes, no, Type::Number(NumberType { whole, unit: a.unit }))
            }
            (a, b) if a == b => (yes, no, a),
            (a, _) => {
                let found = self.type_words(no.ty);
                self.mismatch(no.span, a, &found);
                return None;
            }
        };
        Some(Expr { span, ty, kind: ExprKind::If(Box::new([condition, yes, no])) })
    }
}
