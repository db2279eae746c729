//! The snapshots beside a ruleset: `profiles/NAME.yaml` is decided, and compared with `snapshots/NAME.snap`.
//!
//! Where two rulesets have their main files in one folder, the name of the main file goes before the case's:
//! `snapshots/shop@NAME.snap`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use qudao_analysis::analyse::settings::{Set, Settings};
use qudao_analysis::testing::causes::{Cause, Retrial, causes_by_trial};
use qudao_analysis::testing::report::proposals;
use qudao_analysis::testing::{
    CaseRun, CaseState, has_texts, renewed, rests_on, snapshot, snapshot_contents, snapshot_file,
    snapshot_rests, snapshot_with_texts,
};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, decide};
use qudao_language::diagnostic::render_in;
use qudao_language::model::{Profile, Ruleset};
use qudao_language::profile::{self, Format};
use qudao_telling::words::Tongue;

use super::output::Failure;
use super::{files, load};

/// What to do with differences.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// Write `.snap.new` files.
    Propose,
    /// Write nothing.
    Check,
}

/// How cases are run.
pub(crate) struct Plan<'a> {
    pub(crate) mode: Mode,
    /// The cases to accept, all if the list is empty; none where there is no list.
    pub(crate) accept: Option<&'a [String]>,
    /// Whether snapshots without a profile are removed.
    pub(crate) prune: bool,
    /// Whether the reasons in words are added.
    pub(crate) texts: bool,
    pub(crate) as_of: Option<Date>,
    /// The language in which it is told.
    pub(crate) tongue: Tongue,
}

/// The profiles and snapshots beside a main file.
pub(crate) struct Beside {
    /// The folder of the snapshots.
    pub(crate) folder: PathBuf,
    /// What goes before the names of cases in file names.
    prefix: String,
    /// The names before the cases of other rulesets in the same folder.
    others: Vec<String>,
    /// Each case: its name and the files of profiles with that name.
    pub(crate) cases: BTreeMap<String, Vec<PathBuf>>,
}

/// What came of all cases of a ruleset.
#[derive(Default)]
pub(crate) struct Compared {
    pub(crate) cases: Vec<CaseRun>,
    /// What moved those that differ.
    pub(crate) causes: Option<Vec<Cause>>,
    /// Snapshots without a profile.
    pub(crate) unreferenced: Vec<String>,
    /// Such snapshots that were removed.
    pub(crate) pruned: Vec<String>,
    /// Why something could not be written.
    pub(crate) failure: Option<Failure>,
}

impl Beside {
    /// Finds the profiles beside a main file.
    pub(crate) fn find(main: &Path) -> Beside {
        let home = main.parent().unwrap_or(Path::new(""));
        let mut mains: Vec<PathBuf> = paths(home)
            .into_iter()
            .filter(|path| path.extension().is_some_and(|ending| ending == "qd") && path.is_file())
            .filter(|path| load::has_header(path))
            .collect();
        mains.retain(|other| other.file_name() != main.file_name());
        let before = |path: &Path| {
            path.file_stem().map(|stem| format!("{}@", stem.to_string_lossy())).unwrap_or_default()
        };
        let prefix = if mains.is_empty() { String::new() } else { before(main) };
        let others = mains.iter().map(|path| before(path)).collect();
        let mut cases: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        let profiles = home.join("profiles");
        for path in paths(&profiles) {
            // A name that is not UTF-8 is as good as others: its case is called as it is shown.
            let name = name_of(&path);
            if Format::of_name(&name).is_some() && !name.starts_with('.') && path.is_file() {
                let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
                cases.entry(stem.to_string()).or_default().push(path);
            }
        }
        Beside { folder: home.join("snapshots"), prefix, others, cases }
    }

    /// The file of a case's snapshot.
    pub(crate) fn accepted(&self, case: &str) -> PathBuf {
        self.folder.join(format!("{}{case}.snap", self.prefix))
    }

    /// The file of a case's pending snapshot.
    pub(crate) fn pending(&self, case: &str) -> PathBuf {
        self.folder.join(format!("{}{case}.snap.new", self.prefix))
    }

    /// The snapshots and pending snapshots of this ruleset that have no profile.
    fn unreferenced(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for path in paths(&self.folder) {
            let name = name_of(&path);
            let Some(stem) = name.strip_suffix(".snap").or_else(|| name.strip_suffix(".snap.new")) else {
                continue;
            };
            let of_other = self.others.iter().any(|other| stem.starts_with(other.as_str()));
            let case = stem.strip_prefix(self.prefix.as_str());
            if !of_other && case.is_none_or(|case| !self.cases.contains_key(case)) {
                found.push(path);
            }
        }
        found
    }
}

/// The paths in a folder, sorted by name; none where it cannot be read.
fn paths(folder: &Path) -> Vec<PathBuf> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(here).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| folder.join(entry.file_name())).collect();
    paths.sort();
    paths
}

/// The name of a file as it is shown.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What a `.snap` file holds.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Held {
    /// What is compared.
    pub(crate) contents: String,
    /// What the decision rests on.
    pub(crate) rests: Settings,
}

impl Held {
    fn file(&self, case: &str) -> String {
        snapshot_file(case, &self.contents, &self.rests)
    }
}

/// Reads a snapshot; nothing where there is none.
pub(crate) fn held(path: &Path) -> Result<Option<Held>, String> {
    match files::read(path) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            Ok(Some(Held { contents: snapshot_contents(&text), rests: snapshot_rests(&text) }))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("cannot read `{}`: {error}", path.display())),
    }
}

/// Decides the selected cases of a ruleset and compares them with their snapshots.
pub(crate) fn compare(
    ruleset: &Ruleset,
    beside: &Beside,
    plan: &Plan<'_>,
    selected: impl Fn(&str) -> bool,
    observe: &mut dyn FnMut(&Decision<'_>),
) -> Compared {
    let mut compared = Compared::default();
    if plan.mode == Mode::Propose {
        files::sweep(&beside.folder);
    }
    let mut deciding = Deciding::of(ruleset, beside, (plan.texts, plan.tongue), plan.as_of);
    for (case, profiles) in beside.cases.iter().filter(|(case, _)| selected(case)) {
        let state = match deciding.case(case, profiles, observe) {
            Ok(new) => {
                settle(ruleset, beside, case, new, plan, &mut deciding.accepted, &mut compared.failure)
            }
            Err(why) => CaseState::Broken(why),
        };
        let file = beside.accepted(case).to_string_lossy().into_owned();
        compared.cases.push(CaseRun { name: case.clone(), file, state });
    }
    if compared.cases.iter().any(|case| !case.passed() || matches!(case.state, CaseState::Accepted { .. })) {
        compared.causes =
            deciding.retrial().map(|retrial| causes_by_trial(&proposals(&compared.cases), &retrial));
    }
    for path in beside.unreferenced() {
        let name = path.to_string_lossy().into_owned();
        if !plan.prune {
            compared.unreferenced.push(name);
        } else if let Err(error) = files::remove(&path) {
            compared.failure = Some(Failure::new(format!("cannot remove `{name}`: {error}")));
        } else {
            compared.pruned.push(name);
        }
    }
    compared
}

/// A ruleset that cases are decided by, on a day.
pub(crate) struct Deciding<'r> {
    ruleset: &'r Ruleset,
    day: Option<Date>,
    texts: bool,
    tongue: Tongue,
    set: Option<Set<'r>>,
    profiles: BTreeMap<String, Profile>,
    /// What the accepted snapshots rest on.
    accepted: BTreeMap<String, Settings>,
}

impl<'r> Deciding<'r> {
    /// Begins with none of the cases. The reasons in words are added where a snapshot has them, or where that is asked.
    pub(crate) fn of(
        ruleset: &'r Ruleset,
        beside: &Beside,
        (texts, tongue): (bool, Tongue),
        as_of: Option<Date>,
    ) -> Deciding<'r> {
        let kept = beside.cases.keys().filter_map(|case| held(&beside.accepted(case)).ok().flatten());
        let texts = texts || kept.into_iter().any(|held| has_texts(&held.contents));
        let day = as_of.or(ruleset.as_of).or((!ruleset.uses_day).then_some(Date::MIN));
        let set = day.map(|day| Set::of(ruleset, day));
        Deciding { ruleset, day, texts, tongue, set, profiles: BTreeMap::new(), accepted: BTreeMap::new() }
    }

    /// What a case gives now.
    pub(crate) fn case(
        &mut self,
        case: &str,
        profiles: &[PathBuf],
        observe: &mut dyn FnMut(&Decision<'_>),
    ) -> Result<Held, String> {
        let [path] = profiles else {
            let names: Vec<String> = profiles.iter().map(|path| format!("`{}`", path.display())).collect();
            return Err(self.tongue.one_snapshot_for(&self.tongue.and(&names)));
        };
        let (Some(day), Some(set)) = (self.day, &self.set) else {
            return Err(self.tongue.case_needs_day().into());
        };
        let name = path.to_string_lossy();
        let format = Format::of_name(&name).ok_or_else(|| self.tongue.ends_in_no_format(&name))?;
        let bytes =
            files::read(path).map_err(|error| self.tongue.unreadable_profile(&name, &error.to_string()))?;
        let read = profile::read(self.ruleset, &name, bytes, format, &[]);
        let Some(profile) = read.profile else {
            let frame = self.tongue.frame();
            let shown =
                read.diagnostics.iter().map(|diagnostic| render_in(&read.files, diagnostic, false, &frame));
            return Err(shown.collect());
        };
        let decision = decide(self.ruleset, &profile, day);
        observe(&decision);
        let contents = if self.texts { snapshot_with_texts(&decision) } else { snapshot(&decision) };
        let held = Held { contents, rests: rests_on(&decision, set) };
        drop(decision);
        self.profiles.insert(case.to_string(), profile);
        Ok(held)
    }

    /// What is needed to decide the cases again with other settings.
    pub(crate) fn retrial(mut self) -> Option<Retrial<'r>> {
        let cases = self.profiles.into_iter().map(|(case, profile)| {
            let rests = self.accepted.remove(&case).unwrap_or_default();
            (case, (profile, rests))
        });
        Some(Retrial { set: self.set?, day: self.day?, texts: self.texts, cases: cases.collect() })
    }

    /// Says what the accepted snapshot of a case rests on.
    pub(crate) fn accept(&mut self, case: &str, rests: Settings) {
        self.accepted.insert(case.to_string(), rests);
    }
}

/// Compares what a case gives with its snapshot, and writes what the plan says.
fn settle(
    ruleset: &Ruleset,
    beside: &Beside,
    case: &str,
    new: Held,
    plan: &Plan<'_>,
    rests: &mut BTreeMap<String, Settings>,
    failure: &mut Option<Failure>,
) -> CaseState {
    let held_before = match held(&beside.accepted(case)) {
        // A channel that has another name now is no change.
        Ok(old) => old.map(|old| Held { contents: renewed(&old.contents, ruleset), ..old }),
        Err(why) => return CaseState::Broken(why),
    };
    if let Some(old) = &held_before {
        rests.insert(case.to_string(), old.rests.clone());
    }
    let pending = beside.pending(case);
    let accepted = plan.accept.is_some_and(|cases| cases.is_empty() || cases.iter().any(|c| c == case));
    let mut write = |ended: std::io::Result<()>, path: &Path| {
        if let Err(error) = ended {
            *failure = Some(Failure::new(format!("cannot write `{}`: {error}", path.display())));
            return false;
        }
        true
    };
    let old = held_before.as_ref().map(|old| old.contents.clone());
    if old.as_deref() == Some(new.contents.as_str()) {
        if plan.mode == Mode::Check {
            let left = pending.exists();
            return if left { CaseState::LeftOver(new.contents) } else { CaseState::Same(new.contents) };
        }
        // The decision is the same; accepted is what it rests on now.
        if accepted && held_before.as_ref() != Some(&new) {
            write(accept(beside, case, &new), &beside.accepted(case));
        }
        write(files::remove(&pending), &pending);
        return CaseState::Same(new.contents);
    }
    if accepted {
        return match write(accept(beside, case, &new), &beside.accepted(case)) {
            true => CaseState::Accepted { old, new: new.contents },
            false => CaseState::Pending { old, new: new.contents },
        };
    }
    let proposed = held(&pending).ok().flatten();
    if plan.mode == Mode::Propose && proposed.as_ref() != Some(&new) {
        let made = std::fs::create_dir_all(&beside.folder);
        write(made.and_then(|()| files::replace(&pending, &new.file(case))), &pending);
    }
    CaseState::Pending { old, new: new.contents }
}

/// Makes contents the accepted ones of a case. First the snapshot is replaced, then the pending one removed, so that a
/// run that is killed in between loses nothing.
pub(crate) fn accept(beside: &Beside, case: &str, held: &Held) -> std::io::Result<()> {
    accept_in_part(beside, case, held)?;
    files::remove(&beside.pending(case))
}

/// The same, while the pending snapshot stays.
pub(crate) fn accept_in_part(beside: &Beside, case: &str, held: &Held) -> std::io::Result<()> {
    std::fs::create_dir_all(&beside.folder)?;
    files::replace(&beside.accepted(case), &held.file(case))
}

/// The names in a list that are no cases.
pub(crate) fn unknown_cases<'a>(asked: &'a [String], known: &BTreeSet<String>) -> Vec<&'a str> {
    asked.iter().map(String::as_str).filter(|case| !known.contains(*case)).collect()
}
