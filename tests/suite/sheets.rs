//! Facts in sheets: what is written as one and read again gives the same facts, whatever they are.

use qudao_language::check::{Checked, check};
use qudao_language::diagnostic::render;
use qudao_language::model::Ruleset;
use qudao_language::source::{Files, Span};
use qudao_language::syntax::Sources;
use qudao_language::syntax::ast::DeclarationKind;
use qudao_telling::facts::{Selection, csv, to_json};
use qudao_telling::words::Speaker;
use serde_json::Value as Json;

use crate::laws::{case, cases};
use crate::reading::{checked, ruleset};

/// Checks a ruleset of one file and one sheet.
fn checked_with(text: &str, sheet: &str) -> (Files, Checked) {
    let mut sources = Sources::new("random.qd", text.as_bytes().to_vec());
    while let Some(wanted) = sources.wanted() {
        match wanted.path.ends_with(".csv") {
            true => sources.supply(sheet.as_bytes().to_vec()),
            false => sources.absent("it is not there"),
        }
    }
    (sources.files().clone(), check(&sources))
}

/// The text of a ruleset without what it and its channels state, which a sheet states instead; with `whole`, without the
/// channels that nothing else is said of either, if that goes for all of them.
fn without_facts(text: &str, whole: bool) -> String {
    let sources = Sources::new("random.qd", text.as_bytes().to_vec());
    let mut cut: Vec<(Span, &str)> = Vec::new();
    let mut bare = whole;
    let (layers, _) = sources.declarations();
    for declaration in layers.iter().flatten() {
        let DeclarationKind::Channel(channel) = &declaration.kind else { continue };
        bare &= channel.needs.is_empty() && channel.owned.is_none() && channel.title.is_some();
        // What a variant needs, or who owns it, no sheet tells; but if none says so, nothing is lost.
    }
    let mut first = true;
    for declaration in layers.iter().flatten() {
        let channel = match &declaration.kind {
            DeclarationKind::Channel(channel) => channel,
            DeclarationKind::Parameter(parameter) => {
                cut.extend(parameter.statements.iter().map(|statement| (statement.span, "")));
                continue;
            }
            _ => continue,
        };
        if bare {
            // The channels stand where the sheet is named, in their order.
            cut.push((declaration.span, if first { "facts from csv \"facts.csv\"" } else { "" }));
            first = false;
        } else {
            cut.extend(channel.statements.iter().map(|statement| (statement.span, "")));
        }
    }
    let mut made = text.to_string();
    for (span, instead) in cut.into_iter().rev() {
        made.replace_range(span.start as usize..span.end as usize, instead);
    }
    if bare { made } else { made + "\nfacts from csv \"facts.csv\"\n" }
}

/// All facts as a sheet.
fn sheet(ruleset: &Ruleset) -> String {
    csv(ruleset, None, &Selection::all(ruleset))
}

/// The same ruleset with its facts in a sheet.
pub(crate) fn in_a_sheet(text: &str, whole: bool) -> Option<Ruleset> {
    let sheet = sheet(&checked("random.qd", text).1.ruleset?);
    let text = without_facts(text, whole);
    let (files, checked) = checked_with(&text, &sheet);
    let shown: String = checked.diagnostics.iter().map(|d| render(&files, d, false)).collect();
    Some(checked.ruleset.unwrap_or_else(|| panic!("{text}\n{sheet}\n{shown}")))
}

/// All that is told of the facts, on a day.
fn told(ruleset: &Ruleset) -> Json {
    let mut told = to_json(Speaker::new(ruleset, None), ruleset.as_of.unwrap(), &Selection::all(ruleset));
    told["ruleset"]["digest"].take();
    told
}

fn assert_same(one: &Ruleset, other: &Ruleset, case: &str) {
    assert_eq!(sheet(one), sheet(other), "{case}");
    assert_eq!(told(one), told(other), "{case}");
    assert_eq!(one.meaning(), other.meaning(), "{case}");
}

#[test]
fn a_sheet_that_was_written_gives_the_same_facts() {
    let (mut rows, mut wholes) = (0, 0);
    for seed in 0..cases(400) {
        let case = case(seed + 51_000, 50);
        let read = in_a_sheet(&case.text, seed % 2 == 0).unwrap();
        rows += sheet(&read).lines().count() - 1;
        wholes += usize::from(!without_facts(&case.text, seed % 2 == 0).contains("\nchannel "));
        assert_same(&case.ruleset, &read, &format!("seed {seed}"));
    }
    println!("{rows} rows, {wholes} without channels");
    assert!(rows > 4_000 && wholes > 10, "{rows} rows, {wholes} without channels");
}

#[test]
fn an_override_by_the_own_sheet_changes_nothing() {
    for seed in 0..cases(60) {
        let case = case(seed + 52_000, 50);
        let mut sources = Sources::new(
            "child.qd",
            b"ruleset random \"Random\"\nextends \"base/base.qd\"\noverride facts from csv \"facts.csv\"\n"
                .to_vec(),
        );
        while let Some(wanted) = sources.wanted() {
            match wanted.path.as_str() {
                "base/base.qd" => sources.supply(case.text.as_bytes().to_vec()),
                "facts.csv" => sources.supply(sheet(&case.ruleset).into_bytes()),
                _ => sources.absent("it is not there"),
            }
        }
        let child = check(&sources).ruleset.unwrap();
        assert_eq!(sheet(&case.ruleset), sheet(&child), "seed {seed}");
        assert_eq!(case.ruleset.meaning(), child.meaning(), "seed {seed}");
    }
}

#[test]
fn texts_of_every_kind_come_back() {
    let text = r#"ruleset t "T" { as of 2026-05-01 }
source s "S"
enum E { a "A, and \"b\"", b "?" }
fact word: text
fact other: text "word"
fact kinds: set of E
channel plain "=1+1" @zh "一, 二" {
  word = "?" from s "he said \"hi\"" "=cmd" "\\ is itself" at " at the end "
  other = "\"quoted\" and \\ more" from s at "a" from s at "b" disputed "" from s disputed unknown
  kinds = {}
}
channel odd "  two  blanks" {
  word = "line\nbreak \u{200b} and \t tab" from s "quote; with, commas" from s
  other = "unknown"
  kinds = {a, b}
}
channel words {
  word = "TRUE"
  other = "{a, b}"
}
channel empty "Empty" {
  word = ""
  other = "12,5" since 2026-01-01
  other = "\u{feff}" until 2025-12-31
}
channel titled "plain" { word = "-" }
"#;
    let one = ruleset(text);
    for whole in [false, true] {
        let other = in_a_sheet(&text.replace("channel words {", "channel words \"Words\" {"), whole).unwrap();
        let one = ruleset(&text.replace("channel words {", "channel words \"Words\" {"));
        assert_same(&one, &other, text);
    }
    assert_same(&one, &in_a_sheet(text, false).unwrap(), text);
}
