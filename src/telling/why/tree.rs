//! The condition of a rule as a tree: its parts, what they read, and how their values came about.

use super::long_source;
use super::proof::Writer;
use crate::document::{Item, Kind, Mark, Text};
use crate::words::{converted, expr_text, is_conversion, rates};
use qudao_language::decide::{Outcome, Read, Trace, Truth};
use qudao_language::model::{
    Channel, Citation, Entry, ExprKind, Id, Number, Origin, Statement, Type, Unit, UnitDefinition, Value,
};

/// Of those that are compared by a measure, so many are told.
const MOST_COMPARED: usize = 8;

impl<'r> Writer<'_, 'r> {
    /// A condition, what it read, and its parts.
    pub(super) fn tree(&self, trace: &Trace<'r>) -> Item {
        self.part(trace, &self.idle(!trace.decides))
    }

    /// A number, and how it came about.
    pub(super) fn computed(&self, trace: &Trace<'r>, number: String) -> Item {
        Item { parts: self.atom(trace), ..Item::new(Mark::Value, number) }
    }

    /// A part of a condition, with a remark behind it.
    fn part(&self, trace: &Trace<'r>, remark: &str) -> Item {
        if let ([only], ExprKind::And(_) | ExprKind::Or(_)) = (trace.parts.as_slice(), &trace.expr.kind) {
            return self.part(only, remark);
        }
        let judged = trace.judged().expect("a part of a condition is one");
        let told = self.earlier_rows(trace);
        let text = told.unwrap_or_else(|| expr_text(self.speaker.ruleset, trace.expr));
        let joins = trace.parts.iter().all(|part| part.judged().is_some()) && !trace.parts.is_empty();
        let parts = match &trace.expr.kind {
            // Of the rows before, the one that tells is shown.
            ExprKind::Not(inner) if matches!(inner.kind, ExprKind::Earlier(..)) => {
                trace.parts.iter().flat_map(|earlier| self.parts(earlier)).collect()
            }
            _ if joins && trace.read.is_none() => self.parts(trace),
            ExprKind::Leads(..) => self.compared(trace),
            _ => self.atom(trace),
        };
        let mark = Mark::Truth(judged.truth, String::new());
        Item { parts, ..Item::new(mark, format!("{text}{remark}")) }
    }

    /// How a channel stands that leads by a measure or does not, and how a few of the others do.
    fn compared(&self, trace: &Trace<'r>) -> Vec<Item> {
        let ends = |part: &Trace<'r>| part.judged().is_none_or(|judged| judged.truth == Truth::False);
        let mut stands = trace.parts.split_inclusive(ends);
        let mut told: Vec<Item> =
            stands.next().into_iter().flatten().flat_map(|part| self.atom(part)).collect();
        let others: Vec<&[Trace<'r>]> = stands.collect();
        let whole = others.len() == 1;
        let few = others.iter().take(MOST_COMPARED).flat_map(|parts| parts.last());
        // How its number came about is told of one that is alone.
        told.extend(few.flat_map(|last| match last.judged() {
            None if !whole => vec![Item::new(Mark::None, self.computation(last))],
            _ => self.atom(last),
        }));
        if others.len() > MOST_COMPARED {
            let more = self.speaker.tongue.more(others.len() - MOST_COMPARED);
            told.push(Item::new(Mark::None, more));
        }
        told
    }

    fn parts(&self, trace: &Trace<'r>) -> Vec<Item> {
        let parts = trace.parts.iter().map(|part| {
            let tongue = self.speaker.tongue;
            let same = part.judged().map(|part| part.truth) == trace.judged().map(|whole| whole.truth);
            let remark = match (&trace.expr.kind, trace.decides && !part.decides) {
                (_, false) => String::new(),
                (ExprKind::If(_), true) => self.remark(tongue.not_taken()),
                (_, true) if same => self.remark(tongue.would_do()),
                (_, true) => self.remark(tongue.decides_nothing()),
            };
            self.part(part, &remark)
        });
        parts.collect()
    }

    /// That something decides nothing, where it does not.
    fn idle(&self, idle: bool) -> String {
        if idle { self.remark(self.speaker.tongue.decides_nothing()) } else { String::new() }
    }

    fn remark(&self, remark: &str) -> String {
        self.speaker.tongue.bracket(remark)
    }

    /// What became of the rows before one of a `first` table, in words.
    fn earlier_rows(&self, trace: &Trace<'r>) -> Option<String> {
        let (ExprKind::Not(_), [earlier]) = (&trace.expr.kind, trace.parts.as_slice()) else { return None };
        let ExprKind::Earlier(table, number) = earlier.expr.kind else { return None };
        let free = trace.judged().map_or(Truth::Unknown, |judged| judged.truth);
        let row = earlier.row.map(|row| self.speaker.ruleset.row_name(table, row)).unwrap_or_default();
        Some(self.speaker.tongue.rows_before(free, number, row))
    }

    /// What an atom read, and how its values came about.
    pub(super) fn atom(&self, trace: &Trace<'r>) -> Vec<Item> {
        let idle = |decides: bool| trace.decides && !decides;
        let plain = |words: String| Item::new(Mark::None, words);
        let reads = trace.weighed_reads().into_iter().map(|(read, decides)| self.read(read, idle(decides)));
        let computed = computed(trace, false).into_iter().map(|part| plain(self.computation(part)));
        let converted = self.conversions(trace).into_iter().map(plain);
        let rates = rates(self.speaker.ruleset, trace).into_iter();
        let rates = rates.map(|(unit, decides)| self.rate(unit, idle(decides)));
        reads.chain(computed).chain(converted).chain(rates).collect()
    }

    /// `cost = 9 CNY (else x.here)`
    fn computation(&self, part: &Trace<'r>) -> String {
        let text = expr_text(self.speaker.ruleset, part.expr);
        let value = self.shown(part);
        let branch = self.branch(part).map(|branch| self.remark(&branch)).unwrap_or_default();
        match &part.expr.kind {
            _ if is_conversion(self.speaker.ruleset, part.expr) => {
                self.say(&format!("{text} is {value}"), &format!("{text} 即 {value}"))
            }
            _ => format!("{text} = {value}{branch}"),
        }
    }

    /// Which branch the value of an `if` is of, or of a let that stands for one: `else x.here`.
    fn branch(&self, trace: &Trace<'r>) -> Option<String> {
        match (&trace.expr.kind, trace.parts.as_slice()) {
            (ExprKind::Let(_) | ExprKind::Convert(..), [inner]) => self.branch(inner),
            (ExprKind::If(_), [_, yes, no]) => {
                let (word, taken) = if trace.taken()? { ("then", yes) } else { ("else", no) };
                // A literal is the value itself.
                let literal = matches!(taken.expr.kind, ExprKind::Literal(_));
                let own = || format!("{word} {}", expr_text(self.speaker.ruleset, taken.expr));
                self.branch(taken).or_else(|| (!literal).then(own))
            }
            _ => None,
        }
    }

    /// The numbers of an atom that were written in another unit than they count in: `100 USD = 710 CNY`. Those of
    /// fields and facts are told where these are.
    fn conversions(&self, trace: &Trace<'r>) -> Vec<String> {
        let mut found = Vec::new();
        trace.each(&mut |part| {
            if matches!(part.expr.kind, ExprKind::Field(_) | ExprKind::Fact(_)) {
                return;
            }
            for (number, _, unit) in converted(part) {
                let words = self.number(number, unit);
                if !found.contains(&words) {
                    found.push(words);
                }
            }
        });
        found
    }

    fn rate(&self, unit: Id<UnitDefinition>, idle: bool) -> Item {
        let definition = self.speaker.ruleset.units.get(unit);
        let rate = self.speaker.rate(unit).unwrap_or_default();
        let words = format!("1 {} = {rate}{}", definition.name, self.idle(idle));
        Item { remarks: self.citations(&definition.sources), ..Item::new(Mark::None, words) }
    }

    fn shown(&self, trace: &Trace<'_>) -> String {
        match &trace.outcome {
            Outcome::Value { value, .. } => match value {
                Some(value) => self.speaker.id(value, trace.expr.ty),
                None => self.speaker.tongue.not_known().to_string(),
            },
            Outcome::Truth(judged) => match judged.truth.as_bool() {
                Some(value) => value.to_string(),
                None => self.speaker.tongue.not_known().to_string(),
            },
        }
    }

    fn value(&self, value: Option<&Value>, ty: Type) -> String {
        match (value, ty) {
            (Some(Value::Number(number)), Type::Number(ty)) => self.number(number, ty.unit),
            (Some(value), _) => self.speaker.id(value, ty),
            (None, _) => self.speaker.tongue.not_known().to_string(),
        }
    }

    /// A number as it was written, and in its own unit where that is another.
    fn number(&self, number: &Number, unit: Unit) -> String {
        let written = self.speaker.number(number, unit);
        match self.speaker.converted(number, unit) {
            Some(converted) => format!("{written} = {converted}"),
            None => written,
        }
    }

    pub(super) fn citations<'c>(&self, citations: impl IntoIterator<Item = &'c Citation>) -> Vec<Item> {
        let cited = citations.into_iter().flat_map(|citation| long_source(&self.speaker, citation));
        cited.map(|text| Item::new(Mark::Source, text)).collect()
    }

    /// What was read; `idle` where it decides nothing.
    pub(super) fn read(&self, read: Read<'r>, idle: bool) -> Item {
        let ruleset = self.speaker.ruleset;
        let tongue = self.speaker.tongue;
        let remark = self.idle(idle);
        let item = |text: String, place: String| Item { place, ..Item::new(Mark::None, text) };
        match read {
            Read::Field(id) => {
                let field = &ruleset.fields[id];
                let given = self.decision.profile.get(id);
                let origin = match (given.origin, &given.at) {
                    (Origin::Given, Some(place)) => self.short_place(place),
                    (Origin::Given, None) => String::new(),
                    (Origin::Default, _) => tongue.by_default().to_string(),
                    (Origin::Missing, _) => tongue.left_out().to_string(),
                };
                let value = self.value(given.value.as_ref(), field.ty);
                item(format!("{} = {value}{remark}", field.name), origin)
            }
            Read::Fact { channel, entry, statement } => {
                let ty = ruleset.facts[entry.0].ty;
                let name = ruleset.entry_told(channel, entry);
                let value = statement.and_then(|statement| statement.value.as_ref());
                let silence = if value.is_none() { self.silence(channel, entry) } else { String::new() };
                let text = format!("{name} = {}{silence}{remark}", self.value(value, ty));
                let place =
                    statement.map(|s| self.short_place(&ruleset.files.place(s.span))).unwrap_or_default();
                let remarks = statement.map(|statement| self.statement(statement, ty)).unwrap_or_default();
                Item { remarks, ..item(text, place) }
            }
            Read::Target(target, excluded) => {
                let state = match (excluded, self.english()) {
                    (Truth::True, true) => "is excluded",
                    (Truth::False, true) => "is not excluded",
                    (Truth::Unknown, true) => "may be excluded",
                    (Truth::True, false) => "已排除",
                    (Truth::False, false) => "未排除",
                    (Truth::Unknown, false) => "可能被排除",
                };
                item(format!("{} {state}{remark}", self.id(target)), String::new())
            }
        }
    }

    /// Why a fact has no value: nothing where its index is unknown.
    fn silence(&self, channel: Id<Channel>, entry: Entry) -> String {
        let ruleset = self.speaker.ruleset;
        if entry.1.is_none() && !ruleset.facts[entry.0].indexes.is_empty() {
            return String::new();
        }
        let ended = ruleset.ended(channel, entry, self.decision.day);
        let tongue = self.speaker.tongue;
        let why = ended.map_or_else(|| tongue.no_source_says().to_string(), |day| tongue.ended(day));
        format!("{}{why}", tongue.colon())
    }

    /// When a statement holds, where it comes from, who disputes it, and what it took the place of.
    fn statement(&self, statement: &Statement, ty: Type) -> Vec<Item> {
        let tongue = self.speaker.tongue;
        let period = tongue.period(statement.since, statement.until);
        let period = period.map(|period| Item::new(Mark::None, Text::of(Kind::Faint, period)));
        let mut told: Vec<Item> = period.into_iter().collect();
        told.extend(self.citations(&statement.sources));
        told.extend(statement.disputed.iter().map(|disputed| {
            let value = self.value(disputed.value.as_ref(), ty);
            let text = Text::of(Kind::Doubtful, format!("{}{}{value}", tongue.disputed(), tongue.colon()));
            Item { remarks: self.citations(&disputed.sources), ..Item::new(Mark::None, text) }
        }));
        told.extend(statement.replaced_on(self.decision.day).map(|old| self.replaced(old, ty)));
        told
    }

    /// What a statement took the place of; there are as many as files that extend each other.
    fn replaced(&self, old: &Statement, ty: Type) -> Item {
        let value = self.value(old.value.as_ref(), ty);
        let mut remarks = self.citations(&old.sources);
        remarks.extend(old.replaced_on(self.decision.day).map(|older| self.replaced(older, ty)));
        let place = self.short_place(&self.speaker.ruleset.files.place(old.span));
        let text = format!("{} {value}", self.speaker.tongue.replaces());
        Item { place, remarks, ..Item::new(Mark::None, text) }
    }
}

/// The parts of an atom that were computed, not read: sums, conversions, lets. An `if` that is a part of another or of a
/// let goes without saying.
fn computed<'t, 'r>(trace: &'t Trace<'r>, inside: bool) -> Vec<&'t Trace<'r>> {
    use qudao_language::model::ExprKind as E;
    let own = matches!(
        trace.expr.kind,
        E::Sum(_)
            | E::Scale(..)
            | E::Product(..)
            | E::Quotient(..)
            | E::Round(..)
            | E::Convert(..)
            | E::Let(_)
            | E::Count(_)
            | E::SetOf(_)
            | E::Common(..)
            | E::Min(_)
            | E::Max(_)
            | E::Abs(_)
            | E::Between(..)
            | E::Shift(..)
            | E::Today
    ) || (matches!(trace.expr.kind, E::If(_)) && !inside);
    let inside = inside || matches!(trace.expr.kind, E::If(_) | E::Let(_));
    let inner = trace.parts.iter().flat_map(|part| computed(part, inside));
    if own { std::iter::once(trace).chain(inner).collect() } else { inner.collect() }
}
