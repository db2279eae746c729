//! A difference as text, 80 columns wide where it can be.

use super::words::{self, conclusion, edit, needs, pick, rejected, standing, what};
use super::{Difference, ProfileChange, ProfileOutcome, Region, Tally};
use crate::analyse::change::{Change, TargetChange};
use crate::layout::{hang, pad};
use crate::profile::yaml_text;
use crate::visible::visible;
use crate::words::Tongue;

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
    let width =
        difference.profiles.iter().map(|profile| crate::layout::width(&profile.name)).max().unwrap_or(0);
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
    let name = |ruleset: &crate::model::Ruleset, target: Option<crate::model::Target>| {
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

/// What changes for a profile, a target a line, each with its causes.
fn change(difference: &Difference<'_>, tongue: Tongue, change: &Change, text: &mut String) {
    for target in &change.targets {
        text.push_str(&hang("    ", &target_line(difference, tongue, target)));
    }
    for cause in causes(tongue, difference, change) {
        text.push_str(&hang(pick(tongue, "    by ", "    因 "), &cause));
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

/// The edits that make a difference, as text.
pub(super) fn causes(tongue: Tongue, difference: &Difference<'_>, change: &Change) -> Vec<String> {
    let causes = change.causes();
    causes
        .iter()
        .filter_map(|number| difference.edits.get(*number))
        .map(|cause| edit(tongue, cause))
        .collect()
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
    for cause in causes(tongue, difference, &region.change) {
        text.push_str(&hang(pick(tongue, "  by    ", "  因 "), &cause));
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
    for target in &change.targets {
        text.push_str(&hang("    ", &target_line(difference, tongue, target)));
    }
}
