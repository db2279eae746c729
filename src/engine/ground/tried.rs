//! Conditions over several fields that wait for one alone and read it more than once, judged by the cells of that field.

use std::collections::{BTreeMap, BTreeSet};

use super::{Atom, Cell, Ground, Node, Variable};
use qudao_language::decide::{Judged, Truth};
use qudao_language::model::{Field, Id};

impl Ground<'_> {
    /// Judges a node by the cells of one of some fields, if that field is all that it waits for. `judged`
    /// says what the node and those below it came out as.
    pub(crate) fn tried(
        &self,
        of: Id<Node>,
        fields: &[Id<Field>],
        judged: impl Fn(Id<Node>) -> Judged,
    ) -> Judged {
        let whole = judged(of);
        if whole.truth != Truth::Unknown || fields.is_empty() {
            return whole;
        }
        // The open parts, each after those that it is made of.
        let mut parts: BTreeMap<Id<Node>, Judged> = BTreeMap::new();
        let mut waits: Option<Id<Variable>> = None;
        let mut open = vec![of];
        while let Some(id) = open.pop() {
            let now = judged(id);
            if now.truth != Truth::Unknown {
                continue;
            }
            let node = &self.nodes[id];
            match node {
                Node::Const(_) => {}
                Node::Atom(_) | Node::Opaque(_) | Node::Excluded(_) if !now.is_open() => {}
                Node::Atom(atom) => {
                    let variable = self.atoms[*atom].variable;
                    if *waits.get_or_insert(variable) != variable {
                        return whole;
                    }
                }
                Node::Opaque(_) | Node::Excluded(_) => return whole,
                Node::And(_) | Node::Or(_) | Node::Not(_) | Node::If(_) | Node::Tried(..) => {
                    if parts.insert(id, now).is_some() {
                        continue;
                    }
                    match node {
                        // A branch that is not taken is not waited for.
                        Node::If([condition, yes, no]) => match judged(*condition).truth {
                            Truth::True => open.push(*yes),
                            Truth::False => open.push(*no),
                            Truth::Unknown => open.extend([*condition, *yes, *no]),
                        },
                        _ => open.extend(self.parts(node)),
                    }
                }
            }
        }
        let Some(variable) = waits.filter(|id| fields.contains(&self.variables[*id].field)) else {
            return whole;
        };
        let order: Vec<Id<Node>> = parts.keys().copied().collect();
        let is_value = |(_, cell): &(usize, &Cell)| cell.possible && cell.witness.is_some();
        let mut found = Judged::STUCK;
        for (number, _) in self.variables[variable].cells.iter().enumerate().filter(is_value) {
            for id in &order {
                let part = |part: Id<Node>| match (&self.nodes[part], parts.get(&part)) {
                    (_, Some(judged)) => *judged,
                    (Node::Atom(atom), None) => self.in_cell(*atom, variable, number, || judged(part)),
                    (_, None) => judged(part),
                };
                let judged = self.joined(&self.nodes[*id], part);
                parts.insert(*id, judged);
            }
            let truth = parts.get(&of).expect("the whole is one of its parts").truth;
            found.can_hold |= truth == Truth::True;
            found.can_fail |= truth == Truth::False;
            if found.can_hold && found.can_fail {
                break;
            }
        }
        found
    }

    /// Leaves out the fields of which trying tells nothing more: the atoms of a band hold together somewhere, and those
    /// of which one is enough fail together.
    pub(super) fn spare_trying(&mut self) {
        let tried = self.nodes.entries().filter_map(|(id, node)| match node {
            Node::Tried(of, fields) => {
                let needed = fields.iter().copied().filter(|field| !self.tells_all(*of, *field));
                Some((id, *of, needed.collect::<Box<[Id<Field>]>>()))
            }
            _ => None,
        });
        for (id, of, needed) in tried.collect::<Vec<_>>() {
            self.nodes[id] = Node::Tried(of, needed);
        }
    }

    /// Tells whether parts that read a field, atoms of one variable, come out together as each does by itself: some cell
    /// makes all of them what is wanted of the whole, or of parts of which one is enough, one.
    fn tells_all(&self, of: Id<Node>, field: Id<Field>) -> bool {
        let mut wanted: Vec<Vec<(Id<Atom>, bool)>> = Vec::new();
        let mut open = vec![(of, matches!(self.nodes[of], Node::And(_)))];
        while let Some((id, holds)) = open.pop() {
            match &self.nodes[id] {
                Node::And(parts) if holds => open.extend(parts.iter().map(|part| (*part, true))),
                Node::Or(parts) if !holds => open.extend(parts.iter().map(|part| (*part, false))),
                Node::Not(inner) => open.push((*inner, !holds)),
                Node::Tried(inner, _) => open.push((*inner, holds)),
                Node::Atom(atom) if self.is_of(*atom, field) => wanted.push(vec![(*atom, holds)]),
                Node::And(parts) | Node::Or(parts) if self.reads(id, field) => {
                    let atoms = parts.iter().filter_map(|part| self.literal(*part, field));
                    let atoms: Vec<_> = atoms.map(|(atom, negated)| (atom, holds != negated)).collect();
                    if atoms.is_empty() {
                        return false;
                    }
                    wanted.push(atoms);
                }
                _ if self.reads(id, field) => return false,
                _ => {}
            }
        }
        let mut atoms = wanted.iter().flatten().map(|(atom, _)| self.atoms[*atom].variable);
        let Some(variable) = atoms.next() else { return false };
        let of_one = atoms.all(|other| other == variable);
        let cells = self.variables[variable].cells.iter().enumerate();
        let mut cells = cells.filter(|(_, cell)| cell.possible && cell.witness.is_some());
        of_one
            && cells.any(|(number, _)| {
                let told = |atom: Id<Atom>| self.atoms[atom].judge(number).truth.as_bool();
                wanted.iter().all(|of| of.iter().any(|(atom, holds)| told(*atom) == Some(*holds)))
            })
    }

    /// Returns the atom on a field that a node is, and whether it is negated.
    fn literal(&self, id: Id<Node>, field: Id<Field>) -> Option<(Id<Atom>, bool)> {
        let (atom, negated) = match &self.nodes[id] {
            Node::Atom(atom) => (*atom, false),
            Node::Not(inner) => match self.nodes[*inner] {
                Node::Atom(atom) => (atom, true),
                _ => return None,
            },
            _ => return None,
        };
        self.is_of(atom, field).then_some((atom, negated))
    }

    fn is_of(&self, atom: Id<Atom>, field: Id<Field>) -> bool {
        self.variables[self.atoms[atom].variable].field == field
    }

    fn reads(&self, of: Id<Node>, field: Id<Field>) -> bool {
        let (mut open, mut seen) = (vec![of], BTreeSet::new());
        while let Some(id) = open.pop() {
            let read = match &self.nodes[id] {
                Node::Atom(atom) => self.is_of(*atom, field),
                Node::Opaque(opaque) => self.opaque_of(*opaque).fields.contains(&field),
                _ => false,
            };
            if read {
                return true;
            }
            open.extend(self.parts(&self.nodes[id]).iter().filter(|id| seen.insert(**id)));
        }
        false
    }

    /// What an atom says while a variable lies in a cell.
    fn in_cell(
        &self,
        atom: Id<Atom>,
        variable: Id<Variable>,
        cell: usize,
        otherwise: impl FnOnce() -> Judged,
    ) -> Judged {
        let atom = &self.atoms[atom];
        if atom.variable == variable { atom.judge(cell) } else { otherwise() }
    }
}
