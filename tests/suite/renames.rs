//! `qudao rename`: every kind of name, there and back; rulesets that share a name; what is refused changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use qudao_editor::project::Project;
use qudao_editor::rename::{Change, rename};
use qudao_language::check::NameKind;
use qudao_language::syntax::Sources;

use crate::support::program;

/// A ruleset of this repository, some of its files changed.
fn project(main: &Path, changed: &BTreeMap<String, String>) -> Project {
    let text = |path: &Path| {
        let changed = changed.get(path.to_str().unwrap()).cloned();
        changed.map_or_else(|| fs::read(path), |text| Ok(text.into_bytes()))
    };
    let mut sources = Sources::new(main.to_str().unwrap(), text(main).unwrap());
    while let Some(wanted) = sources.wanted().cloned() {
        match text(&main.parent().unwrap().join(&wanted.path)) {
            Ok(text) => sources.supply(text),
            Err(_) => sources.absent("it is not there"),
        }
    }
    Project::new(sources)
}

fn applied(project: &Project, changes: &[Change]) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (_, file) in project.sources().files().iter() {
        let mut text = file.text().to_string();
        for change in changes.iter().rev().filter(|change| change.path == file.name()) {
            text.replace_range(change.start as usize..change.end as usize, &change.text);
        }
        texts.insert(file.name().to_string(), text);
    }
    texts
}

/// So many names of each kind are tried.
const TRIED: usize = 1;

#[test]
fn every_kind_of_name_goes_there_and_back() {
    let mut kinds: BTreeMap<NameKind, usize> = BTreeMap::new();
    for name in ["licence", "aws-messaging"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let main = root.join("rulesets").join(name).join(format!("{name}.qd"));
        let before = project(&main, &BTreeMap::new());
        let mut tried: BTreeMap<NameKind, usize> = BTreeMap::new();
        for named in before.names() {
            let declared = before.mentions(named).any(|mention| mention.declares);
            let count = tried.entry(named.kind).or_default();
            if !declared || *count == TRIED {
                continue;
            }
            *count += 1;
            *kinds.entry(named.kind).or_default() += 1;
            let changes = rename(&before, &[], named, "another_name", false).unwrap();
            let after = project(&main, &applied(&before, &changes));
            assert_eq!(before.diagnostics.len(), after.diagnostics.len(), "{named:?}");
            let mut renamed = named.clone();
            renamed.name = "another_name".into();
            // What a variable is of goes by the name of its rule, which stays.
            let back = rename(&after, &[], &renamed, &named.name, false).unwrap();
            assert_eq!(applied(&after, &back), applied(&before, &[]), "{named:?}");
            assert_eq!(changes.len(), back.len());
        }
    }
    assert!(kinds.len() >= 12, "only {kinds:?}");
}

const BASE: &str = "ruleset base \"Base\"\nprofile { a: bool \"A?\" }\nchannel x \"X\"\n\
    rule r \"R\" { when a then score x +1 because \"a\" }\n";
const CHILD: &str = "ruleset child \"Child\"\nextends \"base.qd\"\n\
    override rule r \"R\" { when not a then score x +1 because \"not a\" }\n";
const OTHER: &str = "ruleset other \"Other\"\nprofile { b: bool \"B?\" }\nchannel y \"Y\"\n\
    rule q \"Q\" { when b then score y +1 because \"b\" }\n";

#[test]
fn rulesets_of_a_folder_that_share_a_name_change_together() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let all = [("base.qd", BASE), ("child.qd", CHILD), ("other.qd", OTHER)];
    all.iter().for_each(|(name, text)| fs::write(path(name), text).unwrap());
    let run = |arguments: &[&str]| {
        let ran = program(home.path()).arg("rename").args(arguments).output().unwrap();
        (ran.status.code(), String::from_utf8(ran.stderr).unwrap())
    };
    let read = |name: &str| fs::read_to_string(path(name)).unwrap();
    assert_eq!(
        run(&[".", "r", "s"]),
        (Some(0), "./base.qd: 1 place\n./child.qd: 1 place\n".replace("./", ""))
    );
    assert!(read("base.qd").contains("\nrule s \"R\"") && read("child.qd").contains("override rule s \"R\""));
    fs::create_dir(path("profiles")).unwrap();
    fs::write(path("profiles/p.yaml"), "# a: of all\na: true\n").unwrap();
    assert_eq!(run(&[".", "a", "c", "--no-was"]).0, Some(0));
    assert_eq!(read("profiles/p.yaml"), "# a: of all\nc: true\n");
    assert!(read("child.qd").contains("when not c") && read("base.qd").contains("when c"));
    assert_eq!(read("other.qd"), OTHER);
    // Two rulesets that share nothing: it is not guessed which is meant.
    fs::write(path("other.qd"), OTHER.replace("rule q", "rule s")).unwrap();
    let (status, told) = run(&[".", "s", "t"]);
    assert_eq!(status, Some(2));
    assert_eq!(told, "error: `s` is declared in several rulesets; name one of them\n");
    assert_eq!(run(&["other.qd", "s", "t"]).0, Some(0));
    assert!(read("other.qd").contains("rule t") && read("base.qd").contains("rule s"));
}

#[test]
fn snapshots_of_what_only_has_another_name_are_written_anew() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let ran = program(home.path()).args(arguments).output().unwrap();
        (ran.status.code(), String::from_utf8(ran.stderr).unwrap())
    };
    let path = |name: &str| home.path().join(name);
    fs::create_dir(path("profiles")).unwrap();
    fs::write(path("base.qd"), BASE).unwrap();
    fs::write(path("profiles/p.yaml"), "a: true\n").unwrap();
    fs::write(path("profiles/q.yaml"), "a: false\n").unwrap();
    assert_eq!(run(&["test", ".", "--accept", "p"]).0, Some(1));
    let (status, told) = run(&["rename", ".", "r", "s"]);
    assert_eq!((status, told.as_str()), (Some(0), "base.qd: 1 place\nsnapshots/p.snap: written anew\n"));
    let snapshot = fs::read_to_string(path("snapshots/p.snap")).unwrap();
    assert!(snapshot.contains("because s") && !path("snapshots/q.snap").exists(), "{snapshot}");
}
