//! Atoms on one number or date: solved for the field.

use super::cells::{Test, axis};
use crate::date::Date;
use crate::exact::Exact;
use crate::model::{Between, Channel, Expr, ExprKind, Field, Id, Ruleset, Value};
use crate::operator::{CompareOp, Sign};

/// What an expression is, as a function of one field.
#[derive(Clone, Copy)]
enum Line {
    /// The field times a number, plus another.
    Of(Exact, Exact),
    /// Unknown, because a fact is.
    Stuck,
}

/// What an atom says of its field.
pub(super) enum Solved {
    /// A test of the field's value.
    Test(Test),
    /// Nothing, because a fact is unknown.
    Stuck,
}

/// Where constants come from.
#[derive(Clone, Copy)]
pub(super) struct Facts<'r> {
    pub(super) ruleset: &'r Ruleset,
    pub(super) day: Date,
    pub(super) channel: Option<Id<Channel>>,
}

impl<'r> Facts<'r> {
    /// Returns the value of an expression that reads no field but through lets: a value, or `Some(None)` where a fact
    /// is unknown; nothing where it is not a plain constant.
    pub(super) fn constant(self, expr: &'r Expr) -> Option<Option<Value>> {
        match &expr.kind {
            ExprKind::Literal(value) => Some(Some(value.clone())),
            ExprKind::Today => Some(Some(Value::Date(self.day))),
            ExprKind::Let(id) => self.constant(&self.ruleset.lets[*id].value),
            ExprKind::Fact(fact) => {
                let index = match &fact.index {
                    None => None,
                    Some(index) => match self.constant(index)? {
                        Some(Value::Enum(member)) => Some(member),
                        _ => return None,
                    },
                };
                let channel = fact.channel.or(self.channel)?;
                Some(self.ruleset.channels[channel].value((fact.fact, index), self.day).cloned())
            }
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
                    let op = if factor.is_negative() { turned(*op) } else { *op };
                    Test::Compare(op, gap.over(factor)?)
                }
            }
            ExprKind::InSet { subject, negated, members } => {
                let Line::Of(factor, offset) = self.line(subject)? else { return Some(Solved::Stuck) };
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

    /// Reads an expression as a line over the one field that it reads.
    fn line(self, expr: &'r Expr) -> Option<Line> {
        match &expr.kind {
            ExprKind::Field(_) => Some(Line::Of(Exact::ONE, Exact::ZERO)),
            ExprKind::Let(id) => self.line(&self.ruleset.lets[*id].value),
            ExprKind::Literal(_) | ExprKind::Today | ExprKind::Fact(_) => match self.constant(expr)? {
                Some(value) => Some(Line::Of(Exact::ZERO, axis(&value)?)),
                None => Some(Line::Stuck),
            },
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

    /// Returns how often an expression reads fields, lets followed: a condition that reads its one field once turns
    /// round at one place at most.
    pub(super) fn readings(self, expr: &Expr) -> usize {
        let mut count = 0;
        let mut open = vec![expr];
        while let Some(next) = open.pop() {
            next.walk(&mut |part| match &part.kind {
                ExprKind::Field(_) => count += 1,
                ExprKind::Let(id) => open.push(&self.ruleset.lets[*id].value),
                _ => {}
            });
            if count > 1 {
                break;
            }
        }
        count
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

/// The comparison that holds of two numbers with the other sign.
fn turned(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Less => CompareOp::Greater,
        CompareOp::AtMost => CompareOp::AtLeast,
        CompareOp::Greater => CompareOp::Less,
        CompareOp::AtLeast => CompareOp::AtMost,
        CompareOp::Equal | CompareOp::NotEqual => op,
    }
}
