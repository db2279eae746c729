//! Names of files as arguments. The system takes names that are not UTF-8, and so do we; they are shown as well as can be.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::output::Failure;
use super::paths;

/// The name of a file, or of something else that is always UTF-8. It can be used as the text that is shown.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    name: OsString,
    shown: String,
}

/// Reads how many are wanted.
pub(crate) fn count(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "expected a number such as 3; left out, all are told".to_string())
}

impl Argument {
    pub(crate) fn path(&self) -> &Path {
        Path::new(&self.name)
    }

    /// Returns the paths that it stands for: itself, or those that it is a pattern of.
    pub(crate) fn matching(&self) -> Result<Vec<PathBuf>, Failure> {
        match self.path().to_str() {
            Some(name) => paths::matching(Path::new(""), name).map_err(Failure::new),
            None => Ok(vec![self.path().to_path_buf()]),
        }
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
