//! Values as they are stated: amounts, dates in words, one value where two are written.

use super::{Place, first_word, is_name, last_word, quantity};
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::parse::Kind;

pub(super) fn habit(place: &Place<'_>) -> Option<Diagnostic> {
    decimal(place)
        .or_else(|| range(place))
        .or_else(|| day(place))
        .or_else(|| rate(place))
        .or_else(|| decimals(place))
        .or_else(|| amount(place))
        .or_else(|| several(place))
}

/// `EUR per user per month`
fn rate(place: &Place<'_>) -> Option<Diagnostic> {
    let line = place.before().rsplit('\n').next()?;
    let mut words = line.split_whitespace().rev();
    let (Some(_), Some("per")) = (words.next(), words.next()) else { return None };
    if place.found != "per" {
        return None;
    }
    let mistake = place.says("a unit has one `per` at most").here("the second");
    Some(
        mistake.note(
            "count what the first `per` names in a plain number: `users * c.price`, of `EUR per month`",
        ),
    )
}

/// `decimals 2`
fn decimals(place: &Place<'_>) -> Option<Diagnostic> {
    if place.found != "decimals" || place.declaration() != "unit" {
        return None;
    }
    let behind = place.behind();
    let digits = behind.get(..behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len()))?;
    let mistake = place.says("the number of decimals stands before the word").here("no number before this");
    if digits.is_empty() {
        return Some(mistake.note("write `2 decimals`"));
    }
    let whole = place.span(place.at, place.text.len() - behind.len() + digits.len());
    Some(mistake.fix(format!("write `{digits} decimals`"), whole, format!("{digits} decimals")))
}

/// `30,00`: a comma before one or two digits. Three are thousands.
fn decimal(place: &Place<'_>) -> Option<Diagnostic> {
    let comma = if place.found == "," { place.at } else { place.at.checked_sub(1)? };
    let text = place.text;
    let fraction = text.get(comma..)?.strip_prefix(',')?;
    let digits = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
    if !matches!(digits, 1 | 2) || !text.get(..comma)?.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let span = place.span(comma, comma + 1);
    let mistake = Diagnostic::new(Code::Syntax, span, "the decimals of a number stand behind a point");
    Some(mistake.here("this comma ends the number").guess("write `.`", span, "."))
}

/// `0 .. 100` between brackets, as two numbers, or without `in`.
fn range(place: &Place<'_>) -> Option<Diagnostic> {
    if place.wanted("in") && place.wanted("default") && place.found.starts_with(|c: char| c.is_ascii_digit())
    {
        let mistake = place.says("a range stands behind `in`").here("no `in` before this");
        return Some(mistake.guess("write `in`", place.here.before(), "in "));
    }
    let wanted = place.wants(Kind::literal_range) || place.wants(Kind::field_range);
    if !wanted || place.previous() != "in" || !matches!(place.found, "[" | "(") {
        return None;
    }
    let mistake = place.says("a range is written `0 .. 100`, both included").here("no bracket stands here");
    let inside = place.rest().split('\n').next()?.get(1..)?;
    let inside = inside.get(..inside.find([']', ')'])?)?;
    let bounds: Vec<&str> = inside.split([',', ';']).map(str::trim).collect();
    let [low, high] = bounds[..] else { return Some(mistake) };
    if quantity(low) != Some(low) || quantity(high) != Some(high) {
        return Some(mistake);
    }
    let (span, with) = (place.span(place.at, place.at + inside.len() + 2), format!("{low} .. {high}"));
    let mistake = Diagnostic { label: crate::diagnostic::Label { span, ..mistake.label.clone() }, ..mistake };
    Some(mistake.guess(format!("write `{with}`"), span, with))
}

/// `1 May 2020`, `May 1, 2020`
fn day(place: &Place<'_>) -> Option<Diagnostic> {
    let before = place.before();
    let number = |word: &str| word.parse::<i16>().ok();
    let (start, end, date) = if let Some(of_year) = Date::month_named(place.previous()) {
        let head = before.get(..before.len() - place.previous().len())?;
        if place.found.len() == 4 {
            let day = last_word(head.trim_end());
            let date = Date::new(number(place.found)?, of_year, i8::try_from(number(day)?).ok()?)?;
            (head.trim_end().len() - day.len(), place.at + 4, date)
        } else {
            let (day, rest) = place.rest().split_once(',')?;
            let year = first_word(rest.trim_start());
            let date = Date::new(number(year)?, of_year, i8::try_from(number(day.trim())?).ok()?)?;
            (head.len(), place.text.len() - rest.trim_start().len() + year.len(), date)
        }
    } else {
        return None;
    };
    let span = place.span(start, end);
    let mistake = Diagnostic::new(Code::Syntax, span, "a date is written `2021-06-01`");
    Some(mistake.here("a date in words").fix(format!("write `{date}`"), span, date.to_string()))
}

/// The unit before its number, or behind it in another form.
fn amount(place: &Place<'_>) -> Option<Diagnostic> {
    let (previous, before) = (place.previous(), place.before());
    let code = (2..=4).contains(&previous.len()) && previous.chars().all(|c| c.is_ascii_uppercase());
    if code && place.found.starts_with(|c: char| c.is_ascii_digit()) {
        let digits = place
            .rest()
            .find(|c: char| !(c.is_ascii_digit() || "_.".contains(c)))
            .unwrap_or(place.rest().len());
        let number = place.rest().get(..digits)?.trim_end_matches('.');
        let span = Span { end: place.span(0, place.at + number.len()).end, ..place.previous_span() };
        let mistake = Diagnostic::new(Code::Syntax, span, "a unit stands behind its number");
        return Some(mistake.here("the unit comes first").fix(
            format!("write `{number} {previous}`"),
            span,
            format!("{number} {previous}"),
        ));
    }
    let stated = place.wanted("from") || place.wanted("per") || place.wanted("}");
    if place.found == "/" && stated {
        let unit = first_word(place.behind());
        // Before it stands a number, or a number and its unit.
        let number = before.get(..before.len() - previous.len()).unwrap_or("").trim_end();
        let ends_in_digit = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
        if is_name(unit) && (ends_in_digit(number) || ends_in_digit(before)) {
            let mistake = place.says("a unit is written `EUR per month`").here("not a part of units");
            let start = before.len();
            let span = place.span(start, place.text.len() - place.behind().len());
            return Some(mistake.fix("write `per`", span, " per "));
        }
        if unit.starts_with(|c: char| c.is_ascii_digit()) {
            let mistake = place.says("a value is stated, not computed").here("a calculation");
            return Some(mistake.note("write the result; a `let` or a condition may compute"));
        }
    }
    // `30 EUR a month`, `30 EUR monthly`: the last word was taken for a fact. Of `400 a week` the article was for a unit.
    let is_article = |word: &str| matches!(word, "a" | "an" | "each" | "every" | "pro");
    let is_unit =
        |word: &str| matches!(word, "second" | "minute" | "hour" | "day" | "week" | "month" | "year");
    if place.wants(Kind::assign) || place.wants(Kind::kw_per) {
        let above = before.get(..before.len() - previous.len()).unwrap_or("").trim_end();
        let article = last_word(above);
        let unit = match () {
            () if is_article(previous) && is_unit(place.found) => {
                Some((place.found, Span { end: place.here.end, ..place.previous_span() }))
            }
            () if is_article(article) && is_unit(previous) => {
                Some((previous, place.span(above.len() - article.len(), before.len())))
            }
            () => None,
        };
        if let Some((unit, span)) = unit {
            let mistake = Diagnostic::new(Code::Syntax, span, "a rate is written `EUR per month`");
            let with = format!("per {unit}");
            return Some(mistake.here("not a unit").fix(format!("write `{with}`"), span, with));
        }
    }
    let rates = [
        ("hourly", "hour"),
        ("daily", "day"),
        ("weekly", "week"),
        ("monthly", "month"),
        ("yearly", "year"),
        ("annually", "year"),
        ("annual", "year"),
    ];
    let (_, unit) = rates.iter().find(|(word, _)| *word == previous && place.wants(Kind::assign))?;
    let span = place.previous_span();
    let mistake = Diagnostic::new(Code::Syntax, span, "a rate is written `EUR per month`");
    Some(mistake.here("not a unit").fix(format!("write `per {unit}`"), span, format!("per {unit}")))
}

/// More than one value, or about one, where one is stated.
fn several(place: &Place<'_>) -> Option<Diagnostic> {
    let before = place.before();
    let word = place.previous();
    let about = ["about", "approx", "approximately", "around", "ca", "circa", "roughly"];
    let abbreviated = before.strip_suffix('.').map(last_word).filter(|word| about.contains(word));
    let vague = abbreviated.or(Some(word).filter(|word| about.contains(word)));
    if let Some(vague) = vague
        && place.found.starts_with(|c: char| c.is_ascii_digit())
    {
        let start = before.len() - vague.len() - usize::from(abbreviated.is_some());
        let span = place.span(start, place.at);
        let mistake = Diagnostic::new(Code::Syntax, span, "a value is stated as one number");
        return Some(mistake.here("not a part of numbers").guess("remove it", span, ""));
    }
    let number = before.ends_with(|c: char| c.is_ascii_digit());
    if place.wanted("takes") {
        // `takes 2-3 weeks`: as a text.
        let start = before.rfind(|c: char| !(c.is_ascii_digit() || "_.".contains(c))).map_or(0, |at| at + 1);
        let upper = place.behind();
        if number && matches!(place.found, "-" | "–" | "to") && quantity(upper).is_some() {
            let end = place.text.len() - upper.len() + quantity(upper)?.len();
            let whole = place.text.get(start..end)?;
            let span = place.span(start, end);
            let mistake = Diagnostic::new(Code::Syntax, span, "a cost or a time is one amount, or a text");
            return Some(mistake.here("two numbers").guess(
                format!("write `\"{whole}\"`"),
                span,
                format!("\"{whole}\""),
            ));
        }
    }
    // `20 to 30 EUR`: the word was taken for a unit, or for a fact.
    let joined = matches!(word, "to" | "until" | "bis")
        && before.strip_suffix(word).is_some_and(|head| {
            let head = head.trim_end();
            head.ends_with(|c: char| c.is_ascii_digit())
        });
    if joined && place.wants(Kind::assign) && place.found.starts_with(|c: char| c.is_ascii_digit()) {
        let mistake = place.says("a fact is one value").here("a second value");
        return Some(
            mistake.note("state the value that rules should use, or two facts: the least and the greatest"),
        );
    }
    if place.wanted("unknown") && before.ends_with('=') && matches!(place.found, "<" | ">" | "<=" | ">=") {
        let mistake = place.says("a fact is one value").here("a comparison");
        return Some(mistake.note("state the value, or call the fact what it is: the least or the greatest"));
    }
    let stated = place.wanted("disputed");
    if stated && place.rest().starts_with("..")
        || stated && number && matches!(place.found, "-" | "–" | "to" | "+")
    {
        let mistake = place.says("a fact is one value").here("a second value");
        return Some(
            mistake.note("state the value that rules should use, or two facts: the least and the greatest"),
        );
    }
    None
}
