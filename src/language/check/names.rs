//! The first pass: every name gets its declaration, everything that needs no other declaration its meaning.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::texts::Owner;
use super::unknown::ENUM;
use super::{Checker, NameKind, Names, Symbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{self, Id, NumberType, Type, Unit};
use crate::source::{Span, Spanned};
use crate::syntax::NOT_TARGETS;
use crate::syntax::ast::{self, DeclarationKind};

/// A fact has at most so many entries.
const MAX_ENTRIES: usize = 65_536;

impl<'s> Checker<'s> {
    /// Declares every name, so that the passes after it can look any of them up.
    pub(super) fn declare(&mut self) {
        self.declare_header();
        self.declare_sources();
        self.declare_units();
        self.declare_enums();
        self.declare_fields();
        self.declare_facts();
        self.declare_targets();
        self.check_old_names();
        self.declare_points();
        self.declare_lets();
    }

    /// Adds a name to a set, and reports it if it is there already.
    pub(super) fn add<T>(&mut self, set: fn(&mut Self) -> &mut Names<T>, name: &ast::Name, value: T) -> bool {
        if let Some((_, first)) = set(self).get(&name.value) {
            let first = *first;
            self.duplicate(name, first);
            return false;
        }
        set(self).insert(name.value.clone(), (value, name.span));
        true
    }

    pub(super) fn duplicate(&mut self, name: &ast::Name, first: Span) {
        self.doubled.insert(name.value.clone());
        let diagnostic =
            Diagnostic::new(Code::DuplicateName, name.span, format!("`{}` is declared twice", name.value))
                .here("the second declaration")
                .also(first, "the first");
        self.report(match self.sources.is_own(first.file) {
            true => diagnostic,
            false => diagnostic.note("to change what the base declares, write `override` before it"),
        });
    }

    pub(super) fn add_symbol(&mut self, name: &ast::Name, symbol: Symbol) -> bool {
        self.add(|c| &mut c.symbols, name, symbol)
    }

    fn declare_header(&mut self) {
        let headers =
            self.each(|kind| if let DeclarationKind::Ruleset(header) = kind { Some(header) } else { None });
        let mut headers = headers.into_iter();
        let Some((first, header)) = headers.next() else {
            let lost =
                self.lost_words.contains("ruleset") || self.lost_words.contains("") || self.lost_everything;
            if !lost {
                let start = Span { file: self.sources.main(), start: 0, end: 0 };
                self.report(
                    Diagnostic::new(Code::MissingRuleset, start, "this file has no `ruleset` header")
                        .here("the header stands here, as a rule")
                        .note("write `ruleset NAME \"Title\" { version \"1.0.0\" }` in the main file"),
                );
            }
            return;
        };
        for (other, _) in headers {
            self.report(
                Diagnostic::new(Code::DuplicateName, other.span, "the header stands once in a ruleset")
                    .here("a second header")
                    .also(first.span, "the first"),
            );
        }
        if first.span.file != self.sources.main() {
            self.report(
                Diagnostic::new(Code::MissingRuleset, first.span, "the header stands in the main file")
                    .here("this file is imported"),
            );
        }
        self.languages = header.languages.iter().map(|tag| tag.value.clone()).collect();
        self.header = Some(header);
    }

    fn declare_sources(&mut self) {
        for (_, source) in
            self.each(|kind| if let DeclarationKind::Source(source) = kind { Some(source) } else { None })
        {
            let title = self.words(&Owner::new("source", &source.name), "title", source.title.as_ref());
            let id = self.source_list.push(model::Source {
                name: source.name.value.clone(),
                title,
                url: source.url.as_ref().map(|url| url.value.clone()),
                publisher: source.publisher.as_ref().map(|publisher| publisher.value.clone()),
                published: source.published.as_ref().map(|published| published.value.clone()),
                accessed: source.accessed.map(|accessed| accessed.value),
                confidence: source.confidence.as_ref().map(|confidence| confidence.value.clone()),
            });
            self.add(|c| &mut c.source_names, &source.name, id);
        }
    }

    fn declare_enums(&mut self) {
        for (_, declared) in
            self.each(|kind| if let DeclarationKind::Enum(e) = kind { Some(e) } else { None })
        {
            if matches!(&*declared.name.value, "bool" | "int" | "number" | "text" | "date" | "set") {
                let message = format!("`{}` is a type of the language", declared.name.value);
                self.report(
                    Diagnostic::new(Code::ReservedName, declared.name.span, message)
                        .here("not free as a name"),
                );
            }
            let owner = Owner::new(if declared.ordered { "scale" } else { "enum" }, &declared.name);
            let mut members: Vec<model::Member> = Vec::new();
            let mut seen: BTreeMap<Arc<str>, Span> = BTreeMap::new();
            let names: BTreeMap<Arc<str>, Span> =
                declared.members.iter().map(|member| (member.name.value.clone(), member.name.span)).collect();
            let mut old_names: BTreeMap<Arc<str>, Span> = BTreeMap::new();
            for was in declared.members.iter().flat_map(|member| &member.was) {
                let first = names.get(&was.value).or_else(|| old_names.get(&was.value)).copied();
                match first {
                    Some(first) => self.duplicate(was, first),
                    None => drop(old_names.insert(was.value.clone(), was.span)),
                }
            }
            for member in &declared.members {
                if let Some(first) = seen.insert(member.name.value.clone(), member.name.span) {
                    self.duplicate(&member.name, first);
                } else {
                    let title = self.words(&owner, &member.name.value, member.title.as_ref());
                    let was = member.was.iter().map(|was| was.value.clone()).collect();
                    members.push(model::Member { name: member.name.value.clone(), title, was });
                }
            }
            let (name, title) =
                (declared.name.value.clone(), self.words(&owner, "title", declared.title.as_ref()));
            let id = self.enums.push(model::Enum::new(name, title, members, declared.ordered));
            self.add(|c| &mut c.enum_names, &declared.name, id);
        }
    }

    fn declare_fields(&mut self) {
        let profiles =
            self.each(|kind| if let DeclarationKind::Profile(items) = kind { Some(items) } else { None });
        for (_, items) in profiles {
            self.declare_items(items, None);
        }
        let mut old_names: Names<()> = Names::new();
        for (_, items) in
            self.each(|kind| if let DeclarationKind::Profile(items) = kind { Some(items) } else { None })
        {
            for field in ast::fields(items) {
                for was in &field.was {
                    let taken = match (self.symbols.get(&was.value), old_names.get(&was.value)) {
                        (Some((Symbol::Field(_), span)), _) | (_, Some(((), span))) => Some(*span),
                        _ => None,
                    };
                    match taken {
                        Some(first) => self.duplicate(was, first),
                        None => {
                            old_names.insert(was.value.clone(), ((), was.span));
                        }
                    }
                }
            }
        }
    }

    fn declare_items(&mut self, items: &[ast::ProfileItem], section: Option<usize>) {
        for item in items {
            match item {
                ast::ProfileItem::Section(name, title, items) => {
                    let section = self.sections.len();
                    let earlier = |name: &ast::Name| {
                        self.section_names.iter().flatten().find(|other| other.value == name.value)
                    };
                    if let Some((name, first)) =
                        name.as_ref().and_then(|name| Some((name, earlier(name)?.span)))
                    {
                        self.duplicate(name, first);
                    }
                    self.section_names.push(name.clone());
                    self.section_places.push(title.main.span);
                    let number = Spanned { value: (section + 1).to_string().into(), span: title.main.span };
                    let owner = Owner::new("section", name.as_ref().unwrap_or(&number));
                    let title = self.words(&owner, "title", Some(title));
                    self.sections.extend(title);
                    self.declare_items(items, Some(section));
                }
                ast::ProfileItem::Field(field) => self.declare_field(field, section),
            }
        }
    }

    fn declare_field(&mut self, field: &ast::Field, section: Option<usize>) {
        let Some(ty) = self.ty(&field.ty) else {
            self.add_symbol(&field.name, Symbol::Broken);
            return;
        };
        let (low, high) = field.range.as_ref().map_or((None, None), |range| self.bounds(range, ty));
        let default = field.default.as_ref().and_then(|default| {
            let nothing = self.nothing_word(default, ty).is_some();
            let value = if nothing { None } else { self.literal(default, ty)? };
            if value.is_none() {
                self.report(
                    Diagnostic::new(Code::BadDefault, default.span, "a default is a value")
                        .here("no value")
                        .note("leave `default` out: a field that is left out is then unknown"),
                );
            }
            let value = value?;
            if outside(&value, low.as_ref(), high.as_ref()) {
                let range = field.range.as_ref().map_or(default.span, |range| range.span);
                self.report(
                    Diagnostic::new(
                        Code::BadDefault,
                        default.span,
                        "the default lies outside the field's range",
                    )
                    .here("outside")
                    .also(range, "the range"),
                );
            }
            Some(value)
        });
        if let (Some(required), Some(default)) = (field.required, &field.default) {
            self.report(
                Diagnostic::new(Code::BadDefault, required, "a required field needs no default")
                    .here("it must be given")
                    .also(default.span, "so that this is never used"),
            );
        }
        let question = self.words(&Owner::new("field", &field.name), "question", field.question.as_ref());
        let id = self.fields.push(model::Field {
            name: field.name.value.clone(),
            span: field.name.span,
            ty,
            question,
            low,
            high,
            default,
            required: field.required.is_some(),
            fixed: field.fixed.is_some(),
            was: field.was.iter().map(|was| was.value.clone()).collect(),
            section,
        });
        self.add_symbol(&field.name, Symbol::Field(id));
    }

    fn bounds(
        &mut self,
        range: &ast::Range<ast::Literal>,
        ty: Type,
    ) -> (Option<model::Value>, Option<model::Value>) {
        let ordered = match ty {
            Type::Number(_) | Type::Date => true,
            Type::Enum(id) => self.enums[id].ordered,
            Type::Bool | Type::Text | Type::Set(_) => false,
        };
        if !ordered {
            let message = format!("a range holds ordered values, not {}", self.type_words(ty));
            self.report(Diagnostic::new(Code::TypeMismatch, range.span, message).here("no range"));
            return (None, None);
        }
        let mut bound = |literal: &Option<ast::Literal>| {
            let literal = literal.as_ref()?;
            self.literal(literal, ty)?
        };
        let (low, high) = (bound(&range.low), bound(&range.high));
        if let (Some(low), Some(high)) = (&low, &high)
            && low.compare(high).is_some_and(std::cmp::Ordering::is_gt)
        {
            self.report(
                Diagnostic::new(Code::BadRange, range.span, "this range holds nothing")
                    .here("the lower bound lies above the upper one"),
            );
        }
        (low, high)
    }

    fn declare_facts(&mut self) {
        for (_, fact) in
            self.each(|kind| if let DeclarationKind::Fact(fact) = kind { Some(fact) } else { None })
        {
            let title = self.words(&Owner::new("fact", &fact.name), "title", fact.title.as_ref());
            let id = self.declare_fact(&fact.name, &fact.indexes, &fact.ty, title, false);
            self.add(|c| &mut c.fact_names, &fact.name, id);
        }
        for (_, parameter) in
            self.each(|kind| if let DeclarationKind::Parameter(it) = kind { Some(it) } else { None })
        {
            let owner = Owner::new("parameter", &parameter.name);
            let title = self.words(&owner, "title", parameter.title.as_ref());
            let id = parameter
                .ty
                .as_ref()
                .and_then(|ty| self.declare_fact(&parameter.name, &parameter.indexes, ty, title, true));
            if let Some(id) = id {
                self.facts[id].was = parameter.was.iter().map(|was| was.value.clone()).collect();
            }
            self.add_symbol(&parameter.name, id.map_or(Symbol::Broken, Symbol::Parameter));
        }
    }

    fn declare_fact(
        &mut self,
        name: &ast::Name,
        of: &[ast::Name],
        ty: &ast::Type,
        title: Option<model::Text>,
        is_parameter: bool,
    ) -> Option<Id<model::Fact>> {
        let ty = self.ty(ty);
        let indexes: Vec<Option<Id<model::Enum>>> =
            of.iter().map(|index| self.look_up(|c| &c.enum_names, &ENUM, index)).collect();
        let indexes: Option<Vec<Id<model::Enum>>> = indexes.into_iter().collect();
        let indexes = indexes.filter(|indexes| self.few_entries(name, of, indexes))?;
        let name = name.value.clone();
        let was = Vec::new();
        Some(self.facts.push(model::Fact { name, indexes, ty: ty?, title, is_parameter, was, rate_of: None }))
    }

    /// Tells whether a fact has no more entries than may be, and reports it otherwise.
    fn few_entries(&mut self, name: &ast::Name, of: &[ast::Name], indexes: &[Id<model::Enum>]) -> bool {
        let sizes = indexes.iter().map(|of| self.enums[*of].members.len());
        let count = sizes.fold(1, usize::saturating_mul);
        if let (Some(first), true) = (of.first(), count > MAX_ENTRIES) {
            let message = format!("`{}` has {count} entries, more than {MAX_ENTRIES}", name.value);
            let last = of.last().unwrap_or(first).span;
            let diagnostic = Diagnostic::new(Code::TooLarge, first.span.to(last), message);
            self.report(diagnostic.here("each value with each"));
            return false;
        }
        true
    }

    /// Reports old names of channels that are a target's name, or that two have; and those of parameters likewise.
    fn check_old_names(&mut self) {
        let channels =
            self.each(|kind| if let DeclarationKind::Channel(it) = kind { Some(it) } else { None });
        let channels = channels.iter().flat_map(|(_, channel)| &channel.was);
        self.check_old(channels, |symbol| matches!(symbol, Symbol::Channel(_) | Symbol::Mix(_)));
        let all = self.each(|kind| if let DeclarationKind::Parameter(it) = kind { Some(it) } else { None });
        let all = all.iter().flat_map(|(_, parameter)| &parameter.was);
        self.check_old(all, |symbol| matches!(symbol, Symbol::Parameter(_)));
    }

    fn check_old<'a>(&mut self, names: impl Iterator<Item = &'a ast::Name>, alike: fn(&Symbol) -> bool) {
        let mut old_names: Names<()> = Names::new();
        for was in names {
            let taken = match (self.symbols.get(&was.value), old_names.get(&was.value)) {
                (Some((symbol, span)), _) if alike(symbol) => Some(*span),
                (_, Some(((), span))) => Some(*span),
                _ => None,
            };
            match taken {
                Some(first) => self.duplicate(was, first),
                None => drop(old_names.insert(was.value.clone(), ((), was.span))),
            }
        }
    }

    fn declare_targets(&mut self) {
        for declaration in self.declarations {
            match &declaration.kind {
                DeclarationKind::Channel(channel) => {
                    let title =
                        self.words(&Owner::new("channel", &channel.name), "title", channel.title.as_ref());
                    self.check_target_name(&channel.name);
                    let id = self.channels.push(model::Channel {
                        name: channel.name.value.clone(),
                        span: channel.name.span,
                        title,
                        was: channel.was.iter().map(|was| was.value.clone()).collect(),
                        statements: BTreeMap::new(),
                        needs: Vec::new(),
                        owned: None,
                    });
                    self.add_symbol(&channel.name, Symbol::Channel(id));
                }
                DeclarationKind::Mix(mix) => {
                    let title = self.words(&Owner::new("mix", &mix.name), "title", mix.title.as_ref());
                    self.check_target_name(&mix.name);
                    let id = self.mixes.push(model::Mix {
                        name: mix.name.value.clone(),
                        span: mix.name.span,
                        title,
                        members: Vec::new(),
                        needs: Vec::new(),
                        sources: Vec::new(),
                    });
                    self.add_symbol(&mix.name, Symbol::Mix(id));
                }
                DeclarationKind::Requirement(requirement) => {
                    let owner = Owner::new("requirement", &requirement.name);
                    let title = self.words(&owner, "title", requirement.title.as_ref());
                    let id = self.requirements.push(model::Requirement {
                        name: requirement.name.value.clone(),
                        span: requirement.name.span,
                        title,
                        met: None,
                        how: None,
                        cost: None,
                        takes: None,
                        sources: Vec::new(),
                    });
                    self.add(|c| &mut c.requirement_names, &requirement.name, id);
                }
                _ => {}
            }
        }
        // Requirements share their names with channels and mixes, though not with fields.
        for (_, requirement) in self.each(|kind| {
            if let DeclarationKind::Requirement(requirement) = kind { Some(requirement) } else { None }
        }) {
            if let Some((Symbol::Channel(_) | Symbol::Mix(_), first)) =
                self.symbols.get(&requirement.name.value)
            {
                let first = *first;
                self.duplicate(&requirement.name, first);
            }
        }
    }

    pub(super) fn check_target_name(&mut self, name: &ast::Name) {
        if NOT_TARGETS.contains(&&*name.value) {
            self.report(
                Diagnostic::new(
                    Code::ReservedName,
                    name.span,
                    format!("no target is named `{}`", name.value),
                )
                .here("this word begins something else where targets are named"),
            );
        }
    }

    fn declare_points(&mut self) {
        for (_, weight) in
            self.each(|kind| if let DeclarationKind::Weight(weight) = kind { Some(weight) } else { None })
        {
            let value = &weight.value;
            let symbol =
                match (value.unit.is_none(), value.number.as_whole().and_then(|n| i64::try_from(n).ok())) {
                    (true, Some(points)) => Symbol::Weight(points),
                    _ => {
                        self.report(
                            Diagnostic::new(
                                Code::NotWhole,
                                value.span,
                                "a weight is a whole number of points",
                            )
                            .here("not whole points"),
                        );
                        Symbol::Broken
                    }
                };
            self.add_symbol(&weight.name, symbol);
        }
        for (declaration, members) in
            self.each(|kind| if let DeclarationKind::Levels(members) = kind { Some(members) } else { None })
        {
            if let Some(first) = self.levels_span {
                self.report(
                    Diagnostic::new(Code::DuplicateName, declaration.span, "levels are declared once")
                        .here("the second declaration")
                        .also(first, "the first"),
                );
                continue;
            }
            self.levels_span = Some(declaration.span);
            for member in members {
                if let Some((Symbol::Weight(_), first)) = self.symbols.get(&member.name.value) {
                    let first = *first;
                    self.duplicate(&member.name, first);
                }
                let index = self.levels.len();
                if self.add(|c| &mut c.level_names, &member.name, index) {
                    let title =
                        self.words(&Owner::new("level", &member.name), "title", member.title.as_ref());
                    self.levels.push(model::Level { name: member.name.value.clone(), title, points: 0 });
                }
            }
        }
    }

    /// Returns the type that is written.
    pub(super) fn ty(&mut self, ty: &ast::Type) -> Option<Type> {
        match &ty.kind {
            ast::TypeKind::Number { whole, unit } => {
                let unit = match unit {
                    Some(unit) => self.unit(unit)?,
                    None => Unit::NONE,
                };
                Some(Type::Number(NumberType { whole: *whole, unit }))
            }
            ast::TypeKind::Set(name) => self.look_up(|c| &c.enum_names, &ENUM, name).map(Type::Set),
            ast::TypeKind::Name(name) => match &*name.value {
                "bool" => Some(Type::Bool),
                "text" => Some(Type::Text),
                "date" => Some(Type::Date),
                _ => {
                    if let Some((id, declared)) = self.enum_names.get(&name.value).copied() {
                        self.reads(name, NameKind::Enum, declared);
                        return Some(Type::Enum(id));
                    }
                    self.unknown_type(name);
                    None
                }
            },
        }
    }
}

/// Tells whether a value lies outside of a range.
pub(super) fn outside(value: &model::Value, low: Option<&model::Value>, high: Option<&model::Value>) -> bool {
    low.is_some_and(|low| value.compare(low).is_some_and(std::cmp::Ordering::is_lt))
        || high.is_some_and(|high| value.compare(high).is_some_and(std::cmp::Ordering::is_gt))
}
