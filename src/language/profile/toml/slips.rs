//! What is almost TOML: the parser says where, and here it is looked up what was meant.

use crate::date::Date;
use crate::diagnostic::Diagnostic;
use crate::profile::notation::{quoted, short};
use crate::profile::{malformed, number};
use crate::source::{FileId, Span};

/// The text of a profile that is almost TOML, without its byte order mark.
pub(super) struct Slips<'a> {
    pub(super) file: FileId,
    pub(super) text: &'a str,
    /// How many bytes of the file stand before the text.
    pub(super) base: usize,
}

/// What something wrong does to the rest.
pub(super) enum Structure {
    /// The other lines are what they say.
    Local(Diagnostic),
    /// What follows cannot be understood.
    Broken(Diagnostic),
}

impl<'a> Slips<'a> {
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: (self.base + start) as u32, end: (self.base + end.max(start)) as u32 }
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or("")
    }

    /// Returns where the line begins and ends that holds an offset.
    fn line(&self, at: usize) -> (usize, usize) {
        let start = self.slice(0, at).rfind('\n').map_or(0, |end| end + 1);
        let rest = self.slice(at, self.text.len());
        let end = at + rest.find('\n').unwrap_or(rest.len());
        (start, start + self.slice(start, end).trim_end_matches('\r').len())
    }

    pub(super) fn same_line(&self, a: usize, b: usize) -> bool {
        self.line(a) == self.line(b)
    }

    /// Tells of a file that is another format's.
    pub(super) fn other_format(&self) -> Option<Box<Diagnostic>> {
        let start = self.text.len() - self.text.trim_start().len();
        let (_, end) = self.line(start);
        let line = self.slice(start, end);
        let format = match line {
            _ if line.starts_with('{') => "JSON",
            _ if line.starts_with("---") || line.starts_with("%YAML") => "YAML",
            _ => return None,
        };
        let ending = format.to_lowercase();
        let message = format!("this looks like {format}, not TOML");
        Some(Box::new(
            malformed(self.span(start, end), message)
                .here("no TOML")
                .note(format!("end the file's name in `.{ending}`, or say `--profile-format {ending}`")),
        ))
    }

    /// Tells of a name that should stand between quotation marks.
    pub(super) fn key(&self, start: usize, end: usize) -> Diagnostic {
        let name = self.slice(start, end);
        malformed(
            self.span(start, end),
            "a name with other letters than a to z stands between quotation marks in TOML",
        )
        .here("no quotation marks")
        .fix("write them", self.span(start, end), quoted(name))
    }

    /// Tells of a number in another base than ten.
    pub(super) fn radix(&self, start: usize, end: usize) -> Diagnostic {
        let here = self.span(start, end);
        let written = self.slice(start, end);
        let diagnostic = malformed(here, format!("`{}` is not a number of a profile", short(written)))
            .here("a number is written in decimal digits");
        match number::meant(&written.replace('_', "")) {
            Some(meant) => diagnostic.fix(format!("write `{}`", meant.digits), here, meant.digits),
            None => diagnostic,
        }
    }

    /// Says what is wrong with a value that is no TOML; nothing if it is a day that the calendar does not have.
    pub(super) fn value(&self, start: usize, end: usize, null: Option<&str>) -> Option<Diagnostic> {
        let written = self.slice(start, end);
        let here = self.span(start, end);
        let shown = short(written);
        let fixed =
            |diagnostic: Diagnostic, text: String| diagnostic.fix(format!("write `{text}`"), here, text);
        let diagnostic = match written {
            "" => {
                let equals = self.slice(0, start).trim_end().len();
                malformed(self.span(equals.saturating_sub(1), equals), "a value is missing")
                    .here("nothing follows")
                    .note("a value that is not known is written \"unknown\", or its field is left out")
            }
            "True" | "TRUE" | "False" | "FALSE" => {
                let small = written.to_lowercase();
                let message = format!("TOML writes `{small}` in small letters");
                fixed(malformed(here, message).here("no TOML"), small)
            }
            "null" | "Null" | "NULL" | "None" | "nil" | "undefined" | "unknown" | "~" => {
                let diagnostic = malformed(here, format!("TOML has no `{shown}`")).here("no TOML");
                match null {
                    Some(null) => fixed(
                        diagnostic.note("a value that is not known is written \"unknown\""),
                        null.to_string(),
                    ),
                    None => diagnostic.note("a field that is not known is left out"),
                }
            }
            _ if written.starts_with(['"', '\'']) => self.text_value(start, end),
            _ if is_date(written) => return None,
            _ if written.starts_with(['“', '”', '„', '‘', '’', '「', '＂']) => {
                let inner = written.trim_matches(|c| "“”„‘’「」＂\"'".contains(c));
                malformed(here, "a text stands between `\"` in TOML").here("other quotation marks").fix(
                    "write `\"`",
                    here,
                    quoted(inner),
                )
            }
            _ => self.bare(here, written),
        };
        Some(diagnostic)
    }

    /// A number or a word without quotation marks.
    fn bare(&self, here: Span, written: &str) -> Diagnostic {
        let shown = short(written);
        let numeric = written.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
        if let (true, Some(meant)) = (numeric, number::meant(written))
            && meant.numerator.is_none()
            && meant.denominator.is_none()
        {
            let digits = written.trim_start_matches(['-', '+']);
            let label = if digits.starts_with('.') || digits.ends_with('.') {
                "digits stand on both sides of a point"
            } else if digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()) {
                "a number does not begin with 0"
            } else {
                "a number is written in decimal digits"
            };
            let message = format!("`{shown}` is not a number in TOML");
            return malformed(here, message).here(label).fix(
                format!("write `{}`", meant.digits),
                here,
                meant.digits,
            );
        }
        let what = if matches!(number::read(written), number::Reading::Quantity(_)) {
            "a number with a unit"
        } else {
            "a text"
        };
        malformed(here, format!("{what} stands between quotation marks in TOML"))
            .here("no quotation marks")
            .fix(format!("write {}", quoted(&shown)), here, quoted(written))
    }

    /// Says what is wrong with a text between quotation marks.
    fn text_value(&self, start: usize, end: usize) -> Diagnostic {
        let written = self.slice(start, end);
        let mark = written.chars().next().unwrap_or('"');
        let long: String = [mark; 3].iter().collect();
        let begin = self.span(start, start + 1);
        let closed = written.len() > 1 && written.ends_with(mark);
        if written.starts_with(&long) && (written.len() < 6 || !written.ends_with(&long)) {
            return malformed(self.span(start, start + 3), "this text is never closed")
                .here("the text begins here")
                .note(format!("close it with `{long}`"));
        }
        if !closed {
            let (_, line_end) = self.line(start);
            let line = self.slice(start, line_end.min(end));
            let close = start + line.trim_end_matches([' ', '\t', ',', ']', '}']).len();
            return malformed(begin, "this text is not closed on its line").here("the text begins here").fix(
                "close the text",
                self.span(close, close),
                mark,
            );
        }
        if let Some((at, c)) =
            written.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            let here = self.span(start + at, start + at + c.len_utf8());
            return malformed(here, "a text holds no control characters").here("a control character").fix(
                "remove it",
                here,
                "",
            );
        }
        let mut escaped = false;
        let wrong = written.char_indices().find(|(_, c)| {
            let wrong = escaped && !"btnfre\"\\uUx\n\r \t".contains(*c);
            escaped = !escaped && *c == '\\';
            wrong
        });
        if let (Some((at, c)), '"') = (wrong, mark) {
            let place = start + at - 1;
            return malformed(
                self.span(place, start + at + c.len_utf8()),
                format!("`\\{c}` is not an escape of TOML"),
            )
            .here("not an escape")
            .note("a text between `'` takes backslashes as they are")
            .fix("write the backslash itself", self.span(place, place), "\\");
        }
        self.comma_behind(end).unwrap_or_else(|| {
            malformed(self.span(start, end), "this text is not as TOML has it")
                .here("an escape or a character too many")
        })
    }

    /// A comma or a semicolon ends the line.
    fn comma_behind(&self, at: usize) -> Option<Diagnostic> {
        let (_, line_end) = self.line(at);
        let behind = self.slice(at, line_end);
        let end = at + behind.trim_end().len();
        if !matches!(behind.trim(), "," | ";") {
            return None;
        }
        let extra = self.span(end - 1, end);
        let diagnostic = malformed(extra, "no comma stands between lines in TOML").here("one too many");
        Some(diagnostic.fix("remove it", extra, ""))
    }

    /// Says what is wrong with a line, a bracket or a name.
    pub(super) fn structure(&self, start: usize, end: usize, message: &str) -> Structure {
        let (line_start, line_end) = self.line(start);
        let line = self.slice(line_start, line_end);
        let here = self.span(start, end);
        if message.contains("carriage return") {
            let diagnostic = malformed(here, "a line ends with a carriage return alone")
                .here("no line feed follows")
                .note("save the file with line ends of Unix or Windows");
            return Structure::Broken(diagnostic);
        }
        if let Some((at, c)) = line.char_indices().find(|(_, c)| c.is_control() && *c != '\t') {
            let at = line_start + at;
            let here = self.span(at, at + c.len_utf8());
            let diagnostic =
                malformed(here, "a profile holds no control characters").here("a control character");
            return Structure::Local(diagnostic.fix("remove it", here, ""));
        }
        if let Some(diagnostic) = self.unclosed(start, message) {
            return Structure::Broken(diagnostic);
        }
        if let Some(diagnostic) = self.assignment(line_start, line) {
            return Structure::Local(diagnostic);
        }
        let behind = self.slice(start, line_end);
        if message.starts_with("unexpected key or value") {
            if let Some(diagnostic) = self.comma_behind(start) {
                return Structure::Local(diagnostic);
            }
            let extra = self.span(start, start + behind.trim_end().len());
            let diagnostic = malformed(extra, "one field stands on a line").here("more follows its value");
            return Structure::Local(diagnostic);
        }
        let words = message.replace('\n', ", ");
        Structure::Broken(malformed(here, "this is not TOML").here(words))
    }

    /// A line whose name is followed by something else than `=`.
    fn assignment(&self, line_start: usize, line: &str) -> Option<Diagnostic> {
        let indent = line.len() - line.trim_start().len();
        let rest = line.get(indent..)?;
        if rest.starts_with(['[', '#']) {
            return None;
        }
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let length = match quote {
            Some(quote) => rest.get(1..)?.find(quote)? + 2,
            None => rest.find(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).unwrap_or(rest.len()),
        };
        let after = rest.get(length..)?;
        let mark = after.trim_start().chars().next();
        let at = line_start + indent + length;
        if length == 0 || mark == Some('=') {
            return None;
        }
        let blanks = after.len() - after.trim_start().len();
        let place = self.span(at, at + blanks + mark.map_or(0, char::len_utf8));
        Some(match mark {
            Some(':' | '：' | '＝') => {
                let behind = after.trim_start().get(mark?.len_utf8()..)?;
                let mend = if behind.starts_with(' ') { " =" } else { " = " };
                malformed(place, "an equals sign follows the field's name in TOML").here("not `=`").fix(
                    "write `=`",
                    place,
                    mend,
                )
            }
            _ => {
                let end = self.span(at, at);
                let diagnostic = malformed(end, "an equals sign follows the field's name in TOML")
                    .here("expected `=` here");
                if blanks > 0 && mark.is_some() { diagnostic.fix("write `=`", end, " =") } else { diagnostic }
            }
        })
    }

    /// A list or a table that is open where a field begins.
    fn unclosed(&self, at: usize, message: &str) -> Option<Diagnostic> {
        let inside = ["array", "inline table", "unclosed table", "key-value pairs"];
        if !inside.iter().any(|word| message.contains(word)) {
            return None;
        }
        let (start, open) = self.still_open(at)?;
        let close = if open == '[' { ']' } else { '}' };
        let (_, line_end) = self.line(start);
        let bracket = self.span(start, start + 1);
        if message.contains("comma between") && at <= line_end {
            let end = start + self.slice(start, at).trim_end().len();
            let place = self.span(end, end);
            return Some(malformed(place, "a comma is missing").here("expected `,` here").fix(
                "write a comma",
                place,
                ",",
            ));
        }
        let line = self.slice(start, line_end);
        let line = line.get(..line.find(" #").unwrap_or(line.len())).unwrap_or("").trim_end();
        let end = self.span(start + line.len(), start + line.len());
        Some(malformed(bracket, format!("this `{open}` is never closed")).here("opened here").fix(
            format!("write `{close}` at the end of the line"),
            end,
            close,
        ))
    }

    /// Returns the innermost bracket that is open at an offset.
    fn still_open(&self, at: usize) -> Option<(usize, char)> {
        let mut brackets: Vec<(usize, char)> = Vec::new();
        let mut quote = None;
        let (mut escaped, mut comment) = (false, false);
        for (offset, c) in self.slice(0, at.min(self.text.len())).char_indices() {
            match (quote, c) {
                (_, '\n') => (quote, comment, escaped) = (None, false, false),
                _ if comment => {}
                (Some(_), _) if escaped => escaped = false,
                (Some('"'), '\\') => escaped = true,
                (Some(mark), c) if c == mark => quote = None,
                (Some(_), _) => {}
                (None, '#') => comment = true,
                (None, '"' | '\'') => quote = Some(c),
                (None, '[' | '{') => brackets.push((offset, c)),
                (None, ']' | '}') => {
                    brackets.pop();
                }
                _ => {}
            }
        }
        brackets.last().copied()
    }
}

/// Tells whether a value looks like a day: `2021-02-30`.
fn is_date(written: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        written.get(range).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()))
    };
    written.len() == 10
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && written.get(4..5) == Some("-")
        && written.get(7..8) == Some("-")
        && Date::parse(written).is_none()
}
