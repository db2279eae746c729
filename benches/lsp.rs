//! How long an editor waits: `cargo bench --bench lsp`.
//!
//! The real server is spoken to. Each edit makes a mistake or mends it, so that what is found of the text is told anew; the
//! time is that from the edit's last byte to the message, which other programs on the machine make longer, and beside it stands
//! how much of a processor's time the server took for one. Then ten thousand edits, and how much memory the server holds after
//! one thousand and after all.

#![allow(clippy::disallowed_methods, reason = "it starts the server, brings files and looks at the clock")]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

#[path = "made/rules.rs"]
mod rules;

fn main() {
    let home = std::env::temp_dir().join(format!("qudao-bench-{}", std::process::id()));
    std::fs::create_dir_all(&home).expect("a folder for files");
    let wechat = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets/wechat/wechat.qd");
    edits("wechat", &wechat);
    for rules in [100, 2_000] {
        let path = home.join(format!("rules-{rules}.qd"));
        std::fs::write(&path, rules::ruleset(rules)).expect("a file");
        edits(&format!("{rules} rules"), &path);
    }
    std::fs::remove_dir_all(&home).expect("the folder goes");
}

/// Edits a file many times, and tells how long it took until the server said what it found.
fn edits(name: &str, path: &Path) {
    let text = std::fs::read_to_string(path).expect("a ruleset");
    let mut server = Server::start(path.parent().expect("a folder"));
    let uri = format!("file://{}", path.display());
    server.say(&json!({ "method": "textDocument/didOpen", "params": { "textDocument": {
        "uri": uri, "languageId": "qudao", "version": 0, "text": text } } }));
    // A word at the end that begins nothing, or nothing.
    let line = text.lines().count() as u64;
    let edit = |server: &mut Server, version: u64| {
        let (from, to, text) = if version % 2 == 1 { (0, 0, "let x = y") } else { (0, 9, "") };
        let range =
            json!({ "start": { "line": line, "character": from }, "end": { "line": line, "character": to } });
        let begun = Instant::now();
        server.say(&json!({ "method": "textDocument/didChange", "params": {
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [{ "range": range, "text": text }] } }));
        loop {
            let said = server.hear();
            let params = said.get("params");
            let of = |key| params.and_then(|params| params.get(key));
            let last = of("uri").and_then(Json::as_str) == Some(&uri);
            let new = of("version").and_then(Json::as_u64) == Some(version);
            if last && new {
                return begun.elapsed();
            }
        }
    };
    let begun = server.processor();
    let mut times: Vec<Duration> = (1..=200).map(|version| edit(&mut server, version)).collect();
    times.sort();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    let (usual, slow) = (at(50), at(95));
    let each = (server.processor() - begun) / times.len() as f64;
    println!(
        "{name}: an edit is told after {usual:.1?}, 95 of 100 within {slow:.1?}; it takes {each:.1} ms of a processor"
    );
    let (few, many) = if text.len() < 100_000 { (1_000, 10_000) } else { (200, 1_000) };
    let further = |server: &mut Server, versions: std::ops::RangeInclusive<u64>| {
        for version in versions {
            edit(server, version);
        }
    };
    further(&mut server, 201..=few);
    let before = server.memory();
    further(&mut server, few.max(200) + 1..=many);
    println!("{name}: {before} kB are held after {few} edits, {} kB after {many}", server.memory());
    server.end();
}

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start(folder: &Path) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_qudao"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let mut server = Server { child, input, output };
        let root = format!("file://{}", folder.display());
        server.say(
            &json!({ "id": 0, "method": "initialize", "params": { "rootUri": root, "capabilities": {} } }),
        );
        server.hear();
        server.say(&json!({ "method": "initialized", "params": {} }));
        server
    }

    fn say(&mut self, message: &Json) {
        let mut message = message.as_object().cloned().expect("a message");
        message.insert("jsonrpc".into(), "2.0".into());
        let text = Json::Object(message).to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("it listens");
        self.input.flush().expect("it listens");
    }

    fn hear(&mut self) -> Json {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).expect("it speaks");
            match line.trim().split_once(": ") {
                Some(("Content-Length", count)) => length = count.parse().expect("a length"),
                Some(_) => {}
                None => break,
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text).expect("a message");
        serde_json::from_slice(&text).expect("JSON")
    }

    /// How many milliseconds of a processor's time it took; 0 where the system does not tell.
    fn processor(&self) -> f64 {
        let told = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // Hundredths of a second, its own and those that the system took for it.
        let ticks = told.split_whitespace().skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
        ticks.sum::<f64>() * 10.0
    }

    /// How many kilobytes it holds; 0 where the system does not tell.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let held = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        held.and_then(|held| held.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    fn end(mut self) {
        self.say(&json!({ "id": 1, "method": "shutdown" }));
        self.say(&json!({ "method": "exit" }));
        self.child.wait().expect("it ends");
    }
}
