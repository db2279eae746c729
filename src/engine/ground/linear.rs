//! Atoms on numbers and dates: solved for their one field, or read as a test of a sum of fields.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::Test;
use qudao_language::date::Date;
use qudao_language::decide::axis;
use qudao_language::exact::Exact;
use qudao_language::model::{Between, Channel, Expr, ExprKind, Field, Id, Number, Ruleset, Type, Value};
use qudao_language::operator::Sign;

/// What an expression is, as a function of one field.
#[derive(Clone, Copy)]
enum Line {
    /// The field times a number, plus another.
    Of(Exact, Exact),
    /// Unknown, because a fact is.
    Stuck,
}

/// A set over one field: these members, or those of them that the field has.
pub(super) struct FieldSet {
    pub(super) of_field: bool,
    pub(super) members: BTreeSet<u32>,
}

/// What an atom says of its field.
pub(super) enum Solved {
    /// A test of the field's value.
    Test(Test),
    /// Nothing, because a fact is unknown.
    Stuck,
}

/// What a condition over several numbers or days says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sum {
    /// A test of the fields' values, each times a number that is not zero, added up.
    Of {
        /// The fields, in order, and their numbers; none where they cancel out.
        terms: Vec<(Id<Field>, Exact)>,
        /// What is said of the sum.
        test: Test,
    },
    /// Nothing: a fact is unknown, so it is unknown for every profile.
    Stuck,
}

/// Fields times numbers, and a constant.
#[derive(Clone, Default)]
struct Terms {
    of: BTreeMap<Id<Field>, Exact>,
    constant: Option<Exact>,
    stuck: bool,
}

/// Where constants come from.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'r> {
    pub(crate) ruleset: &'r Ruleset,
    pub(crate) day: Date,
    pub(crate) channel: Option<Id<Channel>>,
}

impl<'r> Facts<'r> {
    /// Returns the value of an expression that reads no field but through lets: a value, or `Some(None)` where a fact
    /// is unknown; nothing where it is not a plain constant.
    pub(super) fn constant(self, expr: &'r Expr) -> Option<Option<Value>> {
        let expr = expr.of_channel(self.channel);
        match &expr.kind {
            ExprKind::Literal(value) => Some(Some(value.clone())),
            ExprKind::Today => Some(Some(Value::Date(self.day))),
            ExprKind::Let(id) => self.constant(&self.ruleset.lets[*id].value),
            ExprKind::Fact(fact) => {
                let mut values = Vec::new();
                for index in &fact.indexes {
                    let Some(Value::Enum(member)) = self.constant(index)? else { return None };
                    values.push(member);
                }
                let index = self.ruleset.entry_place(fact.fact, &values);
                let channel = fact.channel.or(self.channel)?;
                Some(self.ruleset.value(channel, (fact.fact, index), self.day).cloned())
            }
            ExprKind::SetOf(members) => Some(self.constants(members)?.map(|members| {
                let member = |value: &Value| match value {
                    Value::Enum(member) => Some(*member),
                    _ => None,
                };
                Value::Set(members.iter().filter_map(member).collect())
            })),
            ExprKind::Common(a, b) => match (self.constant(a)?, self.constant(b)?) {
                (Some(Value::Set(a)), Some(Value::Set(b))) => Some(Some(Value::Set(&a & &b))),
                _ => Some(None),
            },
            ExprKind::Negate(inner) => self.calculated(&[inner], |of| of.first()?.negated().into()),
            ExprKind::Scale(inner, by) | ExprKind::Convert(inner, by) => {
                self.calculated(&[inner], |of| of.first()?.times(*by))
            }
            ExprKind::Product(a, b) => self.calculated(&[a, b], |of| of.first()?.times(*of.get(1)?)),
            ExprKind::Quotient(a, b) => self.calculated(&[a, b], |of| of.first()?.over(*of.get(1)?)),
            ExprKind::Round(rounding, a, step) => {
                self.calculated(&[a, step], |of| of.first()?.rounded(*rounding, *of.get(1)?))
            }
            ExprKind::Sum(terms) => {
                let parts: Vec<&Expr> = terms.iter().map(|(_, term)| term).collect();
                self.calculated(&parts, |of| {
                    terms.iter().zip(of).try_fold(Exact::ZERO, |total, ((sign, _), term)| match sign {
                        Sign::Plus => total.plus(*term),
                        Sign::Minus => total.minus(*term),
                    })
                })
            }
            _ => None,
        }
    }

    /// Returns the values of constants, `Some(None)` where a fact among them is unknown.
    pub(super) fn constants(self, exprs: &'r [Expr]) -> Option<Option<Vec<Value>>> {
        let values: Option<Vec<Option<Value>>> = exprs.iter().map(|expr| self.constant(expr)).collect();
        Some(values?.into_iter().collect())
    }

    /// A number that is made of constants.
    fn calculated(
        self,
        parts: &[&'r Expr],
        change: impl FnOnce(&[Exact]) -> Option<Exact>,
    ) -> Option<Option<Value>> {
        let parts: Vec<Option<Exact>> = parts.iter().map(|part| self.number(part)).collect::<Option<_>>()?;
        let Some(parts) = parts.into_iter().collect::<Option<Vec<Exact>>>() else { return Some(None) };
        Some(Some(Value::Number(Number::calculated(change(&parts)?))))
    }

    /// Returns a number that reads no field: a constant, or `Some(None)` where a fact is unknown.
    pub(crate) fn number(self, expr: &'r Expr) -> Option<Option<Exact>> {
        match self.constant(expr)? {
            Some(value) => value.as_number().map(Some),
            None => Some(None),
        }
    }

    /// Returns a product or a quotient as an expression and the constant that it is multiplied by, `None` where a fact
    /// is unknown.
    pub(crate) fn factor(self, expr: &'r Expr) -> Option<(&'r Expr, Option<Exact>)> {
        let expr = expr.of_channel(self.channel);
        match &expr.kind {
            ExprKind::Product(a, b) => match self.number(b) {
                Some(by) => Some((a, by)),
                None => Some((b, self.number(a)?)),
            },
            ExprKind::Quotient(of, by) => Some((of, self.number(by)?.and_then(|by| Exact::ONE.over(by)))),
            _ => None,
        }
    }

    /// Solves an atom for the one field that it reads, where it is linear in it.
    pub(super) fn solve(self, expr: &'r Expr) -> Option<Solved> {
        let solved = match &expr.kind {
            ExprKind::Compare(op, left, right) => {
                let (Line::Of(a, b), Line::Of(c, d)) = (self.line(left)?, self.line(right)?) else {
                    return Some(Solved::Stuck);
                };
                let (factor, gap) = (a.minus(c)?, d.minus(b)?);
                if factor == Exact::ZERO {
                    Test::Always(op.holds(Exact::ZERO.cmp(&gap)))
                } else {
                    let op = if factor.is_negative() { op.turned() } else { *op };
                    Test::Compare(op, gap.over(factor)?)
                }
            }
            ExprKind::InSet { subject, negated, members } => {
                let Line::Of(factor, offset) = self.line(subject)? else { return Some(Solved::Stuck) };
                let value = |member: &Value| axis(member)?.minus(offset)?.over(factor);
                Test::Among(members.iter().map(value).collect::<Option<_>>()?, *negated)
            }
            ExprKind::InList { subject, negated, members } => {
                let subject = self.line(subject)?;
                let (Line::Of(factor, offset), Some(members)) = (subject, self.constants(members)?) else {
                    return Some(Solved::Stuck);
                };
                let value = |member: &Value| axis(member)?.minus(offset)?.over(factor);
                Test::Among(members.iter().map(value).collect::<Option<_>>()?, *negated)
            }
            ExprKind::InRange { subject, negated, low, high } => {
                let subject = self.line(subject)?;
                let bound = |bound: &'r Option<Box<Expr>>| {
                    bound.as_ref().map(|bound| self.line(bound)).map_or(Some(None), |line| line.map(Some))
                };
                let (low, high) = (bound(low)?, bound(high)?);
                let (Line::Of(factor, offset), false) =
                    (subject, matches!(low, Some(Line::Stuck)) || matches!(high, Some(Line::Stuck)))
                else {
                    return Some(Solved::Stuck);
                };
                let solve = |line: Option<Line>| match line {
                    Some(Line::Of(slope, bound)) if slope == Exact::ZERO => {
                        bound.minus(offset)?.over(factor).map(Some)
                    }
                    None => Some(None),
                    Some(_) => None,
                };
                let (low, high) = (solve(low)?, solve(high)?);
                let (low, high) = if factor.is_negative() { (high, low) } else { (low, high) };
                Test::Range { low, high, negated: *negated }
            }
            _ => return None,
        };
        Some(Solved::Test(solved))
    }

    /// Reads a condition over several fields as a test of a sum, where it is linear.
    pub(super) fn sum(self, expr: &'r Expr) -> Option<Sum> {
        let none = || Some(None);
        let (subject, test) = match &expr.kind {
            ExprKind::Compare(op, left, right) => {
                let gap = self.gap(left, right)?;
                let at = gap.constant.unwrap_or(Exact::ZERO).negated();
                (gap, Test::Compare(*op, at))
            }
            ExprKind::InSet { subject, negated, members } => {
                let subject = self.terms(subject)?;
                let offset = subject.constant.unwrap_or(Exact::ZERO);
                let value = |member: &Value| axis(member)?.minus(offset);
                let values = members.iter().map(value).collect::<Option<_>>()?;
                (subject, Test::Among(values, *negated))
            }
            ExprKind::InList { subject, negated, members } => {
                let subject = self.terms(subject)?;
                let Some(members) = self.constants(members)? else { return Some(Sum::Stuck) };
                let offset = subject.constant.unwrap_or(Exact::ZERO);
                let value = |member: &Value| axis(member)?.minus(offset);
                let values = members.iter().map(value).collect::<Option<_>>()?;
                (subject, Test::Among(values, *negated))
            }
            ExprKind::InRange { subject, negated, low, high } => {
                let mut subject = self.terms(subject)?;
                let offset = subject.constant.unwrap_or(Exact::ZERO);
                let mut bound = |bound: &'r Option<Box<Expr>>| {
                    let Some(bound) = bound else { return none() };
                    let terms = self.terms(bound)?;
                    subject.stuck |= terms.stuck;
                    let constant = terms.constant.unwrap_or(Exact::ZERO);
                    if terms.of.is_empty() { constant.minus(offset).map(Some) } else { None }
                };
                let (low, high) = (bound(low)?, bound(high)?);
                (subject, Test::Range { low, high, negated: *negated })
            }
            _ => return None,
        };
        Some(if subject.stuck {
            Sum::Stuck
        } else {
            Sum::Of { terms: subject.of.into_iter().collect(), test }
        })
    }

    /// The first less the second.
    fn gap(self, first: &'r Expr, second: &'r Expr) -> Option<Terms> {
        let mut gap = Terms::default();
        self.collect(first, Exact::ONE, &mut gap)?;
        self.collect(second, Exact::whole(-1), &mut gap)?;
        gap.of.retain(|_, factor| *factor != Exact::ZERO);
        Some(gap)
    }

    fn terms(self, expr: &'r Expr) -> Option<Terms> {
        let mut terms = Terms::default();
        self.collect(expr, Exact::ONE, &mut terms)?;
        terms.of.retain(|_, factor| *factor != Exact::ZERO);
        Some(terms)
    }

    /// Adds an expression, so many times, to the terms.
    fn collect(self, expr: &'r Expr, factor: Exact, into: &mut Terms) -> Option<()> {
        let expr = expr.of_channel(self.channel);
        match &expr.kind {
            ExprKind::Field(id) => {
                if !matches!(expr.ty, Type::Number(_) | Type::Date) {
                    return None;
                }
                let known = into.of.entry(*id).or_insert(Exact::ZERO);
                *known = known.plus(factor)?;
            }
            ExprKind::Let(id) => self.collect(&self.ruleset.lets[*id].value, factor, into)?,
            ExprKind::Product(..) | ExprKind::Quotient(..) => match self.factor(expr)? {
                (inner, Some(by)) => self.collect(inner, factor.times(by)?, into)?,
                (_, None) => into.stuck = true,
            },
            ExprKind::Literal(_) | ExprKind::Today | ExprKind::Fact(_) | ExprKind::Round(..) => {
                match self.constant(expr)? {
                    Some(value) => {
                        let added = axis(&value)?.times(factor)?;
                        into.constant = Some(into.constant.unwrap_or(Exact::ZERO).plus(added)?);
                    }
                    None => into.stuck = true,
                }
            }
            ExprKind::Negate(inner) => self.collect(inner, factor.negated(), into)?,
            ExprKind::Scale(inner, by) | ExprKind::Convert(inner, by) => {
                self.collect(inner, factor.times(*by)?, into)?;
            }
            ExprKind::Sum(terms) => {
                for (sign, term) in terms {
                    let factor = if *sign == Sign::Plus { factor } else { factor.negated() };
                    self.collect(term, factor, into)?;
                }
            }
            ExprKind::Between(Between::Days, from, to) => {
                self.collect(to, factor, into)?;
                self.collect(from, factor.negated(), into)?;
            }
            _ => return None,
        }
        Some(())
    }

    /// Reads an expression as a line over the one field that it reads.
    fn line(self, expr: &'r Expr) -> Option<Line> {
        let expr = expr.of_channel(self.channel);
        match &expr.kind {
            ExprKind::Field(_) => Some(Line::Of(Exact::ONE, Exact::ZERO)),
            ExprKind::Let(id) => self.line(&self.ruleset.lets[*id].value),
            ExprKind::Product(..) | ExprKind::Quotient(..) => match self.factor(expr)? {
                (inner, Some(by)) => self.scaled(inner, by),
                (_, None) => Some(Line::Stuck),
            },
            ExprKind::Literal(_) | ExprKind::Today | ExprKind::Fact(_) | ExprKind::Round(..) => {
                match self.constant(expr)? {
                    Some(value) => Some(Line::Of(Exact::ZERO, axis(&value)?)),
                    None => Some(Line::Stuck),
                }
            }
            ExprKind::Negate(inner) => self.scaled(inner, Exact::whole(-1)),
            ExprKind::Scale(inner, factor) | ExprKind::Convert(inner, factor) => self.scaled(inner, *factor),
            ExprKind::Sum(terms) => {
                let mut total = Line::Of(Exact::ZERO, Exact::ZERO);
                for (sign, term) in terms {
                    let sign = Exact::whole(if *sign == Sign::Plus { 1 } else { -1 });
                    total = match (total, self.scaled(term, sign)?) {
                        (Line::Of(a, b), Line::Of(c, d)) => Line::Of(a.plus(c)?, b.plus(d)?),
                        _ => Line::Stuck,
                    };
                }
                Some(total)
            }
            ExprKind::Between(Between::Days, from, to) => match (self.line(to)?, self.line(from)?) {
                (Line::Of(a, b), Line::Of(c, d)) => Some(Line::Of(a.minus(c)?, b.minus(d)?)),
                _ => Some(Line::Stuck),
            },
            _ => None,
        }
    }

    fn scaled(self, expr: &'r Expr, factor: Exact) -> Option<Line> {
        Some(match self.line(expr)? {
            Line::Of(a, b) => Line::Of(a.times(factor)?, b.times(factor)?),
            Line::Stuck => Line::Stuck,
        })
    }

    /// Reads a set over the one field that it reads; `Some(None)` where a fact is unknown.
    pub(super) fn set(self, expr: &'r Expr) -> Option<Option<FieldSet>> {
        Some(Some(match &expr.kind {
            ExprKind::Field(_) => {
                let count = expr.enum_id().map_or(0, |id| self.ruleset.enums[id].members.len() as u32);
                FieldSet { of_field: true, members: (0..count).collect() }
            }
            ExprKind::Let(id) => return self.set(&self.ruleset.lets[*id].value),
            ExprKind::Common(a, b) => match (self.set(a)?, self.set(b)?) {
                (Some(a), Some(b)) => {
                    FieldSet { of_field: a.of_field || b.of_field, members: &a.members & &b.members }
                }
                _ => return Some(None),
            },
            _ => match self.constant(expr)? {
                Some(Value::Set(members)) => FieldSet { of_field: false, members },
                _ => return Some(None),
            },
        }))
    }

    /// Returns the field that an expression is, through lets.
    pub(super) fn field(self, expr: &Expr) -> Option<Id<Field>> {
        match &expr.kind {
            ExprKind::Field(id) => Some(*id),
            ExprKind::Let(id) => self.field(&self.ruleset.lets[*id].value),
            _ => None,
        }
    }
}
