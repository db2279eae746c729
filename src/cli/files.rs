//! Reading files with a bound, and the one way in which they are written.

mod temporary;
mod write;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use qudao_language::diagnostic::merge_conflicts;
use qudao_language::source::{Files, MAX_FILE_BYTES, conflicts};

use super::output::Failure;

pub(crate) use temporary::{Folder, say_when_interrupted, sweep};
pub(crate) use write::{NewFile, is_standard_output, replace, same};

/// The files that this run has read.
static SEEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Remembers that a file is read.
pub(crate) fn see(path: &Path) {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf());
}

/// Returns the files that this run has read, by name.
pub(crate) fn seen() -> Vec<PathBuf> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
}

/// Reads a regular file, at most one byte more than the longest that is read.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    see(path);
    glance(path)
}

/// The same for a file that is only looked at, to tell whether it is one of those that are read.
pub(crate) fn glance(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = readable(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    read_bounded(fs::File::open(path)?)
}

/// Reads a file that was named on the command line: a pipe or a device too, as in `<(command)`.
pub(crate) fn read_named(path: &Path) -> io::Result<Vec<u8>> {
    readable(path)?;
    see(path);
    read_bounded(fs::File::open(path)?)
}

fn readable(path: &Path) -> io::Result<fs::Metadata> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    Ok(metadata)
}

/// Tells whether a path leads to a pipe, a device or a socket.
pub(crate) fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// Reads standard input, bounded like a file.
pub(crate) fn read_stdin() -> io::Result<Vec<u8>> {
    read_bounded(io::stdin().lock())
}

fn read_bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a file to be written.
pub(crate) fn create(path: &Path) -> Result<BufWriter<NewFile>, Failure> {
    let failed = |error: io::Error| Failure::new(format!("cannot write `{}`: {error}", path.display()));
    NewFile::open(path).map(BufWriter::new).map_err(failed)
}

/// Writes out what is left and gives a file its name.
pub(crate) fn finish(mut file: BufWriter<NewFile>) -> Result<(), Failure> {
    let flushed = file.flush();
    flushed.map_err(|error| file.get_ref().failed(error))?;
    let name = file.get_ref().name().to_string();
    let (file, _) = file.into_parts();
    file.finish().map_err(|error| Failure::new(format!("cannot write `{name}`: {error}")))
}

/// Refuses to write over what a command reads.
pub(crate) fn spare(path: &Path, read: &[PathBuf]) -> Result<(), Failure> {
    match read.iter().any(|input| same(path, input)) {
        true => Err(Failure::new(format!("`{}` is read here, and is not written over", path.display()))),
        false => Ok(()),
    }
}

/// Writes a text, or bytes, to a file, whole or not at all, but over nothing that a command reads.
pub(crate) fn put(path: &Path, text: &(impl AsRef<[u8]> + ?Sized), read: &[PathBuf]) -> Result<(), Failure> {
    spare(path, read)?;
    replace(path, text).map_err(|error| Failure::new(format!("cannot write `{}`: {error}", path.display())))
}

/// Refuses a text in which a merge left its marks.
pub(crate) fn merged(name: &str, text: &str) -> Result<(), Failure> {
    let found = conflicts(text);
    if found.is_empty() {
        return Ok(());
    }
    let mut files = Files::default();
    let file = files.add(name, text);
    Err(Failure::wrong(files, merge_conflicts(file, &found)))
}

/// Removes a file; that it is not there is no error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        ended => ended,
    }
}

/// Returns the folder that a path lies in.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_path_buf()
}
