//! How a profile is written, format by format: names, texts, lists and null, as a fix puts them into the file.

use super::Format;

/// How a value is written: in one of the formats, or behind `--set`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Notation {
    Json,
    Yaml,
    Toml,
    /// `--set FIELD=VALUE`
    Set,
}

impl From<Format> for Notation {
    fn from(format: Format) -> Notation {
        match format {
            Format::Json => Notation::Json,
            Format::Yaml => Notation::Yaml,
            Format::Toml => Notation::Toml,
        }
    }
}

impl Notation {
    /// Returns a field's name as it stands before its value; `written` is what it stands in the place of.
    pub(super) fn key(self, name: &str, written: &str) -> String {
        let quotes = written.starts_with(['"', '\'']);
        let bare_in_toml = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        match self {
            Notation::Json => quoted(name),
            Notation::Toml if quotes || !bare_in_toml => quoted(name),
            Notation::Yaml if quotes => quoted(name),
            Notation::Yaml | Notation::Toml | Notation::Set => name.to_string(),
        }
    }

    /// Returns a text, a date, or a number with its unit; `written` is what it stands in the place of.
    pub(super) fn text(self, text: &str, written: &str) -> String {
        let quotes = written.starts_with(['"', '\'']) || is_null(text);
        match self {
            Notation::Json | Notation::Toml => quoted(text),
            Notation::Yaml if quotes => quoted(text),
            Notation::Yaml | Notation::Set => text.to_string(),
        }
    }

    /// Returns a list.
    pub(super) fn list(self, members: &[String]) -> String {
        match self {
            Notation::Set => format!("{{{}}}", members.join(", ")),
            Notation::Json | Notation::Yaml | Notation::Toml => format!("[{}]", members.join(", ")),
        }
    }

    /// Returns what says that a value is not known.
    pub(super) fn null(self) -> &'static str {
        match self {
            Notation::Json | Notation::Yaml => "null",
            Notation::Toml => "\"unknown\"",
            Notation::Set => "unknown",
        }
    }

    /// Returns how one field is written.
    pub(super) fn field(self) -> &'static str {
        match self {
            Notation::Json => "{ \"FIELD\": VALUE, … }",
            Notation::Yaml => "FIELD: VALUE",
            Notation::Toml => "FIELD = VALUE",
            Notation::Set => "FIELD=VALUE",
        }
    }

    /// Returns how a profile is written that knows nothing.
    pub(super) fn nothing(self) -> &'static str {
        match self {
            Notation::Toml => "a profile that knows nothing yet holds a comment: `# nothing is known yet`",
            Notation::Json | Notation::Yaml | Notation::Set => {
                "a profile that knows nothing yet is written `{}`"
            }
        }
    }
}

/// Tells whether a plain word of YAML is null.
pub(super) fn is_null(word: &str) -> bool {
    matches!(word, "" | "~" | "null" | "Null" | "NULL")
}

/// Returns a text between double quotation marks, in a form that all three formats read.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Returns the beginning of a text, for a message.
pub(super) fn short(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
