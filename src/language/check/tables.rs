//! Decision tables: a row becomes a rule, each cell a condition or an effect with its own place.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use unicode_ident::is_xid_continue;

use super::operand::FUNCTIONS;
use super::scope::Scope;
use super::texts::Owner;
use super::unknown::TARGET;
use super::{Checker, Symbol};
use crate::diagnostic::{Code, Diagnostic, Label};
use crate::model::{self, Cell, Expr, ExprKind, Id, RowOf, Rule, Table, Type};
use crate::operator::{CompareOp, Policy};
use crate::source::{Span, Spanned, folded, normal};
use crate::syntax::ast::{self, CellKind, ColumnKind, DeclarationKind};
use crate::syntax::{Called, Declared, HeadingKind, RESERVED, SheetNames, parse_csv};

/// A row, the columns that its cells belong to, and the row of the base that it takes the place of.
struct PlacedRow<'a> {
    row: &'a ast::Row,
    /// The columns and rows among which it stands.
    grid: &'a ast::Grid,
    columns: Vec<usize>,
    replaced: Option<&'a ast::Row>,
}

/// Where a row stands.
struct At<'a> {
    table: &'a ast::Table,
    id: Id<Table>,
    number: usize,
    policy: Policy,
}

impl<'s> Checker<'s> {
    /// Returns the grid of a table, read from its CSV file if it has one.
    fn grid_of(&mut self, table: &'s ast::Table) -> Cow<'s, ast::Grid> {
        let Some(csv) = &table.csv else { return Cow::Borrowed(&table.grid) };
        let Some(file) = self.sources.brought(csv.span.file, &csv.value) else { return Cow::default() };
        let names = self.sheet_names.take().unwrap_or_else(|| {
            let all: Vec<&ast::Declaration> = self.declarations.iter().map(|it| &**it).collect();
            Box::new(SheetNames::new(&all))
        });
        let (grid, diagnostics) =
            parse_csv(self.sources.files(), file, &names, &mut Reader { checker: self, names: &names });
        self.sheet_names = Some(names);
        self.diagnostics.extend(diagnostics);
        self.rows_declared(&table.name, &grid);
        Cow::Owned(grid)
    }

    /// Adds the rows of a table to the rules.
    pub(super) fn table(
        &mut self,
        declaration: &'s ast::Declaration,
        table: &'s ast::Table,
    ) -> Vec<Id<Rule>> {
        let owner = Owner::new("table", &table.name);
        let title = self.words(&owner, "title", table.title.as_ref());
        let grid = self.grid_of(table);
        let changes: Vec<Cow<'_, ast::Grid>> =
            table.changes.iter().map(|change| self.grid_of(change)).collect();
        let policy = table.policy.map_or(Policy::Collect, |policy| policy.value);
        let columns = self.columns(&grid.columns);
        let mut rows: Vec<PlacedRow<'_>> = grid
            .rows
            .iter()
            .map(|row| PlacedRow {
                row,
                grid: &grid,
                columns: (0..grid.columns.len()).collect(),
                replaced: None,
            })
            .collect();
        for change in &changes {
            self.lay_over(&grid.columns, &mut rows, change);
        }
        let id = Id::new(self.tables.len());
        let mut names: BTreeMap<Arc<str>, Span> = BTreeMap::new();
        let mut ids = Vec::new();
        let mut matches = Vec::new();
        for (number, placed) in (1..).zip(&rows) {
            let row_name: Arc<str> = match &placed.row.name {
                Some(name) => {
                    if let Some(first) = names.insert(name.value.clone(), name.span) {
                        self.duplicate(name, first);
                    }
                    name.value.clone()
                }
                None => number.to_string().into(),
            };
            let name: Arc<str> = format!("{}.{row_name}", table.name.value).into();
            let at = At { table, id, number: number - 1, policy };
            let rule = self.row(&name, placed, &columns, title.clone(), &at, &mut matches);
            let rule = self.rules.push(rule);
            ids.push(rule);
            self.selectors.insert(name, (vec![rule], placed.row.span));
        }
        self.tables.push(Table {
            name: table.name.value.clone(),
            title,
            span: declaration.span,
            name_span: table.name.span,
            policy,
            rows: ids.clone(),
            matches,
        });
        ids
    }

    /// Puts the named rows of an override in the places of those that they change.
    fn lay_over<'a>(&mut self, base: &[ast::Column], rows: &mut [PlacedRow<'a>], change: &'a ast::Grid) {
        let files = self.sources.files();
        // A column is the same whether its name or a title heads it.
        let heading = |column: &ast::Column| match &column.kind {
            ColumnKind::Target(name) => name.value.to_string(),
            ColumnKind::Condition(ast::Expr { kind: ast::ExprKind::Path(name, indexes), .. })
                if indexes.is_empty() && name.tail.is_none() =>
            {
                name.head.value.to_string()
            }
            _ => folded(files.slice(column.span)),
        };
        let base: Vec<String> = base.iter().map(heading).collect();
        let own: Vec<String> = change.columns.iter().map(heading).collect();
        if base.iter().collect::<BTreeSet<_>>() != own.iter().collect::<BTreeSet<_>>() {
            if let Some(first) = change.columns.first() {
                self.report(
                    Diagnostic::new(
                        Code::WrongCells,
                        first.span,
                        "this heading differs from that of the base",
                    )
                    .here("other columns")
                    .note(format!("the base has | {} |", base.join(" | "))),
                );
            }
            return;
        }
        // Where each column of the base stands in the override.
        let places: Vec<usize> =
            base.iter().filter_map(|name| own.iter().position(|other| other == name)).collect();
        for row in &change.rows {
            let Some(name) = &row.name else {
                self.report(
                    Diagnostic::new(
                        Code::NothingToOverride,
                        row.span,
                        "a row of an override has the name of the row it replaces",
                    )
                    .here("no name before its first bar"),
                );
                continue;
            };
            let slot =
                rows.iter_mut().find(|other| other.row.name.as_ref().is_some_and(|n| n.value == name.value));
            match slot {
                Some(slot) => {
                    let replaced = Some(slot.replaced.unwrap_or(slot.row));
                    *slot = PlacedRow { row, grid: change, columns: places.clone(), replaced };
                }
                None => {
                    let names: Vec<Arc<str>> = rows
                        .iter()
                        .filter_map(|row| row.row.name.as_ref())
                        .map(|name| name.value.clone())
                        .collect();
                    let message = format!("the base has no row `{}` to override", name.value);
                    let diagnostic = Diagnostic::new(Code::NothingToOverride, name.span, message);
                    let names = names.iter().map(|name| &**name);
                    self.report(diagnostic.here("no such row").near(name.span, &name.value, names));
                }
            }
        }
    }

    fn columns(&mut self, columns: &[ast::Column]) -> Vec<Option<Column>> {
        let scope = table_scope();
        columns
            .iter()
            .map(|column| {
                Some(match &column.kind {
                    ColumnKind::Condition(expr) => {
                        let checked = self.expr(expr, None, &scope)?;
                        let text = folded(self.sources.files().slice(column.span));
                        Column::Condition(expr.clone(), checked, text)
                    }
                    ColumnKind::Target(name) => {
                        self.target(&TARGET, name, &scope)?;
                        Column::Effects
                    }
                    ColumnKind::Then => Column::Effects,
                    ColumnKind::Because(language) => Column::Because(language.clone()),
                    ColumnKind::Note(language) => Column::Note(language.clone()),
                    ColumnKind::From => Column::From,
                })
            })
            .collect()
    }

    fn row(
        &mut self,
        name: &Arc<str>,
        placed: &PlacedRow<'_>,
        columns: &[Option<Column>],
        title: Option<model::Text>,
        at: &At<'_>,
        matches: &mut Vec<Expr>,
    ) -> Rule {
        let scope = table_scope();
        let row = placed.row;
        let span = row.name.as_ref().map_or(row.span, |name| name.span);
        let owner = Owner::new("table", &Spanned { value: name.clone(), span });
        let mut cells = Vec::new();
        let mut parts = Vec::new();
        let mut effects = Vec::new();
        let mut because = Worded::default();
        let mut note = Worded::default();
        let mut sources = Vec::new();
        let mut last_condition = None;
        for (column, place) in columns.iter().zip(&placed.columns) {
            let (Some(column), Some(cell)) = (column, row.cells.get(*place)) else { continue };
            let own_heading = placed.grid.columns.get(*place).map(|column| column.span);
            if matches!(column, Column::Condition(..)) {
                last_condition = Some(cell.span);
            }
            match (column, &cell.kind) {
                (Column::Condition(expr, checked, heading), CellKind::Tests(any)) => {
                    if let Some((mut expr, text)) = self.cell_tests(expr, checked, heading, cell.span, any) {
                        // What a cell says takes its heading too; the span of the cell alone is that of its value.
                        expr.span = own_heading.map_or(cell.span, |heading| heading.to(cell.span));
                        self.wording.insert(expr.span, text.clone());
                        cells.push(Cell { text, part: Some(parts.len()) });
                        parts.push(expr);
                    }
                }
                (Column::Condition(_, _, heading), CellKind::Any) => {
                    cells.push(Cell { text: format!("{heading} -").into(), part: None });
                }
                (Column::Effects, CellKind::Effects(all)) => {
                    all.iter()
                        .for_each(|effect| self.effect(effect, &owner, (&scope, &[None]), &mut effects));
                }
                (Column::Because(language), CellKind::Text(text)) => because.add(language, text),
                (Column::Note(language), CellKind::Text(text)) => note.add(language, text),
                (Column::From, CellKind::From(from)) => sources.extend(self.citations(from)),
                _ => {}
            }
        }
        let because =
            because.template().and_then(|because| self.template(&owner, "because", &because, &scope));
        if let Some(note) = note.template() {
            let span = note.main.span;
            let kind = ast::EffectKind::Note(None, note, false);
            self.effect(&ast::Effect { span, kind }, &owner, (&scope, &[None]), &mut effects);
        }
        self.check_numbers(&owner, &effects);
        let own_span = last_condition.map_or(row.span.after(), |last| row.span.to(last));
        let own = Expr { span: own_span, ty: Type::Bool, kind: ExprKind::And(parts.clone()) };
        let asks = own.asks();
        let mut text: Vec<&str> =
            cells.iter().filter(|cell| cell.part.is_some()).map(|cell| &*cell.text).collect();
        let always = |text: String| if text.is_empty() { "always".to_string() } else { text };
        self.wording.insert(own_span, always(text.join(" and ")).into());
        if at.policy == Policy::First && at.number > 0 {
            let none = self.no_earlier_row(row.span, at);
            parts.push(none);
            text.push("no earlier row");
        }
        self.wording.insert(row.span, always(text.join(" and ")).into());
        let when = self.check_size(Expr { span: row.span, ty: Type::Bool, kind: ExprKind::And(parts) });
        matches.push(own);
        Rule {
            name: name.clone(),
            span: row.span,
            name_span: span,
            title,
            for_each: None,
            when,
            exceptions: Vec::new(),
            effects,
            because,
            sources,
            asks,
            row: Some(RowOf { table: at.id, number: at.number, cells }),
            replaced: placed
                .replaced
                .map(|old| model::Replaced { span: old.span, sources: self.row_sources(old) }),
        }
    }

    /// No row before this one matches.
    fn no_earlier_row(&mut self, row: Span, at: &At<'_>) -> Expr {
        let name = &at.table.name;
        let text = |word: &str| format!("{word} row of {} matches", name.value);
        self.wording.insert(name.span, text("an earlier").into());
        self.wording.insert(row.after(), text("no earlier").into());
        let earlier = ExprKind::Earlier(at.id, at.number);
        let earlier = Expr { span: name.span, ty: Type::Bool, kind: earlier };
        Expr { span: row.after(), ty: Type::Bool, kind: ExprKind::Not(Box::new(earlier)) }
    }

    fn row_sources(&mut self, row: &ast::Row) -> Vec<model::Citation> {
        let from = row.cells.iter().filter_map(|cell| match &cell.kind {
            CellKind::From(from) => Some(from),
            _ => None,
        });
        from.flat_map(|from| self.citations(from)).collect()
    }

    /// The tests of a cell, joined by `and` and `or`.
    fn cell_tests(
        &mut self,
        column: &ast::Expr,
        checked: &Expr,
        heading: &str,
        span: Span,
        any: &[Vec<ast::OneTest>],
    ) -> Option<(Expr, Arc<str>)> {
        if let [all] = any
            && let [one] = all.as_slice()
        {
            return self.cell_test(column, checked, heading, span, one);
        }
        let mut groups: Vec<Option<(Expr, Arc<str>)>> = Vec::new();
        for all in any {
            let tests: Vec<Option<(Expr, Arc<str>)>> =
                all.iter().map(|one| self.cell_test(column, checked, heading, one.span, one)).collect();
            let tests: Option<Vec<(Expr, Arc<str>)>> = tests.into_iter().collect();
            groups.push(tests.and_then(|tests| self.joined(tests, ExprKind::And, " and ")));
        }
        let groups: Option<Vec<(Expr, Arc<str>)>> = groups.into_iter().collect();
        let (expr, text) = self.joined(groups?, ExprKind::Or, " or ")?;
        // Other cells of the row are joined to it by `and`.
        let text = if any.len() > 1 { format!("({text})").into() } else { text };
        Some((expr, text))
    }

    /// Joins conditions on one column; one alone stays as it is.
    fn joined(
        &mut self,
        mut parts: Vec<(Expr, Arc<str>)>,
        join: fn(Vec<Expr>) -> ExprKind,
        word: &str,
    ) -> Option<(Expr, Arc<str>)> {
        for (expr, text) in &parts {
            self.wording.insert(expr.span, text.clone());
        }
        if parts.len() == 1 {
            return parts.pop();
        }
        let span = parts.first()?.0.span.to(parts.last()?.0.span);
        let text = parts.iter().map(|(_, text)| &**text).collect::<Vec<_>>().join(word);
        let parts = parts.into_iter().map(|(expr, _)| expr).collect();
        Some((Expr { span, ty: Type::Bool, kind: join(parts) }, text.into()))
    }

    /// A cell's test: the column's expression compared with what stands in the cell.
    fn cell_test(
        &mut self,
        column: &ast::Expr,
        checked: &Expr,
        heading: &str,
        span: Span,
        one: &ast::OneTest,
    ) -> Option<(Expr, Arc<str>)> {
        let (denied, test_span, test) = (one.denied, one.test.span, &one.test.value);
        let own = folded(self.sources.files().slice(span));
        let test_text = folded(self.sources.files().slice(test_span));
        let left = Box::new(column.clone());
        let compare = |op: CompareOp, value: &ast::Expr| {
            let op = Spanned { value: op, span: test_span };
            ast::ExprKind::Compare(Box::new(column.clone()), op, Box::new(value.clone()))
        };
        let (kind, text) = match (test, denied) {
            (ast::CellTest::Equals(value), _) if checked.ty == Type::Bool && is_bool(value).is_some() => {
                // A column of conditions: `true` and `false` say how it comes out.
                let kind = if is_bool(value) == Some(!denied) {
                    ast::ExprKind::Group(left)
                } else {
                    ast::ExprKind::Not(left)
                };
                (kind, format!("{heading} {own}"))
            }
            (ast::CellTest::Equals(value), false) => {
                (compare(CompareOp::Equal, value), format!("{heading} == {own}"))
            }
            (ast::CellTest::Equals(value), true) => {
                (compare(CompareOp::NotEqual, value), format!("{heading} != {test_text}"))
            }
            (ast::CellTest::In(within), _) => {
                (ast::ExprKind::In(left, denied, Box::new(within.clone())), format!("{heading} {own}"))
            }
            (ast::CellTest::Compare(op, value), _) => {
                (compare(op.value, value), format!("{heading} {test_text}"))
            }
            (ast::CellTest::Has(quantifier, element), _) => {
                let element = Box::new(element.clone());
                (ast::ExprKind::Has(left, *quantifier, element), format!("{heading} {test_text}"))
            }
        };
        let before = self.diagnostics.len();
        let checked = self.condition(&ast::Expr { span, kind }, &table_scope());
        // What is wrong is wrong with the cell: the heading is fine by itself.
        for diagnostic in self.diagnostics.iter_mut().skip(before) {
            if column.span.contains(diagnostic.label.span) {
                let heading = std::mem::replace(&mut diagnostic.label.span, test_span);
                diagnostic.labels.push(Label { span: heading, message: "the column".into() });
            }
        }
        if checked.is_none() && matches!(test, ast::CellTest::Equals(_)) {
            self.anything(before, test_span);
        }
        let mut checked = checked?;
        if denied && matches!(test, ast::CellTest::Compare(..) | ast::CellTest::Has(..)) {
            checked.span = test_span;
            self.wording.insert(test_span, text.into());
            checked = Expr { span, ty: Type::Bool, kind: ExprKind::Not(Box::new(checked)) };
            return Some((checked, format!("{heading} {own}").into()));
        }
        Some((checked, text.into()))
    }

    /// Tells that what matches anything is `-`, where a cell says so by a word that nothing declares.
    fn anything(&mut self, known: usize, span: Span) {
        let word = self.sources.files().slice(span).to_lowercase();
        let any = matches!(&*word, "any" | "all" | "every" | "anything" | "任意" | "所有");
        let rest =
            matches!(&*word, "otherwise" | "else" | "default" | "other" | "rest" | "其他" | "其它" | "否则");
        let [diagnostic] = self.diagnostics.get_mut(known..).unwrap_or(&mut []) else { return };
        if !(any || rest) || diagnostic.label.span != span {
            return;
        }
        let told =
            Diagnostic::new(diagnostic.code, span, "a condition that does not matter is `-`").here("no test");
        *diagnostic = match any {
            true => told.fix("write `-`", span, "-"),
            false => told
                .note("the rest is what the last row of a `first` table takes, with `-` in each cell")
                .guess("write `-`", span, "-"),
        };
    }

    /// Rows of a `first` table ask what any of them asks, for each depends on those before it.
    pub(super) fn spread_asking(&mut self) {
        for table in self.tables.iter().filter(|table| table.policy == Policy::First) {
            let asks = table.rows.iter().any(|row| self.rules[*row].asks);
            for row in &table.rows {
                self.rules[*row].asks |= asks;
            }
        }
    }

    /// Tells which declarations are rules or tables, in their order.
    pub(super) fn rule_declarations(&self) -> Vec<(&'s ast::Declaration, RuleOrTable<'s>)> {
        self.each(|kind| match kind {
            DeclarationKind::Rule(rule) => Some(RuleOrTable::Rule(rule)),
            DeclarationKind::Table(table) => Some(RuleOrTable::Table(table)),
            _ => None,
        })
    }
}

/// Tells how the cells of a CSV file are read.
struct Reader<'c, 's> {
    checker: &'c mut Checker<'s>,
    names: &'c SheetNames,
}

impl Reader<'_, '_> {
    /// The type of an expression, of which nothing is said if it is wrong.
    fn ty(&mut self, expr: &ast::Expr) -> Option<Type> {
        let said = self.checker.diagnostics.len();
        let checked = self.checker.expr(expr, None, &table_scope());
        self.checker.diagnostics.truncate(said);
        checked.map(|checked| checked.ty)
    }
}

impl Declared for Reader<'_, '_> {
    fn heading(&mut self, text: &str, expr: Option<&ast::Expr>) -> HeadingKind {
        match self.checker.find_symbol(text) {
            Some(Symbol::Channel(_) | Symbol::Mix(_)) => return HeadingKind::Target(normal(text)),
            Some(
                Symbol::Field(_) | Symbol::Let(_) | Symbol::Weight(_) | Symbol::Parameter(_) | Symbol::Broken,
            ) => {
                return HeadingKind::Expression;
            }
            None => {}
        }
        let called = self.names.columns.called(text);
        // What says something by names alone is no title.
        if called != Called::Nothing && expr.is_none_or(|expr| self.ty(expr).is_none()) {
            return match called {
                Called::Name(name) => match self.checker.find_symbol(&name) {
                    Some(Symbol::Channel(_) | Symbol::Mix(_)) => HeadingKind::Target(name),
                    _ => HeadingKind::Field(name),
                },
                Called::Several(all) => HeadingKind::Several(all),
                Called::Nothing => HeadingKind::Expression,
            };
        }
        let is_name = text.chars().all(is_xid_continue) && !text.starts_with(|c: char| c.is_ascii_digit());
        if is_name && !RESERVED.contains(&text) { HeadingKind::Nothing } else { HeadingKind::Expression }
    }

    fn enum_of(&mut self, column: &ast::Expr) -> Option<Arc<str>> {
        match self.ty(column)? {
            Type::Enum(id) | Type::Set(id) => Some(self.checker.enums[id].name.clone()),
            Type::Bool | Type::Number(_) | Type::Text | Type::Date => None,
        }
    }

    fn knows(&self, name: &str, before_point: bool) -> bool {
        self.checker.symbols.contains_key(name)
            || before_point && self.checker.enum_names.contains_key(name)
            || FUNCTIONS.contains(&name)
    }
}

/// A rule, or a table of rules.
#[derive(Clone, Copy)]
pub(super) enum RuleOrTable<'s> {
    Rule(&'s ast::Rule),
    Table(&'s ast::Table),
}

impl<'s> RuleOrTable<'s> {
    pub(super) fn name(self) -> &'s ast::Name {
        match self {
            RuleOrTable::Rule(rule) => &rule.name,
            RuleOrTable::Table(table) => &table.name,
        }
    }

    /// The name of a `for each` rule's variable.
    pub(super) fn variable(self) -> Option<&'s ast::Name> {
        match self {
            RuleOrTable::Rule(rule) => rule.for_each.as_ref().map(|for_each| &for_each.variable),
            RuleOrTable::Table(_) => None,
        }
    }

    pub(super) fn exception_to(self) -> &'s [ast::Name] {
        match self {
            RuleOrTable::Rule(rule) => &rule.exception_to,
            RuleOrTable::Table(_) => &[],
        }
    }
}

/// A column that was understood.
enum Column {
    /// The expression as it is written, checked, and its text.
    Condition(ast::Expr, Expr, String),
    /// Of a target that there is, or of several.
    Effects,
    Because(Option<ast::Name>),
    Note(Option<ast::Name>),
    From,
}

/// Tells whether an expression is `true` or `false`.
fn is_bool(expr: &ast::Expr) -> Option<bool> {
    if let ast::ExprKind::Bool(value) = expr.kind { Some(value) } else { None }
}

/// A text that is spread over columns, one a language.
#[derive(Default)]
struct Worded {
    main: Option<ast::Template>,
    translations: Vec<(ast::Name, Spanned<Vec<ast::Piece>>)>,
}

impl Worded {
    fn add(&mut self, language: &Option<ast::Name>, text: &ast::Template) {
        match language {
            Some(language) => self.translations.push((language.clone(), text.main.clone())),
            None => self.main = Some(text.clone()),
        }
    }

    /// The whole text; a translation alone stands for the text itself.
    fn template(mut self) -> Option<ast::Template> {
        let mut main = match self.main {
            Some(main) => main,
            None if self.translations.is_empty() => return None,
            None => ast::Template { main: self.translations.remove(0).1, translations: Vec::new() },
        };
        main.translations.append(&mut self.translations);
        Some(main)
    }
}

fn table_scope() -> Scope {
    Scope { may_ask: true, ..Scope::plain("a table") }
}
