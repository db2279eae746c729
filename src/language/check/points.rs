//! Points: weights, levels, what scores are made of, and the thresholds of verdicts.

use super::unknown::POINTS;
use super::{Checker, Symbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Channel, EffectKind, IdMap, Mix, Target, TargetRef, Thresholds};
use crate::operator::Sign;
use crate::source::Span;
use crate::syntax::ast::{self, DeclarationKind};

/// The points of all effects on one target together stay below this, so that they are exact everywhere.
const MAX_POINTS: i64 = 1 << 53;

/// What the points of an effect are made of.
pub(super) enum Worth {
    Points(i64),
    Level(usize, Sign),
}

/// What is added up for each channel and each mix.
type Totals = (IdMap<Channel, i128>, IdMap<Mix, i128>);

impl Checker<'_> {
    pub(super) fn worth(&mut self, points: &ast::Points) -> Option<Worth> {
        let sign = points.sign.unwrap_or(Sign::Plus);
        let signed = |value: i64| if sign == Sign::Minus { -value } else { value };
        match &points.amount {
            ast::PointsAmount::Number(number) => {
                match number
                    .as_whole()
                    .and_then(|value| i64::try_from(value).ok())
                    .filter(|v| *v < MAX_POINTS)
                {
                    Some(value) => Some(Worth::Points(signed(value))),
                    None => {
                        self.report(
                            Diagnostic::new(
                                Code::NotWhole,
                                points.span,
                                "points are whole numbers below 2^53",
                            )
                            .here("not whole points"),
                        );
                        None
                    }
                }
            }
            ast::PointsAmount::Name(name) => {
                if let Some((level, _)) = self.level_names.get(&name.value) {
                    return Some(Worth::Level(*level, sign));
                }
                match self.find_symbol(&name.value) {
                    Some(Symbol::Weight(value)) => Some(Worth::Points(signed(value))),
                    Some(Symbol::Broken) => None,
                    Some(
                        Symbol::Parameter(_)
                        | Symbol::Field(_)
                        | Symbol::Let(_)
                        | Symbol::Channel(_)
                        | Symbol::Mix(_),
                    )
                    | None => {
                        self.unknown(&POINTS, name, |checker| {
                            let weights = checker
                                .symbols
                                .iter()
                                .filter(|(_, (symbol, _))| matches!(symbol, Symbol::Weight(_)));
                            let levels = checker.level_names.keys().cloned();
                            weights.map(|(name, _)| name.clone()).chain(levels).collect()
                        });
                        None
                    }
                }
            }
        }
    }

    /// Gives levels their points: the lowest 1, each higher one 2n + 1 times the one below.
    pub(super) fn define_levels(&mut self) {
        let none = || (IdMap::of(&self.channels, |_| 0_i128), IdMap::of(&self.mixes, |_| 0_i128));
        let (mut counts, mut totals) = (none(), none());
        let visit =
            |checker: &Self, (channels, mixes): &mut Totals, worth: &dyn Fn(i64, Option<usize>) -> i128| {
                for rule in checker.rules.iter() {
                    let instances = rule.instances();
                    for effect in &rule.effects {
                        let EffectKind::Score(target, points, level) = &effect.kind else { continue };
                        match target {
                            TargetRef::Named(target) => {
                                let total = match target {
                                    Target::Channel(id) => &mut channels[*id],
                                    Target::Mix(id) => &mut mixes[*id],
                                };
                                *total += worth(*points, *level) * instances.len() as i128;
                            }
                            TargetRef::Variable => {
                                for channel in instances.iter().flatten() {
                                    channels[*channel] += worth(*points, *level);
                                }
                            }
                        }
                    }
                }
            };
        visit(self, &mut counts, &|points, level| if level.is_some() { 1 } else { i128::from(points.abs()) });
        let n = counts.0.values().chain(counts.1.values()).copied().max().unwrap_or(0);
        let mut points: i128 = 1;
        for level in self.levels.iter_mut().rev() {
            level.points = i64::try_from(points).unwrap_or(i64::MAX);
            points = points.saturating_mul(2 * n + 1).min(i128::from(i64::MAX));
        }
        let levels: Vec<i64> = self.levels.iter().map(|level| level.points).collect();
        for effect in self.rules.iter_mut().flat_map(|rule| &mut rule.effects) {
            if let EffectKind::Score(_, points, Some(level)) = &mut effect.kind {
                *points = points.signum() * levels.get(*level).expect("a level is found by its name");
            }
        }
        visit(self, &mut totals, &|points, _| i128::from(points.unsigned_abs()));
        if totals.0.values().chain(totals.1.values()).any(|total| *total >= i128::from(MAX_POINTS)) {
            let span = self.levels_span.or(self.header.map(|header| header.name.span));
            if let Some(span) = span {
                self.report(
                    Diagnostic::new(
                        Code::ArithmeticTooLarge,
                        span,
                        "the points of one target could reach 2^53",
                    )
                    .here("too many points to be exact everywhere")
                    .note("use fewer levels, or plain points"),
                );
            }
        }
    }

    pub(super) fn define_verdicts(&mut self) {
        let declared = self
            .each(|kind| if let DeclarationKind::Verdicts(verdicts) = kind { Some(verdicts) } else { None });
        let mut first: Option<Span> = None;
        let mut recommended: Option<(i64, Span)> = None;
        let mut possible: Option<(i64, Span)> = None;
        for (declaration, thresholds) in declared {
            if let Some(first) = first {
                self.report(
                    Diagnostic::new(Code::DuplicateName, declaration.span, "verdicts are declared once")
                        .here("the second declaration")
                        .also(first, "the first"),
                );
                continue;
            }
            first = Some(declaration.span);
            for threshold in thresholds {
                let points = match self.worth(&threshold.points) {
                    Some(Worth::Points(points)) => points,
                    Some(Worth::Level(level, sign)) => {
                        let points = self.levels.get(level).expect("a level is found by its name").points;
                        if sign == Sign::Minus { -points } else { points }
                    }
                    None => continue,
                };
                let slot =
                    if &*threshold.verdict.value == "recommended" { &mut recommended } else { &mut possible };
                if let Some((_, earlier)) = slot.replace((points, threshold.span)) {
                    self.report(
                        Diagnostic::new(
                            Code::DuplicateClause,
                            threshold.span,
                            format!("`{}` stands here twice", threshold.verdict.value),
                        )
                        .here("the second")
                        .also(earlier, "the first"),
                    );
                }
            }
        }
        self.thresholds = Thresholds {
            recommended: recommended.map_or(1, |(points, _)| points),
            possible: possible.map_or(0, |(points, _)| points),
        };
        if self.thresholds.recommended < self.thresholds.possible
            && let Some((_, span)) = recommended.or(possible)
        {
            let message = format!(
                "`recommended` begins at {}, below `possible` at {}",
                self.thresholds.recommended, self.thresholds.possible
            );
            let mut diagnostic =
                Diagnostic::new(Code::BadRange, span, message).here("lower than the other threshold");
            if possible.is_none() || recommended.is_none() {
                diagnostic = diagnostic.note("what is left out is `recommended >= 1`, `possible >= 0`");
            }
            self.report(diagnostic);
        }
    }
}
