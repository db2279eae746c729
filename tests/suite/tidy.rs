//! The house is in order: rooms use lower floors only, each outside library has its place, nothing is left undone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::files_below;

/// The rooms by floor, lowest first. A room uses rooms of lower floors and itself.
const FLOORS: &[&[&str]] = &[
    &["bundled", "date", "exact", "layout", "operator", "source", "visible"],
    &["diagnostic"],
    &["model", "syntax"],
    &["check", "decide", "format", "profile"],
    &["ground", "words"],
    &["ask", "program"],
    &["advise"],
    &["facts", "result", "why"],
    &["analyse"],
    &["testing"],
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<(PathBuf, String)> {
    let files = files_below(&root().join("src")).into_iter();
    files
        .map(|path| {
            (path.strip_prefix(root()).unwrap().to_path_buf(), std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// The room of a file: `src/check/names.rs` and `src/check.rs` are of `check`.
fn room(path: &Path) -> String {
    let part = path.components().nth(1).unwrap().as_os_str().to_string_lossy().into_owned();
    part.trim_end_matches(".rs").to_string()
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

#[test]
fn rooms_use_lower_floors_only() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = room(&path);
        if matches!(own.as_str(), "main" | "cli") {
            // The command sees the library as anyone does.
            for line in text.lines().filter(|line| line.contains("crate::") && !line.contains("pub(crate)")) {
                wrong.push(format!("{}: {line}", path.display()));
            }
            continue;
        }
        if own == "lib" {
            continue;
        }
        let Some(own_floor) = floor(&own) else {
            wrong.push(format!("{} is on no floor", path.display()));
            continue;
        };
        for piece in text.split("crate::").skip(1) {
            let used: String = piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let fine = used == own || floor(&used).is_some_and(|floor| floor < own_floor);
            if !fine && used != "codes" {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outside_libraries_have_their_places() {
    const ARROW: &[&str] = &[
        "src/program/batch/arrow.rs",
        "src/program/batch/arrow/build.rs",
        "src/program/batch/arrow/cells.rs",
        "src/program/batch/arrow/json.rs",
        "src/cli/batch/parquet.rs",
        "src/cli/batch/parquet/coded.rs",
    ];
    const PARQUET: &[&str] = &["src/cli/batch/parquet.rs", "src/cli/batch/parquet/coded.rs"];
    let places: &[(&str, &[&str])] = &[
        ("codespan_reporting", &["src/diagnostic/render.rs"]),
        ("pest", &["src/syntax/parse.rs", "src/syntax/expected.rs"]),
        ("granit_parser", &["src/profile/yaml.rs"]),
        ("toml", &["src/profile/toml.rs"]),
        ("jiff", &["src/date.rs"]),
        ("num_rational", &["src/exact.rs"]),
        ("sha2", &["src/model/meaning.rs"]),
        ("parquet", PARQUET),
        ("bytes", PARQUET),
        ("arrow_array", ARROW),
        ("arrow_buffer", ARROW),
        ("arrow_schema", ARROW),
    ];
    for (path, text) in sources() {
        let name = path.display().to_string().replace('\\', "/");
        for (library, allowed) in places {
            let used = text.lines().any(|line| {
                let line = line.trim_start();
                line.starts_with(&format!("use {library}::")) || line.contains(&format!("derive({library}"))
            });
            assert!(!used || allowed.contains(&name.as_str()), "{name} uses {library}");
        }
    }
}

#[test]
fn nothing_is_left_undone() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("dbg", "!("),
        concat!("todo", "!("),
        concat!("X", "XX"),
    ];
    let mut wrong = Vec::new();
    // What the fuzzer makes is nobody's work.
    let made = ["target", "corpus", "artifacts"].map(|name| root().join("tests/fuzz").join(name));
    for folder in ["src", "grammar", "tests", "docs", "rulesets"] {
        for path in files_below(&root().join(folder)) {
            if made.iter().any(|folder| path.starts_with(folder)) {
                continue;
            }
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            for mark in marks.iter().filter(|mark| text.contains(**mark)) {
                wrong.push(format!("{} holds {mark}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_small_and_are_all_used() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 700, "{} has {lines} lines; split it along what it does", path.display());
    }
    let main = std::fs::read_to_string(root().join("tests/suite/main.rs")).unwrap();
    for path in files_below(&root().join("tests/suite")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(name == "main" || main.contains(&format!("mod {name};")), "{name}.rs is forgotten");
    }
}

/// The crates of a lock file that the default build resolves, for any system, tests included: what can be reached from
/// this package without its optional dependencies.
fn default_crates(lock: &str, manifest: &str) -> BTreeSet<String> {
    let optional: BTreeSet<&str> = manifest
        .lines()
        .filter(|line| line.contains("optional = true"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let mut packages: Vec<(String, Vec<&str>)> = Vec::new();
    for package in lock.split("[[package]]").skip(1) {
        let value = |key: &str| {
            package.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("").trim_matches('"')
        };
        let needs = package.split_once("dependencies = [").map_or("", |(_, needs)| needs);
        let needs = needs.lines().filter_map(|line| line.trim().strip_prefix('"')?.split('"').next());
        packages.push((format!("{} {}", value("name = "), value("version = ")), needs.collect()));
    }
    let mut found = BTreeSet::new();
    let mut open = vec!["qudao"];
    while let Some(need) = open.pop() {
        // A name stands alone where there is one version of it.
        let named = |full: &str| full == need || full.split(' ').next() == Some(need);
        for (full, needs) in packages.iter().filter(|(full, _)| named(full)) {
            if found.insert(full.clone()) {
                open.extend(needs.iter().filter(|name| need != "qudao" || !optional.contains(**name)));
            }
        }
    }
    found
}

#[test]
fn the_lock_file_of_the_default_build_stays_small() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let crates = default_crates(&lock, &manifest);
    assert!(crates.iter().any(|name| name.starts_with("serde_json ")), "{crates:?}");
    assert!(!crates.iter().any(|name| name.starts_with("parquet ")), "{crates:?}");
    assert!(crates.len() <= 120, "{} crates", crates.len());
}
