//! Values and texts in a language, and the tool's own words.

mod phrases;
mod values;

pub use phrases::Tongue;
pub(crate) use values::exact_text;
pub use values::{Speaker, has_language, source_text};
