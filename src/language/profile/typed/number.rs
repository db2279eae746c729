//! Numbers of fields: bare ones in the field's own unit, and those with a unit.

use std::ops::Range;
use std::sync::Arc;

use super::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::model::{Field, Id, Number, NumberType, Type, Unit, UnitDefinition, Value, Written};
use crate::profile::notation::short;
use crate::profile::number::{self, Meant, Quantity, Reading};
use crate::profile::tree::{Node, NodeKind};
use crate::source::Span;
use crate::source::normal;

impl Reader<'_> {
    pub(super) fn number(&mut self, ty: NumberType, field: &Field, node: &Node) -> Option<Value> {
        let (text, quoted) = match &node.kind {
            NodeKind::Number(text) | NodeKind::Plain(text) => (text, false),
            NodeKind::Text(text) => (text, true),
            _ => {
                self.mismatch(field, node);
                return None;
            }
        };
        match number::read(text) {
            Reading::Bare if quoted => {
                let diagnostic = self.wrong(field, node).here("a text");
                let plain = text.replace('_', "");
                let other = number::other_reading(&plain).filter(|other| *other != plain);
                let diagnostic = match other {
                    Some(other) => self.two_readings(diagnostic, [&plain, &other], ty.unit, field, node),
                    None => diagnostic.fix("write the number without quotation marks", node.span, plain),
                };
                self.complain(diagnostic);
                None
            }
            Reading::Bare => self.bare(text, ty, field, node),
            Reading::Quantity(quantity) => self.quantity(text, &quantity, ty, field, node),
            Reading::Other => {
                self.not_a_number(text, ty, field, node);
                None
            }
        }
    }

    fn bare(&mut self, digits: &str, ty: NumberType, field: &Field, node: &Node) -> Option<Value> {
        match number::value(digits) {
            Some(value) => self.whole(value, ty, (digits, ty.unit), field, node),
            None => self.too_long(field, node),
        }
    }

    fn too_long(&mut self, field: &Field, node: &Node) -> Option<Value> {
        let message = format!("`{}` is given a number with too many digits", field.name);
        let diagnostic = Diagnostic::new(Code::NumberTooLong, node.span, message)
            .here("at most 18 digits before the point and 9 after it are exact");
        self.complain(diagnostic);
        None
    }

    /// Takes a number in the field's unit, which was written in another one perhaps.
    fn whole(
        &mut self,
        value: Exact,
        ty: NumberType,
        (digits, unit): (&str, Unit),
        field: &Field,
        node: &Node,
    ) -> Option<Value> {
        // `50.000` may be fifty or fifty thousand; `50.0` is fifty, as JSON and its schemas have it.
        let other = number::other_reading(digits).filter(|_| ty.whole);
        if let (Some(other), true) = (&other, value.as_whole().is_some()) {
            let message = format!("`{}` takes {}, not {digits}", field.name, self.expected(field.ty));
            let diagnostic = Diagnostic::new(Code::NotWhole, node.span, message)
                .here("a fraction, or a mark between thousands");
            let diagnostic = self.two_readings(diagnostic, [digits, other], unit, field, node);
            self.complain(diagnostic);
            return None;
        }
        if ty.whole && value.as_whole().is_none() {
            let expected = self.expected(field.ty);
            let message = format!("`{}` takes {expected}, not {value}", field.name);
            let mut diagnostic = Diagnostic::new(Code::NotWhole, node.span, message).here("not whole");
            if unit != ty.unit {
                let own = self.ruleset.units.name(ty.unit, true);
                diagnostic = diagnostic.here(format!("this is {value} {own}, which is not whole"));
            }
            if let Some(other) = &other {
                diagnostic = self.two_readings(diagnostic, [digits, other], unit, field, node);
            }
            self.complain(diagnostic);
            return None;
        }
        self.doubt_share(value, ty, (digits, unit), field, node);
        // An exponent and `_` are matters of the file; people read the number itself.
        let plain = !digits.contains(['e', 'E', '+']) && (value != Exact::ZERO || !digits.starts_with('-'));
        let digits = if plain { digits.replace('_', "") } else { value.to_string() };
        let written = Some(Arc::new(Written { digits: digits.into(), unit }));
        Some(Value::Number(Number::written(value, written)))
    }

    /// Notes that a bare fraction of a percent may be a share of one, where the field takes both.
    fn doubt_share(
        &mut self,
        value: Exact,
        ty: NumberType,
        (digits, unit): (&str, Unit),
        field: &Field,
        node: &Node,
    ) {
        let units = &self.ruleset.units;
        let percent =
            units.find("percent").map(|percent| Unit { numerator: Some(percent), denominator: None });
        let bare = matches!(number::read(self.written(node.span)), Reading::Bare);
        let small = value != Exact::ZERO
            && value.as_whole().is_none()
            && digits.trim_start_matches('-').starts_with('0');
        let share = value.times(Exact::whole(100));
        let (true, true, true, Some(share)) =
            (percent == Some(ty.unit), unit == ty.unit && bare, small, share)
        else {
            return;
        };
        if !field.allows(&Value::Number(Number::computed(share))) {
            return;
        }
        let message = format!("`{}` is {value}%, not {share}%", field.name);
        let says = |digits: Exact| self.number_mended(&digits.to_string(), ty.unit, node);
        let (own, other) = (says(value), says(share));
        self.complain(
            Diagnostic::new(Code::SmallPercent, node.span, message)
                .here("a number of percent, which needs no `%`")
                .note(format!("write `{own}` if that is meant, `{other}` if it is a share of one")),
        );
    }

    fn quantity(
        &mut self,
        text: &str,
        quantity: &Quantity,
        ty: NumberType,
        field: &Field,
        node: &Node,
    ) -> Option<Value> {
        let unit = self.unit(text, quantity, ty, field, node)?;
        let units = &self.ruleset.units;
        let Some(factor) = units.conversion(unit, ty.unit) else {
            let shown = units.name(unit, true);
            let expected = self.expected(field.ty);
            let message =
                format!("`{}` takes {expected}, and `{shown}` cannot be converted to that", field.name);
            let mut diagnostic =
                Diagnostic::new(Code::UnitMismatch, node.span, message).here("of another dimension");
            let exchange = units.exchanges(unit, ty.unit).into_iter().next();
            if units.dimension(unit) == units.dimension(ty.unit)
                && let Some(rated) = exchange.and_then(|exchange| self.ruleset.facts[exchange.rate].rate_of)
            {
                let rated = &units.get(rated).name;
                diagnostic = diagnostic
                    .here("another amount on another day")
                    .note(format!("what one `{rated}` is changes by day; give {expected}"));
            } else if units.days_against_months(unit, ty.unit) {
                diagnostic = diagnostic.note("a month has no fixed number of days");
            } else if unit.denominator.is_none() && unit.numerator == ty.unit.denominator {
                let meant = Unit { numerator: None, denominator: unit.numerator };
                diagnostic = self.offer_number(diagnostic, digits_of(text, quantity), meant, node);
            }
            self.complain(diagnostic);
            return None;
        };
        let digits = digits_of(text, quantity);
        let value = number::value(digits).and_then(|value| value.times(factor));
        match value.filter(|value| value.is_writable_size()) {
            Some(value) => self.whole(value, ty, (digits, unit), field, node),
            None => self.too_long(field, node),
        }
    }

    fn unit(
        &mut self,
        text: &str,
        quantity: &Quantity,
        ty: NumberType,
        field: &Field,
        node: &Node,
    ) -> Option<Unit> {
        let mut found = [None, None];
        for (place, at) in found.iter_mut().zip([&quantity.numerator, &quantity.denominator]) {
            let Some(at) = at else { continue };
            let name = text.get(at.clone()).unwrap_or("");
            *place = self.unit_named(name);
            if place.is_none() {
                self.no_unit(text, at.clone(), ty, field, node);
                return None;
            }
        }
        let [numerator, denominator] = found;
        Some(Unit { numerator, denominator })
    }

    fn unit_named(&self, name: &str) -> Option<Id<UnitDefinition>> {
        let name = if name == "%" { "percent".into() } else { normal(name) };
        self.ruleset.units.find(&name)
    }

    fn no_unit(&mut self, text: &str, at: Range<usize>, ty: NumberType, field: &Field, node: &Node) {
        let name = text.get(at.clone()).unwrap_or("");
        let numerator = at.start < text.find(" per ").unwrap_or(text.len());
        let here = self.part(node.span, text, at);
        let message = format!("no unit is named `{}`", short(name));
        let diagnostic = Diagnostic::new(Code::UnknownUnit, here, message).here("not a unit");
        let meant = number::meant(text).and_then(|meant| self.in_units(&meant, ty, field));
        if let Some((digits, other, unit)) = meant {
            let diagnostic = match other {
                Some(other) => self.two_readings(diagnostic, [&digits, &other], unit, field, node),
                None => self.offer_number(diagnostic, &digits, unit, node),
            };
            return self.complain(diagnostic);
        }
        // What cannot be converted to the field's unit is not meant.
        let part = |id| match numerator {
            true => Unit { numerator: Some(id), denominator: None },
            false => Unit { numerator: None, denominator: Some(id) },
        };
        let own = match numerator {
            true => Unit { denominator: None, ..ty.unit },
            false => Unit { numerator: None, ..ty.unit },
        };
        let all = &self.ruleset.units;
        let units = all.iter().filter(|(id, _)| all.conversion(part(*id), own).is_some());
        let units = units.flat_map(|(_, unit)| [Some(&*unit.name), unit.plural]).flatten();
        let names: Vec<&str> = units.collect();
        let diagnostic = match self.nearest(name, names) {
            Some(near) => {
                let diagnostic = diagnostic.note(format!("the nearest name is `{near}`"));
                if here == node.span {
                    diagnostic
                } else {
                    diagnostic.guess(format!("write `{near}`"), here, near)
                }
            }
            None => diagnostic.note(format!("it takes {}", self.expected(field.ty))),
        };
        self.complain(diagnostic);
    }

    /// Returns the place of a part of a value, if the value stands there as it is read; else that of the whole.
    fn part(&self, span: Span, text: &str, at: Range<usize>) -> Span {
        let Some(before) = self.written(span).find(text) else { return span };
        let start = span.start + before as u32;
        Span { start: start + at.start as u32, end: start + at.end as u32, ..span }
    }

    /// Returns what is meant, in units that can be converted to the field's, if the field takes it; and what else it may
    /// be.
    fn in_units(
        &self,
        meant: &Meant,
        ty: NumberType,
        field: &Field,
    ) -> Option<(String, Option<String>, Unit)> {
        let find = |name: &Option<String>| match name {
            None => Some(None),
            Some(name) => self.unit_named(name).map(Some),
        };
        let numerator = match find(&meant.numerator) {
            // Of `9 posts per month`, the noun is no unit.
            None if ty.unit.numerator.is_none() && meant.denominator.is_some() => None,
            found => found?,
        };
        let unit = Unit { numerator, denominator: find(&meant.denominator)? };
        let from = if unit.is_none() { ty.unit } else { unit };
        let factor = self.ruleset.units.conversion(from, ty.unit)?;
        let value = |digits: &str| {
            let value = number::value(digits)?.times(factor)?;
            (!ty.whole || value.as_whole().is_some()).then_some(value)
        };
        let other = meant.other.clone().filter(|other| value(other).is_some());
        let fits = |digits: &str| {
            value(digits).is_some_and(|value| field.allows(&Value::Number(Number::computed(value))))
        };
        match (value(&meant.digits).is_some(), other) {
            (true, None) => fits(&meant.digits).then(|| (meant.digits.clone(), None, unit)),
            (true, Some(other)) => {
                (fits(&meant.digits) || fits(&other)).then(|| (meant.digits.clone(), Some(other), unit))
            }
            (false, Some(other)) => fits(&other).then_some((other, None, unit)),
            (false, None) => None,
        }
    }

    /// Says both readings of a number whose mark may part thousands or stand before a fraction.
    fn two_readings(
        &self,
        diagnostic: Diagnostic,
        readings: [&str; 2],
        unit: Unit,
        field: &Field,
        node: &Node,
    ) -> Diagnostic {
        let plain =
            |digits: &str| number::value(digits).map_or(digits.to_string(), |value| value.to_string());
        let [one, two] = readings.map(plain);
        let diagnostic = diagnostic.note(format!(
            "it may be {one} or {two}: write it without a mark between thousands, and a fraction behind a point"
        ));
        let Type::Number(ty) = field.ty else { return diagnostic };
        let own = if unit.is_none() { ty.unit } else { unit };
        let takes = |digits: &&String| {
            let factor = self.ruleset.units.conversion(own, ty.unit);
            let value = number::value(digits).zip(factor).and_then(|(value, factor)| value.times(factor));
            value.is_some_and(|value| {
                let whole = !ty.whole || value.as_whole().is_some();
                whole && field.allows(&Value::Number(Number::computed(value)))
            })
        };
        let unit = if unit == ty.unit { Unit::default() } else { unit };
        let mends: Vec<String> = [&one, &two]
            .into_iter()
            .filter(takes)
            .map(|digits| self.number_mended(digits, unit, node))
            .collect();
        match mends.as_slice() {
            [only] => diagnostic.guess(format!("write `{only}`"), node.span, only.clone()),
            _ => mends.into_iter().fold(diagnostic, |diagnostic, mend| {
                diagnostic.either(format!("write `{mend}`"), node.span, mend)
            }),
        }
    }

    /// Offers a number with a unit, or without one.
    fn offer_number(&self, diagnostic: Diagnostic, digits: &str, unit: Unit, node: &Node) -> Diagnostic {
        let mend = self.number_mended(digits, unit, node);
        diagnostic.fix(format!("write `{mend}`"), node.span, mend)
    }

    /// Returns a number as it is written in the place of a value.
    fn number_mended(&self, digits: &str, unit: Unit, node: &Node) -> String {
        let text = |text: &str| self.notation(node.span).text(text, self.written(node.span));
        match self.ruleset.units.name(unit, digits != "1") {
            name if name.is_empty() => digits.to_string(),
            name if name == "percent" => text(&format!("{digits}%")),
            name => text(&format!("{digits} {name}")),
        }
    }

    fn not_a_number(&mut self, text: &str, ty: NumberType, field: &Field, node: &Node) {
        let diagnostic = self.wrong(field, node);
        let meant = number::meant(text).and_then(|meant| self.in_units(&meant, ty, field));
        let diagnostic = match meant {
            Some((digits, other, unit)) => {
                let diagnostic = diagnostic.here(number::slip(text));
                match other {
                    Some(other) => self.two_readings(diagnostic, [&digits, &other], unit, field, node),
                    None => self.offer_number(diagnostic, &digits, unit, node),
                }
            }
            None => {
                let label = if number::meant(text).is_some() { number::slip(text) } else { "not a number" };
                self.offer_null(diagnostic.here(label), text, node)
            }
        };
        self.complain(diagnostic);
    }
}

fn digits_of<'t>(text: &'t str, quantity: &Quantity) -> &'t str {
    text.get(quantity.digits.clone()).unwrap_or("")
}
