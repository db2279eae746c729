//! Regions of profiles as readable conditions.

use super::diagram::{Cells, Ref, TooLarge};
use super::space::{Asked, AskedKind, Space};
use qudao_engine::ground::Cut;
use qudao_language::decide::Judged;
use qudao_language::exact::Exact;
use qudao_language::model::{Channel, Expr, ExprKind, FactRef, Field, Id, Ruleset, Type, Unit, Value};
use qudao_telling::words::{Speaker, Tongue, expr_text};

/// The cells of each variable that a condition allows; nothing where it allows all.
pub(super) type Cube = Vec<Option<Vec<usize>>>;

/// Regions with more nodes than this are told by their first condition alone.
const MAX_SUPPORT: usize = 64;

impl Space<'_, '_> {
    /// Returns conditions that make up a region, widest first from a profile's cells on, at most so many; and whether
    /// they leave some of it out.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn conditions(
        &mut self,
        region: Ref,
        cells: &Cells,
        most: usize,
    ) -> Result<(Vec<String>, bool), TooLarge> {
        let (parts, more) = self.parts(region, cells, most)?;
        Ok((parts.into_iter().map(|(condition, _)| condition).collect(), more))
    }

    /// The same, each condition with the part of the region that it tells and none before it does.
    pub(super) fn parts(
        &mut self,
        region: Ref,
        cells: &Cells,
        most: usize,
    ) -> Result<(Vec<(String, Ref)>, bool), TooLarge> {
        let mut told = Vec::new();
        let mut left = region;
        let mut cells = Some(cells.clone());
        while let Some(here) = cells.take() {
            if told.len() == most {
                return Ok((told, true));
            }
            let cube = self.widen(region, &here);
            let covered = self.cells_in(&cube)?;
            told.push((self.condition(&cube), self.diagrams.and(left, covered)?));
            left = self.diagrams.without(left, covered)?;
            cells = self.point(&mut left, &|_, _, cell| cell as u64)?.map(|point| point.cells);
        }
        Ok((told, false))
    }

    /// The widest cells around some cells in which a region holds: variable by variable, all cells, or as many as can
    /// be.
    fn widen(&self, region: Ref, cells: &Cells) -> Cube {
        let support = self.diagrams.support(region);
        let place = |place: usize| cells.get(place).copied().flatten().filter(|_| support.contains(&place));
        let mut cube: Cube =
            (0..self.diagrams.variables()).map(|at| place(at).map(|cell| vec![cell])).collect();
        // Variables of the support that the path did not ask are free anyway.
        if support.len() > MAX_SUPPORT {
            return cube;
        }
        for at in support {
            let Some(told) = cube.get_mut(at).and_then(Option::take) else { continue };
            if self.diagrams.holds_in(region, &cube) {
                continue;
            }
            let mut allowed = told;
            for cell in 0..self.diagrams.width(at) {
                if !allowed.contains(&cell) {
                    let mut wider = allowed.clone();
                    wider.push(cell);
                    wider.sort_unstable();
                    if let Some(slot) = cube.get_mut(at) {
                        *slot = Some(wider.clone());
                    }
                    if self.diagrams.holds_in(region, &cube) {
                        allowed = wider;
                    }
                }
            }
            if let Some(slot) = cube.get_mut(at) {
                *slot = Some(allowed);
            }
        }
        cube
    }

    /// A cube as a condition of the language.
    fn condition(&self, cube: &Cube) -> String {
        let mut parts = Vec::new();
        for (asked, allowed) in self.asked.iter().zip(cube) {
            if let Some(allowed) = allowed {
                parts.extend(self.part(asked, allowed));
            }
        }
        if parts.is_empty() { "always".into() } else { parts.join(" and ") }
    }

    fn part(&self, asked: &Asked, allowed: &[usize]) -> Option<String> {
        match &asked.kind {
            AskedKind::Field(number) => {
                let (side, ruleset, field) = self.declared_last(*number)?;
                Some(field_part(side, ruleset, field, asked, allowed))
            }
            AskedKind::Given(number) => {
                let (_, _, field) = self.declared_last(*number)?;
                Some(format!("{} is {}", field.name, if allowed == [0] { "known" } else { "unknown" }))
            }
            AskedKind::Member(number, name) => {
                let (side, _, field) = self.declared_last(*number)?;
                let not = if allowed == [1] { "" } else { "not " };
                let Type::Set(of) = field.ty else { return None };
                // It may have another name now.
                let of = &self.grounds.get(side)?.ruleset.enums[of];
                let name = of.member_read(name).map_or(&**name, |member| of.member_name(member));
                Some(format!("{not}{} has {name}", field.name))
            }
            AskedKind::Form(number) => self.sum_part(*number, asked, allowed),
            AskedKind::Measure(number) => self.measure_part(*number, asked, allowed),
            AskedKind::Free { side, opaque, ways } => {
                let text = self.side_text(*side, *opaque)?;
                let all = |way: Judged| allowed.iter().all(|cell| ways.get(*cell) == Some(&way));
                Some(match () {
                    () if all(Judged::TRUE) => format!("({text})"),
                    () if all(Judged::FALSE) => format!("not ({text})"),
                    () => format!("({text}) is not settled"),
                })
            }
        }
    }

    /// What a free variable says of its channel, by which of two rulesets where it is another condition by the other.
    fn side_text(&self, side: usize, opaque: usize) -> Option<String> {
        let of = |side: usize, opaque: usize| {
            let ground = self.grounds.get(side)?;
            let opaque = &ground.opaque[Id::new(opaque)];
            Some(of_channel(ground.ruleset, opaque.expr, opaque.channel))
        };
        let text = of(side, opaque)?;
        let other = |asked: &Asked| match asked.kind {
            AskedKind::Free { side: by, opaque, .. } => by != side && of(by, opaque).as_ref() == Some(&text),
            _ => false,
        };
        Some(match (self.asked.iter().any(other), side) {
            (false, _) => text,
            (true, 0) => format!("old: {text}"),
            (true, _) => format!("new: {text}"),
        })
    }

    /// A sum of fields between bounds: `posts + staff > 3`; of one field less another, `posts > staff`.
    fn sum_part(&self, number: usize, asked: &Asked, allowed: &[usize]) -> Option<String> {
        let form = self.forms.get(number)?;
        let mut terms = Vec::new();
        for (field, factor) in &form.terms {
            let (_, ruleset, field) = self.declared_last(*field)?;
            terms.push((ruleset, field, *factor));
        }
        let (ruleset, first, _) = terms.first().copied()?;
        if terms.iter().any(|(_, field, _)| unit(field) != unit(first)) {
            return self.as_written(number, asked, allowed);
        }
        let speaker = Speaker::new(ruleset, None);
        let dates = first.ty == Type::Date;
        let value = |at: Exact| match first.ty {
            Type::Number(_) => {
                speaker.id(&Value::Number(qudao_language::model::Number::computed(at)), first.ty)
            }
            _ => format!("{} days", at.numerator()),
        };
        let plain = |factor: Exact| factor.abs() == Exact::ONE;
        let versus = match terms.as_slice() {
            [(.., one), (_, other, minus)] if plain(*one) && *minus == one.negated() => Some(other),
            _ => None,
        };
        let mut sum = String::new();
        for (_, field, factor) in &terms {
            let sign = match (sum.is_empty(), factor.is_negative()) {
                (true, false) => "",
                (true, true) => "-",
                (false, false) => " + ",
                (false, true) => " - ",
            };
            let times = if plain(*factor) { String::new() } else { format!("{} * ", factor.abs()) };
            sum.push_str(&format!("{sign}{times}{}", field.name));
        }
        let says = |op: &str, at: Exact| match versus {
            Some(other) if at == Exact::ZERO => format!("{} {op} {}", first.name, other.name),
            Some(_) if dates => format!("{sum} {op} {}", value(at)),
            _ => format!("{sum} {op} {}", value(at)),
        };
        let last = asked.cells.len().saturating_sub(1);
        Some(
            told_ranges(asked, allowed, last, form.whole, &says).unwrap_or_else(|| format!("{sum} is known")),
        )
    }

    /// Months or years between days in some cells, by the names of the fields that they are counted between.
    fn measure_part(&self, number: usize, asked: &Asked, allowed: &[usize]) -> Option<String> {
        let fields = self.measured_fields(number).into_iter();
        let names: Vec<String> =
            fields.filter_map(|field| Some(self.declared_last(field)?.2.name.to_string())).collect();
        let between = format!("{} between {}", self.unit_of(number), Tongue::English.and(&names));
        let says = |op: &str, at: Exact| match at.as_whole() {
            Some(at) => format!("{between} {op} {at}"),
            None => format!("{between} {op} {}/{}", at.numerator(), at.denominator()),
        };
        let last = asked.cells.len().saturating_sub(1);
        told_ranges(asked, allowed, last, true, &says)
    }

    /// What conditions say of a sum in some cells: those that hold in all of them, and those that hold in none.
    fn as_written(&self, number: usize, asked: &Asked, allowed: &[usize]) -> Option<String> {
        let mut told = Vec::new();
        for (side, ground) in self.grounds.iter().enumerate().rev() {
            for (id, opaque) in ground.opaque.entries() {
                let Some(holds) = self.says_of(side, id.index(), number, asked) else { continue };
                let text = of_channel(ground.ruleset, opaque.expr, opaque.channel);
                let all = |way: bool| allowed.iter().all(|cell| holds.get(*cell) == Some(&way));
                told.extend(all(true).then(|| format!("({text})")));
                told.extend(all(false).then(|| format!("not ({text})")));
            }
        }
        told.sort_unstable();
        told.dedup();
        if told.is_empty() { None } else { Some(told.join(" and ")) }
    }

    /// A field as the last side has it that has it.
    fn declared_last(&self, number: usize) -> Option<(usize, &Ruleset, &Field)> {
        let sides = self.fields.get(number)?.sides;
        let mut sides = sides.iter().enumerate().rev();
        sides.find_map(|(side, id)| {
            let ruleset = self.grounds.get(side)?.ruleset;
            id.map(|id| (side, ruleset, &ruleset.fields[id]))
        })
    }
}

/// What a condition says of a channel, which stands where it names the rule's variable.
fn of_channel(ruleset: &Ruleset, expr: &Expr, channel: Option<Id<Channel>>) -> String {
    let text = expr_text(ruleset, expr);
    let mut variable = None;
    expr.walk(&mut |part| {
        if matches!(&part.kind, ExprKind::OfChannel(_) | ExprKind::Fact(FactRef { channel: None, .. })) {
            variable = variable.or(ruleset.files.slice(part.span).split_once('.').map(|(name, _)| name));
        }
    });
    let (Some(channel), Some(variable)) = (channel, variable) else { return text };
    let of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let read = format!("{variable}.");
    let mut told = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(&read) {
        told.push_str(before);
        told.push_str(if told.ends_with(of_name) { variable } else { &ruleset.channels[channel].name });
        told.push('.');
        rest = after;
    }
    told + rest
}

fn unit(field: &Field) -> Option<Unit> {
    if let Type::Number(number) = field.ty { Some(number.unit) } else { None }
}

fn field_part(side: usize, ruleset: &Ruleset, field: &Field, asked: &Asked, allowed: &[usize]) -> String {
    let name = &field.name;
    let value =
        |cell: &usize| asked.cells.get(*cell).and_then(|cell| cell.values.get(side)).cloned().flatten();
    let known: Vec<usize> = (0..asked.cells.len()).filter(|cell| value(cell).is_some()).collect();
    let with_unknown = allowed.iter().any(|cell| !known.contains(cell));
    let cells: Vec<usize> = allowed.iter().copied().filter(|cell| known.contains(cell)).collect();
    let text = |cell: &usize| {
        value(cell).map(|value| Speaker::new(ruleset, None).id(&value, field.ty)).unwrap_or_default()
    };
    let quoted = |cell: &usize| match value(cell) {
        Some(Value::Text(text)) => format!("{text:?}"),
        _ => text(cell),
    };
    let told = match field.ty {
        _ if cells.is_empty() => format!("{name} is unknown"),
        Type::Bool => {
            if cells == [1] {
                name.to_string()
            } else {
                format!("not {name}")
            }
        }
        Type::Number(_) | Type::Date => ranges(ruleset, field, asked, &cells),
        _ => {
            let others: Vec<usize> = known.iter().copied().filter(|cell| !cells.contains(cell)).collect();
            let list = |cells: &[usize]| cells.iter().map(quoted).collect::<Vec<_>>().join(", ");
            match (cells.as_slice(), others.as_slice()) {
                // The last cell of texts stands for all others.
                (all, _) if field.ty == Type::Text && all.last() == known.last() => {
                    format!("{name} not in {{{}}}", list(&others))
                }
                ([one], _) => format!("{name} == {}", quoted(one)),
                (_, [one]) => format!("{name} != {}", quoted(one)),
                (all, rest) if all.len() <= rest.len() => format!("{name} in {{{}}}", list(all)),
                (_, rest) => format!("{name} not in {{{}}}", list(rest)),
            }
        }
    };
    if with_unknown && !cells.is_empty() { format!("({told} or {name} is unknown)") } else { told }
}

/// Ordered cells as ranges.
fn ranges(ruleset: &Ruleset, field: &Field, asked: &Asked, cells: &[usize]) -> String {
    let name = &field.name;
    let speaker = Speaker::new(ruleset, None);
    let value = |at: Exact| {
        let value = match field.ty {
            Type::Date => Value::Date(qudao_language::date::Date::of_number(
                at.as_whole().and_then(|day| i64::try_from(day).ok()).unwrap_or(0),
            )),
            _ => Value::Number(qudao_language::model::Number::computed(at)),
        };
        speaker.id(&value, field.ty)
    };
    let whole = !matches!(field.ty, Type::Number(number) if !number.whole);
    let known = asked.cells.iter().filter(|cell| cell.values != [None, None]).count();
    let says = |op: &str, at: Exact| format!("{name} {op} {}", value(at));
    told_ranges(asked, cells, known.saturating_sub(1), whole, &says)
        .unwrap_or_else(|| format!("{name} is known"))
}

/// Ordered cells as ranges, each bound told by `says`; nothing where they are all, up to the last one.
fn told_ranges(
    asked: &Asked,
    cells: &[usize],
    end: usize,
    whole: bool,
    says: &dyn Fn(&str, Exact) -> String,
) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = cells;
    while let Some(first) = rest.first().copied() {
        let length = rest.iter().zip(first..).take_while(|(cell, expected)| **cell == *expected).count();
        let last = first + length - 1;
        rest = rest.get(length..).unwrap_or(&[]);
        let bound = |cell: usize| asked.cells.get(cell).map_or((None, None), |cell| cell.bounds);
        let low = bound(first).0.filter(|_| first > 0);
        let high = bound(last).1.filter(|_| last < end);
        // Before a whole number is up to the one before it.
        let up_to = |cut: Cut| match (cut.after, whole, cut.at.minus(Exact::ONE)) {
            (false, true, Some(before)) => Some(before),
            (true, ..) => Some(cut.at),
            _ => None,
        };
        let above = |cut: Cut| says(if cut.after { ">" } else { ">=" }, cut.at);
        let below = |cut: Cut| match up_to(cut) {
            Some(at) => says("<=", at),
            None => says("<", cut.at),
        };
        parts.push(match (low, high) {
            (Some(low), Some(high)) if !low.after && up_to(high) == Some(low.at) => says("==", low.at),
            (Some(low), Some(high)) => format!("{} and {}", above(low), below(high)),
            (Some(low), None) => above(low),
            (None, Some(high)) => below(high),
            (None, None) => return None,
        });
    }
    Some(if parts.len() == 1 { parts.remove(0) } else { format!("({})", parts.join(" or ")) })
}
