//! A formula's answer: what [`qudao_language::decide`] says of the expression, part for part.

mod arithmetic;
mod sets;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Atom, Condition, Domain, Figure, Formula, Formulas, Held, Part, Race, Term, Test};
use crate::ground::OpaqueId;
use crate::program::bits::Kleene;
use qudao_language::date::Date;
use qudao_language::decide::MOST_NUMBERS;
use qudao_language::model::{Between, Id, Shift};
use qudao_language::operator::{CompareOp, Ends, Sign};

impl Part {
    pub(super) const STUCK: Part = Part::OneOf(0, 0);

    /// Tells whether it is known, or some filling of the unknown fields would make it so.
    fn settles(self) -> bool {
        !matches!(self, Part::OneOf(start, end) if start == end)
    }

    fn known(self) -> Option<i128> {
        if let Part::Known(value) = self { Some(value) } else { None }
    }
}

/// Runs formulas.
#[derive(Debug)]
pub(in crate::program) struct Run<'a> {
    formulas: &'a Formulas,
    values: &'a [Held],
    excluded: &'a [Kleene],
    /// Values that parts could be, one list after the other.
    few: &'a mut Vec<i128>,
    /// A field taken to have a value, to see what that would change.
    assumed: Option<(usize, i128)>,
    /// Whether something did not fit, so that the answer means nothing.
    failed: bool,
    /// The targets that lead in a race; nothing where the evaluator has to find them.
    leading: BTreeMap<usize, Option<BTreeSet<usize>>>,
}

impl<'a> Run<'a> {
    pub(in crate::program) fn new(
        formulas: &'a Formulas,
        values: &'a [Held],
        excluded: &'a [Kleene],
        few: &'a mut Vec<i128>,
    ) -> Run<'a> {
        Run { formulas, values, excluded, few, assumed: None, failed: false, leading: BTreeMap::new() }
    }

    /// Judges an opaque condition; nothing where the evaluator has to do it.
    pub(in crate::program) fn judge(&mut self, id: Id<OpaqueId>) -> Option<Kleene> {
        let formulas = self.formulas;
        match formulas.of(id)? {
            Formula::Table(places, answers) => {
                let mut state = 0;
                for (field, step, known) in places {
                    state += step
                        * match self.values.get(*field)? {
                            Held::Known(value) => *value as usize,
                            Held::Unknown => *known as usize,
                            Held::Odd => return None,
                        };
                }
                answers.get(state).copied()
            }
            Formula::Condition(condition) => self.condition(condition),
            Formula::Leads(race, target) => {
                if !self.leading.contains_key(race) {
                    let leading = formulas.races.get(*race).and_then(|race| self.leading_in(race));
                    self.leading.insert(*race, leading);
                }
                let leading = self.leading.get(race)?.as_ref()?;
                Some(Kleene::known(leading.contains(target)))
            }
        }
    }

    /// The targets that lead in a race, where it is known of each whether it is excluded and what its measure is.
    fn leading_in(&mut self, race: &Race) -> Option<BTreeSet<usize>> {
        let formulas = self.formulas;
        let mut best: Option<i128> = None;
        let mut leading = BTreeSet::new();
        for target in &race.targets {
            let excluded = self.excluded.get(*target).expect("each target is excluded or not");
            if excluded.is_unknown() {
                return None;
            }
            if excluded.is_true() {
                continue;
            }
            let (_, figure) = formulas.measures(*target).iter().find(|(id, _)| *id == race.measure)?;
            let value = self.number(figure.as_ref()?)??;
            let value = if race.highest { value.checked_neg()? } else { value };
            if best.is_none_or(|best| value < best) {
                best = Some(value);
                leading.clear();
            }
            if best == Some(value) {
                leading.insert(*target);
            }
        }
        Some(leading)
    }

    /// Judges a condition; nothing where something does not fit.
    pub(super) fn condition(&mut self, condition: &Condition) -> Option<Kleene> {
        self.few.clear();
        self.failed = false;
        let judged = self.truth(condition);
        (!self.failed).then_some(judged)
    }

    /// Finds a number on the common scale, or that it is not known; nothing where something does not fit.
    pub(in crate::program) fn number(&mut self, figure: &Figure) -> Option<Option<i128>> {
        self.few.clear();
        self.failed = false;
        let found = self.term(&figure.0).known();
        (!self.failed).then_some(found)
    }

    fn truth(&mut self, condition: &Condition) -> Kleene {
        match condition {
            Condition::Constant(judged) => *judged,
            Condition::And(parts) => {
                let mut all = Kleene::TRUE;
                for part in parts {
                    all = all.and(self.truth(part));
                    if all.is_false() {
                        return Kleene::FALSE;
                    }
                }
                all
            }
            Condition::Or(parts) => {
                let mut any = Kleene::FALSE;
                for part in parts {
                    any = any.or(self.truth(part));
                    if any.is_true() {
                        return Kleene::TRUE;
                    }
                }
                any
            }
            Condition::Not(inner) => self.truth(inner).not(),
            Condition::If(parts) => {
                let [condition, yes, no] = &**parts;
                let condition = self.truth(condition);
                let (yes, no) = (self.truth(yes), self.truth(no));
                condition.either(yes, no)
            }
            Condition::Excluded(target, negated) => {
                let excluded = *self.excluded.get(*target).expect("each target is excluded or not");
                if *negated { excluded.not() } else { excluded }
            }
            Condition::Atom(atom) => self.atom(atom),
            Condition::Tried(field, values, condition) => {
                let judged = self.truth(condition);
                let unknown = self.values.get(*field) == Some(&Held::Unknown) && self.assumed.is_none();
                if !judged.is_unknown() || !unknown {
                    return judged;
                }
                self.try_each(*field, values, |run| run.truth(condition))
            }
        }
    }

    /// Where it is unknown and waits for one field of few values alone, each is tried: it may be read twice.
    fn atom(&mut self, atom: &Atom) -> Kleene {
        let judged = self.test(&atom.test);
        if !judged.is_unknown() || self.assumed.is_some() || atom.asks {
            return judged;
        }
        let is_unknown = |field: &&usize| self.values.get(**field) == Some(&Held::Unknown);
        let mut unknown = atom.fields.iter().filter(is_unknown);
        let (Some(field), None) = (unknown.next(), unknown.next()) else { return judged };
        let formulas = self.formulas;
        let Some(Domain::OneOf(values)) = formulas.domains.get(*field) else { return judged };
        self.try_each(*field, values, |run| run.test(&atom.test))
    }

    /// Judges by each of some values of a field.
    fn try_each(&mut self, field: usize, values: &[i128], judge: impl Fn(&mut Self) -> Kleene) -> Kleene {
        let (mut can_hold, mut can_fail) = (false, false);
        let mark = self.few.len();
        for value in values {
            self.assumed = Some((field, *value));
            let tried = judge(self);
            can_hold |= tried.is_true();
            can_fail |= tried.is_false();
            self.few.truncate(mark);
        }
        self.assumed = None;
        Kleene::unknown(can_hold, can_fail)
    }

    fn test(&mut self, test: &Test) -> Kleene {
        match test {
            Test::Compare(op, left, right) => {
                let (left, right) = (self.term(left), self.term(right));
                self.compare(*op, left, right)
            }
            Test::Among(subject, members, negated) => {
                let subject = self.term(subject);
                let judged = match subject {
                    Part::Between(..) => {
                        let mut can_hold = false;
                        for member in members {
                            let equal = self.compare(CompareOp::Equal, subject, Part::Known(*member));
                            can_hold |= equal.can_hold();
                        }
                        Kleene::unknown(can_hold, true)
                    }
                    _ => self.judge_part(subject, |value| members.contains(&value)),
                };
                if *negated { judged.not() } else { judged }
            }
            Test::Range { subject, low, high, negated } => {
                let subject = self.term(subject);
                let above = self.bound(subject, CompareOp::AtLeast, low.as_ref());
                let below = self.bound(subject, CompareOp::AtMost, high.as_ref());
                let mut judged = above.and(below);
                if above.is_unknown() || below.is_unknown() {
                    judged = judged.unsettled(above.settles() && below.settles());
                }
                if *negated { judged.not() } else { judged }
            }
            Test::Has(set, element) => {
                let (set, element) = (self.term(set), self.term(element));
                self.has(set, element)
            }
            Test::Lacks(set, element) => {
                let (set, element) = (self.term(set), self.term(element));
                self.has(set, element).not()
            }
            Test::HasSet(set, quantifier, wanted) => {
                let (set, wanted) = (self.term(set), self.term(wanted));
                self.has_set(set, *quantifier, wanted)
            }
            Test::AnyOf(subject, members, negated) => {
                let subject = self.term(subject);
                let (mut judged, mut known, mut settles) = (Kleene::FALSE, true, true);
                for member in members {
                    let member = self.term(member);
                    let one = self.compare(CompareOp::Equal, subject, member);
                    known &= !one.is_unknown();
                    settles &= one.settles();
                    judged = judged.or(one);
                }
                let judged = if known { judged } else { judged.unsettled(settles) };
                if *negated { judged.not() } else { judged }
            }
            Test::Known(what, negated) => {
                let known = self.term(what).known().is_some();
                Kleene::known(known != *negated)
            }
            Test::Stated(index, stated, negated) => {
                let index = self.term(index);
                let stated = |index: i128| stated.get(index as usize) == Some(&true);
                let judged = self.judge_part(index, stated);
                if *negated { judged.not() } else { judged }
            }
            Test::Bare(term) => {
                let value = self.term(term);
                self.judge_part(value, |value| value == 1)
            }
        }
    }

    fn bound(&mut self, subject: Part, op: CompareOp, bound: Option<&Term>) -> Kleene {
        let Some(bound) = bound else { return Kleene::TRUE };
        let bound = self.term(bound);
        self.compare(op, subject, bound)
    }

    /// Judges a condition on each value that a part could be; where these are not counted, it could be either.
    fn judge_part(&self, part: Part, holds: impl Fn(i128) -> bool) -> Kleene {
        match part {
            Part::Known(value) => Kleene::known(holds(value)),
            Part::OneOf(start, end) => {
                let values = self.listed(start as usize..end as usize);
                let can_fail = values.iter().any(|value| !holds(*value));
                Kleene::unknown(values.iter().any(|value| holds(*value)), can_fail)
            }
            Part::Between(..) | Part::Within(..) => Kleene::OPEN,
        }
    }

    fn terms(&mut self, pair: &(Term, Term)) -> (Part, Part) {
        (self.term(&pair.0), self.term(&pair.1))
    }

    fn term(&mut self, term: &Term) -> Part {
        match term {
            Term::Constant(part) => *part,
            Term::Field(field) => self.field(*field),
            Term::Truth(condition) => {
                let judged = self.truth(condition);
                if judged.is_unknown() {
                    let start = self.few.len();
                    let values = [(judged.can_hold(), 1), (judged.can_fail(), 0)];
                    self.few.extend(values.iter().filter(|(can, _)| *can).map(|(_, value)| *value));
                    self.list_from(start)
                } else {
                    Part::Known(i128::from(judged.is_true()))
                }
            }
            Term::Place(parts) => {
                let mut place = Part::Known(0);
                for (index, size) in parts {
                    let index = self.term(index);
                    place = self.each_with_each(place, index, *size);
                }
                place
            }
            Term::Entry(index, stated) => {
                let index = self.term(index);
                self.entry(index, stated)
            }
            Term::If(parts) => self.either(parts),
            Term::Scaled(inner, times, over) => {
                let inner = self.term(inner);
                if *times == 0 {
                    return self.zero_times(inner);
                }
                let change = |value: i128| {
                    let product = value.checked_mul(*times)?;
                    if *over == 1 { Some(product) } else { exactly(product, *over) }
                };
                self.map(inner, times.is_negative(), change)
            }
            Term::Product(pair) => {
                let (left, right) = self.terms(pair);
                self.times(left, right)
            }
            Term::Rounded(rounding, inner, step) => {
                let inner = self.term(inner);
                self.map(inner, false, |value| rounding.whole(value, *step).checked_mul(*step))
            }
            Term::Abs(inner) => {
                let inner = self.term(inner);
                self.abs(inner)
            }
            Term::Sum(terms) => {
                let mut total = Part::Known(0);
                for (sign, term) in terms {
                    let term = self.term(term);
                    total = match sign {
                        Sign::Plus => self.combine(total, term, false, i128::checked_add),
                        Sign::Minus => self.combine(total, term, true, i128::checked_sub),
                    };
                }
                total
            }
            Term::Best(greatest, parts) => {
                let mut best: Option<Part> = None;
                for part in parts {
                    let part = self.term(part);
                    best = Some(best.map_or(part, |best| self.best(best, part, *greatest)));
                }
                best.unwrap_or(Part::STUCK)
            }
            Term::Count(set) => {
                let steps = self.formulas.steps;
                let count = |members: i128| Some(i128::from(members.count_ones()) * steps);
                match self.term(set) {
                    Part::Within(low, high) if i128::from((high & !low).count_ones()) < MOST_NUMBERS => {
                        let start = self.few.len();
                        let counts = low.count_ones()..=high.count_ones();
                        self.few.extend(counts.map(|count| i128::from(count) * steps));
                        self.list_from(start)
                    }
                    Part::Within(low, high) => Part::Between(count(low), count(high)),
                    set => self.map(set, false, count),
                }
            }
            Term::SetOf(members) => {
                let mut set = Part::Known(0);
                for member in members {
                    let member = self.term(member);
                    set = self.combine(set, member, false, |set, member| Some(set | 1 << member));
                }
                set
            }
            Term::Common(pair) => {
                let (left, right) = self.terms(pair);
                match (left, right) {
                    (Part::Within(..), other) | (other, Part::Within(..)) if other.settles() => {
                        let ((a_low, a_high), (b_low, b_high)) = (self.members(left), self.members(right));
                        Part::Within(a_low & b_low, a_high & b_high)
                    }
                    _ => self.combine(left, right, false, |a, b| Some(a & b)),
                }
            }
            Term::Between(unit, pair) => {
                let (from, to) = self.terms(pair);
                let steps = self.formulas.steps;
                self.combine(to, from, true, |to, from| {
                    let count = match unit {
                        Between::Days => to - from,
                        Between::Months => i128::from(day(from).months_to(day(to))),
                        Between::Years => i128::from(day(from).years_to(day(to))),
                    };
                    Some(count * steps)
                })
            }
            Term::Shifted(unit, sign, pair) => {
                let (date, amount) = self.terms(pair);
                let steps = self.formulas.steps;
                self.combine(date, amount, *sign == Sign::Minus, |date, amount| {
                    let amount = exactly(amount, steps)?;
                    let amount = if *sign == Sign::Plus { amount } else { -amount };
                    let moved = match unit {
                        Shift::Days => day(date).plus_days(amount),
                        Shift::Months => day(date).plus_months(amount),
                    };
                    Some(i128::from(moved.number()))
                })
            }
        }
    }

    fn field(&mut self, field: usize) -> Part {
        if let Some((assumed, value)) = self.assumed
            && assumed == field
        {
            return Part::Known(value);
        }
        match self.values.get(field) {
            Some(Held::Known(value)) => Part::Known(*value),
            Some(Held::Odd) | None => self.fail(),
            Some(Held::Unknown) => match self.formulas.domains.get(field) {
                Some(Domain::OneOf(values)) => {
                    let start = self.few.len();
                    self.few.extend(values);
                    self.list_from(start)
                }
                Some(Domain::Between(low, high)) => Part::Between(*low, *high),
                Some(Domain::Sets(members)) => Part::Within(0, *members),
                None => self.fail(),
            },
        }
    }

    fn fail(&mut self) -> Part {
        self.failed = true;
        Part::STUCK
    }

    fn list_from(&self, start: usize) -> Part {
        Part::OneOf(start as u32, self.few.len() as u32)
    }

    /// Adds a value to the list that begins at a place, once.
    fn add(&mut self, start: usize, value: i128) {
        if !self.few.get(start..).is_some_and(|list| list.contains(&value)) {
            self.few.push(value);
        }
    }

    /// The values of a list.
    pub(super) fn listed(&self, list: Range<usize>) -> &[i128] {
        self.few.get(list).expect("a list lies among the values that were written down")
    }

    fn at(&self, place: usize) -> i128 {
        *self.few.get(place).expect("a list that was made holds what is asked of it")
    }

    /// The values that a part could be, as a list; nothing where they are not counted.
    fn list(&mut self, part: Part) -> Option<Range<usize>> {
        match part {
            Part::Known(value) => {
                self.few.push(value);
                Some(self.few.len() - 1..self.few.len())
            }
            Part::OneOf(start, end) => Some(start as usize..end as usize),
            Part::Between(..) | Part::Within(..) => None,
        }
    }

    /// The least and the greatest that a part could be.
    fn range(&self, part: Part) -> Ends<i128> {
        match part {
            Part::Known(value) => (Some(value), Some(value)),
            Part::OneOf(start, end) => {
                let values = self.listed(start as usize..end as usize);
                (values.iter().min().copied(), values.iter().max().copied())
            }
            Part::Between(low, high) => (low, high),
            Part::Within(..) => (None, None),
        }
    }

    /// The places that come of those before and a further index of so many values.
    fn each_with_each(&mut self, before: Part, index: Part, size: i128) -> Part {
        if let (Part::Known(before), Part::Known(index)) = (before, index) {
            return Part::Known(before * size + index);
        }
        let (Some(before), Some(index)) = (self.list(before), self.list(index)) else {
            return Part::Between(None, None);
        };
        let start = self.few.len();
        for place in before {
            for value in index.clone() {
                self.few.push(self.at(place) * size + self.at(value));
            }
        }
        self.list_from(start)
    }

    fn entry(&mut self, index: Part, stated: &[Option<i128>]) -> Part {
        let of = |index: i128| stated.get(index as usize).copied().flatten();
        match index {
            Part::Known(index) => of(index).map_or(Part::STUCK, Part::Known),
            Part::OneOf(from, to) => {
                let start = self.few.len();
                for place in from..to {
                    if let Some(value) = of(self.at(place as usize)) {
                        self.add(start, value);
                    }
                }
                self.list_from(start)
            }
            Part::Between(..) | Part::Within(..) => Part::Between(None, None),
        }
    }

    fn either(&mut self, parts: &(Condition, Term, Term)) -> Part {
        let condition = self.truth(&parts.0);
        let (yes, no) = (self.term(&parts.1), self.term(&parts.2));
        if !condition.is_unknown() {
            return if condition.is_true() { yes } else { no };
        }
        let could = |can: bool, part: Part| if can { part } else { Part::STUCK };
        let (a, b) = (could(condition.can_hold(), yes), could(condition.can_fail(), no));
        let (stuck_a, stuck_b) = (!a.settles(), !b.settles());
        if let (Some(left), Some(right)) = (self.list(a), self.list(b)) {
            let start = self.few.len();
            for place in left.chain(right) {
                self.add(start, self.at(place));
            }
            return self.list_from(start);
        }
        if stuck_a {
            return b;
        }
        if stuck_b {
            return a;
        }
        if let (Part::Within(..), _) | (_, Part::Within(..)) = (a, b) {
            let ((a_low, a_high), (b_low, b_high)) = (self.members(a), self.members(b));
            return Part::Within(a_low & b_low, a_high | b_high);
        }
        let ((a_low, a_high), (b_low, b_high)) = (self.range(a), self.range(b));
        let low = a_low.zip(b_low).map(|(a, b)| a.min(b));
        Part::Between(low, a_high.zip(b_high).map(|(a, b)| a.max(b)))
    }
}

/// The day of a number.
fn day(number: i128) -> Date {
    Date::of_number(i64::try_from(number).unwrap_or(0))
}

/// A number divided by another one above zero; nothing where something is left over.
fn exactly(number: i128, by: i128) -> Option<i128> {
    // Dividing words takes a fraction of the time.
    if let (Ok(number), Ok(by)) = (i64::try_from(number), i64::try_from(by)) {
        return (number.checked_rem(by)? == 0).then(|| i128::from(number / by));
    }
    (number % by == 0).then_some(number / by)
}
