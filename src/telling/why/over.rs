//! What tells two targets apart.

use std::collections::BTreeMap;

use super::answer::list;
use super::proof::{Writer, trees};
use super::{footer, points};
use crate::document::{Block, Document, Item, Kind, Mark, Text};
use crate::words::{Speaker, Tongue};
use qudao_language::decide::{Cause, Decision, Reason, Truth, places};
use qudao_language::model::{Channel, EffectKind, Id, Rule, Target};
use qudao_language::operator::Verdict;

/// What a rule's instances do to a target, apart from which channel they are for.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
enum Does {
    Excludes,
    Caps(Verdict),
    Scores(Option<i64>),
    Needs(usize),
}

/// Tells a target apart from another: the rules that act on one of the two, or on each differently.
#[must_use]
pub fn over<'r>(decision: &Decision<'r>, speaker: Speaker<'r>, target: Target, other: Target) -> Document {
    let writer = Writer { decision, speaker };
    let name = |target: Target| speaker.ruleset.target_name(target).to_string();
    let summary = |target: Target| {
        let decided = decision.target(target);
        let verdict = speaker.tongue.verdict_or_undecided(decided.verdict);
        format!("{} {verdict} ({})", name(target), points(&speaker, decided))
    };
    let english = speaker.tongue == Tongue::English;
    let headline = match (ahead(decision, target, other), english) {
        (true, true) => format!("{} comes before {}.", summary(target), summary(other)),
        (false, true) => format!("{} comes after {}.", summary(target), summary(other)),
        (true, false) => format!("{}排在{}之前。", summary(target), summary(other)),
        (false, false) => format!("{}排在{}之后。", summary(target), summary(other)),
    };
    let mut body = vec![Block::Paragraph(Text::of(Kind::Strong, headline))];
    body.extend(list(speaker.tongue.measures(), measures(decision, &speaker, [target, other])));
    let (mine, theirs) = (acts(decision, target), acts(decision, other));
    let mut same = 0;
    for (which, ours, others) in [(target, &mine, &theirs), (other, &theirs, &mine)] {
        let differing: Vec<(Id<Rule>, &Vec<Cause>)> = ours
            .iter()
            .filter(|(rule, causes)| !alike(decision, causes, others.get(rule)))
            .map(|(r, c)| (*r, c))
            .collect();
        same += ours.len() - differing.len();
        if differing.is_empty() {
            continue;
        }
        let heading = if english {
            format!("Only or otherwise for {}", name(which))
        } else {
            format!("只适用于{}，或两者结果不同的规则", speaker.called(which))
        };
        let rules = differing.into_iter().map(|(rule, causes)| {
            let effects: Vec<String> = causes.iter().map(|cause| writer.effect(*cause)).collect();
            let channel = causes.first().and_then(|cause| cause.channel);
            writer.rule(rule, channel, &effects.join(", "))
        });
        body.push(Block::section(heading, trees(rules)));
    }
    let through: Vec<Id<Channel>> = [target, other]
        .into_iter()
        .flat_map(|target| &decision.target(target).reasons)
        .filter_map(|reason| match reason {
            Reason::Through(channel) => Some(*channel),
            Reason::Rule(_) => None,
        })
        .collect();
    for channel in through {
        let channel = name(Target::Channel(channel));
        let text = if english {
            format!("{channel} is excluded, and takes with it what needs it")
        } else {
            format!("{channel} 已排除，需要它的也随之排除")
        };
        body.push(Block::Tree(Item::new(Mark::Truth(Truth::False, String::new()), text)));
    }
    if same > 0 {
        let same = same / 2;
        let text = match (same, english) {
            (1, true) => "1 rule acts on both alike.".to_string(),
            (_, true) => format!("{same} rules act on both alike."),
            (_, false) => format!("{same} 条规则对两者作用相同。"),
        };
        body.push(Block::section("", vec![Block::Paragraph(Text::of(Kind::Faint, text))]));
    }
    Document { body, footer: footer(&speaker, decision), ..Document::default() }
}

/// What each measure is of two targets.
fn measures(decision: &Decision<'_>, speaker: &Speaker<'_>, targets: [Target; 2]) -> Vec<Item> {
    let measures = speaker.ruleset.measures.entries().filter_map(|(id, measure)| {
        let told: Vec<String> = targets
            .iter()
            .filter_map(|target| {
                let measured = decision.target(*target).measures.iter().find(|it| it.measure == id)?;
                Some(format!("{} {}", speaker.ruleset.target_name(*target), speaker.measured(measured)))
            })
            .collect();
        (!told.is_empty()).then(|| Item::new(Mark::None, speaker.tongue.list(&told)).named(&measure.name))
    });
    measures.collect()
}

/// Tells whether a target ranks before another; channels and mixes are compared by verdict and what ranks.
fn ahead(decision: &Decision<'_>, target: Target, other: Target) -> bool {
    let key = |target: Target| {
        let decided = decision.target(target);
        (decided.leaning, places(decision.ruleset, &decided.measures, decided.score, None), decided.rank)
    };
    key(target) < key(other)
}

fn acts(decision: &Decision<'_>, target: Target) -> BTreeMap<Id<Rule>, Vec<Cause>> {
    let mut acts: BTreeMap<Id<Rule>, Vec<Cause>> = BTreeMap::new();
    for reason in &decision.target(target).reasons {
        if let Reason::Rule(cause) = reason {
            acts.entry(cause.rule).or_default().push(*cause);
        }
    }
    acts
}

fn alike(decision: &Decision<'_>, causes: &[Cause], others: Option<&Vec<Cause>>) -> bool {
    let does = |causes: &[Cause]| {
        let mut does: Vec<Does> = causes
            .iter()
            .map(|cause| match cause.kind(decision.ruleset) {
                EffectKind::Exclude(_) | EffectKind::Note(..) => Does::Excludes,
                EffectKind::Cap(_, verdict) => Does::Caps(*verdict),
                EffectKind::Score(..) => Does::Scores(decision.points(*cause)),
                EffectKind::Needs(_, needs) => Does::Needs(needs.len()),
            })
            .collect();
        does.sort_unstable();
        does
    };
    others.is_some_and(|others| does(causes) == does(others))
}
