//! Reading a line of NDJSON in one pass: fields go straight to their cells, what nothing asks for is passed over.
//!
//! It takes plain lines only: names and texts without escapes, and what else is common. Whatever it does not take is read
//! by `serde_json`, which says what is wrong with it, if anything is.

use super::Worker;
use super::columns::Column;
use super::decode::Kind;
use super::vocabulary::Vocabulary;
use qudao_language::exact::MAX_FRACTION_DIGITS;
use qudao_language::model::{Field, Id};

/// A place in a line, and what lies before it is read.
struct Cursor<'l> {
    text: &'l str,
    at: usize,
}

/// A number without exponent that has few digits: its digits as a whole number, and how many stand behind the point.
type Decimal = Option<(i64, u32)>;

/// The name of a column as the last line had it at this place, to be compared at once: lines mostly have the same names
/// in the same order.
#[derive(Debug)]
pub(super) struct Name {
    /// The name between its quotation marks, and the colon: the first eight bytes as a number, and which bits of it count.
    head: u64,
    mask: u64,
    /// What stands behind these eight bytes.
    rest: Box<[u8]>,
    length: usize,
    column: Option<Column>,
}

impl Name {
    fn new(name: &str, column: Option<Column>) -> Name {
        let text = format!("\"{name}\":");
        let (head, rest) = text.as_bytes().split_at(text.len().min(8));
        let mut eight = [0; 8];
        eight.iter_mut().zip(head).for_each(|(to, byte)| *to = *byte);
        let mask = u64::MAX >> (64 - 8 * head.len());
        Name { head: u64::from_le_bytes(eight), mask, rest: rest.into(), length: text.len(), column }
    }

    /// Tells whether a text begins with it.
    #[inline]
    fn begins(&self, text: &[u8]) -> bool {
        let Some((first, rest)) = text.split_first_chunk::<8>() else { return false };
        u64::from_le_bytes(*first) & self.mask == self.head
            && (self.rest.is_empty() || rest.starts_with(&self.rest))
    }
}

impl<'l> Cursor<'l> {
    #[inline]
    fn rest(&self) -> &'l [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or(&[])
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Takes a byte, and the spaces after it.
    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        if self.peek() != Some(byte) {
            return None;
        }
        self.at += 1;
        self.spaces();
        Some(())
    }

    /// Takes a text; gives what stands between its quotation marks and whether it holds escapes.
    fn string(&mut self) -> Option<(&'l str, bool)> {
        if self.peek() != Some(b'"') {
            return None;
        }
        let start = self.at + 1;
        let (mut at, mut escapes) = (start, false);
        loop {
            match *self.text.as_bytes().get(at)? {
                b'"' => break,
                b'\\' => {
                    // Which escapes there are, and whether they stand for characters, is looked at elsewhere.
                    escapes = true;
                    at += 2;
                }
                0..0x20 => return None,
                _ => at += 1,
            }
        }
        let inner = self.text.get(start..at)?;
        self.at = at + 1;
        Some((inner, escapes))
    }

    /// Takes a text that is one of some names; gives its number.
    #[inline]
    fn known(&mut self, names: &Vocabulary) -> Option<u32> {
        let (quote, text) = self.rest().split_first()?;
        let (number, length) = names.quoted(text).filter(|_| *quote == b'"')?;
        self.at += length + 2;
        Some(number)
    }

    /// Takes a number.
    #[inline]
    fn number(&mut self) -> Option<Decimal> {
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let first = self.at;
        let mut units = self.digits(0)?;
        let whole = self.at - first;
        if whole > 1 && self.text.as_bytes().get(first) == Some(&b'0') {
            return None;
        }
        let mut places = 0;
        if self.peek() == Some(b'.') {
            self.at += 1;
            let point = self.at;
            units = self.digits(units)?;
            places = self.at - point;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits(0)?;
            return Some(None);
        }
        if whole + places > 18 || places > MAX_FRACTION_DIGITS {
            return Some(None);
        }
        Some(Some((if negative { -units } else { units }, places as u32)))
    }

    /// Takes digits, one at least, behind those of a number; what it gives is right up to 18 digits.
    fn digits(&mut self, mut units: i64) -> Option<i64> {
        let start = self.at;
        while let Some(byte @ b'0'..=b'9') = self.peek() {
            units = units.wrapping_mul(10).wrapping_add(i64::from(byte - b'0'));
            self.at += 1;
        }
        (self.at > start).then_some(units)
    }

    /// Takes a word.
    fn word(&mut self, word: &str) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        rest.starts_with(word).then(|| self.at += word.len())
    }

    /// Passes over any value.
    fn pass(&mut self) -> Option<()> {
        let start = self.at;
        match self.peek()? {
            b'"' => match self.string()? {
                (_, false) => Some(()),
                // Whether the escapes are right is looked at there.
                (_, true) => {
                    self.at = start;
                    self.pass_nested()
                }
            },
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            b'-' | b'0'..=b'9' => self.number().map(|_| ()),
            b'[' | b'{' => self.pass_nested(),
            _ => None,
        }
    }

    /// Passes over a list or an object, or a text with escapes.
    fn pass_nested(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde::de::IgnoredAny>();
        values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(())
    }
}

impl Worker<'_, '_, '_> {
    /// Reads a line; nothing where it is to be looked at more closely.
    pub(super) fn scan(&mut self, line: &[u8]) -> Option<()> {
        let mut cursor = Cursor { text: std::str::from_utf8(line).ok()?, at: 0 };
        cursor.spaces();
        cursor.take(b'{')?;
        let mut entry = 0;
        while entry == 0 || cursor.peek() != Some(b'}') {
            if entry > 0 {
                cursor.take(b',')?;
            } else if cursor.peek() == Some(b'}') {
                break;
            }
            let column = self.column(entry, &mut cursor)?;
            match column {
                Some(column) => self.scan_column(&mut cursor, column)?,
                None => cursor.pass()?,
            }
            cursor.spaces();
            entry += 1;
        }
        cursor.take(b'}')?;
        (cursor.at == line.len()).then_some(())
    }

    /// Takes the name of a column and the colon after it; tells what the column means.
    #[inline]
    fn column(&mut self, entry: usize, cursor: &mut Cursor<'_>) -> Option<Option<Column>> {
        if let Some(known) = self.names.get(entry)
            && known.begins(cursor.rest())
        {
            cursor.at += known.length;
            cursor.spaces();
            return Some(known.column);
        }
        self.other_column(entry, cursor)
    }

    /// The same where the last line had another name at this place.
    #[cold]
    fn other_column(&mut self, entry: usize, cursor: &mut Cursor<'_>) -> Option<Option<Column>> {
        let (name, escapes) = cursor.string()?;
        if escapes {
            return None;
        }
        cursor.spaces();
        cursor.take(b':')?;
        let column = self.batch.columns.get(name);
        self.seen.note(name, column);
        if let Some(slot) = self.names.get_mut(entry) {
            *slot = Name::new(name, column);
        } else if entry == self.names.len() && entry < 1024 {
            self.names.push(Name::new(name, column));
        }
        Some(column)
    }

    fn scan_column(&mut self, cursor: &mut Cursor<'_>, column: Column) -> Option<()> {
        let start = cursor.at;
        match column {
            Column::Field(id) | Column::Both(id, _) => self.scan_field(cursor, id)?,
            Column::Keep(_) => cursor.pass()?,
        }
        if let Column::Keep(number) | Column::Both(_, number) = column {
            let kept = self.kept.get_mut(number)?;
            kept.clear();
            kept.push_str(cursor.text.get(start..cursor.at)?);
        }
        Some(())
    }

    fn scan_field(&mut self, cursor: &mut Cursor<'_>, id: Id<Field>) -> Option<()> {
        let batch = self.batch;
        let plan = &batch.plans[id];
        if cursor.peek() == Some(b'n') {
            cursor.word("null")?;
            batch.program.set_unknown(&mut self.scratch, id);
            return self.note(id, super::Given::Unknown).then_some(());
        }
        let given = match &plan.kind {
            Kind::Bool => {
                let holds = cursor.peek() == Some(b't');
                cursor.word(if holds { "true" } else { "false" })?;
                batch.program.set_code(&mut self.scratch, id, u32::from(holds));
                true
            }
            Kind::Number { .. } => {
                let (units, places) = cursor.number()??;
                self.give_written(id, units, places)
            }
            Kind::Enum(names) if !plan.ranged => {
                let code = cursor.known(names)?;
                batch.program.set_code(&mut self.scratch, id, code);
                true
            }
            Kind::Enum(..) | Kind::Date | Kind::Text => {
                let (text, escapes) = cursor.string()?;
                !escapes && text.is_ascii() && self.give_word(id, text)
            }
            Kind::Set(names, words) => {
                let mut bits = [0_u64; 8];
                cursor.take(b'[')?;
                while cursor.peek() != Some(b']') {
                    let member = cursor.known(names)?;
                    *bits.get_mut(member as usize / 64)? |= 1 << (member % 64);
                    cursor.spaces();
                    if cursor.peek() != Some(b']') {
                        cursor.take(b',')?;
                        // A comma before the end is a mistake.
                        cursor.peek().filter(|byte| *byte == b'"')?;
                    }
                }
                cursor.at += 1;
                batch.program.set_members(&mut self.scratch, id, bits.get(..*words)?);
                true
            }
            Kind::Slow => false,
        };
        (given && self.note(id, super::Given::Known)).then_some(())
    }
}
