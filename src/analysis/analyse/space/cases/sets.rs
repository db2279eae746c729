//! Sets, told member by member.

use std::collections::BTreeSet;

use super::super::formula::{At, Formula, Pair, turned};
use super::{Leaf, Reader};
use qudao_language::model::{Expr, Field, Id, Type, Value};
use qudao_language::operator::Quantifier;

/// The members of a set are counted up to so many.
const MAX_COUNTED: usize = 64;
/// Two sets that both depend on fields are told apart member by member up to so many.
const MAX_PAIRED: usize = 10;

impl Reader<'_, '_> {
    /// Where what is said of a member depends on more than one field, members are told one by one where these are few:
    /// for each subset of one set a diagram has a node.
    pub(super) fn are_few(&self, left: &Leaf, right: &Leaf, count: u32) -> Option<()> {
        let (left, right) = (set_of(left, count)?, set_of(right, count)?);
        let own = [&left, &right].into_iter().filter(|(fields, _)| fields.len() > 1);
        let own = own.map(|(_, members)| members.len()).max().unwrap_or(0);
        let both = !left.0.is_empty() && !right.0.is_empty();
        let shared = if both { left.1.intersection(&right.1).count() } else { 0 };
        (own.max(shared) <= MAX_PAIRED).then_some(())
    }

    /// How many values an enum has of which a set is.
    pub(super) fn size(&self, set: &Expr) -> u32 {
        set.enum_id().map_or(0, |id| self.ruleset.enums[id].members.len() as u32)
    }

    /// The field of a number in the space.
    pub(super) fn field(&self, field: usize) -> Option<&Field> {
        let id = self.numbers.iter().position(|number| *number == Some(field))?;
        Some(&self.ruleset.fields[Id::new(id)])
    }

    pub(super) fn member_count(&self, field: usize) -> Option<u32> {
        match self.field(field)?.ty {
            Type::Set(of) => Some(self.ruleset.enums[of].members.len() as u32),
            _ => None,
        }
    }

    pub(super) fn has(&mut self, set: &Leaf, member: u32) -> Option<At> {
        match set {
            Leaf::Known(Value::Set(members)) => Some(self.cases.constant(members.contains(&member))),
            Leaf::Field(field) => {
                let (side, field) = (self.side, *field);
                Some(self.cases.add(Formula::Member { side, field, member }))
            }
            Leaf::Common(fields, members) => {
                let mut parts = vec![self.cases.constant(members.contains(&member))];
                for field in fields {
                    parts.push(self.has(&Leaf::Field(*field), member)?);
                }
                Some(self.cases.all(&parts))
            }
            _ => None,
        }
    }

    /// What is in both of two sets.
    pub(super) fn common(&self, left: &Leaf, right: &Leaf, count: u32) -> Option<Leaf> {
        let ((a_fields, a), (b_fields, b)) = (set_of(left, count)?, set_of(right, count)?);
        let (fields, members) = (&a_fields | &b_fields, &a & &b);
        Some(if fields.is_empty() { Leaf::Known(Value::Set(members)) } else { Leaf::Common(fields, members) })
    }

    pub(super) fn has_many(
        &mut self,
        set: &Leaf,
        quantifier: Quantifier,
        wanted: &Leaf,
        count: u32,
    ) -> Option<Pair> {
        self.are_few(set, wanted, count)?;
        let never = self.cases.constant(false);
        let mut parts = Vec::new();
        for member in 0..count {
            let wants = self.has(wanted, member)?;
            // Where a member is not asked about, nothing asks for it.
            let part = match quantifier {
                Quantifier::Any | Quantifier::None | Quantifier::All if wants == never => never,
                Quantifier::Any | Quantifier::None => {
                    let has = self.has(set, member)?;
                    self.cases.all(&[has, wants])
                }
                Quantifier::All => {
                    let has = self.has(set, member)?;
                    let lacks = self.cases.not(has);
                    self.cases.all(&[wants, lacks])
                }
                Quantifier::Only => {
                    let unwanted = self.cases.not(wants);
                    if unwanted == never {
                        never
                    } else {
                        let has = self.has(set, member)?;
                        self.cases.all(&[has, unwanted])
                    }
                }
            };
            parts.push(part);
        }
        let any = self.cases.any(&parts);
        let found = self.cases.known(any);
        Some(if quantifier == Quantifier::Any { found } else { turned(found) })
    }

    /// Where a set has no member, one, two, and so on.
    pub(super) fn counts(&mut self, set: &Leaf, of: u32) -> Option<Vec<At>> {
        let (fields, members) = set_of(set, of)?;
        if members.len() > if fields.len() > 1 { MAX_PAIRED } else { MAX_COUNTED } {
            return None;
        }
        let (always, never) = (self.cases.constant(true), self.cases.constant(false));
        let mut exactly = vec![always];
        for member in members {
            let has = self.has(set, member)?;
            let has_not = self.cases.not(has);
            let with: Vec<At> = std::iter::once(never).chain(exactly.iter().copied()).collect();
            let without = exactly.into_iter().chain([never]);
            let mut next = Vec::new();
            for (with, without) in with.into_iter().zip(without) {
                let parts = [self.cases.all(&[has, with]), self.cases.all(&[has_not, without])];
                next.push(self.cases.any(&parts));
            }
            exactly = next;
        }
        Some(exactly)
    }
}

/// A set as what is in the sets of some fields and in some values.
fn set_of(leaf: &Leaf, count: u32) -> Option<(BTreeSet<usize>, BTreeSet<u32>)> {
    match leaf {
        Leaf::Known(Value::Set(members)) => Some((BTreeSet::new(), members.clone())),
        Leaf::Field(field) => Some((BTreeSet::from([*field]), (0..count).collect())),
        Leaf::Common(fields, members) => Some((fields.clone(), members.clone())),
        Leaf::Known(_) | Leaf::Line(..) => None,
    }
}
