//! What is printed: results to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use clap::ValueEnum;
use qudao_language::diagnostic::{Diagnostic, render};
use qudao_language::layout::WIDTH;
use qudao_language::source::Files;
use qudao_language::visible::{printed, visible, visible_json};
use qudao_telling::document::Document;

use super::Exit;
use super::budget::make_room;
use super::files::{self, NewFile};

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, or as `NO_COLOR`, `FORCE_COLOR` and `CLICOLOR_FORCE` say
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody reads any more: nothing to say.
    ClosedPipe,
    /// What to say.
    Message(String),
    /// What is wrong with a file that says how to work.
    Wrong(Box<(Files, Vec<Diagnostic>)>),
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Failure {
        Failure::Message(plain(&message.into()))
    }

    pub(crate) fn wrong(files: Files, diagnostics: Vec<Diagnostic>) -> Failure {
        Failure::Wrong(Box::new((files, diagnostics)))
    }
}

/// Returns what the system says without the number that it gives an error: `(os error 2)`.
pub(crate) fn plain(message: &str) -> String {
    const MARK: &str = " (os error ";
    let mut parts = message.split(MARK);
    let mut plain = parts.next().unwrap_or("").to_string();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c == '-' || c.is_ascii_digit());
        match rest.strip_prefix(')').filter(|_| rest.len() < part.len()) {
            Some(rest) => plain.push_str(rest),
            None => plain.extend([MARK, part]),
        }
    }
    plain
}

/// The two streams, and the file that takes the place of standard output if one is named.
pub(crate) struct Output {
    out: io::BufWriter<io::Stdout>,
    file: Option<io::BufWriter<NewFile>>,
    /// Whether the file has got something.
    begun: bool,
    colour: Colour,
    quiet: bool,
    verbose: bool,
    /// What was written as a result, where somebody compares it with what comes next.
    said: Option<String>,
}

impl Output {
    pub(crate) fn new(colour: Colour, quiet: bool, verbose: bool) -> Output {
        let out = io::BufWriter::new(io::stdout());
        Output { out, file: None, begun: false, colour, quiet, verbose, said: None }
    }

    /// Makes results go to a file.
    pub(crate) fn write_to(&mut self, path: Option<&Path>) -> Result<(), Failure> {
        let path = path.filter(|path| !files::is_standard_output(path));
        self.file = path.map(files::create).transpose()?;
        Ok(())
    }

    /// Tells whether only results are wanted.
    pub(crate) fn quiet(&self) -> bool {
        self.quiet
    }

    /// Tells whether what goes without saying is wanted too.
    pub(crate) fn verbose(&self) -> bool {
        self.verbose
    }

    /// Returns the results that were written since the last time this was asked; the first time there are none.
    pub(crate) fn said(&mut self) -> Option<String> {
        self.said.replace(String::new())
    }

    /// Empties the screen, if the results go to one.
    pub(crate) fn clear(&mut self) -> Result<(), Failure> {
        if io::stdout().is_terminal() {
            self.out.write_all(b"\x1b[2J\x1b[3J\x1b[H").map_err(closed)?;
        }
        Ok(())
    }

    /// Tells whether results are in colour.
    pub(crate) fn colour(&self) -> bool {
        self.wants_colour(match self.file {
            Some(_) => anstream::AutoStream::choice(&Vec::new()),
            None => anstream::AutoStream::choice(&io::stdout()),
        })
    }

    fn error_colour(&self) -> bool {
        self.wants_colour(anstream::AutoStream::choice(&io::stderr()))
    }

    /// `choice` knows terminals, `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE`, but not `FORCE_COLOR`.
    fn wants_colour(&self, choice: anstream::ColorChoice) -> bool {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        match self.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                let forced =
                    is_set("FORCE_COLOR") && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
                forced || choice != anstream::ColorChoice::Never
            }
        }
    }

    /// Returns how many cells wide a report is: as wide as the terminal, or as `COLUMNS` says.
    pub(crate) fn width(&self) -> usize {
        let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
        // What is no terminal has no size.
        let terminal = || console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
        let wide = |width: &usize| *width > 0;
        match self.file {
            Some(_) => WIDTH,
            None => columns()
                .filter(wide)
                .or_else(|| terminal().filter(wide))
                .map_or(WIDTH, |width| width.clamp(60, 120)),
        }
    }

    /// Writes a result for people.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        let colour = self.colour();
        self.print_as_it_is(&printed(text, colour))
    }

    /// Writes a report: as Markdown, or for the screen.
    pub(crate) fn report(&mut self, report: &Document, markdown: bool) -> Result<(), Failure> {
        if markdown {
            return self.print(&report.markdown());
        }
        self.print(&report.columns(self.width(), self.colour()))?;
        if report.next.is_empty() {
            return Ok(());
        }
        let colour = self.error_colour();
        self.hint(&match colour {
            true => format!("\u{1b}[2m{}\u{1b}[0m\n", report.next),
            false => format!("{}\n", report.next),
        })
    }

    /// Writes a result in JSON.
    pub(crate) fn print_json(&mut self, json: &str) -> Result<(), Failure> {
        self.print_as_it_is(&visible_json(json))
    }

    /// Writes a result in JSON piece by piece.
    pub(crate) fn write_json(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        if self.said.is_some() {
            let mut text = Vec::new();
            write(&mut VisibleJson(&mut text)).map_err(closed)?;
            return self.print_as_it_is(&String::from_utf8_lossy(&text));
        }
        self.begun = true;
        make_room();
        match &mut self.file {
            Some(file) => {
                let written = write(&mut VisibleJson(&mut *file));
                written.map_err(|error| file.get_ref().failed(error))
            }
            None => write(&mut VisibleJson(&mut self.out)).map_err(closed),
        }
    }

    /// Writes a result that a program reads, which is safe already.
    pub(crate) fn print_as_it_is(&mut self, text: &str) -> Result<(), Failure> {
        if let Some(said) = &mut self.said {
            said.push_str(text);
        }
        self.begun |= !text.is_empty();
        make_room();
        match &mut self.file {
            Some(file) => {
                let written = file.write_all(text.as_bytes());
                written.map_err(|error| file.get_ref().failed(error))
            }
            None => self.out.write_all(text.as_bytes()).map_err(closed),
        }
    }

    /// Writes what helps somebody on, or counts: nothing where only results are wanted.
    pub(crate) fn hint(&mut self, text: &str) -> Result<(), Failure> {
        if self.quiet { Ok(()) } else { self.note(text) }
    }

    /// Writes what is not a result.
    pub(crate) fn note(&mut self, text: &str) -> Result<(), Failure> {
        self.flush()?;
        make_room();
        let colour = self.error_colour();
        io::stderr().write_all(printed(text, colour).as_bytes()).map_err(closed)
    }

    /// Writes diagnostics with the lines that they speak of, as results or beside them.
    pub(crate) fn diagnostics(
        &mut self,
        files: &Files,
        diagnostics: &[Diagnostic],
        as_result: bool,
    ) -> Result<(), Failure> {
        let colour = if as_result { self.colour() } else { self.error_colour() };
        let render = |found| render(files, found, colour);
        let text: String = diagnostics.iter().map(render).collect();
        if as_result { self.print(&text) } else { self.note(&text) }
    }

    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(closed)
    }

    /// Writes out what is left, and gives the file its name. Where something wrong kept a command from any result, the
    /// file stays as it was.
    pub(crate) fn finish(&mut self, exit: Exit) -> Result<(), Failure> {
        self.flush()?;
        match self.file.take() {
            Some(file) if self.begun || exit == Exit::Done => {
                files::spare(Path::new(file.get_ref().name()), &files::seen())?;
                files::finish(file)
            }
            _ => Ok(()),
        }
    }

    /// Says which files were read.
    pub(crate) fn files(&mut self) {
        for file in files::seen() {
            // What was asked for besides is not worth an error.
            let _ = self.note(&format!("read {}\n", visible(&file.to_string_lossy())));
        }
    }

    /// Says why a command could not do its work; here is the last place to say anything.
    pub(crate) fn fail(&mut self, failure: &Failure) {
        let _ = self.out.flush();
        make_room();
        match failure {
            Failure::ClosedPipe => {}
            Failure::Message(message) => {
                let word = if self.error_colour() { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
                let _ = writeln!(io::stderr(), "{word}: {}", printed(message, false));
            }
            Failure::Wrong(wrong) => {
                let _ = self.diagnostics(&wrong.0, &wrong.1, false);
            }
        }
    }
}

/// JSON on its way, in which hidden characters become escapes; each piece ends with a character.
struct VisibleJson<'a, W: Write>(&'a mut W);

impl<W: Write> Write for VisibleJson<'_, W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(piece).map_err(io::Error::other)?;
        self.0.write_all(visible_json(text).as_bytes())?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

pub(crate) fn closed(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Failure::ClosedPipe
    } else {
        Failure::new(format!("cannot write the output: {error}"))
    }
}
