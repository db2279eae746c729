//! An interview: which question to ask next, why, and what the answer means.

use std::collections::BTreeSet;

use qudao_language::decide::{Await, Cause, Decision, Reason};
use qudao_language::model::{Enum, Field, Id, Rule, Ruleset, Target, Type};
use qudao_language::operator::Verdict;

/// A question to ask, and what hangs on its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The field that it asks for.
    pub field: Id<Field>,
    /// Why it is asked.
    pub why: Why,
    /// The targets that wait for it, in their present order.
    pub affects: Vec<Target>,
    /// The rules that wait for it, in the order of declaration.
    pub rules: BTreeSet<Id<Rule>>,
}

/// Why a question is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// No profile does without it.
    Required,
    /// It keeps verdicts undecided.
    Verdict,
    /// The verdicts are settled, the first place is not.
    First,
    /// Its default is assumed, and another value could change a verdict: it is to be confirmed.
    Assumed,
    /// A measure is not known without it.
    Measures,
    /// It could add something to do, or settle whether it is done.
    Needs,
    /// It could add a note or a warning.
    Notes,
}

impl Why {
    /// Returns the word that programs know it by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Why::Required => "required",
            Why::Verdict => "verdict",
            Why::First => "first",
            Why::Assumed => "assumed",
            Why::Measures => "measures",
            Why::Needs => "needs",
            Why::Notes => "notes",
        }
    }
}

/// Returns the question that settles most: the one that keeps most verdicts undecided; where all are settled, the one
/// that most targets wait for, as long as another could come first; then the defaults that could change a verdict, those
/// that hold up a recommendation first. Fields that were asked already are left alone. Nothing where no answer is needed
/// any more.
#[must_use]
pub fn next(decision: &Decision<'_>, asked: &BTreeSet<Id<Field>>) -> Option<Question> {
    let question = |field: Id<Field>, why: Why, affects: Vec<Target>| {
        let rules = affects.iter().flat_map(|target| waiting(decision, *target, field)).collect();
        Question { field, why, affects, rules }
    };
    if let Some((field, affects)) = decision.missing().iter().find(|(field, _)| !asked.contains(field)) {
        return Some(question(*field, Why::Verdict, affects.clone()));
    }
    let first = || {
        let fields = decision.ruleset.fields.ids().filter(|field| !asked.contains(field));
        let affected = fields.map(|field| {
            let may_win = |target: &Target| decision.target(*target).verdict != Some(Verdict::Excluded);
            let targets = decision.channels.iter().copied().filter(may_win);
            let waits = |target: &Target| waiting(decision, *target, field).next().is_some();
            (field, targets.filter(waits).collect::<Vec<Target>>())
        });
        // Of equals the first in the order of declaration.
        let most = affected.rev().max_by_key(|(_, affects)| affects.len());
        most.filter(|(_, affects)| !affects.is_empty())
            .map(|(field, affects)| question(field, Why::First, affects))
    };
    let first = if decision.first.settled { None } else { first() };
    first.or_else(|| {
        let left = decision.assumed().iter().filter(|assumed| !asked.contains(&assumed.field));
        let assumed = left.min_by_key(|assumed| !assumed.holds_up(decision))?;
        let affects = assumed.could_be.iter().map(|(target, _)| *target).collect();
        Some(question(assumed.field, Why::Assumed, affects))
    })
}

/// Returns the next question that no verdict waits for: it could add something to do, or to be said.
#[must_use]
pub fn further(decision: &Decision<'_>, asked: &BTreeSet<Id<Field>>) -> Option<Question> {
    let further = decision.further();
    let field = further.worth_asking(decision).into_iter().find(|field| !asked.contains(field))?;
    let lists =
        [(Why::Measures, &further.measures), (Why::Needs, &further.needs), (Why::Notes, &further.notes)];
    let listed = lists.into_iter().find_map(|(why, list)| {
        let missing = list.iter().find(|missing| missing.field == field)?;
        Some(Question { field, why, affects: missing.affects.clone(), rules: BTreeSet::new() })
    });
    Some(listed.expect("what is worth asking is in one of the lists"))
}

/// Returns the questions of a ruleset that every profile answers.
pub fn required(ruleset: &Ruleset) -> impl Iterator<Item = Question> {
    let required = ruleset.fields.entries().filter(|(_, field)| field.required);
    required.map(|(field, _)| Question {
        field,
        why: Why::Required,
        affects: Vec::new(),
        rules: BTreeSet::new(),
    })
}

/// Returns the rules whose open effects on a target wait for a field.
fn waiting<'d>(
    decision: &'d Decision<'_>,
    target: Target,
    field: Id<Field>,
) -> impl Iterator<Item = Id<Rule>> + 'd {
    let pending = decision.target(target).pending.iter();
    pending.filter(move |pending| pending.awaits.contains(&Await::Field(field))).filter_map(|pending| {
        match pending.reason {
            Reason::Rule(Cause { rule, .. }) => Some(rule),
            Reason::Through(_) => None,
        }
    })
}

/// Returns what an answer says, as an assignment `FIELD=VALUE` takes it: the number or the title of a value stands for
/// the value, `?` for `unknown`, yes and no for true and false. What is none of these is returned as it is.
#[must_use]
pub fn value(ruleset: &Ruleset, field: Id<Field>, answer: &str) -> String {
    let answer = answer.trim();
    if matches!(answer, "?" | "？") {
        return "unknown".into();
    }
    match ruleset.fields[field].ty {
        Type::Bool => match answer.to_lowercase().as_str() {
            "y" | "yes" | "是" | "有" => "true".into(),
            "n" | "no" | "否" | "没有" | "无" => "false".into(),
            _ => answer.into(),
        },
        Type::Enum(of) => member(&ruleset.enums[of], answer),
        Type::Set(of) => {
            let inner = answer.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(answer);
            let parts = inner.split([',', '，', '、']).map(str::trim).filter(|part| !part.is_empty());
            let parts: Vec<String> = match inner {
                "-" => Vec::new(),
                _ => parts.map(|part| member(&ruleset.enums[of], part)).collect(),
            };
            format!("{{{}}}", parts.join(", "))
        }
        Type::Number(_) | Type::Text | Type::Date => answer.into(),
    }
}

/// Returns the name of the value that a number, from 1, or a title stands for.
fn member(of: &Enum, answer: &str) -> String {
    let by_number = answer.parse().ok().and_then(|number: usize| of.members.get(number.checked_sub(1)?));
    let by_title = || {
        let wanted = answer.to_lowercase();
        of.members.iter().find(|member| {
            let title = member.title.as_ref();
            title.is_some_and(|title| {
                let texts = title.translations.iter().map(|(_, text)| text).chain([&title.main]);
                texts.into_iter().any(|text| text.to_lowercase() == wanted)
            })
        })
    };
    by_number.or_else(by_title).map_or_else(|| answer.to_string(), |member| member.name.to_string())
}
