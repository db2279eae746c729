//! Values and texts in a language, and the tool's own words.

/// Declares words that each language has.
macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident: $english:literal, $chinese:literal;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(self) -> &'static str {
                match self {
                    Tongue::English => $english,
                    Tongue::Chinese => $chinese,
                }
            }
        )*
    };
}

mod client;
mod evidence;
mod phrases;
#[cfg(feature = "xlsx")]
mod sheets;
mod values;

pub use evidence::{converted, evidence, points, rates, text_of, told};
pub use phrases::Tongue;
pub use values::{Speaker, exact_text, expr_text, not_in_language, plain_name, source_text};
