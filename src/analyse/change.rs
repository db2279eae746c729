//! How the answers of two rulesets to one profile differ, and which edits make them differ.

use std::collections::{BTreeMap, BTreeSet};

use super::edits::{Declared, Edit};
use crate::date::Date;
use crate::decide::{Cause, Decision, Read, Reason, State, TargetDecision, Trace};
use crate::model::{Channel, EffectKind, ExprKind, Id, NeedState, Rule, Ruleset, Statement, Target};
use crate::operator::Verdict;

/// Which target of one ruleset is which of the other: those of one name, and those that were renamed.
#[derive(Clone, Debug)]
pub struct Pairs {
    /// The targets of both, in the order of the new one.
    pub both: Vec<(Target, Target)>,
    /// The targets that are gone.
    pub gone: Vec<Target>,
    /// The targets that are new.
    pub came: Vec<Target>,
}

impl Pairs {
    /// Pairs the targets of two rulesets.
    #[must_use]
    pub fn new(old: &Ruleset, new: &Ruleset) -> Pairs {
        let alike = |a: Target, b: Target| matches!(a, Target::Channel(_)) == matches!(b, Target::Channel(_));
        let named =
            |target: Target| old.target(new.target_name(target)).filter(|other| alike(*other, target));
        let mut gone: Vec<Target> =
            old.targets().filter(|target| new.target(old.target_name(*target)).is_none()).collect();
        let (mut both, mut came) = (Vec::new(), Vec::new());
        for target in new.targets() {
            // A target that went and one that came under the same title are one that was renamed.
            let titled = |other: &Target| {
                alike(*other, target)
                    && title(old, *other).is_some()
                    && title(old, *other) == title(new, target)
            };
            match named(target).or_else(|| gone.iter().copied().find(titled)) {
                Some(other) => {
                    gone.retain(|target| *target != other);
                    both.push((other, target));
                }
                None => came.push(target),
            }
        }
        Pairs { both, gone, came }
    }

    /// Returns which target of the new ruleset one of the old is.
    #[must_use]
    pub fn new_of(&self, old: Target) -> Option<Target> {
        self.both.iter().find(|(other, _)| *other == old).map(|(_, target)| *target)
    }
}

fn title(ruleset: &Ruleset, target: Target) -> Option<&str> {
    let title = match target {
        Target::Channel(id) => &ruleset.channels[id].title,
        Target::Mix(id) => &ruleset.mixes[id].title,
    };
    title.as_ref().map(|title| title.get(""))
}

/// What a target came out as.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The verdict; nothing where it is undecided.
    pub verdict: Option<Verdict>,
    /// The points.
    pub score: i64,
    /// The points as they are told: by their levels, where the ruleset has some.
    pub points: String,
    /// What it needs, by name, and whether that is there.
    pub needs: BTreeMap<String, NeedState>,
}

impl Standing {
    /// Returns what a target came out as.
    #[must_use]
    pub fn of(decision: &Decision<'_>, target: Target) -> Standing {
        let decided = decision.target(target);
        let needs =
            decided.needs.iter().map(|need| (decision.ruleset.need_name(need.need).to_string(), need.state));
        let (score, points) = (decided.score, points(decision.ruleset, decided));
        Standing { verdict: decided.verdict, score, points, needs: needs.collect() }
    }
}

/// The points of a target: `2 strong, 1 against` where there are levels.
fn points(ruleset: &Ruleset, decided: &TargetDecision) -> String {
    let of_levels: i64 =
        ruleset.levels.iter().zip(&decided.tally).map(|(level, count)| level.points * count).sum();
    let levels = ruleset.levels.iter().zip(&decided.tally).filter(|(_, count)| **count != 0);
    let mut parts: Vec<String> = levels.map(|(level, count)| format!("{count} {}", level.name)).collect();
    let rest = decided.score - of_levels;
    if rest != 0 || parts.is_empty() {
        parts.push(rest.to_string());
    }
    parts.join(", ")
}

/// How a target came out otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetChange {
    /// The target in the old ruleset and in the new one; in at least one of them it is.
    pub target: (Option<Target>, Option<Target>),
    /// What it came out as before.
    pub old: Option<Standing>,
    /// What it comes out as now.
    pub new: Option<Standing>,
    /// The edits that make the difference, by their numbers.
    pub causes: BTreeSet<usize>,
}

impl TargetChange {
    /// Tells whether the verdict is another.
    #[must_use]
    pub fn is_verdict(&self) -> bool {
        let verdict = |standing: &Option<Standing>| standing.as_ref().map(|standing| standing.verdict);
        verdict(&self.old) != verdict(&self.new)
    }

    /// Tells whether it needs other things, or has come to have some.
    #[must_use]
    pub fn is_needs(&self) -> bool {
        let needs = |standing: &Option<Standing>| standing.as_ref().map(|standing| standing.needs.clone());
        needs(&self.old) != needs(&self.new)
    }
}

/// How two answers to one profile differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The targets that came out otherwise, in the order of the new ruleset, those that are gone last.
    pub targets: Vec<TargetChange>,
    /// The first of the channels before and now, where it is another.
    pub first: Option<(Option<Target>, Option<Target>)>,
}

impl Change {
    /// Tells whether nothing differs.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.targets.is_empty() && self.first.is_none()
    }

    /// Tells whether a verdict, the first place or a need differs; if not, scores alone do.
    #[must_use]
    pub fn is_decision(&self) -> bool {
        self.first.is_some() || self.targets.iter().any(|target| target.is_verdict() || target.is_needs())
    }

    /// Returns the edits that make the difference, by their numbers.
    #[must_use]
    pub fn causes(&self) -> BTreeSet<usize> {
        self.targets.iter().flat_map(|target| target.causes.iter().copied()).collect()
    }
}

/// Tells whether two rulesets decide one profile otherwise: a verdict, the first place or a need. It asks less than
/// [`compare`], which looks for causes.
#[must_use]
pub fn decides_otherwise(old: &Decision<'_>, new: &Decision<'_>, pairs: &Pairs) -> bool {
    let needs = |decision: &Decision<'_>, target: Target| -> BTreeMap<String, NeedState> {
        let needs = decision.target(target).needs.iter();
        needs.map(|need| (decision.ruleset.need_name(need.need).to_string(), need.state)).collect()
    };
    let same = |(before, now): &(Target, Target)| {
        old.target(*before).verdict == new.target(*now).verdict && needs(old, *before) == needs(new, *now)
    };
    !pairs.came.is_empty()
        || !pairs.gone.is_empty()
        || old.first.target.and_then(|target| pairs.new_of(target)) != new.first.target
        || !pairs.both.iter().all(same)
}

/// Compares the answers of two rulesets to one profile.
#[must_use]
pub fn compare(old: &Decision<'_>, new: &Decision<'_>, pairs: &Pairs, edits: &[Edit]) -> Change {
    let mut targets = Vec::new();
    let both = pairs.both.iter().map(|(before, now)| (Some(*before), Some(*now)));
    let came = pairs.came.iter().map(|now| (None, Some(*now)));
    let gone = pairs.gone.iter().map(|before| (Some(*before), None));
    for target in both.chain(came).chain(gone) {
        let before = target.0.map(|target| Standing::of(old, target));
        let now = target.1.map(|target| Standing::of(new, target));
        if before != now {
            let causes = Search::new(old, new, pairs, edits).causes(target);
            targets.push(TargetChange { target, old: before, new: now, causes });
        }
    }
    targets
        .sort_by_key(|change| change.target.1.map_or(usize::MAX, |target| new.ruleset.target_index(target)));
    let (before, now) = (old.first.target, new.first.target);
    let same = match before {
        None => now.is_none(),
        Some(before) => pairs.new_of(before) == now && now.is_some(),
    };
    Change { targets, first: (!same).then_some((before, now)) }
}

/// Looks for the edits behind a difference: from a target to the reasons that differ, from those to their rules'
/// conditions and exceptions, from those to the facts, lets and targets that they read.
struct Search<'a, 'r> {
    sides: [&'a Decision<'r>; 2],
    pairs: &'a Pairs,
    edits: &'a [Edit],
    found: BTreeSet<usize>,
    /// What is still to be looked at.
    open: Vec<Suspect>,
    seen: BTreeSet<Suspect>,
}

/// What may differ.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Suspect {
    Target(Option<Target>, Option<Target>),
    /// A rule, by its name in each ruleset.
    Rule(String),
}

/// A reason as both rulesets can tell it: who acts, for which channel, how.
type Act = (String, String, String, bool);

impl<'a, 'r> Search<'a, 'r> {
    fn new(old: &'a Decision<'r>, new: &'a Decision<'r>, pairs: &'a Pairs, edits: &'a [Edit]) -> Self {
        let (found, seen) = (BTreeSet::new(), BTreeSet::new());
        Search { sides: [old, new], pairs, edits, found, open: Vec::new(), seen }
    }

    fn causes(mut self, target: (Option<Target>, Option<Target>)) -> BTreeSet<usize> {
        self.open.push(Suspect::Target(target.0, target.1));
        while let Some(suspect) = self.open.pop() {
            if !self.seen.insert(suspect.clone()) {
                continue;
            }
            match suspect {
                Suspect::Target(old, new) => self.target(old, new),
                Suspect::Rule(name) => self.rule(&name),
            }
        }
        if self.found.is_empty() {
            // No reason differs: the thresholds do, the fields, or what a let stands for.
            let general =
                [Declared::Verdicts, Declared::Levels, Declared::Field, Declared::Enum, Declared::Day];
            for declared in general {
                self.blame(declared, None);
            }
        }
        self.found
    }

    /// Blames the edits of a declaration; says whether there are any.
    fn blame(&mut self, declared: Declared, name: Option<&str>) -> bool {
        let of = |edit: &Edit| edit.declared == declared && name.is_none_or(|name| edit.name == name);
        let numbers = self.edits.iter().enumerate().filter(|(_, edit)| of(edit) && !edit.is_rename());
        let before = self.found.len();
        let numbers: Vec<usize> = numbers.map(|(number, _)| number).collect();
        self.found.extend(&numbers);
        self.found.len() > before || !numbers.is_empty()
    }

    fn target(&mut self, old: Option<Target>, new: Option<Target>) {
        let names = [(self.sides[0], old), (self.sides[1], new)];
        let mut acts: [BTreeSet<Act>; 2] = Default::default();
        for ((side, target), acts) in names.iter().zip(&mut acts) {
            let Some(target) = target else { continue };
            *acts = self.acts(side, *target);
        }
        let kind = |target: Target| match target {
            Target::Channel(_) => Declared::Channel,
            Target::Mix(_) => Declared::Mix,
        };
        for (side, target) in names {
            if let Some(target) = target {
                self.blame(kind(target), Some(side.ruleset.target_name(target)));
            }
        }
        let [before, now] = &acts;
        let differing: Vec<Act> = before.symmetric_difference(now).cloned().collect();
        for (rule, ..) in &differing {
            self.open.push(Suspect::Rule(rule.clone()));
        }
        // Needs come through channels, and may be met otherwise.
        for (side, target) in names {
            let Some(target) = target else { continue };
            for need in &side.target(target).needs {
                self.blame(Declared::Requirement, Some(side.ruleset.need_name(need.need)));
                let crate::model::Need::Channel(id) = need.need else {
                    self.requirement(side.ruleset.need_name(need.need));
                    continue;
                };
                self.pair(side, Target::Channel(id));
            }
            for reason in &side.target(target).reasons {
                if let Reason::Through(channel) = reason {
                    self.pair(side, Target::Channel(*channel));
                }
            }
        }
        self.owned(names);
    }

    /// What `owned when` of a channel reads.
    fn owned(&mut self, names: [(&'a Decision<'r>, Option<Target>); 2]) {
        for (side, target) in names {
            let Some(Target::Channel(id)) = target else { continue };
            if let Some(trace) = side.ruleset.channels[id].owned.as_ref().and_then(|owned| side.trace(owned))
            {
                self.reads(side, &trace);
            }
        }
    }

    fn requirement(&mut self, name: &str) {
        for side in self.sides {
            let requirement = side.ruleset.requirements.iter().find(|requirement| &*requirement.name == name);
            let met = requirement.and_then(|requirement| requirement.met.as_ref());
            if let Some(trace) = met.and_then(|met| side.trace(met)) {
                self.reads(side, &trace);
            }
        }
    }

    /// Suspects a target of one side, and what it is on the other.
    fn pair(&mut self, side: &Decision<'_>, target: Target) {
        let found = if std::ptr::eq(side, self.sides[0]) {
            Suspect::Target(Some(target), self.pairs.new_of(target))
        } else {
            let old = self.pairs.both.iter().find(|(_, new)| *new == target).map(|(old, _)| *old);
            Suspect::Target(old, Some(target))
        };
        self.open.push(found);
    }

    /// What acts on a target, fired or pending.
    fn acts(&self, side: &Decision<'r>, target: Target) -> BTreeSet<Act> {
        let decided: &TargetDecision = side.target(target);
        let fired = decided.reasons.iter().map(|reason| (reason, true));
        let pending = decided.pending.iter().map(|pending| (&pending.reason, false));
        let causes = fired.chain(pending).filter_map(|(reason, fired)| match reason {
            Reason::Rule(cause) => Some((cause, fired)),
            Reason::Through(_) => None,
        });
        causes.map(|(cause, fired)| act(side.ruleset, *cause, fired)).collect()
    }

    fn rule(&mut self, name: &str) {
        self.blame(Declared::Rule, Some(name));
        let ids = self.sides.map(|side| side.ruleset.rules.find(|rule| &*rule.name == name));
        let states = |side: &Decision<'_>, id: Option<Id<Rule>>| -> Option<Vec<(Option<String>, State)>> {
            let instances = side.instances(id?).iter();
            let name = |channel: Id<Channel>| side.ruleset.channels[channel].name.to_string();
            Some(instances.map(|instance| (instance.channel.map(name), instance.state())).collect())
        };
        let [old, new] = ids;
        if let ([Some(_), Some(_)], true) = (ids, states(self.sides[0], old) == states(self.sides[1], new)) {
            // It acts as before, so its effects differ: in the edit, or in the points of its levels.
            self.blame(Declared::Levels, None);
            return;
        }
        for (side, id) in self.sides.into_iter().zip(ids) {
            let Some(id) = id else { continue };
            let channels: Vec<Option<Id<Channel>>> =
                side.instances(id).iter().map(|instance| instance.channel).collect();
            for channel in channels {
                for trace in side.condition(id, channel) {
                    self.reads(side, &trace);
                }
            }
            for exception in &side.ruleset.rules[id].exceptions {
                self.open.push(Suspect::Rule(side.ruleset.rules[*exception].name.to_string()));
            }
        }
    }

    /// Blames what a condition reads, where it is another on the other side.
    fn reads(&mut self, side: &'a Decision<'r>, trace: &Trace<'r>) {
        for read in trace.reads() {
            match read {
                Read::Fact { channel, entry, .. } => {
                    let name = side.ruleset.entry_name(channel, entry);
                    self.blame(Declared::Fact, Some(&name));
                }
                Read::Target(target, _) => self.pair(side, target),
                Read::Field(field) => {
                    let name = side.ruleset.fields[field].name.clone();
                    self.blame(Declared::Field, Some(&name));
                }
            }
        }
        let mut open = vec![trace];
        while let Some(trace) = open.pop() {
            match trace.expr.kind {
                ExprKind::Let(id) => {
                    let name = side.ruleset.lets[id].name.clone();
                    self.blame(Declared::Let, Some(&name));
                }
                ExprKind::Today => {
                    self.blame(Declared::Day, None);
                }
                _ => {}
            }
            open.extend(&trace.parts);
        }
    }
}

fn act(ruleset: &Ruleset, cause: Cause, fired: bool) -> Act {
    let channel = cause.channel.map(|id| ruleset.channels[id].name.to_string()).unwrap_or_default();
    let does = match cause.kind(ruleset) {
        EffectKind::Exclude(_) => "exclude".to_string(),
        EffectKind::Cap(_, verdict) => format!("cap {}", verdict.as_str()),
        EffectKind::Score(_, points, _) => format!("score {points}"),
        EffectKind::Needs(_, needs) => {
            needs.iter().map(|need| ruleset.need_name(*need)).collect::<Vec<_>>().join(" ")
        }
        EffectKind::Note(..) => "note".into(),
    };
    (ruleset.rules[cause.rule].name.to_string(), channel, does, fired)
}

/// Returns the days on which facts of a ruleset begin or cease to hold, in order: between two of them, and before the
/// first, what facts say does not change.
#[must_use]
pub fn days_of_change(ruleset: &Ruleset) -> BTreeSet<Date> {
    let statements = ruleset.channels.iter().flat_map(|channel| channel.statements.values().flatten());
    statements.flat_map(Statement::changes).collect()
}
