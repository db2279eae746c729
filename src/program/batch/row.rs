//! Cutting a stream of bytes into runs of whole rows.

use super::{MAX_ROW_BYTES, Reject};

/// Cuts a stream into runs of whole rows: lines, or for CSV records, in which a line end between quotation marks is
/// no end.
///
/// Where a quotation mark is not closed, or closed in the midst of a cell, its row is set aside and reading goes on with
/// the next line, so that the mistake costs one row and not all up to the next quotation mark.
#[derive(Clone, Debug)]
pub struct Split {
    csv: bool,
    /// Bytes, and where those that are still to be given begin: the rest.
    bytes: Vec<u8>,
    start: usize,
    /// The line that the rest begins on.
    line: u64,
    /// How far the bytes were looked through, and what that place is in.
    seen: usize,
    state: State,
    /// The end of the last whole row in what was looked through, and how many lines lie between the rest's beginning
    /// and it.
    end: usize,
    lines: u64,
    /// The last quotation mark that opened: on which line after the rest's first.
    opened: u64,
    /// Line ends in what was looked through.
    passed: u64,
    /// So many bytes at most may lie between two quotation marks.
    limit: usize,
    /// Whether the bytes up to the next line end belong to a row that was too long.
    skipping: bool,
}

/// What a place in a record is in. Lines that are no CSV are one cell without quotation marks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// At the beginning of a cell.
    Start,
    /// In a cell without quotation marks.
    Bare,
    /// Between quotation marks.
    Quoted,
    /// Just after a quotation mark that closes, if it is not doubled.
    Closed,
}

/// How looking through bytes ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Looked {
    /// At the end of the bytes.
    End,
    /// At text after a quotation mark that closes.
    Text,
    /// Where text between quotation marks passes its limit.
    Long,
}

/// Where the bounds for text between quotation marks end that shrink with each that is not closed, so that a file full
/// of them is still read in reasonable time.
const LEAST_LIMIT: usize = 4096;

/// Some whole rows.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Rows {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// The line on which they begin, from 1.
    pub line: u64,
    /// Rows after them that cannot be read.
    pub aside: Vec<Reject>,
}

impl Split {
    /// Begins with a stream's first line.
    #[must_use]
    pub fn new(csv: bool) -> Split {
        Split {
            csv,
            bytes: Vec::new(),
            start: 0,
            line: 1,
            seen: 0,
            state: State::Start,
            end: 0,
            lines: 0,
            opened: 0,
            passed: 0,
            limit: MAX_ROW_BYTES,
            skipping: false,
        }
    }

    /// Takes some bytes and gives all whole rows up to their end. The last bytes of a stream are told by `last`.
    pub fn push(&mut self, bytes: &[u8], last: bool) -> Vec<Rows> {
        self.forget();
        self.bytes.extend_from_slice(bytes);
        if self.skipping {
            self.skip();
        }
        let mut found = Vec::new();
        loop {
            let looked = self.look();
            if looked == Looked::Text {
                found.push(self.give_up(false));
            } else if looked == Looked::Long || (last && self.state == State::Quoted) {
                found.push(self.give_up(true));
            } else if self.bytes.len() - self.end > MAX_ROW_BYTES {
                let mut rows = self.cut();
                rows.aside.push(Reject { line: self.line, reason: "this row has more than 16 MiB".into() });
                found.push(rows);
                self.skipping = true;
                self.skip();
            } else {
                break;
            }
        }
        if last {
            self.end = self.bytes.len();
            self.lines = self.passed;
        }
        if self.end > self.start || found.is_empty() {
            found.push(self.cut());
        }
        found
    }

    /// Lets go of bytes that were given.
    fn forget(&mut self) {
        self.bytes.drain(..self.start);
        self.seen -= self.start;
        self.end -= self.start;
        self.start = 0;
    }

    /// Takes the whole rows before a row whose quotation marks are wrong, sets its first line aside and goes on with the
    /// next. `open` tells whether the mark is not closed, or closed in the midst of a cell.
    fn give_up(&mut self, open: bool) -> Rows {
        let (opened, at) = (self.line + self.opened, self.line + self.passed);
        let mut rows = self.cut();
        let mark = match opened {
            line if line == self.line => "a quotation mark".into(),
            line => format!("a quotation mark on line {line}"),
        };
        let reason = if open {
            self.limit = (self.limit / 4).max(LEAST_LIMIT);
            format!("{mark} opens a cell and is not closed")
        } else if at == self.line {
            "text follows the quotation mark that closes a cell; write a quotation mark inside a cell twice"
                .into()
        } else {
            format!("{mark} opens a cell, and the next one, on line {at}, closes it in the midst of a text")
        };
        rows.aside.push(Reject { line: self.line, reason });
        self.skip();
        rows
    }

    /// Drops the rest up to its first line end; tells whether there is one.
    fn drop_line(&mut self) -> bool {
        let end = self.rest().iter().position(|byte| *byte == b'\n');
        self.start = end.map_or(self.bytes.len(), |end| self.start + end + 1);
        self.line += u64::from(end.is_some());
        self.restart();
        end.is_some()
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or(&[])
    }

    /// Looks at the rest from its beginning.
    fn restart(&mut self) {
        (self.seen, self.end) = (self.start, self.start);
        (self.lines, self.passed, self.opened) = (0, 0, 0);
        self.state = State::Start;
    }

    fn cut(&mut self) -> Rows {
        let bytes = self.bytes.get(self.start..self.end).unwrap_or(&[]).to_vec();
        let line = self.line;
        self.line += self.lines;
        self.passed -= self.lines.min(self.passed);
        self.opened -= self.lines.min(self.opened);
        (self.start, self.lines) = (self.end, 0);
        Rows { bytes, line, aside: Vec::new() }
    }

    /// Looks through new bytes for the ends of rows.
    fn look(&mut self) -> Looked {
        if !self.csv {
            let new = self.bytes.get(self.seen..).unwrap_or(&[]);
            if let Some(last) = memchr::memrchr(b'\n', new) {
                let count = lines(new);
                self.end = self.seen + last + 1;
                self.passed += count;
                self.lines = self.passed;
            }
            self.seen = self.bytes.len();
            return Looked::End;
        }
        for (place, byte) in self.bytes.iter().enumerate().skip(self.seen) {
            self.state = match (self.state, byte) {
                (State::Start, b'"') => {
                    self.opened = self.passed;
                    State::Quoted
                }
                (State::Closed, b'"') | (State::Quoted, b'\n') => State::Quoted,
                (State::Quoted, b'"') => State::Closed,
                (State::Quoted, _) if place - self.end > self.limit => {
                    self.seen = place;
                    return Looked::Long;
                }
                (State::Quoted, _) => State::Quoted,
                // A byte order mark.
                (State::Start, 0xEF | 0xBB | 0xBF) if self.line == 1 && place < 3 => State::Start,
                (State::Start | State::Bare | State::Closed, b'\n') => {
                    self.end = place + 1;
                    self.lines = self.passed + 1;
                    State::Start
                }
                (State::Start | State::Bare | State::Closed, b',') => State::Start,
                (State::Closed, b'\r') => State::Closed,
                (State::Start | State::Bare, _) => State::Bare,
                (State::Closed, _) => {
                    self.seen = place;
                    return Looked::Text;
                }
            };
            self.passed += u64::from(*byte == b'\n');
        }
        self.seen = self.bytes.len();
        Looked::End
    }

    /// Drops bytes up to the end of a line that cannot be read.
    fn skip(&mut self) {
        self.skipping = !self.drop_line();
    }
}

/// Counts line ends.
pub(super) fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Returns on which line a record begins, from 0, by the reader's place before it.
pub(super) fn line_of(records: &[u8], place: Option<&csv::Position>) -> u64 {
    let Some(place) = place else { return 0 };
    let start = usize::try_from(place.byte()).unwrap_or(usize::MAX);
    // It lies before the line ends that the reader passes over.
    let passed = records.get(start..).unwrap_or(&[]).iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    place.line() - 1 + passed.filter(|byte| **byte == b'\n').count() as u64
}

/// Returns where the second line of a record begins, and on which line it ends, from 0; nothing if it has one line.
pub(super) fn second_line(
    records: &[u8],
    record: &csv::StringRecord,
    end: &csv::Position,
) -> Option<(usize, u64)> {
    let end = usize::try_from(end.byte()).ok()?.min(records.len());
    let start = usize::try_from(record.position()?.byte()).ok()?;
    let text = records.get(start..end)?;
    // The reader's place lies before the line ends that it passes over.
    let start = start + text.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    let text = records.get(start..end)?;
    let whole = text.strip_suffix(b"\n").unwrap_or(text);
    let second = whole.iter().position(|byte| *byte == b'\n')?;
    Some((start + second + 1, lines(records.get(..start)?) + lines(whole)))
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
    let rest = Rows { bytes: rest.to_vec(), line: rows.line + lines(before), aside: rows.aside.clone() };
    Ok((names, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts a text that arrives in pieces; gives all bytes of rows, and what was set aside.
    fn split(text: &[u8], csv: bool, size: usize) -> (Vec<u8>, Vec<(u64, String)>) {
        let mut split = Split::new(csv);
        let (mut seen, mut aside) = (Vec::new(), Vec::new());
        let pieces: Vec<&[u8]> = text.chunks(size).collect();
        for (number, piece) in pieces.iter().enumerate() {
            for rows in split.push(piece, number + 1 == pieces.len()) {
                assert!(rows.bytes.is_empty() || text.ends_with(&rows.bytes) || rows.bytes.ends_with(b"\n"));
                assert!(!aside.is_empty() || rows.line == lines(&seen) + 1, "{size}");
                seen.extend(rows.bytes);
                aside.extend(rows.aside.into_iter().map(|reject| (reject.line, reject.reason)));
            }
        }
        (seen, aside)
    }

    #[test]
    fn rows_come_out_whole_however_the_bytes_arrive() {
        let text = "a,\"x\ny\"\n1,2\n\n\"3\",4";
        for size in 1..text.len() {
            assert_eq!(split(text.as_bytes(), true, size), (text.as_bytes().to_vec(), Vec::new()));
        }
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_costs_its_own_row_only() {
        let cases = [
            (
                "a,b\n1,\"x\n2,y\n3,z\n",
                "a,b\n2,y\n3,z\n",
                vec![(2, "a quotation mark opens a cell and is not closed")],
            ),
            (
                "a,b\n1,\"x\n2,y\n3,\"z\"\n4,\"\"\"v\"\n",
                "a,b\n2,y\n3,\"z\"\n4,\"\"\"v\"\n",
                vec![(
                    2,
                    "a quotation mark opens a cell, and the next one, on line 4, closes it in the midst of a text",
                )],
            ),
            (
                "5\" pipe,1\n\"a\"b,2\n\"c\r\nd\"\r\n",
                "5\" pipe,1\n\"c\r\nd\"\r\n",
                vec![(
                    2,
                    "text follows the quotation mark that closes a cell; write a quotation mark inside a cell twice",
                )],
            ),
            (
                "\"a\nb\",\"c\nd\ne,\"f\"\n",
                "d\ne,\"f\"\n",
                vec![
                    (
                        1,
                        "a quotation mark on line 2 opens a cell, and the next one, on line 4, closes it in the midst of a text",
                    ),
                    (
                        2,
                        "a quotation mark opens a cell, and the next one, on line 4, closes it in the midst of a text",
                    ),
                ],
            ),
        ];
        for (text, whole, aside) in cases {
            for size in 1..=text.len() {
                let (seen, found) = split(text.as_bytes(), true, size);
                assert_eq!(String::from_utf8(seen).ok().as_deref(), Some(whole), "{text:?} {size}");
                let found: Vec<(u64, &str)> =
                    found.iter().map(|(line, reason)| (*line, reason.as_str())).collect();
                assert_eq!(found, aside, "{text:?} {size}");
            }
        }
    }

    #[test]
    fn a_long_text_after_a_quotation_mark_is_read_as_rows() {
        let mut text = b"1,\"x\n".to_vec();
        while text.len() < MAX_ROW_BYTES + 1_000_000 {
            text.extend(b"2,some text to fill the line\n");
        }
        let (seen, aside) = split(&text, true, 1024 * 1024);
        assert_eq!(seen.len(), text.len() - 5);
        assert_eq!(aside, [(1, "a quotation mark opens a cell and is not closed".to_string())]);
    }

    #[test]
    fn many_quotation_marks_that_are_not_closed_are_read_in_reasonable_time() {
        let text = b"5\",,\"\n".repeat(3_000);
        let (seen, aside) = split(&text, true, 1024 * 1024);
        assert_eq!(seen.len() / 7 + aside.len(), 3_000);
    }

    #[test]
    fn a_row_without_end_is_dropped_and_the_next_one_read() {
        let mut split = Split::new(false);
        assert_eq!(split.push(b"{}\n", false).first().map(|rows| rows.bytes.as_slice()), Some(&b"{}\n"[..]));
        let mut long = Vec::new();
        for _ in 0..40 {
            let rows = split.push(&vec![b'x'; 1024 * 1024], false);
            long.extend(rows.into_iter().flat_map(|rows| rows.aside).map(|reject| reject.line));
        }
        assert_eq!(long, [2]);
        let rows = split.push(b"x\n{\"a\":1}\n", true);
        let rows: Vec<_> = rows.iter().map(|rows| (rows.bytes.as_slice(), rows.line)).collect();
        assert_eq!(rows, [(&b"{\"a\":1}\n"[..], 3)]);
    }
}
