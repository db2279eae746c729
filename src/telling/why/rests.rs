//! What an answer rests on besides its rules, in words: disputed values and defaults; and what more could be asked.

use std::collections::BTreeSet;

use super::answer::list;
use super::{could_be, short_sources};
use crate::document::{Block, Item, Mark};
use crate::words::{Speaker, Tongue};
use qudao_language::decide::{Assumed, Decision, DisputedFact, Missing};
use qudao_language::model::{Citation, Field, Id, Origin, Target, Value};
use qudao_language::operator::Verdict;

/// So many targets are named at most.
const MOST_TARGETS: usize = 4;

/// So many where a client is told what something could change.
const FEW_TARGETS: usize = 2;

/// So many fields are named at most of those that could be asked besides.
const MOST_FIELDS: usize = 6;

/// A fact of which another source tells another value.
pub(super) struct Dispute<'a> {
    pub(super) fact: String,
    title: Option<String>,
    value: String,
    sources: &'a [Citation],
    others: Vec<Other<'a>>,
}

/// What another source tells.
struct Other<'a> {
    number: usize,
    value: Option<String>,
    sources: &'a [Citation],
    /// What would come of which targets.
    leanings: Vec<(Verdict, Vec<Target>)>,
}

/// Returns the disputed facts that a target rests on, or all targets, in their present order.
pub(super) fn disputes<'r>(
    decision: &Decision<'r>,
    speaker: &Speaker<'_>,
    of: Option<Target>,
) -> Vec<Dispute<'r>> {
    let ruleset = speaker.ruleset;
    let mut found: Vec<Dispute<'_>> = Vec::new();
    let all = decision.channels.iter().chain(&decision.mixes);
    for target in all.filter(|target| of.is_none_or(|of| of == **target)) {
        for disputed in decision.disputed_facts(*target) {
            let DisputedFact { channel, entry, number, otherwise, .. } = disputed;
            let fact = speaker.entry(*channel, *entry);
            let (statement, other) = decision.dispute(disputed);
            let declared = &ruleset.facts[entry.0];
            let shown = |value: &Value| speaker.shown(value, declared.ty);
            let at = found.iter().position(|dispute| dispute.fact == fact).unwrap_or_else(|| {
                let title = declared.title.as_ref().map(|title| title.get(speaker.language).to_string());
                let value = statement.value.as_ref().map(shown);
                let value = value.unwrap_or_else(|| speaker.tongue.not_known().to_string());
                found.push(Dispute { fact, title, value, sources: &statement.sources, others: Vec::new() });
                found.len() - 1
            });
            let others = &mut found.get_mut(at).expect("it was found, or put there").others;
            let at = others.iter().position(|other| other.number == *number).unwrap_or_else(|| {
                let value = other.value.as_ref().map(shown);
                others.push(Other { number: *number, value, sources: &other.sources, leanings: Vec::new() });
                others.len() - 1
            });
            let leanings = &mut others.get_mut(at).expect("it was found, or put there").leanings;
            match leanings.iter_mut().find(|(verdict, _)| verdict == otherwise) {
                Some((_, targets)) => targets.push(*target),
                None => leanings.push((*otherwise, vec![*target])),
            }
        }
    }
    found
}

impl<'r> Dispute<'r> {
    /// Returns what both values rest on.
    pub(super) fn citations(&self) -> impl Iterator<Item = &'r Citation> + use<'r, '_> {
        self.sources.iter().chain(self.others.iter().flat_map(|other| other.sources))
    }

    /// Returns both values with their sources, and what would come of the other.
    pub(super) fn words(&self, speaker: &Speaker<'_>) -> String {
        let tongue = speaker.tongue;
        let cited = |sources: &[Citation]| match short_sources(speaker, sources) {
            sources if sources.is_empty() || speaker.by_title => String::new(),
            sources => format!(" [{sources}]"),
        };
        let mut parts = vec![format!("{}{}", self.value, cited(self.sources))];
        for other in &self.others {
            let leanings: Vec<String> = other
                .leanings
                .iter()
                .map(|(verdict, targets)| {
                    let names = match speaker.by_title {
                        true => few_targets(speaker, targets),
                        false => some_targets(speaker, targets),
                    };
                    let verdict = tongue.verdict(*verdict);
                    match tongue {
                        Tongue::English => format!("{names} would be {verdict}"),
                        Tongue::Chinese => format!("{names}的结论是“{verdict}”"),
                    }
                })
                .collect();
            let condition = match (&other.value, tongue) {
                (Some(value), Tongue::English) => format!("with {value}"),
                (Some(value), Tongue::Chinese) => {
                    format!("若为{}", tongue.set_apart(value)).trim_end().into()
                }
                (None, Tongue::English) => "if it is not known".into(),
                (None, Tongue::Chinese) => "若未知".into(),
            };
            let leanings = tongue.list(&leanings);
            parts.push(tongue.list(&[format!("{condition}{}", cited(other.sources)), leanings]));
        }
        parts.join(tongue.semicolon())
    }
}

/// The first of some targets, and how many more there are.
pub(super) fn some_targets(speaker: &Speaker<'_>, targets: &[Target]) -> String {
    let names: Vec<String> = targets.iter().map(|target| speaker.called(*target)).collect();
    match speaker.tongue {
        Tongue::Chinese if names.len() <= MOST_TARGETS => names.join("、"),
        tongue => some(tongue, names, MOST_TARGETS),
    }
}

/// The same for a client, who is told fewer.
pub(super) fn few_targets(speaker: &Speaker<'_>, targets: &[Target]) -> String {
    some(speaker.tongue, targets.iter().map(|target| speaker.called(*target)).collect(), FEW_TARGETS)
}

/// Some names; of more than so many the first, and how many more there are.
pub(super) fn some(tongue: Tongue, mut names: Vec<String>, most: usize) -> String {
    let all = names.len();
    if all <= most {
        return tongue.and(&names);
    }
    names.truncate(most - 1);
    match tongue {
        Tongue::English => format!("{} and {} more", names.join(", "), all - names.len()),
        Tongue::Chinese => format!("{}等 {all} 项", names.join("、")),
    }
}

/// Returns each default that was assumed, with what another value could make of a target, or of all; of a target only
/// those that could make something else of it.
fn assumed(
    decision: &Decision<'_>,
    speaker: &Speaker<'_>,
    of: Option<Target>,
) -> Vec<(String, String, Option<String>)> {
    let fields = speaker.ruleset.fields.entries();
    let assumed = fields.filter(|(id, _)| decision.profile.get(*id).origin == Origin::Default);
    let told = assumed.filter_map(|(id, field)| {
        let value = decision.profile.get(id).value.as_ref();
        let value = value.map(|value| speaker.shown(value, field.ty)).unwrap_or_default();
        let matters = decision.assumed().iter().find(|assumed| assumed.field == id);
        let words = matters.and_then(|assumed| otherwise(speaker, assumed, of));
        (of.is_none() || words.is_some()).then(|| (speaker.field(id).into_owned(), value, words))
    });
    told.collect()
}

/// Says what another value could make of which targets: `with another value a could be possible or excluded`.
fn otherwise(speaker: &Speaker<'_>, assumed: &Assumed, of: Option<Target>) -> Option<String> {
    let tongue = speaker.tongue;
    let mut groups: Vec<(&[Verdict], Vec<Target>)> = Vec::new();
    for (target, verdicts) in assumed.could_be.iter().filter(|(target, _)| of.is_none_or(|of| of == *target))
    {
        match groups.iter_mut().find(|(of, _)| of == verdicts) {
            Some((_, targets)) => targets.push(*target),
            None => groups.push((verdicts, vec![*target])),
        }
    }
    let parts =
        groups.iter().map(|(verdicts, targets)| could_be(tongue, &some_targets(speaker, targets), verdicts));
    let parts: Vec<String> = parts.collect();
    let parts = parts.join(tongue.semicolon());
    (!parts.is_empty()).then(|| match tongue {
        Tongue::English => format!("with another value {parts}"),
        Tongue::Chinese => format!("若为其他值，{parts}"),
    })
}

/// Says how many more answers could add something: `2 more answers could add warnings or to-dos`; nothing where none
/// could, besides those that were asked for.
#[must_use]
pub fn more_answers(
    decision: &Decision<'_>,
    speaker: Speaker<'_>,
    asked: &BTreeSet<Id<Field>>,
) -> Option<String> {
    let further = decision.further();
    let mut fields = further.worth_asking(decision);
    fields.retain(|field| !asked.contains(field));
    let of = |list: &[Missing]| list.iter().any(|missing| fields.contains(&missing.field));
    let english = speaker.tongue == Tongue::English;
    let amounts = of(&further.measures).then_some(if english { "amounts" } else { "数值" });
    let said = match (of(&further.needs), of(&further.notes), english) {
        (true, true, true) => &["warnings", "to-dos"][..],
        (true, false, true) => &["to-dos"],
        (false, true, true) => &["warnings", "notes"],
        (true, true, false) => &["说明", "待办"],
        (true, false, false) => &["待办"],
        (false, true, false) => &["说明"],
        (false, false, _) => &[],
    };
    let what: Vec<String> = amounts.iter().chain(said).map(ToString::to_string).collect();
    let what = speaker.tongue.or(&what);
    match (fields.len(), english) {
        (0, _) => None,
        (1, true) => Some(format!("1 more answer could add {what}")),
        (count, true) => Some(format!("{count} more answers could add {what}")),
        (count, false) => Some(format!("再回答 {count} 个问题，可能增加{what}")),
    }
}

/// The same, with the names of the first of these fields.
pub(super) fn more(decision: &Decision<'_>, speaker: &Speaker<'_>) -> Option<String> {
    let words = more_answers(decision, *speaker, &BTreeSet::new())?;
    let fields = decision.further().worth_asking(decision);
    let fields = fields.iter().map(|field| speaker.ruleset.fields[*field].name.to_string());
    let mut names: Vec<String> = fields.collect();
    if names.len() > MOST_FIELDS {
        names.truncate(MOST_FIELDS - 1);
        names.push("…".into());
    }
    Some(format!("{words}{}{}", speaker.tongue.colon(), speaker.tongue.list(&names)))
}

/// Returns the list of disputed values.
pub(super) fn list_of_disputes(speaker: &Speaker<'_>, disputes: &[Dispute<'_>]) -> Option<Block> {
    let items = disputes.iter().map(|dispute| {
        let title = dispute.title.as_ref().map(|title| format!("{title}{}", speaker.tongue.colon()));
        let text = format!("{}{}", title.unwrap_or_default(), dispute.words(speaker));
        Item::new(Mark::Disputed, text).named(&dispute.fact)
    });
    list(speaker.tongue.rests_on(), items.collect())
}

/// Returns the list of the defaults that were assumed; of a target those that could make something else of it.
pub(super) fn list_of_assumed(
    decision: &Decision<'_>,
    speaker: &Speaker<'_>,
    of: Option<Target>,
) -> Option<Block> {
    let items = assumed(decision, speaker, of).into_iter().map(|(field, value, words)| {
        let words = words.map(|words| format!("{}{words}", speaker.tongue.semicolon()));
        Item::new(Mark::Value, format!("{value}{}", words.unwrap_or_default())).named(&field)
    });
    list(speaker.tongue.assumed(), items.collect())
}
