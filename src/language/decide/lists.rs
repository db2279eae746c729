//! What an answer says besides the verdicts: disputed facts, defaults that matter, and what more could be asked.
//!
//! Each list is made when somebody asks for it, and once.

use std::cell::OnceCell;

use super::Decision;
use super::assumed::{self, Assumed};
use super::disputed::{self, DisputedFact};
use super::further::{self, Further};
use crate::model::{Target, TargetMap};

/// The lists that were made so far.
#[derive(Debug, Default)]
pub(super) struct Lists {
    disputed: OnceCell<TargetMap<Vec<DisputedFact>>>,
    assumed: OnceCell<Vec<Assumed>>,
    further: OnceCell<Further>,
}

impl Decision<'_> {
    /// Returns the disputed facts on which a target's leaning rests: with the value that another source tells, each by
    /// itself, it would lean otherwise.
    #[must_use]
    pub fn disputed_facts(&self, target: Target) -> &[DisputedFact] {
        &self.lists.disputed.get_or_init(|| disputed::find(self))[target]
    }

    /// Returns the defaults that were assumed and could change a verdict: with another value of that field, and it alone,
    /// some target would lean otherwise.
    #[must_use]
    pub fn assumed(&self) -> &[Assumed] {
        self.lists.assumed.get_or_init(|| assumed::find(self))
    }

    /// Returns the fields, besides those missing, that could add or settle something to do or add a note.
    #[must_use]
    pub fn further(&self) -> &Further {
        self.lists.further.get_or_init(|| further::find(self))
    }
}
