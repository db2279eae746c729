//! Numbers and dates in the forms of other tools, which would be read as something else.

use unicode_ident::is_xid_continue;

use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::grouped;
use crate::source::Span;

/// A number or a date in another form, and what it is called here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misread {
    message: &'static str,
    label: &'static str,
    /// How it is written; nothing where more than one reading is possible.
    with: Option<String>,
}

impl Misread {
    pub(super) fn diagnostic(self, here: Span) -> Diagnostic {
        let diagnostic = Diagnostic::new(Code::Syntax, here, self.message).here(self.label);
        match self.with {
            Some(with) => diagnostic.fix(format!("write `{with}`"), here, with),
            None => diagnostic,
        }
    }
}

/// Finds a number or a date in another form at the start of a text, which begins with a digit; tells its length too.
/// Where no literal is `stated`, `2021-6-1` and `2021/6/1` are arithmetic.
pub(super) fn misread(text: &str, stated: bool) -> Option<(usize, Misread)> {
    // A longer one is none, and a row of points must not be read again at each of them.
    let text = text.char_indices().nth(64).map_or(Some(text), |(end, _)| text.get(..end))?;
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let rest = text.get(end..)?;
    // Most numbers end here.
    let next = rest.chars().next()?;
    match next {
        '-' | '/' | '.' | '年' => date(text, stated),
        _ => None,
    }
    .or_else(|| number(text))
}

/// Takes so many digits at the start of a text; returns them and the rest.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

fn date(text: &str, stated: bool) -> Option<(usize, Misread)> {
    let (first, rest) = digits(text);
    let sign = rest.chars().next()?;
    let (second, rest) = digits(rest.get(sign.len_utf8()..)?);
    let misread = |rest: &str, with, label| {
        let message = "a date is written `2021-06-01`";
        Some((text.len() - rest.len(), Misread { message, label, with }))
    };
    if sign == '年' {
        let (third, rest) = digits(rest.strip_prefix('月')?);
        let rest = rest.strip_prefix(['日', '号']).unwrap_or(rest);
        return misread(rest, iso(first, second, third), "a date in words");
    }
    let (third, rest) = digits(rest.strip_prefix(sign)?);
    if rest.starts_with(sign)
        && rest.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        return None;
    }
    let short = |part: &str| matches!(part.len(), 1 | 2);
    if sign == '-' && [first, second, third].map(str::len) == [4, 2, 2] {
        let time =
            rest.strip_prefix(['T', 't']).filter(|time| time.starts_with(|c: char| c.is_ascii_digit()))?;
        let time_end = time.find(|c: char| !(is_xid_continue(c) || ":.+-".contains(c))).unwrap_or(time.len());
        let date = text.get(..10)?.to_string();
        let label = "a day and a time";
        let message = "a date has no time of day";
        return Some((11 + time_end, Misread { message, label, with: Some(date) }));
    }
    if matches!(sign, '-' | '/') && !stated {
        return None;
    }
    if first.len() == 4 && short(second) && short(third) {
        misread(rest, iso(first, second, third), "not a date of the language")
    } else if short(first) && short(second) && third.len() == 4 {
        // Which is the day and which the month, only one of them tells: that above 12.
        let day_first = iso(third, second, first);
        let month_first = iso(third, first, second);
        let with = match (day_first, month_first) {
            (Some(one), Some(other)) if one == other => Some(one),
            (Some(_), Some(_)) => None,
            (one, other) => one.or(other),
        };
        misread(rest, with, "a date that begins with the day or the month")
    } else {
        None
    }
}

/// Finds a month at the start of a text, `2021-06`, where a day is stated behind a word; tells its length too.
pub(super) fn month(text: &str, word: &str) -> Option<(usize, Misread)> {
    let (year, rest) = digits(text);
    let (month, rest) = digits(rest.strip_prefix('-')?);
    let first = iso(year, month, "01")?;
    if (year.len(), month.len()) != (4, 2) || rest.starts_with('-') {
        return None;
    }
    let with = match word {
        "published" => Some(format!("\"{year}-{month}\"")),
        "since" => Some(first),
        "until" => ["31", "30", "29", "28"].iter().find_map(|day| iso(year, month, day)),
        _ => None,
    };
    Some((7, Misread { message: "a date is written `2021-06-01`", label: "a month, and no day of it", with }))
}

/// Writes a date, if there is such a day.
fn iso(year: &str, month: &str, day: &str) -> Option<String> {
    let date = format!("{year:0>4}-{month:0>2}-{day:0>2}");
    Date::parse(&date).map(|_| date)
}

fn number(text: &str) -> Option<(usize, Misread)> {
    let end = text.find(|c: char| !(is_xid_continue(c) || c == '.')).unwrap_or(text.len());
    let whole = text.get(..end)?;
    let label = "a number in another form";
    if let Some(hex) = whole.strip_prefix("0x").or_else(|| whole.strip_prefix("0X")) {
        let value = u64::from_str_radix(hex, 16).ok()?;
        let message = "a number is written with the digits 0 to 9";
        return Some((end, Misread { message, label, with: Some(value.to_string()) }));
    }
    if let Some((number, power)) = whole.split_once(['万', '亿']) {
        // With more behind it, it is a unit, such as `3万元`.
        let zeros = if whole.contains('万') { 4 } else { 8 };
        let number = number.replace('_', "");
        let with = power.is_empty().then(|| shifted(&number, zeros))?;
        return Some((end, Misread { message: "a number is written out in digits", label, with }));
    }
    let (number, power) = whole.split_once(['e', 'E'])?;
    if !number.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '_') {
        return None;
    }
    // A sign of the power is no part of a word.
    let (minus, more) = match text.get(end..)?.strip_prefix(['-', '+']) {
        Some(rest) if power.is_empty() => (text.get(end..)?.starts_with('-'), digits(rest).0),
        _ => (false, ""),
    };
    let power = if more.is_empty() { power } else { more };
    let zeros: usize = Some(power).filter(|power| power.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let length = end + if more.is_empty() { 0 } else { more.len() + 1 };
    let with = if minus { None } else { shifted(&number.replace('_', ""), zeros) };
    Some((length, Misread { message: "a number is written without a power of ten", label, with }))
}

/// Writes a number times a power of ten, in groups of three digits; nothing if it is longer than a number may be.
fn shifted(number: &str, zeros: usize) -> Option<String> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if zeros > 18 || fraction.len() > zeros {
        return None;
    }
    let digits = format!("{whole}{fraction:0<zeros$}");
    let digits = digits.trim_start_matches('0');
    (!digits.is_empty() && digits.len() <= 18).then(|| grouped(digits, '_'))
}

#[cfg(test)]
mod tests {
    use super::misread;

    #[test]
    fn other_forms_are_known_and_our_own_are_not() {
        for (text, length, with) in [
            ("2021/6/1 and", 8, Some("2021-06-01")),
            ("2021.06.01,", 10, Some("2021-06-01")),
            ("2021-6-1", 8, Some("2021-06-01")),
            ("2021年6月1日 }", 15, Some("2021-06-01")),
            ("01-06-2021", 10, None),
            ("13/06/2021", 10, Some("2021-06-13")),
            ("06/13/2021", 10, Some("2021-06-13")),
            ("2021/13/41", 10, None),
            ("2021-06-01T00:00:00+08:00 }", 25, Some("2021-06-01")),
            ("1e6 CNY", 3, Some("1_000_000")),
            ("2.5E3", 5, Some("2_500")),
            ("1e-3", 4, None),
            ("0x10", 4, Some("16")),
            ("3万 CNY", 4, Some("30_000")),
            ("1.5亿", 6, Some("150_000_000")),
        ] {
            let (found, misread) = misread(text, true).unwrap_or_else(|| unreachable!("{text}"));
            assert_eq!((found, misread.with.as_deref()), (length, with), "{text}");
        }
        for text in [
            "2021-06-01",
            "12",
            "1_000",
            "2.5",
            "1.5.2",
            "10 - 4 - 2",
            "1/2",
            "3万元",
            "4each",
            "1..5",
            "5-10",
            "2021-06",
        ] {
            assert_eq!(misread(text, false), None, "{text}");
        }
    }
}
