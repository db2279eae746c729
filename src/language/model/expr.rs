//! Expressions with their types. Numbers on both sides of an operator are in one unit: conversions stand in the tree.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Channel, Enum, Fact, Field, Id, Let, Measure, Table, TargetRef, Type, Value};
use crate::exact::{Exact, Rounding};
use crate::operator::{CompareOp, Quantifier, Sign};
use crate::source::Span;

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// The type of its value.
    pub ty: Type,
    /// What it is.
    pub kind: ExprKind,
}

/// The forms of an expression.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A value.
    Literal(Value),
    /// A field of the profile.
    Field(Id<Field>),
    /// A named expression.
    Let(Id<Let>),
    /// One of these, by the channel of the instance.
    OfChannel(Vec<(Id<Channel>, Expr)>),
    /// The as-of day.
    Today,
    /// A fact of a channel.
    Fact(FactRef),
    /// All hold; of none, true.
    And(Vec<Expr>),
    /// One holds at least.
    Or(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
    /// Two values compared.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// A value among others.
    InSet {
        /// The value.
        subject: Box<Expr>,
        /// Whether it is `not in`.
        negated: bool,
        /// The others.
        members: Vec<Value>,
    },
    /// A value that is equal to one of others, or is in one that is a set.
    InList {
        /// The value.
        subject: Box<Expr>,
        /// Whether it is `not in`.
        negated: bool,
        /// The others.
        members: Vec<Expr>,
    },
    /// A value in a range; both bounds are included.
    InRange {
        /// The value.
        subject: Box<Expr>,
        /// Whether it is `not in`.
        negated: bool,
        /// The least value.
        low: Option<Box<Expr>>,
        /// The greatest value.
        high: Option<Box<Expr>>,
    },
    /// A set holds a value.
    Has(Box<Expr>, Box<Expr>),
    /// A set holds some of many values.
    HasMany(Box<Expr>, Quantifier, BTreeSet<u32>),
    /// A set holds some of another's values.
    HasSet(Box<Expr>, Quantifier, Box<Expr>),
    /// A set of the values of some expressions.
    SetOf(Vec<Expr>),
    /// The values that are in both of two sets.
    Common(Box<Expr>, Box<Expr>),
    /// A field or a fact has a value, or has none if `true`.
    Known(Box<Expr>, bool),
    /// A target is excluded, or is not if `true`.
    Excluded(TargetRef, bool),
    /// A measure of a channel, of the variable where there is none, is the lowest, or the highest, of those that take part.
    /// Of few channels it is spelled out as an `and` of comparisons, which can be proved.
    Leads(Option<Id<Channel>>, Arc<Race>),
    /// Some row of a table before the one of this number matches.
    Earlier(Id<Table>, usize),
    /// One of two values.
    If(Box<[Expr; 3]>),
    /// A number with the other sign.
    Negate(Box<Expr>),
    /// Numbers added and taken away.
    Sum(Vec<(Sign, Expr)>),
    /// A number times a constant.
    Scale(Box<Expr>, Exact),
    /// The product of two numbers.
    Product(Box<Expr>, Box<Expr>),
    /// A number divided by a constant that is no literal.
    Quotient(Box<Expr>, Box<Expr>),
    /// A number rounded to a multiple of a constant.
    Round(Rounding, Box<Expr>, Box<Expr>),
    /// A number in another unit: times a constant, shown as a conversion.
    Convert(Box<Expr>, Exact),
    /// The least of some numbers or days.
    Min(Vec<Expr>),
    /// The greatest of some numbers or days.
    Max(Vec<Expr>),
    /// A number without its sign.
    Abs(Box<Expr>),
    /// How many values a set has.
    Count(Box<Expr>),
    /// The whole durations from one day to another.
    Between(Between, Box<Expr>, Box<Expr>),
    /// A day some days or months away.
    Shift(Shift, Sign, Box<Expr>, Box<Expr>),
}

/// A fact of a channel, as an expression names it.
#[derive(Debug, Clone)]
pub struct FactRef {
    /// The channel; the rule's variable where there is none.
    pub channel: Option<Id<Channel>>,
    /// The fact.
    pub fact: Id<Fact>,
    /// The entry, by the values of the fact's indexes.
    pub indexes: Vec<Expr>,
}

impl FactRef {
    /// Returns the values of the indexes, if each is written as one.
    #[must_use]
    pub fn literal_indexes(&self) -> Option<Vec<u32>> {
        let values = self.indexes.iter().map(|index| match index.kind {
            ExprKind::Literal(Value::Enum(value)) => Some(value),
            _ => None,
        });
        values.collect()
    }
}

/// The channels that are compared by a measure; shared by all that ask which of them leads.
#[derive(Debug, Clone)]
pub struct Race {
    /// The measure.
    pub measure: Id<Measure>,
    /// Whether the highest leads.
    pub highest: bool,
    /// The fields that the measure reads of any of them, lets followed.
    pub fields: BTreeSet<Id<Field>>,
    /// Those that have the measure, in order.
    pub entrants: Vec<Entrant>,
}

/// A channel that is compared with others by a measure.
#[derive(Debug, Clone)]
pub struct Entrant {
    /// The channel.
    pub channel: Id<Channel>,
    /// Whether it takes part: `where` of the measure keeps it, and it is not excluded.
    pub takes_part: Expr,
    /// The measure of it.
    pub value: Expr,
}

impl Race {
    /// Returns the place of a channel among those that are compared.
    #[must_use]
    pub fn place(&self, channel: Id<Channel>) -> usize {
        let place = self.entrants.binary_search_by_key(&channel, |entrant| entrant.channel);
        place.expect("the check keeps it to the channels that have it")
    }
}

/// What durations are counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Between {
    /// Days.
    Days,
    /// Months.
    Months,
    /// Years.
    Years,
}

/// What a day is moved by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shift {
    /// Days.
    Days,
    /// Months.
    Months,
}

/// The forms that ask something of values, and hold or do not, as a pattern. `and`, `or`, `not` join what holds.
#[macro_export]
macro_rules! predicate {
    () => {
        $crate::model::ExprKind::Compare(..)
            | $crate::model::ExprKind::InSet { .. }
            | $crate::model::ExprKind::InList { .. }
            | $crate::model::ExprKind::InRange { .. }
            | $crate::model::ExprKind::Has(..)
            | $crate::model::ExprKind::HasMany(..)
            | $crate::model::ExprKind::HasSet(..)
            | $crate::model::ExprKind::Known(..)
    };
}

/// The forms that make a value of others, as a pattern.
#[macro_export]
macro_rules! operation {
    () => {
        $crate::model::ExprKind::Negate(_)
            | $crate::model::ExprKind::Sum(_)
            | $crate::model::ExprKind::Scale(..)
            | $crate::model::ExprKind::Product(..)
            | $crate::model::ExprKind::Quotient(..)
            | $crate::model::ExprKind::Round(..)
            | $crate::model::ExprKind::Convert(..)
            | $crate::model::ExprKind::Min(_)
            | $crate::model::ExprKind::Max(_)
            | $crate::model::ExprKind::Abs(_)
            | $crate::model::ExprKind::Count(_)
            | $crate::model::ExprKind::SetOf(_)
            | $crate::model::ExprKind::Common(..)
            | $crate::model::ExprKind::Between(..)
            | $crate::model::ExprKind::Shift(..)
    };
}

/// Calls a function with each part of a form, borrowed as the iterator says.
macro_rules! each_part {
    ($kind:expr, $iter:ident, $entrants:ident, $visit:ident) => {
        match $kind {
            ExprKind::Literal(_)
            | ExprKind::Field(_)
            | ExprKind::Let(_)
            | ExprKind::Today
            | ExprKind::Excluded(..)
            | ExprKind::Earlier(..) => {}
            ExprKind::Leads(_, race) => {
                for Entrant { takes_part, value, .. } in $entrants(race) {
                    $visit(takes_part);
                    $visit(value);
                }
            }
            ExprKind::Fact(fact) => fact.indexes.$iter().for_each($visit),
            ExprKind::And(parts)
            | ExprKind::Or(parts)
            | ExprKind::Min(parts)
            | ExprKind::Max(parts)
            | ExprKind::SetOf(parts) => parts.$iter().for_each($visit),
            ExprKind::Sum(terms) => terms.$iter().for_each(|(_, term)| $visit(term)),
            ExprKind::OfChannel(each) => each.$iter().for_each(|(_, of)| $visit(of)),
            ExprKind::Not(a)
            | ExprKind::Known(a, _)
            | ExprKind::Negate(a)
            | ExprKind::Scale(a, _)
            | ExprKind::Convert(a, _)
            | ExprKind::Abs(a)
            | ExprKind::Count(a)
            | ExprKind::HasMany(a, ..) => $visit(a),
            ExprKind::Compare(_, a, b)
            | ExprKind::Has(a, b)
            | ExprKind::HasSet(a, _, b)
            | ExprKind::Common(a, b)
            | ExprKind::Product(a, b)
            | ExprKind::Quotient(a, b)
            | ExprKind::Round(_, a, b)
            | ExprKind::Between(_, a, b)
            | ExprKind::Shift(_, _, a, b) => {
                $visit(a);
                $visit(b);
            }
            ExprKind::InSet { subject, .. } => $visit(subject),
            ExprKind::InList { subject, members, .. } => {
                $visit(subject);
                members.$iter().for_each($visit);
            }
            ExprKind::InRange { subject, low, high, .. } => {
                $visit(subject);
                low.$iter().chain(high.$iter()).for_each(|bound| $visit(bound));
            }
            ExprKind::If(parts) => parts.$iter().for_each($visit),
        }
    };
}

fn entrants(race: &Arc<Race>) -> std::slice::Iter<'_, Entrant> {
    race.entrants.iter()
}

fn entrants_mut(race: &mut Arc<Race>) -> std::slice::IterMut<'_, Entrant> {
    Arc::make_mut(race).entrants.iter_mut()
}

impl Expr {
    /// Returns the parts of the expression, in order; what it stands for elsewhere is none.
    pub fn parts(&self) -> Vec<&Expr> {
        let mut parts = Vec::new();
        self.each_part(|part| parts.push(part));
        parts
    }

    /// Calls a function with each of these.
    pub fn each_part<'e>(&'e self, mut visit: impl FnMut(&'e Expr)) {
        each_part!(&self.kind, iter, entrants, visit);
    }

    /// Calls a function with each of these, to be changed.
    fn each_part_mut(&mut self, mut visit: impl FnMut(&mut Expr)) {
        each_part!(&mut self.kind, iter_mut, entrants_mut, visit);
    }

    /// Calls a function with this expression and all within it, lets not followed.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        visit(self);
        self.each_part(|part| part.walk(visit));
    }

    /// Returns a number that there is none of: the least of nothing.
    #[must_use]
    pub fn no_number(span: Span, ty: Type) -> Expr {
        Expr { span, ty, kind: ExprKind::Min(Vec::new()) }
    }

    /// Returns what it stands for in an instance: of what each channel has one of, that of the instance's channel.
    #[must_use]
    pub fn of_channel(&self, channel: Option<Id<Channel>>) -> &Expr {
        match (&self.kind, channel) {
            (ExprKind::OfChannel(each), Some(channel)) => {
                let found = each.binary_search_by_key(&channel, |(of, _)| *of).ok();
                let found = found.and_then(|place| each.get(place));
                &found.expect("the check keeps it to the channels that have it").1
            }
            _ => self,
        }
    }

    /// Calls a function with this expression and then with all within it, to be changed; lets are not followed.
    pub fn walk_mut(&mut self, visit: &mut impl FnMut(&mut Expr)) {
        visit(self);
        self.each_part_mut(|part| part.walk_mut(visit));
    }

    /// Returns the set and the value that are meant, if it asks whether a set holds a value, and whether it asks that it
    /// does not.
    #[must_use]
    pub fn possession(&self) -> Option<(&Expr, &Expr, bool)> {
        match &self.kind {
            ExprKind::Has(set, element) => Some((set, element, false)),
            ExprKind::InList { subject, negated, members } => match members.as_slice() {
                [set @ Expr { ty: Type::Set(_), .. }] => Some((set, subject, *negated)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Tells whether it, or something within it, asks whether a target is excluded. Lets never do.
    #[must_use]
    pub fn asks(&self) -> bool {
        let mut asks = false;
        self.walk(&mut |part| asks |= matches!(part.kind, ExprKind::Excluded(..)));
        asks
    }

    /// Tells whether its parts are of it alone: nobody wrote them, as where each two are compared to find the lowest.
    #[must_use]
    pub fn is_spelled_out(&self) -> bool {
        let ExprKind::And(parts) = &self.kind else { return false };
        parts.last().is_some_and(|part| part.span == self.span.before())
    }

    /// Returns the enum of the values, if they are of an enum or a set of one.
    #[must_use]
    pub fn enum_id(&self) -> Option<Id<Enum>> {
        match self.ty {
            Type::Enum(id) | Type::Set(id) => Some(id),
            Type::Bool | Type::Number(_) | Type::Text | Type::Date => None,
        }
    }
}
