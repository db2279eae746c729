//! What no profile can bring about on any day, so that no test can show it.

use super::known::asks;
use super::{Study, Work};
use crate::analyse::diagram::{Budget, NO, Ref, TooLarge};
use crate::analyse::every_day::EveryDay;
use crate::analyse::space::{Space, Truths};
use crate::analyse::view::View;
use qudao_engine::ground::Node;
use qudao_language::model::{Channel, Expr, Id, Rule, Ruleset, Target};
use qudao_language::operator::Verdict;

/// Something that may come of a profile.
#[derive(Clone, Debug)]
pub enum Outcome<'r> {
    /// A rule fires for some channel at least, or it does not.
    Fires(Id<Rule>, bool),
    /// A condition is true, or it is false, for one of some channels.
    Truth {
        /// The condition.
        condition: &'r Expr,
        /// The channels of the instances that it stands in; none where it stands outside of `for each`.
        channels: Vec<Option<Id<Channel>>>,
        /// Which of both.
        holds: bool,
    },
    /// A target has a verdict.
    Verdict(Target, Verdict),
}

/// After so many questions that were too large no more are asked.
const MAX_TOO_LARGE: usize = 6;

/// Returns of each outcome whether it is proved that no profile brings it about on any day. What is not proved counts
/// as possible.
#[must_use]
pub fn impossible(ruleset: &Ruleset, outcomes: &[Outcome<'_>], budget: Budget) -> Vec<bool> {
    let every_day = EveryDay::of(ruleset);
    let conditions: Vec<Option<Expr>> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Truth { condition, .. } => {
                Some(every_day.as_ref().map_or((*condition).clone(), |days| days.condition(condition)))
            }
            Outcome::Fires(..) | Outcome::Verdict(..) => None,
        })
        .collect();
    let mut further: Vec<(&Expr, Option<Id<Channel>>)> = Vec::new();
    let mut questions = Vec::new();
    for (outcome, condition) in outcomes.iter().zip(&conditions) {
        let first = further.len();
        if let (Outcome::Truth { channels, .. }, Some(condition)) = (outcome, condition) {
            further.extend(channels.iter().map(|channel| (condition, *channel)));
        }
        questions.push((outcome, first..further.len()));
    }
    let study = Study::with(ruleset, every_day.as_ref(), &further);
    let (mut found, mut too_large) = (Vec::new(), 0);
    let work = study.with_space(budget, |work| {
        for (outcome, nodes) in questions {
            if too_large >= MAX_TOO_LARGE {
                break;
            }
            let nodes: Vec<Id<Node>> =
                nodes.filter_map(|at| work.further(Some(&(study.extra + at)))).collect();
            work.space.diagrams.renew(budget);
            work.view.asked_hard();
            let never = work.is_impossible(outcome, &nodes);
            too_large += usize::from(never.is_err());
            found.push(never == Ok(true) && !work.view.asked_hard());
        }
        Ok(())
    });
    if work.is_err() {
        found.clear();
    }
    found.resize(outcomes.len(), false);
    found
}

impl Work<'_, '_> {
    fn is_impossible(&mut self, outcome: &Outcome<'_>, nodes: &[Id<Node>]) -> Result<bool, TooLarge> {
        let (nodes, holds, asks) = match outcome {
            Outcome::Verdict(target, verdict) => {
                let region = self.view.leaning(&mut self.space, *target, *verdict)?;
                return self.space.is_nowhere(region);
            }
            Outcome::Fires(rule, holds) => {
                let instances = self.study.ground.instances_of(*rule).map(Id::new);
                let nodes = instances.map(|id| self.study.ground.instances[id].fires).collect();
                (nodes, *holds, self.study.asking.contains(rule))
            }
            Outcome::Truth { condition, holds, .. } => (nodes.to_vec(), *holds, asks(condition)),
        };
        if !self.space.is_nowhere_for(&self.view, &nodes, holds)? {
            return Ok(false);
        }
        Ok(!asks || self.with_unknown(|space, view| space.is_nowhere_for(view, &nodes, holds))?)
    }
}

impl<'g, 'r> Space<'g, 'r> {
    /// Whether none of some conditions is true anywhere, or false.
    fn is_nowhere_for(
        &mut self,
        view: &View<'g, 'r>,
        nodes: &[Id<Node>],
        holds: bool,
    ) -> Result<bool, TooLarge> {
        let mut region: Ref = NO;
        for node in nodes {
            let Truths { yes, no, .. } = view.truths(*node);
            region = self.diagrams.or(region, if holds { yes } else { no })?;
        }
        self.is_nowhere(region)
    }
}
