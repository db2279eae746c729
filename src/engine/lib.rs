//! The engine: a ruleset on one day, run as rows of bits, over tables; the next question, and the smallest change.

#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::disallowed_methods)]

pub mod advise;
pub mod ask;
pub mod ground;
pub mod program;
