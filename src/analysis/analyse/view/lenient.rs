//! A view in which a condition that is too large does not spoil the others.

use std::collections::BTreeSet;

use super::View;
use crate::analyse::diagram::{Budget, TooLarge};
use crate::analyse::edits::Declared;
use crate::analyse::regions::Purse;
use crate::analyse::space::{Space, constant};
use qudao_engine::ground::Node;
use qudao_language::decide::Judged;
use qudao_language::model::{Id, Need, Target};

impl<'g, 'r> View<'g, 'r> {
    /// Builds the diagrams of all conditions that are not too large, each within a budget of its own. What depends on
    /// one that is must not be asked: [`View::hard`] tells before, [`View::asked_hard`] afterwards.
    ///
    /// # Errors
    /// If there is no such side.
    pub(in crate::analyse) fn lenient(
        space: &mut Space<'g, 'r>,
        side: usize,
        budget: &mut dyn FnMut(&Space<'g, 'r>) -> Budget,
    ) -> Result<View<'g, 'r>, TooLarge> {
        let mut view = View::empty(space, side)?;
        for (number, node) in view.ground.nodes.iter().enumerate() {
            let parts = view.ground.parts(node);
            // Which of many leads would take all pairs of them to prove.
            let is_race = matches!(node, Node::Opaque(id) if view.ground.opaque_of(*id).leads());
            let is_hard = is_race || parts.iter().any(|part| view.hard.contains(&part.index()));
            let allowed = budget(space);
            space.diagrams.renew(allowed);
            let truths = if is_hard { Err(TooLarge) } else { view.node(space, node) };
            if truths.is_err() {
                view.hard.insert(number);
            }
            view.nodes.push(truths.unwrap_or(constant(Judged::STUCK)));
        }
        Ok(view)
    }

    /// The same within a budget for all of them: no condition may take more than a small part of it.
    ///
    /// # Errors
    /// If there is no such side.
    pub(in crate::analyse) fn within(
        space: &mut Space<'g, 'r>,
        side: usize,
        budget: Budget,
    ) -> Result<View<'g, 'r>, TooLarge> {
        if let Some(whole) = View::swept(space, side, budget, 0) {
            return Ok(whole);
        }
        let mut purse = Purse::shared(space, budget);
        let view = View::lenient(space, side, &mut |space| purse.next(space));
        space.diagrams.renew(budget);
        view
    }

    /// Builds them all where there is a `first` table of more rows than so many: a row is told by those before it, all in
    /// one sweep. Nothing where that is too large.
    pub(in crate::analyse) fn swept(
        space: &mut Space<'g, 'r>,
        side: usize,
        budget: Budget,
        rows: usize,
    ) -> Option<View<'g, 'r>> {
        let tables = &space.grounds.get(side)?.earlier;
        if !tables.iter().any(|table| table.rows.len() > rows) {
            return None;
        }
        space.diagrams.renew(budget);
        let whole = View::new(space, side);
        space.diagrams.renew(budget);
        whole.ok()
    }

    /// Whether a condition was too large.
    pub(in crate::analyse) fn is_hard(&self, node: Id<Node>) -> bool {
        self.hard.contains(&node.index())
    }

    /// Whether a condition that was too large was asked since the last call: what came of it is worth nothing.
    pub(in crate::analyse) fn asked_hard(&self) -> bool {
        self.asked_hard.replace(false)
    }

    /// What has a condition that was too large, of all that acts on a target, on what it needs and on its members:
    /// rules, requirements, channels that are owned under one.
    pub(in crate::analyse) fn hard(&self, target: Target) -> BTreeSet<(Declared, String)> {
        let ruleset = self.ground.ruleset;
        let is_hard = |node: Id<Node>| self.is_hard(node);
        let mut found = BTreeSet::new();
        let (mut open, mut seen) = (vec![target], BTreeSet::new());
        while let Some(target) = open.pop().filter(|_| !self.hard.is_empty()) {
            if !seen.insert(target) {
                continue;
            }
            let effects =
                self.ground.targets.get(ruleset.target_index(target)).expect("every target has its effects");
            let acting = effects.exclusions.iter().copied();
            let acting = acting.chain(effects.scores.iter().map(|(instance, _)| *instance));
            let acting = acting.chain(effects.caps.iter().map(|(instance, _)| *instance));
            let acting = acting.chain(effects.needs.iter().map(|(instance, _)| *instance));
            for instance in acting.map(|instance| &self.ground.instances[instance]) {
                if is_hard(instance.fires) {
                    found.insert((Declared::Rule, ruleset.rules[instance.rule].name.to_string()));
                }
            }
            let stated = ruleset.stated_needs(target).iter().map(|stated| stated.need);
            for need in stated.chain(effects.needs.iter().map(|(_, need)| *need)) {
                match need {
                    Need::Channel(id) => open.push(Target::Channel(id)),
                    Need::Requirement(id) => {
                        if self.ground.met[id].is_some_and(is_hard) {
                            found.insert((Declared::Requirement, ruleset.need_name(need).to_string()));
                        }
                    }
                }
            }
            match target {
                Target::Mix(id) => {
                    open.extend(ruleset.mixes[id].members.iter().copied().map(Target::Channel))
                }
                Target::Channel(id) => {
                    if is_hard(self.ground.owned[id]) {
                        found.insert((Declared::Channel, ruleset.target_name(target).to_string()));
                    }
                }
            }
        }
        found
    }
}
