//! What two versions of a ruleset declare otherwise, as far as it can decide anything.

use std::collections::BTreeMap;

use crate::date::Date;
use crate::model::{EffectKind, Expr, Meanings, Rule, Ruleset, TargetRef, Type};
use crate::source::folded;
use crate::words::{Speaker, source_text};

/// What an edit is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Declared {
    /// The thresholds of the verdicts.
    Verdicts,
    /// The levels of points.
    Levels,
    /// The day, which `today` stands for.
    Day,
    /// A field of the profile.
    Field,
    /// An enum or a scale.
    Enum,
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
    /// A rule, or the row of a table.
    Rule,
}

impl Declared {
    /// Returns the word of the language.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Declared::Verdicts => "verdicts",
            Declared::Levels => "levels",
            Declared::Day => "day",
            Declared::Field => "field",
            Declared::Enum => "enum",
            Declared::Fact => "fact",
            Declared::Channel => "channel",
            Declared::Mix => "mix",
            Declared::Requirement => "requirement",
            Declared::Let => "let",
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
            (Some(part), old, new) => {
                let part = if part == "value" { String::new() } else { format!(", {part}") };
                let or_nothing = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".into());
                write!(f, "{word}{name}{part}: {} → {}", or_nothing(old), or_nothing(new))
            }
        }
    }
}

/// What a part of a declaration means, and how it is shown.
#[derive(Clone, PartialEq, Eq)]
struct Said {
    meaning: String,
    shown: String,
}

/// The parts of a declaration.
type Parts = BTreeMap<&'static str, Said>;

/// Everything that a ruleset declares and that decides.
type All = BTreeMap<(Declared, String), Parts>;

/// Returns what two rulesets, each on its day, declare otherwise, in the order of kinds and names.
#[must_use]
pub fn edits(old: &Ruleset, old_day: Date, new: &Ruleset, new_day: Date) -> Vec<Edit> {
    let (mut before, mut after) = (Reader::new(old, old_day).read(), Reader::new(new, new_day).read());
    let mut found = renames(&mut before, &mut after);
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
    found.extend(order(Declared::Channel, &channels(old), &channels(new)));
    found.extend(order(Declared::Mix, &mixes(old), &mixes(new)));
    found.sort_by(|a, b| (a.declared, &a.name, a.part).cmp(&(b.declared, &b.name, b.part)));
    found
}

fn channels(ruleset: &Ruleset) -> Vec<&str> {
    ruleset.channels.iter().map(|channel| &*channel.name).collect()
}

fn mixes(ruleset: &Ruleset) -> Vec<&str> {
    ruleset.mixes.iter().map(|mix| &*mix.name).collect()
}

/// The order of declaration settles ties, so it decides.
fn order(declared: Declared, old: &[&str], new: &[&str]) -> Option<Edit> {
    let common = |names: &[&str], others: &[&str]| -> Vec<String> {
        names.iter().filter(|name| others.contains(name)).map(ToString::to_string).collect()
    };
    let (was, is) = (common(old, new), common(new, old));
    (was != is).then(|| Edit {
        declared,
        name: String::new(),
        part: Some("order"),
        old: Some(was.join(", ")),
        new: Some(is.join(", ")),
    })
}

fn edit(
    key: &(Declared, String),
    part: Option<&'static str>,
    old: Option<String>,
    new: Option<String>,
) -> Edit {
    Edit { declared: key.0, name: key.1.clone(), part, old, new }
}

/// A rule or a let that went while one that means the same came has another name; both are taken out.
fn renames(before: &mut All, after: &mut All) -> Vec<Edit> {
    let mut found = Vec::new();
    let gone: Vec<(Declared, String)> =
        before.keys().filter(|key| !after.contains_key(*key)).cloned().collect();
    for key in gone {
        let means = |parts: &Parts| -> Vec<(&'static str, String)> {
            parts.iter().map(|(part, said)| (*part, said.meaning.clone())).collect()
        };
        let Some(was) = before.get(&key).map(means) else { continue };
        let now = after.iter().find(|(other, parts)| {
            other.0 == key.0 && !before.contains_key(*other) && !was.is_empty() && means(parts) == was
        });
        if let Some(now) = now.map(|(now, _)| now.clone()) {
            found.push(Edit {
                declared: key.0,
                name: now.1.clone(),
                part: Some("name"),
                old: Some(key.1.clone()),
                new: Some(now.1.clone()),
            });
            before.remove(&key);
            after.remove(&now);
        }
    }
    found
}

/// Reads what a ruleset declares.
struct Reader<'r> {
    ruleset: &'r Ruleset,
    day: Date,
    meanings: Meanings<'r>,
    speaker: Speaker<'r>,
    all: All,
}

impl<'r> Reader<'r> {
    fn new(ruleset: &'r Ruleset, day: Date) -> Reader<'r> {
        Reader {
            ruleset,
            day,
            meanings: Meanings::new(ruleset),
            speaker: Speaker::new(ruleset, None),
            all: All::new(),
        }
    }

    fn say(&mut self, declared: Declared, name: &str, part: &'static str, meaning: String, shown: String) {
        let parts = self.all.entry((declared, name.to_string())).or_default();
        parts.insert(part, Said { meaning, shown });
    }

    fn condition(&mut self, declared: Declared, name: &str, part: &'static str, expr: Option<&'r Expr>) {
        if let Some(expr) = expr {
            let shown = folded(&source_text(self.ruleset, expr.span));
            self.say(declared, name, part, self.meanings.expr(expr), shown);
        }
    }

    fn read(mut self) -> All {
        let ruleset = self.ruleset;
        let thresholds = ruleset.thresholds;
        let shown = format!("recommended >= {}, possible >= {}", thresholds.recommended, thresholds.possible);
        self.say(Declared::Verdicts, "", "value", shown.clone(), shown);
        if ruleset.uses_day {
            let day = self.day.to_string();
            self.say(Declared::Day, "", "value", day.clone(), day);
        }
        if !ruleset.levels.is_empty() {
            let levels = ruleset.levels.iter().map(|level| format!("{} = {}", level.name, level.points));
            let shown = levels.collect::<Vec<_>>().join(", ");
            self.say(Declared::Levels, "", "value", shown.clone(), shown);
        }
        self.read_types();
        self.read_channels();
        for declared in ruleset.lets.iter() {
            self.condition(Declared::Let, &declared.name, "value", Some(&declared.value));
        }
        for requirement in ruleset.requirements.iter() {
            self.all.entry((Declared::Requirement, requirement.name.to_string())).or_default();
            self.condition(Declared::Requirement, &requirement.name, "met when", requirement.met.as_ref());
        }
        for rule in ruleset.rules.iter() {
            self.read_rule(rule);
        }
        self.all
    }

    fn read_types(&mut self) {
        let ruleset = self.ruleset;
        for declared in ruleset.enums.iter() {
            let mut names: Vec<&str> = declared.members.iter().map(|member| &*member.name).collect();
            let shown = names.join(", ");
            if !declared.ordered {
                names.sort_unstable();
            }
            let meaning = format!("{} {}", declared.ordered, names.join(", "));
            self.say(Declared::Enum, &declared.name, "value", meaning, shown);
        }
        for field in ruleset.fields.iter() {
            let ty = self.meanings.ty(field.ty);
            self.say(Declared::Field, &field.name, "type", ty.clone(), ty);
            for (part, value) in [("default", &field.default), ("from", &field.low), ("to", &field.high)] {
                if let Some(value) = value {
                    let meaning = self.meanings.value(value, field.ty);
                    self.say(Declared::Field, &field.name, part, meaning, self.speaker.id(value, field.ty));
                }
            }
        }
    }

    fn read_channels(&mut self) {
        let ruleset = self.ruleset;
        for (id, channel) in ruleset.channels.entries() {
            self.all.entry((Declared::Channel, channel.name.to_string())).or_default();
            let needs: Vec<&str> = channel.needs.iter().map(|need| ruleset.need_name(need.need)).collect();
            self.list(Declared::Channel, &channel.name, "needs", needs);
            self.condition(Declared::Channel, &channel.name, "owned when", channel.owned.as_ref());
            for entry in channel.statements.keys() {
                let Some(value) = channel.value(*entry, self.day) else { continue };
                let ty: Type = ruleset.facts[entry.0].ty;
                let meaning = format!("{} {}", self.meanings.ty(ty), self.meanings.value(value, ty));
                let name = ruleset.entry_name(id, *entry);
                self.say(Declared::Fact, &name, "value", meaning, self.speaker.id(value, ty));
            }
        }
        for mix in ruleset.mixes.iter() {
            self.all.entry((Declared::Mix, mix.name.to_string())).or_default();
            let members: Vec<&str> = mix.members.iter().map(|id| &*ruleset.channels[*id].name).collect();
            self.list(Declared::Mix, &mix.name, "of", members);
            let needs: Vec<&str> = mix.needs.iter().map(|need| ruleset.need_name(need.need)).collect();
            self.list(Declared::Mix, &mix.name, "needs", needs);
        }
    }

    fn list(&mut self, declared: Declared, name: &str, part: &'static str, names: Vec<&str>) {
        if !names.is_empty() {
            let mut sorted = names.clone();
            sorted.sort_unstable();
            self.say(declared, name, part, sorted.join(", "), names.join(", "));
        }
    }

    fn read_rule(&mut self, rule: &'r Rule) {
        let effects: Vec<(String, String)> =
            rule.effects.iter().filter_map(|e| self.effect(&e.kind)).collect();
        let mut meanings: Vec<&str> = effects.iter().map(|(meaning, _)| meaning.as_str()).collect();
        meanings.sort_unstable();
        let shown: Vec<&str> = effects.iter().map(|(_, shown)| shown.as_str()).collect();
        let shown = if shown.is_empty() { "nothing that decides".into() } else { shown.join(", ") };
        self.say(Declared::Rule, &rule.name, "then", meanings.join(", "), shown);
        self.condition(Declared::Rule, &rule.name, "when", rule.when.as_ref());
        if let Some(for_each) = &rule.for_each {
            let ruleset = self.ruleset;
            let names = for_each.channels.iter().map(|id| &*ruleset.channels[*id].name).collect();
            self.list(Declared::Rule, &rule.name, "for each", names);
            self.condition(Declared::Rule, &rule.name, "where", for_each.filter.as_ref());
        }
        let ruleset = self.ruleset;
        let exceptions = rule.exceptions.iter().map(|id| &*ruleset.rules[*id].name).collect();
        self.list(Declared::Rule, &rule.name, "exceptions", exceptions);
    }

    /// What an effect does, its points by their level where they have one; and how that is shown.
    fn effect(&self, effect: &EffectKind) -> Option<(String, String)> {
        let meaning = self.meanings.effect(effect)?;
        let target = |target: &TargetRef| match target {
            TargetRef::Named(target) => self.ruleset.target_name(*target).to_string(),
            TargetRef::Variable => "each".into(),
        };
        Some(match effect {
            EffectKind::Score(to, points, level) => {
                let level = level.and_then(|level| self.ruleset.levels.get(level));
                match level {
                    Some(level) => {
                        let sign = if *points < 0 { '-' } else { '+' };
                        let shown = format!("score {} {sign}{}", target(to), level.name);
                        (shown.clone(), shown)
                    }
                    None => (meaning, format!("score {} {points:+}", target(to))),
                }
            }
            EffectKind::Exclude(to) => (meaning, format!("exclude {}", target(to))),
            EffectKind::Cap(to, verdict) => (meaning, format!("cap {} at {}", target(to), verdict.as_str())),
            EffectKind::Needs(to, needs) => {
                let names: Vec<&str> = needs.iter().map(|need| self.ruleset.need_name(*need)).collect();
                (meaning, format!("{} needs {}", target(to), names.join(", ")))
            }
            EffectKind::Note(..) => return None,
        })
    }
}
