//! Snapshots outlive whatever ends a run: kills at any point, runs side by side, a full disk, a folder that nobody may
//! write to. An accepted snapshot is the old one or the new one, never a part of it.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Work, program};

const SHOP: &str = r#"ruleset shop "Shop" { as of 2026-01-01 }
profile { n: int }
channel own
rule many { when n >= 0 then score own +3 }
test "t" { given { n = 1 } expect own recommended }
"#;
const CASES: usize = 6;
const KILLS: usize = 200;

fn shop() -> Work {
    let work = Work::new(&[("shop.qd", SHOP)]);
    for case in 0..CASES {
        work.write(&format!("profiles/c{case}.yaml"), &format!("n: {case}\n"));
    }
    assert_eq!(work.qudao("test shop.qd --accept").0, 0);
    work
}

/// The accepted snapshots.
fn accepted(work: &Work) -> Vec<String> {
    (0..CASES).map(|case| work.read(&format!("snapshots/c{case}.snap"))).collect()
}

fn is_clean(work: &Work) -> bool {
    let names: BTreeSet<String> = work.names("snapshots").into_iter().collect();
    names == (0..CASES).map(|case| format!("c{case}.snap")).collect()
}

fn quiet(work: &Work, arguments: &[&str]) -> Command {
    let mut command = program(work.0.path());
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A small generator of numbers (xorshift64, Marsaglia 2003), so that a run can be repeated.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}

#[test]
fn a_kill_at_any_point_loses_nothing_and_leaves_no_litter() {
    let work = shop();
    let old = accepted(&work);
    let other = SHOP.replace("+3", "+4");
    work.write("shop.qd", &other);
    let began = Instant::now();
    assert!(quiet(&work, &["test", "shop.qd", "--accept"]).status().unwrap().success());
    let long = began.elapsed().as_micros() as u64;
    let new = accepted(&work);
    assert_ne!(old, new);
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for kill in 0..KILLS {
        work.write("shop.qd", if kill % 2 == 0 { SHOP } else { &other });
        let accept: &[&str] =
            if kill % 4 < 2 { &["test", "shop.qd", "--accept"] } else { &["test", "shop.qd"] };
        let mut child = quiet(&work, accept).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(numbers.below(long)));
        child.kill().unwrap();
        child.wait().unwrap();
        for (case, now) in accepted(&work).iter().enumerate() {
            assert!(*now == old[case] || *now == new[case], "after kill {kill}, case {case} is\n{now}");
        }
    }
    work.write("shop.qd", &other);
    assert_eq!(work.qudao("test shop.qd --accept").0, 0);
    assert_eq!(accepted(&work), new);
    assert!(is_clean(&work), "{:?}", work.names("snapshots"));
}

#[test]
fn runs_side_by_side_do_not_disturb_each_other() {
    let work = shop();
    for round in 0..5 {
        work.write("shop.qd", &SHOP.replace("+3", &format!("+{}", 4 + round)));
        let children: Vec<_> =
            (0..4).map(|_| quiet(&work, &["test", "shop.qd", "--accept"]).spawn().unwrap()).collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        assert!(is_clean(&work), "{:?}", work.names("snapshots"));
        assert!(accepted(&work).iter().all(|text| text.contains(&format!("with {}\n", 4 + round))));
    }
}

/// Where a file may not grow, every write fails, as on a full disk.
#[test]
fn a_full_disk_loses_nothing() {
    let work = shop();
    let old = accepted(&work);
    work.write("shop.qd", &SHOP.replace("+3", "+4"));
    let command =
        format!("trap '' XFSZ; ulimit -f 0; exec '{}' test shop.qd --accept", env!("CARGO_BIN_EXE_qudao"));
    let ended = Command::new("sh").args(["-c", &command]).current_dir(work.0.path()).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("cannot write `snapshots/c"));
    assert_eq!(accepted(&work), old);
    assert!(is_clean(&work), "{:?}", work.names("snapshots"));
}

#[test]
fn a_folder_that_cannot_be_written_is_said_to_be_so() {
    use std::os::unix::fs::PermissionsExt;
    let work = shop();
    let old = accepted(&work);
    work.write("shop.qd", &SHOP.replace("+3", "+4"));
    let folder = work.path("snapshots");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    // Who is root may write all the same; then only that nothing is lost is tried.
    let is_root = std::fs::write(folder.join("probe"), "").is_ok();
    let (status, _, err) = work.qudao("test shop.qd");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(accepted(&work), old);
    if !is_root {
        assert_eq!(status, 2, "{err}");
        assert!(err.contains("cannot write"), "{err}");
    }
}

#[test]
fn a_file_in_the_place_of_the_folder_is_said_to_be_so() {
    let work = Work::new(&[("shop.qd", SHOP), ("profiles/a.yaml", "n: 1\n"), ("snapshots", "a file\n")]);
    let (status, out, err) = work.qudao("test shop.qd --accept");
    assert_eq!(status, 1, "{out}{err}");
    assert!(out.contains("cannot read `snapshots/a.snap`"), "{out}");
    assert_eq!(work.read("snapshots"), "a file\n");
}
