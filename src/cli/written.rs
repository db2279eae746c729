//! How a result is written, and where: alike in every command.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

/// The formats of a result.
pub(crate) trait Formats: ValueEnum + Copy + Send + Sync + 'static {
    /// For people.
    const TEXT: Self;
    /// For programs.
    const JSON: Self;
}

/// Where a result is written.
#[derive(clap::Args, Default, Debug)]
pub(crate) struct To {
    /// Write the result to this file, whole or not at all (default, or `-`: standard output)
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl To {
    pub(crate) fn file(&self) -> Option<&Path> {
        self.output.as_deref()
    }
}

/// How a result is written, and where.
#[derive(clap::Args, Debug)]
pub(crate) struct Written<F: Formats> {
    /// How to write the result
    #[arg(long, short, value_enum, default_value_t = F::TEXT)]
    format: F,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
    #[command(flatten)]
    pub(crate) to: To,
}

impl<F: Formats> Default for Written<F> {
    fn default() -> Written<F> {
        Written { format: F::TEXT, json: false, to: To::default() }
    }
}

impl<F: Formats> Written<F> {
    pub(crate) fn format(&self) -> F {
        if self.json { F::JSON } else { self.format }
    }
}
