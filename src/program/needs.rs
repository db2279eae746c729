//! What targets need.

use super::bits::Kleene;
use super::{Program, Scratch};
use crate::model::{Need, NeedState, Ruleset, StatedNeed, Target};

/// Something that a target needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NeedOutcome {
    /// What is needed.
    pub need: Need,
    /// Whether it is there already.
    pub state: NeedState,
    /// The target, or the channel that the target needs, of which it is a need.
    pub because_of: Target,
}

/// What the search for needs writes to.
#[derive(Clone, Debug)]
pub(super) struct NeedScratch {
    /// The needs of all targets, one after the other.
    all: Vec<NeedOutcome>,
    /// Where those of each target lie.
    ranges: Vec<(u32, u32)>,
    /// Still to be looked at, the next on top.
    open: Vec<NeedOutcome>,
    /// Requirements and channels met for a target, by the number of the target's search.
    seen: Vec<u64>,
    search: u64,
    /// Whether each target may come to need more by itself.
    pending: Vec<bool>,
}

impl NeedScratch {
    pub(super) fn new(ruleset: &Ruleset) -> NeedScratch {
        NeedScratch {
            all: Vec::new(),
            ranges: vec![(0, 0); ruleset.target_count()],
            open: Vec::new(),
            seen: vec![0; ruleset.requirements.len() + ruleset.channels.len()],
            search: 0,
            pending: vec![false; ruleset.target_count()],
        }
    }

    /// The needs of a target by its number.
    pub(super) fn of(&self, target: usize) -> &[NeedOutcome] {
        let (start, end) = self.ranges.get(target).copied().unwrap_or_default();
        self.all.get(start as usize..end as usize).unwrap_or(&[])
    }

    /// Notes something as seen; tells whether it is new.
    fn see(&mut self, ruleset: &Ruleset, need: Need) -> bool {
        let index = match need {
            Need::Requirement(id) => id.index(),
            Need::Channel(id) => ruleset.requirements.len() + id.index(),
        };
        let search = self.search;
        self.seen.get_mut(index).is_some_and(|seen| std::mem::replace(seen, search) != search)
    }
}

impl Program<'_> {
    /// Finds what each target needs.
    pub(super) fn all_needs(&self, scratch: &mut Scratch) {
        scratch.needs.all.clear();
        let any = scratch.fired.words != scratch.possible.words;
        for index in 0..self.ground.targets.len() {
            let pending = any
                && self.ground.targets.get(index).is_some_and(|effects| {
                    let unsure = |id: u32| scratch.possible.has(id) && !scratch.fired.has(id);
                    effects.needs.iter().any(|(id, _)| unsure(id.index() as u32))
                });
            if let Some(slot) = scratch.needs.pending.get_mut(index) {
                *slot = pending;
            }
        }
        for (index, effects) in self.ground.targets.iter().enumerate() {
            let start = scratch.needs.all.len() as u32;
            self.needs_of(scratch, effects.target);
            let end = scratch.needs.all.len() as u32;
            if let Some(range) = scratch.needs.ranges.get_mut(index) {
                *range = (start, end);
            }
            let more = any && self.may_grow(scratch, index, effects.target);
            let open = scratch.needs.of(index).iter().filter(|need| need.state != NeedState::Met).count();
            if let Some(outcome) = scratch.outcomes.get_mut(index) {
                outcome.more_needs = more;
                outcome.open_needs = open as u32;
            }
        }
    }

    fn needs_of(&self, scratch: &mut Scratch, target: Target) {
        let ruleset = self.ruleset();
        scratch.needs.search += 1;
        if let Target::Mix(id) = target {
            let members = &ruleset.mixes[id].members;
            for member in members {
                scratch.needs.see(ruleset, Need::Channel(*member));
            }
            for member in members.iter().rev() {
                self.push_own(scratch, Target::Channel(*member));
            }
        }
        self.push_own(scratch, target);
        while let Some(next) = scratch.needs.open.pop() {
            if !scratch.needs.see(ruleset, next.need) {
                continue;
            }
            if let (Need::Channel(channel), NeedState::Unmet | NeedState::Unknown) = (next.need, next.state) {
                self.push_own(scratch, Target::Channel(channel));
            }
            scratch.needs.all.push(next);
        }
    }

    /// Puts a target's own needs on the stack, the first on top.
    fn push_own(&self, scratch: &mut Scratch, target: Target) {
        let ruleset = self.ruleset();
        let stated: &[StatedNeed] = match target {
            Target::Channel(id) => &ruleset.channels[id].needs,
            Target::Mix(id) => &ruleset.mixes[id].needs,
        };
        let effects = self.ground.targets.get(ruleset.target_index(target));
        let fired = effects.map_or(&[][..], |effects| effects.needs.as_slice()).iter().rev();
        for (id, need) in fired {
            if scratch.fired.has(id.index() as u32) {
                self.push(scratch, *need, target);
            }
        }
        for stated in stated.iter().rev() {
            self.push(scratch, stated.need, target);
        }
    }

    fn push(&self, scratch: &mut Scratch, need: Need, because_of: Target) {
        let state = match need {
            Need::Requirement(id) => match self.ground.met.get(id.index()) {
                Some(Some(node)) => state(scratch.node(*node)),
                _ => NeedState::Unmet,
            },
            Need::Channel(id) => {
                self.ground.owned.get(id.index()).map_or(NeedState::Unmet, |node| state(scratch.node(*node)))
            }
        };
        scratch.needs.open.push(NeedOutcome { need, state, because_of });
    }

    /// Whether more needs may come: those of the target, of its members, of the channels that it needs.
    fn may_grow(&self, scratch: &Scratch, index: usize, target: Target) -> bool {
        let pending = |index: usize| scratch.needs.pending.get(index) == Some(&true);
        let members = match target {
            Target::Mix(id) => self.ruleset().mixes[id].members.as_slice(),
            Target::Channel(_) => &[],
        };
        let needed = scratch.needs.of(index).iter();
        pending(index)
            || members.iter().any(|member| pending(member.index()))
            || needed.into_iter().any(|need| matches!(need.need, Need::Channel(id) if pending(id.index())))
    }
}

fn state(judged: Kleene) -> NeedState {
    if judged.is_true() {
        NeedState::Met
    } else if judged.is_false() {
        NeedState::Unmet
    } else {
        NeedState::Unknown
    }
}
