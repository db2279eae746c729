//! What expressions are made of: names, facts, functions, targets.

use super::expression::WHOLE;
use super::scope::Scope;
use super::unknown::{EXCLUDED, FACT, HEAD, Sought};
use super::{Checker, NameKind, Symbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::{Exact, Rounding};
use crate::model::{
    Between, Enum, Expr, ExprKind, Fact, FactRef, Id, Number, NumberType, OWN, Target, TargetRef, Type, Unit,
    Value,
};
use crate::source::Span;
use crate::syntax::ast;

/// The functions of expressions.
pub const FUNCTIONS: [&str; 11] =
    ["count", "common", "min", "max", "abs", "round", "floor", "ceil", "years", "months", "days"];

impl Checker<'_> {
    pub(super) fn path(
        &mut self,
        span: Span,
        name: &ast::Dotted,
        indexes: &[ast::Expr],
        expected: Option<Id<Enum>>,
        scope: &Scope,
    ) -> Option<Expr> {
        if let Some(tail) = &name.tail {
            return self.dotted(span, &name.head, tail, indexes, scope);
        }
        let made = |ty, kind| Some(Expr { span, ty, kind });
        let head = &name.head;
        if let Some(index) = indexes.first() {
            let variable = scope.variable.as_ref() == Some(&head.value);
            match self.symbol_read(head).filter(|_| !variable) {
                Some(Symbol::Parameter(id)) => return self.fact(span, Some(OWN), id, head, indexes, scope),
                None if !variable && !self.fact_names.contains_key(&head.value) => {
                    self.unknown_operand(head, expected, scope);
                }
                _ => {
                    let message = "only a channel's fact or a parameter has an index";
                    let diagnostic = Diagnostic::new(Code::WrongIndex, index.span, message).here("an index");
                    self.report(diagnostic.note(format!("name the channel: `CHANNEL.{}[…]`", head.value)));
                }
            }
            return None;
        }
        if let Some(member) = expected.and_then(|id| Some((id, self.member_named(head, id)?))) {
            return made(Type::Enum(member.0), ExprKind::Literal(Value::Enum(member.1)));
        }
        if scope.variable.as_ref() == Some(&head.value) {
            return self.not_a_value(head, "stands for a channel", scope);
        }
        match self.symbol_read(head) {
            Some(Symbol::Field(id)) => {
                self.may_read(head, scope)?;
                made(self.fields[id].ty, ExprKind::Field(id))
            }
            Some(Symbol::Let(id)) => {
                self.may_read(head, scope)?;
                // A let with a mistake, or one in a circle, has no place here; that is reported.
                let ty = self.let_types.get(&id).copied()?;
                made(ty, ExprKind::Let(id))
            }
            Some(Symbol::Weight(points)) => {
                let number = Number::computed(Exact::whole(points));
                made(WHOLE, ExprKind::Literal(Value::Number(number)))
            }
            Some(Symbol::Parameter(id)) => self.fact(span, Some(OWN), id, head, indexes, scope),
            Some(Symbol::Channel(_)) => self.not_a_value(head, "is a channel", scope),
            Some(Symbol::Mix(_)) => self.not_a_value(head, "is a mix", scope),
            Some(Symbol::Broken) => None,
            None => {
                self.unknown_operand(head, expected, scope);
                None
            }
        }
    }

    pub(super) fn may_read(&mut self, name: &ast::Name, scope: &Scope) -> Option<()> {
        if scope.fields {
            return Some(());
        }
        self.report(
            Diagnostic::new(Code::MisplacedQuestion, name.span, format!("{} reads facts only", scope.place))
                .here("a field, or what is made of fields")
                .note("put this into `when`"),
        );
        None
    }

    fn not_a_value<T>(&mut self, name: &ast::Name, what: &str, scope: &Scope) -> Option<T> {
        if self.is_lost(&name.value) {
            return None;
        }
        let message = format!("`{}` {what}, not a value", name.value);
        let mut diagnostic = Diagnostic::new(Code::TypeMismatch, name.span, message).here("no value");
        diagnostic = diagnostic.note(if scope.may_ask {
            format!("read one of its facts, `{0}.FACT`, or ask `{0} is excluded`", name.value)
        } else {
            format!("read one of its facts: `{}.FACT`", name.value)
        });
        self.report(diagnostic);
        None
    }

    fn dotted(
        &mut self,
        span: Span,
        head: &ast::Name,
        tail: &ast::Name,
        indexes: &[ast::Expr],
        scope: &Scope,
    ) -> Option<Expr> {
        let variable = scope.variable.as_ref() == Some(&head.value);
        let symbol = self.find_symbol(&head.value);
        if let (Some(Symbol::Channel(_)), false, Some((id, declared))) =
            (symbol, variable, self.enum_names.get(&head.value).copied())
        {
            // A channel and an enum may share a name; the fact goes first, if there is one.
            if !self.fact_names.contains_key(&tail.value)
                && let Some(member) = self.member_named(tail, id)
            {
                self.reads(head, NameKind::Enum, declared);
                return Some(Expr { span, ty: Type::Enum(id), kind: ExprKind::Literal(Value::Enum(member)) });
            }
        }
        if variable {
            self.mention(head, NameKind::Variable);
        } else if matches!(symbol, Some(Symbol::Channel(_) | Symbol::Mix(_))) {
            self.symbol_named(head);
        }
        if self.is_measure(tail) && (variable || matches!(symbol, Some(Symbol::Channel(_) | Symbol::Mix(_))))
        {
            if let Some(index) = indexes.first() {
                let message = format!("`{}` has one value only", tail.value);
                self.report(Diagnostic::new(Code::WrongIndex, index.span, message).here("an index"));
                return None;
            }
            let of = match symbol {
                _ if variable => Some(TargetRef::Variable),
                Some(Symbol::Channel(id)) => Some(TargetRef::Named(Target::Channel(id))),
                Some(Symbol::Mix(id)) => Some(TargetRef::Named(Target::Mix(id))),
                _ => None,
            };
            return self.measure_of(span, of, tail, scope);
        }
        match symbol {
            _ if variable => {
                let fact = self.fact_named(tail)?;
                self.fact(span, None, fact, tail, indexes, scope)
            }
            Some(Symbol::Channel(channel)) => {
                let fact = self.fact_named(tail)?;
                self.fact(span, Some(channel), fact, tail, indexes, scope)
            }
            Some(Symbol::Broken) => None,
            Some(Symbol::Mix(_)) if !self.is_lost(&head.value) => {
                self.report(
                    Diagnostic::new(
                        Code::TypeMismatch,
                        head.span,
                        format!("`{}` is a mix and states no facts", head.value),
                    )
                    .here("a mix"),
                );
                None
            }
            Some(
                Symbol::Field(_) | Symbol::Let(_) | Symbol::Weight(_) | Symbol::Parameter(_) | Symbol::Mix(_),
            )
            | None => {
                if let Some((id, declared)) = self.enum_names.get(&head.value).copied() {
                    self.reads(head, NameKind::Enum, declared);
                    let Some(member) = self.member_named(tail, id) else {
                        self.unknown_member(tail, id);
                        return None;
                    };
                    return Some(Expr {
                        span,
                        ty: Type::Enum(id),
                        kind: ExprKind::Literal(Value::Enum(member)),
                    });
                }
                if symbol.is_some() && !self.is_lost(&head.value) {
                    self.report(
                        Diagnostic::new(
                            Code::TypeMismatch,
                            head.span,
                            format!("`{}` has no parts", head.value),
                        )
                        .here("not a channel or an enum"),
                    );
                    return None;
                }
                let field = matches!(self.find_symbol(&tail.value), Some(Symbol::Field(_)));
                if &*head.value == "profile" && field {
                    let message = format!("the field `{}` is named alone", tail.value);
                    let diagnostic =
                        Diagnostic::new(Code::UnknownChannel, head.span, message).here("not needed");
                    let (says, name) = (format!("write `{}`", tail.value), tail.value.to_string());
                    self.report(diagnostic.fix(says, head.span.to(tail.span), name));
                } else if !self.stands_for_nothing(&HEAD, head, scope) {
                    let variable = scope.variable.clone();
                    self.unknown(&HEAD, head, |checker| {
                        let channels = checker.channels.iter().map(|channel| channel.name.clone());
                        channels.chain(checker.enum_names.keys().cloned()).chain(variable).collect()
                    });
                }
                None
            }
        }
    }

    /// Returns the fact of a name; of one that is none, the nearest names of facts and measures.
    fn fact_named(&mut self, name: &ast::Name) -> Option<Id<Fact>> {
        if let Some((id, declared)) = self.fact_names.get(&name.value).copied() {
            self.reads(name, NameKind::Fact, declared);
            return id;
        }
        self.unknown(&FACT, name, |checker| {
            checker.fact_names.keys().chain(checker.measure_names.keys()).cloned().collect()
        });
        None
    }

    fn fact(
        &mut self,
        span: Span,
        channel: Option<Id<crate::model::Channel>>,
        id: Id<Fact>,
        name: &ast::Name,
        indexes: &[ast::Expr],
        scope: &Scope,
    ) -> Option<Expr> {
        let (of, ty) = (self.facts[id].indexes.clone(), self.facts[id].ty);
        if indexes.len() < of.len() {
            let message = format!("`{}` has one value for {}", name.value, self.for_each_of(&of));
            let missing = "[…]".repeat(of.len() - indexes.len());
            self.report(
                Diagnostic::new(Code::WrongIndex, span, message)
                    .here("no entry is named")
                    .note(format!("name the entry: `{}{missing}`", self.sources.files().slice(span))),
            );
            return None;
        }
        if let Some(further) = indexes.get(of.len()) {
            self.further_index(further.span, name, &of);
            return None;
        }
        let mut checked = Vec::new();
        for (index, of) in indexes.iter().zip(of) {
            let index = self.expr(index, Some(of), scope)?;
            if index.ty != Type::Enum(of) {
                let found = self.type_words(index.ty);
                self.mismatch(index.span, Type::Enum(of), &found);
                return None;
            }
            checked.push(index);
        }
        Some(Expr { span, ty, kind: ExprKind::Fact(FactRef { channel, fact: id, indexes: checked }) })
    }

    pub(super) fn call(
        &mut self,
        span: Span,
        function: &ast::Name,
        arguments: &[ast::Expr],
        scope: &Scope,
    ) -> Option<Expr> {
        let name = &*function.value;
        if !FUNCTIONS.contains(&name) {
            self.unknown_function(span, function, arguments);
            return None;
        }
        if let ("common", [a, b]) = (name, arguments) {
            return self.common(span, a, b, scope);
        }
        let checked: Vec<Option<Expr>> =
            arguments.iter().map(|argument| self.expr(argument, None, scope)).collect();
        let arguments: Vec<Expr> = checked.into_iter().collect::<Option<_>>()?;
        let (fits, wants) = match name {
            "count" | "abs" => (arguments.len() == 1, "one value"),
            "min" | "max" => (arguments.len() >= 2, "two values or more"),
            "common" => (false, "two sets"),
            "round" | "floor" | "ceil" => (arguments.len() == 2, "a number and a step"),
            _ => (arguments.len() == 2, "two dates"),
        };
        if !fits {
            let message = format!("`{name}` takes {wants}, not {}", arguments.len());
            let mut diagnostic = Diagnostic::new(Code::TypeMismatch, span, message)
                .here("called with another number of values");
            if let ("round" | "floor" | "ceil", [Expr { ty: Type::Number(number), span, .. }]) =
                (name, &*arguments)
            {
                let step = self.usual_step(number.unit);
                diagnostic = diagnostic.guess(
                    format!("write `, {step}` behind it"),
                    span.after(),
                    format!(", {step}"),
                );
            }
            self.report(diagnostic);
            return None;
        }
        match name {
            "min" | "max" => self.extreme(span, name == "min", arguments),
            "round" | "floor" | "ceil" => {
                let Ok([of, step]) = <[Expr; 2]>::try_from(arguments) else { return None };
                let rounding = Rounding::ALL.into_iter().find(|rounding| rounding.as_str() == name)?;
                self.rounded(span, rounding, of, step)
            }
            "years" | "months" | "days" => {
                let Ok([a, b]) = <[Expr; 2]>::try_from(arguments) else { return None };
                let (a, b) = (self.is_date(a), self.is_date(b));
                let (between, unit) = match name {
                    "years" => (Between::Years, self.units.year()),
                    "months" => (Between::Months, self.units.month()),
                    _ => (Between::Days, self.units.day()),
                };
                let ty = Type::Number(NumberType { whole: true, unit });
                Some(Expr { span, ty, kind: ExprKind::Between(between, Box::new(a?), Box::new(b?)) })
            }
            _ => {
                let argument = arguments.into_iter().next()?;
                if name == "abs" {
                    let number = self.is_number(&argument)?;
                    return Some(Expr {
                        span,
                        ty: Type::Number(number),
                        kind: ExprKind::Abs(Box::new(argument)),
                    });
                }
                if !matches!(argument.ty, Type::Set(_)) {
                    let message = format!("`count` takes a set, not {}", self.type_words(argument.ty));
                    self.report(
                        Diagnostic::new(Code::TypeMismatch, argument.span, message).here("not a set"),
                    );
                    return None;
                }
                Some(Expr { span, ty: WHOLE, kind: ExprKind::Count(Box::new(argument)) })
            }
        }
    }

    /// What is in both of two sets; the one tells of what enum the other is.
    fn common(&mut self, span: Span, a: &ast::Expr, b: &ast::Expr, scope: &Scope) -> Option<Expr> {
        let (a, b) = if self.waits_for_type(a) && !self.waits_for_type(b) {
            let b = self.expr(b, None, scope)?;
            (self.expr(a, b.enum_id(), scope)?, b)
        } else {
            let a = self.expr(a, None, scope)?;
            let b = self.expr(b, a.enum_id(), scope)?;
            (a, b)
        };
        let of = match a.ty {
            Type::Set(of) => of,
            ty => {
                let message = format!("`common` takes sets, not {}", self.type_words(ty));
                self.report(Diagnostic::new(Code::TypeMismatch, a.span, message).here("not a set"));
                return None;
            }
        };
        if b.ty != a.ty {
            let found = self.type_words(b.ty);
            self.mismatch(b.span, Type::Set(of), &found);
            return None;
        }
        Some(Expr { span, ty: a.ty, kind: ExprKind::Common(Box::new(a), Box::new(b)) })
    }

    /// Returns a step that numbers in a unit are rounded to: one, or the smallest decimal that amounts in it show.
    fn usual_step(&self, unit: Unit) -> String {
        let decimals = unit.numerator.and_then(|id| self.units.get(id).decimals).unwrap_or(0);
        let step = if decimals == 0 { "1".into() } else { format!("0.{:0>1$}", 1, decimals as usize) };
        match self.units.name(unit, decimals > 0) {
            unit if unit.is_empty() => step,
            unit => format!("{step} {unit}"),
        }
    }

    fn is_date(&mut self, expr: Expr) -> Option<Expr> {
        if expr.ty == Type::Date {
            return Some(expr);
        }
        let found = self.type_words(expr.ty);
        self.mismatch(expr.span, Type::Date, &found);
        None
    }

    fn extreme(&mut self, span: Span, least: bool, arguments: Vec<Expr>) -> Option<Expr> {
        let make = |parts| if least { ExprKind::Min(parts) } else { ExprKind::Max(parts) };
        let first = arguments.first()?.ty;
        if first == Type::Date {
            let checked: Vec<Option<Expr>> =
                arguments.into_iter().map(|argument| self.is_date(argument)).collect();
            return Some(Expr {
                span,
                ty: Type::Date,
                kind: make(checked.into_iter().collect::<Option<_>>()?),
            });
        }
        let unit = self.is_number(arguments.first()?)?.unit;
        let beside = arguments.first().map(|first| first.span);
        let checked: Vec<Option<Expr>> =
            arguments.into_iter().map(|argument| self.convert(argument, unit, beside)).collect();
        let parts: Vec<Expr> = checked.into_iter().collect::<Option<_>>()?;
        let whole = parts.iter().all(|part| matches!(part.ty, Type::Number(NumberType { whole: true, .. })));
        Some(Expr { span, ty: Type::Number(NumberType { whole, unit }), kind: make(parts) })
    }

    pub(super) fn target_of(&mut self, subject: &ast::Expr, scope: &Scope) -> Option<TargetRef> {
        match &subject.kind {
            ast::ExprKind::Group(inner) => self.target_of(inner, scope),
            ast::ExprKind::Path(name, indexes) if name.tail.is_none() && indexes.is_empty() => {
                self.target(&EXCLUDED, &name.head, scope)
            }
            _ => {
                self.report(
                    Diagnostic::new(Code::UnknownTarget, subject.span, "only a channel or a mix is excluded")
                        .here("not a target"),
                );
                None
            }
        }
    }

    /// Looks up a channel, a mix or the rule's variable.
    pub(super) fn target(&mut self, sought: &Sought, name: &ast::Name, scope: &Scope) -> Option<TargetRef> {
        if scope.variable.as_ref() == Some(&name.value) {
            self.mention(name, NameKind::Variable);
            return Some(TargetRef::Variable);
        }
        match self.symbol_named(name) {
            Some(Symbol::Channel(id)) => Some(TargetRef::Named(Target::Channel(id))),
            Some(Symbol::Mix(id)) => Some(TargetRef::Named(Target::Mix(id))),
            Some(Symbol::Broken) => None,
            Some(Symbol::Field(_) | Symbol::Let(_) | Symbol::Weight(_) | Symbol::Parameter(_)) | None => {
                if !self.stands_for_nothing(sought, name, scope) {
                    let variable = scope.variable.clone();
                    self.unknown(sought, name, |checker| {
                        let channels = checker.channels.iter().map(|channel| channel.name.clone());
                        let mixes = checker.mixes.iter().map(|mix| mix.name.clone());
                        channels.chain(mixes).chain(variable).collect()
                    });
                }
                None
            }
        }
    }
}
