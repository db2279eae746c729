//! Sets of numbers as words of bits, and truth values as four bits.

use crate::decide::{Judged, Truth};

/// A set of numbers.
#[derive(Clone, Debug)]
pub(super) struct Bits {
    pub(super) words: Vec<u64>,
}

impl Bits {
    pub(super) fn new(length: usize) -> Bits {
        Bits { words: vec![0; length.div_ceil(64)] }
    }

    #[inline]
    pub(super) fn has(&self, index: u32) -> bool {
        self.words.get(index as usize / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    #[inline]
    pub(super) fn clear(&mut self, index: u32) {
        if let Some(word) = self.words.get_mut(index as usize / 64) {
            *word &= !(1 << (index % 64));
        }
    }

    #[inline]
    pub(super) fn insert(&mut self, index: u32) {
        if let Some(word) = self.words.get_mut(index as usize / 64) {
            *word |= 1 << (index % 64);
        }
    }

    #[inline]
    pub(super) fn set(&mut self, index: u32, to: bool) {
        if to { self.insert(index) } else { self.clear(index) }
    }

    /// Calls a function with each number, in ascending order.
    #[inline]
    pub(super) fn each(&self, mut visit: impl FnMut(usize)) {
        for (place, word) in self.words.iter().enumerate() {
            each_bit(*word, place * 64, &mut visit);
        }
    }

    /// Calls a function with each number that is not in another set, in ascending order.
    #[inline]
    pub(super) fn each_without(&self, other: &Bits, mut visit: impl FnMut(usize)) {
        for (place, (word, other)) in self.words.iter().zip(&other.words).enumerate() {
            each_bit(word & !other, place * 64, &mut visit);
        }
    }
}

#[inline]
pub(super) fn each_bit(mut word: u64, base: usize, visit: &mut impl FnMut(usize)) {
    while word != 0 {
        visit(base + word.trailing_zeros() as usize);
        word &= word - 1;
    }
}

/// A [`Judged`] as bits: it is true, it is false, it can hold, it can fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kleene(u8);

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const HOLDS: u8 = 4;
const FAILS: u8 = 8;

impl Kleene {
    pub(super) const TRUE: Kleene = Kleene(TRUE | HOLDS);
    pub(super) const FALSE: Kleene = Kleene(FALSE | FAILS);
    pub(super) const STUCK: Kleene = Kleene(0);
    pub(super) const OPEN: Kleene = Kleene(HOLDS | FAILS);

    pub(super) fn of(judged: Judged) -> Kleene {
        let truth = match judged.truth {
            Truth::True => TRUE,
            Truth::False => FALSE,
            Truth::Unknown => 0,
        };
        let holds = if judged.can_hold { HOLDS } else { 0 };
        let fails = if judged.can_fail { FAILS } else { 0 };
        Kleene(truth | holds | fails)
    }

    pub(super) fn judged(self) -> Judged {
        let truth = match self.0 & (TRUE | FALSE) {
            TRUE => Truth::True,
            FALSE => Truth::False,
            _ => Truth::Unknown,
        };
        Judged { truth, can_hold: self.can_hold(), can_fail: self.can_fail() }
    }

    /// What is known for certain.
    pub(super) fn known(value: bool) -> Kleene {
        if value { Kleene::TRUE } else { Kleene::FALSE }
    }

    /// Not known, and what may come of it.
    pub(super) fn unknown(can_hold: bool, can_fail: bool) -> Kleene {
        Kleene(if can_hold { HOLDS } else { 0 } | if can_fail { FAILS } else { 0 })
    }

    /// The same with its truth unknown; nothing can come of it unless it settles.
    pub(super) fn unsettled(self, settles: bool) -> Kleene {
        if settles { Kleene(self.0 & (HOLDS | FAILS)) } else { Kleene::STUCK }
    }

    /// Whether it is known, or some filling of the unknown fields would make it so.
    pub(super) fn settles(self) -> bool {
        self.0 & (HOLDS | FAILS) != 0
    }

    #[inline]
    pub(super) fn can_fail(self) -> bool {
        self.0 & FAILS != 0
    }

    #[inline]
    pub(super) fn is_true(self) -> bool {
        self.0 & TRUE != 0
    }

    #[inline]
    pub(super) fn is_false(self) -> bool {
        self.0 & FALSE != 0
    }

    #[inline]
    pub(super) fn is_unknown(self) -> bool {
        self.0 & (TRUE | FALSE) == 0
    }

    #[inline]
    pub(super) fn can_hold(self) -> bool {
        self.0 & HOLDS != 0
    }

    /// Both hold: what makes for truth is joined by `and`, what makes for falsehood by `or`.
    #[inline]
    pub(super) fn and(self, other: Kleene) -> Kleene {
        Kleene((self.0 & other.0 & (TRUE | HOLDS)) | ((self.0 | other.0) & (FALSE | FAILS)))
    }

    #[inline]
    pub(super) fn or(self, other: Kleene) -> Kleene {
        Kleene(((self.0 | other.0) & (TRUE | HOLDS)) | (self.0 & other.0 & (FALSE | FAILS)))
    }

    #[inline]
    pub(super) fn not(self) -> Kleene {
        Kleene(((self.0 & (TRUE | HOLDS)) << 1) | ((self.0 & (FALSE | FAILS)) >> 1))
    }

    pub(super) fn either(self, yes: Kleene, no: Kleene) -> Kleene {
        let take = |bit: u8, from: Kleene, of: u8| if self.0 & bit != 0 { from.0 & of } else { 0 };
        let truth = take(TRUE, yes, TRUE | FALSE) | take(FALSE, no, TRUE | FALSE);
        Kleene(truth | take(HOLDS, yes, HOLDS | FAILS) | take(FAILS, no, HOLDS | FAILS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_bits_do_what_judged_does() {
        let open = |can_hold, can_fail| Judged { truth: Truth::Unknown, can_hold, can_fail };
        let unknown = [open(false, false), open(true, false), open(false, true), open(true, true)];
        let all: Vec<Judged> = unknown.into_iter().chain([Judged::TRUE, Judged::FALSE]).collect();
        for a in &all {
            assert_eq!(Kleene::of(*a).judged(), *a);
            assert_eq!(Kleene::of(*a).not().judged(), a.not());
            for b in &all {
                assert_eq!(Kleene::of(*a).and(Kleene::of(*b)).judged(), a.and(*b));
                assert_eq!(Kleene::of(*a).or(Kleene::of(*b)).judged(), a.or(*b));
                for c in &all {
                    let either = Kleene::of(*a).either(Kleene::of(*b), Kleene::of(*c));
                    assert_eq!(either.judged(), Judged::either(*a, *b, *c));
                }
            }
        }
    }
}
