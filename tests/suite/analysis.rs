//! Analysis agrees with brute force: on small random rulesets, what is proved holds for every profile, what is refuted
//! or found is shown by a profile, and nothing is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use qudao_analysis::analyse::diagram::Budget;
use qudao_analysis::analyse::difference::{Difference, Extent, Side, What};
use qudao_analysis::analyse::findings::{Options, findings};
use qudao_analysis::testing::{PropertyOutcome, prove};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, Probe, Truth, decide};
use qudao_language::diagnostic::Code;
use qudao_language::exact::Exact;
use qudao_language::model::{Number, Profile, Ruleset, Type, Value};
use qudao_language::operator::Verdict;

use crate::generate::Dice;
use crate::laws::cases;
use crate::support;

/// The fields: few enough values to try every profile. `size` has more, but no condition tells those between two
/// quarters apart: it is only ever added to whole numbers, once or twice.
const FIELDS: &str = "  flag: bool
  owner: Owner
  posts: int in 0 .. 3
  staff: int in 0 .. 2
  goals: set of Goal
";

fn atom(dice: &mut Dice, sums: bool) -> String {
    let op = ["<", "<=", ">", ">=", "==", "!="][dice.pick(6)];
    match dice.pick(if sums { 26 } else { 20 }) {
        0 => "flag".into(),
        1 => format!("owner == {}", ["one", "two", "three"][dice.pick(3)]),
        2 => "owner in {one, two}".into(),
        3 | 4 => format!("posts {op} {}", dice.pick(4)),
        5 => format!("staff {op} {}", dice.pick(3)),
        6 => format!("goals has {}", ["sell", "talk", "any {sell, talk}", "only {sell}"][dice.pick(4)]),
        7 => format!("posts {op} staff"),
        8 => format!("count(goals) + staff {op} {}", dice.pick(4)),
        9 => format!("posts {op} {}.limit", ["alpha", "beta"][dice.pick(2)]),
        10 => format!("not {}.open[owner]", ["alpha", "beta"][dice.pick(2)]),
        11 => format!("posts {op} alpha.room[owner]"),
        12 => format!("band == {}", ["few", "some", "many"][dice.pick(3)]),
        13 => format!("(if flag then beta.room[owner] else staff) {op} {}", dice.pick(4)),
        14 => format!("posts * alpha.room[owner] {op} {}", dice.pick(8)),
        15 => format!("posts * beta.piece + staff {op} {}", dice.pick(4)),
        16 => format!("(posts - 1) / alpha.piece {op} {}", dice.pick(4)),
        17 => {
            let way = ["round", "floor", "ceil"][dice.pick(3)];
            format!("{way}(posts * {}.piece, 2) {op} {}", ["alpha", "beta"][dice.pick(2)], dice.pick(5))
        }
        18 => format!("count(common(goals, alpha.tags)) {op} {}", dice.pick(3)),
        19 => [
            "goals has any alpha.tags",
            "beta.tags has all goals",
            "owner in {one, (if flag then two else three)}",
            "owner not in alpha.owners",
            "goals has only {sell, (if flag then talk else sell)}",
        ][dice.pick(5)]
        .into(),
        20 => format!("size + posts {op} {}", dice.pick(6)),
        21 => format!("{} {op} 2 * posts + 2 * size", dice.pick(9)),
        22 => format!("size {op} {}", ["posts", "staff", "staff + 1", "2 * size - posts"][dice.pick(4)]),
        23 => format!("posts - size {op} {}.limit", ["alpha", "beta"][dice.pick(2)]),
        24 => format!("size {op} alpha.room[owner] - (if flag then 1 else posts)"),
        _ => format!("abs(size - posts) {op} {}", dice.pick(4)),
    }
}

fn condition(dice: &mut Dice, depth: usize, sums: bool) -> String {
    if depth == 0 || dice.chance(40) {
        return atom(dice, sums);
    }
    let (a, b) = (condition(dice, depth - 1, sums), condition(dice, depth - 1, sums));
    match dice.pick(4) {
        0 => format!("({a} or {b})"),
        1 => format!("not ({a})"),
        2 => format!("(if {a} then {b} else flag)"),
        _ => format!("({a} and {b})"),
    }
}

fn effect(dice: &mut Dice, asks: bool) -> String {
    let target = ["alpha", "beta", "gamma", "both"][dice.pick(4)];
    match dice.pick(if asks { 5 } else { 8 }) {
        0..=3 => format!("score {target} {:+}", dice.pick(7) as i64 - 3),
        4 => format!("cap {target} at {}", ["possible", "unsuitable"][dice.pick(2)]),
        5 => format!("{target} needs licence"),
        _ => format!("exclude {target}"),
    }
}

/// The declarations of a ruleset, one a rule at the end.
fn declarations(dice: &mut Dice, sums: bool) -> Vec<String> {
    let size = if sums { "  size: number in 0 .. 3\n" } else { "" };
    let mut all = vec![
        "enum Owner { one, two, three }\nenum Goal { sell, talk }".to_string(),
        format!("profile {{\n{FIELDS}{size}}}"),
        "fact limit: int\nfact piece: number\nfact tags: set of Goal\nfact owners: set of Owner\nfact open[Owner]: bool\n\
         fact room[Owner]: int\nscale Band { few < some < many }"
            .to_string(),
        format!(
            "let band: Band = if {} then many else if {} then some else few",
            if sums { "size >= 2" } else { "posts >= 3" },
            if sums { "size > 1" } else { "posts > staff" }
        ),
    ];
    for channel in ["alpha", "beta", "gamma"] {
        let mut facts = String::new();
        if dice.chance(70) {
            let _ = writeln!(facts, "  limit = {}", dice.pick(4));
        }
        if dice.chance(80) {
            let _ = writeln!(facts, "  piece = {}", ["0.5", "1", "2", "-1"][dice.pick(4)]);
            let _ = writeln!(facts, "  tags = {}", ["{sell}", "{sell, talk}", "{}"][dice.pick(3)]);
            let _ = writeln!(facts, "  owners = {}", ["{one}", "{two, three}"][dice.pick(2)]);
        }
        for owner in ["one", "two", "three"] {
            if dice.chance(80) {
                let _ = writeln!(facts, "  open[{owner}] = {}", dice.chance(60));
                let _ = writeln!(facts, "  room[{owner}] = {}", dice.pick(4));
            }
        }
        let needs = if channel == "beta" && dice.chance(40) { "  needs alpha\n" } else { "" };
        let owned = if channel == "alpha" && dice.chance(30) { "  owned when posts > 2\n" } else { "" };
        all.push(format!("channel {channel} {{\n{facts}{needs}{owned}}}"));
    }
    all.push("mix both { of alpha, gamma }\nrequirement licence { met when flag }".into());
    for index in 0..2 + dice.pick(6) {
        let exception = match index {
            1.. if dice.chance(30) => format!(" exception to r{}", dice.pick(index)),
            _ => String::new(),
        };
        let asks = exception.is_empty() && dice.chance(10);
        let when = match asks {
            true => format!("alpha is excluded and {}", atom(dice, sums)),
            false => condition(dice, 2, sums),
        };
        all.push(format!("rule r{index}{exception} {{ when {when} then {} }}", effect(dice, asks)));
    }
    all
}

fn text(declarations: &[String]) -> String {
    format!("ruleset t {{ as of 2026-01-01 }}\n{}\n", declarations.join("\n"))
}

fn values(ruleset: &Ruleset, ty: Type, name: &str) -> Vec<Value> {
    let numbers = |count: i64| {
        (0..count).map(|n| Value::Number(Number::computed(Exact::whole(n)))).collect::<Vec<Value>>()
    };
    match ty {
        Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Type::Enum(id) => (0..ruleset.enums[id].members.len() as u32).map(Value::Enum).collect(),
        Type::Set(_) => [vec![], vec![0], vec![1], vec![0, 1]]
            .map(|members| Value::Set(members.into_iter().collect()))
            .to_vec(),
        _ if name == "posts" => numbers(4),
        _ if name == "staff" => numbers(3),
        _ => {
            let quarters = (0..13).filter_map(|quarter| Exact::fraction(quarter, 4));
            quarters.map(|at| Value::Number(Number::computed(at))).collect()
        }
    }
}

/// Every profile; with `unknown`, those with unknown fields too.
fn profiles(ruleset: &Ruleset, unknown: bool) -> Vec<Profile> {
    let mut all = vec![Profile::empty(ruleset, "t")];
    for (id, field) in ruleset.fields.entries() {
        let mut values: Vec<Option<Value>> =
            values(ruleset, field.ty, &field.name).into_iter().map(Some).collect();
        if unknown {
            values.push(None);
        }
        let with = |profile: &Profile, value: &Option<Value>| {
            let mut profile = profile.clone();
            profile.set(id, value.clone());
            profile
        };
        all = all.iter().flat_map(|profile| values.iter().map(|value| with(profile, value))).collect();
    }
    all
}

fn day() -> Date {
    Date::parse("2026-01-01").unwrap()
}

fn expectation(dice: &mut Dice, rules: usize, even_unknown: bool) -> String {
    let target = ["alpha", "beta", "gamma", "both"][dice.pick(4)];
    let verdict = ["recommended", "possible", "unsuitable", "excluded"][dice.pick(4)];
    let rule = dice.pick(rules);
    match dice.pick(if even_unknown { 12 } else { 10 }) {
        10 | 11 => format!("missing {}", ["flag", "owner", "posts", "staff", "goals"][dice.pick(5)]),
        0 => format!("{target} {verdict}"),
        1 => format!("{target} leaning {verdict}"),
        2 => format!("{target} could be {verdict}"),
        3 => format!("{target} score {} {}", ["<=", ">=", "="][dice.pick(3)], dice.pick(6) as i64 - 2),
        4 => format!("rule r{rule} fires"),
        5 => format!("rule r{rule} does not fire"),
        6 => format!("{target} excluded by r{rule}"),
        7 => format!("first {}", ["alpha", "beta", "gamma"][dice.pick(3)]),
        8 => format!("{target} because r{rule}"),
        _ => format!("{target} needs licence{}", ["", " met", " unmet"][dice.pick(3)]),
    }
}

/// Whether a decision meets the expectation of the one property: by a test that gives the whole profile.
fn brute(ruleset: &Ruleset, all: &[Profile]) -> bool {
    let property = &ruleset.properties[0];
    let mut test = ruleset.tests[0].clone();
    test.expect = property.expect.clone();
    all.iter().all(|profile| {
        // No profile is decided for which the property says nothing; its condition never asks what is excluded.
        let probe = Probe::new(ruleset, profile, day());
        let applies = property.when.as_ref().is_none_or(|when| probe.judge(when, None).truth == Truth::True);
        !applies || qudao_analysis::testing::run(ruleset, &test, Some(profile), Some(day())).passed()
    })
}

#[test]
fn properties_hold_of_every_profile_or_are_refuted_by_one() {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let total = cases(240);
    for seed in 0..total {
        let mut dice = Dice::seeded(seed + 7_000, 600);
        let sums = dice.chance(35);
        let even_unknown = dice.chance(if sums { 12 } else { 25 });
        let declared = declarations(&mut dice, sums);
        let rules = declared.iter().filter(|text| text.starts_with("rule")).count();
        let when = match if sums { dice.pick(6) } else { 6 } {
            // What no profile can show and no cell can rule out, and what sums alone rule out.
            0 | 1 => {
                format!("abs(size - posts) >= 3 and max(size, posts) < 3 and {}", atom(&mut dice, false))
            }
            2 => format!("size + posts > 3 and 6 >= 2 * posts + 2 * size and {}", atom(&mut dice, false)),
            3 => format!("size > posts and posts > staff and staff >= size and {}", atom(&mut dice, false)),
            _ => condition(&mut dice, 1, sums),
        };
        // What is weak enough to hold often: one of the ways in which the condition of a rule may come out.
        let expect = match dice.pick(3) {
            0 => format!("alpha score >= {}", -(dice.pick(9) as i64)),
            _ => expectation(&mut dice, rules, even_unknown),
        };
        let even = if even_unknown { " even unknown" } else { "" };
        let text = text(&declared)
            + &format!(
                "test \"t\" {{ expect rule r0 fires }}\nproperty p {{ when {when}{even} expect {expect} }}\n"
            );
        let ruleset = support::ruleset(&text);
        let all = profiles(&ruleset, even_unknown);
        let outcome = prove(&ruleset, &ruleset.properties[0], None, false, Budget::default(), None);
        let truth = brute(&ruleset, &all);
        let word = match &outcome {
            PropertyOutcome::Proved => {
                assert!(truth, "seed {seed}: proved and false\n{text}");
                "proved"
            }
            PropertyOutcome::Fails(why) => {
                assert!(!truth, "seed {seed}: refuted and true\n{why}\n{text}");
                assert!(why.contains("for"), "{why}");
                "refuted"
            }
            PropertyOutcome::Undecided(why) => {
                let hard = sums && even_unknown || expect.starts_with("missing");
                assert!(hard, "seed {seed}: undecided without need: {why}\n{text}");
                "undecided"
            }
            PropertyOutcome::NotChecked => unreachable!(),
        };
        *counts.entry(format!("{word}{even}")).or_default() += 1;
        if expect.starts_with("missing") {
            *counts.entry(format!("missing {word}")).or_default() += 1;
        }
    }
    println!("{counts:?}");
    for word in ["proved", "refuted"] {
        let share: u64 = counts.iter().filter(|(key, _)| key.starts_with(word)).map(|(_, count)| count).sum();
        assert!(share * 20 >= total, "{word}: {counts:?}");
    }
    assert!(counts["proved even unknown"] > 3 && counts["refuted even unknown"] > 3, "{counts:?}");
}

#[test]
fn findings_are_those_of_brute_force() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..cases(150) {
        let mut dice = Dice::seeded(seed + 9_000, 600);
        let sums = dice.chance(30);
        let declared = declarations(&mut dice, sums);
        let text = text(&declared);
        let ruleset = support::ruleset(&text);
        let options = Options { gaps: true, ..Options::default() };
        let found = findings(&ruleset, &[], &options);
        let all = profiles(&ruleset, false);
        let decisions: Vec<Decision<'_>> =
            all.iter().map(|profile| decide(&ruleset, profile, day())).collect();
        let mut expected: BTreeSet<(&str, String)> = BTreeSet::new();
        for (id, rule) in ruleset.rules.entries() {
            let any = |test: &dyn Fn(&qudao_language::decide::Instance) -> bool| {
                decisions.iter().any(|decision| decision.instances(id).iter().any(test))
            };
            // What waits for a fact that no source tells could fire if one did.
            if any(&|instance| instance.fires.truth != Truth::False) {
                continue;
            }
            let held = any(&|instance| instance.condition.truth != Truth::False);
            expected.insert((if held { "always-excepted" } else { "dead-rule" }, rule.name.to_string()));
        }
        let verdicts = |name: &str| -> BTreeSet<Verdict> {
            let target = ruleset.target(name).unwrap();
            decisions.iter().flat_map(|decision| decision.target(target).could_be.clone()).collect()
        };
        for channel in ["alpha", "beta", "gamma"] {
            let verdicts = verdicts(channel);
            if !verdicts.contains(&Verdict::Recommended) {
                expected.insert(("never-recommended", channel.into()));
            } else if verdicts.len() == 1 {
                expected.insert(("always-recommended", channel.into()));
            }
        }
        let gap = decisions.iter().any(|decision| {
            decision.channels.iter().all(|target| decision.target(*target).leaning != Verdict::Recommended)
        });
        if gap {
            expected.insert(("no-recommendation", "t".into()));
        }
        let looked_for = [
            Code::DeadRule,
            Code::AlwaysExcepted,
            Code::NeverRecommended,
            Code::AlwaysRecommended,
            Code::NoRecommendation,
        ];
        let told: BTreeSet<(&str, String)> = found
            .iter()
            .filter(|d| looked_for.contains(&d.code))
            .map(|d| (d.code.name(), ruleset.files.slice(d.label.span).to_string()))
            .collect();
        assert_eq!(told, expected, "seed {seed}\n{text}");
        for (code, _) in told {
            *counts.entry(code).or_default() += 1;
        }
        for diagnostic in &found {
            assert!(diagnostic.code != Code::Unproved, "seed {seed}: {}", diagnostic.message);
        }
    }
    println!("{counts:?}");
    for code in ["dead-rule", "always-excepted", "never-recommended", "no-recommendation"] {
        assert!(counts.get(code).is_some_and(|count| *count >= 8), "{counts:?}");
    }
}

#[test]
fn what_a_change_moves_is_what_brute_force_finds_moved() {
    let (mut changed, mut unchanged) = (0, 0);
    let total = cases(120);
    for seed in 0..total {
        let mut dice = Dice::seeded(seed + 11_000, 700);
        let sums = dice.chance(25);
        let mut declared = declarations(&mut dice, sums);
        let before = text(&declared);
        let last = declared.len() - 1;
        match dice.pick(5) {
            // A rule is worded otherwise: nothing changes.
            0 => {
                let rule = declared[last].clone();
                let (head, rest) = rule.split_once("when ").unwrap();
                let (when, then) = rest.rsplit_once(" then ").unwrap();
                declared[last] = format!("{head}when not (not ({when})) then {then}");
            }
            1 => drop(declared.pop()),
            2 => declared[last] = declared[last].replace("posts", "staff"),
            3 => declared.push(format!(
                "rule added {{ when {} then {} }}",
                condition(&mut dice, 1, false),
                effect(&mut dice, false)
            )),
            _ => declared[4] = declared[4].replace("limit = 1", "limit = 2").replace("= true", "= false"),
        }
        let after = text(&declared);
        let (old, new) = (support::ruleset(&before), support::ruleset(&after));
        let side = |ruleset, label: &str| Side { ruleset, day: day(), label: label.into() };
        let mut difference = Difference::new(side(&old, "old"), side(&new, "new"));
        difference.find_regions(Budget::default());
        let found = difference.regions.as_ref().unwrap();
        assert!(found.extent == Extent::Proved, "seed {seed}: {:?}\n{before}", found.extent);
        let told: BTreeSet<String> = found.regions.iter().map(|region| region.what.text()).collect();
        let mut expected = BTreeSet::new();
        for (one, other) in profiles(&old, false).iter().zip(&profiles(&new, false)) {
            let change = difference.compare(one, other);
            for target in &change.targets {
                let (before, now) = (target.old.as_ref().unwrap(), target.new.as_ref().unwrap());
                let name = difference.name(target.target).to_string();
                if before.verdict != now.verdict {
                    let what = What::Verdict { target: name.clone(), old: before.verdict, new: now.verdict };
                    expected.insert(what.text());
                }
                for need in before.needs.keys().chain(now.needs.keys()) {
                    let (old, new) = (before.needs.get(need).copied(), now.needs.get(need).copied());
                    if old != new {
                        expected
                            .insert(What::Need { target: name.clone(), need: need.clone(), old, new }.text());
                    }
                }
            }
            if let Some((first, second)) = change.first {
                let name =
                    |ruleset: &Ruleset, target: Option<_>| target.map(|t| ruleset.target_name(t).to_string());
                let what = What::First { old: name(&old, first), new: name(&new, second) };
                expected.insert(what.text());
            }
        }
        match found.extent {
            Extent::Proved => assert_eq!(told, expected, "seed {seed}\n{before}\n{after}"),
            _ => assert!(told.is_subset(&expected), "seed {seed}\n{told:?} {expected:?}\n{before}\n{after}"),
        }
        for region in &found.regions {
            assert!(region.change.is_decision() && !region.conditions.is_empty(), "seed {seed}");
            assert!(!region.change.causes().is_empty(), "seed {seed}: {} has no cause", region.what.text());
        }
        if told.is_empty() { unchanged += 1 } else { changed += 1 }
    }
    println!("{changed} changed, {unchanged} unchanged");
    assert!(changed * 3 >= total && unchanged * 10 >= total, "{changed} {unchanged}");
}

/// Of many rows that do not overlap the earlier ones are not joined; what is told is what holds of each row all the same.
#[test]
fn rows_that_the_first_of_comes_before_are_found_among_many() {
    let rows = 400;
    let mut text = String::from(
        "ruleset t \"T\" { as of 2026-01-01 }\nprofile { a: int in 0 .. 4000, b: int in 0 .. 9 }\nchannel c\ntable t first {\n| a | b || c |\n",
    );
    for row in 0..rows {
        let cells = match row {
            // Beside it stands half of an earlier row, and below one that both match.
            100 => "in 10 .. 19 | >= 5".into(),
            101 => "in 10 .. 19 | < 5".into(),
            102 => "in 15 .. 24 | -".into(),
            1 => "in 10 .. 19 | >= 5".into(),
            2 => "in 10 .. 19 | < 7".into(),
            _ => format!("in {} .. {} | -", row * 10, row * 10 + 9),
        };
        writeln!(text, "| {cells} || +{} |", row % 3 + 1).unwrap();
    }
    writeln!(text, "| - | - || -1 |\n}}").unwrap();
    let (files, checked) = support::checked("t.qd", &text);
    let ruleset = checked.ruleset.expect("the ruleset has no errors");
    let found = findings(&ruleset, &checked.allowed, &Options::default());
    let line = |row: usize| files.place(ruleset.rules.iter().nth(row).unwrap().name_span).line;
    let unreached = found.iter().filter(|found| found.code == Code::UnreachedRow);
    let unreached: Vec<u32> = unreached.map(|found| files.place(found.label.span).line).collect();
    assert_eq!(unreached, [line(100), line(101)]);
    assert!(found.iter().all(|found| found.code != Code::Unproved), "{found:?}");
}

/// Rows that do not overlap are compared to the end, however many there are; with next to nothing to spend a few profiles are
/// tried.
#[test]
fn a_long_first_table_is_compared_within_a_budget() {
    let text = |points: &str| {
        let mut text = String::from(
            "ruleset t \"T\" { as of 2026-01-01 }\nprofile { a: int in 0 .. 40000, b: int in 0 .. 9 }\nchannel c\ntable t first {\n| a | b || c |\n",
        );
        for row in 0..1500 {
            let (low, b) = (row * 10, if row % 3 == 0 { ">= 5" } else { "-" });
            let points = if row == 4 { points } else { "+1" };
            writeln!(text, "| in {low} .. {} | {b} || {points} |", low + 9).unwrap();
        }
        text + "}\n"
    };
    let (old, new) = (support::ruleset(&text("+1")), support::ruleset(&text("-1")));
    let found = |budget: Budget| {
        let side = |ruleset| Side { ruleset, day: day(), label: String::new() };
        let mut difference = Difference::new(side(&old), side(&new));
        difference.find_regions(budget);
        difference.regions.unwrap()
    };
    let all = found(Budget::of(1500, 10));
    assert_eq!((all.extent, all.regions.len()), (Extent::Proved, 1));
    let few = found(Budget { nodes: 20_000, steps: 100 });
    assert!(matches!(few.extent, Extent::Sampled { profiles: 10, .. }), "{:?}", few.extent);
}

/// With less to spend less is proved, and what was not is named.
#[test]
fn what_a_small_budget_does_not_reach_is_named() {
    let mut text = String::from("ruleset t \"T\" { as of 2026-01-01 }\nprofile {\n");
    (0..12).for_each(|field| writeln!(text, "  n{field}: int in 0 .. 1000").unwrap());
    text.push_str("}\nfact limit: int\n");
    (0..12).for_each(|channel| writeln!(text, "channel c{channel} {{ limit = {} }}", channel * 7).unwrap());
    for rule in 0..12 {
        let (other, sign) = ((rule + 5) % 12, if rule % 3 > 0 { '+' } else { '-' });
        let when = format!("n{rule} > c.limit and n{other} > {rule}");
        writeln!(text, "rule r{rule} for each c {{ when {when} then score c {sign}{} }}", rule + 1).unwrap();
    }
    let ruleset = support::ruleset(&text);
    let unproved = |budget: Budget| {
        let found = findings(&ruleset, &[], &Options { budget, ..Options::default() });
        found.iter().filter(|found| found.code == Code::Unproved).count()
    };
    assert!(unproved(Budget::of(1, 5)) > 0);
    assert_eq!(unproved(Budget::of(60_000, 5)), 0);
}

#[test]
fn what_is_too_large_of_many_channels_is_one_sentence() {
    let channels: String = (0..70).map(|n| format!("channel c{n} {{ fee = {n} }}\n")).collect();
    let text = format!(
        "ruleset many {{ as of 2026-01-01 }}\nfact fee: int\nprofile {{ orders: int in 0 .. 100 }}\n{channels}\
         measure cost: int for each c = c.fee + orders\n\
         rule best for each c {{ when c.cost is lowest then score c +1 }}\n"
    );
    let work = support::Work::new(&[("many.qd", &text)]);
    let (status, out, _) = work.qudao("check many.qd");
    assert_eq!(status, 0);
    assert_eq!(out.matches("is never recommended is too large").count(), 1, "{out}");
    assert!(out.contains("likewise `c2`, `c3`, `c4`, `c5`, `c6`, `c7`, 62 more"), "{out}");
}
