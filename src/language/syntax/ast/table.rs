//! Tables as they are written.

use super::{Effect, Expr, From, InKind, Name, Template, Text};
use crate::operator::{CompareOp, Policy, Quantifier};
use crate::source::{Span, Spanned};

/// `table NAME "Title" POLICY { … }`.
#[derive(Debug, Clone)]
pub struct Table {
    /// The table's name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// Which of the matching rows count.
    pub policy: Option<Spanned<Policy>>,
    /// The CSV file that holds its rows, or the sheet of a workbook, `book.xlsx!Fees`.
    pub csv: Option<Spanned<String>>,
    /// Its columns and rows, unless they stand in a CSV file.
    pub grid: Grid,
    /// Tables laid over it, each replacing some of its rows.
    pub changes: Vec<Table>,
}

/// The columns and rows of a table.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// The columns, conditions first.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its heading.
    pub span: Span,
    /// What it holds.
    pub kind: ColumnKind,
}

/// What a column holds.
#[derive(Debug, Clone)]
pub enum ColumnKind {
    /// Tests of an expression.
    Condition(Expr),
    /// Effects on a target.
    Target(Name),
    /// Effects as in a rule.
    Then,
    /// The reason in words, in a language where one is told.
    Because(Option<Name>),
    /// A note, in a language where one is told.
    Note(Option<Name>),
    /// Sources.
    From,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// The line.
    pub span: Span,
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// One cell a column.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug, Clone)]
pub struct Cell {
    /// What stands between its bars.
    pub span: Span,
    /// What it says.
    pub kind: CellKind,
}

/// What a cell says.
#[derive(Debug, Clone)]
pub enum CellKind {
    /// `-`: anything.
    Any,
    /// Nothing stands in it.
    Empty,
    /// Tests of the column's expression: one of these, and of it all.
    Tests(Vec<Vec<OneTest>>),
    /// What the row does; below a target, to that.
    Effects(Vec<Effect>),
    /// A text.
    Text(Template),
    /// Sources.
    From(Vec<From>),
    /// Something that is reported.
    Broken,
}

/// A test as it stands in a cell.
#[derive(Debug, Clone)]
pub struct OneTest {
    /// All of it.
    pub span: Span,
    /// Whether `not` stands before it.
    pub denied: bool,
    /// The test itself.
    pub test: Spanned<CellTest>,
}

/// A test of a column's expression.
#[derive(Debug, Clone)]
pub enum CellTest {
    /// A value: equals.
    Equals(Expr),
    /// `< 5`
    Compare(Spanned<CompareOp>, Expr),
    /// `in {a, b}`, `in 1 .. 5`
    In(InKind),
    /// `has a`, `has any {a, b}`
    Has(Option<Quantifier>, Expr),
}
