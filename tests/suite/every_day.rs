//! What `check` finds holds on every day: on random rulesets whose facts are dated and whose conditions read `today`,
//! each finding is looked at for all profiles on each day that could tell, and none is left out that holds on all.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use qudao_analysis::analyse::diagram::Budget;
use qudao_analysis::analyse::findings::{Options, findings};
use qudao_analysis::testing::{PropertyOutcome, prove};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, Truth, decide};
use qudao_language::diagnostic::{Code, Diagnostic};
use qudao_language::model::{Profile, Ruleset, Target, Type, Value};
use qudao_language::operator::Verdict;

use crate::generate::Dice;
use crate::laws::cases;
use crate::support;

/// Days on which something may change: every constant of the rulesets below lies among them, with a day to spare.
const DAYS: [&str; 11] = [
    "0001-01-01",
    "2025-12-28",
    "2025-12-31",
    "2026-01-01",
    "2026-01-02",
    "2026-01-03",
    "2026-01-04",
    "2026-01-05",
    "2026-01-06",
    "2026-01-09",
    "9999-12-31",
];

fn days() -> Vec<Date> {
    DAYS.iter().map(|day| Date::parse(day).unwrap()).collect()
}

fn date(dice: &mut Dice) -> String {
    format!("2026-01-0{}", 2 + dice.pick(3))
}

fn atom(dice: &mut Dice) -> String {
    let op = ["<", "<=", ">", ">=", "==", "!="][dice.pick(6)];
    match dice.pick(11) {
        0 => "flag".into(),
        1 => format!("posts {op} {}", dice.pick(4)),
        2 => format!("today {op} {}", date(dice)),
        3 => format!("today {} 2026-01-02 .. 2026-01-0{}", ["in", "not in"][dice.pick(2)], 3 + dice.pick(2)),
        4 => format!("posts {op} {}.limit", ["alpha", "beta"][dice.pick(2)]),
        5 => format!("{}.open", ["alpha", "beta"][dice.pick(2)]),
        6 => format!("today - begun {op} {} days", dice.pick(3)),
        7 => format!("{}.begins {op} today", ["alpha", "beta"][dice.pick(2)]),
        8 => format!("begun {op} {}.begins", ["alpha", "beta"][dice.pick(2)]),
        9 => format!("(if {} then posts else alpha.limit) {op} 2", ["flag", "late"][dice.pick(2)]),
        _ => "late".into(),
    }
}

fn condition(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.chance(35) {
        return atom(dice);
    }
    let (a, b) = (condition(dice, depth - 1), condition(dice, depth - 1));
    match dice.pick(3) {
        0 => format!("({a} or {b})"),
        1 => format!("not ({a})"),
        _ => format!("({a} and {b})"),
    }
}

fn text(dice: &mut Dice) -> String {
    let mut text = String::from(
        "ruleset t { as of 2026-01-03 }\n\
         profile {\n  flag: bool\n  posts: int in 0 .. 3\n  begun: date in 2026-01-02 .. 2026-01-04\n}\n\
         fact limit: int\nfact open: bool\nfact begins: date\n",
    );
    let _ = writeln!(text, "let late = today > {} or flag and today == 2026-01-02", date(dice));
    for channel in ["alpha", "beta", "gamma"] {
        let mut facts = String::new();
        let limit = |dice: &mut Dice| dice.pick(4);
        match dice.pick(4) {
            0 => {}
            1 => drop(writeln!(facts, "  limit = {}", limit(dice))),
            2 => {
                let _ = write!(facts, "  limit = {} until 2026-01-02\n  limit = ", limit(dice));
                let _ = writeln!(facts, "{} since 2026-01-03", limit(dice));
            }
            _ => drop(writeln!(facts, "  limit = {} since {}", limit(dice), date(dice))),
        }
        let open = if dice.chance(50) {
            "open = true until 2026-01-03\n  open = false since 2026-01-04"
        } else {
            "open = true"
        };
        let _ = writeln!(facts, "  {open}\n  begins = {} until 2026-01-04\n", date(dice));
        let _ = writeln!(text, "channel {channel} {{\n{facts}}}");
    }
    for index in 0..3 + dice.pick(5) {
        let exception = match index {
            1.. if dice.chance(30) => format!(" exception to r{}", dice.pick(index)),
            _ => String::new(),
        };
        let each = dice.chance(25);
        let (head, when) = match each {
            true => (" for each c", format!("(c.open or {}) and c.limit > {}", atom(dice), dice.pick(4))),
            false => ("", condition(dice, 2)),
        };
        let target = if each { "c" } else { ["alpha", "beta", "gamma"][dice.pick(3)] };
        let effect = match dice.pick(6) {
            0..=2 => format!("score {target} {:+}", dice.pick(5) as i64 - 2),
            3 => format!("cap {target} at unsuitable"),
            _ => format!("exclude {target}"),
        };
        let _ = writeln!(text, "rule r{index}{head}{exception} {{ when {when} then {effect} }}");
    }
    for index in 0..2 {
        let asked = ["posts", "flag", "begun"][dice.pick(3)];
        let word = ["known", "unknown"][dice.pick(2)];
        let joined = ["and", "or"][dice.pick(2)];
        let _ = writeln!(
            text,
            "rule n{index} {{ when {asked} is {word} {joined} {} then note alpha \"n\" }}",
            atom(dice)
        );
    }
    let _ = writeln!(text, "table f first {{\n  | posts || alpha |");
    for _ in 0..3 {
        let _ = writeln!(text, "  | {} {} || +1 |", ["<", "<=", ">", ">="][dice.pick(4)], dice.pick(4));
    }
    text + "}\n"
}

/// Every profile, with unknown fields too.
fn profiles(ruleset: &Ruleset) -> Vec<Profile> {
    let mut all = vec![Profile::empty(ruleset, "t")];
    for (id, field) in ruleset.fields.entries() {
        let values: Vec<Value> = match field.ty {
            Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
            Type::Date => (2..5).map(|day| Value::Date(Date::new(2026, 1, day).unwrap())).collect(),
            _ => (0..4)
                .map(|n| {
                    Value::Number(qudao_language::model::Number::computed(
                        qudao_language::exact::Exact::whole(n),
                    ))
                })
                .collect(),
        };
        let values: Vec<Option<Value>> = values.into_iter().map(Some).chain([None]).collect();
        let with = |profile: &Profile, value: &Option<Value>| {
            let mut profile = profile.clone();
            profile.set(id, value.clone());
            profile
        };
        all = all.iter().flat_map(|profile| values.iter().map(|value| with(profile, value))).collect();
    }
    all
}

/// What a decision says of everything that decides.
fn answer(decision: &Decision<'_>) -> String {
    let ruleset = decision.ruleset;
    let targets = ruleset.targets().map(|target| {
        let target = decision.target(target);
        format!("{:?} {:?} {} ", target.verdict, target.leaning, target.score)
    });
    let fires = ruleset.rules.ids().flat_map(|rule| decision.instances(rule).iter());
    let fires: String = fires.map(|instance| format!("{:?}", instance.fires.truth)).collect();
    targets.collect::<String>() + &fires
}

fn known(profile: &Profile) -> bool {
    profile.values.iter().all(|value| value.value.is_some())
}

struct World<'r> {
    ruleset: &'r Ruleset,
    all: &'r [(usize, Date, Decision<'r>)],
    profiles: &'r [Profile],
}

impl World<'_> {
    /// Whether something is so of every decision of a profile whose fields are all known.
    fn every(&self, test: impl Fn(&Decision<'_>) -> bool) -> bool {
        let mut known = self.all.iter().filter(|(number, ..)| known(&self.profiles[*number]));
        known.all(|(_, _, decision)| test(decision))
    }

    /// Whether a finding is true on each day; nothing for a finding that is not looked at.
    fn holds(&self, found: &Diagnostic) -> Option<bool> {
        let ruleset = self.ruleset;
        let quoted: Vec<&str> = found.message.split('`').skip(1).step_by(2).collect();
        let rule = || ruleset.rules.find(|rule| *rule.name == *quoted[0]).unwrap();
        let fires = |decision: &Decision<'_>, rule| {
            decision.instances(rule).iter().any(|i| i.fires.truth == Truth::True)
        };
        Some(match found.code {
            Code::DeadRule | Code::UnreachedRow | Code::AlwaysExcepted => {
                let rule = rule();
                self.all.iter().all(|(_, _, decision)| !fires(decision, rule))
            }
            Code::AlwaysTrue => {
                let rule = rule();
                let part = found.message.contains("a part of");
                let text = found.labels.first().map(|also| ruleset.files.slice(also.span));
                let when = ruleset.rules[rule].when.as_ref().unwrap();
                let mut parts = Vec::new();
                when.walk(&mut |expr| {
                    if part && Some(ruleset.files.slice(expr.span)) == text {
                        parts.push(expr.span);
                    }
                });
                // False of nobody, and true of whoever has answered all.
                self.all.iter().all(|(number, _, decision)| {
                    let truths: Vec<Truth> = match part {
                        true => parts
                            .iter()
                            .map(|span| {
                                let when = decision.ruleset.rules[rule].when.as_ref().unwrap();
                                let mut found = None;
                                when.walk(&mut |expr| {
                                    if expr.span == *span {
                                        found = found.or(Some(expr))
                                    }
                                });
                                decision.trace(found.unwrap()).unwrap().judged().unwrap().truth
                            })
                            .collect(),
                        false if ruleset.rules[rule].row.is_some() => return true,
                        false => decision.instances(rule).iter().map(|i| i.condition.truth).collect(),
                    };
                    truths.iter().all(|truth| match truth {
                        Truth::True => true,
                        Truth::False => false,
                        Truth::Unknown => !known(&self.profiles[*number]),
                    })
                })
            }
            Code::SameRule => {
                let other = ruleset.rules.find(|rule| *rule.name == *quoted[1]).unwrap();
                let rule = rule();
                self.every(|decision| fires(decision, rule) == fires(decision, other))
            }
            Code::IdleScore => {
                let rule = rule();
                self.every(|decision| {
                    decision.instances(rule).iter().filter(|i| i.fires.truth == Truth::True).all(|instance| {
                        let effects = ruleset.rules[rule].effects.iter();
                        let mut targets =
                            effects.filter_map(|effect| effect.kind.target()?.resolve(instance.channel));
                        targets.all(|target| decision.target(target).excluded.truth == Truth::True)
                    })
                })
            }
            Code::NeverRecommended => {
                let target = ruleset.target(quoted[0]).unwrap();
                self.every(|decision| decision.target(target).leaning != Verdict::Recommended)
            }
            Code::AlwaysRecommended => {
                let target = ruleset.target(quoted[0]).unwrap();
                self.every(|decision| decision.target(target).leaning == Verdict::Recommended)
            }
            Code::IdleField => {
                let field = ruleset.fields.find(|field| *field.name == *quoted[0]).unwrap();
                let mut answers: BTreeMap<(String, Date), BTreeSet<String>> = BTreeMap::new();
                for (number, day, decision) in self.all {
                    let mut rest = self.profiles[*number].clone();
                    rest.set(field, None);
                    let rest =
                        format!("{:?}", rest.values.iter().map(|value| &value.value).collect::<Vec<_>>());
                    answers.entry((rest, *day)).or_default().insert(answer(decision));
                }
                answers.values().all(|answers| answers.len() == 1)
            }
            Code::NoRecommendation => {
                let usual = self.all.iter().filter(|(_, day, _)| Some(*day) == ruleset.as_of);
                let channels = || ruleset.channels.ids().map(Target::Channel);
                usual.clone().any(|(_, _, decision)| {
                    channels().all(|target| {
                        decision.target(target).verdict.is_some_and(|verdict| verdict != Verdict::Recommended)
                    })
                })
            }
            _ => return None,
        })
    }
}

#[test]
fn a_finding_holds_on_every_day() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut dated: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..cases(60) {
        let mut dice = Dice::seeded(seed + 31_000, 600);
        let text = text(&mut dice);
        let ruleset = support::ruleset(&text);
        let found = findings(&ruleset, &[], &Options { gaps: true, ..Options::default() });
        let profiles = profiles(&ruleset);
        let mut all = Vec::new();
        for day in days() {
            for (number, profile) in profiles.iter().enumerate() {
                all.push((number, day, decide(&ruleset, profile, day)));
            }
        }
        let world = World { ruleset: &ruleset, all: &all, profiles: &profiles };
        let mut told: BTreeSet<(&str, String)> = BTreeSet::new();
        for finding in &found {
            assert_ne!(finding.code, Code::Unproved, "seed {seed}: {}\n{text}", finding.message);
            if let Some(holds) = world.holds(finding) {
                assert!(holds, "seed {seed}: {} is not so\n{text}", finding.message);
                *counts.entry(finding.code.name()).or_default() += 1;
                let name = finding.message.split('`').nth(1).unwrap_or_default();
                told.insert((finding.code.name(), name.into()));
            }
        }
        // Nothing that holds on every day is left out.
        for (id, rule) in ruleset.rules.entries() {
            let asks = text.contains(&format!("rule {} {{ when", rule.name)) && rule.name.starts_with('n');
            let mut decisions = all.iter().filter(|(number, ..)| asks || known(&profiles[*number]));
            let never = decisions.all(|(number, _, decision)| {
                decision.instances(id).iter().all(|instance| match instance.fires.truth {
                    Truth::True => false,
                    Truth::False => true,
                    // What waits for a fact alone could fire if one were told.
                    Truth::Unknown => !known(&profiles[*number]) && instance.fires.settles(),
                })
            });
            let codes = ["dead-rule", "unreached-row", "always-excepted"];
            let is_told = codes.iter().any(|code| told.contains(&(code, rule.name.to_string())));
            assert_eq!(never, is_told, "seed {seed}: {} never fires\n{text}", rule.name);
            let on_usual_day = all
                .iter()
                .filter(|(number, day, _)| known(&profiles[*number]) && Some(*day) == ruleset.as_of);
            let dead_today = on_usual_day.clone().all(|(_, _, decision)| {
                decision.instances(id).iter().all(|instance| instance.fires.truth == Truth::False)
            });
            *dated
                .entry(if never {
                    "never"
                } else if dead_today {
                    "not on this day"
                } else {
                    "fires"
                })
                .or_default() += 1;
        }
        for channel in ["alpha", "beta", "gamma"] {
            let target = ruleset.target(channel).unwrap();
            let never =
                world.every(|decision| !decision.target(target).could_be.contains(&Verdict::Recommended));
            assert_eq!(
                never,
                told.contains(&("never-recommended", channel.into())),
                "seed {seed}: {channel}\n{text}"
            );
        }
    }
    println!("{counts:?} {dated:?}");
    for code in ["dead-rule", "always-excepted", "never-recommended", "always-true", "no-recommendation"] {
        assert!(counts.get(code).is_some_and(|count| *count >= 3), "{code}: {counts:?}");
    }
    assert!(dated["not on this day"] >= 10 && dated["never"] >= 10, "{dated:?}");
}

#[test]
fn a_property_is_proved_for_every_day_or_refuted_on_one() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..cases(80) {
        let mut dice = Dice::seeded(seed + 47_000, 600);
        let text = text(&mut dice);
        let (when, channel) = (condition(&mut dice, 1), ["alpha", "beta", "gamma"][dice.pick(3)]);
        let expect = match dice.pick(4) {
            0 => format!("{channel} excluded"),
            1 => format!("{channel} score >= {}", -(dice.pick(4) as i64)),
            2 => format!("rule r{} does not fire", dice.pick(3)),
            _ => format!("rule r{} fires", dice.pick(3)),
        };
        let text = format!(
            "{text}test \"t\" {{ as of 2026-01-03 expect rule r0 fires }}\nproperty p {{ when {when} expect {expect} }}\n"
        );
        let ruleset = support::ruleset(&text);
        let property = &ruleset.properties[0];
        let mut test = ruleset.tests[0].clone();
        test.expect = property.expect.clone();
        let truth = days().into_iter().all(|day| {
            profiles(&ruleset).iter().filter(|profile| known(profile)).all(|profile| {
                let decision = decide(&ruleset, profile, day);
                let applies = property.when.as_ref().is_none_or(|when| {
                    decision
                        .trace(when)
                        .and_then(|trace| trace.judged())
                        .is_some_and(|judged| judged.truth == Truth::True)
                });
                !applies || qudao_analysis::testing::run(&ruleset, &test, Some(profile), Some(day)).passed()
            })
        });
        let word = match prove(&ruleset, property, None, true, Budget::default(), None) {
            PropertyOutcome::Proved => {
                assert!(truth, "seed {seed}: proved and false\n{text}");
                "proved"
            }
            PropertyOutcome::Fails(why) => {
                assert!(!truth, "seed {seed}: refuted and true\n{why}\n{text}");
                "refuted"
            }
            other => panic!("seed {seed}: {other:?}\n{text}"),
        };
        *counts.entry(word).or_default() += 1;
    }
    println!("{counts:?}");
    assert!(counts["proved"] >= 8 && counts["refuted"] >= 8, "{counts:?}");
}
