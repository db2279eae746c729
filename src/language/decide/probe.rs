//! Single conditions, judged by themselves.

use std::collections::BTreeSet;

use super::awaits::Conditions;
use super::cuts::Cuts;
use super::eval::{Context, Silent};
use super::judged::Judged;
use super::measures::Measured;
use super::verdict::Await;
use crate::date::Date;
use crate::exact::Exact;
use crate::model::{Channel, Expr, Field, Id, Points, Profile, Ruleset, Target, TargetMap, Value};

/// Judges single conditions of a ruleset, for those who take a ruleset apart. Whether a target is excluded is not known
/// here unless told.
#[derive(Debug)]
pub struct Probe<'r> {
    context: Context<'r>,
}

impl<'r> Probe<'r> {
    /// Makes a probe for a profile on a day.
    #[must_use]
    pub fn new(ruleset: &'r Ruleset, profile: &'r Profile, day: Date) -> Probe<'r> {
        Probe { context: Context::new(ruleset, profile, day) }
    }

    /// Takes a field to have a value; without one, what the profile says counts again.
    pub fn assume(&mut self, field: Id<Field>, value: Option<Value>) {
        self.context.assume(field, value);
    }

    /// Judges on another day from now on.
    pub fn on(&mut self, day: Date) {
        self.context.on(day);
    }

    /// Takes targets to be excluded as told.
    pub fn exclude(&mut self, excluded: TargetMap<Judged>) {
        self.context.exclude(excluded);
    }

    /// Judges a condition for an instance of a rule.
    #[must_use]
    pub fn judge(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Judged {
        self.context.truth(expr, channel, &mut Silent)
    }

    /// Returns the value of an expression for an instance of a rule, if it is known.
    #[must_use]
    pub fn value(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Value> {
        self.context.any_value(expr, channel)
    }

    /// Returns the points that an effect gives an instance; nothing where no source tells a fact that makes them.
    #[must_use]
    pub fn points(&self, points: &'r Points, channel: Option<Id<Channel>>) -> Option<i64> {
        self.context.points(points, channel)
    }

    /// Returns what each measure is of a target that has it, in the order of declaration.
    #[must_use]
    pub fn measured(&self, target: Target) -> Vec<Measured> {
        self.context.measured(target)
    }

    /// Returns the one field that a condition reads, lets followed; nothing where it reads others, asks what is excluded, or
    /// which rows of a table come before.
    #[must_use]
    pub fn only_field(&self, expr: &Expr) -> Option<Id<Field>> {
        self.context.only_field(expr)
    }

    /// Returns the fields that a condition over several is judged by the values of where it waits for nothing else: several
    /// of its atoms read them, each of these no other field.
    #[must_use]
    pub fn read_again(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Vec<Id<Field>> {
        self.context.read_again(expr, channel)
    }

    /// Returns the numbers, days by their number, at which a condition over one unknown field may turn round; nothing
    /// where it may do so elsewhere too.
    #[must_use]
    pub fn turns(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        field: Id<Field>,
    ) -> Option<Vec<Exact>> {
        self.context.turns(expr, channel, field)
    }

    /// Returns the numbers, days by their number, at which conditions may turn round as one field, a number or a day, changes
    /// and all others stay as they are; and whether they do so nowhere else.
    #[must_use]
    pub fn all_turns(
        &self,
        conditions: impl IntoIterator<Item = (&'r Expr, Option<Id<Channel>>)>,
        field: Id<Field>,
    ) -> (Vec<Exact>, bool) {
        let mut cuts = Cuts::of_one(&self.context, field);
        conditions.into_iter().for_each(|(expr, channel)| cuts.visit(expr, channel));
        cuts.turns(field)
    }

    /// Returns values of which one is in each range in which a condition over one unknown field, a number or a day, comes
    /// out the same; nothing where it may turn round within one.
    #[must_use]
    pub fn telling_values(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        field: Id<Field>,
    ) -> Option<Vec<Value>> {
        self.context.telling_values(expr, channel, field)
    }

    /// Returns the fields that a condition waits for: the unknown ones in those of its parts that they leave open.
    #[must_use]
    pub fn awaits(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Vec<Id<Field>> {
        let mut found = BTreeSet::new();
        Conditions::new(&self.context).collect(expr, channel, &mut found);
        let fields = found.into_iter().filter_map(|awaited| match awaited {
            Await::Field(field) => Some(field),
            Await::Fact(..) => None,
        });
        fields.collect()
    }
}
