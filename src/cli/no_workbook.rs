//! In place of workbooks, where the program is built without.

use qudao_engine::advise::Advice;
use qudao_language::date::Date;
use qudao_language::decide::Decision;
use qudao_language::model::Ruleset;
use qudao_telling::document::Document;
use qudao_telling::facts::Selection;
use qudao_telling::words::Speaker;

use super::output::Failure;

/// Says how to get a program with workbooks.
pub(crate) fn absent() -> Failure {
    Failure::new(
        "this program was built without Excel; build it with `cargo install --path . --features xlsx`, or use CSV",
    )
}

pub(crate) fn form(_: &Speaker<'_>, _: Option<Date>) -> Result<Vec<u8>, Failure> {
    Err(absent())
}

pub(crate) fn facts(_: &Ruleset, _: Option<Date>, _: &Selection, _: Date) -> Result<Vec<u8>, Failure> {
    Err(absent())
}

pub(crate) fn answer<'r>(
    _: &Decision<'r>,
    _: Speaker<'r>,
    _: &[Advice],
    _: &str,
    _: bool,
) -> Result<Vec<u8>, Failure> {
    Err(absent())
}

pub(crate) fn page(_: &Document, _: Speaker<'_>, _: Date) -> Result<Vec<u8>, Failure> {
    Err(absent())
}
