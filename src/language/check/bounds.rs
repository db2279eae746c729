//! How large expressions become: how deep they nest with the lets in them, and how large their numbers grow.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use num_integer::Integer;

use super::Checker;
use super::expression::GIVE_RANGES;
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, MAX_FRACTION_DIGITS, MAX_WHOLE_DIGITS, grouped};
use crate::model::{
    Channel, Entry, Expr, ExprKind, Fact, Field, Id, Let, OWN, Statement, Statements, Type, Unit,
    UnitDefinition, Value, place_among, predicate,
};
use crate::operator::Sign;
use crate::source::Span;

/// How deep an expression may nest with the lets in it, and how many parts a let may have with the lets in it.
const MAX_EXPANDED_DEPTH: usize = 256;
const MAX_EXPANDED_PARTS: usize = 10_000;
/// A constant may have so many values at most, by what its facts may be.
const MAX_VALUES: usize = 256;
/// Ranges up to so many digits are offered.
const MAX_OFFERED_DIGITS: u32 = 17;

/// What is known of a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Told {
    /// What its channel states on the day.
    OnTheDay,
    /// That; where it states nothing, the least and the greatest that any channel ever states.
    OfAny,
}

/// What later expressions need to know of a let.
#[derive(Debug)]
pub(super) struct Measured {
    size: Size,
    bound: Bound,
    /// The fields that it reads, lets followed.
    fields: BTreeSet<Id<Field>>,
    /// The values that it may have, if it is a constant number of which these can be told.
    values: Result<Vec<Exact>, Span>,
    /// What it is, to be judged again with other ranges of its fields.
    expr: Arc<Expr>,
}

/// How some fields of an expression might be declared instead, so that it is exact.
#[derive(Clone, Copy)]
struct Supposed<'a> {
    fields: &'a BTreeSet<Id<Field>>,
    /// None is larger than this.
    most: Option<u128>,
    /// All are whole.
    whole: bool,
}

/// A look at the bounds of an expression: with fields as they are declared, or as is supposed.
#[derive(Default)]
struct Look<'a> {
    supposed: Option<Supposed<'a>>,
    /// What lets came out as in it, so that each is followed once however often it is read.
    lets: BTreeMap<Id<Let>, Result<Bound, Span>>,
}

impl<'a> Look<'a> {
    fn supposing(supposed: Supposed<'a>) -> Look<'a> {
        Look { supposed: Some(supposed), ..Look::default() }
    }
}

/// How deep and how large an expression is with the lets in it.
#[derive(Clone, Copy, Debug)]
struct Size {
    depth: usize,
    parts: usize,
}

/// All values of a number lie between `-max` and `max`, and each is a whole multiple of 1 / (`denominator` · n) for a
/// whole n that is at most `further`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    max: u128,
    denominator: u128,
    further: u128,
}

impl Bound {
    const ZERO: Bound = Bound { max: 0, denominator: 1, further: 1 };

    /// Returns it if every such number, and what adding two of them goes through, fits into 128 bits.
    fn exact(self) -> Option<Bound> {
        let size = self.max.max(1).checked_mul(self.denominator)?.checked_mul(self.further)?;
        (size < 1 << 125).then_some(self)
    }

    /// Of the one or the other.
    fn join(self, other: Bound) -> Option<Bound> {
        let denominator = checked_lcm(self.denominator, other.denominator)?;
        Some(Bound { max: self.max.max(other.max), denominator, further: self.further.max(other.further) })
    }

    fn plus(self, other: Bound) -> Option<Bound> {
        let joined = self.join(other)?;
        let further = self.further.checked_mul(other.further)?;
        Some(Bound { max: self.max.checked_add(other.max)?, further, ..joined })
    }

    fn times(self, other: Bound) -> Option<Bound> {
        let bound = Bound {
            max: self.max.checked_mul(other.max)?.max(1),
            denominator: self.denominator.checked_mul(other.denominator)?,
            further: self.further.checked_mul(other.further)?,
        };
        bound.exact()
    }

    fn of(value: Exact) -> Bound {
        let (numerator, denominator) = (value.numerator().unsigned_abs(), value.denominator().unsigned_abs());
        Bound { max: numerator.div_ceil(denominator), denominator, further: 1 }
    }

    fn scaled(self, factor: Exact) -> Option<Bound> {
        let (numerator, denominator) =
            (factor.numerator().unsigned_abs(), factor.denominator().unsigned_abs());
        // The product before it is reduced must fit as well.
        let bound = Bound {
            max: self.max.checked_mul(numerator)?.div_ceil(denominator).max(1),
            denominator: self.denominator.checked_mul(denominator)?,
            ..self
        };
        bound.exact()
    }

    /// Divided by one of some numbers, none of them zero.
    fn over(self, divisors: &[Exact]) -> Option<Bound> {
        let mut bound = self;
        let mut numerators = BTreeSet::new();
        for divisor in divisors {
            let (numerator, denominator) =
                (divisor.numerator().unsigned_abs(), divisor.denominator().unsigned_abs());
            let max = self.max.checked_mul(denominator)?.div_ceil(numerator.max(1)).max(1);
            bound.max = bound.max.max(max);
            numerators.insert(numerator);
        }
        match numerators.len() {
            1 => bound.denominator = bound.denominator.checked_mul(*numerators.first()?)?,
            // Each value is divided by one of them alone.
            _ => bound.further = bound.further.checked_mul(numerators.last().copied().unwrap_or(1))?,
        }
        bound.exact()
    }
}

fn checked_lcm(a: u128, b: u128) -> Option<u128> {
    (a / a.gcd(&b)).checked_mul(b)
}

impl Checker<'_> {
    /// Reports an expression of which a number could leave the exact range, or which is too deep with its lets.
    pub(super) fn check_size(&mut self, expr: Expr) -> Option<Expr> {
        let size = self.size(&expr);
        if size.depth > MAX_EXPANDED_DEPTH {
            self.report(
                Diagnostic::new(Code::TooDeep, expr.span, "this nests too deep with the lets in it")
                    .here(format!("{} levels; at most {MAX_EXPANDED_DEPTH} are read", size.depth)),
            );
            return None;
        }
        self.checked_bound(&expr)?;
        Some(expr)
    }

    /// Keeps what later expressions need to know of a let.
    pub(super) fn measure_let(&mut self, id: Id<Let>, expr: &Expr) -> Option<()> {
        let size = self.size(expr);
        if size.parts > MAX_EXPANDED_PARTS {
            self.report(
                Diagnostic::new(Code::TooLarge, expr.span, "this is too large with the lets in it")
                    .here(format!("{} parts; at most {MAX_EXPANDED_PARTS} are read", size.parts)),
            );
            return None;
        }
        let bound = self.checked_bound(expr)?;
        let fields = self.fields_of(expr);
        let values = self.constant_values(expr);
        let values = values.map(|values| values.into_iter().map(|(value, _)| value).collect());
        self.let_measures.insert(id, Measured { size, bound, fields, values, expr: Arc::new(expr.clone()) });
        Some(())
    }

    fn size(&self, expr: &Expr) -> Size {
        if let ExprKind::Let(id) = &expr.kind {
            let size = self.let_measures.get(id).map_or(Size { depth: 0, parts: 0 }, |let_| let_.size);
            return Size { depth: size.depth + 1, parts: size.parts + 1 };
        }
        let parts = expr.parts().into_iter().map(|part| self.size(part));
        let inner = parts.fold(Size { depth: 0, parts: 0 }, |a, b| Size {
            depth: a.depth.max(b.depth),
            parts: a.parts.saturating_add(b.parts),
        });
        Size { depth: inner.depth + 1, parts: inner.parts.saturating_add(1) }
    }

    /// The fields that an expression reads, lets followed.
    pub(super) fn fields_of(&self, expr: &Expr) -> BTreeSet<Id<Field>> {
        let mut fields = BTreeSet::new();
        expr.walk(&mut |part| match &part.kind {
            ExprKind::Field(id) => {
                fields.insert(*id);
            }
            ExprKind::Let(id) => fields.extend(self.let_measures.get(id).iter().flat_map(|m| &m.fields)),
            _ => {}
        });
        fields
    }

    /// Tells whether a value depends on the profile.
    pub(super) fn varies(&self, expr: &Expr) -> bool {
        !self.fields_of(expr).is_empty() || expr.asks()
    }

    /// Tells whether a field is a number without a least or without a greatest value.
    pub(super) fn lacks_range(&self, id: Id<Field>) -> bool {
        let field = &self.fields[id];
        matches!(field.ty, Type::Number(_)) && (field.low.is_none() || field.high.is_none())
    }

    /// Returns how a number's field may be declared with a range.
    pub(super) fn declared_with(&self, id: Id<Field>, range: &str) -> String {
        let field = &self.fields[id];
        let Type::Number(number) = field.ty else { return field.name.to_string() };
        let word = if number.whole { "int" } else { "number" };
        self.declared_as(id, word, range)
    }

    fn declared_as(&self, id: Id<Field>, word: &str, range: &str) -> String {
        let field = &self.fields[id];
        let Type::Number(number) = field.ty else { return field.name.to_string() };
        let unit = match self.units.name(number.unit, true) {
            unit if unit.is_empty() => unit,
            unit => format!(" {unit}"),
        };
        format!("{}: {word}{unit} in {range}", field.name)
    }

    /// Returns the bound of an expression, or reports the first part that could leave the exact range.
    fn checked_bound(&mut self, expr: &Expr) -> Option<Bound> {
        match self.bound(expr, &mut Look::default()) {
            Ok(bound) => Some(bound),
            Err(part) => {
                let note = self.fitting_ranges(expr, part);
                self.too_large_without(part, &note)
            }
        }
    }

    /// Says with which fields an expression is exact: with narrower ranges, or with whole numbers where each has a range
    /// already, or where ranges alone do not do.
    fn fitting_ranges(&mut self, expr: &Expr, too_large: Span) -> String {
        let mut part = expr;
        expr.walk(&mut |inner| {
            if inner.span == too_large {
                part = inner;
            }
        });
        let of_part = self.fields_of(part);
        let all = self.fields_of(expr);
        let mut tried = Vec::new();
        for fields in [&of_part, &all] {
            let as_declared = Supposed { fields, most: None, whole: true };
            let ranged = !fields.iter().any(|id| self.lacks_range(*id));
            let mut fits =
                |supposed: &Supposed<'_>| self.bound(expr, &mut Look::supposing(*supposed)).is_ok();
            tried.extend((ranged && fits(&as_declared)).then_some(as_declared));
            for whole in [false, true] {
                let digits = (1..=MAX_OFFERED_DIGITS).rev();
                let mut ranges =
                    digits.map(|digits| Supposed { fields, most: Some(10_u128.pow(digits)), whole });
                tried.extend(ranges.find(&mut fits));
            }
        }
        let told = tried.into_iter().map(|supposed| {
            let declared = supposed.fields.iter().filter_map(|id| self.declared_otherwise(*id, supposed));
            declared.take(3).map(|declared| format!("`{declared}`")).collect::<Vec<_>>().join(", ")
        });
        let found = told.into_iter().find(|declared| !declared.is_empty());
        found.map_or(GIVE_RANGES.into(), |declared| format!("it is exact with {declared}"))
    }

    /// Returns how a number's field would be declared as is supposed, unless it is.
    fn declared_otherwise(&self, id: Id<Field>, supposed: Supposed<'_>) -> Option<String> {
        let field = &self.fields[id];
        let Type::Number(number) = field.ty else { return None };
        let declared = self.declared_most(id);
        let range = match (supposed.most.filter(|most| *most < declared), &field.low, &field.high) {
            (Some(most), ..) => format!("0 .. {}", grouped(most, '_')),
            (None, Some(low), Some(high)) if supposed.whole && !number.whole => {
                format!("{} .. {}", written(low.as_number()?), written(high.as_number()?))
            }
            _ => return None,
        };
        Some(self.declared_as(id, if supposed.whole || number.whole { "int" } else { "number" }, &range))
    }

    /// Returns the bound of a number; anything for other types. Else the first part that could leave the exact range.
    fn bound(&mut self, expr: &Expr, look: &mut Look<'_>) -> Result<Bound, Span> {
        let any = Bound::ZERO;
        let too_large = expr.span;
        Ok(match &expr.kind {
            ExprKind::Literal(value) => value.as_number().map_or(any, Bound::of),
            ExprKind::Field(id) => self
                .field_bound(*id, look.supposed.filter(|supposed| supposed.fields.contains(id)))
                .ok_or(too_large)?,
            ExprKind::Let(id) => match (self.let_measures.get(id), look.supposed, look.lets.get(id)) {
                (None, ..) => any,
                (Some(let_), None, _) => let_.bound,
                (_, _, Some(known)) => (*known)?,
                (Some(let_), Some(_), None) => {
                    let expr = Arc::clone(&let_.expr);
                    let found = self.bound(&expr, look);
                    look.lets.insert(*id, found);
                    found?
                }
            },
            ExprKind::Fact(fact) => {
                for index in &fact.indexes {
                    self.bound(index, look)?;
                }
                self.fact_bound(fact.fact).ok_or(too_large)?
            }
            ExprKind::Sum(terms) => {
                let mut sum = any;
                for (_, term) in terms {
                    sum = sum.plus(self.bound(term, look)?).ok_or(too_large)?;
                }
                sum.exact().ok_or(too_large)?
            }
            ExprKind::Scale(inner, factor) | ExprKind::Convert(inner, factor) => {
                self.bound(inner, look)?.scaled(*factor).ok_or(too_large)?
            }
            ExprKind::Product(left, right) => {
                let (left, right) = (self.bound(left, look)?, self.bound(right, look)?);
                left.times(right).ok_or(too_large)?
            }
            ExprKind::Quotient(of, by) => {
                self.bound(by, look)?;
                let divisors = self.constants(by)?;
                self.bound(of, look)?.over(&divisors).ok_or(too_large)?
            }
            ExprKind::Round(_, of, step) => {
                let steps = self.constants(step)?;
                let (of, step) = (self.bound(of, look)?, self.bound(step, look)?);
                of.over(&steps).ok_or(too_large)?;
                let max = of.max.checked_add(step.max).ok_or(too_large)?;
                Bound { max, ..step }.exact().ok_or(too_large)?
            }
            ExprKind::Between(..) => {
                for part in expr.parts() {
                    self.bound(part, look)?;
                }
                Bound { max: 4_000_000, ..any }
            }
            ExprKind::Count(set) => {
                self.bound(set, look)?;
                Bound { max: u128::from(u32::MAX), ..any }
            }
            ExprKind::Today
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::SetOf(_)
            | ExprKind::Common(..)
            | ExprKind::Excluded(..)
            | ExprKind::Leads(..)
            | ExprKind::Earlier(..)
            | ExprKind::If(_)
            | ExprKind::OfChannel(_)
            | ExprKind::Negate(_)
            | ExprKind::Min(_)
            | ExprKind::Max(_)
            | ExprKind::Abs(_)
            | ExprKind::Shift(..)
            | predicate!() => {
                let mut joined = any;
                for part in expr.parts() {
                    let bound = self.bound(part, look)?;
                    if matches!(expr.ty, Type::Number(_)) {
                        joined = joined.join(bound).ok_or(too_large)?;
                    }
                }
                joined
            }
        })
    }

    /// Every number that a channel states of a fact, on any day.
    fn fact_bound(&mut self, id: Id<Fact>) -> Option<Bound> {
        if let Some(bound) = self.fact_bounds.get(&id) {
            return *bound;
        }
        let values = self
            .stating(id)
            .flat_map(|said| said.disputed.iter().map(|other| &other.value).chain([&said.value]))
            .filter_map(|value| value.as_ref()?.as_number());
        let bound = values.map(Bound::of).try_fold(Bound::ZERO, Bound::join);
        self.fact_bounds.insert(id, bound);
        bound
    }

    /// What any channel states of a fact, or the ruleset of a parameter.
    fn stating(&self, id: Id<Fact>) -> impl Iterator<Item = &Statement> {
        let channels = self.channels.iter().map(|channel| &channel.statements);
        let all = std::iter::once(&self.parameters).chain(channels).flatten();
        all.filter(move |((fact, _), _)| *fact == id).flat_map(|(_, statements)| statements)
    }

    pub(super) fn stated(&self, channel: Id<Channel>) -> &Statements {
        if channel == OWN { &self.parameters } else { &self.channels[channel].statements }
    }

    /// The greatest value of a field's range without its sign, or the greatest that can be written.
    fn declared_most(&self, id: Id<Field>) -> u128 {
        let limit = |value: &Option<Value>| {
            let value = value.as_ref().and_then(Value::as_number);
            value.map_or(10_u128.pow(MAX_WHOLE_DIGITS as u32), |value| Bound::of(value).max)
        };
        let field = &self.fields[id];
        limit(&field.low).max(limit(&field.high))
    }

    /// Every number that a profile may give for a field, in any unit that converts to the field's.
    fn field_bound(&self, id: Id<Field>, supposed: Option<Supposed<'_>>) -> Option<Bound> {
        let Type::Number(number) = self.fields[id].ty else { return Some(Bound::ZERO) };
        let declared = self.declared_most(id);
        let most = supposed.and_then(|supposed| supposed.most);
        let max = most.map_or(declared, |most| declared.min(most));
        if number.whole || supposed.is_some_and(|supposed| supposed.whole) {
            return Some(Bound { max, ..Bound::ZERO });
        }
        let unit = number.unit;
        let numerators = self.finest(unit, |id| Unit { numerator: Some(id), ..unit })?;
        let denominators = self.finest(unit, |id| Unit { denominator: Some(id), ..unit })?;
        let digits = 10_u128.pow(MAX_FRACTION_DIGITS as u32);
        let denominator = numerators.checked_mul(denominators)?.checked_mul(digits)?;
        Some(Bound { max, denominator, further: 1 })
    }

    /// What divides the fractions that come of converting from other units.
    fn finest(&self, to: Unit, from: impl Fn(Id<UnitDefinition>) -> Unit) -> Option<u128> {
        let factors = self.units.iter().filter_map(|(id, _)| self.units.conversion(from(id), to));
        factors
            .into_iter()
            .try_fold(1, |finest, factor| checked_lcm(finest, factor.denominator().unsigned_abs()))
    }

    /// Returns the values that a constant may have, as [`Checker::constant_values`] does.
    fn constants(&self, expr: &Expr) -> Result<Vec<Exact>, Span> {
        Ok(self.constant_values(expr)?.into_iter().map(|(value, _)| value).collect())
    }

    /// Returns the values that a constant number may have, for any channel on any day, each with words for where; or the
    /// part that keeps from telling them.
    pub(super) fn constant_values(&self, expr: &Expr) -> Result<Vec<(Exact, String)>, Span> {
        if !matches!(expr.ty, Type::Number(_)) || self.varies(expr) {
            return Err(expr.span);
        }
        let channels: Vec<Option<Id<Channel>>> = self.channels.ids().map(Some).collect();
        let mut found = Vec::new();
        for (channel, day) in self.occasions(expr, &channels) {
            for value in self.constants_on(expr, channel, day, Told::OnTheDay)? {
                if !found.iter().any(|(known, _)| *known == value) {
                    found.push((value, self.occasion(channel, day)));
                }
            }
        }
        Ok(found)
    }

    /// Says for which channel and from which day on a constant has a value, with a space before each.
    pub(super) fn occasion(&self, channel: Option<Id<Channel>>, day: Date) -> String {
        let of = channel.map(|id| format!(" for `{}`", self.channels[id].name));
        let on = (day > Date::MIN).then(|| format!(" on {day}"));
        of.unwrap_or_default() + &on.unwrap_or_default()
    }

    /// Returns the channels for which a constant may differ, among some, and of each the days on which it may change.
    pub(super) fn occasions(
        &self,
        expr: &Expr,
        channels: &[Option<Id<Channel>>],
    ) -> Vec<(Option<Id<Channel>>, Date)> {
        let (mut facts, mut named, mut of_variable) = (BTreeSet::new(), BTreeSet::new(), false);
        expr.walk(&mut |part| {
            of_variable |= matches!(part.kind, ExprKind::OfChannel(_));
            if let ExprKind::Fact(fact) = &part.kind {
                facts.insert(fact.fact);
                match fact.channel {
                    Some(channel) => _ = named.insert(channel),
                    None => of_variable = true,
                }
            }
        });
        let channels = if of_variable { channels } else { &[None] };
        let mut found = Vec::new();
        for channel in channels.iter().copied() {
            let read = named.iter().copied().chain(channel);
            let statements = read.flat_map(|id| self.stated(id));
            let statements = statements.filter(|((fact, _), _)| facts.contains(fact));
            let days = statements.flat_map(|(_, said)| said).flat_map(|said| said.changes());
            let days: BTreeSet<Date> = days.chain([Date::MIN]).collect();
            found.extend(days.into_iter().map(|day| (channel, day)));
        }
        found
    }

    /// The values that a constant number may have in an instance on a day: none where a fact is unknown, several where a
    /// condition is not looked into.
    pub(super) fn constants_on(
        &self,
        expr: &Expr,
        channel: Option<Id<Channel>>,
        day: Date,
        told: Told,
    ) -> Result<Vec<Exact>, Span> {
        let of = |part: &Expr| self.constants_on(part, channel, day, told);
        let each_with_each = |a: &[Exact], b: &[Exact], change: &dyn Fn(Exact, Exact) -> Option<Exact>| {
            let pairs = a.iter().flat_map(|a| b.iter().filter_map(|b| change(*a, *b)));
            let mut values: Vec<Exact> = pairs.collect();
            values.sort_unstable();
            values.dedup();
            if values.len() > MAX_VALUES { Err(expr.span) } else { Ok(values) }
        };
        let pairs = |a: &Expr, b: &Expr, change: &dyn Fn(Exact, Exact) -> Option<Exact>| {
            each_with_each(&of(a)?, &of(b)?, change)
        };
        match &expr.kind {
            ExprKind::Literal(value) => Ok(value.as_number().into_iter().collect()),
            ExprKind::OfChannel(_) if channel.is_some() => of(expr.of_channel(channel)),
            ExprKind::Let(id) => match self.let_measures.get(id) {
                Some(measured) => measured.values.clone().map_err(|_| expr.span),
                None => Err(expr.span),
            },
            ExprKind::Fact(fact) => {
                let of = fact.channel.or(channel).ok_or(expr.span)?;
                // Whichever entry an index means that is no value.
                let sizes = self.facts[fact.fact].indexes.iter().map(|of| self.enums[*of].members.len());
                let place = fact.literal_indexes().and_then(|values| place_among(sizes, &values));
                let means = |entry: &Entry| entry.0 == fact.fact && (place.is_none() || entry.1 == place);
                let statements = self.stated(of).iter();
                let said = statements.filter(|(entry, _)| means(entry)).flat_map(|(_, said)| said);
                let said = said.filter(|said| said.holds_on(day));
                let values: Vec<Exact> = said.filter_map(|said| said.value.as_ref()?.as_number()).collect();
                if told == Told::OnTheDay || !values.is_empty() {
                    return Ok(values);
                }
                let every = self.stating(fact.fact).filter_map(|said| said.value.as_ref()?.as_number());
                let every: BTreeSet<Exact> = every.collect();
                // What lies between decides nothing: only the ends are asked for.
                Ok(every.first().into_iter().chain(every.last()).copied().collect())
            }
            ExprKind::Negate(inner) => Ok(of(inner)?.into_iter().map(Exact::negated).collect()),
            ExprKind::Abs(inner) => Ok(of(inner)?.into_iter().map(Exact::abs).collect()),
            ExprKind::Scale(inner, factor) | ExprKind::Convert(inner, factor) => {
                Ok(of(inner)?.into_iter().filter_map(|value| value.times(*factor)).collect())
            }
            ExprKind::Product(a, b) => pairs(a, b, &Exact::times),
            ExprKind::Quotient(a, b) => pairs(a, b, &Exact::over),
            ExprKind::Round(rounding, a, step) => pairs(a, step, &|a, step| a.rounded(*rounding, step)),
            ExprKind::Sum(terms) => {
                let mut totals = vec![Exact::ZERO];
                for (sign, term) in terms {
                    let term = of(term)?;
                    let add = |total: &Exact, term: &Exact| match sign {
                        Sign::Plus => total.plus(*term),
                        Sign::Minus => total.minus(*term),
                    };
                    let sums =
                        totals.iter().flat_map(|total| term.iter().filter_map(|term| add(total, term)));
                    totals = sums.collect();
                    if totals.len() > MAX_VALUES {
                        return Err(expr.span);
                    }
                }
                Ok(totals)
            }
            ExprKind::Min(parts) | ExprKind::Max(parts) => {
                let least = matches!(expr.kind, ExprKind::Min(_));
                let best = |a: Exact, b: Exact| Some(if least { a.min(b) } else { a.max(b) });
                let [first, rest @ ..] = parts.as_slice() else { return Ok(Vec::new()) };
                rest.iter().try_fold(of(first)?, |values, part| each_with_each(&values, &of(part)?, &best))
            }
            ExprKind::If(parts) => {
                let [_, yes, no] = &**parts;
                let mut values = of(yes)?;
                values.extend(of(no)?);
                Ok(values)
            }
            _ => Err(expr.span),
        }
    }
}

/// A number as it is written in a ruleset, its digits in groups where it is whole.
fn written(number: Exact) -> String {
    match number.as_whole() {
        Some(whole) if whole < 0 => format!("-{}", grouped(whole.unsigned_abs(), '_')),
        Some(whole) => grouped(whole.unsigned_abs(), '_'),
        None => number.to_string(),
    }
}
