//! `--watch`: what is read again when a file changes, and what is told of it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::support::{Work, program};

const BASE: &str = "ruleset base \"Base\" { as of 2026-01-01 }\nprofile { n: int }\nchannel own\n\
                    rule many { when n > 3 then score own +1 because \"many\" }\n";

/// A program that watches, stopped when it is dropped.
struct Watching(Child, BufReader<std::process::ChildStderr>);

impl Drop for Watching {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Watching {
    fn new(work: &Work, arguments: &str) -> Watching {
        let mut child = program(work.0.path())
            .args(arguments.split_whitespace())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let err = BufReader::new(child.stderr.take().unwrap());
        let mut watching = Watching(child, err);
        watching.until_it_waits();
        watching
    }

    /// What it says beside the results, up to where it waits for a change.
    fn until_it_waits(&mut self) -> String {
        let mut said = String::new();
        while !said.contains("stop with Ctrl-C") {
            assert_ne!(self.1.read_line(&mut said).unwrap(), 0, "it ended: {said}");
        }
        said
    }
}

fn work() -> Work {
    Work::new(&[
        ("base/base.qd", BASE),
        ("child.qd", "ruleset child \"Child\"\nextends \"base/base.qd\"\nimport \"more.qd\"\n"),
        ("more.qd", "test \"many\" { given { n = 9 } expect own recommended }\n"),
        ("n.yaml", "n: 9\n"),
    ])
}

#[test]
fn what_is_extended_imported_and_given_is_watched_alike() {
    for command in ["eval child.qd n.yaml", "test child.qd", "check child.qd"] {
        let work = work();
        let mut watching = Watching::new(&work, &format!("{command} --watch"));
        work.write("base/base.qd", &BASE.replace("n > 3", "n > 300"));
        let said = watching.until_it_waits();
        assert!(said.starts_with("changed: ") && said.contains("base.qd"), "{command}: {said}");
        let same = command.starts_with("check");
        assert!(said.contains("the answer is as it was") == same, "{command}: {said}");
        assert!(said.contains("what changed in the answer\n") != same, "{command}: {said}");
        // With an error, and mended.
        work.write("more.qd", "test \"many\" { given { m = 9 } expect own recommended }\n");
        let said = watching.until_it_waits();
        assert!(said.contains("more.qd") && said.contains("unknown-field"), "{command}: {said}");
        work.write("more.qd", "test \"many\" { given { n = 900 } expect own recommended }\n");
        let said = watching.until_it_waits();
        assert!(said.contains("more.qd"), "{command}: {said}");
    }
}

#[test]
fn a_file_that_is_not_there_yet_is_waited_for() {
    let work = Work::new(&[("shop.qd", &format!("import \"more.qd\"\n{BASE}"))]);
    let mut watching = Watching::new(&work, "check shop.qd --watch");
    work.write("more.qd", "channel other\n");
    let said = watching.until_it_waits();
    assert!(said.contains("more.qd") && said.contains("what changed in the answer"), "{said}");
}
