//! What a form needs: the fields of a ruleset, and which question comes next.

use std::collections::BTreeSet;

use qudao_engine::ask::{Question, further, next, required};
use qudao_language::decide::decide;
use qudao_language::model::{Field, Id, Type};
use qudao_telling::words::Speaker;
use qudao_telling::{result, why};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::answers::Asked;
use crate::held::Held;

/// Where an interview is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Interview {
    /// The fields that were asked for already.
    asked: Vec<String>,
    /// Whether questions are asked too that no verdict waits for.
    further: bool,
}

/// The header of a ruleset, its fields and its targets.
pub(crate) fn about(held: &Held, lang: Option<&str>) -> Result<Json, String> {
    let ruleset = held.ruleset()?;
    let speaker = Speaker::new(ruleset, lang);
    let fields = ruleset.fields.ids().map(|id| field(speaker, id));
    let targets = ruleset.targets().map(|target| {
        json!({
            "name": ruleset.target_name(target),
            "title": ruleset.target_title(target, speaker.language),
        })
    });
    Ok(json!({
        "name": &*ruleset.name,
        "title": ruleset.title.get(speaker.language),
        "version": ruleset.version,
        "as_of": ruleset.as_of.map(|day| day.to_string()),
        "languages": ruleset.languages.iter().map(|tag| &**tag).collect::<Vec<_>>(),
        "lang": speaker.language,
        "fields": fields.collect::<Vec<_>>(),
        "targets": targets.collect::<Vec<_>>(),
        "tests": ruleset.tests.len(),
        "properties": ruleset.properties.len(),
    }))
}

/// A field as a form shows it. Values are written as assignments take them.
fn field(speaker: Speaker<'_>, id: Id<Field>) -> Json {
    let ruleset = speaker.ruleset;
    let field = &ruleset.fields[id];
    let (kind, options, whole, unit) = match field.ty {
        Type::Bool => ("bool", None, false, None),
        Type::Text => ("text", None, false, None),
        Type::Date => ("date", None, false, None),
        Type::Number(ty) => ("number", None, ty.whole, Some(speaker.unit(ty.unit))),
        Type::Enum(of) => ("enum", Some(of), false, None),
        Type::Set(of) => ("set", Some(of), false, None),
    };
    let options = options.map(|of| {
        let members = ruleset.enums[of].members.iter();
        let members = members.map(|member| {
            let title = member.title.as_ref().map(|title| title.get(speaker.language));
            json!({ "value": &*member.name, "title": title })
        });
        members.collect::<Vec<_>>()
    });
    // How values write the unit.
    let names = match field.ty {
        Type::Number(ty) => [true, false].map(|plural| ruleset.units.name(ty.unit, plural)).to_vec(),
        Type::Bool | Type::Text | Type::Date | Type::Enum(_) | Type::Set(_) => Vec::new(),
    };
    let shown = |value: &Option<_>| value.as_ref().map(|value| speaker.id(value, field.ty));
    let section = field.section.and_then(|section| ruleset.sections.get(section));
    json!({
        "name": &*field.name,
        "question": field.question.as_ref().map(|question| question.get(speaker.language)),
        "section": section.map(|section| section.get(speaker.language)),
        "kind": kind,
        "options": options,
        "whole": whole,
        "unit": unit.filter(|unit| !unit.is_empty()),
        "unit_names": names,
        "low": shown(&field.low),
        "high": shown(&field.high),
        "default": shown(&field.default),
        "required": field.required,
    })
}

/// The next question, why it is asked, how many answers are still needed, and what is decided so far. There is no question
/// where no verdict waits for an answer any more.
pub(crate) fn ask(held: &Held, asked: &Asked, interview: &Interview) -> Result<Json, String> {
    let ruleset = held.ruleset()?;
    let day = asked.day(ruleset)?;
    let speaker = Speaker::new(ruleset, asked.lang.as_deref()).with_titles();
    let named = |name: &String| ruleset.fields.find(|field| *field.name == **name);
    let done: BTreeSet<Id<Field>> = interview.asked.iter().filter_map(named).collect();
    let lacking: Vec<Question> =
        required(ruleset).filter(|question| !done.contains(&question.field)).collect();
    // What every profile answers is unknown as long as it was not asked.
    let mut asked_now = asked.set.clone();
    asked_now
        .extend(lacking.iter().map(|question| format!("{}=unknown", ruleset.fields[question.field].name)));
    let profile = match asked.with(asked_now).profile(ruleset)? {
        Ok(profile) => profile,
        Err(rejected) => return Ok(rejected),
    };
    let decision = decide(ruleset, &profile, day);
    let open = |field: &Id<Field>| !done.contains(field);
    let waiting: BTreeSet<Id<Field>> = decision
        .missing()
        .iter()
        .map(|(field, _)| *field)
        .chain(decision.assumed().iter().map(|assumed| assumed.field))
        .chain(lacking.iter().map(|question| question.field))
        .filter(open)
        .collect();
    let question = lacking.into_iter().next().or_else(|| next(&decision, &done));
    let more = question.is_none().then(|| why::more_answers(&decision, speaker, &done)).flatten();
    let question = question.or_else(|| interview.further.then(|| further(&decision, &done)).flatten());
    Ok(json!({
        "question": question.map(|question| asked_for(speaker, &question)),
        "left": waiting.len(),
        "more": more,
        "decided": result::to_json(&decision, Speaker::new(ruleset, asked.lang.as_deref()), false),
    }))
}

fn asked_for(speaker: Speaker<'_>, question: &Question) -> Json {
    let ruleset = speaker.ruleset;
    let rules = question.rules.iter().map(|rule| &*ruleset.rules[*rule].name);
    json!({
        "field": field(speaker, question.field),
        "why": question.why.as_str(),
        "because": why::because(speaker, &Question { rules: BTreeSet::new(), ..question.clone() }),
        "rules": rules.collect::<Vec<_>>(),
    })
}
