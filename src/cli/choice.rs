//! Which findings are told, and which of them count as errors.

use std::fmt;

use qudao_language::diagnostic::{Code, Diagnostic, Severity, nearest, nearest_hint};

use super::completions;

/// The findings of a code, or all of a severity that is less than an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Code(Code),
    All(Severity),
}

const SEVERITIES: [(&str, Severity); 2] = [("notes", Severity::Note), ("warnings", Severity::Warning)];

impl Kind {
    /// All names: those of codes, and the words for several.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Code::ALL.iter().map(|code| code.name()).chain(SEVERITIES.map(|(name, _)| name))
    }

    fn holds(self, diagnostic: &Diagnostic) -> bool {
        match self {
            Kind::Code(code) => diagnostic.code == code,
            Kind::All(severity) => diagnostic.severity == severity,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Kind::Code(code) => code.name(),
            Kind::All(severity) => {
                SEVERITIES.iter().find(|(_, one)| one == severity).map_or("errors", |(name, _)| name)
            }
        };
        f.write_str(name)
    }
}

/// What keeps a name from being one of findings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NoKind {
    /// There is no such name; the nearest one.
    Unknown(Option<&'static str>),
    /// It is an error, which is not ignored.
    Error,
}

/// Reads the name of findings.
pub(crate) fn kind(name: &str) -> Result<Kind, NoKind> {
    let severity =
        SEVERITIES.iter().find(|(word, _)| *word == name).map(|(_, severity)| Kind::All(*severity));
    severity
        .or_else(|| Code::parse(name).map(Kind::Code))
        .ok_or_else(|| NoKind::Unknown(nearest(name, Kind::names())))
}

/// Reads the name of findings that may be ignored.
pub(crate) fn ignorable(name: &str) -> Result<Kind, NoKind> {
    match kind(name)? {
        Kind::Code(code) if code.severity() == Severity::Error => Err(NoKind::Error),
        kind => Ok(kind),
    }
}

/// Says that no diagnostic has a code.
pub(crate) fn unknown_code(name: &str, near: Option<&str>) -> String {
    let hint = nearest_hint(near);
    format!("no diagnostic has the code `{name}`{hint}; `qudao explain` lists them all")
}

fn argument(name: &str, read: fn(&str) -> Result<Kind, NoKind>) -> Result<Kind, String> {
    read(name).map_err(|why| match why {
        NoKind::Unknown(near) => unknown_code(name, near),
        NoKind::Error => "an error is mended, not ignored".into(),
    })
}

/// Which findings are told, and which count as errors.
#[derive(clap::Args, Clone, Default, Debug)]
pub(crate) struct Choice {
    /// Count these as errors: codes, `warnings` or `notes`; several are parted by commas
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = |name: &str| argument(name, kind), add = completions::findings())]
    pub(crate) deny: Vec<Kind>,
    /// Of warnings and notes tell only these
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = |name: &str| argument(name, kind), add = completions::findings())]
    pub(crate) select: Vec<Kind>,
    /// Tell none of these warnings and notes
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = |name: &str| argument(name, ignorable), add = completions::findings())]
    pub(crate) ignore: Vec<Kind>,
}

impl Choice {
    /// Takes the lists of another one in the place of those that are empty.
    pub(crate) fn or(&self, other: &Choice) -> Choice {
        let list = |own: &[Kind], other: &[Kind]| if own.is_empty() { other.to_vec() } else { own.to_vec() };
        Choice {
            deny: list(&self.deny, &other.deny),
            select: list(&self.select, &other.select),
            ignore: list(&self.ignore, &other.ignore),
        }
    }

    /// Leaves out what is not to be told, and makes errors of what is denied. Errors stay in any case.
    pub(crate) fn apply(&self, diagnostics: &mut Vec<Diagnostic>) {
        let any = |kinds: &[Kind], found: &Diagnostic| kinds.iter().any(|kind| kind.holds(found));
        diagnostics.retain(|found| {
            let selected = self.select.is_empty() || any(&self.select, found);
            found.severity == Severity::Error || (selected && !any(&self.ignore, found))
        });
        for found in diagnostics.iter_mut().filter(|found| found.severity != Severity::Error) {
            if let Some(kind) = self.deny.iter().find(|kind| kind.holds(found)) {
                let note = format!("a {}, counted as an error by `deny {kind}`", found.severity.as_str());
                found.severity = Severity::Error;
                found.notes.push(note);
            }
        }
    }
}
