//! Slips of people who come from spreadsheets and other languages, one at a time in one ruleset: each is told by name.
//!
//! `tests/typos/slips.txt` holds them. An entry begins with `== NAME`; its lines are `N= TEXT` (line N of `base.qd` is
//! this), `N+ TEXT` (this follows line N) and `N-` (line N is missing). The snapshot holds what is said of each slip
//! and, behind `fix` or `guess`, the lines that the offered change would make.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;

use libtest_mimic::Trial;

use qudao_analysis::analyse::findings::{Options, findings};
use qudao_language::diagnostic::{Diagnostic, apply_fixes, short};

use crate::support::{checked, folder};
use crate::{Wrong, case, updates};

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

pub(crate) fn trials() -> Vec<Trial> {
    let list = read("slips.txt");
    let lines = (1..).zip(list.lines());
    let names = lines.filter_map(|(line, text)| Some((line, text.strip_prefix("== ")?.to_string())));
    let each = names.map(|(line, name)| {
        case(format!("typos::{name}"), folder("typos").join("slips.txt"), move |_| run(&name, line))
    });
    let others = case("typos::the_snapshot_has_no_others".into(), folder("typos").join(SNAPSHOT), |_| {
        let (base, list, snapshot) = (read("base.qd"), read("slips.txt"), read(SNAPSHOT));
        let names: Vec<&str> = slips(&base, &list).iter().map(|slip| slip.name).collect();
        let others: Vec<&str> = parts(&snapshot).into_keys().filter(|name| !names.contains(name)).collect();
        if updates() && !others.is_empty() {
            write(&names, None);
            return Vec::new();
        }
        assert!(others.is_empty(), "no slips are {others:?}");
        Vec::new()
    });
    each.chain([others]).collect()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder("typos").join(name)).unwrap()
}

/// One slip: what is said of it is what its part of the snapshot has, and what is offered as sure mends it.
fn run(name: &str, line: usize) -> Wrong {
    let list = read("slips.txt");
    let base = read("base.qd");
    let slips = slips(&base, &list);
    let slip = slips.iter().find(|slip| slip.name == name).unwrap();
    let mut wrong = Vec::new();
    let shown = told(slip, &mut wrong);
    let names: Vec<&str> = slips.iter().map(|slip| slip.name).collect();
    let snapshot = read(SNAPSHOT);
    let expected = parts(&snapshot).remove(name).unwrap_or_default();
    if expected != shown && updates() {
        write(&names, Some((name, &shown)));
    } else if expected != shown {
        wrong.push(format!("it is\n{shown}\nbut the snapshot has\n{expected}"));
    }
    wrong.into_iter().map(|says| (line, says)).collect()
}

const SNAPSHOT: &str = "slips.snap";

/// The parts of the snapshot by the names of their slips, without the mark before the name.
fn parts(snapshot: &str) -> BTreeMap<&str, &str> {
    let parts = snapshot.split("\n== ").skip(1).map(str::trim_end);
    parts.map(|part| (part.lines().next().unwrap_or_default(), part)).collect()
}

/// Slips are tried side by side, and share a file.
static WRITING: Mutex<()> = Mutex::new(());

/// Writes the snapshot with one part anew, and with the parts of these names alone.
fn write(names: &[&str], anew: Option<(&str, &str)>) {
    let _alone = WRITING.lock().unwrap();
    let snapshot = read(SNAPSHOT);
    let head = &snapshot[..snapshot.find("\n== ").unwrap() + 1];
    let mut parts = parts(&snapshot);
    parts.extend(anew);
    let kept: Vec<String> =
        names.iter().filter_map(|name| Some(format!("== {}\n", parts.get(name)?))).collect();
    std::fs::write(folder("typos").join(SNAPSHOT), format!("{head}{}", kept.join("\n"))).unwrap();
}

/// What is said of a slip, as the snapshot has it.
fn told(slip: &Slip<'_>, wrong: &mut Vec<String>) -> String {
    let mut shown = format!("{}\n", slip.name);
    slip.changed.iter().for_each(|line| writeln!(shown, "> {line}").unwrap());
    let (files, diagnostics) = said(&slip.text);
    for diagnostic in &diagnostics {
        shown += &short(&files, diagnostic);
        diagnostic.notes.iter().for_each(|line| writeln!(shown, "    {line}").unwrap());
        if diagnostic.message.starts_with("expected ")
            && diagnostic.notes.is_empty()
            && diagnostic.fix.is_none()
        {
            wrong.push(format!("a list of the words that could stand there is all: {}", diagnostic.message));
        }
        let Some(fix) = &diagnostic.fix else { continue };
        let main = files.iter().next().unwrap().0;
        let (mended, _) = apply_fixes(&files, main, [fix]).expect("a fix changes its file");
        let word = if fix.sure { "fix" } else { "guess" };
        new_lines(&mended, &slip.text).iter().for_each(|line| writeln!(shown, "    {word}: {line}").unwrap());
        // What is sure is one mistake less.
        let alike = |all: &[Diagnostic]| all.iter().filter(|d| d.message == diagnostic.message).count();
        if fix.sure && alike(&said(&mended).1) >= alike(&diagnostics) {
            wrong.push(format!("the fix does not mend: {}", diagnostic.message));
        }
    }
    if diagnostics.is_empty() {
        shown += "nothing wrong\n";
    }
    shown.trim_end().to_string()
}
