//! Lines in the making: leaves of the tree with the comments around them, columns that line up.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{pad, width};

/// Lines are broken past so many cells where they can be.
pub(super) const WIDTH: usize = 100;
/// A block is indented by so many cells, what goes on in another line by twice as many.
pub(super) const INDENT: usize = 2;

/// A comment, with its `#`.
#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub(super) text: String,
    /// Whether a blank line stands before it.
    pub(super) blank: bool,
}

/// Where comments and blank lines stand, by the leaves beside them.
#[derive(Default, Debug)]
pub(super) struct Gaps {
    /// Comments before a leaf, by where it begins.
    pub(super) before: BTreeMap<usize, Vec<Comment>>,
    /// The comment behind a leaf on its line, by where the leaf ends.
    pub(super) behind: BTreeMap<usize, String>,
    /// Leaves with a blank line right before them.
    pub(super) blanks: BTreeSet<usize>,
}

/// A line: its indentation, its cells, and the comment at its end.
#[derive(Default, Debug)]
struct Line {
    indent: usize,
    cells: Vec<String>,
    comment: Option<String>,
    /// Whether its cells line up with those of the lines around it.
    aligned: bool,
    /// Whether it opens a block, so that no blank line follows.
    opens: bool,
}

impl Line {
    fn text(&self) -> String {
        let cells: Vec<&str> = self.cells.iter().map(String::as_str).collect();
        cells.join(" ").trim_end().to_string()
    }

    /// The column behind its last character; of a text that spans lines, the last line counts.
    fn width(&self) -> usize {
        let text = self.cells.join(" ");
        match text.rsplit_once('\n') {
            Some((_, last)) => width(last),
            None => self.indent + width(&text),
        }
    }
}

/// The lines of a file.
pub(super) struct Page {
    gaps: Gaps,
    lines: Vec<Line>,
    current: Line,
    /// How far the block that is open is indented.
    pub(super) indent: usize,
    /// A comment that ends the line as soon as it goes on.
    pending: Option<String>,
    space: bool,
    /// Whether the next leaf begins an entry, before which a blank line is kept.
    begins: bool,
}

impl Page {
    pub(super) fn new(gaps: Gaps) -> Page {
        Page {
            gaps,
            lines: Vec::new(),
            current: Line::default(),
            indent: 0,
            pending: None,
            space: false,
            begins: false,
        }
    }

    /// Tells whether a comment stands before a leaf.
    pub(super) fn has_comment_before(&self, start: usize) -> bool {
        self.gaps.before.contains_key(&start)
    }

    /// Tells whether a comment stands behind a leaf.
    pub(super) fn has_comment_behind(&self, end: usize) -> bool {
        self.gaps.behind.contains_key(&end)
    }

    fn is_empty(&self) -> bool {
        self.current.cells.is_empty()
    }

    /// The column at which the next leaf would stand.
    pub(super) fn column(&self) -> usize {
        if self.is_empty() { self.indent } else { self.current.width() + usize::from(self.space) }
    }

    /// How many lines there are, the open one included.
    pub(super) fn height(&self) -> usize {
        self.lines.len() + usize::from(!self.is_empty())
    }

    /// Begins an entry on a line of its own.
    pub(super) fn entry(&mut self) {
        self.break_line(self.indent);
        self.begins = true;
    }

    /// Says that the line that is open lines up with those around it.
    pub(super) fn align(&mut self) {
        self.current.aligned = true;
    }

    /// Says of an entry that began when there were so many lines that it lines up only if it is one line.
    pub(super) fn align_if_one_line(&mut self, height: usize) {
        let one = !self.is_tall(height);
        self.current.aligned &= one;
        for line in self.lines.iter_mut().skip(height) {
            line.aligned &= one;
        }
    }

    /// Goes on in the next line, at a column.
    pub(super) fn break_at(&mut self, column: usize) {
        self.break_line(column);
    }

    fn break_line(&mut self, column: usize) {
        self.space = false;
        self.current.comment = self.pending.take();
        if !self.is_empty() {
            let indent = column;
            let line = std::mem::replace(&mut self.current, Line { indent, ..Line::default() });
            self.lines.push(line);
        }
        self.current.indent = column;
    }

    /// Leaves a blank line, unless one is there or a block has just been opened.
    pub(super) fn blank(&mut self) {
        self.break_line(self.indent);
        let room = self.lines.last().is_some_and(|line| !line.opens && !line.cells.is_empty());
        if room {
            self.lines.push(Line::default());
        }
    }

    pub(super) fn space(&mut self) {
        self.space = !self.is_empty();
    }

    /// Begins a new cell.
    pub(super) fn tab(&mut self) {
        if !self.is_empty() && self.pending.is_none() {
            self.current.cells.push(String::new());
            self.space = false;
        }
    }

    /// A comma right behind what stands there, before any comment.
    pub(super) fn comma(&mut self) {
        if let Some(last) = self.current.cells.last_mut() {
            last.push(',');
        }
    }

    /// Says that the line that is open opens a block.
    pub(super) fn opens(&mut self) {
        self.current.opens = true;
    }

    /// Writes a leaf with the comments around it.
    pub(super) fn leaf(&mut self, start: usize, end: usize, text: &str) {
        let begins = std::mem::take(&mut self.begins);
        if self.pending.is_some() {
            self.break_line(self.indent + 2 * INDENT);
        }
        let blank = begins && self.gaps.blanks.contains(&start);
        match self.gaps.before.remove(&start) {
            Some(comments) => {
                if !self.is_empty() {
                    self.break_line(self.indent + 2 * INDENT);
                }
                self.comments(comments, begins);
                if blank {
                    self.blank();
                }
            }
            None if blank => self.blank(),
            None => {}
        }
        self.write(text);
        self.pending = self.gaps.behind.remove(&end);
    }

    /// Writes a leaf that closes a block: what is said before it belongs to the block.
    pub(super) fn closing(&mut self, start: usize, end: usize, text: &str, outer: usize) {
        self.break_line(self.indent);
        self.begins = false;
        if let Some(comments) = self.gaps.before.remove(&start) {
            self.comments(comments, true);
        }
        self.indent = outer;
        self.break_line(outer);
        self.write(text);
        self.pending = self.gaps.behind.remove(&end);
    }

    /// Goes on at a column of the line that is open, or one blank further if that is taken.
    pub(super) fn pad_to(&mut self, column: usize) {
        let gap = column.saturating_sub(self.current.width() + 1);
        if let Some(cell) = self.current.cells.last_mut() {
            cell.extend(std::iter::repeat_n(' ', gap));
        }
        self.space = true;
    }

    /// Writes the comments behind the last declaration.
    pub(super) fn end(&mut self, end: usize) {
        self.break_line(self.indent);
        if let Some(comments) = self.gaps.before.remove(&end) {
            self.comments(comments, true);
        }
    }

    /// Writes comments, each on a line of its own.
    pub(super) fn comments(&mut self, comments: Vec<Comment>, keep_blanks: bool) {
        let indent = self.current.indent;
        for comment in comments {
            if comment.blank && keep_blanks {
                self.blank();
            }
            self.lines.push(Line { indent, cells: vec![comment.text], ..Line::default() });
        }
        self.current.indent = indent;
    }

    fn write(&mut self, text: &str) {
        let space = std::mem::take(&mut self.space);
        match self.current.cells.last_mut() {
            None => self.current.cells.push(text.to_string()),
            Some(cell) => {
                if space && !cell.is_empty() {
                    cell.push(' ');
                }
                cell.push_str(text);
            }
        }
    }

    /// Leaves a blank line before what was written since there were so many lines, unless one is there.
    pub(super) fn apart(&mut self, height: usize) {
        self.break_line(self.indent);
        let is_blank = |line: Option<&Line>| line.is_none_or(|line| line.cells.is_empty());
        let before = height.checked_sub(1).and_then(|before| self.lines.get(before));
        if height > 0 && !is_blank(before) && !is_blank(self.lines.get(height)) {
            self.lines.insert(height, Line::default());
        }
    }

    /// Tells whether what was written since there were so many lines takes more than one, comments left aside.
    pub(super) fn is_tall(&self, height: usize) -> bool {
        let code = |line: &&Line| line.cells.first().is_some_and(|cell| !cell.starts_with('#'));
        let lines = self.lines.iter().skip(height).filter(code);
        lines.count() + usize::from(!self.is_empty()) > 1
    }

    /// Writes a line as it is.
    pub(super) fn raw(&mut self, text: String, comment: Option<String>) {
        self.break_line(self.indent);
        self.lines.push(Line { indent: self.indent, cells: vec![text], comment, ..Line::default() });
    }

    /// Returns the text.
    pub(super) fn finish(mut self) -> String {
        self.break_line(0);
        while self.lines.last().is_some_and(|line| line.cells.is_empty()) {
            self.lines.pop();
        }
        line_up(&mut self.lines);
        let mut text = String::new();
        for line in &self.lines {
            let own = line.text();
            if !own.is_empty() {
                text.push_str(&" ".repeat(line.indent));
                text.push_str(&own);
            }
            if let Some(comment) = &line.comment {
                text.push_str("  ");
                text.push_str(comment);
            }
            text.push('\n');
        }
        text
    }
}

/// Pads cells so that those of neighbouring lines begin in one column, and so the comments at the ends of lines. Lines
/// that would become too long stay as they are.
fn line_up(lines: &mut [Line]) {
    // A comment between two lines does not part them.
    let mut run: Vec<&mut Line> = Vec::new();
    for line in lines.iter_mut() {
        let comment = line.cells.first().is_some_and(|cell| cell.starts_with('#'));
        let same = run.last().is_none_or(|last| last.indent == line.indent);
        match (line.aligned && same, comment && same) {
            (true, _) => run.push(line),
            (false, true) => {}
            (false, false) => {
                align(&mut run);
                run.clear();
                run.extend(Some(line).filter(|line| line.aligned));
            }
        }
    }
    align(&mut run);
    let mut start = 0;
    while start < lines.len() {
        let indent = lines.get(start).map_or(0, |line| line.indent);
        let rest = lines.get(start..).unwrap_or(&[]);
        let with_comment =
            |line: &&Line| line.comment.is_some() && line.indent == indent && !line.cells.is_empty();
        let length = rest.iter().take_while(with_comment).count();
        let run = lines.get_mut(start..start + length).unwrap_or(&mut []);
        let widest = run.iter().map(|line| width(&line.text())).max().unwrap_or(0);
        if indent + widest <= WIDTH {
            for line in run {
                let text = pad(&line.text(), widest);
                line.comment = line.comment.take().map(|comment| format!("{}{comment}", blanks(&text)));
                line.cells = vec![text.trim_end().to_string()];
            }
        }
        start += length.max(1);
    }
}

fn blanks(text: &str) -> &str {
    text.get(text.trim_end().len()..).unwrap_or("")
}

/// Pads as many columns of neighbouring lines as fit; a line that is too long for even one column stays as it is.
fn align(run: &mut [&mut Line]) {
    let total = |line: &Line, cells: &[String]| line.indent + width(cells.join(" ").trim_end());
    for line in run.iter_mut() {
        line.aligned &= total(line, &line.cells) <= WIDTH;
    }
    let columns = run.iter().filter(|line| line.aligned).map(|line| line.cells.len()).max().unwrap_or(0);
    let mut limit = columns.saturating_sub(1);
    while limit > 0 {
        let padded = padded(run, limit);
        let long: Vec<bool> =
            run.iter().zip(&padded).map(|(line, cells)| line.aligned && total(line, cells) > WIDTH).collect();
        if !long.contains(&true) {
            for (line, cells) in run.iter_mut().zip(padded).filter(|(line, _)| line.aligned) {
                line.cells = cells;
            }
            return;
        }
        if limit > 1 {
            limit -= 1;
        } else {
            for (line, long) in run.iter_mut().zip(long) {
                line.aligned &= !long;
            }
        }
    }
}

/// The cells of all lines, those of the first columns padded. A line that ends before a column parts those around it.
fn padded(run: &[&mut Line], columns: usize) -> Vec<Vec<String>> {
    let mut padded: Vec<Vec<String>> = run.iter().map(|line| line.cells.clone()).collect();
    let mut aligned: Vec<&mut Vec<String>> =
        padded.iter_mut().zip(run).filter(|(_, line)| line.aligned).map(|(cells, _)| cells).collect();
    for column in 0..columns {
        for block in aligned.chunk_by_mut(|a, b| a.len() > column + 1 && b.len() > column + 1) {
            let cells = || block.iter().filter(|cells| cells.len() > column + 1);
            let widest = cells().filter_map(|cells| cells.get(column)).map(|cell| width(cell)).max();
            for cells in block.iter_mut().filter(|cells| cells.len() > column + 1) {
                if let Some(cell) = cells.get_mut(column) {
                    *cell = pad(cell, widest.unwrap_or(0));
                }
            }
        }
    }
    padded
}
