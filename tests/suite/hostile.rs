//! Texts of strangers in every place where there may be one, told by every renderer: none steers a terminal, commands a
//! build server, breaks a table or a document, or is run by a spreadsheet.
#![cfg(unix)]

use std::io::Write;
use std::process::Stdio;

use qudao_language::visible::is_hidden;
use serde_json::Value as Json;

use crate::support::{Work, program};

/// Texts that have power somewhere. A ruleset may hold them as they are, save what its language has for itself.
pub(crate) const TEXTS: &[&str] = &[
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "\u{9b}31m c1 \u{90}",
    "\u{202e}txet\u{2066}",
    "one\ntwo\r::error ::three",
    "::error file=a::b",
    "##[add-mask]x",
    "a | b || c",
    "`code` ```\n```",
    "100%0A::error::x",
    "]]> <![CDATA[ </testcase> </script><b>",
    "=1+2",
    "＝1+2",
    "\n=1+2",
    "@SUM(A1)",
    "a\u{2028}::warning ::b",
    "[x](javascript:1) <img src=x> # *a* _b_",
];

/// A text as it stands between the quotation marks of a ruleset.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '{' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if is_hidden(c) => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// A ruleset with a text in every place that has one.
pub(crate) fn ruleset(text: &str, expectation: &str) -> String {
    let t = quoted(text);
    format!(
        "ruleset r {t} {{ version {t} as of 2026-05-01 }}\n\
         source s {t} {{ publisher {t} published 2020-01-01 accessed 2020-01-01 text \"s.txt\" }}\n\
         enum E {{ one {t}, two {t} }}\n\
         profile {{ n: int {t}\n e: E {t}\n w: text {t} }}\n\
         fact f: int {t}\n\
         requirement q {t} {{ how {t} cost {t} takes {t} }}\n\
         channel a {t} {{ f = 1 from s {t} needs q }}\n\
         channel b {t} {{ f = 2 from s at {t} }}\n\
         mix m {t} {{ of a, b }}\n\
         rule x {t} for each c {{ when n > 3 and c.f >= 1 then score c +1 because {t} }}\n\
         rule y {t} {{ when e == two and w == {t} then exclude b, warn {t} because {t} }}\n\
         test {t} {{ given {{ n = 5, w = {t} }} expect {expectation} }}\n\
         property p {t} {{ when n > 3 expect a excluded }}\n"
    )
}

/// A folder with a text in all places of a ruleset, a profile, a table and names of files; none where the language
/// refuses the text.
fn work(text: &str) -> Work {
    let name = format!("f{}", text.replace('/', "_"));
    let rules = ruleset(text, "a excluded");
    let work = Work::new(&[
        ("r.qd", &rules),
        ("s.txt", &format!("{text}\nand {text}\n")),
        ("new.qd", &rules.replace("n > 3", "n > 4").replace("score c +1", "score c +2")),
        (
            "broken.qd",
            &format!(
                "ruleset r {t} {{ as of 2026-05-01 }}\nchannel a {t}\nrule x {{ when {t} == nn then exclude a because {t} }}\n",
                t = quoted(text)
            ),
        ),
    ]);
    let profile = serde_json::json!({"n": 5, "e": "two", "w": text});
    work.write("p.json", &profile.to_string());
    work.write(&format!("profiles/{name}.json"), &profile.to_string());
    work.write(&format!("{name}.json"), &serde_json::json!({text: 1, "e": text}).to_string());
    let keep = serde_json::json!({"n": 5, "w": text, "keep": text, text: 1});
    work.write("rows.ndjson", &format!("{keep}\n{}\n", serde_json::json!({"n": text, "keep": text})));
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    work.write("rows.csv", &format!("n,keep,{}\n5,{},1\n", cell(text), cell(text)));
    work
}

/// What of a text has no place in what is printed.
fn raw(printed: &str) -> Option<char> {
    printed.chars().find(|c| *c != '\n' && *c != '\t' && is_hidden(*c))
}

struct Told {
    out: String,
    err: String,
}

fn told(work: &Work, arguments: &[&str]) -> Told {
    let ended = program(work.0.path()).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(matches!(ended.status.code(), Some(0..=2)), "{arguments:?}: {:?}", ended.status);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Told { out: text(ended.stdout), err: text(ended.stderr) }
}

fn commands(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.trim_start().starts_with("::") || line.contains("##[")).collect()
}

#[test]
fn no_text_has_power_in_what_is_printed() {
    for text in TEXTS {
        let work = work(text);
        let odd = format!("f{}.json", text.replace('/', "_"));
        let odd = odd.as_str();
        let calls: &[&[&str]] = &[
            &["eval", "r.qd", "p.json"],
            &["eval", "r.qd", "p.json", "--trace"],
            &["eval", "r.qd", "p.json", "--format", "markdown"],
            &["eval", "r.qd", "p.json", "--for", "client"],
            &["eval", "r.qd", "p.json", "--for", "client", "--ids", "--format", "markdown"],
            &["report", "r.qd", "p.json"],
            &["report", "r.qd", "p.json", "--compare", "--ids"],
            &["eval", "r.qd", odd],
            &["why", "r.qd", "p.json", "a"],
            &["why", "r.qd", "p.json", "y"],
            &["why", "r.qd", "p.json", "b", "--format", "markdown"],
            &["why", "r.qd", "p.json", "a", "--over", "b"],
            &["check", "r.qd"],
            &["check", "broken.qd"],
            &["check", "broken.qd", "--format", "short"],
            &["fmt", "--diff", "broken.qd"],
            &["fmt", "--check", odd],
            &["test", "r.qd"],
            &["test", "r.qd", "--format", "markdown", "--coverage"],
            &["review", "r.qd"],
            &["facts", "r.qd"],
            &["facts", "r.qd", "--format", "markdown"],
            &["facts", "r.qd", "--stale", "1d"],
            &["facts", "r.qd", "--cited", "s"],
            &["diff", "r.qd", "new.qd"],
            &["diff", "r.qd", "new.qd", "--format", "markdown", "--profiles", "p.json"],
            &["batch", "r.qd", "rows.ndjson", "--to", "ndjson", "-o", "/dev/null"],
            &["batch", "r.qd", "rows.csv", "--summary", "markdown", "-o", "/dev/null"],
            &["batch", "r.qd", "rows.ndjson", "--explain", "1"],
            &["explain", text],
            &["eval", text],
            &["eval", "r.qd", "--set", text],
            &["ask", "r.qd"],
            &["completions", "bash"],
        ];
        for call in calls {
            let Told { out, err } = told(&work, call);
            for printed in [&out, &err] {
                assert_eq!(raw(printed), None, "{text:?} {call:?}: {printed}");
                assert_eq!(commands(printed), [""; 0], "{text:?} {call:?}");
            }
        }
    }
}

/// What a shell is offered goes to the terminal as it is.
#[test]
fn completions_offer_nothing_that_has_power() {
    for text in TEXTS {
        let work = work(text);
        std::fs::create_dir(work.path(&format!("d{}", text.replace('/', "_")))).unwrap();
        let mut offered = 0;
        for shell in ["bash", "zsh", "fish"] {
            let asked: &[&[&str]] = &[
                &["eval", ""],
                &["eval", "r.qd", ""],
                &["why", "r.qd", "p.json", ""],
                &["why", "r.qd", "p.json", "a", "--over", ""],
                &["eval", "r.qd", "--set", ""],
                &["eval", "r.qd", "--set", "e="],
                &["eval", "r.qd", "--lang", ""],
                &["facts", "r.qd", "--cited", ""],
                &["explain", ""],
            ];
            for words in asked {
                let mut run = program(work.0.path());
                run.env("QUDAO_COMPLETE", shell).env("_CLAP_IFS", "\n");
                run.env("_CLAP_COMPLETE_INDEX", words.len().to_string());
                let ended = run.args(["--", "qudao"]).args(*words).stdin(Stdio::null()).output().unwrap();
                let out = String::from_utf8(ended.stdout).unwrap();
                assert_eq!(raw(&out), None, "{text:?} {shell} {words:?}: {out}");
                offered += usize::from(!out.trim().is_empty());
            }
        }
        assert!(offered > 12, "{text:?}: {offered}");
    }
}

/// Runs the program on a terminal of its own, by which these keys come, and returns what that shows, without colours.
fn typed(work: &Work, command: &str, keys: &str) -> String {
    let mut run = std::process::Command::new("script");
    run.args(["-qec", &format!("{} {command}", env!("CARGO_BIN_EXE_qudao")), "/dev/null"]);
    run.current_dir(work.0.path()).env("TERM", "dumb").env("NO_COLOR", "1").env("SHELL", "/bin/sh");
    let mut run = run.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = run.stdin.take().unwrap();
    let keys = keys.to_string();
    let typist = std::thread::spawn(move || {
        for key in keys.chars() {
            std::thread::sleep(std::time::Duration::from_millis(5));
            // The program may have ended.
            let _ = input.write_all(key.to_string().as_bytes());
        }
        input
    });
    let out = run.wait_with_output().unwrap().stdout;
    typist.join().unwrap();
    String::from_utf8(out).unwrap().replace("\r\n", "\n")
}

#[test]
fn interviews_and_reviews_show_nothing_that_has_power() {
    for text in TEXTS {
        let work = work(text);
        work.qudao("test r.qd --accept --texts");
        work.write("r.qd", &work.read("new.qd"));
        work.qudao("test r.qd");
        let pending = work.names("snapshots");
        assert!(pending.iter().any(|name| name.ends_with(".snap.new")), "{text:?}: {pending:?}");
        let review = typed(&work, "review r.qd", "xddcsssssssssqqq");
        assert!(review.contains("[a]ccept") && review.contains("in full"), "{text:?}: {review}");
        let ask = typed(&work, "ask r.qd", "5\nx\n1\n<\n.\n");
        assert!(ask.contains("1.") && ask.contains("Channels"), "{text:?}: {ask}");
        let mut piped = program(work.0.path());
        piped.args(["ask", "r.qd"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut piped = piped.spawn().unwrap();
        let answers = format!("{text}\n5\n{text}\ntwo\n{text}\n<\n{text}\n");
        piped.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
        let ended = piped.wait_with_output().unwrap();
        let answered = String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap();
        for shown in [review, ask, answered] {
            assert_eq!(raw(&shown), None, "{text:?}: {shown}");
            assert_eq!(commands(&shown), [""; 0], "{text:?}");
        }
    }
}

#[test]
fn annotations_are_one_command_each() {
    for text in TEXTS {
        let work = work(text);
        for call in [["check", "broken.qd"], ["test", "r.qd"]] {
            let Told { out, .. } = told(&work, &[call[0], call[1], "--format", "github"]);
            assert_eq!(raw(&out), None, "{text:?} {call:?}");
            assert!(!out.contains('\r'), "{text:?}");
            let all = commands(&out);
            assert!(!all.is_empty(), "{text:?} {call:?}: {out}");
            for command in all {
                let (head, message) = command[2..].split_once("::").unwrap();
                let (name, properties) = head.split_once(' ').unwrap();
                assert!(["error", "warning", "notice"].contains(&name), "{command}");
                for property in properties.split(',') {
                    let (key, value) = property.split_once('=').unwrap();
                    let known = ["file", "line", "col", "endColumn", "endLine", "title"];
                    assert!(known.contains(&key) && !value.contains(':'), "{command}");
                }
                assert!(!message.contains('\n'), "{command}");
            }
        }
    }
}

#[test]
fn json_stays_json_and_hides_nothing() {
    for text in TEXTS {
        let work = work(text);
        let odd = format!("f{}.json", text.replace('/', "_"));
        let calls: &[&[&str]] = &[
            &["eval", "r.qd", "p.json", "--trace", "--format", "json"],
            &["eval", "r.qd", &odd, "--format", "json"],
            &["why", "r.qd", "p.json", "a", "--format", "json"],
            &["why", "r.qd", "p.json", "y", "--format", "json"],
            &["check", "broken.qd", "--format", "json"],
            &["check", "broken.qd", "--format", "sarif"],
            &["test", "r.qd", "--format", "json"],
            &["facts", "r.qd", "--format", "json"],
            &["facts", "r.qd", "--cited", "s", "--format", "json"],
            &["facts", "r.qd", "--stale", "1d", "--format", "json"],
            &["diff", "r.qd", "new.qd", "--format", "json"],
            &["schema", "r.qd"],
            &["batch", "r.qd", "rows.csv", "--summary", "json", "-o", "out.csv"],
        ];
        for call in calls {
            let Told { out, .. } = told(&work, call);
            assert_eq!(raw(&out), None, "{text:?} {call:?}");
            let read: Result<Json, _> = serde_json::from_str(&out);
            assert!(read.is_ok(), "{text:?} {call:?}: {out}");
        }
        let title = serde_json::from_str::<Json>(&told(&work, calls[0]).out).unwrap();
        assert_eq!(title["ruleset"]["title"], *text, "the text itself is the same");
    }
}

/// The document is well formed: tags match, nothing stands in a text that XML has no place for.
fn assert_xml(xml: &str) {
    assert!(xml.starts_with("<?xml "), "{xml}");
    let mut open: Vec<&str> = Vec::new();
    for piece in xml.split('<').skip(2) {
        let (tag, text) = piece.split_once('>').unwrap();
        assert!(!text.contains('>'), "{piece}");
        for part in [tag, text] {
            for entity in part.split('&').skip(1) {
                let (name, _) = entity.split_once(';').unwrap();
                let known = ["amp", "lt", "gt", "quot", "#10", "#9"].contains(&name);
                assert!(known, "{entity}");
            }
        }
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{xml}"),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().unwrap()),
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert!(open.is_empty());
}

#[test]
fn build_servers_get_well_formed_xml() {
    for text in TEXTS {
        let Told { out, .. } = told(&work(text), &["test", "r.qd", "--format", "junit"]);
        assert_eq!(raw(&out), None, "{text:?}");
        assert_xml(&out);
    }
}

/// How many cells a row of a Markdown table has.
fn cells(row: &str) -> usize {
    row.replace("\\\\", "").replace("\\|", "").matches('|').count()
}

#[test]
fn tables_of_markdown_keep_their_columns() {
    for text in TEXTS {
        let work = work(text);
        let calls: &[&[&str]] = &[
            &["eval", "r.qd", "p.json", "--format", "markdown"],
            &["facts", "r.qd", "--format", "markdown"],
            &["test", "r.qd", "--format", "markdown", "--coverage"],
            &["diff", "r.qd", "new.qd", "--format", "markdown", "--profiles", "p.json"],
            &["batch", "r.qd", "rows.csv", "--summary", "markdown", "-o", "out.csv"],
        ];
        for call in calls {
            let Told { out, .. } = told(&work, call);
            let mut columns = None;
            let mut fenced = false;
            for line in out.lines() {
                if line.trim_start().starts_with("```") {
                    fenced = !fenced;
                }
                let row = line.starts_with('|') && !fenced;
                if row {
                    let wanted = *columns.get_or_insert(cells(line));
                    assert_eq!(cells(line), wanted, "{text:?} {call:?}: {line}");
                } else {
                    columns = None;
                }
                let outside: String = line.split('`').step_by(2).collect();
                assert!(fenced || !outside.contains("</script>"), "{text:?} {call:?}: {line}");
            }
            assert!(!fenced, "{text:?} {call:?}: a fence is open\n{out}");
        }
    }
}

#[test]
fn spreadsheets_run_nothing_that_is_kept() {
    for text in TEXTS {
        let work = work(text);
        for rows in ["rows.ndjson", "rows.csv"] {
            let Told { out, err } = told(&work, &["batch", "r.qd", rows, "--keep", "keep", "--to", "csv"]);
            let mut reader = csv::ReaderBuilder::new().from_reader(out.as_bytes());
            let kept: Vec<String> = reader.records().map(|row| row.unwrap()[0].to_string()).collect();
            assert_eq!(kept.len(), 1, "{text:?}: {out}{err}");
            let formula = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
            let kept = kept[0].as_str();
            assert!(!kept.trim_start().starts_with(formula), "{text:?}: {kept:?}");
            assert!(kept.contains(text.trim()) || text.contains("::"), "{text:?}: {kept:?}");
            assert!(!kept.starts_with(['\n', '\r', '\t']), "{text:?}: {kept:?}");
            assert_eq!(commands(&out).len(), usize::from(text.contains("##[")), "{text:?}: {out}");
        }
    }
}
