//! What holds of all profiles: findings, properties, differences; and the tests of a ruleset.

#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::disallowed_methods)]

pub mod analyse;
pub mod testing;
