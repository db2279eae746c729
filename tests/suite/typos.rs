//! Slips of people who come from spreadsheets and other languages, one at a time in one ruleset: each is told by name.
//!
//! `tests/typos/slips.txt` holds them. An entry begins with `== NAME`; its lines are `N= TEXT` (line N of `base.qd` is
//! this), `N+ TEXT` (this follows line N) and `N-` (line N is missing). The snapshot holds what is said of each slip
//! and, behind `fix` or `guess`, the lines that the offered change would make.

use std::fmt::Write;

use qudao_analysis::analyse::findings::{Options, findings};
use qudao_language::diagnostic::{Diagnostic, apply_fixes, short};

use crate::support::{checked, folder};

/// So many slips may still be told by a list of the words that could stand there.
const BARE_LISTS: usize = 10;

struct Slip<'s> {
    name: &'s str,
    /// The lines that it changes, as they then are.
    changed: Vec<&'s str>,
    text: String,
}

fn slips<'s>(base: &'s str, slips: &'s str) -> Vec<Slip<'s>> {
    let entries = slips.strip_prefix("== ").unwrap().split("\n== ");
    entries
        .map(|entry| {
            let (name, edits) = entry.split_once('\n').unwrap();
            let mut lines: Vec<Vec<&str>> = base.lines().map(|line| vec![line]).collect();
            let mut changed = Vec::new();
            for edit in edits.lines() {
                let end = edit.find(['=', '+', '-']).unwrap_or_else(|| panic!("no edit: {edit}"));
                let line = &mut lines[edit[..end].parse::<usize>().unwrap() - 1];
                let text = edit[end + 1..].strip_prefix(' ').unwrap_or("");
                match &edit[end..=end] {
                    "=" => line[0] = text,
                    "+" => line.push(text),
                    _ => line.clear(),
                }
                if !text.is_empty() {
                    changed.push(text);
                }
            }
            let text = lines.concat().join("\n") + "\n";
            Slip { name, changed, text }
        })
        .collect()
}

/// What is said of a text: everything that `check` says.
fn said(text: &str) -> (qudao_language::source::Files, Vec<Diagnostic>) {
    let (files, checked) = checked("shop.qd", text);
    let mut diagnostics = checked.diagnostics;
    if let Some(ruleset) = &checked.ruleset {
        diagnostics.extend(findings(ruleset, &checked.allowed, &Options::default()));
    }
    (files, diagnostics)
}

/// The lines of a text that another has not.
fn new_lines<'t>(new: &'t str, old: &str) -> Vec<&'t str> {
    new.lines().filter(|line| !old.lines().any(|old| old == *line)).collect()
}

#[test]
fn each_slip_is_told_by_name() {
    let read = |name: &str| std::fs::read_to_string(folder("typos").join(name)).unwrap();
    let (base, list) = (read("base.qd"), read("slips.txt"));
    let (mut shown, mut bare, mut wrong) = (String::new(), Vec::new(), Vec::new());
    for slip in slips(&base, &list) {
        writeln!(shown, "== {}", slip.name).unwrap();
        slip.changed.iter().for_each(|line| writeln!(shown, "> {line}").unwrap());
        let (files, diagnostics) = said(&slip.text);
        for diagnostic in &diagnostics {
            shown += &short(&files, diagnostic);
            diagnostic.notes.iter().for_each(|line| writeln!(shown, "    {line}").unwrap());
            if diagnostic.message.starts_with("expected ")
                && diagnostic.notes.is_empty()
                && diagnostic.fix.is_none()
            {
                bare.push(format!("{}: {}", slip.name, diagnostic.message));
            }
            let Some(fix) = &diagnostic.fix else { continue };
            let main = files.iter().next().unwrap().0;
            let (mended, _) = apply_fixes(&files, main, [fix]).expect("a fix changes its file");
            let word = if fix.sure { "fix" } else { "guess" };
            new_lines(&mended, &slip.text)
                .iter()
                .for_each(|line| writeln!(shown, "    {word}: {line}").unwrap());
            // What is sure is one mistake less.
            let alike = |all: &[Diagnostic]| all.iter().filter(|d| d.message == diagnostic.message).count();
            if fix.sure && alike(&said(&mended).1) >= alike(&diagnostics) {
                wrong.push(format!("{}: the fix does not mend: {}", slip.name, diagnostic.message));
            }
        }
        if diagnostics.is_empty() {
            shown += "nothing wrong\n";
        }
        shown.push('\n');
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("../typos");
    settings.bind(|| insta::assert_snapshot!("slips", shown));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(bare.len() <= BARE_LISTS, "{} slips are told by a bare list:\n{}", bare.len(), bare.join("\n"));
}
