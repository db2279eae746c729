//! Files as they lie on a disk: what a ruleset may import, and how `fmt` replaces files.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::support::program;

/// Runs the program in a folder; returns its status, and what it wrote to standard output and standard error.
fn qudao(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = program(folder).args(arguments).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

const CLEAN: &str = "ruleset t \"T\"\n\nchannel a\n";
const CROOKED: &str = "ruleset t   \"T\"\nchannel   a\n";

#[test]
fn more_than_256_files_are_refused_in_one_diagnostic() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let parts = |count: usize| -> String { (0..count).map(|i| format!("import \"p{i}.qd\"\n")).collect() };
    (0..300).for_each(|i| write(folder, &format!("p{i}.qd"), ""));
    write(folder, "main.qd", &format!("{}rule r {{ then score a +1 }}\n{CLEAN}", parts(255)));
    assert_eq!(qudao(folder, &["check", "main.qd"]).0, 0);
    write(folder, "main.qd", &format!("{}{CLEAN}", parts(300)));
    let (status, out, _) = qudao(folder, &["check", "main.qd", "--format", "short"]);
    assert_eq!(status, 1, "{out}");
    assert_eq!(out.matches("bad-path").count(), 1, "{out}");
}

#[test]
fn a_part_stands_for_the_rulesets_that_import_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "shop/main.qd", "ruleset t \"T\"\nimport \"parts/rules.qd\"\nimport \"channels.qd\"\n");
    write(folder, "shop/channels.qd", "channel a\nchannel b\n");
    write(folder, "shop/other.qd", "ruleset u \"U\"\nchannel c\nrule s { then score c +1 }\n");
    let rules = "rule r { then score a +1, score dd +1 }\ntest \"t\" { expect a recommended }\n";
    write(folder, "shop/parts/rules.qd", rules);
    let parts = ["shop/parts/rules.qd", "shop/channels.qd", "shop/main.qd"];
    let check = [&["check", "--format", "short"][..], &parts].concat();
    let (status, out, err) = qudao(folder, &check);
    let expected = "shop/parts/rules.qd:1:33: error[unknown-target]";
    assert!(status == 1 && out.starts_with(expected) && out.lines().count() == 1, "{out}{err}");
    assert!(err.contains("in 3 files"), "{err}");
    write(folder, "shop/parts/rules.qd", &rules.replace(", score dd +1", ""));
    let (status, out, err) = qudao(folder, &[&["test"][..], &parts].concat());
    assert_eq!((status, out.trim()), (0, "1 passed"), "{err}");
    // A part of nothing says what it lacks.
    write(folder, "shop/alone.qd", "channel x\n");
    let (status, out, _) = qudao(folder, &["check", "--format", "short", "shop/alone.qd"]);
    assert!(status == 1 && out.contains("missing-ruleset"), "{out}");
}

#[cfg(unix)]
#[test]
fn imports_follow_links_and_stay_in_their_folder() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "outside.qd", "channel outside\n");
    write(folder, "inside/parts/real.qd", "channel b\nrule r { then score b +1 }\n");
    let inside = folder.join("inside");
    symlink("parts/real.qd", inside.join("link.qd")).unwrap();
    symlink("../outside.qd", inside.join("away.qd")).unwrap();
    symlink("..", inside.join("up")).unwrap();
    symlink("/dev/zero", inside.join("zero.qd")).unwrap();
    symlink("round.qd", inside.join("round.qd")).unwrap();
    let check = |import: &str| {
        write(&inside, "main.qd", &format!("ruleset t \"T\"\nimport \"{import}\"\n"));
        qudao(folder, &["check", "inside/main.qd", "--format", "short"])
    };
    assert_eq!(check("link.qd").0, 0);
    for import in ["away.qd", "up/outside.qd", "zero.qd", "round.qd", "parts", "gone.qd", "main.qd/x.qd"] {
        let (status, out, err) = check(import);
        assert_eq!(status, 1, "{import}: {out}{err}");
        assert!(out.contains("main.qd:2:8: error[file-unreadable]"), "{import}: {out}{err}");
        assert_eq!(out.matches("error[").count(), 1, "{import}: {out}");
    }
    for import in ["../outside.qd", "/dev/zero"] {
        let (status, out, _) = check(import);
        assert_eq!((status, out.matches("error[bad-path]").count()), (1, 1), "{import}: {out}");
    }
    // The main file may be a link itself; what it imports lies beside the link.
    symlink("inside/main.qd", folder.join("linked.qd")).unwrap();
    write(&inside, "main.qd", CLEAN);
    assert_eq!(qudao(folder, &["check", "linked.qd"]).0, 0);
}

#[test]
fn fmt_says_what_would_change_and_changes_nothing_then() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "crooked.qd", CROOKED);
    write(folder, "clean.qd", "ruleset t \"T\"\nchannel a\n");
    write(folder, "sub/broken.qd", "channel {\n");
    write(folder, ".hidden/crooked.qd", CROOKED);
    let (status, out, _) = qudao(folder, &["fmt", "--check", "crooked.qd", "clean.qd"]);
    assert_eq!((status, out.as_str()), (1, "crooked.qd\n"));
    assert_eq!(qudao(folder, &["fmt", "--check", "clean.qd"]), (0, String::new(), String::new()));
    let (status, out, _) = qudao(folder, &["fmt", "--diff", "crooked.qd"]);
    assert_eq!(status, 1);
    assert!(out.contains("-channel   a\n") && out.contains("+channel a\n"), "{out}");
    assert_eq!(fs::read_to_string(folder.join("crooked.qd")).unwrap(), CROOKED);
    // A file with errors is left alone, the others are laid out.
    let (status, _, err) = qudao(folder, &["fmt", "."]);
    assert_eq!(status, 1);
    assert!(err.contains("broken.qd"), "{err}");
    assert_eq!(fs::read_to_string(folder.join("crooked.qd")).unwrap(), "ruleset t \"T\"\nchannel a\n");
    assert_eq!(fs::read_to_string(folder.join("sub/broken.qd")).unwrap(), "channel {\n");
    assert_eq!(fs::read_to_string(folder.join(".hidden/crooked.qd")).unwrap(), CROOKED);
    assert_eq!(qudao(folder, &["fmt", "gone.qd"]).0, 2);
}

#[cfg(unix)]
#[test]
fn fmt_keeps_links_and_modes() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "real/crooked.qd", CROOKED);
    symlink("real/crooked.qd", folder.join("link.qd")).unwrap();
    let real = folder.join("real/crooked.qd");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(qudao(folder, &["fmt", "link.qd"]).0, 0);
    assert!(folder.join("link.qd").is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), "ruleset t \"T\"\nchannel a\n");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(folder.join("real")).unwrap().count(), 1);
}
