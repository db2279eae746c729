//! A difference as the JSON object `qudao.diff/1`.

use serde_json::{Value as Json, json};

use super::{
    Causes, Difference, Doubt, Extent, How, Open, ProfileOutcome, Question, Region, Side, Uncovered, What,
};
use crate::analyse::change::{Change, Standing};
use qudao_language::model::{FieldValue, Origin, Profile, Ruleset, Target};
use qudao_language::operator::Verdict;
use qudao_language::profile::yaml_text;
use qudao_telling::words::Speaker;

/// The schema of a difference.
const SCHEMA: &str = "qudao.diff/1";

/// Returns a difference as the JSON object `qudao.diff/1`.
#[must_use]
pub fn to_json(difference: &Difference<'_>) -> Json {
    let edits: Vec<Json> = difference
        .edits
        .iter()
        .map(|edit| {
            json!({
                "declared": edit.declared.as_str(), "name": edit.name, "part": edit.part,
                "old": edit.old, "new": edit.new, "text": edit.to_string(),
            })
        })
        .collect();
    let profiles: Vec<Json> = difference
        .profiles
        .iter()
        .map(|profile| {
            let (change, rejected) = match &profile.outcome {
                ProfileOutcome::Compared(found) => (change(difference, found), Json::Null),
                ProfileOutcome::Rejected { by_old, by_new } => {
                    (Json::Null, json!({ "by_old": by_old, "by_new": by_new }))
                }
            };
            json!({ "profile": profile.name, "change": change, "rejected": rejected })
        })
        .collect();
    let all = difference.regions.as_ref().map(|found| {
        let (state, why, sampled, differing) = match &found.extent {
            Extent::Proved => ("proved", None, None, None),
            Extent::Undecided(why) => ("undecided", Some(why.text()), None, None),
            Extent::Sampled { profiles, differing } => ("sampled", None, Some(profiles), Some(differing)),
        };
        let regions: Vec<Json> = found.regions.iter().map(|found| region(difference, found)).collect();
        let uncovered: Vec<Json> = found.uncovered.iter().map(not_compared).collect();
        json!({
            "extent": state, "why": why, "sampled": sampled, "differing": differing, "unknown_too": found.unknown_too,
            "unknown_same": found.unknown_same, "uncovered": uncovered, "regions": regions,
            "proved": found.proved, "open": found.open.iter().map(open).collect::<Vec<Json>>(),
        })
    });
    json!({
        "schema": SCHEMA,
        "tool": env!("CARGO_PKG_VERSION"),
        "old": side(&difference.old),
        "new": side(&difference.new),
        "edits": edits,
        "profiles": profiles,
        "all": all,
        "changes": difference.changes(),
    })
}

fn not_compared(uncovered: &Uncovered) -> Json {
    let (what, name) = match uncovered {
        Uncovered::Default(name) => ("default", name),
        Uncovered::Range(name) => ("range", name),
        Uncovered::Type(name) => ("type", name),
        Uncovered::Values(name) => ("values", name),
    };
    json!({ "what": what, "name": name, "text": uncovered.text() })
}

fn open(open: &Open) -> Json {
    let (kind, target) = match &open.question {
        Question::Verdict(target) => ("verdict", Some(target)),
        Question::Needs(target) => ("need", Some(target)),
        Question::First => ("first", None),
    };
    let because = match &open.why {
        Doubt::Unshown(_, conditions) => conditions.clone(),
        Doubt::Hard(all) => all.iter().map(|(of, name)| format!("{} {name}", of.as_str())).collect(),
        Doubt::TooLarge | Doubt::Points(_) | Doubt::Sampled(..) => Vec::new(),
    };
    json!({
        "kind": kind, "target": target, "text": open.question.text(), "why": open.why.text(), "because": because,
        "sampled": open.sampled.map(|(profiles, _)| profiles), "differing": open.sampled.map(|(_, differ)| differ),
    })
}

fn side(side: &Side<'_>) -> Json {
    let ruleset = side.ruleset;
    json!({
        "label": side.label, "name": &*ruleset.name, "version": ruleset.version, "digest": ruleset.digest,
        "meaning": ruleset.meaning(), "as_of": side.day.to_string(),
    })
}

fn change(difference: &Difference<'_>, change: &Change) -> Json {
    let name = |ruleset: &Ruleset, target: Option<Target>| {
        target.map(|target| ruleset.target_name(target).to_string())
    };
    let first = change.first.as_ref().map(|(old, new)| {
        json!({ "old": name(difference.old.ruleset, *old), "new": name(difference.new.ruleset, *new) })
    });
    let targets: Vec<Json> = change
        .targets
        .iter()
        .map(|target| {
            json!({
                "id": difference.name(target.target),
                "old": target.old.as_ref().map(standing),
                "new": target.new.as_ref().map(standing),
                "causes": target.causes.edits,
                "how": how(&target.causes),
            })
        })
        .collect();
    let first_causes = change
        .first
        .as_ref()
        .map(|_| json!({ "causes": change.first_causes.edits, "how": how(&change.first_causes) }));
    json!({
        "decision": change.is_decision(), "first": first, "first_causes": first_causes, "targets": targets,
        "causes": change.causes(),
    })
}

/// How edits make a difference: undoing `each` undoes it, undoing `all` of them does, or nobody could look.
fn how(causes: &Causes) -> &'static str {
    match causes.how {
        How::Each => "each",
        How::Together => "all",
        How::Perhaps => "perhaps",
    }
}

fn standing(standing: &Standing) -> Json {
    let needs: Vec<Json> =
        standing.needs.iter().map(|(need, state)| json!({ "need": need, "state": state.as_str() })).collect();
    json!({ "verdict": verdict(standing.verdict), "score": standing.score, "needs": needs })
}

fn verdict(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or("undecided", Verdict::as_str)
}

fn region(difference: &Difference<'_>, region: &Region) -> Json {
    let what = match &region.what {
        What::Verdict { target, old, new } => json!({
            "kind": "verdict", "target": target, "need": null, "old": verdict(*old), "new": verdict(*new),
        }),
        What::First { old, new } => {
            json!({ "kind": "first", "target": null, "need": null, "old": old, "new": new })
        }
        What::Lead { target, gains } => {
            let name = |is: bool| if is { "first" } else { "other" };
            json!({
                "kind": "lead", "target": target, "need": null, "old": name(!gains), "new": name(*gains),
            })
        }
        What::Need { target, need, old, new } => json!({
            "kind": "need", "target": target, "need": need,
            "old": old.map(|state| state.as_str()), "new": new.map(|state| state.as_str()),
        }),
    };
    json!({
        "what": what,
        "text": region.what.text(),
        "conditions": region.conditions,
        "only": region.only,
        "more": region.more,
        "profile": profile(difference.new.ruleset, &region.witness.1),
        "yaml": yaml_text(difference.new.ruleset, &region.witness.1),
        "change": change(difference, &region.change),
        "causes": region.causes.edits,
        "how": how(&region.causes),
    })
}

/// The fields that a profile gives, as a profile in JSON has them.
fn profile(ruleset: &Ruleset, profile: &Profile) -> Json {
    let speaker = Speaker::new(ruleset, None);
    let given = ruleset.fields.entries().filter(|(id, _)| profile.get(*id).origin == Origin::Given);
    let fields = given.map(|(id, field)| {
        let FieldValue { value, .. } = profile.get(id);
        let value = value.as_ref().map(|value| speaker.id(value, field.ty));
        (field.name.to_string(), value.map_or(Json::Null, Json::String))
    });
    Json::Object(fields.collect())
}
