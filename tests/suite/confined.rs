//! What a ruleset names is read only below the folder of its main file, links followed: rulesets come from strangers.
#![cfg(unix)]

use std::os::unix::fs::symlink;

use crate::support::Work;

const RULESET: &str = r#"ruleset r "R" { as of 2026-01-01 }
source letter "Letter" { text "letter.txt" }
profile { x: bool "X?" }
channel a "A"
rule one { when x then score a +1 from letter "hidden words" }
"#;

/// A folder `in` with a ruleset, and a folder `out` with what it must not read.
fn folders() -> Work {
    Work::new(&[
        ("in/r.qd", RULESET),
        ("out/secret.txt", "hidden words\n"),
        ("out/part.qd", "rule two { then score a +1 }\n"),
        ("out/rows.csv", "x,a\ntrue,+1\n"),
        ("out/p.yaml", "hidden: words\n"),
        ("out/sources.lock", "hidden words"),
    ])
}

/// What any command says of a ruleset: nothing of what lies outside.
fn hides(work: &Work, texts: &str) {
    for command in
        ["check in/r.qd", "facts in/r.qd --cited letter", "check --lock in/r.qd", "eval in/r.qd --set x=true"]
    {
        if command.starts_with("eval") && !texts.is_empty() {
            continue;
        }
        let texts = if command.contains("facts") || command.contains("check") { texts } else { "" };
        let (status, out, err) = work.qudao(&format!("{command} {texts}"));
        assert_eq!(status, 1, "{command}\n{out}{err}");
        assert!(format!("{out}{err}").contains("bad-path"), "{command}\n{out}{err}");
        // The words of the quote stand in the ruleset; those of the text are shown with their line.
        assert!(!out.contains("│ ⟦hidden"), "{out}");
    }
    assert_eq!(work.read("in/sources.lock"), "");
}

#[test]
fn a_link_leads_no_text_out_of_the_folder() {
    let work = folders();
    symlink(work.path("out/secret.txt"), work.path("in/letter.txt")).unwrap();
    hides(&work, "");
    // Neither does a folder that is a link.
    let work = folders();
    symlink(work.path("out"), work.path("in/texts")).unwrap();
    work.write("in/r.qd", &RULESET.replace("letter.txt", "texts/secret.txt"));
    hides(&work, "");
    // A folder that is named on purpose confines likewise.
    let work = folders();
    work.write("texts/other.txt", "");
    symlink(work.path("out/secret.txt"), work.path("texts/letter.txt")).unwrap();
    hides(&work, "--texts texts");
    work.write("plain/letter.txt", "hidden words\n");
    let (status, out, err) = work.qudao("facts in/r.qd --cited letter --texts plain");
    assert_eq!(status, 0, "{out}{err}");
    assert!(out.contains("⟦hidden words⟧[1]"), "{out}");
    // And what is linked within the folder is read.
    let work = folders();
    work.write("in/texts/real.txt", "hidden words\n");
    symlink(work.path("in/texts/real.txt"), work.path("in/letter.txt")).unwrap();
    assert_eq!(work.qudao("check in/r.qd").0, 0);
}

#[test]
fn a_link_leads_no_part_table_lock_or_profile_out_of_the_folder() {
    let refused = |work: &Work, command: &str| {
        let (status, out, err) = work.qudao(command);
        let said = format!("{out}{err}");
        assert_eq!(status, 1, "{said}");
        assert!(said.contains("it lies outside of the folder"), "{said}");
        assert!(!said.contains("hidden: words") && !said.contains("rule two"), "{said}");
    };
    let work = folders();
    for (file, link) in [
        ("part.qd", "part.qd"),
        ("rows.csv", "rows.csv"),
        ("sources.lock", "sources.lock"),
        ("p.yaml", "p.yaml"),
    ] {
        symlink(work.path(&format!("out/{file}")), work.path(&format!("in/{link}"))).unwrap();
    }
    refused(&work, "check in/r.qd");
    let plain = RULESET
        .replace("source letter \"Letter\" { text \"letter.txt\" }\n", "")
        .replace(" from letter \"hidden words\"", "");
    work.write("in/r.qd", &format!("{plain}import \"part.qd\"\n"));
    refused(&work, "check in/r.qd");
    work.write("in/r.qd", &format!("{plain}table t from csv \"rows.csv\"\n"));
    refused(&work, "check in/r.qd");
    for given in ["p.yaml", "../out/p.yaml"] {
        work.write("in/r.qd", &format!("{plain}test \"t\" {{ given \"{given}\" expect a recommended }}\n"));
        refused(&work, "test in/r.qd");
    }
}

#[test]
fn a_base_reads_below_its_own_folder() {
    let work = folders();
    work.write("child/c.qd", "ruleset c \"C\" { as of 2026-01-01 }\nextends \"../in/r.qd\"\n");
    work.write("in/letter.txt", "hidden words\n");
    let (status, out, err) = work.qudao("check child/c.qd");
    assert_eq!(status, 0, "{out}{err}");
    std::fs::remove_file(work.path("in/letter.txt")).unwrap();
    symlink(work.path("out/secret.txt"), work.path("in/letter.txt")).unwrap();
    let (status, out, err) = work.qudao("check child/c.qd");
    assert_eq!((status, out.contains("bad-path")), (1, true), "{out}{err}");
}
