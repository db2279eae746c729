//! `qudao new`

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use qudao_language::check::check;
use qudao_language::profile::schema;
use qudao_language::syntax::Sources;
use qudao_telling::words::Tongue;

use super::Exit;
use super::files::{Folder, folder_of};
use super::output::{Failure, Output};
use super::profiles::quoted;

const EXAMPLES: &str = "Examples:
  qudao new pottery                      a folder with a ruleset in it
  qudao new pottery --lang zh            the same, its texts in Chinese";

/// What `qudao new` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The folder to make; the ruleset is named after it
    dir: PathBuf,
    /// The language of its texts
    #[arg(long, value_enum, value_name = "TAG", default_value_t = Language::En)]
    lang: Language,
}

/// The language of the texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Language {
    /// English
    En,
    /// Chinese
    Zh,
}

/// Files that are made, by path.
type Files = Vec<(&'static str, &'static str)>;

impl Language {
    fn tongue(self) -> Tongue {
        match self {
            Language::En => Tongue::English,
            Language::Zh => Tongue::Chinese,
        }
    }

    /// Returns the main file, which is named like the ruleset, and the other files.
    fn files(self) -> (&'static str, Files) {
        let (main, tests, project, beginner, workshop) = match self {
            Language::En => (
                include_str!("new/main.qd"),
                include_str!("new/tests.qd"),
                include_str!("new/qudao.toml"),
                include_str!("new/profiles/beginner.yaml"),
                include_str!("new/profiles/workshop.yaml"),
            ),
            Language::Zh => (
                include_str!("new/zh/main.qd"),
                include_str!("new/zh/tests.qd"),
                include_str!("new/zh/qudao.toml"),
                include_str!("new/zh/profiles/beginner.yaml"),
                include_str!("new/zh/profiles/workshop.yaml"),
            ),
        };
        let others = vec![
            ("tests.qd", tests),
            (super::project::NAME, project),
            ("profiles/beginner.yaml", beginner),
            ("profiles/workshop.yaml", workshop),
            ("snapshots/beginner.snap", include_str!("new/snapshots/beginner.snap")),
            ("snapshots/workshop.snap", include_str!("new/snapshots/workshop.snap")),
            (".gitignore", include_str!("new/gitignore")),
        ];
        (main, others)
    }
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let dir = args.dir.as_path();
    let Some(last) = dir.file_name() else {
        let shown = dir.display();
        return Err(Failure::new(format!(
            "`{shown}` names no new folder; write a name, as in `qudao new shop`"
        )));
    };
    let (main, others) = args.lang.files();
    let (name, text) = named(&last.to_string_lossy(), main)?;
    let main = format!("{name}.qd");
    let mut files = vec![(main.as_str(), text.as_str())];
    files.extend(others);
    let schema = schema_of(&files);
    files.push(("profile.schema.json", &schema));
    make(dir, &files)
        .map_err(|error| Failure::new(format!("`{}` cannot be made: {error}", dir.display())))?;
    let path = |file: &str| quoted(&dir.join(file).display().to_string());
    let shown = quoted(&dir.display().to_string());
    let tongue = args.lang.tongue();
    let mut told = format!("{}\n", tongue.made());
    files.iter().for_each(|(file, _)| told.push_str(&format!("  {}\n", path(file))));
    let profile = path("profiles/beginner.yaml");
    told.push_str(&format!(
        "{}\n  qudao check {shown}\n  qudao eval {shown} {profile}\n  qudao test {shown}\n",
        tongue.next()
    ));
    output.print(&told)?;
    Ok(Exit::Done)
}

/// The JSON Schema of the profiles, by which editors complete them.
fn schema_of(files: &[(&str, &str)]) -> String {
    let (main, _) = files.first().expect("the main file comes first");
    let read = |path: &Path| {
        let made = files.iter().find(|(file, _)| Path::new(file) == path);
        made.map(|(_, text)| text.as_bytes().to_vec()).ok_or("it is not made")
    };
    let sources = Sources::load(Path::new(main), read).expect("the main file is made");
    let ruleset = check(&sources).ruleset.expect("what is made has no errors");
    let language = ruleset.languages.first().map_or("en", |tag| tag);
    format!("{:#}\n", schema(&ruleset, language))
}

/// Makes the name of a folder a name of the language; returns it with the text of the main file, laid out.
fn named(folder: &str, main: &str) -> Result<(String, String), Failure> {
    let kept: String =
        folder.chars().map(|c| if unicode_ident::is_xid_continue(c) { c } else { '_' }).collect();
    let kept = kept.trim_matches('_');
    // A digit begins no name, and a word of the language may be none.
    let candidates = [kept.to_string(), format!("rules_{kept}")];
    let laid_out = candidates.into_iter().filter(|_| !kept.is_empty()).find_map(|name| {
        let text = qudao_language::format::format("main.qd", &main.replace("NAME", &name)).ok()?;
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
