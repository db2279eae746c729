//! Tells a release which commit it is made of, where git knows. Any other build costs nothing more.

#![expect(clippy::disallowed_methods, reason = "a build script is told its work by the environment")]

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=src/build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        // A package that lies unpacked in somebody's repository is not made of that one's commits.
        let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        let own =
            git(&["rev-parse", "--show-toplevel"]).is_some_and(|top| Path::new(&top) == Path::new(&here));
        if let Some(commit) = git(&["rev-parse", "--short=10", "HEAD"]).filter(|_| own) {
            println!("cargo::rustc-env=QUDAO_COMMIT={commit}");
            let log = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists());
            log.iter().for_each(|log| println!("cargo::rerun-if-changed={log}"));
        }
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let told = Command::new("git").args(arguments).output().ok().filter(|told| told.status.success())?;
    Some(String::from_utf8(told.stdout).ok()?.trim().to_string())
}
