//! The house is in order: rooms use lower floors only, each outside library has its place, nothing is left undone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support::files_below;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<(PathBuf, String)> {
    let files = files_below(&root().join("src"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"));
    files
        .map(|path| {
            (path.strip_prefix(root()).unwrap().to_path_buf(), std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// The packages under `src`, besides the command and the front door.
const PACKAGES: &[&str] = &["language", "engine", "telling", "analysis", "editor"];

/// The room of a file: `src/language/check/names.rs` and `src/language/check.rs` are of `check`. The files of the command
/// and of the front door are of none.
fn room(path: &Path) -> Option<String> {
    let mut parts = path.components().skip(1).map(|part| part.as_os_str().to_string_lossy().into_owned());
    PACKAGES.contains(&parts.next()?.as_str()).then(|| parts.next())?.map(|part| part.replace(".rs", ""))
}

/// The floor of each room, as the page on the architecture tells it. A room uses rooms of lower floors and itself.
fn floors() -> BTreeMap<String, usize> {
    let page = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | `"));
    let rows = rows.filter_map(|(floor, rest)| Some((floor.parse::<usize>().ok()?, rest)));
    let rooms = rows.flat_map(|(floor, rest)| {
        let rooms = rest.split(" |").next().unwrap().split(", ");
        rooms.map(move |room| (room.trim_matches('`').to_string(), floor)).collect::<Vec<_>>()
    });
    rooms.collect()
}

/// That a package uses no package above it is the compiler's to see.
#[test]
fn rooms_use_lower_floors_only() {
    let mut wrong = Vec::new();
    let floors = floors();
    let floor = |room: &str| floors.get(room).copied();
    let mut rooms: BTreeSet<&String> = floors.keys().collect();
    for (path, text) in sources() {
        let Some(own) = room(&path) else {
            // The command sees the packages as anyone does.
            let command = path.starts_with("src/cli") || path.starts_with("src/main.rs");
            let inside = |line: &&str| line.contains("crate::") && !line.contains("pub(crate)");
            wrong.extend(text.lines().filter(|_| command).filter(inside).map(String::from));
            continue;
        };
        if own == "lib" {
            continue;
        }
        rooms.remove(&own);
        let Some(own_floor) = floor(&own) else {
            wrong.push(format!("{} is on no floor", path.display()));
            continue;
        };
        let own_crate = text.split("crate::").skip(1);
        let others = PACKAGES
            .iter()
            .flat_map(|package| text.split(&format!("qudao_{package}::")).skip(1).collect::<Vec<_>>());
        for piece in own_crate.chain(others) {
            let used: String = piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let fine = used == own || floor(&used).is_some_and(|floor| floor < own_floor);
            // A macro stands at the root, wherever its file is.
            if !fine && !["codes", "operation", "predicate"].contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    wrong.extend(rooms.iter().map(|room| format!("there is no room {room}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outside_libraries_have_their_places() {
    const ARROW: &[&str] = &[
        "src/engine/program/batch/arrow.rs",
        "src/engine/program/batch/arrow/build.rs",
        "src/engine/program/batch/arrow/cells.rs",
        "src/engine/program/batch/arrow/json.rs",
        "src/cli/batch/parquet.rs",
        "src/cli/batch/parquet/coded.rs",
        "src/python/table.rs",
        "src/python/table/shape.rs",
    ];
    const HTML: &[&str] = &[
        "src/telling/document/html.rs",
        "src/telling/document/html/blocks.rs",
        "src/telling/document/html/graph.rs",
        "src/telling/document/html/inline.rs",
        "src/telling/document/html/site.rs",
    ];
    const PARQUET: &[&str] = &["src/cli/batch/parquet.rs", "src/cli/batch/parquet/coded.rs"];
    let places: &[(&str, &[&str])] = &[
        ("codespan_reporting", &["src/language/diagnostic/render.rs"]),
        ("pest", &["src/language/syntax/parse.rs", "src/language/syntax/expected.rs"]),
        ("granit_parser", &["src/language/profile/yaml.rs"]),
        ("toml", &["src/language/profile/toml.rs", "src/cli/project.rs"]),
        ("jiff", &["src/language/date.rs"]),
        ("num_rational", &["src/language/exact.rs"]),
        ("clap_mangen", &["src/cli/completions/man.rs"]),
        ("sha2", &["src/language/model/meaning.rs"]),
        ("parquet", PARQUET),
        ("bytes", PARQUET),
        ("calamine", &["src/language/book.rs"]),
        ("zip", &["src/language/book/inspect.rs"]),
        ("rust_xlsxwriter", &["src/telling/workbook.rs", "src/telling/workbook/form.rs"]),
        ("maud", HTML),
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
            // A digest may hold any letters.
            if made.iter().any(|folder| path.starts_with(folder)) || path.ends_with("package-lock.json") {
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
    // The replay of certificates is short enough to be read whole, and rests on nothing else of the program.
    let replay = sources().into_iter().filter(|(path, _)| room(path).as_deref() == Some("verify"));
    let replay: Vec<String> = replay.map(|(_, text)| text).collect();
    assert!(replay.iter().map(|text| text.lines().count()).sum::<usize>() <= 600);
    assert!(!replay.iter().any(|text| text.contains("crate::") || text.contains("qudao_")));
    for binary in ["suite", "cases"] {
        let folder = root().join("tests").join(binary);
        let files = files_below(&folder).into_iter();
        for path in files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")) {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let above = path.parent().unwrap();
            let above = if above == folder { folder.join("main.rs") } else { above.with_extension("rs") };
            let above = std::fs::read_to_string(above).unwrap();
            assert!(name == "main" || above.contains(&format!("mod {name};")), "{name}.rs is forgotten");
        }
    }
}

/// Of what a user builds, for this system.
#[test]
fn the_default_build_needs_few_crates() {
    let told = std::process::Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told = String::from_utf8(told.stdout).unwrap();
    let crates: BTreeSet<&str> =
        told.lines().filter(|line| line.contains(" v") && !line.ends_with("(*)")).collect();
    assert!(crates.iter().any(|name| name.starts_with("serde_json ")), "{crates:?}");
    assert!(
        !crates.iter().any(|name| name.starts_with("parquet ") || name.starts_with("zip ")),
        "{crates:?}"
    );
    assert!(crates.len() <= 115, "{} crates", crates.len());
}

/// Nobody forgets a target that has a body, a package entry and inputs.
#[test]
fn each_target_has_its_inputs_and_its_program() {
    let manifest = std::fs::read_to_string(root().join("tests/fuzz/Cargo.toml")).unwrap();
    for target in ["agreement", "ruleset", "profile"] {
        assert!(manifest.contains(&format!("path = \"targets/{target}.rs\"")), "{target}");
        let program =
            std::fs::read_to_string(root().join(format!("tests/fuzz/targets/{target}.rs"))).unwrap();
        assert!(program.contains(&format!("qudao_fuzz::{target}(")), "{target}");
    }
}

/// The fuzzer's dictionary knows all words of the grammar.
#[test]
fn the_dictionary_holds_each_word_of_the_grammar() {
    let dictionary = std::fs::read_to_string(root().join("tests/fuzz/language.dict")).unwrap();
    let mut words = 0;
    for path in files_below(&root().join("grammar")) {
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
