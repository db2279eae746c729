//! The cases that stand in folders, each a test with a name of its own.
//!
//! `cargo test --test cases NAME` runs those with NAME in their name, and one alone behind `-- --exact`. With `UPDATE=1`
//! what is expected is written anew, in whatever folder: snapshots, sections of conformance cases, outputs in the docs.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and reads its data itself"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Trial};

mod conformance;
mod diagnostics;
mod docs;
mod editor;
#[path = "../suite/engines.rs"]
mod engines;
mod fuzz;
#[path = "../suite/generate.rs"]
#[expect(dead_code, reason = "the suite needs the rest")]
mod generate;
mod laid_out;
mod lsp;
mod pages;
mod planted;
#[path = "../suite/reading.rs"]
mod reading;
mod rulesets;
mod seeds;
#[path = "../suite/support.rs"]
#[expect(dead_code, reason = "the suite needs the rest")]
mod support;
#[path = "../suite/trace.rs"]
mod trace;
mod typos;

/// The cases by where they stand, and so many there are at least: a folder that is passed over is noticed.
fn cases() -> Vec<Trial> {
    let all = [
        ("conformance", conformance::trials(), 900),
        ("diagnostics", diagnostics::rulesets(), 420),
        ("docs", docs::trials(), 110),
        ("editor", editor::trials(), 170),
        ("format, testing", laid_out::trials(), 4),
        ("lsp", lsp::trials(), 45),
        ("planted", planted::trials(), 7),
        ("profiles", diagnostics::profiles(), 230),
        ("rulesets", rulesets::trials(), 4),
        ("seeds", seeds::trials(), 600),
        ("typos", typos::trials(), 100),
    ];
    let enough = all.into_iter().flat_map(|(place, trials, least)| {
        assert!(trials.len() >= least, "only {} cases of {place}", trials.len());
        trials
    });
    enough.collect()
}

fn main() -> ExitCode {
    let (updates, told) = (updates(), "INSTA_UPDATE");
    if updates && std::env::var_os(told).is_none() {
        // Insta listens to a variable of its own.
        let again = Command::new(std::env::current_exe().unwrap())
            .args(std::env::args_os().skip(1))
            .env(told, "always")
            .status();
        return if again.unwrap().success() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    libtest_mimic::run(&Arguments::from_args(), cases()).exit_code()
}

/// Whether what is expected is to be written anew.
fn updates() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What is wrong, each with its line.
type Wrong = Vec<(usize, String)>;

/// A case that stands in a file: what is wrong with it is told with its place.
fn case(name: String, path: PathBuf, run: impl FnOnce(&Path) -> Wrong + Send + 'static) -> Trial {
    Trial::test(name, move || {
        let stopped = |cause: Box<dyn std::any::Any + Send>| {
            let says = cause.downcast_ref::<String>().cloned();
            let says = says.or_else(|| cause.downcast_ref::<&str>().map(|says| says.to_string()));
            vec![(1, says.unwrap_or("a panic".into()))]
        };
        let wrong = catch_unwind(AssertUnwindSafe(|| run(&path))).unwrap_or_else(stopped);
        let place = path.strip_prefix(root()).unwrap_or(&path).display();
        let told: Vec<String> = wrong.iter().map(|(line, says)| format!("{place}:{line}: {says}")).collect();
        if told.is_empty() { Ok(()) } else { Err(told.join("\n").into()) }
    })
}

/// The name of a case: the folder of its kind, and its path below it without the ending.
fn name(kind: &str, folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap().with_extension("");
    let parts = below.iter().map(|part| part.to_string_lossy().into_owned());
    std::iter::once(kind.to_string()).chain(parts).collect::<Vec<_>>().join("::")
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}
