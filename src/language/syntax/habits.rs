//! What people write out of habit, from spreadsheets, databases, programs and plain speech, and how it is said here.
//!
//! Each habit is known by the place where reading stopped and by what stands there. A fix is sure only where nothing else
//! can be meant.

mod cells;
mod clauses;
mod conditions;
pub(super) mod names;
mod values;

use super::expected::words;
use super::parse::Kind;
use super::words::{LANGUAGE_WORDS, RESERVED};

pub(super) use cells::cell;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// The place where reading a declaration stopped.
pub(super) struct Place<'a> {
    /// What could stand there.
    pub(super) kinds: &'a [Kind],
    /// The declaration, and where it begins in its file.
    pub(super) text: &'a str,
    pub(super) base: usize,
    /// Where in it reading stopped.
    pub(super) at: usize,
    /// The token that stands there, and where.
    pub(super) found: &'a str,
    pub(super) here: Span,
}

/// Finds the habit behind a mistake.
pub(super) fn habit(place: &Place<'_>) -> Option<Diagnostic> {
    conditions::habit(place)
        .or_else(|| values::habit(place))
        .or_else(|| names::habit(place))
        .or_else(|| clauses::habit(place))
}

/// The word of the language for what other languages begin a declaration with, or a sentence where it is no declaration.
pub(super) fn declaration(word: &str) -> Option<&'static str> {
    Some(match word.to_lowercase().as_str() {
        "include" | "use" => "import",
        "inherits" | "inherit" | "base" => "extends",
        "const" | "constant" | "var" | "variable" | "define" | "formula" => "let",
        "option" | "product" | "choice" | "alternative" | "candidate" => "channel",
        "combination" | "bundle" | "combo" => "mix",
        "condition" | "policy" | "decision" => "rule",
        "type" | "list" | "choices" => "enum",
        "points" => "weight",
        "reference" | "citation" => "source",
        "assert" | "invariant" | "always" => "property",
        "question" | "questions" | "input" | "inputs" | "field" | "fields" | "parameter" => {
            "what is asked stands in `profile { name: TYPE \"Question?\" }`"
        }
        "if" | "when" | "then" | "because" | "score" | "exclude" => {
            "conditions and effects stand in a rule: `rule NAME { when … then … }`"
        }
        _ => return None,
    })
}

impl<'a> Place<'a> {
    /// What stands before it, without the blanks between.
    fn before(&self) -> &'a str {
        self.text.get(..self.at).unwrap_or("").trim_end()
    }

    /// What follows, with the token itself.
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// What follows the token, without the blanks between.
    fn behind(&self) -> &'a str {
        self.rest().get(self.found.len()..).unwrap_or("").trim_start()
    }

    /// Whether something of this kind could stand there.
    fn wants(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether this word could stand there.
    fn wanted(&self, word: &str) -> bool {
        self.kinds.iter().any(|kind| words(*kind) == Some(word))
    }

    /// Whether a condition could go on there.
    fn goes_on(&self) -> bool {
        self.wants(Kind::and_op)
    }

    /// Whether a value or a condition has to stand there.
    fn begins(&self) -> bool {
        self.wants(Kind::expr) || self.wants(Kind::open_paren) && self.wants(Kind::number)
    }

    /// The word before it, if a word stands there.
    fn previous(&self) -> &'a str {
        last_word(self.before())
    }

    /// The word that the declaration begins with.
    fn declaration(&self) -> &'a str {
        let text = self.text.trim_start();
        text.get(..word_end(text)).unwrap_or("")
    }

    /// A piece of the declaration as a span of its file.
    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.here.file, start: (self.base + start) as u32, end: (self.base + end) as u32 }
    }

    /// The word before it as a span.
    fn previous_span(&self) -> Span {
        let end = self.before().len();
        self.span(end - self.previous().len(), end)
    }

    fn says(&self, message: &str) -> Diagnostic {
        Diagnostic::new(Code::Syntax, self.here, message)
    }
}

/// The end of the word that a text begins with.
fn word_end(text: &str) -> usize {
    text.find(|c: char| !(c == '_' || c.is_alphanumeric())).unwrap_or(text.len())
}

/// The word that a text ends with.
fn last_word(text: &str) -> &str {
    let start = text.rfind(|c: char| !(c == '_' || c.is_alphanumeric()));
    let start = start
        .map_or(0, |at| at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    text.get(start..).unwrap_or("")
}

/// The word that a text begins with.
fn first_word(text: &str) -> &str {
    text.get(..word_end(text)).unwrap_or("")
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c == '_' || c.is_alphabetic())
}

/// The number that a text begins with, and its unit, as far as both stand on the line.
fn quantity(text: &str) -> Option<&str> {
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '_' || c == '.')).unwrap_or(text.len());
    let number = text.get(..digits)?.trim_end_matches('.');
    if number.is_empty() {
        return None;
    }
    let mut end = number.len();
    let mut after_per = false;
    // At most a unit, `per` and a unit.
    for _ in 0..3 {
        let rest = text.get(end..)?;
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let word = first_word(rest.trim_start_matches([' ', '\t']));
        let unit = after_per
            || word == "per"
            || (end == number.len()
                && is_name(word)
                && !LANGUAGE_WORDS.contains(&word)
                && !RESERVED.contains(&word));
        if word.is_empty() || !unit {
            break;
        }
        after_per = word == "per";
        end += blanks + word.len();
    }
    text.get(..end)
}
