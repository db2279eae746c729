//! Conditions that choose: `if`, a fact looked up by a field, `min`, `max`, `abs`, `count`. Such a value is one of a few
//! plain ones, each in a case: a sum of fields, a constant. What a condition says of it is told case by case.
//!
//! [`Reader`] reads the conditions before the cells of fields are known, and notes what it asks of fields and sums;
//! that cuts them. Then each condition is a diagram. All fields are taken to be known here.

mod sets;
mod steps;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::forms::normal;
use super::formula::{At, Cases, Formula, Pair, turned};
use super::measures::{FIRST_MEASURE, day_of};
use qudao_engine::ground::{Opaque, Test, axis};
use qudao_language::date::Date;
use qudao_language::exact::Exact;
use qudao_language::model::{
    Between, Channel, Expr, ExprKind, FactRef, Field, Id, Let, Ruleset, Shift, Type, Value,
};
use qudao_language::operator::{CompareOp, Sign};

/// A value is told apart into so many cases at most.
const MAX_CASES: usize = 512;
/// So many pairs of cases that do not exclude each other are looked at for what is made of two values.
const MAX_PAIRS: usize = 8192;
/// So many pairs are tried for that.
const MAX_TRIED: usize = 250_000;
/// A condition of more formulas than these stays what it is.
const MAX_PARTS: usize = 2000;
/// A plain value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Leaf {
    /// Fields times numbers that are not zero, and a constant: a number, or a day by its number.
    Line(BTreeMap<usize, Exact>, Exact),
    /// Any other constant.
    Known(Value),
    /// A field that is a text or a set.
    Field(usize),
    /// What is in these values and in the sets of all these fields.
    Common(BTreeSet<usize>, BTreeSet<u32>),
}

impl Leaf {
    pub(super) fn constant(number: Exact) -> Leaf {
        Leaf::Line(BTreeMap::new(), number)
    }

    /// The number or day of a field.
    pub(super) fn field(number: usize) -> Leaf {
        Leaf::Line(BTreeMap::from([(number, Exact::ONE)]), Exact::ZERO)
    }
}

/// The values that an expression may have, and where it has which. In no case it is unknown.
type Values = Vec<(At, Leaf)>;

/// Reads the conditions of one side.
pub(super) struct Reader<'c, 'r> {
    pub(super) cases: &'c mut Cases,
    ruleset: &'r Ruleset,
    side: usize,
    /// The number of each field in the space.
    numbers: &'c [Option<usize>],
    /// Lets by the day that they are read at; nothing for one that cannot be told by cases.
    lets: HashMap<(Id<Let>, Date), Option<Values>>,
    bool_lets: HashMap<(Id<Let>, Date), Option<Pair>>,
}

/// Where an expression stands.
#[derive(Clone, Copy)]
struct Place {
    channel: Option<Id<Channel>>,
    day: Date,
}

impl<'c, 'r> Reader<'c, 'r> {
    /// Reads conditions of a side, whose fields have these numbers in the space.
    pub(super) fn new(
        cases: &'c mut Cases,
        ruleset: &'r Ruleset,
        side: usize,
        numbers: &'c [Option<usize>],
    ) -> Reader<'c, 'r> {
        Reader { cases, ruleset, side, numbers, lets: HashMap::new(), bool_lets: HashMap::new() }
    }

    /// Returns what a condition says; nothing where it cannot be told by cases.
    pub(super) fn read(&mut self, opaque: &Opaque<'r>) -> Option<Pair> {
        if opaque.asks {
            return None;
        }
        let pair = self.truth(opaque.expr, Place { channel: opaque.channel, day: opaque.day })?;
        (self.cases.below([pair.yes, pair.no].into_iter()).len() <= MAX_PARTS).then_some(pair)
    }

    fn number(&self, field: Id<Field>) -> Option<usize> {
        self.numbers.get(field.index()).copied().flatten()
    }

    fn truth(&mut self, expr: &'r Expr, at: Place) -> Option<Pair> {
        if self.cases.is_full() {
            return None;
        }
        Some(match &expr.kind {
            ExprKind::Literal(Value::Bool(holds)) => self.cases.same(*holds),
            ExprKind::Field(id) => {
                let (side, field) = (self.side, self.number(*id)?);
                let yes = self.cases.add(Formula::Is { side, field, value: 1 });
                let no = self.cases.add(Formula::Is { side, field, value: 0 });
                Pair { yes, no }
            }
            ExprKind::Let(id) => {
                let key = (*id, at.day);
                if let Some(known) = self.bool_lets.get(&key) {
                    return *known;
                }
                let found = self.truth(&self.ruleset.lets[*id].value, Place { channel: None, ..at });
                self.bool_lets.insert(key, found);
                found?
            }
            ExprKind::Fact(fact) => {
                let values = self.fact(fact, at)?;
                let of = |holds: bool| {
                    let those =
                        values.iter().filter(move |(_, leaf)| *leaf == Leaf::Known(Value::Bool(holds)));
                    those.map(|(when, _)| *when).collect::<Vec<At>>()
                };
                Pair { yes: self.cases.any(&of(true)), no: self.cases.any(&of(false)) }
            }
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                let all = matches!(expr.kind, ExprKind::And(_));
                let mut joined = self.cases.same(all);
                for part in parts {
                    let part = self.truth(part, at)?;
                    joined =
                        if all { self.cases.both(joined, part) } else { self.cases.either(joined, part) };
                }
                joined
            }
            ExprKind::Not(inner) => turned(self.truth(inner, at)?),
            ExprKind::If(parts) => {
                let [condition, yes, no] = &**parts;
                let (condition, yes, no) =
                    (self.truth(condition, at)?, self.truth(yes, at)?, self.truth(no, at)?);
                let mut choose = |yes: At, no: At| {
                    let parts = [self.cases.all(&[condition.yes, yes]), self.cases.all(&[condition.no, no])];
                    self.cases.any(&parts)
                };
                Pair { yes: choose(yes.yes, no.yes), no: choose(yes.no, no.no) }
            }
            ExprKind::Compare(op, left, right) if left.ty == Type::Bool => {
                let (left, right) = (self.truth(left, at)?, self.truth(right, at)?);
                let mut alike = |one: Pair, other: Pair| {
                    let parts = [self.cases.all(&[one.yes, other.yes]), self.cases.all(&[one.no, other.no])];
                    self.cases.any(&parts)
                };
                let same = Pair { yes: alike(left, right), no: alike(left, turned(right)) };
                match op {
                    CompareOp::Equal => same,
                    CompareOp::NotEqual => turned(same),
                    _ => return None,
                }
            }
            ExprKind::Compare(op, left, right) => {
                let (left, right) = (self.values(left, at)?, self.values(right, at)?);
                self.for_each_pair(&left, &right, |reader, one, other| reader.compare(*op, one, other))?
            }
            ExprKind::InSet { subject, negated, members } if subject.ty == Type::Bool => {
                let subject = self.truth(subject, at)?;
                let among = |holds: bool| members.contains(&Value::Bool(holds));
                let found = match (among(true), among(false)) {
                    (true, false) => subject,
                    (false, true) => turned(subject),
                    (all, _) => {
                        let settled = self.cases.any(&[subject.yes, subject.no]);
                        let never = self.cases.constant(false);
                        if all { Pair { yes: settled, no: never } } else { Pair { yes: never, no: settled } }
                    }
                };
                if *negated { turned(found) } else { found }
            }
            ExprKind::InSet { subject, negated, members } => {
                let subject = self.values(subject, at)?;
                let found = self.for_each(&subject, |reader, leaf| reader.among(leaf, members))?;
                if *negated { turned(found) } else { found }
            }
            ExprKind::InRange { subject, negated, low, high } => {
                let mut joined: Option<Pair> = None;
                let subject = self.values(subject, at)?;
                let bounds = [(low, CompareOp::AtLeast), (high, CompareOp::AtMost)];
                for (bound, op) in bounds {
                    let Some(bound) = bound else { continue };
                    let bound = self.values(bound, at)?;
                    let inside = self.for_each_pair(&subject, &bound, |reader, one, other| {
                        reader.compare(op, one, other)
                    })?;
                    joined = Some(match joined {
                        None => inside,
                        // An unknown bound leaves it unknown even where the other fails.
                        Some(other) => {
                            let both = self.cases.both(other, inside);
                            let known = [
                                self.cases.any(&[other.yes, other.no]),
                                self.cases.any(&[inside.yes, inside.no]),
                            ];
                            let no = self.cases.all(&[both.no, known[0], known[1]]);
                            Pair { yes: both.yes, no }
                        }
                    });
                }
                let found = joined?;
                if *negated { turned(found) } else { found }
            }
            ExprKind::Has(..) | ExprKind::InList { .. } if expr.possession().is_some() => {
                let (set, element, negated) = expr.possession()?;
                let (set, element) = (self.values(set, at)?, self.values(element, at)?);
                let found = self.for_each_pair(&set, &element, |reader, set, element| {
                    let Leaf::Known(Value::Enum(member)) = element else { return None };
                    let has = reader.has(set, *member)?;
                    Some(reader.cases.known(has))
                })?;
                if negated { turned(found) } else { found }
            }
            ExprKind::InList { subject, negated, members } => {
                let subject = self.values(subject, at)?;
                let (mut found, mut known) = (self.cases.same(false), Vec::new());
                for member in members {
                    let member = self.values(member, at)?;
                    let equal = self.for_each_pair(&subject, &member, |reader, one, other| {
                        reader.compare(CompareOp::Equal, one, other)
                    })?;
                    known.push(self.cases.any(&[equal.yes, equal.no]));
                    found = self.cases.either(found, equal);
                }
                // An unknown member leaves it unknown even where another is equal.
                known.push(found.yes);
                let found = Pair { yes: self.cases.all(&known), no: found.no };
                if *negated { turned(found) } else { found }
            }
            ExprKind::HasMany(set, quantifier, wanted) => {
                let count = self.size(set);
                let set = self.values(set, at)?;
                let wanted = Leaf::Known(Value::Set(wanted.clone()));
                self.for_each(&set, |reader, set| reader.has_many(set, *quantifier, &wanted, count))?
            }
            ExprKind::HasSet(set, quantifier, wanted) => {
                let count = self.size(set);
                let (set, wanted) = (self.values(set, at)?, self.values(wanted, at)?);
                self.for_each_pair(&set, &wanted, |reader, set, wanted| {
                    reader.has_many(set, *quantifier, wanted, count)
                })?
            }
            ExprKind::Known(what, negated) => {
                let found = match &what.kind {
                    ExprKind::Fact(fact) => {
                        let entries = self.entries(fact, at)?;
                        let of = |stated: bool| {
                            let those = entries.iter().filter(move |(_, value)| value.is_some() == stated);
                            those.map(|(when, _)| *when).collect::<Vec<At>>()
                        };
                        Pair { yes: self.cases.any(&of(true)), no: self.cases.any(&of(false)) }
                    }
                    _ => self.cases.same(true),
                };
                if *negated { turned(found) } else { found }
            }
            _ => return None,
        })
    }

    /// What is said of each value, joined.
    fn for_each(
        &mut self,
        values: &Values,
        mut says: impl FnMut(&mut Self, &Leaf) -> Option<Pair>,
    ) -> Option<Pair> {
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        for (when, leaf) in values {
            let said = says(self, leaf)?;
            yes.push(self.cases.all(&[*when, said.yes]));
            no.push(self.cases.all(&[*when, said.no]));
        }
        Some(Pair { yes: self.cases.any(&yes), no: self.cases.any(&no) })
    }

    fn for_each_pair(
        &mut self,
        left: &Values,
        right: &Values,
        mut says: impl FnMut(&mut Self, &Leaf, &Leaf) -> Option<Pair>,
    ) -> Option<Pair> {
        if left.len() * right.len() > MAX_TRIED {
            return None;
        }
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        for (one, left) in left {
            for (other, right) in right {
                let when = self.cases.all(&[*one, *other]);
                if *self.cases.at(when) == Formula::Const(false) {
                    continue;
                }
                let said = says(self, left, right)?;
                yes.push(self.cases.all(&[when, said.yes]));
                no.push(self.cases.all(&[when, said.no]));
            }
            if self.cases.is_full() || yes.len() > MAX_PAIRS {
                return None;
            }
        }
        Some(Pair { yes: self.cases.any(&yes), no: self.cases.any(&no) })
    }

    fn compare(&mut self, op: CompareOp, left: &Leaf, right: &Leaf) -> Option<Pair> {
        match (left, right) {
            (Leaf::Line(..), Leaf::Line(..)) => {
                let gap = sum(left, right, Exact::whole(-1))?;
                self.test(&gap, |offset| Some(Test::Compare(op, offset.negated())))
            }
            (Leaf::Known(left), Leaf::Known(right)) => {
                let holds = match op {
                    CompareOp::Equal => left == right,
                    CompareOp::NotEqual => left != right,
                    _ => left.compare(right).is_some_and(|order| op.holds(order)),
                };
                Some(self.cases.same(holds))
            }
            (Leaf::Field(one), Leaf::Field(other)) if one == other && op.is_equality() => {
                Some(self.cases.same(op == CompareOp::Equal))
            }
            (Leaf::Field(field), Leaf::Known(Value::Text(text)))
            | (Leaf::Known(Value::Text(text)), Leaf::Field(field)) => {
                let negated = match op {
                    CompareOp::Equal => false,
                    CompareOp::NotEqual => true,
                    _ => return None,
                };
                let holds = self.cases.add(Formula::Field(*field, Test::Texts(vec![text.clone()], negated)));
                Some(self.cases.known(holds))
            }
            (Leaf::Field(field), other) | (other, Leaf::Field(field)) if op.is_equality() => {
                let count = self.member_count(*field)?;
                self.are_few(left, right, count)?;
                let mut parts = Vec::new();
                for member in 0..count {
                    let has = self.has(&Leaf::Field(*field), member)?;
                    let wanted = self.has(other, member)?;
                    let neither = [self.cases.not(has), self.cases.not(wanted)];
                    let ways = [self.cases.all(&[has, wanted]), self.cases.all(&neither)];
                    parts.push(self.cases.any(&ways));
                }
                let same = self.cases.all(&parts);
                let same = self.cases.known(same);
                Some(if op == CompareOp::Equal { same } else { turned(same) })
            }
            _ => None,
        }
    }

    /// What a test says of a number; it is told the constant of the sum, and asks the rest.
    fn test(&mut self, line: &Leaf, test: impl Fn(Exact) -> Option<Test>) -> Option<Pair> {
        let Leaf::Line(terms, offset) = line else { return None };
        let test = test(*offset)?;
        let holds = match terms.iter().next() {
            None => return Some(self.cases.same(test.holds(Exact::ZERO))),
            Some((field, factor)) if terms.len() == 1 => {
                let test = test.scaled(Exact::ONE.over(*factor)?)?;
                match field.checked_sub(FIRST_MEASURE) {
                    Some(measure) => self.measured(measure, test)?,
                    None => self.cases.add(Formula::Field(*field, test)),
                }
            }
            Some(_) => {
                if terms.keys().any(|field| *field >= FIRST_MEASURE) {
                    return None;
                }
                let terms: Vec<(usize, Exact)> =
                    terms.iter().map(|(field, factor)| (*field, *factor)).collect();
                let (terms, test) = normal(terms, &test)?;
                self.cases.add(Formula::Sum(terms, test))
            }
        };
        Some(self.cases.known(holds))
    }

    fn among(&mut self, leaf: &Leaf, members: &[Value]) -> Option<Pair> {
        match leaf {
            Leaf::Line(..) => self.test(leaf, |offset| {
                let values = members.iter().map(|member| axis(member)?.minus(offset));
                Some(Test::Among(values.collect::<Option<_>>()?, false))
            }),
            Leaf::Known(value) => Some(self.cases.same(members.contains(value))),
            Leaf::Common(..) => None,
            Leaf::Field(field) => {
                let text = |member: &Value| match member {
                    Value::Text(text) => Some(text.clone()),
                    _ => None,
                };
                let texts = members.iter().map(text).collect::<Option<Vec<_>>>()?;
                let holds = self.cases.add(Formula::Field(*field, Test::Texts(texts, false)));
                Some(self.cases.known(holds))
            }
        }
    }

    /// The entries of a fact that may be read, where each is, and what the channel states of it.
    fn entries(&mut self, fact: &'r FactRef, at: Place) -> Option<Vec<(At, Option<&'r Value>)>> {
        let channel = fact.channel.or(at.channel)?;
        let always = self.cases.constant(true);
        let mut places: Vec<(At, Vec<u32>)> = vec![(always, Vec::new())];
        for index in &fact.indexes {
            let mut further = Vec::new();
            for (when, leaf) in self.values(index, at)? {
                let Leaf::Known(Value::Enum(value)) = leaf else { return None };
                for (before, values) in &places {
                    let when = self.cases.all(&[*before, when]);
                    further.push((when, values.iter().copied().chain([value]).collect()));
                }
            }
            if further.len() > MAX_CASES {
                return None;
            }
            places = further;
        }
        let entry = |values: &[u32]| (fact.fact, self.ruleset.entry_place(fact.fact, values));
        let value = |values: &[u32]| self.ruleset.value(channel, entry(values), at.day);
        Some(places.iter().map(|(when, values)| (*when, value(values))).collect())
    }

    fn fact(&mut self, fact: &'r FactRef, at: Place) -> Option<Values> {
        let entries = self.entries(fact, at)?;
        let stated = entries.into_iter().filter_map(|(when, value)| Some((when, plain(value?))));
        self.merged(stated.collect())
    }

    /// The values that an expression may have.
    fn values(&mut self, expr: &'r Expr, at: Place) -> Option<Values> {
        if self.cases.is_full() {
            return None;
        }
        let always = self.cases.constant(true);
        match &expr.kind {
            ExprKind::Literal(value) => Some(vec![(always, plain(value))]),
            ExprKind::Today => Some(vec![(always, plain(&Value::Date(at.day)))]),
            ExprKind::Field(id) => {
                let (side, field) = (self.side, self.number(*id)?);
                match self.ruleset.fields[*id].ty {
                    Type::Number(_) | Type::Date => Some(vec![(always, Leaf::field(field))]),
                    Type::Enum(of) => {
                        let members = 0..self.ruleset.enums[of].members.len() as u32;
                        let cases = members.map(|value| {
                            let when = self.cases.add(Formula::Is { side, field, value });
                            (when, Leaf::Known(Value::Enum(value)))
                        });
                        let cases: Values = cases.collect();
                        (cases.len() <= MAX_CASES).then_some(cases)
                    }
                    Type::Text | Type::Set(_) => Some(vec![(always, Leaf::Field(field))]),
                    Type::Bool => None,
                }
            }
            ExprKind::Let(id) => {
                let key = (*id, at.day);
                if let Some(known) = self.lets.get(&key) {
                    return known.clone();
                }
                let found = self.values(&self.ruleset.lets[*id].value, Place { channel: None, ..at });
                self.lets.insert(key, found.clone());
                found
            }
            ExprKind::Fact(fact) => self.fact(fact, at),
            ExprKind::If(parts) => {
                let [condition, yes, no] = &**parts;
                let condition = self.truth(condition, at)?;
                let mut cases = Values::new();
                for (when, branch) in [(condition.yes, yes), (condition.no, no)] {
                    for (inner, leaf) in self.values(branch, at)? {
                        cases.push((self.cases.all(&[when, inner]), leaf));
                    }
                }
                self.merged(cases)
            }
            ExprKind::Negate(inner) => self.scaled(inner, Exact::whole(-1), at),
            ExprKind::Scale(inner, factor) | ExprKind::Convert(inner, factor) => {
                self.scaled(inner, *factor, at)
            }
            ExprKind::Product(a, b) => {
                let (a, b) = (self.values(a, at)?, self.values(b, at)?);
                self.product(&a, &b, |_, one, other| {
                    let by = constant(other).map(|by| (one, by)).or(constant(one).map(|by| (other, by)));
                    let (line, by) = by?;
                    Some(vec![(always, times(line, by)?)])
                })
            }
            ExprKind::Quotient(of, by) => {
                let (of, by) = (self.values(of, at)?, self.values(by, at)?);
                self.product(&of, &by, |_, of, by| {
                    Some(vec![(always, times(of, Exact::ONE.over(constant(by)?)?)?)])
                })
            }
            ExprKind::Round(rounding, of, step) => {
                let (of, step) = (self.values(of, at)?, self.values(step, at)?);
                self.product(&of, &step, |reader, of, step| reader.rounded(*rounding, of, constant(step)?))
            }
            ExprKind::Sum(terms) => {
                let mut total = vec![(always, Leaf::constant(Exact::ZERO))];
                for (sign, term) in terms {
                    let sign = Exact::whole(if *sign == Sign::Plus { 1 } else { -1 });
                    let term = self.values(term, at)?;
                    total = self.product(&total, &term, |_, one, other| {
                        Some(vec![(always, sum(one, other, sign)?)])
                    })?;
                }
                Some(total)
            }
            ExprKind::Min(parts) | ExprKind::Max(parts) => {
                let op = if matches!(expr.kind, ExprKind::Min(_)) {
                    CompareOp::AtMost
                } else {
                    CompareOp::AtLeast
                };
                let mut best: Option<Values> = None;
                for part in parts {
                    let part = self.values(part, at)?;
                    best = Some(match best {
                        None => part,
                        Some(best) => self.product(&best, &part, |reader, one, other| {
                            let first = reader.compare(op, one, other)?;
                            Some(vec![(first.yes, one.clone()), (first.no, other.clone())])
                        })?,
                    });
                }
                best
            }
            ExprKind::Abs(inner) => {
                let inner = self.values(inner, at)?;
                let nothing = vec![(always, Leaf::constant(Exact::ZERO))];
                self.product(&inner, &nothing, |reader, one, zero| {
                    let least = reader.compare(CompareOp::AtLeast, one, zero)?;
                    Some(vec![(least.yes, one.clone()), (least.no, sum(zero, one, Exact::whole(-1))?)])
                })
            }
            ExprKind::SetOf(members) => {
                let mut sets = vec![(always, Leaf::Known(Value::Set(BTreeSet::new())))];
                for member in members {
                    let member = self.values(member, at)?;
                    sets = self.product(&sets, &member, |_, set, member| match (set, member) {
                        (Leaf::Known(Value::Set(set)), Leaf::Known(Value::Enum(member))) => {
                            let set = set.iter().copied().chain([*member]).collect();
                            Some(vec![(always, Leaf::Known(Value::Set(set)))])
                        }
                        _ => None,
                    })?;
                }
                Some(sets)
            }
            ExprKind::Common(a, b) => {
                let count = self.size(a);
                let (a, b) = (self.values(a, at)?, self.values(b, at)?);
                self.product(&a, &b, |reader, one, other| {
                    Some(vec![(always, reader.common(one, other, count)?)])
                })
            }
            ExprKind::Count(set) => {
                let of = self.size(set);
                let sets = self.values(set, at)?;
                let mut cases = Values::new();
                for (when, set) in sets {
                    for (count, exactly) in (0..).zip(self.counts(&set, of)?) {
                        let number = Leaf::constant(Exact::whole(count));
                        cases.push((self.cases.all(&[when, exactly]), number));
                    }
                }
                self.merged(cases)
            }
            ExprKind::Between(unit, from, to) => {
                let (from, to) = (self.values(from, at)?, self.values(to, at)?);
                self.product(&from, &to, |reader, from, to| {
                    Some(vec![(
                        always,
                        match unit {
                            Between::Days => sum(to, from, Exact::whole(-1))?,
                            Between::Months | Between::Years => reader.measure(*unit, from, to)?,
                        },
                    )])
                })
            }
            ExprKind::Shift(unit, sign, from, amount) => {
                let sign = Exact::whole(if *sign == Sign::Plus { 1 } else { -1 });
                let (from, amount) = (self.values(from, at)?, self.values(amount, at)?);
                self.product(&from, &amount, |reader, from, amount| match unit {
                    Shift::Days => reader.moved(sum(from, amount, sign)?),
                    Shift::Months => {
                        let Leaf::Line(terms, steps) = amount else { return None };
                        let steps = steps.times(sign)?.as_whole().filter(|_| terms.is_empty())?;
                        let moved = day_of(from)?.plus_months(steps);
                        Some(vec![(always, plain(&Value::Date(moved)))])
                    }
                })
            }
            _ => None,
        }
    }

    /// A day some days away: no day lies past the ends of the calendar.
    fn moved(&mut self, line: Leaf) -> Option<Values> {
        let (first, last) = (plain(&Value::Date(Date::MIN)), plain(&Value::Date(Date::MAX)));
        let before = self.compare(CompareOp::Less, &line, &first)?;
        let after = self.compare(CompareOp::Greater, &line, &last)?;
        let inside = self.cases.all(&[before.no, after.no]);
        Some(vec![(before.yes, first), (after.yes, last), (inside, line)])
    }

    fn scaled(&mut self, inner: &'r Expr, factor: Exact, at: Place) -> Option<Values> {
        let values = self.values(inner, at)?.into_iter();
        let values = values.map(|(when, leaf)| Some((when, times(&leaf, factor)?)));
        let values = values.collect::<Option<Values>>()?;
        self.merged(values)
    }

    /// What comes of each pair of values.
    fn product(
        &mut self,
        left: &Values,
        right: &Values,
        mut change: impl FnMut(&mut Self, &Leaf, &Leaf) -> Option<Values>,
    ) -> Option<Values> {
        if left.len() * right.len() > MAX_TRIED {
            return None;
        }
        let mut found = Values::new();
        for (one, left) in left {
            for (other, right) in right {
                let when = self.cases.all(&[*one, *other]);
                if *self.cases.at(when) == Formula::Const(false) {
                    continue;
                }
                for (inner, leaf) in change(self, left, right)? {
                    found.push((self.cases.all(&[when, inner]), leaf));
                }
            }
            if self.cases.is_full() || found.len() > MAX_PAIRS {
                return None;
            }
        }
        self.merged(found)
    }

    /// The same with each value once; nothing if there are too many.
    fn merged(&mut self, cases: Values) -> Option<Values> {
        let never = self.cases.constant(false);
        let mut found: Vec<(Vec<At>, Leaf)> = Vec::new();
        for (when, leaf) in cases.into_iter().filter(|(when, _)| *when != never) {
            let place = found.iter().position(|(_, other)| *other == leaf);
            match place.and_then(|place| found.get_mut(place)) {
                Some((whens, _)) => whens.push(when),
                None => found.push((vec![when], leaf)),
            }
            if found.len() > MAX_CASES {
                return None;
            }
        }
        Some(found.into_iter().map(|(whens, leaf)| (self.cases.any(&whens), leaf)).collect())
    }
}

/// A constant as a plain value.
fn plain(value: &Value) -> Leaf {
    match axis(value) {
        Some(number) => Leaf::constant(number),
        None => Leaf::Known(value.clone()),
    }
}

/// The number that a value always is, if it is one.
fn constant(leaf: &Leaf) -> Option<Exact> {
    match leaf {
        Leaf::Line(terms, constant) if terms.is_empty() => Some(*constant),
        Leaf::Line(..) | Leaf::Known(_) | Leaf::Field(_) | Leaf::Common(..) => None,
    }
}

/// So many times a value; nothing past the exact range.
fn times(leaf: &Leaf, factor: Exact) -> Option<Leaf> {
    sum(&Leaf::constant(Exact::ZERO), leaf, factor)
}

/// The first and so many times the second; nothing past the exact range.
fn sum(one: &Leaf, other: &Leaf, times: Exact) -> Option<Leaf> {
    let (Leaf::Line(one, constant), Leaf::Line(other, more)) = (one, other) else { return None };
    let mut terms = one.clone();
    for (field, factor) in other {
        let term = terms.entry(*field).or_insert(Exact::ZERO);
        *term = term.plus(factor.times(times)?)?;
    }
    terms.retain(|_, factor| *factor != Exact::ZERO);
    Some(Leaf::Line(terms, constant.plus(more.times(times)?)?))
}
