//! What a ruleset says of one profile.

use std::sync::Arc;

use pyo3::prelude::*;
use qudao_engine::advise::{STEPS, advise};
use qudao_language::date::Date;
use qudao_language::decide::{self, decide};
use qudao_language::diagnostic::{nearest, nearest_hint};
use qudao_language::model::{Profile, Target};
use qudao_telling::report::report;
use qudao_telling::words::Speaker;
use qudao_telling::{result, why};

use crate::error::Wrong;
use crate::held::Held;

/// A profile that was decided. What is told of it at length is decided again when it is asked for: that costs little, and
/// nothing has to be kept that points into the ruleset.
#[pyclass(frozen, module = "qudao._qudao")]
pub(crate) struct Decision {
    held: Arc<Held>,
    profile: Profile,
    day: Date,
    #[pyo3(get)]
    first: Option<String>,
    #[pyo3(get)]
    settled: bool,
    #[pyo3(get)]
    missing: Vec<String>,
    /// Of each target: its name, verdict, leaning, whether it is settled, and its score.
    #[pyo3(get)]
    targets: Vec<(String, Option<&'static str>, &'static str, bool, i64)>,
}

impl Decision {
    pub(crate) fn new(held: Arc<Held>, profile: Profile, day: Date) -> Decision {
        let (first, settled, missing, targets) = {
            let model = &held.model;
            let decided = decide(model, &profile, day);
            let told = |target: &Target| {
                let told = decided.target(*target);
                let name = model.target_name(*target).to_string();
                let verdict = told.verdict.map(|verdict| verdict.as_str());
                (name, verdict, told.leaning.as_str(), told.is_settled(), told.score)
            };
            (
                decided.first.target.map(|target| model.target_name(target).to_string()),
                decided.first.settled,
                decided.missing().iter().map(|(field, _)| model.fields[*field].name.to_string()).collect(),
                decided.channels.iter().chain(&decided.mixes).map(told).collect(),
            )
        };
        Decision { held, profile, day, first, settled, missing, targets }
    }

    /// Tells something of the decision, with Python's lock given up.
    fn told<T: Send>(
        &self,
        py: Python<'_>,
        lang: Option<&str>,
        tell: impl for<'r> FnOnce(&decide::Decision<'r>, Speaker<'r>) -> T + Send,
    ) -> T {
        py.detach(|| tell(&decide(&self.held.model, &self.profile, self.day), self.held.speaker(lang)))
    }

    fn target(&self, name: &str) -> Result<Target, Wrong> {
        let model = &self.held.model;
        let near = || nearest_hint(nearest(name, model.targets().map(|target| model.target_name(target))));
        let found = model.target_called(name);
        found.ok_or_else(|| format!("`{}` has no channel or mix `{name}`{}", model.name, near()).into())
    }
}

#[pymethods]
impl Decision {
    #[getter]
    fn as_of(&self) -> String {
        self.day.to_string()
    }

    #[pyo3(signature = (lang, trace, indent))]
    fn to_json(&self, py: Python<'_>, lang: Option<&str>, trace: bool, indent: bool) -> PyResult<String> {
        let written = self.told(py, lang, |decided, speaker| {
            let mut written = Vec::new();
            result::write_json(decided, speaker, trace, indent, &mut written).map(|()| written)
        });
        Ok(String::from_utf8(written?)?)
    }

    fn answer(&self, py: Python<'_>, lang: Option<&str>, markdown: bool) -> String {
        self.told(py, lang, |decided, speaker| {
            let told = why::answer(decided, speaker, &why::Options::default());
            if markdown { told.markdown() } else { told.terminal(false) }
        })
    }

    fn why(&self, py: Python<'_>, target: &str, lang: Option<&str>, markdown: bool) -> PyResult<String> {
        let target = self.target(target)?;
        Ok(self.told(py, lang, |decided, speaker| {
            let advice = advise(decided.ruleset, decided.profile, decided.day, target, STEPS);
            let told = why::proof(decided, speaker, target, Some(&advice));
            if markdown { told.markdown() } else { told.terminal(false) }
        }))
    }

    fn why_json(&self, py: Python<'_>, target: &str, lang: Option<&str>) -> PyResult<String> {
        let target = self.target(target)?;
        Ok(self.told(py, lang, |decided, speaker| {
            let advice = advise(decided.ruleset, decided.profile, decided.day, target, STEPS);
            result::why_json(decided, speaker, &advice).to_string()
        }))
    }

    fn report(&self, py: Python<'_>, lang: Option<&str>, name: &str, ids: bool) -> String {
        self.told(py, lang, |decided, speaker| {
            report(decided, speaker, &why::client_advice(decided), name, ids).html(speaker.language)
        })
    }
}
