//! Values of another type than is needed: what they can only mean.

use super::scope::Scope;
use super::{Checker, synonyms};
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic, shortened};
use crate::model::{Enum, Expr, ExprKind, Id, NumberType, Type, Unit, UnitDefinition, Value};
use crate::operator::CompareOp;
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, LiteralKind};
use crate::syntax::parse_quantity;

/// What stands where a value of another type should.
#[derive(Clone, Copy)]
pub(super) enum Found<'a> {
    Name(&'a str),
    Text(&'a str),
    /// A number without a unit.
    Number(&'a str),
}

/// What is meant by it, as it is to be written, and whether nothing else can be.
pub(super) struct Meant {
    text: String,
    sure: bool,
}

impl Checker<'_> {
    /// Returns what is meant by a value of another type.
    fn meant(&mut self, found: Found<'_>, ty: Type, span: Span) -> Option<Meant> {
        let sure = |text: String| Some(Meant { text, sure: true });
        match (ty, found) {
            (Type::Bool, Found::Name(word) | Found::Text(word) | Found::Number(word)) => {
                sure(synonyms::truth(word.trim())?.to_string())
            }
            (Type::Number(number), Found::Text(text)) => {
                let quantity = parse_quantity(self.sources.files(), span, text)?;
                self.fits(&quantity, number).then_some(Meant { text: text.trim().into(), sure: true })
            }
            (Type::Date, Found::Text(text)) => {
                Date::parse(text.trim())?;
                sure(text.trim().into())
            }
            (Type::Enum(id), Found::Text(text)) => {
                let (text, sure) = self.value_named(text, id)?;
                Some(Meant { text, sure })
            }
            (Type::Set(id), Found::Text(text)) => {
                let values: Option<Vec<(String, bool)>> =
                    text.split([',', '，', '、', ';']).map(|part| self.value_named(part, id)).collect();
                let (names, sure): (Vec<String>, Vec<bool>) = values?.into_iter().unzip();
                Some(Meant { text: format!("{{{}}}", names.join(", ")), sure: !sure.contains(&false) })
            }
            (Type::Text, Found::Name(text) | Found::Number(text)) => sure(format!("\"{text}\"")),
            _ => None,
        }
    }

    /// Tells whether a quantity is of this type.
    fn fits(&self, quantity: &ast::Quantity, ty: NumberType) -> bool {
        let unit = match &quantity.unit {
            None => return true,
            Some(written) => {
                let find = |name: &Option<ast::Name>| match name {
                    None => Some(None),
                    Some(name) => self.units.find(&name.value).map(Some),
                };
                let (Some(numerator), Some(denominator)) =
                    (find(&written.numerator), find(&written.denominator))
                else {
                    return false;
                };
                Unit { numerator, denominator }
            }
        };
        self.units.conversion(unit, ty.unit).is_some()
    }

    /// Returns the value of an enum that has this name or title.
    fn value_named(&mut self, text: &str, id: Id<Enum>) -> Option<(String, bool)> {
        let text = text.trim();
        if self.enums[id].member(text).is_some() {
            return Some((text.to_string(), true));
        }
        self.titled_value(text, id).map(|(name, sure)| (name.to_string(), sure))
    }

    /// Reports a literal of another type.
    pub(super) fn wrong_literal(&mut self, literal: &ast::Literal, ty: Type) {
        let shown = literal_words(&literal.kind);
        let found = match &literal.kind {
            LiteralKind::Name(name) if name.tail.is_none() => Found::Name(&name.head.value),
            LiteralKind::Text(text) => Found::Text(text),
            LiteralKind::Quantity(quantity) if quantity.unit.is_none() => Found::Number(&quantity.digits),
            _ => return self.mismatch(literal.span, ty, &shown),
        };
        let meant = self.meant(found, ty, literal.span);
        self.mismatch_meaning(literal.span, ty, &shown, meant);
    }

    /// Returns the word of a literal such as `null`, which is no value in this language.
    pub(super) fn nothing_word<'l>(&self, literal: &'l ast::Literal, ty: Type) -> Option<&'l str> {
        let word = match &literal.kind {
            LiteralKind::Name(name) if name.tail.is_none() => &*name.head.value,
            LiteralKind::Text(text) if ty != Type::Text => text.trim(),
            _ => return None,
        };
        let value = match ty {
            Type::Enum(id) | Type::Set(id) => self.enums[id].member(word).is_some(),
            Type::Bool => synonyms::truth(word).is_some(),
            Type::Number(_) | Type::Text | Type::Date => false,
        };
        (!value && synonyms::is_nothing(word)).then_some(word)
    }

    /// Reports a word such as `null`.
    pub(super) fn not_a_word_for_unknown(&mut self, span: Span, word: &str) {
        let message = format!("`{word}` is no value; what is not known is `unknown`");
        let diagnostic = Diagnostic::new(Code::TypeMismatch, span, message).here("no value");
        // What costs nothing may be said to have none.
        self.report(match word.to_lowercase().as_str() {
            "none" | "-" | "–" | "—" => diagnostic.guess("write `unknown`", span, "unknown"),
            _ => diagnostic.fix("write `unknown`", span, "unknown"),
        });
    }

    pub(super) fn mismatch(&mut self, span: Span, expected: Type, found: &str) {
        self.mismatch_meaning(span, expected, found, None);
    }

    fn mismatch_meaning(&mut self, span: Span, expected: Type, found: &str, meant: Option<Meant>) {
        let message = format!("expected {}, found {found}", self.type_words(expected));
        let mut diagnostic = Diagnostic::new(Code::TypeMismatch, span, message).here("of another type");
        if let Type::Enum(id) | Type::Set(id) = expected {
            diagnostic = diagnostic.note(self.members_note(id));
        } else if matches!(expected, Type::Number(_)) && matches!(found, "`free`" | "`gratis`" | "`nothing`")
        {
            diagnostic =
                diagnostic.note("what costs nothing is `0` with its unit; what is not known is `unknown`");
        }
        self.report(offer(diagnostic, span, meant));
    }

    /// Reports two sides of a comparison that are of different types.
    pub(super) fn never_compare(&mut self, left: &Expr, op: Spanned<CompareOp>, right: &Expr) {
        let message = format!("{} is compared with {}", self.type_words(left.ty), self.type_words(right.ty));
        for (literal, other) in [(right, left), (left, right)] {
            let found = match &literal.kind {
                ExprKind::Literal(Value::Text(text)) => Found::Text(text),
                ExprKind::Literal(Value::Number(number)) => match &number.written {
                    Some(written) if written.unit.is_none() => Found::Number(&written.digits),
                    _ => continue,
                },
                _ => continue,
            };
            if let Some(meant) = self.meant(found, other.ty, literal.span) {
                let here = self.type_words(literal.ty);
                let diagnostic = Diagnostic::new(Code::TypeMismatch, literal.span, message).here(here);
                return self.report(offer(diagnostic, literal.span, Some(meant)));
            }
        }
        let mut diagnostic =
            Diagnostic::new(Code::TypeMismatch, op.span, message).here("these never compare");
        for side in [left, right] {
            if side.span != op.span {
                diagnostic = diagnostic.also(side.span, self.type_words(side.ty));
            }
        }
        if matches!((left.ty, right.ty), (Type::Date, Type::Number(_)) | (Type::Number(_), Type::Date)) {
            diagnostic = diagnostic.note("a date is written `2021-06-01`");
        }
        if matches!((left.ty, right.ty), (Type::Set(a), Type::Enum(b)) if a == b) {
            diagnostic = match op.value {
                CompareOp::Equal => {
                    diagnostic.note("ask a set with `has`").guess("write `has`", op.span, "has")
                }
                CompareOp::NotEqual => diagnostic.note("ask a set with `has none {…}`"),
                _ => diagnostic.note("ask a set with `has …`"),
            };
        }
        self.report(diagnostic);
    }

    /// Reports `licence == yes` and `fee == null`, where a word of another language stands for a value; tells whether
    /// it did.
    pub(super) fn compared_word(
        &mut self,
        span: Span,
        other: &Expr,
        word: &ast::Expr,
        op: CompareOp,
    ) -> bool {
        let Some(name) = bare(word).filter(|name| self.find_symbol(&name.value).is_none()) else {
            return false;
        };
        if self.is_lost(&name.value) {
            return false;
        }
        if other.ty == Type::Bool
            && let Some(meant) = self.meant(Found::Name(&name.value), Type::Bool, name.span)
        {
            let shown = format!("`{}`", name.value);
            self.mismatch_meaning(name.span, Type::Bool, &shown, Some(meant));
            return true;
        }
        let value = other.enum_id().is_some_and(|id| self.enums[id].member(&name.value).is_some());
        if value || !synonyms::is_nothing(&name.value) || !op.is_equality() {
            return false;
        }
        let state = if op == CompareOp::Equal { "unknown" } else { "known" };
        let shown = self.sources.files().slice(other.span).to_string();
        let message = format!("`{}` is no value; what is not known is asked with `is unknown`", name.value);
        let diagnostic = Diagnostic::new(Code::TypeMismatch, name.span, message).here("no value");
        let asked = format!("{shown} is {state}");
        self.report(match other.kind {
            ExprKind::Fact(_) => diagnostic.fix(format!("write `{asked}`"), span, asked),
            _ => diagnostic.note(
                "a condition over what is not known is unknown by itself; only rules of `note` and `warn` ask for it",
            ),
        });
        true
    }

    /// Returns the enums of a bare name that is a value and nothing else.
    fn stray_value<'e>(
        &mut self,
        expr: &'e ast::Expr,
        scope: &Scope,
    ) -> Option<(&'e ast::Name, Vec<Id<Enum>>)> {
        let name = bare(expr)?;
        let other = self.find_symbol(&name.value).is_some() || scope.variable.as_ref() == Some(&name.value);
        if other || self.is_lost(&name.value) {
            return None;
        }
        let enums = self.holders(&name.value);
        (!enums.is_empty()).then_some((name, enums))
    }

    /// Reports a value that stands where a condition should, and tells whether it is one.
    pub(super) fn value_alone(&mut self, expr: &ast::Expr, scope: &Scope) -> bool {
        let Some((name, enums)) = self.stray_value(expr, scope) else { return false };
        let fields: Vec<(String, bool)> = self
            .fields
            .iter()
            .filter_map(|field| match field.ty {
                Type::Enum(id) if enums.contains(&id) => {
                    Some((format!("{} == {}", field.name, name.value), true))
                }
                Type::Set(id) if enums.contains(&id) => {
                    Some((format!("{} has {}", field.name, name.value), true))
                }
                _ => None,
            })
            .take(2)
            .collect();
        let of = enums.first().map_or("", |id| &*self.enums[*id].name);
        let diagnostic = not_a_condition(name, of);
        self.report(match fields.as_slice() {
            [(only, _)] => diagnostic.guess(format!("write `{only}`"), expr.span, only.clone()),
            _ => diagnostic.note(format!("compare it with a field: `FIELD == {}`", name.value)),
        });
        true
    }

    /// Reports values that go on a list behind a comparison, `owner == company or ngo`; returns how many they are.
    pub(super) fn values_listed(
        &mut self,
        parts: &[ast::Expr],
        first: &Expr,
        or: bool,
        scope: &Scope,
    ) -> usize {
        let [written, rest @ ..] = parts else { return 0 };
        let id = match (&first.kind, &written.kind) {
            (
                ExprKind::Compare(CompareOp::Equal | CompareOp::NotEqual, left, _),
                ast::ExprKind::Compare(..),
            ) => left.enum_id(),
            (ExprKind::Has(set, _), ast::ExprKind::Has(_, None, _)) => set.enum_id(),
            _ => None,
        };
        let Some(id) = id else { return 0 };
        let mut values = Vec::new();
        for part in rest {
            match self.stray_value(part, scope) {
                Some((name, enums)) if enums.contains(&id) => values.push(name),
                _ => break,
            }
        }
        let (Some(name), Some(last)) = (values.first(), values.last()) else { return 0 };
        let slice = |span: Span| self.sources.files().slice(span);
        let (subject, element, list) = match &written.kind {
            ast::ExprKind::Compare(left, op, right) => {
                let list = match (op.value, or) {
                    (CompareOp::Equal, true) => Some(("in", true)),
                    (CompareOp::NotEqual, and) => Some(("not in", !and)),
                    // One value is never two.
                    _ => None,
                };
                (left, right, list)
            }
            ast::ExprKind::Has(set, _, element) => {
                (set, element, Some((if or { "has any" } else { "has all" }, true)))
            }
            _ => return 0,
        };
        let mut names = vec![slice(element.span)];
        names.extend(values.iter().map(|name| &*name.value));
        let diagnostic = not_a_condition(name, &self.enums[id].name);
        let count = values.len();
        let diagnostic = match list {
            Some((word, sure)) => {
                let text = format!("{} {word} {{{}}}", slice(subject.span), names.join(", "));
                let span = written.span.to(last.span);
                offer(diagnostic, span, Some(Meant { text, sure }))
            }
            None => diagnostic.note(format!("`{}` has one value at a time", slice(subject.span))),
        };
        self.report(diagnostic);
        count
    }

    /// Reports two sets that `and` joins.
    pub(super) fn sets_joined(&mut self, one: Span, other: Span) {
        let files = self.sources.files();
        let with = format!("common({}, {})", files.slice(one), files.slice(other));
        let whole = Span { end: other.end, ..one };
        let mistake = Diagnostic::new(Code::TypeMismatch, whole, "`and` joins conditions, not sets");
        let mistake = mistake.here("two sets").note("what is in both is `common(a, b)`");
        self.report(mistake.guess(format!("write `{}`", shortened(&with)), whole, with));
    }

    /// Reports an expression that is no condition.
    pub(super) fn not_bool(&mut self, checked: &Expr) {
        let span = checked.span;
        let shown = shortened(self.sources.files().slice(span)).into_owned();
        let mut diagnostic = match (&checked.kind, checked.ty) {
            (ExprKind::Literal(Value::Enum(_)), Type::Enum(id)) => {
                let message = format!("`{shown}` is a value of `{}`, not a condition", self.enums[id].name);
                Diagnostic::new(Code::TypeMismatch, span, message)
            }
            _ => {
                let message = format!("expected a condition, found {}", self.type_words(checked.ty));
                Diagnostic::new(Code::TypeMismatch, span, message)
            }
        };
        diagnostic = diagnostic.here("neither true nor false");
        if matches!(checked.ty, Type::Set(_)) {
            diagnostic = diagnostic.note("ask a set with `has`");
        } else if matches!(checked.ty, Type::Number(_)) {
            diagnostic = diagnostic.note("compare it: each side of `and` and `or` is a condition of its own");
        } else if matches!(checked.ty, Type::Enum(_)) {
            diagnostic = diagnostic.note(match checked.kind {
                ExprKind::Literal(_) => "compare a field with it: `==`",
                _ => "compare it with one of its values: `==`",
            });
        }
        self.report(diagnostic);
    }

    /// Reports a number in a unit that does not convert to the one that is needed. `beside` is what needs it.
    pub(super) fn unit_mismatch(&mut self, wrong: &Expr, expected: Unit, beside: Option<Span>) {
        let Type::Number(NumberType { unit: found, .. }) = wrong.ty else { return };
        if self.is_broken(found) || self.is_broken(expected) {
            return;
        }
        let files = self.sources.files();
        let literal = is_literal(wrong);
        let shown = |span: Span| match files.slice(span) {
            text if text.len() > 40 || text.contains('\n') => "the other side".to_string(),
            text => format!("`{text}`"),
        };
        let name = |unit: Unit| self.units.name(unit, true);
        let subject = if literal { "this number".to_string() } else { shown(wrong.span) };
        let (message, here) = match (found.is_none(), expected.is_none(), beside) {
            (true, _, Some(other)) => {
                let message = format!("{subject} has no unit; {} is in `{}`", shown(other), name(expected));
                (message, "no unit stands here".to_string())
            }
            (true, _, None) => (
                format!("{subject} has no unit; `{}` is needed", name(expected)),
                "no unit stands here".into(),
            ),
            (false, true, Some(other)) => {
                let message = format!("{subject} is in `{}`, and {} has no unit", name(found), shown(other));
                (message, format!("in `{}`", name(found)))
            }
            (false, true, None) => {
                let message = format!("{subject} is in `{}`, and a plain number is needed", name(found));
                (message, format!("in `{}`", name(found)))
            }
            (false, false, _) => return self.other_dimension(wrong.span, found, expected, beside),
        };
        let mut diagnostic = Diagnostic::new(Code::UnitMismatch, wrong.span, message).here(here);
        let plain = if found.is_none() { Some(wrong) } else { None };
        if let (Some(plain), unit) = (plain, name(expected)) {
            diagnostic = match &plain.kind {
                _ if literal => diagnostic.guess(
                    format!("write `{unit}` after it"),
                    wrong.span.after(),
                    format!(" {unit}"),
                ),
                ExprKind::Field(id) => {
                    let field = &self.fields[*id].name;
                    diagnostic.note(format!("declare the field with a unit: `{field}: number {unit}`"))
                }
                ExprKind::Fact(fact) => {
                    let fact = &self.facts[fact.fact];
                    let (word, name) = (if fact.is_parameter { "parameter" } else { "fact" }, &fact.name);
                    diagnostic.note(format!("declare the {word} with a unit: `{word} {name}: number {unit}`"))
                }
                _ => diagnostic,
            };
        }
        self.report(diagnostic);
    }

    pub(super) fn is_broken(&self, unit: Unit) -> bool {
        [unit.numerator, unit.denominator].into_iter().flatten().any(|unit| self.broken_units.contains(&unit))
    }

    /// Reports a number in a unit that measures something else than the one that is needed.
    pub(super) fn other_dimension(&mut self, span: Span, found: Unit, expected: Unit, beside: Option<Span>) {
        if self.is_broken(found) || self.is_broken(expected) {
            return;
        }
        let name = |unit: Unit| match self.units.name(unit, true) {
            name if name.is_empty() => "a plain number".to_string(),
            name => format!("`{name}`"),
        };
        let exchange = self.units.exchanges(found, expected).into_iter().next();
        if self.units.dimension(found) == self.units.dimension(expected)
            && let Some(unit) = exchange.and_then(|exchange| self.facts[exchange.rate].rate_of)
        {
            let (unit, in_unit) = (&self.units.get(unit).name, name(expected));
            let message =
                format!("what one `{unit}` is changes by day: this number needs to be in {in_unit}");
            let diagnostic = Diagnostic::new(Code::UnitMismatch, span, message);
            self.report(diagnostic.here("another amount on another day"));
            return;
        }
        let message = format!("{} cannot be converted to {}", name(found), name(expected));
        let mut diagnostic = Diagnostic::new(Code::UnitMismatch, span, message).here("of another dimension");
        if let Some(beside) = beside {
            diagnostic = diagnostic.also(beside, format!("in {}", name(expected)));
        }
        if self.units.days_against_months(found, expected) {
            diagnostic = diagnostic.note(
                "a month has no fixed number of days; count with the calendar: `months(a, b)` gives whole months between two dates",
            );
        }
        // What is counted in decimals is money.
        let money = |unit: Unit| unit.numerator.filter(|id| self.units.get(*id).decimals.is_some());
        if let (Some(one), Some(other)) = (money(found), money(expected))
            && one != other
        {
            let [one, other] = [one, other].map(|id| &self.units.get(id).name);
            diagnostic = diagnostic.note(format!(
                "a rate between them is declared, with its source: `unit {one} = RATE {other} from SOURCE`"
            ));
        }
        // `30 EUR`, where an amount a month is stated.
        let written =
            |id: &Id<UnitDefinition>| self.sources.files().slice(span).ends_with(&*self.units.get(*id).name);
        if let (Some(_), None, Some(per)) =
            (found.numerator.filter(written), found.denominator, expected.denominator)
            && found.numerator == expected.numerator
        {
            let per = format!(" per {}", self.units.get(per).name);
            diagnostic = diagnostic.guess(format!("write `{}`", per.trim()), span.after(), per);
        }
        self.report(diagnostic);
    }

    /// Reports a `let` whose type nothing tells, though its values are of one enum; tells whether it is one.
    pub(super) fn let_lacks_type(&mut self, declared: &ast::Let) -> bool {
        let mut names = Vec::new();
        let Some(set) = values_of(&declared.value, &mut names) else { return false };
        let Some(first) = names.first() else { return false };
        let known = |name: &&ast::Name| self.find_symbol(&name.value).is_some() || self.is_lost(&name.value);
        if names.iter().any(known) {
            return false;
        }
        let enums: Vec<Id<Enum>> = self
            .holders(&first.value)
            .into_iter()
            .filter(|id| names.iter().all(|name| self.enums[*id].member(&name.value).is_some()))
            .collect();
        let Some(id) = enums.first() else { return false };
        let (name, of) = (&declared.name.value, &self.enums[*id].name);
        let ty = if set { format!("set of {of}") } else { of.to_string() };
        let diagnostic = Diagnostic::new(
            Code::UnknownName,
            declared.name.span,
            format!("nothing tells the type of `{name}`"),
        )
        .here("no type")
        .also(first.span, format!("a value of `{of}`, perhaps"));
        let (message, span) = (format!("write `let {name}: {ty} = …`"), declared.name.span.after());
        self.report(match enums.len() {
            1 => diagnostic.fix(message, span, format!(": {ty}")),
            _ => diagnostic.guess(message, span, format!(": {ty}")),
        });
        true
    }
}

fn not_a_condition(value: &ast::Name, of: &str) -> Diagnostic {
    let message = format!("`{}` is a value of `{of}`, not a condition", value.value);
    Diagnostic::new(Code::TypeMismatch, value.span, message).here("neither true nor false")
}

/// Offers what is meant in place of what stands at `span`.
fn offer(diagnostic: Diagnostic, span: Span, meant: Option<Meant>) -> Diagnostic {
    match meant {
        Some(Meant { text, sure: true }) => diagnostic.fix(format!("write `{text}`"), span, text),
        Some(Meant { text, sure: false }) => diagnostic.guess(format!("write `{text}`"), span, text),
        None => diagnostic,
    }
}

/// Returns the name that an expression is and nothing more.
fn bare(expr: &ast::Expr) -> Option<&ast::Name> {
    match &expr.kind {
        ast::ExprKind::Path(name, indexes) if name.tail.is_none() && indexes.is_empty() => Some(&name.head),
        _ => None,
    }
}

/// Lists the names of which an expression of values is made; `true` if they stand in sets, nothing if it is more.
fn values_of<'e>(expr: &'e ast::Expr, names: &mut Vec<&'e ast::Name>) -> Option<bool> {
    match &expr.kind {
        ast::ExprKind::Group(inner) => values_of(inner, names),
        ast::ExprKind::If(parts) => {
            let [_, yes, no] = &**parts;
            let (yes, no) = (values_of(yes, names)?, values_of(no, names)?);
            (yes == no).then_some(yes)
        }
        ast::ExprKind::Set(members) => {
            for member in members {
                names.push(bare(member)?);
            }
            Some(true)
        }
        _ => {
            names.push(bare(expr)?);
            Some(false)
        }
    }
}

/// Tells whether a number is written out, so that a unit may follow it.
fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Value::Number(number)) => number.written.is_some(),
        ExprKind::Negate(inner) => is_literal(inner),
        _ => false,
    }
}

pub(super) fn literal_words(kind: &LiteralKind) -> String {
    match kind {
        LiteralKind::Quantity(quantity) => format!("the number {}", quantity.digits),
        LiteralKind::Text(text) => format!("the text {:?}", shortened(text)),
        LiteralKind::Date(date) => format!("the date {date}"),
        LiteralKind::Bool(value) => format!("`{value}`"),
        LiteralKind::Unknown => "`unknown`".into(),
        LiteralKind::Set(_) => "a set".into(),
        LiteralKind::Name(name) => match &name.tail {
            Some(tail) => format!("`{}.{}`", name.head.value, tail.value),
            None => format!("`{}`", name.head.value),
        },
    }
}
