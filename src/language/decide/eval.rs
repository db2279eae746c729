//! Expressions → values, three-valued, with a recorder that costs nothing when it is silent.

mod facts;
mod lead;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::could::{Could, Monotone, Valued, number};
use super::judged::{Judged, Truth};
use super::trace::{Outcome, Read, Recorder};
use super::tried::{Condition, Tried, place};
use crate::date::Date;
use crate::exact::Exact;
use crate::model::{
    Between, Channel, Entry, Expr, ExprKind, Field, Id, IdMap, Let, Points, Profile, Ruleset, Shift, Table,
    Target, TargetMap, Type, Value, operation, predicate,
};
use crate::operator::{CompareOp, Sign};

/// What an evaluation runs in.
#[derive(Debug)]
pub(super) struct Context<'r> {
    pub(super) ruleset: &'r Ruleset,
    pub(super) profile: &'r Profile,
    pub(super) day: Date,
    /// Whether each target is excluded; nothing before that is known.
    pub(super) excluded: Option<TargetMap<Judged>>,
    /// Whether each channel is owned.
    pub(super) owned: Option<IdMap<Channel, Judged>>,
    /// What is taken to be so, to see what that would change.
    assumed: Assumed,
    kept: RefCell<Kept>,
    pub(super) tried: Tried,
}

/// Values taken to be those of fields and facts; nothing for a fact that is taken to be told by no source.
#[derive(Clone, Default, Debug)]
struct Assumed {
    fields: BTreeMap<Id<Field>, Value>,
    facts: BTreeMap<(Id<Channel>, Entry), Option<Value>>,
    /// How conditions come out, by where they stand in memory and the channel of their instance.
    truths: BTreeMap<Condition, Judged>,
}

/// What came out under one assumption, kept because it is asked for again.
#[derive(Debug)]
struct Kept {
    /// The number of the assumption; what was kept under another counts no more.
    round: u64,
    lets: IdMap<Let, (u64, Option<Cached>)>,
    /// What is known of the rows of a table up to each one.
    earlier: IdMap<Table, (u64, Vec<Rows>)>,
    /// Who leads by a measure, by where those stand in memory that are compared.
    leads: BTreeMap<usize, (u64, lead::Lead)>,
}

#[derive(Clone, Debug)]
enum Cached {
    Truth(Judged),
    Value(Valued),
}

/// What is known of the first rows of a table.
#[derive(Clone, Copy, Debug)]
struct Rows {
    /// Whether one of them matches.
    any: Judged,
    /// The first that matches, or else the first that may.
    telling: Option<(usize, Truth)>,
}

impl Rows {
    const NONE: Rows = Rows { any: Judged::FALSE, telling: None };

    /// With it, the next row.
    fn and(self, place: usize, row: Judged) -> Rows {
        let tells = match self.telling {
            None => row.truth != Truth::False,
            Some((_, truth)) => truth == Truth::Unknown && row.truth == Truth::True,
        };
        let telling = if tells { Some((place, row.truth)) } else { self.telling };
        Rows { any: self.any.or(row), telling }
    }
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

    fn every_row(&self) -> bool {
        false
    }

    fn told(&self) -> bool {
        false
    }

    fn row(&mut self, _: usize) {}
}

impl<'r> Context<'r> {
    pub(super) fn new(ruleset: &'r Ruleset, profile: &'r Profile, day: Date) -> Context<'r> {
        Context {
            ruleset,
            profile,
            day,
            excluded: None,
            owned: None,
            assumed: Assumed::default(),
            kept: RefCell::new(Kept {
                round: 0,
                lets: IdMap::of(&ruleset.lets, |_| (0, None)),
                earlier: IdMap::of(&ruleset.tables, |_| (0, Vec::new())),
                leads: BTreeMap::new(),
            }),
            tried: Tried::new(ruleset),
        }
    }

    /// The same profile, to be judged under assumptions.
    pub(super) fn again(&self) -> Context<'r> {
        Context {
            excluded: self.excluded.clone(),
            owned: self.owned.clone(),
            ..Context::new(self.ruleset, self.profile, self.day)
        }
    }

    /// Takes targets to be excluded as told.
    pub(super) fn exclude(&mut self, excluded: TargetMap<Judged>) {
        self.excluded = Some(excluded);
        self.forget();
    }

    /// Forgets what rests on which targets are excluded.
    fn forget(&mut self) {
        self.tried.forget();
        self.kept.get_mut().leads.clear();
    }

    /// Evaluates on another day from now on.
    pub(super) fn on(&mut self, day: Date) {
        self.day = day;
        self.kept.get_mut().round += 1;
        self.tried.forget();
    }

    /// Takes a target to be excluded as told.
    pub(super) fn set_excluded(&mut self, target: Target, judged: Judged) {
        self.excluded.as_mut().expect("what is excluded is known before it is changed")[target] = judged;
        self.forget();
    }

    /// Takes a channel to be owned as told.
    pub(super) fn set_owned(&mut self, channel: Id<Channel>, judged: Judged) {
        self.owned.as_mut().expect("what is owned is known before it is changed")[channel] = judged;
    }

    /// Takes a field to have a value from now on; without one, what the profile says counts again.
    pub(super) fn assume(&mut self, field: Id<Field>, value: Option<Value>) {
        match value {
            Some(value) => self.assumed.fields.insert(field, value),
            None => self.assumed.fields.remove(&field),
        };
        self.kept.get_mut().round += 1;
    }

    /// Takes a fact to have a value from now on; without one, what the channel states counts again.
    pub(super) fn assume_fact(&mut self, channel: Id<Channel>, entry: Entry, value: Option<Value>) {
        match value {
            Some(value) => self.assumed.facts.insert((channel, entry), Some(value)),
            None => self.assumed.facts.remove(&(channel, entry)),
        };
        self.kept.get_mut().round += 1;
    }

    /// Takes a channel to state a value of a fact, or none, whatever it does state.
    pub(super) fn state(&mut self, channel: Id<Channel>, entry: Entry, value: Option<Value>) {
        self.assumed.facts.insert((channel, entry), value);
        self.kept.get_mut().round += 1;
    }

    /// Takes a condition to come out so from now on, whatever it reads.
    pub(super) fn assume_truth(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>, judged: Judged) {
        self.assumed.truths.insert((place(expr), channel), judged);
        self.kept.get_mut().round += 1;
    }

    /// Conditions come out again as they do.
    pub(super) fn assume_no_truth(&mut self) {
        self.assumed.truths.clear();
        self.kept.get_mut().round += 1;
    }

    fn assumes_nothing(&self) -> bool {
        self.assumed.fields.is_empty() && self.assumed.facts.is_empty() && self.assumed.truths.is_empty()
    }

    pub(super) fn field(&self, id: Id<Field>) -> Option<&Value> {
        self.assumed.fields.get(&id).or(self.profile.get(id).value.as_ref())
    }

    /// What a channel states of an entry on the day.
    pub(super) fn entry(&self, channel: Id<Channel>, entry: Entry) -> Option<&Value> {
        match self.assumed.facts.get(&(channel, entry)) {
            Some(assumed) => assumed.as_ref(),
            None => self.ruleset.value(channel, entry, self.day),
        }
    }

    /// Evaluates a condition for an instance of a rule.
    pub(super) fn truth<R: Recorder<'r>>(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Judged {
        let expr = expr.of_channel(channel);
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
        let judged = match &expr.kind {
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
            ExprKind::If(parts) => {
                let [condition, yes, no] = &**parts;
                let condition = self.truth(condition, channel, recorder);
                let yes = self.truth(yes, channel, recorder);
                let no = self.truth(no, channel, recorder);
                Judged::either(condition, yes, no)
            }
            ExprKind::Not(inner) => return self.truth(inner, channel, recorder).not(),
            ExprKind::Earlier(table, number) => return self.earlier(*table, *number, recorder),
            ExprKind::Let(id) => return self.let_truth(*id, channel, recorder),
            // What stands outside of any instance is of no channel.
            ExprKind::OfChannel(_) => return Judged::STUCK,
            ExprKind::Literal(Value::Bool(value)) => return Judged::known(*value),
            ExprKind::Excluded(target, negated) => {
                let Some(target) = target.resolve(channel) else { return Judged::STUCK };
                let excluded = self.excluded(target);
                recorder.read(Read::Target(target, excluded.truth));
                return if *negated { excluded.not() } else { excluded };
            }
            ExprKind::Leads(of, race) => {
                return of.or(channel).map_or(Judged::STUCK, |of| self.leads(race, of, recorder));
            }
            ExprKind::Literal(_)
            | ExprKind::Field(_)
            | ExprKind::Today
            | ExprKind::Fact(_)
            | predicate!()
            | operation!() => return self.atom(expr, channel, recorder),
        };
        // Parts that wait for one field may exclude each other.
        match judged.truth {
            Truth::Unknown if self.assumes_nothing() => self.by_values(expr, channel).unwrap_or(judged),
            Truth::True | Truth::False | Truth::Unknown => judged,
        }
    }

    /// Whether a row of a table before one of a number matches.
    fn earlier<R: Recorder<'r>>(&self, table: Id<Table>, number: usize, recorder: &mut R) -> Judged {
        let ruleset = self.ruleset;
        let matches = &ruleset.tables[table].matches;
        if recorder.every_row() {
            let before = matches.iter().take(number);
            return before.fold(Judged::FALSE, |any, row| any.or(self.truth(row, None, recorder)));
        }
        // What is known of the rows up to each row is kept for those behind it.
        let mut known = {
            let mut kept = self.kept.borrow_mut();
            let round = kept.round;
            let (of, known) = &mut kept.earlier[table];
            if std::mem::replace(of, round) == round { std::mem::take(known) } else { Vec::new() }
        };
        for (place, row) in matches.iter().enumerate().take(number).skip(known.len()) {
            let before = known.last().copied().unwrap_or(Rows::NONE);
            known.push(before.and(place, self.truth(row, None, &mut Silent)));
        }
        let rows = match number.checked_sub(1) {
            None => Rows::NONE,
            Some(last) => *known.get(last).expect("each row before was looked at"),
        };
        self.kept.borrow_mut().earlier[table].1 = known;
        if let (Some((row, _)), true) = (rows.telling, recorder.told()) {
            recorder.row(row);
            self.truth(matches.get(row).expect("a row that was looked at is there"), None, recorder);
        }
        rows.any
    }

    pub(super) fn let_truth<R: Recorder<'r>>(
        &self,
        id: Id<Let>,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Judged {
        let expr = &self.ruleset.lets[id].value;
        let follows = recorder.follows(id);
        if let (Some(Cached::Truth(judged)), false) = (self.kept(id), follows) {
            return judged;
        }
        let judged = match follows {
            true => self.truth(expr, channel, recorder),
            false => self.truth(expr, channel, &mut Silent),
        };
        self.keep(id, Cached::Truth(judged));
        judged
    }

    fn kept(&self, id: Id<Let>) -> Option<Cached> {
        let kept = self.kept.borrow();
        let (round, cached) = &kept.lets[id];
        cached.clone().filter(|_| *round == kept.round)
    }

    fn keep(&self, id: Id<Let>, cached: Cached) {
        let mut kept = self.kept.borrow_mut();
        kept.lets[id] = (kept.round, Some(cached));
    }

    /// A condition that is made of values. Where it is unknown, the values of its field may be tried.
    fn atom<R: Recorder<'r>>(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Judged {
        if !self.assumed.truths.is_empty() {
            let assumed = |channel| self.assumed.truths.get(&(place(expr), channel));
            // What stands in a let is of no channel.
            if let Some(judged) = assumed(channel).or_else(|| assumed(None)) {
                return *judged;
            }
        }
        let judged = self.atom_truth(expr, channel, recorder);
        match judged.truth {
            Truth::Unknown if self.assumes_nothing() => self.try_values(expr, channel).unwrap_or(judged),
            Truth::True | Truth::False | Truth::Unknown => judged,
        }
    }

    /// The truth of an atom, its parts taken as independent of each other.
    pub(super) fn atom_truth<R: Recorder<'r>>(
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
                set.has_value(&self.value(element, channel, recorder))
            }
            ExprKind::HasMany(set, quantifier, wanted) => match self.value(set, channel, recorder) {
                Valued::Known(Value::Set(members)) => Judged::known(quantifier.holds(&members, wanted)),
                set => set.has(*quantifier, &Valued::Known(Value::Set(wanted.clone()))),
            },
            ExprKind::HasSet(set, quantifier, wanted) => {
                let set = self.value(set, channel, recorder);
                set.has(*quantifier, &self.value(wanted, channel, recorder))
            }
            ExprKind::InList { subject, negated, members } => {
                let subject = self.value(subject, channel, recorder);
                // An unknown member leaves it unknown even where another is equal.
                let (mut judged, mut known, mut settles) = (Judged::FALSE, true, true);
                for member in members {
                    let one = match (self.value(member, channel, recorder), member.ty) {
                        (set, Type::Set(_)) => set.has_value(&subject),
                        (member, _) => subject.compare(CompareOp::Equal, &member),
                    };
                    known &= one.truth != Truth::Unknown;
                    settles &= one.settles();
                    judged = judged.or(one);
                }
                let judged = if known { judged } else { judged.unsettled(settles) };
                if *negated { judged.not() } else { judged }
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

    /// Returns the points that an effect gives an instance; nothing where no source tells a fact that makes them.
    pub(super) fn points(&self, points: &'r Points, channel: Option<Id<Channel>>) -> Option<i64> {
        match points {
            Points::Fixed(points) => Some(*points),
            Points::Rated(rating) => {
                let value = self.any_value(&rating.value, channel)?.as_number()?;
                i64::try_from(value.as_whole()?).ok()
            }
        }
    }

    /// Evaluates an expression of any type, for a text.
    pub(super) fn any_value(&self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Value> {
        if expr.ty == Type::Bool {
            return self.truth(expr, channel, &mut Silent).truth.as_bool().map(Value::Bool);
        }
        self.value(expr, channel, &mut Silent).known().cloned()
    }

    /// Evaluates an expression of any type.
    pub(super) fn value<R: Recorder<'r>>(
        &self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Valued {
        if expr.ty == Type::Bool {
            return Valued::of(self.truth(expr, channel, recorder));
        }
        let expr = expr.of_channel(channel);
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
            ExprKind::OfChannel(_) => Valued::STUCK,
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
                self.value(inner, channel, recorder).scaled(*factor)
            }
            ExprKind::Product(left, right) => {
                let left = self.value(left, channel, recorder);
                left.times(&self.value(right, channel, recorder))
            }
            ExprKind::Quotient(of, by) => {
                let (of, by) = (self.value(of, channel, recorder), self.value(by, channel, recorder));
                // A divisor is zero only where a fact is taken to be.
                let by = by.known().and_then(Value::as_number).and_then(|by| Exact::ONE.over(by));
                by.map_or(Valued::STUCK, |by| of.times(&Valued::Known(number(by))))
            }
            ExprKind::Round(rounding, of, step) => {
                let (of, step) = (self.value(of, channel, recorder), self.value(step, channel, recorder));
                let step = step.known().and_then(Value::as_number).filter(|step| *step > Exact::ZERO);
                step.map_or(Valued::STUCK, |step| of.map(|value| value.rounded(*rounding, step)))
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
                let greatest = matches!(expr.kind, ExprKind::Max(_));
                let values = parts.iter().map(|part| self.value(part, channel, recorder));
                values.reduce(|a, b| a.best(&b, greatest)).unwrap_or(Valued::STUCK)
            }
            ExprKind::Count(set) => self.value(set, channel, recorder).count(),
            ExprKind::Common(left, right) => {
                let left = self.value(left, channel, recorder);
                left.common(&self.value(right, channel, recorder))
            }
            ExprKind::SetOf(members) => {
                let mut set = Valued::Known(Value::Set(BTreeSet::new()));
                for member in members {
                    set = set.with(&self.value(member, channel, recorder));
                }
                match (set, expr.enum_id()) {
                    (Valued::Unknown(Could::Anything), Some(id)) => Valued::Unknown(self.any_set(id)),
                    (set, _) => set,
                }
            }
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
            | ExprKind::Excluded(..)
            | ExprKind::Leads(..)
            | ExprKind::Earlier(..)
            | predicate!() => Valued::of(self.truth_inside(expr, channel, recorder)),
        }
    }

    fn let_value<R: Recorder<'r>>(
        &self,
        id: Id<Let>,
        channel: Option<Id<Channel>>,
        recorder: &mut R,
    ) -> Valued {
        let expr = &self.ruleset.lets[id].value;
        let follows = recorder.follows(id);
        if let (Some(Cached::Value(value)), false) = (self.kept(id), follows) {
            return value;
        }
        let value = match follows {
            true => self.value(expr, channel, recorder),
            false => self.value(expr, channel, &mut Silent),
        };
        self.keep(id, Cached::Value(value.clone()));
        value
    }
}
