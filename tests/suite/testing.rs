//! Running tests: the command with its formats, properties, coverage. What is said of expectations stands in `testing/runs`.

use qudao_analysis::analyse::diagram::Budget;
use qudao_analysis::testing::{Coverage, PropertyOutcome, run_observed, suggest};
use qudao_language::format::format;
use qudao_telling::words::Tongue;

use crate::laws::{case, cases};
use crate::support::{Work, assert_snapshot, ruleset};

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
        assert_snapshot("testing/formats", format, &out);
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
        assert_snapshot("testing/formats", &name, &out);
        let (status, out, _) = work.qudao(&format!("test s.qd --deny undecided --format {format}"));
        assert_eq!(status, 1, "{out}");
        assert!(out.contains("undecided") || out.contains("UNDECIDED"), "{out}");
    }
    let (status, _, err) = work.qudao("test s.qd --deny everything");
    assert_eq!(status, 2, "{err}");
    assert!(err.contains("undecided"), "{err}");
}

#[test]
fn what_chooses_between_values_is_proved_or_refuted() {
    let text = r#"ruleset idx "i" { as of 2024-12-03 }
enum A { goods, services }
scale Credit { poor < fair < good < excellent }
profile { a: A, t: number in 0 .. 1_000_000, score: int in 300 .. 850, vip: bool
  x: number in 0 .. 100
  y: number in 0 .. 100
  born: date }
fact ceiling[A]: number
fact fee[A]: number
channel micro { ceiling[goods] = 188_700, ceiling[services] = 77_700
  fee[goods] = 3, fee[services] = 4 }
channel usual
let credit: Credit = if score >= 750 then excellent else if score >= 700 then good else if score >= 650 then fair else poor
let age = years(born, today)
let group: Credit = if age < 18 years then poor else if age < 65 years then fair else good
rule over { when t > micro.ceiling[a] then exclude micro }
rule good { when credit == good then exclude usual }
rule enough { when t >= (if vip then 100 else 200) then score usual +1 }
rule sum { when x + micro.fee[a] + y > 107 then score micro +1 }
rule far { when abs(x - y) > 50 and min(x, 60) > y then score micro +1 }
rule young { when group == poor then score micro -1 }
property proved_services { when a == services and t > 77_700 expect micro excluded }
property proved_unknown { when a == services and t > 77_700 even unknown expect micro excluded }
property refuted_services { when a == services and t > 77_699 expect micro excluded }
property proved_band { when score in 700 .. 749 expect usual excluded }
property refuted_band { when score in 700 .. 750 expect usual excluded }
property proved_if { when t >= 100 and vip expect rule enough fires }
property refuted_if { when t >= 100 expect rule enough fires }
property proved_sum { when a == services and x > 60 and y > 43 expect rule sum fires }
property refuted_sum { when a == goods and x > 60 and y >= 43 expect rule sum fires }
property proved_far { when rule_far_needs expect rule far fires }
property proved_age { when age < 18 years expect rule young fires }
property refuted_age { when age < 19 years expect rule young fires }
"#
    .replace("rule_far_needs", "x - y > 50 and y < 60");
    let ruleset = ruleset(&text);
    for every_day in [false, true] {
        for property in &ruleset.properties {
            let word = match qudao_analysis::testing::prove(
                &ruleset,
                property,
                None,
                every_day,
                Budget::default(),
                None,
            ) {
                PropertyOutcome::Proved => "proved",
                PropertyOutcome::Fails(_) => "refuted",
                PropertyOutcome::Undecided(why) => panic!("{}: {why}", property.name),
                PropertyOutcome::NotChecked => unreachable!(),
            };
            assert!(property.name.starts_with(word), "{} is {word}", property.name);
        }
    }
}

#[test]
fn that_a_measure_is_the_lowest_is_one_thing_to_see() {
    for channels in [3, 40] {
        let mut text =
            "ruleset t \"T\" { as of 2026-01-01 }\nprofile { n: int in 0 .. 100 }\nfact fee: number\n"
                .to_string();
        for channel in 0..channels {
            text += &format!("channel c{channel} \"C\" {{ fee = {} }}\n", channel + 1);
        }
        text += r#"measure cost: number for each c = abs(c.fee - n)
rule low for each c { when c.cost is lowest then score c +1 }
rule named { when c0.cost is lowest then score c0 +1 }
test "near the first" { given { n = 1 } expect c0 recommended }
test "near the second" { given { n = 2 } expect c1 recommended }
"#;
        let work = Work::new(&[("t.qd", &text)]);
        let (_, out, err) = work.qudao("test t.qd --coverage");
        assert!(out.contains("atoms 4 of 4"), "{out}{err}");
    }
}

#[test]
fn what_nothing_reaches_is_not_covered() {
    // Every rule, part and verdict that can be reached is: nobody gets `own` excluded, or `market` recommended.
    let tests = r#"rule never "Never" { when n > 9 and n < 3 then exclude own }
rule winter "Winter" { when n < 0 and today in 2026-01-01 .. 2026-02-28 then score market -1 }
rule asked "Asked" { when n is unknown then note own "unknown" }
test "many" { given { n = 10 } expect own recommended }
test "few" { given { n = 1 } expect own possible }
test "none" { given { n = -1 } expect market unsuitable }
test "in May" { as of 2026-05-01 given { n = -1 } expect market possible }
test "unknown" { expect rule asked fires }
"#;
    let work = Work::new(&[("shop.qd", &shop(tests))]);
    let (status, out, err) = work.qudao("test shop.qd --threshold 100");
    assert_eq!(status, 0, "{out}{err}");
    assert!(out.contains("coverage 100%: rules 7 of 7, atoms 12 of 12, verdicts 4 of 4"), "{out}");
    let one_less =
        tests.replace("test \"in May\"", "test \"in January\"").replace("2026-05-01", "2026-01-02");
    let one_less = one_less.replace("n = -1 } expect market possible", "n = -1 } expect market unsuitable");
    work.write("shop.qd", &shop(&one_less));
    let (status, out, _) = work.qudao("test shop.qd --threshold 100");
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("`today in 2026-01-01 .. 2026-02-28` is never false"), "{out}");
}

#[test]
fn a_new_ruleset_is_covered_enough() {
    let work = Work::new(&[]);
    assert_eq!(work.qudao("new shop").0, 0);
    let (status, out, err) = work.qudao("test shop --threshold 80");
    assert_eq!(status, 0, "{out}{err}");
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
    assert_snapshot("testing/formats", "coverage", &out);
    assert_eq!(work.qudao("test shop.qd --threshold 60").0, 0);
    let (status, _, err) = work.qudao("test shop.qd --threshold 95");
    assert_eq!(status, 1);
    assert!(err.contains("less than 95%"), "{err}");
    work.write("profiles/other.yaml", "n: 200\nkind: a\n");
    let (_, out, _) = work.qudao("test shop.qd --accept --coverage");
    assert!(!out.contains("`large`") && !out.contains("rule named never fires"), "{out}");
}

/// What is suggested parses, is laid out, passes, and reaches all but what is said to be open.
#[test]
fn suggested_tests_pass_and_reach_what_was_not_reached() {
    let (mut count, mut open, mut all) = (0, 0, 0);
    for seed in 0..cases(25) {
        let case = case(seed + 8_000_000, 70);
        let bare = Coverage::new(&case.ruleset).finished(&case.ruleset, Budget::default(), Tongue::English);
        let suggested = suggest(&case.ruleset, &bare, Budget::default(), Tongue::English);
        assert_eq!(format("suggested.qd", &suggested.text).unwrap(), suggested.text, "seed {seed}");
        let tested = ruleset(&format!("{}\n{}", case.text, suggested.text));
        assert_eq!(tested.tests.len(), suggested.count, "seed {seed}");
        let mut coverage = Coverage::new(&tested);
        for test in &tested.tests {
            let run =
                run_observed(&tested, test, None, None, None, &mut |decision| coverage.observe(decision));
            assert!(run.passed(), "seed {seed}: {run:?}\n{}", suggested.text);
        }
        let coverage = coverage.finished(&tested, Budget::default(), Tongue::English);
        let facts = |unseen: &&qudao_analysis::testing::Unseen| unseen.text.ends_with(" is never read");
        let left = coverage.unseen().iter().filter(|unseen| !facts(unseen)).count();
        assert!(left <= suggested.open.len(), "seed {seed}: {:?}", coverage.unseen());
        all += bare.unseen().iter().filter(|unseen| !facts(unseen)).count();
        open += suggested.open.len();
        count += suggested.count;
    }
    assert!(count > 100 && open * 10 < all, "{count} tests, {open} of {all} are open");
}

#[test]
fn suggestions_write_nothing_but_themselves() {
    let work = Work::new(&[("shop.qd", &shop("")), ("profiles/few.yaml", "n: 1\n")]);
    let (status, out, err) = work.qudao("test shop.qd --suggest");
    assert_eq!((status, err.as_str()), (0, "shop: 1 test is suggested; confirm what it expects\n"));
    assert!(!work.path("snapshots").exists());
    std::fs::write(work.path("shop.qd"), shop(&out)).unwrap();
    let (status, out, _) = work.qudao("test shop.qd --accept --coverage -v");
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("2 passed in shop") && out.contains("coverage 100%"), "{out}");
}
