//! The chapters of what is known: options, facts, numbers and sources.

use std::collections::{BTreeMap, BTreeSet};

use qudao_language::model::{
    Channel, Entry, ExprKind, Fact, Id, Measure, Need, OWN, Source, StatedNeed, Statement, Target, TargetMap,
    Type, Value,
};

use super::condition::{Teller, joined};
use super::{Maker, rows};
use crate::document::{Block, Item, Kind, Mark, Place, Section, Text};

impl<'r> Maker<'r> {
    /// The channels and mixes, each with its facts.
    pub(super) fn options(&self) -> Vec<Section> {
        let ruleset = self.teller.ruleset();
        let mut mixes = TargetMap::of(ruleset, |_| Vec::new());
        for (id, mix) in ruleset.mixes.entries() {
            for member in &mix.members {
                mixes[Target::Channel(*member)].push(Place::Target(Target::Mix(id)));
            }
        }
        let entries = crate::facts::entries(ruleset);
        ruleset.targets().map(|target| self.option(target, mixes[target].clone(), &entries)).collect()
    }

    fn option(&self, target: Target, mixes: Vec<Place>, entries: &[Entry]) -> Section {
        let teller = &self.teller;
        let (ruleset, tongue) = (teller.ruleset(), teller.tongue());
        let span = match target {
            Target::Channel(id) => ruleset.channels[id].span,
            Target::Mix(id) => ruleset.mixes[id].span,
        };
        let place = Text::of(Kind::Code, self.about(ruleset.target_name(target), Some(span)));
        let mut body = vec![Block::Paragraph(place)];
        let members = ruleset.members(target).iter().map(|member| Place::Target(Target::Channel(*member)));
        body.extend(self.names_of(tongue.made_of(), members));
        body.extend(self.names_of(tongue.used_in(), mixes));
        body.extend(self.needs(ruleset.stated_needs(target)));
        match target {
            Target::Channel(id) => {
                let channel = &ruleset.channels[id];
                body.extend(self.formerly(&channel.was));
                if let Some(owned) = &channel.owned {
                    body.push(Block::Entry(tongue.owned_if(), teller.said(owned, true)));
                }
                body.extend(self.facts_of(id, entries));
            }
            Target::Mix(id) => body.extend(self.sources_of(&ruleset.mixes[id].sources)),
        }
        let rules = self.uses.rules[target].iter().map(|rule| self.uses.place(*rule));
        let rules: BTreeSet<Place> = rules.collect();
        let every = (!self.uses.every.is_empty() && matches!(target, Target::Channel(_)))
            .then_some(Place::Rules(None));
        let own = (!rules.is_empty()).then(|| {
            let link = Place::Rules(Some(target));
            Text::of(Kind::To(link), tongue.so_many_rules(rules.len()))
        });
        let links: Vec<Text> = own.into_iter().chain(every.map(|place| self.name(place))).collect();
        if !links.is_empty() {
            body.push(Block::Entry(tongue.rules_on_it(), teller.row(links)));
        }
        let heading = teller.speaker.target(target).into();
        Section { heading, here: Some(Place::Target(target)), body, ..Section::default() }
    }

    fn needs(&self, needs: &[StatedNeed]) -> Option<Block> {
        let items = needs.iter().map(|stated| {
            let place = match stated.need {
                Need::Requirement(id) => Place::Requirement(id),
                Need::Channel(id) => Place::Target(Target::Channel(id)),
            };
            let sources = self.cited(&stated.sources);
            let text = self.name(place);
            match sources.is_empty() {
                true => text,
                false => joined([text, Text::of(Kind::Faint, " · "), sources]),
            }
        });
        self.points(self.teller.tongue().always_needs(), items.collect())
    }

    /// What a channel states, a row for each time that something is stated for, and what no source says.
    fn facts_of(&self, id: Id<Channel>, entries: &[Entry]) -> Vec<Block> {
        let teller = &self.teller;
        let (ruleset, tongue) = (teller.ruleset(), teller.tongue());
        let (mut told, mut silent) = (Vec::new(), BTreeSet::new());
        for entry in entries {
            let fact = &ruleset.facts[entry.0];
            let Some(stated) = ruleset.channels[id].statements.get(entry) else {
                silent.insert(Place::Fact(entry.0));
                continue;
            };
            for statement in stated {
                let name = Text::of(Kind::To(Place::Fact(entry.0)), teller.speaker.fact(*entry));
                told.push(vec![
                    name,
                    self.stated(statement, fact.ty),
                    self.period(statement),
                    self.cited(&statement.sources),
                ]);
            }
        }
        let heads = [tongue.fact(), tongue.value(), tongue.holds(), tongue.read_where()].map(Text::from);
        let mut blocks = rows(&without_empty(&heads, &mut told), told);
        blocks.extend(self.names_of(tongue.no_source_says_of(), silent));
        blocks
    }

    /// The facts, each with what every channel states of it.
    pub(super) fn facts(&self) -> Vec<Section> {
        let teller = &self.teller;
        let (ruleset, tongue) = (teller.ruleset(), teller.tongue());
        let mut stated: BTreeMap<Entry, Vec<(Id<Channel>, &'r Statement)>> = BTreeMap::new();
        for (id, channel) in ruleset.channels.entries() {
            for (entry, statements) in &channel.statements {
                let of = stated.entry(*entry).or_default();
                of.extend(statements.iter().map(|statement| (id, statement)));
            }
        }
        let section = |(id, fact): (Id<Fact>, &'r Fact)| {
            let (mut told, mut channels) = (Vec::new(), BTreeSet::new());
            for entry in ruleset.entries_of(id) {
                for (channel, statement) in stated.get(&entry).into_iter().flatten() {
                    channels.insert(*channel);
                    told.push(vec![
                        teller.link(Target::Channel(*channel)),
                        self.of_which(entry),
                        self.stated(statement, fact.ty),
                        self.period(statement),
                    ]);
                }
            }
            let heads = [tongue.option(), tongue.of_which(), tongue.value(), tongue.holds()].map(Text::from);
            let mut body = vec![Block::Paragraph(Text::of(Kind::Code, &*fact.name))];
            let count = tongue.stated_by(channels.len(), ruleset.channels.len());
            let what = format!("{}{}{count}", self.type_words(fact.ty), tongue.semicolon());
            body.push(Block::Entry(tongue.value(), what.into()));
            body.extend(self.names_of(tongue.read_by(), self.uses.readers(Place::Fact(id))));
            body.extend(rows(&without_empty(&heads, &mut told), told));
            let heading = teller.speaker.fact((id, None)).into();
            Section { heading, here: Some(Place::Fact(id)), body, ..Section::default() }
        };
        ruleset.facts.entries().filter(|(_, fact)| !fact.is_parameter).map(section).collect()
    }

    /// The parameters, rates among them.
    pub(super) fn parameters(&self) -> Vec<Id<Fact>> {
        let facts = self.teller.ruleset().facts.entries();
        facts.filter(|(_, fact)| fact.is_parameter).map(|(id, _)| id).collect()
    }

    /// Parameters and rates with their history, and measures.
    pub(super) fn numbers(&self) -> Vec<Section> {
        let (ruleset, tongue) = (self.teller.ruleset(), self.teller.tongue());
        let (rates, plain): (Vec<Id<Fact>>, Vec<Id<Fact>>) =
            self.parameters().into_iter().partition(|id| ruleset.facts[*id].rate_of.is_some());
        let all = |ids: Vec<Id<Fact>>| ids.into_iter().map(|id| Block::Section(self.parameter(id))).collect();
        let measures = ruleset.measures.entries();
        let measures = measures.map(|(id, measure)| Block::Section(self.measure(id, measure))).collect();
        let parts: [(String, Vec<Block>); 3] = [
            (tongue.parameters().to_string(), all(plain)),
            (tongue.rates_head().to_string(), all(rates)),
            (tongue.measures().to_string(), measures),
        ];
        let parts = parts.into_iter().filter(|(_, body)| !body.is_empty());
        parts.map(|(heading, body)| Section { heading: heading.into(), body, ..Section::default() }).collect()
    }

    /// The values that an entry is of.
    fn of_which(&self, entry: Entry) -> Text {
        let values = self.teller.ruleset().entry_values(entry).into_iter();
        let values =
            values.map(|(of, member)| self.teller.speaker.value(&Value::Enum(member), Type::Enum(of)));
        self.teller.tongue().list(&values.collect::<Vec<_>>()).into()
    }

    fn parameter(&self, id: Id<Fact>) -> Section {
        let teller = &self.teller;
        let (ruleset, tongue) = (teller.ruleset(), teller.tongue());
        let fact = &ruleset.facts[id];
        let mut told = Vec::new();
        for entry in ruleset.entries_of(id) {
            for statement in ruleset.statements(OWN).get(&entry).into_iter().flatten() {
                told.push(vec![
                    self.of_which(entry),
                    self.stated(statement, fact.ty),
                    self.period(statement),
                    self.cited(&statement.sources),
                ]);
            }
        }
        let heads = [tongue.of_which(), tongue.value(), tongue.holds(), tongue.read_where()].map(Text::from);
        let mut body = rows(&without_empty(&heads, &mut told), told);
        body.extend(self.formerly(&fact.was));
        body.extend(self.names_of(tongue.read_by(), self.uses.readers(Place::Fact(id))));
        Section {
            heading: teller.speaker.fact((id, None)).into(),
            place: fact.name.to_string(),
            here: Some(Place::Fact(id)),
            body,
            ..Section::default()
        }
    }

    /// How a measure is reckoned: of those alike once.
    fn measure(&self, id: Id<Measure>, measure: &'r Measure) -> Section {
        let (ruleset, tongue) = (self.teller.ruleset(), self.teller.tongue());
        let mut ways: Vec<(Text, Vec<Place>)> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for (target, expr) in &measure.of {
            let Target::Channel(channel) = target else { continue };
            let own = Teller { own: Some(*channel), ..self.teller };
            let expr = match expr.kind {
                ExprKind::Let(id) => &ruleset.lets[id].value,
                _ => expr,
            };
            let way = own.value(expr);
            let key: String = way.0.iter().map(|(_, text)| &**text).collect();
            let number = *known.entry(key).or_insert(ways.len());
            if number == ways.len() {
                ways.push((way, Vec::new()));
            }
            if let Some((_, targets)) = ways.get_mut(number) {
                targets.push(Place::Target(*target));
            }
        }
        let alone = ways.len() == 1;
        let items = ways.into_iter().map(|(way, targets)| {
            let text = if alone { way } else { joined([self.names(targets), tongue.colon().into(), way]) };
            Item::new(Mark::Point, text)
        });
        let mut body = vec![super::labelled(tongue.reckoned(), tongue.colon(), items.collect())];
        let better = if measure.higher { tongue.more_is_better() } else { tongue.less_is_better() };
        let sums = if measure.sums { format!(" {}", tongue.mixes_sum()) } else { String::new() };
        body.push(Block::Paragraph(format!("{better}{sums}").into()));
        body.extend(self.names_of(tongue.read_by(), self.uses.readers(Place::Measure(id))));
        Section {
            heading: measure.title(self.teller.speaker.language).into(),
            place: self.about(&measure.name, Some(measure.span)),
            here: Some(Place::Measure(id)),
            body,
            ..Section::default()
        }
    }

    /// The sources, each with the words that are cited, and where.
    pub(super) fn sources(&self) -> Vec<Section> {
        let teller = &self.teller;
        let (ruleset, tongue) = (teller.ruleset(), teller.tongue());
        let section = |(id, source): (Id<Source>, &'r Source)| {
            let mut body = vec![Block::Paragraph(Text::of(Kind::Code, &*source.name))];
            let trust = source.confidence.as_deref().map(|trust| match trust {
                "high" => tongue.trust_high(),
                "medium" => tongue.trust_medium(),
                _ => tongue.trust_low(),
            });
            let told = [
                (tongue.publisher(), source.publisher.clone()),
                (tongue.published(), source.published.clone()),
                (tongue.accessed(), source.accessed.map(|day| teller.speaker.date(day))),
                (tongue.trust(), trust.map(str::to_string)),
            ];
            let told = told.into_iter().filter_map(|(word, told)| Some((word, told?)));
            let told: Vec<String> =
                told.map(|(word, told)| format!("{word}{}{told}", tongue.colon())).collect();
            if let Some(url) = &source.url {
                body.push(Block::Paragraph(Text::of(Kind::Link, &**url)));
            }
            if !told.is_empty() {
                body.push(Block::Paragraph(told.join(" · ").into()));
            }
            let cited = self.uses.cited[id].iter().map(|((line, at, words), by)| {
                let at = at.map(str::to_string);
                let place: Vec<String> =
                    at.into_iter().chain(line.map(|line| tongue.line_of(line))).collect();
                let words = if words.is_empty() { String::new() } else { tongue.quoted(words) };
                vec![words.into(), tongue.list(&place).into(), self.names(by.iter().copied())]
            });
            let mut cited: Vec<Vec<Text>> = cited.collect();
            match cited.is_empty() {
                true => body.push(Block::Paragraph(Text::of(Kind::Faint, tongue.not_cited()))),
                false => {
                    let heads =
                        [tongue.words_read(), tongue.where_in_it(), tongue.cited_by()].map(Text::from);
                    body.extend(rows(&without_empty(&heads, &mut cited), cited));
                }
            }
            let heading = self.titled(source.title.as_ref(), &source.name).into();
            Section { heading, here: Some(Place::Source(id)), body, ..Section::default() }
        };
        ruleset.sources.entries().map(section).collect()
    }
}

/// Leaves columns out in which nothing stands.
pub(super) fn without_empty(heads: &[Text], rows: &mut [Vec<Text>]) -> Vec<Text> {
    let told = |at: usize| rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.is_empty()));
    let kept: Vec<bool> = (0..heads.len()).map(told).collect();
    for row in rows.iter_mut() {
        let mut kept = kept.iter();
        row.retain(|_| kept.next() == Some(&true));
    }
    heads.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(head, _)| head.clone()).collect()
}
