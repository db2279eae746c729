//! What an unknown value could still come out as, over all fillings of the unknown fields.
//!
//! Parts are taken as independent of each other: a value may be among these that no filling gives, but none is left
//! out.

use std::collections::BTreeSet;

use super::judged::Judged;
use crate::date::Date;
use crate::exact::Exact;
use crate::model::{Number, Value};
use crate::operator::{CompareOp, Quantifier};

/// Values are tried pair by pair up to so many pairs.
pub const MAX_PAIRS: usize = 1024;

/// What an unknown value could come out as.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Could {
    /// One of these, each once; of none, no filling makes it known.
    OneOf(Vec<Value>),
    /// Anything between these numbers or days, both included.
    Between(Option<Value>, Option<Value>),
    /// Anything of its type.
    Anything,
}

/// A value, or what it could be.
#[derive(Clone, Debug)]
pub(super) enum Valued {
    /// Known.
    Known(Value),
    /// Not known.
    Unknown(Could),
}

impl Could {
    /// No filling makes it known.
    pub(super) const STUCK: Could = Could::OneOf(Vec::new());

    /// Values that stand in a list, each kept once.
    pub(super) fn one_of(values: impl IntoIterator<Item = Value>) -> Could {
        let mut found: Vec<Value> = Vec::new();
        for value in values {
            if !found.contains(&value) {
                found.push(value);
            }
        }
        Could::OneOf(found)
    }

    pub(super) fn is_stuck(&self) -> bool {
        *self == Could::STUCK
    }

    /// What could come of either.
    pub(super) fn or(self, other: Could) -> Could {
        match (self, other) {
            (a, b) if a.is_stuck() => b,
            (a, b) if b.is_stuck() => a,
            (Could::OneOf(a), Could::OneOf(b)) => Could::one_of(a.into_iter().chain(b)),
            (a, b) => {
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
            Could::Anything => (None, None),
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
            Valued::Known(value) => Could::OneOf(vec![value.clone()]),
            Valued::Unknown(could) => could.clone(),
        }
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
            Valued::Unknown(Could::Between(..) | Could::Anything) => otherwise(),
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
            Valued::Unknown(Could::Anything) => Valued::Unknown(Could::Anything),
        }
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
            && left.len() * right.len() <= MAX_PAIRS
        {
            let holds = |left: &Value| right.iter().any(|right| compare(op, left, right));
            let fails = |left: &Value| right.iter().any(|right| !compare(op, left, right));
            return Judged {
                can_hold: left.iter().any(holds),
                can_fail: left.iter().any(fails),
                ..Judged::STUCK
            };
        }
        let (can_hold, can_fail) = op.of_ranges(&left.range(), &right.range(), compare);
        Judged { can_hold, can_fail, ..Judged::STUCK }
    }

    /// Tells whether a set has some of many values. `all` says whether these are all that there are.
    pub(super) fn has(&self, quantifier: Quantifier, wanted: &BTreeSet<u32>, all: bool) -> Judged {
        let holds = |value: &Value| {
            let Value::Set(members) = value else { return false };
            match quantifier {
                Quantifier::Any => !members.is_disjoint(wanted),
                Quantifier::All => wanted.is_subset(members),
                Quantifier::None => members.is_disjoint(wanted),
                Quantifier::Only => members.is_subset(wanted),
            }
        };
        self.judge(holds, || {
            let some = !wanted.is_empty();
            let (can_hold, can_fail) = match quantifier {
                Quantifier::Any => (some, true),
                Quantifier::All | Quantifier::None => (true, some),
                Quantifier::Only => (true, !all),
            };
            Judged { can_hold, can_fail, ..Judged::STUCK }
        })
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
    Value::Number(Number::computed(value))
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
