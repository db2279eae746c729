//! Conditions that wait for one field, judged by its values: they may read it more than once.
//!
//! That is a condition over one field, and one over several of which the others are known.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::could::{Could, Few, Members, any_day};
use super::cuts::{Cuts, MOST_TURNS, MOST_WORK};
use super::eval::{Context, Silent};
use super::judged::{Judged, Truth};
use super::ranges::few_numbers;
use super::verdict::Await;
use crate::exact::Exact;
use crate::model::{Channel, Enum, Expr, ExprKind, Field, Id, IdMap, Let, Ruleset, Table, Type, Value};

/// Rows of a table of which the first counts are judged with so many rows before them at most.
const MOST_ROWS: usize = 32;
/// So many values times such rows are tried at most.
const MOST_OF_ROWS: usize = 2_000;

/// A condition, by where it stands in memory, and the channel of its instance.
pub(super) type Condition = (usize, Option<Id<Channel>>);

/// What is kept of conditions that were tried.
#[derive(Debug)]
pub(super) struct Tried {
    /// How lets read fields, lets within them included.
    lets: IdMap<Let, OnceCell<AllReads>>,
    /// The same of the rows of a table up to each one.
    rows: RefCell<BTreeMap<Id<Table>, Vec<AllReads>>>,
    /// What unknown lets wait for.
    waits: RefCell<BTreeMap<Id<Let>, Waits>>,
    /// Whether one of the rows of a table up to each one matches, and what that waits for.
    row_waits: RefCell<BTreeMap<Id<Table>, Vec<TruthWaits>>>,
    known: RefCell<HashMap<Condition, Option<Judged>>>,
    /// The values of fields that have few, as far as somebody asked for them.
    values: RefCell<BTreeMap<Id<Field>, Few>>,
}

impl Tried {
    pub(super) fn new(ruleset: &Ruleset) -> Self {
        Tried {
            lets: IdMap::of(&ruleset.lets, |_| OnceCell::new()),
            rows: RefCell::default(),
            waits: RefCell::default(),
            row_waits: RefCell::default(),
            known: RefCell::default(),
            values: RefCell::default(),
        }
    }

    /// Forgets how conditions came out, for what they rest on has changed.
    pub(super) fn forget(&mut self) {
        self.known.get_mut().clear();
        self.waits.get_mut().clear();
        self.row_waits.get_mut().clear();
    }
}

/// Returns where an expression stands in memory: the model does not move while it is evaluated.
pub(super) fn place(expr: &Expr) -> usize {
    std::ptr::from_ref(expr) as usize
}

/// The first field that a condition reads, and whether it reads another or asks for more.
struct Only {
    field: Option<Id<Field>>,
    more: bool,
}

impl Only {
    const NONE: Only = Only { field: None, more: false };

    fn add(&mut self, field: Id<Field>) {
        self.more |= *self.field.get_or_insert(field) != field;
    }
}

/// How a condition reads a field.
#[derive(Clone, Copy, Debug)]
struct Reads {
    /// Whether more than one atom does.
    again: bool,
    /// Whether each atom that does reads no other field.
    alone: bool,
}

/// How a condition reads fields.
type AllReads = BTreeMap<Id<Field>, Reads>;

/// Adds how a further condition reads a field.
fn add_reads(all: &mut AllReads, field: Id<Field>, reads: Reads) {
    all.entry(field)
        .and_modify(|known| *known = Reads { again: true, alone: known.alone && reads.alone })
        .or_insert(reads);
}

/// How many rows of a table a condition asks whether they match.
fn rows_before(expr: &Expr) -> usize {
    let mut rows = 0;
    expr.walk(&mut |part| {
        if let ExprKind::Earlier(_, number) = part.kind {
            rows = rows.max(number);
        }
    });
    rows
}

/// The fields that open atoms of a condition wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Waits {
    Nothing,
    Only(Id<Field>),
    /// Several fields, or a target whose exclusion they may change.
    More,
}

/// How a condition comes out, and what it waits for.
type TruthWaits = (Truth, Waits);

impl Waits {
    fn and(self, other: Waits) -> Waits {
        match (self, other) {
            (Waits::Nothing, waits) | (waits, Waits::Nothing) => waits,
            (a, b) => {
                if a == b {
                    a
                } else {
                    Waits::More
                }
            }
        }
    }
}

/// Tells whether a condition joins others.
fn joins(expr: &Expr) -> bool {
    expr.ty == Type::Bool && matches!(expr.kind, ExprKind::And(_) | ExprKind::Or(_) | ExprKind::If(_))
}

/// Tells whether an expression is a constant, a fact, or one of these in another unit.
fn reads_no_field(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Today => true,
        ExprKind::Fact(fact) => fact.indexes.iter().all(reads_no_field),
        ExprKind::Negate(inner) | ExprKind::Scale(inner, _) | ExprKind::Convert(inner, _) => {
            reads_no_field(inner)
        }
        _ => false,
    }
}

impl<'r> Context<'r> {
    /// Judges an unknown condition over one unknown field by the values of that field; nothing where it is another
    /// kind of condition, or its values cannot be told apart by some of them. So is one over several fields judged that
    /// waits for one alone and reads it more than once.
    pub(super) fn by_values(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Judged> {
        let only = self.only_field(expr);
        if only.is_none() && !joins(expr) {
            return None;
        }
        let key = (place(expr), channel);
        if let Some(known) = self.tried.known.borrow().get(&key) {
            return *known;
        }
        let judged = match only {
            Some(field) => Some(field).filter(|field| self.field(*field).is_none()),
            None => self.left_over(expr, channel),
        }
        .and_then(|field| {
            let values = self.few_values(expr, channel, field)?;
            Some(self.try_each(field, values, |trial| trial.truth(expr, channel, &mut Silent).truth))
        });
        self.tried.known.borrow_mut().insert(key, judged);
        judged
    }

    /// Values of an unknown field that tell all that it could make of a condition.
    fn few_values(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        field: Id<Field>,
    ) -> Option<Vec<Value>> {
        let values = match (self.ruleset.fields[field].ty, self.field_could(field)) {
            (Type::Bool | Type::Enum(_), Could::OneOf(values)) => Some(values.to_vec()),
            // Of a number, though all its values could be tried, those that cells are made of.
            _ => self.telling_values(expr, channel, field),
        };
        let rows = rows_before(expr);
        values.filter(|values| values.len().saturating_mul(rows) <= MOST_OF_ROWS)
    }

    /// The fields that several atoms of a condition read, none of them with another field, rows of a table that come before
    /// followed as far as these are few.
    fn read_twice(&self, expr: &Expr) -> Vec<Id<Field>> {
        if !joins(expr) || rows_before(expr) > MOST_ROWS {
            return Vec::new();
        }
        let reads = self.reads(expr).into_iter().filter(|(_, reads)| reads.again && reads.alone);
        reads.map(|(field, _)| field).collect()
    }

    /// Those of which some values tell all that they could make of the condition.
    pub(super) fn read_again(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Vec<Id<Field>> {
        let mut fields = self.read_twice(expr);
        fields.retain(|field| self.few_values(expr, channel, *field).is_some());
        fields
    }

    /// The one field that a condition over several still waits for, if it reads that more than once.
    fn left_over(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Id<Field>> {
        let fields = self.read_twice(expr);
        if fields.is_empty() {
            return None;
        }
        let (_, Waits::Only(field)) = self.waits(expr, channel) else { return None };
        fields.contains(&field).then_some(field)
    }

    /// How a condition comes out, and what its atoms wait for, those in parts that are known left aside.
    fn waits(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> TruthWaits {
        let mut all = Waits::Nothing;
        let mut part = |part: &'r Expr| {
            let (truth, waits) = self.waits(part, channel);
            all = all.and(waits);
            Judged { truth, ..Judged::STUCK }
        };
        let truth = match &expr.kind {
            // Of one field, it is an atom like any other.
            _ if joins(expr) && self.only_field(expr).is_some() => return self.atom_waits(expr, channel),
            ExprKind::And(parts) => parts.iter().fold(Judged::TRUE, |all, of| all.and(part(of))).truth,
            ExprKind::Or(parts) => parts.iter().fold(Judged::FALSE, |any, of| any.or(part(of))).truth,
            ExprKind::If(parts) if expr.ty == Type::Bool => {
                let [condition, yes, no] = &**parts;
                match part(condition).truth {
                    Truth::True => part(yes).truth,
                    Truth::False => part(no).truth,
                    Truth::Unknown => {
                        part(yes);
                        part(no);
                        Truth::Unknown
                    }
                }
            }
            ExprKind::Not(inner) => part(inner).not().truth,
            ExprKind::Let(id) if expr.ty == Type::Bool => return self.let_waits(*id, channel),
            ExprKind::Earlier(table, number) => return self.rows_wait(*table, *number),
            _ => return self.atom_waits(expr, channel),
        };
        (truth, if truth == Truth::Unknown { all } else { Waits::Nothing })
    }

    fn rows_wait(&self, table: Id<Table>, number: usize) -> TruthWaits {
        let mut known = self.tried.row_waits.borrow_mut().remove(&table).unwrap_or_default();
        let rows = &self.ruleset.tables[table].matches;
        for row in rows.iter().take(number).skip(known.len()) {
            let (any, before) = known.last().copied().unwrap_or((Truth::False, Waits::Nothing));
            let (truth, waits) = self.waits(row, None);
            let [any, row] = [any, truth].map(|truth| Judged { truth, ..Judged::STUCK });
            known.push((any.or(row).truth, before.and(waits)));
        }
        let found = number.checked_sub(1).and_then(|last| known.get(last)).copied();
        self.tried.row_waits.borrow_mut().insert(table, known);
        let (truth, waits) = found.unwrap_or((Truth::False, Waits::Nothing));
        (truth, if truth == Truth::Unknown { waits } else { Waits::Nothing })
    }

    fn let_waits(&self, id: Id<Let>, channel: Option<Id<Channel>>) -> TruthWaits {
        let truth = self.let_truth(id, channel, &mut Silent).truth;
        if truth != Truth::Unknown {
            return (truth, Waits::Nothing);
        }
        let known = self.tried.waits.borrow().get(&id).copied();
        let waits = known.unwrap_or_else(|| self.waits(&self.ruleset.lets[id].value, channel).1);
        self.tried.waits.borrow_mut().insert(id, waits);
        (truth, waits)
    }

    fn atom_waits(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> TruthWaits {
        let judged = self.truth(expr, channel, &mut Silent);
        let waits = match self.only_field(expr) {
            _ if !judged.is_open() => Waits::Nothing,
            Some(field) => Waits::Only(field),
            None => Waits::More,
        };
        (judged.truth, waits)
    }

    /// Judges an unknown atom by the values of the one unknown field that it reads.
    pub(super) fn try_values(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Judged> {
        if self.is_told_by_its_range(expr, channel) {
            return None;
        }
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
        Some(
            self.try_each(*field, values.to_vec(), |trial| {
                trial.atom_truth(expr, channel, &mut Silent).truth
            }),
        )
    }

    /// Tells whether an atom is a field itself, or the field compared with what no other field changes: all that its values
    /// could make of it is then told by their range. Most atoms are.
    fn is_told_by_its_range(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> bool {
        let (id, other) = match &expr.kind {
            ExprKind::Field(_) => return true,
            ExprKind::Compare(_, left, right) => match (&left.kind, &right.kind) {
                (ExprKind::Field(id), _) => (*id, right),
                (_, ExprKind::Field(id)) => (*id, left),
                _ => return false,
            },
            _ => return false,
        };
        let field = &self.ruleset.fields[id];
        let is_whole = |value: Option<&Value>| {
            value.and_then(Value::as_number).is_none_or(|number| number.as_whole().is_some())
        };
        reads_no_field(other)
            && match field.ty {
                Type::Bool | Type::Enum(_) | Type::Text | Type::Set(_) => true,
                // Where one end is declared, the other may be the last day that there is.
                Type::Date => field.low.is_some() == field.high.is_some(),
                // Between whole numbers a range has places that no value has.
                Type::Number(number) => {
                    !number.whole
                        || [&field.low, &field.high].into_iter().all(|end| is_whole(end.as_ref()))
                            && is_whole(self.any_value(other, channel).as_ref())
                }
            }
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
        Some(self.cuts_of(expr, channel, field)?.turns(field).0)
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
        let mut cuts = Cuts::of_one(self, field);
        cuts.visit(expr, channel);
        let (turns, exact) = cuts.turns(field);
        let few = turns.len() <= MOST_TURNS && turns.len().saturating_mul(cuts.parts()) <= MOST_WORK;
        (exact && few).then_some(cuts)
    }

    /// The one field that a condition reads, lets followed; nothing where it reads others, or asks for more.
    pub(super) fn only_field(&self, expr: &Expr) -> Option<Id<Field>> {
        let mut only = Only::NONE;
        self.read_only(expr, &mut only);
        only.field.filter(|_| !only.more)
    }

    fn read_only(&self, expr: &Expr, only: &mut Only) {
        match &expr.kind {
            _ if only.more => {}
            ExprKind::Field(id) => only.add(*id),
            ExprKind::Let(id) => self.fields_of_let(*id).for_each(|id| only.add(*id)),
            ExprKind::Excluded(..) | ExprKind::Leads(..) | ExprKind::Earlier(..) => only.more = true,
            _ => expr.each_part(|part| self.read_only(part, only)),
        }
    }

    /// The fields that an expression reads, lets followed.
    fn fields(&self, expr: &Expr) -> BTreeSet<Id<Field>> {
        let mut fields = BTreeSet::new();
        expr.walk(&mut |part| match part.kind {
            ExprKind::Field(id) => {
                fields.insert(id);
            }
            ExprKind::Let(id) => fields.extend(self.fields_of_let(id)),
            _ => {}
        });
        fields
    }

    fn fields_of_let(&self, id: Id<Let>) -> impl Iterator<Item = &Id<Field>> {
        self.reads_of_let(id).keys()
    }

    /// How an expression reads fields, lets followed; what is no condition is one atom.
    fn reads(&self, expr: &Expr) -> AllReads {
        let mut all = AllReads::new();
        self.add_reads(expr, &mut all);
        all
    }

    fn add_reads(&self, expr: &Expr, all: &mut AllReads) {
        match &expr.kind {
            ExprKind::Let(id) if expr.ty == Type::Bool => {
                self.reads_of_let(*id).iter().for_each(|(field, reads)| add_reads(all, *field, *reads));
            }
            ExprKind::Earlier(table, number) => {
                for (field, reads) in self.reads_of_rows(*table, *number) {
                    add_reads(all, field, reads);
                }
            }
            ExprKind::Not(_) => expr.each_part(|part| self.add_reads(part, all)),
            _ if joins(expr) => expr.each_part(|part| self.add_reads(part, all)),
            _ => {
                let fields = self.fields(expr);
                let reads = Reads { again: false, alone: fields.len() == 1 };
                fields.into_iter().for_each(|field| add_reads(all, field, reads));
            }
        }
    }

    fn reads_of_rows(&self, table: Id<Table>, number: usize) -> AllReads {
        let mut known = self.tried.rows.borrow_mut();
        let known = known.entry(table).or_default();
        for row in self.ruleset.tables[table].matches.iter().take(number).skip(known.len()) {
            let mut all = known.last().cloned().unwrap_or_default();
            self.add_reads(row, &mut all);
            known.push(all);
        }
        let last = number.checked_sub(1);
        last.map(|last| known.get(last).expect("each row before was read").clone()).unwrap_or_default()
    }

    fn reads_of_let(&self, id: Id<Let>) -> &AllReads {
        self.tried.lets[id].get_or_init(|| self.reads(&self.ruleset.lets[id].value))
    }

    /// The unknown fields that some conditions read, and the facts that no source tells, lets and earlier rows of tables
    /// followed; of a fact with an index the entries that it could be.
    pub(super) fn unknown_parts(&self, read: &[(&'r Expr, Option<Id<Channel>>)]) -> BTreeSet<Await> {
        let mut found = BTreeSet::new();
        let (mut lets, mut rows) = (BTreeSet::new(), BTreeMap::new());
        let mut open = read.to_vec();
        while let Some((expr, channel)) = open.pop() {
            let expr = expr.of_channel(channel);
            match &expr.kind {
                ExprKind::Field(id) if self.field(*id).is_none() => {
                    found.insert(Await::Field(*id));
                }
                ExprKind::Fact(fact) => {
                    if let Some(of) = fact.channel.or(channel) {
                        let entries = self.entries_read(fact, channel).into_iter();
                        let unknown = entries.filter(|entry| self.entry(of, *entry).is_none());
                        found.extend(unknown.map(|entry| Await::Fact(of, entry)));
                    }
                }
                ExprKind::Let(id) if lets.insert(*id) => open.push((&self.ruleset.lets[*id].value, None)),
                ExprKind::Earlier(table, number) => {
                    let seen = rows.entry(*table).or_insert(0);
                    let matches = &self.ruleset.tables[*table].matches;
                    open.extend(matches.iter().take(*number).skip(*seen).map(|row| (row, None)));
                    *seen = (*number).max(*seen);
                }
                _ => {}
            }
            open.extend(expr.parts().into_iter().map(|part| (part, channel)));
        }
        found
    }

    /// What an unknown field could be filled with.
    pub(super) fn field_could(&self, id: Id<Field>) -> Could {
        if let Some(values) = self.tried.values.borrow().get(&id) {
            return Could::OneOf(values.clone());
        }
        let field = &self.ruleset.fields[id];
        let values: Option<Few> = match field.ty {
            Type::Bool => Some([false, true].map(Value::Bool).into_iter().collect()),
            Type::Enum(of) => {
                let values = (0..self.ruleset.enums[of].members.len() as u32).map(Value::Enum);
                Some(values.filter(|value| field.allows(value)).collect())
            }
            Type::Number(_) => few_numbers(field).map(|values| values.into_iter().collect()),
            Type::Date | Type::Text | Type::Set(_) => None,
        };
        if let Some(values) = values {
            self.tried.values.borrow_mut().insert(id, values.clone());
            return Could::OneOf(values);
        }
        match field.ty {
            Type::Date if field.low.is_none() && field.high.is_none() => any_day(),
            Type::Text => Could::Anything,
            Type::Set(of) => self.any_set(of),
            Type::Bool | Type::Enum(_) | Type::Number(_) | Type::Date => {
                Could::between(field.low.clone(), field.high.clone())
            }
        }
    }

    /// Any set of the values of an enum.
    pub(super) fn any_set(&self, id: Id<Enum>) -> Could {
        Could::Within(BTreeSet::new(), Members::All(self.ruleset.enums[id].members.len()))
    }
}
