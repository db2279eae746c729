//! The files that are open, and the rulesets that they are part of.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lsp_types::TextDocumentContentChangeEvent;
use qudao_editor::position::{Encoding, Position};
use qudao_editor::project::Project;
use qudao_editor::rename::plain_path;
use qudao_language::check::Allowed;
use qudao_language::diagnostic::{self, Diagnostic};
use qudao_language::model::Ruleset;
use qudao_language::profile::Format;
use qudao_language::source::{FileId, Files, MAX_FILE_BYTES};
use qudao_language::syntax::{Sources, begins_ruleset};
use qudao_telling::words::Tongue;

use super::super::files;
use super::super::load;
use super::super::project;
use super::super::snapshots::Beside;
use super::cases::{self, Came};

/// So many folders are gone through for rulesets, at most.
const MAX_FOLDERS: usize = 5_000;

/// Files that are not open may change for so long without being read anew, where the client does not tell of it.
const UNWATCHED: Duration = Duration::from_secs(3);

/// What begins the path of a ruleset that ships inside the binary.
const BUNDLED: &str = "qudao:";

/// A file that is open.
struct Document {
    text: String,
    version: i32,
}

/// A ruleset that an open file is part of.
pub(super) struct Loaded {
    pub(super) project: Project,
    /// The findings of analysis, once they are there.
    pub(super) findings: Option<Vec<Diagnostic>>,
    /// Which of all states that were checked it is.
    state: u64,
    /// Its files, and those that it wants and that are not there.
    paths: BTreeSet<PathBuf>,
    /// The language that the project names, and the one in which findings are told.
    pub(super) lang: Option<String>,
    pub(super) tongue: Tongue,
    /// What its tests and profiles come to, once somebody asked, and after which of all changes that was.
    came: RefCell<Option<(u64, Rc<[Came]>)>>,
}

/// The files of a ruleset and their paths, and the language of its project.
struct Brought {
    sources: Sources,
    paths: BTreeSet<PathBuf>,
    lang: Option<String>,
}

/// What findings are looked for in: the main file, the state and what was checked of it.
pub(super) struct Unsearched {
    pub(super) main: PathBuf,
    pub(super) state: u64,
    pub(super) ruleset: Arc<Ruleset>,
    pub(super) allowed: Vec<Allowed>,
    pub(super) tongue: Tongue,
}

impl Loaded {
    /// Returns the files that it is of.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().map(PathBuf::as_path)
    }

    /// All that is found.
    pub(super) fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.project.diagnostics.iter().chain(self.findings.iter().flatten())
    }
}

pub(super) struct Workspace {
    roots: Vec<PathBuf>,
    open: BTreeMap<PathBuf, Document>,
    /// The rulesets that open files are part of, by main file; nothing for those that are to be checked anew.
    rulesets: BTreeMap<PathBuf, Option<Loaded>>,
    /// What those that are to be checked anew were read from, so that only what changed is parsed again.
    earlier: BTreeMap<PathBuf, Sources>,
    /// The main files of the rulesets that each open file is part of.
    mains: BTreeMap<PathBuf, Vec<PathBuf>>,
    /// The language of the client, where it tells one.
    locale: Option<Tongue>,
    /// The rulesets below the roots that no open file is part of, once somebody asked, until a file changes.
    others: RefCell<Option<(Instant, Rc<[Project]>)>>,
    states: u64,
    /// How often a file changed.
    changes: u64,
}

impl Workspace {
    pub(super) fn new(roots: Vec<PathBuf>, locale: Option<&str>) -> Workspace {
        Workspace {
            roots,
            open: BTreeMap::new(),
            rulesets: BTreeMap::new(),
            earlier: BTreeMap::new(),
            mains: BTreeMap::new(),
            locale: locale.map(Tongue::of),
            others: RefCell::default(),
            states: 0,
            changes: 0,
        }
    }

    pub(super) fn open(&mut self, path: PathBuf, text: String, version: i32) {
        self.touch(&path);
        self.mains.clear();
        self.open.insert(path, Document { text, version });
    }

    pub(super) fn change(
        &mut self,
        path: &Path,
        version: i32,
        changes: &[TextDocumentContentChangeEvent],
        encoding: Encoding,
    ) {
        let Some(document) = self.open.get_mut(path) else { return };
        let had_header = begins_ruleset(document.text.as_bytes());
        document.version = version;
        for change in changes {
            let Some(range) = change.range else {
                document.text.clone_from(&change.text);
                continue;
            };
            let mut files = Files::default();
            let id = files.add("", std::mem::take(&mut document.text));
            let offset = |place: lsp_types::Position| {
                let position = Position { line: place.line, column: place.character };
                encoding.offset(files.get(id), position) as usize
            };
            let (a, b) = (offset(range.start), offset(range.end));
            let mut text = files.get(id).text().to_string();
            text.replace_range(a.min(b)..a.max(b), &change.text);
            document.text = text;
        }
        // What it is part of stays the same, unless it begins or ends to be a ruleset of its own.
        if begins_ruleset(document.text.as_bytes()) != had_header {
            self.mains.clear();
        }
        self.touch(path);
    }

    pub(super) fn close(&mut self, path: &Path) {
        self.open.remove(path);
        self.mains.clear();
        self.touch(path);
    }

    /// A file was changed by somebody else, made or deleted. What is open counts as it is in the editor.
    pub(super) fn changed_on_disk(&mut self, path: &Path, same: bool) {
        if path.ends_with(project::NAME) {
            self.forget();
        }
        if !same {
            self.mains.clear();
        }
        if !self.open.contains_key(path) {
            self.touch(path);
        }
    }

    pub(super) fn change_roots(&mut self, removed: &[PathBuf], added: Vec<PathBuf>) {
        self.roots.retain(|root| !removed.contains(root));
        self.roots.extend(added);
        *self.others.get_mut() = None;
        self.mains.clear();
    }

    /// The rulesets that a file is part of are to be checked anew.
    fn touch(&mut self, path: &Path) {
        self.changes += 1;
        *self.others.get_mut() = None;
        for (main, loaded) in &mut self.rulesets {
            if let Some(stale) = loaded.take_if(|it| it.paths.contains(path)) {
                self.earlier.insert(main.clone(), stale.project.into_sources());
            }
        }
    }

    /// Everything is to be read anew.
    pub(super) fn forget(&mut self) {
        self.rulesets.clear();
        self.earlier.clear();
        *self.others.get_mut() = None;
        self.mains.clear();
    }

    /// Checks the rulesets anew that changed.
    pub(super) fn refresh(&mut self) {
        let open: Vec<PathBuf> = self.open.keys().cloned().collect();
        for path in open {
            if !self.mains.contains_key(&path) {
                let mains = self.find_mains(&path);
                self.mains.insert(path, mains);
            }
        }
        let mains: BTreeSet<PathBuf> = self.mains.values().flatten().cloned().collect();
        self.rulesets.retain(|main, _| mains.contains(main));
        self.earlier.retain(|main, _| mains.contains(main));
        for main in mains {
            if !matches!(self.rulesets.get(&main), Some(Some(_))) {
                let loaded = self.load(&main);
                self.rulesets.insert(main, loaded);
            }
        }
    }

    fn load(&mut self, main: &Path) -> Option<Loaded> {
        let earlier = self.earlier.remove(main);
        let Brought { sources, paths, lang } = self.bring(main, earlier)?;
        let tongue = Tongue::told_in(lang.as_deref());
        self.states += 1;
        let mut project = Project::new(sources);
        project.diagnostics = tongue.checked(std::mem::take(&mut project.diagnostics));
        let (state, came) = (self.states, RefCell::default());
        Some(Loaded { project, findings: None, state, paths, lang, tongue, came })
    }

    /// Returns the main files of the rulesets that a file is part of: itself, or those in its folder or above it.
    fn find_mains(&self, path: &Path) -> Vec<PathBuf> {
        if Format::of_name(&path.to_string_lossy()).is_some() {
            return self.mains_of_profile(path);
        }
        let is_ruleset = path.extension().is_none_or(|ending| ending == "qd");
        if is_ruleset && self.begins_ruleset(path) {
            return vec![path.to_path_buf()];
        }
        let root =
            self.roots.iter().filter(|root| path.starts_with(root)).max_by_key(|root| root.as_os_str().len());
        for folder in path.ancestors().skip(1) {
            let mains: Vec<PathBuf> = self
                .rulesets_in(folder)
                .into_iter()
                .filter(|main| self.bring(main, None).is_some_and(|it| it.paths.contains(path)))
                .collect();
            if !mains.is_empty() {
                return mains;
            }
            if root.is_some_and(|root| folder == root) {
                break;
            }
        }
        if is_ruleset { vec![path.to_path_buf()] } else { Vec::new() }
    }

    /// The main files of the rulesets that a profile is for: what its schema line names, else those beside its folder
    /// `profiles`, else those in its own folder, else those that the project file names.
    fn mains_of_profile(&self, path: &Path) -> Vec<PathBuf> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let named = self.text(path).and_then(schema_of).and_then(|schema| {
            let name = schema.strip_suffix(".json").unwrap_or(schema);
            let name = name.strip_suffix(".schema").or(name.strip_suffix(".qd")).unwrap_or(name);
            let main = folder.join(format!("{name}.qd"));
            let main = plain(&main);
            let name = name.rsplit('/').next().unwrap_or(name);
            let bundled = || Sources::bundled(name).map(|_| PathBuf::from(format!("{BUNDLED}{name}")));
            if self.begins_ruleset(&main) { Some(main) } else { bundled() }
        });
        if let Some(main) = named {
            return vec![main];
        }
        let above = folder.parent().filter(|_| folder.ends_with("profiles"));
        for folder in above.into_iter().chain([folder]) {
            let mains = self.rulesets_in(folder);
            if !mains.is_empty() {
                return mains.into_iter().collect();
            }
        }
        let project = project::Project::of(folder).unwrap_or_default();
        // A project file is told by its way from here.
        let here = std::env::current_dir().unwrap_or_default();
        let named = project.named().into_iter();
        let named = named.flat_map(|path| load::main_files(&here.join(path)).unwrap_or_default());
        named.map(|path| plain(&path)).collect()
    }

    /// Returns the text of an open file.
    pub(super) fn text(&self, path: &Path) -> Option<&str> {
        self.open.get(path).map(|document| &*document.text)
    }

    /// Returns the open profiles, each with the first ruleset that it is for. A file that lies anywhere is a profile
    /// only if it gives a field.
    pub(super) fn profiles(&self) -> impl Iterator<Item = (&Path, Given<'_>)> {
        self.open.keys().filter_map(|path| Some((&**path, self.given(path)?)))
    }

    /// Returns an open profile with the first ruleset that it is for.
    pub(super) fn given(&self, path: &Path) -> Option<Given<'_>> {
        let format = Format::of_name(&path.to_string_lossy())?;
        let text = self.text(path)?;
        let main =
            self.mains.get(path)?.iter().find(|main| matches!(self.rulesets.get(*main), Some(Some(_))))?;
        let loaded = self.rulesets.get(main)?.as_ref()?;
        let said =
            path.parent().is_some_and(|folder| folder.ends_with("profiles")) || schema_of(text).is_some();
        let is_profile = said || loaded.project.gives_field(text, format);
        is_profile.then_some(Given { loaded, main, text, format })
    }

    /// Returns the profiles of a ruleset, as they are in the editor or else on disk: those beside it, and open ones.
    pub(super) fn profiles_of(&self, project: &Project) -> Vec<(PathBuf, String, Format)> {
        let files = project.sources().files();
        let main = plain(Path::new(files.get(project.sources().main()).name()));
        let beside = if main.is_absolute() { Beside::find(&main).cases } else { BTreeMap::new() };
        let open = self.profiles().filter(|(_, given)| given.main == main);
        let open = open.map(|(path, _)| path.to_path_buf());
        let all: BTreeSet<PathBuf> =
            beside.into_values().flatten().map(|path| plain(&path)).chain(open).collect();
        let read = all.into_iter().filter_map(|path| {
            let format = Format::of_name(&path.to_string_lossy())?;
            let text = String::from_utf8(self.read(&path, files::read).ok()?).ok()?;
            Some((path, text, format))
        });
        read.collect()
    }

    /// Returns an open file among some that was changed and not saved.
    pub(super) fn unsaved<'p>(&self, mut paths: impl Iterator<Item = &'p Path>) -> Option<&'p Path> {
        paths.find(|path| {
            let open = self.open.get(*path);
            open.is_some_and(|open| std::fs::read(path).ok().as_deref() != Some(open.text.as_bytes()))
        })
    }

    /// Returns what the tests of a ruleset and the profiles beside it come to.
    pub(super) fn came(&self, loaded: &Loaded) -> Rc<[Came]> {
        let mut kept = loaded.came.borrow_mut();
        match &*kept {
            Some((changes, came)) if *changes == self.changes => came.clone(),
            _ => {
                let came: Rc<[Came]> = cases::all(self, loaded).into();
                *kept = Some((self.changes, came.clone()));
                came
            }
        }
    }

    fn begins_ruleset(&self, path: &Path) -> bool {
        match self.open.get(path) {
            Some(document) => begins_ruleset(document.text.as_bytes()),
            None => path.is_file() && load::has_header(path),
        }
    }

    /// The files with a header in a folder, those too that were not saved yet.
    fn rulesets_in(&self, folder: &Path) -> BTreeSet<PathBuf> {
        let (on_disk, _) = load::inside(folder).unwrap_or_default();
        let open = self.open.keys().filter(|path| path.parent() == Some(folder)).cloned();
        let open = open.filter(|path| path.extension().is_some_and(|ending| ending == "qd"));
        on_disk.into_iter().chain(open).filter(|path| self.begins_ruleset(path)).collect()
    }

    /// Brings the files of a ruleset, as they are in the editor or else on disk; and their paths.
    fn bring(&self, main: &Path, earlier: Option<Sources>) -> Option<Brought> {
        if let Some(sources) = main.to_str().and_then(|name| Sources::bundled(name.strip_prefix(BUNDLED)?)) {
            return Some(Brought { sources, paths: BTreeSet::new(), lang: None });
        }
        let bytes = self.read(main, files::read).ok()?;
        let folder = main.parent().unwrap_or(Path::new(""));
        let mut sources = match earlier {
            Some(earlier) => earlier.again(bytes),
            None => Sources::new(&main.to_string_lossy().replace('\\', "/"), bytes),
        };
        let mut paths = BTreeSet::from([main.to_path_buf()]);
        // What is wrong with a project file is told by the commands; it says nothing here.
        let project = project::Project::of(folder).unwrap_or_default();
        let lang = project.lang;
        let texts = project.texts.map(|texts| std::env::current_dir().unwrap_or_default().join(texts));
        load::bring(&mut sources, |wanted| {
            let (_, found) = load::find(wanted, folder, texts.as_deref(), |kind, within, path| {
                let path = plain(path);
                let found = self.read(&path, |path| load::read_wanted(kind, within, path));
                paths.insert(path);
                found
            });
            found
        });
        Some(Brought { sources, paths, lang })
    }

    pub(super) fn read(
        &self,
        path: &Path,
        disk: impl Fn(&Path) -> std::io::Result<Vec<u8>>,
    ) -> std::io::Result<Vec<u8>> {
        match self.open.get(path) {
            // One byte more than may be: that it is too long is told where it is read.
            Some(document) => Ok(document.text.bytes().take(MAX_FILE_BYTES + 1).collect()),
            None => disk(path),
        }
    }

    /// Returns the first ruleset that a file is part of, and the file in it.
    pub(super) fn project(&self, path: &Path) -> Option<(&Loaded, FileId)> {
        let own = self.mains.get(path).into_iter().flatten();
        let own = own.filter_map(|main| self.rulesets.get(main)?.as_ref());
        own.chain(self.loaded()).find_map(|loaded| Some((loaded, file_of(&loaded.project, path)?)))
    }

    /// Returns the rulesets that open files are part of.
    pub(super) fn loaded(&self) -> impl Iterator<Item = &Loaded> {
        self.rulesets.values().flatten()
    }

    /// The other rulesets below the roots, as they were just now: whoever looks for a name asks with every letter.
    pub(super) fn others_lately(&self) -> Rc<[Project]> {
        if let Some((read, others)) = &*self.others.borrow()
            && read.elapsed() < UNWATCHED
        {
            return others.clone();
        }
        let others: Rc<[Project]> = self.others().into();
        *self.others.borrow_mut() = Some((Instant::now(), others.clone()));
        others
    }

    /// Checks the other rulesets below the roots, which share names with those that are open.
    pub(super) fn others(&self) -> Vec<Project> {
        let mut mains: BTreeSet<PathBuf> = BTreeSet::new();
        let mut open = self.roots.clone();
        let mut seen = 0;
        while let Some(folder) = open.pop().filter(|_| seen < MAX_FOLDERS) {
            seen += 1;
            let Ok((_, mut folders)) = load::inside(&folder) else { continue };
            // What is built holds copies.
            folders.retain(|folder| !folder.ends_with("target") && !folder.ends_with("node_modules"));
            open.extend(folders);
            mains.extend(self.rulesets_in(&folder));
        }
        let unloaded = mains.iter().filter(|main| !matches!(self.rulesets.get(*main), Some(Some(_))));
        unloaded.filter_map(|main| Some(Project::new(self.bring(main, None)?.sources))).collect()
    }

    /// Returns the language in which the client shows what belongs to a ruleset: its own, else that of the project.
    pub(super) fn tongue(&self, loaded: &Loaded) -> Tongue {
        self.locale.unwrap_or(loaded.tongue)
    }

    /// Returns a ruleset of which the findings were not looked for yet.
    pub(super) fn unsearched(&self) -> Option<Unsearched> {
        self.rulesets.iter().find_map(|(main, loaded)| {
            let loaded = loaded.as_ref().filter(|loaded| loaded.findings.is_none())?;
            Some(Unsearched {
                main: main.clone(),
                state: loaded.state,
                ruleset: loaded.project.ruleset.clone()?,
                allowed: loaded.project.allowed.clone(),
                tongue: loaded.tongue,
            })
        })
    }

    /// Tells whether a ruleset is still in a state.
    pub(super) fn is_at(&self, main: &Path, state: u64) -> bool {
        matches!(self.rulesets.get(main), Some(Some(loaded)) if loaded.state == state)
    }

    /// Takes the findings of a ruleset, unless it changed since.
    pub(super) fn found(&mut self, main: &Path, state: u64, mut found: Vec<Diagnostic>) {
        if let Some(Some(loaded)) = self.rulesets.get_mut(main)
            && loaded.state == state
        {
            diagnostic::sort(&mut found);
            loaded.findings = Some(diagnostic::told(found));
        }
    }

    /// Returns the version of an open file.
    pub(super) fn version(&self, path: &Path) -> Option<i32> {
        self.open.get(path).map(|document| document.version)
    }

    /// Tells whether a file is part of a ruleset that is looked at.
    pub(super) fn knows(&self, path: &Path) -> bool {
        self.loaded().any(|loaded| loaded.paths.contains(path))
    }
}

/// A path as clients tell it, without `..`.
pub(super) fn plain(path: &Path) -> PathBuf {
    PathBuf::from(plain_path(&path.to_string_lossy().replace('\\', "/")))
}

/// An open profile.
pub(super) struct Given<'w> {
    /// The ruleset that it is for.
    pub(super) loaded: &'w Loaded,
    pub(super) main: &'w Path,
    pub(super) text: &'w str,
    pub(super) format: Format,
}

/// The path or the name that a schema line names: `# yaml-language-server: $schema=shop.schema.json`, `#:schema shop.json`.
fn schema_of(text: &str) -> Option<&str> {
    let comments = text.lines().map(str::trim).take_while(|line| line.is_empty() || line.starts_with('#'));
    comments.take(20).find_map(|line| {
        let found = line.split_once("$schema=").map(|(_, rest)| rest).or(line.strip_prefix("#:schema "))?;
        found.split_whitespace().next()
    })
}

/// Finds the file of a path.
pub(super) fn file_of(project: &Project, path: &Path) -> Option<FileId> {
    let files = project.sources().files().iter();
    let mut own = files.filter(|(id, _)| !project.sources().is_bundled(*id));
    own.find(|(_, file)| Path::new(&plain_path(file.name())) == path).map(|(id, _)| id)
}
