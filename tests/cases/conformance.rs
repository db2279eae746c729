//! Conformance: tiny rulesets, each with a profile and the part of the result that matters, each naming the paragraph
//! of the language that it settles.
//!
//! A case is a text file. Its first line is `# § N: what it settles`. Then come sections, each begun by `--- NAME`:
//!
//! - `ruleset`, the main file; `file NAME`, a further file, its path relative to the main file's folder; behind the
//!   name of either may stand `crlf` (its line ends are CR LF) and `bom` (it begins with a byte order mark)
//! - `profile` in YAML (`{}` if there is none)
//! - `errors` and warnings of the ruleset, `notes` of it, `profile-errors`; a line each: `code line`, or
//!   `code FILE:line` in a further file
//! - `expect`: expectations of the result, a line each: `PATH = JSON`. A path goes through the result by keys parted
//!   by ` / `; an entry of a list is named by its id, rule (with `@channel` for an instance), field, fact, need or
//!   number from 0, and `#` is a list's length, `ids` the names of its entries. A line may also be `as of DATE`,
//!   `lang TAG`, `no PATH`
//! - `text`: lines that the answer as text has, in this order
//! - `client`: lines that the answer for a client has, in this order
//! - `proof TARGET`: lines that the proof of a target has, in this order
//! - `better TARGET`: the lines that tell the smallest changes for a better verdict on a target, all of them
//!
//! With `UPDATE=1` what is expected is written anew: values, codes, and for a line that a text no longer has, the one
//! in its place that is most like it.

use std::ops::Range;
use std::path::Path;

use libtest_mimic::Trial;
use qudao_engine::advise::{Advice, STEPS, advise, turn};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::diagnostic::{Severity, render};
use qudao_language::model::{Profile, Ruleset};
use qudao_language::profile::ReadProfile;
use qudao_language::syntax::Sources;
use qudao_telling::why;
use qudao_telling::words::Speaker;
use serde_json::Value as Json;

use similar::{Algorithm, DiffTag, TextDiff, capture_diff_slices};

use crate::reading::{codes, codes_of};
use crate::support::{answer, files_below, folder, profile};
use crate::{Wrong, case, updates};

pub(crate) fn trials() -> Vec<Trial> {
    let home = folder("conformance");
    let files = files_below(&home).into_iter();
    files.map(|path| case(crate::name("conformance", &home, &path), path, run)).collect()
}

/// Runs a case; where what is expected is to be written anew, again with what was written.
fn run(path: &Path) -> Wrong {
    let mut text = std::fs::read_to_string(path).unwrap();
    let mut judged = judge(&text);
    if updates() && !judged.anew.is_empty() {
        judged.anew.sort_by_key(|(range, _)| range.start);
        judged.anew.iter().rev().for_each(|(range, anew)| text.replace_range(range.clone(), anew));
        std::fs::write(path, &text).unwrap();
        judged = judge(&text);
    }
    judged.wrong
}

/// What is wrong with a case, and what would be right: texts for some ranges of its file.
#[derive(Default)]
struct Judged {
    wrong: Wrong,
    anew: Vec<(Range<usize>, String)>,
}

impl Judged {
    fn differs(&mut self, piece: &Piece<'_>, says: String, anew: String) {
        self.wrong.push((piece.line, says));
        self.anew.push((piece.start..piece.start + piece.text.len(), anew));
    }
}

/// A piece of a case: its text, the line on which it stands, and where it begins.
pub(crate) struct Piece<'c> {
    pub(crate) text: &'c str,
    pub(crate) line: usize,
    pub(crate) start: usize,
}

impl<'c> Piece<'c> {
    /// The lines in it that are not blank, without the white space around them.
    fn lines(&self) -> impl Iterator<Item = Piece<'c>> {
        let mut start = self.start;
        let lines = (self.line..).zip(self.text.split_inclusive('\n')).map(move |(line, whole)| {
            let text = whole.trim();
            let piece = Piece { text, line, start: start + whole.len() - whole.trim_start().len() };
            start += whole.len();
            piece
        });
        lines.filter(|line| !line.text.is_empty())
    }

    fn texts(&self) -> Vec<&'c str> {
        self.lines().map(|line| line.text).collect()
    }
}

/// A section of a case: its name, the words behind it, and what stands below.
pub(crate) struct Section<'c> {
    pub(crate) name: &'c str,
    pub(crate) words: Vec<&'c str>,
    pub(crate) body: Piece<'c>,
}

pub(crate) fn sections(case: &str) -> Vec<Section<'_>> {
    let mut sections = Vec::new();
    let mut at = 0;
    while let Some(start) = case[at..].find("\n--- ") {
        at += start + 5;
        let heading = case[at..].lines().next().unwrap_or("");
        at += heading.len();
        let start = (at + 1).min(case.len());
        let rest = &case[start..];
        // A section may be empty.
        let end = if rest.starts_with("--- ") { Some(0) } else { rest.find("\n--- ").map(|end| end + 1) };
        let text = &rest[..end.unwrap_or(rest.len())];
        let mut words = heading.split_whitespace();
        let body = Piece { text, line: case[..start].matches('\n').count() + 1, start };
        sections.push(Section { name: words.next().unwrap_or(""), words: words.collect(), body });
    }
    sections
}

impl Section<'_> {
    /// Its text as a file has it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let bom = if self.words.contains(&"bom") { "\u{feff}" } else { "" };
        let text = self.body.text;
        let text = if self.words.contains(&"crlf") { text.replace('\n', "\r\n") } else { text.into() };
        format!("{bom}{text}").into_bytes()
    }
}

const NAMES: [&str; 11] = [
    "ruleset",
    "file",
    "profile",
    "errors",
    "notes",
    "profile-errors",
    "expect",
    "text",
    "client",
    "proof",
    "better",
];

fn judge(case: &str) -> Judged {
    let mut judged = Judged::default();
    if !case.starts_with("# § ") {
        judged.wrong.push((1, "the first line names no paragraph".into()));
    }
    let sections = sections(case);
    for section in sections.iter().filter(|section| !NAMES.contains(&section.name)) {
        judged.wrong.push((section.body.line - 1, format!("there is no section `{}`", section.name)));
    }
    let find = |name: &str| sections.iter().find(|section| section.name == name);
    let body = |name: &str| find(name).map(|section| &section.body);
    let main = find("ruleset").unwrap_or_else(|| panic!("no ruleset"));
    let mut sources = Sources::new("test.qd", main.bytes());
    while let Some(wanted) = sources.wanted() {
        let file =
            sections.iter().find(|file| file.name == "file" && file.words.first() == Some(&&*wanted.path));
        match file {
            Some(file) => sources.supply(file.bytes()),
            None => sources.absent("it is not there"),
        }
    }
    let checked = check(&sources);
    let files = sources.files();
    if let Some(expected) = body("errors") {
        compare_codes(expected, codes(files, &checked.diagnostics), &mut judged);
    }
    if let Some(expected) = body("notes") {
        let found = codes_of(files, &checked.diagnostics, |severity| severity == Severity::Note);
        compare_codes(expected, found, &mut judged);
    }
    let expected = ["profile-errors", "expect", "text", "client", "proof", "better"]
        .iter()
        .any(|name| body(name).is_some());
    if !expected && (body("errors").is_some() || body("notes").is_some()) {
        return judged;
    }
    let shown: String = checked.diagnostics.iter().map(|d| render(files, d, false)).collect();
    let ruleset = checked.ruleset.unwrap_or_else(|| panic!("the ruleset has errors\n{shown}"));
    let read = profile(&ruleset, body("profile").map_or("{}", |body| body.text));
    if let Some(expected) = body("profile-errors") {
        compare_codes(expected, codes(&read.files, &read.diagnostics), &mut judged);
        return judged;
    }
    let lines = || body("expect").into_iter().flat_map(Piece::lines);
    let word = |prefix: &str| lines().find_map(|line| line.text.strip_prefix(prefix));
    let (day, language) = (word("as of ").map(|day| Date::parse(day).unwrap()), word("lang "));
    let result = answer(&ruleset, &read, day, language);
    let untraced = crate::trace::check(&result).into_iter();
    judged.wrong.extend(untraced.map(|says| (main.body.line, format!("trace: {says}"))));
    let mut asked = 0;
    for line in lines().filter(|line| !line.text.starts_with("as of ") && !line.text.starts_with("lang ")) {
        asked += 1;
        if let Some((says, anew)) = unmet(&result, line.text) {
            judged.differs(&line, says, anew);
        }
    }
    for section in &sections {
        let target = || section.words[0];
        let given = || read.profile.as_ref().unwrap();
        let (told, whole) = match section.name {
            "text" => (answer_text(&ruleset, &read, day, language), false),
            "client" => (client_text(&ruleset, given(), day, language), false),
            "proof" => (proof(&ruleset, given(), target(), day, language), false),
            "better" => (better(&ruleset, given(), target(), language), true),
            _ => continue,
        };
        asked += section.body.lines().count() + usize::from(whole);
        compare_lines(&section.body, &told, whole, &mut judged);
    }
    if asked == 0 {
        judged.wrong.push((1, "nothing is expected".into()));
    }
    judged
}

/// Compares lines with those of a text: all that it has, or some that it has in this order.
fn compare_lines(expected: &Piece<'_>, told: &str, whole: bool, judged: &mut Judged) {
    let told: Vec<&str> = told.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut rest = told.iter();
    let lacking = expected.lines().find(|line| !rest.any(|found| *found == line.text));
    let more = whole && told.len() > expected.lines().count();
    if lacking.is_none() && !more {
        return;
    }
    let (line, missing) = match &lacking {
        Some(line) => (line.line, format!("`{}` is not there, or not in this order", line.text)),
        None => (expected.line, "there are more lines".into()),
    };
    let anew: Vec<&str> = if whole { told.clone() } else { nearest(&expected.texts(), &told) };
    let says = format!("{missing}; told is\n{}", told.join("\n"));
    let piece = Piece { line, ..*expected };
    judged.differs(&piece, says, anew.iter().map(|line| format!("{line}\n")).collect());
}

/// What some lines of a text have become: each that is no longer there, the line in its place that is most like it.
fn nearest<'l>(old: &[&'l str], new: &[&'l str]) -> Vec<&'l str> {
    let mut lines = Vec::new();
    for operation in capture_diff_slices(Algorithm::Myers, old, new) {
        let (old, mut new) = (&old[operation.old_range()], &new[operation.new_range()]);
        if operation.tag() == DiffTag::Equal {
            lines.extend(old);
            continue;
        }
        for line in old {
            let like = |other: &str| TextDiff::from_chars(*line, other).ratio();
            let best = new.iter().enumerate().max_by(|(_, a), (_, b)| like(a).total_cmp(&like(b)));
            if let Some((at, best)) = best {
                lines.push(*best);
                new = &new[at + 1..];
            }
        }
    }
    lines
}

/// Decides a profile and returns the answer as text.
fn answer_text(ruleset: &Ruleset, read: &ReadProfile, day: Option<Date>, language: Option<&str>) -> String {
    let profile = read.profile.as_ref().unwrap_or_else(|| panic!("the profile has errors"));
    let day = day.or(ruleset.as_of).unwrap_or(Date::parse("2026-01-01").unwrap());
    let decision = decide(ruleset, profile, day);
    why::answer(&decision, Speaker::new(ruleset, language), &why::Options::default()).terminal(false)
}

/// Decides a profile and returns the answer for a client as text.
fn client_text(ruleset: &Ruleset, profile: &Profile, day: Option<Date>, language: Option<&str>) -> String {
    let day = day.or(ruleset.as_of).unwrap_or(Date::parse("2026-01-01").unwrap());
    let decision = decide(ruleset, profile, day);
    let told = why::told_in_full(&decision).into_iter();
    let advice: Vec<Advice> = told.map(|target| turn(ruleset, profile, day, target, STEPS)).collect();
    let speaker = Speaker::new(ruleset, language);
    why::client(&decision, speaker, &advice, false).in_text(&speaker).terminal(false)
}

/// The proof of a target.
fn proof(
    ruleset: &Ruleset,
    profile: &Profile,
    target: &str,
    day: Option<Date>,
    language: Option<&str>,
) -> String {
    let day = day.or(ruleset.as_of).unwrap_or(Date::parse("2026-01-01").unwrap());
    let decision = decide(ruleset, profile, day);
    let target = ruleset.target(target).unwrap_or_else(|| panic!("no target is named {target}"));
    why::proof(&decision, Speaker::new(ruleset, language), target, None).terminal(false)
}

/// The lines below the heading of the smallest changes.
fn better(ruleset: &Ruleset, profile: &Profile, target: &str, language: Option<&str>) -> String {
    let speaker = Speaker::new(ruleset, language);
    let day = ruleset.as_of.unwrap_or(Date::parse("2026-01-01").unwrap());
    let decision = decide(ruleset, profile, day);
    let target = ruleset.target(target).unwrap_or_else(|| panic!("no target is named {target}"));
    let advice = advise(ruleset, profile, day, target, STEPS);
    let proof = why::proof(&decision, speaker, target, Some(&advice)).terminal(false);
    let lines = proof.lines().skip_while(|line| *line != speaker.tongue.smallest_changes()).skip(2);
    lines.take_while(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

/// Says how an expectation fails, and which would not.
fn unmet(result: &Json, line: &str) -> Option<(String, String)> {
    if let Some(path) = line.strip_prefix("no ") {
        let found = find(result, path)?;
        return Some((format!("{path} is {found}, expected none"), format!("{path} = {found}")));
    }
    let (path, value) = line.split_once(" = ").unwrap_or_else(|| panic!("not an expectation: {line}"));
    let value: Json = serde_json::from_str(value).unwrap_or_else(|e| panic!("{line}: {e}"));
    match find(result, path) {
        Some(found) if holds(&found, &value) => None,
        Some(found) => {
            let says = format!("{path} is {found}, expected {value}");
            Some((says, format!("{path} = {}", asked_for(found, &value))))
        }
        None => Some((format!("{path} is nothing, expected {value}"), format!("no {path}"))),
    }
}

/// Of what was found, the keys that an expectation names.
fn asked_for(found: Json, expected: &Json) -> Json {
    match (found, expected) {
        (Json::Object(found), Json::Object(expected)) => {
            let named = found.into_iter().filter_map(|(key, value)| {
                let value = asked_for(value, expected.get(&key)?);
                Some((key, value))
            });
            named.collect()
        }
        (Json::Array(found), Json::Array(expected)) if found.len() == expected.len() => {
            found.into_iter().zip(expected).map(|(found, expected)| asked_for(found, expected)).collect()
        }
        (found, _) => found,
    }
}

/// Keys may be added to a result within a version, so an object has those that are expected and maybe more.
fn holds(found: &Json, expected: &Json) -> bool {
    match (found, expected) {
        (Json::Object(found), Json::Object(expected)) => {
            expected.iter().all(|(key, value)| found.get(key).is_some_and(|found| holds(found, value)))
        }
        (Json::Array(found), Json::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| holds(a, b))
        }
        _ => found == expected,
    }
}

fn compare_codes(expected: &Piece<'_>, mut found: Vec<String>, judged: &mut Judged) {
    let mut codes = expected.texts();
    codes.sort_unstable();
    found.sort_unstable();
    if codes != found {
        let anew = found.iter().map(|code| format!("{code}\n")).collect();
        judged.differs(expected, format!("diagnostics are {found:?}, expected {codes:?}"), anew);
    }
}

fn find(result: &Json, path: &str) -> Option<Json> {
    path.split(" / ").map(str::trim).try_fold(result.clone(), |at, key| match at {
        Json::Array(entries) if key == "#" => Some(Json::from(entries.len())),
        Json::Array(entries) if key == "ids" => Some(entries.iter().map(name).collect()),
        Json::Array(entries) => entries
            .iter()
            .enumerate()
            .find(|(i, entry)| name(entry) == key || i.to_string() == key)
            .map(|(_, entry)| entry.clone()),
        Json::Object(object) => object.get(key).cloned(),
        _ => None,
    })
}

/// The name of a list's entry.
fn name(entry: &Json) -> Json {
    if let Some(rule) = entry.get("rule").and_then(Json::as_str) {
        // Needs and notes have rules too, but go by their own names.
        if entry.get("need").is_none() {
            return match entry.get("instance").and_then(Json::as_str) {
                Some(channel) => Json::from(format!("{rule}@{channel}")),
                None => Json::from(rule),
            };
        }
    }
    for key in ["id", "field", "fact", "need", "target", "source"] {
        if let Some(name) = entry.get(key).filter(|name| name.is_string()) {
            return name.clone();
        }
    }
    if let Some(through) = entry.get("through").filter(|through| through.is_string()) {
        return through.clone();
    }
    entry.clone()
}
