//! Conditions walked node by node: what the rows of bits cannot say.

use super::bits::Kleene;
use super::formula::{Formulas, Held, Run};
use super::{Program, Scratch};
use crate::ground::{Ground, Node, OpaqueId, Variable};
use qudao_language::decide::{Judged, Probe};
use qudao_language::model::{Id, IdMap, TargetMap};

/// Nodes to be judged, each after its parts.
#[derive(Clone, Default, Debug)]
pub(super) struct Walk {
    nodes: Vec<Id<Node>>,
    opaque: Vec<(Id<Node>, Id<OpaqueId>)>,
}

impl Walk {
    /// All that some nodes depend on, and themselves, but for what was judged before. Whether a target is excluded is
    /// told from outside.
    pub(super) fn new(ground: &Ground<'_>, roots: impl Iterator<Item = Id<Node>>, before: &[&Walk]) -> Walk {
        let mut within = IdMap::of(&ground.nodes, |_| false);
        let mut judged = within.clone();
        before.iter().flat_map(|walk| walk.all()).for_each(|id| judged[id] = true);
        let mut open: Vec<Id<Node>> = roots.collect();
        while let Some(id) = open.pop() {
            if !judged[id] && !std::mem::replace(&mut within[id], true) {
                let node = &ground.nodes[id];
                if !matches!(node, Node::Excluded(_)) {
                    open.extend(ground.parts(node));
                }
            }
        }
        let mut walk = Walk::default();
        for (id, _) in within.entries().filter(|(_, within)| **within) {
            match ground.nodes[id] {
                Node::Opaque(opaque) => walk.opaque.push((id, opaque)),
                // A scratch begins with these.
                Node::Const(_) => {}
                _ => walk.nodes.push(id),
            }
        }
        walk
    }

    /// All nodes that it judges.
    pub(super) fn all(&self) -> impl Iterator<Item = Id<Node>> + '_ {
        self.nodes.iter().copied().chain(self.opaque.iter().map(|(id, _)| *id))
    }

    /// Marks the variables that it reads.
    pub(super) fn mark(&self, ground: &Ground<'_>, read: &mut IdMap<Variable, bool>) {
        for id in &self.nodes {
            if let Node::Atom(atom) = ground.nodes[*id] {
                read[ground.atoms[atom].variable] = true;
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.opaque.is_empty()
    }

    /// Judges the nodes in a scratch.
    pub(super) fn run(&self, program: &Program<'_>, scratch: &mut Scratch) {
        if !self.opaque.is_empty() {
            self.run_opaque(program, scratch);
        }
        for id in &self.nodes {
            let judged = judge(program, scratch, *id);
            scratch.nodes[*id] = judged;
        }
    }

    fn run_opaque(&self, program: &Program<'_>, scratch: &mut Scratch) {
        let Scratch { nodes, held, excluded, few, left, .. } = scratch;
        left.clear();
        let mut run = Run::new(&program.formulas, held.values().as_slice(), excluded, few);
        for (node, opaque) in &self.opaque {
            match run.judge(*opaque) {
                Some(judged) => nodes[*node] = judged,
                None => left.push((*node, *opaque)),
            }
        }
        if !scratch.left.is_empty() {
            evaluate(program, scratch);
        }
    }
}

/// What a node is before anything is judged.
pub(super) fn beginning(node: &Node) -> Kleene {
    match node {
        Node::Const(judged) => Kleene::of(*judged),
        _ => Kleene::STUCK,
    }
}

/// Lets the evaluator judge what formulas left.
fn evaluate(program: &Program<'_>, scratch: &mut Scratch) {
    program.write_profile(scratch);
    let ground = &program.ground;
    let mut probe = Probe::new(ground.ruleset, &scratch.profile, ground.day);
    probe.exclude(TargetMap::of(ground.ruleset, |target| {
        let excluded = scratch.excluded.get(ground.ruleset.target_index(target));
        excluded.expect("a scratch has a place for each target").judged()
    }));
    for (node, opaque) in &scratch.left {
        let opaque = ground.opaque_of(*opaque);
        scratch.nodes[*node] = Kleene::of(probe.judge(opaque.expr, opaque.channel));
    }
}

/// Judges a node by what its parts came out as. An opaque one stays as it is.
fn judge(program: &Program<'_>, scratch: &Scratch, id: Id<Node>) -> Kleene {
    let ground = &program.ground;
    let part = |id: &Id<Node>| scratch.node(*id);
    match &ground.nodes[id] {
        Node::Const(judged) => Kleene::of(*judged),
        Node::Atom(id) => {
            let atom = &ground.atoms[*id];
            Kleene::of(atom.judge(scratch.cells[atom.variable] as usize))
        }
        Node::Opaque(_) => part(&id),
        Node::Excluded(target) => *scratch.excluded.get(*target).expect("each target is excluded or not"),
        Node::And(parts) => parts.iter().fold(Kleene::TRUE, |all, id| all.and(part(id))),
        Node::Or(parts) => parts.iter().fold(Kleene::FALSE, |any, id| any.or(part(id))),
        Node::Not(id) => part(id).not(),
        Node::If([condition, yes, no]) => part(condition).either(part(yes), part(no)),
        Node::Tried(of, fields) => Kleene::of(ground.tried(*of, fields, |id| scratch.node(id).judged())),
    }
}

impl Program<'_> {
    /// Judges a node and what it depends on, as far as that was not done in this run.
    pub(super) fn judge_exactly(&self, scratch: &mut Scratch, root: Id<Node>) -> Kleene {
        let mut open = std::mem::take(&mut scratch.waiting);
        open.push(root);
        while let Some(id) = open.last().copied() {
            let done =
                |scratch: &Scratch, id: Id<Node>| self.walked[id] || scratch.judged_in[id] == scratch.runs;
            if done(scratch, id) {
                open.pop();
                continue;
            }
            let waiting = open.len();
            let parts = self.ground.parts(&self.ground.nodes[id]);
            open.extend(parts.iter().filter(|part| !done(scratch, **part)));
            if open.len() == waiting {
                let judged = judge(self, scratch, id);
                scratch.nodes[id] = judged;
                scratch.judged_in[id] = scratch.runs;
                open.pop();
            }
        }
        scratch.waiting = open;
        scratch.node(root)
    }

    /// Writes what fields hold into the profile that the evaluator reads.
    pub(super) fn write_profile(&self, scratch: &mut Scratch) {
        if !std::mem::take(&mut scratch.stale) {
            return;
        }
        for (field, keeps) in self.keeps.entries() {
            let value = match scratch.held[field] {
                Held::Known(code) => self.formulas.value(self.ruleset().fields[field].ty, code),
                Held::Odd => continue,
                Held::Unknown => None,
            };
            if *keeps {
                scratch.profile.set(field, value);
            }
        }
    }
}

/// Tells of each node whether the fields could make it either whenever it is unknown. That is so where each of its atoms
/// is either when its value is missing and known otherwise, and they are joined by `and`, `or` and `not` alone.
pub(super) fn plain(ground: &Ground<'_>, formulas: &Formulas) -> IdMap<Node, bool> {
    let mut plain = IdMap::of(&ground.nodes, |_| false);
    for (id, node) in ground.nodes.entries() {
        let own = match node {
            Node::Const(judged) => *judged == Judged::TRUE || *judged == Judged::FALSE,
            Node::Atom(id) => {
                let atom = &ground.atoms[*id];
                let missing = ground.variables[atom.variable].missing();
                let mut told = atom.turns().into_iter().chain([0]).filter(|cell| *cell < missing);
                atom.missing == Judged::OPEN && told.all(|cell| atom.judge(cell) != Judged::STUCK)
            }
            Node::Opaque(id) => formulas.is_plain(*id),
            Node::Excluded(_) | Node::If(_) => false,
            Node::And(_) | Node::Or(_) | Node::Not(_) => true,
            Node::Tried(_, fields) => fields.is_empty(),
        };
        // Each node stands after its parts, save a target's exclusion, which is not plain itself.
        plain[id] = own && ground.parts(node).iter().all(|id| plain[*id]);
    }
    plain
}
