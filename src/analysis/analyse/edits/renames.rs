//! What has another name now and is the same thing.
//!
//! A target is known again by its title, a field, a value or a parameter by its `was`; a rule or a let where what it says is the same, and
//! nothing else that went or came says it. Nothing is taken for another because it looks alike. The rows of a table
//! without names of their own are matched in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Declared, Edit};
use crate::analyse::change::Pairs;
use qudao_language::model::{Aliases, Fact, Id, Meanings, Rule, Ruleset, Target};

/// What has another name: the names in the old ruleset, each with the one in the new.
#[derive(Clone, Default, Debug)]
pub(in crate::analyse) struct Renames {
    /// Under which names the old ruleset's things stand for those of the new.
    pub(in crate::analyse) aliases: Aliases,
    /// The same for rules, rows that were only moved included.
    pub(in crate::analyse) rules: BTreeMap<Id<Rule>, Arc<str>>,
    /// What is told: the kind, the old name and the new one.
    told: Vec<(Declared, Arc<str>, Arc<str>)>,
}

impl Renames {
    /// Finds what was renamed. `units` are those that are another amount in each ruleset.
    pub(in crate::analyse) fn find(
        old: &Ruleset,
        new: &Ruleset,
        pairs: &Pairs,
        units: BTreeSet<Arc<str>>,
    ) -> Renames {
        let mut found = Renames::default();
        found.aliases.units = units;
        for (before, now) in &pairs.both {
            let (from, to) = (old.target_name(*before), new.target_name(*now));
            if from != to {
                found.aliases.targets.insert(*before, to.into());
                let declared = match now {
                    Target::Channel(_) => Declared::Channel,
                    Target::Mix(_) => Declared::Mix,
                };
                found.told.push((declared, from.into(), to.into()));
            }
        }
        for (id, field) in old.fields.entries().filter(|(_, field)| !has_field(new, &field.name)) {
            let came = |other: &&qudao_language::model::Field| !has_field(old, &other.name);
            if let Some(now) = new.fields.iter().filter(came).find(|other| other.was.contains(&field.name)) {
                found.aliases.fields.insert(id, now.name.clone());
                found.told.push((Declared::Field, field.name.clone(), now.name.clone()));
            }
        }
        found.members(old, new);
        found.parameters(old, new);
        // Of a channel a measure goes by the channel's name.
        for (id, declared) in old.lets.entries() {
            let Some((measure, channel)) = declared.of else { continue };
            if let Some(name) = found.aliases.targets.get(&Target::Channel(channel)) {
                found.aliases.lets.insert(id, format!("{name}.{}", old.measures[measure].name).into());
            }
        }
        found.lets(old, new);
        found.rules(old, new);
        found.rows(old, new);
        found
    }

    fn members(&mut self, old: &Ruleset, new: &Ruleset) {
        for (id, before) in old.enums.entries() {
            let Some(now) = new.enums.iter().find(|now| now.name == before.name) else { continue };
            for (number, member) in
                (0..).zip(&before.members).filter(|(_, it)| now.member(&it.name).is_none())
            {
                let Some(other) = now.member_read(&member.name) else { continue };
                let name: Arc<str> = now.member_name(other).into();
                if before.member(&name).is_none() {
                    self.aliases.members.insert((id, number), name.clone());
                    self.told.push((Declared::Value, member.name.clone(), name));
                }
            }
        }
    }

    fn parameters(&mut self, old: &Ruleset, new: &Ruleset) {
        let parameters = |ruleset: &'_ Ruleset| -> BTreeMap<Arc<str>, Id<Fact>> {
            let all = ruleset.facts.entries().filter(|(_, fact)| fact.is_parameter);
            all.map(|(id, fact)| (fact.name.clone(), id)).collect()
        };
        let (before, now) = (parameters(old), parameters(new));
        for (name, id) in before.iter().filter(|(name, _)| !now.contains_key(*name)) {
            let mut came = now.iter().filter(|(other, _)| !before.contains_key(*other));
            if let Some((other, _)) = came.find(|(_, other)| new.facts[**other].was.contains(name)) {
                self.aliases.parameters.insert(*id, other.clone());
                self.told.push((Declared::Parameter, name.clone(), other.clone()));
            }
        }
    }

    fn lets(&mut self, old: &Ruleset, new: &Ruleset) {
        let was = Meanings::without_names(old, self.aliases.clone());
        let now = Meanings::without_names(new, self.of_new());
        let gone = old.lets.entries().filter(|(_, it)| it.of.is_none() && !has_let(new, &it.name));
        let came = new.lets.iter().filter(|it| it.of.is_none() && !has_let(old, &it.name));
        let gone = gone.map(|(id, declared)| (was.expr(&declared.value), (id, declared.name.clone())));
        let came = came.map(|declared| (now.expr(&declared.value), declared.name.clone()));
        for ((id, from), to) in unambiguous(gone, came) {
            self.aliases.lets.insert(id, to.clone());
            self.told.push((Declared::Let, from, to));
        }
    }

    fn rules(&mut self, old: &Ruleset, new: &Ruleset) {
        let mut was = Meanings::without_names(old, self.aliases.clone());
        let mut now = Meanings::without_names(new, self.of_new());
        let names = |ruleset: &Ruleset| -> BTreeSet<Arc<str>> {
            ruleset.rules.iter().map(|rule| rule.name.clone()).collect()
        };
        let (old_names, new_names) = (names(old), names(new));
        let gone = old.rules.entries().filter(|(_, rule)| !new_names.contains(&rule.name));
        let came = new.rules.entries().filter(|(_, rule)| !old_names.contains(&rule.name));
        let gone: Vec<_> =
            gone.map(|(id, rule)| (was.rule(id).to_string(), (id, rule.name.clone()))).collect();
        let came: Vec<_> = came.map(|(id, rule)| (now.rule(id).to_string(), rule.name.clone())).collect();
        for ((id, from), to) in unambiguous(gone, came) {
            self.rules.insert(id, to.clone());
            self.told.push((Declared::Rule, from, to));
        }
    }

    /// Matches the rows that have only numbers: those that say the same in order, and between two of these one by one.
    fn rows(&mut self, old: &Ruleset, new: &Ruleset) {
        let was = Meanings::without_names(old, self.aliases.clone());
        let now = Meanings::without_names(new, self.of_new());
        let says = |ruleset: &Ruleset, meanings: &Meanings<'_>, table: &qudao_language::model::Table| {
            let rows = table.rows.iter().zip(&table.matches);
            rows.filter(|(row, _)| is_numbered(&ruleset.rules[**row].name, &table.name))
                .map(|(row, matches)| {
                    let effects = &ruleset.rules[*row].effects;
                    let effects: Vec<String> =
                        effects.iter().filter_map(|effect| meanings.effect(&effect.kind)).collect();
                    (*row, format!("{} {effects:?}", meanings.expr(matches)))
                })
                .collect::<Vec<_>>()
        };
        for table in old.tables.iter() {
            let Some(other) = new.tables.iter().find(|other| other.name == table.name) else { continue };
            let (before, after) = (says(old, &was, table), says(new, &now, other));
            let texts = |rows: &[(Id<Rule>, String)]| -> Vec<String> {
                rows.iter().map(|(_, text)| text.clone()).collect()
            };
            let (old_texts, new_texts) = (texts(&before), texts(&after));
            for op in similar::capture_diff_slices(similar::Algorithm::Myers, &old_texts, &new_texts) {
                let (rows, others) = (before.get(op.old_range()), after.get(op.new_range()));
                let pairs = rows.into_iter().flatten().zip(others.into_iter().flatten());
                for ((row, _), (other, _)) in pairs {
                    self.rules.insert(*row, new.rules[*other].name.clone());
                }
            }
            // A row that is left has no other: its number may be that of another row now.
            for (row, _) in before {
                let number = &old.rules[row].name;
                self.rules.entry(row).or_insert_with(|| format!("{number} (old)").into());
            }
        }
    }

    /// Which of these the new ruleset needs: it has the new names.
    fn of_new(&self) -> Aliases {
        Aliases { units: self.aliases.units.clone(), ..Aliases::default() }
    }

    /// The aliases of a side.
    pub(in crate::analyse) fn of(&self, new: bool) -> Aliases {
        if new { self.of_new() } else { self.aliases.clone() }
    }

    /// What is told of renames.
    pub(super) fn edits(&self) -> Vec<Edit> {
        let told = self.told.iter().map(|(declared, from, to)| Edit {
            declared: *declared,
            name: to.to_string(),
            part: Some("name"),
            old: Some(from.to_string()),
            new: Some(to.to_string()),
        });
        told.collect()
    }

    /// The old names, each with the one that it has now.
    pub(in crate::analyse) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.told.iter().map(|(_, from, to)| (&**from, &**to))
    }
}

fn has_field(ruleset: &Ruleset, name: &str) -> bool {
    ruleset.fields.iter().any(|field| &*field.name == name)
}

fn has_let(ruleset: &Ruleset, name: &str) -> bool {
    ruleset.lets.iter().any(|declared| &*declared.name == name)
}

/// Whether a row of a table is called by its number.
fn is_numbered(rule: &str, table: &str) -> bool {
    let row = rule.strip_prefix(table).and_then(|rest| rest.strip_prefix('.'));
    row.is_some_and(|row| row.chars().all(|c| c.is_ascii_digit()))
}

/// Pairs what went with what came where both say the same, and no other of either does.
fn unambiguous<A: Clone, B: Clone>(
    gone: impl IntoIterator<Item = (String, A)>,
    came: impl IntoIterator<Item = (String, B)>,
) -> Vec<(A, B)> {
    let mut by_meaning: BTreeMap<String, (Vec<A>, Vec<B>)> = BTreeMap::new();
    for (meaning, thing) in gone {
        by_meaning.entry(meaning).or_default().0.push(thing);
    }
    for (meaning, thing) in came {
        by_meaning.entry(meaning).or_default().1.push(thing);
    }
    let pairs =
        by_meaning.into_values().filter_map(|(gone, came)| match (gone.as_slice(), came.as_slice()) {
            ([gone], [came]) => Some((gone.clone(), came.clone())),
            _ => None,
        });
    pairs.collect()
}
