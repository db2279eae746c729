//! What a reason rests on, and how numbers in other units were brought to one.

use std::collections::BTreeSet;

use qudao_language::decide::{Cause, Decision, Outcome, Read, Trace};
use qudao_language::model::{
    Channel, Citation, EffectKind, Expr, ExprKind, Id, Number, Points, Rule, Ruleset, Template, Type, Unit,
    UnitDefinition, Value,
};

use super::Speaker;

/// Returns what an effect rests on, each citation once: the sources of its rule, of what decides its condition (the
/// facts there, and the rates of the units that it converts), of the facts that make its points, and of those that its
/// text tells.
#[must_use]
pub fn evidence<'r>(decision: &Decision<'r>, speaker: &Speaker<'r>, cause: Cause) -> Vec<&'r Citation> {
    let ruleset = decision.ruleset;
    let mut found: Vec<&Citation> = ruleset.rules[cause.rule].sources.iter().collect();
    for trace in &decision.condition(cause.rule, cause.channel) {
        let facts = trace.weighed_reads().into_iter().filter(|(_, decides)| *decides);
        found.extend(facts.flat_map(|(read, _)| citations(read)));
        let rates = rates(ruleset, trace).into_iter().filter(|(_, decides)| *decides);
        found.extend(rates.flat_map(|(unit, _)| &ruleset.units.get(unit).sources));
    }
    if let Some(rating) = decision.rating(cause) {
        found.extend(rating.reads().into_iter().flat_map(citations));
    }
    if let Some(text) = text_of(ruleset, cause) {
        let told = told(decision, speaker, text, (cause.rule, cause.channel));
        found.extend(told.into_iter().flat_map(citations));
    }
    // A rule and the facts that it reads may cite the same words.
    let mut seen = BTreeSet::new();
    found.retain(|citation| {
        let quotes: Vec<&str> = citation.quotes.iter().map(|quote| quote.text.as_str()).collect();
        seen.insert((citation.source, citation.at.as_deref(), quotes))
    });
    found
}

fn citations<'r>(read: Read<'r>) -> &'r [Citation] {
    match read {
        Read::Fact { statement: Some(statement), .. } => &statement.sources,
        Read::Fact { statement: None, .. } | Read::Field(_) | Read::Target(..) => &[],
    }
}

/// Returns the points that an effect gives, with their sign; from the least to the greatest where no source tells them.
#[must_use]
pub fn points(decision: &Decision<'_>, cause: Cause, points: &Points) -> String {
    match decision.points(cause) {
        Some(points) => format!("{points:+}"),
        None => {
            let (least, greatest) = points.range();
            format!("{least:+} … {greatest:+}")
        }
    }
}

/// Returns the text of an effect: a note's own, or the rule's reason.
#[must_use]
pub fn text_of(ruleset: &Ruleset, cause: Cause) -> Option<&Template> {
    match cause.kind(ruleset) {
        EffectKind::Note(_, text, _) => Some(text),
        EffectKind::Exclude(_) | EffectKind::Cap(..) | EffectKind::Score(..) | EffectKind::Needs(..) => {
            ruleset.rules[cause.rule].because.as_ref()
        }
    }
}

/// Returns the facts whose values a text of a rule is made of, those that decide its condition left aside.
#[must_use]
pub fn told<'r>(
    decision: &Decision<'r>,
    speaker: &Speaker<'r>,
    text: &'r Template,
    (rule, channel): (Id<Rule>, Option<Id<Channel>>),
) -> Vec<Read<'r>> {
    let values: Vec<&Expr> = text.values(speaker.language).collect();
    if values.is_empty() {
        return Vec::new();
    }
    let deciding = |trace: &Trace<'r>| trace.weighed_reads().into_iter().filter(|(_, decides)| *decides);
    let conditions = decision.condition(rule, channel);
    let decisive: Vec<Read<'r>> = conditions.iter().flat_map(deciding).map(|(read, _)| read).collect();
    let mut alone: Vec<Read<'r>> = Vec::new();
    for expr in values {
        for (read, _) in deciding(&decision.trace_of(expr, channel)) {
            let fact = matches!(read, Read::Fact { .. });
            if fact && !decisive.iter().chain(&alone).any(|other| other.is_same(read)) {
                alone.push(read);
            }
        }
    }
    alone
}

/// Returns the declared units whose rates were taken somewhere in a part, each with whether it decides.
#[must_use]
pub fn rates(ruleset: &Ruleset, trace: &Trace<'_>) -> Vec<(Id<UnitDefinition>, bool)> {
    let mut found: Vec<(Id<UnitDefinition>, bool)> = Vec::new();
    trace.each(&mut |part| {
        for (from, to) in converted(part).into_iter().map(|(_, from, to)| (from, to)).chain(conversion(part))
        {
            for id in ruleset.units.rates(from, to) {
                match found.iter_mut().find(|(other, _)| *other == id) {
                    Some((_, decides)) => *decides |= part.decides,
                    None => found.push((id, part.decides)),
                }
            }
        }
    });
    found
}

/// Tells whether an expression brings a number to another unit.
#[must_use]
pub fn is_conversion(ruleset: &Ruleset, expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Convert(..) => true,
        ExprKind::Product(_, rate) | ExprKind::Quotient(_, rate) => match &rate.kind {
            ExprKind::Fact(fact) => ruleset.facts[fact.fact].rate_of.is_some(),
            _ => false,
        },
        _ => false,
    }
}

/// A conversion of what was computed, or read.
fn conversion(trace: &Trace<'_>) -> Option<(Unit, Unit)> {
    let ExprKind::Convert(inner, _) = &trace.expr.kind else { return None };
    let known = matches!(trace.outcome, Outcome::Value { value: Some(_), .. });
    match (inner.ty, trace.expr.ty) {
        (Type::Number(from), Type::Number(to)) if known => Some((from.unit, to.unit)),
        _ => None,
    }
}

/// Returns the numbers that a part was given in another unit than the one it counts in, with both units: literals, the
/// values of fields and facts, the values after `in`.
#[must_use]
pub fn converted<'t>(trace: &'t Trace<'_>) -> Vec<(&'t Number, Unit, Unit)> {
    let of = |value: &'t Value, ty: Type| {
        let (Value::Number(number), Type::Number(ty)) = (value, ty) else { return None };
        let written = number.written.as_ref()?.unit;
        (written != ty.unit).then_some((number, written, ty.unit))
    };
    match (&trace.expr.kind, &trace.outcome) {
        (ExprKind::InSet { subject, members, .. }, _) => {
            members.iter().filter_map(|member| of(member, subject.ty)).collect()
        }
        (ExprKind::Literal(value), _) => of(value, trace.expr.ty).into_iter().collect(),
        (ExprKind::Field(_) | ExprKind::Fact(_), Outcome::Value { value: Some(value), .. }) => {
            of(value, trace.expr.ty).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
