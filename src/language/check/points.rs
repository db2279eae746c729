//! Points: weights, levels, what scores are made of, and the thresholds of verdicts.

use super::bounds::Told;
use super::scope::Scope;
use super::unknown::POINTS;
use super::{Checker, NameKind, Symbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, Rounding};
use crate::model::{
    Channel, EffectKind, Id, IdMap, Mix, Points, Rating, Target, TargetRef, Thresholds, Unit,
};
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
            // Only an effect computes its points, and it does not ask here.
            ast::PointsAmount::Computed(_) => None,
            ast::PointsAmount::Name(name) => {
                if let Some((level, declared)) = self.level_names.get(&name.value).copied() {
                    self.reads(name, NameKind::Level, declared);
                    return Some(Worth::Level(level, sign));
                }
                match self.symbol_read(name) {
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

    /// Checks what an effect gives in some instances, with the level that it comes from; no points where that is wrong.
    pub(super) fn given(
        &mut self,
        points: &ast::Points,
        scope: &Scope,
        instances: &[Option<Id<Channel>>],
    ) -> (Points, Option<usize>) {
        if let ast::PointsAmount::Computed(value) = &points.amount {
            let rated = self.rated(value, scope, instances);
            return (rated.unwrap_or(Points::Fixed(0)), None);
        }
        if let Some(value) = self.parameter(points) {
            let rated = self.rated(&value, scope, instances);
            return (rated.unwrap_or(Points::Fixed(0)), None);
        }
        match self.worth(points) {
            Some(Worth::Points(points)) => (Points::Fixed(points), None),
            // The level's points are filled in when all effects are known; until then only the sign counts.
            Some(Worth::Level(level, Sign::Plus)) => (Points::Fixed(1), Some(level)),
            Some(Worth::Level(level, Sign::Minus)) => (Points::Fixed(-1), Some(level)),
            None => (Points::Fixed(0), None),
        }
    }

    /// The parameter that points are, with their sign: it may be another on each day.
    fn parameter(&self, points: &ast::Points) -> Option<ast::Expr> {
        let ast::PointsAmount::Name(name) = &points.amount else { return None };
        let symbol = self.find_symbol(&name.value).filter(|_| !self.level_names.contains_key(&name.value));
        let Some(Symbol::Parameter(_)) = symbol else { return None };
        let path = ast::Dotted { head: name.clone(), tail: None };
        let value = ast::Expr { span: name.span, kind: ast::ExprKind::Path(path, Vec::new()) };
        Some(match points.sign {
            Some(Sign::Minus) => {
                ast::Expr { span: points.span, kind: ast::ExprKind::Negate(Box::new(value)) }
            }
            Some(Sign::Plus) | None => value,
        })
    }

    fn rated(
        &mut self,
        value: &ast::Expr,
        scope: &Scope,
        instances: &[Option<Id<Channel>>],
    ) -> Option<Points> {
        let scope = Scope {
            fields: false,
            may_ask: false,
            variable: scope.variable.clone(),
            ..Scope::plain("what makes points")
        };
        let value = self.expr(value, None, &scope)?;
        let value = self.convert(value, Unit::NONE, None)?;
        let value = self.check_size(value)?;
        let mut range: Option<(i64, i64)> = None;
        for (channel, day) in self.occasions(&value, instances) {
            let told = self.constants_on(&value, channel, day, Told::OnTheDay);
            let told = told.ok().filter(|told| told.len() < 2);
            let Some(told) = told else {
                self.report(
                    Diagnostic::new(
                        Code::NotLinear,
                        value.span,
                        "points are computed from numbers, weights and facts",
                    )
                    .here(format!("more than one value{}", self.occasion(channel, day)))
                    .note("write a rule for each case, or a fact"),
                );
                return None;
            };
            let whole = |value: Exact| {
                let whole = value.as_whole().and_then(|value| i64::try_from(value).ok());
                whole.filter(|value| value.abs() < MAX_POINTS)
            };
            if let Some(wrong) = told.iter().find(|value| whole(**value).is_none()) {
                self.report(
                    Diagnostic::new(Code::NotWhole, value.span, "points are whole numbers below 2^53")
                        .here(format!("{wrong}{}", self.occasion(channel, day)))
                        .note("`round(…, 1)` makes whole points of a fraction"),
                );
                return None;
            }
            let any = self.constants_on(&value, channel, day, Told::OfAny).unwrap_or_default();
            let floor =
                any.iter().filter_map(|value| whole(value.rounded(Rounding::Down, Exact::ONE)?)).min();
            let ceil = any.iter().filter_map(|value| whole(value.rounded(Rounding::Up, Exact::ONE)?)).max();
            if let (Some(low), Some(high)) = (floor, ceil) {
                range = Some(range.map_or((low, high), |(least, most)| (least.min(low), most.max(high))));
            }
        }
        Some(Points::Rated(Box::new(Rating { value, range: range.unwrap_or((0, 0)) })))
    }

    /// Gives levels their points: the lowest 1, each higher one 2n + 1 times the one below.
    pub(super) fn define_levels(&mut self) {
        let none = || (IdMap::of(&self.channels, |_| 0_i128), IdMap::of(&self.mixes, |_| 0_i128));
        let (mut counts, mut totals) = (none(), none());
        let visit = |checker: &Self,
                     (channels, mixes): &mut Totals,
                     worth: &dyn Fn(&Points, Option<usize>) -> i128| {
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
                            *total += worth(points, *level) * instances.len() as i128;
                        }
                        TargetRef::Variable => {
                            for channel in instances.iter().flatten() {
                                channels[*channel] += worth(points, *level);
                            }
                        }
                    }
                }
            }
        };
        let most = |points: &Points| {
            let (least, greatest) = points.range();
            i128::from(least.unsigned_abs().max(greatest.unsigned_abs()))
        };
        visit(self, &mut counts, &|points, level| if level.is_some() { 1 } else { most(points) });
        let n = counts.0.values().chain(counts.1.values()).copied().max().unwrap_or(0);
        let mut points: i128 = 1;
        for level in self.levels.iter_mut().rev() {
            level.points = i64::try_from(points).unwrap_or(i64::MAX);
            points = points.saturating_mul(2 * n + 1).min(i128::from(i64::MAX));
        }
        let levels: Vec<i64> = self.levels.iter().map(|level| level.points).collect();
        for effect in self.rules.iter_mut().flat_map(|rule| &mut rule.effects) {
            if let EffectKind::Score(_, Points::Fixed(points), Some(level)) = &mut effect.kind {
                *points = points.signum() * levels.get(*level).expect("a level is found by its name");
            }
        }
        visit(self, &mut totals, &|points, _| most(points));
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
