//! Qudao (渠道, "channel"): a declarative language for channel facts and decision rules, and the evaluator that runs a
//! ruleset against a business profile and gives recommendations whose reasons can be traced.
//!
//! The library opens no file, prints nothing and reads no clock: [`syntax::Sources`] says which files it still wants,
//! the caller brings them, and the day is an input.
//!
//! ```
//! use qudao::check::check;
//! use qudao::date::Date;
//! use qudao::decide::decide;
//! use qudao::diagnostic::render;
//! use qudao::profile::{Format, read};
//! use qudao::syntax::Sources;
//! use qudao::why::{Options, answer};
//! use qudao::words::Speaker;
//!
//! let text = r#"
//!     ruleset shop "Where to sell" { version "1.0.0" }
//!     profile { orders: int per month "How many orders?" }
//!     fact fee: number CNY per month "Monthly fee"
//!     channel own_shop "Own shop" { fee = 300 CNY per month }
//!     channel market "Marketplace"
//!     rule busy "Many orders carry the fee" {
//!       when orders >= 100 per month
//!       then score own_shop +2
//!       because "{orders} carry {own_shop.fee}"
//!     }
//! "#;
//!
//! // Sources: the library asks for what the main file imports.
//! let mut sources = Sources::new("shop.qd", text.as_bytes().to_vec());
//! while let Some(wanted) = sources.wanted() {
//!     match std::fs::read(&wanted.path) {
//!         Ok(bytes) => sources.supply(bytes),
//!         Err(error) => sources.absent(&error.to_string()),
//!     }
//! }
//!
//! // Check: everything that is wrong, and the ruleset if nothing is.
//! let checked = check(&sources);
//! for diagnostic in &checked.diagnostics {
//!     eprint!("{}", render(sources.files(), diagnostic, false));
//! }
//! let ruleset = checked.ruleset.expect("the ruleset has no errors");
//!
//! // Profile: values with their places.
//! let read = read(&ruleset, "client.yaml", b"orders: 120".to_vec(), Format::Yaml, &[]);
//! let profile = read.profile.expect("the profile has no errors");
//!
//! // Decide, and say why.
//! let day = Date::parse("2026-01-01").expect("a day");
//! let decision = decide(&ruleset, &profile, day);
//! let text = answer(&decision, Speaker::new(&ruleset, None), &Options::default());
//! assert!(text.starts_with("Recommended: Own shop."));
//! assert!(text.contains("120 per month carry 300 CNY per month"));
//! ```

#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::disallowed_methods)]

pub mod advise;
pub mod analyse;
pub mod ask;
pub mod bundled;
pub mod check;
pub mod date;
pub mod decide;
pub mod diagnostic;
pub mod exact;
pub mod facts;
pub mod format;
pub mod ground;
pub mod layout;
pub mod model;
pub mod operator;
pub mod profile;
pub mod program;
pub mod result;
pub mod source;
pub mod syntax;
pub mod testing;
pub mod visible;
pub mod why;
pub mod words;
