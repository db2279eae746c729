//! Arithmetic: sums of one dimension, products and quotients with constants, products of what has a range, dates.

use super::Checker;
use super::scope::Scope;
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, Rounding};
use crate::model::{Between, Expr, ExprKind, Id, Leftover, NumberType, Shift, Type, Unit, UnitDefinition};
use crate::operator::Sign;
use crate::source::Span;
use crate::syntax::ast;

/// A day may be moved so often in one sum.
const MAX_SHIFTS: usize = 16;
/// So many values that are no plain constants are multiplied in one product.
const MAX_FACTORS: usize = 16;

fn is_whole(expr: &Expr) -> bool {
    matches!(expr.ty, Type::Number(NumberType { whole: true, .. }))
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

    /// A chain of products and quotients.
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
        let mut nested = 0;
        for (divides, factor) in rest.into_iter().collect::<Option<Vec<_>>>()? {
            let span = total.span.to(factor.span);
            total =
                if divides { self.divide(span, total, factor)? } else { self.multiply(span, total, factor)? };
            nested += usize::from(!matches!(total.kind, ExprKind::Scale(..)));
        }
        if nested > MAX_FACTORS {
            let message = format!("more than {MAX_FACTORS} values are multiplied");
            self.report(
                Diagnostic::new(Code::TooDeep, span, message)
                    .here("too many factors")
                    .note("name a part of it with `let`"),
            );
            return None;
        }
        Some(Expr { span, ..total })
    }

    fn multiply(&mut self, span: Span, left: Expr, right: Expr) -> Option<Expr> {
        let (of, by) = (self.is_number(&left)?, self.is_number(&right)?);
        let plain = |checker: &Self, expr: &Expr, number: NumberType| {
            Self::constant(expr)?.times(checker.units.conversion(number.unit, Unit::NONE)?)
        };
        if let Some(factor) = plain(self, &right, by) {
            return self.scale(span, left, factor);
        }
        if let Some(factor) = plain(self, &left, of) {
            return self.scale(span, right, factor);
        }
        let (left, right, unit) = self.combine(span, left, right, false)?;
        if self.varies(&left) && self.varies(&right) {
            self.have_ranges(span, &left, &right)?;
        }
        let whole = [&left, &right].iter().all(|side| is_whole(side));
        let ty = Type::Number(NumberType { whole, unit });
        Some(Expr { span, ty, kind: ExprKind::Product(Box::new(left), Box::new(right)) })
    }

    fn divide(&mut self, span: Span, left: Expr, right: Expr) -> Option<Expr> {
        let (of, by) = (self.is_number(&left)?, self.is_number(&right)?);
        let Some(divisor) = Self::constant(&right) else {
            if self.varies(&right) {
                self.report(
                    Diagnostic::new(Code::NotLinear, right.span, "nothing is divided by a value that varies")
                        .here("depends on the profile")
                        .note("multiply instead: `a > b * 0.5` asks the same as `a / b > 0.5`"),
                );
                return None;
            }
            self.is_above_zero(&right, false)?;
            let (left, right, unit) = self.combine(span, left, right, true)?;
            let ty = Type::Number(NumberType { whole: false, unit });
            return Some(Expr { span, ty, kind: ExprKind::Quotient(Box::new(left), Box::new(right)) });
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
                    let (left, right, unit) = self.combine(span, left, right, true)?;
                    let ty = Type::Number(NumberType { whole: false, unit });
                    return Some(Expr {
                        span,
                        ty,
                        kind: ExprKind::Quotient(Box::new(left), Box::new(right)),
                    });
                }
            };
        let Some(factor) = factor.and_then(|factor| Exact::ONE.over(factor)) else {
            return self.too_large(span);
        };
        let scaled = self.scale(span, left, factor)?;
        Some(Expr { ty: Type::Number(NumberType { whole: false, unit }), ..scaled })
    }

    /// Brings two factors to units that cancel, and returns the unit of what comes of them.
    fn combine(&mut self, span: Span, left: Expr, right: Expr, divides: bool) -> Option<(Expr, Expr, Unit)> {
        let (of, by) = (self.is_number(&left)?.unit, self.is_number(&right)?.unit);
        match self.units.combine(of, by, divides) {
            Ok(combined) => {
                let left = self.convert(left, combined.left, None)?;
                Some((left, self.convert(right, combined.right, None)?, combined.unit))
            }
            Err(leftover) => {
                self.left_over(span, (&left, of), (&right, by), divides, leftover);
                None
            }
        }
    }

    /// Reports a product of units that is none.
    fn left_over(
        &mut self,
        span: Span,
        (left, of): (&Expr, Unit),
        (right, by): (&Expr, Unit),
        divides: bool,
        [above, below]: Leftover,
    ) {
        if self.is_broken(of) || self.is_broken(by) {
            return;
        }
        let name = |unit: Unit| match self.units.name(unit, false) {
            name if name.is_empty() => "a plain number".to_string(),
            name => format!("`{name}`"),
        };
        let two = |ids: &[Id<UnitDefinition>], place| {
            let names: Vec<String> = ids.iter().map(|id| format!("`{}`", self.units.get(*id).name)).collect();
            (names.len() > 1).then(|| format!("{} {place}", names.join(" and ")))
        };
        let left_over: Vec<String> =
            [two(&above, "above"), two(&below, "below")].into_iter().flatten().collect();
        let verb = if divides { "divided by" } else { "times" };
        let message =
            format!("{} {verb} {} is no unit: it leaves {}", name(of), name(by), left_over.join(", and "));
        let mut diagnostic = Diagnostic::new(Code::UnitMismatch, span, message)
            .here("more than one unit above or below")
            .also(left.span, format!("in {}", name(of)))
            .also(right.span, format!("in {}", name(by)));
        if self.units.days_against_months(of, by) {
            diagnostic = diagnostic.note(
                "a month has no fixed number of days; count with the calendar: `months(a, b)` gives whole months between two dates",
            );
        } else if !by.is_none() {
            let one = self.units.name(by, false);
            diagnostic = diagnostic.note(format!("divided by `1 {one}`, the second is a plain number"));
        }
        self.report(diagnostic);
    }

    /// Reports a product of two values that vary, unless each field in it has a range.
    fn have_ranges(&mut self, span: Span, left: &Expr, right: &Expr) -> Option<()> {
        let fields = self.fields_of(left).into_iter().chain(self.fields_of(right));
        let mut open = fields.filter(|id| self.lacks_range(*id));
        let Some(first) = open.next() else { return Some(()) };
        let example = self.declared_with(first, "0 .. 1_000");
        let message = format!(
            "of two values that vary, both need a range to be multiplied; `{}` has none",
            self.fields[first].name
        );
        self.report(
            Diagnostic::new(Code::ArithmeticTooLarge, span, message)
                .here("both sides depend on the profile")
                .note(format!("declare one, so that the product stays exact: `{example}`")),
        );
        None
    }

    /// `round(x, STEP)` and its kind.
    pub(super) fn rounded(&mut self, span: Span, rounding: Rounding, of: Expr, step: Expr) -> Option<Expr> {
        let number = self.is_number(&of)?;
        self.is_number(&step)?;
        let step = self.convert(step, number.unit, Some(of.span))?;
        if self.varies(&step) {
            self.report(
                Diagnostic::new(Code::NotLinear, step.span, "the step of a rounding is constant")
                    .here("depends on the profile"),
            );
            return None;
        }
        self.is_above_zero(&step, true)?;
        let ty = Type::Number(NumberType { whole: is_whole(&step), unit: number.unit });
        Some(Expr { span, ty, kind: ExprKind::Round(rounding, Box::new(of), Box::new(step)) })
    }

    /// Reports a divisor that is zero for some channel on some day, or a step that is not above zero.
    fn is_above_zero(&mut self, expr: &Expr, step: bool) -> Option<()> {
        let wrong = |value: &Exact| if step { *value <= Exact::ZERO } else { *value == Exact::ZERO };
        let says = if step { "a step is above zero" } else { "nothing is divided by zero" };
        let here = match self.constant_values(expr) {
            Ok(values) => match values.into_iter().find(|(value, _)| wrong(value)) {
                None => return Some(()),
                Some((value, place)) => {
                    let value = if value == Exact::ZERO { "zero".into() } else { value.to_string() };
                    format!("{value}{place}")
                }
            },
            Err(part) => {
                let text = self.sources.files().slice(part);
                format!(
                    "may be {}zero: `{text}` differs from day to day",
                    if step { "at or below " } else { "" }
                )
            }
        };
        self.report(Diagnostic::new(Code::NotLinear, expr.span, says).here(here));
        None
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
            ExprKind::Product(a, b) => Self::constant(a)?.times(Self::constant(b)?),
            ExprKind::Quotient(a, b) => Self::constant(a)?.over(Self::constant(b)?),
            ExprKind::Round(rounding, a, step) => {
                Self::constant(a)?.rounded(*rounding, Self::constant(step)?)
            }
            ExprKind::Sum(terms) => terms.iter().try_fold(Exact::ZERO, |total, (sign, term)| {
                let term = Self::constant(term)?;
                if *sign == Sign::Plus { total.plus(term) } else { total.minus(term) }
            }),
            _ => None,
        }
    }
}
