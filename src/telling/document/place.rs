//! Places of a site: what the names on its pages lead to.

use qudao_language::model::{
    Enum, Fact, Field, Id, Let, Measure, Requirement, Rule, Ruleset, Source, Table, Target, UnitDefinition,
};

/// What stands somewhere on a site, once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// The beginning of a chapter, by its file.
    Chapter(&'static str),
    /// A group of questions, by its number.
    Group(usize),
    /// A question.
    Field(Id<Field>),
    /// A fact or a parameter.
    Fact(Id<Fact>),
    /// A channel or a mix.
    Target(Target),
    /// The rules on a target; without one, those on every channel.
    Rules(Option<Target>),
    /// A rule, or a row of a table.
    Rule(Id<Rule>),
    /// A table.
    Table(Id<Table>),
    /// A named condition or number.
    Let(Id<Let>),
    /// A list of values.
    Enum(Id<Enum>),
    /// A unit.
    Unit(Id<UnitDefinition>),
    /// A measure.
    Measure(Id<Measure>),
    /// A requirement.
    Requirement(Id<Requirement>),
    /// A source.
    Source(Id<Source>),
    /// What the verdict of a target depends on, drawn; without one, that of every channel.
    Graph(Option<Target>),
}

impl Place {
    /// Returns the name that it has in an address: made of the name of the thing, so that it stays when others come.
    #[must_use]
    pub fn anchor(self, ruleset: &Ruleset) -> String {
        let (kind, name) = match self {
            Place::Group(number) => return format!("group-{}", number + 1),
            Place::Chapter(file) => ("chapter", file),
            Place::Field(id) => ("field", &*ruleset.fields[id].name),
            Place::Fact(id) if ruleset.facts[id].rate_of.is_some() => ("rate", &*ruleset.facts[id].name),
            Place::Fact(id) => ("fact", &*ruleset.facts[id].name),
            Place::Target(target) => ("target", ruleset.target_name(target)),
            Place::Rules(Some(target)) => ("rules", ruleset.target_name(target)),
            Place::Rules(None) => ("every", "channel"),
            Place::Rule(id) => ("rule", &*ruleset.rules[id].name),
            Place::Table(id) => ("table", &*ruleset.tables[id].name),
            Place::Let(id) => ("let", &*ruleset.lets[id].name),
            Place::Enum(id) => ("enum", &*ruleset.enums[id].name),
            Place::Unit(id) => ("unit", &*ruleset.units.get(id).name),
            Place::Measure(id) => ("measure", &*ruleset.measures[id].name),
            Place::Requirement(id) => ("requirement", &*ruleset.requirements[id].name),
            Place::Source(id) => ("source", &*ruleset.sources[id].name),
            Place::Graph(Some(target)) => ("graph", ruleset.target_name(target)),
            Place::Graph(None) => ("graphs", "every"),
        };
        format!("{kind}-{name}")
    }
}
