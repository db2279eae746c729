//! Conditions that choose, as diagrams: case by case.

use std::collections::{BTreeMap, HashMap};

use super::cases::Reader;
use super::formula::{At, Cases, Formula, Pair};
use super::measures::{Measure, MeasureCuts};
use super::{AskedKind, Scope, Space, Truths};
use crate::analyse::diagram::{NO, Ref, TooLarge, YES};
use qudao_engine::ground::{Test, axis};
use qudao_language::exact::Exact;
use qudao_language::model::{Id, Type, Value};

/// What conditions say case by case.
#[derive(Default, Debug)]
pub(super) struct Choices {
    cases: Cases,
    /// Of each side's opaque conditions, where they can be told so.
    pairs: Vec<Vec<Option<Pair>>>,
    /// What is asked of each field that cuts it, by its number.
    tests: BTreeMap<usize, Vec<Test>>,
    /// The diagrams that were made of formulas.
    made: HashMap<At, Ref>,
}

impl Choices {
    /// What an opaque condition says.
    pub(super) fn pair(&self, side: usize, opaque: usize) -> Option<Pair> {
        *self.pairs.get(side)?.get(opaque)?
    }

    /// What is asked of a field.
    pub(super) fn tests(&self, field: usize) -> &[Test] {
        self.tests.get(&field).map_or(&[], Vec::as_slice)
    }
}

impl<'g, 'r> Space<'g, 'r> {
    /// Reads the conditions that neither are sums nor can be tabulated. Tells whether there are any that can be told
    /// case by case.
    pub(super) fn read_choices(&mut self) -> bool {
        let mut cases = Cases::default();
        let mut pairs = Vec::new();
        for (side, ground) in self.grounds.clone().into_iter().enumerate() {
            let number = |id| {
                self.fields.iter().position(|field| field.sides.get(side).copied().flatten() == Some(id))
            };
            let numbers: Vec<Option<usize>> = ground.ruleset.fields.ids().map(number).collect();
            let mut reader = Reader::new(&mut cases, ground.ruleset, side, &numbers);
            let own = ground.opaque.iter().map(|opaque| {
                match opaque.sum.is_some() || self.is_tabulated(side, opaque) {
                    true => None,
                    false => reader.read(opaque),
                }
            });
            pairs.push(own.collect::<Vec<Option<Pair>>>());
        }
        let told = pairs.iter().flatten().flatten().flat_map(|pair| [pair.yes, pair.no]);
        let mut tests: BTreeMap<usize, Vec<Test>> = BTreeMap::new();
        for at in cases.below(told) {
            if let Formula::Field(field, test) = cases.at(at) {
                tests.entry(*field).or_default().push(test.clone());
            }
        }
        let any = pairs.iter().flatten().any(Option::is_some);
        self.choices = Choices { cases, pairs, tests, made: HashMap::new() };
        any
    }

    /// The sums that conditions ask case by case, with what they ask.
    pub(super) fn asked_sums(&self) -> Vec<(Vec<(usize, Exact)>, Test)> {
        let told = self.choices.pairs.iter().flatten().flatten().flat_map(|pair| [pair.yes, pair.no]);
        let below = self.choices.cases.below(told).into_iter();
        let sums = below.filter_map(|at| match self.choices.cases.at(at) {
            Formula::Sum(terms, test) => Some((terms.clone(), test.clone())),
            _ => None,
        });
        sums.collect()
    }

    /// The measures that conditions ask case by case, with the cuts by what they ask.
    pub(super) fn asked_measures(&self) -> MeasureCuts {
        let told = self.choices.pairs.iter().flatten().flatten().flat_map(|pair| [pair.yes, pair.no]);
        let mut found = MeasureCuts::new();
        for at in self.choices.cases.below(told) {
            if let Formula::Measure(number, test) = self.choices.cases.at(at) {
                test.cuts(found.entry(*number).or_default());
            }
        }
        found
    }

    /// Whether an opaque condition asks for a measure.
    pub(super) fn asks_measure(&self, side: usize, opaque: usize, number: usize) -> bool {
        let told = self.choices.pair(side, opaque).into_iter().flat_map(|pair| [pair.yes, pair.no]);
        let below = self.choices.cases.below(told).into_iter();
        below
            .map(|at| self.choices.cases.at(at))
            .any(|formula| matches!(formula, Formula::Measure(own, _) if *own == number))
    }

    pub(super) fn measures(&self) -> &[Measure] {
        &self.choices.cases.measures
    }

    /// The truths of a condition that is told case by case.
    pub(super) fn chosen_truths(
        &mut self,
        side: usize,
        number: usize,
        pair: Pair,
    ) -> Result<Truths, TooLarge> {
        let (yes, no) = (self.formula(pair.yes)?, self.formula(pair.no)?);
        if self.scope == Scope::Known {
            return Ok(Truths { yes, no, can_hold: yes, can_fail: no });
        }
        // The cases are those of known fields.
        let ground = *self.grounds.get(side).expect("a side is one of the rulesets");
        let mut unknown = NO;
        for field in &ground.opaque[Id::new(number)].fields {
            let own = self.unknown(side, *field)?;
            unknown = self.diagrams.or(unknown, own)?;
        }
        let (yes, no) = (self.diagrams.without(yes, unknown)?, self.diagrams.without(no, unknown)?);
        let open = self.unknown_truths(side, number)?;
        let mut with = |known: Ref, open: Ref| {
            let open = self.diagrams.and(unknown, open)?;
            self.diagrams.or(known, open)
        };
        Ok(Truths {
            yes: with(yes, open.yes)?,
            no: with(no, open.no)?,
            can_hold: with(yes, open.can_hold)?,
            can_fail: with(no, open.can_fail)?,
        })
    }

    /// Where a formula holds.
    fn formula(&mut self, at: At) -> Result<Ref, TooLarge> {
        if let Some(made) = self.choices.made.get(&at) {
            return Ok(*made);
        }
        let made = match self.choices.cases.at(at).clone() {
            Formula::Const(holds) => {
                if holds {
                    YES
                } else {
                    NO
                }
            }
            Formula::Is { side, field, value } => {
                self.where_field(field, |values| match values.get(side) {
                    Some(Some(Value::Bool(own))) => u32::from(*own) == value,
                    Some(Some(Value::Enum(own))) => *own == value,
                    _ => false,
                })?
            }
            Formula::Field(field, test) => self.where_field(field, |values| {
                let value = values.iter().flatten().next();
                value.is_some_and(|value| match (&test, value, axis(value)) {
                    (Test::Texts(texts, negated), Value::Text(text), _) => texts.contains(text) != *negated,
                    (test, _, Some(number)) => test.holds(number),
                    _ => false,
                })
            })?,
            Formula::Member { side, field, member } => {
                let place = self
                    .member_place(side, field, member)
                    .expect("each member of a set that is read is asked for");
                self.diagrams.cell(place, |cell| cell == 1)?
            }
            Formula::Measure(number, test) => {
                let (place, holds) = self.measure_cells(number, &test);
                self.diagrams.cell(place, |cell| holds.get(cell) == Some(&true))?
            }
            Formula::Sum(terms, test) => self.where_sum(&terms, &test)?,
            Formula::All(parts) => {
                let mut all = YES;
                for part in parts {
                    let part = self.formula(part)?;
                    all = self.diagrams.and(all, part)?;
                }
                all
            }
            Formula::Any(parts) => {
                let mut any = NO;
                for part in parts {
                    let part = self.formula(part)?;
                    any = self.diagrams.or(any, part)?;
                }
                any
            }
            Formula::Not(part) => {
                let part = self.formula(part)?;
                self.diagrams.not(part)?
            }
        };
        self.choices.made.insert(at, made);
        Ok(made)
    }

    /// Where the value of a field, as each side has it, is one of some.
    fn where_field(
        &mut self,
        field: usize,
        holds: impl Fn(&[Option<Value>; 2]) -> bool,
    ) -> Result<Ref, TooLarge> {
        let place = self.of_field.get(field).and_then(|of| of.first()).copied();
        let place = place.expect("each field that a condition reads is asked for");
        let asked = self.asked.get(place).expect("fields have places among what is asked");
        let cells: Vec<bool> = asked.cells.iter().map(|cell| holds(&cell.values)).collect();
        self.diagrams.cell(place, |cell| cells.get(cell) == Some(&true))
    }

    fn member_place(&self, side: usize, field: usize, member: u32) -> Option<usize> {
        let ruleset = self.grounds.get(side)?.ruleset;
        let id = self.fields.get(field)?.sides.get(side).copied().flatten()?;
        let Type::Set(of) = ruleset.fields[id].ty else { return None };
        let name = &ruleset.enums[of].members.get(member as usize)?.name;
        let is_one = |place: &&usize| matches!(self.asked.get(**place).map(|asked| &asked.kind), Some(AskedKind::Member(_, own)) if own == name);
        self.of_field.get(field)?.iter().find(is_one).copied()
    }
}
