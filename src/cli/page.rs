//! Pages that ask the questions of a ruleset, in a program that was built with what a page runs.

use qudao_language::syntax::WantedKind;
use serde_json::{Map, Value as Json, json};

use super::load::Loaded;
use super::output::Failure;

/// The page as `src/web/build` makes it; whoever builds the program names its file.
const PAGE: &str =
    include_str!(env!("QUDAO_PAGE", "the feature `page` takes the file `interview.html` of a built page"));

/// Where the ruleset goes.
const MARK: &str = "@RULESET@";

/// Returns the page with a ruleset inside: its parts, tables and lock. The texts of its sources are left out: quotes were
/// looked up before, and such a text may not be handed on.
pub(crate) fn interview(loaded: &Loaded, lang: Option<&str>) -> Result<String, Failure> {
    if let Some((_, workbook)) = loaded.others.iter().find(|(kind, _)| *kind == WantedKind::Workbook) {
        let name = workbook.display();
        return Err(Failure::new(format!("a page cannot read the workbook `{name}`; save its sheet as CSV")));
    }
    let files = loaded.sources.files();
    let is_carried = |name: &str| [".qd", ".csv", ".lock"].iter().any(|ending| name.ends_with(ending));
    let main = files.get(loaded.sources.main()).name();
    let carried = files.iter().filter(|(_, file)| is_carried(file.name()) || file.name() == main);
    let carried: Map<String, Json> =
        carried.map(|(_, file)| (file.name().to_string(), file.text().into())).collect();
    let ruleset = json!({ "texts": { "files": carried, "main": main }, "lang": lang });
    // Within its element nothing may end it.
    Ok(PAGE.replacen(MARK, &ruleset.to_string().replace('<', "\\u003c"), 1))
}
