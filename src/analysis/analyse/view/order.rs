//! Who comes before whom: by leaning, by what the ruleset ranks by, by open needs.

use super::View;
use crate::analyse::diagram::{NO, Ref, TooLarge, YES};
use crate::analyse::space::Space;
use qudao_language::model::{Id, Measure, RankBy, Target};
use qudao_language::operator::Verdict;

/// What a target is ranked by.
#[derive(Clone, Copy, Debug)]
enum Rank {
    /// A number in each cell.
    Number(Ref),
    /// A measure of the target.
    Measure(Id<Measure>, Target),
}

impl<'g, 'r> View<'g, 'r> {
    /// What ranks a target within a region, the weightiest first, less being better: its leaning (0 recommended, 3
    /// excluded), what the ruleset ranks by, its open needs.
    fn rank(&self, space: &mut Space<'g, 'r>, target: Target, within: Ref) -> Result<Vec<Rank>, TooLarge> {
        let mut leaning = NO;
        for (place, region) in (0..).zip(self.leanings(space, target, within)?) {
            leaning = space.diagrams.add_where(leaning, region, place)?;
        }
        let mut ranks = vec![Rank::Number(leaning)];
        for by in &self.ground.ruleset.rank {
            ranks.push(match by {
                RankBy::Score => {
                    let scores = self.scores_within(space, target, within)?;
                    let score = self.sum(space, scores)?;
                    Rank::Number(space.diagrams.subtract(NO, score)?)
                }
                RankBy::Measure(id) => Rank::Measure(*id, target),
            });
        }
        ranks.push(Rank::Number(self.open_needs(space, target)?));
        Ok(ranks)
    }

    /// Returns where one target comes before another by a measure, and where neither does.
    fn by_measure(
        &self,
        space: &mut Space<'g, 'r>,
        id: Id<Measure>,
        one: Target,
        other: Target,
    ) -> Result<(Ref, Ref), TooLarge> {
        let ruleset = self.ground.ruleset;
        let measure = &ruleset.measures[id];
        if measure.compared.is_empty() && !measure.of.is_empty() {
            return Err(TooLarge);
        }
        let compared = |one: Target, other: Target| {
            let key = (id, ruleset.target_index(one), ruleset.target_index(other));
            self.ground.compared.get(&key).map_or(NO, |node| self.truths(*node).yes)
        };
        let lacks = |target: Target| match measure.of.get(&target) {
            None => YES,
            Some(_) => match self.ground.having.get(&(id, ruleset.target_index(target))) {
                None => NO,
                Some(node) => self.truths(*node).no,
            },
        };
        // Known values come before unknown ones, these before none at all.
        let (known, other_known) = (compared(one, one), compared(other, other));
        let (lacks_one, lacks_other) = (lacks(one), lacks(other));
        let (at_most, at_least) = (compared(one, other), compared(other, one));
        let (better, worse) = if measure.higher { (at_least, at_most) } else { (at_most, at_least) };
        let less = space.diagrams.without(better, worse)?;
        let known_alone = space.diagrams.without(known, other_known)?;
        let has_alone = space.diagrams.without(lacks_other, lacks_one)?;
        let mut before = space.diagrams.or(less, known_alone)?;
        before = space.diagrams.or(before, has_alone)?;
        let even = space.diagrams.and(at_most, at_least)?;
        let any_known = space.diagrams.or(known, other_known)?;
        let any_lacks = space.diagrams.or(lacks_one, lacks_other)?;
        let both_lack = space.diagrams.and(lacks_one, lacks_other)?;
        let differs = space.diagrams.without(any_lacks, both_lack)?;
        let neither_known = space.diagrams.not(any_known)?;
        let alike = space.diagrams.without(neither_known, differs)?;
        Ok((before, space.diagrams.or(even, alike)?))
    }

    /// Returns where one rank comes before another, both only looked at within a region. `first` says that the one
    /// stands first where they are equal.
    fn before(
        &self,
        space: &mut Space<'g, 'r>,
        within: Ref,
        one: &[Rank],
        other: &[Rank],
        first: bool,
    ) -> Result<Ref, TooLarge> {
        let mut before = NO;
        let mut equal = within;
        for (one, other) in one.iter().zip(other) {
            if equal == NO {
                break;
            }
            let (one, other) = match (one, other) {
                (Rank::Number(one), Rank::Number(other)) => (*one, *other),
                (Rank::Measure(id, one), Rank::Measure(_, other)) => {
                    let (better, same) = self.by_measure(space, *id, *one, *other)?;
                    let better = space.diagrams.and(equal, better)?;
                    before = space.diagrams.or(before, better)?;
                    equal = space.diagrams.and(equal, same)?;
                    continue;
                }
                (Rank::Number(_), Rank::Measure(..)) | (Rank::Measure(..), Rank::Number(_)) => {
                    unreachable!("all targets are ranked by the same things")
                }
            };
            let (one, other) = (space.diagrams.keep(equal, one)?, space.diagrams.keep(equal, other)?);
            let gap = space.diagrams.subtract(other, one)?;
            let better = space.diagrams.at_least(gap, 1)?;
            before = space.diagrams.or(before, better)?;
            let same = space.diagrams.map(gap, &|gap| i64::from(gap == 0))?;
            equal = space.diagrams.and(equal, same)?;
        }
        if first { space.diagrams.or(before, equal) } else { Ok(before) }
    }

    /// Returns where a target comes before all others of its kind, within a region.
    fn leads(
        &self,
        space: &mut Space<'g, 'r>,
        within: Ref,
        target: Target,
        ranks: &[(Target, Vec<Rank>)],
    ) -> Result<Ref, TooLarge> {
        let ruleset = self.ground.ruleset;
        let open = self.at_least(space, target, Verdict::Unsuitable)?;
        let mut first = space.diagrams.and(within, open)?;
        let Some((_, own)) = ranks.iter().find(|(other, _)| *other == target) else { return Ok(NO) };
        for (other, rank) in ranks.iter().filter(|(other, _)| *other != target) {
            let declared_first = ruleset.target_index(target) < ruleset.target_index(*other);
            first = self
                .before(space, first, own, rank, declared_first)
                .and_then(|before| space.diagrams.and(first, before))?;
        }
        Ok(first)
    }

    /// Returns which channel is first and where, within a region; nothing where all are excluded.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn firsts(
        &self,
        space: &mut Space<'g, 'r>,
        within: Ref,
    ) -> Result<Vec<(Option<Target>, Ref)>, TooLarge> {
        let channels: Vec<Target> = self.ground.ruleset.channels.ids().map(Target::Channel).collect();
        let mut ranks = Vec::new();
        for target in &channels {
            ranks.push((*target, self.rank(space, *target, within)?));
        }
        let (mut found, mut left) = (Vec::new(), within);
        for target in channels {
            let first = self.leads(space, left, target, &ranks)?;
            left = space.diagrams.without(left, first)?;
            found.push((Some(target), first));
        }
        found.push((None, left));
        Ok(found)
    }

    /// Returns where a target is the first among its kind, the channels or the mixes.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn is_first(&self, space: &mut Space<'g, 'r>, target: Target) -> Result<Ref, TooLarge> {
        let kind = |target: Target| matches!(target, Target::Channel(_));
        let mut ranks = Vec::new();
        for other in self.ground.ruleset.targets().filter(|other| kind(*other) == kind(target)) {
            ranks.push((other, self.rank(space, other, YES)?));
        }
        self.leads(space, YES, target, &ranks)
    }
}
