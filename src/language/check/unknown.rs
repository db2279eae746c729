//! Names that nothing declares: what else they are, what may be meant, and what there is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::operand::FUNCTIONS;
use super::scope::Scope;
use super::uses::kind_sought;
use super::{Checker, Names, Symbol, synonyms};
use crate::diagnostic::{Code, Diagnostic, nearest_within};
use crate::model::{Enum, Id, Text, Type};
use crate::operator::State;
use crate::source::Span;
use crate::syntax::{ast, plain};

/// What a name stands for in some place.
#[derive(Clone, Copy)]
pub(super) struct Sought {
    code: Code,
    /// One of them: `channel or mix`.
    one: &'static str,
    /// All of them: `channels and mixes`.
    all: &'static str,
    /// What is said where the name is something else: `members are channels`.
    only: &'static str,
}

const fn sought(code: Code, one: &'static str, all: &'static str, only: &'static str) -> Sought {
    Sought { code, one, all, only }
}

const fn target(only: &'static str) -> Sought {
    sought(Code::UnknownTarget, "channel or mix", "channels and mixes", only)
}

pub(super) const TARGET: Sought = target("only channels and mixes are targets");
pub(super) const SCORED: Sought = target("only channels and mixes are scored");
pub(super) const EXCLUDED: Sought = target("only channels and mixes are excluded");
pub(super) const CAPPED: Sought = target("only channels and mixes are capped");
pub(super) const NOTED: Sought = target("only channels and mixes have notes");
pub(super) const NEEDING: Sought = target("only channels and mixes need something");
pub(super) const JUDGED: Sought = target("only channels and mixes have verdicts");
pub(super) const MEMBER: Sought = sought(Code::UnknownChannel, "channel", "channels", "members are channels");
pub(super) const LIKE: Sought =
    sought(Code::UnknownChannel, "channel", "channels", "a channel is like another channel");
pub(super) const OF_SHEET: Sought =
    sought(Code::UnknownChannel, "channel", "channels", "facts are stated of channels");
pub(super) const EACH: Sought =
    sought(Code::UnknownChannel, "channel", "channels", "`for each` goes over channels");
pub(super) const NEED: Sought = sought(
    Code::UnknownName,
    "requirement or channel",
    "requirements and channels",
    "what is needed is a requirement or a channel",
);
pub(super) const POINTS: Sought = sought(
    Code::UnknownName,
    "weight or level",
    "weights and levels",
    "points are a number, a weight or a level",
);
pub(super) const FIELD: Sought = sought(Code::UnknownField, "field", "fields", "a profile gives fields");
const OPERAND: Sought = sought(
    Code::UnknownName,
    "field, let or value",
    "fields, lets and weights",
    "a condition reads fields, lets and facts",
);
const OPERAND_FIELD: Sought = Sought { code: Code::UnknownField, one: "field", ..OPERAND };
pub(super) const HEAD: Sought = sought(
    Code::UnknownChannel,
    "channel or enum",
    "channels and enums",
    "before the point stands a channel or an enum",
);
pub(super) const ENUM: Sought =
    sought(Code::UnknownEnum, "enum or scale", "enums and scales", "here stands an enum or a scale");
pub(super) const FACT: Sought = sought(Code::UnknownFact, "fact", "facts", "a channel states facts");
pub(super) const MEASURE: Sought =
    sought(Code::UnknownMeasure, "measure", "measures", "here stands a measure");
pub(super) const SOURCE: Sought =
    sought(Code::UnknownSource, "source", "sources", "behind `from` stands a source");
pub(super) const RULE: Sought =
    sought(Code::UnknownRule, "rule or table", "rules and tables", "here stands a rule or a table");
pub(super) const TYPE: Sought =
    sought(Code::UnknownType, "type", "types", "a type is an enum, a scale or one of the language's");
pub(super) const UNIT: Sought = sought(Code::UnknownUnit, "unit", "units", "");
pub(super) const FUNCTION: Sought = sought(Code::UnknownFunction, "function", "functions", "");
pub(super) const FINDING: Sought = sought(Code::UnknownCode, "finding", "findings", "");

/// Lists of names that are longer are not shown.
const FEW: usize = 8;

/// The rule or the test that is looked at: an unknown name in it is reported once.
#[derive(Default)]
pub(super) struct Around {
    /// The name of the rule, and the end of its name and title.
    rule: Option<(Arc<str>, Span)>,
    said: BTreeSet<Arc<str>>,
}

impl Around {
    pub(super) fn rule(rule: &ast::Rule) -> Around {
        let title = rule.title.as_ref().map(|title| {
            title.translations.iter().fold(title.main.span, |span, (_, text)| span.to(text.span))
        });
        let end = title.unwrap_or(rule.name.span).after();
        Around { rule: Some((rule.name.value.clone(), end)), said: BTreeSet::new() }
    }
}

impl Checker<'_> {
    /// Reports a name that nothing declares: what else it is, or the nearest one, or all there are. Silent if a syntax
    /// error may have eaten it.
    pub(super) fn unknown(
        &mut self,
        sought: &Sought,
        name: &ast::Name,
        candidates: impl FnOnce(&Self) -> Vec<Arc<str>>,
    ) {
        if self.is_lost(&name.value) {
            return;
        }
        let message = format!("no {} is named `{}`", sought.one, name.value);
        let diagnostic = Diagnostic::new(sought.code, name.span, message).here("not declared");
        if let Some(kind) = self.kind_of(&name.value).filter(|_| !sought.only.is_empty()) {
            return self.report_once(name, other_kind(sought, name, kind));
        }
        // Past so many comparisons, nobody would read what is found.
        let candidates = if self.effort.is_left() { candidates(self) } else { Vec::new() };
        if let Some(titled) = self.titled(&name.value, &candidates) {
            let message = format!("`{}` is the title of `{titled}`", name.value);
            let diagnostic = Diagnostic::new(sought.code, name.span, message).here("a title, not a name");
            return self.report(diagnostic.fix(format!("write `{titled}`"), name.span, &*titled));
        }
        let names = candidates.iter().map(|candidate| &**candidate);
        if let Some(near) = nearest_within(&mut self.effort, &name.value, names) {
            return self.report(diagnostic.near_name(name.span, Some(near)));
        }
        let apart = self.kind_apart(&name.value).filter(|_| !sought.only.is_empty());
        self.report_once(
            name,
            match apart {
                Some(kind) => other_kind(sought, name, kind),
                None if self.lost_words.is_empty() => list(diagnostic, sought, &candidates),
                None => diagnostic,
            },
        );
    }

    /// Reports an unknown name, unless the rule or test around it has it already.
    fn report_once(&mut self, name: &ast::Name, diagnostic: Diagnostic) {
        if let Some(around) = &mut self.around
            && !around.said.insert(name.value.clone())
        {
            return;
        }
        self.report(diagnostic);
    }

    /// Looks up a name of a set of its own that is used here.
    pub(super) fn look_up<T: Copy>(
        &mut self,
        set: fn(&Self) -> &Names<T>,
        sought: &Sought,
        name: &ast::Name,
    ) -> Option<T> {
        if let Some((found, declared)) = set(self).get(&name.value).copied() {
            self.used.insert(declared);
            if let Some(kind) = kind_sought(sought.code) {
                self.mention(name, kind);
            }
            return Some(found);
        }
        self.unknown(sought, name, |checker| set(checker).keys().cloned().collect());
        None
    }

    /// Returns what a name is among those that a ruleset's expressions and effects use.
    fn kind_of(&self, name: &str) -> Option<&'static str> {
        Some(match self.find_symbol(name) {
            Some(Symbol::Field(_)) => "a field",
            Some(Symbol::Let(_)) => "a let",
            Some(Symbol::Weight(_)) => "a weight",
            Some(Symbol::Parameter(_)) => "a parameter",
            Some(Symbol::Channel(_)) => "a channel",
            Some(Symbol::Mix(_)) => "a mix",
            Some(Symbol::Broken) => return None,
            None if self.requirement_names.contains_key(name) => "a requirement",
            None if self.level_names.contains_key(name) => "a level",
            None => return None,
        })
    }

    /// Returns what a name is in a set of its own.
    fn kind_apart(&self, name: &str) -> Option<&'static str> {
        if let Some((id, _)) = self.enum_names.get(name) {
            return Some(if self.enums[*id].ordered { "a scale" } else { "an enum" });
        }
        if self.fact_names.contains_key(name) {
            return Some("a fact");
        }
        if self.measure_names.contains_key(name) {
            return Some("a measure");
        }
        if self.source_names.contains_key(name) {
            return Some("a source");
        }
        self.rule_names.contains_key(name).then_some("a rule")
    }

    /// Finds the one of some names that has this title, in any language.
    fn titled(&mut self, title: &str, names: &[Arc<str>]) -> Option<Arc<str>> {
        // While names are still being declared, not all titles are known.
        if !self.declared {
            return None;
        }
        if self.titles.is_none() {
            let mut titles: BTreeMap<String, Vec<Arc<str>>> = BTreeMap::new();
            let fields = self.fields.iter().map(|field| (&field.name, &field.question));
            let channels = self.channels.iter().map(|channel| (&channel.name, &channel.title));
            let mixes = self.mixes.iter().map(|mix| (&mix.name, &mix.title));
            let requirements = self.requirements.iter().map(|needed| (&needed.name, &needed.title));
            let enums = self.enums.iter().map(|declared| (&declared.name, &declared.title));
            let facts = self.facts.iter().map(|fact| (&fact.name, &fact.title));
            for (name, text) in
                fields.chain(channels).chain(mixes).chain(requirements).chain(enums).chain(facts)
            {
                for text in texts(text.as_ref()) {
                    titles.entry(plain(text)).or_default().push(name.clone());
                }
            }
            self.titles = Some(titles);
        }
        let found = self.titles.as_ref()?.get(&plain(title))?;
        match found.iter().filter(|name| names.contains(name)).collect::<Vec<_>>()[..] {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// Returns the value of an enum that has a title, in any language; also one whose title alone holds the words.
    pub(super) fn titled_value(&mut self, title: &str, id: Id<Enum>) -> Option<(Arc<str>, bool)> {
        let members = &self.enums[id].members;
        if !self.effort.spend(members.len() * 4) {
            return None;
        }
        let wanted = plain(title);
        let mut holding = Vec::new();
        for member in members {
            for text in texts(member.title.as_ref()) {
                let text = plain(text);
                if text == wanted {
                    return Some((member.name.clone(), true));
                }
                let words = || format!(" {} ", text.replace(|c: char| !c.is_alphanumeric(), " "));
                if wanted.chars().count() >= 3 && words().contains(&format!(" {wanted} ")) {
                    holding.push(&member.name);
                }
            }
        }
        holding.dedup();
        match holding[..] {
            [one] => Some((one.clone(), false)),
            _ => None,
        }
    }

    /// Reports a name that is no value of an enum.
    pub(super) fn unknown_member(&mut self, value: &ast::Name, id: Id<Enum>) {
        if self.is_lost(&value.value) {
            return;
        }
        let declared = &self.enums[id];
        let names: Vec<Arc<str>> = declared.members.iter().map(|member| member.name.clone()).collect();
        let own = declared.name.clone();
        let now = declared.member_read(&value.value).map(|member| declared.member_name(member).to_string());
        let other = self.holders(&value.value).first().map(|other| self.enums[*other].name.clone());
        let message = match &other {
            Some(other) => format!("`{}` is a value of `{other}`, not of `{own}`", value.value),
            None => format!("`{own}` has no value `{}`", value.value),
        };
        let mut diagnostic =
            Diagnostic::new(Code::UnknownValue, value.span, message).here("not one of its values");
        let titled = self.titled_value(&value.value, id);
        if let Some(now) = now {
            let old = format!("`{}` is the old name of `{now}`", value.value);
            diagnostic = diagnostic.note(old).fix(format!("write `{now}`"), value.span, now);
        } else if let Some((name, true)) = &titled {
            let title = format!("`{}` is the title of `{name}`", value.value);
            diagnostic = diagnostic.note(title).fix(format!("write `{name}`"), value.span, &**name);
        } else {
            let names = names.iter().map(|name| &**name);
            diagnostic = diagnostic.near_within(&mut self.effort, value.span, &value.value, names);
            if let (Some((name, _)), None) = (&titled, &diagnostic.fix) {
                diagnostic = diagnostic.guess(format!("write `{name}`"), value.span, &**name);
            }
        }
        let note = self.members_note(id);
        self.report(diagnostic.note(note));
    }

    pub(super) fn members_note(&self, id: Id<Enum>) -> String {
        let declared = &self.enums[id];
        let mut names: Vec<String> =
            declared.members.iter().map(|member| format!("`{}`", member.name)).take(12).collect();
        if declared.members.len() > names.len() {
            names.push("…".into());
        }
        format!("the values of `{}` are {}", declared.name, names.join(", "))
    }

    /// Returns the enums that have a value of this name.
    pub(super) fn holders(&mut self, value: &str) -> Vec<Id<Enum>> {
        if !self.effort.spend(self.enums.len()) {
            return Vec::new();
        }
        self.enums.entries().filter(|(_, e)| e.member(value).is_some()).map(|(id, _)| id).collect()
    }

    /// Reports a bare name that stands for nothing.
    pub(super) fn unknown_operand(&mut self, name: &ast::Name, expected: Option<Id<Enum>>, scope: &Scope) {
        if self.is_lost(&name.value) || self.is_said(name) {
            return;
        }
        if self.variables.contains(&name.value) && self.stands_for_nothing(&OPERAND, name, scope) {
            return;
        }
        if let Some(id) = expected {
            let near = {
                let names = self.enums[id].members.iter().map(|member| &*member.name);
                nearest_within(&mut self.effort, &name.value, names).is_some()
            };
            if near || self.titled_value(&name.value, id).is_some() {
                return self.unknown_member(name, id);
            }
        } else if let Some(value) = synonyms::truth(&name.value) {
            let message = format!("`{}` is no word for a truth value", name.value);
            return self.report(
                Diagnostic::new(Code::UnknownName, name.span, message)
                    .here("`true` or `false` stands here")
                    .fix(format!("write `{value}`"), name.span, value.to_string()),
            );
        }
        if self.fact_names.contains_key(&name.value) {
            return self.fact_without_channel(name, scope);
        }
        if self.units.find(&name.value).is_some() {
            // `50/month`
            let text = self.sources.files().get(name.span.file).text();
            let before = text.get(..name.span.start as usize).unwrap_or("").trim_end();
            if let Some(amount) = before.strip_suffix('/').map(str::trim_end) {
                let span = Span { start: amount.len() as u32, ..name.span };
                let with = format!("per {}", name.value);
                let mistake =
                    Diagnostic::new(Code::UnknownName, name.span, format!("a unit is written `{with}`"))
                        .here("a unit, not a value");
                return self.report(match amount.ends_with(|c: char| c.is_ascii_digit()) {
                    true => mistake.fix(format!("write `{with}`"), span, format!(" {with}")),
                    false => mistake.note("a unit stands behind a number, or behind a type"),
                });
            }
        }
        let readable = |checker: &Self| -> Vec<Arc<str>> {
            let kinds = checker.symbols.iter().filter(|(_, (symbol, _))| {
                matches!(
                    symbol,
                    Symbol::Field(_)
                        | Symbol::Let(_)
                        | Symbol::Weight(_)
                        | Symbol::Parameter(_)
                        | Symbol::Broken
                )
            });
            kinds.map(|(name, _)| name.clone()).collect()
        };
        let candidates = if self.effort.is_left() { readable(self) } else { Vec::new() };
        let near = {
            let names = candidates.iter().map(|candidate| &**candidate);
            nearest_within(&mut self.effort, &name.value, names).map(Arc::<str>::from)
        };
        if near.is_none() {
            if let Some(id) = expected {
                return self.unknown_member(name, id);
            }
            // A value of an enum that nothing here expects: say how it is written in full.
            let holders = self.holders(&name.value);
            if let Some(first) = holders.first() {
                let full = format!("{}.{}", self.enums[*first].name, name.value);
                let message = format!("nothing here tells which enum `{}` is a value of", name.value);
                let mut diagnostic = Diagnostic::new(Code::UnknownName, name.span, message)
                    .here("not a field or a let")
                    .note("write the value with its enum's name");
                let says = format!("write `{full}`");
                diagnostic = match holders.len() {
                    1 => diagnostic.fix(says, name.span, full),
                    _ => diagnostic.guess(says, name.span, full),
                };
                return self.report(diagnostic);
            }
        }
        let field =
            near.as_ref().is_some_and(|near| matches!(self.find_symbol(near), Some(Symbol::Field(_))));
        self.unknown(if field { &OPERAND_FIELD } else { &OPERAND }, name, |_| candidates);
    }

    /// Reports a fact that stands without a channel.
    fn fact_without_channel(&mut self, name: &ast::Name, scope: &Scope) {
        let channel = scope.variable.clone().or(self.channels.iter().next().map(|c| c.name.clone()));
        let message = format!("`{}` is a fact, and each channel has its own", name.value);
        let diagnostic = Diagnostic::new(Code::UnknownName, name.span, message).here("of which channel?");
        let Some(channel) = channel else { return self.report_once(name, diagnostic) };
        let full = format!("{channel}.{}", name.value);
        let diagnostic = diagnostic.note(format!("read it of a channel: `{full}`"));
        self.report_once(
            name,
            match scope.variable.is_some() || self.channels.len() == 1 {
                true => diagnostic.guess(format!("write `{full}`"), name.span, full),
                false => diagnostic,
            },
        );
    }

    fn is_said(&self, name: &ast::Name) -> bool {
        self.around.as_ref().is_some_and(|around| around.said.contains(&name.value))
    }

    /// Reports a name that is meant as a rule's variable and stands for nothing, once a rule. Tells whether it is one.
    pub(super) fn stands_for_nothing(&mut self, sought: &Sought, name: &ast::Name, scope: &Scope) -> bool {
        let Some(Around { rule: Some((rule, head)), .. }) = &self.around else { return false };
        let (rule, head) = (rule.clone(), *head);
        let word = matches!(&*name.value, "channel" | "each");
        let short = name.value.len() <= 2 && name.value.is_ascii();
        let may_be = if scope.variable.is_some() {
            word
        } else {
            word || short || self.variables.contains(&name.value)
        };
        let known = self.kind_of(&name.value).is_some() || self.kind_apart(&name.value).is_some();
        if !may_be || known || self.is_lost(&name.value) {
            return false;
        }
        let near = {
            let targets = self.channels.iter().map(|channel| &*channel.name);
            let targets = targets.chain(self.mixes.iter().map(|mix| &*mix.name));
            nearest_within(&mut self.effort, &name.value, targets).is_some()
        };
        if near {
            return false;
        }
        let message = format!("`{}` stands for nothing here", name.value);
        let diagnostic = Diagnostic::new(sought.code, name.span, message).here("no channel");
        if let Some(variable) = &scope.variable {
            let says = format!("write `{variable}`");
            self.report(diagnostic.guess(says, name.span, &**variable));
            return true;
        }
        let diagnostic = if word {
            diagnostic.note(format!("begin the rule with `rule {rule} for each c`, and write `c` here"))
        } else {
            let each = format!(" for each {}", name.value);
            diagnostic.note(format!("begin the rule with `rule {rule}{each}`")).guess(
                "let the rule go over all channels",
                head,
                each,
            )
        };
        self.report_once(name, diagnostic);
        true
    }

    /// Reports what is needed and no requirement or channel.
    pub(super) fn unknown_need(&mut self, name: &ast::Name) {
        if let Some(Symbol::Field(id)) = self.find_symbol(&name.value)
            && !self.is_lost(&name.value)
        {
            let message = format!("`{}` is a field; {}", name.value, NEED.only);
            let met = if self.fields[id].ty == Type::Bool { &*name.value } else { "CONDITION" };
            let note = format!("declare `requirement {} {{ met when {met} }}`", name.value);
            return self.report_once(
                name,
                Diagnostic::new(NEED.code, name.span, message).here("a field").note(note),
            );
        }
        self.unknown(&NEED, name, |checker| {
            let channels = checker.channels.iter().map(|channel| channel.name.clone());
            channels.chain(checker.requirement_names.keys().cloned()).collect()
        });
    }

    /// Reports what stands where a channel should and is none.
    pub(super) fn unknown_channel(&mut self, sought: &Sought, name: &ast::Name) {
        self.unknown(sought, name, |checker| {
            checker.channels.iter().map(|channel| channel.name.clone()).collect()
        });
    }

    /// Reports what is called and no function.
    pub(super) fn unknown_function(&mut self, span: Span, name: &ast::Name, arguments: &[ast::Expr]) {
        let message = format!("no function is named `{}`", name.value);
        let diagnostic = Diagnostic::new(FUNCTION.code, name.span, message);
        if let Some(word) = synonyms::function(&name.value) {
            let diagnostic = diagnostic.here(format!("`{word}` is meant"));
            return self.report(diagnostic.fix(format!("write `{word}`"), name.span, word));
        }
        let small = name.value.to_lowercase();
        if let Some(operator) = synonyms::operator(&small) {
            let diagnostic = diagnostic.here(format!("`{operator}` is meant"));
            let operands = arguments.iter().map(|operand| self.sources.files().slice(operand.span));
            let written = operands.collect::<Vec<&str>>().join(&format!(" {operator} "));
            return self.report(match arguments.len() {
                0 | 1 => diagnostic.note(format!("write `a {operator} b`")),
                _ => diagnostic.guess(format!("write `({written})`"), span, format!("({written})")),
            });
        }
        match (&*small, arguments) {
            ("average" | "avg" | "mean", _) => {
                return self.report(diagnostic.here("not a function").note("write `(a + b) / 2`"));
            }
            (_, [subject]) if State::words().any(|word| word == small) => {
                let asked = format!("{} is {small}", self.sources.files().slice(subject.span));
                let diagnostic = diagnostic.here("a word behind `is`");
                return self.report(diagnostic.guess(format!("write `{asked}`"), span, asked));
            }
            ("and" | "or" | "not" | "if", _) => {
                let form = match &*small {
                    "not" => "`not a`".to_string(),
                    "if" => "`if a then b else c`".to_string(),
                    word => format!("`a {word} b`"),
                };
                return self.report(diagnostic.here("not a function").note(format!("write {form}")));
            }
            _ => {}
        }
        self.unknown(&FUNCTION, name, |_| FUNCTIONS.into_iter().map(Arc::from).collect());
    }

    /// Reports what stands for a unit and is none.
    pub(super) fn unknown_unit(&mut self, name: &ast::Name, unit: &ast::UnitName) {
        // Short names are all near to each other: `kg` is no `kB`, and `GBP` no `GB`.
        let wrong = name.value.clone();
        let short = wrong.chars().count() <= 3;
        let is_code = |name: &str| name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_uppercase());
        let all = move |checker: &Self| -> Vec<Arc<str>> {
            let names = checker.units.iter();
            let names = names.flat_map(|(_, unit)| [Some(unit.name.clone()), unit.plural.map(Arc::from)]);
            let near = |name: &Arc<str>| {
                !short || name.eq_ignore_ascii_case(&wrong) || (is_code(&wrong) && is_code(name))
            };
            names.flatten().filter(near).collect()
        };
        let word = synonyms::unit(&name.value);
        let word = word.filter(|_| !self.is_lost(&name.value) && !self.is_spelt_alike(&name.value));
        let message = format!("no unit is named `{}`", name.value);
        let diagnostic = Diagnostic::new(Code::UnknownUnit, name.span, message);
        match word {
            // There are dollars of more than one country.
            Some(synonyms::UnitWord::Unit("USD")) => {
                self.report(diagnostic.here("not a unit").guess("write `USD`", name.span, "USD"))
            }
            Some(synonyms::UnitWord::Unit(unit)) => self.report(
                diagnostic.here(format!("`{unit}` is meant")).fix(format!("write `{unit}`"), name.span, unit),
            ),
            Some(synonyms::UnitWord::Per(unit)) => {
                let with = format!("per {unit}");
                self.report(diagnostic.here("not a unit").fix(format!("write `{with}`"), name.span, with));
            }
            Some(synonyms::UnitWord::Times(zeros)) => {
                let file = self.sources.files().get(unit.span.file);
                let before =
                    file.text().get(..unit.span.start as usize).unwrap_or("").trim_end_matches([' ', '\t']);
                let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
                let number = before.get(before.len() - digits..).unwrap_or("");
                let point =
                    before.get(..before.len() - digits).is_some_and(|head| head.ends_with(['.', '_']));
                let diagnostic = diagnostic.here("not a unit");
                self.report(if digits == 0 || point {
                    diagnostic.note("thousands are written out: `5_000`")
                } else {
                    let with = format!("_{zeros}");
                    let gap = Span { start: before.len() as u32, end: name.span.end, ..name.span };
                    diagnostic.fix(format!("write `{number}{with}`"), gap, with)
                });
            }
            Some(synonyms::UnitWord::Plain) => {
                let file = self.sources.files().get(unit.span.file);
                let before = file.text().get(..unit.span.start as usize).unwrap_or("");
                let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
                let (span, rest) = match &unit.denominator {
                    Some(denominator) => (unit.span, format!("per {}", denominator.value)),
                    None => (Span { start: unit.span.start - blanks as u32, ..unit.span }, String::new()),
                };
                self.report(diagnostic.here("a plain number has no unit").fix("leave it out", span, rest));
            }
            None => {
                let known = self.diagnostics.len();
                self.unknown(&UNIT, name, all);
                if let Some(last) = self.diagnostics.get_mut(known).filter(|last| last.fix.is_none()) {
                    last.notes.clear();
                    let note = format!("a unit of its own kind is declared: `unit {}`", name.value);
                    *last = last.clone().note(note);
                }
            }
        }
    }

    /// Tells whether a unit's name differs only in capitals or the plural.
    fn is_spelt_alike(&self, name: &str) -> bool {
        let singular = |name: &str| name.to_lowercase().trim_end_matches('s').to_string();
        let wanted = singular(name);
        self.units.iter().any(|(_, unit)| singular(&unit.name) == wanted)
    }

    /// Reports what stands for a type and is none.
    pub(super) fn unknown_type(&mut self, name: &ast::Name) {
        let word = synonyms::ty(&name.value).filter(|_| !self.is_lost(&name.value));
        let message = format!("no type is named `{}`", name.value);
        let diagnostic = Diagnostic::new(Code::UnknownType, name.span, message);
        if let Some((word, sure)) = word {
            let says = format!("write `{word}`");
            return self.report(match sure {
                true => diagnostic.here(format!("`{word}` is meant")).fix(says, name.span, word),
                false => diagnostic
                    .here("not a type")
                    .note(format!("the nearest type is `{word}`, which has no time of day"))
                    .guess(says, name.span, word),
            });
        }
        if self.units.find(&name.value).is_some() {
            let full = format!("number {}", name.value);
            return self.report(
                Diagnostic::new(
                    Code::UnknownType,
                    name.span,
                    format!("`{}` is a unit, not a type", name.value),
                )
                .here("a unit")
                .fix(format!("write `{full}`"), name.span, full),
            );
        }
        self.unknown(&TYPE, name, |checker| {
            let own = ["bool", "int", "number", "text", "date"].map(Arc::from);
            checker.enum_names.keys().cloned().chain(own).collect()
        });
    }
}

/// A name that is declared as something else.
fn other_kind(sought: &Sought, name: &ast::Name, kind: &str) -> Diagnostic {
    let message = format!("`{}` is {kind}; {}", name.value, sought.only);
    Diagnostic::new(sought.code, name.span, message).here(kind)
}

/// Lists the names there are, if they are few.
fn list(diagnostic: Diagnostic, sought: &Sought, names: &[Arc<str>]) -> Diagnostic {
    let shown: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match shown.as_slice() {
        [] => diagnostic,
        [one] => diagnostic.note(format!("the only {} is {one}", sought.one)),
        some if some.len() <= FEW || sought.code == Code::UnknownFunction => {
            diagnostic.note(format!("the {} are {}", sought.all, some.join(", ")))
        }
        _ => diagnostic,
    }
}

fn texts(text: Option<&Text>) -> impl Iterator<Item = &str> {
    text.into_iter().flat_map(|text| {
        std::iter::once(&*text.main).chain(text.translations.iter().map(|(_, text)| &**text))
    })
}
