//! Nodes → tree. What the grammar lets pass but the language does not is reported here.

mod csv;
mod declaration;
mod expression;
mod literal;
mod rule;
mod table;
mod text;

pub(super) use csv::form as csv_form;
pub(super) use table::{body_of, end_of_body, is_table};
pub(crate) use table::{cut as row_cells, is_rule as is_dashes, without_comment};

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast;
use super::parse::{Kind, Node};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span, Spanned, normal};

/// Builds the trees of one file and collects what is wrong with it.
pub(super) struct Builder<'i> {
    file: FileId,
    /// The text of the whole file.
    text: &'i str,
    pub(super) diagnostics: Vec<Diagnostic>,
    allows: Vec<ast::Allow>,
    /// The names that are meant where titles stand, by their places; what is parsed has names of no meaning there.
    meant: BTreeMap<u32, Arc<str>>,
}

impl<'i> Builder<'i> {
    pub(super) fn new(file: FileId, text: &'i str) -> Builder<'i> {
        Builder { file, text, diagnostics: Vec::new(), allows: Vec::new(), meant: BTreeMap::new() }
    }

    /// The text of a span.
    fn slice(&self, span: Span) -> &'i str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn name(&self, node: &Node<'_>) -> ast::Name {
        // Names that look alike are one, however they were typed.
        let value: Arc<str> = match (node.text(), self.meant.get(&node.span().start)) {
            (_, Some(meant)) => meant.clone(),
            (text, None) if text.is_ascii() => text.into(),
            (text, None) => normal(text),
        };
        Spanned { value, span: node.span() }
    }

    /// The first name among a node's children.
    fn name_of(&self, node: &Node<'_>) -> ast::Name {
        match node.child(Kind::name) {
            Some(name) => self.name(&name),
            None => unreachable!("grammar: this declaration has a name"),
        }
    }

    fn names(&self, node: &Node<'_>) -> Vec<ast::Name> {
        node.children().filter(|child| child.kind() == Kind::name).map(|child| self.name(&child)).collect()
    }

    /// Keeps the first of a clause that may stand once, and reports any other.
    fn once<T>(&mut self, slot: &mut Option<T>, first: &mut Option<Span>, value: T, span: Span, word: &str) {
        match *first {
            Some(earlier) => self.report(
                Diagnostic::new(Code::DuplicateClause, span, format!("`{word}` stands here twice"))
                    .here("the second")
                    .also(earlier, "the first"),
            ),
            None => {
                *slot = Some(value);
                *first = Some(span);
            }
        }
    }

    /// Reports entries that no line end and no comma parts.
    fn separated(&mut self, entries: &[Span], what: &str) {
        for pair in entries.windows(2) {
            let [before, after] = pair else { continue };
            let gap = self.text.get(before.end as usize..after.start as usize).unwrap_or("\n");
            if !gap.contains(['\n', ',']) {
                self.report(
                    Diagnostic::new(
                        Code::MissingSeparator,
                        *after,
                        format!("a comma or a line end parts one {what} from the next"),
                    )
                    .here("this begins another")
                    .fix("insert a comma", before.after(), ","),
                );
            }
        }
    }

    fn allow(&mut self, node: &Node<'_>) -> ast::Allow {
        let (Some(code), Some(reason)) = (node.child(Kind::code), node.child(Kind::plain_text)) else {
            unreachable!("grammar: `allow` has a code and a reason")
        };
        ast::Allow {
            span: node.span(),
            code: self.name(&code),
            reason: self.plain(&reason),
            of_override: None,
        }
    }

    fn allow_here(&mut self, node: &Node<'_>) {
        let allow = self.allow(node);
        self.allows.push(allow);
    }
}
