//! Decisions as snapshots: a line for each thing decided, ids only.
//!
//! Nothing stands in a snapshot that could change while the decision stays: no texts, paths, versions, days, line
//! numbers or points of single rules. So a changed weight is one changed line for each target and case that it moves.
//!
//! The targets stand in the order of their declaration, channels first, which is what settles ties; with leanings,
//! scores and needs the ranking follows from the lines. The lines of a target:
//!
//! ```text
//! service recommended with 2 strong, 0 against, 1 plain
//! service because ar15_shop
//! service needs icp_licence unmet
//! service measure cost = 13.9 EUR per month
//! ```
//!
//! A file has the form of the snapshots of insta 1.x: a head between lines of three dashes, then the contents. The head
//! tells what the decision rests on (`rests.rs`); it is not compared, so a snapshot without it is as good as ever, and
//! only the causes of a change are then told less well.

use std::collections::BTreeSet;

use super::causes::renamed;
use crate::analyse::settings::Settings;
use qudao_language::decide::{Cause, Decision, Read, Reason};
use qudao_language::model::{Channel, EffectKind, Enum, Fact, Id, Rule, Ruleset, Target, Type, Value};
use qudao_telling::words::{Speaker, exact_text};

/// Returns the snapshot of a decision: what a `.snap` file holds below its head.
///
/// A Rust project compares it with `insta::assert_snapshot!`.
#[must_use]
pub fn snapshot(decision: &Decision<'_>) -> String {
    Lines::of(decision).finish()
}

/// Returns the same, and the reasons in words below it, in the ruleset's first language.
#[must_use]
pub fn snapshot_with_texts(decision: &Decision<'_>) -> String {
    let mut lines = Lines::of(decision);
    lines.texts();
    lines.finish()
}

/// Tells whether a snapshot holds the reasons in words.
#[must_use]
pub fn has_texts(contents: &str) -> bool {
    contents.lines().any(|line| line.starts_with(TEXT))
}

const TEXT: &str = "text ";

/// The version of the form of `.snap` files; the former had no number.
const FORM: u32 = 2;

/// Returns a `.snap` file: the contents below a head that names the case, and what its decision rests on.
#[must_use]
pub fn snapshot_file(case: &str, contents: &str, rests: &Settings) -> String {
    let text = |text: &str| serde_json::Value::from(text);
    let mut head = format!("expression: {}\n", text(case));
    if !rests.is_empty() {
        head.push_str(&format!("info:\n  form: {FORM}\n  rests on:\n"));
        for (name, set) in rests {
            head.push_str(&format!("    {}: {}\n", text(name), text(set)));
        }
    }
    format!("---\n{head}---\n{}\n", contents.trim_end())
}

/// Returns what the decision of a `.snap` file rests on, as its head tells; nothing where it is of the former form.
#[must_use]
pub fn snapshot_rests(file: &str) -> Settings {
    let text = file.replace("\r\n", "\n");
    let head = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map(|(head, _)| head);
    let lines = head.unwrap_or("").lines().skip_while(|line| line.trim_end() != "  rests on:").skip(1);
    let entry = |line: &str| -> Option<(String, String)> {
        let mut values = serde_json::Deserializer::from_str(line.strip_prefix("    ")?).into_iter::<String>();
        let name = values.next()?.ok()?;
        let rest = line.get(4 + values.byte_offset()..)?.strip_prefix(": ")?;
        Some((name, serde_json::from_str(rest).ok()?))
    };
    lines.map_while(entry).collect()
}

/// Tells whether a text holds the marks of a merge that was not settled.
#[must_use]
pub fn has_conflict(text: &str) -> bool {
    let is_mark = |line: &str| {
        let word = line.split(' ').next().unwrap_or("");
        matches!(word, "<<<<<<<" | "|||||||" | ">>>>>>>") || line == "======="
    };
    text.lines().any(is_mark)
}

/// Returns the contents of a `.snap` file, without its head. A file in the middle of a merge, or without a head, is its
/// own contents.
#[must_use]
pub fn snapshot_contents(file: &str) -> String {
    let text = file.replace("\r\n", "\n");
    if has_conflict(&text) {
        return text;
    }
    let below = text.strip_prefix("---\n").and_then(|rest| match rest.strip_prefix("---\n") {
        Some(below) => Some(below),
        None => rest.split_once("\n---\n").map(|(_, below)| below),
    });
    let contents = below.unwrap_or(&text).trim_matches('\n');
    if contents.is_empty() { String::new() } else { format!("{contents}\n") }
}

/// Returns the contents of a snapshot with the new names of channels and values that it calls by old ones.
#[must_use]
pub fn renewed(contents: &str, ruleset: &Ruleset) -> String {
    let channels = ruleset.channels.iter();
    let names: Vec<_> =
        channels.flat_map(|channel| channel.was.iter().map(move |was| (was, &channel.name))).collect();
    let values = ruleset.enums.iter().flat_map(|of| &of.members).any(|member| !member.was.is_empty())
        || ruleset.facts.iter().any(|fact| !fact.was.is_empty());
    if names.is_empty() && !values || has_conflict(contents) {
        return contents.to_string();
    }
    let of_now = |line: &str| match line.starts_with(TEXT) {
        true => line.to_string(),
        false => {
            let line = names.iter().fold(line.to_string(), |line, (was, now)| renamed(&line, was, now));
            fact_of_now(&line, ruleset).unwrap_or(line)
        }
    };
    let mut lines: Vec<String> = contents.lines().map(of_now).collect();
    // Lines about no target stand in the order of their letters.
    let kind = |line: &str| ["note ", "fact "].into_iter().find(|kind| line.starts_with(kind));
    for run in lines.chunk_by_mut(|a, b| kind(a).is_some() && kind(a) == kind(b)) {
        run.sort_unstable();
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A line such as `fact a.kind[small] = large`, its values called as they are now; nothing if it is another line.
fn fact_of_now(line: &str, ruleset: &Ruleset) -> Option<String> {
    let (entry, value) = line.strip_prefix("fact ")?.split_once(" = ")?;
    let (channel, entry) = match entry.split_once('.') {
        Some((channel, entry)) => (format!("{channel}."), entry),
        // A parameter has no channel.
        None => (String::new(), entry),
    };
    let (name, indexes) = entry.split_at(entry.find('[').unwrap_or(entry.len()));
    let is_it = |fact: &&Fact| &*fact.name == name || fact.was.iter().any(|was| &**was == name);
    let fact = ruleset.facts.iter().find(is_it)?;
    let name = &fact.name;
    let of_now = |text: &str, of: Id<Enum>| {
        let members = ruleset.enums[of].members.iter();
        let names = members.flat_map(|member| member.was.iter().map(move |was| (was, &member.name)));
        names.fold(text.to_string(), |text, (was, now)| renamed(&text, was, now))
    };
    let indexes = fact.indexes.iter().fold(indexes.to_string(), |text, of| of_now(&text, *of));
    let value = match fact.ty {
        Type::Enum(of) | Type::Set(of) => of_now(value, of),
        Type::Bool | Type::Number(_) | Type::Text | Type::Date => value.to_string(),
    };
    Some(format!("fact {channel}{name}{indexes} = {value}"))
}

struct Lines<'d, 'r> {
    decision: &'d Decision<'r>,
    lines: Vec<String>,
    facts: BTreeSet<String>,
}

impl<'d, 'r> Lines<'d, 'r> {
    fn of(decision: &'d Decision<'r>) -> Lines<'d, 'r> {
        let mut lines = Lines { decision, lines: Vec::new(), facts: BTreeSet::new() };
        for target in decision.ruleset.targets() {
            lines.target(target);
        }
        let missing = decision.missing().iter();
        let missing: BTreeSet<String> =
            missing.map(|(field, _)| format!("missing {}", decision.ruleset.fields[*field].name)).collect();
        lines.lines.extend(missing);
        let notes: BTreeSet<String> =
            decision.notes.iter().map(|cause| format!("note {}", lines.instance(*cause, None))).collect();
        lines.lines.extend(notes);
        let facts = std::mem::take(&mut lines.facts);
        lines.lines.extend(facts);
        lines
    }

    fn finish(self) -> String {
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }

    fn target(&mut self, target: Target) {
        let decided = self.decision.target(target);
        let ruleset = self.decision.ruleset;
        let id = ruleset.target_name(target);
        let mut verdict = match decided.verdict {
            Some(verdict) => verdict.as_str().to_string(),
            None => format!("undecided leaning {}", decided.leaning.as_str()),
        };
        if !decided.is_settled() {
            let open: Vec<&str> = decided.could_be.iter().map(|verdict| verdict.as_str()).collect();
            verdict.push_str(&format!(" could be {}", open.join(" or ")));
        }
        let (score, open) = (self.score(target), self.open_score(target));
        self.lines.push(format!("{id} {verdict} with {score}{open}"));
        let mut about = BTreeSet::new();
        for reason in &decided.reasons {
            about.insert((0, self.reason("because", target, *reason)));
        }
        for pending in &decided.pending {
            about.insert((1, self.reason("pending", target, pending.reason)));
        }
        for need in self.decision.needs(target) {
            about.insert((2, format!("needs {} {}", ruleset.need_name(need.need), need.state.as_str())));
        }
        for cause in &decided.notes {
            self.read(cause.rule, cause.channel);
            about.insert((3, format!("note {}", self.instance(*cause, Some(target)))));
        }
        for open in self.decision.open_facts(decided.target) {
            about.insert((4, format!("open {}", ruleset.entry_name(open.channel, open.entry))));
        }
        for measured in &decided.measures {
            let measure = &ruleset.measures[measured.measure];
            let of = measure.of.get(&target).expect("a target that is measured has the measure");
            self.note_facts(self.decision.trace_of(of, None).reads());
            let unit = ruleset.units.name(measure.ty.unit, true);
            let value = measured.value.as_ref().and_then(Value::as_number);
            let value = value.map_or("unknown".into(), |value| format!("{} {unit}", exact_text(value)));
            about.insert((5, format!("measure {} = {}", measure.name, value.trim_end())));
        }
        self.lines.extend(about.into_iter().map(|(_, line)| format!("{id} {line}")));
    }

    /// The score by level, all levels told; a number where there are no levels, or beside them.
    fn score(&self, target: Target) -> String {
        let decided = self.decision.target(target);
        let levels = &self.decision.ruleset.levels;
        let mut parts: Vec<String> = levels
            .iter()
            .zip(&decided.tally)
            .map(|(level, count)| format!("{count} {}", level.name))
            .collect();
        let by_level: i64 =
            levels.iter().zip(&decided.tally).map(|(level, count)| level.points * count).sum();
        if levels.is_empty() || decided.score != by_level {
            parts.push((decided.score - by_level).to_string());
        }
        parts.join(", ")
    }

    /// What the pending scores could take and give.
    fn open_score(&self, target: Target) -> String {
        let ruleset = self.decision.ruleset;
        let (mut taken, mut given) = (0, 0);
        let (mut below, mut above) = (vec![0_i64; ruleset.levels.len()], vec![0_i64; ruleset.levels.len()]);
        for pending in &self.decision.target(target).pending {
            let Reason::Rule(cause) = pending.reason else { continue };
            let EffectKind::Score(_, _, level) = cause.kind(ruleset) else { continue };
            let (less, more) = pending.points;
            match level {
                Some(level) => {
                    let counts = if less < 0 { &mut below } else { &mut above };
                    *counts.get_mut(*level).expect("a level that counts is declared") +=
                        (less + more).signum();
                }
                None => {
                    taken += less;
                    given += more;
                }
            }
        }
        let mut parts = Vec::new();
        for counts in [below, above] {
            let counts = ruleset.levels.iter().zip(counts).filter(|(_, count)| *count != 0);
            parts.extend(counts.map(|(level, count)| format!("{count:+} {}", level.name)));
        }
        parts.extend([taken, given].into_iter().filter(|points| *points != 0).map(|p| format!("{p:+}")));
        if parts.is_empty() { String::new() } else { format!(", open {}", parts.join(", ")) }
    }

    fn reason(&mut self, word: &str, target: Target, reason: Reason) -> String {
        match reason {
            Reason::Rule(cause) => {
                self.read(cause.rule, cause.channel);
                format!("{word} {}", self.instance(cause, Some(target)))
            }
            Reason::Through(channel) => {
                format!("{word} of {}", self.decision.ruleset.target_name(Target::Channel(channel)))
            }
        }
    }

    /// A rule; its instance only where that is not the target's own.
    fn instance(&self, cause: Cause, target: Option<Target>) -> String {
        let ruleset = self.decision.ruleset;
        let name = &ruleset.rules[cause.rule].name;
        match cause.channel.map(Target::Channel) {
            Some(channel) if Some(channel) != target => format!("{name}[{}]", ruleset.target_name(channel)),
            Some(_) | None => name.to_string(),
        }
    }

    /// Notes the facts that a rule's condition reads.
    fn read(&mut self, rule: Id<Rule>, channel: Option<Id<Channel>>) {
        self.note_facts(self.decision.reads(rule, channel));
    }

    fn note_facts(&mut self, reads: Vec<Read<'_>>) {
        let ruleset = self.decision.ruleset;
        let speaker = Speaker::new(ruleset, None);
        for read in reads {
            let Read::Fact { channel, entry, statement } = read else { continue };
            let ty = ruleset.facts[entry.0].ty;
            let value = statement.and_then(|statement| statement.value.as_ref());
            let value = value.map_or_else(|| "unknown".to_string(), |value| speaker.id(value, ty));
            let value = value.replace(['\n', '\r'], " ");
            self.facts.insert(format!("fact {} = {value}", ruleset.entry_name(channel, entry)));
        }
    }

    fn texts(&mut self) {
        let speaker = Speaker::new(self.decision.ruleset, None);
        let mut found = BTreeSet::new();
        for target in self.decision.ruleset.targets() {
            let decided = self.decision.target(target);
            let id = self.decision.ruleset.target_name(target);
            for reason in &decided.reasons {
                let Reason::Rule(cause) = reason else { continue };
                let Some(because) = &self.decision.ruleset.rules[cause.rule].because else { continue };
                let text = speaker.fill(self.decision, because, cause.channel);
                found.insert(self.text_line(id, &self.instance(*cause, Some(target)), &text));
            }
            for cause in &decided.notes {
                found.extend(self.note_text(&speaker, id, *cause, Some(target)));
            }
        }
        for cause in &self.decision.notes {
            found.extend(self.note_text(&speaker, "note", *cause, None));
        }
        self.lines.extend(found);
    }

    fn note_text(
        &self,
        speaker: &Speaker<'r>,
        id: &str,
        cause: Cause,
        target: Option<Target>,
    ) -> Option<String> {
        let EffectKind::Note(_, text, _) = cause.kind(self.decision.ruleset) else { return None };
        let text = speaker.fill(self.decision, text, cause.channel);
        Some(self.text_line(id, &self.instance(cause, target), &text))
    }

    fn text_line(&self, id: &str, rule: &str, text: &str) -> String {
        let text: Vec<&str> = text.split_whitespace().collect();
        format!("{TEXT}{id} {rule}: {}", text.join(" "))
    }
}
