//! What is wrong, as plain data: a code, a severity, a message, labels, notes and a fix.

mod code;
mod excerpt;
mod fixes;
mod github;
mod json;
mod nearest;
mod render;
mod sarif;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::source::{Conflict, FileId, Files, Span};

pub use code::Code;
pub use fixes::apply_fixes;
pub use github::{to_workflow_command, workflow_command};
pub use json::to_json;
pub use nearest::{Effort, nearest, nearest_hint, nearest_within};
pub use render::{render, render_in, short};
pub use sarif::to_sarif;

/// How much a diagnostic weighs. Only errors keep a ruleset from being evaluated.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Doubtful.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// Returns the word for this severity.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Frame::ENGLISH.severity(self)
    }
}

/// The words that stand around what a diagnostic says, in a language.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Good to know.
    pub note: &'static str,
    /// Doubtful.
    pub warning: &'static str,
    /// Wrong.
    pub error: &'static str,
    /// Before what to do.
    pub help: &'static str,
    /// Before a change that is sure.
    pub fix: &'static str,
    /// Before a guess.
    pub perhaps: &'static str,
    /// Before each of several changes.
    pub either: &'static str,
    /// Before the command that tells more.
    pub more: &'static str,
}

impl Frame {
    /// The words in English.
    pub const ENGLISH: Frame = Frame {
        note: "note",
        warning: "warning",
        error: "error",
        help: "help: ",
        fix: "fix: ",
        perhaps: "perhaps: ",
        either: "either: ",
        more: "more: ",
    };

    /// Returns the word for a severity.
    #[must_use]
    pub fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Note => self.note,
            Severity::Warning => self.warning,
            Severity::Error => self.error,
        }
    }
}

/// A piece of a file and what to say of it; the message may be empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The piece.
    pub span: Span,
    /// What stands there, a fragment of a sentence.
    pub message: String,
}

/// A change that would mend what is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What the change does, in the imperative.
    pub message: String,
    /// The pieces to replace; they do not overlap.
    pub edits: Vec<Edit>,
    /// Whether nothing else can be meant; otherwise it is a guess.
    pub sure: bool,
}

/// A piece of a file and the text to stand in its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// The piece.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// One mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The kind of mistake; its page is shown by `qudao explain`.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, one line, without a full stop.
    pub message: String,
    /// Where, and what stands there.
    pub label: Label,
    /// Other places that belong to the mistake.
    pub labels: Vec<Label>,
    /// What to do, or what is known besides.
    pub notes: Vec<String>,
    /// A change that would mend it.
    pub fix: Option<Fix>,
    /// Changes of which one would mend it, where none is likelier than the others. None of them is applied.
    pub choices: Vec<Fix>,
}

impl Diagnostic {
    /// Returns a diagnostic of the code's own severity.
    #[must_use]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            message: readable(message.into()),
            label: Label { span, message: String::new() },
            labels: Vec::new(),
            notes: Vec::new(),
            fix: None,
            choices: Vec::new(),
        }
    }

    /// Tells of something that is called by its old name, which is still read.
    pub(crate) fn renamed(
        code: Code,
        old: impl std::fmt::Display,
        now: &str,
        span: Span,
        mend: impl Into<String>,
    ) -> Diagnostic {
        let what = match code {
            Code::RenamedField => "field",
            Code::RenamedChannel => "channel",
            _ => "value",
        };
        Diagnostic::new(code, span, format!("the {what} `{old}` is now `{now}`"))
            .here("its old name, which is still read")
            .fix(format!("write `{now}`"), span, mend)
    }

    /// Says what stands at the place of the mistake.
    #[must_use]
    pub fn here(mut self, message: impl Into<String>) -> Diagnostic {
        self.label.message = readable(message.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn also(mut self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, message: readable(message.into()) });
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(readable(note.into()));
        self
    }

    /// Offers a replacement of one piece, where nothing else can be meant.
    #[must_use]
    pub fn fix(self, message: impl Into<String>, span: Span, text: impl Into<String>) -> Diagnostic {
        self.change(message, span, text, true)
    }

    /// Offers a replacement of one piece that may be what is meant.
    #[must_use]
    pub fn guess(self, message: impl Into<String>, span: Span, text: impl Into<String>) -> Diagnostic {
        self.change(message, span, text, false)
    }

    /// Offers a replacement of one piece as one of several that may be meant.
    #[must_use]
    pub fn either(mut self, message: impl Into<String>, span: Span, text: impl Into<String>) -> Diagnostic {
        let edits = vec![Edit { span, text: text.into() }];
        self.choices.push(Fix { message: readable(message.into()), edits, sure: false });
        self
    }

    fn change(
        mut self,
        message: impl Into<String>,
        span: Span,
        text: impl Into<String>,
        sure: bool,
    ) -> Diagnostic {
        let edits = vec![Edit { span, text: text.into() }];
        self.fix = Some(Fix { message: readable(message.into()), edits, sure });
        self
    }

    /// Offers the nearest of some names in place of what stands at `span`, if one is near.
    #[must_use]
    pub fn near<'a>(self, span: Span, wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Diagnostic {
        self.near_name(span, nearest(wrong, names))
    }

    /// Offers the nearest of some names, as long as there is effort left to look for it.
    #[must_use]
    pub fn near_within<'a>(
        self,
        effort: &mut Effort,
        span: Span,
        wrong: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Diagnostic {
        self.near_name(span, nearest_within(effort, wrong, names))
    }

    /// Offers a near name, if there is one.
    #[must_use]
    pub fn near_name(self, span: Span, name: Option<&str>) -> Diagnostic {
        match name {
            Some(name) => self.note(format!("the nearest name is `{name}`")).guess(
                format!("write `{name}`"),
                span,
                name,
            ),
            None => self,
        }
    }
}

impl Diagnostic {
    /// Returns its notes and its fix as lines for people. A near name is its own fix.
    fn advice(&self, frame: &Frame) -> Vec<String> {
        let mut lines: Vec<String> = self.notes.iter().map(|note| format!("{}{note}", frame.help)).collect();
        if let Some(fix) = &self.fix
            && !self.notes.iter().any(|note| note.starts_with("the nearest name"))
        {
            lines.push(format!("{}{}", if fix.sure { frame.fix } else { frame.perhaps }, fix.message));
        }
        lines.extend(self.choices.iter().map(|choice| format!("{}{}", frame.either, choice.message)));
        lines
    }
}

/// Tells of the merge conflicts of a file.
#[must_use]
pub fn merge_conflicts(file: FileId, conflicts: &[Conflict]) -> Vec<Diagnostic> {
    let at = |range: &Range<usize>| Span { file, start: range.start as u32, end: range.end as u32 };
    let told = conflicts.iter().map(|conflict| match &conflict.end {
        Some(end) => {
            Diagnostic::new(Code::MergeConflict, at(&conflict.mark), "a merge conflict is not resolved")
                .here("this conflict marker begins it")
                .also(at(end), "and this one ends it")
                .note(RESOLVE)
        }
        None => lone_marker(at(&conflict.mark)),
    });
    told.collect()
}

/// Takes away the fixes of files that hold what a merge left: people are to settle that first.
pub(crate) fn leave_conflicts_alone(diagnostics: &mut [Diagnostic]) {
    let conflicts = diagnostics.iter().filter(|diagnostic| diagnostic.code == Code::MergeConflict);
    let files: BTreeSet<FileId> = conflicts.map(|diagnostic| diagnostic.label.span.file).collect();
    for diagnostic in diagnostics.iter_mut().filter(|_| !files.is_empty()) {
        let settled = |fix: &Fix| fix.edits.iter().all(|edit| !files.contains(&edit.span.file));
        diagnostic.fix = diagnostic.fix.take().filter(settled);
        diagnostic.choices.retain(settled);
    }
}

/// Takes away what is open only because its file was cut short at a byte that is no UTF-8.
pub(crate) fn leave_cut_ends_alone(diagnostics: &mut Vec<Diagnostic>) {
    let cut = diagnostics.iter().filter(|diagnostic| diagnostic.code == Code::NotUtf8);
    let cut: BTreeSet<FileId> = cut.map(|diagnostic| diagnostic.label.span.file).collect();
    let is_open = |code: Code| matches!(code, Code::UnclosedText | Code::UnbalancedBracket);
    diagnostics.retain(|found| !is_open(found.code) || !cut.contains(&found.label.span.file));
}

/// Tells of a conflict marker that stands alone.
#[must_use]
pub fn lone_marker(at: Span) -> Diagnostic {
    Diagnostic::new(Code::MergeConflict, at, "a conflict marker was left here by a merge")
        .here("a conflict marker, without its like")
        .note(RESOLVE)
}

const RESOLVE: &str = "settle what is to stay of the two sides, then remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`";

/// Names and texts longer than this are shortened in messages, in characters.
const LONGEST_NAME: usize = 64;
/// What is left of them.
const SHORTENED_NAME: usize = 40;
/// Messages longer than this are cut off, in characters.
const LONGEST_MESSAGE: usize = 1000;

/// Returns a message in which every name between backticks is short enough to read, and so is the whole.
fn readable(text: String) -> String {
    if text.len() <= LONGEST_NAME {
        return text;
    }
    let parts: Vec<_> = text
        .split('`')
        .enumerate()
        .map(|(place, part)| if place % 2 == 1 { shortened(part) } else { part.into() })
        .collect();
    let text = parts.join("`");
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text,
    }
}

/// Returns the beginning and the end of a name that is too long to read.
#[must_use]
pub fn shortened(name: &str) -> std::borrow::Cow<'_, str> {
    let offset = |place: usize| name.char_indices().nth(place).map(|(at, _)| at);
    if name.len() <= LONGEST_NAME || offset(LONGEST_NAME).is_none() {
        return name.into();
    }
    const END: usize = 9;
    let end = name.char_indices().rev().nth(END - 1).map_or(0, |(at, _)| at);
    let (Some(begin), Some(end)) =
        (offset(SHORTENED_NAME - END - 1).and_then(|at| name.get(..at)), name.get(end..))
    else {
        return name.into();
    };
    format!("{begin}…{end}").into()
}

/// Returns a list for a sentence: `a`, `a or b`, `a, b or c`.
#[must_use]
pub fn one_of(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    }
}

/// Makes places larger that begin or end within a character.
pub(crate) fn settle(files: &Files, diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics {
        let labels = std::iter::once(&mut diagnostic.label).chain(&mut diagnostic.labels);
        let fixes = diagnostic.fix.iter_mut().chain(&mut diagnostic.choices);
        let edits = fixes.flat_map(|fix| &mut fix.edits);
        let spans = labels.map(|label| &mut label.span).chain(edits.map(|edit| &mut edit.span));
        spans.for_each(|span| *span = files.whole_characters(*span));
    }
}

/// Sorts diagnostics by file, place and severity, and leaves out those said twice.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (a.label.span, std::cmp::Reverse(a.severity), a.code.name(), &a.message).cmp(&(
            b.label.span,
            std::cmp::Reverse(b.severity),
            b.code.name(),
            &b.message,
        ))
    });
    diagnostics.dedup();
}

/// So many diagnostics of a ruleset or a profile are told; nobody would read the others.
pub const MOST_TOLD: usize = 100;

/// Returns those of sorted diagnostics that are told: a hundred, the worst before the others, and the count of the rest,
/// which stands where the first of the rest does.
#[must_use]
pub fn told(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let Some(count) = diagnostics.len().checked_sub(MOST_TOLD).filter(|count| *count > 0) else {
        return diagnostics;
    };
    let mut by_weight: Vec<usize> = (0..diagnostics.len()).collect();
    by_weight.sort_by_key(|index| diagnostics.get(*index).map(|found| std::cmp::Reverse(found.severity)));
    let kept: BTreeSet<usize> = by_weight.into_iter().take(MOST_TOLD).collect();
    let (mut told, mut rest) = (Vec::new(), None);
    for (index, diagnostic) in diagnostics.into_iter().enumerate() {
        if kept.contains(&index) {
            told.push(diagnostic);
        } else {
            let (span, severity) = rest.unwrap_or((diagnostic.label.span, diagnostic.severity));
            rest = Some((span, severity.max(diagnostic.severity)));
        }
    }
    told.extend(rest.map(|(span, severity)| Diagnostic { severity, ..more(count, span) }));
    told
}

/// Returns the errors among sorted diagnostics that are told, as [`told`] does.
#[must_use]
pub fn told_errors(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.retain(|found| found.severity == Severity::Error);
    told(diagnostics)
}

/// Tells how many mistakes are not told.
pub(crate) fn more(count: usize, span: Span) -> Diagnostic {
    let message = format!("there {} {count} more like these", if count == 1 { "is" } else { "are" });
    Diagnostic::new(Code::MoreMistakes, span, message).note("mend those that are told first")
}

/// Tells whether any of the diagnostics is an error.
#[must_use]
pub fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_hundred_are_told_in_their_order() {
        let mut files = Files::default();
        let file = files.add("a.qd", "x".repeat(300));
        let at = |start: u32, code| Diagnostic::new(code, Span { file, start, end: start + 1 }, "wrong");
        let notes = (0..120).map(|start| at(start, Code::SmallPercent));
        let all: Vec<Diagnostic> = notes.chain((120..150).map(|start| at(start, Code::Syntax))).collect();
        assert_eq!(told(all.get(..100).unwrap().to_vec()).len(), 100);
        let found = told(all);
        let starts: Vec<u32> = found.iter().map(|found| found.label.span.start).collect();
        let expected: Vec<u32> = (0..70).chain(120..150).chain([70]).collect();
        assert_eq!(starts, expected);
        let last = found.last().unwrap();
        assert_eq!((last.severity, &*last.message), (Severity::Note, "there are 50 more like these"));
        let errors: Vec<Diagnostic> = (0..101).map(|start| at(start, Code::Syntax)).collect();
        let found = told(errors);
        let last = found.last().unwrap();
        assert_eq!((last.severity, &*last.message), (Severity::Error, "there is 1 more like these"));
    }

    #[test]
    fn long_names_are_shortened_in_messages() {
        let long = "渠".repeat(20) + &"x".repeat(100_000) + "123456789";
        let message = readable(format!("no field is named `{long}`, and `posts` is near"));
        assert_eq!(
            message,
            format!(
                "no field is named `{}{}…123456789`, and `posts` is near",
                "渠".repeat(20),
                "x".repeat(10)
            )
        );
        assert_eq!(readable("x".repeat(2000)).chars().count(), 1001);
        let short = format!("no field is named `{}`", "渠".repeat(64));
        assert_eq!(readable(short.clone()), short);
    }
}
