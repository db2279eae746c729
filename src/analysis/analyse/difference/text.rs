//! A difference as text, 80 columns wide where it can be.

use super::words::{self, conclusion, edit, needs, pick, rejected, standing, what};
use super::{Difference, ProfileChange, ProfileOutcome, Region, Tally};
use crate::analyse::change::{Causes, Change, TargetChange};
use qudao_language::layout::{hang, pad};
use qudao_language::profile::yaml_text;
use qudao_language::visible::visible;
use qudao_telling::words::Tongue;

/// So many targets are told of the profile of a region.
const TARGETS: usize = 8;

/// Returns a difference as text. `saved` names the file that a region's witness was saved in, by the region's number.
#[must_use]
pub fn text(difference: &Difference<'_>, saved: &[String], tongue: Tongue) -> String {
    let mut text = heading(difference, tongue);
    edits(difference, tongue, &mut text);
    if !difference.profiles.is_empty() {
        profiles(difference, tongue, &mut text);
    }
    if let Some(found) = &difference.regions {
        for (number, region) in found.regions.iter().enumerate() {
            text.push('\n');
            self::region(difference, tongue, region, saved.get(number), &mut text);
        }
        text.push('\n');
    }
    if let Some(conclusion) = conclusion(tongue, difference) {
        text.push_str(&hang("", &conclusion));
    }
    visible(&text).into_owned()
}

fn heading(difference: &Difference<'_>, tongue: Tongue) -> String {
    let side = |side: &super::Side<'_>| {
        let version = side.ruleset.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let as_of = pick(tongue, ", as of", "，截至");
        let day = if side.ruleset.uses_day { format!("{as_of} {}", side.day) } else { String::new() };
        format!("{} ({}{version}{day})", side.label, side.ruleset.name)
    };
    let (old, new) = (pick(tongue, "old", "旧"), pick(tongue, "new", "新"));
    format!("{old}  {}\n{new}  {}\n", side(&difference.old), side(&difference.new))
}

fn edits(difference: &Difference<'_>, tongue: Tongue, text: &mut String) {
    if difference.edits.is_empty() {
        text.push_str(pick(
            tongue,
            "\nNothing is declared otherwise that could decide anything.\n",
            "\n没有可能影响结论的改动。\n",
        ));
        return;
    }
    text.push_str(pick(tongue, "\nEdits\n", "\n改动\n"));
    for declared in &difference.edits {
        text.push_str(&hang("  ", &edit(tongue, declared)));
    }
}

fn profiles(difference: &Difference<'_>, tongue: Tongue, text: &mut String) {
    let tally = Tally::of(difference);
    text.push_str(&format!("\n{}\n", words::tally(tongue, &tally)));
    let width = difference
        .profiles
        .iter()
        .map(|profile| qudao_language::layout::width(&profile.name))
        .max()
        .unwrap_or(0);
    for ProfileChange { name, outcome } in &difference.profiles {
        let name = pad(name, width);
        match outcome {
            ProfileOutcome::Compared(change) if change.is_none() => {}
            ProfileOutcome::Compared(change) => {
                let mark = match (change.first.is_some(), change.is_decision()) {
                    (true, _) => '!',
                    (false, true) => '~',
                    (false, false) => '·',
                };
                text.push_str(&format!("{mark} {name}  {}\n", summary(difference, tongue, change)));
                self::change(difference, tongue, change, text);
            }
            ProfileOutcome::Rejected { by_old, by_new } => {
                let who = rejected(tongue, *by_old, *by_new);
                text.push_str(&format!("? {name}  {who}\n"));
            }
        }
    }
    if tally.same > 0 {
        text.push_str(&format!("  {} {}\n", tally.same, pick(tongue, "the same", "份不变")));
    }
}

fn summary(difference: &Difference<'_>, tongue: Tongue, change: &Change) -> String {
    let name = |ruleset: &qudao_language::model::Ruleset, target: Option<qudao_language::model::Target>| {
        target.map_or(pick(tongue, "none", "无"), |target| ruleset.target_name(target)).to_string()
    };
    match (&change.first, change.is_decision()) {
        (Some((old, new)), _) => {
            let (old, new) = (name(difference.old.ruleset, *old), name(difference.new.ruleset, *new));
            format!("{}{}{old} → {new}", pick(tongue, "first", "首选"), tongue.colon())
        }
        (None, true) => pick(tongue, "the first stays", "首选不变").into(),
        (None, false) => pick(tongue, "scores alone, no decision", "只有分数不同，结论不变").into(),
    }
}

/// What changes for a profile, a target a line; behind those that have the same causes, these.
fn change(difference: &Difference<'_>, tongue: Tongue, change: &Change, text: &mut String) {
    for (causes, targets) in by_causes(change) {
        for target in targets {
            text.push_str(&hang("    ", &target_line(difference, tongue, target)));
        }
        cause_lines(difference, tongue, causes, "    ", text);
    }
}

/// The targets that changed, put together by what made them change; the first place stands among them without a line.
pub(super) fn by_causes(change: &Change) -> Vec<(&Causes, Vec<&TargetChange>)> {
    let mut found: Vec<(&Causes, Vec<&TargetChange>)> = Vec::new();
    for target in change.kept() {
        match found.iter_mut().find(|(causes, _)| **causes == target.causes) {
            Some((_, targets)) => targets.push(target),
            None => found.push((&target.causes, vec![target])),
        }
    }
    let is_told = found.iter().any(|(causes, _)| **causes == change.first_causes);
    if change.first.is_some() && !is_told {
        found.insert(0, (&change.first_causes, Vec::new()));
    }
    found
}

/// What makes a difference, an edit a line.
fn cause_lines(
    difference: &Difference<'_>,
    tongue: Tongue,
    causes: &Causes,
    indent: &str,
    text: &mut String,
) {
    for (mark, line) in words::causes(tongue, &difference.edits, causes) {
        let mark = if mark.is_empty() { indent.to_string() } else { format!("{indent}{mark} ") };
        text.push_str(&hang(&mark, &line));
    }
}

fn target_line(difference: &Difference<'_>, tongue: Tongue, target: &TargetChange) -> String {
    let (old, new) = (target.old.as_ref(), target.new.as_ref());
    let mut parts = Vec::new();
    let (before, now) = (standing(tongue, old), standing(tongue, new));
    if before != now {
        parts.push(format!("{before} → {now}"));
    }
    parts.extend(needs(tongue, old, new));
    format!("{}{}{}", difference.name(target.target), tongue.colon(), tongue.list(&parts))
}

fn region(
    difference: &Difference<'_>,
    tongue: Tongue,
    region: &Region,
    saved: Option<&String>,
    text: &mut String,
) {
    text.push_str(&format!("{}\n", what(tongue, &region.what)));
    let (mut word, next) = match (tongue, region.only) {
        (Tongue::English, true) => ("only where", "or        "),
        (Tongue::English, false) => ("where", "or   "),
        (Tongue::Chinese, true) => ("仅当", "或  "),
        (Tongue::Chinese, false) => ("当", "或"),
    };
    for condition in &region.conditions {
        text.push_str(&hang(&format!("  {word} "), condition));
        word = next;
    }
    if region.more {
        text.push_str(pick(tongue, "  and elsewhere\n", "  以及其他情况\n"));
    }
    for (mark, line) in words::causes(tongue, &difference.edits, &region.causes) {
        let mark = match (tongue, mark.is_empty()) {
            (_, true) => "        ".to_string(),
            (Tongue::English, false) => format!("  {mark:<5} "),
            (Tongue::Chinese, false) => format!("  {mark} "),
        };
        text.push_str(&hang(&mark, &line));
    }
    match saved {
        Some(path) => text.push_str(&format!("  {} {path}\n", pick(tongue, "for example", "例如"))),
        None => text.push_str(&format!("  {}\n", pick(tongue, "for example", "例如"))),
    }
    for line in yaml_text(difference.new.ruleset, &region.witness.1).lines() {
        text.push_str(&format!("    {line}\n"));
    }
    let mut answers = String::new();
    change_lines(difference, tongue, &region.change, &mut answers);
    text.push_str(&answers);
}

fn change_lines(difference: &Difference<'_>, tongue: Tongue, change: &Change, text: &mut String) {
    text.push_str(pick(tongue, "  gives\n", "  结果\n"));
    if change.first.is_some() {
        text.push_str(&format!("    {}\n", summary(difference, tongue, change)));
    }
    // Each region would tell all that changes with it.
    let targets: Vec<&TargetChange> = change.kept().collect();
    for target in targets.iter().take(TARGETS) {
        text.push_str(&hang("    ", &target_line(difference, tongue, target)));
    }
    let more = targets.len().saturating_sub(TARGETS);
    if more > 0 {
        text.push_str(&match tongue {
            Tongue::English => format!("    and {more} more\n"),
            Tongue::Chinese => format!("    以及另外 {more} 项\n"),
        });
    }
}
