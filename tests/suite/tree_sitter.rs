//! The grammar for editors that read with tree-sitter, against the grammar of the language: the same words, and what one
//! reads the other reads.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use qudao_language::diagnostic::Code;
use qudao_language::source::Files;
use qudao_language::syntax::{DECLARATIONS, RESERVED, parse};

use crate::format::texts;
use crate::generate::{self, Dice};
use crate::support::files_below;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn home() -> PathBuf {
    root().join("docs/editors/tree-sitter")
}

/// The words between quotes, line by line.
fn quoted(text: &str, quote: char) -> BTreeSet<&str> {
    let quoted = text.lines().flat_map(|line| line.split(quote).skip(1).step_by(2));
    quoted.filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase())).collect()
}

/// The words that the grammar reads.
fn words_read() -> BTreeSet<String> {
    let grammar = fs::read_to_string(home().join("grammar.js")).unwrap();
    let code = grammar.lines().map(|line| line.split("//").next().unwrap());
    // The names of fields, of a part of texts and of the grammar are none.
    let code = code.map(|line| line.replace("field('", "").replace("'content'", "").replace("name: '", ""));
    let code = code.collect::<Vec<_>>().join("\n");
    quoted(&code, '\'').into_iter().map(String::from).collect()
}

/// The words of an array in the scanner.
fn array<'t>(scanner: &'t str, name: &str) -> Vec<&'t str> {
    let (_, array) = scanner.split_once(&format!("{name}[] = {{")).unwrap();
    array.split_once('}').unwrap().0.split('"').skip(1).step_by(2).collect()
}

/// The words of a rule of the grammar, in its order.
fn words_of<'t>(pest: &'t str, rule: &str) -> Vec<&'t str> {
    let (_, rule) = pest.split_once(&format!("\n{rule} = @{{")).unwrap();
    rule.split_once("\n}").unwrap().0.split('"').skip(1).step_by(2).filter(|word| *word != "{").collect()
}

#[test]
fn it_has_the_words_of_the_language() {
    let pest = ["expression", "qudao"]
        .map(|name| fs::read_to_string(root().join(format!("grammar/{name}.pest"))).unwrap())
        .concat();
    let scanner = fs::read_to_string(home().join("src/scanner.c")).unwrap();
    assert_eq!(array(&scanner, "RESERVED"), words_of(&pest, "reserved"));
    assert_eq!(array(&scanner, "LANGUAGE_WORDS"), words_of(&pest, "language_word"));
    assert_eq!(array(&scanner, "CLAUSES"), words_of(&pest, "clause_word"));

    // What is read is named by rules; names of types and functions are names like any other.
    let rules = pest.lines().filter(|line| {
        line.starts_with("kw_")
            || line.contains("_op ")
            || ["verdict", "policy", "quantifier", "confidence_level", "number_word"]
                .iter()
                .any(|rule| line.starts_with(&format!("{rule} ")))
    });
    let mut words: BTreeSet<&str> = rules.flat_map(|line| quoted(line, '"')).collect();
    words.extend(words_of(&pest, "removed"));
    assert_eq!(words_read().iter().map(String::as_str).collect::<BTreeSet<_>>(), words);
    assert!(DECLARATIONS.iter().chain(RESERVED).all(|word| words.contains(word)));
}

#[test]
fn each_word_has_a_colour() {
    let highlights = fs::read_to_string(home().join("queries/highlights.scm")).unwrap();
    let coloured = quoted(&highlights, '"');
    let words = words_read();
    // It has a node of its own.
    let lost = words.iter().filter(|word| !coloured.contains(word.as_str()) && *word != "today");
    assert_eq!(lost.collect::<Vec<_>>(), Vec::<&String>::new());
}

/// Fences of pages that hold pieces of rulesets.
fn fences() -> Vec<(String, String)> {
    let pages = files_below(&root().join("docs"));
    let pages = pages.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let mut found = Vec::new();
    for path in pages {
        let text = fs::read_to_string(path).unwrap();
        for (number, piece) in text.split("\n```qudao").skip(1).enumerate() {
            let body = piece.split_once('\n').unwrap().1;
            let body = body.split("\n```").next().unwrap();
            let name = path.strip_prefix(root()).unwrap().display();
            found.push((format!("{name} {number}"), format!("{body}\n")));
        }
    }
    found
}

/// What is wrong with the form of a text, and not with what it says.
const FORM: &[Code] = &[
    Code::ForbiddenCharacter,
    Code::HiddenCharacter,
    Code::MergeConflict,
    Code::MissingSeparator,
    Code::NotUtf8,
    Code::ReservedName,
    Code::Syntax,
    Code::TooDeep,
    Code::TooLarge,
    Code::UnbalancedBracket,
    Code::UnclosedText,
];

/// Writes texts into files, and returns those that the program cannot read.
fn unread(program: &Path, folder: &Path, texts: &[&(String, String)]) -> Vec<String> {
    fs::create_dir_all(folder).unwrap();
    let path = |number: usize| folder.join(format!("{number}.qd"));
    let mut list = String::new();
    for (number, (_, text)) in texts.iter().enumerate() {
        fs::write(path(number), text).unwrap();
        list += &format!("{}\n", path(number).display());
    }
    fs::write(folder.join("list"), list).unwrap();
    let output = Command::new(program)
        .args([
            "parse",
            "--quiet",
            "--json-summary",
            "--lang-name",
            "qudao",
            "--lib-path",
            "qudao.so",
            "--paths",
        ])
        .arg(folder.join("list"))
        .current_dir(folder.parent().unwrap())
        .output()
        .unwrap();
    // A line for each file that cannot be read comes first.
    let told = String::from_utf8(output.stdout).unwrap();
    let told: serde_json::Value =
        serde_json::from_str(&told[told.find("\n{").map_or(0, |at| at + 1)..]).unwrap();
    let summaries = told["parse_summaries"].as_array().unwrap();
    assert_eq!(summaries.len(), texts.len());
    let failed = summaries.iter().zip(texts).enumerate().filter(|(_, (file, _))| file["successful"] == false);
    failed.map(|(number, (_, (name, _)))| format!("{name} ({})", path(number).display())).collect()
}

#[test]
#[ignore = "needs tree-sitter, named in TREE_SITTER; `.ci/run` brings it"]
fn tree_sitter_reads_what_the_language_reads() {
    let program = PathBuf::from(std::env::var_os("TREE_SITTER").unwrap());
    let work = root().join("target/tree-sitter");
    let _ = fs::remove_dir_all(&work);
    for path in files_below(&home()) {
        let to = work.join(path.strip_prefix(home()).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(&path, to).unwrap();
    }
    let run = |arguments: &[&str]| {
        let command = Command::new(&program).args(arguments).current_dir(&work).output().unwrap();
        let told = [command.stdout, command.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert!(command.status.success(), "{arguments:?}\n{}", told.concat());
    };
    run(&["generate"]);
    run(&["build", "--output", "qudao.so"]);

    let generated = (0..300).map(|seed| {
        let text = generate::ruleset(&mut Dice::seeded(seed, 400)).text;
        (format!("generated {seed}"), text)
    });
    let all: Vec<(String, String)> = texts().into_iter().chain(fences()).chain(generated).collect();
    let (mut whole, mut broken) = (Vec::new(), Vec::new());
    for text in &all {
        let mut files = Files::default();
        let id = files.add("a.qd", text.1.as_str());
        let found = parse(&files, id).1;
        let form = found.iter().any(|diagnostic| FORM.contains(&diagnostic.code));
        if form { &mut broken } else { &mut whole }.push(text);
    }
    let unread_whole = unread(&program, &work.join("whole"), &whole);
    let unread_broken = unread(&program, &work.join("broken"), &broken);
    println!(
        "{} of {} are read; of {} with mistakes {} are not",
        whole.len() - unread_whole.len(),
        whole.len(),
        broken.len(),
        unread_broken.len()
    );
    assert!(unread_whole.is_empty(), "{} are not read:\n{}", unread_whole.len(), unread_whole.join("\n"));
    assert!(whole.len() > 1000 && unread_broken.len() * 20 > broken.len() * 17);
    run(&["test"]);
}
