//! What the hit policy `unique` promises: no two rows match one profile.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Example, Work, with_example};
use crate::analyse::diagram::{Diagrams, NO, Ref, TooLarge};
use qudao_language::decide::{Decision, Truth};
use qudao_language::diagnostic::{Code, Diagnostic};
use qudao_language::model::{Expr, Id, Rule, Table};
use qudao_language::operator::Policy;

impl Work<'_, '_> {
    /// Every pair of rows of a `unique` table that overlaps, with a profile that both match.
    pub(super) fn overlaps(&mut self) -> Result<Vec<Diagnostic>, TooLarge> {
        let mut found = Vec::new();
        for (_, table) in self.ruleset().tables.entries().filter(|(_, table)| table.policy == Policy::Unique)
        {
            let regions: Vec<Ref> = table.rows.iter().map(|row| self.own_region(row)).collect();
            for (number, before) in near(&self.space.diagrams, &regions) {
                if let (Some(earlier), Some(row)) = (table.rows.get(before), table.rows.get(number)) {
                    found.extend(self.overlap(table, (before, *earlier), (number, *row))?);
                }
            }
        }
        Ok(found)
    }

    /// Where a row's own cells hold.
    fn own_region(&self, row: &Id<Rule>) -> Ref {
        self.further(self.study.rows.get(row)).map_or(NO, |node| self.view.truths(node).yes)
    }

    fn overlap(
        &mut self,
        table: &Table,
        first: (usize, Id<Rule>),
        second: (usize, Id<Rule>),
    ) -> Result<Option<Diagnostic>, TooLarge> {
        let ruleset = self.ruleset();
        let (one, other) = (self.own_region(&first.1), self.own_region(&second.1));
        let both = self.space.diagrams.and(one, other)?;
        if self.space.is_nowhere(both)? {
            return Ok(None);
        }
        let matches: Vec<&Expr> =
            [first.0, second.0].iter().filter_map(|row| table.matches.get(*row)).collect();
        let accept = |decision: &Decision<'_>| {
            matches.iter().all(|row| {
                decision
                    .trace(row)
                    .and_then(|trace| trace.judged())
                    .is_some_and(|judged| judged.truth == Truth::True)
            })
        };
        let (earlier, later) = (&ruleset.rules[first.1], &ruleset.rules[second.1]);
        Ok(match self.example(both, &accept)? {
            Example::Nothing => None,
            Example::Profile(profile) => {
                let message = format!("the rows `{}` and `{}` match one profile", earlier.name, later.name);
                let diagnostic = Diagnostic::new(Code::OverlappingRows, later.name_span, message)
                    .here("in a table where one row at most may match")
                    .also(earlier.name_span, "this row matches too");
                Some(with_example(self.study, diagnostic, "both match", &profile))
            }
            Example::Undecided => {
                let message = format!(
                    "whether `{}` and `{}` can match one profile is undecided",
                    earlier.name, later.name
                );
                Some(
                    Diagnostic::new(Code::UnprovedRows, later.name_span, message)
                        .here("not proved to be the only one")
                        .also(earlier.name_span, "this row may match too")
                        .note(self.space.doubt(both, Some(table.span))),
                )
            }
        })
    }
}

/// The cells of each variable that a row may lie in: from the first to the last.
type Extent = Vec<Range<usize>>;

/// The pairs of regions that no single variable parts, the later of each pair first, in order. All others have nothing in
/// common, and there may be a great many of these.
fn near(diagrams: &Diagrams, regions: &[Ref]) -> BTreeSet<(usize, usize)> {
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
        }
        sweep(rows, &|row| of(row, column), &mut |one, other| {
            let both = extents.get(one).into_iter().flatten().zip(extents.get(other).into_iter().flatten());
            if both.into_iter().all(|(one, other)| one.start < other.end && other.start < one.end) {
                found.insert((one.max(other), one.min(other)));
            }
        });
    }
    found
}

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
        let near = near(&diagrams, &regions);
        assert!(overlapping.len() > 100 && overlapping.is_subset(&near), "{}", overlapping.len());
        assert!(near.len() < 400 * 399 / 4, "{} of all pairs are left", near.len());
    }
}
