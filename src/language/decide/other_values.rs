//! The values of one field that may make a difference, all else staying as it is.
//!
//! Of a field of few values these are all. A number or a day is cut where a condition may turn: there, what is compared is
//! equal, or one of its parts bends (`abs`, `min`, `if`). Between two neighbouring cuts no condition turns, so one value
//! at each cut and one between are enough. Two values are equal at one place where both are straight; durations in months,
//! what is rounded, and a field times itself go by steps, always in one direction, and the step is found by halving.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::Decision;
use super::eval::Silent;
use super::otherwise::Otherwise;
use super::readers::Thing;
use crate::date::Date;
use crate::exact::{Exact, MAX_FRACTION_DIGITS};
use crate::model::{
    Between, Channel, Expr, ExprKind, Field, Id, Let, Number, NumberType, Profile, Shift, Table, Type, Unit,
    Units, Value,
};

/// So many values of a field are tried at most.
const MOST_VALUES: usize = 256;

/// So many values are put into sums at most, to see where they meet.
const MOST_PROBES: usize = 20_000;

/// Steps are looked for between minus this number and this number where nothing bounds a field.
const FAR: i64 = 1_000_000;

/// Returns values of a field besides the one it has, such that every other value gives what one of them gives; the first
/// and the last of them come first.
pub(super) fn other_values(
    decision: &Decision<'_>,
    otherwise: &Otherwise<'_, '_>,
    field: Id<Field>,
) -> Vec<Value> {
    let declared = &decision.ruleset.fields[field];
    let now = decision.profile.get(field).value.as_ref();
    let members = |of| 0..decision.ruleset.enums[of].members.len() as u32;
    let mut values: Vec<Value> = match declared.ty {
        Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Type::Enum(of) => members(of).map(Value::Enum).collect(),
        Type::Set(of) => sets(members(of).collect(), now),
        Type::Text | Type::Number(_) | Type::Date => {
            let (lets, tables) = otherwise.readers.within(field);
            let mut cutter = Cutter {
                decision,
                otherwise,
                field,
                lets,
                tables,
                known_lets: BTreeMap::new(),
                known_tables: BTreeMap::new(),
                texts: BTreeSet::new(),
                probes: Cell::new(MOST_PROBES),
            };
            let cuts = cutter.all();
            if declared.ty == Type::Text {
                texts(cutter.texts)
            } else {
                ordered(cuts, declared, &decision.ruleset.units)
            }
        }
    };
    values.retain(|value| Some(value) != now && declared.allows(value));
    if values.len() > MOST_VALUES {
        // Those next to the present value come first.
        let at = now
            .map_or(0, |now| values.partition_point(|value| value.compare(now).is_some_and(|o| o.is_lt())));
        let first = at.saturating_sub(MOST_VALUES / 2).min(values.len() - MOST_VALUES);
        values = values.into_iter().skip(first).take(MOST_VALUES).collect();
    }
    // The ends first: where not all can be tried, they tell most.
    let last = values.pop();
    let place = values.len().min(1);
    values.splice(place..place, last);
    values
}

/// All sets of few values; of more, those with one value more or less, and those of one value or none.
fn sets(members: Vec<u32>, now: Option<&Value>) -> Vec<Value> {
    if 1_usize.checked_shl(members.len() as u32).is_some_and(|count| count <= MOST_VALUES) {
        let mut all = vec![BTreeSet::new()];
        for member in members {
            let with = all.iter().map(|set: &BTreeSet<u32>| set.iter().copied().chain([member]).collect());
            let with: Vec<BTreeSet<u32>> = with.collect();
            all.extend(with);
        }
        return all.into_iter().map(Value::Set).collect();
    }
    let now = match now {
        Some(Value::Set(now)) => now.clone(),
        _ => BTreeSet::new(),
    };
    let turned = members.iter().map(|member| {
        let mut set = now.clone();
        if !set.remove(member) {
            set.insert(*member);
        }
        set
    });
    let few = std::iter::once(BTreeSet::new()).chain(members.iter().map(|member| BTreeSet::from([*member])));
    turned.chain(few).chain([members.iter().copied().collect()]).map(Value::Set).collect()
}

/// The texts that the field is compared with, and one that is none of them.
fn texts(mut known: BTreeSet<String>) -> Vec<Value> {
    let mut other = "…".to_string();
    while known.contains(&other) {
        other.push('…');
    }
    known.insert(other);
    known.into_iter().map(|text| Value::Text(text.into())).collect()
}

/// A value at each cut and one between each two, in order.
fn ordered(mut cuts: BTreeSet<Exact>, field: &Field, units: &Units) -> Vec<Value> {
    let (low, high) = bounds(field);
    cuts.extend([low, high].into_iter().flatten());
    let ends = cuts.iter().copied().map(Some);
    let below = std::iter::once(None).chain(ends.clone());
    let gaps = below.zip(ends.chain([None]));
    let mut values: Vec<Exact> = gaps.filter_map(|(low, high)| between(low, high, is_whole(field))).collect();
    let others = other_units(units, field.ty);
    values.extend(cuts.into_iter().filter(|cut| is_enterable(*cut, is_whole(field), &others)));
    values.sort_unstable();
    values.into_iter().filter_map(|value| value_of(value, field.ty)).collect()
}

/// The least and the greatest value of a field.
fn bounds(field: &Field) -> (Option<Exact>, Option<Exact>) {
    let of = |end: &Option<Value>, day: Date| match field.ty {
        Type::Date => number(end.as_ref().unwrap_or(&Value::Date(day))),
        _ => end.as_ref().and_then(number),
    };
    (of(&field.low, Date::MIN), of(&field.high, Date::MAX))
}

fn is_whole(field: &Field) -> bool {
    match field.ty {
        Type::Number(number) => number.whole,
        _ => true,
    }
}

fn number(value: &Value) -> Option<Exact> {
    match value {
        Value::Date(day) => Some(Exact::whole(day.number())),
        Value::Number(number) => Some(number.value),
        Value::Bool(_) | Value::Text(_) | Value::Enum(_) | Value::Set(_) => None,
    }
}

fn value_of(number: Exact, ty: Type) -> Option<Value> {
    match ty {
        Type::Date => Some(Value::Date(Date::of_number(i64::try_from(number.as_whole()?).ok()?))),
        _ => Some(Value::Number(Number::computed(number))),
    }
}

/// Whether a number can be written, which those who answer have to: in its own unit, or in one of these others, each
/// told by how many of the own unit one of it is.
fn is_enterable(number: Exact, whole: bool, units: &[Exact]) -> bool {
    let decimal =
        |number: Exact| times_ten(number, MAX_FRACTION_DIGITS).is_some_and(|n| n.as_whole().is_some());
    let in_others = || units.iter().any(|factor| number.over(*factor).is_some_and(decimal));
    number.is_writable_size()
        && if whole { number.as_whole().is_some() } else { decimal(number) || in_others() }
}

/// Returns how many of a field's unit one of each unit is that may be written instead.
fn other_units(units: &Units, ty: Type) -> Vec<Exact> {
    let Type::Number(NumberType { unit, .. }) = ty else { return Vec::new() };
    let with = |numerator, denominator| Unit { numerator, denominator };
    let ids = || units.iter().map(|(id, _)| Some(id)).chain([None]);
    let like = |other: Unit| units.dimension(other) == units.dimension(unit);
    let numerators = ids().map(|id| with(id, unit.denominator)).filter(|other| like(*other));
    let numerators: Vec<Unit> = numerators.collect();
    let denominators = ids().map(|id| with(unit.numerator, id)).filter(|other| like(*other));
    let both = denominators.flat_map(|d| numerators.iter().map(move |n| with(n.numerator, d.denominator)));
    both.filter_map(|other| units.conversion(other, unit)).collect()
}

fn times_ten(number: Exact, digits: usize) -> Option<Exact> {
    number.times(Exact::whole(10_i64.pow(digits as u32)))
}

/// Returns the number of fewest digits between two others, both left out; the first such one above the lower.
fn between(low: Option<Exact>, high: Option<Exact>, whole: bool) -> Option<Exact> {
    let Some(low) = low else {
        let Some(high) = high else { return Some(Exact::ZERO) };
        return above(high.negated(), None, whole).map(Exact::negated);
    };
    above(low, high, whole)
}

fn above(low: Exact, high: Option<Exact>, whole: bool) -> Option<Exact> {
    let most = if whole { 0 } else { MAX_FRACTION_DIGITS };
    (0..=most).find_map(|digits| {
        let scaled = times_ten(low, digits)?;
        let next = scaled.numerator().div_euclid(scaled.denominator()) + 1;
        let found = Exact::fraction(next, 10_i128.pow(digits as u32))?;
        (found.is_writable_size() && high.is_none_or(|high| found < high)).then_some(found)
    })
}

/// Looks for cuts.
struct Cutter<'c, 'd, 'r> {
    decision: &'c Decision<'r>,
    otherwise: &'c Otherwise<'d, 'r>,
    field: Id<Field>,
    /// The lets and tables that read the field.
    lets: BTreeSet<Id<Let>>,
    tables: BTreeSet<Id<Table>>,
    /// The cuts of those that were looked at already.
    known_lets: BTreeMap<Id<Let>, BTreeSet<Exact>>,
    known_tables: BTreeMap<Id<Table>, BTreeSet<Exact>>,
    /// The texts that the field may be compared with.
    texts: BTreeSet<String>,
    /// How many more values may be put into sums.
    probes: Cell<usize>,
}

/// The values of a field between two others, both left out.
type Gap = (Option<Exact>, Option<Exact>);

impl Cutter<'_, '_, '_> {
    fn all(&mut self) -> BTreeSet<Exact> {
        let ruleset = self.decision.ruleset;
        let hanging = self.otherwise.readers.of(Thing::Field(self.field));
        let mut cuts = BTreeSet::new();
        for (rule, channel) in hanging.instances {
            if let Some(when) = &ruleset.rules[rule].when {
                cuts.extend(self.cuts(when, channel));
            }
        }
        for channel in hanging.owned {
            if let Some(owned) = &ruleset.channels[channel].owned {
                cuts.extend(self.cuts(owned, None));
            }
        }
        cuts
    }

    /// Where an expression turns or bends.
    fn cuts(&mut self, expr: &Expr, channel: Option<Id<Channel>>) -> BTreeSet<Exact> {
        let mut cuts = BTreeSet::new();
        match &expr.kind {
            ExprKind::Let(id) => return self.of_let(*id),
            ExprKind::Earlier(table, _) => return self.of_table(*table),
            _ => {}
        }
        if !self.reads(expr) {
            return cuts;
        }
        for part in expr.parts() {
            cuts.extend(self.cuts(part, channel));
        }
        match &expr.kind {
            ExprKind::Compare(_, left, right) => self.meet(left, right, channel, &mut cuts),
            ExprKind::InRange { subject, low, high, .. } => {
                for bound in [low, high].into_iter().flatten() {
                    self.meet(subject, bound, channel, &mut cuts);
                }
            }
            ExprKind::InSet { subject, members, .. } => {
                for member in members {
                    let member = literal(expr, subject.ty, member.clone());
                    self.meet(subject, &member, channel, &mut cuts);
                }
            }
            ExprKind::InList { subject, members, .. } => {
                for member in members {
                    self.meet(subject, member, channel, &mut cuts);
                }
            }
            ExprKind::Min(parts) | ExprKind::Max(parts) => {
                for (place, part) in parts.iter().enumerate() {
                    for other in parts.iter().skip(place + 1) {
                        self.meet(part, other, channel, &mut cuts);
                    }
                }
            }
            ExprKind::Abs(inner) => {
                let zero = literal(expr, inner.ty, Value::Number(Number::computed(Exact::ZERO)));
                self.meet(inner, &zero, channel, &mut cuts);
            }
            _ => {}
        }
        cuts
    }

    fn of_let(&mut self, id: Id<Let>) -> BTreeSet<Exact> {
        if !self.lets.contains(&id) {
            return BTreeSet::new();
        }
        if let Some(known) = self.known_lets.get(&id) {
            return known.clone();
        }
        let cuts = self.cuts(&self.decision.ruleset.lets[id].value, None);
        self.known_lets.insert(id, cuts.clone());
        cuts
    }

    fn of_table(&mut self, id: Id<Table>) -> BTreeSet<Exact> {
        if !self.tables.contains(&id) {
            return BTreeSet::new();
        }
        if let Some(known) = self.known_tables.get(&id) {
            return known.clone();
        }
        let rows = self.decision.ruleset.tables[id].matches.iter();
        let cuts: BTreeSet<Exact> = rows.flat_map(|row| self.cuts(row, None)).collect();
        self.known_tables.insert(id, cuts.clone());
        cuts
    }

    /// Whether an expression reads the field, lets and tables followed.
    fn reads(&self, expr: &Expr) -> bool {
        let mut reads = false;
        expr.walk(&mut |part| {
            reads |= match part.kind {
                ExprKind::Field(id) => id == self.field,
                ExprKind::Let(id) => self.lets.contains(&id),
                ExprKind::Earlier(table, _) => self.tables.contains(&table),
                _ => false,
            }
        });
        reads
    }

    /// Adds where two values are equal, each straight between the cuts that there are.
    fn meet(&mut self, left: &Expr, right: &Expr, channel: Option<Id<Channel>>, cuts: &mut BTreeSet<Exact>) {
        match left.ty {
            Type::Number(_) | Type::Date => {}
            Type::Text => {
                let now = &self.decision.context;
                for side in [left, right] {
                    side.walk(&mut |part| {
                        if let (Type::Text, Some(Value::Text(text))) =
                            (part.ty, now.value(part, channel, &mut Silent).known())
                        {
                            self.texts.insert(text.to_string());
                        }
                    });
                }
                return;
            }
            Type::Bool | Type::Enum(_) | Type::Set(_) => return,
        }
        // The usual case: the field alone on one side.
        for (one, other) in [(left, right), (right, left)] {
            if matches!(one.kind, ExprKind::Field(id) if id == self.field) && !self.reads(other) {
                let now = &self.decision.context;
                cuts.extend(now.value(other, channel, &mut Silent).known().and_then(number));
                return;
            }
        }
        let steps = self.goes_by_steps(left) || self.goes_by_steps(right);
        let difference = |at: Exact| {
            self.probes.set(self.probes.get().checked_sub(1)?);
            let mut profile: Profile = self.decision.profile.clone();
            profile.set(self.field, Some(value_of(at, self.decision.ruleset.fields[self.field].ty)?));
            let context = self.otherwise.context(&profile);
            let value = |side| context.value(side, channel, &mut Silent).known().and_then(number);
            value(left)?.minus(value(right)?)
        };
        let declared = &self.decision.ruleset.fields[self.field];
        let (low, high) = bounds(declared);
        // What lies outside of the field's range is never asked for.
        let mut ends: BTreeSet<Exact> = cuts.iter().copied().filter(|cut| within(*cut, low, high)).collect();
        ends.extend([low, high].into_iter().flatten());
        let below = std::iter::once(None).chain(ends.iter().copied().map(Some));
        let gaps: Vec<Gap> = below.zip(ends.iter().copied().map(Some).chain([None])).collect();
        for gap in gaps {
            let outside = (gap.0.is_none() && low.is_some()) || (gap.1.is_none() && high.is_some());
            if !outside {
                match steps {
                    true => cuts.extend(halved(gap, difference)),
                    false => cuts.extend(straight(gap, is_whole(declared), difference)),
                }
            }
        }
    }

    /// Whether a value goes by steps as the field grows: it counts whole months, or is rounded.
    fn goes_by_steps(&self, expr: &Expr) -> bool {
        let mut steps = false;
        let mut lets: Vec<Id<Let>> = Vec::new();
        let mut seen: BTreeSet<Id<Let>> = BTreeSet::new();
        let mut look = |expr: &Expr, lets: &mut Vec<Id<Let>>| {
            expr.walk(&mut |part| match part.kind {
                ExprKind::Between(Between::Months | Between::Years, ..)
                | ExprKind::Shift(Shift::Months, ..)
                | ExprKind::Round(..) => steps = true,
                ExprKind::Product(ref a, ref b) => steps |= self.reads(a) && self.reads(b),
                ExprKind::Let(id) if self.lets.contains(&id) => lets.push(id),
                _ => {}
            });
        };
        look(expr, &mut lets);
        while let Some(id) = lets.pop() {
            if seen.insert(id) {
                look(&self.decision.ruleset.lets[id].value, &mut lets);
            }
        }
        steps
    }
}

fn within(number: Exact, low: Option<Exact>, high: Option<Exact>) -> bool {
    low.is_none_or(|low| low <= number) && high.is_none_or(|high| number <= high)
}

/// A value where an expression is wanted.
fn literal(beside: &Expr, ty: Type, value: Value) -> Expr {
    Expr { span: beside.span, ty, kind: ExprKind::Literal(value) }
}

/// Where a straight line is zero, within a gap.
fn straight(gap: Gap, whole: bool, line: impl Fn(Exact) -> Option<Exact>) -> Vec<Exact> {
    let Some(first) = between(gap.0, gap.1, whole) else { return Vec::new() };
    // A second place: further up, or down where nothing bounds it from below.
    let up = between(Some(first), gap.1, whole);
    let second = if gap.0.is_none() { between(None, Some(first), whole) } else { up };
    // Of a gap that holds one value alone, that is where to look.
    let Some(second) = second else { return vec![first] };
    let root = || {
        let (at_first, at_second) = (line(first)?, line(second)?);
        let slope = at_second.minus(at_first)?.over(second.minus(first)?)?;
        first.minus(at_first.over(slope)?)
    };
    let inside = |root: &Exact| gap.0.is_none_or(|low| low < *root) && gap.1.is_none_or(|high| *root < high);
    root().filter(inside).into_iter().collect()
}

/// Where something that only grows or only falls by steps reaches zero, and where it leaves it.
fn halved(gap: Gap, step: impl Fn(Exact) -> Option<Exact>) -> Vec<Exact> {
    let first =
        gap.0.map_or(Some(-FAR), |low| i64::try_from(low.numerator().div_euclid(low.denominator()) + 1).ok());
    let last = gap.1.map_or(Some(FAR), |high| {
        i64::try_from(-(-high.numerator()).div_euclid(high.denominator()) - 1).ok()
    });
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let at = |place: i64| step(Exact::whole(place));
    let (Some(start), Some(end)) = (at(first), at(last)) else { return Vec::new() };
    if first > last || start == end {
        return Vec::new();
    }
    let falls = end < start;
    let height = |place: i64| at(place).map(|height| if falls { height.negated() } else { height });
    let reaches = |enough: fn(Exact) -> bool| {
        let (mut low, mut high) = (first, last);
        if !height(high).is_some_and(enough) {
            return None;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if height(middle).is_some_and(enough) { high = middle } else { low = middle + 1 }
        }
        Some(Exact::whole(low))
    };
    let places = [reaches(|height| height >= Exact::ZERO), reaches(|height| height > Exact::ZERO)];
    places.into_iter().flatten().collect()
}
