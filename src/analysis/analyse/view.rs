//! What a ruleset says of every profile of a space, as diagrams: what [`decide`](qudao_language::decide::decide) says of one.

mod lenient;
mod order;
mod rows;
mod tried;

use std::cell::Cell;
use std::collections::BTreeSet;

use super::diagram::{NO, Ref, TooLarge, YES};
use super::space::{Scope, Space, Truths, constant};
use qudao_engine::ground::{Effects, Ground, Instance, Node};
use qudao_language::decide::Judged;
use qudao_language::model::{Channel, Id, Need, NeedState, Rule, Target};
use qudao_language::operator::Verdict;

/// A ruleset's conditions over a space.
#[derive(Debug)]
pub struct View<'g, 'r> {
    /// The ruleset, grounded.
    pub ground: &'g Ground<'r>,
    /// Which side of the space it is.
    pub side: usize,
    scope: Scope,
    nodes: Vec<Truths>,
    /// The conditions that were too large, or have a part that was; nothing is known of them.
    hard: BTreeSet<usize>,
    /// Whether one of these was asked since the last time that somebody wanted to know.
    asked_hard: Cell<bool>,
    /// The conditions that nobody asks for, and that were not built.
    spared: BTreeSet<usize>,
}

impl<'g, 'r> View<'g, 'r> {
    /// Builds the diagrams of all conditions of a side.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn new(space: &mut Space<'g, 'r>, side: usize) -> Result<View<'g, 'r>, TooLarge> {
        let mut view = View::empty(space, side)?;
        if view.scope == Scope::Known && !view.ground.earlier.is_empty() {
            view.build_with_rows(space)?;
            return Ok(view);
        }
        for node in view.ground.nodes.iter() {
            let truths = view.node(space, node)?;
            view.nodes.push(truths);
        }
        Ok(view)
    }

    fn empty(space: &Space<'g, 'r>, side: usize) -> Result<View<'g, 'r>, TooLarge> {
        let ground = *space.grounds.get(side).expect("a side is one of the rulesets");
        let nodes = Vec::with_capacity(ground.nodes.len());
        Ok(View {
            ground,
            side,
            scope: space.scope,
            nodes,
            hard: BTreeSet::new(),
            asked_hard: Cell::new(false),
            spared: BTreeSet::new(),
        })
    }

    fn node(&self, space: &mut Space<'g, 'r>, node: &Node) -> Result<Truths, TooLarge> {
        match node {
            Node::Const(judged) => Ok(constant(*judged)),
            Node::Atom(id) => space.atom(self.side, &self.ground.atoms[*id]),
            Node::Opaque(id) => space.opaque(self.side, id.index()),
            Node::Excluded(target) => {
                let effects = self.ground.targets.get(*target).expect("each target of a ruleset is grounded");
                Ok(self.truths(effects.excluded))
            }
            Node::And(parts) => self.all(space, parts, false),
            Node::Or(parts) => Ok(turned(self.all(space, parts, true)?)),
            Node::Not(id) => Ok(turned(self.truths(*id))),
            Node::Tried(of, fields) => self.tried(space, *of, fields),
            Node::If([condition, yes, no]) => {
                let (condition, yes, no) = (self.truths(*condition), self.truths(*yes), self.truths(*no));
                let mut choose = |if_yes: Ref, if_no: Ref, when: Ref, unless: Ref| {
                    let first = space.diagrams.and(when, if_yes)?;
                    let second = space.diagrams.and(unless, if_no)?;
                    space.diagrams.or(first, second)
                };
                Ok(Truths {
                    yes: choose(yes.yes, no.yes, condition.yes, condition.no)?,
                    no: choose(yes.no, no.no, condition.yes, condition.no)?,
                    can_hold: choose(yes.can_hold, no.can_hold, condition.can_hold, condition.can_fail)?,
                    can_fail: choose(yes.can_fail, no.can_fail, condition.can_hold, condition.can_fail)?,
                })
            }
        }
    }

    /// All parts hold; or, with `negated`, none of them does.
    fn all(&self, space: &mut Space<'g, 'r>, parts: &[Id<Node>], negated: bool) -> Result<Truths, TooLarge> {
        let mut all = constant(Judged::TRUE);
        for part in parts {
            let part = if negated { turned(self.truths(*part)) } else { self.truths(*part) };
            all = both(space, all, part, self.scope)?;
        }
        Ok(all)
    }

    /// Returns the truths of a condition.
    #[must_use]
    pub fn truths(&self, id: Id<Node>) -> Truths {
        if self.is_hard(id) {
            self.asked_hard.set(true);
        }
        debug_assert!(!self.spared.contains(&id.index()), "somebody asks for a condition that was not built");
        *self
            .nodes
            .get(id.index())
            .expect("a node stands after its parts, and is of the ground that is viewed")
    }

    /// Returns when an instance of a rule fires.
    #[must_use]
    pub fn fires(&self, instance: Id<Instance>) -> Truths {
        self.truths(self.ground.instances[instance].fires)
    }

    /// Returns the instances of a rule.
    pub fn instances(&self, rule: Id<Rule>) -> impl Iterator<Item = Id<Instance>> + use<> {
        self.ground.instances_of(rule).map(Id::new)
    }

    /// Returns what acts on a target.
    #[must_use]
    pub(super) fn effects(&self, target: Target) -> &'g Effects {
        let effects = self.ground.targets.get(self.ground.ruleset.target_index(target));
        effects.expect("each target of a ruleset is grounded")
    }

    /// Returns when a target is excluded.
    #[must_use]
    pub fn excluded(&self, target: Target) -> Truths {
        self.truths(self.effects(target).excluded)
    }

    /// Returns the points of a target by the rules that fire.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn score(&self, space: &mut Space<'g, 'r>, target: Target) -> Result<Ref, TooLarge> {
        let scores = self.scores(target);
        self.sum(space, scores)
    }

    /// What gives or takes points, and when: each condition once.
    pub(super) fn scores(&self, target: Target) -> Vec<(Ref, i64)> {
        let scores = &self.effects(target).scores;
        merged(scores.iter().map(|(instance, points)| (self.fires(*instance).yes, *points)))
    }

    /// The same where it matters within a region.
    pub(super) fn scores_within(
        &self,
        space: &mut Space<'g, 'r>,
        target: Target,
        within: Ref,
    ) -> Result<Vec<(Ref, i64)>, TooLarge> {
        let mut scores = self.scores(target);
        for (condition, _) in &mut scores {
            *condition = space.diagrams.and(*condition, within)?;
        }
        Ok(merged(scores.into_iter()))
    }

    /// Sums conditions with their points, those first that ask late variables.
    pub(super) fn sum(
        &self,
        space: &mut Space<'g, 'r>,
        mut scores: Vec<(Ref, i64)>,
    ) -> Result<Ref, TooLarge> {
        scores.sort_by_key(|(condition, _)| std::cmp::Reverse(space.diagrams.first_variable(*condition)));
        let mut total = NO;
        for (condition, points) in scores {
            total = space.diagrams.add_where(total, condition, points)?;
        }
        Ok(total)
    }

    /// Returns where the points of a target reach a threshold.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn reaches(&self, space: &mut Space<'g, 'r>, target: Target, least: i64) -> Result<Ref, TooLarge> {
        let scores = self.scores(target);
        reaches(space, scores, least)
    }

    /// Returns where a cap at a verdict or a worse one keeps a target from being better.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(super) fn capped(
        &self,
        space: &mut Space<'g, 'r>,
        target: Target,
        at: Verdict,
    ) -> Result<Ref, TooLarge> {
        let caps = &self.effects(target).caps;
        let mut capped = NO;
        for (instance, _) in caps.iter().filter(|(_, verdict)| *verdict >= at) {
            capped = space.diagrams.or(capped, self.fires(*instance).yes)?;
        }
        Ok(capped)
    }

    /// Returns where the leaning of a target is this verdict or a better one.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn at_least(
        &self,
        space: &mut Space<'g, 'r>,
        target: Target,
        verdict: Verdict,
    ) -> Result<Ref, TooLarge> {
        self.at_least_within(space, target, verdict, YES)
    }

    /// The same within a region.
    fn at_least_within(
        &self,
        space: &mut Space<'g, 'r>,
        target: Target,
        verdict: Verdict,
        within: Ref,
    ) -> Result<Ref, TooLarge> {
        let thresholds = self.ground.ruleset.thresholds;
        let (least, worse) = match verdict {
            Verdict::Recommended => (Some(thresholds.recommended), Verdict::Possible),
            Verdict::Possible => (Some(thresholds.possible), Verdict::Unsuitable),
            Verdict::Unsuitable => (None, Verdict::Excluded),
            Verdict::Excluded => return Ok(within),
        };
        let open = space.diagrams.without(within, self.excluded(target).yes)?;
        let Some(least) = least else { return Ok(open) };
        let capped = self.capped(space, target, worse)?;
        let open = space.diagrams.without(open, capped)?;
        if open == NO {
            return Ok(NO);
        }
        // Elsewhere the points do not count, so fewer sums have to be told apart.
        let scores = self.scores_within(space, target, if within == YES { YES } else { open })?;
        let reached = reaches(space, scores, least)?;
        space.diagrams.and(open, reached)
    }

    /// Returns where the leaning of a target is this verdict.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn leaning(
        &self,
        space: &mut Space<'g, 'r>,
        target: Target,
        verdict: Verdict,
    ) -> Result<Ref, TooLarge> {
        let reached = self.at_least(space, target, verdict)?;
        let better = match verdict {
            Verdict::Recommended => return Ok(reached),
            Verdict::Possible => Verdict::Recommended,
            Verdict::Unsuitable => Verdict::Possible,
            Verdict::Excluded => Verdict::Unsuitable,
        };
        let better = self.at_least(space, target, better)?;
        space.diagrams.without(reached, better)
    }

    /// Returns where within a region the leaning of a target is which verdict, in the order of verdicts.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(super) fn leanings(
        &self,
        space: &mut Space<'g, 'r>,
        target: Target,
        within: Ref,
    ) -> Result<Vec<Ref>, TooLarge> {
        let mut better = NO;
        let mut found = Vec::new();
        for verdict in Verdict::ALL {
            let reached = self.at_least_within(space, target, verdict, within)?;
            found.push(space.diagrams.without(reached, better)?);
            better = reached;
        }
        Ok(found)
    }

    /// Returns where a target needs something, and where that is met, unmet or unknown.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn needs(&self, space: &mut Space<'g, 'r>, target: Target) -> Result<Vec<(Need, Ref)>, TooLarge> {
        let ruleset = self.ground.ruleset;
        let mut found: Vec<(Need, Ref)> = Vec::new();
        let mut add = |space: &mut Space<'g, 'r>, need: Need, when: Ref| -> Result<(), TooLarge> {
            match found.iter_mut().find(|(other, _)| *other == need) {
                Some((_, known)) => *known = space.diagrams.or(*known, when)?,
                None => found.push((need, when)),
            }
            Ok(())
        };
        let members: &[Id<Channel>] = match target {
            Target::Mix(id) => &ruleset.mixes[id].members,
            Target::Channel(_) => &[],
        };
        for (need, when) in self.own_needs(target) {
            add(space, need, when)?;
        }
        for member in members {
            for (need, when) in self.own_needs(Target::Channel(*member)) {
                add(space, need, when)?;
            }
        }
        // Each channel comes after those that it needs, so going backwards all that need it were seen.
        for channel in ruleset.channel_order.iter().rev() {
            let need = Need::Channel(*channel);
            let Some(when) = found.iter().find(|(other, _)| *other == need).map(|(_, when)| *when) else {
                continue;
            };
            if members.contains(channel) {
                continue;
            }
            let owned = self.owned(*channel).yes;
            let asks = space.diagrams.without(when, owned)?;
            for (further, own) in self.own_needs(Target::Channel(*channel)) {
                let both = space.diagrams.and(asks, own)?;
                match found.iter_mut().find(|(other, _)| *other == further) {
                    Some((_, known)) => *known = space.diagrams.or(*known, both)?,
                    None => found.push((further, both)),
                }
            }
        }
        found.retain(|(need, when)| {
            *when != NO && !matches!(need, Need::Channel(channel) if members.contains(channel))
        });
        Ok(found)
    }

    /// What a target itself needs, and when.
    fn own_needs(&self, target: Target) -> Vec<(Need, Ref)> {
        let ruleset = self.ground.ruleset;
        let stated = ruleset.stated_needs(target);
        let fired = &self.effects(target).needs;
        let fired = fired.iter().map(|(instance, need)| (*need, self.fires(*instance).yes));
        stated.iter().map(|stated| (stated.need, YES)).chain(fired).collect()
    }

    /// Returns when a channel is owned.
    #[must_use]
    pub fn owned(&self, channel: Id<Channel>) -> Truths {
        self.truths(self.ground.owned[channel])
    }

    /// Returns where something needed is in a state.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn state(&self, space: &mut Space<'g, 'r>, need: Need, state: NeedState) -> Result<Ref, TooLarge> {
        let truths = match need {
            Need::Requirement(id) => match self.ground.met[id] {
                Some(met) => self.truths(met),
                None => constant(Judged::FALSE),
            },
            Need::Channel(id) => self.owned(id),
        };
        match state {
            NeedState::Met => Ok(truths.yes),
            NeedState::Unmet => Ok(truths.no),
            NeedState::Unknown => {
                let known = space.diagrams.or(truths.yes, truths.no)?;
                space.diagrams.not(known)
            }
        }
    }

    /// Returns the channels that a target falls with, and where it does: those that it needs and does not own, and the
    /// members of a mix, where they are excluded.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn falls_with(
        &self,
        space: &mut Space<'g, 'r>,
        target: Target,
    ) -> Result<Vec<(Id<Channel>, Ref)>, TooLarge> {
        let mut found = Vec::new();
        let channels = &self.effects(target).channels;
        for (channel, by) in channels {
            let needed = by.map_or(YES, |by| self.fires(by).yes);
            let excluded = self.excluded(Target::Channel(*channel)).yes;
            let both = space.diagrams.and(needed, excluded)?;
            found.push((*channel, space.diagrams.and(both, self.owned(*channel).no)?));
        }
        if let Target::Mix(id) = target {
            let members = self.ground.ruleset.mixes[id].members.iter();
            found.extend(members.map(|member| (*member, self.excluded(Target::Channel(*member)).yes)));
        }
        Ok(found)
    }

    /// Returns where what is pending leaves a verdict open, by the intervals of evaluation; with `by_fields`, only what
    /// unknown fields leave pending counts.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn could_be(
        &self,
        space: &mut Space<'g, 'r>,
        target: Target,
        verdict: Verdict,
        by_fields: bool,
    ) -> Result<Ref, TooLarge> {
        let excluded = self.excluded(target);
        if verdict == Verdict::Excluded {
            let open = pending(space, excluded, by_fields)?;
            return space.diagrams.or(excluded.yes, open);
        }
        let (mut low, mut high) = (Vec::new(), Vec::new());
        for (instance, points) in &self.effects(target).scores {
            let fires = self.fires(*instance);
            let open = pending(space, fires, by_fields)?;
            let at_most = space.diagrams.or(fires.yes, open)?;
            low.push((if *points < 0 { at_most } else { fires.yes }, *points));
            high.push((if *points > 0 { at_most } else { fires.yes }, *points));
        }
        let untold = if by_fields { &[][..] } else { &self.effects(target).untold };
        for (instance, (given, taken)) in untold {
            let fires = self.fires(*instance).yes;
            low.push((fires, *given));
            high.push((fires, *taken));
        }
        let (low, high) = (merged(low.into_iter()), merged(high.into_iter()));
        let thresholds = self.ground.ruleset.thresholds;
        let can_recommend = reaches(space, high.clone(), thresholds.recommended)?;
        let must_recommend = reaches(space, low.clone(), thresholds.recommended)?;
        let can_reach = reaches(space, high, thresholds.possible)?;
        let must_reach = reaches(space, low, thresholds.possible)?;
        let possible = match thresholds.possible < thresholds.recommended {
            true => space.diagrams.without(can_reach, must_recommend)?,
            false => NO,
        };
        let by_score = [
            (Verdict::Recommended, can_recommend),
            (Verdict::Possible, possible),
            (Verdict::Unsuitable, space.diagrams.not(must_reach)?),
        ];
        // Points that no source tells count nothing until one does.
        let mut found = if untold.is_empty() { NO } else { self.could_be(space, target, verdict, true)? };
        for (raw, when) in by_score {
            let capped = self.could_be_capped(space, target, raw, verdict, by_fields)?;
            let both = space.diagrams.and(when, capped)?;
            found = space.diagrams.or(found, both)?;
        }
        space.diagrams.without(found, excluded.yes)
    }

    /// Where caps that fire, and at most one that is pending, make one verdict of another.
    fn could_be_capped(
        &self,
        space: &mut Space<'g, 'r>,
        target: Target,
        raw: Verdict,
        verdict: Verdict,
        by_fields: bool,
    ) -> Result<Ref, TooLarge> {
        if raw > verdict {
            return Ok(NO);
        }
        let worse = match verdict {
            Verdict::Recommended => Verdict::Possible,
            _ => Verdict::Unsuitable,
        };
        // The caps that fire lower it to at most `verdict`, and to just that unless one that is pending does.
        let lower = if verdict == Verdict::Unsuitable { NO } else { self.capped(space, target, worse)? };
        let at = if raw == verdict { YES } else { self.capped(space, target, verdict)? };
        let mut reached = at;
        let caps = &self.effects(target).caps;
        for (instance, _) in caps.iter().filter(|(_, cap)| *cap == verdict) {
            let open = pending(space, self.fires(*instance), by_fields)?;
            reached = space.diagrams.or(reached, open)?;
        }
        space.diagrams.without(reached, lower)
    }

    /// Returns the caps on a target: when each comes.
    pub(super) fn caps(&self, target: Target) -> Vec<(Ref, Verdict)> {
        let caps = &self.effects(target).caps;
        let mut caps: Vec<_> = caps.iter().map(|(instance, at)| (self.fires(*instance).yes, *at)).collect();
        caps.sort_unstable();
        caps.dedup();
        caps
    }

    /// Returns how many of a target's needs are not known to be met.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn open_needs(&self, space: &mut Space<'g, 'r>, target: Target) -> Result<Ref, TooLarge> {
        let mut needs = NO;
        for (need, when) in self.needs(space, target)? {
            let met = self.state(space, need, NeedState::Met)?;
            let open = space.diagrams.without(when, met)?;
            needs = space.diagrams.add(needs, open)?;
        }
        Ok(needs)
    }
}

/// Returns where the points of conditions together reach a threshold. What the rest can still give or take settles the
/// sum early, so that far fewer sums are told apart.
///
/// # Errors
/// If the budget is used up.
pub(super) fn reaches(
    space: &mut Space<'_, '_>,
    mut scores: Vec<(Ref, i64)>,
    least: i64,
) -> Result<Ref, TooLarge> {
    scores.sort_by_key(|(condition, _)| std::cmp::Reverse(space.diagrams.first_variable(*condition)));
    let gain = |points: i64| points.max(0);
    let loss = |points: i64| points.min(0);
    let mut rest_gain: i64 = scores.iter().fold(0, |all, (_, points)| all.saturating_add(gain(*points)));
    let mut rest_loss: i64 = scores.iter().fold(0, |all, (_, points)| all.saturating_add(loss(*points)));
    let mut total = NO;
    for (condition, points) in scores {
        rest_gain -= gain(points);
        rest_loss -= loss(points);
        // Sums that are sure to reach it are one; so are those that are sure not to.
        let sure = least.saturating_sub(rest_loss);
        let lost = least.saturating_sub(rest_gain).saturating_sub(1);
        let bounds = (lost.min(sure), sure.max(lost));
        total = space.diagrams.add_within(total, (condition, points), bounds)?;
    }
    space.diagrams.at_least(total, least)
}

/// Joins what has the same condition, and leaves out what never holds or gives nothing.
pub(super) fn merged(scores: impl Iterator<Item = (Ref, i64)>) -> Vec<(Ref, i64)> {
    let mut by_condition: std::collections::BTreeMap<Ref, i64> = std::collections::BTreeMap::new();
    for (condition, points) in scores {
        *by_condition.entry(condition).or_default() += points;
    }
    by_condition.into_iter().filter(|(condition, points)| *condition != NO && *points != 0).collect()
}

/// Where a condition is unknown; with `by_fields`, where unknown fields leave it open that it holds.
fn pending(space: &mut Space<'_, '_>, truths: Truths, by_fields: bool) -> Result<Ref, TooLarge> {
    let known = space.diagrams.or(truths.yes, truths.no)?;
    let unknown = space.diagrams.not(known)?;
    if by_fields { space.diagrams.and(unknown, truths.can_hold) } else { Ok(unknown) }
}

fn turned(truths: Truths) -> Truths {
    Truths { yes: truths.no, no: truths.yes, can_hold: truths.can_fail, can_fail: truths.can_hold }
}

/// Both hold, as [`Judged::and`] has it.
pub(super) fn both(
    space: &mut Space<'_, '_>,
    a: Truths,
    b: Truths,
    scope: Scope,
) -> Result<Truths, TooLarge> {
    let diagrams = &mut space.diagrams;
    let yes = diagrams.and(a.yes, b.yes)?;
    let no = diagrams.or(a.no, b.no)?;
    if scope == Scope::Known {
        // Nothing is left to fill in: what could come is what is.
        return Ok(Truths { yes, no, can_hold: yes, can_fail: no });
    }
    let can_hold = diagrams.and(a.can_hold, b.can_hold)?;
    let either = diagrams.or(a.can_fail, b.can_fail)?;
    Ok(Truths { yes, no, can_hold, can_fail: diagrams.without(either, yes)? })
}
