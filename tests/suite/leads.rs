//! Which of many channels leads by a measure is found for all of them at once: the same as where each two are compared.

use std::fmt::Write;

use qudao_engine::ground::Ground;
use qudao_engine::program::Program;
use qudao_language::decide::{Decision, Judged, Truth, decide};
use qudao_language::model::{Id, Rule, Ruleset};

use crate::engines::{assert_grounded, assert_runs};
use crate::generate::Dice;
use crate::support::answer;
use crate::{laws, reading};

/// So many channels are no longer compared two by two.
const CHANNELS: usize = 36;

/// Few numbers, so that there are ties. The same is asked by `is lowest` and spelled out, in several ways: all comparisons
/// in one condition, as the language says what it means.
fn texts(dice: &mut Dice, highest: bool) -> [String; 2] {
    let mut text = String::from(
        "ruleset t \"T\" { as of 2026-01-01 }\nprofile {\n  x: number in 0 .. 10\n  y: bool\n  out: bool\n}\n\
         fact fee: number\nfact price: number\nfact kept: bool\nfact dear: bool\n",
    );
    let told = dice.chance(50);
    for channel in 0..CHANNELS {
        let one = |dice: &mut Dice, most: usize| (dice.pick(most) as i64 - 1).max(0);
        let (fee, price) = (one(dice, 5), one(dice, 4));
        let mut facts = vec![format!("price = {price}"), format!("dear = {}", dice.chance(30))];
        if told || !dice.chance(3) {
            facts.push(format!("fee = {fee}"));
        }
        if told || !dice.chance(3) {
            facts.push(format!("kept = {}", dice.chance(90)));
        }
        writeln!(text, "channel c{channel} \"C\" {{ {} }}", facts.join(", ")).unwrap();
    }
    let value = ["c.fee + x * c.price", "c.fee + x * c.price + (if y then 2 else 0)", "min(c.fee, x)"];
    let value = value[dice.pick(value.len())];
    let (word, op) = if highest { ("highest", ">=") } else { ("lowest", "<=") };
    writeln!(text, "measure cost: number for each c where c.kept = {value}").unwrap();
    writeln!(text, "rule barred for each c where c.dear {{ when out then exclude c }}").unwrap();
    writeln!(text, "rule lead for each c {{ when c.cost is {word} then score c +1 }}").unwrap();
    let mut spelled = text.clone();
    for channel in 0..CHANNELS {
        let others = (0..CHANNELS).filter(|other| *other != channel).map(|other| {
            format!("(c{other} is excluded or not c{other}.kept or c{channel}.cost {op} c{other}.cost)")
        });
        let all: Vec<String> = others.collect();
        writeln!(
            spelled,
            "rule spelled_{channel} {{ when c{channel}.kept and c{channel} is eligible and {} then note \"\" }}",
            all.join(" and ")
        )
        .unwrap();
    }
    [text, spelled]
}

fn rule(ruleset: &Ruleset, name: &str) -> Id<Rule> {
    ruleset.rules.find(|rule| &*rule.name == name).unwrap()
}

/// Whether each leads, as it is asked.
fn asked(ruleset: &Ruleset, decision: &Decision<'_>) -> Vec<Judged> {
    decision.instances(rule(ruleset, "lead")).iter().map(|instance| instance.condition).collect()
}

/// The same as it is spelled out.
fn spelled(ruleset: &Ruleset, decision: &Decision<'_>) -> Vec<Judged> {
    let each = (0..CHANNELS).map(|channel| rule(ruleset, &format!("spelled_{channel}")));
    each.map(|rule| decision.instances(rule)[0].condition).collect()
}

#[test]
fn who_leads_is_what_each_two_compared_say() {
    let mut seen = [0; 3];
    for seed in 0..laws::cases(3) {
        let [plain, longer] =
            texts(&mut Dice::seeded(seed, 600), seed % 2 == 1).map(|text| reading::ruleset(&text));
        let day = plain.as_of.unwrap();
        let of = |ruleset: &Ruleset, text: &str| reading::profile(ruleset, text).profile.unwrap();
        let ground = Ground::new(&plain, day);
        let program = Program::new(&plain, day);
        let mut scratch = program.scratch();
        for known in ["x: 3\ny: true\nout: false", "x: 2\nout: true", "y: true\nout: true", "{}"] {
            let case = format!("seed {seed}, {known:?}");
            let (profile, same) = (of(&plain, known), of(&longer, known));
            let decision = decide(&plain, &profile, day);
            let before = asked(&plain, &decision);
            let pairs = spelled(&longer, &decide(&longer, &same, day));
            for (channel, (asked, spelled)) in before.iter().zip(&pairs).enumerate() {
                assert_eq!(asked.truth, spelled.truth, "{case}: c{channel}");
                seen[asked.truth as usize] += 1;
            }
            // What is said to be impossible does not come about.
            for x in ["0", "2.5", "10"].into_iter().filter(|_| !known.contains('x')) {
                let filled = of(&plain, &format!("x: {x}\ny: true\nout: true"));
                let after = asked(&plain, &decide(&plain, &filled, day));
                for (channel, (before, after)) in before.iter().zip(after).enumerate() {
                    let possible = match after.truth {
                        Truth::True => before.can_hold,
                        Truth::False => before.can_fail,
                        Truth::Unknown => true,
                    };
                    assert!(possible, "{case}, {x}: c{channel} {before:?}, then {after:?}");
                }
            }
            assert_grounded(&ground, &decision, &case);
            assert_runs(&program, &mut scratch, &decision, &case);
            let wrong = crate::trace::check(&answer(&plain, &reading::profile(&plain, known), None, None));
            assert!(wrong.is_empty(), "{case}\n{wrong:#?}");
        }
    }
    assert!(seen.iter().all(|count| *count > 5), "{seen:?}");
}
