//! Rulesets from files, folders, or from inside the binary.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use qudao_analysis::analyse::findings;
use qudao_language::check::{Checked, check};
use qudao_language::diagnostic::{any_error, told_errors};
use qudao_language::model::Ruleset;
use qudao_language::profile::Format;
use qudao_language::syntax::{Sources, Wanted, WantedKind, begins_ruleset};

use super::argument::meant;
use super::files;
use super::git::{self, Revision};
use super::output::{Failure, Output, plain};
use super::project::Project;

/// A ruleset's files, and where its main file is on disk.
pub(crate) struct Loaded {
    pub(crate) sources: Sources,
    /// The main file; none for a ruleset from inside the binary.
    pub(crate) main: Option<PathBuf>,
    /// The other files on disk that it was read from, each with what it is for.
    pub(crate) others: Vec<(WantedKind, PathBuf)>,
    /// What the project says that it belongs to; for one that is no file, the project of the current folder.
    pub(crate) project: Project,
    /// Where files were looked for that are not there.
    absent: Vec<PathBuf>,
}

impl Loaded {
    /// Returns the files on disk that it was read from.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let others = self.others.iter().map(|(_, path)| path);
        self.main.iter().chain(others).chain(&self.project.file).cloned().collect()
    }

    /// Returns the files on disk on which it depends, those too that are not there yet.
    pub(crate) fn watched(&self) -> Vec<PathBuf> {
        self.paths().into_iter().chain(self.absent.iter().cloned()).collect()
    }
}

/// Finds the main files that an argument names: a file, those of a folder, or a bundled ruleset.
pub(crate) fn load(
    argument: &(impl AsRef<OsStr> + ?Sized),
    texts: Option<&Path>,
) -> Result<Vec<Loaded>, Failure> {
    let path = Path::new(argument);
    let argument = &*path.to_string_lossy();
    if let Some((revision, path)) = git::split(argument) {
        return load_revision(&revision, &path, argument);
    }
    let is_path = argument.contains(['/', '\\']) || argument.ends_with(".qd");
    if !is_path && !path.exists() {
        return match Sources::bundled(argument) {
            Some(sources) => Ok(vec![nowhere(sources)?]),
            None => Err(Failure::new(unknown_ruleset(argument))),
        };
    }
    if path.is_dir() {
        let mains = mains(path)?;
        if mains.is_empty() {
            return Err(Failure::new(format!(
                "no ruleset in `{argument}`: no .qd file there has a `ruleset` header"
            )));
        }
        return mains.iter().map(|main| load_file(main, files::read, texts)).collect();
    }
    let loaded = load_file(path, files::read_named, texts)?;
    let files = loaded.sources.files();
    let begins = begins_ruleset(files.get(loaded.sources.main()).text().as_bytes());
    if !begins && Format::of_name(argument).is_some() {
        return Err(Failure::new(format!(
            "`{argument}` is a profile, not a ruleset; `qudao eval RULESET {argument}` answers it"
        )));
    }
    let wholes = if begins { Vec::new() } else { wholes(path, texts) };
    Ok(if wholes.is_empty() { vec![loaded] } else { wholes })
}

/// Finds the rulesets that a file without a header is a part of: their main files lie in its folder, or in a folder
/// above it that its path tells.
fn wholes(part: &Path, texts: Option<&Path>) -> Vec<Loaded> {
    let Ok(sought) = std::fs::canonicalize(part) else { return Vec::new() };
    let is_part = |loaded: &Loaded| {
        loaded.paths().iter().any(|path| std::fs::canonicalize(path).is_ok_and(|path| path == sought))
    };
    for folder in part.ancestors().skip(1) {
        let Ok((mut mains, _)) = inside(folder) else { continue };
        mains.retain(|path| path.is_file() && has_header(path));
        mains.sort();
        let found: Vec<Loaded> = mains
            .iter()
            .filter_map(|main| load_file(main, files::read, texts).ok())
            .filter(is_part)
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Finds the main files that an argument names, without reading them: a file, or those of a folder.
pub(crate) fn main_files(argument: &(impl AsRef<OsStr> + ?Sized)) -> Result<Vec<PathBuf>, Failure> {
    let path = Path::new(argument);
    if path.is_dir() {
        mains(path)
    } else if path.is_file() {
        Ok(vec![path.to_path_buf()])
    } else {
        Err(Failure::new(format!("there is no file or folder `{}`", path.display())))
    }
}

fn unknown_ruleset(name: &str) -> String {
    let names: Vec<&str> = qudao_language::bundled::names().collect();
    let hint = meant(name, names.iter().copied(), ("inside are", &names));
    format!("no file and no ruleset inside the binary is named `{name}`{hint}")
}

/// Lists the files below a folder that have a header, in the order of their names.
fn mains(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = below(folder)?;
    found.retain(|path| has_header(path));
    Ok(found)
}

/// Lists the `.qd` files below a folder, in the order of their names.
pub(crate) fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let (files, folders) = inside(&folder).map_err(|error| {
            Failure::new(format!("cannot read the folder `{}`: {error}", folder.display()))
        })?;
        found.extend(files);
        open.extend(folders);
    }
    found.sort();
    Ok(found)
}

/// Lists the `.qd` files and the folders in a folder, hidden ones left aside. A link to a folder is none: it may lead in a
/// circle.
pub(crate) fn inside(folder: &Path) -> std::io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(here)?.flatten() {
        let name = entry.file_name();
        let path = folder.join(&name);
        if name.to_string_lossy().starts_with('.') {
            continue;
        } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            folders.push(path);
        } else if path.extension().is_some_and(|ending| ending == "qd") {
            files.push(path);
        }
    }
    Ok((files, folders))
}

/// Loads the rulesets that a path of a git revision names.
fn load_revision(revision: &Revision, path: &str, argument: &str) -> Result<Vec<Loaded>, Failure> {
    let fail = |error: std::io::Error| Failure::new(format!("cannot read `{argument}`: {error}"));
    let label = argument.strip_suffix(path).unwrap_or("");
    if !revision.is_folder(path) {
        let bytes = revision.read(Path::new(path)).map_err(fail)?;
        return Ok(vec![load_blob(revision, label, path, bytes)?]);
    }
    let mut found = Vec::new();
    for path in revision.files_below(path).map_err(fail)? {
        if path.ends_with(".qd") {
            let bytes = revision.read(Path::new(&path)).map_err(fail)?;
            if begins_ruleset(&bytes) {
                found.push(load_blob(revision, label, &path, bytes)?);
            }
        }
    }
    if found.is_empty() {
        return Err(Failure::new(format!("no ruleset in `{argument}`")));
    }
    Ok(found)
}

/// Brings the files that a ruleset of a revision wants, all from that revision.
fn load_blob(revision: &Revision, label: &str, path: &str, bytes: Vec<u8>) -> Result<Loaded, Failure> {
    let mut sources = Sources::new(&format!("{label}{path}"), bytes);
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    bring(&mut sources, |wanted| revision.read(&folder.join(&wanted.path)));
    nowhere(sources)
}

/// Brings what a ruleset wants, by a function that reads: what must not be read is refused, what else cannot be is absent.
pub(crate) fn bring(sources: &mut Sources, mut read: impl FnMut(&Wanted) -> std::io::Result<Vec<u8>>) {
    while let Some(wanted) = sources.wanted().cloned() {
        match read(&wanted) {
            Ok(bytes) => sources.supply(bytes),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                sources.refused(&plain(&error.to_string()));
            }
            Err(error) => sources.absent(&plain(&error.to_string())),
        }
    }
}

/// Reads a file that a ruleset wants: a base from anywhere, all else from the folder that wants it or below.
pub(crate) fn read_wanted(kind: WantedKind, within: &Path, file: &Path) -> std::io::Result<Vec<u8>> {
    match kind {
        WantedKind::Base => files::read(file),
        WantedKind::Part | WantedKind::Table | WantedKind::Workbook | WantedKind::Text | WantedKind::Lock => {
            read_inside(within, file)
        }
    }
}

/// Finds a file that a ruleset wants: from the ruleset's folder on, the text of a source else in the folder of texts.
/// Returns which one it is, and what it holds.
pub(crate) fn find(
    wanted: &Wanted,
    folder: &Path,
    texts: Option<&Path>,
    mut read: impl FnMut(WantedKind, &Path, &Path) -> std::io::Result<Vec<u8>>,
) -> (PathBuf, std::io::Result<Vec<u8>>) {
    let file = folder.join(&wanted.path);
    let found = read(wanted.kind, &folder.join(&wanted.within), &file);
    match (wanted.kind, &found, texts) {
        (WantedKind::Text, Err(error), Some(texts)) if error.kind() == ErrorKind::NotFound => {
            let file = text_path(texts, &wanted.path);
            let found = read(wanted.kind, texts, &file);
            (file, found)
        }
        _ => (file, found),
    }
}

/// A ruleset that is no file.
pub(crate) fn nowhere(sources: Sources) -> Result<Loaded, Failure> {
    let project = Project::of(Path::new("."))?;
    Ok(Loaded { sources, main: None, others: Vec::new(), project, absent: Vec::new() })
}

/// Tells whether a file begins a ruleset. A file that cannot be read is taken along, so that it is reported.
pub(crate) fn has_header(path: &Path) -> bool {
    files::glance(path).map_or(true, |bytes| begins_ruleset(&bytes))
}

fn load_file(
    path: &Path,
    read: fn(&Path) -> std::io::Result<Vec<u8>>,
    texts: Option<&Path>,
) -> Result<Loaded, Failure> {
    let name = path.to_string_lossy();
    let bytes = read(path).map_err(|error| Failure::new(format!("cannot read `{name}`: {error}")))?;
    let mut sources = Sources::new(&name, bytes);
    let (mut others, mut absent) = (Vec::new(), Vec::new());
    let folder = path.parent().unwrap_or(Path::new(""));
    let project = Project::of(folder)?;
    let texts = texts.or(project.texts.as_deref());
    bring(&mut sources, |wanted| {
        let (file, found) = find(wanted, folder, texts, read_wanted);
        match &found {
            Ok(_) => others.push((wanted.kind, file)),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {}
            Err(_) => absent.push(folder.join(&wanted.path)),
        }
        found
    });
    Ok(Loaded { sources, main: Some(path.to_path_buf()), others, project, absent })
}

/// Where the text of a source would be in a folder that was named on purpose: under the last name of its path.
pub(crate) fn text_path(folder: &Path, path: &str) -> PathBuf {
    folder.join(Path::new(path).file_name().unwrap_or_default())
}

/// Reads a file that must lie in a folder or below it, links followed.
pub(crate) fn read_inside(folder: &Path, file: &Path) -> std::io::Result<Vec<u8>> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let real = std::fs::canonicalize(file)?;
    if real.starts_with(std::fs::canonicalize(folder)?) {
        files::read(&real)
    } else {
        Err(std::io::Error::new(
            ErrorKind::PermissionDenied,
            "it lies outside of the folder that it must stay in, links followed",
        ))
    }
}

/// Loads and checks the one ruleset that an argument names. What is wrong with it is printed; then there is none.
pub(crate) fn ruleset(
    argument: &(impl AsRef<OsStr> + ?Sized),
    output: &mut Output,
) -> Result<Option<(Loaded, Ruleset)>, Failure> {
    let loaded = one(argument)?;
    Ok(ruleset_of(&loaded, output)?.map(|ruleset| (loaded, ruleset)))
}

/// Returns the path that an argument is, unless it names a ruleset inside the binary.
pub(crate) fn arguments(argument: &(impl AsRef<OsStr> + ?Sized)) -> Option<PathBuf> {
    let path = PathBuf::from(argument);
    path.is_file().then_some(path)
}

/// Loads the one ruleset that an argument names.
pub(crate) fn one(argument: &(impl AsRef<OsStr> + ?Sized)) -> Result<Loaded, Failure> {
    one_with(argument, None)
}

/// Loads the one ruleset that an argument names; texts of its sources may be in a further folder.
pub(crate) fn one_with(
    argument: &(impl AsRef<OsStr> + ?Sized),
    texts: Option<&Path>,
) -> Result<Loaded, Failure> {
    let loaded = load(argument, texts)?;
    let argument = argument.as_ref().to_string_lossy();
    let count = loaded.len();
    let mut loaded = loaded.into_iter();
    match (loaded.next(), count) {
        (Some(loaded), 1) => Ok(loaded),
        _ => Err(Failure::new(format!("`{argument}` holds {count} rulesets; name one of them"))),
    }
}

/// Checks a ruleset. What is wrong with it is printed; then there is none.
pub(crate) fn ruleset_of(loaded: &Loaded, output: &mut Output) -> Result<Option<Ruleset>, Failure> {
    let Checked { ruleset, mut diagnostics, .. } = check(&loaded.sources);
    if let Some(ruleset) = &ruleset {
        diagnostics.extend(findings::errors(ruleset));
    }
    if any_error(&diagnostics) {
        output.diagnostics(loaded.sources.files(), &told_errors(diagnostics), false)?;
        return Ok(None);
    }
    Ok(ruleset)
}
