//! Where a field is missing: where an undecided target waits for it.
//!
//! What a rule waits for is followed through the parts of its conditions and of their exceptions, each of which must be
//! open itself. Of several fields some may turn out to change no verdict; where the field is the only one unknown of those
//! that bear on an undecided target, it is missing for certain. What waits through other targets (a channel that is needed,
//! `is excluded`) is left aside. So the region is one in which the field is surely missing; it may be missing elsewhere too.

use super::diagram::{NO, Ref, TooLarge};
use super::space::{Space, Truths};
use super::view::View;
use qudao_engine::ground::{Effects, Ground, Instance, Node};
use qudao_language::model::{Field, Id, IdMap, Target};
use qudao_language::operator::Verdict;

impl<'g, 'r> View<'g, 'r> {
    /// Returns where a field is surely missing; `undecided` says where each target is undecided, by its number.
    ///
    /// # Errors
    /// If the budget is used up.
    pub(super) fn surely_missing(
        &self,
        space: &mut Space<'g, 'r>,
        field: Id<Field>,
        undecided: &[Ref],
    ) -> Result<Ref, TooLarge> {
        let unknown = space.unknown(self.side, field)?;
        if unknown == NO {
            return Ok(NO);
        }
        let mut waits: Vec<Ref> = Vec::with_capacity(self.ground.nodes.len());
        for (id, node) in self.ground.nodes.entries() {
            let below = self.waits_below(space, field, node, unknown, &waits)?;
            let open = if below == NO { NO } else { open(space, self.truths(id))? };
            waits.push(space.diagrams.and(below, open)?);
        }
        let mut of_instance: IdMap<Instance, Ref> = IdMap::of(&self.ground.instances, |_| NO);
        for id in &self.ground.order {
            let found = self.instance_waits(space, *id, &waits, &of_instance)?;
            of_instance[*id] = found;
        }
        let mut missing = NO;
        for (effects, undecided) in self.ground.targets.iter().zip(undecided) {
            let caps = effects.caps.iter().filter(|(_, cap)| *cap != Verdict::Recommended).map(|(id, _)| *id);
            let scores = effects.scores.iter().filter(|(_, points)| *points != 0).map(|(id, _)| *id);
            let undecided = &self.alone(space, field, effects, *undecided)?;
            for id in effects.exclusions.iter().copied().chain(caps).chain(scores) {
                let waits = space.diagrams.and(of_instance[id], *undecided)?;
                if waits == NO {
                    continue;
                }
                let fires = self.fires(id);
                let pending = unknown_truth(space, fires)?;
                let pending = space.diagrams.and(pending, fires.can_hold)?;
                let waits = space.diagrams.and(waits, pending)?;
                missing = space.diagrams.or(missing, waits)?;
            }
        }
        Ok(missing)
    }

    /// Where a target is undecided and a field the only unknown one that bears on it.
    fn alone(
        &self,
        space: &mut Space<'g, 'r>,
        field: Id<Field>,
        effects: &Effects,
        undecided: Ref,
    ) -> Result<Ref, TooLarge> {
        let mut alone = undecided;
        for other in self.ground.reached_fields(effects).into_iter().filter(|other| *other != field) {
            let unknown = space.unknown(self.side, other)?;
            alone = space.diagrams.without(alone, unknown)?;
        }
        Ok(alone)
    }

    /// Where a part of a condition waits for a field, or the condition itself does, being a condition on it.
    fn waits_below(
        &self,
        space: &mut Space<'g, 'r>,
        field: Id<Field>,
        node: &Node,
        unknown: Ref,
        waits: &[Ref],
    ) -> Result<Ref, TooLarge> {
        let of = |id: &Id<Node>| *waits.get(id.index()).expect("a node stands after its parts");
        match node {
            Node::Const(_) | Node::Excluded(_) => Ok(NO),
            Node::Atom(_) | Node::Opaque(_) => Ok(if reads(self.ground, node, field) { unknown } else { NO }),
            Node::And(parts) | Node::Or(parts) => {
                parts.iter().try_fold(NO, |all, part| space.diagrams.or(all, of(part)))
            }
            Node::Not(part) | Node::Tried(part, _) => Ok(of(part)),
            Node::If([condition, yes, no]) => {
                // A branch that cannot be taken is not waited for.
                let asked = self.truths(*condition);
                let yes = space.diagrams.and(asked.can_hold, of(yes))?;
                let no = space.diagrams.and(asked.can_fail, of(no))?;
                let either = space.diagrams.or(yes, no)?;
                space.diagrams.or(of(condition), either)
            }
        }
    }

    fn instance_waits(
        &self,
        space: &mut Space<'g, 'r>,
        id: Id<Instance>,
        waits: &[Ref],
        of_instance: &IdMap<Instance, Ref>,
    ) -> Result<Ref, TooLarge> {
        let instance = &self.ground.instances[id];
        let condition = waits.get(instance.condition.index());
        let mut found = *condition.expect("all nodes were looked at before the instances");
        for exception in &instance.exceptions {
            let waits = of_instance[*exception];
            if waits != NO {
                let pending = unknown_truth(space, self.fires(*exception))?;
                let waits = space.diagrams.and(waits, pending)?;
                found = space.diagrams.or(found, waits)?;
            }
        }
        Ok(found)
    }

    /// Returns where the unknown fields leave the verdict of a target open, or settle it at one; of all fields known it
    /// is the leaning.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn verdict(
        &self,
        space: &mut Space<'g, 'r>,
        target: Target,
        verdict: Option<Verdict>,
    ) -> Result<Ref, TooLarge> {
        let any = space.has_unknown();
        match verdict {
            None if !any => Ok(NO),
            Some(verdict) if !any => self.leaning(space, target, verdict),
            Some(verdict) => {
                let mut settled = self.leaning(space, target, verdict)?;
                for other in Verdict::ALL.into_iter().filter(|other| *other != verdict) {
                    let open = self.could_be(space, target, other, true)?;
                    settled = space.diagrams.without(settled, open)?;
                }
                Ok(settled)
            }
            None => {
                let mut settled = NO;
                for verdict in Verdict::ALL {
                    let this = self.verdict(space, target, Some(verdict))?;
                    settled = space.diagrams.or(settled, this)?;
                }
                space.diagrams.not(settled)
            }
        }
    }
}

fn reads(ground: &Ground<'_>, node: &Node, field: Id<Field>) -> bool {
    match node {
        Node::Atom(id) => ground.variables[ground.atoms[*id].variable].field == field,
        // Of one that asks for more than a sum, a part that reads the field may not be waited for.
        Node::Opaque(id) => {
            let opaque = ground.opaque_of(*id);
            opaque.sum.is_some() && opaque.fields.contains(&field)
        }
        _ => false,
    }
}

fn unknown_truth(space: &mut Space<'_, '_>, truths: Truths) -> Result<Ref, TooLarge> {
    let known = space.diagrams.or(truths.yes, truths.no)?;
    space.diagrams.not(known)
}

/// Where a condition is unknown and the fields could change it.
fn open(space: &mut Space<'_, '_>, truths: Truths) -> Result<Ref, TooLarge> {
    let unknown = unknown_truth(space, truths)?;
    let could = space.diagrams.or(truths.can_hold, truths.can_fail)?;
    space.diagrams.and(unknown, could)
}
