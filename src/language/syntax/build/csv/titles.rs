//! Titles that stand in tables from CSV files where names do: in headings, and in cells as values of an enum.

use std::sync::Arc;

use super::{Builder, Kind, Piece, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Spanned, normal};
use crate::syntax::{Called, Declared, HeadingKind, Node, Titled, ast, parse};

impl Builder<'_> {
    /// A column headed by a target or an expression, or by a title.
    pub(super) fn titled_column(&mut self, piece: Piece<'_>, declared: &mut dyn Declared) -> Place {
        let span = self.at_piece(piece);
        let node = parse::parse(Kind::column_entry, self.file, piece.1, piece.0).ok();
        // What is wrong in it is told when the heading is read as an expression.
        let said = self.diagnostics.len();
        let expr = node.map(|node| self.expression_in(&node));
        self.diagnostics.truncate(said);
        let column = match declared.heading(piece.1, expr.as_ref()) {
            HeadingKind::Target(value) => {
                let kind = ast::ColumnKind::Target(Spanned { value, span });
                return Place::Column(ast::Column { span, kind }, None);
            }
            HeadingKind::Field(value) => {
                let name = ast::Dotted { head: Spanned { value, span }, tail: None };
                let expr = ast::Expr { span, kind: ast::ExprKind::Path(name, Vec::new()) };
                ast::Column { span, kind: ast::ColumnKind::Condition(expr) }
            }
            HeadingKind::Expression => self.condition_column(piece),
            HeadingKind::Several(all) => {
                self.ambiguous_title(piece, &all);
                let kind = ast::ColumnKind::Condition(ast::Expr { span, kind: ast::ExprKind::Broken });
                return Place::Broken(ast::Column { span, kind });
            }
            HeadingKind::Nothing => return Place::Broken(self.condition_column(piece)),
        };
        let of = match &column.kind {
            ast::ColumnKind::Condition(expr) => declared.enum_of(expr),
            _ => None,
        };
        Place::Column(column, of)
    }

    /// Reports a title that several have.
    pub(super) fn ambiguous_title(&mut self, piece: Piece<'_>, all: &[Arc<str>]) {
        let all: Vec<String> = all.iter().map(|name| format!("`{name}`")).collect();
        let message = format!("`{}` is the title of {}", piece.1, all.join(" and "));
        let diagnostic = Diagnostic::new(Code::AmbiguousTitle, self.at_piece(piece), message);
        self.report(diagnostic.here("which of them?").note("write the name of the one that is meant"));
    }

    /// A cell in which titles of values stand; nothing if it says something by names alone.
    pub(super) fn titled_cell(
        &mut self,
        piece: Piece<'_>,
        values: &Titled,
        known: &dyn Fn(&str, bool) -> bool,
    ) -> Option<ast::Cell> {
        let (start, text) = piece;
        if text.is_empty() || text == "-" || text.contains(['"', '#']) {
            return None;
        }
        let known = |name: &str, before_point: bool| known(name, before_point) || values.has_name(name);
        let plain = parse::parse(Kind::test_cell_entry, self.file, text, start);
        if plain.as_ref().is_ok_and(|node| names_alone(node, &known)) {
            return None;
        }
        let span = self.at_piece(piece);
        let found = values.titles_in(text);
        let mut masked = text.to_string();
        for (at, called) in &found {
            let title = (start + at.start, text.get(at.clone()).unwrap_or(""));
            match called {
                Called::Name(name) => {
                    self.meant.insert(title.0 as u32, name.clone());
                    masked.replace_range(at.clone(), &"_".repeat(at.len()));
                }
                Called::Several(all) => {
                    self.meant.clear();
                    self.ambiguous_title(title, all);
                    return Some(ast::Cell { span, kind: ast::CellKind::Broken });
                }
                Called::Nothing => {}
            }
        }
        let kind = match found.is_empty() {
            true => None,
            false => parse::parse(Kind::test_cell_entry, self.file, &masked, start).ok(),
        };
        let kind = kind.and_then(|node| self.tests(&node));
        self.meant.clear();
        // Words that are no title are told as what they are meant for: a value that there is not.
        let words = |c: char| c.is_alphanumeric() || c.is_whitespace() || c == '_';
        let no_value = plain.is_err() && text.chars().all(words);
        let kind = kind.or_else(|| {
            let head = no_value.then(|| self.as_name(piece))?;
            let name = ast::ExprKind::Path(ast::Dotted { head, tail: None }, Vec::new());
            let test = ast::CellTest::Equals(ast::Expr { span, kind: name });
            let test = Spanned { value: test, span };
            Some(ast::CellKind::Tests(vec![vec![ast::OneTest { span, denied: false, test }]]))
        })?;
        Some(ast::Cell { span, kind })
    }
}

/// Tells whether all names in a cell are known.
fn names_alone(node: &Node<'_>, known: &dyn Fn(&str, bool) -> bool) -> bool {
    match node.kind() {
        // What stands behind a point belongs to what stands before it.
        Kind::dotted => {
            node.child(Kind::name).is_none_or(|head| known(&normal(head.text()), node.children().count() > 1))
        }
        _ => node.children().all(|child| names_alone(&child, known)),
    }
}
