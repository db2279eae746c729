//! What an answer comes down to: the best channel, or a mix that is better.

use super::Decision;
use super::rank::merits;
use crate::model::{Channel, Id, Target};
use crate::operator::Verdict;

/// The best of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Best {
    /// The first of the channels, or a mix that is better than every channel.
    pub target: Target,
    /// A mix that is as good as the first channel, and whose members are all recommended.
    pub with: Option<Target>,
}

impl Decision<'_> {
    /// Returns the best of the channels and mixes; nothing where all are excluded, or there are none.
    #[must_use]
    pub fn best(&self) -> Option<Best> {
        let left = |target: &Target| self.target(*target).leaning != Verdict::Excluded;
        let mix = self.mixes.first().copied().filter(left);
        match (self.first.target, mix) {
            (None, None) => None,
            (Some(target), None) | (None, Some(target)) => Some(Best { target, with: None }),
            (Some(channel), Some(mix)) => {
                let key = |target: Target| merits(self.ruleset, self.target(target));
                let (first, best) = (key(channel), key(mix));
                if best < first {
                    return Some(Best { target: mix, with: None });
                }
                let mixes = self.mixes.iter().copied();
                let mut as_good = mixes.take_while(|mix| key(*mix) == first);
                let with = as_good.find(|mix| self.is_of_recommended(*mix));
                Some(Best { target: channel, with })
            }
        }
    }

    /// Tells whether a mix is recommended for certain, and each of its members.
    fn is_of_recommended(&self, mix: Target) -> bool {
        let members: &[Id<Channel>] = match mix {
            Target::Mix(id) => &self.ruleset.mixes[id].members,
            Target::Channel(_) => &[],
        };
        let all = members.iter().map(|member| Target::Channel(*member)).chain([mix]);
        all.into_iter().all(|target| self.target(target).verdict == Some(Verdict::Recommended))
    }
}
