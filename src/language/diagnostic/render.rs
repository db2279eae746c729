//! Diagnostics for the terminal. This is the one file that knows codespan.

use std::io::{self, Write};

use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::Error;
use codespan_reporting::term::{self, Config, WriteStyle};

use super::excerpt::Excerpt;
use super::{Diagnostic, Frame, Label, Severity};
use crate::source::{FileId, Files};
use crate::visible::visible;

/// Returns a diagnostic with the lines that it speaks of, in colour or plain.
#[must_use]
pub fn render(files: &Files, diagnostic: &Diagnostic, colour: bool) -> String {
    render_in(files, diagnostic, colour, &Frame::ENGLISH)
}

/// Returns the same between the words of a language.
#[must_use]
pub fn render_in(files: &Files, diagnostic: &Diagnostic, colour: bool, frame: &Frame) -> String {
    let mut labels: Vec<(&Label, codespan::LabelStyle)> =
        vec![(&diagnostic.label, codespan::LabelStyle::Primary)];
    labels.extend(diagnostic.labels.iter().map(|label| (label, codespan::LabelStyle::Secondary)));

    let mut ids: Vec<FileId> = labels.iter().map(|(label, _)| label.span.file).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut excerpts = Excerpts(Vec::new());
    let mut shown = Vec::new();
    for (index, id) in ids.into_iter().enumerate() {
        let here: Vec<&(&Label, codespan::LabelStyle)> =
            labels.iter().filter(|(label, _)| label.span.file == id).collect();
        let spans: Vec<_> = here.iter().map(|(label, _)| label.span).collect();
        let (excerpt, ranges) = Excerpt::new(files.get(id), &spans);
        excerpts.0.push(excerpt);
        for ((label, style), range) in here.into_iter().zip(ranges) {
            shown.push(codespan::Label::new(*style, index, range).with_message(visible(&label.message)));
        }
    }
    shown.sort_by_key(|label| label.style != codespan::LabelStyle::Primary);

    let mut notes: Vec<String> =
        diagnostic.advice(frame).iter().map(|line| visible(line).into_owned()).collect();
    notes.push(format!("{}qudao explain {}", frame.more, diagnostic.code.name()));
    let severity = match diagnostic.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
        Severity::Note => codespan::Severity::Note,
    };
    let message = codespan::Diagnostic::new(severity)
        .with_code(diagnostic.code.name())
        .with_message(visible(&diagnostic.message))
        .with_labels(shown)
        .with_notes(notes);

    let mut out = Painter { bytes: Vec::new(), colour };
    let config = Config { start_context_lines: 1, end_context_lines: 1, ..Config::default() };
    match term::emit_to_write_style(&mut out, &config, &excerpts, &message) {
        Ok(()) => {
            // codespan has its own words for severities; the first is that of the head.
            let head = |word| format!("{word}[{}]", diagnostic.code.name());
            let (own, word) = (diagnostic.severity.as_str(), frame.severity(diagnostic.severity));
            let shown = String::from_utf8_lossy(&out.bytes).replacen(&head(own), &head(word), 1);
            with_cells(files, diagnostic, shown)
        }
        Err(_) => short(files, diagnostic),
    }
}

/// In a sheet of a workbook a place is a cell.
fn with_cells(files: &Files, diagnostic: &Diagnostic, mut text: String) -> String {
    for label in [&diagnostic.label].into_iter().chain(&diagnostic.labels) {
        let place = files.place(label.span);
        if place.cell.is_some() {
            let written = format!("{}:{}:{}", place.file, place.line, place.column);
            text = text.replace(&*visible(&written), &visible(&place.to_string()));
        }
    }
    text
}

/// Returns a diagnostic on one line: `file:line:column: severity[code]: message`, with the fix if there is one.
#[must_use]
pub fn short(files: &Files, diagnostic: &Diagnostic) -> String {
    let place = files.place(diagnostic.label.span);
    let fix = diagnostic.fix.as_ref().map(|fix| {
        let word = if fix.sure { "" } else { "perhaps " };
        format!(" ({word}{})", fix.message)
    });
    let line = format!(
        "{place}: {}[{}]: {}{}",
        diagnostic.severity.as_str(),
        diagnostic.code.name(),
        diagnostic.message,
        fix.unwrap_or_default()
    );
    visible(&line).replace('\n', " ") + "\n"
}

/// The excerpts, as the files that codespan asks.
struct Excerpts(Vec<Excerpt>);

impl Excerpts {
    fn get(&self, id: usize) -> Result<&Excerpt, Error> {
        self.0.get(id).ok_or(Error::FileMissing)
    }
}

impl<'a> codespan_reporting::files::Files<'a> for Excerpts {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.get(id)?.name)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.get(id)?.text)
    }

    fn line_index(&'a self, id: usize, byte_index: usize) -> Result<usize, Error> {
        Ok(self.get(id)?.line_index(byte_index))
    }

    fn line_number(&'a self, id: usize, line_index: usize) -> Result<usize, Error> {
        Ok(self.get(id)?.line_number(line_index))
    }

    fn column_number(&'a self, id: usize, _line_index: usize, byte_index: usize) -> Result<usize, Error> {
        Ok(self.get(id)?.column(byte_index))
    }

    fn line_range(&'a self, id: usize, line_index: usize) -> Result<std::ops::Range<usize>, Error> {
        self.get(id)?.line_range(line_index).ok_or(Error::LineTooLarge { given: line_index, max: line_index })
    }
}

const BOLD: &str = "\u{1b}[1m";
const BLUE: &str = "\u{1b}[34m";

/// Collects what codespan writes, with or without the codes for colours.
struct Painter {
    bytes: Vec<u8>,
    colour: bool,
}

impl Painter {
    fn set(&mut self, code: &str) -> io::Result<()> {
        if self.colour { self.bytes.write_all(code.as_bytes()) } else { Ok(()) }
    }
}

impl Write for Painter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn severity_colour(severity: codespan::Severity) -> &'static str {
    match severity {
        codespan::Severity::Bug | codespan::Severity::Error => "\u{1b}[1;31m",
        codespan::Severity::Warning => "\u{1b}[1;33m",
        codespan::Severity::Note | codespan::Severity::Help => "\u{1b}[1;36m",
    }
}

impl WriteStyle for Painter {
    fn set_header(&mut self, severity: codespan::Severity) -> io::Result<()> {
        self.set(severity_colour(severity))
    }

    fn set_header_message(&mut self) -> io::Result<()> {
        self.set(BOLD)
    }

    fn set_line_number(&mut self) -> io::Result<()> {
        self.set(BLUE)
    }

    fn set_note_bullet(&mut self) -> io::Result<()> {
        self.set(BLUE)
    }

    fn set_source_border(&mut self) -> io::Result<()> {
        self.set(BLUE)
    }

    fn set_label(&mut self, severity: codespan::Severity, style: codespan::LabelStyle) -> io::Result<()> {
        let colour = match style {
            codespan::LabelStyle::Primary => severity_colour(severity),
            codespan::LabelStyle::Secondary => BLUE,
        };
        self.set(colour)
    }

    fn reset(&mut self) -> io::Result<()> {
        self.set("\u{1b}[0m")
    }
}
