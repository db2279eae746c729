//! What commands write, and over what: links are followed, modes kept, streams written into, what is read is never
//! written over, and nothing half written stays behind.
#![cfg(unix)]

use std::io::{Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::{Work, program};

const RULES: &str = "ruleset r \"R\" { as of 2026-01-01 }\nprofile { n: int }\nchannel a\nchannel b\n\
                     rule x { when n > 3 then score a +2 }\n";
const MESSY: &str = "ruleset   r \"R\" {as of 2026-01-01}\nchannel a\n";
const ROWS: &str = "{\"n\": 5}\n{\"n\": 1}\n";

fn work() -> Work {
    Work::new(&[("r.qd", RULES), ("in.ndjson", ROWS)])
}

/// What is asked stays what it was: commands that write refuse what they read.
#[test]
fn what_is_read_is_spared_by_every_command() {
    let work = work();
    work.write("new.qd", &RULES.replace("n > 3", "n > 4"));
    work.write("found/change-1.yaml", "n: 9\n");
    work.write("profiles/change-1.yaml", "n: 9\n");
    work.write("rules.csv", "n,a,b\n1,+1,\n");
    work.write("big.qd", &format!("{RULES}table t first from csv \"rules.csv\"\n"));
    work.write("sources.lock", RULES);
    symlink("r.qd", work.path("soft.yaml")).unwrap();
    let refused = [
        ("diff r.qd new.qd --profiles found --save-witness found", "found/change-1.yaml"),
        ("diff r.qd new.qd --save-witness profiles", "profiles/change-1.yaml"),
        ("check sources.lock --lock", "sources.lock"),
        ("report r.qd found/change-1.yaml -o found/change-1.yaml", "found/change-1.yaml"),
        ("report r.qd found/change-1.yaml --compare -o r.qd", "r.qd"),
    ];
    for (command, name) in refused {
        let before = work.read(name);
        let (status, _, err) = work.qudao(command);
        assert!(err.contains(&format!("`{name}` is read here, and is not written over")), "{command}: {err}");
        assert_eq!((status, work.read(name)), (2, before), "{command}");
    }
    for name in ["r.qd", "rules.csv", "soft.yaml"] {
        let before = work.read(name);
        let (status, _, err) = work.qudao(&format!("ask big.qd -o {name}"));
        assert!(status == 2 && err.contains(&format!("`{name}` is there already")), "{name}: {err}");
        assert_eq!(work.read(name), before);
    }
    // What another run saved is no input.
    work.write("other/change-1.yaml", "n: 9\n");
    assert_eq!(work.qudao("diff r.qd new.qd --save-witness other").0, 0);
    assert!(work.read("other/change-1.yaml").starts_with("# "));
    // A pipe takes the profile of an interview.
    let (status, out, err) = shell(&work, "echo 5 | $Q ask r.qd -o >(cat > got); wait; sleep 0.2; cat got");
    assert!(status == 0 && out.ends_with("\"n\": 5\n"), "{out}{err}");
}

/// The permissions of a file.
fn mode(work: &Work, name: &str) -> u32 {
    std::fs::metadata(work.path(name)).unwrap().permissions().mode() & 0o777
}

/// Runs a script in a shell, in which `$Q` is the program.
fn shell(work: &Work, script: &str) -> (i32, String, String) {
    let mut command = Command::new("bash");
    command.args(["-c", script]).env("Q", env!("CARGO_BIN_EXE_qudao")).current_dir(work.0.path());
    let ended = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ended.status.code().unwrap_or(-1), text(ended.stdout), text(ended.stderr))
}

#[test]
fn a_link_is_followed_and_the_mode_kept() {
    let work = work();
    work.write("real.csv", "old");
    work.write("deep/r.qd", MESSY);
    symlink("real.csv", work.path("link.csv")).unwrap();
    symlink("nowhere.csv", work.path("dangling.csv")).unwrap();
    symlink("deep/r.qd", work.path("messy.qd")).unwrap();
    for name in ["real.csv", "deep/r.qd"] {
        std::fs::set_permissions(work.path(name), std::fs::Permissions::from_mode(0o640)).unwrap();
    }
    for name in ["link.csv", "dangling.csv"] {
        assert_eq!(work.qudao(&format!("batch r.qd in.ndjson -o {name}")).0, 0);
    }
    assert_eq!(work.qudao("fmt messy.qd").0, 0);
    for link in ["link.csv", "dangling.csv", "messy.qd"] {
        assert!(work.path(link).is_symlink(), "{link}");
    }
    assert!(work.read("real.csv").starts_with("line,first,"));
    assert!(work.read("nowhere.csv").starts_with("line,first,"));
    assert!(work.read("deep/r.qd").starts_with("ruleset r"));
    assert_eq!((mode(&work, "real.csv"), mode(&work, "deep/r.qd")), (0o640, 0o640));
}

/// Whatever writes files leaves to the user's mask which permissions a new one has.
#[test]
fn a_new_file_has_the_permissions_that_the_mask_leaves() {
    for (mask, wanted) in [("077", 0o600), ("022", 0o644), ("002", 0o664)] {
        let work = work();
        work.write("profiles/one.yaml", "n: 5\n");
        work.write("other/messy.qd", MESSY);
        let script = format!(
            "umask {mask} && $Q batch r.qd in.ndjson -o out.csv --rejects no.ndjson && $Q test r.qd --accept \
             && $Q check r.qd --lock && $Q new shop && $Q diff r.qd other/messy.qd --save-witness found"
        );
        let (status, out, err) = shell(&work, &script);
        assert_eq!(status, 0, "{out}{err}");
        let saved = work.names("found").first().map(|name| format!("found/{name}")).unwrap();
        for name in ["out.csv", "no.ndjson", "snapshots/one.snap", "sources.lock", "shop/shop.qd", &saved] {
            assert_eq!(mode(&work, name), wanted, "{name} under {mask}");
        }
    }
}

#[test]
fn a_pipe_a_device_or_a_socket_is_written_into() {
    let work = work();
    let run = |script: &str| shell(&work, script);
    let (status, out, err) = run("mkfifo pipe && (cat pipe > got & $Q batch r.qd in.ndjson -o pipe; wait)");
    assert_eq!(status, 0, "{out}{err}");
    assert_eq!(work.read("got").lines().count(), 2);
    assert!(std::fs::symlink_metadata(work.path("pipe")).unwrap().file_type().is_fifo());

    // Only who is root makes devices; a link to one is as good.
    symlink("/dev/null", work.path("null")).unwrap();
    if run("mknod device c 1 3").0 == 0 {
        assert_eq!(work.qudao("batch r.qd in.ndjson -o device --rejects device").0, 0);
        assert!(std::fs::symlink_metadata(work.path("device")).unwrap().file_type().is_char_device());
        assert_eq!(work.qudao("batch r.qd in.ndjson -o null --rejects null").0, 0);
        assert!(work.path("null").is_symlink());
        assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }

    let socket = std::os::unix::net::UnixListener::bind(work.path("socket")).unwrap();
    let heard = std::thread::spawn(move || {
        let mut text = String::new();
        socket.accept().unwrap().0.read_to_string(&mut text).unwrap();
        text
    });
    assert_eq!(work.qudao("batch r.qd in.ndjson -o socket").0, 0);
    assert_eq!(heard.join().unwrap(), work.read("got"));

    let (status, out, err) = run("$Q batch r.qd in.ndjson -o /dev/stdout > all.ndjson");
    assert_eq!((status, out.as_str()), (0, ""), "{err}");
    assert_eq!(work.read("all.ndjson"), work.read("got"));
}

#[test]
fn what_is_read_is_not_written_over() {
    let work = work();
    work.write("rules.csv", "n,a,b\n1,+1,\n");
    work.write("big.qd", &format!("{RULES}table t from csv \"rules.csv\"\n"));
    work.write("names.json", "{\"n\": \"n\"}");
    work.write("other.ndjson", ROWS);
    std::fs::hard_link(work.path("in.ndjson"), work.path("hard")).unwrap();
    symlink("in.ndjson", work.path("soft")).unwrap();
    symlink("later", work.path("soft_later")).unwrap();
    let whole = |work: &Work| -> Vec<String> {
        ["in.ndjson", "other.ndjson", "big.qd", "rules.csv", "names.json"].map(|name| work.read(name)).into()
    };
    let before = whole(&work);
    let cases = [
        ("-o in.ndjson", "the answers would be written over the input, `in.ndjson`; name another file"),
        ("-o ./in.ndjson", "the answers would be written over the input, `./in.ndjson`; name another file"),
        ("-o other.ndjson", "the answers would be written over the input, `other.ndjson`; name another file"),
        ("-o hard", "the answers would be written over the input, `hard`; name another file"),
        ("--rejects soft", "the rejected rows would be written over the input, `soft`; name another file"),
        ("-o big.qd", "the answers would be written over a file of the ruleset, `big.qd`; name another file"),
        (
            "--rejects rules.csv",
            "the rejected rows would be written over a file of the ruleset, `rules.csv`; name another file",
        ),
        (
            "-o names.json",
            "the answers would be written over the names of columns, `names.json`; name another file",
        ),
        ("-o new --rejects ./new", "the answers and the rejected rows would go to one place; name two"),
        (
            "-o later --rejects soft_later",
            "the answers and the rejected rows would go to one place; name two",
        ),
        ("--rejects -", "the answers and the rejected rows would go to one place; name two"),
    ];
    for (arguments, wanted) in cases {
        let (status, out, err) = work
            .qudao(&format!("batch big.qd in.ndjson other.ndjson --map names.json --to ndjson {arguments}"));
        assert_eq!((status, out.as_str(), err), (2, "", format!("error: {wanted}\n")), "{arguments}");
        assert_eq!(whole(&work), before, "{arguments}");
    }
    let (status, _, err) = shell(&work, "$Q batch big.qd - -o in.ndjson < in.ndjson");
    assert_eq!(status, 2, "{err}");
    assert_eq!(whole(&work), before);
}

/// A run that has begun its answer and waits for more rows.
fn waiting(work: &Work, before: &str) -> Child {
    let script =
        format!("{before} exec '{}' batch r.qd - -o out.csv --threads 2", env!("CARGO_BIN_EXE_qudao"));
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(work.0.path());
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Enough that it is read and told while more could come.
    child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(format!("{}\n", "x".repeat(999)).repeat(2_000).as_bytes())
        .unwrap();
    child.stderr.as_mut().unwrap().read_exact(&mut [0_u8; 10]).unwrap();
    child
}

fn send(signal: &str, child: &Child) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

fn litter(work: &Work) -> Vec<String> {
    work.names(".").into_iter().filter(|name| name.starts_with(".qudao-")).collect()
}

#[test]
fn a_signal_ends_a_run_that_waits_for_input_and_leaves_nothing() {
    for (signal, number) in [("-INT", 2), ("-TERM", 15), ("-HUP", 1)] {
        let work = work();
        work.write("out.csv", "as it was");
        let mut child = waiting(&work, "");
        assert_eq!(litter(&work).len(), 1, "it has begun");
        send(signal, &child);
        let mut rest = String::new();
        child.stderr.take().unwrap().read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(number), "{signal}");
        // A line of a worker that had begun may come after it.
        assert!(rest.lines().any(|line| line == "error: interrupted; nothing was written"), "{rest}");
        assert_eq!(litter(&work), [""; 0], "{signal}");
        assert_eq!(work.read("out.csv"), "as it was");
    }
}

#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let work = work();
    let mut child = waiting(&work, "trap '' HUP;");
    send("-HUP", &child);
    drop(child.stdin.take());
    std::io::copy(&mut child.stderr.take().unwrap(), &mut std::io::sink()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(work.read("out.csv").starts_with("line,first,"));
}

/// The next run that writes there sweeps, whatever it writes; what a living run needs stays.
#[test]
fn what_a_kill_leaves_is_swept_by_the_next_run() {
    let runs = [
        "batch r.qd in.ndjson -o other.csv",
        "fmt messy.qd",
        "check r.qd --lock",
        "check --fix typo.qd",
        "new shop",
    ];
    for run in runs {
        let work = work();
        work.write("messy.qd", MESSY);
        work.write("typo.qd", &RULES.replace("n > 3", "n ＞ 3"));
        work.write(".qudao-config", "mine");
        let mut killed = waiting(&work, "");
        let left = litter(&work);
        killed.kill().unwrap();
        killed.wait().unwrap();
        assert_eq!(litter(&work), left);
        let mut living = waiting(&work, "");
        let (status, out, err) = work.qudao(run);
        assert_eq!(status, 0, "{run}: {out}{err}");
        let stays = litter(&work);
        assert_eq!(stays.len(), 2, "{run}: {stays:?}");
        drop(living.stdin.take());
        std::io::copy(&mut living.stderr.take().unwrap(), &mut std::io::sink()).unwrap();
        assert_eq!(living.wait().unwrap().code(), Some(1));
        assert_eq!(litter(&work), [".qudao-config"], "{run}");
        assert!(Path::new(&work.path("out.csv")).is_file());
    }
}

#[test]
fn an_answer_and_its_certificate_go_to_two_places() {
    let work = work();
    work.write("p.json", "{\"n\": 5}");
    for (certificate, says) in [("./out", "name two"), ("p.json", "is read here"), ("r.qd", "is read here")] {
        let arguments = format!("eval r.qd p.json -o out --certificate {certificate}");
        let (status, _, err) = work.qudao(&arguments);
        assert!(status == 2 && err.contains(says), "{certificate}: {err}");
        assert!(!work.path("out").exists() && work.read("p.json") == "{\"n\": 5}", "{certificate}");
    }
    assert_eq!(work.qudao("eval r.qd p.json -o out --certificate proof").0, 0);
}

#[test]
fn a_pipe_named_on_the_command_line_is_read() {
    let work = work();
    work.write("p.json", "{\"n\": 5}");
    let plain = program(work.0.path()).args(["eval", "r.qd", "p.json"]).output().unwrap().stdout;
    let answer = |text: &str| text.split("next:").next().unwrap().to_string();
    let plain = answer(&String::from_utf8(plain).unwrap());
    for script in [
        "$Q eval <(cat r.qd) <(cat p.json)",
        "$Q eval <(cat r.qd) <(echo 'n: 5')",
        "mkfifo rules.qd && (cat r.qd > rules.qd & $Q eval rules.qd p.json)",
    ] {
        let (status, out, err) = shell(&work, script);
        assert_eq!((status, answer(&out)), (0, plain.clone()), "{script}: {err}");
    }
    let same =
        "diff <($Q fmt <(cat r.qd)) <($Q fmt - < r.qd) && $Q check <(cat r.qd) && $Q diff <(cat r.qd) r.qd";
    assert_eq!(shell(&work, same).0, 0);
    let (_, _, err) = shell(&work, "$Q check <(cat r.qd)");
    assert!(err.ends_with("in 1 file\n"), "{err}");
    work.write("new.qd", &RULES.replace("n > 3", "n > 5"));
    let diff = |profile: &str, before: &str| {
        let script = format!("{before} $Q diff r.qd new.qd --profiles {profile} --format json");
        let (status, out, err) = shell(&work, &script);
        let difference: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(status, 0, "{profile}: {err}");
        difference["profiles"][0].clone()
    };
    let mut plain = diff("p.json", "");
    for (profile, before) in [("<(cat p.json)", ""), ("fifo", "mkfifo fifo && cat p.json > fifo &")] {
        let mut piped = diff(profile, before);
        let names =
            [&mut plain, &mut piped].map(|profile| profile.as_object_mut().unwrap().remove("profile"));
        assert!(plain == piped && plain.to_string().contains("recommended"), "{names:?}: {plain} {piped}");
    }
    let (status, _, err) = shell(&work, "$Q check --fix <(echo 'ruleset r')");
    assert_eq!(status, 2, "{err}");
    // As long as a file may be, and no longer: this one has no end.
    let (_, _, err) = shell(&work, "$Q eval r.qd /dev/zero --profile-format json");
    assert!(err.contains("this profile has more than 16 MiB"), "{err}");
    // What a file names is no argument.
    work.write("part.qd", &format!("{RULES}import \"rules.qd\"\n"));
    let (status, out, _) = work.qudao("check part.qd");
    assert!(status == 1 && out.contains("it is not a regular file"), "{out}");
}
