//! A text in which quotes are looked up: white space folded, quotation marks and dashes made alike, and a quote begins
//! and ends where a word or a number does.

use std::ops::Range;

use unicode_ident::{is_xid_continue, is_xid_start};

/// A text made ready to be searched.
#[derive(Debug)]
pub struct Quotable<'t> {
    text: &'t str,
    folded: String,
    /// Where `folded` and `text` come apart: an offset in the one, and the offset of the same character in the other.
    steps: Vec<(usize, usize)>,
}

impl<'t> Quotable<'t> {
    /// Makes a text ready.
    #[must_use]
    pub fn new(text: &'t str) -> Quotable<'t> {
        let mut quotable = Quotable { text, folded: String::with_capacity(text.len()), steps: Vec::new() };
        let mut space = false;
        let mut expected = 0;
        for (at, c) in text.char_indices() {
            if c.is_whitespace() {
                space = !quotable.folded.is_empty();
                continue;
            }
            if std::mem::take(&mut space) {
                quotable.folded.push(' ');
                expected += 1;
            }
            if at != expected {
                quotable.steps.push((quotable.folded.len(), at));
            }
            let plain = alike(c);
            quotable.folded.push(plain);
            expected = at + plain.len_utf8();
        }
        quotable
    }

    /// Returns the text as it is searched.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// Returns where a quote stands first, in the text as it is written.
    #[must_use]
    pub fn find(&self, quote: &str) -> Option<Range<usize>> {
        self.ranges(&fold(quote))
            .find(|range| is_edge(self.text, range.start) && is_edge(self.text, range.end))
    }

    /// Returns the whole words and numbers that hold a quote which stands inside of one.
    #[must_use]
    pub fn around(&self, quote: &str) -> Option<Range<usize>> {
        let Range { start, end } = self.ranges(&fold(quote)).next()?;
        let before = self.text.get(..start)?.char_indices().rev().map(|(at, _)| at).take(LONGEST_WORD);
        let behind =
            self.text.get(end..)?.char_indices().map(|(at, c)| end + at + c.len_utf8()).take(LONGEST_WORD);
        let start = std::iter::once(start).chain(before).find(|at| is_edge(self.text, *at))?;
        let end = std::iter::once(end).chain(behind).find(|at| is_edge(self.text, *at))?;
        Some(start..end)
    }

    /// Returns where an offset of the folded text lies in the text as it is written.
    #[must_use]
    pub fn place(&self, folded: usize) -> usize {
        let step = self.steps.partition_point(|(at, _)| *at <= folded).checked_sub(1);
        let (at, place) = step.and_then(|step| self.steps.get(step)).copied().unwrap_or((0, 0));
        place + folded - at
    }

    /// The ranges of the text that hold a folded quote, wherever they begin and end.
    fn ranges(&self, quote: &str) -> impl Iterator<Item = Range<usize>> {
        let last = quote.char_indices().next_back().map_or(0, |(at, _)| at);
        occurrences(&self.folded, quote).map(move |at| {
            let (start, last) = (self.place(at), self.place(at + last));
            let end = self.text.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            start..last + end
        })
    }
}

/// A word that is longer is shown in part.
const LONGEST_WORD: usize = 60;

/// Returns a quote as it is looked up: white space folded to one blank, quotation marks and dashes made alike.
#[must_use]
pub fn fold(quote: &str) -> String {
    super::folded(quote).chars().map(alike).collect()
}

/// Returns the plain form of a quotation mark or a dash.
fn alike(c: char) -> char {
    match c {
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '＂' => '"',
        '‘' | '’' | '‚' | '‛' | '′' | '`' | '´' | '＇' => '\'',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' => '-',
        _ => c,
    }
}

/// All places where a quote stands in a text, those that overlap too, in one pass (Knuth, Morris, Pratt).
fn occurrences(text: &str, quote: &str) -> impl Iterator<Item = usize> {
    let wanted: Vec<u8> = quote.bytes().collect();
    // How much of the beginning still fits when the byte behind it does not.
    let mut fits = vec![0; wanted.len()];
    let mut held = 0;
    for at in 1..wanted.len() {
        held = advance(&wanted, &fits, held, wanted.get(at).copied());
        if let Some(slot) = fits.get_mut(at) {
            *slot = held;
        }
    }
    let mut held = 0;
    // Most texts hold a quote once or not at all, and that is found faster.
    let first = if wanted.is_empty() { None } else { text.find(quote) };
    let bytes = first.and_then(|first| text.as_bytes().get(first..)).unwrap_or(&[]);
    let first = first.unwrap_or(0);
    bytes.iter().enumerate().filter_map(move |(at, byte)| {
        if held == wanted.len() {
            held = fits.last().copied().unwrap_or(0);
        }
        held = advance(&wanted, &fits, held, Some(*byte));
        (held == wanted.len()).then(|| first + at + 1 - wanted.len())
    })
}

/// Returns how much of the beginning of a quote is held after one more byte.
fn advance(wanted: &[u8], fits: &[usize], mut held: usize, byte: Option<u8>) -> usize {
    while held > 0 && wanted.get(held).copied() != byte {
        held = fits.get(held - 1).copied().unwrap_or(0);
    }
    if wanted.get(held).copied() == byte { held + 1 } else { held }
}

/// Tells whether no word and no number goes over a place in a text.
fn is_edge(text: &str, at: usize) -> bool {
    let (before, behind) = text.split_at_checked(at).unwrap_or((text, ""));
    let mut back = before.chars().rev();
    let mut on = behind.chars();
    let (Some(last), Some(next)) = (back.next(), on.next()) else { return true };
    let (last_but_one, next_but_one) = (back.next(), on.next());
    let numbers = is_numeral(last) && next_but_one.is_some_and(is_numeral);
    let over_space = is_space(last) && last_but_one.is_some_and(is_numeral);
    let inside = is_joined(last, next)
        // `1.|30`, `non-|profit`, and `1|.30`, `non|-profit`, `can|'t`
        || is_joint(last_but_one, last, Some(next))
        || is_joint(Some(last), next, next_but_one)
        || (is_apostrophe(next) && is_letter(last) && next_but_one.is_some_and(is_letter))
        // `-|30`, `.|30` and `百分之|30`
        || (is_numeral(next) && is_sign(last_but_one, last))
        || (is_numeral(next) && before.ends_with("百分之"))
        // `30|%`, `30| %`, `30 |%`
        || (is_percent(next) && (is_numeral(last) || over_space))
        || (is_numeral(last) && is_space(next) && next_but_one.is_some_and(is_percent))
        // `1| 300` and `1 |300`
        || (is_space(next) && numbers && is_grouped(before, behind))
        || (over_space && is_numeral(next) && is_grouped(before, behind));
    !inside
}

/// Tells whether two characters side by side are of one word or one number.
fn is_joined(last: char, next: char) -> bool {
    if is_numeral(last) && is_numeral(next) {
        return true;
    }
    let word = |c: char| is_xid_continue(c);
    let mark = is_xid_continue(next) && !is_xid_start(next) && !next.is_numeric() && next != '_';
    word(last) && word(next) && (mark || (!is_unspaced(last) && !is_unspaced(next)))
}

/// Tells whether a sign joins what stands before and behind it to one number or one word.
fn is_joint(before: Option<char>, sign: char, behind: Option<char>) -> bool {
    let (Some(before), Some(behind)) = (before, behind) else { return false };
    let digits = is_numeral(before) && is_numeral(behind) && !is_unspaced(before) && !is_unspaced(behind);
    let letters = is_letter(before) && is_letter(behind);
    match sign {
        '-' | '‐' | '‑' => digits || letters,
        '.' | ',' | '\'' | '’' | ':' | '/' | '–' | '−' | '·' | '٫' | '٬' | '．' => digits,
        _ => false,
    }
}

/// Tells whether a number before which this stands is less than none, or a part of one.
fn is_sign(before: Option<char>, sign: char) -> bool {
    let alone = before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '（' | '='));
    match sign {
        '-' | '−' => alone,
        '.' => alone || before.is_some_and(|c| matches!(c, '$' | '€' | '£' | '¥' | '-' | '−')),
        _ => false,
    }
}

/// Tells whether around a blank stand groups of three digits, as in `1 300 000`.
fn is_grouped(before: &str, behind: &str) -> bool {
    let digit = |c: &char| c.is_ascii_digit();
    let first = before.trim_end_matches(is_space).chars().rev().take(4).take_while(digit).count();
    let second = behind.trim_start_matches(is_space).chars().take(4).take_while(digit).count();
    (1..=3).contains(&first) && second == 3
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

fn is_percent(c: char) -> bool {
    matches!(c, '%' | '‰' | '％')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

/// Letters and digits of scripts that are written with spaces.
fn is_letter(c: char) -> bool {
    is_xid_continue(c) && !is_unspaced(c)
}

/// Digits, fractions, and the characters that write numbers in Chinese.
fn is_numeral(c: char) -> bool {
    let chinese = "零一二三四五六七八九十百千万萬亿億两兩".contains(c);
    chinese || (c.is_numeric() && is_xid_continue(c)) || matches!(c, '¼'..='¾' | '⅐'..='⅟')
}

/// Tells whether a character is of a script that is written without spaces: Chinese and Japanese, Thai and its like.
#[must_use]
pub fn is_unspaced(c: char) -> bool {
    let wide = matches!(c, '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}');
    !wide
        && matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}' | '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(text: &'t str, quote: &str) -> Option<&'t str> {
        Quotable::new(text).find(quote).and_then(|range| text.get(range))
    }

    #[test]
    fn quotes_are_found_across_lines_and_marks() {
        let text = "One.\n\nIt’s  “quite”\n  clear – here.\n";
        assert_eq!(found(text, "It's \"quite\" clear - here."), Some("It’s  “quite”\n  clear – here."));
        assert_eq!(found(text, "clear"), Some("clear"));
        assert_eq!(found(text, " One. "), Some("One."));
        assert_eq!(found(text, "unclear"), None);
        assert_eq!(found(text, ""), None);
        assert_eq!(found("“a” b “c”", "b “c”"), Some("b “c”"));
    }

    #[test]
    fn a_quote_begins_and_ends_where_a_word_or_a_number_does() {
        for (text, quote) in [
            ("The stall costs 130 USD per month.", "30 USD per month"),
            ("30 USD per months", "30 USD per month"),
            ("the payment", "pay"),
            ("1,300 USD", "300 USD"),
            ("1,300 USD", "1"),
            ("1.30 USD", "30 USD"),
            ("30.5 USD", "30"),
            ("1'300 USD", "300 USD"),
            ("1’300 USD", "1"),
            ("1 300 USD", "300 USD"),
            ("1\u{202f}300 USD", "300 USD"),
            ("for 1 300 USD", "for 1"),
            (".5 USD", "5 USD"),
            ("$.5", "5"),
            ("at -30 degrees", "30 degrees"),
            ("up to 30% off", "up to 30"),
            ("up to 30 % off", "up to 30"),
            ("up to 30% off", "% off"),
            ("5-10 USD", "10 USD"),
            ("5–10 USD", "10 USD"),
            ("from 5-10 USD", "from 5"),
            ("on 2021-06-01", "06-01"),
            ("01/06/2021", "06/2021"),
            ("non-profit owners", "profit owners"),
            ("owners can't pay", "owners can"),
            ("owners can’t pay", "owners can"),
            ("limited to 10mb", "limited to 10"),
            ("limited to 10k users", "limited to 10"),
            ("30½ days", "30"),
            ("cafe\u{301}s", "cafe"),
            ("snake_case", "case"),
            ("每月130元", "30元"),
            ("每月30万元", "30"),
            ("每月二十元", "十元"),
            ("每月三十元", "每月三"),
            ("百分之30", "30"),
            ("１３０元", "３０元"),
            ("платёж", "плат"),
        ] {
            assert_eq!(found(text, quote), None, "{quote:?} in {text:?}");
        }
        for (text, quote) in [
            ("The stall costs 30 USD per month.", "30 USD per month"),
            ("(30 USD)", "30 USD"),
            ("$30, or €20", "30"),
            ("USD 30.", "USD 30"),
            ("1, 2, 300", "300"),
            ("in 2024 300 users", "300 users"),
            ("in 12\n300 users", "300 users"),
            ("pay—or leave", "pay"),
            ("pay -- or leave", "leave"),
            ("l'entreprise paie", "entreprise paie"),
            ("'quoted' words", "quoted"),
            ("and/or pay", "or pay"),
            ("sales¹ are", "sales"),
            ("每月可群发4次消息", "4次"),
            ("每月可群发四条消息", "可群发四条"),
            ("费用30元每月", "30元"),
            ("サービスは月30円", "月30円"),
            ("130 or 30 USD", "30 USD"),
            ("x1 1 1", "1 1"),
            ("30%", "30%"),
            ("- 30 USD", "30 USD"),
            ("用App支付", "App"),
        ] {
            assert_eq!(found(text, quote), Some(quote), "{quote:?} in {text:?}");
        }
    }

    #[test]
    fn the_whole_words_around_a_quote_are_known() {
        let around = |text: &'static str, quote| Quotable::new(text).around(quote).and_then(|r| text.get(r));
        assert_eq!(around("It costs 130 USD per months.", "30 USD per month"), Some("130 USD per months"));
        assert_eq!(around("1,300.50 USD", "300"), Some("1,300.50"));
        assert_eq!(around("nothing", "else"), None);
    }

    #[test]
    fn what_repeats_itself_is_found_in_one_pass() {
        let found: Vec<usize> = occurrences("aabaabaab", "aabaab").collect();
        assert_eq!(found, [0, 3]);
        let text = "a".repeat(1_000_000);
        assert_eq!(Quotable::new(&text).find(&"a".repeat(1000)), None);
    }
}
