//! Names that others have taken the place of.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::{names, renamed};

/// The lines of each case, before and after.
pub(super) type Sides = Vec<(BTreeSet<String>, BTreeSet<String>)>;

/// So many gone and come names are compared at most; beyond, nothing is taken for a rename.
const MANY: usize = 60;

/// Returns the renames, old name and new: the old one is gone from all cases and not `declared` any more, the new one
/// has come, as often in each case, and some line with the new name in place of the old is indeed there.
pub(super) fn find(sides: &Sides, declared: &BTreeSet<&str>) -> Vec<(String, String)> {
    let (old, new) = (counts(sides.iter().map(|(old, _)| old)), counts(sides.iter().map(|(_, new)| new)));
    let is_gone = |name: &&String| !new.contains_key(*name) && !declared.contains(name.as_str());
    let gone: Vec<&String> = old.keys().filter(is_gone).collect();
    let come: Vec<&String> = new.keys().filter(|name| !old.contains_key(*name)).collect();
    if gone.len() > MANY || come.len() > MANY {
        return Vec::new();
    }
    let mut pairs: Vec<(usize, &String, &String)> = Vec::new();
    for from in &gone {
        for to in come.iter().filter(|to| old.get(*from) == new.get(**to)) {
            let matches = matching(sides, from, to);
            if matches > 0 {
                pairs.push((matches, from, to));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)).then(a.2.cmp(b.2)));
    let mut found: Vec<(String, String)> = Vec::new();
    for (_, from, to) in pairs {
        if found.iter().all(|(old, new)| old != from && new != to) {
            found.push((from.clone(), to.clone()));
        }
    }
    found.sort();
    found
}

/// How often each name stands in each case.
fn counts<'l>(sides: impl Iterator<Item = &'l BTreeSet<String>>) -> BTreeMap<String, BTreeMap<usize, usize>> {
    let mut counts: BTreeMap<String, BTreeMap<usize, usize>> = BTreeMap::new();
    for (case, lines) in sides.enumerate() {
        for name in lines.iter().flat_map(|line| names(line)) {
            *counts.entry(name.to_string()).or_default().entry(case).or_insert(0) += 1;
        }
    }
    counts
}

/// How many lines are there again under the new name.
fn matching(sides: &Sides, from: &str, to: &str) -> usize {
    let lines = sides.iter().flat_map(|(old, new)| old.difference(new).map(move |line| (line, new)));
    lines.filter(|(line, new)| line.contains(from) && new.contains(&renamed(line, from, to))).count()
}
