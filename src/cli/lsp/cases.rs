//! What the tests of a ruleset and the profiles beside it come to.

use std::collections::BTreeSet;
use std::path::Path;

use qudao_analysis::testing::{base_profile, test_profile};
use qudao_language::check::{NameKind, Named};
use qudao_language::date::Date;
use qudao_language::decide::{State, decide};
use qudao_language::model::{Profile, Ruleset, Test};
use qudao_language::profile::{self, Format};

use super::super::snapshots::Beside;
use super::super::{files, load, profiles};
use super::workspace::{Loaded, Workspace, plain};

/// So many tests and profiles are looked at.
const MOST: usize = 1_000;
/// So many of those that fire a rule are named.
const NAMED: usize = 12;

/// A test or a profile, and which rules it fires.
pub(super) struct Came {
    /// What it is called: `test "few posts"`, `profile blogger`.
    name: String,
    /// The rules, by their numbers.
    fires: BTreeSet<usize>,
}

/// Decides all tests and all profiles beside a ruleset; those that have mistakes are left out.
pub(super) fn all(workspace: &Workspace, loaded: &Loaded) -> Vec<Came> {
    let Some(ruleset) = loaded.project.ruleset.as_deref() else { return Vec::new() };
    let tests = ruleset.tests.iter().filter_map(|test| {
        let base = base(workspace, loaded, ruleset, test).ok()?;
        let profile = test_profile(ruleset, test, base.as_ref());
        Some((format!("test “{}”", test.title.main), profile, day(ruleset, Some(test))))
    });
    let main = Path::new(ruleset.main_path());
    let beside = if main.is_absolute() { Beside::find(main).cases } else { Default::default() };
    let beside =
        beside.into_iter().flat_map(|(case, paths)| paths.into_iter().map(move |it| (case.clone(), it)));
    let beside = beside.filter_map(|(case, path)| {
        let format = Format::of_name(&path.to_string_lossy())?;
        let bytes = workspace.read(&plain(&path), files::read).ok()?;
        let profile = profile::read(ruleset, &path.to_string_lossy(), bytes, format, &[]).profile?;
        Some((format!("profile `{case}`"), profile, day(ruleset, None)))
    });
    let came = tests.chain(beside).take(MOST).map(|(name, profile, day)| {
        let decision = decide(ruleset, &profile, day);
        let fired = |(id, _): &(_, _)| decision.instances(*id).iter().any(|it| it.state() == State::Fired);
        let fires = ruleset.rules.entries().filter(fired).map(|(id, _)| id.index()).collect();
        Came { name, fires }
    });
    came.collect()
}

/// Tells which tests and profiles fire a rule, a row or some row of a table; nothing of other names.
pub(super) fn firing(ruleset: &Ruleset, named: &Named, came: &[Came]) -> Option<String> {
    let name = match (named.kind, &named.of) {
        (NameKind::Rule, _) => named.name.to_string(),
        (NameKind::Row, Some(table)) => format!("{table}.{}", named.name),
        (NameKind::Table, _) => format!("{}.", named.name),
        _ => return None,
    };
    let of_table = named.kind == NameKind::Table;
    let rules = ruleset.rules.entries().filter(|(_, rule)| match of_table {
        true => rule.row.is_some() && rule.name.starts_with(&name),
        false => *rule.name == *name,
    });
    let rules: BTreeSet<usize> = rules.map(|(id, _)| id.index()).collect();
    if came.is_empty() || rules.is_empty() {
        return None;
    }
    let fire: Vec<&Came> = came.iter().filter(|came| !came.fires.is_disjoint(&rules)).collect();
    let all =
        format!("{} {}", came.len(), if came.len() == 1 { "test or profile" } else { "tests and profiles" });
    if fire.is_empty() {
        return Some(format!("fires in none of {all}"));
    }
    let mut told = format!("fires in {} of {all}:\n", fire.len());
    fire.iter().take(NAMED).for_each(|came| told.push_str(&format!("\n- {}", came.name)));
    if fire.len() > NAMED {
        told.push_str(&format!("\n- and {} more", fire.len() - NAMED));
    }
    Some(told)
}

/// The profile that a test names, as it is in the editor or else on disk.
pub(super) fn base(
    workspace: &Workspace,
    loaded: &Loaded,
    ruleset: &Ruleset,
    test: &Test,
) -> Result<Option<Profile>, String> {
    let Loaded { tongue, .. } = loaded;
    base_profile(ruleset, test, *tongue, |name| {
        let path = plain(Path::new(name));
        let within = Path::new(ruleset.main_path()).parent().unwrap_or(Path::new("")).to_path_buf();
        let read = workspace.read(&path, |path| load::read_inside(&within, path));
        read.map_err(|error| error.to_string())
    })
}

/// The day on which a test, or a profile, is decided.
pub(super) fn day(ruleset: &Ruleset, test: Option<&Test>) -> Date {
    test.and_then(|test| test.as_of).or(ruleset.as_of).unwrap_or_else(profiles::today)
}
