//! The chapter of pictures: which questions come to decide about which targets, and through which rules.

use std::collections::{BTreeMap, BTreeSet};

use qudao_language::model::{Field, Id, Rule, Target};

use super::Maker;
use crate::document::{Block, Graph, Node, NodeKind, Place, Section};
use crate::words::plain_name;

/// A picture with more things than this is drawn without what lies between the questions and the targets.
const MOST_DRAWN: usize = 70;

/// More questions than this are drawn by their groups, in the picture of all.
const MOST_ASKED: usize = 20;

/// Things as they are put into a picture, each once.
#[derive(Default)]
struct Drawing {
    graph: Graph,
    numbers: BTreeMap<Thing, usize>,
    edges: BTreeSet<(usize, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Of(Place),
    /// Questions without a group.
    Ungrouped,
    /// Questions that lead to the same, by the first of them.
    Asked(Id<Field>),
    /// Targets that depend on the same.
    Alike(usize),
    /// What there is no room for.
    More,
}

impl Drawing {
    fn put(&mut self, thing: Thing, kind: NodeKind, label: impl FnOnce() -> String) -> usize {
        let next = self.graph.nodes.len();
        let number = *self.numbers.entry(thing).or_insert(next);
        if number == next {
            let place = if let Thing::Of(place) = thing { Some(place) } else { None };
            self.graph.nodes.push(Node { label: label(), place, kind });
        }
        number
    }

    fn done(mut self, title: String, word: &'static str) -> Graph {
        self.graph.edges = self.edges.into_iter().collect();
        Graph { title, word, ..self.graph }
    }
}

impl Maker<'_> {
    /// The picture of all, and one for each target.
    pub(super) fn graphs(&self) -> Vec<Section> {
        let ruleset = self.teller.ruleset();
        let whole = self.whole_picture();
        if whole.edges.is_empty() {
            return Vec::new();
        }
        let heading = self.teller.tongue().whole_picture().into();
        let mut sections = vec![Section { heading, body: vec![Block::Graph(whole)], ..Section::default() }];
        if !self.uses.every.is_empty() {
            let heading = self.teller.tongue().for_every();
            let graph = self.picture(&self.uses.every, Place::Rules(None), heading);
            sections.push(Section {
                heading: heading.into(),
                here: Some(Place::Graph(None)),
                body: vec![Block::Graph(graph)],
                ..Section::default()
            });
        }
        for target in ruleset.targets().filter(|target| !self.uses.rules[*target].is_empty()) {
            let title = self.teller.speaker.target(target);
            let graph = self.picture(&self.uses.rules[target], Place::Target(target), title);
            sections.push(Section {
                heading: title.into(),
                here: Some(Place::Graph(Some(target))),
                body: vec![Block::Graph(graph)],
                ..Section::default()
            });
        }
        sections
    }

    /// What rules depend on, and the target that they are on; without what lies between where that is too much to see.
    fn picture(&self, rules: &[Id<Rule>], target: Place, title: &str) -> Graph {
        let tongue = self.teller.tongue();
        let mut drawing = Drawing::default();
        let end =
            |drawing: &mut Drawing| drawing.put(Thing::Of(target), NodeKind::Target, || title.to_string());
        for rule in rules {
            let place = self.uses.place(*rule);
            let number = drawing.put(Thing::Of(place), NodeKind::Rule, || self.label(place));
            self.draw_read(&mut drawing, *rule, number);
            let end = end(&mut drawing);
            drawing.edges.insert((number, end));
        }
        if drawing.graph.nodes.len() > MOST_DRAWN {
            drawing = Drawing::default();
            let fields: BTreeSet<Id<Field>> =
                rules.iter().flat_map(|rule| self.uses.fields_of(*rule)).collect();
            let end = end(&mut drawing);
            for field in fields.iter().take(MOST_DRAWN) {
                let number = self.draw_field(&mut drawing, *field);
                drawing.edges.insert((number, end));
            }
            let more = fields.len().saturating_sub(MOST_DRAWN);
            if more > 0 {
                let number = drawing.put(Thing::More, NodeKind::Asked, || tongue.and_more(more));
                drawing.edges.insert((number, end));
            }
        }
        drawing.done(title.to_string(), tongue.leads_to())
    }

    /// What a rule reads: questions, and named expressions with the questions that these come to.
    fn draw_read(&self, drawing: &mut Drawing, rule: Id<Rule>, number: usize) {
        let read = &self.uses.of_rules[rule];
        for field in &read.fields {
            let from = self.draw_field(drawing, *field);
            drawing.edges.insert((from, number));
        }
        for named in &read.lets {
            let of = self.teller.ruleset().lets[*named].of;
            let place = of.map_or(Place::Let(*named), |(measure, _)| Place::Measure(measure));
            let from = drawing.put(Thing::Of(place), NodeKind::Named, || self.label(place));
            drawing.edges.insert((from, number));
            for field in &self.uses.fields[*named] {
                let field = self.draw_field(drawing, *field);
                drawing.edges.insert((field, from));
            }
        }
    }

    fn draw_field(&self, drawing: &mut Drawing, field: Id<Field>) -> usize {
        let place = Place::Field(field);
        drawing.put(Thing::Of(place), NodeKind::Asked, || self.label(place))
    }

    fn label(&self, place: Place) -> String {
        match place {
            Place::Field(id) => self.teller.speaker.field(id).into_owned(),
            Place::Let(id) => plain_name(&self.teller.ruleset().lets[id].name),
            place => self.name(place).0.into_iter().map(|(_, text)| text).collect(),
        }
    }

    /// The questions, by their groups where they are many, and the targets, those as one that depend on the same.
    fn whole_picture(&self) -> Graph {
        let (ruleset, tongue) = (self.teller.ruleset(), self.teller.tongue());
        let grouped = ruleset.fields.len() > MOST_ASKED && !ruleset.sections.is_empty();
        let of = |rules: &[Id<Rule>]| -> BTreeSet<Id<Field>> {
            rules.iter().flat_map(|rule| self.uses.fields_of(*rule)).collect()
        };
        let every = of(&self.uses.every);
        let mut alike: BTreeMap<BTreeSet<Id<Field>>, Vec<Target>> = BTreeMap::new();
        for target in ruleset.targets() {
            let mut fields = of(&self.uses.rules[target]);
            if let Target::Channel(_) = target {
                fields.extend(&every);
            }
            alike.entry(fields).or_default().push(target);
        }
        let mut groups: Vec<(BTreeSet<Id<Field>>, Vec<Target>)> = alike.into_iter().collect();
        groups.sort_by_key(|(_, targets)| targets.first().copied());
        // Which targets each question leads to: those that lead to the same are as one, where they are many.
        let mut leads: BTreeMap<Id<Field>, Vec<usize>> = BTreeMap::new();
        for (number, (fields, _)) in groups.iter().enumerate() {
            fields.iter().for_each(|field| leads.entry(*field).or_default().push(number));
        }
        let mut together: BTreeMap<&[usize], Vec<Id<Field>>> = BTreeMap::new();
        for (field, to) in &leads {
            together.entry(to).or_default().push(*field);
        }
        let many = leads.len() > MOST_ASKED;
        let mut drawing = Drawing::default();
        let mut asked = Vec::new();
        for (field, to) in &leads {
            let alike = together.get(to.as_slice()).map_or(&[][..], Vec::as_slice);
            let from = match alike {
                _ if grouped => self.draw_group(&mut drawing, ruleset.fields[*field].section),
                [first, _, ..] if many => drawing.put(Thing::Asked(*first), NodeKind::Asked, || {
                    self.some(alike.iter().map(|field| Place::Field(*field)))
                }),
                _ => self.draw_field(&mut drawing, *field),
            };
            asked.push((from, to));
        }
        // Targets that nothing asked leads to are not drawn.
        let ends = groups.iter().enumerate().map(|(number, (fields, targets))| match targets.as_slice() {
            _ if fields.is_empty() => None,
            [one] => {
                let place = Place::Target(*one);
                Some(drawing.put(Thing::Of(place), NodeKind::Target, || self.label(place)))
            }
            many => Some(drawing.put(Thing::Alike(number), NodeKind::Target, || {
                self.some(many.iter().map(|target| Place::Target(*target)))
            })),
        });
        let ends: Vec<Option<usize>> = ends.collect();
        for (from, to) in asked {
            let to = to.iter().filter_map(|number| *ends.get(*number)?);
            drawing.edges.extend(to.map(|to| (from, to)));
        }
        drawing.done(tongue.whole_picture().to_string(), tongue.leads_to())
    }

    /// The first of some things, and how many more there are.
    fn some(&self, places: impl ExactSizeIterator<Item = Place>) -> String {
        const NAMED: usize = 2;
        let tongue = self.teller.tongue();
        let more = places.len().saturating_sub(NAMED);
        let names: Vec<String> = places.take(NAMED).map(|place| self.label(place)).collect();
        let names = tongue.list(&names);
        if more == 0 { names } else { format!("{names} {}", tongue.and_more(more)) }
    }

    fn draw_group(&self, drawing: &mut Drawing, section: Option<usize>) -> usize {
        let thing = section.map_or(Thing::Ungrouped, |section| Thing::Of(Place::Group(section)));
        drawing.put(thing, NodeKind::Asked, || self.group(section))
    }
}
