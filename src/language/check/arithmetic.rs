//! Arithmetic: linear, between numbers of one dimension and dates, and never past what is exact.

use num_integer::Integer;

use super::Checker;
use super::scope::Scope;
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, MAX_FRACTION_DIGITS, MAX_WHOLE_DIGITS};
use crate::model::{
    Between, Expr, ExprKind, Fact, Field, Id, NumberType, Shift, Type, Unit, UnitDefinition, Value,
};
use crate::operator::Sign;
use crate::source::Span;
use crate::syntax::ast;

/// How deep an expression may nest with the lets in it, and how many parts a let may have with the lets in it.
const MAX_EXPANDED_DEPTH: usize = 256;
const MAX_EXPANDED_PARTS: usize = 10_000;
/// A day may be moved so often in one sum.
const MAX_SHIFTS: usize = 16;

/// How deep and how large an expression is with the lets in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    depth: usize,
    parts: usize,
}

/// All values of a number lie between `-max` and `max` and are whole multiples of 1 / `denominator`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    max: u128,
    denominator: u128,
}

impl Bound {
    /// Tells whether every such number, and what adding two of them goes through, fits into 128 bits.
    fn is_exact(self) -> bool {
        self.max.checked_mul(self.denominator).is_some_and(|product| product < 1 << 125)
    }

    fn join(self, other: Bound) -> Option<Bound> {
        let denominator = checked_lcm(self.denominator, other.denominator)?;
        Some(Bound { max: self.max.max(other.max), denominator })
    }

    fn of(value: Exact) -> Bound {
        let (numerator, denominator) = (value.numerator().unsigned_abs(), value.denominator().unsigned_abs());
        Bound { max: numerator.div_ceil(denominator), denominator }
    }

    fn scaled(self, factor: Exact) -> Option<Bound> {
        let (numerator, denominator) =
            (factor.numerator().unsigned_abs(), factor.denominator().unsigned_abs());
        // The product before it is reduced must fit as well.
        let bound = Bound {
            max: self.max.checked_mul(numerator)?.div_ceil(denominator).max(1),
            denominator: self.denominator.checked_mul(denominator)?,
        };
        bound.is_exact().then_some(bound)
    }
}

fn checked_lcm(a: u128, b: u128) -> Option<u128> {
    (a / a.gcd(&b)).checked_mul(b)
}

impl Checker<'_> {
    /// A sum of numbers, a date moved by durations, or the days between two dates.
    pub(super) fn sum(&mut self, span: Span, terms: &[(Sign, ast::Expr)], scope: &Scope) -> Option<Expr> {
        let checked: Vec<Option<(Sign, Expr)>> =
            terms.iter().map(|(sign, term)| Some((*sign, self.expr(term, None, scope)?))).collect();
        let mut checked = checked.into_iter().collect::<Option<Vec<_>>>()?.into_iter();
        let (_, mut total) = checked.next()?;
        let mut shifts = 0;
        for (sign, term) in checked {
            let span = total.span.to(term.span);
            total = match (total.ty, term.ty) {
                (Type::Date, Type::Date) if sign == Sign::Minus => {
                    let ty = Type::Number(NumberType { whole: true, unit: self.units.day() });
                    Expr { span, ty, kind: ExprKind::Between(Between::Days, Box::new(term), Box::new(total)) }
                }
                (Type::Date, Type::Number(_)) => {
                    shifts += 1;
                    self.shift(span, sign, total, term)?
                }
                (Type::Number(_), Type::Date) if sign == Sign::Plus => {
                    shifts += 1;
                    self.shift(span, sign, term, total)?
                }
                (Type::Number(a), Type::Number(_)) => {
                    let term = self.convert(term, a.unit, Some(total.span))?;
                    let whole = a.whole && matches!(term.ty, Type::Number(NumberType { whole: true, .. }));
                    let ty = Type::Number(NumberType { whole, unit: a.unit });
                    let terms = match total.kind {
                        ExprKind::Sum(mut terms) => {
                            terms.push((sign, term));
                            terms
                        }
                        kind => {
                            vec![(Sign::Plus, Expr { span: total.span, ty: total.ty, kind }), (sign, term)]
                        }
                    };
                    Expr { span, ty, kind: ExprKind::Sum(terms) }
                }
                (a, b) => {
                    let word = if sign == Sign::Plus { "add" } else { "subtract" };
                    let message = format!("cannot {word} {} and {}", self.type_words(a), self.type_words(b));
                    self.report(
                        Diagnostic::new(Code::TypeMismatch, term.span, message)
                            .here(self.type_words(b))
                            .also(total.span, self.type_words(a)),
                    );
                    return None;
                }
            };
        }
        if shifts > MAX_SHIFTS {
            self.report(
                Diagnostic::new(Code::TooDeep, span, format!("a date is moved more than {MAX_SHIFTS} times"))
                    .here("too many steps")
                    .note("add the durations first"),
            );
            return None;
        }
        Some(Expr { span, ..total })
    }

    fn shift(&mut self, span: Span, sign: Sign, date: Expr, amount: Expr) -> Option<Expr> {
        let number = self.is_number(&amount)?;
        let (day, month) = (self.units.day(), self.units.month());
        let amount_span = amount.span;
        let (shift, unit) = if self.units.conversion(number.unit, month).is_some() {
            (Shift::Months, month)
        } else if self.units.conversion(number.unit, day).is_some() {
            (Shift::Days, day)
        } else {
            let mut diagnostic = Diagnostic::new(
                Code::UnitMismatch,
                amount_span,
                "a date is moved by days, weeks, months or years",
            )
            .here(self.type_words(amount.ty));
            if number.unit.is_none() {
                diagnostic = diagnostic.fix("write `days` after it", amount_span.after(), " days");
            }
            self.report(diagnostic);
            return None;
        };
        let amount = self.convert(amount, unit, None)?;
        if !matches!(amount.ty, Type::Number(NumberType { whole: true, .. })) {
            self.report(
                Diagnostic::new(
                    Code::NotWhole,
                    amount_span,
                    "a date is moved by whole days, weeks, months or years",
                )
                .here("may be a fraction")
                .note("a field of whole days has the type `int days`"),
            );
            return None;
        }
        let kind = ExprKind::Shift(shift, sign, Box::new(date), Box::new(amount));
        Some(Expr { span, ty: Type::Date, kind })
    }

    /// A product with constants, which alone is linear.
    pub(super) fn product(
        &mut self,
        span: Span,
        first: &ast::Expr,
        factors: &[(bool, ast::Expr)],
        scope: &Scope,
    ) -> Option<Expr> {
        let first = self.expr(first, None, scope);
        let rest: Vec<Option<(bool, Expr)>> = factors
            .iter()
            .map(|(divides, factor)| Some((*divides, self.expr(factor, None, scope)?)))
            .collect();
        let mut total = first?;
        self.is_number(&total)?;
        for (divides, factor) in rest.into_iter().collect::<Option<Vec<_>>>()? {
            let span = total.span.to(factor.span);
            total =
                if divides { self.divide(span, total, factor)? } else { self.multiply(span, total, factor)? };
        }
        Some(Expr { span, ..total })
    }

    fn multiply(&mut self, span: Span, left: Expr, right: Expr) -> Option<Expr> {
        self.is_number(&right)?;
        let plain = |checker: &Self, expr: &Expr| {
            let Type::Number(number) = expr.ty else { return None };
            Self::constant(expr)?.times(checker.units.conversion(number.unit, Unit::NONE)?)
        };
        if let Some(factor) = plain(self, &right) {
            return self.scale(span, left, factor);
        }
        if let Some(factor) = plain(self, &left) {
            return self.scale(span, right, factor);
        }
        self.report(
            Diagnostic::new(Code::NotLinear, span, "one side of `*` is a plain number that is known here")
                .here("no side is a constant")
                .also(left.span, "may vary, or has a unit")
                .also(right.span, "may vary, or has a unit"),
        );
        None
    }

    fn divide(&mut self, span: Span, left: Expr, right: Expr) -> Option<Expr> {
        let (of, by) = (self.is_number(&left)?, self.is_number(&right)?);
        let Some(divisor) = Self::constant(&right) else {
            self.report(
                Diagnostic::new(
                    Code::NotLinear,
                    right.span,
                    "the right side of `/` is a number that is known here",
                )
                .here("not a constant"),
            );
            return None;
        };
        if divisor == Exact::ZERO {
            self.report(
                Diagnostic::new(Code::NotLinear, right.span, "nothing is divided by zero").here("zero"),
            );
            return None;
        }
        // A plain divisor keeps the unit; one of the same dimension leaves a plain number.
        let (factor, unit) =
            match (self.units.conversion(by.unit, Unit::NONE), self.units.conversion(by.unit, of.unit)) {
                (Some(to_plain), _) => (divisor.times(to_plain), of.unit),
                (None, Some(to_left)) => (divisor.times(to_left), Unit::NONE),
                (None, None) => {
                    self.other_dimension(right.span, by.unit, of.unit, None);
                    return None;
                }
            };
        let Some(factor) = factor.and_then(|factor| Exact::ONE.over(factor)) else {
            return self.too_large(span);
        };
        let scaled = self.scale(span, left, factor)?;
        Some(Expr { ty: Type::Number(NumberType { whole: false, unit }), ..scaled })
    }

    fn scale(&mut self, span: Span, expr: Expr, factor: Exact) -> Option<Expr> {
        let number = self.is_number(&expr)?;
        let whole = number.whole && factor.as_whole().is_some();
        let ty = Type::Number(NumberType { whole, unit: number.unit });
        let kind = match expr.kind {
            // Chains of constants become one, so that they nest no deeper.
            ExprKind::Scale(inner, earlier) => match earlier.times(factor) {
                Some(factor) => ExprKind::Scale(inner, factor),
                None => return self.too_large(span),
            },
            kind => ExprKind::Scale(Box::new(Expr { kind, ..expr }), factor),
        };
        Some(Expr { span, ty, kind })
    }

    /// Returns the value of an expression that reads nothing, in its own unit.
    pub(super) fn constant(expr: &Expr) -> Option<Exact> {
        match &expr.kind {
            ExprKind::Literal(value) => value.as_number(),
            ExprKind::Negate(inner) => Some(Self::constant(inner)?.negated()),
            ExprKind::Scale(inner, factor) | ExprKind::Convert(inner, factor) => {
                Self::constant(inner)?.times(*factor)
            }
            ExprKind::Sum(terms) => terms.iter().try_fold(Exact::ZERO, |total, (sign, term)| {
                let term = Self::constant(term)?;
                if *sign == Sign::Plus { total.plus(term) } else { total.minus(term) }
            }),
            _ => None,
        }
    }

    /// Reports an expression of which a number could leave the exact range, or which is too deep with its lets.
    pub(super) fn check_size(&mut self, expr: Expr) -> Option<Expr> {
        let size = self.size(&expr);
        if size.depth > MAX_EXPANDED_DEPTH {
            self.report(
                Diagnostic::new(Code::TooDeep, expr.span, "this nests too deep with the lets in it")
                    .here(format!("{} levels; at most {MAX_EXPANDED_DEPTH} are read", size.depth)),
            );
            return None;
        }
        self.bound(&expr)?;
        Some(expr)
    }

    /// Keeps what later expressions need to know of a let.
    pub(super) fn measure_let(&mut self, id: Id<crate::model::Let>, expr: &Expr) -> Option<()> {
        let size = self.size(expr);
        if size.parts > MAX_EXPANDED_PARTS {
            self.report(
                Diagnostic::new(Code::TooLarge, expr.span, "this is too large with the lets in it")
                    .here(format!("{} parts; at most {MAX_EXPANDED_PARTS} are read", size.parts)),
            );
            return None;
        }
        let bound = self.bound(expr)?;
        self.let_sizes.insert(id, size);
        self.let_bounds.insert(id, bound);
        Some(())
    }

    fn size(&self, expr: &Expr) -> Size {
        if let ExprKind::Let(id) = &expr.kind {
            let size = self.let_sizes.get(id).copied().unwrap_or(Size { depth: 0, parts: 0 });
            return Size { depth: size.depth + 1, parts: size.parts + 1 };
        }
        let parts = expr.parts().into_iter().map(|part| self.size(part));
        let inner = parts.fold(Size { depth: 0, parts: 0 }, |a, b| Size {
            depth: a.depth.max(b.depth),
            parts: a.parts.saturating_add(b.parts),
        });
        Size { depth: inner.depth + 1, parts: inner.parts.saturating_add(1) }
    }

    /// Returns the bound of a number; anything for other types. Reports the first part that could leave the exact range.
    fn bound(&mut self, expr: &Expr) -> Option<Bound> {
        let any = Bound { max: 0, denominator: 1 };
        let bound = match &expr.kind {
            ExprKind::Literal(value) => value.as_number().map_or(any, Bound::of),
            ExprKind::Field(id) => match self.field_bound(*id) {
                Some(bound) => bound,
                None => return self.too_large(expr.span),
            },
            ExprKind::Let(id) => self.let_bounds.get(id).copied().unwrap_or(any),
            ExprKind::Fact(fact) => match self.fact_bound(fact.fact) {
                Some(bound) => bound,
                None => return self.too_large(expr.span),
            },
            ExprKind::Sum(terms) => {
                let bounds: Option<Vec<Bound>> = terms.iter().map(|(_, term)| self.bound(term)).collect();
                let sum = bounds?.into_iter().try_fold(any, |a, b| {
                    Some(Bound { max: a.max.checked_add(b.max)?, denominator: a.join(b)?.denominator })
                });
                match sum.filter(|sum| sum.is_exact()) {
                    Some(bound) => bound,
                    None => return self.too_large(expr.span),
                }
            }
            ExprKind::Scale(inner, factor) | ExprKind::Convert(inner, factor) => {
                match self.bound(inner)?.scaled(*factor) {
                    Some(bound) => bound,
                    None => return self.too_large(expr.span),
                }
            }
            ExprKind::Between(..) => {
                for part in expr.parts() {
                    self.bound(part)?;
                }
                Bound { max: 4_000_000, denominator: 1 }
            }
            ExprKind::Count(set) => {
                self.bound(set)?;
                Bound { max: u128::from(u32::MAX), denominator: 1 }
            }
            ExprKind::Today
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::Compare(..)
            | ExprKind::InSet { .. }
            | ExprKind::InRange { .. }
            | ExprKind::Has(..)
            | ExprKind::HasMany(..)
            | ExprKind::Known(..)
            | ExprKind::Excluded(..)
            | ExprKind::Earlier(..)
            | ExprKind::If(_)
            | ExprKind::Negate(_)
            | ExprKind::Min(_)
            | ExprKind::Max(_)
            | ExprKind::Abs(_)
            | ExprKind::Shift(..) => {
                let mut joined = Some(any);
                for part in expr.parts() {
                    let bound = self.bound(part)?;
                    if matches!(expr.ty, Type::Number(_)) {
                        joined = joined.and_then(|joined| joined.join(bound));
                    }
                }
                match joined {
                    Some(bound) => bound,
                    None => return self.too_large(expr.span),
                }
            }
        };
        Some(bound)
    }

    /// Every number that a channel states of a fact, on any day.
    fn fact_bound(&mut self, id: Id<Fact>) -> Option<Bound> {
        if let Some(bound) = self.fact_bounds.get(&id) {
            return *bound;
        }
        let statements = self.channels.iter().flat_map(|channel| channel.statements.iter());
        let values = statements
            .filter(|((fact, _), _)| *fact == id)
            .flat_map(|(_, statements)| statements)
            .filter_map(|statement| statement.value.as_ref()?.as_number());
        let bound = values.map(Bound::of).try_fold(Bound { max: 0, denominator: 1 }, Bound::join);
        self.fact_bounds.insert(id, bound);
        bound
    }

    /// Every number that a profile may give for a field, in any unit that converts to the field's.
    fn field_bound(&self, id: Id<Field>) -> Option<Bound> {
        let field = &self.fields[id];
        let Type::Number(number) = field.ty else { return Some(Bound { max: 0, denominator: 1 }) };
        let limit = |value: &Option<Value>| {
            value
                .as_ref()
                .and_then(Value::as_number)
                .map_or(10_u128.pow(MAX_WHOLE_DIGITS as u32), |v| Bound::of(v).max)
        };
        let max = limit(&field.low).max(limit(&field.high));
        if number.whole {
            return Some(Bound { max, denominator: 1 });
        }
        let unit = number.unit;
        let numerators = self.finest(unit, |id| Unit { numerator: Some(id), ..unit })?;
        let denominators = self.finest(unit, |id| Unit { denominator: Some(id), ..unit })?;
        let digits = 10_u128.pow(MAX_FRACTION_DIGITS as u32);
        let denominator = numerators.checked_mul(denominators)?.checked_mul(digits)?;
        Some(Bound { max, denominator })
    }

    /// What divides the fractions that come of converting from other units.
    fn finest(&self, to: Unit, from: impl Fn(Id<UnitDefinition>) -> Unit) -> Option<u128> {
        let factors = self.units.iter().filter_map(|(id, _)| self.units.conversion(from(id), to));
        factors
            .into_iter()
            .try_fold(1, |finest, factor| checked_lcm(finest, factor.denominator().unsigned_abs()))
    }
}
