//! A business profile: a value for each field, and where it came from.

use super::{Arena, Field, Id, Ruleset, Value};
use crate::source::Place;

/// A business profile, checked against a ruleset's fields.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name: the file's without its ending.
    pub name: String,
    /// The file it was read from, as the caller named it.
    pub file: Option<String>,
    /// One value a field, in the order of declaration.
    pub values: Arena<FieldValue>,
}

/// The value of a field.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldValue {
    /// The value; nothing where it is unknown.
    pub value: Option<Value>,
    /// Where it came from.
    pub origin: Origin,
    /// Where it stands in the profile's file.
    pub at: Option<Place>,
}

/// Where a field's value came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The profile gives it, or says that it is not sure.
    Given,
    /// The profile leaves it out; the field's default is assumed.
    Default,
    /// The profile leaves it out, and there is no default.
    Missing,
}

impl Origin {
    /// Returns the word for this origin.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Given => "given",
            Origin::Default => "default",
            Origin::Missing => "missing",
        }
    }
}

impl Profile {
    /// Returns a profile that gives nothing: every field has its default or is unknown.
    #[must_use]
    pub fn empty(ruleset: &Ruleset, name: &str) -> Profile {
        let values = ruleset.fields.iter().map(FieldValue::left_out).collect();
        Profile { name: name.to_string(), file: None, values }
    }

    /// Gives a field a value, or none for "not sure".
    pub fn set(&mut self, field: Id<Field>, value: Option<Value>) {
        self.values[Id::new(field.index())] = FieldValue { value, origin: Origin::Given, at: None };
    }

    /// Returns the value of a field.
    #[must_use]
    pub fn get(&self, field: Id<Field>) -> &FieldValue {
        &self.values[Id::new(field.index())]
    }
}

impl FieldValue {
    /// Returns what a field has that a profile leaves out.
    #[must_use]
    pub fn left_out(field: &Field) -> FieldValue {
        let origin = if field.default.is_some() { Origin::Default } else { Origin::Missing };
        FieldValue { value: field.default.clone(), origin, at: None }
    }
}
