//! Rules, tests and properties as they are written.

use super::{Expr, From, Literal, Name, Template, Text};
use crate::date::Date;
use crate::exact::Exact;
use crate::operator::{CompareOp, Sign};
use crate::source::{Span, Spanned};

/// `rule NAME "Title" for each … exception to … { … }`.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The rule's name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// One instance a channel.
    pub for_each: Option<ForEach>,
    /// The rules that it is an exception to.
    pub exception_to: Vec<Name>,
    /// When it fires.
    pub when: Option<Expr>,
    /// What it does.
    pub effects: Vec<Effect>,
    /// The reason, in words.
    pub because: Option<Template>,
    /// Where it comes from.
    pub from: Vec<From>,
}

/// `for each VAR in {…} where CONDITION`.
#[derive(Debug, Clone)]
pub struct ForEach {
    /// The variable.
    pub variable: Name,
    /// The channels, where not all are meant.
    pub channels: Option<Vec<Name>>,
    /// What leaves channels out.
    pub filter: Option<Expr>,
}

/// What a rule does.
#[derive(Debug, Clone)]
pub struct Effect {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: EffectKind,
}

/// The kinds of effects.
#[derive(Debug, Clone)]
pub enum EffectKind {
    /// `score A, B +N`.
    Score(Vec<Name>, Points),
    /// `exclude A`.
    Exclude(Vec<Name>),
    /// `cap A at possible`.
    Cap(Vec<Name>, Name),
    /// `note A "…"`, or `warn` with `true`.
    Note(Option<Name>, Template, bool),
    /// `A needs B, C`.
    Needs(Name, Vec<Name>),
}

/// Points with a sign: a number, a weight or a level.
#[derive(Debug, Clone)]
pub struct Points {
    /// Where they stand.
    pub span: Span,
    /// `-` if negative, `+` or nothing otherwise.
    pub sign: Option<Sign>,
    /// How many.
    pub amount: PointsAmount,
}

/// How many points.
#[derive(Debug, Clone)]
pub enum PointsAmount {
    /// A number.
    Number(Exact),
    /// A weight or a level.
    Name(Name),
    /// What a constant makes them, its sign included.
    Computed(Expr),
}

/// `recommended >= N` or `possible >= N`.
#[derive(Debug, Clone)]
pub struct Threshold {
    /// Where it stands.
    pub span: Span,
    /// The verdict.
    pub verdict: Name,
    /// The least score that gives it.
    pub points: Points,
}

/// `test "…" { … }`.
#[derive(Debug, Clone)]
pub struct Test {
    /// What is tested.
    pub title: Text,
    /// The day.
    pub as_of: Option<Spanned<Date>>,
    /// A file that holds the profile.
    pub file: Option<Spanned<String>>,
    /// The fields' values.
    pub given: Vec<(Name, Literal)>,
    /// What should come of it.
    pub expect: Vec<Expectation>,
}

/// `property NAME "Title" { … }`.
#[derive(Debug, Clone)]
pub struct Property {
    /// The property's name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// For which profiles it holds.
    pub when: Option<Expr>,
    /// What holds.
    pub expect: Vec<Expectation>,
    /// Whether it holds with unknown fields too.
    pub even_unknown: bool,
}

/// What a test or a property expects.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExpectationKind,
}

/// The forms of an expectation.
#[derive(Debug, Clone)]
pub enum ExpectationKind {
    /// `first T`
    First(Name),
    /// `rule R fires`, or `does not fire` with `false`.
    Fires(Name, bool),
    /// `missing FIELD`
    Missing(Name),
    /// `T recommended`
    Verdict(Name, Name),
    /// `T leaning V`
    Leaning(Name, Name),
    /// `T could be V`
    CouldBe(Name, Name),
    /// `T excluded by RULE`
    ExcludedBy(Name, Name),
    /// `T score = N`, `>=`, `<=`
    Score(Name, CompareOp, Points),
    /// `T MEASURE = VALUE`
    Measure(Name, Name, CompareOp, Literal),
    /// `T needs R met`
    Needs(Name, Name, Option<Name>),
    /// `T because RULE`
    Because(Name, Name),
}
