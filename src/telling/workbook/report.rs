//! A report as a workbook: what it says in sentences on the first sheet, and each of its tables on a sheet of its own.

use qudao_language::date::Date;

use super::answers::is_decimal;
use super::{Cell, Sheet, save, sheet_name};
use crate::document::{Block, Document, Item, Kind, Mark, Part, Text};
use crate::words::Tongue;

/// Returns the bytes of a workbook with a report, made on a day. A proof has no place in it.
///
/// # Errors
/// If a table has no room in a sheet.
pub fn report(document: &Document, tongue: Tongue, day: Date) -> Result<Vec<u8>, String> {
    let title = words(&document.title);
    let heads = [tongue.section_head(), &title, tongue.source_number()];
    let answers = document.body.iter().find_map(|block| match block {
        Block::Section(section) if section.part == Part::Answer => Some(words(&section.heading)),
        _ => None,
    });
    let mut book = Book {
        said: Sheet::new(answers.as_deref().unwrap_or(&title), &heads.map(|head| (head, None)))?,
        is_empty: true,
        tables: Vec::new(),
        names: vec![answers.unwrap_or_else(|| title.clone())],
    };
    book.blocks("", &document.body)?;
    let mut sheets = Vec::new();
    if !book.is_empty {
        book.say("", &document.footer.as_str().into(), "")?;
        sheets.push(book.said);
    }
    sheets.extend(book.tables);
    save(sheets, &title, day)
}

struct Book {
    said: Sheet,
    is_empty: bool,
    tables: Vec<Sheet>,
    /// The names of all sheets.
    names: Vec<String>,
}

impl Book {
    fn blocks(&mut self, heading: &str, blocks: &[Block]) -> Result<(), String> {
        for block in blocks {
            match block {
                Block::Section(section) => self.blocks(&words(&section.heading), &section.body)?,
                Block::Paragraph(text) => self.say(heading, text, "")?,
                Block::List(list) => {
                    if !list.label.is_empty() {
                        self.say(heading, &list.label.as_str().into(), "")?;
                    }
                    for item in &list.items {
                        self.item(heading, item)?;
                    }
                    if !list.rest.is_empty() {
                        self.say(heading, &list.rest, "")?;
                    }
                }
                Block::Table(table) => self.table(heading, &table.heads, table.rows.iter().cloned())?,
                Block::Bars(bars) => {
                    let rows = bars.rows.iter().map(|row| {
                        let numbers = row.bars.iter().map(|bar| bar.shown.as_str().into());
                        [row.name.clone(), row.verdict.clone()].into_iter().chain(numbers).collect()
                    });
                    self.table(heading, &bars.heads, rows)?;
                }
                Block::Graph(..)
                | Block::Entry(..)
                | Block::Cases(..)
                | Block::Changes(..)
                | Block::Code(_)
                | Block::Tree(_)
                | Block::Proof(_)
                | Block::Fold(..) => {}
            }
        }
        Ok(())
    }

    fn item(&mut self, heading: &str, item: &Item) -> Result<(), String> {
        let lead = match &item.mark {
            Mark::Effect(sign, _) => format!("{sign} "),
            Mark::Warning(_) => "! ".into(),
            Mark::Unknown => "? ".into(),
            Mark::Disputed => "≠ ".into(),
            _ => String::new(),
        };
        self.say(heading, &item.text, &lead)?;
        item.remarks.iter().chain(&item.parts).try_for_each(|item| self.item(heading, item))
    }

    /// Says something on the first sheet, with the numbers of what it rests on beside it.
    fn say(&mut self, heading: &str, text: &Text, lead: &str) -> Result<(), String> {
        let (cited, rest): (Vec<_>, Vec<_>) =
            text.0.iter().cloned().partition(|(kind, _)| *kind == Kind::Cited);
        let cited: Vec<String> = cited.into_iter().map(|(_, number)| number).collect();
        let cited = cited.join(", ");
        let says = format!("{lead}{}", words(&Text(rest)).trim_end());
        let source = if is_decimal(&cited) { Cell::Number(&cited) } else { Cell::Text(&cited) };
        self.is_empty = false;
        full(self.said.row(&[Cell::Text(heading), Cell::Text(&says), source])?)
    }

    fn table(
        &mut self,
        heading: &str,
        heads: &[Text],
        rows: impl Iterator<Item = Vec<Text>>,
    ) -> Result<(), String> {
        let heads: Vec<String> = heads.iter().map(words).collect();
        let heads: Vec<(&str, Option<&str>)> = heads.iter().map(|head| (head.as_str(), None)).collect();
        let name = self.name(heading);
        let mut sheet = Sheet::new(&name, &heads)?;
        self.names.push(name);
        for row in rows {
            let texts: Vec<String> = row.iter().map(words).collect();
            let cells = row.iter().zip(&texts).map(|(text, words)| cell(text, words));
            let cells: Vec<Cell<'_>> = cells.collect();
            full(sheet.row(&cells)?)?;
        }
        self.tables.push(sheet);
        Ok(())
    }

    /// A name for a sheet that none has yet; case does not tell names apart.
    fn name(&self, heading: &str) -> String {
        let taken = |name: &str| {
            self.names.iter().any(|of| sheet_name(of).to_lowercase() == sheet_name(name).to_lowercase())
        };
        let short: String = sheet_name(heading).chars().take(26).collect();
        let numbered = (2..).map(|number| format!("{short} {number}"));
        let mut names = std::iter::once(heading.to_string()).chain(numbered);
        names.find(|name| !taken(name)).expect("there are endless numbers")
    }
}

fn full(written: bool) -> Result<(), String> {
    if written { Ok(()) } else { Err("the report has more rows than a sheet".into()) }
}

/// A text as a cell, by what it is.
fn cell<'c>(text: &Text, words: &'c str) -> Cell<'c> {
    match text.0.first() {
        None => Cell::Empty,
        Some((Kind::Verdict(verdict), _)) if text.0.len() == 1 => Cell::Verdict(*verdict, words),
        Some((Kind::Link, _)) if text.0.len() == 1 => Cell::Link(words),
        Some(_) if is_decimal(words) => Cell::Number(words),
        Some(_) => Cell::Text(words),
    }
}

/// The words of a text, the numbers of what it rests on in brackets.
fn words(text: &Text) -> String {
    let told = text.0.iter().filter(|(kind, _)| *kind != Kind::Short);
    let told = told.map(|(kind, text)| if *kind == Kind::Cited { format!("[{text}]") } else { text.clone() });
    told.collect()
}
