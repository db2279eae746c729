//! What an atom says, as bytes: two atoms with the same bytes are the same atom, wherever they stand.

use qudao_language::model::{Channel, Expr, ExprKind, Id, Value};

/// Writes what an expression says in an instance of a rule. Facts and targets are written with their channel.
pub(super) fn write(expr: &Expr, channel: Option<Id<Channel>>, key: &mut Vec<u8>) {
    let expr = expr.of_channel(channel);
    let tag: u8 = match &expr.kind {
        ExprKind::Literal(value) => return write_value(value, key),
        ExprKind::Field(id) => return tagged(2, id.index(), key),
        ExprKind::Let(id) => return tagged(3, id.index(), key),
        ExprKind::Today => 4,
        ExprKind::Fact(fact) => {
            tagged(5, fact.fact.index(), key);
            tagged(6, fact.channel.or(channel).map_or(usize::MAX, Id::index), key);
            7
        }
        ExprKind::And(_) => 8,
        ExprKind::Or(_) => 9,
        ExprKind::OfChannel(_) => 94,
        ExprKind::Not(_) => 10,
        ExprKind::Compare(op, ..) => 11 + *op as u8,
        ExprKind::InSet { negated, members, .. } => {
            tagged(20 + u8::from(*negated), members.len(), key);
            members.iter().for_each(|member| write_value(member, key));
            22
        }
        ExprKind::InRange { negated, low, high, .. } => {
            let bounds = u8::from(*negated) + 2 * u8::from(low.is_some()) + 4 * u8::from(high.is_some());
            key.push(30 + bounds);
            40
        }
        ExprKind::Has(..) => 41,
        ExprKind::HasMany(_, quantifier, members) => {
            tagged(42 + *quantifier as u8, members.len(), key);
            members.iter().for_each(|member| tagged(46, *member as usize, key));
            47
        }
        ExprKind::HasSet(_, quantifier, _) => 85 + *quantifier as u8,
        ExprKind::InList { negated, .. } => 90 + u8::from(*negated),
        ExprKind::SetOf(_) => 92,
        ExprKind::Common(..) => 93,
        ExprKind::Known(_, negated) => 48 + u8::from(*negated),
        ExprKind::Excluded(target, negated) => {
            key.extend(format!("{:?}", target.resolve(channel)).into_bytes());
            50 + u8::from(*negated)
        }
        ExprKind::Leads(of, race) => {
            tagged(95 + u8::from(race.highest), race.measure.index(), key);
            return tagged(97, of.or(channel).map_or(usize::MAX, Id::index), key);
        }
        ExprKind::Earlier(table, row) => {
            tagged(52, table.index(), key);
            return tagged(53, *row, key);
        }
        ExprKind::If(_) => 54,
        ExprKind::Negate(_) => 55,
        ExprKind::Sum(terms) => {
            key.extend(terms.iter().map(|(sign, _)| *sign as u8));
            56
        }
        ExprKind::Scale(_, factor) | ExprKind::Convert(_, factor) => {
            key.extend(factor.numerator().to_le_bytes());
            key.extend(factor.denominator().to_le_bytes());
            57
        }
        ExprKind::Product(..) => 80,
        ExprKind::Quotient(..) => 81,
        ExprKind::Round(rounding, ..) => 82 + *rounding as u8,
        ExprKind::Min(_) => 58,
        ExprKind::Max(_) => 59,
        ExprKind::Abs(_) => 60,
        ExprKind::Count(_) => 61,
        ExprKind::Between(unit, ..) => 62 + *unit as u8,
        ExprKind::Shift(unit, sign, ..) => 70 + *unit as u8 * 2 + *sign as u8,
    };
    let mut count = 0;
    expr.each_part(|_| count += 1);
    tagged(tag, count, key);
    expr.each_part(|part| write(part, channel, key));
}

fn tagged(tag: u8, number: usize, key: &mut Vec<u8>) {
    key.push(tag);
    key.extend((number as u64).to_le_bytes());
}

fn write_value(value: &Value, key: &mut Vec<u8>) {
    match value {
        Value::Bool(value) => key.extend([100, u8::from(*value)]),
        Value::Number(number) => {
            key.push(101);
            key.extend(number.value.numerator().to_le_bytes());
            key.extend(number.value.denominator().to_le_bytes());
        }
        Value::Text(text) => {
            tagged(102, text.len(), key);
            key.extend(text.as_bytes());
        }
        Value::Date(date) => {
            key.push(103);
            key.extend(date.number().to_le_bytes());
        }
        Value::Enum(member) => tagged(104, *member as usize, key),
        Value::Set(members) => {
            tagged(105, members.len(), key);
            members.iter().for_each(|member| tagged(106, *member as usize, key));
        }
    }
}
