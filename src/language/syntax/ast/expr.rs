//! Expressions and literals as they are written.

use std::sync::Arc;

use super::{Name, UnitName};
use crate::date::Date;
use crate::exact::Exact;
use crate::operator::{CompareOp, Quantifier, Sign, State};
use crate::source::{Span, Spanned};

/// A range; either bound may be left out.
#[derive(Debug, Clone)]
pub struct Range<T> {
    /// Where it stands.
    pub span: Span,
    /// The least value, included.
    pub low: Option<T>,
    /// The greatest value, included.
    pub high: Option<T>,
}

/// A number and its unit.
#[derive(Debug, Clone)]
pub struct Quantity {
    /// Where it stands.
    pub span: Span,
    /// The number, its sign with it.
    pub number: Exact,
    /// Its digits as they are written, without `_`, the sign with them.
    pub digits: Arc<str>,
    /// The unit; `%` is the unit `percent`.
    pub unit: Option<Arc<UnitName>>,
}

/// `NAME` or `NAME.NAME`.
#[derive(Debug, Clone)]
pub struct Dotted {
    /// The first name.
    pub head: Name,
    /// The name after the point.
    pub tail: Option<Name>,
}

/// A value as it stands in facts, defaults, `given` and bounds.
#[derive(Debug, Clone)]
pub struct Literal {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: LiteralKind,
}

/// The forms of a literal.
#[derive(Debug, Clone)]
pub enum LiteralKind {
    /// `12`, `4 per month`
    Quantity(Quantity),
    /// `"…"`
    Text(String),
    /// `2021-06-01`
    Date(Date),
    /// `true`, `false`
    Bool(bool),
    /// `unknown`
    Unknown,
    /// `{a, b}`
    Set(Vec<Literal>),
    /// The value of an enum.
    Name(Dotted),
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The forms of an expression. Chains of one operator are flat, so that a long one nests no deeper than a short one.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A number with its unit.
    Quantity(Quantity),
    /// A text.
    Text(String),
    /// A date.
    Date(Date),
    /// `true`, `false`
    Bool(bool),
    /// `today`
    Today,
    /// `{a, b}`
    Set(Vec<Expr>),
    /// `a`, `a.b`, `a.b[c]`
    Path(Dotted, Vec<Expr>),
    /// `count(a)`
    Call(Name, Vec<Expr>),
    /// `(a)`
    Group(Box<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// `-a`
    Negate(Box<Expr>),
    /// `a and b and c`
    And(Vec<Expr>),
    /// `a or b or c`
    Or(Vec<Expr>),
    /// `a < b`
    Compare(Box<Expr>, Spanned<CompareOp>, Box<Expr>),
    /// `a + b - c`; the first has the sign `+`.
    Sum(Vec<(Sign, Expr)>),
    /// `a * b / c`; `true` divides.
    Product(Box<Expr>, Vec<(bool, Expr)>),
    /// `a in {b, c}`, `a in b .. c`; `true` is `not in`.
    In(Box<Expr>, bool, Box<InKind>),
    /// `a has b`, `a has any {b, c}`, `a has any b`
    Has(Box<Expr>, Option<Quantifier>, Box<Expr>),
    /// `a is known`
    Is(Box<Expr>, Spanned<State>),
    /// `if a then b else c`
    If(Box<[Expr; 3]>),
    /// Something that is reported.
    Broken,
}

/// What `in` looks into.
#[derive(Debug, Clone)]
pub enum InKind {
    /// `{a, b}`
    Set(Vec<Expr>),
    /// A field, a fact or anything else that is a set.
    Of(Expr),
    /// `a .. b`
    Range(Box<Range<Expr>>),
}
