//! Clauses and effects: colons behind words, other words for the same, effects the wrong way round.

use super::{Place, first_word, is_name, last_word, word_end};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::parse::Kind;
use crate::syntax::words::LANGUAGE_WORDS;

pub(super) fn habit(place: &Place<'_>) -> Option<Diagnostic> {
    colon(place)
        .or_else(|| effect(place))
        .or_else(|| word(place))
        .or_else(|| list(place))
        .or_else(|| text(place))
        .or_else(|| source(place))
}

/// `when:`, `version:`, `as of =`, `score own_shop: +2`
fn colon(place: &Place<'_>) -> Option<Diagnostic> {
    if !matches!(place.found, ":" | "=") {
        return None;
    }
    let previous = place.previous();
    if place.found == ":" && place.declaration() == "profile" && is_name(previous) && place.wanted("default")
    {
        // On a line of its own it would have been read as the next one.
        let mistake =
            place.says("fields on one line are separated by commas").here("another field begins before");
        return Some(mistake.fix(
            format!("write `, {previous}`"),
            place.previous_span(),
            format!(", {previous}"),
        ));
    }
    let until_next = place.span(place.before().len(), place.text.len() - place.behind().len());
    if place.wants(Kind::worth) || place.wants(Kind::sign) {
        let mistake = place.says("points stand right behind the target, with their sign").here("not needed");
        let with = if place.behind().starts_with(['+', '-']) { " " } else { " +" };
        let words = if with == " " { format!("remove `{}`", place.found) } else { "write `+`".to_string() };
        return Some(mistake.guess(words, until_next, with));
    }
    let clause = !place.wants(Kind::at_least) && LANGUAGE_WORDS.contains(&previous)
        || matches!(previous, "when" | "then" | "is" | "in" | "has");
    // What follows `:` may still be a type, but a clause of the field stands before.
    let of_field = matches!(previous, "default" | "was" | "in");
    if !clause || place.wants(Kind::assign) || place.wants(Kind::colon) && !of_field {
        return None;
    }
    let mistake = place.says(&format!("no `{}` stands behind `{previous}`", place.found)).here("not needed");
    Some(mistake.fix(format!("remove `{}`", place.found), until_next, " "))
}

/// What is written where an effect stands.
fn effect(place: &Place<'_>) -> Option<Diagnostic> {
    let (previous, before) = (place.previous(), place.before());
    let signed = place.found.starts_with(['+', '-']);
    if previous == "score" && signed && place.wants(Kind::name) {
        let digits = place.rest().get(1..)?.trim_start();
        let points = digits.get(..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()))?;
        let behind =
            place.text.get(place.text.len() - place.rest().get(1..)?.trim_start().len() + points.len()..)?;
        let target = behind.trim_start();
        // `+2 to own_shop`
        let target =
            target.strip_prefix("to ").or(target.strip_prefix("for ")).unwrap_or(target).trim_start();
        let left = target.len();
        let target = first_word(target);
        let mistake = place.says("the target comes first, then its points").here("points");
        if points.chars().all(|c| c.is_ascii_digit()) && is_name(target) {
            let end = place.text.len() - left + target.len();
            let with = format!("{target} {}{points}", place.found);
            return Some(mistake.fix(format!("write `{with}`"), place.span(place.at, end), with));
        }
        return Some(mistake);
    }
    if signed && before.ends_with(',') && place.wanted("score") {
        let mistake = place.says("each effect begins with its word").here("points without `score`");
        return Some(mistake.note("write `score own_shop +2, score market +1`"));
    }
    if place.found == "%" && place.wanted("score") && before.ends_with(|c: char| c.is_ascii_digit()) {
        let mistake = place.says("points are a whole number without a unit").here("not a part of points");
        return Some(mistake.guess("remove `%`", place.here, ""));
    }
    if matches!(previous, "score" | "exclude" | "cap") && place.found.starts_with('"') {
        let mistake = place.says("a target is written by its name").here("a title");
        return Some(mistake.note("its name stands behind `channel` or `mix`, before the title"));
    }
    if place.found.starts_with('"') && place.wanted("because") && is_name(previous) {
        let mistake = place.says("a reason stands behind `because`").here("a text without its word");
        return Some(mistake.guess("write `because` before it", place.here.before(), "because "));
    }
    // One word was taken for the target of `needs`.
    let only_needs = place.wants(Kind::kw_needs)
        && place.kinds.iter().all(|kind| matches!(kind, Kind::kw_needs | Kind::needs_effect));
    if !only_needs || !is_name(previous) {
        return None;
    }
    let span = place.previous_span();
    let at_previous = |message: &str| Diagnostic::new(Code::Syntax, span, message);
    match previous {
        "point" | "points" | "pts" => {
            let span = place.span(before.trim_end_matches(previous).trim_end().len(), before.len());
            let mistake = at_previous("points are a number and nothing else").here("not needed");
            return Some(mistake.fix(format!("remove `{previous}`"), span, ""));
        }
        "recommend" | "prefer" | "suggest" | "choose" | "pick" | "favour" | "favor" | "use"
            if is_name(place.found) =>
        {
            let mistake = at_previous("a target is recommended by its points").here("not an effect");
            let whole = Span { end: place.here.end, ..span };
            let with = format!("score {} +1", place.found);
            return Some(mistake.guess(format!("write `{with}`"), whole, with));
        }
        "reject" | "avoid" | "forbid" | "disqualify" | "drop" | "deny" | "ban" if is_name(place.found) => {
            let mistake = at_previous("what may not be chosen is excluded").here("not an effect");
            return Some(mistake.guess("write `exclude`", span, "exclude"));
        }
        "reason" | "why" | "explanation" if place.found.starts_with('"') => {
            let mistake = at_previous("a reason stands behind `because`").here("not a word of rules");
            return Some(mistake.fix("write `because`", span, "because"));
        }
        "add" | "give" | "plus" | "subtract" | "minus" | "deduct" => {
            let mistake = at_previous("points are given by `score`").here("not an effect");
            return Some(mistake.note("such as `score own_shop +2`, `score own_shop -1`"));
        }
        _ => {}
    }
    if matches!(place.found, "require" | "requires" | "need") {
        let mistake = place.says("what a target needs stands behind `needs`").here("not a word of effects");
        return Some(mistake.fix("write `needs`", place.here, "needs"));
    }
    if signed {
        let mistake = at_previous("points are given by `score`").here("no `score` before this");
        return Some(mistake.guess("write `score`", span.before(), "score "));
    }
    let mistake = at_previous(&format!("`{previous}` begins no effect")).here("not an effect");
    let words = ["score", "exclude", "cap", "note", "warn", "because", "from", "when"];
    if nearest(previous, words).is_some() {
        return Some(mistake.near(span, previous, words));
    }
    Some(mistake.note(
        "an effect is `score T +2`, `exclude T`, `cap T at possible`, `T needs R`, `note \"…\"` or `warn \"…\"`",
    ))
}

/// Other words for what the language has.
fn word(place: &Place<'_>) -> Option<Diagnostic> {
    let replace = |message: &str, with: &str| {
        Some(place.says(message).here("not a word of this place").fix(
            format!("write `{with}`"),
            place.here,
            with,
        ))
    };
    let lower = place.found.to_lowercase();
    match lower.as_str() {
        "all" | "every" | "any" if place.wants(Kind::kw_each) => {
            return replace("one instance for each channel is made by `for each`", "each");
        }
        "foreach" | "forall" if place.wanted("for") => {
            return replace("one instance for each channel is made by `for each`", "for each");
        }
        "each" if place.wanted("for") => {
            return replace("one instance for each channel is made by `for each`", "for each");
        }
        _ if place.wants(Kind::kw_each) && is_name(place.found) => {
            let mistake = place.says("one instance for each channel is made by `for each`");
            return Some(mistake.here("no `each` before this").fix(
                "write `each`",
                place.here.before(),
                "each ",
            ));
        }
        "channels" | "all" if place.previous() == "in" && place.wants(Kind::open_brace) => {
            let span = Span { end: place.here.end, ..place.previous_span() };
            let mistake = Diagnostic::new(Code::Syntax, span, "`for each` goes over all channels by itself");
            return Some(mistake.here("not needed").fix("remove it", span, ""));
        }
        ":" if place.wanted("where") && place.behind().starts_with('{') => {
            let mistake = place.says("the block stands right behind the head").here("not needed");
            return Some(mistake.fix("remove `:`", place.here, ""));
        }
        _ if place.wanted("where")
            && is_name(place.found)
            && matches!(place.previous(), "channel" | "option" | "target") =>
        {
            let span = Span { end: place.here.start, ..place.previous_span() };
            let mistake = Diagnostic::new(Code::Syntax, span, "`for each` goes over channels by itself");
            return Some(mistake.here("not needed").fix("remove it", span, ""));
        }
        "as_of" | "asof" | "date" if place.wanted("as") => {
            return replace("the day stands behind `as of`", "as of");
        }
        "-" if place.previous() == "as" && place.rest().starts_with("-of") => {
            let span = Span { end: place.here.end + 2, ..place.here };
            let mistake = place.says("the day stands behind `as of`").here("two words, without a hyphen");
            return Some(mistake.fix("write `as of`", span, " of"));
        }
        "today" | "now" if place.wants(Kind::date) && place.previous() == "of" => {
            let mistake = place.says("the day of a ruleset is written out").here("not a date");
            return Some(
                mistake.note("write `as of 2021-06-01`; left out, the day of the evaluation counts"),
            );
        }
        "when" | "then" | "because" if place.declaration() == "rule" && place.wants(Kind::open_brace) => {
            let mistake =
                place.says("what a rule says stands between `{` and `}`").here("no `{` before this");
            return Some(if place.rest().contains('}') {
                mistake.guess("insert `{`", place.here.before(), "{ ")
            } else {
                mistake.note("a rule reads `rule NAME { when … then … }`")
            });
        }
        "unless" if place.wanted("when") => {
            let mistake = place.says("a condition is denied by `when not (…)`").here("not a word of rules");
            let (condition, _) = place.behind().split_once(" then")?;
            let end = place.text.len() - place.behind().len() + condition.len();
            let with = format!("when not ({})", condition.trim_end());
            return Some(mistake.fix(format!("write `{with}`"), place.span(place.at, end), with));
        }
        _ => {}
    }
    // A word that was taken for the name of a fact.
    let needs = ["require", "requires", "need", "depends", "demands"];
    if place.wants(Kind::assign) && needs.contains(&place.previous()) && is_name(place.found) {
        let mut span = place.previous_span();
        if place.found == "on" {
            span.end = place.here.end;
        }
        let mistake = Diagnostic::new(Code::Syntax, span, "what a channel needs stands behind `needs`");
        return Some(mistake.here("not a word of channels").fix("write `needs`", span, "needs"));
    }
    None
}

/// What parts the entries of a list.
fn list(place: &Place<'_>) -> Option<Diagnostic> {
    let declaration = place.declaration();
    if matches!(place.found, "and" | "&" | "+") && place.wants(Kind::comma) && is_name(place.previous()) {
        let mistake = place.says("the entries of a list are separated by commas").here("not a comma");
        let span = place.span(place.before().len(), place.at + place.found.len());
        return Some(mistake.fix("write `,`", span, ","));
    }
    let member = place.wants(Kind::member) || place.wants(Kind::name);
    if declaration == "enum" && member && matches!(place.found, "|" | "/" | "<" | "||") {
        let ordered = place.found == "<";
        let mistake =
            place.says("the values of an enum are separated by commas or line ends").here("not a comma");
        let span = place.span(place.before().len(), place.at + place.found.len());
        let mistake =
            if ordered { mistake.note("an enum whose values have an order is a `scale`") } else { mistake };
        return Some(mistake.guess("write `,`", span, ","));
    }
    if declaration == "levels" && place.found == "<" {
        let mistake = place.says("levels are separated by `>`, highest first").here("the other way round");
        let names: Vec<&str> = place.text.trim().strip_prefix("levels")?.split('<').map(str::trim).collect();
        if names.iter().all(|name| word_end(name) == name.len()) {
            let with = names.iter().rev().copied().collect::<Vec<_>>().join(" > ");
            let start = place.text.len() - place.text.trim_start().len() + "levels ".len();
            let end = place.text.trim_end().len();
            return Some(mistake.guess(format!("write `{with}`"), place.span(start, end), with));
        }
        return Some(mistake);
    }
    if declaration == "mix" && place.wanted("of") && is_name(place.found) {
        let mistake = place.says("the members of a mix stand behind `of`").here("no `of` before this");
        return Some(mistake.guess("write `of`", place.here.before(), "of "));
    }
    if declaration == "let" && place.wants(Kind::assign) {
        let colon = place.before().find(':')?;
        let span = place.span(colon, colon + 1);
        let mistake = Diagnostic::new(Code::Syntax, span, "what a `let` stands for follows `=`");
        return Some(mistake.here("a type follows `:`").guess("write `=`", span, "="));
    }
    let is_value = place.found.starts_with(|c: char| c.is_ascii_digit() || "\"{+-".contains(c));
    if declaration == "parameter" && place.wants(Kind::parameter_value) && is_value {
        let mistake = place.says("the value of a parameter follows `=`").here("no `=` before this");
        return Some(mistake.guess("write `=`", place.here.before(), "= "));
    }
    // `has reach, speed`
    let before = place.before();
    if let Some(first) = before.strip_suffix(',').map(last_word)
        && place.wanted("when")
        && let word @ ("has" | "in") = last_word(before.get(..before.len() - 1 - first.len())?.trim_end())
    {
        let (first, second) = (first, place.found);
        if word == "in" {
            let mistake = place.says("a set stands between `{` and `}`").here("a second member");
            return Some(mistake.note(format!("write `in {{{first}, {second}}}`")));
        }
        let mistake = place.says("members of a set stand between `{` and `}`").here("a second member");
        return Some(
            mistake.note(format!("write `has all {{{first}, {second}}}` or `has any {{{first}, {second}}}`")),
        );
    }
    None
}

/// Texts without quotation marks, or with some of their own.
fn text(place: &Place<'_>) -> Option<Diagnostic> {
    let texts = [Kind::text, Kind::short_text, Kind::plain_text];
    let wanted = texts.iter().any(|kind| place.wants(*kind));
    let previous = place.previous();
    if wanted
        && matches!(previous, "version" | "import" | "url" | "text" | "csv" | "xlsx" | "sheet" | "at")
        && !place.found.is_empty()
    {
        let end = place
            .rest()
            .find(|c: char| c.is_whitespace() || "{},\"".contains(c))
            .unwrap_or(place.rest().len());
        let bare = place.rest().get(..end).filter(|bare| !bare.is_empty())?;
        let span = place.span(place.at, place.at + end);
        let mistake = Diagnostic::new(Code::Syntax, span, "a text stands between `\"`");
        return Some(mistake.here("no quotation mark before this").fix(
            format!("write `\"{bare}\"`"),
            span,
            format!("\"{bare}\""),
        ));
    }
    // `de: "…"` for `@de "…"`
    if wanted || place.wants(Kind::translation) || place.wants(Kind::at_language) {
        let tag = place.found;
        if matches!(tag.len(), 2 | 3)
            && place.behind().starts_with(':')
            && place.behind().get(1..)?.trim_start().starts_with('"')
        {
            let end = place.text.len() - place.behind().len() + 1;
            let mistake = place.says("a translation stands behind the tag of its language").here("not a tag");
            return Some(mistake.fix(
                format!("write `@{tag}`"),
                place.span(place.at, end),
                format!("@{tag}"),
            ));
        }
        if let Some(tag) = place.before().rfind('@').and_then(|at| place.before().get(at..))
            && tag.len() > 1
            && word_end(&tag.replace(['@', '-'], "_")) == tag.len()
            && !place.found.starts_with('"')
        {
            let mistake = place.says(&format!("a text follows `{tag}`")).here("no text");
            return Some(mistake.note(format!("such as `{tag} \"…\"`")));
        }
    }
    // `orders: int in 0 .. 9 "How many?"`
    if place.found.starts_with('"') && place.wanted("required") && place.wanted("was") {
        let mistake =
            place.says("a question stands right behind the type of its field").here("behind a clause");
        return Some(mistake.note("such as `orders: int \"How many?\" in 0 .. 9`"));
    }
    // `"a "big" shop"`: the text ended before the word.
    if is_name(place.found) && place.before().ends_with('"') && place.before().len() == place.at {
        let mistake =
            place.says("a quotation mark in a text is written `\\\"`").here("the text ended before this");
        return Some(mistake);
    }
    None
}

/// Sources that are written where they are used.
fn source(place: &Place<'_>) -> Option<Diagnostic> {
    let note = |title: &str| {
        format!(
            "declare it with `source my_source \"A title\" {{ url {title} }}`, then write `from my_source`"
        )
    };
    if place.previous() == "from" && place.found.starts_with('"') && place.wants(Kind::name) {
        let mistake = place.says("a source is declared, and named behind `from`").here("a text, not a name");
        return Some(mistake.note(note(place.found)));
    }
    if place.previous() == "source" && place.wants(Kind::assign) {
        let span = place.previous_span();
        let mistake = Diagnostic::new(Code::Syntax, span, "a source is declared, and named behind `from`");
        let mistake = mistake.here("not a word of channels");
        return Some(if place.found.starts_with('"') {
            mistake.note(note("\"…\""))
        } else {
            mistake.fix("write `from`", span, "from")
        });
    }
    None
}
