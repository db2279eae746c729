//! How long analysis takes: `cargo bench --bench prove`.
//!
//! 25 fields, 12 channels: all findings of 200 rules, the difference that five changed rules make, and 2,000 rules,
//! answers past the budget included.

use qudao_analysis::analyse::diagram::Budget;
use qudao_analysis::analyse::difference::{Difference, Side};
use qudao_analysis::analyse::findings::{Options, findings};
use qudao_analysis::testing::prove;
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::model::Ruleset;
use qudao_language::syntax::Sources;

fn main() {
    divan::main();
}

/// A ruleset of so many rules, of which the first five are worded otherwise with `changed`.
fn ruleset(rules: usize, changed: bool) -> Ruleset {
    let mut text = String::from(
        "ruleset bench \"Bench\"\nenum Owner { individual, company, overseas, ngo }\nprofile {\n",
    );
    for field in 0..13 {
        text.push_str(&format!("  n{field}: number in 0 .. 100\n"));
    }
    for field in 0..6 {
        text.push_str(&format!("  owner{field}: Owner\n  flag{field}: bool\n"));
    }
    text.push_str("}\n");
    for channel in 0..12 {
        text.push_str(&format!("channel c{channel}\n"));
    }
    for rule in 0..rules {
        let (a, b) = (rule % 13, (rule * 7 + 3) % 13);
        let (owner, flag, channel) = (rule % 6, (rule / 3) % 6, rule % 12);
        let bound = rule * 13 % 90 + usize::from(changed && rule < 5);
        let effect = match rule % 10 {
            9 => format!("exclude c{channel}"),
            4 => format!("cap c{channel} at possible"),
            _ => format!("score c{channel} {}{}", if rule % 3 == 0 { "-" } else { "+" }, rule % 9 + 1),
        };
        text.push_str(&format!(
            "rule r{rule} {{\n  when n{a} > {bound} and (owner{owner} == company or n{b} <= {} or flag{flag})\n  then {effect}\n}}\n",
            rule * 5 % 60
        ));
    }
    text.push_str("property excluded { when n0 > 50 and flag0 expect c0 could be excluded }\n");
    check(&Sources::new("bench.qd", text.into_bytes())).ruleset.expect("the ruleset has no errors")
}

#[divan::bench(args = [50, 100, 200, 2000], sample_count = 3, sample_size = 1)]
fn all_findings(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let ruleset = ruleset(rules, false);
    bencher.bench(|| findings(&ruleset, &[], &Options::default()).len());
}

#[divan::bench(args = [50, 200], sample_count = 3, sample_size = 1)]
fn gaps(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let ruleset = ruleset(rules, false);
    bencher.bench(|| findings(&ruleset, &[], &Options { gaps: true, ..Options::default() }).len());
}

#[divan::bench(args = [50, 100, 200], sample_count = 3, sample_size = 1)]
fn five_changed_rules(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let (old, new) = (ruleset(rules, false), ruleset(rules, true));
    let side = |ruleset| Side { ruleset, day: Date::MIN, label: String::new() };
    bencher.bench(|| {
        let mut difference = Difference::new(side(&old), side(&new));
        difference.find_regions(Budget::default());
        difference.regions.map(|found| found.regions.len())
    });
}

#[divan::bench(args = [50, 200], sample_count = 3, sample_size = 1)]
fn one_property(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let ruleset = ruleset(rules, false);
    let property = ruleset.properties.first().expect("there is one");
    bencher.bench(|| format!("{:?}", prove(&ruleset, property, None, false, Budget::default(), None)).len());
}
