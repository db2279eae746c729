//! Decision tables: lines cut into cells, each cell parsed alone, so that it keeps its own place.

use std::collections::HashMap;

use unicode_ident::is_xid_continue;

use super::{Builder, Kind, Node};
use crate::diagnostic::{Code, Diagnostic};
use crate::operator::{CompareOp, Policy};
use crate::source::{Span, Spanned};
use crate::syntax::words::DECLARATIONS;
use crate::syntax::{ast, habits, outline, parse};

/// A piece of a file: where it begins, and its text.
pub(crate) type Piece<'t> = (usize, &'t str);

/// What cells of a table were parsed as: most of a large one stand in it again.
pub(super) type Kept<'t> = HashMap<(Kind, &'t str), Node<'t>>;

/// So many cells are kept.
const MOST_KEPT: usize = 1000;

/// Tells whether a declaration is a table: `table …` or `override table …`.
pub(in crate::syntax) fn is_table(text: &str) -> bool {
    let (word, rest) = first_word(text);
    word == "table" || word == "override" && first_word(rest).0 == "table"
}

/// The first word of a text, after blanks and comments, and what follows it.
fn first_word(mut text: &str) -> (&str, &str) {
    loop {
        text = text.trim_start();
        match text.strip_prefix('#') {
            Some(comment) => text = comment.split_once('\n').map_or("", |(_, rest)| rest),
            None => return text.split_at(text.find(|c| !is_xid_continue(c)).unwrap_or(text.len())),
        }
    }
}

/// Returns where the brace stands that opens a table's body.
pub(in crate::syntax) fn body_of(text: &str) -> Option<usize> {
    let mut outside = Outside::default();
    text.char_indices().find(|(_, c)| outside.step(*c) && *c == '{').map(|(at, _)| at)
}

/// Returns where the brace stands that closes a table's body; where none does, the end.
pub(in crate::syntax) fn end_of_body(body: &str) -> usize {
    let mut outside = Outside::default();
    let mut depth = 0_usize;
    for (at, c) in body.char_indices() {
        match (outside.step(c), c) {
            (true, '{') => depth += 1,
            (true, '}') if depth == 0 => return at,
            (true, '}') => depth -= 1,
            _ => {}
        }
    }
    body.len()
}

pub(super) fn trim((start, text): Piece<'_>) -> Piece<'_> {
    (start + text.len() - text.trim_start().len(), text.trim())
}

impl Builder<'_> {
    /// Builds a table from its whole text.
    pub(in crate::syntax) fn table(
        &mut self,
        text: &str,
        base: usize,
    ) -> Result<ast::Declaration, Box<Diagnostic>> {
        let open = body_of(text);
        let head_text = text.get(..open.unwrap_or(text.len())).unwrap_or("");
        let head = parse::parse(Kind::table_head_entry, self.file, head_text, base)?;
        let overriding = head.has(Kind::kw_override);
        let policy = head.child(Kind::policy).map(|policy| Spanned {
            value: match policy.text() {
                "first" => Policy::First,
                "unique" => Policy::Unique,
                _ => Policy::Collect,
            },
            span: policy.span(),
        });
        let csv = head.child(Kind::csv_file).map(|csv| self.rows_from(&csv));
        let span = Span { file: self.file, start: base as u32, end: (base + text.len()) as u32 };
        let mut table = ast::Table {
            name: self.name_of(&head),
            title: head.child(Kind::text).map(|title| self.text(&title)),
            policy,
            csv,
            grid: ast::Grid::default(),
            changes: Vec::new(),
        };
        match (open, &table.csv) {
            (Some(open), None) => {
                let end = open + 1 + end_of_body(text.get(open + 1..).unwrap_or(""));
                let body = text.get(open + 1..end).unwrap_or("");
                table.grid = self.grid(body, base + open + 1, table.name.span);
                let behind = trim((base + end + 1, text.get(end + 1..).unwrap_or("")));
                if !behind.1.is_empty() {
                    let diagnostic =
                        Diagnostic::new(Code::Syntax, self.at_piece(behind), "a table ends with its rows");
                    self.report(diagnostic.here("stands behind the table").note(
                        "what is said of a whole table stands before its `{`: `table NAME \"Title\" first {`",
                    ));
                }
            }
            (None, Some(_)) => {}
            (Some(_), Some(csv)) => {
                let diagnostic =
                    Diagnostic::new(Code::Syntax, csv.span, "the rows stand in a file or here, not both");
                self.report(diagnostic.here("rows from a file"));
            }
            (None, None) => {
                return Err(Box::new(
                    Diagnostic::new(
                        Code::Syntax,
                        head.span().after(),
                        "expected the rows between braces, or `from csv \"FILE\"`",
                    )
                    .here("no rows"),
                ));
            }
        }
        let allows = std::mem::take(&mut self.allows);
        let kind = ast::DeclarationKind::Table(table);
        let declaration = ast::Declaration { span, kind, allows, replaced: None };
        if overriding {
            let kind = ast::DeclarationKind::Override(Box::new(declaration));
            return Ok(ast::Declaration { span, kind, allows: Vec::new(), replaced: None });
        }
        Ok(declaration)
    }

    fn grid(&mut self, body: &str, base: usize, name: Span) -> ast::Grid {
        let mut grid = ast::Grid::default();
        let mut kept = Kept::new();
        // The place of `||` in the heading, once there is one.
        let mut heading: Option<Option<usize>> = None;
        let mut at = 0;
        for line in body.split_inclusive('\n') {
            let start = base + at;
            at += line.len();
            let line = without_comment(line).trim_end();
            if line.trim().is_empty() {
                continue;
            }
            if line.trim_start().starts_with("allow ") && !line.contains('|') {
                self.allow_line(trim((start, line)));
                continue;
            }
            let (row_name, cells, divider) = cut(start, line);
            let cells: Vec<Piece<'_>> = cells.into_iter().map(trim).collect();
            let here = self.at_piece(trim((start, line)));
            if !has_bar(line) {
                self.no_row(here);
                continue;
            }
            let Some(conditions) = heading else {
                grid.columns = self.heading(here, row_name, &cells, divider);
                heading = Some(divider);
                continue;
            };
            if cells.iter().all(|(_, text)| is_rule(text)) {
                if let Some(name) = row_name {
                    let diagnostic =
                        Diagnostic::new(Code::Syntax, self.at_piece(name), "the row of dashes has no name");
                    self.report(diagnostic.here("names no row"));
                }
                continue;
            }
            // A row that does not fit keeps its number and name.
            let fits = conditions.is_some() && divider == conditions && cells.len() == grid.columns.len();
            if !fits && conditions.is_some() {
                self.wrong_cells(here, cells.len(), grid.columns.len(), divider.is_none());
            }
            let cells = if fits { cells.as_slice() } else { &[] };
            let row = self.row(here, row_name, cells, &grid.columns, &mut kept);
            grid.rows.push(row);
        }
        if heading.is_none() {
            self.report(
                Diagnostic::new(Code::Syntax, name, "this table has no heading")
                    .here("no columns")
                    .note("the first row names the columns: `| CONDITION | … || TARGET | … |`"),
            );
        }
        grid
    }

    /// The columns of a heading. Without `||`, none of them says anything.
    fn heading(
        &mut self,
        here: Span,
        row_name: Option<Piece<'_>>,
        cells: &[Piece<'_>],
        divider: Option<usize>,
    ) -> Vec<ast::Column> {
        if let Some(name) = row_name {
            let message = "a table begins with its heading, which has no name";
            let diagnostic = Diagnostic::new(Code::Syntax, self.at_piece(name), message);
            self.report(diagnostic.here("the heading begins with `|`"));
        }
        let Some(divider) = divider else {
            let message = "`||` parts the conditions of a table from its effects";
            let diagnostic = Diagnostic::new(Code::Syntax, here, message);
            self.report(diagnostic.here("no `||` in this heading"));
            return Vec::new();
        };
        let mut columns: Vec<ast::Column> = Vec::new();
        for (index, cell) in cells.iter().enumerate() {
            let column =
                if index < divider { self.condition_column(*cell) } else { self.effect_column(*cell) };
            self.column_once(&columns, &column);
            columns.push(column);
        }
        columns
    }

    /// Reports a column that stands twice; of conditions and of targets, each says something of its own.
    pub(super) fn column_once(&mut self, columns: &[ast::Column], column: &ast::Column) {
        use ast::ColumnKind::{Because, Condition, From, Note, Target, Then};
        // A table may have many of these.
        if matches!(column.kind, Condition(_) | Target(_)) {
            return;
        }
        let tag = |language: &Option<ast::Name>| language.as_ref().map(|tag| tag.value.to_ascii_lowercase());
        let same = |other: &&ast::Column| match (&column.kind, &other.kind) {
            (Because(a), Because(b)) | (Note(a), Note(b)) => tag(a) == tag(b),
            (From, From) | (Then, Then) => true,
            (Because(_) | Note(_) | From | Condition(_) | Target(_) | Then, _) => false,
        };
        if let Some(first) = columns.iter().find(same) {
            self.heading_twice(column.span, first.span);
        }
    }

    /// Reports a heading that stands twice.
    pub(super) fn heading_twice(&mut self, second: Span, first: Span) {
        let diagnostic = Diagnostic::new(Code::DuplicateClause, second, "this column stands twice");
        self.report(diagnostic.here("the second").also(first, "the first"));
    }

    pub(super) fn at_piece(&self, (start, text): Piece<'_>) -> Span {
        Span { file: self.file, start: start as u32, end: (start + text.len()) as u32 }
    }

    /// Reports a line of a table that is no row, and says what it may be meant as.
    fn no_row(&mut self, here: Span) {
        let text = self.slice(here);
        let (word, rest) = first_word(text);
        let diagnostic =
            Diagnostic::new(Code::Syntax, here, "this line of a table is no row").here("no bars");
        let prose = !word.is_empty() && text.split_whitespace().count() > 1;
        let diagnostic = match word {
            "because" | "from" | "note" => diagnostic.note(format!(
                "in a table, `{word}` is a column: it stands in the heading behind `||`, and its texts in the rows"
            )),
            "when" | "then" | "score" | "exclude" | "cap" | "needs" | "warn" | "exception" | "for" => diagnostic
                .note("conditions stand in the cells before `||`, effects in those behind it, under a target's name or `then`"),
            "collect" | "first" | "unique" if rest.trim().is_empty() => {
                diagnostic.note(format!("how rows count is said before the `{{`: `table NAME {word} {{`"))
            }
            _ if DECLARATIONS.contains(&word) && prose => {
                diagnostic.note("another declaration begins behind the `}` that ends the table")
            }
            _ if is_sheet_row(text) => {
                diagnostic.note("a row's cells stand between bars: `| CONDITION || EFFECT |`")
            }
            _ if prose => diagnostic
                .note("a row's cells stand between bars: `| CONDITION || EFFECT |`; a comment begins with `#`")
                .guess("make it a comment", here.before(), "# "),
            _ => diagnostic
                .note("a row's cells stand between bars: `| CONDITION || EFFECT |`; a comment begins with `#`"),
        };
        self.report(diagnostic);
    }

    fn allow_line(&mut self, (start, text): Piece<'_>) {
        match parse::parse(Kind::allow_entry, self.file, text, start) {
            Ok(node) => self.allow_here(&node),
            Err(diagnostic) => self.report(*diagnostic),
        }
    }

    /// Reports a row that has other cells than the heading.
    pub(super) fn wrong_cells(&mut self, here: Span, found: usize, wanted: usize, undivided: bool) {
        let cells = |count: usize| if count == 1 { "1 cell".to_string() } else { format!("{count} cells") };
        let message = if undivided {
            "this row has no `||` between its conditions and effects".to_string()
        } else if found == wanted {
            "the `||` of this row stands at another place than in the heading".to_string()
        } else {
            format!("this row has {}, the heading {}", cells(found), cells(wanted))
        };
        self.report(
            Diagnostic::new(Code::WrongCells, here, message)
                .here("does not fit the heading")
                .note("a condition that does not matter is `-`; an effect that is none is left empty"),
        );
    }

    /// Parses a piece alone, and reports what is wrong with it.
    pub(super) fn piece<'t>(&mut self, entry: Kind, (start, text): Piece<'t>) -> Option<Node<'t>> {
        let said = without_comment(text).len();
        if said < text.len() {
            let mark = Span { file: self.file, start: (start + said) as u32, end: (start + said + 1) as u32 };
            let diagnostic = Diagnostic::new(Code::Syntax, mark, "no comment stands in the cell of a sheet");
            self.report(diagnostic.here("nobody would be told this"));
            return None;
        }
        if let Some(deep) = outline::check_depth(self.file, text, start) {
            self.report(deep);
            return None;
        }
        match parse::parse(entry, self.file, text, start) {
            Ok(node) => Some(node),
            Err(diagnostic) => {
                self.report(*diagnostic);
                None
            }
        }
    }

    /// The same, of a piece that may have been parsed before.
    fn kept_piece<'t>(&mut self, entry: Kind, piece: Piece<'t>, kept: &mut Kept<'t>) -> Option<Node<'t>> {
        if let Some(node) = kept.get(&(entry, piece.1)) {
            return Some(node.at(piece.0));
        }
        let node = self.piece(entry, piece)?;
        if kept.len() < MOST_KEPT {
            kept.insert((entry, piece.1), node.clone());
        }
        Some(node)
    }

    pub(super) fn condition_column(&mut self, cell: Piece<'_>) -> ast::Column {
        let span = self.at_piece(cell);
        let expr = match cell.1 {
            "" => {
                self.report(
                    Diagnostic::new(
                        Code::Syntax,
                        span,
                        "a column of conditions has an expression as its heading",
                    )
                    .here("empty"),
                );
                None
            }
            _ => self.piece(Kind::column_entry, cell).map(|node| self.expression_in(&node)),
        };
        let expr = expr.unwrap_or(ast::Expr { span, kind: ast::ExprKind::Broken });
        ast::Column { span, kind: ast::ColumnKind::Condition(expr) }
    }

    pub(super) fn effect_column(&mut self, cell: Piece<'_>) -> ast::Column {
        let span = self.at_piece(cell);
        let broken = ast::ColumnKind::Condition(ast::Expr { span, kind: ast::ExprKind::Broken });
        let Some(node) = self.piece(Kind::effect_column_entry, cell) else {
            return ast::Column { span, kind: broken };
        };
        if node.has(Kind::kw_then) {
            return ast::Column { span, kind: ast::ColumnKind::Then };
        }
        let name = self.name_of(&node);
        let language =
            node.child(Kind::at_language).and_then(|at| at.child(Kind::language)).map(|tag| self.name(&tag));
        let kind = match (&*name.value, language) {
            ("because", language) => ast::ColumnKind::Because(language),
            ("note", language) => ast::ColumnKind::Note(language),
            ("from", None) => ast::ColumnKind::From,
            (_, None) => ast::ColumnKind::Target(name),
            (_, Some(language)) => {
                self.report(
                    Diagnostic::new(
                        Code::Syntax,
                        language.span,
                        "only `because` and `note` have translations",
                    )
                    .here("a language"),
                );
                broken
            }
        };
        ast::Column { span, kind }
    }

    fn row<'t>(
        &mut self,
        span: Span,
        name: Option<Piece<'_>>,
        cells: &[Piece<'t>],
        columns: &[ast::Column],
        kept: &mut Kept<'t>,
    ) -> ast::Row {
        let name = name.and_then(|name| {
            let node = self.piece(Kind::row_name_entry, name)?;
            Some(Spanned { value: node.text().into(), span: node.span() })
        });
        let cells = cells.iter().zip(columns).map(|(cell, column)| self.cell(*cell, &column.kind, kept));
        ast::Row { span, name, cells: cells.collect() }
    }

    pub(super) fn cell<'t>(
        &mut self,
        cell: Piece<'t>,
        column: &ast::ColumnKind,
        kept: &mut Kept<'t>,
    ) -> ast::Cell {
        let span = self.at_piece(cell);
        let kind = match column {
            ast::ColumnKind::Condition(_) => self.test_cell(cell, kept),
            _ if cell.1.is_empty() => Some(ast::CellKind::Empty),
            ast::ColumnKind::Target(target) => self.effect_cell(cell, target, kept),
            ast::ColumnKind::Then => self.then_cell(cell, kept),
            ast::ColumnKind::Because(_) | ast::ColumnKind::Note(_) => {
                self.piece(Kind::text_cell_entry, cell).map(|node| ast::CellKind::Text(self.template(&node)))
            }
            ast::ColumnKind::From => {
                self.piece(Kind::from_cell_entry, cell).map(|node| self.sources_cell(&node))
            }
        };
        ast::Cell { span, kind: kind.unwrap_or(ast::CellKind::Broken) }
    }

    fn test_cell<'t>(&mut self, cell: Piece<'t>, kept: &mut Kept<'t>) -> Option<ast::CellKind> {
        if cell.1.is_empty() {
            let span = self.at_piece(cell);
            self.report(
                Diagnostic::new(Code::EmptyCell, span, "an empty cell is no condition")
                    .here("nothing stands here")
                    .guess("write `-`, which matches anything", span, "-"),
            );
            return None;
        }
        // Most cells of a large table are this, and the grammar would say the same.
        if cell.1 == "-" {
            return Some(ast::CellKind::Any);
        }
        if let Some(habit) = habits::cell(cell.1, self.at_piece(cell)) {
            self.report(habit);
            return None;
        }
        let node = self.kept_piece(Kind::test_cell_entry, cell, kept)?;
        self.tests(&node)
    }

    /// What a cell says that was parsed.
    pub(super) fn tests(&mut self, node: &Node<'_>) -> Option<ast::CellKind> {
        if node.has(Kind::any_cell) {
            return Some(ast::CellKind::Any);
        }
        let mut any: Vec<Vec<ast::OneTest>> = vec![Vec::new()];
        for child in node.children() {
            match child.kind() {
                Kind::or_op => any.push(Vec::new()),
                Kind::one_test => {
                    let test = self.one_test(&child)?;
                    any.last_mut()?.push(test);
                }
                _ => {}
            }
        }
        Some(ast::CellKind::Tests(any))
    }

    fn one_test(&mut self, node: &Node<'_>) -> Option<ast::OneTest> {
        let denied = node.children().filter(|child| child.kind() == Kind::not_op).count() % 2 == 1;
        let test = node.children().find(|child| child.kind() != Kind::not_op)?;
        let span = test.span();
        let test = match test.kind() {
            Kind::compare_cell => {
                let mut parts = test.children();
                let (op, value) = (parts.next()?, parts.next()?);
                let value_span = op.span();
                let op = comparison(op.kind())?;
                ast::CellTest::Compare(Spanned { value: op, span: value_span }, self.expression(&value))
            }
            Kind::membership_cell => ast::CellTest::In(self.within(&test)),
            Kind::possession => {
                let (quantifier, operand) = self.possessed(&test);
                ast::CellTest::Has(quantifier, operand)
            }
            _ => ast::CellTest::Equals(self.expression(&test)),
        };
        Some(ast::OneTest { span: node.span(), denied, test: Spanned { value: test, span } })
    }

    fn effect_cell<'t>(
        &mut self,
        cell: Piece<'t>,
        target: &ast::Name,
        kept: &mut Kept<'t>,
    ) -> Option<ast::CellKind> {
        let as_in_a_rule = ["score", "exclude", "cap", "note", "warn"].contains(&first_word(cell.1).0);
        let note = "effects that name their target stand in a column `then`";
        let node = self.effects_piece(Kind::effect_cell_entry, cell, as_in_a_rule.then_some(note), kept)?;
        let targets = vec![target.clone()];
        let kind = if node.has(Kind::kw_exclude) {
            ast::EffectKind::Exclude(targets)
        } else if let Some(verdict) = node.child(Kind::verdict) {
            ast::EffectKind::Cap(targets, self.name(&verdict))
        } else {
            ast::EffectKind::Score(targets, self.worth(&node.child(Kind::worth)?))
        };
        Some(ast::CellKind::Effects(vec![ast::Effect { span: self.at_piece(cell), kind }]))
    }

    fn then_cell<'t>(&mut self, cell: Piece<'t>, kept: &mut Kept<'t>) -> Option<ast::CellKind> {
        let note = match cell.1 {
            "-" => Some("an effect that is none is left empty"),
            text if text.starts_with(['+', '-']) => {
                Some("in a column `then`, an effect names its target: `score TARGET +1`")
            }
            _ => None,
        };
        let node = self.effects_piece(Kind::then_cell_entry, cell, note, kept)?;
        Some(ast::CellKind::Effects(node.children().filter_map(|effect| self.effect(&effect)).collect()))
    }

    /// Parses a cell of effects; where that fails, a note may say what belongs there.
    fn effects_piece<'t>(
        &mut self,
        entry: Kind,
        cell: Piece<'t>,
        note: Option<&str>,
        kept: &mut Kept<'t>,
    ) -> Option<Node<'t>> {
        let node = self.kept_piece(entry, cell, kept);
        if node.is_none()
            && let Some(note) = note
            && let Some(last) = self.diagnostics.pop()
        {
            self.report(last.note(note));
        }
        node
    }

    fn sources_cell(&mut self, node: &Node<'_>) -> ast::CellKind {
        let mut clauses: Vec<ast::From> = Vec::new();
        let mut place = false;
        for child in node.children() {
            match (child.kind(), clauses.last_mut()) {
                (Kind::name, _) => {
                    place = false;
                    clauses.push(ast::From { source: self.name(&child), quotes: Vec::new(), at: None });
                }
                (Kind::kw_at, _) => place = true,
                (Kind::plain_text, Some(_)) => {
                    let text = self.plain(&child);
                    if let Some(last) = clauses.last_mut() {
                        if place { last.at = Some(text) } else { last.quotes.push(text) }
                    }
                }
                _ => {}
            }
        }
        ast::CellKind::From(clauses)
    }
}

/// Keeps track of whether characters stand outside of texts and comments.
#[derive(Default)]
struct Outside {
    quoted: bool,
    escaped: bool,
    comment: bool,
}

impl Outside {
    /// Tells whether a character stands outside; the marks that begin and end a text do not.
    fn step(&mut self, c: char) -> bool {
        if self.comment {
            self.comment = c != '\n';
            return false;
        }
        if self.quoted {
            self.quoted = (c != '"' || self.escaped) && c != '\n';
            self.escaped = c == '\\' && !self.escaped;
            return false;
        }
        self.quoted = c == '"';
        self.comment = c == '#';
        !self.quoted && !self.comment
    }
}

/// Returns a line without the comment at its end.
pub(crate) fn without_comment(line: &str) -> &str {
    let mut outside = Outside::default();
    for (at, c) in line.char_indices() {
        outside.step(c);
        if outside.comment {
            return line.get(..at).unwrap_or("");
        }
    }
    line
}

/// Cuts a row into what stands before its first bar, its cells, and the place of `||` among them.
pub(crate) fn cut(start: usize, line: &str) -> (Option<Piece<'_>>, Vec<Piece<'_>>, Option<usize>) {
    let mut outside = Outside::default();
    let mut bars = Vec::new();
    for (at, c) in line.char_indices() {
        if outside.step(c) && c == '|' {
            bars.push(at);
        }
    }
    let first = bars.first().copied().unwrap_or(line.len());
    let name = Some(trim((start, line.get(..first).unwrap_or("")))).filter(|(_, text)| !text.is_empty());
    let mut cells = Vec::new();
    let mut divider = None;
    for (index, bar) in bars.iter().enumerate() {
        let from = bar + 1;
        match bars.get(index + 1) {
            Some(next) if *next == from && divider.is_none() => divider = Some(cells.len()),
            Some(next) => cells.push((start + from, line.get(from..*next).unwrap_or(""))),
            None => {
                let rest = line.get(from..).unwrap_or("");
                if !rest.trim().is_empty() {
                    cells.push((start + from, rest));
                }
            }
        }
    }
    (name, cells, divider)
}

/// Tells whether a line has a bar outside of texts.
fn has_bar(line: &str) -> bool {
    let mut outside = Outside::default();
    line.chars().any(|c| outside.step(c) && c == '|')
}

/// Tells whether a line looks like the cells of a row that something else than bars parts, or nothing.
fn is_sheet_row(text: &str) -> bool {
    let mut outside = Outside::default();
    let plain: String = text.chars().filter(|c| outside.step(*c)).collect();
    let signs = plain.contains(['\t', ';', '+', '<', '>', '=']);
    signs
        || plain.split_whitespace().any(|word| word == "-" || word.starts_with(|c: char| c.is_ascii_digit()))
}

/// Tells whether a cell is of the row of dashes under a heading.
pub(crate) fn is_rule(text: &str) -> bool {
    text.len() >= 2 && text.contains('-') && text.chars().all(|c| c == '-' || c == ':')
}

fn comparison(kind: Kind) -> Option<CompareOp> {
    super::expression::comparison(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_inside_a_text_ends_no_cell() {
        let (name, cells, divider) = cut(0, "one | \"a|b\" | - || +1 |");
        assert_eq!(name, Some((0, "one")));
        assert_eq!(cells.len(), 3);
        assert_eq!(divider, Some(2));
    }
}
