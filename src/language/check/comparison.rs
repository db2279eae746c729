//! Comparisons: `==` and its kind, `in`, `has`, `is`. Both sides come to one type and one unit.

use super::Checker;
use super::scope::Scope;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Enum, Expr, ExprKind, Id, Number, Type, Value};
use crate::operator::{CompareOp, Quantifier, State};
use crate::source::{Span, Spanned};
use crate::syntax::ast;

impl Checker<'_> {
    /// Tells whether an operand has no type of its own: a set, or a name that only an enum's values may explain.
    pub(super) fn waits_for_type(&self, expr: &ast::Expr) -> bool {
        match &expr.kind {
            ast::ExprKind::Set(_) => true,
            ast::ExprKind::Path(name, indexes) if name.tail.is_none() && indexes.is_empty() => {
                self.find_symbol(&name.head.value).is_none()
            }
            ast::ExprKind::Group(inner) => self.waits_for_type(inner),
            ast::ExprKind::If(parts) => {
                let [_, yes, no] = &**parts;
                self.waits_for_type(yes) && self.waits_for_type(no)
            }
            _ => false,
        }
    }

    pub(super) fn compare(
        &mut self,
        span: Span,
        left: &ast::Expr,
        op: Spanned<CompareOp>,
        right: &ast::Expr,
        scope: &Scope,
    ) -> Option<Expr> {
        let (left, right) = if self.waits_for_type(left) {
            if self.waits_for_type(right) {
                // Neither side tells a type: what is wrong with the left one is said once.
                self.expr(left, None, scope);
                return None;
            }
            let right = self.expr(right, None, scope)?;
            if self.compared_word(span, &right, left, op.value) {
                return None;
            }
            let left = self.expr(left, right.enum_id(), scope);
            (left?, right)
        } else {
            let left = self.expr(left, None, scope);
            let expected = left.as_ref().and_then(Expr::enum_id);
            // Where the left side is wrong, what only it explains on the right is not reported.
            if left.is_none() && self.waits_for_type(right) {
                return None;
            }
            if let Some(left) = &left
                && self.compared_word(span, left, right, op.value)
            {
                return None;
            }
            let right = self.expr(right, expected, scope);
            (left?, right?)
        };
        let (left, right) = self.comparable(left, op, right)?;
        Some(Expr {
            span,
            ty: Type::Bool,
            kind: ExprKind::Compare(op.value, Box::new(left), Box::new(right)),
        })
    }

    /// Brings two sides of a comparison to one type and unit.
    fn comparable(&mut self, left: Expr, op: Spanned<CompareOp>, right: Expr) -> Option<(Expr, Expr)> {
        if let (Type::Number(a), Type::Number(_)) = (left.ty, right.ty) {
            // A bare literal is what lacks a unit, whichever side it stands on.
            if a.unit.is_none() && matches!(left.kind, ExprKind::Literal(_)) {
                let to = self.is_number(&right)?.unit;
                let left = self.convert(left, to, Some(right.span))?;
                return Some((left, right));
            }
            let right = self.convert(right, a.unit, Some(left.span))?;
            return Some((left, right));
        }
        if left.ty != right.ty {
            self.never_compare(&left, op, &right);
            return None;
        }
        let ordered = match left.ty {
            Type::Number(_) | Type::Date => true,
            Type::Enum(id) => self.enums[id].ordered,
            Type::Bool | Type::Text | Type::Set(_) => false,
        };
        if !ordered && !op.value.is_equality() {
            let message =
                format!("`{}` needs ordered values, not {}", op.value.as_str(), self.type_words(left.ty));
            let mut diagnostic =
                Diagnostic::new(Code::TypeMismatch, op.span, message).here("only `==` and `!=` fit here");
            if matches!(left.ty, Type::Enum(_)) {
                diagnostic = diagnostic.note("an enum with an order is declared with `scale`");
            } else if matches!(left.ty, Type::Set(_)) {
                diagnostic = diagnostic.note("ask a set with `has all {…}` or `has only {…}`");
            }
            self.report(diagnostic);
            return None;
        }
        Some((left, right))
    }

    pub(super) fn membership(
        &mut self,
        span: Span,
        subject: &ast::Expr,
        negated: bool,
        within: &ast::InKind,
        scope: &Scope,
    ) -> Option<Expr> {
        let within_set = match within {
            // `sell in goals`: the set says of what enum the value is.
            ast::InKind::Of(set) if self.waits_for_type(subject) && !self.waits_for_type(set) => {
                Some(self.expr(set, None, scope)?)
            }
            _ => None,
        };
        let expected = within_set.as_ref().and_then(Expr::enum_id);
        let subject = Box::new(self.expr(subject, expected, scope)?);
        let expected = subject.enum_id();
        if let Type::Set(_) = subject.ty {
            self.report(
                Diagnostic::new(Code::TypeMismatch, subject.span, "a set is not `in` another")
                    .here("a set")
                    .note("ask it with `has any {…}`, `has all {…}` or `has only {…}`"),
            );
            return None;
        }
        let kind = match within {
            ast::InKind::Set(members) => {
                let checked: Vec<Option<Expr>> = members
                    .iter()
                    .map(|member| self.listed_member(member, &subject, expected, scope))
                    .collect();
                let members = checked.into_iter().collect::<Option<Vec<_>>>()?;
                match members.iter().map(constant_value).collect() {
                    Some(members) => ExprKind::InSet { subject, negated, members },
                    None => ExprKind::InList { subject, negated, members },
                }
            }
            ast::InKind::Of(set) => {
                let set = match within_set {
                    Some(set) => set,
                    None => self.expr(set, expected, scope)?,
                };
                self.holds_values_of(&set, &subject)?;
                ExprKind::InList { subject, negated, members: vec![set] }
            }
            ast::InKind::Range(range) => {
                let op = Spanned { value: CompareOp::AtLeast, span: range.span };
                let mut bound = |bound: &Option<ast::Expr>| match bound {
                    None => Some(None),
                    Some(bound) => {
                        let bound = self.expr(bound, expected, scope)?;
                        let (_, bound) = self.comparable(stand_in(&subject), op, bound)?;
                        Some(Some(Box::new(bound)))
                    }
                };
                let (low, high) = (bound(&range.low), bound(&range.high));
                let (low, high) = (low?, high?);
                if let (Some(ExprKind::Literal(a)), Some(ExprKind::Literal(b))) =
                    (low.as_ref().map(|low| &low.kind), high.as_ref().map(|high| &high.kind))
                    && a.compare(b).is_some_and(std::cmp::Ordering::is_gt)
                {
                    self.report(
                        Diagnostic::new(Code::BadRange, range.span, "this range holds nothing")
                            .here("the lower bound lies above the upper one"),
                    );
                    return None;
                }
                ExprKind::InRange { subject, negated, low, high }
            }
        };
        Some(Expr { span, ty: Type::Bool, kind })
    }

    /// Reports what stands after `in` and is no set of such values.
    fn holds_values_of(&mut self, set: &Expr, subject: &Expr) -> Option<()> {
        match (set.ty, subject.ty) {
            (Type::Set(of), Type::Enum(id)) if of == id => return Some(()),
            (Type::Set(_), _) => {
                let found = self.type_words(subject.ty);
                self.report(
                    Diagnostic::new(Code::TypeMismatch, set.span, format!("{found} is never in this set"))
                        .here(self.type_words(set.ty))
                        .also(subject.span, found),
                );
            }
            (ty, _) => {
                let message = format!("`in` is followed by a set or a range, not {}", self.type_words(ty));
                let mut diagnostic = Diagnostic::new(Code::TypeMismatch, set.span, message).here("not a set");
                if ty == subject.ty || matches!((ty, subject.ty), (Type::Number(_), Type::Number(_))) {
                    let slice = |span| self.sources.files().slice(span);
                    let equal = format!("{} == {}", slice(subject.span), slice(set.span));
                    let listed = format!("{{{}}}", slice(set.span));
                    diagnostic = diagnostic
                        .either(format!("write `{equal}`"), subject.span.to(set.span), equal)
                        .either(format!("write `{listed}`"), set.span, listed);
                }
                self.report(diagnostic);
            }
        }
        None
    }

    /// A member of the set after `in`: a value of the subject's type.
    fn listed_member(
        &mut self,
        member: &ast::Expr,
        subject: &Expr,
        expected: Option<Id<Enum>>,
        scope: &Scope,
    ) -> Option<Expr> {
        let member = self.expr(member, expected, scope)?;
        let op = Spanned { value: CompareOp::Equal, span: member.span };
        Some(self.comparable(stand_in(subject), op, member)?.1)
    }

    /// A set that is written: of values, or of expressions that are such.
    pub(super) fn member_set(
        &mut self,
        span: Span,
        members: &[ast::Expr],
        id: Id<Enum>,
        scope: &Scope,
    ) -> Option<Expr> {
        let checked: Vec<Option<Expr>> = members
            .iter()
            .map(|member| {
                let checked = self.expr(member, Some(id), scope)?;
                if checked.ty != Type::Enum(id) {
                    let found = self.type_words(checked.ty);
                    self.mismatch(checked.span, Type::Enum(id), &found);
                    return None;
                }
                Some(checked)
            })
            .collect();
        let members = checked.into_iter().collect::<Option<Vec<Expr>>>()?;
        let value = |member: &Expr| match member.kind {
            ExprKind::Literal(Value::Enum(member)) => Some(member),
            _ => None,
        };
        let kind = match members.iter().map(value).collect() {
            Some(values) => ExprKind::Literal(Value::Set(values)),
            None => ExprKind::SetOf(members),
        };
        Some(Expr { span, ty: Type::Set(id), kind })
    }

    pub(super) fn possession(
        &mut self,
        span: Span,
        set: &ast::Expr,
        quantifier: Option<Quantifier>,
        element: &ast::Expr,
        scope: &Scope,
    ) -> Option<Expr> {
        let set = self.expr(set, None, scope)?;
        let Type::Set(id) = set.ty else {
            let message = format!("`has` asks a set, not {}", self.type_words(set.ty));
            let mut diagnostic = Diagnostic::new(Code::TypeMismatch, set.span, message).here("not a set");
            if matches!(set.ty, Type::Enum(_)) {
                diagnostic = diagnostic.note("compare one value with `==` or `in {…}`");
            }
            self.report(diagnostic);
            return None;
        };
        let set = Box::new(set);
        let count = match &element.kind {
            ast::ExprKind::Set(members) => Some(members.len()),
            _ => None,
        };
        let element = self.expr(element, Some(id), scope)?;
        let kind = match (quantifier, element.ty) {
            (Some(quantifier), Type::Set(of)) if of == id => match element.kind {
                ExprKind::Literal(Value::Set(wanted)) => ExprKind::HasMany(set, quantifier, wanted),
                _ => ExprKind::HasSet(set, quantifier, Box::new(element)),
            },
            (Some(quantifier), Type::Enum(of)) if of == id => {
                let written = format!("{{{}}}", self.sources.files().slice(element.span));
                let word = quantifier.as_str();
                let message = format!("`has {word}` is followed by a set, not by one value");
                self.report(
                    Diagnostic::new(Code::TypeMismatch, element.span, message).here("one value").fix(
                        format!("write `{written}`"),
                        element.span,
                        written,
                    ),
                );
                return None;
            }
            (None, Type::Set(of)) if of == id => {
                let diagnostic =
                    Diagnostic::new(Code::TypeMismatch, element.span, "`has` with a set needs a word before it")
                        .here("a set")
                        .note("`has any {…}` one of them, `has all {…}` each, `has none {…}` not one, `has only {…}` no other");
                let before = element.span.before();
                // Of one value, any is all.
                self.report(match count {
                    Some(1) => diagnostic.fix("write `all`", before, "all "),
                    _ => {
                        diagnostic.either("write `any`", before, "any ").either("write `all`", before, "all ")
                    }
                });
                return None;
            }
            (Some(_), found) => {
                let found = self.type_words(found);
                self.mismatch(element.span, Type::Set(id), &found);
                return None;
            }
            (None, _) => {
                if element.ty != Type::Enum(id) {
                    let found = self.type_words(element.ty);
                    self.mismatch(element.span, Type::Enum(id), &found);
                    return None;
                }
                ExprKind::Has(set, Box::new(element))
            }
        };
        Some(Expr { span, ty: Type::Bool, kind })
    }

    pub(super) fn state(
        &mut self,
        span: Span,
        subject: &ast::Expr,
        state: Spanned<State>,
        scope: &Scope,
    ) -> Option<Expr> {
        let kind = match state.value {
            State::Lowest => return self.extreme_of(span, subject, false, scope),
            State::Highest => return self.extreme_of(span, subject, true, scope),
            State::Excluded | State::Eligible => {
                let target = self.target_of(subject, scope)?;
                if !scope.may_ask {
                    self.report(
                        Diagnostic::new(
                            Code::MisplacedQuestion,
                            span,
                            format!("only a rule asks whether a target is excluded, not {}", scope.place),
                        )
                        .here("asked here"),
                    );
                    return None;
                }
                ExprKind::Excluded(target, state.value == State::Eligible)
            }
            State::Known | State::Unknown => {
                let subject = self.expr(subject, None, scope)?;
                match &subject.kind {
                    ExprKind::Fact(_) => {}
                    ExprKind::Field(_) if scope.may_ask_fields => {}
                    ExprKind::Field(_) => {
                        self.report(
                            Diagnostic::new(
                                Code::MisplacedQuestion,
                                span,
                                "only a rule that does nothing but `note` or `warn` asks whether a field is known",
                            )
                            .here("asked here")
                            .note("an answer must never turn a rule round; move the note into a rule of its own"),
                        );
                        return None;
                    }
                    _ => {
                        self.report(
                            Diagnostic::new(
                                Code::TypeMismatch,
                                subject.span,
                                format!("`is {}` asks a field or a fact", state.value.as_str()),
                            )
                            .here("neither"),
                        );
                        return None;
                    }
                }
                ExprKind::Known(Box::new(subject), state.value == State::Unknown)
            }
        };
        Some(Expr { span, ty: Type::Bool, kind })
    }
}

/// The value of a member that reads nothing.
fn constant_value(member: &Expr) -> Option<Value> {
    match &member.kind {
        ExprKind::Literal(value) => Some(value.clone()),
        _ => Checker::constant(member).map(|value| Value::Number(Number::computed(value))),
    }
}

/// An expression of the same type and place, for what looks at nothing else of it.
fn stand_in(expr: &Expr) -> Expr {
    Expr { span: expr.span, ty: expr.ty, kind: ExprKind::Today }
}
