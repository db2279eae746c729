//! The few lines of a file that a diagnostic shows, safe to print and short enough to read.

use crate::source::{File, Span};
use crate::visible::push_visible;

/// Lines longer than this are cut around what is pointed at, in characters.
const MAX_LINE: usize = 180;
/// So much is kept before what is pointed at.
const KEEP_BEFORE: usize = 60;

/// A made-up text of the lines that matter, with what each stands for.
pub(super) struct Excerpt {
    pub(super) name: String,
    pub(super) text: String,
    /// Where each line of `text` begins, and the number of the line it was made from.
    lines: Vec<(usize, usize)>,
    /// For each offset of `text` at which a label begins, the column to name.
    columns: Vec<(usize, usize)>,
}

impl Excerpt {
    /// Returns the excerpt for some spans of one file, and where each of them lies in it.
    /// A span over several lines is shown on its first.
    pub(super) fn new(file: &File, spans: &[Span]) -> (Excerpt, Vec<std::ops::Range<usize>>) {
        let mut wanted: Vec<usize> = spans.iter().map(|span| shown_line(file, *span)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let name = file.name().chars().fold(String::new(), |mut name, c| {
            push_visible(&mut name, if c == '\n' { ' ' } else { c });
            name
        });
        let mut excerpt = Excerpt { name, text: String::new(), lines: Vec::new(), columns: Vec::new() };
        let mut ranges = vec![0..0; spans.len()];
        let mut previous: Option<usize> = None;
        for line in wanted {
            match previous {
                // A line between two others is shown whole; a longer gap shows as a break.
                Some(last) if line == last + 2 => excerpt.push_line(file, last + 1, &[], &mut ranges),
                Some(last) if line > last + 2 => {
                    for filler in 1..=2 {
                        excerpt.lines.push((excerpt.text.len(), last + filler + 1));
                        excerpt.text.push('\n');
                    }
                }
                Some(_) | None => {}
            }
            let here: Vec<(usize, Span)> = spans
                .iter()
                .copied()
                .enumerate()
                .filter(|(_, span)| shown_line(file, *span) == line)
                .collect();
            excerpt.push_line(file, line, &here, &mut ranges);
            previous = Some(line);
        }
        (excerpt, ranges)
    }

    fn push_line(
        &mut self,
        file: &File,
        line: usize,
        spans: &[(usize, Span)],
        ranges: &mut [std::ops::Range<usize>],
    ) {
        self.lines.push((self.text.len(), line + 1));
        let range = file.line_range(line);
        let text = file.text().get(range.clone()).unwrap_or("");
        let window = window(
            text,
            spans.iter().map(|(_, span)| (span.start as usize).saturating_sub(range.start)).min(),
        );
        if window.start > 0 {
            self.text.push('…');
        }
        // Each end of a span falls before the first character that does not lie before it.
        let mut marks: Vec<usize> = Vec::new();
        for (_, span) in spans {
            marks.push(span.start as usize);
            marks.push((span.end as usize).min(range.end));
        }
        let mut placed = vec![None; marks.len()];
        for (offset, c) in text.get(window.clone()).unwrap_or("").char_indices() {
            let at = range.start + window.start + offset;
            for (mark, place) in marks.iter().zip(&mut placed) {
                if place.is_none() && *mark <= at {
                    *place = Some(self.text.len());
                }
            }
            push_visible(&mut self.text, c);
        }
        let end = self.text.len();
        if window.end < text.len() {
            self.text.push('…');
        }
        // A caret needs something to stand under, at the end of a line too.
        if placed.iter().step_by(2).any(Option::is_none) && !spans.is_empty() {
            self.text.push(' ');
        }
        for ((index, span), ends) in spans.iter().zip(placed.chunks(2)) {
            let [start, stop] = ends else { continue };
            let start = start.unwrap_or(end);
            let stop = stop.unwrap_or(end).max(start);
            let next = self.text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            if let Some(range) = ranges.get_mut(*index) {
                *range = start..stop.max(start + next);
            }
            let (_, column) = file.line_column(span.start);
            self.columns.push((start, column as usize));
        }
        self.text.push('\n');
    }

    /// Returns the line of the excerpt that holds an offset.
    pub(super) fn line_index(&self, offset: usize) -> usize {
        self.lines.partition_point(|(start, _)| *start <= offset).saturating_sub(1)
    }

    /// Returns the number of the line of the file that a line of the excerpt was made from.
    pub(super) fn line_number(&self, index: usize) -> usize {
        self.lines.get(index).map_or(1, |(_, number)| *number)
    }

    /// Returns the range of a line of the excerpt, its line end included.
    pub(super) fn line_range(&self, index: usize) -> Option<std::ops::Range<usize>> {
        let start = self.lines.get(index)?.0;
        Some(start..self.lines.get(index + 1).map_or(self.text.len(), |(next, _)| *next))
    }

    /// Returns the column of the file for an offset of the excerpt at which a label begins.
    pub(super) fn column(&self, offset: usize) -> usize {
        self.columns.iter().find(|(start, _)| *start == offset).map_or(1, |(_, column)| *column)
    }
}

/// The line on which a span is shown: its first, or the last with something on it if the span lies at the end.
fn shown_line(file: &File, span: Span) -> usize {
    let line = file.line_index(span.start);
    let blank =
        |line: usize| file.text().get(file.line_range(line)).is_none_or(|text| text.trim().is_empty());
    if span.start as usize >= file.text().len() && blank(line) {
        return (0..line).rev().find(|line| !blank(*line)).unwrap_or(line);
    }
    line
}

fn window(line: &str, from: Option<usize>) -> std::ops::Range<usize> {
    if line.len() <= MAX_LINE {
        return 0..line.len();
    }
    let boundary = |mut at: usize| {
        while at < line.len() && !line.is_char_boundary(at) {
            at += 1;
        }
        at.min(line.len())
    };
    let start = match from.unwrap_or(0) {
        from if from <= MAX_LINE - KEEP_BEFORE => 0,
        from => boundary(from - KEEP_BEFORE),
    };
    start..boundary(start + MAX_LINE)
}
