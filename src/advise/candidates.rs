//! Values worth trying: for each field that has a bearing on a target, one value a cell.

use std::collections::{BTreeMap, BTreeSet};

use crate::date::Date;
use crate::exact::Exact;
use crate::ground::{Cut, Effects, Ground, Node, Variable, VariableKind};
use crate::model::{Field, Id, Number, Profile, Target, Type, Value};

/// A value to try in a field.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) field: Id<Field>,
    pub(super) to: Value,
    /// How many cells it lies from the present value.
    pub(super) distance: usize,
}

/// Returns the candidates of each field that may change and has a bearing on a target, in the order of the fields.
pub(super) fn of(ground: &Ground<'_>, profile: &Profile, target: Target) -> Vec<Vec<Candidate>> {
    let (mut fields, opaque) = reached(ground, target);
    fields.extend(opaque.values().flatten());
    let of_field = |field: Id<Field>| {
        let mut values = values(ground, profile, field);
        values.extend(beside(ground, profile, field, &opaque));
        let declared = &ground.ruleset.fields[field];
        let now = profile.get(field).value.as_ref();
        let mut seen: Vec<Value> = now.cloned().into_iter().collect();
        values.retain(|candidate| {
            let new = !seen.contains(&candidate.to) && declared.allows(&candidate.to);
            if new {
                seen.push(candidate.to.clone());
            }
            new
        });
        values.sort_by_key(|candidate| candidate.distance);
        values
    };
    let free = fields.into_iter().filter(|field| !ground.ruleset.fields[*field].fixed);
    free.map(of_field).filter(|candidates| !candidates.is_empty()).collect()
}

/// Conditions that do not fit cells: the fields that each reads.
type Opaque = BTreeMap<usize, Vec<Id<Field>>>;

/// Returns the fields that the effects on a target ask for, and the opaque conditions among them.
fn reached(ground: &Ground<'_>, target: Target) -> (BTreeSet<Id<Field>>, Opaque) {
    let (mut fields, mut opaque) = (BTreeSet::new(), Opaque::new());
    let Some(effects) = ground.targets.get(ground.ruleset.target_index(target)) else {
        return (fields, opaque);
    };
    let mut open = roots(ground, effects);
    let mut seen: BTreeSet<Id<Node>> = open.iter().copied().collect();
    while let Some(id) = open.pop() {
        let node = &ground.nodes[id];
        match node {
            Node::Atom(atom) => {
                fields.insert(ground.variables[ground.atoms[*atom].variable].field);
            }
            Node::Opaque(of) => {
                opaque.insert(of.index(), ground.opaque_of(*of).fields.clone());
            }
            _ => {}
        }
        open.extend(ground.parts(node).iter().filter(|part| seen.insert(**part)));
    }
    (fields, opaque)
}

/// The nodes that a verdict depends on.
fn roots(ground: &Ground<'_>, effects: &Effects) -> Vec<Id<Node>> {
    let instances = effects.exclusions.iter().chain(effects.caps.iter().map(|(id, _)| id));
    let instances = instances.chain(effects.scores.iter().map(|(id, _)| id));
    let fires = instances.map(|id| ground.instances[*id].fires);
    fires.chain([effects.excluded]).collect()
}

/// Returns a value for each cell of a field's variables.
fn values(ground: &Ground<'_>, profile: &Profile, field: Id<Field>) -> Vec<Candidate> {
    let now = profile.get(field).value.as_ref();
    let mut found = Vec::new();
    if let Type::Set(_) = ground.ruleset.fields[field].ty {
        let members = ground.variables_of(field).iter().filter_map(|id| match ground.variables[*id].kind {
            VariableKind::Member(member) => Some(member),
            _ => None,
        });
        return sets(field, now, members);
    }
    for id in ground.variables_of(field) {
        let variable = &ground.variables[*id];
        let here = now.map(|now| variable.cell(Some(now)));
        for (number, cell) in variable.cells.iter().enumerate().filter(|(_, cell)| cell.possible) {
            let Some(witness) = &cell.witness else { continue };
            if here == Some(number) {
                continue;
            }
            let to = here.and_then(|here| nearest(variable, here, number, ground)).unwrap_or(witness.clone());
            let distance = match &variable.kind {
                VariableKind::Ordered(_) => here.map_or(number, |here| here.abs_diff(number)),
                _ => number,
            };
            found.push(Candidate { field, to, distance });
        }
    }
    found
}

/// Returns sets with one member more or less; of a set that is not known, the empty one and those of one member.
fn sets(field: Id<Field>, now: Option<&Value>, members: impl Iterator<Item = u32>) -> Vec<Candidate> {
    let (known, has) = match now {
        Some(Value::Set(has)) => (true, has.clone()),
        _ => (false, BTreeSet::new()),
    };
    let changed = members.map(|member| {
        let mut set = has.clone();
        if !set.remove(&member) {
            set.insert(member);
        }
        Candidate { field, to: Value::Set(set), distance: 1 }
    });
    let empty = Candidate { field, to: Value::Set(BTreeSet::new()), distance: 2 };
    changed.chain((!known).then_some(empty)).collect()
}

/// Returns the value of a cell that lies nearest to those of another one, where values are ordered.
fn nearest(variable: &Variable, here: usize, there: usize, ground: &Ground<'_>) -> Option<Value> {
    let VariableKind::Ordered(cuts) = &variable.kind else { return None };
    let up = there > here;
    let Cut { at, after } = *cuts.get(if up { there.checked_sub(1)? } else { there })?;
    // What no decimal tells is not worth writing: the whole number beyond it is.
    let at = if at.to_string().starts_with('≈') {
        let floor = at.numerator().div_euclid(at.denominator());
        Exact::fraction(if up { floor + 1 } else { floor }, 1)?
    } else {
        at
    };
    let whole = |value: i64| Exact::whole(if up { value } else { -value });
    let tenth = Exact::fraction(if up { 1 } else { -1 }, 10)?;
    // The value at the cut lies in the cell above it, or in the one below.
    let tries = if after == up { [whole(1), tenth, Exact::ZERO] } else { [Exact::ZERO, whole(1), tenth] };
    let ty = ground.ruleset.fields[variable.field].ty;
    let values = tries.into_iter().filter_map(|step| value(at.plus(step)?, ty));
    values.into_iter().find(|value| variable.cell(Some(value)) == there)
}

fn value(number: Exact, ty: Type) -> Option<Value> {
    match ty {
        Type::Date => Some(Value::Date(Date::of_number(i64::try_from(number.as_whole()?).ok()?))),
        Type::Number(of) if of.whole && number.as_whole().is_none() => None,
        _ => Some(Value::Number(Number::computed(number))),
    }
}

/// Returns values that may turn conditions which do not fit cells: those of the fields beside this one and their
/// neighbours, and the ends of the range.
fn beside(ground: &Ground<'_>, profile: &Profile, field: Id<Field>, opaque: &Opaque) -> Vec<Candidate> {
    let others: BTreeSet<Id<Field>> =
        opaque.values().filter(|fields| fields.contains(&field)).flatten().copied().collect();
    if others.is_empty() {
        return Vec::new();
    }
    let declared = &ground.ruleset.fields[field];
    let candidate = |to| Candidate { field, to, distance: 1 };
    match declared.ty {
        Type::Set(of) => {
            let members = 0..ground.ruleset.enums[of].members.len() as u32;
            sets(field, profile.get(field).value.as_ref(), members)
        }
        Type::Enum(of) => {
            let members = 0..ground.ruleset.enums[of].members.len() as u32;
            members.map(|member| candidate(Value::Enum(member))).collect()
        }
        Type::Bool => [false, true].map(|value| candidate(Value::Bool(value))).to_vec(),
        Type::Text => Vec::new(),
        Type::Number(_) | Type::Date => {
            let around = others.iter().filter(|other| **other != field).filter_map(|other| {
                let same = ground.ruleset.fields[*other].ty == declared.ty;
                let value = profile.get(*other).value.as_ref().filter(|_| same)?;
                number(value)
            });
            let steps = [0, 1, -1].map(Exact::whole);
            let near = around.flat_map(|number| steps.map(|step| number.plus(step)));
            let near = near.flatten().filter_map(|number| value(number, declared.ty));
            let ends = [&declared.low, &declared.high].into_iter().flatten().cloned();
            near.chain(ends).map(candidate).collect()
        }
    }
}

fn number(value: &Value) -> Option<Exact> {
    match value {
        Value::Date(date) => Some(Exact::whole(date.number())),
        _ => value.as_number(),
    }
}
