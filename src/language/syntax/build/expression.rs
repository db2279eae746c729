//! Expressions: a flat list of operands and operators gets its precedence.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::{Builder, Kind, Node};
use crate::diagnostic::{Code, Diagnostic};
use crate::operator::{CompareOp, Quantifier, Sign, State};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Expr, ExprKind, InKind, Range};

type Tokens<'i> = Peekable<IntoIter<Node<'i>>>;

impl Builder<'_> {
    pub(super) fn expression(&mut self, node: &Node<'_>) -> Expr {
        let mut tokens = node.children().collect::<Vec<_>>().into_iter().peekable();
        if node.kind() == Kind::sum { self.sum(&mut tokens) } else { self.or(&mut tokens) }
    }

    /// The first expression among a node's children.
    pub(super) fn expression_in(&mut self, node: &Node<'_>) -> Expr {
        match node.children().find(|child| matches!(child.kind(), Kind::expr | Kind::sum)) {
            Some(expr) => self.expression(&expr),
            None => unreachable!("grammar: this clause has an expression"),
        }
    }

    fn expressions_in(&mut self, node: &Node<'_>) -> Vec<Expr> {
        let nodes: Vec<Node<'_>> = node.children().filter(|child| child.kind() == Kind::expr).collect();
        nodes.iter().map(|child| self.expression(child)).collect()
    }

    fn or(&mut self, tokens: &mut Tokens<'_>) -> Expr {
        let first = self.and(tokens);
        let rest = self.chain(tokens, Kind::or_op, Builder::and);
        join(first, rest, ExprKind::Or)
    }

    fn and(&mut self, tokens: &mut Tokens<'_>) -> Expr {
        let first = self.not(tokens);
        let rest = self.chain(tokens, Kind::and_op, Builder::not);
        join(first, rest, ExprKind::And)
    }

    fn chain<'t>(
        &mut self,
        tokens: &mut Tokens<'t>,
        operator: Kind,
        operand: fn(&mut Self, &mut Tokens<'t>) -> Expr,
    ) -> Vec<Expr> {
        let mut rest = Vec::new();
        while tokens.next_if(|token| token.kind() == operator).is_some() {
            rest.push(operand(self, tokens));
        }
        rest
    }

    fn not(&mut self, tokens: &mut Tokens<'_>) -> Expr {
        match tokens.next_if(|token| token.kind() == Kind::not_op) {
            Some(not) => {
                let inner = self.not(tokens);
                Expr { span: not.span().to(inner.span), kind: ExprKind::Not(Box::new(inner)) }
            }
            None => self.comparison(tokens),
        }
    }

    fn comparison(&mut self, tokens: &mut Tokens<'_>) -> Expr {
        let left = self.sum(tokens);
        let Some(first) = tokens.next_if(|token| is_comparison(token.kind())) else { return left };
        let left = self.compare(left, &first, tokens);
        let Some(second) = tokens.next_if(|token| is_comparison(token.kind())) else { return left };
        self.chained(&left, first.span(), &second);
        // What the chain would mean is not known, so nothing more is said of it, however long it is.
        let mut span = left.span;
        let mut next = Some(second);
        while let Some(token) = next {
            span = self.compare(Expr { span, kind: ExprKind::Broken }, &token, tokens).span;
            next = tokens.next_if(|token| is_comparison(token.kind()));
        }
        Expr { span, kind: ExprKind::Broken }
    }

    /// Reports a second comparison beside a first.
    fn chained(&mut self, left: &Expr, first: Span, second: &Node<'_>) {
        let diagnostic = Diagnostic::new(Code::ChainedComparison, second.span(), "comparisons do not chain")
            .here("the second comparison")
            .also(first, "the first")
            .note("join two comparisons with `and`, or write `x in low .. high`");
        let shared = match &left.kind {
            ExprKind::Compare(_, _, right) if comparison(second.kind()).is_some() => self.slice(right.span),
            _ => "",
        };
        let short = !shared.is_empty() && shared.chars().count() <= 80 && !shared.contains(['\n', '#']);
        let with = format!("and {shared} ");
        self.report(match short {
            true => diagnostic.guess(format!("insert `{}`", with.trim_end()), second.span().before(), with),
            false => diagnostic,
        });
    }

    fn compare(&mut self, left: Expr, token: &Node<'_>, tokens: &mut Tokens<'_>) -> Expr {
        let start = left.span;
        let left = Box::new(left);
        if let Some(op) = comparison(token.kind()) {
            let right = self.sum(tokens);
            let span = start.to(right.span);
            let op = Spanned { value: op, span: token.span() };
            return Expr { span, kind: ExprKind::Compare(left, op, Box::new(right)) };
        }
        let span = start.to(token.span());
        let kind = match token.kind() {
            Kind::membership => ExprKind::In(left, token.has(Kind::not_op), Box::new(self.within(token))),
            Kind::possession => {
                let (quantifier, operand) = self.possessed(token);
                ExprKind::Has(left, quantifier, Box::new(operand))
            }
            _ => {
                let word = token.children().find(|child| child.kind() != Kind::is_op);
                let state = match word.as_ref().map(Node::kind) {
                    Some(Kind::kw_known) => State::Known,
                    Some(Kind::kw_unknown) => State::Unknown,
                    Some(Kind::kw_excluded) => State::Excluded,
                    Some(Kind::kw_lowest) => State::Lowest,
                    Some(Kind::kw_highest) => State::Highest,
                    _ => State::Eligible,
                };
                ExprKind::Is(left, Spanned { value: state, span: token.span() })
            }
        };
        Expr { span, kind }
    }

    /// What `in` looks into.
    pub(super) fn within(&mut self, node: &Node<'_>) -> InKind {
        match (node.child(Kind::set), node.child(Kind::range)) {
            (Some(set), _) => InKind::Set(self.expressions_in(&set)),
            (None, Some(range)) => match range.child(Kind::range_upper) {
                Some(_) => InKind::Range(Box::new(self.range(&range))),
                None => InKind::Of(self.expression_in(&range)),
            },
            (None, None) => unreachable!("grammar: `in` is followed by a set or a range"),
        }
    }

    /// What `has` asks for.
    pub(super) fn possessed(&mut self, node: &Node<'_>) -> (Option<Quantifier>, Expr) {
        let quantifier = node.child(Kind::quantifier).map(|word| match word.text() {
            "any" => Quantifier::Any,
            "all" => Quantifier::All,
            "none" => Quantifier::None,
            _ => Quantifier::Only,
        });
        let operand = node.children().find(|child| !matches!(child.kind(), Kind::has_op | Kind::quantifier));
        match operand {
            Some(operand) => (quantifier, self.operand(&operand)),
            None => unreachable!("grammar: `has` is followed by an operand"),
        }
    }

    fn range(&mut self, node: &Node<'_>) -> Range<Expr> {
        let low = node.child(Kind::sum).map(|low| self.expression(&low));
        let upper = node.child(Kind::range_upper).and_then(|upper| upper.child(Kind::sum));
        let high = upper.map(|high| self.expression(&high));
        self.check_range(Range { span: node.span(), low, high })
    }

    fn sum(&mut self, tokens: &mut Tokens<'_>) -> Expr {
        let first = self.product(tokens);
        let mut terms = Vec::new();
        while let Some(op) = tokens.next_if(|token| matches!(token.kind(), Kind::plus | Kind::minus)) {
            let sign = if op.kind() == Kind::plus { Sign::Plus } else { Sign::Minus };
            terms.push((sign, self.product(tokens)));
        }
        let Some((_, last)) = terms.last() else { return first };
        let span = first.span.to(last.span);
        terms.insert(0, (Sign::Plus, first));
        Expr { span, kind: ExprKind::Sum(terms) }
    }

    fn product(&mut self, tokens: &mut Tokens<'_>) -> Expr {
        let first = self.unary(tokens);
        let mut factors = Vec::new();
        while let Some(op) = tokens.next_if(|token| matches!(token.kind(), Kind::times | Kind::divide)) {
            factors.push((op.kind() == Kind::divide, self.unary(tokens)));
        }
        let Some((_, last)) = factors.last() else { return first };
        let span = first.span.to(last.span);
        Expr { span, kind: ExprKind::Product(Box::new(first), factors) }
    }

    fn unary(&mut self, tokens: &mut Tokens<'_>) -> Expr {
        let Some(token) = tokens.next() else {
            unreachable!("grammar: an operator is followed by an operand")
        };
        if token.kind() == Kind::minus {
            let inner = self.unary(tokens);
            return Expr { span: token.span().to(inner.span), kind: ExprKind::Negate(Box::new(inner)) };
        }
        if token.kind() == Kind::not_op {
            let inner = self.not(tokens);
            let span = token.span().to(inner.span);
            self.report(
                Diagnostic::new(
                    Code::Syntax,
                    token.span(),
                    "`not` after an operator stands between parentheses",
                )
                .here("`not` binds looser than the operator before it")
                .note("write `(not …)`"),
            );
            return Expr { span, kind: ExprKind::Not(Box::new(inner)) };
        }
        self.operand(&token)
    }

    fn operand(&mut self, node: &Node<'_>) -> Expr {
        let span = node.span();
        let kind = match node.kind() {
            Kind::path => {
                return self.path(node);
            }
            Kind::quantity => ExprKind::Quantity(self.quantity(node)),
            Kind::plain_text => ExprKind::Text(self.plain(node).value),
            Kind::date => ExprKind::Date(self.date(node).value),
            Kind::kw_true => ExprKind::Bool(true),
            Kind::kw_false => ExprKind::Bool(false),
            Kind::kw_today => ExprKind::Today,
            Kind::set => ExprKind::Set(self.expressions_in(node)),
            Kind::group => ExprKind::Group(Box::new(self.expression_in(node))),
            _ => {
                let parts: Result<Box<[Expr; 3]>, _> = self.expressions_in(node).try_into();
                match parts {
                    Ok(parts) => ExprKind::If(parts),
                    Err(_) => unreachable!("grammar: `if` has three parts"),
                }
            }
        };
        Expr { span, kind }
    }

    fn path(&mut self, node: &Node<'_>) -> Expr {
        let span = node.span();
        let Some(dotted) = node.child(Kind::dotted) else { unreachable!("grammar: a path has a name") };
        let dotted = self.dotted(&dotted);
        if let Some(arguments) = node.child(Kind::arguments) {
            let arguments = self.expressions_in(&arguments);
            if let Some(tail) = &dotted.tail {
                let diagnostic = Diagnostic::new(Code::Syntax, span, "a function's name has no point in it")
                    .here("not a function")
                    .note(format!(
                        "the value of one entry is read with `{}.{}[…]`",
                        dotted.head.value, tail.value
                    ));
                self.report(diagnostic);
                return Expr { span, kind: ExprKind::Broken };
            }
            return Expr { span, kind: ExprKind::Call(dotted.head, arguments) };
        }
        let indexes: Vec<Node<'_>> = node.children().filter(|child| child.kind() == Kind::index).collect();
        let indexes = indexes.iter().map(|index| self.expression_in(index)).collect();
        Expr { span, kind: ExprKind::Path(dotted, indexes) }
    }
}

fn is_comparison(kind: Kind) -> bool {
    comparison(kind).is_some() || matches!(kind, Kind::membership | Kind::possession | Kind::state)
}

pub(super) fn comparison(kind: Kind) -> Option<CompareOp> {
    [
        (Kind::eq, CompareOp::Equal),
        (Kind::ne, CompareOp::NotEqual),
        (Kind::lt, CompareOp::Less),
        (Kind::le, CompareOp::AtMost),
        (Kind::gt, CompareOp::Greater),
        (Kind::ge, CompareOp::AtLeast),
    ]
    .into_iter()
    .find_map(|(token, op)| (token == kind).then_some(op))
}

fn join(first: Expr, rest: Vec<Expr>, kind: fn(Vec<Expr>) -> ExprKind) -> Expr {
    let Some(last) = rest.last() else { return first };
    let span = first.span.to(last.span);
    let mut all = vec![first];
    all.extend(rest);
    Expr { span, kind: kind(all) }
}
