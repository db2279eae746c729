//! Advice: what it promises is what evaluation says. What it tells is in `conformance/7-advice`.

use qudao_engine::advise::{Advice, STEPS, advise, turn};
use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::exact::Exact;
use qudao_language::model::{Field, Id, Number, Profile, Ruleset, Target, Type, Value};
use qudao_language::operator::Verdict;
use qudao_telling::result::why_json;
use qudao_telling::words::Speaker;
use serde_json::json;

use crate::generate::{self, Dice};
use crate::laws::cases;
use crate::support::{profile, ruleset};

fn random(seed: u64) -> (Ruleset, Profile) {
    let ruleset = ruleset(&generate::ruleset(&mut Dice::seeded(seed, 400)).text);
    let text = generate::yaml(&generate::profile(&mut Dice::seeded(!seed, 400), 70));
    let read = profile(&ruleset, &text);
    (ruleset, read.profile.unwrap())
}

#[test]
fn each_way_gives_the_verdict_that_it_promises() {
    let mut found = 0;
    for seed in 0..60 {
        let (ruleset, profile) = random(seed);
        let day = ruleset.as_of.unwrap();
        let now = decide(&ruleset, &profile, day);
        for target in ruleset.targets() {
            let now = now.target(target);
            let advice = advise(&ruleset, &profile, day, target, 150);
            assert_eq!(advice.sought, now.verdict != Some(Verdict::Recommended), "seed {seed}");
            assert!(advice.ways.len() <= 3 && (advice.sought || advice.ways.is_empty()), "seed {seed}");
            let sizes: Vec<usize> = advice.ways.iter().map(|way| way.changes.len()).collect();
            assert!(sizes.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}: {sizes:?}");
            for way in &advice.ways {
                found += 1;
                let mut changed = profile.clone();
                for change in &way.changes {
                    let field = &ruleset.fields[change.field];
                    assert!(!field.fixed && field.allows(&change.to), "seed {seed}: {}", field.name);
                    assert_eq!(change.from, profile.get(change.field).value, "seed {seed}");
                    changed.set(change.field, Some(change.to.clone()));
                }
                let then = decide(&ruleset, &changed, day);
                assert_eq!(then.target(target).verdict, Some(way.verdict), "seed {seed}");
                let better = way.verdict < now.leaning || now.verdict.is_none();
                assert!(better, "seed {seed}: {:?} is no better than {:?}", way.verdict, now.leaning);
            }
        }
    }
    assert!(found > 50, "only {found} ways were found");
}

#[test]
fn what_turns_a_recommendation_takes_it_away() {
    let (mut found, mut none) = (0, 0);
    for seed in 0..120 {
        let (ruleset, profile) = random(seed);
        let day = ruleset.as_of.unwrap();
        let now = decide(&ruleset, &profile, day);
        for target in ruleset.targets() {
            let turned = turn(&ruleset, &profile, day, target, 150);
            if now.target(target).verdict != Some(Verdict::Recommended) {
                let advice = advise(&ruleset, &profile, day, target, 150);
                assert_eq!(format!("{turned:?}"), format!("{advice:?}"), "seed {seed}");
                continue;
            }
            for way in &turned.ways {
                found += 1;
                let [change] = way.changes.as_slice() else { panic!("seed {seed}: {way:?}") };
                assert!(!ruleset.fields[change.field].fixed, "seed {seed}");
                let mut changed = profile.clone();
                changed.set(change.field, Some(change.to.clone()));
                let then = decide(&ruleset, &changed, day);
                assert_eq!(then.target(target).verdict, Some(way.verdict), "seed {seed}");
                assert!(way.verdict > Verdict::Recommended, "seed {seed}");
            }
            // That there is none is true of every value of a field that has few.
            for (id, field) in ruleset.fields.entries().filter(|(_, field)| !field.fixed) {
                let values: Vec<Value> = match field.ty {
                    Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
                    Type::Enum(of) => (0..ruleset.enums[of].members.len() as u32).map(Value::Enum).collect(),
                    _ => Vec::new(),
                };
                for value in values.into_iter().filter(|_| turned.complete && turned.ways.is_empty()) {
                    none += 1;
                    let mut changed = profile.clone();
                    changed.set(id, Some(value));
                    let then = decide(&ruleset, &changed, day).target(target).verdict;
                    assert!(
                        then.is_none_or(|then| then == Verdict::Recommended),
                        "seed {seed}: {}",
                        field.name
                    );
                }
            }
        }
    }
    println!("{found} recommendations were taken away, {none} changes take none");
    assert!(found > 20 && none > 20, "{found} {none}");
}

#[test]
fn the_bound_on_steps_is_kept_and_told() {
    let text = "ruleset t { as of 2026-01-01 }\nprofile { a: bool, b: bool, n: int in 0 .. 9 }\nchannel x\n\
                rule r { when a and b, then score x +1 }\nrule s { when n > 8, then score x +0 }\n";
    let ruleset = ruleset(text);
    let read = profile(&ruleset, "{a: false, b: false, n: 1}");
    let profile = read.profile.unwrap();
    let day = ruleset.as_of.unwrap();
    let target = ruleset.target("x").unwrap();
    let told = |steps: usize| {
        let advice = advise(&ruleset, &profile, day, target, steps);
        let decision = decide(&ruleset, &profile, day);
        let mut document = why_json(&decision, Speaker::new(&ruleset, None), &advice);
        document["why"].take()
    };
    let value = |value: bool| json!({"value": value, "number": null, "unit": null, "order": null});
    let changes: Vec<_> = ["a", "b"]
        .map(|field| json!({"field": field, "from": value(false), "to": value(true), "any_other": false}))
        .to_vec();
    let better = json!([{"verdict": "recommended", "changes": changes}]);
    assert_eq!(told(0), json!({"target": "x", "better": [], "tried": 0, "complete": false}));
    assert_eq!(told(3), json!({"target": "x", "better": [], "tried": 1, "complete": false}));
    assert_eq!(told(4), json!({"target": "x", "better": better, "tried": 1, "complete": false}));
    assert_eq!(told(100), json!({"target": "x", "better": better, "tried": 2, "complete": true}));
}

/// Small rulesets whose profiles can all be tried: conditions on each field, on several, and through lets.
mod small {
    use crate::generate::Dice;

    const OPS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

    fn one<'a>(dice: &mut Dice, of: &[&'a str]) -> &'a str {
        of[dice.pick(of.len())]
    }

    fn op(dice: &mut Dice) -> &'static str {
        OPS[dice.pick(6)]
    }

    /// A condition; `c` is a channel that has facts, `least` and `more` the size of numbers.
    fn condition(dice: &mut Dice, depth: usize, wide: bool) -> String {
        if depth > 0 && dice.chance(75) {
            let (a, b) = (condition(dice, depth - 1, wide), condition(dice, depth - 1, wide));
            return match dice.pick(4) {
                0 | 1 => format!("({a} and {b})"),
                2 => format!("({a} or {b})"),
                _ => format!("not {a}"),
            };
        }
        let (op, k, j) = (op(dice), dice.pick(if wide { 40 } else { 9 }), dice.pick(5));
        let (member, other) = (one(dice, &["a", "b", "c"]), one(dice, &["a", "b", "c"]));
        let grade = one(dice, &["low", "fair", "good", "top"]);
        let day = one(dice, &["2025-02-25", "2025-02-28", "2025-03-01", "2025-03-05"]);
        let channel = one(dice, &["x", "y"]);
        match dice.pick(44) {
            0 => format!("n {op} {k}"),
            1 => format!("n {op} m"),
            2 => format!("n + m {op} {k}"),
            3 => format!("n {op} 2 * m - {j}"),
            4 => format!("abs(n - {k}) {op} {j}"),
            5 => format!("abs(n - m) {op} {j}"),
            6 => format!("min(n, m) {op} {j}"),
            7 => format!("max(n, {j}) {op} m"),
            8 => format!("n / 3 {op} m"),
            9 => format!("(if {} then n else m) {op} {k}", condition(dice, 0, wide)),
            10 => format!("(if {} then n - {j} else {k} - n) {op} m", condition(dice, 0, wide)),
            11 => format!("e == {member}"),
            12 => format!("e in {{{member}, {other}}}"),
            13 => format!("s {op} {grade}"),
            14 => "p".into(),
            15 => format!("p == (n > {k})"),
            16 => format!("n {op} {channel}.limit"),
            17 => format!("n {op} {channel}.of[e]"),
            18 => format!("n + m {op} {channel}.of[(if p then e else a)]"),
            19 => format!("n in m .. {k}"),
            20 => format!("n not in {j} .. {}", j + k),
            21 => format!("g has {member}"),
            22 => format!("g has {} {{{member}, {other}}}", one(dice, &["any", "all", "none", "only"])),
            23 => format!("count(g) {op} {}", dice.pick(4)),
            24 => format!("count(g) + n {op} {k}"),
            25 => format!("g {} {{{member}, {other}}}", one(dice, &["==", "!="])),
            26 => format!("(if p then g else {{{member}}}) has {other}"),
            27 => "g has e".into(),
            28 => format!("d {op} {day}"),
            29 => format!("d - {day} {op} {j} days"),
            30 => format!("months(d, 2025-0{}-01) {op} {j} months", 4 + dice.pick(4)),
            31 => format!("abs(months(d, 2025-04-28) - 2 months) {op} {} months", dice.pick(2)),
            32 => format!("d + {} months {op} 2025-0{}-30", 1 + j, 4 + dice.pick(3)),
            33 => format!("d + u {op} {day}"),
            34 => format!("years(d - 1 year, {day}) {op} 1 year"),
            35 => format!("months(d, d + u + 27 days) {op} 1 month"),
            36 => format!("e not in {{{member}}}"),
            37 => format!("band {op} {grade}"),
            38 => format!("total {op} {k}"),
            39 => "flag".into(),
            40 => format!("max(d, {day}) {op} 2025-03-02"),
            41 => format!("n * 50% + m / 4 {op} {j}"),
            42 => format!("u {op} {j} days"),
            _ => format!("3 * (months(2024-12-31, d) / 1 month) - (d - 2024-12-31) / 10 days {op} {j}"),
        }
    }

    pub(super) fn ruleset(dice: &mut Dice, wide: bool) -> String {
        let most = if wide { 40 } else { 8 };
        let days = if wide { "2024-12-01 .. 2025-06-30" } else { "2025-02-22 .. 2025-03-04" };
        let fixed = |dice: &mut Dice| if dice.chance(15) { " fixed" } else { "" };
        let default = |dice: &mut Dice, value: &str| {
            if dice.chance(25) { format!(" default {value}") } else { String::new() }
        };
        let mut text = String::from(
            "ruleset small { as of 2025-03-01 }\nenum E { a, b, c }\nscale S { low < fair < good < top }\n\
             fact limit: number\nfact of[E]: number\nprofile {\n",
        );
        for (name, ty) in
            [("n", "int"), ("m", "int"), ("e", "E"), ("s", "S"), ("p", "bool"), ("g", "set of E")]
        {
            let (range, value) = match name {
                "n" | "m" => (format!(" in 0 .. {most}"), "3"),
                "e" => (String::new(), "b"),
                "s" => (String::new(), "fair"),
                "p" => (String::new(), "true"),
                _ => (String::new(), "{a}"),
            };
            let (default, fixed) = (default(dice, value), fixed(dice));
            text.push_str(&format!("  {name}: {ty}{range}{default}{fixed}\n"));
        }
        let fixed = fixed(dice);
        text.push_str(&format!("  d: date in {days}{fixed}\n  u: int day in 0 .. 4\n}}\n"));
        let (low, high) = (dice.pick(5), 5 + dice.pick(5));
        let between = condition(dice, 0, wide);
        let (between, flag) =
            if between.contains("band") || between.contains("total") || between.contains("flag") {
                ("p".to_string(), "n > m".to_string())
            } else {
                (between, "n > 2 or p".to_string())
            };
        text.push_str(&format!(
            "let band: S = if n >= {high} then good else if {between} then fair else if m > {low} then top else low\n\
             let total = if p then n + 2 * m else n - m\nlet flag = {flag}\n",
        ));
        text.push_str(
            "channel x { limit = 4, of[a] = 2, of[b] = 6, of[c] = 3 }\nchannel y { of[a] = 5, of[b] = 1",
        );
        text.push_str(if dice.chance(20) { "\n needs x }\n" } else { " }\n" });
        for index in 0..2 + dice.pick(4) {
            let target = one(dice, &["x", "y"]);
            let effect = match dice.pick(8) {
                0..=3 => format!("score {target} +1"),
                4 => format!("score {target} -2"),
                5 => format!("cap {target} at {}", one(dice, &["possible", "unsuitable"])),
                _ => format!("exclude {target}"),
            };
            let depth = 1 + dice.pick(2);
            text.push_str(&format!(
                "rule r{index} {{ when {} then {effect} }}\n",
                condition(dice, depth, wide)
            ));
        }
        text
    }

    pub(super) fn profile(dice: &mut Dice, wide: bool) -> String {
        let most = if wide { 41 } else { 9 };
        let mut text = String::new();
        for name in ["n", "m", "e", "s", "p", "g", "d", "u"] {
            if dice.chance(18) {
                continue;
            }
            let value = match name {
                "n" | "m" => dice.pick(most).to_string(),
                "e" => one(dice, &["a", "b", "c"]).into(),
                "s" => one(dice, &["low", "fair", "good", "top"]).into(),
                "p" => one(dice, &["true", "false"]).into(),
                "g" => one(dice, &["[]", "[a]", "[b, c]", "[a, b, c]"]).into(),
                "d" => one(dice, &["2025-02-23", "2025-02-28", "2025-03-01", "2025-03-04"]).into(),
                _ => dice.pick(5).to_string(),
            };
            text.push_str(&format!("{name}: {value}\n"));
        }
        if text.is_empty() { "{}".into() } else { text }
    }
}

/// How far a value is from the present one, in the order that the reference states: the least is the nearest.
fn distance(now: Option<&Value>, to: &Value, ordered: bool) -> (i64, i64) {
    let number = |value: &Value| match value {
        Value::Bool(value) => i64::from(*value),
        Value::Enum(member) => i64::from(*member),
        Value::Date(date) => date.number(),
        Value::Number(number) => number.value.as_whole().unwrap() as i64,
        Value::Set(_) | Value::Text(_) => 0,
    };
    match (now, to) {
        (Some(Value::Set(now)), Value::Set(to)) => (now.symmetric_difference(to).count() as i64, 0),
        (_, Value::Set(to)) => (to.len() as i64, 0),
        (Some(now), to) if ordered => ((number(now) - number(to)).abs(), number(to)),
        (_, to) => (number(to), 0),
    }
}

/// Every value of a field but its present one, the nearest first.
fn all_values(ruleset: &Ruleset, profile: &Profile, field: Id<Field>) -> Vec<Value> {
    let declared = &ruleset.fields[field];
    let number = |value: i64| Value::Number(Number::computed(Exact::whole(value)));
    let mut values: Vec<Value> = match declared.ty {
        Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Type::Enum(of) => (0..ruleset.enums[of].members.len() as u32).map(Value::Enum).collect(),
        Type::Set(_) => {
            (0..8_u32).map(|bits| Value::Set((0..3).filter(|bit| bits >> bit & 1 == 1).collect())).collect()
        }
        Type::Number(_) => (0..=40).map(number).collect(),
        Type::Date => {
            let from = Date::parse("2024-12-01").unwrap().number();
            (from..from + 212).map(|day| Value::Date(Date::of_number(day))).collect()
        }
        Type::Text => Vec::new(),
    };
    let now = profile.get(field).value.as_ref();
    values.retain(|value| declared.allows(value) && Some(value) != now);
    values.sort_by_key(|value| distance(now, value, is_ordered(ruleset, field)));
    values
}

fn is_ordered(ruleset: &Ruleset, field: Id<Field>) -> bool {
    match ruleset.fields[field].ty {
        Type::Number(_) | Type::Date => true,
        Type::Enum(of) => ruleset.enums[of].ordered,
        Type::Bool | Type::Set(_) | Type::Text => false,
    }
}

struct Trial<'r> {
    ruleset: &'r Ruleset,
    profile: &'r Profile,
    target: Target,
    /// The verdict now, and what it leans towards.
    now: (Option<Verdict>, Verdict),
}

impl Trial<'_> {
    /// The verdict with some values changed, if it is a better one.
    fn verdict(&self, changes: &[(Id<Field>, &Value)]) -> Option<Verdict> {
        let day = self.ruleset.as_of.unwrap();
        let (now, leaning) = self.now;
        let mut changed = self.profile.clone();
        for (field, value) in changes {
            changed.set(*field, Some((*value).clone()));
        }
        let then = decide(self.ruleset, &changed, day).target(self.target).verdict?;
        let settled = now.is_none() && then == Verdict::Recommended;
        (then < leaning || settled).then_some(then)
    }

    fn distance(&self, field: Id<Field>, value: &Value) -> (i64, i64) {
        distance(self.profile.get(field).value.as_ref(), value, is_ordered(self.ruleset, field))
    }

    fn known(&self, fields: &[Id<Field>]) -> usize {
        fields.iter().filter(|field| self.profile.get(**field).value.is_some()).count()
    }
}

type Key = (Verdict, usize, Vec<Id<Field>>);

/// Law: what is told of one field is what trying all its values finds, in the order of the reference.
fn assert_one(trial: &Trial<'_>, advice: &Advice, says: &str) -> bool {
    let ruleset = trial.ruleset;
    let mut expected: Vec<(Key, (i64, i64))> = Vec::new();
    for field in ruleset.fields.ids().filter(|field| !ruleset.fields[*field].fixed) {
        let mut best: Option<Verdict> = None;
        for value in all_values(ruleset, trial.profile, field) {
            let verdict = trial.verdict(&[(field, &value)]);
            if let Some(verdict) = verdict.filter(|verdict| best.is_none_or(|best| *verdict < best)) {
                best = Some(verdict);
                expected.push(((verdict, trial.known(&[field]), vec![field]), trial.distance(field, &value)));
            }
        }
    }
    expected.sort();
    expected.truncate(3);
    if expected.is_empty() {
        assert!(advice.ways.iter().all(|way| way.changes.len() > 1), "there is no such change; {says}");
        return false;
    }
    let told: Vec<(Key, (i64, i64))> = advice
        .ways
        .iter()
        .map(|way| {
            let fields: Vec<Id<Field>> = way.changes.iter().map(|change| change.field).collect();
            let distance = trial.distance(fields[0], &way.changes[0].to);
            ((way.verdict, trial.known(&fields), fields), distance)
        })
        .collect();
    assert_eq!(told, expected, "{says}");
    assert!(advice.complete && advice.tried == 1, "a change of one field is always certain here; {says}");
    true
}

/// Law: of several fields, none of the values told could be nearer while the others stay; and what is said to be certain is.
fn assert_several(trial: &Trial<'_>, advice: &Advice, says: &str) {
    let ruleset = trial.ruleset;
    for way in &advice.ways {
        let changes: Vec<(Id<Field>, &Value)> = way.changes.iter().map(|c| (c.field, &c.to)).collect();
        assert_eq!(trial.verdict(&changes), Some(way.verdict), "{says}");
        for (at, change) in way.changes.iter().enumerate() {
            for value in all_values(ruleset, trial.profile, change.field) {
                let (here, there) =
                    (trial.distance(change.field, &change.to), trial.distance(change.field, &value));
                if there >= here {
                    break;
                }
                let mut nearer = changes.clone();
                nearer[at].1 = &value;
                let nearer = trial.verdict(&nearer);
                assert!(nearer.is_none_or(|nearer| nearer > way.verdict), "{value:?} is nearer; {says}");
            }
        }
    }
    let keys: Vec<Key> = advice
        .ways
        .iter()
        .map(|way| {
            let fields: Vec<Id<Field>> = way.changes.iter().map(|change| change.field).collect();
            (way.verdict, trial.known(&fields), fields)
        })
        .collect();
    assert!(keys.is_sorted(), "{says}");
    if advice.tried < 2 {
        return;
    }
    let free: Vec<Id<Field>> = ruleset.fields.ids().filter(|field| !ruleset.fields[*field].fixed).collect();
    let mut expected: Vec<Key> = Vec::new();
    for (at, first) in free.iter().enumerate() {
        for second in free.iter().skip(at + 1) {
            let mut best = None;
            for a in all_values(ruleset, trial.profile, *first) {
                for b in all_values(ruleset, trial.profile, *second) {
                    let verdict = trial.verdict(&[(*first, &a), (*second, &b)]);
                    best = best.into_iter().chain(verdict).min();
                }
            }
            expected.extend(best.map(|best| (best, trial.known(&[*first, *second]), vec![*first, *second])));
        }
    }
    expected.sort();
    if expected.is_empty() {
        assert!(advice.ways.iter().all(|way| way.changes.len() > 2), "{says}");
    } else {
        assert_eq!(keys.first(), expected.first(), "{says}");
        let told_all = keys.len() < 3;
        assert!(
            !told_all || expected.iter().all(|key| keys.contains(key)),
            "{keys:?} of {expected:?}; {says}"
        );
    }
}

fn each_small(wide: bool, count: u64, mut law: impl FnMut(&Trial<'_>, &Advice, &str)) {
    for seed in 0..cases(count) {
        let mut dice = Dice::seeded(seed + u64::from(wide) * 1_000_000, 400);
        let text = small::ruleset(&mut dice, wide);
        let ruleset = ruleset(&text);
        let given = small::profile(&mut dice, wide);
        let profile = profile(&ruleset, &given).profile.unwrap_or_else(|| panic!("{given}\n{text}"));
        let day = ruleset.as_of.unwrap();
        let now = decide(&ruleset, &profile, day);
        for target in ruleset.targets() {
            let advice = advise(&ruleset, &profile, day, target, STEPS);
            let now = (now.target(target).verdict, now.target(target).leaning);
            if advice.sought {
                let says =
                    format!("seed {seed}, {}: {advice:?}\n{given}\n{text}", ruleset.target_name(target));
                law(&Trial { ruleset: &ruleset, profile: &profile, target, now }, &advice, &says);
            }
        }
    }
}

#[test]
fn of_one_field_the_nearest_value_is_told_and_none_is_missed() {
    let (mut some, mut none) = (0, 0);
    each_small(true, 50, |trial, advice, says| match assert_one(trial, advice, says) {
        true => some += 1,
        false => none += 1,
    });
    println!("{some} have a change of one field, {none} have none");
    assert!(some > 20 && none > 20, "{some} and {none}");
}

#[test]
fn of_several_fields_no_value_could_be_nearer_and_what_is_certain_is() {
    let (mut several, mut certain) = (0, 0);
    each_small(false, 60, |trial, advice, says| {
        if !assert_one(trial, advice, says) {
            several += usize::from(!advice.ways.is_empty());
            certain += usize::from(advice.tried >= 2);
            assert_several(trial, advice, says);
        }
    });
    println!("{several} have a change of several fields, {certain} are certain for two");
    assert!(several > 5 && certain > 10, "{several} and {certain}");
}
