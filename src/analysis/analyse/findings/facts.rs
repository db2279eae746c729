//! Facts whose last value has ended.

use qudao_language::date::Date;
use qudao_language::diagnostic::{Code, Diagnostic};
use qudao_language::model::Ruleset;
use qudao_telling::facts;

/// Reports each fact whose last value ended before a day, with nothing stated of any day since.
pub(super) fn expired(ruleset: &Ruleset, today: Date) -> Vec<Diagnostic> {
    let found = facts::expired(ruleset, today).into_iter();
    let told = found.map(|((channel, entry, statement), until)| {
        let name = ruleset.entry_name(channel, entry);
        let message = format!("the last value of `{name}` ended on {until}");
        Diagnostic::new(Code::ExpiredFact, statement.span, message)
            .here(format!("nothing is stated of {today}"))
            .note("state what holds now, with `since`; or that it is not known: `= unknown since DATE`")
    });
    told.collect()
}
