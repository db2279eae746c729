//! Running tests.

use super::case::CaseRun;
use super::causes::Cause;
use super::coverage::Coverage;
use super::expect::{Instead, unmet};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, decide};
use qudao_language::diagnostic::render_in;
use qudao_language::model::{Origin, Profile, Property, Ruleset, Test};
use qudao_language::profile::{self, Format};
use qudao_language::source::Place;
use qudao_telling::words::{Speaker, Tongue, source_text};

/// What came of one ruleset's checks.
#[derive(Clone, Debug, Default)]
pub struct RulesetRun {
    /// The ruleset's name.
    pub name: String,
    /// Its main file, as the caller named it.
    pub file: String,
    /// What came of its tests, in the order of their declaration.
    pub tests: Vec<TestRun>,
    /// What came of its properties.
    pub properties: Vec<PropertyRun>,
    /// What came of the profiles beside it, by name.
    pub cases: Vec<CaseRun>,
    /// What moved the snapshots that differ, where somebody looked.
    pub causes: Option<Vec<Cause>>,
    /// Snapshots that belong to no profile.
    pub unreferenced: Vec<String>,
    /// Such snapshots that were removed.
    pub pruned: Vec<String>,
    /// What all of them reached, where that was asked for.
    pub coverage: Option<Coverage>,
    /// How many tests were left out, for not being selected or for an earlier failure.
    pub skipped: usize,
    /// Whether it could not be read, so that it has no tests.
    pub broken: bool,
    /// Whether what is undecided is taken for a failure.
    pub deny_undecided: bool,
    /// The language in which it is told.
    pub tongue: Tongue,
}

/// What came of a test.
#[derive(Clone, Debug)]
pub struct TestRun {
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub at: Place,
    /// What went wrong; nothing where it passed.
    pub failures: Vec<Failure>,
}

impl TestRun {
    /// Of a test that could not be run: why.
    #[must_use]
    pub fn not_run(ruleset: &Ruleset, test: &Test, why: String) -> TestRun {
        TestRun { failures: vec![Failure::NotRun(why)], ..TestRun::of(ruleset, test) }
    }

    fn of(ruleset: &Ruleset, test: &Test) -> TestRun {
        let at = ruleset.files.place(test.span);
        TestRun { title: test.title.main.clone(), at, failures: Vec::new() }
    }

    /// Tells whether it passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Why a test failed.
#[derive(Clone, Debug)]
pub enum Failure {
    /// An expectation is not met.
    Unmet {
        /// Where the expectation stands.
        at: Place,
        /// What is expected, as written.
        expected: String,
        /// What is the case, in the same form.
        actual: String,
        /// A short proof of it, on lines of its own.
        proof: String,
    },
    /// The test could not be run; it says why, and may have several lines.
    NotRun(String),
}

impl Failure {
    /// Returns it on one line.
    #[must_use]
    pub fn headline(&self, tongue: Tongue) -> String {
        match self {
            Failure::Unmet { expected, actual, .. } => tongue.expected_actual(expected, actual),
            Failure::NotRun(why) => tongue.not_run(why.lines().next().unwrap_or_default()),
        }
    }

    /// Returns what stands below that line: the proof, or the rest of why it could not be run.
    #[must_use]
    pub fn details(&self) -> &str {
        match self {
            Failure::Unmet { proof, .. } => proof,
            Failure::NotRun(why) => why.split_once('\n').map_or("", |(_, rest)| rest).trim_end(),
        }
    }

    /// Returns where the expectation stands, if it is one that is not met.
    #[must_use]
    pub fn at(&self) -> Option<&Place> {
        match self {
            Failure::Unmet { at, .. } => Some(at),
            Failure::NotRun(_) => None,
        }
    }
}

/// What came of a property.
#[derive(Clone, Debug)]
pub struct PropertyRun {
    /// Its name.
    pub name: String,
    /// Its title; empty where it has none.
    pub title: String,
    /// Where it stands.
    pub at: Place,
    /// What came of it.
    pub outcome: PropertyOutcome,
}

/// What can come of a property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PropertyOutcome {
    /// Nobody looked.
    NotChecked,
    /// It holds for every profile.
    Proved,
    /// It does not: a profile that shows it, and what is wrong there, on lines of their own.
    Fails(String),
    /// It could be neither proved nor refuted; it says why.
    Undecided(String),
}

/// Runs a test. `base` is the profile that its file holds, where it names one. A day goes before the test's own, and
/// that before the ruleset's.
#[must_use]
pub fn run(ruleset: &Ruleset, test: &Test, base: Option<&Profile>, day: Option<Date>) -> TestRun {
    run_observed(ruleset, test, base, day, None, &mut |_| {})
}

/// Runs a test, and shows its decision to somebody before it is compared. It is told in a language, else in English and
/// with the ruleset's first texts.
pub fn run_observed(
    ruleset: &Ruleset,
    test: &Test,
    base: Option<&Profile>,
    day: Option<Date>,
    language: Option<&str>,
    observe: &mut dyn FnMut(&Decision<'_>),
) -> TestRun {
    let tongue = Tongue::told_in(language);
    let Some(day) = day.or(test.as_of).or(ruleset.as_of).or((!ruleset.uses_day).then_some(Date::MIN)) else {
        return TestRun::not_run(ruleset, test, tongue.test_needs_day().to_string());
    };
    let profile = test_profile(ruleset, test, base);
    let left_out = required_and_left_out(ruleset, &profile);
    if !left_out.is_empty() {
        let why = tongue.test_leaves_out(&tongue.list(&left_out));
        return TestRun::not_run(ruleset, test, why);
    }
    let decision = decide(ruleset, &profile, day);
    observe(&decision);
    let speaker = Speaker::new(ruleset, language);
    let failures = test.expect.iter().filter_map(|expectation| {
        let Instead { actual, proof } = unmet(&decision, speaker, tongue, expectation)?;
        Some(Failure::Unmet {
            at: ruleset.files.place(expectation.span),
            expected: source_text(ruleset, expectation.span),
            actual,
            proof,
        })
    });
    TestRun { failures: failures.collect(), ..TestRun::of(ruleset, test) }
}

/// Returns the profile of a test: that of its file, or one that gives nothing, and over it the fields that are given.
#[must_use]
pub fn test_profile(ruleset: &Ruleset, test: &Test, base: Option<&Profile>) -> Profile {
    let mut profile = base.cloned().unwrap_or_else(|| Profile::empty(ruleset, &test.title.main));
    for given in &test.given {
        profile.set(given.field, given.value.clone());
    }
    profile
}

/// Reads the profile that a test names, by a function that reads a file, whose name is relative to what the test's own
/// file is relative to.
///
/// # Errors
/// Why it cannot be used.
pub fn base_profile(
    ruleset: &Ruleset,
    test: &Test,
    tongue: Tongue,
    read: impl FnOnce(&str) -> Result<Vec<u8>, String>,
) -> Result<Option<Profile>, String> {
    let Some(wanted) = &test.file else { return Ok(None) };
    let home = ruleset.files.get(test.span.file).name();
    let name = match home.rfind(['/', '\\']) {
        Some(end) => format!("{}{}", home.get(..=end).unwrap_or(""), wanted.value),
        None => wanted.value.clone(),
    };
    let Some(format) = Format::of_name(&wanted.value) else {
        return Err(tongue.ends_in_no_format(&wanted.value));
    };
    let bytes = read(&name).map_err(|error| tongue.unreadable_profile(&name, &error))?;
    let read = profile::read(ruleset, &name, bytes, format, &[]);
    match read.profile {
        Some(profile) => Ok(Some(profile)),
        None => {
            let shown = read
                .diagnostics
                .iter()
                .map(|diagnostic| render_in(&read.files, diagnostic, false, &tongue.frame()));
            Err(tongue.wrong_profile(&name, &shown.collect::<String>()))
        }
    }
}

fn required_and_left_out(ruleset: &Ruleset, profile: &Profile) -> Vec<String> {
    let fields = ruleset.fields.entries();
    fields
        .filter(|(id, field)| field.required && profile.get(*id).origin != Origin::Given)
        .map(|(_, field)| format!("`{}`", field.name))
        .collect()
}

/// Returns what comes of each property, by a function that proves them.
pub fn properties(
    ruleset: &Ruleset,
    mut prove: impl FnMut(&Property) -> PropertyOutcome,
) -> Vec<PropertyRun> {
    let properties = ruleset.properties.iter();
    properties
        .map(|property| PropertyRun {
            name: property.name.to_string(),
            title: property.title.as_ref().map(|title| title.main.clone()).unwrap_or_default(),
            at: ruleset.files.place(property.span),
            outcome: prove(property),
        })
        .collect()
}

/// Tells whether a name is selected by a pattern: it holds the pattern, the case of letters aside. Everything is where
/// there is no pattern.
#[must_use]
pub fn selected(pattern: Option<&str>, name: &str) -> bool {
    pattern.is_none_or(|pattern| name.to_lowercase().contains(&pattern.to_lowercase()))
}
