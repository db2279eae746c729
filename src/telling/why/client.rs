//! The answer for a client: what was said, what is recommended and why, what is to be done, and where it all comes from.
//! It calls things by their titles, and says nothing of rules, fields or ids.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::list;
use super::headline::headline;
use super::rests::{disputes, few_targets, some_targets};
use super::to_do::to_do;
use super::{Silence, reason, silences};
use crate::document::{
    Block, Document, Footnotes, Item, Kind, List, Mark, Part, Section, Table, TableKind, Text,
};
use crate::words::{Speaker, Tongue, evidence, plain_name};
use qudao_engine::advise::{Advice, Change, STEPS, Way, turn};
use qudao_language::decide::{Cause, Decision, Reason, TargetDecision};
use qudao_language::model::{
    Channel, Citation, EffectKind, Entry, Id, Need, NeedState, OWN, Origin, Source, Target, Type, Value,
};
use qudao_language::operator::Verdict;

/// So many targets are told in full; what would change each is looked for, which takes a while.
const IN_FULL: usize = 5;

/// So many reasons are told of each target.
const REASONS: usize = 3;

/// So many sources are told for a warning, which weighs one against another, and one for any other sentence; one place in
/// each. Its proof tells all.
const WEIGHED: usize = 2;

/// So many answers of yes or no stand together in a text.
const TOGETHER: usize = 4;

/// So many publishers are named that could know something.
const PUBLISHERS: usize = 3;

/// An answer for a client, and what it cites.
#[derive(Debug)]
pub struct Client<'r> {
    /// The answer without its sources.
    pub document: Document,
    /// What was said as a text has room for it.
    said: Block,
    /// What is cited in it.
    pub cited: Footnotes<'r>,
}

/// Returns the targets that a client is told of in full: the best, a mix that is as good, and what else is recommended
/// among the channels, five at most.
#[must_use]
pub fn told_in_full(decision: &Decision<'_>) -> Vec<Target> {
    let Some(best) = decision.best() else { return Vec::new() };
    let recommended = decision.channels.iter().copied().filter(|channel| {
        *channel != best.target && decision.target(*channel).verdict == Some(Verdict::Recommended)
    });
    [best.target].into_iter().chain(best.with).chain(recommended).take(IN_FULL).collect()
}

/// Looks for what would change the verdicts of those that a client is told of in full.
#[must_use]
pub fn client_advice(decision: &Decision<'_>) -> Vec<Advice> {
    let told = told_in_full(decision).into_iter();
    told.map(|target| turn(decision.ruleset, decision.profile, decision.day, target, STEPS)).collect()
}

/// Tells a decision to a client. `advice` says what would change the verdicts of those told in full; `ids` whether names
/// are told beside titles.
#[must_use]
pub fn client<'r>(decision: &Decision<'r>, speaker: Speaker<'r>, advice: &[Advice], ids: bool) -> Client<'r> {
    let speaker = &speaker.with_titles();
    let tongue = speaker.tongue;
    let told = told_in_full(decision);
    let mut teller = Teller {
        decision,
        speaker,
        tongue,
        ids,
        told: &told,
        cited: Footnotes::default(),
        turned: BTreeSet::new(),
    };
    let mut body = vec![teller.said(false)];
    body.push(teller.recommendation());
    for target in &told {
        let advice = advice.iter().find(|advice| advice.target == *target);
        body.push(teller.target(decision.target(*target), advice));
    }
    body.extend([teller.tasks(), teller.open(), teller.others(), teller.notes()].into_iter().flatten());
    let document = Document {
        title: speaker.ruleset.title.get(speaker.language).into(),
        is_handed_on: true,
        body,
        footer: tongue.version_and_day(speaker.ruleset.version.as_deref(), decision.day),
        ..Document::default()
    };
    Client { document, said: teller.said(true), cited: teller.cited }
}

impl Client<'_> {
    /// Returns the answer as a text: what was said in fewer lines, and the sources at the end.
    #[must_use]
    pub fn in_text(self, speaker: &Speaker<'_>) -> Document {
        let Client { mut document, said, cited } = self;
        document.body.splice(..1, [said]);
        document.body.extend(sources(speaker, &cited));
        document
    }
}

/// Lists what was cited by its number: the source with its title, publisher, day and address, or where that was told, and
/// the words with their line.
#[must_use]
pub fn sources(speaker: &Speaker<'_>, cited: &Footnotes<'_>) -> Option<Block> {
    let tongue = speaker.tongue;
    let mut seen: BTreeMap<Id<Source>, usize> = BTreeMap::new();
    let items = (1..).zip(&cited.all).map(|(number, note)| {
        let text = match seen.get(&note.source) {
            Some(first) => tongue.same_as(*first).into(),
            None => {
                seen.insert(note.source, number);
                source(speaker, note.source)
            }
        };
        let line = note.line.map(|line| tongue.line_of(line));
        let places: Vec<String> = note.at.map(str::to_string).into_iter().chain(line).collect();
        let quotes: Vec<String> = note.quotes.iter().map(|quote| tongue.quoted(quote)).collect();
        let said = [tongue.list(&places), tongue.list(&quotes)];
        let said: Vec<String> = said.into_iter().filter(|part| !part.is_empty()).collect();
        let gap = if said.is_empty() { "" } else { tongue.semicolon() };
        let text = text.and(Kind::Plain, format!("{gap}{}", said.join(tongue.colon())));
        Item::new(Mark::Number(number), text)
    });
    let items = items.collect();
    list(tongue.sources(), items)
}

/// A source in full.
fn source(speaker: &Speaker<'_>, id: Id<Source>) -> Text {
    let tongue = speaker.tongue;
    let source = &speaker.ruleset.sources[id];
    let title = source.title.as_ref().map(|title| title.get(speaker.language).to_string());
    let published = source.published.as_ref().map(|day| format!("{} {day}", tongue.published()));
    // When it was read says how old it is where nothing else does.
    let accessed = source.accessed.filter(|_| published.is_none());
    let accessed = accessed.map(|day| format!("{} {day}", tongue.accessed()));
    let doubt = speaker.doubt(id).map(str::to_string);
    let title = title.unwrap_or_else(|| plain_name(&source.name));
    let rest: Vec<String> =
        [source.publisher.clone(), published, accessed, doubt].into_iter().flatten().collect();
    let mut text = Text::of(Kind::Strong, title);
    for part in rest {
        text = text.and(Kind::Plain, tongue.list(&[String::new(), part]));
    }
    match &source.url {
        Some(url) => text.and(Kind::Plain, tongue.list(&vec![String::new(); 2])).and(Kind::Link, url),
        None => text,
    }
}

/// Parts under a heading, by what they are of the whole.
fn section(heading: impl Into<Text>, part: Part, body: Vec<Block>) -> Block {
    Block::Section(Section { heading: heading.into(), body, part, ..Section::default() })
}

struct Teller<'a, 'r> {
    decision: &'a Decision<'r>,
    speaker: &'a Speaker<'r>,
    tongue: Tongue,
    ids: bool,
    told: &'a [Target],
    cited: Footnotes<'r>,
    /// What would change verdicts, as it was told.
    turned: BTreeSet<String>,
}

impl<'r> Teller<'_, 'r> {
    /// A name, where names are told.
    fn id(&self, name: &str) -> String {
        if self.ids { name.to_string() } else { String::new() }
    }

    fn target_id(&self, target: Target) -> String {
        self.id(self.speaker.ruleset.target_name(target))
    }

    /// What a target is called; of a mix, that it is one.
    fn title(&self, target: Target) -> String {
        let title = self.speaker.target(target);
        match target {
            Target::Channel(_) => title.to_string(),
            Target::Mix(_) => format!("{title}{}", self.tongue.bracket(self.tongue.mix())),
        }
    }

    /// What was asked and answered, group by group, and what was assumed. In a text, many answers of yes or no stand together
    /// behind the others, without groups.
    fn said(&self, in_text: bool) -> Block {
        let ruleset = self.speaker.ruleset;
        let mut rows: Vec<Vec<Text>> = Vec::new();
        let mut section = None;
        let given = ruleset.fields.ids().filter_map(|id| self.decision.profile.get(id).value.as_ref());
        let together = in_text && given.filter(|value| matches!(value, Value::Bool(_))).count() >= TOGETHER;
        let [mut confirmed, mut denied] =
            [true, false].map(|truth| (Text::of(Kind::Faint, self.tongue.said_to(truth)), ""));
        for (id, field) in ruleset.fields.entries() {
            let given = self.decision.profile.get(id);
            let Some(value) = &given.value else { continue };
            let assumed = self.tongue.bracket(self.tongue.assumed_so());
            let assumed = (given.origin == Origin::Default).then_some((Kind::Doubtful, assumed));
            let mut question = Text::from(&*self.speaker.field(id));
            if self.ids {
                question = question.and(Kind::Plain, " ").and(Kind::Code, &*field.name);
            }
            if let (true, Value::Bool(truth)) = (together, value) {
                let (said, gap) = if *truth { &mut confirmed } else { &mut denied };
                *said = std::mem::take(said).and(Kind::Plain, *gap);
                // A question ends with a mark of its own, a title with none.
                let asks = self.speaker.field(id).ends_with(['?', '？']);
                *gap = if asks { self.tongue.between_sentences() } else { self.tongue.semicolon() };
                said.0.extend(question.0.into_iter().chain(assumed));
                continue;
            }
            if field.section != section && !together {
                section = field.section;
                let title = section.and_then(|at| ruleset.sections.get(at));
                let title = title.map_or("", |title| title.get(self.speaker.language));
                rows.push(vec![Text::of(Kind::Strong, title), Text::default()]);
            }
            let mut answer = Text::from(self.speaker.value(value, field.ty));
            answer.0.extend(assumed);
            rows.push(vec![question, answer]);
        }
        let mut body = Vec::new();
        if !rows.is_empty() {
            let heads = vec![self.tongue.question().into(), self.tongue.answer().into()];
            body.push(Block::Table(Table { kind: TableKind::Answers, heads, rows }));
        }
        let together = [confirmed.0, denied.0].into_iter().filter(|text| text.0.len() > 1);
        let together: Vec<Item> = together.map(|text| Item::new(Mark::Point, text)).collect();
        if !together.is_empty() {
            body.push(Block::list(together));
        }
        if body.is_empty() {
            body.push(Block::Paragraph(self.tongue.nothing().into()));
        }
        Block::section(self.tongue.what_you_said(), body)
    }

    /// The answer in a sentence, and the warnings that concern all of it.
    fn recommendation(&mut self) -> Block {
        let decision = self.decision;
        let headline = Text::of(Kind::Strong, headline(decision, self.speaker));
        let mut body = vec![Block::Paragraph(headline)];
        let warnings: Vec<Item> = decision.notes.iter().filter_map(|cause| self.note(*cause, true)).collect();
        if !warnings.is_empty() {
            body.push(Block::list(warnings));
        }
        section(self.tongue.recommendation(), Part::Answer, body)
    }

    /// A warning, or a note.
    fn note(&mut self, cause: Cause, warnings: bool) -> Option<Item> {
        let EffectKind::Note(_, text, warning) = cause.kind(self.speaker.ruleset) else { return None };
        if *warning != warnings {
            return None;
        }
        let mark = if warnings { Mark::Warning(self.tongue.warning()) } else { Mark::Point };
        let text = self.speaker.fill(self.decision, text, cause.channel);
        let most = if warnings { WEIGHED } else { 1 };
        let text = self.cited.cite_some(text.into(), evidence(self.decision, self.speaker, cause), most);
        let rule = self.id(&self.speaker.ruleset.rules[cause.rule].name);
        Some(Item { rule, ..Item::new(mark, text) })
    }

    fn cite(&mut self, text: Text, citations: impl IntoIterator<Item = &'r Citation>) -> Text {
        self.cited.cite_some(text, citations, 1)
    }

    /// An effect in words: what its rule says is so.
    fn words(&mut self, cause: Cause) -> Text {
        let name = &self.speaker.ruleset.rules[cause.rule].name;
        let words = reason(self.decision, self.speaker, cause.rule, cause.channel);
        let words = if words.is_empty() { plain_name(name) } else { words };
        self.cite(words.into(), evidence(self.decision, self.speaker, cause))
    }

    /// The strongest reasons, what would change the verdict, the measures, and the warnings.
    fn target(&mut self, decided: &TargetDecision, advice: Option<&Advice>) -> Block {
        let ruleset = self.speaker.ruleset;
        let strong = decided.reasons.iter().filter_map(|reason| match reason {
            Reason::Rule(cause) if cause.kind(ruleset).points().is_some() => Some(*cause),
            Reason::Rule(_) | Reason::Through(_) => None,
        });
        let mut items = Vec::new();
        for cause in decided.capped_by.into_iter().chain(strong).take(REASONS) {
            let welcome = self.decision.points(cause).is_some_and(|points| points > 0);
            let mark = Mark::Effect(if welcome { "+" } else { "−" }.into(), welcome);
            let rule = self.id(&ruleset.rules[cause.rule].name);
            items.push(Item { rule, ..Item::new(mark, self.words(cause)) });
        }
        items.extend(decided.notes.iter().filter_map(|cause| self.note(*cause, true)));
        let measures = self.measures(decided).map(|measured| Item::new(Mark::Point, measured));
        items.extend(measures);
        items.extend(advice.and_then(|advice| self.turns(decided, advice)));
        let mut heading = Text::from(self.title(decided.target));
        if self.ids {
            heading = heading.and(Kind::Plain, " ").and(Kind::Code, self.target_id(decided.target));
        }
        section(heading, Part::Choice, vec![Block::list(items)])
    }

    /// What each measure is of a target.
    fn measures(&self, decided: &TargetDecision) -> Option<String> {
        let measured = decided.measures.iter().map(|measured| {
            let title = self.speaker.ruleset.measures[measured.measure].title(self.speaker.language);
            format!("{title}{}{}", self.tongue.colon(), self.speaker.measured(measured))
        });
        let measured: Vec<String> = measured.collect();
        (!measured.is_empty()).then(|| measured.join(self.tongue.semicolon()))
    }

    /// The one thing that would change a verdict.
    fn turns(&mut self, decided: &TargetDecision, advice: &Advice) -> Option<Item> {
        let lost = decided.verdict == Some(Verdict::Recommended);
        let text = match advice.ways.first() {
            Some(way) => {
                let changes = self.changes(way);
                let text = self.tongue.would_change(&changes, self.tongue.verdict(way.verdict), lost);
                match self.turned.insert(text.clone()) {
                    true => text,
                    false => self.tongue.changes_alike().into(),
                }
            }
            None if lost && advice.complete => self.tongue.nothing_would_change().to_string(),
            None => return None,
        };
        Some(Item::new(Mark::Point, text))
    }

    fn changes(&self, way: &Way) -> Vec<String> {
        way.changes.iter().map(|change| self.change(change)).collect()
    }

    fn change(&self, change: &Change) -> String {
        let ty = self.speaker.ruleset.fields[change.field].ty;
        let question = self.speaker.field(change.field);
        let shown = |value: &Value| self.speaker.value(value, ty);
        if let (Some(Value::Set(from)), Value::Set(to), Type::Set(_)) = (&change.from, &change.to, ty) {
            let names = |members| match members {
                members if BTreeSet::is_empty(&members) => String::new(),
                members => shown(&Value::Set(members)),
            };
            let (more, less) = (names(to - from), names(from - to));
            return self.tongue.chosen(&question, &more, &less);
        }
        let to = if change.any_other { self.tongue.anything_else().to_string() } else { shown(&change.to) };
        self.tongue.answered(&question, &to, change.from.as_ref().map(shown).as_deref())
    }

    /// What is to be done for all that is told in full, each once.
    fn tasks(&mut self) -> Option<Block> {
        let mut items = Vec::new();
        let mut linked = BTreeSet::new();
        let (to_do, cut) = to_do(self.decision, self.speaker, self.told.iter().copied());
        for to_do in to_do {
            if to_do.state == NeedState::Met {
                continue;
            }
            let whose =
                if self.told.len() > 1 { some_targets(self.speaker, &to_do.targets) } else { String::new() };
            let mut text = Text::from(to_do.words(self.decision, self.speaker, &whose));
            let own: &[_] = match to_do.need {
                Need::Requirement(id) => &self.speaker.ruleset.requirements[id].sources,
                Need::Channel(_) => &[],
            };
            let link = own.iter().find_map(|it| self.speaker.ruleset.sources[it.source].url.as_ref());
            text = self.cite(text, own.iter().chain(to_do.sources.iter().copied()));
            if let Some(url) = link.filter(|url| linked.insert(*url)) {
                text = text.and(Kind::Plain, " ").and(Kind::Link, url);
            }
            let rule = self.id(self.speaker.ruleset.need_name(to_do.need));
            items.push(Item { rule, ..Item::new(Mark::Need(to_do.state), text) });
        }
        items.extend(cut.into_iter().map(|(target, more)| {
            Item::new(Mark::Beyond, self.tongue.more_to_do(more, &self.speaker.called(target)))
        }));
        (!items.is_empty()).then(|| section(self.tongue.to_do(), Part::ToDo, vec![Block::list(items)]))
    }

    /// What nobody knows yet, and who could know it.
    fn open(&mut self) -> Option<Block> {
        let lists = [self.missing(), self.please_confirm(), self.silences(), self.disputes()].into_iter();
        let lists: Vec<Block> = lists.filter(|list| !list.items.is_empty()).map(Block::List).collect();
        (!lists.is_empty()).then(|| Block::section(self.tongue.still_open(), lists))
    }

    fn missing(&self) -> List {
        let missing = self.decision.missing().iter().map(|(id, _)| {
            let rule = self.id(&self.speaker.ruleset.fields[*id].name);
            Item { rule, ..Item::new(Mark::Unknown, self.speaker.field(*id).into_owned()) }
        });
        List { label: self.tongue.you_know().into(), items: missing.collect(), ..List::default() }
    }

    /// What was assumed, and could change the verdict of something.
    fn please_confirm(&self) -> List {
        let items = self.decision.assumed().iter().map(|assumed| {
            let field = &self.speaker.ruleset.fields[assumed.field];
            let value = self.decision.profile.get(assumed.field).value.as_ref();
            let value = value.map(|value| self.speaker.value(value, field.ty)).unwrap_or_default();
            let targets: Vec<Target> = assumed.could_be.iter().map(|(target, _)| *target).collect();
            let said = self.tongue.is_assumed(&self.speaker.field(assumed.field), &value);
            let other = self.tongue.another_answer(&few_targets(self.speaker, &targets));
            let text = [said, other].join(self.tongue.semicolon());
            Item { rule: self.id(&field.name), ..Item::new(Mark::Unknown, text) }
        });
        let items = items.collect();
        List { label: self.tongue.please_confirm().into(), items, ..List::default() }
    }

    /// The facts that no source tells, each with the channels of which it does not, and who could know them.
    fn silences(&self) -> List {
        let mut found: Vec<(Entry, Vec<Silence>)> = Vec::new();
        let mut publishers: Vec<String> = Vec::new();
        for silence in silences(self.decision, self.speaker) {
            self.publishers(silence.channel, silence.entry, &mut publishers);
            match found.iter_mut().find(|(entry, _)| *entry == silence.entry) {
                Some((_, silences)) => silences.push(silence),
                None => found.push((silence.entry, vec![silence])),
            }
        }
        let items = found.into_iter().map(|(entry, silences)| {
            let channels: BTreeSet<Id<Channel>> = silences.iter().map(|silence| silence.channel).collect();
            let names = channels.iter().filter(|channel| **channel != OWN);
            let names: Vec<String> =
                names.map(|channel| self.speaker.called(Target::Channel(*channel))).collect();
            let mut text = self.speaker.fact(entry).to_string();
            if !names.is_empty() {
                text = [text, self.tongue.and(&names)].join(self.tongue.colon());
            }
            // That it concerns the channel itself, and what that is a part of, goes without saying.
            let others =
                silences.iter().flat_map(|silence| &silence.targets).flat_map(|(targets, _)| targets);
            let others: BTreeSet<Target> =
                others.copied().filter(|target| !self.holds(*target, &channels)).collect();
            if !others.is_empty() {
                let others: Vec<Target> = others.into_iter().collect();
                let change = self.tongue.could_change(&few_targets(self.speaker, &others));
                text = [text, change].join(self.tongue.semicolon());
            }
            let ids = silences.iter().map(|it| self.speaker.ruleset.entry_told(it.channel, it.entry));
            let ids = if self.ids { self.tongue.list(&ids.collect::<Vec<_>>()) } else { String::new() };
            Item { rule: ids, ..Item::new(Mark::Unknown, text) }
        });
        let items = items.collect();
        List { label: self.tongue.who_could_know(&publishers), items, ..List::default() }
    }

    /// Tells whether a target is one of some channels, or a mix with one of them.
    fn holds(&self, target: Target, channels: &BTreeSet<Id<Channel>>) -> bool {
        match target {
            Target::Channel(channel) => channels.contains(&channel),
            Target::Mix(mix) => {
                self.speaker.ruleset.mixes[mix].members.iter().any(|it| channels.contains(it))
            }
        }
    }

    /// Adds who published what is told of a channel, first of the same fact.
    fn publishers(&self, channel: Id<Channel>, entry: Entry, names: &mut Vec<String>) {
        let ruleset = self.speaker.ruleset;
        let own = ruleset.statements(channel);
        let same = own.iter().filter(|((fact, _), _)| *fact == entry.0);
        let all = same.chain(own.iter().filter(|_| channel != OWN));
        let sources = all.flat_map(|(_, stated)| stated).flat_map(|stated| &stated.sources);
        let publisher = sources.filter_map(|it| ruleset.sources[it.source].publisher.as_ref()).next();
        names.extend(
            publisher.filter(|publisher| names.len() < PUBLISHERS && !names.contains(publisher)).cloned(),
        );
    }

    fn disputes(&mut self) -> List {
        let mut items = Vec::new();
        for dispute in disputes(self.decision, self.speaker, None) {
            let text = format!("{}{}{}", dispute.fact, self.tongue.colon(), dispute.words(self.speaker));
            let text = self.cited.cite_some(text.into(), dispute.citations(), usize::MAX);
            items.push(Item::new(Mark::Disputed, text));
        }
        List { label: self.tongue.sources_disagree().into(), items, ..List::default() }
    }

    /// Everything else in a line, with what decided.
    fn others(&mut self) -> Option<Block> {
        let decision = self.decision;
        let all =
            decision.channels.iter().chain(&decision.mixes).filter(|target| !self.told.contains(target));
        let mut all: Vec<Target> = all.copied().collect();
        all.sort_by_key(|target| decision.target(*target).leaning);
        // What is said of several alike is said once.
        let mut told: Vec<(Vec<Target>, Text)> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for target in all {
            let decided = decision.target(target);
            let word = self.tongue.verdict_or_undecided(decided.verdict);
            let why = self.decided_by(decided);
            let mut text =
                Text::of(Kind::Plain, self.tongue.colon()).and(Kind::Verdict(decided.verdict), word);
            let is_sentence = why.0.first().is_some_and(|(_, words)| words.starts_with(char::is_uppercase));
            let is_sentence = is_sentence && self.tongue == Tongue::English;
            let gap = if is_sentence { ". " } else { self.tongue.semicolon() };
            text = text.and(Kind::Plain, gap);
            text.0.extend(why.0);
            if let Some(measures) = self.measures(decided) {
                text = text.and(Kind::Plain, self.tongue.bracket(&measures));
            }
            let place = *places.entry(format!("{text:?}")).or_insert(told.len());
            match told.get_mut(place) {
                Some((targets, _)) => targets.push(target),
                None => told.push((vec![target], text)),
            }
        }
        let items = told.into_iter().map(|(targets, rest)| {
            let titles: Vec<String> = targets.iter().map(|target| self.title(*target)).collect();
            let mut text = Text::of(Kind::Strong, self.tongue.list(&titles));
            text.0.extend(rest.0);
            let ids: Vec<String> = targets.iter().map(|target| self.target_id(*target)).collect();
            Item {
                rule: if self.ids { ids.join(", ") } else { String::new() },
                ..Item::new(Mark::Point, text)
            }
        });
        let items = items.collect();
        list(self.tongue.the_others(), items)
    }

    /// What decided about a target that is not told in full.
    fn decided_by(&mut self, decided: &TargetDecision) -> Text {
        let ruleset = self.speaker.ruleset;
        if decided.verdict.is_none() {
            let open = self.tongue.verdicts(&decided.could_be);
            let gap = if self.tongue == Tongue::English { " " } else { "" };
            return format!("{}{gap}{open}", self.tongue.could_be()).into();
        }
        if decided.leaning == Verdict::Excluded {
            let excludes = decided.reasons.iter().find(|reason| match reason {
                Reason::Rule(cause) => matches!(cause.kind(ruleset), EffectKind::Exclude(_)),
                Reason::Through(_) => true,
            });
            match excludes {
                Some(Reason::Rule(cause)) => return self.words(*cause),
                Some(Reason::Through(channel)) => {
                    let channel = self.speaker.called(Target::Channel(*channel));
                    return self.tongue.excluded_through(&channel).into();
                }
                None => {}
            }
        }
        if let Some(cause) = decided.capped_by {
            return self.words(cause);
        }
        let scores = decided.reasons.iter().filter_map(|reason| match reason {
            Reason::Rule(cause) => Some((*cause, self.decision.points(*cause)?)),
            Reason::Through(_) => None,
        });
        let scores: Vec<(Cause, i64)> = scores.collect();
        let recommended = decided.leaning == Verdict::Recommended;
        match scores.iter().find(|(_, points)| (*points > 0) == recommended) {
            Some((cause, _)) => self.words(*cause),
            None if scores.is_empty() => self.tongue.nothing_for().into(),
            None => self.tongue.too_little_for().into(),
        }
    }

    /// What is to be said of the whole answer besides warnings.
    fn notes(&mut self) -> Option<Block> {
        let decision = self.decision;
        let notes = decision.notes.iter().filter_map(|cause| self.note(*cause, false));
        let notes = notes.collect();
        list(self.tongue.good_to_know(), notes)
    }
}
