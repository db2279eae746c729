//! Cutting a stream of bytes into runs of whole rows.

use std::collections::HashSet;

use super::{MAX_ROW_BYTES, Reject};
use qudao_language::diagnostic::shortened;
use qudao_language::syntax::csv_form;

/// Cuts a stream into runs of whole rows: lines, or for CSV records, in which a line end between quotation marks is
/// no end.
///
/// Where a quotation mark is not closed, or closed in the midst of a cell, its row is set aside and reading goes on with
/// the next line, so that the mistake costs one row and not all up to the next quotation mark.
///
/// What parts the cells is found by the header, as in tables of a ruleset, or by a line `sep=;` before it. Rows of CSV
/// without anything in them at the end, as spreadsheets write them, are no rows. A line may end in a carriage return
/// alone; outside of quotation marks it is given as a line feed.
#[derive(Clone, Debug)]
pub struct Split {
    csv: bool,
    /// What parts the cells, once it is known.
    separator: Option<u8>,
    /// Whether nothing was looked at yet.
    fresh: bool,
    /// Bytes, and where those that are still to be given begin: the rest.
    bytes: Vec<u8>,
    start: usize,
    /// The line that the rest begins on.
    line: u64,
    /// How far the bytes were looked through, and what that place is in.
    seen: usize,
    state: State,
    /// The end of the last whole row in what was looked through.
    end: End,
    /// The same of the last row that holds anything.
    solid: End,
    /// Whether nothing was seen yet in the row that was begun.
    blank: bool,
    /// The last quotation mark that opened: on which line after the rest's first.
    opened: u64,
    /// Line ends in what was looked through.
    passed: u64,
    /// So many bytes at most may lie between two quotation marks.
    limit: usize,
    /// So many of them were not closed.
    unclosed: usize,
    /// Whether the bytes up to the next line end belong to a row that was too long.
    skipping: bool,
}

/// The end of a row, and how many lines lie between the rest's beginning and it.
#[derive(Clone, Copy, Default, Debug)]
struct End {
    at: usize,
    lines: u64,
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

/// The bounds for text between quotation marks shrink with each that is not closed, so that a file full of them is
/// still read in reasonable time: to this, while so many were found, then on.
const SMALL_LIMIT: usize = 4096;
const LEAST_LIMIT: usize = 64;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Some whole rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rows {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// What parts the cells of CSV.
    pub separator: u8,
    /// The line on which they begin, from 1.
    pub line: u64,
    /// Rows after them that cannot be read.
    pub aside: Vec<Reject>,
}

impl Default for Rows {
    fn default() -> Rows {
        Rows { bytes: Vec::new(), separator: b',', line: 0, aside: Vec::new() }
    }
}

impl Split {
    /// Begins with a stream's first line.
    #[must_use]
    pub fn new(csv: bool) -> Split {
        Split {
            csv,
            separator: None,
            fresh: true,
            bytes: Vec::new(),
            start: 0,
            line: 1,
            seen: 0,
            state: State::Start,
            end: End::default(),
            solid: End::default(),
            blank: true,
            opened: 0,
            passed: 0,
            limit: MAX_ROW_BYTES,
            unclosed: 0,
            skipping: false,
        }
    }

    /// Takes some bytes and gives all whole rows up to their end. The last bytes of a stream are told by `last`.
    pub fn push(&mut self, bytes: &[u8], last: bool) -> Vec<Rows> {
        self.forget();
        self.bytes.extend_from_slice(bytes);
        if !self.begin(last) {
            return vec![self.cut(self.end)];
        }
        if self.skipping {
            self.skip();
        }
        let mut found = Vec::new();
        loop {
            let looked = self.look(last);
            if looked == Looked::Text {
                add(&mut found, self.give_up(false));
            } else if looked == Looked::Long || (last && self.state == State::Quoted) {
                add(&mut found, self.give_up(true));
            } else if self.bytes.len() - self.end.at > MAX_ROW_BYTES {
                let mut rows = self.cut(self.end);
                let reason = "this row has more than 16 MiB".into();
                rows.aside.push(Reject { line: self.line, column: None, reason });
                found.push(rows);
                self.skipping = true;
                self.skip();
            } else {
                break;
            }
        }
        if last && !self.blank {
            self.end = End { at: self.bytes.len(), lines: self.passed };
            self.solid = self.end;
        }
        // Rows without anything wait for one with something; but not for ever.
        let end = if self.end.at - self.solid.at > MAX_ROW_BYTES { self.end } else { self.solid };
        if end.at > self.start || found.is_empty() {
            found.push(self.cut(end));
        }
        found
    }

    /// Lets go of bytes that were given.
    fn forget(&mut self) {
        self.bytes.drain(..self.start);
        self.seen -= self.start;
        self.end.at -= self.start;
        self.solid.at -= self.start;
        self.start = 0;
    }

    /// Looks at how a stream begins; tells whether enough of it is there for that.
    fn begin(&mut self, last: bool) -> bool {
        if self.fresh {
            if !last && self.bytes.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(&self.bytes) {
                return false;
            }
            if self.bytes.starts_with(BYTE_ORDER_MARK) {
                self.bytes.drain(..BYTE_ORDER_MARK.len());
            }
            self.fresh = false;
        }
        if !self.csv || self.separator.is_some() {
            return true;
        }
        let text = String::from_utf8_lossy(&self.bytes).replace("\r\n", "\n").replace('\r', "\n");
        let (separator, start) = csv_form(&text);
        let mut lines = text.get(start..).unwrap_or("").split_inclusive('\n');
        let whole = lines.any(|line| !line.trim().is_empty() && line.ends_with('\n'));
        if !whole && !last && self.bytes.len() <= MAX_ROW_BYTES {
            return false;
        }
        self.separator = Some(separator);
        if start > 0 {
            self.drop_line();
        }
        true
    }

    /// Takes the whole rows before a row whose quotation marks are wrong, sets its first line aside and goes on with the
    /// next. `open` tells whether the mark is not closed, or closed in the midst of a cell.
    fn give_up(&mut self, open: bool) -> Rows {
        let mut rows = self.cut(self.end);
        let (opened, at) = (self.line + self.opened, self.line + self.passed);
        let mark = match opened {
            line if line == self.line => "a quotation mark".into(),
            line => format!("a quotation mark on line {line}"),
        };
        let reason = if open {
            self.unclosed += 1;
            let small = (SMALL_LIMIT * SMALL_LIMIT / self.unclosed).clamp(LEAST_LIMIT, SMALL_LIMIT);
            self.limit = (self.limit / 4).max(small).min(self.limit);
            format!("{mark} opens a cell and is not closed")
        } else if at == self.line {
            "text follows the quotation mark that closes a cell; write a quotation mark inside a cell twice"
                .into()
        } else {
            format!("{mark} opens a cell, and the next one, on line {at}, closes it in the midst of a text")
        };
        rows.aside.push(Reject { line: self.line, column: None, reason });
        self.skip();
        rows
    }

    /// Drops the rest up to its first line end; tells whether there is one.
    fn drop_line(&mut self) -> bool {
        let end = line_end(self.rest());
        self.start = end.map_or(self.bytes.len(), |end| self.start + end);
        self.line += u64::from(end.is_some());
        self.restart();
        end.is_some()
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or(&[])
    }

    /// Looks at the rest from its beginning.
    fn restart(&mut self) {
        self.seen = self.start;
        (self.end, self.solid) = (End { at: self.start, lines: 0 }, End { at: self.start, lines: 0 });
        (self.passed, self.opened, self.blank) = (0, 0, true);
        self.state = State::Start;
    }

    fn cut(&mut self, to: End) -> Rows {
        let bytes = self.bytes.get(self.start..to.at).unwrap_or(&[]).to_vec();
        let line = self.line;
        self.line += to.lines;
        self.passed -= to.lines.min(self.passed);
        self.opened -= to.lines.min(self.opened);
        self.start = to.at;
        for end in [&mut self.end, &mut self.solid] {
            *end = End { at: end.at.max(to.at), lines: end.lines.saturating_sub(to.lines) };
        }
        Rows { bytes, line, separator: self.separator.unwrap_or(b','), aside: Vec::new() }
    }

    /// Looks through new bytes for the ends of rows.
    fn look(&mut self, last: bool) -> Looked {
        if !self.csv {
            self.look_for_lines(last);
            return Looked::End;
        }
        let separator = self.separator.unwrap_or(b',');
        while let Some(mut byte) = self.bytes.get(self.seen).copied() {
            let place = self.seen;
            let mut line_end = byte == b'\n';
            if byte == b'\r' {
                match self.bytes.get(place + 1) {
                    // What comes next tells whether it is a line end of its own.
                    None if !last => return Looked::End,
                    Some(b'\n') => {}
                    None | Some(_) => {
                        line_end = true;
                        if self.state != State::Quoted
                            && let Some(byte_there) = self.bytes.get_mut(place)
                        {
                            *byte_there = b'\n';
                            byte = b'\n';
                        }
                    }
                }
            }
            self.state = match (self.state, byte) {
                (State::Start, b'"') => {
                    self.opened = self.passed;
                    State::Quoted
                }
                (State::Closed, b'"') => {
                    self.blank = false;
                    State::Quoted
                }
                (State::Quoted, b'"') => State::Closed,
                (State::Quoted, b'\n' | b'\r') => State::Quoted,
                (State::Quoted, _) if place - self.end.at > self.limit => return Looked::Long,
                (State::Quoted, _) => {
                    self.blank &= matches!(byte, b' ' | b'\t');
                    State::Quoted
                }
                (State::Start | State::Bare | State::Closed, b'\n') => {
                    self.end = End { at: place + 1, lines: self.passed + 1 };
                    if !self.blank {
                        self.solid = self.end;
                    }
                    self.blank = true;
                    State::Start
                }
                (State::Start | State::Bare | State::Closed, byte) if byte == separator => State::Start,
                (State::Closed, b'\r') => State::Closed,
                (State::Start | State::Bare, _) => {
                    self.blank &= matches!(byte, b' ' | b'\t' | b'\r');
                    State::Bare
                }
                (State::Closed, _) => return Looked::Text,
            };
            self.passed += u64::from(line_end);
            self.seen += 1;
        }
        Looked::End
    }

    /// The same where each line is a row.
    fn look_for_lines(&mut self, last: bool) {
        let from = self.seen;
        let new = self.bytes.get_mut(from..).unwrap_or(&mut []);
        let mut whole = new.len();
        if memchr::memchr(b'\r', new).is_some() {
            for place in 0..new.len() {
                match new.get_mut(place..) {
                    Some([b'\r', b'\n', ..]) => {}
                    Some([b'\r']) if !last => whole = place,
                    Some([end @ b'\r', ..]) => *end = b'\n',
                    _ => {}
                }
            }
        }
        let new = new.get(..whole).unwrap_or(&[]);
        let count = memchr::memchr_iter(b'\n', new).count() as u64;
        self.passed += count;
        self.blank = false;
        if let Some(end) = memchr::memrchr(b'\n', new) {
            self.end = End { at: from + end + 1, lines: self.passed };
            self.solid = self.end;
        }
        self.seen = from + whole;
    }

    /// Drops bytes up to the end of a line that cannot be read.
    fn skip(&mut self) {
        self.skipping = !self.drop_line();
    }
}

/// Adds rows to those before them; what is only set aside belongs to them.
fn add(found: &mut Vec<Rows>, mut rows: Rows) {
    match found.last_mut() {
        Some(last) if rows.bytes.is_empty() => last.aside.append(&mut rows.aside),
        _ => found.push(rows),
    }
}

/// Returns where the first line ends, behind its end.
fn line_end(text: &[u8]) -> Option<usize> {
    let end = memchr::memchr2(b'\n', b'\r', text)?;
    Some(match text.get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        _ => end + 1,
    })
}

/// Counts line ends: a line feed, or a carriage return alone.
pub(super) fn lines(bytes: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let alone = memchr::memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    (feeds + alone) as u64
}

/// The lines on which records begin, one after the other.
pub(super) struct Lines<'t> {
    records: &'t [u8],
    at: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    /// Begins with records of which the first begins on a line.
    pub(super) fn new(records: &'t [u8], line: u64) -> Lines<'t> {
        Lines { records, at: 0, line }
    }

    /// Returns where a record begins, and on which line, by the reader's place before it, which lies before the line ends
    /// that the reader passes over. Places come in order.
    pub(super) fn of_record(&mut self, place: u64) -> (usize, u64) {
        let place = usize::try_from(place).unwrap_or(usize::MAX).clamp(self.at, self.records.len());
        let rest = self.records.get(place..).unwrap_or(&[]);
        let start = place + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.line += lines(self.records.get(self.at..start).unwrap_or(&[]));
        self.at = start;
        (start, self.line)
    }
}

/// Returns where the second line of a record begins that lies between two places, and how many lines after its first it
/// ends; nothing if it has one line.
pub(super) fn second_line(records: &[u8], start: usize, end: usize) -> Option<(usize, u64)> {
    let text = records.get(start..end.min(records.len()))?;
    let whole = text.strip_suffix(b"\n").or(text.strip_suffix(b"\r")).unwrap_or(text);
    let whole = whole.strip_suffix(b"\r").unwrap_or(whole);
    let second = line_end(whole)?;
    Some((start + second, lines(whole)))
}

/// Takes the header off the first rows of a table in CSV: the names of its columns, and the rows after it.
///
/// # Errors
/// If it is no header: not UTF-8, a name twice, a name missing.
pub fn header(rows: &Rows) -> Result<(Vec<String>, Rows), String> {
    // A byte order mark is no part of the first name.
    let text = rows.bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&rows.bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(rows.separator)
        .from_reader(text);
    let mut record = csv::StringRecord::new();
    let read = reader.read_record(&mut record).map_err(|error| match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "the header is not UTF-8; save the table as UTF-8",
        _ => "the header cannot be read as CSV",
    })?;
    if !read {
        return Err("there is no header".into());
    }
    let names: Vec<String> = record.iter().map(|name| name.trim().to_string()).collect();
    let mut known = HashSet::new();
    for (number, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(format!("column {} of the header has no name", number + 1));
        }
        if !known.insert(name.as_str()) {
            return Err(format!("the header has the column `{}` twice", shortened(name)));
        }
    }
    let mut end = usize::try_from(reader.position().byte()).unwrap_or(0).min(text.len());
    // The reader stands between the two bytes of a line's end.
    end += usize::from(
        text.get(end) == Some(&b'\n') && !text.get(..end).is_some_and(|before| before.ends_with(b"\n")),
    );
    let (before, rest) = text.split_at(end);
    let line = rows.line + lines(before);
    let rest = Rows { bytes: rest.to_vec(), line, separator: rows.separator, aside: rows.aside.clone() };
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
