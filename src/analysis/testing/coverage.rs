//! What tests and cases have reached of a ruleset: each rule fired and not, each atom true and false, each verdict of
//! each target, each fact read. The row of a table is a rule. Atoms are the parts of conditions that `and`, `or` and
//! `not` join, unless no profile can change them; those of a let count once. Facts count that some condition could read.
//! What is proved to be out of reach of every profile on every day does not count.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyse::diagram::Budget;
use crate::analyse::findings::{Outcome, impossible};
use qudao_language::decide::{Decision, Read, State, Trace, Truth};
use qudao_language::model::{Channel, Entry, Expr, ExprKind, Fact, Id, Ruleset};
use qudao_language::operator::Verdict;
use qudao_language::source::{Place, Span};
use qudao_telling::words::{Tongue, source_text};

/// What is covered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// A rule fired, and did not.
    Rules,
    /// An atom was true, and was false.
    Atoms,
    /// A verdict of a target came up.
    Verdicts,
    /// A fact was read.
    Facts,
}

impl Kind {
    /// All kinds, in the order in which they are told.
    pub const ALL: [Kind; 4] = [Kind::Rules, Kind::Atoms, Kind::Verdicts, Kind::Facts];

    /// Returns the word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Rules => "rules",
            Kind::Atoms => "atoms",
            Kind::Verdicts => "verdicts",
            Kind::Facts => "facts",
        }
    }

    /// Returns the word in a language.
    fn word(self, tongue: Tongue) -> &'static str {
        match self {
            Kind::Rules => tongue.rules_covered(),
            Kind::Atoms => tongue.atoms_covered(),
            Kind::Verdicts => tongue.verdicts_covered(),
            Kind::Facts => tongue.facts_covered(),
        }
    }
}

/// Something that can be seen or not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Point {
    Rule(usize, bool),
    Atom(Span, bool),
    Verdict(usize, Verdict),
    Fact(Id<Channel>, Entry),
}

impl Point {
    fn kind(self) -> Kind {
        match self {
            Point::Rule(..) => Kind::Rules,
            Point::Atom(..) => Kind::Atoms,
            Point::Verdict(..) => Kind::Verdicts,
            Point::Fact(..) => Kind::Facts,
        }
    }
}

/// Something that was never seen.
#[derive(Clone, Debug)]
pub struct Unseen {
    /// What it is.
    pub kind: Kind,
    /// It in words: `rule many never fires`.
    pub text: String,
    /// Where it stands.
    pub at: Place,
}

/// What was seen of a ruleset, and what there is to see.
#[derive(Clone, Debug)]
pub struct Coverage {
    seen: BTreeMap<Point, bool>,
    unseen: Vec<Unseen>,
}

impl Coverage {
    /// Returns a coverage of nothing.
    #[must_use]
    pub fn new(ruleset: &Ruleset) -> Coverage {
        let mut points = BTreeSet::new();
        let mut facts: BTreeSet<(Id<Channel>, Id<Fact>)> = BTreeSet::new();
        for (id, rule) in ruleset.rules.entries() {
            // A rule without a condition fires always: that it does not is nothing to see.
            let conditional = rule.when.is_some() || !rule.exceptions.is_empty();
            points.insert(Point::Rule(id.index(), true));
            if conditional {
                points.insert(Point::Rule(id.index(), false));
            }
        }
        for (expr, channels) in conditions(ruleset) {
            facts_of(expr, &channels, &mut facts);
            if expr.ty == qudao_language::model::Type::Bool {
                atoms(expr, &mut |atom| {
                    points.extend([true, false].map(|truth| Point::Atom(atom.span, truth)));
                });
            }
        }
        for target in ruleset.targets() {
            let index = ruleset.target_index(target);
            points.extend(Verdict::ALL.map(|verdict| Point::Verdict(index, verdict)));
        }
        for (id, stated) in ruleset.stating() {
            let stated = stated.keys().filter(|entry| facts.contains(&(id, entry.0)));
            points.extend(stated.map(|entry| Point::Fact(id, *entry)));
        }
        let seen = points.into_iter().map(|point| (point, false)).collect();
        Coverage { seen, unseen: Vec::new() }
    }

    /// Returns a coverage of one thing alone.
    pub(super) fn of(point: Point) -> Coverage {
        Coverage { seen: BTreeMap::from([(point, false)]), unseen: Vec::new() }
    }

    /// Returns it with what a decision reaches.
    pub(super) fn observing(mut self, decision: &Decision<'_>) -> Coverage {
        self.observe(decision);
        self
    }

    fn see(&mut self, point: Point) {
        if let Some(seen) = self.seen.get_mut(&point) {
            *seen = true;
        }
    }

    /// Notes what a decision reached.
    pub fn observe(&mut self, decision: &Decision<'_>) {
        let ruleset = decision.ruleset;
        for (id, _) in ruleset.rules.entries() {
            for instance in decision.instances(id) {
                match instance.state() {
                    State::Fired => self.see(Point::Rule(id.index(), true)),
                    State::NotFired | State::Excepted => self.see(Point::Rule(id.index(), false)),
                    State::Pending => {}
                }
                let ratings = decision.ratings(id, instance.channel);
                for trace in decision.condition(id, instance.channel).iter().chain(&ratings) {
                    self.trace(trace);
                }
            }
        }
        for target in ruleset.targets() {
            let decided = decision.target(target);
            if let Some(verdict) = decided.verdict {
                self.see(Point::Verdict(ruleset.target_index(target), verdict));
            }
            let of = decided.measures.iter();
            for expr in of.filter_map(|measured| ruleset.measures[measured.measure].of.get(&target)) {
                self.trace(&decision.trace_of(expr, None));
            }
        }
    }

    fn trace(&mut self, trace: &Trace<'_>) {
        for read in trace.reads() {
            if let Read::Fact { channel, entry, .. } = read {
                self.see(Point::Fact(channel, entry));
            }
        }
        self.atoms(trace);
    }

    /// Truths of atoms; what a let stands for is among the parts of its first mention.
    fn atoms(&mut self, trace: &Trace<'_>) {
        match &trace.expr.kind {
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) | ExprKind::Let(_)
                if !trace.expr.is_spelled_out() =>
            {
                trace.parts.iter().for_each(|part| self.atoms(part));
            }
            _ => match trace.judged().map(|judged| judged.truth) {
                Some(Truth::True) => self.see(Point::Atom(trace.expr.span, true)),
                Some(Truth::False) => self.see(Point::Atom(trace.expr.span, false)),
                Some(Truth::Unknown) | None => {}
            },
        }
    }

    /// Leaves out what is proved to be out of reach, and finds words for the rest that was never seen. Call it when all
    /// is observed. What the budget does not reach stays.
    #[must_use]
    pub fn finished(mut self, ruleset: &Ruleset, budget: Budget, tongue: Tongue) -> Coverage {
        self.leave_out(ruleset, budget);
        let unseen = self.seen.iter().filter(|(_, seen)| !**seen);
        let unseen = unseen.map(|(point, _)| words(ruleset, *point, tongue));
        self.unseen = unseen.collect();
        self.unseen.sort_by(|a, b| {
            (a.kind, &a.at.file, a.at.line, &a.text).cmp(&(b.kind, &b.at.file, b.at.line, &b.text))
        });
        self
    }

    /// Leaves out what no profile brings about. Only what was never seen can be so.
    fn leave_out(&mut self, ruleset: &Ruleset, budget: Budget) {
        let (points, outcomes) = self.outcomes(ruleset);
        if points.is_empty() {
            return;
        }
        let never = impossible(ruleset, &outcomes, budget);
        for (point, _) in points.iter().zip(never).filter(|(_, never)| *never) {
            self.seen.remove(point);
        }
    }

    /// What was never seen, and what a profile would have to bring about for it.
    pub(super) fn outcomes<'r>(&self, ruleset: &'r Ruleset) -> (Vec<Point>, Vec<Outcome<'r>>) {
        let unseen = self.seen.iter().filter(|(_, seen)| !**seen).map(|(point, _)| *point);
        let unseen: Vec<Point> = unseen.collect();
        let mut of_span: BTreeMap<Span, (&Expr, Channels)> = BTreeMap::new();
        for (expr, channels) in conditions(ruleset) {
            if expr.ty == qudao_language::model::Type::Bool {
                atoms(expr, &mut |atom| {
                    of_span.entry(atom.span).or_insert((atom, Channels::new())).1.extend(&channels);
                });
            }
        }
        let outcome = |point: &Point| match *point {
            Point::Rule(index, fires) => Some(Outcome::Fires(Id::new(index), fires)),
            Point::Atom(span, holds) => {
                let (condition, channels) = of_span.get(&span)?;
                Some(Outcome::Truth { condition, channels: channels.iter().copied().collect(), holds })
            }
            Point::Verdict(index, verdict) => Some(Outcome::Verdict(ruleset.targets().nth(index)?, verdict)),
            Point::Fact(..) => None,
        };
        unseen.iter().filter_map(|point| Some((*point, outcome(point)?))).unzip()
    }

    /// Tells whether something was seen.
    pub(super) fn has(&self, point: Point) -> bool {
        self.seen.get(&point).is_none_or(|seen| *seen)
    }

    /// Returns how much was seen, and how much there is to see.
    #[must_use]
    pub fn count(&self, kind: Option<Kind>) -> (usize, usize) {
        let of = self.seen.iter().filter(|(point, _)| kind.is_none_or(|kind| point.kind() == kind));
        of.fold((0, 0), |(seen, all), (_, is_seen)| (seen + usize::from(*is_seen), all + 1))
    }

    /// Returns how much was seen in hundredths, rounded down; all of nothing is everything.
    #[must_use]
    pub fn percent(&self) -> usize {
        let (seen, all) = self.count(None);
        (seen * 100).checked_div(all).unwrap_or(100)
    }

    /// Returns what was never seen, by kind and place.
    #[must_use]
    pub fn unseen(&self) -> &[Unseen] {
        &self.unseen
    }

    /// Returns it on one line: `coverage 87%: rules 40 of 48, atoms …`.
    #[must_use]
    pub fn headline(&self, tongue: Tongue) -> String {
        let kinds = Kind::ALL.map(|kind| {
            let (seen, all) = self.count(Some(kind));
            tongue.so_many_of(kind.word(tongue), seen, all)
        });
        tongue.coverage_of(self.percent(), &tongue.list(&kinds))
    }
}

/// The channels of the instances of a rule; none for one that stands for itself.
type Channels = BTreeSet<Option<Id<Channel>>>;

/// The conditions of rules, what makes their points, and the lets, each with the channels of the instances that it stands in.
fn conditions(ruleset: &Ruleset) -> Vec<(&Expr, Vec<Option<Id<Channel>>>)> {
    let mut found = Vec::new();
    for rule in ruleset.rules.iter() {
        let filter = rule.for_each.as_ref().and_then(|for_each| for_each.filter.as_ref());
        let read = filter.into_iter().chain(&rule.when).chain(rule.ratings());
        found.extend(read.map(|expr| (expr, rule.instances())));
    }
    found.extend(ruleset.lets.iter().map(|named| (&named.value, vec![None])));
    found
}

/// Calls a function with each atom of a condition that can change.
fn atoms<'r>(expr: &'r Expr, found: &mut impl FnMut(&'r Expr)) {
    match &expr.kind {
        ExprKind::And(parts) | ExprKind::Or(parts) if !expr.is_spelled_out() => {
            parts.iter().for_each(|part| atoms(part, found));
        }
        ExprKind::Not(part) => atoms(part, found),
        // A let is gathered by itself; why earlier rows of a table do not match is told of these.
        ExprKind::Let(_) | ExprKind::Earlier(..) | ExprKind::Literal(_) => {}
        _ if varies(expr) => found(expr),
        _ => {}
    }
}

/// Tells whether profiles, channels or days can change an atom. One that reads the fact of a named channel alone is as
/// it is; that the fact is read is seen by itself.
fn varies(expr: &Expr) -> bool {
    let mut varies = false;
    expr.walk(&mut |part| {
        varies |= match &part.kind {
            ExprKind::Field(_) | ExprKind::Let(_) | ExprKind::Today | ExprKind::Excluded(..) => true,
            ExprKind::Fact(fact) => fact.channel.is_none(),
            _ => false,
        };
    });
    varies
}

/// Gathers the facts that a condition could read, and of which channels.
fn facts_of(expr: &Expr, channels: &[Option<Id<Channel>>], facts: &mut BTreeSet<(Id<Channel>, Id<Fact>)>) {
    expr.walk(&mut |part| {
        if let ExprKind::Fact(fact) = &part.kind {
            let read = channels.iter().filter_map(|channel| fact.channel.or(*channel));
            facts.extend(read.map(|channel| (channel, fact.fact)));
        }
    });
}

pub(super) fn words(ruleset: &Ruleset, point: Point, tongue: Tongue) -> Unseen {
    let (text, span) = match point {
        Point::Rule(index, fires) => {
            let rule = ruleset.rules.iter().nth(index);
            let name = rule.map_or("", |rule| &rule.name);
            let says = if fires { tongue.rule_never_fires(name) } else { tongue.rule_fires_always(name) };
            (says, rule.map(|rule| rule.span))
        }
        Point::Atom(span, truth) => {
            let text = source_text(ruleset, span);
            (tongue.atom_is_never(&text, truth), Some(span))
        }
        Point::Verdict(index, verdict) => {
            let target = ruleset.targets().nth(index);
            let name = target.map_or("", |target| ruleset.target_name(target));
            let span = target.map(|target| match target {
                qudao_language::model::Target::Channel(id) => ruleset.channels[id].span,
                qudao_language::model::Target::Mix(id) => ruleset.mixes[id].span,
            });
            (tongue.verdict_is_never(name, tongue.verdict(verdict)), span)
        }
        Point::Fact(channel, entry) => {
            let statements = ruleset.statements(channel).get(&entry);
            let span = statements.and_then(|statements| statements.first()).map(|statement| statement.span);
            (tongue.fact_is_never_read(&ruleset.entry_name(channel, entry)), span)
        }
    };
    let at = span.map_or_else(
        || Place { file: ruleset.main_path().to_string(), line: 1, column: 1, cell: None },
        |span| ruleset.files.place(span),
    );
    Unseen { kind: point.kind(), text, at }
}
