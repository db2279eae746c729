//! The tokens of a file, in one linear pass: words, numbers, texts, brackets and marks.

mod characters;
mod misread;

use std::borrow::Cow;

use unicode_ident::{is_xid_continue, is_xid_start};

use crate::diagnostic::{Code, Diagnostic, Edit, lone_marker};
use crate::source::{FileId, Span, is_lone_mark};
use crate::visible::is_hidden;

/// Words that are followed by a literal.
const STATING: &[&str] = &["default", "of", "since", "until", "published", "accessed", "disputed"];

/// In so many lines it is looked for the end of a text that is not closed on its own.
const MOST_LINES: usize = 10;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Word,
    Number,
    Text,
    Open(u8),
    Close(u8),
    Mark,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// How far its line is indented, if it is the first of its line.
    pub(super) indent: Option<u32>,
    /// Reported as it stands: an unclosed text, a character that has no place.
    pub(super) broken: bool,
}

pub(super) fn span(file: FileId, start: usize, end: usize) -> Span {
    Span { file, start: start as u32, end: end as u32 }
}

/// Cuts a text into tokens and reports characters and texts that have no place. The text that is returned is byte for
/// byte as long; look-alikes are made plain in it, and what is a comment in other languages is blank.
pub(super) fn tokens(file: FileId, text: &str) -> (Cow<'_, str>, Vec<Token>, Vec<Diagnostic>) {
    Lexer::new(file, text).run()
}

struct Lexer<'a> {
    file: FileId,
    source: &'a str,
    text: Cow<'a, str>,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
    line_start: usize,
    first: bool,
    /// Whether a `*/` may still follow.
    may_close: bool,
}

impl<'a> Lexer<'a> {
    fn new(file: FileId, source: &'a str) -> Lexer<'a> {
        Lexer {
            file,
            source,
            text: Cow::Borrowed(source),
            tokens: Vec::new(),
            diagnostics: Vec::new(),
            line_start: 0,
            first: true,
            may_close: true,
        }
    }

    fn run(mut self) -> (Cow<'a, str>, Vec<Token>, Vec<Diagnostic>) {
        let mut at = 0;
        while let Some(c) = self.char_at(at) {
            let next = at + c.len_utf8();
            at = match c {
                '\n' => {
                    self.line_start = next;
                    self.first = true;
                    next
                }
                ' ' | '\t' | '\r' => next,
                '\u{feff}' if at == 0 => {
                    self.blank(0, next);
                    next
                }
                '#' => self.comment(at),
                '"' => self.quoted(at),
                '0'..='9' => self.number(at),
                '(' | '[' | '{' => {
                    self.push(Kind::Open(c as u8), at, next, false);
                    next
                }
                ')' | ']' | '}' => {
                    self.push(Kind::Close(c as u8), at, next, false);
                    next
                }
                '=' | '|' if at == self.line_start && self.is_lone_mark(at) => self.lone_mark(at),
                '/' | '-' | '=' | '*' | '~' => match self.foreign_comment(at) {
                    Some(end) => end,
                    None => self.other(at, c),
                },
                _ if is_hidden(c) => self.hidden_in_code(at),
                _ if c == '_' || is_xid_start(c) => self.word(at),
                _ => self.other(at, c),
            };
        }
        (self.text, self.tokens, self.diagnostics)
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize, broken: bool) {
        let indent = self.first.then(|| (start - self.line_start) as u32);
        self.first = false;
        self.tokens.push(Token { kind, start, end, indent, broken });
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn span(&self, start: usize, end: usize) -> Span {
        span(self.file, start, end)
    }

    /// The text from an offset on.
    fn rest(&self, at: usize) -> &'a str {
        self.source.get(at..).unwrap_or("")
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.rest(at).chars().next()
    }

    fn take_while(&self, from: usize, accept: impl Fn(char) -> bool) -> usize {
        let rest = self.rest(from);
        from + rest.find(|c| !accept(c)).unwrap_or(rest.len())
    }

    /// Puts blanks in the place of what the grammar must not see; line ends stay.
    fn blank(&mut self, start: usize, end: usize) {
        let blanks: String = self
            .source
            .get(start..end)
            .unwrap_or("")
            .bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
            .collect();
        self.text.to_mut().replace_range(start..end, &blanks);
    }

    fn word(&mut self, at: usize) -> usize {
        let end = self.take_while(at, |c| is_xid_continue(c) || is_hidden(c));
        let whole = self.source.get(at..end).unwrap_or("");
        let word = whole.trim_end_matches(is_hidden);
        let end = at + word.len();
        if self.rest(end).starts_with("://") {
            return self.bare_address(at);
        }
        let broken = word.chars().any(is_hidden);
        if broken {
            self.hidden(at, end, Code::ForbiddenCharacter, "this name");
        }
        self.push(Kind::Word, at, end, broken);
        end
    }

    /// Returns the word behind which a literal stands and no expression, so that `2021-6-1` is no subtraction.
    fn stating(&self, at: usize) -> Option<&str> {
        let before = self.source.get(self.line_start..at).unwrap_or("").trim_end();
        let stated = before.strip_suffix('=').is_some_and(|rest| !rest.ends_with(['=', '<', '>', '!']));
        let line = before.trim_start();
        let word = before.rsplit(char::is_whitespace).next().unwrap_or("");
        ((stated && !line.starts_with("let ")) || STATING.contains(&word)).then_some(word)
    }

    fn number(&mut self, at: usize) -> usize {
        let (rest, stating) = (self.rest(at), self.stating(at));
        let month = stating.and_then(|word| misread::month(rest, word));
        if let Some((length, misread)) = month.or_else(|| misread::misread(rest, stating.is_some())) {
            let end = at + length;
            self.report(misread.diagnostic(self.span(at, end)));
            self.push(Kind::Number, at, end, true);
            return end;
        }
        let mut end = self.take_while(at, |c| c.is_ascii_digit() || c == '_');
        let fraction = self.rest(end).strip_prefix('.');
        if fraction.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            end = self.take_while(end + 1, |c| c.is_ascii_digit() || c == '_');
        } else if let Some('０'..='９') = self.char_at(end) {
            return self.wide_number(at);
        }
        self.push(Kind::Number, at, end, false);
        end
    }

    fn line_end(&self, at: usize) -> usize {
        self.take_while(at, |c| c != '\n')
    }

    fn comment(&mut self, at: usize) -> usize {
        let end = self.line_end(at);
        self.hidden(at, end, Code::ForbiddenCharacter, "this comment");
        end
    }

    fn is_lone_mark(&self, at: usize) -> bool {
        is_lone_mark(self.source.get(at..self.line_end(at)).unwrap_or(""))
    }

    /// Takes a line that a merge left.
    fn lone_mark(&mut self, at: usize) -> usize {
        let end = self.line_end(at);
        self.report(lone_marker(self.span(at, end)));
        self.blank(at, end);
        end
    }

    /// Takes a comment of another language, reports it, and makes it blank: `// …`, `/* … */`, and at the start of a
    /// line `-- …` and lines of signs.
    fn foreign_comment(&mut self, at: usize) -> Option<usize> {
        let rest = self.rest(at);
        // Only a comment, or a sign at the start of a line, is worth a look at the whole line.
        if !self.first && !rest.starts_with("//") && !rest.starts_with("/*") {
            return None;
        }
        let line = rest.get(..rest.find('\n').unwrap_or(rest.len())).unwrap_or("").trim_end();
        let report = |span| Diagnostic::new(Code::Syntax, span, "a comment begins with `#`");
        let (end, diagnostic) = if let Some(open) =
            ["//", "/*"].into_iter().find(|open| rest.starts_with(open))
        {
            let close = if open == "/*" && self.may_close { rest.find("*/") } else { None };
            self.may_close &= open != "/*" || close.is_some();
            let length = close.map_or(line.len(), |close| close + 2);
            let mark = self.span(at, at + 2);
            let mut diagnostic =
                report(mark).here(format!("`{open}` begins none")).fix("write `#`", mark, "#");
            if let (Some(close), Some(fix)) = (close, &mut diagnostic.fix) {
                // Each of its lines becomes a comment of its own.
                fix.message = "begin each line with `#`".into();
                let lines = rest.get(..close).unwrap_or("").match_indices('\n');
                let edit = |start, end, text: &str| Edit {
                    span: self.span(at + start, at + end),
                    text: text.into(),
                };
                fix.edits.extend(lines.map(|(line, _)| edit(line + 1, line + 1, "# ")));
                let end_of_line = rest.get(length..).and_then(|after| after.lines().next());
                let more = end_of_line.is_some_and(|after| !after.trim().is_empty());
                fix.edits.push(edit(close, length, if more { "\n" } else { "" }));
            }
            (at + length, diagnostic)
        } else {
            let sign = rest.chars().next().unwrap_or(' ');
            let run = rest.len() - rest.trim_start_matches(sign).len();
            let least = if sign == '-' { 2 } else { 3 };
            // A row of dashes may rule off the heading of a table.
            if run < least || line.contains('|') {
                return None;
            }
            let here = self.span(at, at + line.len());
            let diagnostic =
                report(here).here("a line of another kind").fix("write `#` before it", here.before(), "# ");
            (at + line.len(), diagnostic)
        };
        self.report(diagnostic);
        self.blank(at, end);
        Some(end)
    }

    fn quoted(&mut self, at: usize) -> usize {
        let source = self.source;
        let rest = self.rest(at);
        if rest.starts_with("\"\"\"") {
            let mut search = at + 3;
            loop {
                let Some(found) = source.get(search..).and_then(|r| r.find(['"', '\\'])) else {
                    self.report(
                        Diagnostic::new(
                            Code::UnclosedText,
                            self.span(at, at + 3),
                            "this text is never closed",
                        )
                        .here("the text begins here")
                        .note("close it with `\"\"\"`"),
                    );
                    self.push(Kind::Text, at, source.len(), true);
                    return source.len();
                };
                let found = search + found;
                let tail = self.rest(found);
                if tail.starts_with('\\') {
                    search = found + 1 + tail.chars().nth(1).map_or(0, char::len_utf8);
                } else if tail.starts_with("\"\"\"") {
                    self.push(Kind::Text, at, found + 3, false);
                    let last_line = source.get(at..found).and_then(|t| t.rfind('\n'));
                    if let Some(line) = last_line {
                        self.line_start = at + line + 1;
                    }
                    self.hidden(at, found, Code::HiddenCharacter, "this text");
                    return found + 3;
                } else {
                    search = found + 1;
                }
            }
        }
        let mut escaped = false;
        for (offset, c) in rest.char_indices().skip(1) {
            match c {
                '\n' => return self.unclosed(at, at + offset),
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => {
                    self.push(Kind::Text, at, at + offset + 1, false);
                    self.hidden(at, at + offset, Code::HiddenCharacter, "this text");
                    return at + offset + 1;
                }
                _ => {}
            }
        }
        self.unclosed(at, source.len())
    }

    /// Reports a text that is not closed on its line; returns where reading goes on.
    fn unclosed(&mut self, start: usize, end: usize) -> usize {
        if let Some(close) = self.closed_below(end) {
            let mistake = "a text over several lines stands between `\"\"\"`";
            let mut long = Diagnostic::new(Code::UnclosedText, self.span(start, start + 1), mistake)
                .here("one `\"` closes a text on its own line")
                .also(self.span(close, close + 1), "the text seems to end here")
                .guess("write `\"\"\"` at both ends", self.span(start, start + 1), "\"\"\"");
            let end = Edit { span: self.span(close, close + 1), text: "\"\"\"".into() };
            long.fix.iter_mut().for_each(|fix| fix.edits.push(end.clone()));
            self.report(long);
            self.push(Kind::Text, start, close + 1, true);
            self.line_start =
                self.source.get(..close).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
            return close + 1;
        }
        let line = self.source.get(start..end).unwrap_or("").trim_end();
        let close = self.span(start + line.len(), start + line.len());
        self.report(
            Diagnostic::new(
                Code::UnclosedText,
                self.span(start, start + 1),
                "this text is not closed on its line",
            )
            .here("the text begins here")
            .note("a text between `\"` ends on its line; one between `\"\"\"` may span lines")
            .guess("close the text", close, "\""),
        );
        self.push(Kind::Text, start, end, true);
        end
    }

    /// Returns where a text seems to end that is not closed on its line: at the one quotation mark of a line below, with
    /// words before it and nothing but punctuation behind it.
    fn closed_below(&self, end: usize) -> Option<usize> {
        let mut start = end;
        for line in self.rest(end).split_inclusive('\n').take(MOST_LINES) {
            if let Some(mark) = line.find('"') {
                let (before, behind) = line.split_at(mark);
                let words = !before.trim().is_empty() && !before.ends_with([' ', '\t', '=', '(', '\\']);
                let ended = behind.trim().trim_end_matches(['}', ')', ',']).trim_end() == "\"";
                return (words && ended).then_some(start + mark);
            }
            start += line.len();
        }
        None
    }
}
