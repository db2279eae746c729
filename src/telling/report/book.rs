//! A report for people who work with sheets: what is to be done, the facts and the sources as tables.

use qudao_engine::advise::Advice;
use qudao_language::decide::Decision;
use qudao_language::model::{Channel, Id, Need, NeedState, OWN, Target};

use super::{facts_of, glance, made_from};
use crate::document::{Block, Document, Footnotes, Kind, Part, Table, TableKind, Text};
use crate::facts;
use crate::why::{self, Client};
use crate::words::{Speaker, plain_name};

/// Tells a decision to hand over as a workbook, with what [`super::report`] tells but the proofs.
#[must_use]
pub fn book<'r>(
    decision: &Decision<'r>,
    speaker: Speaker<'r>,
    advice: &[Advice],
    whose: &str,
    ids: bool,
) -> Document {
    let titled = &speaker.with_titles();
    let tongue = titled.tongue;
    let Client { mut document, mut cited, .. } = why::client(decision, speaker, advice, ids);
    for block in &mut document.body {
        if let Block::Section(section) = block
            && section.part == Part::ToDo
        {
            section.body = vec![Block::Table(tasks(decision, titled, &mut cited))];
        }
    }
    document.body.insert(2, glance(decision, titled));
    let ruleset = titled.ruleset;
    let values = [(OWN, tongue.value().into())];
    let own = facts_of(titled, decision.day, facts::parameters(ruleset), &values, &mut cited);
    let channels = ruleset.channels.ids().map(|id| (id, titled.target(Target::Channel(id)).into()));
    let channels: Vec<(Id<Channel>, Text)> = channels.collect();
    let theirs = facts_of(titled, decision.day, facts::entries(ruleset), &channels, &mut cited);
    let tables = [(tongue.parameters(), own), (tongue.compared(), theirs)];
    for (heading, table) in tables {
        let table = table.map(|mut table| {
            table.heads.splice(..1, [tongue.facts().into()]);
            Block::section(heading, vec![Block::Table(table)])
        });
        document.body.extend(table);
    }
    if !cited.all.is_empty() {
        document.body.push(Block::section(tongue.sources(), vec![Block::Table(sources(titled, &cited))]));
    }
    document.body.push(made_from(decision, titled, whose));
    document
}

fn side_by_side(heads: &[&str], rows: Vec<Vec<Text>>) -> Table {
    let heads = heads.iter().map(|head| Text::from(*head)).collect();
    Table { kind: TableKind::SideBySide, heads, rows }
}

/// What is to be done for all that is told in full, each once: a row each.
fn tasks<'r>(decision: &Decision<'r>, speaker: &Speaker<'r>, cited: &mut Footnotes<'r>) -> Table {
    let (ruleset, tongue) = (speaker.ruleset, speaker.tongue);
    let (to_do, cut) = why::to_do(decision, speaker, why::told_in_full(decision));
    let rows = to_do.into_iter().filter(|to_do| to_do.state != NeedState::Met).map(|to_do| {
        let requirement = match to_do.need {
            Need::Requirement(id) => Some(&ruleset.requirements[id]),
            Need::Channel(_) => None,
        };
        let how = requirement.and_then(|of| of.how.as_ref());
        let how = how.map(|how| speaker.fill(decision, how, None)).unwrap_or_default();
        let amounts = requirement.map_or([None, None], |of| [of.cost.as_ref(), of.takes.as_ref()]);
        let [costs, takes] = amounts.map(|amount| amount.map(|it| speaker.amount(it)).unwrap_or_default());
        let own = requirement.map_or(&[][..], |of| &of.sources);
        let url = own.iter().find_map(|it| ruleset.sources[it.source].url.as_ref());
        let whose: Vec<String> = to_do.targets.iter().map(|of| speaker.target(*of).to_string()).collect();
        let what = Text::from(ruleset.need_title(to_do.need, speaker.language));
        vec![
            cited.cite(what, own.iter().chain(to_do.sources.iter().copied())),
            how.into(),
            costs.into(),
            takes.into(),
            tongue.list(&whose).into(),
            tongue.need_state(to_do.state).into(),
            url.map_or(Text::default(), |url| Text::of(Kind::Link, url)),
        ]
    });
    let rows = rows.collect::<Vec<_>>().into_iter().chain(
        cut.into_iter().map(|(target, more)| vec![tongue.more_to_do(more, &speaker.called(target)).into()]),
    );
    let heads = [
        tongue.to_do(),
        tongue.how_head(),
        tongue.costs(),
        tongue.takes(),
        tongue.for_head(),
        tongue.state_head(),
        "URL",
    ];
    side_by_side(&heads, rows.collect())
}

/// What was cited, a row each, by its number.
fn sources(speaker: &Speaker<'_>, cited: &Footnotes<'_>) -> Table {
    let tongue = speaker.tongue;
    let rows = (1..).zip(&cited.all).map(|(number, note): (usize, _)| {
        let source = &speaker.ruleset.sources[note.source];
        let title = source.title.as_ref().map(|title| title.get(speaker.language).to_string());
        let line = note.line.map(|line| tongue.line_of(line));
        let places: Vec<String> = note.at.map(str::to_string).into_iter().chain(line).collect();
        let quotes: Vec<String> = note.quotes.iter().map(|quote| tongue.quoted(quote)).collect();
        vec![
            number.to_string().into(),
            title.unwrap_or_else(|| plain_name(&source.name)).into(),
            tongue.list(&places).into(),
            tongue.list(&quotes).into(),
            source.publisher.as_deref().unwrap_or("").into(),
            source.published.as_deref().unwrap_or("").into(),
            source.accessed.map(|day| day.to_string()).unwrap_or_default().into(),
            source.url.as_deref().map_or(Text::default(), |url| Text::of(Kind::Link, url)),
        ]
    });
    let heads = [
        tongue.source_number(),
        tongue.title_head(),
        tongue.place_head(),
        tongue.words_head(),
        tongue.publisher_head(),
        tongue.published(),
        tongue.read_head(),
        "URL",
    ];
    side_by_side(&heads, rows.collect())
}
