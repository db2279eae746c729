//! Which channel comes first now and did not, or no longer does.
//!
//! Another comes first only where a channel's rank is another: the one that comes first now has risen there, or the one
//! that did has fallen. So it is enough to look at the channels whose rank changes, where it does. Which channels take
//! each other's place is asked of all of them together, and told where that can be answered within a small budget.
//! Else each channel that rises or falls is told by itself, with a profile that shows it.

use super::{Finder, LEAST_TRIED, MAX_CONDITIONS, What, shows};
use crate::analyse::diagram::{Budget, Cells, NO, Ref, TooLarge, YES};
use crate::analyse::difference::{Doubt, Question};
use crate::analyse::sample::Dice;
use crate::analyse::space::Space;
use crate::analyse::view::View;
use qudao_engine::program::{Program, Scratch};
use qudao_language::model::{Profile, Target};
use qudao_language::operator::Verdict;

/// What may be built to tell which channels take each other's place.
const JOINT: Budget = Budget { nodes: 60_000, steps: 100_000 };
/// So many profiles are tried of a region in which a channel rises or falls; fewer where both rulesets together have more
/// instances of rules than these, for each then takes longer.
const TRIES: usize = 6_000;
const USUAL_INSTANCES: usize = 2_000;
/// After so many tries that make nothing better, the search begins elsewhere.
const PATIENCE: usize = 120;

/// Where the rank of a channel of both rulesets changes.
struct Move {
    /// The channel in the old ruleset and in the new one.
    channel: (Target, Target),
    /// Where its rank is better now.
    rises: Ref,
    /// Where it is worse.
    falls: Ref,
}

impl<'d, 'g, 'r> Finder<'d, 'g, 'r> {
    /// Finds where another channel comes first.
    pub(super) fn first(&mut self) -> Result<(), TooLarge> {
        let pairs = &self.difference.pairs;
        let is_channel = |target: &Target| matches!(target, Target::Channel(_));
        let channels: Vec<(Target, Target)> =
            pairs.both.iter().copied().filter(|(old, _)| is_channel(old)).collect();
        let order: Vec<usize> =
            channels.iter().map(|(old, _)| self.old.ground.ruleset.target_index(*old)).collect();
        let ranks = |view: &View<'g, 'r>| view.ground.ruleset.ranks_by_measures();
        // A measure may change wherever any channel's does, so all are looked at together.
        let measured = ranks(&self.old) || ranks(&self.new);
        if measured
            || pairs.gone.iter().any(is_channel)
            || pairs.came.iter().any(is_channel)
            || !order.is_sorted()
        {
            return self.places(YES);
        }
        let (mut moves, mut changed) = (Vec::new(), NO);
        for channel in channels {
            let moved = self.moved(channel)?;
            changed = self.space.diagrams.or(changed, moved.rises)?;
            changed = self.space.diagrams.or(changed, moved.falls)?;
            moves.push(moved);
        }
        if changed == NO {
            return Ok(());
        }
        let (regions, open) = (self.regions.len(), self.open.len());
        self.space.diagrams.renew(JOINT);
        if self.places(changed).is_ok() {
            return Ok(());
        }
        self.regions.truncate(regions);
        self.open.truncate(open);
        let budget = self.purse.next(&self.space);
        self.space.diagrams.renew(budget);
        self.leads(&moves)
    }

    /// Finds which channel takes the place of which, within a region.
    fn places(&mut self, within: Ref) -> Result<(), TooLarge> {
        let before = self.old.firsts(&mut self.space, within)?;
        let now = self.new.firsts(&mut self.space, within)?;
        let name = |view: &View<'g, 'r>, target: &Option<Target>| {
            target.map(|target| view.ground.ruleset.target_name(target).to_string())
        };
        let mut found = Vec::new();
        for (from, before) in &before {
            for (to, now) in &now {
                let same = match (from, to) {
                    (None, None) => true,
                    (Some(from), Some(to)) => self.difference.pairs.new_of(*from) == Some(*to),
                    _ => false,
                };
                if !same {
                    let region = self.space.diagrams.and(*before, *now)?;
                    found
                        .push((region, What::First { old: name(&self.old, from), new: name(&self.new, to) }));
                }
            }
        }
        for (region, what) in found {
            self.add(region, what)?;
        }
        Ok(())
    }

    /// Where a channel's rank changes: by its leaning, then by its points, then by what it needs.
    fn moved(&mut self, channel: (Target, Target)) -> Result<Move, TooLarge> {
        let (old, new) = channel;
        let leanings = self.leanings.get(&self.new.ground.ruleset.target_index(new)).cloned();
        let mut leaning = NO;
        for (sign, regions) in [1, -1].into_iter().zip(leanings.iter().flat_map(|[old, new]| [new, old])) {
            for (place, (_, region)) in (0..).zip(Verdict::ALL.into_iter().zip(regions)) {
                leaning = self.space.diagrams.add_where(leaning, *region, sign * place)?;
            }
        }
        // Less is better.
        let points = self.point_changes(channel).into_iter().map(|(condition, gain)| (condition, -gain));
        let points = self.new.sum(&mut self.space, points.collect())?;
        let needs = self.new.open_needs(&mut self.space, new)?;
        let before = self.old.open_needs(&mut self.space, old)?;
        let needs = self.space.diagrams.subtract(needs, before)?;
        let (mut rises, mut falls, mut equal) = (NO, NO, YES);
        for gap in [leaning, points, needs] {
            let gap = self.space.diagrams.keep(equal, gap)?;
            let up = self.space.diagrams.map(gap, &|gap| i64::from(gap < 0))?;
            let down = self.space.diagrams.map(gap, &|gap| i64::from(gap > 0))?;
            rises = self.space.diagrams.or(rises, up)?;
            falls = self.space.diagrams.or(falls, down)?;
            let moved = self.space.diagrams.or(up, down)?;
            equal = self.space.diagrams.without(equal, moved)?;
        }
        Ok(Move { channel, rises, falls })
    }

    /// Tells each channel that comes first now and did not, and each that no longer does.
    fn leads(&mut self, moves: &[Move]) -> Result<(), TooLarge> {
        let old = Program::new(self.difference.old.ruleset, self.difference.old.day);
        let new = Program::new(self.difference.new.ruleset, self.difference.new.day);
        let size = old.ground().instances.len() + new.ground().instances.len();
        let tries = (TRIES * USUAL_INSTANCES / size.max(1)).clamp(TRIES / 20, TRIES);
        let tries = self.purse.each.share(tries).clamp(LEAST_TRIED, TRIES);
        let mut hunt = Hunt { scratches: (old.scratch(), new.scratch()), programs: (&old, &new), tries };
        for moved in moves {
            for (region, gains) in [(moved.falls, false), (moved.rises, true)] {
                if self.space.is_nowhere(region)? || self.never_leads(region, moved.channel, gains)? {
                    continue;
                }
                let target = self.new.ground.ruleset.target_name(moved.channel.1).to_string();
                let what = What::Lead { target, gains };
                match hunt.find(&self.space, region, moved.channel, gains) {
                    Some((profiles, cells)) => self.add_lead(region, what, profiles, &cells)?,
                    None => self.doubt(Question::First, Doubt::Sampled(what, tries)),
                }
            }
        }
        Ok(())
    }

    fn add_lead(
        &mut self,
        region: Ref,
        what: What,
        profiles: Vec<Profile>,
        cells: &Cells,
    ) -> Result<(), TooLarge> {
        let difference = self.difference;
        let small = self.space.shrink(profiles, &mut |smaller| shows(difference, smaller, &what));
        let (conditions, more) = self.space.conditions(region, cells, MAX_CONDITIONS)?;
        self.found(what, (conditions, more), true, small);
        Ok(())
    }
}

/// The best and the worst that a target may have in a region: leaning, points with the other sign, open needs.
type Range = [(usize, i64, i64); 2];

impl<'g, 'r> Finder<'_, 'g, 'r> {
    /// Whether some other channel always comes before one within a region, so that it is never the first: now, or
    /// before. By bounds alone, so it may be so and not be seen.
    fn never_leads(
        &mut self,
        region: Ref,
        (old, new): (Target, Target),
        now: bool,
    ) -> Result<bool, TooLarge> {
        let (view, target) = if now { (&self.new, new) } else { (&self.old, old) };
        let ruleset = view.ground.ruleset;
        let best = range(view, &mut self.space, target, region)?[0];
        if best.0 == Verdict::ALL.len() - 1 {
            return Ok(true);
        }
        for other in ruleset.channels.ids().map(Target::Channel).filter(|other| *other != target) {
            let worst = range(view, &mut self.space, other, region)?[1];
            if (worst, ruleset.target_index(other)) < (best, ruleset.target_index(target)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn range<'g, 'r>(
    view: &View<'g, 'r>,
    space: &mut Space<'g, 'r>,
    target: Target,
    region: Ref,
) -> Result<Range, TooLarge> {
    let (mut least, mut most) = (0_i64, 0_i64);
    for (condition, points) in view.scores_within(space, target, region)? {
        let sure = condition == region;
        least = least.saturating_add(if sure { points } else { points.min(0) });
        most = most.saturating_add(if sure { points } else { points.max(0) });
    }
    let limits = view.ground.ruleset.thresholds;
    let by_points = |points: i64| match points {
        _ if points >= limits.recommended => 0,
        _ if points >= limits.possible => 1,
        _ => 2,
    };
    let (mut best, mut worst) = (by_points(most), by_points(least));
    for (place, verdict) in [(1, Verdict::Possible), (2, Verdict::Unsuitable), (3, Verdict::Excluded)] {
        let when = match verdict {
            Verdict::Excluded => view.excluded(target).yes,
            _ => view.capped(space, target, verdict)?,
        };
        let when = space.diagrams.and(when, region)?;
        best = best.max(if when == region { place } else { 0 });
        worst = worst.max(if when == NO { 0 } else { place });
    }
    let needs = view.open_needs(space, target)?;
    let needs = space.diagrams.keep(region, needs)?;
    let needs = space.diagrams.values(needs).last().copied().unwrap_or(0);
    Ok([(best, most.saturating_neg(), 0), (worst, least.saturating_neg(), needs)])
}

/// Looks for profiles, with both rulesets as programs.
struct Hunt<'p, 'r> {
    programs: (&'p Program<'r>, &'p Program<'r>),
    scratches: (Scratch, Scratch),
    tries: usize,
}

impl Hunt<'_, '_> {
    /// Looks in a region for a profile for which a channel comes to be the first, or ceases to be: from a profile at
    /// random on, field by field, as long as that brings it nearer.
    fn find(
        &mut self,
        space: &Space<'_, '_>,
        region: Ref,
        channel: (Target, Target),
        gains: bool,
    ) -> Option<(Vec<Profile>, Cells)> {
        let mut dice = Dice::new();
        let mut best: Option<(i64, Cells)> = None;
        let mut idle = 0;
        // The smallest values come first: where most is 0, few rules fire.
        let mut smallest = space.diagrams.witness(region, &|_, cell| cell as u64);
        for _ in 0..self.tries {
            let cells = match &best {
                Some((_, cells)) if idle < PATIENCE => beside(space, region, cells, &mut dice),
                _ => {
                    (best, idle) = (None, 0);
                    let cells =
                        smallest.take().map(|cells| cells.into_iter().map(|at| at.or(Some(0))).collect());
                    Some(cells.unwrap_or_else(|| somewhere(space, region, &mut dice)))
                }
            };
            idle += 1;
            let Some(cells) = cells else { continue };
            let profiles = [space.profile(0, &cells), space.profile(1, &cells)];
            let before = lead(self.programs.0, &mut self.scratches.0, &profiles[0], channel.0);
            let now = lead(self.programs.1, &mut self.scratches.1, &profiles[1], channel.1);
            let (wanted, unwanted) = if gains { (now, before) } else { (before, now) };
            if wanted.first && !unwanted.first {
                return Some((profiles.to_vec(), cells));
            }
            let too_far = if unwanted.first { unwanted.ahead.saturating_add(1).max(1) } else { 0 };
            let lack = wanted.behind.saturating_add(too_far);
            if best.as_ref().is_none_or(|(least, _)| lack <= *least) {
                idle = if best.as_ref().is_some_and(|(least, _)| lack == *least) { idle } else { 0 };
                best = Some((lack, cells));
            }
        }
        None
    }
}

/// How a channel stands among the others. A verdict counts as many points.
struct Lead {
    /// Whether it comes first.
    first: bool,
    /// By how many points it is ahead of the best of the others.
    ahead: i64,
    /// By how many points others are ahead of it, added up.
    behind: i64,
}

fn lead(program: &Program<'_>, scratch: &mut Scratch, profile: &Profile, target: Target) -> Lead {
    const VERDICT: i64 = 20;
    program.load(scratch, profile);
    program.run(scratch);
    let worth = |target: Target| {
        let outcome = program.outcome(scratch, target);
        let verdict = match outcome.leaning {
            Verdict::Recommended => 0,
            Verdict::Possible => 1,
            Verdict::Unsuitable => 2,
            Verdict::Excluded => 6,
        };
        outcome.score.saturating_sub(VERDICT * verdict)
    };
    let own = worth(target);
    let (mut ahead, mut behind) = (i64::MAX, 0_i64);
    for other in program.ruleset().channels.ids().map(Target::Channel).filter(|other| *other != target) {
        let gap = own.saturating_sub(worth(other));
        ahead = ahead.min(gap);
        behind = behind.saturating_add(gap.saturating_neg().max(0));
    }
    Lead { first: program.first(scratch).target == Some(target), ahead, behind }
}

/// The cells beside some of a region: one variable is in another cell; nothing where that is outside of the region.
fn beside(space: &Space<'_, '_>, region: Ref, cells: &Cells, dice: &mut Dice) -> Option<Cells> {
    let place = dice.pick(cells.len());
    let mut cells = cells.clone();
    *cells.get_mut(place)? = Some(dice.pick(space.diagrams.width(place)));
    (space.diagrams.at(region, &cells) == 1).then_some(cells)
}

/// Cells of a region at random.
fn somewhere(space: &Space<'_, '_>, region: Ref, dice: &mut Dice) -> Cells {
    let diagrams = &space.diagrams;
    let mut cells: Cells =
        (0..diagrams.variables()).map(|place| Some(dice.pick(diagrams.width(place)))).collect();
    let mut here = region;
    while let Some(variable) = diagrams.first_variable(here) {
        let open: Vec<usize> =
            (0..diagrams.width(variable)).filter(|cell| diagrams.child(here, *cell) != NO).collect();
        let Some(cell) = open.get(dice.pick(open.len())).copied() else { break };
        *cells.get_mut(variable).expect("there is a cell for each variable") = Some(cell);
        here = diagrams.child(here, cell);
    }
    cells
}
