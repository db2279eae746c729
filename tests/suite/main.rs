//! Laws, and what no folder can hold. What stands in folders is run by `tests/cases`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and reads its data itself"
)]

mod advise;
mod agreement;
mod analysis;
mod ask;
mod batch;
mod certificates;
#[cfg(feature = "parquet")]
mod columns;
mod completions;
mod confined;
mod content;
mod diagnostics;
mod differences;
mod docs;
mod document;
mod editors;
mod engines;
mod every_day;
#[cfg(feature = "xlsx")]
mod excel;
mod facts;
mod faults;
mod format;
mod fresh;
#[expect(dead_code, reason = "the fuzz targets need the rest")]
mod generate;
mod habits;
mod hostile;
mod laws;
mod leads;
mod missing;
mod mutations;
mod nothing_lost;
mod paths;
mod profiles;
mod reading;
mod renames;
mod reports;
mod rests;
mod schema;
mod sheets;
mod sites;
mod snapshots;
mod support;
mod surface;
mod survivors;
mod tables;
mod telling;
mod testing;
mod textmate;
mod tidy;
mod tongues;
mod trace;
mod tree_sitter;
mod undoing;
mod watching;
mod web;
#[cfg(feature = "xlsx")]
mod workbooks;
mod writing;
