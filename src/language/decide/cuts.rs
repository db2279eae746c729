//! Where the values of unknown fields and facts turn conditions round: a few values of each tell apart what all of its
//! values could do.
//!
//! A number is compared with others as a line over itself: a factor times it, and a constant. Where two lines cross, a
//! comparison may turn round, and nowhere else. Of `if`, `min`, `max` and of facts looked up by a field, all lines count
//! that may be meant. What is no line (months between two days) and only grows or only falls is searched for the day on
//! which it turns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::could::{compare, number};
use super::eval::Context;
use super::ranges::{axis, ceiling, floor, ordered};
use super::verdict::Await;
use crate::date::Date;
use crate::exact::Exact;
use crate::model::{Between, Channel, Expr, ExprKind, FactRef, Field, Id, Let, Table, Type, Value};
use crate::operator::{CompareOp, Sign};

/// So many values times parts of a condition are tried at most.
pub(super) const MOST_WORK: usize = 50_000;
/// An expression may be one of so many lines.
const MOST_LINES: usize = 64;
/// A field is cut at so many places at most.
const MOST_TURNS: usize = 256;
/// A number that has so many values at most has each of them tried.
const MOST_NUMBERS: i128 = 17;
/// Of a set with so many values each subset is tried.
const MOST_MEMBERS: usize = 6;

/// A number as a function of one that is unknown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Line {
    of: Option<Await>,
    factor: Exact,
    constant: Exact,
}

/// What a value is compared with.
#[derive(Clone, Copy)]
enum Side<'r> {
    Of(&'r Expr),
    Constant(&'r Value),
}

/// What is found out of an unknown number, day or text.
#[derive(Clone, Debug)]
struct Found {
    turns: BTreeSet<Exact>,
    /// Whether it turns nothing round elsewhere.
    exact: bool,
}

/// The places where unknown fields and facts turn conditions round.
pub(super) struct Cuts<'c, 'r> {
    context: &'c Context<'r>,
    /// Those of which all values are tried.
    few: BTreeMap<Await, Vec<Value>>,
    found: BTreeMap<Await, Found>,
    /// The texts that are compared with.
    texts: BTreeSet<Arc<str>>,
    seen: BTreeSet<Id<Let>>,
    /// How many rows of tables were looked at.
    rows: BTreeMap<Id<Table>, usize>,
    lines: BTreeMap<Id<Let>, Option<Vec<Line>>>,
    parts: usize,
}

impl<'c, 'r> Cuts<'c, 'r> {
    /// Of some unknown fields and facts.
    pub(super) fn new(context: &'c Context<'r>, of: impl IntoIterator<Item = Await>) -> Self {
        let mut cuts = Cuts {
            context,
            few: BTreeMap::new(),
            found: BTreeMap::new(),
            texts: BTreeSet::new(),
            seen: BTreeSet::new(),
            rows: BTreeMap::new(),
            lines: BTreeMap::new(),
            parts: 0,
        };
        for of in of {
            match cuts.all_values(of) {
                Some(values) => {
                    cuts.few.insert(of, values);
                }
                None => {
                    cuts.found.insert(of, Found { turns: BTreeSet::new(), exact: true });
                }
            }
        }
        cuts
    }

    /// Of one number or day, cut even where all its values could be tried.
    pub(super) fn ordered(context: &'c Context<'r>, of: Await) -> Self {
        let mut cuts = Cuts::new(context, []);
        cuts.found.insert(of, Found { turns: BTreeSet::new(), exact: true });
        cuts
    }

    /// How many parts were looked at.
    pub(super) fn parts(&self) -> usize {
        self.parts
    }

    /// Looks for the places where a condition turns round.
    pub(super) fn visit(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>) {
        self.parts += 1;
        match &expr.kind {
            ExprKind::Let(id) => {
                if self.seen.insert(*id) {
                    self.visit(&self.context.ruleset.lets[*id].value, channel);
                }
            }
            ExprKind::Compare(_, left, right) => self.meet(left, Side::Of(right), channel),
            ExprKind::InSet { subject, members, .. } => {
                for member in members {
                    self.text(member);
                    self.meet(subject, Side::Constant(member), channel);
                }
            }
            ExprKind::InRange { subject, low, high, .. } => {
                for bound in [low, high].into_iter().flatten() {
                    self.meet(subject, Side::Of(bound), channel);
                }
            }
            ExprKind::Min(parts) | ExprKind::Max(parts) => {
                for (number, part) in parts.iter().enumerate() {
                    parts.iter().take(number).for_each(|before| self.meet(before, Side::Of(part), channel));
                }
            }
            ExprKind::Abs(inner) => match self.lines(inner, channel) {
                Some(lines) => self.cross(&lines, &[Line::constant(Exact::ZERO)]),
                None => self.give_up(&[inner]),
            },
            ExprKind::Literal(value) => self.text(value),
            ExprKind::Fact(fact) if expr.ty == Type::Text => {
                let entries = self.entries(fact, channel);
                entries.iter().filter_map(|(_, value)| value.as_ref()).for_each(|value| self.text(value));
            }
            ExprKind::Field(id) => {
                let value = self.context.field(*id);
                value.into_iter().for_each(|value| self.text(value));
            }
            ExprKind::Earlier(table, number) => {
                let seen = self.rows.insert(*table, *number).unwrap_or(0);
                let rows = &self.context.ruleset.tables[*table].matches;
                rows.iter().take(*number).skip(seen).for_each(|row| self.visit(row, None));
                self.rows.insert(*table, seen.max(*number));
            }
            ExprKind::Today
            | ExprKind::Fact(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::Has(..)
            | ExprKind::HasMany(..)
            | ExprKind::Known(..)
            | ExprKind::Excluded(..)
            | ExprKind::If(_)
            | ExprKind::Negate(_)
            | ExprKind::Sum(_)
            | ExprKind::Scale(..)
            | ExprKind::Convert(..)
            | ExprKind::Count(_)
            | ExprKind::Between(..)
            | ExprKind::Shift(..) => {}
        }
        for part in expr.parts() {
            self.visit(part, channel);
        }
    }

    fn text(&mut self, value: &Value) {
        if let Value::Text(text) = value {
            self.texts.insert(text.clone());
        }
    }

    /// Two values are compared.
    fn meet(&mut self, left: &'r Expr, right: Side<'r>, channel: Option<Id<Channel>>) {
        if !matches!(left.ty, Type::Number(_) | Type::Date) {
            return;
        }
        let lines = match right {
            Side::Of(right) => self.lines(right, channel),
            Side::Constant(value) => axis(value).map(|at| vec![Line::constant(at)]),
        };
        match (self.lines(left, channel), lines) {
            (Some(left), Some(right)) => self.cross(&left, &right),
            _ => self.search(left, right, channel),
        }
    }

    /// Lines are compared, each of the ones with each of the others.
    fn cross(&mut self, left: &[Line], right: &[Line]) {
        for a in left {
            for b in right {
                let of: BTreeSet<Await> = a.of.iter().chain(&b.of).copied().collect();
                let mut of = of.into_iter();
                let (Some(one), None) = (of.next(), of.next()) else {
                    // Of two unknown numbers no few values tell all that there is.
                    a.of.iter().chain(&b.of).for_each(|of| self.inexact(*of));
                    continue;
                };
                let factor = |line: &Line| if line.of.is_some() { line.factor } else { Exact::ZERO };
                let Some(factor) = factor(a).minus(factor(b)) else {
                    self.inexact(one);
                    continue;
                };
                if factor != Exact::ZERO {
                    match b.constant.minus(a.constant).and_then(|gap| gap.over(factor)) {
                        Some(at) => self.turn(one, at),
                        None => self.inexact(one),
                    }
                }
            }
        }
    }

    fn turn(&mut self, of: Await, at: Exact) {
        if let Some(found) = self.found.get_mut(&of) {
            found.exact &= found.turns.len() < MOST_TURNS;
            if found.exact {
                found.turns.insert(at);
            }
        }
    }

    fn inexact(&mut self, of: Await) {
        if let Some(found) = self.found.get_mut(&of) {
            found.exact = false;
        }
    }

    /// What these parts read may turn them round anywhere.
    fn give_up(&mut self, parts: &[&'r Expr]) {
        for part in parts {
            for of in self.reads(part).into_keys() {
                self.inexact(of);
            }
        }
    }

    /// The unknown fields and facts that a part reads, lets followed, and how often.
    fn reads(&self, expr: &'r Expr) -> BTreeMap<Await, usize> {
        let mut reads = BTreeMap::new();
        let mut open = vec![expr];
        let unknown = |of: &Await| self.found.contains_key(of) || self.few.contains_key(of);
        while let Some(next) = open.pop() {
            next.walk(&mut |part| match &part.kind {
                ExprKind::Field(id) => {
                    let of = Some(Await::Field(*id)).filter(unknown);
                    of.into_iter().for_each(|of| *reads.entry(of).or_default() += 1);
                }
                ExprKind::Fact(fact) => {
                    // Whichever channel it is of.
                    let of = self.found.keys().chain(self.few.keys()).copied();
                    let of = of.filter(|of| matches!(of, Await::Fact(_, (id, _)) if *id == fact.fact));
                    of.for_each(|of| *reads.entry(of).or_default() += 1);
                }
                ExprKind::Let(id) => open.push(&self.context.ruleset.lets[*id].value),
                _ => {}
            });
        }
        reads
    }

    /// Looks for the day on which a comparison turns round that reads one unknown day once and only grows or only falls
    /// with it.
    fn search(&mut self, left: &'r Expr, right: Side<'r>, channel: Option<Id<Channel>>) {
        let parts: Vec<&'r Expr> = match right {
            Side::Of(right) => vec![left, right],
            Side::Constant(_) => vec![left],
        };
        let reads: BTreeMap<Await, usize> = parts.iter().flat_map(|part| self.reads(part)).collect();
        let total: usize = parts.iter().map(|part| self.reads(part).values().sum::<usize>()).sum();
        let one = reads.into_keys().next().filter(|of| self.found.contains_key(of) && total == 1);
        let is_day = |of: &Await| self.kind(*of).0 == Type::Date;
        let (Some(of), true) = (one.filter(is_day), parts.iter().all(|part| self.only_grows(part))) else {
            return self.give_up(&parts);
        };
        let mut trial = self.context.again();
        for op in [CompareOp::AtLeast, CompareOp::Greater] {
            let mut holds = |day: i64| {
                assume(&mut trial, of, Some(Value::Date(Date::of_number(day))));
                let other = match right {
                    Side::Of(right) => trial.any_value(right, channel)?,
                    Side::Constant(value) => value.clone(),
                };
                Some(compare(op, &trial.any_value(left, channel)?, &other))
            };
            let (mut low, mut high) = (0, Date::MAX.number());
            let (Some(first), Some(last)) = (holds(low), holds(high)) else { continue };
            while first != last && high - low > 1 {
                let middle = low + (high - low) / 2;
                if holds(middle) == Some(first) { low = middle } else { high = middle }
            }
            if first != last {
                self.turn(of, Exact::whole(high));
            }
        }
    }

    /// Tells whether a value only grows or only falls with the unknown days in it, where it reads each once.
    fn only_grows(&self, expr: &'r Expr) -> bool {
        match &expr.kind {
            ExprKind::Field(_) => true,
            ExprKind::Let(id) => self.only_grows(&self.context.ruleset.lets[*id].value),
            ExprKind::Negate(_)
            | ExprKind::Sum(_)
            | ExprKind::Scale(..)
            | ExprKind::Convert(..)
            | ExprKind::Min(_)
            | ExprKind::Max(_)
            | ExprKind::Between(..)
            | ExprKind::Shift(..) => expr.parts().into_iter().all(|part| self.only_grows(part)),
            ExprKind::If(parts) => {
                let [condition, yes, no] = &**parts;
                self.reads(condition).is_empty() && self.only_grows(yes) && self.only_grows(no)
            }
            ExprKind::Fact(fact) => fact.indexes.iter().all(|index| self.reads(index).is_empty()),
            _ => self.reads(expr).is_empty(),
        }
    }

    /// The lines that a number or a day may be; of none, it is never known. Nothing where there are too many, or it is no
    /// line.
    fn lines(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Vec<Line>> {
        let lines = match &expr.kind {
            ExprKind::Literal(value) => vec![Line::constant(axis(value)?)],
            ExprKind::Today => vec![Line::constant(Exact::whole(self.context.day.number()))],
            ExprKind::Field(id) => match self.context.field(*id) {
                Some(value) => vec![Line::constant(axis(value)?)],
                None => self.unknown(Await::Field(*id))?,
            },
            ExprKind::Fact(fact) => {
                let mut lines = Vec::new();
                for (of, value) in self.entries(fact, channel) {
                    match value {
                        Some(value) => lines.push(Line::constant(axis(&value)?)),
                        None => lines.append(&mut self.unknown(of)?),
                    }
                }
                lines
            }
            ExprKind::Let(id) => {
                if let Some(known) = self.lines.get(id) {
                    return known.clone();
                }
                let found = self.lines(&self.context.ruleset.lets[*id].value, channel);
                self.lines.insert(*id, found.clone());
                return found;
            }
            ExprKind::If(parts) => {
                let [_, yes, no] = &**parts;
                let mut lines = self.lines(yes, channel)?;
                lines.append(&mut self.lines(no, channel)?);
                lines
            }
            ExprKind::Min(parts) | ExprKind::Max(parts) => {
                let mut lines = Vec::new();
                for part in parts {
                    lines.append(&mut self.lines(part, channel)?);
                }
                lines
            }
            ExprKind::Negate(inner) => self.scaled(inner, Exact::whole(-1), channel)?,
            ExprKind::Scale(inner, factor) | ExprKind::Convert(inner, factor) => {
                self.scaled(inner, *factor, channel)?
            }
            ExprKind::Abs(inner) => {
                let mut lines = self.lines(inner, channel)?;
                let mut turned = self.scaled(inner, Exact::whole(-1), channel)?;
                lines.append(&mut turned);
                lines
            }
            ExprKind::Sum(terms) => {
                let mut total = vec![Line::constant(Exact::ZERO)];
                for (sign, term) in terms {
                    let by = Exact::whole(if *sign == Sign::Plus { 1 } else { -1 });
                    let term = self.scaled(term, by, channel)?;
                    total = sums(&total, &term)?;
                }
                total
            }
            ExprKind::Between(Between::Days, from, to) => {
                let from = self.scaled(from, Exact::whole(-1), channel)?;
                sums(&self.lines(to, channel)?, &from)?
            }
            ExprKind::Count(set) => {
                let most = set.enum_id().map_or(0, |id| self.context.ruleset.enums[id].members.len() as i64);
                (0..=most).map(|count| Line::constant(Exact::whole(count))).collect()
            }
            ExprKind::Between(..) | ExprKind::Shift(..) => {
                if !self.reads(expr).is_empty() {
                    return None;
                }
                let value = self.context.any_value(expr, channel);
                value.as_ref().map_or(Some(Vec::new()), |value| Some(vec![Line::constant(axis(value)?)]))?
            }
            ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::Compare(..)
            | ExprKind::InSet { .. }
            | ExprKind::InRange { .. }
            | ExprKind::Has(..)
            | ExprKind::HasMany(..)
            | ExprKind::Known(..)
            | ExprKind::Excluded(..)
            | ExprKind::Earlier(..) => return None,
        };
        few_lines(lines)
    }

    fn scaled(&mut self, expr: &'r Expr, factor: Exact, channel: Option<Id<Channel>>) -> Option<Vec<Line>> {
        let lines = self.lines(expr, channel)?;
        let scaled = lines.into_iter().map(|line| {
            let (of, constant) = (line.factor.times(factor)?, line.constant.times(factor)?);
            Some(Line { factor: of, constant, ..line })
        });
        scaled.collect()
    }

    /// The lines that an unknown field or fact may be.
    fn unknown(&self, of: Await) -> Option<Vec<Line>> {
        if let Some(values) = self.few.get(&of) {
            return values.iter().map(|value| axis(value).map(Line::constant)).collect();
        }
        let line = Line { of: Some(of), factor: Exact::ONE, constant: Exact::ZERO };
        Some(self.found.contains_key(&of).then_some(line).into_iter().collect())
    }

    /// The entries that a fact may mean, each with its value where a source tells it.
    fn entries(&self, fact: &'r FactRef, channel: Option<Id<Channel>>) -> Vec<(Await, Option<Value>)> {
        let Some(of) = fact.channel.or(channel) else { return Vec::new() };
        let entry = |entry| (Await::Fact(of, entry), self.context.entry(of, entry).cloned());
        self.context.ruleset.entries_of(fact.fact).map(entry).collect()
    }

    /// The type of a field or fact, and the field.
    fn kind(&self, of: Await) -> (Type, Option<&'c Field>) {
        let ruleset = self.context.ruleset;
        match of {
            Await::Field(id) => (ruleset.fields[id].ty, Some(&ruleset.fields[id])),
            Await::Fact(_, (fact, _)) => (ruleset.facts[fact].ty, None),
        }
    }

    /// All values of a field or fact, where they are few.
    fn all_values(&self, of: Await) -> Option<Vec<Value>> {
        let (ty, field) = self.kind(of);
        let members = |id| 0..self.context.ruleset.enums[id].members.len() as u32;
        let mut values: Vec<Value> = match ty {
            Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
            Type::Enum(id) => members(id).map(Value::Enum).collect(),
            Type::Set(id) => {
                let count = Some(members(id).len()).filter(|count| *count <= MOST_MEMBERS)?;
                let subset =
                    |bits: u32| Value::Set(members(id).filter(|member| bits >> member & 1 == 1).collect());
                (0..1_u32 << count).map(subset).collect()
            }
            Type::Number(of) if of.whole => {
                let end = |end: &Option<Value>| end.as_ref().and_then(Value::as_number);
                let (low, high) = (end(&field?.low)?, end(&field?.high)?);
                let (low, high) = (ceiling(low)?, floor(high)?);
                if high.checked_sub(low)? >= MOST_NUMBERS {
                    return None;
                }
                let value = |whole| Exact::fraction(whole, 1).map(number);
                (low..=high).map(value).collect::<Option<_>>()?
            }
            Type::Number(_) | Type::Date | Type::Text => return None,
        };
        values.retain(|value| field.is_none_or(|field| field.allows(value)));
        Some(values)
    }

    /// The numbers at which a number or a day turns conditions round; nothing where it does so elsewhere too.
    pub(super) fn turns(&self, of: Await) -> Option<Vec<Exact>> {
        let found = self.found.get(&of).filter(|found| found.exact)?;
        Some(found.turns.iter().copied().collect())
    }

    /// Values that tell apart what all values of a field or fact could do; and whether they tell all of it.
    pub(super) fn values(&self, of: Await) -> (Vec<Value>, bool) {
        if let Some(values) = self.few.get(&of) {
            return (values.clone(), true);
        }
        let Some(found) = self.found.get(&of) else { return (Vec::new(), false) };
        let (ty, field) = self.kind(of);
        let mut values: Vec<Value> = match ty {
            Type::Text => {
                let others = (0..).map(|n| Arc::from("x".repeat(n)));
                let others = others.filter(|text: &Arc<str>| !self.texts.contains(text));
                // As many others as there are texts to be told apart.
                let count = self.found.keys().filter(|of| self.kind(**of).0 == Type::Text).count();
                self.texts.iter().cloned().chain(others.take(count)).map(Value::Text).collect()
            }
            Type::Set(id) => {
                let all = 0..self.context.ruleset.enums[id].members.len() as u32;
                let mut sets = vec![BTreeSet::new(), all.clone().collect()];
                sets.extend(all.take(MOST_TURNS).map(|member| BTreeSet::from([member])));
                return (sets.into_iter().map(Value::Set).collect(), false);
            }
            Type::Number(_) | Type::Date | Type::Bool | Type::Enum(_) => ordered(ty, field, &found.turns),
        };
        values.retain(|value| field.is_none_or(|field| field.allows(value)));
        (values, found.exact)
    }
}

impl Line {
    fn constant(constant: Exact) -> Line {
        Line { of: None, factor: Exact::ZERO, constant }
    }
}

/// Assumes that a field or fact has a value.
pub(super) fn assume(context: &mut Context<'_>, of: Await, value: Option<Value>) {
    match of {
        Await::Field(field) => context.assume(field, value),
        Await::Fact(channel, entry) => context.assume_fact(channel, entry, value),
    }
}

/// Each of some lines added to each of others.
fn sums(left: &[Line], right: &[Line]) -> Option<Vec<Line>> {
    let mut sums = Vec::new();
    for a in left {
        for b in right {
            let (of, factor) = match (a.of, b.of) {
                (None, _) => (b.of, b.factor),
                (_, None) => (a.of, a.factor),
                (Some(one), Some(other)) if one == other => (a.of, a.factor.plus(b.factor)?),
                (Some(_), Some(_)) => return None,
            };
            sums.push(Line { of, factor, constant: a.constant.plus(b.constant)? });
        }
    }
    few_lines(sums)
}

fn few_lines(mut lines: Vec<Line>) -> Option<Vec<Line>> {
    lines.sort_unstable();
    lines.dedup();
    (lines.len() <= MOST_LINES).then_some(lines)
}
