//! Conditions that wait for one field, judged by its values: they may read it more than once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::could::{Could, any_day};
use super::cuts::{Cuts, MOST_WORK};
use super::eval::{Context, Silent};
use super::judged::{Judged, Truth};
use super::verdict::Await;
use crate::exact::Exact;
use crate::model::{Channel, Expr, ExprKind, Field, Id, IdMap, Let, Ruleset, Type, Value};

/// A condition, by where it stands in memory, and the channel of its instance.
type Condition = (usize, Option<Id<Channel>>);

/// What is kept of conditions that were tried.
#[derive(Debug)]
pub(super) struct Tried {
    /// The fields that lets read, those of lets within them included.
    lets: RefCell<IdMap<Let, Option<BTreeSet<Id<Field>>>>>,
    /// The one field that a condition reads.
    only: RefCell<HashMap<usize, Option<Id<Field>>>>,
    known: RefCell<HashMap<Condition, Option<Judged>>>,
}

impl Tried {
    pub(super) fn new(ruleset: &Ruleset) -> Self {
        Tried {
            lets: RefCell::new(IdMap::of(&ruleset.lets, |_| None)),
            only: RefCell::default(),
            known: RefCell::default(),
        }
    }

    /// Forgets how conditions came out, for what they rest on has changed.
    pub(super) fn forget(&mut self) {
        self.known.get_mut().clear();
    }
}

/// Returns where an expression stands in memory: the model does not move while it is evaluated.
fn place(expr: &Expr) -> usize {
    std::ptr::from_ref(expr) as usize
}

impl<'r> Context<'r> {
    /// Judges an unknown condition over one unknown field by the values of that field; nothing where it is another
    /// kind of condition, or its values cannot be told apart by some of them.
    pub(super) fn by_values(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Judged> {
        let field = self.only_field(expr).filter(|field| self.field(*field).is_none())?;
        let key = (place(expr), channel);
        if let Some(known) = self.tried.known.borrow().get(&key) {
            return *known;
        }
        let values = match self.field_could(field) {
            Could::OneOf(values) => Some(values),
            Could::Between(..) | Could::Anything => self.telling_values(expr, channel, field),
        };
        let judged = values.map(|values| {
            self.try_each(field, values, |trial| trial.truth(expr, channel, &mut Silent).truth)
        });
        self.tried.known.borrow_mut().insert(key, judged);
        judged
    }

    /// Judges an unknown atom by the values of the one unknown field that it reads.
    pub(super) fn try_values(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Judged> {
        if let Some(judged) = self.by_values(expr, channel) {
            return Some(judged);
        }
        // What is excluded may wait for other fields.
        if expr.asks() {
            return None;
        }
        let fields = self.fields(expr);
        let mut unknown = fields.iter().filter(|field| self.field(**field).is_none());
        let (Some(field), None) = (unknown.next(), unknown.next()) else { return None };
        let Could::OneOf(values) = self.field_could(*field) else { return None };
        Some(self.try_each(*field, values, |trial| trial.atom_truth(expr, channel, &mut Silent).truth))
    }

    fn try_each(
        &self,
        field: Id<Field>,
        values: Vec<Value>,
        truth: impl Fn(&Context<'r>) -> Truth,
    ) -> Judged {
        let mut trial = self.again();
        let mut judged = Judged::STUCK;
        for value in values {
            trial.assume(field, Some(value));
            let truth = truth(&trial);
            judged.can_hold |= truth == Truth::True;
            judged.can_fail |= truth == Truth::False;
        }
        judged
    }

    /// Values of a number or a day of which one is in each range in which a condition over it comes out the same.
    pub(super) fn telling_values(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        field: Id<Field>,
    ) -> Option<Vec<Value>> {
        let cuts = self.cuts_of(expr, channel, field)?;
        let (values, exact) = cuts.values(Await::Field(field));
        exact.then_some(values)
    }

    /// Returns the numbers at which a condition over one field, a number or a day, may turn round; nothing where it
    /// may elsewhere too.
    pub(super) fn turns(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        field: Id<Field>,
    ) -> Option<Vec<Exact>> {
        self.cuts_of(expr, channel, field)?.turns(Await::Field(field))
    }

    fn cuts_of(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        field: Id<Field>,
    ) -> Option<Cuts<'_, 'r>> {
        if !matches!(self.ruleset.fields[field].ty, Type::Number(_) | Type::Date) {
            return None;
        }
        let mut cuts = Cuts::ordered(self, Await::Field(field));
        cuts.visit(expr, channel);
        let turns = cuts.turns(Await::Field(field))?;
        (turns.len().saturating_mul(cuts.parts()) <= MOST_WORK).then_some(cuts)
    }

    /// The one field that a condition reads, lets followed; nothing where it reads others, or asks for more.
    pub(super) fn only_field(&self, expr: &Expr) -> Option<Id<Field>> {
        if let Some(known) = self.tried.only.borrow().get(&place(expr)) {
            return *known;
        }
        let mut whole = true;
        expr.walk(&mut |part| {
            whole &= !matches!(part.kind, ExprKind::Excluded(..) | ExprKind::Earlier(..));
        });
        let fields = if whole { self.fields(expr) } else { BTreeSet::new() };
        let mut fields = fields.into_iter();
        let only = fields.next().filter(|_| fields.next().is_none());
        self.tried.only.borrow_mut().insert(place(expr), only);
        only
    }

    /// The fields that an expression reads, lets followed.
    fn fields(&self, expr: &Expr) -> BTreeSet<Id<Field>> {
        let mut fields = BTreeSet::new();
        let mut lets = Vec::new();
        expr.walk(&mut |part| match part.kind {
            ExprKind::Field(id) => {
                fields.insert(id);
            }
            ExprKind::Let(id) => lets.push(id),
            _ => {}
        });
        for id in lets {
            let known = self.tried.lets.borrow()[id].clone();
            let of_let = known.unwrap_or_else(|| {
                let found = self.fields(&self.ruleset.lets[id].value);
                self.tried.lets.borrow_mut()[id] = Some(found.clone());
                found
            });
            fields.extend(of_let);
        }
        fields
    }

    /// The unknown fields that some conditions read, and the facts that no source tells, lets and earlier rows of tables
    /// followed; of a fact with an index all entries.
    pub(super) fn unknown_parts(&self, read: &[(&'r Expr, Option<Id<Channel>>)]) -> BTreeSet<Await> {
        let mut found = BTreeSet::new();
        let (mut lets, mut rows) = (BTreeSet::new(), BTreeMap::new());
        let mut open = read.to_vec();
        while let Some((expr, channel)) = open.pop() {
            expr.walk(&mut |part| match &part.kind {
                ExprKind::Field(id) if self.field(*id).is_none() => {
                    found.insert(Await::Field(*id));
                }
                ExprKind::Fact(fact) => {
                    let Some(of) = fact.channel.or(channel) else { return };
                    let entries = self.ruleset.entries_of(fact.fact);
                    let unknown = entries.filter(|entry| self.entry(of, *entry).is_none());
                    found.extend(unknown.map(|entry| Await::Fact(of, entry)));
                }
                ExprKind::Let(id) if lets.insert(*id) => open.push((&self.ruleset.lets[*id].value, None)),
                ExprKind::Earlier(table, number) => {
                    let seen = rows.entry(*table).or_insert(0);
                    let matches = &self.ruleset.tables[*table].matches;
                    open.extend(matches.iter().take(*number).skip(*seen).map(|row| (row, None)));
                    *seen = (*number).max(*seen);
                }
                _ => {}
            });
        }
        found
    }

    /// What an unknown field could be filled with.
    pub(super) fn field_could(&self, id: Id<Field>) -> Could {
        let field = &self.ruleset.fields[id];
        match field.ty {
            Type::Bool => Could::OneOf(vec![Value::Bool(false), Value::Bool(true)]),
            Type::Enum(id) => {
                let values = (0..self.ruleset.enums[id].members.len() as u32).map(Value::Enum);
                Could::OneOf(values.filter(|value| field.allows(value)).collect())
            }
            Type::Number(_) | Type::Date => match (&field.low, &field.high) {
                (None, None) if field.ty == Type::Date => any_day(),
                (low, high) => Could::between(low.clone(), high.clone()),
            },
            Type::Text | Type::Set(_) => Could::Anything,
        }
    }
}
