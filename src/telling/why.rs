//! Decisions as words: the answer, and the whole proof of one target.

mod answer;
mod better;
mod brief;
mod client;
mod headline;
mod measures;
mod over;
mod proof;
mod question;
mod rests;
mod rules;
mod to_do;
mod tree;

pub use answer::{Options, answer};
pub use brief::{brief, rules};
pub use client::{Client, client, client_advice, sources, told_in_full};
pub use headline::headline;
pub use over::over;
pub use proof::proof;
pub use question::{because, question};
pub use rests::more_answers;
pub use rules::proof_of_rules;
#[cfg(feature = "xlsx")]
pub(crate) use to_do::to_do;

use std::collections::BTreeSet;

use crate::words::{Speaker, Tongue};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, NeedDecision, NeedOrigin, TargetDecision, Truth};
use qudao_language::model::{Channel, Citation, Entry, Id, Rule, Source, Target};
use qudao_language::operator::Verdict;

/// The facts that no source tells: each with its title, and which targets it leaves open.
struct Silence {
    channel: Id<Channel>,
    entry: Entry,
    title: Option<String>,
    /// The last day on which a source told it, if one did.
    ended: Option<Date>,
    /// Targets with the same verdicts open, and these verdicts.
    targets: Vec<(Vec<Target>, Vec<Verdict>)>,
}

/// Returns the facts that no source tells, in the order of the targets that they leave open.
fn silences(decision: &Decision<'_>, speaker: &Speaker<'_>) -> Vec<Silence> {
    let ruleset = speaker.ruleset;
    let mut found: Vec<Silence> = Vec::new();
    for target in decision.channels.iter().chain(&decision.mixes) {
        for open in decision.open_facts(*target) {
            let (channel, entry) = (open.channel, open.entry);
            let same = |silence: &Silence| (silence.channel, silence.entry) == (channel, entry);
            let at = found.iter().position(same).unwrap_or_else(|| {
                let title = ruleset.facts[open.entry.0].title.as_ref();
                let title = title.map(|title| title.get(speaker.language).to_string());
                let ended = ruleset.ended(open.channel, open.entry, decision.day);
                found.push(Silence { channel, entry, title, ended, targets: Vec::new() });
                found.len() - 1
            });
            let silence = found.get_mut(at).expect("it was found, or just put there");
            match silence.targets.iter_mut().find(|(_, verdicts)| *verdicts == open.could_be) {
                Some((targets, _)) => targets.push(*target),
                None => silence.targets.push((vec![*target], open.could_be.clone())),
            }
        }
    }
    found
}

impl Silence {
    /// Returns what is open, and since when: `service and full_funnel could be unsuitable or excluded`.
    fn words(&self, speaker: &Speaker<'_>) -> String {
        let tongue = speaker.tongue;
        let parts = self.targets.iter().map(|(targets, verdicts)| {
            let names: Vec<String> = targets.iter().map(|target| speaker.called(*target)).collect();
            could_be(tongue, &tongue.and(&names), verdicts)
        });
        let ended = self.ended.map(|day| tongue.ended(day));
        let parts: Vec<String> = ended.into_iter().chain(parts).collect();
        parts.join(tongue.semicolon())
    }
}

/// Says what could become of targets: `service and full_funnel could be unsuitable or excluded`.
fn could_be(tongue: Tongue, names: &str, verdicts: &[Verdict]) -> String {
    let (could_be, verdicts) = (tongue.could_be(), tongue.verdicts(verdicts));
    match tongue {
        Tongue::English => format!("{names} {could_be} {verdicts}"),
        Tongue::Chinese => format!("{names}的结论{could_be}{verdicts}"),
    }
}

/// Returns the points of a target as people read them: by level where there are levels, else as a number.
#[must_use]
pub fn points(speaker: &Speaker<'_>, decided: &TargetDecision) -> String {
    let levels = &speaker.ruleset.levels;
    if levels.is_empty() {
        return decided.score.to_string();
    }
    let counted = levels.iter().zip(&decided.tally).map(|(level, count)| {
        let title = level.title.as_ref().map_or(&*level.name, |title| title.get(speaker.language));
        (title, level.points, *count)
    });
    speaker.tongue.by_level(counted, decided.score)
}

/// Returns the reason of an effect in words. What a rule says is true where it fired; elsewhere its title stands.
fn reason<'r>(
    decision: &Decision<'r>,
    speaker: &Speaker<'r>,
    id: Id<Rule>,
    channel: Option<Id<Channel>>,
) -> String {
    let rule = &speaker.ruleset.rules[id];
    let instance = decision.instance(id, channel).expect("a reason is of an instance of its rule");
    let fired = instance.fires.truth == Truth::True;
    match (&rule.because, &rule.title) {
        (Some(because), _) if fired => speaker.fill(decision, because, channel),
        (_, Some(title)) => title.get(speaker.language).to_string(),
        (_, None) => String::new(),
    }
}

/// Says of a fact that it has no value: that no source tells one, or that what a source told has ended.
fn no_value(speaker: &Speaker<'_>, day: Date, channel: Id<Channel>, entry: Entry) -> String {
    let name = speaker.ruleset.entry_told(channel, entry);
    match speaker.ruleset.ended(channel, entry, day) {
        None => speaker.tongue.no_source_for(&name),
        Some(day) => speaker.tongue.ended_for(&name, day),
    }
}

/// Returns the sources of something, each once and short: `article:71, article:132`; a doubtful one is told as such.
fn short_sources<'r>(speaker: &Speaker<'r>, citations: impl IntoIterator<Item = &'r Citation>) -> String {
    const MOST: usize = 4;
    let mut parts: Vec<(Id<Source>, String)> = Vec::new();
    for citation in citations {
        let name = &speaker.ruleset.sources[citation.source].name;
        let mut lines = citation.quotes.iter().filter_map(|quote| quote.line).peekable();
        let mut add = |part: String| parts.push((citation.source, part));
        if lines.peek().is_none() {
            add(citation.at.as_ref().map_or(name.to_string(), |at| format!("{name} {at}")));
        }
        lines.for_each(|line| add(format!("{name}:{line}")));
    }
    let mut seen = BTreeSet::new();
    parts.retain(|(_, part)| seen.insert(part.clone()));
    let more = parts.len() > MOST;
    parts.truncate(MOST);
    let following = parts.iter().skip(1).map(|(source, _)| Some(*source)).chain([None]);
    // Of several places of one source, the last says it.
    let told = parts.iter().zip(following).map(|((source, part), next)| match speaker.doubt(*source) {
        Some(doubt) if next != Some(*source) => format!("{part} ({doubt})"),
        _ => part.clone(),
    });
    told.chain(more.then(|| "…".to_string())).collect::<Vec<_>>().join(", ")
}

/// Returns a citation in full: the source, the line, and the words.
fn long_source(speaker: &Speaker<'_>, citation: &Citation) -> Vec<String> {
    let mut name = speaker.ruleset.sources[citation.source].name.to_string();
    if let Some(doubt) = speaker.doubt(citation.source) {
        name.push_str(&speaker.tongue.bracket(doubt));
    }
    let quotes = quotes(speaker, citation);
    quotes
        .into_iter()
        .map(|quote| match speaker.tongue {
            _ if quote.is_empty() => name.clone(),
            Tongue::English => format!("{name}, {quote}"),
            Tongue::Chinese => format!("{name}，{quote}"),
        })
        .collect()
}

/// Returns what a citation says: the place, the line and the words of each quote; at least one entry, maybe empty.
fn quotes(speaker: &Speaker<'_>, citation: &Citation) -> Vec<String> {
    let place = citation.at.clone().unwrap_or_default();
    if citation.quotes.is_empty() {
        return vec![place];
    }
    let quotes = citation.quotes.iter().map(|quote| {
        let line = quote.line.map(|line| match speaker.tongue {
            Tongue::English => format!("line {line}"),
            Tongue::Chinese => format!("第 {line} 行"),
        });
        let head: Vec<String> =
            [Some(place.clone()).filter(|place| !place.is_empty()), line].into_iter().flatten().collect();
        match speaker.tongue {
            Tongue::English if head.is_empty() => format!("\"{}\"", quote.text),
            Tongue::English => format!("{}: \"{}\"", head.join(", "), quote.text),
            Tongue::Chinese if head.is_empty() => format!("“{}”", quote.text),
            Tongue::Chinese => format!("{}：“{}”", head.join("，"), quote.text),
        }
    });
    quotes.collect()
}

/// Returns where a need comes from.
fn need_sources<'r>(speaker: &Speaker<'r>, need: &NeedDecision) -> &'r [Citation] {
    let ruleset = speaker.ruleset;
    match need.origin {
        NeedOrigin::Rule(rule, _) => &ruleset.rules[rule].sources,
        NeedOrigin::Stated(index) => {
            let stated = ruleset.stated_needs(need.because_of);
            &stated.get(index).expect("a stated need is one of its target's").sources
        }
    }
}

/// Returns the name and the version of the ruleset, and the day.
fn footer(speaker: &Speaker<'_>, decision: &Decision<'_>) -> String {
    let ruleset = speaker.ruleset;
    let version = ruleset.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let day = match speaker.tongue {
        Tongue::English => format!("as of {}", decision.day),
        Tongue::Chinese => format!("截至 {}", decision.day),
    };
    format!("{}{version} · {day}", ruleset.name)
}
