//! Where an expression stands, and so what it may ask.

use std::sync::Arc;

use crate::model::{Channel, Id};

/// What an expression may name and ask, by the place where it stands.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// The rule's variable, if there is one.
    pub(super) variable: Option<Arc<str>>,
    /// The channels that the variable stands for.
    pub(super) each: Vec<Id<Channel>>,
    /// The place, for messages: `` `where` ``, `a let`.
    pub(super) place: &'static str,
    /// Whether fields and lets may be read.
    pub(super) fields: bool,
    /// Whether it may ask if a target is excluded.
    pub(super) may_ask: bool,
    /// Whether it may ask if a field is known.
    pub(super) may_ask_fields: bool,
}

impl Scope {
    /// A place outside of rules: fields and facts of named channels, no questions about verdicts.
    pub(super) fn plain(place: &'static str) -> Scope {
        Scope { variable: None, each: Vec::new(), place, fields: true, may_ask: false, may_ask_fields: false }
    }
}
