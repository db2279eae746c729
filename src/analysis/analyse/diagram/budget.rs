//! How much may be built to settle a question.

/// How much may be built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// How many nodes there may be.
    pub nodes: usize,
    /// How many pairs of nodes may be combined.
    pub steps: u64,
}

impl Default for Budget {
    /// Less than a second of work, and a hundred megabytes at most.
    fn default() -> Budget {
        Budget { nodes: 400_000, steps: 2_500_000 }
    }
}

/// So many steps are a second's work on an ordinary machine, with the examples that are looked for on the way.
const STEPS_A_SECOND: u64 = 2_500_000;
/// However much time there is, no more nodes are made than this: half a gigabyte.
const MOST_NODES: u64 = 2_000_000;

impl Budget {
    /// Returns the budget of each of some questions that have so many milliseconds together. It is counted in steps, so it
    /// reaches as far on every machine.
    #[must_use]
    pub fn of(milliseconds: u64, questions: u64) -> Budget {
        let steps = milliseconds.saturating_mul(STEPS_A_SECOND / 1000) / questions.max(1);
        let usual = Budget::default();
        let nodes = steps.saturating_mul(usual.nodes as u64) / usual.steps;
        Budget { nodes: nodes.min(MOST_NODES) as usize, steps }
    }

    /// Returns so much of other work as there is of steps: all of it for the usual budget.
    pub(in super::super) fn share(self, work: usize) -> usize {
        let share = (work as u64).saturating_mul(self.steps) / Budget::default().steps;
        usize::try_from(share).unwrap_or(usize::MAX)
    }
}
