//! Files, spans and places: where everything that Qudao speaks of stands.

mod conflict;
mod quotable;

use std::fmt;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

pub use conflict::{Conflict, conflicts, is_lone_mark, is_mark, one_side};
pub use quotable::{Quotable, fold, is_unspaced};

/// The longest file that is read, in bytes: 16 MiB.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

/// A file of [`Files`].
#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(u32);

/// A piece of a file: byte offsets from `start` up to, but not including, `end`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The offset of the first byte.
    pub start: u32,
    /// The offset after the last byte.
    pub end: u32,
}

impl Span {
    /// Returns the smallest span that holds both; they must be of one file.
    ///
    /// ```text
    /// self   ───
    /// other         ─────
    /// result ────────────
    /// ```
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Returns the empty span at the start of this one.
    #[must_use]
    pub fn before(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// Returns the empty span at the end of this one.
    #[must_use]
    pub fn after(self) -> Span {
        Span { start: self.end, ..self }
    }

    /// Tells whether `other` lies inside this span.
    #[must_use]
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A value with the place it was read from. Two are equal when their values are, wherever they stand.
#[derive(Clone, Copy, Debug)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// A place for people: a file name, a line and a column, both from 1; columns count characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The name under which the caller brought the file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1; in a sheet of a workbook, the number of the column.
    pub column: u32,
    /// In a sheet, the cell, as formulas write it.
    pub cell: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cell {
            Some(cell) => {
                write!(f, "{}: {cell}", self.file.rsplit_once('!').map_or(&*self.file, |(book, _)| book))
            }
            None => write!(f, "{}:{}:{}", self.file, self.line, self.column),
        }
    }
}

/// One file: its name, its text, and where its lines begin.
#[derive(Clone, Debug)]
pub struct File {
    name: String,
    text: String,
    line_starts: Vec<u32>,
    /// The number of characters before each block of `BLOCK` bytes; empty where every character is one byte.
    characters_before: Vec<u32>,
    /// Of a sheet of a workbook: its name, and where the cells begin, each with its column from 0. A line is a row.
    cells: Option<(String, Vec<(u32, u32)>)>,
}

/// Writes the place of a cell as formulas do: `Fees!C7`, `'My fees'!C7`. Columns are counted from 0, rows from 1.
#[must_use]
pub fn cell_place(sheet: &str, column: u32, row: u32) -> String {
    let plain = sheet.chars().all(|c| c.is_alphanumeric() || c == '_');
    let plain = plain && !sheet.starts_with(|c: char| c.is_ascii_digit());
    let quoted = if plain { sheet.into() } else { format!("'{}'", sheet.replace('\'', "''")) };
    format!("{quoted}!{}", cell_name(column, row))
}

/// Writes the place of a cell in its sheet: `C7`.
#[must_use]
pub fn cell_name(column: u32, row: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    let letters: String = letters.iter().rev().collect();
    format!("{letters}{row}")
}

/// Characters are counted from the nearest multiple of so many bytes, so that a column costs no scan of a long line.
const BLOCK: usize = 1024;
const BOM: char = '\u{feff}';

impl File {
    fn new(name: String, text: String) -> File {
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        let mut characters_before = Vec::new();
        if !text.is_ascii() {
            let mut count = 0;
            for block in text.as_bytes().chunks(BLOCK) {
                characters_before.push(count);
                count += count_characters(block);
            }
        }
        File { name, text, line_starts, characters_before, cells: None }
    }

    /// Returns the name under which the caller brought the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Tells whether it is a sheet of a workbook, which only whoever keeps it can change.
    #[must_use]
    pub fn is_sheet(&self) -> bool {
        self.cells.is_some()
    }

    /// Returns the index of the line, from 0, that holds the byte at `offset`.
    #[must_use]
    pub fn line_index(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// Returns the byte range of a line (from 0), its line end left out.
    #[must_use]
    pub fn line_range(&self, index: usize) -> std::ops::Range<usize> {
        let start = self.line_starts.get(index).map_or(self.text.len(), |s| *s as usize);
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |s| *s as usize - 1);
        let line = self.text.get(start..end).unwrap_or("");
        start..start + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// Returns how many lines the file has; an empty file has one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    fn characters_up_to(&self, offset: usize) -> u32 {
        let Some(before) = self.characters_before.get(offset / BLOCK) else {
            return if self.characters_before.is_empty() {
                offset as u32
            } else {
                self.characters_before.last().map_or(0, |last| {
                    let start = (self.characters_before.len() - 1) * BLOCK;
                    last + count_characters(self.text.as_bytes().get(start..offset).unwrap_or(&[]))
                })
            };
        };
        before + count_characters(self.text.as_bytes().get(offset / BLOCK * BLOCK..offset).unwrap_or(&[]))
    }

    /// Returns the line and the column, both from 1, of the byte at `offset`. A byte order mark has no column.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        if let Some((_, cells)) = &self.cells {
            let before = cells.partition_point(|(start, _)| *start <= offset).checked_sub(1);
            let (_, column) = before.and_then(|before| cells.get(before)).copied().unwrap_or_default();
            return (self.line_index(offset) as u32 + 1, column + 1);
        }
        let offset = (offset as usize).min(self.text.len());
        let line = self.line_index(offset as u32);
        let start = self.line_starts.get(line).map_or(0, |s| *s as usize);
        let mark = u32::from(line == 0 && offset > 0 && self.text.starts_with(BOM));
        let column = self.characters_up_to(offset) - self.characters_up_to(start) - mark;
        (line as u32 + 1, column + 1)
    }
}

fn count_characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|b| (**b as i8) >= -0x40).count() as u32
}

/// Returns a text with every run of white space folded to one blank, and none at its ends.
#[must_use]
pub fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a text in normal form C, in which names and texts are compared: equal however they were typed.
#[must_use]
pub fn normal(text: &str) -> Arc<str> {
    // What is ASCII is so already, and looking a letter up costs more than all of the rest.
    if text.is_ascii() { text.into() } else { text.nfc().collect::<String>().into() }
}

/// The files of one run, each under the name that the caller gave it.
#[derive(Clone, Default, Debug)]
pub struct Files {
    files: Vec<File>,
}

impl Files {
    /// Adds a file.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.files.push(File::new(name.into(), text.into()));
        FileId(self.files.len() as u32 - 1)
    }

    /// Adds a sheet of a workbook, with the places of its cells: where each begins in the text, and its column from 0.
    pub fn add_sheet(
        &mut self,
        name: impl Into<String>,
        text: impl Into<String>,
        sheet: String,
        cells: Vec<(u32, u32)>,
    ) -> FileId {
        let id = self.add(name, text);
        if let Some(file) = self.files.last_mut() {
            file.cells = Some((sheet, cells));
        }
        id
    }

    /// Returns a file.
    #[must_use]
    pub fn get(&self, id: FileId) -> &File {
        self.files.get(id.0 as usize).expect("a FileId is made by the Files that is asked")
    }

    /// Returns every file with its id, in the order of their coming.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &File)> {
        self.files.iter().enumerate().map(|(i, file)| (FileId(i as u32), file))
    }

    /// Returns the text of a span.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Returns a span with the white space that nobody wants once it is removed: its line where nothing else stands on it,
    /// else the blanks before it.
    #[must_use]
    pub fn removed(&self, span: Span) -> Span {
        let text = self.get(span.file).text();
        let before = text.get(..span.start as usize).unwrap_or("");
        let behind = text.get(span.end as usize..).unwrap_or("");
        let blanks = |c: char| c == ' ' || c == '\t';
        let start = before.trim_end_matches(blanks).len();
        let rest = behind.trim_start_matches(blanks);
        let line_end = ["\r\n", "\n"].into_iter().find(|end| rest.starts_with(end));
        let alone = before.get(..start).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
        match line_end.filter(|_| alone) {
            Some(line_end) => {
                let end = text.len() - rest.len() + line_end.len();
                Span { start: start as u32, end: end as u32, ..span }
            }
            None => Span { start: start as u32, ..span },
        }
    }

    /// Returns a span, made larger where it begins or ends within a character.
    ///
    /// Where a look-alike of several bytes stands for a plain character, what is read of it ends after its first byte.
    #[must_use]
    pub fn whole_characters(&self, span: Span) -> Span {
        let text = &self.get(span.file).text;
        let Span { file, mut start, mut end } = span;
        end = end.min(text.len() as u32);
        start = start.min(end);
        while !text.is_char_boundary(start as usize) {
            start -= 1;
        }
        while !text.is_char_boundary(end as usize) {
            end += 1;
        }
        Span { file, start, end }
    }

    /// Returns where a span begins.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        let file = self.get(span.file);
        let (line, column) = file.line_column(span.start);
        let cell = file.cells.as_ref().map(|(sheet, _)| cell_place(sheet, column.saturating_sub(1), line));
        Place { file: file.name.clone(), line, column, cell }
    }

    /// Returns the line and the column at which a span ends.
    #[must_use]
    pub fn end(&self, span: Span) -> (u32, u32) {
        self.get(span.file).line_column(span.end)
    }
}

/// Tells by its first bytes what a file is that is no text in UTF-8, and what mends it; nothing where that depends on
/// what the file is for.
#[must_use]
pub fn no_text(bytes: &[u8]) -> Option<(&'static str, Option<&'static str>)> {
    const SAVE: Option<&str> = Some("save the file as UTF-8");
    Some(match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => ("written in UTF-16", SAVE),
        // Without a mark: the first characters are of ASCII, every other byte of them is zero.
        [0, 1..=255, 0, 1..=255, ..] | [1..=255, 0, 1..=255, 0, ..] => ("written in UTF-16", SAVE),
        [0x1f, 0x8b, ..] => ("compressed (gzip)", Some("unpack it first")),
        [b'P', b'K', 3, 4, ..] => ("a ZIP archive, as workbooks are", None),
        [b'%', b'P', b'D', b'F', ..] => ("a PDF document", None),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_within_a_character_is_made_larger() {
        let mut files = Files::default();
        let file = files.add("a.qd", "a，b");
        let whole = |start, end| {
            let span = files.whole_characters(Span { file, start, end });
            (span.start, span.end)
        };
        assert_eq!((whole(1, 2), whole(3, 5), whole(2, 2), whole(0, 9)), ((1, 4), (1, 5), (1, 4), (0, 5)));
    }

    #[test]
    fn places_of_cells_are_written_as_in_formulas() {
        assert_eq!(cell_place("Fees", 2, 7), "Fees!C7");
        assert_eq!(cell_place("价格", 26, 1), "价格!AA1");
        assert_eq!(cell_place("Bob's fees", 16_383, 1_048_576), "'Bob''s fees'!XFD1048576");
    }

    #[test]
    fn columns_count_characters_across_blocks() {
        let mut files = Files::default();
        let long = "渠".repeat(3000);
        let id = files.add("a.qd", format!("a\r\n{long}b\n"));
        let span = |start| Span { file: id, start, end: start };
        assert_eq!(files.get(id).line_column(0), (1, 1));
        assert_eq!(files.get(id).line_column(3), (2, 1));
        assert_eq!(files.get(id).line_column(3 + 9000), (2, 3001));
        assert_eq!(files.place(span(9005)).line, 3);
        assert_eq!(files.get(id).line_range(0), 0..1);
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let mut files = Files::default();
        let id = files.add("a.qd", "\u{feff}rule");
        assert_eq!(files.get(id).line_column(3), (1, 1));
        assert_eq!(files.get(id).line_column(0), (1, 1));
    }
}
