//! From an expression to a formula.

use std::collections::BTreeSet;

use num_integer::Integer;

use super::{Atom, Condition, Figure, Formulas, MOST_MEMBERS, MOST_STEPS, Part, STEPS, Term, Test, mask};
use crate::ground::{Facts, Ground, Opaque};
use crate::program::bits::Kleene;
use qudao_language::decide::{Probe, few_numbers};
use qudao_language::exact::Exact;
use qudao_language::model::{Channel, Expr, ExprKind, FactRef, Field, Id, Number, Type, Value, predicate};

/// Conditions of more parts, lets written out, are left to the evaluator, which keeps what lets came out as.
const MOST_PARTS: usize = 256;

/// Finds how many steps there are in one, and tells of each expression whether its numbers are whole then.
pub(super) fn steps<'r>(
    ground: &Ground<'r>,
    exprs: impl Iterator<Item = (&'r Expr, Option<Id<Channel>>)>,
) -> (i128, Vec<bool>) {
    let mut steps = STEPS;
    let fits = exprs.map(|(expr, channel)| {
        let mut survey = Survey { ground, channel, left: MOST_PARTS, steps };
        let fits = survey.expr(expr, 1).is_some();
        if fits {
            steps = survey.steps;
        }
        fits
    });
    let fits = fits.collect();
    (steps, fits)
}

/// Looks for the steps in which all numbers of a condition are whole.
struct Survey<'g, 'r> {
    ground: &'g Ground<'r>,
    channel: Option<Id<Channel>>,
    left: usize,
    steps: i128,
}

impl<'r> Survey<'_, 'r> {
    fn facts(&self) -> Facts<'r> {
        Facts { ruleset: self.ground.ruleset, day: self.ground.day, channel: self.channel }
    }

    /// Makes parts of one, so many, whole.
    fn whole(&mut self, parts: i128) -> Option<()> {
        let greater = parts / self.steps.gcd(&parts);
        self.steps = self.steps.checked_mul(greater).filter(|steps| *steps <= MOST_STEPS)?;
        Some(())
    }

    fn constant(&mut self, value: &Value, divided: i128) -> Option<()> {
        match value.as_number() {
            Some(number) => self.whole(number.denominator().checked_mul(divided)?),
            None => Some(()),
        }
    }

    fn field(&mut self, field: &Field, divided: i128) -> Option<()> {
        if let Type::Number(_) = field.ty {
            self.whole(STEPS.checked_mul(divided)?)?;
        }
        for end in field.low.iter().chain(&field.high) {
            self.constant(end, divided)?;
        }
        Some(())
    }

    /// An expression that is divided by a number later on.
    fn expr(&mut self, expr: &'r Expr, divided: i128) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        let expr = expr.of_channel(self.channel);
        let ruleset = self.ground.ruleset;
        match &expr.kind {
            ExprKind::Literal(value) => self.constant(value, divided)?,
            ExprKind::Field(id) => self.field(&ruleset.fields[*id], divided)?,
            ExprKind::Let(id) => self.expr(&ruleset.lets[*id].value, divided)?,
            ExprKind::Fact(fact) => {
                let channel = fact.channel.or(self.channel)?;
                for entry in ruleset.entries_of(fact.fact) {
                    let value = ruleset.value(channel, entry, self.ground.day);
                    value.map_or(Some(()), |value| self.constant(value, divided))?;
                }
            }
            ExprKind::Scale(_, factor) | ExprKind::Convert(_, factor) => {
                let divided = divided.checked_mul(factor.denominator())?;
                return expr.parts().into_iter().try_for_each(|part| self.expr(part, divided));
            }
            ExprKind::Product(a, b) | ExprKind::Quotient(a, b) => {
                return match self.facts().factor(expr) {
                    Some((inner, Some(by))) => self.expr(inner, divided.checked_mul(by.denominator())?),
                    Some((_, None)) => Some(()),
                    None => {
                        self.expr(a, divided)?;
                        self.expr(b, 1)
                    }
                };
            }
            ExprKind::Round(_, inner, step) => {
                self.expr(step, divided)?;
                return self.expr(inner, 1);
            }
            ExprKind::InSet { members, .. } => {
                members.iter().try_for_each(|member| self.constant(member, 1))?;
            }
            ExprKind::Count(_) | ExprKind::Between(..) => self.whole(divided)?,
            ExprKind::Earlier(..) | ExprKind::Leads(..) => return None,
            _ => {}
        }
        let passes_on = matches!(
            expr.kind,
            ExprKind::Negate(_)
                | ExprKind::Abs(_)
                | ExprKind::Sum(_)
                | ExprKind::Min(_)
                | ExprKind::Max(_)
                | ExprKind::If(_)
        );
        let divided = if passes_on { divided } else { 1 };
        expr.parts().into_iter().try_for_each(|part| self.expr(part, divided))
    }
}

/// Writes an opaque condition as a formula; nothing where the evaluator has to judge it.
pub(super) fn condition<'r>(
    ground: &Ground<'r>,
    formulas: &Formulas,
    probe: &Probe<'r>,
    opaque: &Opaque<'r>,
) -> Option<Condition> {
    Compiler { ground, formulas, probe, channel: opaque.channel }.condition(opaque.expr)
}

/// Writes the number that an expression is; nothing where the evaluator has to find it.
pub(super) fn figure<'r>(
    ground: &Ground<'r>,
    formulas: &Formulas,
    probe: &Probe<'r>,
    expr: &'r Expr,
) -> Option<Figure> {
    Some(Figure(Compiler { ground, formulas, probe, channel: None }.term(expr)?))
}

struct Compiler<'g, 'r> {
    ground: &'g Ground<'r>,
    formulas: &'g Formulas,
    /// Knows of which values of a field a condition is judged.
    probe: &'g Probe<'r>,
    channel: Option<Id<Channel>>,
}

impl<'r> Compiler<'_, 'r> {
    fn facts(&self) -> Facts<'r> {
        Facts { ruleset: self.ground.ruleset, day: self.ground.day, channel: self.channel }
    }

    fn conditions(&self, parts: &'r [Expr]) -> Option<Vec<Condition>> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    fn condition(&self, expr: &'r Expr) -> Option<Condition> {
        let expr = expr.of_channel(self.channel);
        if !self.probe.read_again(expr, self.channel).is_empty() && self.probe.only_field(expr).is_none() {
            return None;
        }
        let condition = self.joint(expr)?;
        let Some((field, values)) = self.tried(expr) else { return Some(condition) };
        let codes = values.iter().map(|value| self.formulas.code(value)).collect::<Option<_>>()?;
        Some(Condition::Tried(field.index(), codes, Box::new(condition)))
    }

    /// The values that a condition over one field is judged by, besides those that an atom tries by itself.
    fn tried(&self, expr: &'r Expr) -> Option<(Id<Field>, Vec<Value>)> {
        let joins = matches!(expr.kind, ExprKind::And(_) | ExprKind::Or(_) | ExprKind::If(_));
        if matches!(expr.kind, ExprKind::Not(_) | ExprKind::Let(_) | ExprKind::Literal(_)) {
            return None;
        }
        let field = self.probe.only_field(expr)?;
        let values = match self.ground.ruleset.fields[field].ty {
            Type::Bool if joins => vec![Value::Bool(false), Value::Bool(true)],
            Type::Enum(id) if joins => {
                let members = (0..self.ground.ruleset.enums[id].members.len() as u32).map(Value::Enum);
                members.filter(|member| self.ground.ruleset.fields[field].allows(member)).collect()
            }
            // An atom tries the values of a number that has few by itself.
            Type::Number(_) if !joins && few_numbers(&self.ground.ruleset.fields[field]).is_some() => {
                return None;
            }
            Type::Number(_) | Type::Date => self.probe.telling_values(expr, self.channel, field)?,
            Type::Bool | Type::Enum(_) | Type::Text | Type::Set(_) => return None,
        };
        Some((field, values))
    }

    fn joint(&self, expr: &'r Expr) -> Option<Condition> {
        Some(match &expr.kind {
            ExprKind::And(parts) => Condition::And(self.conditions(parts)?),
            ExprKind::Or(parts) => Condition::Or(self.conditions(parts)?),
            ExprKind::Not(inner) => Condition::Not(Box::new(self.condition(inner)?)),
            ExprKind::If(parts) => {
                let [condition, yes, no] = &**parts;
                let parts = [self.condition(condition)?, self.condition(yes)?, self.condition(no)?];
                Condition::If(Box::new(parts))
            }
            ExprKind::Let(id) => self.condition(&self.ground.ruleset.lets[*id].value)?,
            ExprKind::Literal(Value::Bool(value)) => Condition::Constant(Kleene::known(*value)),
            ExprKind::Excluded(target, negated) => match target.resolve(self.channel) {
                Some(target) => Condition::Excluded(self.ground.ruleset.target_index(target), *negated),
                None => Condition::Constant(Kleene::STUCK),
            },
            ExprKind::Earlier(..) | ExprKind::Leads(..) => return None,
            _ => {
                let fields = self.fields(expr).into_iter().collect();
                Condition::Atom(Box::new(Atom { test: self.test(expr)?, fields, asks: expr.asks() }))
            }
        })
    }

    /// The fields that an expression reads, lets followed.
    fn fields(&self, expr: &Expr) -> BTreeSet<usize> {
        let mut fields = BTreeSet::new();
        expr.walk(&mut |part| match &part.kind {
            ExprKind::Field(id) => {
                fields.insert(id.index());
            }
            ExprKind::Let(id) => fields.extend(self.fields(&self.ground.ruleset.lets[*id].value)),
            _ => {}
        });
        fields
    }

    fn test(&self, expr: &'r Expr) -> Option<Test> {
        let bound = |bound: &'r Option<Box<Expr>>| match bound {
            Some(bound) => self.term(bound).map(Some),
            None => Some(None),
        };
        Some(match &expr.kind {
            ExprKind::Compare(op, left, right) => Test::Compare(*op, self.term(left)?, self.term(right)?),
            ExprKind::InSet { subject, negated, members } => {
                let members: Option<Vec<i128>> =
                    members.iter().map(|member| self.formulas.code(member)).collect();
                Test::Among(self.term(subject)?, members?, *negated)
            }
            ExprKind::InRange { subject, negated, low, high } => Test::Range {
                subject: self.term(subject)?,
                low: bound(low)?,
                high: bound(high)?,
                negated: *negated,
            },
            ExprKind::Has(set, element) => Test::Has(self.term(set)?, self.term(element)?),
            ExprKind::InList { subject, negated, members } => match expr.possession() {
                Some((set, element, true)) => Test::Lacks(self.term(set)?, self.term(element)?),
                Some((set, element, false)) => Test::Has(self.term(set)?, self.term(element)?),
                None => Test::AnyOf(self.term(subject)?, self.terms(members)?, *negated),
            },
            ExprKind::HasSet(set, quantifier, wanted) => {
                Test::HasSet(self.term(set)?, *quantifier, self.term(wanted)?)
            }
            ExprKind::HasMany(set, quantifier, wanted) => {
                let wanted = Term::Constant(Part::Known(mask(wanted.iter().copied())?));
                Test::HasSet(self.term(set)?, *quantifier, wanted)
            }
            ExprKind::Known(what, negated) => match &what.kind {
                ExprKind::Fact(fact) => self.stated(fact, *negated)?,
                _ => Test::Known(self.term(what)?, *negated),
            },
            _ => Test::Bare(self.term_inside(expr)?),
        })
    }

    /// Whether an entry of a fact is stated.
    fn stated(&self, fact: &'r FactRef, negated: bool) -> Option<Test> {
        let channel = fact.channel.or(self.channel)?;
        let ruleset = self.ground.ruleset;
        let stated = ruleset
            .entries_of(fact.fact)
            .map(|entry| ruleset.value(channel, entry, self.ground.day).is_some());
        Some(Test::Stated(self.place(fact)?, stated.collect(), negated))
    }

    /// The place of an entry.
    fn place(&self, fact: &FactRef) -> Option<Term> {
        let ruleset = self.ground.ruleset;
        let sizes = ruleset.facts[fact.fact].indexes.iter().map(|of| ruleset.enums[*of].members.len());
        let mut parts = Vec::new();
        for (index, size) in fact.indexes.iter().zip(sizes) {
            parts.push((self.term(index)?, size as i128));
        }
        Some(match parts.len() {
            0 => Term::Constant(Part::Known(0)),
            1 => parts.remove(0).0,
            _ => Term::Place(parts),
        })
    }

    fn term(&self, expr: &'r Expr) -> Option<Term> {
        if expr.ty == Type::Bool {
            return Some(Term::Truth(Box::new(self.condition(expr)?)));
        }
        self.term_inside(expr)
    }

    fn terms(&self, parts: &'r [Expr]) -> Option<Vec<Term>> {
        parts.iter().map(|part| self.term(part)).collect()
    }

    fn pair(&self, a: &'r Expr, b: &'r Expr) -> Option<Box<(Term, Term)>> {
        Some(Box::new((self.term(a)?, self.term(b)?)))
    }

    fn scaled(&self, inner: &'r Expr, factor: Exact) -> Option<Term> {
        Some(Term::Scaled(Box::new(self.term(inner)?), factor.numerator(), factor.denominator()))
    }

    fn term_inside(&self, expr: &'r Expr) -> Option<Term> {
        let ruleset = self.ground.ruleset;
        let expr = expr.of_channel(self.channel);
        Some(match &expr.kind {
            ExprKind::Literal(value) => Term::Constant(Part::Known(self.formulas.code(value)?)),
            ExprKind::Field(id) => match ruleset.fields[*id].ty {
                Type::Text => return None,
                Type::Set(of) if ruleset.enums[of].members.len() > MOST_MEMBERS => return None,
                _ => Term::Field(id.index()),
            },
            ExprKind::Let(id) => self.term(&ruleset.lets[*id].value)?,
            ExprKind::Today => {
                Term::Constant(Part::Known(self.formulas.code(&Value::Date(self.ground.day))?))
            }
            ExprKind::Fact(fact) => self.fact(fact)?,
            ExprKind::If(parts) => {
                let [condition, yes, no] = &**parts;
                Term::If(Box::new((self.condition(condition)?, self.term(yes)?, self.term(no)?)))
            }
            ExprKind::Negate(inner) => self.scaled(inner, Exact::whole(-1))?,
            ExprKind::Scale(inner, factor) | ExprKind::Convert(inner, factor) => {
                self.scaled(inner, *factor)?
            }
            ExprKind::Product(a, b) | ExprKind::Quotient(a, b) => match self.facts().factor(expr) {
                Some((inner, Some(by))) => self.scaled(inner, by)?,
                Some((_, None)) => Term::Constant(Part::STUCK),
                None => Term::Product(self.pair(a, b)?),
            },
            ExprKind::Round(rounding, inner, step) => match self.facts().number(step)? {
                Some(step) => {
                    let step = self.formulas.code(&Value::Number(Number::computed(step)))?;
                    Term::Rounded(*rounding, Box::new(self.term(inner)?), step)
                }
                None => Term::Constant(Part::STUCK),
            },
            ExprKind::Abs(inner) => Term::Abs(Box::new(self.term(inner)?)),
            ExprKind::Sum(terms) => {
                let terms = terms.iter().map(|(sign, term)| Some((*sign, self.term(term)?)));
                Term::Sum(terms.collect::<Option<_>>()?)
            }
            // The least of nothing, or what is of no channel.
            ExprKind::Min(parts) if parts.is_empty() => Term::Constant(Part::STUCK),
            ExprKind::OfChannel(_) => Term::Constant(Part::STUCK),
            ExprKind::Min(parts) => Term::Best(false, self.terms(parts)?),
            ExprKind::Max(parts) => Term::Best(true, self.terms(parts)?),
            ExprKind::Count(set) => Term::Count(Box::new(self.term(set)?)),
            ExprKind::SetOf(members) => {
                let count = expr.enum_id().map_or(0, |id| ruleset.enums[id].members.len());
                if count > MOST_MEMBERS {
                    return None;
                }
                Term::SetOf(self.terms(members)?)
            }
            ExprKind::Common(a, b) => Term::Common(self.pair(a, b)?),
            ExprKind::Between(unit, from, to) => Term::Between(*unit, self.pair(from, to)?),
            ExprKind::Shift(unit, sign, date, amount) => {
                Term::Shifted(*unit, *sign, self.pair(date, amount)?)
            }
            ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::Excluded(..)
            | ExprKind::Leads(..)
            | ExprKind::Earlier(..)
            | predicate!() => Term::Truth(Box::new(self.condition(expr)?)),
        })
    }

    fn fact(&self, fact: &'r FactRef) -> Option<Term> {
        let channel = fact.channel.or(self.channel)?;
        let mut stated = Vec::new();
        for entry in self.ground.ruleset.entries_of(fact.fact) {
            let value = self.ground.ruleset.value(channel, entry, self.ground.day);
            stated.push(match value {
                Some(value) => Some(self.formulas.code(value)?),
                None => None,
            });
        }
        if fact.indexes.is_empty() {
            let value = stated.first().copied().flatten();
            return Some(Term::Constant(value.map_or(Part::STUCK, Part::Known)));
        }
        Some(Term::Entry(Box::new(self.place(fact)?), stated))
    }
}
