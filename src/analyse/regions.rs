//! Over all profiles: which come out otherwise after a change, and that no others do.

mod lead;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, decides_otherwise};
use super::diagram::{Budget, NO, Ref, TooLarge, YES};
use super::difference::{Difference, Doubt, Extent, Region, Regions, Uncovered, What};
use super::edits::Declared;
use super::sample::{SAMPLES, samples};
use super::search::Search;
use super::space::{Scope, Space};
use super::view::{View, merged};
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
        let none = Regions::default();
        if self.old.ruleset.meaning == self.new.ruleset.meaning && same_day {
            return Regions { unknown_too: true, ..none };
        }
        let uncovered = self.uncovered();
        let (old, new) =
            (Ground::new(self.old.ruleset, self.old.day), Ground::new(self.new.ruleset, self.new.day));
        let Ok(mut finder) = Finder::new(self, &old, &new, budget) else {
            return Regions { extent: Extent::Undecided(Doubt::TooLarge), uncovered, ..none };
        };
        finder.run();
        let (regions, extent) = (finder.regions, finder.extent);
        let unknown_same = match extent {
            Extent::Proved => unknown::same_targets(self, &old, &new),
            _ => Vec::new(),
        };
        let all = unknown_same.len() == self.pairs.both.len() && self.in_one_order();
        let unknown_too = all && regions.is_empty() && uncovered.is_empty() && self.are_targets_paired();
        Regions { regions, extent, unknown_too, unknown_same, uncovered }
    }

    fn are_targets_paired(&self) -> bool {
        self.pairs.came.is_empty() && self.pairs.gone.is_empty()
    }

    /// Whether the targets that both have are declared in one order, by which ties are settled.
    fn in_one_order(&self) -> bool {
        self.pairs.both.iter().map(|(old, _)| self.old.ruleset.target_index(*old)).is_sorted()
    }

    /// The profiles that the regions, in which every field is given and both read it, say nothing of.
    fn uncovered(&self) -> Vec<Uncovered> {
        let parts = self.edits.iter().filter_map(|edit| match (edit.declared, edit.part) {
            (Declared::Field, Some("default")) => Some(Uncovered::Default(edit.name.clone())),
            (Declared::Field, Some("from" | "to")) => Some(Uncovered::Range(edit.name.clone())),
            (Declared::Field, Some("type")) => Some(Uncovered::Type(edit.name.clone())),
            (Declared::Enum, Some("value")) => Some(Uncovered::Values(edit.name.clone())),
            _ => None,
        });
        let parts: BTreeSet<Uncovered> = parts.collect();
        parts.into_iter().collect()
    }
}

struct Finder<'d, 'g, 'r> {
    difference: &'d Difference<'r>,
    space: Space<'g, 'r>,
    old: View<'g, 'r>,
    new: View<'g, 'r>,
    budget: Budget,
    /// Where each target has which leaning in the old ruleset and in the new one, by its number in the new one; only
    /// where that may be another.
    leanings: BTreeMap<usize, [Vec<Ref>; 2]>,
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
        let (regions, extent) = (Vec::new(), Extent::Proved);
        Ok(Finder { difference, space, old, new, budget, leanings: BTreeMap::new(), regions, extent })
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
        }
    }

    fn verdicts(&mut self, old: Target, new: Target) -> Result<(), TooLarge> {
        let limits = |view: &View<'g, 'r>| view.ground.ruleset.thresholds;
        let same_limits = limits(&self.old) == limits(&self.new);
        let points = self.point_changes((old, new));
        let same_caps = self.old.caps(old) == self.new.caps(new);
        let excluded = (self.old.excluded(old).yes, self.new.excluded(new).yes);
        if points.is_empty() && same_limits && same_caps && excluded.0 == excluded.1 {
            return Ok(());
        }
        // Only there can the verdict be another.
        let mut within = if same_limits { self.space.diagrams.differ(excluded.0, excluded.1)? } else { YES };
        if same_limits {
            let gap = self.new.sum(&mut self.space, points)?;
            let gap = self.space.diagrams.map(gap, &|gap| i64::from(gap != 0))?;
            within = self.space.diagrams.or(within, gap)?;
            for verdict in [Verdict::Possible, Verdict::Unsuitable, Verdict::Excluded] {
                let caps = (
                    self.old.capped(&mut self.space, old, verdict)?,
                    self.new.capped(&mut self.space, new, verdict)?,
                );
                let differs = self.space.diagrams.differ(caps.0, caps.1)?;
                within = self.space.diagrams.or(within, differs)?;
            }
        }
        let before = self.old.leanings(&mut self.space, old, within)?;
        let now = self.new.leanings(&mut self.space, new, within)?;
        let index = self.new.ground.ruleset.target_index(new);
        self.leanings.insert(index, [before.clone(), now.clone()]);
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

    /// What gives a target other points now, and how many more; each condition once.
    fn point_changes(&self, (old, new): (Target, Target)) -> Vec<(Ref, i64)> {
        let now = self.new.scores(new).into_iter();
        let before = self.old.scores(old).into_iter().map(|(condition, points)| (condition, -points));
        merged(now.chain(before))
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
                self.extent = Extent::Undecided(Doubt::Unshown(what));
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
                    let witness = (old, new);
                    self.regions.push(Region { what, conditions, only: false, more, witness, change });
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
            let difference = self.difference;
            let before = decide(difference.old.ruleset, old, difference.old.day);
            let now = decide(difference.new.ruleset, new, difference.new.day);
            differing += usize::from(decides_otherwise(&before, &now, &difference.pairs));
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
    let (before_first, now_first) = (before.first.target, now.first.target);
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
        What::Lead { target: of, gains } => {
            let now = difference.new.ruleset.target(of)?;
            let first = |decided: Option<Target>, is: Target| decided == Some(is);
            let old = difference.pairs.both.iter().find(|(_, other)| *other == now)?.0;
            first(before_first, old) != *gains && first(now_first, now) == *gains
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
