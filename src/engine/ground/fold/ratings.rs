//! Points that a constant makes: as many as its facts say, of each instance on each day.

use std::collections::{BTreeMap, BTreeSet};

use super::Builder;
use crate::ground::{Instance, Node};
use qudao_language::decide::Judged;
use qudao_language::model::{EffectKind, Expr, Id, Points};

/// An instance, and its node.
type With = (Id<Instance>, Id<Node>);
/// What gives points, and how many.
type Scores = Vec<(Id<Instance>, i64)>;

/// What the points of effects are that a constant makes.
#[derive(Default)]
pub(super) struct Ratings {
    /// By instance and effect.
    scores: BTreeMap<(Id<Instance>, usize), Scores>,
    /// The instances that fire with another one where their node holds too: on the days on which the points are so many,
    /// or are not told.
    with: BTreeMap<Id<Instance>, Vec<With>>,
    /// The effects whose points no source tells on any day.
    untold: BTreeSet<(Id<Instance>, usize)>,
}

impl Ratings {
    pub(super) fn of(
        &self,
        instance: Id<Instance>,
        effect: usize,
    ) -> impl Iterator<Item = (Id<Instance>, i64)> {
        self.scores.get(&(instance, effect)).into_iter().flatten().copied()
    }

    pub(super) fn is_untold(&self, instance: Id<Instance>, effect: usize) -> bool {
        self.untold.contains(&(instance, effect))
    }
}

impl<'p, 'r: 'p> Builder<'p, 'r> {
    /// Finds out how many points effects give that a constant makes.
    pub(super) fn ratings(&mut self) {
        let ruleset = self.ruleset;
        let rated = self.instances.entries().flat_map(|(id, instance)| {
            let effects = ruleset.rules[instance.rule].effects.iter().enumerate();
            effects.filter_map(move |(place, effect)| match &effect.kind {
                EffectKind::Score(_, points @ Points::Rated(rating), _) => {
                    Some((id, place, points, &rating.value))
                }
                _ => None,
            })
        });
        for (id, place, points, value) in rated.collect::<Vec<_>>() {
            let (scores, told) = self.rated(id, points, value);
            self.ratings.scores.insert((id, place), scores);
            if !told {
                self.ratings.untold.insert((id, place));
            }
        }
    }

    /// What gives an instance its points, and whether they are told on some day.
    fn rated(&mut self, id: Id<Instance>, points: &'r Points, value: &'r Expr) -> (Scores, bool) {
        let channel = self.instances[id].channel;
        let mut told = BTreeSet::new();
        self.on_each_day(value, channel, |builder| {
            told.insert(builder.probe.points(points, channel));
            Some(builder.constant(Judged::TRUE))
        });
        if let (1, Some(Some(points))) = (told.len(), told.first()) {
            return (vec![(id, *points)], true);
        }
        let is_told = told.iter().any(Option::is_some);
        let mut scores = Vec::new();
        for of in told {
            let with = self.on_each_day(value, channel, |builder| {
                let judged = match of {
                    _ if builder.probe.points(points, channel) != of => Judged::FALSE,
                    Some(_) => Judged::TRUE,
                    None => Judged::STUCK,
                };
                Some(builder.constant(judged))
            });
            let with = with.expect("a constant is judged on every day");
            let instance = self.instances[id].clone();
            let instance = self.instances.push(instance);
            self.ratings.with.entry(id).or_default().push((instance, with));
            match of {
                Some(points) => scores.push((instance, points)),
                // It may give as many as the most, or take as many.
                None => {
                    let (least, greatest) = points.range();
                    scores.extend([least.min(0), greatest.max(0)].map(|points| (instance, points)));
                }
            }
        }
        (scores, is_told)
    }

    /// Judges what fires with an instance.
    pub(super) fn fires_rated(&mut self, id: Id<Instance>) {
        for (with, holds) in self.ratings.with.get(&id).cloned().unwrap_or_default() {
            let mut instance = self.instances[id].clone();
            instance.condition = self.join(true, vec![instance.condition, holds]);
            instance.fires = self.join(true, vec![instance.fires, holds]);
            self.instances[with] = instance;
            self.order.push(with);
        }
    }
}
