//! The engines agree: what is grounded and what is run as bits says what `decide` says, on random rulesets and profiles.

use std::collections::{BTreeMap, BTreeSet};

use qudao::decide::{Decision, Judged, Probe, Truth, decide};
use qudao::ground::{Ground, Node};
use qudao::model::{Id, Profile, Target, Value};
use qudao::program::{Program, Scratch};

use crate::generate::{self, Dice};
use crate::laws::{case, cases, large_case, read};

/// Every node of a grounded ruleset, judged for a profile.
fn judge(ground: &Ground<'_>, profile: &Profile) -> Vec<Judged> {
    let mut probe = Probe::new(ground.ruleset, profile, ground.day);
    let cells = ground.cells(profile);
    let all = ground.judge_all(&cells, |opaque| probe.judge(opaque.expr, opaque.channel));
    probe.exclude(ground.targets.iter().map(|target| all[target.excluded.index()]).collect());
    ground.judge_all(&cells, |opaque| probe.judge(opaque.expr, opaque.channel))
}

fn assert_grounded(ground: &Ground<'_>, decision: &Decision<'_>, seed: u64) {
    let all = judge(ground, decision.profile);
    for (rule, declared) in ground.ruleset.rules.entries() {
        let says = || format!("seed {seed}: {} for {:?}", declared.name, decision.profile);
        let instances = decision.instances(rule);
        let range = ground.instances_of(rule);
        assert_eq!(range.len(), instances.len(), "{}", says());
        for (index, decided) in range.zip(instances) {
            let instance = &ground.instances[Id::new(index)];
            assert_eq!((instance.rule, instance.channel), (rule, decided.channel), "{}", says());
            assert_eq!(instance.left_out, decided.left_out, "{}", says());
            assert_eq!(all[instance.condition.index()], decided.condition, "condition; {}", says());
            assert_eq!(all[instance.fires.index()], decided.fires, "fires; {}", says());
        }
    }
    for target in ground.ruleset.targets() {
        let index = ground.ruleset.target_index(target);
        let (grounded, decided) = (all[ground.targets[index].excluded.index()], decision.target(target));
        assert_eq!(grounded, decided.excluded, "seed {seed}: {target:?} for {:?}", decision.profile);
    }
}

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
            let profile = read(&case.ruleset, &generate::profile(&mut dice, known));
            assert_grounded(&ground, &decide(&case.ruleset, &profile, day), seed);
        }
    }
    println!("{atoms} atoms, {opaque} opaque; {uses:?}");
    assert!(atoms > 3 * opaque && opaque * 20 > atoms, "{atoms} atoms, {opaque} opaque");
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
        let profile = read(&case.ruleset, &case.profile);
        let cells = ground.cells(&profile);
        let witness = ground.witness(&cells, "witness");
        assert_eq!(ground.cells(&witness), cells, "seed {seed}");
        let (a, b) = (decide(&case.ruleset, &profile, day), decide(&case.ruleset, &witness, day));
        for target in case.ruleset.targets() {
            let (a, b) = (a.target(target), b.target(target));
            let shown =
                |d: &qudao::decide::TargetDecision| (d.verdict, d.score, d.score_range, d.could_be.clone());
            assert_eq!(shown(a), shown(b), "seed {seed}: {target:?}");
        }
    }
}

/// What a program says is what `decide` says, to the last key that it has.
pub(crate) fn assert_runs(program: &Program<'_>, scratch: &mut Scratch, decision: &Decision<'_>, seed: u64) {
    let ruleset = program.ruleset();
    let says = || format!("seed {seed}: {:?}", decision.profile);
    program.load(scratch, decision.profile);
    program.run(scratch);
    let (mut fired, mut pending) = (BTreeSet::new(), BTreeSet::new());
    program.fired(scratch, |id| assert!(fired.insert(id)));
    program.pending(scratch, |id| assert!(pending.insert(id)));
    for rule in ruleset.rules.ids() {
        for (index, decided) in program.ground().instances_of(rule).zip(decision.instances(rule)) {
            let truth = match (fired.contains(&Id::new(index)), pending.contains(&Id::new(index))) {
                (true, _) => Truth::True,
                (_, true) => Truth::Unknown,
                _ => Truth::False,
            };
            assert_eq!(truth, decided.fires.truth, "{}; {}", ruleset.rules[rule].name, says());
        }
    }
    for target in ruleset.targets() {
        let (run, decided) = (program.outcome(scratch, target), decision.target(target));
        let name = || format!("{}; {}", ruleset.target_name(target), says());
        assert_eq!(run.excluded, decided.excluded, "excluded: {}", name());
        assert_eq!(
            (run.score, run.score_range, run.leaning, run.verdict, run.rank),
            (decided.score, decided.score_range, decided.leaning, decided.verdict, decided.rank),
            "{}",
            name()
        );
        assert_eq!(run.could_be.iter().collect::<Vec<_>>(), decided.could_be, "{}", name());
        let needs: Vec<_> =
            program.needs(scratch, target).iter().map(|n| (n.need, n.state, n.because_of)).collect();
        let wanted: Vec<_> = decided.needs.iter().map(|n| (n.need, n.state, n.because_of)).collect();
        assert_eq!(needs, wanted, "{}", name());
    }
    let channels = program.channels(scratch).iter().map(|index| Target::Channel(Id::new(*index as usize)));
    assert_eq!(channels.collect::<Vec<_>>(), decision.channels, "{}", says());
    let mixes = program.mixes(scratch).iter().map(|index| Target::Mix(Id::new(*index as usize)));
    assert_eq!(mixes.collect::<Vec<_>>(), decision.mixes, "{}", says());
    let first = program.first(scratch);
    let wanted = (decision.first.target, decision.first.settled, decision.first.tie.len());
    assert_eq!((first.target, first.settled, first.ties), wanted, "{}", says());
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
            let profile = read(&case.ruleset, &generate::profile(&mut dice, known));
            assert_runs(&program, &mut scratch, &decide(&case.ruleset, &profile, day), seed);
            profiles += 1;
        }
    }
    println!("{profiles} profiles, {rules} rules, slow: {slow:?}; shares of {total}: {uses:?}");
    println!("{opaque} opaque conditions, {evaluated} of them left to the evaluator");
    assert!(opaque > total as usize && evaluated * 5 < opaque && evaluated * 100 > opaque);
    for (construct, share) in &uses {
        assert!(*share as u64 * 40 >= total, "{construct} stands in {share} of {total} rulesets only");
    }
    assert!(uses.len() >= 38 && slow.len() == 3, "{uses:?} {slow:?}");
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
            let profile = read(&case.ruleset, &generate::profile(&mut dice, known));
            assert_runs(&program, &mut scratch, &decide(&case.ruleset, &profile, day), seed);
        }
    }
    assert!(instances as u64 > 100 * cases(40), "{instances} instances");
}
