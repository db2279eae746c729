//! What a shell is offered when somebody presses tab.

use std::path::Path;

use crate::support::program;

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
    assert_eq!(offered(&["facts", "wechat", "--channel", "ser"]), ["service"]);
    assert_eq!(offered(&["facts", "wechat", "--fact", "open"]), ["open_to"]);
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
