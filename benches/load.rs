//! How long it takes to read a ruleset: `cargo bench --bench load`.
//!
//! Nesting must cost no more than length: the times at depths 8, 16, 32 and 128 grow with the text.

use qudao_editor::project::Project;
use qudao_language::check::check;
use qudao_language::syntax::Sources;

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

/// A ruleset of so many rules over 25 fields and 12 channels.
fn ruleset(rules: usize) -> String {
    let mut text = String::from(
        "ruleset bench \"Bench\"\nenum Owner { individual, company, overseas, ngo }\nprofile {\n",
    );
    for field in 0..20 {
        text.push_str(&format!("  n{field}: number \"How many of {field}?\" in 0 .. 1000\n"));
    }
    for field in 0..5 {
        text.push_str(&format!("  owner{field}: Owner \"Who is {field}?\"\n"));
    }
    text.push_str("}\nfact limit: number\n");
    for channel in 0..12 {
        text.push_str(&format!("channel c{channel} \"Channel {channel}\" {{ limit = {channel} }}\n"));
    }
    for rule in 0..rules {
        text.push_str(&format!(
            "rule r{rule} \"Rule number {rule}\" {{\n  when n{} > {} and (owner{} == company or n{} <= c{}.limit)\n  \
             then score c{} +{}\n  because \"{{n{}}} is enough for {{owner{}}}\"\n}}\n",
            rule % 20,
            rule % 100,
            rule % 5,
            (rule + 7) % 20,
            rule % 12,
            (rule + 5) % 12,
            rule % 9 + 1,
            rule % 20,
            rule % 5
        ));
    }
    text
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
