//! What the hit policy `unique` promises: no two rows match one profile.

use super::{Example, Work, with_example};
use crate::analyse::diagram::{NO, Ref, TooLarge};
use crate::analyse::near::{Pairs, near};
use qudao_language::decide::{Decision, Truth};
use qudao_language::diagnostic::{Code, Diagnostic};
use qudao_language::model::{Expr, Id, Rule, Table};
use qudao_language::operator::Policy;

impl Work<'_, '_> {
    /// Every pair of rows of a `unique` table that overlaps, with a profile that both match.
    pub(super) fn overlaps(&mut self) -> Result<Vec<Diagnostic>, TooLarge> {
        let mut found = Vec::new();
        for (_, table) in self.ruleset().tables.entries().filter(|(_, table)| table.policy == Policy::Unique)
        {
            let regions: Vec<Ref> = table.rows.iter().map(|row| self.own_region(row)).collect();
            let pairs = near(&self.space.diagrams, &regions, Pairs::All).expect("all pairs are looked at");
            for (number, before) in pairs {
                if let (Some(earlier), Some(row)) = (table.rows.get(before), table.rows.get(number)) {
                    found.extend(self.overlap(table, (before, *earlier), (number, *row))?);
                }
            }
        }
        Ok(found)
    }

    /// Where a row's own cells hold.
    fn own_region(&self, row: &Id<Rule>) -> Ref {
        self.further(self.study.rows.get(row)).map_or(NO, |node| self.view.truths(node).yes)
    }

    fn overlap(
        &mut self,
        table: &Table,
        first: (usize, Id<Rule>),
        second: (usize, Id<Rule>),
    ) -> Result<Option<Diagnostic>, TooLarge> {
        let ruleset = self.ruleset();
        let (one, other) = (self.own_region(&first.1), self.own_region(&second.1));
        let both = self.space.diagrams.and(one, other)?;
        if self.space.is_nowhere(both)? {
            return Ok(None);
        }
        let matches: Vec<&Expr> =
            [first.0, second.0].iter().filter_map(|row| table.matches.get(*row)).collect();
        let accept = |decision: &Decision<'_>| {
            matches.iter().all(|row| {
                decision
                    .trace(row)
                    .and_then(|trace| trace.judged())
                    .is_some_and(|judged| judged.truth == Truth::True)
            })
        };
        let tongue = self.tongue();
        let (earlier, later) = (&ruleset.rules[first.1], &ruleset.rules[second.1]);
        Ok(match self.example(both, &accept)? {
            Example::Nothing => None,
            Example::Profile(profile) => {
                let message = tongue.rows_overlap(&earlier.name, &later.name);
                let diagnostic = Diagnostic::new(Code::OverlappingRows, later.name_span, message)
                    .here(tongue.one_row_at_most())
                    .also(earlier.name_span, tongue.matches_too());
                Some(with_example(self.study, diagnostic, tongue.both_match(), &profile))
            }
            Example::Undecided => {
                let message = tongue.rows_may_overlap(&earlier.name, &later.name);
                Some(
                    Diagnostic::new(Code::UnprovedRows, later.name_span, message)
                        .here(tongue.not_proved_only())
                        .also(earlier.name_span, tongue.may_match_too())
                        .note(self.space.doubt(both, Some(table.span), tongue)),
                )
            }
        })
    }
}
