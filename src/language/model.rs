//! The meaning of a ruleset: names looked up, types known, units brought together.
//!
//! Everything here was checked; nothing in it can fail at run time. It knows nothing of the syntax, only where
//! each thing stands.

mod arena;
mod expr;
mod language;
mod meaning;
mod measure;
mod profile;
mod rule;
mod target_map;
mod text;
mod unit;
mod value;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub use crate::operation;
pub use crate::predicate;
pub use arena::{Arena, Id, IdMap};
pub use expr::{Between, Entrant, Expr, ExprKind, FactRef, Race, Shift};
pub use language::{nearest_tag, primary, serves};
pub use meaning::{Aliases, Meanings, digest, quote_digest, text_digest};
pub use measure::{Measure, RankBy};
pub use profile::{FieldValue, Origin, Profile};
pub use rule::{
    Cell, Effect, EffectKind, Expectation, ExpectationKind, ForEach, GivenValue, NeedState, Points, Property,
    Rating, Replaced, RowOf, Rule, RuleSelector, Table, Test,
};
pub use target_map::TargetMap;
pub use text::{Hole, Piece, Template, Text};
pub use unit::{Dimension, Exchange, Leftover, Unit, UnitDefinition, Units};
pub use value::{Number, NumberType, Type, Value, Written};

use crate::date::Date;
use crate::source::{FileId, Files, Span};

/// A checked ruleset, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct Ruleset {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// Its title.
    pub title: Text,
    /// Its version, if it has one.
    pub version: Option<String>,
    /// The names of the rulesets that it extends, the nearest first.
    pub extends: Vec<String>,
    /// The languages of its texts, the fallback first.
    pub languages: Vec<Arc<str>>,
    /// The day that dated facts are read at, unless the caller says another.
    pub as_of: Option<Date>,
    /// Whether any answer can change with the day alone.
    pub uses_day: bool,
    /// The files it was read from.
    pub files: Files,
    /// Those of them that belong to the rulesets it extends.
    pub inherited: Vec<FileId>,
    /// What expressions say where the text of their place alone does not tell, as in a cell.
    pub wording: BTreeMap<Span, Arc<str>>,
    /// Where facts and rules come from.
    pub sources: Arena<Source>,
    /// Units of measure.
    pub units: Units,
    /// Closed lists of values.
    pub enums: Arena<Enum>,
    /// The fields of a profile.
    pub fields: Arena<Field>,
    /// The titles of groups of fields.
    pub sections: Vec<Text>,
    /// What channels may state, and the parameters.
    pub facts: Arena<Fact>,
    /// What the ruleset itself states: its parameters.
    pub parameters: Statements,
    /// The options to choose from, in the order of their declaration.
    pub channels: Arena<Channel>,
    /// Channels used together.
    pub mixes: Arena<Mix>,
    /// Things to obtain.
    pub requirements: Arena<Requirement>,
    /// Levels of points, highest first.
    pub levels: Vec<Level>,
    /// Named expressions.
    pub lets: Arena<Let>,
    /// Numbers that come out for each channel.
    pub measures: Arena<Measure>,
    /// What targets with one leaning are ranked by, the weightiest first.
    pub rank: Vec<RankBy>,
    /// Decision rules, in the order of their declaration.
    pub rules: Arena<Rule>,
    /// Decision tables; their rows are among the rules.
    pub tables: Arena<Table>,
    /// The rules, each after the exceptions to it.
    pub rule_order: Vec<Id<Rule>>,
    /// The channels, each after those that it needs or may come to need.
    pub channel_order: Vec<Id<Channel>>,
    /// The thresholds of the score.
    pub thresholds: Thresholds,
    /// Checks of one profile each.
    pub tests: Vec<Test>,
    /// Checks of all profiles.
    pub properties: Vec<Property>,
    /// SHA-256 of all files and source texts.
    pub digest: String,
    /// What [`Ruleset::meaning`] gave, once somebody has asked.
    pub(crate) meaning: OnceLock<String>,
}

/// The least scores for the verdicts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Thresholds {
    /// From here on a target is recommended.
    pub recommended: i64,
    /// From here on a target is possible.
    pub possible: i64,
}

/// Where facts and rules come from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Option<Text>,
    /// Where it can be read.
    pub url: Option<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// When it was published, as written.
    pub published: Option<String>,
    /// When it was read.
    pub accessed: Option<Date>,
    /// `high`, `medium` or `low`.
    pub confidence: Option<Arc<str>>,
}

/// A place in a source that supports a fact or a rule.
#[derive(Debug, Clone)]
pub struct Citation {
    /// The source.
    pub source: Id<Source>,
    /// Fragments, word for word.
    pub quotes: Vec<Quote>,
    /// Where in the source.
    pub at: Option<String>,
}

/// A fragment of a source.
#[derive(Debug, Clone)]
pub struct Quote {
    /// Its words.
    pub text: String,
    /// Its line in the source's text, if it was looked up.
    pub line: Option<u32>,
}

/// A closed list of values.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Option<Text>,
    /// Its values; those of a scale in ascending order.
    pub members: Vec<Member>,
    /// Whether it is a scale.
    pub ordered: bool,
    by_name: BTreeMap<Arc<str>, u32>,
    by_old_name: BTreeMap<Arc<str>, u32>,
}

impl Enum {
    /// Makes an enum, or a scale if it is ordered.
    #[must_use]
    pub fn new(name: Arc<str>, title: Option<Text>, members: Vec<Member>, ordered: bool) -> Enum {
        let by_name = members.iter().zip(0..).map(|(member, number)| (member.name.clone(), number)).collect();
        let old = members
            .iter()
            .zip(0..)
            .flat_map(|(member, number)| member.was.iter().map(move |was| (was, number)));
        let by_old_name = old.map(|(was, number)| (was.clone(), number)).collect();
        Enum { name, title, members, ordered, by_name, by_old_name }
    }

    /// Returns the number of a value by its name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// Returns the number of a value by its name or an old one, as profiles may still have it.
    #[must_use]
    pub fn member_read(&self, name: &str) -> Option<u32> {
        self.member(name).or_else(|| self.by_old_name.get(name).copied())
    }

    /// Returns the value that another ruleset's enum has for one of this: that of its name, or of an old name of either.
    #[must_use]
    pub fn same(&self, member: u32, other: &Enum) -> Option<u32> {
        let member = self.members.get(member as usize)?;
        other.member_read(&member.name).or_else(|| member.was.iter().find_map(|was| other.member(was)))
    }

    /// Returns the name of a value.
    #[must_use]
    pub fn member_name(&self, member: u32) -> &str {
        self.members.get(member as usize).map_or("", |member| &member.name)
    }

    /// Returns the value that a person calls so: by its name, or by a title that no other has, in any language and case.
    #[must_use]
    pub fn member_called(&self, called: &str) -> Option<u32> {
        let wanted = called.trim().to_lowercase();
        let is_title = |title: &str| title.trim().to_lowercase() == wanted;
        let is_so = |member: &Member| {
            let title = member.title.as_ref();
            title.is_some_and(|title| {
                is_title(&title.main) || title.translations.iter().any(|(_, title)| is_title(title))
            })
        };
        self.by_name.get(called).copied().or_else(|| {
            let mut found = (0..).zip(&self.members).filter(|(_, member)| is_so(member));
            let (number, _) = found.next()?;
            found.next().is_none().then_some(number)
        })
    }
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Option<Text>,
    /// Its old names.
    pub was: Vec<Arc<str>>,
}

/// A field of a profile.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub span: Span,
    /// Its type.
    pub ty: Type,
    /// What to ask.
    pub question: Option<Text>,
    /// The least value allowed.
    pub low: Option<Value>,
    /// The greatest value allowed.
    pub high: Option<Value>,
    /// Its value when it is left out.
    pub default: Option<Value>,
    /// Whether it must be given.
    pub required: bool,
    /// Whether advice may not propose to change it.
    pub fixed: bool,
    /// Its old names.
    pub was: Vec<Arc<str>>,
    /// Its group, as an index of `sections`.
    pub section: Option<usize>,
}

impl Field {
    /// Tells whether a value of the field's type lies within its range.
    #[must_use]
    pub fn allows(&self, value: &Value) -> bool {
        let low = self.low.as_ref().and_then(|low| value.compare(low));
        let high = self.high.as_ref().and_then(|high| value.compare(high));
        low.is_none_or(|order| order.is_ge()) && high.is_none_or(|order| order.is_le())
    }
}

/// What channels may state, or a parameter.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its name.
    pub name: Arc<str>,
    /// The enums that have one value of it each, or each with each.
    pub indexes: Vec<Id<Enum>>,
    /// Its type.
    pub ty: Type,
    /// Its title.
    pub title: Option<Text>,
    /// Whether it is a parameter: stated by the ruleset, and read without a channel.
    pub is_parameter: bool,
    /// The old names of a parameter.
    pub was: Vec<Arc<str>>,
    /// The unit whose rate it is, if it is one: a parameter that no expression names.
    pub rate_of: Option<Id<UnitDefinition>>,
}

/// An entry of a fact: the fact, and the value of its index; of several indexes, its place among each with each, the last
/// counting on first.
pub type Entry = (Id<Fact>, Option<u32>);

/// What is stated of each entry, by date.
pub type Statements = BTreeMap<Entry, Vec<Statement>>;

/// Stands for the ruleset where the channel that states a fact is meant, for parameters are of none. It is the number of
/// no channel: what is stated is looked up by [`Ruleset::statements`].
pub const OWN: Id<Channel> = Id::new(u32::MAX as usize);

/// Returns the place of some values among each with each of so many, the last counting on first.
pub fn place_among(sizes: impl Iterator<Item = usize>, values: &[u32]) -> Option<u32> {
    let pairs = sizes.zip(values).map(|(size, value)| (size as u32, *value));
    pairs.reduce(|(_, place), (size, value)| (size, place * size + value)).map(|(_, place)| place)
}

/// An option to choose.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub span: Span,
    /// Its title.
    pub title: Option<Text>,
    /// Its old names.
    pub was: Vec<Arc<str>>,
    /// What it states of each entry, by date.
    pub statements: Statements,
    /// What it needs.
    pub needs: Vec<StatedNeed>,
    /// When the business has it already.
    pub owned: Option<Expr>,
}

/// A value that a channel or the ruleset states.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Where it stands.
    pub span: Span,
    /// The value; nothing where it is said to be unknown.
    pub value: Option<Value>,
    /// The first day on which it holds.
    pub since: Option<Date>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where it comes from.
    pub sources: Vec<Citation>,
    /// What other sources say.
    pub disputed: Vec<Disputed>,
    /// The statements of the base that it takes the place of.
    pub replaced: Vec<Statement>,
}

impl Statement {
    /// Tells whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Returns the days from which something else is stated than the day before: the first, and the one after the last.
    pub fn changes(&self) -> impl Iterator<Item = Date> {
        self.since.into_iter().chain(self.until.map(|until| until.plus_days(1)))
    }

    /// Returns what it takes the place of: what held on a day, or else the first that was stated.
    #[must_use]
    pub fn replaced_on(&self, day: Date) -> Option<&Statement> {
        self.replaced.iter().find(|old| old.holds_on(day)).or(self.replaced.first())
    }
}

/// What another source says.
#[derive(Debug, Clone)]
pub struct Disputed {
    /// Its value; nothing where it says that it is unknown.
    pub value: Option<Value>,
    /// The source.
    pub sources: Vec<Citation>,
}

/// What a channel or mix states that it needs.
#[derive(Debug, Clone)]
pub struct StatedNeed {
    /// What is needed.
    pub need: Need,
    /// Where it stands.
    pub span: Span,
    /// Where it comes from.
    pub sources: Vec<Citation>,
}

/// Something needed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Need {
    /// A requirement.
    Requirement(Id<Requirement>),
    /// A channel.
    Channel(Id<Channel>),
}

/// Channels used together.
#[derive(Debug, Clone)]
pub struct Mix {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub span: Span,
    /// Its title.
    pub title: Option<Text>,
    /// The channels.
    pub members: Vec<Id<Channel>>,
    /// What it needs besides.
    pub needs: Vec<StatedNeed>,
    /// Where it comes from.
    pub sources: Vec<Citation>,
}

/// Something to obtain.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub span: Span,
    /// Its title.
    pub title: Option<Text>,
    /// When it is met.
    pub met: Option<Expr>,
    /// How to obtain it.
    pub how: Option<Template>,
    /// What it costs.
    pub cost: Option<Amount>,
    /// How long it takes.
    pub takes: Option<Amount>,
    /// Where it comes from.
    pub sources: Vec<Citation>,
}

/// A cost or a time.
#[derive(Debug, Clone)]
pub enum Amount {
    /// A quantity.
    Quantity(Number, Unit),
    /// A text.
    Text(Text),
}

/// A level of points.
#[derive(Debug, Clone)]
pub struct Level {
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Option<Text>,
    /// Its points.
    pub points: i64,
}

/// A named expression.
#[derive(Debug, Clone)]
pub struct Let {
    /// Its name.
    pub name: Arc<str>,
    /// What it stands for.
    pub value: Expr,
    /// The measure and the channel that it is the value of, where nobody declared it.
    pub of: Option<(Id<Measure>, Id<Channel>)>,
}

/// What rules score: a channel or a mix.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// A channel.
    Channel(Id<Channel>),
    /// A mix.
    Mix(Id<Mix>),
}

/// A target as a rule names it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TargetRef {
    /// By its name.
    Named(Target),
    /// By the rule's variable.
    Variable,
}

impl TargetRef {
    /// Returns the target that is meant in an instance of the rule.
    #[must_use]
    pub fn resolve(self, instance: Option<Id<Channel>>) -> Option<Target> {
        match self {
            TargetRef::Named(target) => Some(target),
            TargetRef::Variable => instance.map(Target::Channel),
        }
    }
}

impl Ruleset {
    /// Returns the name of the main file, as places show it.
    #[must_use]
    pub fn main_path(&self) -> &str {
        self.files.iter().next().map_or("", |(_, file)| file.name())
    }

    /// Returns all targets: the channels, then the mixes.
    pub fn targets(&self) -> impl Iterator<Item = Target> + '_ {
        self.channels.ids().map(Target::Channel).chain(self.mixes.ids().map(Target::Mix))
    }

    /// Returns what a target states that it needs.
    #[must_use]
    pub fn stated_needs(&self, target: Target) -> &[StatedNeed] {
        match target {
            Target::Channel(id) => &self.channels[id].needs,
            Target::Mix(id) => &self.mixes[id].needs,
        }
    }

    /// Returns the channels that a mix is made of; a channel has none.
    #[must_use]
    pub fn members(&self, target: Target) -> &[Id<Channel>] {
        match target {
            Target::Channel(_) => &[],
            Target::Mix(id) => &self.mixes[id].members,
        }
    }

    /// Returns how many targets there are.
    #[must_use]
    pub fn target_count(&self) -> usize {
        self.channels.len() + self.mixes.len()
    }

    /// Returns the number of a target: its place among [`Ruleset::targets`].
    #[must_use]
    pub fn target_index(&self, target: Target) -> usize {
        match target {
            Target::Channel(id) => id.index(),
            Target::Mix(id) => self.channels.len() + id.index(),
        }
    }

    /// Returns the name of a target.
    #[must_use]
    pub fn target_name(&self, target: Target) -> &str {
        match target {
            Target::Channel(id) => &self.channels[id].name,
            Target::Mix(id) => &self.mixes[id].name,
        }
    }

    /// Returns the title of a target in a language; its name where it has none.
    #[must_use]
    pub fn target_title(&self, target: Target, language: &str) -> &str {
        let (title, name) = match target {
            Target::Channel(id) => (&self.channels[id].title, &self.channels[id].name),
            Target::Mix(id) => (&self.mixes[id].title, &self.mixes[id].name),
        };
        title.as_ref().map_or(name, |title| title.get(language))
    }

    /// Returns a target by its name.
    #[must_use]
    pub fn target(&self, name: &str) -> Option<Target> {
        self.targets().find(|target| self.target_name(*target) == name)
    }

    /// Returns a target by its name or, of a channel, an old one, as those may have it who called it so.
    #[must_use]
    pub fn target_called(&self, name: &str) -> Option<Target> {
        let old = || self.channels.find(|channel| channel.was.iter().any(|was| &**was == name));
        self.target(name).or_else(|| old().map(Target::Channel))
    }

    /// Returns the name of a row of a table, by its number from 0.
    #[must_use]
    pub fn row_name(&self, table: Id<Table>, row: usize) -> &str {
        let rule = self.tables[table].rows.get(row).expect("a row's number is one of its table");
        &self.rules[*rule].name
    }

    /// Returns the name of something needed.
    #[must_use]
    pub fn need_name(&self, need: Need) -> &str {
        match need {
            Need::Requirement(id) => &self.requirements[id].name,
            Need::Channel(id) => &self.channels[id].name,
        }
    }

    /// Returns the title of something needed; its name where it has none.
    #[must_use]
    pub fn need_title(&self, need: Need, language: &str) -> &str {
        match need {
            Need::Requirement(id) => {
                let requirement = &self.requirements[id];
                requirement.title.as_ref().map_or(&*requirement.name, |title| title.get(language))
            }
            Need::Channel(id) => self.target_title(Target::Channel(id), language),
        }
    }

    /// Returns what a channel states, or the ruleset itself.
    #[must_use]
    pub fn statements(&self, channel: Id<Channel>) -> &Statements {
        if channel == OWN { &self.parameters } else { &self.channels[channel].statements }
    }

    /// Returns all that states facts, with what it states: the ruleset itself, then the channels.
    pub fn stating(&self) -> impl Iterator<Item = (Id<Channel>, &Statements)> {
        let channels = self.channels.entries().map(|(id, channel)| (id, &channel.statements));
        std::iter::once((OWN, &self.parameters)).chain(channels)
    }

    /// Returns what a channel states of an entry on a day.
    #[must_use]
    pub fn statement(&self, channel: Id<Channel>, entry: Entry, day: Date) -> Option<&Statement> {
        self.statements(channel).get(&entry)?.iter().find(|statement| statement.holds_on(day))
    }

    /// Returns the value of an entry on a day; nothing where it is unknown.
    #[must_use]
    pub fn value(&self, channel: Id<Channel>, entry: Entry, day: Date) -> Option<&Value> {
        self.statement(channel, entry, day)?.value.as_ref()
    }

    /// Returns the last day on which a channel told a value of an entry, where it tells none any more on a day.
    #[must_use]
    pub fn ended(&self, channel: Id<Channel>, entry: Entry, day: Date) -> Option<Date> {
        if self.statement(channel, entry, day).is_some() {
            return None;
        }
        let told = self.statements(channel).get(&entry)?.iter().filter(|statement| statement.value.is_some());
        told.filter_map(|statement| statement.until).filter(|until| *until < day).max()
    }

    /// Returns the entries of a fact: of one without index, itself.
    pub fn entries_of(&self, fact: Id<Fact>) -> impl Iterator<Item = Entry> + use<> {
        let sizes = self.facts[fact].indexes.iter().map(|of| self.enums[*of].members.len() as u32);
        let count: u32 = sizes.product();
        let plain = self.facts[fact].indexes.is_empty();
        (0..count).map(move |place| (fact, (!plain).then_some(place)))
    }

    /// Returns the place of an entry, by the values of its indexes; nothing of a fact without any.
    #[must_use]
    pub fn entry_place(&self, fact: Id<Fact>, values: &[u32]) -> Option<u32> {
        let sizes = self.facts[fact].indexes.iter().map(|of| self.enums[*of].members.len());
        place_among(sizes, values)
    }

    /// Returns the values of an entry's indexes, each with its enum.
    #[must_use]
    pub fn entry_values(&self, (fact, place): Entry) -> Vec<(Id<Enum>, u32)> {
        let Some(mut place) = place else { return Vec::new() };
        let mut values = Vec::new();
        for of in self.facts[fact].indexes.iter().rev() {
            let size = self.enums[*of].members.len().max(1) as u32;
            values.push((*of, place % size));
            place /= size;
        }
        values.reverse();
        values
    }

    /// Returns how an entry is written without its channel: `open_to[ngo]`.
    #[must_use]
    pub fn fact_name(&self, entry: Entry) -> String {
        let mut name = self.facts[entry.0].name.to_string();
        for (of, value) in self.entry_values(entry) {
            name.push_str(&format!("[{}]", self.enums[of].member_name(value)));
        }
        name
    }

    /// Returns how an entry of a channel's fact is written: `service.open_to[ngo]`; that of a parameter, `limit[ngo]`; the
    /// rate of a unit, `USD`.
    #[must_use]
    pub fn entry_name(&self, channel: Id<Channel>, entry: Entry) -> String {
        let fact = self.fact_name(entry);
        if channel == OWN { fact } else { format!("{}.{fact}", self.channels[channel].name) }
    }

    /// Returns the same as people read it: a rate is what one of its unit is, `1 USD`.
    #[must_use]
    pub fn entry_told(&self, channel: Id<Channel>, entry: Entry) -> String {
        let name = self.entry_name(channel, entry);
        if self.facts[entry.0].rate_of.is_some() { format!("1 {name}") } else { name }
    }
}
