//! What is wrong with a ruleset, a profile or a table.

use std::fmt;

use qudao_language::diagnostic::{self, Diagnostic, Severity};
use qudao_language::source::Files;

/// Why a ruleset, a profile or a table cannot be used. Shown, it tells each problem with its place in the text.
#[derive(Clone, Debug)]
pub struct Error {
    text: String,
    problems: Vec<Problem>,
}

/// One thing that is wrong, or worth knowing.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Problem {
    /// A readable name, such as `unknown-field`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// The file in which it stands.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
}

impl Error {
    /// Returns the problems in the order of their places; none where no text is to blame, such as an unknown column.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub(crate) fn new(files: &Files, diagnostics: Vec<Diagnostic>) -> Error {
        let errors = diagnostic::told_errors(diagnostics);
        Error {
            text: errors.iter().map(|diagnostic| diagnostic::render(files, diagnostic, false)).collect(),
            problems: problems(files, &errors),
        }
    }
}

impl From<String> for Error {
    fn from(text: String) -> Error {
        Error { text, problems: Vec::new() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.trim_end())
    }
}

impl std::error::Error for Error {}

pub(crate) fn problems(files: &Files, diagnostics: &[Diagnostic]) -> Vec<Problem> {
    let problem = |diagnostic: &Diagnostic| {
        let place = files.place(diagnostic.label.span);
        Problem {
            code: diagnostic.code.name(),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            file: place.file,
            line: place.line,
            column: place.column,
        }
    };
    diagnostics.iter().map(problem).collect()
}
