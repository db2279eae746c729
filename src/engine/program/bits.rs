//! Sets of numbers as words of bits, and truth values as four bits.

use qudao_language::decide::{Judged, Truth};

/// So many words are taken at a time.
pub(super) const LINE: usize = 8;
/// Some words.
pub(super) type Line = [u64; LINE];

/// What two lines have in common; written out, for the loop becomes slower code.
#[inline]
pub(super) fn both([a, b, c, d, e, f, g, h]: &Line, [i, j, k, l, m, n, o, p]: &Line) -> Line {
    [a & i, b & j, c & k, d & l, e & m, f & n, g & o, h & p]
}

/// A set of numbers, in whole lines.
#[derive(Clone, Debug)]
pub(super) struct Bits {
    pub(super) words: Vec<u64>,
}

impl Bits {
    pub(super) fn new(length: usize) -> Bits {
        Bits { words: vec![0; length.div_ceil(64 * LINE) * LINE] }
    }

    #[inline]
    pub(super) fn lines(&self) -> &[Line] {
        self.words.as_chunks().0
    }

    #[inline]
    pub(super) fn lines_mut(&mut self) -> &mut [Line] {
        self.words.as_chunks_mut().0
    }

    /// Tells whether another set has the same numbers.
    #[inline]
    pub(super) fn is(&self, other: &Bits) -> bool {
        let differ = |a: &Line, b: &Line| a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b)) != 0;
        !self.lines().iter().zip(other.lines()).any(|(a, b)| differ(a, b))
    }

    #[inline]
    pub(super) fn has(&self, index: u32) -> bool {
        let word = self.words.get(index as usize / 64).expect("a bit is among those that there are");
        word >> (index % 64) & 1 == 1
    }

    #[inline]
    fn word(&mut self, index: u32) -> &mut u64 {
        self.words.get_mut(index as usize / 64).expect("a bit is among those that there are")
    }

    #[inline]
    pub(super) fn clear(&mut self, index: u32) {
        *self.word(index) &= !(1 << (index % 64));
    }

    #[inline]
    pub(super) fn insert(&mut self, index: u32) {
        *self.word(index) |= 1 << (index % 64);
    }

    #[inline]
    pub(super) fn set(&mut self, index: u32, to: bool) {
        if to { self.insert(index) } else { self.clear(index) }
    }

    /// Calls a function with each number that is not in another set, in ascending order.
    #[inline]
    pub(super) fn each_without(&self, other: &Bits, mut visit: impl FnMut(usize)) {
        for (place, (word, other)) in self.words.iter().zip(&other.words).enumerate() {
            each_bit(word & !other, place * 64, &mut visit);
        }
    }
}

/// Numbers in ascending order.
#[derive(Clone, Default, Debug)]
pub(super) struct List {
    /// With room to write over.
    numbers: Vec<u32>,
    end: usize,
}

impl List {
    #[inline]
    pub(super) fn all(&self) -> &[u32] {
        self.numbers.get(..self.end).expect("what counts of the numbers is a part of them")
    }

    /// Writes down the numbers of the bits that are set. Eight at a time, and what is too much is written over: how many a
    /// word has cannot be foreseen (Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019).
    #[inline]
    pub(super) fn fill(&mut self, words: impl ExactSizeIterator<Item = u64>) {
        const AT_A_TIME: usize = 8;
        let most = words.len() * 64 + AT_A_TIME;
        if self.numbers.len() < most {
            self.numbers.resize(most, 0);
        }
        self.end = 0;
        for (mut word, base) in words.zip((0_u32..).step_by(64)) {
            if word == 0 {
                continue;
            }
            let mut from = self.end;
            self.end += word.count_ones() as usize;
            while from < self.end {
                let rest = self.numbers.get_mut(from..);
                let Some(some) = rest.and_then(|rest| rest.first_chunk_mut::<AT_A_TIME>()) else { break };
                for slot in some {
                    *slot = base.wrapping_add(word.trailing_zeros());
                    word &= word.wrapping_sub(1);
                }
                from += AT_A_TIME;
            }
        }
    }
}

/// How many bits are set; mostly none or one.
#[inline]
pub(super) fn count_few(bits: u32) -> u32 {
    if bits & bits.wrapping_sub(1) == 0 { u32::from(bits != 0) } else { bits.count_ones() }
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

    #[inline]
    pub(super) fn bits(self) -> u8 {
        self.0
    }

    pub(super) fn from_bits(bits: u8) -> Kleene {
        Kleene(bits)
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
