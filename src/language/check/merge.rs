//! A ruleset laid over the one that it extends: removals and overrides change the base, then the declarations of the
//! child are added.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::sheets::Sheets;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{self, Declaration, DeclarationKind};

/// What came of laying rulesets over each other.
pub(super) struct Merged<'s> {
    pub(super) declarations: Vec<Cow<'s, Declaration>>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The names of the rulesets that are extended, the nearest first.
    pub(super) extends: Vec<String>,
    /// Channels that a sheet speaks of, and that nothing declares.
    pub(super) unclaimed: Vec<ast::Name>,
    /// The units whose rates the layer at hand has overridden: each further override states another time.
    rated: BTreeSet<Arc<str>>,
}

/// Lays rulesets over each other, the base of all first.
pub(super) fn merge<'s>(layers: Vec<Vec<&'s Declaration>>, sheets: &Sheets) -> Merged<'s> {
    let mut merged = Merged {
        declarations: Vec::new(),
        diagnostics: Vec::new(),
        extends: Vec::new(),
        unclaimed: Vec::new(),
        rated: BTreeSet::new(),
    };
    let last = layers.len().saturating_sub(1);
    for (number, layer) in layers.into_iter().enumerate() {
        merged.lay_over(layer, number > 0, sheets);
        if number < last {
            merged.become_base();
        }
    }
    merged
}

/// The word that declares something, and its name.
fn key(kind: &DeclarationKind) -> Option<(&'static str, &ast::Name)> {
    Some(match kind {
        DeclarationKind::Source(d) => ("source", &d.name),
        DeclarationKind::Unit(d) => ("unit", &d.name),
        DeclarationKind::Enum(d) => (if d.ordered { "scale" } else { "enum" }, &d.name),
        DeclarationKind::Fact(d) => ("fact", &d.name),
        DeclarationKind::Parameter(d) => ("parameter", &d.name),
        DeclarationKind::Channel(d) => ("channel", &d.name),
        DeclarationKind::Mix(d) => ("mix", &d.name),
        DeclarationKind::Requirement(d) => ("requirement", &d.name),
        DeclarationKind::Weight(d) => ("weight", &d.name),
        DeclarationKind::Let(d) => ("let", &d.name),
        DeclarationKind::Measure(d) => ("measure", &d.name),
        DeclarationKind::Rule(d) => ("rule", &d.name),
        DeclarationKind::Table(d) => ("table", &d.name),
        DeclarationKind::Property(d) => ("property", &d.name),
        DeclarationKind::Ruleset(_)
        | DeclarationKind::Import(_)
        | DeclarationKind::Facts(_)
        | DeclarationKind::Profile(_)
        | DeclarationKind::Levels(_)
        | DeclarationKind::Verdicts(_)
        | DeclarationKind::Test(_)
        | DeclarationKind::Extends(_)
        | DeclarationKind::Remove(_)
        | DeclarationKind::Override(_)
        | DeclarationKind::Texts(_) => return None,
    })
}

impl<'s> Merged<'s> {
    /// What is laid over something keeps its checks to itself, and its version.
    fn become_base(&mut self) {
        for declaration in &self.declarations {
            if let DeclarationKind::Ruleset(header) = &declaration.kind {
                self.extends.insert(0, header.name.value.to_string());
            }
        }
        self.declarations.retain(|declaration| {
            !matches!(declaration.kind, DeclarationKind::Test(_) | DeclarationKind::Property(_))
        });
    }

    fn lay_over(&mut self, layer: Vec<&'s Declaration>, has_base: bool, sheets: &Sheets) {
        let mut removed: BTreeSet<String> = BTreeSet::new();
        let mut added = Vec::new();
        self.rated.clear();
        let index: BTreeMap<(String, String), usize> = self
            .declarations
            .iter()
            .enumerate()
            .filter_map(|(place, declaration)| {
                let (word, name) = key(&declaration.kind)?;
                Some(((word.to_string(), name.value.to_string()), place))
            })
            .collect();
        let mut gone: BTreeSet<usize> = BTreeSet::new();
        let mut replaced: BTreeMap<(&'static str, &'s str), Span> = BTreeMap::new();
        let mut channels: BTreeSet<Arc<str>> = index
            .keys()
            .filter(|(word, _)| word == "channel")
            .map(|(_, name)| Arc::from(name.as_str()))
            .chain(layer.iter().filter_map(|declaration| match &declaration.kind {
                DeclarationKind::Channel(channel) => Some(channel.name.value.clone()),
                _ => None,
            }))
            .collect();
        for declaration in &layer {
            let declaration: &'s Declaration = declaration;
            if let DeclarationKind::Override(inner) = &declaration.kind {
                self.once(&mut replaced, inner);
            }
            match &declaration.kind {
                DeclarationKind::Remove(remove) if &*remove.kind.value == "field" => {
                    self.remove_field(&remove.name, has_base);
                }
                DeclarationKind::Remove(remove) => {
                    let key = (remove.kind.value.to_string(), remove.name.value.to_string());
                    match index.get(&key).filter(|place| !gone.contains(place)) {
                        Some(place) => {
                            gone.insert(*place);
                            if matches!(key.0.as_str(), "rule" | "table") {
                                removed.insert(key.1);
                            }
                        }
                        None => self.nothing(&index, &remove.kind.value, &remove.name, "remove", has_base),
                    }
                }
                DeclarationKind::Override(inner) if matches!(inner.kind, DeclarationKind::Facts(_)) => {
                    if !has_base {
                        self.no_base(inner.span, "facts", has_base);
                    }
                    added.push(Cow::Borrowed(&**inner));
                }
                DeclarationKind::Facts(_) => {
                    // A row with a title declares its channel if nothing else does.
                    let titled =
                        sheets.of(&declaration.kind).iter().filter(|channel| channel.title.is_some());
                    for channel in titled {
                        if channels.insert(channel.name.value.clone()) {
                            let channel = ast::Channel { statements: Vec::new(), ..channel.clone() };
                            let span = channel.name.span;
                            let kind = DeclarationKind::Channel(channel);
                            added.push(Cow::Owned(Declaration {
                                span,
                                kind,
                                allows: Vec::new(),
                                replaced: None,
                            }));
                        }
                    }
                    added.push(Cow::Borrowed(declaration));
                }
                DeclarationKind::Override(inner) => self.change(&index, &gone, declaration, inner, has_base),
                DeclarationKind::Ruleset(header) => {
                    let header = self.inherit(header);
                    let span = declaration.span;
                    let allows = declaration.allows.clone();
                    let kind = DeclarationKind::Ruleset(header);
                    added.push(Cow::Owned(Declaration { span, kind, allows, replaced: None }));
                }
                _ => added.push(Cow::Borrowed(declaration)),
            }
        }
        let kept = std::mem::take(&mut self.declarations).into_iter().enumerate();
        self.declarations =
            kept.filter(|(place, _)| !gone.contains(place)).map(|(_, declaration)| declaration).collect();
        if has_base {
            self.declarations.retain(|declaration| !matches!(declaration.kind, DeclarationKind::Ruleset(_)));
        }
        if !removed.is_empty() {
            self.forget(&removed);
        }
        self.declarations.extend(added);
        self.gather_rates();
        self.state(&layer, sheets);
    }

    /// Makes one declaration of all that tell a unit's rate at some time.
    fn gather_rates(&mut self) {
        let mut all: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
        for (place, declaration) in self.declarations.iter().enumerate() {
            if let DeclarationKind::Unit(unit) = &declaration.kind {
                all.entry(unit.name.value.clone()).or_default().push(place);
            }
        }
        let mut gone = BTreeSet::new();
        for places in all.into_values() {
            let told: Vec<&Declaration> =
                places.iter().filter_map(|place| self.declarations.get(*place)).map(|it| &**it).collect();
            let units = || {
                told.iter().filter_map(|it| match &it.kind {
                    DeclarationKind::Unit(unit) => Some(unit),
                    _ => None,
                })
            };
            let ([first, .., _], true) = (&*told, units().any(ast::Unit::is_dated)) else { continue };
            let mut whole = Declaration::clone(first);
            for other in told.iter().skip(1) {
                let beside = Some(other.span);
                let allows = other.allows.iter();
                whole.allows.extend(allows.map(|allow| ast::Allow { of_override: beside, ..allow.clone() }));
            }
            if let DeclarationKind::Unit(unit) = &mut whole.kind {
                unit.title = units().find_map(|it| it.title.clone());
                unit.decimals = units().find_map(|it| it.decimals);
                unit.rates = units().flat_map(|it| it.rates.clone()).collect();
            }
            let mut places = places.into_iter();
            if let Some(slot) = places.next().and_then(|place| self.declarations.get_mut(place)) {
                *slot = Cow::Owned(whole);
            }
            gone.extend(places);
        }
        let mut place = 0..;
        self.declarations.retain(|_| place.next().is_some_and(|place| !gone.contains(&place)));
    }

    /// Gives channels what the sheets of a layer say of them, and parameters what they say under no name.
    fn state(&mut self, layer: &[&'s Declaration], sheets: &Sheets) {
        let said: Vec<(&Declaration, &ast::Channel)> = layer
            .iter()
            .flat_map(|declaration| sheets.of(&declaration.kind).iter().map(|said| (*declaration, said)))
            .collect();
        if said.is_empty() {
            return;
        }
        let places = self.declarations.iter().enumerate();
        let places: BTreeMap<(bool, Arc<str>), usize> = places
            .filter_map(|(place, declaration)| match &declaration.kind {
                DeclarationKind::Channel(channel) => Some(((false, channel.name.value.clone()), place)),
                DeclarationKind::Parameter(it) => Some(((true, it.name.value.clone()), place)),
                _ => None,
            })
            .collect();
        for (declaration, said) in said {
            let is_override = matches!(declaration.kind, DeclarationKind::Override(_));
            // All entries of one parameter at once: an override takes the place of each.
            let mut parameters: BTreeMap<Arc<str>, Vec<ast::Statement>> = BTreeMap::new();
            if said.name.value.is_empty() {
                for statement in &said.statements {
                    parameters.entry(statement.fact.value.clone()).or_default().push(statement.clone());
                }
            } else {
                parameters.insert(said.name.value.clone(), said.statements.clone());
            }
            for (name, stated) in parameters {
                let key = (said.name.value.is_empty(), name);
                let slot = places.get(&key).and_then(|place| self.declarations.get_mut(*place));
                let statements = match slot.map(|slot| &mut slot.to_mut().kind) {
                    Some(DeclarationKind::Channel(channel)) => {
                        channel.title = channel.title.take().or_else(|| said.title.clone());
                        &mut channel.statements
                    }
                    Some(DeclarationKind::Parameter(parameter)) => &mut parameter.statements,
                    _ => {
                        let first = stated.first().filter(|_| key.0).map(|first| &first.fact);
                        self.unclaimed.push(first.unwrap_or(&said.name).clone());
                        continue;
                    }
                };
                match is_override {
                    true => change_statements(statements, &stated),
                    false => statements.extend(stated),
                }
            }
        }
    }

    /// Reports a second override of what an override replaces as a whole: the first would be lost.
    fn once(&mut self, replaced: &mut BTreeMap<(&'static str, &'s str), Span>, inner: &'s Declaration) {
        use DeclarationKind::{Channel, Mix, Parameter, Requirement, Table, Unit};
        let in_parts = matches!(inner.kind, Channel(_) | Parameter(_) | Mix(_) | Requirement(_) | Table(_));
        let in_parts = in_parts || matches!(&inner.kind, Unit(unit) if unit.is_dated());
        let Some((word, name)) = key(&inner.kind).filter(|_| !in_parts) else { return };
        if let Some(first) = replaced.insert((word, &name.value), name.span) {
            let message = format!("`{}` is overridden twice", name.value);
            let diagnostic = Diagnostic::new(Code::DuplicateName, name.span, message);
            self.diagnostics.push(diagnostic.here("the second override").also(first, "the first"));
        }
    }

    /// Takes names that were removed from the rules that were exceptions to them.
    fn forget(&mut self, removed: &BTreeSet<String>) {
        // A row goes with its table.
        let is_gone = |name: &ast::Name| {
            let table = name.value.split_once('.').map_or(&*name.value, |(table, _)| table);
            removed.contains(table)
        };
        for declaration in &mut self.declarations {
            if matches!(&declaration.kind, DeclarationKind::Rule(rule) if rule.exception_to.iter().any(is_gone))
                && let DeclarationKind::Rule(rule) = &mut declaration.to_mut().kind
            {
                rule.exception_to.retain(|name| !is_gone(name));
            }
        }
    }

    /// A header takes languages and day from the base where it says none.
    fn inherit(&self, header: &ast::Ruleset) -> ast::Ruleset {
        let mut header = header.clone();
        for declaration in &self.declarations {
            if let DeclarationKind::Ruleset(base) = &declaration.kind {
                if header.languages.is_empty() {
                    header.languages.clone_from(&base.languages);
                }
                header.as_of = header.as_of.or(base.as_of);
                header.rank = header.rank.or_else(|| base.rank.clone());
            }
        }
        header
    }

    fn nothing(
        &mut self,
        index: &BTreeMap<(String, String), usize>,
        word: &str,
        name: &ast::Name,
        verb: &str,
        has_base: bool,
    ) {
        let message = if has_base {
            format!("the base has no {word} `{}` to {verb}", name.value)
        } else {
            format!("there is nothing to {verb}: this ruleset extends no other")
        };
        let diagnostic = Diagnostic::new(Code::NothingToOverride, name.span, message);
        let names = index.keys().filter(|(kind, _)| kind == word).map(|(_, name)| name.as_str());
        let other = index.keys().find(|(_, other)| *other == *name.value).map(|(kind, _)| kind);
        let diagnostic = match other {
            Some(kind) => diagnostic.here(format!("this is a {kind} there")),
            None => diagnostic.here("not declared in the base").near(name.span, &name.value, names),
        };
        self.diagnostics.push(diagnostic);
    }

    /// Changes a declaration of the base.
    fn change(
        &mut self,
        index: &BTreeMap<(String, String), usize>,
        gone: &BTreeSet<usize>,
        declaration: &'s Declaration,
        inner: &'s Declaration,
        has_base: bool,
    ) {
        if let DeclarationKind::Profile(items) = &inner.kind {
            return self.change_fields(items, has_base);
        }
        if let DeclarationKind::Verdicts(thresholds) = &inner.kind {
            return self.change_verdicts(declaration, thresholds, has_base);
        }
        if let DeclarationKind::Levels(_) = &inner.kind {
            return self.change_levels(inner, has_base);
        }
        let Some((word, name)) = key(&inner.kind) else { return };
        let place =
            index.get(&(word.to_string(), name.value.to_string())).filter(|place| !gone.contains(place));
        let slot = place.and_then(|place| self.declarations.get_mut(*place));
        let Some(slot) = slot else { return self.nothing(index, word, name, "override", has_base) };
        let base = slot.to_mut();
        let beside = Some(inner.span);
        base.allows
            .extend(inner.allows.iter().map(|allow| ast::Allow { of_override: beside, ..allow.clone() }));
        match (&mut base.kind, &inner.kind) {
            (DeclarationKind::Channel(base), DeclarationKind::Channel(change)) => {
                change_channel(base, change)
            }
            (DeclarationKind::Parameter(base), DeclarationKind::Parameter(change)) => {
                change_parameter(base, change)
            }
            (DeclarationKind::Unit(base), DeclarationKind::Unit(change)) if change.is_dated() => {
                replace(&mut base.title, &change.title);
                replace(&mut base.decimals, &change.decimals);
                match self.rated.insert(change.name.value.clone()) {
                    true => change_statements(&mut base.rates, &change.rates),
                    false => {
                        let replaced = base.rates.first().map_or(Vec::new(), |first| first.replaced.clone());
                        let further = change.rates.iter().cloned();
                        base.rates.extend(
                            further.map(|rate| ast::Statement { replaced: replaced.clone(), ..rate }),
                        );
                    }
                }
            }
            (DeclarationKind::Mix(base), DeclarationKind::Mix(change)) => {
                replace(&mut base.title, &change.title);
                replace_list(&mut base.members, &change.members);
                replace_list(&mut base.needs, &change.needs);
                replace_list(&mut base.from, &change.from);
            }
            (DeclarationKind::Requirement(base), DeclarationKind::Requirement(change)) => {
                replace(&mut base.title, &change.title);
                replace(&mut base.met, &change.met);
                replace(&mut base.how, &change.how);
                replace(&mut base.cost, &change.cost);
                replace(&mut base.takes, &change.takes);
                replace_list(&mut base.from, &change.from);
            }
            (DeclarationKind::Table(base), DeclarationKind::Table(change)) => {
                base.changes.push(change.clone())
            }
            _ => {
                let mut new = inner.clone();
                new.replaced = Some(Box::new(base.clone()));
                *base = new;
            }
        }
    }

    fn change_verdicts(
        &mut self,
        declaration: &'s Declaration,
        thresholds: &[ast::Threshold],
        has_base: bool,
    ) {
        let base = self.declarations.iter_mut().find(|d| matches!(d.kind, DeclarationKind::Verdicts(_)));
        match base {
            Some(base) => {
                if let DeclarationKind::Verdicts(all) = &mut base.to_mut().kind {
                    for threshold in thresholds {
                        all.retain(|other| other.verdict.value != threshold.verdict.value);
                        all.push(threshold.clone());
                    }
                }
            }
            // The base has the thresholds that go without saying.
            None if has_base => {
                let kind = DeclarationKind::Verdicts(thresholds.to_vec());
                let (span, allows) = (declaration.span, Vec::new());
                self.declarations.push(Cow::Owned(Declaration { span, kind, allows, replaced: None }));
            }
            None => self.no_base(declaration.span, "verdicts", has_base),
        }
    }

    fn change_levels(&mut self, inner: &'s Declaration, has_base: bool) {
        let base = self.declarations.iter_mut().find(|d| matches!(d.kind, DeclarationKind::Levels(_)));
        match base {
            Some(base) => *base = Cow::Borrowed(inner),
            None => self.no_base(inner.span, "levels", has_base),
        }
    }

    fn no_base(&mut self, span: Span, what: &str, has_base: bool) {
        let message = match has_base {
            true => format!("the base has no {what} to override"),
            false => "there is nothing to override: this ruleset extends no other".into(),
        };
        self.diagnostics
            .push(Diagnostic::new(Code::NothingToOverride, span, message).here("no base for this"));
    }

    fn change_fields(&mut self, items: &'s [ast::ProfileItem], has_base: bool) {
        for item in items {
            match item {
                ast::ProfileItem::Section(_, _, items) => self.change_fields(items, has_base),
                ast::ProfileItem::Field(change) => self.change_field(change, has_base),
            }
        }
    }

    fn change_field(&mut self, change: &ast::Field, has_base: bool) {
        match self.profile_of(&change.name) {
            Some(items) => change_in(items, change),
            None => self.no_field(&change.name, "override", has_base),
        }
    }

    fn remove_field(&mut self, name: &ast::Name, has_base: bool) {
        match self.profile_of(name) {
            Some(items) => remove_in(items, name),
            None => self.no_field(name, "remove", has_base),
        }
    }

    /// The profile that declares a field.
    fn profile_of(&mut self, name: &ast::Name) -> Option<&mut Vec<ast::ProfileItem>> {
        let declares = |declaration: &Declaration| match &declaration.kind {
            DeclarationKind::Profile(items) => {
                ast::fields(items).iter().any(|field| field.name.value == name.value)
            }
            _ => false,
        };
        let found = self.declarations.iter_mut().find(|declaration| declares(declaration))?;
        match &mut found.to_mut().kind {
            DeclarationKind::Profile(items) => Some(items),
            _ => None,
        }
    }

    fn no_field(&mut self, name: &ast::Name, verb: &str, has_base: bool) {
        let mut names = BTreeMap::new();
        for declaration in &self.declarations {
            if let DeclarationKind::Profile(items) = &declaration.kind {
                for field in ast::fields(items) {
                    names.insert(("field".to_string(), field.name.value.to_string()), 0);
                }
            }
        }
        self.nothing(&names, "field", name, verb, has_base);
    }
}

fn remove_in(items: &mut Vec<ast::ProfileItem>, name: &ast::Name) {
    items.retain(|item| !matches!(item, ast::ProfileItem::Field(field) if field.name.value == name.value));
    for item in items {
        if let ast::ProfileItem::Section(_, _, items) = item {
            remove_in(items, name);
        }
    }
}

fn change_in(items: &mut [ast::ProfileItem], change: &ast::Field) {
    for item in items {
        match item {
            ast::ProfileItem::Section(_, _, items) => change_in(items, change),
            ast::ProfileItem::Field(field) if field.name.value == change.name.value => {
                field.ty = change.ty.clone();
                replace(&mut field.question, &change.question);
                replace(&mut field.range, &change.range);
                replace(&mut field.default, &change.default);
                replace(&mut field.required, &change.required);
                replace(&mut field.fixed, &change.fixed);
                field.was.extend(change.was.iter().cloned());
                field.allows.extend(change.allows.iter().cloned());
                field.name = change.name.clone();
            }
            ast::ProfileItem::Field(_) => {}
        }
    }
}

/// A channel's override replaces the entries that it states, and the whole list of needs if it states any.
fn change_channel(base: &mut ast::Channel, change: &ast::Channel) {
    replace(&mut base.title, &change.title);
    replace_list(&mut base.needs, &change.needs);
    replace(&mut base.owned, &change.owned);
    base.was.extend(change.was.iter().cloned());
    replace(&mut base.like, &change.like);
    change_statements(&mut base.statements, &change.statements);
}

/// A parameter's override replaces the entries that it states.
fn change_parameter(base: &mut ast::Parameter, change: &ast::Parameter) {
    replace(&mut base.title, &change.title);
    replace(&mut base.ty, &change.ty);
    base.was.extend(change.was.iter().cloned());
    replace_list(&mut base.indexes, &change.indexes);
    change_statements(&mut base.statements, &change.statements);
}

fn change_statements(base: &mut Vec<ast::Statement>, change: &[ast::Statement]) {
    let changed: BTreeSet<_> = change.iter().map(entry).collect();
    let (replaced, kept): (Vec<_>, Vec<_>) =
        std::mem::take(base).into_iter().partition(|statement| changed.contains(&entry(statement)));
    *base = kept;
    for statement in change {
        let mut statement = statement.clone();
        statement.replaced = replaced.iter().filter(|old| entry(old) == entry(&statement)).cloned().collect();
        base.push(statement);
    }
}

/// The entry that a statement is of, by names.
pub(super) fn entry(statement: &ast::Statement) -> (Arc<str>, Vec<Arc<str>>) {
    let value = |index: &ast::Dotted| index.tail.as_ref().unwrap_or(&index.head).value.clone();
    (statement.fact.value.clone(), statement.indexes.iter().map(value).collect())
}

fn replace<T: Clone>(base: &mut Option<T>, change: &Option<T>) {
    if change.is_some() {
        base.clone_from(change);
    }
}

fn replace_list<T: Clone>(base: &mut Vec<T>, change: &[T]) {
    if !change.is_empty() {
        *base = change.to_vec();
    }
}
