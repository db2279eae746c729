//! Checks that live with a ruleset: its tests, snapshots of its decisions, and what came of them.
//!
//! Like the rest of the library it opens no file: the caller brings the ruleset, and the profile of a test that names a
//! file. [`run`] gives an outcome for each test; [`report`] tells the outcomes of all rulesets in one of several forms.

mod case;
pub mod causes;
mod coverage;
mod expect;
mod outside;
mod prove;
pub mod report;
mod rests;
mod run;
mod snapshot;
mod suggest;

pub use case::{CaseRun, CaseState, difference};
pub use coverage::{Coverage, Kind, Unseen};
pub use outside::snapshot_of;
pub use prove::prove;
pub use rests::rests_on;
pub use run::{
    Failure, PropertyOutcome, PropertyRun, RulesetRun, TestRun, base_profile, properties, run, run_observed,
    selected, test_profile,
};
pub use snapshot::{
    has_conflict, has_texts, renewed, snapshot, snapshot_contents, snapshot_file, snapshot_rests,
    snapshot_with_texts,
};
pub use suggest::{Suggestions, suggest};
