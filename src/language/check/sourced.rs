//! Facts and rules that no source tells, where most of their kind have one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Checker;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Expr, ExprKind, Id, Rule, Table};
use crate::source::Span;
use crate::syntax::ast::{DeclarationKind, LiteralKind, Statement};

/// Those of a kind: how many have a source, and where the others stand.
#[derive(Default)]
struct Kind {
    sourced: usize,
    bare: Vec<Span>,
}

impl Kind {
    fn add(&mut self, is_sourced: bool, place: Span) {
        if is_sourced {
            self.sourced += 1;
        } else {
            self.bare.push(place);
        }
    }

    /// Tells whether most of them have a source.
    fn mostly(&self) -> bool {
        self.sourced > self.bare.len()
    }
}

impl Checker<'_> {
    /// Tells whether a value comes of a fact: the fact has its source.
    pub(super) fn comes_of_facts(&self, value: &Expr) -> bool {
        let mut found = false;
        value.walk(&mut |part| {
            found |= match &part.kind {
                ExprKind::Fact(_) => true,
                ExprKind::Let(id) => self.lets_of_facts.contains(id),
                _ => false,
            };
        });
        found
    }

    /// Reports what has no source although most others of its kind have one.
    pub(super) fn check_sourced(&mut self) {
        self.check_sourced_facts();
        self.check_sourced_rules();
    }

    fn check_sourced_facts(&mut self) {
        let mut all = Kind::default();
        let mut facts: BTreeMap<Arc<str>, Kind> = BTreeMap::new();
        for declaration in self.declarations {
            let statements: &[Statement] = match &declaration.kind {
                DeclarationKind::Channel(channel) => &channel.statements,
                DeclarationKind::Parameter(parameter) => &parameter.statements,
                _ => &[],
            };
            // A variant states what its base does at the place where the base states it.
            let own = statements.iter().filter(|statement| {
                self.sources.is_own(statement.span.file)
                    && !matches!(statement.value.kind, LiteralKind::Unknown)
                    && (statement.span.file != declaration.span.file
                        || declaration.span.contains(statement.span))
            });
            for statement in own {
                let is_sourced = !statement.from.is_empty();
                all.add(is_sourced, statement.span);
                facts.entry(statement.fact.value.clone()).or_default().add(is_sourced, statement.span);
            }
        }
        for (name, fact) in facts {
            if fact.mostly() || (all.mostly() && fact.sourced > 0) {
                let message = format!("this value of `{name}` has no source, and most others have one");
                self.report_unsourced(&message, fact.bare);
            } else if all.mostly() {
                let declared = self.fact_names.get(&name).map(|(_, span)| *span);
                let declared = declared.or_else(|| self.symbols.get(&name).map(|(_, span)| *span));
                let message = format!("no value of `{name}` has a source, and most other facts have one");
                self.report_unsourced(&message, declared);
            }
        }
    }

    fn check_sourced_rules(&mut self) {
        let mut rules: BTreeMap<Option<Id<Table>>, Kind> = BTreeMap::new();
        // What a rule only notes may be said of the profile alone.
        let told = |rule: &&Rule| {
            let filter = rule.for_each.as_ref().and_then(|for_each| for_each.filter.as_ref());
            let read = rule.when.iter().chain(filter).chain(rule.ratings());
            let acts = rule.effects.is_empty() || rule.effects.iter().any(|effect| !effect.kind.is_note());
            self.sources.is_own(rule.name_span.file)
                && acts
                && !read.into_iter().any(|part| self.comes_of_facts(part))
        };
        for rule in self.rules.iter().filter(told) {
            let table = rule.row.as_ref().map(|row| row.table);
            rules.entry(table).or_default().add(!rule.sources.is_empty(), rule.name_span);
        }
        for (table, kind) in rules.into_iter().filter(|(_, kind)| kind.mostly()) {
            let message = match table {
                Some(table) => {
                    let name = self.tables[table].name.clone();
                    format!("this row of `{name}` has no source, and most others have one")
                }
                None => "this rule has no source, and most others have one".to_string(),
            };
            self.report_unsourced(&message, kind.bare);
        }
    }

    /// Reports the same of each place, so that each can be allowed; what is left is joined into one.
    fn report_unsourced(&mut self, message: &str, places: impl IntoIterator<Item = Span>) {
        for place in places {
            let diagnostic = Diagnostic::new(Code::Unsourced, place, message).here("no `from`");
            self.report(diagnostic.note(
                "say who tells it: `from SOURCE \"quote\"`; or why nobody has to: `allow unsourced \"…\"`",
            ));
        }
    }
}
