//! What channels state and need; mixes and requirements; conditions outside of rules.

use std::collections::BTreeMap;

use super::scope::Scope;
use super::texts::Owner;
use super::unknown::{FACT, LIKE, MEMBER, OF_SHEET, Sought};
use super::uses::NameKind;
use super::{Checker, Symbol, exchanges};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::model::{
    Amount, Channel, Entry, Enum, Fact, Id, NumberType, Statement, Statements, Unit, Value, place_among,
};
use crate::source::Span;
use crate::syntax::ast::{self, DeclarationKind};

impl<'s> Checker<'s> {
    /// Gives channels their facts and needs, mixes their members, requirements their costs.
    pub(super) fn define_channels(&mut self) {
        for name in std::mem::take(&mut self.unclaimed) {
            self.unknown_channel(&OF_SHEET, &name);
        }
        // What is stated in other units is counted by them.
        self.define_rates();
        let channels =
            self.each(|kind| if let DeclarationKind::Channel(channel) = kind { Some(channel) } else { None });
        for (index, (_, channel)) in channels.into_iter().enumerate() {
            let id = Id::new(index);
            if let Some(like) = &channel.like
                && !matches!(self.symbol_named(like), Some(Symbol::Channel(_) | Symbol::Broken))
            {
                self.unknown_channel(&LIKE, like);
            }
            let statements = self.statements(&channel.statements, |checker, fact| {
                // What is stated is not yet read.
                match checker.fact_names.get(&fact.value).copied() {
                    Some((id, _)) => {
                        checker.mention(fact, NameKind::Fact);
                        id
                    }
                    None => {
                        checker.unknown(&FACT, fact, |checker| checker.fact_names.keys().cloned().collect());
                        None
                    }
                }
            });
            let needs = self.stated_needs(&channel.needs, &channel.name);
            self.channels[id].statements = statements;
            self.channels[id].needs = needs;
        }
        for (_, parameter) in
            self.each(|kind| if let DeclarationKind::Parameter(it) = kind { Some(it) } else { None })
        {
            let id = match self.find_symbol(&parameter.name.value) {
                Some(Symbol::Parameter(id)) => Some(id),
                _ => None,
            };
            let stated = self.statements(&parameter.statements, |_, _| id);
            self.parameters.extend(stated);
        }
        let mixes = self.each(|kind| if let DeclarationKind::Mix(mix) = kind { Some(mix) } else { None });
        for (index, (_, mix)) in mixes.into_iter().enumerate() {
            let members = self.members(mix);
            let needs = self.stated_needs(&mix.needs, &mix.name);
            let sources = self.citations(&mix.from);
            let model = &mut self.mixes[Id::new(index)];
            model.members = members;
            model.needs = needs;
            model.sources = sources;
        }
        let requirements = self.each(|kind| {
            if let DeclarationKind::Requirement(requirement) = kind { Some(requirement) } else { None }
        });
        for (index, (_, requirement)) in requirements.into_iter().enumerate() {
            let owner = Owner::new("requirement", &requirement.name);
            let cost = requirement.cost.as_ref().and_then(|cost| self.amount(&owner, "cost", cost));
            let takes = requirement.takes.as_ref().and_then(|takes| self.amount(&owner, "takes", takes));
            let sources = self.citations(&requirement.from);
            let model = &mut self.requirements[Id::new(index)];
            model.cost = cost;
            model.takes = takes;
            model.sources = sources;
        }
    }

    fn amount(&mut self, owner: &Owner, part: &str, amount: &ast::Amount) -> Option<Amount> {
        match amount {
            ast::Amount::Text(text) => self.words(owner, part, Some(text)).map(Amount::Text),
            ast::Amount::Quantity(quantity) => {
                let unit = match &quantity.unit {
                    Some(unit) => self.unit(unit)?,
                    None => Unit::NONE,
                };
                let number = self.number(quantity, NumberType { whole: false, unit })?;
                Some(Amount::Quantity(number, unit))
            }
        }
    }

    fn members(&mut self, mix: &ast::Mix) -> Vec<Id<Channel>> {
        let members = self.channels_named(&mix.members, &MEMBER, "is in the mix twice");
        if mix.members.is_empty() {
            self.report(
                Diagnostic::new(
                    Code::WrongMember,
                    mix.name.span,
                    format!("the mix `{}` has no members", mix.name.value),
                )
                .here("no channels")
                .note("name the channels: `of CHANNEL, CHANNEL`"),
            );
        }
        members
    }

    /// Returns the channels that are named in a list, in its order; `twice` says what is wrong with one that is there
    /// already.
    pub(super) fn channels_named(
        &mut self,
        names: &[ast::Name],
        sought: &Sought,
        twice: &str,
    ) -> Vec<Id<Channel>> {
        let mut channels = Vec::new();
        let mut seen: BTreeMap<Id<Channel>, Span> = BTreeMap::new();
        for name in names {
            match self.symbol_named(name) {
                Some(Symbol::Channel(id)) => match seen.insert(id, name.span) {
                    Some(first) => self.report(
                        Diagnostic::new(Code::DuplicateName, name.span, format!("`{}` {twice}", name.value))
                            .here("the second time")
                            .also(first, "the first"),
                    ),
                    None => channels.push(id),
                },
                Some(Symbol::Broken) => {}
                Some(
                    Symbol::Field(_)
                    | Symbol::Let(_)
                    | Symbol::Weight(_)
                    | Symbol::Parameter(_)
                    | Symbol::Mix(_),
                )
                | None => {
                    self.unknown_channel(sought, name);
                }
            }
        }
        channels
    }

    /// Gives the ruleset the rates that change by day.
    fn define_rates(&mut self) {
        for (_, unit) in
            self.each(|kind| if let DeclarationKind::Unit(unit) = kind { Some(unit) } else { None })
        {
            let id = self.units.find(&unit.name.value).and_then(|id| self.units.get(id).rate);
            let Some(id) = id.filter(|_| unit.is_dated()) else { continue };
            let stated = self.statements(&unit.rates, |_, _| Some(id));
            for statement in stated.values().flatten() {
                let others = statement.disputed.iter().map(|other| &other.value);
                let numbers = others.chain([&statement.value]).flatten().filter_map(Value::as_number);
                if numbers.into_iter().any(|number| number <= Exact::ZERO) {
                    self.no_measure(statement.span);
                }
            }
            self.parameters.extend(stated);
        }
    }

    fn statements(
        &mut self,
        written: &[ast::Statement],
        fact: impl Fn(&mut Self, &ast::Name) -> Option<Id<Fact>>,
    ) -> Statements {
        let mut statements = Statements::new();
        for written in written {
            let fact = fact(self, &written.fact);
            if let Some((entry, statement)) = self.statement(written, fact) {
                statements.entry(entry).or_default().push(statement);
            }
        }
        for (entry, statements) in &mut statements {
            statements.sort_by_key(|statement| Self::span_of_days(statement.since, statement.until));
            for pair in statements.windows(2) {
                let [a, b] = pair else { continue };
                let ((_, a_until), (b_since, _)) =
                    (Self::span_of_days(a.since, a.until), Self::span_of_days(b.since, b.until));
                if b_since > a_until {
                    continue;
                }
                let (first, second) = if a.span < b.span { (a, b) } else { (b, a) };
                let name = &self.facts[entry.0].name;
                let dated = [a.since, a.until, b.since, b.until].iter().any(Option::is_some);
                let diagnostic = if dated {
                    Diagnostic::new(
                        Code::OverlappingDates,
                        second.span,
                        format!("two statements of `{name}` hold on {b_since}"),
                    )
                    .note("end the earlier one with `until`, the last day included")
                } else {
                    Diagnostic::new(Code::DuplicateName, second.span, format!("`{name}` is stated twice"))
                        .note("a value that changes over time has `since` or `until`; another source's value, `disputed`")
                };
                self.diagnostics.push(diagnostic.here("the second statement").also(first.span, "the first"));
            }
        }
        let entries = statements.into_iter();
        entries.map(|(entry, stated)| (entry, exchanges::by_rates(self, stated, entry.0))).collect()
    }

    /// A statement of a fact; its sources are looked up even where the fact is not known.
    fn statement(&mut self, written: &ast::Statement, fact: Option<Id<Fact>>) -> Option<(Entry, Statement)> {
        let sources = self.citations(&written.from);
        let disputed_sources: Vec<_> =
            written.disputed.iter().map(|(_, from)| self.citations(from)).collect();
        let fact = fact?;
        let of = self.facts[fact].indexes.clone();
        if written.indexes.len() < of.len() {
            self.lacks_index(written, &of);
            return None;
        }
        let further = written.indexes.get(of.len()).map(|further| further.head.span);
        if let Some(further) = further {
            self.further_index(further, &written.fact, &of);
        }
        let values: Vec<Option<u32>> =
            written.indexes.iter().zip(&of).map(|(index, of)| self.member(index, *of)).collect();
        let values: Option<Vec<u32>> = values.into_iter().collect();
        let sizes = of.iter().map(|of| self.enums[*of].members.len());
        let place = values.filter(|_| further.is_none()).map(|values| place_among(sizes, &values));
        let value = self.stated_value(&written.value, fact);
        let mut disputed = Vec::new();
        for ((value, _), sources) in written.disputed.iter().zip(disputed_sources) {
            if let Some(value) = self.stated_value(value, fact) {
                disputed.push(crate::model::Disputed { value, sources });
            }
        }
        if let (Some(since), Some(until)) = (written.since, written.until)
            && since.value > until.value
        {
            self.report(
                Diagnostic::new(Code::BadRange, until.span, "this statement holds on no day")
                    .here("the last day")
                    .also(since.span, "the first day, which is later"),
            );
            return None;
        }
        if let Some(dated) = written.since.or(written.until) {
            self.uses_day.get_or_insert(dated.span);
        }
        let statement = Statement {
            span: written.span,
            value: value?,
            since: written.since.map(|since| since.value),
            until: written.until.map(|until| until.value),
            sources,
            disputed,
            replaced: written
                .replaced
                .iter()
                .filter_map(|old| Some(self.statement(old, Some(fact))?.1))
                .collect(),
        };
        Some(((fact, place?), statement))
    }

    /// Reports an index that a fact does not have.
    pub(super) fn further_index(&mut self, further: Span, fact: &ast::Name, of: &[Id<Enum>]) {
        let message = match of.len() {
            0 => format!("`{}` has one value only", fact.value),
            1 => format!("`{}` has one index only", fact.value),
            count => format!("`{}` has {count} indexes only", fact.value),
        };
        self.report(Diagnostic::new(Code::WrongIndex, further, message).here("an index"));
    }

    /// Says what a fact has a value for each of.
    pub(super) fn for_each_of(&self, of: &[Id<Enum>]) -> String {
        let names: Vec<String> =
            of.iter().map(|of| format!("each value of `{}`", self.enums[*of].name)).collect();
        names.join(" with ")
    }

    /// Reports a statement that names no entry. What its value should be is not known then.
    fn lacks_index(&mut self, written: &ast::Statement, of: &[Id<Enum>]) {
        let fact = &written.fact.value;
        let message = format!("`{fact}` has one value for {}", self.for_each_of(of));
        let (entry, value) = match &written.value.kind {
            // A set of those for which it holds.
            ast::LiteralKind::Set(members) => match members.first().map(|member| &member.kind) {
                Some(ast::LiteralKind::Name(name)) => (Some(&name.head.value), "true"),
                _ => (None, "…"),
            },
            _ => (None, self.sources.files().slice(written.value.span)),
        };
        let mut indexes = String::new();
        for (place, of) in of.iter().enumerate() {
            let own = written.indexes.get(place).map(|own| &own.head.value);
            let first = self.enums[*of].members.first().map(|member| &member.name);
            let named = own.or(entry.filter(|_| place == 0)).or(first).map_or("VALUE", |name| &**name);
            indexes.push_str(&format!("[{named}]"));
        }
        let note = format!("state it for each: `{fact}{indexes} = {value}`");
        self.report(
            Diagnostic::new(Code::WrongIndex, written.fact.span, message).here("for which?").note(note),
        );
    }

    /// Checks `owned when`, `met when` and `how`.
    pub(super) fn define_conditions(&mut self) {
        let channels =
            self.each(|kind| if let DeclarationKind::Channel(channel) = kind { Some(channel) } else { None });
        for (index, (_, channel)) in channels.into_iter().enumerate() {
            if let Some(owned) = &channel.owned {
                let owned = self.condition(owned, &Scope::plain("`owned when`"));
                self.channels[Id::new(index)].owned = owned.and_then(|owned| self.check_size(owned));
            }
        }
        let requirements = self.each(|kind| {
            if let DeclarationKind::Requirement(requirement) = kind { Some(requirement) } else { None }
        });
        for (index, (_, requirement)) in requirements.into_iter().enumerate() {
            let id = Id::new(index);
            if let Some(met) = &requirement.met {
                let met = self.condition(met, &Scope::plain("`met when`"));
                self.requirements[id].met = met.and_then(|met| self.check_size(met));
            }
            if let Some(how) = &requirement.how {
                let owner = Owner::new("requirement", &requirement.name);
                self.requirements[id].how = self.template(&owner, "how", how, &Scope::plain("`how`"));
            }
        }
    }
}
