//! What measures come out as: run as figures where they can be, else found by the evaluator.

use super::formula::{Figure, Run};
use super::{Program, Scratch};
use qudao_language::decide::{Measured, Probe};
use qudao_language::exact::{Exact, Rounding};
use qudao_language::model::{Id, Measure, Number, Target, Value};

/// So many decimals have amounts in tables.
pub(super) const DECIMALS: u32 = 9;
const BILLION: i128 = 10_i128.pow(DECIMALS);
/// A column of decimals holds so many digits.
pub(super) const DIGITS: u32 = 38;
const MOST: u128 = 10_u128.pow(DIGITS);

/// A measure in a table: in billionths, rounded; nothing where it is not known.
pub(super) type Amount = Option<i128>;

/// A number has more digits than a column holds.
#[derive(Debug)]
pub(super) struct TooLong;

impl Program<'_> {
    /// Finds out what measures are of each target: afterwards [`Program::measured`] answers.
    pub fn measure(&self, scratch: &mut Scratch) {
        self.write_profile(scratch);
        let mut few = std::mem::take(&mut scratch.few);
        let steps = self.formulas.steps();
        let held = scratch.held.values().as_slice();
        let mut run = Run::new(&self.formulas, held, &[], &mut few);
        let probe = Probe::new(self.ruleset(), &scratch.profile, self.ground.day);
        let of = |(number, target): (usize, Target)| {
            let measures = self.formulas.measures(number).iter();
            let known = measures.map(|(measure, figure)| {
                let value = Exact::fraction(run.number(figure.as_ref()?)??, steps)?;
                let (low, high) = (Some(value), Some(value));
                let value = Some(Value::Number(Number::calculated(value)));
                Some(Measured { measure: *measure, value, low, high })
            });
            // Bounds are told by the evaluator.
            known.collect::<Option<Vec<Measured>>>().unwrap_or_else(|| probe.measured(target))
        };
        let measured = self.ruleset().targets().enumerate().map(of).collect();
        scratch.measured = measured;
        scratch.few = few;
    }

    /// Returns what each measure is of a target that has it, in the order of declaration.
    #[must_use]
    pub fn measured<'s>(&self, scratch: &'s Scratch, target: Target) -> &'s [Measured] {
        scratch.measured.get(self.ruleset().target_index(target)).map_or(&[], Vec::as_slice)
    }

    /// Writes what the measures of each target are, in billionths: the value of each, and with `bounds` the least and the
    /// greatest that it could be. What a target does not have on the day is not known.
    pub(super) fn amounts(
        &self,
        scratch: &mut Scratch,
        columns: &[(Target, Id<Measure>)],
        bounds: bool,
        out: &mut Vec<Amount>,
    ) -> Result<(), (usize, TooLong)> {
        out.clear();
        let whole = self.formulas.steps() / BILLION;
        let mut asked: Option<Vec<Vec<Measured>>> = None;
        for (number, (target, measure)) in columns.iter().enumerate() {
            let index = self.ruleset().target_index(*target);
            let measures = self.formulas.measures(index);
            let figure = measures.iter().find(|(id, _)| id == measure).map(|(_, figure)| figure);
            let value = match figure {
                None => Some(None),
                Some(figure) => self.figure(scratch, figure.as_ref()),
            };
            match value {
                Some(value) if value.is_some() || !bounds || figure.is_none() => {
                    let value = match whole {
                        1 => value,
                        _ => value.map(|value| Rounding::Nearest.whole(value, whole)),
                    };
                    let value = checked(value).map_err(|wrong| (number, wrong))?;
                    out.extend(std::iter::repeat_n(value, if bounds { 3 } else { 1 }));
                }
                _ => {
                    let all = asked.get_or_insert_with(|| self.evaluated_measures(scratch));
                    let measured = all.get(index).into_iter().flatten().find(|it| it.measure == *measure);
                    let value = measured.and_then(|it| it.value.as_ref()).and_then(Value::as_number);
                    let ends = measured.map_or((None, None), |it| (it.low, it.high));
                    // Bounds are never too narrow.
                    let all = [(value, Rounding::Nearest), (ends.0, Rounding::Down), (ends.1, Rounding::Up)];
                    for (value, rounding) in all.into_iter().take(if bounds { 3 } else { 1 }) {
                        let value = value.map(|value| billionths(value, rounding).unwrap_or(i128::MAX));
                        out.push(checked(value).map_err(|wrong| (number, wrong))?);
                    }
                }
            }
        }
        Ok(())
    }

    /// A number on the common scale; nothing where the evaluator has to find it.
    fn figure(&self, scratch: &mut Scratch, figure: Option<&Figure>) -> Option<Option<i128>> {
        let Scratch { held, few, .. } = scratch;
        Run::new(&self.formulas, held.values().as_slice(), &[], few).number(figure?)
    }

    fn evaluated_measures(&self, scratch: &mut Scratch) -> Vec<Vec<Measured>> {
        self.write_profile(scratch);
        let probe = Probe::new(self.ruleset(), &scratch.profile, self.ground.day);
        self.ruleset().targets().map(|target| probe.measured(target)).collect()
    }
}

fn checked(value: Amount) -> Result<Amount, TooLong> {
    match value {
        Some(value) if value.unsigned_abs() >= MOST => Err(TooLong),
        value => Ok(value),
    }
}

fn billionths(value: Exact, rounding: Rounding) -> Option<i128> {
    let scaled = value.times(Exact::fraction(BILLION, 1)?)?;
    Some(rounding.whole(scaled.numerator(), scaled.denominator()))
}
