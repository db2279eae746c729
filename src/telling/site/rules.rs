//! The chapters of rules and of tables.

use std::collections::BTreeSet;

use qudao_language::model::NeedState;
use qudao_language::model::{
    Effect, EffectKind, Expr, ExprKind, Id, Need, Points, RowOf, Rule, Table, Target, TargetRef,
};
use qudao_language::operator::Policy;

use super::condition::joined;
use super::known::without_empty;
use super::{Maker, labelled, rows};
use crate::document::{Block, Item, Kind, Mark, Place, Section, Text};

impl<'r> Maker<'r> {
    /// The rules on every channel, on each target, and on the whole answer. A rule on several targets is told with the
    /// first, and named with the others.
    pub(super) fn rules(&self) -> Vec<Section> {
        let (ruleset, tongue) = (self.teller.ruleset(), self.teller.tongue());
        let plain = |rules: &[Id<Rule>]| -> Vec<Id<Rule>> {
            rules.iter().copied().filter(|rule| ruleset.rules[*rule].row.is_none()).collect()
        };
        let tables = |rules: &[Id<Rule>]| -> BTreeSet<Place> {
            let rows = rules.iter().filter_map(|rule| ruleset.rules[*rule].row.as_ref());
            rows.map(|row| Place::Table(row.table)).collect()
        };
        let mut told = BTreeSet::new();
        let mut section = |heading: Text, here: Option<Place>, rules: &[Id<Rule>]| {
            let (own, others): (Vec<Id<Rule>>, Vec<Id<Rule>>) =
                plain(rules).into_iter().partition(|rule| told.insert(*rule));
            let mut body = Vec::new();
            if let Some(Place::Rules(Some(target))) = here {
                body.push(Block::Paragraph(Text::of(
                    Kind::To(Place::Target(target)),
                    tongue.what_is_known(),
                )));
            }
            body.extend(self.names_of(tongue.tables(), tables(rules)));
            body.extend(self.names_of(tongue.told_elsewhere(), others.into_iter().map(Place::Rule)));
            body.extend(own.into_iter().map(|rule| Block::Section(self.rule(rule))));
            Section { heading, here, body, ..Section::default() }
        };
        let mut sections = Vec::new();
        if !self.uses.every.is_empty() {
            sections.push(section(tongue.for_every().into(), Some(Place::Rules(None)), &self.uses.every));
        }
        for target in ruleset.targets() {
            let rules = &self.uses.rules[target];
            if !rules.is_empty() {
                let heading = self.teller.speaker.target(target).into();
                sections.push(section(heading, Some(Place::Rules(Some(target))), rules));
            }
        }
        if !plain(&self.uses.whole).is_empty() {
            sections.push(section(tongue.for_all().into(), None, &self.uses.whole));
        }
        sections
    }

    fn rule(&self, id: Id<Rule>) -> Section {
        let teller = &self.teller;
        let (ruleset, tongue) = (teller.ruleset(), teller.tongue());
        let rule = &ruleset.rules[id];
        let mut body = vec![Block::list(rule.effects.iter().map(|effect| self.effect(effect)).collect())];
        if let Some(each) = &rule.for_each {
            if each.channels.len() < ruleset.channels.len() && each.filter.is_none() {
                let channels = each.channels.iter().map(|id| Place::Target(Target::Channel(*id)));
                body.extend(self.names_of(tongue.only_for(), channels));
            }
            if let Some(filter) = &each.filter {
                body.push(labelled(tongue.only_where(), tongue.colon(), vec![teller.item(filter, true)]));
            }
        }
        match &rule.when {
            Some(when) => body.extend(teller.conditions(&[when])),
            None => body.push(Block::Paragraph(tongue.in_any_case().into())),
        }
        let names = |rules: &[Id<Rule>]| rules.iter().map(|rule| self.name(Place::Rule(*rule))).collect();
        body.extend(self.points(tongue.unless(), names(&rule.exceptions)));
        body.extend(self.points(tongue.sets_aside(), names(&self.uses.sets_aside[id])));
        if let Some(because) = &rule.because {
            body.push(Block::Entry(tongue.reason(), teller.template(because)));
        }
        body.extend(self.sources_of(&rule.sources));
        Section {
            heading: self.rule_title(id).into(),
            place: self.about(&rule.name, Some(rule.name_span)),
            here: Some(Place::Rule(id)),
            body,
            ..Section::default()
        }
    }

    /// What an effect does, and to what.
    fn effect(&self, effect: &'r Effect) -> Item {
        let (teller, tongue) = (&self.teller, self.teller.tongue());
        let target = |of: TargetRef| teller.target(of);
        match &effect.kind {
            EffectKind::Score(of, points, level) => {
                let (told, good) = self.score(points, *level);
                let reckoned = points.rating().map(|rating| teller.value(rating));
                let reckoned = reckoned.map(|text| joined([tongue.colon().into(), text])).unwrap_or_default();
                Item::new(Mark::Effect(told, good), joined([target(*of), reckoned]))
            }
            EffectKind::Exclude(of) => {
                let words = Text::of(Kind::Bad, tongue.is_ruled_out());
                Item::new(Mark::Excludes, joined([target(*of), words]))
            }
            EffectKind::Cap(of, verdict) => {
                let best = Text::of(Kind::Plain, format!("{}{} ", tongue.colon(), tongue.at_best()));
                let verdict = Text::of(Kind::Verdict(Some(*verdict)), tongue.verdict(*verdict));
                Item::new(Mark::Effect("≤".into(), false), joined([target(*of), best, verdict]))
            }
            EffectKind::Needs(of, needs) => {
                let needs = needs.iter().map(|need| match need {
                    Need::Requirement(id) => self.name(Place::Requirement(*id)),
                    Need::Channel(id) => teller.link(Target::Channel(*id)),
                });
                let needs = teller.row(needs.collect());
                let word = Text::of(Kind::Plain, tongue.does_need());
                Item::new(Mark::Need(NeedState::Unmet), joined([target(*of), word, needs]))
            }
            EffectKind::Note(of, text, warns) => {
                // Of each option all is said, where it stands.
                let of = of.filter(|of| *of != TargetRef::Variable);
                let of = of.map(|of| joined([target(of), tongue.colon().into()]));
                let mark = if *warns { Mark::Warning(tongue.warning()) } else { Mark::Note(tongue.note()) };
                Item::new(mark, joined([of.unwrap_or_default(), teller.template(text)]))
            }
        }
    }

    /// Points with their level, and whether they are welcome.
    fn score(&self, points: &Points, level: Option<usize>) -> (String, bool) {
        let (least, greatest) = points.range();
        let told = match level {
            Some(level) => self.teller.speaker.level(level, points),
            None if least == greatest => format!("{least:+}"),
            None => format!("{least:+} … {greatest:+}"),
        };
        (told, least >= 0)
    }

    /// The tables, as they were written: a column for each thing that is asked.
    pub(super) fn tables(&self) -> Vec<Section> {
        let ruleset = self.teller.ruleset();
        ruleset.tables.entries().map(|(id, table)| self.table(id, table)).collect()
    }

    fn table(&self, id: Id<Table>, table: &'r Table) -> Section {
        let (ruleset, tongue) = (self.teller.ruleset(), self.teller.tongue());
        let of = |rule: &Id<Rule>| -> Option<&'r RowOf> { ruleset.rules[*rule].row.as_ref() };
        let columns = table.rows.iter().filter_map(of).map(|row| row.cells.len()).max().unwrap_or(0);
        let mut subjects: Vec<Option<Text>> = vec![None; columns];
        let mut told: Vec<Vec<Text>> = Vec::new();
        for (number, rule) in table.rows.iter().enumerate() {
            let declared = &ruleset.rules[*rule];
            let Some(row) = of(rule) else { continue };
            let own = declared.name.rsplit('.').next().unwrap_or(&declared.name);
            // A row without a title has that of its table.
            let title = declared.title.as_ref().filter(|title| Some(*title) != table.title.as_ref());
            let title = title.map_or(own, |title| title.get(self.teller.speaker.language));
            let mut cells = vec![Text::of(Kind::Here(Place::Rule(*rule)), title)];
            let parts = table.matches.get(number).map(parts).unwrap_or_default();
            for (cell, subject) in row.cells.iter().zip(&mut subjects) {
                let part = cell.part.and_then(|part| parts.get(part).copied());
                if let (Some(part), None) = (part, &subject) {
                    *subject = Some(self.subject(part));
                }
                cells.push(match part {
                    Some(part) => self.asks(part),
                    None => Text::of(Kind::Faint, tongue.anything()),
                });
            }
            let effects = declared.effects.iter().map(|effect| self.short_effect(effect));
            cells.push(joined(effects.enumerate().flat_map(|(at, effect)| {
                let between = if at > 0 { tongue.semicolon() } else { "" };
                [Text::from(between), effect]
            })));
            cells.push(
                declared.because.as_ref().map(|because| self.teller.template(because)).unwrap_or_default(),
            );
            cells.push(self.cited(&declared.sources));
            told.push(cells);
        }
        let subjects =
            subjects.into_iter().map(|subject| subject.unwrap_or_else(|| tongue.anything().into()));
        let heads = std::iter::once(tongue.row().into()).chain(subjects);
        let heads: Vec<Text> =
            heads.chain([tongue.effect(), tongue.reason(), tongue.read_where()].map(Text::from)).collect();
        let policy = match table.policy {
            Policy::Collect => tongue.policy_collect(),
            Policy::First => tongue.policy_first(),
            Policy::Unique => tongue.policy_unique(),
        };
        let name = Text::of(Kind::Code, self.about(&table.name, Some(table.name_span)));
        let mut body = vec![Block::Paragraph(name), Block::Paragraph(policy.into())];
        body.extend(rows(&without_empty(&heads, &mut told), told));
        let heading = self.titled(table.title.as_ref(), &table.name).into();
        Section { heading, here: Some(Place::Table(id)), body, ..Section::default() }
    }

    /// An effect in a cell.
    fn short_effect(&self, effect: &'r Effect) -> Text {
        let tongue = self.teller.tongue();
        match &effect.kind {
            EffectKind::Score(of, points, level) => {
                let (told, good) = self.score(points, *level);
                let told = Text::of(if good { Kind::Good } else { Kind::Doubtful }, told);
                joined([self.teller.target(*of), Text::from(" "), told])
            }
            EffectKind::Exclude(_) | EffectKind::Cap(..) | EffectKind::Needs(..) => self.effect(effect).text,
            EffectKind::Note(_, _, warns) => {
                let word = if *warns { tongue.warning() } else { tongue.note() };
                joined([Text::of(Kind::Faint, format!("{word}{}", tongue.colon())), self.effect(effect).text])
            }
        }
    }

    /// What a cell asks of: what its column is called.
    fn subject(&self, part: &'r Expr) -> Text {
        match &part.kind {
            ExprKind::Not(inner) => self.subject(inner),
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                parts.first().map(|first| self.subject(first)).unwrap_or_default()
            }
            ExprKind::Compare(_, of, _)
            | ExprKind::Has(of, _)
            | ExprKind::HasMany(of, ..)
            | ExprKind::HasSet(of, ..)
            | ExprKind::Known(of, _) => self.teller.value(of),
            ExprKind::InSet { subject, .. } | ExprKind::InRange { subject, .. } => self.teller.value(subject),
            ExprKind::InList { .. } => match part.possession() {
                Some((set, ..)) => self.teller.value(set),
                None => part.parts().first().map(|first| self.teller.value(first)).unwrap_or_default(),
            },
            ExprKind::Excluded(of, _) => self.teller.target(*of),
            _ => self.teller.value(part),
        }
    }

    /// What a cell asks, without what its column is called.
    fn asks(&self, part: &'r Expr) -> Text {
        if let ExprKind::And(parts) | ExprKind::Or(parts) = &part.kind {
            let word = if matches!(part.kind, ExprKind::And(_)) { ["and", "且"] } else { ["or", "或"] };
            return self.teller.listed(parts.iter().map(|part| self.asks(part)).collect(), word);
        }
        let (said, subject) = (self.teller.said(part, true), self.subject(part));
        let begins = said.0.get(..subject.0.len()) == Some(&subject.0) && said.0.len() > subject.0.len();
        if !begins {
            return said;
        }
        let mut rest = Text(said.0.into_iter().skip(subject.0.len()).collect());
        let marks = |c: char| c.is_whitespace() || ":：".contains(c);
        while let Some((_, first)) = rest.0.first_mut() {
            *first = first.trim_start_matches(marks).to_string();
            let word =
                first.strip_prefix("is one of ").or(first.strip_prefix("is ")).or(first.strip_prefix('为'));
            if let Some(word) = word {
                *first = word.to_string();
            }
            if !first.is_empty() {
                break;
            }
            rest.0.remove(0);
        }
        rest
    }
}

/// The parts of a condition.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::And(parts) => parts.iter().collect(),
        _ => vec![expr],
    }
}
