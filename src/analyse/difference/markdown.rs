//! A difference in Markdown: for a pull request.

use super::text::causes;
use super::{Difference, ProfileOutcome, Tally, conclusion, needs, standing};
use crate::analyse::change::Change;
use crate::profile::yaml_text;
use crate::visible::visible;

/// Returns a difference in Markdown.
#[must_use]
pub fn markdown(difference: &Difference<'_>) -> String {
    let mut text = format!("## `{}` → `{}`\n", code(&difference.old.label), code(&difference.new.label));
    if difference.edits.is_empty() {
        text.push_str("\nNothing is declared otherwise that could decide anything.\n");
    } else {
        text.push_str("\n### Edits\n\n");
        for edit in &difference.edits {
            text.push_str(&format!("- {}\n", plain(&edit.to_string())));
        }
    }
    if !difference.profiles.is_empty() {
        profiles(difference, &mut text);
    }
    for region in difference.regions.iter().flat_map(|found| &found.regions) {
        text.push_str(&format!("\n### {}\n\n", plain(&region.what.text())));
        for condition in &region.conditions {
            text.push_str(&format!("- where `{}`\n", code(condition)));
        }
        if region.more {
            text.push_str("- and elsewhere\n");
        }
        for cause in causes(difference, &region.change) {
            text.push_str(&format!("- by {}\n", plain(&cause)));
        }
        let yaml = yaml_text(difference.new.ruleset, &region.witness.1);
        text.push_str(&format!("\n```yaml\n{}```\n\n", visible(&yaml).replace("```", "` ` `")));
        table(difference, &region.change, &mut text);
    }
    if let Some(conclusion) = conclusion(difference) {
        text.push_str(&format!("\n{}\n", plain(&conclusion)));
    }
    text
}

fn profiles(difference: &Difference<'_>, text: &mut String) {
    let tally = Tally::of(difference);
    text.push_str(&format!("\n### Profiles\n\n{}\n", plain(&tally.text())));
    for profile in &difference.profiles {
        match &profile.outcome {
            ProfileOutcome::Compared(change) if change.is_none() => {}
            ProfileOutcome::Compared(change) => {
                text.push_str(&format!("\n#### {}\n\n", plain(&profile.name)));
                for cause in causes(difference, change) {
                    text.push_str(&format!("- by {}\n", plain(&cause)));
                }
                text.push('\n');
                table(difference, change, text);
            }
            ProfileOutcome::Rejected { by_old, by_new } => {
                let who = match (by_old, by_new) {
                    (true, true) => "neither version can read it",
                    (true, false) => "only the new version can read it",
                    (false, _) => "only the old version can read it",
                };
                text.push_str(&format!("\n#### {}\n\n{who}\n", plain(&profile.name)));
            }
        }
    }
}

fn table(difference: &Difference<'_>, change: &Change, text: &mut String) {
    text.push_str("| | before | now | needs |\n| --- | --- | --- | --- |\n");
    if let Some((old, new)) = &change.first {
        let old = old.map_or("none", |target| difference.old.ruleset.target_name(target));
        let new = new.map_or("none", |target| difference.new.ruleset.target_name(target));
        text.push_str(&format!("| **first** | {} | {} | |\n", plain(old), plain(new)));
    }
    for target in &change.targets {
        let (old, new) = (target.old.as_ref(), target.new.as_ref());
        let name = plain(difference.name(target.target));
        let needs = plain(&needs(old, new).join(", "));
        text.push_str(&format!("| {name} | {} | {} | {needs} |\n", standing(old), standing(new)));
    }
}

/// Makes a text plain in Markdown: nothing in it formats, links or breaks a table.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in visible(text).chars() {
        match c {
            '\n' => plain.push(' '),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            '\\' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => {
                plain.push('\\');
                plain.push(c);
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// Makes a text safe between backticks.
fn code(text: &str) -> String {
    visible(text).replace('`', "'").replace('\n', " ")
}
