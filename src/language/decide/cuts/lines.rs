//! Numbers and days as lines over what changes.

use super::super::eval::Silent;
use super::super::ranges::axis;
use super::super::verdict::Await;
use super::Cuts;
use crate::date::Date;
use crate::exact::{Exact, MAX_WHOLE_DIGITS, Rounding};
use crate::model::{Between, Channel, Expr, ExprKind, Id, Shift, Type, Value, predicate};
use crate::operator::Sign;

/// An expression may be one of so many lines.
const MOST_LINES: usize = 256;
/// Whole numbers go so far.
const LAST: i128 = 10_i128.pow(MAX_WHOLE_DIGITS as u32) - 1;

/// A curve times a number, plus another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Line {
    /// The number of the curve; the first for a constant.
    pub(super) curve: usize,
    pub(super) times: Exact,
    pub(super) plus: Exact,
}

/// What lines lie on: a function of one that changes, which only grows or only falls.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    of: Await,
    pub(super) shape: Shape,
    grows: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// What changes itself.
    Itself,
    /// The durations from the one day to the other.
    Between(Between, Line, Line),
    /// The one day, moved by the other.
    Shifted(Shift, Sign, Line, Line),
    /// Rounded to a multiple of a step.
    Rounded(Rounding, Line, Exact),
}

impl Curve {
    /// What changes itself.
    pub(super) fn itself(of: Await) -> Curve {
        Curve { of, shape: Shape::Itself, grows: true }
    }
}

impl Line {
    pub(super) fn constant(constant: Exact) -> Line {
        Line { curve: 0, times: Exact::ZERO, plus: constant }
    }

    pub(super) fn is_constant(&self) -> bool {
        self.times == Exact::ZERO
    }

    fn new(curve: usize, times: Exact, plus: Exact) -> Line {
        if times == Exact::ZERO { Line::constant(plus) } else { Line { curve, times, plus } }
    }

    pub(super) fn scaled(&self, factor: Exact) -> Option<Line> {
        Some(Line::new(self.curve, self.times.times(factor)?, self.plus.times(factor)?))
    }

    /// Two lines added up; nothing where they lie on two curves, or past the exact range.
    pub(super) fn and(&self, other: &Line) -> Option<Line> {
        let curve = match (self.is_constant(), other.is_constant()) {
            (_, true) => self.curve,
            (true, false) => other.curve,
            (false, false) if self.curve == other.curve => self.curve,
            (false, false) => return None,
        };
        Some(Line::new(curve, self.times.plus(other.times)?, self.plus.plus(other.plus)?))
    }
}

impl<'r> Cuts<'_, 'r> {
    pub(super) fn curve(&self, curve: usize) -> &Curve {
        self.curves.get(curve).expect("a line lies on a curve that was added before")
    }

    /// What a line changes with; nothing for a constant.
    pub(super) fn of(&self, line: &Line) -> Option<Await> {
        (!line.is_constant()).then(|| self.curve(line.curve).of)
    }

    /// What a line changes with, and whether it grows with it; nothing for a constant.
    pub(super) fn changing(&self, line: &Line) -> Option<(Await, bool)> {
        let of = self.of(line)?;
        Some((of, self.curve(line.curve).grows != line.times.is_negative()))
    }

    /// The least and the greatest value of days and whole numbers.
    pub(super) fn ends(&self, of: Await) -> Option<(i128, i128)> {
        match self.kind(of).0 {
            Type::Date => Some((0, i128::from(Date::MAX.number()))),
            Type::Number(number) => number.whole.then_some((-LAST, LAST)),
            Type::Bool | Type::Enum(_) | Type::Text | Type::Set(_) => None,
        }
    }

    /// Returns a curve as a line, a constant where nothing in it changes; nothing where it may turn, or where it is one of
    /// numbers that are not whole, save where these are rounded themselves.
    fn curved(&mut self, shape: Shape) -> Option<Line> {
        let (first, second) = match &shape {
            Shape::Itself => return None,
            // A span grows with its end and falls with its beginning.
            Shape::Between(_, from, to) => {
                (self.changing(from).map(|(of, grows)| (of, !grows)), self.changing(to))
            }
            Shape::Shifted(_, sign, day, amount) => {
                let forth = *sign == Sign::Plus;
                (self.changing(day), self.changing(amount).map(|(of, grows)| (of, grows == forth)))
            }
            Shape::Rounded(_, of, _) => (self.changing(of), None),
        };
        let (of, grows) = match (first, second) {
            (None, None) => return self.at(&shape, 0).map(Line::constant),
            (Some(a), Some(b)) if a != b => return None,
            (Some(one), _) | (None, Some(one)) => one,
        };
        let steps =
            matches!(&shape, Shape::Rounded(_, line, _) if self.curve(line.curve).shape == Shape::Itself);
        if !steps {
            self.ends(of)?;
        }
        let known = self.curves.iter().position(|curve| curve.of == of && curve.shape == shape);
        let curve = known.unwrap_or_else(|| {
            self.curves.push(Curve { of, shape, grows });
            self.curves.len() - 1
        });
        Some(Line { curve, times: Exact::ONE, plus: Exact::ZERO })
    }

    /// The places where what is rounded reaches a number and goes past it, ties included.
    pub(super) fn steps(&self, curve: usize, number: Exact) -> Option<[Exact; 2]> {
        let Shape::Rounded(rounding, line, step) = &self.curve(curve).shape else { return None };
        let reached = number.rounded(Rounding::Up, *step)?;
        let past = number.rounded(Rounding::Down, *step)?.plus(*step)?;
        let below = match rounding {
            Rounding::Down => Exact::ZERO,
            Rounding::Up => *step,
            Rounding::Nearest => step.over(Exact::whole(2))?,
        };
        let place = |multiple: Exact| multiple.minus(below)?.minus(line.plus)?.over(line.times);
        Some([place(reached)?, place(past)?])
    }

    pub(super) fn value(&self, line: &Line, at: i128) -> Option<Exact> {
        if line.is_constant() {
            return Some(line.plus);
        }
        self.at(&self.curve(line.curve).shape, at)?.times(line.times)?.plus(line.plus)
    }

    /// The value of a curve where what it changes with has some value.
    fn at(&self, shape: &Shape, at: i128) -> Option<Exact> {
        let day = |line: &Line| {
            let number = self.value(line, at)?.as_whole()?;
            Some(Date::of_number(number.clamp(0, i128::from(Date::MAX.number())) as i64))
        };
        Some(match shape {
            Shape::Itself => Exact::fraction(at, 1)?,
            Shape::Between(unit, from, to) => {
                let (from, to) = (day(from)?, day(to)?);
                Exact::whole(match unit {
                    Between::Days => from.days_to(to),
                    Between::Months => from.months_to(to),
                    Between::Years => from.years_to(to),
                })
            }
            Shape::Rounded(rounding, of, step) => self.value(of, at)?.rounded(*rounding, *step)?,
            Shape::Shifted(unit, sign, from, amount) => {
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

    /// The lines that a number or a day, or an end of what it could be, may be; of none, it is never known. Nothing where
    /// there are too many, or it is no line.
    pub(super) fn lines(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Vec<Line>> {
        if !self.reads(expr)
            && let Some(value) = self.context.any_value(expr, channel)
        {
            return Some(vec![Line::constant(axis(&value)?)]);
        }
        let expr = expr.of_channel(channel);
        let lines = match &expr.kind {
            ExprKind::Literal(value) => vec![Line::constant(axis(value)?)],
            ExprKind::Today => vec![Line::constant(Exact::whole(self.context.day.number()))],
            ExprKind::Field(id) => match self.changed(Await::Field(*id)) {
                Some(lines) => lines?,
                // What is not known lies between the ends of its range.
                None => {
                    let field = &self.context.ruleset.fields[*id];
                    let days = [Date::MIN, Date::MAX].map(Value::Date);
                    let days = days.iter().filter(|_| field.ty == Type::Date);
                    let ends = [&field.low, &field.high].into_iter().flatten().chain(days);
                    ends.filter_map(axis).map(Line::constant).collect()
                }
            },
            ExprKind::Fact(fact) => {
                let mut lines = Vec::new();
                for (of, value) in self.entries(fact, channel) {
                    match (self.changed(of), value) {
                        (Some(changed), _) => lines.append(&mut changed?),
                        (None, Some(value)) => lines.push(Line::constant(axis(&value)?)),
                        (None, None) => {}
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
                let [condition, yes, no] = &**parts;
                let known = if self.reads(condition) {
                    None
                } else {
                    self.context.truth(condition, channel, &mut Silent).truth.as_bool()
                };
                let mut lines = Vec::new();
                for (branch, where_it) in [(yes, true), (no, false)] {
                    if known.is_none_or(|known| known == where_it) {
                        lines.append(&mut self.lines(branch, channel)?);
                    }
                }
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
            ExprKind::Product(a, b) => {
                let (a, b) = (self.lines(a, channel)?, self.lines(b, channel)?);
                pairs(&a, &b, |a, b| match (a.is_constant(), b.is_constant()) {
                    (_, true) => a.scaled(b.plus),
                    (true, false) => b.scaled(a.plus),
                    (false, false) => None,
                })?
            }
            ExprKind::Quotient(of, by) => {
                let (of, mut by) = (self.lines(of, channel)?, self.lines(by, channel)?);
                // Nothing comes of a division by zero.
                by.retain(|by| !by.is_constant() || by.plus != Exact::ZERO);
                pairs(&of, &by, |of, by| {
                    by.is_constant().then_some(())?;
                    of.scaled(Exact::ONE.over(by.plus)?)
                })?
            }
            ExprKind::Round(rounding, of, step) => {
                let (of, mut step) = (self.lines(of, channel)?, self.lines(step, channel)?);
                step.retain(|step| !step.is_constant() || step.plus > Exact::ZERO);
                pairs(&of, &step, |of, step| {
                    step.is_constant().then_some(())?;
                    self.curved(Shape::Rounded(*rounding, *of, step.plus))
                })?
            }
            ExprKind::Abs(inner) => {
                let mut lines = self.lines(inner, channel)?;
                let mut turned = self.scaled(inner, Exact::whole(-1), channel)?;
                lines.append(&mut turned);
                lines
            }
            ExprKind::Sum(terms) => {
                let mut total = vec![Line::constant(Exact::ZERO)];
                let mut fixed = (Exact::ZERO, Exact::ZERO);
                let by_ends = terms.iter().any(|(_, term)| self.is_range(term));
                for (sign, term) in terms {
                    let term = match sign {
                        Sign::Plus => self.lines(term, channel)?,
                        Sign::Minus => self.scaled(term, Exact::whole(-1), channel)?,
                    };
                    let ends = term.iter().all(Line::is_constant).then(|| {
                        let ends = term.iter().map(|line| line.plus);
                        ends.clone().min().zip(ends.max())
                    });
                    match ends.flatten().filter(|_| by_ends) {
                        Some((low, high)) => fixed = (fixed.0.plus(low)?, fixed.1.plus(high)?),
                        None => total = pairs(&total, &term, Line::and)?,
                    }
                }
                pairs(&total, &[fixed.0, fixed.1].map(Line::constant), Line::and)?
            }
            ExprKind::Between(unit, from, to) => {
                let (from, to) = (self.lines(from, channel)?, self.lines(to, channel)?);
                match unit {
                    Between::Days => pairs(&from, &to, |from, to| to.and(&from.scaled(Exact::whole(-1))?))?,
                    Between::Months | Between::Years => {
                        pairs(&from, &to, |from, to| self.curved(Shape::Between(*unit, *from, *to)))?
                    }
                }
            }
            ExprKind::Shift(unit, sign, day, amount) => {
                let (day, amount) = (self.lines(day, channel)?, self.lines(amount, channel)?);
                pairs(&day, &amount, |day, amount| self.curved(Shape::Shifted(*unit, *sign, *day, *amount)))?
            }
            ExprKind::Count(set) => {
                let most = set.enum_id().map_or(0, |id| self.context.ruleset.enums[id].members.len() as i64);
                (0..=most).map(|count| Line::constant(Exact::whole(count))).collect()
            }
            ExprKind::And(_)
            | ExprKind::OfChannel(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::SetOf(_)
            | ExprKind::Common(..)
            | ExprKind::Excluded(..)
            | ExprKind::Leads(..)
            | ExprKind::Earlier(..)
            | predicate!() => return None,
        };
        few_lines(lines)
    }

    /// Tells whether a number is known by the ends of a range alone: a field that is not known and does not change. Of a sum
    /// with such a term the ends are all that anybody asks for.
    fn is_range(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Field(id) => {
                self.changed(Await::Field(*id)).is_none() && self.context.field(*id).is_none()
            }
            ExprKind::Negate(inner) | ExprKind::Scale(inner, _) | ExprKind::Convert(inner, _) => {
                self.is_range(inner)
            }
            _ => false,
        }
    }

    pub(super) fn scaled(
        &mut self,
        expr: &'r Expr,
        factor: Exact,
        channel: Option<Id<Channel>>,
    ) -> Option<Vec<Line>> {
        let lines = self.lines(expr, channel)?;
        lines.iter().map(|line| line.scaled(factor)).collect()
    }

    /// The lines that a field or fact may be, if it changes; nothing inside where its values are on no line.
    fn changed(&self, of: Await) -> Option<Option<Vec<Line>>> {
        if let Some(values) = self.few.get(&of) {
            return Some(values.iter().map(|value| axis(value).map(Line::constant)).collect());
        }
        let curve = self.found.get(&of)?.curve;
        Some(Some(vec![Line { curve, times: Exact::ONE, plus: Exact::ZERO }]))
    }
}

/// Each of some lines with each of others.
fn pairs(a: &[Line], b: &[Line], mut join: impl FnMut(&Line, &Line) -> Option<Line>) -> Option<Vec<Line>> {
    let mut joined = Vec::new();
    for a in a {
        for b in b {
            joined.push(join(a, b)?);
        }
    }
    few_lines(joined)
}

fn few_lines(mut lines: Vec<Line>) -> Option<Vec<Line>> {
    lines.sort_unstable();
    lines.dedup();
    (lines.len() <= MOST_LINES).then_some(lines)
}
