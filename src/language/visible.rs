//! Text that may be shown: what cannot be seen, would steer a terminal or turn the writing direction is made visible.

use std::borrow::Cow;

/// Joins two characters into one, as in families of emoji and in Persian.
const JOINER: char = '\u{200d}';
/// Parts two letters that would join, as in Persian.
const NON_JOINER: char = '\u{200c}';
/// Asks for the form of a character that has colours.
const IN_COLOUR: char = '\u{fe0f}';

/// A cell that begins with one of these is run as a formula by programs for sheets.
pub const FORMULAS: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Tells whether a character must not reach a terminal as it is, or cannot be seen there: controls other than line
/// end and tab, characters that turn the direction of writing, and those without any width or form.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}'
        | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Returns the hidden characters of a text with their offsets, save those that only join what can be seen: the parts
/// of an emoji, and letters of scripts that are joined.
pub(crate) fn hidden_in(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut before = None;
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while let Some((at, c)) = rest.next() {
            let after = rest.peek().map(|(_, after)| *after);
            let hidden = is_hidden(c) && !joins(before, c, after);
            before = Some(c);
            if hidden {
                return Some((at, c));
            }
        }
        None
    })
}

fn joins(before: Option<char>, c: char, after: Option<char>) -> bool {
    let (Some(before), after) = (before, after.unwrap_or(' ')) else { return false };
    match c {
        IN_COLOUR => is_emoji(before) || after == '\u{20e3}',
        JOINER if is_emoji(before) || before == IN_COLOUR => is_emoji(after),
        JOINER | NON_JOINER => is_joined_letter(before) && is_joined_letter(after),
        _ => false,
    }
}

/// Tells whether a character is a picture, or stands for one.
fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{2100}'..='\u{2bff}' | '\u{203c}' | '\u{2049}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Tells whether a character is of a script whose letters are joined: those of Arabia, Persia, India.
fn is_joined_letter(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{dff}')
}

/// Returns the text with each hidden character written as `\u{…}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let mut hidden = hidden_in(text).peekable();
    if hidden.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    let mut from = 0;
    for (at, c) in hidden {
        shown.push_str(text.get(from..at).unwrap_or(""));
        push_visible(&mut shown, c);
        from = at + c.len_utf8();
    }
    shown.push_str(text.get(from..).unwrap_or(""));
    Cow::Owned(shown)
}

/// Returns a text for people as it may be printed, line by line: nothing in it steers a terminal, save the colours if
/// they are wanted, and no line of it is a command to a build server, which reads what is printed (`::error …`).
#[must_use]
pub fn printed(text: &str, colours: bool) -> Cow<'_, str> {
    let shown = if colours { visible_in_colour(text) } else { visible(text) };
    if !shown.contains("::") && !shown.contains("##[") {
        return shown;
    }
    let mut printed = String::with_capacity(shown.len() + 8);
    for line in shown.split_inclusive('\n') {
        let blank = line.len() - line.trim_start().len();
        let (indent, rest) = line.split_at(blank);
        printed.push_str(indent);
        match rest.strip_prefix("::") {
            Some(rest) => printed.extend(["\\u{3a}:", rest]),
            None => printed.push_str(rest),
        }
    }
    Cow::Owned(printed.replace("##[", "##\\u{5b}"))
}

/// The same as [`visible`], but for the codes of colours.
fn visible_in_colour(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return visible(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for (number, piece) in text.split('\u{1b}').enumerate() {
        let code = piece.strip_prefix('[').and_then(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
            rest.get(end..)?.starts_with('m').then_some(end + 2)
        });
        let (code, rest) = piece.split_at(if number > 0 { code.unwrap_or(0) } else { 0 });
        match (number, code) {
            (0, _) => {}
            (_, "") => shown.push_str("\\u{1b}"),
            (_, code) => shown.extend(["\u{1b}", code]),
        }
        shown.push_str(&visible(rest));
    }
    Cow::Owned(shown)
}

/// Returns JSON in which every hidden character is an escape; they stand in its texts alone.
#[must_use]
pub fn visible_json(json: &str) -> Cow<'_, str> {
    let plain = |c: char| c == '\n' || !is_hidden(c);
    if json.chars().all(plain) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 8);
    for c in json.chars() {
        if plain(c) {
            shown.push(c);
        } else {
            let units = &mut [0; 2];
            c.encode_utf16(units).iter().for_each(|unit| shown.push_str(&format!("\\u{unit:04x}")));
        }
    }
    Cow::Owned(shown)
}

/// Returns a text as one line.
#[must_use]
pub fn one_line(text: &str) -> String {
    visible(text).replace('\n', " ")
}

/// Appends a character, written as `\u{…}` if it is hidden.
pub(crate) fn push_visible(to: &mut String, c: char) {
    if is_hidden(c) {
        to.extend(c.escape_unicode());
    } else {
        to.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::{printed, visible, visible_json};

    #[test]
    fn what_is_printed_steers_nothing() {
        assert_eq!(
            printed("a::b\n  ::error ::x\n##[add-mask]\n", false),
            "a::b\n  \\u{3a}:error ::x\n##\\u{5b}add-mask]\n"
        );
        assert_eq!(
            printed("\u{1b}[1;31mred\u{1b}[0m\u{1b}[2J\u{9b}", true),
            "\u{1b}[1;31mred\u{1b}[0m\\u{1b}[2J\\u{9b}"
        );
        assert_eq!(printed("\u{1b}[1mred", false), "\\u{1b}[1mred");
        assert_eq!(
            visible_json("{\n \"a\": \"\u{202e}\u{9b}\u{e0001}\"}"),
            "{\n \"a\": \"\\u202e\\u009b\\udb40\\udc01\"}"
        );
    }

    #[test]
    fn escapes_and_turns_are_shown() {
        assert_eq!(visible("a\u{1b}[31m\u{202e}渠道\n"), "a\\u{1b}[31m\\u{202e}渠道\n");
        assert_eq!(visible("plain"), "plain");
    }

    #[test]
    fn what_joins_an_emoji_is_a_part_of_it() {
        for whole in ["👨\u{200d}👩\u{200d}👧", "❤\u{fe0f}\u{200d}🔥", "1\u{fe0f}\u{20e3}", "می\u{200c}خواهم"]
        {
            assert_eq!(visible(whole), whole);
        }
        assert_eq!(visible("sh\u{200d}op\u{fe0f}"), "sh\\u{200d}op\\u{fe0f}");
        assert_eq!(visible("👨\u{200d}"), "👨\\u{200d}");
    }
}
