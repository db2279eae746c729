//! Why something is undecided: the conditions that are searched, not proved, and what in them is.

use std::collections::BTreeSet;

use super::{AskedKind, Space};
use crate::analyse::diagram::Ref;
use qudao_language::model::{Between, Expr, ExprKind, Id, Ruleset, Shift};
use qudao_language::source::Span;
use qudao_telling::words::{Tongue, expr_text};

/// So many conditions are named.
const MAX_NAMED: usize = 3;

impl Space<'_, '_> {
    /// Says why it is not known whether a region has a profile: which conditions it depends on that are no cells; those
    /// that stand in a declaration, if there are any there.
    pub(in crate::analyse) fn doubt(&self, region: Ref, declaration: Option<Span>, tongue: Tongue) -> String {
        let mut named: BTreeSet<String> = BTreeSet::new();
        let mut why: BTreeSet<&str> = BTreeSet::new();
        for place in self.diagrams.support(region) {
            match self.asked.get(place).map(|asked| &asked.kind) {
                Some(AskedKind::Free { side, opaque, .. }) => {
                    let Some(ground) = self.grounds.get(*side) else { continue };
                    let expr = ground.opaque[Id::new(*opaque)].expr;
                    named.insert(format!("`{}`", expr_text(ground.ruleset, expr)));
                    why.insert(self.why_free(ground.ruleset, expr, tongue));
                }
                Some(AskedKind::Measure(number)) => {
                    named.extend(self.asking_measure(*number, declaration));
                    why.insert(tongue.months_are_searched());
                }
                _ => {}
            }
        }
        let more = named.len().saturating_sub(MAX_NAMED);
        let mut names: Vec<String> = named.into_iter().take(MAX_NAMED).collect();
        if more > 0 {
            names.push(tongue.more(more));
        }
        let why: Vec<String> = why.into_iter().map(str::to_string).collect();
        if names.is_empty() {
            return tongue.several_sums().into();
        }
        tongue.it_depends_on(&tongue.and(&names), &tongue.and(&why))
    }

    /// The conditions that ask for a measure, in backticks.
    fn asking_measure(&self, number: usize, declaration: Option<Span>) -> BTreeSet<String> {
        let (mut found, mut inside) = (BTreeSet::new(), BTreeSet::new());
        for (side, ground) in self.grounds.iter().enumerate() {
            for (id, opaque) in ground.opaque.entries() {
                if self.asks_measure(side, id.index(), number) {
                    let text = format!("`{}`", expr_text(ground.ruleset, opaque.expr));
                    if declaration.is_some_and(|span| span.contains(opaque.expr.span)) {
                        inside.insert(text.clone());
                    }
                    found.insert(text);
                }
            }
        }
        if inside.is_empty() { found } else { inside }
    }

    /// What in a condition is searched, not proved.
    fn why_free(&self, ruleset: &Ruleset, expr: &Expr, tongue: Tongue) -> &'static str {
        let mut found: BTreeSet<&'static str> = BTreeSet::new();
        let mut seen = BTreeSet::new();
        if let ExprKind::Leads(..) = expr.kind {
            return tongue.too_many_compared();
        }
        let mut open = vec![expr];
        while let Some(next) = open.pop() {
            next.walk(&mut |part| match &part.kind {
                ExprKind::Let(id) if seen.insert(*id) => open.push(&ruleset.lets[*id].value),
                ExprKind::Between(Between::Months | Between::Years, ..) => {
                    found.insert(tongue.months_are_searched());
                }
                ExprKind::Shift(Shift::Months, ..) => {
                    found.insert(tongue.shifts_are_searched());
                }
                ExprKind::Excluded(..) => {
                    found.insert(tongue.excluded_inside());
                }
                ExprKind::Product(a, b) if varies(ruleset, a) && varies(ruleset, b) => {
                    found.insert(tongue.products_are_searched());
                }
                _ => {}
            });
        }
        // Unknown fields are told apart field by field, not together.
        let usual = if self.has_unknown() { tongue.several_ways() } else { tongue.too_many_cases() };
        found.pop_first().unwrap_or(usual)
    }
}

/// Tells whether a value depends on the profile, lets followed.
fn varies(ruleset: &Ruleset, expr: &Expr) -> bool {
    let (mut varies, mut seen) = (false, BTreeSet::new());
    let mut open = vec![expr];
    while let Some(next) = open.pop().filter(|_| !varies) {
        next.walk(&mut |part| match &part.kind {
            ExprKind::Let(id) if seen.insert(*id) => open.push(&ruleset.lets[*id].value),
            ExprKind::Field(_) => varies = true,
            _ => {}
        });
    }
    varies
}
