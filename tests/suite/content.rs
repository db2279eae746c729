//! What the shipped rulesets say, beside what they were made from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use qudao_language::bundled;
use qudao_language::check::check;
use qudao_language::decide::decide;
use qudao_language::model::{Field, Ruleset, Type, Value};
use qudao_language::operator::Verdict;
use qudao_language::profile::{Format, read};
use qudao_language::syntax::Sources;

use crate::generate::Dice;
use crate::support::files_below;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_bundled_ruleset_is_found_by_a_name_of_the_language() {
    for name in bundled::names() {
        let given = name.replace('-', "_");
        assert!(bundled::file(&given, &format!("{given}.qd")).is_some(), "{name}");
    }
}

#[test]
fn every_check_fact_and_rule_of_current_practice_is_found() {
    let folder = root().join("rulesets/wechat-today");
    let texts = files_below(&folder).into_iter().map(|path| fs::read_to_string(path).unwrap());
    let told: String = texts.chain([fs::read_to_string(root().join("docs/wechat.md")).unwrap()]).collect();
    let words: BTreeSet<&str> = told.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let checks = (1..=26).map(|n| format!("B{n}"));
    let facts = (1..=41).map(|n| format!("C{n}"));
    let rules = (1..=30).map(|n| format!("CR{n:02}"));
    let lost: Vec<_> =
        checks.chain(facts).chain(rules).filter(|number| !words.contains(number.as_str())).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

/// What the ruleset `licence` states of each licence: its SPDX identifier, and the kinds and tags.
fn stated() -> BTreeMap<String, BTreeSet<(String, String)>> {
    let ruleset = check(&Sources::bundled("licence").unwrap()).ruleset.unwrap();
    let day = ruleset.as_of.unwrap();
    let mut licences = BTreeMap::new();
    for (channel_id, channel) in ruleset.channels.entries() {
        let (mut spdx, mut tags) = (String::new(), BTreeSet::new());
        for (id, fact) in ruleset.facts.entries() {
            match (ruleset.value(channel_id, (id, None), day), fact.ty) {
                (Some(Value::Text(text)), _) if &*fact.name == "spdx" => spdx = text.to_string(),
                (Some(Value::Set(members)), Type::Set(tag)) if &*fact.name != "made_for" => {
                    let names =
                        members.iter().map(|n| ruleset.enums[tag].members[*n as usize].name.to_string());
                    tags.extend(names.map(|name| (fact.name.to_string(), name)));
                }
                (value, _) => assert!(value.is_some() || &*fact.name == "suggested", "{}", channel.name),
            }
        }
        licences.insert(spdx, tags);
    }
    licences
}

/// The table is the front matter of `_licenses/*.txt` of github/choosealicense.com at aed28f9, CC BY 3.0.
#[test]
fn the_licences_agree_with_the_public_table() {
    let table = fs::read_to_string(root().join("tests/rulesets/licences.csv")).unwrap();
    let mut licences: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for line in table.lines().skip(1) {
        let [spdx, kind, tag] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let tag = tag.replace("--", "_").replace('-', "_");
        licences.entry(spdx.to_string()).or_default().insert((kind.to_string(), tag));
    }
    assert!(licences.len() >= 12);
    assert_eq!(stated(), licences);
}

/// Some answer to a question, in YAML.
fn some_answer(ruleset: &Ruleset, field: &Field, dice: &mut Dice) -> String {
    match field.ty {
        Type::Bool => dice.chance(35).to_string(),
        Type::Enum(of) => {
            let members = &ruleset.enums[of].members;
            members[dice.pick(members.len())].name.to_string()
        }
        Type::Set(of) => {
            let members = &ruleset.enums[of].members;
            let count = 1 + dice.pick(3);
            let names: BTreeSet<&str> =
                (0..count).map(|_| &*members[dice.pick(members.len())].name).collect();
            format!("[{}]", names.into_iter().collect::<Vec<_>>().join(", "))
        }
        Type::Number(_) => (1 + dice.pick(14)).to_string(),
        Type::Text | Type::Date => unreachable!("no such question is asked"),
    }
}

/// A mix is as good as its members: all recommended, it is; with one that is not fit, it never is. What is mixed for
/// itself (a large brand's channels, two accounts for what one cannot do) may be more than its members.
#[test]
fn mixes_of_channels_follow_their_members() {
    let pairs: [(&str, &[&str]); 4] = [
        ("service_and_mini", &["service", "mini_program"]),
        ("subscription_and_mini", &["subscription", "mini_program"]),
        ("both_accounts", &["subscription", "service"]),
        ("full_funnel", &["subscription", "service", "mini_program"]),
    ];
    for name in ["wechat", "wechat-today"] {
        let ruleset = check(&Sources::bundled(name).unwrap()).ruleset.unwrap();
        let day = ruleset.as_of.unwrap();
        let (mut fit, mut unfit) = (0, 0);
        for seed in 0..1500 {
            let dice = &mut Dice::seeded(seed, 400);
            let answers = ruleset
                .fields
                .iter()
                .map(|field| format!("{}: {}\n", field.name, some_answer(&ruleset, field, dice)));
            let profile: String = answers.collect();
            let profile_read = read(&ruleset, "p.yaml", profile.clone().into_bytes(), Format::Yaml, &[]);
            let told = profile_read.profile.unwrap_or_else(|| panic!("{profile}"));
            let decision = decide(&ruleset, &told, day);
            let leaning = |name: &str| decision.target(ruleset.target(name).unwrap()).leaning;
            for (mix, members) in pairs {
                let of: Vec<Verdict> = members.iter().map(|member| leaning(member)).collect();
                let all = of.iter().all(|verdict| *verdict == Verdict::Recommended);
                let none = of.iter().any(|v| matches!(v, Verdict::Unsuitable | Verdict::Excluded));
                let recommended = leaning(mix) == Verdict::Recommended;
                assert!(recommended || !all, "{name}, {mix}: {of:?}\n{profile}");
                assert!(!recommended || !none, "{name}, {mix}: {of:?}\n{profile}");
                fit += usize::from(all);
                unfit += usize::from(none);
            }
        }
        assert!(fit > 500 && unfit > 500, "{name}: {fit}, {unfit}");
    }
}
