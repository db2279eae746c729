//! Literals: numbers, quantities, dates, names of values, sets, ranges.

use std::sync::Arc;

use super::{Builder, Kind, Node};
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, NumberError};
use crate::operator::Sign;
use crate::source::{Span, Spanned};
use crate::syntax::ast;

impl Builder<'_> {
    pub(super) fn exact(&mut self, text: &str, span: Span) -> Exact {
        match text.parse() {
            Ok(number) => number,
            Err(NumberError::Digits | NumberError::Form) => {
                self.report(
                    Diagnostic::new(Code::NumberTooLong, span, "this number has too many digits")
                        .here("at most 18 digits before the point and 9 after it are exact"),
                );
                Exact::ZERO
            }
        }
    }

    pub(in crate::syntax) fn signed_quantity(&mut self, node: &Node<'_>) -> ast::Quantity {
        self.quantity(node)
    }

    pub(super) fn quantity(&mut self, node: &Node<'_>) -> ast::Quantity {
        let span = node.span();
        let mut sign = "";
        let mut number = Exact::ZERO;
        let mut digits: Arc<str> = Arc::from("0");
        let mut unit = None;
        for child in node.children() {
            if child.kind() == Kind::sign && child.text() == "-" {
                sign = "-";
            } else if child.kind() == Kind::quantity {
                let inner = self.quantity(&child);
                (number, unit) = (inner.number, inner.unit);
                digits = if sign.is_empty() { inner.digits } else { Arc::from(format!("-{}", inner.digits)) };
                number = if sign.is_empty() { number } else { number.negated() };
            } else if child.kind() == Kind::number {
                number = self.exact(child.text(), child.span());
                digits = Arc::from(child.text().replace('_', ""));
            } else if child.kind() == Kind::unit {
                unit = Some(Arc::new(self.unit(&child)));
            } else if child.kind() == Kind::percent {
                let name = Spanned { value: Arc::from("percent"), span: child.span() };
                unit = Some(Arc::new(ast::UnitName {
                    span: child.span(),
                    numerator: Some(name),
                    denominator: None,
                }));
            }
        }
        ast::Quantity { span, number, digits, unit }
    }

    pub(super) fn unit(&mut self, node: &Node<'_>) -> ast::UnitName {
        let (mut numerator, mut denominator, mut per) = (None, None, false);
        for child in node.children() {
            match child.kind() {
                Kind::kw_per => {
                    per = true;
                }
                Kind::unit_name => {
                    let name = self.name(&child);
                    *(if per { &mut denominator } else { &mut numerator }) = Some(name);
                }
                _ => {}
            }
        }
        ast::UnitName { span: node.span(), numerator, denominator }
    }

    pub(super) fn date(&mut self, node: &Node<'_>) -> Spanned<Date> {
        let span = node.span();
        let value = Date::parse(node.text()).unwrap_or_else(|| {
            self.report(
                Diagnostic::new(Code::NoSuchDay, span, format!("there is no day `{}`", node.text()))
                    .here("not a day of the calendar"),
            );
            Date::MIN
        });
        Spanned { value, span }
    }

    pub(super) fn date_in(&mut self, node: &Node<'_>) -> Spanned<Date> {
        match node.child(Kind::date) {
            Some(date) => self.date(&date),
            None => unreachable!("grammar: this clause has a date"),
        }
    }

    pub(super) fn dotted(&self, node: &Node<'_>) -> ast::Dotted {
        let mut names =
            node.children().filter(|child| child.kind() == Kind::name).map(|child| self.name(&child));
        match names.next() {
            Some(head) => ast::Dotted { head, tail: names.next() },
            None => unreachable!("grammar: a dotted name has a name"),
        }
    }

    pub(super) fn is_literal(kind: Kind) -> bool {
        matches!(
            kind,
            Kind::date
                | Kind::signed_quantity
                | Kind::plain_text
                | Kind::kw_true
                | Kind::kw_false
                | Kind::kw_unknown
                | Kind::literal_set
                | Kind::dotted
        )
    }

    pub(super) fn literal(&mut self, node: &Node<'_>) -> ast::Literal {
        let span = node.span();
        let kind = match node.kind() {
            Kind::date => ast::LiteralKind::Date(self.date(node).value),
            Kind::signed_quantity => ast::LiteralKind::Quantity(self.quantity(node)),
            Kind::plain_text => ast::LiteralKind::Text(self.plain(node).value),
            Kind::kw_true => ast::LiteralKind::Bool(true),
            Kind::kw_false => ast::LiteralKind::Bool(false),
            Kind::kw_unknown => ast::LiteralKind::Unknown,
            Kind::literal_set => {
                let members = node.children().filter(|child| Self::is_literal(child.kind()));
                let members: Vec<Node<'_>> = members.collect();
                ast::LiteralKind::Set(members.iter().map(|child| self.literal(child)).collect())
            }
            _ => ast::LiteralKind::Name(self.dotted(node)),
        };
        ast::Literal { span, kind }
    }

    /// The first literal among a node's children.
    pub(super) fn literal_in(&mut self, node: &Node<'_>) -> ast::Literal {
        match node.children().find(|child| Self::is_literal(child.kind())) {
            Some(literal) => self.literal(&literal),
            None => unreachable!("grammar: this clause has a value"),
        }
    }

    pub(super) fn literal_range(&mut self, node: &Node<'_>) -> ast::Range<ast::Literal> {
        let low = node.children().find(|child| Self::is_literal(child.kind())).map(|low| self.literal(&low));
        let upper = node.child(Kind::literal_upper);
        let high = upper.and_then(|upper| upper.children().find(|child| Self::is_literal(child.kind())));
        let high = high.map(|high| self.literal(&high));
        let range = ast::Range { span: node.span(), low, high };
        self.check_range(range)
    }

    pub(super) fn check_range<T>(&mut self, range: ast::Range<T>) -> ast::Range<T> {
        if range.low.is_none() && range.high.is_none() {
            self.report(
                Diagnostic::new(Code::Syntax, range.span, "expected a bound before or after `..`")
                    .here("this range holds everything")
                    .note("an upper bound stands on the line of its `..`"),
            );
        }
        range
    }

    pub(super) fn points(&mut self, node: &Node<'_>) -> ast::Points {
        let span = node.span();
        let mut sign = None;
        let mut amount = ast::PointsAmount::Number(Exact::ZERO);
        for child in node.children() {
            match child.kind() {
                Kind::sign => {
                    sign = Some(if child.text() == "-" { Sign::Minus } else { Sign::Plus });
                }
                Kind::number => {
                    amount = ast::PointsAmount::Number(self.exact(child.text(), child.span()));
                }
                Kind::name => {
                    amount = ast::PointsAmount::Name(self.name(&child));
                }
                _ => {}
            }
        }
        ast::Points { span, sign, amount }
    }
}
