//! What an editor asks about a ruleset: where names stand and what they mean, what may follow a place, what a file holds,
//! and what a change of a name changes.
//!
//! Plain data in and out. It speaks no protocol, opens no file and starts no thread; a [`project::Project`] is made of
//! files that the caller brought, and made anew when one of them changes.

#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::disallowed_methods)]

pub mod forms;
pub mod given;
pub mod hints;
pub mod hover;
pub mod offers;
pub mod position;
pub mod project;
pub mod rename;
pub mod structure;
pub mod tokens;
