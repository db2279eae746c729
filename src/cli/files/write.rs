//! Writing: a regular file is replaced whole or not at all, anything else is written straight into.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::super::output::Failure;
use super::folder_of;
use super::temporary::Temporary;

/// So many links lead on at most.
const MAX_LINKS: usize = 40;

/// A file on its way. A regular one is written beside its place and renamed when it is whole: a link stays a link, mode
/// and owner stay the same, and a new file gets what the user's mask leaves of all permissions. A device, a pipe or a
/// socket is written straight into.
#[derive(Debug)]
pub(crate) struct NewFile {
    name: String,
    to: To,
}

#[derive(Debug)]
enum To {
    Beside {
        temporary: Temporary,
        target: PathBuf,
    },
    Straight(File),
    #[cfg(unix)]
    Socket(std::os::unix::net::UnixStream),
}

impl NewFile {
    pub(crate) fn open(path: &Path) -> io::Result<NewFile> {
        Ok(NewFile { name: path.display().to_string(), to: To::open(path)? })
    }

    /// Says that it cannot be written.
    pub(crate) fn failed(&self, error: impl std::fmt::Display) -> Failure {
        Failure::new(format!("cannot write `{}`: {error}", self.name))
    }

    /// Returns the name that it was opened by.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Tells whether nothing of it is there before it is finished.
    pub(crate) fn is_whole_or_not(&self) -> bool {
        matches!(self.to, To::Beside { .. })
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.to {
            To::Beside { mut temporary, target } => {
                temporary.file().sync_all()?;
                temporary.rename(&target)?;
                // The name is only safe once the folder is; where folders cannot be synced, there is nothing to do.
                if let Ok(folder) = File::open(folder_of(&target)) {
                    let _ = folder.sync_all();
                }
                Ok(())
            }
            To::Straight(mut file) => file.flush(),
            #[cfg(unix)]
            To::Socket(mut socket) => socket.flush(),
        }
    }
}

impl To {
    fn open(path: &Path) -> io::Result<To> {
        let metadata = fs::metadata(path);
        if metadata.as_ref().is_ok_and(Metadata::is_dir) {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
        }
        if metadata.as_ref().is_ok_and(|metadata| !metadata.is_file()) || is_handle(path) {
            return To::straight(path);
        }
        let target = resolve(path)?;
        let old = metadata.ok();
        if old.is_some() {
            // Whoever may not write a file does not replace it either.
            OpenOptions::new().write(true).open(&target)?;
        }
        let mut temporary = Temporary::new(&folder_of(&target), old.is_some())?;
        if let Some(old) = &old {
            as_before(temporary.file(), old)?;
        }
        Ok(To::Beside { temporary, target })
    }

    fn straight(path: &Path) -> io::Result<To> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt;
            if fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket()) && !is_handle(path) {
                return std::os::unix::net::UnixStream::connect(path).map(To::Socket);
            }
        }
        OpenOptions::new().append(true).open(path).map(To::Straight)
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Beside { temporary, .. } => temporary.file().write(bytes),
            To::Straight(file) => file.write(bytes),
            #[cfg(unix)]
            To::Socket(socket) => socket.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Beside { temporary, .. } => temporary.file().flush(),
            To::Straight(file) => file.flush(),
            #[cfg(unix)]
            To::Socket(socket) => socket.flush(),
        }
    }
}

/// Writes a text, or bytes, as a [`NewFile`] does.
pub(crate) fn replace(path: &Path, text: &(impl AsRef<[u8]> + ?Sized)) -> io::Result<()> {
    let mut writer = NewFile::open(path)?;
    writer.write_all(text.as_ref())?;
    writer.finish()
}

/// Gives a file the owner and the mode of another; the owner only where the system lets us.
#[cfg(unix)]
fn as_before(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        let _ = std::os::unix::fs::fchown(file, Some(old.uid()), Some(old.gid()))
            .or_else(|_| std::os::unix::fs::fchown(file, None, Some(old.gid())));
    }
    file.set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn as_before(file: &File, old: &Metadata) -> io::Result<()> {
    file.set_permissions(old.permissions())
}

/// Returns where a path leads, links followed, those too that lead to what is not there yet.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(to) => path = folder_of(&path).join(to),
            Err(_) => {
                let Some(name) = path.file_name() else { return fs::canonicalize(&path) };
                return Ok(fs::canonicalize(folder_of(&path))?.join(name));
            }
        }
    }
    Err(io::Error::other("too many links lead on from it"))
}

/// Tells whether a path names an open file of a process, whose end is where to write.
fn is_handle(path: &Path) -> bool {
    let of_process = path.starts_with("/proc") && path.parent().is_some_and(|parent| parent.ends_with("fd"));
    is_standard_output(path) || path == Path::new("/dev/stderr") || path.starts_with("/dev/fd") || of_process
}

/// Tells whether a path is another word for standard output.
pub(crate) fn is_standard_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// Tells whether two paths lead to one file, or would if it were there. A device may be named twice, as it keeps nothing.
pub(crate) fn same(a: &Path, b: &Path) -> bool {
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(one), Ok(other)) => !is_device(&one) && is_one(&one, &other, (a, b)),
        (Err(_), Err(_)) => match (resolve(a), resolve(b)) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        },
        _ => false,
    }
}

#[cfg(unix)]
fn is_one(one: &Metadata, other: &Metadata, _: (&Path, &Path)) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_one(_: &Metadata, _: &Metadata, (a, b): (&Path, &Path)) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

#[cfg(unix)]
fn is_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_char_device()
}

#[cfg(not(unix))]
fn is_device(_: &Metadata) -> bool {
    false
}
