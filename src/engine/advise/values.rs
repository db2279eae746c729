//! The values of one field that can be told apart while all other fields stay as they are, the nearest first.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::numbers::{Axis, Part};
use super::reached::Reached;
use crate::ground::{Cut, VariableKind};
use qudao_language::decide::Probe;
use qudao_language::model::{Enum, ExprKind, Field, Id, Profile, Type, Value};

/// So many values of a field are gone through one by one.
const MOST_VALUES: i128 = 2_000;
/// So many of a field that stands first of several, where a condition reads them together.
const MOST_TOGETHER: i128 = 64;
/// So many sets are.
const MOST_SETS: usize = 4_096;
/// So many values up and down are tried where conditions cannot be solved.
const NEARBY: i128 = 500;

/// Values of a field to try.
pub(super) struct Values {
    /// None of them the present one, the nearest to it first.
    pub(super) list: Vec<Value>,
    /// Each other value of the field gives the same answer as the present one, or as one of these that is nearer.
    pub(super) complete: bool,
}

/// Which values of a field are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// One for each answer that the field can give while the others stay.
    Different,
    /// All of them if they are few: the others may change too.
    All,
}

/// Returns the values of a field; `profile` holds the other fields, `now` is the present value.
pub(super) fn values(
    reached: &Reached<'_, '_>,
    profile: &Profile,
    field: Id<Field>,
    now: Option<&Value>,
    which: Which,
) -> Values {
    let ruleset = reached.ground.ruleset;
    let declared = &ruleset.fields[field];
    let mut values = match declared.ty {
        Type::Bool => Values { list: [false, true].map(Value::Bool).to_vec(), complete: true },
        Type::Enum(of) => Values { list: members(&ruleset.enums[of], now), complete: true },
        Type::Set(of) => sets(reached, field, of, now),
        Type::Text => Values { list: texts(reached, profile, field, now), complete: true },
        Type::Number(_) | Type::Date => ordered(reached, profile, field, now, which),
    };
    values.list.retain(|value| Some(value) != now && declared.allows(value));
    if reached.opaque_on(field).is_empty() {
        tell_apart(reached, field, now, &mut values.list);
    }
    values
}

/// Tells whether all values of a field are gone through, whatever the other fields are.
pub(super) fn are_few(reached: &Reached<'_, '_>, field: Id<Field>) -> bool {
    let ruleset = reached.ground.ruleset;
    match ruleset.fields[field].ty {
        Type::Bool | Type::Enum(_) => true,
        Type::Set(of) => sets(reached, field, of, None).complete,
        Type::Text => false,
        Type::Number(_) | Type::Date => {
            Axis::of(ruleset, field).count().is_some_and(|count| count <= MOST_TOGETHER)
        }
    }
}

/// Leaves out values that all conditions on the field alone judge like the present one, or like a nearer one.
fn tell_apart(reached: &Reached<'_, '_>, field: Id<Field>, now: Option<&Value>, list: &mut Vec<Value>) {
    let ground = reached.ground;
    let says = |value: &Value| -> Vec<Option<bool>> {
        let judged = reached.atoms_on(field).iter().map(|atom| {
            let atom = &ground.atoms[*atom];
            atom.judge(ground.variables[atom.variable].cell(Some(value))).truth.as_bool()
        });
        judged.collect()
    };
    let mut seen: BTreeSet<Vec<Option<bool>>> = now.map(says).into_iter().collect();
    list.retain(|value| seen.insert(says(value)));
}

/// The values of an enum; those of a scale by how many steps they lie away.
fn members(of: &Enum, now: Option<&Value>) -> Vec<Value> {
    let mut members: Vec<u32> = (0..of.members.len() as u32).collect();
    if let (true, Some(Value::Enum(now))) = (of.ordered, now) {
        members.sort_by_key(|member| member.abs_diff(*now));
    }
    members.into_iter().map(Value::Enum).collect()
}

/// One text that is none of those that conditions may tell apart, then these.
fn texts(reached: &Reached<'_, '_>, profile: &Profile, field: Id<Field>, now: Option<&Value>) -> Vec<Value> {
    let found = named_texts(reached, profile, field);
    let named = |text: &str| found.contains(text) || matches!(now, Some(Value::Text(now)) if **now == *text);
    let other = (1..).map(|length| "x".repeat(length)).find(|text| !named(text));
    other.map(Arc::from).into_iter().chain(found.iter().cloned()).map(Value::Text).collect()
}

/// Tells whether a value stands for all texts that conditions do not tell apart.
pub(super) fn is_any_other(
    reached: &Reached<'_, '_>,
    profile: &Profile,
    field: Id<Field>,
    value: &Value,
) -> bool {
    matches!(value, Value::Text(text) if !named_texts(reached, profile, field).contains(text))
}

/// The texts that conditions may tell apart.
fn named_texts(reached: &Reached<'_, '_>, profile: &Profile, field: Id<Field>) -> BTreeSet<Arc<str>> {
    let ground = reached.ground;
    let mut found: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut add = |value: &Value| {
        if let Value::Text(text) = value {
            found.insert(text.clone());
        }
    };
    for atom in reached.atoms_on(field) {
        if let VariableKind::Texts(texts) = &ground.variables[ground.atoms[*atom].variable].kind {
            texts.iter().cloned().map(Value::Text).for_each(|text| add(&text));
        }
    }
    reached.each_part(field, |part| match &part.kind {
        ExprKind::Literal(value) => add(value),
        ExprKind::InSet { members, .. } => members.iter().for_each(&mut add),
        ExprKind::Field(other) => {
            profile.get(*other).value.iter().filter(|_| *other != field).for_each(&mut add)
        }
        ExprKind::Fact(fact) => {
            let stated = ground.ruleset.stating().flat_map(|(_, stated)| stated);
            let stated = stated.filter(|(entry, _)| entry.0 == fact.fact).flat_map(|(_, stated)| stated);
            stated.filter_map(|statement| statement.value.as_ref()).for_each(&mut add);
        }
        _ => {}
    });
    found
}

/// The members of a set that conditions name, and whether any ask how many there are.
fn named(reached: &Reached<'_, '_>, field: Id<Field>, of: Id<Enum>) -> (BTreeSet<u32>, bool) {
    let ground = reached.ground;
    let (mut named, mut counted, mut any) = (BTreeSet::new(), false, false);
    for atom in reached.atoms_on(field) {
        if let VariableKind::Member(member) = ground.variables[ground.atoms[*atom].variable].kind {
            named.insert(member);
        }
    }
    reached.each_part(field, |part| match &part.kind {
        ExprKind::Count(_) => counted = true,
        ExprKind::Has(_, element) => match element.kind {
            ExprKind::Literal(Value::Enum(member)) => _ = named.insert(member),
            _ => any = true,
        },
        ExprKind::HasMany(_, _, members) => named.extend(members),
        ExprKind::HasSet(..) | ExprKind::Common(..) => any = true,
        ExprKind::InList { .. } => any |= part.possession().is_some(),
        ExprKind::Compare(_, left, _) => any |= matches!(left.ty, Type::Set(_)),
        ExprKind::InSet { subject, .. } => any |= matches!(subject.ty, Type::Set(_)),
        _ => {}
    });
    let count = ground.ruleset.enums[of].members.len() as u32;
    if any { ((0..count).collect(), false) } else { (named, counted) }
}

/// Sets by how many members they have more or less; a set that is not known counts as empty. Of members that no condition
/// names only the number counts.
fn sets(reached: &Reached<'_, '_>, field: Id<Field>, of: Id<Enum>, now: Option<&Value>) -> Values {
    let (named, counted) = named(reached, field, of);
    let (known, has) = match now {
        Some(Value::Set(has)) => (true, has.clone()),
        _ => (false, BTreeSet::new()),
    };
    let named: Vec<u32> = named.into_iter().collect();
    let count = if counted { reached.ground.ruleset.enums[of].members.len() as u32 } else { 0 };
    let (less, more): (Vec<u32>, Vec<u32>) =
        (0..count).filter(|member| !named.contains(member)).partition(|member| has.contains(member));
    let most = named.len() + less.len().max(more.len());
    let mut list = Vec::new();
    for size in usize::from(known)..=most {
        for others in 0..=size {
            for (from, last) in [(&more, false), (&less, true)] {
                if others > from.len() || (others == 0 && last) {
                    continue;
                }
                let others: BTreeSet<u32> = if last {
                    from.iter().rev().take(others).copied().collect()
                } else {
                    from.iter().take(others).copied().collect()
                };
                let room = MOST_SETS - list.len();
                for chosen in combinations(&named, size - others.len(), room) {
                    let changed = others.iter().chain(&chosen).copied().collect();
                    list.push(Value::Set(has.symmetric_difference(&changed).copied().collect()));
                }
                if list.len() == MOST_SETS {
                    return Values { list, complete: false };
                }
            }
        }
    }
    Values { list, complete: true }
}

/// So many of some things, in order; at most so many combinations.
pub(super) fn combinations<T: Copy>(of: &[T], size: usize, most: usize) -> Vec<Vec<T>> {
    let mut found = vec![(Vec::new(), 0)];
    for chosen in 0..size {
        let mut longer = Vec::new();
        for (combination, next) in found {
            // As many as are still to be chosen have to be left.
            let last = (of.len() + chosen + 1).saturating_sub(size);
            for at in next..last {
                let Some(thing) = of.get(at) else { break };
                let mut combination: Vec<T> = combination.clone();
                combination.push(*thing);
                longer.push((combination, at + 1));
            }
            if longer.len() >= most {
                break;
            }
        }
        longer.truncate(most);
        found = longer;
    }
    found.into_iter().map(|(combination, _)| combination).take(most).collect()
}

/// A value for each part of the numbers or days that conditions tell apart.
fn ordered(
    reached: &Reached<'_, '_>,
    profile: &Profile,
    field: Id<Field>,
    now: Option<&Value>,
    which: Which,
) -> Values {
    let ground = reached.ground;
    let axis = Axis::of(ground.ruleset, field);
    let together = which == Which::All && axis.count().is_some_and(|count| count <= MOST_TOGETHER);
    if together {
        return Values { list: axis.all(now, MOST_TOGETHER), complete: true };
    }
    let mut cuts: BTreeSet<Cut> = BTreeSet::new();
    for atom in reached.atoms_on(field) {
        let atom = &ground.atoms[*atom];
        if let VariableKind::Ordered(all) = &ground.variables[atom.variable].kind {
            let turns = |cell: &usize| atom.judge(*cell) != atom.judge(cell + 1);
            cuts.extend((0..all.len()).filter(turns).filter_map(|cell| all.get(cell)).copied());
        }
    }
    let probe = Probe::new(ground.ruleset, profile, ground.day);
    let opaque = reached.opaque_on(field).iter().map(|opaque| (opaque.expr, opaque.channel));
    let (turns, solved) = probe.all_turns(opaque, field);
    cuts.extend(turns.into_iter().flat_map(|at| [false, true].map(|after| Cut { at, after })));
    if !solved && axis.count().is_some_and(|count| count <= MOST_VALUES) {
        return Values { list: axis.all(now, MOST_VALUES), complete: true };
    }
    let mut parts: Vec<Part> = axis.parts(cuts);
    if which == Which::All {
        // The other fields may turn it anywhere: the ends of its range are worth a try.
        parts.extend(axis.range_ends());
    }
    let mut list = axis.nearest(now, &parts);
    if !solved {
        let today = Value::Date(ground.day);
        let around = now.or(Some(&today).filter(|_| ground.ruleset.fields[field].ty == Type::Date));
        list.extend(axis.all(around, 2 * NEARBY));
        axis.sort(now, &mut list);
    }
    Values { list, complete: solved }
}
