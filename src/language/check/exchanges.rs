//! Values that are stated in a unit whose rate changes by day: one for each rate, in the unit of their fact.

use std::collections::BTreeSet;

use super::Checker;
use crate::date::Date;
use crate::exact::Exact;
use crate::model::{Disputed, Fact, Id, Number, NumberType, Statement, Type, Unit, Value};
use crate::syntax::ast::{Literal, LiteralKind};

impl Checker<'_> {
    /// Returns the value that is stated of a fact, still in the unit that it is written in where a rate that changes by
    /// day leads from there.
    pub(super) fn stated_value(&mut self, literal: &Literal, fact: Id<Fact>) -> Option<Option<Value>> {
        let (ty, is_rate) = (self.facts[fact].ty, self.facts[fact].rate_of.is_some());
        if let (LiteralKind::Quantity(quantity), Type::Number(NumberType { whole: false, unit }), false) =
            (&literal.kind, ty, is_rate)
            && let Some(written) = &quantity.unit
        {
            let own = self.unit(written)?;
            let joined = self.units.dimension(own) == self.units.dimension(unit);
            if joined && self.units.conversion(own, unit).is_none() {
                self.uses_day.get_or_insert(literal.span);
                return self.literal(literal, Type::Number(NumberType { whole: false, unit: own }));
            }
        }
        self.literal(literal, ty)
    }

    /// How many of a unit one of another is on a day; nothing where no source tells a rate.
    fn rate_on(&self, from: Unit, to: Unit, day: Date) -> Option<Exact> {
        let (mut factor, mut at) = (Exact::ONE, from);
        for exchange in self.units.exchanges(from, to) {
            let mut stated = self.parameters.get(&(exchange.rate, None))?.iter();
            let rate = stated.find(|statement| statement.holds_on(day))?.value.as_ref()?.as_number()?;
            factor = factor.times(self.units.conversion(at, exchange.before)?)?;
            factor = if exchange.times { factor.times(rate) } else { factor.over(rate) }?;
            at = exchange.after;
        }
        factor.times(self.units.conversion(at, to)?)
    }
}

/// Returns what is stated of a fact in its own unit: what is written in one whose rate changes by day stands once for each
/// rate, with what the rate comes from; on a day without a rate nothing is stated.
pub(super) fn by_rates(checker: &Checker<'_>, stated: Vec<Statement>, fact: Id<Fact>) -> Vec<Statement> {
    let Type::Number(ty) = checker.facts[fact].ty else { return stated };
    let from = |value: &Value| {
        let Value::Number(number) = value else { return None };
        let unit = number.written.as_ref()?.unit;
        checker.units.conversion(unit, ty.unit).is_none().then_some(unit)
    };
    let mut found = Vec::new();
    for statement in stated {
        let others = statement.disputed.iter().map(|other| &other.value);
        let units: BTreeSet<Unit> = others.chain([&statement.value]).flatten().filter_map(from).collect();
        if units.is_empty() {
            found.push(Statement { replaced: by_rates(checker, statement.replaced, fact), ..statement });
            continue;
        }
        let rates: BTreeSet<Id<Fact>> = units
            .iter()
            .flat_map(|unit| checker.units.exchanges(*unit, ty.unit))
            .map(|exchange| exchange.rate)
            .collect();
        let rates: Vec<&Statement> =
            rates.iter().filter_map(|rate| checker.parameters.get(&(*rate, None))).flatten().collect();
        let (first, last) = Checker::span_of_days(statement.since, statement.until);
        // The days from which on another rate holds.
        let begins = rates.iter().filter_map(|rate| rate.since);
        let begins = begins.chain(rates.iter().filter_map(|rate| Some(rate.until?.plus_days(1))));
        let begins: BTreeSet<Date> = begins.filter(|day| *day > first && *day <= last).collect();
        let ends: Vec<Date> = begins.iter().map(|day| day.plus_days(-1)).chain([last]).collect();
        let in_unit = |value: &Value, day: Date| {
            let (Value::Number(number), Some(unit)) = (value, from(value)) else {
                return Some(value.clone());
            };
            let value = number.value.times(checker.rate_on(unit, ty.unit, day)?)?;
            Some(Value::Number(Number::written(value, number.written.clone())))
        };
        for (begin, end) in std::iter::once(first).chain(begins).zip(ends) {
            let value = statement.value.as_ref().map(|value| in_unit(value, begin));
            if matches!(value, Some(None)) {
                continue;
            }
            let disputed = statement.disputed.iter().filter_map(|other| {
                let value = match &other.value {
                    Some(value) => Some(in_unit(value, begin)?),
                    None => None,
                };
                Some(Disputed { value, sources: other.sources.clone() })
            });
            let of_rates = rates.iter().filter(|rate| rate.holds_on(begin)).flat_map(|rate| &rate.sources);
            found.push(Statement {
                span: statement.span,
                value: value.flatten(),
                since: Some(begin).filter(|day| *day > Date::MIN),
                until: Some(end).filter(|day| *day < Date::MAX),
                sources: statement.sources.iter().chain(of_rates).cloned().collect(),
                disputed: disputed.collect(),
                replaced: by_rates(checker, statement.replaced.clone(), fact),
            });
        }
    }
    found
}
