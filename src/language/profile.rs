//! Profiles: JSON, YAML and TOML → values with their place, checked against a ruleset's fields.

mod bytes;
mod day;
mod faults;
mod json;
mod notation;
mod number;
mod schema;
mod toml;
mod tree;
mod typed;
mod write;
mod yaml;

pub use schema::schema;
pub use write::{number_text, yaml_line, yaml_text};

use serde_json::{Value as Json, json};

use self::faults::Faults;
use self::notation::Notation;
use self::tree::{Node, NodeKind, Parsed};
use crate::diagnostic::{self, Code, Diagnostic, to_json};
use crate::model::{Profile, Ruleset, Type};
use crate::source::{FileId, Files, Span, conflicts, is_lone_mark, normal};

/// How a profile is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// JSON, without comments.
    Json,
    /// YAML, without tags, anchors and aliases.
    Yaml,
    /// TOML.
    Toml,
}

impl Format {
    /// Returns the format that a file's ending tells.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Format> {
        let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
        match ending.as_str() {
            "json" => Some(Format::Json),
            "yaml" | "yml" => Some(Format::Yaml),
            "toml" => Some(Format::Toml),
            _ => None,
        }
    }
}

/// What came of reading a profile.
#[derive(Debug)]
pub struct ReadProfile {
    /// The files that places point into: the profile's own, and one for each assignment.
    pub files: Files,
    /// The profile, unless an error keeps it from being used.
    pub profile: Option<Profile>,
    /// Everything that is wrong with it, or worth knowing.
    pub diagnostics: Vec<Diagnostic>,
}

impl ReadProfile {
    /// Tells what keeps the profile of a name from being used: a `qudao.rejected/1` document.
    #[must_use]
    pub fn rejected(&self, name: &str) -> Json {
        let found = to_json(&self.files, &self.diagnostics);
        json!({ "schema": "qudao.rejected/1", "profile": name, "diagnostics": found.get("diagnostics") })
    }
}

/// Reads a profile. `name` is the path under which places in it are shown; each of `assignments` is `FIELD=VALUE` and
/// goes before what the file says.
#[must_use]
pub fn read(
    ruleset: &Ruleset,
    name: &str,
    bytes: Vec<u8>,
    format: Format,
    assignments: &[String],
) -> ReadProfile {
    let mut files = Files::default();
    let (file, parsed) = match bytes::decode(&mut files, name, bytes) {
        Ok(file) => (file, parse(ruleset, &files, file, format)),
        Err(diagnostic) => (diagnostic.label.span.file, diagnostic.into()),
    };
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let named = (stem, Some(name));
    finish(ruleset, files, (file, format.into()), parsed, assignments, named)
}

/// Reads a profile of assignments alone, each `FIELD=VALUE`. Its name is `profile`, and it has no file.
#[must_use]
pub fn read_assignments(ruleset: &Ruleset, assignments: &[String]) -> ReadProfile {
    let mut files = Files::default();
    let file = files.add("--set", "");
    let nothing = Node { span: whole(file, ""), kind: NodeKind::Map(Vec::new()) };
    let parsed = Parsed { tree: Some(nothing), faults: Faults::default() };
    finish(ruleset, files, (file, Notation::Set), parsed, assignments, ("profile", None))
}

/// Puts assignments into what was parsed, and gives the values their types.
fn finish(
    ruleset: &Ruleset,
    mut files: Files,
    (file, notation): (FileId, Notation),
    parsed: Parsed,
    assignments: &[String],
    (name, path): (&str, Option<&str>),
) -> ReadProfile {
    let Parsed { mut tree, mut faults } = parsed;
    let names = typed::fields(ruleset);
    let id = |name: &str| names.get(&normal(name));
    let same = |a: &str, b: &str| a == b || (id(a).is_some() && id(a) == id(b));
    if let Some(tree) = &mut tree {
        for (number, assignment) in (1..).zip(assignments) {
            let file = files.add(format!("--set #{number}"), assignment.clone());
            match tree::assignment(&files, file) {
                Ok((key, value)) => tree::assign(tree, key, value, &same),
                Err(diagnostic) => faults.push(*diagnostic),
            }
        }
    }
    let values = tree.map(|tree| typed::values(ruleset, &files, (file, notation), &tree, &mut faults));
    let start = Span { file, start: 0, end: 0 };
    let diagnostics = faults.sorted(start);
    let values = values.filter(|_| !diagnostic::any_error(&diagnostics));
    let file = path.map(str::to_string);
    let profile = values.map(|values| Profile { name: name.to_string(), file, values });
    ReadProfile { files, profile, diagnostics }
}

fn parse(ruleset: &Ruleset, files: &Files, file: FileId, format: Format) -> Parsed {
    let text = files.get(file).text();
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return empty(file, text, format).into();
    }
    let conflicts = conflicts(text);
    if !conflicts.is_empty() {
        return Parsed { tree: None, faults: diagnostic::merge_conflicts(file, &conflicts).into() };
    }
    let names = typed::fields(ruleset);
    let field = |name: &str| names.get(&normal(name)).map(|id| &ruleset.fields[*id]);
    let parsed = match format {
        Format::Json => json::parse(file, text),
        Format::Yaml => yaml::parse(file, text, &|name| field(name).is_some()),
        Format::Toml => {
            toml::parse(file, text, &|name| field(name).is_some_and(|field| field.ty == Type::Text))
        }
    };
    match lone_mark(file, text).filter(|_| diagnostic::any_error(parsed.faults.iter().as_slice())) {
        Some(mark) => Parsed { tree: None, faults: vec![diagnostic::lone_marker(mark)].into() },
        None => parsed,
    }
}

/// Finds a line that a merge left, though the marks around it were removed.
fn lone_mark(file: FileId, text: &str) -> Option<Span> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_lone_mark(line) {
            return Some(Span { file, start: at as u32, end: (at + line.trim_end().len()) as u32 });
        }
        at += line.len();
    }
    None
}

/// Says what keeps a text from being read at all: each fault with the column, in characters, on which it stands.
pub fn faults(ruleset: &Ruleset, text: &str, format: Format) -> Vec<(u32, String)> {
    let mut files = Files::default();
    let file = files.add("", text);
    let start = Span { file, start: 0, end: 0 };
    let diagnostics = parse(ruleset, &files, file, format).faults.sorted(start);
    diagnostics.into_iter().map(|found| (files.place(found.label.span).column, found.message)).collect()
}

fn whole(file: FileId, text: &str) -> Span {
    Span { file, start: 0, end: text.len().min(1) as u32 }
}

/// How deep a profile may nest.
const MAX_DEPTH: usize = 32;

fn too_deep(span: Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(Code::TooDeep, span, format!("this nests deeper than {MAX_DEPTH} levels")))
}

fn malformed(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::MalformedProfile, span, message)
}

fn empty(file: FileId, text: &str, format: Format) -> Box<Diagnostic> {
    let diagnostic = malformed(whole(file, text), "this profile is empty");
    Box::new(diagnostic.note(Notation::from(format).nothing()))
}
