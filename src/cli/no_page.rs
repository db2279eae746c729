//! In place of pages, where the program is built without.

use super::load::Loaded;
use super::output::Failure;

/// Says how to get a program with pages.
pub(crate) fn interview(_: &Loaded, _: Option<&str>) -> Result<String, Failure> {
    Err(Failure::new(
        "this program was built without the page; `src/web/build` makes it, and `--features page` takes it in",
    ))
}
