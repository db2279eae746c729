//! What a change of a ruleset changes: over given profiles, and over all of them.

mod json;
mod markdown;
mod text;
mod words;

pub use json::to_json;
pub use markdown::markdown;
pub use text::text;

use super::change::{Change, Pairs, Standing, compare};
use super::edits::{Edit, edits};
use crate::date::Date;
use crate::decide::decide;
use crate::model::{NeedState, Profile, Ruleset, Target};
use crate::operator::Verdict;
use crate::words::Tongue;

/// A ruleset on a day, and what the caller calls it.
#[derive(Clone, Debug)]
pub struct Side<'r> {
    /// The ruleset.
    pub ruleset: &'r Ruleset,
    /// The day that dated facts are read at.
    pub day: Date,
    /// What it is called.
    pub label: String,
}

/// What tells two rulesets, or two days of one, apart.
#[derive(Clone, Debug)]
pub struct Difference<'r> {
    /// The old one.
    pub old: Side<'r>,
    /// The new one.
    pub new: Side<'r>,
    /// What is declared otherwise and could decide something.
    pub edits: Vec<Edit>,
    /// Which target is which.
    pub pairs: Pairs,
    /// How given profiles come out otherwise.
    pub profiles: Vec<ProfileChange>,
    /// What changes over all profiles, where that was asked for.
    pub regions: Option<Regions>,
}

/// How a given profile comes out otherwise.
#[derive(Clone, Debug)]
pub struct ProfileChange {
    /// What the caller calls it.
    pub name: String,
    /// What came of it.
    pub outcome: ProfileOutcome,
}

/// What came of a given profile.
#[derive(Clone, Debug)]
pub enum ProfileOutcome {
    /// Both rulesets answered.
    Compared(Change),
    /// The old one, the new one, or both cannot read it.
    Rejected {
        /// Whether the old ruleset cannot.
        by_old: bool,
        /// Whether the new ruleset cannot.
        by_new: bool,
    },
}

/// What changes over all profiles.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    /// Where something changes.
    pub regions: Vec<Region>,
    /// Whether these are all.
    pub extent: Extent,
    /// Whether that is so of profiles with unknown fields too.
    pub unknown_too: bool,
    /// The channels and mixes of which nothing changes, of profiles with unknown fields either; by their new names.
    pub unknown_same: Vec<String>,
    /// What is not compared.
    pub uncovered: Vec<Uncovered>,
}

/// Profiles that are not compared, for the two rulesets do not read them alike.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Uncovered {
    /// Those that leave out this field, whose default is another.
    Default(String),
    /// Those with a value of this field that one ruleset alone allows.
    Range(String),
    /// Those that give this field, which is of another type.
    Type(String),
    /// Those with a value of this enum that one ruleset alone has.
    Values(String),
}

/// Why it is not known whether there is more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doubt {
    /// The conditions are too large.
    TooLarge,
    /// No profile was found that shows this, and no proof that there is none.
    Unshown(What),
    /// This is too large; so many profiles of which it could be so do not show it.
    Sampled(What, usize),
}

/// Whether everything was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Extent {
    /// Everything: outside of the regions no decision changes.
    #[default]
    Proved,
    /// It is not known whether there is more; it says why.
    Undecided(Doubt),
    /// Too large to be looked at as a whole: so many profiles were tried, of which so many differ.
    Sampled {
        /// How many were tried.
        profiles: usize,
        /// How many of them come out otherwise.
        differing: usize,
    },
}

/// Profiles that come out otherwise in one way.
#[derive(Clone, Debug)]
pub struct Region {
    /// In which way.
    pub what: What,
    /// Which profiles these are: those of which one of these conditions holds.
    pub conditions: Vec<String>,
    /// Whether it is so of some of these profiles only, and of no others.
    pub only: bool,
    /// Whether there are more than the conditions tell.
    pub more: bool,
    /// A profile of the region, as each ruleset reads it.
    pub witness: (Profile, Profile),
    /// How that profile comes out otherwise.
    pub change: Change,
}

/// In which way an answer changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// A target has another verdict.
    Verdict {
        /// The target, by its name in the new ruleset, or in the old one if it is gone.
        target: String,
        /// Its verdict before.
        old: Option<Verdict>,
        /// Its verdict now.
        new: Option<Verdict>,
    },
    /// Another channel comes first.
    First {
        /// The first before; nothing where all were excluded.
        old: Option<String>,
        /// The first now.
        new: Option<String>,
    },
    /// A channel comes first and did not, or no longer does, whichever other it was or is.
    Lead {
        /// The channel.
        target: String,
        /// Whether it comes first now.
        gains: bool,
    },
    /// A target needs something that it did not, or no longer does, or has come to have it.
    Need {
        /// The target.
        target: String,
        /// What is needed.
        need: String,
        /// Its state before; nothing where it was not needed.
        old: Option<NeedState>,
        /// Its state now.
        new: Option<NeedState>,
    },
}

impl<'r> Difference<'r> {
    /// Begins to compare two rulesets: what they declare otherwise.
    #[must_use]
    pub fn new(old: Side<'r>, new: Side<'r>) -> Difference<'r> {
        let edits = edits(old.ruleset, old.day, new.ruleset, new.day);
        let pairs = Pairs::new(old.ruleset, new.ruleset);
        Difference { old, new, edits, pairs, profiles: Vec::new(), regions: None }
    }

    /// Compares the answers to a profile, as each ruleset has read it; without one, that ruleset rejects it.
    pub fn add_profile(&mut self, name: &str, old: Option<&Profile>, new: Option<&Profile>) {
        let outcome = match (old, new) {
            (Some(old), Some(new)) => ProfileOutcome::Compared(self.compare(old, new)),
            _ => ProfileOutcome::Rejected { by_old: old.is_none(), by_new: new.is_none() },
        };
        self.profiles.push(ProfileChange { name: name.to_string(), outcome });
    }

    /// Compares the answers to a profile.
    #[must_use]
    pub fn compare(&self, old: &Profile, new: &Profile) -> Change {
        let before = decide(self.old.ruleset, old, self.old.day);
        let now = decide(self.new.ruleset, new, self.new.day);
        compare(&before, &now, &self.pairs, &self.edits)
    }

    /// Tells whether any decision was found to change: a verdict, the first place or a need.
    #[must_use]
    pub fn changes(&self) -> bool {
        let given = self.profiles.iter().any(|profile| match &profile.outcome {
            ProfileOutcome::Compared(change) => change.is_decision(),
            ProfileOutcome::Rejected { by_old, by_new } => by_old != by_new,
        });
        let apart = !self.pairs.came.is_empty() || !self.pairs.gone.is_empty();
        given
            || apart
            || self.regions.as_ref().is_some_and(|found| !found.regions.is_empty() || found.extent.differs())
    }

    /// Returns the name of a target that changed, as the new ruleset has it, or the old one if it is gone.
    #[must_use]
    pub fn name(&self, target: (Option<Target>, Option<Target>)) -> &'r str {
        match target {
            (_, Some(new)) => self.new.ruleset.target_name(new),
            (Some(old), None) => self.old.ruleset.target_name(old),
            (None, None) => "",
        }
    }
}

impl Extent {
    fn differs(&self) -> bool {
        matches!(self, Extent::Sampled { differing: 1.., .. })
    }
}

impl What {
    /// Says in which way an answer changes.
    #[must_use]
    pub fn text(&self) -> String {
        words::what(Tongue::English, self)
    }
}

impl Doubt {
    /// Says why it is not known whether there is more.
    #[must_use]
    pub fn text(&self) -> String {
        words::doubt(Tongue::English, self)
    }
}

impl Uncovered {
    /// Says what is not compared.
    #[must_use]
    pub fn text(&self) -> String {
        words::uncovered(Tongue::English, self)
    }
}

/// How many given profiles decide otherwise, have another first, differ in scores alone, and agree.
struct Tally {
    all: usize,
    changed: usize,
    first: usize,
    scores: usize,
    same: usize,
    rejected: usize,
}

impl Tally {
    fn of(difference: &Difference<'_>) -> Tally {
        let mut tally = Tally { all: 0, changed: 0, first: 0, scores: 0, same: 0, rejected: 0 };
        for profile in &difference.profiles {
            tally.all += 1;
            match &profile.outcome {
                ProfileOutcome::Compared(change) if change.is_none() => tally.same += 1,
                ProfileOutcome::Compared(change) if !change.is_decision() => tally.scores += 1,
                ProfileOutcome::Compared(change) => {
                    tally.changed += 1;
                    tally.first += usize::from(change.first.is_some());
                }
                ProfileOutcome::Rejected { .. } => tally.rejected += 1,
            }
        }
        tally
    }
}
