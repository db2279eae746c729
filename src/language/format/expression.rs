//! Expressions: on one line where they fit, else broken before `or` and `and`, then within parentheses.

use super::page::Page;
use crate::syntax::{Kind, Node};

impl Page {
    /// Writes an expression from the column on at which it begins.
    pub(super) fn expression(&mut self, node: &Node<'_>) {
        let nodes: Vec<Node<'_>> = node.children().collect();
        self.chain(node.kind(), &nodes, Kind::or_op);
    }

    fn chain(&mut self, parent: Kind, nodes: &[Node<'_>], operator: Kind) {
        if self.fits(parent, nodes) {
            return self.inline(parent, nodes);
        }
        let column = self.column();
        let next = if operator == Kind::or_op { Some(Kind::and_op) } else { None };
        let parts = nodes.chunk_by(|_, node| node.kind() != operator);
        for part in parts {
            let rest = match part.split_first() {
                Some((first, rest)) if first.kind() == operator => {
                    self.break_at(column);
                    self.node(first);
                    self.space();
                    rest
                }
                _ => part,
            };
            match next {
                Some(next) => self.chain(parent, rest, next),
                None => self.operands(parent, rest),
            }
        }
    }

    /// Operands and operators that bind closer: only groups, calls, sets and `if` are broken.
    fn operands(&mut self, parent: Kind, nodes: &[Node<'_>]) {
        if self.fits(parent, nodes) {
            return self.inline(parent, nodes);
        }
        let mut start = 0;
        for (place, node) in nodes.iter().enumerate() {
            if !matches!(node.kind(), Kind::group | Kind::conditional) {
                continue;
            }
            let before = nodes.get(start..place).unwrap_or(&[]);
            self.inline(parent, before);
            if before.last().is_some_and(|last| last.kind() != Kind::minus) {
                self.space();
            }
            match node.kind() {
                Kind::group => self.group(node),
                _ => self.conditional(node),
            }
            start = place + 1;
            if start < nodes.len() {
                self.space();
            }
        }
        self.inline(parent, nodes.get(start..).unwrap_or(&[]));
    }

    fn group(&mut self, node: &Node<'_>) {
        for part in node.children() {
            match part.kind() {
                Kind::expr => self.expression(&part),
                _ => self.node(&part),
            }
        }
    }

    fn conditional(&mut self, node: &Node<'_>) {
        let column = self.column();
        for (place, part) in node.children().enumerate() {
            match part.kind() {
                Kind::expr => self.expression(&part),
                _ => {
                    if place > 0 {
                        self.break_at(column);
                    }
                    self.node(&part);
                    self.space();
                }
            }
        }
    }
}
