//! What is printed: results to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use qudao_language::visible::{printed, visible_json};
use qudao_telling::document::Document;

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
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
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Failure {
        Failure::Message(plain(&message.into()))
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

/// The two streams.
pub(crate) struct Output {
    out: io::BufWriter<io::Stdout>,
    colour: Colour,
}

impl Output {
    pub(crate) fn new(colour: Colour) -> Output {
        Output { out: io::BufWriter::new(io::stdout()), colour }
    }

    /// Tells whether results are in colour.
    pub(crate) fn colour(&self) -> bool {
        self.wants_colour(io::stdout().is_terminal(), anstream::AutoStream::choice(&io::stdout()))
    }

    fn error_colour(&self) -> bool {
        self.wants_colour(io::stderr().is_terminal(), anstream::AutoStream::choice(&io::stderr()))
    }

    fn wants_colour(&self, terminal: bool, choice: anstream::ColorChoice) -> bool {
        match self.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => terminal && choice != anstream::ColorChoice::Never,
        }
    }

    /// Writes a result for people.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        let colour = self.colour();
        self.print_as_it_is(&printed(text, colour))
    }

    /// Writes a report: as Markdown, or for the screen.
    pub(crate) fn report(&mut self, report: &Document, markdown: bool) -> Result<(), Failure> {
        let text = if markdown { report.markdown() } else { report.terminal(self.colour()) };
        self.print(&text)
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
        write(&mut VisibleJson(&mut self.out)).map_err(closed)
    }

    /// Writes a result that a program reads, which is safe already.
    pub(crate) fn print_as_it_is(&mut self, text: &str) -> Result<(), Failure> {
        self.out.write_all(text.as_bytes()).map_err(closed)
    }

    /// Writes what is not a result.
    pub(crate) fn note(&mut self, text: &str) -> Result<(), Failure> {
        self.flush()?;
        let colour = self.error_colour();
        io::stderr().write_all(printed(text, colour).as_bytes()).map_err(closed)
    }

    /// Writes diagnostics with the lines that they speak of, as results or beside them.
    pub(crate) fn diagnostics(
        &mut self,
        files: &qudao_language::source::Files,
        diagnostics: &[qudao_language::diagnostic::Diagnostic],
        as_result: bool,
    ) -> Result<(), Failure> {
        let colour = if as_result { self.colour() } else { self.error_colour() };
        let render = |found| qudao_language::diagnostic::render(files, found, colour);
        let text: String = diagnostics.iter().map(render).collect();
        if as_result { self.print(&text) } else { self.note(&text) }
    }

    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(closed)
    }

    /// Says why a command could not do its work; here is the last place to say anything.
    pub(crate) fn fail(&mut self, message: &str) {
        let _ = self.out.flush();
        let word = if self.error_colour() { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
        let _ = writeln!(io::stderr(), "{word}: {}", printed(message, false));
    }
}

/// JSON on its way, in which hidden characters become escapes; each piece ends with a character.
struct VisibleJson<'a>(&'a mut io::BufWriter<io::Stdout>);

impl Write for VisibleJson<'_> {
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
