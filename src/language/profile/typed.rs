//! Values as they are written → values of the fields' types. One mistake is told once.

mod number;
mod range;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::faults::Faults;
use super::notation::{Notation, short};
use super::tree::{Key, Node, NodeKind};
use crate::diagnostic::{Code, Diagnostic, Effort, nearest_within};
use crate::model::{Arena, Field, FieldValue, Id, Origin, Ruleset};
use crate::source::{FileId, Files, Span, normal};

/// A longer name is no slip of one.
const LONGEST_NAME: usize = 200;

/// Returns a value for each field, and reports everything in the tree that is none. `file` is the profile's own, in
/// which values are written by `notation`; every other file holds an assignment.
pub(super) fn values(
    ruleset: &Ruleset,
    files: &Files,
    (file, notation): (FileId, Notation),
    tree: &Node,
    faults: &mut Faults,
) -> Arena<FieldValue> {
    let names = fields(ruleset);
    let mut reader = Reader {
        ruleset,
        files,
        file,
        notation,
        names,
        given: BTreeMap::new(),
        meant: BTreeSet::new(),
        values: ruleset.fields.iter().map(FieldValue::left_out).collect(),
        effort: Effort::default(),
        faults,
    };
    reader.profile(tree);
    reader.values
}

/// Returns the fields by their names, old ones included.
pub(super) fn fields(ruleset: &Ruleset) -> BTreeMap<Arc<str>, Id<Field>> {
    let mut names = BTreeMap::new();
    for (id, field) in ruleset.fields.entries() {
        for was in &field.was {
            names.entry(was.clone()).or_insert(id);
        }
    }
    // A name that is in use goes before an old one.
    names.extend(ruleset.fields.entries().map(|(id, field)| (field.name.clone(), id)));
    names
}

/// Where a field is given.
struct Given {
    key: Span,
    /// The old name by which it is given.
    old: Option<Arc<str>>,
    twice: bool,
}

struct Reader<'a> {
    ruleset: &'a Ruleset,
    files: &'a Files,
    file: FileId,
    notation: Notation,
    names: BTreeMap<Arc<str>, Id<Field>>,
    given: BTreeMap<Id<Field>, Given>,
    /// Fields that a wrong name must mean: nobody is told besides that they are missing.
    meant: BTreeSet<Id<Field>>,
    values: Arena<FieldValue>,
    /// What looking for near names may still cost.
    effort: Effort,
    faults: &'a mut Faults,
}

impl<'a> Reader<'a> {
    /// Returns how values are written at a place.
    fn notation(&self, span: Span) -> Notation {
        if span.file == self.file { self.notation } else { Notation::Set }
    }

    fn written(&self, span: Span) -> &'a str {
        self.files.slice(span)
    }

    fn complain(&mut self, diagnostic: Diagnostic) {
        self.faults.push(diagnostic);
    }

    /// Returns the nearest of some names, as long as it is worth the search.
    fn nearest<'n>(&mut self, wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        if wrong.len() > LONGEST_NAME {
            return None;
        }
        nearest_within(&mut self.effort, wrong, names)
    }

    fn profile(&mut self, tree: &Node) {
        match &tree.kind {
            NodeKind::Map(entries) => {
                self.entries(entries);
                self.renamed();
                // Of a file that is malformed, a field may have been lost.
                if self.faults.iter().all(|diagnostic| diagnostic.code != Code::MalformedProfile) {
                    self.missing(tree.span);
                }
            }
            NodeKind::Wrong => {}
            _ => {
                let message = format!("a profile gives fields, not {}", tree.words());
                let diagnostic =
                    Diagnostic::new(Code::MalformedProfile, tree.span, message).here("not fields");
                let field = self.notation(tree.span).field();
                let groups = |items: &[Node]| items.iter().any(|item| matches!(item.kind, NodeKind::Map(_)));
                let note = match &tree.kind {
                    NodeKind::List(items) if groups(items) => {
                        format!(
                            "the fields of one profile stand in no list: `{field}`; each profile has a file of its own"
                        )
                    }
                    NodeKind::Null => self.notation(tree.span).nothing().to_string(),
                    _ => format!("a field is written `{field}`"),
                };
                self.complain(diagnostic.note(note));
            }
        }
    }

    fn entries(&mut self, entries: &[(Key, Node)]) {
        for (key, node) in entries {
            let name = normal(&key.name);
            match self.names.get(&name) {
                Some(id) => self.field(*id, name, key, node),
                None => self.no_field(&name, key, node),
            }
        }
    }

    fn field(&mut self, id: Id<Field>, name: Arc<str>, key: &Key, node: &Node) {
        let field = &self.ruleset.fields[id];
        if let Some(first) = self.given.get_mut(&id) {
            first.twice = true;
            let message = match name == field.name {
                true if first.old.is_none() => format!("`{name}` is given twice"),
                true => format!("`{name}` is given twice, once by its old name"),
                false => format!("`{}` is given twice: `{name}` is its old name", field.name),
            };
            let diagnostic = Diagnostic::new(Code::DuplicateField, key.span, message)
                .here("the second time")
                .also(first.key, "the first");
            self.complain(diagnostic);
            return;
        }
        let old = (name != field.name).then_some(name);
        self.given.insert(id, Given { key: key.span, old, twice: false });
        if let Some(value) = self.value(field, node) {
            let at = Some(self.files.place(node.span));
            self.values[Id::new(id.index())] = FieldValue { value, origin: Origin::Given, at };
        }
    }

    /// Tells of old names, save where the field is given twice, which is told already.
    fn renamed(&mut self) {
        for (id, given) in &self.given {
            let now = &self.ruleset.fields[*id].name;
            let Some(old) = given.old.as_ref().filter(|_| !given.twice) else { continue };
            let notation = if given.key.file == self.file { self.notation } else { Notation::Set };
            let mend = notation.key(now, self.files.slice(given.key));
            self.faults.push(Diagnostic::renamed(Code::RenamedField, short(old), now, given.key, mend));
        }
    }

    fn missing(&mut self, whole: Span) {
        for (id, field) in self.ruleset.fields.entries() {
            if !field.required || self.given.contains_key(&id) || self.meant.contains(&id) {
                continue;
            }
            let message = format!("the field `{}` must be given", field.name);
            let start = Span { end: whole.start, ..whole };
            let mut diagnostic =
                Diagnostic::new(Code::MissingField, start, message).here("it is not in this profile");
            if let Some(question) = &field.question {
                let unknown = self.notation.null();
                let note = format!("{} ({unknown} if it is not known)", question.main);
                diagnostic = diagnostic.note(note);
            }
            self.complain(diagnostic);
        }
    }

    /// Says what is wrong with a name that is no field's.
    fn no_field(&mut self, name: &str, key: &Key, node: &Node) {
        if self.faults.pass() {
            return;
        }
        if name == "<<" && self.notation(key.span) == Notation::Yaml {
            let diagnostic = Diagnostic::new(Code::MalformedProfile, key.span, "a profile has no merge keys")
                .here("a merge key")
                .note("write the fields themselves");
            self.complain(diagnostic);
            return self.inner(node);
        }
        if let NodeKind::Map(entries) = &node.kind
            && entries.iter().any(|(key, _)| self.names.contains_key(&normal(&key.name)))
        {
            self.group(name, key);
            return self.inner(node);
        }
        let shown = short(name);
        let message = format!("the ruleset `{}` has no field `{shown}`", self.ruleset.name);
        let diagnostic = Diagnostic::new(Code::UnknownField, key.span, message).here("not a field");
        // Of `company.city`, the last part is the field.
        let last = name.rsplit('.').next().and_then(|last| self.names.get(last)).copied();
        let fields = &self.ruleset.fields;
        let near = match last {
            Some(id) => Some(&*fields[id].name),
            None => {
                let names = fields.iter().flat_map(|field| std::iter::once(&field.name).chain(&field.was));
                self.nearest(name, names.map(|name| &**name))
            }
        };
        let Some(near) = near else { return self.complain(diagnostic) };
        self.meant.extend(self.names.get(near));
        // A field that the profile has already is not given once more.
        let notation = self.notation(key.span);
        let diagnostic = diagnostic.note(format!("the nearest name is `{near}`"));
        let taken = self.names.get(near).is_some_and(|id| self.given.contains_key(id));
        self.complain(match taken {
            true => diagnostic,
            false => {
                let mend = notation.key(near, self.written(key.span));
                diagnostic.guess(format!("write `{near}`"), key.span, mend)
            }
        });
    }

    /// Tells of fields that stand in a group.
    fn group(&mut self, name: &str, key: &Key) {
        let message = format!("`{}` is not a field, and fields stand in no groups", short(name));
        let diagnostic = Diagnostic::new(Code::UnknownField, key.span, message).here("a group");
        let header = Span { start: key.span.start.saturating_sub(1), end: key.span.end + 1, ..key.span };
        let written = self.written(header);
        let toml = self.notation(key.span) == Notation::Toml;
        self.complain(match toml && written.starts_with('[') && written.ends_with(']') {
            true => diagnostic.fix("remove the line", header, ""),
            false => diagnostic.note("write its fields beside the others, not within it"),
        });
    }

    /// Reads the fields that stand where none should.
    fn inner(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Map(entries) => self.entries(entries),
            NodeKind::List(items) => items.iter().for_each(|item| {
                if let NodeKind::Map(entries) = &item.kind {
                    self.entries(entries);
                }
            }),
            _ => {}
        }
    }
}
