//! Facts that change, where the day is not settled but a field of the profile: a condition that reads some is another
//! one from each day on which one of them changes.

use std::collections::{BTreeMap, BTreeSet};

use super::Node;
use super::cells::{Draft, Test};
use super::fold::Builder;
use qudao_language::date::Date;
use qudao_language::decide::Judged;
use qudao_language::exact::Exact;
use qudao_language::model::{Channel, Expr, ExprKind, Fact, Field, Id, Let, Ruleset, Statement};
use qudao_language::operator::CompareOp;

/// The days on which facts change.
#[derive(Default)]
pub(super) struct Days {
    /// The field that says which day it is; where there is none, the day is settled.
    pub(super) today: Option<Id<Field>>,
    of_fact: BTreeMap<(Id<Channel>, Id<Fact>), BTreeSet<Date>>,
    of_let: BTreeMap<Id<Let>, BTreeSet<Date>>,
}

impl Days {
    pub(super) fn new(ruleset: &Ruleset, today: Option<Id<Field>>) -> Days {
        let mut days = Days { today, ..Days::default() };
        if today.is_none() {
            return days;
        }
        for (id, stated) in ruleset.stating() {
            for (entry, statements) in stated {
                let changes = statements.iter().flat_map(Statement::changes);
                let changes: Vec<Date> = changes.collect();
                if !changes.is_empty() {
                    days.of_fact.entry((id, entry.0)).or_default().extend(changes);
                }
            }
        }
        days
    }

    /// Notes what a let reads, after the lets within it.
    pub(super) fn read_let(&mut self, id: Id<Let>, expr: &Expr) {
        let days = self.of(expr, None);
        if !days.is_empty() {
            self.of_let.insert(id, days);
        }
    }

    /// The days on which facts change that an expression may read, lets followed; none where the day is settled.
    pub(super) fn of(&self, expr: &Expr, channel: Option<Id<Channel>>) -> BTreeSet<Date> {
        let mut days = BTreeSet::new();
        if self.of_fact.is_empty() {
            return days;
        }
        expr.walk(&mut |part| {
            let more = match &part.kind {
                ExprKind::Let(id) => self.of_let.get(id),
                ExprKind::Fact(fact) => {
                    let channel = fact.channel.or(channel);
                    channel.and_then(|channel| self.of_fact.get(&(channel, fact.fact)))
                }
                _ => None,
            };
            days.extend(more.into_iter().flatten().copied());
        });
        days
    }
}

impl<'p, 'r: 'p> Builder<'p, 'r> {
    /// A condition that may read facts that change on some days: what it is before the first of them, and from each on.
    /// Nothing where it is nothing on one of them.
    pub(super) fn on_each_day(
        &mut self,
        expr: &Expr,
        channel: Option<Id<Channel>>,
        mut on_day: impl FnMut(&mut Self) -> Option<Id<Node>>,
    ) -> Option<Id<Node>> {
        let days = self.days.of(expr, channel);
        if days.is_empty() {
            return on_day(self);
        }
        let usual = self.day;
        let mut found: Vec<(Date, Id<Node>)> = Vec::new();
        let mut all = true;
        for day in std::iter::once(Date::MIN).chain(days) {
            self.day = day;
            self.probe.on(day);
            let Some(node) = on_day(self) else {
                all = false;
                break;
            };
            if found.last().is_none_or(|(_, last)| *last != node) {
                found.push((day, node));
            }
        }
        self.day = usual;
        self.probe.on(usual);
        let (mut from, mut node) = found.pop().filter(|_| all)?;
        while let Some((day, before)) = found.pop() {
            let earlier = self.before(from);
            node = self.node(Node::If([earlier, before, node]));
            from = day;
        }
        Some(node)
    }

    /// Whether the day lies before another.
    fn before(&mut self, day: Date) -> Id<Node> {
        let today = self.days.today.expect("only where a field says the day are facts told apart by it");
        let variable = self.variable(today, None);
        let test = Test::Compare(CompareOp::Less, Exact::whole(day.number()));
        self.atom_node(Draft { variable, test, missing: Judged::OPEN })
    }
}
