//! Rounding: a number that varies, told step by step.

use super::{Leaf, MAX_CASES, Reader, Values, constant};
use qudao_engine::ground::axis;
use qudao_language::exact::{Exact, Rounding};
use qudao_language::model::Value;
use qudao_language::operator::CompareOp::{self, AtLeast, AtMost, Greater, Less};

impl Reader<'_, '_> {
    /// What a number becomes that is rounded to a step: a constant in each case. One that varies is of one field with a
    /// declared range that is a few steps long.
    pub(super) fn rounded(&mut self, rounding: Rounding, of: &Leaf, step: Exact) -> Option<Values> {
        if let Some(number) = constant(of) {
            let always = self.cases.constant(true);
            return Some(vec![(always, Leaf::constant(number.rounded(rounding, step)?))]);
        }
        let (low, high) = self.range(of)?;
        let (mut value, last) = (low.rounded(rounding, step)?, high.rounded(rounding, step)?);
        let half = step.over(Exact::whole(2))?;
        let mut cases = Vec::new();
        while value <= last && cases.len() <= MAX_CASES {
            // A half goes away from zero.
            let (from, below) = match rounding {
                Rounding::Down => ((AtLeast, value), (Less, value.plus(step)?)),
                Rounding::Up => ((Greater, value.minus(step)?), (AtMost, value)),
                Rounding::Nearest => (
                    (if value > Exact::ZERO { AtLeast } else { Greater }, value.minus(half)?),
                    (if value < Exact::ZERO { AtMost } else { Less }, value.plus(half)?),
                ),
            };
            let mut is = |(op, at): (CompareOp, Exact)| Some(self.compare(op, of, &Leaf::constant(at))?.yes);
            let bounds = [is(from)?, is(below)?];
            cases.push((self.cases.all(&bounds), Leaf::constant(value)));
            value = value.plus(step)?;
        }
        (cases.len() <= MAX_CASES).then_some(cases)
    }

    /// The least and the greatest that a sum of one field alone may be by the field's declared range.
    fn range(&self, of: &Leaf) -> Option<(Exact, Exact)> {
        let Leaf::Line(terms, offset) = of else { return None };
        let (number, factor) = terms.first_key_value().filter(|_| terms.len() == 1)?;
        let field = self.field(*number)?;
        let end = |end: &Option<Value>| axis(end.as_ref()?)?.times(*factor)?.plus(*offset);
        let (low, high) = (end(&field.low)?, end(&field.high)?);
        Some(if factor.is_negative() { (high, low) } else { (low, high) })
    }
}
