//! The way back: what reads a thing, what cites a source, which rules are about a target.

use std::collections::{BTreeMap, BTreeSet};

use qudao_language::model::{
    Citation, EffectKind, Expr, ExprKind, Field, Id, IdMap, Let, Need, OWN, Rule, Ruleset, Source, Target,
    TargetMap, TargetRef, Template, Type,
};

use crate::document::Place;

/// Where something is read, and what is read there.
pub(super) struct Uses<'r> {
    ruleset: &'r Ruleset,
    /// What reads a thing itself.
    readers: BTreeMap<Place, BTreeSet<Place>>,
    /// The named expressions and the questions that the conditions and points of a rule read.
    pub(super) of_rules: IdMap<Rule, Read>,
    /// The same of named expressions.
    of_lets: IdMap<Let, Read>,
    /// The questions that a named expression comes to.
    pub(super) fields: IdMap<Let, BTreeSet<Id<Field>>>,
    /// The rules on each target by its name, rows of tables among them.
    pub(super) rules: TargetMap<Vec<Id<Rule>>>,
    /// The rules on every channel.
    pub(super) every: Vec<Id<Rule>>,
    /// The rules that say something of the whole answer and of nothing else.
    pub(super) whole: Vec<Id<Rule>>,
    /// The rules that a rule is an exception to.
    pub(super) sets_aside: IdMap<Rule, Vec<Id<Rule>>>,
    /// The words of each source that are cited, by line, and where.
    pub(super) cited: IdMap<Source, BTreeMap<Cited<'r>, BTreeSet<Place>>>,
}

/// The line of a source, where in it, and its words.
pub(super) type Cited<'r> = (Option<u32>, Option<&'r str>, &'r str);

/// What an expression names.
#[derive(Default)]
pub(super) struct Read {
    pub(super) fields: BTreeSet<Id<Field>>,
    pub(super) lets: BTreeSet<Id<Let>>,
}

impl<'r> Uses<'r> {
    pub(super) fn of(ruleset: &'r Ruleset) -> Uses<'r> {
        let mut uses = Uses {
            ruleset,
            readers: BTreeMap::new(),
            of_rules: IdMap::of(&ruleset.rules, |_| Read::default()),
            of_lets: IdMap::of(&ruleset.lets, |_| Read::default()),
            fields: IdMap::of(&ruleset.lets, |_| BTreeSet::new()),
            rules: TargetMap::of(ruleset, |_| Vec::new()),
            every: Vec::new(),
            whole: Vec::new(),
            sets_aside: IdMap::of(&ruleset.rules, |_| Vec::new()),
            cited: IdMap::of(&ruleset.sources, |_| BTreeMap::new()),
        };
        for (id, named) in ruleset.lets.entries() {
            // What a measure is of a channel is told with the measure.
            let by = named.of.map_or(Place::Let(id), |(measure, _)| Place::Measure(measure));
            let mut read = Read::default();
            uses.read(&named.value, by, &mut read);
            uses.of_lets[id] = read;
        }
        uses.follow();
        uses.note_rules();
        uses.note_mere_exceptions();
        uses.note_things();
        uses
    }

    /// Returns what reads a thing itself, named expressions among them.
    pub(super) fn readers(&self, of: Place) -> impl Iterator<Item = Place> + '_ {
        self.readers.get(&of).into_iter().flatten().copied()
    }

    /// Returns the questions on which a rule depends, named expressions followed, and exceptions.
    pub(super) fn fields_of(&self, rule: Id<Rule>) -> BTreeSet<Id<Field>> {
        let (mut fields, mut open, mut seen) = (BTreeSet::new(), vec![rule], BTreeSet::new());
        while let Some(rule) = open.pop() {
            if !seen.insert(rule) {
                continue;
            }
            let read = &self.of_rules[rule];
            let through = read.lets.iter().flat_map(|named| self.fields[*named].iter());
            fields.extend(read.fields.iter().chain(through).copied());
            open.extend(&self.ruleset.rules[rule].exceptions);
        }
        fields
    }

    /// Returns where a rule is told: the row in its table, or itself.
    pub(super) fn place(&self, rule: Id<Rule>) -> Place {
        self.ruleset.rules[rule].row.as_ref().map_or(Place::Rule(rule), |row| Place::Table(row.table))
    }

    fn note(&mut self, of: Place, by: Place) {
        self.readers.entry(of).or_default().insert(by);
    }

    fn read(&mut self, expr: &Expr, by: Place, read: &mut Read) {
        expr.walk(&mut |part| match &part.kind {
            ExprKind::Field(id) => {
                read.fields.insert(*id);
                self.note(Place::Field(*id), by);
            }
            ExprKind::Let(id) => {
                read.lets.insert(*id);
                let of = self.ruleset.lets[*id].of;
                self.note(of.map_or(Place::Let(*id), |(measure, _)| Place::Measure(measure)), by);
            }
            ExprKind::Fact(fact) => self.note(Place::Fact(fact.fact), by),
            _ => {}
        });
    }

    fn template(&mut self, template: &Template, by: Place, read: &mut Read) {
        for expr in template.expressions() {
            self.read(expr, by, read);
        }
    }

    /// Finds the questions that named expressions come to, those first that they name. They name each other in no circle.
    fn follow(&mut self) {
        let mut done = IdMap::of(&self.ruleset.lets, |_| false);
        for id in self.ruleset.lets.ids() {
            let names = |id: Id<Let>| self.of_lets[id].lets.iter().copied().collect::<Vec<_>>().into_iter();
            let mut open = vec![(id, names(id))];
            while let Some((last, waiting)) = open.last_mut() {
                let last = *last;
                if let (false, Some(named)) = (done[last], waiting.find(|named| !done[*named])) {
                    if open.len() <= self.ruleset.lets.len() {
                        open.push((named, names(named)));
                    }
                    continue;
                }
                open.pop();
                if !std::mem::replace(&mut done[last], true) {
                    let read = &self.of_lets[last];
                    let through = read.lets.iter().flat_map(|named| self.fields[*named].iter());
                    let fields = read.fields.iter().chain(through).copied().collect();
                    self.fields[last] = fields;
                }
            }
        }
    }

    fn note_rules(&mut self) {
        let ruleset = self.ruleset;
        for (id, rule) in ruleset.rules.entries() {
            let (by, own) = (self.place(id), Place::Rule(id));
            let mut read = Read::default();
            let filter = rule.for_each.as_ref().and_then(|each| each.filter.as_ref());
            for expr in filter.into_iter().chain(&rule.when).chain(rule.ratings()) {
                self.read(expr, by, &mut read);
            }
            // What a text tells decides nothing.
            let mut told = Read::default();
            if let Some(because) = &rule.because {
                self.template(because, by, &mut told);
            }
            let mut named: BTreeSet<Target> = BTreeSet::new();
            for effect in &rule.effects {
                match &effect.kind {
                    EffectKind::Needs(_, needs) => needs.iter().for_each(|need| self.needed(*need, by)),
                    EffectKind::Note(_, text, _) => self.template(text, by, &mut told),
                    EffectKind::Score(..) | EffectKind::Exclude(_) | EffectKind::Cap(..) => {}
                }
                if let Some(TargetRef::Named(target)) = effect.kind.target() {
                    named.insert(target);
                }
            }
            self.of_rules[id] = read;
            let variable = |kind: &EffectKind| kind.target() == Some(TargetRef::Variable);
            match rule.effects.iter().any(|effect| variable(&effect.kind)) {
                true => self.every.push(id),
                false if named.is_empty() && !rule.effects.is_empty() => self.whole.push(id),
                false => {}
            }
            named.into_iter().for_each(|target| self.rules[target].push(id));
            rule.exceptions.iter().for_each(|exception| self.sets_aside[*exception].push(id));
            self.cite(&rule.sources, own);
        }
    }

    /// Rules that do nothing but set others aside are told with these.
    fn note_mere_exceptions(&mut self) {
        let ruleset = self.ruleset;
        let about = |rule: Id<Rule>| ruleset.rules[rule].effects.iter().map(|effect| effect.kind.target());
        for (id, _) in ruleset.rules.entries().filter(|(_, rule)| rule.effects.is_empty()) {
            let targets: Vec<_> = self.sets_aside[id].iter().flat_map(|rule| about(*rule)).collect();
            let named: BTreeSet<Target> = targets
                .iter()
                .filter_map(
                    |target| if let Some(TargetRef::Named(target)) = target { Some(*target) } else { None },
                )
                .collect();
            match targets.contains(&Some(TargetRef::Variable)) {
                true => self.every.push(id),
                false if named.is_empty() => self.whole.push(id),
                false => {}
            }
            named.into_iter().for_each(|target| self.rules[target].push(id));
        }
    }

    fn needed(&mut self, need: Need, by: Place) {
        let of = match need {
            Need::Requirement(id) => Place::Requirement(id),
            Need::Channel(id) => Place::Target(Target::Channel(id)),
        };
        self.note(of, by);
    }

    fn note_things(&mut self) {
        let ruleset = self.ruleset;
        let mut other = Read::default();
        for target in ruleset.targets() {
            for stated in ruleset.stated_needs(target) {
                self.needed(stated.need, Place::Target(target));
                self.cite(&stated.sources, Place::Target(target));
            }
            for member in ruleset.members(target) {
                self.note(Place::Target(Target::Channel(*member)), Place::Target(target));
            }
        }
        for (id, channel) in ruleset.channels.entries() {
            if let Some(owned) = &channel.owned {
                self.read(owned, Place::Target(Target::Channel(id)), &mut other);
            }
        }
        for (id, mix) in ruleset.mixes.entries() {
            self.cite(&mix.sources, Place::Target(Target::Mix(id)));
        }
        for (channel, statements) in ruleset.stating() {
            for ((fact, _), stated) in statements {
                let by =
                    if channel == OWN { Place::Fact(*fact) } else { Place::Target(Target::Channel(channel)) };
                for statement in stated {
                    self.cite(&statement.sources, by);
                    statement.disputed.iter().for_each(|disputed| self.cite(&disputed.sources, by));
                    statement.replaced.iter().for_each(|old| self.cite(&old.sources, by));
                }
            }
        }
        for (id, requirement) in ruleset.requirements.entries() {
            let by = Place::Requirement(id);
            if let Some(met) = &requirement.met {
                self.read(met, by, &mut other);
            }
            if let Some(how) = &requirement.how {
                self.template(how, by, &mut other);
            }
            self.cite(&requirement.sources, by);
        }
        for (id, unit) in ruleset.units.iter().filter(|(id, _)| !ruleset.units.is_built_in(*id)) {
            self.cite(&unit.sources, Place::Unit(id));
        }
        for (id, field) in ruleset.fields.entries() {
            if let Type::Enum(of) | Type::Set(of) = field.ty {
                self.note(Place::Enum(of), Place::Field(id));
            }
        }
        for (id, fact) in ruleset.facts.entries() {
            let of_type = if let Type::Enum(of) | Type::Set(of) = fact.ty { Some(of) } else { None };
            for of in of_type.into_iter().chain(fact.indexes.iter().copied()) {
                self.note(Place::Enum(of), Place::Fact(id));
            }
        }
    }

    fn cite(&mut self, citations: &'r [Citation], by: Place) {
        for citation in citations {
            let at = citation.at.as_deref();
            let cited = &mut self.cited[citation.source];
            for quote in &citation.quotes {
                cited.entry((quote.line, at, &quote.text)).or_default().insert(by);
            }
            if citation.quotes.is_empty() {
                cited.entry((None, at, "")).or_default().insert(by);
            }
        }
    }
}
