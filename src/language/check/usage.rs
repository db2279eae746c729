//! What is declared and never used, days that nobody says, findings that are allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::unknown::FINDING;
use super::{Allowed, Checker};
use crate::diagnostic::{self, Code, Diagnostic, Label, Severity};
use crate::model::{Fact, Id};
use crate::source::Span;
use crate::syntax::ast::{self, DeclarationKind};

/// So many other places of a finding are shown.
const MAX_PLACES: usize = 4;

impl Checker<'_> {
    pub(super) fn check_usage(&mut self) {
        self.check_days();
        self.check_unused();
        self.apply_allows();
        self.join_places();
    }

    fn check_days(&mut self) {
        let Some(dated) = self.uses_day else { return };
        if self.header.is_none_or(|header| header.as_of.is_some()) {
            return;
        }
        if let Some(header) = self.header {
            self.report(
                Diagnostic::new(
                    Code::MissingAsOf,
                    header.name.span,
                    "the answers change with the day, and no `as of` says which",
                )
                .here("no `as of` in this header")
                .also(dated, "this depends on the day")
                .note("write `as of 2021-06-01`; a caller can still ask for another day"),
            );
        }
        for (_, test) in
            self.each(|kind| if let DeclarationKind::Test(test) = kind { Some(test) } else { None })
        {
            if test.as_of.is_none() {
                let span = test.title.main.span;
                self.report(
                    Diagnostic::new(
                        Code::UndatedTest,
                        span,
                        "this test may pass on one day and fail on another",
                    )
                    .here("no day is said")
                    .note("write `as of 2021-06-01` in the test, or in the header for all of them"),
                );
            }
        }
    }

    /// Reports what is declared here and used nowhere.
    fn check_unused(&mut self) {
        // What could not be read may use anything.
        if !self.lost_words.is_empty() || self.lost_everything || diagnostic::any_error(&self.diagnostics) {
            return;
        }
        let unread = self.fields.iter().filter(|field| !self.used.contains(&field.span));
        let unread: Vec<Diagnostic> = unread
            .map(|field| {
                let message = format!("nothing reads the field `{}`", field.name);
                Diagnostic::new(Code::UnreadField, field.span, message)
                    .here("asked of everyone, used nowhere")
                    .note("remove it, or say why it stays: `allow unread-field \"…\"`")
            })
            .collect();
        self.diagnostics.extend(unread);
        let stated: BTreeSet<Id<Fact>> = (self.channels.iter().map(|channel| &channel.statements))
            .chain([&self.parameters])
            .flat_map(|statements| statements.keys().map(|(fact, _)| *fact))
            .collect();
        // Units of one dimension stand for each other in profiles.
        let root = |checker: &Self, id| checker.units.get(id).root;
        let roots: BTreeSet<_> = self.used_units.iter().map(|id| root(self, *id)).collect();
        for declaration in self.declarations {
            let (what, name) = match &declaration.kind {
                DeclarationKind::Fact(fact) => {
                    let id = self.fact_names.get(&fact.name.value).and_then(|(id, _)| *id);
                    self.check_fact("fact", &fact.name, id.is_some_and(|id| stated.contains(&id)));
                    continue;
                }
                DeclarationKind::Parameter(parameter) => {
                    self.check_fact("parameter", &parameter.name, !parameter.statements.is_empty());
                    continue;
                }
                DeclarationKind::Levels(members) => {
                    members.iter().for_each(|member| self.check_used("level", &member.name));
                    continue;
                }
                DeclarationKind::Unit(unit) => {
                    let id = self.units.find(&unit.name.value);
                    if id.is_some_and(|id| roots.contains(&root(self, id))) {
                        continue;
                    }
                    ("unit", &unit.name)
                }
                DeclarationKind::Source(source) => ("source", &source.name),
                DeclarationKind::Enum(declared) if declared.ordered => ("scale", &declared.name),
                DeclarationKind::Enum(declared) => ("enum", &declared.name),
                DeclarationKind::Requirement(requirement) => ("requirement", &requirement.name),
                DeclarationKind::Weight(weight) => ("weight", &weight.name),
                DeclarationKind::Let(declared) => ("let", &declared.name),
                DeclarationKind::Ruleset(_)
                | DeclarationKind::Import(_)
                | DeclarationKind::Profile(_)
                | DeclarationKind::Facts(_)
                | DeclarationKind::Channel(_)
                | DeclarationKind::Mix(_)
                | DeclarationKind::Measure(_)
                | DeclarationKind::Rule(_)
                | DeclarationKind::Verdicts(_)
                | DeclarationKind::Test(_)
                | DeclarationKind::Property(_)
                | DeclarationKind::Table(_)
                | DeclarationKind::Extends(_)
                | DeclarationKind::Remove(_)
                | DeclarationKind::Override(_)
                | DeclarationKind::Texts(_) => continue,
            };
            self.check_used(what, name);
        }
        self.check_sourced();
    }

    /// Reports what nothing uses, unless a ruleset that is extended declares it: others may use it.
    fn check_used(&mut self, what: &str, name: &ast::Name) {
        if self.used.contains(&name.span) || !self.sources.is_own(name.span.file) {
            return;
        }
        let message = format!("nothing uses the {what} `{}`", name.value);
        let diagnostic = Diagnostic::new(Code::Unused, name.span, message).here("declared, used nowhere");
        self.report(diagnostic.note("remove it, or say why it stays: `allow unused \"…\"`"));
    }

    /// Reports a fact that nothing reads, or that is read and stated nowhere.
    fn check_fact(&mut self, what: &str, name: &ast::Name, is_stated: bool) {
        if !self.sources.is_own(name.span.file) {
            return;
        }
        if !self.used.contains(&name.span) {
            let message = format!("nothing reads the {what} `{}`", name.value);
            let diagnostic = Diagnostic::new(Code::UnreadFact, name.span, message).here("changes no answer");
            self.report(diagnostic.note("remove it, or say why it stays: `allow unread-fact \"…\"`"));
        } else if !is_stated {
            let (message, note) = match what {
                "parameter" => {
                    (format!("the parameter `{}` has no value", name.value), "state it behind `=`")
                }
                _ => (format!("no channel states the fact `{}`", name.value), "state it in a channel"),
            };
            let diagnostic = Diagnostic::new(Code::UnstatedFact, name.span, message);
            let why = format!("{note}, or say why it is open: `allow unstated-fact \"…\"`");
            self.report(diagnostic.here("read, and never known").note(why));
        }
    }

    /// Takes away what is allowed, and reports what allows nothing.
    fn apply_allows(&mut self) {
        // What each stands in, and what else it goes for.
        let mut allows: Vec<(Span, Option<Span>, &ast::Allow)> = Vec::new();
        for declaration in self.declarations {
            let sheet = match &declaration.kind {
                DeclarationKind::Facts(csv) => self.sources.brought(csv.span.file, &csv.value),
                _ => None,
            };
            let sheet = sheet.map(|file| Span { file, start: 0, end: u32::MAX });
            let own = declaration.allows.iter();
            allows.extend(own.map(|allow| (declaration.span, allow.of_override.or(sheet), allow)));
            if let DeclarationKind::Profile(items) = &declaration.kind {
                for field in ast::fields(items) {
                    // A field that is overridden is found where it is stated anew.
                    let within =
                        if field.span.contains(field.name.span) { field.span } else { field.name.span };
                    allows.extend(field.allows.iter().map(|allow| (within, allow.of_override, allow)));
                }
            }
        }
        let errors = diagnostic::any_error(&self.diagnostics);
        // What can be allowed, by code and place, so that each allow looks at what lies inside it alone.
        let mut found: BTreeMap<(Code, Span), Vec<usize>> = BTreeMap::new();
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            if diagnostic.severity != Severity::Error {
                found.entry((diagnostic.code, diagnostic.label.span)).or_default().push(index);
            }
        }
        let mut allowed: BTreeSet<usize> = BTreeSet::new();
        for (within, beside, allow) in allows {
            let name = &allow.code;
            let Some(code) = Code::parse(&name.value) else {
                self.unknown(&FINDING, name, |_| Code::ALL.iter().map(|c| Arc::from(c.name())).collect());
                continue;
            };
            if code.severity() == Severity::Error {
                let message = format!("`{}` is an error and cannot be allowed", code.name());
                let diagnostic = Diagnostic::new(Code::UnknownCode, name.span, message);
                self.report(diagnostic.here("only warnings and notes can be"));
                continue;
            }
            let inherited = self.base.contains(&allow.span.file);
            if code.is_finding() {
                // Analysis comes later; whoever runs it applies this.
                self.allowed.push(Allowed { code, within, beside, span: allow.span, inherited });
                continue;
            }
            let places = |within: Span| {
                let end = Span { start: within.end, end: u32::MAX, ..within };
                let range = found.range((code, Span { end: within.start, ..within })..=(code, end));
                range.map(|(place, _)| *place).filter(move |(_, span)| within.contains(*span))
            };
            let inside: Vec<(Code, Span)> =
                places(within).chain(beside.into_iter().flat_map(places)).collect();
            allowed.extend(inside.iter().filter_map(|place| found.remove(place)).flatten());
            // With errors, not every finding was looked for.
            if inside.is_empty() && !errors && !inherited {
                let message = format!("there is no `{}` here to allow", code.name());
                let diagnostic = Diagnostic::new(Code::UnusedAllow, allow.span, message);
                let removed = self.sources.files().removed(allow.span);
                self.report(diagnostic.here("silences nothing").fix("remove it", removed, ""));
            }
        }
        let mut index = 0..;
        self.diagnostics.retain(|_| index.next().is_none_or(|index| !allowed.contains(&index)));
    }

    /// Puts findings that one thing causes in several places into one, at the first of them.
    fn join_places(&mut self) {
        let mut places: BTreeMap<(Code, String), Vec<usize>> = BTreeMap::new();
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            if matches!(diagnostic.code, Code::QuoteUnverified | Code::UndatedTest | Code::Unsourced) {
                places.entry((diagnostic.code, diagnostic.message.clone())).or_default().push(index);
            }
        }
        let mut joined: BTreeSet<usize> = BTreeSet::new();
        for mut indices in places.into_values().filter(|indices| indices.len() > 1) {
            let span = |index: &usize| self.diagnostics.get(*index).map(|diagnostic| diagnostic.label.span);
            indices.sort_by_key(span);
            let mut rest: Vec<Label> = indices
                .iter()
                .filter_map(|i| self.diagnostics.get(*i))
                .map(|d| d.label.clone())
                .skip(1)
                .collect();
            let more = rest.len().saturating_sub(MAX_PLACES);
            rest.truncate(MAX_PLACES);
            joined.extend(indices.iter().skip(1));
            if let Some(first) = indices.first().and_then(|index| self.diagnostics.get_mut(*index)) {
                first.labels.extend(rest);
                if more > 0 {
                    first.notes.insert(0, format!("so it is in {more} more places"));
                }
            }
        }
        let mut index = 0..;
        self.diagnostics.retain(|_| index.next().is_none_or(|index| !joined.contains(&index)));
    }
}
