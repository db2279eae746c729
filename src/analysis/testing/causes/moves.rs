//! The changes of each case, each with the keys under which it is put together with others.

use std::collections::{BTreeMap, BTreeSet};

use super::Lines;
use super::lines::{Line, Snapshot, Standing, State, amounts, change, read};

/// What may have moved a line. Changes with a key in common have one cause.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Key {
    /// A fact has another value.
    Fact(String),
    /// A rule acts where it did not, or the other way round.
    Rule(String),
    /// The points of a rule, by how much.
    Points(String, Vec<(String, i64)>),
    /// The points of nobody knows what, on a target.
    Score(String, Vec<(String, i64)>),
    /// A threshold.
    Threshold,
    /// The cap of a rule.
    Cap(String),
    /// Something needed.
    Need(String),
    /// A target that came or went.
    Target(String),
    /// The words of a rule.
    Text(String),
    /// A field that is missing.
    Missing(String),
    /// A line that is none of these.
    Line(String),
}

/// Some lines of a case that change together.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub(super) case: usize,
    pub(super) keys: BTreeSet<Key>,
    pub(super) lines: Lines,
}

/// A case before and after.
pub(super) struct Pair {
    pub(super) old: Snapshot,
    pub(super) new: Snapshot,
}

/// Which facts stand beside a rule wherever it acts.
pub(super) type Reads = BTreeMap<String, BTreeSet<String>>;

/// Returns which facts each rule may read: those that stand in every snapshot in which it acts.
pub(super) fn reads(pairs: &[Pair]) -> Reads {
    let mut reads = Reads::new();
    for snapshot in pairs.iter().flat_map(|pair| [&pair.old, &pair.new]) {
        let facts: BTreeSet<String> = snapshot.facts.keys().cloned().collect();
        for rule in snapshot.targets.values().flat_map(|target| target.rules.keys()) {
            reads
                .entry(rule.clone())
                .and_modify(|all| all.retain(|f| facts.contains(f)))
                .or_insert(facts.clone());
        }
    }
    reads
}

impl Pair {
    /// The rules that act otherwise than before, over all targets on both sides and the whole answer.
    pub(super) fn flips(&self) -> BTreeSet<String> {
        let targets: BTreeSet<&String> = self.old.targets.keys().chain(self.new.targets.keys()).collect();
        let stays = |target: &&String| target.is_empty() || self.both(target).is_some();
        targets.into_iter().filter(stays).flat_map(|target| self.flips_of(target)).collect()
    }

    fn flips_of(&self, target: &str) -> BTreeSet<String> {
        let of = |snapshot: &Snapshot| -> BTreeSet<(String, State)> {
            let rules = snapshot.targets.get(target).map(|standing| &standing.rules);
            rules.into_iter().flatten().map(|(rule, (state, _))| (rule.clone(), *state)).collect()
        };
        of(&self.old).symmetric_difference(&of(&self.new)).map(|(rule, _)| rule.clone()).collect()
    }

    /// Whether a rule acts on anything.
    pub(super) fn acts(snapshot: &Snapshot, rule: &str) -> bool {
        let mut rules = snapshot.targets.values().filter_map(|target| target.rules.get(rule));
        rules.any(|(state, _)| *state == State::Fires)
    }

    /// Whether any target is excluded that was not, or may be, or the other way round.
    pub(super) fn moves_exclusion(&self) -> bool {
        let excluded = |snapshot: &Snapshot, target: &String| {
            snapshot.targets.get(target).is_some_and(|standing| standing.verdict.contains("excluded"))
        };
        let targets: BTreeSet<&String> = self.old.targets.keys().chain(self.new.targets.keys()).collect();
        targets.into_iter().any(|target| excluded(&self.old, target) != excluded(&self.new, target))
    }

    fn both<'p>(&'p self, target: &str) -> Option<(&'p Standing, &'p Standing)> {
        let (old, new) = (self.old.targets.get(target)?, self.new.targets.get(target)?);
        (!old.line.is_empty() && !new.line.is_empty()).then_some((old, new))
    }
}

/// Returns the changes of all cases.
pub(super) fn moves(pairs: &[Pair], reads: &Reads) -> Vec<Move> {
    let still = Still::of(pairs);
    let mut found = Vec::new();
    for (case, pair) in pairs.iter().enumerate() {
        let mut of_case = Case { case, pair, reads, still: &still, moves: Vec::new() };
        of_case.targets();
        of_case.facts();
        of_case.rest();
        found.append(&mut of_case.moves);
    }
    found
}

/// What stays as it is: it tells which rules are not the cause.
struct Still {
    /// The rules that act on a target whose score stays.
    rules: BTreeMap<String, BTreeSet<String>>,
    /// The verdicts and scores that stay.
    standings: BTreeSet<(String, String)>,
}

impl Still {
    fn of(pairs: &[Pair]) -> Still {
        let mut still = Still { rules: BTreeMap::new(), standings: BTreeSet::new() };
        for pair in pairs {
            for target in pair.old.targets.keys() {
                let Some((old, new)) = pair.both(target) else { continue };
                if !pair.flips_of(target).is_empty() {
                    continue;
                }
                if old.score == new.score && old.open == new.open {
                    still.rules.entry(target.clone()).or_default().extend(old.rules.keys().cloned());
                }
                if old.verdict == new.verdict {
                    still.standings.insert((old.verdict.clone(), old.score.clone()));
                }
            }
        }
        still
    }
}

struct Case<'c> {
    case: usize,
    pair: &'c Pair,
    reads: &'c Reads,
    still: &'c Still,
    moves: Vec<Move>,
}

impl Case<'_> {
    fn add(&mut self, keys: BTreeSet<Key>, gone: Vec<&String>, come: Vec<&String>) {
        let gone: BTreeSet<String> = gone.into_iter().cloned().collect();
        let come: BTreeSet<String> = come.into_iter().cloned().collect();
        let lines = Lines {
            gone: gone.difference(&self.pair.new.lines).cloned().collect(),
            come: come.difference(&self.pair.old.lines).cloned().collect(),
        };
        if !lines.gone.is_empty() || !lines.come.is_empty() {
            self.moves.push(Move { case: self.case, keys, lines });
        }
    }

    fn targets(&mut self) {
        let pair = self.pair;
        let targets: BTreeSet<&String> = pair.old.targets.keys().chain(pair.new.targets.keys()).collect();
        for target in targets {
            let (old, new) = (pair.old.targets.get(target), pair.new.targets.get(target));
            if !target.is_empty() && pair.both(target).is_none() {
                let of = |side: Option<&Standing>| side.map(all_lines).unwrap_or_default();
                let (gone, come) = (of(old), of(new));
                self.add(
                    BTreeSet::from([Key::Target(target.clone())]),
                    gone.iter().collect(),
                    come.iter().collect(),
                );
                continue;
            }
            let empty = Standing::default();
            let (old, new) = (old.unwrap_or(&empty), new.unwrap_or(&empty));
            let flips = pair.flips_of(target);
            if flips.is_empty() {
                self.standing(target, old, new);
            } else {
                self.flipped(old, new, &flips);
            }
        }
    }

    /// A target on which rules act otherwise: all its lines go with them.
    fn flipped(&mut self, old: &Standing, new: &Standing, flips: &BTreeSet<String>) {
        let keys = flips.iter().map(|rule| self.rule_key(rule)).collect();
        let (gone, come) = (all_lines(old), all_lines(new));
        self.add(keys, gone.iter().collect(), come.iter().collect());
    }

    /// A rule, or the channel through which a target falls: that goes with the rules that act on the channel.
    fn rule_key(&self, rule: &str) -> Key {
        let mut rule = rule.to_string();
        for _ in 0..8 {
            let Some(channel) = rule.strip_prefix("of ") else { break };
            let flips = self.pair.flips_of(channel);
            let Some(next) = flips.iter().find(|next| **next != rule) else { break };
            rule = next.clone();
        }
        Key::Rule(rule)
    }

    /// A target on which the same rules act.
    fn standing(&mut self, target: &str, old: &Standing, new: &Standing) {
        let mut keys = BTreeSet::new();
        let delta = change(&amounts(&old.score), &amounts(&new.score));
        let open = change(&amounts(&old.open), &amounts(&new.open));
        if !delta.is_empty() {
            keys = self.points(target, old, State::Fires, delta);
        } else if !open.is_empty() {
            keys = self.points(target, old, State::Pending, open);
        } else if old.verdict != new.verdict {
            keys = self.verdict(target, old);
        }
        if !keys.is_empty() {
            self.add(keys.clone(), vec![&old.line], vec![&new.line]);
        }
        let about: BTreeSet<&String> = old.others.keys().chain(new.others.keys()).collect();
        for about in about {
            let key = if keys.is_empty() { BTreeSet::from([Key::Need(about.clone())]) } else { keys.clone() };
            let (gone, come) = (old.others.get(about), new.others.get(about));
            self.add(key, gone.into_iter().collect(), come.into_iter().collect());
        }
    }

    /// The rules whose points may have changed: those that act here and nowhere where the score stays.
    fn points(
        &self,
        target: &str,
        old: &Standing,
        state: State,
        delta: BTreeMap<String, i64>,
    ) -> BTreeSet<Key> {
        let cleared = self.still.rules.get(target);
        let delta: Vec<(String, i64)> = delta.into_iter().collect();
        let rules = old.rules.iter().filter(|(_, (of, _))| *of == state).map(|(rule, _)| rule);
        let keys: BTreeSet<Key> = rules
            .filter(|rule| cleared.is_none_or(|cleared| !cleared.contains(*rule)))
            .map(|rule| Key::Points(rule.clone(), delta.clone()))
            .collect();
        if keys.is_empty() { BTreeSet::from([Key::Score(target.to_string(), delta)]) } else { keys }
    }

    fn verdict(&self, target: &str, old: &Standing) -> BTreeSet<Key> {
        if !self.still.standings.contains(&(old.verdict.clone(), old.score.clone())) {
            return BTreeSet::from([Key::Threshold]);
        }
        let rules: BTreeSet<Key> = old.rules.keys().map(|rule| Key::Cap(rule.clone())).collect();
        if rules.is_empty() { BTreeSet::from([Key::Target(target.to_string())]) } else { rules }
    }

    /// Facts with another value, and facts that came and went with the rules that read them.
    fn facts(&mut self) {
        let pair = self.pair;
        let flips = pair.flips();
        let names: BTreeSet<&String> = pair.old.facts.keys().chain(pair.new.facts.keys()).collect();
        for name in names {
            let (old, new) = (pair.old.facts.get(name), pair.new.facts.get(name));
            if old == new {
                continue;
            }
            let line = |value: &String| format!("fact {name} = {value}");
            let (gone, come) = (old.map(line), new.map(line));
            let readers: Vec<&String> = flips
                .iter()
                .filter(|rule| self.reads.get(*rule).is_some_and(|facts| facts.contains(name)))
                .collect();
            let readers = if readers.is_empty() && (old.is_none() || new.is_none()) {
                flips.iter().collect()
            } else {
                readers
            };
            let mut keys: BTreeSet<Key> = readers.into_iter().map(|rule| self.rule_key(rule)).collect();
            if keys.is_empty() && (old.is_none() || new.is_none()) {
                let targets = self.moves.iter().flat_map(|m| &m.keys);
                keys.extend(targets.filter(|key| matches!(key, Key::Target(_))).take(1).cloned());
            }
            if old.is_some() && new.is_some() || keys.is_empty() {
                keys.insert(Key::Fact(name.clone()));
            } else if let Some(first) = keys.first().cloned() {
                // It came or went with one of them; that does not make them one cause.
                keys = BTreeSet::from([first]);
            }
            self.add(keys, gone.iter().collect(), come.iter().collect());
        }
    }

    /// Missing fields go with what is undecided, texts with their rule; what is left stands for itself.
    fn rest(&mut self) {
        let pair = self.pair;
        let told: BTreeSet<String> =
            self.moves.iter().flat_map(|m| m.lines.gone.iter().chain(&m.lines.come)).cloned().collect();
        let open = |m: &&Move| {
            let lines = m.lines.gone.iter().chain(&m.lines.come);
            lines.into_iter().any(|line| line.contains("undecided") || line.contains(" pending "))
        };
        let undecided = self.moves.iter().find(open).map(|m| m.keys.clone());
        let flips = pair.flips();
        let gone = pair.old.lines.difference(&pair.new.lines).map(|line| (line, true));
        let come = pair.new.lines.difference(&pair.old.lines).map(|line| (line, false));
        let lines: Vec<(&String, bool)> =
            gone.chain(come).filter(|(line, _)| !told.contains(*line)).collect();
        for (line, is_gone) in lines {
            let keys = match read(line) {
                Line::Missing => undecided.clone().unwrap_or_else(|| {
                    BTreeSet::from([Key::Missing(line.trim_start_matches("missing ").to_string())])
                }),
                Line::Text { rule } if flips.contains(rule) => BTreeSet::from([self.rule_key(rule)]),
                Line::Text { rule } => BTreeSet::from([self.text_key(rule)]),
                _ => BTreeSet::from([Key::Line(line.clone())]),
            };
            let (gone, come) = if is_gone { (vec![line], vec![]) } else { (vec![], vec![line]) };
            self.add(keys, gone, come);
        }
    }

    /// The words of a rule change with a fact that it reads, or for themselves.
    fn text_key(&self, rule: &str) -> Key {
        let changed = |fact: &&String| {
            let (old, new) = (self.pair.old.facts.get(*fact), self.pair.new.facts.get(*fact));
            old.is_some() && new.is_some() && old != new
        };
        let fact = self.reads.get(rule).into_iter().flatten().find(changed);
        fact.map_or_else(|| Key::Text(rule.to_string()), |fact| Key::Fact(fact.clone()))
    }
}

fn all_lines(standing: &Standing) -> Vec<String> {
    let rules = standing.rules.values().flat_map(|(_, lines)| lines);
    let line = Some(&standing.line).filter(|line| !line.is_empty());
    line.into_iter().chain(rules).chain(standing.others.values()).cloned().collect()
}
