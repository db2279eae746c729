//! The part of the Python package `qudao` that is written in Rust. `qudao/*.py` stands before it: what Python people
//! meet is there, with its documentation; here each class does one thing for it, and answers in JSON where much is told.

#![expect(
    clippy::disallowed_methods,
    reason = "a program in Python brings paths, and the day is today's where it names none"
)]

/// The command, which the wheel holds as well; its way to files is this package's, too.
#[path = ".."]
mod host {
    pub(crate) mod cli;
}
mod decision;
mod difference;
mod error;
mod held;
mod interview;
mod profile;
mod ruleset;
mod table;

use std::ffi::OsString;
use std::process::ExitCode;

use host::cli;
use pyo3::prelude::*;
use qudao_language::syntax;

/// Runs the command `qudao` with these arguments, the name of the program first; returns its exit status.
#[pyfunction]
fn command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    let ended = py.detach(|| cli::run(arguments));
    // A status says nothing but whether it is one of these.
    (0..=u8::MAX).find(|status| ended == ExitCode::from(*status)).unwrap_or(u8::MAX)
}

/// Tells whether a file begins a ruleset; others are parts of one.
#[pyfunction]
fn begins_ruleset(text: &[u8]) -> bool {
    syntax::begins_ruleset(text)
}

#[pymodule]
fn _qudao(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<ruleset::Ruleset>()?;
    module.add_class::<decision::Decision>()?;
    module.add_class::<difference::Difference>()?;
    module.add_class::<table::Answers>()?;
    module.add_class::<table::Columns>()?;
    module.add_function(wrap_pyfunction!(begins_ruleset, module)?)?;
    module.add_function(wrap_pyfunction!(command, module)?)
}
