//! A difference as text, 80 columns wide where it can be.

use super::{Difference, ProfileChange, ProfileOutcome, Region, Tally, conclusion, needs, standing};
use crate::analyse::change::{Change, TargetChange};
use crate::layout::{hang, pad};
use crate::profile::yaml_text;
use crate::visible::visible;

/// Returns a difference as text. `saved` names the file that a region's witness was saved in, by the region's number.
#[must_use]
pub fn text(difference: &Difference<'_>, saved: &[String]) -> String {
    let mut text = heading(difference);
    edits(difference, &mut text);
    if !difference.profiles.is_empty() {
        profiles(difference, &mut text);
    }
    if let Some(found) = &difference.regions {
        for (number, region) in found.regions.iter().enumerate() {
            text.push('\n');
            self::region(difference, region, saved.get(number), &mut text);
        }
        text.push('\n');
    }
    if let Some(conclusion) = conclusion(difference) {
        text.push_str(&hang("", &conclusion));
    }
    visible(&text).into_owned()
}

fn heading(difference: &Difference<'_>) -> String {
    let side = |side: &super::Side<'_>| {
        let version = side.ruleset.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let day = if side.ruleset.uses_day { format!(", as of {}", side.day) } else { String::new() };
        format!("{} ({}{version}{day})", side.label, side.ruleset.name)
    };
    format!("old  {}\nnew  {}\n", side(&difference.old), side(&difference.new))
}

fn edits(difference: &Difference<'_>, text: &mut String) {
    if difference.edits.is_empty() {
        text.push_str("\nNothing is declared otherwise that could decide anything.\n");
        return;
    }
    text.push_str("\nEdits\n");
    for edit in &difference.edits {
        text.push_str(&hang("  ", &edit.to_string()));
    }
}

fn profiles(difference: &Difference<'_>, text: &mut String) {
    let tally = Tally::of(difference);
    text.push_str(&format!("\n{}\n", tally.text()));
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
                text.push_str(&format!("{mark} {name}  {}\n", summary(difference, change)));
                self::change(difference, change, text);
            }
            ProfileOutcome::Rejected { by_old, by_new } => {
                let who = match (by_old, by_new) {
                    (true, true) => "neither version can read it",
                    (true, false) => "only the new version can read it",
                    (false, _) => "only the old version can read it",
                };
                text.push_str(&format!("? {name}  {who}\n"));
            }
        }
    }
    if tally.same > 0 {
        text.push_str(&format!("  {} the same\n", tally.same));
    }
}

fn summary(difference: &Difference<'_>, change: &Change) -> String {
    let name = |ruleset: &crate::model::Ruleset, target: Option<crate::model::Target>| {
        target.map_or("none", |target| ruleset.target_name(target)).to_string()
    };
    match (&change.first, change.is_decision()) {
        (Some((old, new)), _) => {
            let (old, new) = (name(difference.old.ruleset, *old), name(difference.new.ruleset, *new));
            format!("first: {old} → {new}")
        }
        (None, true) => "the first stays".into(),
        (None, false) => "scores alone, no decision".into(),
    }
}

/// What changes for a profile, a target a line, each with its causes.
fn change(difference: &Difference<'_>, change: &Change, text: &mut String) {
    for target in &change.targets {
        text.push_str(&hang("    ", &target_line(difference, target)));
    }
    for cause in causes(difference, change) {
        text.push_str(&hang("    by ", &cause));
    }
}

fn target_line(difference: &Difference<'_>, target: &TargetChange) -> String {
    let (old, new) = (target.old.as_ref(), target.new.as_ref());
    let mut parts = Vec::new();
    let (before, now) = (standing(old), standing(new));
    if before != now {
        parts.push(format!("{before} → {now}"));
    }
    parts.extend(needs(old, new));
    format!("{}: {}", difference.name(target.target), parts.join(", "))
}

/// The edits that make a difference, as text.
pub(super) fn causes(difference: &Difference<'_>, change: &Change) -> Vec<String> {
    let causes = change.causes();
    causes.iter().filter_map(|number| difference.edits.get(*number)).map(ToString::to_string).collect()
}

fn region(difference: &Difference<'_>, region: &Region, saved: Option<&String>, text: &mut String) {
    text.push_str(&format!("{}\n", region.what.text()));
    let mut word = "where";
    for condition in &region.conditions {
        text.push_str(&hang(&format!("  {word} "), condition));
        word = "or   ";
    }
    if region.more {
        text.push_str("  and elsewhere\n");
    }
    for cause in causes(difference, &region.change) {
        text.push_str(&hang("  by    ", &cause));
    }
    match saved {
        Some(path) => text.push_str(&format!("  for example {path}\n")),
        None => text.push_str("  for example\n"),
    }
    for line in yaml_text(difference.new.ruleset, &region.witness.1).lines() {
        text.push_str(&format!("    {line}\n"));
    }
    let mut answers = String::new();
    change_lines(difference, &region.change, &mut answers);
    text.push_str(&answers);
}

fn change_lines(difference: &Difference<'_>, change: &Change, text: &mut String) {
    text.push_str("  gives\n");
    if change.first.is_some() {
        text.push_str(&format!("    {}\n", summary(difference, change)));
    }
    for target in &change.targets {
        text.push_str(&hang("    ", &target_line(difference, target)));
    }
}
