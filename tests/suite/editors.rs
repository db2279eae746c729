//! The grammar for editors, run over every ruleset of the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use qudao_editor::project::Project;
use qudao_editor::rename::{renamable, rename};
use qudao_language::source::Files;
use qudao_language::syntax::{DECLARATIONS, RESERVED, Sources, parse};

use crate::support::files_below;
use crate::textmate::Grammar;

const GRAMMAR: &str = include_str!("../../docs/editors/vscode/syntaxes/qudao.tmLanguage.json");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a character of a ruleset is.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Is {
    Text,
    Comment,
    Code,
}

/// Tells texts and comments from the rest, a value for each byte. Holes in texts are text.
fn read(text: &str) -> Vec<Is> {
    let mut all = Vec::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (length, is) = if rest.starts_with('#') {
            (rest.find('\n').unwrap_or(rest.len()), Is::Comment)
        } else if let Some(inner) = rest.strip_prefix("\"\"\"") {
            (3 + inner.find("\"\"\"").unwrap() + 3, Is::Text)
        } else if rest.starts_with('"') {
            let escaped =
                |at: usize| rest[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
            let close = rest.match_indices('"').skip(1).find(|(at, _)| !escaped(*at)).unwrap().0;
            (close + 1, Is::Text)
        } else {
            (rest.chars().next().unwrap().len_utf8(), Is::Code)
        };
        all.extend(std::iter::repeat_n(is, length));
        rest = &rest[length..];
    }
    all
}

/// The scopes of each byte of a text, the innermost last, joined.
fn scopes(grammar: &Grammar, text: &str) -> Vec<String> {
    let mut all = vec![String::new(); text.len()];
    let mut begin = 0;
    for (line, pieces) in text.split('\n').zip(grammar.lines(text)) {
        for (range, scopes) in pieces {
            all[begin + range.start..begin + range.end].fill(scopes.join(" "));
        }
        begin += line.len() + 1;
    }
    all
}

/// What the grammar gets wrong in a ruleset, each with its line.
fn wrong(grammar: &Grammar, name: &str, text: &str) -> Vec<String> {
    let (is, scopes) = (read(text), scopes(grammar, text));
    let mut wrong = Vec::new();
    let mut expect = |at: usize, piece: &str, wanted: &[&str]| {
        let scope = &scopes[at];
        let fits = wanted.iter().any(|wanted| scope.split(' ').any(|scope| scope.starts_with(wanted)));
        if !fits || scope.contains("invalid") {
            let line = text[..at].matches('\n').count() + 1;
            wrong.push(format!("{name}:{line}: `{piece}` is {scope:?}, not {wanted:?}"));
        }
    };
    let mut at = 0;
    for word in text.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_')) {
        let bare = word.trim_end_matches(|c: char| !(c.is_alphanumeric() || c == '_'));
        let mark = &word[bare.len()..];
        let before = text[..at].trim_end_matches(' ');
        match is.get(at) {
            _ if bare.is_empty() => {}
            Some(Is::Text) => expect(at, bare, &["string"]),
            Some(Is::Comment) => expect(at, bare, &["comment"]),
            _ if bare.starts_with(|c: char| c.is_ascii_digit()) => {
                expect(at, bare, &["constant.numeric", "constant.other.date"])
            }
            _ if RESERVED.contains(&bare) => {
                expect(at, bare, &["keyword", "constant.language", "support.constant"])
            }
            _ => {
                let heads = (before.is_empty() || before.ends_with('\n'))
                    && qudao_declares(bare)
                    && !text[at + bare.len()..].trim_start().starts_with([':', '=', '[']);
                expect(
                    at,
                    bare,
                    if heads {
                        &["keyword"]
                    } else {
                        &["keyword", "variable", "entity", "support", "constant"]
                    },
                );
            }
        }
        let mark_at = at + bare.len();
        if !mark.trim().is_empty() {
            match is[mark_at] {
                Is::Text => expect(mark_at, mark, &["string"]),
                Is::Comment => expect(mark_at, mark, &["comment"]),
                Is::Code => expect(
                    mark_at,
                    mark,
                    &["keyword", "punctuation", "entity", "support", "constant", "meta.set"],
                ),
            }
        }
        at += word.len();
    }
    wrong
}

fn qudao_declares(word: &str) -> bool {
    [
        "ruleset",
        "import",
        "extends",
        "override",
        "remove",
        "source",
        "unit",
        "enum",
        "scale",
        "profile",
        "fact",
        "channel",
        "mix",
        "requirement",
        "weight",
        "levels",
        "let",
        "rule",
        "table",
        "verdicts",
        "test",
        "property",
        "texts",
    ]
    .contains(&word)
}

#[test]
fn every_ruleset_has_its_colours() {
    let grammar = Grammar::new(GRAMMAR);
    let folders = ["rulesets", "tests/conformance"].map(|folder| files_below(&root().join(folder)));
    let rulesets: Vec<_> =
        folders.into_iter().flatten().filter(|path| path.extension().is_some_and(|e| e == "qd")).collect();
    assert!(rulesets.len() > 20);
    let mut all = Vec::new();
    for path in rulesets {
        let text = fs::read_to_string(&path).unwrap().replace('\r', "");
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        all.extend(wrong(&grammar, &name, &text));
    }
    assert!(all.is_empty(), "{} mistakes\n{}", all.len(), all[..all.len().min(40)].join("\n"));
}

#[test]
fn every_word_of_the_language_has_a_colour() {
    let pest = fs::read_to_string(root().join("grammar/qudao.pest")).unwrap();
    let words = pest.lines().filter(|line| line.starts_with("kw_")).filter_map(|line| line.split('"').nth(1));
    let known: Vec<&str> = GRAMMAR.split(|c: char| !c.is_ascii_alphabetic()).collect();
    let lost: Vec<_> = words.filter(|word| !known.contains(word)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn a_word_before_a_colon_or_an_equals_sign_is_a_name() {
    let grammar = Grammar::new(GRAMMAR);
    let text = "  cost: number CNY\n  rule = 3\n  note[individual] = true\n  when cost > 3";
    let scopes = scopes(&grammar, text);
    for word in ["cost:", "rule =", "note["] {
        assert_eq!(scopes[text.find(word).unwrap()], "variable.other.property.qudao", "{word}");
    }
    assert_eq!(scopes[text.find("number").unwrap()], "support.type.qudao");
    assert_eq!(scopes[text.find("when").unwrap()], "keyword.control.qudao");
}

#[test]
fn holes_and_what_is_no_character_of_the_language_are_told() {
    let grammar = Grammar::new(GRAMMAR);
    let text = "because \"it costs {c.fee + 3 CNY} \\{so\" @zh \"贵\"；";
    let scopes = scopes(&grammar, text);
    assert!(
        scopes[text.find("fee").unwrap()]
            .ends_with("meta.embedded.expression.qudao variable.other.member.qudao")
    );
    assert!(scopes[text.find("\\{").unwrap()].ends_with("constant.character.escape.qudao"));
    assert!(scopes[text.find("zh").unwrap()].starts_with("entity.other.attribute-name.language"));
    assert!(scopes[text.find('；').unwrap()].starts_with("invalid.illegal"));
}

#[test]
fn the_extension_names_its_files() {
    let folder = root().join("docs/editors/vscode");
    let package: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.join("package.json")).unwrap()).unwrap();
    let contributes = &package["contributes"];
    for path in [&contributes["languages"][0]["configuration"], &contributes["grammars"][0]["path"]] {
        let text = fs::read_to_string(folder.join(path.as_str().unwrap())).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
    let files = ["main", "browser"].map(|entry| package[entry].as_str().unwrap());
    assert!(files.iter().all(|file| file.starts_with("./dist/")), "{files:?}");
    let named = contributes["snippets"].as_array().unwrap().iter().map(|it| &it["path"]);
    let steps = contributes["walkthroughs"][0]["steps"].as_array().unwrap();
    let named = named.chain(steps.iter().map(|step| &step["media"]["markdown"]));
    for path in named.chain([&package["icon"], &contributes["languages"][0]["icon"]["dark"]]) {
        assert!(folder.join(path.as_str().unwrap()).is_file(), "{path}");
    }
    let matcher = contributes["problemMatchers"][0]["pattern"]["regexp"].as_str().unwrap();
    let line = "a/b.qd:3:14: error[unknown-field]: no field is named `wieght` (write `weight`)";
    let found = fancy_regex::Regex::new(matcher).unwrap().captures(line).unwrap().unwrap();
    let parts: Vec<_> = (1..6).map(|part| &found[part]).collect();
    assert_eq!(parts, ["a/b.qd", "3", "14", "error", "unknown-field"]);
}

fn extension(name: &str) -> String {
    fs::read_to_string(root().join("docs/editors/vscode").join(name)).unwrap()
}

fn keys(json: &str) -> BTreeSet<String> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).unwrap();
    object.into_iter().map(|(key, _)| key).collect()
}

/// What stands between two marks, again and again.
fn between<'t>(text: &'t str, open: &str, close: &str) -> BTreeSet<&'t str> {
    text.split(open).skip(1).filter_map(|rest| Some(rest.split_once(close)?.0)).collect()
}

#[test]
fn the_extension_speaks_chinese() {
    let names = keys(&extension("package.nls.json"));
    assert_eq!(names, keys(&extension("package.nls.zh-cn.json")));
    assert_eq!(between(&extension("package.json"), "\"%", "%\"").into_iter().collect::<Vec<_>>(), {
        names.iter().map(String::as_str).collect::<Vec<_>>()
    });
    let sources = ["extension.ts", "commands.ts"].map(|name| extension(&format!("src/{name}"))).concat();
    let said = keys(&extension("l10n/bundle.l10n.zh-cn.json"));
    assert_eq!(between(&sources, "l10n.t('", "'"), said.iter().map(String::as_str).collect());
}

/// A snippet with what stands in its gaps at first.
fn expanded(body: &str) -> String {
    let gap = fancy_regex::Regex::new(r"\$\{\d+[:|]([^,|}]*)[^}]*\}").unwrap();
    let body =
        gap.replace_all(body, "$1").replace("$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE", "2026-01-15");
    body.replace("$0", "")
}

#[test]
fn snippets_can_be_read() {
    let snippets: serde_json::Value = serde_json::from_str(&extension("snippets/qudao.json")).unwrap();
    let mut begun = BTreeSet::new();
    for (name, snippet) in snippets.as_object().unwrap() {
        let lines: Vec<&str> =
            snippet["body"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        let text = expanded(&lines.join("\n"));
        let mut files = Files::default();
        let id = files.add("snippet.qd", text.as_str());
        let found = parse(&files, id).1;
        assert!(found.is_empty() && !text.contains('$'), "{name}: {found:?}\n{text}");
        begun.insert(text.split(' ').next().unwrap().to_string());
    }
    assert!(begun.len() > 12, "{begun:?}");
}

#[test]
fn the_syntax_file_of_neovim_has_the_words() {
    let syntax = fs::read_to_string(root().join("docs/editors/neovim/syntax/qudao.vim")).unwrap();
    let known: BTreeSet<&str> = syntax.split_whitespace().collect();
    let lost: Vec<_> = DECLARATIONS.iter().chain(RESERVED).filter(|word| !known.contains(*word)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

/// So many places of each file are tried.
const PLACES: usize = 2;

/// Files with every mistake that there is, whole and half typed: nothing stops the editor, and what is told lies in them.
#[test]
fn an_editor_is_answered_wherever_it_asks() {
    let mut asked = 0;
    let files = files_below(&root().join("tests/diagnostics"));
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "qd")) {
        let whole = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        // What is huge is tried where the checker is.
        if whole.len() > 20_000 {
            continue;
        }
        for place in 0..PLACES {
            let mut at = whole.len() * (2 * place + 1) / (2 * PLACES);
            while !whole.is_char_boundary(at) {
                at -= 1;
            }
            for text in [whole.as_str(), &whole[..at]] {
                let mut sources = Sources::new("a.qd", text.as_bytes().to_vec());
                while sources.wanted().is_some() {
                    sources.absent("it is not there");
                }
                let project = Project::new(sources);
                let (file, at) = (project.sources().main(), at as u32);
                let length = text.len() as u32;
                let offers = project.offers(file, at);
                assert!(offers.span.start <= offers.span.end && offers.span.end <= length, "{path:?}");
                let told = project.hover(file, at).map(|hover| hover.span);
                let spans = project.references(file, at, true).into_iter().chain(told);
                let mut spans = spans.chain(project.definition(file, at)).filter(|span| span.file == file);
                assert!(spans.all(|span| span.end <= length), "{path:?}");
                let outline = project.outline(file);
                assert!(outline.iter().all(|entry| entry.span.end <= length), "{path:?}");
                let lines = text.lines().count() as u32;
                assert!(
                    project.folds(file).iter().all(|(first, last)| first < last && *last <= lines),
                    "{path:?}"
                );
                if let Ok((_, named)) = renamable(&project, file, at) {
                    let _ = rename(&project, &[], &named, "another_name", true);
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 50, "only {asked} names");
}
