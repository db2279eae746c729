//! The chapter of questions.

use std::collections::BTreeMap;

use qudao_language::model::{Field, Id, Target, Type, Value};

use super::{Maker, labelled};
use crate::document::{Block, Item, Kind, Mark, Place, Section, Text};

impl<'r> Maker<'r> {
    /// The questions by their groups, each with its answers and what it decides about.
    pub(super) fn questions(&self) -> Vec<Section> {
        let ruleset = self.teller.ruleset();
        let about = self.decided_about();
        let mut groups: BTreeMap<Option<usize>, Vec<Block>> = BTreeMap::new();
        for (id, field) in ruleset.fields.entries() {
            let question = self.question(id, field, about.get(&id));
            groups.entry(field.section).or_default().push(Block::Section(question));
        }
        let only = groups.len() == 1 && groups.contains_key(&None);
        let section = |(section, body): (Option<usize>, Vec<Block>)| {
            let heading: Text = if only { Text::default() } else { self.group(section).into() };
            Section { heading, here: section.map(Place::Group), body, ..Section::default() }
        };
        groups.into_iter().map(section).collect()
    }

    fn question(&self, id: Id<Field>, field: &'r Field, about: Option<&About>) -> Section {
        let teller = &self.teller;
        let tongue = teller.tongue();
        let mut body = vec![Block::Entry(tongue.answer(), self.answer(field))];
        if let Type::Enum(of) | Type::Set(of) = field.ty {
            let members = teller.ruleset().enums[of].members.iter();
            let items = members.map(|member| {
                let title = self.titled(member.title.as_ref(), &member.name);
                Item::new(Mark::Point, Text::from(title).and(Kind::Plain, " ").and(Kind::Code, &*member.name))
            });
            body.push(Block::list(items.collect()));
        }
        if let Some(value) = &field.default {
            let value = teller.speaker.value(value, field.ty);
            body.push(Block::Entry(tongue.assumed_if_empty(), value.into()));
        }
        if field.required {
            body.push(Block::Paragraph(tongue.has_to_be_given().into()));
        }
        if field.fixed {
            body.push(Block::Paragraph(Text::of(Kind::Faint, tongue.is_fixed())));
        }
        body.extend(self.formerly(&field.was));
        match about {
            None if self.uses.readers(Place::Field(id)).next().is_none() => {
                body.push(Block::Paragraph(Text::of(Kind::Faint, tongue.decides_none())));
            }
            None => {}
            Some(about) => {
                let every = about.every.then_some(Place::Rules(None));
                let targets = about.targets.iter().map(|target| Place::Target(*target));
                body.extend(self.names_of(tongue.decides_about(), every.into_iter().chain(targets)));
            }
        }
        body.extend(self.names_of(tongue.read_by(), self.uses.readers(Place::Field(id))));
        Section {
            heading: self.teller.speaker.field(id).into_owned().into(),
            place: self.about(&field.name, Some(field.span)),
            here: Some(Place::Field(id)),
            body,
            ..Section::default()
        }
    }

    /// What an answer is, and within which bounds.
    fn answer(&self, field: &'r Field) -> Text {
        let (speaker, tongue) = (&self.teller.speaker, self.teller.tongue());
        let shown = |value: &Option<Value>| value.as_ref().map(|value| speaker.value(value, field.ty));
        let bounds = tongue.between(shown(&field.low), shown(&field.high));
        let bounds = if bounds.is_empty() { bounds } else { format!("{}{bounds}", tongue.comma()) };
        format!("{}{bounds}", self.type_words(field.ty)).into()
    }

    /// What values of a type are.
    pub(super) fn type_words(&self, ty: Type) -> String {
        let tongue = self.teller.tongue();
        match ty {
            Type::Bool => tongue.type_bool().to_string(),
            Type::Text => tongue.type_text().to_string(),
            Type::Date => tongue.type_date().to_string(),
            Type::Enum(_) => tongue.type_enum().to_string(),
            Type::Set(_) => tongue.type_set().to_string(),
            Type::Number(number) => {
                let what = if number.whole { tongue.type_whole() } else { tongue.type_number() };
                match self.teller.speaker.unit(number.unit) {
                    unit if unit.is_empty() => what.to_string(),
                    unit => tongue.in_unit(what, &unit),
                }
            }
        }
    }

    /// The targets whose rules come to read a question.
    fn decided_about(&self) -> BTreeMap<Id<Field>, About> {
        let mut about: BTreeMap<Id<Field>, About> = BTreeMap::new();
        let ruleset = self.teller.ruleset();
        for rule in &self.uses.every {
            for field in self.uses.fields_of(*rule) {
                about.entry(field).or_default().every = true;
            }
        }
        for target in ruleset.targets() {
            for rule in &self.uses.rules[target] {
                for field in self.uses.fields_of(*rule) {
                    let targets = &mut about.entry(field).or_default().targets;
                    if targets.last() != Some(&target) {
                        targets.push(target);
                    }
                }
            }
        }
        about
    }

    /// A list of names under a word.
    pub(super) fn points(&self, label: &str, texts: Vec<Text>) -> Option<Block> {
        let items: Vec<Item> = texts.into_iter().map(|text| Item::new(Mark::Point, text)).collect();
        (!items.is_empty()).then(|| labelled(label, self.teller.tongue().colon(), items))
    }
}

/// What a question decides about.
#[derive(Default)]
struct About {
    /// Whether rules on every channel read it.
    every: bool,
    /// The targets whose own rules read it, in their order.
    targets: Vec<Target>,
}
