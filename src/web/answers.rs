//! What a ruleset says of profiles, in the forms that the program has.

use qudao_analysis::analyse::diagram::Budget;
use qudao_analysis::analyse::difference::{self, Difference, Side};
use qudao_analysis::analyse::findings;
use qudao_analysis::testing::{
    RulesetRun, TestRun, base_profile, properties, prove, report as outcomes, run_observed, test_profile,
};
use qudao_engine::advise::{STEPS, advise};
use qudao_engine::program::Program;
use qudao_engine::program::batch::{self, Form, Options as TableOptions};
use qudao_language::check::{Checked, check as checked};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, decide};
use qudao_language::diagnostic::{self, nearest, nearest_hint};
use qudao_language::model::{Profile, Ruleset};
use qudao_language::profile::{self, Format, ReadProfile};
use qudao_telling::document::Document;
use qudao_telling::words::{Speaker, Tongue};
use qudao_telling::{report as reports, result, why as told};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::editing;
use crate::held::Held;

/// A profile, the day, and the language of the answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// How the profile is called; its ending tells how it is written, unless `format` does.
    name: Option<String>,
    text: Option<String>,
    format: Option<String>,
    /// Assignments `FIELD=VALUE`, which go before the text.
    pub(crate) set: Vec<String>,
    as_of: Option<String>,
    /// The day where neither the caller nor the ruleset says one.
    today: Option<String>,
    pub(crate) lang: Option<String>,
}

/// Proofs over all profiles: the day, the language, and how much may be spent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Budgeted {
    as_of: Option<String>,
    today: Option<String>,
    lang: Option<String>,
    /// About so many milliseconds for all of it.
    budget: Option<u64>,
    /// Look for profiles that get no recommendation too.
    gaps: bool,
}

/// Rows of profiles.
#[derive(Debug, Deserialize)]
pub(crate) struct Table {
    rows: String,
    /// `csv` or `ndjson`.
    form: String,
    /// The column of a field, where it is named otherwise.
    #[serde(default)]
    columns: Vec<(String, String)>,
    /// Columns that the answer takes over.
    #[serde(default)]
    keep: Vec<String>,
    #[serde(default)]
    reasons: bool,
    as_of: Option<String>,
    today: Option<String>,
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| format!("`{text}` is not a day such as 2021-06-01"))
}

/// The day that is meant: the caller's, the ruleset's, or today, which the caller brings.
fn day(ruleset: &Ruleset, as_of: Option<&str>, today: Option<&str>) -> Result<Date, String> {
    match (as_of, ruleset.as_of, today) {
        (Some(day), _, _) | (None, None, Some(day)) => date(day),
        (None, Some(day), _) => Ok(day),
        (None, None, None) => Err("no day is given, and the ruleset names none".into()),
    }
}

impl Asked {
    pub(crate) fn day(&self, ruleset: &Ruleset) -> Result<Date, String> {
        day(ruleset, self.as_of.as_deref(), self.today.as_deref())
    }

    /// The same with other assignments.
    pub(crate) fn with(&self, set: Vec<String>) -> Asked {
        Asked { set, ..self.clone() }
    }

    pub(crate) fn read(&self, ruleset: &Ruleset) -> Result<ReadProfile, String> {
        let Some(text) = &self.text else { return Ok(profile::read_assignments(ruleset, &self.set)) };
        let named = self.name.as_deref().unwrap_or("-");
        let format = match self.format.as_deref() {
            Some(ending) => Format::of_name(&format!(".{ending}")),
            None => Format::of_name(named),
        };
        let format = format.ok_or("a profile is written as `json`, `yaml` or `toml`")?;
        Ok(profile::read(ruleset, named, text.clone().into_bytes(), format, &self.set))
    }

    /// The profile; or what keeps it from being used, as `qudao eval --json` tells it.
    pub(crate) fn profile(&self, ruleset: &Ruleset) -> Result<Result<Profile, Json>, String> {
        let read = self.read(ruleset)?;
        let unnamed = if self.text.is_some() { "-" } else { "--set" };
        let name = self.name.as_deref().unwrap_or(unnamed);
        Ok(match read.profile {
            Some(profile) => Ok(profile),
            None => Err(read.rejected(name)),
        })
    }
}

/// Decides, and tells what comes of it; a profile that cannot be used is told instead.
fn with_decision(
    held: &Held,
    asked: &Asked,
    tell: impl FnOnce(&Decision<'_>, Speaker<'_>) -> Result<Json, String>,
) -> Result<Json, String> {
    let ruleset = held.ruleset()?;
    let day = asked.day(ruleset)?;
    match asked.profile(ruleset)? {
        Ok(profile) => tell(&decide(ruleset, &profile, day), Speaker::new(ruleset, asked.lang.as_deref())),
        Err(rejected) => Ok(rejected),
    }
}

/// A document in a form: a page, Markdown, or a text of 80 columns.
fn written(document: &Document, form: Option<&str>, language: &str) -> Result<Json, String> {
    Ok(match form {
        None | Some("text") => document.terminal(false).into(),
        Some("markdown") => document.markdown().into(),
        Some("html") => document.html(language).into(),
        Some(other) => return Err(format!("`{other}` is none of `json`, `text`, `markdown` and `html`")),
    })
}

pub(crate) fn schema(held: &Held, lang: Option<&str>) -> Result<Json, String> {
    let ruleset = held.ruleset()?;
    Ok(profile::schema(ruleset, Speaker::new(ruleset, lang).language))
}

/// The profile as YAML, and each value that is given as an assignment takes it.
pub(crate) fn profile(held: &Held, asked: &Asked) -> Result<Json, String> {
    let ruleset = held.ruleset()?;
    let read = asked.read(ruleset)?;
    let speaker = Speaker::new(ruleset, asked.lang.as_deref());
    let found = editing::found(&read.files, &read.diagnostics, |_| true);
    let Some(profile) = &read.profile else { return Ok(json!({ "diagnostics": found })) };
    let mut values = Map::new();
    for (id, field) in ruleset.fields.entries() {
        let given = profile.get(id);
        let value = given.value.as_ref().map(|value| speaker.id(value, field.ty));
        values.insert(field.name.to_string(), json!({ "value": value, "origin": given.origin.as_str() }));
    }
    let yaml = profile::yaml_text(ruleset, profile);
    Ok(json!({ "yaml": yaml, "values": values, "diagnostics": found }))
}

/// The decision as a text in JSON: what comes of it is much, and is not held twice.
pub(crate) fn decided(held: &Held, asked: &Asked, trace: bool) -> Result<String, String> {
    let ruleset = held.ruleset()?;
    let day = asked.day(ruleset)?;
    let profile = match asked.profile(ruleset)? {
        Ok(profile) => profile,
        Err(rejected) => return Ok(rejected.to_string()),
    };
    let speaker = Speaker::new(ruleset, asked.lang.as_deref());
    let mut written = Vec::new();
    result::write_json(&decide(ruleset, &profile, day), speaker, trace, false, &mut written)
        .map_err(|error| error.to_string())?;
    String::from_utf8(written).map_err(|error| error.to_string())
}

pub(crate) fn answer(held: &Held, asked: &Asked, form: Option<&str>) -> Result<Json, String> {
    with_decision(held, asked, |decision, speaker| {
        written(&told::answer(decision, speaker, &told::Options::default()), form, speaker.language)
    })
}

pub(crate) fn why(held: &Held, asked: &Asked, target: &str, form: Option<&str>) -> Result<Json, String> {
    with_decision(held, asked, |decision, speaker| {
        let ruleset = decision.ruleset;
        let near = || nearest_hint(nearest(target, ruleset.targets().map(|of| ruleset.target_name(of))));
        let wanted = ruleset.target_called(target);
        let wanted = wanted.ok_or_else(|| format!("no channel or mix is named `{target}`{}", near()))?;
        let advice = advise(ruleset, decision.profile, decision.day, wanted, STEPS);
        match form {
            Some("json") => Ok(result::why_json(decision, speaker, &advice)),
            form => written(&told::proof(decision, speaker, wanted, Some(&advice)), form, speaker.language),
        }
    })
}

pub(crate) fn report(held: &Held, asked: &Asked) -> Result<Json, String> {
    with_decision(held, asked, |decision, speaker| {
        let advice = told::client_advice(decision);
        let name = asked.name.as_deref().and_then(|name| name.rsplit('/').next()).unwrap_or_default();
        let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        Ok(reports::report(decision, speaker, &advice, name, false).html(speaker.language).into())
    })
}

pub(crate) fn table(held: &Held, table: &Table) -> Result<Json, String> {
    let ruleset = held.ruleset()?;
    let form = match table.form.as_str() {
        "csv" => Form::Csv,
        "ndjson" => Form::Ndjson,
        other => return Err(format!("`{other}` is none of `csv` and `ndjson`")),
    };
    let options = TableOptions {
        columns: table.columns.clone(),
        keep: table.keep.clone(),
        reasons: table.reasons,
        ..TableOptions::default()
    };
    let day = day(ruleset, table.as_of.as_deref(), table.today.as_deref())?;
    let (rows, rejects) = batch::answer(&Program::new(ruleset, day), &options, table.rows.as_bytes(), form)?;
    let rejects = rejects.iter().map(|reject| json!({ "line": reject.line, "reason": reject.reason }));
    Ok(json!({ "rows": String::from_utf8_lossy(&rows), "rejects": rejects.collect::<Vec<_>>() }))
}

impl Budgeted {
    fn each(&self, questions: u64) -> Budget {
        self.budget.map_or_else(Budget::default, |milliseconds| Budget::of(milliseconds, questions))
    }
}

/// All that is found in a ruleset, by proofs too.
pub(crate) fn check(held: &Held, by: &Budgeted) -> Result<Json, String> {
    let sources = held.project.sources();
    let Checked { ruleset, diagnostics, allowed, .. } = checked(sources);
    let tongue = Tongue::told_in(by.lang.as_deref());
    let today = by.as_of.as_deref().or(by.today.as_deref()).map(date).transpose()?;
    let budget = by.each(findings::QUESTIONS);
    let options = findings::Options { gaps: by.gaps, today, budget, tongue, ..findings::Options::default() };
    let found = findings::all(diagnostics, ruleset.as_ref(), &allowed, &options);
    Ok(editing::diagnostics(held, &diagnostic::told(found)))
}

pub(crate) fn test(held: &Held, by: &Budgeted, form: Option<&str>) -> Result<Json, String> {
    let ruleset = held.ruleset()?;
    let tongue = Tongue::told_in(by.lang.as_deref());
    let lang = by.lang.as_deref();
    let as_of = by.as_of.as_deref().map(date).transpose()?;
    let mut run = RulesetRun {
        name: ruleset.name.to_string(),
        file: held.main().to_string(),
        tongue,
        ..RulesetRun::default()
    };
    run.tests.extend(ruleset.tests.iter().map(|test| {
        match base_profile(ruleset, test, tongue, |name| held.read(name)) {
            Ok(base) => run_observed(ruleset, test, base.as_ref(), as_of, lang, &mut |_| {}),
            Err(why) => TestRun::not_run(ruleset, test, why),
        }
    }));
    let budget = by.each(ruleset.properties.len() as u64);
    run.properties = properties(ruleset, |property| prove(ruleset, property, as_of, false, budget, lang));
    match form {
        Some("json") => Ok(outcomes::to_json(&[run])),
        form => written(&outcomes::told(&[run], true, false), form, Speaker::new(ruleset, lang).language),
    }
}

pub(crate) fn diff(old: &Held, new: &Held, by: &Budgeted, form: Option<&str>) -> Result<Json, String> {
    let (before, now) = (old.ruleset()?, new.ruleset()?);
    let side = |ruleset, label: &str| -> Result<Side<'_>, String> {
        let day = day(ruleset, by.as_of.as_deref(), by.today.as_deref())?;
        Ok(Side { ruleset, day, label: label.to_string() })
    };
    let mut difference = Difference::new(side(before, old.main())?, side(now, new.main())?);
    for (held, ruleset) in [(new, now), (old, before)] {
        for profile in witnesses(held, ruleset) {
            difference.add_witness(ruleset, &profile);
        }
    }
    difference.find_regions(by.each(difference::QUESTIONS));
    let speaker = Speaker::new(now, by.lang.as_deref());
    match form {
        Some("json") => Ok(difference::to_json(&difference)),
        form => written(&difference::report(&difference, &[], None, speaker.tongue), form, speaker.language),
    }
}

/// The profiles that a ruleset brings: those of its tests, and those among its files.
fn witnesses(held: &Held, ruleset: &Ruleset) -> Vec<Profile> {
    let of_tests = ruleset.tests.iter().filter_map(|test| {
        let base = base_profile(ruleset, test, Tongue::English, |name| held.read(name)).ok()?;
        Some(test_profile(ruleset, test, base.as_ref()))
    });
    let of_files = held.profiles().filter_map(|(path, text, format)| {
        profile::read(ruleset, path, text.as_bytes().to_vec(), format, &[]).profile
    });
    of_tests.chain(of_files).take(difference::WITNESSES).collect()
}
