//! Values and texts in a language, and the tool's own words.

mod evidence;
mod phrases;
mod values;

pub use evidence::{converted, evidence, rates, text_of, told};
pub use phrases::Tongue;
pub(crate) use values::exact_text;
pub use values::{Speaker, expr_text, not_in_language, source_text};
