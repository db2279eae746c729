//! What a ruleset does for every profile: proofs, findings, and what a change changes.

mod causes;
pub mod change;
mod describe;
pub mod diagram;
pub mod difference;
pub mod edits;
mod every_day;
pub mod findings;
mod inequalities;
mod missing;
mod near;
pub mod pieces;
pub mod property;
mod regions;
pub mod sample;
pub mod search;
pub mod settings;
pub mod space;
pub mod stop;
mod undo;
pub mod view;
