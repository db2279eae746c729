//! Conditions: operators of other languages, ranges and lists in words, comparisons cut short.

use super::{Place, first_word, is_name, last_word, quantity, word_end};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::operator::State;
use crate::source::Span;
use crate::syntax::parse::Kind;

pub(super) fn habit(place: &Place<'_>) -> Option<Diagnostic> {
    if place.begins() {
        return operand(place);
    }
    if place.wants(Kind::kw_eligible) {
        return state(place);
    }
    if place.wants(Kind::dots) && matches!(place.found, "-" | "–" | "to" | "until" | "through") {
        let fix = place.says("a range is written `1 .. 10`").here("not an operator of ranges");
        return Some(fix.fix("write `..`", place.here, ".."));
    }
    if place.found == "." && place.before().ends_with("..") {
        let fix = place.says("a range is written `1 .. 10`").here("a dot too many");
        return Some(fix.fix("remove it", place.here, " "));
    }
    if place.goes_on() || place.wants(Kind::close_paren) { operator(place) } else { None }
}

/// What stands where a value has to.
fn operand(place: &Place<'_>) -> Option<Diagnostic> {
    let before = place.before();
    // The second half of an operator whose first half is one of ours.
    for (first, found, meant, words) in [
        ("<", ">", "!=", "`not equal` is written `!=`"),
        ("==", "=", "==", "a comparison is written `==`"),
        ("!=", "=", "!=", "`not equal` is written `!=`"),
    ] {
        if place.found == found && before.ends_with(first) && before.len() == place.at {
            let whole = place.span(before.len() - first.len(), place.at + found.len());
            let mistake = Diagnostic::new(Code::Syntax, whole, words);
            return Some(mistake.here("not an operator").fix(format!("write `{meant}`"), whole, meant));
        }
    }
    if place.found == "%" {
        let number = quantity(place.behind())?;
        let whole = place.span(place.at, place.text.len() - place.behind().len() + number.len());
        let mistake = place.says("the percent sign stands behind its number").here("before the number");
        return Some(mistake.fix(format!("write `{number}%`"), whole, format!("{number}%")));
    }
    if place.found != "!"
        && place.found.starts_with(['<', '>', '=', '!'])
        && matches!(last_word(before), "and" | "or")
    {
        let joined = before.get(..before.len() - last_word(before).len())?.trim_end();
        let compared = joined.rfind(['<', '>', '=']).and_then(|at| joined.get(..at))?;
        let compared = compared.trim_end_matches(['<', '>', '=', '!']).trim_end();
        let start =
            compared.rfind(|c: char| !(c == '_' || c == '.' || c.is_alphanumeric())).map_or(0, |at| at + 1);
        let name = compared.get(start..).filter(|name| is_name(name))?;
        let mistake =
            place.says("each comparison says what it compares").here("nothing before this operator");
        return Some(mistake.note("two bounds are also written `in 50 .. 100`, both included").guess(
            format!("write `{name} {}`", place.found),
            place.here.before(),
            format!("{name} "),
        ));
    }
    let ends = matches!(place.found, "then" | "because" | "when" | "from" | "expect" | "}" | ")");
    let operator = before.ends_with(['<', '>', '=', '+', '-', '*', '/'])
        || matches!(last_word(before), "and" | "or" | "not");
    if ends && operator {
        let mistake = place.says(&format!("something is missing before `{}`", place.found));
        return Some(mistake.here("a value or a condition would stand before this"));
    }
    None
}

/// Comparisons in words, the longer ones first, and their operators.
pub(super) const IN_WORDS: [(&str, &str); 28] = [
    ("greater than or equal to", ">="),
    ("greater or equal", ">="),
    ("less than or equal to", "<="),
    ("less or equal", "<="),
    ("greater than", ">"),
    ("more than", ">"),
    ("larger than", ">"),
    ("bigger than", ">"),
    ("less than", "<"),
    ("fewer than", "<"),
    ("smaller than", "<"),
    ("earlier than", "<"),
    ("later than", ">"),
    ("at least", ">="),
    ("at most", "<="),
    ("equal to", "=="),
    ("one of", "in"),
    ("before", "<"),
    ("after", ">"),
    ("exceeds", ">"),
    ("over", ">"),
    ("above", ">"),
    ("under", "<"),
    ("below", "<"),
    ("equals", "=="),
    ("since", ">="),
    ("until", "<="),
    ("in", "in"),
];

/// What stands behind `is`, and is no state.
fn state(place: &Place<'_>) -> Option<Diagnostic> {
    let is = place.previous_span();
    let whole = |end: usize| Span { end: place.span(end, end).end, ..is };
    let starts = |words: &str| {
        let behind = place.rest().strip_prefix(words)?;
        (word_end(behind) == 0).then_some(())
    };
    if let Some((words, operator)) = IN_WORDS.iter().find(|(words, _)| starts(words).is_some()) {
        let mistake = place.says("comparisons are written with an operator").here("not a state");
        let end = place.at + words.len();
        return Some(mistake.fix(format!("write `{operator}`"), whole(end), *operator));
    }
    if place.found == "not" {
        let next = first_word(place.behind());
        if !next.is_empty() && !State::words().any(|word| word == next) {
            let mistake = place.says("`not equal` is written `!=`").here("not a state");
            return Some(mistake.guess("write `!=`", whole(place.at + "not".len()), "!="));
        }
        return None;
    }
    if matches!(place.found, "empty" | "blank" | "null" | "none" | "given" | "set" | "missing") {
        let mistake = place.says(&format!("`is {}` does not exist", place.found)).here("not a state");
        return Some(mistake.note(
            "of a set, ask `count(x) == 0`; what was not answered is `is unknown`, and only notes and warnings ask it",
        ));
    }
    let extreme = match place.found {
        "cheapest" | "smallest" | "least" | "minimal" | "minimum" => Some("lowest"),
        "dearest" | "largest" | "greatest" | "most" | "maximal" | "maximum" => Some("highest"),
        _ => None,
    };
    if let Some(word) = extreme {
        let mistake =
            place.says(&format!("the extreme of a measure is asked by `is {word}`")).here("not a state");
        return Some(mistake.guess(format!("write `{word}`"), place.here, word));
    }
    let is_value = place.found.starts_with(|c: char| c == '"' || c.is_ascii_digit());
    if !is_value && (!is_name(place.found) || nearest(place.found, State::words()).is_some()) {
        return None;
    }
    let mistake =
        place.says("values are compared by `==`").here("not a state, such as `known` or `excluded`");
    if is_value {
        return Some(mistake.fix("write `==`", is, "=="));
    }
    Some(mistake.guess("write `==`", is, "=="))
}

/// What stands behind a value or a condition, and joins it with nothing.
fn operator(place: &Place<'_>) -> Option<Diagnostic> {
    let lower = place.found.to_lowercase();
    let replace = |message: &str, with: &str| {
        Some(place.says(message).here("not an operator").fix(format!("write `{with}`"), place.here, with))
    };
    match lower.as_str() {
        "and" | "or" | "in" | "has" | "is" if lower != place.found => {
            return replace("the words of the language are written in lower case", &lower);
        }
        "eq" => return replace("a comparison is written `==`", "=="),
        "before" => return replace("`before` a day is written `<`", "<"),
        "after" => return replace("`after` a day is written `>`", ">"),
        "between" => return between(place),
        "," => return list(place),
        ":" if place.rest().get(1..)?.split('\n').next()?.trim().is_empty() => {
            let mistake = place.says("no `:` ends a condition").here("not needed");
            return Some(mistake.fix("remove `:`", place.here, ""));
        }
        ":" if place.wanted("then") => {
            let mistake = place.says("a comparison is written `==`").here("not an operator");
            return Some(mistake.guess("write `==`", place.here, "=="));
        }
        _ => {}
    }
    let named = is_name(place.previous()) || place.before().ends_with(')');
    let worded = |(words, _): &&(&str, &str)| {
        *words != "in" && place.rest().strip_prefix(words).is_some_and(|rest| word_end(rest) == 0)
    };
    if let (true, Some((words, operator))) = (named, IN_WORDS.iter().find(worded)) {
        let span = place.span(place.at, place.at + words.len());
        let message = format!("`{words}` is written `{operator}`");
        let mistake = Diagnostic::new(Code::Syntax, span, message).here("not an operator");
        return Some(mistake.fix(format!("write `{operator}`"), span, *operator));
    }
    let (previous, before) = (place.previous(), place.before());
    // Behind a number, `AND` was taken for its unit.
    let begun = is_name(place.found) || matches!(place.found, "!" | "(");
    if matches!(previous, "NOT" | "Not" | "IF" | "If" | "AND" | "And" | "OR" | "Or") && begun {
        let span = place.previous_span();
        let mistake =
            Diagnostic::new(Code::Syntax, span, "the words of the language are written in lower case");
        let with = previous.to_lowercase();
        return Some(mistake.here("not a word of conditions").fix(format!("write `{with}`"), span, with));
    }
    // A second condition: a name, and an operator behind it.
    let next = place.behind();
    let begins = next.starts_with(['<', '>', '=', '!']) && !next.starts_with("= ")
        || matches!(first_word(next), "has" | "in" | "is");
    if is_name(place.found) && begins && !before.ends_with(',') {
        let mistake =
            place.says("conditions are joined by `and` or `or`").here("another condition begins here");
        return Some(mistake.guess("write `and` before it", place.here.before(), "and "));
    }
    None
}

/// `between 50 and 100`
fn between(place: &Place<'_>) -> Option<Diagnostic> {
    let mistake = place.says("a range is written `in 50 .. 100`, both included").here("not an operator");
    let low = quantity(place.behind()).filter(|low| !low.is_empty());
    let Some(low) = low else { return Some(mistake) };
    let low_at = place.text.len() - place.behind().len();
    let high = place.text.get(low_at + low.len()..)?.trim_start();
    if first_word(high) != "and" {
        return Some(mistake);
    }
    let end = place.text.len() - high.len() + "and".len();
    Some(mistake.fix(format!("write `in {low} ..`"), place.span(place.at, end), format!("in {low} ..")))
}

/// Members of a set without braces around them: `in (a, b)`, `has a, b`.
fn list(place: &Place<'_>) -> Option<Diagnostic> {
    let before = place.before();
    let open = before.rfind('(')?;
    let head = before.get(..open)?.trim_end();
    if last_word(head) != "in" || before.get(open..)?.contains(')') {
        return None;
    }
    let close = place.at + place.rest().split('\n').next()?.find(')')?;
    let inside = place.text.get(open + 1..close)?;
    let whole = place.span(open, close + 1);
    let mistake = Diagnostic::new(Code::Syntax, whole, "a set stands between `{` and `}`");
    Some(mistake.here("parentheses hold one condition").fix(
        format!("write `{{{}}}`", inside.trim()),
        whole,
        format!("{{{inside}}}"),
    ))
}
