//! The pages of diagnostics: each is of one form, and its examples are as wrong and as right as they say.

use qudao_analysis::analyse::findings::{Options, findings};
use qudao_language::check::{Checked, check};
use qudao_language::diagnostic::{Code, render};
use qudao_language::model::Ruleset;
use qudao_language::source::Files;
use qudao_language::syntax::{Sources, WantedKind};

use crate::Wrong;
use crate::docs::line_of;
use crate::support::{checked, read_as};

/// Codes that no ruleset and no profile in a fence can show: the file itself is what is wrong, or one that is neither.
const TOLD_IN_WORDS: &[Code] = &[
    Code::FileTooLarge,
    Code::FileUnreadable,
    Code::MalformedProject,
    Code::MoreMistakes,
    Code::NotUtf8,
    Code::StaleLock,
    Code::UnknownSetting,
];

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

/// Runs the page of a code.
pub(crate) fn run(name: &str, page: &str) -> Wrong {
    let mut wrong = Vec::new();
    let code = Code::ALL.iter().find(|code| code.name() == name).expect("a code of this name");
    form(*code, page, &mut wrong);
    if !TOLD_IN_WORDS.contains(code) {
        examples(*code, page, &mut wrong);
    }
    wrong
}

fn form(code: Code, page: &str, wrong: &mut Wrong) {
    let name = code.name();
    let mut complain = |what: &str| wrong.push((1, what.to_string()));
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
    if let Some(line) = prose.iter().flat_map(|part| part.lines()).find(|l| l.matches('`').count() % 2 == 1) {
        complain(&format!("code goes over a line end: {line}"));
    }
    let words = prose.join(" ").to_lowercase();
    let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric() && c != '\'').collect();
    for word in ["i", "we", "our", "you", "your", "forgot", "simply", "just", "please", "invalid", "illegal"]
    {
        if words.contains(&word) {
            complain(&format!("the word `{word}`"));
        }
    }
    let fences = fences(page);
    let languages: Vec<&str> = fences.iter().map(|fence| fence.language).collect();
    if TOLD_IN_WORDS.contains(&code) != languages.iter().all(|language| *language == "text") {
        complain("a fence of the wrong language");
    }
    if fences.iter().any(|fence| !["Wrong", "Right"].contains(&fence.heading)) && !languages.contains(&"yaml")
    {
        complain("only the ruleset of a profile stands before `Wrong`");
    }
}

fn examples(code: Code, page: &str, wrong: &mut Wrong) {
    let fences = fences(page);
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
                    let options = Options { gaps: code == Code::NoRecommendation, ..Options::default() };
                    diagnostics.extend(findings(&ruleset, &checked.allowed, &options));
                }
                (files, diagnostics)
            }
        };
        let found: Vec<&str> = diagnostics.iter().map(|d| d.code.name()).collect();
        // The least that shows a mistake in a fact or a source has nothing that reads it.
        let beside = |found: &str| {
            COMES_WITH.contains(&(code.name(), found))
                || (["unread-fact", "unused"].contains(&found) && code.name() != found)
        };
        let found: Vec<&str> = found.into_iter().filter(|found| !beside(found)).collect();
        if found != expected {
            let shown: String = diagnostics.iter().map(|d| render(&files, d, false)).collect();
            wrong.push((line_of(page, &format!("\n## {heading}")) + 1, format!("gives {found:?}\n{shown}")));
        }
    }
}

fn ruleset_of(text: &str) -> Ruleset {
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
            WantedKind::Part | WantedKind::Base | WantedKind::Workbook | WantedKind::Lock => None,
        };
        match file {
            Some(text) => sources.supply(text.as_bytes().to_vec()),
            None => sources.absent("it is not there"),
        }
    }
    (sources.files().clone(), check(&sources))
}
