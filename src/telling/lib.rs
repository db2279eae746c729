//! What a decision says: in words, and as JSON; and the sheet of facts.

#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::disallowed_methods)]

pub mod certificate;
pub mod document;
pub mod facts;
pub mod report;
pub mod result;
#[cfg(feature = "html")]
pub mod site;
pub mod summary;
pub mod verify;
pub mod why;
pub mod words;
#[cfg(feature = "xlsx")]
pub mod workbook;
