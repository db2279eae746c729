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
//! - `proof TARGET`: lines that the proof of a target has, in this order
//! - `better TARGET`: the lines that tell the smallest changes for a better verdict on a target, all of them

use qudao_engine::advise::{STEPS, advise};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::diagnostic::{Severity, render};
use qudao_language::model::{Profile, Ruleset};
use qudao_language::syntax::Sources;
use qudao_telling::why;
use qudao_telling::words::Speaker;
use serde_json::Value as Json;

use crate::support::{answer, answer_text, codes, codes_of, files_below, folder, profile};

#[test]
fn every_case_comes_out_as_the_language_says() {
    let cases: Vec<_> = files_below(&folder("conformance"));
    let mut failures = Vec::new();
    for path in &cases {
        let text = std::fs::read_to_string(path).unwrap();
        let run = std::panic::catch_unwind(|| run(&text));
        let wrong = match run {
            Ok(wrong) => wrong,
            Err(cause) => vec![cause.downcast_ref::<String>().cloned().unwrap_or("a panic".into())],
        };
        let name = path.strip_prefix(folder("conformance")).unwrap().display().to_string();
        failures.extend(wrong.into_iter().map(|wrong| format!("{name}: {wrong}")));
    }
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert!(cases.len() >= 80, "only {} cases", cases.len());
}

/// A section of a case: its name, the words behind it, and its text.
struct Section<'c> {
    name: &'c str,
    words: Vec<&'c str>,
    text: &'c str,
}

fn sections(case: &str) -> Vec<Section<'_>> {
    let mut sections = Vec::new();
    let mut rest = case;
    while let Some(start) = rest.find("\n--- ") {
        rest = &rest[start + 5..];
        let (heading, body) = rest.split_once('\n').unwrap_or((rest, ""));
        // A section may be empty.
        let end = if body.starts_with("--- ") { Some(0) } else { body.find("\n--- ").map(|end| end + 1) };
        let text = &body[..end.unwrap_or(body.len())];
        let mut words = heading.split_whitespace();
        sections.push(Section { name: words.next().unwrap_or(""), words: words.collect(), text });
        rest = &rest[heading.len()..];
    }
    sections
}

impl Section<'_> {
    /// Its text as a file has it.
    fn bytes(&self) -> Vec<u8> {
        let bom = if self.words.contains(&"bom") { "\u{feff}" } else { "" };
        let text =
            if self.words.contains(&"crlf") { self.text.replace('\n', "\r\n") } else { self.text.into() };
        format!("{bom}{text}").into_bytes()
    }
}

fn run(case: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if !case.starts_with("# § ") {
        wrong.push("the first line names no paragraph".into());
    }
    let sections = sections(case);
    let names = [
        "ruleset",
        "file",
        "profile",
        "errors",
        "notes",
        "profile-errors",
        "expect",
        "text",
        "proof",
        "better",
    ];
    for section in sections.iter().filter(|section| !names.contains(&section.name)) {
        wrong.push(format!("there is no section `{}`", section.name));
    }
    let find = |name: &str| sections.iter().find(|section| section.name == name);
    let section = |name: &str| find(name).map(|section| section.text);
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
    if let Some(expected) = section("errors") {
        compare_codes(expected, &codes(files, &checked.diagnostics), &mut wrong);
    }
    if let Some(expected) = section("notes") {
        let found = codes_of(files, &checked.diagnostics, |severity| severity == Severity::Note);
        compare_codes(expected, &found, &mut wrong);
    }
    let expected =
        ["profile-errors", "expect", "text", "proof", "better"].iter().any(|name| section(name).is_some());
    if !expected && (section("errors").is_some() || section("notes").is_some()) {
        return wrong;
    }
    let shown: String = checked.diagnostics.iter().map(|d| render(files, d, false)).collect();
    let ruleset = checked.ruleset.unwrap_or_else(|| panic!("the ruleset has errors\n{shown}"));
    let read = profile(&ruleset, section("profile").unwrap_or("{}"));
    if let Some(expected) = section("profile-errors") {
        compare_codes(expected, &codes(&read.files, &read.diagnostics), &mut wrong);
        return wrong;
    }
    let lines =
        |name: &str| section(name).into_iter().flat_map(str::lines).map(str::trim).filter(|l| !l.is_empty());
    let word = |prefix: &str| lines("expect").find_map(|line| line.strip_prefix(prefix));
    let day = word("as of ").map(|day| Date::parse(day).unwrap());
    let result = answer(&ruleset, &read, day, word("lang "));
    wrong.extend(crate::trace::check(&result).into_iter().map(|says| format!("trace: {says}")));
    let mut asked = 0;
    for line in lines("expect").filter(|line| !line.starts_with("as of ") && !line.starts_with("lang ")) {
        asked += 1;
        wrong.extend(unmet(&result, line));
    }
    if section("text").is_some() {
        let text = answer_text(&ruleset, &read, day, word("lang "));
        asked += lines("text").count();
        wrong.extend(lacks(&text, lines("text")));
    }
    for section in sections.iter().filter(|section| section.name == "proof") {
        let lines = || section.text.lines().map(str::trim).filter(|line| !line.is_empty());
        asked += lines().count();
        let text = proof(&ruleset, read.profile.as_ref().unwrap(), section.words[0], day, word("lang "));
        wrong.extend(lacks(&text, lines()));
    }
    for section in sections.iter().filter(|section| section.name == "better") {
        asked += 1;
        let told = better(&ruleset, read.profile.as_ref().unwrap(), section.words[0], word("lang "));
        let expected: Vec<&str> = section.text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        if told != expected {
            wrong.push(format!("better {} is {told:#?}, expected {expected:#?}", section.words[0]));
        }
    }
    if asked == 0 {
        wrong.push("nothing is expected".into());
    }
    wrong
}

/// Says which of some lines a text lacks, or has not in this order.
fn lacks<'l>(text: &str, mut lines: impl Iterator<Item = &'l str>) -> Option<String> {
    let mut rest = text.lines();
    let lacking = lines.find(|line| !rest.any(|found| found.trim() == *line))?;
    Some(format!("no line (or not in this order) `{lacking}` in\n{text}"))
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
fn better(ruleset: &Ruleset, profile: &Profile, target: &str, language: Option<&str>) -> Vec<String> {
    let speaker = Speaker::new(ruleset, language);
    let day = ruleset.as_of.unwrap_or(Date::parse("2026-01-01").unwrap());
    let decision = decide(ruleset, profile, day);
    let target = ruleset.target(target).unwrap_or_else(|| panic!("no target is named {target}"));
    let advice = advise(ruleset, profile, day, target, STEPS);
    let proof = why::proof(&decision, speaker, target, Some(&advice)).terminal(false);
    let lines = proof.lines().skip_while(|line| *line != speaker.tongue.smallest_changes()).skip(2);
    lines.take_while(|line| !line.is_empty()).map(|line| line.trim().to_string()).collect()
}

/// Says how an expectation fails.
fn unmet(result: &Json, line: &str) -> Option<String> {
    if let Some(path) = line.strip_prefix("no ") {
        return find(result, path).map(|found| format!("{path} is {found}, expected none"));
    }
    let (path, value) = line.split_once(" = ").unwrap_or_else(|| panic!("not an expectation: {line}"));
    let value: Json = serde_json::from_str(value).unwrap_or_else(|e| panic!("{line}: {e}"));
    match find(result, path) {
        Some(found) if holds(&found, &value) => None,
        found => Some(format!("{path} is {}, expected {value}", found.unwrap_or(Json::from("nothing")))),
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

fn compare_codes(expected: &str, found: &[String], wrong: &mut Vec<String>) {
    let mut expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
    expected.sort_unstable();
    found.sort_unstable();
    if expected != found {
        wrong.push(format!("diagnostics are {found:?}, expected {expected:?}"));
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
