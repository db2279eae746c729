//! Values and texts in a language, and the tool's own words.

mod evidence;
mod phrases;
mod values;

pub use evidence::{converted, evidence, points, rates, text_of, told};
pub use phrases::Tongue;
pub use values::{Speaker, exact_text, expr_text, not_in_language, source_text};
