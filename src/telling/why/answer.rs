//! The answer: who comes first, what speaks for and against each, and what is open.

use std::collections::BTreeMap;

use super::headline::headline;
use super::rests::{some, some_targets};
use super::to_do::{MOST_NEEDS, to_do};
use super::{footer, points, quotes, reason, rests, short_sources, silences};
use crate::document::{Block, Document, Item, Kind, Mark, Section, Table, TableKind, Text};
use crate::words::{self, Speaker, Tongue, evidence, expr_text};
use qudao_language::decide::{Cause, Decision, Reason, TargetDecision};
use qudao_language::model::{Citation, EffectKind, Id, Need, OWN, Rule, Source, Target};
use qudao_language::operator::Verdict;

/// So many lines of a list are shown at least, even where fewer targets are told in full.
const LEAST_SHOWN: usize = 10;

/// Of so many targets is said that not all of what they need is told.
const MOST_CUT: usize = 3;

/// What of an answer is told.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// How many channels and mixes are told in full; all where it is not said.
    pub top: Option<usize>,
    /// Whether every rule is listed.
    pub trace: bool,
    /// The command that shows the proof of a target, without the target.
    pub why: Option<String>,
}

/// Tells a decision, the answer first.
#[must_use]
pub fn answer<'r>(decision: &Decision<'r>, speaker: Speaker<'r>, options: &Options) -> Document {
    let (cited, said) = (Vec::new(), BTreeMap::new());
    let most = options.top.map_or(usize::MAX, |top| top.max(LEAST_SHOWN));
    let mut teller = Teller { decision, speaker: &speaker, tongue: speaker.tongue, most, cited, said };
    let headline = Text::of(Kind::Strong, headline(decision, &speaker));
    let mut body = vec![Block::Paragraph(headline)];
    body.extend(list("", teller.notes(true)));
    let missing = teller.missing();
    let asks = missing.is_some();
    body.extend(missing.into_iter().chain(teller.more().filter(|_| asks)));
    body.extend(teller.rankings());
    let told = teller.told_in_full(options.top.unwrap_or(usize::MAX));
    body.extend(told.iter().filter_map(|decided| teller.target(decided)));
    let notes = |teller: &mut Teller<'_, '_>| list(speaker.tongue.notes(), teller.notes(false));
    body.extend(
        [
            teller.tasks(&told),
            teller.excluded(),
            notes(&mut teller),
            teller.more().filter(|_| !asks),
            teller.open_facts(),
            teller.disputes(),
            teller.assumed(),
            teller.ties(),
        ]
        .into_iter()
        .flatten(),
    );
    if options.trace {
        body.extend(teller.rules());
    }
    // The proof of the best, or of the channel that is excluded last where none is left.
    let next = decision.best().map(|best| best.target).or(decision.channels.first().copied());
    let next = options.why.as_ref().zip(next).map(|(why, target)| {
        let (next, colon) = (speaker.tongue.next(), speaker.tongue.colon());
        format!("{next}{colon}{why} {}", speaker.ruleset.target_name(target))
    });
    Document {
        title: decision.profile.name.as_str().into(),
        body,
        appendix: teller.sources().into_iter().collect(),
        footer: footer(&speaker, decision),
        next: next.unwrap_or_default(),
        ..Document::default()
    }
}

/// Returns items under a heading; nothing where there are none.
pub(super) fn list(heading: &str, items: Vec<Item>) -> Option<Block> {
    (!items.is_empty()).then(|| Block::section(heading, vec![Block::list(items)]))
}

struct Teller<'a, 'r> {
    decision: &'a Decision<'r>,
    speaker: &'a Speaker<'r>,
    tongue: Tongue,
    /// So many lines of a list are shown, the others are counted.
    most: usize,
    /// What was cited so far.
    cited: Vec<&'r Citation>,
    /// The sentences that were said so far, by their rules: of which target, and what they rest on.
    said: BTreeMap<(Id<Rule>, String), (Target, String)>,
}

impl<'a, 'r> Teller<'a, 'r> {
    fn id(&self, target: Target) -> &'r str {
        self.speaker.ruleset.target_name(target)
    }

    fn title(&self, target: Target) -> &'r str {
        self.speaker.ruleset.target_title(target, self.speaker.language)
    }

    fn called(&self, targets: &[Target]) -> Vec<String> {
        targets.iter().map(|target| self.speaker.called(*target)).collect()
    }

    /// All channels, then all mixes, each best first.
    fn all(&self) -> impl Iterator<Item = &'a TargetDecision> + use<'a, 'r> {
        let decision = self.decision;
        decision.channels.iter().chain(&decision.mixes).map(|target| decision.target(*target))
    }

    /// Returns what an item rests on.
    fn cite(&mut self, cited: Vec<&'r Citation>) -> String {
        let sources = short_sources(self.speaker, cited.iter().copied());
        self.cited.extend(cited);
        sources
    }

    /// Returns a sentence of a rule of a target, and what it rests on; where it was said before, of which target.
    fn once(
        &mut self,
        cause: Cause,
        of: Target,
        words: String,
        cited: Vec<&'r Citation>,
    ) -> (String, String) {
        let sources = self.cite(cited);
        if words.is_empty() {
            return (words, sources);
        }
        match self.said.get(&(cause.rule, words.clone())) {
            None => {
                self.said.insert((cause.rule, words.clone()), (of, sources.clone()));
                (words, sources)
            }
            Some((first, rests)) => {
                let words = if *first == of {
                    self.tongue.as_above().into()
                } else {
                    self.tongue.as_for(&self.speaker.called(*first))
                };
                (words, if *rests == sources { String::new() } else { sources })
            }
        }
    }

    fn rankings(&self) -> Vec<Block> {
        let own = match self.tongue {
            Tongue::English => ["", "id", "verdict", "points"],
            Tongue::Chinese => ["", "标识", "结论", "得分"],
        };
        let measures = self.speaker.ruleset.measures.iter();
        let measures = measures.map(|measure| measure.title(self.speaker.language));
        let heads: Vec<&str> = own.into_iter().chain(measures).chain([""]).collect();
        let mut rankings = Vec::new();
        for (targets, heading) in
            [(&self.decision.channels, self.tongue.channels()), (&self.decision.mixes, self.tongue.mixes())]
        {
            if !targets.is_empty() {
                let shown = targets.iter().take(self.most).map(|target| self.decision.target(*target));
                let rows = shown.map(|decided| self.row(decided)).collect();
                let heads = heads.iter().copied().map(Text::from).collect();
                let table = Block::Table(Table { kind: TableKind::Ranking, heads, rows });
                let others = targets.get(self.most..).unwrap_or_default();
                let others = (!others.is_empty())
                    .then(|| Block::list(vec![Item::new(Mark::Beyond, self.counted(others))]));
                rankings.push(Block::section(heading, std::iter::once(table).chain(others).collect()));
            }
        }
        rankings
    }

    /// How many more targets there are, and how many of each verdict.
    fn counted(&self, targets: &[Target]) -> String {
        let mut counts: BTreeMap<Option<Verdict>, usize> = BTreeMap::new();
        for target in targets {
            *counts.entry(self.decision.target(*target).verdict).or_default() += 1;
        }
        let word = |verdict: Option<Verdict>| self.tongue.verdict_or_undecided(verdict);
        let counts = counts.into_iter().map(|(verdict, count)| self.tongue.so_many(count, word(verdict)));
        let counts: Vec<String> = counts.collect();
        format!("{}{}{}", self.tongue.more(targets.len()), self.tongue.colon(), self.tongue.list(&counts))
    }

    /// The first lines of a list, and how many more there are.
    fn cut(&self, mut items: Vec<Item>) -> Vec<Item> {
        let more = items.len().saturating_sub(self.most);
        items.truncate(self.most);
        items.extend(self.beyond(more));
        items
    }

    fn beyond(&self, more: usize) -> Option<Item> {
        (more > 0).then(|| Item::new(Mark::Beyond, self.tongue.more(more)))
    }

    fn row(&self, decided: &TargetDecision) -> Vec<Text> {
        let excluded = decided.leaning == Verdict::Excluded && decided.verdict.is_some();
        let verdict = decided.verdict;
        let remarks = self.remarks(decided);
        let remarks =
            if remarks.is_empty() { String::new() } else { self.tongue.bracket(&self.tongue.list(&remarks)) };
        let word = self.tongue.verdict_or_undecided(verdict);
        let mut row = vec![
            if excluded { "✗".into() } else { decided.rank.to_string().into() },
            Text::of(Kind::Name, self.id(decided.target)),
            Text::of(Kind::Verdict(verdict), word),
            if excluded { "-".into() } else { points(self.speaker, decided).into() },
        ];
        row.extend(self.speaker.ruleset.measures.ids().map(|id| {
            let measured = decided.measures.iter().find(|measured| measured.measure == id);
            measured.map_or("-".into(), |measured| self.speaker.measured(measured).into())
        }));
        row.push(format!("{}{remarks}", self.title(decided.target)).into());
        row
    }

    /// What the verdict alone does not say.
    fn remarks(&self, decided: &TargetDecision) -> Vec<String> {
        let tongue = self.tongue;
        let mut remarks = Vec::new();
        if decided.verdict.is_none() {
            let open = tongue.verdicts(&decided.could_be);
            let gap = if tongue == Tongue::English { " " } else { "" };
            remarks.push(format!("{}{gap}{open}", tongue.could_be()));
        }
        if let Some(cause) = decided.capped_by {
            remarks.push(tongue.capped_by(&self.speaker.ruleset.rules[cause.rule].name));
        }
        let to_do = decided.open_needs();
        if to_do > 0 && decided.leaning != Verdict::Excluded {
            remarks.push(tongue.to_do_count(to_do));
        }
        if decided.leaning == Verdict::Recommended {
            remarks.extend(self.leans_on(decided));
        }
        remarks.extend(self.not_all_said(decided.target));
        if !self.decision.disputed_facts(decided.target).is_empty() {
            remarks.push(tongue.rests_on_disputed().to_string());
        }
        remarks
    }

    /// That no source says all of a target, or something of another that it hangs on.
    fn not_all_said(&self, target: Target) -> Option<String> {
        let open = self.decision.open_facts(target);
        let of_target = |channel| match target {
            Target::Channel(own) => channel == own,
            Target::Mix(mix) => self.speaker.ruleset.mixes[mix].members.contains(&channel),
        };
        match open.iter().any(|open| open.channel == OWN || of_target(open.channel)) {
            _ if open.is_empty() => None,
            true => Some(self.tongue.not_all_said().to_string()),
            false => {
                let names = open.iter().map(|open| self.speaker.entry(open.channel, open.entry)).collect();
                Some(self.tongue.no_source_for(&some(self.tongue, names, MOST_NEEDS)))
            }
        }
    }

    /// The channels that a target needs, or is made of, and that nobody would choose for themselves.
    fn leans_on(&self, decided: &TargetDecision) -> Vec<String> {
        let members = self.speaker.ruleset.members(decided.target);
        let needed =
            self.decision.needs(decided.target).take(MOST_NEEDS).filter_map(|need| match need.need {
                Need::Channel(channel) => Some(channel),
                Need::Requirement(_) => None,
            });
        let others = members.iter().copied().chain(needed).map(Target::Channel);
        let told = others.filter_map(|other| match self.decision.target(other).verdict {
            Some(Verdict::Recommended | Verdict::Possible) => None,
            Some(verdict) => Some(self.tongue.is(self.title(other), self.tongue.verdict(verdict))),
            None => Some(self.tongue.is(self.title(other), self.tongue.undecided())),
        });
        told.collect()
    }

    /// The first of the channels and of the mixes, as many of each, that are left.
    fn told_in_full(&self, top: usize) -> Vec<&'a TargetDecision> {
        let decision = self.decision;
        let shown = [&decision.channels, &decision.mixes];
        let shown = shown.into_iter().flat_map(|targets| targets.iter().take(top));
        let decided = shown.map(|target| decision.target(*target));
        decided.filter(|decided| decided.leaning != Verdict::Excluded).collect()
    }

    fn target(&mut self, decided: &TargetDecision) -> Option<Block> {
        let mut effects = Vec::new();
        for reason in &decided.reasons {
            if let Reason::Rule(cause) = reason {
                effects.push(self.effect(*cause, decided.target));
            }
        }
        let notes = decided.notes.iter().filter_map(|cause| self.note(*cause, Some(decided.target)));
        let notes: Vec<Item> = notes.map(|item| Item { name: String::new(), ..item }).collect();
        let body: Vec<Block> =
            [effects, notes].into_iter().filter(|items| !items.is_empty()).map(Block::list).collect();
        let (name, heading) = (self.id(decided.target).to_string(), self.title(decided.target).into());
        (!body.is_empty()).then(|| Block::Section(Section { name, heading, body, ..Section::default() }))
    }

    /// What those that are told in full need, each once.
    fn tasks(&mut self, told: &[&TargetDecision]) -> Option<Block> {
        let targets = told.iter().map(|decided| decided.target);
        let (to_do, cut) = to_do(self.decision, self.speaker, targets);
        let items = to_do.into_iter().map(|to_do| {
            let whose = some_targets(self.speaker, &to_do.targets);
            let text = to_do.words(self.decision, self.speaker, &whose);
            let sources = self.cite(to_do.sources);
            let name = self.speaker.ruleset.need_name(to_do.need);
            Item { sources, ..Item::new(Mark::Need(to_do.state), text).named(name) }
        });
        let mut items: Vec<Item> = items.collect();
        items.extend(cut.into_iter().take(MOST_CUT).map(|(target, more)| {
            Item::new(Mark::Beyond, self.tongue.more_to_do(more, &self.speaker.called(target)))
        }));
        list(self.tongue.to_do(), items)
    }

    fn rule_name(&self, cause: Cause) -> &'r str {
        &self.speaker.ruleset.rules[cause.rule].name
    }

    fn because(&self, cause: Cause) -> String {
        let ruleset = self.speaker.ruleset;
        let reason = reason(self.decision, self.speaker, cause.rule, cause.channel);
        // Several effects of one rule are told apart by what makes their points.
        match cause.kind(ruleset).rating().filter(|_| ruleset.rules[cause.rule].because.is_none()) {
            Some(rating) if reason.is_empty() => expr_text(ruleset, rating),
            Some(rating) => format!("{reason}: {}", expr_text(ruleset, rating)),
            None => reason,
        }
    }

    fn effect(&mut self, cause: Cause, of: Target) -> Item {
        let ruleset = self.speaker.ruleset;
        let (effect, welcome) = match cause.kind(ruleset) {
            EffectKind::Exclude(_) => ("✗".to_string(), false),
            EffectKind::Cap(_, verdict) => (format!("≤ {}", self.tongue.verdict(*verdict)), false),
            EffectKind::Score(_, points, level) => {
                let shown = match level {
                    Some(level) => self.speaker.level(*level, points),
                    None => words::points(self.decision, cause, points),
                };
                (shown, self.decision.points(cause).is_some_and(|points| points > 0))
            }
            EffectKind::Needs(_, needs) => {
                let names: Vec<&str> = needs.iter().map(|need| ruleset.need_name(*need)).collect();
                (format!("→ {}", names.join(", ")), false)
            }
            EffectKind::Note(..) => (String::new(), false),
        };
        let cited = evidence(self.decision, self.speaker, cause);
        let (words, sources) = self.once(cause, of, self.because(cause), cited);
        Item { sources, ..Item::new(Mark::Effect(effect, welcome), words).named(self.rule_name(cause)) }
    }

    /// A note; of a target where several are told of.
    fn note(&mut self, cause: Cause, of: Option<Target>) -> Option<Item> {
        let EffectKind::Note(_, text, warning) = cause.kind(self.speaker.ruleset) else { return None };
        let mark = note_mark(self.tongue, *warning);
        let words = self.speaker.fill(self.decision, text, cause.channel);
        let cited = evidence(self.decision, self.speaker, cause);
        let (words, sources) = match of {
            Some(of) => self.once(cause, of, words, cited),
            None => (words, self.cite(cited)),
        };
        let name = of.map(|target| self.id(target).to_string()).unwrap_or_default();
        Some(Item { name, rule: self.rule_name(cause).to_string(), sources, ..Item::new(mark, words) })
    }

    /// What shuts targets out, and what is to be said of them all the same.
    fn excluded(&mut self) -> Option<Block> {
        let mut items = Vec::new();
        let mut excluded = self.all().filter(|decided| decided.leaning == Verdict::Excluded);
        while items.len() < self.most
            && let Some(decided) = excluded.next()
        {
            items.extend(decided.reasons.iter().filter_map(|reason| self.excludes(decided.target, *reason)));
            items.extend(decided.notes.iter().filter_map(|cause| self.note(*cause, Some(decided.target))));
        }
        items.extend(self.beyond(excluded.count()));
        list(self.tongue.excluded(), items)
    }

    fn excludes(&mut self, target: Target, reason: Reason) -> Option<Item> {
        let (text, sources) = match reason {
            Reason::Through(channel) => {
                (self.tongue.excluded_through(&self.speaker.called(Target::Channel(channel))), String::new())
            }
            Reason::Rule(cause) => {
                if !matches!(cause.kind(self.speaker.ruleset), EffectKind::Exclude(_)) {
                    return None;
                }
                let cited = evidence(self.decision, self.speaker, cause);
                let rule = self.rule_name(cause);
                let (because, sources) = self.once(cause, target, self.because(cause), cited);
                let text = match because.is_empty() {
                    true => rule.to_string(),
                    false => format!("{rule}{}{because}", self.tongue.colon()),
                };
                (text, sources)
            }
        };
        Some(Item { sources, ..Item::new(Mark::Excludes, text).named(self.id(target)) })
    }

    /// What is to be said of the whole answer: the warnings, or the other notes.
    fn notes(&mut self, warnings: bool) -> Vec<Item> {
        let decision = self.decision;
        let notes = decision.notes.iter().copied().filter(|cause| {
            matches!(cause.kind(decision.ruleset), EffectKind::Note(_, _, warning) if *warning == warnings)
        });
        notes.filter_map(|cause| self.note(cause, None)).collect()
    }

    fn missing(&self) -> Option<Block> {
        let missing = self.decision.missing().iter().map(|(id, targets)| {
            let field = &self.speaker.ruleset.fields[*id];
            let question = field.question.as_ref().map_or("", |question| question.get(self.speaker.language));
            let targets = self.tongue.bracket(&self.tongue.list(&self.called(targets)));
            Item::new(Mark::Unknown, format!("{question}{targets}")).named(&field.name)
        });
        list(self.tongue.missing(), missing.collect())
    }

    fn open_facts(&self) -> Option<Block> {
        let silences = silences(self.decision, self.speaker).into_iter().map(|silence| {
            let title = silence.title.as_ref().map(|title| format!("{title}{}", self.tongue.colon()));
            let text = format!("{}{}", title.unwrap_or_default(), silence.words(self.speaker));
            let name = self.speaker.ruleset.entry_told(silence.channel, silence.entry);
            Item::new(Mark::Unknown, text).named(&name)
        });
        list(self.tongue.no_source(), self.cut(silences.collect()))
    }

    /// What more could be asked, below what is missing.
    fn more(&self) -> Option<Block> {
        let more = rests::more(self.decision, self.speaker)?;
        list("", vec![Item::new(Mark::More, more)])
    }

    fn disputes(&mut self) -> Option<Block> {
        let disputes = rests::disputes(self.decision, self.speaker, None);
        self.cited.extend(disputes.iter().flat_map(rests::Dispute::citations));
        rests::list_of_disputes(self.speaker, &disputes)
    }

    fn assumed(&self) -> Option<Block> {
        rests::list_of_assumed(self.decision, self.speaker, None)
    }

    fn ties(&self) -> Option<Block> {
        let tied = self.all().filter(|decided| {
            // Each tie is told once, by the first in it; the excluded have no order to speak of.
            let first = decided.tie.iter().all(|other| self.decision.target(*other).rank > decided.rank);
            !decided.tie.is_empty() && first && decided.leaning != Verdict::Excluded
        });
        let ties = tied.map(|decided| {
            let names = [&[decided.target], &*decided.tie].concat();
            Item::new(Mark::Tie, self.tongue.tie(&some(self.tongue, self.called(&names), self.most)))
        });
        list(self.tongue.ties(), ties.collect())
    }

    /// Every rule and what became of it.
    fn rules(&self) -> Option<Block> {
        let ruleset = self.speaker.ruleset;
        let mut items = Vec::new();
        for (id, rule) in ruleset.rules.entries() {
            for instance in self.decision.instances(id).iter().filter(|instance| !instance.left_out) {
                let channel = instance.channel.map(|c| format!("{}: ", self.id(Target::Channel(c))));
                let state = self.tongue.state(instance.state());
                let filter = rule.for_each.as_ref().and_then(|for_each| for_each.filter.as_ref());
                let condition = filter.into_iter().chain(&rule.when);
                let condition: Vec<String> = condition.map(|expr| expr_text(ruleset, expr)).collect();
                let condition = match condition.is_empty() {
                    true => self.tongue.always().to_string(),
                    false => condition.join(" and "),
                };
                let text = format!("{}{state}: {condition}", channel.unwrap_or_default());
                items.push(Item::new(Mark::None, text).named(&rule.name));
            }
        }
        list(self.tongue.rules(), items)
    }

    /// The sources that were cited, each once, with what they say.
    fn sources(&self) -> Option<Block> {
        let mut found: Vec<(Id<Source>, Vec<String>)> = Vec::new();
        for citation in &self.cited {
            let at = found.iter().position(|(source, _)| *source == citation.source).unwrap_or_else(|| {
                found.push((citation.source, Vec::new()));
                found.len() - 1
            });
            let (_, quoted) = found.get_mut(at).expect("it was found, or just put there");
            if citation.quotes.is_empty() && citation.at.is_none() {
                continue;
            }
            for quote in quotes(self.speaker, citation) {
                if !quoted.contains(&quote) {
                    quoted.push(quote);
                }
            }
        }
        let items = found.into_iter().map(|(id, quoted)| {
            let source = &self.speaker.ruleset.sources[id];
            let title = source.title.as_ref().map(|title| title.get(self.speaker.language).to_string());
            let accessed = source.accessed.map(|day| format!("{} {day}", self.tongue.accessed()));
            let doubt = self.speaker.doubt(id).map(str::to_string);
            let parts = [title, source.publisher.clone(), source.published.clone(), accessed, doubt];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            let text = Text::of(Kind::Strong, &*source.name);
            let mut text = text.and(Kind::Plain, format!(" {}", self.tongue.list(&parts)));
            if let Some(url) = &source.url {
                text = text.and(Kind::Plain, " ").and(Kind::Link, url);
            }
            let quoted = quoted.into_iter().map(|quote| Item::new(Mark::Source, quote));
            Item { remarks: quoted.collect(), ..Item::new(Mark::None, text) }
        });
        list(self.tongue.sources(), items.collect())
    }
}

/// The mark of a note, or of a warning.
pub(super) fn note_mark(tongue: Tongue, warning: bool) -> Mark {
    if warning { Mark::Warning(tongue.warning()) } else { Mark::Note(tongue.note()) }
}
