//! Rules that ask whether a field is known: what they say of profiles with all answers is not what they say of the
//! others, so these count too. Only rules that do nothing but `note` or `warn` may ask, and exceptions to such rules.

use std::collections::BTreeSet;

use super::Work;
use super::fields::{children, deciding, free_places};
use crate::analyse::diagram::{NO, Ref, TooLarge, YES};
use crate::analyse::space::{Space, Truths};
use qudao_engine::ground::Node;
use qudao_language::model::{Expr, ExprKind, Field, Id, Rule, Ruleset};

/// Returns the rules that ask whether a field is known, themselves or through an exception.
pub(super) fn asking(ruleset: &Ruleset) -> BTreeSet<Id<Rule>> {
    let mut asking = BTreeSet::new();
    for id in ruleset.rule_order.iter().copied() {
        let rule = &ruleset.rules[id];
        let own = rule.when.as_ref().is_some_and(asks);
        if own || rule.exceptions.iter().any(|exception| asking.contains(exception)) {
            asking.insert(id);
        }
    }
    asking
}

/// Whether a condition asks whether a field is known.
pub(super) fn asks(expr: &Expr) -> bool {
    let mut found = false;
    expr.walk(&mut |part| {
        if let ExprKind::Known(what, _) = &part.kind {
            found |= matches!(what.kind, ExprKind::Field(_));
        }
    });
    found
}

impl Work<'_, '_> {
    /// Whether a rule fires for no profile with unknown fields either.
    pub(super) fn never_fires_unknown(&mut self, rule: Id<Rule>) -> Result<bool, TooLarge> {
        let instances = self.instances(rule);
        self.with_unknown(|space, view| {
            let mut region = NO;
            for id in instances {
                let fires = could(space, view.fires(id))?;
                region = space.diagrams.or(region, fires)?;
            }
            space.is_nowhere(region)
        })
    }

    /// Whether a condition is false for no profile with unknown fields either.
    pub(super) fn never_false_unknown(&mut self, node: Id<Node>) -> Result<bool, TooLarge> {
        self.with_unknown(|space, view| space.is_nowhere(view.truths(node).no))
    }

    /// Whether something depends on a field for profiles with unknown fields.
    pub(super) fn depends_unknown(&mut self, field: Id<Field>) -> Result<bool, TooLarge> {
        let study = self.study;
        self.with_unknown(|space, view| {
            let mut places = space.asked_of(0, &[field]);
            places.extend(free_places(study, space, field));
            Ok(deciding(study, view).into_iter().any(|function| {
                let support = space.diagrams.support(function);
                places.iter().any(|place| support.contains(place))
            }))
        })
    }

    /// What decides becomes in each value of an enum's field, for profiles with unknown fields.
    pub(super) fn children_unknown(
        &mut self,
        field: Id<Field>,
        count: usize,
    ) -> Result<Vec<Vec<Ref>>, TooLarge> {
        let study = self.study;
        self.with_unknown(|space, view| {
            let place = space.asked_of(0, &[field]).first().copied();
            Ok(place.map(|place| children(space, &deciding(study, view), place, count)).unwrap_or_default())
        })
    }
}

/// Where a condition holds, or waits for facts alone. What waits for a field is told by the profiles that have it.
fn could(space: &mut Space<'_, '_>, truths: Truths) -> Result<Ref, TooLarge> {
    let known = space.diagrams.or(truths.yes, truths.no)?;
    let open = space.diagrams.or(truths.can_hold, truths.can_fail)?;
    let settled = space.diagrams.or(known, open)?;
    let stuck = space.diagrams.without(YES, settled)?;
    space.diagrams.or(truths.yes, stuck)
}
