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

/// Declares sentences that each language has, made of what they speak of.
macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident($($of:ident: $ty:ty),*): $english:literal, $chinese:literal;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(self, $($of: $ty),*) -> String {
                match self {
                    Tongue::English => format!($english),
                    Tongue::Chinese => format!($chinese),
                }
            }
        )*
    };
}

mod certificate;
mod checked;
mod client;
mod evidence;
mod findings;
mod lenses;
mod outcomes;
mod phrases;
#[cfg(feature = "xlsx")]
mod sheets;
#[cfg(feature = "html")]
mod site;
mod values;

pub use evidence::{converted, evidence, is_conversion, points, rates, text_of, told};
pub use phrases::Tongue;
pub use values::{Speaker, exact_text, expr_text, not_in_language, plain_name, source_text};
