//! The outcomes of tests, told in one of several forms.

mod github;
mod json;
mod junit;
mod snapshots;
mod told;

pub use github::github;
pub use json::to_json;
pub use junit::junit;
pub use snapshots::{cause, causes_of, in_full, proposals};
pub use told::told;

use super::{CaseState, PropertyOutcome, RulesetRun};
use qudao_language::source::Place;
use qudao_telling::words::Tongue;

/// A place as people read it.
fn place(at: &Place) -> String {
    format!("{}:{}", at.file, at.line)
}

/// How many checks came out how.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Summary {
    /// Tests, proved properties, and cases that are as their snapshots say.
    pub passed: usize,
    /// Tests, properties and cases.
    pub failed: usize,
    /// Cases without a snapshot.
    pub new: usize,
    /// Snapshots without a case.
    pub unreferenced: usize,
    /// Tests that were left out.
    pub skipped: usize,
    /// Properties that nobody looked at.
    pub not_checked: usize,
    /// Properties that were neither proved nor refuted.
    pub undecided: usize,
    /// Those of them that are taken for failures.
    pub denied: usize,
    /// Rulesets that could not be read.
    pub broken: usize,
}

impl Summary {
    /// Counts what came of some rulesets' checks.
    #[must_use]
    pub fn of(runs: &[RulesetRun]) -> Summary {
        let mut summary = Summary::default();
        for run in runs {
            summary.unreferenced += run.unreferenced.len();
            for case in &run.cases {
                match &case.state {
                    CaseState::Same(_) | CaseState::Accepted { .. } => summary.passed += 1,
                    CaseState::Pending { old: None, .. } => summary.new += 1,
                    CaseState::Pending { old: Some(_), .. }
                    | CaseState::LeftOver(_)
                    | CaseState::Broken(_) => summary.failed += 1,
                }
            }
            summary.skipped += run.skipped;
            summary.broken += usize::from(run.broken);
            for test in &run.tests {
                *if test.passed() { &mut summary.passed } else { &mut summary.failed } += 1;
            }
            for property in &run.properties {
                match property.outcome {
                    PropertyOutcome::NotChecked => summary.not_checked += 1,
                    PropertyOutcome::Proved => summary.passed += 1,
                    PropertyOutcome::Fails(_) => summary.failed += 1,
                    PropertyOutcome::Undecided(_) => {
                        summary.undecided += 1;
                        summary.denied += usize::from(run.deny_undecided);
                    }
                }
            }
        }
        summary
    }

    /// Tells whether nothing was checked at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.passed + self.failed + self.new + self.undecided == 0
    }

    /// Tells whether all is well: something was checked, nothing failed, and nothing is undecided where that is denied.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let wrong = self.failed + self.broken + self.new + self.unreferenced + self.denied;
        !self.is_empty() && wrong == 0
    }

    /// Returns it in words, on one line.
    #[must_use]
    pub fn words(&self, tongue: Tongue) -> String {
        let others = [
            self.failed,
            self.new,
            self.unreferenced,
            self.broken,
            self.skipped,
            self.undecided,
            self.not_checked,
        ];
        tongue.outcomes(self.passed, others)
    }
}

/// The language in which what several rulesets have in common is told.
fn tongue_of(runs: &[RulesetRun]) -> Tongue {
    runs.first().map(|run| run.tongue).unwrap_or_default()
}
