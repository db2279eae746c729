//! Single conditions, judged by themselves.

use std::collections::BTreeSet;

use super::awaits::collect;
use super::eval::{Context, Silent};
use super::judged::Judged;
use super::trace::Recording;
use super::verdict::Await;
use crate::date::Date;
use crate::model::{Channel, Expr, Field, Id, Profile, Ruleset, Value};

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

    /// Takes a field to have a value, in place of the one assumed before; with nothing, the profile counts alone.
    pub fn assume(&mut self, assumed: Option<(Id<Field>, Value)>) {
        self.context.assume(assumed);
    }

    /// Judges on another day from now on.
    pub fn on(&mut self, day: Date) {
        self.context.on(day);
    }

    /// Takes targets to be excluded as told, by [`Ruleset::target_index`].
    pub fn exclude(&mut self, excluded: Vec<Judged>) {
        self.context.exclude(excluded);
    }

    /// Judges a condition for an instance of a rule.
    #[must_use]
    pub fn judge(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Judged {
        self.context.truth(expr, channel, &mut Silent)
    }

    /// Returns the fields that a condition waits for: the unknown ones in those of its parts that they leave open.
    #[must_use]
    pub fn awaits(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Vec<Id<Field>> {
        let mut recording = Recording::default();
        self.context.truth(expr, channel, &mut recording);
        let mut found = BTreeSet::new();
        if let Some(trace) = recording.finish() {
            collect(&trace, true, &mut found, &mut Vec::new());
        }
        let fields = found.into_iter().filter_map(|awaited| match awaited {
            Await::Field(field) => Some(field),
            Await::Fact(..) => None,
        });
        fields.collect()
    }
}
