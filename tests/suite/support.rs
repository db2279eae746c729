//! What tests share: answers as JSON, files of a folder, the program.

use std::path::{Path, PathBuf};
use std::process::Command;

use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::diagnostic::render;
use qudao_language::model::Ruleset;
use qudao_language::profile::{Format, ReadProfile, read};
use qudao_telling::result::to_json;
use qudao_telling::words::Speaker;
use serde_json::Value as Json;

pub(crate) use crate::reading::{checked, profile, ruleset};

/// A folder beside this suite.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The program, in a folder, untouched by what the environment of the tests says of terminals and of CI.
pub(crate) fn program(folder: &Path) -> Command {
    let kept =
        ["PATH", "HOME", "TMPDIR", "TEMP", "SYSTEMROOT", "LD_PRELOAD", "FAKETIME", "LLVM_PROFILE_FILE"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_qudao"));
    command.env_clear().envs(kept.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.current_dir(folder);
    command
}

/// The ruleset that the profiles of the fixtures are for.
pub(crate) fn ruleset_of_profiles() -> Ruleset {
    ruleset(&std::fs::read_to_string(folder("profiles").join("ruleset.qd")).unwrap())
}

/// Reads a profile in the format that its name tells.
pub(crate) fn read_as(name: &str, ruleset: &Ruleset, bytes: Vec<u8>) -> ReadProfile {
    read(ruleset, name, bytes, Format::of_name(name).unwrap(), &[])
}

/// Holds a text against its snapshot in a folder beside this suite.
pub(crate) fn assert_snapshot(home: &str, name: &str, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder(home));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

/// All files below a folder, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_symlink() || path.ends_with("node_modules") {
            // What is linked to stands elsewhere, and what npm brings is nobody's work.
        } else if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Decides a profile and returns the result as JSON, every rule in it.
pub(crate) fn answer(
    ruleset: &Ruleset,
    read: &ReadProfile,
    day: Option<Date>,
    language: Option<&str>,
) -> Json {
    let shown: String = read.diagnostics.iter().map(|d| render(&read.files, d, false)).collect();
    let profile = read.profile.as_ref().unwrap_or_else(|| panic!("the profile has errors\n{shown}"));
    let day = day.or(ruleset.as_of).unwrap_or(Date::parse("2026-01-01").unwrap());
    to_json(&decide(ruleset, profile, day), Speaker::new(ruleset, language), true)
}

/// Runs the program in a folder: the exit status, and what was printed on both streams.
pub(crate) fn qudao_in(folder: &Path, arguments: &str) -> (i32, String, String) {
    let ended = program(folder).args(arguments.split_whitespace()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ended.status.code().unwrap(), text(ended.stdout), text(ended.stderr))
}

/// A folder with files; runs the program in it.
pub(crate) struct Work(pub(crate) tempfile::TempDir);

impl Work {
    pub(crate) fn new(files: &[(&str, &str)]) -> Work {
        let work = Work(tempfile::tempdir().unwrap());
        for (name, text) in files {
            work.write(name, text);
        }
        work
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The exit status, and what was printed on both streams.
    pub(crate) fn qudao(&self, arguments: &str) -> (i32, String, String) {
        qudao_in(self.0.path(), arguments)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The text of a file; empty where there is none.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// The names in a folder, sorted.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(name)).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}
