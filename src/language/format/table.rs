//! Tables: cells that line up, the row of dashes under the heading, comments and blank lines between rows.

use super::inline::flat;
use super::page::{INDENT, Page};
use crate::layout::{pad, width};
use crate::source::FileId;
use crate::syntax::{self, Node, row_cells, without_comment};

/// So many blanks may pad the cells of a column in any case.
const MOST_BLANKS: usize = 20_000;

/// A line of a table.
enum Row {
    /// A row: its name, its cells, how many of them are conditions, and the comment behind it.
    Cells(String, Vec<String>, usize, Option<String>),
    /// A comment, or a line that allows a finding.
    Line(String),
    Blank,
}

impl Page {
    /// Writes a table: its head, and the lines of its body.
    pub(super) fn table(
        &mut self,
        file: FileId,
        head: &Node<'_>,
        body: Option<(usize, &str)>,
        closes: usize,
    ) {
        self.entry();
        self.node(head);
        let Some((start, body)) = body else { return };
        self.space();
        self.leaf(start - 1, start, "{");
        self.opens();
        self.indent += INDENT;
        let rows = rows(file, start, body);
        let names = rows
            .iter()
            .filter_map(|row| if let Row::Cells(name, ..) = row { Some(width(name)) } else { None });
        let names = aligned(&names.collect::<Vec<_>>(), 0);
        let widths = widths(&rows);
        let mut headed = false;
        for row in rows {
            match row {
                Row::Blank => self.blank(),
                Row::Line(text) => self.raw(text, None),
                Row::Cells(name, cells, conditions, comment) => {
                    self.raw(line(&pad(&name, names), &cells, &widths, conditions), comment);
                    if !headed {
                        let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                        self.raw(line(&pad("", names), &dashes, &widths, conditions), None);
                        headed = true;
                    }
                }
            }
        }
        self.closing(closes, closes + 1, "}", self.indent - INDENT);
    }
}

fn rows(file: FileId, start: usize, body: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = start;
    let mut headings: Option<Vec<&str>> = None;
    for line in body.split_inclusive('\n') {
        let here = at;
        at += line.len();
        let code = without_comment(line);
        let comment = line.get(code.len()..).unwrap_or("").trim().to_string();
        let comment = Some(comment).filter(|comment| !comment.is_empty());
        if code.trim().is_empty() {
            match comment {
                Some(comment) => rows.push(Row::Line(comment)),
                // The line ends behind `{` and before `}` are none of the table's.
                None if here > start
                    && line.ends_with('\n')
                    && !matches!(rows.last(), None | Some(Row::Blank)) =>
                {
                    rows.push(Row::Blank);
                }
                None => {}
            }
            continue;
        }
        if code.trim_start().starts_with("allow ") && !code.contains('|') {
            let comment = comment.map(|comment| format!("  {comment}")).unwrap_or_default();
            rows.push(Row::Line(format!("{}{comment}", code.trim())));
            continue;
        }
        let (name, cells, conditions) = row_cells(here, code);
        let conditions = conditions.unwrap_or(cells.len());
        if headings.is_some() && cells.iter().all(|(_, cell)| syntax::is_dashes(cell.trim())) {
            rows.extend(comment.map(Row::Line));
            continue;
        }
        let written = cells.iter().enumerate().map(|(place, (start, cell))| {
            let heading = headings.as_ref().map(|all| all.get(place).copied().unwrap_or(""));
            let node = syntax::parse_cell(file, heading, place < conditions, *start, cell);
            node.map_or_else(|| cell.trim().to_string(), |node| flat(&node))
        });
        rows.push(Row::Cells(
            name.map_or("", |(_, name)| name).to_string(),
            written.collect(),
            conditions,
            comment,
        ));
        headings.get_or_insert_with(|| cells.iter().map(|(_, cell)| cell.trim()).collect());
    }
    while matches!(rows.last(), Some(Row::Blank)) {
        rows.pop();
    }
    rows
}

/// The width of each column; that of a row of dashes is three at least.
fn widths(rows: &[Row]) -> Vec<usize> {
    let mut columns: Vec<Vec<usize>> = Vec::new();
    for row in rows {
        let Row::Cells(_, cells, ..) = row else { continue };
        columns.resize_with(columns.len().max(cells.len()), Vec::new);
        for (column, cell) in columns.iter_mut().zip(cells) {
            column.push(width(cell));
        }
    }
    columns.iter().map(|column| aligned(column, 3)).collect()
}

/// The width to which all cells of a column are padded. A long cell among many short ones stands out instead, for the
/// blanks would be far more than the text.
fn aligned(cells: &[usize], least: usize) -> usize {
    let widest = cells.iter().copied().max().unwrap_or(0).max(least);
    let text: usize = cells.iter().sum();
    let blanks = (widest * cells.len()).saturating_sub(text);
    let heading = cells.first().copied().unwrap_or(0);
    if blanks <= 4 * text + MOST_BLANKS { widest } else { heading.max(least) }
}

fn line(name: &str, cells: &[String], widths: &[usize], conditions: usize) -> String {
    let mut line = if name.is_empty() { String::from("|") } else { format!("{name} |") };
    for (place, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if place == conditions {
            line.push('|');
        }
        line.push_str(&format!(" {} |", pad(cell, *width)));
    }
    line
}
