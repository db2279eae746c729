//! A difference in Markdown: for a pull request.

use super::text::by_causes;
use super::words::{self, conclusion, edit, needs, pick, rejected, standing, what};
use super::{Difference, ProfileOutcome, Tally};
use crate::analyse::change::{Causes, Change};
use crate::profile::yaml_text;
use crate::visible::visible;
use crate::words::Tongue;

/// Returns a difference in Markdown.
#[must_use]
pub fn markdown(difference: &Difference<'_>, tongue: Tongue) -> String {
    let mut text = format!("## `{}` → `{}`\n", code(&difference.old.label), code(&difference.new.label));
    if difference.edits.is_empty() {
        text.push_str(pick(
            tongue,
            "\nNothing is declared otherwise that could decide anything.\n",
            "\n没有可能影响结论的改动。\n",
        ));
    } else {
        text.push_str(&format!("\n### {}\n\n", pick(tongue, "Edits", "改动")));
        for declared in &difference.edits {
            text.push_str(&format!("- {}\n", plain(&edit(tongue, declared))));
        }
    }
    if !difference.profiles.is_empty() {
        profiles(difference, tongue, &mut text);
    }
    for region in difference.regions.iter().flat_map(|found| &found.regions) {
        text.push_str(&format!("\n### {}\n\n", plain(&what(tongue, &region.what))));
        for condition in &region.conditions {
            let word = match region.only {
                true => pick(tongue, "only where", "仅当"),
                false => pick(tongue, "where", "当"),
            };
            text.push_str(&format!("- {word} `{}`\n", code(condition)));
        }
        if region.more {
            text.push_str(pick(tongue, "- and elsewhere\n", "- 以及其他情况\n"));
        }
        cause_lines(difference, tongue, &region.causes, &mut text);
        let yaml = yaml_text(difference.new.ruleset, &region.witness.1);
        text.push_str(&format!("\n```yaml\n{}```\n\n", visible(&yaml).replace("```", "` ` `")));
        table(difference, tongue, &region.change, &mut text);
    }
    if let Some(conclusion) = conclusion(tongue, difference) {
        text.push_str(&format!("\n{}\n", plain(&conclusion)));
    }
    text
}

fn profiles(difference: &Difference<'_>, tongue: Tongue, text: &mut String) {
    let tally = Tally::of(difference);
    text.push_str(&format!(
        "\n### {}\n\n{}\n",
        pick(tongue, "Profiles", "资料"),
        plain(&words::tally(tongue, &tally))
    ));
    for profile in &difference.profiles {
        match &profile.outcome {
            ProfileOutcome::Compared(change) if change.is_none() => {}
            ProfileOutcome::Compared(change) => {
                text.push_str(&format!("\n#### {}\n\n", plain(&profile.name)));
                let all = by_causes(change);
                for (causes, targets) in &all {
                    if all.len() > 1 {
                        let names = targets.iter().map(|target| difference.name(target.target).to_string());
                        let names: Vec<String> = names.collect();
                        let first = pick(tongue, "first", "首选");
                        let of = if names.is_empty() { first.to_string() } else { tongue.list(&names) };
                        text.push_str(&format!("- {}{}\n", plain(&of), tongue.colon().trim_end()));
                    }
                    cause_lines(difference, tongue, causes, text);
                }
                text.push('\n');
                table(difference, tongue, change, text);
            }
            ProfileOutcome::Rejected { by_old, by_new } => {
                let who = rejected(tongue, *by_old, *by_new);
                text.push_str(&format!("\n#### {}\n\n{who}\n", plain(&profile.name)));
            }
        }
    }
}

fn cause_lines(difference: &Difference<'_>, tongue: Tongue, causes: &Causes, text: &mut String) {
    for (mark, line) in words::causes(tongue, &difference.edits, causes) {
        let mark = if mark.is_empty() { String::new() } else { format!("{mark} ") };
        text.push_str(&format!("- {mark}{}\n", plain(&line)));
    }
}

fn table(difference: &Difference<'_>, tongue: Tongue, change: &Change, text: &mut String) {
    text.push_str(pick(tongue, "| | before | now | needs |\n", "| | 之前 | 现在 | 需要 |\n"));
    text.push_str("| --- | --- | --- | --- |\n");
    let none = pick(tongue, "none", "无");
    if let Some((old, new)) = &change.first {
        let old = old.map_or(none, |target| difference.old.ruleset.target_name(target));
        let new = new.map_or(none, |target| difference.new.ruleset.target_name(target));
        text.push_str(&format!(
            "| **{}** | {} | {} | |\n",
            pick(tongue, "first", "首选"),
            plain(old),
            plain(new)
        ));
    }
    for target in change.kept() {
        let (old, new) = (target.old.as_ref(), target.new.as_ref());
        let name = plain(difference.name(target.target));
        let needs = plain(&needs(tongue, old, new).join(", "));
        text.push_str(&format!(
            "| {name} | {} | {} | {needs} |\n",
            standing(tongue, old),
            standing(tongue, new)
        ));
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
