//! Snapshots read back: lines by what they tell.

use std::collections::{BTreeMap, BTreeSet};

/// A snapshot's lines by what they tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    /// All lines.
    pub(super) lines: BTreeSet<String>,
    /// What came of each target.
    pub(super) targets: BTreeMap<String, Standing>,
    /// The values of facts.
    pub(super) facts: BTreeMap<String, String>,
}

/// What came of a target.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// The line that tells verdict and score.
    pub(super) line: String,
    pub(super) verdict: String,
    pub(super) score: String,
    /// What the pending scores could take and give.
    pub(super) open: String,
    /// The rules that act on it, may yet, or say something of it, each with the lines that say so.
    pub(super) rules: BTreeMap<String, (State, BTreeSet<String>)>,
    /// The other lines: needs, open facts. Each with what it is about.
    pub(super) others: BTreeMap<String, String>,
}

/// What a line says of a rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum State {
    /// It says something and decides nothing.
    Notes,
    /// It may act yet.
    Pending,
    /// It acts.
    Fires,
}

/// What one line tells.
pub(super) enum Line<'l> {
    /// Verdict, score, and what is open.
    Standing { target: &'l str, verdict: &'l str, score: &'l str, open: &'l str },
    /// A rule that acts on a target, or may yet. Notes too.
    Rule { target: &'l str, rule: &'l str, state: State },
    /// A need, an open fact or a measure of a target.
    Other { target: &'l str, about: &'l str },
    /// The value of a fact.
    Fact { name: &'l str, value: &'l str },
    /// A text of a rule.
    Text { rule: &'l str },
    /// A field that is missing.
    Missing,
    /// Anything else.
    Unknown,
}

/// Reads a line.
pub(super) fn read(line: &str) -> Line<'_> {
    let Some((first, rest)) = line.split_once(' ') else { return Line::Unknown };
    if let Some((verdict, score)) = rest.split_once(" with ") {
        let (score, open) = score.split_once(", open ").unwrap_or((score, ""));
        return Line::Standing { target: first, verdict, score, open };
    }
    match (first, rest.split_once(' ')) {
        ("fact", _) if rest.contains(" = ") => {
            let (name, value) = rest.split_once(" = ").unwrap_or((rest, ""));
            Line::Fact { name, value }
        }
        ("text", Some((_, after))) if after.contains(": ") => {
            Line::Text { rule: after.split_once(": ").map_or(after, |(rule, _)| rule) }
        }
        ("missing", None) => Line::Missing,
        ("note", None) => Line::Rule { target: "", rule: rest, state: State::Notes },
        (target, Some(("because", rule))) => Line::Rule { target, rule, state: State::Fires },
        (target, Some(("note", rule))) => Line::Rule { target, rule, state: State::Notes },
        (target, Some(("pending", rule))) => Line::Rule { target, rule, state: State::Pending },
        (target, Some(("needs", need))) => {
            Line::Other { target, about: need.split_once(' ').map_or(need, |(need, _)| need) }
        }
        (target, Some(("measure", measured))) => {
            let name = measured.split(' ').next().unwrap_or(measured);
            Line::Other { target, about: rest.get(.."measure ".len() + name.len()).unwrap_or(rest) }
        }
        (target, Some(("open", fact))) => Line::Other { target, about: fact },
        _ => Line::Unknown,
    }
}

/// The targets in the order in which some lines tell them.
pub(super) fn order<'l>(lines: impl Iterator<Item = &'l str>) -> BTreeMap<&'l str, usize> {
    let mut order = BTreeMap::new();
    for line in lines {
        if let Line::Standing { target, .. } = read(line) {
            let next = order.len();
            order.entry(target).or_insert(next);
        }
    }
    order
}

/// Where a line stands in a snapshot: by targets in their order, each with what came of it, its rules, needs, notes and
/// open facts; then what is missing, notes on everything, facts and texts. Lines of one place stand in alphabetical
/// order, but those that tell nothing, which stand where they stood.
pub(super) fn place<'l>(line: &'l str, order: &BTreeMap<&str, usize>) -> (u8, usize, u8, &'l str) {
    let of = |target: &str| order.get(target).copied().unwrap_or(usize::MAX);
    match read(line) {
        Line::Standing { target, .. } => (0, of(target), 0, ""),
        Line::Rule { target: "", .. } => (2, 0, 0, line),
        Line::Rule { target, state: State::Fires, .. } => (0, of(target), 1, line),
        Line::Rule { target, state: State::Pending, .. } => (0, of(target), 2, line),
        Line::Rule { target, state: State::Notes, .. } => (0, of(target), 4, line),
        Line::Other { target, .. } if line.split(' ').nth(1) == Some("needs") => (0, of(target), 3, line),
        Line::Other { target, .. } if line.split(' ').nth(1) == Some("measure") => (0, of(target), 6, line),
        Line::Other { target, .. } => (0, of(target), 5, line),
        Line::Missing => (1, 0, 0, line),
        Line::Fact { .. } => (3, 0, 0, line),
        Line::Text { .. } => (4, 0, 0, line),
        Line::Unknown => (5, 0, 0, ""),
    }
}

impl Snapshot {
    /// Reads the contents of a snapshot.
    pub(super) fn of(lines: impl IntoIterator<Item = String>) -> Snapshot {
        let lines: BTreeSet<String> = lines.into_iter().filter(|line| !line.trim().is_empty()).collect();
        let mut snapshot = Snapshot { lines: lines.clone(), ..Snapshot::default() };
        for line in &lines {
            match read(line) {
                Line::Standing { target, verdict, score, open } => {
                    let standing = snapshot.target(target);
                    standing.line = line.clone();
                    standing.verdict = verdict.to_string();
                    standing.score = score.to_string();
                    standing.open = open.to_string();
                }
                Line::Rule { target, rule, state } => {
                    let rules = &mut snapshot.target(target).rules;
                    let (most, lines) = rules.entry(rule.to_string()).or_insert((state, BTreeSet::new()));
                    *most = state.max(*most);
                    lines.insert(line.clone());
                }
                Line::Other { target, about } => {
                    snapshot.target(target).others.insert(about.to_string(), line.clone());
                }
                Line::Fact { name, value } => {
                    snapshot.facts.insert(name.to_string(), value.to_string());
                }
                Line::Text { .. } | Line::Missing | Line::Unknown => {}
            }
        }
        snapshot
    }

    fn target(&mut self, target: &str) -> &mut Standing {
        self.targets.entry(target.to_string()).or_default()
    }
}

/// A score as an amount of each level; plain points stand under the empty name.
pub(super) fn amounts(score: &str) -> BTreeMap<String, i64> {
    let mut amounts = BTreeMap::new();
    for part in score.split(", ").filter(|part| !part.is_empty()) {
        let (count, level) = part.split_once(' ').unwrap_or((part, ""));
        if let Ok(count) = count.trim_start_matches('+').parse::<i64>() {
            *amounts.entry(level.to_string()).or_insert(0) += count;
        }
    }
    amounts
}

/// What must be added to an amount to give another, zeros left out.
pub(super) fn change(old: &BTreeMap<String, i64>, new: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    let levels: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let of = |amounts: &BTreeMap<String, i64>, level: &String| amounts.get(level).copied().unwrap_or(0);
    levels
        .into_iter()
        .map(|level| (level.clone(), of(new, level) - of(old, level)))
        .filter(|(_, change)| *change != 0)
        .collect()
}

/// Returns the names in a line: words of letters, digits and `_` that are no numbers and no words of snapshots. The
/// value of a fact is left aside.
pub(super) fn names(line: &str) -> impl Iterator<Item = &str> {
    let head = match read(line) {
        Line::Fact { .. } => line.split_once(" = ").map_or(line, |(head, _)| head),
        Line::Text { .. } => "",
        _ => line,
    };
    words(head).filter(|word| !WORDS.contains(word) && !word.starts_with(|c: char| c.is_ascii_digit()))
}

const WORDS: &[&str] = &[
    "recommended",
    "possible",
    "unsuitable",
    "excluded",
    "undecided",
    "leaning",
    "could",
    "be",
    "or",
    "with",
    "because",
    "pending",
    "of",
    "needs",
    "met",
    "unmet",
    "unknown",
    "open",
    "note",
    "missing",
    "fact",
    "text",
];

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c| !is_word(c)).filter(|word| !word.is_empty())
}

/// Returns a line in which a name stands for another wherever it is a whole word.
pub(in crate::testing) fn renamed(line: &str, old: &str, new: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(old) {
        let (before, from) = rest.split_at(at);
        let after = from.get(old.len()..).unwrap_or("");
        text.push_str(before);
        let whole = !text.ends_with(is_word) && !after.starts_with(is_word);
        text.push_str(if whole { new } else { old });
        rest = after;
    }
    text + rest
}
