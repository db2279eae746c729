//! What several targets need, as one list of things to do.

use std::collections::BTreeMap;

use super::need_sources;
use crate::words::{Speaker, Tongue};
use qudao_language::decide::Decision;
use qudao_language::model::{Citation, Need, NeedState, Target};

/// So much that a target needs is told, its proof tells all: where one channel needs the next, all of it for each channel
/// is a square.
pub(super) const MOST_NEEDS: usize = 20;

/// Something to do, once for all targets that need it.
pub(crate) struct ToDo<'r> {
    pub(crate) need: Need,
    pub(crate) state: NeedState,
    /// The targets that need it.
    pub(crate) targets: Vec<Target>,
    /// Where it comes from.
    pub(crate) sources: Vec<&'r Citation>,
}

/// Returns what some targets need, in their order; and those of which not all is told, with how much more they wait for.
pub(crate) fn to_do<'r>(
    decision: &Decision<'r>,
    speaker: &Speaker<'r>,
    targets: impl IntoIterator<Item = Target>,
) -> (Vec<ToDo<'r>>, Vec<(Target, usize)>) {
    let mut found: Vec<ToDo<'r>> = Vec::new();
    let mut places: BTreeMap<Need, usize> = BTreeMap::new();
    let mut cut = Vec::new();
    for target in targets {
        let mut more = decision.target(target).open_needs();
        let mut needs = decision.needs(target);
        for need in needs.by_ref().take(MOST_NEEDS) {
            more -= usize::from(need.state != NeedState::Met);
            let sources = need_sources(speaker, &need).iter();
            let place = *places.entry(need.need).or_insert_with(|| {
                found.push(ToDo { need: need.need, state: need.state, targets: vec![], sources: vec![] });
                found.len() - 1
            });
            let to_do = found.get_mut(place).expect("it was found, or just put there");
            to_do.targets.push(target);
            to_do.sources.extend(sources);
        }
        if more > 0 {
            cut.push((target, more));
        }
    }
    (found, cut)
}

impl ToDo<'_> {
    /// Returns what it is; where it is not done, how it is done, what it costs and how long it takes, and for whom.
    pub(super) fn words<'r>(&self, decision: &Decision<'r>, speaker: &Speaker<'r>, whose: &str) -> String {
        let (ruleset, tongue) = (speaker.ruleset, speaker.tongue);
        let mut text = ruleset.need_title(self.need, speaker.language).to_string();
        let mut facts = Vec::new();
        if let (Need::Requirement(id), true) = (self.need, self.state != NeedState::Met) {
            let requirement = &ruleset.requirements[id];
            if let Some(how) = &requirement.how {
                text.push_str(tongue.colon());
                text.push_str(&speaker.fill(decision, how, None));
            }
            let amounts = [(tongue.costs(), &requirement.cost), (tongue.takes(), &requirement.takes)];
            let gap = if tongue == Tongue::English { " " } else { tongue.colon() };
            let amounts = amounts.into_iter().filter_map(|(word, amount)| {
                amount.as_ref().map(|amount| format!("{word}{gap}{}", speaker.amount(amount)))
            });
            facts.extend(amounts);
        }
        if !whose.is_empty() {
            facts.push(tongue.needed_for(whose));
        }
        if !facts.is_empty() {
            text.push_str(&tongue.bracket(&facts.join(tongue.semicolon())));
        }
        text
    }
}
