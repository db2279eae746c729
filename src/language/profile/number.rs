//! Numbers as profiles write them, and what is meant where they are written otherwise.
//!
//! A number is written alike in all formats: a sign, digits that do not begin with a superfluous zero, a point with
//! digits on both sides, an exponent; `_` may stand between digits.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::exact::{Exact, NumberError};

/// What a text holds that stands for a number.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Reading {
    /// A number.
    Bare,
    /// A number and a unit.
    Quantity(Quantity),
    /// Something else.
    Other,
}

/// Where the pieces of a number with a unit stand in its text.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Quantity {
    pub(super) digits: Range<usize>,
    /// The unit itself: a name, or `%`.
    pub(super) numerator: Option<Range<usize>>,
    /// What it is counted per.
    pub(super) denominator: Option<Range<usize>>,
}

/// Reads a text as a number, or as a number with a unit.
pub(super) fn read(text: &str) -> Reading {
    let Some(end) = numeral(text) else { return Reading::Other };
    let rest = text.get(end..).unwrap_or("");
    if rest.is_empty() {
        return Reading::Bare;
    }
    if rest.starts_with('_') {
        return Reading::Other;
    }
    let mut words = Vec::new();
    let mut at = end;
    for piece in rest.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if !word.is_empty() {
            words.push((word, at..at + word.len()));
        }
        at += piece.len();
    }
    let quantity =
        |numerator, denominator| Reading::Quantity(Quantity { digits: 0..end, numerator, denominator });
    match words.as_slice() {
        [("%", at)] => quantity(Some(at.clone()), None),
        [(name, at)] if is_unit(name) && !is_radix(text, name) => quantity(Some(at.clone()), None),
        [("per", _), (name, at)] if is_unit(name) => quantity(None, Some(at.clone())),
        [(name, at), ("per", _), (other, per)] if is_unit(name) && is_unit(other) => {
            quantity(Some(at.clone()), Some(per.clone()))
        }
        _ => Reading::Other,
    }
}

/// Returns the value of a number that [`read`] takes; nothing where it has too many digits.
pub(super) fn value(digits: &str) -> Option<Exact> {
    // An exponent past all bounds is no number to `Exact`; it has the form of one.
    let value: Result<Exact, NumberError> = Exact::from_data(&digits.replace('_', ""));
    value.ok().filter(|value| value.is_writable_size())
}

/// Returns the length of the number that a text begins with.
pub(super) fn numeral(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let whole = digits(bytes, at);
    if whole == 0 || (whole > 1 && bytes.get(at) == Some(&b'0')) {
        return None;
    }
    at += whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(bytes, at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'-' | b'+')));
        let exponent = bytes.iter().skip(at + 1 + sign).take_while(|b| b.is_ascii_digit()).count();
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    Some(at)
}

/// Counts the digits from a place on, with the `_` between them.
fn digits(bytes: &[u8], from: usize) -> usize {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = from;
    while digit(at) || (at > from && bytes.get(at) == Some(&b'_') && digit(at + 1)) {
        at += 1;
    }
    at - from
}

/// Tells whether a word could name a unit.
fn is_unit(word: &str) -> bool {
    word != "per"
        && word.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Tells whether what follows a zero is a number of another base: `0x1f`.
fn is_radix(text: &str, name: &str) -> bool {
    radix(text.trim_start_matches(['-', '+'])).is_some() && text.ends_with(&format!("0{name}"))
}

fn radix(text: &str) -> Option<u64> {
    let rest = text.strip_prefix('0')?;
    let (radix, digits) = match (rest.get(..1)?, rest.get(1..)?) {
        ("x" | "X", digits) => (16, digits),
        ("o" | "O", digits) => (8, digits),
        ("b" | "B", digits) => (2, digits),
        _ => return None,
    };
    u64::from_str_radix(digits, radix).ok()
}

/// A number that is written in another way than profiles do, and what it must mean.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Meant {
    /// Its digits, as profiles write them.
    pub(super) digits: String,
    /// What they are where the mark among them is one between thousands, or the point before a fraction, whichever
    /// `digits` does not take it for.
    pub(super) other: Option<String>,
    /// The words of the unit itself.
    pub(super) numerator: Option<String>,
    /// The word of what it is counted per.
    pub(super) denominator: Option<String>,
}

/// Signs and words for units that are not their names.
const UNITS: &[(&str, &str)] = &[
    ("¥", "CNY"),
    ("元", "CNY"),
    ("块", "CNY"),
    ("圆", "CNY"),
    ("人民币", "CNY"),
    ("rmb", "CNY"),
    ("yuan", "CNY"),
    ("cny", "CNY"),
    ("$", "USD"),
    ("us$", "USD"),
    ("美元", "USD"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("usd", "USD"),
    ("€", "EUR"),
    ("欧元", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("eur", "EUR"),
    ("%", "percent"),
    ("percents", "percent"),
    ("pct", "percent"),
    ("年", "year"),
    ("月", "month"),
    ("周", "week"),
    ("星期", "week"),
    ("天", "day"),
    ("日", "day"),
    ("小时", "hour"),
    ("分钟", "minute"),
    ("秒", "second"),
];

/// Words that say how often, in one.
const RATES: &[(&str, &str)] =
    &[("daily", "day"), ("weekly", "week"), ("monthly", "month"), ("yearly", "year"), ("annually", "year")];

/// Letters and characters that multiply a number.
const MULTIPLIERS: &[(&str, i64)] = &[
    ("万", 10_000),
    ("萬", 10_000),
    ("亿", 100_000_000),
    ("億", 100_000_000),
    ("千", 1000),
    ("百", 100),
    ("k", 1000),
    ("K", 1000),
];

/// Returns what a text must mean that is no number as profiles write it, if it can mean but one.
pub(super) fn meant(text: &str) -> Option<Meant> {
    if text.len() > 200 {
        return None;
    }
    // Full-width digits and signs become plain ones.
    let text: String = text.nfkc().collect();
    let text = bare(&text);
    let (sign, text) = match text.strip_prefix(['-', '−', '–']) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let before: String = text.chars().take_while(|c| !c.is_ascii_digit() && *c != '.').collect();
    let mut numerator = None;
    if !before.is_empty() {
        numerator = Some(unit(before.trim())?.to_string());
    }
    let text = text.get(before.len()..)?;
    if let Some(whole) = radix(text) {
        return Some(Meant { digits: format!("{sign}{whole}"), other: None, numerator, denominator: None });
    }
    let end = text
        .char_indices()
        .find(|(at, c)| {
            let next = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
            let inside = matches!(c, ' ' | '\'' | '’' | ',') && next.is_some_and(|c| c.is_ascii_digit());
            !(c.is_ascii_digit() || *c == '.' || *c == '_' || inside)
        })
        .map_or(text.len(), |(at, _)| at);
    let written = text.get(..end)?;
    let mut digits = plain(written)?;
    let mut other = other_reading(written);
    let mut rest = text.get(end..)?.trim_start();
    for (mark, factor) in MULTIPLIERS {
        let Some(after) = rest.strip_prefix(mark) else { continue };
        // `kB` is a unit, `10k` is a number.
        if mark.is_ascii() && after.starts_with(char::is_alphabetic) {
            continue;
        }
        let times =
            |digits: &str| Some(digits.parse::<Exact>().ok()?.times(Exact::whole(*factor))?.to_string());
        digits = times(&digits)?;
        other = other.and_then(|other| times(&other));
        rest = after.trim_start();
        break;
    }
    let spaced = rest.replace(['/', '每'], " per ");
    let mut per = false;
    let mut denominator = None;
    for word in spaced.split_whitespace() {
        let rate = RATES.iter().find(|(rate, _)| *rate == word.to_lowercase()).map(|(_, unit)| *unit);
        match word {
            "per" | "a" | "an" | "each" | "every" if !per => per = true,
            _ if per && denominator.is_none() => denominator = Some(unit(word).unwrap_or(word).to_string()),
            _ if rate.is_some() && denominator.is_none() => denominator = rate.map(str::to_string),
            _ if !per && numerator.is_none() && (is_unit(word) || unit(word).is_some()) => {
                numerator = Some(unit(word).unwrap_or(word).to_string())
            }
            _ => return None,
        }
    }
    if (per && denominator.is_none()) || digits.starts_with('≈') {
        return None;
    }
    let other = other.map(|other| format!("{sign}{other}"));
    Some(Meant { digits: format!("{sign}{digits}"), other, numerator, denominator })
}

/// Says what is wrong with a number that has a meaning.
pub(super) fn slip(text: &str) -> &'static str {
    if bare(text).len() < text.trim().len() {
        return "a number stands without quotation marks, and nothing behind it";
    }
    // A unit behind a blank is not what is wrong.
    let number =
        text.find(" per ").or_else(|| text.rfind(' ')).map_or(text, |end| text.get(..end).unwrap_or(text));
    let unit_behind = text.ends_with(|c: char| c.is_alphabetic());
    let digits = if unit_behind { number } else { text }.trim_start_matches(['-', '+']);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'_'));
    if plain && (digits.starts_with('.') || digits.ends_with('.')) {
        "digits stand on both sides of a point"
    } else if plain && digits.starts_with('0') {
        "a number does not begin with 0"
    } else if digits.bytes().all(|b| b.is_ascii_digit() || b".,_' ".contains(&b)) {
        "neither commas nor blanks stand in a number"
    } else if digits.bytes().all(|b| b.is_ascii_alphanumeric()) && radix(digits).is_some() {
        "a number is written in decimal digits"
    } else if digits.chars().all(|c| c.is_numeric() || c == '．') {
        "digits of full width"
    } else {
        "not a number with a unit's name behind it"
    }
}

/// A text without quotation marks around it, and without a comma or semicolon behind it.
fn bare(text: &str) -> &str {
    let is_quote = |c: char| matches!(c, '"' | '\'' | '“' | '”' | '„' | '«' | '»' | '「' | '」');
    text.trim().trim_end_matches([',', ';', '，', '；']).trim_matches(is_quote).trim()
}

fn unit(word: &str) -> Option<&'static str> {
    let folded = word.to_lowercase();
    UNITS.iter().find(|(other, _)| *other == folded).map(|(_, unit)| *unit)
}

/// Returns digits as profiles write them: without marks between thousands, with a point before the fraction.
fn plain(text: &str) -> Option<String> {
    let text = text.replace('_', "");
    let (whole, fraction) = match (text.rfind('.'), text.rfind(',')) {
        // `1.000,50` and `1.000.000`
        (Some(point), Some(comma)) if point < comma => {
            (grouped(text.get(..comma)?, '.')?, text.get(comma + 1..)?)
        }
        (Some(point), _) if text.matches('.').count() == 1 => {
            let whole = text.get(..point)?;
            let mark = whole.chars().find(|c| !c.is_ascii_digit());
            (grouped(whole, mark.unwrap_or(','))?, text.get(point + 1..)?)
        }
        (Some(_), None) => (grouped(&text, '.')?, ""),
        (Some(_), Some(_)) => return None,
        // `10,000` has thousands, `3,5` and `0,125` a fraction
        (None, Some(comma)) if grouped(&text, ',').is_none() => {
            // `1 234,5`
            let whole = text.get(..comma)?;
            let mark = whole.chars().find(|c| !c.is_ascii_digit() && *c != ',');
            (grouped(whole, mark.unwrap_or(' '))?, text.get(comma + 1..)?)
        }
        (None, _) => {
            let mark = text.chars().find(|c| !c.is_ascii_digit());
            (grouped(&text, mark.unwrap_or(','))?, "")
        }
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !digits(&whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{whole}{point}{fraction}"))
}

/// Returns what digits with one mark before three of them may mean besides: `50.000` is fifty, or fifty thousand where
/// points part thousands, and `50,000` the other way round.
pub(super) fn other_reading(digits: &str) -> Option<String> {
    let (sign, digits) = match digits.strip_prefix(['-', '+']) {
        Some(rest) => (digits.get(..1)?.trim_start_matches('+'), rest),
        None => ("", digits),
    };
    let mark = digits.find(['.', ',']).and_then(|at| digits.get(at..=at))?;
    let whole = grouped(digits, mark.chars().next()?)?;
    if digits.contains('_') || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match (mark, digits.matches(mark).count()) {
        (".", _) => Some(format!("{sign}{whole}")),
        (",", 1) => Some(format!("{sign}{}", digits.replace(',', "."))),
        _ => None,
    }
}

/// Returns digits without the marks between groups of three; nothing where the groups are others.
fn grouped(text: &str, mark: char) -> Option<String> {
    let groups: Vec<&str> = text.split(mark).collect();
    let [first, rest @ ..] = groups.as_slice() else { return None };
    let fine = rest.is_empty()
        || ((1..=3).contains(&first.len()) && !first.starts_with('0') && rest.iter().all(|g| g.len() == 3));
    fine.then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        for fine in ["0", "-0", "12", "+5", "1_000", "2.5", "1e3", "1.5E-2", "1_0.0_1"] {
            assert_eq!(read(fine), Reading::Bare, "{fine}");
        }
        for wrong in
            ["", "-", "012", "-05", "00", ".5", "5.", "1__0", "_1", "1_", "1,000", "0x0a", "９", "5. MB"]
        {
            assert_eq!(read(wrong), Reading::Other, "{wrong}");
        }
        for with_unit in ["9 per month", "30%", "30 %", "10 MB", "99 USD per year", "5MB", "1e3 CNY", "9 e"] {
            assert!(matches!(read(with_unit), Reading::Quantity(_)), "{with_unit}");
        }
        for wrong in
            ["012 per month", "9/month", "9 a month", "12:30", "4-8", "9 per", "9 per month now", "9 per per"]
        {
            assert_eq!(read(wrong), Reading::Other, "{wrong}");
        }
        assert_eq!(value("1e400"), None);
        assert_eq!(value("1e99999999999999999999"), None);
        assert_eq!(value("1_000"), Some(Exact::whole(1000)));
    }

    #[test]
    fn a_mark_before_three_digits_has_two_readings() {
        let other = |text: &str| other_reading(text);
        for (text, expected) in [
            ("50.000", Some("50000")),
            ("-1.234", Some("-1234")),
            ("1.000.000", Some("1000000")),
            ("50,000", Some("50.000")),
            ("10,000,000", None),
            ("50.0", None),
            ("0.125", None),
            ("1234.000", None),
            ("1_000.000", None),
            ("1.000,50", None),
            ("50", None),
        ] {
            assert_eq!(other(text).as_deref(), expected, "{text}");
        }
        assert_eq!(meant("50,000 CNY").and_then(|meant| meant.other).as_deref(), Some("50.000"));
        assert_eq!(meant("1,234万").and_then(|meant| meant.other).as_deref(), Some("12340"));
    }

    #[test]
    fn what_else_people_write_has_one_meaning_or_none() {
        let shown = |text: &str| {
            meant(text).map(|meant| {
                let part = |part: Option<String>| part.unwrap_or_default();
                format!("{}|{}|{}", meant.digits, part(meant.numerator), part(meant.denominator))
            })
        };
        for (text, expected) in [
            ("-05", "-5||"),
            (".5", "0.5||"),
            ("5.", "5||"),
            ("10,000", "10000||"),
            ("10,000,000.5", "10000000.5||"),
            ("1.000,50", "1000.50||"),
            ("3,5", "3.5||"),
            ("0,125", "0.125||"),
            ("1 234,5", "1234.5||"),
            ("1'234,5 EUR", "1234.5|EUR|"),
            ("10 000 CNY", "10000|CNY|"),
            ("1'000", "1000||"),
            ("¥300", "300|CNY|"),
            ("￥ 300", "300|CNY|"),
            ("US$ 9.50", "9.50|USD|"),
            ("300元", "300|CNY|"),
            ("3万", "30000||"),
            ("1.5万元", "15000|CNY|"),
            ("10k", "10000||"),
            ("10 kB", "10|kB|"),
            ("9/month", "9||month"),
            ("9 a month", "9||month"),
            ("9 monthly", "9||month"),
            ("9 posts per month", "9|posts|month"),
            ("9次/月", "9|次|month"),
            ("９", "9||"),
            ("１２％", "12|percent|"),
            ("0x0a", "10||"),
            ("−5", "-5||"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
        }
        for none in
            ["nine", "4-8", "12:30", "~9", "about 9", "", "-", "9 per", "1,00,000", "1.2.3", ">= 5", "1 of 3"]
        {
            assert_eq!(shown(none), None, "{none}");
        }
    }
}
