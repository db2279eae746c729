//! A value for each channel and mix.

use std::ops::{Index, IndexMut};

use super::{Channel, IdMap, Mix, Ruleset, Target};

/// A value for each target of a ruleset. A target of another ruleset is a mistake of the program, and stops it.
#[derive(Clone, Debug)]
pub struct TargetMap<V> {
    channels: IdMap<Channel, V>,
    mixes: IdMap<Mix, V>,
}

impl<V> TargetMap<V> {
    /// Makes a value for each target.
    pub fn of(ruleset: &Ruleset, mut value: impl FnMut(Target) -> V) -> TargetMap<V> {
        TargetMap {
            channels: IdMap::of(&ruleset.channels, |id| value(Target::Channel(id))),
            mixes: IdMap::of(&ruleset.mixes, |id| value(Target::Mix(id))),
        }
    }

    /// Returns all values: those of the channels, then those of the mixes.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.channels.values().chain(self.mixes.values())
    }
}

impl<V> Index<Target> for TargetMap<V> {
    type Output = V;

    fn index(&self, target: Target) -> &V {
        match target {
            Target::Channel(id) => &self.channels[id],
            Target::Mix(id) => &self.mixes[id],
        }
    }
}

impl<V> IndexMut<Target> for TargetMap<V> {
    fn index_mut(&mut self, target: Target) -> &mut V {
        match target {
            Target::Channel(id) => &mut self.channels[id],
            Target::Mix(id) => &mut self.mixes[id],
        }
    }
}
