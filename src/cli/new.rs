//! `qudao new`

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Exit;
use super::files::{Folder, folder_of};
use super::output::{Failure, Output};
use super::profiles::quoted;

const EXAMPLES: &str = "Examples:
  qudao new pottery                      a folder with a ruleset in it";

/// What `qudao new` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The folder to make; the ruleset is named after it
    dir: PathBuf,
}

const MAIN: &str = include_str!("new/main.qd");

/// The other files, by path; the main file is named like the ruleset.
const FILES: &[(&str, &str)] = &[
    ("tests.qd", include_str!("new/tests.qd")),
    ("profiles/beginner.yaml", include_str!("new/profiles/beginner.yaml")),
    ("profiles/workshop.yaml", include_str!("new/profiles/workshop.yaml")),
    ("snapshots/beginner.snap", include_str!("new/snapshots/beginner.snap")),
    ("snapshots/workshop.snap", include_str!("new/snapshots/workshop.snap")),
];

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let dir = args.dir.as_path();
    let Some(last) = dir.file_name() else {
        let shown = dir.display();
        return Err(Failure::new(format!(
            "`{shown}` names no new folder; write a name, as in `qudao new shop`"
        )));
    };
    let (name, text) = named(&last.to_string_lossy())?;
    let main = format!("{name}.qd");
    let files: Vec<(&str, &str)> =
        [(main.as_str(), text.as_str())].into_iter().chain(FILES.iter().copied()).collect();
    make(dir, &files)
        .map_err(|error| Failure::new(format!("`{}` cannot be made: {error}", dir.display())))?;
    let path = |file: &str| quoted(&dir.join(file).display().to_string());
    let shown = quoted(&dir.display().to_string());
    let mut told = String::from("made\n");
    files.iter().for_each(|(file, _)| told.push_str(&format!("  {}\n", path(file))));
    let profile = path("profiles/beginner.yaml");
    told.push_str(&format!(
        "next\n  qudao check {shown}\n  qudao eval {shown} {profile}\n  qudao test {shown}\n"
    ));
    output.print(&told)?;
    Ok(Exit::Done)
}

/// Makes the name of a folder a name of the language; returns it with the text of the main file, laid out.
fn named(folder: &str) -> Result<(String, String), Failure> {
    let kept: String =
        folder.chars().map(|c| if unicode_ident::is_xid_continue(c) { c } else { '_' }).collect();
    let kept = kept.trim_matches('_');
    // A digit begins no name, and a word of the language may be none.
    let candidates = [kept.to_string(), format!("rules_{kept}")];
    let laid_out = candidates.into_iter().filter(|_| !kept.is_empty()).find_map(|name| {
        let text = qudao_language::format::format("main.qd", &MAIN.replace("NAME", &name)).ok()?;
        Some((name, text))
    });
    laid_out.ok_or_else(|| Failure::new(format!("`{folder}` cannot be made a name; begin it with a letter")))
}

/// Makes a folder whole or not at all: written beside it, then renamed. Nothing that is there is written over.
fn make(dir: &Path, files: &[(&str, &str)]) -> io::Result<()> {
    let taken = || {
        io::Error::new(io::ErrorKind::AlreadyExists, "it is there already; `qudao new` writes nothing over")
    };
    match fs::symlink_metadata(dir) {
        // An empty folder is as good as none.
        Ok(there) if there.is_dir() && fs::read_dir(dir)?.next().is_none() => {}
        Ok(_) => return Err(taken()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let parent = folder_of(dir);
    fs::create_dir_all(&parent)?;
    let beside = Folder::new(&parent)?;
    let whole = beside.path().join("new");
    fs::create_dir(&whole)?;
    for (file, text) in files {
        let path = whole.join(file);
        fs::create_dir_all(path.parent().unwrap_or(&whole))?;
        fs::write(path, text)?;
    }
    // This takes away a folder only if it is empty, and renaming goes over an empty folder at most.
    match fs::remove_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => return Err(taken()),
        other => other?,
    }
    fs::rename(&whole, dir)
}
