//! Profiles picked at random, always the same ones: for questions that are too large to be proved.

use super::diagram::Cells;
use super::space::Space;
use qudao_language::model::Profile;

/// So many profiles are tried where nothing can be proved.
pub const SAMPLES: usize = 2000;

/// Returns profiles of a space, as each side has them: that of the first cells, that of the last, and random ones, the same
/// each time. Each cell of a variable is picked as often as any other.
pub fn samples<'s>(space: &'s Space<'_, '_>, count: usize) -> impl Iterator<Item = Vec<Profile>> + 's {
    let mut dice = Dice::new();
    (0..count).map(move |number| {
        let mut pick = |width: usize| match number {
            0 => 0,
            1 => width.saturating_sub(1),
            _ => dice.pick(width),
        };
        let places = 0..space.diagrams.variables();
        let cells: Cells = places.map(|place| Some(pick(space.diagrams.width(place)))).collect();
        (0..space.sides()).map(|side| space.profile(side, &cells)).collect()
    })
}

/// Random numbers (splitmix64, by Guy Steele, Doug Lea and Christine Flood, 2014).
pub(super) struct Dice(u64);

impl Dice {
    /// Begins with the same numbers each time.
    pub(super) fn new() -> Dice {
        Dice(0x5eed)
    }

    /// Picks a number below `count`.
    pub(super) fn pick(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).checked_rem(count as u64).unwrap_or(0) as usize
    }
}
