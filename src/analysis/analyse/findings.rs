//! What is doubtful in a ruleset that has no errors, each finding proved, and shown by a profile where one can show it.

mod facts;
mod fields;
mod gaps;
mod known;
mod reach;
mod rules;
mod tables;
mod targets;

use std::collections::{BTreeMap, BTreeSet};

use self::known::asking;
pub use self::reach::{Outcome, REACHES, impossible, witnesses};
use self::rules::Seen;
use super::change::days_of_change;
use super::diagram::{Budget, NO, Ref, TooLarge};
use super::every_day::{EveryDay, day_of, without_day};
use super::search::{Search, blank};
use super::space::{Scope, Space};
use super::stop::Stop;
use super::view::View;
use qudao_engine::ground::{Ground, Node};
use qudao_language::check::Allowed;
use qudao_language::date::Date;
use qudao_language::decide::{Decision, Tells, decide_only};
use qudao_language::diagnostic::{self, Code, Diagnostic, Severity};
use qudao_language::model::{Channel, EffectKind, Expr, ExprKind, Field, Id, Profile, Rule, Ruleset, Target};
use qudao_language::operator::Policy;
use qudao_language::profile::yaml_text;
use qudao_language::source::Span;
use qudao_telling::words::Tongue;

/// What to look for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Look for profiles that get no recommendation too.
    pub gaps: bool,
    /// The day on which facts are read where the ruleset names none.
    pub today: Option<Date>,
    /// How much may be built for each question.
    pub budget: Budget,
    /// The language in which it is told.
    pub tongue: Tongue,
    /// Whether somebody calls the work off; then it unwinds with [`CalledOff`](super::stop::CalledOff).
    pub stop: Stop,
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
    let every_day = EveryDay::of(ruleset);
    let tongue = options.tongue;
    options.stop.check();
    let study = Study { tongue, stop: options.stop, ..Study::new(ruleset, every_day.as_ref()) };
    let mut found = match study.findings(options) {
        Ok(found) => found,
        Err(TooLarge) => vec![too_large(ruleset, tongue)],
    };
    let today = ruleset.as_of.or(options.today);
    found.extend(today.into_iter().flat_map(|today| facts::expired(ruleset, today, tongue)));
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
                Diagnostic::new(Code::UnusedAllow, allow.span, tongue.nothing_to_allow(allow.code.name()))
                    .here(tongue.silences_nothing())
                    .fix(tongue.remove_it(), ruleset.files.removed(allow.span), ""),
            );
        }
    }
    // What is only worth knowing of the base is told where the base is checked.
    found.retain(|d| d.severity != Severity::Note || !ruleset.inherited.contains(&d.label.span.file));
    diagnostic::sort(&mut found);
    found
}

/// What is asked of a ruleset takes so many whole budgets at most: rules and fields, channels two, gaps, unknown fields.
pub const QUESTIONS: u64 = 5;

/// Returns what the checker says, in a language, and the findings about the ruleset, if there is one, in the order of places.
#[must_use]
pub fn all(
    said: Vec<Diagnostic>,
    ruleset: Option<&Ruleset>,
    allowed: &[Allowed],
    options: &Options,
) -> Vec<Diagnostic> {
    let mut found = options.tongue.checked(said);
    if let Some(ruleset) = ruleset {
        found.extend(findings(ruleset, allowed, options));
        diagnostic::sort(&mut found);
    }
    found
}

/// Returns the errors that only a proof finds: rows of `unique` tables that overlap. Rulesets without such tables cost
/// nothing.
#[must_use]
pub fn errors(ruleset: &Ruleset) -> Vec<Diagnostic> {
    if ruleset.tables.iter().all(|table| table.policy != Policy::Unique) {
        return Vec::new();
    }
    let every_day = EveryDay::of(ruleset);
    let study = Study::new(ruleset, every_day.as_ref());
    let mut found = study.with_space(Budget::default(), |work| work.overlaps()).unwrap_or_default();
    found.retain(|diagnostic| diagnostic.severity == Severity::Error);
    diagnostic::sort(&mut found);
    found
}

/// The usual day, on which examples are looked for first: the ruleset's, or else one on which all its facts have begun.
fn base_day(ruleset: &Ruleset) -> Date {
    let last = || days_of_change(ruleset).last().copied();
    ruleset.as_of.or_else(last).unwrap_or(Date::MIN)
}

fn too_large(ruleset: &Ruleset, tongue: Tongue) -> Diagnostic {
    Diagnostic::new(Code::Unproved, ruleset.name_span, tongue.not_analysed()).here(tongue.nothing_proved())
}

/// A ruleset on every day, with the further conditions that findings look at.
struct Study<'r> {
    ruleset: &'r Ruleset,
    ground: Ground<'r>,
    /// The rules that ask whether a field is known.
    asking: BTreeSet<Id<Rule>>,
    /// The number of each part of a plain rule's condition among the further conditions.
    parts: BTreeMap<(Id<Rule>, usize), usize>,
    /// The number of each row's own condition among them.
    rows: BTreeMap<Id<Rule>, usize>,
    /// The number of the first of those that somebody else asked for.
    extra: usize,
    /// A profile of which nothing is known, on the usual day.
    blank: Profile,
    /// The language in which it is told.
    tongue: Tongue,
    /// Whether somebody calls the work off.
    stop: Stop,
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
    /// Studies a ruleset; `every_day` is the same one where it says something else on another day.
    fn new(ruleset: &'r Ruleset, every_day: Option<&'r EveryDay>) -> Study<'r> {
        Study::with(ruleset, every_day, &[])
    }

    /// The same with more conditions, which read the day as the studied ruleset does.
    fn with(
        ruleset: &'r Ruleset,
        every_day: Option<&'r EveryDay>,
        more: &[(&'r Expr, Option<Id<Channel>>)],
    ) -> Study<'r> {
        let studied = every_day.map_or(ruleset, |every_day| &every_day.ruleset);
        let mut further: Vec<(&'r Expr, Option<Id<Channel>>)> = Vec::new();
        let (mut of_parts, mut rows) = (BTreeMap::new(), BTreeMap::new());
        for (id, rule) in studied.rules.entries() {
            for (number, part) in parts(rule).iter().enumerate() {
                of_parts.insert((id, number), further.len());
                further.push((part, None));
            }
        }
        for table in studied.tables.iter() {
            for (row, matches) in table.rows.iter().zip(&table.matches) {
                rows.insert(*row, further.len());
                further.push((matches, None));
            }
        }
        let extra = further.len();
        further.extend(more);
        let today = every_day.map(|every_day| every_day.today);
        let ground = Ground::with_instances(studied, base_day(ruleset), today, &further);
        let blank = blank(&ground);
        let (asking, tongue, stop) = (asking(ruleset), Tongue::default(), Stop::default());
        Study { ruleset, ground, asking, parts: of_parts, rows, extra, blank, tongue, stop }
    }

    /// Which rules fire for a profile on the day that it is looked at, and what verdicts come of it.
    fn decide<'p>(&self, profile: &'p Profile) -> Decision<'p>
    where
        'r: 'p,
    {
        self.stop.check();
        decide_only(self.ruleset, profile, day_of(&self.ground, profile), Tells::Verdicts)
    }

    fn with_space<T>(
        &self,
        budget: Budget,
        work: impl FnOnce(&mut Work<'_, 'r>) -> Result<T, TooLarge>,
    ) -> Result<T, TooLarge> {
        let mut space = Space::new(vec![&self.ground], Scope::Known, budget)?;
        space.diagrams.stop_by(self.stop);
        let view = View::within(&mut space, 0, budget)?;
        let (unproved, shown) = (Vec::new(), BTreeMap::new());
        work(&mut Work {
            study: self,
            space,
            view,
            blank: None,
            unknown: None,
            budget,
            patience: budget.share(PATIENCE),
            shown,
            hard: BTreeSet::new(),
            seen: Seen::default(),
            unproved,
        })
    }

    fn findings(&self, options: &Options) -> Result<Vec<Diagnostic>, TooLarge> {
        self.with_space(options.budget, |work| {
            let keys = work.keys()?;
            work.view.asked_hard();
            let mut found = work.overlaps()?;
            if work.view.asked_hard() {
                return Err(TooLarge);
            }
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

/// The study of one ruleset.
struct Work<'s, 'r> {
    study: &'s Study<'r>,
    space: Space<'s, 'r>,
    view: View<'s, 'r>,
    /// What is decided of the blank profile, once an example is asked for.
    blank: Option<Decision<'s>>,
    /// The same with unknown fields counted, once it is asked for.
    unknown: Option<Result<Unknown<'s, 'r>, TooLarge>>,
    budget: Budget,
    /// How many instances and targets may still be judged to make examples smaller.
    patience: usize,
    /// Profiles that show where rules fire that do the same.
    shown: BTreeMap<Ref, Profile>,
    /// Rules that are too large: nothing is proved of them.
    hard: BTreeSet<Id<Rule>>,
    /// How these came out for profiles that were looked at.
    seen: Seen,
    /// What could not be settled.
    unproved: Vec<Diagnostic>,
}

/// A profile that shows something is made smaller while no more instances and targets than these were judged for it, over all
/// findings: a second's work. Later ones are shown as they were found.
const PATIENCE: usize = 400_000;

impl<'s, 'r> Work<'s, 'r> {
    fn ruleset(&self) -> &'r Ruleset {
        self.study.ruleset
    }

    fn tongue(&self) -> Tongue {
        self.study.tongue
    }

    /// Everything to report, apart from what tables promise.
    fn keys(&mut self) -> Result<BTreeSet<Key>, TooLarge> {
        let mut keys = BTreeSet::new();
        self.rule_keys(&mut keys)?;
        self.field_keys(&mut keys)?;
        self.target_keys(&mut keys);
        self.sample_hard();
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

    /// The same ruleset with unknown fields counted.
    fn with_unknown<T>(
        &mut self,
        work: impl FnOnce(&mut Space<'s, 'r>, &View<'s, 'r>) -> Result<T, TooLarge>,
    ) -> Result<T, TooLarge> {
        let (ground, budget, stop) = (&self.study.ground, self.budget, self.study.stop);
        let unknown = self.unknown.get_or_insert_with(|| {
            let mut space = Space::new(vec![ground], Scope::Any, budget)?;
            space.diagrams.stop_by(stop);
            let view = View::new(&mut space, 0)?;
            Ok((space, view))
        });
        match unknown {
            Ok((space, view)) => {
                space.diagrams.renew(budget);
                work(space, view)
            }
            Err(TooLarge) => Err(TooLarge),
        }
    }

    /// Looks for a small profile of a region that `accept` takes; with `known`, `accept` is asked of profiles with all
    /// fields known first, and then of those with as few fields as can be.
    fn example(&mut self, region: Ref, accept: Accept<'_>) -> Result<Example, TooLarge> {
        // No example is smaller, and one decision serves all findings that it shows.
        let study = self.study;
        let blank = self.blank.get_or_insert_with(|| study.decide(&study.blank));
        if region != NO && accept(blank) {
            return Ok(Example::Profile(study.blank.clone()));
        }
        example(study, &mut self.space, &mut self.patience, region, accept)
    }

    /// The same of a region of profiles with unknown fields.
    fn example_unknown(&mut self, region: Ref, accept: Accept<'_>) -> Result<Example, TooLarge> {
        let (study, mut patience) = (self.study, self.patience);
        let found = self.with_unknown(|space, _| example(study, space, &mut patience, region, accept));
        self.patience = patience;
        found
    }

    /// Notes that it could not be settled whether a region has a profile.
    fn undecided(&mut self, [span, declaration]: [Span; 2], whether: &str, region: Ref) {
        let tongue = self.tongue();
        self.unproved.push(
            Diagnostic::new(Code::Unproved, span, tongue.is_undecided(whether))
                .here(tongue.not_proved())
                .note(self.space.doubt(region, Some(declaration), tongue)),
        );
    }

    /// Whether a region has no profile, certain where its conditions fit cells; else a profile that `accept` takes shows
    /// that it has one. Nothing where that is not known.
    fn is_nowhere(&mut self, region: Ref, accept: Accept<'_>) -> Result<Option<bool>, TooLarge> {
        if region == NO || self.space.is_exact(region) {
            return Ok(Some(region == NO));
        }
        let study = self.study;
        let mut takes =
            |profiles: &[Profile]| profiles.first().is_some_and(|profile| accept(&study.decide(profile)));
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

/// A ruleset's profiles with unknown fields counted, and what it says of them.
type Unknown<'s, 'r> = (Space<'s, 'r>, View<'s, 'r>);

/// Tells whether a decision is one that is looked for.
type Accept<'a> = &'a dyn Fn(&Decision<'_>) -> bool;

/// What a search for an example gave.
enum Example {
    Nothing,
    Undecided,
    Profile(Profile),
}

/// Looks in a space for a small profile of a region that `accept` takes.
fn example<'s, 'r>(
    study: &Study<'r>,
    space: &mut Space<'s, 'r>,
    patience: &mut usize,
    region: Ref,
    accept: Accept<'_>,
) -> Result<Example, TooLarge> {
    let cost = study.ground.instances.len() + study.ground.targets.len();
    let at_first = *patience;
    let mut takes = |profiles: &[Profile]| {
        *patience = patience.saturating_sub(cost);
        profiles.first().is_some_and(|profile| accept(&study.decide(profile)))
    };
    Ok(match space.search(region, &mut takes)? {
        Search::Nothing => Example::Nothing,
        Search::Undecided => Example::Undecided,
        Search::Found(profiles, _) => {
            let small = if at_first > 0 { space.shrink(profiles, &mut takes) } else { profiles };
            small.into_iter().next().map_or(Example::Undecided, Example::Profile)
        }
    })
}

/// Adds an example to a diagnostic; the day is told where it is not the usual one.
fn with_example(study: &Study<'_>, diagnostic: Diagnostic, what: &str, profile: &Profile) -> Diagnostic {
    let day = day_of(&study.ground, profile);
    let what = if day == study.ground.day { what.to_string() } else { study.tongue.on_day(day, what) };
    let yaml = yaml_text(study.ruleset, &without_day(&study.ground, profile.clone()));
    let lines: Vec<String> = yaml.lines().map(|line| format!("  {line}")).collect();
    diagnostic.note(format!("{what}\n{}", lines.join("\n")))
}

/// Whether an effect can change an answer: not a cap that caps nothing, not 0 points.
fn acts(effect: &EffectKind) -> bool {
    match effect {
        EffectKind::Score(_, points, _) => points.range() != (0, 0),
        EffectKind::Cap(_, verdict) => *verdict != qudao_language::operator::Verdict::Recommended,
        EffectKind::Exclude(_) | EffectKind::Needs(..) | EffectKind::Note(..) => true,
    }
}
