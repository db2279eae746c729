//! Which of many conditions may hold together, without joining each with each.

use std::collections::BTreeSet;
use std::ops::Range;

use super::diagram::{Diagrams, NO, Ref};

/// Which pairs are looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pairs {
    /// All, however many.
    All,
    /// All, unless there are more than a few for each condition.
    Few,
}

/// The cells of each variable that a row may lie in: from the first to the last.
type Extent = Vec<Range<usize>>;

/// The pairs of regions that no single variable parts, the later of each pair first, in order. All others have nothing in
/// common, and there may be a great many of these. Nothing where few are looked for, and there are many.
pub(super) fn near(diagrams: &Diagrams, regions: &[Ref], pairs: Pairs) -> Option<BTreeSet<(usize, usize)>> {
    let variables: BTreeSet<usize> = regions.iter().flat_map(|region| diagrams.support(*region)).collect();
    let variables: Vec<usize> = variables.into_iter().collect();
    let extents: Vec<Extent> = regions.iter().map(|region| diagrams.extents(*region, &variables)).collect();
    let rows = regions.iter().enumerate().filter(|(_, region)| **region != NO);
    let mut open: Vec<Vec<usize>> = vec![rows.map(|(row, _)| row).collect()];
    let mut found = BTreeSet::new();
    let of = |row: &usize, column: usize| {
        extents.get(*row).and_then(|extent| extent.get(column)).cloned().unwrap_or_default()
    };
    while let Some(rows) = open.pop().filter(|rows| rows.len() > 1) {
        // The variable that parts most of them.
        let meetings = |column: usize| meetings(rows.iter().map(|row| of(row, column)));
        let best = (0..variables.len()).map(|column| (meetings(column), column)).min();
        let (count, column) = best.unwrap_or((0, 0));
        if count > ENOUGH * rows.len() {
            let mut starts: Vec<usize> = rows.iter().map(|row| of(row, column).start).collect();
            starts.sort_unstable();
            let middle = starts.get(starts.len() / 2).copied().unwrap_or(0);
            let low: Vec<usize> = rows.iter().copied().filter(|row| of(row, column).start < middle).collect();
            let high: Vec<usize> = rows.iter().copied().filter(|row| of(row, column).end > middle).collect();
            if low.len().max(high.len()) < rows.len() - rows.len() / 8 {
                open.extend([low, high]);
                continue;
            }
            if pairs == Pairs::Few {
                return None;
            }
        }
        sweep(rows, &|row| of(row, column), &mut |one, other| {
            let both = extents.get(one).into_iter().flatten().zip(extents.get(other).into_iter().flatten());
            if both.into_iter().all(|(one, other)| one.start < other.end && other.start < one.end) {
                found.insert((one.max(other), one.min(other)));
            }
        });
        if pairs == Pairs::Few && found.len() > A_FEW * regions.len() {
            return None;
        }
    }
    Some(found)
}

/// So many pairs for each row are few.
const A_FEW: usize = 2;

/// So many pairs for each row are looked at one by one; more are parted first.
const ENOUGH: usize = 16;

/// How many pairs of ranges meet.
fn meetings(ranges: impl Iterator<Item = Range<usize>>) -> usize {
    let (mut starts, mut ends): (Vec<usize>, Vec<usize>) =
        ranges.map(|range| (range.start, range.end)).unzip();
    starts.sort_unstable();
    ends.sort_unstable();
    let mut ended = 0;
    let met = starts.iter().enumerate().map(|(begun, start)| {
        while ends.get(ended).is_some_and(|end| end <= start) {
            ended += 1;
        }
        begun - ended
    });
    met.sum()
}

/// Shows the pairs of rows whose ranges meet, each once: from start to start, with those that have not ended.
fn sweep(mut rows: Vec<usize>, of: &dyn Fn(&usize) -> Range<usize>, meet: &mut dyn FnMut(usize, usize)) {
    rows.sort_by_key(|row| of(row).start);
    let mut begun: Vec<usize> = Vec::new();
    for row in rows {
        begun.retain(|other| of(other).end > of(&row).start);
        begun.iter().for_each(|other| meet(*other, row));
        begun.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::diagram::Budget;

    /// Rows over three variables of many cells and one of three; whether two overlap is asked of each pair.
    #[test]
    fn no_pair_that_overlaps_is_passed_over() {
        let mut state = 7_u64;
        let mut pick = |count: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % count) as usize
        };
        let mut diagrams = Diagrams::new(vec![3, 90, 40, 90], Budget::default()).unwrap();
        let mut regions = Vec::new();
        for _ in 0..400 {
            let mut cells: Vec<Option<Vec<usize>>> = vec![Some(vec![pick(3)]), None, None, None];
            for (width, cells) in [90, 40, 90].into_iter().zip(cells.iter_mut().skip(1)) {
                let (low, length) = (pick(width), pick(25));
                *cells = (pick(8) > 0).then(|| (low..width as usize).take(length).collect());
            }
            regions.push(diagrams.cube(&cells).unwrap());
        }
        let mut overlapping = BTreeSet::new();
        for (later, one) in regions.iter().enumerate() {
            for (before, other) in regions.iter().enumerate().take(later) {
                if diagrams.and(*one, *other).unwrap() != NO {
                    overlapping.insert((later, before));
                }
            }
        }
        let near = near(&diagrams, &regions, Pairs::All).unwrap();
        assert!(overlapping.len() > 100 && overlapping.is_subset(&near), "{}", overlapping.len());
        assert!(near.len() < 400 * 399 / 4, "{} of all pairs are left", near.len());
    }
}
