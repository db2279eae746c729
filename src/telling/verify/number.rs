//! The numbers and days of a certificate, and what is computed of them.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::Node;

/// An exact fraction in lowest terms, its denominator positive. What has the same value is the same.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Fraction(pub(super) i128, pub(super) i128);

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
        Some(self.0.checked_mul(other.1)?.cmp(&other.0.checked_mul(self.1)?))
    }
}

impl Fraction {
    fn new(numerator: i128, denominator: i128) -> Option<Fraction> {
        let (mut divisor, mut rest) = (numerator.checked_abs()?, denominator.checked_abs()?);
        while rest != 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        let divisor = divisor * denominator.signum();
        Some(Fraction(numerator.checked_div(divisor)?, denominator.checked_div(divisor)?))
    }

    /// Reads `7`, `-0.25` or `22/7`.
    pub(super) fn parse(text: &str) -> Option<Fraction> {
        let (text, denominator) = text.split_once('/').unwrap_or((text, "1"));
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let scale = 10_i128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
        let scale = scale.checked_mul(denominator.parse().ok()?)?;
        Fraction::new(format!("{whole}{decimals}").parse().ok()?, scale)
    }

    fn plus(self, other: Fraction) -> Option<Fraction> {
        let sum = self.0.checked_mul(other.1)?.checked_add(other.0.checked_mul(self.1)?)?;
        Fraction::new(sum, self.1.checked_mul(other.1)?)
    }

    fn times(self, other: Fraction) -> Option<Fraction> {
        Fraction::new(self.0.checked_mul(other.0)?, self.1.checked_mul(other.1)?)
    }

    fn over(self, other: Fraction) -> Option<Fraction> {
        Fraction::new(self.0.checked_mul(other.1)?, self.1.checked_mul(other.0)?)
    }

    pub(super) fn negated(self) -> Fraction {
        Fraction(-self.0, self.1)
    }

    /// To a multiple of a step: down, up, or to the nearest, a half away from zero.
    fn rounded(self, step: Fraction, op: &str) -> Option<Fraction> {
        let Fraction(steps, parts) = self.over(step)?;
        let steps = match op {
            "floor" => steps.div_euclid(parts),
            "ceil" => -(-steps).div_euclid(parts),
            _ => steps.signum() * (steps.abs().checked_add(parts / 2)? / parts),
        };
        step.times(Fraction(steps, 1))
    }
}

/// A day of the calendar: its month, counted from January of year 0, and its place in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Day(i128, i128);

impl Day {
    const FIRST: Day = Day(12, 1);
    const LAST: Day = Day(9999 * 12 + 11, 31);

    fn parse(node: Node<'_>) -> Option<Day> {
        let text = node["value"].as_str().filter(|text| text.len() == 10)?;
        let mut parts = text.splitn(3, '-').map(|part| part.parse::<i128>().ok());
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        let day = Day(year * 12 + month - 1, day);
        ((1..=12).contains(&month) && day.1 > 0 && day.plus_months(0) == day).then_some(day)
    }

    /// Its number from the first of March of year 0, where the lengths of months run on evenly to February.
    fn number(self) -> i128 {
        let (year, month) = ((self.0 - 2).div_euclid(12), (self.0 - 2).rem_euclid(12));
        year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + self.1
    }

    /// The same day some months later, or the last of that month; no further than the first and the last of all days.
    fn plus_months(self, months: i128) -> Day {
        let month = (self.0 + months.clamp(-120_000, 120_000)).clamp(Day::FIRST.0 - 1, Day::LAST.0 + 1);
        let length = Day(month + 1, 1).number() - Day(month, 1).number();
        Day(month, self.1.min(length)).clamp(Day::FIRST, Day::LAST)
    }

    /// The whole months to another day.
    fn months_to(self, other: Day) -> i128 {
        if other < self {
            return -other.months_to(self);
        }
        other.0 - self.0 - i128::from(self.plus_months(other.0 - self.0) > other)
    }
}

/// Whether a shift leads from a day to that which is told.
pub(super) fn shifted(op: &str, of: &[Node<'_>], told: Node<'_>) -> Option<bool> {
    let steps = of.iter().find_map(|part| part.number()).filter(|steps| steps.1 == 1)?.0;
    let steps = if told["with"] == "-" { -steps } else { steps };
    let (from, told) = (of.iter().find_map(|part| Day::parse(*part))?, Day::parse(told)?);
    let number = from.number().saturating_add(steps).clamp(Day::FIRST.number(), Day::LAST.number());
    Some(if op == "shift days" { told.number() == number } else { told == from.plus_months(steps) })
}

/// The number that an operation makes of its parts.
pub(super) fn computed(op: &str, of: &[Node<'_>], with: &Json) -> Option<Fraction> {
    let part = |place: usize| of.get(place).copied();
    let nth = |place: usize| part(place)?.number();
    let days = || Some((Day::parse(part(0)?)?, Day::parse(part(1)?)?));
    match op {
        "sum" => {
            let signs = with.as_array().filter(|signs| signs.len() == of.len())?;
            of.iter().zip(signs).try_fold(Fraction(0, 1), |sum, (part, sign)| {
                sum.plus(if sign == "-" { part.number()?.negated() } else { part.number()? })
            })
        }
        "scale" | "convert" => nth(0)?.times(Fraction::parse(with.as_str()?)?),
        "product" => nth(0)?.times(nth(1)?),
        "quotient" => nth(0)?.over(nth(1)?),
        "round" | "floor" | "ceil" => nth(0)?.rounded(nth(1)?, op),
        "negate" => nth(0).map(Fraction::negated),
        "abs" => nth(0).map(|number| Fraction(number.0.abs(), number.1)),
        "count" => Some(Fraction(part(0)?["value"].as_array()?.len() as i128, 1)),
        "days" => days().map(|(from, to)| Fraction(to.number() - from.number(), 1)),
        "months" => days().map(|(from, to)| Fraction(from.months_to(to), 1)),
        "years" => days().map(|(from, to)| Fraction(from.months_to(to) / 12, 1)),
        _ => None,
    }
}
