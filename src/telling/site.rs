//! A ruleset as a site to be read: what it asks, what there is to choose and what is known of it, the rules in words, where
//! all of that comes from, and what depends on what.

mod asked;
mod condition;
mod drawn;
mod known;
mod rules;
mod terms;
mod uses;

use std::collections::BTreeSet;

use qudao_language::date::Date;
use qudao_language::model::{
    Citation, Id, Need, RankBy, Rule, Statement, Target, Text as Words, Type, Value,
};
use qudao_language::operator::Verdict;

use crate::document::{
    Block, Chapter, Document, Item, Kind, List, Mark, Place, Section, Site, Table, TableKind, Text, files,
};
use crate::words::{Speaker, plain_name};
use condition::{Teller, joined};
use uses::Uses;

/// The chapters, by their files.
const OVERVIEW: &str = "index";
const QUESTIONS: &str = "questions";
const OPTIONS: &str = "options";
const FACTS: &str = "facts";
const RULES: &str = "rules";
const TABLES: &str = "tables";
const NUMBERS: &str = "numbers";
const TERMS: &str = "terms";
const REQUIREMENTS: &str = "requirements";
const SOURCES: &str = "sources";
const GRAPH: &str = "graph";
const TESTS: &str = "tests";
const CHANGES: &str = "changes";

/// The files of all chapters that a site can have, without number and ending.
pub const CHAPTERS: [&str; 13] = [
    OVERVIEW,
    QUESTIONS,
    OPTIONS,
    FACTS,
    RULES,
    TABLES,
    NUMBERS,
    TERMS,
    REQUIREMENTS,
    SOURCES,
    GRAPH,
    TESTS,
    CHANGES,
];

/// So many names stand in a row; more are counted.
const MOST_NAMES: usize = 40;

/// So many things are listed on a page without being folded.
const MOST_LISTED: usize = 60;

/// So many rows of a table stay together on a page.
const ROWS: usize = 100;

/// What is told besides, by those who know of it.
#[derive(Debug, Default)]
pub struct Besides {
    /// What came of the ruleset's tests.
    pub tests: Option<Document>,
    /// What it changes, against another version.
    pub changes: Option<Document>,
}

/// Returns the files of the site of a ruleset on a day: their names and what they hold.
#[must_use]
pub fn pages(speaker: Speaker<'_>, day: Date, besides: Besides) -> Vec<(String, String)> {
    let ruleset = speaker.ruleset;
    files(&site(speaker, day, besides), speaker.language, &|place| place.anchor(ruleset))
}

/// Tells a ruleset on a day as a site.
#[must_use]
pub fn site(speaker: Speaker<'_>, day: Date, besides: Besides) -> Site {
    let teller = Teller { speaker: speaker.with_titles(), day, own: None };
    let (ruleset, tongue) = (speaker.ruleset, speaker.tongue);
    let maker = Maker { teller, uses: Uses::of(ruleset) };
    let told = [
        (QUESTIONS, tongue.questions(), tongue.questions_lead(), maker.questions(), true),
        (OPTIONS, tongue.options(), tongue.options_lead(), maker.options(), true),
        (FACTS, tongue.facts(), tongue.facts_lead(), maker.facts(), true),
        (RULES, tongue.rules_chapter(), tongue.rules_lead(), maker.rules(), true),
        (TABLES, tongue.tables(), tongue.tables_lead(), maker.tables(), true),
        (NUMBERS, tongue.numbers(), tongue.numbers_lead(), maker.numbers(), true),
        (TERMS, tongue.terms(), tongue.terms_lead(), maker.terms(), true),
        (REQUIREMENTS, tongue.requirements(), tongue.requirements_lead(), maker.requirements(), true),
        (SOURCES, tongue.sources(), tongue.sources_lead(), maker.sources(), true),
        (GRAPH, tongue.graph(), tongue.graph_lead(), maker.graphs(), true),
    ];
    let mut chapters: Vec<Chapter> = told
        .into_iter()
        .filter(|(_, _, _, sections, _)| !sections.is_empty())
        .map(|(file, title, lead, sections, contents)| Chapter {
            file,
            title: title.to_string(),
            lead: lead.into(),
            intro: Vec::new(),
            sections,
            contents,
        })
        .collect();
    chapters.extend(besides.tests.map(|told| whole(TESTS, tongue.tests(), tongue.tests_lead(), told)));
    chapters
        .extend(besides.changes.map(|told| whole(CHANGES, tongue.changes(), tongue.changes_lead(), told)));
    let overview = maker.overview(&chapters);
    chapters.insert(0, overview);
    Site {
        title: ruleset.title.get(speaker.language).to_string(),
        footer: footer(&speaker, day),
        chapters,
        tongue,
    }
}

/// A chapter that somebody else tells.
fn whole(file: &'static str, title: &str, lead: &str, told: Document) -> Chapter {
    let result = Some(told.result).filter(|result| !result.is_empty()).map(Block::Paragraph);
    let overview = told.overview.map(Block::Table);
    Chapter {
        file,
        title: title.to_string(),
        lead: lead.into(),
        intro: result.into_iter().chain(overview).collect(),
        sections: vec![Section {
            body: told.body.into_iter().chain(told.appendix).collect(),
            ..Section::default()
        }],
        contents: false,
    }
}

fn footer(speaker: &Speaker<'_>, day: Date) -> String {
    let version = speaker.tongue.version_and_day(speaker.ruleset.version.as_deref(), day);
    format!("{} · {version}", speaker.ruleset.name)
}

/// Makes the chapters.
struct Maker<'r> {
    teller: Teller<'r>,
    uses: Uses<'r>,
}

impl<'r> Maker<'r> {
    fn overview(&self, chapters: &[Chapter]) -> Chapter {
        let teller = &self.teller;
        let (ruleset, tongue) = (teller.ruleset(), teller.tongue());
        let counts = |file: &str| match file {
            QUESTIONS => Some(ruleset.fields.len()),
            OPTIONS => Some(ruleset.target_count()),
            FACTS => Some(ruleset.facts.iter().filter(|fact| !fact.is_parameter).count()),
            RULES => Some(ruleset.rules.iter().filter(|rule| rule.row.is_none()).count()),
            TABLES => Some(ruleset.tables.len()),
            NUMBERS => Some(self.parameters().len() + ruleset.measures.len()),
            REQUIREMENTS => Some(ruleset.requirements.len()),
            SOURCES => Some(ruleset.sources.len()),
            TESTS => Some(ruleset.tests.len() + ruleset.properties.len()),
            _ => None,
        };
        let rows = chapters.iter().map(|chapter| {
            let name = Text::of(Kind::To(Place::Chapter(chapter.file)), &*chapter.title);
            let count = counts(chapter.file).map(|count| count.to_string()).unwrap_or_default();
            vec![name, count.into(), chapter.lead.clone()]
        });
        let contents = Table { kind: TableKind::Rows, heads: Vec::new(), rows: rows.collect() };
        let options = ruleset.targets().map(|target| {
            let members = ruleset.members(target).iter().map(|member| teller.link(Target::Channel(*member)));
            let members: Vec<Text> = members.collect();
            let text = teller.link(target);
            let text = match members.is_empty() {
                true => text,
                false => joined([text, Text::of(Kind::Faint, " · "), teller.row(members)]),
            };
            Item::new(Mark::Point, text)
        });
        let options = Block::list(options.collect());
        let options = match ruleset.target_count() > MOST_LISTED {
            true => Block::Fold(
                format!("{} ({})", tongue.options(), ruleset.target_count()).into(),
                vec![options],
            ),
            false => options,
        };
        Chapter {
            file: OVERVIEW,
            title: tongue.overview().to_string(),
            lead: tongue.version_and_day(ruleset.version.as_deref(), teller.day).into(),
            intro: vec![
                Block::Table(contents),
                Block::section(tongue.options(), vec![options]),
                Block::section(tongue.how_decided(), self.how_decided()),
                Block::section(tongue.site_made_from(), vec![self.made_from()]),
            ],
            sections: Vec::new(),
            contents: false,
        }
    }

    /// The thresholds, the levels of points, and what targets are ranked by.
    fn how_decided(&self) -> Vec<Block> {
        let teller = &self.teller;
        let (ruleset, tongue) = (teller.ruleset(), teller.tongue());
        let from = [
            (Verdict::Recommended, ruleset.thresholds.recommended),
            (Verdict::Possible, ruleset.thresholds.possible),
        ];
        let rows = from.map(|(verdict, points)| {
            let name = Text::of(Kind::Verdict(Some(verdict)), tongue.verdict(verdict));
            vec![name, format!("{} {}", tongue.from_points(), tongue.points(points)).into()]
        });
        let heads = vec![tongue.verdict_head().into(), tongue.points_head().into()];
        let mut told = vec![Block::Table(Table { kind: TableKind::Rows, heads, rows: rows.to_vec() })];
        if !ruleset.levels.is_empty() {
            let rows = ruleset.levels.iter().map(|level| {
                vec![
                    self.titled(level.title.as_ref(), &level.name).into(),
                    tongue.points(level.points).into(),
                ]
            });
            let heads = vec![tongue.level().into(), tongue.points_head().into()];
            told.push(Block::Table(Table { kind: TableKind::Rows, heads, rows: rows.collect() }));
        }
        if ruleset.ranks_by_measures() {
            let by = ruleset.rank.iter().map(|by| match by {
                RankBy::Score => tongue.the_score().into(),
                RankBy::Measure(id) => self.name(Place::Measure(*id)),
            });
            told.push(Block::Entry(tongue.ranked_by(), teller.row(by.collect())));
        }
        told
    }

    fn made_from(&self) -> Block {
        let (ruleset, tongue) = (self.teller.ruleset(), self.teller.tongue());
        let version = ruleset.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let files: Vec<String> =
            ruleset.files.iter().map(|(_, file)| self.file(file.name()).to_string()).collect();
        let mut rows: Vec<Vec<Text>> = vec![
            vec![tongue.rules_named().into(), format!("{}{version}", ruleset.name).into()],
            vec![tongue.rules_digest().into(), Text::of(Kind::Code, &ruleset.digest)],
            vec![tongue.as_of_day().into(), self.teller.day.to_string().into()],
        ];
        rows.push(vec![tongue.files_head().into(), tongue.list(&files).into()]);
        if !ruleset.extends.is_empty() {
            rows.push(vec![tongue.extends_head().into(), tongue.list(&ruleset.extends).into()]);
        }
        let heads = vec![tongue.question().into(), tongue.answer().into()];
        Block::Table(Table { kind: TableKind::Answers, heads, rows })
    }

    /// What a group of questions is called.
    fn group(&self, number: Option<usize>) -> String {
        let title = number.and_then(|number| self.teller.ruleset().sections.get(number));
        let other = || self.teller.tongue().questions().to_string();
        title.map_or_else(other, |title| title.get(self.teller.speaker.language).to_string())
    }

    /// A title in the language, or a name in words.
    fn titled(&self, title: Option<&'r Words>, name: &str) -> String {
        title.map_or_else(|| plain_name(name), |title| title.get(self.teller.speaker.language).to_string())
    }

    fn rule_title(&self, id: Id<Rule>) -> String {
        let ruleset = self.teller.ruleset();
        let rule = &ruleset.rules[id];
        let of = rule.row.as_ref().map(|row| &ruleset.tables[row.table]);
        match (&rule.title, of) {
            (title, Some(table)) if title.is_none() || *title == table.title => {
                let own = rule.name.rsplit('.').next().unwrap_or(&rule.name);
                let table = self.titled(table.title.as_ref(), &table.name);
                format!("{table}{}{}", self.teller.tongue().colon(), plain_name(own))
            }
            (title, _) => self.titled(title.as_ref(), &rule.name),
        }
    }

    /// What a thing is called, leading to it.
    fn name(&self, place: Place) -> Text {
        let teller = &self.teller;
        let (ruleset, speaker) = (teller.ruleset(), &teller.speaker);
        let called = match place {
            Place::Chapter(_) | Place::Rules(None) | Place::Graph(None) => {
                teller.tongue().for_every().to_string()
            }
            Place::Group(number) => self.group(Some(number)),
            Place::Field(id) => return teller.field(id),
            Place::Let(id) => return teller.named(id),
            Place::Fact(id) => speaker.fact((id, None)),
            Place::Target(target) | Place::Rules(Some(target)) | Place::Graph(Some(target)) => {
                speaker.target(target).to_string()
            }
            Place::Rule(id) => self.rule_title(id),
            Place::Table(id) => self.titled(ruleset.tables[id].title.as_ref(), &ruleset.tables[id].name),
            Place::Enum(id) => self.titled(ruleset.enums[id].title.as_ref(), &ruleset.enums[id].name),
            Place::Unit(id) => self.titled(ruleset.units.get(id).title.as_ref(), &ruleset.units.get(id).name),
            Place::Measure(id) => ruleset.measures[id].title(speaker.language).to_string(),
            Place::Requirement(id) => speaker.need(Need::Requirement(id)).to_string(),
            Place::Source(id) => self.titled(ruleset.sources[id].title.as_ref(), &ruleset.sources[id].name),
        };
        Text::of(Kind::To(place), called)
    }

    /// What things are called, so many as there is room for.
    fn names(&self, places: impl IntoIterator<Item = Place>) -> Text {
        let all: BTreeSet<Place> = places.into_iter().collect();
        let mut names: Vec<Text> = all.iter().take(MOST_NAMES).map(|place| self.name(*place)).collect();
        if all.len() > MOST_NAMES {
            names.push(self.teller.tongue().and_more(all.len() - MOST_NAMES).into());
        }
        self.teller.row(names)
    }

    /// The same behind a word; nothing where there are none.
    fn names_of(&self, word: &'static str, places: impl IntoIterator<Item = Place>) -> Option<Block> {
        let names = self.names(places);
        (!names.is_empty()).then_some(Block::Entry(word, names))
    }

    /// The name in the ruleset, and where it stands.
    fn about(&self, name: &str, span: Option<qudao_language::source::Span>) -> String {
        let place = span.map(|span| self.teller.ruleset().files.place(span));
        let place =
            place.map(|place| format!(" · {}:{}", self.file(&place.file), place.line)).unwrap_or_default();
        format!("{name}{place}")
    }

    /// The name of a file beside the main one, whatever folder these are in here.
    fn file<'f>(&self, name: &'f str) -> &'f str {
        let main = self.teller.ruleset().main_path();
        let folder = main.rfind(['/', '\\']).and_then(|end| main.get(..=end)).unwrap_or("");
        name.strip_prefix(folder).unwrap_or(name)
    }

    /// Old names.
    fn formerly(&self, names: &[std::sync::Arc<str>]) -> Option<Block> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let tongue = self.teller.tongue();
        (!names.is_empty()).then(|| Block::Entry(tongue.formerly(), tongue.list(&names).into()))
    }

    /// What citations say: the words, and where they stand, leading to the source; those of one source together.
    fn citations(&self, citations: &[Citation]) -> Vec<Text> {
        let (teller, tongue) = (&self.teller, self.teller.tongue());
        let mut all = Vec::new();
        for same in citations.chunk_by(|a, b| a.source == b.source && a.at == b.at) {
            let Some(first) = same.first() else { continue };
            let quotes = same.iter().flat_map(|citation| &citation.quotes);
            let mut text: Vec<Text> = Vec::new();
            for quote in quotes {
                let line = quote.line.map(|line| tongue.bracket(&tongue.line_of(line))).unwrap_or_default();
                text.push(Text::from(tongue.quoted(&quote.text)).and(Kind::Faint, line));
                text.push(" ".into());
            }
            text.push(self.name(Place::Source(first.source)));
            let at = first.at.as_ref().map(|at| format!("{}{at}", tongue.comma()));
            text.extend(at.map(Text::from));
            let doubt = teller.speaker.doubt(first.source).map(|doubt| tongue.bracket(doubt));
            text.extend(doubt.map(|doubt| Text::of(Kind::Doubtful, doubt)));
            all.push(joined(text));
        }
        all
    }

    /// The same in a cell.
    fn cited(&self, citations: &[Citation]) -> Text {
        let between = self.teller.tongue().semicolon();
        joined(
            self.citations(citations)
                .into_iter()
                .enumerate()
                .flat_map(|(at, text)| [Text::from(if at > 0 { between } else { "" }), text]),
        )
    }

    /// What citations say, a line each.
    fn sources_of(&self, citations: &[Citation]) -> Option<Block> {
        let items = self.citations(citations).into_iter().map(|text| Item::new(Mark::Source, text));
        let items: Vec<Item> = items.collect();
        (!items.is_empty()).then(|| Block::list(items))
    }

    /// A value, with what disputes it and what it takes the place of.
    fn stated(&self, statement: &'r Statement, ty: Type) -> Text {
        let (speaker, tongue) = (&self.teller.speaker, self.teller.tongue());
        let told = |value: &Option<Value>| {
            value.as_ref().map_or(tongue.not_known().to_string(), |value| speaker.value(value, ty))
        };
        let mut text = Text::of(Kind::Strong, told(&statement.value));
        for disputed in &statement.disputed {
            let words = format!("{}{}{}", tongue.disputed(), tongue.colon(), told(&disputed.value));
            text = joined([
                text,
                Text::of(Kind::Plain, tongue.semicolon()),
                Text::of(Kind::Doubtful, words),
                Text::of(Kind::Plain, " "),
                self.cited(&disputed.sources),
            ]);
        }
        let old = statement.replaced_on(self.teller.day).filter(|old| old.value != statement.value);
        if let Some(old) = old {
            let words = format!("{}{} {}", tongue.semicolon(), tongue.replaces(), told(&old.value));
            text = text.and(Kind::Faint, words);
        }
        text
    }

    /// When a statement holds.
    fn period(&self, statement: &Statement) -> Text {
        let tongue = self.teller.tongue();
        let now = statement.holds_on(self.teller.day);
        let period = tongue.period(statement.since, statement.until);
        let kind = if now { Kind::Plain } else { Kind::Faint };
        Text::of(kind, period.unwrap_or_default())
    }
}

/// Rows under heads, so many together as stay on a page.
fn rows(heads: &[Text], rows: Vec<Vec<Text>>) -> Vec<Block> {
    let table = |rows: &[Vec<Text>]| {
        Block::Table(Table { kind: TableKind::Rows, heads: heads.to_vec(), rows: rows.to_vec() })
    };
    rows.chunks(ROWS).map(table).collect()
}

/// A list under a label.
fn labelled(label: &str, colon: &str, items: Vec<Item>) -> Block {
    Block::List(List { label: format!("{label}{}", colon.trim_end()), items, ..List::default() })
}
