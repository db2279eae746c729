//! The profiles of one ruleset, or of two side by side, as cells of variables that diagrams ask.
//!
//! The variables are those of [`Ground`], cut finer where two rulesets cut otherwise, so that both give one answer to
//! all profiles of a cell. A condition that does not fit cells (an opaque one) is tabulated where the cells of its
//! fields hold a single value each. Sums that are compared with constants are variables too (`forms.rs`). Elsewhere it
//! becomes a variable of its own. Such a *free* variable may be in a cell that no values give, so what is found with its
//! help counts only once a profile shows it.

mod atoms;
mod cases;
mod choices;
mod declared;
mod doubt;
pub(super) mod forms;
mod formula;
mod measures;
mod opaque;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::choices::Choices;
use self::declared::{any_value, is_single, is_whole, pair_fields, single_numbers};
use self::forms::{Form, Linear, lies_in};
use super::diagram::{Budget, Diagrams, NO, Ref, TooLarge, YES};
use qudao_engine::ground::{Cut, Ground, Opaque, Test, Variable, VariableKind, axis, ordered_cells};
use qudao_language::decide::{Judged, Probe, Truth};
use qudao_language::exact::Exact;
use qudao_language::model::{Field, FieldValue, Id, Origin, Profile, Ruleset, Type, Value};

/// Which profiles are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Those whose fields are all known.
    Known,
    /// All, with unknown fields too.
    Any,
}

/// A condition as two functions: where it holds, and where it does not. In the rest it is unknown.
///
/// Besides, where the unknown fields leave open that it holds, and that it does not, as [`Judged`] has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Truths {
    /// Where it is true.
    pub yes: Ref,
    /// Where it is false.
    pub no: Ref,
    /// Where it could come to hold.
    pub can_hold: Ref,
    /// Where it could come to fail.
    pub can_fail: Ref,
}

/// A variable of diagrams.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) kind: AskedKind,
    pub(super) cells: Vec<AskedCell>,
}

/// What a variable asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum AskedKind {
    /// The value of a field, by its number among the fields of the space.
    Field(usize),
    /// Whether the set of a field is known.
    Given(usize),
    /// Whether the set of a field has a member, by its name.
    Member(usize, Arc<str>),
    /// The value of a sum of fields, by its number among the forms of the space.
    Form(usize),
    /// Months or years between two days, by their number.
    Measure(usize),
    /// How a condition comes out that does not fit cells, a way a cell.
    Free { side: usize, opaque: usize, ways: Vec<Judged> },
}

/// The cuts below and above a cell.
pub(super) type Bounds = (Option<Cut>, Option<Cut>);

/// A cell: its values on both sides, and whether it holds one value alone.
#[derive(Clone, Debug)]
pub(super) struct AskedCell {
    /// A value in it, as each side has it; nothing where it is not known.
    pub(super) values: [Option<Value>; 2],
    single: bool,
    /// Of ordered values: the cuts that bound it.
    pub(super) bounds: Bounds,
}

/// A field of one ruleset, or one that both have.
#[derive(Clone, Debug)]
pub(super) struct SpaceField {
    pub(super) sides: [Option<Id<Field>>; 2],
}

/// The cell of a ground's variable for each cell of the variable asked, and whether these ascend.
type Placed = (Arc<[usize]>, bool);

/// The profiles of one ruleset, or of two.
#[derive(Debug)]
pub struct Space<'g, 'r> {
    /// The diagrams over them.
    pub diagrams: Diagrams,
    pub(super) grounds: Vec<&'g Ground<'r>>,
    pub(super) scope: Scope,
    pub(super) fields: Vec<SpaceField>,
    pub(super) asked: Vec<Asked>,
    /// The variable of each ground's variable.
    places: Vec<Vec<Option<usize>>>,
    /// How the cells of each ground's variable lie in those of the variable asked, as far as needed.
    placed: BTreeMap<(usize, Id<Variable>), Placed>,
    /// Whether a field's set is known, by the number of the field.
    given: BTreeMap<usize, usize>,
    /// The variables of each field.
    of_field: Vec<Vec<usize>>,
    /// The free variable of each ground's opaque conditions, where it needs one.
    free: Vec<Vec<Option<usize>>>,
    /// The sums of fields that conditions compare.
    pub(super) forms: Vec<Form>,
    /// What each ground's opaque conditions say of them.
    linear: Vec<Vec<Option<Linear>>>,
    /// The number of the form of each sum.
    known_forms: BTreeMap<Vec<(usize, Exact)>, usize>,
    /// What conditions say case by case, where they choose between values.
    choices: Choices,
    /// Cells that are known to have no values.
    impossible: Ref,
    /// The variable that says the day, where one does, and the cell of the usual day.
    pub(super) today: Option<(usize, usize)>,
}

impl<'g, 'r> Space<'g, 'r> {
    /// Makes the space of one ruleset, or of an old and a new one.
    ///
    /// # Errors
    /// If there are too many variables.
    pub fn new(
        grounds: Vec<&'g Ground<'r>>,
        scope: Scope,
        budget: Budget,
    ) -> Result<Space<'g, 'r>, TooLarge> {
        let mut space = Space {
            diagrams: Diagrams::new(Vec::new(), budget)?,
            fields: pair_fields(&grounds),
            places: grounds.iter().map(|ground| vec![None; ground.variables.len()]).collect(),
            free: grounds.iter().map(|ground| vec![None; ground.opaque.len()]).collect(),
            linear: grounds.iter().map(|ground| vec![None; ground.opaque.len()]).collect(),
            forms: Vec::new(),
            known_forms: BTreeMap::new(),
            choices: Choices::default(),
            impossible: NO,
            today: None,
            grounds,
            scope,
            asked: Vec::new(),
            placed: BTreeMap::new(),
            given: BTreeMap::new(),
            of_field: Vec::new(),
        };
        space.ask_fields();
        if space.read_choices() {
            // What is asked case by case cuts the fields further.
            space.ask_fields();
        }
        space.today = space.find_today();
        space.ask_forms();
        space.ask_measures();
        space.ask_opaque();
        let widths = space.asked.iter().map(|asked| asked.cells.len() as u32).collect();
        space.diagrams = Diagrams::new(widths, budget)?;
        Ok(space)
    }

    /// A space of nothing, to stand in for another.
    pub(super) fn empty() -> Result<Space<'g, 'r>, TooLarge> {
        Space::new(Vec::new(), Scope::Known, Budget { nodes: 2, steps: 0 })
    }

    /// Returns the cells of a profile of a side, for each variable; nothing for what it leaves open.
    pub(super) fn cells_of(&self, side: usize, profile: &Profile) -> Vec<Option<Vec<usize>>> {
        let cell = |asked: &Asked| -> Option<Vec<usize>> {
            if let AskedKind::Free { side: own, opaque, ways } = &asked.kind {
                // It is certain once all the fields are that it reads.
                let ground = self.grounds.get(*own).filter(|_| *own == side)?;
                let opaque = &ground.opaque[Id::new(*opaque)];
                let known = opaque.fields.iter().all(|id| profile.get(*id).value.is_some());
                let judged = judge(ground.ruleset, profile, opaque);
                let cell = ways.iter().position(|way| *way == judged);
                return cell.filter(|_| known && !opaque.expr.asks()).map(|cell| vec![cell]);
            }
            if let AskedKind::Form(number) = asked.kind {
                return self.form_cell(side, number, profile).map(|cell| vec![cell]);
            }
            let (AskedKind::Field(number) | AskedKind::Given(number) | AskedKind::Member(number, _)) =
                asked.kind
            else {
                return None;
            };
            let id = self.fields.get(number)?.sides.get(side).copied().flatten()?;
            let value = profile.get(id).value.as_ref();
            let found = match (&asked.kind, value) {
                (AskedKind::Given(_), value) => usize::from(value.is_none()),
                (AskedKind::Member(_, name), Some(Value::Set(members))) => {
                    let ruleset = self.grounds.get(side)?.ruleset;
                    let Type::Set(of) = ruleset.fields[id].ty else { return None };
                    usize::from(
                        ruleset.enums[of].member_read(name).is_some_and(|member| members.contains(&member)),
                    )
                }
                (_, Some(value)) => asked.cells.iter().position(|cell| cell.holds(side, value))?,
                (_, None) => return None,
            };
            Some(vec![found])
        };
        self.asked.iter().map(cell).collect()
    }

    fn ask(&mut self, kind: AskedKind, cells: Vec<AskedCell>) -> usize {
        self.asked.push(Asked { kind, cells });
        self.asked.len() - 1
    }

    /// The field as each side declares it.
    fn declared(&self, number: usize) -> Vec<(usize, Id<Field>, &'r Field)> {
        let sides = self.fields.get(number).map_or([None, None], |field| field.sides);
        let on = |(side, id): (usize, Option<Id<Field>>)| {
            let id = id?;
            Some((side, id, &self.grounds.get(side)?.ruleset.fields[id]))
        };
        sides.into_iter().enumerate().filter_map(on).collect()
    }

    fn ask_fields(&mut self) {
        self.asked.clear();
        self.given.clear();
        self.of_field.clear();
        for number in 0..self.fields.len() {
            let first = self.asked.len();
            self.ask_field(number);
            self.of_field.push((first..self.asked.len()).collect());
        }
    }

    fn ask_field(&mut self, number: usize) {
        let declared = self.declared(number);
        let grounds = self.grounds.clone();
        let ground = |side: usize| grounds.get(side).copied();
        let variables: Vec<(usize, Id<Variable>)> = declared
            .iter()
            .flat_map(|(side, id, _)| {
                let of = ground(*side).map_or(&[][..], |ground| ground.variables_of(*id));
                of.iter().map(|variable| (*side, *variable))
            })
            .collect();
        let opaque = declared.iter().any(|(side, id, _)| {
            ground(*side).is_some_and(|ground| ground.opaque.iter().any(|opaque| opaque.fields.contains(id)))
        });
        let Some((_, _, field)) = declared.first().copied() else { return };
        if variables.is_empty() && !opaque {
            return;
        }
        if let Type::Set(_) = field.ty {
            return self.ask_set(number, &declared, &variables, opaque);
        }
        let mut cells = self.value_cells(number, &declared, &variables, opaque);
        if self.scope == Scope::Any && self.day_of_field(number).is_none() {
            cells.push(AskedCell { values: [None, None], single: true, bounds: (None, None) });
        }
        let asked = self.ask(AskedKind::Field(number), cells);
        for (side, variable) in variables {
            self.place(side, variable, asked);
        }
    }

    fn place(&mut self, side: usize, variable: Id<Variable>, asked: usize) {
        *slot_of(&mut self.places, side, variable.index()) = Some(asked);
    }

    /// The cells of a field that is no set.
    fn value_cells(
        &self,
        number: usize,
        declared: &[(usize, Id<Field>, &'r Field)],
        variables: &[(usize, Id<Variable>)],
        opaque: bool,
    ) -> Vec<AskedCell> {
        let Some((_, _, field)) = declared.first() else { return Vec::new() };
        let kinds =
            variables.iter().filter_map(|(side, id)| Some(&self.grounds.get(*side)?.variables[*id].kind));
        let values: Vec<(Value, Bounds, bool)> = match field.ty {
            Type::Bool => [false, true].map(|value| (Value::Bool(value), (None, None), true)).to_vec(),
            Type::Enum(id) => {
                let count = self.grounds.first().map_or(0, |_| self.members(declared, id).len());
                (0..count as u32).map(|member| (Value::Enum(member), (None, None), true)).collect()
            }
            Type::Text => {
                let mut texts: Vec<Arc<str>> = kinds
                    .filter_map(|kind| if let VariableKind::Texts(texts) = kind { Some(texts) } else { None })
                    .flatten()
                    .cloned()
                    .collect();
                for test in self.choices.tests(number) {
                    if let Test::Texts(named, _) = test {
                        texts.extend(named.iter().cloned());
                    }
                }
                texts.sort_unstable();
                texts.dedup();
                let other = (0..).map(|n| "x".repeat(n)).find(|text| texts.iter().all(|t| **t != **text));
                let named = texts.into_iter().map(|text| (Value::Text(text), (None, None), true));
                let other = other.map(|text| (Value::Text(text.into()), (None, None), false));
                named.chain(other).collect()
            }
            Type::Number(_) | Type::Date => {
                let mut cuts: Vec<Cut> = kinds
                    .filter_map(|kind| if let VariableKind::Ordered(cuts) = kind { Some(cuts) } else { None })
                    .flatten()
                    .copied()
                    .collect();
                for (_, _, field) in declared {
                    let low = field.low.as_ref().and_then(axis).map(|at| Cut { at, after: false });
                    let high = field.high.as_ref().and_then(axis).map(|at| Cut { at, after: true });
                    cuts.extend(low.into_iter().chain(high));
                }
                if opaque {
                    cuts.extend(single_numbers(field));
                }
                self.choices.tests(number).iter().for_each(|test| test.cuts(&mut cuts));
                for (side, id, _) in declared {
                    // The usual day is a cell of its own.
                    let usual = self.grounds.get(*side).filter(|ground| ground.today == Some(*id));
                    let at = usual.map(|ground| Exact::whole(ground.day.number()));
                    cuts.extend(
                        at.into_iter().flat_map(|at| [Cut { at, after: false }, Cut { at, after: true }]),
                    );
                }
                let whole =
                    declared.iter().find(|(_, _, field)| is_whole(field)).map_or(*field, |(_, _, f)| f);
                let cells = ordered_cells(whole, &mut cuts);
                let below = std::iter::once(None).chain(cuts.iter().copied().map(Some));
                let above = cuts.iter().copied().map(Some).chain([None]);
                let bounds = below.zip(above);
                let values = cells.into_iter().zip(bounds).filter_map(|(cell, bounds)| {
                    let single = is_single(whole, bounds);
                    cell.witness.filter(|_| cell.possible).map(|value| (value, bounds, single))
                });
                values.collect()
            }
            Type::Set(_) => Vec::new(),
        };
        let cell = |(value, bounds, single): (Value, Bounds, bool)| {
            let mut values = [None, None];
            for (side, id, field) in declared {
                let own = self.translated(declared, *side, *id, &value)?;
                if !field.allows(&own) {
                    return None;
                }
                *values.get_mut(*side)? = Some(own);
            }
            Some(AskedCell { values, single, bounds })
        };
        values.into_iter().filter_map(cell).collect()
    }

    /// The names of the values of a field's enum, on its first side.
    fn members(
        &self,
        declared: &[(usize, Id<Field>, &'r Field)],
        of: Id<qudao_language::model::Enum>,
    ) -> Vec<Arc<str>> {
        let ground = declared.first().and_then(|(side, ..)| self.grounds.get(*side));
        ground.map_or_else(Vec::new, |ground| {
            ground.ruleset.enums[of].members.iter().map(|member| member.name.clone()).collect()
        })
    }

    /// A value of the first side as another side has it.
    fn translated(
        &self,
        declared: &[(usize, Id<Field>, &'r Field)],
        side: usize,
        field: Id<Field>,
        value: &Value,
    ) -> Option<Value> {
        let (first, first_id, _) = declared.first()?;
        let Value::Enum(member) = value else { return Some(value.clone()) };
        let (from, to) = (self.grounds.get(*first)?.ruleset, self.grounds.get(side)?.ruleset);
        let (Type::Enum(from_enum), Type::Enum(to_enum)) = (from.fields[*first_id].ty, to.fields[field].ty)
        else {
            return None;
        };
        from.enums[from_enum].same(*member, &to.enums[to_enum]).map(Value::Enum)
    }

    /// Each member of a set is a variable; whether the set is known is one before them.
    fn ask_set(
        &mut self,
        number: usize,
        declared: &[(usize, Id<Field>, &'r Field)],
        variables: &[(usize, Id<Variable>)],
        opaque: bool,
    ) {
        let plain = |has: Option<bool>| AskedCell {
            values: [has.map(Value::Bool), has.map(Value::Bool)],
            single: true,
            bounds: (None, None),
        };
        if self.scope == Scope::Any {
            let given = self.ask(AskedKind::Given(number), vec![plain(Some(true)), plain(None)]);
            self.given.insert(number, given);
        }
        let mut by_name: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        let mut wanted: Vec<Arc<str>> = Vec::new();
        for (side, id) in variables {
            wanted.extend(self.member_name(*side, *id, declared));
        }
        if opaque && let Some((_, _, Field { ty: Type::Set(of), .. })) = declared.first() {
            wanted.extend(self.members(declared, *of));
        }
        for name in wanted {
            if by_name.contains_key(&name) {
                continue;
            }
            let cells = vec![plain(Some(false)), plain(Some(true))];
            let asked = self.ask(AskedKind::Member(number, name.clone()), cells);
            by_name.insert(name, asked);
        }
        for (side, id) in variables {
            if let Some(asked) =
                self.member_name(*side, *id, declared).and_then(|name| by_name.get(&name).copied())
            {
                self.place(*side, *id, asked);
            }
        }
    }

    /// The name of a member that a variable asks for, as the first side calls it.
    fn member_name(
        &self,
        side: usize,
        variable: Id<Variable>,
        declared: &[(usize, Id<Field>, &'r Field)],
    ) -> Option<Arc<str>> {
        let ground = self.grounds.get(side)?;
        let variable = &ground.variables[variable];
        let (VariableKind::Member(member), Type::Set(of)) =
            (&variable.kind, ground.ruleset.fields[variable.field].ty)
        else {
            return None;
        };
        let (first, _, field) = declared.first()?;
        let (own, Type::Set(of_first)) = (&ground.ruleset.enums[of], field.ty) else { return None };
        let other = &self.grounds.get(*first)?.ruleset.enums[of_first];
        let same = own.same(*member, other).and_then(|number| other.members.get(number as usize));
        same.or_else(|| own.members.get(*member as usize)).map(|member| member.name.clone())
    }

    /// The variables of a field, by its number.
    pub(super) fn places_of(&self, number: usize) -> &[usize] {
        self.of_field.get(number).map_or(&[], Vec::as_slice)
    }

    /// The variables of some fields of a side.
    pub(super) fn asked_of(&self, side: usize, fields: &[Id<Field>]) -> Vec<usize> {
        let is_one = |field: &SpaceField| {
            field.sides.get(side).copied().flatten().is_some_and(|id| fields.contains(&id))
        };
        let numbers =
            self.fields.iter().enumerate().filter(|(_, field)| is_one(field)).map(|(number, _)| number);
        numbers.flat_map(|number| self.of_field.get(number).cloned().unwrap_or_default()).collect()
    }

    /// Returns where a field of a side is unknown; nowhere if nothing reads it.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(super) fn unknown(&mut self, side: usize, field: Id<Field>) -> Result<Ref, TooLarge> {
        let Some(place) = self.asked_of(side, &[field]).first().copied() else { return Ok(NO) };
        let Some(asked) = self.asked.get(place) else { return Ok(NO) };
        let unknown: Vec<bool> = (0..asked.cells.len()).map(|cell| asked.is_unknown(cell)).collect();
        self.diagrams.cell(place, |cell| unknown.get(cell) == Some(&true))
    }

    /// Returns where the day is the usual one: everywhere, unless a field says which day it is.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(super) fn on_usual_day(&mut self) -> Result<Ref, TooLarge> {
        match self.today {
            Some((place, usual)) => self.diagrams.cell(place, |cell| cell == usual),
            None => Ok(YES),
        }
    }

    /// Returns a profile of a side in some cells; where any will do, in the first, or with the field unknown where
    /// unknown fields count.
    #[must_use]
    pub fn profile(&self, side: usize, cells: &[Option<usize>]) -> Profile {
        self.profile_with(side, cells, &BTreeMap::new())
    }

    /// The same, with other values for some fields, by their numbers.
    pub(super) fn profile_with(
        &self,
        side: usize,
        cells: &[Option<usize>],
        instead: &BTreeMap<usize, Value>,
    ) -> Profile {
        let ruleset = self.grounds.get(side).map(|ground| ground.ruleset);
        let mut values = vec![None; ruleset.map_or(0, |ruleset| ruleset.fields.len())];
        for (number, field) in self.fields.iter().enumerate() {
            let Some(id) = field.sides.get(side).copied().flatten() else { continue };
            let value = match instead.get(&number) {
                Some(value) => Some(value.clone()),
                None => self.value(side, number, id, cells),
            };
            *values.get_mut(id.index()).expect("each field has a value") = value;
        }
        let given = |value| FieldValue { value, origin: Origin::Given, at: None };
        Profile { name: "example".into(), file: None, values: values.into_iter().map(given).collect() }
    }

    /// The usual day, where a field says which day it is.
    pub(super) fn day_of_field(&self, number: usize) -> Option<Value> {
        let mut sides = self.fields.get(number)?.sides.iter().zip(&self.grounds);
        sides.find_map(|(id, ground)| {
            ground.today.filter(|today| Some(*today) == *id).map(|_| Value::Date(ground.day))
        })
    }

    /// The variable that says the day, and the cell of the usual day.
    fn find_today(&self) -> Option<(usize, usize)> {
        let number = (0..self.fields.len()).find(|number| self.day_of_field(*number).is_some())?;
        let place = *self.of_field.get(number)?.first()?;
        let day = self.day_of_field(number)?;
        let cells = &self.asked.get(place)?.cells;
        Some((place, cells.iter().position(|cell| cell.holds(0, &day))?))
    }

    /// The cell of a variable that is taken where any will do: the first, or that of the usual day.
    pub(super) fn usual_cell(&self, place: usize) -> usize {
        self.today.filter(|(today, _)| *today == place).map_or(0, |(_, cell)| cell)
    }

    fn value(&self, side: usize, number: usize, id: Id<Field>, cells: &[Option<usize>]) -> Option<Value> {
        let ruleset = self.grounds.get(side)?.ruleset;
        let asked = self.of_field.get(number).map_or(&[][..], Vec::as_slice);
        let cell = |place: usize| {
            let of = self.asked.get(place)?;
            let last = of.cells.len().saturating_sub(1);
            let usual =
                if self.scope == Scope::Any && of.is_unknown(last) { last } else { self.usual_cell(place) };
            of.cells.get(cells.get(place).copied().flatten().unwrap_or(usual))
        };
        let Type::Set(of) = ruleset.fields[id].ty else {
            return match asked.first() {
                Some(place) => cell(*place)?.values.get(side)?.clone(),
                None if self.day_of_field(number).is_some() => self.day_of_field(number),
                None if self.scope == Scope::Any => None,
                None => any_value(ruleset, id),
            };
        };
        let mut members = std::collections::BTreeSet::new();
        let mut told = false;
        for place in asked {
            let at = cell(*place)?;
            match &self.asked.get(*place)?.kind {
                // A member that is asked for says that the set is known.
                AskedKind::Given(_) => told = cells.get(*place).copied().flatten() == Some(0),
                AskedKind::Member(_, name) => {
                    told |= self.scope == Scope::Known;
                    if at.values.get(side).cloned().flatten() == Some(Value::Bool(true)) {
                        members.extend(ruleset.enums[of].member_read(name));
                    }
                }
                AskedKind::Field(_) | AskedKind::Form(_) | AskedKind::Measure(_) | AskedKind::Free { .. } => {
                }
            }
        }
        (told || self.scope == Scope::Known).then_some(Value::Set(members))
    }

    /// Returns the variables among some cells that no values may give.
    pub(super) fn free_in(&self, cells: &[Option<usize>]) -> Vec<usize> {
        let is_free = |place: &usize| {
            let kind = self.asked.get(*place).map(|asked| &asked.kind);
            matches!(kind, Some(AskedKind::Free { .. } | AskedKind::Measure(_)))
        };
        let told = cells.iter().enumerate().filter(|(_, cell)| cell.is_some()).map(|(place, _)| place);
        told.filter(is_free).collect()
    }

    /// Tells whether all cells of what a function depends on have values: it asks neither a sum nor a free variable.
    #[must_use]
    pub fn is_exact(&self, function: Ref) -> bool {
        let support = self.diagrams.support(function);
        let mut kinds = support.into_iter().filter_map(|place| self.asked.get(place));
        !kinds.any(|asked| {
            matches!(asked.kind, AskedKind::Form(_) | AskedKind::Measure(_) | AskedKind::Free { .. })
        })
    }
}

impl AskedCell {
    /// Tells whether a known value lies in the cell.
    pub(super) fn holds(&self, side: usize, value: &Value) -> bool {
        let own = self.values.get(side).and_then(Option::as_ref);
        match (axis(value), self.bounds) {
            (Some(number), bounds) if own.is_some() => lies_in(number, bounds),
            _ => own == Some(value),
        }
    }
}

impl Asked {
    /// Tells whether a cell is of values that are not known.
    pub(super) fn is_unknown(&self, cell: usize) -> bool {
        match self.kind {
            AskedKind::Field(_) | AskedKind::Given(_) => {
                self.cells.get(cell).is_some_and(|cell| cell.values == [None, None])
            }
            AskedKind::Member(..) | AskedKind::Form(_) | AskedKind::Measure(_) | AskedKind::Free { .. } => {
                false
            }
        }
    }
}

/// Returns the truths of what is the same everywhere.
#[must_use]
pub(super) fn constant(judged: Judged) -> Truths {
    let if_so = |holds: bool| if holds { YES } else { NO };
    Truths {
        yes: if_so(judged.truth == Truth::True),
        no: if_so(judged.truth == Truth::False),
        can_hold: if_so(judged.can_hold),
        can_fail: if_so(judged.can_fail),
    }
}

fn judge(ruleset: &Ruleset, profile: &Profile, opaque: &Opaque<'_>) -> Judged {
    Probe::new(ruleset, profile, opaque.day).judge(opaque.expr, opaque.channel)
}

/// What is known of a thing of one side: of its atom, or of its opaque condition.
fn slot<T>(of: &[Vec<T>], side: usize, index: usize) -> &T {
    of.get(side).and_then(|of| of.get(index)).expect("each side has a place for each of its own")
}

fn slot_of<T>(of: &mut [Vec<T>], side: usize, index: usize) -> &mut T {
    of.get_mut(side).and_then(|of| of.get_mut(index)).expect("each side has a place for each of its own")
}
