//! Declarations whose text stands elsewhere now: every place in them is moved, and nothing else changes.

use std::sync::Arc;

use super::*;
use crate::exact::Exact;
use crate::operator::{CompareOp, Policy, Quantifier, Sign, State};

/// Where a text went: its file, and by how many bytes it moved.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    pub(crate) file: FileId,
    pub(crate) by: i64,
}

/// What holds places.
pub(crate) trait Moved {
    /// Moves each place in it.
    fn go(&mut self, way: Way);
}

impl Moved for Span {
    fn go(&mut self, way: Way) {
        let along = |at: u32| (i64::from(at) + way.by) as u32;
        *self = Span { file: way.file, start: along(self.start), end: along(self.end) };
    }
}

impl<T: Moved> Moved for Spanned<T> {
    fn go(&mut self, way: Way) {
        self.value.go(way);
        self.span.go(way);
    }
}

impl<T: Moved> Moved for Vec<T> {
    fn go(&mut self, way: Way) {
        self.iter_mut().for_each(|it| it.go(way));
    }
}

impl<T: Moved> Moved for Option<T> {
    fn go(&mut self, way: Way) {
        self.iter_mut().for_each(|it| it.go(way));
    }
}

impl<T: Moved> Moved for Box<T> {
    fn go(&mut self, way: Way) {
        (**self).go(way);
    }
}

impl<T: Moved, const N: usize> Moved for [T; N] {
    fn go(&mut self, way: Way) {
        self.iter_mut().for_each(|it| it.go(way));
    }
}

impl<A: Moved, B: Moved> Moved for (A, B) {
    fn go(&mut self, way: Way) {
        self.0.go(way);
        self.1.go(way);
    }
}

impl<T: Moved> Moved for Range<T> {
    fn go(&mut self, way: Way) {
        self.span.go(way);
        self.low.go(way);
        self.high.go(way);
    }
}

impl Moved for Arc<UnitName> {
    fn go(&mut self, way: Way) {
        Arc::make_mut(self).go(way);
    }
}

/// What holds no place.
macro_rules! still {
    ($($kind:ty),* $(,)?) => { $(impl Moved for $kind { fn go(&mut self, _: Way) {} })* };
}

/// Takes a type apart, so that a new field or form does not compile until it is told here.
macro_rules! parts {
    ($($kind:ident { $($part:ident),* })*) => { $(
        impl Moved for $kind {
            fn go(&mut self, way: Way) {
                let $kind { $($part),* } = self;
                $($part.go(way);)*
            }
        }
    )* };
}

macro_rules! forms {
    ($($kind:ident { $($form:ident $(($($part:ident),*))? $({ $($named:ident),* })?),* })*) => { $(
        impl Moved for $kind {
            fn go(&mut self, way: Way) {
                match self {
                    $($kind::$form $(($($part),*))? $({ $($named),* })? => {
                        $($($part.go(way);)*)?
                        $($($named.go(way);)*)?
                    })*
                }
            }
        }
    )* };
}

still!(String, Arc<str>, bool, u32, Date, Exact, CompareOp, Policy, Quantifier, Sign, State);

parts! {
    Declaration { span, kind, allows, replaced }
    Allow { span, code, reason, of_override }
    Text { main, translations }
    Template { main, translations }
    From { source, quotes, at }
    Ruleset { name, title, version, languages, as_of, rank }
    Source { name, title, url, publisher, published, accessed, confidence, text }
    Unit { name, title, decimals, rates }
    Enum { name, title, members, ordered }
    Member { name, title, was }
    Field { span, name, ty, question, range, default, required, fixed, was, allows }
    Type { span, kind }
    UnitName { span, numerator, denominator }
    Fact { name, indexes, ty, title }
    Parameter { name, indexes, ty, title, was, statements }
    Channel { name, title, was, like, statements, needs, owned }
    Statement { span, fact, indexes, value, since, until, from, disputed, replaced }
    Needs { span, names, from }
    Mix { name, title, members, needs, from }
    Requirement { name, title, met, how, cost, takes, from }
    Weight { name, value }
    Let { name, ty, value }
    Measure { name, ty, title, for_each, value, higher, sums }
    Remove { kind, name }
    Texts { language, entries }
    TextEntry { path, text }
    Quantity { span, number, digits, unit }
    Dotted { head, tail }
    Literal { span, kind }
    Expr { span, kind }
    Rule { name, title, for_each, exception_to, when, effects, because, from }
    ForEach { variable, channels, filter }
    Effect { span, kind }
    Points { span, sign, amount }
    Threshold { span, verdict, points }
    Test { title, as_of, file, given, expect }
    Property { name, title, when, expect, even_unknown }
    Expectation { span, kind }
    Table { name, title, policy, csv, grid, changes }
    Grid { columns, rows }
    Column { span, kind }
    Row { span, name, cells }
    Cell { span, kind }
    OneTest { span, denied, test }
}

forms! {
    DeclarationKind {
        Ruleset(it), Import(it), Source(it), Unit(it), Enum(it), Profile(it), Fact(it), Parameter(it), Facts(it),
        Channel(it), Mix(it), Requirement(it), Weight(it), Levels(it), Let(it), Measure(it), Rule(it), Verdicts(it),
        Test(it), Property(it), Table(it), Extends(it), Remove(it), Override(it), Texts(it)
    }
    Piece { Plain(it), Hole(it) }
    ProfileItem { Field(it), Section(name, title, items) }
    TypeKind { Number { whole, unit }, Set(it), Name(it) }
    Amount { Quantity(it), Text(it) }
    Base { Path(it), Name(it) }
    LiteralKind { Quantity(it), Text(it), Date(it), Bool(it), Unknown, Set(it), Name(it) }
    ExprKind {
        Quantity(it), Text(it), Date(it), Bool(it), Today, Set(it), Path(head, indexes), Call(name, given), Group(it),
        Not(it), Negate(it), And(it), Or(it), Compare(left, op, right), Sum(it), Product(first, rest),
        In(left, not, right), Has(left, how, right), Is(it, state), If(it), Broken
    }
    InKind { Set(it), Of(it), Range(it) }
    EffectKind {
        Score(targets, points), Exclude(it), Cap(targets, verdict), Note(target, text, warns), Needs(target, needed)
    }
    PointsAmount { Number(it), Name(it), Computed(it) }
    ExpectationKind {
        First(it), Fires(rule, fires), Missing(it), Verdict(target, verdict), Leaning(target, verdict),
        CouldBe(target, verdict), ExcludedBy(target, rule), Score(target, op, points),
        Measure(target, measure, op, value), Needs(target, needed, met), Because(target, rule)
    }
    ColumnKind { Condition(it), Target(it), Then, Because(it), Note(it), From }
    CellKind { Any, Empty, Tests(it), Effects(it), Text(it), From(it), Broken }
    CellTest { Equals(it), Compare(op, it), In(it), Has(how, it) }
}
