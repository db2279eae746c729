//! A ruleset with what it was made of, so that it can be sent to another process.

use std::path::{Path, PathBuf};

use qudao_analysis::analyse::findings;
use qudao_language::check::{Allowed, Checked, check};
use qudao_language::date::Date;
use qudao_language::diagnostic::{Diagnostic, any_error};
use qudao_language::model::Ruleset;
use qudao_language::source::MAX_FILE_BYTES;
use qudao_language::syntax::Sources;
use qudao_telling::words::Speaker;

use crate::cli::load::{self, Loaded};
use crate::cli::project::Project;
use crate::cli::{files, profiles};
use crate::error::Wrong;

/// A file that a ruleset asked for: what it holds; else whether it must not be read, and why it was not.
pub(crate) type Brought = Result<Vec<u8>, (bool, String)>;

/// What a ruleset is made of.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    /// The path of the main file, or the name of a ruleset that ships.
    pub(crate) name: String,
    /// The main file; none of a ruleset that ships.
    pub(crate) main: Option<Vec<u8>>,
    /// What was brought, in the order in which it was asked for.
    pub(crate) brought: Vec<Brought>,
    /// The language of its project, if that names one.
    pub(crate) language: Option<String>,
}

/// A ruleset without errors.
pub(crate) struct Held {
    pub(crate) recipe: Recipe,
    pub(crate) loaded: Loaded,
    pub(crate) model: Ruleset,
    /// What checking found, and which findings the ruleset allows.
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) allowed: Vec<Allowed>,
}

impl Held {
    /// Loads the ruleset that an argument names: a file, a folder that holds one, or the name of one that ships.
    pub(crate) fn load(argument: &Path) -> Result<Held, Wrong> {
        let name = argument.to_string_lossy();
        let is_path = name.contains(['/', '\\']) || name.ends_with(".qd") || argument.exists();
        if !is_path {
            let loaded = load::one(argument)?;
            let recipe = Recipe {
                name: name.into_owned(),
                main: None,
                brought: Vec::new(),
                language: loaded.project.lang.clone(),
            };
            return Held::of(loaded, recipe);
        }
        let mut mains = load::main_files(argument)?;
        let main = match (mains.pop(), mains.len()) {
            (Some(main), 0) => main,
            (None, _) => return Err(format!("no ruleset is in `{name}`").into()),
            (_, others) => {
                return Err(format!("`{name}` holds {} rulesets; name one of them", others + 1).into());
            }
        };
        Held::file(main)
    }

    fn file(main: PathBuf) -> Result<Held, Wrong> {
        let name = main.to_string_lossy().into_owned();
        let bytes = files::read(&main).map_err(|error| format!("cannot read `{name}`: {error}"))?;
        let folder = main.parent().unwrap_or(Path::new("")).to_path_buf();
        let project = Project::of(&folder)?;
        let mut sources = Sources::new(&name, bytes.clone());
        let mut brought = Vec::new();
        load::bring(&mut sources, |wanted| {
            let (_, found) = load::find(wanted, &folder, project.texts.as_deref(), load::read_wanted);
            brought.push(match &found {
                Ok(bytes) => Ok(bytes.clone()),
                Err(error) => Err((error.kind() == std::io::ErrorKind::PermissionDenied, error.to_string())),
            });
            found
        });
        let recipe = Recipe { name, main: Some(bytes), brought, language: project.lang.clone() };
        let mut loaded = load::nowhere(sources)?;
        loaded.project = project;
        loaded.main = Some(main);
        Held::of(loaded, recipe)
    }

    /// Makes a ruleset of what another process sent, or of a text alone.
    pub(crate) fn made(recipe: Recipe) -> Result<Held, Wrong> {
        let sources = match &recipe.main {
            None => Sources::bundled(&recipe.name)
                .ok_or_else(|| format!("no ruleset that ships is named `{}`", recipe.name))?,
            Some(main) if main.len() > MAX_FILE_BYTES => {
                return Err(format!("`{}` is too large", recipe.name).into());
            }
            Some(main) => {
                let mut sources = Sources::new(&recipe.name, main.clone());
                let mut brought = recipe.brought.iter();
                load::bring(&mut sources, |_| match brought.next() {
                    Some(Ok(bytes)) => Ok(bytes.clone()),
                    Some(Err((true, why))) => {
                        Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, why.clone()))
                    }
                    Some(Err((false, why))) => Err(std::io::Error::other(why.clone())),
                    None => Err(std::io::Error::other("a ruleset that is a text alone has no other files")),
                });
                sources
            }
        };
        Held::of(load::nowhere(sources)?, recipe)
    }

    fn of(loaded: Loaded, recipe: Recipe) -> Result<Held, Wrong> {
        let Checked { ruleset, mut diagnostics, allowed, .. } = check(&loaded.sources);
        diagnostics.extend(ruleset.iter().flat_map(findings::errors));
        match ruleset {
            Some(model) if !any_error(&diagnostics) => {
                Ok(Held { recipe, loaded, model, diagnostics, allowed })
            }
            _ => Err(Wrong::of(loaded.sources.files(), diagnostics)),
        }
    }

    /// Returns the day to read dated facts at: the caller's, the ruleset's, or today in UTC.
    pub(crate) fn day(&self, asked: Option<&str>) -> Result<Date, Wrong> {
        match asked {
            Some(text) => Ok(profiles::date(text).map_err(|wrong| format!("`{text}` is no day: {wrong}"))?),
            None => Ok(self.model.as_of.unwrap_or_else(profiles::today)),
        }
    }

    /// Returns a speaker of a language, else of the project's, else of the ruleset's first.
    pub(crate) fn speaker<'r>(&'r self, language: Option<&'r str>) -> Speaker<'r> {
        Speaker::new(&self.model, language.or(self.recipe.language.as_deref()))
    }
}
