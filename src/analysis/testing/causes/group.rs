//! Changes put together by what moved them.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::{Line, Snapshot, read, renamed};
use super::moves::{Key, Move, Pair, Reads, moves, reads};
use super::renames::{self, Sides};
use super::{Acting, Cause, Lines, Moved, Proposal, put_in_order};

/// Finds the causes of some cases that all have a snapshot. `by_rules` says that nothing is left but what rules say:
/// no weight moves several of them, nor a fact. `declared` are the names of the ruleset, as far as they are known: what
/// still goes by its name was not renamed, if another acts in its place.
pub(super) fn grouped(proposals: &[&Proposal<'_>], by_rules: bool, declared: &BTreeSet<&str>) -> Vec<Cause> {
    let lines = |text: &str| -> BTreeSet<String> { text.lines().map(str::to_string).collect() };
    let sides: Sides = proposals.iter().map(|proposal| (lines(proposal.old), lines(proposal.new))).collect();
    let names: Vec<&str> = proposals.iter().map(|proposal| proposal.case).collect();
    let renames = renames::find(&sides, declared);
    let mut found = rename_causes(&sides, &names, &renames);
    let (pairs, written) = paired(&sides, &renames);
    let reads = reads(&pairs);
    let moves = moves(&pairs, &reads);
    let mut classes = Classes::default();
    classes.join_moves(&moves);
    classes.join_rules(&pairs, &moves, by_rules);
    classes.join_facts(&reads);
    if !by_rules {
        classes.join_points(&moves);
    }
    classes.join_alike(&moves);
    found.extend(classes.causes(&pairs, moves, &names, &written));
    let order: BTreeMap<String, Lines> = proposals
        .iter()
        .zip(&sides)
        .filter(|(proposal, (old, new))| old == new && proposal.old.trim_end() != proposal.new.trim_end())
        .map(|(proposal, _)| (proposal.case.to_string(), Lines::default()))
        .collect();
    if !order.is_empty() {
        found.push(Cause { title: Moved::Order, also: Vec::new(), settings: BTreeSet::new(), cases: order });
    }
    put_in_order(&mut found);
    found
}

fn apply(line: &str, renames: &[(String, String)]) -> String {
    renames.iter().fold(line.to_string(), |line, (old, new)| {
        if line.contains(old.as_str()) { renamed(&line, old, new) } else { line }
    })
}

/// The causes that are renames: lines that are there again under the new names.
fn rename_causes(sides: &Sides, names: &[&str], renames: &[(String, String)]) -> Vec<Cause> {
    let mut causes: Vec<Cause> = renames
        .iter()
        .map(|(old, new)| Cause {
            title: Moved::Renamed(old.clone(), new.clone()),
            also: Vec::new(),
            settings: BTreeSet::new(),
            cases: BTreeMap::new(),
        })
        .collect();
    for ((old, new), name) in sides.iter().zip(names) {
        for line in old.difference(new) {
            let after = apply(line, renames);
            if !new.contains(&after) {
                continue;
            }
            let which = renames.iter().position(|(old, new)| renamed(line, old, new) != *line);
            if let Some(cause) = which.and_then(|which| causes.get_mut(which)) {
                let lines = cause.cases.entry((*name).to_string()).or_default();
                lines.gone.insert(line.clone());
                lines.come.insert(after);
            }
        }
    }
    causes
}

/// The lines of each case as they were written, by what they are under the new names.
type Written = Vec<BTreeMap<String, String>>;

/// The cases before, under the new names, and after.
fn paired(sides: &Sides, renames: &[(String, String)]) -> (Vec<Pair>, Written) {
    let mut pairs = Vec::new();
    let mut written = Vec::new();
    for (old, new) in sides {
        let before: BTreeMap<String, String> =
            old.iter().map(|line| (apply(line, renames), line.clone())).collect();
        pairs
            .push(Pair { old: Snapshot::of(before.keys().cloned()), new: Snapshot::of(new.iter().cloned()) });
        written.push(before);
    }
    (pairs, written)
}

/// Keys in classes: each leads to another of its class, or to itself.
#[derive(Default)]
struct Classes {
    leader: BTreeMap<Key, Key>,
}

impl Classes {
    fn of(&self, key: &Key) -> Key {
        let mut at = key;
        while let Some(next) = self.leader.get(at).filter(|next| *next != at) {
            at = next;
        }
        at.clone()
    }

    fn join(&mut self, a: &Key, b: &Key) {
        let (a, b) = (self.of(a), self.of(b));
        let (least, other) = if a <= b { (a, b) } else { (b, a) };
        self.leader.insert(other, least.clone());
        self.leader.entry(least.clone()).or_insert(least);
    }

    fn join_moves(&mut self, moves: &[Move]) {
        for m in moves {
            let Some(first) = m.keys.first() else { continue };
            m.keys.iter().for_each(|key| self.join(first, key));
        }
    }

    /// Rules that act otherwise in the same cases, or that follow from another's exclusion or exception.
    fn join_rules(&mut self, pairs: &[Pair], moves: &[Move], by_rules: bool) {
        let known: BTreeSet<&Key> = moves.iter().flat_map(|m| &m.keys).collect();
        let mut cases: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (case, pair) in pairs.iter().enumerate() {
            for rule in pair.flips().into_iter().filter(|rule| known.contains(&Key::Rule(rule.clone()))) {
                cases.entry(rule).or_default().insert(case);
            }
        }
        let follows = |first: &str, rule: &str, cases: &BTreeSet<usize>| {
            cases.iter().filter_map(|case| pairs.get(*case)).all(|pair| {
                let begins = |rule: &str| !Pair::acts(&pair.old, rule) && Pair::acts(&pair.new, rule);
                let ends = |rule: &str| Pair::acts(&pair.old, rule) && !Pair::acts(&pair.new, rule);
                pair.moves_exclusion() || (begins(first) && ends(rule)) || (ends(first) && begins(rule))
            })
        };
        for (first, of_first) in &cases {
            for (rule, of_rule) in cases.iter().filter(|(rule, _)| *rule != first) {
                let within = of_rule.is_subset(of_first);
                if within && (of_rule == of_first && !by_rules || follows(first, rule, of_rule)) {
                    self.join(&Key::Rule(first.clone()), &Key::Rule(rule.clone()));
                }
            }
        }
    }

    /// Rules that act otherwise, and a changed fact that they read.
    fn join_facts(&mut self, reads: &Reads) {
        let keys: Vec<Key> = self.leader.keys().cloned().collect();
        for key in &keys {
            let Key::Rule(rule) = key else { continue };
            for fact in reads.get(rule).into_iter().flatten() {
                let fact = Key::Fact(fact.clone());
                if self.leader.contains_key(&fact) {
                    self.join(&fact, key);
                }
            }
        }
    }

    /// Points without levels that change by multiples of one amount: a weight that has a name.
    fn join_points(&mut self, moves: &[Move]) {
        let mut found: Vec<(&Key, u64, usize)> = Vec::new();
        for m in moves {
            for key in &m.keys {
                if let Key::Points(_, delta) | Key::Score(_, delta) = key
                    && let [(level, points)] = delta.as_slice()
                    && level.is_empty()
                {
                    found.push((key, points.unsigned_abs(), m.keys.len()));
                }
            }
        }
        let Some(unit) = found.iter().map(|(_, points, _)| *points).min().filter(|unit| *unit > 0) else {
            return;
        };
        let times = |points: u64, rules: usize| points.is_multiple_of(unit) && points / unit <= rules as u64;
        if found.iter().all(|(_, points, rules)| times(*points, *rules))
            && let Some((first, ..)) = found.first()
        {
            found.iter().for_each(|(key, ..)| self.join(first, key));
        }
    }

    /// Needs, and targets, that change in the same cases.
    fn join_alike(&mut self, moves: &[Move]) {
        let mut cases: BTreeMap<&Key, BTreeSet<usize>> = BTreeMap::new();
        for m in moves {
            for key in m.keys.iter().filter(|key| matches!(key, Key::Need(_) | Key::Target(_))) {
                cases.entry(key).or_default().insert(m.case);
            }
        }
        let mut by_cases: BTreeMap<BTreeSet<usize>, &Key> = BTreeMap::new();
        for (key, cases) in cases {
            let first = *by_cases.entry(cases).or_insert(key);
            self.join(first, key);
        }
    }

    fn causes(&self, pairs: &[Pair], moves: Vec<Move>, names: &[&str], written: &Written) -> Vec<Cause> {
        let mut classes: BTreeMap<Key, Vec<Move>> = BTreeMap::new();
        for m in moves {
            if let Some(first) = m.keys.first() {
                classes.entry(self.of(first)).or_default().push(m);
            }
        }
        classes.into_values().map(|moves| cause(pairs, &moves, names, written)).collect()
    }
}

fn cause(pairs: &[Pair], moves: &[Move], names: &[&str], written: &Written) -> Cause {
    let mut cases: BTreeMap<String, Lines> = BTreeMap::new();
    for m in moves {
        let name = names.get(m.case).copied().unwrap_or("");
        let lines = cases.entry(name.to_string()).or_default();
        let old = written.get(m.case);
        let as_written = |line: &String| old.and_then(|old| old.get(line)).unwrap_or(line).clone();
        lines.gone.extend(m.lines.gone.iter().map(as_written));
        lines.come.extend(m.lines.come.iter().cloned());
    }
    let mut titles = titles(pairs, moves);
    let title = if titles.is_empty() { Moved::Others } else { titles.remove(0) };
    Cause { title, also: titles, settings: BTreeSet::new(), cases }
}

/// What a cause is, the most telling first.
fn titles(pairs: &[Pair], moves: &[Move]) -> Vec<Moved> {
    let keys: BTreeSet<&Key> = moves.iter().flat_map(|m| &m.keys).collect();
    let mut titles = Vec::new();
    titles.extend(points(moves));
    for key in &keys {
        match key {
            Key::Fact(name) => titles.push(fact(pairs, name)),
            Key::Rule(rule) => titles.push(flip(pairs, rule)),
            Key::Points(..) | Key::Cap(_) => {}
            Key::Score(target, delta) => titles.push(Moved::Score(target.clone(), amount(delta))),
            Key::Threshold => titles.push(threshold(moves)),
            Key::Need(measure) if measure.starts_with("measure ") => {
                titles.push(Moved::Line(measure.clone()))
            }
            Key::Need(need) => titles.push(Moved::Need(need.clone())),
            Key::Target(target) => titles.push(came_or_went(pairs, target)),
            Key::Text(rule) => titles.push(Moved::Words(rule.clone())),
            Key::Missing(field) => titles.push(Moved::Missing(field.clone())),
            Key::Line(line) => titles.push(Moved::Line(line.clone())),
        }
    }
    titles.extend(caps(moves));
    titles.extend(facts_beside(moves, &keys));
    titles.dedup();
    titles
}

/// The rules that all changes share, or else all rules that any of them has.
fn common<'m>(moves: &'m [Move], of: impl Fn(&'m Key) -> Option<&'m str>) -> Vec<&'m str> {
    let sets = moves.iter().map(|m| m.keys.iter().filter_map(&of).collect::<BTreeSet<_>>());
    let sets: Vec<BTreeSet<&str>> = sets.filter(|rules| !rules.is_empty()).collect();
    let any: BTreeSet<&str> = sets.iter().flatten().copied().collect();
    let all: Vec<&str> = any.iter().copied().filter(|r| sets.iter().all(|set| set.contains(r))).collect();
    if all.is_empty() { any.into_iter().collect() } else { all }
}

fn points(moves: &[Move]) -> Option<Moved> {
    let rules = common(moves, |key| match key {
        Key::Points(rule, _) => Some(rule),
        _ => None,
    });
    let mut deltas: BTreeSet<&Vec<(String, i64)>> = BTreeSet::new();
    for key in moves.iter().flat_map(|m| &m.keys) {
        if let Key::Points(_, delta) = key {
            deltas.insert(delta);
        }
    }
    let deltas: Vec<String> = deltas.into_iter().map(|delta| amount(delta)).collect();
    match rules.as_slice() {
        [] => None,
        rules => Some(Moved::Points(owned(rules), deltas.join("; "))),
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn caps(moves: &[Move]) -> Option<Moved> {
    let rules = common(moves, |key| match key {
        Key::Cap(rule) => Some(rule),
        _ => None,
    });
    (!rules.is_empty()).then(|| Moved::Caps(owned(&rules)))
}

fn amount(delta: &[(String, i64)]) -> String {
    let parts = delta.iter().map(|(level, points)| format!("{points:+} {level}").trim_end().to_string());
    parts.collect::<Vec<_>>().join(", ")
}

fn fact(pairs: &[Pair], name: &str) -> Moved {
    let changed = pairs.iter().find_map(|pair| {
        let (old, new) = (pair.old.facts.get(name)?, pair.new.facts.get(name)?);
        (old != new).then(|| (old.clone(), new.clone()))
    });
    Moved::Fact(name.to_string(), changed)
}

/// The facts that came or went with rules: their values elsewhere are not known.
fn facts_beside(moves: &[Move], keys: &BTreeSet<&Key>) -> Vec<Moved> {
    let lines = moves.iter().flat_map(|m| m.lines.gone.iter().chain(&m.lines.come));
    let names: BTreeSet<&str> = lines
        .filter_map(|line| match read(line) {
            Line::Fact { name, .. } => Some(name),
            _ => None,
        })
        .filter(|name| !keys.contains(&Key::Fact((*name).to_string())))
        .collect();
    names.into_iter().map(|name| Moved::Reads(name.to_string())).collect()
}

fn flip(pairs: &[Pair], rule: &str) -> Moved {
    let (mut begins, mut ends) = (0, 0);
    for pair in pairs {
        match (stands(&pair.old, rule), stands(&pair.new, rule)) {
            (false, true) => begins += 1,
            (true, false) => ends += 1,
            (true, true) | (false, false) => {}
        }
    }
    let acts = match (begins, ends) {
        (0, 0) => Acting::Otherwise,
        (_, 0) => Acting::Begins,
        (0, _) => Acting::Ends,
        (_, _) => Acting::Elsewhere,
    };
    Moved::Rule(rule.to_string(), acts)
}

fn stands(snapshot: &Snapshot, rule: &str) -> bool {
    snapshot.targets.values().any(|target| target.rules.contains_key(rule))
}

fn came_or_went(pairs: &[Pair], target: &str) -> Moved {
    let there = pairs.iter().any(|pair| pair.new.targets.contains_key(target));
    Moved::Target(target.to_string(), there)
}

fn threshold(moves: &[Move]) -> Moved {
    let verdicts = |lines: &BTreeSet<String>| -> BTreeMap<String, String> {
        let standings = lines.iter().filter_map(|line| match read(line) {
            Line::Standing { target, verdict, .. } => {
                let word = verdict.split(' ').next().unwrap_or(verdict);
                Some((target.to_string(), word.to_string()))
            }
            _ => None,
        });
        standings.collect()
    };
    let mut found = BTreeSet::new();
    for m in moves.iter().filter(|m| m.keys.contains(&Key::Threshold)) {
        let (old, new) = (verdicts(&m.lines.gone), verdicts(&m.lines.come));
        for (target, before) in old {
            if let Some(after) = new.get(&target).filter(|after| **after != before) {
                found.insert(format!("{before} → {after}"));
            }
        }
    }
    Moved::Threshold(found.into_iter().collect())
}
