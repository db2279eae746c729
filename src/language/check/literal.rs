//! Literals → values of a known type.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Checker;
use super::mistaken::literal_words;
use super::unknown::ENUM;
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::model::{Enum, Id, Number, NumberType, Type, Unit, Value, Written};
use crate::source::{Span, normal};
use crate::syntax::ast::{self, LiteralKind};

impl Checker<'_> {
    /// Returns the value of a literal, `Some(None)` for `unknown`.
    pub(super) fn literal(&mut self, literal: &ast::Literal, ty: Type) -> Option<Option<Value>> {
        if let Some(word) = self.nothing_word(literal, ty) {
            self.not_a_word_for_unknown(literal.span, word);
            return None;
        }
        let value = match (&literal.kind, ty) {
            (LiteralKind::Unknown, _) => return Some(None),
            (LiteralKind::Bool(value), Type::Bool) => Value::Bool(*value),
            (LiteralKind::Text(text), Type::Text) => Value::Text(normal(text)),
            (LiteralKind::Date(date), Type::Date) => Value::Date(*date),
            (LiteralKind::Quantity(quantity), Type::Number(number)) => {
                Value::Number(self.number(quantity, number)?)
            }
            (LiteralKind::Name(name), Type::Enum(id)) => Value::Enum(self.member(name, id)?),
            (LiteralKind::Set(members), Type::Set(id)) => {
                // All members are looked at, so that each mistake is reported.
                let found: Vec<Option<u32>> = members
                    .iter()
                    .map(|member| match &member.kind {
                        LiteralKind::Name(name) => self.member(name, id),
                        LiteralKind::Unknown
                        | LiteralKind::Bool(_)
                        | LiteralKind::Text(_)
                        | LiteralKind::Date(_)
                        | LiteralKind::Quantity(_)
                        | LiteralKind::Set(_) => {
                            self.mismatch(member.span, Type::Enum(id), &literal_words(&member.kind));
                            None
                        }
                    })
                    .collect();
                Value::Set(found.into_iter().collect::<Option<BTreeSet<u32>>>()?)
            }
            (LiteralKind::Name(name), Type::Set(id)) => {
                self.member(name, id)?;
                let written = self.sources.files().slice(literal.span).to_string();
                self.report(
                    Diagnostic::new(Code::TypeMismatch, literal.span, "a set stands between braces")
                        .here("one value, not a set")
                        .fix("write the set", literal.span, format!("{{{written}}}")),
                );
                return None;
            }
            _ => {
                self.wrong_literal(literal, ty);
                return None;
            }
        };
        Some(Some(value))
    }

    /// Returns the value of an enum that a name means.
    pub(super) fn member(&mut self, name: &ast::Dotted, id: Id<Enum>) -> Option<u32> {
        let value = match &name.tail {
            None => &name.head,
            Some(tail) => {
                let qualifier = self.look_up(|c| &c.enum_names, &ENUM, &name.head)?;
                if qualifier != id {
                    let found = format!("a value of `{}`", self.enums[qualifier].name);
                    self.mismatch(name.head.span.to(tail.span), Type::Enum(id), &found);
                    return None;
                }
                tail
            }
        };
        if let Some(member) = self.member_named(value, id) {
            return Some(member);
        }
        if self.reads_old_names
            && let Some(member) = self.enums[id].member_read(&value.value)
        {
            let now = self.enums[id].member_name(member);
            let found = Diagnostic::renamed(Code::RenamedValue, &value.value, now, value.span, now);
            self.report(found);
            return Some(member);
        }
        self.unknown_member(value, id);
        None
    }

    /// Returns a quantity in the unit of a type. A bare number is in that unit already.
    pub(super) fn number(&mut self, quantity: &ast::Quantity, ty: NumberType) -> Option<Number> {
        let unit = match &quantity.unit {
            None => ty.unit,
            Some(unit) => self.unit(unit)?,
        };
        let Some(factor) = self.units.conversion(unit, ty.unit) else {
            self.other_dimension(quantity.span, unit, ty.unit, None);
            return None;
        };
        let value = quantity.number.times(factor).filter(|value| value.is_writable_size());
        let Some(value) = value else {
            self.report(
                Diagnostic::new(
                    Code::NumberTooLong,
                    quantity.span,
                    "this number is too large in the declared unit",
                )
                .here("more than 18 digits"),
            );
            return None;
        };
        let thousands = thousands(&quantity.digits).filter(|_| ty.whole);
        if ty.whole && (value.as_whole().is_none() || thousands.is_some()) {
            let mut diagnostic = self.not_whole(quantity.span, value, ty.unit);
            if let Some(thousands) = thousands {
                let written = self.sources.files().slice(quantity.span);
                let one = quantity.number.to_string();
                diagnostic = diagnostic
                    .here("a fraction, or a mark between thousands")
                    .note(format!("it may be {one} or {thousands}; thousands are parted by `_`, if at all"));
                for digits in [&one, &thousands].into_iter().filter(|digits| !digits.contains('.')) {
                    let mend = written.replacen(
                        quantity.digits.trim_start_matches('-'),
                        digits.trim_start_matches('-'),
                        1,
                    );
                    diagnostic = diagnostic.either(format!("write `{mend}`"), quantity.span, mend);
                }
            }
            self.report(diagnostic);
            return None;
        }
        Some(Number::written(value, Some(Arc::new(Written { digits: quantity.digits.clone(), unit }))))
    }

    fn not_whole(&self, span: Span, value: Exact, unit: Unit) -> Diagnostic {
        let unit = self.units.name(unit, true);
        let shown = if unit.is_empty() { value.to_string() } else { format!("{value} {unit}") };
        Diagnostic::new(Code::NotWhole, span, format!("expected a whole number, found {shown}"))
            .here("not whole")
            .note("a type that takes fractions is `number`")
    }
}

/// Returns what is meant where the point of `50.000` parts thousands, as it does in many countries.
fn thousands(digits: &str) -> Option<String> {
    let (whole, fraction) = digits.split_once('.')?;
    let bare = whole.trim_start_matches('-');
    let grouped = (1..=3).contains(&bare.len()) && !bare.starts_with('0') && fraction.len() == 3;
    (grouped && !digits.contains('_')).then(|| format!("{whole}{fraction}"))
}
