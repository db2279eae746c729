//! Exact numbers: fractions of 128-bit integers, read from decimals and never through binary floats.

use std::fmt;
use std::str::FromStr;

use num_integer::Integer;
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, Zero};

/// The most digits before the point.
pub const MAX_WHOLE_DIGITS: usize = 18;
/// The most digits after the point.
pub const MAX_FRACTION_DIGITS: usize = 9;

/// An exact fraction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Exact(Ratio<i128>);

/// Which way a number is rounded to a multiple of a step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rounding {
    /// To the nearest, away from zero from halfway between two.
    Nearest,
    /// To the next that is not above.
    Down,
    /// To the next that is not below.
    Up,
}

impl Rounding {
    /// Every way.
    pub const ALL: [Rounding; 3] = [Rounding::Nearest, Rounding::Down, Rounding::Up];

    /// Returns the function that rounds so.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Rounding::Nearest => "round",
            Rounding::Down => "floor",
            Rounding::Up => "ceil",
        }
    }

    /// Returns a fraction as a whole number; the denominator is above zero.
    #[must_use]
    pub fn whole(self, numerator: i128, denominator: i128) -> i128 {
        let (below, rest) = match (i64::try_from(numerator), i64::try_from(denominator)) {
            // Dividing words takes a fraction of the time; only a division by -1 leaves them.
            (Ok(small), Ok(by)) if by > 0 => (small.div_euclid(by).into(), small.rem_euclid(by).into()),
            _ => (numerator.div_euclid(denominator), numerator.rem_euclid(denominator)),
        };
        let up = match self {
            Rounding::Down => false,
            Rounding::Up => rest > 0,
            Rounding::Nearest => match rest.cmp(&(denominator - rest)) {
                std::cmp::Ordering::Equal => numerator > 0,
                order => order.is_gt(),
            },
        };
        below + i128::from(up)
    }
}

/// Why a text is no number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberError {
    /// It is not written as a number.
    Form,
    /// It has too many digits before or after the point.
    Digits,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NumberError::Form => f.write_str("not a number"),
            NumberError::Digits => write!(
                f,
                "more than {MAX_WHOLE_DIGITS} digits before or {MAX_FRACTION_DIGITS} after the point"
            ),
        }
    }
}

impl Exact {
    /// Zero.
    pub const ZERO: Exact = Exact(Ratio::new_raw(0, 1));
    /// One.
    pub const ONE: Exact = Exact(Ratio::new_raw(1, 1));

    /// Returns a whole number.
    #[must_use]
    pub const fn whole(value: i64) -> Exact {
        Exact(Ratio::new_raw(value as i128, 1))
    }

    /// Returns a fraction, or nothing if the denominator is zero.
    #[must_use]
    pub fn fraction(numerator: i128, denominator: i128) -> Option<Exact> {
        (denominator != 0 && numerator != i128::MIN && denominator != i128::MIN)
            .then(|| Exact(Ratio::new(numerator, denominator)))
    }

    /// Returns the numerator of the reduced fraction.
    #[must_use]
    pub fn numerator(self) -> i128 {
        *self.0.numer()
    }

    /// Returns the denominator of the reduced fraction; it is positive.
    #[must_use]
    pub fn denominator(self) -> i128 {
        *self.0.denom()
    }

    /// Returns the sum, or nothing past the exact range.
    #[must_use]
    pub fn plus(self, other: Exact) -> Option<Exact> {
        self.0.checked_add(&other.0).map(Exact)
    }

    /// Returns the difference, or nothing past the exact range.
    #[must_use]
    pub fn minus(self, other: Exact) -> Option<Exact> {
        self.0.checked_sub(&other.0).map(Exact)
    }

    /// Returns the product, or nothing past the exact range.
    #[must_use]
    pub fn times(self, other: Exact) -> Option<Exact> {
        self.0.checked_mul(&other.0).map(Exact)
    }

    /// Returns the quotient, or nothing past the exact range or if `other` is zero.
    #[must_use]
    pub fn over(self, other: Exact) -> Option<Exact> {
        if other.0.is_zero() { None } else { self.0.checked_div(&other.0).map(Exact) }
    }

    /// Returns the number with the other sign.
    #[must_use]
    pub fn negated(self) -> Exact {
        Exact(-self.0)
    }

    /// Returns the number without its sign.
    #[must_use]
    pub fn abs(self) -> Exact {
        Exact(self.0.abs())
    }

    /// Tells whether it is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0.is_negative()
    }

    /// Returns the number if it is whole.
    #[must_use]
    pub fn as_whole(self) -> Option<i128> {
        self.0.is_integer().then(|| *self.0.numer())
    }

    /// Returns the multiple of a step above zero that the number is rounded to; nothing past the exact range, or for
    /// another step.
    #[must_use]
    pub fn rounded(self, rounding: Rounding, step: Exact) -> Option<Exact> {
        let steps = self.over(step).filter(|_| step > Exact::ZERO)?;
        step.times(Exact::fraction(rounding.whole(steps.numerator(), steps.denominator()), 1)?)
    }

    /// Writes the number with so many decimals, rounded; nothing where that would make zero of it.
    #[must_use]
    pub fn with_decimals(self, decimals: u32) -> Option<String> {
        let scale = 10_i128.checked_pow(decimals)?;
        let scaled = self.times(Exact::fraction(scale, 1)?)?;
        let whole = Rounding::Nearest.whole(scaled.numerator(), scaled.denominator());
        if whole == 0 && self != Exact::ZERO {
            return None;
        }
        let sign = if whole < 0 { "-" } else { "" };
        let (whole, rest) = (whole.abs() / scale, whole.abs() % scale);
        Some(match decimals as usize {
            0 => format!("{sign}{whole}"),
            places => format!("{sign}{whole}.{rest:0places$}"),
        })
    }

    /// Tells whether it fits the digits that a written number may have.
    #[must_use]
    pub fn is_writable_size(self) -> bool {
        self.0.abs() < Ratio::from_integer(10_i128.pow(MAX_WHOLE_DIGITS as u32))
    }

    /// Reads a number with an optional exponent, as data files write them: `-2.5`, `1e3`.
    ///
    /// # Errors
    /// If it is not written as a number or has too many digits.
    pub fn from_data(text: &str) -> Result<Exact, NumberError> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| NumberError::Form)?),
            None => (text, 0),
        };
        let (sign, digits) = match mantissa.as_bytes().first() {
            Some(b'-') => ("-", mantissa.get(1..).unwrap_or("")),
            Some(b'+') => ("", mantissa.get(1..).unwrap_or("")),
            _ => ("", mantissa),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) || whole.is_empty() {
            return Err(NumberError::Form);
        }
        if exponent.unsigned_abs() > 64 || whole.len() + fraction.len() > 64 {
            return Err(NumberError::Digits);
        }
        // Move the point by the exponent, then drop the zeros that say nothing.
        let mut all = format!("{whole}{fraction}");
        let mut point = whole.len() as i32 + exponent;
        while point > all.len() as i32 {
            all.push('0');
        }
        while point < 1 {
            all.insert(0, '0');
            point += 1;
        }
        let (whole, fraction) = all.split_at(point as usize);
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}").parse()
    }
}

impl FromStr for Exact {
    type Err = NumberError;

    /// Reads a decimal such as `12`, `-2.5` or `1_000`.
    fn from_str(text: &str) -> Result<Exact, NumberError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let count = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
        let well_formed =
            |part: &str| count(part) > 0 && part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
        if !well_formed(whole) || !well_formed(fraction) {
            return Err(NumberError::Form);
        }
        if count(whole) > MAX_WHOLE_DIGITS || count(fraction) > MAX_FRACTION_DIGITS {
            return Err(NumberError::Digits);
        }
        let scale = 10_i128.pow(count(fraction) as u32);
        let value = whole
            .bytes()
            .chain(fraction.bytes())
            .filter(u8::is_ascii_digit)
            .fold(0_i128, |value, digit| value * 10 + i128::from(digit - b'0'));
        Ok(Exact(Ratio::new(if negative { -value } else { value }, scale)))
    }
}

impl fmt::Display for Exact {
    /// Writes a decimal, or `≈` and four digits where no decimal of nine places is exact.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_i128.pow(MAX_FRACTION_DIGITS as u32);
        let (whole, rest) = self.0.numer().abs().div_rem(self.0.denom());
        let sign = if self.0.is_negative() { "-" } else { "" };
        if scale % self.0.denom() == 0 {
            let fraction = format!("{:09}", rest * (scale / self.0.denom()));
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            return write!(f, "{sign}{whole}{point}{fraction}");
        }
        // Four digits from the first that is not zero, but never fewer than stand before the point.
        let denominator = *self.0.denom();
        let mut places = 4_usize.saturating_sub(if whole == 0 { 0 } else { whole.to_string().len() });
        if whole == 0 {
            let mut lead = rest;
            while places < 12 && lead.checked_mul(10).is_some_and(|next| next < denominator) {
                lead *= 10;
                places += 1;
            }
        }
        let mut digits = String::new();
        let (mut whole, mut rest) = (whole, rest);
        for _ in 0..places {
            let (digit, left) = match rest.checked_mul(10) {
                Some(next) => next.div_rem(&denominator),
                None => (rest / (denominator / 10), rest % (denominator / 10)),
            };
            digits.push(char::from(b'0' + digit.clamp(0, 9) as u8));
            rest = left;
        }
        if rest > denominator / 2 || (rest == denominator / 2 && denominator % 2 == 0) {
            // Round up, carrying through the nines.
            let mut carried: Vec<u8> = digits.into_bytes();
            let mut carry = true;
            for digit in carried.iter_mut().rev() {
                if *digit == b'9' {
                    *digit = b'0';
                } else {
                    *digit += 1;
                    carry = false;
                    break;
                }
            }
            digits = carried.into_iter().map(char::from).collect();
            if carry {
                let length = whole.to_string().len();
                whole += 1;
                if whole.to_string().len() > length {
                    digits.pop();
                }
            }
        }
        let point = if digits.is_empty() { "" } else { "." };
        write!(f, "≈{sign}{whole}{point}{digits}")
    }
}

/// Returns a whole number that is none below nothing, or its digits, with a mark between its thousands.
#[must_use]
pub fn grouped(number: impl ToString, mark: char) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(mark);
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn decimals_are_exact_and_bounded() {
        assert_eq!(exact("0.1").plus(exact("0.2")), Some(exact("0.3")));
        assert_eq!(exact("1_000").to_string(), "1000");
        assert_eq!(exact("-2.50").to_string(), "-2.5");
        assert_eq!("1234567890123456789".parse::<Exact>(), Err(NumberError::Digits));
        assert_eq!("0.1234567891".parse::<Exact>(), Err(NumberError::Digits));
        assert_eq!(".5".parse::<Exact>(), Err(NumberError::Form));
    }

    #[test]
    fn data_numbers_may_have_exponents() {
        assert_eq!(Exact::from_data("1e3"), Ok(exact("1000")));
        assert_eq!(Exact::from_data("25e-1"), Ok(exact("2.5")));
        assert_eq!(Exact::from_data("-0.0"), Ok(Exact::ZERO));
        assert_eq!(Exact::from_data("1e400"), Err(NumberError::Digits));
        assert_eq!(Exact::from_data("1e999999999999"), Err(NumberError::Form));
        assert_eq!(Exact::from_data("0.1000000000000000055511151231257827"), Err(NumberError::Digits));
        assert_eq!(Exact::from_data("nan"), Err(NumberError::Form));
    }

    #[test]
    fn what_no_decimal_tells_is_rounded_and_says_so() {
        let shown = |n, d| Exact::fraction(n, d).unwrap().to_string();
        assert_eq!(shown(30, 7), "≈4.286");
        assert_eq!(shown(1, 3), "≈0.3333");
        assert_eq!(shown(-2, 3), "≈-0.6667");
        assert_eq!(shown(1, 3000), "≈0.0003333");
        assert_eq!(shown(29_999_999, 3_000_000), "≈10.00");
        assert_eq!(shown(1_000_000, 3), "≈333333");
        assert_eq!(shown(1, 8), "0.125");
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        let rounded = |way: Rounding, value: &str, step: &str| {
            exact(value).rounded(way, exact(step)).map(|value| value.to_string()).unwrap_or_default()
        };
        let all = |value, step| Rounding::ALL.map(|way| rounded(way, value, step)).join(" ");
        assert_eq!(all("2.5", "1"), "3 2 3");
        assert_eq!(all("-2.5", "1"), "-3 -3 -2");
        assert_eq!(all("2.4", "1"), "2 2 3");
        assert_eq!(all("-2.6", "1"), "-3 -3 -2");
        assert_eq!(all("0.125", "0.05"), "0.15 0.1 0.15");
        assert_eq!(all("17", "5"), "15 15 20");
        assert_eq!(all("-15", "5"), "-15 -15 -15");
        assert_eq!(exact("1").rounded(Rounding::Up, Exact::ZERO), None);
        assert_eq!(exact("1").rounded(Rounding::Up, exact("-1")), None);
    }

    #[test]
    fn amounts_have_so_many_decimals() {
        let shown = |value: &str, decimals| exact(value).with_decimals(decimals);
        assert_eq!(shown("18.885", 2).as_deref(), Some("18.89"));
        assert_eq!(shown("-18.885", 2).as_deref(), Some("-18.89"));
        assert_eq!(shown("20", 2).as_deref(), Some("20.00"));
        assert_eq!(shown("0", 2).as_deref(), Some("0.00"));
        assert_eq!(shown("1234.5", 0).as_deref(), Some("1235"));
        assert_eq!(shown("0.999", 2).as_deref(), Some("1.00"));
        assert_eq!(shown("0.001", 2), None);
    }
}
