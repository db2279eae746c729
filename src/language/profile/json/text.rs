//! Texts of JSON, and values without quotation marks.

use super::{Parser, Stop, malformed, slips};
use crate::diagnostic::{Edit, Fix};
use crate::profile::notation::{quoted, short};
use crate::profile::number::numeral;
use crate::profile::tree::{Node, NodeKind};

impl Parser<'_> {
    /// Reads a text between `"`.
    pub(super) fn text(&mut self) -> Result<String, Stop> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        let mut controls: Vec<Edit> = Vec::new();
        loop {
            let Some(c) = self.rest().chars().next() else { return Err(self.unclosed_text(start)) };
            match c {
                '"' => break,
                '\n' | '\r' => return Err(self.unclosed_text(start)),
                '\\' => {
                    self.escape(&mut text);
                    continue;
                }
                c if c < ' ' => {
                    let plain = if c == '\t' { "\\t" } else { "" };
                    controls.push(Edit { span: self.here(), text: plain.into() });
                    // The value is read as the fix leaves it.
                    text.extend((c == '\t').then_some(c));
                }
                c => text.push(c),
            }
            self.at += c.len_utf8();
        }
        self.at += 1;
        if let Some(first) = controls.first() {
            let tab = text.contains('\t');
            let message = if tab { "a tab is written `\\t` in a text of JSON" } else { slips::NO_CONTROLS };
            let mut diagnostic = malformed(first.span, message).here("a control character");
            let message = if tab { "write `\\t`" } else { "remove it" };
            diagnostic.fix = Some(Fix { message: message.into(), edits: controls, sure: true });
            self.complain(diagnostic);
        }
        Ok(text)
    }

    /// Reads an escape, which begins here.
    fn escape(&mut self, text: &mut String) {
        let start = self.at;
        let rest = self.rest().get(1..).unwrap_or("");
        let Some(c) = rest.chars().next() else {
            self.at += 1;
            return;
        };
        let plain = match c {
            '"' | '\\' | '/' => Some(c),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            _ => None,
        };
        self.at += 1 + c.len_utf8();
        if let Some(plain) = plain {
            text.push(plain);
            return;
        }
        let unit = |rest: &str| {
            let digits = rest.strip_prefix("\\u")?.get(..4)?;
            let hexadecimal = digits.bytes().all(|b| b.is_ascii_hexdigit());
            hexadecimal.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
        };
        let escape = self.text.get(start..).unwrap_or("");
        let diagnostic = match unit(escape) {
            Some(high @ 0xd800..=0xdbff) => {
                self.at = start + 6;
                if let Some(low @ 0xdc00..=0xdfff) = unit(self.rest()) {
                    self.at += 6;
                    text.extend(char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)));
                    return;
                }
                malformed(self.span(start, self.at), "this escape is half of a character")
                    .here("its other half is missing")
            }
            Some(0xdc00..=0xdfff) => {
                self.at = start + 6;
                malformed(self.span(start, self.at), "this escape is half of a character")
                    .here("its other half is missing")
            }
            Some(code) => {
                self.at = start + 6;
                text.extend(char::from_u32(code));
                return;
            }
            None if c == 'u' => malformed(self.span(start, self.at), "`\\u` is followed by four digits")
                .here("too few hexadecimal digits"),
            None if c == '\n' || c == '\r' => {
                // The text is not closed on its line, which is told there.
                self.at = start + 1;
                return;
            }
            None => {
                text.extend(['\\', c]);
                malformed(self.span(start, self.at), format!("`\\{c}` is not an escape of JSON"))
                    .here("not an escape")
                    .note("the escapes are `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u6e20`")
                    .fix("write the backslash itself", self.span(start, start), "\\")
            }
        };
        self.complain(diagnostic);
    }

    /// A text goes on to the end of its line.
    fn unclosed_text(&mut self, start: usize) -> Stop {
        let line = self.text.get(start..).unwrap_or("");
        let line = line.get(..line.find(['\n', '\r']).unwrap_or(line.len())).unwrap_or("");
        let end =
            start + line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '}' | ']')).len();
        let quote = self.span(start, start + 1);
        let diagnostic = malformed(quote, "this text is not closed on its line")
            .here("the text begins here")
            .note("a line end in a text is written `\\n`");
        // Where the next line goes on with the text, nobody knows where it ends.
        let next = self.text.get(start + line.len()..).unwrap_or("").trim_start();
        let ends = next.is_empty() || next.starts_with(['"', '}', ']', ',']);
        self.complain(match ends {
            true => diagnostic.fix("close the text", self.span(end, end), "\""),
            false => diagnostic,
        });
        Stop
    }

    /// A text was closed where another should begin: `"company, "posts"`.
    pub(super) fn runs_on(&mut self, previous: &Node) -> Result<(), Stop> {
        let (start, end) = (previous.span.start as usize, previous.span.end as usize);
        let adjacent = self.at == end && self.rest().starts_with(char::is_alphanumeric);
        let written = self.text.get(start..end).unwrap_or("");
        if !adjacent || !matches!(previous.kind, NodeKind::Text(_)) || !written.starts_with('"') {
            return Ok(());
        }
        let inner = written.get(1..written.len() - 1).unwrap_or("");
        let kept = inner.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ':'));
        let mut diagnostic = malformed(self.span(start, start + 1), "this text is closed too late")
            .here("the text begins here")
            .also(self.span(end - 1, end), "and ends here");
        if kept.len() < inner.len() {
            let place = self.span(start + 1 + kept.len(), start + 1 + kept.len());
            diagnostic = diagnostic.fix(format!("close it after `{}`", short(kept)), place, "\"");
        }
        self.complain(diagnostic);
        Err(Stop)
    }

    /// Reads a text between marks that are none of JSON: `'a'`, `“a”`.
    pub(super) fn odd_text(&mut self, open: char) -> Result<String, Stop> {
        let start = self.at;
        let rest = self.rest().get(open.len_utf8()..).unwrap_or("");
        let line = rest.get(..rest.find(['\n', '\r']).unwrap_or(rest.len())).unwrap_or("");
        let Some(close) = line.find(|c| slips::closes_quote(open, c)) else {
            let diagnostic = malformed(self.here(), "this text is not closed on its line")
                .here("the text begins here")
                .note("a text stands between `\"` in JSON");
            self.complain(diagnostic);
            return Err(Stop);
        };
        let text = line.get(..close).unwrap_or("").to_string();
        let mark = line.get(close..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        self.at = start + open.len_utf8() + close + mark;
        let whole = self.span(start, self.at);
        let diagnostic = malformed(whole, "a text stands between `\"` in JSON")
            .here(format!("between {open} and {}", self.text.get(self.at - mark..self.at).unwrap_or("")))
            .fix("write `\"`", whole, quoted(&text));
        self.complain(diagnostic);
        Ok(text)
    }

    /// Reads a number or a word, and what else stands without quotation marks.
    pub(super) fn bare(&mut self) -> Result<NodeKind, Stop> {
        let start = self.at;
        let rest = self.rest();
        let ends = |(at, c): (usize, char)| {
            let after = rest.get(at..).unwrap_or("");
            matches!(slips::plain_mark(c).unwrap_or(c), ',' | '{' | '}' | '[' | ']')
                || matches!(c, '\n' | '\r' | '"' | '#')
                || (after.starts_with("//") || after.starts_with("/*"))
        };
        let length = rest.char_indices().find(|place| ends(*place)).map_or(rest.len(), |(at, _)| at);
        let mut run = rest.get(..length).unwrap_or("").trim_end();
        if let Some(thousands) = slips::thousands(rest, run, self.open.last().map(|(_, close)| *close)) {
            run = thousands;
        }
        self.at += run.len();
        let here = self.span(start, self.at);
        match run {
            "null" => return Ok(NodeKind::Null),
            "true" => return Ok(NodeKind::Bool(true)),
            "false" => return Ok(NodeKind::Bool(false)),
            _ if numeral(run) == Some(run.len()) && !run.starts_with('+') && !run.contains('_') => {
                return Ok(NodeKind::Number(run.to_string()));
            }
            _ => {}
        }
        if !run.starts_with(|c: char| c.is_alphanumeric() || "+-._~?¥$€".contains(c)) {
            let shown = run.chars().next().or(rest.chars().next()).map_or(String::new(), |c| c.to_string());
            let first = self.span(start, start + shown.len());
            self.complain(
                malformed(first, "expected a value").here(format!("no value begins with `{shown}`")),
            );
            return Err(Stop);
        }
        let slip = slips::value(run);
        let mut diagnostic = malformed(here, slip.message).here(slip.here);
        for note in slip.notes {
            diagnostic = diagnostic.note(note);
        }
        if let Some(text) = slip.fix {
            diagnostic = diagnostic.fix(format!("write `{text}`"), here, text);
        }
        self.complain(diagnostic);
        Ok(NodeKind::Wrong)
    }
}
