//! Facts whose last value has ended.

use qudao_language::date::Date;
use qudao_language::diagnostic::{Code, Diagnostic};
use qudao_language::model::Ruleset;
use qudao_telling::facts;
use qudao_telling::words::Tongue;

/// Reports each fact whose last value ended before a day, with nothing stated of any day since.
pub(super) fn expired(ruleset: &Ruleset, today: Date, tongue: Tongue) -> Vec<Diagnostic> {
    let found = facts::expired(ruleset, today).into_iter();
    let told = found.map(|((channel, entry, statement), until)| {
        let name = ruleset.entry_name(channel, entry);
        let message = tongue.last_value_ended(&name, until);
        Diagnostic::new(Code::ExpiredFact, statement.span, message)
            .here(tongue.nothing_stated_of(today))
            .note(tongue.state_anew())
    });
    told.collect()
}
