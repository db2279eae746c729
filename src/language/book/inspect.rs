//! What a workbook holds is counted before it is read: its parts are unpacked once and thrown away, so that what one of
//! a few kilobytes would unfold to is known. XML of a workbook has no need of declarations of its own, and none of its
//! tags or texts is long.

use std::io::{Read, Seek};

use zip::ZipArchive;

/// A workbook has so many parts at most.
const MOST_PARTS: usize = 10_000;
/// So many bytes at most, unpacked: of all parts together, and of those that are held in memory.
const MOST_BYTES: u64 = 2 << 30;
const MOST_HELD: u64 = 128 << 20;
/// So many bytes at most from the beginning of one tag to that of the next. A cell holds 32,767 characters.
const LONGEST: usize = 1 << 20;

/// What was met in a workbook.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Marks {
    /// Cells that are merged.
    pub(super) merged: bool,
    /// Formulas.
    pub(super) formulas: bool,
    /// That values of formulas are to be found anew when it is opened.
    pub(super) uncalculated: bool,
}

/// Looks through a workbook.
pub(super) fn inspect(reader: &mut (impl Read + Seek)) -> Result<Marks, String> {
    let mut start = [0; 8];
    let count = reader.read(&mut start).map_err(|error| format!("cannot be read: {error}"))?;
    let start = start.get(..count).unwrap_or(&[]);
    if start.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Err(
            "is an old workbook (.xls), or protected by a password; save it as .xlsx without one".into()
        );
    }
    let mut parts = ZipArchive::new(reader).map_err(|_| no_workbook())?;
    if parts.len() > MOST_PARTS {
        return Err(format!("has more than {MOST_PARTS} parts, so it is not read"));
    }
    let mut marks = Marks::default();
    let (mut all, mut held) = (0, 0);
    for index in 0..parts.len() {
        let part = parts.by_index(index).map_err(|_| no_workbook())?;
        let name = part.name().map_err(|_| no_workbook())?.to_ascii_lowercase();
        let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
        let is_sheet = is_xml && name.contains("worksheets/") && !name.ends_with(".rels");
        let left = if is_sheet { MOST_BYTES - all } else { (MOST_BYTES - all).min(MOST_HELD - held) };
        let mut part = part.take(left + 1);
        let mut seen = Seen { marks: &mut marks, is_xml, tag: Vec::new(), inside: false, run: 0, texts: 0 };
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count = part.read(&mut buffer).map_err(|_| no_workbook())?;
            if count == 0 {
                break;
            }
            seen.look(buffer.get(..count).unwrap_or(&[]))?;
        }
        let bytes = left + 1 - part.limit();
        if bytes > left {
            return Err("unfolds to more than any workbook has need of, so it is not read".into());
        }
        if seen.texts > bytes {
            return Err("says that it has more texts than it can hold, so it is not read".into());
        }
        all += bytes;
        held += if is_sheet { 0 } else { bytes };
    }
    Ok(marks)
}

fn no_workbook() -> String {
    "is no whole workbook (.xlsx)".into()
}

/// Looking through a part.
struct Seen<'m> {
    marks: &'m mut Marks,
    is_xml: bool,
    /// The tag that was begun last, without its mark, as far as it is here.
    tag: Vec<u8>,
    /// Whether it has not ended.
    inside: bool,
    /// Bytes since it began.
    run: usize,
    /// So many texts are said to come.
    texts: u64,
}

impl Seen<'_> {
    fn look(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        if !self.is_xml {
            return Ok(());
        }
        while !bytes.is_empty() {
            let mark = if self.inside { b'>' } else { b'<' };
            let end = bytes.iter().position(|byte| *byte == mark || *byte == b'<');
            let (before, after) = bytes.split_at(end.unwrap_or(bytes.len()));
            self.run += before.len();
            if self.run > LONGEST {
                return Err("has a text or a tag longer than any cell, so it is not read".into());
            }
            if self.inside {
                self.tag.extend_from_slice(before);
            }
            let Some((found, rest)) = after.split_first() else { return Ok(()) };
            if self.inside {
                self.tag()?;
            }
            self.inside = *found == b'<';
            if self.inside {
                (self.run, self.tag) = (0, Vec::new());
            }
            bytes = rest;
        }
        Ok(())
    }

    fn tag(&mut self) -> Result<(), String> {
        if self.tag.starts_with(b"!") {
            return Err(
                "has declarations or comments in its XML, which no workbook has need of; save it anew".into(),
            );
        }
        let name = self.tag.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next().unwrap_or(&[]);
        let name = name.rsplit(|byte| *byte == b':').next().unwrap_or(&[]);
        if let b"c" | b"row" | b"dimension" | b"mergeCell" | b"f" = name {
            let tag = String::from_utf8_lossy(&self.tag);
            let mut places = attributes(&tag).filter(|(name, _)| matches!(*name, "r" | "ref"));
            if let Some((_, place)) = places.find(|(_, place)| !is_place(place)) {
                return Err(format!(
                    "is no whole workbook: no cells are at `{}`",
                    place.chars().take(30).collect::<String>()
                ));
            }
        }
        match name {
            b"f" => self.marks.formulas = true,
            b"mergeCell" => self.marks.merged = true,
            b"calcPr" => {
                let tag = String::from_utf8_lossy(&self.tag);
                let always = attribute(&tag, "fullCalcOnLoad");
                self.marks.uncalculated |= matches!(always, Some("1" | "true"));
            }
            b"sst" => {
                let tag = String::from_utf8_lossy(&self.tag);
                let said = attribute(&tag, "uniqueCount").and_then(|count| count.trim().parse().ok());
                self.texts = self.texts.max(said.unwrap_or(0));
            }
            _ => {}
        }
        Ok(())
    }
}

/// The attributes of a tag, without their prefixes, as far as they are well-formed.
fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let (before, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let mark = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after.get(1..)?.split_once(mark)?;
        rest = after;
        let name = before.trim_end().rsplit(|c: char| c.is_whitespace() || c == ':').next()?;
        Some((name, value))
    })
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    attributes(tag).find(|(other, _)| *other == name).map(|(_, value)| value)
}

/// Tells whether a text is the place of a cell, a row or a block of cells of a sheet, however it ends up being read.
fn is_place(text: &str) -> bool {
    let part = |part: &str| {
        let digits = part.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let letters = part.len() - digits.len();
        let column = part
            .bytes()
            .take(letters)
            .fold(0, |column, letter| u64::from(letter.to_ascii_uppercase() - b'A') + 1 + 26 * column);
        let row: Option<u64> = Some(digits).filter(|digits| digits.len() <= 7)?.parse().ok();
        (letters <= 3).then_some((row?, column))
    };
    let parts: Option<Vec<(u64, u64)>> = text.split(':').map(part).collect();
    match parts.as_deref() {
        Some([_]) => true,
        Some([first, last]) => first.0 <= last.0 && first.1 <= last.1,
        Some(_) | None => false,
    }
}
