//! The numbers of a certificate, and what is computed of them.

use std::cmp::Ordering;

use qudao_language::date::Date;
use serde_json::Value as Json;

use super::text;

/// An exact fraction, its denominator positive.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Fraction(pub(super) i128, pub(super) i128);

impl Fraction {
    pub(super) fn parse(text: &str) -> Option<Fraction> {
        if let Some((numerator, denominator)) = text.split_once('/') {
            let denominator = denominator.parse().ok().filter(|denominator| *denominator > 0)?;
            return Some(Fraction(numerator.parse().ok()?, denominator));
        }
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let scale = 10_i128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
        let digits: i128 = format!("{}{decimals}", whole.trim_start_matches('-')).parse().ok()?;
        Some(Fraction(if text.starts_with('-') { -digits } else { digits }, scale))
    }

    pub(super) fn whole(number: i128) -> Fraction {
        Fraction(number, 1)
    }

    fn plus(self, other: Fraction) -> Option<Fraction> {
        let sum = self.0.checked_mul(other.1)?.checked_add(other.0.checked_mul(self.1)?)?;
        Fraction(sum, self.1.checked_mul(other.1)?).reduced()
    }

    fn times(self, other: Fraction) -> Option<Fraction> {
        Fraction(self.0.checked_mul(other.0)?, self.1.checked_mul(other.1)?).reduced()
    }

    fn over(self, other: Fraction) -> Option<Fraction> {
        let sign = other.0.signum();
        self.times(Fraction(other.1.checked_mul(sign)?, other.0.checked_mul(sign).filter(|n| *n > 0)?))
    }

    pub(super) fn negated(self) -> Option<Fraction> {
        Some(Fraction(self.0.checked_neg()?, self.1))
    }

    fn reduced(self) -> Option<Fraction> {
        let (mut a, mut b) = (self.0.unsigned_abs(), self.1.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = i128::try_from(a.max(1)).ok()?;
        Some(Fraction(self.0 / divisor, self.1 / divisor))
    }

    pub(super) fn compare(self, other: Fraction) -> Option<Ordering> {
        Some(self.0.checked_mul(other.1)?.cmp(&other.0.checked_mul(self.1)?))
    }

    /// To a multiple of a step: down, up, or to the nearest, half up.
    fn rounded(self, step: Fraction, op: &str) -> Option<Fraction> {
        let steps = self.over(step)?;
        let below = steps.0.div_euclid(steps.1);
        let rest = Fraction(steps.0.rem_euclid(steps.1), steps.1);
        let half = rest.compare(Fraction(1, 2))?;
        let up = match op {
            "floor" => false,
            "ceil" => rest.0 > 0,
            _ => half.is_gt() || (half.is_eq() && steps.0 > 0),
        };
        step.times(Fraction::whole(below.checked_add(i128::from(up))?))
    }
}

/// The number of a value as the trace has it.
pub(super) fn number(node: &Json) -> Option<Fraction> {
    Fraction::parse(node["number"].as_str()?)
}

pub(super) fn compare(a: &Json, b: &Json) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return a.compare(b);
    }
    if let (Some(a), Some(b)) = (a["order"].as_u64(), b["order"].as_u64()) {
        return Some(a.cmp(&b));
    }
    if let (Some(a), Some(b)) = (a["value"].as_str(), b["value"].as_str()) {
        return Some(a.cmp(b));
    }
    (a["value"] == b["value"]).then_some(Ordering::Equal)
}

pub(super) fn equal(a: &Json, b: &Json) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.compare(b) == Some(Ordering::Equal),
        _ => a["value"] == b["value"],
    }
}

/// The day that a shift leads to.
pub(super) fn shifted(of: &[&Json], op: &str, back: bool) -> Option<Date> {
    let date = of.iter().find_map(|part| Date::parse(part["value"].as_str()?))?;
    let steps = of.iter().find_map(|part| number(part)).filter(|steps| steps.0 % steps.1 == 0)?;
    let steps = (steps.0 / steps.1).checked_mul(if back { -1 } else { 1 })?;
    Some(if op == "shift days" { date.plus_days(steps) } else { date.plus_months(steps) })
}

/// The number that an operation makes of its parts.
pub(super) fn computed(op: &str, of: &[&Json], with: &Json) -> Option<Fraction> {
    let part = |place: usize| of.get(place).copied();
    let nth = |place: usize| number(part(place)?);
    let between = |count: fn(Date, Date) -> i64| {
        let day = |place: usize| Date::parse(part(place)?["value"].as_str()?);
        Some(Fraction::whole(i128::from(count(day(0)?, day(1)?))))
    };
    match op {
        "sum" => {
            let signs = with.as_array()?;
            let mut terms = of.iter().zip(signs).map(|(part, sign)| {
                let number = number(part)?;
                if sign == "-" { number.negated() } else { Some(number) }
            });
            terms
                .try_fold(Fraction::whole(0), |sum, term| sum.plus(term?))
                .filter(|_| signs.len() == of.len())
        }
        "scale" | "convert" => nth(0)?.times(Fraction::parse(text(with))?),
        "product" => nth(0)?.times(nth(1)?),
        "quotient" => nth(0)?.over(nth(1)?),
        "round" | "floor" | "ceil" => nth(0)?.rounded(nth(1)?, op),
        "negate" => nth(0)?.negated(),
        "abs" => nth(0).and_then(|number| if number.0 < 0 { number.negated() } else { Some(number) }),
        "count" => Some(Fraction::whole(part(0)?["value"].as_array()?.len() as i128)),
        "days" => between(Date::days_to),
        "months" => between(Date::months_to),
        "years" => between(Date::years_to),
        _ => None,
    }
}
