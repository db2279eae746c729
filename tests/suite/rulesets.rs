//! The rulesets of this repository: clean, laid out, bundled whole, true to their texts, and firm.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use qudao_language::bundled;
use qudao_language::check::{Checked, check};
use qudao_language::decide::decide;
use qudao_language::diagnostic::{Code, render};
use qudao_language::format;
use qudao_language::model::Ruleset;
use qudao_language::operator::Verdict;
use qudao_language::profile::{Format, read};
use qudao_language::source::Files;
use qudao_language::syntax::{Sources, WantedKind};

use crate::support::{Work, files_below};

fn rulesets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets")
}

/// Where the texts of sources may lie that this repository does not hold: beside the ruleset, or in a folder that
/// `QUDAO_TEXTS` names.
fn text(ruleset: &Path, name: &str) -> Option<Vec<u8>> {
    let beside = std::fs::read(ruleset.join(name)).ok();
    beside.or_else(|| std::fs::read(Path::new(&std::env::var_os("QUDAO_TEXTS")?).join(name)).ok())
}

/// Checks a ruleset of a folder, each of its files changed by `edit`.
fn checked(folder: &Path, with_texts: bool, edit: &dyn Fn(&str, String) -> String) -> (Files, Checked) {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let main = format!("{name}.qd");
    let text_of = |path: &str| edit(path, std::fs::read_to_string(folder.join(path)).unwrap());
    let mut sources = Sources::new(&main, text_of(&main).into_bytes());
    while let Some(wanted) = sources.wanted() {
        match wanted.kind {
            WantedKind::Text => match text(folder, &wanted.path).filter(|_| with_texts) {
                Some(text) => sources.supply(text),
                None => sources.absent("it is not there"),
            },
            // With the texts, the lock has nothing to say.
            WantedKind::Lock if with_texts => sources.absent("it is not there"),
            WantedKind::Lock => match std::fs::read(folder.join(&wanted.path)) {
                Ok(lock) => sources.supply(lock),
                Err(_) => sources.absent("it is not there"),
            },
            _ => sources.supply(text_of(&wanted.path).into_bytes()),
        }
    }
    (sources.files().clone(), check(&sources))
}

fn as_it_is(_: &str, text: String) -> String {
    text
}

fn names() -> Vec<String> {
    let folders = std::fs::read_dir(rulesets()).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<String> = folders.map(|f| f.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn shipped_rulesets_are_clean_and_laid_out() {
    let mut wrong = Vec::new();
    for name in names() {
        let folder = rulesets().join(&name);
        let (files, checked) = checked(&folder, false, &as_it_is);
        wrong.extend(checked.diagnostics.iter().map(|diagnostic| render(&files, diagnostic, false)));
        for path in files_below(&folder).iter().filter(|path| path.extension().is_some_and(|e| e == "qd")) {
            let text = std::fs::read_to_string(path).unwrap();
            if !format::format(&path.to_string_lossy(), &text).is_ok_and(|laid_out| laid_out == text) {
                wrong.push(format!("`qudao fmt {}` changes it", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn shipped_rulesets_are_bundled_whole() {
    let bundled: Vec<&str> = bundled::names().collect();
    assert_eq!(names(), bundled, "the folders of `rulesets` are what the program holds");
    for name in names() {
        let folder = rulesets().join(&name);
        for path in files_below(&folder) {
            let within = path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
            let part = within.ends_with(".qd") || within.ends_with(".csv") || within == "sources.lock";
            if part {
                let text = std::fs::read_to_string(&path).unwrap();
                assert_eq!(bundled::file(&name, &within), Some(text.as_str()), "{name}: {within}");
            }
        }
    }
}

/// Whatever a ruleset or the form of snapshots has become, accepting anew changes nothing.
#[test]
fn shipped_snapshots_are_as_they_come_out_now() {
    for name in names() {
        let (folder, work) = (rulesets().join(&name), Work::new(&[]));
        for path in files_below(&folder) {
            let within = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
            work.write(&within, &std::fs::read_to_string(&path).unwrap());
        }
        assert_eq!(work.qudao(&format!("test {name}.qd --accept")).0, 0, "{name}");
        for snapshot in files_below(&folder.join("snapshots")) {
            let within = snapshot.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
            assert_eq!(work.read(&within), std::fs::read_to_string(&snapshot).unwrap(), "{name}: {within}");
        }
    }
}

#[test]
fn quotes_stand_in_the_texts_that_are_here() {
    for name in names() {
        let (files, checked) = checked(&rulesets().join(&name), true, &as_it_is);
        let lost = checked.diagnostics.iter().filter(|d| d.code == Code::QuoteNotFound);
        let shown: String = lost.map(|diagnostic| render(&files, diagnostic, false)).collect();
        assert!(shown.is_empty(), "{shown}");
    }
}

fn verdicts(ruleset: &Ruleset, profile: &str) -> BTreeMap<String, Verdict> {
    let path = rulesets().join("wechat/profiles").join(profile);
    let read = read(ruleset, profile, std::fs::read(path).unwrap(), Format::Yaml, &[]);
    let profile = read.profile.unwrap_or_else(|| panic!("{profile} is wrong"));
    let decision = decide(ruleset, &profile, ruleset.as_of.unwrap());
    let targets = ruleset.targets();
    targets.map(|target| (ruleset.target_name(target).to_string(), decision.target(target).leaning)).collect()
}

/// What a careful reader of the article recommends: subscription account, service account, mini program.
const ACCEPTED: &[(&str, [Verdict; 3])] = &[
    ("blogger.yaml", [Verdict::Recommended, Verdict::Unsuitable, Verdict::Possible]),
    ("overseas_cosmetics.yaml", [Verdict::Excluded, Verdict::Recommended, Verdict::Recommended]),
    ("restaurant_chain.yaml", [Verdict::Possible, Verdict::Recommended, Verdict::Recommended]),
    ("large_brand.yaml", [Verdict::Recommended, Verdict::Recommended, Verdict::Recommended]),
];

#[test]
fn the_article_is_read_alike_however_the_levels_are_weighed() {
    // Levels are ordinal. As weights, each moved by a fifth either way, they tell the same.
    let weighed = |strong: i32, against: i32, plain: i32| {
        move |path: &str, text: String| {
            if path != "wechat.qd" {
                return text;
            }
            let start = text.find("levels strong").expect("the levels");
            let end = start + text[start..].find("\n\n").expect("their end");
            let weights =
                format!("weight strong = {strong}\nweight against = {against}\nweight plain = {plain}");
            let text = format!("{}{weights}{}", &text[..start], &text[end..]);
            text.replace("recommended >= plain", "recommended >= 8")
        }
    };
    let mut wrong = Vec::new();
    for strong in [400, 500, 600] {
        for against in [40, 50, 60] {
            for plain in [8, 10, 12] {
                let (files, checked) =
                    checked(&rulesets().join("wechat"), false, &weighed(strong, against, plain));
                let shown: String = checked.diagnostics.iter().map(|d| render(&files, d, false)).collect();
                let ruleset = checked.ruleset.unwrap_or_else(|| panic!("{shown}"));
                for (profile, expected) in ACCEPTED {
                    let found = verdicts(&ruleset, profile);
                    let found = ["subscription", "service", "mini_program"].map(|name| found[name]);
                    if found != *expected {
                        wrong.push(format!("{profile} at {strong}, {against}, {plain}: {found:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
