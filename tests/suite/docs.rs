//! The docs are tests: what README.md and the pages of docs show is what the program does. The pages of diagnostics
//! are left to a test of their own.
//!
//! A fence ```` ```LANGUAGE NAME ```` writes the file NAME into the folder of its page; tagged `more`, it adds to it.
//! A ruleset in it is checked: nothing is found, or something is where the fence is tagged `wrong`; the next fence of
//! the same file goes on from what was right. A fence ```` ```qudao ```` without a name is a fragment that parses, or
//! does not where it is tagged `wrong`. A fence ```` ```console ```` holds commands, `$ qudao … [< FILE]`, `$ cat FILE`
//! and `$ echo $?`, each with its exact output as a terminal shows it. A command that names a path under `rulesets/`
//! runs in the root of the repository, any other in the folder of the page. `console NAME` waits until the ruleset NAME
//! is bundled. With `QUDAO_DOCS=update` the outputs are written anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use qudao_language::bundled;
use qudao_language::diagnostic::{Code, short};
use qudao_language::source::Files;
use serde_json::Value as Json;

use crate::support::{answer, files_below, profile, program, ruleset};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text_of(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

/// README.md and every page of docs: its path from the root, and its text.
fn pages() -> Vec<(PathBuf, String)> {
    let docs = files_below(&root().join("docs")).into_iter();
    let pages = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let paths = pages.chain([root().join("README.md")]);
    paths
        .map(|path| (path.strip_prefix(root()).unwrap().into(), fs::read_to_string(&path).unwrap()))
        .collect()
}

fn is_bundled(ruleset: &str) -> bool {
    bundled::names().any(|name| name == ruleset)
}

#[test]
fn what_the_docs_show_is_what_happens() {
    let update = std::env::var("QUDAO_DOCS").is_ok_and(|value| value == "update");
    let mut wrong = Vec::new();
    for (path, text) in pages().into_iter().filter(|(path, _)| !path.starts_with("docs/diagnostics")) {
        let (folder, files) = (tempfile::tempdir().unwrap(), BTreeMap::new());
        let mut page = Page { folder, files, status: 0, wrong: Vec::new() };
        let shown = page.run(&text);
        if update {
            fs::write(root().join(&path), &shown).unwrap();
        } else if shown != text {
            let differ = (1..).zip(text.lines().zip(shown.lines())).find(|(_, (old, new))| old != new);
            let (line, (old, new)) = differ.unwrap_or((0, ("another length", "")));
            page.wrong.push((line, format!("shows   {old}\n  but it is  {new}")));
        }
        wrong.extend(page.wrong.iter().map(|(line, says)| format!("{}:{line}: {says}", path.display())));
    }
    assert!(wrong.is_empty(), "{}\nQUDAO_DOCS=update writes the outputs anew", wrong.join("\n"));
}

/// A page on its way from top to bottom.
struct Page {
    folder: tempfile::TempDir,
    /// The files so far, without what is tagged `wrong`.
    files: BTreeMap<String, String>,
    /// How the last command ended.
    status: i32,
    /// What is wrong, by the line of its fence.
    wrong: Vec<(usize, String)>,
}

impl Page {
    /// Runs all fences; returns the page with its true outputs.
    fn run(&mut self, text: &str) -> String {
        let mut shown = String::new();
        let mut lines = (1..).zip(text.lines());
        while let Some((number, line)) = lines.next() {
            shown.push_str(&format!("{line}\n"));
            // A box that shows fences has a longer one.
            let info = line.trim_start_matches('`');
            let fence = &line[..line.len() - info.len()];
            if fence.len() < 3 {
                continue;
            }
            let body = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != fence);
            let body: String = body.map(|line| format!("{line}\n")).collect();
            let words: Vec<&str> = info.split_whitespace().collect();
            let wants_mistake = words.contains(&"wrong");
            let found = match words[..] {
                ["console", ruleset] if !is_bundled(ruleset) => None,
                ["console", ..] => {
                    let commands = body.lines().filter_map(|line| line.strip_prefix("$ "));
                    commands.for_each(|line| shown.push_str(&format!("$ {line}\n{}", self.command(line))));
                    shown.push_str(&format!("{fence}\n"));
                    continue;
                }
                [_, name, ..] if name.contains('.') => self.file(name, &body, &words),
                ["qudao", ..] => {
                    let mut files = Files::default();
                    let id = files.add("fragment.qd", body.as_str());
                    let (_, found) = qudao_language::syntax::parse(&files, id);
                    Some(found.iter().map(|diagnostic| short(&files, diagnostic)).collect())
                }
                _ => None,
            };
            if let Some(found) = found.filter(|found| found.is_empty() == wants_mistake) {
                self.wrong.push((number, if wants_mistake { "nothing is wrong".into() } else { found }));
            }
            shown.push_str(&format!("{body}{fence}\n"));
        }
        shown
    }

    /// Writes a file; returns what is found in it if it is a ruleset.
    fn file(&mut self, name: &str, body: &str, tags: &[&str]) -> Option<String> {
        let before = self.files.get(name).filter(|_| tags.contains(&"more")).cloned();
        let text = before.unwrap_or_default() + body;
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &text).unwrap();
        let wrong = tags.contains(&"wrong");
        // A part of a ruleset is checked with its main file.
        let checked = name.ends_with(".qd") && (wrong || text.contains("ruleset "));
        if !wrong {
            self.files.insert(name.to_string(), text);
        }
        checked.then(|| {
            let shown = self.command(&format!("qudao check --format short {name}"));
            // A note is no mistake. Of a small example, analysis finds much that would be doubtful in a large one.
            let idle = |line: &str| {
                let code = line
                    .split_once('[')
                    .and_then(|(_, rest)| rest.split_once(']'))
                    .map_or("", |(code, _)| code);
                line.contains(": note[") || Code::ALL.iter().any(|c| c.name() == code && c.is_finding())
            };
            let found = shown.lines().filter(|line| line.contains(": ") && !idle(line));
            found.map(|line| format!("{line}\n")).collect()
        })
    }

    /// Runs a command; returns what a terminal shows, without blanks at the ends of lines and of the whole.
    fn command(&mut self, line: &str) -> String {
        let (line, input) = line.split_once(" < ").map_or((line, None), |(line, input)| (line, Some(input)));
        let quoted = line.split('"').enumerate();
        let words: Vec<&str> = quoted
            .flat_map(|(n, piece)| if n % 2 == 1 { vec![piece] } else { piece.split_whitespace().collect() })
            .collect();
        let folder = if line.contains("rulesets/") { root() } else { self.folder.path() };
        let shown = match words[..] {
            ["cat", file] => fs::read_to_string(folder.join(file)).unwrap(),
            ["echo", "$?"] => self.status.to_string(),
            ["qudao", ref arguments @ ..] => {
                // One pipe for both streams, so that they come in the order of a terminal.
                let (mut reader, writer) = std::io::pipe().unwrap();
                let input = input.map(|file| fs::File::open(folder.join(file)).unwrap().into());
                let mut command = program(folder);
                command
                    .args(arguments)
                    .stdin(input.unwrap_or(Stdio::null()))
                    .stdout(writer.try_clone().unwrap());
                let mut child = command.stderr(writer).spawn().unwrap();
                drop(command);
                let mut shown = String::new();
                reader.read_to_string(&mut shown).unwrap();
                self.status = child.wait().unwrap().code().unwrap();
                shown
            }
            _ => panic!("`{line}` is no command of the docs"),
        };
        shown.trim_end().lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

#[test]
fn the_reference_tells_every_command_and_option() {
    let text = text_of("docs/reference/commands.md");
    let help = |arguments: &[&str]| {
        let output = program(root()).args(arguments).arg("--help").output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let main = help(&[]);
    let listed = main.lines().skip_while(|line| *line != "Commands:").skip(1);
    for command in listed.map_while(|line| line.split_whitespace().next()).filter(|word| *word != "help") {
        let section = text.split("\n## ").find(|section| section.starts_with(command));
        let section = section.unwrap_or_else(|| panic!("no section tells of `{command}`"));
        for option in help(&[command]).split_whitespace().filter(|word| word.starts_with("--")) {
            let told = section.contains(&format!("`{option}")) || ["--color", "--help"].contains(&option);
            assert!(told, "the section on `{command}` does not tell of {option}");
        }
    }
}

#[test]
fn the_index_lists_every_diagnostic() {
    let text = text_of("docs/reference/diagnostics.md");
    for code in Code::ALL {
        let name = code.name();
        let row = format!("| [`{name}`](../diagnostics/{name}.md) | {} |", code.severity().as_str());
        assert_eq!(text.matches(&row).count(), 1, "the index needs one row `{row}`");
    }
    assert_eq!(text.matches("](../diagnostics/").count(), Code::ALL.len(), "a row lists no code");
}

/// A ruleset and a profile whose answer has every part that a result can have.
const EVERYTHING: (&str, &str) = (
    r#"ruleset t "T" { as of 2026-01-01 }
       source s
       fact f: bool
       channel x { f = true from s "q" disputed false from s }
       channel y { needs x, z }
       channel w
       mix m { of x, y }
       requirement z { met when a  how "{a}" }
       profile { a: bool, b: bool, n: int }
       rule r { when x.f and n in {1, 2} then score x +1, note "n", warn x "w" }
       rule e exception to r { when not a then score y +1 }
       rule p { when b and y is eligible or w.f then cap w at possible, score w +1 }"#,
    "a: true\nn: 1\n",
);

#[test]
fn the_reference_tells_every_key_of_a_result() {
    fn collect(json: &Json, keys: &mut BTreeSet<String>) {
        match json {
            Json::Object(object) => {
                keys.extend(object.keys().cloned());
                object.values().for_each(|value| collect(value, keys));
            }
            Json::Array(values) => values.iter().for_each(|value| collect(value, keys)),
            _ => {}
        }
    }
    let text = text_of("docs/reference/results.md");
    let ruleset = ruleset(EVERYTHING.0);
    let mut keys = BTreeSet::new();
    collect(&answer(&ruleset, &profile(&ruleset, EVERYTHING.1), None, None), &mut keys);
    let untold: Vec<_> =
        keys.iter().filter(|key| *key != "s" && !text.contains(&format!("`{key}`"))).collect();
    assert!(keys.len() > 80 && untold.is_empty(), "{} keys, untold are {untold:?}", keys.len());
}

#[test]
fn links_lead_somewhere() {
    /// The anchor of a heading, as GitHub makes it.
    fn anchor(line: &str) -> Option<String> {
        let heading = line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#'))?;
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        Some(kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect())
    }
    let mut wrong = Vec::new();
    for (path, text) in pages() {
        let outside_fences = text.split("\n```").step_by(2);
        let links =
            outside_fences.flat_map(|piece| piece.split("](").skip(1)).filter_map(|l| l.split(')').next());
        // What leads to the bundled ruleset comes with it.
        let waits = |link: &str| link.contains("wechat") && !is_bundled("wechat");
        for link in links.filter(|link| !link.contains("://") && !waits(link)) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let there = fs::read_to_string(root().join(target)).is_ok_and(|text| {
                heading.is_empty() || text.lines().any(|line| anchor(line).as_deref() == Some(heading))
            });
            if !there {
                wrong.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "links that lead nowhere:\n{}", wrong.join("\n"));
}
