//! What two versions of a ruleset declare otherwise, as far as it can decide anything.

mod read;
mod renames;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::read::{Reader, Said};
pub(super) use self::renames::Renames;
use super::change::Pairs;
use super::pieces::Pieces;
use qudao_language::date::Date;
use qudao_language::model::{Fact, Id, Ruleset, Target, UnitDefinition};

/// What an edit is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Declared {
    /// The thresholds of the verdicts.
    Verdicts,
    /// The levels of points.
    Levels,
    /// The day, which `today` stands for.
    Day,
    /// A weight of points.
    Weight,
    /// A unit of measure: what one of it is.
    Unit,
    /// A field of the profile.
    Field,
    /// An enum or a scale.
    Enum,
    /// A value of an enum or a scale.
    Value,
    /// An entry of a parameter, as `limit[ngo]`.
    Parameter,
    /// An entry of a channel's fact, as `service.open_to[ngo]`.
    Fact,
    /// A channel.
    Channel,
    /// A mix.
    Mix,
    /// A requirement.
    Requirement,
    /// A let.
    Let,
    /// A measure.
    Measure,
    /// What ranks.
    Ranking,
    /// A table: which of its rows count.
    Table,
    /// A rule, or the row of a table.
    Rule,
}

impl Declared {
    /// Returns what states a parameter: itself, or the unit whose rate it is.
    pub(super) fn stated(ruleset: &Ruleset, fact: Id<Fact>) -> Declared {
        if ruleset.facts[fact].rate_of.is_some() { Declared::Unit } else { Declared::Parameter }
    }

    /// Returns the word of the language.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Declared::Verdicts => "verdicts",
            Declared::Levels => "levels",
            Declared::Day => "day",
            Declared::Weight => "weight",
            Declared::Unit => "unit",
            Declared::Field => "field",
            Declared::Enum => "enum",
            Declared::Value => "value",
            Declared::Parameter => "parameter",
            Declared::Fact => "fact",
            Declared::Channel => "channel",
            Declared::Mix => "mix",
            Declared::Requirement => "requirement",
            Declared::Let => "let",
            Declared::Measure => "measure",
            Declared::Ranking => "rank by",
            Declared::Table => "table",
            Declared::Rule => "rule",
        }
    }
}

/// Something that is declared otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What it is of.
    pub declared: Declared,
    /// Its name; the new one where it has another now.
    pub name: String,
    /// Which part of it, as `when`; nothing where the whole came or went.
    pub part: Option<&'static str>,
    /// What it said; nothing where it is new.
    pub old: Option<String>,
    /// What it says; nothing where it is gone.
    pub new: Option<String>,
}

impl Edit {
    /// Tells whether only the name is another.
    #[must_use]
    pub fn is_rename(&self) -> bool {
        self.part == Some("name")
    }
}

impl std::fmt::Display for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = self.declared.as_str();
        let name = if self.name.is_empty() { String::new() } else { format!(" `{}`", self.name) };
        match (self.part, &self.old, &self.new) {
            (Some("name"), Some(old), Some(new)) => write!(f, "{word} `{old}` is named `{new}` now"),
            (None, Some(_), _) => write!(f, "{word}{name} is gone"),
            (None, None, _) => write!(f, "{word}{name} is new"),
            (Some("values"), gone, came) => {
                let gone = gone.as_ref().map(|names| format!("without {names}"));
                let came = came.as_ref().map(|names| format!("with {names}"));
                let told: Vec<String> = gone.into_iter().chain(came).collect();
                write!(f, "{word}{name} is now {}", told.join(" and "))
            }
            (Some(part), old, new) => {
                let part = if part == "value" { String::new() } else { format!(", {part}") };
                let or_nothing = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".into());
                write!(f, "{word}{name}{part}: {} → {}", or_nothing(old), or_nothing(new))
            }
        }
    }
}

/// Marks a row that is left over, for its number is that of another row now.
const GONE_ROW: &str = " (old)";

/// Returns what two rulesets, each on its day, declare otherwise, in the order of kinds and names.
#[must_use]
pub fn edits(old: &Ruleset, old_day: Date, new: &Ruleset, new_day: Date) -> Vec<Edit> {
    let pieces = [Pieces::of(old), Pieces::of(new)];
    edits_of((old, old_day), (new, new_day), &Pairs::new(old, new), &pieces).0
}

/// The same, and what was renamed.
pub(super) fn edits_of(
    old: (&Ruleset, Date),
    new: (&Ruleset, Date),
    pairs: &Pairs,
    [was, is]: &[Pieces; 2],
) -> (Vec<Edit>, Renames) {
    let units = other_units(old.0, new.0);
    let renames = Renames::find(old.0, new.0, pairs, units);
    let before = Reader::new(old, false, (pairs, &renames), was).read();
    let after = Reader::new(new, true, (pairs, &renames), is).read();
    let mut found = renames.edits();
    for (key, parts) in &before {
        let Some(now) = after.get(key) else {
            let shown = parts.values().map(|said| said.shown.as_str()).collect::<Vec<_>>().join(" ");
            found.push(edit(key, None, Some(shown), None));
            continue;
        };
        let names = parts.keys().chain(now.keys().filter(|part| !parts.contains_key(*part)));
        for part in names {
            let (was, is) = (parts.get(part), now.get(part));
            if was.map(|said| &said.meaning) != is.map(|said| &said.meaning) {
                let shown = |said: Option<&Said>| said.map(|said| said.shown.clone());
                found.push(edit(key, Some(part), shown(was), shown(is)));
            }
        }
    }
    for (key, parts) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        let shown = parts.values().map(|said| said.shown.as_str()).collect::<Vec<_>>().join(" ");
        found.push(edit(key, None, None, Some(shown)));
    }
    found.retain_mut(settle_list);
    if found.iter().any(|edit| edit.declared == Declared::Unit) {
        // What is stated as before counts otherwise by another rate: that is told of the unit.
        found.retain(|edit| edit.old != edit.new || edit.part != Some("value"));
    }
    let names = |ruleset: &Ruleset, targets: &mut dyn Iterator<Item = Target>| -> Vec<String> {
        targets.map(|target| ruleset.target_name(target).to_string()).collect()
    };
    for (declared, is_channel) in [(Declared::Channel, true), (Declared::Mix, false)] {
        let kind = |target: &Target| matches!(target, Target::Channel(_)) == is_channel;
        let both: Vec<(Target, Target)> =
            pairs.both.iter().copied().filter(|(_, target)| kind(target)).collect();
        let mut before = both.clone();
        before.sort_by_key(|(target, _)| old.0.target_index(*target));
        if before != both {
            // The order of declaration settles ties, so it decides.
            found.push(Edit {
                declared,
                name: String::new(),
                part: Some("order"),
                old: Some(names(new.0, &mut before.iter().map(|(_, target)| *target)).join(", ")),
                new: Some(names(new.0, &mut both.iter().map(|(_, target)| *target)).join(", ")),
            });
        }
    }
    found.sort_by(|a, b| (a.declared, &a.name, a.part).cmp(&(b.declared, &b.name, b.part)));
    (found, renames)
}

/// The units that are another amount in each ruleset.
fn other_units(old: &Ruleset, new: &Ruleset) -> BTreeSet<Arc<str>> {
    let units = new.units.iter().filter(|(_, unit)| {
        let before = old.units.find(&unit.name).map(|id| old.units.get(id));
        before.is_some_and(|before| {
            let root = |ruleset: &Ruleset, root: Option<Id<UnitDefinition>>| {
                root.map(|id| ruleset.units.get(id).name.clone())
            };
            (before.factor, root(old, before.root)) != (unit.factor, root(new, unit.root))
        })
    });
    units.map(|(_, unit)| unit.name.clone()).collect()
}

/// Tells a long list by what came and went, and its order where that alone is another; false where nothing is left to
/// be told.
fn settle_list(edit: &mut Edit) -> bool {
    let lists = match (edit.declared, edit.part, &edit.old, &edit.new) {
        (Declared::Enum, Some("values"), Some(old), Some(new)) => (old, new),
        (Declared::Table, Some("order"), Some(old), Some(new)) => (old, new),
        (Declared::Enum | Declared::Table, None, ..) => {
            edit.old = edit.old.take().map(|_| String::new());
            edit.new = edit.new.take().map(|_| String::new());
            return true;
        }
        _ => return true,
    };
    let split = |text: &String| -> Vec<String> { text.split(", ").map(str::to_string).collect() };
    let (old, new) = (split(lists.0), split(lists.1));
    let (in_old, in_new): (BTreeSet<&String>, BTreeSet<&String>) =
        (old.iter().collect(), new.iter().collect());
    let gone: Vec<&String> = old.iter().filter(|name| !in_new.contains(name)).collect();
    let came: Vec<&String> = new.iter().filter(|name| !in_old.contains(name)).collect();
    let kept = |names: &'_ [String], others: &BTreeSet<&String>| -> Vec<String> {
        names.iter().filter(|name| others.contains(name)).cloned().collect()
    };
    let (was, is) = (kept(&old, &in_new), kept(&new, &in_old));
    if edit.declared == Declared::Table {
        // Rows that came or went are edits of their own.
        let told = was != is;
        (edit.old, edit.new) = (Some(few(&was)), Some(few(&is)));
        return told;
    }
    if gone.is_empty() && came.is_empty() {
        (edit.part, edit.old, edit.new) = (Some("order"), Some(few(&was)), Some(few(&is)));
        return was != is;
    }
    let told = |names: &[&String]| (!names.is_empty()).then(|| few(names));
    (edit.old, edit.new) = (told(&gone), told(&came));
    true
}

/// So many names of a list are told.
const NAMES: usize = 12;

fn few(names: &[impl AsRef<str>]) -> String {
    let mut told: Vec<&str> = names.iter().take(NAMES).map(AsRef::as_ref).collect();
    let more = format!("… {}", names.len().saturating_sub(NAMES));
    if names.len() > NAMES {
        told.push(&more);
    }
    told.join(", ")
}

fn edit(
    key: &(Declared, String),
    part: Option<&'static str>,
    old: Option<String>,
    new: Option<String>,
) -> Edit {
    Edit { declared: key.0, name: read::plain(&key.1).to_string(), part, old, new }
}
