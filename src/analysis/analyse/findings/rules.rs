//! Findings about rules.

use std::collections::{BTreeMap, BTreeSet};

use super::{Example, Key, Work, parts, with_example};
use crate::analyse::diagram::{NO, Ref, TooLarge, YES};
use crate::analyse::sample::samples;
use crate::analyse::space::Space;
use crate::analyse::view::View;
use qudao_engine::ground::{Instance, Node};
use qudao_language::decide::{Decision, Truth};
use qudao_language::diagnostic::{Code, Diagnostic};
use qudao_language::model::{EffectKind, Expr, ExprKind, Id, Points, Rule, Ruleset};
use qudao_language::operator::Policy;
use qudao_language::source::folded;
use qudao_telling::words::expr_text;

/// What a rule does in one instance: to which targets, and when it fires.
type Acts = BTreeSet<(String, Ref, Ref)>;

/// Parts of a condition that never hold together, and where all parts but the last of these hold.
type Conflict = (Vec<usize>, Option<Ref>);

impl<'r> Work<'_, 'r> {
    pub(super) fn rule_keys(&mut self, keys: &mut BTreeSet<Key>) -> Result<(), TooLarge> {
        let ruleset = self.ruleset();
        let mut alike: BTreeMap<Acts, Id<Rule>> = BTreeMap::new();
        for id in ruleset.rules.ids() {
            if self.is_hard(id) {
                self.hard.insert(id);
                continue;
            }
            let region = self.could_fire(id)?;
            let Some(never) = self.never_fires(id, region)? else {
                let rule = &ruleset.rules[id];
                let whether = self.tongue().whether_can_fire(&rule.name);
                self.undecided([rule.name_span, rule.span], &whether, region);
                continue;
            };
            if never {
                // A rule that speaks of what is not known fires for profiles with unknown fields alone.
                if self.study.asking.contains(&id) && self.never_fires_unknown(id) != Ok(true) {
                    continue;
                }
                keys.insert(self.why_never(id)?);
                continue;
            }
            self.always_keys(id, keys)?;
            if let Some(acts) = self.acts(id) {
                match alike.get(&acts) {
                    Some(first) => drop(keys.insert(Key::Same(*first, id))),
                    None => drop(alike.insert(acts, id)),
                }
            }
            // Of what is excluded under a condition that was too large, nothing is known.
            self.view.asked_hard();
            if self.scores_idly(id)? && !self.view.asked_hard() {
                keys.insert(Key::IdleScore(id));
            }
        }
        Ok(())
    }

    /// Whether a rule has a condition that was too large.
    fn is_hard(&self, id: Id<Rule>) -> bool {
        let instances = self.instances(id).into_iter();
        instances.map(|id| self.study.ground.instances[id].fires).any(|fires| self.view.is_hard(fires))
    }

    /// Rules that were too large are sampled: what fires for one profile and not for another is neither dead nor always
    /// true, and the others are noted.
    pub(super) fn sample_hard(&mut self) {
        let (mut seen, count) = (std::mem::take(&mut self.seen), self.samples());
        for profiles in samples(&self.space, count) {
            let Some(profile) = profiles.first().filter(|_| !seen.is_done(&self.hard)) else { break };
            seen.note(&self.hard, &self.study.decide(profile));
        }
        let (both, open): (Vec<Id<Rule>>, Vec<Id<Rule>>) =
            self.hard.iter().copied().partition(|rule| seen.both(rule));
        let tongue = self.tongue();
        if let Some(first) = both.first() {
            let rule = &self.ruleset().rules[*first];
            let told = Diagnostic::new(Code::Unproved, rule.name_span, tongue.rule_too_large(&rule.name))
                .here(tongue.fires_for_some());
            self.unproved.push(match both.len() - 1 {
                0 => told,
                others => told.note(tongue.so_are_others(others)),
            });
        }
        for id in open {
            let rule = &self.ruleset().rules[id];
            let always = seen.0.contains(&(id, true));
            let message = tongue.firing_too_large(&rule.name, always);
            self.unproved.push(
                Diagnostic::new(Code::Unproved, rule.name_span, message)
                    .here(tongue.sampled_fire(always, count)),
            );
        }
    }

    pub(super) fn instances(&self, rule: Id<Rule>) -> Vec<Id<Instance>> {
        let all = self.view.instances(rule);
        all.filter(|id| !self.study.ground.instances[*id].left_out).collect()
    }

    /// Where a rule fires, or would if facts were known that no source tells.
    fn could_fire(&mut self, rule: Id<Rule>) -> Result<Ref, TooLarge> {
        let mut region = NO;
        for id in self.instances(rule) {
            let could = self.space.diagrams.not(self.view.fires(id).no)?;
            if could != NO && self.space.is_exact(could) {
                return Ok(could);
            }
            region = self.space.diagrams.or(region, could)?;
        }
        Ok(region)
    }

    /// Whether a rule fires for no profile of the region where it could; nothing where that is not known.
    fn never_fires(&mut self, rule: Id<Rule>, region: Ref) -> Result<Option<bool>, TooLarge> {
        let could = |decision: &Decision<'_>| {
            decision.instances(rule).iter().any(|instance| instance.fires.truth != Truth::False)
        };
        self.is_nowhere(region, &could)
    }

    /// Why a rule never fires.
    fn why_never(&mut self, rule: Id<Rule>) -> Result<Key, TooLarge> {
        for id in self.instances(rule) {
            let condition = self.view.truths(self.study.ground.instances[id].condition).no;
            if !self.is_always(condition)? {
                return Ok(Key::Excepted(rule));
            }
        }
        let own = self.further(self.study.rows.get(&rule)).map(|node| self.view.truths(node).no);
        let reached = own.map_or(Ok(false), |own| self.is_always(own).map(|never| !never))?;
        Ok(if reached { Key::Unreached(rule) } else { Key::Dead(rule) })
    }

    fn always_keys(&mut self, id: Id<Rule>, keys: &mut BTreeSet<Key>) -> Result<(), TooLarge> {
        let ruleset = self.ruleset();
        let rule = &ruleset.rules[id];
        let own_row = self.study.rows.get(&id);
        let reads = match &rule.row {
            Some(row) => row.cells.iter().any(|cell| cell.part.is_some()),
            None => rule.when.as_ref().is_some_and(|when| reads_field(ruleset, when)),
        };
        if !reads {
            return Ok(());
        }
        let own = self.further(own_row);
        let instances = self.instances(id);
        let mut always = !instances.is_empty();
        for instance in instances {
            let condition = own.unwrap_or(self.study.ground.instances[instance].condition);
            always = always && self.holds_always(id, condition)?;
        }
        if always {
            keys.insert(Key::AlwaysTrue(id));
            return Ok(());
        }
        let all = parts(rule);
        for (number, _) in all.iter().enumerate().filter(|(_, part)| reads_field(ruleset, part)) {
            let node = self.further(self.study.parts.get(&(id, number)));
            let Some(node) = node.filter(|_| all.len() > 1) else { continue };
            if self.holds_always(id, node)? {
                keys.insert(Key::PartAlwaysTrue(id, number));
            }
        }
        Ok(())
    }

    /// Whether a condition of a rule holds for every profile; where it asks whether a field is known, it is false for
    /// none with unknown fields either.
    fn holds_always(&mut self, rule: Id<Rule>, node: Id<Node>) -> Result<bool, TooLarge> {
        if !self.is_always(self.view.truths(node).yes)? {
            return Ok(false);
        }
        Ok(!self.study.asking.contains(&rule) || self.never_false_unknown(node) == Ok(true))
    }

    /// What a rule does, each effect with when it comes; nothing for a rule that decides nothing.
    fn acts(&self, id: Id<Rule>) -> Option<Acts> {
        let ruleset = self.ruleset();
        let rule = &ruleset.rules[id];
        if rule.effects.iter().all(|effect| effect.kind.is_note()) {
            return None;
        }
        let mut acts = Acts::new();
        for instance in self.instances(id) {
            let fires = self.view.fires(instance);
            let channel = self.study.ground.instances[instance].channel;
            for effect in &rule.effects {
                let target = effect.kind.target().and_then(|target| target.resolve(channel));
                let does = match &effect.kind {
                    EffectKind::Score(_, Points::Fixed(points), level) => format!("score {points} {level:?}"),
                    EffectKind::Score(_, Points::Rated(rating), _) => {
                        format!("score {}", folded(ruleset.files.slice(rating.value.span)))
                    }
                    EffectKind::Exclude(_) => "exclude".into(),
                    EffectKind::Cap(_, verdict) => format!("cap {}", verdict.as_str()),
                    EffectKind::Needs(_, needs) => format!("needs {needs:?}"),
                    EffectKind::Note(..) => folded(ruleset.files.slice(effect.span)),
                };
                acts.insert((format!("{target:?} {does}"), fires.yes, fires.no));
            }
        }
        Some(acts)
    }

    /// Whether all points of a rule go to targets that are excluded whenever it fires.
    fn scores_idly(&mut self, id: Id<Rule>) -> Result<bool, TooLarge> {
        let rule = &self.ruleset().rules[id];
        let mut scores = 0;
        for instance in self.instances(id) {
            let channel = self.study.ground.instances[instance].channel;
            let fires = self.view.fires(instance).yes;
            for effect in &rule.effects {
                let EffectKind::Score(target, ..) = effect.kind else { continue };
                let Some(target) = target.resolve(channel).filter(|_| fires != NO) else { continue };
                scores += 1;
                let excluded = self.view.excluded(target).yes;
                let counts = self.space.diagrams.without(fires, excluded)?;
                if !self.space.is_nowhere(counts)? {
                    return Ok(false);
                }
            }
        }
        Ok(scores > 0)
    }

    pub(super) fn dead(&mut self, id: Id<Rule>) -> Result<Option<Diagnostic>, TooLarge> {
        let ruleset = self.ruleset();
        let rule = &ruleset.rules[id];
        let tongue = self.tongue();
        let diagnostic = Diagnostic::new(Code::DeadRule, rule.name_span, tongue.can_never_fire(&rule.name));
        if self.instances(id).is_empty() {
            return Ok(Some(diagnostic.here(tongue.where_leaves_all_out())));
        }
        let diagnostic = diagnostic.here(tongue.never_true());
        let Some((core, rest)) = self.conflict(id)? else {
            return Ok(Some(self.blame_facts(rule, diagnostic)));
        };
        let text = |number: &usize| {
            parts(rule).get(*number).map(|part| format!("`{}`", expr_text(ruleset, part))).unwrap_or_default()
        };
        let told: Vec<String> = core.iter().map(text).collect();
        let spans = core.iter().filter_map(|number| parts(rule).get(*number)).map(|part| part.span);
        let diagnostic = spans.take(3).fold(diagnostic, |diagnostic, span| diagnostic.also(span, ""));
        let diagnostic = match told.as_slice() {
            [one] => diagnostic.note(tongue.never_holds(one)),
            _ => diagnostic.note(tongue.never_together(&told)),
        };
        // The profile that comes nearest: all but one of the parts hold.
        let (Some(rest), [.., last]) = (rest, told.as_slice()) else { return Ok(Some(diagnostic)) };
        let all: Vec<&Expr> = parts(rule).iter().collect();
        let without = core.last().copied().unwrap_or(0);
        let accept = |decision: &Decision<'_>| {
            all.iter().enumerate().filter(|(number, _)| *number != without).all(|(_, part)| {
                decision
                    .trace(part)
                    .and_then(|trace| trace.judged())
                    .is_some_and(|judged| judged.truth == Truth::True)
            })
        };
        let found = match self.study.asking.contains(&id) {
            true => self.example_unknown(rest, &accept)?,
            false => self.example(rest, &accept)?,
        };
        Ok(Some(match found {
            Example::Profile(profile) if all.len() > 1 => {
                with_example(self.study, diagnostic, &tongue.all_but_holds(last), &profile)
            }
            _ => diagnostic,
        }))
    }

    /// Where facts alone keep a rule from firing, says so.
    fn blame_facts(&self, rule: &Rule, diagnostic: Diagnostic) -> Diagnostic {
        let never = rule.when.as_ref().is_some_and(|when| !reads_field(self.ruleset(), when));
        if never { diagnostic.note(self.tongue().facts_alone()) } else { diagnostic }
    }

    /// The fewest parts of a condition that never hold together, and where all parts but the last of these hold; with
    /// unknown fields counted where the rule asks for them.
    fn conflict(&mut self, id: Id<Rule>) -> Result<Option<Conflict>, TooLarge> {
        let count = parts(&self.ruleset().rules[id]).len();
        let nodes = (0..count).filter_map(|number| self.further(self.study.parts.get(&(id, number))));
        let nodes: Vec<Id<Node>> = nodes.collect();
        if nodes.len() != count || count == 0 {
            return Ok(None);
        }
        let yes = |view: &View<'_, '_>| nodes.iter().map(|node| view.truths(*node).yes).collect::<Vec<Ref>>();
        if self.study.asking.contains(&id) {
            return self.with_unknown(|space, view| conflict_of(space, &yes(view))).map(Some);
        }
        let nodes = yes(&self.view);
        conflict_of(&mut self.space, &nodes).map(Some)
    }

    pub(super) fn excepted(&mut self, id: Id<Rule>) -> Result<Option<Diagnostic>, TooLarge> {
        let ruleset = self.ruleset();
        let rule = &ruleset.rules[id];
        let tongue = self.tongue();
        let mut diagnostic =
            Diagnostic::new(Code::AlwaysExcepted, rule.name_span, tongue.never_fires(&rule.name))
                .here(tongue.always_set_aside());
        for exception in rule.exceptions.iter().take(3) {
            diagnostic = diagnostic.also(ruleset.rules[*exception].name_span, tongue.an_exception());
        }
        let mut region = NO;
        for instance in self.instances(id) {
            let condition = self.view.truths(self.study.ground.instances[instance].condition).yes;
            region = self.space.diagrams.or(region, condition)?;
        }
        let accept = |decision: &Decision<'_>| {
            let mut instances = decision.instances(id).iter();
            instances.any(|instance| {
                instance.condition.truth == Truth::True && instance.fires.truth != Truth::True
            })
        };
        Ok(Some(match self.example(region, &accept)? {
            Example::Profile(profile) => {
                with_example(self.study, diagnostic, tongue.set_aside_for(), &profile)
            }
            Example::Nothing | Example::Undecided => diagnostic,
        }))
    }

    pub(super) fn unreached(&mut self, id: Id<Rule>) -> Result<Option<Diagnostic>, TooLarge> {
        let ruleset = self.ruleset();
        let rule = &ruleset.rules[id];
        let Some(row) = &rule.row else { return Ok(None) };
        let table = &ruleset.tables[row.table];
        debug_assert_eq!(table.policy, Policy::First);
        let tongue = self.tongue();
        let diagnostic =
            Diagnostic::new(Code::UnreachedRow, rule.name_span, tongue.never_reached(&rule.name))
                .here(tongue.earlier_matches());
        let own = self.further(self.study.rows.get(&id)).map_or(NO, |node| self.view.truths(node).yes);
        let matches: Vec<&Expr> = table.matches.iter().take(row.number + 1).collect();
        let accept = |decision: &Decision<'_>| {
            let holds = |expr: &Expr| {
                decision
                    .trace(expr)
                    .and_then(|trace| trace.judged())
                    .is_some_and(|judged| judged.truth == Truth::True)
            };
            matches
                .split_last()
                .is_some_and(|(own, before)| holds(own) && before.iter().any(|row| holds(row)))
        };
        let Example::Profile(profile) = self.example(own, &accept)? else { return Ok(Some(diagnostic)) };
        let decision = self.study.decide(&profile);
        let taken = table.rows.iter().take(row.number).find(|earlier| {
            decision.instances(**earlier).iter().any(|instance| instance.condition.truth == Truth::True)
        });
        let diagnostic = match taken {
            Some(taken) => diagnostic.also(ruleset.rules[*taken].name_span, tongue.comes_first()),
            None => diagnostic,
        };
        Ok(Some(with_example(self.study, diagnostic, tongue.earlier_taken(), &profile)))
    }

    pub(super) fn always_true(
        &mut self,
        id: Id<Rule>,
        part: Option<usize>,
    ) -> Result<Option<Diagnostic>, TooLarge> {
        let ruleset = self.ruleset();
        let rule = &ruleset.rules[id];
        let tongue = self.tongue();
        let message = match part {
            None => tongue.condition_always_true(&rule.name),
            Some(_) => tongue.part_always_true(&rule.name),
        };
        let diagnostic = Diagnostic::new(Code::AlwaysTrue, rule.name_span, message);
        let part = part.and_then(|number| parts(rule).get(number));
        let diagnostic = match (part, &rule.when) {
            (Some(part), _) => diagnostic.also(part.span, tongue.true_for_every()),
            (None, Some(when)) if rule.row.is_none() => diagnostic.also(when.span, tongue.true_for_every()),
            (None, _) => diagnostic.here(tongue.cells_hold_for_every()),
        };
        // The profile that is as small as can be shows it: nothing could be left out otherwise.
        let holds = |decision: &Decision<'_>| match part {
            Some(part) => {
                let judged = decision.trace(part).and_then(|trace| trace.judged());
                judged.is_some_and(|judged| judged.truth == Truth::True)
            }
            None => decision.instances(id).iter().any(|instance| instance.condition.truth == Truth::True),
        };
        // Of a row, an earlier one may be taken instead.
        let mut region = if part.is_some() { YES } else { NO };
        for instance in self.instances(id).into_iter().filter(|_| part.is_none()) {
            let condition = self.study.ground.instances[instance].condition;
            region = self.space.diagrams.or(region, self.view.truths(condition).yes)?;
        }
        Ok(Some(match self.example(region, &holds)? {
            Example::Profile(profile) => with_example(self.study, diagnostic, tongue.even_for(), &profile),
            Example::Nothing | Example::Undecided => diagnostic,
        }))
    }

    pub(super) fn same(&mut self, first: Id<Rule>, second: Id<Rule>) -> Result<Option<Diagnostic>, TooLarge> {
        let ruleset = self.ruleset();
        let (one, other) = (&ruleset.rules[first], &ruleset.rules[second]);
        let tongue = self.tongue();
        let message = tongue.does_the_same(&other.name, &one.name);
        let diagnostic = Diagnostic::new(Code::SameRule, other.name_span, message)
            .here(tongue.acts_again())
            .also(one.name_span, tongue.acts_the_same());
        let mut region = NO;
        for instance in self.instances(second) {
            region = self.space.diagrams.or(region, self.view.fires(instance).yes)?;
        }
        let fires = |decision: &Decision<'_>, rule: Id<Rule>| {
            decision.instances(rule).iter().any(|instance| instance.fires.truth == Truth::True)
        };
        let accept = |decision: &Decision<'_>| fires(decision, first) && fires(decision, second);
        // Whatever profile shows it of two of many that are the same shows it of all.
        let shown = self.shown.get(&region).filter(|_| self.space.is_exact(region)).cloned();
        let example = match shown {
            Some(profile) => Example::Profile(profile),
            None => self.example(region, &accept)?,
        };
        Ok(match example {
            Example::Profile(profile) => {
                self.shown.insert(region, profile.clone());
                Some(with_example(self.study, diagnostic, tongue.both_fire(), &profile))
            }
            Example::Nothing | Example::Undecided => Some(diagnostic),
        })
    }

    pub(super) fn idle_score(&mut self, id: Id<Rule>) -> Result<Option<Diagnostic>, TooLarge> {
        let ruleset = self.ruleset();
        let rule = &ruleset.rules[id];
        let tongue = self.tongue();
        let message = tongue.points_never_count(&rule.name);
        let diagnostic =
            Diagnostic::new(Code::IdleScore, rule.name_span, message).here(tongue.excluded_then());
        let mut region = NO;
        for instance in self.instances(id) {
            region = self.space.diagrams.or(region, self.view.fires(instance).yes)?;
        }
        let accept = |decision: &Decision<'_>| {
            decision.instances(id).iter().any(|instance| {
                instance.fires.truth == Truth::True
                    && rule.effects.iter().any(|effect| match effect.kind {
                        EffectKind::Score(target, ..) => {
                            let target = target.resolve(instance.channel);
                            target.is_some_and(|target| decision.target(target).excluded.truth == Truth::True)
                        }
                        _ => false,
                    })
            })
        };
        Ok(Some(match self.example(region, &accept)? {
            Example::Profile(profile) => with_example(self.study, diagnostic, tongue.in_vain(), &profile),
            Example::Nothing | Example::Undecided => diagnostic,
        }))
    }
}

/// Which rules were seen to fire for a profile, and which not to.
#[derive(Default)]
pub(super) struct Seen(BTreeSet<(Id<Rule>, bool)>);

impl Seen {
    pub(super) fn note(&mut self, rules: &BTreeSet<Id<Rule>>, decision: &Decision<'_>) {
        for rule in rules {
            let fires = decision.instances(*rule).iter().any(|it| it.fires.truth == Truth::True);
            self.0.insert((*rule, fires));
        }
    }

    fn both(&self, rule: &Id<Rule>) -> bool {
        [true, false].iter().all(|fires| self.0.contains(&(*rule, *fires)))
    }

    fn is_done(&self, rules: &BTreeSet<Id<Rule>>) -> bool {
        self.0.len() == 2 * rules.len()
    }
}

/// The fewest of some conditions that never hold together, and where all but the last of these hold.
fn conflict_of(space: &mut Space<'_, '_>, nodes: &[Ref]) -> Result<Conflict, TooLarge> {
    let all_of = |space: &mut Space<'_, '_>, numbers: &[usize]| {
        let mut chosen = numbers.iter().filter_map(|number| nodes.get(*number));
        chosen.try_fold(YES, |all, node| space.diagrams.and(all, *node))
    };
    let mut core: Vec<usize> = (0..nodes.len()).collect();
    for number in 0..nodes.len() {
        let rest: Vec<usize> = core.iter().copied().filter(|other| *other != number).collect();
        let all = all_of(space, &rest)?;
        if space.is_nowhere(all)? {
            core = rest;
        }
    }
    let last = core.last().copied();
    let others: Vec<usize> = (0..nodes.len()).filter(|number| Some(*number) != last).collect();
    let rest = all_of(space, &others)?;
    let nowhere = space.is_nowhere(rest)?;
    Ok((core, (!nowhere).then_some(rest)))
}

/// Whether a condition reads a field, lets followed.
pub(super) fn reads_field(ruleset: &Ruleset, expr: &Expr) -> bool {
    let mut open = vec![expr];
    let mut found = false;
    while let (Some(next), false) = (open.pop(), found) {
        next.walk(&mut |part| match &part.kind {
            ExprKind::Field(_) | ExprKind::Excluded(..) | ExprKind::Earlier(..) => found = true,
            ExprKind::Let(id) => open.push(&ruleset.lets[*id].value),
            _ => {}
        });
    }
    found
}
