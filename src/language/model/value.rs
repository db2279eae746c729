//! Types and values.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Enum, Id, Unit};
use crate::date::Date;
use crate::exact::Exact;

/// A type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// `bool`
    Bool,
    /// `number` or `int`
    Number(NumberType),
    /// `text`
    Text,
    /// `date`
    Date,
    /// An enum or a scale.
    Enum(Id<Enum>),
    /// A set of values of an enum.
    Set(Id<Enum>),
}

/// The type of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumberType {
    /// Whether it is whole in its unit.
    pub whole: bool,
    /// The unit.
    pub unit: Unit,
}

/// A known value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Of type `bool`.
    Bool(bool),
    /// A number, in the unit of its type.
    Number(Number),
    /// A text, in normal form C.
    Text(Arc<str>),
    /// A day.
    Date(Date),
    /// A value of an enum, by its number.
    Enum(u32),
    /// A set of values of an enum.
    Set(BTreeSet<u32>),
}

/// A number, and how it was written where it was.
#[derive(Clone, Debug)]
pub struct Number {
    /// The number in the unit of its type.
    pub value: Exact,
    /// How it was written, for showing.
    pub written: Option<Arc<Written>>,
    /// Whether it came out of arithmetic, so that an amount of money shows its decimals.
    pub calculated: bool,
}

/// How a number was written.
#[derive(PartialEq, Eq, Debug)]
pub struct Written {
    /// Its digits, with the sign.
    pub digits: Arc<str>,
    /// Its unit.
    pub unit: Unit,
}

impl Number {
    /// Returns a number that nobody wrote.
    #[must_use]
    pub fn computed(value: Exact) -> Number {
        Number { value, written: None, calculated: false }
    }

    /// Returns a number that came out of arithmetic.
    #[must_use]
    pub fn calculated(value: Exact) -> Number {
        Number { value, written: None, calculated: true }
    }

    /// Returns a number as it was written.
    #[must_use]
    pub fn written(value: Exact, written: Option<Arc<Written>>) -> Number {
        Number { value, written, calculated: false }
    }
}

/// Two numbers are equal when their values are, however they were written.
impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.value == other.value
    }
}

impl Eq for Number {}

impl Value {
    /// Returns the number, if it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<Exact> {
        match self {
            Value::Number(number) => Some(number.value),
            Value::Bool(_) | Value::Text(_) | Value::Date(_) | Value::Enum(_) | Value::Set(_) => None,
        }
    }

    /// Returns the order of two values of one ordered type.
    #[must_use]
    pub fn compare(&self, other: &Value) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Value::Number(a), Value::Number(b)) => Some(a.value.cmp(&b.value)),
            (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
            (Value::Enum(a), Value::Enum(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}
