//! Where the values of fields and facts turn conditions round: a few values of each tell apart what all of its values could
//! do. This is the one place that knows; who asks names the fields and facts that may change, and all else stays as it is.
//!
//! Every number that a part of a condition can come out as is a line: a factor times something, and a constant. That is one
//! of those that change, or a curve of it that only grows or only falls (months between days, a day moved by months, what
//! is rounded). A comparison may turn round where two lines meet, and nowhere else: these places are solved for, along
//! curves by bisection. Of `if`, `min`, `max` and of facts looked up by a field, all lines count that may be meant. There may be too
//! many places, never too few; where they cannot be solved for, that is said.

mod lines;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use lines::{Curve, Line, Shape};

use super::eval::Context;
use super::ranges::{axis, few_numbers, ordered};
use super::verdict::Await;
use crate::exact::Exact;
use crate::model::{Channel, Expr, ExprKind, FactRef, Field, Id, Let, Table, Type, Value};

/// So many values times parts of a condition are tried at most.
pub(super) const MOST_WORK: usize = 50_000;
/// So many places where two of them meet are looked for at most.
const MOST_CROSSINGS: usize = 20_000;
/// A field is cut at so many places at most, where values are to be tried.
pub(super) const MOST_TURNS: usize = 256;
/// So many comparisons are set free at most.
const MOST_FREE: usize = 6;
/// Of a set with so many values each subset is tried.
const MOST_MEMBERS: usize = 6;

/// What a value is compared with.
#[derive(Clone, Copy)]
enum Side<'r> {
    Of(&'r Expr),
    Constant(&'r Value),
}

/// What is found out of a number, day or text that changes.
#[derive(Clone, Debug)]
struct Found {
    /// The number of its curve.
    curve: usize,
    turns: BTreeSet<Exact>,
    /// Whether it turns nothing round elsewhere.
    exact: bool,
}

/// A comparison of which no few values of what changes tell when it holds: two that change are added or multiplied, say.
#[derive(Clone)]
pub(super) struct Free<'r> {
    pub(super) expr: &'r Expr,
    pub(super) channel: Option<Id<Channel>>,
    /// What of all that changes it reads.
    pub(super) reads: BTreeSet<Await>,
    /// Whether it reads a fact besides that no source tells.
    pub(super) reads_untold: bool,
}

/// What is to be undone where a comparison is set free.
#[derive(Clone, Copy)]
enum Step {
    Seen(Id<Let>),
    Rows(Id<Table>, usize),
    Read(Await),
    Inexact(Await),
}

/// The places where fields and facts that change turn conditions round.
pub(super) struct Cuts<'c, 'r> {
    context: &'c Context<'r>,
    /// Those of which all values are tried.
    few: BTreeMap<Await, Vec<Value>>,
    found: BTreeMap<Await, Found>,
    curves: Vec<Curve>,
    /// The texts that are compared with.
    texts: BTreeSet<Arc<str>>,
    seen: BTreeSet<Id<Let>>,
    /// How many rows of tables were looked at.
    rows: BTreeMap<Id<Table>, usize>,
    lines: HashMap<Id<Let>, Option<Vec<Line>>>,
    /// Whether lets read what changes.
    reads: HashMap<Id<Let>, bool>,
    parts: usize,
    /// How many more places may be looked for.
    left: usize,
    /// What was found to be read, besides by what is set free.
    read: BTreeSet<Await>,
    /// What is set free, if it is to be.
    free: Option<Vec<Free<'r>>>,
    /// What was found out, in order.
    trail: Vec<Step>,
}

impl<'c, 'r> Cuts<'c, 'r> {
    /// Of some fields and facts.
    pub(super) fn new(context: &'c Context<'r>, of: impl IntoIterator<Item = Await>) -> Self {
        let mut cuts = Cuts {
            context,
            few: BTreeMap::new(),
            found: BTreeMap::new(),
            curves: Vec::new(),
            texts: BTreeSet::new(),
            seen: BTreeSet::new(),
            rows: BTreeMap::new(),
            lines: HashMap::new(),
            reads: HashMap::new(),
            parts: 0,
            left: MOST_CROSSINGS,
            read: BTreeSet::new(),
            free: None,
            trail: Vec::new(),
        };
        for of in of {
            match cuts.all_values(of) {
                Some(values) => _ = cuts.few.insert(of, values),
                None => cuts.change(of),
            }
        }
        cuts
    }

    /// Of some fields and facts, comparisons set free that no few values of them tell of.
    pub(super) fn freeing(context: &'c Context<'r>, of: impl IntoIterator<Item = Await>) -> Self {
        Cuts { free: Some(Vec::new()), ..Cuts::new(context, of) }
    }

    /// Of one field, cut even where all its values could be tried.
    pub(super) fn of_one(context: &'c Context<'r>, field: Id<Field>) -> Self {
        let mut cuts = Cuts::new(context, []);
        cuts.change(Await::Field(field));
        cuts
    }

    fn change(&mut self, of: Await) {
        self.found.insert(of, Found { curve: self.curves.len(), turns: BTreeSet::new(), exact: true });
        self.curves.push(Curve::itself(of));
    }

    /// What a number is multiplied by and added to that changes alone, if an expression comes to that, lets followed.
    pub(super) fn line(&mut self, expr: &'r Expr) -> Option<(Exact, Exact)> {
        let [line] = self.lines(expr, None)?.try_into().ok()?;
        let line: Line = line;
        (line.is_constant() || self.curve(line.curve).shape == Shape::Itself)
            .then_some((line.times, line.plus))
    }

    /// How many parts were looked at.
    pub(super) fn parts(&self) -> usize {
        self.parts
    }

    /// Takes what was set free.
    pub(super) fn take_free(&mut self) -> Vec<Free<'r>> {
        self.free.take().unwrap_or_default()
    }

    /// Tells whether something that changes is read otherwise than by what was set free.
    pub(super) fn is_read(&self, of: Await) -> bool {
        self.read.contains(&of)
    }

    /// Looks for the places where a condition turns round.
    pub(super) fn visit(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>) {
        let expr = expr.of_channel(channel);
        let begin = self.trail.len();
        self.look(expr, channel);
        let compares = matches!(
            expr.kind,
            ExprKind::Compare(..)
                | ExprKind::InSet { .. }
                | ExprKind::InList { .. }
                | ExprKind::InRange { .. }
        );
        let may_free =
            compares && self.left > 0 && self.free.as_ref().is_some_and(|all| all.len() < MOST_FREE);
        if may_free && self.trail.iter().skip(begin).any(|step| matches!(step, Step::Inexact(_))) {
            self.set_free(expr, channel, begin);
        }
    }

    fn set_free(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>, begin: usize) {
        for step in self.trail.split_off(begin) {
            match step {
                Step::Seen(id) => _ = self.seen.remove(&id),
                // The first is how many there were before.
                Step::Rows(table, before) => _ = self.rows.insert(table, before),
                Step::Read(of) => _ = self.read.remove(&of),
                Step::Inexact(of) => {
                    self.found.get_mut(&of).expect("only what changes is inexact").exact = true
                }
            }
        }
        let mut reads = self.context.unknown_parts(&[(expr, channel)]);
        let untold = |of: &Await| matches!(of, Await::Fact(..)) && !self.changes(*of);
        let reads_untold = reads.iter().any(untold);
        reads.retain(|of| self.changes(*of));
        self.free
            .iter_mut()
            .for_each(|free| free.push(Free { expr, channel, reads: reads.clone(), reads_untold }));
    }

    fn changes(&self, of: Await) -> bool {
        self.found.contains_key(&of) || self.few.contains_key(&of)
    }

    fn reads_one(&mut self, of: Await) {
        if self.free.is_some() && self.changes(of) && self.read.insert(of) {
            self.trail.push(Step::Read(of));
        }
    }

    fn look(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>) {
        self.parts += 1;
        match &expr.kind {
            ExprKind::Let(id) => {
                if self.seen.insert(*id) {
                    self.trail.push(Step::Seen(*id));
                    self.visit(&self.context.ruleset.lets[*id].value, None);
                }
            }
            ExprKind::Compare(_, left, right) => self.meet(left, Side::Of(right), channel),
            ExprKind::InSet { subject, members, .. } => {
                for member in members {
                    self.text(member);
                    self.meet(subject, Side::Constant(member), channel);
                }
            }
            ExprKind::InList { subject, members, .. } => {
                members.iter().for_each(|member| self.meet(subject, Side::Of(member), channel));
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
                Some(lines) => self.meet_lines(&lines, &[Line::constant(Exact::ZERO)]),
                None => self.give_up(&[inner]),
            },
            ExprKind::Leads(of, race) => {
                let Some(own) = of.or(channel).map(|channel| race.place(channel)) else { return };
                let values = race.entrants.iter().map(|entrant| &entrant.value).enumerate();
                let (own, others): (Vec<_>, Vec<_>) = values.partition(|(place, _)| *place == own);
                for (_, other) in others {
                    own.iter().for_each(|(_, own)| self.meet(own, Side::Of(other), None));
                }
            }
            ExprKind::Literal(value) => self.text(value),
            ExprKind::Fact(fact) if expr.ty == Type::Text => {
                let entries = self.entries(fact, channel);
                entries.iter().filter_map(|(_, value)| value.as_ref()).for_each(|value| self.text(value));
            }
            ExprKind::Field(id) => {
                let value = self.context.field(*id);
                value.into_iter().for_each(|value| self.text(value));
                self.reads_one(Await::Field(*id));
            }
            ExprKind::Earlier(table, number) => {
                let seen = self.rows.insert(*table, *number).unwrap_or(0);
                self.trail.push(Step::Rows(*table, seen));
                let rows = &self.context.ruleset.tables[*table].matches;
                rows.iter().take(*number).skip(seen).for_each(|row| self.visit(row, None));
                self.rows.insert(*table, seen.max(*number));
            }
            ExprKind::Today
            | ExprKind::Fact(_)
            | ExprKind::OfChannel(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::Has(..)
            | ExprKind::HasMany(..)
            | ExprKind::HasSet(..)
            | ExprKind::SetOf(_)
            | ExprKind::Common(..)
            | ExprKind::Known(..)
            | ExprKind::Excluded(..)
            | ExprKind::If(_)
            | ExprKind::Negate(_)
            | ExprKind::Sum(_)
            | ExprKind::Scale(..)
            | ExprKind::Product(..)
            | ExprKind::Quotient(..)
            | ExprKind::Round(..)
            | ExprKind::Convert(..)
            | ExprKind::Count(_)
            | ExprKind::Between(..)
            | ExprKind::Shift(..) => {}
        }
        if let (ExprKind::Fact(fact), Some(_)) = (&expr.kind, &self.free)
            && let Some(of) = fact.channel.or(channel)
        {
            let entries = self.context.entries_read(fact, channel);
            entries.into_iter().for_each(|entry| self.reads_one(Await::Fact(of, entry)));
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
            (Some(left), Some(right)) => self.meet_lines(&left, &right),
            _ => match right {
                Side::Of(right) => self.give_up(&[left, right]),
                Side::Constant(_) => self.give_up(&[left]),
            },
        }
    }

    /// Lines are compared, each of the ones with each of the others.
    fn meet_lines(&mut self, left: &[Line], right: &[Line]) {
        for a in left {
            for b in right {
                if self.cross(a, b).is_none() {
                    [self.of(a), self.of(b)].into_iter().flatten().for_each(|of| self.inexact(of));
                    if self.left == 0 {
                        // What was not looked at may turn anything.
                        return self.found.values_mut().for_each(|found| found.exact = false);
                    }
                }
            }
        }
    }

    /// Two lines meet at one place, or turn round between two; nothing where it cannot be found.
    fn cross(&mut self, a: &Line, b: &Line) -> Option<()> {
        let turned = b.scaled(Exact::whole(-1))?;
        let gap = a.and(&turned);
        let changing = match &gap {
            Some(gap) => self.changing(gap),
            None => match (self.changing(a), self.changing(&turned)) {
                // Of two that change, or of one that grows and falls, no few values tell all that there is.
                (Some(a), Some(b)) if a != b => return None,
                (a, b) => a.or(b),
            },
        };
        // Constants meet everywhere or nowhere.
        let Some((of, grows)) = changing else { return Some(()) };
        self.left = self.left.checked_sub(1)?;
        if let Some(Line { curve, times, plus }) = gap
            && self.curve(curve).shape == Shape::Itself
        {
            self.turn(of, plus.over(times)?.negated());
            return Some(());
        }
        let Some((low, high)) = self.ends(of) else {
            let gap = gap?;
            let places = self.steps(gap.curve, gap.plus.over(gap.times)?.negated())?;
            places.into_iter().for_each(|place| self.turn(of, place));
            return Some(());
        };
        for past in [false, true] {
            let (mut from, mut to) = (low, high);
            while from <= to {
                let middle = from + (to - from) / 2;
                let gap = self.value(a, middle)?.minus(self.value(b, middle)?)?;
                let gap = if grows { gap } else { gap.negated() };
                if gap > Exact::ZERO || (!past && gap == Exact::ZERO) {
                    to = middle - 1;
                } else {
                    from = middle + 1;
                }
            }
            if from <= high {
                self.turn(of, Exact::fraction(from, 1)?);
            }
        }
        Some(())
    }

    fn turn(&mut self, of: Await, at: Exact) {
        self.found.get_mut(&of).expect("only what changes has lines").turns.insert(at);
    }

    fn inexact(&mut self, of: Await) {
        let found = self.found.get_mut(&of).expect("only what changes has lines");
        if std::mem::replace(&mut found.exact, false) {
            self.trail.push(Step::Inexact(of));
        }
    }

    /// What these parts read may turn them round anywhere.
    fn give_up(&mut self, parts: &[&'r Expr]) {
        let mut open = parts.to_vec();
        let (mut seen, mut read) = (BTreeSet::new(), BTreeSet::new());
        while let Some(next) = open.pop() {
            next.walk(&mut |part| match &part.kind {
                ExprKind::Let(id) if seen.insert(*id) => open.push(&self.context.ruleset.lets[*id].value),
                _ => read.extend(self.found.keys().filter(|of| is_read(part, **of)).copied()),
            });
        }
        read.into_iter().for_each(|of| self.inexact(of));
    }

    /// Tells whether an expression reads what changes, lets followed.
    fn reads(&mut self, expr: &'r Expr) -> bool {
        let mut lets = Vec::new();
        let mut found = false;
        expr.walk(&mut |part| match &part.kind {
            ExprKind::Let(id) => lets.push(*id),
            ExprKind::Earlier(..) => found = true,
            _ => found = found || self.found.keys().chain(self.few.keys()).any(|of| is_read(part, *of)),
        });
        found || lets.into_iter().any(|id| self.let_reads(id))
    }

    fn let_reads(&mut self, id: Id<Let>) -> bool {
        if let Some(known) = self.reads.get(&id) {
            return *known;
        }
        let reads = self.reads(&self.context.ruleset.lets[id].value);
        self.reads.insert(id, reads);
        reads
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

    /// Tells whether it is how many of one unit another is: above nothing.
    fn is_rate(&self, of: Await) -> bool {
        matches!(of, Await::Fact(_, (fact, _)) if self.context.ruleset.facts[fact].rate_of.is_some())
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
            Type::Number(_) => few_numbers(field?)?,
            Type::Date | Type::Text => return None,
        };
        values.retain(|value| field.is_none_or(|field| field.allows(value)));
        Some(values)
    }

    /// The numbers at which a field turns conditions round, and whether it does so nowhere else.
    pub(super) fn turns(&self, of: Id<Field>) -> (Vec<Exact>, bool) {
        let found = self.found.get(&Await::Field(of)).expect("who asks for a field has said that it changes");
        (found.turns.iter().copied().collect(), found.exact)
    }

    /// The texts that conditions compare with.
    pub(super) fn into_texts(self) -> BTreeSet<Arc<str>> {
        self.texts
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
            Type::Number(_) | Type::Date | Type::Bool | Type::Enum(_) => {
                let least = self.is_rate(of).then_some(Exact::ZERO);
                ordered(ty, field, found.turns.iter().copied().take(MOST_TURNS).chain(least))
            }
        };
        values.retain(|value| field.is_none_or(|field| field.allows(value)));
        if self.is_rate(of) {
            values.retain(|value| axis(value).is_some_and(|rate| rate > Exact::ZERO));
        }
        (values, found.exact && found.turns.len() <= MOST_TURNS)
    }
}

/// Tells whether an expression itself reads a field or fact; a fact of whichever channel, with any index.
fn is_read(part: &Expr, of: Await) -> bool {
    match (&part.kind, of) {
        (ExprKind::Field(id), Await::Field(of)) => *id == of,
        (ExprKind::Fact(fact), Await::Fact(_, (of, _))) => fact.fact == of,
        _ => false,
    }
}

/// Assumes that a field or fact has a value.
pub(super) fn assume(context: &mut Context<'_>, of: Await, value: Option<Value>) {
    match of {
        Await::Field(field) => context.assume(field, value),
        Await::Fact(channel, entry) => context.assume_fact(channel, entry, value),
    }
}
