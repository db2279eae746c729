//! What is written in JSON as it is in another language, and how JSON has it.

use crate::profile::notation::{quoted, short};
use crate::profile::{day, number};

/// What is said of control characters in a text, in every format.
pub(super) const NO_CONTROLS: &str = "a text holds no control characters";

/// Returns the mark of JSON that a full-width character looks like.
pub(super) fn plain_mark(c: char) -> Option<char> {
    Some(match c {
        '｛' => '{',
        '｝' => '}',
        '［' | '【' => '[',
        '］' | '】' => ']',
        '：' => ':',
        '，' | '、' => ',',
        _ => return None,
    })
}

/// Tells whether a character begins a text in other languages.
pub(super) fn is_quote(c: char) -> bool {
    "'`“”„‘’「＂＇".contains(c)
}

/// Tells whether a character ends what another one began.
pub(super) fn closes_quote(open: char, c: char) -> bool {
    match open {
        '“' | '”' | '„' => "“”\"".contains(c),
        '‘' | '’' => "‘’'".contains(c),
        '「' => c == '」',
        _ => c == open,
    }
}

/// Returns the format that a text looks to be in.
pub(super) fn other_format(text: &str) -> Option<&'static str> {
    let line = text.lines().next().unwrap_or("").trim();
    if line.starts_with('<') {
        return Some("XML");
    }
    if line.starts_with("---") || line.starts_with("- ") || line.starts_with("%YAML") {
        return Some("YAML");
    }
    let word = |text: &str| {
        let name = text.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c));
        !text.is_empty() && name
    };
    if line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(word)
        && text.lines().skip(1).any(|line| line.contains('='))
    {
        return Some("TOML");
    }
    let (mark, format) = match (line.find([':', '：']), line.find('=')) {
        (colon, Some(equals)) if colon.is_none_or(|colon| equals < colon) => (equals, "TOML"),
        (Some(colon), _) => (colon, "YAML"),
        _ => return None,
    };
    line.get(..mark).is_some_and(|name| word(name.trim_end())).then_some(format)
}

/// Returns a number with commas between its thousands, where it is the value of a field and not one of a list.
pub(super) fn thousands<'t>(rest: &'t str, run: &str, close: Option<char>) -> Option<&'t str> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if close != Some('}') || !(1..=3).contains(&run.len()) || !digits(run) || run.starts_with('0') {
        return None;
    }
    let mut end = run.len();
    while rest.get(end..).is_some_and(|after| after.starts_with(','))
        && rest.get(end + 1..end + 4).is_some_and(digits)
    {
        end += 4;
    }
    let ends = rest.get(end..).and_then(|after| after.chars().next()).is_none_or(|c| " \t\r\n,}".contains(c));
    if end > run.len() && ends { rest.get(..end) } else { None }
}

/// A value that is no JSON.
pub(super) struct Slip {
    pub(super) message: String,
    pub(super) here: &'static str,
    pub(super) notes: Vec<&'static str>,
    pub(super) fix: Option<String>,
}

/// Says what is wrong with a value without quotation marks.
pub(super) fn value(run: &str) -> Slip {
    let slip = |message: String, here, fix: Option<String>| Slip { message, here, notes: Vec::new(), fix };
    let shown = short(run);
    match run {
        "True" | "TRUE" => {
            return slip("JSON writes `true` in small letters".into(), "no JSON", Some("true".into()));
        }
        "False" | "FALSE" => {
            return slip("JSON writes `false` in small letters".into(), "no JSON", Some("false".into()));
        }
        "None" | "nil" | "NULL" | "Null" | "undefined" | "unknown" | "NaN" | "nan" | "N/A" | "NA" | "~"
        | "?" => {
            let message = format!("JSON has no `{shown}`; a value that is not known is null");
            return slip(message, "no JSON", Some("null".into()));
        }
        "Infinity" | "-Infinity" | "+Infinity" | "inf" | "-inf" | "+inf" => {
            return slip("a number is not infinite".into(), "no number", None);
        }
        _ => {}
    }
    let numeric = run.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    if let (true, Some(meant)) = (numeric, number::meant(run))
        && meant.numerator.is_none()
        && meant.denominator.is_none()
    {
        let digits = run.trim_start_matches(['-', '+']);
        let here = if run.starts_with('+') {
            "a number has no plus sign in JSON"
        } else if run.contains(['_', ',']) {
            "nothing parts the thousands of a number in JSON"
        } else if digits.starts_with('.') || digits.ends_with('.') {
            "digits stand on both sides of a point"
        } else if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()) {
            "a number does not begin with 0"
        } else {
            "a number is written in decimal digits"
        };
        return slip(format!("`{shown}` is not a number in JSON"), here, Some(meant.digits));
    }
    let what = if crate::date::Date::parse(run).is_some() || day::meant(run) != day::Meant::Nothing {
        "a date"
    } else if matches!(number::read(run), number::Reading::Quantity(_)) {
        "a number with a unit"
    } else {
        "a text"
    };
    slip(format!("{what} stands between quotation marks in JSON"), "no quotation marks", Some(quoted(run)))
}
