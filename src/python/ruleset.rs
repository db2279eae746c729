//! Rulesets.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use clap::ValueEnum;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use qudao_analysis::analyse::findings;
use qudao_analysis::testing::report;
use qudao_engine::program::batch::{Batch, Form, Options, Parts};
use qudao_language::date::Date;
use qudao_language::diagnostic;
use qudao_language::model::{Field, Type};
use qudao_language::profile::{self, Format};
use qudao_telling::words::Speaker;
use serde_json::{Value as Json, json};

use crate::cli::batch::{Part, parts as parts_of};
use crate::cli::output::{Colour, Output};
use crate::cli::snapshots::Beside;
use crate::cli::{profiles, test};
use crate::decision::Decision;
use crate::difference::{Difference, compared};
use crate::error::Wrong;
use crate::held::{Brought, Held, Recipe};
use crate::interview::question;
use crate::profile::json as profile_json;
use crate::table::{Answers, Asked, Columns, Compiled, Errors, Shape, compiled};

/// A ruleset without errors. It never changes, and may be used by several threads at once.
#[pyclass(frozen, module = "qudao._qudao")]
pub(crate) struct Ruleset {
    held: Arc<Held>,
    /// The programs that were made, by day; so many that a service which answers for a few days makes none twice.
    programs: Mutex<Vec<(Date, Arc<Compiled>)>>,
}

/// So many programs are kept.
const PROGRAMS: usize = 8;

/// What a file that was asked for is sent as: its bytes, else whether it must not be read, and why it was not.
#[derive(FromPyObject, IntoPyObject)]
enum Sent {
    #[pyo3(transparent)]
    Bytes(Py<PyBytes>),
    #[pyo3(transparent)]
    Not((bool, String)),
}

/// What a ruleset is sent to another process as.
type State = (String, Option<Vec<u8>>, Vec<Sent>, Option<String>);

#[pymethods]
impl Ruleset {
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Ruleset> {
        Ruleset::held(py.detach(|| Held::load(&path)))
    }

    #[staticmethod]
    fn of_text(py: Python<'_>, text: String, name: String) -> PyResult<Ruleset> {
        let recipe = Recipe { name, main: Some(text.into_bytes()), brought: Vec::new(), language: None };
        Ruleset::held(py.detach(|| Held::made(recipe)))
    }

    #[staticmethod]
    fn restored(py: Python<'_>, state: State) -> PyResult<Ruleset> {
        let (name, main, brought, language) = state;
        let brought = brought.into_iter().map(|sent| match sent {
            Sent::Bytes(bytes) => Ok(bytes.as_bytes(py).to_vec()),
            Sent::Not(why) => Err(why),
        });
        let recipe = Recipe { name, main, brought: brought.collect(), language };
        Ruleset::held(py.detach(|| Held::made(recipe)))
    }

    fn state(&self, py: Python<'_>) -> (String, Option<Py<PyBytes>>, Vec<Sent>, Option<String>) {
        let Recipe { name, main, brought, language } = &self.held.recipe;
        let bytes = |bytes: &Vec<u8>| PyBytes::new(py, bytes).unbind();
        let sent = |brought: &Brought| match brought {
            Ok(found) => Sent::Bytes(bytes(found)),
            Err(why) => Sent::Not(why.clone()),
        };
        (name.clone(), main.as_ref().map(bytes), brought.iter().map(sent).collect(), language.clone())
    }

    #[getter]
    fn name(&self) -> &str {
        &self.held.model.name
    }

    #[getter]
    fn digest(&self) -> &str {
        &self.held.model.digest
    }

    #[getter]
    fn as_of(&self) -> Option<String> {
        self.held.model.as_of.map(|day| day.to_string())
    }

    #[getter]
    fn languages(&self) -> Vec<&str> {
        self.held.model.languages.iter().map(|tag| &**tag).collect()
    }

    #[getter]
    fn targets(&self) -> Vec<&str> {
        self.held.model.targets().map(|target| self.held.model.target_name(target)).collect()
    }

    fn title(&self, lang: Option<&str>) -> &str {
        self.held.model.title.get(self.held.speaker(lang).language)
    }

    /// Everything doubtful, as `qudao check --format json` tells it.
    fn check(&self, py: Python<'_>, lang: Option<&str>, gaps: bool) -> String {
        py.detach(|| {
            let held = &*self.held;
            let tongue = held.loaded.project.tongue(lang);
            let today = Some(profiles::today());
            let options = findings::Options { gaps, today, tongue, ..findings::Options::default() };
            let said = held.diagnostics.clone();
            let mut found = findings::all(said, Some(&held.model), &held.allowed, &options);
            held.loaded.project.choice.apply(&mut found);
            diagnostic::to_json(held.loaded.sources.files(), &found).to_string()
        })
    }

    fn json_schema(&self, lang: Option<&str>) -> String {
        profile::schema(&self.held.model, self.held.speaker(lang).language).to_string()
    }

    fn fields(&self, lang: Option<&str>) -> String {
        let speaker = self.held.speaker(lang);
        let fields = self.held.model.fields.iter().map(|field| field_json(field, &speaker));
        Json::from(fields.collect::<Vec<Json>>()).to_string()
    }

    fn decide(&self, py: Python<'_>, profile: &Bound<'_, PyAny>, as_of: Option<&str>) -> PyResult<Decision> {
        let text = profile_json(profile)?;
        Ok(py.detach(|| self.decided("profile", text.into_bytes(), Format::Json, as_of))?)
    }

    fn decide_file(&self, py: Python<'_>, path: PathBuf, as_of: Option<&str>) -> PyResult<Decision> {
        let decided = py.detach(|| {
            let (bytes, format) = profiles::named(&path, None, "")?;
            self.decided(&path.to_string_lossy(), bytes, format, as_of)
        });
        Ok(decided?)
    }

    #[pyo3(signature = (answers, asked, *, as_of, all, lang))]
    fn question(
        &self,
        py: Python<'_>,
        answers: &Bound<'_, PyAny>,
        asked: Vec<String>,
        as_of: Option<&str>,
        all: bool,
        lang: Option<&str>,
    ) -> PyResult<Option<String>> {
        let answers = profile_json(answers)?;
        let day = self.held.day(as_of)?;
        let question = py.detach(|| question(&self.held, answers, &asked, day, all, lang))?;
        Ok(question.map(|question| question.to_string()))
    }

    #[pyo3(signature = (other, *, as_of, other_as_of, profiles, lang))]
    fn diff(
        &self,
        py: Python<'_>,
        other: &Ruleset,
        as_of: Option<&str>,
        other_as_of: Option<&str>,
        profiles: Vec<(String, Bound<'_, PyAny>)>,
        lang: Option<&str>,
    ) -> PyResult<Difference> {
        let given = profiles.iter().map(|(name, profile)| Ok((name.clone(), profile_json(profile)?)));
        let given = given.collect::<PyResult<Vec<_>>>()?;
        let old = (&*self.held, self.held.day(as_of)?);
        let new = (&*other.held, other.held.day(other_as_of)?);
        Ok(py.detach(|| compared(old, new, given, lang)))
    }

    /// The tests, the properties and the cases with snapshots: the kind of each, its name, and its line.
    fn tests(&self) -> Vec<(&str, String, u32)> {
        let model = &self.held.model;
        let line = |span| model.files.place(span).line;
        let tests = model.tests.iter().map(|test| ("test", test.title.main.clone(), line(test.span)));
        let properties = model.properties.iter();
        let properties =
            properties.map(|property| ("property", property.name.to_string(), line(property.span)));
        let cases = self.held.loaded.main.iter().flat_map(|main| Beside::find(main).cases.into_keys());
        tests.chain(properties).chain(cases.map(|case| ("case", case, 1))).collect()
    }

    /// What comes of them, as `qudao test --check --format json` and as its text tell it.
    fn test(
        &self,
        py: Python<'_>,
        as_of: Option<&str>,
        every_day: bool,
        lang: Option<&str>,
    ) -> PyResult<(String, String)> {
        let told = py.detach(|| -> Result<_, Wrong> {
            let as_of = as_of.map(|_| self.held.day(as_of)).transpose()?;
            let args = test::Args::of(lang, as_of, every_day);
            let mut output = Output::new(Colour::Never, true, false);
            let run = test::outcome((&self.held.loaded, &self.held.model), args, &mut output)?;
            let runs = [run];
            Ok((report::to_json(&runs).to_string(), report::told(&runs, true, true).terminal(false)))
        });
        Ok(told?)
    }

    /// The columns that a table of profiles may have.
    fn columns(&self) -> Columns {
        Columns::new(&self.held.model)
    }

    /// Of the columns of a table those that `table` reads.
    fn wanted(
        &self,
        names: Vec<String>,
        keep: Vec<String>,
        columns: Vec<(String, String)>,
    ) -> PyResult<Vec<String>> {
        let program = self.program(self.held.day(None)?);
        let options = Options { columns, keep, parts: Parts::NONE, ..Options::default() };
        let batch = Batch::new(program.borrow_dependent(), &options, Form::Arrow).map_err(Wrong::from)?;
        Ok(names.into_iter().filter(|name| batch.wants(name)).collect())
    }

    /// Answers a table. `only` names parts as `qudao batch --only` does; `keep` are the columns that are taken over,
    /// all without a list; `columns` tells the column of a field that is named otherwise.
    #[pyo3(signature = (data, *, only, reasons, keep, columns, as_of, errors, flat, plain))]
    #[expect(clippy::too_many_arguments, reason = "each is a word of Python's, said by its name")]
    fn table(
        &self,
        data: &Bound<'_, PyAny>,
        only: Vec<String>,
        reasons: bool,
        keep: Option<Vec<String>>,
        columns: Vec<(String, String)>,
        as_of: Option<&str>,
        errors: &str,
        flat: bool,
        plain: bool,
    ) -> PyResult<Answers> {
        let parts = only.iter().map(|name| {
            Part::from_str(name, false).map_err(|_| {
                let known = Part::value_variants().iter().filter_map(ValueEnum::to_possible_value);
                let known: Vec<String> = known.map(|part| part.get_name().to_string()).collect();
                Wrong::from(format!("`only` knows no `{name}`; it takes {}", known.join(", ")))
            })
        });
        let parts = parts.collect::<Result<Vec<Part>, Wrong>>()?;
        let errors = match errors {
            "raise" => Errors::Raise,
            "drop" => Errors::Drop,
            "column" => Errors::Column,
            _ => {
                let says = format!("`errors` is \"raise\", \"drop\" or \"column\", not \"{errors}\"");
                return Err(Wrong::from(says).into());
            }
        };
        let day = self.held.day(as_of)?;
        let program = data.py().detach(|| self.program(day));
        let keep_all = keep.is_none();
        let options = Options { columns, keep: keep.unwrap_or_default(), reasons, parts: parts_of(&parts) };
        Answers::new(program, data, Asked { options, keep_all, shape: Shape { errors, flat, plain } })
    }
}

impl Ruleset {
    fn held(held: Result<Held, Wrong>) -> PyResult<Ruleset> {
        Ok(Ruleset { held: Arc::new(held?), programs: Mutex::default() })
    }

    /// Returns the program of a day.
    fn program(&self, day: Date) -> Arc<Compiled> {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, program)) = programs.iter().find(|(made, _)| *made == day) {
            return Arc::clone(program);
        }
        let program = Arc::new(compiled(&self.held, day));
        programs.truncate(PROGRAMS - 1);
        programs.insert(0, (day, Arc::clone(&program)));
        program
    }

    fn decided(
        &self,
        name: &str,
        bytes: Vec<u8>,
        format: Format,
        as_of: Option<&str>,
    ) -> Result<Decision, Wrong> {
        let day = self.held.day(as_of)?;
        let read = profile::read(&self.held.model, name, bytes, format, &[]);
        match read.profile {
            Some(profile) => Ok(Decision::new(Arc::clone(&self.held), profile, day)),
            None => Err(Wrong::of(&read.files, read.diagnostics)),
        }
    }
}

/// A field as a form shows it.
fn field_json(field: &Field, speaker: &Speaker<'_>) -> Json {
    let language = speaker.language;
    let (ty, of) = match field.ty {
        Type::Bool => ("bool", None),
        Type::Number(number) if number.whole => ("int", None),
        Type::Number(_) => ("number", None),
        Type::Text => ("text", None),
        Type::Date => ("date", None),
        Type::Enum(of) => ("enum", Some(of)),
        Type::Set(of) => ("set", Some(of)),
    };
    let unit = match field.ty {
        Type::Number(number) => Some(speaker.unit(number.unit)).filter(|unit| !unit.is_empty()),
        _ => None,
    };
    let values = of.map(|of| {
        let members = speaker.ruleset.enums[of].members.iter();
        let told = members.map(|member| {
            let title = member.title.as_ref().map_or(&*member.name, |title| title.get(language));
            (member.name.to_string(), Json::from(title))
        });
        told.collect::<serde_json::Map<String, Json>>()
    });
    json!({
        "name": &*field.name,
        "type": ty,
        "question": field.question.as_ref().map(|question| question.get(language)),
        "required": field.required,
        "unit": unit,
        "values": values,
        "default": field.default.as_ref().map(|value| speaker.id(value, field.ty)),
    })
}
