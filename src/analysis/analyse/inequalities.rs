//! Whether some numbers meet linear inequalities, and which do.
//!
//! Variables are eliminated one after the other (J. Fourier 1826, T. Motzkin 1936): each lower bound of a variable with
//! each upper bound gives an inequality without it. Fractions are eliminated first, so that whole numbers are picked
//! first; those are tried in turn. All is exact; what grows past a limit, or past the exact range, is given up.

use qudao_engine::ground::{Cut, between};
use qudao_language::exact::Exact;

/// So many inequalities may stand side by side.
const MAX_ROWS: usize = 600;
/// So many values of whole numbers are tried in all.
const MAX_TRIES: usize = 2000;
/// So many values of one whole number are tried.
const MAX_VALUES: i128 = 40;
/// More inequalities than this are not told apart as reasons.
const MAX_ORIGINS: usize = 128;

/// The sum of numbers times variables, less than a bound or just as great.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Row {
    /// The number of times that each variable counts.
    factors: Vec<Exact>,
    bound: Exact,
    /// Whether the bound itself is too great.
    strict: bool,
    /// The inequalities that it comes of, one a bit.
    origins: u128,
}

/// Linear inequalities over some variables.
#[derive(Clone, Debug)]
pub(super) struct Inequalities {
    /// Whether each variable is a whole number.
    whole: Vec<bool>,
    rows: Vec<Row>,
    /// What each inequality belongs to, as the caller has it.
    origins: Vec<usize>,
    overflow: bool,
}

/// What is known of inequalities.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// These values meet them, one for each variable.
    Met(Vec<Exact>),
    /// None do: those that belong to these cannot be met together.
    Never(Vec<usize>),
    /// It would take too much to know.
    GivenUp,
}

impl Inequalities {
    /// Begins with no inequality over variables of which each is whole, or any fraction.
    pub(super) fn new(whole: Vec<bool>) -> Inequalities {
        Inequalities { whole, rows: Vec::new(), origins: Vec::new(), overflow: false }
    }

    /// Asks for a sum of variables times numbers to lie between two cuts.
    pub(super) fn lies(
        &mut self,
        terms: &[(usize, Exact)],
        bounds: (Option<Cut>, Option<Cut>),
        origin: usize,
    ) {
        if let Some(low) = bounds.0 {
            let negated: Vec<(usize, Exact)> =
                terms.iter().map(|(variable, factor)| (*variable, factor.negated())).collect();
            self.at_most(&negated, low.at.negated(), low.after, origin);
        }
        if let Some(high) = bounds.1 {
            self.at_most(terms, high.at, !high.after, origin);
        }
    }

    fn at_most(&mut self, terms: &[(usize, Exact)], bound: Exact, strict: bool, origin: usize) {
        let mut factors = vec![Exact::ZERO; self.whole.len()];
        for (variable, factor) in terms {
            if let Some(slot) = factors.get_mut(*variable) {
                *slot = *factor;
            }
        }
        let bit = self.origins.iter().position(|known| *known == origin).unwrap_or_else(|| {
            self.origins.push(origin);
            self.origins.len() - 1
        });
        if bit >= MAX_ORIGINS {
            self.overflow = true;
            return;
        }
        let row = Row { factors, bound, strict, origins: 1 << bit };
        match tightened(row, &self.whole) {
            Some(row) => self.rows.push(row),
            None => self.overflow = true,
        }
    }

    /// Tells whether some values meet all of them.
    pub(super) fn solve(&self) -> Outcome {
        if self.overflow {
            return Outcome::GivenUp;
        }
        let mut order: Vec<usize> = (0..self.whole.len()).collect();
        order.sort_by_key(|variable| self.whole.get(*variable).copied());
        let mut rows = self.rows.clone();
        let mut stages: Vec<(usize, Vec<Row>)> = Vec::new();
        for variable in order {
            let (with, without): (Vec<Row>, Vec<Row>) =
                rows.into_iter().partition(|row| factor(row, variable) != Exact::ZERO);
            let Some(next) = self.eliminate(variable, &with, without) else { return Outcome::GivenUp };
            stages.push((variable, with));
            rows = next;
        }
        let broken =
            rows.iter().find(|row| row.bound.is_negative() || row.strict && row.bound == Exact::ZERO);
        if let Some(row) = broken {
            return Outcome::Never(self.named(row.origins));
        }
        let mut values = vec![Exact::ZERO; self.whole.len()];
        let mut pick = Pick { stages: &stages, whole: &self.whole, tries: MAX_TRIES, complete: true };
        match pick.values(stages.len(), &mut values) {
            true => Outcome::Met(values),
            false if pick.complete => Outcome::Never(self.origins.clone()),
            false => Outcome::GivenUp,
        }
    }

    fn named(&self, origins: u128) -> Vec<usize> {
        let bits = self.origins.iter().enumerate().filter(|(bit, _)| origins >> bit & 1 == 1);
        bits.map(|(_, origin)| *origin).collect()
    }

    /// The inequalities without a variable; nothing if they become too many or too great.
    fn eliminate(&self, variable: usize, with: &[Row], mut rows: Vec<Row>) -> Option<Vec<Row>> {
        let (lower, upper): (Vec<&Row>, Vec<&Row>) =
            with.iter().partition(|row| factor(row, variable).is_negative());
        for low in &lower {
            for high in &upper {
                let (by_low, by_high) = (factor(high, variable), factor(low, variable).negated());
                let mut factors = Vec::with_capacity(low.factors.len());
                for (one, other) in low.factors.iter().zip(&high.factors) {
                    factors.push(one.times(by_low)?.plus(other.times(by_high)?)?);
                }
                let bound = low.bound.times(by_low)?.plus(high.bound.times(by_high)?)?;
                let strict = low.strict || high.strict;
                let row = Row { factors, bound, strict, origins: low.origins | high.origins };
                let row = tightened(row, &self.whole)?;
                let implied = |other: &Row| {
                    other.factors == row.factors
                        && (other.bound < row.bound
                            || other.bound == row.bound && (other.strict || !row.strict))
                };
                if !rows.iter().any(implied) {
                    rows.push(row);
                }
            }
            if rows.len() > MAX_ROWS {
                return None;
            }
        }
        Some(rows)
    }
}

fn factor(row: &Row, variable: usize) -> Exact {
    row.factors.get(variable).copied().unwrap_or(Exact::ZERO)
}

/// The same inequality with the smallest whole factors; over whole numbers alone its bound is one, too.
fn tightened(row: Row, whole: &[bool]) -> Option<Row> {
    let Some(scale) = to_coprime(row.factors.iter().copied())? else { return Some(row) };
    let factors: Vec<Exact> =
        row.factors.iter().map(|factor| factor.times(scale)).collect::<Option<Vec<Exact>>>()?;
    let (mut bound, mut strict) = (row.bound.times(scale)?, row.strict);
    let mut counted = factors.iter().zip(whole).filter(|(factor, _)| **factor != Exact::ZERO);
    if counted.all(|(_, whole)| *whole) {
        let floor = bound.numerator().div_euclid(bound.denominator());
        let on = strict && bound.as_whole().is_some();
        bound = Exact::fraction(if on { floor.checked_sub(1)? } else { floor }, 1)?;
        strict = false;
    }
    Some(Row { factors, bound, strict, origins: row.origins })
}

/// Returns the positive number that makes some fractions whole numbers without a common divisor; of zeros, nothing
/// inside.
pub(super) fn to_coprime(factors: impl Iterator<Item = Exact> + Clone) -> Option<Option<Exact>> {
    let mut denominator: i128 = 1;
    for factor in factors.clone() {
        let common = divisor(denominator, factor.denominator());
        denominator = denominator.checked_mul(factor.denominator().checked_div(common)?)?;
    }
    let mut common: i128 = 0;
    for factor in factors {
        common = divisor(common, factor.times(Exact::fraction(denominator, 1)?)?.as_whole()?);
    }
    Some(if common == 0 { None } else { Exact::fraction(denominator, common) })
}

/// The greatest common divisor (Euclid).
fn divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while let Some(rest) = a.checked_rem(b) {
        (a, b) = (b, rest);
    }
    i128::try_from(a).unwrap_or(i128::MAX)
}

/// Picks values, the last variable that was eliminated first.
struct Pick<'a> {
    stages: &'a [(usize, Vec<Row>)],
    whole: &'a [bool],
    tries: usize,
    /// Whether every value was tried that could do.
    complete: bool,
}

impl Pick<'_> {
    /// Picks values for the first so many stages; those of the later ones are picked.
    fn values(&mut self, stages: usize, values: &mut Vec<Exact>) -> bool {
        let Some((variable, rows)) = stages.checked_sub(1).and_then(|last| self.stages.get(last)) else {
            return true;
        };
        let Some((low, high)) = bounds(*variable, rows, values) else {
            self.complete = false;
            return false;
        };
        let whole = self.whole.get(*variable).copied().unwrap_or(false);
        let candidates = if whole { self.whole_numbers(low, high) } else { fractions(low, high) };
        for value in candidates {
            if self.tries == 0 {
                self.complete = false;
                return false;
            }
            self.tries -= 1;
            if let Some(slot) = values.get_mut(*variable) {
                *slot = value;
            }
            if self.values(stages - 1, values) {
                return true;
            }
        }
        false
    }

    /// Whole numbers between two cuts: up from the lower one, or down from the upper one.
    fn whole_numbers(&mut self, low: Option<Cut>, high: Option<Cut>) -> Vec<Exact> {
        let first = low.map(|cut| if cut.after { below(cut.at).saturating_add(1) } else { above(cut.at) });
        let last = high.map(|cut| if cut.after { below(cut.at) } else { above(cut.at).saturating_sub(1) });
        let numbers: Vec<i128> = match (first, last) {
            (Some(first), Some(last)) => {
                self.complete &= last.saturating_sub(first) < MAX_VALUES;
                let near = if first <= 0 && last >= 0 { 0 } else { first };
                let (up, down) = (near.saturating_add(MAX_VALUES), near.saturating_sub(MAX_VALUES));
                (near..=last.min(up)).chain((first.max(down)..near).rev()).collect()
            }
            (Some(first), None) => {
                self.complete = false;
                (first..first.saturating_add(MAX_VALUES)).collect()
            }
            (None, Some(last)) => {
                self.complete = false;
                (last.saturating_sub(MAX_VALUES)..=last).rev().collect()
            }
            (None, None) => {
                self.complete = false;
                vec![0]
            }
        };
        numbers.into_iter().filter_map(|number| Exact::fraction(number, 1)).collect()
    }
}

fn below(at: Exact) -> i128 {
    at.numerator().div_euclid(at.denominator())
}

fn above(at: Exact) -> i128 {
    -((-at.numerator()).div_euclid(at.denominator()))
}

fn fractions(low: Option<Cut>, high: Option<Cut>) -> Vec<Exact> {
    let empty = low.zip(high).is_some_and(|(low, high)| low >= high);
    if empty { Vec::new() } else { vec![between(low, high)] }
}

/// The bounds of a variable, the values of the others given; nothing past the exact range.
fn bounds(variable: usize, rows: &[Row], values: &[Exact]) -> Option<(Option<Cut>, Option<Cut>)> {
    let (mut low, mut high): (Option<Cut>, Option<Cut>) = (None, None);
    for row in rows {
        let mut rest = row.bound;
        for (other, (factor, value)) in row.factors.iter().zip(values).enumerate() {
            if other != variable && *factor != Exact::ZERO {
                rest = rest.minus(factor.times(*value)?)?;
            }
        }
        let own = factor(row, variable);
        let at = rest.over(own)?;
        if own.is_negative() {
            let cut = Cut { at, after: row.strict };
            low = Some(low.map_or(cut, |low| low.max(cut)));
        } else {
            let cut = Cut { at, after: !row.strict };
            high = Some(high.map_or(cut, |high| high.min(cut)));
        }
    }
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: i64) -> Exact {
        Exact::whole(value)
    }

    fn from(at: i64) -> Option<Cut> {
        Some(Cut { at: number(at), after: false })
    }

    fn to(at: i64) -> Option<Cut> {
        Some(Cut { at: number(at), after: true })
    }

    #[test]
    fn a_circle_of_comparisons_is_never_met() {
        let mut all = Inequalities::new(vec![false; 3]);
        let above = Some(Cut { at: Exact::ZERO, after: true });
        for (origin, (a, b)) in [(0, 1), (1, 2), (2, 0)].into_iter().enumerate() {
            all.lies(&[(a, number(1)), (b, number(-1))], (above, None), origin);
        }
        all.lies(&[(0, number(1))], (from(0), to(9)), 7);
        assert_eq!(all.solve(), Outcome::Never(vec![0, 1, 2]));
    }

    #[test]
    fn whole_numbers_are_not_met_between() {
        // 2a + 3b = 1 with a and b from 0 to 5.
        let terms = [(0, number(2)), (1, number(3))];
        for (whole, met) in [(true, false), (false, true)] {
            let mut all = Inequalities::new(vec![whole; 2]);
            all.lies(&terms, (from(1), to(1)), 0);
            all.lies(&[(0, number(1))], (from(0), to(5)), 1);
            all.lies(&[(1, number(1))], (from(0), to(5)), 2);
            assert_eq!(matches!(all.solve(), Outcome::Met(_)), met, "{:?}", all.solve());
            assert_eq!(matches!(all.solve(), Outcome::Never(_)), !met);
        }
    }

    #[test]
    fn values_meet_what_they_are_picked_for() {
        let mut all = Inequalities::new(vec![true, false]);
        let terms = [(0, number(3)), (1, number(-2))];
        all.lies(&terms, (from(4), to(4)), 0);
        all.lies(&[(0, number(1))], (from(2), None), 1);
        let Outcome::Met(values) = all.solve() else { panic!("{:?}", all.solve()) };
        assert!(values[0] >= number(2) && values[0].as_whole().is_some());
        let sum = values[0].times(number(3)).unwrap().minus(values[1].times(number(2)).unwrap());
        assert_eq!(sum, Some(number(4)));
    }
}
