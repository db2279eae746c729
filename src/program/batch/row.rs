//! Cutting a stream of bytes into runs of whole rows.

use super::MAX_ROW_BYTES;

/// Cuts a stream into runs of whole rows: lines, or for CSV records, in which a line end between quotation marks is
/// no end.
#[derive(Clone, Debug)]
pub struct Split {
    /// Whether line ends between quotation marks do not count.
    quotes: bool,
    rest: Vec<u8>,
    /// The line that the rest begins on.
    line: u64,
    /// How far the rest was looked through, and whether that place lies between quotation marks.
    seen: usize,
    quoted: bool,
    /// The end of the last whole row in what was looked through.
    end: usize,
    /// Whether the bytes up to the next line end belong to a row that was too long.
    skipping: bool,
}

/// Some whole rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rows {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// The line on which they begin, from 1.
    pub line: u64,
    /// The lines on which rows began that were too long to be read.
    pub too_long: Vec<u64>,
}

impl Split {
    /// Begins with a stream's first line.
    #[must_use]
    pub fn new(csv: bool) -> Split {
        Split { quotes: csv, rest: Vec::new(), line: 1, seen: 0, quoted: false, end: 0, skipping: false }
    }

    /// Takes some bytes and gives all whole rows up to their end. The last bytes of a stream are told by `last`.
    pub fn push(&mut self, bytes: &[u8], last: bool) -> Rows {
        self.rest.extend_from_slice(bytes);
        let too_long = Vec::new();
        if self.skipping {
            self.skip();
        }
        self.look();
        if last && !self.rest.is_empty() {
            self.end = self.rest.len();
        }
        if self.rest.len() - self.end > MAX_ROW_BYTES {
            // What is whole goes out first; then the long row is dropped up to its line's end.
            let rows = self.cut(too_long);
            let mut too_long = rows.too_long;
            too_long.push(self.line);
            self.skipping = true;
            self.skip();
            return Rows { too_long, ..rows };
        }
        self.cut(too_long)
    }

    fn cut(&mut self, too_long: Vec<u64>) -> Rows {
        let rest = self.rest.split_off(self.end);
        let bytes = std::mem::replace(&mut self.rest, rest);
        let line = self.line;
        self.line += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.seen -= self.end.min(self.seen);
        self.end = 0;
        Rows { bytes, line, too_long }
    }

    /// Looks through new bytes for the ends of rows.
    fn look(&mut self) {
        for (place, byte) in self.rest.iter().enumerate().skip(self.seen) {
            match byte {
                b'"' if self.quotes => self.quoted = !self.quoted,
                b'\n' if !self.quoted => self.end = place + 1,
                _ => {}
            }
        }
        self.seen = self.rest.len();
    }

    /// Drops bytes up to a line's end.
    fn skip(&mut self) {
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let dropped = end.map_or(self.rest.len(), |end| end + 1);
        self.rest.drain(..dropped);
        if end.is_some() {
            self.line += 1;
            self.skipping = false;
        }
        (self.seen, self.end, self.quoted) = (0, 0, false);
    }
}

/// Takes the header off the first rows of a table in CSV: the names of its columns, and the rows after it.
///
/// # Errors
/// If it is no header: not UTF-8, a name twice, a name missing.
pub fn header(rows: &Rows) -> Result<(Vec<String>, Rows), String> {
    // A byte order mark is no part of the first name.
    let text = rows.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&rows.bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut record = csv::StringRecord::new();
    let read =
        reader.read_record(&mut record).map_err(|error| format!("the header cannot be read: {error}"))?;
    if !read {
        return Err("there is no header".into());
    }
    let names: Vec<String> = record.iter().map(|name| name.trim().to_string()).collect();
    for (number, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(format!("column {} of the header has no name", number + 1));
        }
        if names.iter().take(number).any(|other| other == name) {
            return Err(format!("the header has the column `{name}` twice"));
        }
    }
    let mut end = usize::try_from(reader.position().byte()).unwrap_or(0).min(text.len());
    // The reader stands between the two bytes of a line's end.
    end += usize::from(
        text.get(end) == Some(&b'\n') && !text.get(..end).is_some_and(|before| before.ends_with(b"\n")),
    );
    let (before, rest) = text.split_at(end);
    let lines = before.iter().filter(|byte| **byte == b'\n').count() as u64;
    let rest = Rows { bytes: rest.to_vec(), line: rows.line + lines, too_long: rows.too_long.clone() };
    Ok((names, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_out_whole_however_the_bytes_arrive() {
        let text = "a,\"x\ny\"\n1,2\n\n\"3\",4";
        for size in 1..text.len() {
            let mut split = Split::new(true);
            let mut seen = Vec::new();
            let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
            for (number, piece) in pieces.iter().enumerate() {
                let rows = split.push(piece, number + 1 == pieces.len());
                let lines_before = seen.iter().filter(|byte| **byte == b'\n').count() as u64;
                assert_eq!(rows.line, lines_before + 1);
                assert!(rows.bytes.is_empty() || rows.bytes.ends_with(b"\n") || rows.bytes.ends_with(b"4"));
                assert!(!rows.bytes.ends_with(b"x\n"));
                seen.extend(rows.bytes);
            }
            assert_eq!(seen, text.as_bytes());
        }
    }

    #[test]
    fn a_row_without_end_is_dropped_and_the_next_one_read() {
        let mut split = Split::new(false);
        assert_eq!(split.push(b"{}\n", false).bytes, b"{}\n");
        let mut long = 0;
        for _ in 0..40 {
            long += split.push(&vec![b'x'; 1024 * 1024], false).too_long.len();
        }
        assert_eq!(long, 1);
        let rows = split.push(b"x\n{\"a\":1}\n", true);
        assert_eq!((rows.bytes.as_slice(), rows.line), (&b"{\"a\":1}\n"[..], 3));
    }
}
