//! Nothing that is written is lost: each token of a ruleset is in its tree, or it is reported.
//!
//! Of each declaration one token is left out, or a stray word is put in: then it says something else, or something is
//! wrong with it.

use std::collections::BTreeSet;
use std::fmt::Write;

use qudao_language::source::Files;
use qudao_language::syntax::parse;

use crate::support::{files_below, folder};

/// What a text says, places left aside, and whether something is wrong with it.
fn said(text: &str) -> (String, bool) {
    let mut files = Files::default();
    let id = files.add("a.qd", text);
    let (file, diagnostics) = parse(&files, id);
    let written = format!("{:?}", file.declarations);
    let mut parts = written.split("Span { file: ");
    let mut said = parts.next().unwrap_or("").to_string();
    parts.for_each(|part| said += part.split_once('}').map_or("", |(_, rest)| rest));
    (said, !diagnostics.is_empty())
}

/// The declarations of a text, each by itself.
fn declarations(text: &str) -> Vec<String> {
    let mut files = Files::default();
    let id = files.add("a.qd", text);
    let (file, diagnostics) = parse(&files, id);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    file.declarations.iter().map(|declaration| files.slice(declaration.span).to_string()).collect()
}

/// The tokens of a text, comments left out: words, numbers, texts as a whole, signs.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let until = |end: Option<usize>| at + end.unwrap_or(rest.len());
        let end = match c {
            '#' => until(rest.find('\n')),
            '"' if rest.starts_with("\"\"\"") => until(rest[3..].find("\"\"\"").map(|end| end + 6)),
            '"' => {
                let mut escaped = false;
                let close = rest.char_indices().skip(1).find(|(_, c)| {
                    let closes = *c == '"' && !escaped;
                    escaped = *c == '\\' && !escaped;
                    closes
                });
                until(close.map(|(end, _)| end + 1))
            }
            _ if c.is_alphanumeric() || c == '_' => {
                until(rest.find(|c: char| !(c.is_alphanumeric() || c == '_')))
            }
            _ => at + c.len_utf8(),
        };
        if c != '#' && !c.is_whitespace() {
            found.push(at..end);
        }
        at = end;
    }
    found
}

/// Tells whether a token may be left out: what only parts entries, and what only rules lines.
fn is_layout(text: &str, token: &std::ops::Range<usize>) -> bool {
    let (before, after) = (&text[..token.start], &text[token.end..]);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text[line_start..].lines().next().unwrap_or("");
    let dashes = line.contains("--") && line.chars().all(|c| "|-: ".contains(c));
    match &text[token.clone()] {
        // A comma may end a list, and stands before a line end without need, or before another clause.
        "," => true,
        "|" => dashes || after.trim_start_matches(' ').starts_with(['\n', '#']),
        "-" => dashes,
        _ => false,
    }
}

#[test]
fn each_token_is_in_the_tree_or_reported() {
    let mut paths = files_below(&folder("../rulesets"));
    paths.extend(files_below(&folder("format")));
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "qd"));
    let mut wrong = String::new();
    let (mut tried, mut seen) = (0, BTreeSet::new());
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        for declaration in declarations(&text) {
            // A few of each kind are enough, and short ones.
            let word: String = declaration.split_whitespace().take(1).collect();
            if declaration.len() > 1200 || !seen.insert((word, declaration.len() / 300)) {
                continue;
            }
            let (whole, _) = said(&declaration);
            for token in tokens(&declaration) {
                tried += 1;
                let mut less = declaration.clone();
                less.replace_range(token.clone(), "");
                let with =
                    |word: &str| format!("{}{word}{}", &declaration[..token.end], &declaration[token.end..]);
                let lost = |text: &str| said(text) == (whole.clone(), false);
                let what = declaration.get(token.clone()).unwrap_or("");
                if !is_layout(&declaration, &token) && lost(&less) {
                    writeln!(wrong, "without `{what}` at {}:\n{declaration}\n", token.start).unwrap();
                }
                if lost(&with(" zzz ")) || lost(&with("\nzzz\n")) {
                    writeln!(wrong, "with a word behind `{what}` at {}:\n{declaration}\n", token.start)
                        .unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    // Between declarations.
    let text = "channel a\nrule r { then score a +1 }\ntable t {\n| 1 < 2 || a |\n}\nlet x = 1\nunit u\n";
    let ends = text.match_indices('\n').filter(|(end, _)| !text[..*end].ends_with(['{', '|']));
    for (end, _) in ends {
        for word in ["zzz", "\"zzz\"", "7", "!", "|", "first", ")", "zzz {}"] {
            let more = format!("{} {word}{}", &text[..end], &text[end..]);
            assert_ne!(said(&more), (said(text).0, false), "{more}");
        }
    }
    assert!(tried > 1000, "only {tried} tokens");
}
