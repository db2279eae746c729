//! Regions of profiles as readable conditions.

use super::diagram::{Cells, NO, Ref, TooLarge};
use super::space::{Asked, AskedKind, Space};
use crate::exact::Exact;
use crate::ground::Cut;
use crate::model::{Field, Id, Ruleset, Type, Value};
use crate::words::{Speaker, source_text};

/// The cells of each variable that a condition allows; nothing where it allows all.
pub(super) type Cube = Vec<Option<Vec<usize>>>;

/// Regions with more nodes than this are told by their first condition alone.
const MAX_SUPPORT: usize = 64;

impl Space<'_, '_> {
    /// Returns conditions that make up a region, widest first from a profile's cells on, at most so many; and whether
    /// they leave some of it out.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn conditions(
        &mut self,
        region: Ref,
        cells: &Cells,
        most: usize,
    ) -> Result<(Vec<String>, bool), TooLarge> {
        let mut told = Vec::new();
        let mut left = region;
        let mut cells = Some(cells.clone());
        while let Some(here) = cells {
            if told.len() == most || left == NO {
                break;
            }
            let cube = self.widen(region, &here);
            told.push(self.condition(&cube));
            let covered = self.diagrams.cube(&cube)?;
            left = self.diagrams.without(left, covered)?;
            cells = self.diagrams.witness(left, &|_, cell| cell as u64);
        }
        Ok((told, left != NO))
    }

    /// The widest cells around some cells in which a region holds: variable by variable, all cells, or as many as can
    /// be.
    fn widen(&self, region: Ref, cells: &Cells) -> Cube {
        let support = self.diagrams.support(region);
        let place = |place: usize| cells.get(place).copied().flatten().filter(|_| support.contains(&place));
        let mut cube: Cube =
            (0..self.diagrams.variables()).map(|at| place(at).map(|cell| vec![cell])).collect();
        // Variables of the support that the path did not ask are free anyway.
        if support.len() > MAX_SUPPORT {
            return cube;
        }
        for at in support {
            let Some(told) = cube.get_mut(at).and_then(Option::take) else { continue };
            if self.diagrams.holds_in(region, &cube) {
                continue;
            }
            let mut allowed = told;
            for cell in 0..self.diagrams.width(at) {
                if !allowed.contains(&cell) {
                    let mut wider = allowed.clone();
                    wider.push(cell);
                    wider.sort_unstable();
                    if let Some(slot) = cube.get_mut(at) {
                        *slot = Some(wider.clone());
                    }
                    if self.diagrams.holds_in(region, &cube) {
                        allowed = wider;
                    }
                }
            }
            if let Some(slot) = cube.get_mut(at) {
                *slot = Some(allowed);
            }
        }
        cube
    }

    /// A cube as a condition of the language.
    fn condition(&self, cube: &Cube) -> String {
        let mut parts = Vec::new();
        for (asked, allowed) in self.asked.iter().zip(cube) {
            if let Some(allowed) = allowed {
                parts.extend(self.part(asked, allowed));
            }
        }
        if parts.is_empty() { "always".into() } else { parts.join(" and ") }
    }

    fn part(&self, asked: &Asked, allowed: &[usize]) -> Option<String> {
        match &asked.kind {
            AskedKind::Field(number) => {
                let (side, ruleset, field) = self.declared_last(*number)?;
                Some(field_part(side, ruleset, field, asked, allowed))
            }
            AskedKind::Given(number) => {
                let (_, _, field) = self.declared_last(*number)?;
                Some(format!("{} is {}", field.name, if allowed == [0] { "known" } else { "unknown" }))
            }
            AskedKind::Member(number, name) => {
                let (_, _, field) = self.declared_last(*number)?;
                let not = if allowed == [1] { "" } else { "not " };
                Some(format!("{not}{} has {name}", field.name))
            }
            AskedKind::Free { side, opaque } => {
                let ground = self.grounds.get(*side)?;
                let text = source_text(ground.ruleset, ground.opaque[Id::new(*opaque)].expr.span);
                Some(match allowed {
                    [0] => format!("({text})"),
                    [1] => format!("not ({text})"),
                    _ => format!("({text}) is not settled"),
                })
            }
        }
    }

    /// A field as the last side has it that has it.
    fn declared_last(&self, number: usize) -> Option<(usize, &Ruleset, &Field)> {
        let sides = self.fields.get(number)?.sides;
        let mut sides = sides.iter().enumerate().rev();
        sides.find_map(|(side, id)| {
            let ruleset = self.grounds.get(side)?.ruleset;
            id.map(|id| (side, ruleset, &ruleset.fields[id]))
        })
    }
}

fn field_part(side: usize, ruleset: &Ruleset, field: &Field, asked: &Asked, allowed: &[usize]) -> String {
    let name = &field.name;
    let value =
        |cell: &usize| asked.cells.get(*cell).and_then(|cell| cell.values.get(side)).cloned().flatten();
    let known: Vec<usize> = (0..asked.cells.len()).filter(|cell| value(cell).is_some()).collect();
    let with_unknown = allowed.iter().any(|cell| !known.contains(cell));
    let cells: Vec<usize> = allowed.iter().copied().filter(|cell| known.contains(cell)).collect();
    let text = |cell: &usize| {
        value(cell).map(|value| Speaker::new(ruleset, None).id(&value, field.ty)).unwrap_or_default()
    };
    let quoted = |cell: &usize| match value(cell) {
        Some(Value::Text(text)) => format!("{text:?}"),
        _ => text(cell),
    };
    let told = match field.ty {
        _ if cells.is_empty() => format!("{name} is unknown"),
        Type::Bool => {
            if cells == [1] {
                name.to_string()
            } else {
                format!("not {name}")
            }
        }
        Type::Number(_) | Type::Date => ranges(ruleset, field, asked, &cells),
        _ => {
            let others: Vec<usize> = known.iter().copied().filter(|cell| !cells.contains(cell)).collect();
            let list = |cells: &[usize]| cells.iter().map(quoted).collect::<Vec<_>>().join(", ");
            match (cells.as_slice(), others.as_slice()) {
                // The last cell of texts stands for all others.
                (all, _) if field.ty == Type::Text && all.last() == known.last() => {
                    format!("{name} not in {{{}}}", list(&others))
                }
                ([one], _) => format!("{name} == {}", quoted(one)),
                (_, [one]) => format!("{name} != {}", quoted(one)),
                (all, rest) if all.len() <= rest.len() => format!("{name} in {{{}}}", list(all)),
                (_, rest) => format!("{name} not in {{{}}}", list(rest)),
            }
        }
    };
    if with_unknown && !cells.is_empty() { format!("({told} or {name} is unknown)") } else { told }
}

/// Ordered cells as ranges.
fn ranges(ruleset: &Ruleset, field: &Field, asked: &Asked, cells: &[usize]) -> String {
    let name = &field.name;
    let speaker = Speaker::new(ruleset, None);
    let value = |at: Exact| {
        let value = match field.ty {
            Type::Date => Value::Date(crate::date::Date::of_number(
                at.as_whole().and_then(|day| i64::try_from(day).ok()).unwrap_or(0),
            )),
            _ => Value::Number(crate::model::Number::computed(at)),
        };
        speaker.id(&value, field.ty)
    };
    let whole = !matches!(field.ty, Type::Number(number) if !number.whole);
    let mut parts: Vec<String> = Vec::new();
    let mut rest = cells;
    while let Some(first) = rest.first().copied() {
        let length = rest.iter().zip(first..).take_while(|(cell, expected)| **cell == *expected).count();
        let last = first + length - 1;
        rest = rest.get(length..).unwrap_or(&[]);
        let bound = |cell: usize| asked.cells.get(cell).map_or((None, None), |cell| cell.bounds);
        let low = bound(first).0.filter(|_| first > 0);
        let high = bound(last)
            .1
            .filter(|_| last + 1 < asked.cells.iter().filter(|cell| cell.values != [None, None]).count());
        let above = |cut: Cut| match (cut.after, whole) {
            (true, _) => format!("{name} > {}", value(cut.at)),
            (false, _) => format!("{name} >= {}", value(cut.at)),
        };
        let below = |cut: Cut| match (cut.after, whole) {
            (true, _) => format!("{name} <= {}", value(cut.at)),
            // Before a whole number is up to the one before it.
            (false, true) => {
                let before = cut.at.minus(Exact::ONE).unwrap_or(cut.at);
                format!("{name} <= {}", value(before))
            }
            (false, false) => format!("{name} < {}", value(cut.at)),
        };
        parts.push(match (low, high) {
            (Some(low), Some(high)) => format!("{} and {}", above(low), below(high)),
            (Some(low), None) => above(low),
            (None, Some(high)) => below(high),
            (None, None) => format!("{name} is known"),
        });
    }
    if parts.len() == 1 { parts.remove(0) } else { format!("({})", parts.join(" or ")) }
}
