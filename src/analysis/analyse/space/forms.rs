//! Sums of several fields that are compared with constants: one variable for all conditions on one sum.
//!
//! `a + b > 10`, `5 > a + b` and `2 * a + 2 * b > 20` ask one sum, cut into cells by their constants as a field is.
//! Where the cells of its fields leave the sum few of its cells, the others count as the nearest of those. So a sum
//! alone never lies in a cell that no values give. Several sums of the same fields may still; what is found with their
//! help is settled by [`Inequalities`](super::super::inequalities::Inequalities), and what these rule out is kept.

use std::collections::BTreeMap;

use super::{AskedCell, AskedKind, Bounds, Scope, Space, Truths, constant, is_whole, judge, slot, slot_of};
use crate::analyse::diagram::{Cells, NO, Ref, TooLarge, YES};
use crate::analyse::inequalities::{Inequalities, Outcome, to_coprime};
use qudao_engine::ground::{Cut, Opaque, Sum, Test, axis, between, round_up};
use qudao_language::date::Date;
use qudao_language::decide::Judged;
use qudao_language::exact::Exact;
use qudao_language::model::{Field, Id, Number, Type, Value};

/// The cells of a sum are found for each combination of its fields' cells up to so many.
const MAX_BOXES: usize = 4096;

/// A sum of fields.
#[derive(Clone, Debug)]
pub(in crate::analyse) struct Form {
    /// The fields by their numbers in the space, in order, and how often each counts: whole numbers without a common
    /// divisor, the first of them positive.
    pub(in crate::analyse) terms: Vec<(usize, Exact)>,
    /// Whether all its values are whole numbers.
    pub(in crate::analyse) whole: bool,
    /// Its variable.
    pub(in crate::analyse) place: usize,
    /// The cell that it lies in for each combination of cells, -1 where a field is unknown; once it is asked for.
    position: Option<Ref>,
}

/// What an opaque condition says of a sum.
#[derive(Clone, Debug)]
pub(super) enum Linear {
    /// Nothing: a fact is unknown.
    Stuck,
    /// A test of a form, by its number.
    Of(usize, Test),
}

impl<'g, 'r> Space<'g, 'r> {
    /// Makes a variable for each sum that opaque conditions compare.
    pub(super) fn ask_forms(&mut self) {
        let mut cuts: Vec<Vec<Cut>> = Vec::new();
        for (terms, test) in self.asked_sums() {
            self.form_of(terms, &test, &mut cuts);
        }
        for (side, ground) in self.grounds.clone().into_iter().enumerate() {
            for (id, opaque) in ground.opaque.entries() {
                if self.is_tabulated(side, opaque) {
                    continue;
                }
                let linear = match &opaque.sum {
                    None => continue,
                    Some(Sum::Stuck) => Linear::Stuck,
                    Some(Sum::Of { terms, test }) => {
                        let Some((terms, test)) = self.normal(side, terms, test) else { continue };
                        Linear::Of(self.form_of(terms, &test, &mut cuts), test)
                    }
                };
                *slot_of(&mut self.linear, side, id.index()) = Some(linear);
            }
        }
        for (number, mut cuts) in cuts.into_iter().enumerate() {
            if self.forms.get(number).is_some_and(|form| form.whole) {
                cuts.iter_mut().for_each(round_up);
            }
            cuts.sort_unstable();
            cuts.dedup();
            let below = std::iter::once(None).chain(cuts.iter().copied().map(Some));
            let above = cuts.iter().copied().map(Some).chain([None]);
            let cells =
                below.zip(above).map(|bounds| AskedCell { values: [None, None], single: true, bounds });
            let place = self.ask(AskedKind::Form(number), cells.collect());
            self.forms.get_mut(number).into_iter().for_each(|form| form.place = place);
        }
    }

    /// The number of the form of a sum, which is made where there is none; a test of it cuts it.
    fn form_of(&mut self, terms: Vec<(usize, Exact)>, test: &Test, cuts: &mut Vec<Vec<Cut>>) -> usize {
        let number = self.known_forms.get(&terms).copied().unwrap_or_else(|| {
            let whole = terms.iter().all(|(field, _)| self.is_whole_field(*field));
            self.known_forms.insert(terms.clone(), self.forms.len());
            self.forms.push(Form { terms, whole, place: 0, position: None });
            cuts.push(Vec::new());
            self.forms.len() - 1
        });
        test.cuts(cuts.get_mut(number).expect("there are cuts for each form"));
        number
    }

    /// Returns where a test of a sum, in its one form, holds.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(super) fn where_sum(&mut self, terms: &[(usize, Exact)], test: &Test) -> Result<Ref, TooLarge> {
        let number = *self.known_forms.get(terms).expect("each sum that is asked for has its form");
        let position = self.position(number)?;
        let holds = self.form_cells(number, test);
        let at = |cell: i64| usize::try_from(cell).ok().and_then(|cell| holds.get(cell)).copied();
        self.diagrams.map(position, &|cell| i64::from(at(cell) == Some(true)))
    }

    /// In which cells of a form a test holds.
    fn form_cells(&self, number: usize, test: &Test) -> Vec<bool> {
        let cells = self.form(number).and_then(|form| self.asked.get(form.place));
        let cells = cells.map_or(&[][..], |asked| &asked.cells);
        cells.iter().map(|cell| test.holds(between(cell.bounds.0, cell.bounds.1))).collect()
    }

    /// A sum of a side's fields and a test of it in their one form.
    fn normal(
        &self,
        side: usize,
        terms: &[(Id<Field>, Exact)],
        test: &Test,
    ) -> Option<(Vec<(usize, Exact)>, Test)> {
        let number = |id: Id<Field>| {
            self.fields.iter().position(|field| field.sides.get(side).copied().flatten() == Some(id))
        };
        let terms = terms.iter().map(|(id, factor)| Some((number(*id)?, *factor)));
        normal(terms.collect::<Option<_>>()?, test)
    }

    fn is_whole_field(&self, number: usize) -> bool {
        self.declared(number).iter().any(|(_, _, field)| is_whole(field))
    }

    fn form(&self, number: usize) -> Option<&Form> {
        self.forms.get(number)
    }

    /// The sum at a profile of a side, where all its fields are known.
    fn sum_of(&self, side: usize, form: &Form, profile: &qudao_language::model::Profile) -> Option<Exact> {
        let mut sum = Exact::ZERO;
        for (number, factor) in &form.terms {
            let id = self.fields.get(*number)?.sides.get(side).copied().flatten()?;
            let value = profile.get(id).value.as_ref().and_then(axis)?;
            sum = sum.plus(value.times(*factor)?)?;
        }
        Some(sum)
    }

    /// The cell of a form for a profile of a side.
    pub(super) fn form_cell(
        &self,
        side: usize,
        number: usize,
        profile: &qudao_language::model::Profile,
    ) -> Option<usize> {
        let form = self.form(number)?;
        let sum = self.sum_of(side, form, profile)?;
        self.asked.get(form.place)?.cells.iter().position(|cell| lies_in(sum, cell.bounds))
    }

    /// The bounds of a cell of a field, both included where whole numbers are counted.
    fn field_bounds(&self, number: usize, cell: Option<usize>) -> Bounds {
        let asked = self.of_field.get(number).and_then(|of| of.first()).and_then(|at| self.asked.get(*at));
        let cells = asked.map_or(&[][..], |asked| asked.cells.as_slice());
        let known = || cells.iter().filter(|cell| cell.values != [None, None]);
        let (first, last) = match cell {
            Some(cell) => (cells.get(cell), cells.get(cell)),
            None => (known().next(), known().next_back()),
        };
        let (mut low, mut high) = (first.and_then(|cell| cell.bounds.0), last.and_then(|cell| cell.bounds.1));
        if self.is_whole_field(number) {
            high = high.map(|cut| match (cut.after, cut.at.minus(Exact::ONE)) {
                (false, Some(at)) => Cut { at, after: true },
                _ => cut,
            });
        }
        if self.declared(number).first().is_some_and(|(_, _, field)| field.ty == Type::Date) {
            low = low.or(Some(Cut { at: Exact::ZERO, after: false }));
            high = high.or(Some(Cut { at: Exact::whole(Date::MAX.number()), after: true }));
        }
        (low, high)
    }

    /// The cells of a form that its fields leave it, the first and the last.
    fn reach(&self, form: &Form, bounds: Bounds) -> (usize, usize) {
        let cells = self.asked.get(form.place).map_or(&[][..], |asked| asked.cells.as_slice());
        let cuts = || cells.iter().filter_map(|cell| cell.bounds.0);
        let first = bounds.0.map_or(0, |low| cuts().filter(|cut| *cut <= low).count());
        let last =
            bounds.1.map_or(cells.len().saturating_sub(1), |high| cuts().filter(|cut| *cut < high).count());
        (first, last.max(first))
    }

    /// Returns the cell that a form lies in, as a function.
    fn position(&mut self, number: usize) -> Result<Ref, TooLarge> {
        let Some(form) = self.form(number).cloned() else { return Ok(NO) };
        if let Some(position) = form.position {
            return Ok(position);
        }
        let width = |(field, _): &(usize, Exact)| {
            let place = self.of_field.get(*field).and_then(|of| of.first());
            place.map_or(1, |place| self.diagrams.width(*place))
        };
        let boxes = form.terms.iter().map(width).fold(1_usize, usize::saturating_mul);
        let zero = (Some(Cut { at: Exact::ZERO, after: false }), Some(Cut { at: Exact::ZERO, after: true }));
        let made = self.position_in(&form, &form.terms, zero, boxes <= MAX_BOXES)?;
        self.forms.get_mut(number).into_iter().for_each(|form| form.position = Some(made));
        Ok(made)
    }

    /// The cell of a form where the fields before the ones told are in some cells, and their sum between bounds.
    fn position_in(
        &mut self,
        form: &Form,
        rest: &[(usize, Exact)],
        sum: Bounds,
        cell_by_cell: bool,
    ) -> Result<Ref, TooLarge> {
        let Some(((field, factor), rest)) = rest.split_first() else {
            let (first, last) = self.reach(form, sum);
            let cells: Vec<Ref> = (0..self.diagrams.width(form.place))
                .map(|cell| self.diagrams.constant(cell.clamp(first, last) as i64))
                .collect();
            return self.diagrams.choose(form.place, &cells);
        };
        let Some(place) = self.of_field.get(*field).and_then(|of| of.first()).copied() else {
            return Err(TooLarge);
        };
        let mut whole = None;
        if !cell_by_cell {
            let sum = added(sum, times(self.field_bounds(*field, None), *factor));
            whole = Some(self.position_in(form, rest, sum, false)?);
        }
        let mut cells = Vec::new();
        for cell in 0..self.diagrams.width(place) {
            let unknown = self.asked.get(place).is_some_and(|asked| asked.is_unknown(cell));
            cells.push(match whole {
                _ if unknown => self.diagrams.constant(-1),
                Some(whole) => whole,
                None => {
                    let sum = added(sum, times(self.field_bounds(*field, Some(cell)), *factor));
                    self.position_in(form, rest, sum, true)?
                }
            });
        }
        self.diagrams.choose(place, &cells)
    }

    /// Returns in which cells of a form an opaque condition of a side holds, if it is a test of that form.
    pub(in crate::analyse) fn says_of(
        &self,
        side: usize,
        opaque: usize,
        form: usize,
        asked: &super::Asked,
    ) -> Option<Vec<bool>> {
        match slot(&self.linear, side, opaque).as_ref()? {
            Linear::Of(of, test) if *of == form => {
                let holds = |cell: &AskedCell| test.holds(between(cell.bounds.0, cell.bounds.1));
                Some(asked.cells.iter().map(holds).collect())
            }
            _ => None,
        }
    }

    /// Returns the truths of an opaque condition that is a test of a sum.
    pub(super) fn linear_truths(
        &mut self,
        side: usize,
        number: usize,
        linear: &Linear,
    ) -> Result<Truths, TooLarge> {
        let Linear::Of(of, test) = linear else { return Ok(constant(Judged::STUCK)) };
        let position = self.position(*of)?;
        let holds = self.form_cells(*of, test);
        let at = |cell: i64| usize::try_from(cell).ok().and_then(|cell| holds.get(cell)).copied();
        let yes = self.diagrams.map(position, &|cell| i64::from(at(cell) == Some(true)))?;
        let no = self.diagrams.map(position, &|cell| i64::from(at(cell) == Some(false)))?;
        if self.scope == Scope::Known {
            return Ok(Truths { yes, no, can_hold: yes, can_fail: no });
        }
        let unknown = self.diagrams.map(position, &|cell| i64::from(cell < 0))?;
        let open = self.unknown_truths(side, number)?;
        let (can_hold, can_fail) =
            (self.diagrams.and(unknown, open.can_hold)?, self.diagrams.and(unknown, open.can_fail)?);
        let (can_hold, can_fail) = (self.diagrams.or(yes, can_hold)?, self.diagrams.or(no, can_fail)?);
        Ok(Truths { yes, no, can_hold, can_fail })
    }

    /// What an opaque condition could come to where fields that it reads are unknown: certain where the others have one
    /// value each, else one of the ways in which it could.
    pub(super) fn unknown_truths(&mut self, side: usize, number: usize) -> Result<Truths, TooLarge> {
        let free = self.free_truths(side, number)?;
        let ground = *self.grounds.get(side).expect("a side is one of the rulesets");
        let opaque = &ground.opaque[Id::new(number)];
        if self.combinations(side, opaque).0 > MAX_BOXES {
            return Ok(free);
        }
        let asked = self.asked_of(side, &opaque.fields);
        let mut cells = vec![None; self.asked.len()];
        self.unknown_in(side, opaque, &asked, free, &mut cells)
    }

    fn unknown_in(
        &mut self,
        side: usize,
        opaque: &Opaque<'r>,
        asked: &[usize],
        free: Truths,
        cells: &mut Cells,
    ) -> Result<Truths, TooLarge> {
        let Some((first, rest)) = asked.split_first() else {
            let told = self.asked.iter().zip(cells.iter());
            let single = told.filter_map(|(asked, cell)| asked.cells.get((*cell)?)).all(|cell| cell.single);
            if !single {
                return Ok(free);
            }
            let profile = self.profile(side, cells);
            let ground = self.grounds.get(side).expect("a side is one of the rulesets");
            return Ok(constant(judge(ground.ruleset, &profile, opaque)));
        };
        let mut found = Vec::new();
        for cell in 0..self.diagrams.width(*first) {
            cells.get_mut(*first).into_iter().for_each(|slot| *slot = Some(cell));
            found.push(self.unknown_in(side, opaque, rest, free, cells)?);
        }
        cells.get_mut(*first).into_iter().for_each(|slot| *slot = None);
        self.chosen(*first, &found)
    }

    /// The forms that some cells tell of, and their cells.
    fn told_forms(&self, cells: &[Option<usize>]) -> Vec<(usize, usize)> {
        let told = cells.iter().zip(&self.asked).filter_map(|(cell, asked)| match asked.kind {
            AskedKind::Form(number) => Some((number, (*cell)?)),
            _ => None,
        });
        told.collect()
    }

    /// Returns some cells of a region, with values for the fields of the sums that they tell of; these are in cells
    /// that the values give, and what no values give is taken from the region. Nothing where nothing is left; without
    /// values where it is not known whether there are some.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(in crate::analyse) fn point(
        &mut self,
        region: &mut Ref,
        cost: &dyn Fn(&Self, usize, usize) -> u64,
    ) -> Result<Option<Point>, TooLarge> {
        *region = self.diagrams.without(*region, self.impossible)?;
        loop {
            let cells = self.diagrams.witness(*region, &|place, cell| cost(self, place, cell));
            let Some(mut cells) = cells else { return Ok(None) };
            let told = self.told_forms(&cells);
            if told.is_empty() {
                return Ok(Some(Point { cells, values: Some(BTreeMap::new()) }));
            }
            let mut forms = Vec::new();
            for (number, cell) in told {
                let Some(form) = self.form(number).cloned() else { continue };
                let zero = Cut { at: Exact::ZERO, after: false };
                let mut sum = (Some(zero), Some(Cut { after: true, ..zero }));
                for (field, factor) in &form.terms {
                    sum = added(sum, times(self.field_bounds(*field, self.told(*field, &cells)), *factor));
                }
                let (first, last) = self.reach(&form, sum);
                let cell = cell.clamp(first, last);
                cells.get_mut(form.place).into_iter().for_each(|slot| *slot = Some(cell));
                forms.push((number, form, cell));
            }
            match self.solve(&forms, &cells) {
                Outcome::Met(values) => {
                    let fields = fields_of(&forms).into_iter().zip(values);
                    let values = fields.filter_map(|(field, at)| Some((field, self.value_at(field, at)?)));
                    let values = values.collect();
                    return Ok(Some(Point { cells, values: Some(values) }));
                }
                Outcome::GivenUp => return Ok(Some(Point { cells, values: None })),
                Outcome::Never(places) => {
                    let never = self.cells_at(&places, &cells)?;
                    self.impossible = self.diagrams.or(self.impossible, never)?;
                    *region = self.diagrams.without(*region, never)?;
                }
            }
        }
    }

    /// Tells whether a region is known to have no values; free variables leave that open.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(in crate::analyse) fn is_nowhere(&mut self, region: Ref) -> Result<bool, TooLarge> {
        if region == NO || self.is_exact(region) {
            return Ok(region == NO);
        }
        let mut left = region;
        Ok(self.point(&mut left, &|_, _, cell| cell as u64)?.is_none())
    }

    /// The cell of a field that some cells tell of.
    fn told(&self, field: usize, cells: &[Option<usize>]) -> Option<usize> {
        let place = self.of_field.get(field)?.first()?;
        cells.get(*place).copied().flatten()
    }

    fn solve(&self, forms: &[(usize, Form, usize)], cells: &[Option<usize>]) -> Outcome {
        let fields = fields_of(forms);
        let mut all = Inequalities::new(fields.iter().map(|field| self.is_whole_field(*field)).collect());
        for (variable, field) in fields.iter().enumerate() {
            let place = self.of_field.get(*field).and_then(|of| of.first()).copied().unwrap_or(usize::MAX);
            let bounds = self.field_bounds(*field, self.told(*field, cells));
            all.lies(&[(variable, Exact::ONE)], bounds, place);
        }
        for (_, form, cell) in forms {
            let bounds =
                self.asked.get(form.place).and_then(|asked| asked.cells.get(*cell)).map(|cell| cell.bounds);
            let variable = |field: usize| fields.iter().position(|other| *other == field);
            let terms: Vec<(usize, Exact)> =
                form.terms.iter().filter_map(|(field, factor)| Some((variable(*field)?, *factor))).collect();
            all.lies(&terms, bounds.unwrap_or((None, None)), form.place);
        }
        all.solve()
    }

    fn value_at(&self, field: usize, at: Exact) -> Option<Value> {
        let declared = self.declared(field);
        Some(match declared.first()?.2.ty {
            Type::Date => Value::Date(Date::of_number(i64::try_from(at.as_whole()?).ok()?)),
            _ => Value::Number(Number::computed(at)),
        })
    }

    /// Returns where the variables of some places lie in the cells that are told of them.
    fn cells_at(&mut self, places: &[usize], cells: &[Option<usize>]) -> Result<Ref, TooLarge> {
        let cube: Vec<Option<Vec<usize>>> = cells
            .iter()
            .enumerate()
            .map(|(place, cell)| cell.filter(|_| places.contains(&place)).map(|cell| vec![cell]))
            .collect();
        self.cells_in(&cube)
    }

    /// Returns where each variable lies in one of some cells, sums in those that their fields give them.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(in crate::analyse) fn cells_in(&mut self, cube: &[Option<Vec<usize>>]) -> Result<Ref, TooLarge> {
        let is_form = |asked: Option<&super::Asked>| {
            matches!(asked, Some(super::Asked { kind: AskedKind::Form(_), .. }))
        };
        let plain: Vec<Option<Vec<usize>>> = cube
            .iter()
            .enumerate()
            .map(|(place, cells)| cells.clone().filter(|_| !is_form(self.asked.get(place))))
            .collect();
        let mut all = if plain.iter().any(Option::is_some) { self.diagrams.cube(&plain)? } else { YES };
        for number in 0..self.forms.len() {
            let place = self.form(number).map_or(0, |form| form.place);
            let Some(Some(wanted)) = cube.get(place) else { continue };
            let position = self.position(number)?;
            let inside = |cell: i64| usize::try_from(cell).is_ok_and(|cell| wanted.contains(&cell));
            let here = self.diagrams.map(position, &|cell| i64::from(inside(cell)))?;
            all = self.diagrams.and(all, here)?;
        }
        Ok(all)
    }
}

/// Returns a sum of fields, by their numbers in a space, and a test of it in their one form; nothing past the exact
/// range.
pub(super) fn normal(mut terms: Vec<(usize, Exact)>, test: &Test) -> Option<(Vec<(usize, Exact)>, Test)> {
    terms.sort_unstable();
    let Some(scale) = to_coprime(terms.iter().map(|(_, factor)| *factor))? else {
        return Some((terms, test.clone()));
    };
    let scale = if terms.first()?.1.is_negative() { scale.negated() } else { scale };
    for (_, factor) in &mut terms {
        *factor = factor.times(scale)?;
    }
    Some((terms, test.scaled(scale)?))
}

/// Cells of a region.
#[derive(Clone, Debug)]
pub(in crate::analyse) struct Point {
    /// The cells; nothing where any will do.
    pub(in crate::analyse) cells: Cells,
    /// Values for the fields of sums, by the numbers of the fields; nothing where it is not known whether there are any.
    pub(in crate::analyse) values: Option<BTreeMap<usize, Value>>,
}

fn fields_of(forms: &[(usize, Form, usize)]) -> Vec<usize> {
    let mut fields: Vec<usize> =
        forms.iter().flat_map(|(_, form, _)| form.terms.iter().map(|(field, _)| *field)).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// Tells whether a number lies between two cuts.
pub(super) fn lies_in(number: Exact, (low, high): Bounds) -> bool {
    low.is_none_or(|cut| if cut.after { cut.at < number } else { cut.at <= number })
        && high.is_none_or(|cut| if cut.after { number <= cut.at } else { number < cut.at })
}

/// The bounds of the sum of two numbers; none where that is past the exact range.
fn added(one: Bounds, other: Bounds) -> Bounds {
    let sum = |one: Option<Cut>, other: Option<Cut>, after: fn(bool, bool) -> bool| {
        let (one, other) = (one?, other?);
        Some(Cut { at: one.at.plus(other.at)?, after: after(one.after, other.after) })
    };
    (sum(one.0, other.0, |a, b| a || b), sum(one.1, other.1, |a, b| a && b))
}

/// The bounds of a number so many times.
fn times((low, high): Bounds, factor: Exact) -> Bounds {
    let scaled = |cut: Cut, turned: bool| Some(Cut { at: cut.at.times(factor)?, after: cut.after != turned });
    if factor.is_negative() {
        (high.and_then(|cut| scaled(cut, true)), low.and_then(|cut| scaled(cut, true)))
    } else {
        (low.and_then(|cut| scaled(cut, false)), high.and_then(|cut| scaled(cut, false)))
    }
}
