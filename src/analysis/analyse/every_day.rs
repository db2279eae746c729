//! All days at once: the day becomes one more field of the profile, so that what is proved holds on every day.
//!
//! The ruleset that is studied reads a date field in place of `today`; [`Ground`] reads facts at the day that it says.
//! That field is never unknown, and behind all fields of the ruleset, so that all ids stay what they are.

use qudao_engine::ground::Ground;
use qudao_language::date::Date;
use qudao_language::model::{Expr, ExprKind, Field, Id, Profile, Ruleset, Type, Value};

/// A ruleset in which a field says which day it is.
#[derive(Debug)]
pub(super) struct EveryDay {
    /// The ruleset.
    pub(super) ruleset: Ruleset,
    /// The field.
    pub(super) today: Id<Field>,
}

impl EveryDay {
    /// Makes the day a field; nothing for a ruleset that says the same on every day.
    pub(super) fn of(ruleset: &Ruleset) -> Option<EveryDay> {
        if !ruleset.uses_day {
            return None;
        }
        let mut ruleset = ruleset.clone();
        let today = ruleset.fields.push(Field {
            name: "today".into(),
            span: ruleset.name_span,
            ty: Type::Date,
            question: None,
            low: None,
            high: None,
            default: None,
            required: true,
            fixed: true,
            was: Vec::new(),
            section: None,
        });
        let mut replace = |expr: &mut Expr| read(today, expr);
        let lets = ruleset.lets.iter_mut().map(|declared| &mut declared.value);
        lets.for_each(|expr| expr.walk_mut(&mut replace));
        for rule in ruleset.rules.iter_mut() {
            let filter = rule.for_each.as_mut().and_then(|for_each| for_each.filter.as_mut());
            filter.into_iter().chain(&mut rule.when).for_each(|expr| expr.walk_mut(&mut replace));
        }
        let rows = ruleset.tables.iter_mut().flat_map(|table| &mut table.matches);
        rows.for_each(|expr| expr.walk_mut(&mut replace));
        let owned = ruleset.channels.iter_mut().filter_map(|channel| channel.owned.as_mut());
        owned.for_each(|expr| expr.walk_mut(&mut replace));
        let met = ruleset.requirements.iter_mut().filter_map(|requirement| requirement.met.as_mut());
        met.for_each(|expr| expr.walk_mut(&mut replace));
        Some(EveryDay { ruleset, today })
    }

    /// Returns a condition of the ruleset that reads the field in place of `today`.
    pub(super) fn condition(&self, condition: &Expr) -> Expr {
        let mut condition = condition.clone();
        condition.walk_mut(&mut |expr| read(self.today, expr));
        condition
    }
}

fn read(today: Id<Field>, expr: &mut Expr) {
    if matches!(expr.kind, ExprKind::Today) {
        expr.kind = ExprKind::Field(today);
    }
}

/// Returns the day that a profile is looked at on.
pub(super) fn day_of(ground: &Ground<'_>, profile: &Profile) -> Date {
    match ground.today.and_then(|today| profile.get(today).value.as_ref()) {
        Some(Value::Date(day)) => *day,
        _ => ground.day,
    }
}

/// Returns a profile without the field that says the day.
pub(super) fn without_day(ground: &Ground<'_>, mut profile: Profile) -> Profile {
    if let Some(today) = ground.today {
        profile.values = profile.values.iter().take(today.index()).cloned().collect();
    }
    profile
}

/// Has a profile looked at on the usual day.
pub(super) fn on_usual_day(ground: &Ground<'_>, profile: &mut Profile) {
    if let Some(today) = ground.today {
        profile.set(today, Some(Value::Date(ground.day)));
    }
}
