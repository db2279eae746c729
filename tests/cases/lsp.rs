//! The language server as an editor meets it: the real program, and what is said on both sides.
//!
//! A case is a text file. Its first line is `# what it settles`. Then come sections as in a conformance case: `file NAME`,
//! files in a folder of its own, and `dialog`, what is said there, a line each:
//!
//! - `> MESSAGE`: what the editor says, in JSON; a list of messages is written at once. `$ROOT` is the folder's address,
//!   `$FOLDER` in what is heard its path
//! - `< MESSAGE`: the next thing that the server says; what is written behind `<` is what is expected. What is told of a file comes when nothing else is asked, so it is waited for before the next request
//! - `! NAME TEXT`: a file is written, its lines parted by `\n`
//! - `- NAME`: a file is deleted
//! - `~ MILLISECONDS`: nobody types for so long
//!
//! Unless the first message is `initialize`, an editor that offers nothing has opened the folder before. In the end it
//! says good-bye, and the server ends well. With `UPDATE=1` what the server says is written anew.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::{Value as Json, json};

use crate::conformance::sections;
use crate::support::{files_below, folder, program};
use crate::{Wrong, case, updates};

/// A server that says nothing for so long has stopped.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn trials() -> Vec<Trial> {
    let home = folder("lsp");
    let files = files_below(&home).into_iter();
    files.map(|path| case(crate::name("lsp", &home, &path), path, run)).collect()
}

fn run(path: &Path) -> Wrong {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.starts_with("# "), "the first line says what the case settles");
    let home = tempfile::tempdir().unwrap();
    // Where the folder for what is temporary is a link, paths would have two names.
    let home = home.path().canonicalize().unwrap();
    let sections = sections(&text);
    for file in sections.iter().filter(|section| section.name == "file") {
        let path = home.join(file.words.first().expect("a name"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file.bytes()).unwrap();
    }
    let dialog = sections.iter().find(|section| section.name == "dialog").expect("a dialog");
    let lines: Vec<&str> = dialog.body.text.lines().collect();
    let mut server = Server::start(&home, lines.first().is_some_and(|line| line.contains("\"initialize\"")));
    let (mut wrong, mut anew) = (Wrong::new(), String::new());
    for (number, line) in (dialog.body.line..).zip(&lines) {
        let rest = line.get(1..).unwrap_or("").trim();
        match line.get(..1) {
            Some(">") => server.say(rest),
            Some("<") => {
                let said = server.hear();
                if said != rest {
                    wrong.push((number, format!("the server says {said}")));
                }
                anew.push_str(&format!("< {said}\n"));
                continue;
            }
            Some("!") => {
                let (name, text) = rest.split_once(' ').expect("a name and a text");
                std::fs::write(home.join(name), text.replace("\\n", "\n")).unwrap();
            }
            Some("-") => std::fs::remove_file(home.join(rest)).unwrap(),
            Some("~") => std::thread::sleep(Duration::from_millis(rest.parse().unwrap())),
            _ => panic!("`{line}` is no line of a dialog"),
        }
        anew.push_str(&format!("{line}\n"));
    }
    if let Some(says) = server.end(&lines) {
        wrong.push((dialog.body.line, says));
    }
    if updates() && !wrong.is_empty() {
        let start = dialog.body.start;
        let end = start + dialog.body.text.len();
        let mut text = text.clone();
        text.replace_range(start..end, &anew);
        std::fs::write(path, text).unwrap();
        return Wrong::new();
    }
    wrong
}

struct Server {
    child: Child,
    input: Option<ChildStdin>,
    heard: Receiver<String>,
    root: String,
}

impl Server {
    fn start(home: &Path, greets: bool) -> Server {
        let mut child = program(home)
            .arg("lsp")
            .env("TMPDIR", home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (send, heard) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        let mut server = Server { child, input, heard, root: format!("file://{}", home.display()) };
        if !greets {
            server.say(
                r#"{"id": 0, "method": "initialize", "params": {"rootUri": "$ROOT", "capabilities": {}}}"#,
            );
            server.hear();
            server.say(r#"{"method": "initialized", "params": {}}"#);
        }
        server
    }

    fn say(&mut self, message: &str) {
        let message: Json = serde_json::from_str(&message.replace("$ROOT", &self.root)).unwrap();
        let all = if let Json::Array(all) = message { all } else { vec![message] };
        let mut written = Vec::new();
        for mut message in all {
            message["jsonrpc"] = json!("2.0");
            let text = message.to_string();
            written.extend(format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes());
        }
        self.input.as_mut().unwrap().write_all(&written).unwrap();
    }

    fn hear(&mut self) -> String {
        let message = self.heard.recv_timeout(PATIENCE).expect("the server says something");
        let mut message: Json = serde_json::from_str(&message).unwrap();
        message.as_object_mut().unwrap().remove("jsonrpc");
        let folder = self.root.trim_start_matches("file://");
        let mut said = message.to_string().replace(&self.root, "$ROOT").replace(folder, "$FOLDER");
        // The folder of what is shown has six letters by chance.
        if let Some(at) = said.find("$ROOT/qudao-") {
            let chance = at + "$ROOT/qudao-".len();
            said.replace_range(chance..chance + 6, "$");
        }
        said
    }

    /// Says good-bye, unless that was part of the dialog; tells what is wrong with how it ended.
    fn end(&mut self, lines: &[&str]) -> Option<String> {
        if !lines.iter().any(|line| line.contains("\"exit\"")) {
            self.say(r#"{"id": "bye", "method": "shutdown"}"#);
            let said = self.hear();
            if !said.contains("\"bye\"") {
                return Some(format!("nobody waits for what the server says: {said}"));
            }
            self.say(r#"{"method": "exit"}"#);
        }
        drop(self.input.take());
        let status = self.child.wait().unwrap();
        let mut told = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        (!status.success() || !told.is_empty()).then(|| format!("it ended with {status}: {told}"))
    }
}

/// Reads a message; nothing at the end.
fn read(output: &mut impl BufRead) -> Option<String> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some(("Content-Length", count)) => length = count.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut text = vec![0; length];
    output.read_exact(&mut text).ok()?;
    String::from_utf8(text).ok()
}
