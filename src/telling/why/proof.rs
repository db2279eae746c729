//! The whole proof of one target: every rule that speaks of it, down to fields, facts, sources and quotes.

use std::collections::BTreeMap;

use super::page::{Page, Style};
use super::{better, check_box, footer, need_sources, no_value, points, rests};
use crate::words::{Speaker, Tongue, evidence, told};
use qudao_engine::advise::Advice;
use qudao_language::decide::{Await, Cause, Decision, Instance, Reason, State, Truth};
use qudao_language::model::{Channel, EffectKind, Id, Rule, Ruleset, Table, Target};
use qudao_language::operator::{Policy, Verdict};
use qudao_language::source::Place;

/// Returns the proof of a target as a text of 80 columns; at its end, what to change for a better verdict, if told.
#[must_use]
pub fn proof<'r>(
    decision: &Decision<'r>,
    speaker: Speaker<'r>,
    target: Target,
    advice: Option<&Advice>,
    colour: bool,
) -> String {
    let mut writer = Writer { decision, speaker, page: Page::new(colour) };
    writer.target(target);
    if let Some(advice) = advice {
        better::write(&mut writer.page, &speaker, advice);
    }
    writer.page.blank();
    let footer = footer(&speaker, decision);
    writer.page.line(&[(Style::Faint, &footer)]);
    writer.page.finish()
}

pub(super) struct Writer<'a, 'r> {
    pub(super) decision: &'a Decision<'r>,
    pub(super) speaker: Speaker<'r>,
    pub(super) page: Page,
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
    pub(super) fn headline(&mut self, target: Target) {
        let decided = self.decision.target(target);
        let tongue = self.speaker.tongue;
        let title = self.speaker.ruleset.target_title(target, self.speaker.language);
        let verdict = decided.verdict.map_or(tongue.undecided(), |verdict| tongue.verdict(verdict));
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
        self.page.paragraph(Style::Strong, &headline);
        if !decided.is_settled() || decided.verdict.is_none() {
            let open: Vec<String> = decided.could_be.iter().map(|v| tongue.verdict(*v).to_string()).collect();
            let (low, high) = decided.score_range;
            let text = if self.english() {
                format!("It could be {}, with {low} to {high} points.", tongue.or(&open))
            } else {
                format!("可能为{}，得分 {low} 至 {high}。", tongue.or(&open))
            };
            self.page.paragraph(Style::Plain, &text);
        }
    }

    fn target(&mut self, target: Target) {
        self.headline(target);
        let decided = self.decision.target(target);
        let thresholds = self.speaker.ruleset.thresholds;
        let text = if self.english() {
            let (recommended, possible) =
                (self.threshold(thresholds.recommended), self.threshold(thresholds.possible));
            format!("Recommended from {recommended} on, possible from {possible} on.")
        } else {
            format!("{} 分起推荐，{} 分起可选。", thresholds.recommended, thresholds.possible)
        };
        self.page.paragraph(Style::Faint, &text);

        if !decided.reasons.is_empty() {
            let heading = self.say("What decides", "决定性的规则");
            self.page.heading(&heading);
        }
        for reason in &decided.reasons {
            self.reason(target, *reason);
        }
        if !decided.pending.is_empty() {
            let heading = self.say("What is open", "尚未确定的规则");
            self.page.heading(&heading);
        }
        let mut rows = Rows::default();
        for pending in &decided.pending {
            let rule = match pending.reason {
                Reason::Rule(cause) => Some(cause.rule),
                Reason::Through(_) => None,
            };
            if rule.is_none_or(|rule| rows.show(self.speaker.ruleset, rule)) {
                self.reason(target, pending.reason);
                self.awaits(&pending.awaits);
            }
        }
        self.rows_beyond(rows);
        rests::put_disputes(&mut self.page, self.decision, &self.speaker, Some(target));
        rests::put_assumed(&mut self.page, self.decision, &self.speaker, Some(target));
        let rules = self.other_rules(target);
        if !rules.exceptions_aside.is_empty() {
            let heading = self.say("Set aside by an exception", "因例外而不适用");
            self.page.heading(&heading);
        }
        for (rule, channel) in rules.exceptions_aside {
            self.rule(rule, channel, &self.effects_on(rule, channel, target));
        }
        if !rules.not_fired.is_empty() {
            let heading = self.say("What does not apply, and why not", "未触发的规则及原因");
            self.page.heading(&heading);
        }
        let mut rows = Rows::default();
        for (rule, channel) in rules.not_fired {
            if rows.show(self.speaker.ruleset, rule) {
                self.rule(rule, channel, &self.effects_on(rule, channel, target));
            }
        }
        self.rows_beyond(rows);
        self.needs(target);
        self.notes(target);
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

    fn reason(&mut self, target: Target, reason: Reason) {
        match reason {
            Reason::Rule(cause) => self.rule(cause.rule, cause.channel, &self.effect(cause)),
            Reason::Through(channel) => {
                let text = self.falls_with(target, channel);
                self.page.line(&[(Style::Bad, "✗ "), (Style::Strong, &text)]);
                let inner: Vec<Reason> = self
                    .decision
                    .target(Target::Channel(channel))
                    .reasons
                    .iter()
                    .copied()
                    .filter(|reason| match reason {
                        Reason::Rule(cause) => {
                            matches!(cause.kind(self.speaker.ruleset), EffectKind::Exclude(_))
                        }
                        Reason::Through(_) => true,
                    })
                    .collect();
                for reason in inner {
                    self.reason(Target::Channel(channel), reason);
                }
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
                    let sign = if *points < 0 { "-" } else { "+" };
                    format!("{sign}{} ({points:+})", level.name)
                }
                None => format!("{points:+}"),
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
    pub(super) fn rule(&mut self, id: Id<Rule>, channel: Option<Id<Channel>>, effect: &str) {
        let ruleset = self.speaker.ruleset;
        let rule = &ruleset.rules[id];
        let instance = self.decision.instance(id, channel).expect("a rule is told of its own instances");
        let truth = instance.fires.truth;
        let (style, mark) = mark(truth);
        let of = channel.map(|c| format!(" [{}]", self.id(Target::Channel(c)))).unwrap_or_default();
        let title = rule.title.as_ref().map(|title| format!(" \"{}\"", title.get(self.speaker.language)));
        let head = format!("{}{of}{}", rule.name, title.unwrap_or_default());
        let place = ruleset.files.place(rule.span);
        self.page.blank();
        let lead = if effect.is_empty() { format!("{mark} ") } else { format!("{mark} {effect}  ") };
        self.page.line(&[(style, &lead), (Style::Strong, &head)]);
        self.page.line(&[(Style::Faint, &format!("  {place}"))]);
        if let (Some(because), Truth::True) = (&rule.because, truth) {
            let text = self.speaker.fill(self.decision, because, channel);
            self.page.hang(&[(Style::Plain, "  ")], &text);
            let told = told(self.decision, &self.speaker, because, (id, channel));
            self.told(told, "  ");
        }
        let traces = self.decision.condition(id, channel);
        if traces.is_empty() {
            self.page.line(&[(Style::Plain, &format!("  {}", self.speaker.tongue.always()))]);
        }
        for trace in &traces {
            self.tree(trace, "  ");
        }
        for (exception, instance) in self.decision.exceptions(id, channel) {
            let met = self.decision.instance(exception, instance).expect("an exception that meets is one");
            let state = met.state();
            let of = instance
                .map(|channel| format!(" [{}]", self.id(Target::Channel(channel))))
                .unwrap_or_default();
            let name = format!("{}{of}", ruleset.rules[exception].name);
            let became = self.speaker.tongue.became(state);
            let text = if self.english() {
                format!("  unless {name}: {became}")
            } else {
                format!("  除非 {name}：{became}")
            };
            self.page.line(&[(Style::Plain, &text)]);
            for trace in &self.decision.condition(exception, instance) {
                self.tree(trace, "    ");
            }
        }
        self.citations(&rule.sources, "  ");
        if let Some(replaced) = &rule.replaced {
            let place = ruleset.files.place(replaced.span);
            self.page.line(&[(Style::Fair, &format!("  {} {place}", self.speaker.tongue.replaces()))]);
            self.citations(&replaced.sources, "    ");
        }
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

    pub(super) fn awaits(&mut self, awaits: &[Await]) {
        let ruleset = self.speaker.ruleset;
        for awaited in awaits {
            let text = match (awaited, self.english()) {
                (Await::Field(id), true) => format!("waits for the answer to {}", ruleset.fields[*id].name),
                (Await::Field(id), false) => format!("等待回答：{}", ruleset.fields[*id].name),
                (Await::Fact(channel, entry), _) => {
                    no_value(&self.speaker, self.decision.day, *channel, *entry)
                }
            };
            self.page.hang(&[(Style::Fair, "  ? ")], &text);
        }
    }

    fn needs(&mut self, target: Target) {
        let decided = self.decision.target(target);
        if decided.needs.is_empty() || decided.verdict == Some(Verdict::Excluded) {
            return;
        }
        self.page.heading(self.speaker.tongue.to_do());
        for need in &decided.needs {
            let name = self.speaker.ruleset.need_name(need.need);
            let title = self.speaker.ruleset.need_title(need.need, self.speaker.language);
            let of = if need.because_of == target {
                String::new()
            } else {
                format!(" ({})", self.id(need.because_of))
            };
            self.page.hang(
                &[(Style::Plain, &format!("  {} {name}  ", check_box(need.state)))],
                &format!("{title}{of}"),
            );
            self.citations(need_sources(&self.speaker, need), "      ");
        }
    }

    fn notes(&mut self, target: Target) {
        let decided = self.decision.target(target);
        if decided.notes.is_empty() {
            return;
        }
        self.page.heading(self.speaker.tongue.notes());
        for cause in &decided.notes {
            if let EffectKind::Note(_, text, warning) = cause.kind(self.speaker.ruleset) {
                let text = self.speaker.fill(self.decision, text, cause.channel);
                let mark = if *warning { "!" } else { "·" };
                let rule = &self.speaker.ruleset.rules[cause.rule].name;
                self.page.hang(&[(Style::Plain, &format!("  {mark} "))], &format!("{text} [{rule}]"));
                for citation in evidence(self.decision, &self.speaker, *cause) {
                    self.citations(std::slice::from_ref(citation), "    ");
                }
            }
        }
    }
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
}

impl Writer<'_, '_> {
    /// Tells how many rows are not shown in full, and what became of them.
    pub(super) fn rows_beyond(&mut self, rows: Rows) {
        for (table, beyond) in rows.beyond {
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
            self.page.blank();
            self.page.hang(&[(Style::Plain, "… ")], &told);
        }
    }
}

pub(super) fn mark(truth: Truth) -> (Style, &'static str) {
    match truth {
        Truth::True => (Style::Good, "✓"),
        Truth::False => (Style::Bad, "✗"),
        Truth::Unknown => (Style::Fair, "?"),
    }
}
