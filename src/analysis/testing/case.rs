//! Cases: profiles whose decisions are compared with snapshots.

use super::snapshot::has_conflict;
use qudao_telling::words::Tongue;

/// What came of a case.
#[derive(Clone, Debug)]
pub struct CaseRun {
    /// Its name: that of the profile's file, without its ending.
    pub name: String,
    /// The file of its snapshot, as places show it.
    pub file: String,
    /// How the decision compares with the snapshot.
    pub state: CaseState,
}

/// How a decision compares with its snapshot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CaseState {
    /// They are the same; the contents.
    Same(String),
    /// It was made the accepted one just now.
    Accepted {
        /// The contents before; nothing where there was no snapshot.
        old: Option<String>,
        /// The contents now.
        new: String,
    },
    /// They differ, or there is no snapshot yet.
    Pending {
        /// The accepted contents; nothing where there is no snapshot.
        old: Option<String>,
        /// What the decision gives.
        new: String,
    },
    /// They are the same, but a pending snapshot lies beside and nothing may be written.
    LeftOver(String),
    /// There is no decision; it says why, and may have several lines.
    Broken(String),
}

impl CaseRun {
    /// Tells whether nothing is wrong with it.
    #[must_use]
    pub fn passed(&self) -> bool {
        matches!(self.state, CaseState::Same(_) | CaseState::Accepted { .. })
    }

    /// Returns the accepted contents and what the decision gives now, where they are to be reviewed.
    #[must_use]
    pub fn pending(&self) -> Option<(&str, &str)> {
        match &self.state {
            CaseState::Pending { old, new } => Some((old.as_deref().unwrap_or(""), new)),
            CaseState::Same(_)
            | CaseState::Accepted { .. }
            | CaseState::LeftOver(_)
            | CaseState::Broken(_) => None,
        }
    }

    /// Returns why there is no decision; empty where there is one.
    #[must_use]
    pub fn why(&self) -> &str {
        if let CaseState::Broken(why) = &self.state { why } else { "" }
    }

    /// Returns what is wrong with it, on one line.
    #[must_use]
    pub fn headline(&self, tongue: Tongue) -> &'static str {
        match &self.state {
            CaseState::Same(_) => tongue.as_its_snapshot(),
            CaseState::Accepted { .. } => tongue.accepted(),
            CaseState::Pending { old: None, .. } => tongue.no_snapshot_yet(),
            CaseState::Pending { old: Some(old), .. } if has_conflict(old) => tongue.snapshot_in_conflict(),
            CaseState::Pending { old: Some(_), .. } => tongue.differs_from_snapshot(),
            CaseState::LeftOver(_) => tongue.left_over(),
            CaseState::Broken(_) => tongue.unusable_profile(),
        }
    }
}

/// Returns the lines in which two texts differ, with some lines around them, each with its sign: `-`, `+` or a blank.
#[must_use]
pub fn difference(old: &str, new: &str) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    let mut text = String::new();
    for (number, group) in diff.grouped_ops(1).iter().enumerate() {
        if number > 0 {
            text.push_str("  …\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                similar::ChangeTag::Delete => '-',
                similar::ChangeTag::Insert => '+',
                similar::ChangeTag::Equal => ' ',
            };
            text.push_str(&format!("{sign} {}\n", change.value().trim_end_matches('\n')));
        }
    }
    text
}
