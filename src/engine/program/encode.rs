//! From a field's value to the number of its cell.

use super::Scratch;
use super::matrix::{Cell, MISSING_SET, Matrix, NIBBLE};
use crate::ground::{Cut, Ground, Variable, VariableKind};
use qudao_language::exact::Exact;
use qudao_language::model::{Field, Id, IdMap, Type, Value};

/// How a field's values become cells.
#[derive(Clone, Debug)]
pub(super) enum Encoder {
    /// Nothing asks for it, or opaque conditions alone.
    Unread,
    /// The value's number is the cell.
    Code { cell: Cell, missing: u32 },
    /// A number or a day, on a scale on which all cuts are whole.
    Number {
        cell: Cell,
        missing: u32,
        scale: i128,
        cuts: Vec<i64>,
        /// What to multiply a decimal by that has so many places; 0 where that is no whole number.
        factors: [i64; 10],
    },
    /// Texts, and numbers whose cuts have no such scale.
    Other { variable: Id<Variable>, cell: Cell },
    /// The members of a set.
    Members {
        /// For four members each: the word and the shift, and the slot.
        slots: Vec<(usize, u32, u32)>,
        /// The members whose cells something walks to.
        cells: Vec<(u32, Cell)>,
    },
}

/// Makes the encoders of all fields. `walked` says which variables something walks to.
pub(super) fn encoders(
    ground: &Ground<'_>,
    matrix: &Matrix,
    walked: &IdMap<Variable, bool>,
) -> IdMap<Field, Encoder> {
    IdMap::of(&ground.ruleset.fields, |field| encoder(ground, matrix, walked, field))
}

fn encoder(
    ground: &Ground<'_>,
    matrix: &Matrix,
    walked: &IdMap<Variable, bool>,
    field: Id<Field>,
) -> Encoder {
    let variables = ground.variables_of(field);
    if let Type::Set(of) = ground.ruleset.fields[field].ty {
        let nibbles = (ground.ruleset.enums[of].members.len() as u32).div_ceil(NIBBLE);
        let slot = |nibble: u32| {
            let slot = matrix.slot_of_members(field, nibble)?;
            Some(((nibble * NIBBLE / 64) as usize, nibble * NIBBLE % 64, slot))
        };
        let cell = |id: &Id<Variable>| match ground.variables[*id].kind {
            VariableKind::Member(member) if walked[*id] => Some((member, Cell::apart(*id))),
            _ => None,
        };
        let slots = (0..nibbles).filter_map(slot).collect();
        let cells = variables.iter().filter_map(cell).collect();
        return if variables.is_empty() { Encoder::Unread } else { Encoder::Members { slots, cells } };
    }
    let Some(id) = variables.first() else { return Encoder::Unread };
    let variable = &ground.variables[*id];
    let (cell, missing) = (matrix.cell(*id), variable.missing() as u32);
    match &variable.kind {
        VariableKind::Values => Encoder::Code { cell, missing },
        VariableKind::Ordered(cuts) => match whole_cuts(cuts, least_scale(ground, field)) {
            Some((scale, cuts)) => Encoder::Number { cell, missing, scale, cuts, factors: factors(scale) },
            None => Encoder::Other { variable: *id, cell },
        },
        VariableKind::Texts(_) | VariableKind::Member(_) => Encoder::Other { variable: *id, cell },
    }
}

/// Numbers that need not be whole mostly have two places at most: a scale of hundredths takes them as they are.
fn least_scale(ground: &Ground<'_>, field: Id<Field>) -> i128 {
    match ground.ruleset.fields[field].ty {
        Type::Number(number) if !number.whole => 100,
        _ => 1,
    }
}

fn factors(scale: i128) -> [i64; 10] {
    let mut factors = [0; 10];
    for (factor, power) in factors.iter_mut().zip(POWERS) {
        if scale % power == 0 {
            *factor = i64::try_from(scale / power * 2).unwrap_or(0);
        }
    }
    factors
}

/// A scale on which all cuts are whole, and the cuts: on it each number has two places, the number itself and all that
/// lies between it and the next.
fn whole_cuts(cuts: &[Cut], mut scale: i128) -> Option<(i128, Vec<i64>)> {
    for cut in cuts {
        let denominator = cut.at.denominator();
        let common = Exact::fraction(scale, denominator)?.denominator();
        scale = scale.checked_mul(common)?;
        if scale > 1_000_000_000_000 {
            return None;
        }
    }
    let place = |cut: &Cut| {
        let whole = cut.at.numerator().checked_mul(scale / cut.at.denominator())?.checked_mul(2)?;
        i64::try_from(whole + i128::from(cut.after)).ok()
    };
    Some((scale, cuts.iter().map(place).collect::<Option<_>>()?))
}

/// The place of a fraction on a scale.
fn coordinate(numerator: i128, denominator: i128, scale: i128) -> i64 {
    let Some(scaled) = numerator.checked_mul(scale) else {
        return if numerator < 0 { i64::MIN } else { i64::MAX };
    };
    let (floor, rest) = (scaled.div_euclid(denominator), scaled.rem_euclid(denominator));
    let place = floor.saturating_mul(2).saturating_add(i128::from(rest != 0));
    place.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

const POWERS: [i128; 19] = {
    let mut powers = [1_i128; 19];
    let mut at = 1;
    while at < 19 {
        #[expect(clippy::indexing_slicing, reason = "within the table's own length, and at compile time")]
        {
            powers[at] = powers[at - 1] * 10;
        }
        at += 1;
    }
    powers
};

impl Encoder {
    /// A value of any type, or none.
    pub(super) fn value(&self, scratch: &mut Scratch, value: Option<&Value>, ground: &Ground<'_>) {
        match (self, value) {
            (Encoder::Unread, _) => {}
            (Encoder::Code { .. }, Some(Value::Bool(value))) => self.code(scratch, u32::from(*value)),
            (Encoder::Code { .. }, Some(Value::Enum(member))) => self.code(scratch, *member),
            (Encoder::Number { cell, scale, cuts, .. }, Some(Value::Number(number))) => {
                let (numerator, denominator) = (number.value.numerator(), number.value.denominator());
                put(scratch, *cell, place(cuts, coordinate(numerator, denominator, *scale)));
            }
            (Encoder::Number { cell, scale, cuts, .. }, Some(Value::Date(date))) => {
                put(scratch, *cell, place(cuts, coordinate(i128::from(date.number()), 1, *scale)));
            }
            (Encoder::Code { .. } | Encoder::Number { .. }, _) => self.unknown(scratch, ground),
            (Encoder::Other { variable, cell }, value) => {
                put(scratch, *cell, ground.variables[*variable].cell(value) as u32);
            }
            (Encoder::Members { slots, cells }, Some(Value::Set(members))) => {
                let has = |member: u32| u32::from(members.contains(&member));
                for (word, shift, slot) in slots {
                    let first = *word as u32 * 64 + shift;
                    let state = (0..NIBBLE).fold(0, |state, bit| state | has(first + bit) << bit);
                    put_index(scratch, *slot, state);
                }
                for (member, cell) in cells {
                    put(scratch, *cell, has(*member));
                }
            }
            (Encoder::Members { .. }, _) => self.unknown(scratch, ground),
        }
    }

    /// No value.
    #[inline]
    pub(super) fn unknown(&self, scratch: &mut Scratch, ground: &Ground<'_>) {
        match self {
            Encoder::Unread => {}
            Encoder::Code { cell, missing } | Encoder::Number { cell, missing, .. } => {
                put(scratch, *cell, *missing);
            }
            Encoder::Other { variable, cell } => {
                put(scratch, *cell, ground.variables[*variable].missing() as u32)
            }
            Encoder::Members { slots, cells } => {
                for (_, _, slot) in slots {
                    put_index(scratch, *slot, MISSING_SET);
                }
                for (_, cell) in cells {
                    put(scratch, *cell, 2);
                }
            }
        }
    }

    #[inline]
    pub(super) fn code(&self, scratch: &mut Scratch, code: u32) {
        if let Encoder::Code { cell, missing } = self {
            put(scratch, *cell, code.min(*missing));
        }
    }

    #[inline]
    pub(super) fn decimal(&self, scratch: &mut Scratch, units: i64, places: u32, ground: &Ground<'_>) {
        match self {
            Encoder::Number { cell, scale, cuts, factors, .. } => {
                let at = match factors.get(places as usize) {
                    Some(factor) if *factor != 0 => units.saturating_mul(*factor),
                    _ => {
                        let power = *POWERS.get(places as usize).expect("a decimal has at most 18 digits");
                        coordinate(i128::from(units), power, *scale)
                    }
                };
                put(scratch, *cell, place(cuts, at));
            }
            Encoder::Other { variable, cell } => {
                let power = POWERS.get(places as usize).expect("a decimal has at most 18 digits");
                let value = Exact::fraction(i128::from(units), *power);
                let value = value.map(|value| Value::Number(qudao_language::model::Number::computed(value)));
                put(scratch, *cell, ground.variables[*variable].cell(value.as_ref()) as u32);
            }
            Encoder::Unread | Encoder::Code { .. } | Encoder::Members { .. } => {}
        }
    }

    #[inline]
    pub(super) fn members(&self, scratch: &mut Scratch, words: &[u64]) {
        let Encoder::Members { slots, cells } = self else { return };
        for (word, shift, slot) in slots {
            let word = *words.get(*word).expect("there is a word for every 64 members");
            put_index(scratch, *slot, (word >> shift) as u32 & (MISSING_SET - 1));
        }
        for (member, cell) in cells {
            let word = *words.get(*member as usize / 64).expect("there is a word for every 64 members");
            put(scratch, *cell, (word >> (member % 64)) as u32 & 1);
        }
    }
}

#[inline]
fn place(cuts: &[i64], at: i64) -> u32 {
    cuts.partition_point(|cut| *cut <= at) as u32
}

#[inline]
fn put(scratch: &mut Scratch, cell: Cell, to: u32) {
    let from = std::mem::replace(&mut scratch.cells[cell.variable], to);
    cell.step(&mut scratch.index, from, to);
}

#[inline]
fn put_index(scratch: &mut Scratch, slot: u32, to: u32) {
    *scratch.index.get_mut(slot as usize).expect("a part is of a slot") = to;
}
