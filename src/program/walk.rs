//! Conditions walked node by node: what the rows of bits cannot say.

use super::bits::Kleene;
use super::{Program, Scratch};
use crate::decide::{Judged, Probe};
use crate::ground::{Ground, Node};
use crate::model::Id;

/// Nodes to be judged, each after its parts.
#[derive(Clone, Default, Debug)]
pub(super) struct Walk {
    nodes: Vec<Id<Node>>,
    opaque: bool,
}

impl Walk {
    /// All that some nodes depend on, and themselves. Whether a target is excluded is told from outside.
    pub(super) fn new(ground: &Ground<'_>, roots: impl Iterator<Item = Id<Node>>) -> Walk {
        let mut within = vec![false; ground.nodes.len()];
        let mut open: Vec<Id<Node>> = roots.collect();
        while let Some(id) = open.pop() {
            let Some(seen) = within.get_mut(id.index()) else { continue };
            if !std::mem::replace(seen, true) {
                let node = &ground.nodes[id];
                if !matches!(node, Node::Excluded(_)) {
                    open.extend(ground.parts(node));
                }
            }
        }
        let nodes: Vec<Id<Node>> =
            ground.nodes.ids().filter(|id| within.get(id.index()) == Some(&true)).collect();
        let opaque = nodes.iter().any(|id| matches!(ground.nodes[*id], Node::Opaque(_)));
        Walk { nodes, opaque }
    }

    /// Marks the variables that it reads.
    pub(super) fn mark(&self, ground: &Ground<'_>, read: &mut [bool]) {
        for id in &self.nodes {
            if let Node::Atom(atom) = ground.nodes[*id]
                && let Some(slot) = read.get_mut(ground.atoms[atom].variable.index())
            {
                *slot = true;
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Judges the nodes in a scratch.
    pub(super) fn run(&self, program: &Program<'_>, scratch: &mut Scratch) {
        let ground = &program.ground;
        let Scratch { nodes, cells, excluded, profile, .. } = scratch;
        let probe = self.opaque.then(|| {
            let mut probe = Probe::new(ground.ruleset, profile, ground.day);
            probe.exclude(excluded.iter().map(|excluded| excluded.judged()).collect());
            probe
        });
        for id in &self.nodes {
            let part = |id: &Id<Node>| nodes.get(id.index()).copied().unwrap_or(Kleene::STUCK);
            let judged = match &ground.nodes[*id] {
                Node::Const(judged) => Kleene::of(*judged),
                Node::Atom(id) => {
                    let atom = &ground.atoms[*id];
                    let cell = cells.get(atom.variable.index()).copied().unwrap_or_default();
                    Kleene::of(atom.judge(cell as usize))
                }
                Node::Opaque(id) => probe.as_ref().map_or(Kleene::STUCK, |probe| {
                    let opaque = ground.opaque_of(*id);
                    Kleene::of(probe.judge(opaque.expr, opaque.channel))
                }),
                Node::Excluded(target) => excluded.get(*target).copied().unwrap_or(Kleene::STUCK),
                Node::And(parts) => parts.iter().fold(Kleene::TRUE, |all, id| all.and(part(id))),
                Node::Or(parts) => parts.iter().fold(Kleene::FALSE, |any, id| any.or(part(id))),
                Node::Not(id) => part(id).not(),
                Node::If([condition, yes, no]) => part(condition).either(part(yes), part(no)),
            };
            if let Some(slot) = nodes.get_mut(id.index()) {
                *slot = judged;
            }
        }
    }
}

/// Tells of each node whether the fields could make it either whenever it is unknown. That is so where each of its atoms
/// is either when its value is missing and known otherwise, and they are joined by `and`, `or` and `not` alone.
pub(super) fn plain(ground: &Ground<'_>) -> Vec<bool> {
    let mut plain: Vec<bool> = Vec::with_capacity(ground.nodes.len());
    for node in ground.nodes.iter() {
        let own = match node {
            Node::Const(judged) => *judged == Judged::TRUE || *judged == Judged::FALSE,
            Node::Atom(id) => {
                let atom = &ground.atoms[*id];
                let cells = 0..ground.variables[atom.variable].missing();
                atom.missing == Judged::OPEN
                    && cells.into_iter().all(|cell| atom.judge(cell) != Judged::STUCK)
            }
            Node::Opaque(_) | Node::Excluded(_) | Node::If(_) => false,
            Node::And(_) | Node::Or(_) | Node::Not(_) => true,
        };
        let parts = ground.parts(node).iter().all(|id| plain.get(id.index()) == Some(&true));
        plain.push(own && parts);
    }
    plain
}
