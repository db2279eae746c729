//! The file `qudao.toml`: what commands take where the command line says nothing.

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use qudao_language::diagnostic::{self, Code, Diagnostic};
use qudao_language::source::{FileId, Files, Span};
use qudao_telling::words::Tongue;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::argument::Argument;
use super::choice::{Choice, Kind, NoKind, ignorable, kind};
use super::output::Failure;
use super::{files, paths};

/// Its name.
pub(crate) const NAME: &str = "qudao.toml";

/// What may stand in it.
const KEYS: [&str; 6] = ["rulesets", "deny", "select", "ignore", "lang", "texts"];

/// What a project file says; without one, nothing.
#[derive(Default, Debug)]
pub(crate) struct Project {
    /// Where it is.
    pub(crate) file: Option<PathBuf>,
    /// Which findings of `check` are told.
    pub(crate) choice: Choice,
    /// The language that texts are shown in.
    pub(crate) lang: Option<String>,
    /// The folder of the sources' texts.
    pub(crate) texts: Option<PathBuf>,
    /// What `check`, `test` and `fmt` take, each with its place.
    rulesets: Vec<(String, Span)>,
    files: Files,
}

impl Project {
    /// Finds the project file in a folder, or in the nearest one above, and reads it.
    pub(crate) fn of(folder: &Path) -> Result<Project, Failure> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        // What is not there lies in no project.
        let Ok(folder) = std::fs::canonicalize(folder) else { return Ok(Project::default()) };
        let file = folder.ancestors().map(|above| above.join(NAME)).find(|file| file.is_file());
        file.map_or(Ok(Project::default()), |file| read(paths::from_here(&file)))
    }

    /// Returns the language in which findings and reports are told: the one asked for, else its own, else English.
    pub(crate) fn tongue(&self, asked: Option<&str>) -> Tongue {
        Tongue::told_in(asked.or(self.lang.as_deref()))
    }

    /// Returns what a command takes: what was named, else what the project file of the current folder names, else that
    /// folder.
    pub(crate) fn rulesets(named: &[Argument]) -> Result<Vec<Argument>, Failure> {
        if !named.is_empty() {
            return Ok(named.to_vec());
        }
        let project = Project::of(Path::new("."))?;
        let folder = project.folder();
        let mut found = Vec::new();
        for (name, span) in &project.rulesets {
            let matching = paths::matching(folder, name).and_then(|paths| {
                match paths.iter().find(|path| !path.exists()) {
                    Some(lost) => Err(format!("there is no file or folder `{}`", lost.display())),
                    None => Ok(paths),
                }
            });
            match matching {
                Ok(paths) => {
                    found.extend(paths.into_iter().map(|path| Argument::from(path.into_os_string())))
                }
                Err(why) => {
                    let lost = Diagnostic::new(Code::FileUnreadable, *span, why).here("named here");
                    return Err(Failure::wrong(project.files.clone(), vec![lost]));
                }
            }
        }
        Ok(if found.is_empty() { vec![Argument::from(".")] } else { found })
    }

    /// Returns what it names for `check`, `test` and `fmt`, as far as it is there.
    pub(crate) fn named(&self) -> Vec<PathBuf> {
        let names = self.rulesets.iter().map(|(name, _)| name);
        names.flat_map(|name| paths::matching(self.folder(), name).unwrap_or_default()).collect()
    }

    fn folder(&self) -> &Path {
        self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""))
    }
}

/// Reads a project file. One with a mistake is not used in part.
fn read(path: PathBuf) -> Result<Project, Failure> {
    let name = path.display().to_string();
    let cannot = |why: &str| Failure::new(format!("cannot read `{name}`: {why}"));
    let bytes = files::read(&path).map_err(|error| cannot(&error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| cannot("it is not UTF-8"))?;
    if text.len() > qudao_language::source::MAX_FILE_BYTES {
        return Err(cannot("it is too large"));
    }
    files::merged(&name, &text)?;
    let body = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut files = Files::default();
    let file = files.add(&*name, &*text);
    let project = Project { file: Some(path), ..Project::default() };
    let mut reader = Reader { file, base: text.len() - body.len(), project, wrong: Vec::new() };
    reader.whole(body);
    let Reader { project, mut wrong, .. } = reader;
    if wrong.is_empty() {
        return Ok(Project { files, ..project });
    }
    diagnostic::sort(&mut wrong);
    Err(Failure::wrong(files, wrong))
}

struct Reader {
    file: FileId,
    /// Where the text begins, behind a mark of the order of bytes.
    base: usize,
    project: Project,
    wrong: Vec<Diagnostic>,
}

impl Reader {
    fn span(&self, range: Range<usize>) -> Span {
        let offset = |at: usize| u32::try_from(self.base + at).unwrap_or(u32::MAX);
        Span { file: self.file, start: offset(range.start), end: offset(range.end) }
    }

    fn wrong(&mut self, code: Code, at: Range<usize>, message: impl Into<String>, here: &str) {
        let wrong = Diagnostic::new(code, self.span(at), message).here(here);
        self.wrong.push(wrong);
    }

    fn whole(&mut self, text: &str) {
        let (table, errors) = DeTable::parse_recoverable(text);
        // What follows a mistake in the form of a file is no mistake of its own.
        if let Some(error) = errors.first() {
            let at = error.span().unwrap_or(0..text.len());
            let (message, here) = match error.message() {
                "duplicate key" => ("a key is given twice", "the second time"),
                says if says.contains("must be quoted") => {
                    ("a text stands between quotation marks", "no quotation marks here")
                }
                _ => ("this cannot be read as TOML", "not expected here"),
            };
            return self.wrong(Code::MalformedProject, at, message, here);
        }
        for (key, value) in table.get_ref() {
            let name = key.get_ref();
            match &**name {
                "rulesets" => self.project.rulesets = self.rulesets(value),
                "deny" => self.project.choice.deny = self.kinds(name, value, kind),
                "select" => self.project.choice.select = self.kinds(name, value, kind),
                "ignore" => self.project.choice.ignore = self.kinds(name, value, ignorable),
                "lang" => self.project.lang = self.text(name, value).map(str::to_string),
                "texts" => self.project.texts = self.texts(value),
                _ => {
                    let message = format!("`{NAME}` has no key `{name}`");
                    let wrong = Diagnostic::new(Code::UnknownSetting, self.span(key.span()), message)
                        .here("not known");
                    let near = diagnostic::nearest(name, KEYS);
                    let known = || format!("its keys are {}", KEYS.join(", "));
                    let help = near.map_or_else(known, |near| format!("the nearest name is `{near}`"));
                    self.wrong.push(wrong.note(help));
                }
            }
        }
    }

    fn text<'t>(&mut self, key: &str, value: &'t Spanned<DeValue<'_>>) -> Option<&'t str> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text);
        }
        let message = format!("`{key}` takes text between quotation marks");
        self.wrong(Code::MalformedProject, value.span(), message, "no text");
        None
    }

    /// Returns the texts of a list, each with its place; a lone text is a list of one.
    fn list<'t>(&mut self, key: &str, value: &'t Spanned<DeValue<'_>>) -> Vec<(&'t str, Range<usize>)> {
        match value.get_ref() {
            DeValue::Array(members) => {
                let texts = members.iter().map(|member| Some((self.text(key, member)?, member.span())));
                texts.collect::<Vec<_>>().into_iter().flatten().collect()
            }
            _ => self.text(key, value).map(|text| (text, value.span())).into_iter().collect(),
        }
    }

    fn kinds(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        read: fn(&str) -> Result<Kind, NoKind>,
    ) -> Vec<Kind> {
        let mut kinds = Vec::new();
        for (name, at) in self.list(key, value) {
            let (message, here, help) = match read(name) {
                Ok(kind) => {
                    kinds.push(kind);
                    continue;
                }
                Err(NoKind::Error) => {
                    (format!("`{name}` is an error, and is not ignored"), "an error", "mend it".into())
                }
                Err(NoKind::Unknown(near)) => {
                    let lists =
                        || "`qudao explain` lists all codes; `warnings` and `notes` stand for several".into();
                    let help = near.map_or_else(lists, |near| format!("the nearest name is `{near}`"));
                    (format!("no diagnostic has the code `{name}`"), "not known", help)
                }
            };
            let wrong = Diagnostic::new(Code::UnknownCode, self.span(at), message).here(here).note(help);
            self.wrong.push(wrong);
        }
        kinds
    }

    fn rulesets(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<(String, Span)> {
        let named = self.list("rulesets", value);
        let inside = named.into_iter().filter(|(path, at)| self.inside(path, at));
        let inside: Vec<_> = inside.map(|(path, at)| (path.to_string(), at)).collect();
        inside.into_iter().map(|(path, at)| (path, self.span(at))).collect()
    }

    fn texts(&mut self, value: &Spanned<DeValue<'_>>) -> Option<PathBuf> {
        let path = self.text("texts", value)?;
        let at = value.span();
        self.inside(path, &at).then(|| self.project.folder().join(path))
    }

    /// Tells whether a path stays in the folder of the file, links followed; what comes with a ruleset from elsewhere
    /// opens nothing else.
    fn inside(&mut self, path: &str, at: &Range<usize>) -> bool {
        let folder = self.project.folder();
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        let leads_out = |real: PathBuf| {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            !std::fs::canonicalize(folder).is_ok_and(|folder| real.starts_with(folder))
        };
        let inside = Path::new(path).components().all(plain)
            && !std::fs::canonicalize(folder.join(path)).is_ok_and(leads_out);
        if !inside {
            let message = format!("`{path}` leads out of the folder of `{NAME}`");
            self.wrong(Code::BadPath, at.clone(), message, "a path from that folder down is wanted");
        }
        inside
    }
}
