//! What a shell is offered when somebody presses tab.

use std::path::Path;

use crate::support::{Work, files_below, program};

/// Asks as the script for Bash does: the last word is the one that is being written.
fn offered(words: &[&str]) -> Vec<String> {
    let output = program(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env("QUDAO_COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string())
        .args(["--", "qudao"])
        .args(words)
        .output()
        .unwrap();
    let found = String::from_utf8(output.stdout).unwrap();
    found.lines().map(str::to_string).collect()
}

#[test]
fn names_are_offered() {
    assert_eq!(offered(&["expl"]), ["explain"]);
    assert_eq!(offered(&["explain", "unknown-f"]), ["unknown-fact", "unknown-field", "unknown-function"]);
    assert!(offered(&["check", "wech"]).contains(&"wechat".to_string()));
    assert!(offered(&["why", "wechat", "profile.yaml", "serv"]).contains(&"service".to_string()));
    assert!(offered(&["why", "wechat", "profile.yaml", "ar01"]).contains(&"ar01_closed".to_string()));
    assert_eq!(offered(&["facts", "wechat", "--cited", "art"]), ["article"]);
    assert_eq!(offered(&["eval", "wechat", "--lang", "z"]), ["zh"]);
    assert!(offered(&["why", "wechat", "--over", "serv"]).contains(&"service".to_string()));
    assert_eq!(offered(&["eval", "wechat", "--set", "entity_t"]), ["entity_type="]);
    assert!(
        offered(&["eval", "wechat", "--set", "entity_type=c"]).contains(&"entity_type=company".to_string())
    );
    // Without a ruleset, or with one that has mistakes, there is nothing to offer.
    assert!(offered(&["eval", "nothing", "--set", "entity_t"]).is_empty());
    assert!(offered(&["eval", "tests/diagnostics/field-typo.qd", "--set", "mon"]).is_empty());
}

#[test]
fn every_shell_has_its_script() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = program(Path::new(".")).args(["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains("QUDAO_COMPLETE"), "{shell}");
    }
}

/// Runs `qudao completions install` for a user whose home is a folder.
fn install(home: &Work, arguments: &[&str]) -> (i32, String, String) {
    let mut run = program(Path::new("."));
    run.env("HOME", home.0.path()).env("SHELL", "/usr/bin/fish");
    let ended = run.args(["completions", "install"]).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ended.status.code().unwrap(), text(ended.stdout), text(ended.stderr))
}

#[test]
fn completion_and_man_pages_are_installed_over_nothing_of_others() {
    for (shell, script) in [
        (None, ".config/fish/completions/qudao.fish"),
        (Some("bash"), ".local/share/bash-completion/completions/qudao"),
        (Some("zsh"), ".zfunc/_qudao"),
    ] {
        let home = Work::new(&[]);
        let shell: Vec<&str> = shell.into_iter().collect();
        let (status, told, _) = install(&home, &[&shell[..], &["--dry-run"]].concat());
        assert!(status == 0 && told.contains(script) && files_below(home.0.path()).is_empty(), "{told}");
        let (status, out, err) = install(&home, &shell);
        assert_eq!((status, out), (0, told.replace("would write", "wrote")), "{err}");
        // All that was told is there, and nothing else.
        let mut promised: Vec<std::path::PathBuf> =
            told.lines().map(|line| line.strip_prefix("would write ").unwrap().into()).collect();
        promised.sort();
        assert_eq!(files_below(home.0.path()), promised);
        assert!(home.read(script).contains("QUDAO_COMPLETE"), "{shell:?}");
        assert!(home.read(".local/share/man/man1/qudao-eval.1").contains("Rank the channels"));
        // Its own files are written anew, and only where they differ.
        let page = ".local/share/man/man1/qudao.1";
        let written = home.read(page);
        home.write(page, &format!("{written}older"));
        let (status, out, _) = install(&home, &shell);
        let changed: Vec<&str> = out.lines().filter(|line| line.starts_with("wrote")).collect();
        assert!(status == 0 && changed.len() == 1 && home.read(page) == written, "{out}");
        // Where one is from elsewhere, none is written.
        home.write(page, &format!("{written}older"));
        home.write(script, "mine");
        let (status, _, err) = install(&home, &shell);
        assert!(status == 2 && err.contains("is there and not from here"), "{err}");
        assert_eq!((home.read(script), home.read(page)), ("mine".into(), format!("{written}older")));
    }
    let (status, _, err) = install(&Work::new(&[]), &["powershell"]);
    assert!(status == 2 && err.contains("`qudao completions powershell` prints one"), "{err}");
}

/// Bash takes the installed script, and offers what the program says.
#[cfg(target_os = "linux")]
#[test]
fn the_installed_script_completes() {
    let home = Work::new(&[]);
    install(&home, &["bash"]);
    let script = home.path(".local/share/bash-completion/completions/qudao");
    let asks = format!(
        "PATH={}:$PATH; source '{}'; COMP_WORDS=(qudao expl); COMP_CWORD=1; COMP_TYPE=9
         $(complete -p qudao | sed 's/.*-F \\([^ ]*\\).*/\\1/') qudao expl qudao; echo \"${{COMPREPLY[@]}}\"",
        Path::new(env!("CARGO_BIN_EXE_qudao")).parent().unwrap().display(),
        script.display()
    );
    let ended = std::process::Command::new("bash").args(["--norc", "-c", &asks]).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert_eq!(out.trim(), "explain", "{err}");
}

#[test]
fn each_command_has_a_man_page() {
    let work = Work::new(&[]);
    let (status, page, _) = work.qudao("completions man");
    assert!(status == 0 && page.contains(".TH qudao 1") && page.contains("qudao\\-eval(1)"), "{page}");
    let (status, page, _) = work.qudao("completions man eval");
    assert!(status == 0 && page.contains(".TH qudao-eval 1") && page.contains("\\-\\-top"), "{page}");
    let (status, _, err) = work.qudao("completions man evl");
    assert!(status == 2 && err.contains("the nearest name is `eval`"), "{err}");
    assert_eq!(work.qudao("completions man eval -o eval.1").0, 0);
    assert_eq!(work.read("eval.1"), page);
}
