//! `cargo quick`: the layout, the lints, all cases that stand in folders, and the functions that a change is most likely
//! to move, in under two minutes once things are built. `cargo quick NAME…` runs the tests with these names instead.
//! `.ci/run` runs everything.

use std::process::{Command, ExitCode};

/// Functions beside the cases: those with snapshots, and those that hold the house in order.
const FUNCTIONS: [&str; 6] = ["batch", "docs", "profiles", "reports", "testing", "tidy"];

fn main() -> ExitCode {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let test = ["test", "--locked", "--test"];
    let quiet = ["--", "--quiet"];
    let mut steps = vec![
        vec!["fmt", "--all", "--check"],
        vec!["clippy", "--quiet", "--all-targets", "--locked", "--", "-D", "warnings"],
    ];
    if names.is_empty() {
        steps.push([&test[..], &["cases"], &quiet].concat());
        steps.push([&test[..], &["suite"], &quiet, &FUNCTIONS].concat());
    }
    // The cases take one name at a time.
    steps.extend(names.iter().map(|name| [&test[..], &["cases", "--test", "suite", name], &quiet].concat()));
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
