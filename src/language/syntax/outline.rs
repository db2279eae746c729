//! The outline of a file: one linear pass over its tokens that cuts it into declarations.
//!
//! It reports what would lead the grammar astray (brackets, texts and characters that do not fit) and
//! bounds the nesting before pest sees anything.

mod brackets;
mod nesting;

use std::borrow::Cow;

pub(super) use nesting::check_depth;
use nesting::{Nesting, too_deep};

use super::habits;
use super::tokens::{Kind, Token, span, tokens};
use super::words::{DECLARATIONS, RESERVED};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::FileId;

/// A declaration: its first word and its text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// The word that tells what is declared; `override rule` and `remove rule` begin with the first of the two.
    /// Text between declarations has none.
    pub(super) word: &'static str,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Something in it is already reported, so that the grammar need not look.
    pub(super) broken: bool,
}

/// What the pass found. `text` is the file's text, byte for byte as long, with full-width punctuation made plain.
pub(super) struct Outline<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) items: Vec<Item>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Cuts a text into declarations.
pub(super) fn outline(file: FileId, text: &str) -> Outline<'_> {
    let (text, tokens, mut diagnostics) = tokens(file, text);
    let mut cutter = Cutter::new(file, &text, &tokens);
    cutter.run();
    diagnostics.append(&mut cutter.diagnostics);
    let items = cutter.items;
    Outline { text, items, diagnostics }
}

struct Cutter<'a> {
    file: FileId,
    text: &'a str,
    tokens: &'a [Token],
    items: Vec<Item>,
    diagnostics: Vec<Diagnostic>,
    nesting: Nesting,
    /// The declaration that is open: its word, where it begins, its indentation.
    current: Option<(&'static str, usize, u32)>,
    /// The token at which it began.
    began: usize,
    broken: bool,
    /// Whether its block has begun.
    block: bool,
    /// Whether the declaration is a table.
    in_table: bool,
    /// Where text between declarations began; it is reported once.
    stray: Option<usize>,
}

impl<'a> Cutter<'a> {
    fn new(file: FileId, text: &'a str, tokens: &'a [Token]) -> Cutter<'a> {
        Cutter {
            file,
            text,
            tokens,
            items: Vec::new(),
            diagnostics: Vec::new(),
            nesting: Nesting::default(),
            current: None,
            began: 0,
            broken: false,
            block: false,
            in_table: false,
            stray: None,
        }
    }

    fn run(&mut self) {
        for index in 0..self.tokens.len() {
            let Some(token) = self.tokens.get(index).copied() else { break };
            if let Some(word) = self.declaration_at(index) {
                self.finish(index);
                self.current = Some((word, token.start, token.indent.unwrap_or(0)));
                self.began = index;
                self.in_table = word == "table" || (word == "override" && self.word(index + 1) == "table");
            } else if self.stray.is_none() && self.ended(index) {
                self.finish(index);
                self.stray = Some(token.start);
                self.stray_token(index, &token);
            }
            self.broken |= token.broken;
            self.bracket(index, &token);
            // Dashes rule off a table's heading; its cells are measured one by one.
            let rule_off = self.in_table && self.mark(index) == "-";
            if !rule_off {
                self.nesting.step(&token, self.text);
            }
            if self.nesting.too_deep() && !self.broken {
                self.diagnostics.push(too_deep(span(self.file, token.start, token.end)));
                self.broken = true;
            }
        }
        self.finish(self.tokens.len());
    }

    fn word(&self, index: usize) -> &'a str {
        match self.tokens.get(index) {
            Some(token) if token.kind == Kind::Word => self.text.get(token.start..token.end).unwrap_or(""),
            Some(_) | None => "",
        }
    }

    fn mark(&self, index: usize) -> &'a str {
        match self.tokens.get(index) {
            Some(token) if token.kind != Kind::Word && token.kind != Kind::Text => {
                self.text.get(token.start..token.end).unwrap_or("")
            }
            Some(_) | None => "",
        }
    }

    fn is_text(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == Kind::Text)
    }

    /// Tells whether a token is the first of its line.
    fn begins_line(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.indent.is_some())
    }

    /// Tells which declaration begins at a token, if one does.
    fn declaration_at(&self, index: usize) -> Option<&'static str> {
        let word = self.word(index);
        let declared = DECLARATIONS.iter().find(|d| **d == word)?;
        let token = self.tokens.get(index)?;
        if !self.nesting.frames.is_empty() {
            // Inside of brackets, a declaration begins only where a bracket was never closed: at the start of
            // a line, indented no further than the one before, and of a form that no entry has.
            let indent = self.current.map_or(0, |(_, _, indent)| indent);
            let outdented = token.indent.is_some_and(|own| own <= indent);
            return (outdented && self.looks_whole(index, declared)).then_some(declared);
        }
        if self.stray.is_some() && !self.begins_line(index) {
            return None;
        }
        if index > 0 && self.current.is_some() && self.expects_more(index) {
            return None;
        }
        let whole = match self.begins_line(index) {
            true if *declared == "facts" => self.is_sheet(index),
            // Only what a line of YAML, a path or a list would hold is none.
            true => !matches!(self.mark(index + 1), ":" | "." | "[" | "," | ")"),
            false => self.looks_like(index, declared),
        };
        whole.then_some(declared)
    }

    /// Tells whether the token before calls for something to follow, so that a word here is no declaration.
    fn expects_more(&self, index: usize) -> bool {
        let before = self.word(index - 1);
        if DECLARATIONS.contains(&before) {
            // The word before is itself a declaration's first, so this is its name; or a name at the end of one.
            return index - 1 == self.began
                || (index - 2 == self.began && matches!(self.word(self.began), "override" | "remove"));
        }
        let joins =
            ["from", "to", "each", "in", "and", "or", "not", "has", "is", "if", "then", "else", "per", "of"];
        // The upper bound of a range may be left out, and never stands on another line.
        let open_range = self.mark(index - 1) == "." && index > 1 && self.mark(index - 2) == ".";
        // What no condition reads as a word of its own is a name where a value stands.
        let is_value = index > 1
            && matches!(before, "from" | "to" | "each" | "of")
            && (self.is_sign(index - 2, "=:.<>+-*/,|") || DECLARATIONS.contains(&self.word(index - 2)));
        (joins.contains(&before) && !is_value) || (!open_range && self.is_sign(index - 1, "=:,.><+-*/@|("))
    }

    /// Tells whether a token is, or begins with, one of some signs.
    fn is_sign(&self, index: usize, signs: &str) -> bool {
        self.mark(index).starts_with(|c: char| signs.contains(c))
    }

    /// Tells whether a file follows `facts`, which is a name anywhere else.
    fn is_sheet(&self, index: usize) -> bool {
        matches!(self.word(index + 1), "from" | "csv" | "xlsx") || self.is_text(index + 1)
    }

    fn looks_like(&self, index: usize, word: &str) -> bool {
        let next = self.word(index + 1);
        let named = !next.is_empty() && !RESERVED.contains(&next);
        match word {
            "profile" | "verdicts" => self.mark(index + 1) == "{",
            "facts" => self.is_sheet(index),
            "test" => self.is_text(index + 1),
            "import" => self.is_text(index + 1),
            "extends" => self.is_text(index + 1) || named,
            "override" | "remove" => DECLARATIONS.contains(&next),
            // A name without anything after it still declares; only a word used as a name does not.
            _ => named || !matches!(self.mark(index + 1), ":" | "=" | "." | "[" | "," | ")"),
        }
    }

    /// Tells whether what begins here could be nothing but a declaration.
    fn looks_whole(&self, index: usize, word: &str) -> bool {
        let next = self.word(index + 1);
        let named = !next.is_empty() && !RESERVED.contains(&next);
        let after = index + 2;
        let block = self.mark(after) == "{";
        match word {
            "profile" | "verdicts" => {
                self.mark(index + 1) == "{" && self.tokens.get(index).is_some_and(|t| t.indent == Some(0))
            }
            "test" => self.is_text(index + 1) && self.mark(after) == "{",
            "facts" => self.is_sheet(index),
            "import" | "extends" => false,
            "override" | "remove" => DECLARATIONS.contains(&next) && !self.word(after).is_empty(),
            "fact" | "parameter" => named && matches!(self.mark(after), ":" | "["),
            "let" => named && matches!(self.mark(after), ":" | "="),
            "measure" => named && self.mark(after) == ":",
            "weight" => named && self.mark(after) == "=",
            "levels" => named && self.mark(after) == ">",
            "unit" => named && self.mark(after) == "=",
            "rule" => {
                named
                    && (block
                        || self.is_text(after)
                        || matches!(self.word(after), "for" | "exception" | "when" | "then"))
            }
            "table" => {
                named
                    && (block
                        || self.is_text(after)
                        || matches!(self.word(after), "collect" | "first" | "unique"))
            }
            "channel" => {
                named && (block || self.is_text(after) || matches!(self.word(after), "like" | "was"))
            }
            _ => named && (block || self.is_text(after)),
        }
    }

    /// Tells whether the declaration that is open ended before this token: its block is closed, or a line begins that
    /// cannot go on with it.
    fn ended(&self, index: usize) -> bool {
        let Some((word, ..)) = self.current else { return true };
        // What is overridden goes on as it does on its own.
        let word = if word == "override" { self.word(self.began + 1) } else { word };
        if !self.nesting.frames.is_empty() || index == 0 {
            return false;
        }
        if has_block(word) && self.mark(index - 1) == "}" {
            let more =
                ["where", "exception", "for", "and", "or", "not", "in", "has", "is", "collect", "first"];
            return self.mark(index) != "{"
                && !more.contains(&self.word(index))
                && self.word(index) != "unique";
        }
        self.begins_line(index) && !self.expects_more(index) && !self.goes_on(index, word)
    }

    /// Tells whether a line that begins with this token goes on with the head of a declaration, or is meant to.
    fn goes_on(&self, index: usize, declaration: &str) -> bool {
        let Some(token) = self.tokens.get(index) else { return false };
        // A clause of a head whose first word ends the line before.
        let open = match declaration {
            "rule" => &["where", "exception"][..],
            "measure" => &["where", "allow"],
            "channel" => &["like", "was"],
            "fact" | "weight" | "levels" | "let" => &["allow"],
            "parameter" | "unit" => STATED,
            _ => &[],
        };
        if open.contains(&self.word(index - 1)) {
            return true;
        }
        let sum = matches!(declaration, "let" | "measure");
        let value = sum || matches!(declaration, "weight" | "unit" | "levels" | "fact" | "parameter");
        let word = self.word(index);
        match token.kind {
            Kind::Text | Kind::Open(b'{') => true,
            Kind::Open(b'[') => sum || declaration == "parameter",
            Kind::Open(_) | Kind::Number => sum,
            Kind::Close(_) => has_block(declaration),
            Kind::Mark => {
                self.is_sign(index, "@")
                    || (value && self.is_sign(index, "=:<>,."))
                    || (sum && self.is_sign(index, "!+-*/"))
                    || (declaration == "rule" && self.is_sign(index, "=!<>+-*/,."))
            }
            Kind::Word
                if matches!(word, "and" | "or" | "not" | "in" | "has" | "is" | "then" | "else" | "per") =>
            {
                value || matches!(declaration, "rule" | "property")
            }
            Kind::Word => match declaration {
                "rule" => matches!(
                    word,
                    "for"
                        | "each"
                        | "where"
                        | "exception"
                        | "to"
                        | "when"
                        | "because"
                        | "score"
                        | "exclude"
                        | "cap"
                ),
                "table" => matches!(word, "collect" | "first" | "unique" | "from" | "csv" | "xlsx"),
                "facts" => matches!(word, "from" | "csv" | "xlsx" | "allow"),
                "channel" => matches!(word, "like" | "was"),
                "fact" | "weight" | "levels" | "let" => word == "allow",
                "parameter" | "unit" => STATED.contains(&word),
                "measure" => matches!(
                    word,
                    "for" | "each" | "where" | "higher" | "lower" | "better" | "mixes" | "sum" | "allow"
                ),
                "test" | "property" => matches!(word, "given" | "expect" | "when"),
                _ => false,
            },
        }
    }

    /// Reports what stands between declarations, and begins none.
    fn stray_token(&mut self, index: usize, token: &Token) {
        if token.broken {
            return;
        }
        let here = span(self.file, token.start, token.end);
        if let Kind::Close(bracket) = token.kind {
            if !self.items.last().is_some_and(|item| item.broken) {
                self.diagnostics.push(brackets::closes_nothing(here, bracket));
            }
            return;
        }
        let word = self.word(index);
        if DECLARATIONS.contains(&word) && word != "facts" {
            let message = format!("`{word}` is followed by a name, not by `{}`", self.mark(index + 1));
            self.diagnostics.push(
                Diagnostic::new(Code::Syntax, here, message).here("begins no declaration like this").note(
                    format!("a declaration reads `{word} NAME \"Title\"`, its entries stand between braces"),
                ),
            );
            return;
        }
        let shown: String = match token.kind {
            Kind::Text => "a text".into(),
            _ => format!(
                "`{}`",
                self.text.get(token.start..token.end).unwrap_or("").chars().take(40).collect::<String>()
            ),
        };
        let message = format!("no declaration begins with {shown}");
        let diagnostic = Diagnostic::new(Code::Syntax, here, message).here("a declaration would stand here");
        if let Some(meant) = habits::declaration(word) {
            let diagnostic = match meant.split_once(' ') {
                None => diagnostic.guess(format!("write `{meant}`"), here, meant),
                Some(_) => diagnostic.note(meant),
            };
            self.diagnostics.push(diagnostic);
            return;
        }
        let near = !RESERVED.contains(&word) && nearest(word, DECLARATIONS.iter().copied()).is_some();
        let indented =
            token.indent.is_some_and(|indent| indent > 0) && matches!(self.mark(index + 1), "=" | "[" | ":");
        self.diagnostics.push(if near && !word.is_empty() {
            diagnostic.near(here, word, DECLARATIONS.iter().copied())
        } else if indented {
            diagnostic.note("what belongs to a declaration stands between its `{` and `}`")
        } else {
            diagnostic.note(format!("the declarations are `{}`", DECLARATIONS.join("`, `")))
        });
    }

    /// Closes the declaration that is open; it ends with the token before `index`.
    fn finish(&mut self, index: usize) {
        let open = self.nesting.close(0);
        self.unclosed(&open, index, true);
        let end = index.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.end);
        if let Some((word, start, _)) = self.current.take() {
            self.items.push(Item { word, start, end, broken: self.broken });
        } else if let Some(start) = self.stray.take() {
            self.items.push(Item { word: "", start, end, broken: true });
        }
        self.nesting = Nesting::default();
        self.broken = false;
        self.block = false;
    }
}

/// What begins a clause behind the value of a parameter, or the rate of a unit.
const STATED: &[&str] = &["was", "from", "at", "since", "until", "disputed", "allow"];

/// Tells whether a declaration may have a block; others have a value or nothing.
fn has_block(word: &str) -> bool {
    !matches!(
        word,
        "fact" | "facts" | "let" | "measure" | "weight" | "levels" | "unit" | "import" | "extends" | "remove"
    )
}
