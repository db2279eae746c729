//! The bodies of the fuzz targets: each takes any bytes and panics where the library does not keep its word.
//!
//! `replay.rs` gives them the inputs that are kept in `tests/seeds`; the package `tests/fuzz` lets libFuzzer look for
//! others.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use qudao_engine::program::Program;
use qudao_engine::program::batch::{Batch, Form, Options, Reject, Rows, Split, header};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::diagnostic::{Diagnostic, apply_fixes, render, short};
use qudao_language::format::{self, Refusal};
use qudao_language::model::{Profile, Ruleset};
use qudao_language::profile::{Format, ReadProfile, read};
use qudao_language::source::{Files, Span};
use qudao_language::syntax::Sources;
use qudao_telling::result::to_json;
use qudao_telling::why;
use qudao_telling::words::Speaker;
use serde_json::Value as Json;

use crate::engines::{assert_grounded, assert_rows, assert_runs, expected};
use crate::generate::{self, Dice};
use crate::reading;

/// More profiles show little that the first do not.
const MOST_PROFILES: usize = 12;

/// The bytes choose a random ruleset, then profiles for it: all engines say the same of each.
pub(crate) fn agreement(bytes: &[u8]) {
    let mut dice = Dice::of(bytes);
    let random = generate::ruleset(&mut dice);
    let ruleset = reading::random(&random.text, "these bytes");
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    let mut scratch = program.scratch();
    let mut rows = Vec::new();
    while rows.is_empty() || (!dice.is_used_up() && rows.len() < MOST_PROFILES) {
        let known = dice.pick(101);
        rows.push(generate::profile(&mut dice, known));
    }
    for given in &rows {
        let profile = reading::random_profile(&ruleset, given);
        let decision = decide(&ruleset, &profile, program.ground().day);
        assert_grounded(program.ground(), &decision, &random.text);
        assert_runs(&program, &mut scratch, &decision, &random.text);
    }
    assert_rows(&program, &rows, &random.text);
}

/// The bytes are a ruleset's file: it is checked, laid out and evaluated, or what is wrong is said, at places in it.
pub(crate) fn ruleset(bytes: &[u8]) {
    let meaning = check_file(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match format::format("fuzzed.qd", text) {
        Ok(once) => {
            let twice = format::format("fuzzed.qd", &once).expect("what is laid out can be read");
            assert_eq!(once, twice, "laid out twice is laid out once");
            assert_eq!(check_file(once.as_bytes()), meaning, "the layout changes the meaning\n{once}");
        }
        Err(refusal) => match *refusal {
            Refusal::Errors(files, diagnostics) => assert_told(&files, &diagnostics),
            Refusal::Changed => panic!("the layout would change what the text says"),
        },
    }
}

/// Checks a file; tells what the ruleset means, if it is one.
fn check_file(bytes: &[u8]) -> Option<String> {
    let mut sources = Sources::new("fuzzed.qd", bytes.to_vec());
    while sources.wanted().is_some() {
        sources.absent("it is not there");
    }
    let checked = check(&sources);
    assert_told(sources.files(), &checked.diagnostics);
    let fixes = checked.diagnostics.iter().filter_map(|diagnostic| diagnostic.fix.as_ref());
    let _mended = apply_fixes(sources.files(), sources.main(), fixes);
    let ruleset = checked.ruleset?;
    let day = ruleset.as_of.unwrap_or(Date::parse("2024-02-29").unwrap());
    let program = Program::new(&ruleset, day);
    assert_decided(&program, &Profile::empty(&ruleset, "nothing"));
    Some(ruleset.meaning().to_string())
}

/// Each diagnostic can be shown, and speaks of places in the files.
fn assert_told(files: &Files, diagnostics: &[Diagnostic]) {
    let lies = |span: Span| {
        let text = files.get(span.file).text();
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} is no piece of a file");
    };
    for diagnostic in diagnostics {
        lies(diagnostic.label.span);
        diagnostic.labels.iter().for_each(|label| lies(label.span));
        diagnostic.fix.iter().flat_map(|fix| &fix.edits).for_each(|edit| lies(edit.span));
    }
    for diagnostic in diagnostics.iter().take(20) {
        assert!(render(files, diagnostic, false).contains(diagnostic.code.name()));
        assert!(short(files, diagnostic).contains(diagnostic.code.name()));
    }
}

/// A profile is decided and told, and all engines say the same of it.
fn assert_decided(program: &Program<'_>, profile: &Profile) {
    let ruleset = program.ruleset();
    let decision = decide(ruleset, profile, program.ground().day);
    assert_grounded(program.ground(), &decision, "these bytes");
    assert_runs(program, &mut program.scratch(), &decision, "these bytes");
    let speaker = Speaker::new(ruleset, Some("zh"));
    let _json = to_json(&decision, speaker, true);
    let _text = why::answer(&decision, speaker, &why::Options::default()).terminal(true);
}

static WECHAT: LazyLock<Ruleset> = LazyLock::new(|| {
    let sources = Sources::bundled("wechat").expect("a ruleset of this name is bundled");
    check(&sources).ruleset.expect("it has no errors")
});

static PROGRAM: LazyLock<Program<'static>> =
    LazyLock::new(|| Program::new(&WECHAT, WECHAT.as_of.expect("it names its day")));

/// The bytes are a profile, in each format, and rows of a table: what is accepted is evaluated, all engines say the
/// same of it, and a row is taken exactly if the profile of its object is.
pub(crate) fn profile(bytes: &[u8]) {
    for format in [Format::Json, Format::Yaml, Format::Toml] {
        let ReadProfile { files, profile, diagnostics } = read(&WECHAT, "p", bytes.to_vec(), format, &[]);
        assert!(profile.is_some() || !diagnostics.is_empty(), "refused without a reason");
        assert_told(&files, &diagnostics);
        if let Some(profile) = profile {
            assert_decided(&PROGRAM, &profile);
        }
    }
    assert_line(bytes);
    assert_table(bytes);
}

/// The bytes as one line of NDJSON.
fn assert_line(bytes: &[u8]) {
    let line: Vec<u8> = bytes.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }).collect();
    let options = Options { reasons: true, ..Options::default() };
    let batch = Batch::new(&PROGRAM, &options, Form::Ndjson).unwrap();
    let mut worker = batch.worker();
    worker.ndjson(&line, 1);
    let (out, rejects) = worker.take();
    if line.iter().all(u8::is_ascii_whitespace) {
        assert!(out.is_empty() && rejects.is_empty(), "a blank line is passed over");
        return;
    }
    let read = read(&WECHAT, "p", line, Format::Json, &[]);
    match &read.profile {
        Some(profile) => {
            assert!(rejects.is_empty(), "a profile, but no row: {rejects:?}");
            let answer: Json = serde_json::from_slice(&out).unwrap();
            assert_eq!(answer, expected(&WECHAT, profile, 1));
        }
        // A table may have other columns than a profile has fields.
        None if worker.idle().next().is_none() => {
            assert!(out.is_empty() && rejects.len() == 1, "a row, but no profile: {:?}", read.diagnostics);
        }
        None => {}
    }
}

/// The bytes as a table in CSV: it is cut the same, in whatever pieces it arrives.
fn assert_table(bytes: &[u8]) {
    let whole = table(&[bytes]);
    for part in [1, bytes.len() / 2 + 1] {
        let pieces: Vec<&[u8]> = bytes.chunks(part).collect();
        assert_eq!(table(&pieces), whole, "in pieces of {part} bytes");
    }
}

/// The answers to a table, and the rows that are set aside.
type Answers = (Vec<String>, BTreeSet<(u64, String)>);

/// The answers to a table, and its rows that are set aside.
fn table(pieces: &[&[u8]]) -> Result<Answers, String> {
    let mut split = Split::new(true);
    let mut rows: Vec<Rows> = pieces.iter().flat_map(|piece| split.push(piece, false)).collect();
    rows.extend(split.push(&[], true));
    // Blank lines before the header may come alone.
    let blank = |rows: &Rows| rows.aside.is_empty() && header(rows) == Err("there is no header".into());
    let mut rows = rows.into_iter().skip_while(blank);
    let (names, rest) = header(&rows.next().unwrap_or_default())?;
    let options = Options { reasons: true, ..Options::default() };
    let batch = Batch::new(&PROGRAM, &options, Form::Csv)?;
    let mut worker = batch.worker();
    std::iter::once(rest).chain(rows).for_each(|rows| worker.rows(&rows, Form::Csv, &names));
    let (out, rejects) = worker.take();
    let answers = String::from_utf8(out).unwrap().lines().map(|row| row.chars().take(40).collect()).collect();
    Ok((answers, rejects.into_iter().map(|Reject { line, reason, .. }| (line, reason)).collect()))
}
