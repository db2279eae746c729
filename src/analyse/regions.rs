//! Over all profiles: which come out otherwise after a change, and that no others do.

use super::change::Change;
use super::diagram::{Budget, NO, Ref, TooLarge, YES};
use super::difference::{Difference, Extent, Region, Regions, What};
use super::edits::Declared;
use super::sample::{SAMPLES, samples};
use super::search::Search;
use super::space::{Scope, Space};
use super::view::View;
use crate::decide::decide;
use crate::ground::Ground;
use crate::model::{Need, NeedState, Profile, Ruleset, Target};
use crate::operator::Verdict;

/// So many conditions tell a region at most.
const MAX_CONDITIONS: usize = 3;

impl<'r> Difference<'r> {
    /// Finds all profiles that come out otherwise, as regions; the fields of all profiles are known.
    pub fn find_regions(&mut self, budget: Budget) {
        let found = self.regions_within(budget);
        self.regions = Some(found);
    }

    fn regions_within(&self, budget: Budget) -> Regions {
        let same_day =
            self.old.day == self.new.day || !(self.old.ruleset.uses_day || self.new.ruleset.uses_day);
        if self.old.ruleset.meaning == self.new.ruleset.meaning && same_day {
            return Regions { regions: Vec::new(), extent: Extent::Proved, unknown_too: true };
        }
        let (old, new) =
            (Ground::new(self.old.ruleset, self.old.day), Ground::new(self.new.ruleset, self.new.day));
        let Ok(mut finder) = Finder::new(self, &old, &new, budget) else {
            let why = "the conditions are too large".into();
            return Regions { regions: Vec::new(), extent: Extent::Undecided(why), unknown_too: false };
        };
        finder.run();
        Regions { regions: finder.regions, extent: finder.extent, unknown_too: false }
    }
}

struct Finder<'d, 'g, 'r> {
    difference: &'d Difference<'r>,
    space: Space<'g, 'r>,
    old: View<'g, 'r>,
    new: View<'g, 'r>,
    budget: Budget,
    regions: Vec<Region>,
    extent: Extent,
}

impl<'d, 'g, 'r> Finder<'d, 'g, 'r> {
    fn new(
        difference: &'d Difference<'r>,
        old: &'g Ground<'r>,
        new: &'g Ground<'r>,
        budget: Budget,
    ) -> Result<Self, TooLarge> {
        let mut space = Space::new(vec![old, new], Scope::Known, budget)?;
        let old = View::new(&mut space, 0)?;
        let new = View::new(&mut space, 1)?;
        Ok(Finder { difference, space, old, new, budget, regions: Vec::new(), extent: Extent::Proved })
    }

    fn run(&mut self) {
        let mut too_large = false;
        for (old, new) in self.difference.pairs.both.clone() {
            self.space.diagrams.renew(self.budget);
            too_large |= self.verdicts(old, new).is_err();
            self.space.diagrams.renew(self.budget);
            too_large |= self.needs(old, new).is_err();
        }
        self.space.diagrams.renew(self.budget);
        too_large |= self.first().is_err();
        if too_large {
            self.sample();
        } else if let (Extent::Proved, Some(why)) = (&self.extent, self.left_out()) {
            self.extent = Extent::Undecided(why);
        }
    }

    /// What the regions, in which every field is given, say nothing of: fields left out, which have defaults.
    fn left_out(&self) -> Option<String> {
        let mut edits = self.difference.edits.iter();
        let edit = edits.find(|edit| edit.declared == Declared::Field && edit.part != Some("name"))?;
        Some(format!("the field `{}` is declared otherwise, so not every profile is read alike", edit.name))
    }

    fn verdicts(&mut self, old: Target, new: Target) -> Result<(), TooLarge> {
        let mut by_verdict: [Vec<Ref>; 2] = [Vec::new(), Vec::new()];
        let limits = |view: &View<'g, 'r>| view.ground.ruleset.thresholds;
        let same_points =
            self.old.scores(old) == self.new.scores(new) && limits(&self.old) == limits(&self.new);
        let same_caps = self.old.caps(old) == self.new.caps(new);
        if same_points && same_caps && self.old.excluded(old).yes == self.new.excluded(new).yes {
            return Ok(());
        }
        let sides = [(&self.old, old), (&self.new, new)];
        for ((view, target), found) in sides.into_iter().zip(&mut by_verdict) {
            for verdict in Verdict::ALL {
                found.push(view.leaning(&mut self.space, target, verdict)?);
            }
        }
        let [before, now] = by_verdict;
        let name = self.new.ground.ruleset.target_name(new).to_string();
        for (from, before) in Verdict::ALL.into_iter().zip(&before) {
            for (to, now) in Verdict::ALL.into_iter().zip(&now).filter(|(to, _)| *to != from) {
                let region = self.space.diagrams.and(*before, *now)?;
                let what = What::Verdict { target: name.clone(), old: Some(from), new: Some(to) };
                self.add(region, what)?;
            }
        }
        Ok(())
    }

    fn needs(&mut self, old: Target, new: Target) -> Result<(), TooLarge> {
        let (before, now) = (self.need_states(0, old)?, self.need_states(1, new)?);
        let mut names: Vec<&String> = before.iter().chain(&now).map(|(name, ..)| name).collect();
        names.sort_unstable();
        names.dedup();
        let of =
            |states: &[(String, Option<NeedState>, Ref)], name: &String| -> Vec<(Option<NeedState>, Ref)> {
                let found = states.iter().filter(|(other, ..)| other == name);
                let found: Vec<_> = found.map(|(_, state, when)| (*state, *when)).collect();
                if found.is_empty() { vec![(None, YES)] } else { found }
            };
        let target = self.new.ground.ruleset.target_name(new).to_string();
        for name in names {
            let (before, now) = (of(&before, name), of(&now, name));
            for (from, before) in &before {
                for (to, now) in now.iter().filter(|(to, _)| to != from) {
                    let region = self.space.diagrams.and(*before, *now)?;
                    let what =
                        What::Need { target: target.clone(), need: name.clone(), old: *from, new: *to };
                    self.add(region, what)?;
                }
            }
        }
        Ok(())
    }

    /// In which state each thing is that a target may need, and where; nothing where it does not need it.
    fn need_states(
        &mut self,
        side: usize,
        target: Target,
    ) -> Result<Vec<(String, Option<NeedState>, Ref)>, TooLarge> {
        let view = if side == 0 { &self.old } else { &self.new };
        let ruleset: &Ruleset = view.ground.ruleset;
        let mut found = Vec::new();
        let needs: Vec<(Need, Ref)> = view.needs(&mut self.space, target)?;
        for (need, when) in needs {
            let name = ruleset.need_name(need).to_string();
            for state in [NeedState::Met, NeedState::Unmet, NeedState::Unknown] {
                let here = view.state(&mut self.space, need, state)?;
                let here = self.space.diagrams.and(when, here)?;
                found.push((name.clone(), Some(state), here));
            }
            found.push((name, None, self.space.diagrams.not(when)?));
        }
        Ok(found)
    }

    /// Another first channel. Only where a channel's rank is another can that be.
    fn first(&mut self) -> Result<(), TooLarge> {
        let pairs = &self.difference.pairs;
        let channels: Vec<(Target, Target)> =
            pairs.both.iter().copied().filter(|(old, _)| matches!(old, Target::Channel(_))).collect();
        let other = |targets: &[Target]| targets.iter().any(|target| matches!(target, Target::Channel(_)));
        let mut order: Vec<usize> =
            channels.iter().map(|(old, _)| self.old.ground.ruleset.target_index(*old)).collect();
        order.dedup();
        let mut changed =
            if other(&pairs.gone) || other(&pairs.came) || !order.is_sorted() { YES } else { NO };
        for (old, new) in &channels {
            if changed == YES {
                break;
            }
            let (before, now) =
                (self.old.rank(&mut self.space, *old)?, self.new.rank(&mut self.space, *new)?);
            for (before, now) in before.iter().zip(&now) {
                let gap = self.space.diagrams.subtract(*before, *now)?;
                let gap = self.space.diagrams.map(gap, &|gap| i64::from(gap != 0))?;
                changed = self.space.diagrams.or(changed, gap)?;
            }
        }
        if changed == NO {
            return Ok(());
        }
        let before = self.old.firsts(&mut self.space, changed)?;
        let now = self.new.firsts(&mut self.space, changed)?;
        let name = |view: &View<'g, 'r>, target: &Option<Target>| {
            target.map(|target| view.ground.ruleset.target_name(target).to_string())
        };
        for (from, before) in &before {
            for (to, now) in &now {
                let same = match (from, to) {
                    (None, None) => true,
                    (Some(from), Some(to)) => self.difference.pairs.new_of(*from) == Some(*to),
                    _ => false,
                };
                if !same {
                    let region = self.space.diagrams.and(*before, *now)?;
                    let what = What::First { old: name(&self.old, from), new: name(&self.new, to) };
                    self.add(region, what)?;
                }
            }
        }
        Ok(())
    }

    /// Adds a region, if a profile shows that it is one.
    fn add(&mut self, region: Ref, what: What) -> Result<(), TooLarge> {
        if region == NO {
            return Ok(());
        }
        let difference = self.difference;
        let mut takes = |profiles: &[Profile]| shows(difference, profiles, &what).is_some();
        match self.space.search(region, &mut takes)? {
            Search::Nothing => {}
            Search::Undecided => {
                self.extent = Extent::Undecided(format!(
                    "`{}` depends on conditions over several fields at once, and no profile was found that shows it",
                    what.text()
                ));
            }
            Search::Found(profiles, cells) => {
                let mut takes = |smaller: &[Profile], space: &Space<'g, 'r>| {
                    let whatever = smaller.iter().enumerate().any(|(side, profile)| {
                        space.diagrams.holds_in(region, &space.cells_of(side, profile))
                    });
                    whatever && shows(difference, smaller, &what).is_some()
                };
                let small = self.space.shrink_by(profiles, &mut takes);
                let (conditions, more) = self.space.conditions(region, &cells, MAX_CONDITIONS)?;
                let Some(change) = shows(difference, &small, &what) else { return Ok(()) };
                let mut small = small.into_iter();
                if let (Some(old), Some(new)) = (small.next(), small.next()) {
                    self.regions.push(Region { what, conditions, more, witness: (old, new), change });
                }
            }
        }
        Ok(())
    }

    /// What is too large is tried on random profiles.
    fn sample(&mut self) {
        let mut differing = 0;
        for profiles in samples(&self.space, SAMPLES) {
            let [old, new] = profiles.as_slice() else { continue };
            differing += usize::from(self.difference.compare(old, new).is_decision());
        }
        self.extent = Extent::Sampled { profiles: SAMPLES, differing };
    }
}

/// How two profiles come out otherwise, if it is in this way.
fn shows(difference: &Difference<'_>, profiles: &[Profile], what: &What) -> Option<Change> {
    let [old, new] = profiles else { return None };
    let before = decide(difference.old.ruleset, old, difference.old.day);
    let now = decide(difference.new.ruleset, new, difference.new.day);
    let name = |ruleset: &Ruleset, target: Option<Target>| {
        target.map(|target| ruleset.target_name(target).to_string())
    };
    let target = |name: &str| {
        let new = difference.new.ruleset.target(name)?;
        let pair = difference.pairs.both.iter().find(|(_, other)| *other == new)?;
        Some((before.target(pair.0), now.target(new)))
    };
    let shown = match what {
        What::Verdict { target: of, old, new } => {
            let (before, now) = target(of)?;
            before.verdict == *old && now.verdict == *new
        }
        What::First { old, new } => {
            let (first, second) = (&before.first, &now.first);
            name(difference.old.ruleset, first.target) == *old
                && name(difference.new.ruleset, second.target) == *new
        }
        What::Need { target: of, need, old, new } => {
            let (before, now) = target(of)?;
            let state = |ruleset: &Ruleset, needs: &[crate::decide::NeedDecision]| {
                needs.iter().find(|found| ruleset.need_name(found.need) == need).map(|found| found.state)
            };
            state(difference.old.ruleset, &before.needs) == *old
                && state(difference.new.ruleset, &now.needs) == *new
        }
    };
    shown.then(|| super::change::compare(&before, &now, &difference.pairs, &difference.edits))
}
