//! Where conditions turn round as one field changes and all others stay as they are.
//!
//! Every number that a part of a condition can come out as is a line over the field, or over a curve of it that only
//! grows or only falls (months between days, a day moved by months). A comparison turns only where two such lines meet:
//! these places are solved for, along curves by bisection. There may be too many of them, never too few; where they
//! cannot be solved for, that is said.

use std::collections::{BTreeSet, HashMap};

use super::reached::Reached;
use crate::ground::{Cut, axis};
use qudao_language::date::Date;
use qudao_language::decide::Probe;
use qudao_language::exact::Exact;
use qudao_language::model::{
    Between, Channel, Expr, ExprKind, FactRef, Field, Id, Let, Profile, Shift, Type, Value,
};
use qudao_language::operator::Sign;

/// One part of a condition may come out as so many lines at most.
const MOST_LINES: usize = 256;
/// So many places where two of them meet are looked for at most.
const MOST_CROSSINGS: usize = 20_000;

/// A curve times a number, plus another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Line {
    /// The number of the curve; that of the field itself for a constant.
    curve: usize,
    times: Exact,
    plus: Exact,
}

/// A function of the field that only grows or only falls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Curve {
    /// The field itself.
    Field,
    /// The durations from the one day to the other.
    Between(Between, Line, Line),
    /// The one day, moved by the other.
    Shifted(Shift, Sign, Line, Line),
}

/// Adds the places where the conditions on a field that fit no cells turn round; tells whether it added all of them.
pub(super) fn cuts(
    reached: &Reached<'_, '_>,
    profile: &Profile,
    field: Id<Field>,
    ends: Option<(i128, i128)>,
    cuts: &mut BTreeSet<Cut>,
) -> bool {
    if reached.opaque_on(field).is_empty() {
        return true;
    }
    let ground = reached.ground;
    let mut solver = Solver {
        reached,
        probe: Probe::new(ground.ruleset, profile, ground.day),
        field,
        ends,
        curves: vec![(Curve::Field, true)],
        lets: HashMap::new(),
        reads: HashMap::new(),
        followed: BTreeSet::new(),
        left: MOST_CROSSINGS,
        cuts,
        solved: true,
    };
    for opaque in reached.opaque_on(field) {
        solver.visit(opaque.expr, opaque.channel);
    }
    solver.solved
}

struct Solver<'a, 'g, 'r> {
    reached: &'a Reached<'g, 'r>,
    probe: Probe<'a>,
    field: Id<Field>,
    /// The least and the greatest value, of days and whole numbers.
    ends: Option<(i128, i128)>,
    /// Each with whether it grows.
    curves: Vec<(Curve, bool)>,
    /// What lets can come out as.
    lets: HashMap<Id<Let>, Option<Vec<Line>>>,
    /// Whether lets read the field.
    reads: HashMap<Id<Let>, bool>,
    /// The lets that were visited as conditions.
    followed: BTreeSet<Id<Let>>,
    /// How many more places may be looked for.
    left: usize,
    cuts: &'a mut BTreeSet<Cut>,
    solved: bool,
}

impl<'a, 'r: 'a> Solver<'a, '_, 'r> {
    /// Tells whether an expression reads the field, lets followed.
    fn reads(&mut self, expr: &'r Expr) -> bool {
        let mut lets = Vec::new();
        let mut found = false;
        expr.walk(&mut |part| match part.kind {
            ExprKind::Field(id) => found |= id == self.field,
            ExprKind::Let(id) => lets.push(id),
            _ => {}
        });
        found || lets.into_iter().any(|id| self.let_reads(id))
    }

    fn let_reads(&mut self, id: Id<Let>) -> bool {
        if let Some(known) = self.reads.get(&id) {
            return *known;
        }
        let reads = self.reads(&self.reached.ground.ruleset.lets[id].value);
        self.reads.insert(id, reads);
        reads
    }

    /// Adds the places where an expression of any type turns round or jumps.
    fn visit(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>) {
        if !self.reads(expr) {
            return;
        }
        match &expr.kind {
            ExprKind::Let(id) => {
                if self.followed.insert(*id) {
                    self.visit(&self.reached.ground.ruleset.lets[*id].value, channel);
                }
            }
            ExprKind::Compare(_, left, right) if is_ordered(left) => {
                let sides = (self.lines(left, channel), self.lines(right, channel));
                self.meet(sides.0, sides.1);
            }
            ExprKind::InSet { subject, members, .. } if is_ordered(subject) => {
                let members = members.iter().filter_map(axis).map(constant).collect();
                let subject = self.lines(subject, channel);
                self.meet(subject, Some(members));
            }
            ExprKind::InRange { subject, low, high, .. } if is_ordered(subject) => {
                let subject = self.lines(subject, channel);
                for bound in [low, high].into_iter().flatten() {
                    let bound = self.lines(bound, channel);
                    self.meet(subject.clone(), bound);
                }
            }
            _ => expr.parts().into_iter().for_each(|part| self.visit(part, channel)),
        }
    }

    /// Returns all lines that a number or day, or an end of what it could be, may lie on, and adds the places where it
    /// jumps from one to another; nothing where they are unknown or too many.
    fn lines(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Vec<Line>> {
        if !self.reads(expr)
            && let Some(value) = self.probe.value(expr, channel)
        {
            return Some(axis(&value).map(constant).into_iter().collect());
        }
        let lines = match &expr.kind {
            ExprKind::Field(id) if *id == self.field => {
                vec![Line { curve: 0, times: Exact::ONE, plus: Exact::ZERO }]
            }
            // What is not known lies between the ends of its range.
            ExprKind::Field(id) => {
                let field = &self.reached.ground.ruleset.fields[*id];
                let days = [Date::MIN, Date::MAX].map(Value::Date);
                let days = days.iter().filter(|_| field.ty == Type::Date);
                [&field.low, &field.high]
                    .into_iter()
                    .flatten()
                    .chain(days)
                    .filter_map(axis)
                    .map(constant)
                    .collect()
            }
            ExprKind::Literal(value) => axis(value).map(constant).into_iter().collect(),
            ExprKind::Today => vec![constant(Exact::whole(self.reached.ground.day.number()))],
            ExprKind::Let(id) => {
                if !self.lets.contains_key(id) {
                    let lines = self.lines(&self.reached.ground.ruleset.lets[*id].value, channel);
                    self.lets.insert(*id, lines);
                }
                self.lets.get(id).cloned().flatten()?
            }
            ExprKind::Fact(fact) => self.entries(fact, channel),
            ExprKind::If(parts) => {
                let [condition, yes, no] = &**parts;
                self.visit(condition, channel);
                let known = if self.reads(condition) {
                    None
                } else {
                    self.probe.judge(condition, channel).truth.as_bool()
                };
                let mut lines = Vec::new();
                for branch in [(yes, Some(false)), (no, Some(true))] {
                    if known != branch.1 {
                        lines.extend(self.lines(branch.0, channel)?);
                    }
                }
                lines
            }
            ExprKind::Negate(inner) => scaled(&self.lines(inner, channel)?, Exact::whole(-1))?,
            ExprKind::Scale(inner, factor) | ExprKind::Convert(inner, factor) => {
                scaled(&self.lines(inner, channel)?, *factor)?
            }
            ExprKind::Sum(terms) => {
                let mut total = vec![constant(Exact::ZERO)];
                for (sign, term) in terms {
                    let sign = Exact::whole(if *sign == Sign::Plus { 1 } else { -1 });
                    let term = scaled(&self.lines(term, channel)?, sign)?;
                    total = pairs(&total, &term, plus)?;
                }
                total
            }
            ExprKind::Min(parts) | ExprKind::Max(parts) => {
                let mut lines = Vec::new();
                for part in parts {
                    lines.extend(self.lines(part, channel)?);
                }
                lines
            }
            ExprKind::Abs(inner) => {
                let lines = self.lines(inner, channel)?;
                let turned = scaled(&lines, Exact::whole(-1))?;
                lines.into_iter().chain(turned).chain([constant(Exact::ZERO)]).collect()
            }
            ExprKind::Count(set) => {
                self.visit(set, channel);
                let of = set.enum_id().map_or(0, |id| self.reached.ground.ruleset.enums[id].members.len());
                (0..=of as i64).map(|count| constant(Exact::whole(count))).collect()
            }
            ExprKind::Between(unit, from, to) => {
                let (from, to) = (self.lines(from, channel)?, self.lines(to, channel)?);
                match unit {
                    Between::Days => pairs(&to, &scaled(&from, Exact::whole(-1))?, plus)?,
                    Between::Months | Between::Years => {
                        pairs(&from, &to, |from, to| self.curve(Curve::Between(*unit, *from, *to)))?
                    }
                }
            }
            ExprKind::Shift(unit, sign, day, amount) => {
                let (day, amount) = (self.lines(day, channel)?, self.lines(amount, channel)?);
                pairs(&day, &amount, |day, amount| self.curve(Curve::Shifted(*unit, *sign, *day, *amount)))?
            }
            // No other expression is a number or a day.
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
            | ExprKind::Earlier(..) => Vec::new(),
        };
        distinct(lines)
    }

    /// What a channel states of a fact, of any index.
    fn entries(&mut self, fact: &'r FactRef, channel: Option<Id<Channel>>) -> Vec<Line> {
        fact.indexes.iter().for_each(|index| self.visit(index, channel));
        let ground = self.reached.ground;
        let Some(of) = fact.channel.or(channel) else { return Vec::new() };
        let stated = ground.ruleset.channels[of].statements.iter().filter(|(entry, _)| entry.0 == fact.fact);
        let values = stated.flat_map(|(_, statements)| statements).filter_map(|said| said.value.as_ref());
        values.filter_map(axis).map(constant).collect()
    }

    /// Returns a curve as a line, a constant where it does not depend on the field; nothing where it may turn, or where
    /// the field's values are no whole numbers.
    fn curve(&mut self, curve: Curve) -> Option<Line> {
        let (first, second) = match &curve {
            Curve::Field => return None,
            // A span grows with its end and falls with its beginning.
            Curve::Between(_, from, to) => (self.grows(from).map(|grows| !grows), self.grows(to)),
            Curve::Shifted(_, sign, day, amount) => {
                let grows = *sign == Sign::Plus;
                (self.grows(day), self.grows(amount).map(|amount| amount == grows))
            }
        };
        let grows = match (first, second) {
            (None, None) => return self.at(&curve, 0).map(constant),
            (Some(a), Some(b)) if a != b => return None,
            (Some(grows), _) | (None, Some(grows)) => grows,
        };
        self.ends?;
        let curves = self.curves.iter().position(|(known, _)| *known == curve);
        let number = curves.unwrap_or_else(|| {
            self.curves.push((curve, grows));
            self.curves.len() - 1
        });
        Some(Line { curve: number, times: Exact::ONE, plus: Exact::ZERO })
    }

    /// Tells whether a line grows or falls with the field; nothing for a constant.
    fn grows(&self, line: &Line) -> Option<bool> {
        let (_, grows) = self.curves.get(line.curve).expect("a line lies on a curve that was added before");
        (line.times != Exact::ZERO).then_some(*grows != line.times.is_negative())
    }

    fn value(&self, line: &Line, at: i128) -> Option<Exact> {
        if line.times == Exact::ZERO {
            return Some(line.plus);
        }
        let (curve, _) = self.curves.get(line.curve).expect("a line lies on a curve that was added before");
        self.at(curve, at)?.times(line.times)?.plus(line.plus)
    }

    /// The value of a curve where the field has some value.
    fn at(&self, curve: &Curve, at: i128) -> Option<Exact> {
        let day = |line: &Line| {
            let number = self.value(line, at)?.as_whole()?;
            Some(Date::of_number(number.clamp(0, i128::from(Date::MAX.number())) as i64))
        };
        Some(match curve {
            Curve::Field => Exact::fraction(at, 1)?,
            Curve::Between(unit, from, to) => {
                let (from, to) = (day(from)?, day(to)?);
                Exact::whole(match unit {
                    Between::Days => from.days_to(to),
                    Between::Months => from.months_to(to),
                    Between::Years => from.years_to(to),
                })
            }
            Curve::Shifted(unit, sign, from, amount) => {
                let steps = self.value(amount, at)?.as_whole()?;
                let steps = if *sign == Sign::Plus { steps } else { -steps };
                let from = day(from)?;
                Exact::whole(match unit {
                    Shift::Days => from.plus_days(steps).number(),
                    Shift::Months => from.plus_months(steps).number(),
                })
            }
        })
    }

    /// Adds the places where a line of the one side meets one of the other.
    fn meet(&mut self, left: Option<Vec<Line>>, right: Option<Vec<Line>>) {
        let (Some(left), Some(right)) = (left, right) else {
            self.solved = false;
            return;
        };
        for a in &left {
            for b in &right {
                if self.crossing(a, b).is_none() {
                    self.solved = false;
                    if self.left == 0 {
                        return;
                    }
                }
            }
        }
    }

    /// Adds the place where two lines meet; nothing where it cannot be found.
    fn crossing(&mut self, a: &Line, b: &Line) -> Option<()> {
        let turned = Line { times: b.times.negated(), plus: b.plus.negated(), ..*b };
        let gap = plus(a, &turned);
        let grows = match &gap {
            Some(gap) => self.grows(gap),
            None => match (self.grows(a), self.grows(&turned)) {
                (Some(a), Some(b)) if a != b => return None,
                (a, b) => a.or(b),
            },
        };
        // Constants meet everywhere or nowhere.
        let Some(grows) = grows else { return Some(()) };
        self.left = self.left.checked_sub(1)?;
        if let Some(Line { curve: 0, times, plus }) = gap {
            let at = plus.negated().over(times)?;
            self.cuts.extend([false, true].map(|after| Cut { at, after }));
            return Some(());
        }
        let (low, high) = self.ends?;
        for past in [false, true] {
            let mut found = None;
            let (mut from, mut to) = (low, high);
            while from <= to {
                let middle = from + (to - from) / 2;
                let gap = self.value(a, middle)?.minus(self.value(b, middle)?)?;
                let gap = if grows { gap } else { gap.negated() };
                if gap > Exact::ZERO || (!past && gap == Exact::ZERO) {
                    found = Some(middle);
                    to = middle - 1;
                } else {
                    from = middle + 1;
                }
            }
            if let Some(found) = found {
                self.cuts.insert(Cut { at: Exact::fraction(found, 1)?, after: false });
            }
        }
        Some(())
    }
}

fn is_ordered(expr: &Expr) -> bool {
    matches!(expr.ty, Type::Number(_) | Type::Date)
}

fn constant(value: Exact) -> Line {
    Line { curve: 0, times: Exact::ZERO, plus: value }
}

/// Returns two lines added up; nothing where they lie on two curves, or past the exact range.
fn plus(a: &Line, b: &Line) -> Option<Line> {
    let curve = match (a.times == Exact::ZERO, b.times == Exact::ZERO) {
        (_, true) => a.curve,
        (true, false) => b.curve,
        (false, false) if a.curve == b.curve => a.curve,
        (false, false) => return None,
    };
    let times = a.times.plus(b.times)?;
    let curve = if times == Exact::ZERO { 0 } else { curve };
    Some(Line { curve, times, plus: a.plus.plus(b.plus)? })
}

fn scaled(lines: &[Line], factor: Exact) -> Option<Vec<Line>> {
    let scale = |line: &Line| {
        let times = line.times.times(factor)?;
        let curve = if times == Exact::ZERO { 0 } else { line.curve };
        Some(Line { curve, times, plus: line.plus.times(factor)? })
    };
    lines.iter().map(scale).collect()
}

fn pairs(a: &[Line], b: &[Line], mut join: impl FnMut(&Line, &Line) -> Option<Line>) -> Option<Vec<Line>> {
    let mut joined = Vec::new();
    for a in a {
        for b in b {
            joined.push(join(a, b)?);
        }
    }
    distinct(joined)
}

/// Returns lines, each once; nothing if they are too many.
fn distinct(mut lines: Vec<Line>) -> Option<Vec<Line>> {
    lines.sort_unstable();
    lines.dedup();
    (lines.len() <= MOST_LINES).then_some(lines)
}
