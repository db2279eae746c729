//! Names and titles: which comes first, what a name may hold, types in other words.

use super::{Place, first_word, is_name, last_word, word_end};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::parse::Kind;
use crate::syntax::words::DECLARATIONS;

pub(super) fn habit(place: &Place<'_>) -> Option<Diagnostic> {
    types(place).or_else(|| name(place)).or_else(|| mark(place)).or_else(|| title(place))
}

/// The name of what is declared.
fn name(place: &Place<'_>) -> Option<Diagnostic> {
    let before = place.before();
    let previous = place.previous();
    let declares = DECLARATIONS.contains(&previous) && previous != "facts" && before.trim_start() == previous;
    if declares && place.found.starts_with('"') {
        let mistake = place.says("the name comes first, then the title").here("a title");
        let name = first_word(place.behind());
        if is_name(name) {
            let end = place.text.len() - place.behind().len() + name.len();
            let with = format!("{name} {}", place.found);
            let span = place.span(place.at, end);
            return Some(mistake.fix(format!("write `{with}`"), span, with));
        }
        return Some(mistake.note(format!("such as `{previous} my_name {}`", place.found)));
    }
    if declares && place.found.starts_with(|c: char| c.is_ascii_digit()) {
        let mistake = place.says("a name begins with a letter or `_`").here("a digit comes first");
        return Some(mistake.guess(
            format!("write `_{}`", place.found),
            place.here,
            format!("_{}", place.found),
        ));
    }
    // `own-shop`
    let hyphen = place.found == "-" && before.len() == place.at && place.wants(Kind::open_brace);
    if hyphen && place.rest().get(1..).is_some_and(|rest| word_end(rest) > 0) {
        let end = place.rest().find(|c: char| !(c == '_' || c == '-' || c.is_alphanumeric()));
        let end = place.at + end.unwrap_or(place.rest().len());
        let start = before.len() - previous.len();
        let name = place.text.get(start..end)?.trim_end_matches('-');
        return Some(hyphenated(place.span(start, end), name));
    }
    let score = place.found.starts_with(['+', '-']) && before.ends_with(|c: char| c.is_alphanumeric());
    let name = before.rfind(char::is_whitespace).and_then(|at| before.get(at + 1..))?;
    if score && name.contains('-') && last_word(before.strip_suffix(name)?.trim_end()) == "score" {
        return Some(hyphenated(place.span(before.len() - name.len(), before.len()), name));
    }
    None
}

/// `channel own_shop: "Own shop"`, `enum Goal = …`
fn mark(place: &Place<'_>) -> Option<Diagnostic> {
    let mut words = place.before().split_whitespace();
    let (Some(declaration), Some(name), None) = (words.next(), words.next(), words.next()) else {
        return None;
    };
    let declares = DECLARATIONS.contains(&declaration) && is_name(name) && word_end(name) == name.len();
    if !declares || !place.wants(Kind::open_brace) {
        return None;
    }
    if matches!(place.found, ":" | "=" | "," | "-") && place.behind().starts_with(['"', '{']) {
        let span = place.span(place.before().len(), place.text.len() - place.behind().len());
        let what = if place.behind().starts_with('"') { "the title" } else { "the block" };
        let mistake = place.says(&format!("{what} stands right behind the name")).here("not needed");
        return Some(mistake.fix(format!("remove `{}`", place.found), span, " "));
    }
    if matches!(declaration, "enum" | "scale") && matches!(place.found, ":" | "=" | "(" | "[") {
        let article = if declaration == "enum" { "an" } else { "a" };
        let message = format!("the values of {article} {declaration} stand between `{{` and `}}`");
        let form = if declaration == "enum" { "{ one, two }" } else { "{ low < high }" };
        let note = format!("a declaration reads `{declaration} {name} {form}`");
        return Some(place.says(&message).here("no `{`").note(note));
    }
    None
}

/// A name with a hyphen in it.
pub(in crate::syntax) fn hyphenated(span: Span, name: &str) -> Diagnostic {
    let with = name.replace('-', "_");
    let mistake = Diagnostic::new(Code::Syntax, span, "a name holds letters, digits and `_`");
    mistake.here("a hyphen in a name").guess(format!("write `{with}`"), span, with)
}

/// What stands between a name and its block, and is no text.
fn title(place: &Place<'_>) -> Option<Diagnostic> {
    let before = place.before();
    let mut words = before.split_whitespace();
    let (Some(declaration), Some(name), None) = (words.next(), words.next(), words.next()) else {
        return None;
    };
    let titled =
        ["channel", "mix", "rule", "enum", "scale", "requirement", "source", "ruleset", "table", "property"];
    if !titled.contains(&declaration) || !is_name(place.found) {
        return None;
    }
    let line = place.rest().split('\n').next()?;
    let end = line.find(['{', '"', '@']).unwrap_or(line.len());
    let words = line.get(..end)?.trim_end();
    // A clause that stands in the block, without the block.
    let clause = matches!(place.found, "needs" | "owned" | "of" | "met" | "how" | "cost" | "takes");
    if clause && place.wants(Kind::open_brace) && words.contains(' ') {
        let span = place.span(place.at, place.at + words.len());
        let mistake = Diagnostic::new(Code::Syntax, span, format!("`{}` stands between braces", place.found));
        let with = format!("{{ {words} }}");
        return Some(mistake.here("no `{` before this").guess(format!("write `{with}`"), span, with));
    }
    if words
        .split_whitespace()
        .any(|word| matches!(word, "for" | "exception" | "when" | "then" | "from" | "foreach"))
    {
        return None;
    }
    if line.get(end..)?.starts_with('"') {
        let with = format!("{name}_{}", words.split_whitespace().collect::<Vec<_>>().join("_"));
        if !with.chars().all(|c| c == '_' || c.is_alphanumeric()) {
            return None;
        }
        let span = place.span(before.len() - name.len(), place.at + words.len());
        let mistake = Diagnostic::new(Code::Syntax, span, "a name is one word");
        return Some(mistake.here("several words").guess(format!("write `{with}`"), span, with));
    }
    if words.contains(|c: char| !(c == '_' || c == ' ' || c.is_alphanumeric())) {
        return None;
    }
    let span = place.span(place.at, place.at + words.len());
    let mistake = Diagnostic::new(Code::Syntax, span, "a title stands between `\"`");
    Some(mistake.here("no quotation mark before this").guess(
        format!("write `\"{words}\"`"),
        span,
        format!("\"{words}\""),
    ))
}

/// Types as other languages write them, and fields without one.
fn types(place: &Place<'_>) -> Option<Diagnostic> {
    let previous = place.previous();
    let before = place.before();
    if place.found == "[" && place.rest().starts_with("[]") && is_name(previous) && before.len() == place.at {
        let span = Span { end: place.here.end + 1, ..place.previous_span() };
        let mistake = Diagnostic::new(Code::Syntax, span, "several values are a `set of` an enum");
        let with = format!("set of {previous}");
        return Some(mistake.here("not a type").fix(format!("write `{with}`"), span, with));
    }
    if place.found == "/" && matches!(previous, "int" | "number") && is_name(first_word(place.behind())) {
        let span = place.span(before.len(), place.text.len() - place.behind().len());
        let mistake = place.says("a unit is written `per month`").here("not a part of units");
        return Some(mistake.fix("write `per`", span, " per "));
    }
    let several = place.found.starts_with(['[', '<', '*']) && place.wanted("default");
    if several || place.found == "[" && place.wanted("set") {
        let mistake = place.says("several values are a `set of` an enum").here("not a type");
        return Some(mistake.note("such as `goals: set of Goal`"));
    }
    let in_words = [
        ("integer", "int"),
        ("Int", "int"),
        ("Number", "number"),
        ("whole", "int"),
        ("decimal", "number"),
        ("float", "number"),
        ("numeric", "number"),
    ];
    if let (Some((_, meant)), "per") = (in_words.iter().find(|(word, _)| *word == previous), place.found) {
        let span = place.previous_span();
        let mistake = Diagnostic::new(Code::UnknownType, span, format!("no type is named `{previous}`"));
        return Some(mistake.here("not a type").fix(format!("write `{meant}`"), span, *meant));
    }
    if !place.wants(Kind::colon) {
        let type_missing = place.wants(Kind::number_type)
            || place.wants(Kind::set_type)
            || place.wants(Kind::number_word)
            || place.wants(Kind::kw_set);
        if before.ends_with(':') && place.found.starts_with('"') && type_missing {
            let mistake = place.says("a type follows `:`").here("a text, not a type");
            return Some(
                mistake
                    .note("a type is `bool`, `int`, `number`, `text`, `date`, an enum, or `set of` an enum"),
            );
        }
        return None;
    }
    // What stands before was taken for a type, and its rest for the next field.
    let head = before.get(..before.len() - previous.len())?.trim_end();
    let word = last_word(head);
    if previous == "of"
        && matches!(word, "list" | "array" | "many" | "sets" | "Set" | "List" | "multiple" | "several")
    {
        let start = head.len() - word.len();
        let span = place.span(start, before.len());
        let mistake = Diagnostic::new(Code::Syntax, span, "several values are a `set of` an enum");
        return Some(mistake.here("not a type").fix("write `set of`", span, "set of"));
    }
    if word == "set" && head.get(..head.len() - 3)?.trim_end().ends_with(':') {
        let span = place.previous_span();
        let mistake = Diagnostic::new(Code::Syntax, span, "a set is declared as `set of` its enum");
        return Some(mistake.here("`of` is missing before this").fix("write `of`", span.before(), "of "));
    }
    let is_type = matches!(place.found, "bool" | "int" | "number" | "text" | "date" | "set");
    if is_type || is_name(place.found) && place.behind().starts_with('"') {
        let mistake = place.says("a type follows `:`").here("no `:` before this");
        let colon = place.span(before.len(), before.len());
        return Some(mistake.guess("insert `:`", colon, ":"));
    }
    None
}
