//! Days of the calendar, from 0001-01-01 to 9999-12-31.

use std::fmt;

use jiff::Span;
use jiff::civil;

/// A day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date(civil::Date);

/// The months by their English names.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Date {
    /// Returns the number of the month that a word names, in full or by its first three letters or more.
    #[must_use]
    pub fn month_named(word: &str) -> Option<i8> {
        let word = word.to_lowercase();
        let at = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(&word))?;
        Some(at as i8 + 1)
    }

    /// The first day.
    pub const MIN: Date = Date(civil::date(1, 1, 1));
    /// The last day.
    pub const MAX: Date = Date(civil::date(9999, 12, 31));

    /// Returns a day, if there is such a one.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Date> {
        let date = Date(civil::Date::new(year, month, day).ok()?);
        (date >= Date::MIN).then_some(date)
    }

    /// Reads `dddd-dd-dd`; nothing if it is written otherwise or there is no such day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Date> {
        let bytes = text.as_bytes();
        let form = bytes.len() == 10
            && bytes
                .iter()
                .enumerate()
                .all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
        if !form {
            return None;
        }
        Date::new(text.get(..4)?.parse().ok()?, text.get(5..7)?.parse().ok()?, text.get(8..)?.parse().ok()?)
    }

    /// Returns the day some days later, or earlier if negative; a step past the first or last day ends there.
    #[must_use]
    pub fn plus_days(self, days: i128) -> Date {
        let days = days.clamp(-4_000_000, 4_000_000) as i64;
        self.step(Span::new().days(days), days < 0)
    }

    /// Returns the same day some months later, or the last day of that month; a step past the ends stops there.
    #[must_use]
    pub fn plus_months(self, months: i128) -> Date {
        let months = months.clamp(-120_000, 120_000) as i64;
        self.step(Span::new().months(months), months < 0)
    }

    fn step(self, span: Span, back: bool) -> Date {
        let end = if back { Date::MIN } else { Date::MAX };
        self.0.checked_add(span).map_or(end, |date| Date(date).max(Date::MIN))
    }

    /// Returns the days from this day to another, positive when the other is later.
    #[must_use]
    pub fn days_to(self, other: Date) -> i64 {
        i64::from((other.0 - self.0).get_days())
    }

    /// Returns the number of the day: the first is 0.
    #[must_use]
    pub fn number(self) -> i64 {
        Date::MIN.days_to(self)
    }

    /// Returns the day of a number; the first or the last day where there is none.
    #[must_use]
    pub fn of_number(number: i64) -> Date {
        Date::MIN.plus_days(i128::from(number.clamp(0, Date::MAX.number())))
    }

    /// Returns the whole months from this day to another: the largest n with this day plus n months not after
    /// the other; the negative of the way back when the other is earlier.
    #[must_use]
    pub fn months_to(self, other: Date) -> i64 {
        if other < self {
            return -other.months_to(self);
        }
        let months = (i64::from(other.0.year()) - i64::from(self.0.year())) * 12 + i64::from(other.0.month())
            - i64::from(self.0.month());
        if self.plus_months(i128::from(months)) > other { months - 1 } else { months }
    }

    /// Returns the whole years from this day to another, counted like [`Date::months_to`].
    #[must_use]
    pub fn years_to(self, other: Date) -> i64 {
        if other < self {
            return -other.years_to(self);
        }
        let years = i64::from(other.0.year()) - i64::from(self.0.year());
        if self.plus_months(i128::from(years) * 12) > other { years - 1 } else { years }
    }

    /// Returns the year, the month and the day of the month.
    #[must_use]
    pub fn parts(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn only_real_days_written_in_full_are_dates() {
        for wrong in
            ["2024-1-5", "20240105", "2024-02-30", "2023-02-29", "0000-01-01", "2024-13-01", " 2024-01-05"]
        {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
        assert_eq!(date("2024-02-29").to_string(), "2024-02-29");
    }

    #[test]
    fn months_clamp_and_steps_end_at_the_ends() {
        assert_eq!(date("2024-01-31").plus_months(1), date("2024-02-29"));
        assert_eq!(date("2024-02-29").plus_months(-12), date("2023-02-28"));
        assert_eq!(Date::MAX.plus_days(1), Date::MAX);
        assert_eq!(Date::MIN.plus_months(-1), Date::MIN);
        assert_eq!(date("2024-01-01").plus_days(i128::MAX), Date::MAX);
        assert_eq!(date("2024-01-01").plus_days(i128::MIN), Date::MIN);
    }

    #[test]
    fn whole_durations_count_both_ways() {
        assert_eq!(date("2024-01-31").months_to(date("2024-02-28")), 0);
        assert_eq!(date("2024-01-31").months_to(date("2024-02-29")), 1);
        assert_eq!(date("2024-02-29").months_to(date("2024-01-31")), -1);
        assert_eq!(date("2000-02-29").years_to(date("2018-02-28")), 18);
        assert_eq!(date("2024-03-01").days_to(date("2024-02-28")), -2);
    }
}
