//! For Rust projects that keep a ruleset: its snapshots in their own tests.

use std::path::Path;

use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::diagnostic::{Diagnostic, render, told_errors};
use qudao_language::profile::{self, Format};
use qudao_language::source::Files;
use qudao_language::syntax::Sources;

use super::snapshot::snapshot;

/// Returns the snapshot of a profile, for `insta::assert_snapshot!`. `read` reads a file: `std::fs::read`. Files that
/// the ruleset names are read relative to its main file. The day is the ruleset's `as of`.
///
/// ```no_run
/// # fn assert_snapshot(_: String) {}
/// let text = qudao_analysis::testing::snapshot_of("rules/shop.qd", "rules/profiles/bakery.yaml", std::fs::read);
/// assert_snapshot(text.unwrap_or_else(|error| panic!("{error}")));
/// ```
///
/// # Errors
/// If a file cannot be read, the ruleset or the profile has errors, or the ruleset depends on the day and says none.
/// The text shows the places.
pub fn snapshot_of<P: AsRef<Path>, E: std::fmt::Display>(
    ruleset: P,
    profile: impl AsRef<Path>,
    mut read: impl FnMut(std::path::PathBuf) -> Result<Vec<u8>, E>,
) -> Result<String, String> {
    let (main, profile) = (ruleset.as_ref(), profile.as_ref());
    let mut read = |path: &Path| {
        read(path.to_path_buf()).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
    };
    let sources = Sources::load(main, &mut read)?;
    let checked = check(&sources);
    let ruleset = checked.ruleset.ok_or_else(|| errors(sources.files(), checked.diagnostics))?;
    let name = profile.to_string_lossy();
    let format = Format::of_name(&name)
        .ok_or_else(|| format!("`{name}` ends in none of .json, .yaml, .yml and .toml"))?;
    let read = profile::read(&ruleset, &name, read(profile)?, format, &[]);
    let profile = read.profile.ok_or_else(|| errors(&read.files, read.diagnostics))?;
    let day = ruleset.as_of.or((!ruleset.uses_day).then_some(Date::MIN));
    let day = day.ok_or("the ruleset depends on the day: give it an `as of`")?;
    Ok(snapshot(&decide(&ruleset, &profile, day)))
}

fn errors(files: &Files, diagnostics: Vec<Diagnostic>) -> String {
    told_errors(diagnostics).iter().map(|diagnostic| render(files, diagnostic, false)).collect()
}
