//! Rules, tests and properties.

use std::sync::Arc;

use super::{
    Channel, Citation, Expr, Field, Id, Measure, Need, Requirement, Target, TargetRef, Template, Text, Value,
};
use crate::date::Date;
use crate::operator::{CompareOp, Policy, Verdict};
use crate::source::{Span, Spanned};

/// A decision rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name; `table.row` for the row of a table.
    pub name: Arc<str>,
    /// Where it stands, from its first word on.
    pub span: Span,
    /// Where its name stands.
    pub name_span: Span,
    /// Its title.
    pub title: Option<Text>,
    /// One instance a channel.
    pub for_each: Option<ForEach>,
    /// When it fires; always where there is none.
    pub when: Option<Expr>,
    /// The rules that are exceptions to it.
    pub exceptions: Vec<Id<Rule>>,
    /// What it does; an effect on several targets is one for each.
    pub effects: Vec<Effect>,
    /// The reason, in words.
    pub because: Option<Template>,
    /// Where it comes from.
    pub sources: Vec<Citation>,
    /// Whether it, or an exception to it at any depth, asks whether a target is excluded.
    pub asks: bool,
    /// The row of a table that it is.
    pub row: Option<RowOf>,
    /// The rule of the base that it takes the place of.
    pub replaced: Option<Replaced>,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct RowOf {
    /// The table.
    pub table: Id<Table>,
    /// Its number, from 0.
    pub number: usize,
    /// What stands in its cells of conditions.
    pub cells: Vec<Cell>,
}

/// A cell of conditions.
#[derive(Debug, Clone)]
pub struct Cell {
    /// What it says of its column.
    pub text: Arc<str>,
    /// Which part of the rule's condition it is; none where anything matches.
    pub part: Option<usize>,
}

/// A decision table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Option<Text>,
    /// Where it stands.
    pub span: Span,
    /// Where its name stands.
    pub name_span: Span,
    /// Which of the matching rows count.
    pub policy: Policy,
    /// Its rows.
    pub rows: Vec<Id<Rule>>,
    /// What each row itself asks, those before it left aside.
    pub matches: Vec<Expr>,
}

/// Something of the base that an override takes the place of.
#[derive(Debug, Clone)]
pub struct Replaced {
    /// Where it stands.
    pub span: Span,
    /// Where it comes from.
    pub sources: Vec<Citation>,
}

impl Rule {
    /// Returns the instances: one a channel under `for each`, one without channel otherwise.
    #[must_use]
    pub fn instances(&self) -> Vec<Option<Id<Channel>>> {
        self.for_each.as_ref().map_or(vec![None], ForEach::instances)
    }

    /// Returns the constants that make points of its effects.
    pub fn ratings(&self) -> impl Iterator<Item = &Expr> {
        self.effects.iter().filter_map(|effect| effect.kind.rating())
    }
}

/// One instance a channel.
#[derive(Debug, Clone)]
pub struct ForEach {
    /// The variable.
    pub variable: Arc<str>,
    /// The channels.
    pub channels: Vec<Id<Channel>>,
    /// What leaves channels out; it reads facts only.
    pub filter: Option<Expr>,
}

impl ForEach {
    /// Returns the instances, one a channel.
    #[must_use]
    pub fn instances(&self) -> Vec<Option<Id<Channel>>> {
        self.channels.iter().copied().map(Some).collect()
    }
}

/// What a rule does.
#[derive(Debug, Clone)]
pub struct Effect {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: EffectKind,
}

/// How many points an effect gives.
#[derive(Debug, Clone)]
pub enum Points {
    /// As many as are written.
    Fixed(i64),
    /// As many as a constant makes them, for each instance on each day.
    Rated(Box<Rating>),
}

/// Points that a constant makes.
#[derive(Debug, Clone)]
pub struct Rating {
    /// The constant: a whole number wherever it is known.
    pub value: Expr,
    /// The least and the greatest that it is, where no source tells a fact with whatever any channel states of it.
    pub range: (i64, i64),
}

impl Points {
    /// Returns the least and the greatest that they are.
    #[must_use]
    pub fn range(&self) -> (i64, i64) {
        match self {
            Points::Fixed(points) => (*points, *points),
            Points::Rated(rating) => rating.range,
        }
    }

    /// Returns the constant that makes them, if one does.
    #[must_use]
    pub fn rating(&self) -> Option<&Expr> {
        match self {
            Points::Fixed(_) => None,
            Points::Rated(rating) => Some(&rating.value),
        }
    }
}

/// The kinds of effects.
#[derive(Debug, Clone)]
pub enum EffectKind {
    /// Adds points to a target, which may be negative; with the index of the level that they came from.
    Score(TargetRef, Points, Option<usize>),
    /// Excludes a target.
    Exclude(TargetRef),
    /// Keeps a target's verdict from being better than this.
    Cap(TargetRef, Verdict),
    /// Makes a target need things.
    Needs(TargetRef, Vec<Need>),
    /// Says something, of a target or of the whole answer; a warning if `true`.
    Note(Option<TargetRef>, Template, bool),
}

impl EffectKind {
    /// Returns the points that the effect gives, if it gives any.
    #[must_use]
    pub fn points(&self) -> Option<&Points> {
        if let EffectKind::Score(_, points, _) = self { Some(points) } else { None }
    }

    /// Returns the constant that makes the points of the effect, if one does.
    #[must_use]
    pub fn rating(&self) -> Option<&Expr> {
        self.points()?.rating()
    }

    /// Returns the target, if the effect has one.
    #[must_use]
    pub fn target(&self) -> Option<TargetRef> {
        match self {
            EffectKind::Score(target, ..)
            | EffectKind::Exclude(target)
            | EffectKind::Cap(target, _)
            | EffectKind::Needs(target, _) => Some(*target),
            EffectKind::Note(target, ..) => *target,
        }
    }

    /// Tells whether it says something and decides nothing.
    #[must_use]
    pub fn is_note(&self) -> bool {
        matches!(self, EffectKind::Note(..))
    }
}

/// A check of one profile.
#[derive(Debug, Clone)]
pub struct Test {
    /// What is tested.
    pub title: Text,
    /// Where it stands.
    pub span: Span,
    /// The day.
    pub as_of: Option<Date>,
    /// The file that holds the profile.
    pub file: Option<Spanned<String>>,
    /// The fields' values; nothing stands for `unknown`.
    pub given: Vec<GivenValue>,
    /// What should come of it.
    pub expect: Vec<Expectation>,
}

/// A field's value in a test.
#[derive(Debug, Clone)]
pub struct GivenValue {
    /// The field.
    pub field: Id<Field>,
    /// Its value; nothing stands for `unknown`.
    pub value: Option<Value>,
    /// Where it stands.
    pub span: Span,
}

/// A check of all profiles.
#[derive(Debug, Clone)]
pub struct Property {
    /// Its name.
    pub name: Arc<str>,
    /// Where it stands.
    pub span: Span,
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

/// A rule, or all rows of a table.
pub type RuleSelector = Vec<Id<Rule>>;

/// The state of something needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NeedState {
    /// There already.
    Met,
    /// To be obtained.
    Unmet,
    /// Not known.
    Unknown,
}

impl NeedState {
    /// Returns the word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            NeedState::Met => "met",
            NeedState::Unmet => "unmet",
            NeedState::Unknown => "unknown",
        }
    }
}

/// The forms of an expectation.
#[derive(Debug, Clone)]
pub enum ExpectationKind {
    /// The target is ranked first among its kind.
    First(Target),
    /// A rule fires, or does not if `false`.
    Fires(RuleSelector, bool),
    /// A field is missing.
    Missing(Id<Field>),
    /// The verdict; undecided where there is none.
    Verdict(Target, Option<Verdict>),
    /// The leaning.
    Leaning(Target, Verdict),
    /// A verdict is open.
    CouldBe(Target, Verdict),
    /// A rule excludes it, also through needs and members.
    ExcludedBy(Target, RuleSelector),
    /// The score compared.
    Score(Target, CompareOp, i64),
    /// A measure of it, compared as the condition says.
    Measure(Target, Id<Measure>, Box<Expr>),
    /// It needs something, in a state where one is told.
    Needs(Target, Need, Option<NeedState>),
    /// A rule is among its reasons.
    Because(Target, RuleSelector),
}

/// Lets a requirement be named as a need.
impl From<Id<Requirement>> for Need {
    fn from(id: Id<Requirement>) -> Need {
        Need::Requirement(id)
    }
}
