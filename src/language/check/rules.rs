//! Rules: instances, conditions, effects, exceptions, points.

use std::collections::{BTreeMap, BTreeSet};

use super::Checker;
use super::cycles::{self, Link};
use super::scope::Scope;
use super::tables::RuleOrTable;
use super::texts::{Owner, note_part};
use super::unknown::{Around, CAPPED, EACH, EXCLUDED, NEEDING, NOTED, RULE, SCORED};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    Channel, Effect, EffectKind, Expr, ExprKind, ForEach, Id, IdMap, Need, Replaced, Rule, TargetRef,
};
use crate::operator::Verdict;
use crate::source::Span;
use crate::syntax::ast::{self, DeclarationKind};

/// Exceptions to exceptions go so deep at most.
const MAX_EXCEPTION_DEPTH: usize = 128;

impl<'s> Checker<'s> {
    pub(super) fn define_rules(&mut self) {
        let declared = self.rule_declarations();
        self.variables = declared
            .iter()
            .filter_map(|(_, declared)| declared.variable())
            .chain(self.measure_declarations.iter().map(|measure| &measure.for_each.variable))
            .map(|v| v.value.clone())
            .collect();
        for (_, declared) in &declared {
            let name = declared.name();
            if let Some(((), first)) = self.rule_names.get(&name.value) {
                let first = *first;
                self.duplicate(name, first);
            } else {
                self.rule_names.insert(name.value.clone(), ((), name.span));
            }
        }
        for (declaration, declared) in &declared {
            let name = declared.name();
            let ids = match declared {
                RuleOrTable::Rule(rule) => {
                    self.around = Some(Around::rule(rule));
                    let checked = self.rule(declaration, rule);
                    self.around = None;
                    vec![self.rules.push(checked)]
                }
                RuleOrTable::Table(table) => self.table(declaration, table),
            };
            self.selectors.entry(name.value.clone()).or_insert((ids, name.span));
        }
        self.link_exceptions(&declared);
        self.spread_asking();
        self.check_asking();
        self.check_asking_fields();
        self.define_levels();
        self.define_verdicts();
    }

    /// Looks up the rules that a name means: one, or the rows of a table.
    pub(super) fn select(&mut self, name: &ast::Name) -> Option<Vec<Id<Rule>>> {
        if let Some((ids, _)) = self.selectors.get(&name.value) {
            let ids = ids.clone();
            let of_table = ids.first().is_none_or(|first| self.rules[*first].row.is_some());
            self.mention_rule(name, of_table);
            return Some(ids);
        }
        self.unknown(&RULE, name, |checker| checker.selectors.keys().cloned().collect());
        None
    }

    fn rule(&mut self, declaration: &ast::Declaration, rule: &ast::Rule) -> Rule {
        let for_each = rule.for_each.as_ref().map(|for_each| self.for_each(for_each));
        let only_notes = rule.effects.iter().all(|effect| matches!(effect.kind, ast::EffectKind::Note(..)));
        let scope = Scope {
            variable: for_each.as_ref().map(|for_each| for_each.variable.clone()),
            each: for_each.as_ref().map(|for_each| for_each.channels.clone()).unwrap_or_default(),
            place: "a rule",
            fields: true,
            may_ask: true,
            may_ask_fields: only_notes,
        };
        let when = rule.when.as_ref().and_then(|when| self.condition(when, &scope));
        let when = when.and_then(|when| self.check_size(when));
        let owner = Owner::new("rule", &rule.name);
        let mut instances = for_each.as_ref().map_or(vec![None], ForEach::instances);
        if let Some(filter) = for_each.as_ref().and_then(|for_each| for_each.filter.as_ref()) {
            // What is left out makes no points.
            instances.retain(|channel| channel.is_none_or(|channel| !self.is_left_out(filter, channel)));
        }
        let mut effects = Vec::new();
        for effect in &rule.effects {
            self.effect(effect, &owner, (&scope, &instances), &mut effects);
        }
        self.check_numbers(&owner, &effects);
        if rule.effects.is_empty() && rule.exception_to.is_empty() {
            let message = format!("the rule `{}` does nothing", rule.name.value);
            self.report(
                Diagnostic::new(Code::EmptyRule, rule.name.span, message)
                    .here("no `then`")
                    .note("say what follows: `then score CHANNEL +1`"),
            );
        }
        let because =
            rule.because.as_ref().and_then(|because| self.template(&owner, "because", because, &scope));
        let title = self.words(&owner, "title", rule.title.as_ref());
        let replaced = declaration.replaced.as_ref().map(|old| self.replaced(old));
        let sources = self.citations(&rule.from);
        let asks = when.as_ref().is_some_and(Expr::asks);
        Rule {
            name: rule.name.value.clone(),
            span: declaration.span,
            name_span: rule.name.span,
            title,
            for_each,
            when,
            exceptions: Vec::new(),
            effects,
            because,
            sources,
            asks,
            row: None,
            replaced,
        }
    }

    /// What an override took the place of: where it stands, and its sources.
    fn replaced(&mut self, old: &ast::Declaration) -> Replaced {
        let sources = match &old.kind {
            DeclarationKind::Rule(rule) => self.citations(&rule.from),
            _ => Vec::new(),
        };
        Replaced { span: old.span, sources }
    }

    pub(super) fn for_each(&mut self, for_each: &ast::ForEach) -> ForEach {
        let name = &for_each.variable;
        if let Some((_, first)) = self.symbols.get(&name.value) {
            let first = *first;
            self.duplicate(name, first);
        }
        self.check_target_name(name);
        let channels = match &for_each.channels {
            None => self.channels.ids().collect(),
            Some(names) => self.channel_list(names),
        };
        let filter = for_each.filter.as_ref().and_then(|filter| {
            let scope =
                Scope { variable: Some(name.value.clone()), fields: false, ..Scope::plain("`where`") };
            let filter = self.condition(filter, &scope)?;
            self.check_size(filter)
        });
        ForEach { variable: name.value.clone(), channels, filter }
    }

    fn channel_list(&mut self, names: &[ast::Name]) -> Vec<Id<Channel>> {
        let mut channels = self.channels_named(names, &EACH, "is named twice");
        // Instances stand in the order of declaration, however the list is written.
        channels.sort_unstable();
        channels
    }

    /// Adds what an effect of a rule or of a table's row does to those before it.
    pub(super) fn effect(
        &mut self,
        effect: &ast::Effect,
        owner: &Owner,
        (scope, instances): (&Scope, &[Option<Id<Channel>>]),
        effects: &mut Vec<Effect>,
    ) {
        let span = effect.span;
        let mut each =
            |checker: &mut Self, sought, names: &[ast::Name], kind: &dyn Fn(TargetRef) -> EffectKind| {
                for name in names {
                    if let Some(target) = checker.target(sought, name, scope) {
                        effects.push(Effect { span, kind: kind(target) });
                    }
                }
            };
        match &effect.kind {
            ast::EffectKind::Score(targets, points) => {
                let (points, level) = self.given(points, scope, instances);
                each(self, &SCORED, targets, &|target| EffectKind::Score(target, points.clone(), level));
            }
            ast::EffectKind::Exclude(targets) => each(self, &EXCLUDED, targets, &EffectKind::Exclude),
            ast::EffectKind::Cap(targets, verdict) => {
                let cap = Verdict::parse(&verdict.value).filter(|verdict| *verdict != Verdict::Excluded);
                match cap {
                    Some(cap) => each(self, &CAPPED, targets, &|target| EffectKind::Cap(target, cap)),
                    None => self.not_a_cap(verdict),
                }
            }
            ast::EffectKind::Note(target, text, warning) => {
                let target = target.as_ref().map(|target| self.target(&NOTED, target, scope));
                let notes = effects.iter().filter(|effect| effect.kind.is_note()).count();
                let text = self.template(owner, &note_part(notes), text, scope);
                if let (Some(text), Some(target)) =
                    (text, target.map_or(Some(None), |target| target.map(Some)))
                {
                    effects.push(Effect { span, kind: EffectKind::Note(target, text, *warning) });
                }
            }
            ast::EffectKind::Needs(target, names) => {
                let target = self.target(&NEEDING, target, scope);
                let mut needs: Vec<Need> = Vec::new();
                let mut seen: BTreeSet<Need> = BTreeSet::new();
                for name in names {
                    if let Some(need) = self.need(name)
                        && seen.insert(need)
                    {
                        needs.push(need);
                    }
                }
                if let Some(target) = target {
                    effects.push(Effect { span, kind: EffectKind::Needs(target, needs) });
                }
            }
        }
    }

    fn not_a_cap(&mut self, verdict: &ast::Name) {
        let message = format!("a cap is `recommended`, `possible` or `unsuitable`, not `{}`", verdict.value);
        self.report(
            Diagnostic::new(Code::UnknownValue, verdict.span, message)
                .here("no cap")
                .note("to shut a target out, write `exclude`"),
        );
    }

    fn link_exceptions(&mut self, declared: &[(&ast::Declaration, RuleOrTable<'_>)]) {
        let mut edges: Vec<Vec<usize>> = vec![Vec::new(); self.rules.len()];
        let mut places: BTreeMap<(usize, usize), Span> = BTreeMap::new();
        for (_, declared) in declared {
            let own =
                self.selectors.get(&declared.name().value).map(|(ids, _)| ids.clone()).unwrap_or_default();
            let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
            for name in declared.exception_to() {
                let Some(excepted) = self.select(name) else { continue };
                if let Some(first) = seen.insert(&name.value, name.span) {
                    self.report(
                        Diagnostic::new(
                            Code::DuplicateName,
                            name.span,
                            format!("`{}` is named twice", name.value),
                        )
                        .here("the second time")
                        .also(first, "the first"),
                    );
                    continue;
                }
                for rule in excepted {
                    self.rules[rule].exceptions.extend(&own);
                    places.extend(own.iter().map(|id| ((id.index(), rule.index()), name.span)));
                    let edges = edges.get_mut(rule.index()).expect("each rule has its edges");
                    edges.extend(own.iter().map(|id| id.index()));
                }
            }
        }
        let mut depths = IdMap::of(&self.rules, |_| 0);
        for group in cycles::groups(&edges) {
            if cycles::is_circle(&group, &edges) {
                // An edge leads from a rule to its exception; it is told the other way.
                let mut circle = cycles::circle(&group, &edges);
                circle.reverse();
                let links = cycles::links(&circle, |from, to| {
                    let rule = &self.rules[Id::new(from)];
                    let place = places.get(&(from, to)).copied()?;
                    Some(Link { name: &rule.name, declared: rule.name_span, place })
                });
                let itself = "is an exception to itself";
                if let Some(found) = cycles::report(links, "is an exception to", itself, "rules") {
                    self.report(found);
                }
                // Without a way round, what walks exceptions ends.
                for index in group {
                    self.rules[Id::new(index)].exceptions.clear();
                }
                continue;
            }
            // A group comes after the exceptions it depends on: what they ask, the rule asks through them.
            for id in group.into_iter().map(Id::<Rule>::new) {
                self.rule_order.push(id);
                let through = self.rules[id].exceptions.iter().any(|exception| self.rules[*exception].asks);
                self.rules[id].asks |= through;
                let below = self.rules[id].exceptions.iter().map(|exception| depths[*exception]).max();
                let depth = below.map_or(0, |depth| depth + 1);
                if depth == MAX_EXCEPTION_DEPTH {
                    let message =
                        format!("exceptions to exceptions go deeper than {MAX_EXCEPTION_DEPTH} levels");
                    let span = self.rules[id].name_span;
                    self.report(Diagnostic::new(Code::TooDeep, span, message).here("the last of them"));
                }
                depths[id] = depth;
            }
        }
    }

    /// A rule that does more than say something must not ask whether a field is known, nor may an exception to it: an
    /// answer would turn it round.
    fn check_asking_fields(&mut self) {
        let mut asking: BTreeSet<Id<Rule>> = BTreeSet::new();
        let mut found: BTreeMap<Id<Rule>, Diagnostic> = BTreeMap::new();
        for id in &self.rule_order {
            let rule = &self.rules[*id];
            let question = rule.when.as_ref().and_then(asks_field);
            if question.is_some() || rule.exceptions.iter().any(|exception| asking.contains(exception)) {
                asking.insert(*id);
            }
            if rule.effects.iter().all(|effect| effect.kind.is_note()) {
                continue;
            }
            for exception in rule.exceptions.iter().filter(|exception| asking.contains(exception)) {
                let exception_rule = &self.rules[*exception];
                let span =
                    exception_rule.when.as_ref().and_then(asks_field).unwrap_or(exception_rule.name_span);
                let message = format!(
                    "an exception to `{}`, which does more than `note` or `warn`, asks whether a field is known",
                    rule.name
                );
                found.entry(*exception).or_insert_with(|| {
                    Diagnostic::new(Code::MisplacedQuestion, span, message)
                        .here("an answer would turn that rule round")
                        .also(rule.name_span, "the rule")
                });
            }
        }
        self.diagnostics.extend(found.into_values());
    }

    /// A rule that asks whether a target is excluded comes after the exclusions, so it makes none.
    fn check_asking(&mut self) {
        let mut found = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.asks) {
            for effect in &rule.effects {
                let word = match &effect.kind {
                    EffectKind::Exclude(_) => "excludes",
                    EffectKind::Needs(_, needs)
                        if needs.iter().any(|need| matches!(need, Need::Channel(_))) =>
                    {
                        "makes a target need a channel"
                    }
                    EffectKind::Needs(..)
                    | EffectKind::Score(..)
                    | EffectKind::Cap(..)
                    | EffectKind::Note(..) => continue,
                };
                let own = rule.when.as_ref().is_some_and(Expr::asks);
                let whence = if own { "" } else { " through an exception to it" };
                found.push(
                    Diagnostic::new(
                        Code::MisplacedQuestion,
                        effect.span,
                        format!("`{}` asks whether a target is excluded{whence}, and {word}", rule.name),
                    )
                    .here("this could change the answer to the question")
                    .also(rule.name_span, "the rule"),
                );
            }
        }
        self.diagnostics.extend(found);
    }
}

/// Finds where an expression asks whether a field is known.
fn asks_field(expr: &Expr) -> Option<Span> {
    let mut found = None;
    expr.walk(&mut |part| {
        if let ExprKind::Known(subject, _) = &part.kind
            && matches!(subject.kind, ExprKind::Field(_))
        {
            found = found.or(Some(part.span));
        }
    });
    found
}
