//! The language: files, diagnostics, syntax, model, the checker, the formatter, profiles, and the evaluation that defines
//! what a ruleset means.
//!
//! It opens no file, prints nothing and reads no clock: [`syntax::Sources`] says which files it still wants, the caller
//! brings them, and the day is an input.

#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::disallowed_methods)]

#[cfg(feature = "xlsx")]
pub mod book;
pub mod bundled;
pub mod check;
pub mod date;
pub mod decide;
pub mod diagnostic;
pub mod exact;
pub mod format;
pub mod layout;
pub mod model;
pub mod operator;
pub mod profile;
pub mod source;
pub mod syntax;
pub mod visible;
