//! Lines for a terminal. Every text that is put on a page is made safe to print.

use qudao_language::layout::{WIDTH, pad, width, wrap};
use qudao_language::operator::Verdict;
use qudao_language::visible::visible;

/// How a piece is shown where there are colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    Plain,
    Strong,
    Faint,
    Good,
    Fair,
    Bad,
}

impl Style {
    pub(super) fn of(verdict: Option<Verdict>) -> Style {
        match verdict {
            Some(Verdict::Recommended) => Style::Good,
            Some(Verdict::Possible) => Style::Plain,
            Some(Verdict::Unsuitable) => Style::Faint,
            Some(Verdict::Excluded) => Style::Bad,
            None => Style::Fair,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Style::Plain => "",
            Style::Strong => "\u{1b}[1m",
            Style::Faint => "\u{1b}[2m",
            Style::Good => "\u{1b}[32m",
            Style::Fair => "\u{1b}[33m",
            Style::Bad => "\u{1b}[31m",
        }
    }
}

/// A page in the making.
pub(super) struct Page {
    text: String,
    colour: bool,
}

impl Page {
    pub(super) fn new(colour: bool) -> Page {
        Page { text: String::new(), colour }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if !self.colour || style == Style::Plain || text.trim().is_empty() {
            return text.to_string();
        }
        format!("{}{text}\u{1b}[0m", style.code())
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A line of pieces, not wrapped.
    pub(super) fn line(&mut self, pieces: &[(Style, &str)]) {
        let mut line = String::new();
        for (style, text) in pieces {
            line.push_str(&self.paint(*style, &visible(text).replace('\n', " ")));
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A text, wrapped over the whole width.
    pub(super) fn paragraph(&mut self, style: Style, text: &str) {
        for line in wrap(&visible(text), WIDTH) {
            let line = self.paint(style, &line);
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.blank();
        self.line(&[(Style::Strong, text)]);
    }

    /// Pieces in a column, then a text that wraps beside them.
    pub(super) fn hang(&mut self, first: &[(Style, &str)], text: &str) {
        self.hang_under(first, "", text);
    }

    /// The same, with something before the lines that follow, such as the branches of a tree.
    pub(super) fn hang_under(&mut self, first: &[(Style, &str)], rest: &str, text: &str) {
        let shown: Vec<(Style, String)> =
            first.iter().map(|(style, text)| (*style, visible(text).replace('\n', " "))).collect();
        let indent: usize = shown.iter().map(|(_, text)| width(text)).sum();
        let lead: String = shown.iter().map(|(style, text)| self.paint(*style, text)).collect();
        let room = WIDTH.saturating_sub(indent);
        if room < 24 {
            self.text.push_str(lead.trim_end());
            self.text.push('\n');
            let lead = pad(rest, 6.max(width(rest)));
            for line in wrap(&visible(text), WIDTH.saturating_sub(width(&lead)).max(24)) {
                self.text.push_str(&format!("{lead}{line}\n"));
            }
            return;
        }
        for (number, line) in wrap(&visible(text), room).iter().enumerate() {
            let lead = if number == 0 { lead.clone() } else { pad(rest, indent) };
            self.text.push_str(format!("{lead}{line}").trim_end());
            self.text.push('\n');
        }
    }
}

/// Returns the width of the widest of some texts, at most so many cells.
pub(super) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, most: usize) -> usize {
    texts.into_iter().map(|text| width(&visible(text))).max().unwrap_or(0).min(most)
}

/// Returns a text in a column: padded, with two blanks behind it.
pub(super) fn column(text: &str, cells: usize) -> String {
    format!("{}  ", pad(&visible(text), cells))
}
