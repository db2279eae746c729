//! What tells two rulesets apart.

use pyo3::prelude::*;
use qudao_analysis::analyse::difference::{Difference as Found, Side, report, to_json};
use qudao_language::date::Date;
use qudao_language::profile::{self, Format};

use crate::cli::budget::Spending;
use crate::cli::diff::find;
use crate::held::Held;

/// A difference, told.
#[pyclass(frozen, get_all, module = "qudao._qudao")]
pub(crate) struct Difference {
    changes: bool,
    json: String,
    text: String,
    markdown: String,
}

/// Compares two rulesets, each on a day, over all profiles, and over some that are given by name, in JSON.
pub(crate) fn compared(
    (old, old_day): (&Held, Date),
    (new, new_day): (&Held, Date),
    given: Vec<(String, String)>,
    lang: Option<&str>,
) -> Difference {
    let side = |held: &Held, day| (held.recipe.name.clone(), day);
    let ((old_label, old_day), (new_label, new_day)) = (side(old, old_day), side(new, new_day));
    let mut found = Found::new(
        Side { ruleset: &old.model, day: old_day, label: old_label },
        Side { ruleset: &new.model, day: new_day, label: new_label },
    );
    for (name, text) in given {
        let read = |held: &Held| {
            profile::read(&held.model, &name, text.clone().into_bytes(), Format::Json, &[]).profile
        };
        found.add_profile(&name, read(old).as_ref(), read(new).as_ref());
    }
    let sides = [(&new.loaded, &new.model), (&old.loaded, &old.model)];
    find(&mut found, sides, Spending::default(), &mut Vec::new());
    let told = report(&found, &[], None, new.loaded.project.tongue(lang));
    Difference {
        changes: found.changes(),
        json: to_json(&found).to_string(),
        text: told.terminal(false),
        markdown: told.markdown(),
    }
}
