//! Rulesets and the profiles that they are asked about.

use std::path::{Path, PathBuf};

use qudao_analysis::analyse::findings;
use qudao_language::check::{Checked, check};
use qudao_language::date::Date;
use qudao_language::diagnostic::any_error;
use qudao_language::profile::{self, Format};
use qudao_language::syntax::Sources;
use qudao_language::{decide, model};

use crate::error::{Error, Problem, problems};
use crate::{Decision, Table, TableOptions};

/// A ruleset without errors.
#[derive(Debug)]
pub struct Ruleset {
    model: model::Ruleset,
    warnings: Vec<Problem>,
}

/// What a profile may answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Field<'r> {
    /// Its name.
    pub name: &'r str,
    /// What to ask, in the first language of the ruleset.
    pub question: Option<&'r str>,
    /// Whether it must be given.
    pub required: bool,
}

/// A profile without errors, of one ruleset.
#[derive(Clone, Debug)]
pub struct Profile {
    pub(crate) model: model::Profile,
    warnings: Vec<Problem>,
}

impl Ruleset {
    /// Loads a ruleset from its main file. `read` reads a file, `std::fs::read` for instance; the files that the ruleset
    /// names are read relative to the main file.
    ///
    /// # Errors
    /// If the main file cannot be read, or the ruleset has errors.
    pub fn load<E: std::fmt::Display>(
        main: impl AsRef<Path>,
        mut read: impl FnMut(PathBuf) -> Result<Vec<u8>, E>,
    ) -> Result<Ruleset, Error> {
        let main = main.as_ref();
        let sources = Sources::load(main, |path| read(path.to_path_buf()));
        Ruleset::of(&sources.map_err(|error| format!("cannot read `{}`: {error}", main.display()))?)
    }

    /// Returns a ruleset that ships with the program, `wechat` for instance.
    #[must_use]
    pub fn bundled(name: &str) -> Option<Ruleset> {
        Ruleset::of(&Sources::bundled(name)?).ok()
    }

    fn of(sources: &Sources) -> Result<Ruleset, Error> {
        let Checked { ruleset, mut diagnostics, .. } = check(sources);
        diagnostics.extend(ruleset.iter().flat_map(findings::errors));
        match ruleset {
            Some(model) if !any_error(&diagnostics) => {
                Ok(Ruleset { model, warnings: problems(sources.files(), &diagnostics) })
            }
            _ => Err(Error::new(sources.files(), diagnostics)),
        }
    }

    /// Returns the language of its texts without a tag.
    fn language(&self) -> &str {
        self.model.languages.first().map_or("en", |tag| tag)
    }

    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.model.name
    }

    /// Returns the day on which it says it is to be read, if it says one.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.model.as_of
    }

    /// Returns what is worth knowing about it: warnings and notes.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Returns the fields of its profiles, in the order of their declaration.
    pub fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        let language = self.language();
        self.model.fields.iter().map(move |field| Field {
            name: &field.name,
            question: field.question.as_ref().map(|question| question.get(language)),
            required: field.required,
        })
    }

    /// Returns the JSON Schema of its profiles.
    #[must_use]
    pub fn schema(&self) -> serde_json::Value {
        profile::schema(&self.model, self.language())
    }

    /// Returns the names of its channels and mixes, in the order of their declaration.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        self.model.targets().map(|target| self.model.target_name(target))
    }

    /// Reads a profile. `name` is told where something is wrong with it.
    ///
    /// # Errors
    /// If it cannot be read, or does not fit the fields of the ruleset.
    pub fn profile(&self, name: &str, text: Vec<u8>, format: Format) -> Result<Profile, Error> {
        let read = profile::read(&self.model, name, text, format, &[]);
        match read.profile {
            Some(model) => Ok(Profile { model, warnings: problems(&read.files, &read.diagnostics) }),
            None => Err(Error::new(&read.files, read.diagnostics)),
        }
    }

    /// Decides what the ruleset says of a profile of its own, on a day.
    #[must_use]
    pub fn decide<'a>(&'a self, profile: &'a Profile, day: Date) -> Decision<'a> {
        Decision { inner: decide::decide(&self.model, &profile.model, day) }
    }

    /// Makes what answers tables of profiles on a day.
    ///
    /// # Errors
    /// If the options name a field that the ruleset does not have, or a column twice.
    pub fn table(&self, day: Date, options: TableOptions) -> Result<Table<'_>, Error> {
        Table::new(&self.model, day, options)
    }
}

impl Profile {
    /// Returns what is worth knowing about it: an old name of a field, for instance.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }
}
