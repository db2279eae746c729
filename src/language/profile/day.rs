//! Days that are written otherwise than `2021-06-01`, and which day is meant.

use unicode_normalization::UnicodeNormalization;

use crate::date::Date;

/// What a text that is no date says.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Meant {
    /// One day.
    Day(Date),
    /// A day that the calendar does not have.
    NoSuchDay,
    /// A day with a time.
    Time(Date),
    /// Nothing, or more than one day.
    Nothing,
}

/// Returns which day a text must mean.
pub(super) fn meant(text: &str) -> Meant {
    if text.len() > 100 {
        return Meant::Nothing;
    }
    let text: String = text.nfkc().collect();
    let text = text.trim();
    if let Some(day) = text.get(..10).and_then(Date::parse) {
        // A time of day stands behind, with or without a zone.
        let rest = text.get(10..).unwrap_or("").trim_start_matches(['T', 't', ' ']);
        let clock = rest.len() >= 4 && rest.contains(':') && rest.starts_with(|c: char| c.is_ascii_digit());
        return match rest {
            "" => Meant::Day(day),
            _ if clock => Meant::Time(day),
            _ => Meant::Nothing,
        };
    }
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return day(text.get(..4), text.get(4..6), text.get(6..));
    }
    let pieces: Vec<&str> = pieces(text);
    match pieces.as_slice() {
        [year, month, date] if is_year(year) && is_number(month) && is_number(date) => {
            day(Some(year), Some(month), Some(date))
        }
        // Of `01-06-2021` nobody knows which is the month, unless one of the two is none.
        [a, b, year] if is_year(year) && is_number(a) && is_number(b) => match (number(a), number(b)) {
            (x, y) if x == y || (x > 12 && y <= 12) => day(Some(year), Some(b), Some(a)),
            (x, y) if y > 12 && x <= 12 => day(Some(year), Some(a), Some(b)),
            _ => Meant::Nothing,
        },
        [a, b, year] if is_year(year) => match (Date::month_named(a), Date::month_named(b)) {
            (Some(month), None) if is_number(ordinal(b)) => named(year, month, ordinal(b)),
            (None, Some(month)) if is_number(ordinal(a)) => named(year, month, ordinal(a)),
            _ => Meant::Nothing,
        },
        [year, a, b] if is_year(year) => match Date::month_named(a) {
            Some(month) if is_number(ordinal(b)) => named(year, month, ordinal(b)),
            _ => Meant::Nothing,
        },
        _ => Meant::Nothing,
    }
}

/// Splits a date into its pieces; nothing where another sign stands in it.
fn pieces(text: &str) -> Vec<&str> {
    let part = |c: char| matches!(c, '-' | '/' | '.' | ',' | ' ' | '年' | '月' | '日' | '号' | '–');
    let strange = text.chars().any(|c| !part(c) && !c.is_ascii_alphanumeric());
    if strange { Vec::new() } else { text.split(part).filter(|piece| !piece.is_empty()).collect() }
}

fn is_number(piece: &str) -> bool {
    (1..=2).contains(&piece.len()) && piece.bytes().all(|b| b.is_ascii_digit())
}

fn is_year(piece: &str) -> bool {
    piece.len() == 4 && piece.bytes().all(|b| b.is_ascii_digit())
}

fn number(piece: &str) -> u32 {
    piece.parse().unwrap_or(0)
}

/// Returns `1st` without its ending.
fn ordinal(piece: &str) -> &str {
    ["st", "nd", "rd", "th"].iter().find_map(|ending| piece.strip_suffix(ending)).unwrap_or(piece)
}

/// Returns the number of a month by its English name, or by three letters of it or more.
fn named(year: &str, month: i8, date: &str) -> Meant {
    day(Some(year), Some(&month.to_string()), Some(date))
}

fn day(year: Option<&str>, month: Option<&str>, date: Option<&str>) -> Meant {
    let parse = |part: Option<&str>| part.and_then(|part| part.parse::<i16>().ok());
    let (Some(year), Some(month), Some(date)) = (parse(year), parse(month), parse(date)) else {
        return Meant::Nothing;
    };
    let found = i8::try_from(month).ok().zip(i8::try_from(date).ok());
    found.and_then(|(month, date)| Date::new(year, month, date)).map_or(Meant::NoSuchDay, Meant::Day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_where_only_one_can_be_meant() {
        let first = Meant::Day(Date::parse("2021-06-01").unwrap());
        for text in [
            "2021/6/1",
            "2021-6-1",
            "2021.06.01",
            "2021年6月1日",
            "2021 年 6 月 1 号",
            "20210601",
            "1 June 2021",
            "June 1, 2021",
            "1st Jun 2021",
            "2021 June 1",
            "２０２１-０６-０１",
        ] {
            assert_eq!(meant(text), first, "{text}");
        }
        assert_eq!(meant("21.6.2021"), Meant::Day(Date::parse("2021-06-21").unwrap()));
        assert_eq!(meant("6/21/2021"), Meant::Day(Date::parse("2021-06-21").unwrap()));
        assert_eq!(meant("05-05-2021"), Meant::Day(Date::parse("2021-05-05").unwrap()));
        assert_eq!(meant("2021-06-01T10:00:00+08:00"), Meant::Time(Date::parse("2021-06-01").unwrap()));
        assert_eq!(meant("2021-06-01 10:00"), Meant::Time(Date::parse("2021-06-01").unwrap()));
        assert_eq!(meant("2021/2/30"), Meant::NoSuchDay);
        for none in
            ["01-06-2021", "June 2021", "2021", "2021-06", "21-06-01", "", "10:00", "2021-06-01x", "today"]
        {
            assert_eq!(meant(none), Meant::Nothing, "{none}");
        }
    }
}
