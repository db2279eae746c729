//! How long it takes to make a program, to run one profile, to answer a table, to prove a verdict:
//! `cargo bench --bench program`.

use qudao_engine::ground::Ground;
use qudao_engine::program::Program;
use qudao_engine::program::batch::{Batch, Form, Options};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::model::{Number, Profile, Ruleset, Value};
use qudao_language::syntax::Sources;
use qudao_telling::why::{Options as Wording, answer};
use qudao_telling::words::Speaker;

fn main() {
    divan::main();
}

/// A ruleset of so many rules over 25 fields and 12 channels: conditions on numbers and enums, a fact, an exclusion in
/// every tenth rule, and, if it is adverse, an exception to every rule and a sum in every fifth.
fn ruleset(rules: usize, adverse: bool) -> Ruleset {
    let mut text = String::from(
        "ruleset bench \"Bench\"\nenum Owner { individual, company, overseas, ngo }\nprofile {\n",
    );
    for field in 0..20 {
        text.push_str(&format!("  n{field}: number\n"));
    }
    for field in 0..5 {
        text.push_str(&format!("  owner{field}: Owner\n"));
    }
    text.push_str("}\nfact limit: number\n");
    for channel in 0..12 {
        text.push_str(&format!("channel c{channel} {{ limit = {channel} }}\n"));
    }
    for rule in 0..rules {
        let (a, b, owner, channel) = (rule % 20, (rule * 7 + 3) % 20, rule % 5, rule % 12);
        let sum = if adverse && rule % 5 == 0 {
            format!(" and n{a} + n{b} > {}", rule % 150)
        } else {
            String::new()
        };
        let effect = if rule % 10 == 9 { "exclude c".to_string() } else { "score c".to_string() };
        let points = if rule % 10 == 9 { String::new() } else { format!(" +{}", rule % 9 + 1) };
        text.push_str(&format!(
            "rule r{rule} {{\n  when n{a} > {} and (owner{owner} == company or n{b} <= c{channel}.limit){sum}\n  then {effect}{channel}{points}\n}}\n",
            rule * 13 % 100
        ));
        if adverse {
            text.push_str(&format!("rule x{rule} exception to r{rule} {{ when n{b} == {} }}\n", rule % 100));
        }
    }
    check(&Sources::new("bench.qd", text.into_bytes())).ruleset.expect("the ruleset has no errors")
}

/// A profile; one field in so many is not known.
fn profile(ruleset: &Ruleset, unknown: usize) -> Profile {
    let mut profile = Profile::empty(ruleset, "bench");
    for (number, id) in ruleset.fields.ids().enumerate() {
        let value = if number < 20 {
            Value::Number(Number::computed(qudao_language::exact::Exact::whole(number as i64 * 37 % 100)))
        } else {
            Value::Enum(number as u32 % 4)
        };
        profile.set(id, (number % unknown != 0).then_some(value));
    }
    profile
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn ground(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let ruleset = ruleset(rules, false);
    bencher.bench(|| Ground::new(&ruleset, Date::MIN));
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn program(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let ruleset = ruleset(rules, false);
    bencher.bench(|| Program::new(&ruleset, Date::MIN));
}

fn one(bencher: divan::Bencher<'_, '_>, rules: usize, adverse: bool, unknown: usize) {
    let ruleset = ruleset(rules, adverse);
    let program = Program::new(&ruleset, Date::MIN);
    let mut scratch = program.scratch();
    let profile = profile(&ruleset, unknown);
    bencher.bench_local(|| {
        program.load(&mut scratch, &profile);
        program.run(&mut scratch);
        program.first(&scratch)
    });
}

/// Everything known.
#[divan::bench(args = [100, 1_000, 10_000])]
fn one_profile(bencher: divan::Bencher<'_, '_>, rules: usize) {
    one(bencher, rules, false, usize::MAX);
}

/// A tenth unknown.
#[divan::bench(args = [100, 1_000, 10_000])]
fn one_profile_with_gaps(bencher: divan::Bencher<'_, '_>, rules: usize) {
    one(bencher, rules, false, 10);
}

/// Half unknown, an exception to every rule, a sum in every fifth.
#[divan::bench(args = [100, 1_000])]
fn one_profile_adverse(bencher: divan::Bencher<'_, '_>, rules: usize) {
    one(bencher, rules, true, 2);
}

/// The evaluator that defines what is meant, for comparison.
#[divan::bench(args = [100, 1_000, 10_000])]
fn one_profile_decided(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let ruleset = ruleset(rules, false);
    let profile = profile(&ruleset, usize::MAX);
    bencher.bench(|| decide(&ruleset, &profile, Date::MIN).first.target);
}

#[divan::bench(args = [100, 1_000])]
fn why(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let ruleset = ruleset(rules, false);
    let profile = profile(&ruleset, 10);
    let decision = decide(&ruleset, &profile, Date::MIN);
    bencher.bench_local(|| answer(&decision, Speaker::new(&ruleset, None), &Wording::default()));
}

const OWNERS: [&str; 3] = ["individual", "company", "ngo"];

/// A thousand rows of NDJSON, from bytes to bytes.
#[divan::bench(args = [100, 1_000])]
fn thousand_rows(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let ruleset = ruleset(rules, false);
    let program = Program::new(&ruleset, Date::MIN);
    let batch = Batch::new(&program, &Options::default(), Form::Ndjson).expect("no options are wrong");
    let mut text = String::new();
    for row in 0..1000_usize {
        let fields = (0..20).map(|n| format!("\"n{n}\":{}", (row * 31 + n * 7) % 100));
        let owners =
            (0..5).map(|n| format!("\"owner{n}\":\"{}\"", OWNERS.get((row + n) % 3).unwrap_or(&"ngo")));
        let fields: Vec<String> = fields.chain(owners).collect();
        text.push_str(&format!("{{{}}}\n", fields.join(",")));
    }
    let mut worker = batch.worker();
    bencher.bench_local(|| {
        worker.ndjson(text.as_bytes(), 1);
        worker.take()
    });
}
