//! The whole proof of one target: every rule that speaks of it, down to fields, facts, sources and quotes.

use super::page::{Page, Style};
use super::{better, check_box, evidence, footer, long_source, need_sources, points, rests};
use crate::advise::Advice;
use crate::decide::{Await, Cause, Decision, Judged, Outcome, Read, Reason, State, Trace, Truth};
use crate::layout::{WIDTH, pad, width};
use crate::model::{Channel, Citation, EffectKind, ExprKind, Id, Origin, Rule, Target, Type, Value};
use crate::operator::Verdict;
use crate::source::Place;
use crate::visible::visible;
use crate::words::{Speaker, Tongue, source_text};

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
    fn english(&self) -> bool {
        self.speaker.tongue == Tongue::English
    }

    fn say(&self, english: &str, chinese: &str) -> String {
        if self.english() { english.to_string() } else { chinese.to_string() }
    }

    fn id(&self, target: Target) -> &'r str {
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
        for pending in &decided.pending {
            self.reason(target, pending.reason);
            self.awaits(&pending.awaits);
        }
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
        for (rule, channel) in rules.not_fired {
            self.rule(rule, channel, &self.effects_on(rule, channel, target));
        }
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
            EffectKind::Score(_, points, level) => {
                let level = level.and_then(|level| self.speaker.ruleset.levels.get(level));
                match level {
                    Some(level) => {
                        let sign = if *points < 0 { "-" } else { "+" };
                        format!("{sign}{} ({points:+})", level.name)
                    }
                    None => format!("{points:+}"),
                }
            }
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
        let instance = self.decision.instance(id, channel);
        let truth = instance.map_or(Truth::Unknown, |instance| instance.fires.truth);
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
        }
        let traces = self.decision.condition(id, channel);
        if traces.is_empty() {
            self.page.line(&[(Style::Plain, &format!("  {}", self.speaker.tongue.always()))]);
        }
        for trace in &traces {
            self.tree(trace, "  ", "  ");
        }
        for (exception, instance) in self.decision.exceptions(id, channel) {
            let state = self.decision.instance(exception, instance).map_or(State::NotFired, |i| i.state());
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
                self.tree(trace, "    ", "    ");
            }
        }
        self.citations(&rule.sources, "  ");
        if let Some(replaced) = &rule.replaced {
            let place = ruleset.files.place(replaced.span);
            self.page.line(&[(Style::Fair, &format!("  {} {place}", self.speaker.tongue.replaces()))]);
            self.citations(&replaced.sources, "    ");
        }
    }

    fn citations(&mut self, citations: &[Citation], indent: &str) {
        for text in citations.iter().flat_map(|citation| long_source(&self.speaker, citation)) {
            self.page.hang(&[(Style::Faint, &format!("{indent}⤷ "))], &text);
        }
    }

    /// A part of a condition, what it read, and its parts.
    fn tree(&mut self, trace: &Trace<'r>, first: &str, rest: &str) {
        let judged = trace.judged().unwrap_or(Judged::STUCK);
        let (style, sign) = mark(judged.truth);
        let text = source_text(self.speaker.ruleset, trace.expr.span);
        if let ([only], ExprKind::And(_) | ExprKind::Or(_)) = (trace.parts.as_slice(), &trace.expr.kind) {
            return self.tree(only, first, rest);
        }
        self.page.hang_under(&[(Style::Plain, first), (style, &format!("{sign} "))], rest, &text);
        let joins = trace.parts.iter().all(|part| part.judged().is_some()) && !trace.parts.is_empty();
        let branch = |last: bool| if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        if joins && trace.read.is_none() {
            let count = trace.parts.len();
            for (number, part) in trace.parts.iter().enumerate() {
                let (mark, below) = branch(number + 1 == count);
                self.tree(part, &format!("{rest}{mark}"), &format!("{rest}{below}"));
            }
            return;
        }
        let reads = trace.reads();
        let computed = computed(trace, false);
        let count = reads.len() + computed.len();
        for (number, read) in reads.into_iter().enumerate() {
            let (mark, below) = branch(number + 1 == count);
            self.read(read, &format!("{rest}{mark}"), &format!("{rest}{below}"));
        }
        let already = count - computed.len();
        for (number, part) in computed.into_iter().enumerate() {
            let (mark, below) = branch(already + number + 1 == count);
            let text = source_text(self.speaker.ruleset, part.expr.span);
            let value = self.shown(part);
            let words = if matches!(part.expr.kind, ExprKind::Convert(..)) {
                if self.english() { format!("{text} is {value}") } else { format!("{text} 即 {value}") }
            } else {
                format!("{text} = {value}")
            };
            let lead = format!("{rest}{mark}");
            self.page.hang_under(&[(Style::Plain, &lead)], &format!("{rest}{below}"), &words);
        }
    }

    fn shown(&self, trace: &Trace<'_>) -> String {
        match &trace.outcome {
            Outcome::Value { value: Some(value), .. } => self.speaker.id(value, trace.expr.ty),
            Outcome::Value { value: None, .. } => self.speaker.tongue.not_known().to_string(),
            Outcome::Truth(judged) => match judged.truth.as_bool() {
                Some(value) => value.to_string(),
                None => self.speaker.tongue.not_known().to_string(),
            },
        }
    }

    fn value(&self, value: Option<&Value>, ty: Type) -> String {
        value.map_or_else(|| self.speaker.tongue.not_known().to_string(), |value| self.speaker.id(value, ty))
    }

    fn read(&mut self, read: Read<'r>, first: &str, rest: &str) {
        let ruleset = self.speaker.ruleset;
        match read {
            Read::Field(id) => {
                let field = &ruleset.fields[id];
                let given = self.decision.profile.get(id);
                let origin = match (given.origin, &given.at) {
                    (Origin::Given, Some(place)) => self.short_place(place),
                    (Origin::Given, None) => String::new(),
                    (Origin::Default, _) => self.speaker.tongue.by_default().to_string(),
                    (Origin::Missing, _) => self.speaker.tongue.left_out().to_string(),
                };
                let text = format!("{} = {}", field.name, self.value(given.value.as_ref(), field.ty));
                self.beside(first, rest, &text, &origin);
            }
            Read::Fact { channel, entry, statement } => {
                let ty = ruleset.facts[entry.0].ty;
                let name = ruleset.entry_name(channel, entry);
                let value = statement.and_then(|statement| statement.value.as_ref());
                let silent =
                    if value.is_none() && (entry.1.is_some() || ruleset.facts[entry.0].index.is_none()) {
                        self.say(": no source says", "：没有来源说明")
                    } else {
                        String::new()
                    };
                let text = format!("{name} = {}{silent}", self.value(value, ty));
                let place =
                    statement.map(|s| self.short_place(&ruleset.files.place(s.span))).unwrap_or_default();
                self.beside(first, rest, &text, &place);
                let Some(statement) = statement else { return };
                if statement.since.is_some() || statement.until.is_some() {
                    let day =
                        |word: &str, day: Option<crate::date::Date>| day.map(|day| format!("{word} {day}"));
                    let dates: Vec<String> = [day("since", statement.since), day("until", statement.until)]
                        .into_iter()
                        .flatten()
                        .collect();
                    self.page.line(&[(Style::Faint, &format!("{rest}  {}", dates.join(" ")))]);
                }
                self.citations(&statement.sources, &format!("{rest}  "));
                let colon = self.speaker.tongue.colon();
                for disputed in &statement.disputed {
                    let value = self.value(disputed.value.as_ref(), ty);
                    let text = format!("{rest}  {}{colon}{value}", self.speaker.tongue.disputed());
                    self.page.line(&[(Style::Fair, &text)]);
                    self.citations(&disputed.sources, &format!("{rest}    "));
                }
                let mut indent = format!("{rest}  ");
                let mut replaced = statement.replaced_on(self.decision.day);
                while let Some(old) = replaced {
                    let value = self.value(old.value.as_ref(), ty);
                    let place = self.short_place(&ruleset.files.place(old.span));
                    let text = format!("{} {value}", self.speaker.tongue.replaces());
                    self.beside(&indent, "", &text, &place);
                    indent.push_str("  ");
                    self.citations(&old.sources, &indent);
                    replaced = old.replaced_on(self.decision.day);
                }
            }
            Read::Target(target, excluded) => {
                let state = match (excluded, self.english()) {
                    (Truth::True, true) => "is excluded",
                    (Truth::False, true) => "is not excluded",
                    (Truth::Unknown, true) => "may be excluded",
                    (Truth::True, false) => "已排除",
                    (Truth::False, false) => "未排除",
                    (Truth::Unknown, false) => "可能被排除",
                };
                self.beside(first, rest, &format!("{} {state}", self.id(target)), "");
            }
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

    /// A text, and a remark at the right margin where there is room for it.
    fn beside(&mut self, first: &str, rest: &str, text: &str, remark: &str) {
        let taken = width(&visible(first)) + width(&visible(text));
        let room = WIDTH.saturating_sub(width(&visible(remark)) + 2);
        if remark.is_empty() || taken > room {
            self.page.hang_under(
                &[(Style::Plain, first)],
                rest,
                &if remark.is_empty() { text.into() } else { format!("{text}  ({remark})") },
            );
        } else {
            let column = room.min(taken.max(46));
            let padded = pad(&format!("{first}{text}"), column + 2);
            self.page.line(&[(Style::Plain, &padded), (Style::Faint, remark)]);
        }
    }

    pub(super) fn awaits(&mut self, awaits: &[Await]) {
        let ruleset = self.speaker.ruleset;
        for awaited in awaits {
            let text = match (awaited, self.english()) {
                (Await::Field(id), true) => format!("waits for the answer to {}", ruleset.fields[*id].name),
                (Await::Field(id), false) => format!("等待回答：{}", ruleset.fields[*id].name),
                (Await::Fact(channel, entry), true) => {
                    format!("no source says {}", ruleset.entry_name(*channel, *entry))
                }
                (Await::Fact(channel, entry), false) => {
                    format!("没有来源说明 {}", ruleset.entry_name(*channel, *entry))
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
                for citation in evidence(self.decision, cause.rule, cause.channel) {
                    self.citations(std::slice::from_ref(citation), "    ");
                }
            }
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

/// The parts of an atom that were computed, not read: sums, conversions, lets. An `if` that is a part of another or of a
/// let goes without saying.
fn computed<'t, 'r>(trace: &'t Trace<'r>, inside: bool) -> Vec<&'t Trace<'r>> {
    use crate::model::ExprKind as E;
    let own = matches!(
        trace.expr.kind,
        E::Sum(_)
            | E::Scale(..)
            | E::Convert(..)
            | E::Let(_)
            | E::Count(_)
            | E::Min(_)
            | E::Max(_)
            | E::Abs(_)
            | E::Between(..)
            | E::Shift(..)
            | E::Today
    ) || (matches!(trace.expr.kind, E::If(_)) && !inside);
    let inside = inside || matches!(trace.expr.kind, E::If(_) | E::Let(_));
    let inner = trace.parts.iter().flat_map(|part| computed(part, inside));
    if own { std::iter::once(trace).chain(inner).collect() } else { inner.collect() }
}
