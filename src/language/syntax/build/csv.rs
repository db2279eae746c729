//! Decision tables from CSV files, in which each cell keeps its place.

mod facts;
mod titles;

use std::collections::BTreeMap;

use super::table::{Kept, Piece, trim};
use super::{Builder, Kind};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, lone_marker};
use crate::source::{Span, Spanned, conflicts, is_lone_mark, one_side};
use crate::syntax::{Declared, SheetNames, Titled, ast};
use crate::visible::{hidden_in, is_hidden};

/// Stands for a byte that says nothing, so that what follows keeps its place; no file may hold it as it is.
const FILLER: char = '\u{1}';

/// What a column of a CSV file is for.
enum Place {
    /// A column of the table, and the enum whose values it compares.
    Column(ast::Column, Option<Arc<str>>),
    /// The names of the rows.
    Name,
    /// A column whose heading is not understood, and is reported when its names are looked up.
    Broken(ast::Column),
    /// A column without a heading: what stands in it is reported, but that nothing does says nothing.
    Empty(Span),
}

impl Builder<'_> {
    /// Builds a table from the text of a CSV file.
    pub(in crate::syntax) fn csv(
        &mut self,
        text: &str,
        names: &SheetNames,
        declared: &mut dyn Declared,
    ) -> ast::Grid {
        let Some((heading, records)) = self.sheet(text) else { return ast::Grid::default() };
        let places = self.places(&heading, declared);
        let known = |name: &str, before_point| declared.knows(name, before_point);
        let rows =
            records.into_iter().map(|fields| self.record(fields, &places, &names.enums, &known)).collect();
        let columns = places.into_iter().filter_map(|place| match place {
            Place::Column(column, _) | Place::Broken(column) => Some(column),
            Place::Name | Place::Empty(_) => None,
        });
        ast::Grid { columns: columns.collect(), rows }
    }

    /// Cuts the text of a CSV file into its heading and the rows that are not blank.
    fn sheet(&mut self, text: &str) -> Option<(Vec<Field>, Vec<Vec<Field>>)> {
        // What a merge left is reported when the file comes.
        let text = &one_side(text, &conflicts(text));
        let start = beginning(text);
        let text = text.get(start..).unwrap_or("");
        let (mut records, faults) = records(text, start, delimiter(text));
        for (at, message, code) in faults {
            let span = self.at_piece((at, "\""));
            self.report(Diagnostic::new(code, span, message).here("this quotation mark"));
        }
        records.retain(|fields| {
            let alone =
                fields.first().filter(|field| fields.len() == 1 && is_lone_mark(field.text.trim_end()));
            if let Some(mark) = alone {
                let span = self.at_piece((mark.start, mark.text.trim_end()));
                self.report(lone_marker(span));
            }
            alone.is_none() && fields.iter().any(|field| !field.is_blank())
        });
        if records.is_empty() {
            let start = Span { file: self.file, start: 0, end: 0 };
            self.report(Diagnostic::new(Code::Syntax, start, "this file has no heading").here("no columns"));
            return None;
        }
        let heading = records.remove(0);
        Some((heading, records))
    }

    /// Returns where a row stands, and whether it has a cell for each column; blank ones behind them are taken away.
    fn fitted(&mut self, fields: &mut Vec<Field>, columns: usize) -> (Span, bool) {
        while fields.len() > columns && fields.last().is_some_and(Field::is_blank) {
            fields.pop();
        }
        let start = fields.first().map_or(0, |field| field.start);
        let end = fields.last().map_or(start, |field| field.start + field.text.len());
        let span = Span { file: self.file, start: start as u32, end: end as u32 };
        let fits = fields.len() == columns;
        if !fits {
            self.wrong_cells(span, fields.len(), columns, false);
        }
        (span, fits)
    }

    /// Reports a cell that stands below no heading, if it says anything.
    fn below_nothing(&mut self, field: &Field, heading: Span) {
        if !field.is_blank() {
            let here = self.at_piece(trim((field.start, &field.text)));
            let message = "this cell stands in a column without a heading";
            let diagnostic = Diagnostic::new(Code::WrongCells, here, message);
            self.report(diagnostic.here("belongs to nothing").also(heading, "no heading"));
        }
    }

    fn places(&mut self, heading: &[Field], declared: &mut dyn Declared) -> Vec<Place> {
        let mut columns: Vec<ast::Column> = Vec::new();
        let mut name: Option<Span> = None;
        let mut places = Vec::new();
        for field in heading {
            self.visible_field(field, false);
            let (start, word) = trim((field.start, &field.text));
            let span = self.at_piece((start, word));
            let first_word = word.split('@').next().unwrap_or("").trim();
            let place = if word.is_empty() {
                Place::Empty(span)
            } else if word == "name" {
                if let Some(first) = name {
                    self.heading_twice(span, first);
                }
                name = Some(span);
                Place::Name
            } else if matches!(first_word, "then" | "because" | "note" | "from") {
                Place::Column(self.effect_column((start, word)), None)
            } else {
                self.titled_column((start, word), declared)
            };
            if let Place::Column(column, _) = &place {
                self.column_once(&columns, column);
                columns.push(column.clone());
            }
            places.push(place);
        }
        places
    }

    fn record(
        &mut self,
        mut fields: Vec<Field>,
        places: &[Place],
        enums: &BTreeMap<Arc<str>, Titled>,
        known: &dyn Fn(&str, bool) -> bool,
    ) -> ast::Row {
        let (span, fits) = self.fitted(&mut fields, places.len());
        let mut name = None;
        let mut cells = Vec::new();
        for (field, place) in fields.iter().zip(places) {
            let piece = trim((field.start, &field.text));
            let said = matches!(
                place,
                Place::Column(
                    ast::Column { kind: ast::ColumnKind::Because(_) | ast::ColumnKind::Note(_), .. },
                    _
                )
            );
            let legible = self.visible_field(field, said);
            match place {
                Place::Name if !legible => {}
                Place::Name => {
                    let word = Some(piece).filter(|(_, text)| !text.is_empty());
                    let node = word.and_then(|word| self.piece(Kind::row_name_entry, word));
                    name = node.map(|node| Spanned { value: node.text().into(), span: node.span() });
                }
                // A row that does not fit keeps its number and name.
                _ if !fits => {}
                Place::Column(column, of) if legible => {
                    let values = of.as_ref().and_then(|of| enums.get(of));
                    let titled = values.and_then(|values| self.titled_cell(piece, values, known));
                    cells.push(titled.unwrap_or_else(|| self.csv_cell(field, piece, &column.kind)));
                }
                Place::Column(..) | Place::Broken(_) => {
                    let span = self.at_piece(piece);
                    cells.push(ast::Cell { span, kind: ast::CellKind::Broken });
                }
                Place::Empty(heading) => self.below_nothing(field, *heading),
            }
        }
        ast::Row { span, name, cells }
    }

    /// In a spreadsheet, a text stands in its cell without quotation marks.
    fn csv_cell(&mut self, field: &Field, piece: Piece<'_>, column: &ast::ColumnKind) -> ast::Cell {
        let bare = matches!(column, ast::ColumnKind::Because(_) | ast::ColumnKind::Note(_))
            && !piece.1.is_empty()
            && !piece.1.starts_with('"');
        if !bare {
            return self.cell(piece, column, &mut Kept::new());
        }
        let span = self.at_piece(piece);
        let outside = |c: char| c.is_whitespace() || c == FILLER;
        let start = field.start + field.bare.len() - field.bare.trim_start_matches(outside).len();
        let mut pieces = self.bare_template(field.bare.trim_matches(outside), start);
        for piece in &mut pieces {
            if let ast::Piece::Plain(text) = piece {
                text.retain(|c| c != FILLER);
            }
        }
        let main = Spanned { value: pieces, span };
        ast::Cell { span, kind: ast::CellKind::Text(ast::Template { main, translations: Vec::new() }) }
    }

    /// Reports the first character of a field that nobody sees: in a text it is doubtful, elsewhere it is an error.
    /// Tells whether the field can be read on.
    fn visible_field(&mut self, field: &Field, said: bool) -> bool {
        let line_end = |c: char| matches!(c, '\n' | '\r' | '\t');
        let first = match said {
            true => hidden_in(&field.text).find(|(_, c)| !line_end(*c)),
            false => field.text.char_indices().find(|(_, c)| is_hidden(*c) && !line_end(*c)),
        };
        let Some((at, c)) = first else { return true };
        let start = field.start + at;
        let span = Span { file: self.file, start: start as u32, end: (start + c.len_utf8()) as u32 };
        let code = if said { Code::HiddenCharacter } else { Code::ForbiddenCharacter };
        let message = format!("this cell holds the invisible character `{}`", c.escape_unicode());
        let diagnostic = Diagnostic::new(code, span, message).here("it cannot be seen here");
        self.report(diagnostic.fix("remove what cannot be seen", span, ""));
        said
    }
}

/// A field of a CSV file.
struct Field {
    start: usize,
    /// Its text, in which every character keeps its place: a doubled quotation mark becomes one and a blank outside of
    /// the text that it begins or ends.
    text: String,
    /// Its text as it is meant, with fillers where bytes say nothing.
    bare: String,
}

impl Field {
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// What is wrong with a quotation mark: where, what, and the code for it.
type Fault = (usize, &'static str, Code);

/// Returns where the table begins: behind a byte order mark, and behind the line in which Excel says what parts the
/// cells, `sep=;`, which is seen from the heading too.
fn beginning(text: &str) -> usize {
    let start = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let line = text.get(start..).and_then(|text| text.split_inclusive('\n').next()).unwrap_or("");
    let bare = line.trim().trim_matches('"').to_ascii_lowercase();
    let says = bare.strip_prefix("sep=").is_some_and(|mark| mark.chars().count() <= 1);
    if says { start + line.len() } else { start }
}

/// Finds what parts the cells: what the first line that is not blank has most of, outside of quotation marks.
fn delimiter(text: &str) -> u8 {
    let heading = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let outside: String = heading.split('"').step_by(2).collect();
    let count = |mark: u8| outside.bytes().filter(|byte| *byte == mark).count();
    [b'\t', b';', b','].into_iter().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}

/// Returns what parts the cells of a table in CSV, and where its heading begins.
pub(in crate::syntax) fn form(text: &str) -> (u8, usize) {
    let start = beginning(text);
    let (before, table) = text.split_at(start);
    let says = before.trim().trim_matches('"').bytes().last();
    let says = says.filter(|mark| mark.is_ascii_punctuation() && *mark != b'=');
    (says.unwrap_or_else(|| delimiter(table)), start)
}

/// Cuts a CSV file into records, as RFC 4180 has it; and tells the places of quotation marks that do not fit.
fn records(text: &str, base: usize, delimiter: u8) -> (Vec<Vec<Field>>, Vec<Fault>) {
    let mut records = Vec::new();
    let mut faults = Vec::new();
    let mut record = Vec::new();
    let mut at = 0;
    while at < text.len() || !record.is_empty() {
        let (field, end, fault) = field(text, at, base, delimiter);
        record.push(field);
        faults.extend(fault);
        if text.as_bytes().get(end) != Some(&delimiter) {
            records.push(std::mem::take(&mut record));
        }
        at = end + 1;
    }
    (records, faults)
}

/// Reads one field; returns where it ends, and what is wrong with its quotation marks.
fn field(text: &str, at: usize, base: usize, delimiter: u8) -> (Field, usize, Option<Fault>) {
    let quoted = text.as_bytes().get(at) == Some(&b'"');
    let mark = base + at;
    let start = at + usize::from(quoted);
    let mut field = Field { start: base + start, text: String::new(), bare: String::new() };
    let ends = |c: char| c == char::from(delimiter) || c == '\n';
    let mut open = false;
    let mut rest = text.get(start..).unwrap_or("").char_indices().peekable();
    let mut closed = None;
    while let Some((offset, c)) = rest.next() {
        match c {
            '"' if quoted && rest.next_if(|(_, next)| *next == '"').is_some() => {
                field.text.push_str(if open { "\" " } else { " \"" });
                field.bare.push('"');
                field.bare.push(FILLER);
                open = !open;
            }
            '"' if quoted => {
                closed = Some(start + offset + 1);
                break;
            }
            c if !quoted && ends(c) => {
                closed = Some(start + offset);
                break;
            }
            // A line end inside a quoted field is white space there.
            '\r' if rest.peek().is_none_or(|(_, next)| *next == '\n') => {
                field.text.push(' ');
                field.bare.push(FILLER);
            }
            c => {
                let c = if c == '\n' { ' ' } else { c };
                field.text.push(c);
                field.bare.push(c);
            }
        }
    }
    let Some(closed) = closed else {
        let fault = quoted.then_some((mark, "this cell is not closed", Code::UnclosedText));
        return (field, text.len(), fault);
    };
    let behind = text.get(closed..).unwrap_or("");
    let length = behind.find(ends).unwrap_or(behind.len());
    let stray = quoted && !behind.get(..length).unwrap_or("").trim().is_empty();
    let message = "something stands behind the closing quotation mark of this cell";
    (field, closed + length, stray.then_some((mark, message, Code::Syntax)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_fields_keep_their_places() {
        let text = "a,b;c\n\"x, y\",\"say \"\"hi\"\" now\"\r\nlast";
        let (records, faults) = records(text, 0, b',');
        assert_eq!(faults.len(), 0);
        let fields: Vec<Vec<(usize, &str)>> =
            records.iter().map(|r| r.iter().map(|f| (f.start, f.text.trim_end())).collect()).collect();
        assert_eq!(fields[0], [(0, "a"), (2, "b;c")]);
        assert_eq!(fields[1], [(7, "x, y"), (14, "say  \"hi\"  now")]);
        assert_eq!(fields[2], [(31, "last")]);
        assert_eq!(records[1][1].bare, "say \"\u{1}hi\"\u{1} now");
    }

    #[test]
    fn quotation_marks_that_do_not_fit_are_told() {
        let (_, faults) = records("\"a\"b,\"c", 0, b',');
        assert_eq!(faults.iter().map(|(at, ..)| *at).collect::<Vec<_>>(), [0, 5]);
    }

    #[test]
    fn a_delimiter_at_the_end_begins_a_last_empty_field() {
        let (records, _) = records("a,\r\nb,", 0, b',');
        assert_eq!(records.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
        assert!(records.iter().all(|record| record[1].is_blank()));
    }
}
