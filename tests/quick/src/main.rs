//! `cargo quick`: the layout, the lints, and the cases that a change is most likely to move, in under two minutes once
//! things are built. `cargo quick NAME…` runs the tests with these names instead. `.ci/run` runs everything.

use std::process::{Command, ExitCode};

/// Tests whose cases stand in folders, and those that hold the house in order.
const CASES: [&str; 9] =
    ["conformance", "diagnostics::wrong", "docs", "profiles", "reports", "testing", "tidy", "typos", "batch"];

fn main() -> ExitCode {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let names: Vec<&str> =
        if names.is_empty() { CASES.to_vec() } else { names.iter().map(String::as_str).collect() };
    let test = [&["test", "--quiet", "--locked", "--test", "suite", "--"], &names[..]].concat();
    let steps = [
        &["fmt", "--all", "--check"][..],
        &["clippy", "--quiet", "--all-targets", "--locked", "--", "-D", "warnings"],
        &test,
    ];
    for step in steps {
        match Command::new("cargo").args(step).status() {
            Ok(status) if status.success() => {}
            Ok(_) => return ExitCode::from(1),
            Err(error) => {
                eprintln!("cargo cannot be run: {error}");
                return ExitCode::from(2);
            }
        }
    }
    ExitCode::SUCCESS
}
