//! The engines agree: what is grounded and what is run as bits says what `decide` says, on random rulesets and profiles.

use std::collections::BTreeMap;

use qudao_engine::ground::{Ground, Node};
use qudao_engine::program::Program;
use qudao_language::decide::{decide, verdict_of};
use qudao_language::model::Value;
use qudao_language::operator::Verdict;

use crate::engines::{assert_grounded, assert_runs};
use crate::generate::{self, Dice};
use crate::laws::{case, cases, large_case};
use crate::reading::random_profile;

#[test]
fn what_is_grounded_says_what_decide_says() {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut atoms, mut opaque) = (0, 0);
    for seed in 0..cases(400) {
        let case = case(seed + 4_000_000, 60);
        let day = case.ruleset.as_of.unwrap();
        let ground = Ground::new(&case.ruleset, day);
        atoms += ground.nodes.iter().filter(|node| matches!(node, Node::Atom(_))).count();
        opaque += ground.opaque.len();
        for construct in case.uses.keys() {
            *uses.entry(construct).or_default() += 1;
        }
        let mut dice = Dice::seeded(seed, 4000);
        for known in [0, 30, 60, 60, 90, 100] {
            let profile = random_profile(&case.ruleset, &generate::profile(&mut dice, known));
            assert_grounded(&ground, &decide(&case.ruleset, &profile, day), &format!("seed {seed}"));
        }
    }
    println!("{atoms} atoms, {opaque} opaque; {uses:?}");
    assert!(atoms > 2 * opaque && opaque * 20 > atoms, "{atoms} atoms, {opaque} opaque");
}

/// Rules that can have no part in a verdict are not looked at for it.
#[test]
fn the_verdict_of_one_target_is_the_one_among_all() {
    let (mut excluded, mut undecided, mut excepted) = (0, 0, 0);
    for seed in 0..cases(120) {
        let case = case(seed + 7_000_000, 60);
        let day = case.ruleset.as_of.unwrap();
        excepted += case.ruleset.rules.iter().filter(|rule| !rule.exceptions.is_empty()).count();
        let mut dice = Dice::seeded(seed, 7000);
        for known in [0, 50, 80, 100] {
            let profile = random_profile(&case.ruleset, &generate::profile(&mut dice, known));
            let decision = decide(&case.ruleset, &profile, day);
            for target in case.ruleset.targets() {
                let verdict = decision.target(target).verdict;
                assert_eq!(
                    verdict_of(&case.ruleset, &profile, day, target),
                    verdict,
                    "seed {seed}: {target:?}"
                );
                excluded += usize::from(verdict == Some(Verdict::Excluded));
                undecided += usize::from(verdict.is_none());
            }
        }
    }
    assert!(excluded > 50 && undecided > 50 && excepted > 50, "{excluded} {undecided} {excepted}");
}

/// Two values in one cell give one answer; the witness of a cell lies in it.
#[test]
fn the_witness_of_a_cell_answers_for_all_its_values() {
    for seed in 0..cases(200) {
        let case = case(seed + 5_000_000, 80);
        let day = case.ruleset.as_of.unwrap();
        let ground = Ground::new(&case.ruleset, day);
        for (id, variable) in ground.variables.entries() {
            for (cell, of) in variable.cells.iter().enumerate() {
                let Some(witness) = &of.witness else { continue };
                if !matches!(witness, Value::Bool(_)) {
                    assert_eq!(variable.cell(Some(witness)), cell, "seed {seed}: {id:?} {variable:?}");
                    let field = &case.ruleset.fields[variable.field];
                    assert_eq!(field.allows(witness), of.possible, "seed {seed}: {variable:?}");
                }
            }
        }
        if !ground.opaque.is_empty() {
            continue;
        }
        let profile = random_profile(&case.ruleset, &case.profile);
        let cells = ground.cells(&profile);
        let witness = ground.witness(&cells, "witness");
        assert_eq!(ground.cells(&witness), cells, "seed {seed}");
        let (a, b) = (decide(&case.ruleset, &profile, day), decide(&case.ruleset, &witness, day));
        for target in case.ruleset.targets() {
            let (a, b) = (a.target(target), b.target(target));
            let shown = |d: &qudao_language::decide::TargetDecision| {
                (d.verdict, d.score, d.score_range, d.could_be.clone())
            };
            assert_eq!(shown(a), shown(b), "seed {seed}: {target:?}");
        }
    }
}

#[test]
fn what_runs_as_bits_says_what_decide_says() {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    let mut slow: BTreeMap<String, usize> = BTreeMap::new();
    let (total, mut profiles, mut rules) = (cases(1500), 0, 0);
    let (mut opaque, mut evaluated) = (0, 0);
    for seed in 0..total {
        let case = case(seed + 6_000_000, 60);
        let day = case.ruleset.as_of.unwrap();
        let program = Program::new(&case.ruleset, day);
        let mut scratch = program.scratch();
        for construct in case.uses.keys() {
            *uses.entry(construct).or_default() += 1;
        }
        rules += case.ruleset.rules.len();
        opaque += program.ground().opaque.len();
        evaluated += program.evaluated();
        for rule in program.slow() {
            *slow.entry(format!("{:?}", rule.why)).or_default() += 1;
        }
        let mut dice = Dice::seeded(seed, 8000);
        for known in [0, 20, 40, 50, 60, 60, 70, 70, 75, 80, 80, 85, 90, 90, 95, 100] {
            let profile = random_profile(&case.ruleset, &generate::profile(&mut dice, known));
            assert_runs(
                &program,
                &mut scratch,
                &decide(&case.ruleset, &profile, day),
                &format!("seed {seed}"),
            );
            profiles += 1;
        }
    }
    println!("{profiles} profiles, {rules} rules, slow: {slow:?}; shares of {total}: {uses:?}");
    println!("{opaque} opaque conditions, {evaluated} of them left to the evaluator");
    assert!(opaque > total as usize && evaluated * 5 < opaque && evaluated * 100 > opaque);
    for (construct, share) in &uses {
        assert!(*share as u64 * 40 >= total, "{construct} stands in {share} of {total} rulesets only");
    }
    assert!(uses.len() >= 45 && slow.len() == 3, "{uses:?} {slow:?}");
}

/// Rows of bits longer than a word.
#[test]
fn many_rules_run_as_bits_say_what_decide_says() {
    let mut instances = 0;
    for seed in 0..cases(40) {
        let case = large_case(seed + 8_000_000, 60);
        let day = case.ruleset.as_of.unwrap();
        let program = Program::new(&case.ruleset, day);
        let mut scratch = program.scratch();
        instances += program.ground().instances.len();
        let mut dice = Dice::seeded(seed, 8000);
        for known in [20, 50, 70, 80, 90, 100] {
            let profile = random_profile(&case.ruleset, &generate::profile(&mut dice, known));
            assert_runs(
                &program,
                &mut scratch,
                &decide(&case.ruleset, &profile, day),
                &format!("seed {seed}"),
            );
        }
    }
    assert!(instances as u64 > 100 * cases(40), "{instances} instances");
}

/// A comparison of one day is cut where it turns round; one that an `abs` or an `if` turns twice is not cut once.
#[test]
fn a_day_may_turn_a_comparison_round_twice() {
    let conditions = [
        "abs(months(d, 2025-04-28) - 2 months) <= 0 months",
        "(if d in 2025-02-01 .. 2025-02-28 then 5 else 3) > 4",
        "years(d, 2025-03-01) < (if abs(d - 2020-01-01) > 30 days then 1 year else 9 years)",
        "apart <= 1 month",
        "months(d, 2025-04-28) > 2 months",
    ];
    for condition in conditions {
        let text = format!(
            "ruleset t {{ as of 2025-03-01 }}\nprofile {{ d: date }}\n\
             let apart = abs(months(d, 2025-04-28) - 2 months)\nchannel x\n\
             rule r {{ when {condition}, then score x +1 }}\n"
        );
        let ruleset = crate::support::ruleset(&text);
        let day = ruleset.as_of.unwrap();
        let program = Program::new(&ruleset, day);
        let mut scratch = program.scratch();
        for year in ["0001", "2019", "2024", "2025", "2026", "9999"] {
            for month in ["01-01", "02-23", "03-29", "12-31"] {
                let profile = random_profile(&ruleset, &[("d", Some(&format!("{year}-{month}")))]);
                let decision = decide(&ruleset, &profile, day);
                assert_grounded(program.ground(), &decision, condition);
                assert_runs(&program, &mut scratch, &decision, condition);
            }
        }
    }
}
