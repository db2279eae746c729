//! Snapshots of profiles: how they come, change and are accepted, what moved them, and that nothing is lost.

use std::path::Path;

use crate::support::{Work, files_below};

const SHOP: &str = r#"ruleset shop "Shop" { as of 2026-01-01 }
profile { n: int, m: bool }
fact limit: int
channel own { limit = 5 }
channel market
requirement licence { met when m }
rule many "Many" { when n > own.limit then score own +3, own needs licence because "{n} is many" }
rule few { when n <= own.limit then score market +2 }
rule always { then score own +1 }
test "t" { given { n = 1 } expect market recommended }
"#;

fn shop() -> Work {
    let work = Work::new(&[
        ("shop.qd", SHOP),
        ("profiles/big.yaml", "n: 9\nm: true\n"),
        ("profiles/middle.json", "{\"n\": 6, \"m\": false}\n"),
        ("profiles/small.toml", "n = 1\n"),
        ("profiles/readme.md", "not a profile\n"),
    ]);
    let (status, _, err) = work.qudao("test shop.qd --accept");
    assert_eq!(status, 0, "{err}");
    work
}

fn edit(work: &Work, name: &str, old: &str, new: &str) {
    let text = work.read(name);
    assert!(text.contains(old), "{name} lacks {old}");
    work.write(name, &text.replace(old, new));
}

#[test]
fn a_snapshot_has_ids_only_a_line_for_each_thing() {
    let work = shop();
    assert_eq!(work.names("snapshots"), ["big.snap", "middle.snap", "small.snap"]);
    insta::assert_snapshot!(work.read("snapshots/middle.snap"), @r#"
    ---
    expression: "middle"
    ---
    own recommended with 4
    own because always
    own because many
    own needs licence unmet
    market possible with 0
    fact own.limit = 5
    "#);
}

#[test]
fn a_case_is_new_then_accepted_then_the_same() {
    let work = shop();
    std::fs::remove_file(work.path("snapshots/big.snap")).unwrap();
    let (status, out, err) = work.qudao("test shop.qd");
    assert_eq!(status, 1);
    assert!(out.ends_with("3 passed, 1 new\n"), "{out}");
    assert!(err.contains("qudao test shop.qd --accept"), "{err}");
    assert_eq!(work.names("snapshots"), ["big.snap.new", "middle.snap", "small.snap"]);
    assert_eq!(work.qudao("test shop.qd --accept middle").0, 1);
    assert_eq!(work.qudao("test --accept big -- shop.qd").0, 0);
    assert_eq!(work.names("snapshots"), ["big.snap", "middle.snap", "small.snap"]);
    let (status, out, _) = work.qudao("test shop.qd");
    assert_eq!((status, out.as_str()), (0, "4 passed\n"));
    let (status, _, err) = work.qudao("test shop.qd --accept bog");
    assert_eq!(status, 2);
    assert!(err.contains("no case is named `bog`; the nearest name is `big`"), "{err}");
}

#[test]
fn a_difference_is_pending_until_it_is_accepted_or_gone() {
    let work = shop();
    let before = work.read("snapshots/big.snap");
    edit(&work, "shop.qd", "score own +3", "score own +4");
    assert_eq!(work.qudao("test shop.qd").0, 1);
    assert_eq!(work.read("snapshots/big.snap"), before);
    assert!(work.read("snapshots/big.snap.new").contains("own recommended with 5"));
    edit(&work, "shop.qd", "score own +4", "score own +3");
    assert_eq!(work.qudao("test shop.qd").0, 0);
    assert_eq!(work.names("snapshots"), ["big.snap", "middle.snap", "small.snap"]);
    edit(&work, "shop.qd", "score own +3", "score own +4");
    assert_eq!(work.qudao("test --accept shop.qd").0, 0, "a path behind --accept is no case");
    assert_eq!(work.read("snapshots/big.snap"), before.replace("with 4", "with 5"));
}

#[test]
fn under_check_nothing_is_written_and_all_is_shown() {
    let work = shop();
    edit(&work, "shop.qd", "score own +3", "score own +4");
    let (status, out, _) = work.qudao("test shop.qd --check");
    assert_eq!(status, 1);
    for case in ["big", "middle"] {
        assert!(out.contains(&format!("FAIL  case {case}: the decision differs")), "{out}");
    }
    assert_eq!(out.matches("  + own recommended with 5\n").count(), 2, "{out}");
    assert_eq!(work.names("snapshots"), ["big.snap", "middle.snap", "small.snap"]);
    edit(&work, "shop.qd", "score own +4", "score own +3");
    std::fs::copy(work.path("snapshots/big.snap"), work.path("snapshots/big.snap.new")).unwrap();
    assert_eq!(work.qudao("test shop.qd --check").0, 1, "a pending snapshot was left in the repository");
    assert_eq!(work.qudao("test shop.qd").0, 0);
    assert_eq!(work.qudao("test shop.qd --check").0, 0);
}

#[test]
fn snapshots_without_a_profile_are_reported_and_pruned() {
    let work = shop();
    std::fs::remove_file(work.path("profiles/big.yaml")).unwrap();
    let (status, out, _) = work.qudao("test shop.qd");
    assert_eq!(status, 1);
    assert!(out.contains("big.snap: no profile has this name"), "{out}");
    assert!(out.ends_with("3 passed, 1 unreferenced\n"), "{out}");
    assert_eq!(work.qudao("test shop.qd --prune").0, 0);
    assert_eq!(work.names("snapshots"), ["middle.snap", "small.snap"]);
}

#[test]
fn profiles_that_cannot_be_used_fail_and_say_why() {
    let work = shop();
    work.write("profiles/wrong.yaml", "o: 1\n");
    work.write("profiles/big.json", "{\"n\": 9}\n");
    let (status, out, _) = work.qudao("test shop.qd");
    assert_eq!(status, 1);
    assert!(out.contains("unknown-field"), "{out}");
    assert!(out.contains("would have one snapshot; rename one of them"), "{out}");
    assert!(out.ends_with("3 passed, 2 failed\n"), "{out}");
}

#[test]
fn two_rulesets_of_a_folder_keep_their_snapshots_apart() {
    let work = shop();
    work.write("shop2.qd", &SHOP.replace("ruleset shop", "ruleset shop2"));
    let (status, out, _) = work.qudao("test .");
    assert_eq!(status, 1);
    assert!(out.ends_with("2 passed, 6 new, 6 unreferenced\n"), "{out}");
    assert_eq!(work.qudao("test . --accept --prune").0, 0);
    assert_eq!(work.names("snapshots").len(), 6);
    assert!(work.names("snapshots").contains(&"shop2@small.snap".to_string()));
    assert_eq!(work.qudao("test shop.qd --check").0, 0);
}

#[test]
fn reasons_in_words_stay_where_they_are_wanted() {
    let work = shop();
    assert!(!work.read("snapshots/big.snap").contains("text"));
    assert_eq!(work.qudao("test shop.qd --texts --accept").0, 0);
    assert!(work.read("snapshots/big.snap").contains("text own many: 9 is many\n"));
    assert_eq!(work.qudao("test shop.qd").0, 0);
    edit(&work, "shop.qd", "{n} is many", "{n} is quite many");
    let (_, out, _) = work.qudao("test shop.qd");
    assert!(out.contains("Cause 1 of 1: words of many (2 cases)"), "{out}");
}

/// A copy of a ruleset that ships, with its snapshots accepted.
fn copy_of(ruleset: &str) -> Work {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets").join(ruleset);
    let work = Work::new(&[]);
    for path in files_below(&from) {
        let name = path.strip_prefix(&from).unwrap().to_str().unwrap().to_string();
        work.write(&name, &std::fs::read_to_string(&path).unwrap());
    }
    assert_eq!(work.qudao("test . --accept").0, 0);
    work
}

/// How many lines differ in each snapshot that is pending.
fn changed_lines(work: &Work) -> Vec<usize> {
    let pending = work.names("snapshots").into_iter().filter(|name| name.ends_with(".new"));
    let count = |name: String| {
        let (old, new) = (
            work.read(&format!("snapshots/{}", name.trim_end_matches(".new"))),
            work.read(&format!("snapshots/{name}")),
        );
        new.lines().filter(|line| !old.lines().any(|old| old == *line)).count()
    };
    pending.map(count).collect()
}

#[test]
fn one_edit_is_one_cause() {
    let edits: &[(&str, &str, &str)] = &[
        ("points of many", "score own +3", "score own +7"),
        ("many is named lots now", "rule many", "rule lots"),
        ("own is named mine now", "own", "mine"),
        ("licence is named permit now", "licence", "permit"),
        ("fact own.limit: 5 → 6", "limit = 5", "limit = 6"),
        ("fact own.limit: 5 → 8", "limit = 5", "limit = 8"),
        ("reads fact own.limit", "n > own.limit", "n > 100"),
        ("threshold", "rule always", "verdicts { recommended >= 3, possible >= 0 }\nrule always"),
        ("few acts no more", "rule few { when n <= own.limit then score market +2 }", ""),
        ("need of licence", "met when m }", "met when not m }"),
        ("fair is new", "channel market", "channel market\nchannel fair { needs licence }"),
        (
            "order of declaration",
            "channel own { limit = 5 }\nchannel market",
            "channel market\nchannel own { limit = 5 }",
        ),
    ];
    for (title, old, new) in edits {
        let work = shop();
        edit(&work, "shop.qd", old, new);
        let (_, out, _) = work.qudao("test shop.qd");
        assert!(out.contains("Cause 1 of 1") && out.contains(title), "{title}\n{out}");
    }
}

#[test]
fn a_named_weight_is_one_cause_and_two_edits_are_two() {
    let text = SHOP.replace("+3", "+strong").replace("+2", "+strong") + "weight strong = 3\n";
    let work =
        Work::new(&[("shop.qd", &text), ("profiles/big.yaml", "n: 9\n"), ("profiles/small.yaml", "n: 1\n")]);
    work.qudao("test shop.qd --accept");
    edit(&work, "shop.qd", "strong = 3", "strong = 5");
    let (_, out, _) = work.qudao("test shop.qd");
    assert!(out.contains("Cause 1 of 1: points of few or many: +2"), "{out}");
    let work = shop();
    edit(&work, "shop.qd", "score own +3", "score own +9");
    edit(
        &work,
        "shop.qd",
        "{ when n <= own.limit then score market +2 }",
        "{ when n < 0 then score market +2 }",
    );
    let (_, out, _) = work.qudao("test shop.qd");
    assert!(out.contains("Cause 1 of 2: points of many: +6 (2 cases)"), "{out}");
    assert!(out.contains("Cause 2 of 2: few acts no more (1 case)"), "{out}");
}

#[test]
fn a_weight_of_the_shipped_ruleset_moves_one_line_a_case() {
    let work = copy_of("wechat");
    let text = work.read("accounts.qd");
    let (before, rule) = text.split_once("rule ar15_shop").unwrap();
    let rule = rule.replacen("score service +strong", "score service +plain", 1);
    work.write("accounts.qd", &format!("{before}rule ar15_shop{rule}"));
    let (_, out, _) = work.qudao("test . --format text");
    assert!(out.contains("Cause 1 of 1: points of ar15_shop: +1 plain, -1 strong"), "{out}");
    let lines = changed_lines(&work);
    assert!(lines.len() > 3 && lines.iter().all(|count| *count == 1), "{lines:?}");
}
