//! Rules, tests and properties.

use super::{Builder, Kind, Node};
use crate::diagnostic::{Code, Diagnostic};
use crate::operator::{CompareOp, Sign};
use crate::source::Span;
use crate::syntax::ast;
use crate::syntax::habits::names::hyphenated;

impl Builder<'_> {
    pub(super) fn rule(&mut self, node: &Node<'_>) -> ast::Rule {
        let mut rule = ast::Rule {
            name: self.name_of(node),
            title: node.child(Kind::text).map(|text| self.text(&text)),
            for_each: None,
            exception_to: Vec::new(),
            when: None,
            effects: Vec::new(),
            because: None,
            from: Vec::new(),
        };
        let (mut for_each, mut when, mut then, mut because) = (None, None, None, None);
        for child in node.children() {
            match child.kind() {
                Kind::for_each => {
                    let value = self.for_each(&child);
                    self.once(&mut rule.for_each, &mut for_each, value, child.span(), "for each");
                }
                Kind::exception_to => {
                    let names = child.children().filter(|name| name.kind() == Kind::rule_name);
                    rule.exception_to.extend(names.map(|name| self.name(&name)));
                }
                _ => {}
            }
        }
        let Some(block) = node.child(Kind::rule_block) else { unreachable!("grammar: a rule has a block") };
        rule.from = self.from(&block);
        for child in block.children() {
            let span = child.span();
            match child.kind() {
                Kind::when => {
                    let value = self.expression_in(&child);
                    self.once(&mut rule.when, &mut when, value, span, "when");
                }
                Kind::then => {
                    let effects: Vec<ast::Effect> =
                        child.children().filter_map(|effect| self.effect(&effect)).collect();
                    let mut slot = None;
                    self.once(&mut slot, &mut then, effects, span, "then");
                    rule.effects.extend(slot.into_iter().flatten());
                }
                Kind::because => {
                    let value = self.template_in(&child);
                    self.once(&mut rule.because, &mut because, value, span, "because");
                }
                Kind::allow_clause => {
                    self.allow_here(&child);
                }
                _ => {}
            }
        }
        rule
    }

    pub(super) fn for_each(&mut self, node: &Node<'_>) -> ast::ForEach {
        ast::ForEach {
            variable: self.name_of(node),
            channels: node.child(Kind::name_set).map(|set| self.names(&set)),
            filter: node.has(Kind::expr).then(|| self.expression_in(node)),
        }
    }

    pub(super) fn effect(&mut self, node: &Node<'_>) -> Option<ast::Effect> {
        let span = node.span();
        let kind = match node.kind() {
            Kind::score => {
                let Some(points) = node.child(Kind::worth) else {
                    unreachable!("grammar: `score` has points")
                };
                let mistake = self.hyphen_before_points(&points);
                let targets = if mistake.is_some() { Vec::new() } else { self.names(node) };
                mistake.into_iter().for_each(|mistake| self.report(mistake));
                ast::EffectKind::Score(targets, self.worth(&points))
            }
            Kind::exclude => ast::EffectKind::Exclude(self.names(node)),
            Kind::cap => {
                let Some(verdict) = node.child(Kind::verdict) else {
                    unreachable!("grammar: `cap` has a verdict")
                };
                ast::EffectKind::Cap(self.names(node), self.name(&verdict))
            }
            Kind::note => {
                let target = node.child(Kind::name).map(|name| self.name(&name));
                ast::EffectKind::Note(target, self.template_in(node), node.has(Kind::kw_warn))
            }
            Kind::needs_effect => {
                let mut names = self.names(node);
                let target = names.remove(0);
                ast::EffectKind::Needs(target, names)
            }
            _ => {
                return None;
            }
        };
        Some(ast::Effect { span, kind })
    }

    /// `own-shop +2`: what reads as points from `-shop` on is a name with a hyphen.
    fn hyphen_before_points(&self, worth: &Node<'_>) -> Option<Diagnostic> {
        let (start, end) = (worth.span().start as usize, worth.span().end as usize);
        let (before, points) = (self.text.get(..start)?, self.text.get(start..end)?);
        let is_word = |c: char| c == '_' || c.is_alphanumeric();
        let name = before.get(before.trim_end_matches(is_word).len()..).filter(|name| !name.is_empty())?;
        points.strip_prefix('-')?.strip_prefix(|c: char| c == '_' || c.is_alphabetic())?;
        let length = points.find(|c: char| c != '-' && !is_word(c)).unwrap_or(points.len());
        let span = Span { start: (start - name.len()) as u32, end: (start + length) as u32, ..worth.span() };
        worth.child(Kind::sum)?;
        Some(hyphenated(span, self.text.get(start - name.len()..start + length)?))
    }

    /// Builds what an effect gives, and reports points without a sign.
    pub(super) fn worth(&mut self, node: &Node<'_>) -> ast::Points {
        let points = match node.child(Kind::points) {
            Some(points) => self.points(&points),
            None => self.computed_points(node),
        };
        if points.sign.is_none() {
            self.report(
                Diagnostic::new(Code::MissingSign, points.span, "points need a sign")
                    .here("more points or fewer?")
                    .guess("write `+`", points.span.before(), "+"),
            );
        }
        points
    }

    /// A sum begins with a minus, if with any sign.
    fn computed_points(&mut self, node: &Node<'_>) -> ast::Points {
        let value = self.expression_in(node);
        let sign = node.text().starts_with(['+', '-']).then_some(Sign::Plus);
        ast::Points { span: node.span(), sign, amount: ast::PointsAmount::Computed(value) }
    }

    pub(super) fn test(&mut self, node: &Node<'_>) -> ast::Test {
        let title = node.child(Kind::text).map(|text| self.text(&text));
        let mut test = ast::Test {
            title: title.unwrap_or_else(|| unreachable!("grammar: a test has a title")),
            as_of: None,
            file: None,
            given: Vec::new(),
            expect: Vec::new(),
        };
        let (mut as_of, mut given) = (None, None);
        for child in node.children() {
            let span = child.span();
            match child.kind() {
                Kind::as_of => {
                    let value = self.date_in(&child);
                    self.once(&mut test.as_of, &mut as_of, value, span, "as of");
                }
                Kind::given => {
                    let mut slot = None;
                    let value = self.given(&child);
                    self.once(&mut slot, &mut given, value, span, "given");
                    if let Some((file, assignments)) = slot {
                        test.file = file;
                        test.given = assignments;
                    }
                }
                Kind::expect => {
                    self.expectations(&child, &mut test.expect);
                }
                Kind::allow_clause => {
                    self.allow_here(&child);
                }
                _ => {}
            }
        }
        test
    }

    fn given(
        &mut self,
        node: &Node<'_>,
    ) -> (Option<crate::source::Spanned<String>>, Vec<(ast::Name, ast::Literal)>) {
        let file = node.child(Kind::plain_text).map(|file| self.plain(&file));
        let mut assignments = Vec::new();
        let mut spans: Vec<Span> = Vec::new();
        if let Some(block) = node.child(Kind::assignments) {
            for child in block.children().filter(|child| child.kind() == Kind::assignment) {
                spans.push(child.span());
                assignments.push((self.name_of(&child), self.literal_in(&child)));
            }
        }
        self.separated(&spans, "field");
        (file, assignments)
    }

    fn expectations(&mut self, node: &Node<'_>, into: &mut Vec<ast::Expectation>) {
        let mut spans: Vec<Span> = Vec::new();
        for child in node.children() {
            if let Some(kind) = self.expectation(&child) {
                spans.push(child.span());
                into.push(ast::Expectation { span: child.span(), kind });
            }
        }
        self.separated(&spans, "expectation");
    }

    fn expectation(&mut self, node: &Node<'_>) -> Option<ast::ExpectationKind> {
        use ast::ExpectationKind as E;
        let rule_name = |node: &Node<'_>| match node.child(Kind::rule_name) {
            Some(name) => self.name(&name),
            None => unreachable!("grammar: a rule is named here"),
        };
        let verdict = |node: &Node<'_>| match node.child(Kind::verdict) {
            Some(verdict) => self.name(&verdict),
            None => unreachable!("grammar: a verdict stands here"),
        };
        if node.kind() == Kind::expect_first {
            return Some(E::First(self.name_of(node)));
        } else if node.kind() == Kind::expect_missing {
            return Some(E::Missing(self.name_of(node)));
        } else if node.kind() == Kind::expect_rule {
            return Some(E::Fires(rule_name(node), node.has(Kind::kw_fires)));
        } else if node.kind() != Kind::expect_target {
            return None;
        }
        let target = self.name_of(node);
        let Some(what) = node.children().find(|child| child.kind() != Kind::name) else {
            unreachable!("grammar: something is expected of a target")
        };
        Some(match what.kind() {
            Kind::verdict => E::Verdict(target, self.name(&what)),
            Kind::expect_leaning => E::Leaning(target, verdict(&what)),
            Kind::expect_could_be => E::CouldBe(target, verdict(&what)),
            Kind::expect_excluded_by => E::ExcludedBy(target, rule_name(&what)),
            Kind::expect_because => E::Because(target, rule_name(&what)),
            Kind::expect_score => match what.child(Kind::points) {
                Some(points) => E::Score(target, compared(&what), self.points(&points)),
                None => unreachable!("grammar: a score is compared with points"),
            },
            Kind::expect_measure => match what.child(Kind::signed_quantity) {
                Some(value) => E::Measure(target, self.name_of(&what), compared(&what), self.literal(&value)),
                None => unreachable!("grammar: a measure is compared with a number"),
            },
            _ => {
                let state = what
                    .children()
                    .find(|c| matches!(c.kind(), Kind::kw_met | Kind::kw_unmet | Kind::kw_unknown));
                E::Needs(target, self.name_of(&what), state.map(|state| self.name(&state)))
            }
        })
    }

    pub(super) fn property(&mut self, node: &Node<'_>) -> ast::Property {
        let mut property = ast::Property {
            name: self.name_of(node),
            title: node.child(Kind::text).map(|text| self.text(&text)),
            when: None,
            expect: Vec::new(),
            even_unknown: node.has(Kind::even_unknown),
        };
        let mut when = None;
        for child in node.children() {
            match child.kind() {
                Kind::when => {
                    let value = self.expression_in(&child);
                    self.once(&mut property.when, &mut when, value, child.span(), "when");
                }
                Kind::expect => {
                    self.expectations(&child, &mut property.expect);
                }
                Kind::allow_clause => {
                    self.allow_here(&child);
                }
                _ => {}
            }
        }
        property
    }
}

/// How something that is expected is compared.
fn compared(node: &Node<'_>) -> CompareOp {
    if node.has(Kind::at_least) {
        CompareOp::AtLeast
    } else if node.has(Kind::at_most) {
        CompareOp::AtMost
    } else {
        CompareOp::Equal
    }
}
