//! What fields and opaque conditions declare, as far as a space needs it.

use super::{Bounds, SpaceField};
use qudao_engine::ground::{Cut, Ground, Opaque, axis};
use qudao_language::exact::Exact;
use qudao_language::model::{Expr, ExprKind, Field, Id, Meanings, Number, Ruleset, Type, Value};

/// Whole numbers of a range as short as this are cells of their own where an opaque condition reads them.
const SINGLE_NUMBERS: i64 = 24;

/// Pairs the fields of two rulesets: those of one name, or of an old name, and of one type.
pub(super) fn pair_fields(grounds: &[&Ground<'_>]) -> Vec<SpaceField> {
    let [old, new] = grounds else {
        let fields = grounds.first().map(|ground| ground.ruleset.fields.ids());
        return fields.into_iter().flatten().map(|id| SpaceField { sides: [Some(id), None] }).collect();
    };
    let (old, new) = (old.ruleset, new.ruleset);
    let mut fields = Vec::new();
    let mut taken = Vec::new();
    for (id, field) in new.fields.entries() {
        let names = std::iter::once(&field.name).chain(&field.was);
        let before = names.filter_map(|name| old.fields.find(|other| other.name == *name)).next();
        let before = before.filter(|before| same_type(old, old.fields[*before].ty, new, field.ty));
        taken.extend(before);
        fields.push(SpaceField { sides: [before, Some(id)] });
    }
    let gone = old.fields.ids().filter(|id| !taken.contains(id));
    fields.extend(gone.map(|id| SpaceField { sides: [Some(id), None] }));
    fields
}

pub(super) fn same_type(old: &Ruleset, before: Type, new: &Ruleset, now: Type) -> bool {
    match (before, now) {
        (Type::Bool, Type::Bool) | (Type::Text, Type::Text) | (Type::Date, Type::Date) => true,
        (Type::Number(a), Type::Number(b)) => old.units.name(a.unit, false) == new.units.name(b.unit, false),
        (Type::Enum(a), Type::Enum(b)) | (Type::Set(a), Type::Set(b)) => {
            let (before, now) = (&old.enums[a], &new.enums[b]);
            (0..).zip(&before.members).any(|(number, _)| before.same(number, now).is_some())
        }
        _ => false,
    }
}

pub(super) fn is_whole(field: &Field) -> bool {
    match field.ty {
        Type::Number(number) => number.whole,
        _ => true,
    }
}

/// Whether two cuts have one value between them.
pub(super) fn is_single(field: &Field, bounds: Bounds) -> bool {
    let (Some(from), Some(to)) = bounds else { return false };
    let step = if is_whole(field) { Exact::ONE } else { Exact::ZERO };
    let (from_after, to_after) = (is_whole(field) && from.after, is_whole(field) && to.after);
    if is_whole(field) {
        return from_after == to_after && from.at.plus(step) == Some(to.at);
    }
    from.at == to.at && !from.after && to.after
}

/// The cuts that make each of few whole numbers a cell.
pub(super) fn single_numbers(field: &Field) -> Vec<Cut> {
    let bound = |value: &Option<Value>| value.as_ref().and_then(axis).and_then(Exact::as_whole);
    let (Some(low), Some(high)) = (bound(&field.low), bound(&field.high)) else { return Vec::new() };
    if !is_whole(field) || high - low >= i128::from(SINGLE_NUMBERS) {
        return Vec::new();
    }
    let numbers = (low..=high).filter_map(|number| Exact::fraction(number, 1));
    numbers.map(|at| Cut { at, after: false }).collect()
}

/// A value of a field that nothing asks for.
pub(super) fn any_value(ruleset: &Ruleset, id: Id<Field>) -> Option<Value> {
    let field = &ruleset.fields[id];
    let bound = || field.low.clone().or_else(|| field.high.clone());
    Some(match field.ty {
        Type::Bool => Value::Bool(false),
        Type::Text => Value::Text("".into()),
        Type::Number(_) => bound().unwrap_or(Value::Number(Number::computed(Exact::ZERO))),
        Type::Date => bound().unwrap_or(Value::Date(qudao_language::date::Date::new(2000, 1, 1)?)),
        Type::Enum(of) => {
            let mut members = (0..ruleset.enums[of].members.len() as u32).map(Value::Enum);
            members.find(|value| field.allows(value))?
        }
        Type::Set(_) => Value::Set(std::collections::BTreeSet::new()),
    })
}

/// What an opaque condition says, with the values of the facts and lets that it reads: two that say the same come out
/// the same for every profile.
pub(super) fn says(side: usize, ground: &Ground<'_>, opaque: &Opaque<'_>, meanings: &Meanings<'_>) -> String {
    let ruleset = ground.ruleset;
    let mut key = String::new();
    if opaque.expr.asks() {
        key.push_str(&format!("side {side} channel {:?} ", opaque.channel));
    }
    key.push_str(&format!("on {} ", opaque.day));
    let mut open: Vec<&Expr> = vec![opaque.expr];
    while let Some(next) = open.pop() {
        key.push_str(&meanings.expr(next));
        next.walk(&mut |part| match &part.kind {
            ExprKind::Let(id) => open.push(&ruleset.lets[*id].value),
            ExprKind::Fact(_) => {
                for (entry, value) in entries(ground, opaque, part) {
                    let value = value.map(|value| meanings.value(value, part.ty));
                    key.push_str(&format!(" {entry:?} {value:?}"));
                }
            }
            _ => {}
        });
    }
    key
}

/// The entries of a fact that a part of an opaque condition may read, and their values.
pub(super) fn entries<'r>(
    ground: &Ground<'r>,
    opaque: &Opaque<'_>,
    part: &Expr,
) -> Vec<(Option<u32>, Option<&'r Value>)> {
    let ruleset = ground.ruleset;
    let ExprKind::Fact(fact) = &part.kind else { return Vec::new() };
    let Some(channel) = fact.channel.or(opaque.channel) else { return Vec::new() };
    let value = |entry| ruleset.value(channel, entry, opaque.day);
    ruleset.entries_of(fact.fact).map(|entry| (entry.1, value(entry))).collect()
}

/// Whether an opaque condition may be unknown although all fields are known: it reads a fact that nothing states.
pub(super) fn reads_unknown_fact(ground: &Ground<'_>, opaque: &Opaque<'_>) -> bool {
    let ruleset = ground.ruleset;
    let mut open: Vec<&Expr> = vec![opaque.expr];
    let mut found = false;
    while let Some(next) = open.pop() {
        next.walk(&mut |part| match &part.kind {
            ExprKind::Let(id) => open.push(&ruleset.lets[*id].value),
            ExprKind::Excluded(..) => found = true,
            ExprKind::Fact(_) => {
                found |= entries(ground, opaque, part).iter().any(|(_, value)| value.is_none());
            }
            _ => {}
        });
    }
    found
}
