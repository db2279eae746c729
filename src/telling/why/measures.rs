//! How the values of measures came about: part by part, with the sources of the facts.

use super::proof::Writer;
use crate::document::{Item, Kind, Mark, Text};
use qudao_language::model::{ExprKind, Target};

impl Writer<'_, '_> {
    /// What each measure is of a target, what it read and how it was computed.
    pub(super) fn measures(&self, target: Target) -> Vec<Item> {
        let ruleset = self.speaker.ruleset;
        let measured = self.decision.target(target).measures.iter().map(|measured| {
            let measure = &ruleset.measures[measured.measure];
            let of = measure.of.get(&target).expect("a target that is measured has the measure");
            let mut trace = &self.decision.trace_of(of, None);
            // Of a channel it is a let, which says nothing besides.
            if let (ExprKind::Let(_), [inner]) = (&trace.expr.kind, trace.parts.as_slice()) {
                trace = inner;
            }
            let title =
                measure.title.as_ref().map(|title| format!(" \"{}\"", title.get(self.speaker.language)));
            let head = format!("{}{}", measure.name, title.unwrap_or_default());
            let place = ruleset.files.place(measure.span);
            let value = self.computed(trace, self.speaker.measured(measured));
            let remarks = vec![Item::new(Mark::None, Text::of(Kind::Faint, place.to_string())), value];
            Item { remarks, ..Item::new(Mark::None, Text::of(Kind::Name, head)) }
        });
        measured.collect()
    }
}
