//! What pest says when a piece does not parse, in the words of the language.

use std::collections::BTreeSet;

use pest::error::{Error, ErrorVariant, InputLocation};

use super::habits::{Place, habit};
use super::parse::Kind;
use super::words::{DECLARATIONS, RESERVED};
use crate::diagnostic::{Code, Diagnostic, nearest, one_of};
use crate::source::{FileId, Span};

/// Turns pest's error into a diagnostic: what was expected, what was found, and what may have been meant.
pub(super) fn diagnostic(error: &Error<Kind>, file: FileId, text: &str, base: usize) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let kinds: &[Kind] = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => {
            let here = Span { file, start: base as u32, end: (base + text.len()) as u32 };
            return Diagnostic::new(Code::TooDeep, here, "this nests too deep to be read");
        }
    };
    let at = skip_blank(text, at);
    let found = token(text, at);
    let here = if found.is_empty() {
        // Nothing follows: point at the last thing that stands there.
        let end = text.trim_end().len();
        let start = text.get(..end).and_then(|t| t.char_indices().next_back()).map_or(0, |(i, _)| i);
        Span { file, start: (base + start) as u32, end: (base + end) as u32 }
    } else {
        Span { file, start: (base + at) as u32, end: (base + at + found.len()) as u32 }
    };
    let before = text.get(..at).unwrap_or("").trim_end();
    let habit = || habit(&Place { kinds, text, base, at, found, here });
    if let Some(special) = habit().or_else(|| special(kinds, here, found, before, text, at)) {
        return special;
    }

    let wants: BTreeSet<&str> = kinds.iter().filter_map(|kind| words(*kind)).collect();
    let mut listed: Vec<String> = wants
        .iter()
        .map(|want| if want.starts_with(' ') { want.trim_start().to_string() } else { format!("`{want}`") })
        .collect();
    listed.dedup();
    if listed.len() > 8 {
        listed.retain(|want| want.starts_with('`'));
    }
    listed.truncate(12);
    let what = if listed.is_empty() { "something else".into() } else { one_of(&listed) };
    let message = if found.is_empty() {
        format!("expected {what}, but the declaration ends here")
    } else {
        format!("expected {what}, found {}", shown(found))
    };
    let mut diagnostic = Diagnostic::new(Code::Syntax, here, message);
    let mut keywords: Vec<&str> =
        wants.iter().copied().filter(|w| w.starts_with(|c: char| c.is_ascii_alphabetic())).collect();
    keywords.extend(kinds.iter().flat_map(|kind| alternatives(*kind)));
    if is_word(found) {
        if RESERVED.contains(&found) && kinds.contains(&Kind::name) && !kinds.contains(&Kind::open_paren) {
            let message = format!("`{found}` is a reserved word, never a name");
            return Diagnostic::new(Code::ReservedName, here, message).here("choose another name");
        }
        diagnostic = match nearest(found, keywords.iter().copied()) {
            Some(_) => diagnostic.here("not a word of this place").near(here, found, keywords),
            None => diagnostic.here("not expected here"),
        };
    } else {
        diagnostic = diagnostic.here(if found.is_empty() { "after this" } else { "not expected here" });
    }
    diagnostic
}

/// Likely mistakes that deserve a sentence of their own.
fn special(
    kinds: &[Kind],
    here: Span,
    found: &str,
    before: &str,
    text: &str,
    at: usize,
) -> Option<Diagnostic> {
    let rest = text.get(at..).unwrap_or("");
    // How many blanks part it from what stands before.
    let distance = at - before.len();
    let operator = kinds.contains(&Kind::and_op);
    let operand =
        kinds.contains(&Kind::expr) || kinds.contains(&Kind::number) && kinds.contains(&Kind::open_paren);
    let wanted = |word: &str| kinds.iter().any(|kind| words(*kind) == Some(word));
    let syntax = |message: &str| Diagnostic::new(Code::Syntax, here, message);
    let replace = |message: &str, label: &str, with: &str| {
        Some(syntax(message).here(label).fix(format!("write `{with}`"), here, with))
    };
    let perhaps = |message: &str, label: &str, with: &str| {
        Some(syntax(message).here(label).guess(format!("write `{}`", with.trim_start()), here, with))
    };
    match found {
        "=" if operator => return replace("a comparison is written `==`", "`=` states a value", "=="),
        "&&" | "&" if operator => return replace("conditions are joined by `and`", "not an operator", "and"),
        "||" | "|" if operator => return replace("conditions are joined by `or`", "not an operator", "or"),
        "!" if operand => {
            let behind = rest.get(1..).unwrap_or("");
            let denied = behind.trim_start();
            let end = denied.find(|c: char| !(c == '_' || c == '.' || c.is_alphanumeric()));
            let denied = denied.get(..end.unwrap_or(denied.len())).unwrap_or("");
            let says = if denied.is_empty() { "write `not`".into() } else { format!("write `not {denied}`") };
            let blanks = (behind.len() - behind.trim_start_matches(' ').len()) as u32;
            let mistake = syntax("a condition is denied by `not`").here("not an operator");
            return Some(mistake.fix(says, Span { end: here.end + blanks, ..here }, "not "));
        }
        "=>" if operator
            && !rest.trim_start_matches(['=', '>', ' ']).starts_with(|c: char| c.is_ascii_digit()) =>
        {
            return perhaps("`at least` is written `>=`", "not an operator", ">=");
        }
        "=>" if operator => return replace("`at least` is written `>=`", "not an operator", ">="),
        "=<" if operator => return replace("`at most` is written `<=`", "not an operator", "<="),
        "<>" if operator => return replace("`not equal` is written `!=`", "not an operator", "!="),
        "contains" | "includes"
            if operator && rest.split_whitespace().nth(1).is_some_and(|word| word.starts_with('"')) =>
        {
            return Some(syntax("a text is compared as a whole, with `==` or `in {…}`").here("not an operator").note(
                "what is asked of a part of a text becomes a field of its own; a set of values is asked with `has`",
            ));
        }
        "contains" | "includes" if operator => {
            return replace("a set is asked with `has`", "not an operator", "has");
        }
        "not" if before.ends_with("is") => {
            return Some(syntax("`is not` does not exist").here("not a state").note(
                "put `not` before what is asked: `not x is known`, or write `is unknown`, `is eligible`",
            ));
        }
        "if" | "If" | "IF" | "where" | "given" if wanted("when") => {
            return replace("a condition begins with `when`", "not a word of rules", "when");
        }
        "else" | "otherwise" if wanted("because") && wanted("when") => {
            return Some(
                syntax("a rule has no `else`")
                    .here("not a word of rules")
                    .note("write a second rule whose condition is the opposite: `when not (…)`"),
            );
        }
        "score" | "exclude" | "cap" | "note" | "warn" if wanted("when") && wanted("then") => {
            let message = "what follows from a condition stands after `then`";
            return Some(syntax(message).here("an effect").guess(
                "write `then` before it",
                here.before(),
                "then ",
            ));
        }
        "is" if wanted("leaning") => {
            let blank = Span { end: here.end + u32::from(rest.starts_with("is ")), ..here };
            return Some(
                syntax("an expected verdict stands right behind its target").here("not needed").fix(
                    "remove `is`",
                    blank,
                    "",
                ),
            );
        }
        "unknown" if operand && before.ends_with('=') => {
            return Some(syntax("what is not known is asked with `is unknown`").here("not a value").note(
                "write `x is unknown`; of a field, only a rule that does nothing but `note` or `warn` asks",
            ));
        }
        _ if wanted("leaning") && wanted("could") && is_word(found) => {
            let verdicts = alternatives(Kind::verdict);
            let expectation = syntax(&format!("`{found}` is not expected of a target")).here("no verdict");
            return Some(match nearest(found, verdicts.iter().copied()) {
                Some(_) => expectation.near(here, found, verdicts.iter().copied()),
                None => expectation.note(format!(
                    "a verdict is {}; also `score >= 2`, `needs R`, `because RULE`",
                    one_of(&verdicts.iter().map(|verdict| format!("`{verdict}`")).collect::<Vec<_>>())
                )),
            });
        }
        "then" if wanted("expect") => {
            return replace("a property says what to `expect`", "not a word of properties", "expect");
        }
        "[" if kinds.contains(&Kind::range) || kinds.contains(&Kind::literal_set) => {
            let set = syntax("a set stands between `{` and `}`").here("brackets hold the index of a fact");
            let inside = rest.split('\n').next().and_then(|line| line.get(1..line.find(']')?));
            return Some(match inside.filter(|inside| !inside.contains(['[', '{'])) {
                Some(inside) => {
                    let span = Span { end: here.start + inside.len() as u32 + 2, ..here };
                    set.fix(format!("write `{{{}}}`", inside.trim()), span, format!("{{{inside}}}"))
                }
                None => set,
            });
        }
        ":" if kinds.contains(&Kind::assign) && before.ends_with("needs") => {
            return Some(syntax("what a channel needs stands right behind `needs`").here("not needed").fix(
                "remove `:`",
                here,
                "",
            ));
        }
        ":" | "=>" | "->" if kinds.contains(&Kind::assign) => {
            return perhaps("a value is stated with `=`", "not expected here", "=");
        }
        "=" | "for" if kinds.contains(&Kind::colon) && text.trim_start().starts_with("measure") => {
            let note = "a measure has a type: `measure NAME: number \"Title\" for each c = VALUE`";
            return Some(syntax("the type of a measure stands before its value").here("no type").note(note));
        }
        "=" if kinds.contains(&Kind::colon) && text.trim_start().starts_with("parameter") => {
            let note = "a parameter has a type: `parameter NAME: TYPE \"Title\" = VALUE`";
            return Some(
                syntax("the type of a parameter stands before its value").here("no type").note(note),
            );
        }
        "=" if kinds.contains(&Kind::colon) => {
            return perhaps("a type follows `:`", "not expected here", ":");
        }
        "=" if kinds.contains(&Kind::at_least) => {
            return replace("a threshold is written `>=`", "not expected here", ">=");
        }
        "=" | ":" if kinds.contains(&Kind::kw_per) => {
            // `1 c = 2` was read as one of the unit `c`.
            let start = before.rfind(|c: char| !(c == '_' || c.is_alphanumeric())).map_or(0, |i| i + 1);
            let name = Span { start: here.start - (distance + before.len() - start) as u32, ..here };
            let name = Span { end: name.start + (before.len() - start) as u32, ..name };
            return Some(
                Diagnostic::new(
                    Code::MissingSeparator,
                    name,
                    "a comma or a line end parts one entry from the next",
                )
                .here("this begins another")
                .guess("insert a comma", name.before(), ", "),
            );
        }
        "'" => {
            return Some(syntax("a text stands between `\"`").here("not a quotation mark of the language"));
        }
        "\"" | "\"…\"" if operator => return Some(syntax("a text cannot follow here").here("a text")),
        _ => {}
    }
    if let Some(comma) = thousands(text, at) {
        let span = Span { start: here.start - (at - comma) as u32, ..here };
        let span = Span { end: span.start + 1, ..span };
        return Some(
            Diagnostic::new(Code::Syntax, span, "the thousands of a number are parted by `_`, if at all")
                .here("this comma ends the number")
                .guess("write `_`", span, "_"),
        );
    }
    let wants_text = [Kind::text, Kind::short_text, Kind::plain_text].iter().any(|kind| kinds.contains(kind));
    if wants_text
        && is_word(found)
        && ["because", "note", "warn", "how"].iter().any(|word| before.ends_with(word))
    {
        return Some(syntax("a text stands between `\"`").here("no quotation mark before this"));
    }
    if kinds.contains(&Kind::assign) && found == "==" {
        return replace("a value is stated with `=`", "`==` compares", "=");
    }
    if kinds.contains(&Kind::below) && found == "," {
        return perhaps("the values of a scale are parted by `<`, lowest first", "not expected here", " <");
    }
    if kinds.contains(&Kind::above) && found == "," {
        return perhaps("levels are parted by `>`, highest first", "not expected here", " >");
    }
    if kinds.contains(&Kind::at_language) && rest.starts_with('@') {
        return Some(syntax("a language tag follows `@`, such as `@zh`").here("no language"));
    }
    None
}

/// Finds the comma of `10,000`, where reading stopped at it or behind it.
fn thousands(text: &str, at: usize) -> Option<usize> {
    let comma = if text.get(at..)?.starts_with(',') { at } else { at.checked_sub(1)? };
    let is_digit = |c: char| c.is_ascii_digit();
    let behind = text.get(comma..)?.strip_prefix(',')?;
    let digits = behind.find(|c| !is_digit(c)).unwrap_or(behind.len());
    (digits == 3 && text.get(..comma)?.ends_with(is_digit)).then_some(comma)
}

/// The words that a description of `words` stands for.
pub(super) fn alternatives(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::verdict => &["recommended", "possible", "unsuitable", "excluded", "undecided"],
        Kind::policy => &["collect", "first", "unique"],
        Kind::confidence_level => &["high", "medium", "low"],
        Kind::quantifier => &["any", "all", "none", "only"],
        _ => &[],
    }
}

fn skip_blank(text: &str, mut at: usize) -> usize {
    loop {
        let rest = text.get(at..).unwrap_or("");
        let blank = rest.len() - rest.trim_start().len();
        at += blank;
        match text.get(at..) {
            Some(rest) if rest.starts_with('#') => at += rest.find('\n').unwrap_or(rest.len()),
            Some(_) | None => return at,
        }
    }
}

/// The token at an offset: a word, a number, a run of operator characters, or one character.
fn token(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or("");
    let run = |accept: fn(char) -> bool| rest.find(|c| !accept(c)).unwrap_or(rest.len());
    let length = match rest.chars().next() {
        None => 0,
        Some('"') => rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| *c == '"')
            .map_or(1, |(i, _)| i + 1)
            .min(rest.find('\n').unwrap_or(rest.len())),
        Some(c) if c == '_' || c.is_alphanumeric() => run(|c| c == '_' || c.is_alphanumeric()),
        Some('=' | '!' | '<' | '>' | '&' | '|') => run(|c| "=!<>&|".contains(c)).min(2),
        Some('-') if rest.starts_with("->") => 2,
        Some(c) => c.len_utf8(),
    };
    rest.get(..length).unwrap_or("")
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c == '_' || c.is_alphabetic())
}

fn shown(found: &str) -> String {
    let mut short: String = found.chars().take(24).collect();
    if short.len() < found.len() {
        short.push('…');
    }
    if found.starts_with('"') {
        "a text".into()
    } else if DECLARATIONS.contains(&found) || is_word(found) {
        format!("`{short}`")
    } else {
        format!("`{}`", short.replace('\n', " "))
    }
}

/// The words for a rule of the grammar: the token itself, or a description that begins with a space.
/// Rules that only group others have none.
pub(super) fn words(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::name | Kind::dotted | Kind::unit_name | Kind::rule_name => " a name",
        Kind::EOI => " the end",
        Kind::number | Kind::quantity | Kind::signed_quantity => " a number",
        Kind::date => " a date",
        Kind::plain_text | Kind::long_text | Kind::short_text | Kind::text => " a text",
        Kind::language => " a language tag",
        Kind::at_language | Kind::translation => " a translation",
        Kind::code => " the code of a finding",
        Kind::unit => " a unit",
        Kind::percent => "%",
        Kind::sign => " a sign",
        Kind::points | Kind::worth => " points",
        Kind::or_op
        | Kind::and_op
        | Kind::eq
        | Kind::ne
        | Kind::le
        | Kind::ge
        | Kind::lt
        | Kind::gt
        | Kind::plus
        | Kind::minus
        | Kind::times
        | Kind::divide
        | Kind::has_op
        | Kind::is_op => " an operator",
        Kind::not_op => "not",
        Kind::in_op => "in",
        Kind::expr
        | Kind::group
        | Kind::set
        | Kind::conditional
        | Kind::path
        | Kind::kw_if
        | Kind::kw_true
        | Kind::kw_false
        | Kind::kw_today
        | Kind::sum => " an expression",
        Kind::literal_set => " a value",
        Kind::quantifier => " any, all, none or only",
        Kind::confidence_level => " high, medium or low",
        Kind::verdict => " a verdict",
        Kind::number_word | Kind::number_type | Kind::set_type => " a type",
        Kind::open_brace
        | Kind::fields
        | Kind::channel_block
        | Kind::parameter_block
        | Kind::rule_block
        | Kind::name_set
        | Kind::assignments => "{",
        Kind::close_brace => "}",
        Kind::open_paren => "(",
        Kind::close_paren => ")",
        Kind::open_bracket => "[",
        Kind::close_bracket => "]",
        Kind::comma => ",",
        Kind::colon => ":",
        Kind::assign | Kind::unit_rate => "=",
        Kind::at_least => ">=",
        Kind::at_most => "<=",
        Kind::above => ">",
        Kind::below => "<",
        Kind::dots | Kind::range_upper | Kind::literal_upper => "..",
        Kind::kw_then => "then",
        Kind::kw_else => "else",
        Kind::kw_unknown => "unknown",
        Kind::kw_known => "known",
        Kind::kw_excluded => "excluded",
        Kind::kw_eligible => "eligible",
        Kind::kw_lowest => "lowest",
        Kind::kw_highest => "highest",
        Kind::kw_per => "per",
        Kind::kw_ruleset => "ruleset",
        Kind::kw_version => "version",
        Kind::kw_languages => "languages",
        Kind::kw_as => "as",
        Kind::kw_of => "of",
        Kind::kw_import => "import",
        Kind::kw_source => "source",
        Kind::kw_text => "text",
        Kind::kw_url => "url",
        Kind::kw_publisher => "publisher",
        Kind::kw_published => "published",
        Kind::kw_accessed => "accessed",
        Kind::kw_confidence => "confidence",
        Kind::kw_unit => "unit",
        Kind::kw_decimals => "decimals",
        Kind::kw_enum => "enum",
        Kind::kw_scale => "scale",
        Kind::kw_profile => "profile",
        Kind::kw_section => "section",
        Kind::kw_default => "default",
        Kind::kw_required => "required",
        Kind::kw_fixed => "fixed",
        Kind::kw_was => "was",
        Kind::kw_set => "set",
        Kind::kw_fact => "fact",
        Kind::kw_channel => "channel",
        Kind::kw_needs => "needs",
        Kind::kw_nothing => "nothing",
        Kind::kw_like | Kind::like => "like",
        Kind::kw_owned => "owned",
        Kind::kw_when => "when",
        Kind::kw_since => "since",
        Kind::kw_until => "until",
        Kind::kw_disputed => "disputed",
        Kind::kw_from => "from",
        Kind::kw_at => "at",
        Kind::kw_mix => "mix",
        Kind::kw_requirement => "requirement",
        Kind::kw_met => "met",
        Kind::kw_unmet => "unmet",
        Kind::kw_how => "how",
        Kind::kw_cost => "cost",
        Kind::kw_takes => "takes",
        Kind::kw_weight => "weight",
        Kind::kw_levels => "levels",
        Kind::kw_let => "let",
        Kind::kw_measure | Kind::measure => "measure",
        Kind::kw_higher | Kind::better => "higher",
        Kind::kw_lower => "lower",
        Kind::kw_better => "better",
        Kind::kw_mixes | Kind::mixes_sum => "mixes",
        Kind::kw_sum => "sum",
        Kind::kw_rank | Kind::rank_by => "rank",
        Kind::kw_rule => "rule",
        Kind::kw_for => "for",
        Kind::kw_each => "each",
        Kind::kw_where => "where",
        Kind::kw_exception => "exception",
        Kind::kw_to => "to",
        Kind::kw_because => "because",
        Kind::kw_score => "score",
        Kind::kw_exclude => "exclude",
        Kind::kw_cap => "cap",
        Kind::kw_note => "note",
        Kind::kw_warn => "warn",
        Kind::kw_verdicts => "verdicts",
        Kind::kw_recommended => "recommended",
        Kind::kw_possible => "possible",
        Kind::kw_test => "test",
        Kind::kw_given => "given",
        Kind::kw_expect => "expect",
        Kind::kw_first => "first",
        Kind::kw_missing => "missing",
        Kind::kw_fires => "fires",
        Kind::kw_does => "does",
        Kind::kw_not => "not",
        Kind::kw_fire => "fire",
        Kind::kw_leaning => "leaning",
        Kind::kw_could => "could",
        Kind::kw_be => "be",
        Kind::kw_by => "by",
        Kind::kw_property => "property",
        Kind::kw_even => "even",
        Kind::kw_allow => "allow",
        Kind::kw_extends | Kind::extends => "extends",
        Kind::kw_override | Kind::overriding => "override",
        Kind::kw_remove | Kind::remove => "remove",
        Kind::kw_table | Kind::table_head => "table",
        Kind::kw_csv => "csv",
        Kind::kw_xlsx => "xlsx",
        Kind::kw_sheet => "sheet",
        Kind::csv_file => "from",
        Kind::kw_parameter | Kind::parameter | Kind::override_parameter => "parameter",
        Kind::kw_facts | Kind::facts => "facts",
        Kind::kw_texts | Kind::texts => "texts",
        Kind::policy => " collect, first or unique",
        Kind::removed => " what to remove: a rule, a table, …",
        Kind::override_mix => "mix",
        Kind::text_entry | Kind::text_path | Kind::path_name => " the path of a text",
        Kind::column => " an expression",
        Kind::effect_column => " a target, `then`, `because`, `note` or `from`",
        Kind::row_name => " a name",
        Kind::any_cell => "-",
        Kind::test_cell | Kind::one_test | Kind::compare_cell | Kind::membership_cell => " a test",
        Kind::effect_cell => " `+N`, `-N`, `exclude` or `cap`",
        Kind::then_cell => " an effect",
        Kind::from_cell => " a source",
        Kind::because => "because",
        Kind::cap => "cap",
        Kind::cost => "cost",
        Kind::disputed => "disputed",
        Kind::even_unknown => "even",
        Kind::exception_to => "exception",
        Kind::exclude => "exclude",
        Kind::expect => "expect",
        Kind::expect_because => "because",
        Kind::expect_could_be => "could",
        Kind::expect_excluded_by => "excluded",
        Kind::expect_first => "first",
        Kind::expect_leaning => "leaning",
        Kind::expect_missing => "missing",
        Kind::expect_needs | Kind::needs => "needs",
        Kind::expect_rule | Kind::rule => "rule",
        Kind::expect_score | Kind::score => "score",
        Kind::for_each => "for",
        Kind::from_clause => "from",
        Kind::given => "given",
        Kind::how => "how",
        Kind::import => "import",
        Kind::languages => "languages",
        Kind::members => "of",
        Kind::met_when => "met",
        Kind::note => "note",
        Kind::owned => "owned",
        Kind::section => "section",
        Kind::since => "since",
        Kind::source_accessed => "accessed",
        Kind::source_confidence => "confidence",
        Kind::source_published => "published",
        Kind::source_publisher => "publisher",
        Kind::source_text => "text",
        Kind::source_url => "url",
        Kind::takes => "takes",
        Kind::then => "then",
        Kind::until => "until",
        Kind::version => "version",
        Kind::when => "when",
        Kind::as_of => "as",
        Kind::allow_clause | Kind::field_allow => "allow",
        Kind::field_default => "default",
        Kind::field_fixed => "fixed",
        Kind::field_required => "required",
        Kind::field_was | Kind::old_name => "was",
        Kind::field_range | Kind::membership => "in",
        Kind::arguments => "(",
        Kind::index | Kind::fact_index | Kind::statement_index => "[",
        Kind::possession | Kind::state => " an operator",
        Kind::range | Kind::literal_range => " a range",
        Kind::threshold => " a threshold",
        Kind::assignment | Kind::field => " a field",
        Kind::statement => " a fact",
        Kind::parameter_value => " a value",
        Kind::needs_effect => " an effect",
        Kind::expect_measure => " a measure",
        Kind::expect_target => " a target",
        Kind::member | Kind::value => " a name",
        Kind::decimals => " a number of decimals",
        Kind::ruleset => "ruleset",
        Kind::source => "source",
        Kind::unit_declaration => "unit",
        Kind::enumeration => "enum",
        Kind::scale => "scale",
        Kind::profile => "profile",
        Kind::fact => "fact",
        Kind::channel => "channel",
        Kind::mix => "mix",
        Kind::requirement => "requirement",
        Kind::weight => "weight",
        Kind::levels => "levels",
        Kind::let_declaration => "let",
        Kind::verdicts => "verdicts",
        Kind::test => "test",
        Kind::property => "property",
        Kind::reserved
        | Kind::language_word
        | Kind::clause_word
        | Kind::measure_clause
        | Kind::WHITESPACE
        | Kind::COMMENT
        | Kind::gap
        | Kind::gap0
        | Kind::end
        | Kind::on_line
        | Kind::digits
        | Kind::comparison
        | Kind::additive
        | Kind::infix
        | Kind::operand
        | Kind::literal
        | Kind::begins_entry
        | Kind::next_entry
        | Kind::begins_effect
        | Kind::computes
        | Kind::begins_measure
        | Kind::effect
        | Kind::effects
        | Kind::more_targets
        | Kind::type_name
        | Kind::field_clause
        | Kind::source_detail
        | Kind::channel_item
        | Kind::requirement_item
        | Kind::expectation
        | Kind::expr_entry
        | Kind::quantity_entry
        | Kind::ruleset_entry
        | Kind::import_entry
        | Kind::source_entry
        | Kind::unit_entry
        | Kind::enum_entry
        | Kind::scale_entry
        | Kind::profile_entry
        | Kind::fact_entry
        | Kind::parameter_entry
        | Kind::parameter_stated
        | Kind::channel_entry
        | Kind::mix_entry
        | Kind::requirement_entry
        | Kind::weight_entry
        | Kind::levels_entry
        | Kind::let_entry
        | Kind::measure_entry
        | Kind::rule_entry
        | Kind::verdicts_entry
        | Kind::test_entry
        | Kind::property_entry
        | Kind::allow_entry
        | Kind::extends_entry
        | Kind::remove_entry
        | Kind::override_entry
        | Kind::texts_entry
        | Kind::table_head_entry
        | Kind::facts_entry
        | Kind::literal_cell_entry
        | Kind::plain_cell_entry
        | Kind::date_cell_entry
        | Kind::column_entry
        | Kind::effect_column_entry
        | Kind::row_name_entry
        | Kind::test_cell_entry
        | Kind::effect_cell_entry
        | Kind::then_cell_entry
        | Kind::text_cell_entry
        | Kind::from_cell_entry => return None,
    })
}
