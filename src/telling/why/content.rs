//! What an answer tells, whatever form it is told in. The forms only lay it out: `answer.rs` for a screen, `markdown.rs`
//! for a report.

use super::headline::headline;
use super::{footer, need_sources, points, reason, rests, silences};
use crate::words::{Speaker, Tongue, evidence, source_text};
use qudao_language::decide::{Cause, Decision, NeedDecision, Reason, TargetDecision};
use qudao_language::model::{Channel, Citation, EffectKind, Id, Need, NeedState, Target};
use qudao_language::operator::Verdict;

/// An answer.
pub(super) struct Content<'r> {
    /// The answer in a sentence or two.
    pub(super) headline: String,
    /// The channels in their order, and the mixes.
    pub(super) rankings: Vec<Ranking<'r>>,
    /// Channels and mixes, each told in full.
    pub(super) targets: Vec<Section<'r>>,
    /// What is to be said besides.
    pub(super) lists: Vec<Section<'r>>,
    /// The ruleset and the day.
    pub(super) footer: String,
}

/// Targets in their order.
pub(super) struct Ranking<'r> {
    pub(super) heading: &'static str,
    pub(super) rows: Vec<Row<'r>>,
}

/// A line of a ranking.
pub(super) struct Row<'r> {
    pub(super) place: String,
    pub(super) id: &'r str,
    /// The verdict, if it is decided, and the word for it.
    pub(super) verdict: Option<Verdict>,
    pub(super) word: &'static str,
    pub(super) score: String,
    /// The title, with what the verdict alone does not say.
    pub(super) text: String,
}

/// Things told under a heading.
pub(super) struct Section<'r> {
    /// The name of what it is about, if that has one.
    pub(super) id: Option<&'r str>,
    pub(super) heading: String,
    pub(super) items: Vec<Item<'r>>,
}

/// One of them.
pub(super) struct Item<'r> {
    pub(super) lead: Lead,
    /// The name that it begins with; empty where there is none.
    pub(super) name: String,
    pub(super) text: String,
    /// The rule that says so, where the text does not begin with it.
    pub(super) rule: Option<&'r str>,
    pub(super) cited: Vec<&'r Citation>,
}

/// What an item is, as its mark tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Lead {
    /// An effect of a rule, and whether it is welcome.
    Effect(String, bool),
    /// Something to do.
    Need(NeedState),
    /// A note, or a warning.
    Note(bool),
    /// What shuts a target out.
    Excludes,
    /// Something unknown.
    Unknown,
    /// A fact that sources tell differently; its text names them.
    Disputed,
    /// What more could be asked.
    More,
    /// A field with its value.
    Value,
    /// Targets that are equal.
    Tie,
    /// A rule with its state.
    Rule,
}

/// Returns what an answer tells: of so many channels and mixes in full, and with `trace` of every rule.
pub(super) fn content<'r>(
    decision: &Decision<'r>,
    speaker: &Speaker<'r>,
    top: Option<usize>,
    trace: bool,
) -> Content<'r> {
    let teller = Teller { decision, speaker, tongue: speaker.tongue };
    let mut lists = vec![
        teller.excluded(),
        teller.notes(),
        teller.missing(),
        teller.more(),
        teller.open_facts(),
        teller.disputes(),
        teller.assumed(),
        teller.ties(),
    ];
    if trace {
        lists.push(teller.rules());
    }
    lists.retain(|list| !list.items.is_empty());
    Content {
        headline: headline(decision, speaker),
        rankings: teller.rankings(),
        targets: teller.targets(top.unwrap_or(usize::MAX)),
        lists,
        footer: footer(speaker, decision),
    }
}

struct Teller<'a, 'r> {
    decision: &'a Decision<'r>,
    speaker: &'a Speaker<'r>,
    tongue: Tongue,
}

impl<'r> Teller<'_, 'r> {
    fn id(&self, target: Target) -> &'r str {
        self.speaker.ruleset.target_name(target)
    }

    fn title(&self, target: Target) -> &'r str {
        self.speaker.ruleset.target_title(target, self.speaker.language)
    }

    fn ids(&self, targets: &[Target]) -> Vec<String> {
        targets.iter().map(|target| self.id(*target).to_string()).collect()
    }

    fn list(&self, heading: &str, items: Vec<Item<'r>>) -> Section<'r> {
        Section { id: None, heading: heading.to_string(), items }
    }

    /// All channels, then all mixes, each best first.
    fn all(&self) -> impl Iterator<Item = &TargetDecision> {
        let all = self.decision.channels.iter().chain(&self.decision.mixes);
        all.map(|target| self.decision.target(*target))
    }

    fn rankings(&self) -> Vec<Ranking<'r>> {
        let mut rankings = Vec::new();
        for (targets, heading) in
            [(&self.decision.channels, self.tongue.channels()), (&self.decision.mixes, self.tongue.mixes())]
        {
            if !targets.is_empty() {
                let rows = targets.iter().map(|target| self.row(self.decision.target(*target))).collect();
                rankings.push(Ranking { heading, rows });
            }
        }
        rankings
    }

    fn row(&self, decided: &TargetDecision) -> Row<'r> {
        let excluded = decided.leaning == Verdict::Excluded && decided.verdict.is_some();
        let verdict = decided.verdict;
        let remarks = self.remarks(decided);
        let remarks =
            if remarks.is_empty() { String::new() } else { self.tongue.bracket(&self.tongue.list(&remarks)) };
        Row {
            place: if excluded { "✗".to_string() } else { decided.rank.to_string() },
            id: self.id(decided.target),
            verdict,
            word: verdict.map_or(self.tongue.undecided(), |verdict| self.tongue.verdict(verdict)),
            score: if excluded { "-".into() } else { points(self.speaker, decided) },
            text: format!("{}{remarks}", self.title(decided.target)),
        }
    }

    /// What the verdict alone does not say.
    fn remarks(&self, decided: &TargetDecision) -> Vec<String> {
        let tongue = self.tongue;
        let mut remarks = Vec::new();
        if decided.verdict.is_none() {
            let open: Vec<String> =
                decided.could_be.iter().map(|verdict| tongue.verdict(*verdict).to_string()).collect();
            let gap = if tongue == Tongue::English { " " } else { "" };
            remarks.push(format!("{}{gap}{}", tongue.could_be(), tongue.or(&open)));
        }
        if let Some(cause) = decided.capped_by {
            remarks.push(tongue.capped_by(&self.speaker.ruleset.rules[cause.rule].name));
        }
        let to_do = decided.needs.iter().filter(|need| need.state != NeedState::Met).count();
        if to_do > 0 && decided.leaning != Verdict::Excluded {
            remarks.push(tongue.to_do_count(to_do));
        }
        if decided.leaning == Verdict::Recommended {
            remarks.extend(self.leans_on(decided));
        }
        if !self.decision.open_facts(decided.target).is_empty() {
            remarks.push(tongue.not_all_said().to_string());
        }
        if !self.decision.disputed_facts(decided.target).is_empty() {
            remarks.push(tongue.rests_on_disputed().to_string());
        }
        remarks
    }

    /// The channels that a target needs, or is made of, and that nobody would choose for themselves.
    fn leans_on(&self, decided: &TargetDecision) -> Vec<String> {
        let members: &[Id<Channel>] = match decided.target {
            Target::Mix(id) => &self.speaker.ruleset.mixes[id].members,
            Target::Channel(_) => &[],
        };
        let needed = decided.needs.iter().filter_map(|need| match need.need {
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

    fn targets(&self, top: usize) -> Vec<Section<'r>> {
        let shown = [&self.decision.channels, &self.decision.mixes];
        let shown = shown.into_iter().flat_map(|targets| targets.iter().take(top));
        let decided = shown.map(|target| self.decision.target(*target));
        let left = decided.filter(|decided| decided.leaning != Verdict::Excluded);
        let told = left.map(|decided| self.target(decided));
        told.filter(|section| !section.items.is_empty()).collect()
    }

    fn target(&self, decided: &TargetDecision) -> Section<'r> {
        let mut items: Vec<Item<'r>> = Vec::new();
        for reason in &decided.reasons {
            if let Reason::Rule(cause) = reason {
                items.push(self.effect(*cause));
            }
        }
        items.extend(decided.needs.iter().map(|need| self.need(decided.target, need)));
        items.extend(decided.notes.iter().filter_map(|cause| self.note(*cause, None)));
        Section { id: Some(self.id(decided.target)), heading: self.title(decided.target).to_string(), items }
    }

    fn rule_name(&self, cause: Cause) -> &'r str {
        &self.speaker.ruleset.rules[cause.rule].name
    }

    fn because(&self, cause: Cause) -> String {
        reason(self.decision, self.speaker, cause.rule, cause.channel)
    }

    fn effect(&self, cause: Cause) -> Item<'r> {
        let ruleset = self.speaker.ruleset;
        let (effect, welcome) = match cause.kind(ruleset) {
            EffectKind::Exclude(_) => ("✗".to_string(), false),
            EffectKind::Cap(_, verdict) => (format!("≤ {}", self.tongue.verdict(*verdict)), false),
            EffectKind::Score(_, points, level) => {
                let shown = match level {
                    Some(level) => {
                        let level = ruleset.levels.get(*level).expect("an effect's level is a level");
                        let sign = if *points < 0 { "-" } else { "+" };
                        let title =
                            level.title.as_ref().map_or(&*level.name, |t| t.get(self.speaker.language));
                        format!("{sign}{title}")
                    }
                    None => format!("{points:+}"),
                };
                (shown, *points > 0)
            }
            EffectKind::Needs(_, needs) => {
                let names: Vec<&str> = needs.iter().map(|need| ruleset.need_name(*need)).collect();
                (format!("→ {}", names.join(", ")), false)
            }
            EffectKind::Note(..) => (String::new(), false),
        };
        Item {
            lead: Lead::Effect(effect, welcome),
            name: self.rule_name(cause).to_string(),
            text: self.because(cause),
            rule: None,
            cited: evidence(self.decision, self.speaker, cause),
        }
    }

    fn need(&self, target: Target, need: &NeedDecision) -> Item<'r> {
        let ruleset = self.speaker.ruleset;
        let mut text = ruleset.need_title(need.need, self.speaker.language).to_string();
        if need.because_of != target {
            text.push_str(&self.tongue.bracket(&self.tongue.needed_for(self.id(need.because_of))));
        }
        if let (Need::Requirement(id), true) = (need.need, need.state != NeedState::Met) {
            let requirement = &ruleset.requirements[id];
            if let Some(how) = &requirement.how {
                text.push_str(self.tongue.colon());
                text.push_str(&self.speaker.fill(self.decision, how, None));
            }
            let amount = |word: &str, amount: &Option<_>| {
                amount.as_ref().map(|amount| format!("{word} {}", self.speaker.amount(amount)))
            };
            let facts = [
                amount(self.tongue.costs(), &requirement.cost),
                amount(self.tongue.takes(), &requirement.takes),
            ];
            let facts: Vec<String> = facts.into_iter().flatten().collect();
            if !facts.is_empty() {
                text.push_str(&self.tongue.bracket(&self.tongue.list(&facts)));
            }
        }
        Item {
            lead: Lead::Need(need.state),
            name: ruleset.need_name(need.need).to_string(),
            text,
            rule: None,
            cited: need_sources(self.speaker, need).iter().collect(),
        }
    }

    /// A note; of a target where several are told of.
    fn note(&self, cause: Cause, of: Option<Target>) -> Option<Item<'r>> {
        let EffectKind::Note(_, text, warning) = cause.kind(self.speaker.ruleset) else { return None };
        Some(Item {
            lead: Lead::Note(*warning),
            name: of.map(|target| self.id(target).to_string()).unwrap_or_default(),
            text: self.speaker.fill(self.decision, text, cause.channel),
            rule: Some(self.rule_name(cause)),
            cited: evidence(self.decision, self.speaker, cause),
        })
    }

    /// What shuts targets out, and what is to be said of them all the same.
    fn excluded(&self) -> Section<'r> {
        let mut items = Vec::new();
        for decided in self.all().filter(|decided| decided.leaning == Verdict::Excluded) {
            items.extend(decided.reasons.iter().filter_map(|reason| self.excludes(decided.target, *reason)));
            items.extend(decided.notes.iter().filter_map(|cause| self.note(*cause, Some(decided.target))));
        }
        self.list(self.tongue.excluded(), items)
    }

    fn excludes(&self, target: Target, reason: Reason) -> Option<Item<'r>> {
        let (text, cited) = match reason {
            Reason::Through(channel) => {
                (self.tongue.excluded_through(self.id(Target::Channel(channel))), Vec::new())
            }
            Reason::Rule(cause) => {
                if !matches!(cause.kind(self.speaker.ruleset), EffectKind::Exclude(_)) {
                    return None;
                }
                let (rule, because) = (self.rule_name(cause), self.because(cause));
                let text = match because.is_empty() {
                    true => rule.to_string(),
                    false => format!("{rule}{}{because}", self.tongue.colon()),
                };
                (text, evidence(self.decision, self.speaker, cause))
            }
        };
        Some(Item { lead: Lead::Excludes, name: self.id(target).to_string(), text, rule: None, cited })
    }

    fn notes(&self) -> Section<'r> {
        let notes = self.decision.notes.iter().filter_map(|cause| self.note(*cause, None));
        self.list(self.tongue.notes(), notes.collect())
    }

    /// Something without a rule or a source.
    fn plain(lead: Lead, name: &str, text: String) -> Item<'r> {
        Item { lead, name: name.to_string(), text, rule: None, cited: Vec::new() }
    }

    fn missing(&self) -> Section<'r> {
        let missing = self.decision.missing().iter().map(|(id, targets)| {
            let field = &self.speaker.ruleset.fields[*id];
            let question = field.question.as_ref().map_or("", |question| question.get(self.speaker.language));
            let targets = self.tongue.bracket(&self.tongue.list(&self.ids(targets)));
            Self::plain(Lead::Unknown, &field.name, format!("{question}{targets}"))
        });
        self.list(self.tongue.missing(), missing.collect())
    }

    fn open_facts(&self) -> Section<'r> {
        let silences = silences(self.decision, self.speaker).into_iter().map(|silence| {
            let title = silence.title.as_ref().map(|title| format!("{title}{}", self.tongue.colon()));
            let text = format!("{}{}", title.unwrap_or_default(), silence.words(self.speaker));
            Self::plain(Lead::Unknown, &silence.fact, text)
        });
        self.list(self.tongue.no_source(), silences.collect())
    }

    /// What more could be asked, below what is missing.
    fn more(&self) -> Section<'r> {
        let more = rests::more(self.decision, self.speaker);
        self.list("", more.into_iter().map(|more| Self::plain(Lead::More, "", more)).collect())
    }

    /// Disputed values that verdicts rest on.
    fn disputes(&self) -> Section<'r> {
        let disputes = rests::disputes(self.decision, self.speaker, None).into_iter().map(|dispute| {
            let title = dispute.title.as_ref().map(|title| format!("{title}{}", self.tongue.colon()));
            let text = format!("{}{}", title.unwrap_or_default(), dispute.words(self.speaker));
            let cited = dispute.citations().collect();
            Item { lead: Lead::Disputed, name: dispute.fact.clone(), text, rule: None, cited }
        });
        self.list(self.tongue.rests_on(), disputes.collect())
    }

    fn assumed(&self) -> Section<'r> {
        let assumed = rests::assumed(self.decision, self.speaker, None).into_iter();
        let assumed = assumed.map(|(field, value, words)| {
            let words = words.map(|words| format!("{}{words}", self.tongue.semicolon()));
            Self::plain(Lead::Value, &field, format!("{value}{}", words.unwrap_or_default()))
        });
        self.list(self.tongue.assumed(), assumed.collect())
    }

    fn ties(&self) -> Section<'r> {
        let tied = self.all().filter(|decided| {
            // Each tie is told once, by the first in it; the excluded have no order to speak of.
            let first = decided.tie.iter().all(|other| self.decision.target(*other).rank > decided.rank);
            !decided.tie.is_empty() && first && decided.leaning != Verdict::Excluded
        });
        let ties = tied.map(|decided| {
            let names = [&[decided.target], &*decided.tie].concat();
            Self::plain(Lead::Tie, "", self.tongue.tie(&self.tongue.and(&self.ids(&names))))
        });
        self.list(self.tongue.ties(), ties.collect())
    }

    /// Every rule and what became of it.
    fn rules(&self) -> Section<'r> {
        let ruleset = self.speaker.ruleset;
        let mut items = Vec::new();
        for (id, rule) in ruleset.rules.entries() {
            for instance in self.decision.instances(id).iter().filter(|instance| !instance.left_out) {
                let channel = instance.channel.map(|c| format!("{}: ", self.id(Target::Channel(c))));
                let state = self.tongue.state(instance.state());
                let filter = rule.for_each.as_ref().and_then(|for_each| for_each.filter.as_ref());
                let condition = filter.into_iter().chain(&rule.when);
                let condition: Vec<String> = condition.map(|expr| source_text(ruleset, expr.span)).collect();
                let condition = match condition.is_empty() {
                    true => self.tongue.always().to_string(),
                    false => condition.join(" and "),
                };
                let text = format!("{}{state}: {condition}", channel.unwrap_or_default());
                items.push(Self::plain(Lead::Rule, &rule.name, text));
            }
        }
        self.list(self.tongue.rules(), items)
    }
}
