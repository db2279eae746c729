//! How far a batch has come, on a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use super::files::Source;

/// One line on a terminal, written over again and again; nothing where standard error is none.
pub(super) struct Progress {
    shown: bool,
    start: Instant,
    last: Instant,
    /// All bytes, where that is known.
    size: Option<u64>,
    bytes: u64,
    rows: u64,
}

impl Progress {
    pub(super) fn new(sources: &[Source], quiet: bool) -> Progress {
        let now = Instant::now();
        Progress {
            shown: !quiet && io::stderr().is_terminal(),
            start: now,
            last: now,
            size: sources.iter().map(Source::size).sum(),
            bytes: 0,
            rows: 0,
        }
    }

    /// Tells what was answered: so many rows, of so many bytes.
    pub(super) fn add(&mut self, rows: u64, bytes: u64) {
        self.rows += rows;
        self.bytes += bytes;
        if !self.shown || self.last.elapsed() < Duration::from_millis(200) {
            return;
        }
        self.last = Instant::now();
        let seconds = self.start.elapsed().as_secs_f64().max(0.001);
        let rows = self.rows;
        let rate = rows as f64 / seconds;
        let left = self.size.filter(|size| *size > 0 && self.bytes > 0).map(|size| {
            let share = (self.bytes as f64 / size as f64).min(1.0);
            format!(", {:.0} %, {:.0} s left", share * 100.0, seconds / share - seconds)
        });
        let line = format!("{rows} rows, {rate:.0} a second{}", left.unwrap_or_default());
        // What cannot be shown is not worth an error.
        let _ = write!(io::stderr(), "\r{line:<78}");
    }

    /// Takes the line away.
    pub(super) fn end(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r{:78}\r", "");
        }
    }
}
