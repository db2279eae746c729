//! The chapters of terms and of requirements.

use qudao_language::model::{Amount, Id, Requirement, Type};

use super::Maker;
use crate::document::{Block, Item, Kind, Mark, Place, Section, Text};
use crate::words::plain_name;

impl Maker<'_> {
    /// Named expressions, lists of values and units.
    pub(super) fn terms(&self) -> Vec<Section> {
        let (ruleset, tongue) = (self.teller.ruleset(), self.teller.tongue());
        // What a measure is of a channel is told with the measure.
        let named = ruleset.lets.entries().filter(|(_, named)| named.of.is_none()).map(|(id, named)| {
            let mut body = match named.value.ty {
                Type::Bool => self.teller.conditions(&[&named.value]).into_iter().collect(),
                _ => vec![Block::Entry(tongue.value(), self.teller.value(&named.value))],
            };
            body.extend(self.names_of(tongue.read_by(), self.uses.readers(Place::Let(id))));
            Block::Section(Section {
                heading: plain_name(&named.name).into(),
                place: self.about(&named.name, Some(named.value.span)),
                here: Some(Place::Let(id)),
                body,
                ..Section::default()
            })
        });
        let lists = ruleset.enums.entries().map(|(id, list)| {
            let items = list.members.iter().map(|member| {
                let title = self.titled(member.title.as_ref(), &member.name);
                Item::new(Mark::Point, Text::from(title).and(Kind::Plain, " ").and(Kind::Code, &*member.name))
            });
            let order = list.ordered.then(|| Block::Paragraph(Text::of(Kind::Faint, tongue.ascending())));
            let values = Block::list(items.collect());
            let read_by = self.names_of(tongue.read_by(), self.uses.readers(Place::Enum(id)));
            Block::Section(Section {
                heading: self.titled(list.title.as_ref(), &list.name).into(),
                place: list.name.to_string(),
                here: Some(Place::Enum(id)),
                body: order.into_iter().chain([values]).chain(read_by).collect(),
                ..Section::default()
            })
        });
        let units =
            ruleset.units.iter().filter(|(id, _)| !ruleset.units.is_built_in(*id)).map(|(id, unit)| {
                let rate = match unit.rate {
                    Some(rate) => Some(self.name(Place::Fact(rate))),
                    None => unit
                        .told_by
                        .and(self.teller.speaker.rate(id))
                        .map(|rate| format!("1 {} = {rate}", unit.name).into()),
                };
                let body = rate.map(Block::Paragraph).into_iter().chain(self.sources_of(&unit.sources));
                Block::Section(Section {
                    heading: self.titled(unit.title.as_ref(), &unit.name).into(),
                    place: unit.name.to_string(),
                    here: Some(Place::Unit(id)),
                    body: body.collect(),
                    ..Section::default()
                })
            });
        let parts: [(&str, Vec<Block>); 3] = [
            (tongue.named_conditions(), named.collect()),
            (tongue.lists_of_values(), lists.collect()),
            (tongue.units_head(), units.collect()),
        ];
        let parts = parts.into_iter().filter(|(_, body)| !body.is_empty());
        parts.map(|(heading, body)| Section { heading: heading.into(), body, ..Section::default() }).collect()
    }

    /// What has to be obtained.
    pub(super) fn requirements(&self) -> Vec<Section> {
        let requirements = self.teller.ruleset().requirements.entries();
        requirements.map(|(id, _)| self.requirement(id)).collect()
    }

    fn requirement(&self, id: Id<Requirement>) -> Section {
        let teller = &self.teller;
        let tongue = teller.tongue();
        let requirement = &teller.ruleset().requirements[id];
        let mut body = vec![Block::Paragraph(Text::of(Kind::Code, &*requirement.name))];
        let how = requirement.how.as_ref().map(|how| teller.template(how));
        body.extend(how.map(|how| Block::Entry(tongue.how_obtained(), how)));
        let amount = |amount: &Amount| Text::from(teller.speaker.amount(amount));
        body.extend(requirement.cost.as_ref().map(|cost| Block::Entry(tongue.costs(), amount(cost))));
        body.extend(requirement.takes.as_ref().map(|takes| Block::Entry(tongue.takes(), amount(takes))));
        if let Some(met) = &requirement.met {
            let item = teller.item(met, true);
            body.push(super::labelled(tongue.met_when(), tongue.colon(), vec![item]));
        }
        body.extend(self.names_of(tongue.needed_by(), self.uses.readers(Place::Requirement(id))));
        body.extend(self.sources_of(&requirement.sources));
        let heading = teller.speaker.need(id.into()).into();
        Section { heading, here: Some(Place::Requirement(id)), body, ..Section::default() }
    }
}
