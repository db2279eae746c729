//! Files of which a snapshot lies beside them: `format/*.qd` with its canonical layout, `testing/runs/*.qd` with what
//! `qudao test` says of its tests, every form of expectation, met and not.

use qudao_analysis::testing::{PropertyOutcome, RulesetRun, properties, report, run};
use qudao_language::format::format;

use libtest_mimic::Trial;

use crate::support::{assert_snapshot, files_below, folder, ruleset};
use crate::{case, has_ending, name};

fn laid_out(name: &str, text: &str) -> String {
    format(name, text).unwrap_or_else(|_| panic!("{name} has errors"))
}

fn tested(name: &str, text: &str) -> String {
    let ruleset = ruleset(text);
    let tests = ruleset.tests.iter().map(|test| run(&ruleset, test, None, None)).collect();
    let properties = properties(&ruleset, |_| PropertyOutcome::NotChecked);
    let run = RulesetRun { name: name.into(), tests, properties, ..RulesetRun::default() };
    report::told(&[run], false, false).terminal(false)
}

/// The first part of the names, the folder, and what the snapshot of a file shows, told its name and its text.
type Kind = (&'static str, &'static str, fn(&str, &str) -> String);

pub(crate) fn trials() -> Vec<Trial> {
    let kinds: [Kind; 2] = [("format", "format", laid_out), ("testing", "testing/runs", tested)];
    let files = kinds.into_iter().flat_map(|(kind, home, shown)| {
        let files = files_below(&folder(home)).into_iter().filter(|path| has_ending(path, "qd"));
        files.map(move |path| {
            case(name(kind, &folder(home), &path), path, move |path| {
                let name = path.file_stem().unwrap().to_string_lossy();
                assert_snapshot(home, &name, &shown(&name, &std::fs::read_to_string(path).unwrap()));
                Vec::new()
            })
        })
    });
    files.collect()
}
