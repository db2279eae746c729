//! Changes that come of what is set otherwise: found by setting it as it was, and deciding again.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::{Line, read};
use super::{Cause, Lines, Moved, Proposal, Together, group, put_in_order};
use crate::analyse::settings::{Set, Settings, with_defaults};
use crate::testing::{snapshot, snapshot_with_texts};
use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::model::{Profile, Ruleset};

/// So many rulesets with other settings are made at most; beyond, changes are put together by their lines alone.
const TRIES: usize = 64;

/// A ruleset, and the profiles of its cases, to decide them again.
#[derive(Debug)]
pub struct Retrial<'r> {
    /// The settings of the ruleset.
    pub set: Set<'r>,
    /// The day.
    pub day: Date,
    /// Whether the snapshots hold the reasons in words.
    pub texts: bool,
    /// The cases by name: the profile, and the settings that the accepted snapshot rests on.
    pub cases: BTreeMap<String, (Profile, Settings)>,
}

/// Something that was set otherwise: its name, and what it was set to; nothing where it was not.
type Was = (String, Option<String>);

/// Some settings as they were.
type Back = BTreeSet<Was>;

/// Decides cases with some settings as they were.
struct Trials<'a, 'r> {
    retrial: &'a Retrial<'r>,
    made: BTreeMap<Back, Option<Ruleset>>,
}

impl Trials<'_, '_> {
    /// What a case gives with some settings as they were; nothing where that is no ruleset.
    fn contents(&mut self, case: &str, back: &Back) -> Option<String> {
        let (profile, _) = self.retrial.cases.get(case)?;
        if !self.made.contains_key(back) {
            if self.made.len() >= TRIES {
                return None;
            }
            let settings = back.iter().map(|(name, text)| (name.as_str(), text.as_deref())).collect();
            self.made.insert(back.clone(), self.retrial.set.with(&settings));
        }
        let ruleset = self.made.get(back)?.as_ref()?;
        let profile = with_defaults(profile, ruleset);
        let decision = decide(ruleset, &profile, self.retrial.day);
        Some(if self.retrial.texts { snapshot_with_texts(&decision) } else { snapshot(&decision) })
    }
}

/// What makes some lines change.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// The settings, each with what it was and is.
    settings: BTreeSet<(String, Option<String>, Option<String>)>,
    /// Whether setting back all of them is needed, not any one.
    all: bool,
    /// Whether what rules or the profile say has changed besides.
    rules: bool,
}

/// Finds the causes of some cases that all have a snapshot.
pub(super) fn grouped(proposals: &[&Proposal<'_>], retrial: &Retrial<'_>) -> Vec<Cause> {
    let mut trials = Trials { retrial, made: BTreeMap::new() };
    let mut found: BTreeMap<Key, BTreeMap<String, Lines>> = BTreeMap::new();
    // What is left for the lines alone: each case with the lines of found causes as they are now.
    let mut left: Vec<(String, String, String)> = Vec::new();
    for proposal in proposals {
        let mut old = proposal.old.to_string();
        let changed = changed(retrial, proposal.case);
        let all = (proposal.old != proposal.new && !changed.is_empty())
            .then(|| trials.contents(proposal.case, &changed))
            .flatten();
        if let Some(all) = all {
            let (before, now, back) = (blocks(proposal.old), blocks(proposal.new), blocks(&all));
            let keys: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
            for block in keys.into_iter().filter(|block| before.get(*block) != now.get(*block)) {
                if now.get(block) == back.get(block) {
                    continue;
                }
                let (set, each) = trials.behind(proposal.case, block, &changed, back.get(block));
                let told = set.into_iter().map(|(name, was)| {
                    let is = retrial.set.get(&name);
                    (name, was, is)
                });
                let rules = before.get(block) != back.get(block);
                let key = Key { settings: told.collect(), all: !each, rules };
                let lines = found.entry(key).or_default().entry(proposal.case.to_string()).or_default();
                let of = |blocks: &BTreeMap<String, BTreeSet<String>>| {
                    blocks.get(block).cloned().unwrap_or_default()
                };
                let (gone, come) = (of(&before), of(&now));
                lines.gone.extend(gone.difference(&come).cloned());
                lines.come.extend(come.difference(&gone).cloned());
            }
            let of_case = found.values().filter_map(|cases| cases.get(proposal.case));
            for lines in of_case {
                old = super::partly(&old, proposal.new, |line, comes| {
                    if comes { lines.come.contains(line) } else { lines.gone.contains(line) }
                });
            }
        }
        left.push((proposal.case.to_string(), old, proposal.new.to_string()));
    }
    let mut causes: Vec<Cause> =
        merged(found).into_iter().map(|(key, cases)| cause(key, cases, proposals, &retrial.set)).collect();
    let declared = retrial.set.declared();
    let left: Vec<Proposal<'_>> = left.iter().map(|(case, old, new)| Proposal { case, old, new }).collect();
    causes.extend(group::grouped(&left.iter().collect::<Vec<_>>(), true, &declared));
    put_in_order(&mut causes);
    causes
}

/// Puts what a setting does by itself to what it does together with others, where it would do some of that alone: else
/// it could not be accepted alone.
fn merged(found: BTreeMap<Key, BTreeMap<String, Lines>>) -> BTreeMap<Key, BTreeMap<String, Lines>> {
    let mut groups: Vec<(Key, BTreeMap<String, Lines>)> = Vec::new();
    for (key, cases) in found {
        let (mut key, mut cases) = (key, cases);
        let meets = |(other, _): &(Key, BTreeMap<String, Lines>), key: &Key| {
            let mixed = other.all || other.rules || key.all || key.rules;
            mixed && other.settings.intersection(&key.settings).next().is_some()
        };
        while let Some(at) = groups.iter().position(|group| meets(group, &key)) {
            let (other, of_other) = groups.swap_remove(at);
            key.settings.extend(other.settings);
            (key.all, key.rules) = (key.all || other.all, key.rules || other.rules);
            for (case, lines) in of_other {
                let own: &mut Lines = cases.entry(case).or_default();
                own.gone.extend(lines.gone);
                own.come.extend(lines.come);
            }
        }
        groups.push((key, cases));
    }
    groups.into_iter().collect()
}

impl Trials<'_, '_> {
    /// The settings behind a changed block, and whether setting back any one of them does: that, or else all of them
    /// together, sets the block back.
    fn behind(
        &mut self,
        case: &str,
        block: &String,
        changed: &Back,
        wanted: Option<&BTreeSet<String>>,
    ) -> (Back, bool) {
        let does = |trials: &mut Self, back: &Back| {
            trials.contents(case, back).is_some_and(|contents| blocks(&contents).get(block) == wanted)
        };
        let alone: Back =
            changed.iter().filter(|was| does(self, &BTreeSet::from([(*was).clone()]))).cloned().collect();
        if !alone.is_empty() {
            return (alone, true);
        }
        let mut set = changed.clone();
        for was in changed {
            let mut fewer = set.clone();
            fewer.remove(was);
            if !fewer.is_empty() && does(self, &fewer) {
                set = fewer;
            }
        }
        (set, false)
    }
}

/// What the snapshot of a case rests on and what is set otherwise now.
fn changed(retrial: &Retrial<'_>, case: &str) -> Back {
    let Some((_, settings)) = retrial.cases.get(case) else { return Back::new() };
    let was = settings.iter().filter_map(|(name, was)| {
        let is = retrial.set.get(name);
        // Where it is not there any more, only its lines can tell.
        let is_there = is.is_some() || name.starts_with("default ");
        (is_there && is.as_ref() != Some(was)).then(|| (name.clone(), Some(was.clone())))
    });
    was.collect()
}

/// The lines of a snapshot by what they are about: a target, a fact, a line by itself.
fn blocks(contents: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut blocks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in contents.lines().filter(|line| !line.trim().is_empty()) {
        let about = match read(line) {
            Line::Standing { target, .. } | Line::Rule { target, .. } | Line::Other { target, .. }
                if !target.is_empty() =>
            {
                target.to_string()
            }
            Line::Fact { name, .. } => format!("fact {name}"),
            Line::Text { .. } => line.split_once(": ").map_or(line, |(head, _)| head).to_string(),
            _ => line.to_string(),
        };
        blocks.entry(about).or_default().insert(line.to_string());
    }
    blocks
}

fn cause(key: Key, cases: BTreeMap<String, Lines>, proposals: &[&Proposal<'_>], set: &Set<'_>) -> Cause {
    let settings = key.settings.iter();
    let mut told: Vec<Moved> =
        settings.map(|(name, was, is)| Moved::Setting(name.clone(), was.clone(), is.clone())).collect();
    // What the lines alone tell of it stands below.
    let part: Vec<(String, String, String)> = proposals
        .iter()
        .filter_map(|proposal| {
            let lines = cases.get(proposal.case)?;
            let now = super::partly(proposal.old, proposal.new, |line, comes| {
                if comes { lines.come.contains(line) } else { lines.gone.contains(line) }
            });
            Some((proposal.case.to_string(), proposal.old.to_string(), now))
        })
        .collect();
    let part: Vec<Proposal<'_>> = part.iter().map(|(case, old, new)| Proposal { case, old, new }).collect();
    let mut also: Vec<Moved> = Vec::new();
    for cause in group::grouped(&part.iter().collect::<Vec<_>>(), false, &set.declared()) {
        also.extend([cause.title].into_iter().chain(cause.also));
    }
    also.retain(|moved| !matches!(moved, Moved::Fact(..) | Moved::Reads(_)));
    also.dedup();
    let mut title = told.remove(0);
    let weight = key.settings.first().and_then(|(name, ..)| name.strip_prefix("weight "));
    if let (1, Some(weight)) = (key.settings.len(), weight)
        && let Some(points) = also.first_mut()
        && let Moved::Points(rules, by) = &*points
    {
        // A weight acts through the points of its rules, which tell more; the lines alone suspect others too.
        let scored = set.scored_with(weight);
        let rules = rules.iter().filter(|rule| scored.contains(rule.as_str())).cloned().collect();
        let points_of = Moved::Points(rules, by.clone());
        *points = std::mem::replace(&mut title, points_of);
    }
    let together = match (told.is_empty(), key.all, key.rules) {
        (true, _, false) => None,
        (true, _, true) => Some(Together::WithRules),
        (false, true, _) => Some(Together::All),
        (false, false, _) => Some(Together::Any),
    };
    also.splice(0..0, told.into_iter().chain(together.map(Moved::Together)));
    let settings = key.settings.into_iter().map(|(name, ..)| name).collect();
    Cause { title, also, settings, cases }
}
