//! Measures: numbers that come out for each channel.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Expr, ExprKind, Field, ForEach, Id, NumberType, Ruleset, Target, Text, Type};
use crate::source::Span;

/// A number that comes out for each channel.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub span: Span,
    /// Its title.
    pub title: Option<Text>,
    /// The type of the number.
    pub ty: NumberType,
    /// The channels that have it.
    pub for_each: ForEach,
    /// Whether more is better.
    pub higher: bool,
    /// Whether a mix has the sum of its members'.
    pub sums: bool,
    /// What it is of each target that has it: of a channel a let, of a mix a sum of these.
    pub of: BTreeMap<Target, Expr>,
    /// Whether it is no more of one target than of another of its kind, or of itself: where it ranks, for those who prove
    /// something of the order. Empty where there are too many targets.
    pub compared: BTreeMap<(Target, Target), Expr>,
}

/// What targets are ranked by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RankBy {
    /// The score, more being better.
    Score,
    /// A measure.
    Measure(Id<Measure>),
}

impl Measure {
    /// Returns the title in a language; the name where it has none.
    #[must_use]
    pub fn title(&self, language: &str) -> &str {
        self.title.as_ref().map_or(&self.name, |title| title.get(language))
    }

    /// Returns the type as that of an expression.
    #[must_use]
    pub fn value_type(&self) -> Type {
        Type::Number(self.ty)
    }
}

impl Ruleset {
    /// Tells whether targets are ranked by anything but the score.
    #[must_use]
    pub fn ranks_by_measures(&self) -> bool {
        self.rank.iter().any(|rank| matches!(rank, RankBy::Measure(_)))
    }

    /// Returns the fields that measures read, lets followed.
    #[must_use]
    pub fn measured_fields(&self) -> BTreeSet<Id<Field>> {
        self.measures.iter().flat_map(|measure| self.fields_measured_by(measure)).collect()
    }

    /// Returns the fields that a measure reads.
    #[must_use]
    pub fn fields_measured_by(&self, measure: &Measure) -> BTreeSet<Id<Field>> {
        let mut fields = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<&Expr> = measure.of.values().collect();
        while let Some(expr) = open.pop() {
            expr.walk(&mut |part| match &part.kind {
                ExprKind::Field(id) => _ = fields.insert(*id),
                ExprKind::Let(id) if seen.insert(*id) => open.push(&self.lets[*id].value),
                _ => {}
            });
        }
        fields
    }
}
