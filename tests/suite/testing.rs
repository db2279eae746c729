//! Running tests: every form of expectation, met and not, and the command with its formats.

use std::path::Path;

use qudao::testing::{PropertyOutcome, RulesetRun, properties, report, run};

use crate::support::{Work, files_below, folder, ruleset};

#[test]
fn every_expectation_says_what_is_the_case_instead() {
    for path in files_below(&folder("testing/runs")).iter().filter(|path| path.extension().unwrap() == "qd") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let ruleset = ruleset(&std::fs::read_to_string(path).unwrap());
        let tests = ruleset.tests.iter().map(|test| run(&ruleset, test, None, None)).collect();
        let properties = properties(&ruleset, |_| PropertyOutcome::NotChecked);
        let run = RulesetRun { name: name.into(), tests, properties, ..RulesetRun::default() };
        insta::with_settings!({
            snapshot_path => "../testing/runs", prepend_module_to_snapshot => false, omit_expression => true
        }, { insta::assert_snapshot!(name, report::text(&[run], report::Options::default())) });
    }
}

const SHOP: &str = r#"ruleset shop "Shop" { as of 2026-01-01 }
profile { n: int }
channel own "Own <shop>"
channel market
rule many "Many" { when n > 9 then score own +1 because "{n} & more" }
"#;

fn shop(tests: &str) -> String {
    format!("{SHOP}{tests}")
}

#[test]
fn a_failure_is_told_in_every_format() {
    let tests = r#"test "few" { given "given/few.yaml" expect own recommended }
test "many" { given "given/few.yaml" { n = 10 } expect own recommended }
test "no file" { given "given/none.yaml" expect own recommended }
test "a wrong file" { given "given/wrong.yaml" expect own recommended }
property p "P" { expect own possible }
"#;
    let work =
        Work::new(&[("shop.qd", &shop(tests)), ("given/few.yaml", "n: 1\n"), ("given/wrong.yaml", "m: 1\n")]);
    for format in ["text", "json", "junit", "github", "markdown"] {
        let (status, out, _) = work.qudao(&format!("test shop.qd --format {format}"));
        assert_eq!(status, 1, "{out}");
        insta::with_settings!({
            snapshot_path => "../testing/formats", prepend_module_to_snapshot => false, omit_expression => true
        }, { insta::assert_snapshot!(format, out) });
    }
}

#[test]
fn what_is_undecided_is_so_in_every_format() {
    // Months between two days are looked for, not proved.
    let text = r#"ruleset s "S" { as of 2026-01-01 }
profile { from_: date in 2025-01-01 .. 2025-12-31, to: date in 2025-01-01 .. 2025-12-31 }
channel c
rule r { when months(from_, to) >= 13 months and days(from_, to) < 40 days then exclude c }
property never "Never" { expect rule r does not fire }
"#;
    let work = Work::new(&[("s.qd", text)]);
    for format in ["text", "json", "junit", "github", "markdown"] {
        let (status, out, err) = work.qudao(&format!("test s.qd --format {format}"));
        assert_eq!(status, 0, "{out}{err}");
        let name = format!("undecided-{format}");
        insta::with_settings!({
            snapshot_path => "../testing/formats", prepend_module_to_snapshot => false, omit_expression => true
        }, { insta::assert_snapshot!(name, out) });
        let (status, out, _) = work.qudao(&format!("test s.qd --deny undecided --format {format}"));
        assert_eq!(status, 1, "{out}");
        assert!(out.contains("undecided") || out.contains("UNDECIDED"), "{out}");
    }
    let (status, _, err) = work.qudao("test s.qd --deny everything");
    assert_eq!(status, 2, "{err}");
    assert!(err.contains("undecided"), "{err}");
}

#[test]
fn no_test_at_all_is_a_failure() {
    let work = Work::new(&[("shop.qd", SHOP)]);
    let (status, out, _) = work.qudao("test shop.qd");
    assert_eq!((status, out.as_str()), (1, "no test was run, which is a failure: 0 passed\n"));
    work.write("shop.qd", &shop("test \"t\" { given { n = 1 } expect own possible }\n"));
    assert_eq!(work.qudao("test shop.qd").0, 0);
    assert_eq!(work.qudao("test shop.qd -k other").0, 1);
    assert_eq!(work.qudao("test none.qd").0, 2);
}

#[test]
fn tests_are_selected_and_stopped() {
    let tests = r#"test "First" { given { n = 1 } expect own recommended }
test "second" { given { n = 1 } expect own possible }
"#;
    let work =
        Work::new(&[("shop.qd", &shop(tests)), ("sub/shop.qd", &shop(tests)), ("sub/part.qd", "# none\n")]);
    assert!(work.qudao("test shop.qd").1.ends_with("1 passed, 1 failed\n"));
    assert!(work.qudao("test shop.qd -k FIRST").1.ends_with("0 passed, 1 failed, 1 skipped\n"));
    assert_eq!(work.qudao("test shop.qd -k sec").0, 0);
    assert!(work.qudao("test .").1.ends_with("2 passed, 2 failed\n"));
    assert!(work.qudao("test . --fail-fast").1.ends_with("0 passed, 1 failed, 1 skipped\n"));
}

#[test]
fn a_ruleset_with_errors_fails_beside_the_others() {
    let good = shop("test \"t\" { given { n = 1 } expect own possible }\n");
    let work = Work::new(&[("good.qd", &good), ("wrong.qd", &shop("channel own\n"))]);
    let (status, out, err) = work.qudao("test .");
    assert_eq!((status, out.as_str()), (1, "1 passed, 1 with errors\n"));
    assert!(err.contains("duplicate"), "{err}");
}

#[test]
fn the_rulesets_that_ship_pass_their_tests() {
    for name in qudao::bundled::names() {
        let work = Work::new(&[]);
        let (status, out, err) = work.qudao(&format!("test {name}"));
        assert_eq!(status, 0, "{name}\n{out}{err}");
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets").join(name).is_dir());
    }
}

#[test]
fn what_was_never_reached_is_told_with_its_text() {
    let text = r#"ruleset shop "Shop" { as of 2026-01-01 }
profile { n: int, kind: text }
fact limit: int
channel own { limit = 5 }
channel market { limit = 7 }
let large = n > 100
rule over for each c { when n > c.limit then exclude c }
rule named { when (kind == "a" or large) and own.limit > 1 then score market +1 }
table steps {
       | n     || own |
  low  | < 3   || +1  |
  high | >= 3  || +2  |
}
test "t" { given { n = 1, kind = "b" } expect own recommended }
test "u" { given { n = 6, kind = "b" } expect own excluded }
"#;
    let work = Work::new(&[("shop.qd", text)]);
    let (status, out, _) = work.qudao("test shop.qd --coverage");
    assert_eq!(status, 0);
    insta::with_settings!({
        snapshot_path => "../testing/formats", prepend_module_to_snapshot => false, omit_expression => true
    }, { insta::assert_snapshot!("coverage", out) });
    assert_eq!(work.qudao("test shop.qd --threshold 60").0, 0);
    let (status, _, err) = work.qudao("test shop.qd --threshold 95");
    assert_eq!(status, 1);
    assert!(err.contains("less than 95%"), "{err}");
    work.write("profiles/other.yaml", "n: 200\nkind: a\n");
    let (_, out, _) = work.qudao("test shop.qd --accept --coverage");
    assert!(!out.contains("`large`") && !out.contains("rule named never fires"), "{out}");
}
