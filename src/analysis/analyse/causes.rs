//! Which edits make two answers to one profile differ: those without which they would not.
//!
//! An edit is a cause if the answer is as it was once that edit alone is undone. Where no one edit is, some are causes
//! together: with all of them undone the answer is as it was, and with any one of them left it is not. Which edits may
//! matter at all is read off the rules; whether they do is decided.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::change::{Pairs, Standing};
use super::edits::{Declared, Edit};
use super::settings::weights_of;
use super::undo::{Key, Undo};
use qudao_language::date::Date;
use qudao_language::decide::{Decision, Tells, decide_only};
use qudao_language::model::{
    Channel, EffectKind, Expr, ExprKind, Id, Let, Need, OWN, Profile, RankBy, Rule, Ruleset, Table, Target,
    TargetRef,
};

/// So many sets of edits are tried at most for one answer.
const TRIES: usize = 150;

/// What makes a difference.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Causes {
    /// The edits, by their numbers.
    pub edits: BTreeSet<usize>,
    /// How they make it.
    pub how: How,
}

/// How edits make a difference.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum How {
    /// Undoing any one of them undoes it.
    #[default]
    Each,
    /// Undoing all of them undoes it, and undoing fewer does not.
    Together,
    /// They may: nobody could look.
    Perhaps,
}

/// What came of a profile that can differ: each target by its name, and who comes first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Outcome {
    pub(super) targets: BTreeMap<String, Standing>,
    pub(super) first: Option<String>,
}

impl Outcome {
    /// The outcome of a decision, the targets under the names that `name` has for them.
    pub(super) fn of(decision: &Decision<'_>, name: &dyn Fn(Target) -> String) -> Outcome {
        let targets = decision.ruleset.targets();
        Outcome {
            targets: targets.map(|target| (name(target), Standing::of(decision, target))).collect(),
            first: decision.first.target.map(name),
        }
    }
}

/// What differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Aspect {
    /// The verdict of a target.
    Verdict(String),
    /// What it needs.
    Needs(String),
    /// Its points.
    Points(String),
    /// Who comes first.
    First,
    /// Whether a target comes first.
    Leads(String),
}

impl Aspect {
    /// Whether two outcomes are the same in this.
    fn is_same(&self, one: &Outcome, other: &Outcome) -> bool {
        let of = |outcome: &Outcome, name: &String| outcome.targets.get(name).cloned();
        match self {
            Aspect::Verdict(name) => {
                of(one, name).map(|it| it.verdict) == of(other, name).map(|it| it.verdict)
            }
            Aspect::Needs(name) => of(one, name).map(|it| it.needs) == of(other, name).map(|it| it.needs),
            Aspect::Points(name) => of(one, name).map(|it| it.points) == of(other, name).map(|it| it.points),
            Aspect::First => one.first == other.first,
            Aspect::Leads(name) => (one.first.as_ref() == Some(name)) == (other.first.as_ref() == Some(name)),
        }
    }
}

/// Looks for the causes of what differs, in one pair of rulesets.
#[derive(Debug)]
pub(super) struct Inquiry<'r> {
    undo: Undo<'r>,
    rulesets: [&'r Ruleset; 2],
    /// The edits that act on a target, by its name in the new ruleset.
    cones: RefCell<BTreeMap<String, Rc<BTreeSet<usize>>>>,
}

impl<'r> Inquiry<'r> {
    pub(super) fn new(undo: Undo<'r>, old: &'r Ruleset, new: &'r Ruleset) -> Inquiry<'r> {
        Inquiry { undo, rulesets: [old, new], cones: RefCell::new(BTreeMap::new()) }
    }

    /// Returns what makes a profile's answers differ in each of some respects.
    pub(super) fn causes(
        &self,
        (edits, pairs): (&[Edit], &Pairs),
        profiles: [&Profile; 2],
        outcomes: [&Outcome; 2],
        aspects: &[Aspect],
    ) -> Vec<Causes> {
        let mut trial =
            Trial { inquiry: self, edits, profiles, outcomes, known: BTreeMap::new(), tries: TRIES };
        aspects.iter().map(|aspect| self.of_aspect(&mut trial, pairs, aspect)).collect()
    }

    fn of_aspect(&self, trial: &mut Trial<'_, 'r>, pairs: &Pairs, aspect: &Aspect) -> Causes {
        let near = self.near(trial.edits, pairs, trial.outcomes, aspect);
        let all: BTreeSet<usize> = (0..trial.edits.len()).filter(|n| decides(trial.edits, *n)).collect();
        let of_target = !matches!(aspect, Aspect::First | Aspect::Leads(_));
        for only in [&all, &near] {
            // Nothing else can be it. Who comes first may rest on others, whom nothing tells here.
            let mut declared =
                only.iter().map(|n| trial.edits.get(*n).map(|edit| (edit.declared, &edit.name)));
            let first = declared.next();
            let is_one = first.is_some() && declared.all(|other| Some(other) == first);
            if is_one && (of_target || all.len() == only.len()) {
                return Causes { edits: only.clone(), how: How::Each };
            }
        }
        let mut alone: BTreeSet<usize> =
            near.iter().copied().filter(|n| trial.undoes(aspect, &BTreeSet::from([*n]))).collect();
        // The parts of one declaration are undone all at once.
        let declared = |n: &usize| trial.edits.get(*n).map(|edit| (edit.declared, &edit.name));
        let keys: BTreeSet<_> = alone.iter().map(declared).collect();
        let with: Vec<usize> = all.iter().copied().filter(|n| keys.contains(&declared(n))).collect();
        if !alone.is_empty() {
            alone.extend(with);
            return Causes { edits: alone, how: How::Each };
        }
        if matches!(aspect, Aspect::Points(_)) {
            // Points add up: each edit that moves some is a part of the cause.
            let moves = |trial: &mut Trial<'_, 'r>, n: usize| trial.moves(aspect, &BTreeSet::from([n]));
            let set: BTreeSet<usize> = near.iter().copied().filter(|n| moves(trial, *n)).collect();
            if set.len() > 1 && trial.undoes(aspect, &set) {
                return Causes { edits: set, how: How::Together };
            }
        }
        let mut set = if trial.undoes(aspect, &near) { near.clone() } else { all };
        if set.is_empty() || !trial.undoes(aspect, &set) {
            return Causes { edits: near, how: How::Perhaps };
        }
        // Parts are put back, half of them first, as long as the difference stays undone.
        let mut size = set.len().div_ceil(2);
        loop {
            let before = set.len();
            let parts: Vec<usize> = set.iter().copied().collect();
            for part in parts.chunks(size) {
                let rest: BTreeSet<usize> = set.iter().copied().filter(|n| !part.contains(n)).collect();
                if !rest.is_empty() && trial.undoes(aspect, &rest) {
                    set = rest;
                }
            }
            match size {
                1 if set.len() == before => break,
                _ => size = size.div_ceil(2),
            }
        }
        if trial.tries == 0 || self.undo.is_used_up() {
            let edits = if near.is_empty() { set } else { near };
            return Causes { edits, how: How::Perhaps };
        }
        let how = if set.len() == 1 { How::Each } else { How::Together };
        Causes { edits: set, how }
    }

    /// The edits that may make a difference, as far as rules tell.
    fn near(
        &self,
        edits: &[Edit],
        pairs: &Pairs,
        outcomes: [&Outcome; 2],
        aspect: &Aspect,
    ) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        match aspect {
            Aspect::Verdict(name) | Aspect::Needs(name) | Aspect::Points(name) => {
                found.extend(self.cone(edits, pairs, name).iter());
            }
            Aspect::First | Aspect::Leads(_) => {
                for name in outcomes.into_iter().filter_map(|outcome| outcome.first.as_ref()) {
                    found.extend(self.cone(edits, pairs, name).iter());
                }
                let orders = edits
                    .iter()
                    .enumerate()
                    .filter(|(_, edit)| edit.declared == Declared::Channel && edit.part == Some("order"));
                found.extend(orders.map(|(number, _)| number));
            }
        }
        found
    }

    fn cone(&self, edits: &[Edit], pairs: &Pairs, name: &str) -> Rc<BTreeSet<usize>> {
        if let Some(known) = self.cones.borrow().get(name) {
            return known.clone();
        }
        let mut keys = BTreeSet::new();
        for (side, ruleset) in self.rulesets.into_iter().enumerate() {
            let target = match side {
                1 => ruleset.target(name),
                _ => pairs.old_named(self.rulesets[1], ruleset, name),
            };
            if let Some(target) = target {
                Reach::new(ruleset, &|target| pairs.new_name(self.rulesets, side, target))
                    .run(target, &mut keys);
            }
        }
        // These may act on everything; whether they do is tried.
        let general = [Declared::Verdicts, Declared::Levels, Declared::Unit, Declared::Enum];
        let acts = |edit: &Edit| {
            general.contains(&edit.declared) || keys.contains(&(edit.declared, edit.name.clone()))
        };
        let numbers = edits.iter().enumerate().filter(|(n, edit)| decides(edits, *n) && acts(edit));
        let found: Rc<BTreeSet<usize>> = Rc::new(numbers.map(|(number, _)| number).collect());
        self.cones.borrow_mut().insert(name.to_string(), found.clone());
        found
    }
}

fn decides(edits: &[Edit], number: usize) -> bool {
    edits.get(number).is_some_and(|edit| !edit.is_rename())
}

/// Tries what comes of a profile with edits undone.
struct Trial<'a, 'r> {
    inquiry: &'a Inquiry<'r>,
    edits: &'a [Edit],
    profiles: [&'a Profile; 2],
    outcomes: [&'a Outcome; 2],
    known: BTreeMap<BTreeSet<usize>, Option<Outcome>>,
    tries: usize,
}

impl Trial<'_, '_> {
    /// Whether a difference is undone with some edits.
    fn undoes(&mut self, aspect: &Aspect, undone: &BTreeSet<usize>) -> bool {
        if (0..self.edits.len()).all(|n| undone.contains(&n) || !decides(self.edits, n)) {
            // That is the old ruleset.
            return true;
        }
        let old = self.outcomes[0];
        self.tried(undone).is_some_and(|outcome| aspect.is_same(outcome, old))
    }

    /// Whether anything is another with some edits undone.
    fn moves(&mut self, aspect: &Aspect, undone: &BTreeSet<usize>) -> bool {
        let new = self.outcomes[1];
        self.tried(undone).is_some_and(|outcome| !aspect.is_same(outcome, new))
    }

    fn tried(&mut self, undone: &BTreeSet<usize>) -> Option<&Outcome> {
        if !self.known.contains_key(undone) {
            if self.tries == 0 {
                return None;
            }
            self.tries -= 1;
            let outcome = self.outcome(undone);
            self.known.insert(undone.clone(), outcome);
        }
        self.known.get(undone).and_then(Option::as_ref)
    }

    fn outcome(&self, undone: &BTreeSet<usize>) -> Option<Outcome> {
        let undo = &self.inquiry.undo;
        let (ruleset, day): (Rc<Ruleset>, Date) = undo.ruleset(self.edits, undone)?;
        let profile = undo.profile(&ruleset, self.profiles)?;
        let decision = decide_only(&ruleset, &profile, day, Tells::Outcomes);
        Some(Outcome::of(&decision, &|target| ruleset.target_name(target).to_string()))
    }
}

/// Looks for all that may act on a target: rules, what they read, what it needs.
struct Reach<'a> {
    ruleset: &'a Ruleset,
    name: &'a dyn Fn(Target) -> String,
    seen: BTreeSet<Suspect>,
    lets: BTreeSet<Id<Let>>,
    /// The tables of which each row is named, and of how many first rows of each the conditions were looked at: once, for of
    /// all rows all those before them are a square.
    named: BTreeSet<Id<Table>>,
    earlier: BTreeMap<Id<Table>, usize>,
    open: Vec<Suspect>,
}

/// What may act.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Suspect {
    Target(Target),
    /// A rule's instance; all of them where no channel is told.
    Rule(Id<Rule>, Option<Id<Channel>>),
}

impl<'a> Reach<'a> {
    fn new(ruleset: &'a Ruleset, name: &'a dyn Fn(Target) -> String) -> Reach<'a> {
        let (seen, lets, named) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Reach { ruleset, name, seen, lets, named, earlier: BTreeMap::new(), open: Vec::new() }
    }

    fn run(&mut self, target: Target, keys: &mut BTreeSet<Key>) {
        self.open.push(Suspect::Target(target));
        while let Some(suspect) = self.open.pop() {
            if self.seen.insert(suspect) {
                match suspect {
                    Suspect::Target(target) => self.target(target, keys),
                    Suspect::Rule(rule, channel) => self.rule(rule, channel, keys),
                }
            }
        }
    }

    fn target(&mut self, target: Target, keys: &mut BTreeSet<Key>) {
        let declared = match target {
            Target::Channel(_) => Declared::Channel,
            Target::Mix(_) => Declared::Mix,
        };
        keys.insert((declared, (self.name)(target)));
        let ruleset = self.ruleset;
        for rank in &ruleset.rank {
            if let RankBy::Measure(id) = rank {
                keys.insert((Declared::Ranking, String::new()));
                if let Some(of) = ruleset.measures[*id].of.get(&target) {
                    self.expr(of, None, keys);
                }
            }
        }
        for (id, rule) in self.ruleset.rules.entries() {
            for effect in &rule.effects {
                match effect.kind.target() {
                    Some(TargetRef::Named(named)) if named == target => {
                        self.open.push(Suspect::Rule(id, None));
                    }
                    Some(TargetRef::Variable) => {
                        if let Target::Channel(channel) = target {
                            self.open.push(Suspect::Rule(id, Some(channel)));
                        }
                    }
                    Some(TargetRef::Named(_)) | None => {}
                }
                if let (true, EffectKind::Needs(_, needs)) =
                    (effect.kind.target() == Some(TargetRef::Named(target)), &effect.kind)
                {
                    needs.iter().for_each(|need| self.need(*need, keys));
                }
            }
        }
        for stated in self.ruleset.stated_needs(target) {
            self.need(stated.need, keys);
        }
        match target {
            Target::Mix(id) => {
                let members = self.ruleset.mixes[id].members.iter();
                self.open.extend(members.map(|member| Suspect::Target(Target::Channel(*member))));
            }
            Target::Channel(id) => {
                if let Some(owned) = &self.ruleset.channels[id].owned {
                    self.expr(owned, None, keys);
                }
            }
        }
    }

    fn need(&mut self, need: Need, keys: &mut BTreeSet<Key>) {
        match need {
            Need::Channel(id) => self.open.push(Suspect::Target(Target::Channel(id))),
            Need::Requirement(id) => {
                let requirement = &self.ruleset.requirements[id];
                keys.insert((Declared::Requirement, requirement.name.to_string()));
                if let Some(met) = &requirement.met {
                    self.expr(met, None, keys);
                }
            }
        }
    }

    fn rule(&mut self, id: Id<Rule>, channel: Option<Id<Channel>>, keys: &mut BTreeSet<Key>) {
        let rule = &self.ruleset.rules[id];
        keys.insert((Declared::Rule, rule.name.to_string()));
        if let Some(row) = rule.row.as_ref().filter(|row| self.named.insert(row.table)) {
            let table = &self.ruleset.tables[row.table];
            keys.insert((Declared::Table, table.name.to_string()));
            keys.extend(
                table.rows.iter().map(|row| (Declared::Rule, self.ruleset.rules[*row].name.to_string())),
            );
        }
        let channels: Vec<Option<Id<Channel>>> = match (&rule.for_each, channel) {
            (Some(for_each), None) => for_each.channels.iter().copied().map(Some).collect(),
            _ => vec![channel],
        };
        let filter = rule.for_each.as_ref().and_then(|for_each| for_each.filter.as_ref());
        for expr in filter.into_iter().chain(&rule.when).chain(rule.ratings()) {
            for channel in &channels {
                self.expr(expr, *channel, keys);
            }
        }
        for effect in &rule.effects {
            match &effect.kind {
                EffectKind::Needs(_, needs) => needs.iter().for_each(|need| self.need(*need, keys)),
                _ => keys.extend(
                    weights_of(self.ruleset, effect)
                        .into_iter()
                        .map(|name| (Declared::Weight, name.to_string())),
                ),
            }
        }
        self.open.extend(rule.exceptions.iter().map(|exception| Suspect::Rule(*exception, channel)));
    }

    fn expr(&mut self, expr: &'a Expr, channel: Option<Id<Channel>>, keys: &mut BTreeSet<Key>) {
        let mut open = vec![expr];
        while let Some(expr) = open.pop() {
            open.extend(expr.parts());
            match &expr.kind {
                ExprKind::Field(id) => {
                    keys.insert((Declared::Field, self.ruleset.fields[*id].name.to_string()));
                }
                ExprKind::Let(id) => {
                    let declared = &self.ruleset.lets[*id];
                    keys.insert(match declared.of {
                        None => (Declared::Let, declared.name.to_string()),
                        Some((id, _)) => (Declared::Measure, self.ruleset.measures[id].name.to_string()),
                    });
                    if self.lets.insert(*id) {
                        open.push(&declared.value);
                    }
                }
                ExprKind::Fact(fact) => {
                    if let Some(channel) = fact.channel.or(channel) {
                        let (declared, of) = match channel == OWN {
                            true => (Declared::stated(self.ruleset, fact.fact), String::new()),
                            false => (Declared::Fact, (self.name)(Target::Channel(channel)) + "."),
                        };
                        let entries = self.ruleset.entries_of(fact.fact);
                        keys.extend(
                            entries.map(|entry| (declared, format!("{of}{}", self.ruleset.fact_name(entry)))),
                        );
                    }
                }
                ExprKind::Today => {
                    keys.insert((Declared::Day, String::new()));
                }
                ExprKind::Excluded(target, _) => {
                    self.open.extend(target.resolve(channel).map(Suspect::Target));
                }
                ExprKind::Earlier(table, number) => {
                    let matches = &self.ruleset.tables[*table].matches;
                    let known = self.earlier.entry(*table).or_default();
                    open.extend(matches.iter().take(*number).skip(*known));
                    *known = (*known).max(*number);
                }
                _ => {}
            }
        }
    }
}
