//! Reading files with bounds, and replacing them whole.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use qudao::source::MAX_FILE_BYTES;

/// Reads a regular file, at most one byte more than the longest that is read.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    read_bounded(fs::File::open(path)?)
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

/// What temporary files are named after.
const TEMPORARY: &str = ".qudao-";

/// A sweep of another run may take a temporary file away in the moment between its making and its lock.
const ATTEMPTS: usize = 5;

/// Replaces a file whole or not at all: written beside it, then renamed. A link stays a link, the mode stays the same.
/// The temporary file is locked as long as its writer lives, so that [`sweep`] can tell what a killed run left.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut ended = write_and_rename(path, text);
    for _ in 1..ATTEMPTS {
        match &ended {
            Err(error) if error.kind() == io::ErrorKind::NotFound => ended = write_and_rename(path, text),
            Ok(()) | Err(_) => break,
        }
    }
    ended
}

fn write_and_rename(path: &Path, text: &str) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)?;
    // Where files cannot be locked, a sweep cannot lock them either and leaves them alone.
    let _ = file.as_file().lock();
    file.write_all(text.as_bytes())?;
    match fs::metadata(&target) {
        Ok(metadata) => file.as_file().set_permissions(metadata.permissions())?,
        Err(_) => readable(file.as_file())?,
    }
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    // The name is only safe once the folder is; where folders cannot be synced, there is nothing to do.
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Removes the temporary files that killed runs left in a folder; those of runs that go on are locked, and stay.
pub(crate) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
        if ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let file = fs::File::open(entry.path());
            if file.as_ref().is_ok_and(|file| file.try_lock().is_ok()) {
                // Another run may have swept it already.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Removes a file; that it is not there is no error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        ended => ended,
    }
}

/// A temporary file is for its owner alone; a new file is not.
#[cfg(unix)]
pub(crate) fn readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub(crate) fn readable(_: &fs::File) -> io::Result<()> {
    Ok(())
}
