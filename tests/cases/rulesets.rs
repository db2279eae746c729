//! The rulesets of this repository: clean, laid out, bundled whole, true to their texts, and firm. The examples in
//! `tests/rulesets` are clean, laid out, and pass their tests, properties and snapshots.

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

use libtest_mimic::Trial;

use crate::support::{Work, files_below};
use crate::{Wrong, case, file_name, has_ending, root};

fn rulesets() -> PathBuf {
    root().join("rulesets")
}

/// Where the texts of sources may lie that this repository does not hold: beside the ruleset, or in a folder that
/// `QUDAO_TEXTS` names.
fn text(ruleset: &Path, name: &str) -> Option<Vec<u8>> {
    let beside = std::fs::read(ruleset.join(name)).ok();
    beside.or_else(|| std::fs::read(Path::new(&std::env::var_os("QUDAO_TEXTS")?).join(name)).ok())
}

/// Checks a ruleset of a folder, each of its files changed by `edit`.
fn checked(folder: &Path, with_texts: bool, edit: &dyn Fn(&str, String) -> String) -> (Files, Checked) {
    let main = format!("{}.qd", file_name(folder));
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

/// What holds for each ruleset, and what finds out.
type Law = (&'static str, fn(&Path) -> Wrong);

pub(crate) fn trials() -> Vec<Trial> {
    let folders = std::fs::read_dir(rulesets()).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    let names = folders.iter().map(|folder| file_name(folder));
    assert!(names.eq(bundled::names()), "the folders of `rulesets` are what the program holds");
    let laws: [Law; 5] = [
        ("is_clean_and_laid_out", is_clean_and_laid_out),
        ("is_bundled_whole", is_bundled_whole),
        ("quotes_stand_in_the_texts_that_are_here", quotes_stand),
        ("passes_its_tests", passes_its_tests),
        ("keeps_the_snapshots_that_come_out_now", keeps_its_snapshots),
    ];
    let each = folders.iter().flat_map(|folder| {
        laws.map(|(law, holds)| {
            case(format!("rulesets::{}::{law}", file_name(folder)), folder.clone(), holds)
        })
    });
    let examples = std::fs::read_dir(root().join("tests/rulesets")).unwrap();
    let examples = examples.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let laws: [Law; 3] = [
        ("is_clean_and_laid_out", is_clean_and_laid_out),
        ("has_nothing_doubtful", has_nothing_doubtful),
        ("keeps_the_snapshots_that_come_out_now", keeps_its_snapshots),
    ];
    let examples = examples.flat_map(|folder| {
        laws.map(|(law, holds)| {
            case(format!("examples::{}::{law}", file_name(&folder)), folder.clone(), holds)
        })
    });
    let examples: Vec<Trial> = examples.collect();
    let weighed = "rulesets::wechat::is_read_alike_however_the_levels_are_weighed";
    let weighed = case(weighed.into(), rulesets().join("wechat"), is_read_alike);
    each.chain(examples).chain([weighed]).collect()
}

fn is_clean_and_laid_out(folder: &Path) -> Wrong {
    let (files, checked) = checked(folder, false, &as_it_is);
    let said = checked.diagnostics.iter().map(|diagnostic| render(&files, diagnostic, false));
    let parts = files_below(folder).into_iter().filter(|path| has_ending(path, "qd"));
    let changed = parts.filter(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        !format::format(&path.to_string_lossy(), &text).is_ok_and(|laid_out| laid_out == text)
    });
    let changed = changed.map(|path| format!("`qudao fmt {}` changes it", path.display()));
    said.chain(changed).map(|says| (1, says)).collect()
}

fn is_bundled_whole(folder: &Path) -> Wrong {
    let name = file_name(folder);
    for path in files_below(folder) {
        let within = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        let part = within.ends_with(".qd") || within.ends_with(".csv") || within == "sources.lock";
        if part {
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(bundled::file(&name, &within), Some(text.as_str()), "{name}: {within}");
        }
    }
    Vec::new()
}

fn quotes_stand(folder: &Path) -> Wrong {
    let (files, checked) = checked(folder, true, &as_it_is);
    let lost = checked.diagnostics.iter().filter(|d| d.code == Code::QuoteNotFound);
    lost.map(|diagnostic| (1, render(&files, diagnostic, false))).collect()
}

/// Whatever a ruleset or the form of snapshots has become, accepting anew changes nothing.
fn keeps_its_snapshots(folder: &Path) -> Wrong {
    let (name, work) = (file_name(folder), Work::new(&[]));
    let within = |path: &Path| path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
    for path in files_below(folder) {
        work.write(&within(&path), &std::fs::read_to_string(&path).unwrap());
    }
    assert_eq!(work.qudao(&format!("test {name}.qd --accept")).0, 0);
    let snapshots = files_below(&folder.join("snapshots")).into_iter();
    let moved = snapshots.filter(|path| work.read(&within(path)) != std::fs::read_to_string(path).unwrap());
    moved.map(|path| (1, format!("{} is not what comes out now", within(&path)))).collect()
}

/// Nothing is left that analysis finds, or could not prove.
fn has_nothing_doubtful(folder: &Path) -> Wrong {
    let path = folder.join(format!("{}.qd", file_name(folder)));
    let (status, out, err) = Work::new(&[]).qudao(&format!("check {}", path.display()));
    assert_eq!((status, err.starts_with("nothing wrong")), (0, true), "{out}{err}");
    Vec::new()
}

fn passes_its_tests(folder: &Path) -> Wrong {
    let (status, out, err) = Work::new(&[]).qudao(&format!("test {}", file_name(folder)));
    assert_eq!(status, 0, "{out}{err}");
    Vec::new()
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

/// The article is read alike however the levels are weighed.
fn is_read_alike(folder: &Path) -> Wrong {
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
                let (files, checked) = checked(folder, false, &weighed(strong, against, plain));
                let shown: String = checked.diagnostics.iter().map(|d| render(&files, d, false)).collect();
                let ruleset = checked.ruleset.unwrap_or_else(|| panic!("{shown}"));
                for (profile, expected) in ACCEPTED {
                    let found = verdicts(&ruleset, profile);
                    let found = ["subscription", "service", "mini_program"].map(|name| found[name]);
                    if found != *expected {
                        wrong.push((1, format!("{profile} at {strong}, {against}, {plain}: {found:?}")));
                    }
                }
            }
        }
    }
    wrong
}
