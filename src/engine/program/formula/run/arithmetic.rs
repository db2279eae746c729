//! Arithmetic and comparison of parts: of values that are known, that are one of few, or that lie in a range.

use std::cell::Cell;

use super::{Run, exactly};
use crate::program::bits::Kleene;
use crate::program::formula::Part;
use qudao_language::decide::MAX_PAIRS;
use qudao_language::operator::{CompareOp, product_of_ranges};

impl Run<'_> {
    pub(super) fn computed(&mut self, value: Option<i128>) -> Part {
        value.map_or_else(|| self.fail(), Part::Known)
    }

    /// Makes a number of this one, by a function that only grows, or only falls.
    pub(super) fn map(&mut self, part: Part, falls: bool, change: impl Fn(i128) -> Option<i128>) -> Part {
        match part {
            Part::Known(value) => self.computed(change(value)),
            Part::OneOf(from, to) => {
                let start = self.few.len();
                for place in from..to {
                    match change(self.at(place as usize)) {
                        Some(value) => self.add(start, value),
                        None => self.failed = true,
                    }
                }
                self.list_from(start)
            }
            Part::Between(low, high) => {
                let (low, high) = (self.end(low, &change), self.end(high, &change));
                if falls { Part::Between(high, low) } else { Part::Between(low, high) }
            }
            Part::Within(..) => self.fail(),
        }
    }

    pub(super) fn end(&mut self, end: Option<i128>, change: impl Fn(i128) -> Option<i128>) -> Option<i128> {
        let changed = change(end?);
        self.failed |= changed.is_none();
        changed
    }

    /// Nothing times a number.
    pub(super) fn zero_times(&mut self, part: Part) -> Part {
        match part {
            Part::Known(_) => Part::Known(0),
            _ if part.settles() => {
                let start = self.few.len();
                self.few.push(0);
                self.list_from(start)
            }
            _ => Part::STUCK,
        }
    }

    /// Multiplies two numbers.
    pub(super) fn times(&mut self, left: Part, right: Part) -> Part {
        let steps = self.formulas.steps;
        let product = |a: i128, b: i128| {
            // One is often a whole number: then the product need not be divided.
            match exactly(a, steps).map(|a| (a, b)).or_else(|| Some((exactly(b, steps)?, a))) {
                Some((whole, other)) => whole.checked_mul(other),
                None => exactly(a.checked_mul(b)?, steps),
            }
        };
        match (left, right) {
            (Part::Known(left), Part::Known(right)) => return self.computed(product(left, right)),
            (Part::Known(0), part) | (part, Part::Known(0)) => return self.zero_times(part),
            (Part::Known(factor), part) | (part, Part::Known(factor)) => {
                return self.map(part, factor < 0, |value| product(value, factor));
            }
            _ => {}
        }
        if let Some(pairs) = self.pairs(left, right, product) {
            return pairs;
        }
        let fits = Cell::new(true);
        let ends = product_of_ranges(self.range(left), self.range(right), 0, |a, b| {
            let product = product(a, b);
            fits.set(fits.get() && product.is_some());
            product
        });
        self.failed |= !fits.get();
        Part::Between(ends.0, ends.1)
    }

    pub(super) fn abs(&mut self, part: Part) -> Part {
        let Part::Between(low, high) = part else { return self.map(part, false, i128::checked_abs) };
        if low.is_none() && high.is_none() {
            return part;
        }
        let least = match (low, high) {
            (Some(low), _) if low >= 0 => low,
            (_, Some(high)) if high < 0 => -high,
            _ => 0,
        };
        Part::Between(Some(least), low.zip(high).map(|(low, high)| low.abs().max(high.abs())))
    }

    /// Makes a value of two, by a function that grows with the first, and grows or falls with the second.
    pub(super) fn combine(
        &mut self,
        left: Part,
        right: Part,
        falls: bool,
        change: impl Fn(i128, i128) -> Option<i128>,
    ) -> Part {
        if let (Part::Known(left), Part::Known(right)) = (left, right) {
            return self.computed(change(left, right));
        }
        if let Some(pairs) = self.pairs(left, right, &change) {
            return pairs;
        }
        let (left, right) = (self.range(left), self.range(right));
        let right = if falls { (right.1, right.0) } else { right };
        let mut end = |left: Option<i128>, right: Option<i128>| {
            let right = right?;
            self.end(left, |left| change(left, right))
        };
        let (low, high) = (end(left.0, right.0), end(left.1, right.1));
        Part::Between(low, high)
    }

    /// What comes of each pair of the values that two could be, of which not both are known; nothing where they are not
    /// counted.
    pub(super) fn pairs(
        &mut self,
        left: Part,
        right: Part,
        change: impl Fn(i128, i128) -> Option<i128>,
    ) -> Option<Part> {
        if !left.settles() || !right.settles() {
            return Some(Part::STUCK);
        }
        let is_open = |part: Part| matches!(part, Part::Between(..) | Part::Within(..));
        if is_open(left) || is_open(right) {
            return None;
        }
        let (left, right) = (self.list(left)?, self.list(right)?);
        // So many are too many to be tried pair by pair; the evaluator knows what then.
        if left.len() * right.len() > MAX_PAIRS {
            return Some(self.fail());
        }
        let start = self.few.len();
        for a in left {
            for b in right.clone() {
                match change(self.at(a), self.at(b)) {
                    Some(value) => self.add(start, value),
                    None => self.failed = true,
                }
            }
        }
        Some(self.list_from(start))
    }

    /// The greater of two, or the lesser: one end is there as soon as one of them has it.
    pub(super) fn best(&mut self, left: Part, right: Part, greatest: bool) -> Part {
        let change = |a: i128, b: i128| Some(if greatest { a.max(b) } else { a.min(b) });
        let best = self.combine(left, right, false, change);
        let Part::Between(..) = best else { return best };
        let ((a_low, a_high), (b_low, b_high)) = (self.range(left), self.range(right));
        let either = |a: Option<i128>, b: Option<i128>| match (a, b) {
            (Some(a), Some(b)) => change(a, b),
            (a, b) => a.or(b),
        };
        let both = |a: Option<i128>, b: Option<i128>| a.zip(b).and_then(|(a, b)| change(a, b));
        match greatest {
            true => Part::Between(either(a_low, b_low), both(a_high, b_high)),
            false => Part::Between(both(a_low, b_low), either(a_high, b_high)),
        }
    }

    pub(super) fn compare(&mut self, op: CompareOp, left: Part, right: Part) -> Kleene {
        if let (Part::Known(left), Part::Known(right)) = (left, right) {
            return Kleene::known(op.holds(left.cmp(&right)));
        }
        if !left.settles() || !right.settles() {
            return Kleene::STUCK;
        }
        let is_open = |part: Part| matches!(part, Part::Between(..) | Part::Within(..));
        if !is_open(left)
            && !is_open(right)
            && let (Some(left), Some(right)) = (self.list(left), self.list(right))
        {
            if left.len() * right.len() > MAX_PAIRS {
                self.failed = true;
                return Kleene::STUCK;
            }
            let (mut can_hold, mut can_fail) = (false, false);
            for a in left {
                for b in right.clone() {
                    let holds = op.holds(self.at(a).cmp(&self.at(b)));
                    can_hold |= holds;
                    can_fail |= !holds;
                }
            }
            return Kleene::unknown(can_hold, can_fail);
        }
        if let (Part::Within(..), _) | (_, Part::Within(..)) = (left, right) {
            let ((a, all_a), (b, all_b)) = (self.members(left), self.members(right));
            let same = b & !all_a == 0 && a & !all_b == 0;
            let other = a != b || a != all_a || b != all_b;
            let (can_hold, can_fail) = if op == CompareOp::Equal { (same, other) } else { (other, same) };
            return Kleene::unknown(can_hold, can_fail);
        }
        let (left, right) = (self.range(left), self.range(right));
        let (can_hold, can_fail) = op.of_ranges(&left, &right, |op, a, b| op.holds(a.cmp(b)));
        Kleene::unknown(can_hold, can_fail)
    }
}
