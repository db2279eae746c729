//! What people know from other programs: which findings are told and which fail a run.

use crate::differences::git;
use crate::support::{Work, program, qudao_in};

/// A warning (`unread-field`), and a note (`idle-value`).
const DOUBTFUL: &str = r#"ruleset shop "Shop" {
  as of 2026-05-01
}

enum colour { red, green, blue }

profile {
  fragile: bool   "Is it fragile?"
  colour:  colour "Which colour?"
}

channel stall "Stall"

rule red "Red" {
  when    colour == red
  then    score stall +1
}
"#;

#[test]
fn findings_are_chosen_and_denied() {
    let work = Work::new(&[("shop.qd", DOUBTFUL)]);
    let found = |options: &str| {
        let (status, out, err) = work.qudao(&format!("check shop.qd --format short {options}"));
        let kinds: Vec<&str> =
            out.lines().map(|line| line.split_once(": ").unwrap().1.split_once(']').unwrap().0).collect();
        assert!(status != 2, "{options}: {err}");
        (status, kinds.join("] "))
    };
    let told = |status: i32, kinds: &str| (status, kinds.to_string());
    assert_eq!(found(""), told(0, "warning[unread-field] note[idle-value"));
    assert_eq!(found("--deny warnings"), told(1, "error[unread-field] note[idle-value"));
    assert_eq!(found("--deny notes"), told(1, "warning[unread-field] error[idle-value"));
    assert_eq!(found("--deny notes,unread-field"), told(1, "error[unread-field] error[idle-value"));
    assert_eq!(found("--deny dead-rule"), told(0, "warning[unread-field] note[idle-value"));
    assert_eq!(found("--select idle-value"), told(0, "note[idle-value"));
    assert_eq!(found("--select notes --select dead-rule"), told(0, "note[idle-value"));
    assert_eq!(found("--ignore idle-value"), told(0, "warning[unread-field"));
    // What is ignored is not there to be denied.
    assert_eq!(found("--deny warnings --ignore unread-field"), told(0, "note[idle-value"));
    assert_eq!(found("--deny warnings --select notes"), told(0, "note[idle-value"));
}

#[test]
fn an_allow_silences_what_is_denied_and_errors_are_never_left_out() {
    let allowed = DOUBTFUL.replace(
        "  fragile: bool   \"Is it fragile?\"\n",
        "  fragile: bool   \"Is it fragile?\" allow unread-field \"it comes\"\n",
    );
    let wrong = format!("{DOUBTFUL}rule lost {{ then exclude stal }}\n");
    let work = Work::new(&[("shop.qd", &allowed), ("wrong.qd", &wrong)]);
    let (status, out, _) = work.qudao("check shop.qd --deny warnings");
    assert_eq!((status, out.contains("unread-field")), (0, false), "{out}");
    for options in ["--select idle-value", "--ignore warnings,notes"] {
        let (status, out, _) = work.qudao(&format!("check wrong.qd --format short {options}"));
        assert!(status == 1 && out.contains("error[unknown-target]"), "{options}: {out}");
    }
}

#[test]
fn only_what_is_told_is_fixed() {
    let text =
        DOUBTFUL.replace("channel stall \"Stall\"", "channel stall \"Stall\" { allow dead-rule \"no\" }");
    let work = Work::new(&[("shop.qd", &text)]);
    let (status, ..) = work.qudao("check shop.qd --fix --ignore unused-allow");
    assert_eq!((status, work.read("shop.qd")), (0, text.clone()));
    work.qudao("check shop.qd --fix");
    assert_eq!(work.read("shop.qd"), text.replace(" allow dead-rule \"no\"", ""));
    // A line on which nothing else stood goes as a whole.
    let alone = text.replace("{ allow dead-rule \"no\" }", "{\r\n  allow dead-rule \"no\"  \r\n}");
    work.write("shop.qd", &alone);
    work.qudao("check shop.qd --fix");
    assert_eq!(work.read("shop.qd"), alone.replace("  allow dead-rule \"no\"  \r\n", ""));
}

#[test]
fn what_is_laid_out_goes_to_a_file() {
    let work = Work::new(&[("a.qd", "ruleset a   \"A\"\n"), ("b.qd", "ruleset b \"B\"\n")]);
    let laid_out = "ruleset a \"A\"\n";
    assert_eq!(work.qudao("fmt a.qd -o -"), (0, laid_out.into(), String::new()));
    assert_eq!(work.qudao("fmt a.qd -o c.qd"), (0, String::new(), String::new()));
    assert_eq!(work.read("c.qd"), laid_out);
    assert_eq!(work.read("a.qd"), "ruleset a   \"A\"\n");
    let (status, out, err) = work.qudao("fmt -o c.qd");
    assert_eq!(
        (status, &*out, &*err),
        (2, "", "error: `--output` takes one file laid out, and 3 are named\n")
    );
    assert_eq!(work.qudao("fmt --check -o list.txt").0, 1);
    assert_eq!(work.read("list.txt"), "./a.qd\n");
    // What is wrong is told, and the file stays as it was.
    work.write("a.qd", "ruleset \"A\"\n");
    assert_eq!(work.qudao("fmt a.qd -o c.qd").0, 1);
    assert_eq!(work.read("c.qd"), laid_out);
}

#[test]
fn a_code_that_is_none_is_told_with_a_near_one() {
    let work = Work::new(&[("shop.qd", DOUBTFUL)]);
    for (option, says) in [
        (
            "--deny unread-feild",
            "no diagnostic has the code `unread-feild`; the nearest name is `unread-field`",
        ),
        ("--select warning", "the nearest name is `warnings`"),
        ("--ignore unknown-field", "an error is mended, not ignored"),
    ] {
        let (status, _, err) = work.qudao(&format!("check shop.qd {option}"));
        assert!(status == 2 && err.contains(says), "{option}: {err}");
    }
}

const PROJECT: &str = r#"
rulesets = ["shop.qd", "more/*.qd"]
deny = "warnings"
ignore = ["idle-value"]
"#;

#[test]
fn a_project_file_says_what_the_command_line_does_not() {
    let work = Work::new(&[("qudao.toml", PROJECT), ("shop.qd", DOUBTFUL), ("other.qd", "ruleset wrong")]);
    work.write("more/a.qd", &DOUBTFUL.replace("shop", "a"));
    let (status, out, err) = work.qudao("check --format short");
    assert_eq!(status, 1, "{out}{err}");
    let lines: Vec<&str> = out.lines().map(|line| line.split_once(": nothing").unwrap().0).collect();
    assert_eq!(lines, ["shop.qd:8:3: error[unread-field]", "more/a.qd:8:3: error[unread-field]"]);
    // From a folder below, the same; what is named is named from there.
    let (status, out, _) = qudao_in(&work.path("more"), "check --format short");
    assert!(status == 1 && out.starts_with("../shop.qd:8:3: error[unread-field]"), "{out}");
    // The command line wins, key by key.
    let (status, out, _) = work.qudao("check shop.qd --format short --deny notes");
    assert!(status == 0 && out.contains("warning[unread-field]") && !out.contains("idle-value"), "{out}");
    let (_, out, _) = work.qudao("check shop.qd --format short --ignore unread-field");
    assert!(out.contains("note[idle-value]") && !out.contains("unread-field"), "{out}");
    // `fmt` and `test` take the same rulesets.
    work.write("more/b.qd", "ruleset b   \"B\"\n");
    assert_eq!(work.qudao("fmt --check").1, "more/b.qd\n");
    let (_, out, _) = work.qudao("test --format json");
    let tested: Vec<&str> = out.lines().filter(|line| line.contains("\"file\"")).map(str::trim).collect();
    let expected = ["shop.qd", "more/a.qd", "more/b.qd"].map(|name| format!("\"file\": \"{name}\","));
    assert_eq!(tested, expected);
}

#[test]
fn without_a_project_file_the_current_folder_is_taken() {
    let work = Work::new(&[("shop.qd", DOUBTFUL), ("deep/more.qd", DOUBTFUL)]);
    let (status, out, err) = work.qudao("check --format short");
    assert_eq!((status, out.matches("unread-field").count()), (0, 2), "{out}{err}");
    assert_eq!(work.qudao("test --format json").1.matches("\"ruleset\": \"shop\"").count(), 2);
    assert_eq!(work.qudao("fmt --check").0, 0);
    work.write("shop.qd", &DOUBTFUL.replace("  when", "when"));
    assert_eq!(work.qudao("fmt --check").1, "./shop.qd\n");
}

#[test]
fn the_language_and_the_texts_of_a_project_are_used() {
    let shop = DOUBTFUL
        .replace("as of 2026-05-01", "as of 2026-05-01\n languages en, zh")
        .replace("channel stall \"Stall\"", "channel stall \"Stall\" @zh \"摊\"")
        .replace("score stall +1", "score stall +1\n  from guide \"much is sold\"");
    let shop = shop + "source guide \"Guide\" { text \"guide.txt\" }\n";
    let work = Work::new(&[("a/shop.qd", &shop), ("qudao.toml", "lang = \"zh\"\ntexts = \"words\"\n")]);
    let texts = |out: &str| out.contains("quote-unverified") || out.contains("quote-not-found");
    assert!(texts(&work.qudao("check a --format short").1));
    work.write("words/guide.txt", "Here much is sold.");
    let (_, out, _) = work.qudao("check a --format short");
    assert!(!texts(&out), "{out}");
    for command in ["eval a --set colour=red", "why a --set colour=red stall", "facts a", "diff a a"] {
        let chinese = |out: &str| out.chars().any(|c| c >= '\u{4e00}');
        let (status, out, err) = work.qudao(command);
        assert!(status == 0 && chinese(&out), "{command}: {out}{err}");
        let (_, out, _) = work.qudao(&format!("{command} --lang en"));
        assert!(!chinese(&out), "{command}: {out}");
    }
    assert!(work.qudao("facts a --cited guide").1.contains("much is sold"));
}

#[test]
fn what_is_wrong_with_a_project_file_is_told_once() {
    let one = |text: &str, says: &str| {
        let work = Work::new(&[("qudao.toml", text), ("shop.qd", DOUBTFUL)]);
        for command in ["check", "eval shop.qd --set colour=red"] {
            let (status, out, err) = work.qudao(command);
            let told = (status, err.contains(says), err.matches("error[").count());
            assert_eq!(told, (2, true, 1), "{text}\n{out}{err}");
        }
    };
    one("ruleset = 'a'", "error[unknown-setting]: `qudao.toml` has no key `ruleset`");
    one("ruleset = 'a'", "the nearest name is `rulesets`");
    one("deny = ['unread-feild']", "the nearest name is `unread-field`");
    one("ignore = ['unknown-field']", "`unknown-field` is an error, and is not ignored");
    one("deny = [3]", "error[malformed-project]: `deny` takes text between quotation marks");
    one("lang = zh", "error[malformed-project]: a text stands between quotation marks");
    one("<<<<<<< ours\nlang = 'zh'\n=======\nlang = 'en'\n>>>>>>> theirs\n", "error[merge-conflict]");
    one("lang = 'zh'\nlang = 'en'", "a key is given twice");
    one("[[[", "cannot be read as TOML");
    one("texts = '/etc'", "error[bad-path]: `/etc` leads out of the folder of `qudao.toml`");
    one("rulesets = ['a/../..']", "error[bad-path]");
    let lost = Work::new(&[("qudao.toml", "rulesets = ['shops', '*.q']"), ("shop.qd", DOUBTFUL)]);
    let (status, _, err) = lost.qudao("check");
    assert!(
        status == 2 && err.contains("error[file-unreadable]: there is no file or folder `shops`"),
        "{err}"
    );
    assert_eq!(lost.qudao("check shop.qd").0, 0);
}

#[cfg(unix)]
#[test]
fn a_project_file_opens_nothing_outside_by_a_link() {
    let outside = Work::new(&[("guide.txt", "secret")]);
    let work = Work::new(&[("qudao.toml", "texts = 'words'"), ("shop.qd", DOUBTFUL)]);
    std::os::unix::fs::symlink(outside.0.path(), work.path("words")).unwrap();
    let (status, _, err) = work.qudao("check shop.qd");
    assert!(status == 2 && err.contains("error[bad-path]"), "{err}");
}

/// A ruleset, and two profiles for it.
fn shop() -> Work {
    Work::new(&[
        ("shop.qd", DOUBTFUL),
        ("profiles/red.yaml", "colour: red\n"),
        ("profiles/blue.yaml", "colour: blue\n"),
        ("profiles/.hidden.yaml", "colour: green\n"),
        ("profiles/notes.txt", "none\n"),
    ])
}

#[test]
fn every_result_goes_to_the_file_that_is_named() {
    for command in [
        "eval shop.qd profiles/red.yaml",
        "eval shop.qd profiles/red.yaml --json",
        "why shop.qd profiles/red.yaml stall",
        "check shop.qd",
        "diff shop.qd shop.qd",
        "test shop.qd --check",
        "facts shop.qd",
        "schema shop.qd",
        "explain unread-field",
        "completions bash",
    ] {
        let work = shop();
        let (status, told, _) = work.qudao(command);
        assert!(!told.is_empty(), "{command}");
        let (to_file, out, err) = work.qudao(&format!("{command} -o out.txt"));
        assert_eq!(
            (to_file, out.as_str(), work.read("out.txt")),
            (status, "", told.clone()),
            "{command}: {err}"
        );
        assert_eq!(work.qudao(&format!("{command} -o -")).1, told, "{command}");
        assert_eq!(work.qudao(&format!("{command} --output /dev/stdout")).1, told, "{command}");
        assert!(!work.path("-").exists(), "{command}");
        // Nothing lies beside it.
        assert_eq!(work.names("."), ["out.txt", "profiles", "shop.qd"], "{command}");
        let (status, _, err) = work.qudao(&format!("{command} -o gone/out.txt"));
        assert!(status == 2 && err.contains("cannot write `gone/out.txt`"), "{command}: {err}");
    }
}

#[test]
fn a_result_is_never_written_over_what_is_read_or_where_there_is_none() {
    let work = shop();
    for (command, file) in [
        ("eval shop.qd profiles/red.yaml -o profiles/red.yaml", "profiles/red.yaml"),
        ("check shop.qd -o ./shop.qd", "shop.qd"),
    ] {
        let before = work.read(file);
        let (status, _, err) = work.qudao(command);
        assert!(status == 2 && err.contains("is read here, and is not written over"), "{command}: {err}");
        assert_eq!(work.read(file), before);
    }
    work.write("out.txt", "before");
    work.write("wrong.qd", "ruleset wrong\nchannel");
    assert_eq!(work.qudao("eval wrong.qd profiles/red.yaml -o out.txt").0, 1);
    assert_eq!(work.read("out.txt"), "before");
    // Findings are a result.
    assert_eq!(work.qudao("check wrong.qd -o out.txt").0, 1);
    assert!(work.read("out.txt").contains("error[syntax]"));
    assert_eq!(work.qudao("eval shop.qd profiles/red.yaml --watch -o out.txt").0, 2);
}

#[test]
fn an_interview_may_give_its_profile_to_standard_output() {
    let work = shop();
    let (status, out, err) = work.qudao("ask shop.qd --set colour=red --set fragile=true -o -");
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("colour: red") && !out.contains("Recommended"), "{out}");
    assert!(err.contains("Recommended: Stall") && !work.path("-").exists(), "{err}");
}

#[test]
fn json_is_short_for_its_format() {
    let work = shop();
    for command in [
        "eval shop.qd profiles/red.yaml",
        "why shop.qd profiles/red.yaml stall",
        "check shop.qd",
        "test shop.qd",
    ] {
        let (_, long, _) = work.qudao(&format!("{command} --format json"));
        assert!(long.starts_with('{') && work.qudao(&format!("{command} --json")).1 == long, "{command}");
        assert_eq!(work.qudao(&format!("{command} --json --format text")).0, 2, "{command}");
    }
}

#[test]
fn folders_and_patterns_of_profiles_are_taken() {
    let work = shop();
    let heads = |profiles: &str| {
        let (status, out, err) = work.qudao(&format!("eval shop.qd {profiles}"));
        assert_eq!(status, 0, "{profiles}: {err}");
        let heads = out.lines().filter_map(|line| line.strip_prefix("── ")?.strip_suffix(" ──"));
        heads.map(str::to_string).collect::<Vec<_>>()
    };
    assert_eq!(heads("profiles"), ["profiles/blue.yaml", "profiles/red.yaml"]);
    assert_eq!(heads("profiles/*.yaml"), ["profiles/blue.yaml", "profiles/red.yaml"]);
    assert_eq!(heads("profiles/red.yaml profiles/b*"), ["profiles/red.yaml", "profiles/blue.yaml"]);
    work.write("profiles/.hidden.yaml", "colour: red\n");
    work.write("more/deep/green.yaml", "colour: red\n");
    assert_eq!(heads("**/r*.yaml profiles/[a-c]*"), ["profiles/red.yaml", "profiles/blue.yaml"]);
    assert_eq!(heads("m*/*/*.yaml profiles/?ed.yaml"), ["more/deep/green.yaml", "profiles/red.yaml"]);
    for (profiles, says) in
        [("gone/*.yaml", "no file is named like `gone/*.yaml`"), (".", "no profile in `.`")]
    {
        let (status, _, err) = work.qudao(&format!("eval shop.qd {profiles}"));
        assert!(status == 2 && err.contains(says), "{err}");
    }
    work.write("tables/a.csv", "colour\nred\n");
    work.write("tables/b.ndjson", "{\"colour\": \"blue\"}\n");
    work.write("tables/readme.txt", "none");
    let (status, out, err) = work.qudao("batch shop.qd tables --to ndjson");
    assert_eq!((status, out.lines().count()), (0, 2), "{out}{err}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_pattern_passes_over_no_name_that_is_not_unicode() {
    use std::os::unix::ffi::OsStrExt;
    let work = shop();
    let name = std::ffi::OsStr::from_bytes(b"profiles/b\xff.yaml");
    std::fs::write(work.path("").join(name), "colour: blue\n").unwrap();
    for profiles in ["profiles/b*", "prof*/b?.yaml profiles/blue.yaml", "**/b*.yaml"] {
        let (status, out, err) = work.qudao(&format!("eval shop.qd {profiles}"));
        assert_eq!((status, out.matches("── profiles/b").count()), (0, 2), "{profiles}: {out}{err}");
    }
}

#[test]
fn quiet_is_the_result_alone_and_verbose_tells_what_was_read() {
    let work = shop();
    for command in [
        "eval shop.qd profiles/red.yaml",
        "check shop.qd",
        "fmt shop.qd",
        "review",
        "batch shop.qd profiles/blue.json",
    ] {
        work.write("profiles/blue.json", "{\"colour\": \"blue\"}\n");
        work.write("shop.qd", &DOUBTFUL.replace("  when   ", "when"));
        let (status, out, err) = work.qudao(command);
        assert!(!err.is_empty(), "{command}");
        work.write("shop.qd", &DOUBTFUL.replace("  when   ", "when"));
        assert_eq!(work.qudao(&format!("{command} -q")), (status, out, String::new()), "{command}");
    }
    // What is wrong is told all the same.
    assert!(work.qudao("eval shop.qd --set colour=purple --quiet").2.contains("error[unknown-value]"));
    work.write("qudao.toml", "lang = \"en\"");
    let (_, _, err) = work.qudao("eval shop.qd profiles/red.yaml -v");
    assert!(err.ends_with("read profiles/red.yaml\nread qudao.toml\nread shop.qd\n"), "{err}");
}

#[test]
fn the_next_command_is_no_part_of_the_answer() {
    let (status, out, err) = shop().qudao("eval shop.qd profiles/red.yaml");
    assert!(status == 0 && !out.contains("next:"), "{out}");
    assert_eq!(err, "next: qudao why shop.qd profiles/red.yaml stall\n");
}

/// The widest line of what a command prints.
fn widest(text: &str) -> usize {
    text.lines().map(|line| line.trim_end().chars().count()).max().unwrap_or(0)
}

#[test]
fn reports_are_as_wide_as_the_variable_says_within_bounds() {
    let because = "word ".repeat(60);
    let text = DOUBTFUL.replace("stall +1\n", &format!("stall +1\n  because \"{}\"\n", because.trim_end()));
    let work = Work::new(&[("shop.qd", &text)]);
    let width = |columns: Option<&str>, arguments: &[&str]| {
        let mut run = program(work.0.path());
        run.envs(columns.map(|columns| ("COLUMNS", columns)));
        let out =
            run.args(["eval", "shop.qd", "--set", "colour=red"]).args(arguments).output().unwrap().stdout;
        widest(&String::from_utf8(out).unwrap())
    };
    let near = |limit: usize| limit - 5..=limit;
    for (columns, limit) in [
        (None, 80),
        (Some("100"), 100),
        (Some("20"), 60),
        (Some("500"), 120),
        (Some("wide"), 80),
        (Some("0"), 80),
    ] {
        assert!(near(limit).contains(&width(columns, &[])), "{columns:?}: {}", width(columns, &[]));
    }
    width(Some("120"), &["-o", "out.txt"]);
    assert!(near(80).contains(&widest(&work.read("out.txt"))));
}

/// What the program shows on a terminal of so many columns.
#[cfg(target_os = "linux")]
fn on_terminal(work: &Work, columns: usize, command: &str) -> String {
    let command = format!("stty cols {columns} rows 40; {} {command}", env!("CARGO_BIN_EXE_qudao"));
    let mut run = std::process::Command::new("script");
    run.args(["-qec", &command, "/dev/null"]).current_dir(work.0.path()).env("SHELL", "/bin/sh");
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        run.env_remove(name);
    }
    let ended = run.env("TERM", "xterm").stdin(std::process::Stdio::null()).output().unwrap();
    String::from_utf8(ended.stdout).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn reports_are_as_wide_as_the_terminal() {
    let text = DOUBTFUL
        .replace("stall +1\n", &format!("stall +1\n  because \"{}\"\n", "word ".repeat(60).trim_end()));
    let work = Work::new(&[("shop.qd", &text)]);
    for (columns, limit) in [(100, 100), (40, 60), (200, 120)] {
        let shown = on_terminal(&work, columns, "eval shop.qd --set colour=red --color never");
        assert!((limit - 5..=limit).contains(&widest(&shown)), "{columns}: {shown}");
    }
    assert!(on_terminal(&work, 80, "eval shop.qd --set colour=red").contains('\u{1b}'));
}

#[test]
fn colour_follows_the_environment() {
    let work = shop();
    let coloured = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut run = program(work.0.path());
        run.envs(variables.iter().copied()).args(["eval", "shop.qd", "profiles/red.yaml"]).args(arguments);
        let ended = run.output().unwrap();
        let (out, err) = (ended.stdout.contains(&0x1b), ended.stderr.contains(&0x1b));
        assert_eq!(out, err, "{variables:?}");
        out
    };
    assert!(!coloured(&[], &[]));
    assert!(coloured(&[("FORCE_COLOR", "1")], &[]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!coloured(&[("CLICOLOR_FORCE", ""), ("FORCE_COLOR", "0")], &[]));
    assert!(!coloured(&[("FORCE_COLOR", "1"), ("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(!coloured(&[("FORCE_COLOR", "1")], &["--color", "never"]));
    assert!(coloured(&[("NO_COLOR", "1")], &["--color", "always"]));
}

#[test]
fn the_version_is_told_in_short_and_in_full() {
    let work = Work::new(&[]);
    let line = format!("qudao {}\n", env!("CARGO_PKG_VERSION"));
    for arguments in ["--version", "-V"] {
        assert_eq!(work.qudao(arguments), (0, line.clone(), String::new()));
    }
    for arguments in ["--version -v", "-vV", "--verbose --version"] {
        let (status, out, _) = work.qudao(arguments);
        let names: Vec<&str> = out.lines().skip(1).map(|line| line.split(':').next().unwrap()).collect();
        assert!(status == 0 && out.starts_with(&line) && names == ["features", "commit"], "{out}");
    }
    assert_eq!(work.qudao("-q").0, 2);
}

/// The names of all commands, as the help lists them.
fn commands(work: &Work) -> Vec<String> {
    let (_, help, _) = work.qudao("--help");
    let lines =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names =
        lines.filter(|line| !line.starts_with("   ")).map(|line| line.split_whitespace().next().unwrap());
    names.filter(|name| *name != "help").map(str::to_string).collect()
}

/// A command as a shell would run it: `< FILE` is standard input.
fn example(work: &Work, line: &str) -> (i32, String) {
    let (line, input) = line.split_once(" < ").unwrap_or((line, ""));
    let mut run = program(work.0.path());
    run.env("HOME", work.0.path()).env("SHELL", "/bin/bash");
    run.args(line.split_whitespace().skip(1)).stdin(match input {
        "" => std::process::Stdio::null(),
        file => std::fs::File::open(work.path(file)).unwrap().into(),
    });
    let ended = run.output().unwrap();
    (ended.status.code().unwrap(), String::from_utf8(ended.stderr).unwrap())
}

#[test]
fn each_help_fits_a_terminal_and_ends_in_examples_that_run() {
    let files = || {
        let profile = include_str!("../../rulesets/wechat/profiles/blogger.yaml");
        let work = Work::new(&[("profile.yaml", profile), ("shop.qd", DOUBTFUL), ("new.qd", DOUBTFUL)]);
        work.write("clients/a.yaml", profile);
        work.write("clients/b.yaml", "entity_type: company\n");
        work.write("clients.csv", "name,entity_type\nA,company\n");
        work.write("tables/clients.csv", "entity_type\ncompany\n");
        git(&work, &["init", "-q"]);
        git(&work, &["add", "."]);
        git(&work, &["commit", "-qm", "one"]);
        git(&work, &["tag", "v1.2"]);
        let (status, err) = example(&work, "qudao eval wechat profile.yaml --certificate answer.json");
        assert_eq!(status, 0, "{err}");
        work
    };
    let names = commands(&files());
    assert!(names.len() >= 14, "{names:?}");
    for name in names.iter().map(String::as_str).chain([""]) {
        for flag in ["--help", "-h"] {
            let mut run = program(std::path::Path::new("."));
            run.env("COLUMNS", "80").args(name.split_whitespace()).arg(flag);
            let help = String::from_utf8(run.output().unwrap().stdout).unwrap();
            assert!(widest(&help) <= 80, "{name} {flag}\n{help}");
            let (_, examples) =
                help.split_once("\nExamples:\n").unwrap_or_else(|| panic!("{name}: no examples"));
            let lines: Vec<&str> = examples.lines().collect();
            assert!(!lines.is_empty() && !examples.contains("\n\n"), "{name}: the examples stand last");
            for line in lines.into_iter().filter(|_| flag == "--help") {
                let command = line.trim_start().split("  ").next().unwrap();
                assert!(command.starts_with(&format!("qudao {name}")), "{name}: {line}");
                if name == "lsp" {
                    // Somebody has to speak with it.
                    continue;
                }
                let (status, err) = example(&files(), command);
                assert!((0..=1).contains(&status), "{command}: {err}");
            }
        }
    }
}

#[test]
fn old_words_are_still_taken_and_not_shown() {
    let work = shop();
    for (command, words) in [("test", ["--texts"].as_slice()), ("review", &["--accept ", "--reject "])] {
        let (_, help, _) = work.qudao(&format!("{command} --help"));
        assert!(words.iter().all(|word| !help.contains(*word)), "{command}: {help}");
    }
    assert_eq!(work.qudao("test shop.qd --accept --texts").0, 0);
    assert!(work.read("snapshots/red.snap").contains('"'), "{}", work.read("snapshots/red.snap"));
    assert_eq!(work.qudao("review --accept all").0, 0);
    assert_eq!(work.qudao("review --reject all").0, 0);
}

#[test]
fn facts_expire_by_the_day_that_is_named() {
    let work = Work::new(&[(
        "fee.qd",
        r#"ruleset fee "Fee"
fact fee: number "Fee"
profile { budget: number "Budget?" }
channel stall "Stall" { fee = 4 until 2025-12-31 }
rule fair "Fair" { when budget > stall.fee then score stall +1 }
"#,
    )]);
    let expired =
        |day: &str| work.qudao(&format!("check --as-of {day} --format short")).1.contains("expired-fact");
    assert!(!expired("2025-06-01") && expired("2026-06-01"));
    assert_eq!(work.qudao("check --as-of tomorrow").0, 2);
}

#[test]
fn a_review_takes_what_a_test_takes() {
    let work = shop();
    work.write("qudao.toml", "rulesets = [\"shop.qd\"]");
    work.write("more/shop.qd", DOUBTFUL);
    work.write("more/profiles/red.yaml", "colour: red\n");
    work.qudao("test more");
    assert_eq!(work.qudao("review"), (0, String::new(), "no snapshot is pending\n".into()));
    assert_eq!(work.qudao("review more").0, 1);
}

/// Rules for each of so many channels, that can be proved, compared, explained and tested for as long as one likes.
#[cfg(target_os = "linux")]
fn many(size: usize) -> String {
    use std::fmt::Write;
    let mut text = String::from("ruleset many \"Many\"\nfact limit: int\nprofile {\n");
    (0..12).for_each(|n| writeln!(text, "  n{n}: int in 0 .. 1000").unwrap());
    text.push_str("}\n");
    for n in 0..size {
        writeln!(text, "channel c{n} {{ limit = {} }}", n * 7 % 900).unwrap();
        let condition = format!("n{} > c.limit and n{} > {n}", n % 12, (n + 5) % 12);
        writeln!(text, "rule r{n} for each c {{ when {condition} then score c +{} }}", n % 9 + 1).unwrap();
        writeln!(text, "property p{n} \"P{n}\" {{ when n1 > {n} expect c{n} recommended }}").unwrap();
    }
    text
}

/// A document that nobody reads is not indented.
#[cfg(target_os = "linux")]
#[test]
fn json_of_many_reasons_is_one_line() {
    for (size, is_line) in [(20, false), (40, true)] {
        let work = Work::new(&[("many.qd", &many(size))]);
        let all = (0..12).flat_map(|n| ["--set".to_string(), format!("n{n}=1000")]);
        let mut run = program(work.0.path());
        let written = run.args(["eval", "many.qd", "-f", "json"]).args(all).output().unwrap().stdout;
        let text = String::from_utf8(written).unwrap();
        assert_eq!(text.trim_end().lines().count() == 1, is_line, "{size}");
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["channels"].as_array().unwrap().len(), size);
    }
}

/// Each of these tells on a terminal that it is at work once it is silent for a second, and takes that away again.
#[cfg(target_os = "linux")]
#[test]
fn a_command_that_takes_long_says_so_on_a_terminal() {
    for (command, told) in [
        ("check many.qd", "checking"),
        ("diff many.qd new.qd", "comparing"),
        ("why many.qd --set n0=3 c3 --budget 1m", "looking for a better verdict"),
        ("test many.qd --budget 1m", "testing"),
    ] {
        for size in (3..).map(|power| 1 << power) {
            let (old, new) = (many(size), many(size).replace("+5", "+6"));
            let work = Work::new(&[("many.qd", &old), ("new.qd", &new)]);
            let start = std::time::Instant::now();
            let shown = on_terminal(&work, 80, command);
            let seconds = start.elapsed().as_secs_f32();
            let line = format!("\r{told}, 1 s");
            assert!(seconds > 1.0 || !shown.contains(&line), "{command}: {shown}");
            if seconds > 2.5 {
                assert!(shown.contains(&line), "{command} of {size} is silent for {seconds} s: {shown}");
                let after = shown.rsplit_once(told).map_or("", |(_, after)| after);
                assert!(after.contains(&format!("\r{:78}\r", "")), "{command}: {shown:?}");
                break;
            }
        }
    }
}
