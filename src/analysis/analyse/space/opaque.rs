//! Opaque conditions: tabulated, sums, or free variables.

use std::collections::BTreeMap;

use super::declared::{reads_unknown_fact, says};
use super::forms::Linear;
use super::{Asked, AskedCell, AskedKind, Scope, Space, Truths, constant, judge, slot, slot_of};
use crate::analyse::diagram::{Cells, TooLarge};
use qudao_engine::ground::Opaque;
use qudao_language::decide::Judged;
use qudao_language::model::{Id, Meanings};
use qudao_language::source::folded;
use qudao_telling::words::expr_text;

/// The ways in which a condition may come out where fields are unknown.
const WAYS: [Judged; 6] = {
    let unknown = Judged::OPEN;
    [
        Judged::TRUE,
        Judged::FALSE,
        unknown,
        Judged { can_fail: false, ..unknown },
        Judged { can_hold: false, ..unknown },
        Judged::STUCK,
    ]
};

/// An opaque condition is tabulated up to so many combinations of cells.
const TABULATED: usize = 1024;

impl<'g, 'r> Space<'g, 'r> {
    /// Tells whether an opaque condition is looked at for each combination of its fields' cells.
    pub(super) fn is_tabulated(&self, side: usize, opaque: &Opaque<'r>) -> bool {
        let (combinations, single) = self.combinations(side, opaque);
        single && combinations <= TABULATED && !opaque.expr.asks()
    }

    /// What a free variable says, as it is written.
    pub(in crate::analyse) fn free_text(&self, place: usize) -> Option<String> {
        let AskedKind::Free { side, opaque, .. } = self.asked.get(place)?.kind else { return None };
        let ground = self.grounds.get(side)?;
        Some(folded(&expr_text(ground.ruleset, ground.opaque[Id::new(opaque)].expr)))
    }

    /// Gives each opaque condition that cannot be tabulated a variable, the same one to the same condition. Of a sum
    /// only what it could come to where fields are unknown needs one.
    pub(super) fn ask_opaque(&mut self) {
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for (side, ground) in self.grounds.clone().into_iter().enumerate() {
            let meanings = Meanings::new(ground.ruleset);
            for (id, opaque) in ground.opaque.entries() {
                let linear = slot(&self.linear, side, id.index()).as_ref();
                let told = self.choices.pair(side, id.index()).is_some();
                let ways: &[Judged] = match (linear, self.scope) {
                    (Some(Linear::Stuck), _) | (Some(_), Scope::Known) => continue,
                    (None, Scope::Known) if told => continue,
                    (None, Scope::Any) if told => WAYS.get(2..).unwrap_or(&[]),
                    _ if self.is_tabulated(side, opaque) => continue,
                    (Some(Linear::Of(..)), Scope::Any) => WAYS.get(2..).unwrap_or(&[]),
                    (None, Scope::Any) => &WAYS,
                    (None, Scope::Known) => &[Judged::TRUE, Judged::FALSE, Judged::STUCK],
                };
                // With all facts known the fields settle it.
                let stuck = reads_unknown_fact(ground, opaque);
                let ways = ways.iter().copied().filter(|way| stuck || *way != Judged::STUCK);
                let ways: Vec<Judged> = ways.collect();
                let key = says(side, ground, opaque, &meanings);
                let asked = *known.entry(key).or_insert_with(|| {
                    let cell = || AskedCell { values: [None, None], single: true, bounds: (None, None) };
                    let cells = ways.iter().map(|_| cell()).collect();
                    let kind = AskedKind::Free { side, opaque: id.index(), ways };
                    self.asked.push(Asked { kind, cells });
                    self.asked.len() - 1
                });
                *slot_of(&mut self.free, side, id.index()) = Some(asked);
            }
        }
    }

    /// How many combinations of cells the fields of an opaque condition have, and whether each cell is one value.
    pub(super) fn combinations(&self, side: usize, opaque: &Opaque<'r>) -> (usize, bool) {
        let asked = self.asked_of(side, &opaque.fields);
        let of = |number: &usize| self.asked.get(*number);
        let count =
            asked.iter().filter_map(of).fold(1_usize, |all, asked| all.saturating_mul(asked.cells.len()));
        let single = asked.iter().filter_map(of).all(|asked| asked.cells.iter().all(|cell| cell.single));
        (count, single)
    }

    /// Returns the truths of an opaque condition: tabulated, or those of a free variable.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(in crate::analyse) fn opaque(&mut self, side: usize, number: usize) -> Result<Truths, TooLarge> {
        let linear = slot(&self.linear, side, number).clone();
        if let Some(linear) = linear {
            return self.linear_truths(side, number, &linear);
        }
        if let Some(pair) = self.choices.pair(side, number) {
            return self.chosen_truths(side, number, pair);
        }
        if slot(&self.free, side, number).is_some() {
            return self.free_truths(side, number);
        }
        let Some(ground) = self.grounds.get(side).copied() else { return Ok(constant(Judged::STUCK)) };
        let opaque = &ground.opaque[Id::new(number)];
        let asked = self.asked_of(side, &opaque.fields);
        let mut cells = vec![None; self.asked.len()];
        self.tabulate(side, opaque, &asked, &mut cells)
    }

    /// The truths of an opaque condition that is a free variable.
    pub(super) fn free_truths(&mut self, side: usize, number: usize) -> Result<Truths, TooLarge> {
        let free = *slot(&self.free, side, number);
        let kind = free.and_then(|free| self.asked.get(free)).map(|asked| asked.kind.clone());
        match (free, kind) {
            (Some(free), Some(AskedKind::Free { ways, .. })) => self.table(free, &ways),
            _ => Ok(constant(Judged::STUCK)),
        }
    }

    fn tabulate(
        &mut self,
        side: usize,
        opaque: &Opaque<'r>,
        asked: &[usize],
        cells: &mut Cells,
    ) -> Result<Truths, TooLarge> {
        let Some((first, rest)) = asked.split_first() else {
            let profile = self.profile(side, cells);
            let Some(ground) = self.grounds.get(side) else { return Ok(constant(Judged::STUCK)) };
            return Ok(constant(judge(ground.ruleset, &profile, opaque)));
        };
        let mut found = Vec::new();
        for cell in 0..self.diagrams.width(*first) {
            if let Some(slot) = cells.get_mut(*first) {
                *slot = Some(cell);
            }
            found.push(self.tabulate(side, opaque, rest, cells)?);
        }
        if let Some(slot) = cells.get_mut(*first) {
            *slot = None;
        }
        self.chosen(*first, &found)
    }
}
