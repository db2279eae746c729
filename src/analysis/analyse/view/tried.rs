//! Conditions that wait for one field alone and read it more than once: what its cells make of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{View, pending};
use crate::analyse::diagram::{NO, Ref, TooLarge};
use crate::analyse::space::{AskedCell, Space, Truths};
use qudao_engine::ground::Node;
use qudao_language::model::{Field, Id};

impl<'g, 'r> View<'g, 'r> {
    /// A condition, judged by the cells of one of some fields where it waits for that alone.
    pub(super) fn tried(
        &self,
        space: &mut Space<'g, 'r>,
        of: Id<Node>,
        fields: &[Id<Field>],
    ) -> Result<Truths, TooLarge> {
        let truths = self.truths(of);
        if !space.has_unknown() {
            return Ok(truths);
        }
        let unknown = pending(space, truths, false)?;
        let (mut can_hold, mut can_fail) = (truths.can_hold, truths.can_fail);
        for field in fields {
            let Some((place, cells)) = space.known_cells(self.side, *field) else { continue };
            let missing = space.unknown(self.side, *field)?;
            let others = self.waits_for_others(space, of, *field)?;
            let alone = space.diagrams.and(unknown, missing)?;
            let alone = space.diagrams.without(alone, others)?;
            let mut by_cells = |holds: Ref, could: Ref| {
                let mut tried = NO;
                for cell in &cells {
                    let within = space.diagrams.within(holds, place, *cell)?;
                    tried = space.diagrams.or(tried, within)?;
                }
                let tried = space.diagrams.and(tried, alone)?;
                let rest = space.diagrams.without(could, alone)?;
                space.diagrams.or(rest, tried)
            };
            can_hold = by_cells(truths.yes, can_hold)?;
            can_fail = by_cells(truths.no, can_fail)?;
        }
        Ok(Truths { can_hold, can_fail, ..truths })
    }

    /// Where an open atom below a node waits for another field than one, in parts that are not known.
    fn waits_for_others(
        &self,
        space: &mut Space<'g, 'r>,
        of: Id<Node>,
        field: Id<Field>,
    ) -> Result<Ref, TooLarge> {
        let mut below = BTreeSet::from([of]);
        let mut open = vec![of];
        while let Some(id) = open.pop() {
            let node = &self.ground.nodes[id];
            if !matches!(node, Node::Excluded(_)) {
                open.extend(self.ground.parts(node).iter().filter(|part| below.insert(**part)));
            }
        }
        let mut waits: BTreeMap<Id<Node>, Ref> = BTreeMap::new();
        for id in below {
            let node = &self.ground.nodes[id];
            let truths = self.truths(id);
            let unknown = pending(space, truths, false)?;
            let of = |part: &Id<Node>| *waits.get(part).expect("a node stands after its parts");
            let own = match node {
                Node::Const(_) => NO,
                Node::Atom(atom)
                    if self.ground.variables[self.ground.atoms[*atom].variable].field == field =>
                {
                    NO
                }
                Node::Atom(_) | Node::Opaque(_) | Node::Excluded(_) => {
                    space.diagrams.or(truths.can_hold, truths.can_fail)?
                }
                Node::If([condition, yes, no]) => {
                    // A branch that is not taken is not waited for.
                    let asked = self.truths(*condition);
                    let yes = space.diagrams.without(of(yes), asked.no)?;
                    let no = space.diagrams.without(of(no), asked.yes)?;
                    let either = space.diagrams.or(yes, no)?;
                    space.diagrams.or(of(condition), either)?
                }
                Node::And(_) | Node::Or(_) | Node::Not(_) | Node::Tried(..) => {
                    let mut parts = self.ground.parts(node).iter();
                    parts.try_fold(NO, |all, part| space.diagrams.or(all, of(part)))?
                }
            };
            waits.insert(id, space.diagrams.and(unknown, own)?);
        }
        Ok(*waits.get(&of).expect("the node is below itself"))
    }
}

impl Space<'_, '_> {
    /// The variable of a field of a side, no set, and its cells of values that a profile may have.
    fn known_cells(&self, side: usize, field: Id<Field>) -> Option<(usize, Vec<usize>)> {
        let place = self.asked_of(side, &[field]).first().copied()?;
        let declared = &self.grounds.get(side)?.ruleset.fields[field];
        let cells = self.asked.get(place)?.cells.iter().enumerate();
        let may_be = |cell: &AskedCell| {
            cell.values.get(side).and_then(Option::as_ref).is_some_and(|value| declared.allows(value))
        };
        Some((place, cells.filter(|(_, cell)| may_be(cell)).map(|(number, _)| number).collect()))
    }
}
