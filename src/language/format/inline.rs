//! Nodes on one line: which leaves stand apart, and which stand together.

use super::page::{Page, WIDTH};
use crate::layout::width;
use crate::syntax::{Kind, Node};

/// Where leaves go: onto the page, or into a measure of how long they are.
pub(super) trait Sink {
    fn leaf(&mut self, start: usize, end: usize, text: &str);
    fn space(&mut self);
    fn comma(&mut self);
}

impl Sink for Page {
    fn leaf(&mut self, start: usize, end: usize, text: &str) {
        Page::leaf(self, start, end, text);
    }

    fn space(&mut self) {
        Page::space(self);
    }

    fn comma(&mut self) {
        Page::comma(self);
    }
}

/// What leaves take on one line; nothing if a comment or a line end stands among them.
struct Measure<'p> {
    page: &'p Page,
    cells: Option<usize>,
    /// Whether a comment stands behind the last leaf.
    behind: bool,
}

impl Sink for Measure<'_> {
    fn leaf(&mut self, start: usize, end: usize, text: &str) {
        let one_line = !self.behind && !self.page.has_comment_before(start) && !text.contains('\n');
        self.behind = self.page.has_comment_behind(end);
        self.cells = self.cells.filter(|_| one_line).map(|cells| cells + width(text));
    }

    fn space(&mut self) {
        self.cells = self.cells.map(|cells| cells + 1);
    }

    fn comma(&mut self) {
        self.cells = self.cells.map(|cells| cells + 1);
    }
}

/// Tells whether a node is written as one piece.
fn is_leaf(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::dotted
            | Kind::quantity
            | Kind::signed_quantity
            | Kind::unit
            | Kind::number_type
            | Kind::plain_text
            | Kind::at_language
            | Kind::rule_name
            | Kind::code
            | Kind::text_path
    )
}

/// Returns the text of a leaf: one blank between a number and its unit, none before `%` or behind a sign.
fn leaf_text(node: &Node<'_>) -> String {
    let text = node.text().trim_end();
    match node.kind() {
        Kind::quantity | Kind::signed_quantity => {
            let (sign, rest) = match text.strip_prefix(['+', '-']) {
                Some(rest) => (text.get(..1).unwrap_or(""), rest.trim_start()),
                None => ("", text),
            };
            let digits =
                rest.find(|c: char| !(c.is_ascii_digit() || c == '_' || c == '.')).unwrap_or(rest.len());
            let (digits, unit) = rest.split_at(digits);
            let words: Vec<&str> = unit.split_whitespace().collect();
            let gap = if words.is_empty() || words == ["%"] { "" } else { " " };
            format!("{sign}{digits}{gap}{}", words.join(" "))
        }
        Kind::unit | Kind::number_type => text.split_whitespace().collect::<Vec<_>>().join(" "),
        _ => text.to_string(),
    }
}

/// Writes nodes that stand side by side within a parent.
pub(super) fn write(sink: &mut impl Sink, parent: Kind, nodes: &[Node<'_>]) {
    let mut before: Option<Kind> = None;
    for (place, node) in nodes.iter().enumerate() {
        let kind = node.kind();
        if kind == Kind::comma {
            let last = nodes.get(place + 1).is_none_or(|next| next.kind() == Kind::close_brace);
            if !last {
                sink.comma();
                sink.space();
                before = None;
            }
            continue;
        }
        let effects = matches!(parent, Kind::then | Kind::then_cell)
            && before.is_some_and(|before| before != Kind::kw_then);
        if effects && place > 0 && nodes.get(place - 1).is_some_and(|node| node.kind() != Kind::comma) {
            sink.comma();
        }
        if let Some(before) = before
            && !stand_together(parent, before, kind)
        {
            sink.space();
        }
        // A minus that stands between two operands is no sign.
        let sign = kind == Kind::minus && is_sign(nodes, place);
        write_node(sink, node);
        before = Some(if kind == Kind::minus && !sign { Kind::plus } else { kind });
    }
}

/// Tells whether a minus has no operand before it.
fn is_sign(nodes: &[Node<'_>], place: usize) -> bool {
    let before = place.checked_sub(1).and_then(|before| nodes.get(before)).map(Node::kind);
    matches!(
        before,
        None | Some(
            Kind::minus
                | Kind::plus
                | Kind::times
                | Kind::divide
                | Kind::or_op
                | Kind::and_op
                | Kind::not_op
                | Kind::eq
                | Kind::ne
                | Kind::le
                | Kind::ge
                | Kind::lt
                | Kind::gt
        )
    )
}

fn stand_together(parent: Kind, before: Kind, kind: Kind) -> bool {
    let braces = matches!(parent, Kind::set | Kind::literal_set | Kind::name_set);
    matches!(
        kind,
        Kind::arguments
            | Kind::index
            | Kind::fact_index
            | Kind::statement_index
            | Kind::colon
            | Kind::close_paren
            | Kind::close_bracket
    ) || matches!(before, Kind::open_paren | Kind::open_bracket | Kind::sign)
        // Two signs stand apart: at the start of a line they would be read as a comment of another language.
        || (before == Kind::minus && kind != Kind::minus)
        || (braces && (before == Kind::open_brace || kind == Kind::close_brace))
}

/// Writes one node.
pub(super) fn write_node(sink: &mut impl Sink, node: &Node<'_>) {
    let children: Vec<Node<'_>> = node.children().collect();
    if children.is_empty() || is_leaf(node.kind()) {
        let span = node.span();
        return sink.leaf(span.start as usize, span.end as usize, &leaf_text(node));
    }
    write(sink, node.kind(), &children);
}

/// Calls a function with each leaf of a node that is not a comma: where it begins and ends.
pub(super) fn each_leaf(node: &Node<'_>, visit: &mut impl FnMut(usize, usize)) {
    let mut children = node.children().peekable();
    if children.peek().is_none() || is_leaf(node.kind()) {
        if node.kind() != Kind::comma {
            let span = node.span();
            visit(span.start as usize, span.end as usize);
        }
        return;
    }
    children.for_each(|child| each_leaf(&child, visit));
}

impl Page {
    /// Returns how many cells nodes take on one line; nothing if a comment stands among them. One behind the last is well.
    pub(super) fn measure(&self, parent: Kind, nodes: &[Node<'_>]) -> Option<usize> {
        let mut measure = Measure { page: self, cells: Some(0), behind: false };
        write(&mut measure, parent, nodes);
        measure.cells
    }

    /// Returns how many cells nodes take on one line with something behind them; nothing if there is any comment.
    pub(super) fn measure_bare(&self, nodes: &[Node<'_>]) -> Option<usize> {
        let mut measure = Measure { page: self, cells: Some(0), behind: false };
        write(&mut measure, Kind::EOI, nodes);
        measure.cells.filter(|_| !measure.behind)
    }

    /// Tells whether nodes fit into the line that is open.
    pub(super) fn fits(&self, parent: Kind, nodes: &[Node<'_>]) -> bool {
        self.measure(parent, nodes).is_some_and(|cells| self.column() + cells <= WIDTH)
    }

    /// Writes nodes on the line that is open.
    pub(super) fn inline(&mut self, parent: Kind, nodes: &[Node<'_>]) {
        write(self, parent, nodes);
    }

    /// Writes one node on the line that is open.
    pub(super) fn node(&mut self, node: &Node<'_>) {
        write_node(self, node);
    }
}

/// Leaves as a text.
struct Text(String);

impl Sink for Text {
    fn leaf(&mut self, _: usize, _: usize, text: &str) {
        self.0.push_str(text);
    }

    fn space(&mut self) {
        self.0.push(' ');
    }

    fn comma(&mut self) {
        self.0.push(',');
    }
}

/// Returns a node on one line.
pub(super) fn flat(node: &Node<'_>) -> String {
    let mut text = Text(String::new());
    write_node(&mut text, node);
    text.0
}
