//! The files of a ruleset. The library opens none: [`Sources`] says which it still wants, the caller brings them.

mod asked;
mod paths;
mod workbook;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::again::{Before, Seen};
use super::ast::{self, DeclarationKind};
use super::parse_again;
use crate::bundled;
use crate::diagnostic::{Code, Diagnostic, merge_conflicts};
use crate::source::{Conflict, FileId, Files, Span, conflicts};
use paths::{leads_out, resolve};
pub(super) use workbook::workbook_sheet;

/// A ruleset may have so many files, those of the rulesets that it extends included.
const MAX_FILES: usize = 256;
/// So many rulesets may extend each other in a row.
const MAX_LAYERS: usize = 16;

/// The files of one ruleset: the main file, what it imports and extends, the texts of its sources, and its lock.
#[derive(Debug)]
pub struct Sources {
    files: Files,
    /// The ruleset itself, then the one that it extends, and so on.
    layers: Vec<Layer>,
    homes: BTreeMap<FileId, Home>,
    /// Source texts and tables that were asked for, by layer and path; nothing for those that cannot be had.
    brought: BTreeMap<Home, Option<FileId>>,
    /// Those of them that are tables.
    tables: BTreeSet<FileId>,
    asked: BTreeSet<Home>,
    wanted: VecDeque<(Wanted, Home)>,
    diagnostics: Vec<Diagnostic>,
    /// The parts of an earlier state, by their homes.
    before: BTreeMap<Home, Before>,
}

/// A layer's number, and a path relative to the folder of its main file.
type Home = (usize, String);

/// A ruleset among those that extend each other.
#[derive(Debug)]
struct Layer {
    main: FileId,
    main_path: String,
    origin: Origin,
    parts: BTreeMap<String, Part>,
    lock: Option<FileId>,
    /// Where it says what it extends.
    extends: Option<Span>,
}

/// Where a layer's files come from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    /// The caller brings them; this leads from the folder of the first layer to that of this one.
    Caller(String),
    /// They ship inside the binary.
    Bundled(String),
}

#[derive(Debug)]
struct Part {
    file: ast::File,
    /// What was seen of each declaration.
    seen: Vec<Seen>,
    /// The parts it imports, by path; `None` where the path is no good.
    imports: Vec<Option<String>>,
}

/// A file that is still wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// What it is for.
    pub kind: WantedKind,
    /// Its path, relative to the folder of the main file, with `/` between names.
    pub path: String,
    /// The folder, relative to that of the main file, that a part must not leave.
    pub within: String,
    /// Where the ruleset asks for it.
    pub span: Option<Span>,
    /// Of a workbook, the sheet; empty where the first is meant.
    pub sheet: Option<String>,
}

/// What a file is wanted for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WantedKind {
    /// A part of the ruleset; it must be there.
    Part,
    /// The main file of a ruleset that is extended; it must be there.
    Base,
    /// The rows of a table, or facts; it must be there.
    Table,
    /// A workbook with the rows of a table, or facts, in one of its sheets; it must be there.
    Workbook,
    /// The text of a source; it may be absent.
    Text,
    /// The lock with the quotes' digests; it may be absent.
    Lock,
}

impl Sources {
    /// Begins with the main file. `name` is the path under which places in it are shown.
    #[must_use]
    pub fn new(name: &str, bytes: Vec<u8>) -> Sources {
        let folder = name.rfind(['/', '\\']).map_or("", |end| name.get(..=end).unwrap_or(""));
        Sources::start(
            folder,
            name.get(folder.len()..).unwrap_or(name),
            bytes,
            Origin::Caller(String::new()),
            BTreeMap::new(),
        )
    }

    /// Begins anew with the main file, of which there was an earlier state. All files are wanted again, and what comes
    /// is what would come without; only declarations whose text is as it was are not parsed again.
    #[must_use]
    pub fn again(self, bytes: Vec<u8>) -> Sources {
        let Some(first) = self.layers.first() else { unreachable!("there is always a first layer") };
        let (path, origin) = (first.main_path.clone(), first.origin.clone());
        let folder = self.display_name("");
        let mut before = BTreeMap::new();
        for (number, layer) in self.layers.into_iter().enumerate() {
            for (path, part) in layer.parts {
                before.insert((number, path), Before::new(part.file.declarations, part.seen));
            }
        }
        Sources::start(&folder, &path, bytes, origin, before)
    }

    /// Begins with a ruleset that ships inside the binary, if there is one of that name; nothing else is wanted then.
    #[must_use]
    pub fn bundled(name: &str) -> Option<Sources> {
        let path = format!("{name}.qd");
        let text = bundled::file(name, &path)?;
        Some(Sources::start(
            &format!("{name}/"),
            &path,
            text.as_bytes().to_vec(),
            Origin::Bundled(name.to_string()),
            BTreeMap::new(),
        ))
    }

    fn start(
        folder: &str,
        path: &str,
        bytes: Vec<u8>,
        origin: Origin,
        before: BTreeMap<Home, Before>,
    ) -> Sources {
        let mut sources = Sources {
            files: Files::default(),
            layers: Vec::new(),
            homes: BTreeMap::new(),
            brought: BTreeMap::new(),
            tables: BTreeSet::new(),
            asked: BTreeSet::from([(0, path.to_string())]),
            wanted: VecDeque::new(),
            diagnostics: Vec::new(),
            before,
        };
        let main = add(&mut sources.files, &format!("{folder}{path}"), bytes, &mut sources.diagnostics);
        sources.add_layer(main, path, origin);
        sources
    }

    fn add_layer(&mut self, main: FileId, path: &str, origin: Origin) {
        let layer = self.layers.len();
        self.layers.push(Layer {
            main,
            main_path: path.to_string(),
            origin,
            parts: BTreeMap::new(),
            lock: None,
            extends: None,
        });
        self.read_part((layer, path.to_string()), main);
    }

    /// Returns the next file that is wanted, if any is.
    #[must_use]
    pub fn wanted(&self) -> Option<&Wanted> {
        self.wanted.front().map(|(wanted, _)| wanted)
    }

    /// Brings the file that [`Sources::wanted`] asks for.
    pub fn supply(&mut self, bytes: Vec<u8>) {
        let Some((wanted, home)) = self.wanted.pop_front() else { return };
        let name = self.display_name(&wanted.name());
        match wanted.kind {
            WantedKind::Workbook => self.take_workbook(&wanted, home, &name, bytes),
            kind => self.take(kind, home, &name, bytes),
        }
    }

    fn take(&mut self, kind: WantedKind, home: Home, name: &str, bytes: Vec<u8>) {
        let id = add(&mut self.files, name, bytes, &mut self.diagnostics);
        self.conflicts(kind, id);
        match kind {
            WantedKind::Part => self.read_part(home, id),
            WantedKind::Base => {
                let (folder, path) = home.1.rfind('/').map_or(("", home.1.as_str()), |end| {
                    (home.1.get(..=end).unwrap_or(""), home.1.get(end + 1..).unwrap_or(""))
                });
                let (folder, path) = (folder.to_string(), path.to_string());
                self.add_layer(id, &path, Origin::Caller(folder));
            }
            WantedKind::Text | WantedKind::Table | WantedKind::Workbook => {
                self.homes.insert(id, home.clone());
                self.brought.insert(home, Some(id));
                if kind != WantedKind::Text {
                    self.tables.insert(id);
                }
            }
            WantedKind::Lock => {
                if let Some(layer) = self.layers.get_mut(home.0) {
                    layer.lock = Some(id);
                }
            }
        }
    }

    /// Reports the merge conflicts of what is no part; a part's are found when it is parsed.
    fn conflicts(&mut self, kind: WantedKind, id: FileId) {
        let mut found = match kind {
            WantedKind::Part | WantedKind::Base => return,
            WantedKind::Workbook => return,
            WantedKind::Table | WantedKind::Text | WantedKind::Lock => conflicts(self.files.get(id).text()),
        };
        // In a letter, `>` stands before what is quoted.
        let text = self.files.get(id).text();
        let begins =
            |conflict: &Conflict| text.get(conflict.mark.start..).is_some_and(|t| t.starts_with('<'));
        found.retain(|conflict| kind != WantedKind::Text || begins(conflict));
        let told = merge_conflicts(id, &found).into_iter();
        self.diagnostics.extend(told.map(|told| match kind {
            WantedKind::Lock => told.note("or delete the lock, and write it anew: `qudao check --lock`"),
            _ => told,
        }));
    }

    /// Says that the file that [`Sources::wanted`] asks for cannot be had, and why, if it should be there.
    pub fn absent(&mut self, why: &str) {
        let Some((wanted, home)) = self.wanted.pop_front() else { return };
        self.miss(&wanted, home, why);
    }

    /// Says that the file that [`Sources::wanted`] asks for is not to be read, and why: a link leads to where no part
    /// may lie, say. That is reported even of what may be absent.
    pub fn refused(&mut self, why: &str) {
        let Some((wanted, home)) = self.wanted.pop_front() else { return };
        match (wanted.kind, wanted.span) {
            (WantedKind::Text | WantedKind::Lock, Some(span)) => {
                let message = format!("`{}` is not read", wanted.path);
                self.diagnostics.push(Diagnostic::new(Code::BadPath, span, message).here(why));
                self.brought.insert(home, None);
            }
            _ => self.miss(&wanted, home, why),
        }
    }

    fn miss(&mut self, wanted: &Wanted, home: Home, why: &str) {
        match wanted.kind {
            WantedKind::Part | WantedKind::Base | WantedKind::Table | WantedKind::Workbook => {
                if let Some(span) = wanted.span {
                    let message = format!("`{}` cannot be read", wanted.path);
                    self.diagnostics.push(Diagnostic::new(Code::FileUnreadable, span, message).here(why));
                }
                self.brought.insert(home, None);
            }
            WantedKind::Text => {
                self.brought.insert(home, None);
            }
            WantedKind::Lock => {}
        }
    }

    /// The name under which a path is shown: behind the folder of the first main file.
    fn display_name(&self, path: &str) -> String {
        let first = self.layers.first().map_or("", |layer| self.files.get(layer.main).name());
        let path_length = self.layers.first().map_or(0, |layer| layer.main_path.len());
        let folder = first.get(..first.len() - path_length).unwrap_or("");
        format!("{folder}{path}")
    }

    /// Returns the files.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Returns the main file.
    #[must_use]
    pub fn main(&self) -> FileId {
        self.layers.first().map(|layer| layer.main).expect("there is always a first layer")
    }

    /// Returns what is wrong with the files so far: paths, encodings, syntax.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Tells whether a file is of the ruleset itself, not of one that it extends.
    #[must_use]
    pub fn is_own(&self, file: FileId) -> bool {
        self.layer(file) == 0
    }

    /// Returns which of the rulesets that extend each other a file is of: 0 is the ruleset itself, 1 the one that it
    /// extends.
    #[must_use]
    pub fn layer(&self, file: FileId) -> usize {
        self.homes.get(&file).map_or(0, |(layer, _)| *layer)
    }

    /// Returns the locks, that of the ruleset itself first.
    pub fn locks(&self) -> impl Iterator<Item = FileId> {
        self.layers.iter().filter_map(|layer| layer.lock)
    }

    /// Returns the text or the table that a clause names, if it was brought.
    #[must_use]
    pub fn brought(&self, declared_in: FileId, path: &str) -> Option<FileId> {
        let (layer, folder) = self.home_folder(declared_in)?;
        let resolved = resolve(&folder, path).ok()?;
        self.brought.get(&(layer, resolved)).copied().flatten()
    }

    /// Returns the path of the text that a source names, and the text if it was brought. What a ruleset declares goes
    /// before what it extends.
    #[must_use]
    pub fn source_text(&self, name: &str) -> Option<(&str, Option<FileId>)> {
        let (layers, _) = self.declarations();
        let all: Vec<&ast::Declaration> = layers.into_iter().flatten().collect();
        all.into_iter().rev().find_map(|declaration| {
            let DeclarationKind::Source(source) = declaration.plain() else { return None };
            let path = source.text.as_ref().filter(|_| &*source.name.value == name)?;
            Some((path.value.as_str(), self.brought(path.span.file, &path.value)))
        })
    }

    /// Returns all parts of the ruleset and of those that it extends.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &ast::File> {
        self.layers.iter().flat_map(|layer| layer.parts.values()).map(|part| &part.file)
    }

    /// Returns the texts of all parts, and then of all tables, by layer and path.
    pub(crate) fn part_texts(&self) -> Vec<&str> {
        let tables = self.brought.values().flatten().copied().filter(|id| self.tables.contains(id));
        self.parts().map(|file| file.id).chain(tables).map(|id| self.files.get(id).text()).collect()
    }

    /// Returns the declarations of each layer, the base of all first, an import standing where it is written; and
    /// reports circles of imports.
    pub fn declarations(&self) -> (Vec<Vec<&ast::Declaration>>, Vec<Diagnostic>) {
        let mut layers = Vec::new();
        let mut diagnostics = Vec::new();
        for layer in self.layers.iter().rev() {
            let mut all = Vec::new();
            let mut done = BTreeSet::new();
            flatten(layer, &layer.main_path, &mut Vec::new(), &mut done, &mut all, &mut diagnostics);
            layers.push(all);
        }
        (layers, diagnostics)
    }

    fn home_folder(&self, file: FileId) -> Option<(usize, String)> {
        let (layer, path) = self.homes.get(&file)?;
        let folder = path.rfind('/').map_or("", |end| path.get(..=end).unwrap_or(""));
        Some((*layer, folder.to_string()))
    }

    fn read_part(&mut self, home: Home, id: FileId) {
        self.homes.insert(id, home.clone());
        let mut before = self.before.remove(&home).unwrap_or_default();
        let (mut file, mut diagnostics, mut seen) = parse_again(&self.files, id, &mut before);
        if self.diagnostics.iter().any(|d| d.code == Code::NotUtf8 && d.label.span.file == id) {
            // What is left of the file ends in the middle: its errors would say nothing new.
            file.declarations.clear();
            seen.clear();
            file.lost.everything = true;
        } else {
            self.diagnostics.append(&mut diagnostics);
        }
        let (layer, path) = home;
        let folder = path.rfind('/').map_or("", |end| path.get(..=end).unwrap_or("")).to_string();
        let mut imports = Vec::new();
        let mut base = None;
        for declaration in &file.declarations {
            match &declaration.kind {
                DeclarationKind::Import(path) => imports.push(self.import(layer, &folder, path)),
                DeclarationKind::Extends(what) => {
                    base = self.base_once(layer, what, declaration.span).or(base)
                }
                DeclarationKind::Source(source) => {
                    if let Some(text) = &source.text {
                        self.want_file(WantedKind::Text, layer, &folder, text);
                        self.want(WantedKind::Lock, (layer, "sources.lock".into()), text.span);
                    }
                }
                DeclarationKind::Override(inner) => self.want_csv(layer, &folder, &inner.kind),
                kind => self.want_csv(layer, &folder, kind),
            }
        }
        if let Some(layer) = self.layers.get_mut(layer) {
            layer.parts.insert(path, Part { file, seen, imports });
        }
        if let Some(base) = base {
            self.read_base(layer, &folder, &base);
        }
    }

    /// Asks for the file whose rows a table or `facts` stand for.
    fn want_csv(&mut self, layer: usize, folder: &str, kind: &DeclarationKind) {
        let csv = match kind {
            DeclarationKind::Table(table) => table.csv.as_ref(),
            DeclarationKind::Facts(csv) => Some(csv),
            _ => None,
        };
        if let Some(csv) = csv {
            let kind =
                if workbook::split(&csv.value).is_some() { WantedKind::Workbook } else { WantedKind::Table };
            self.want_file(kind, layer, folder, csv);
        }
    }

    fn import(
        &mut self,
        layer: usize,
        folder: &str,
        path: &crate::source::Spanned<String>,
    ) -> Option<String> {
        match resolve(folder, &path.value) {
            Ok(resolved) if !leads_out(&resolved) => {
                self.want(WantedKind::Part, (layer, resolved.clone()), path.span);
                Some(resolved)
            }
            Ok(_) => {
                self.bad_path(path.span, "an import stays below the folder of the main file");
                None
            }
            Err(why) => {
                self.bad_path(path.span, why);
                None
            }
        }
    }

    fn want_file(
        &mut self,
        kind: WantedKind,
        layer: usize,
        folder: &str,
        path: &crate::source::Spanned<String>,
    ) {
        match resolve(folder, &path.value) {
            Ok(resolved) if leads_out(&resolved) && kind != WantedKind::Text => {
                self.bad_path(path.span, "a file with rows stays below the folder of the main file");
            }
            Ok(resolved) if leads_out(&resolved) => {
                let message = "the text of a source stays below the folder of the main file";
                let diagnostic = Diagnostic::new(Code::BadPath, path.span, message);
                self.diagnostics.push(diagnostic.here("not a path that can be followed").note(
                    "name the text alone, and where it lies: `qudao check --texts DIR`; `--lock` then stands in for it",
                ));
            }
            Ok(resolved) => self.want(kind, (layer, resolved), path.span),
            Err(why) => self.bad_path(path.span, why),
        }
    }

    /// Keeps the first `extends` of a layer and reports any other.
    fn base_once(&mut self, layer: usize, base: &ast::Base, span: Span) -> Option<ast::Base> {
        let earlier = self.layers.get_mut(layer)?;
        if let Some(first) = earlier.extends {
            self.diagnostics.push(
                Diagnostic::new(Code::DuplicateClause, span, "a ruleset extends one other at most")
                    .here("a second `extends`")
                    .also(first, "the first"),
            );
            return None;
        }
        earlier.extends = Some(span);
        Some(base.clone())
    }

    fn read_base(&mut self, layer: usize, folder: &str, base: &ast::Base) {
        let origin = self.layers.get(layer).map(|layer| layer.origin.clone());
        match (base, origin) {
            (ast::Base::Name(name), _) => {
                let path = format!("{}.qd", name.value);
                let Some(text) = bundled::file(&name.value, &path) else {
                    let message = format!("no ruleset inside the binary is named `{}`", name.value);
                    self.diagnostics.push(
                        Diagnostic::new(Code::UnknownRuleset, name.span, message)
                            .here("not a bundled ruleset")
                            .near(name.span, &name.value, bundled::names())
                            .note("a path is quoted: `extends \"../base/base.qd\"`"),
                    );
                    return;
                };
                let origin = Origin::Bundled(name.value.to_string());
                if self.is_circle(&origin, &path, name.span) {
                    return;
                }
                let shown = format!("{}/{path}", name.value);
                let id = add(&mut self.files, &shown, text.as_bytes().to_vec(), &mut self.diagnostics);
                self.add_layer(id, &path, origin);
            }
            (ast::Base::Path(path), Some(Origin::Caller(root))) => {
                match resolve(&format!("{root}{folder}"), &path.value) {
                    Ok(resolved) => {
                        let end = resolved.rfind('/').map_or(0, |end| end + 1);
                        let origin = Origin::Caller(resolved.get(..end).unwrap_or("").to_string());
                        let name = resolved.get(end..).unwrap_or("").to_string();
                        if !self.is_circle(&origin, &name, path.span) {
                            let wanted = Wanted {
                                kind: WantedKind::Base,
                                path: resolved.clone(),
                                within: String::new(),
                                span: Some(path.span),
                                sheet: None,
                            };
                            self.wanted.push_back((wanted, (layer + 1, resolved)));
                        }
                    }
                    Err(why) => self.bad_path(path.span, why),
                }
            }
            (ast::Base::Path(path), _) => {
                self.bad_path(path.span, "a bundled ruleset extends another by its name")
            }
        }
    }

    fn is_circle(&mut self, origin: &Origin, path: &str, span: Span) -> bool {
        let shown = |origin: &Origin, path: &str| match origin {
            Origin::Bundled(name) => format!("{name}:{path}"),
            Origin::Caller(root) => {
                let name = self.display_name(&format!("{root}{path}"));
                resolve("", name.trim_start_matches('/')).unwrap_or(name)
            }
        };
        let new = shown(origin, path);
        if self.layers.iter().any(|layer| shown(&layer.origin, &layer.main_path) == new) {
            let diagnostic =
                Diagnostic::new(Code::Cycle, span, "these rulesets extend each other in a circle");
            self.diagnostics.push(diagnostic.here("this closes the circle"));
            return true;
        }
        if self.layers.len() >= MAX_LAYERS {
            let message = format!("more than {MAX_LAYERS} rulesets extend each other");
            self.diagnostics.push(Diagnostic::new(Code::TooDeep, span, message).here("one too many"));
            return true;
        }
        false
    }

    fn bad_path(&mut self, span: Span, why: &str) {
        self.diagnostics
            .push(Diagnostic::new(Code::BadPath, span, why).here("not a path that can be followed"));
    }

    fn want(&mut self, kind: WantedKind, home: Home, span: Span) {
        if !self.asked.insert(home.clone()) {
            return;
        }
        if self.asked.len() > MAX_FILES {
            if self.asked.len() == MAX_FILES + 1 {
                self.bad_path(span, "a ruleset has at most 256 files");
            }
            return;
        }
        let origin = self.layers.get(home.0).map(|layer| layer.origin.clone());
        match origin {
            Some(Origin::Bundled(name)) => {
                let path = home.1.clone();
                let wanted = Wanted { kind, path, within: String::new(), span: Some(span), sheet: None };
                match bundled::file(&name, &home.1) {
                    Some(text) => {
                        let shown = format!("{name}/{}", home.1);
                        self.take(kind, home, &shown, text.as_bytes().to_vec());
                    }
                    None => self.miss(&wanted, home, "it does not ship inside the binary"),
                }
            }
            Some(Origin::Caller(root)) => {
                let path = resolve(&root, &home.1).unwrap_or_else(|_| home.1.clone());
                let (path, sheet) = match workbook::split(&path).filter(|_| kind == WantedKind::Workbook) {
                    Some((book, sheet)) => (book.to_string(), Some(sheet.to_string())),
                    None => (path, None),
                };
                self.wanted.push_back((Wanted { kind, path, within: root, span: Some(span), sheet }, home));
            }
            None => {}
        }
    }
}

fn flatten<'s>(
    layer: &'s Layer,
    path: &'s str,
    open: &mut Vec<&'s str>,
    done: &mut BTreeSet<&'s str>,
    all: &mut Vec<&'s ast::Declaration>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(part) = layer.parts.get(path) else { return };
    if !done.insert(path) {
        return;
    }
    open.push(path);
    let mut imports = part.imports.iter();
    for declaration in &part.file.declarations {
        match &declaration.kind {
            DeclarationKind::Import(written) => {
                let Some(Some(import)) = imports.next() else { continue };
                match open.iter().position(|other| other == import) {
                    Some(at) => {
                        let circle: Vec<&str> =
                            open.iter().skip(at).copied().chain([import.as_str()]).collect();
                        diagnostics.push(
                            Diagnostic::new(
                                Code::Cycle,
                                written.span,
                                "these files import each other in a circle",
                            )
                            .here("this import closes the circle")
                            .note(circle.join(" → ")),
                        );
                    }
                    None => flatten(layer, import, open, done, all, diagnostics),
                }
            }
            DeclarationKind::Extends(_) => {}
            _ => all.push(declaration),
        }
    }
    open.pop();
}

/// Adds a file, and reports it if it is not UTF-8; what comes before the first wrong byte is kept.
fn add(files: &mut Files, name: &str, bytes: Vec<u8>, diagnostics: &mut Vec<Diagnostic>) -> FileId {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return files.add(name, text),
        Err(error) => error,
    };
    let valid = error.utf8_error().valid_up_to();
    let bytes = error.into_bytes();
    let hint = match bytes.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file looks like UTF-16; save it as UTF-8",
        _ if bytes.get(valid).is_some_and(|byte| (0x81..=0xfe).contains(byte)) => {
            "the file may be in GB18030 or another old encoding; save it as UTF-8"
        }
        _ => "save the file as UTF-8",
    };
    let byte = bytes.get(valid).copied().unwrap_or(0);
    let text = String::from_utf8_lossy(bytes.get(..valid).unwrap_or(&[])).into_owned();
    let id = files.add(name, text);
    let span = Span { file: id, start: valid as u32, end: valid as u32 };
    let message = format!("this file is not UTF-8: byte {byte:#04x} at offset {valid} begins no character");
    diagnostics.push(Diagnostic::new(Code::NotUtf8, span, message).here("all is well up to here").note(hint));
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_asked_for_one_by_one() {
        let mut sources =
            Sources::new("dir/main.qd", b"import \"a.qd\"\nimport \"../b.qd\"\nimport \"a.qd\"".to_vec());
        assert_eq!(sources.diagnostics().len(), 1);
        assert_eq!(sources.wanted().map(|w| w.path.as_str()), Some("a.qd"));
        sources.supply(b"import \"main.qd\"".to_vec());
        assert_eq!(sources.wanted(), None);
        let (_, circle) = sources.declarations();
        assert_eq!(circle.len(), 1);
    }

    #[test]
    fn a_base_brings_its_own_parts() {
        let mut sources = Sources::new("child/child.qd", b"extends \"../base/base.qd\"".to_vec());
        assert_eq!(sources.wanted().map(|w| w.path.as_str()), Some("../base/base.qd"));
        sources.supply(b"import \"facts.qd\"\nextends \"../child/child.qd\"".to_vec());
        assert_eq!(sources.wanted().map(|w| w.path.as_str()), Some("../base/facts.qd"));
        sources.supply(Vec::new());
        assert_eq!(sources.wanted(), None);
        assert!(sources.diagnostics().iter().any(|d| d.code == Code::Cycle));
    }
}
