//! Files as they lie on a disk: what a ruleset may import, and how `fmt` replaces files.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs the program in a folder; returns its status, and what it wrote to standard output and standard error.
fn qudao(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_qudao"))
        .current_dir(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
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
