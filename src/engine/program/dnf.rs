//! Conditions as an `or` of conjunctions of literals.
//!
//! `and` is distributed over `or`, which keeps the three-valued meaning; nothing is simplified by `x or not x`, which
//! would not. What would grow past [`MOST`] conjunctions becomes a literal of its own, walked node by node.

use std::collections::HashMap;

use super::SlowReason;
use super::formula::Formulas;
use crate::ground::{Ground, Node};
use qudao_language::decide::{Judged, Truth};
use qudao_language::model::Id;

/// The most conjunctions of one condition.
const MOST: usize = 64;
/// The most cells of a variable whose cells have rows.
const MOST_CELLS: usize = 4096;
/// Conditions nested deeper than this are walked.
const DEEPEST: usize = 64;

/// What a conjunction asks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Literal {
    /// An atom, or its negation.
    Atom(Id<crate::ground::Atom>, bool),
    /// A node that is walked, by its number among [`Forms::derived`], or its negation.
    Derived(u32, bool, Id<Node>),
    /// Never known.
    Stuck,
}

impl Literal {
    pub(super) fn slow(&self, ground: &Ground<'_>, formulas: &Formulas) -> Option<SlowReason> {
        match self {
            Literal::Derived(_, _, node) => match ground.nodes[*node] {
                Node::Opaque(id) => (!formulas.runs(id)).then_some(SlowReason::Opaque),
                _ => Some(SlowReason::Large),
            },
            Literal::Atom(..) | Literal::Stuck => None,
        }
    }
}

/// An `or` of conjunctions; of none, false, and the empty conjunction is true.
pub(super) type Form = Vec<Vec<Literal>>;

/// The conditions of all instances.
#[derive(Debug)]
pub(super) struct Forms {
    /// By instance; those that ask are left empty.
    pub(super) of: Vec<Form>,
    /// The nodes that are walked.
    pub(super) derived: Vec<Id<Node>>,
}

struct Former<'g, 'r> {
    ground: &'g Ground<'r>,
    derived: Vec<Id<Node>>,
    numbers: HashMap<Id<Node>, u32>,
}

/// Writes the conditions of all instances as conjunctions.
pub(super) fn forms(ground: &Ground<'_>) -> Forms {
    let mut former = Former { ground, derived: Vec::new(), numbers: HashMap::new() };
    let mut of = Vec::with_capacity(ground.instances.len());
    for instance in ground.instances.iter() {
        of.push(if instance.asks { Vec::new() } else { former.form(instance.condition, false, 0) });
    }
    Forms { of, derived: former.derived }
}

impl Former<'_, '_> {
    fn form(&mut self, id: Id<Node>, negated: bool, depth: usize) -> Form {
        let ground = self.ground;
        match &ground.nodes[id] {
            Node::Const(judged) => constant(if negated { judged.not() } else { *judged }),
            Node::Atom(atom) => {
                let cells = ground.variables[ground.atoms[*atom].variable].cells.len();
                if cells > MOST_CELLS {
                    self.derive(id, negated)
                } else {
                    vec![vec![Literal::Atom(*atom, negated)]]
                }
            }
            Node::Not(inner) => self.form(*inner, !negated, depth + 1),
            // What is tried says what it may become, and is no less unknown.
            Node::Tried(inner, _) => self.form(*inner, negated, depth + 1),
            _ if depth > DEEPEST => self.derive(id, negated),
            Node::And(parts) if !negated => self.product(parts, negated, depth),
            Node::Or(parts) if negated => self.product(parts, negated, depth),
            Node::And(parts) | Node::Or(parts) => {
                let mut form = Vec::new();
                for part in parts {
                    form.append(&mut self.form(*part, negated, depth + 1));
                    if form.len() > MOST {
                        return self.derive(id, negated);
                    }
                }
                form
            }
            Node::Opaque(_) | Node::Excluded(_) | Node::If(_) => self.derive(id, negated),
        }
    }

    fn derive(&mut self, id: Id<Node>, negated: bool) -> Form {
        let next = self.derived.len() as u32;
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.derived.push(id);
        }
        vec![vec![Literal::Derived(number, negated, id)]]
    }

    /// All of some parts: each choice of one conjunction of each part.
    fn product(&mut self, parts: &[Id<Node>], negated: bool, depth: usize) -> Form {
        let mut forms: Vec<(Id<Node>, Form)> =
            parts.iter().map(|part| (*part, self.form(*part, negated, depth + 1))).collect();
        while forms.iter().fold(1_usize, |product, (_, form)| product.saturating_mul(form.len())) > MOST {
            let Some((part, form)) = forms.iter_mut().max_by_key(|(_, form)| form.len()) else { break };
            *form = self.derive(*part, negated);
        }
        let mut product: Form = vec![Vec::new()];
        for (_, form) in &forms {
            let joined = product.iter().flat_map(|left| {
                form.iter().map(move |right| {
                    let mut both = left.clone();
                    both.extend(right);
                    both
                })
            });
            product = joined.collect();
        }
        for conjunction in &mut product {
            conjunction.sort_unstable();
            conjunction.dedup();
        }
        product
    }
}

fn constant(judged: Judged) -> Form {
    match judged.truth {
        Truth::True => vec![Vec::new()],
        Truth::False => Vec::new(),
        Truth::Unknown => vec![vec![Literal::Stuck]],
    }
}
