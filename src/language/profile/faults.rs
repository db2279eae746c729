//! What is wrong with a profile: the first hundred mistakes, and how many more there are, which nobody would read.

use crate::diagnostic::{self, Diagnostic, MOST_TOLD};
use crate::source::Span;

/// Mistakes as they are found.
#[derive(Clone, Default, Debug)]
pub(super) struct Faults {
    list: Vec<Diagnostic>,
    more: usize,
}

impl From<Vec<Diagnostic>> for Faults {
    fn from(list: Vec<Diagnostic>) -> Faults {
        let mut faults = Faults::default();
        faults.extend(list);
        faults
    }
}

impl Extend<Diagnostic> for Faults {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, found: I) {
        found.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

impl Faults {
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        if !self.pass() {
            self.list.push(diagnostic);
        }
    }

    /// Counts a mistake that is not told; tells whether it is none of the first.
    pub(super) fn pass(&mut self) -> bool {
        let full = self.list.len() >= MOST_TOLD;
        self.more += usize::from(full);
        full
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    pub(super) fn clear(&mut self) {
        *self = Faults::default();
    }

    /// Returns them in the order of the file, and the count of the others; `whole` is where the file stands.
    pub(super) fn sorted(mut self, whole: Span) -> Vec<Diagnostic> {
        diagnostic::sort(&mut self.list);
        if self.more > 0 {
            self.list.push(diagnostic::more(self.more, whole));
        }
        self.list
    }
}
