//! Expressions → values, three-valued, with a recorder that costs nothing when it is silent.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::could::{Could, Monotone, Valued, any_day, greatest, least, number};
use super::judged::{Judged, Truth};
use super::trace::{Outcome, Read, Recorder};
use crate::date::Date;
use crate::exact::Exact;
use crate::model::{
    Between, Channel, Expr, ExprKind, FactRef, Field, Id, Let, Profile, Ruleset, Shift, Table, Target, Type,
    Value,
};
use crate::operator::{CompareOp, Sign};

/// What an evaluation runs in.
#[derive(Debug)]
pub(super) struct Context<'r> {
    pub(super) ruleset: &'r Ruleset,
    pub(super) profile: &'r Profile,
    pub(super) day: Date,
    /// Whether each target is excluded, by number; empty before that is known.
    pub(super) excluded: Vec<Judged>,
    /// Whether each channel is owned.
    pub(super) owned: Vec<Judged>,
    /// A field taken to have a value, to see what that would change.
    assumed: Option<(Id<Field>, Value)>,
    /// What lets came out as, where nothing is assumed.
    lets: RefCell<Vec<Option<Cached>>>,
    /// How many rows of each table were looked at, and whether one of them matches.
    earlier: RefCell<Vec<(usize, Judged)>>,
    /// The unknown fields that lets read, lets within them included.
    let_fields: RefCell<Vec<Option<BTreeSet<Id<Field>>>>>,
}

#[derive(Clone, Debug)]
enum Cached {
    Truth(Judged),
    Value(Valued),
}

/// Hears nothing.
pub(super) struct Silent;

impl<'r> Recorder<'r> for Silent {
    const COMPLETE: bool = false;

    fn open(&mut self, _: &'r Expr) {}

    fn read(&mut self, _: Read<'r>) {}

    fn close(&mut self, _: impl FnOnce() -> Outcome) {}

    fn follows(&mut self, _: Id<Let>) -> bool {
        false
    }
}

impl<'r> Context<'r> {
    pub(super) fn new(ruleset: &'r Ruleset, profile: &'r Profile, day: Date) -> Context<'r> {
        Context {
            ruleset,
            profile,
            day,
            excluded: Vec::new(),
            owned: Vec::new(),
            assumed: None,
            lets: RefCell::new(vec![None; ruleset.lets.len()]),
            earlier: RefCell::new(vec![(0, Judged::FALSE); ruleset.tables.len()]),
            let_fields: RefCell::new(vec![None; ruleset.lets.len()]),
        }
    }

    fn assuming(&self, field: Id<Field>, value: Value) -> Context<'r> {
        Context {
            excluded: self.excluded.clone(),
            owned: self.owned.clone(),
            assumed: Some((field, value)),
            ..Context::new(self.ruleset, self.profile, self.day)
        }
    }

    /// Takes targets to be excluded as told, by their number.
    pub(super) fn exclude(&mut self, excluded: Vec<Judged>) {
        self.excluded = excluded;
    }

    /// Evaluates on another day from now on; what is kept of lets and rows was of the day before.
    pub(super) fn on(&mut self, day: Date) {
        self.day = day;
        self.lets.borrow_mut().fill(None);
        self.earlier.borrow_mut().fill((0, Judged::FALSE));
    }

    /// Takes a field to have a value from now on; what is kept of lets is of the profile alone and stays right.
    pub(super) fn assume(&mut self, assumed: Option<(Id<Field>, Value)>) {
        self.assumed = assumed;
    }

    fn field(&self, id: Id<Field>) -> Option<&Value> {
        match &self.assumed {
            Some((field, value)) if *field == id => Some(value),
            _ => self.profile.get(id).value.as_ref(),
        }
    }

    /// Evaluates a condition for an instance of a rule.
    pub(super) fn truth<R: Recorder<'r>>(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Judged {
        recorder.open(expr);
        let judged = self.truth_inside(expr, channel, recorder);
        recorder.close(|| Outcome::Truth(judged));
        judged
    }

    fn truth_inside<R: Recorder<'r>>(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Judged {
        match &expr.kind {
            ExprKind::And(parts) => {
                let mut all = Judged::TRUE;
                for part in parts {
                    all = all.and(self.truth(part, channel, recorder));
                    if !R::COMPLETE && all.truth == Truth::False {
                        return Judged::FALSE;
                    }
                }
                all
            }
            ExprKind::Or(parts) => {
                let mut any = Judged::FALSE;
                for part in parts {
                    any = any.or(self.truth(part, channel, recorder));
                    if !R::COMPLETE && any.truth == Truth::True {
                        return Judged::TRUE;
                    }
                }
                any
            }
            ExprKind::Not(inner) => self.truth(inner, channel, recorder).not(),
            ExprKind::If(parts) => {
                let [condition, yes, no] = &**parts;
                let condition = self.truth(condition, channel, recorder);
                let yes = self.truth(yes, channel, recorder);
                let no = self.truth(no, channel, recorder);
                Judged::either(condition, yes, no)
            }
            ExprKind::Earlier(table, number) => self.earlier(*table, *number, recorder),
            ExprKind::Let(id) => self.let_truth(*id, channel, recorder),
            ExprKind::Literal(Value::Bool(value)) => Judged::known(*value),
            ExprKind::Excluded(target, negated) => {
                let Some(target) = target.resolve(channel) else { return Judged::STUCK };
                let excluded = self.excluded(target);
                recorder.read(Read::Target(target, excluded.truth));
                if *negated { excluded.not() } else { excluded }
            }
            ExprKind::Literal(_)
            | ExprKind::Field(_)
            | ExprKind::Today
            | ExprKind::Fact(_)
            | ExprKind::Compare(..)
            | ExprKind::InSet { .. }
            | ExprKind::InRange { .. }
            | ExprKind::Has(..)
            | ExprKind::HasMany(..)
            | ExprKind::Known(..)
            | ExprKind::Negate(_)
            | ExprKind::Sum(_)
            | ExprKind::Scale(..)
            | ExprKind::Convert(..)
            | ExprKind::Min(_)
            | ExprKind::Max(_)
            | ExprKind::Abs(_)
            | ExprKind::Count(_)
            | ExprKind::Between(..)
            | ExprKind::Shift(..) => self.atom(expr, channel, recorder),
        }
    }

    /// Whether a row of a table before one of a number matches.
    fn earlier<R: Recorder<'r>>(&self, table: Id<Table>, number: usize, recorder: &mut R) -> Judged {
        let ruleset = self.ruleset;
        let matches = &ruleset.tables[table].matches;
        if R::COMPLETE {
            let before = matches.iter().take(number);
            return before.fold(Judged::FALSE, |any, row| any.or(self.truth(row, None, recorder)));
        }
        // What is known of the rows up to some row is kept for those behind it.
        let mut known = self.earlier.borrow().get(table.index()).cloned().unwrap_or((0, Judged::FALSE));
        if known.0 > number {
            known = (0, Judged::FALSE);
        }
        for row in matches.iter().take(number).skip(known.0) {
            known = (known.0 + 1, known.1.or(self.truth(row, None, &mut Silent)));
        }
        if let Some(slot) = self.earlier.borrow_mut().get_mut(table.index()) {
            *slot = known;
        }
        known.1
    }

    fn let_truth<R: Recorder<'r>>(
        &self,
        id: Id<Let>,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Judged {
        let expr = &self.ruleset.lets[id].value;
        if self.assumed.is_none() {
            if let Some(Cached::Truth(judged)) = self.lets.borrow().get(id.index()).cloned().flatten() {
                if !recorder.follows(id) {
                    return judged;
                }
            } else {
                recorder.follows(id);
            }
        }
        let judged = self.truth(expr, channel, recorder);
        self.keep(id, Cached::Truth(judged));
        judged
    }

    fn keep(&self, id: Id<Let>, cached: Cached) {
        if self.assumed.is_none()
            && let Some(slot) = self.lets.borrow_mut().get_mut(id.index())
        {
            *slot = Some(cached);
        }
    }

    /// A condition that is made of values. Where it is unknown and waits for one field of few values alone, each is
    /// tried: it may be read twice.
    fn atom<R: Recorder<'r>>(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Judged {
        let judged = self.atom_truth(expr, channel, recorder);
        match judged.truth {
            Truth::Unknown if self.assumed.is_none() => self.try_values(expr, channel).unwrap_or(judged),
            Truth::True | Truth::False | Truth::Unknown => judged,
        }
    }

    fn try_values(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Judged> {
        // What is excluded may wait for other fields.
        if expr.asks() {
            return None;
        }
        let unknown = self.unknown_fields(expr);
        let mut unknown = unknown.iter();
        let (Some(field), None) = (unknown.next(), unknown.next()) else { return None };
        let Could::OneOf(values) = self.field_could(*field) else { return None };
        let mut judged = Judged::STUCK;
        for value in values {
            let truth = self.assuming(*field, value).atom_truth(expr, channel, &mut Silent).truth;
            judged.can_hold |= truth == Truth::True;
            judged.can_fail |= truth == Truth::False;
        }
        Some(judged)
    }

    /// What an unknown field could be filled with.
    fn field_could(&self, id: Id<Field>) -> Could {
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

    /// The unknown fields that an expression reads, lets followed.
    fn unknown_fields(&self, expr: &Expr) -> BTreeSet<Id<Field>> {
        let mut fields = BTreeSet::new();
        let mut lets = Vec::new();
        expr.walk(&mut |part| match part.kind {
            ExprKind::Field(id) if self.field(id).is_none() => {
                fields.insert(id);
            }
            ExprKind::Let(id) => lets.push(id),
            _ => {}
        });
        for id in lets {
            let known = self.let_fields.borrow().get(id.index()).cloned().flatten();
            let of_let = known.unwrap_or_else(|| {
                let found = self.unknown_fields(&self.ruleset.lets[id].value);
                if let Some(slot) = self.let_fields.borrow_mut().get_mut(id.index()) {
                    *slot = Some(found.clone());
                }
                found
            });
            fields.extend(of_let);
        }
        fields
    }

    /// The truth of an atom, its parts taken as independent of each other.
    fn atom_truth<R: Recorder<'r>>(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Judged {
        match &expr.kind {
            ExprKind::Compare(op, left, right) => {
                let left = self.value(left, channel, recorder);
                left.compare(*op, &self.value(right, channel, recorder))
            }
            ExprKind::InSet { subject, negated, members } => {
                let subject = self.value(subject, channel, recorder);
                let judged = subject.judge(
                    |value| members.contains(value),
                    || {
                        let equal = |member: &Value| {
                            subject.compare(CompareOp::Equal, &Valued::Known(member.clone()))
                        };
                        Judged {
                            can_hold: members.iter().any(|member| equal(member).can_hold),
                            ..Judged::OPEN
                        }
                    },
                );
                if *negated { judged.not() } else { judged }
            }
            ExprKind::InRange { subject, negated, low, high } => {
                let subject = self.value(subject, channel, recorder);
                let mut bound = |bound: &'r Option<Box<Expr>>, op: CompareOp| {
                    let bound = bound.as_ref().map(|bound| self.value(bound, channel, recorder));
                    bound.map_or(Judged::TRUE, |bound| subject.compare(op, &bound))
                };
                // An unknown bound leaves it unknown even where the other fails.
                let (above, below) = (bound(low, CompareOp::AtLeast), bound(high, CompareOp::AtMost));
                let mut judged = above.and(below);
                if above.truth == Truth::Unknown || below.truth == Truth::Unknown {
                    judged = judged.unsettled(above.settles() && below.settles());
                }
                if *negated { judged.not() } else { judged }
            }
            ExprKind::Has(set, element) => {
                let set = self.value(set, channel, recorder);
                let element = self.value(element, channel, recorder);
                match (&set, &element) {
                    (Valued::Known(Value::Set(members)), _) => element.judge(
                        |value| matches!(value, Value::Enum(element) if members.contains(element)),
                        || Judged::OPEN,
                    ),
                    (_, Valued::Known(element)) => set.judge(
                        |set| matches!((set, element), (Value::Set(set), Value::Enum(element)) if set.contains(element)),
                        || Judged::OPEN,
                    ),
                    _ if set.settles() && element.settles() => Judged::OPEN,
                    _ => Judged::STUCK,
                }
            }
            ExprKind::HasMany(set, quantifier, wanted) => {
                let count = set.enum_id().map_or(0, |id| self.ruleset.enums[id].members.len());
                self.value(set, channel, recorder).has(*quantifier, wanted, wanted.len() == count)
            }
            ExprKind::Known(what, negated) => {
                let value = self.value(what, channel, recorder);
                let judged = match &what.kind {
                    ExprKind::Fact(fact) => self.fact_is_known(fact, channel),
                    _ => Judged::known(value.known().is_some()),
                };
                if *negated { judged.not() } else { judged }
            }
            // A bare field, fact or value of type bool: it has been opened already.
            _ => self.value_inside(expr, channel, recorder).judged(),
        }
    }

    /// Whether a channel states an entry; not known where the index is not.
    fn fact_is_known(&self, fact: &'r FactRef, channel: Option<Id<Channel>>) -> Judged {
        let Some(of) = fact.channel.or(channel) else { return Judged::STUCK };
        let stated =
            |index: Option<u32>| self.ruleset.channels[of].value((fact.fact, index), self.day).is_some();
        match &fact.index {
            None => Judged::known(stated(None)),
            Some(index) => self.value(index, channel, &mut Silent).judge(
                |index| matches!(index, Value::Enum(member) if stated(Some(*member))),
                || Judged::OPEN,
            ),
        }
    }

    /// Evaluates an expression of any type, for a text.
    pub(super) fn any_value(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Value> {
        if expr.ty == Type::Bool {
            return self.truth(expr, channel, &mut Silent).truth.as_bool().map(Value::Bool);
        }
        self.value(expr, channel, &mut Silent).known().cloned()
    }

    fn value<R: Recorder<'r>>(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Valued {
        if expr.ty == Type::Bool {
            return Valued::of(self.truth(expr, channel, recorder));
        }
        recorder.open(expr);
        let valued = self.value_inside(expr, channel, recorder);
        recorder.close(|| Outcome::Value { value: valued.known().cloned(), settles: valued.settles() });
        valued
    }

    fn value_inside<R: Recorder<'r>>(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Valued {
        match &expr.kind {
            ExprKind::Literal(value) => Valued::Known(value.clone()),
            ExprKind::Field(id) => {
                recorder.read(Read::Field(*id));
                match self.field(*id) {
                    Some(value) => Valued::Known(value.clone()),
                    None => Valued::Unknown(self.field_could(*id)),
                }
            }
            ExprKind::Let(id) => self.let_value(*id, channel, recorder),
            ExprKind::Today => Valued::Known(Value::Date(self.day)),
            ExprKind::Fact(fact) => self.fact(fact, channel, recorder),
            ExprKind::If(parts) => {
                let [condition, yes, no] = &**parts;
                let condition = self.truth(condition, channel, recorder);
                let yes = self.value(yes, channel, recorder);
                let no = self.value(no, channel, recorder);
                match condition.truth {
                    Truth::True => yes,
                    Truth::False => no,
                    Truth::Unknown => {
                        let could = |can: bool, of: &Valued| if can { of.could() } else { Could::STUCK };
                        Valued::Unknown(could(condition.can_hold, &yes).or(could(condition.can_fail, &no)))
                    }
                }
            }
            ExprKind::Negate(inner) => {
                self.value(inner, channel, recorder).map(|value| Some(value.negated()))
            }
            ExprKind::Abs(inner) => self.value(inner, channel, recorder).abs(),
            ExprKind::Scale(inner, factor) | ExprKind::Convert(inner, factor) => {
                self.value(inner, channel, recorder).map(|value| value.times(*factor))
            }
            ExprKind::Sum(terms) => {
                let mut total = Valued::Known(number(Exact::ZERO));
                for (sign, term) in terms {
                    let term = self.value(term, channel, recorder);
                    let numbers = |a: &Value, b: &Value| a.as_number().zip(b.as_number());
                    total = match sign {
                        Sign::Plus => total.combine(&term, Monotone::Grows, |a, b| {
                            numbers(a, b).and_then(|(a, b)| a.plus(b)).map(number)
                        }),
                        Sign::Minus => total.combine(&term, Monotone::Falls, |a, b| {
                            numbers(a, b).and_then(|(a, b)| a.minus(b)).map(number)
                        }),
                    };
                }
                total
            }
            ExprKind::Min(parts) | ExprKind::Max(parts) => {
                let best = if matches!(expr.kind, ExprKind::Max(_)) { greatest } else { least };
                let values = parts.iter().map(|part| self.value(part, channel, recorder));
                let best =
                    values.reduce(|a, b| a.combine(&b, Monotone::Grows, |a, b| best(a.clone(), b.clone())));
                best.unwrap_or(Valued::STUCK)
            }
            ExprKind::Count(set) => match self.value(set, channel, recorder) {
                Valued::Known(Value::Set(members)) => {
                    Valued::Known(number(Exact::whole(members.len() as i64)))
                }
                unknown if unknown.settles() => {
                    let most = set.enum_id().map_or(0, |id| self.ruleset.enums[id].members.len() as i64);
                    let (low, high) = (number(Exact::ZERO), number(Exact::whole(most)));
                    Valued::Unknown(Could::between(Some(low), Some(high)))
                }
                _ => Valued::STUCK,
            },
            ExprKind::Between(unit, from, to) => {
                let (from, to) = (self.value(from, channel, recorder), self.value(to, channel, recorder));
                to.combine(&from, Monotone::Falls, |to, from| {
                    let (Value::Date(to), Value::Date(from)) = (to, from) else { return None };
                    Some(number(Exact::whole(match unit {
                        Between::Days => from.days_to(*to),
                        Between::Months => from.months_to(*to),
                        Between::Years => from.years_to(*to),
                    })))
                })
            }
            ExprKind::Shift(unit, sign, date, amount) => {
                let (date, amount) =
                    (self.value(date, channel, recorder), self.value(amount, channel, recorder));
                let second = if *sign == Sign::Plus { Monotone::Grows } else { Monotone::Falls };
                date.combine(&amount, second, |date, amount| {
                    let Value::Date(date) = date else { return None };
                    let steps = amount.as_number().and_then(Exact::as_whole)?;
                    let steps = if *sign == Sign::Plus { steps } else { -steps };
                    Some(Value::Date(match unit {
                        Shift::Days => date.plus_days(steps),
                        Shift::Months => date.plus_months(steps),
                    }))
                })
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
            | ExprKind::Earlier(..) => Valued::of(self.truth_inside(expr, channel, recorder)),
        }
    }

    fn let_value<R: Recorder<'r>>(
        &self,
        id: Id<Let>,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Valued {
        if self.assumed.is_none() {
            if let Some(Cached::Value(value)) = self.lets.borrow().get(id.index()).cloned().flatten() {
                if !recorder.follows(id) {
                    return value;
                }
            } else {
                recorder.follows(id);
            }
        }
        let value = self.value(&self.ruleset.lets[id].value, channel, recorder);
        self.keep(id, Cached::Value(value.clone()));
        value
    }

    fn fact<R: Recorder<'r>>(
        &self,
        fact: &'r FactRef,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Valued {
        let Some(of) = fact.channel.or(channel) else { return Valued::STUCK };
        let stated = &self.ruleset.channels[of];
        let member = match fact.index.as_ref().map(|index| self.value(index, channel, recorder)) {
            None => None,
            Some(Valued::Known(Value::Enum(member))) => Some(member),
            Some(index) => {
                // Which entry is not known: filling in the fields gives what the channel states of those it could be.
                recorder.read(Read::Fact { channel: of, entry: (fact.fact, None), statement: None });
                let Could::OneOf(members) = index.could() else { return Valued::Unknown(Could::Anything) };
                let values = members.iter().filter_map(|member| match member {
                    Value::Enum(member) => stated.value((fact.fact, Some(*member)), self.day).cloned(),
                    _ => None,
                });
                return Valued::Unknown(Could::one_of(values));
            }
        };
        let entry = (fact.fact, member);
        let statement = stated.statement(entry, self.day);
        recorder.read(Read::Fact { channel: of, entry, statement });
        match statement.and_then(|statement| statement.value.as_ref()) {
            Some(value) => Valued::Known(value.clone()),
            None => Valued::STUCK,
        }
    }

    /// Returns whether a target is excluded.
    pub(super) fn excluded(&self, target: Target) -> Judged {
        self.excluded.get(self.ruleset.target_index(target)).copied().unwrap_or(Judged::STUCK)
    }

    /// Returns whether a channel is owned.
    pub(super) fn owned(&self, channel: Id<Channel>) -> Judged {
        self.owned.get(channel.index()).copied().unwrap_or(Judged::FALSE)
    }
}
