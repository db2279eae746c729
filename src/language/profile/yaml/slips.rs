//! What is almost YAML: the parser says where it stopped, and here it is looked up why.

use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::profile::faults::Faults;
use crate::profile::malformed;
use crate::profile::notation::{quoted, short};
use crate::profile::tree::{Node, NodeKind};
use crate::source::{FileId, Span};

/// What the parser stopped at.
pub(super) enum Cause {
    /// A tab where blanks should be.
    Tab,
    /// A colon too many, or one that lacks.
    Colon,
    /// A list that is not closed, perhaps.
    Open,
    /// A text that is not closed, perhaps.
    Quote,
    /// A bracket that closes nothing.
    Close,
    /// A bracket that closes another kind.
    Mismatch(char),
    /// Something after a text between quotation marks.
    AfterQuote,
    /// A backslash that begins no escape.
    Escape,
    /// A character that begins no value.
    Character(char),
    /// A dash that begins no list.
    Dash,
    /// A line that is indented otherwise than those before it.
    Indent,
    /// Something else, in the parser's own words.
    Other(String),
}

/// The text of a profile that is almost YAML.
pub(super) struct Slips<'a> {
    pub(super) file: FileId,
    pub(super) text: &'a str,
    /// Tells which names are fields.
    pub(super) known: &'a dyn Fn(&str) -> bool,
}

/// What a line may be besides a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// Part of a text: a known name with a mark behind it is meant as a field.
    Text,
    /// Another line of a broken file: a known name is meant as a field.
    Field,
    /// Nothing that could be read: any name with a mark behind it is meant as a field.
    NoField,
}

/// A bracket or a quotation mark, and where it stands.
type Mark = (usize, char);

const COLON: &str = "a colon and a space follow the field's name";

impl Slips<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: start as u32, end: end as u32 }
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or("")
    }

    /// Returns where the line begins and ends that holds an offset; its line end is left out.
    fn line(&self, at: usize) -> (usize, usize) {
        let start = self.slice(0, at).rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let rest = self.slice(at, self.text.len());
        (start, at + rest.find(['\n', '\r']).unwrap_or(rest.len()))
    }

    /// The character at an offset.
    fn character(&self, at: usize) -> Span {
        let length = self.slice(at, self.text.len()).chars().next().map_or(0, char::len_utf8);
        self.span(at, at + length)
    }

    /// Refuses a tag, which stands before the value.
    pub(super) fn tag(&self, value: Span) -> Diagnostic {
        let before = self.slice(0, value.start as usize);
        let token = before.trim_end();
        let start = token.rfind(|c: char| c.is_whitespace() || "[{,".contains(c)).map_or(0, |at| at + 1);
        let (start, end) = if token.get(start..).is_some_and(|token| token.starts_with('!')) {
            (start, token.len())
        } else {
            let start = before.rfind('!').unwrap_or(before.len());
            (
                start,
                self.slice(start, before.len()).find(char::is_whitespace).map_or(before.len(), |n| start + n),
            )
        };
        malformed(self.span(start, end), "a profile has no tags")
            .here("a tag")
            .note("write the plain value; a text that begins with `!` stands between quotation marks")
            .fix("remove it", self.span(start, self.blanks(end)), "")
    }

    /// Refuses an anchor. It can only be taken away where nothing refers to it.
    pub(super) fn anchor(&self, here: Span, name: &str) -> Diagnostic {
        let diagnostic = malformed(here, "a profile has no anchors")
            .here("an anchor")
            .note("write the value where it is used");
        if self.text.contains(&format!("*{name}")) {
            return diagnostic;
        }
        let (start, end) = (here.start as usize, here.end as usize);
        diagnostic.fix("remove it", self.span(start, self.blanks(end)), "")
    }

    /// Returns where the blanks end that stand at an offset.
    fn blanks(&self, at: usize) -> usize {
        let rest = self.slice(at, self.text.len());
        at + rest.len() - rest.trim_start_matches([' ', '\t']).len()
    }

    /// Finds lines that should be fields in a document that is one text, or on the further lines of a value.
    pub(super) fn of_scalar(&self, span: Span) -> Vec<Diagnostic> {
        let (first, _) = self.line(span.start as usize);
        self.lines(first, span.end as usize)
            .filter_map(|(start, end)| self.of_line(start, end, Doubt::NoField))
            .collect()
    }

    /// A value that goes on over lines has swallowed a field where a further line looks like one.
    pub(super) fn over_lines(&self, node: Node, faults: &mut Faults) -> Node {
        let NodeKind::Plain(_) = &node.kind else { return node };
        let (start, end) = (node.span.start as usize, node.span.end as usize);
        let Some(first) = self.slice(start, end).find(['\n', '\r']) else { return node };
        let found: Vec<Diagnostic> = self
            .lines(start + first + 1, end)
            .filter_map(|(start, end)| self.of_line(start, end, Doubt::Text))
            .collect();
        if found.is_empty() {
            return node;
        }
        faults.extend(found);
        let written = self.slice(start, start + first).trim_end();
        Node { span: self.span(start, start + written.len()), kind: NodeKind::Plain(written.to_string()) }
    }

    fn lines(&self, from: usize, to: usize) -> impl Iterator<Item = (usize, usize)> {
        let mut start = from;
        std::iter::from_fn(move || {
            (start < to || (start == to && from == to)).then(|| {
                let (_, end) = self.line(start);
                let line = (start, end);
                start = end + if self.slice(end, end + 2) == "\r\n" { 2 } else { 1 };
                line
            })
        })
    }

    /// Says what is wrong with a line that is almost a field.
    fn of_line(&self, start: usize, end: usize, doubt: Doubt) -> Option<Diagnostic> {
        let line = self.slice(start, end);
        let indent = line.len() - line.trim_start_matches([' ', '\t', '-']).len();
        let rest = line.get(indent..)?;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let length = match quote {
            Some(quote) => rest.get(1..)?.find(quote)? + 2,
            None => rest.find(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).unwrap_or(rest.len()),
        };
        let name = rest.get(..length)?.trim_matches(['"', '\'']);
        let after = rest.get(length..)?;
        if name.is_empty() || after.trim().is_empty() {
            return None;
        }
        let blanks = after.len() - after.trim_start().len();
        let mark = after.trim_start().chars().next()?;
        let value = after.trim_start().get(mark.len_utf8()..)?;
        let value_start = value.len() - value.trim_start().len();
        let known = (self.known)(name);
        let at = start + indent + length;
        let gap = match mark {
            ':' if value.starts_with([' ', '\t']) || value.is_empty() => return None,
            // `http://…` is no field.
            ':' if value.starts_with("//") => return None,
            ':' | '：' | '＝' | '=' if known || doubt == Doubt::NoField => {
                blanks + mark.len_utf8() + value_start
            }
            _ if known && blanks > 0 && doubt != Doubt::Text => blanks,
            _ => return None,
        };
        let mend = if value.trim().is_empty() && gap > blanks { ":" } else { ": " };
        let label = match mark {
            '：' => "this colon is of full width",
            '=' | '＝' => "`=` is none",
            ':' if value_start > 0 => "another space follows",
            ':' => "no space follows",
            _ => "no colon follows",
        };
        let place = self.span(at, at + gap);
        Some(malformed(place, COLON).here(label).fix("write `: `", place, mend))
    }

    /// Says why the parser stopped at an offset.
    pub(super) fn of_error(&self, at: usize, cause: Cause) -> Vec<Diagnostic> {
        let found = if matches!(cause, Cause::Tab) { self.tabs() } else { self.of_cause(at, &cause) };
        if let Some(found) = found {
            return vec![found];
        }
        let (start, end) = self.line(at);
        let known: Vec<Diagnostic> =
            self.lines(0, end).filter_map(|(start, end)| self.of_line(start, end, Doubt::Field)).collect();
        if !known.is_empty() {
            return known;
        }
        if let Some(found) = self.of_line(start, end, Doubt::NoField) {
            return vec![found];
        }
        if self.slice(at, end).trim() == "?" {
            let here = self.character(at);
            let unknown = malformed(here, "a value that is not known is null").here("not a value");
            return vec![unknown.fix("write `null`", here, "null")];
        }
        let diagnostic = match cause {
            Cause::Colon => return vec![self.colon(at)],
            Cause::Tab => {
                malformed(self.character(at), "a tab does not stand here").here("a tab, or before one")
            }
            Cause::Indent if !self.slice(start, end).trim_start().starts_with('-') => malformed(
                self.character(self.blanks(start)),
                "this line is indented otherwise than the fields",
            )
            .here("indented more or less than the lines above")
            .note("fields stand one a line, all indented alike"),
            Cause::Dash | Cause::Indent => malformed(self.character(at), "a list does not begin here")
                .here("a dash without a field")
                .note("a list is written `[a, b]`, or on lines of its own, each with a dash and a space"),
            Cause::Other(words) => malformed(self.character(at), "this is not YAML").here(words),
            _ => malformed(self.character(at), "this is not YAML").here("not expected here"),
        };
        vec![diagnostic]
    }

    fn of_cause(&self, at: usize, cause: &Cause) -> Option<Diagnostic> {
        match cause {
            Cause::Open => self.unclosed_list(at),
            Cause::Quote => self.unclosed_text(at),
            Cause::Close => {
                let here = self.character(at);
                let shown = self.slice(at, here.end as usize);
                let message = format!("this `{shown}` closes nothing");
                Some(malformed(here, message).here("no bracket is open here").fix("remove it", here, ""))
            }
            Cause::Mismatch(open) => {
                let here = self.character(at);
                let (close, shown) =
                    (if *open == '[' { ']' } else { '}' }, self.slice(at, here.end as usize));
                let message = format!("`{open}` is closed by `{close}`, not by `{shown}`");
                Some(malformed(here, message).here("of another kind").fix(
                    format!("write `{close}`"),
                    here,
                    close,
                ))
            }
            Cause::AfterQuote => {
                let (start, end) = self.value(at)?;
                let value = self.slice(start, end);
                let diagnostic = malformed(self.span(start, end), "a text ends with its quotation mark")
                    .here("more follows the second quotation mark");
                let mark = if value.starts_with('"') { '\'' } else { '"' };
                let mend = format!("{mark}{value}{mark}");
                let clean = !value.contains([mark, '\\']);
                Some(if clean {
                    diagnostic.fix(format!("write {mend}"), self.span(start, end), mend)
                } else {
                    diagnostic
                })
            }
            Cause::Escape => {
                let text = self.slice(at, self.text.len());
                let mut escaped = false;
                let place = text.char_indices().find(|(_, c)| {
                    let wrong = escaped && !"0abtnvfre \"/\\N_LPxuU\n\r\t".contains(*c);
                    escaped = !escaped && *c == '\\';
                    wrong
                });
                let (offset, c) = place?;
                let start = at + offset - 1;
                let here = self.span(start, start + 1 + c.len_utf8());
                let message = format!("`\\{c}` is not an escape of YAML");
                let fix = self.span(start, start);
                Some(malformed(here, message).here("not an escape").fix(
                    "write the backslash itself",
                    fix,
                    "\\",
                ))
            }
            Cause::Character('\u{feff}') => {
                let here = self.character(at);
                let diagnostic = malformed(here, "a byte order mark stands inside of the profile");
                Some(diagnostic.here("it has no meaning here").fix("remove it", here, ""))
            }
            Cause::Character(c) if c.is_control() => {
                let here = self.character(at);
                let diagnostic = malformed(here, "a profile holds no control characters");
                Some(diagnostic.here("a control character").fix("remove it", here, ""))
            }
            Cause::Character(_) => {
                let (start, end) = self.value(at)?;
                let first = self.slice(start, end).chars().next()?;
                let here = self.span(start, end);
                let message = format!("a text that begins with `{first}` stands between quotation marks");
                let mend = quoted(self.slice(start, end));
                Some(malformed(here, message).here("no quotation marks").fix("write them", here, mend))
            }
            Cause::Tab | Cause::Colon | Cause::Dash | Cause::Indent | Cause::Other(_) => None,
        }
    }

    /// Returns the value of the field on the line of an offset, without a comment.
    fn value(&self, at: usize) -> Option<(usize, usize)> {
        let (start, end) = self.line(at);
        let line = self.slice(start, end);
        let colon = line.find(": ").or_else(|| line.find(":\t"))? + 1;
        let value = line.get(colon..)?;
        let value = value.get(..value.find(" #").unwrap_or(value.len()))?;
        let from = start + colon + value.len() - value.trim_start().len();
        (!value.trim().is_empty()).then(|| (from, from + value.trim().len()))
    }

    /// Tells of the tabs that lines are indented with.
    fn tabs(&self) -> Option<Diagnostic> {
        let mut edits = Vec::new();
        for (start, end) in self.lines(0, self.text.len()) {
            let line = self.slice(start, end);
            let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
            let blanks = line.get(..indent).unwrap_or("");
            if blanks.contains('\t') && indent < line.len() {
                let span = self.span(start, start + indent);
                edits.push(Edit { span, text: blanks.replace('\t', "  ") });
            }
        }
        let first = edits.first()?.span;
        let mut diagnostic = malformed(first, "lines are indented with spaces").here("a tab");
        diagnostic.fix = Some(Fix { message: "write two spaces for each tab".into(), edits, sure: true });
        Some(diagnostic)
    }

    /// A line has one colon too many or none, and its name is none of a field.
    fn colon(&self, at: usize) -> Diagnostic {
        let (start, end) = self.line(at);
        if let Some((from, to)) = self.value(at).filter(|(from, _)| *from <= at) {
            let here = self.span(from, to);
            let value = self.slice(from, to);
            let diagnostic = malformed(here, "a text with a colon in it stands between quotation marks");
            let diagnostic = diagnostic.here("no quotation marks");
            let plain = !value.starts_with(['"', '\'', '[', '{']);
            return if plain { diagnostic.fix("write them", here, quoted(value)) } else { diagnostic };
        }
        let line = self.slice(start, end);
        let indent = line.len() - line.trim_start().len();
        let above = self.slice(0, start).trim_end();
        let (above_start, above_end) = self.line(above.len());
        let above_line = self.slice(above_start, above_end);
        let above_indent = above_line.len() - above_line.trim_start().len();
        let name = line.trim_start().find(':').and_then(|colon| line.trim_start().get(..colon)).unwrap_or("");
        if indent > above_indent && above_line.contains(':') {
            let blanks = self.span(start + above_indent, start + indent);
            let here = self.span(start, start + indent);
            return malformed(here, "this line is indented more than the field above it")
                .here("indented more")
                .also(
                    self.span(above_start + above_indent, above_start + above_line.trim_end().len()),
                    "above",
                )
                .fix("indent it as much", blanks, "");
        }
        if !above_line.contains(':') && !name.is_empty() {
            let word = above_line.trim_start().find(' ');
            let at = above_start + above_indent + word.unwrap_or(above_line.trim().len());
            let place = self.span(at, at);
            let diagnostic = malformed(place, COLON).here("no colon follows");
            return if word.is_some() { diagnostic.fix("write `:`", place, ":") } else { diagnostic };
        }
        let word = line.trim_start().find(' ').unwrap_or(line.trim().len());
        let place = self.span(start + indent + word, start + indent + word);
        let diagnostic = malformed(place, COLON).here("no colon follows");
        if word < line.trim().len() { diagnostic.fix("write `:`", place, ":") } else { diagnostic }
    }

    /// Finds the bracket that is open at an offset, and closes it on its line.
    fn unclosed_list(&self, at: usize) -> Option<Diagnostic> {
        let (bracket, _) = self.still_open(at.max(1));
        let (start, open) = bracket?;
        let close = if open == '[' { ']' } else { '}' };
        let end = self.end_of_line(start);
        let message = format!("this `{open}` is never closed");
        let here = self.character(start);
        Some(malformed(here, message).here("opened here").fix(
            format!("write `{close}` at the end of the line"),
            self.span(end, end),
            close,
        ))
    }

    /// Finds the quotation mark that is open at an offset, and closes the text on its line.
    fn unclosed_text(&self, at: usize) -> Option<Diagnostic> {
        let (bracket, quote) = self.still_open(at + 1);
        let (start, mark) = quote?;
        let mut end = self.end_of_line(start);
        if bracket.is_some() {
            let inner = self.slice(start, end);
            end = start + inner.trim_end_matches([']', '}', ',', ' ']).len();
        }
        let here = self.character(start);
        Some(malformed(here, "this text is never closed").here("the text begins here").fix(
            format!("close it after `{}`", short(self.slice(start + 1, end))),
            self.span(end, end),
            mark,
        ))
    }

    fn end_of_line(&self, at: usize) -> usize {
        let (_, end) = self.line(at);
        let line = self.slice(at, end);
        at + line.get(..line.find(" #").unwrap_or(line.len())).unwrap_or("").trim_end().len()
    }

    /// Returns the innermost bracket and the quotation mark that are open at an offset.
    fn still_open(&self, at: usize) -> (Option<Mark>, Option<Mark>) {
        let mut brackets: Vec<(usize, char)> = Vec::new();
        let mut quote: Option<(usize, char)> = None;
        let (mut before, mut escaped, mut comment) = (' ', false, false);
        for (offset, c) in self.slice(0, at.min(self.text.len())).char_indices() {
            // Marks mean something where a value may begin, and brackets end one wherever a list is open.
            let begins = matches!(before, ' ' | '\t' | '\n' | '\r' | '[' | '{' | ',' | '\u{feff}');
            match (quote, c) {
                _ if comment => comment = c != '\n',
                (Some(_), _) if escaped => escaped = false,
                (Some((_, '"')), '\\') => escaped = true,
                (Some((_, mark)), c) if c == mark => quote = None,
                (Some(_), _) => {}
                (None, '#') if begins => comment = true,
                (None, '"' | '\'') if begins => quote = Some((offset, c)),
                (None, '[' | '{') if begins => brackets.push((offset, c)),
                (None, ']' | '}') => {
                    brackets.pop();
                }
                _ => {}
            }
            before = c;
        }
        (brackets.last().copied(), quote)
    }
}
