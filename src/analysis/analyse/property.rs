//! Whether a property holds for every profile.

use super::diagram::{Budget, NO, Ref, TooLarge, YES};
use super::every_day::{EveryDay, day_of, without_day};
use super::sample::{SAMPLES, samples};
use super::search::Search;
use super::space::{Scope, Space};
use super::view::{View, reaches};
use qudao_engine::ground::{Ground, Instance};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, Truth, decide};
use qudao_language::model::{
    Expectation, ExpectationKind, Expr, Id, NeedState, Profile, Property, Rule, Ruleset, Target, TargetMap,
};
use qudao_language::operator::CompareOp;
use qudao_telling::words::Tongue;

/// What came of proving a property.
#[derive(Clone, Debug)]
pub enum Proof {
    /// It holds for every profile.
    Proved,
    /// It does not: a small profile that shows it, the day, and the number of the expectation that is not met.
    Refuted {
        /// The profile; where all fields must be known, those that it leaves out may have any value.
        profile: Profile,
        /// The day.
        day: Date,
        /// Which expectation it does not meet.
        expectation: usize,
    },
    /// It is not known; it says why.
    Undecided(String),
}

/// Tells whether a decision meets an expectation.
pub type Meets<'m> = &'m dyn Fn(&Decision<'_>, &Expectation) -> bool;

/// Proves a property of a ruleset on a day, or finds a small profile that refutes it. `meets` tells whether a decision
/// meets an expectation; every counterexample is decided and shown to it first.
#[must_use]
pub fn prove(
    ruleset: &Ruleset,
    property: &Property,
    day: Date,
    options: (Budget, Tongue),
    meets: Meets<'_>,
) -> Proof {
    prove_on(&Ground::with(ruleset, day, &conditions(property)), ruleset, property, options, meets)
}

/// Proves a property for every day; a profile that refutes it on `day` is looked for first.
#[must_use]
pub fn prove_every_day(
    ruleset: &Ruleset,
    property: &Property,
    day: Date,
    options: (Budget, Tongue),
    meets: Meets<'_>,
) -> Proof {
    let Some(every_day) = EveryDay::of(ruleset) else { return prove(ruleset, property, day, options, meets) };
    let conditions: Vec<_> = conditions(property).into_iter().map(|it| every_day.condition(it)).collect();
    let conditions: Vec<_> = conditions.iter().map(|condition| (condition, None)).collect();
    let ground = Ground::with_instances(&every_day.ruleset, day, Some(every_day.today), &conditions);
    prove_on(&ground, ruleset, property, options, meets)
}

/// The conditions of a property: when it applies, and how it compares measures.
fn conditions(property: &Property) -> Vec<&Expr> {
    let compared = property.expect.iter().filter_map(|expectation| match &expectation.kind {
        ExpectationKind::Measure(_, _, compared) => Some(&**compared),
        _ => None,
    });
    property.when.iter().chain(compared).collect()
}

fn prove_on(
    ground: &Ground<'_>,
    ruleset: &Ruleset,
    property: &Property,
    (budget, tongue): (Budget, Tongue),
    meets: Meets<'_>,
) -> Proof {
    let scope = if property.even_unknown { Scope::Any } else { Scope::Known };
    let mut prover = match Prover::new(ground, ruleset, property, scope, (budget, tongue), meets) {
        Ok(prover) => prover,
        Err(TooLarge) => return Proof::Undecided(tongue.ruleset_too_large().into()),
    };
    for number in 0..property.expect.len() {
        match prover.expectation(number) {
            Proof::Proved => {}
            other => return other,
        }
    }
    Proof::Proved
}

struct Prover<'p, 'g, 'r> {
    space: Space<'g, 'r>,
    view: View<'g, 'r>,
    ruleset: &'p Ruleset,
    property: &'p Property,
    budget: Budget,
    tongue: Tongue,
    meets: Meets<'p>,
}

impl<'p, 'g, 'r> Prover<'p, 'g, 'r> {
    fn new(
        ground: &'g Ground<'r>,
        ruleset: &'p Ruleset,
        property: &'p Property,
        scope: Scope,
        (budget, tongue): (Budget, Tongue),
        meets: Meets<'p>,
    ) -> Result<Self, TooLarge> {
        let mut space = Space::new(vec![ground], scope, budget)?;
        let view = View::within(&mut space, 0, budget)?;
        Ok(Prover { space, view, ruleset, property, budget, tongue, meets })
    }

    fn applies(&self) -> Ref {
        let when = self.property.when.as_ref().and(self.view.ground.further.first());
        when.map_or(YES, |when| self.view.truths(*when).yes)
    }

    /// Tells whether a profile refutes an expectation.
    fn refutes(&self, profile: &Profile, number: usize) -> bool {
        let decision = decide(self.ruleset, profile, day_of(self.view.ground, profile));
        let applies = self.property.when.as_ref().is_none_or(|when| {
            decision
                .trace(when)
                .and_then(|trace| trace.judged())
                .is_some_and(|judged| judged.truth == Truth::True)
        });
        let expectation = self.property.expect.get(number);
        applies && expectation.is_some_and(|expectation| !(self.meets)(&decision, expectation))
    }

    fn expectation(&mut self, number: usize) -> Proof {
        self.space.diagrams.renew(self.budget);
        self.view.asked_hard();
        match (self.search(number), self.view.asked_hard()) {
            // A profile that refutes it was decided.
            (Ok(proof @ Proof::Refuted { .. }), _) | (Ok(proof), false) => proof,
            (Ok(Proof::Proved | Proof::Undecided(_)), true) | (Err(TooLarge), _) => self.sampled(number),
        }
    }

    fn search(&mut self, number: usize) -> Result<Proof, TooLarge> {
        let expectation = self.property.expect.get(number).expect("an expectation is known by its number");
        let met = self.met(number, &expectation.kind)?;
        let applies = self.applies();
        let violated = self.space.diagrams.without(applies, met)?;
        if violated == NO {
            return Ok(Proof::Proved);
        }
        let mut space = std::mem::replace(&mut self.space, Space::empty()?);
        let mut takes = |profiles: &[Profile]| profiles.first().is_some_and(|p| self.refutes(p, number));
        // What surely is missing is known, so elsewhere a profile has to be looked at.
        let found = match expectation.kind {
            ExpectationKind::Missing(_) => space.search_around(violated, &mut takes),
            _ => space.search(violated, &mut takes),
        };
        let profile = match found {
            Ok(Search::Found(profiles, _)) => {
                let free_to_leave = space.has_unknown();
                let mut takes = |smaller: &[Profile], space: &Space<'g, 'r>| {
                    let Some(profile) = smaller.first() else { return false };
                    // With fields left out it refutes the property only if it does whatever they are.
                    let whatever =
                        free_to_leave || space.diagrams.holds_in(violated, &space.cells_of(0, profile));
                    whatever && self.refutes(profile, number) && self.is_settled(profile, number)
                };
                let small = space.shrink_by(profiles, &mut takes);
                Ok(small.into_iter().next())
            }
            Ok(Search::Nothing) => Ok(None),
            Ok(Search::Undecided) => Err(()),
            Err(TooLarge) => {
                self.space = space;
                return Err(TooLarge);
            }
        };
        self.space = space;
        Ok(match profile {
            Ok(Some(profile)) => self.refuted(profile, number),
            Ok(None) => Proof::Proved,
            Err(()) => Proof::Undecided(match expectation.kind {
                ExpectationKind::Missing(_) => self.tongue.waits_not_followed().into(),
                _ => self.space.doubt(violated, Some(self.property.span), self.tongue),
            }),
        })
    }

    fn refuted(&self, profile: Profile, number: usize) -> Proof {
        let day = day_of(self.view.ground, &profile);
        Proof::Refuted { profile: without_day(self.view.ground, profile), day, expectation: number }
    }

    /// Whether the verdict that an expectation speaks of is settled, so that the profile tells it plainly.
    fn is_settled(&self, profile: &Profile, number: usize) -> bool {
        if self.property.even_unknown {
            return true;
        }
        let decision = decide(self.ruleset, profile, day_of(self.view.ground, profile));
        match self.property.expect.get(number).map(|expectation| &expectation.kind) {
            Some(
                ExpectationKind::Verdict(target, _)
                | ExpectationKind::Leaning(target, _)
                | ExpectationKind::ExcludedBy(target, _),
            ) => decision.target(*target).verdict.is_some(),
            _ => true,
        }
    }

    /// What cannot be proved is tried on random profiles.
    fn sampled(&self, number: usize) -> Proof {
        let found = samples(&self.space, SAMPLES)
            .find(|profiles| profiles.first().is_some_and(|profile| self.refutes(profile, number)));
        if let Some(profile) = found.and_then(|profiles| profiles.into_iter().next()) {
            return self.refuted(profile, number);
        }
        Proof::Undecided(self.tongue.samples_agree(SAMPLES))
    }

    /// Where an expectation is met.
    fn met(&mut self, number: usize, kind: &ExpectationKind) -> Result<Ref, TooLarge> {
        let any = self.space.has_unknown();
        Ok(match kind {
            ExpectationKind::First(target) => self.view.is_first(&mut self.space, *target)?,
            ExpectationKind::Fires(rules, fires) => {
                let fired = self.any_fires(rules)?;
                if *fires { fired } else { self.space.diagrams.not(fired)? }
            }
            // Nothing is missing from a profile whose fields are all known.
            ExpectationKind::Missing(_) if !any => NO,
            ExpectationKind::Missing(field) => {
                let mut undecided = Vec::new();
                for target in self.view.ground.ruleset.targets() {
                    undecided.push(self.view.verdict(&mut self.space, target, None)?);
                }
                self.view.surely_missing(&mut self.space, *field, &undecided)?
            }
            ExpectationKind::Verdict(target, verdict) => {
                self.view.verdict(&mut self.space, *target, *verdict)?
            }
            ExpectationKind::Leaning(target, verdict) => {
                self.view.leaning(&mut self.space, *target, *verdict)?
            }
            ExpectationKind::CouldBe(target, verdict) => {
                self.view.could_be(&mut self.space, *target, *verdict, false)?
            }
            ExpectationKind::ExcludedBy(target, rules) => self.excluded_by(*target, rules)?,
            ExpectationKind::Score(target, op, points) => self.score(*target, *op, *points)?,
            ExpectationKind::Measure(..) => {
                let before = self.property.expect.iter().take(number);
                let before = before.filter(|it| matches!(it.kind, ExpectationKind::Measure(..))).count();
                let place = before + usize::from(self.property.when.is_some());
                let node = self.view.ground.further.get(place);
                self.view.truths(*node.expect("its condition was grounded")).yes
            }
            ExpectationKind::Needs(target, need, state) => {
                let needs = self.view.needs(&mut self.space, *target)?;
                let when = needs.into_iter().find(|(other, _)| other == need).map_or(NO, |(_, when)| when);
                match state {
                    None => when,
                    Some(state) => {
                        let state: NeedState = *state;
                        let state = self.view.state(&mut self.space, *need, state)?;
                        self.space.diagrams.and(when, state)?
                    }
                }
            }
            ExpectationKind::Because(target, rules) => self.because(*target, rules)?,
        })
    }

    fn any_fires(&mut self, rules: &[Id<Rule>]) -> Result<Ref, TooLarge> {
        let mut fired = NO;
        for rule in rules {
            for instance in self.view.instances(*rule) {
                fired = self.space.diagrams.or(fired, self.view.fires(instance).yes)?;
            }
        }
        Ok(fired)
    }

    fn score(&mut self, target: Target, op: CompareOp, points: i64) -> Result<Ref, TooLarge> {
        let scores = self.view.scores(target);
        let least = reaches(&mut self.space, scores.clone(), points)?;
        let more = reaches(&mut self.space, scores, points.saturating_add(1))?;
        match op {
            CompareOp::AtLeast => Ok(least),
            CompareOp::Greater => Ok(more),
            CompareOp::Less => self.space.diagrams.not(least),
            CompareOp::AtMost => self.space.diagrams.not(more),
            CompareOp::Equal => self.space.diagrams.without(least, more),
            CompareOp::NotEqual => {
                let equal = self.space.diagrams.without(least, more)?;
                self.space.diagrams.not(equal)
            }
        }
    }

    /// Where one of some rules excludes a target, itself or a channel that it falls with. Needs have no circles.
    fn excluded_by(&mut self, target: Target, rules: &[Id<Rule>]) -> Result<Ref, TooLarge> {
        let ruleset = self.view.ground.ruleset;
        let mut by: TargetMap<Ref> = TargetMap::of(ruleset, |_| NO);
        let order = ruleset.channel_order.iter().copied().map(Target::Channel);
        for own in order.chain(ruleset.mixes.ids().map(Target::Mix)) {
            let effects = self.view.effects(own);
            let is_one =
                |instance: &Id<Instance>| rules.contains(&self.view.ground.instances[*instance].rule);
            let mut found = NO;
            for instance in effects.exclusions.iter().filter(|instance| is_one(instance)) {
                found = self.space.diagrams.or(found, self.view.fires(*instance).yes)?;
            }
            for (channel, falls) in self.view.falls_with(&mut self.space, own)? {
                let through = self.space.diagrams.and(falls, by[Target::Channel(channel)])?;
                found = self.space.diagrams.or(found, through)?;
            }
            by[own] = found;
        }
        Ok(by[target])
    }

    fn because(&mut self, target: Target, rules: &[Id<Rule>]) -> Result<Ref, TooLarge> {
        let effects = self.view.effects(target);
        let instances = effects.exclusions.iter().copied();
        let instances = instances
            .chain(effects.caps.iter().map(|(instance, _)| *instance))
            .chain(effects.scores.iter().map(|(instance, _)| *instance))
            .chain(effects.needs.iter().map(|(instance, _)| *instance));
        let mut found = NO;
        for instance in instances.filter(|id| rules.contains(&self.view.ground.instances[*id].rule)) {
            found = self.space.diagrams.or(found, self.view.fires(instance).yes)?;
        }
        Ok(found)
    }
}
