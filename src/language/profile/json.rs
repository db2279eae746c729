//! JSON → tree. What is written almost as JSON is read on, so that one slip hides no other.

mod slips;
mod text;

use super::faults::Faults;
use super::notation::quoted;
use super::tree::{Key, Node, NodeKind, Parsed};
use super::{MAX_DEPTH, malformed, too_deep};
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::source::{FileId, Span};

/// Parses strict JSON. Numbers stay as they are written.
pub(super) fn parse(file: FileId, text: &str) -> Parsed {
    // A byte order mark is no part of the text, but it counts where places are told.
    let at = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let mut parser =
        Parser { file, text, at, open: Vec::new(), look_alikes: Vec::new(), faults: Faults::default() };
    let tree = parser.document().ok();
    parser.complain_of_look_alikes();
    Parsed { tree, faults: parser.faults }
}

/// The rest cannot be understood; why was reported.
struct Stop;

struct Parser<'t> {
    file: FileId,
    text: &'t str,
    /// The offset of what is read next.
    at: usize,
    /// The brackets that are open: each with what closes it.
    open: Vec<(Span, char)>,
    /// Characters that look like those of JSON, and what to write.
    look_alikes: Vec<(Span, String)>,
    faults: Faults,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: start as u32, end: end as u32 }
    }

    /// The span of the next character, empty at the end.
    fn here(&self) -> Span {
        self.span(self.at, self.at + self.rest().chars().next().map_or(0, char::len_utf8))
    }

    fn complain(&mut self, diagnostic: Diagnostic) {
        self.faults.push(diagnostic);
    }

    /// Returns the next mark, full-width ones as the plain ones that they look like.
    fn mark(&self) -> Option<char> {
        self.rest().chars().next().map(|c| slips::plain_mark(c).unwrap_or(c))
    }

    /// Takes the next mark, and notes it if it only looks like one.
    fn take(&mut self) -> Span {
        let here = self.here();
        if let Some(plain) = self.rest().chars().next().and_then(slips::plain_mark) {
            self.look_alikes.push((here, plain.to_string()));
        }
        self.at = here.end as usize;
        here
    }

    fn complain_of_look_alikes(&mut self) {
        let Some((first, _)) = self.look_alikes.first() else { return };
        let edits = self.look_alikes.iter().map(|(span, text)| Edit { span: *span, text: text.clone() });
        let mut diagnostic = malformed(*first, "JSON has other signs and spaces than these")
            .here("a look-alike")
            .note("JSON is written with the plain `{`, `}`, `[`, `]`, `:`, `,` and blanks");
        diagnostic.fix =
            Some(Fix { message: "write the plain ones".into(), edits: edits.collect(), sure: true });
        self.complain(diagnostic);
    }

    /// Stops where nothing was read since `start`: what stands here was complained of, and belongs nowhere.
    fn moves_on(&self, start: usize) -> Result<(), Stop> {
        if self.at > start { Ok(()) } else { Err(Stop) }
    }

    /// Passes over blanks, and over comments with a complaint.
    fn skip(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            let rest = self.rest();
            let comment = if rest.starts_with("//") || c == '#' {
                rest.find(['\n', '\r']).unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                0
            };
            if comment > 0 {
                let before = self.text.get(..self.at).unwrap_or("");
                let start = before.trim_end_matches([' ', '\t']).len();
                let end = self.at + comment;
                let diagnostic = malformed(self.span(self.at, end), "JSON has no comments")
                    .here("a comment")
                    .fix("remove it", self.span(start, end), "");
                self.complain(diagnostic);
                self.at = end;
            } else if matches!(c, ' ' | '\t' | '\n' | '\r') {
                self.at += 1;
            } else if c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}') {
                let blank = if c.is_whitespace() { " " } else { "" };
                self.look_alikes.push((self.here(), blank.to_string()));
                self.at += c.len_utf8();
            } else {
                break;
            }
        }
    }

    fn document(&mut self) -> Result<Node, Stop> {
        self.skip();
        if let Some(other) = slips::other_format(self.rest()) {
            self.faults.clear();
            self.look_alikes.clear();
            let line = self.rest().lines().next().unwrap_or("").trim_end().len();
            let mut diagnostic =
                malformed(self.span(self.at, self.at + line), format!("this looks like {other}, not JSON"))
                    .here("no JSON");
            if other != "XML" {
                let ending = other.to_lowercase();
                diagnostic = diagnostic
                    .note(format!("end the file's name in `.{ending}`, or say `--profile-format {ending}`"));
            }
            self.complain(diagnostic);
            return Err(Stop);
        }
        let tree = self.value(0)?;
        self.skip();
        if self.rest().is_empty() {
            return Ok(tree);
        }
        let end = tree.span.end as usize;
        let diagnostic = match self.mark() {
            Some(':') if matches!(tree.kind, NodeKind::Text(_)) => {
                let mut diagnostic =
                    malformed(tree.span, "the fields stand between braces in JSON").here("no `{` before it");
                let last = self.text.trim_end().len();
                let edits = [(tree.span.before(), "{ "), (self.span(last, last), " }")];
                let edits = edits.map(|(span, text)| Edit { span, text: text.into() });
                diagnostic.fix =
                    Some(Fix { message: "write `{` and `}`".into(), edits: edits.into(), sure: true });
                self.complain(diagnostic);
                return Err(Stop);
            }
            Some('{') => malformed(self.here(), "a profile is one object").here("a second one begins here"),
            Some(c @ ('}' | ']')) => malformed(self.here(), format!("this `{c}` closes nothing"))
                .here("no bracket is open here")
                .fix("remove it", self.here(), ""),
            _ => {
                let last = self.text.trim_end().len();
                let more = self.span(self.at, last);
                let line = self.rest().lines().next().unwrap_or("").trim_end().len();
                let diagnostic = malformed(self.span(self.at, self.at + line), "nothing follows the profile")
                    .here("more than a profile");
                if self.text.get(self.at..last) == Some(",") {
                    diagnostic.fix("remove it", self.span(end, last), "")
                } else {
                    diagnostic.fix("remove it", more, "")
                }
            }
        };
        self.complain(diagnostic);
        Ok(tree)
    }

    fn value(&mut self, depth: usize) -> Result<Node, Stop> {
        let start = self.at;
        if matches!(self.mark(), Some('{' | '[')) && depth > MAX_DEPTH {
            self.complain(*too_deep(self.here()));
            return Err(Stop);
        }
        let kind = match self.mark() {
            None => return Err(self.unclosed()),
            Some('{') => self.object(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => NodeKind::Text(self.text()?),
            Some(c) if slips::is_quote(c) => NodeKind::Text(self.odd_text(c)?),
            Some('}' | ']' | ',' | ':') => {
                let diagnostic = malformed(self.here(), "a value is missing")
                    .here("expected a value before this")
                    .note("a value that is not known is null");
                self.complain(diagnostic);
                NodeKind::Wrong
            }
            Some(_) => self.bare()?,
        };
        Ok(Node { span: self.span(start, self.at), kind })
    }

    fn object(&mut self, depth: usize) -> Result<NodeKind, Stop> {
        let brace = self.take();
        self.open.push((brace, '}'));
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut comma = None;
        loop {
            self.skip();
            let start = self.at;
            let previous = entries.last().map(|(_, value)| value.clone());
            if self.closes('}', &mut comma, previous.as_ref())? {
                break;
            }
            let key = self.key()?;
            self.skip();
            if entries.is_empty() && matches!(self.mark(), Some(',' | '}')) {
                return self.braced_list(brace, key);
            }
            self.colon(&key)?;
            self.skip();
            let value = self.value(depth + 1)?;
            entries.push((key, value));
            self.skip();
            comma = (self.mark() == Some(',')).then(|| self.take());
            self.moves_on(start)?;
        }
        Ok(NodeKind::Map(entries))
    }

    fn list(&mut self, depth: usize) -> Result<NodeKind, Stop> {
        let bracket = self.take();
        self.open.push((bracket, ']'));
        let mut members: Vec<Node> = Vec::new();
        let mut comma = None;
        loop {
            self.skip();
            let start = self.at;
            let previous = members.last().cloned();
            if self.closes(']', &mut comma, previous.as_ref())? {
                break;
            }
            let member = self.value(depth + 1)?;
            members.push(member);
            self.skip();
            comma = (self.mark() == Some(',')).then(|| self.take());
            self.moves_on(start)?;
        }
        Ok(NodeKind::List(members))
    }

    /// Reads `{"a", "b"}`, whose braces should be brackets.
    fn braced_list(&mut self, brace: Span, first: Key) -> Result<NodeKind, Stop> {
        let mut members = vec![Node { span: first.span, kind: NodeKind::Text(first.name) }];
        let mut comma = (self.mark() == Some(',')).then(|| self.take());
        loop {
            self.skip();
            let start = self.at;
            if self.closes('}', &mut comma, members.last().cloned().as_ref())? {
                break;
            }
            let member = self.value(MAX_DEPTH)?;
            members.push(member);
            self.skip();
            comma = (self.mark() == Some(',')).then(|| self.take());
            self.moves_on(start)?;
        }
        let close = self.span(self.at - 1, self.at);
        let mut diagnostic =
            malformed(brace, "a list stands between `[` and `]`").here("braces hold names with their values");
        let edits = [(brace, "["), (close, "]")].map(|(span, text)| Edit { span, text: text.into() });
        diagnostic.fix = Some(Fix { message: "write `[` and `]`".into(), edits: edits.into(), sure: true });
        self.complain(diagnostic);
        Ok(NodeKind::List(members))
    }

    /// Takes what closes a bracket, if it comes next, and complains of commas that lack or are too many.
    fn closes(
        &mut self,
        close: char,
        comma: &mut Option<Span>,
        previous: Option<&Node>,
    ) -> Result<bool, Stop> {
        loop {
            match self.mark() {
                None => return Err(self.unclosed()),
                Some(',') => {
                    let extra = self.take();
                    let diagnostic =
                        malformed(extra, "this comma is one too many").here("nothing stands before it");
                    self.complain(diagnostic.fix("remove it", extra, ""));
                    self.skip();
                }
                Some(c) if c == close => {
                    if let Some(comma) = comma.take() {
                        let diagnostic = malformed(comma, "no comma stands behind the last one in JSON")
                            .here(format!("nothing but `{close}` follows"))
                            .fix("remove it", comma, "");
                        self.complain(diagnostic);
                    }
                    self.take();
                    self.open.pop();
                    return Ok(true);
                }
                Some(c @ ('}' | ']')) => {
                    self.closed_by_another(c);
                    return Ok(true);
                }
                Some(_) => break,
            }
        }
        if let (Some(previous), None) = (previous, &comma) {
            self.runs_on(previous)?;
            let end = previous.span.after();
            let diagnostic =
                malformed(end, "a comma is missing").here("expected `,` here").fix("write a comma", end, ",");
            self.complain(diagnostic);
        }
        *comma = None;
        Ok(false)
    }

    /// The innermost bracket is closed by what closes another kind: it was left open, or the wrong one was taken.
    fn closed_by_another(&mut self, close: char) {
        let Some((open, wanted)) = self.open.pop() else { return };
        let opened = if wanted == '}' { '{' } else { '[' };
        let outer = self.open.iter().any(|(_, outer)| *outer == close);
        let diagnostic = if outer {
            let end = self.text.get(..self.at).unwrap_or("").trim_end().len();
            let end = self.span(end, end);
            malformed(open, format!("this `{opened}` is never closed"))
                .here("opened here")
                .also(self.here(), format!("a `{wanted}` is missing before this"))
                .fix(format!("write `{wanted}`"), end, wanted)
        } else {
            let here = self.here();
            self.at = here.end as usize;
            malformed(here, format!("`{opened}` is closed by `{wanted}`, not by `{close}`"))
                .here("of another kind")
                .also(open, "opened here")
                .fix(format!("write `{wanted}`"), here, wanted)
        };
        self.complain(diagnostic);
    }

    /// The file ends inside of a bracket.
    fn unclosed(&mut self) -> Stop {
        if let Some((open, close)) = self.open.last() {
            let (open, opened) = (*open, if *close == '}' { '{' } else { '[' });
            let closing: String = self.open.iter().rev().map(|(_, close)| *close).collect();
            let end = self.text.trim_end().len();
            let end = self.span(end, end);
            let diagnostic = malformed(open, format!("this `{opened}` is never closed"))
                .here("opened here")
                .fix(format!("write `{closing}` at the end"), end, format!(" {closing}"));
            self.complain(diagnostic);
        }
        Stop
    }

    fn key(&mut self) -> Result<Key, Stop> {
        let start = self.at;
        let name = match self.mark() {
            Some('"') => self.text()?,
            Some(c) if slips::is_quote(c) => self.odd_text(c)?,
            _ => {
                let end = |c: char| {
                    c.is_whitespace()
                        || c.is_control()
                        || matches!(slips::plain_mark(c).unwrap_or(c), '{' | '}' | '[' | ']' | ':' | ',')
                        || matches!(c, '"' | '=' | '(' | ')')
                };
                let length = self.rest().find(end).unwrap_or(self.rest().len());
                let name = self.rest().get(..length).unwrap_or("").to_string();
                if name.is_empty() {
                    let diagnostic = malformed(self.here(), "expected a field's name")
                        .here("no name between quotation marks");
                    self.complain(diagnostic);
                    return Err(Stop);
                }
                self.at += length;
                let here = self.span(start, self.at);
                let diagnostic = malformed(here, "a name stands between quotation marks in JSON")
                    .here("no quotation marks")
                    .fix("write them", here, quoted(&name));
                self.complain(diagnostic);
                name
            }
        };
        Ok(Key { name, span: self.span(start, self.at) })
    }

    /// Takes the colon after a name.
    fn colon(&mut self, key: &Key) -> Result<(), Stop> {
        let here = self.here();
        match self.mark() {
            None => return Err(self.unclosed()),
            Some(':') => {
                self.take();
            }
            Some('=') => {
                let length = if self.rest().starts_with("=>") { 2 } else { 1 };
                let equals = self.span(self.at, self.at + length);
                self.at += length;
                let diagnostic = malformed(equals, "a colon follows a name in JSON").here("not a colon").fix(
                    "write `:`",
                    equals,
                    ":",
                );
                self.complain(diagnostic);
            }
            Some('}' | ']' | ',') => {
                let diagnostic = malformed(here, "a value is missing")
                    .here("expected a colon and a value before this")
                    .note("a value that is not known is null");
                self.complain(diagnostic);
            }
            Some(_) => {
                let name = Node { span: key.span, kind: NodeKind::Text(key.name.clone()) };
                self.runs_on(&name)?;
                let end = key.span.after();
                let diagnostic = malformed(end, "a colon is missing").here("expected `:` here").fix(
                    "write a colon",
                    end,
                    ":",
                );
                self.complain(diagnostic);
            }
        }
        Ok(())
    }
}
