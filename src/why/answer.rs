//! The answer on a screen.

use super::headline::headline;
use super::page::{Page, Style, column, widest};
use super::{check_box, evidence, footer, need_sources, points, reason, rests, short_sources, silences};
use crate::decide::{Cause, Decision, Reason, TargetDecision};
use crate::layout::{pad, pad_left, width};
use crate::model::{EffectKind, Need, NeedState, Target};
use crate::operator::Verdict;
use crate::visible::visible;
use crate::words::{Speaker, Tongue};

/// What of an answer is shown, and how.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// How many channels and mixes are told in full; all where it is not said.
    pub top: Option<usize>,
    /// Whether there are colours.
    pub colour: bool,
    /// Whether every rule is listed.
    pub trace: bool,
    /// The command that shows the proof of a target, without the target.
    pub why: Option<String>,
}

/// Returns a decision as a text of 80 columns, the answer in its first line.
#[must_use]
pub fn answer<'r>(decision: &Decision<'r>, speaker: Speaker<'r>, options: &Options) -> String {
    let mut page = Page::new(options.colour);
    page.paragraph(Style::Strong, &headline(decision, &speaker));
    let writer = Writer { decision, speaker, options };
    writer.ranking(&mut page, &decision.channels, speaker.tongue.channels());
    writer.ranking(&mut page, &decision.mixes, speaker.tongue.mixes());
    writer.targets(&mut page);
    writer.excluded(&mut page);
    writer.notes(&mut page);
    writer.missing(&mut page);
    writer.more(&mut page);
    writer.open_facts(&mut page);
    rests::put_disputes(&mut page, decision, &speaker, None);
    rests::put_assumed(&mut page, decision, &speaker, None);
    writer.ties(&mut page);
    if options.trace {
        writer.rules(&mut page);
    }
    page.blank();
    page.line(&[(Style::Faint, &footer(&speaker, decision))]);
    if let (Some(why), Some(target)) = (&options.why, decision.channels.first()) {
        let next = format!(
            "{}{}{why} {}",
            speaker.tongue.next(),
            speaker.tongue.colon(),
            speaker.ruleset.target_name(*target)
        );
        page.line(&[(Style::Faint, &next)]);
    }
    page.finish()
}

struct Writer<'a, 'r> {
    decision: &'a Decision<'r>,
    speaker: Speaker<'r>,
    options: &'a Options,
}

impl<'r> Writer<'_, 'r> {
    fn tongue(&self) -> Tongue {
        self.speaker.tongue
    }

    fn id(&self, target: Target) -> &'r str {
        self.speaker.ruleset.target_name(target)
    }

    fn title(&self, target: Target) -> &'r str {
        self.speaker.ruleset.target_title(target, self.speaker.language)
    }

    fn verdict(&self, decided: &TargetDecision) -> &'static str {
        decided.verdict.map_or(self.tongue().undecided(), |verdict| self.tongue().verdict(verdict))
    }

    fn ranking(&self, page: &mut Page, targets: &[Target], heading: &str) {
        if targets.is_empty() {
            return;
        }
        page.heading(heading);
        let decided: Vec<&TargetDecision> =
            targets.iter().map(|target| self.decision.target(*target)).collect();
        let ids = widest(targets.iter().map(|target| self.id(*target)), 24);
        let verdicts = widest(decided.iter().map(|decided| self.verdict(decided)), 12);
        let shown: Vec<String> = decided.iter().map(|decided| self.score(decided)).collect();
        let scores = widest(shown.iter().map(String::as_str), 24);
        for ((target, decided), score) in targets.iter().zip(decided).zip(&shown) {
            let excluded = decided.leaning == Verdict::Excluded && decided.verdict.is_some();
            let rank = if excluded { "✗".to_string() } else { decided.rank.to_string() };
            let text = format!("{}{}", self.title(*target), self.remark(decided));
            let style = Style::of(decided.verdict);
            page.hang(
                &[
                    (Style::Plain, &format!("{}  ", pad_left(&rank, 3))),
                    (Style::Strong, &column(self.id(*target), ids)),
                    (style, &column(self.verdict(decided), verdicts)),
                    (Style::Plain, &format!("{}  ", pad_left(score, scores))),
                ],
                &text,
            );
        }
    }

    fn score(&self, decided: &TargetDecision) -> String {
        if decided.leaning == Verdict::Excluded && decided.verdict.is_some() {
            return "-".into();
        }
        points(&self.speaker, decided)
    }

    /// What the verdict alone does not say.
    fn remark(&self, decided: &TargetDecision) -> String {
        let tongue = self.tongue();
        let mut remarks = Vec::new();
        if decided.verdict.is_none() {
            let open: Vec<String> =
                decided.could_be.iter().map(|verdict| tongue.verdict(*verdict).to_string()).collect();
            let gap = if tongue == Tongue::English { " " } else { "" };
            remarks.push(format!("{}{gap}{}", tongue.could_be(), tongue.or(&open)));
        }
        if let Some(cause) = decided.capped_by {
            let rule = &self.speaker.ruleset.rules[cause.rule].name;
            remarks.push(match tongue {
                Tongue::English => format!("capped by {rule}"),
                Tongue::Chinese => format!("被 {rule} 封顶"),
            });
        }
        let to_do = decided.needs.iter().filter(|need| need.state != NeedState::Met).count();
        if to_do > 0 && decided.leaning != Verdict::Excluded {
            remarks.push(match tongue {
                Tongue::English => format!("{to_do} to do"),
                Tongue::Chinese => format!("{to_do} 件待办"),
            });
        }
        if !self.decision.open_facts(decided.target).is_empty() {
            remarks.push(match tongue {
                Tongue::English => "no source says all".to_string(),
                Tongue::Chinese => "来源有缺".to_string(),
            });
        }
        if !self.decision.disputed_facts(decided.target).is_empty() {
            remarks.push(match tongue {
                Tongue::English => "rests on a disputed value".to_string(),
                Tongue::Chinese => "依据有争议".to_string(),
            });
        }
        if remarks.is_empty() { String::new() } else { tongue.bracket(&tongue.list(&remarks)) }
    }

    fn targets(&self, page: &mut Page) {
        for targets in [&self.decision.channels, &self.decision.mixes] {
            for target in targets.iter().take(self.options.top.unwrap_or(usize::MAX)) {
                let decided = self.decision.target(*target);
                if decided.leaning != Verdict::Excluded {
                    self.target(page, decided);
                }
            }
        }
    }

    fn target(&self, page: &mut Page, decided: &TargetDecision) {
        let told = decided.reasons.iter().any(|reason| matches!(reason, Reason::Rule(_)));
        if !told && decided.needs.is_empty() && decided.notes.is_empty() {
            return;
        }
        let id = self.id(decided.target);
        page.heading(&format!("{id}  {}", self.title(decided.target)));
        self.reasons(page, &decided.reasons);
        if !decided.needs.is_empty() {
            page.line(&[(Style::Plain, &format!("  {}", self.tongue().to_do()))]);
            let ids = widest(decided.needs.iter().map(|need| self.speaker.ruleset.need_name(need.need)), 24);
            for need in &decided.needs {
                let name = self.speaker.ruleset.need_name(need.need);
                let style = if need.state == NeedState::Met { Style::Good } else { Style::Fair };
                let text = self.need_text(decided.target, need);
                let first = [
                    (style, &*format!("    {} ", check_box(need.state))),
                    (Style::Plain, &*column(name, ids)),
                ];
                page.hang(&first, &text);
            }
        }
        for cause in &decided.notes {
            self.note(page, *cause);
        }
    }

    fn reasons(&self, page: &mut Page, reasons: &[Reason]) {
        let causes: Vec<Cause> = reasons
            .iter()
            .filter_map(|reason| match reason {
                Reason::Rule(cause) => Some(*cause),
                Reason::Through(_) => None,
            })
            .filter(|cause| !matches!(cause.kind(self.speaker.ruleset), EffectKind::Needs(..)))
            .collect();
        let effects: Vec<String> = causes.iter().map(|cause| self.effect(*cause)).collect();
        let effects_width = widest(effects.iter().map(String::as_str), 16);
        let rules = widest(causes.iter().map(|cause| &*self.speaker.ruleset.rules[cause.rule].name), 24);
        for (cause, effect) in causes.iter().zip(&effects) {
            let rule = &self.speaker.ruleset.rules[cause.rule];
            let style = match cause.kind(self.speaker.ruleset) {
                EffectKind::Score(_, points, _) if *points > 0 => Style::Good,
                EffectKind::Score(..) | EffectKind::Cap(..) => Style::Fair,
                EffectKind::Exclude(_) | EffectKind::Needs(..) | EffectKind::Note(..) => Style::Bad,
            };
            let first = [
                (style, &*format!("  {}  ", pad(effect, effects_width))),
                (Style::Plain, &*column(&rule.name, rules)),
            ];
            page.hang(&first, &self.reason_text(*cause));
        }
    }

    fn effect(&self, cause: Cause) -> String {
        match cause.kind(self.speaker.ruleset) {
            EffectKind::Exclude(_) => "✗".into(),
            EffectKind::Cap(_, verdict) => format!("≤ {}", self.tongue().verdict(*verdict)),
            EffectKind::Score(_, points, level) => {
                match level.and_then(|level| self.speaker.ruleset.levels.get(level)) {
                    Some(level) => {
                        let sign = if *points < 0 { "-" } else { "+" };
                        let title =
                            level.title.as_ref().map_or(&*level.name, |t| t.get(self.speaker.language));
                        format!("{sign}{title}")
                    }
                    None => format!("{points:+}"),
                }
            }
            EffectKind::Needs(..) | EffectKind::Note(..) => String::new(),
        }
    }

    /// The reason in words, and what it rests on.
    fn reason_text(&self, cause: Cause) -> String {
        let mut text = reason(self.decision, &self.speaker, cause.rule, cause.channel);
        let sources = short_sources(&self.speaker, evidence(self.decision, cause.rule, cause.channel));
        if !sources.is_empty() {
            text.push_str(&format!(" [{sources}]"));
        }
        text.trim_start().to_string()
    }

    fn need_text(&self, target: Target, need: &crate::decide::NeedDecision) -> String {
        let ruleset = self.speaker.ruleset;
        let mut text = ruleset.need_title(need.need, self.speaker.language).to_string();
        if need.because_of != target {
            let of = self.id(need.because_of);
            text.push_str(&self.tongue().bracket(&match self.tongue() {
                Tongue::English => format!("for {of}"),
                Tongue::Chinese => format!("{of} 所需"),
            }));
        }
        if let (Need::Requirement(id), true) = (need.need, need.state != NeedState::Met) {
            let requirement = &ruleset.requirements[id];
            if let Some(how) = &requirement.how {
                text.push_str(self.tongue().colon());
                text.push_str(&self.speaker.fill(self.decision, how, None));
            }
            let mut facts = Vec::new();
            for (word, chinese, amount) in
                [("costs", "费用", &requirement.cost), ("takes", "需时", &requirement.takes)]
            {
                if let Some(amount) = amount {
                    let word = if self.tongue() == Tongue::English { word } else { chinese };
                    facts.push(format!("{word} {}", self.speaker.amount(amount)));
                }
            }
            if !facts.is_empty() {
                text.push_str(&self.tongue().bracket(&self.tongue().list(&facts)));
            }
        }
        let sources = short_sources(&self.speaker, need_sources(&self.speaker, need));
        if !sources.is_empty() {
            text.push_str(&format!(" [{sources}]"));
        }
        text
    }

    fn excluded(&self, page: &mut Page) {
        let all = self.decision.channels.iter().chain(&self.decision.mixes);
        let excluded: Vec<&TargetDecision> = all
            .map(|target| self.decision.target(*target))
            .filter(|decided| decided.leaning == Verdict::Excluded)
            .collect();
        if excluded.is_empty() {
            return;
        }
        page.heading(self.tongue().excluded());
        let ids = widest(excluded.iter().map(|decided| self.id(decided.target)), 24);
        for decided in excluded {
            for reason in &decided.reasons {
                let text = match reason {
                    Reason::Through(channel) => {
                        let through = self.id(Target::Channel(*channel));
                        match self.tongue() {
                            Tongue::English => format!("through {through}, which is excluded"),
                            Tongue::Chinese => format!("因 {through} 已排除"),
                        }
                    }
                    Reason::Rule(cause) => {
                        if !matches!(cause.kind(self.speaker.ruleset), EffectKind::Exclude(_)) {
                            continue;
                        }
                        let rule = &self.speaker.ruleset.rules[cause.rule].name;
                        match self.reason_text(*cause) {
                            text if text.is_empty() => rule.to_string(),
                            text => format!("{rule}{}{text}", self.tongue().colon()),
                        }
                    }
                };
                let id = column(self.id(decided.target), ids);
                page.hang(&[(Style::Bad, "  ✗ "), (Style::Plain, &id)], &text);
            }
        }
    }

    fn note(&self, page: &mut Page, cause: Cause) {
        let EffectKind::Note(_, text, warning) = cause.kind(self.speaker.ruleset) else { return };
        let (style, mark) = if *warning { (Style::Fair, "  ! ") } else { (Style::Faint, "  · ") };
        let mut text = self.speaker.fill(self.decision, text, cause.channel);
        let rule = &self.speaker.ruleset.rules[cause.rule];
        let sources = short_sources(&self.speaker, evidence(self.decision, cause.rule, cause.channel));
        let sources = if sources.is_empty() { String::new() } else { format!(", {sources}") };
        text.push_str(&format!(" [{}{sources}]", rule.name));
        page.hang(&[(style, mark)], &text);
    }

    fn notes(&self, page: &mut Page) {
        if !self.decision.notes.is_empty() {
            page.heading(self.tongue().notes());
            for cause in &self.decision.notes {
                self.note(page, *cause);
            }
        }
    }

    fn missing(&self, page: &mut Page) {
        if self.decision.missing().is_empty() {
            return;
        }
        page.heading(self.tongue().missing());
        let fields = self.decision.missing().iter().map(|(id, _)| &*self.speaker.ruleset.fields[*id].name);
        let names = widest(fields, 24);
        for (id, targets) in self.decision.missing() {
            let field = &self.speaker.ruleset.fields[*id];
            let question = field.question.as_ref().map_or("", |question| question.get(self.speaker.language));
            let targets: Vec<String> = targets.iter().map(|target| self.id(*target).to_string()).collect();
            let text = format!("{question}{}", self.tongue().bracket(&self.tongue().list(&targets)));
            page.hang(
                &[(Style::Fair, "  ? "), (Style::Plain, &column(&field.name, names))],
                text.trim_start(),
            );
        }
    }

    /// What more could be asked, below what is missing.
    fn more(&self, page: &mut Page) {
        if let Some(more) = rests::more(self.decision, &self.speaker) {
            if self.decision.missing().is_empty() {
                page.blank();
            }
            page.hang(&[(Style::Faint, "  · ")], &more);
        }
    }

    fn open_facts(&self, page: &mut Page) {
        let silences = silences(self.decision, &self.speaker);
        if silences.is_empty() {
            return;
        }
        page.heading(self.tongue().no_source());
        for silence in silences {
            let title = silence.title.as_ref().map(|title| format!("{title}{}", self.tongue().colon()));
            let text = format!("{}{}", title.unwrap_or_default(), silence.words(&self.speaker));
            let cells = width(&visible(&silence.fact)).min(32);
            page.hang(&[(Style::Fair, "  ? "), (Style::Plain, &column(&silence.fact, cells))], &text);
        }
    }

    fn ties(&self, page: &mut Page) {
        let all = self.decision.channels.iter().chain(&self.decision.mixes);
        let tied: Vec<&TargetDecision> = all
            .map(|target| self.decision.target(*target))
            .filter(|decided| {
                // Each tie is told once, by the first in it; the excluded have no order to speak of.
                let first = decided.tie.iter().all(|other| self.decision.target(*other).rank > decided.rank);
                !decided.tie.is_empty() && first && decided.leaning != Verdict::Excluded
            })
            .collect();
        if tied.is_empty() {
            return;
        }
        page.heading(self.tongue().ties());
        for decided in tied {
            let names: Vec<String> = std::iter::once(&decided.target)
                .chain(&decided.tie)
                .map(|target| self.id(*target).to_string())
                .collect();
            let names = self.tongue().and(&names);
            page.hang(
                &[(Style::Plain, "  = ")],
                &match self.tongue() {
                    Tongue::English => {
                        format!("{names}: equal so far; they stand in the order of declaration")
                    }
                    Tongue::Chinese => format!("{names}：目前相等，按声明顺序排列"),
                },
            );
        }
    }

    fn rules(&self, page: &mut Page) {
        page.heading(self.tongue().rules());
        let ruleset = self.speaker.ruleset;
        let names = widest(ruleset.rules.iter().map(|rule| &*rule.name), 28);
        for (id, rule) in ruleset.rules.entries() {
            for instance in self.decision.instances(id).iter().filter(|instance| !instance.left_out) {
                let channel = instance.channel.map(|c| self.id(Target::Channel(c))).unwrap_or_default();
                let state = self.tongue().state(instance.state());
                let condition: Vec<String> = self
                    .decision
                    .condition(id, instance.channel)
                    .iter()
                    .map(|trace| crate::words::source_text(ruleset, trace.expr.span))
                    .collect();
                let condition = if condition.is_empty() {
                    self.tongue().always().to_string()
                } else {
                    condition.join(" and ")
                };
                let channel = if channel.is_empty() { String::new() } else { format!("{channel}: ") };
                page.hang(
                    &[(Style::Plain, &format!("  {}", column(&rule.name, names)))],
                    &format!("{channel}{state}: {condition}"),
                );
            }
        }
    }
}
