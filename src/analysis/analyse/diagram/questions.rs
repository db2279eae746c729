//! What is asked of diagrams that are there: nothing here makes a new one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Cells, Diagrams, END, NO, Ref, Run, TooLarge, YES};

impl Diagrams {
    /// Returns the value of a function at some cells; the first cell stands in for what is not told.
    #[must_use]
    pub fn at(&self, function: Ref, cells: &[Option<usize>]) -> i64 {
        let mut here = function;
        loop {
            if let Some(value) = self.value(here) {
                return value;
            }
            let variable = self.node(here).variable as usize;
            here = self.child(here, cells.get(variable).copied().flatten().unwrap_or(0));
        }
    }

    /// Returns the cheapest cells at which a condition holds, by the sum of the costs of the cells; of cells that cost
    /// the same, the first. A variable that is not asked on the way has none.
    #[must_use]
    pub fn witness(&self, condition: Ref, cost: &impl Fn(usize, usize) -> u64) -> Option<Cells> {
        // The least cost from each node on, children before parents: a parent is always made after its children.
        let mut least: BTreeMap<Ref, Option<(u64, usize)>> = BTreeMap::new();
        for node in self.reachable(condition) {
            let best = match self.value(node) {
                Some(value) => (value != 0).then_some((0, 0)),
                None => {
                    let variable = self.node(node).variable as usize;
                    let mut first = 0;
                    let costs = self.runs(node).iter().filter_map(|run| {
                        let cells = first..run.end as usize;
                        first = cells.end;
                        let rest = least.get(&run.to).copied().flatten()?;
                        let cheapest = cells.map(|cell| (cost(variable, cell), cell)).min()?;
                        Some((rest.0 + cheapest.0, cheapest.1))
                    });
                    costs.min()
                }
            };
            least.insert(node, best);
        }
        least.get(&condition).copied().flatten()?;
        let mut cells = vec![None; self.widths.len()];
        let mut here = condition;
        while self.value(here).is_none() {
            let cell = least.get(&here).copied().flatten()?.1;
            *cells.get_mut(self.node(here).variable as usize)? = Some(cell);
            here = self.child(here, cell);
        }
        Some(cells)
    }

    /// Returns the variables that a function depends on.
    #[must_use]
    pub fn support(&self, function: Ref) -> BTreeSet<usize> {
        let asked = self.reachable(function).into_iter().map(|node| self.node(node).variable);
        asked.filter(|variable| *variable != END).map(|variable| variable as usize).collect()
    }

    /// Returns for each of some variables, in ascending order, from which cell to which one a condition may hold.
    #[must_use]
    pub fn extents(&self, condition: Ref, variables: &[usize]) -> Vec<Range<usize>> {
        let nowhere = Range { start: usize::MAX, end: 0 };
        let mut found: Vec<Range<usize>> = vec![nowhere; variables.len()];
        let place = |variable: usize| variables.partition_point(|other| *other < variable);
        // What is not asked on the way from one diagram to the next may be anything.
        let skip = |found: &mut Vec<Range<usize>>, from: usize, to: Ref| {
            let until = self.first_variable(to).map_or(variables.len(), place);
            for (extent, variable) in found.iter_mut().zip(variables).take(until).skip(from) {
                *extent = 0..self.width(*variable);
            }
        };
        if condition != NO {
            skip(&mut found, 0, condition);
        }
        for node in self.reachable(condition) {
            let Some(variable) = self.first_variable(node) else { continue };
            let at = place(variable);
            let mut first = 0;
            for run in self.runs(node) {
                let cells = first..run.end as usize;
                first = cells.end;
                if run.to == NO {
                    continue;
                }
                if let Some(extent) = found.get_mut(at) {
                    *extent = extent.start.min(cells.start)..extent.end.max(cells.end);
                }
                skip(&mut found, at + 1, run.to);
            }
        }
        found
    }

    /// Returns the diagrams within a function that ask a variable first: where they are the same in two cells, so is the
    /// function.
    #[must_use]
    pub fn asking(&self, function: Ref, variable: usize) -> Vec<Ref> {
        let mut nodes = self.reachable(function);
        nodes.retain(|node| self.node(*node).variable as usize == variable);
        nodes
    }

    /// Returns the values that a function takes, in order.
    #[must_use]
    pub fn values(&self, function: Ref) -> BTreeSet<i64> {
        self.reachable(function).into_iter().filter_map(|node| self.value(node)).collect()
    }

    /// Returns how many combinations of cells have each value; saturating.
    #[must_use]
    pub fn counts(&self, function: Ref) -> BTreeMap<i64, u128> {
        let count_below = |from: u32, to: u32| -> u128 {
            let to = (to as usize).min(self.widths.len());
            let between = self.widths.get(from as usize..to).unwrap_or(&[]);
            between.iter().fold(1_u128, |count, width| count.saturating_mul(u128::from(*width)))
        };
        let mut known: BTreeMap<Ref, BTreeMap<i64, u128>> = BTreeMap::new();
        for node in self.reachable(function) {
            let counts = match self.value(node) {
                Some(value) => BTreeMap::from([(value, 1)]),
                None => {
                    let variable = self.node(node).variable;
                    let mut counts: BTreeMap<i64, u128> = BTreeMap::new();
                    let mut first = 0;
                    for Run { end, to: child } in self.runs(node).iter().copied() {
                        let cells = u128::from(end - first);
                        first = end;
                        let free = count_below(variable + 1, self.node(child).variable).saturating_mul(cells);
                        for (value, count) in known.get(&child).into_iter().flatten() {
                            let slot = counts.entry(*value).or_default();
                            *slot = slot.saturating_add(count.saturating_mul(free));
                        }
                    }
                    counts
                }
            };
            known.insert(node, counts);
        }
        let free = count_below(0, self.node(function).variable);
        let counts = known.remove(&function).unwrap_or_default();
        counts.into_iter().map(|(value, count)| (value, count.saturating_mul(free))).collect()
    }

    /// Tells whether a condition holds everywhere in some cells of each variable.
    #[must_use]
    pub fn holds_in(&self, condition: Ref, cells: &[Option<Vec<usize>>]) -> bool {
        let mut seen = BTreeSet::from([condition]);
        let mut open = vec![condition];
        while let Some(node) = open.pop() {
            let Some(variable) = self.first_variable(node) else {
                if node == NO {
                    return false;
                }
                continue;
            };
            let all = cells.get(variable).and_then(Option::as_ref);
            let mut first = 0;
            for run in self.runs(node) {
                let here = first..run.end as usize;
                first = here.end;
                let inside = all.is_none_or(|all| all.iter().any(|cell| here.contains(cell)));
                if inside && seen.insert(run.to) {
                    open.push(run.to);
                }
            }
        }
        true
    }

    /// Returns cells in which all of some conditions hold, found without joining them: from variable to variable, each
    /// time with what is left of every condition. What is known to fail is not tried again.
    ///
    /// # Errors
    /// If that takes more steps than are allowed.
    pub fn joint(&self, conditions: &[Ref], steps: u64) -> Result<Option<Cells>, TooLarge> {
        let mut failed: BTreeSet<Vec<Ref>> = BTreeSet::new();
        let mut taken = 0_u64;
        // What is left of the conditions, the variable asked, the cell tried last, and the one to try next.
        let mut open: Vec<(Vec<Ref>, usize, usize, usize)> = Vec::new();
        let mut next = Some(conditions.to_vec());
        loop {
            if let Some(mut left) = next.take() {
                left.sort_unstable();
                left.dedup();
                left.retain(|condition| *condition != YES);
                let first = left.iter().filter_map(|condition| self.first_variable(*condition)).min();
                match first {
                    _ if left.first() == Some(&NO) || failed.contains(&left) => {}
                    None => {
                        let mut cells = vec![None; self.variables()];
                        for (_, variable, tried, _) in &open {
                            if let Some(slot) = cells.get_mut(*variable) {
                                *slot = Some(*tried);
                            }
                        }
                        return Ok(Some(cells));
                    }
                    Some(variable) => open.push((left, variable, 0, 0)),
                }
            }
            let Some((left, variable, tried, cell)) = open.last_mut() else { return Ok(None) };
            if *cell >= self.width(*variable) {
                let failure = open.pop().map(|(left, ..)| left);
                failed.extend(failure);
                continue;
            }
            taken += left.len() as u64;
            if taken > steps || failed.len() > self.budget.nodes / 8 {
                return Err(TooLarge);
            }
            *tried = *cell;
            // The cells after it that no condition tells from it need not be tried.
            let mut end = self.width(*variable);
            let mut child = |condition: &Ref| {
                if self.first_variable(*condition) != Some(*variable) {
                    return *condition;
                }
                let run = self.run_at(*condition, *tried);
                end = end.min(run.end as usize);
                run.to
            };
            next = Some(left.iter().map(&mut child).collect());
            *cell = end;
        }
    }

    /// The nodes of a diagram, children before parents.
    fn reachable(&self, from: Ref) -> Vec<Ref> {
        let mut found = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(node) = open.pop() {
            open.extend(self.runs(node).iter().map(|run| run.to).filter(|child| found.insert(*child)));
        }
        // Constants may be made late, but nothing is below them.
        let mut found: Vec<Ref> = found.into_iter().collect();
        found.sort_by_key(|node| (self.value(*node).is_none(), *node));
        found
    }
}
