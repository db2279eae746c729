//! Places as editors count them: lines from 0, columns in bytes or in units of UTF-16.

use qudao_language::source::File;

/// What a column counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16, as most editors do.
    Utf16,
}

/// A place in a file, both from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Encoding {
    /// Returns how many columns a text takes.
    #[must_use]
    pub fn length(self, text: &str) -> usize {
        match self {
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 => text.chars().map(char::len_utf16).sum(),
        }
    }

    /// Returns where the byte at an offset stands.
    #[must_use]
    pub fn position(self, file: &File, offset: u32) -> Position {
        let line = file.line_index(offset);
        let start = file.line_range(line).start;
        let before = file.text().get(start..offset as usize).unwrap_or("");
        Position { line: line as u32, column: self.length(before) as u32 }
    }

    /// Returns the offset of a place; one behind the end of its line, or of the file, is that end.
    #[must_use]
    pub fn offset(self, file: &File, position: Position) -> u32 {
        if position.line as usize >= file.line_count() {
            return file.text().len() as u32;
        }
        let range = file.line_range(position.line as usize);
        let line = file.text().get(range.clone()).unwrap_or("");
        let mut left = position.column as usize;
        for (at, c) in line.char_indices() {
            let width = self.length(c.encode_utf8(&mut [0; 4]));
            if left < width {
                return (range.start + at) as u32;
            }
            left -= width;
        }
        range.end as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qudao_language::source::Files;

    #[test]
    fn columns_count_bytes_or_units() {
        let mut files = Files::default();
        let id = files.add("a.qd", "a\r\n渠😀b\n");
        let file = files.get(id);
        for (encoding, column) in [(Encoding::Utf8, 7), (Encoding::Utf16, 3)] {
            let position = Position { line: 1, column };
            assert_eq!(encoding.position(file, 10), position);
            assert_eq!(encoding.offset(file, position), 10);
        }
        // Within a character, behind a line, behind the file.
        let at = |line, column| Encoding::Utf16.offset(file, Position { line, column });
        assert_eq!((at(1, 2), at(0, 9), at(9, 0)), (6, 1, 12));
    }
}
