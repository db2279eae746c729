//! Declarations: their heads, and blocks with an entry a line, clauses in one order.

use super::page::{INDENT, Page, WIDTH};
use crate::syntax::{Kind, Node};

/// The words of a rule's clauses take so many cells, a blank included, and those of a test.
const RULE_WORD: usize = 8;
const TEST_WORD: usize = 7;

/// The order of the clauses of a block; what is not in it stays where it stands, before those that are.
const CLAUSES: &[Kind] = &[
    Kind::version,
    Kind::languages,
    Kind::as_of,
    Kind::rank_by,
    Kind::source_url,
    Kind::source_publisher,
    Kind::source_published,
    Kind::source_accessed,
    Kind::source_confidence,
    Kind::source_text,
    Kind::met_when,
    Kind::how,
    Kind::cost,
    Kind::takes,
    Kind::members,
    Kind::owned,
    Kind::needs,
    Kind::given,
    Kind::when,
    Kind::then,
    Kind::expect,
    Kind::even_unknown,
    Kind::because,
    Kind::from_clause,
    Kind::allow_clause,
];

/// The order of the clauses of a mix.
const MIX_CLAUSES: &[Kind] = &[Kind::members, Kind::from_clause, Kind::needs, Kind::allow_clause];

/// The order of the clauses of a field and of a statement.
const FIELD_CLAUSES: &[Kind] = &[
    Kind::field_range,
    Kind::field_default,
    Kind::field_required,
    Kind::field_fixed,
    Kind::field_was,
    Kind::since,
    Kind::until,
    Kind::from_clause,
    Kind::disputed,
    Kind::field_allow,
];

fn in_order<'n>(nodes: impl IntoIterator<Item = Node<'n>>, order: &[Kind]) -> Vec<Node<'n>> {
    let mut nodes: Vec<Node<'n>> = nodes.into_iter().collect();
    let place =
        |node: &Node<'n>| order.iter().position(|kind| *kind == node.kind()).map_or(0, |place| place + 1);
    nodes.sort_by_key(place);
    nodes
}

/// The entries of a block in their order.
fn ordered<'n>(kind: Kind, entries: Vec<Node<'n>>) -> Vec<Node<'n>> {
    match kind {
        // Behind a field, an `allow` would be the field's.
        Kind::profile | Kind::section => {
            let (allows, fields): (Vec<Node<'n>>, Vec<Node<'n>>) =
                entries.into_iter().partition(|entry| entry.kind() == Kind::allow_clause);
            allows.into_iter().chain(fields).collect()
        }
        // Behind `needs`, a source would be that of the need.
        Kind::mix | Kind::override_mix => in_order(entries, MIX_CLAUSES),
        _ => in_order(entries, CLAUSES),
    }
}

/// Tells whether a block that fits stands on the line of its head, however many entries it has.
fn is_list(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::mix
            | Kind::override_mix
            | Kind::verdicts
            | Kind::enumeration
            | Kind::assignments
            | Kind::expect
    )
}

impl Page {
    /// Writes a declaration.
    pub(super) fn declaration(&mut self, node: &Node<'_>) {
        match node.kind() {
            Kind::overriding => {
                for part in node.children() {
                    self.space();
                    match part.kind() {
                        Kind::kw_override => self.node(&part),
                        _ => self.body(&part),
                    }
                }
            }
            _ => self.body(node),
        }
    }

    fn body(&mut self, node: &Node<'_>) {
        let height = self.height();
        match node.kind() {
            Kind::fact => {
                self.cells(node, |kind| kind != Kind::kw_fact);
                self.align_if_one_line(height);
            }
            Kind::weight => {
                self.cells(node, |kind| kind == Kind::assign);
                self.align_if_one_line(height);
            }
            Kind::parameter | Kind::override_parameter if !node.has(Kind::parameter_block) => {
                self.parameter(node);
            }
            Kind::unit_declaration => self.parameter(node),
            Kind::levels | Kind::scale => self.ladder(node),
            Kind::measure => self.measured(node),
            Kind::let_declaration => {
                for part in node.children() {
                    if part.kind() != Kind::colon {
                        self.space();
                    }
                    match part.kind() {
                        Kind::expr => self.expression(&part),
                        _ => self.node(&part),
                    }
                }
            }
            _ => self.block(node),
        }
    }

    /// A measure: on one line if it fits, else what it is and its clauses on lines of their own.
    fn measured(&mut self, node: &Node<'_>) {
        let order = [Kind::better, Kind::mixes_sum, Kind::allow_clause];
        let nodes = in_order(node.children(), &order);
        if self.fits(node.kind(), &nodes) {
            return self.inline(node.kind(), &nodes);
        }
        for part in &nodes {
            match part.kind() {
                Kind::assign | Kind::better | Kind::mixes_sum | Kind::allow_clause => {
                    self.break_at(self.indent + INDENT);
                }
                Kind::colon => {}
                _ => self.space(),
            }
            match part.kind() {
                Kind::expr => self.expression(part),
                Kind::text => self.text(part),
                _ => self.node(part),
            }
        }
    }

    /// Leaves on one line, some of them in columns; texts may go on in other lines.
    fn cells(&mut self, node: &Node<'_>, column: impl Fn(Kind) -> bool) {
        self.align();
        let mut before = None;
        for part in node.children() {
            let kind = part.kind();
            let tight = matches!(kind, Kind::colon | Kind::fact_index);
            let name = before.is_none_or(|before| matches!(before, Kind::kw_fact | Kind::kw_weight));
            if kind == Kind::allow_clause && !self.fits(kind, std::slice::from_ref(&part)) {
                self.break_at(self.indent + 2 * INDENT);
            } else if !tight {
                if column(kind) && !name && before != Some(Kind::assign) { self.tab() } else { self.space() }
            }
            if kind == Kind::text {
                self.text(&part)
            } else {
                self.node(&part)
            }
            before = Some(kind);
        }
    }

    /// A parameter with one value or a unit, whose clauses stand below where the line is too long.
    fn parameter(&mut self, node: &Node<'_>) {
        let nodes: Vec<Node<'_>> = node
            .children()
            .flat_map(|part| match part.kind() {
                Kind::parameter_value | Kind::unit_rate => in_order(part.children(), FIELD_CLAUSES),
                _ => vec![part],
            })
            .collect();
        if self.fits(node.kind(), &nodes) {
            return self.inline(node.kind(), &nodes);
        }
        let is_clause =
            |part: &&Node<'_>| part.kind() == Kind::allow_clause || FIELD_CLAUSES.contains(&part.kind());
        let head = nodes.iter().take_while(|part| !is_clause(part)).count();
        let (head, clauses) = nodes.split_at(head);
        self.head(node.kind(), head);
        for clause in clauses {
            self.break_at(self.indent + 2 * INDENT);
            self.clause(clause);
        }
    }

    /// Values with an order: on one line, or a value a line.
    fn ladder(&mut self, node: &Node<'_>) {
        let nodes: Vec<Node<'_>> = node.children().collect();
        if self.fits(node.kind(), &nodes) {
            return self.inline(node.kind(), &nodes);
        }
        let outer = self.indent;
        let mut joined = false;
        for part in &nodes {
            match part.kind() {
                Kind::open_brace => {
                    self.space();
                    self.open(part);
                }
                Kind::close_brace => self.close(part, outer),
                Kind::member | Kind::value if outer < self.indent && !joined => {
                    self.entry();
                    self.node(part);
                }
                Kind::above | Kind::below => {
                    // The names of levels stand one below the other.
                    let names = if outer < self.indent { self.indent } else { outer + "levels".len() - 1 };
                    self.break_at(names);
                    self.node(part);
                    joined = true;
                }
                _ => {
                    self.space();
                    self.node(part);
                }
            }
        }
    }

    fn open(&mut self, brace: &Node<'_>) {
        self.node(brace);
        self.opens();
        self.indent += INDENT;
    }

    fn close(&mut self, brace: &Node<'_>, outer: usize) {
        let span = brace.span();
        self.closing(span.start as usize, span.end as usize, brace.text(), outer);
    }

    /// A head, and maybe a block.
    fn block(&mut self, node: &Node<'_>) {
        let nodes: Vec<Node<'_>> = node.children().collect();
        self.block_of(node.kind(), &nodes);
    }

    fn block_of(&mut self, kind: Kind, nodes: &[Node<'_>]) {
        // The blocks of some declarations are nodes of their own.
        let inner = nodes.iter().find(|part| {
            matches!(
                part.kind(),
                Kind::channel_block
                    | Kind::parameter_block
                    | Kind::rule_block
                    | Kind::fields
                    | Kind::assignments
            )
        });
        let (head, block): (&[Node<'_>], Vec<Node<'_>>) = match inner {
            Some(block) => {
                let place = nodes.iter().position(|part| part.kind() == block.kind()).unwrap_or(nodes.len());
                (nodes.get(..place).unwrap_or(&[]), block.children().collect())
            }
            None => {
                let brace = nodes.iter().position(|part| part.kind() == Kind::open_brace);
                let place = brace.unwrap_or(nodes.len());
                (nodes.get(..place).unwrap_or(&[]), nodes.get(place..).unwrap_or(&[]).to_vec())
            }
        };
        let entries: Vec<Node<'_>> = block
            .iter()
            .filter(|part| !matches!(part.kind(), Kind::comma | Kind::open_brace | Kind::close_brace))
            .cloned()
            .collect();
        let few = entries.len() <= 1 || is_list(kind) || inner.is_some_and(|inner| is_list(inner.kind()));
        let whole = kind != Kind::ruleset && kind != Kind::texts;
        if few && whole && self.fits_whole(head, &block, &entries) {
            self.inline(kind, head);
            return self.one_line(kind, &block, &entries);
        }
        self.head(kind, head);
        let (Some(open), Some(close)) = (block.first(), block.last()) else { return };
        let outer = self.indent;
        self.space();
        self.open(open);
        for entry in ordered(kind, entries) {
            self.entry();
            let height = self.height();
            self.block_entry(kind, &entry);
            self.align_if_one_line(height);
        }
        self.close(close, outer);
    }

    fn fits_whole(&self, head: &[Node<'_>], block: &[Node<'_>], entries: &[Node<'_>]) -> bool {
        let head = self.measure_bare(head);
        let bare = block.first().is_none_or(|open| self.measure_bare(std::slice::from_ref(open)).is_some())
            && block.last().is_none_or(|close| !self.has_comment_before(close.span().start as usize));
        let mut total = head;
        for entry in entries {
            // Whatever has a block of its own stands on lines of its own.
            let nested = entry
                .children()
                .any(|part| matches!(part.kind(), Kind::fields | Kind::assignments | Kind::open_brace));
            let own = self.measure_bare(std::slice::from_ref(entry)).filter(|_| !nested);
            total = total.zip(own).map(|(total, own)| total + own + 2);
        }
        bare && total.is_some_and(|total| self.column() + total + 5 <= WIDTH)
    }

    fn one_line(&mut self, kind: Kind, block: &[Node<'_>], entries: &[Node<'_>]) {
        let (Some(open), Some(close)) = (block.first(), block.last()) else { return };
        self.space();
        self.node(open);
        for (place, entry) in ordered(kind, entries.to_vec()).iter().enumerate() {
            if place > 0 {
                self.comma();
            }
            self.space();
            self.node(entry);
        }
        if !entries.is_empty() {
            self.space();
        }
        self.node(close);
    }

    /// A head that may be too long: its title's translations, `for each` and `exception to` then stand below.
    fn head(&mut self, kind: Kind, nodes: &[Node<'_>]) {
        if self.fits(kind, nodes) {
            return self.inline(kind, nodes);
        }
        let hang = self.indent + 2 * INDENT;
        for part in nodes {
            match part.kind() {
                Kind::text => {
                    self.space();
                    self.text(part);
                }
                Kind::for_each | Kind::exception_to => {
                    let one = std::slice::from_ref(part);
                    self.space();
                    if !self.fits(kind, one) {
                        self.break_at(hang);
                    }
                    self.clause(part);
                }
                Kind::colon | Kind::fact_index | Kind::statement_index => self.node(part),
                _ => {
                    self.space();
                    self.node(part);
                }
            }
        }
    }

    /// A text; its translations stand below it where the line is full.
    fn text(&mut self, node: &Node<'_>) {
        let nodes: Vec<Node<'_>> = node.children().collect();
        if self.fits(node.kind(), &nodes) {
            return self.inline(node.kind(), &nodes);
        }
        let column = self.column().min(self.indent + 4 * INDENT);
        for (place, part) in nodes.iter().enumerate() {
            if place > 0 {
                self.break_at(column);
            }
            self.node(part);
        }
    }

    fn block_entry(&mut self, of: Kind, entry: &Node<'_>) {
        match entry.kind() {
            Kind::section => self.section(entry),
            Kind::field => self.parts(entry, FIELD_CLAUSES),
            Kind::statement | Kind::parameter_value => self.parts(entry, FIELD_CLAUSES),
            Kind::value => {
                let mut parts = entry.children();
                parts.by_ref().take(1).for_each(|name| self.node(&name));
                for text in parts {
                    if text.kind() == Kind::old_name {
                        self.space();
                        self.node(&text);
                        continue;
                    }
                    for (place, part) in text.children().enumerate() {
                        self.tab();
                        if place > 0 && !self.fits(Kind::text, std::slice::from_ref(&part)) {
                            self.break_at(self.indent + 2 * INDENT);
                        }
                        self.node(&part);
                    }
                }
                self.align();
            }
            Kind::text_entry | Kind::assignment => {
                for (place, part) in entry.children().enumerate() {
                    match (place, part.kind()) {
                        (0, _) => {}
                        (_, Kind::assign) => self.tab(),
                        _ => self.space(),
                    }
                    self.node(&part);
                }
                self.align();
            }
            Kind::given | Kind::expect => {
                let nodes: Vec<Node<'_>> = entry.children().collect();
                let Some((word, rest)) = nodes.split_first() else { return };
                self.node(word);
                self.pad_to(self.indent + if of == Kind::property { RULE_WORD } else { TEST_WORD });
                self.block_of(entry.kind(), rest);
            }
            _ => match of {
                Kind::rule | Kind::property => self.keyword(entry, Some(RULE_WORD)),
                Kind::test => self.keyword(entry, Some(TEST_WORD)),
                Kind::ruleset | Kind::source => self.keyword(entry, None),
                _ => self.clause(entry),
            },
        }
    }

    fn section(&mut self, node: &Node<'_>) {
        self.block(node);
    }

    /// A field or a statement: what it is, its value or type, then its clauses, in columns.
    fn parts(&mut self, entry: &Node<'_>, order: &[Kind]) {
        let is_clause = |node: &Node<'_>| order.contains(&node.kind());
        let (clauses, own): (Vec<Node<'_>>, Vec<Node<'_>>) = entry.children().partition(is_clause);
        let mut before = None;
        for part in &own {
            match (part.kind(), before) {
                (_, None) | (Kind::colon | Kind::statement_index, _) => {}
                (_, Some(Kind::assign)) => self.space(),
                _ => self.tab(),
            }
            match part.kind() {
                Kind::text => self.text(part),
                _ => self.node(part),
            }
            before = Some(part.kind());
        }
        let clauses = in_order(clauses, order);
        let hang = self.indent + 2 * INDENT;
        let one_line =
            self.measure(Kind::EOI, &clauses).is_some_and(|cells| self.column() + 1 + cells <= WIDTH);
        for (place, clause) in clauses.iter().enumerate() {
            let first = place == 0;
            match (first, one_line) {
                (true, true) => self.tab(),
                (false, true) => self.space(),
                (_, false) => self.break_at(hang),
            }
            self.clause(clause);
        }
        self.align();
    }

    /// A clause whose words stand in a column: `when`, `because`, `version`.
    fn keyword(&mut self, clause: &Node<'_>, cells: Option<usize>) {
        let nodes: Vec<Node<'_>> = clause.children().collect();
        let words = nodes.iter().take_while(|node| is_word(node.kind())).count();
        let (words, rest) = nodes.split_at(words);
        for word in words {
            self.space();
            self.node(word);
        }
        match cells {
            _ if rest.is_empty() => return,
            Some(cells) => self.pad_to(self.indent + cells),
            None => {
                self.tab();
                self.align();
            }
        }
        self.clause_rest(clause.kind(), rest);
    }

    /// A clause, from its first word on.
    fn clause(&mut self, clause: &Node<'_>) {
        let nodes: Vec<Node<'_>> = clause.children().collect();
        if self.fits(clause.kind(), &nodes) || nodes.is_empty() {
            return self.node(clause);
        }
        let words = nodes.iter().take_while(|node| is_word(node.kind())).count();
        let (words, rest) = nodes.split_at(words);
        for word in words {
            self.space();
            self.node(word);
        }
        self.space();
        self.clause_rest(clause.kind(), rest);
    }

    fn clause_rest(&mut self, kind: Kind, rest: &[Node<'_>]) {
        if self.fits(kind, rest) {
            return self.inline(kind, rest);
        }
        let column = self.column();
        for (place, part) in rest.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|before| rest.get(before));
            let one = std::slice::from_ref(part);
            match part.kind() {
                Kind::comma => {
                    if rest.get(place + 1).is_some() {
                        self.comma();
                    }
                    continue;
                }
                Kind::expr => {
                    self.space();
                    self.expression(part);
                    continue;
                }
                Kind::text => {
                    self.space();
                    self.text(part);
                    continue;
                }
                _ => {}
            }
            if kind == Kind::then && before.is_some_and(|before| before.kind() != Kind::comma) {
                self.comma();
            }
            self.space();
            if place > 0 && !self.fits(kind, one) {
                self.break_at(column);
            }
            match part.kind() {
                Kind::note => self.note(part),
                _ => self.node(part),
            }
        }
    }

    /// A note: its text may have translations below it.
    fn note(&mut self, node: &Node<'_>) {
        for part in node.children() {
            self.space();
            match part.kind() {
                Kind::text => self.text(&part),
                _ => self.node(&part),
            }
        }
    }
}

/// Tells whether a node is a word that begins a clause.
fn is_word(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::kw_version
            | Kind::kw_languages
            | Kind::kw_as
            | Kind::kw_of
            | Kind::kw_url
            | Kind::kw_publisher
            | Kind::kw_published
            | Kind::kw_accessed
            | Kind::kw_confidence
            | Kind::kw_text
            | Kind::kw_met
            | Kind::kw_when
            | Kind::kw_then
            | Kind::kw_because
            | Kind::kw_from
            | Kind::kw_allow
            | Kind::kw_how
            | Kind::kw_cost
            | Kind::kw_takes
            | Kind::kw_needs
            | Kind::kw_owned
            | Kind::kw_even
            | Kind::kw_unknown
            | Kind::kw_for
            | Kind::kw_each
            | Kind::kw_exception
            | Kind::kw_to
            | Kind::kw_since
            | Kind::kw_until
            | Kind::kw_disputed
    )
}
