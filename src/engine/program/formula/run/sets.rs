//! Sets as bits: what they have, and what those could that are not known.

use super::Run;
use crate::program::bits::Kleene;
use crate::program::formula::Part;
use qudao_language::decide::MAX_PAIRS;
use qudao_language::operator::Quantifier;

impl Run<'_> {
    /// The members that a set has in any case, and those that it may have.
    pub(super) fn members(&self, set: Part) -> (i128, i128) {
        match set {
            Part::Known(members) => (members, members),
            Part::Within(low, high) => (low, high),
            Part::OneOf(start, end) => {
                let sets = self.listed(start as usize..end as usize);
                sets.iter().fold((-1, 0), |(low, high), set| (low & set, high | set))
            }
            Part::Between(..) => (0, -1),
        }
    }

    /// Whether a set has a value.
    pub(super) fn has(&mut self, set: Part, element: Part) -> Kleene {
        if let (Part::Known(set), Part::Known(element)) = (set, element) {
            return Kleene::known(has(set, element));
        }
        if !set.settles() || !element.settles() {
            return Kleene::STUCK;
        }
        let (low, high) = self.members(set);
        let Some(elements) = self.list(element) else { return Kleene::OPEN };
        let elements = self.listed(elements);
        let can_hold = elements.iter().any(|element| has(high, *element));
        Kleene::unknown(can_hold, elements.iter().any(|element| !has(low, *element)))
    }

    /// Whether a set has some of another's members.
    pub(super) fn has_set(&mut self, set: Part, quantifier: Quantifier, wanted: Part) -> Kleene {
        let holds = |members: i128, wanted: i128| match quantifier {
            Quantifier::Any => members & wanted != 0,
            Quantifier::All => members & wanted == wanted,
            Quantifier::None => members & wanted == 0,
            Quantifier::Only => members & !wanted == 0,
        };
        if let (Part::Known(set), Part::Known(wanted)) = (set, wanted) {
            return Kleene::known(holds(set, wanted));
        }
        if !set.settles() || !wanted.settles() {
            return Kleene::STUCK;
        }
        let counted = !matches!(set, Part::Within(..)) && !matches!(wanted, Part::Within(..));
        if counted && let (Some(sets), Some(of)) = (self.list(set), self.list(wanted)) {
            if sets.len() * of.len() > MAX_PAIRS {
                self.failed = true;
                return Kleene::STUCK;
            }
            let (mut can_hold, mut can_fail) = (false, false);
            for set in sets {
                for wanted in of.clone() {
                    let holds = holds(self.at(set), self.at(wanted));
                    can_hold |= holds;
                    can_fail |= !holds;
                }
            }
            return Kleene::unknown(can_hold, can_fail);
        }
        let ((low, high), (wanted, any)) = (self.members(set), self.members(wanted));
        let (apart, meet) = (low & wanted == 0, high & any != 0);
        match quantifier {
            Quantifier::Any => Kleene::unknown(meet, apart),
            Quantifier::None => Kleene::unknown(apart, meet),
            Quantifier::All => Kleene::unknown(wanted & !high == 0, any & !low != 0),
            Quantifier::Only => Kleene::unknown(low & !any == 0, high & !wanted != 0),
        }
    }
}

/// Whether a set has a member. Those that no set here can have are far behind its bits.
fn has(set: i128, member: i128) -> bool {
    member < 127 && set >> member & 1 == 1
}
