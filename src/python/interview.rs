//! The next question of an interview.

use std::collections::BTreeSet;

use qudao_engine::ask::{Question, further, next, required};
use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::diagnostic::{Code, any_error};
use qudao_language::model::{Field, Id};
use qudao_language::profile::{self, Format};
use qudao_telling::why::because;
use qudao_telling::words::Speaker;
use serde_json::{Value as Json, json};

use crate::error::Wrong;
use crate::held::Held;

/// Returns the question that settles most, if one is left. `answers` is a profile in JSON, `asked` names the fields that
/// are not asked for any more; with `all`, what no verdict waits for is asked too.
pub(crate) fn question(
    held: &Held,
    answers: String,
    asked: &[String],
    day: Date,
    all: bool,
    lang: Option<&str>,
) -> Result<Option<Json>, Wrong> {
    let model = &held.model;
    let named = |name: &String| model.fields.find(|field| *field.name == **name);
    let asked: BTreeSet<Id<Field>> = asked.iter().filter_map(named).collect();
    let mut read = profile::read(model, "profile", answers.into_bytes(), Format::Json, &[]);
    // What every profile answers is still to be asked.
    read.diagnostics.retain(|found| found.code != Code::MissingField);
    if any_error(&read.diagnostics) {
        return Err(Wrong::of(&read.files, read.diagnostics));
    }
    let question = match &read.profile {
        None => required(model).find(|question| !asked.contains(&question.field)),
        Some(profile) => {
            let decision = decide(model, profile, day);
            next(&decision, &asked).or_else(|| further(&decision, &asked).filter(|_| all))
        }
    };
    Ok(question.map(|question| told(held, held.speaker(lang), &question)))
}

fn told(held: &Held, speaker: Speaker<'_>, question: &Question) -> Json {
    let model = &held.model;
    json!({
        "field": &*model.fields[question.field].name,
        "why": question.why.as_str(),
        "because": because(speaker, question),
        "affects": question.affects.iter().map(|target| model.target_name(*target)).collect::<Vec<_>>(),
        "rules": question.rules.iter().map(|rule| &*model.rules[*rule].name).collect::<Vec<_>>(),
    })
}
