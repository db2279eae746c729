//! Sheets of workbooks. A sheet is named by its workbook and itself, `book.xlsx!Fees`, and becomes the text of a table in
//! CSV as it comes, so that whatever reads tables reads sheets.

use super::{Home, Sources, Wanted};
use crate::diagnostic::{Code, Diagnostic};

/// Names a sheet of a workbook; an empty name means the first.
pub(in crate::syntax) fn workbook_sheet(book: &str, sheet: &str) -> String {
    format!("{book}!{sheet}")
}

/// The workbook and the sheet that are named, if a sheet is. No name of a sheet holds a `/`.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    let at = name.to_ascii_lowercase().find(".xlsx!")?;
    let (book, sheet) = name.split_at(at + ".xlsx".len());
    Some((book, sheet.strip_prefix('!')?))
}

impl Wanted {
    /// Returns what the file is called among those of the ruleset: its path, with the sheet of a workbook.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.sheet {
            Some(sheet) => workbook_sheet(&self.path, sheet),
            None => self.path.clone(),
        }
    }
}

impl Sources {
    /// Brings the rows of a sheet that [`Sources::wanted`] asks for as they were read before, as a text.
    pub fn supply_rows(&mut self, text: String) {
        let Some((wanted, home)) = self.wanted.pop_front() else { return };
        let name = self.display_name(&wanted.name());
        self.take(wanted.kind, home, &name, text.into_bytes());
    }

    #[cfg(not(feature = "xlsx"))]
    pub(super) fn take_workbook(&mut self, wanted: &Wanted, home: Home, _: &str, _: Vec<u8>) {
        self.brought.insert(home, None);
        if let Some(span) = wanted.span {
            let message = "this program was built without Excel";
            let diagnostic = Diagnostic::new(Code::FileUnreadable, span, message).here("a workbook");
            self.diagnostics.push(diagnostic.note(
                "build it with `cargo install --path . --features xlsx`, or save the sheet as CSV: `from csv \"FILE\"`",
            ));
        }
    }

    #[cfg(feature = "xlsx")]
    pub(super) fn take_workbook(&mut self, wanted: &Wanted, home: Home, name: &str, bytes: Vec<u8>) {
        use crate::book::{Unread, read};
        use crate::source::Span;

        let sheet = wanted.sheet.as_deref().filter(|sheet| !sheet.is_empty());
        let found = match read(bytes, sheet) {
            Ok(found) => found,
            Err(unread) => {
                let (message, note) = match unread {
                    Unread::Broken(wrong) => (format!("`{}` {wrong}", wanted.path), None),
                    Unread::NoSheet(names) => no_sheet(&wanted.path, sheet, &names),
                };
                self.brought.insert(home, None);
                if let Some(span) = wanted.span {
                    let diagnostic =
                        Diagnostic::new(Code::FileUnreadable, span, message).here("this workbook");
                    self.diagnostics.push(match note {
                        Some(note) => diagnostic.note(note),
                        None => diagnostic,
                    });
                }
                return;
            }
        };
        let file = self.files.add_sheet(name, found.text, found.name, found.cells);
        for (start, wrong) in &found.faults {
            let span = Span { file, start: *start, end: start + 1 };
            self.diagnostics.push(Diagnostic::new(Code::WrongCells, span, wrong).here("no value"));
        }
        self.homes.insert(file, home.clone());
        self.tables.insert(file);
        // A cell without a value would be complained of again.
        self.brought.insert(home, found.faults.is_empty().then_some(file));
    }
}

#[cfg(feature = "xlsx")]
fn no_sheet(book: &str, sheet: Option<&str>, names: &[String]) -> (String, Option<String>) {
    let Some(sheet) = sheet else { return (format!("`{book}` has no sheet that can be seen"), None) };
    let near = crate::diagnostic::nearest(sheet, names.iter().map(String::as_str));
    let note = match near {
        Some(near) => format!("the nearest name is `{near}`"),
        None => {
            let names: Vec<String> = names.iter().take(10).map(|name| format!("`{name}`")).collect();
            format!("there are {}", names.join(", "))
        }
    };
    (format!("`{book}` has no sheet `{sheet}`"), Some(note))
}
