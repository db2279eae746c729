//! Tables of which the first row that matches counts.
//!
//! Whether one of the rows before some row matches is a function of as many runs as there are rows, where these do not
//! overlap: all such functions together are a square. But of the rows before it, a row's condition needs only those that may
//! match beside it.

use std::collections::{BTreeMap, BTreeSet};

use super::{View, both, turned};
use crate::analyse::diagram::TooLarge;
use crate::analyse::near::{Pairs, near};
use crate::analyse::space::{Space, Truths, constant};
use qudao_engine::ground::{EarlierRows, Ground, Node};
use qudao_language::decide::Judged;
use qudao_language::model::Id;

/// Whether one of the first rows of a table matches, or none of them.
#[derive(Clone, Copy)]
struct Earlier {
    table: usize,
    count: usize,
    none: bool,
}

/// That a row's own cells hold and none of the rows before it matches.
struct Reached {
    node: Id<Node>,
    before: Earlier,
    own: Vec<Id<Node>>,
}

/// Of each row's condition, what its own cells say, and the rows before it that may match beside it.
type Beside = BTreeMap<Id<Node>, (Truths, Vec<Id<Node>>)>;

impl<'g, 'r> View<'g, 'r> {
    /// Builds the diagrams of all conditions; of those on earlier rows only the ones that are asked for.
    pub(super) fn build_with_rows(&mut self, space: &mut Space<'g, 'r>) -> Result<(), TooLarge> {
        let ground = self.ground;
        let (mut earlier, reached) = conditions(ground);
        self.nodes = vec![constant(Judged::STUCK); ground.nodes.len()];
        let mut built = BTreeSet::new();
        // The rows come before all that asks for them.
        for id in made_of(ground, &reached) {
            let truths = self.node(space, &ground.nodes[id])?;
            self.put(id, truths);
            built.insert(id);
        }
        earlier.retain(|id, _| !built.contains(id));
        let mut beside = Beside::new();
        for (table, of) in ground.earlier.iter().enumerate() {
            let reached = reached.iter().filter(|reached| reached.before.table == table);
            match self.beside(space, of, &reached.collect::<Vec<_>>())? {
                Some(found) => beside.extend(found),
                None => earlier.retain(|_, earlier| earlier.table != table),
            }
        }
        self.spared = earlier.keys().map(|id| id.index()).collect();
        for (id, node) in ground.nodes.entries() {
            if built.contains(&id) || earlier.contains_key(&id) {
                continue;
            }
            let truths = if let Some((own, rows)) = beside.get(&id) {
                let any = self.any(space, rows)?;
                both(space, *own, turned(any), self.scope)?
            } else {
                for part in ground.parts(node) {
                    self.ask_for(space, *part, &earlier)?;
                }
                self.node(space, node)?
            };
            self.put(id, truths);
        }
        let conditions = ground.instances.iter().flat_map(|instance| [instance.condition, instance.fires]);
        let of_targets = ground.targets.iter().map(|effects| effects.excluded);
        let of_needs = ground.owned.values().chain(ground.met.values().flatten()).copied();
        let others = ground.further.iter().chain(ground.compared.values()).chain(ground.having.values());
        for id in conditions.chain(of_targets).chain(of_needs).chain(others.copied()) {
            self.ask_for(space, id, &earlier)?;
        }
        Ok(())
    }

    fn put(&mut self, id: Id<Node>, truths: Truths) {
        *self.nodes.get_mut(id.index()).expect("there is a place for each node") = truths;
        self.spared.remove(&id.index());
    }

    /// Builds a condition on earlier rows, unless it is there.
    fn ask_for(
        &mut self,
        space: &mut Space<'g, 'r>,
        id: Id<Node>,
        earlier: &BTreeMap<Id<Node>, Earlier>,
    ) -> Result<(), TooLarge> {
        if let (true, Some(Earlier { table, count, none })) =
            (self.spared.contains(&id.index()), earlier.get(&id))
        {
            let rows = self.ground.earlier.get(*table).and_then(|of| of.rows.get(..*count));
            let any = self.any(space, rows.expect("rows that are asked for are in the table"))?;
            self.put(id, if *none { turned(any) } else { any });
        }
        Ok(())
    }

    /// Whether any of some rows matches.
    fn any(&self, space: &mut Space<'g, 'r>, rows: &[Id<Node>]) -> Result<Truths, TooLarge> {
        match rows {
            [] => Ok(constant(Judged::FALSE)),
            [one] => Ok(self.truths(*one)),
            _ => {
                let (first, second) = rows.split_at(rows.len() / 2);
                let (first, second) = (self.any(space, first)?, self.any(space, second)?);
                Ok(turned(both(space, turned(first), turned(second), self.scope)?))
            }
        }
    }

    /// Returns for each row the rows before it that may match where it does; nothing where these are many.
    fn beside(
        &self,
        space: &mut Space<'g, 'r>,
        of: &EarlierRows,
        reached: &[&Reached],
    ) -> Result<Option<Beside>, TooLarge> {
        let mut could = Vec::new();
        for row in &of.rows {
            could.push(space.diagrams.not(self.truths(*row).no)?);
        }
        let mut places = Vec::new();
        for reached in reached {
            let own = self.all(space, &reached.own, false)?;
            let region = space.diagrams.not(own.no)?;
            // The last row stands before no other.
            if reached.before.count == could.len() {
                could.push(region);
            }
            // Beside the row's cells there may be more conditions, of which this says nothing.
            if could.get(reached.before.count) == Some(&region) {
                places.push((reached, own));
            }
        }
        let Some(pairs) = near(&space.diagrams, &could, Pairs::Few) else { return Ok(None) };
        let found = places.into_iter().map(|(reached, own)| {
            let number = reached.before.count;
            let before = pairs.range((number, 0)..(number + 1, 0)).filter_map(|(_, row)| of.rows.get(*row));
            (reached.node, (own, before.copied().collect()))
        });
        Ok(Some(found.collect()))
    }
}

/// The conditions on earlier rows, and those of rows that are made of one.
fn conditions(ground: &Ground<'_>) -> (BTreeMap<Id<Node>, Earlier>, Vec<Reached>) {
    let mut earlier = BTreeMap::new();
    for (table, of) in ground.earlier.iter().enumerate() {
        for (count, id) in of.any.iter().enumerate().skip(2) {
            if matches!(ground.nodes[*id], Node::Or(_)) {
                earlier.insert(*id, Earlier { table, count, none: false });
            }
        }
    }
    let mut reached = Vec::new();
    for (id, node) in ground.nodes.entries() {
        match node {
            Node::Not(inner) => {
                if let Some(any) = earlier.get(inner).copied() {
                    earlier.insert(id, Earlier { none: true, ..any });
                }
            }
            Node::And(parts) => {
                let (asked, own): (Vec<Id<Node>>, Vec<Id<Node>>) =
                    parts.iter().partition(|part| earlier.contains_key(part));
                if let ([asked], false) = (asked.as_slice(), own.is_empty())
                    && let Some(before) = earlier.get(asked).copied().filter(|before| before.none)
                {
                    reached.push(Reached { node: id, before, own });
                }
            }
            Node::Const(_) | Node::Atom(_) | Node::Opaque(_) | Node::Excluded(_) => {}
            Node::Or(_) | Node::If(_) | Node::Tried(..) => {}
        }
    }
    (earlier, reached)
}

/// All that rows are made of, in order.
fn made_of(ground: &Ground<'_>, reached: &[Reached]) -> BTreeSet<Id<Node>> {
    let mut open: Vec<Id<Node>> = ground.earlier.iter().flat_map(|of| &of.rows).copied().collect();
    open.extend(reached.iter().flat_map(|reached| &reached.own));
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(ground.parts(&ground.nodes[id]));
        }
    }
    found
}
