//! What is doubtful in a ruleset that has no errors, each finding proved, and shown by a profile where one can show it.

mod facts;
mod fields;
mod gaps;
mod rules;
mod tables;
mod targets;

use std::collections::{BTreeMap, BTreeSet};

use super::change::days_of_change;
use super::diagram::{Budget, NO, Ref, TooLarge};
use super::search::Search;
use super::space::{Scope, Space};
use super::view::View;
use crate::check::Allowed;
use crate::date::Date;
use crate::decide::{Decision, decide};
use crate::diagnostic::{self, Code, Diagnostic, Severity};
use crate::ground::{Ground, Node};
use crate::model::{EffectKind, Expr, ExprKind, Field, Id, Profile, Rule, Ruleset, Target};
use crate::operator::Policy;
use crate::profile::yaml_text;

/// What to look for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Look for profiles that get no recommendation too.
    pub gaps: bool,
    /// The day on which facts are read where the ruleset names none.
    pub today: Option<Date>,
    /// How much may be built for each question.
    pub budget: Budget,
}

/// Something to report.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Key {
    /// A rule can never fire.
    Dead(Id<Rule>),
    /// A row's own cells hold only where an earlier row does.
    Unreached(Id<Rule>),
    /// A rule never fires, for its exceptions always do when it could.
    Excepted(Id<Rule>),
    /// A rule's condition always holds.
    AlwaysTrue(Id<Rule>),
    /// A part of a rule's condition always holds, by its number.
    PartAlwaysTrue(Id<Rule>, usize),
    /// Two rules have the same condition and do the same.
    Same(Id<Rule>, Id<Rule>),
    /// All points of a rule go to targets that are excluded then.
    IdleScore(Id<Rule>),
    /// A field is read and changes nothing.
    IdleField(Id<Field>),
    /// Some values of a field make no difference among each other.
    IdleValues(Id<Field>, Vec<u32>),
    /// A channel is never recommended.
    Never(Target),
    /// A channel is always recommended.
    Always(Target),
}

/// Returns the findings about a ruleset that has no errors, in the order of places, less those that it allows; an
/// `allow` that silences nothing is reported too.
#[must_use]
pub fn findings(ruleset: &Ruleset, allowed: &[Allowed], options: &Options) -> Vec<Diagnostic> {
    let day = base_day(ruleset);
    let study = Study::new(ruleset, day);
    let mut found = match study.findings(options) {
        Ok(found) => found,
        Err(TooLarge) => vec![too_large(ruleset)],
    };
    let today = ruleset.as_of.or(options.today);
    found.extend(today.into_iter().flat_map(|today| facts::expired(ruleset, today)));
    for allow in allowed {
        let before = found.len();
        found
            .retain(|d| d.severity == Severity::Error || d.code != allow.code || !allow.covers(d.label.span));
        let looked_for = match allow.code {
            Code::NoRecommendation => options.gaps,
            Code::ExpiredFact => today.is_some(),
            _ => true,
        };
        if found.len() == before && looked_for && !allow.inherited {
            found.push(
                Diagnostic::new(
                    Code::UnusedAllow,
                    allow.span,
                    format!("there is no `{}` here to allow", allow.code.name()),
                )
                .here("silences nothing")
                .fix("remove it", allow.span, ""),
            );
        }
    }
    // What is only worth knowing of the base is told where the base is checked.
    found.retain(|d| d.severity != Severity::Note || !ruleset.inherited.contains(&d.label.span.file));
    diagnostic::sort(&mut found);
    found
}

/// Returns the errors that only a proof finds: rows of `unique` tables that overlap. Rulesets without such tables cost
/// nothing.
#[must_use]
pub fn errors(ruleset: &Ruleset) -> Vec<Diagnostic> {
    if ruleset.tables.iter().all(|table| table.policy != Policy::Unique) {
        return Vec::new();
    }
    let study = Study::new(ruleset, base_day(ruleset));
    let mut found = study.with_space(Budget::default(), |work| work.overlaps()).unwrap_or_default();
    found.retain(|diagnostic| diagnostic.severity == Severity::Error);
    diagnostic::sort(&mut found);
    found
}

/// The day that findings are about: the ruleset's, or else one on which all its facts have begun.
fn base_day(ruleset: &Ruleset) -> Date {
    let last = || days_of_change(ruleset).last().copied();
    ruleset.as_of.or_else(last).unwrap_or(Date::MIN)
}

fn too_large(ruleset: &Ruleset) -> Diagnostic {
    Diagnostic::new(
        Code::Unproved,
        ruleset.name_span,
        "the ruleset is too large for its conditions to be analysed",
    )
    .here("nothing is proved of its rules")
}

/// A ruleset on a day, with the further conditions that findings look at.
struct Study<'r> {
    ruleset: &'r Ruleset,
    ground: Ground<'r>,
    /// The number of each part of a plain rule's condition among the further conditions.
    parts: BTreeMap<(Id<Rule>, usize), usize>,
    /// The number of each row's own condition among them.
    rows: BTreeMap<Id<Rule>, usize>,
}

/// The parts of a plain rule's condition, as it is written.
fn parts(rule: &Rule) -> &[Expr] {
    match &rule.when {
        Some(Expr { kind: ExprKind::And(parts), .. }) if rule.for_each.is_none() && rule.row.is_none() => {
            parts
        }
        Some(when) if rule.for_each.is_none() && rule.row.is_none() => std::slice::from_ref(when),
        _ => &[],
    }
}

impl<'r> Study<'r> {
    fn new(ruleset: &'r Ruleset, day: Date) -> Study<'r> {
        let mut further: Vec<&'r Expr> = Vec::new();
        let (mut of_parts, mut rows) = (BTreeMap::new(), BTreeMap::new());
        for (id, rule) in ruleset.rules.entries() {
            for (number, part) in parts(rule).iter().enumerate() {
                of_parts.insert((id, number), further.len());
                further.push(part);
            }
        }
        for table in ruleset.tables.iter() {
            for (row, matches) in table.rows.iter().zip(&table.matches) {
                rows.insert(*row, further.len());
                further.push(matches);
            }
        }
        let ground = Ground::with(ruleset, day, &further);
        Study { ruleset, ground, parts: of_parts, rows }
    }

    fn with_space<T>(
        &self,
        budget: Budget,
        work: impl FnOnce(&mut Work<'_, 'r>) -> Result<T, TooLarge>,
    ) -> Result<T, TooLarge> {
        let mut space = Space::new(vec![&self.ground], Scope::Known, budget)?;
        let view = View::new(&mut space, 0)?;
        work(&mut Work { study: self, space, view, budget, patience: PATIENCE, unproved: Vec::new() })
    }

    /// What holds on the base day, and, where facts change, on all other days too.
    fn findings(&self, options: &Options) -> Result<Vec<Diagnostic>, TooLarge> {
        self.with_space(options.budget, |work| {
            let mut keys = work.keys()?;
            let days = if self.ruleset.uses_day { days_of_change(self.ruleset) } else { BTreeSet::new() };
            for day in std::iter::once(Date::MIN).filter(|_| !days.is_empty()).chain(days.iter().copied()) {
                if keys.is_empty() || day == self.ground.day {
                    continue;
                }
                let other = Study::new(self.ruleset, day);
                let there = other.with_space(options.budget, |work| work.keys()).unwrap_or_default();
                keys.retain(|key| there.contains(key));
            }
            let mut found = work.overlaps()?;
            for key in keys {
                found.extend(work.tell(key)?);
            }
            if options.gaps {
                found.extend(work.gaps());
            }
            found.append(&mut work.unproved);
            Ok(found)
        })
    }
}

/// The study of one ruleset on one day.
struct Work<'s, 'r> {
    study: &'s Study<'r>,
    space: Space<'s, 'r>,
    view: View<'s, 'r>,
    budget: Budget,
    /// How many instances may still be evaluated to make examples smaller.
    patience: usize,
    /// What could not be settled.
    unproved: Vec<Diagnostic>,
}

/// A profile that shows something is made smaller while no more instances than these were evaluated for it, over all
/// findings: a second's work. Later ones are shown as they were found.
const PATIENCE: usize = 400_000;

impl<'s, 'r> Work<'s, 'r> {
    fn ruleset(&self) -> &'r Ruleset {
        self.study.ruleset
    }

    /// Everything to report, apart from what tables promise.
    fn keys(&mut self) -> Result<BTreeSet<Key>, TooLarge> {
        let mut keys = BTreeSet::new();
        self.rule_keys(&mut keys)?;
        self.field_keys(&mut keys)?;
        self.target_keys(&mut keys);
        Ok(keys)
    }

    fn tell(&mut self, key: Key) -> Result<Option<Diagnostic>, TooLarge> {
        match key {
            Key::Dead(rule) => self.dead(rule),
            Key::Unreached(rule) => self.unreached(rule),
            Key::Excepted(rule) => self.excepted(rule),
            Key::AlwaysTrue(rule) => self.always_true(rule, None),
            Key::PartAlwaysTrue(rule, part) => self.always_true(rule, Some(part)),
            Key::Same(first, second) => self.same(first, second),
            Key::IdleScore(rule) => self.idle_score(rule),
            Key::IdleField(field) => Ok(Some(self.idle_field(field))),
            Key::IdleValues(field, values) => Ok(Some(self.idle_values(field, &values))),
            Key::Never(target) => self.never(target),
            Key::Always(target) => self.always(target),
        }
    }

    /// A further condition of the study.
    fn further(&self, number: Option<&usize>) -> Option<Id<Node>> {
        number.and_then(|number| self.study.ground.further.get(*number)).copied()
    }

    /// Looks for a small profile of a region that `accept` takes; with `known`, `accept` is asked of profiles with all
    /// fields known first, and then of those with as few fields as can be.
    fn example(&mut self, region: Ref, accept: Accept<'_>) -> Result<Example, TooLarge> {
        let (ruleset, day) = (self.ruleset(), self.study.ground.day);
        let (mut patience, cost) = (self.patience, self.study.ground.instances.len());
        let mut takes = |profiles: &[Profile]| {
            patience = patience.saturating_sub(cost);
            profiles.first().is_some_and(|profile| accept(&decide(ruleset, profile, day)))
        };
        let example = match self.space.search(region, &mut takes)? {
            Search::Nothing => Example::Nothing,
            Search::Undecided => Example::Undecided,
            Search::Found(profiles, _) => {
                let small =
                    if self.patience > 0 { self.space.shrink(profiles, &mut takes) } else { profiles };
                small.into_iter().next().map_or(Example::Undecided, Example::Profile)
            }
        };
        self.patience = patience;
        Ok(example)
    }

    /// Notes that something could not be settled.
    fn undecided(&mut self, span: crate::source::Span, whether: &str) {
        let why =
            "it depends on conditions over several fields at once, and no profile was found that settles it";
        self.unproved.push(
            Diagnostic::new(Code::Unproved, span, format!("{whether} is undecided"))
                .here("not proved")
                .note(why),
        );
    }

    /// Whether a region has no profile, certain where its conditions fit cells; else a profile that `accept` takes shows
    /// that it has one. Nothing where that is not known.
    fn is_nowhere(&mut self, region: Ref, accept: Accept<'_>) -> Result<Option<bool>, TooLarge> {
        if region == NO || self.space.is_exact(region) {
            return Ok(Some(region == NO));
        }
        let (ruleset, day) = (self.ruleset(), self.study.ground.day);
        let mut takes = |profiles: &[Profile]| {
            profiles.first().is_some_and(|profile| accept(&decide(ruleset, profile, day)))
        };
        Ok(match self.space.search(region, &mut takes)? {
            Search::Nothing => Some(true),
            Search::Found(..) => Some(false),
            Search::Undecided => None,
        })
    }

    /// Whether a condition holds for every profile, as far as that is known.
    fn is_always(&mut self, condition: Ref) -> Result<bool, TooLarge> {
        let fails = self.space.diagrams.not(condition)?;
        self.space.is_nowhere(fails)
    }
}

/// Tells whether a decision is one that is looked for.
type Accept<'a> = &'a dyn Fn(&Decision<'_>) -> bool;

/// What a search for an example gave.
enum Example {
    Nothing,
    Undecided,
    Profile(Profile),
}

/// Adds an example to a diagnostic.
fn with_example(ruleset: &Ruleset, diagnostic: Diagnostic, what: &str, profile: &Profile) -> Diagnostic {
    let yaml = yaml_text(ruleset, profile);
    let lines: Vec<String> = yaml.lines().map(|line| format!("  {line}")).collect();
    diagnostic.note(format!("{what}\n{}", lines.join("\n")))
}

/// Whether an effect can change an answer: not a cap that caps nothing, not 0 points.
fn acts(effect: &EffectKind) -> bool {
    match effect {
        EffectKind::Score(_, points, _) => *points != 0,
        EffectKind::Cap(_, verdict) => *verdict != crate::operator::Verdict::Recommended,
        EffectKind::Exclude(_) | EffectKind::Needs(..) | EffectKind::Note(..) => true,
    }
}
