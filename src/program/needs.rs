//! What targets need.

use super::bits::{Kleene, each_bit};
use super::outcome::LAST_NEED;
use super::{Program, Scratch};
use crate::ground::Ground;
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
}

impl NeedScratch {
    pub(super) fn new(ruleset: &Ruleset) -> NeedScratch {
        NeedScratch {
            all: Vec::new(),
            ranges: vec![(0, 0); ruleset.target_count()],
            open: Vec::new(),
            seen: vec![0; ruleset.requirements.len() + ruleset.channels.len()],
            search: 0,
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
        for ((index, effects), simple) in self.ground.targets.iter().enumerate().zip(&self.simple) {
            let start = scratch.needs.all.len();
            if *simple {
                self.requirements_of(scratch, index)
            } else {
                self.needs_of(scratch, effects.target)
            }
            let end = scratch.needs.all.len();
            if let Some(range) = scratch.needs.ranges.get_mut(index) {
                *range = (start as u32, end as u32);
            }
            let more = !scratch.certain && self.may_grow(scratch, index, effects.target);
            let found = scratch.needs.all.get(start..).unwrap_or(&[]);
            let open = found.iter().filter(|need| need.state != NeedState::Met).count();
            if let Some(outcome) = scratch.outcomes.get_mut(index) {
                outcome.more_needs = more;
                outcome.open_needs = open as u32;
            }
        }
    }

    /// The needs of a target that no channel is among.
    fn requirements_of(&self, scratch: &mut Scratch, index: usize) {
        let fired = scratch.tallies.get(index).map_or(0, |tally| tally.needs);
        let Some(effects) = self.ground.targets.get(index) else { return };
        let stated = self.stated(effects.target);
        if fired == 0 && stated.is_empty() {
            return;
        }
        scratch.needs.search += 1;
        for stated in stated {
            self.note(scratch, stated.need, effects.target);
        }
        each_bit(fired & !(1 << LAST_NEED), 0, &mut |number| {
            if let Some((_, need)) = effects.needs.get(number) {
                self.note(scratch, *need, effects.target);
            }
        });
        if fired >> LAST_NEED == 1 {
            for (id, need) in effects.needs.iter().skip(LAST_NEED) {
                if scratch.fired.has(id.index() as u32) {
                    self.note(scratch, *need, effects.target);
                }
            }
        }
    }

    fn note(&self, scratch: &mut Scratch, need: Need, because_of: Target) {
        if scratch.needs.see(self.ruleset(), need) {
            let state = self.state(scratch, need);
            scratch.needs.all.push(NeedOutcome { need, state, because_of });
        }
    }

    fn stated(&self, target: Target) -> &[StatedNeed] {
        let ruleset = self.ruleset();
        match target {
            Target::Channel(id) => &ruleset.channels[id].needs,
            Target::Mix(id) => &ruleset.mixes[id].needs,
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
        let effects = self.ground.targets.get(ruleset.target_index(target));
        let fired = effects.map_or(&[][..], |effects| effects.needs.as_slice()).iter().rev();
        for (id, need) in fired {
            if scratch.fired.has(id.index() as u32) {
                self.push(scratch, *need, target);
            }
        }
        for stated in self.stated(target).iter().rev() {
            self.push(scratch, stated.need, target);
        }
    }

    fn push(&self, scratch: &mut Scratch, need: Need, because_of: Target) {
        let state = self.state(scratch, need);
        scratch.needs.open.push(NeedOutcome { need, state, because_of });
    }

    fn state(&self, scratch: &Scratch, need: Need) -> NeedState {
        match need {
            Need::Requirement(id) => match self.ground.met.get(id.index()) {
                Some(Some(node)) => state(scratch.node(*node)),
                _ => NeedState::Unmet,
            },
            Need::Channel(id) => {
                self.ground.owned.get(id.index()).map_or(NeedState::Unmet, |node| state(scratch.node(*node)))
            }
        }
    }

    /// Whether more needs may come: those of the target, of its members, of the channels that it needs.
    fn may_grow(&self, scratch: &Scratch, index: usize, target: Target) -> bool {
        let pending = |index: usize| scratch.open.get(index).is_some_and(|open| open.needs);
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

/// Tells of each target whether it is a channel that never needs another.
pub(super) fn simple(ground: &Ground<'_>) -> Vec<bool> {
    let simple = |effects: &crate::ground::Effects| {
        matches!(effects.target, Target::Channel(_)) && effects.channels.is_empty()
    };
    ground.targets.iter().map(simple).collect()
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
