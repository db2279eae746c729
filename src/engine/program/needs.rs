//! What targets need.

use super::bits::Kleene;
use super::outcome::need_bit;
use super::{Program, Scratch};
use crate::ground::{Ground, Node};
use qudao_language::model::{Id, Need, NeedState, Ruleset, Target};

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

/// What targets need, as far as it does not change with the profile.
#[derive(Clone, Debug)]
pub(super) struct Needing {
    /// The requirements that a target states itself, by bit; nothing where a target needs what has no bit.
    pub(super) stated: Vec<u32>,
    /// Whether a target needs nothing but requirements that have bits.
    simple: Vec<bool>,
    /// The other targets.
    others: Vec<usize>,
    /// The requirements that may be met, by bit.
    may_be_met: Vec<(u32, Id<Node>)>,
    /// Those that never are.
    never_met: u32,
}

impl Needing {
    pub(super) fn new(ground: &Ground<'_>) -> Needing {
        let mut needing = Needing {
            stated: Vec::new(),
            simple: Vec::new(),
            others: Vec::new(),
            may_be_met: Vec::new(),
            never_met: 0,
        };
        for (index, effects) in ground.targets.iter().enumerate() {
            let stated =
                ground.ruleset.stated_needs(effects.target).iter().map(|stated| need_bit(stated.need));
            let simple = matches!(effects.target, Target::Channel(_))
                && stated
                    .clone()
                    .chain(effects.needs.iter().map(|(_, need)| need_bit(*need)))
                    .all(|bit| bit.is_some());
            needing.stated.push(if simple { stated.flatten().fold(0, |all, bit| all | bit) } else { 0 });
            needing.simple.push(simple);
            if !simple {
                needing.others.push(index);
            }
        }
        for id in ground.ruleset.requirements.ids() {
            match (need_bit(Need::Requirement(id)), ground.met[id]) {
                (Some(bit), Some(node)) => needing.may_be_met.push((bit, node)),
                (Some(bit), None) => needing.never_met |= bit,
                (None, _) => {}
            }
        }
        needing
    }

    fn is_simple(&self, target: usize) -> bool {
        self.simple.get(target) == Some(&true)
    }
}

/// What the search for needs writes to.
#[derive(Clone, Debug)]
pub(super) struct NeedScratch {
    /// The requirements that are not known to be met, by bit, and those that are known not to be.
    pub(super) open: u32,
    unmet: u32,
    /// The needs of the targets that need what has no bit, one after the other.
    all: Vec<NeedOutcome>,
    /// Where those of each target lie.
    ranges: Vec<(u32, u32)>,
    /// Still to be looked at, the next on top.
    waiting: Vec<NeedOutcome>,
    /// Requirements and channels met for a target, by the number of the target's search.
    seen: Vec<u64>,
    search: u64,
}

impl NeedScratch {
    pub(super) fn new(ruleset: &Ruleset) -> NeedScratch {
        NeedScratch {
            open: 0,
            unmet: 0,
            all: Vec::new(),
            ranges: vec![(0, 0); ruleset.target_count()],
            waiting: Vec::new(),
            seen: vec![0; ruleset.requirements.len() + ruleset.channels.len()],
            search: 0,
        }
    }

    /// The needs of a target by its number, where some have no bit.
    fn of(&self, target: usize) -> &[NeedOutcome] {
        let (start, end) = *self.ranges.get(target).expect("each target has its needs");
        self.all.get(start as usize..end as usize).expect("the needs of a target are among all")
    }

    /// Notes something as seen; tells whether it is new.
    fn see(&mut self, ruleset: &Ruleset, need: Need) -> bool {
        let index = match need {
            Need::Requirement(id) => id.index(),
            Need::Channel(id) => ruleset.requirements.len() + id.index(),
        };
        let search = self.search;
        let seen = self.seen.get_mut(index).expect("there is a place for all that may be needed");
        std::mem::replace(seen, search) != search
    }
}

impl Program<'_> {
    /// Finds out which requirements are met.
    pub(super) fn meet(&self, scratch: &mut Scratch) {
        let (mut open, mut unmet) = (self.needing.never_met, self.needing.never_met);
        for (bit, node) in &self.needing.may_be_met {
            match state(scratch.node(*node)) {
                NeedState::Met => {}
                NeedState::Unknown => open |= bit,
                NeedState::Unmet => (open, unmet) = (open | bit, unmet | bit),
            }
        }
        scratch.needs.open = open;
        scratch.needs.unmet = unmet;
    }

    /// Finds what the targets need that need what has no bit.
    pub(super) fn all_needs(&self, scratch: &mut Scratch) {
        scratch.needs.all.clear();
        for index in &self.needing.others {
            let effects = self.ground.targets.get(*index).expect("each target has its effects");
            let start = scratch.needs.all.len();
            self.needs_of(scratch, effects.target);
            let end = scratch.needs.all.len();
            let range = scratch.needs.ranges.get_mut(*index).expect("each target has its needs");
            *range = (start as u32, end as u32);
            let more = self.may_grow(scratch, *index, effects.target);
            let open = scratch.needs.of(*index).iter().filter(|need| need.state != NeedState::Met).count();
            let outcome = scratch.outcomes.get_mut(*index).expect("each target has an outcome");
            (outcome.more_needs, outcome.open_needs) = (more, open as u32);
        }
    }

    /// The requirements that a target needs, by bit.
    fn required(&self, scratch: &Scratch, index: usize) -> u32 {
        let stated = *self.needing.stated.get(index).expect("each target states what it needs");
        stated | scratch.tallies.get(index).expect("each target has its tally").needs()
    }

    /// What a target needs: what it states, then what came with rules that fired, in their order, each once.
    pub(super) fn needs_at<'s>(
        &'s self,
        scratch: &'s Scratch,
        index: usize,
    ) -> impl Iterator<Item = NeedOutcome> + 's {
        let simple = self.needing.is_simple(index);
        let mut left = if simple { self.required(scratch, index) } else { 0 };
        let effects = self.ground.targets.get(index).expect("each target has its effects");
        let stated = self.ruleset().stated_needs(effects.target).iter();
        let fired = effects.needs.iter();
        let fired = fired.filter(|(id, _)| scratch.fired.has(id.index() as u32)).map(|(_, need)| *need);
        let mut next = stated.map(|stated| stated.need).chain(fired);
        let requirements = std::iter::from_fn(move || {
            let need = match left.count_ones() {
                0 => return None,
                // Which the last one is need not be looked for.
                1 => Need::Requirement(Id::new(left.trailing_zeros() as usize)),
                _ => next.find(|need| need_bit(*need).is_some_and(|bit| left & bit != 0))?,
            };
            left &= !need_bit(need)?;
            Some(NeedOutcome { need, state: self.state(scratch, need), because_of: effects.target })
        });
        let others = if simple { &[] } else { scratch.needs.of(index) };
        others.iter().copied().chain(requirements)
    }

    /// How many needs will be left of a target for certain. What only a channel asks for that may be owned already may
    /// not be needed in the end.
    pub(super) fn sure_needs(&self, scratch: &Scratch, index: usize) -> u32 {
        if self.needing.is_simple(index) {
            return (self.required(scratch, index) & scratch.needs.unmet).count_ones();
        }
        let target = self.ground.targets.get(index).expect("each target has its effects").target;
        let needs = scratch.needs.of(index);
        let owned = |of: Target| {
            let by =
                needs.iter().find(|need| matches!(need.need, Need::Channel(id) if Target::Channel(id) == of));
            by.is_some_and(|need| need.state != NeedState::Unmet || need.because_of != target)
        };
        let sure = needs.iter().filter(|need| need.state == NeedState::Unmet && !owned(need.because_of));
        sure.count() as u32
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
        while let Some(next) = scratch.needs.waiting.pop() {
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
        for stated in ruleset.stated_needs(target).iter().rev() {
            self.push(scratch, stated.need, target);
        }
    }

    fn push(&self, scratch: &mut Scratch, need: Need, because_of: Target) {
        let state = self.state(scratch, need);
        scratch.needs.waiting.push(NeedOutcome { need, state, because_of });
    }

    fn state(&self, scratch: &Scratch, need: Need) -> NeedState {
        match need {
            Need::Requirement(id) => {
                self.ground.met[id].map_or(NeedState::Unmet, |node| state(scratch.node(node)))
            }
            Need::Channel(id) => state(scratch.node(self.ground.owned[id])),
        }
    }

    /// Whether more needs may come: those of the target, of its members, of the channels that it needs.
    fn may_grow(&self, scratch: &Scratch, index: usize, target: Target) -> bool {
        let pending = |index: usize| self.pending_needs(scratch, index);
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
