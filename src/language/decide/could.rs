//! What an unknown value could still come out as, over all fillings of the unknown fields.
//!
//! Parts are taken as independent of each other: a value may be among these that no filling gives, but none is left
//! out.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::judged::Judged;
use super::ranges::MOST_NUMBERS;
use crate::date::Date;
use crate::exact::Exact;
use crate::model::{Number, Value};
use crate::operator::{CompareOp, Quantifier, product_of_ranges};

/// Values are tried pair by pair up to so many pairs.
pub const MAX_PAIRS: usize = 1024;

/// What an unknown value could come out as.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Could {
    /// One of these, each once; of none, no filling makes it known.
    OneOf(Few),
    /// Anything between these numbers or days, both included.
    Between(Option<Value>, Option<Value>),
    /// A set that has all of the first values, and none but the second.
    Within(BTreeSet<u32>, Members),
    /// Anything of its type.
    Anything,
}

/// Values of a list that many may hold: that of an enum of all countries is made once.
#[derive(Clone, Debug)]
pub(super) struct Few(Option<Arc<[Value]>>);

impl std::ops::Deref for Few {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl PartialEq for Few {
    fn eq(&self, other: &Few) -> bool {
        **self == **other
    }
}

impl FromIterator<Value> for Few {
    fn from_iter<T: IntoIterator<Item = Value>>(values: T) -> Few {
        Few(Some(values.into_iter().collect()))
    }
}

/// A value, or what it could be.
#[derive(Clone, Debug)]
pub(super) enum Valued {
    /// Known.
    Known(Value),
    /// Not known.
    Unknown(Could),
}

/// Values of an enum.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Members {
    /// All of them, so many.
    All(usize),
    /// These alone.
    These(BTreeSet<u32>),
}

impl Members {
    fn len(&self) -> usize {
        match self {
            Members::All(count) => *count,
            Members::These(members) => members.len(),
        }
    }

    fn contains(&self, member: u32) -> bool {
        match self {
            Members::All(_) => true,
            Members::These(members) => members.contains(&member),
        }
    }

    fn contains_all(&self, of: &BTreeSet<u32>) -> bool {
        match self {
            Members::All(_) => true,
            Members::These(members) => of.is_subset(members),
        }
    }

    fn is_within(&self, of: &BTreeSet<u32>) -> bool {
        match self {
            Members::All(count) => of.len() == *count,
            Members::These(members) => members.is_subset(of),
        }
    }

    fn and(&self, other: &Members) -> Members {
        match (self, other) {
            (Members::All(_), members) | (members, Members::All(_)) => members.clone(),
            (Members::These(a), Members::These(b)) => Members::These(a & b),
        }
    }

    fn or(&self, other: &Members) -> Members {
        match (self, other) {
            (Members::All(count), _) | (_, Members::All(count)) => Members::All(*count),
            (Members::These(a), Members::These(b)) => Members::These(a | b),
        }
    }
}

impl Could {
    /// No filling makes it known.
    pub(super) const STUCK: Could = Could::OneOf(Few(None));

    /// Values that stand in a list, each kept once.
    pub(super) fn one_of(values: impl IntoIterator<Item = Value>) -> Could {
        let mut found: Vec<Value> = Vec::new();
        for value in values {
            if !found.contains(&value) {
                found.push(value);
            }
        }
        Could::OneOf(found.into_iter().collect())
    }

    pub(super) fn is_stuck(&self) -> bool {
        *self == Could::STUCK
    }

    /// What could come of either.
    pub(super) fn or(self, other: Could) -> Could {
        match (self, other) {
            (a, b) if a.is_stuck() => b,
            (a, b) if b.is_stuck() => a,
            (Could::OneOf(a), Could::OneOf(b)) => Could::one_of(a.iter().chain(b.iter()).cloned()),
            (a, b) => {
                if let (Some((a_low, a_high)), Some((b_low, b_high))) = (a.members(), b.members()) {
                    return Could::Within(&a_low & &b_low, a_high.or(&b_high));
                }
                let ((a_low, a_high), (b_low, b_high)) = (a.range(), b.range());
                let low = a_low.zip(b_low).and_then(|(a, b)| least(a, b));
                let high = a_high.zip(b_high).and_then(|(a, b)| greatest(a, b));
                Could::between(low, high)
            }
        }
    }

    /// What lies between two values; anything where neither bounds it.
    pub(super) fn between(low: Option<Value>, high: Option<Value>) -> Could {
        if low.is_none() && high.is_none() { Could::Anything } else { Could::Between(low, high) }
    }

    /// The least and the greatest of ordered values, where there are any.
    fn range(&self) -> (Option<Value>, Option<Value>) {
        match self {
            Could::OneOf(values) => {
                let best = |better: fn(Value, Value) -> Option<Value>| {
                    let mut values = values.iter().cloned();
                    let first = values.next()?;
                    values.try_fold(first, better)
                };
                (best(least), best(greatest))
            }
            Could::Between(low, high) => (low.clone(), high.clone()),
            Could::Within(..) | Could::Anything => (None, None),
        }
    }

    /// The values that a set has in any case, and those that it may have.
    fn members(&self) -> Option<(BTreeSet<u32>, Members)> {
        match self {
            Could::Within(low, high) => Some((low.clone(), high.clone())),
            Could::OneOf(values) => {
                let sets = values.iter().map(|value| match value {
                    Value::Set(members) => Some((members.clone(), Members::These(members.clone()))),
                    _ => None,
                });
                let sets: Option<Vec<_>> = sets.collect();
                sets?.into_iter().reduce(|(low, high), (all, any)| (&low & &all, high.or(&any)))
            }
            Could::Between(..) | Could::Anything => None,
        }
    }
}

impl Valued {
    /// Nothing known, and no filling changes that.
    pub(super) const STUCK: Valued = Valued::Unknown(Could::STUCK);

    /// Returns the value, if it is known.
    pub(super) fn known(&self) -> Option<&Value> {
        match self {
            Valued::Known(value) => Some(value),
            Valued::Unknown(_) => None,
        }
    }

    /// Returns what it could be; a known value is the only one.
    pub(super) fn could(&self) -> Could {
        match self {
            Valued::Known(value) => Could::OneOf([value.clone()].into_iter().collect()),
            Valued::Unknown(could) => could.clone(),
        }
    }

    /// Returns the least and the greatest number that it could be, where there are any.
    pub(super) fn ends(&self) -> (Option<Exact>, Option<Exact>) {
        let (low, high) = self.could().range();
        (low.as_ref().and_then(Value::as_number), high.as_ref().and_then(Value::as_number))
    }

    /// Tells whether it is known, or some filling of the unknown fields would make it so.
    pub(super) fn settles(&self) -> bool {
        match self {
            Valued::Known(_) => true,
            Valued::Unknown(could) => !could.is_stuck(),
        }
    }

    /// Reads a truth value as a value.
    pub(super) fn of(judged: Judged) -> Valued {
        match judged.truth.as_bool() {
            Some(value) => Valued::Known(Value::Bool(value)),
            None => {
                let values = [(judged.can_hold, true), (judged.can_fail, false)];
                let values = values.into_iter().filter(|(can, _)| *can).map(|(_, value)| Value::Bool(value));
                Valued::Unknown(Could::one_of(values))
            }
        }
    }

    /// Reads a value of type `bool` as a truth value.
    pub(super) fn judged(&self) -> Judged {
        self.judge(|value| matches!(value, Value::Bool(true)), || Judged::OPEN)
    }

    /// Judges a condition on one value: on each that it could be, or as `otherwise` says where these are not counted.
    pub(super) fn judge(&self, holds: impl Fn(&Value) -> bool, otherwise: impl FnOnce() -> Judged) -> Judged {
        match self {
            Valued::Known(value) => Judged::known(holds(value)),
            Valued::Unknown(Could::OneOf(values)) => values.iter().fold(Judged::STUCK, |judged, value| {
                let holds = holds(value);
                Judged { can_hold: judged.can_hold || holds, can_fail: judged.can_fail || !holds, ..judged }
            }),
            Valued::Unknown(Could::Between(..) | Could::Within(..) | Could::Anything) => otherwise(),
        }
    }

    /// Makes a number of this one, by a function that only grows or only falls.
    pub(super) fn map(&self, change: impl Fn(Exact) -> Option<Exact>) -> Valued {
        let falls = change(Exact::ZERO) > change(Exact::ONE);
        let change = |value: &Value| value.as_number().and_then(&change).map(number);
        match self {
            Valued::Known(value) => Valued::computed(change(value)),
            Valued::Unknown(Could::OneOf(values)) => {
                Valued::Unknown(Could::one_of(values.iter().filter_map(change)))
            }
            Valued::Unknown(Could::Between(low, high)) => {
                let ends = (low.as_ref().and_then(change), high.as_ref().and_then(change));
                let (low, high) = if falls { (ends.1, ends.0) } else { ends };
                Valued::Unknown(Could::between(low, high))
            }
            Valued::Unknown(could @ (Could::Within(..) | Could::Anything)) => Valued::Unknown(could.clone()),
        }
    }

    /// Multiplies a number by one that is known.
    pub(super) fn scaled(&self, factor: Exact) -> Valued {
        match self {
            Valued::Unknown(could) if factor == Exact::ZERO && !could.is_stuck() => {
                Valued::Unknown(Could::OneOf([number(factor)].into_iter().collect()))
            }
            _ => self.map(|value| value.times(factor)),
        }
    }

    /// Multiplies two numbers.
    pub(super) fn times(&self, other: &Valued) -> Valued {
        let product = |a: &Value, b: &Value| a.as_number()?.times(b.as_number()?).map(number);
        match (self, other) {
            // A fact that is taken to have a value may be any number.
            (Valued::Known(a), Valued::Known(b)) => {
                return product(a, b).map_or(Valued::STUCK, Valued::Known);
            }
            (Valued::Known(factor), varies) | (varies, Valued::Known(factor)) => {
                return factor.as_number().map_or(Valued::STUCK, |factor| varies.scaled(factor));
            }
            (Valued::Unknown(_), Valued::Unknown(_)) => {}
        }
        let (left, right) = (self.could(), other.could());
        if left.is_stuck() || right.is_stuck() {
            return Valued::STUCK;
        }
        if let (Could::OneOf(left), Could::OneOf(right)) = (&left, &right)
            && left.len() * right.len() <= MAX_PAIRS
        {
            let pairs = left.iter().flat_map(|left| right.iter().filter_map(|right| product(left, right)));
            return Valued::Unknown(Could::one_of(pairs));
        }
        let (low, high) = product_of_ranges(self.ends(), other.ends(), Exact::ZERO, Exact::times);
        Valued::Unknown(Could::between(low.map(number), high.map(number)))
    }

    /// Returns a number without its sign.
    pub(super) fn abs(&self) -> Valued {
        let Valued::Unknown(Could::Between(low, high)) = self else {
            return self.map(|value| Some(value.abs()));
        };
        let (low, high) = (low.as_ref().and_then(Value::as_number), high.as_ref().and_then(Value::as_number));
        let least = match (low, high) {
            (Some(low), _) if !low.is_negative() => low,
            (_, Some(high)) if high.is_negative() => high.abs(),
            _ => Exact::ZERO,
        };
        let greatest = low.zip(high).map(|(low, high)| number(low.abs().max(high.abs())));
        Valued::Unknown(Could::between(Some(number(least)), greatest))
    }

    /// Makes a value of two, by a function that grows with the first and, as `second` says, grows or falls with the second.
    pub(super) fn combine(
        &self,
        other: &Valued,
        second: Monotone,
        change: impl Fn(&Value, &Value) -> Option<Value>,
    ) -> Valued {
        let (left, right) = match (self, other) {
            (Valued::Known(left), Valued::Known(right)) => return Valued::computed(change(left, right)),
            _ => (self.could(), other.could()),
        };
        if left.is_stuck() || right.is_stuck() {
            return Valued::STUCK;
        }
        if let (Could::OneOf(left), Could::OneOf(right)) = (&left, &right)
            && left.len() * right.len() <= MAX_PAIRS
        {
            let pairs = left.iter().flat_map(|left| right.iter().filter_map(|right| change(left, right)));
            return Valued::Unknown(Could::one_of(pairs));
        }
        let (left, right) = (left.range(), right.range());
        let (at_low, at_high) = match second {
            Monotone::Grows => (right.0, right.1),
            Monotone::Falls => (right.1, right.0),
        };
        let end = |left: Option<Value>, right: Option<Value>| change(&left?, &right?);
        Valued::Unknown(Could::between(end(left.0, at_low), end(left.1, at_high)))
    }

    /// The greater of two ordered values, or the lesser: one end is there as soon as one of them has it.
    pub(super) fn best(&self, other: &Valued, greatest_of: bool) -> Valued {
        let better = if greatest_of { greatest } else { least };
        let change = |a: &Value, b: &Value| better(a.clone(), b.clone());
        let best = self.combine(other, Monotone::Grows, change);
        let Valued::Unknown(Could::Between(..) | Could::Anything) = best else { return best };
        let ((a_low, a_high), (b_low, b_high)) = (self.could().range(), other.could().range());
        let either = |a: Option<Value>, b: Option<Value>| match (a, b) {
            (Some(a), Some(b)) => better(a, b),
            (a, b) => a.or(b),
        };
        let both = |a: Option<Value>, b: Option<Value>| a.zip(b).and_then(|(a, b)| better(a, b));
        Valued::Unknown(if greatest_of {
            Could::between(either(a_low, b_low), both(a_high, b_high))
        } else {
            Could::between(both(a_low, b_low), either(a_high, b_high))
        })
    }

    /// A computed value. The check keeps arithmetic within the exact range; past it nothing would be known.
    fn computed(value: Option<Value>) -> Valued {
        debug_assert!(value.is_some(), "arithmetic left the exact range that the check promised");
        value.map_or(Valued::STUCK, Valued::Known)
    }

    /// Compares two values.
    pub(super) fn compare(&self, op: CompareOp, other: &Valued) -> Judged {
        let (left, right) = match (self, other) {
            (Valued::Known(left), Valued::Known(right)) => return Judged::known(compare(op, left, right)),
            _ => (self.could(), other.could()),
        };
        if left.is_stuck() || right.is_stuck() {
            return Judged::STUCK;
        }
        if let (Could::OneOf(left), Could::OneOf(right)) = (&left, &right)
            && let ([one], values) | (values, [one]) = (&**left, &**right)
            && let CompareOp::Equal | CompareOp::NotEqual = op
        {
            // Where an enum may have all its values, each stands at the place of its number.
            let placed = matches!(one, Value::Enum(member) if values.get(*member as usize) == Some(one));
            let same = placed || values.contains(one);
            let other = values.len() > 1 || !same;
            let (can_hold, can_fail) = if op == CompareOp::Equal { (same, other) } else { (other, same) };
            return Judged { can_hold, can_fail, ..Judged::STUCK };
        }
        if let (Could::OneOf(left), Could::OneOf(right)) = (&left, &right)
            && (left.len().min(right.len()) == 1 || left.len() * right.len() <= MAX_PAIRS)
        {
            let holds = |left: &Value| right.iter().any(|right| compare(op, left, right));
            let fails = |left: &Value| right.iter().any(|right| !compare(op, left, right));
            return Judged {
                can_hold: left.iter().any(holds),
                can_fail: left.iter().any(fails),
                ..Judged::STUCK
            };
        }
        let (can_hold, can_fail) = match (left.members(), right.members()) {
            (Some((a, all_a)), Some((b, all_b))) => {
                let same = all_a.contains_all(&b) && all_b.contains_all(&a);
                let other = a != b || !all_a.is_within(&a) || !all_b.is_within(&b);
                if op == CompareOp::Equal { (same, other) } else { (other, same) }
            }
            _ => op.of_ranges(&left.range(), &right.range(), compare),
        };
        Judged { can_hold, can_fail, ..Judged::STUCK }
    }

    /// Tells whether a set has a value.
    pub(super) fn has_value(&self, element: &Valued) -> Judged {
        let (set, elements) = match (self, element) {
            (Valued::Known(Value::Set(set)), Valued::Known(Value::Enum(member))) => {
                return Judged::known(set.contains(member));
            }
            _ => (self.could(), element.could()),
        };
        if set.is_stuck() || elements.is_stuck() {
            return Judged::STUCK;
        }
        let (Some((low, high)), Could::OneOf(elements)) = (set.members(), elements) else {
            return Judged::OPEN;
        };
        let any = |of: &dyn Fn(&u32) -> bool| {
            elements.iter().any(|element| matches!(element, Value::Enum(member) if of(member)))
        };
        let (can_hold, can_fail) =
            (any(&|member| high.contains(*member)), any(&|member| !low.contains(member)));
        Judged { can_hold, can_fail, ..Judged::STUCK }
    }

    /// Makes a set of two.
    pub(super) fn common(&self, other: &Valued) -> Valued {
        let both = |a: &Value, b: &Value| match (a, b) {
            (Value::Set(a), Value::Set(b)) => Some(Value::Set(a & b)),
            _ => None,
        };
        let counted = |of: &Valued| matches!(of, Valued::Known(_) | Valued::Unknown(Could::OneOf(_)));
        if counted(self) && counted(other) {
            return self.combine(other, Monotone::Grows, both);
        }
        match (self.could().members(), other.could().members()) {
            (Some((a_low, a_high)), Some((b_low, b_high))) => {
                Valued::Unknown(Could::Within(&a_low & &b_low, a_high.and(&b_high)))
            }
            _ => Valued::STUCK,
        }
    }

    /// Puts a value of an enum into a set.
    pub(super) fn with(&self, element: &Valued) -> Valued {
        self.combine(element, Monotone::Grows, |set, element| match (set, element) {
            (Value::Set(set), Value::Enum(member)) => {
                Some(Value::Set(set.iter().copied().chain([*member]).collect()))
            }
            _ => None,
        })
    }

    /// Returns how many values a set has.
    pub(super) fn count(&self) -> Valued {
        let whole = |count: usize| number(Exact::whole(count as i64));
        let count = |members: &BTreeSet<u32>| whole(members.len());
        match self {
            Valued::Known(Value::Set(members)) => Valued::Known(count(members)),
            Valued::Unknown(Could::OneOf(sets)) => {
                let counts = sets.iter().filter_map(|set| match set {
                    Value::Set(members) => Some(count(members)),
                    _ => None,
                });
                Valued::Unknown(Could::one_of(counts))
            }
            Valued::Unknown(Could::Within(low, high)) => {
                let (low, high) = (low.len(), high.len());
                let few = ((high - low) as i128) < MOST_NUMBERS;
                Valued::Unknown(match few {
                    true => Could::OneOf((low..=high).map(whole).collect()),
                    false => Could::between(Some(whole(low)), Some(whole(high))),
                })
            }
            _ => Valued::Unknown(Could::Anything),
        }
    }

    /// Tells whether a set has some of another's values.
    pub(super) fn has(&self, quantifier: Quantifier, wanted: &Valued) -> Judged {
        let holds = |value: &Value, wanted: &Value| match (value, wanted) {
            (Value::Set(members), Value::Set(wanted)) => quantifier.holds(members, wanted),
            _ => false,
        };
        let (set, of) = match (self, wanted) {
            (Valued::Known(set), Valued::Known(wanted)) => return Judged::known(holds(set, wanted)),
            _ => (self.could(), wanted.could()),
        };
        if set.is_stuck() || of.is_stuck() {
            return Judged::STUCK;
        }
        if let (Could::OneOf(sets), Could::OneOf(of)) = (&set, &of)
            && sets.len() * of.len() <= MAX_PAIRS
        {
            let pairs = || sets.iter().flat_map(|set| of.iter().map(move |wanted| (set, wanted)));
            let can_hold = pairs().any(|(set, wanted)| holds(set, wanted));
            let can_fail = pairs().any(|(set, wanted)| !holds(set, wanted));
            return Judged { can_hold, can_fail, ..Judged::STUCK };
        }
        let (Some((low, high)), Some((wanted, any))) = (set.members(), of.members()) else {
            return Judged::OPEN;
        };
        let (apart, meet) = (low.is_disjoint(&wanted), high.and(&any).len() > 0);
        let (can_hold, can_fail) = match quantifier {
            Quantifier::Any => (meet, apart),
            Quantifier::None => (apart, meet),
            Quantifier::All => (high.contains_all(&wanted), !any.is_within(&low)),
            Quantifier::Only => (any.contains_all(&low), !high.is_within(&wanted)),
        };
        Judged { can_hold, can_fail, ..Judged::STUCK }
    }
}

/// Whether a function grows or falls with an argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Monotone {
    /// It never falls.
    Grows,
    /// It never grows.
    Falls,
}

/// Returns a number that was computed.
pub(super) fn number(value: Exact) -> Value {
    Value::Number(Number::calculated(value))
}

/// The days that there are.
pub(super) fn any_day() -> Could {
    Could::Between(Some(Value::Date(Date::MIN)), Some(Value::Date(Date::MAX)))
}

pub(super) fn compare(op: CompareOp, left: &Value, right: &Value) -> bool {
    match op {
        CompareOp::Equal => left == right,
        CompareOp::NotEqual => left != right,
        CompareOp::Less | CompareOp::AtMost | CompareOp::Greater | CompareOp::AtLeast => {
            left.compare(right).is_some_and(|ordering| op.holds(ordering))
        }
    }
}

/// The lesser of two ordered values, the first where they are equal.
pub(super) fn least(a: Value, b: Value) -> Option<Value> {
    Some(if b.compare(&a)?.is_lt() { b } else { a })
}

/// The greater of two ordered values, the first where they are equal.
pub(super) fn greatest(a: Value, b: Value) -> Option<Value> {
    Some(if b.compare(&a)?.is_gt() { b } else { a })
}
