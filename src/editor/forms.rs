//! How the clause is written that a place stands in, and which part of it the place is.

use std::ops::Range;

use qudao_language::source::FileId;
use qudao_language::syntax::before;

use crate::project::Project;

/// How a clause is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Form {
    /// The clause: words of the language as they are, in capitals what stands for something.
    pub text: &'static str,
    /// What stands for something, each by its place in the text, in bytes.
    pub parts: Vec<Range<usize>>,
    /// Which of these a place is; none behind the last.
    pub part: Option<usize>,
}

/// The clauses: the declarations that one belongs to, if not to all; and its form.
const FORMS: &[(&str, &str)] = &[
    ("ruleset", "ruleset NAME \"TITLE\""),
    ("ruleset", "version \"VERSION\""),
    ("ruleset", "languages LANGUAGE , LANGUAGE"),
    ("ruleset test", "as of DATE"),
    ("ruleset", "rank by MEASURE , MEASURE"),
    ("import", "import \"FILE\""),
    ("extends", "extends RULESET"),
    ("override", "override DECLARATION"),
    ("remove", "remove KIND NAME"),
    ("source", "source NAME \"TITLE\""),
    ("source", "url \"ADDRESS\""),
    ("source", "publisher \"NAME\""),
    ("source", "published DATE"),
    ("source", "accessed DATE"),
    ("source", "confidence LEVEL"),
    ("source", "text \"FILE\""),
    ("unit", "unit NAME \"TITLE\" = QUANTITY"),
    ("enum", "enum NAME \"TITLE\" { VALUE , VALUE }"),
    ("scale", "scale NAME \"TITLE\" { LOWEST < HIGHER }"),
    ("profile", "profile { FIELDS }"),
    ("profile", "section NAME \"TITLE\" { FIELDS }"),
    ("profile", "FIELD : TYPE \"QUESTION\" in LEAST .. GREATEST default VALUE"),
    ("", "was OLD_NAME"),
    ("fact", "fact NAME [ ENUM ] : TYPE \"TITLE\""),
    ("parameter", "parameter NAME [ ENUM ] : TYPE \"TITLE\" = VALUE"),
    ("facts", "facts from csv \"FILE\""),
    ("channel", "channel NAME \"TITLE\" like CHANNEL { FACTS }"),
    ("channel", "FACT [ VALUE ] = VALUE since DATE until DATE"),
    ("channel", "owned when CONDITION"),
    ("parameter unit", "since DATE"),
    ("parameter unit", "until DATE"),
    ("", "disputed VALUE from SOURCE"),
    ("facts table", "from csv \"FILE\""),
    ("", "from SOURCE \"QUOTE\" at \"PLACE\""),
    ("", "needs REQUIREMENT , REQUIREMENT"),
    ("mix", "mix NAME \"TITLE\" { of CHANNEL , CHANNEL }"),
    ("mix", "of CHANNEL , CHANNEL"),
    ("requirement", "requirement NAME \"TITLE\" { how \"TEXT\" }"),
    ("requirement", "met when CONDITION"),
    ("requirement", "how \"TEXT\""),
    ("requirement", "cost QUANTITY"),
    ("requirement", "takes QUANTITY"),
    ("weight", "weight NAME = POINTS"),
    ("levels", "levels HIGHEST > LOWER"),
    ("let", "let NAME : TYPE = EXPRESSION"),
    ("measure", "measure NAME : TYPE \"TITLE\" for each VARIABLE = EXPRESSION"),
    ("rule", "rule NAME \"TITLE\" for each VARIABLE exception to RULE { when CONDITION then EFFECT }"),
    ("rule", "for each VARIABLE in { CHANNEL } where CONDITION"),
    ("rule", "exception to RULE , RULE"),
    ("rule property", "when CONDITION"),
    ("rule", "then EFFECT , EFFECT"),
    ("rule", "because \"TEXT\""),
    ("rule", "score TARGET , TARGET POINTS"),
    ("rule", "exclude TARGET , TARGET"),
    ("rule", "cap TARGET , TARGET at VERDICT"),
    ("rule", "note TARGET \"TEXT\""),
    ("rule", "warn TARGET \"TEXT\""),
    ("table", "table NAME \"TITLE\" POLICY { ROWS }"),
    ("verdicts", "verdicts { recommended >= POINTS possible >= POINTS }"),
    ("test", "test \"TITLE\" { given { FIELD = VALUE } expect { EXPECTATION } }"),
    ("test", "given \"FILE\" { FIELD = VALUE }"),
    ("test", "FIELD = VALUE"),
    ("property", "property NAME \"TITLE\" { when CONDITION expect EXPECTATION }"),
    ("test property", "first TARGET"),
    ("test property", "missing FIELD"),
    ("test property", "expect TARGET VERDICT"),
    ("test property", "rule RULE fires"),
    ("texts", "texts LANGUAGE { PATH = \"TEXT\" }"),
    ("texts", "PATH = \"TEXT\""),
    ("", "allow CODE \"REASON\""),
];

/// The functions, each with what it takes.
const FUNCTIONS: &[(&str, &str)] = &[
    ("count", "count ( SET )"),
    ("common", "common ( SET , SET )"),
    ("min", "min ( VALUE , VALUE )"),
    ("max", "max ( VALUE , VALUE )"),
    ("abs", "abs ( NUMBER )"),
    ("round", "round ( NUMBER , STEP )"),
    ("floor", "floor ( NUMBER , STEP )"),
    ("ceil", "ceil ( NUMBER , STEP )"),
    ("years", "years ( FROM , TO )"),
    ("months", "months ( FROM , TO )"),
    ("days", "days ( FROM , TO )"),
];

impl Project {
    /// Returns the form of the function or the clause that a place stands in.
    #[must_use]
    pub fn form(&self, file: FileId, at: u32) -> Option<Form> {
        self.sources.part(file)?;
        let before = before(file, self.sources.files().get(file).text(), at as usize)?;
        let tokens: Vec<&str> = before.tokens.iter().map(String::as_str).collect();
        if let Some((text, arguments)) = function(&tokens) {
            let mut form = form(text, &[]);
            form.part = Some(arguments.min(form.parts.len().saturating_sub(1)));
            return Some(form);
        }
        // On a line of its own nothing goes on, where nothing has to.
        let line = self.sources.files().get(file).text().get(..at as usize)?.rsplit('\n').next()?;
        if before.begins && line.trim().is_empty() {
            return None;
        }
        let (at, text) = clause(before.word, &tokens)?;
        Some(form(text, tokens.get(at..)?))
    }
}

/// The function in whose brackets the tokens end, and how many of its arguments are there before.
fn function(tokens: &[&str]) -> Option<(&'static str, usize)> {
    let (mut depth, mut commas) = (0_usize, 0);
    for (at, token) in tokens.iter().enumerate().rev() {
        match *token {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" if depth > 0 => depth -= 1,
            "(" => {
                let name = at.checked_sub(1).and_then(|at| tokens.get(at))?;
                return FUNCTIONS.iter().find(|(own, _)| own == name).map(|(_, text)| (*text, commas));
            }
            "[" | "{" => return None,
            "," if depth == 0 => commas += 1,
            _ => {}
        }
    }
    None
}

/// The last clause, or the last entry, that begins in some tokens of a declaration, and where it begins.
fn clause(word: &str, tokens: &[&str]) -> Option<(usize, &'static str)> {
    let own = |of: &str| of.is_empty() || of.split(' ').any(|own| own == word);
    let forms = || FORMS.iter().filter(|(of, _)| own(of)).map(|(_, text)| *text);
    (0..tokens.len()).rev().find_map(|at| {
        let rest = tokens.get(at..)?;
        // A code that is allowed may hold any word.
        if at > 0 && tokens.get(at - 1) == Some(&"-") {
            return None;
        }
        let begun = forms().find(|text| {
            let words = text.split(' ').take_while(|piece| !is_part(piece) && *piece != "{");
            // `as of`, `for each`: as far as they are there.
            let mut pairs = words.zip(rest).peekable();
            pairs.peek().is_some() && pairs.all(|(word, token)| word == *token)
        });
        if let Some(text) = begun {
            return Some((at, text));
        }
        // `FIELD :`, `FACT [`, `FACT [ VALUE ] =`: the sign says which entry begins before it.
        let open = !rest.contains(&"]");
        let signs = |it: &&str| matches!(*it, ":" | "=") || (*it == "[" && open);
        let sign = |text: &&str| {
            is_part(text) && text.split(' ').filter(signs).any(|it| tokens.get(at) == Some(&it))
        };
        let text = forms().find(sign)?;
        let mut name = at;
        while name >= 3 && tokens.get(name - 1) == Some(&"]") {
            name -= 3;
        }
        Some((name.checked_sub(1)?, text))
    })
}

/// Tells whether a piece of a form stands for something.
fn is_part(piece: &str) -> bool {
    piece.trim_start_matches('"').starts_with(|c: char| c.is_ascii_uppercase())
}

/// Lays the tokens of a clause over its form: each word that the form has is met in order, and what stands between belongs
/// to the part before.
fn form(text: &'static str, tokens: &[&str]) -> Form {
    let pieces: Vec<&str> = text.split(' ').collect();
    let part_at = |place: usize| pieces.get(place).is_some_and(|piece| is_part(piece));
    let comma = pieces.iter().position(|piece| *piece == ",");
    // The piece that is expected next.
    let mut next = 0;
    for token in tokens {
        let mut rest = pieces.iter().enumerate().skip(next);
        let met = match token.starts_with('"') {
            // A text is the next part that is one, unless a word would have to come before.
            true => rest.take_while(|(_, piece)| is_part(piece)).find(|(_, piece)| piece.starts_with('"')),
            false => rest.find(|(_, piece)| !is_part(piece) && *piece == token),
        };
        match (met, *token) {
            (Some((place, _)), _) => next = place + 1,
            (None, ",") => next = comma.map_or(next, |comma| comma + 1),
            (None, "{" | "[" | "(" | "}" | "]" | ")") => {}
            // What stands for something ends where the next part follows at once, or may follow what is listed.
            (None, _) if part_at(next) && part_at(next + 1) => next += 1,
            (None, _) if comma == Some(next + 1) && part_at(next + 3) => next += 3,
            (None, _) => {}
        }
    }
    let (mut at, mut parts, mut part) = (0, Vec::new(), None);
    for (place, piece) in pieces.iter().enumerate() {
        if is_part(piece) {
            if place >= next {
                part = part.or(Some(parts.len()));
            }
            parts.push(at..at + piece.len());
        }
        at += piece.len() + 1;
    }
    Form { text, parts, part }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qudao_language::check;
    use qudao_language::syntax::{DECLARATIONS, language_words};

    /// A form says nothing that the language does not have.
    #[test]
    fn forms_are_made_of_words_of_the_language() {
        let known = language_words();
        for (of, text) in FORMS {
            assert!(of.split(' ').all(|of| of.is_empty() || DECLARATIONS.contains(&of)), "{of}");
            for piece in text.split(' ').filter(|piece| !is_part(piece)) {
                let is_word = piece.starts_with(|c: char| c.is_ascii_lowercase());
                assert!(!is_word || known.contains(piece), "`{piece}` in `{text}`");
            }
        }
        for word in DECLARATIONS {
            assert!(
                FORMS.iter().any(|(of, text)| of == word && text.split(' ').next() == Some(word)),
                "{word}"
            );
        }
        let functions: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(functions, check::FUNCTIONS);
    }
}
