//! A report to hand over: the answer for a client, with channels side by side, every proof, and what it was made from;
//! and several answers in one table.

#[cfg(feature = "xlsx")]
mod book;

use qudao_engine::advise::Advice;
use qudao_language::date::Date;
use qudao_language::decide::{Decision, TargetDecision};
use qudao_language::exact::Exact;
use qudao_language::model::{Channel, Citation, Entry, Id, Measure, OWN, Target, Value, text_digest};
use qudao_language::operator::Verdict;

use crate::document::{
    Bar, BarRow, Bars, Block, Document, Footnotes, Kind, Part, Section, Table, TableKind, Text,
};
use crate::facts;
use crate::why::{self, Client};
use crate::words::Speaker;

#[cfg(feature = "xlsx")]
pub use book::book;

/// So many channels stand side by side in a table of facts.
const SIDE_BY_SIDE: usize = 5;

/// So many proofs stand on a page; `why` tells the others.
const PROOFS: usize = 40;

/// A bar that is not nothing is at least so long, in percent.
const LEAST: i8 = 4;

/// Stands where there is nothing to tell.
const NOTHING: &str = "–";

/// Tells a decision to hand over. `whose` says whose answers they are, `advice` what would change the verdicts of those
/// told in full, and `ids` whether names are told beside titles.
#[must_use]
pub fn report<'r>(
    decision: &Decision<'r>,
    speaker: Speaker<'r>,
    advice: &[Advice],
    whose: &str,
    ids: bool,
) -> Document {
    let titled = &speaker.with_titles();
    let Client { mut document, mut cited, .. } = why::client(decision, speaker, advice, ids);
    document.result = why::headline(decision, titled).into();
    // Behind the recommendation, before what is told of each.
    document.body.insert(2, glance(decision, titled));
    document.body.extend(compared(titled, decision.day, &mut cited));
    document.body.extend(why::sources(titled, &cited));
    let proofs = ranked(decision).take(PROOFS).map(|target| {
        let verdict = verdict(titled, decision.target(target));
        let heading = Text::from(titled.target(target)).and(Kind::Plain, " ");
        let heading = Text(heading.0.into_iter().chain(verdict.0).collect());
        Block::Fold(heading, why::proof(decision, speaker, target, None).body)
    });
    let heading = titled.tongue.every_reason().into();
    let mut body: Vec<Block> = proofs.collect();
    let more = ranked(decision).count().saturating_sub(PROOFS);
    if more > 0 {
        body.push(Block::Paragraph(titled.tongue.and_more(more).into()));
    }
    document.body.push(Block::Section(Section { heading, body, part: Part::Proofs, ..Section::default() }));
    document.body.push(made_from(decision, titled, whose));
    document
}

/// Tells several decisions by one ruleset in one table, and where the answers differ that they rest on.
#[must_use]
pub fn compare<'r>(decisions: &[(String, Decision<'r>)], speaker: Speaker<'r>) -> Document {
    let speaker = &speaker.with_titles();
    let (ruleset, tongue) = (speaker.ruleset, speaker.tongue);
    let names = || decisions.iter().map(|(name, _)| Text::from(name.as_str()));
    let table = |head: &str, rows: Vec<Vec<Text>>| {
        let heads = std::iter::once(head.into()).chain(names()).collect();
        Block::Table(Table { kind: TableKind::SideBySide, heads, rows })
    };
    let answers = decisions.iter().map(|(name, decision)| {
        vec![Text::from(name.as_str()), Text::of(Kind::Strong, why::headline(decision, speaker))]
    });
    let heads = vec![tongue.answers_of().into(), tongue.recommendation().into()];
    let answers = Block::Table(Table { kind: TableKind::SideBySide, heads, rows: answers.collect() });
    let verdicts = ruleset.targets().map(|target| {
        let cells = decisions.iter().map(|(_, decision)| {
            let decided = decision.target(target);
            let points = format!(" {}", why::points(speaker, decided));
            let shown = if decided.leaning == Verdict::Excluded { String::new() } else { points };
            verdict(speaker, decided).and(Kind::Faint, shown)
        });
        std::iter::once(speaker.target(target).into()).chain(cells).collect()
    });
    let verdicts: Vec<Vec<Text>> = verdicts.collect();
    let differing = ruleset.fields.entries().filter_map(|(id, field)| {
        let shown = |value: &Value| speaker.value(value, field.ty);
        let values = decisions.iter().map(|(_, decision)| decision.profile.get(id).value.as_ref().map(shown));
        let values: Vec<Option<String>> = values.collect();
        let differ = values.windows(2).any(|pair| pair.first() != pair.last());
        let cells = values.into_iter().map(|value| value.unwrap_or_else(|| NOTHING.into()).into());
        differ.then(|| std::iter::once((&*speaker.field(id)).into()).chain(cells).collect())
    });
    let differing: Vec<Vec<Text>> = differing.collect();
    let mut body = vec![
        Block::section(tongue.recommendation(), vec![answers]),
        Block::section(tongue.at_a_glance(), vec![table(tongue.option(), verdicts)]),
    ];
    if !differing.is_empty() {
        body.push(Block::section(tongue.answers_that_differ(), vec![table(tongue.question(), differing)]));
    }
    let digests = decisions.iter().map(|(name, decision)| {
        let name = Text::from(format!("{}{}{name}", tongue.answers_digest(), tongue.colon()));
        vec![name, Text::of(Kind::Code, answers_digest(decision, speaker))]
    });
    let day = decisions.first().map(|(_, decision)| decision.day);
    let rows = digests.chain(day.into_iter().flat_map(|day| rules(speaker, day))).collect();
    body.push(Block::section(tongue.made_from(), vec![about(speaker, rows)]));
    Document {
        title: ruleset.title.get(speaker.language).into(),
        is_handed_on: true,
        body,
        footer: day.map_or(String::new(), |day| tongue.version_and_day(ruleset.version.as_deref(), day)),
        ..Document::default()
    }
}

/// The channels, then the mixes, each best first.
fn ranked<'d>(decision: &'d Decision<'_>) -> impl Iterator<Item = Target> + 'd {
    decision.channels.iter().chain(&decision.mixes).copied()
}

/// The word for a verdict.
fn verdict(speaker: &Speaker<'_>, decided: &TargetDecision) -> Text {
    let tongue = speaker.tongue;
    let word = tongue.verdict_or_undecided(decided.verdict);
    Text::of(Kind::Verdict(decided.verdict), word)
}

/// The points and the measures of all, each with a bar.
fn glance(decision: &Decision<'_>, speaker: &Speaker<'_>) -> Block {
    let (ruleset, tongue) = (speaker.ruleset, speaker.tongue);
    let own = [tongue.option(), tongue.verdict_head(), tongue.points_head()];
    let measures = ruleset.measures.iter().map(|measure| measure.title(speaker.language));
    let heads = own.into_iter().chain(measures).map(Text::from).collect();
    let left = |decided: &&TargetDecision| decided.leaning != Verdict::Excluded;
    let all: Vec<&TargetDecision> = ranked(decision).map(|target| decision.target(target)).collect();
    let score = |decided: &TargetDecision| Some(Exact::whole(decided.score));
    let most_points = most(all.iter().copied().filter(left), score);
    let most_of = ruleset.measures.ids().map(|id| (id, most(all.iter().copied(), |of| measured(of, id))));
    let most_of: Vec<(Id<Measure>, Exact)> = most_of.collect();
    let rows = all.iter().map(|decided| {
        let points = match left(decided) {
            true => Bar { shown: why::points(speaker, decided), share: share(score(decided), most_points) },
            false => Bar { shown: NOTHING.into(), share: None },
        };
        let measures = most_of.iter().map(|(id, most)| {
            let shown = decided.measures.iter().find(|of| of.measure == *id);
            let shown = shown.map_or(NOTHING.into(), |of| speaker.measured(of));
            Bar { shown, share: share(measured(decided, *id), *most) }
        });
        BarRow {
            name: speaker.target(decided.target).into(),
            verdict: verdict(speaker, decided),
            leaning: decided.verdict,
            bars: std::iter::once(points).chain(measures).collect(),
        }
    });
    let bars = Bars { heads, rows: rows.collect() };
    Block::section(tongue.at_a_glance(), vec![Block::Bars(bars)])
}

fn measured(decided: &TargetDecision, id: Id<Measure>) -> Option<Exact> {
    decided.measures.iter().find(|of| of.measure == id)?.value.as_ref()?.as_number()
}

/// The largest of some numbers, whatever their signs.
fn most<'d>(
    all: impl Iterator<Item = &'d TargetDecision>,
    of: impl Fn(&TargetDecision) -> Option<Exact>,
) -> Exact {
    all.filter_map(|decided| of(decided).map(Exact::abs)).max().unwrap_or(Exact::whole(0))
}

/// A number as a part of the largest, in percent.
fn share(number: Option<Exact>, most: Exact) -> Option<i8> {
    let number = number?;
    let part = number.over(most)?.times(Exact::whole(100))?;
    let part = i8::try_from(part.numerator() / part.denominator()).ok()?;
    // However little it is, it is to be seen.
    Some(match part {
        _ if number == Exact::whole(0) => 0,
        _ if number.is_negative() => part.min(-LEAST),
        _ => part.max(LEAST),
    })
}

/// The facts, and the channels side by side, so many in a table as have room.
fn compared<'r>(speaker: &Speaker<'r>, day: Date, cited: &mut Footnotes<'r>) -> Option<Block> {
    let (ruleset, tongue) = (speaker.ruleset, speaker.tongue);
    let values = [(OWN, tongue.value().into())];
    let own = facts_of(speaker, day, facts::parameters(ruleset), &values, cited);
    let mut tables: Vec<Block> = own.map(Block::Table).into_iter().collect();
    let channels = ruleset.channels.ids().map(|id| (id, speaker.target(Target::Channel(id)).into()));
    let channels: Vec<(Id<Channel>, Text)> = channels.collect();
    for some in channels.chunks(SIDE_BY_SIDE) {
        let table = facts_of(speaker, day, facts::entries(ruleset), some, cited);
        tables.extend(table.map(Block::Table));
    }
    (!tables.is_empty()).then(|| Block::section(tongue.compared(), tables))
}

/// Facts, those that are stated, with a column for each of some channels.
fn facts_of<'r>(
    speaker: &Speaker<'r>,
    day: Date,
    entries: Vec<Entry>,
    columns: &[(Id<Channel>, Text)],
    cited: &mut Footnotes<'r>,
) -> Option<Table> {
    let rows = entries.into_iter().filter_map(|entry| {
        let cells = columns.iter().map(|(channel, _)| cell(speaker, *channel, entry, day, cited));
        let cells: Vec<Option<Text>> = cells.collect();
        let told = cells.iter().any(Option::is_some);
        let cells = cells.into_iter().map(|cell| cell.unwrap_or_else(|| NOTHING.into()));
        told.then(|| std::iter::once(Text::from(speaker.fact(entry))).chain(cells).collect())
    });
    let rows: Vec<Vec<Text>> = rows.collect();
    let heads = columns.iter().map(|(_, head)| head.clone());
    let heads = std::iter::once(Text::default()).chain(heads).collect();
    (!rows.is_empty()).then_some(Table { kind: TableKind::SideBySide, heads, rows })
}

/// What is stated of a fact, what else sources say of it, and where; nothing where nothing is stated.
fn cell<'r>(
    speaker: &Speaker<'r>,
    channel: Id<Channel>,
    entry: Entry,
    day: Date,
    cited: &mut Footnotes<'r>,
) -> Option<Text> {
    let (ruleset, tongue): (&'r _, _) = (speaker.ruleset, speaker.tongue);
    let statement = ruleset.statement(channel, entry, day)?;
    let ty = ruleset.facts[entry.0].ty;
    let mut told = |text: Text, value: &Option<Value>, sources: &'r [Citation]| {
        let value = value.as_ref().map_or(tongue.not_known().to_string(), |value| speaker.value(value, ty));
        cited.cite(text.and(Kind::Plain, value), sources)
    };
    let mut text = told(Text::default(), &statement.value, &statement.sources);
    for disputed in &statement.disputed {
        let head = format!("{}{}{}", tongue.semicolon(), tongue.disputed(), tongue.colon());
        text = told(text.and(Kind::Plain, head), &disputed.value, &disputed.sources);
    }
    Some(text)
}

/// Whose answers, which rules and which day a report was made from.
fn made_from(decision: &Decision<'_>, speaker: &Speaker<'_>, whose: &str) -> Block {
    let tongue = speaker.tongue;
    let digest = Text::of(Kind::Code, answers_digest(decision, speaker));
    let mut rows = vec![vec![tongue.answers_digest().into(), digest]];
    if !whose.is_empty() {
        rows.insert(0, vec![tongue.answers_of().into(), whose.into()]);
    }
    rows.extend(rules(speaker, decision.day));
    Block::section(tongue.made_from(), vec![about(speaker, rows)])
}

fn about(speaker: &Speaker<'_>, rows: Vec<Vec<Text>>) -> Block {
    let heads = vec![speaker.tongue.question().into(), speaker.tongue.answer().into()];
    Block::Table(Table { kind: TableKind::Answers, heads, rows })
}

/// The ruleset with its version and its digest, and the day.
fn rules(speaker: &Speaker<'_>, day: Date) -> Vec<Vec<Text>> {
    let (ruleset, tongue) = (speaker.ruleset, speaker.tongue);
    let version = ruleset.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    vec![
        vec![tongue.rules_named().into(), format!("{}{version}", ruleset.name).into()],
        vec![tongue.rules_digest().into(), Text::of(Kind::Code, &ruleset.digest)],
        vec![tongue.as_of_day().into(), day.to_string().into()],
    ]
}

/// Returns the digest of answers: SHA-256 of a line for each that is known, in the order of the questions.
#[must_use]
pub fn answers_digest(decision: &Decision<'_>, speaker: &Speaker<'_>) -> String {
    let mut lines = String::new();
    for (id, field) in speaker.ruleset.fields.entries() {
        if let Some(value) = &decision.profile.get(id).value {
            lines.push_str(&format!("{} = {}\n", field.name, speaker.id(value, field.ty)));
        }
    }
    text_digest(&lines)
}
