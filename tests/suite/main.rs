//! The one integration binary: tests are data in the folders beside this one.

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
#[cfg(feature = "parquet")]
mod columns;
mod completions;
mod confined;
mod conformance;
mod content;
mod diagnostics;
mod differences;
mod docs;
mod editors;
mod engines;
mod every_day;
mod facts;
mod faults;
mod format;
mod fresh;
mod fuzz;
mod generate;
mod hostile;
mod laws;
mod missing;
mod mutations;
mod nothing_lost;
mod paths;
mod planted;
mod profiles;
mod reading;
mod replay;
mod reports;
mod rests;
mod rulesets;
mod schema;
mod sheets;
mod snapshots;
mod support;
mod surface;
mod survivors;
mod tables;
mod telling;
mod testing;
mod textmate;
mod tidy;
mod trace;
mod typos;
mod undoing;
mod writing;
