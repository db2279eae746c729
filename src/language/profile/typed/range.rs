//! Whether a value lies in the range of its field.

use super::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Field, Number, Type, Unit, Value};
use crate::profile::tree::Node;

impl Reader<'_> {
    /// Tells whether a value lies in its field's range, and complains if not.
    pub(super) fn in_range(&mut self, value: &Value, field: &Field, node: &Node) -> bool {
        if field.allows(value) {
            return true;
        }
        let below = field.low.as_ref().is_some_and(|low| value.compare(low).is_some_and(|o| o.is_lt()));
        let bound = if below { &field.low } else { &field.high };
        let bound = bound.as_ref().map(|bound| self.shown(bound, field.ty)).unwrap_or_default();
        let (most, than) = match (field.ty, below) {
            (Type::Date, true) => ("not before", "this is earlier"),
            (Type::Date, false) => ("not after", "this is later"),
            (_, true) => ("at least", "this is less"),
            (_, false) => ("at most", "this is more"),
        };
        let mut diagnostic =
            Diagnostic::new(Code::OutOfRange, node.span, format!("`{}` is {most} {bound}", field.name))
                .here(self.label(value, field, than));
        if let (Some(low), Some(high)) = (&field.low, &field.high) {
            let (low, high) = (self.bare_shown(low, field.ty), self.shown(high, field.ty));
            diagnostic = diagnostic.note(format!("it lies in {low} .. {high}"));
        }
        self.complain(diagnostic);
        false
    }

    /// Says by how much: in the field's own unit, where the number has another.
    fn label(&self, value: &Value, field: &Field, than: &str) -> String {
        let (Value::Number(number), Type::Number(ty)) = (value, field.ty) else { return than.into() };
        match &number.written {
            Some(written) if written.unit != ty.unit => {
                format!("this is {}, {}", self.number_shown(number, ty.unit), than.replace("this", "which"))
            }
            _ => than.into(),
        }
    }

    fn number_shown(&self, number: &Number, unit: Unit) -> String {
        match self.ruleset.units.name(unit, number.value != crate::exact::Exact::ONE) {
            unit if unit.is_empty() => number.value.to_string(),
            unit if unit == "percent" => format!("{}%", number.value),
            unit => format!("{} {unit}", number.value),
        }
    }

    /// Returns the lower bound of a range, whose unit stands behind the upper one.
    fn bare_shown(&self, value: &Value, ty: Type) -> String {
        value.as_number().map_or_else(|| self.shown(value, ty), |number| number.to_string())
    }

    fn shown(&self, value: &Value, ty: Type) -> String {
        match (value, ty) {
            (Value::Number(number), Type::Number(ty)) => self.number_shown(number, ty.unit),
            (Value::Date(date), _) => date.to_string(),
            (Value::Enum(member), Type::Enum(id)) => self.ruleset.enums[id].member_name(*member).to_string(),
            _ => String::new(),
        }
    }
}
