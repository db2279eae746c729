//! Names of files as arguments. The system takes names that are not UTF-8, and so do we; they are shown as well as can be.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use qudao_language::diagnostic::{nearest, nearest_hint};

use super::output::Failure;
use super::paths;

/// The name of a file, or of something else that is always UTF-8. It can be used as the text that is shown.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    name: OsString,
    shown: String,
}

/// So many names are listed at most where none is near.
const MOST_LISTED: usize = 20;

/// What may be meant by a name that is none, to stand behind that: the nearest of some names; else all, where they are few.
pub(crate) fn meant<'n>(
    name: &str,
    names: impl IntoIterator<Item = &'n str>,
    (there_are, all): (&str, &[&str]),
) -> String {
    match nearest(name, names) {
        near @ Some(_) => nearest_hint(near),
        None if (1..=MOST_LISTED).contains(&all.len()) => format!("; {there_are} {}", all.join(", ")),
        None => String::new(),
    }
}

/// How many are told in full.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Top(Option<usize>);

impl Top {
    /// Returns how many that is, if it is not all; where nothing is said, ten.
    pub(crate) fn of(said: Option<Top>) -> Option<usize> {
        said.map_or(Some(10), |top| top.0)
    }
}

/// Reads how many are wanted.
pub(crate) fn top(text: &str) -> Result<Top, String> {
    if text == "all" {
        return Ok(Top(None));
    }
    let number = text.parse().map_err(|_| "expected a number such as 3, or `all`".to_string())?;
    Ok(Top(Some(number)))
}

impl Argument {
    pub(crate) fn path(&self) -> &Path {
        Path::new(&self.name)
    }

    /// Returns the files that it stands for: itself, those that it is a pattern of, those in a folder that are known,
    /// hidden ones left aside, in the order of their names.
    pub(crate) fn files(&self, is_known: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Failure> {
        let named = match self.path().to_str() {
            Some(name) => paths::matching(Path::new(""), name).map_err(Failure::new)?,
            None => vec![self.path().to_path_buf()],
        };
        let mut files = Vec::new();
        for path in named {
            if !path.is_dir() {
                files.push(path);
                continue;
            }
            let shown = path.display();
            let entries = std::fs::read_dir(&path)
                .map_err(|error| Failure::new(format!("cannot read the folder `{shown}`: {error}")))?;
            let hidden =
                |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            let found = entries.flatten().map(|entry| entry.path());
            let mut found: Vec<PathBuf> =
                found.filter(|path| path.is_file() && !hidden(path) && is_known(path)).collect();
            if found.is_empty() {
                return Err(Failure::new(format!("no profile in `{shown}`")));
            }
            found.sort();
            files.append(&mut found);
        }
        Ok(files)
    }
}

impl From<OsString> for Argument {
    fn from(name: OsString) -> Argument {
        let shown = name.to_string_lossy().into_owned();
        Argument { name, shown }
    }
}

impl From<&str> for Argument {
    fn from(name: &str) -> Argument {
        Argument::from(OsString::from(name))
    }
}

impl Deref for Argument {
    type Target = str;

    fn deref(&self) -> &str {
        &self.shown
    }
}

impl AsRef<OsStr> for Argument {
    fn as_ref(&self) -> &OsStr {
        &self.name
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
