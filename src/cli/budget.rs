//! `--budget`, and the line that tells that a command is still at work.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use qudao_analysis::analyse::diagram::Budget;
use qudao_engine::advise::STEPS;

/// How much a command may spend.
#[derive(clap::Args, Clone, Copy, Default, Debug)]
pub(crate) struct Spending {
    /// Prove and search for about so long, such as `5s`, `500ms` or `2m`; counted in steps, so it reaches as far on every
    /// machine
    #[arg(long, value_name = "TIME", value_parser = milliseconds)]
    budget: Option<u64>,
}

impl Spending {
    /// The budget of each of so many questions, which share what there is.
    pub(crate) fn each(&self, questions: u64) -> Budget {
        self.budget.map_or_else(Budget::default, |milliseconds| Budget::of(milliseconds, questions))
    }

    /// How many steps a search for changes takes.
    pub(crate) fn steps(&self) -> usize {
        let steps = |milliseconds: u64| milliseconds.saturating_mul(STEPS as u64) / 1000;
        self.budget.map_or(STEPS, |milliseconds| usize::try_from(steps(milliseconds)).unwrap_or(usize::MAX))
    }
}

/// Reads a time.
fn milliseconds(text: &str) -> Result<u64, String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => 0,
    };
    let number = number.parse::<u64>().ok().filter(|number| *number > 0 && factor > 0);
    let time = number.and_then(|number| number.checked_mul(factor));
    time.ok_or_else(|| "a time is a whole number with its unit, `5s`, `500ms` or `2m`".to_string())
}

/// So long nobody wonders whether anything happens.
const SILENT: Duration = Duration::from_secs(1);

/// Tells on a terminal what a command is at, once that takes more than a second, until this is dropped.
pub(crate) struct Waiting {
    line: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

impl Waiting {
    pub(crate) fn new(what: &'static str) -> Waiting {
        let line = io::stderr().is_terminal().then(|| {
            let (ended, ends) = mpsc::channel::<()>();
            (ended, std::thread::spawn(move || tell(what, &ends)))
        });
        Waiting { line }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some((ended, thread)) = self.line.take() {
            drop(ended);
            // A line that could not be told is no reason to fail.
            let _ = thread.join();
        }
    }
}

/// Whether the line stands on the terminal; who writes it, or anything else, holds this meanwhile.
static TOLD: Mutex<bool> = Mutex::new(false);

/// Takes the line away, so that something else can be written.
pub(crate) fn make_room() {
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if std::mem::take(&mut *told) {
        // A line that could not be taken away is no reason to fail.
        let _ = write!(io::stderr(), "\r{:78}\r", "");
    }
}

fn tell(what: &str, ends: &mpsc::Receiver<()>) {
    let start = Instant::now();
    while ends.recv_timeout(SILENT) == Err(RecvTimeoutError::Timeout) {
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        let line = format!("{what}, {} s", start.elapsed().as_secs());
        *told |= write!(io::stderr(), "\r{line:<78}").is_ok();
    }
    make_room();
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn times_have_a_unit() {
        assert_eq!(milliseconds("500ms"), Ok(500));
        assert_eq!(milliseconds("5s"), Ok(5_000));
        assert_eq!(milliseconds("2m"), Ok(120_000));
        for wrong in
            ["", "5", "s", "0s", "-1s", "1.5s", "5 s", "5h", "99999999999999999999s", "9999999999999999999m"]
        {
            assert!(milliseconds(wrong).is_err(), "{wrong}");
        }
    }
}
