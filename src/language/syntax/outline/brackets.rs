//! Brackets that have no partner.

use super::nesting::Frame;
use super::{Cutter, has_block};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tokens::{Kind, Token, span};

impl Cutter<'_> {
    /// Follows the brackets through a token.
    pub(super) fn bracket(&mut self, index: usize, token: &Token) {
        match token.kind {
            Kind::Open(open) => {
                self.block |= open == b'{' && self.nesting.frames.is_empty();
                self.nesting.open(open, token.start);
            }
            Kind::Close(close) => self.close(index, token, close),
            // Within a condition, a word that begins a clause shows that a bracket was left open.
            Kind::Word if self.nesting.frames.len() > 1 && self.begins_clause(index) => {
                let closed = self.nesting.close(1);
                self.unclosed(&closed, index, false);
            }
            Kind::Word | Kind::Number | Kind::Text | Kind::Mark => {}
        }
    }

    fn close(&mut self, index: usize, token: &Token, close: u8) {
        let open = match close {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        if let Some(depth) = self.nesting.frames.iter().rposition(|frame| frame.bracket == open) {
            let closed = self.nesting.close(depth);
            self.unclosed(closed.get(1..).unwrap_or(&[]), index, false);
            return;
        }
        let here = span(self.file, token.start, token.end);
        let inner = self.nesting.frames.last().map(|frame| (frame.bracket, frame.at));
        match inner {
            // The brace that the grammar misses comes before this one.
            None if self.current.is_none_or(|(word, ..)| has_block(word) && close == b'}' && !self.block) => {
            }
            Some((bracket, at)) if self.nesting.frames.len() > 1 || token.indent.is_some() => {
                self.nesting.close(self.nesting.frames.len() - 1);
                let wanted = partner(bracket);
                self.unbalanced(
                    Diagnostic::new(
                        Code::UnbalancedBracket,
                        here,
                        format!("this `{}` does not close the `{}`", close as char, bracket as char),
                    )
                    .here("of another kind")
                    .also(span(self.file, at, at + 1), "opened here")
                    .guess(format!("write `{wanted}`"), here, wanted.to_string()),
                );
            }
            Some(_) | None => self.unbalanced(closes_nothing(here, close)),
        }
    }

    /// Reports a bracket, once in a declaration.
    fn unbalanced(&mut self, diagnostic: Diagnostic) {
        if !self.broken && self.current.is_some() {
            self.diagnostics.push(diagnostic);
        }
        self.broken = true;
    }

    /// Reports brackets, outermost first, that are still open before the token at `index`; `all` that are.
    pub(super) fn unclosed(&mut self, frames: &[Frame], index: usize, all: bool) {
        let Some(inner) = frames.last() else { return };
        let last = index.checked_sub(1).and_then(|last| self.tokens.get(last));
        let end = last.map_or(inner.at + 1, |last| last.end);
        // A block is closed on a line of its own, if it has more than one.
        let of_block = |frame: &Frame| {
            all && self.current.is_some_and(|(word, ..)| has_block(word))
                && frames.first().is_some_and(|first| first.at == frame.at)
        };
        let lines = self.text.get(inner.at..end).is_some_and(|text| text.contains('\n'));
        let missing: String = frames
            .iter()
            .rev()
            .map(|frame| match partner(frame.bracket) {
                close if of_block(frame) => format!("{}{close}", if lines { "\n" } else { " " }),
                close => close.to_string(),
            })
            .collect();
        let shown = missing.split_whitespace().collect::<Vec<_>>().join("` and `");
        let here = span(self.file, inner.at, inner.at + 1);
        let message = format!("this `{}` is never closed", inner.bracket as char);
        let mut diagnostic = Diagnostic::new(Code::UnbalancedBracket, here, message).here("opened here");
        let after = last.map_or(here, |last| span(self.file, last.start, last.end));
        if after != here {
            diagnostic = diagnostic.also(after, format!("`{shown}` is missing after this"));
        }
        self.unbalanced(diagnostic.guess(format!("insert `{shown}`"), after.after(), missing));
    }

    /// Tells whether a word begins a clause of a block, and can stand in no expression.
    fn begins_clause(&self, index: usize) -> bool {
        if self.in_table || !self.current.is_some_and(|(word, ..)| has_block(word)) {
            return false;
        }
        let next = self.word(index + 1);
        let begins_line = self.tokens.get(index).is_some_and(|token| token.indent.is_some());
        match self.word(index) {
            "when" => true,
            "then" => !self.nesting.inside_if(),
            "because" | "note" | "warn" | "how" => begins_line && self.is_text(index + 1),
            "from" => begins_line && !next.is_empty() && self.is_text(index + 2),
            "given" | "expect" => begins_line && (self.mark(index + 1) == "{" || !next.is_empty()),
            _ => false,
        }
    }
}

/// The bracket that closes another.
fn partner(open: u8) -> char {
    match open {
        b'(' => ')',
        b'[' => ']',
        _ => '}',
    }
}

pub(super) fn closes_nothing(here: Span, close: u8) -> Diagnostic {
    Diagnostic::new(Code::UnbalancedBracket, here, format!("this `{}` closes nothing", close as char))
        .here("no such bracket is open here")
        .guess("remove it", here, "")
}
