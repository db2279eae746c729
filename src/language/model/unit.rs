//! Units of measure and their conversion.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Arena, Citation, Fact, Id, Text};
use crate::exact::Exact;

/// A unit as a type has it: a unit, per a unit, or both; plain numbers have neither.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Unit {
    /// The unit itself.
    pub numerator: Option<Id<UnitDefinition>>,
    /// What it is counted per.
    pub denominator: Option<Id<UnitDefinition>>,
}

impl Unit {
    /// The unit of plain numbers.
    pub const NONE: Unit = Unit { numerator: None, denominator: None };

    /// Tells whether it is the unit of plain numbers.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Unit::NONE
    }
}

/// A unit that is built in or declared.
#[derive(Clone, Debug)]
pub struct UnitDefinition {
    /// Its name.
    pub name: Arc<str>,
    /// The plural of a built-in unit.
    pub plural: Option<&'static str>,
    /// Its title.
    pub title: Option<Text>,
    /// The unit that its dimension is counted in; itself for a unit of its own dimension, none for `percent`.
    pub root: Option<Id<UnitDefinition>>,
    /// The unit that its factor counts: the next one that it comes to whose own rate changes by day, or its root.
    pub base: Option<Id<UnitDefinition>>,
    /// How many of its base one of it is.
    pub factor: Exact,
    /// Its rate, where that changes by day: a fact of the ruleset, how many of what it is told by one of it is.
    pub rate: Option<Id<Fact>>,
    /// The declared unit or root that it is told by: `unit USD = 7.1 CNY` is told by CNY; nothing for what is built in.
    pub told_by: Option<Id<UnitDefinition>>,
    /// Where the factor comes from.
    pub sources: Vec<Citation>,
    /// How many decimals a computed amount in it shows; as many as it has where nothing tells.
    pub decimals: Option<u32>,
}

/// What becomes of the units of two numbers that are multiplied, or of which the one is divided by the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Combined {
    /// The unit to bring the first number to, so that what cancels is in one unit.
    pub left: Unit,
    /// The unit to bring the second number to.
    pub right: Unit,
    /// The unit of the result.
    pub unit: Unit,
}

/// A rate that changes by day, on the way from one unit to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exchange {
    /// The rate.
    pub rate: Id<Fact>,
    /// Whether a number is multiplied by it, or divided.
    pub times: bool,
    /// The unit that the number is in before.
    pub before: Unit,
    /// The unit that it is in then.
    pub after: Unit,
}

/// Units that are left above and below, where they are more than a unit may have.
pub type Leftover = [Vec<Id<UnitDefinition>>; 2];

/// What can be converted: the roots of numerator and denominator, months counted as days in a rate.
pub type Dimension = (Option<Id<UnitDefinition>>, Option<Id<UnitDefinition>>);

/// All units of a ruleset.
#[derive(Clone, Debug)]
pub struct Units {
    all: Arena<UnitDefinition>,
    /// By name and by plural; of two that are called the same, the first.
    named: BTreeMap<Arc<str>, Id<UnitDefinition>>,
    built_in: usize,
}

/// Built-in units: name, plural, and how many of which other unit it is.
const BUILT_IN: &[(&str, Option<&str>, i64, &str)] = &[
    ("second", Some("seconds"), 1, "second"),
    ("minute", Some("minutes"), 60, "second"),
    ("hour", Some("hours"), 3600, "second"),
    ("day", Some("days"), 86_400, "second"),
    ("week", Some("weeks"), 604_800, "second"),
    ("month", Some("months"), 1, "month"),
    ("year", Some("years"), 12, "month"),
    ("kB", None, 1, "kB"),
    ("MB", None, 1000, "kB"),
    ("GB", None, 1_000_000, "kB"),
    ("CNY", None, 1, "CNY"),
    ("USD", None, 1, "USD"),
    ("EUR", None, 1, "EUR"),
];

const SECOND: usize = 0;
const DAY: usize = 3;
const MONTH: usize = 5;
const SECONDS_OF_A_MONTH: i64 = 30 * 86_400;

impl Default for Units {
    fn default() -> Units {
        let mut all: Arena<UnitDefinition> = Arena::default();
        for (name, plural, factor, root) in BUILT_IN {
            let root = all.find(|unit| &*unit.name == *root).unwrap_or(Id::new(all.len()));
            all.push(UnitDefinition {
                name: Arc::from(*name),
                plural: *plural,
                title: None,
                root: Some(root),
                base: Some(root),
                factor: Exact::whole(*factor),
                told_by: None,
                rate: None,
                sources: Vec::new(),
                decimals: matches!(*name, "CNY" | "USD" | "EUR").then_some(2),
            });
        }
        all.push(UnitDefinition {
            name: Arc::from("percent"),
            plural: None,
            title: None,
            root: None,
            base: None,
            factor: Exact::fraction(1, 100).unwrap_or(Exact::ONE),
            told_by: None,
            rate: None,
            sources: Vec::new(),
            decimals: None,
        });
        let built_in = all.len();
        let mut units = Units { all, named: BTreeMap::new(), built_in };
        for id in units.all.ids() {
            let unit = &units.all[id];
            for name in [Some(&*unit.name), unit.plural].into_iter().flatten() {
                units.named.entry(name.into()).or_insert(id);
            }
        }
        units
    }
}

impl Units {
    /// Returns a definition.
    #[must_use]
    pub fn get(&self, id: Id<UnitDefinition>) -> &UnitDefinition {
        &self.all[id]
    }

    /// Returns a definition, to be changed.
    pub fn get_mut(&mut self, id: Id<UnitDefinition>) -> &mut UnitDefinition {
        &mut self.all[id]
    }

    /// Adds a unit that is its own root until told otherwise.
    pub fn add(&mut self, name: Arc<str>, title: Option<Text>) -> Id<UnitDefinition> {
        let id = Id::new(self.all.len());
        self.named.entry(name.clone()).or_insert(id);
        self.all.push(UnitDefinition {
            name,
            plural: None,
            title,
            root: Some(id),
            base: Some(id),
            factor: Exact::ONE,
            told_by: None,
            rate: None,
            sources: Vec::new(),
            decimals: None,
        })
    }

    /// Tells whether a unit is built in.
    #[must_use]
    pub fn is_built_in(&self, id: Id<UnitDefinition>) -> bool {
        id.index() < self.built_in
    }

    /// Finds a unit by its name or the plural of a built-in one.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Id<UnitDefinition>> {
        self.named.get(name).copied()
    }

    /// Returns all definitions.
    pub fn iter(&self) -> impl Iterator<Item = (Id<UnitDefinition>, &UnitDefinition)> {
        self.all.entries()
    }

    /// Returns the unit `day`.
    #[must_use]
    pub fn day(&self) -> Unit {
        Unit { numerator: Some(Id::new(DAY)), denominator: None }
    }

    /// Returns the unit `month`.
    #[must_use]
    pub fn month(&self) -> Unit {
        Unit { numerator: Some(Id::new(MONTH)), denominator: None }
    }

    /// Returns the unit `year`.
    #[must_use]
    pub fn year(&self) -> Unit {
        Unit { numerator: Some(Id::new(MONTH + 1)), denominator: None }
    }

    /// Returns what a unit measures.
    #[must_use]
    pub fn dimension(&self, unit: Unit) -> Dimension {
        self.counted(unit, |unit| unit.root)
    }

    fn counted(&self, unit: Unit, by: impl Fn(&UnitDefinition) -> Option<Id<UnitDefinition>>) -> Dimension {
        let numerator = unit.numerator.and_then(|id| by(&self.all[id]));
        let denominator = unit.denominator.and_then(|id| by(&self.all[id]));
        let month = Some(Id::new(MONTH));
        (numerator, if denominator == month { Some(Id::new(SECOND)) } else { denominator })
    }

    /// Returns how many of the bases of its units one of a unit is.
    fn factor(&self, unit: Unit) -> Option<Exact> {
        let numerator = unit.numerator.map_or(Exact::ONE, |id| self.all[id].factor);
        let Some(denominator) = unit.denominator else { return Some(numerator) };
        let definition = &self.all[denominator];
        let month = definition.root == Some(Id::new(MONTH));
        let seconds = if month { Exact::whole(SECONDS_OF_A_MONTH) } else { Exact::ONE };
        numerator.over(definition.factor.times(seconds)?)
    }

    /// Returns the number to multiply a value in `from` by to have it in `to`; nothing where they measure different things,
    /// or where that number changes by day.
    #[must_use]
    pub fn conversion(&self, from: Unit, to: Unit) -> Option<Exact> {
        if from == to {
            return Some(Exact::ONE);
        }
        let bases = |unit| self.counted(unit, |unit| unit.base);
        if bases(from) != bases(to) {
            return None;
        }
        self.factor(from)?.over(self.factor(to)?)
    }

    /// Returns the rates that change by day on the way from one unit to another of its dimension, in order; what lies
    /// between is [`Units::conversion`].
    #[must_use]
    pub fn exchanges(&self, from: Unit, to: Unit) -> Vec<Exchange> {
        // The dated units that a unit comes to, the nearest first.
        let chain = |unit: Option<Id<UnitDefinition>>| -> Vec<(Id<Fact>, Unit, Unit)> {
            let base = |id: Id<UnitDefinition>| self.all[id].base;
            let dated = std::iter::successors(unit.and_then(base), |id| self.all[*id].told_by.and_then(base));
            let dated = dated.filter_map(|id| {
                let of = |numerator| Unit { numerator, denominator: None };
                Some((self.all[id].rate?, of(Some(id)), of(self.all[id].told_by)))
            });
            dated.collect()
        };
        let mut found = Vec::new();
        let mut at = from;
        for above in [true, false] {
            let part = |unit: Unit| if above { unit.numerator } else { unit.denominator };
            let put = |at: Unit, part: Unit| match above {
                true => Unit { numerator: part.numerator, ..at },
                false => Unit { denominator: part.numerator, ..at },
            };
            let (ours, theirs) = (chain(part(from)), chain(part(to)));
            let met = |other: &[(Id<Fact>, Unit, Unit)], rate| other.iter().any(|(known, ..)| *known == rate);
            let up = ours.iter().filter(|(rate, ..)| !met(&theirs, *rate));
            for (rate, unit, told_by) in up {
                found.push(Exchange {
                    rate: *rate,
                    times: above,
                    before: put(at, *unit),
                    after: put(at, *told_by),
                });
            }
            let down = theirs.iter().rev().filter(|(rate, ..)| !met(&ours, *rate));
            for (rate, unit, told_by) in down {
                found.push(Exchange {
                    rate: *rate,
                    times: !above,
                    before: put(at, *told_by),
                    after: put(at, *unit),
                });
            }
            at = put(at, Unit { numerator: part(to), denominator: None });
        }
        found
    }

    /// Multiplies two units, or divides the first by the second: equal dimensions cancel, one of time above against one
    /// below at 30 days a month.
    ///
    /// # Errors
    /// What is left over, where that is more than one unit above or below.
    pub fn combine(&self, left: Unit, right: Unit, divides: bool) -> Result<Combined, Leftover> {
        if right.is_none() || (left.is_none() && !divides) {
            let unit = if right.is_none() { left } else { right };
            return Ok(Combined { left, right, unit });
        }
        let plain = |id: Option<Id<UnitDefinition>>| id.filter(|id| self.all[*id].root.is_some());
        let bare =
            |unit: Unit| Unit { numerator: plain(unit.numerator), denominator: plain(unit.denominator) };
        let (mut left, mut right) = (bare(left), bare(right));
        // What stands above and below, of the first and of the second.
        let (mut above, mut below) = ([left.numerator, None], [left.denominator, None]);
        (above[1], below[1]) =
            if divides { (right.denominator, right.numerator) } else { (right.numerator, right.denominator) };
        if let (Some(one), Some(other)) = (above[0], below[1])
            && self.cancels(one, other, !divides)
        {
            *(if divides { &mut right.numerator } else { &mut right.denominator }) = Some(one);
            (above[0], below[1]) = (None, None);
        }
        if let (Some(one), Some(other)) = (below[0], above[1])
            && self.cancels(one, other, true)
        {
            if divides {
                right.denominator = Some(one);
            } else {
                left.denominator = Some(other);
            }
            (below[0], above[1]) = (None, None);
        }
        let [above, below] = [above, below].map(|units| units.into_iter().flatten().collect::<Vec<_>>());
        if above.len() > 1 || below.len() > 1 {
            return Err([above, below]);
        }
        let unit = Unit { numerator: above.first().copied(), denominator: below.first().copied() };
        Ok(Combined { left, right, unit })
    }

    /// Tells whether two units measure the same; where one of them is what something is counted per, a month is 30 days.
    fn cancels(&self, one: Id<UnitDefinition>, other: Id<UnitDefinition>, rate: bool) -> bool {
        let of = |id| match rate {
            true => self.dimension(Unit { numerator: None, denominator: Some(id) }),
            false => self.dimension(Unit { numerator: Some(id), denominator: None }),
        };
        of(one) == of(other)
    }

    /// Returns the declared units whose fixed rates a conversion takes, each once: those that one side alone is told by.
    #[must_use]
    pub fn rates(&self, from: Unit, to: Unit) -> Vec<Id<UnitDefinition>> {
        let chain = |unit: Option<Id<UnitDefinition>>| {
            std::iter::successors(unit, |id| self.all[*id].told_by)
                .filter(|id| self.all[*id].told_by.is_some() && self.all[*id].rate.is_none())
        };
        let mut found = Vec::new();
        for (from, to) in [(from.numerator, to.numerator), (from.denominator, to.denominator)] {
            let (ours, theirs): (Vec<_>, Vec<_>) = (chain(from).collect(), chain(to).collect());
            for (own, other) in [(&ours, &theirs), (&theirs, &ours)] {
                for id in own.iter().filter(|id| !other.contains(id)) {
                    if !found.contains(id) {
                        found.push(*id);
                    }
                }
            }
        }
        found
    }

    /// Returns how much a declared unit is of what it is told by.
    #[must_use]
    pub fn rate(&self, id: Id<UnitDefinition>) -> Option<(Exact, Unit)> {
        let told_by = self.all[id].told_by?;
        let rate = self.all[id].factor.over(self.all[told_by].factor)?;
        Some((rate, Unit { numerator: Some(told_by), denominator: None }))
    }

    /// Tells whether the one unit counts days and the other months, which no conversion joins.
    #[must_use]
    pub fn days_against_months(&self, a: Unit, b: Unit) -> bool {
        let (second, month) = (Some(Id::new(SECOND)), Some(Id::new(MONTH)));
        let roots = (self.dimension(a), self.dimension(b));
        matches!(roots, ((x, None), (y, None)) if (x == second && y == month) || (x == month && y == second))
    }

    /// Returns how a unit is written, its plural where the number asks for it; empty for plain numbers.
    #[must_use]
    pub fn name(&self, unit: Unit, plural: bool) -> String {
        let numerator = unit.numerator.map(|id| {
            let definition = &self.all[id];
            definition.plural.filter(|_| plural).unwrap_or(&definition.name)
        });
        match (numerator, unit.denominator.map(|id| &*self.all[id].name)) {
            (None, None) => String::new(),
            (Some(numerator), None) => numerator.to_string(),
            (None, Some(denominator)) => format!("per {denominator}"),
            (Some(numerator), Some(denominator)) => format!("{numerator} per {denominator}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(units: &Units, numerator: &str, denominator: &str) -> Unit {
        Unit { numerator: units.find(numerator), denominator: units.find(denominator) }
    }

    #[test]
    fn rates_convert_at_thirty_days_a_month() {
        let units = Units::default();
        let (day, month, week, year) = (
            unit(&units, "", "day"),
            unit(&units, "", "month"),
            unit(&units, "", "week"),
            unit(&units, "", "year"),
        );
        assert_eq!(units.conversion(day, month), Some(Exact::whole(30)));
        assert_eq!(units.conversion(week, month), Exact::fraction(30, 7));
        assert_eq!(units.conversion(year, month), Exact::fraction(1, 12));
        let (days, months) = (unit(&units, "days", ""), unit(&units, "months", ""));
        assert_eq!(units.conversion(days, months), None);
        assert!(units.days_against_months(days, months));
    }

    #[test]
    fn units_multiply_and_divide() {
        let units = Units::default();
        let read = |text: &str| match text.split_once("per ") {
            Some((above, below)) => unit(&units, above.trim(), below),
            None => unit(&units, text, ""),
        };
        // The units that both sides come to, and that of the result.
        let combined = |left: &str, right: &str, divides| {
            let found = units.combine(read(left), read(right), divides).ok()?;
            Some([found.left, found.right, found.unit].map(|unit| units.name(unit, false)).join("; "))
        };
        let times = |left: &str, right: &str| combined(left, right, false).unwrap_or_default();
        let over = |left: &str, right: &str| combined(left, right, true).unwrap_or_default();
        assert_eq!(times("EUR per MB", "MB per month"), "EUR per MB; MB per month; EUR per month");
        assert_eq!(times("per month", "EUR"), "per month; EUR; EUR per month");
        assert_eq!(times("EUR per GB", "MB"), "EUR per MB; MB; EUR");
        assert_eq!(times("MB", "EUR per GB"), "MB; EUR per MB; EUR");
        assert_eq!(times("EUR per day", "month"), "EUR per month; month; EUR");
        assert_eq!(times("EUR", "percent"), "EUR; ; EUR");
        assert_eq!(times("percent", "percent"), "; ; ");
        assert_eq!(times("percent", ""), "percent; ; percent");
        assert_eq!(times("EUR per MB", "MB per EUR"), "EUR per MB; MB per EUR; ");
        assert_eq!(times("EUR", "EUR"), "");
        assert_eq!(times("per month", "per month"), "");
        assert_eq!(times("day", "month"), "");
        assert_eq!(over("EUR", "EUR per month"), "EUR; EUR per month; month");
        assert_eq!(over("EUR per day", "EUR per month"), "EUR per day; EUR per day; ");
        assert_eq!(over("EUR", "MB"), "EUR; MB; EUR per MB");
        assert_eq!(over("EUR", "month"), "EUR; month; EUR per month");
        assert_eq!(over("", "per month"), "; per month; month");
        assert_eq!(over("percent", "percent"), "; ; ");
        assert_eq!(over("EUR per month", "month"), "");
    }

    #[test]
    fn percent_has_no_dimension() {
        let units = Units::default();
        assert_eq!(units.conversion(unit(&units, "percent", ""), Unit::NONE), Exact::fraction(1, 100));
        assert_eq!(units.conversion(unit(&units, "MB", ""), unit(&units, "CNY", "")), None);
    }
}
