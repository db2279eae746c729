//! The inputs that are kept for the fuzz targets: those that something was wrong with once, and those to begin with.

use std::path::Path;

use crate::fuzz;
use crate::support::{files_below, folder};

/// Gives a target the files below a folder, and says which it stumbles on.
fn replay(target: fn(&[u8]), folder: &Path) {
    let files = files_below(folder);
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let ended = std::panic::catch_unwind(|| target(&bytes));
        assert!(ended.is_ok(), "{} fails", path.display());
    }
}

#[test]
fn kept_inputs_are_answered_alike_by_all_engines() {
    replay(fuzz::agreement, &folder("seeds/agreement"));
}

#[test]
fn kept_rulesets_are_answered() {
    replay(fuzz::ruleset, &folder("seeds/ruleset"));
    replay(fuzz::ruleset, &folder("format"));
    replay(fuzz::ruleset, &folder("planted"));
    replay(fuzz::ruleset, &folder("diagnostics"));
}

#[test]
fn kept_profiles_are_answered() {
    replay(fuzz::profile, &folder("seeds/profile"));
    replay(fuzz::profile, &folder("profiles"));
    replay(fuzz::profile, &Path::new(env!("CARGO_MANIFEST_DIR")).join("rulesets/wechat/profiles"));
}

/// Nobody forgets a target that has a body, a package entry and inputs.
#[test]
fn each_target_has_its_inputs_and_its_program() {
    let manifest = std::fs::read_to_string(folder("fuzz/Cargo.toml")).unwrap();
    for target in ["agreement", "ruleset", "profile"] {
        assert!(manifest.contains(&format!("path = \"targets/{target}.rs\"")), "{target}");
        let program = std::fs::read_to_string(folder(&format!("fuzz/targets/{target}.rs"))).unwrap();
        assert!(program.contains(&format!("qudao_fuzz::{target}(")), "{target}");
    }
}

/// The fuzzer's dictionary knows all words of the grammar.
#[test]
fn the_dictionary_holds_each_word_of_the_grammar() {
    let dictionary = std::fs::read_to_string(folder("fuzz/language.dict")).unwrap();
    let mut words = 0;
    for path in files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("grammar")) {
        let grammar = std::fs::read_to_string(path).unwrap();
        let lines = grammar.lines().map(|line| line.split("//").next().unwrap());
        for word in lines.flat_map(|line| line.split('"').skip(1).step_by(2)) {
            if word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
                assert!(dictionary.contains(&format!("\"{word}\"\n")), "{word} is missing");
                words += 1;
            }
        }
    }
    assert!(words > 100, "{words} words");
}
