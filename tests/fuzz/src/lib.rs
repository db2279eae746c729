//! The fuzz targets: their bodies stand in the test suite, which replays the inputs that are kept.

#![expect(dead_code, reason = "of what the suite shares, only a part is needed here")]

#[path = "../../suite/engines.rs"]
mod engines;
#[path = "../../cases/fuzz.rs"]
mod fuzz;
#[path = "../../suite/generate.rs"]
mod generate;
#[path = "../../suite/reading.rs"]
mod reading;

/// Random rulesets and profiles: all engines say the same.
pub fn agreement(bytes: &[u8]) {
    fuzz::agreement(bytes);
}

/// Files of rulesets.
pub fn ruleset(bytes: &[u8]) {
    fuzz::ruleset(bytes);
}

/// Profiles and tables.
pub fn profile(bytes: &[u8]) {
    fuzz::profile(bytes);
}
