//! Files of a git revision, through the program `git`.

use std::io;
use std::path::{Component, Path};
use std::process::{Command, Stdio};

use qudao_language::source::MAX_FILE_BYTES;

/// A revision of the repository that the current folder is in.
pub(crate) struct Revision {
    name: String,
}

/// Takes `REV:PATH` apart; nothing if it is a path, or has no colon.
pub(crate) fn split(argument: &str) -> Option<(Revision, String)> {
    let (name, path) = argument.split_once(':')?;
    // One letter before a colon is a drive, and a file that exists is a file.
    let is_path =
        Path::new(argument).exists() || name.len() < 2 || name.contains(['/', '\\']) && path.is_empty();
    (!is_path && !path.is_empty()).then(|| (Revision { name: name.to_string() }, path.to_string()))
}

impl Revision {
    /// Returns a file, below the current folder or beside it.
    ///
    /// # Errors
    /// If there is no such revision or file, or `git` cannot be run.
    pub(crate) fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.git(&["cat-file", "blob", &self.object(path)?])
    }

    /// Tells whether a path is a folder there.
    pub(crate) fn is_folder(&self, path: &str) -> bool {
        let kind = self.object(Path::new(path)).and_then(|object| self.git(&["cat-file", "-t", &object]));
        kind.is_ok_and(|kind| kind.starts_with(b"tree"))
    }

    /// Lists the files below a folder, as paths that begin with it, in order.
    ///
    /// # Errors
    /// If there is no such revision or folder, or `git` cannot be run.
    pub(crate) fn files_below(&self, folder: &str) -> io::Result<Vec<String>> {
        let object = self.object(Path::new(folder))?;
        let names = self.git(&["ls-tree", "-r", "-z", "--name-only", &object])?;
        let names = String::from_utf8_lossy(&names);
        let folder = folder.trim_end_matches('/');
        Ok(names.split('\0').filter(|name| !name.is_empty()).map(|name| format!("{folder}/{name}")).collect())
    }

    /// The name of an object as git reads it: `REV:./PATH`, below the current folder.
    fn object(&self, path: &Path) -> io::Result<String> {
        if self.name.starts_with('-') {
            return Err(io::Error::other("a revision does not begin with `-`"));
        }
        let mut parts: Vec<String> = Vec::new();
        for part in path.components() {
            match part {
                Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
                Component::ParentDir if parts.last().is_some_and(|last| last != "..") => {
                    parts.pop();
                }
                Component::ParentDir => parts.push("..".into()),
                Component::CurDir => {}
                Component::RootDir | Component::Prefix(_) => {
                    return Err(io::Error::other("a path in a revision is relative to the current folder"));
                }
            }
        }
        Ok(format!("{}:./{}", self.name, parts.join("/")))
    }

    /// Runs `git` with arguments that no shell reads, and bounds what is taken of its output.
    fn git(&self, arguments: &[&str]) -> io::Result<Vec<u8>> {
        let output = Command::new("git")
            .args(arguments)
            .stdin(Stdio::null())
            .env("GIT_OPTIONAL_LOCKS", "0")
            .output()
            .map_err(|error| io::Error::other(format!("`git` cannot be run: {error}")))?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            let line = message.lines().next().unwrap_or("").trim_start_matches("fatal: ");
            return Err(io::Error::other(line.to_string()));
        }
        let mut bytes = output.stdout;
        bytes.truncate(MAX_FILE_BYTES + 1);
        Ok(bytes)
    }
}
