//! Temporary files and folders. None stays behind, however a run ends: what ends by itself takes its own away, a signal
//! does so before the program dies of it, and the next run sweeps up after a kill.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// What temporary files are named after; so many letters and digits follow.
const PREFIX: &str = ".qudao-";
const LETTERS: usize = 6;

/// Another run may sweep a temporary file away in the moment between its making and its lock.
const ATTEMPTS: usize = 100;

/// What this run has made and not yet finished. Whoever makes, renames or removes one holds this.
static OURS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
/// The folders that this run has swept.
static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn hold<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes something under a new name in a folder, and notes it.
fn make<T>(folder: &Path, create: impl Fn(&Path) -> io::Result<T>) -> io::Result<(T, PathBuf)> {
    let mut ours = hold(&OURS);
    let named = tempfile::Builder::new().prefix(PREFIX).rand_bytes(LETTERS).make_in(folder, |path| {
        let name = path.file_name().unwrap_or_default();
        if is_temporary(&name.to_string_lossy()) {
            create(path)
        } else {
            // Another name is tried.
            Err(io::ErrorKind::AlreadyExists.into())
        }
    })?;
    // Removing it is up to us.
    let (made, path) = named.into_parts();
    let path = path.keep().map_err(|error| error.error)?;
    ours.insert(path.clone());
    Ok((made, path))
}

#[cfg(unix)]
fn mode(options: &mut OpenOptions, mode: u32) {
    std::os::unix::fs::OpenOptionsExt::mode(options, mode);
}

#[cfg(not(unix))]
fn mode(_: &mut OpenOptions, _: u32) {}

fn vanished() -> io::Error {
    io::Error::other("temporary files in its folder vanish at once")
}

/// A file under a name of its own. It is locked as long as this run lives, so that [`sweep`] can tell what a killed run
/// left.
#[derive(Debug)]
pub(super) struct Temporary {
    file: File,
    path: PathBuf,
}

impl Temporary {
    /// Makes one in a folder, for its owner alone if it is to replace what may be.
    pub(super) fn new(folder: &Path, private: bool) -> io::Result<Temporary> {
        watch_signals();
        sweep_once(folder);
        for _ in 0..ATTEMPTS {
            let made = Temporary::make(folder, private)?;
            // Where files cannot be locked, a sweep cannot lock them either and leaves them alone.
            let _ = made.file.lock();
            if made.path.exists() {
                return Ok(made);
            }
        }
        Err(vanished())
    }

    fn make(folder: &Path, private: bool) -> io::Result<Temporary> {
        let (file, path) = make(folder, |path| {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create_new(true);
            // The system takes away what the user's mask says.
            mode(&mut options, if private { 0o600 } else { 0o666 });
            options.open(path)
        })?;
        Ok(Temporary { file, path })
    }

    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives it the name that it was made for.
    pub(super) fn rename(self, to: &Path) -> io::Result<()> {
        let mut ours = hold(&OURS);
        fs::rename(&self.path, to)?;
        ours.remove(&self.path);
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let mut ours = hold(&OURS);
        if ours.remove(&self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A folder under a name of its own, locked like a file.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: Option<File>,
}

impl Folder {
    /// Makes one in a folder.
    pub(crate) fn new(parent: &Path) -> io::Result<Folder> {
        watch_signals();
        sweep_once(parent);
        for _ in 0..ATTEMPTS {
            let ((), path) = make(parent, |path| fs::create_dir(path))?;
            let lock = File::open(&path).ok();
            let _ = lock.as_ref().map(File::lock);
            let made = Folder { path, _lock: lock };
            if made.path.exists() {
                return Ok(made);
            }
        }
        Err(vanished())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let mut ours = hold(&OURS);
        let _ = fs::remove_dir_all(&self.path);
        ours.remove(&self.path);
    }
}

/// Sweeps a folder, once a run.
fn sweep_once(folder: &Path) {
    let known = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    if hold(&SWEPT).insert(known) {
        sweep(folder);
    }
}

/// Removes the temporary files that killed runs left in a folder; those of runs that go on are locked, and stay.
pub(crate) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| is_temporary(&entry.file_name().to_string_lossy())) {
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        if !kind.is_file() && !kind.is_dir() || hold(&OURS).contains(&path) {
            continue;
        }
        let file = File::open(&path);
        if file.as_ref().is_ok_and(|file| file.try_lock().is_ok()) {
            // Another run may have swept it already.
            let _ = if kind.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        }
    }
}

/// Tells whether a name is of a temporary file: no word of a person, who may have a `.qudao-config`.
fn is_temporary(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|rest| {
        let random = rest.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        random && rest.len() == LETTERS && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// What is said when a signal ends the run.
static LAST_WORDS: Mutex<Option<&'static str>> = Mutex::new(None);

/// Says something when a signal ends the run.
pub(crate) fn say_when_interrupted(words: &'static str) {
    *hold(&LAST_WORDS) = Some(words);
    watch_signals();
}

/// Sees to it that a signal which would end the run takes its temporary files away first.
#[cfg(unix)]
pub(crate) fn watch_signals() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ignored = ignored();
        let heeded = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| match ignored {
            Some(mask) => mask >> (signal - 1) & 1 == 0,
            // Where the system does not tell, a run under `nohup` must not learn to die of it.
            None => *signal != SIGHUP,
        });
        let Ok(mut signals) = signal_hook::iterator::Signals::new(heeded) else { return };
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                die(signal);
            }
        });
    });
}

/// Elsewhere an end from outside is a kill, and the next run sweeps.
#[cfg(not(unix))]
pub(crate) fn watch_signals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {});
}

/// Returns the signals that the run was told to ignore, a bit each.
#[cfg(unix)]
fn ignored() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// Takes everything away and ends as the signal wants it, so that a caller sees of what the run died.
#[cfg(unix)]
fn die(signal: i32) {
    // Held to the end, so that nothing new is made.
    let ours = hold(&OURS);
    for path in ours.iter() {
        if fs::remove_file(path).is_err() {
            let _ = fs::remove_dir_all(path);
        }
    }
    if let Some(words) = *hold(&LAST_WORDS) {
        let mut error = io::stderr();
        let clear = if io::IsTerminal::is_terminal(&error) { "\r\u{1b}[K" } else { "" };
        let _ = writeln!(error, "{clear}error: {words}");
    }
    let _ = signal_hook::low_level::emulate_default_handler(signal);
    std::process::exit(128 + signal);
}
