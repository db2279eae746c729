//! A ruleset that was loaded: its texts, and what was found in them.

use std::collections::BTreeMap;
use std::path::Path;

use qudao_analysis::analyse::findings;
use qudao_editor::project::Project;
use qudao_editor::rename::plain_path;
use qudao_language::bundled;
use qudao_language::diagnostic::{self, Diagnostic, any_error, render_in, told_errors};
use qudao_language::model::Ruleset;
use qudao_language::profile::Format;
use qudao_language::syntax::{Sources, begins_ruleset};
use qudao_telling::words::Tongue;
use serde::Deserialize;

/// The texts of a ruleset by their paths; or the name of one that ships.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Texts {
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// The main file; it may be left out where one file alone has a header.
    main: Option<String>,
    bundled: Option<String>,
}

/// A ruleset with its texts.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) project: Project,
    files: BTreeMap<String, String>,
    /// What proofs found that keeps it from being used.
    errors: Vec<Diagnostic>,
}

impl Held {
    pub(crate) fn load(texts: Texts) -> Result<Held, String> {
        let files: BTreeMap<String, String> =
            texts.files.into_iter().map(|(path, text)| (plain_path(&path), text)).collect();
        let sources = match texts.bundled {
            Some(name) => {
                Sources::bundled(&name).ok_or_else(|| format!("no ruleset that ships is named `{name}`"))?
            }
            None => brought(&files, texts.main.as_deref())?,
        };
        let project = Project::new(sources);
        let errors = project.ruleset.iter().flat_map(|ruleset| findings::errors(ruleset)).collect();
        Ok(Held { project, files, errors })
    }

    /// The ruleset, unless errors keep it from being used; then all of them, as a text.
    pub(crate) fn ruleset(&self) -> Result<&Ruleset, String> {
        match &self.project.ruleset {
            Some(ruleset) if !any_error(&self.project.diagnostics) && self.errors.is_empty() => Ok(ruleset),
            _ => {
                let files = self.project.sources().files();
                let errors = told_errors(self.told(None));
                let frame = Tongue::English.frame();
                Err(errors.iter().map(|error| render_in(files, error, false, &frame)).collect())
            }
        }
    }

    /// What is wrong with it as far as it is known without proofs, in a language.
    pub(crate) fn told(&self, lang: Option<&str>) -> Vec<Diagnostic> {
        let mut found = Tongue::told_in(lang).checked(self.project.diagnostics.clone());
        found.extend(self.errors.iter().cloned());
        diagnostic::sort(&mut found);
        found
    }

    /// The name of its main file.
    pub(crate) fn main(&self) -> &str {
        let sources = self.project.sources();
        sources.files().get(sources.main()).name()
    }

    /// Reads a file by its path: one that was brought, or one of a ruleset that ships.
    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let of_bundle = || path.split_once('/').and_then(|(ruleset, path)| bundled::file(ruleset, path));
        let text = self.files.get(&plain_path(path)).map(String::as_str).or_else(of_bundle);
        text.map(|text| text.as_bytes().to_vec()).ok_or_else(|| "there is no such file".to_string())
    }

    /// The paths of the profiles among its files.
    pub(crate) fn profiles(&self) -> impl Iterator<Item = (&str, &str, Format)> {
        self.files
            .iter()
            .filter_map(|(path, text)| Some((path.as_str(), text.as_str(), Format::of_name(path)?)))
    }
}

/// Brings all texts that a main file asks for.
fn brought(files: &BTreeMap<String, String>, main: Option<&str>) -> Result<Sources, String> {
    let main = match main {
        Some(main) => plain_path(main),
        None => {
            let is_main =
                |(path, text): &(&String, &String)| path.ends_with(".qd") && begins_ruleset(text.as_bytes());
            let mut mains = files.iter().filter(is_main);
            match (mains.next(), mains.next()) {
                (Some((path, _)), None) => path.clone(),
                (None, _) => return Err("none of the files begins a ruleset".into()),
                (Some((first, _)), Some((second, _))) => {
                    return Err(format!("`{first}` and `{second}` begin a ruleset each; say which is meant"));
                }
            }
        }
    };
    let text = files.get(&main).ok_or_else(|| format!("the main file `{main}` is not among the files"))?;
    let mut sources = Sources::new(&main, text.as_bytes().to_vec());
    let folder = Path::new(&main).parent().unwrap_or(Path::new("")).to_path_buf();
    while let Some(wanted) = sources.wanted() {
        let path = plain_path(&folder.join(&wanted.path).to_string_lossy());
        match files.get(&path) {
            Some(text) => sources.supply(text.as_bytes().to_vec()),
            None => sources.absent("it is not among the files"),
        }
    }
    Ok(sources)
}
