//! The condition of a rule as a tree: its parts, what they read, and how their values came about.

use super::long_source;
use super::page::Style;
use super::proof::{Writer, mark};
use crate::words::{converted, rates, source_text};
use qudao_language::decide::{Outcome, Read, Trace, Truth};
use qudao_language::layout::{WIDTH, pad, width};
use qudao_language::model::{
    Channel, Citation, Entry, ExprKind, Id, Number, Origin, Statement, Type, Unit, UnitDefinition, Value,
};
use qudao_language::visible::visible;

/// What stands before a line of a tree, and before the lines below it.
struct Lead {
    first: String,
    rest: String,
}

impl Lead {
    /// The lead of one of so many branches.
    fn branch(rest: &str, number: usize, count: usize) -> Lead {
        let (mark, below) = if number + 1 == count { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        Lead { first: format!("{rest}{mark}"), rest: format!("{rest}{below}") }
    }
}

/// What an atom is told with, a line each.
enum Line<'t, 'r> {
    Read(Read<'r>, bool),
    Computed(&'t Trace<'r>),
    /// A number that was written in another unit.
    Converted(String),
    Rate(Id<UnitDefinition>, bool),
}

impl<'r> Writer<'_, 'r> {
    /// The facts that a text alone tells.
    pub(super) fn told(&mut self, reads: Vec<Read<'r>>, indent: &str) {
        let count = reads.len();
        for (number, read) in reads.into_iter().enumerate() {
            self.read(read, false, &Lead::branch(indent, number, count));
        }
    }

    /// A condition, what it read, and its parts.
    pub(super) fn tree(&mut self, trace: &Trace<'r>, indent: &str) {
        let lead = Lead { first: indent.to_string(), rest: indent.to_string() };
        let idle = self.remark(self.speaker.tongue.decides_nothing());
        self.part(trace, &lead, if trace.decides { "" } else { &idle });
    }

    /// A part of a condition, with a remark behind it.
    fn part(&mut self, trace: &Trace<'r>, lead: &Lead, remark: &str) {
        if let ([only], ExprKind::And(_) | ExprKind::Or(_)) = (trace.parts.as_slice(), &trace.expr.kind) {
            return self.part(only, lead, remark);
        }
        let judged = trace.judged().expect("a part of a condition is one");
        let (style, sign) = mark(judged.truth);
        let told = self.earlier_rows(trace);
        let text = told.unwrap_or_else(|| source_text(self.speaker.ruleset, trace.expr.span));
        self.page.hang_under(
            &[(Style::Plain, &lead.first), (style, &format!("{sign} "))],
            &lead.rest,
            &format!("{text}{remark}"),
        );
        if let ExprKind::Not(inner) = &trace.expr.kind
            && let ExprKind::Earlier(..) = inner.kind
        {
            // Of the rows before, the one that tells is shown.
            return trace.parts.iter().for_each(|earlier| self.parts(earlier, lead));
        }
        let joins = trace.parts.iter().all(|part| part.judged().is_some()) && !trace.parts.is_empty();
        if joins && trace.read.is_none() { self.parts(trace, lead) } else { self.atom(trace, lead) }
    }

    fn parts(&mut self, trace: &Trace<'r>, lead: &Lead) {
        let count = trace.parts.len();
        for (number, part) in trace.parts.iter().enumerate() {
            let tongue = self.speaker.tongue;
            let same = part.judged().map(|part| part.truth) == trace.judged().map(|whole| whole.truth);
            let remark = match (&trace.expr.kind, trace.decides && !part.decides) {
                (_, false) => String::new(),
                (ExprKind::If(_), true) => self.remark(tongue.not_taken()),
                (_, true) if same => self.remark(tongue.would_do()),
                (_, true) => self.remark(tongue.decides_nothing()),
            };
            self.part(part, &Lead::branch(&lead.rest, number, count), &remark);
        }
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
    fn atom(&mut self, trace: &Trace<'r>, lead: &Lead) {
        let mut lines: Vec<Line<'_, 'r>> = Vec::new();
        lines.extend(trace.weighed_reads().into_iter().map(|(read, decides)| Line::Read(read, decides)));
        lines.extend(computed(trace, false).into_iter().map(Line::Computed));
        lines.extend(self.conversions(trace).into_iter().map(Line::Converted));
        let rates = rates(self.speaker.ruleset, trace);
        lines.extend(rates.into_iter().map(|(unit, decides)| Line::Rate(unit, decides)));
        let count = lines.len();
        for (number, line) in lines.into_iter().enumerate() {
            let lead = Lead::branch(&lead.rest, number, count);
            let idle = |decides: bool| trace.decides && !decides;
            match line {
                Line::Read(read, decides) => self.read(read, idle(decides), &lead),
                Line::Computed(part) => {
                    let words = self.computation(part);
                    self.page.hang_under(&[(Style::Plain, &lead.first)], &lead.rest, &words);
                }
                Line::Converted(words) => {
                    self.page.hang_under(&[(Style::Plain, &lead.first)], &lead.rest, &words);
                }
                Line::Rate(unit, decides) => self.rate(unit, idle(decides), &lead),
            }
        }
    }

    /// `cost = 9 CNY (else x.here)`
    fn computation(&self, part: &Trace<'r>) -> String {
        let text = source_text(self.speaker.ruleset, part.expr.span);
        let value = self.shown(part);
        let branch = self.branch(part).map(|branch| self.remark(&branch)).unwrap_or_default();
        match &part.expr.kind {
            ExprKind::Convert(..) => self.say(&format!("{text} is {value}"), &format!("{text} 即 {value}")),
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
                let own = || format!("{word} {}", source_text(self.speaker.ruleset, taken.expr.span));
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

    fn rate(&mut self, unit: Id<UnitDefinition>, idle: bool, lead: &Lead) {
        let ruleset = self.speaker.ruleset;
        let definition = ruleset.units.get(unit);
        let rate = self.speaker.rate(unit).unwrap_or_default();
        let remark = if idle { self.remark(self.speaker.tongue.decides_nothing()) } else { String::new() };
        let words = format!("1 {} = {rate}{remark}", definition.name);
        self.page.hang_under(&[(Style::Plain, &lead.first)], &lead.rest, &words);
        self.citations(&definition.sources, &format!("{}  ", lead.rest));
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

    pub(super) fn citations(&mut self, citations: &[Citation], indent: &str) {
        for text in citations.iter().flat_map(|citation| long_source(&self.speaker, citation)) {
            self.page.hang(&[(Style::Faint, &format!("{indent}⤷ "))], &text);
        }
    }

    /// What was read; `idle` where it decides nothing.
    fn read(&mut self, read: Read<'r>, idle: bool, lead: &Lead) {
        let ruleset = self.speaker.ruleset;
        let tongue = self.speaker.tongue;
        let remark = if idle { self.remark(tongue.decides_nothing()) } else { String::new() };
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
                self.beside(lead, &format!("{} = {value}{remark}", field.name), &origin);
            }
            Read::Fact { channel, entry, statement } => {
                let ty = ruleset.facts[entry.0].ty;
                let name = ruleset.entry_name(channel, entry);
                let value = statement.and_then(|statement| statement.value.as_ref());
                let silence = if value.is_none() { self.silence(channel, entry) } else { String::new() };
                let text = format!("{name} = {}{silence}{remark}", self.value(value, ty));
                let place =
                    statement.map(|s| self.short_place(&ruleset.files.place(s.span))).unwrap_or_default();
                self.beside(lead, &text, &place);
                if let Some(statement) = statement {
                    self.statement(statement, ty, &lead.rest);
                }
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
                self.beside(lead, &format!("{} {state}{remark}", self.id(target)), "");
            }
        }
    }

    /// Why a fact has no value: nothing where its index is unknown.
    fn silence(&self, channel: Id<Channel>, entry: Entry) -> String {
        let ruleset = self.speaker.ruleset;
        if entry.1.is_none() && !ruleset.facts[entry.0].indexes.is_empty() {
            return String::new();
        }
        let ended = ruleset.channels[channel].ended(entry, self.decision.day);
        let tongue = self.speaker.tongue;
        let why = ended.map_or_else(|| tongue.no_source_says().to_string(), |day| tongue.ended(day));
        format!("{}{why}", tongue.colon())
    }

    /// When a statement holds, where it comes from, who disputes it, and what it took the place of.
    fn statement(&mut self, statement: &Statement, ty: Type, rest: &str) {
        let tongue = self.speaker.tongue;
        if let Some(period) = tongue.period(statement.since, statement.until) {
            self.page.line(&[(Style::Faint, &format!("{rest}  {period}"))]);
        }
        self.citations(&statement.sources, &format!("{rest}  "));
        let colon = tongue.colon();
        for disputed in &statement.disputed {
            let value = self.value(disputed.value.as_ref(), ty);
            let text = format!("{rest}  {}{colon}{value}", tongue.disputed());
            self.page.line(&[(Style::Fair, &text)]);
            self.citations(&disputed.sources, &format!("{rest}    "));
        }
        let mut lead = Lead { first: format!("{rest}  "), rest: String::new() };
        let mut replaced = statement.replaced_on(self.decision.day);
        while let Some(old) = replaced {
            let value = self.value(old.value.as_ref(), ty);
            let place = self.short_place(&self.speaker.ruleset.files.place(old.span));
            self.beside(&lead, &format!("{} {value}", tongue.replaces()), &place);
            lead.first.push_str("  ");
            self.citations(&old.sources, &lead.first);
            replaced = old.replaced_on(self.decision.day);
        }
    }

    /// A text, and a remark at the right margin where there is room for it.
    fn beside(&mut self, lead: &Lead, text: &str, remark: &str) {
        let Lead { first, rest } = lead;
        let taken = width(&visible(first)) + width(&visible(text));
        let room = WIDTH.saturating_sub(width(&visible(remark)) + 2);
        if remark.is_empty() || taken > room {
            self.page.hang_under(
                &[(Style::Plain, first)],
                rest,
                &if remark.is_empty() { text.into() } else { format!("{text}  ({remark})") },
            );
        } else {
            let column = room.min(taken.max(46));
            let padded = pad(&format!("{first}{text}"), column + 2);
            self.page.line(&[(Style::Plain, &padded), (Style::Faint, remark)]);
        }
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
            | E::Convert(..)
            | E::Let(_)
            | E::Count(_)
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
