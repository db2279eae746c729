//! What the columns of a table mean: fields by their names, old names and questions, whatever the case, and what is to
//! be taken over.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::decode::CONFLICT;
use super::{Batch, Options};
use qudao_language::diagnostic::{Effort, nearest, nearest_hint, nearest_within, shortened};
use qudao_language::model::{Field, Id, IdMap, Ruleset};
use qudao_language::source::{is_mark, normal};

/// What a column means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
    /// A field.
    Field(Id<Field>),
    /// To be taken over, by its number among those.
    Keep(usize),
    /// Both.
    Both(Id<Field>, usize),
}

/// The meaning of columns by their names.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    fields: Names<Id<Field>>,
    keep: Names<usize>,
}

/// Things by their names: as they are written, else whatever the case.
#[derive(Clone, Debug)]
struct Names<T> {
    exact: HashMap<String, T>,
    /// Nothing where the name could be of two.
    loose: HashMap<String, Option<T>>,
}

impl<T: Copy + PartialEq> Names<T> {
    fn new() -> Names<T> {
        Names { exact: HashMap::new(), loose: HashMap::new() }
    }

    /// Adds names of equal right, which go behind those that are there.
    fn add<'n>(&mut self, names: impl IntoIterator<Item = (&'n str, T)>) {
        let mut new: HashMap<String, Option<T>> = HashMap::new();
        for (name, of) in names {
            let other = new.entry(folded(name)).or_insert(Some(of));
            if *other != Some(of) {
                *other = None;
            }
        }
        // Which of two names comes first makes no difference.
        #[expect(clippy::iter_over_hash_type, reason = "each entry goes to a place of its own")]
        for (name, of) in new {
            self.loose.entry(name).or_insert(of);
        }
    }

    /// What a name is of, and whether it is written so.
    fn get(&self, name: &str) -> Option<(T, bool)> {
        match self.exact.get(name) {
            Some(of) => Some((*of, true)),
            // Tables ask this of each column of rows that leave some out.
            None if self.loose.is_empty() => None,
            None => self.loose.get(&folded(name)).copied().flatten().map(|of| (of, false)),
        }
    }
}

/// A name as names are compared loosely.
fn folded(name: &str) -> String {
    normal(name.trim()).to_lowercase()
}

impl Columns {
    /// The columns by name: of each field its own name, its old names, its question, or else the one that the options
    /// say.
    pub(super) fn new(ruleset: &Ruleset, options: &Options) -> Result<Columns, String> {
        let mut fields: Names<Id<Field>> = Names::new();
        let mut renamed: BTreeMap<Id<Field>, &str> = BTreeMap::new();
        for (name, column) in &options.columns {
            let Some(id) = ruleset.fields.find(|field| *field.name == **name) else {
                let near = nearest_hint(nearest(name, ruleset.fields.iter().map(|field| &*field.name)));
                return Err(format!("the ruleset `{}` has no field `{name}`{near}", ruleset.name));
            };
            if let Some(other) = renamed.insert(id, column) {
                return Err(format!("the field `{name}` has two columns, `{other}` and `{column}`"));
            }
            if let Some(other) = fields.exact.insert(column.clone(), id) {
                let other = &ruleset.fields[other].name;
                return Err(format!("the column `{column}` is of the fields `{other}` and `{name}`"));
            }
        }
        fields.add(renamed.iter().map(|(id, column)| (*column, *id)));
        let own = || ruleset.fields.entries().filter(|(id, _)| !renamed.contains_key(id));
        let old = || own().flat_map(|(id, field)| field.was.iter().map(move |was| (&**was, id)));
        for (name, id) in own().map(|(id, field)| (&*field.name, id)).chain(old()) {
            fields.exact.entry(name.to_string()).or_insert(id);
        }
        fields.add(own().map(|(id, field)| (&*field.name, id)));
        fields.add(old());
        fields.add(own().flat_map(|(id, field)| {
            let questions = field.question.iter().flat_map(|question| {
                std::iter::once(&question.main).chain(question.translations.iter().map(|(_, text)| text))
            });
            questions.map(move |question| (question.as_str(), id))
        }));
        let mut keep: Names<usize> = Names::new();
        for (number, name) in options.keep.iter().enumerate() {
            if keep.exact.insert(name.clone(), number).is_some() {
                return Err(format!("the column `{name}` is kept twice"));
            }
        }
        keep.add(options.keep.iter().enumerate().map(|(number, name)| (name.as_str(), number)));
        Ok(Columns { fields, keep })
    }

    /// What a column means by its name alone.
    pub(super) fn get(&self, name: &str) -> Option<Column> {
        Columns::column(
            self.fields.get(name).map(|(id, _)| id),
            self.keep.get(name).map(|(number, _)| number),
        )
    }

    fn column(field: Option<Id<Field>>, keep: Option<usize>) -> Option<Column> {
        match (field, keep) {
            (Some(id), Some(number)) => Some(Column::Both(id, number)),
            (Some(id), None) => Some(Column::Field(id)),
            (None, Some(number)) => Some(Column::Keep(number)),
            (None, None) => None,
        }
    }

    /// What each column of a table means, and whether two of them mean the same.
    fn all<'c>(
        &self,
        ruleset: &Ruleset,
        names: impl Iterator<Item = &'c str> + Clone,
    ) -> (Vec<Option<Column>>, Option<String>) {
        let (fields, keep) = (holders(&self.fields, names.clone()), holders(&self.keep, names.clone()));
        let held = |name: &str, place: usize| {
            let field = self.fields.get(name).map(|(id, _)| id);
            let kept = self.keep.get(name).map(|(number, _)| number);
            let field = field.filter(|id| fields.get(id).is_some_and(|holder| holder.place == place));
            let kept = kept.filter(|number| keep.get(number).is_some_and(|holder| holder.place == place));
            Columns::column(field, kept)
        };
        let columns = names.clone().enumerate().map(|(place, name)| held(name, place)).collect();
        let twice = fields.iter().find_map(|(id, holder)| Some((*id, holder.place, holder.other?)));
        let twice = twice.map(|(id, one, other)| {
            let name = |place: usize| shortened(names.clone().nth(place).unwrap_or_default());
            format!(
                "the columns `{}` and `{}` are both of `{}`",
                name(one),
                name(other),
                ruleset.fields[id].name
            )
        });
        (columns, twice)
    }
}

/// The column that has something, by its place, and another one that could as well.
struct Holder {
    place: usize,
    exact: bool,
    other: Option<usize>,
}

/// Finds the column of each thing: one that is named exactly goes before others.
fn holders<'c, T: Copy + PartialEq + Ord>(
    of: &Names<T>,
    names: impl Iterator<Item = &'c str>,
) -> BTreeMap<T, Holder> {
    let mut holders: BTreeMap<T, Holder> = BTreeMap::new();
    for (place, name) in names.enumerate() {
        let Some((thing, exact)) = of.get(name) else { continue };
        match holders.get_mut(&thing) {
            Some(holder) if holder.exact == exact => holder.other = holder.other.or(Some(place)),
            Some(holder) if holder.exact => {}
            Some(_) | None => {
                holders.insert(thing, Holder { place, exact, other: None });
            }
        }
    }
    holders
}

/// So many names that are no columns are kept, to be told.
const MOST_IDLE: usize = 20;
/// So many of them stand in a sentence.
const SHOWN: usize = 5;

/// What was met of a table's columns.
#[derive(Clone, Debug)]
pub struct Seen {
    fields: IdMap<Field, bool>,
    kept: Vec<bool>,
    idle: BTreeSet<String>,
}

impl Seen {
    pub(super) fn new(ruleset: &Ruleset, kept: usize) -> Seen {
        Seen { fields: IdMap::of(&ruleset.fields, |_| false), kept: vec![false; kept], idle: BTreeSet::new() }
    }

    /// Notes a column with what it means.
    pub(super) fn note(&mut self, name: &str, column: Option<Column>) {
        if let Some(Column::Field(id) | Column::Both(id, _)) = column {
            self.fields[id] = true;
        }
        if let Some(Column::Keep(number) | Column::Both(_, number)) = column {
            *self.kept.get_mut(number).expect("there is a place for each that is kept") = true;
        }
        if column.is_none() && self.idle.len() < MOST_IDLE && !self.idle.contains(name) {
            self.idle.insert(name.to_string());
        }
    }

    /// Adds what was met elsewhere in the same table.
    pub fn add(&mut self, other: &Seen) {
        for (id, met) in other.fields.entries() {
            self.fields[id] |= met;
        }
        self.kept.iter_mut().zip(&other.kept).for_each(|(met, other)| *met |= other);
        let more = other.idle.iter().take(MOST_IDLE.saturating_sub(self.idle.len()));
        self.idle.extend(more.cloned());
    }

    /// Returns the names that are neither fields nor taken over, in order; the first twenty.
    pub fn idle(&self) -> impl Iterator<Item = &str> + Clone {
        self.idle.iter().map(String::as_str)
    }
}

impl Batch<'_, '_> {
    /// Returns which of some columns are neither fields nor taken over.
    pub fn idle<'c>(&self, columns: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
        columns.into_iter().filter(|column| self.columns.get(column).is_none()).collect()
    }

    /// Says what is wrong with the header of a table: no column is a field, two are one field, one that is to be kept is
    /// not there.
    ///
    /// # Errors
    /// If anything is.
    pub fn check_header(&self, names: &[String]) -> Result<(), String> {
        let ruleset = self.program.ruleset();
        if names.first().is_some_and(|name| is_mark(name)) {
            return Err(CONFLICT.into());
        }
        let (columns, twice) = self.meanings(names);
        if let Some(twice) = twice {
            return Err(twice);
        }
        let mut seen = Seen::new(ruleset, self.keep.len());
        names.iter().zip(columns).for_each(|(name, column)| seen.note(name, column));
        self.check_seen(&seen, names.iter().map(String::as_str))
    }

    /// Tells whether a column is read: what is not need not be decoded.
    #[must_use]
    pub fn wants(&self, column: &str) -> bool {
        self.columns.get(column).is_some()
    }

    /// Returns the field that each column of a table is read as.
    #[must_use]
    pub fn fields(&self, names: &[String]) -> Vec<Option<Id<Field>>> {
        let (columns, _) = self.meanings(names);
        let field = |column: Option<Column>| match column {
            Some(Column::Field(id) | Column::Both(id, _)) => Some(id),
            Some(Column::Keep(_)) | None => None,
        };
        columns.into_iter().map(field).collect()
    }

    pub(super) fn meanings(&self, names: &[String]) -> (Vec<Option<Column>>, Option<String>) {
        self.columns.all(self.program.ruleset(), names.iter().map(String::as_str))
    }

    /// Says what is wrong with the columns that were met in a whole table, `names` being some of them.
    ///
    /// # Errors
    /// If none is a field although there are some, or one that is to be kept is not there.
    pub fn check_seen<'c>(
        &self,
        seen: &Seen,
        names: impl Iterator<Item = &'c str> + Clone,
    ) -> Result<(), String> {
        let ruleset = self.program.ruleset();
        let known = seen.fields.entries().any(|(_, met)| *met);
        let kept = seen.kept.contains(&true);
        if !known && (kept || !seen.idle.is_empty()) {
            let shown = |name: &str| format!("`{}`", shortened(name));
            let met =
                self.keep.iter().zip(&seen.kept).filter(|(_, met)| **met).map(|(name, _)| name.as_str());
            let mut some: Vec<String> = names.clone().map(shown).take(SHOWN).chain(met.map(shown)).collect();
            some.sort_unstable();
            some.dedup();
            let more = if names.clone().nth(SHOWN).is_some() { " …" } else { "" };
            let mut effort = Effort::default();
            let near = names.clone().take(MOST_IDLE).find_map(|name| {
                let near = nearest_within(&mut effort, name, ruleset.fields.iter().map(|field| &*field.name));
                near.map(|near| format!("; the nearest to {} is `{near}`", shown(name)))
            });
            let fields: Vec<String> =
                ruleset.fields.iter().take(SHOWN).map(|field| shown(&field.name)).collect();
            let near = near.unwrap_or_else(|| match fields.is_empty() {
                true => String::new(),
                false => format!("; among its fields are {}", fields.join(", ")),
            });
            return Err(format!(
                "no column is a field of `{}`: {}{more}{near}",
                ruleset.name,
                some.join(", ")
            ));
        }
        let missing = self.keep.iter().zip(&seen.kept).find(|(_, met)| !**met);
        match missing {
            Some((name, _)) if known || kept || !seen.idle.is_empty() => {
                let near = nearest_hint(nearest(name, names));
                Err(format!("no column is named `{name}`, which is to be kept{near}"))
            }
            _ => Ok(()),
        }
    }

    /// Returns the name of the field that a name of no field is near to, if no column of the table has it yet.
    #[must_use]
    pub fn near(&self, name: &str, seen: &Seen) -> Option<&str> {
        let free = self.program.ruleset().fields.entries().filter(|(id, _)| !seen.fields[*id]);
        nearest(name, free.map(|(_, field)| &*field.name))
    }
}
