//! From a region of cells to a profile that shows it.

use std::collections::{BTreeMap, BTreeSet};

use super::diagram::{Cells, Ref, TooLarge};
use super::every_day::on_usual_day;
use super::space::forms::Point;
use super::space::{AskedCell, AskedKind, Scope, Space};
use qudao_engine::ground::{Cut, Ground, axis};
use qudao_language::date::Date;
use qudao_language::exact::Exact;
use qudao_language::model::{Field, FieldValue, Id, Number, Origin, Profile, Ruleset, Type, Value};

/// What a search for a profile gave.
#[derive(Clone, Debug)]
pub enum Search {
    /// There is none.
    Nothing,
    /// A profile, as each side has it; and its cells.
    Found(Vec<Profile>, Cells),
    /// Only conditions that do not fit cells could tell, and no profile was found.
    Undecided,
}

/// So many combinations of values are tried for one region of cells.
const MAX_TRIES: usize = 500;
/// So many regions of cells are looked through for a profile.
const MAX_REGIONS: usize = 12;
/// So many values are tried in a cell.
const MAX_VALUES: usize = 14;

impl<'r> Space<'_, 'r> {
    /// Looks for a profile of a region; each is shown to `accept`, which says whether it is one indeed.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn search(
        &mut self,
        region: Ref,
        accept: &mut dyn FnMut(&[Profile]) -> bool,
    ) -> Result<Search, TooLarge> {
        self.search_in(region, true, accept)
    }

    /// The same of a region that `accept` may take other profiles of than it is made of.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(super) fn search_around(
        &mut self,
        region: Ref,
        accept: &mut dyn FnMut(&[Profile]) -> bool,
    ) -> Result<Search, TooLarge> {
        self.search_in(region, false, accept)
    }

    fn search_in(
        &mut self,
        region: Ref,
        exact: bool,
        accept: &mut dyn FnMut(&[Profile]) -> bool,
    ) -> Result<Search, TooLarge> {
        let mut left = region;
        // As few fields as can be, of as small values; where unknown fields count, they cost nothing.
        let cost = |space: &Self, place: usize, cell: usize| match space.asked.get(place) {
            Some(asked) if asked.is_unknown(cell) => 0,
            // Any other day is as far from the usual one as all the others.
            Some(_) if space.today.is_some_and(|(today, _)| today == place) => {
                if cell == space.usual_cell(place) { 0 } else { cell as u64 + 1 }
            }
            _ => cell as u64 + u64::from(space.scope == Scope::Any),
        };
        for round in 0..MAX_REGIONS {
            let Some(Point { cells, values }) = self.point(&mut left, &cost)? else {
                return Ok(if round == 0 { Search::Nothing } else { Search::Undecided });
            };
            if let Some(profiles) = self.realise(&cells, values.as_ref(), accept) {
                return Ok(Search::Found(profiles, cells));
            }
            let free = self.free_in(&cells);
            let settled = free.is_empty() && values.is_some();
            debug_assert!(!settled || !exact, "the diagrams disagree with what is decided, in {cells:?}");
            if settled {
                if exact {
                    return Ok(Search::Undecided);
                }
                let here: Vec<Option<Vec<usize>>> =
                    cells.iter().map(|cell| cell.map(|cell| vec![cell])).collect();
                let here = self.cells_in(&here)?;
                left = self.diagrams.without(left, here)?;
                continue;
            }
            let mut blocked: Vec<Option<Vec<usize>>> = vec![None; cells.len()];
            let sums =
                self.asked.iter().enumerate().filter(|(_, asked)| matches!(asked.kind, AskedKind::Form(_)));
            let sums: Vec<usize> = sums.map(|(place, _)| place).collect();
            let of_free = free.iter().flat_map(|place| self.read_by(*place)).chain(free.iter().copied());
            for place in of_free.chain(sums).collect::<BTreeSet<usize>>() {
                if let (Some(slot), Some(Some(cell))) = (blocked.get_mut(place), cells.get(place)) {
                    *slot = Some(vec![*cell]);
                }
            }
            let blocked = self.cells_in(&blocked)?;
            left = self.diagrams.without(left, blocked)?;
        }
        Ok(Search::Undecided)
    }

    /// Returns how many rulesets there are.
    #[must_use]
    pub fn sides(&self) -> usize {
        self.grounds.len()
    }

    fn realise(
        &self,
        cells: &Cells,
        values: Option<&BTreeMap<usize, Value>>,
        accept: &mut dyn FnMut(&[Profile]) -> bool,
    ) -> Option<Vec<Profile>> {
        let make = |instead: &BTreeMap<usize, Value>| -> Vec<Profile> {
            (0..self.sides()).map(|side| self.profile_with(side, cells, instead)).collect()
        };
        let of_sums = values.cloned().unwrap_or_default();
        let usual = make(&of_sums);
        if accept(&usual) {
            return Some(usual);
        }
        // Other values of the same cells, for the fields that free conditions read.
        let mut choices: Vec<(usize, Vec<Value>)> = Vec::new();
        let fields: BTreeSet<usize> =
            self.free_in(cells).iter().flat_map(|place| self.fields_of_free(*place)).collect();
        for number in fields {
            let values = self.candidates(number, cells);
            if values.len() > 1 {
                choices.push((number, values));
            }
        }
        if choices.is_empty() {
            return None;
        }
        let mut at = vec![0_usize; choices.len()];
        for _ in 0..MAX_TRIES {
            let instead: BTreeMap<usize, Value> = choices
                .iter()
                .zip(&at)
                .filter_map(|((number, values), at)| Some((*number, values.get(*at)?.clone())))
                .collect();
            let instead = of_sums.clone().into_iter().chain(instead).collect();
            let profiles = make(&instead);
            if accept(&profiles) {
                return Some(profiles);
            }
            // The next combination.
            let mut place = 0;
            loop {
                let (Some(digit), Some((_, values))) = (at.get_mut(place), choices.get(place)) else {
                    return None;
                };
                *digit += 1;
                if *digit < values.len() {
                    break;
                }
                *digit = 0;
                place += 1;
            }
        }
        None
    }

    /// The fields of the space that a free condition or a measure reads.
    fn fields_of_free(&self, place: usize) -> Vec<usize> {
        let (side, opaque) = match self.asked.get(place).map(|asked| &asked.kind) {
            Some(AskedKind::Measure(number)) => return self.measured_fields(*number).into_iter().collect(),
            Some(AskedKind::Free { side, opaque, .. }) => (*side, *opaque),
            _ => return Vec::new(),
        };
        let ground = self.grounds.get(side).expect("a side is one of the rulesets");
        let read = &ground.opaque[Id::new(opaque)].fields;
        let fields = self.fields.iter().enumerate();
        let is_read = |(_, field): &(usize, &super::space::SpaceField)| {
            field.sides.get(side).copied().flatten().is_some_and(|id| read.contains(&id))
        };
        fields.filter(is_read).map(|(number, _)| number).collect()
    }

    /// The variables of the fields that a free condition or a measure reads.
    fn read_by(&self, place: usize) -> Vec<usize> {
        let fields = self.fields_of_free(place);
        fields.into_iter().flat_map(|number| self.places_of(number).to_vec()).collect()
    }

    /// Values of a field that lie in its cell, or in any of its cells where none is told.
    fn candidates(&self, number: usize, cells: &Cells) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        let near = self.measured_days(number, cells).into_iter();
        found.extend(near.filter(|value| self.lies_in_told(number, value, cells)));
        let places =
            self.asked.iter().enumerate().filter(|(_, asked)| asked.kind == AskedKind::Field(number));
        for (place, asked) in places {
            let told = cells.get(place).copied().flatten();
            for (_, cell) in
                asked.cells.iter().enumerate().filter(|(at, _)| told.is_none_or(|told| told == *at))
            {
                found.extend(self.values_in(number, cell));
            }
        }
        found.truncate(4 * MAX_VALUES);
        if found.is_empty() { self.candidate_sets(number, cells) } else { found }
    }

    /// Whether a value of a field lies in the cell that is told of it, or anywhere it may where none is.
    fn lies_in_told(&self, number: usize, value: &Value, cells: &Cells) -> bool {
        let Some(place) = self.places_of(number).first() else { return true };
        let asked = self.asked.get(*place).expect("a place is of what is asked");
        let mut around =
            asked.cells.iter().enumerate().filter(|(_, cell)| cell.holds(0, value) || cell.holds(1, value));
        let told = cells.get(*place).copied().flatten();
        around.any(|(at, _)| told.is_none_or(|told| told == at))
    }

    fn values_in(&self, number: usize, cell: &AskedCell) -> Vec<Value> {
        let Some(value) = cell.values.iter().flatten().next() else { return Vec::new() };
        let declared = self.fields.get(number).and_then(|field| {
            let mut sides = field.sides.iter().zip(&self.grounds);
            sides.find_map(|(id, ground)| id.map(|id| &ground.ruleset.fields[id]))
        });
        let (Some(field), Some(at)) = (declared, axis(value)) else { return vec![value.clone()] };
        let whole = !matches!(field.ty, Type::Number(number) if !number.whole);
        let (low, high) = cell.bounds;
        let inside = |value: &Exact| {
            let above = low.is_none_or(|cut| if cut.after { cut.at < *value } else { cut.at <= *value });
            let below = high.is_none_or(|cut| if cut.after { *value <= cut.at } else { *value < cut.at });
            above && below && (!whole || value.as_whole().is_some())
        };
        let mut numbers = vec![at];
        let ends = [low, high].into_iter().flatten().map(|cut: Cut| cut.at);
        for end in ends.chain([at]) {
            for step in [0, 1, -1, 2, -2, 5, -5, 10, -10, 100, -100, 1000, -1000, 100_000, -100_000] {
                numbers.extend(end.plus(Exact::whole(step)));
            }
        }
        if let (Some(low), Some(high)) = (low, high) {
            let half = Exact::fraction(1, 2).unwrap_or(Exact::ONE);
            let middle = low.at.plus(high.at).and_then(|sum| sum.times(half));
            let floor = middle.and_then(|m| Exact::fraction(m.numerator().div_euclid(m.denominator()), 1));
            numbers.extend(middle.into_iter().chain(floor));
        }
        let mut found: Vec<Exact> = Vec::new();
        for number in numbers.into_iter().filter(inside) {
            if !found.contains(&number) {
                found.push(number);
            }
        }
        found.truncate(MAX_VALUES);
        let value = |number: Exact| match field.ty {
            Type::Date => {
                let day = number.as_whole().and_then(|day| i64::try_from(day).ok())?;
                Some(Value::Date(Date::of_number(day)))
            }
            _ => Some(Value::Number(Number::computed(number))),
        };
        found.into_iter().filter_map(value).filter(|value| field.allows(value)).collect()
    }

    /// Sets with the members that are told, and more and more of those that are not.
    fn candidate_sets(&self, number: usize, cells: &Cells) -> Vec<Value> {
        let declared = self.fields.get(number).and_then(|field| {
            let mut sides = field.sides.iter().zip(&self.grounds);
            sides.find_map(|(id, ground)| id.map(|id| (ground.ruleset, &ground.ruleset.fields[id])))
        });
        let Some((ruleset, Field { ty: Type::Set(of), .. })) = declared else { return Vec::new() };
        let (mut has, mut open) = (BTreeSet::new(), Vec::new());
        for (place, asked) in self.asked.iter().enumerate() {
            let AskedKind::Member(own, name) = &asked.kind else { continue };
            let member = ruleset.enums[*of].member(name).filter(|_| *own == number);
            match (cells.get(place).copied().flatten(), member) {
                (Some(1), Some(member)) => drop(has.insert(member)),
                (None, Some(member)) => open.push(member),
                _ => {}
            }
        }
        (0..=open.len())
            .map(|count| Value::Set(has.iter().chain(open.iter().take(count)).copied().collect()))
            .collect()
    }

    /// Makes profiles smaller: leaves out each field that is not needed for `accept` to take them.
    pub fn shrink(&self, profiles: Vec<Profile>, accept: &mut dyn FnMut(&[Profile]) -> bool) -> Vec<Profile> {
        self.shrink_by(profiles, &mut |profiles, _| accept(profiles))
    }

    /// The same, for those who look at the space too.
    pub(super) fn shrink_by(
        &self,
        profiles: Vec<Profile>,
        accept: &mut dyn FnMut(&[Profile], &Self) -> bool,
    ) -> Vec<Profile> {
        let mut best = profiles;
        for (number, field) in self.fields.iter().enumerate().rev() {
            let usual_day = self.day_of_field(number);
            let mut smaller = best.clone();
            let mut changed = false;
            for (side, profile) in smaller.iter_mut().enumerate() {
                let Some(id) = field.sides.get(side).copied().flatten() else { continue };
                let ground = self.grounds.get(side).expect("a side is one of the rulesets");
                if usual_day.is_some() {
                    changed |= profile.get(id).value != usual_day;
                    profile.set(id, usual_day.clone());
                    continue;
                }
                changed |= leave_out(ground.ruleset, profile, id);
            }
            if changed && accept(&smaller, self) {
                best = smaller;
            }
        }
        best
    }

    /// Tells whether profiles with unknown fields count.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        self.scope == Scope::Any
    }
}

/// Returns a profile of which nothing is known, on the usual day.
pub(super) fn blank(ground: &Ground<'_>) -> Profile {
    let mut profile = ground.witness(&[], "example");
    for id in ground.ruleset.fields.ids() {
        leave_out(ground.ruleset, &mut profile, id);
    }
    on_usual_day(ground, &mut profile);
    profile
}

/// Leaves a field out of a profile; a field that must be given becomes unknown. Tells whether that changed anything.
fn leave_out(ruleset: &Ruleset, profile: &mut Profile, id: Id<Field>) -> bool {
    let field = &ruleset.fields[id];
    let left = match field.required {
        true => FieldValue { value: None, origin: Origin::Given, at: None },
        false => FieldValue::left_out(field),
    };
    let slot = &mut profile.values[Id::new(id.index())];
    let changed = *slot != left;
    *slot = left;
    changed
}
