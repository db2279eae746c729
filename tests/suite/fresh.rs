//! `qudao new`: what it makes is right at once, and nothing is written over.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::program;

fn qudao(folder: &Path, arguments: &[&str]) -> Output {
    program(folder).args(arguments).env("CI", "1").output().unwrap()
}

/// What lies in a folder, hidden or not.
fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_new_ruleset_is_right_whatever_its_name() {
    // A plain name, other characters, a digit first, a word of the language, another script, one that is long, a folder in one that is not there.
    let long = "a".repeat(70);
    let cases = [
        ("shop", "shop"),
        ("my shop-2!", "my_shop_2"),
        ("2026", "rules_2026"),
        ("when", "rules_when"),
        ("渠道", "渠道"),
        (long.as_str(), long.as_str()),
        ("clients/shop", "shop"),
    ];
    for (folder, name) in cases {
        let root = tempfile::tempdir().unwrap();
        let made = qudao(root.path(), &["new", folder]);
        let told = String::from_utf8(made.stdout).unwrap();
        assert_eq!(made.status.code(), Some(0), "{folder}: {}", String::from_utf8_lossy(&made.stderr));
        assert!(told.contains("qudao check") && told.contains(&format!("{name}.qd")), "{told}");
        assert_eq!(entries(root.path()), [folder.split('/').next().unwrap()]);
        for arguments in [["fmt", "--check"].as_slice(), &["check", "--format", "short"], &["test"]] {
            let ran = qudao(root.path(), &[arguments, &[folder]].concat());
            let said =
                String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
            assert_eq!(ran.status.code(), Some(0), "{folder}: {arguments:?}\n{said}");
            assert!(!said.contains("warning") && !said.contains("note"), "{folder}: {arguments:?}\n{said}");
        }
        let profile = format!("{folder}/profiles/workshop.yaml");
        assert!(qudao(root.path(), &["eval", folder, &profile]).status.success(), "{folder}");
        let schema = qudao(root.path(), &["schema", folder]).stdout;
        assert_eq!(
            fs::read(root.path().join(folder).join("profile.schema.json")).unwrap(),
            schema,
            "{folder}"
        );
    }
}

#[test]
fn nothing_is_written_over() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path();
    fs::create_dir(path.join("full")).unwrap();
    fs::write(path.join("full/mine.txt"), "mine").unwrap();
    fs::write(path.join("file"), "mine").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", path.join("link")).unwrap();
    let before = entries(path);
    for name in ["full", "file", "link", "full/", ".", "..", "", "!!!", "file/shop"] {
        if name == "link" && cfg!(not(unix)) {
            continue;
        }
        let refused = qudao(path, &["new", name]);
        assert_eq!(refused.status.code(), Some(2), "{name}");
        assert!(String::from_utf8_lossy(&refused.stderr).starts_with("error: "), "{name}");
        assert!(refused.stdout.is_empty(), "{name}");
        assert_eq!(entries(path), before, "{name}");
    }
    assert_eq!(entries(&path.join("full")), ["mine.txt"]);
    assert_eq!(fs::read_to_string(path.join("full/mine.txt")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(path.join("file")).unwrap(), "mine");
}

#[test]
fn an_empty_folder_is_as_good_as_none() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("shop")).unwrap();
    assert_eq!(qudao(root.path(), &["new", "shop"]).status.code(), Some(0));
    assert_eq!(
        entries(&root.path().join("shop")),
        [".gitignore", "profile.schema.json", "profiles", "qudao.toml", "shop.qd", "snapshots", "tests.qd"]
    );
}

#[test]
fn a_new_ruleset_speaks_the_language_that_is_asked_for() {
    let root = tempfile::tempdir().unwrap();
    let made = qudao(root.path(), &["new", "shop", "--lang", "zh"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for arguments in [["fmt", "--check"].as_slice(), &["check", "--format", "short"], &["test"]] {
        let ran = qudao(root.path(), &[arguments, &["shop"]].concat());
        let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(0), "{arguments:?}\n{said}");
        assert!(!said.contains("warning") && !said.contains("note"), "{arguments:?}\n{said}");
    }
    let answer = qudao(root.path(), &["eval", "shop", "shop/profiles/beginner.yaml"]).stdout;
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.contains("买家已经在那里") && !answer.contains("Recommended"), "{answer}");
    let profile = fs::read_to_string(root.path().join("shop/profiles/beginner.yaml")).unwrap();
    assert!(profile.starts_with("# yaml-language-server: $schema=../profile.schema.json\n"), "{profile}");
    let ignored = fs::read_to_string(root.path().join("shop/.gitignore")).unwrap();
    assert!(ignored.contains("*.snap.new"), "{ignored}");
    // The same profiles, rules and verdicts in each language.
    qudao(root.path(), &["new", "other"]);
    let snapshot = |folder: &str| fs::read(root.path().join(folder).join("snapshots/beginner.snap")).unwrap();
    assert_eq!(snapshot("shop"), snapshot("other"));
}
