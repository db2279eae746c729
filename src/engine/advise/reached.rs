//! What of a grounded ruleset has a bearing on one target: the conditions that its verdict depends on.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::ground::{Atom, Effects, Ground, Node, Opaque};
use qudao_language::model::{Expr, ExprKind, Field, Id, Let, Target};

/// The conditions that a target's verdict depends on.
pub(super) struct Reached<'g, 'r> {
    pub(super) ground: &'g Ground<'r>,
    /// Conditions on one field alone that fit its cells, by field.
    atoms: BTreeMap<Id<Field>, Vec<Id<Atom>>>,
    /// Those that fit no cells, by each field that they read.
    opaque: BTreeMap<Id<Field>, Vec<&'g Opaque<'r>>>,
    /// Whether two fields are read together, as far as it was asked.
    joined: RefCell<BTreeMap<Pair, bool>>,
}

/// Two fields, in order.
type Pair = (Id<Field>, Id<Field>);

impl<'g, 'r> Reached<'g, 'r> {
    pub(super) fn new(ground: &'g Ground<'r>, target: Target) -> Reached<'g, 'r> {
        let mut reached =
            Reached { ground, atoms: BTreeMap::new(), opaque: BTreeMap::new(), joined: RefCell::default() };
        let effects = ground
            .targets
            .get(ground.ruleset.target_index(target))
            .expect("every target of the ruleset is grounded");
        let mut open = roots(ground, effects);
        let mut seen: BTreeSet<Id<Node>> = open.iter().copied().collect();
        while let Some(id) = open.pop() {
            let mut parts = ground.parts(&ground.nodes[id]).to_vec();
            match &ground.nodes[id] {
                Node::Atom(atom) => {
                    let field = ground.variables[ground.atoms[*atom].variable].field;
                    reached.atoms.entry(field).or_default().push(*atom);
                }
                Node::Opaque(opaque) => {
                    let opaque = ground.opaque_of(*opaque);
                    for field in &opaque.fields {
                        reached.opaque.entry(*field).or_default().push(opaque);
                    }
                    if opaque.asks {
                        parts.extend(asked(ground, opaque));
                    }
                }
                Node::Const(_)
                | Node::Excluded(_)
                | Node::And(_)
                | Node::Or(_)
                | Node::Not(_)
                | Node::If(_)
                | Node::Tried(..) => {}
            }
            open.extend(parts.into_iter().filter(|part| seen.insert(*part)));
        }
        reached
    }

    /// The fields that may change, in order.
    pub(super) fn fields(&self) -> Vec<Id<Field>> {
        let all: BTreeSet<Id<Field>> = self.atoms.keys().chain(self.opaque.keys()).copied().collect();
        all.into_iter().filter(|field| !self.ground.ruleset.fields[*field].fixed).collect()
    }

    /// The conditions on a field alone that fit its cells.
    pub(super) fn atoms_on(&self, field: Id<Field>) -> &[Id<Atom>] {
        self.atoms.get(&field).map_or(&[], Vec::as_slice)
    }

    /// The other conditions that read a field.
    pub(super) fn opaque_on(&self, field: Id<Field>) -> &[&'g Opaque<'r>] {
        self.opaque.get(&field).map_or(&[], Vec::as_slice)
    }

    /// Tells whether a condition reads both of two fields, so that where the one turns it depends on the other.
    pub(super) fn joins(&self, a: Id<Field>, b: Id<Field>) -> bool {
        let (a, b) = (a.min(b), a.max(b));
        let found = || self.opaque_on(a).iter().any(|opaque| opaque.fields.contains(&b));
        *self.joined.borrow_mut().entry((a, b)).or_insert_with(found)
    }

    /// Calls a function with every part of the conditions on a field that fit no cells, lets followed, each once.
    pub(super) fn each_part(&self, field: Id<Field>, mut visit: impl FnMut(&'r Expr)) {
        let mut open: Vec<&'r Expr> = self.opaque_on(field).iter().map(|opaque| opaque.expr).collect();
        let mut seen: BTreeSet<Id<Let>> = BTreeSet::new();
        while let Some(expr) = open.pop() {
            expr.walk(&mut |part| {
                visit(part);
                if let ExprKind::Let(id) = part.kind
                    && seen.insert(id)
                {
                    open.push(&self.ground.ruleset.lets[id].value);
                }
            });
        }
    }
}

/// The nodes that a verdict depends on.
fn roots(ground: &Ground<'_>, effects: &Effects) -> Vec<Id<Node>> {
    let instances = effects.exclusions.iter().chain(effects.caps.iter().map(|(id, _)| id));
    let instances = instances.chain(effects.scores.iter().map(|(id, _)| id));
    let fires = instances.map(|id| ground.instances[*id].fires);
    fires.chain([effects.excluded]).collect()
}

/// The exclusions that a condition asks for within a value.
fn asked(ground: &Ground<'_>, opaque: &Opaque<'_>) -> Vec<Id<Node>> {
    let mut found = Vec::new();
    opaque.expr.walk(&mut |part| {
        if let ExprKind::Excluded(target, _) = &part.kind
            && let Some(target) = target.resolve(opaque.channel)
        {
            let index = ground.ruleset.target_index(target);
            found.push(ground.targets.get(index).expect("each target has its effects").excluded);
        }
    });
    found
}
