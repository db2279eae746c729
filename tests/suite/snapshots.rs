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
    info:
      form: 2
      rests on:
        "fact own.limit": "5"
        "requirement licence": "m"
        "thresholds": "recommended >= 1, possible >= 0"
    ---
    own recommended with 4
    own because always
    own because many
    own needs licence unmet
    market possible with 0
    fact own.limit = 5
    "#);
}

/// A parameter that nobody knew and somebody tells now is the cause of what moves.
#[test]
fn a_parameter_that_is_told_at_last_is_a_cause() {
    let rest = "parameter least: int \"Least\"\nrule enough { when n >= least then score own +1 }\n";
    for unknown in [rest.to_string(), rest.replace("\"Least\"", "\"Least\" = unknown")] {
        let work = shop();
        work.write("shop.qd", &(SHOP.to_string() + &unknown));
        assert_eq!(work.qudao("test shop.qd --accept").0, 0);
        work.write("shop.qd", &(SHOP.to_string() + &rest.replace("\"Least\"", "\"Least\" = 1")));
        let (status, out, _) = work.qudao("test shop.qd");
        assert_eq!(status, 1, "{out}");
        assert!(out.contains("Cause 1 of 1: fact least: unknown → 1"), "{out}");
    }
}

/// A measure that moves is a change, with the edit that moves it.
#[test]
fn a_measure_moves_with_its_cause() {
    let work = shop();
    work.write("shop.qd", &(SHOP.to_string() + "measure cost: number for each c in {own} = n * own.limit\n"));
    assert_eq!(work.qudao("test shop.qd --accept").0, 0);
    assert!(work.read("snapshots/big.snap").contains("own measure cost = 45\nmarket"));
    edit(&work, "shop.qd", "n * own.limit", "n * own.limit + 1");
    let (status, out, _) = work.qudao("test shop.qd");
    assert_eq!(status, 1);
    let cause = "Cause 1 of 1: measure cost: n * own.limit → n * own.limit + 1 (3 cases)";
    assert!(out.contains(cause), "{out}");
    assert!(out.contains("- own measure cost = 45\n    + own measure cost = 46"), "{out}");
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

/// A profile may be edited beside the rules. What acts in place of another then was not renamed.
#[test]
fn an_edited_profile_renames_nothing() {
    let rules = "rule few { when n <= 5 then score own +3 }\nrule many { when n > 5 then score own +3 }\n";
    let head = SHOP.split("rule many").next().unwrap();
    let work = Work::new(&[("shop.qd", &format!("{head}{rules}")), ("profiles/one.yaml", "n: 9\n")]);
    assert_eq!(work.qudao("test shop.qd --accept").0, 0);
    work.write("profiles/one.yaml", "n: 2\n");
    let (_, out, _) = work.qudao("test shop.qd");
    assert!(out.contains("few comes to act") && out.contains("many acts no more"), "{out}");
    // A rule that is edited at the same time, and one that is renamed indeed.
    edit(
        &work,
        "shop.qd",
        "rule few { when n <= 5 then score own +3 }",
        "rule few { when n <= 5 then score own +4 }",
    );
    let (_, out, _) = work.qudao("review shop.qd");
    assert!(!out.contains("is named") && out.contains("few comes to act"), "{out}");
    edit(&work, "shop.qd", "rule many", "rule lots");
    edit(&work, "shop.qd", "score own +4", "score own +3");
    work.write("profiles/one.yaml", "n: 9\n");
    let (_, out, _) = work.qudao("test shop.qd");
    assert!(out.contains("many is named lots now"), "{out}");
    // A value that is set otherwise, and a profile that goes with it.
    let (work, many) = (shop(), "rule many \"Many\" { when n > own.limit");
    edit(&work, "shop.qd", many, &format!("{many} and m"));
    assert_eq!(work.qudao("test shop.qd --accept").0, 0);
    edit(&work, "shop.qd", "limit = 5", "limit = 8");
    work.write("profiles/big.yaml", "n: 7\nm: false\n");
    let (_, out, _) = work.qudao("test shop.qd");
    assert!(out.contains("together with what rules or the profile say now"), "{out}");
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

/// Many things that can be set otherwise, each in its own place.
const FARE: &str = r#"ruleset fare "Fare" { as of 2026-01-01 }
unit USD = 7 CNY
unit GBP = 9 CNY
profile {
  n: int in 0 .. 1000
  m: bool default false
  k: bool default false
}
fact fee: number CNY
fact cap: int
channel a { fee = 10 CNY, cap = 5 }
channel b { fee = 11 CNY, cap = 6 }
channel c { fee = 20 CNY }
channel d { fee = 30 CNY }
channel e
channel f
channel g
requirement licence { met when n > 50 }
requirement deposit { met when n > 60 }
weight strong = 3
weight weak = 2
let large = n > 70
let huge = n > 80
rule dear for each x in {a, b} { when x.fee > 25 CNY then score x -2 }
rule dollars { when c.fee > 2 USD then score c +1 }
rule pounds { when d.fee > 3 GBP then score d +1 }
rule plenty { when large then score e +strong }
rule lots { when huge then score f +weak }
rule licensed { then e needs licence }
rule paid { then f needs deposit }
rule defaulted { when m then score g +1 }
rule usual { then score a +4 }
rule but exception to usual { when n > 90 and k then note "no" }
table sizes {
       | n     || b  | g  |
  low  | < 40  || +1 | +3 |
  high | >= 40 || +2 | +4 |
}
test "t" { given { n = 1 } expect a recommended }
"#;

/// Changes of it, each with how its cause begins.
const FARES: &[(&str, &str, &str)] = &[
    ("fact a.fee: 10 CNY → 30 CNY", "a { fee = 10 CNY", "a { fee = 30 CNY"),
    ("fact b.fee: 11 CNY → 33 CNY", "b { fee = 11 CNY", "b { fee = 33 CNY"),
    ("unit USD: 7 CNY → 12 CNY", "unit USD = 7 CNY", "unit USD = 12 CNY"),
    ("unit GBP: 9 CNY → 11 CNY", "unit GBP = 9 CNY", "unit GBP = 11 CNY"),
    ("points of plenty: +2", "strong = 3", "strong = 5"),
    ("points of lots: +2", "weak = 2", "weak = 4"),
    ("requirement licence: n > 50 → n > 500", "met when n > 50", "met when n > 500"),
    ("requirement deposit: n > 60 → n > 600", "met when n > 60", "met when n > 600"),
    ("default m: false → true", "m: bool default false", "m: bool default true"),
    ("points of sizes.high", "|| +2 | +4 |", "|| +2 | +5 |"),
    ("points of usual", "score a +4", "score a +6"),
];

fn fare() -> Work {
    let work = Work::new(&[
        ("fare.qd", FARE),
        ("profiles/big.yaml", "n: 100\n"),
        ("profiles/small.yaml", "n: 10\nk: true\n"),
    ]);
    let (status, _, err) = work.qudao("test fare.qd --accept");
    assert_eq!(status, 0, "{err}");
    work
}

#[test]
fn two_edits_are_two_causes_and_each_is_accepted_by_itself() {
    for (number, (one, from, to)) in FARES.iter().enumerate() {
        for (two, other_from, other_to) in FARES.iter().skip(number + 1) {
            let work = fare();
            let with_one = FARE.replacen(from, to, 1);
            let both = with_one.replacen(other_from, other_to, 1);
            assert!(with_one != FARE && both != with_one, "{one} {two}");
            work.write("fare.qd", &both);
            let (_, out, _) = work.qudao("test fare.qd");
            let meet = out.contains("together");
            if meet {
                // They move the same lines.
                assert!(out.contains("Cause 1 of 1"), "{one}; {two}\n{out}");
                continue;
            }
            assert!(out.contains("of 2: ") && out.contains(one) && out.contains(two), "{one}; {two}\n{out}");
            let (_, list, _) = work.qudao("review fare.qd");
            let head = list.lines().find(|line| line.contains(one)).unwrap();
            let cause = head.strip_prefix("Cause ").unwrap().split(' ').next().unwrap();
            assert_eq!(work.qudao(&format!("review fare.qd --accept {cause}")).0, 1, "{one}; {two}");
            // What was accepted is what the ruleset gives with that edit alone.
            work.write("fare.qd", &with_one);
            let (status, out, _) = work.qudao("test fare.qd");
            assert_eq!(status, 0, "{one}; {two}\n{out}");
            // And the other edit is a cause of its own from then on, under its own name.
            work.write("fare.qd", &both);
            let (_, out, _) = work.qudao("test fare.qd");
            assert!(out.contains("Cause 1 of 1") && out.contains(two), "{one}; {two}\n{out}");
            assert!(!out.contains(one), "{one}; {two}\n{out}");
        }
    }
}

#[test]
fn what_only_two_edits_do_is_told_of_both_together() {
    let text = FARE.replace("rule defaulted { when m", "rule defaulted { when m and a.cap > 7");
    let work = Work::new(&[("fare.qd", &text), ("profiles/big.yaml", "n: 100\n")]);
    work.qudao("test fare.qd --accept");
    edit(&work, "fare.qd", "m: bool default false", "m: bool default true");
    edit(&work, "fare.qd", "cap = 5", "cap = 9");
    let (_, out, _) = work.qudao("test fare.qd");
    assert!(out.contains("Cause 1 of 1: default m: false → true"), "{out}");
    assert!(out.contains("fact a.cap: 5 → 9") && out.contains("together: with any one of them"), "{out}");
    // Each of two weights does it by itself.
    let text = FARE
        .replace("rule lots { when huge then score f +weak }", "rule lots { when huge then score e +weak }");
    let work = Work::new(&[("fare.qd", &text), ("profiles/big.yaml", "n: 100\n")]);
    work.qudao("test fare.qd --accept");
    edit(&work, "fare.qd", "strong = 3", "strong = 5");
    edit(&work, "fare.qd", "weak = 2", "weak = 4");
    let (_, out, _) = work.qudao("test fare.qd");
    assert!(out.contains("Cause 1 of 1") && out.contains("weight strong: 3 → 5"), "{out}");
    assert!(out.contains("weight weak: 2 → 4") && out.contains("together: only with all"), "{out}");
}

#[test]
fn snapshots_of_the_former_form_are_compared_and_reviewed() {
    let work = fare();
    for case in ["big", "small"] {
        let name = format!("snapshots/{case}.snap");
        let text = work.read(&name);
        let (head, contents) = text.split_once("\n---\n").unwrap();
        assert!(head.contains("rests on"), "{text}");
        work.write(&name, &format!("---\nexpression: \"{case}\"\n---\n{contents}"));
    }
    assert_eq!(work.qudao("test fare.qd --check").0, 0);
    edit(&work, "fare.qd", "fee = 10 CNY", "fee = 30 CNY");
    let (_, out, _) = work.qudao("test fare.qd");
    assert!(out.contains("Cause 1 of 1: dear comes to act"), "{out}");
    assert_eq!(work.qudao("review fare.qd --accept all").0, 0);
    assert_eq!(work.qudao("test fare.qd --check").0, 0);
    assert!(work.read("snapshots/big.snap").contains("\"fact a.fee\": \"30 CNY\""));
}

#[test]
fn a_snapshot_with_the_marks_of_a_merge_is_told_and_mended() {
    for place in ["contents", "head", "pending"] {
        let work = shop();
        let right = work.read("snapshots/big.snap");
        let line = if place == "head" { "  form: 2\n" } else { "own recommended with 4\n" };
        assert!(right.contains(line));
        let marks = format!("<<<<<<< ours\n{line}=======\n{}>>>>>>> theirs\n", line.replace('4', "5"));
        let marked = right.replace(line, &marks);
        if place == "pending" {
            work.write("snapshots/big.snap.new", &marked);
            let (status, _, err) = work.qudao("review shop.qd --accept all");
            assert_eq!(status, 2, "{err}");
            assert!(err.contains("big.snap.new` holds the marks of a merge conflict"), "{err}");
            assert_eq!(work.qudao("test shop.qd").0, 0, "it is the same as ever");
            continue;
        }
        work.write("snapshots/big.snap", &marked);
        for format in ["text", "json", "markdown", "github", "junit"] {
            let (status, out, _) = work.qudao(&format!("test shop.qd --check --format {format}"));
            assert_eq!((status, out.contains("merge conflict")), (1, true), "{format}: {out}");
        }
        let (_, out, _) = work.qudao("test shop.qd");
        assert!(out.contains("merge conflict"), "{out}");
        assert!(out.contains("3 passed, 1 failed"), "{out}");
        assert_eq!(work.qudao("review shop.qd").0, 1);
        let mend = if place == "head" { "review shop.qd --accept all" } else { "test shop.qd --accept" };
        assert_eq!(work.qudao(mend).0, 0);
        assert_eq!(work.read("snapshots/big.snap"), right);
    }
}

#[test]
fn what_has_another_name_now_is_the_same() {
    let old = "ruleset shop \"Shop\" { as of 2026-01-01 }
enum Size { tiny, large }
profile { heavy: bool, size: Size }
fact size: Size
parameter usual: Size = tiny
channel red_fox { size = unknown }
channel owl { size = tiny }
rule strong { when heavy then score red_fox +1 }
rule common { when size == usual then score owl +1 }
rule fits { when owl.size == tiny and red_fox.size == tiny then score owl +3, note red_fox \"x\" }
";
    let new = old
        .replace("channel red_fox", "channel fox was red_fox")
        .replace("red_fox +1", "fox +1")
        .replace("red_fox.size", "fox.size")
        .replace("note red_fox", "note fox")
        .replace("parameter usual: Size", "parameter common_size: Size was usual")
        .replace("== usual", "== common_size")
        .replace("{ tiny,", "{ small was tiny,")
        .replace("= tiny", "= small");
    let work = Work::new(&[
        ("shop.qd", old),
        ("profiles/p.yaml", "heavy: true\nsize: tiny\n"),
        ("old/shop.qd", old),
    ]);
    assert_eq!(work.qudao("test shop.qd --accept").0, 0);
    std::fs::write(work.path("shop.qd"), &new).unwrap();
    let (status, out, err) = work.qudao("test shop.qd");
    assert_eq!(status, 0, "{out}{err}");
    let (status, out, err) = work.qudao("why shop.qd profiles/p.yaml red_fox");
    assert!(status == 0 && out.contains("fox"), "{out}{err}");
    let (status, out, err) = work.qudao("diff old/shop.qd shop.qd");
    assert!(status == 0 && out.contains("red_fox") && !out.contains("is gone"), "{out}{err}");
}
