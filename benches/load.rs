//! How long it takes to read a ruleset: `cargo bench --bench load`.
//!
//! Nesting must cost no more than length: the times at depths 8, 16, 32 and 128 grow with the text.

use qudao_editor::project::Project;
use qudao_language::check::check;
use qudao_language::syntax::Sources;

#[path = "made/rules.rs"]
mod rules;

use rules::ruleset;

fn main() {
    divan::main();
}

fn read(text: &str) -> Sources {
    Sources::new("bench.qd", text.as_bytes().to_vec())
}

#[divan::bench(args = [8, 16, 32, 128])]
fn nested_parentheses(bencher: divan::Bencher<'_, '_>, depth: usize) {
    let text = format!("let x = {}flag{}", "(".repeat(depth), ")".repeat(depth));
    bencher.bench(|| read(&text));
}

#[divan::bench(args = [8, 16, 32, 128])]
fn nested_conditions(bencher: divan::Bencher<'_, '_>, depth: usize) {
    let text = format!("let x = {}flag{}", "not (a and ".repeat(depth / 2), ")".repeat(depth / 2));
    bencher.bench(|| read(&text));
}

#[divan::bench(args = [1_000, 10_000, 100_000])]
fn long_chain(bencher: divan::Bencher<'_, '_>, terms: usize) {
    let text = format!("let x = {}flag", "flag and ".repeat(terms));
    bencher.bench(|| read(&text));
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn parse_rules(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let text = ruleset(rules);
    bencher.bench(|| read(&text));
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn check_rules(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let sources = read(&ruleset(rules));
    bencher.bench(|| check(&sources));
}

/// What an editor waits for after each key: all of a ruleset read, checked and indexed.
#[divan::bench(args = [100, 1_000, 2_000, 10_000])]
fn index_rules(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let text = ruleset(rules);
    bencher.bench(|| Project::new(read(&text)));
}

#[divan::bench]
fn index_wechat(bencher: divan::Bencher<'_, '_>) {
    bencher.bench(|| Project::new(Sources::bundled("wechat").expect("a ruleset that ships")));
}
