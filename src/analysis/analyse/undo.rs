//! Rulesets between an old one and a new one: the new one with some of its edits undone.
//!
//! An edit is undone in the text: what it changed stands there as the old ruleset has it, and the whole is checked
//! anew. So what comes of it is what would come of it if somebody undid the edit by hand. Where that gives no ruleset
//! (a rule is put back that reads a field that is gone), the edit cannot be undone alone.

mod channels;
mod parameters;
mod tables;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::edits::{Declared, Edit, Renames};
use super::pieces::{Pieces, sources};
use super::settings::patched;
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::model::{Field, Origin, Profile, Ruleset, Type, Value};
use qudao_language::source::{FileId, Span};
use qudao_language::syntax::ast::{Declaration, DeclarationKind, ProfileItem};

/// So many bytes are checked at most to find causes: a second or two of work.
const MAX_BYTES: usize = 16 << 20;
/// The rulesets of so many bytes are kept.
const MAX_KEPT: usize = 2 << 20;

/// A declaration's kind and name.
pub(super) type Key = (Declared, String);

/// The new ruleset with some of its edits undone.
#[derive(Debug)]
pub(super) struct Undo<'r> {
    old: (&'r Ruleset, Date),
    new: (&'r Ruleset, Date),
    pieces: [Pieces; 2],
    renames: Renames,
    built: RefCell<Built>,
}

/// The rulesets that were made, and what is left for more.
#[derive(Debug)]
struct Built {
    rulesets: BTreeMap<BTreeSet<usize>, Option<Rc<Ruleset>>>,
    bytes: usize,
    kept: usize,
}

/// What a file has instead of some of its text.
type Patches = BTreeMap<Span, String>;

impl<'r> Undo<'r> {
    pub(super) fn new(
        old: (&'r Ruleset, Date),
        new: (&'r Ruleset, Date),
        pieces: [Pieces; 2],
        renames: Renames,
    ) -> Undo<'r> {
        let built = RefCell::new(Built { rulesets: BTreeMap::new(), bytes: MAX_BYTES, kept: 0 });
        Undo { old, new, pieces, renames, built }
    }

    /// Returns the new ruleset with some edits undone, and the day for it; nothing where that is no ruleset, or where
    /// too much was looked at already.
    pub(super) fn ruleset(&self, edits: &[Edit], undone: &BTreeSet<usize>) -> Option<(Rc<Ruleset>, Date)> {
        let undoes_day = undone.iter().any(|n| edits.get(*n).is_some_and(|e| e.declared == Declared::Day));
        let day = if undoes_day { self.old.1 } else { self.new.1 };
        if let Some(known) = self.built.borrow().rulesets.get(undone) {
            return known.clone().map(|ruleset| (ruleset, day));
        }
        let made = self.make(edits, undone).map(Rc::new);
        let mut built = self.built.borrow_mut();
        if built.kept > MAX_KEPT {
            built.rulesets.retain(|_, ruleset| ruleset.is_none());
            built.kept = 0;
        }
        built.rulesets.insert(undone.clone(), made.clone());
        made.map(|ruleset| (ruleset, day))
    }

    /// Tells whether as much was looked at as may be.
    pub(super) fn is_used_up(&self) -> bool {
        self.built.borrow().bytes == 0
    }

    fn make(&self, edits: &[Edit], undone: &BTreeSet<usize>) -> Option<Ruleset> {
        let undone: Vec<&Edit> = undone.iter().filter_map(|number| edits.get(*number)).collect();
        let (patches, added) = self.patches(edits, &undone)?;
        let files = self.pieces[1].sources.files();
        let main = self.pieces[1].sources.main();
        let text = |id: FileId| {
            let text = patched(files.get(id).text(), id, &patches);
            if id == main { text + "\n" + &added } else { text }
        };
        let by_name: BTreeMap<&str, FileId> = files.iter().map(|(id, file)| (file.name(), id)).collect();
        let texts: BTreeMap<&str, String> = by_name.into_iter().map(|(name, id)| (name, text(id))).collect();
        {
            let mut built = self.built.borrow_mut();
            let size = texts.values().map(String::len).sum();
            built.bytes = built.bytes.saturating_sub(size);
            built.kept += size;
            if built.bytes == 0 {
                return None;
            }
        }
        let sources =
            sources(self.new.0, |file| texts.get(file.name()).cloned().unwrap_or_else(|| file.text().into()));
        check(&sources).ruleset
    }

    /// What stands elsewhere than in the new ruleset, and what stands behind it.
    fn patches(&self, edits: &[Edit], undone: &[&Edit]) -> Option<(Patches, String)> {
        let (mut patches, mut added) = (Patches::new(), String::new());
        let (old, new) = (self.pieces[0].layers(), self.pieces[1].layers());
        let keys: BTreeSet<Key> =
            undone.iter().filter(|edit| !edit.is_rename()).map(|edit| self.key_of(edit)).collect();
        let mut found: BTreeSet<Key> = BTreeSet::new();
        for (depth, now) in new.iter().enumerate() {
            let before = old.get(depth).map_or(&[][..], Vec::as_slice);
            let (was, is) = (by_key(before), by_key(now));
            for declaration in now {
                // What is only said, or only checked, may name what is not there.
                if is_beside(&declaration.kind) {
                    patches.insert(declaration.span, String::new());
                }
            }
            let mut there = BTreeSet::new();
            for (key, declarations) in was.iter().filter(|(key, _)| !is.contains_key(*key)) {
                if declarations.iter().all(|declaration| is_auxiliary(&declaration.kind)) {
                    added.push_str(&self.old_texts(declarations));
                    there.insert(key.clone());
                }
            }
            found.extend(there.iter().cloned());
            for key in keys.iter().filter(|key| is_whole(key.0) && !there.contains(*key)) {
                let before = was
                    .iter()
                    .find(|(other, _)| self.renamed(other) == *key)
                    .map(|(_, found)| self.old_texts(found));
                match (before, is.get(key)) {
                    (Some(before), Some(now)) => {
                        let texts = std::iter::once(before).chain(std::iter::repeat(String::new()));
                        patches.extend(now.iter().map(|now| now.span).zip(texts));
                    }
                    (Some(before), None) => added.push_str(&before),
                    (None, Some(now)) => {
                        // What nobody reads any more changes nothing; that others read it keeps it from being undone.
                        if matches!(key.0, Declared::Rule | Declared::Mix | Declared::Verdicts) {
                            patches.extend(now.iter().map(|now| (now.span, String::new())));
                        }
                    }
                    (None, None) => continue,
                }
                found.insert(key.clone());
            }
            self.fields(before, now, &keys, &mut found, (&mut patches, &mut added));
        }
        self.parameters(edits, undone, &mut found, (&mut patches, &mut added))?;
        self.channels(edits, undone, &mut found, (&mut patches, &mut added))?;
        self.rows(undone, &mut found, &mut patches)?;
        let left = keys.iter().all(|key| found.contains(key) || key.0 == Declared::Day);
        left.then_some((patches, added))
    }

    /// What an edit is undone in: a rule's parts all at once.
    fn key_of(&self, edit: &Edit) -> Key {
        (edit.declared, edit.name.clone())
    }

    /// A key of the old ruleset under the name that the new one has for it.
    fn renamed(&self, key: &Key) -> Key {
        let now = self.renames.names().find(|(from, _)| *from == key.1).map(|(_, to)| to.to_string());
        (key.0, now.unwrap_or_else(|| key.1.clone()))
    }

    /// A text of the old ruleset under the names of the new one.
    fn old_text(&self, span: Span) -> String {
        self.under_new_names(self.pieces[0].slice(span))
    }

    fn old_texts(&self, declarations: &[&Declaration]) -> String {
        declarations.iter().map(|declaration| self.old_text(declaration.span) + "\n").collect()
    }

    fn under_new_names(&self, text: &str) -> String {
        self.renames.names().fold(text.to_string(), |text, (from, to)| renamed(&text, from, to))
    }

    fn fields(
        &self,
        old: &[&Declaration],
        new: &[&Declaration],
        keys: &BTreeSet<Key>,
        found: &mut BTreeSet<Key>,
        (patches, added): (&mut Patches, &mut String),
    ) {
        let (was, is) = (fields(old), fields(new));
        for (name, span) in &was {
            let key = self.renamed(&(Declared::Field, name.clone()));
            match is.get(&key.1) {
                Some(now) if keys.contains(&key) => {
                    patches.insert(*now, self.old_text(*span));
                    found.insert(key);
                }
                Some(_) => {}
                None => {
                    added.push_str(&format!("profile {{\n{}\n}}\n", self.old_text(*span)));
                    found.insert(key);
                }
            }
        }
        // A field that came stays: nobody reads it where what reads it is undone.
        found.extend(
            is.into_keys().filter(|name| !was.contains_key(name)).map(|name| (Declared::Field, name)),
        );
    }

    /// Returns a profile of the new ruleset as one between has it: fields that are gone are as in the old profile.
    pub(super) fn profile(&self, between: &Ruleset, profiles: [&Profile; 2]) -> Option<Profile> {
        let mut made = Profile::empty(between, &profiles[1].name);
        for (id, field) in between.fields.entries() {
            let sides = [(self.new.0, profiles[1]), (self.old.0, profiles[0])];
            let declared = sides.into_iter().find_map(|(ruleset, profile)| {
                let other = ruleset.fields.find(|other| other.name == field.name)?;
                Some((ruleset, &ruleset.fields[other], profile.get(other)))
            });
            let Some((ruleset, other, given)) = declared else { continue };
            if given.origin == Origin::Given {
                let value =
                    given.value.as_ref().map(|value| converted(value, (ruleset, other), (between, field)));
                match value {
                    None => made.set(id, None),
                    Some(Some(value)) => made.set(id, Some(value)),
                    Some(None) => return None,
                }
            }
        }
        Some(made)
    }
}

/// A value as another ruleset has it.
fn converted(value: &Value, from: (&Ruleset, &Field), to: (&Ruleset, &Field)) -> Option<Value> {
    let member = |number: u32| match (from.1.ty, to.1.ty) {
        (Type::Enum(a), Type::Enum(b)) | (Type::Set(a), Type::Set(b)) => {
            from.0.enums[a].same(number, &to.0.enums[b])
        }
        _ => None,
    };
    match (value, from.1.ty, to.1.ty) {
        (Value::Enum(number), ..) => member(*number).map(Value::Enum),
        (Value::Set(members), ..) => {
            members.iter().map(|number| member(*number)).collect::<Option<_>>().map(Value::Set)
        }
        (Value::Number(_), Type::Number(a), Type::Number(b)) => {
            let same = from.0.units.name(a.unit, false) == to.0.units.name(b.unit, false);
            (same && (a.whole || !b.whole)).then(|| value.clone())
        }
        (Value::Bool(_), _, Type::Bool)
        | (Value::Text(_), _, Type::Text)
        | (Value::Date(_), _, Type::Date) => Some(value.clone()),
        _ => None,
    }
}

/// What decides nothing and may name anything.
fn is_beside(kind: &DeclarationKind) -> bool {
    matches!(kind, DeclarationKind::Test(_) | DeclarationKind::Property(_) | DeclarationKind::Texts(_))
}

/// What old declarations may name, and what changes nothing where they do not.
fn is_auxiliary(kind: &DeclarationKind) -> bool {
    matches!(
        kind,
        DeclarationKind::Source(_)
            | DeclarationKind::Fact(_)
            | DeclarationKind::Unit(_)
            | DeclarationKind::Enum(_)
    )
}

/// What is undone by its whole declaration.
fn is_whole(declared: Declared) -> bool {
    match declared {
        Declared::Verdicts
        | Declared::Levels
        | Declared::Weight
        | Declared::Unit
        | Declared::Enum
        | Declared::Mix
        | Declared::Requirement
        | Declared::Let
        | Declared::Measure
        | Declared::Ranking
        | Declared::Rule => true,
        Declared::Day
        | Declared::Field
        | Declared::Value
        | Declared::Parameter
        | Declared::Fact
        | Declared::Channel
        | Declared::Table => false,
    }
}

/// The declarations that are undone as a whole, and those that may have to be added, by kind and name; a unit has one for
/// each time of its rate.
fn by_key<'d>(declarations: &[&'d Declaration]) -> BTreeMap<Key, Vec<&'d Declaration>> {
    let key = |kind: &DeclarationKind| -> Option<Key> {
        let (declared, name): (Declared, &Arc<str>) = match kind {
            DeclarationKind::Verdicts(_) => return Some((Declared::Verdicts, String::new())),
            DeclarationKind::Levels(_) => return Some((Declared::Levels, String::new())),
            DeclarationKind::Weight(it) => (Declared::Weight, &it.name.value),
            DeclarationKind::Unit(it) => (Declared::Unit, &it.name.value),
            DeclarationKind::Enum(it) => (Declared::Enum, &it.name.value),
            DeclarationKind::Mix(it) => (Declared::Mix, &it.name.value),
            DeclarationKind::Requirement(it) => (Declared::Requirement, &it.name.value),
            DeclarationKind::Let(it) => (Declared::Let, &it.name.value),
            DeclarationKind::Measure(it) => (Declared::Measure, &it.name.value),
            DeclarationKind::Ruleset(_) => return Some((Declared::Ranking, String::new())),
            DeclarationKind::Rule(it) => (Declared::Rule, &it.name.value),
            // These have names of their own: they stand under no edit.
            DeclarationKind::Source(it) => return Some((Declared::Day, format!("source {}", it.name.value))),
            DeclarationKind::Fact(it) => return Some((Declared::Day, format!("fact {}", it.name.value))),
            _ => return None,
        };
        Some((declared, name.to_string()))
    };
    let mut found: BTreeMap<Key, Vec<&Declaration>> = BTreeMap::new();
    for declaration in declarations {
        if let Some(key) = key(declaration.plain()) {
            found.entry(key).or_default().push(declaration);
        }
    }
    found
}

/// The fields of all profiles, each with the whole of its entry.
fn fields(declarations: &[&Declaration]) -> BTreeMap<String, Span> {
    let mut found = BTreeMap::new();
    let mut open: Vec<&ProfileItem> = Vec::new();
    for declaration in declarations {
        if let DeclarationKind::Profile(items) = &declaration.kind {
            open.extend(items);
        }
    }
    while let Some(item) = open.pop() {
        match item {
            ProfileItem::Field(field) => {
                found.insert(field.name.value.to_string(), field.span);
            }
            ProfileItem::Section(.., items) => open.extend(items),
        }
    }
    found
}

/// A text in which a name stands for another wherever it is a whole word.
fn renamed(text: &str, old: &str, new: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let (before, from) = rest.split_at(at);
        let after = from.get(old.len()..).unwrap_or("");
        made.push_str(before);
        let whole = !made.ends_with(is_word) && !after.starts_with(is_word);
        made.push_str(if whole { new } else { old });
        rest = after;
    }
    made + rest
}
