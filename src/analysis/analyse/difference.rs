//! What a change of a ruleset changes: over given profiles, and over all of them.

mod json;
mod report;
mod words;

pub use json::to_json;
pub use report::report;

use std::rc::Rc;

use super::causes::{Aspect, Inquiry, Outcome};
use super::change::{Causes, Change, How, Pairs, Standing, TargetChange, compare};
use super::edits::{Declared, Edit, edits_of};
use super::pieces::Pieces;
use super::undo::Undo;
use qudao_language::date::Date;
use qudao_language::decide::{Decision, Tells, decide_only, verdict_of};
use qudao_language::model::{NeedState, Profile, Ruleset, Target};
use qudao_language::operator::Verdict;
use qudao_language::profile::{self, Format};
use qudao_telling::words::Tongue;

/// What is asked of two rulesets takes so many whole budgets at most.
pub const QUESTIONS: u64 = 10;
/// So many profiles that a ruleset brings are looked at, beside those that are given.
pub const WITNESSES: usize = 500;

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

impl Side<'_> {
    /// Decides a profile as far as answers are compared.
    pub(super) fn decide<'p>(&'p self, profile: &'p Profile) -> Decision<'p> {
        decide_only(self.ruleset, profile, self.day, Tells::Outcomes)
    }

    /// The verdict that a target has.
    pub(super) fn verdict(&self, profile: &Profile, target: Target) -> Option<Verdict> {
        verdict_of(self.ruleset, profile, self.day, target)
    }
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
    /// Profiles that may show a change, as each ruleset reads them, besides those that are given.
    pub witnesses: Vec<(Profile, Profile)>,
    /// What changes over all profiles, where that was asked for.
    pub regions: Option<Regions>,
    inquiry: Rc<Inquiry<'r>>,
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
    /// What could not be proved, and why; all else is.
    pub open: Vec<Open>,
    /// The channels and mixes of which all changes are told, by their new names.
    pub proved: Vec<String>,
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

/// What could not be proved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Open {
    /// What is not known.
    pub question: Question,
    /// Why.
    pub why: Doubt,
    /// How many profiles were tried instead, and for how many of these the answer is another.
    pub sampled: Option<(usize, usize)>,
}

/// What may be asked of a change.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Question {
    /// Where a target has another verdict.
    Verdict(String),
    /// Where a target needs something else.
    Needs(String),
    /// Where another channel comes first.
    First,
}

/// Why it is not known whether there is more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doubt {
    /// The conditions are too large.
    TooLarge,
    /// These have a condition that is too large.
    Hard(Vec<(Declared, String)>),
    /// So many conditions give and take points: too many sums to be told apart.
    Points(usize),
    /// No profile was found that shows this, and no proof that there is none; it rests on these conditions.
    Unshown(What, Vec<String>),
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
    /// Some of it is too large to be proved: so many profiles were tried, of which so many come out otherwise there.
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
    /// The edits that make it so.
    pub causes: Causes,
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
        let pairs = Pairs::new(old.ruleset, new.ruleset);
        let pieces = [Pieces::of(old.ruleset), Pieces::of(new.ruleset)];
        let (before, now) = ((old.ruleset, old.day), (new.ruleset, new.day));
        let (edits, renames) = edits_of(before, now, &pairs, &pieces);
        let undo = Undo::new(before, now, pieces, renames);
        let inquiry = Rc::new(Inquiry::new(undo, old.ruleset, new.ruleset));
        Difference {
            old,
            new,
            edits,
            pairs,
            profiles: Vec::new(),
            witnesses: Vec::new(),
            regions: None,
            inquiry,
        }
    }

    /// Compares the answers to a profile, as each ruleset has read it; without one, that ruleset rejects it.
    pub fn add_profile(&mut self, name: &str, old: Option<&Profile>, new: Option<&Profile>) {
        if let (Some(old), Some(new)) = (old, new) {
            self.witnesses.push((old.clone(), new.clone()));
        }
        let outcome = match (old, new) {
            (Some(old), Some(new)) => ProfileOutcome::Compared(self.explained(old, new)),
            _ => ProfileOutcome::Rejected { by_old: old.is_none(), by_new: new.is_none() },
        };
        self.profiles.push(ProfileChange { name: name.to_string(), outcome });
    }

    /// Adds a profile of one of the two rulesets to those that may show a change, if the other one reads it too.
    pub fn add_witness(&mut self, of: &Ruleset, profile: &Profile) {
        let read = |ruleset: &Ruleset| {
            if std::ptr::eq(of, ruleset) {
                return Some(profile.clone());
            }
            let text = profile::yaml_text(of, profile);
            profile::read(ruleset, "witness.yaml", text.into_bytes(), Format::Yaml, &[]).profile
        };
        self.witnesses.extend(read(self.old.ruleset).zip(read(self.new.ruleset)));
    }

    /// Compares the answers to a profile; what makes the difference is not looked for.
    #[must_use]
    pub fn compare(&self, old: &Profile, new: &Profile) -> Change {
        let (before, now) = (self.old.decide(old), self.new.decide(new));
        compare(&before, &now, &self.pairs)
    }

    /// Compares the answers to a profile, and says which edits make the difference.
    #[must_use]
    pub fn explained(&self, old: &Profile, new: &Profile) -> Change {
        let (before, now) = (self.old.decide(old), self.new.decide(new));
        let mut change = compare(&before, &now, &self.pairs);
        self.explain(&mut change, [old, new], [&before, &now], None);
        change
    }

    /// Says of all that changed which edits make it. Where one aspect is asked for besides, returns what makes that, and
    /// says nothing of scores that change nothing else.
    pub(super) fn explain(
        &self,
        change: &mut Change,
        profiles: [&Profile; 2],
        decisions: [&Decision<'_>; 2],
        asked: Option<Aspect>,
    ) -> Causes {
        let scores = asked.is_none();
        let is_told = |target: &TargetChange| scores || target.is_verdict() || target.is_needs();
        let mut aspects = Vec::new();
        for target in change.kept().filter(|target| is_told(target)) {
            let name = self.name(target.target).to_string();
            aspects.push(match (target.is_verdict(), target.is_needs()) {
                (true, _) => Aspect::Verdict(name),
                (false, true) => Aspect::Needs(name),
                (false, false) => Aspect::Points(name),
            });
        }
        aspects.extend(change.first.is_some().then_some(Aspect::First).into_iter().chain(asked));
        let mut causes = self.causes(profiles, decisions, &aspects).into_iter();
        for target in &mut change.targets {
            target.causes = match target.target {
                (Some(_), Some(_)) if !is_told(target) => continue,
                (Some(_), Some(_)) => causes.next().expect("there is an aspect for each"),
                (_, apart) => {
                    // It came, or it went: that is the edit.
                    let channel = matches!(apart.or(target.target.0), Some(Target::Channel(_)));
                    let declared = if channel { Declared::Channel } else { Declared::Mix };
                    let name = match target.target {
                        (_, Some(new)) => self.new.ruleset.target_name(new),
                        (Some(old), None) => self.old.ruleset.target_name(old),
                        (None, None) => "",
                    };
                    let is =
                        |edit: &Edit| edit.declared == declared && edit.part.is_none() && edit.name == name;
                    let edits = self.edits.iter().enumerate().filter(|(_, edit)| is(edit));
                    Causes { edits: edits.map(|(number, _)| number).collect(), how: How::Each }
                }
            };
        }
        if change.first.is_some() {
            change.first_causes = causes.next().unwrap_or_default();
        }
        causes.next().unwrap_or_default()
    }

    /// Says which edits make the answers to a profile differ, in each of some respects.
    pub(super) fn causes(
        &self,
        profiles: [&Profile; 2],
        [before, now]: [&Decision<'_>; 2],
        aspects: &[Aspect],
    ) -> Vec<Causes> {
        if aspects.is_empty() {
            return Vec::new();
        }
        let rulesets = [self.old.ruleset, self.new.ruleset];
        let before = Outcome::of(before, &|target| self.pairs.new_name(rulesets, 0, target));
        let now = Outcome::of(now, &|target| self.pairs.new_name(rulesets, 1, target));
        self.inquiry.causes((&self.edits, &self.pairs), profiles, [&before, &now], aspects)
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
            || self.regions.as_ref().is_some_and(|found| !found.regions.is_empty() || found.differs())
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

impl Regions {
    /// Whether profiles that were picked at random came out otherwise.
    fn differs(&self) -> bool {
        self.open.iter().any(|open| matches!(open.sampled, Some((_, 1..))))
    }
}

impl What {
    /// Returns the question that it is an answer to.
    pub(super) fn question(&self) -> Question {
        match self {
            What::Verdict { target, .. } => Question::Verdict(target.clone()),
            What::Need { target, .. } => Question::Needs(target.clone()),
            What::First { .. } | What::Lead { .. } => Question::First,
        }
    }

    /// Says in which way an answer changes.
    #[must_use]
    pub fn text(&self) -> String {
        words::what(Tongue::English, self)
    }
}

impl Question {
    /// Says what may be asked.
    #[must_use]
    pub fn text(&self) -> String {
        words::question(Tongue::English, self)
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
