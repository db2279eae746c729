//! Diagnostics: a page for each code whose examples are true, and what every mistake of the fixtures looks like.
//!
//! A fixture is a wrong ruleset (`tests/diagnostics/*.qd`) or a wrong profile (`tests/profiles/*`). Its snapshot holds
//! the source, what is said of it, and the edits of each fix. What is huge or binary is made here.

#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its files and looks at the clock; the library does not"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use qudao_analysis::analyse::findings::{Options, findings};
use qudao_language::check::{Checked, check};
use qudao_language::diagnostic::{Code, Diagnostic, Fix, Severity, apply_fixes, render};
use qudao_language::profile::{Format, ReadProfile, read};
use qudao_language::source::{Files, MAX_FILE_BYTES};
use qudao_language::syntax::{Sources, WantedKind};

use crate::support::{checked, files_below, folder, ruleset};

// The pages.

/// Codes that no ruleset and no profile in a fence can show: the file itself is what is wrong.
const TOLD_IN_WORDS: &[Code] = &[Code::FileTooLarge, Code::FileUnreadable, Code::NotUtf8, Code::StaleLock];

/// Codes that never come alone, and the code that comes with them: a test without a day means a header without one.
const COMES_WITH: &[(&str, &str)] = &[("undated-test", "missing-as-of")];

/// A fenced block of a page: the heading above it, its language, its text.
struct Fence<'p> {
    heading: &'p str,
    language: &'p str,
    text: String,
}

fn fences(page: &str) -> Vec<Fence<'_>> {
    let mut found: Vec<Fence<'_>> = Vec::new();
    let (mut heading, mut open) = ("", false);
    for line in page.lines() {
        if let Some(language) = line.strip_prefix("```") {
            if !open {
                found.push(Fence { heading, language, text: String::new() });
            }
            open = !open;
        } else if open {
            found.last_mut().unwrap().text += &format!("{line}\n");
        } else if let Some(title) = line.strip_prefix("## ") {
            heading = title;
        }
    }
    assert!(!open, "a fence is not closed");
    found
}

fn fence<'f>(fences: &'f [Fence<'_>], heading: &str, language: &str) -> Option<&'f str> {
    let mut here = fences.iter().filter(|fence| fence.heading == heading && fence.language == language);
    let found = here.next().map(|fence| fence.text.as_str());
    assert!(here.next().is_none(), "`{heading}` holds two blocks of {language}");
    found
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics");
    let mut names: Vec<String> = files_below(&pages)
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut codes: Vec<String> = Code::ALL.iter().map(|code| format!("{}.md", code.name())).collect();
    names.sort();
    codes.sort();
    assert_eq!(names, codes);
}

#[test]
fn pages_are_of_one_form() {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let (name, page) = (code.name(), code.page());
        let mut complain = |what: &str| wrong.push(format!("{name}: {what}"));
        let title = page.lines().next().unwrap_or("").strip_prefix(&format!("# {name}: ")).unwrap_or("");
        if title.is_empty() || title.ends_with('.') || title.starts_with(char::is_uppercase) {
            complain("the title is `# CODE: what is wrong`, lower case, without a full stop");
        }
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        if headings != ["Wrong", "Right"] {
            complain("the headings are `Wrong` and `Right`");
        }
        if let Some(line) = page.lines().find(|line| line.chars().count() > 80) {
            complain(&format!("a line is longer than 80 characters: {line}"));
        }
        if !page.ends_with('\n') || page.ends_with("\n\n") || page.ends_with("```\n") {
            complain("how to mend it stands last");
        }
        let (before, _) = page.split_once("## Wrong").unwrap_or((page, ""));
        let sentences = before.lines().skip(1).collect::<Vec<_>>().join(" ");
        let sentences = sentences.matches(". ").count() + usize::from(sentences.trim_end().ends_with('.'));
        if !(2..=6).contains(&sentences) {
            complain(&format!("what it means takes {sentences} sentences"));
        }
        let prose: Vec<&str> = page.split("```").step_by(2).collect();
        if let Some(line) =
            prose.iter().flat_map(|part| part.lines()).find(|l| l.matches('`').count() % 2 == 1)
        {
            complain(&format!("code goes over a line end: {line}"));
        }
        let words = prose.join(" ").to_lowercase();
        let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric() && c != '\'').collect();
        for word in
            ["i", "we", "our", "you", "your", "forgot", "simply", "just", "please", "invalid", "illegal"]
        {
            if words.contains(&word) {
                complain(&format!("the word `{word}`"));
            }
        }
        let fences = fences(page);
        let languages: Vec<&str> = fences.iter().map(|fence| fence.language).collect();
        if TOLD_IN_WORDS.contains(code) != languages.iter().all(|language| *language == "text") {
            complain("a fence of the wrong language");
        }
        if fences.iter().any(|fence| !["Wrong", "Right"].contains(&fence.heading))
            && !languages.contains(&"yaml")
        {
            complain("only the ruleset of a profile stands before `Wrong`");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn examples_of_the_pages_are_as_wrong_and_as_right_as_they_say() {
    let mut wrong = Vec::new();
    for code in Code::ALL.iter().filter(|code| !TOLD_IN_WORDS.contains(code)) {
        let fences = fences(code.page());
        for (heading, expected) in [("Wrong", vec![code.name()]), ("Right", vec![])] {
            let (files, diagnostics) = match fence(&fences, heading, "yaml") {
                Some(profile) => {
                    let ruleset = fence(&fences, "", "qudao").expect("the ruleset of the profile");
                    let read = read_as("profile.yaml", &ruleset_of(ruleset), profile.as_bytes().to_vec());
                    (read.files, read.diagnostics)
                }
                None => {
                    let text = fence(&fences, heading, "qudao").expect("a ruleset");
                    // A text beside it is that of its source, a sheet the one that it names.
                    let (files, checked) =
                        with_files(text, fence(&fences, heading, "text"), fence(&fences, heading, "csv"));
                    let mut diagnostics = checked.diagnostics;
                    if let Some(ruleset) = checked.ruleset.filter(|_| code.is_finding()) {
                        let options = Options { gaps: *code == Code::NoRecommendation, ..Options::default() };
                        diagnostics.extend(findings(&ruleset, &checked.allowed, &options));
                    }
                    (files, diagnostics)
                }
            };
            let found: Vec<&str> = diagnostics.iter().map(|d| d.code.name()).collect();
            let found: Vec<&str> =
                found.into_iter().filter(|found| !COMES_WITH.contains(&(code.name(), found))).collect();
            if found != expected {
                let shown: String = diagnostics.iter().map(|d| render(&files, d, false)).collect();
                wrong.push(format!("{}: `{heading}` gives {found:?}\n{shown}", code.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn ruleset_of(text: &str) -> qudao_language::model::Ruleset {
    let (_, checked) = checked("ruleset.qd", text);
    assert!(checked.diagnostics.is_empty(), "a profile's ruleset is clean: {:?}", checked.diagnostics);
    checked.ruleset.unwrap()
}

fn with_files(ruleset: &str, text: Option<&str>, csv: Option<&str>) -> (Files, Checked) {
    let mut sources = Sources::new("ruleset.qd", ruleset.as_bytes().to_vec());
    while let Some(wanted) = sources.wanted() {
        let file = match wanted.kind {
            WantedKind::Text => text,
            WantedKind::Table => csv,
            WantedKind::Part | WantedKind::Base | WantedKind::Lock => None,
        };
        match file {
            Some(text) => sources.supply(text.as_bytes().to_vec()),
            None => sources.absent("it is not there"),
        }
    }
    (sources.files().clone(), check(&sources))
}

/// What the pages tell in words. The hostile files below are too large or not UTF-8, and `import-absent.qd` is unreadable.
#[test]
fn a_lock_that_does_not_fit_is_told() {
    let text = "ruleset r\nsource article \"An article\" { text \"article.txt\" }\nchannel c\n";
    let mut shown = String::new();
    let stale = r#"{"version": 1, "texts": {"article": {"digest": "another", "quotes": {}}}}"#;
    let newer = r#"{"version": 2, "texts": {}}"#;
    for lock in [stale, newer, r#"{"version": 1, "texts": ["#, "[]", ""] {
        let mut sources = Sources::new("ruleset.qd", text.as_bytes().to_vec());
        while let Some(wanted) = sources.wanted() {
            let bytes = if wanted.kind == WantedKind::Lock { lock } else { "The text." };
            sources.supply(bytes.as_bytes().to_vec());
        }
        let diagnostics = check(&sources).diagnostics;
        assert_eq!(counted(&diagnostics), ["stale-lock 1"], "{lock}");
        writeln!(shown, "-------- {lock}\n{}", render(sources.files(), &diagnostics[0], false)).unwrap();
    }
    let mut settings = settings();
    settings.set_snapshot_path("../diagnostics/snapshots");
    settings.bind(|| insta::assert_snapshot!("locks", shown));
}

/// A text is locked, then it changes: each quote stands, moved or is gone, and what rests on it is named.
#[test]
fn what_became_of_locked_quotes_is_told() {
    let ruleset = "ruleset r \"R\"\nsource tariff \"Tariff\" { text \"tariff.txt\" }\nfact fee: number USD\n\
                   fact yearly: bool\nfact old: bool\nchannel stall {\n\
                   fee = 30 USD from tariff \"30 USD per month\"\nyearly = true from tariff \"once a year\"\n}\n\
                   channel other { yearly = true from tariff \"once a year\", old = true from tariff \"for long\" }\n\
                   rule fees { when stall.fee > 10 USD and other.old then score stall +1 from tariff \"30 USD per month\" }\n";
    let with = |text: &str, lock: Option<&str>| {
        let mut sources = Sources::new("ruleset.qd", ruleset.as_bytes().to_vec());
        while let Some(wanted) = sources.wanted() {
            match (wanted.kind, lock) {
                (WantedKind::Text, _) => sources.supply(text.as_bytes().to_vec()),
                (WantedKind::Lock, Some(lock)) => sources.supply(lock.as_bytes().to_vec()),
                _ => sources.absent("it is not there"),
            }
        }
        let checked = check(&sources);
        let lock = checked.ruleset.as_ref().map(|ruleset| qudao_language::check::lock(&sources, ruleset));
        let shown: String = checked.diagnostics.iter().map(|d| render(sources.files(), d, false)).collect();
        (lock, shown)
    };
    let (lock, _) = with("It stands for long.\nIt costs 30 USD per month.\nPaid once a year.\n", None);
    let lock = lock.unwrap();
    let (_, changed) =
        with("It stands for long.\nPaid\nonce a year.\nIt costs 130 USD per month.\n", Some(&lock));
    let (_, other) =
        with("It stands for long.\nIt costs 30 USD per month.\nPaid once a year!\n", Some(&lock));
    let conflict = format!("<<<<<<< HEAD\n{lock}=======\n{lock}>>>>>>> theirs\n");
    let (_, conflict) =
        with("It stands for long.\nIt costs 30 USD per month.\nPaid once a year.\n", Some(&conflict));
    let conflict_in_text = "<<<<<<< HEAD\nIt stands for long.\nIt costs 30 USD per month.\nPaid once a year.\n=======\n>>>>>>> theirs\n";
    let (_, in_text) = with(conflict_in_text, None);
    let mut settings = settings();
    settings.set_snapshot_path("../diagnostics/snapshots");
    let shown = [changed, other, conflict, in_text].join("--------\n");
    settings.bind(|| insta::assert_snapshot!("locked-quotes", shown));
}

// The fixtures.

/// Everything of a test with snapshots that is not its own.
fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// Checks a fixture with the files beside it.
fn check_fixture(path: &Path, text: &str) -> (Files, Checked) {
    let name = path.file_name().unwrap().to_string_lossy();
    let mut sources = Sources::new(&name, text.as_bytes().to_vec());
    while let Some(wanted) = sources.wanted() {
        match std::fs::read(path.with_file_name(&wanted.path)) {
            Ok(bytes) => sources.supply(bytes),
            Err(_) => sources.absent("it is not there"),
        }
    }
    (sources.files().clone(), check(&sources))
}

fn read_as(name: &str, ruleset: &qudao_language::model::Ruleset, bytes: Vec<u8>) -> ReadProfile {
    read(ruleset, name, bytes, Format::of_name(name).unwrap(), &[])
}

/// The ruleset that the profiles of the fixtures are for.
fn ruleset_of_profiles() -> qudao_language::model::Ruleset {
    ruleset(&std::fs::read_to_string(folder("profiles").join("ruleset.qd")).unwrap())
}

/// The source, and below it what is said of it, with the edits of the fixes.
fn shown(source: &str, files: &Files, diagnostics: &[Diagnostic]) -> String {
    let mut shown = format!("{}\n", source.trim_end());
    for diagnostic in diagnostics {
        write!(shown, "\n----\n{}", render(files, diagnostic, false).trim_end()).unwrap();
        if let Some(Fix { message, edits, sure }) = &diagnostic.fix {
            let word = if *sure { "fix" } else { "guess" };
            for edit in edits {
                let (place, old) = (files.place(edit.span), files.slice(edit.span));
                let at = format!("{}:{}", place.line, place.column);
                write!(shown, "\n{word}: {message}: {at} {old:?} -> {:?}", edit.text).unwrap();
            }
        }
        shown.push('\n');
    }
    if diagnostics.is_empty() {
        shown.push_str("\n----\nnothing is wrong\n");
    }
    shown
}

#[test]
fn wrong_rulesets_are_told_what_is_wrong() {
    let mut settings = settings();
    settings.set_snapshot_path("../diagnostics/snapshots");
    settings.bind(|| {
        insta::glob!("../diagnostics", "*.qd", |path| {
            let text = std::fs::read_to_string(path).unwrap();
            let (files, checked) = check_fixture(path, &text);
            insta::assert_snapshot!("ruleset", shown(&text, &files, &checked.diagnostics));
        });
    });
}

#[test]
fn wrong_profiles_are_told_what_is_wrong() {
    let ruleset = ruleset_of_profiles();
    let mut settings = settings();
    settings.set_snapshot_path("../profiles/snapshots");
    settings.bind(|| {
        insta::glob!("../profiles", "*.{yaml,json,toml}", |path| {
            let text = std::fs::read_to_string(path).unwrap();
            let read = read_as(&path.file_name().unwrap().to_string_lossy(), &ruleset, text.clone().into());
            insta::assert_snapshot!("profile", shown(&text, &read.files, &read.diagnostics));
        });
    });
}

#[test]
fn fixtures_and_snapshots_belong_together() {
    for (folder_name, least, prefix) in [("diagnostics", 60, "ruleset@"), ("profiles", 35, "profile@")] {
        let folder = folder(folder_name);
        let names = |folder: &Path| -> BTreeSet<String> {
            let entries = std::fs::read_dir(folder).unwrap();
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
        };
        let fixtures = names(&folder).into_iter().filter(|name| match prefix {
            "ruleset@" => name.ends_with(".qd"),
            _ => Format::of_name(name).is_some(),
        });
        let fixtures: BTreeSet<String> = fixtures.collect();
        assert!(fixtures.len() >= least, "only {} fixtures in {folder_name}", fixtures.len());
        let snapshots = names(&folder.join("snapshots")).into_iter();
        let snapshots =
            snapshots.filter_map(|name| Some(name.strip_prefix(prefix)?.strip_suffix(".snap")?.to_string()));
        assert_eq!(fixtures, snapshots.collect(), "{folder_name}");
    }
}

// Characters that no editor shows, and files that are not text.

/// Rulesets that are made here, for their characters would not survive an editor.
fn unusual_rulesets() -> Vec<(&'static str, String)> {
    let clean = "ruleset shops \"Where to sell\"\n\nchannel shop\nrule any { then score shop +1 }\n";
    let wrong = clean.replace("score shop", "score shp");
    let chinese =
        "ruleset r \"店\"\n\nchannel 店 \"👨\u{200d}👩\u{200d}👧 网店\"\nrule 常 { then score 店铺 +1 }\n";
    vec![
        ("byte-order-mark", format!("\u{feff}{wrong}")),
        ("byte-order-mark-before-mistake", "\u{feff}rulset shops\n".into()),
        ("byte-order-mark-inside", wrong.replace("channel", "\u{feff}channel")),
        ("line-ends-of-windows", wrong.replace('\n', "\r\n")),
        ("line-ends-mixed", wrong.replacen('\n', "\r\n", 2)),
        ("line-ends-of-old-macs", wrong.replace('\n', "\r")),
        ("line-ends-of-old-macs-and-comment", format!("# shops\n{wrong}").replace('\n', "\r")),
        ("unclosed-text-before-windows-line-end", "ruleset shops \"Where\r\nchannel shop\r\n".into()),
        ("no-line-end-at-the-end", wrong.trim_end().into()),
        ("tabs", wrong.replace("{ then", "{\n\t\tthen")),
        ("nul-in-code", clean.replace("score shop", "score\0 shop")),
        ("nul-in-text", clean.replace("Where to", "Where\0 to")),
        ("nul-in-comment", format!("# a\0b\n{clean}")),
        ("escape-in-text", clean.replace("Where to", "\u{1b}[31mWhere to")),
        ("bidi-in-comment", format!("# the shop \u{202e}pohs\u{2066}\n{clean}")),
        ("bidi-in-text", clean.replace("Where to", "Where \u{202e}to\u{202c}")),
        ("bidi-in-name", clean.replace("channel shop", "channel sh\u{202e}op")),
        ("bidi-between-words", clean.replace("score shop", "score \u{2066}shop")),
        ("joiner-in-name", clean.replace("channel shop", "channel sh\u{200d}op")),
        ("space-that-does-not-break", clean.replace("score shop", "score\u{a0}shop")),
        ("space-of-full-width", clean.replace("score shop", "score\u{3000}shop")),
        ("space-of-no-width", clean.replace("score shop", "score\u{200b} shop")),
        ("soft-hyphen", clean.replace("channel shop", "channel sh\u{ad}op")),
        ("line-separator", clean.replace("score shop", "score\u{2028} shop")),
        ("cyrillic-look-alike", clean.replace("score shop", "score sh\u{43e}p")),
        ("filler-as-name", clean.replace("shop", "\u{3164}")),
        (
            "composed-and-decomposed",
            "ruleset r\nchannel caf\u{e9}\nrule any { then score cafe\u{301} +1 }\n".into(),
        ),
        ("chinese-and-emoji-before-mistake", chinese.into()),
        ("emoji-in-name", clean.replace("channel shop", "channel shop🛒")),
        ("empty", String::new()),
        ("blank", " \n\t\n".into()),
        ("only-comment", "# nothing yet\n".into()),
        ("only-byte-order-mark", "\u{feff}".into()),
    ]
}

/// Profiles likewise.
fn unusual_profiles() -> Vec<(&'static str, String)> {
    vec![
        ("byte-order-mark.yaml", "\u{feff}owner: compny\n".into()),
        ("byte-order-mark.json", "\u{feff}{ \"owner\": \"compny\" }".into()),
        ("byte-order-mark.toml", "\u{feff}owner = \"compny\"\n".into()),
        ("byte-order-mark-inside.yaml", "owner: company\n\u{feff}posts: 9\n".into()),
        ("line-ends-of-windows.yaml", "owner: company\r\nposts: 900\r\n".into()),
        ("line-ends-of-windows.json", "{\r\n  \"owner\": \"compny\"\r\n}\r\n".into()),
        ("line-ends-of-windows.toml", "owner = \"company\"\r\nposts = 900\r\n".into()),
        ("line-ends-of-old-macs.yaml", "owner: company\rposts: 900\r".into()),
        ("line-ends-of-old-macs.toml", "owner = \"company\"\rposts = 900\r".into()),
        ("nul.yaml", "owner: com\0pany\n".into()),
        ("nul.json", "{ \"owner\": \"com\0pany\" }".into()),
        ("nul.toml", "owner = \"com\0pany\"\n".into()),
        ("escape-character.yaml", "owner: \"\\e[31mcompany\"\n".into()),
        ("escape-character.json", "{ \"owner\": \"\\u001b[31mcompany\" }".into()),
        ("bidi.yaml", "owner: \u{202e}company\n".into()),
        ("space-that-does-not-break.yaml", "owner:\u{a0}company\n".into()),
        ("space-of-full-width.yaml", "owner:\u{3000}company\n".into()),
        ("composed-and-decomposed.yaml", "owner: company\n客户数: 9\ncite\u{301}: 9\n".into()),
        ("blank.yaml", " \n\n".into()),
        ("only-byte-order-mark.json", "\u{feff}".into()),
    ]
}

/// A text with everything visible that would change how it is shown.
fn escaped(text: &str) -> String {
    let shown = text.chars().map(|c| match c {
        '\n' => "\n".into(),
        '\t' => "\\t".into(),
        '\u{a0}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2028}'
        | '\u{3000}'
        | '\u{301}'
        | '\u{43e}'
        | '\u{3164}' => c.escape_unicode().to_string(),
        c if c.is_control() || qudao_language::visible::is_hidden(c) => c.escape_default().to_string(),
        c => c.to_string(),
    });
    shown.collect()
}

#[test]
fn unusual_characters_are_shown_and_told() {
    let mut settings = settings();
    settings.set_snapshot_path("../diagnostics/snapshots");
    settings.bind(|| {
        for (name, text) in unusual_rulesets() {
            let (files, checked) = checked("made.qd", &text);
            let shown = shown(&escaped(&text), &files, &checked.diagnostics);
            insta::assert_snapshot!(format!("made-ruleset@{name}"), shown);
        }
    });
    let ruleset = ruleset_of_profiles();
    settings.set_snapshot_path("../profiles/snapshots");
    settings.bind(|| {
        for (name, text) in unusual_profiles() {
            let read = read_as(name, &ruleset, text.clone().into());
            let shown = shown(&escaped(&text), &read.files, &read.diagnostics);
            insta::assert_snapshot!(format!("made-profile@{name}"), shown);
        }
    });
}

#[test]
fn wrong_assignments_are_told_what_is_wrong() {
    let ruleset = ruleset_of_profiles();
    let given = [
        "posts",
        "",
        "=",
        "=9",
        "posts=",
        "posts=900",
        "post=9",
        "owner=compny",
        "owner=\"compny\"",
        "goals=sell",
        "goals=sell,content",
        "goals={sell, contnet}",
        "goals=[sell, content]",
        "goals={sell",
        "licence=yes",
        "posts=3 per day",
        "posts=unknown",
        "posts=4/month",
        "posts = 9",
        "posts==9",
        "posts: 9",
        "founded=2021-6-1",
        "客户=9",
        "city=",
        "city=\"\"",
        "posts=\u{202e}9",
    ];
    let mut shown = String::new();
    for assignment in given {
        let read =
            read(&ruleset, "--set", b"{\"owner\": \"company\"}".to_vec(), Format::Json, &[assignment.into()]);
        writeln!(shown, "-------- --set {:?}", assignment).unwrap();
        for diagnostic in &read.diagnostics {
            shown += &render(&read.files, diagnostic, false);
        }
        if read.profile.is_some() {
            shown += "taken\n\n";
        }
    }
    let mut settings = settings();
    settings.set_snapshot_path("../profiles/snapshots");
    settings.bind(|| insta::assert_snapshot!("assignments", shown));
}

// Fixes.

/// Offered fixes that do not mend what they are offered for, each with what is wrong with it. When one is mended, it
/// leaves this list.
const FIXES_THAT_FAIL: &[&str] = &[
    // Where a brace is missing can only be guessed.
    "bracket-unclosed-header.qd:1:31 guess of unbalanced-bracket: there is syntax instead",
    "rule-in-channel.qd:4:17 guess of unbalanced-bracket: there is syntax instead",
    // In a path, a slash is meant.
    "text-bad-escape.qd:3:35 guess of bad-escape: there is bad-path instead",
    // Without the filler there is no name.
    "filler-as-name:4:23 fix of forbidden-character: there is syntax instead",
];

/// Says what is wrong with the fixes of a file: each by itself, and all of them in rounds, as `check --fix` goes.
fn wrong_fixes(name: &str, text: &str, check: &dyn Fn(&str) -> (Files, Vec<Diagnostic>)) -> Vec<String> {
    let errors =
        |diagnostics: &[Diagnostic]| diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let mut wrong = Vec::new();
    let (files, diagnostics) = check(text);
    let main = files.iter().next().map(|(id, _)| id).unwrap();
    for diagnostic in &diagnostics {
        let Some(fix) = &diagnostic.fix else { continue };
        let Some((mended, _)) = apply_fixes(&files, main, [fix]) else {
            assert!(fix.edits.iter().all(|edit| edit.span.file != main), "{name}: a fix is not applied");
            continue;
        };
        let (files_after, after) = check(&mended);
        let same = |d: &&Diagnostic| (d.code, &d.message) == (diagnostic.code, &diagnostic.message);
        let place = files.place(diagnostic.label.span);
        let lines = fix.edits.iter().map(|edit| files.place(edit.span).line).chain([place.line]);
        let lines = lines.clone().min().unwrap()..=lines.max().unwrap();
        let here = |d: &&Diagnostic| lines.contains(&files_after.place(d.label.span).line);
        let gone = after.iter().filter(same).count() < diagnostics.iter().filter(same).count()
            || !after.iter().filter(same).any(|d| files_after.place(d.label.span) == place);
        let said = |d: &Diagnostic| diagnostics.iter().any(|b| (b.code, &b.message) == (d.code, &d.message));
        let new = after.iter().filter(|d| d.severity == Severity::Error && here(d) && !said(d));
        let new: Vec<&str> = new.map(|d| d.code.name()).collect();
        let worse = errors(&after) >= errors(&diagnostics) || new.contains(&Code::MalformedProfile.name());
        let word = if fix.sure { "fix" } else { "guess" };
        let at = format!("{name}:{}:{} {word} of {}", place.line, place.column, diagnostic.code.name());
        if !gone {
            wrong.push(format!("{at}: it is not gone"));
        } else if worse && !new.is_empty() {
            wrong.push(format!("{at}: there is {} instead", new.join(", ")));
        }
    }
    let mut text = text.to_string();
    for _ in 0..10 {
        let (files, diagnostics) = check(&text);
        match apply_fixes(&files, main, diagnostics.iter().filter_map(|d| d.fix.as_ref())) {
            Some((mended, _)) => text = mended,
            None => return wrong,
        }
    }
    wrong.push(format!("{name}: the fixes come to no end"));
    wrong
}

#[test]
fn fixes_mend_what_they_are_offered_for() {
    let mut wrong = Vec::new();
    let read_text = |path: &Path| std::fs::read_to_string(path).unwrap();
    let file_name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let here = |folder: &Path| {
        let mut paths: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    for path in here(&folder("diagnostics")).iter().filter(|path| path.extension().is_some_and(|e| e == "qd"))
    {
        wrong.extend(wrong_fixes(&file_name(path), &read_text(path), &|text| {
            let (files, checked) = check_fixture(path, text);
            (files, checked.diagnostics)
        }));
    }
    for (name, text) in unusual_rulesets() {
        wrong.extend(wrong_fixes(name, &text, &|text| {
            let (files, checked) = checked("made.qd", text);
            (files, checked.diagnostics)
        }));
    }
    let ruleset = ruleset_of_profiles();
    let profiles = here(&folder("profiles"));
    let profiles = profiles.iter().filter(|path| Format::of_name(&path.to_string_lossy()).is_some());
    let profiles = profiles.map(|path| (file_name(path), read_text(path)));
    let made = unusual_profiles().into_iter().map(|(name, text)| (name.to_string(), text));
    for (name, text) in profiles.chain(made) {
        wrong.extend(wrong_fixes(&name, &text, &|text| {
            let read = read_as(&name, &ruleset, text.as_bytes().to_vec());
            (read.files, read.diagnostics)
        }));
    }
    assert_eq!(wrong, FIXES_THAT_FAIL);
}

// Huge and hostile files.

/// No answer takes longer than this, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a diagnostic shows of a file is short, however long its lines are.
const LONGEST_SHOWN: usize = 4000;

/// How many diagnostics of each code there are.
fn counted(diagnostics: &[Diagnostic]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        *counts.entry(diagnostic.code.name()).or_default() += 1;
    }
    counts.into_iter().map(|(code, count)| format!("{code} {count}")).collect()
}

/// Runs a case: its codes, its time, and how much is shown.
fn run(
    name: &str,
    expected: &[&str],
    wrong: &mut Vec<String>,
    case: impl FnOnce() -> (Files, Vec<Diagnostic>),
) {
    let begun = Instant::now();
    let (files, diagnostics) = case();
    for diagnostic in diagnostics.iter().take(100) {
        let shown = render(&files, diagnostic, false).len();
        if shown > LONGEST_SHOWN {
            wrong.push(format!("{name}: {shown} bytes are shown"));
            break;
        }
    }
    let took = begun.elapsed();
    if took > PATIENCE {
        wrong.push(format!("{name}: took {took:?}"));
    }
    let found = counted(&diagnostics);
    if found != expected {
        wrong.push(format!("{name}: gives {found:?}, not {expected:?}"));
    }
}

/// A ruleset with one rule, whose condition is given.
fn one_rule(condition: &str) -> String {
    format!(
        "ruleset r\nprofile {{ a: bool, n: number in 0 .. 9 }}\nchannel c\n\
         rule all {{ when a and n > 1, then score c +1 }}\nrule it {{\n  when {condition}\n  then score c +1\n}}\n"
    )
}

/// A ruleset with one more rule, whose effects are given.
fn one_effect(effects: &str) -> String {
    format!("ruleset r\nprofile {{ a: bool }}\nchannel c\nrule it {{ when a, then score c +1{effects} }}\n")
}

/// A ruleset with more declarations.
fn and_more(declarations: &str) -> String {
    one_effect("") + declarations
}

type Case = (&'static str, String, &'static [&'static str]);

fn hostile_rulesets() -> Vec<Case> {
    let nested =
        |open: &str, depth: usize, close: &str| one_rule(&(open.repeat(depth) + "a" + &close.repeat(depth)));
    let numbered = |count: usize, line: fn(usize) -> String| (0..count).map(line).collect::<String>();
    vec![
        ("100,000 open parentheses", one_rule(&"(".repeat(100_000)), &["too-deep 1"]),
        ("100,000 pairs of parentheses", nested("(", 100_000, ")"), &["too-deep 1"]),
        ("100,000 open brackets", one_rule(&format!("c.x{}", "[".repeat(100_000))), &["too-deep 1"]),
        ("100,000 open braces", one_rule(&format!("a in {}", "{".repeat(100_000))), &["too-deep 1"]),
        ("100,000 calls", one_rule(&"f(".repeat(100_000)), &["too-deep 1"]),
        ("500,000 denials", one_rule(&format!("{}a", "not ".repeat(500_000))), &["too-deep 1"]),
        ("500,000 minus signs", one_rule(&format!("{}n > 1", "-".repeat(500_000))), &["too-deep 1"]),
        ("50,000 ifs", one_rule(&"if ".repeat(50_000)), &["too-deep 1"]),
        ("50,000 elses", one_rule(&format!("{}a", "if a then a else ".repeat(50_000))), &["too-deep 1"]),
        // The braces of the rule are one level.
        ("128 levels of parentheses", nested("(", 127, ")"), &[]),
        ("129 levels of parentheses", nested("(", 128, ")"), &["too-deep 1"]),
        ("128 levels of denial", nested("not ", 127, ""), &[]),
        ("129 levels of denial", nested("not ", 128, ""), &["too-deep 1"]),
        ("128 levels of if", nested("if a then a else ", 127, ""), &[]),
        ("129 levels of if", nested("if a then a else ", 128, ""), &["too-deep 1"]),
        ("128 levels of sections", sections(128), &[]),
        ("129 levels of sections", sections(129), &["too-deep 1"]),
        (
            "an expression in a text too deep",
            one_effect(&format!(", note \"{{{}\"", "(".repeat(100_000) + "}")),
            &["too-deep 1"],
        ),
        ("100,000 terms joined by and", one_rule(&vec!["a"; 100_000].join(" and ")), &[]),
        ("100,000 terms of a sum", one_rule(&(vec!["n"; 100_000].join(" + ") + " > 1")), &[]),
        ("20,000 members of a set", one_rule(&format!("n in {{{}}}", vec!["1"; 20_000].join(", "))), &[]),
        ("100,000 units", one_rule(&format!("n > 1 {}", "per x ".repeat(100_000))), &["syntax 1"]),
        ("100,000 dots", one_rule(&format!("n in {}", "..".repeat(100_000))), &["syntax 1"]),
        (
            "20,000 brackets of three kinds",
            one_rule(&("([{".repeat(20_000) + &")]}".repeat(20_000))),
            &["too-deep 1"],
        ),
        (
            "16,000 declarations that are not closed",
            and_more(&"channel c {\n".repeat(16_000)),
            &["unbalanced-bracket 16000"],
        ),
        (
            "16,000 texts that are not closed",
            and_more(&"\nrule r { when \"".repeat(16_000)),
            &["unclosed-text 16000"],
        ),
        (
            "a long text that is not closed",
            and_more(&format!("channel d \"\"\"{}", "x\n".repeat(500_000))),
            &["unclosed-text 1"],
        ),
        (
            "10,000 syntax errors",
            and_more(&"rule r { when a = a, then score c +1 }\n".repeat(10_000)),
            &["syntax 10000"],
        ),
        (
            "10,000 unknown names",
            and_more(&numbered(10_000, |i| format!("rule r{i} {{ when b{i}, then score c +1 }}\n"))),
            &["unknown-name 10000"],
        ),
        (
            "10,000 rules of one name",
            and_more(&"rule it { then score c +1 }\n".repeat(10_000)),
            &["duplicate-name 10000"],
        ),
        (
            "10,000 rules",
            and_more(&numbered(10_000, |i| format!("rule r{i} {{ when a, then score c +1 }}\n"))),
            &[],
        ),
        ("100,000 words between declarations", and_more(&"x y z\n".repeat(100_000)), &["syntax 1"]),
        ("100,000 strange characters", and_more(&"$".repeat(100_000)), &["forbidden-character 1"]),
        (
            "100,000 hidden characters",
            and_more(&format!("# {}\n", "\u{202e}".repeat(100_000))),
            &["forbidden-character 1"],
        ),
        (
            "100,000 typographic quotation marks",
            and_more(&"“".repeat(100_000)),
            &["forbidden-character 50000"],
        ),
        ("1,000,000 quotation marks", and_more(&"\"".repeat(1_000_000)), &["syntax 1", "unclosed-text 1"]),
        ("20,000 expressions in a text", one_effect(&format!(", note \"{}\"", "{a}".repeat(20_000))), &[]),
        (
            "100,000 braces in a text",
            one_effect(&format!(", note \"{}\"", "{".repeat(100_000))),
            &["unbalanced-bracket 1"],
        ),
        (
            "50,000 wrong escapes",
            one_effect(&format!(", note \"{}\"", "\\q".repeat(50_000))),
            &["bad-escape 50000"],
        ),
        (
            "a mistake after 1 MB on its line",
            one_effect(&format!(", note \"{}\", score d +1", "x".repeat(1_000_000))),
            &["unknown-target 1"],
        ),
        (
            "a mistake after 1 MB of Chinese on its line",
            one_effect(&format!(", note \"{}\", score d +1", "渠".repeat(333_333))),
            &["unknown-target 1"],
        ),
        (
            "a syntax error after 1 MB on its line",
            one_effect(&format!(", note \"{}\" scroe c +1", "x".repeat(1_000_000))),
            &["syntax 1"],
        ),
        (
            "an unknown name of 100 kB",
            one_effect(&format!(", score {} +1", "x".repeat(100_000))),
            &["unknown-target 1"],
        ),
        (
            "an unknown unit of 100 kB",
            and_more(&format!("fact f: number {}\n", "x".repeat(100_000))),
            &["unknown-unit 1"],
        ),
        (
            "a number of 1 MB",
            and_more(&format!("weight w = {}\n", "9".repeat(1_000_000))),
            &["number-too-long 1"],
        ),
        (
            "a fraction of 1 MB",
            and_more(&format!("weight w = 0.{}\n", "9".repeat(1_000_000))),
            &["number-too-long 1"],
        ),
        ("a comment of 10 MB", and_more(&format!("# {}\n", "x".repeat(10_000_000))), &[]),
        ("1,000,000 blank lines", and_more(&"\n".repeat(1_000_000)), &[]),
        (
            "a chain of 20,000 lets",
            and_more(
                &numbered(20_000, |i| format!("let l{} = l{i} + 1\n", i + 1)).replace("= l0 +", "= 1 +"),
            ),
            &["too-deep 1"],
        ),
        (
            "lets that double 100 times",
            and_more(&numbered(100, |i| format!("let l{} = l{i} + l{i}\n", i + 1)).replace("l0", "1")),
            &["too-large 1"],
        ),
        (
            "a chain of 20,000 exceptions",
            and_more(
                &numbered(20_000, |i| format!("rule r{} exception to r{i} {{ then score c +1 }}\n", i + 1))
                    .replace("exception to r0 ", ""),
            ),
            &["too-deep 1"],
        ),
        (
            "a circle of 500 needs",
            and_more(&numbered(500, |i| format!("channel c{i} {{ needs c{} }}\n", (i + 1) % 500))),
            &["cycle 1"],
        ),
        (
            "60 levels of points",
            and_more(&format!(
                "levels l{}\nrule more {{ then score c +l, score c +l0 }}\n",
                numbered(60, |i| format!(" > l{i}"))
            )),
            &["arithmetic-too-large 1"],
        ),
        ("a file of 16 MiB", of_size(MAX_FILE_BYTES), &[]),
        ("a file of 16 MiB and one byte", of_size(MAX_FILE_BYTES + 1), &["file-too-large 1"]),
    ]
}

/// A profile with so many levels of braces.
fn sections(depth: usize) -> String {
    format!(
        "ruleset r\nchannel c\nprofile {{{} }}{}\n",
        " section \"s\" {".repeat(depth - 1),
        " }".repeat(depth - 1)
    )
}

/// A clean ruleset of so many bytes.
fn of_size(bytes: usize) -> String {
    let clean = and_more("# ");
    let rest = bytes - clean.len() - 1;
    clean + &"x".repeat(rest) + "\n"
}

#[test]
fn hostile_rulesets_are_answered_at_once() {
    let mut wrong = Vec::new();
    for (name, text, expected) in hostile_rulesets() {
        run(name, expected, &mut wrong, || {
            let (files, checked) = checked("made.qd", &text);
            (files, checked.diagnostics)
        });
    }
    let clean = and_more("").into_bytes();
    let with = |more: &[u8]| [clean.as_slice(), more].concat();
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let binary: [(&str, Vec<u8>); 8] = [
        ("a character cut off at the end", with(b"\xe6\xb8")),
        ("UTF-16, low byte first", [b"\xff\xfe".as_slice(), &utf16("ruleset r")].concat()),
        ("UTF-16, high byte first", b"\xfe\xff\0r\0u\0l\0e".to_vec()),
        ("GB18030", b"ruleset r \"\xc8\xa5\xc4\xc4\xc0\xef\xc2\xf4\"\n".to_vec()),
        ("Latin 1", b"ruleset r \"caf\xe9\"\n".to_vec()),
        ("half of a pair", with(b"# \xed\xa0\x80\n")),
        ("a character written too long", with(b"# \xc0\x80\n")),
        ("a compressed file", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0".to_vec()),
    ];
    for (name, bytes) in binary {
        run(name, &["not-utf8 1"], &mut wrong, || {
            let sources = Sources::new("made.qd", bytes);
            (sources.files().clone(), check(&sources).diagnostics)
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn hostile_profiles() -> Vec<Case> {
    let laughs: String = ('b'..='j')
        .map(|c| {
            let before = char::from(c as u8 - 1);
            format!("{c}: &{c} [{}]\n", vec![format!("*{before}"); 9].join(", "))
        })
        .collect();
    let deep = |before: &str, depth: usize, after: &str| {
        format!("{before}{}{}{after}", "[".repeat(depth), "]".repeat(depth))
    };
    let with = |more: &str| format!("owner: company\n{more}\n");
    let json = |more: &str| format!("{{\"owner\": \"company\", {more}}}");
    vec![
        ("100,000 open brackets.yaml", "[".repeat(100_000), &["too-deep 1"]),
        ("100,000 open braces.yaml", "{".repeat(100_000), &["too-deep 1"]),
        ("100,000 dashes.yaml", "- ".repeat(100_000), &["too-deep 1"]),
        ("2,000 indented fields.yaml", (0..2000).map(|i| " ".repeat(i) + "a:\n").collect(), &["too-deep 1"]),
        ("100,000 open brackets.json", format!("{{\"owner\": {}", "[".repeat(100_000)), &["too-deep 1"]),
        ("100,000 open braces.json", "{\"a\":".repeat(100_000), &["too-deep 1"]),
        ("100,000 open brackets.toml", format!("owner = {}", "[".repeat(100_000)), &["too-deep 1"]),
        ("100,000 open braces.toml", format!("owner = {}", "{a=".repeat(100_000)), &["too-deep 1"]),
        ("100,000 dots.toml", format!("{}b = 1\n", "a.".repeat(100_000)), &["too-deep 1"]),
        // The fields themselves are no level.
        ("32 levels.yaml", deep("owner: ", 32, "\n"), &["type-mismatch 1"]),
        ("33 levels.yaml", deep("owner: ", 33, "\n"), &["too-deep 1"]),
        ("32 levels.json", deep("{\"owner\": ", 32, "}"), &["type-mismatch 1"]),
        ("33 levels.json", deep("{\"owner\": ", 33, "}"), &["too-deep 1"]),
        ("128 levels.json", deep("{\"owner\": ", 128, "}"), &["too-deep 1"]),
        ("129 levels.json", deep("{\"owner\": ", 129, "}"), &["too-deep 1"]),
        ("32 levels.toml", deep("owner = ", 32, "\n"), &["type-mismatch 1"]),
        ("33 levels.toml", deep("owner = ", 33, "\n"), &["too-deep 1"]),
        ("a billion laughs.yaml", format!("a: &a [lol]\n{laughs}"), &["malformed-profile 1"]),
        (
            "a text repeated 5,000 times.yaml",
            format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(60_000), vec!["*a"; 5000].join(", ")),
            &["malformed-profile 1"],
        ),
        ("100,000 documents.yaml", "---\n".repeat(100_000), &["malformed-profile 1"]),
        (
            "20,000 unknown fields.yaml",
            with(&(0..20_000).map(|i| format!("f{i}: 1\n")).collect::<String>()),
            &["malformed-profile 1", "unknown-field 100"],
        ),
        (
            "100,000 times one field.json",
            json(&vec!["\"posts\": 9"; 100_000].join(", ")),
            &["duplicate-field 100", "malformed-profile 1"],
        ),
        (
            "100,000 unknown fields of 20 letters.json",
            json(
                &(0..100_000).map(|i| format!("\"field_number_{i:07}\": {i}")).collect::<Vec<_>>().join(", "),
            ),
            &["malformed-profile 1", "unknown-field 100"],
        ),
        (
            "50,000 lines without an equals sign.toml",
            format!("owner = \"company\"\n{}", "posts: 9\n".repeat(50_000)),
            &["malformed-profile 101"],
        ),
        (
            "50,000 bare names.toml",
            (0..50_000).map(|i| format!("渠{i} = x\n")).collect(),
            &["malformed-profile 101"],
        ),
        (
            "50,000 commas too many.json",
            json(&vec!["\"posts\": 9,,"; 50_000].join("\n")),
            &["malformed-profile 101"],
        ),
        (
            "50,000 lines that swallow fields.yaml",
            with(&format!("city:\n{}", "  posts:9\n".repeat(50_000))),
            &["malformed-profile 101"],
        ),
        (
            "50,000 fields twice.toml",
            (0..2).map(|_| (0..50_000).map(|i| format!("f{i} = 1\n")).collect::<String>()).collect(),
            &["duplicate-field 100", "malformed-profile 1"],
        ),
        (
            "20,000 unknown values.json",
            json(&format!("\"goals\": [{}]", vec!["\"sel\""; 20_000].join(", "))),
            &["malformed-profile 1", "unknown-value 100"],
        ),
        (
            "a mistake after 1 MB on its line.json",
            json(&format!("\"city\": \"{}\", \"post\": 9", "x".repeat(1_000_000))),
            &["unknown-field 1"],
        ),
        (
            "a mistake after 1 MB on its line.yaml",
            format!("{{owner: company, city: \"{}\", post: 9}}", "渠".repeat(333_333)),
            &["unknown-field 1"],
        ),
        (
            "20,000 texts for a set.json",
            json(&format!("\"goals\": \"{}\"", vec!["sel"; 20_000].join(","))),
            &["type-mismatch 1"],
        ),
        (
            "100,000 keys of a group.yaml",
            format!("owner: company\na: {{{}}}\n", "b: 1, ".repeat(100_000)),
            &["unknown-field 1"],
        ),
        ("a value of 100 kB.yaml", format!("owner: {}\n", "x".repeat(100_000)), &["unknown-value 1"]),
        (
            "a field's name of 100 kB.json",
            json(&format!("\"{}\": 1", "x".repeat(100_000))),
            &["unknown-field 1"],
        ),
        (
            "a number of 1 MB.json",
            json(&format!("\"posts\": {}", "9".repeat(1_000_000))),
            &["number-too-long 1"],
        ),
        ("a number of 1 MB.yaml", with(&format!("posts: {}", "9".repeat(1_000_000))), &["number-too-long 1"]),
        (
            "a number of 1 MB.toml",
            format!("owner = \"company\"\nposts = {}\n", "9".repeat(1_000_000)),
            &["number-too-long 1"],
        ),
        ("an exponent of 21 digits.json", json("\"posts\": 1e999999999999999999999"), &["number-too-long 1"]),
        ("a unit of 100 kB.yaml", with(&format!("posts: 9 {}", "x".repeat(100_000))), &["unknown-unit 1"]),
        (
            "a text that is not closed.yaml",
            with(&format!("city: \"{}", "x\n".repeat(500_000))),
            &["malformed-profile 1"],
        ),
        ("a profile of 16 MiB.yaml", with(&format!("# {}", "x".repeat(MAX_FILE_BYTES - 18))), &[]),
        (
            "a profile of 16 MiB and one byte.yaml",
            with(&format!("# {}", "x".repeat(MAX_FILE_BYTES - 17))),
            &["file-too-large 1"],
        ),
    ]
}

#[test]
fn hostile_profiles_are_answered_at_once() {
    let ruleset = ruleset_of_profiles();
    let mut wrong = Vec::new();
    for (name, text, expected) in hostile_profiles() {
        run(name, expected, &mut wrong, || {
            let read = read_as(name, &ruleset, text.into_bytes());
            (read.files, read.diagnostics)
        });
    }
    for (name, bytes) in [
        ("a character cut off at the end.yaml", b"owner: company\n\xe6\xb8".as_slice()),
        ("UTF-16.yaml", b"\xff\xfeo\0w\0"),
        ("UTF-16.json", b"\xfe\xff\0{\0}"),
        ("GB18030.yaml", b"owner: \xc6\xf3\xd2\xb5\n"),
        ("a compressed file.json", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0"),
    ] {
        run(name, &["not-utf8 1"], &mut wrong, || {
            let read = read_as(name, &ruleset, bytes.to_vec());
            (read.files, read.diagnostics)
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn comparisons_in_a_row_give_one_diagnostic() {
    let mut wrong = Vec::new();
    for (name, row) in [
        ("100,000 comparisons", vec!["n"; 100_000].join(" < ")),
        ("100,000 ranges", format!("n{}", " in 1 .. 2".repeat(100_000))),
        ("100,000 states", format!("n{}", " is known".repeat(100_000))),
        ("100,000 members", format!("n{}", " has a".repeat(100_000))),
    ] {
        run(name, &["chained-comparison 1"], &mut wrong, || {
            let (files, checked) = checked("made.qd", &one_rule(&row));
            (files, checked.diagnostics)
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
