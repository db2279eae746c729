//! What measures come out as.

use super::eval::{Context, Silent};
use super::judged::Truth;
use super::verdict::Await;
use crate::exact::Exact;
use crate::model::{Expr, Id, Measure, Number, Target, Value};

/// What a measure is of a target that has it.
#[derive(Clone, PartialEq, Debug)]
pub struct Measured {
    /// The measure.
    pub measure: Id<Measure>,
    /// Its value; nothing where it is unknown.
    pub value: Option<Value>,
    /// The least that it may come out as, by the declared ranges of the unknown fields; the value where it is known.
    pub low: Option<Exact>,
    /// The greatest.
    pub high: Option<Exact>,
}

impl<'r> Context<'r> {
    /// What each measure is of a target, in the order of declaration.
    pub(super) fn measured(&self, target: Target) -> Vec<Measured> {
        let measures = self.ruleset.measures.entries();
        measures.filter_map(|(id, _)| Some(self.measure(id, self.measure_of(id, target)?))).collect()
    }

    /// How a measure of a target is computed; nothing where it does not have it.
    pub(super) fn measure_of(&self, id: Id<Measure>, target: Target) -> Option<&'r Expr> {
        let measure = &self.ruleset.measures[id];
        let expr = measure.of.get(&target)?;
        let (Target::Channel(channel), Some(filter)) = (target, &measure.for_each.filter) else {
            return Some(expr);
        };
        let left_out = self.truth(filter, Some(channel), &mut Silent).truth == Truth::False;
        (!left_out).then_some(expr)
    }

    fn measure(&self, id: Id<Measure>, expr: &'r Expr) -> Measured {
        let valued = self.value(expr, None, &mut Silent);
        let value = valued.known().map(|value| in_unit_of(&self.ruleset.measures[id], value));
        // A fact that no source tells may be anything.
        let fact = |awaited: &Await| matches!(awaited, Await::Fact(..));
        let bounded = value.is_some() || !self.unknown_parts(&[(expr, None)]).iter().any(fact);
        let (low, high) = if bounded { valued.ends() } else { (None, None) };
        Measured { measure: id, value, low, high }
    }
}

/// A value in the unit of a measure, whatever unit the fact that it comes from is stated in: what is compared side by side
/// is told alike.
fn in_unit_of(measure: &Measure, value: &Value) -> Value {
    match value {
        Value::Number(number) if number.written.as_ref().is_some_and(|it| it.unit != measure.ty.unit) => {
            Value::Number(Number::calculated(number.value))
        }
        other => other.clone(),
    }
}
