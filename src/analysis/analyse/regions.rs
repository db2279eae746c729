//! Over all profiles: which come out otherwise after a change, and that no others do.

mod lead;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};

use super::causes::Aspect;
use super::change::{Causes, compare};
use super::diagram::{Budget, NO, Ref, TooLarge, YES};
use super::difference::{Difference, Doubt, Extent, Open, Question, Region, Regions, Uncovered, What};
use super::edits::Declared;
use super::sample::{SAMPLES, samples};
use super::search::Search;
use super::space::{Scope, Space};
use super::view::{View, merged};
use qudao_engine::ground::Ground;
use qudao_language::decide::Decision;
use qudao_language::model::{Need, NeedState, Profile, Ruleset, Target};
use qudao_language::operator::Verdict;

/// So many conditions tell a region at most.
const MAX_CONDITIONS: usize = 3;
/// So many variables at most are looked at for a profile far from another.
const MAX_FAR: usize = 64;
/// So many regions are told at most of what profiles show by chance.
const MAX_REGIONS: usize = 60;
/// The rows of a `first` table are swept where there are more than these: fewer are told sooner one after the other.
const SWEPT: usize = 1000;
/// So many random profiles are tried at least, however small the budget.
const LEAST_TRIED: usize = 10;
/// What so many questions may take, each the whole of a budget, is there for all of them.
const QUESTIONS: u64 = 8;

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
        if self.old.ruleset.meaning() == self.new.ruleset.meaning() && same_day {
            return Regions { unknown_too: true, ..none };
        }
        let uncovered = self.uncovered();
        let (old, new) = (
            Ground::with(self.old.ruleset, self.old.day, &[]),
            Ground::with(self.new.ruleset, self.new.day, &[]),
        );
        let Ok(mut finder) = Finder::new(self, &old, &new, budget) else {
            return Regions { extent: Extent::Undecided(Doubt::TooLarge), uncovered, ..none };
        };
        finder.run();
        let (regions, open, extent) = (finder.regions, finder.open, finder.extent);
        let unknown_same = match extent {
            Extent::Proved => unknown::same_targets(self, &old, &new),
            _ => Vec::new(),
        };
        let all = unknown_same.len() == self.pairs.both.len() && self.in_one_order();
        let unknown_too = all && regions.is_empty() && uncovered.is_empty() && self.are_targets_paired();
        let is_open = |name: &String| {
            open.iter().any(|open| match &open.question {
                Question::Verdict(of) | Question::Needs(of) => of == name,
                Question::First => false,
            })
        };
        let names =
            self.pairs.both.iter().map(|(_, target)| self.new.ruleset.target_name(*target).to_string());
        let proved = names.filter(|name| !is_open(name)).collect();
        Regions { regions, extent, open, proved, unknown_too, unknown_same, uncovered }
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
            (Declared::Enum, Some("values")) => Some(Uncovered::Values(edit.name.clone())),
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
    purse: Purse,
    /// Where each target has which leaning in the old ruleset and in the new one, by its number in the new one; only
    /// where that may be another.
    leanings: BTreeMap<usize, [Vec<Ref>; 2]>,
    regions: Vec<Region>,
    open: Vec<Open>,
    extent: Extent,
    /// The question that is looked at.
    question: Question,
}

/// What may be built for all questions together, so that one that is hard leaves something for the others.
pub(super) struct Purse {
    each: Budget,
    steps: u64,
    nodes: usize,
    before: usize,
}

impl Purse {
    /// What was built in the space before does not count.
    pub(super) fn new(space: &Space<'_, '_>, each: Budget, questions: u64) -> Purse {
        Purse {
            each,
            steps: each.steps.saturating_mul(questions),
            nodes: each.nodes.saturating_mul(3),
            before: space.diagrams.spent().1,
        }
    }

    /// One budget for many questions: each may take a sixteenth.
    pub(super) fn shared(space: &Space<'_, '_>, whole: Budget) -> Purse {
        let each = Budget { nodes: whole.nodes / 16, steps: whole.steps / 16 };
        Purse { steps: whole.steps, nodes: whole.nodes, ..Purse::new(space, each, 1) }
    }

    /// The budget of the next question: the whole of it as long as there is much, then less and less.
    pub(super) fn next(&mut self, space: &Space<'_, '_>) -> Budget {
        let (steps, nodes) = space.diagrams.spent();
        self.steps = self.steps.saturating_sub(steps);
        self.nodes = self.nodes.saturating_sub(nodes.saturating_sub(self.before));
        self.before = nodes;
        Budget {
            steps: self.each.steps.min(self.steps / 2).max(self.each.steps / 100),
            nodes: self.each.nodes.min(self.nodes / 2).max(self.each.nodes / 100),
        }
    }
}

impl<'d, 'g, 'r> Finder<'d, 'g, 'r> {
    fn new(
        difference: &'d Difference<'r>,
        old: &'g Ground<'r>,
        new: &'g Ground<'r>,
        budget: Budget,
    ) -> Result<Self, TooLarge> {
        let mut space = Space::new(vec![old, new], Scope::Known, budget)?;
        let mut purse = Purse::new(&space, budget, QUESTIONS);
        let mut view = |side: usize| match View::swept(&mut space, side, budget, SWEPT) {
            Some(view) => Ok(view),
            None => View::lenient(&mut space, side, &mut |space| purse.next(space)),
        };
        let (old, new) = (view(0)?, view(1)?);
        let (leanings, question) = (BTreeMap::new(), Question::First);
        let (regions, open, extent) = (Vec::new(), Vec::new(), Extent::Proved);
        Ok(Finder { difference, space, old, new, purse, leanings, regions, open, extent, question })
    }

    fn run(&mut self) {
        for (old, new) in self.difference.pairs.both.clone() {
            let name = self.new.ground.ruleset.target_name(new).to_string();
            let hard: Vec<_> = self.old.hard(old).union(&self.new.hard(new)).cloned().collect();
            let points = self.old.scores(old).len().max(self.new.scores(new).len());
            self.ask(Question::Verdict(name.clone()), &hard, points, |finder| finder.verdicts(old, new));
            self.ask(Question::Needs(name), &hard, 0, |finder| finder.needs(old, new));
        }
        let channels = self.difference.pairs.both.iter();
        let hard = channels.flat_map(|(old, new)| [self.old.hard(*old), self.new.hard(*new)]);
        let hard: BTreeSet<_> = hard.flatten().collect();
        let hard: Vec<_> = hard.into_iter().collect();
        self.ask(Question::First, &hard, 0, |finder| finder.first());
        self.take_witnesses();
        self.sample();
        self.extent = match (self.open.first(), self.open.iter().filter_map(|open| open.sampled).max()) {
            (None, _) => Extent::Proved,
            (Some(_), Some((profiles, differing))) => Extent::Sampled { profiles, differing },
            (Some(open), None) => Extent::Undecided(open.why.clone()),
        };
    }

    /// Looks at a question within a budget of its own; it stays open where that does not do, or where conditions that
    /// it rests on are too large.
    fn ask(
        &mut self,
        question: Question,
        hard: &[(Declared, String)],
        points: usize,
        look: impl FnOnce(&mut Self) -> Result<(), TooLarge>,
    ) {
        self.question = question.clone();
        let budget = self.purse.next(&self.space);
        self.space.diagrams.renew(budget);
        if hard.is_empty() && look(self).is_ok() {
            return;
        }
        let why = match (hard, points) {
            ([], 0 | 1) => Doubt::TooLarge,
            ([], points) => Doubt::Points(points),
            (hard, _) => Doubt::Hard(hard.to_vec()),
        };
        self.doubt(question, why);
    }

    /// Leaves a question open; the first reason is told.
    fn doubt(&mut self, question: Question, why: Doubt) {
        if !self.open.iter().any(|open| open.question == question) {
            self.open.push(Open { question, why, sampled: None });
        }
    }

    /// What the space cannot tell of a region.
    fn obstacles(&self, region: Ref) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for place in self.space.diagrams.support(region) {
            let text = self.space.free_text(place);
            found.extend(text.filter(|text| !found.contains(text)));
        }
        found
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
        let mut takes = |profiles: &[Profile]| shows(difference, profiles, &what);
        match self.space.search(region, &mut takes)? {
            Search::Nothing => {}
            Search::Undecided => match self.witness(&what) {
                Some(profiles) => {
                    let cells = self.space.diagrams.witness(region, &|_, cell| cell as u64);
                    let cells = cells.unwrap_or_else(|| vec![None; self.space.diagrams.variables()]);
                    let (conditions, more) = self.space.conditions(region, &cells, MAX_CONDITIONS)?;
                    self.found(what, (conditions, more), false, profiles);
                }
                None => {
                    let obstacles = self.obstacles(region);
                    self.doubt(self.question.clone(), Doubt::Unshown(what, obstacles));
                }
            },
            Search::Found(profiles, cells) => {
                let small = self.smaller(profiles.clone(), region, &what);
                let (parts, more) = self.space.parts(region, &cells, MAX_CONDITIONS)?;
                self.add_parts(&what, (parts, more), [profiles, small])?;
            }
        }
        Ok(())
    }

    /// Adds a region once for each of the causes that were found in it: each part is looked at, with a profile as far from
    /// the first of the part as there is. Each is shown by a profile as small as its causes allow; `shown` is one of the
    /// first part, as it was found and as small as it may be.
    fn add_parts(
        &mut self,
        what: &What,
        (parts, more): (Vec<(String, Ref)>, bool),
        shown: [Vec<Profile>; 2],
    ) -> Result<(), TooLarge> {
        let mut groups: Vec<(Causes, Vec<String>, Vec<Profile>)> = Vec::new();
        let mut shown = Some(shown);
        for (condition, part) in parts {
            let mut add = |finder: &Self, [whole, small]: [Vec<Profile>; 2]| {
                let causes = finder.causes(what, &whole);
                if let Some((_, conditions, _)) = groups.iter_mut().find(|(known, ..)| *known == causes) {
                    if !conditions.contains(&condition) {
                        conditions.push(condition.clone());
                    }
                    return;
                }
                let profiles = match finder.causes(what, &small) == causes {
                    true => small,
                    false => finder.space.shrink(whole, &mut |smaller| {
                        shows(finder.difference, smaller, what) && finder.causes(what, smaller) == causes
                    }),
                };
                groups.push((causes, vec![condition.clone()], profiles));
            };
            let first = match shown.take() {
                Some(shown) => Some(shown),
                None => self.shown_in(part, what)?,
            };
            let Some(first) = first else {
                // No profile of this part tells another cause.
                groups.iter_mut().take(1).for_each(|(_, conditions, _)| conditions.push(condition.clone()));
                continue;
            };
            let far = self.far(part, &first[0])?;
            add(self, first);
            if let Some(far) = self.shown_in(far, what)? {
                add(self, far);
            }
        }
        for (number, (_, conditions, profiles)) in groups.into_iter().enumerate() {
            self.found(what.clone(), (conditions, more && number == 0), false, profiles);
        }
        Ok(())
    }

    /// A profile of a part of a region, as it is found and as small as it may be.
    fn shown_in(&mut self, part: Ref, what: &What) -> Result<Option<[Vec<Profile>; 2]>, TooLarge> {
        let difference = self.difference;
        let mut takes = |profiles: &[Profile]| shows(difference, profiles, what);
        let Search::Found(profiles, _) = self.space.search(part, &mut takes)? else { return Ok(None) };
        let small = self.smaller(profiles.clone(), part, what);
        Ok(Some([profiles, small]))
    }

    /// The fewest fields of profiles that show this in a region.
    fn smaller(&self, profiles: Vec<Profile>, region: Ref, what: &What) -> Vec<Profile> {
        self.space.shrink_by(profiles, &mut |smaller, space: &Space<'g, 'r>| {
            let mut sides = smaller.iter().enumerate();
            sides.any(|(side, profile)| space.diagrams.holds_in(region, &space.cells_of(side, profile)))
                && shows(self.difference, smaller, what)
        })
    }

    /// What of a part of a region lies in other cells than profiles do, of as many variables as there can be.
    fn far(&mut self, part: Ref, profiles: &[Profile]) -> Result<Ref, TooLarge> {
        let Some(profile) = profiles.last() else { return Ok(NO) };
        let mut far = part;
        let cells = self.space.cells_of(profiles.len() - 1, profile);
        for (place, cell) in cells.iter().enumerate().take(MAX_FAR) {
            let Some(cell) = cell else { continue };
            let width = self.space.diagrams.width(place);
            let others: Vec<usize> = (0..width).filter(|other| !cell.contains(other)).collect();
            let mut cube = vec![None; cells.len()];
            if let Some(slot) = cube.get_mut(place) {
                *slot = Some(others);
                let there = self.space.cells_in(&cube)?;
                let farther = self.space.diagrams.and(far, there)?;
                far = if farther == NO { far } else { farther };
            }
        }
        Ok(if far == part { NO } else { far })
    }

    /// The edits that make two profiles come out otherwise in this way.
    fn causes(&self, what: &What, profiles: &[Profile]) -> Causes {
        let [old, new] = profiles else { return Causes::default() };
        let difference = self.difference;
        let (before, now) = (difference.old.decide(old), difference.new.decide(new));
        let causes = difference.causes([old, new], [&before, &now], &[aspect_of(what)]);
        causes.into_iter().next().unwrap_or_default()
    }

    /// Adds a region with profiles that show it.
    fn found(
        &mut self,
        what: What,
        (conditions, more): (Vec<String>, bool),
        only: bool,
        profiles: Vec<Profile>,
    ) {
        let [old, new] = profiles.as_slice() else { return };
        let difference = self.difference;
        let (before, now) = (difference.old.decide(old), difference.new.decide(new));
        let mut change = compare(&before, &now, &difference.pairs);
        let causes = difference.explain(&mut change, [old, new], [&before, &now], Some(aspect_of(&what)));
        let witness = (old.clone(), new.clone());
        self.regions.push(Region { what, conditions, only, more, witness, change, causes });
    }

    /// A profile that somebody brought and that shows this.
    fn witness(&self, what: &What) -> Option<Vec<Profile>> {
        let all = self.difference.witnesses.iter();
        let mut pairs = all.map(|(old, new)| vec![old.clone(), new.clone()]);
        pairs.find(|profiles| shows(self.difference, profiles, what))
    }

    /// What the profiles that somebody brought show of the questions that are open.
    fn take_witnesses(&mut self) {
        if self.open.is_empty() {
            return;
        }
        for (old, new) in self.difference.witnesses.clone() {
            self.take(vec![old, new], false);
        }
    }

    /// Adds what a pair of profiles shows of the questions that are open; says of which it shows something.
    fn take(&mut self, profiles: Vec<Profile>, shrink: bool) -> Vec<Question> {
        let mut shown = Vec::new();
        let questions: Vec<Question> = self.open.iter().map(|open| open.question.clone()).collect();
        for what in changes(self.difference, &profiles) {
            let question = what.question();
            if !questions.contains(&question) {
                continue;
            }
            shown.push(question);
            let leads = |region: &Region| matches!(region.what, What::Lead { .. });
            let is_first = matches!(what, What::First { .. }) && self.regions.iter().any(leads);
            if is_first || self.regions.len() >= MAX_REGIONS || self.regions.iter().any(|it| it.what == what)
            {
                continue;
            }
            let difference = self.difference;
            let small = match shrink {
                true => self.space.shrink(profiles.clone(), &mut |smaller| shows(difference, smaller, &what)),
                false => profiles.clone(),
            };
            self.found(what, (Vec::new(), false), false, small);
        }
        shown.sort();
        shown.dedup();
        shown
    }

    /// What is open is tried on random profiles.
    fn sample(&mut self) {
        let too_large = |open: &&mut Open| !matches!(open.why, Doubt::Unshown(..) | Doubt::Sampled(..));
        if self.open.iter_mut().filter(too_large).count() == 0 {
            return;
        }
        // A large ruleset takes its time for each.
        let size = self.old.ground.instances.len() + self.new.ground.instances.len();
        let count = (SAMPLES * 400 / size.max(1)).clamp(100, SAMPLES);
        let count = self.purse.each.share(count).clamp(LEAST_TRIED, SAMPLES);
        let mut differing: BTreeMap<Question, usize> = BTreeMap::new();
        let all: Vec<Vec<Profile>> = samples(&self.space, count).collect();
        for profiles in all {
            for question in self.take(profiles, true) {
                *differing.entry(question).or_default() += 1;
            }
        }
        for open in self.open.iter_mut().filter(too_large) {
            open.sampled = Some((count, differing.get(&open.question).copied().unwrap_or(0)));
        }
    }
}

/// In which ways the answers to a profile differ, of what both rulesets have.
fn changes(difference: &Difference<'_>, profiles: &[Profile]) -> Vec<What> {
    let [old, new] = profiles else { return Vec::new() };
    let change = difference.compare(old, new);
    let mut found = Vec::new();
    for moved in change.kept() {
        let target = difference.name(moved.target).to_string();
        let (Some(old), Some(new)) = (&moved.old, &moved.new) else { continue };
        if let (true, Some(_), Some(_)) = (moved.is_verdict(), old.verdict, new.verdict) {
            found.push(What::Verdict { target: target.clone(), old: old.verdict, new: new.verdict });
        }
        let names: BTreeSet<&String> = old.needs.keys().chain(new.needs.keys()).collect();
        for need in names {
            let (was, is) = (old.needs.get(need).copied(), new.needs.get(need).copied());
            if was != is {
                found.push(What::Need { target: target.clone(), need: need.clone(), old: was, new: is });
            }
        }
    }
    if let Some((old, new)) = change.first {
        let name = |ruleset: &Ruleset, target: Option<Target>| {
            target.map(|target| ruleset.target_name(target).to_string())
        };
        let (old, new) = (name(difference.old.ruleset, old), name(difference.new.ruleset, new));
        found.push(What::First { old, new });
    }
    found
}

/// Whether two profiles come out otherwise in this way.
fn shows(difference: &Difference<'_>, profiles: &[Profile], what: &What) -> bool {
    let [old, new] = profiles else { return false };
    let sides = (&difference.old, &difference.new);
    let pair = |name: &str| {
        let now = sides.1.ruleset.target(name)?;
        difference.pairs.both.iter().copied().find(|(_, other)| *other == now)
    };
    let decided = || (sides.0.decide(old), sides.1.decide(new));
    match what {
        What::Verdict { target, old: was, new: is } => pair(target).is_some_and(|(before, now)| {
            sides.0.verdict(old, before) == *was && sides.1.verdict(new, now) == *is
        }),
        What::First { old: was, new: is } => {
            let (before, now) = decided();
            let name = |decision: &Decision<'_>| {
                decision.first.target.map(|target| decision.ruleset.target_name(target).to_string())
            };
            name(&before) == *was && name(&now) == *is
        }
        What::Lead { target, gains } => pair(target).is_some_and(|(of, other)| {
            let (before, now) = decided();
            let (was, is) = (&before.first, &now.first);
            // With fields left out it is shown only if these could not change who comes first.
            was.settled
                && is.settled
                && (was.target == Some(of)) != *gains
                && (is.target == Some(other)) == *gains
        }),
        What::Need { target, need, old: was, new: is } => pair(target).is_some_and(|(of, other)| {
            let (before, now) = decided();
            let state = |decision: &Decision<'_>, target: Target| {
                let mut needs = decision.needs(target);
                needs.find(|found| decision.ruleset.need_name(found.need) == need).map(|found| found.state)
            };
            state(&before, of) == *was && state(&now, other) == *is
        }),
    }
}

/// What of two decisions a change is of.
fn aspect_of(what: &What) -> Aspect {
    match what {
        What::Verdict { target, .. } => Aspect::Verdict(target.clone()),
        What::Need { target, .. } => Aspect::Needs(target.clone()),
        What::First { .. } => Aspect::First,
        What::Lead { target, .. } => Aspect::Leads(target.clone()),
    }
}
