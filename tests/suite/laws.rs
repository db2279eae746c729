//! Laws that hold of every ruleset and profile, tried on random ones.

use std::collections::{BTreeMap, BTreeSet};

use qudao_language::decide::{Decision, Truth, decide};
use qudao_language::diagnostic::Code;
use qudao_language::model::{Channel, Id, OWN, Profile, Ruleset, Statements, Target, Type};
use qudao_language::operator::Verdict;

use crate::generate::{self, Dice, FIELDS};
use crate::reading::{self, random_profile};
use crate::support;

/// So many random rulesets are tried; a multiple by the environment variable `QUDAO_CASES`.
pub(crate) fn cases(usual: u64) -> u64 {
    let times = std::env::var("QUDAO_CASES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    usual * times
}

/// Other random rulesets are tried with another number in the environment variable `QUDAO_SEED`.
fn other_seeds() -> u64 {
    std::env::var("QUDAO_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0)
}

/// What a channel of a ruleset states, or the ruleset itself, to be changed.
pub(crate) fn statements(ruleset: &mut Ruleset, channel: Id<Channel>) -> &mut Statements {
    if channel == OWN { &mut ruleset.parameters } else { &mut ruleset.channels[channel].statements }
}

pub(crate) struct Case {
    pub(crate) seed: u64,
    pub(crate) text: String,
    pub(crate) ruleset: Ruleset,
    pub(crate) profile: Vec<(&'static str, Option<&'static str>)>,
    pub(crate) uses: BTreeMap<&'static str, usize>,
    declarations: Vec<String>,
    pub(crate) dice: Dice,
}

pub(crate) fn case(seed: u64, known: usize) -> Case {
    let mut dice = Dice::seeded(seed ^ (other_seeds() << 32), 200 + (seed % 5) as usize * 150);
    case_of(seed, known, generate::ruleset(&mut dice))
}

/// A ruleset of many rules.
pub(crate) fn large_case(seed: u64, known: usize) -> Case {
    let mut dice = Dice::seeded(seed ^ (other_seeds() << 32), 12_000);
    case_of(seed, known, generate::ruleset_with(&mut dice, 60, 60))
}

fn case_of(seed: u64, known: usize, random: generate::Random) -> Case {
    let ruleset = reading::random(&random.text, &format!("seed {seed}"));
    let mut dice = Dice::seeded(!seed, 400);
    let profile = generate::profile(&mut dice, known);
    Case {
        seed,
        text: random.text,
        ruleset,
        profile,
        uses: random.uses,
        declarations: random.declarations,
        dice,
    }
}

fn answer<'r>(ruleset: &'r Ruleset, profile: &'r Profile) -> Decision<'r> {
    decide(ruleset, profile, ruleset.as_of.unwrap())
}

/// The fields that are unknown: left out without a default, or null.
fn unknown(ruleset: &Ruleset, profile: &Profile) -> Vec<&'static generate::FieldModel> {
    let of = |name: &str| ruleset.fields.find(|field| &*field.name == name).unwrap();
    FIELDS.iter().filter(|field| profile.get(of(field.name)).value.is_none()).collect()
}

fn with(
    profile: &[(&'static str, Option<&'static str>)],
    field: &'static str,
    value: &'static str,
) -> Vec<(&'static str, Option<&'static str>)> {
    let mut filled: Vec<_> = profile.iter().copied().filter(|(name, _)| *name != field).collect();
    filled.push((field, Some(value)));
    filled
}

/// Nothing that was certain is otherwise in a profile of which more is known.
fn assert_within(less: &Decision<'_>, more: &Decision<'_>, case: &Case, filled: &[(&str, Option<&str>)]) {
    let says = || format!("seed {}: {:?} filled to {filled:?}", case.seed, case.profile);
    for rule in case.ruleset.rules.ids() {
        for (before, after) in less.instances(rule).iter().zip(more.instances(rule)) {
            for (before, after) in [(before.condition, after.condition), (before.fires, after.fires)] {
                let turned = before.truth != Truth::Unknown && before.truth != after.truth;
                assert!(!turned, "{} turned round; {}", case.ruleset.rules[rule].name, says());
                let impossible = (after.truth == Truth::True
                    && !before.can_hold
                    && before.truth == Truth::Unknown)
                    || (after.truth == Truth::False && !before.can_fail && before.truth == Truth::Unknown);
                assert!(
                    !impossible,
                    "{} came out as was said to be impossible; {}",
                    case.ruleset.rules[rule].name,
                    says()
                );
            }
        }
    }
    for target in case.ruleset.targets() {
        let (before, after) = (less.target(target), more.target(target));
        let name = case.ruleset.target_name(target);
        assert!(
            after.could_be.iter().all(|v| before.could_be.contains(v)),
            "{name} left could_be; {}",
            says()
        );
        let ((low, high), (lower, higher)) = (before.score_range, after.score_range);
        assert!(low <= lower && higher <= high, "{name} left its range; {}", says());
        if let Some(verdict) = before.verdict {
            assert!(after.verdict == Some(verdict), "{name} was decided and changed; {}", says());
        }
        assert_eq!(before.measures.len(), after.measures.len(), "{name}; {}", says());
        for (before, after) in before.measures.iter().zip(&after.measures) {
            let low = before.low.is_none_or(|low| after.low.is_some_and(|lower| low <= lower));
            let high = before.high.is_none_or(|high| after.high.is_some_and(|higher| higher <= high));
            assert!(low && high, "a measure of {name} left its range; {}", says());
            let same = before.value.is_none() || before.value == after.value;
            assert!(same, "a measure of {name} was known and changed; {}", says());
        }
    }
    if less.first.settled {
        assert_eq!(less.first.target, more.first.target, "another came first; {}", says());
    }
}

#[test]
fn more_is_known_and_nothing_flips() {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    let mut counts = BTreeMap::new();
    let total = cases(1500);
    for seed in 0..total {
        let case = case(seed, 55);
        for construct in case.uses.keys() {
            *uses.entry(construct).or_default() += 1;
        }
        let profile = random_profile(&case.ruleset, &case.profile);
        let decision = answer(&case.ruleset, &profile);
        for target in case.ruleset.targets() {
            let decided = decision.target(target);
            let word = decided.verdict.map_or("undecided", Verdict::as_str);
            *counts.entry(word).or_insert(0) += 1;
            *counts
                .entry(if decision.open_facts(target).is_empty() { "no open facts" } else { "open facts" })
                .or_insert(0) += 1;
        }
        for field in unknown(&case.ruleset, &profile) {
            for value in field.values {
                let filled = with(&case.profile, field.name, value);
                let more = random_profile(&case.ruleset, &filled);
                assert_within(&decision, &answer(&case.ruleset, &more), &case, &filled);
            }
        }
    }
    println!("shares of {total}: {uses:?}; {counts:?}");
    for (construct, share) in &uses {
        assert!(*share as u64 * 40 >= total, "{construct} stands in {share} of {total} rulesets only");
    }
    assert!(uses.len() >= 37, "{} constructs", uses.len());
    for word in ["recommended", "possible", "unsuitable", "excluded", "undecided", "open facts"] {
        assert!(counts[word] as u64 * 50 >= total, "{word}: {counts:?}");
    }
}

#[test]
fn every_filling_lies_within_what_was_open() {
    let (mut undecided, mut differ) = (0, 0);
    for seed in 0..cases(300) {
        let mut case = case(seed + 1_000_000, 85);
        let mut base = case.profile.clone();
        // All unknown fields but three are filled, so that every filling of the rest can be tried.
        let profile = random_profile(&case.ruleset, &base);
        for field in unknown(&case.ruleset, &profile).into_iter().skip(3) {
            base = with(&base, field.name, field.values[case.dice.pick(field.values.len())]);
        }
        case.profile = base.clone();
        let profile = random_profile(&case.ruleset, &base);
        let decision = answer(&case.ruleset, &profile);
        let mut fillings = vec![base];
        for field in unknown(&case.ruleset, &profile) {
            fillings = fillings
                .iter()
                .flat_map(|filling| field.values.iter().map(|value| with(filling, field.name, value)))
                .collect();
        }
        let mut leanings: BTreeMap<Target, BTreeSet<Verdict>> = BTreeMap::new();
        for filling in &fillings {
            let filled = random_profile(&case.ruleset, filling);
            let full = answer(&case.ruleset, &filled);
            assert!(full.missing().is_empty(), "seed {}: nothing is left to ask", case.seed);
            assert_within(&decision, &full, &case, filling);
            for target in case.ruleset.targets() {
                assert!(full.target(target).verdict.is_some(), "seed {}: all fields are known", case.seed);
                leanings.entry(target).or_default().insert(full.target(target).leaning);
            }
        }
        for (target, leanings) in leanings {
            match decision.target(target).verdict {
                Some(verdict) => assert_eq!(leanings, BTreeSet::from([verdict]), "seed {}", case.seed),
                None => {
                    undecided += 1;
                    differ += usize::from(leanings.iter().any(|l| *l != decision.target(target).leaning));
                }
            }
        }
    }
    println!("{differ} of {undecided} undecided targets really come out otherwise");
    assert!(undecided > 30 && differ * 10 > undecided * 9, "{differ} of {undecided}");
}

/// Where no field is read twice, the intervals are exact.
#[test]
fn intervals_are_exact_where_no_field_is_read_twice() {
    for seed in 0..cases(300) {
        let mut dice = Dice::seeded(seed, 100);
        let count = 2 + dice.pick(5);
        let fields: String = (0..count).map(|i| format!("  b{i}: bool\n")).collect();
        let mut text = format!("ruleset t \"T\"\nprofile {{\n{fields}}}\nchannel x\n");
        let mut left: Vec<usize> = (0..count).collect();
        while !left.is_empty() {
            let rule = left.len();
            let mut atom = || {
                let field = left.remove(0);
                if dice.chance(30) { format!("not b{field}") } else { format!("b{field}") }
            };
            let mut condition = atom();
            if rule > 1 {
                let second = atom();
                condition = format!("{condition} {} {second}", if dice.chance(50) { "and" } else { "or" });
            }
            let points = dice.pick(9) as i64 - 4;
            text.push_str(&format!("rule r{rule} {{ when {condition} then score x {points:+} }}\n"));
        }
        let ruleset = support::ruleset(&text);
        let known = dice.pick(2);
        let given: String = (0..known).map(|i| format!("b{i}: true\n")).collect();
        let given = if given.is_empty() { "{}".into() } else { given };
        let score = |profile: &str| {
            let read = support::profile(&ruleset, profile);
            let profile = read.profile.unwrap();
            let decision = decide(&ruleset, &profile, qudao_language::date::Date::MIN);
            let decided = decision.target(ruleset.target("x").unwrap());
            (decided.score, decided.score_range)
        };
        let (_, range) = score(&given);
        let all: Vec<i64> = (0..1_u32 << (count - known))
            .map(|bits| {
                let rest: String =
                    (known..count).map(|i| format!("b{i}: {}\n", bits >> (i - known) & 1 == 1)).collect();
                score(&format!("{}{rest}", if known > 0 { given.as_str() } else { "" })).0
            })
            .collect();
        let brute = (*all.iter().min().unwrap(), *all.iter().max().unwrap());
        assert_eq!(range, brute, "seed {seed}\n{text}");
    }
}

#[test]
fn every_number_follows_from_the_trace() {
    for seed in 0..cases(200) {
        let case = case(seed + 2_000_000, 70);
        let read = support::profile(&case.ruleset, &generate::yaml(&case.profile));
        let result = support::answer(&case.ruleset, &read, None, None);
        let wrong = crate::trace::check(&result);
        assert!(wrong.is_empty(), "seed {}: {}", case.seed, wrong.join("\n"));
    }
}

/// What is decided of a target, by names.
fn shown(decision: &Decision<'_>, target: Target) -> impl PartialEq + std::fmt::Debug + use<> {
    let (ruleset, d) = (decision.ruleset, decision.target(target));
    let needs: BTreeSet<String> =
        decision.needs(d.target).map(|need| ruleset.need_name(need.need).to_string()).collect();
    let open_facts = decision.open_facts(target).len();
    (d.verdict, d.leaning, d.score, d.score_range, d.could_be.clone(), needs, open_facts, d.tie.len())
}

#[test]
fn the_order_of_declarations_moves_ties_alone() {
    for seed in 0..cases(200) {
        let mut case = case(seed + 3_000_000, 70);
        let mut declarations = std::mem::take(&mut case.declarations);
        for index in (1..declarations.len()).rev() {
            declarations.swap(index, case.dice.pick(index + 1));
        }
        let (header, _) = case.text.split_once('\n').expect("a ruleset begins with its header");
        let shuffled = support::ruleset(&format!("{header}\n{}", declarations.join("\n")));
        let (first, second) =
            (random_profile(&case.ruleset, &case.profile), random_profile(&shuffled, &case.profile));
        let (before, after) = (answer(&case.ruleset, &first), answer(&shuffled, &second));
        for target in case.ruleset.targets() {
            let name = case.ruleset.target_name(target);
            let there = shuffled.target(name).unwrap();
            assert_eq!(shown(&before, target), shown(&after, there), "seed {}: {name}", case.seed);
        }
        let fields = |decision: &Decision<'_>, ruleset: &Ruleset| -> BTreeSet<String> {
            decision.missing().iter().map(|(field, _)| ruleset.fields[*field].name.to_string()).collect()
        };
        assert_eq!(fields(&before, &case.ruleset), fields(&after, &shuffled), "seed {}", case.seed);
    }
}

/// What is told as unused or unread may go, and what then is; no answer changes. A level stays, for the points of those
/// above it would change.
/// A profile that still has old names says what it says under the new ones.
#[test]
fn an_old_name_stands_for_the_new_one() {
    let (mut fields, mut values) = (0, 0);
    for seed in 0..cases(300) {
        let case = case(seed + 9_000_000, 85);
        let now = generate::yaml(&case.profile);
        let before = now.lines().map(|line| {
            let (name, value) = line.split_once(": ").unwrap_or((line, ""));
            let of = case.ruleset.fields.iter().find(|field| &*field.name == name);
            let old = of.and_then(|field| field.was.first());
            fields += usize::from(old.is_some());
            let mut value = value.to_string();
            if let Some(id) = of.and_then(|field| match field.ty {
                Type::Enum(id) | Type::Set(id) => Some(id),
                _ => None,
            }) {
                for member in &case.ruleset.enums[id].members {
                    if let (Some(was), true) = (member.was.first(), value.contains(&*member.name)) {
                        values += 1;
                        value = value.replace(&*member.name, was);
                    }
                }
            }
            format!("{}: {value}\n", old.map_or(name, |old| old))
        });
        let before: String = if case.profile.is_empty() { now.clone() } else { before.collect() };
        let [now, before] = [now, before].map(|text| reading::profile(&case.ruleset, &text).profile.unwrap());
        let (now, before) = (answer(&case.ruleset, &now), answer(&case.ruleset, &before));
        for target in case.ruleset.targets() {
            assert!(shown(&now, target) == shown(&before, target), "seed {seed}\n{}", case.text);
        }
    }
    println!("{fields} fields and {values} values by old names");
    assert!(fields as u64 * 4 > cases(300) && values as u64 * 4 > cases(300), "{fields} {values}");
}

#[test]
fn what_is_told_as_unused_changes_no_decision() {
    let mut gone: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..cases(150) {
        let case = case(seed + 7_000_000, 70);
        let (header, _) = case.text.split_once('\n').expect("a ruleset begins with its header");
        let mut declarations = case.declarations.clone();
        let less = loop {
            let text = format!("{header}\n{}", declarations.join("\n"));
            let (_, checked) = support::checked("random.qd", &text);
            let told =
                checked.diagnostics.iter().filter(|d| matches!(d.code, Code::Unused | Code::UnreadFact));
            // `nothing uses the let `l0``
            let told = told.map(|d| d.message.split('`').map(str::trim).collect::<Vec<_>>());
            let told: Vec<(String, String)> = told
                .map(|parts| (parts[0].rsplit(' ').next().unwrap().to_string(), parts[1].to_string()))
                .filter(|(what, _)| what != "level")
                .collect();
            if told.is_empty() {
                break reading::random(&text, &format!("seed {}", case.seed));
            }
            for (what, name) in told {
                let ends = |rest: &str| !rest.starts_with(|c: char| c == '_' || c.is_alphanumeric());
                let begins = |text: &str, start: &str| text.strip_prefix(start).is_some_and(ends);
                let before = declarations.len();
                declarations.retain(|declaration| !begins(declaration, &format!("{what} {name}")));
                assert_eq!(declarations.len() + 1, before, "seed {}: {what} {name}", case.seed);
                for channel in declarations.iter_mut().filter(|_| what == "fact") {
                    if channel.starts_with("channel ") {
                        let stays = |line: &&str| !begins(line, &format!("  {name}"));
                        *channel = channel.lines().filter(stays).collect::<Vec<_>>().join("\n");
                    }
                }
                *gone.entry(what).or_default() += 1;
            }
        };
        let (first, second) =
            (random_profile(&case.ruleset, &case.profile), random_profile(&less, &case.profile));
        let (before, after) = (answer(&case.ruleset, &first), answer(&less, &second));
        for target in case.ruleset.targets() {
            let name = case.ruleset.target_name(target);
            let there = less.target(name).unwrap();
            assert_eq!(shown(&before, target), shown(&after, there), "seed {}: {name}", case.seed);
        }
    }
    for what in ["fact", "parameter", "let", "weight", "source", "requirement", "unit"] {
        assert!(gone.get(what).is_some_and(|count| *count >= 5), "{what}: {gone:?}");
    }
}
