//! Characters that are none of the language: invisible ones, look-alikes, quotation marks of other kinds.

use unicode_ident::is_xid_continue;

use super::{Kind, Lexer};
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::source::Span;
use crate::visible::{hidden_in, is_hidden};

/// Currencies are units, known by their codes.
const CURRENCIES: &[(char, &str)] = &[('¥', "CNY"), ('￥', "CNY"), ('$', "USD"), ('＄', "USD"), ('€', "EUR")];

impl Lexer<'_> {
    /// Reports the hidden characters of a name, a comment or a text, all of them at once.
    pub(super) fn hidden(&mut self, start: usize, end: usize, code: Code, place: &str) {
        let piece = self.source.get(start..end).unwrap_or("");
        // In a name, nothing needs to be joined.
        let found: Vec<(usize, char)> = match code {
            Code::HiddenCharacter => hidden_in(piece).filter(|(_, c)| *c != '\r').collect(),
            _ => piece.char_indices().filter(|(_, c)| is_hidden(*c) && *c != '\r').collect(),
        };
        let Some((first, c)) = found.first().copied() else { return };
        let in_text = code == Code::HiddenCharacter;
        let at = |offset: usize, c: char| self.span(start + offset, start + offset + c.len_utf8());
        let what = match found.len() {
            1 => format!("the invisible character `{}`", c.escape_unicode()),
            many => format!("{many} invisible characters"),
        };
        let label = if found.len() == 1 { "it cannot be seen here" } else { "the first cannot be seen here" };
        let mut diagnostic = Diagnostic::new(code, at(first, c), format!("{place} holds {what}")).here(label);
        diagnostic = match in_text {
            true => diagnostic
                .note("where it is meant, write it as an escape, so that a reader sees it")
                .fix("write the escape", at(first, c), ""),
            false => diagnostic.fix("remove what cannot be seen", at(first, c), ""),
        };
        if let Some(fix) = &mut diagnostic.fix {
            let text = |c: char| if in_text { c.escape_unicode().to_string() } else { String::new() };
            fix.edits =
                found.iter().map(|(offset, c)| Edit { span: at(*offset, *c), text: text(*c) }).collect();
        }
        self.report(diagnostic);
    }

    /// Takes hidden characters outside of names, comments and texts; beside a name they only part it.
    pub(super) fn hidden_in_code(&mut self, at: usize) -> usize {
        let end = self.take_while(at, is_hidden);
        self.hidden(at, end, Code::ForbiddenCharacter, "this place");
        let beside = |c: Option<char>| c.is_some_and(is_xid_continue);
        let before = self.source.get(..at).and_then(|before| before.chars().next_back());
        if beside(before) || beside(self.char_at(end)) {
            self.blank(at, end);
        } else {
            self.push(Kind::Word, at, end, true);
        }
        end
    }

    /// Puts plain characters in the place of others, which are no shorter, so that the rest can be read.
    fn plain(&mut self, start: usize, end: usize, plain: &str) {
        let with = format!("{plain:width$}", width = end - start);
        self.text.to_mut().replace_range(start..end, &with);
    }

    /// Tells which word that begins a clause stands before a colon: a field may have such a name, but no field goes on
    /// with a text, and none is called by a reserved word.
    fn clause_before(&self, colon_end: usize) -> Option<&'static str> {
        let last = self.tokens.last().filter(|token| token.kind == Kind::Word)?;
        let word = self.source.get(last.start..last.end)?;
        let text = self.rest(colon_end).trim_start_matches([' ', '\t']).chars().next()?;
        let said = text == '"' || quotation(text).is_some();
        let reserved = ["when", "then"].into_iter().find(|clause| *clause == word);
        let speaking =
            ["because", "note", "warn", "how", "cost", "takes", "version", "url", "publisher", "text"];
        reserved.or(speaking.into_iter().find(|clause| *clause == word && said))
    }

    fn look_alike(&mut self, here: Span, shown: &str, plain: &str) {
        self.report(
            Diagnostic::new(
                Code::ForbiddenCharacter,
                here,
                format!("`{shown}` is not a character of the language; `{plain}` is"),
            )
            .here("a look-alike")
            .fix(format!("write `{plain}`"), here, plain),
        );
    }

    /// Takes a character that begins none of the other tokens.
    pub(super) fn other(&mut self, at: usize, c: char) -> usize {
        let next = at + c.len_utf8();
        if "=!<>+-*/%.,:|@&".contains(c) {
            self.push(Kind::Mark, at, next, false);
            return next;
        }
        if let '０'..='９' = c {
            return self.wide_number(at);
        }
        if matches!(c, ';' | '；') {
            let here = self.span(at, next);
            let mistake = Diagnostic::new(Code::ForbiddenCharacter, here, format!("no `{c}` ends an entry"))
                .here("line ends and commas part entries");
            // More on its line is another entry.
            let more = self.rest(next).split('\n').next().unwrap_or("").trim_start();
            if more.starts_with(is_xid_continue) {
                self.report(mistake.fix("write a comma", here, ","));
                self.plain(at, next, ",");
                self.push(Kind::Mark, at, at + 1, false);
            } else {
                self.report(mistake.fix(format!("remove the `{c}`"), here, ""));
                self.blank(at, next);
            }
            return next;
        }
        let digits = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        if matches!(c, '\'' | '’') && digits(self.source.get(..at).and_then(|b| b.chars().next_back())) {
            let end = self.take_while(next, |c| c.is_ascii_digit());
            if end == next + 3 {
                let here = self.span(at, next);
                self.report(
                    Diagnostic::new(
                        Code::ForbiddenCharacter,
                        here,
                        "the thousands of a number are parted by `_`, if at all",
                    )
                    .here("no part of a number")
                    .fix("write `_`", here, "_"),
                );
                self.push(Kind::Number, at, end, true);
                return end;
            }
        }
        if quotation(c).is_some() {
            return self.foreign_text(at, c);
        }
        if let ('：', Some(word)) = (c, self.clause_before(next)) {
            let here = self.span(at, next);
            let message = format!("no colon follows `{word}`");
            self.report(Diagnostic::new(Code::ForbiddenCharacter, here, message).here("not needed").fix(
                "remove it",
                here,
                "",
            ));
            self.blank(at, next);
            return next;
        }
        if let Some(plain) = plain_form(c) {
            self.look_alike(self.span(at, next), c.encode_utf8(&mut [0; 4]), plain);
            let number = self.tokens.last().is_some_and(|token| token.kind == Kind::Number);
            let next_digit =
                self.rest(next).trim_start_matches(' ').starts_with(|c: char| c.is_ascii_digit());
            if let (true, Some(last)) = (plain == "-" && number && next_digit, self.diagnostics.last_mut()) {
                // Between numbers, a dash says from where to where.
                last.fix.iter_mut().for_each(|fix| fix.sure = false);
                last.notes.push("a range is written `50 .. 60`".into());
            }
            self.plain(at, next, plain);
            let kind = match plain.as_bytes().first() {
                Some(b'#') => return self.comment(at),
                Some(open @ (b'(' | b'[' | b'{')) => Kind::Open(*open),
                Some(close @ (b')' | b']' | b'}')) => Kind::Close(*close),
                _ => Kind::Mark,
            };
            self.push(kind, at, at + plain.len(), false);
            return next;
        }
        self.strange(at, c)
    }

    /// Takes a run of a character that stands for nothing.
    fn strange(&mut self, at: usize, c: char) -> usize {
        let end = self.take_while(at, |other| other == c);
        let here = self.span(at, end);
        let report = |message: &str| Diagnostic::new(Code::ForbiddenCharacter, here, message);
        let unknown = report(&format!("`{c}` is not a character of the language"));
        let amount = self.take_while(end, |c| c == ' ');
        if c.is_whitespace() {
            let name = c.escape_unicode();
            let message = format!("`{name}` is not a blank of the language");
            self.report(report(&message).here("looks like a blank").fix("write a blank", here, " "));
        } else if let (Some((_, code)), true) = (
            CURRENCIES.iter().find(|(sign, _)| *sign == c),
            self.char_at(amount).is_some_and(|c| c.is_ascii_digit()),
        ) {
            let after = self.take_while(amount, |c| c.is_ascii_digit() || "_.,".contains(c));
            let number = self.source.get(amount..after).unwrap_or("").trim_end_matches(['.', ',']);
            let after = amount + number.len();
            let named = self.rest(after).trim_start().starts_with(code);
            let with = if named { number.to_string() } else { format!("{number} {code}") };
            let diagnostic = report("an amount is a number and the code of its currency")
                .here("no sign of a currency stands here");
            let (says, whole) = (format!("write `{with}`"), self.span(at, after));
            // The others are signs of more than one currency.
            self.report(match c == '€' {
                true => diagnostic.fix(says, whole, with),
                false => diagnostic.guess(says, whole, with),
            });
            self.push(Kind::Number, at, after, true);
            return after;
        } else if let (Some((sign, code)), true) = (
            CURRENCIES.iter().find(|(sign, _)| *sign == c),
            self.source
                .get(..at)
                .is_some_and(|before| before.trim_end().ends_with(|c: char| c.is_ascii_digit())),
        ) {
            let message = format!("a currency is written by its code, not by `{sign}`");
            let with = format!(" {code}");
            self.report(report(&message).here("no code").fix(format!("write `{code}`"), here, with));
            self.push(Kind::Mark, at, end, true);
            return end;
        } else if c == '$' && self.char_at(end).is_some_and(is_xid_continue) {
            self.report(report("a name stands alone, without `$`").here("no part of a name").fix(
                "remove it",
                here,
                "",
            ));
        } else if c == '?' {
            self.report(unknown.here("it has no meaning here").note(
                "every field may be left out, unless it is `required`; what no source says is `unknown`",
            ));
            self.push(Kind::Mark, at, end, true);
            return end;
        } else if c == '^' {
            self.report(unknown.here("there are no powers").note("arithmetic is `+`, `-`, `*` and `/`"));
            self.push(Kind::Mark, at, end, true);
            return end;
        } else {
            let before = self.source.get(..at).and_then(|before| before.chars().next_back());
            let beside = [before, self.char_at(end)].into_iter().flatten().any(is_xid_continue);
            let diagnostic = unknown.here("it has no meaning here");
            self.report(match beside {
                true => diagnostic.note("a name is made of letters, digits and `_`"),
                false => diagnostic,
            });
            self.push(Kind::Mark, at, end, true);
            return end;
        }
        self.blank(at, end);
        end
    }

    /// Takes digits of full width.
    pub(super) fn wide_number(&mut self, at: usize) -> usize {
        let end = self.take_while(at, |c| c.is_ascii_digit() || matches!(c, '０'..='９'));
        let shown = self.source.get(at..end).unwrap_or("");
        let plain: String = shown
            .chars()
            .map(|c| {
                char::from_u32(c as u32 - '０' as u32 + '0' as u32).filter(|_| !c.is_ascii()).unwrap_or(c)
            })
            .collect();
        self.look_alike(self.span(at, end), shown, &plain);
        self.plain(at, end, &plain);
        self.push(Kind::Number, at, at + plain.len(), false);
        end
    }

    /// Takes a text between quotation marks of another kind: reported once, both marks mended.
    fn foreign_text(&mut self, at: usize, open: char) -> usize {
        let rest = self.rest(at);
        let line = rest.get(..rest.find('\n').unwrap_or(rest.len())).unwrap_or("");
        let closes =
            |c: char| quotation(c) == quotation(open) || (c == '"' && quotation(open) == Some(Mark::Double));
        let close = line.char_indices().skip(1).find(|(_, c)| closes(*c));
        let here = self.span(at, at + open.len_utf8());
        let mut diagnostic = Diagnostic::new(
            Code::ForbiddenCharacter,
            here,
            format!("a text stands between `\"`, not between `{open}`"),
        )
        .here("another quotation mark");
        let end = match close {
            Some((offset, c)) => {
                let end = at + offset + c.len_utf8();
                let last = Edit { span: self.span(at + offset, end), text: "\"".into() };
                diagnostic = diagnostic.fix("write `\"`", here, "\"");
                if let (Some(fix), true) = (&mut diagnostic.fix, c != '"') {
                    fix.edits.push(last);
                }
                end
            }
            None => at + line.trim_end().len(),
        };
        self.report(diagnostic);
        self.push(Kind::Text, at, end, true);
        end
    }

    /// Takes the address of a page that stands without quotation marks.
    pub(super) fn bare_address(&mut self, at: usize) -> usize {
        let end = self.take_while(at, |c| !c.is_whitespace() && c != '"');
        let address = self.source.get(at..end).unwrap_or("").trim_end_matches([',', '}']);
        let here = self.span(at, at + address.len());
        self.report(
            Diagnostic::new(Code::Syntax, here, "an address stands between `\"`")
                .here("an address without them")
                .fix("write `\"` around it", here, format!("\"{address}\"")),
        );
        self.push(Kind::Text, at, at + address.len(), true);
        at + address.len()
    }
}

/// The two kinds of quotation marks, double and single.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Double,
    Single,
}

/// Tells which kind of quotation mark a character is, other than that of the language.
fn quotation(c: char) -> Option<Mark> {
    match c {
        '“' | '”' | '„' | '«' | '»' | '「' | '」' | '『' | '』' | '＂' => Some(Mark::Double),
        '\'' | '‘' | '’' | '‚' | '‹' | '›' | '＇' | '`' => Some(Mark::Single),
        _ => None,
    }
}

/// What a look-alike stands for.
fn plain_form(c: char) -> Option<&'static str> {
    Some(match c {
        '，' | '、' => ",",
        '：' => ":",
        '｛' => "{",
        '｝' => "}",
        '（' => "(",
        '）' => ")",
        '［' | '【' => "[",
        '］' | '】' => "]",
        '＝' => "=",
        '＋' => "+",
        '－' | '−' | '–' | '—' => "-",
        '＊' | '×' => "*",
        '／' | '÷' => "/",
        '＜' => "<",
        '＞' => ">",
        '≤' | '≦' => "<=",
        '≥' | '≧' => ">=",
        '≠' => "!=",
        '％' => "%",
        '．' => ".",
        '…' => "..",
        '｜' => "|",
        '＠' => "@",
        '＃' => "#",
        _ => return None,
    })
}
