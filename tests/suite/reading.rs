//! Rulesets and profiles from text, for the suite and for the fuzz targets.

use qudao_language::check::{Checked, check};
use qudao_language::diagnostic::{Code, Diagnostic, Severity, render};
use qudao_language::model::{Profile, Ruleset};
use qudao_language::profile::{Format, ReadProfile, read};
use qudao_language::source::Files;
use qudao_language::syntax::Sources;

use crate::generate;

/// Checks a ruleset of one file; its sources' texts are absent.
pub(crate) fn checked(name: &str, text: &str) -> (Files, Checked) {
    let mut sources = Sources::new(name, text.as_bytes().to_vec());
    while sources.wanted().is_some() {
        sources.absent("it is not there");
    }
    (sources.files().clone(), check(&sources))
}

/// Checks a ruleset that has no errors.
pub(crate) fn ruleset(text: &str) -> Ruleset {
    let (files, checked) = checked("test.qd", text);
    let shown: String = checked.diagnostics.iter().map(|d| render(&files, d, false)).collect();
    checked.ruleset.unwrap_or_else(|| panic!("the ruleset has errors\n{shown}"))
}

/// Checks a random ruleset: nothing may be wrong with it.
pub(crate) fn random(text: &str, case: &str) -> Ruleset {
    let (files, checked) = checked("random.qd", text);
    let doubtful = |d: &&Diagnostic| d.code == Code::UnreadField || d.severity == Severity::Note;
    let wrong: Vec<Diagnostic> = checked.diagnostics.iter().filter(|d| !doubtful(d)).cloned().collect();
    if !wrong.is_empty() {
        let wrong = codes(&files, &wrong);
        let shown: String = checked.diagnostics.iter().map(|d| render(&files, d, false)).collect();
        panic!("{case}: {wrong:?}\n{shown}\n{text}");
    }
    checked.ruleset.unwrap()
}

/// Reads a profile in YAML.
pub(crate) fn profile(ruleset: &Ruleset, text: &str) -> ReadProfile {
    read(ruleset, "profile.yaml", text.as_bytes().to_vec(), Format::Yaml, &[])
}

/// Reads a random profile: nothing may be wrong with it.
pub(crate) fn random_profile(ruleset: &Ruleset, given: &[(&str, Option<&str>)]) -> Profile {
    let read = profile(ruleset, &generate::yaml(given));
    read.profile.unwrap_or_else(|| panic!("{:?}\n{given:?}", read.diagnostics))
}

/// Each error and warning as `code line`, or `code FILE:line` outside of the first file.
pub(crate) fn codes(files: &Files, diagnostics: &[Diagnostic]) -> Vec<String> {
    codes_of(files, diagnostics, |severity| severity != Severity::Note)
}

/// The diagnostics of some severities as `code line`, or `code FILE:line` outside of the first file.
pub(crate) fn codes_of(
    files: &Files,
    diagnostics: &[Diagnostic],
    which: impl Fn(Severity) -> bool,
) -> Vec<String> {
    let main = files.iter().next().map(|(id, _)| id);
    let shown = diagnostics.iter().filter(|d| which(d.severity)).map(|d| {
        let line = files.place(d.label.span).line;
        let file = d.label.span.file;
        let at = if Some(file) == main { String::new() } else { format!("{}:", files.get(file).name()) };
        format!("{} {at}{line}", d.code.name())
    });
    shown.collect()
}
