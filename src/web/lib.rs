//! Qudao for a page and for JavaScript. A [`Session`] keeps rulesets that are read and checked; each call is a JSON object
//! that says what is asked, and gives a JSON object. Like the rest of the library it opens no file and reads no clock:
//! the caller brings texts and the day.

#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::disallowed_methods)]

mod abi;
mod answers;
mod calls;
mod editing;
mod held;
mod interview;

pub use calls::Session;
