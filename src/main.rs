//! The command `qudao`, a guest of the library.

#![expect(
    clippy::disallowed_methods,
    reason = "reading files, the clock and the environment is what the command is for"
)]

mod cli;

pub(crate) fn main() -> std::process::ExitCode {
    cli::run(std::env::args_os())
}
