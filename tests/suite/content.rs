//! What the shipped rulesets say, beside what they were made from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use qudao_language::bundled;
use qudao_language::check::check;
use qudao_language::model::{Type, Value};
use qudao_language::syntax::Sources;

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
