//! How deep a text nests, bounded before the grammar sees it, the same in every build and thread.

use super::super::tokens::{Kind, Token, span, tokens};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};

/// Brackets, calls, prefixes and `if` may nest this deep.
const MAX_DEPTH: usize = 128;

/// Reports nesting that is too deep in a piece of text that is not a file of its own, such as the expression in a text.
pub(in crate::syntax) fn check_depth(file: FileId, text: &str, base: usize) -> Option<Diagnostic> {
    let (text, tokens, _) = tokens(file, text);
    let mut nesting = Nesting::default();
    for token in &tokens {
        match token.kind {
            Kind::Open(open) => nesting.open(open, token.start),
            Kind::Close(_) => {
                nesting.close(nesting.frames.len().saturating_sub(1));
            }
            Kind::Word | Kind::Number | Kind::Text | Kind::Mark => {}
        }
        nesting.step(token, &text);
        if nesting.too_deep() {
            return Some(too_deep(span(file, base + token.start, base + token.end)));
        }
    }
    None
}

/// How deep the tokens nest.
#[derive(Default)]
pub(super) struct Nesting {
    pub(super) frames: Vec<Frame>,
    /// `if` outside of all brackets.
    outer_ifs: usize,
    /// A run of prefixes: `not not -`.
    prefixes: usize,
    depth: usize,
}

/// A bracket that is open.
pub(super) struct Frame {
    pub(super) bracket: u8,
    pub(super) at: usize,
    /// The bracket itself, and the prefixes before it.
    weight: usize,
    /// How many `if` are open inside.
    ifs: usize,
}

impl Nesting {
    pub(super) fn open(&mut self, bracket: u8, at: usize) {
        let weight = 1 + self.prefixes;
        self.frames.push(Frame { bracket, at, weight, ifs: 0 });
        self.depth += weight;
    }

    /// Closes brackets down to so many; returns those that were closed.
    pub(super) fn close(&mut self, keep: usize) -> Vec<Frame> {
        let closed: Vec<Frame> = self.frames.drain(keep..).collect();
        self.depth -= closed.iter().map(|frame| frame.weight + frame.ifs).sum::<usize>();
        closed
    }

    pub(super) fn step(&mut self, token: &Token, text: &str) {
        let word = text.get(token.start..token.end).unwrap_or("");
        let prefix = matches!(token.kind, Kind::Word if word == "not")
            || matches!(token.kind, Kind::Mark if word == "-");
        self.prefixes = if prefix { self.prefixes + 1 } else { 0 };
        let ifs = self.frames.last_mut().map_or(&mut self.outer_ifs, |frame| &mut frame.ifs);
        match token.kind {
            Kind::Word if word == "if" => {
                *ifs += 1;
                self.depth += 1;
            }
            Kind::Mark if word == "," || word == "|" => self.depth -= std::mem::take(ifs),
            Kind::Word | Kind::Mark | Kind::Number | Kind::Text | Kind::Open(_) | Kind::Close(_) => {}
        }
    }

    pub(super) fn too_deep(&self) -> bool {
        self.depth + self.prefixes > MAX_DEPTH
    }

    /// Tells whether an `if` is open inside of a bracket.
    pub(super) fn inside_if(&self) -> bool {
        self.frames.iter().any(|frame| frame.ifs > 0)
    }
}

pub(super) fn too_deep(at: Span) -> Diagnostic {
    Diagnostic::new(Code::TooDeep, at, format!("this nests deeper than {MAX_DEPTH} levels"))
        .here(format!("level {} begins here", MAX_DEPTH + 1))
        .note("name a part of it with `let`")
}
