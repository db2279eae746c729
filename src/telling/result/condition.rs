//! A condition as JSON: its parts, each with its value, what it read, and for an atom how its value was computed.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::Writer;
use super::view::{PlaceView, SourceView, ValueView};
use crate::words::{exact_text, expr_text, rates};
use qudao_language::decide::{Judged, Outcome, Read, Trace, Truth};
use qudao_language::model::{
    Between, Cell, Expr, ExprKind, RowOf, Shift, Statement, Type, Value, operation, predicate,
};
use qudao_language::operator::{Quantifier, Sign};

/// A node of a condition. `of` holds the conditions that it joins; an atom has none, and `operands` instead.
#[derive(Serialize)]
pub(super) struct ConditionView {
    text: String,
    op: &'static str,
    value: Option<bool>,
    /// Whether it makes the whole come out as it does.
    decides: bool,
    /// Of an `if`, which branch its value is of.
    taken: Option<&'static str>,
    /// Of the rows before one of a `first` table, how many there are and which one tells.
    rows: Option<RowsView>,
    of: Vec<ConditionView>,
    reads: Vec<ReadView>,
    /// What an atom does with its operands: `==`, `in`, `has any`.
    operator: Option<&'static str>,
    operands: Vec<OperandView>,
    /// The values of the set after `in` or `has any`.
    members: Vec<ValueView>,
}

/// The rows before one of a `first` table. Where none matches, none is among the parts; else the one that tells.
#[derive(Serialize)]
struct RowsView {
    table: String,
    before: usize,
    row: Option<String>,
}

/// What an atom read, and whether a part that decides did.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum ReadView {
    Field {
        field: String,
        #[serde(flatten)]
        value: ValueView,
        decides: bool,
    },
    Fact {
        fact: String,
        #[serde(flatten)]
        value: ValueView,
        decides: bool,
        since: Option<String>,
        until: Option<String>,
        /// The last day on which it was told, where it is told no more.
        ended: Option<String>,
        disputed: Vec<DisputedView>,
        replaced: Option<Box<ReplacedView>>,
        sources: Vec<SourceView>,
        at: Option<PlaceView>,
    },
    Target {
        target: String,
        excluded: Option<bool>,
        decides: bool,
    },
    /// A declared unit that a number was converted by, and how much it is of the unit that tells it.
    Unit {
        unit: String,
        rate: String,
        decides: bool,
        sources: Vec<SourceView>,
    },
}

/// The statement of the base that an override took the place of.
#[derive(Serialize)]
pub(super) struct ReplacedView {
    #[serde(flatten)]
    value: ValueView,
    since: Option<String>,
    until: Option<String>,
    sources: Vec<SourceView>,
    at: PlaceView,
    replaced: Option<Box<ReplacedView>>,
}

#[derive(Serialize)]
pub(super) struct DisputedView {
    #[serde(flatten)]
    value: ValueView,
    sources: Vec<SourceView>,
}

/// A value within an atom, and what it was computed from.
#[derive(Serialize)]
pub(super) struct OperandView {
    text: String,
    op: &'static str,
    #[serde(flatten)]
    value: ValueView,
    decides: bool,
    taken: Option<&'static str>,
    /// What is not an operand: the factor of a conversion, the signs of a sum, a condition within a value.
    with: Json,
    of: Vec<OperandView>,
}

/// Returns the condition of an instance: always, one condition, or `where` and `when`.
pub(super) fn conditions(writer: &Writer<'_, '_>, traces: &[Trace<'_>]) -> ConditionView {
    if let [one] = traces {
        return condition(writer, one);
    }
    let all = traces.iter().filter_map(Trace::judged).fold(Judged::TRUE, Judged::and);
    let of: Vec<ConditionView> = traces.iter().map(|trace| condition(writer, trace)).collect();
    let text: Vec<&str> = of.iter().map(|part| part.text.as_str()).collect();
    ConditionView {
        text: if text.is_empty() { "always".into() } else { text.join(" and ") },
        op: "and",
        value: all.truth.as_bool(),
        decides: true,
        taken: None,
        rows: None,
        of,
        reads: Vec::new(),
        operator: None,
        operands: Vec::new(),
        members: Vec::new(),
    }
}

/// Returns how a number came about, as the one operand of a condition that is none.
pub(super) fn computed(writer: &Writer<'_, '_>, trace: &Trace<'_>) -> ConditionView {
    let reads = trace.weighed_reads().into_iter();
    let reads = reads.map(|(what, decides)| read(writer, what, decides)).chain(units(writer, trace));
    ConditionView {
        text: expr_text(writer.decision.ruleset, trace.expr),
        op: "value",
        value: None,
        reads: reads.collect(),
        operands: vec![operand(writer, trace)],
        ..conditions(writer, &[])
    }
}

/// Returns what stands in the cells of a row, one node a column of conditions.
pub(super) fn cells(writer: &Writer<'_, '_>, row: &RowOf, traces: &[Trace<'_>]) -> Vec<ConditionView> {
    let parts = traces.first().map_or(&[][..], |trace| &trace.parts);
    let cell = |cell: &Cell| match cell.part {
        Some(part) => {
            condition(writer, parts.get(part).expect("a cell's part is one of its row's condition"))
        }
        None => ConditionView { text: cell.text.to_string(), ..conditions(writer, &[]) },
    };
    row.cells.iter().map(cell).collect()
}

/// What an override took the place of.
fn replaced(writer: &Writer<'_, '_>, statement: &Statement, ty: Type) -> Option<Box<ReplacedView>> {
    let old = statement.replaced_on(writer.decision.day)?;
    Some(Box::new(ReplacedView {
        value: writer.value(old.value.as_ref(), ty),
        since: old.since.map(|day| day.to_string()),
        until: old.until.map(|day| day.to_string()),
        sources: writer.citations(&old.sources),
        at: writer.place(old.span),
        replaced: replaced(writer, old, ty),
    }))
}

fn condition(writer: &Writer<'_, '_>, trace: &Trace<'_>) -> ConditionView {
    let expr = trace.expr;
    let op = match &expr.kind {
        ExprKind::And(_) => "and",
        ExprKind::Or(_) | ExprKind::Earlier(..) => "or",
        ExprKind::Not(_) => "not",
        ExprKind::Let(_) | ExprKind::OfChannel(_) => "let",
        ExprKind::If(_) => "if",
        ExprKind::InSet { .. } | ExprKind::InList { .. } | ExprKind::InRange { .. } => "in",
        ExprKind::Has(..) | ExprKind::HasMany(..) | ExprKind::HasSet(..) => "has",
        ExprKind::Known(..) | ExprKind::Excluded(..) | ExprKind::Leads(..) => "is",
        // A field, a fact or a value on its own is compared with true.
        ExprKind::Compare(..)
        | ExprKind::Literal(_)
        | ExprKind::Field(_)
        | ExprKind::Today
        | ExprKind::Fact(_)
        | operation!() => "compare",
    };
    let joins = matches!(op, "and" | "or" | "not" | "let" | "if");
    let mut view = ConditionView {
        text: expr_text(writer.decision.ruleset, expr),
        op,
        value: trace.judged().and_then(|judged| judged.truth.as_bool()),
        decides: trace.decides,
        taken: taken(trace),
        rows: rows(writer, trace),
        of: Vec::new(),
        reads: Vec::new(),
        operator: operator(expr),
        operands: Vec::new(),
        members: members(writer, expr),
    };
    if joins {
        view.of = trace.parts.iter().map(|part| condition(writer, part)).collect();
    } else {
        let reads = trace.weighed_reads().into_iter();
        view.reads = reads.map(|(what, decides)| read(writer, what, decides)).collect();
        view.reads.extend(units(writer, trace));
        view.operands = match expr.kind {
            ExprKind::Field(_) | ExprKind::Fact(_) | ExprKind::Literal(_) => vec![operand(writer, trace)],
            _ => trace.parts.iter().map(|part| operand(writer, part)).collect(),
        };
    }
    view
}

fn taken(trace: &Trace<'_>) -> Option<&'static str> {
    trace.taken().map(|yes| if yes { "then" } else { "else" })
}

fn rows(writer: &Writer<'_, '_>, trace: &Trace<'_>) -> Option<RowsView> {
    let ExprKind::Earlier(table, before) = trace.expr.kind else { return None };
    let ruleset = writer.decision.ruleset;
    let row = trace.row.map(|row| ruleset.row_name(table, row).to_string());
    Some(RowsView { table: ruleset.tables[table].name.to_string(), before, row })
}

/// The units that numbers of an atom were converted by.
fn units(writer: &Writer<'_, '_>, trace: &Trace<'_>) -> Vec<ReadView> {
    let ruleset = writer.decision.ruleset;
    let view = |(id, decides)| {
        let definition = ruleset.units.get(id);
        ReadView::Unit {
            unit: definition.name.to_string(),
            rate: writer.speaker.rate(id).unwrap_or_default(),
            decides,
            sources: writer.citations(&definition.sources),
        }
    };
    rates(ruleset, trace).into_iter().map(view).collect()
}

fn operator(expr: &Expr) -> Option<&'static str> {
    let pick = |negated: bool, plain, not| if negated { not } else { plain };
    Some(match &expr.kind {
        ExprKind::Compare(op, ..) => op.as_str(),
        ExprKind::InSet { negated, .. } | ExprKind::InList { negated, .. } => pick(*negated, "in", "not in"),
        ExprKind::InRange { negated, low, high, .. } => match (low.is_some(), high.is_some()) {
            (true, true) => pick(*negated, "in low .. high", "not in low .. high"),
            (true, false) => pick(*negated, "in low ..", "not in low .."),
            (false, _) => pick(*negated, "in .. high", "not in .. high"),
        },
        ExprKind::Has(..) => "has",
        ExprKind::HasMany(_, quantifier, _) | ExprKind::HasSet(_, quantifier, _) => match quantifier {
            Quantifier::Any => "has any",
            Quantifier::All => "has all",
            Quantifier::None => "has none",
            Quantifier::Only => "has only",
        },
        ExprKind::Known(_, negated) => pick(*negated, "is known", "is unknown"),
        ExprKind::Excluded(_, negated) => pick(*negated, "is excluded", "is eligible"),
        ExprKind::Leads(_, race) => pick(race.highest, "is lowest", "is highest"),
        _ => return None,
    })
}

fn members(writer: &Writer<'_, '_>, expr: &Expr) -> Vec<ValueView> {
    match &expr.kind {
        ExprKind::InSet { subject, members, .. } => {
            members.iter().map(|value| writer.value(Some(value), subject.ty)).collect()
        }
        ExprKind::HasMany(set, _, members) => {
            let Some(id) = set.enum_id() else { return Vec::new() };
            members.iter().map(|member| writer.value(Some(&Value::Enum(*member)), Type::Enum(id))).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn read(writer: &Writer<'_, '_>, what: Read<'_>, decides: bool) -> ReadView {
    let ruleset = writer.decision.ruleset;
    match what {
        Read::Target(target, excluded) => {
            ReadView::Target { target: writer.name(target), excluded: excluded.as_bool(), decides }
        }
        Read::Field(id) => ReadView::Field {
            field: ruleset.fields[id].name.to_string(),
            value: writer.value(writer.decision.profile.get(id).value.as_ref(), ruleset.fields[id].ty),
            decides,
        },
        Read::Fact { channel, entry, statement } => {
            let ty = ruleset.facts[entry.0].ty;
            let disputed = statement.map(|statement| statement.disputed.iter()).into_iter().flatten();
            ReadView::Fact {
                fact: ruleset.entry_name(channel, entry),
                value: writer.value(statement.and_then(|statement| statement.value.as_ref()), ty),
                decides,
                since: statement.and_then(|statement| statement.since).map(|day| day.to_string()),
                until: statement.and_then(|statement| statement.until).map(|day| day.to_string()),
                ended: writer.ended(channel, entry),
                disputed: disputed
                    .map(|disputed| DisputedView {
                        value: writer.value(disputed.value.as_ref(), ty),
                        sources: writer.citations(&disputed.sources),
                    })
                    .collect(),
                replaced: statement.and_then(|statement| replaced(writer, statement, ty)),
                sources: statement.map(|statement| writer.citations(&statement.sources)).unwrap_or_default(),
                at: statement.map(|statement| writer.place(statement.span)),
            }
        }
    }
}

pub(super) fn operand(writer: &Writer<'_, '_>, trace: &Trace<'_>) -> OperandView {
    let expr = trace.expr;
    let value = match &trace.outcome {
        Outcome::Truth(judged) => {
            let known = match judged.truth {
                Truth::True => Some(Value::Bool(true)),
                Truth::False => Some(Value::Bool(false)),
                Truth::Unknown => None,
            };
            writer.value(known.as_ref(), Type::Bool)
        }
        Outcome::Value { value, .. } => writer.value(value.as_ref(), expr.ty),
    };
    let (op, with) = match &expr.kind {
        ExprKind::Literal(_) => ("literal", Json::Null),
        ExprKind::Field(id) => ("field", json!(&*writer.decision.ruleset.fields[*id].name)),
        ExprKind::Fact(_) => ("fact", fact_name(writer, trace)),
        ExprKind::Let(id) => ("let", json!(&*writer.decision.ruleset.lets[*id].name)),
        ExprKind::Today => ("today", Json::Null),
        // An instance has that of its channel.
        ExprKind::OfChannel(_) => ("let", Json::Null),
        ExprKind::If(_) => ("if", Json::Null),
        ExprKind::Negate(_) => ("negate", Json::Null),
        ExprKind::Abs(_) => ("abs", Json::Null),
        ExprKind::Count(_) => ("count", Json::Null),
        ExprKind::SetOf(_) => ("set", Json::Null),
        ExprKind::Common(..) => ("common", Json::Null),
        ExprKind::Min(_) => ("min", Json::Null),
        ExprKind::Max(_) => ("max", Json::Null),
        ExprKind::Sum(terms) => ("sum", terms.iter().map(|(sign, _)| sign_word(*sign)).collect()),
        ExprKind::Scale(_, factor) => ("scale", json!(exact_text(*factor))),
        ExprKind::Convert(_, factor) => ("convert", json!(exact_text(*factor))),
        ExprKind::Product(..) => ("product", Json::Null),
        ExprKind::Quotient(..) => ("quotient", Json::Null),
        ExprKind::Round(rounding, ..) => (rounding.as_str(), Json::Null),
        ExprKind::Between(unit, ..) => (
            match unit {
                Between::Days => "days",
                Between::Months => "months",
                Between::Years => "years",
            },
            Json::Null,
        ),
        ExprKind::Shift(unit, sign, ..) => (
            match unit {
                Shift::Days => "shift days",
                Shift::Months => "shift months",
            },
            json!(sign_word(*sign)),
        ),
        ExprKind::And(_) => ("and", Json::Null),
        ExprKind::Or(_) | ExprKind::Earlier(..) => ("or", Json::Null),
        ExprKind::Not(_) => ("not", Json::Null),
        ExprKind::Excluded(..) | ExprKind::Leads(..) | predicate!() => {
            ("condition", json!(condition(writer, trace)))
        }
    };
    // A condition within a value is told as a condition.
    let of = if op == "condition" { &[][..] } else { &trace.parts };
    let text = expr_text(writer.decision.ruleset, expr);
    let (decides, taken) = (trace.decides, taken(trace));
    OperandView {
        text,
        op,
        value,
        decides,
        taken,
        with,
        of: of.iter().map(|part| operand(writer, part)).collect(),
    }
}

fn fact_name(writer: &Writer<'_, '_>, trace: &Trace<'_>) -> Json {
    match trace.read {
        Some(Read::Fact { channel, entry, .. }) => json!(writer.decision.ruleset.entry_name(channel, entry)),
        Some(Read::Field(_) | Read::Target(..)) | None => Json::Null,
    }
}

fn sign_word(sign: Sign) -> &'static str {
    match sign {
        Sign::Plus => "+",
        Sign::Minus => "-",
    }
}
