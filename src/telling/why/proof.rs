//! The whole proof of one target: every rule that speaks of it, down to fields, facts, sources and quotes.

use std::collections::BTreeMap;

use super::answer::{list, note_mark};
use super::{better, footer, need_sources, no_value, points, rests};
use crate::document::{Block, Document, Item, Kind, Mark, Text};
use crate::words::{self, Speaker, Tongue, evidence, expr_text, told};
use qudao_engine::advise::Advice;
use qudao_language::decide::{Await, Cause, Decision, Instance, Reason, State, Truth};
use qudao_language::model::{Channel, EffectKind, Id, Rule, Ruleset, Table, Target};
use qudao_language::operator::{Policy, Verdict};
use qudao_language::source::Place;

/// Tells the proof of a target; at its end, what to change for a better verdict, if told.
#[must_use]
pub fn proof<'r>(
    decision: &Decision<'r>,
    speaker: Speaker<'r>,
    target: Target,
    advice: Option<&Advice>,
) -> Document {
    let writer = Writer { decision, speaker };
    let proof = Block::Proof(writer.target(target));
    let better = advice.and_then(|advice| better::better(&speaker, advice));
    Document {
        title: speaker.ruleset.target_title(target, speaker.language).into(),
        body: [proof].into_iter().chain(better).collect(),
        footer: footer(&speaker, decision),
        ..Document::default()
    }
}

pub(super) struct Writer<'a, 'r> {
    pub(super) decision: &'a Decision<'r>,
    pub(super) speaker: Speaker<'r>,
}

/// The rules that have an effect on a target, by what became of them.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) exceptions_aside: Vec<(Id<Rule>, Option<Id<Channel>>)>,
    pub(super) not_fired: Vec<(Id<Rule>, Option<Id<Channel>>)>,
}

impl<'r> Writer<'_, 'r> {
    pub(super) fn english(&self) -> bool {
        self.speaker.tongue == Tongue::English
    }

    pub(super) fn say(&self, english: &str, chinese: &str) -> String {
        if self.english() { english.to_string() } else { chinese.to_string() }
    }

    pub(super) fn id(&self, target: Target) -> &'r str {
        self.speaker.ruleset.target_name(target)
    }

    /// The verdict of a target, its points and its place, and what it could be.
    pub(super) fn headline(&self, target: Target) -> Vec<Block> {
        let decided = self.decision.target(target);
        let tongue = self.speaker.tongue;
        let title = self.speaker.ruleset.target_title(target, self.speaker.language);
        let verdict = tongue.verdict_or_undecided(decided.verdict);
        let points = points(&self.speaker, decided);
        let headline = if self.english() {
            let (kind, count) = self.siblings(target);
            format!(
                "{} ({title}) is {verdict}, with {points}; number {} of {count} {kind}.",
                self.id(target),
                decided.rank,
            )
        } else {
            let (kind, count) = self.siblings(target);
            format!(
                "{}（{title}）{verdict}：{points}，在 {count} 个{kind}中排第 {}。",
                self.id(target),
                decided.rank,
            )
        };
        let mut told = vec![Block::Paragraph(Text::of(Kind::Strong, headline))];
        if !decided.is_settled() || decided.verdict.is_none() {
            let open = tongue.verdicts(&decided.could_be);
            let (low, high) = decided.score_range;
            let text = if self.english() {
                format!("It could be {open}, with {low} to {high} points.")
            } else {
                format!("结论可能是{open}，得分 {low} 至 {high}。")
            };
            told.push(Block::Paragraph(text.into()));
        }
        told
    }

    fn target(&self, target: Target) -> Vec<Block> {
        let mut told = self.headline(target);
        let decided = self.decision.target(target);
        let thresholds = self.speaker.ruleset.thresholds;
        let tongue = self.speaker.tongue;
        let text = if self.english() {
            let (recommended, possible) =
                (self.threshold(thresholds.recommended), self.threshold(thresholds.possible));
            format!("Recommended from {recommended} on, possible from {possible} on.")
        } else {
            format!("{} 分起推荐，{} 分起可选。", thresholds.recommended, thresholds.possible)
        };
        told.push(Block::Paragraph(Text::of(Kind::Faint, text)));
        let reasons = decided.reasons.iter().flat_map(|reason| self.reason(target, *reason));
        told.extend(part(self.say("What decides", "决定性的规则"), trees(reasons)));
        told.extend(part(self.say("What is open", "尚未确定的规则"), self.pending(target)));
        told.extend(part(tongue.measures().into(), trees(self.measures(target).into_iter())));
        let disputes = rests::disputes(self.decision, &self.speaker, Some(target));
        told.extend(rests::list_of_disputes(&self.speaker, &disputes));
        told.extend(rests::list_of_assumed(self.decision, &self.speaker, Some(target)));
        let Rules { exceptions_aside, mut not_fired } = self.other_rules(target);
        let rule = |(rule, channel)| self.rule(rule, channel, &self.effects_on(rule, channel, target));
        let aside = trees(exceptions_aside.into_iter().map(rule));
        told.extend(part(self.say("Set aside by an exception", "因例外而不适用"), aside));
        let mut rows = Rows::default();
        not_fired.retain(|(rule, _)| rows.show(self.speaker.ruleset, *rule));
        let mut not_fired = trees(not_fired.into_iter().map(rule));
        not_fired.extend(self.rows_beyond(rows));
        told.extend(part(self.say("What does not apply, and why not", "未触发的规则及原因"), not_fired));
        told.extend(self.needs(target));
        told.extend(self.notes(target));
        told
    }

    /// The rules that are pending, each with what it waits for.
    fn pending(&self, target: Target) -> Vec<Block> {
        let mut rows = Rows::default();
        let mut told = Vec::new();
        for pending in &self.decision.target(target).pending {
            if rows.show_reason(self.speaker.ruleset, pending.reason) {
                told.extend(self.reason(target, pending.reason));
                if let Some(last) = told.last_mut() {
                    last.remarks.extend(self.awaits(&pending.awaits));
                }
            }
        }
        let mut told = trees(told.into_iter());
        told.extend(self.rows_beyond(rows));
        told
    }

    /// What a target is ranked among, and how many there are.
    fn siblings(&self, target: Target) -> (&'static str, usize) {
        let (ranked, one, many, chinese) = match target {
            Target::Channel(_) => (&self.decision.channels, "channel", "channels", "渠道"),
            Target::Mix(_) => (&self.decision.mixes, "mix", "mixes", "组合"),
        };
        let english = if ranked.len() == 1 { one } else { many };
        (if self.english() { english } else { chinese }, ranked.len())
    }

    /// A threshold, and the level that is worth as much.
    fn threshold(&self, points: i64) -> String {
        let level = self.speaker.ruleset.levels.iter().find(|level| level.points == points);
        let points = self.speaker.tongue.points(points);
        match level {
            Some(level) => format!("{points} (1 {})", level.name),
            None => points,
        }
    }

    pub(super) fn other_rules(&self, target: Target) -> Rules {
        let mut rules = Rules::default();
        for (id, rule) in self.speaker.ruleset.rules.entries() {
            for instance in self.decision.instances(id).iter().filter(|instance| !instance.left_out) {
                let speaks = rule.effects.iter().any(|effect| {
                    let of = effect.kind.target().and_then(|target| target.resolve(instance.channel));
                    !effect.kind.is_note() && of == Some(target)
                });
                match instance.state() {
                    State::Excepted if speaks => rules.exceptions_aside.push((id, instance.channel)),
                    State::NotFired if speaks => rules.not_fired.push((id, instance.channel)),
                    State::Fired | State::Pending | State::Excepted | State::NotFired => {}
                }
            }
        }
        rules
    }

    fn reason(&self, target: Target, reason: Reason) -> Vec<Item> {
        match reason {
            Reason::Rule(cause) => vec![self.rule(cause.rule, cause.channel, &self.effect(cause))],
            Reason::Through(channel) => {
                let text = Text::of(Kind::Name, self.falls_with(target, channel));
                let mut told = vec![Item::new(Mark::Truth(Truth::False, String::new()), text)];
                for reason in &self.decision.target(Target::Channel(channel)).reasons {
                    let excludes = match reason {
                        Reason::Rule(cause) => {
                            matches!(cause.kind(self.speaker.ruleset), EffectKind::Exclude(_))
                        }
                        Reason::Through(_) => true,
                    };
                    if excludes {
                        told.extend(self.reason(Target::Channel(channel), *reason));
                    }
                }
                told
            }
        }
    }

    /// That a target is excluded with a channel.
    pub(super) fn falls_with(&self, target: Target, channel: Id<Channel>) -> String {
        let through = self.id(Target::Channel(channel));
        if self.english() {
            format!("{} falls with {through}", self.id(target))
        } else {
            format!("{}随 {through} 一并排除", self.id(target))
        }
    }

    pub(super) fn effect(&self, cause: Cause) -> String {
        match cause.kind(self.speaker.ruleset) {
            EffectKind::Exclude(_) => self.say("excludes", "排除"),
            EffectKind::Cap(_, verdict) => {
                format!("{} {}", self.speaker.tongue.at_best(), self.speaker.tongue.verdict(*verdict))
            }
            EffectKind::Score(_, points, level) => match level {
                Some(level) => {
                    let levels = &self.speaker.ruleset.levels;
                    let level = levels.get(*level).expect("an effect's level is a level");
                    let points = words::points(self.decision, cause, points);
                    let sign = if points.starts_with('-') { "-" } else { "+" };
                    format!("{sign}{} ({points})", level.name)
                }
                None => words::points(self.decision, cause, points),
            },
            EffectKind::Needs(_, needs) => {
                let names: Vec<&str> =
                    needs.iter().map(|need| self.speaker.ruleset.need_name(*need)).collect();
                format!("{} {}", self.say("needs", "需要"), names.join(", "))
            }
            EffectKind::Note(..) => String::new(),
        }
    }

    pub(super) fn effects_on(&self, rule: Id<Rule>, channel: Option<Id<Channel>>, target: Target) -> String {
        let mut effects = Vec::new();
        for (effect, declared) in self.speaker.ruleset.rules[rule].effects.iter().enumerate() {
            let of = declared.kind.target().and_then(|target| target.resolve(channel));
            if of == Some(target) && !declared.kind.is_note() {
                effects.push(self.effect(Cause { rule, channel, effect }));
            }
        }
        effects.join(", ")
    }

    /// A rule with its condition as a tree, its exceptions and its sources.
    pub(super) fn rule(&self, id: Id<Rule>, channel: Option<Id<Channel>>, effect: &str) -> Item {
        let ruleset = self.speaker.ruleset;
        let rule = &ruleset.rules[id];
        let instance = self.decision.instance(id, channel).expect("a rule is told of its own instances");
        let truth = instance.fires.truth;
        let of = channel.map(|c| format!(" [{}]", self.id(Target::Channel(c)))).unwrap_or_default();
        let title = rule.title.as_ref().map(|title| format!(" \"{}\"", title.get(self.speaker.language)));
        let head = format!("{}{of}{}", rule.name, title.unwrap_or_default());
        let place = ruleset.files.place(rule.span);
        let mut remarks = vec![Item::new(Mark::None, Text::of(Kind::Faint, place.to_string()))];
        if let (Some(because), Truth::True) = (&rule.because, truth) {
            let text = self.speaker.fill(self.decision, because, channel);
            // The facts that the text alone tells.
            let told = told(self.decision, &self.speaker, because, (id, channel));
            let parts = told.into_iter().map(|read| self.read(read, false)).collect();
            remarks.push(Item { parts, ..Item::new(Mark::None, text) });
        }
        let traces = self.decision.condition(id, channel);
        if traces.is_empty() {
            remarks.push(Item::new(Mark::None, self.speaker.tongue.always()));
        }
        remarks.extend(traces.iter().map(|trace| self.tree(trace)));
        for (effect, declared) in rule.effects.iter().enumerate() {
            let cause = Cause { rule: id, channel, effect };
            let rated = self.decision.rating(cause).zip(declared.kind.points());
            remarks.extend(rated.map(|(rating, points)| {
                let points = words::points(self.decision, cause, points);
                self.computed(&rating, format!("{points} = {}", expr_text(ruleset, rating.expr)))
            }));
        }
        for (exception, instance) in self.decision.exceptions(id, channel) {
            let met = self.decision.instance(exception, instance).expect("an exception that meets is one");
            let of = instance
                .map(|channel| format!(" [{}]", self.id(Target::Channel(channel))))
                .unwrap_or_default();
            let name = format!("{}{of}", ruleset.rules[exception].name);
            let became = self.speaker.tongue.became(met.state());
            let text = if self.english() {
                format!("unless {name}: {became}")
            } else {
                format!("除非 {name}：{became}")
            };
            let condition = self.decision.condition(exception, instance);
            let remarks_on = condition.iter().map(|trace| self.tree(trace)).collect();
            remarks.push(Item { remarks: remarks_on, ..Item::new(Mark::None, text) });
        }
        remarks.extend(self.citations(&rule.sources));
        if let Some(replaced) = &rule.replaced {
            let place = ruleset.files.place(replaced.span);
            let text = format!("{} {place}", self.speaker.tongue.replaces());
            let cited = self.citations(&replaced.sources);
            remarks.push(Item { remarks: cited, ..Item::new(Mark::None, Text::of(Kind::Doubtful, text)) });
        }
        let mark = Mark::Truth(truth, effect.to_string());
        Item { remarks, ..Item::new(mark, Text::of(Kind::Name, head)) }
    }

    /// A place without the folder of the main file, or of the profile.
    pub(super) fn short_place(&self, place: &Place) -> String {
        let folder = |path: &str| path.rfind(['/', '\\']).map_or(0, |end| end + 1);
        let main = self.speaker.ruleset.main_path();
        let main_folder = main.get(..folder(main)).unwrap_or("");
        let own = self.decision.profile.file.as_deref() == Some(&*place.file);
        let file =
            if own { place.file.get(folder(&place.file)..) } else { place.file.strip_prefix(main_folder) };
        format!("{}:{}", file.unwrap_or(&place.file), place.line)
    }

    pub(super) fn awaits(&self, awaits: &[Await]) -> Vec<Item> {
        let ruleset = self.speaker.ruleset;
        let told = awaits.iter().map(|awaited| match (awaited, self.english()) {
            (Await::Field(id), true) => format!("waits for the answer to {}", ruleset.fields[*id].name),
            (Await::Field(id), false) => format!("等待回答：{}", ruleset.fields[*id].name),
            (Await::Fact(channel, entry), _) => no_value(&self.speaker, self.decision.day, *channel, *entry),
        });
        told.map(|text| Item::new(Mark::Unknown, text)).collect()
    }

    fn needs(&self, target: Target) -> Option<Block> {
        let decided = self.decision.target(target);
        let needs = self.decision.needs(target).filter(|_| decided.verdict != Some(Verdict::Excluded));
        let items = needs.map(|need| {
            let title = self.speaker.ruleset.need_title(need.need, self.speaker.language);
            let of = if need.because_of == target {
                String::new()
            } else {
                format!(" ({})", self.id(need.because_of))
            };
            let item = Item::new(Mark::Need(need.state), format!("{title}{of}"));
            let remarks = self.citations(need_sources(&self.speaker, &need));
            Item { remarks, ..item.named(self.speaker.ruleset.need_name(need.need)) }
        });
        list(self.speaker.tongue.to_do(), items.collect())
    }

    fn notes(&self, target: Target) -> Option<Block> {
        let notes = self.decision.target(target).notes.iter().filter_map(|cause| {
            let EffectKind::Note(_, text, warning) = cause.kind(self.speaker.ruleset) else { return None };
            let text = self.speaker.fill(self.decision, text, cause.channel);
            Some(Item {
                rule: self.speaker.ruleset.rules[cause.rule].name.to_string(),
                remarks: self.citations(evidence(self.decision, &self.speaker, *cause)),
                ..Item::new(note_mark(self.speaker.tongue, *warning), text)
            })
        });
        list(self.speaker.tongue.notes(), notes.collect())
    }
}

/// Items as trees, one behind the other.
pub(super) fn trees(items: impl Iterator<Item = Item>) -> Vec<Block> {
    items.map(Block::Tree).collect()
}

/// Parts under a heading; nothing where there are none.
fn part(heading: String, parts: Vec<Block>) -> Option<Block> {
    (!parts.is_empty()).then(|| Block::section(heading, parts))
}

/// So many rows of a table are shown in full in one place; those beyond are counted.
pub(super) const MOST_ROWS: usize = 12;

/// The rows of tables that come up in one place.
#[derive(Default)]
pub(super) struct Rows {
    shown: BTreeMap<Id<Table>, usize>,
    beyond: BTreeMap<Id<Table>, Vec<Id<Rule>>>,
}

impl Rows {
    /// Tells whether a rule is shown in full: each that is no row, and the first rows of a table.
    pub(super) fn show(&mut self, ruleset: &Ruleset, rule: Id<Rule>) -> bool {
        let Some(row) = &ruleset.rules[rule].row else { return true };
        let shown = self.shown.entry(row.table).or_default();
        if *shown < MOST_ROWS {
            *shown += 1;
            return true;
        }
        self.beyond.entry(row.table).or_default().push(rule);
        false
    }

    /// The same of a reason.
    pub(super) fn show_reason(&mut self, ruleset: &Ruleset, reason: Reason) -> bool {
        match reason {
            Reason::Rule(cause) => self.show(ruleset, cause.rule),
            Reason::Through(_) => true,
        }
    }
}

impl Writer<'_, '_> {
    /// Tells how many rows are not shown in full, and what became of them.
    pub(super) fn rows_beyond(&self, rows: Rows) -> Vec<Block> {
        let beyond = rows.beyond.into_iter().map(|(table, beyond)| {
            let ruleset = self.speaker.ruleset;
            let state = |rule: Id<Rule>| self.decision.instance(rule, None).map(Instance::state);
            let holds = |rule: &Id<Rule>| {
                self.decision.instance(*rule, None).is_some_and(|row| row.condition.truth == Truth::True)
            };
            let table = &ruleset.tables[table];
            let matching =
                table.rows.iter().find(|rule| holds(rule)).filter(|_| table.policy == Policy::First);
            let number = |rule: Id<Rule>| ruleset.rules[rule].row.as_ref().map(|row| row.number);
            let behind = |rule: &&Id<Rule>| matching.is_some_and(|first| number(**rule) > number(*first));
            let open = beyond.iter().filter(|rule| state(**rule) == Some(State::Pending)).count();
            let behind = beyond.iter().filter(behind).count();
            let first = matching.map_or("", |rule| &ruleset.rules[*rule].name);
            let told = self.speaker.tongue.rows_beyond(&table.name, beyond.len(), open, (behind, first));
            Block::section("", vec![Block::Tree(Item::new(Mark::Beyond, told))])
        });
        beyond.collect()
    }
}
