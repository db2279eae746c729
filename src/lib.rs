//! Qudao (渠道, "channel"): a declarative language for channel facts and decision rules, and the evaluator that runs a
//! ruleset against a business profile and gives recommendations whose reasons can be traced.
//!
//! This is the front door for programs: load a [`Ruleset`], read a [`Profile`], [decide](Ruleset::decide), explain the
//! [`Decision`], or answer a whole [`Table`]. It opens no file, prints nothing and reads no clock: the caller brings the
//! files and the day.
//!
//! ```
//! use qudao::{Date, Format, Ruleset, Verdict};
//!
//! let ruleset = Ruleset::bundled("wechat").expect("a ruleset that ships");
//! let profile = ruleset.profile("client.yaml", b"posts_per_month: 30".to_vec(), Format::Yaml)?;
//! let day = ruleset.as_of().unwrap_or(Date::new(2026, 1, 1).expect("a day"));
//! let decision = ruleset.decide(&profile, day);
//!
//! println!("{}", decision.answer("en"));
//! if decision.verdict("service") != Some(Verdict::Recommended) {
//!     println!("{}", decision.why("service", "en").expect("a channel of the ruleset"));
//! }
//! # Ok::<(), qudao::Error>(())
//! ```

#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::disallowed_methods)]

mod decision;
mod error;
mod ruleset;
mod table;

pub use decision::Decision;
pub use error::{Error, Problem};
pub use qudao_engine::program::batch::{Form, Options as TableOptions, Parts, Reject};
pub use qudao_language::date::Date;
pub use qudao_language::diagnostic::Severity;
pub use qudao_language::operator::Verdict;
pub use qudao_language::profile::Format;
pub use ruleset::{Field, Profile, Ruleset};
pub use table::{Answer, Table};

/// For the tests of projects that keep a ruleset.
pub mod testing {
    pub use qudao_analysis::testing::snapshot_of;
}
