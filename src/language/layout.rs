//! Text on a terminal: widths in cells, wrapping, columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Lines are wrapped to so many cells.
pub const WIDTH: usize = 80;

/// Returns how many cells a text takes; a Chinese character takes two.
#[must_use]
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Returns the text with blanks behind it, up to a number of cells.
#[must_use]
pub fn pad(text: &str, cells: usize) -> String {
    let mut padded = text.to_string();
    padded.extend(std::iter::repeat_n(' ', cells.saturating_sub(width(text))));
    padded
}

/// Returns the text with blanks before it, up to a number of cells.
#[must_use]
pub fn pad_left(text: &str, cells: usize) -> String {
    let mut padded: String = std::iter::repeat_n(' ', cells.saturating_sub(width(text))).collect();
    padded.push_str(text);
    padded
}

/// Breaks a text into lines of at most so many cells: at blanks, and beside wide characters but not before marks that
/// end something. A word that is too long stands alone.
#[must_use]
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut line_width = 0;
        for piece in pieces(paragraph) {
            let blank = line.is_empty() || line.ends_with(' ');
            let piece = if blank { piece.trim_start() } else { piece };
            let piece_width = width(piece.trim_end());
            if !line.is_empty() && line_width + piece_width > cells {
                lines.push(line.trim_end().to_string());
                line.clear();
                line_width = 0;
            }
            let piece = if line.is_empty() { piece.trim_start() } else { piece };
            line.push_str(piece);
            line_width += width(piece);
        }
        lines.push(line.trim_end().to_string());
    }
    lines
}

/// Cuts a text where a line may end; each piece keeps the blanks behind it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let breaks = before.is_some_and(|before| {
            let after_blank = before == ' ' && c != ' ';
            let wide = (is_wide(before) || is_wide(c)) && before != ' ';
            after_blank || (wide && !ends(c) && !opens(before))
        });
        if breaks {
            pieces.extend(text.get(start..at));
            start = at;
        }
        before = Some(c);
    }
    pieces.extend(text.get(start..));
    pieces
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2)
}

fn ends(c: char) -> bool {
    " ，。、；：？！）】》”’」』,.;:?!)]}%".contains(c)
}

fn opens(c: char) -> bool {
    "（【《“‘「『([{".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_counts_two_cells_and_breaks_between_characters() {
        assert_eq!(width("渠道a"), 5);
        assert_eq!(pad("渠道", 6), "渠道  ");
        assert_eq!(wrap("内容先行，内容先行。", 10), ["内容先行，", "内容先行。"]);
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("每月 30 条", 6), ["每月", "30 条"]);
        assert_eq!(wrap("toolongword a", 4), ["toolongword", "a"]);
    }
}
