//! What no profile can bring about on any day, so that no test can show it; and profiles that bring the rest about.

use super::known::asks;
use super::{Example, Study, Work};
use crate::analyse::diagram::{Budget, NO, Ref, TooLarge};
use crate::analyse::every_day::{EveryDay, day_of, without_day};
use crate::analyse::regions::Purse;
use crate::analyse::search::Search;
use crate::analyse::space::{Space, Truths};
use crate::analyse::view::View;
use qudao_engine::ground::Node;
use qudao_language::date::Date;
use qudao_language::decide::State;
use qudao_language::model::{Channel, Expr, Id, Profile, Rule, Ruleset, Target};
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
/// What so many questions may take, each the whole of a budget, is there for all outcomes.
pub const REACHES: u64 = MAX_TOO_LARGE as u64;

/// Returns of each outcome whether it is proved that no profile brings it about on any day. What is not proved counts
/// as possible.
#[must_use]
pub fn impossible(ruleset: &Ruleset, outcomes: &[Outcome<'_>], budget: Budget) -> Vec<bool> {
    asked(ruleset, outcomes, budget, |work, outcome, nodes| {
        work.view.asked_hard();
        Ok(work.is_impossible(outcome, nodes)? && !work.view.asked_hard())
    })
}

/// Returns for each outcome a small profile that brings it about, and the day on which it does, where one is found.
/// Of a condition that is true or false the profile is not tried; whoever shows it looks at what comes of it.
#[must_use]
pub fn witnesses(
    ruleset: &Ruleset,
    outcomes: &[Outcome<'_>],
    budget: Budget,
) -> Vec<Option<(Profile, Date)>> {
    asked(ruleset, outcomes, budget, |work, outcome, nodes| work.witness(outcome, nodes))
}

/// Asks the same of each outcome. What is too large, and what comes after too much of that, gets no answer.
fn asked<T: Default + Clone>(
    ruleset: &Ruleset,
    outcomes: &[Outcome<'_>],
    budget: Budget,
    ask: impl Fn(&mut Work<'_, '_>, &Outcome<'_>, &[Id<Node>]) -> Result<T, TooLarge>,
) -> Vec<T> {
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
        let mut purse = Purse::new(&work.space, budget, REACHES);
        for (outcome, nodes) in questions {
            if too_large >= MAX_TOO_LARGE {
                break;
            }
            let nodes: Vec<Id<Node>> =
                nodes.filter_map(|at| work.further(Some(&(study.extra + at)))).collect();
            let allowed = purse.next(&work.space);
            work.space.diagrams.renew(allowed);
            let answer = ask(work, outcome, &nodes);
            too_large += usize::from(answer.is_err());
            found.push(answer.unwrap_or_default());
        }
        Ok(())
    });
    if work.is_err() {
        found.clear();
    }
    found.resize(outcomes.len(), T::default());
    found
}

impl Work<'_, '_> {
    /// The conditions whose outcome a rule's is.
    fn fires(&self, rule: Id<Rule>) -> Vec<Id<Node>> {
        let instances = self.study.ground.instances_of(rule).map(Id::new);
        instances.map(|id| self.study.ground.instances[id].fires).collect()
    }

    fn witness(
        &mut self,
        outcome: &Outcome<'_>,
        nodes: &[Id<Node>],
    ) -> Result<Option<(Profile, Date)>, TooLarge> {
        let study = self.study;
        let found = match outcome {
            Outcome::Verdict(target, verdict) => {
                let region = self.view.leaning(&mut self.space, *target, *verdict)?;
                self.example(region, &|decision| decision.target(*target).verdict == Some(*verdict))?
            }
            Outcome::Fires(rule, holds) => {
                let nodes = self.fires(*rule);
                let region = self.space.region_of(&self.view, &nodes, *holds)?;
                let rule = *rule;
                self.example(region, &|decision| {
                    decision.instances(rule).iter().any(|instance| match instance.state() {
                        State::Fired => *holds,
                        State::NotFired | State::Excepted => !*holds,
                        State::Pending => false,
                    })
                })?
            }
            Outcome::Truth { holds, .. } => {
                let region = self.space.region_of(&self.view, nodes, *holds)?;
                // The search gives a profile with all fields known; what is left out may have decided it.
                match self.space.search(region, &mut |_| true)? {
                    Search::Found(profiles, _) => {
                        profiles.into_iter().next().map_or(Example::Undecided, Example::Profile)
                    }
                    Search::Nothing => Example::Nothing,
                    Search::Undecided => Example::Undecided,
                }
            }
        };
        Ok(match found {
            Example::Profile(profile) => {
                let day = day_of(&study.ground, &profile);
                Some((without_day(&study.ground, profile), day))
            }
            Example::Nothing | Example::Undecided => None,
        })
    }

    fn is_impossible(&mut self, outcome: &Outcome<'_>, nodes: &[Id<Node>]) -> Result<bool, TooLarge> {
        let (nodes, holds, asks) = match outcome {
            Outcome::Verdict(target, verdict) => {
                let region = self.view.leaning(&mut self.space, *target, *verdict)?;
                return self.space.is_nowhere(region);
            }
            Outcome::Fires(rule, holds) => (self.fires(*rule), *holds, self.study.asking.contains(rule)),
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
        let region = self.region_of(view, nodes, holds)?;
        self.is_nowhere(region)
    }

    /// Where one of some conditions is true, or false.
    fn region_of(&mut self, view: &View<'g, 'r>, nodes: &[Id<Node>], holds: bool) -> Result<Ref, TooLarge> {
        let mut region: Ref = NO;
        for node in nodes {
            let Truths { yes, no, .. } = view.truths(*node);
            region = self.diagrams.or(region, if holds { yes } else { no })?;
        }
        Ok(region)
    }
}
