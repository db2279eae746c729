//! What targets need: requirements and channels, and never themselves.

use std::collections::BTreeMap;

use super::cycles::{self, Link};
use super::{Checker, NameKind, Symbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Channel, EffectKind, Id, IdMap, Need, StatedNeed, Target};
use crate::source::Span;
use crate::syntax::ast;

impl Checker<'_> {
    /// Looks up what a name after `needs` stands for.
    pub(super) fn need(&mut self, name: &ast::Name) -> Option<Need> {
        if let Some((id, declared)) = self.requirement_names.get(&name.value).copied() {
            self.reads(name, NameKind::Requirement, declared);
            return Some(Need::Requirement(id));
        }
        match self.symbol_named(name) {
            Some(Symbol::Channel(id)) => Some(Need::Channel(id)),
            Some(Symbol::Broken) => None,
            Some(
                Symbol::Parameter(_) | Symbol::Field(_) | Symbol::Let(_) | Symbol::Weight(_) | Symbol::Mix(_),
            )
            | None => {
                self.unknown_need(name);
                None
            }
        }
    }

    pub(super) fn stated_needs(&mut self, clauses: &[ast::Needs], of: &ast::Name) -> Vec<StatedNeed> {
        let mut needs: Vec<StatedNeed> = Vec::new();
        let mut seen: BTreeMap<Need, Span> = BTreeMap::new();
        for clause in clauses {
            let sources = self.citations(&clause.from);
            if clause.names.is_empty() && clauses.len() > 1 {
                self.report(
                    Diagnostic::new(
                        Code::DuplicateClause,
                        clause.span,
                        format!("`needs nothing` stands beside other needs of `{}`", of.value),
                    )
                    .here("nothing, or something"),
                );
            }
            for name in &clause.names {
                let Some(need) = self.need(name) else { continue };
                if let Some(first) = seen.insert(need, name.span) {
                    self.report(
                        Diagnostic::new(
                            Code::DuplicateName,
                            name.span,
                            format!("`{}` is needed twice", name.value),
                        )
                        .here("the second time")
                        .also(first, "the first"),
                    );
                } else {
                    needs.push(StatedNeed { need, span: name.span, sources: sources.clone() });
                }
            }
        }
        needs
    }

    /// No channel comes to need itself, the needs of all rules counted.
    pub(super) fn check_needs(&mut self) {
        let mut edges: IdMap<Channel, BTreeMap<usize, Span>> = IdMap::of(&self.channels, |_| BTreeMap::new());
        for (id, channel) in self.channels.entries() {
            for need in &channel.needs {
                if let Need::Channel(other) = need.need {
                    edges[id].entry(other.index()).or_insert(need.span);
                }
            }
        }
        for rule in self.rules.iter() {
            for effect in &rule.effects {
                let EffectKind::Needs(target, needs) = &effect.kind else { continue };
                for channel in rule.instances() {
                    let Some(Target::Channel(id)) = target.resolve(channel) else { continue };
                    for need in needs {
                        if let Need::Channel(other) = need {
                            edges[id].entry(other.index()).or_insert(effect.span);
                        }
                    }
                }
            }
        }
        let plain: Vec<Vec<usize>> = edges.values().map(|edges| edges.keys().copied().collect()).collect();
        for group in cycles::groups(&plain) {
            if !cycles::is_circle(&group, &plain) {
                self.channel_order.extend(group.into_iter().map(Id::new));
                continue;
            }
            let circle = cycles::circle(&group, &plain);
            let links = cycles::links(&circle, |from, to| {
                let channel = &self.channels[Id::new(from)];
                let place = edges[Id::new(from)].get(&to).copied();
                Some(Link { name: &channel.name, declared: channel.span, place: place? })
            });
            if let Some(found) = cycles::report(links, "needs", "comes to need itself", "channels") {
                self.report(found);
            }
        }
    }
}
