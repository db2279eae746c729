//! Conditions on one variable, as diagrams: in runs of cells, told where they turn.

use std::sync::Arc;

use super::{AskedCell, AskedKind, Placed, Space, Truths, constant, slot};
use crate::analyse::diagram::{Ref, TooLarge, extend};
use qudao_engine::ground::{Atom, Ground, Variable, VariableKind};
use qudao_language::decide::Judged;
use qudao_language::model::{Id, Value};

impl<'g, 'r> Space<'g, 'r> {
    /// Returns the truths of a condition on one variable of a side.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(in crate::analyse) fn atom(&mut self, side: usize, atom: &Atom) -> Result<Truths, TooLarge> {
        let place = *slot(&self.places, side, atom.variable.index());
        let (Some(asked), Some(ground)) = (place, self.grounds.get(side).copied()) else {
            return Ok(constant(Judged::STUCK));
        };
        let (cells, ascending) = self.placed(side, asked, atom.variable, ground);
        let turns: Vec<usize> = match ascending {
            true => atom.turns().into_iter().map(|turn| cells.partition_point(|cell| *cell < turn)).collect(),
            false => (1..cells.len()).collect(),
        };
        let mut runs: Vec<(usize, Truths)> = Vec::new();
        let mut first = 0;
        for end in turns.into_iter().chain([cells.len()]).filter(|end| *end > 0) {
            if let Some(cell) = cells.get(first).filter(|_| end > first) {
                runs.push((end, constant(atom.judge(*cell))));
            }
            first = end;
        }
        let truths = self.chosen_runs(asked, &runs)?;
        let number = self.asked.get(asked).and_then(|asked| match &asked.kind {
            AskedKind::Member(number, _) => Some(*number),
            _ => None,
        });
        // A set that is not known has no members to ask of.
        let Some(given) = number.and_then(|number| self.given.get(&number)).copied() else {
            return Ok(truths);
        };
        self.chosen(given, &[truths, constant(atom.missing)])
    }

    /// The cell of a side's variable for each cell of the one asked, and whether these ascend.
    fn placed(&mut self, side: usize, asked: usize, id: Id<Variable>, ground: &'g Ground<'r>) -> Placed {
        if let Some(known) = self.placed.get(&(side, id)) {
            return known.clone();
        }
        let variable = &ground.variables[id];
        let cell = |cell: &AskedCell| match (&variable.kind, cell.values.get(side).and_then(Option::as_ref)) {
            (VariableKind::Member(_), Some(Value::Bool(has))) => usize::from(*has),
            (_, value) => variable.cell(value),
        };
        let cells: Arc<[usize]> =
            self.asked.get(asked).map_or(&[][..], |of| &of.cells).iter().map(cell).collect();
        let placed = (cells.clone(), cells.is_sorted());
        self.placed.entry((side, id)).or_insert(placed).clone()
    }

    pub(super) fn table(&mut self, asked: usize, judged: &[Judged]) -> Result<Truths, TooLarge> {
        let cells: Vec<Truths> = judged.iter().map(|judged| constant(*judged)).collect();
        self.chosen(asked, &cells)
    }

    pub(super) fn chosen(&mut self, asked: usize, cells: &[Truths]) -> Result<Truths, TooLarge> {
        let runs: Vec<(usize, Truths)> = (1..).zip(cells.iter().copied()).collect();
        self.chosen_runs(asked, &runs)
    }

    fn chosen_runs(&mut self, asked: usize, cells: &[(usize, Truths)]) -> Result<Truths, TooLarge> {
        let mut choose = |part: fn(&Truths) -> Ref| {
            let mut runs = Vec::new();
            cells.iter().for_each(|(end, truths)| extend(&mut runs, *end, part(truths)));
            self.diagrams.choose_runs(asked, &runs)
        };
        Ok(Truths {
            yes: choose(|truths| truths.yes)?,
            no: choose(|truths| truths.no)?,
            can_hold: choose(|truths| truths.can_hold)?,
            can_fail: choose(|truths| truths.can_fail)?,
        })
    }
}
