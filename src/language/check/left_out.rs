//! Which channels the `where` of a rule leaves out, as far as that can be told without evaluation.

use super::Checker;
use super::bounds::Told;
use crate::date::Date;
use crate::model::{Channel, Expr, ExprKind, Id, Number, Type, Value, place_among};
use crate::operator::CompareOp;

impl Checker<'_> {
    /// Tells whether a condition on facts is false of a channel on every day.
    pub(super) fn is_left_out(&self, filter: &Expr, channel: Id<Channel>) -> bool {
        let days = self.occasions(filter, &[Some(channel)]);
        days.into_iter().all(|(of, day)| self.holds_on(filter, of.unwrap_or(channel), day) == Some(false))
    }

    /// Tells whether a condition on facts holds; nothing where a fact is unknown, or where it is not looked into.
    fn holds_on(&self, expr: &Expr, channel: Id<Channel>, day: Date) -> Option<bool> {
        let of = |part: &Expr| self.holds_on(part, channel, day);
        let value = |part: &Expr| self.value_on(part, channel, day);
        // One part that decides is enough, whatever the others are.
        let any = |parts: &[Expr], decides: bool| {
            let parts: Vec<Option<bool>> = parts.iter().map(of).collect();
            match parts.contains(&Some(decides)) {
                true => Some(decides),
                false => parts.into_iter().collect::<Option<Vec<_>>>().map(|_| !decides),
            }
        };
        match &expr.kind {
            ExprKind::And(parts) => any(parts, false),
            ExprKind::Or(parts) => any(parts, true),
            ExprKind::Not(inner) => Some(!of(inner)?),
            ExprKind::Compare(op, a, b) => {
                let (a, b) = (value(a)?, value(b)?);
                match op {
                    CompareOp::Equal => Some(a == b),
                    CompareOp::NotEqual => Some(a != b),
                    _ => Some(op.holds(a.compare(&b)?)),
                }
            }
            ExprKind::InSet { subject, negated, members } => {
                let subject = value(subject)?;
                Some(members.contains(&subject) != *negated)
            }
            ExprKind::Has(set, member) => match (value(set)?, value(member)?) {
                (Value::Set(set), Value::Enum(member)) => Some(set.contains(&member)),
                _ => None,
            },
            _ => match value(expr)? {
                Value::Bool(holds) => Some(holds),
                _ => None,
            },
        }
    }

    /// The value of a literal, of a fact on a day, or of a number that these make.
    fn value_on(&self, expr: &Expr, channel: Id<Channel>, day: Date) -> Option<Value> {
        match &expr.kind {
            ExprKind::Literal(value) => Some(value.clone()),
            ExprKind::OfChannel(_) => self.value_on(expr.of_channel(Some(channel)), channel, day),
            ExprKind::Fact(fact) => {
                let sizes = self.facts[fact.fact].indexes.iter().map(|of| self.enums[*of].members.len());
                let place = place_among(sizes, &fact.literal_indexes()?);
                let said = self.stated(fact.channel.unwrap_or(channel)).get(&(fact.fact, place))?;
                said.iter().find(|said| said.holds_on(day))?.value.clone()
            }
            _ if matches!(expr.ty, Type::Number(_)) => {
                match *self.constants_on(expr, Some(channel), day, Told::OnTheDay).ok()? {
                    [value] => Some(Value::Number(Number::computed(value))),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
