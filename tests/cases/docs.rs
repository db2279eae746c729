//! The docs are tests: what README.md and the pages of docs show is what the program does, and their links lead
//! somewhere. The pages of diagnostics are left to `pages.rs`.
//!
//! A fence ```` ```LANGUAGE NAME ```` writes the file NAME into the folder of its page; tagged `more`, it adds to it.
//! A ruleset in it is checked: nothing is found, or something is where the fence is tagged `wrong`; the next fence of
//! the same file goes on from what was right. A fence ```` ```qudao ```` without a name is a fragment that parses, or
//! does not where it is tagged `wrong`. A fence ```` ```console ```` holds commands, `$ qudao … [< FILE]`, `$ cat FILE`
//! and `$ echo $?`, each with its exact output as a terminal shows it. A command that names a path under `rulesets/`
//! runs in the root of the repository, any other in the folder of the page. `console NAME` waits until the ruleset NAME
//! is bundled. With `UPDATE=1` the outputs are written anew.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use libtest_mimic::Trial;

use qudao_language::bundled;
use qudao_language::diagnostic::{Code, short};
use qudao_language::source::Files;

use crate::support::{files_below, program};
use crate::{Wrong, case, has_ending, name, pages, root, updates};

fn is_bundled(ruleset: &str) -> bool {
    bundled::names().any(|name| name == ruleset)
}

/// README.md and every page of docs.
pub(crate) fn trials() -> Vec<Trial> {
    let docs = root().join("docs");
    let pages = files_below(&docs).into_iter().filter(|path| has_ending(path, "md"));
    let pages = pages.map(|path| (name("docs", &docs, &path), path));
    let all = pages.chain([("docs::README".into(), root().join("README.md"))]);
    all.map(|(name, path)| case(name, path, run)).collect()
}

fn run(path: &Path) -> Wrong {
    let text = fs::read_to_string(path).unwrap();
    let mut wrong = match path.parent().is_some_and(|folder| folder.ends_with("docs/diagnostics")) {
        true => pages::run(&path.file_stem().unwrap().to_string_lossy(), &text),
        false => run_fences(path, &text),
    };
    let lost = lost_links(path, &text).into_iter();
    wrong.extend(lost.map(|link| (line_of(&text, &format!("]({link})")), format!("{link} leads nowhere"))));
    wrong
}

/// The line on which something stands first.
pub(crate) fn line_of(text: &str, found: &str) -> usize {
    text.split(found).next().unwrap_or("").matches('\n').count() + 1
}

fn run_fences(path: &Path, text: &str) -> Wrong {
    let (folder, files) = (tempfile::tempdir().unwrap(), BTreeMap::new());
    let mut page = Page { folder, files, status: 0, wrong: Vec::new() };
    let shown = page.run(text);
    if updates() && shown != text {
        fs::write(path, &shown).unwrap();
    } else if shown != text {
        let differ = (1..).zip(text.lines().zip(shown.lines())).find(|(_, (old, new))| old != new);
        let (line, (old, new)) = differ.unwrap_or((1, ("another length", "")));
        page.wrong
            .push((line, format!("shows   {old}\n  but it is  {new}\nUPDATE=1 writes the outputs anew")));
    }
    page.wrong
}

/// A page on its way from top to bottom.
struct Page {
    folder: tempfile::TempDir,
    /// The files so far, without what is tagged `wrong`.
    files: BTreeMap<String, String>,
    /// How the last command ended.
    status: i32,
    /// What is wrong, by the line of its fence.
    wrong: Wrong,
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

/// The anchor of a heading, as GitHub makes it.
fn anchor(line: &str) -> Option<String> {
    let heading = line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#'))?;
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    Some(kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect())
}

/// The links of a page that lead nowhere.
fn lost_links(path: &Path, text: &str) -> Vec<String> {
    let outside_fences = text.split("\n```").step_by(2);
    let links =
        outside_fences.flat_map(|piece| piece.split("](").skip(1)).filter_map(|l| l.split(')').next());
    // What leads to the bundled ruleset comes with it.
    let waits = |link: &str| link.contains("wechat") && !is_bundled("wechat");
    let lost = links.filter(|link| !link.contains("://") && !waits(link)).filter(|link| {
        let (file, heading) = link.split_once('#').unwrap_or((link, ""));
        let target = if file.is_empty() { path.to_path_buf() } else { path.with_file_name(file) };
        // A picture is no text.
        if heading.is_empty() {
            return !target.is_file();
        }
        !fs::read_to_string(target)
            .is_ok_and(|text| text.lines().any(|line| anchor(line).as_deref() == Some(heading)))
    });
    lost.map(String::from).collect()
}
