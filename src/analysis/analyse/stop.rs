//! Work that somebody may call off: an editor, whose text has changed on.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};

/// Whether work is to go on. Whoever calls it off changes a number.
#[derive(Clone, Copy, Default, Debug)]
pub struct Stop(Option<(&'static AtomicU64, u64)>);

/// What work that was called off unwinds with; no panic is told of it.
#[derive(Clone, Copy, Debug)]
pub struct CalledOff;

impl Stop {
    /// Work goes on as long as the number is what it is now.
    #[must_use]
    pub fn once_changed(number: &'static AtomicU64) -> Stop {
        Stop(Some((number, number.load(Ordering::Relaxed))))
    }

    /// Goes on, unless the work was called off: then it unwinds to whoever began it, as no result is wanted any more.
    pub(super) fn check(self) {
        if let Some((number, begun)) = self.0
            && number.load(Ordering::Relaxed) != begun
        {
            resume_unwind(Box::new(CalledOff));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;

    #[test]
    fn work_goes_on_until_the_number_changes() {
        static NUMBER: AtomicU64 = AtomicU64::new(3);
        let stop = Stop::once_changed(&NUMBER);
        stop.check();
        Stop::default().check();
        NUMBER.fetch_add(1, Ordering::Relaxed);
        let unwound = catch_unwind(|| stop.check()).unwrap_err();
        assert!(unwound.is::<CalledOff>());
        Stop::once_changed(&NUMBER).check();
    }
}
