//! Text that may be shown: what cannot be seen, would steer a terminal or turn the writing direction is made visible.

use std::borrow::Cow;

/// Joins two characters into one, as in families of emoji and in Persian.
const JOINER: char = '\u{200d}';
/// Parts two letters that would join, as in Persian.
const NON_JOINER: char = '\u{200c}';
/// Asks for the form of a character that has colours.
const IN_COLOUR: char = '\u{fe0f}';

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
    use super::visible;

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
