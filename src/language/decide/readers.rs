//! What reads a field or a fact: the way back from a thing to the instances that hang on it, lets and tables followed.

use std::collections::BTreeSet;

use crate::model::{
    Channel, Entry, Expr, ExprKind, Fact, FactRef, Field, Id, IdMap, Let, Rule, Ruleset, Table, Target,
    TargetMap, TargetRef,
};

/// An instance of a rule.
pub(super) type InstanceKey = (Id<Rule>, Option<Id<Channel>>);

/// A thing that conditions read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Thing {
    /// A field.
    Field(Id<Field>),
    /// A fact of a channel.
    Fact(Id<Channel>, Entry),
}

/// What holds an expression.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Reader {
    Rule(Id<Rule>),
    Let(Id<Let>),
    Table(Id<Table>),
    Owned(Id<Channel>),
}

/// The entries of a fact that an expression may read.
#[derive(Clone, Copy, Debug)]
struct Entries {
    /// The channel; that of the instance where there is none.
    channel: Option<Id<Channel>>,
    /// The value of the index; any where there is none.
    index: Option<u32>,
}

/// Who reads what.
pub(super) struct Readers<'r> {
    ruleset: &'r Ruleset,
    fields: IdMap<Field, Vec<Reader>>,
    facts: IdMap<Fact, Vec<(Entries, Reader)>>,
    lets: IdMap<Let, Vec<Reader>>,
    tables: IdMap<Table, Vec<Reader>>,
    /// The rules that ask whether a target is excluded.
    targets: TargetMap<Vec<Id<Rule>>>,
    /// The rules that ask it of their own channel.
    own_channel: Vec<Id<Rule>>,
}

/// What hangs on a thing.
#[derive(Default)]
pub(super) struct Hanging {
    pub(super) instances: BTreeSet<InstanceKey>,
    /// The channels of which it may say whether they are owned.
    pub(super) owned: BTreeSet<Id<Channel>>,
}

impl<'r> Readers<'r> {
    pub(super) fn new(ruleset: &'r Ruleset) -> Readers<'r> {
        let mut readers = Readers {
            ruleset,
            fields: IdMap::of(&ruleset.fields, |_| Vec::new()),
            facts: IdMap::of(&ruleset.facts, |_| Vec::new()),
            lets: IdMap::of(&ruleset.lets, |_| Vec::new()),
            tables: IdMap::of(&ruleset.tables, |_| Vec::new()),
            targets: TargetMap::of(ruleset, |_| Vec::new()),
            own_channel: Vec::new(),
        };
        for (id, rule) in ruleset.rules.entries() {
            let filter = rule.for_each.as_ref().and_then(|for_each| for_each.filter.as_ref());
            let read = filter.into_iter().chain(&rule.when).chain(rule.ratings());
            read.for_each(|expr| readers.note(Reader::Rule(id), expr));
        }
        for (id, declared) in ruleset.lets.entries() {
            readers.note(Reader::Let(id), &declared.value);
        }
        for (id, table) in ruleset.tables.entries() {
            table.matches.iter().for_each(|row| readers.note(Reader::Table(id), row));
        }
        for (id, channel) in ruleset.channels.entries() {
            channel.owned.iter().for_each(|owned| readers.note(Reader::Owned(id), owned));
        }
        readers
    }

    fn note(&mut self, reader: Reader, expr: &Expr) {
        expr.walk(&mut |part| match &part.kind {
            ExprKind::Field(id) => add(&mut self.fields[*id], reader),
            ExprKind::Fact(fact) => {
                let entries = Entries::of(self.ruleset, fact);
                self.facts[fact.fact].push((entries, reader));
            }
            ExprKind::Let(id) => add(&mut self.lets[*id], reader),
            ExprKind::Earlier(table, _) => add(&mut self.tables[*table], reader),
            ExprKind::Excluded(target, _) => {
                if let Reader::Rule(rule) = reader {
                    match target {
                        TargetRef::Named(target) => add(&mut self.targets[*target], rule),
                        TargetRef::Variable => add(&mut self.own_channel, rule),
                    }
                }
            }
            _ => {}
        });
    }

    /// Returns what hangs on a thing.
    pub(super) fn of(&self, thing: Thing) -> Hanging {
        let mut hanging = Hanging::default();
        let mut open: Vec<Reader> = Vec::new();
        match thing {
            Thing::Field(field) => open.extend(&self.fields[field]),
            Thing::Fact(channel, (fact, index)) => {
                for (entries, reader) in &self.facts[fact] {
                    let other = |a: Option<u32>| a.is_some() && a != index;
                    if entries.channel.is_some_and(|of| of != channel) || other(entries.index) {
                        continue;
                    }
                    match (reader, entries.channel) {
                        // The rule's variable: of its instances only that of the channel reads it.
                        (Reader::Rule(rule), None) => {
                            hanging.instances.insert((*rule, Some(channel)));
                        }
                        (reader, _) => open.push(*reader),
                    }
                }
            }
        }
        let mut seen: BTreeSet<Reader> = BTreeSet::new();
        while let Some(reader) = open.pop() {
            if !seen.insert(reader) {
                continue;
            }
            match reader {
                Reader::Rule(rule) => {
                    let instances = self.ruleset.rules[rule].instances();
                    hanging.instances.extend(instances.into_iter().map(|channel| (rule, channel)));
                }
                Reader::Let(id) => open.extend(&self.lets[id]),
                Reader::Table(id) => open.extend(&self.tables[id]),
                Reader::Owned(channel) => {
                    hanging.owned.insert(channel);
                }
            }
        }
        hanging
    }

    /// Returns the instances that ask whether a target is excluded.
    pub(super) fn asking(&self, target: Target) -> impl Iterator<Item = InstanceKey> + '_ {
        let named = self.targets[target].iter().flat_map(|rule| {
            let instances = self.ruleset.rules[*rule].instances();
            instances.into_iter().map(|channel| (*rule, channel))
        });
        let channel = match target {
            Target::Channel(id) => Some(id),
            Target::Mix(_) => None,
        };
        let own = self.own_channel.iter().filter_map(move |rule| Some((*rule, Some(channel?))));
        named.chain(own)
    }
}

impl Entries {
    fn of(ruleset: &Ruleset, fact: &FactRef) -> Entries {
        let index = fact.literal_indexes().and_then(|values| ruleset.entry_place(fact.fact, &values));
        Entries { channel: fact.channel, index }
    }
}

/// Adds something that may have been added last.
fn add<T: PartialEq>(to: &mut Vec<T>, what: T) {
    if to.last() != Some(&what) {
        to.push(what);
    }
}
