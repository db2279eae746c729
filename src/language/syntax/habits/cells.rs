//! Cells of tables as spreadsheets have them.

use super::conditions::IN_WORDS;
use super::{is_name, quantity, word_end};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// Finds the habit behind a cell that is a test in no form, or in one that means something else here.
pub(in crate::syntax) fn cell(text: &str, span: Span) -> Option<Diagnostic> {
    let says = |message: &str| Diagnostic::new(Code::Syntax, span, message);
    if matches!(text, "*" | "~" | "**") {
        return Some(says("a condition that does not matter is `-`").here("no test").fix(
            "write `-`",
            span,
            "-",
        ));
    }
    for (sign, meant) in [('≥', ">="), ('≤', "<="), ('≠', "!="), ('＞', ">"), ('＜', "<")] {
        if let Some(value) = text.strip_prefix(sign) {
            let (value, sign_span) =
                (value.trim_start(), Span { end: span.start + sign.len_utf8() as u32, ..span });
            let mistake = says(&format!("`{sign}` is not a character of the language; `{meant}` is"));
            let says = format!("write `{meant} {value}`");
            return Some(mistake.here("looks like an operator").fix(says, sign_span, meant));
        }
    }
    if let Some(value) = text.strip_prefix('=').filter(|rest| !rest.starts_with('=')) {
        let value = value.trim_start();
        let mistake = says("a cell that equals a value is the value itself").here("not needed: `=`");
        return Some(mistake.fix(format!("write `{value}`"), span, value));
    }
    worded(text, span)
        .or_else(|| numbers(text, span))
        .or_else(|| names(text, span))
        .or_else(|| bounds(text, span))
}

/// `at least 50`
fn worded(text: &str, span: Span) -> Option<Diagnostic> {
    let (words, operator) =
        IN_WORDS.iter().filter(|(words, operator)| words != operator).find(|(words, _)| {
            let value = text.strip_prefix(words).and_then(|rest| rest.strip_prefix(' '));
            value.is_some_and(|value| value.trim_start().starts_with(|c: char| c.is_ascii_digit()))
        })?;
    let span = Span { end: span.start + words.len() as u32, ..span };
    let mistake = Diagnostic::new(Code::Syntax, span, format!("`{words}` is written `{operator}`"));
    Some(mistake.here("not an operator").fix(format!("write `{operator}`"), span, *operator))
}

/// `50-100`: a range, for as a difference it would be negative.
fn numbers(text: &str, span: Span) -> Option<Diagnostic> {
    let low = quantity(text)?;
    let high = text.get(low.len()..)?.trim_start().strip_prefix(['-', '–', '—'])?.trim_start();
    // Numbers in order: by their whole part, then by their decimals, digit by digit.
    let digits = |text: &str| {
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '_' || c == '.')).unwrap_or(text.len());
        let number = text.get(..end)?.replace('_', "");
        let (whole, decimals) = number.split_once('.').unwrap_or((&number, ""));
        Some((whole.parse::<u64>().ok()?, decimals.to_string()))
    };
    if quantity(high)? != high || digits(low)? >= digits(high)? {
        return None;
    }
    let with = format!("in {low} .. {high}");
    let mistake = Diagnostic::new(Code::Syntax, span, "a range is written `in 50 .. 100`, both included");
    Some(mistake.here("this subtracts").guess(format!("write `{with}`"), span, with))
}

/// `sell, meet`, `sell/meet`
fn names(text: &str, span: Span) -> Option<Diagnostic> {
    let parts: Vec<&str> = text.split([',', '/', ';', '|']).map(str::trim).collect();
    let all = parts.len() > 1 && parts.iter().all(|part| is_name(part) && word_end(part) == part.len());
    if !all {
        return None;
    }
    let with = format!("in {{{}}}", parts.join(", "));
    let mistake = Diagnostic::new(Code::Syntax, span, "one of several values is written `in {…}`");
    Some(mistake.here("several values").guess(format!("write `{with}`"), span, with))
}

/// `> 50, < 100`
fn bounds(text: &str, span: Span) -> Option<Diagnostic> {
    let bound = |text: &str| {
        let rest = text.trim_start_matches(['<', '>', '=']);
        let operator = text.get(..text.len() - rest.len()).filter(|operator| !operator.is_empty())?;
        let rest = rest.trim_start();
        let value = quantity(rest)?;
        Some((operator.to_string(), value.to_string(), rest.get(value.len()..)?.trim_start().to_string()))
    };
    let (first, low, rest) = bound(text)?;
    let rest = rest.strip_prefix(',')?;
    let (second, high, end) = bound(rest.trim_start())?;
    if !end.is_empty() {
        return None;
    }
    let with = format!("{first} {low} and {second} {high}");
    let mistake = Diagnostic::new(Code::Syntax, span, "tests in one cell are joined by `and` or `or`");
    Some(mistake.here("two comparisons").guess(format!("write `{with}`"), span, with))
}
