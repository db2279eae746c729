//! Opaque conditions, made ready to be run: sums, fields compared with fields, facts looked up by a field, functions.
//!
//! The evaluator of [`qudao_language::decide`] defines what they mean; here the same is said of whole numbers. Every number is
//! kept in steps so small that all that occur are whole, enums and days by their number, sets as bits. A condition over
//! few values is a table of its answers, the others are run part by part: with what is known as with what an unknown
//! field could still be. What is not whole on the common scale, or grows too large, is left to the evaluator.

mod compile;
mod run;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bits::Kleene;
use crate::ground::{Ground, Opaque, OpaqueId};
use qudao_language::date::Date;
use qudao_language::decide::{Probe, Truth, few_numbers};
use qudao_language::exact::{Exact, Rounding};
use qudao_language::model::{
    Between, Expr, ExprKind, Field, Id, Measure, Profile, Ruleset, Shift, Target, Type, Value,
};
use qudao_language::operator::{CompareOp, Quantifier, Sign};

pub(super) use run::Run;

/// Numbers may have nine places, so this many steps in one suit all decimals.
const STEPS: i128 = 10_i128.pow(qudao_language::exact::MAX_FRACTION_DIGITS as u32);
/// More steps in one would leave too little room above.
const MOST_STEPS: i128 = STEPS * 1_000_000;
/// A set with more members does not fit the bits of a number.
const MOST_MEMBERS: usize = 120;
/// Tables of answers are made up to so many answers each, and so many in all.
const MOST_ANSWERS: usize = 256;
const MOST_ANSWERS_IN_ALL: usize = 1 << 17;

/// What is known of a field, as opaque conditions read it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Held {
    Unknown,
    /// On the common scale.
    Known(i128),
    /// Known, but not whole on the common scale; the profile has it.
    Odd,
}

/// What an unknown field could be, as [`qudao_language::decide`] has it.
#[derive(Clone, Debug)]
enum Domain {
    OneOf(Vec<i128>),
    /// Anything between; both ends are included.
    Between(Option<i128>, Option<i128>),
    /// Any set of these members.
    Sets(i128),
}

/// The value of a part, or what it could be.
#[derive(Clone, Copy, Debug)]
enum Part {
    Known(i128),
    /// One of these, by their place among [`Run::few`]; of none, nothing makes it known.
    OneOf(u32, u32),
    Between(Option<i128>, Option<i128>),
    /// A set that has all members of the first, and none but those of the second.
    Within(i128, i128),
}

/// A value to be found.
#[derive(Clone, Debug)]
enum Term {
    Constant(Part),
    Field(usize),
    Truth(Box<Condition>),
    /// The place of an entry among those of a fact with several indexes, each with the number of its values.
    Place(Vec<(Term, i128)>),
    /// The entry of a fact that is at a place.
    Entry(Box<Term>, Vec<Option<i128>>),
    If(Box<(Condition, Term, Term)>),
    /// Times the one, divided by the other.
    Scaled(Box<Term>, i128, i128),
    Product(Box<(Term, Term)>),
    /// Rounded to a multiple of a step.
    Rounded(Rounding, Box<Term>, i128),
    Abs(Box<Term>),
    Sum(Vec<(Sign, Term)>),
    /// The greatest, or the least.
    Best(bool, Vec<Term>),
    /// How many members a set has.
    Count(Box<Term>),
    /// The set of some values.
    SetOf(Vec<Term>),
    /// What is in both of two sets.
    Common(Box<(Term, Term)>),
    Between(Between, Box<(Term, Term)>),
    Shifted(Shift, Sign, Box<(Term, Term)>),
}

/// A number to be found.
#[derive(Clone, Debug)]
pub(super) struct Figure(Term);

/// A truth value to be found.
#[derive(Clone, Debug)]
enum Condition {
    Constant(Kleene),
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    If(Box<[Condition; 3]>),
    /// Whether a target is excluded, by number, or is not.
    Excluded(usize, bool),
    /// A condition over one field, by its number, judged by these of its values where it is not known.
    Tried(usize, Vec<i128>, Box<Condition>),
    Atom(Box<Atom>),
}

/// Targets that are compared by a measure: those that have it.
#[derive(Clone, Debug)]
struct Race {
    measure: Id<Measure>,
    highest: bool,
    /// By number.
    targets: Vec<usize>,
}

/// A condition that is made of values.
#[derive(Clone, Debug)]
struct Atom {
    test: Test,
    /// The fields that it reads.
    fields: Vec<usize>,
    /// Whether it asks, besides, whether targets are excluded: no values are tried then.
    asks: bool,
}

#[derive(Clone, Debug)]
enum Test {
    Compare(CompareOp, Term, Term),
    Among(Term, Vec<i128>, bool),
    Range {
        subject: Term,
        low: Option<Term>,
        high: Option<Term>,
        negated: bool,
    },
    Has(Term, Term),
    /// Whether a set has some of another's members.
    HasSet(Term, Quantifier, Term),
    /// Whether a value is equal to one of others.
    AnyOf(Term, Vec<Term>, bool),
    /// Whether a set does not have a value.
    Lacks(Term, Term),
    Known(Term, bool),
    /// Whether an entry is stated, by its index.
    Stated(Term, Vec<bool>, bool),
    /// A value of type `bool`.
    Bare(Term),
}

/// A field's part in the place of an answer: the field, what one step of its value adds, and its number of values, which
/// is also the step where it is not known.
type Place = (usize, usize, i128);

/// An opaque condition.
#[derive(Clone, Debug)]
enum Formula {
    /// The answers for all values of some fields.
    Table(Vec<Place>, Vec<Kleene>),
    Condition(Condition),
    /// Whether a target leads in a race, by the numbers of both.
    Leads(usize, usize),
}

/// All opaque conditions of a ruleset.
#[derive(Clone, Debug)]
pub(super) struct Formulas {
    /// Steps in one.
    steps: i128,
    /// What a decimal of so many places is multiplied by.
    factors: [i128; 10],
    /// By opaque condition; nothing where the evaluator has to judge it.
    of: Vec<Option<Formula>>,
    domains: Vec<Domain>,
    /// The measures of each target; without a figure where the evaluator has to find the number.
    measures: Vec<Vec<(Id<Measure>, Option<Figure>)>>,
    races: Vec<Race>,
}

impl Formulas {
    pub(super) fn new(ground: &Ground<'_>) -> Formulas {
        let mut nothing = Profile::empty(ground.ruleset, "");
        ground.ruleset.fields.ids().for_each(|field| nothing.set(field, None));
        let probe = Probe::new(ground.ruleset, &nothing, ground.day);
        let measures = measures(ground.ruleset, &probe);
        let exprs = ground.opaque.iter().map(|opaque| (opaque.expr, opaque.channel));
        let measured = measures.iter().flatten().map(|(_, expr)| (*expr, None));
        let (steps, fits) = compile::steps(ground, exprs.chain(measured));
        let mut fits = fits.into_iter();
        let mut factors = [0; 10];
        let mut power = 1;
        for factor in &mut factors {
            *factor = steps / power;
            power *= 10;
        }
        let (of, domains) = (Vec::new(), Vec::new());
        let (measured, races) = (Vec::new(), Vec::new());
        let mut formulas = Formulas { steps, factors, of, domains, measures: measured, races };
        let mut numbers = BTreeMap::new();
        formulas.domains =
            ground.ruleset.fields.iter().map(|field| formulas.domain(ground.ruleset, field)).collect();
        let mut room = MOST_ANSWERS_IN_ALL;
        for (opaque, fits) in ground.opaque.iter().zip(fits.by_ref()) {
            let condition = if fits { compile::condition(ground, &formulas, &probe, opaque) } else { None };
            let formula = condition.map(|condition| {
                let fields: Vec<usize> = opaque.fields.iter().map(|field| field.index()).collect();
                // What asks which targets are excluded is no matter of the fields alone.
                let table = || formulas.table(ground.ruleset, &fields, &condition, room);
                match (!opaque.asks).then(table).flatten() {
                    Some((places, answers)) => {
                        room -= answers.len();
                        Formula::Table(places, answers)
                    }
                    None => Formula::Condition(condition),
                }
            });
            let formula = formula.or_else(|| formulas.lead(ground.ruleset, &probe, opaque, &mut numbers));
            formulas.of.push(formula);
        }
        let mut figure = |(id, expr)| {
            let fits = fits.next() == Some(true);
            (id, if fits { compile::figure(ground, &formulas, &probe, expr) } else { None })
        };
        formulas.measures =
            measures.into_iter().map(|of| of.into_iter().map(&mut figure).collect()).collect();
        formulas
    }

    /// Whether one leads, where it is certain who has the measure. A race is found again by where it stands in memory.
    fn lead<'r>(
        &mut self,
        ruleset: &'r Ruleset,
        probe: &Probe<'r>,
        opaque: &Opaque<'r>,
        numbers: &mut BTreeMap<usize, Option<usize>>,
    ) -> Option<Formula> {
        let ExprKind::Leads(of, race) = &opaque.expr.kind else { return None };
        let number = numbers.entry(Arc::as_ptr(race) as usize).or_insert_with(|| {
            let mut targets = Vec::new();
            for entrant in &race.entrants {
                let filter = match &entrant.takes_part.kind {
                    ExprKind::And(parts) => {
                        parts.first().map_or(Truth::Unknown, |it| probe.judge(it, None).truth)
                    }
                    _ => Truth::True,
                };
                match filter {
                    Truth::True => targets.push(ruleset.target_index(Target::Channel(entrant.channel))),
                    Truth::False => {}
                    Truth::Unknown => return None,
                }
            }
            self.races.push(Race { measure: race.measure, highest: race.highest, targets });
            Some(self.races.len() - 1)
        });
        Some(Formula::Leads((*number)?, ruleset.target_index(Target::Channel(of.or(opaque.channel)?))))
    }

    /// Returns the measures of a target, by its number, in the order of declaration.
    pub(super) fn measures(&self, target: usize) -> &[(Id<Measure>, Option<Figure>)] {
        self.measures.get(target).map_or(&[], Vec::as_slice)
    }

    /// Returns how many steps there are in one.
    pub(super) fn steps(&self) -> i128 {
        self.steps
    }

    /// Returns how a condition is run; nothing where the evaluator has to do it.
    fn of(&self, id: Id<OpaqueId>) -> Option<&Formula> {
        self.of.get(id.index()).expect("each opaque condition was looked at").as_ref()
    }

    /// Tells whether a condition is run here.
    pub(super) fn runs(&self, id: Id<OpaqueId>) -> bool {
        self.of(id).is_some()
    }

    /// Tells whether the fields could always make a condition either where it is unknown.
    pub(super) fn is_plain(&self, id: Id<OpaqueId>) -> bool {
        match self.of(id) {
            Some(Formula::Table(_, answers)) => {
                answers.iter().all(|answer| !answer.is_unknown() || *answer == Kleene::OPEN)
            }
            Some(Formula::Condition(Condition::Atom(atom))) => match &atom.test {
                Test::Compare(_, left, right) => self.is_unbounded(left) && self.is_unbounded(right),
                _ => false,
            },
            Some(Formula::Condition(_) | Formula::Leads(..)) | None => false,
        }
    }

    /// Tells whether a term is a sum that could be any number where a field is unknown.
    fn is_unbounded(&self, term: &Term) -> bool {
        match term {
            Term::Constant(part) => matches!(part, Part::Known(_)),
            Term::Field(field) => matches!(self.domains.get(*field), Some(Domain::Between(None, None))),
            Term::Scaled(inner, ..) => self.is_unbounded(inner),
            Term::Sum(terms) => terms.iter().all(|(_, term)| self.is_unbounded(term)),
            _ => false,
        }
    }

    /// A value on the common scale, where it is whole there.
    pub(super) fn held(&self, value: Option<&Value>) -> Held {
        match value {
            None => Held::Unknown,
            Some(value) => self.code(value).map_or(Held::Odd, Held::Known),
        }
    }

    /// A decimal of so many places on the common scale.
    #[inline]
    pub(super) fn decimal(&self, units: i64, places: u32) -> Option<i128> {
        self.factors.get(places as usize).map(|factor| i128::from(units) * factor)
    }

    /// The members of a set, bit *n* of the words for number *n*.
    #[inline]
    pub(super) fn members(&self, words: &[u64]) -> Option<i128> {
        let bits = match words {
            [] => 0,
            [one] => i128::from(*one),
            [low, high] => i128::from(*low) | i128::from(*high) << 64,
            _ => return None,
        };
        (0..1 << MOST_MEMBERS).contains(&bits).then_some(bits)
    }

    fn code(&self, value: &Value) -> Option<i128> {
        match value {
            Value::Bool(value) => Some(i128::from(*value)),
            Value::Enum(member) => Some(i128::from(*member)),
            Value::Date(date) => Some(i128::from(date.number())),
            Value::Number(number) => {
                let scaled = number.value.times(Exact::fraction(self.steps, 1)?)?;
                scaled.as_whole().filter(|whole| whole.unsigned_abs() < 1 << 120)
            }
            Value::Set(members) => mask(members.iter().copied()),
            Value::Text(_) => None,
        }
    }

    /// The value that a number on the common scale stands for.
    pub(super) fn value(&self, ty: Type, code: i128) -> Option<Value> {
        Some(match ty {
            Type::Bool => Value::Bool(code != 0),
            Type::Enum(_) => Value::Enum(u32::try_from(code).ok()?),
            Type::Date => Value::Date(Date::of_number(i64::try_from(code).ok()?)),
            Type::Number(_) => {
                Value::Number(qudao_language::model::Number::computed(Exact::fraction(code, self.steps)?))
            }
            Type::Set(_) => Value::Set((0..127).filter(|member| code >> member & 1 == 1).collect()),
            Type::Text => return None,
        })
    }

    fn domain(&self, ruleset: &Ruleset, field: &Field) -> Domain {
        let end = |value: &Option<Value>| value.as_ref().and_then(|value| self.code(value));
        match field.ty {
            Type::Bool => Domain::OneOf(vec![0, 1]),
            Type::Enum(id) => {
                let members = 0..ruleset.enums[id].members.len() as u32;
                let allowed = members.filter(|member| field.allows(&Value::Enum(*member)));
                Domain::OneOf(allowed.map(i128::from).collect())
            }
            Type::Date if field.low.is_none() && field.high.is_none() => {
                Domain::Between(Some(0), Some(i128::from(Date::MAX.number())))
            }
            Type::Number(_) | Type::Date => {
                let codes = |values: Vec<Value>| values.iter().map(|value| self.code(value)).collect();
                match few_numbers(field).and_then(codes) {
                    Some(values) => Domain::OneOf(values),
                    None => Domain::Between(end(&field.low), end(&field.high)),
                }
            }
            Type::Text => Domain::Between(None, None),
            // A set of more members is read by no formula.
            Type::Set(id) => {
                let count = ruleset.enums[id].members.len().min(MOST_MEMBERS);
                Domain::Sets((1 << count) - 1)
            }
        }
    }

    /// The answers of a condition for all values of the fields that it reads, if there are few.
    fn table(
        &self,
        ruleset: &Ruleset,
        fields: &[usize],
        condition: &Condition,
        room: usize,
    ) -> Option<(Vec<Place>, Vec<Kleene>)> {
        let mut places = Vec::new();
        let mut count = 1_usize;
        for field in fields {
            let values = match ruleset.fields[Id::new(*field)].ty {
                Type::Bool => 2,
                Type::Enum(id) => ruleset.enums[id].members.len(),
                Type::Set(id) => 1_usize.checked_shl(ruleset.enums[id].members.len() as u32)?,
                Type::Number(_) | Type::Date | Type::Text => return None,
            };
            places.push((*field, count, values as i128));
            count =
                count.checked_mul(values.checked_add(1)?).filter(|count| *count <= MOST_ANSWERS.min(room))?;
        }
        let mut values = vec![Held::Unknown; self.domains.len()];
        let mut few = Vec::new();
        let mut answers = Vec::with_capacity(count);
        for state in 0..count {
            for (field, step, known) in &places {
                let value = (state / step) as i128 % (known + 1);
                *values.get_mut(*field).expect("each field has a value") =
                    if value == *known { Held::Unknown } else { Held::Known(value) };
            }
            answers.push(Run::new(self, &values, &[], &mut few).condition(condition)?);
        }
        Some((places, answers))
    }
}

/// The measures that targets have on the day, and how each is computed, by target.
fn measures<'r>(ruleset: &'r Ruleset, probe: &Probe<'r>) -> Vec<Vec<(Id<Measure>, &'r Expr)>> {
    let of = |target| {
        let measured = probe.measured(target).into_iter();
        let of = measured.filter_map(|it| Some((it.measure, ruleset.measures[it.measure].of.get(&target)?)));
        of.collect()
    };
    ruleset.targets().map(of).collect()
}

/// Members of a set as bits.
fn mask(members: impl IntoIterator<Item = u32>) -> Option<i128> {
    members
        .into_iter()
        .try_fold(0, |mask: i128, member| ((member as usize) < MOST_MEMBERS).then(|| mask | 1 << member))
}
