//! What people know from other programs: which findings are told and which fail a run.

use crate::support::Work;

/// A warning (`unread-field`), and a note (`idle-value`).
const DOUBTFUL: &str = r#"ruleset shop "Shop" { as of 2026-05-01 }
enum colour { red, green, blue }
profile {
  fragile: bool   "Is it fragile?"
  colour:  colour "Which colour?"
}
channel stall "Stall"
rule red "Red" {
  when colour == red
  then score stall +1
}
"#;

#[test]
fn findings_are_chosen_and_denied() {
    let work = Work::new(&[("shop.qd", DOUBTFUL)]);
    let found = |options: &str| {
        let (status, out, err) = work.qudao(&format!("check shop.qd --format short {options}"));
        let kinds: Vec<&str> =
            out.lines().map(|line| line.split_once(": ").unwrap().1.split_once(']').unwrap().0).collect();
        assert!(status != 2, "{options}: {err}");
        (status, kinds.join("] "))
    };
    let told = |status: i32, kinds: &str| (status, kinds.to_string());
    assert_eq!(found(""), told(0, "warning[unread-field] note[idle-value"));
    assert_eq!(found("--deny warnings"), told(1, "error[unread-field] note[idle-value"));
    assert_eq!(found("--deny notes"), told(1, "warning[unread-field] error[idle-value"));
    assert_eq!(found("--deny notes,unread-field"), told(1, "error[unread-field] error[idle-value"));
    assert_eq!(found("--deny dead-rule"), told(0, "warning[unread-field] note[idle-value"));
    assert_eq!(found("--select idle-value"), told(0, "note[idle-value"));
    assert_eq!(found("--select notes --select dead-rule"), told(0, "note[idle-value"));
    assert_eq!(found("--ignore idle-value"), told(0, "warning[unread-field"));
    // What is ignored is not there to be denied.
    assert_eq!(found("--deny warnings --ignore unread-field"), told(0, "note[idle-value"));
    assert_eq!(found("--deny warnings --select notes"), told(0, "note[idle-value"));
}

#[test]
fn an_allow_silences_what_is_denied_and_errors_are_never_left_out() {
    let allowed = DOUBTFUL.replace(
        "  fragile: bool   \"Is it fragile?\"\n",
        "  fragile: bool   \"Is it fragile?\" allow unread-field \"it comes\"\n",
    );
    let wrong = format!("{DOUBTFUL}rule lost {{ then exclude stal }}\n");
    let work = Work::new(&[("shop.qd", &allowed), ("wrong.qd", &wrong)]);
    let (status, out, _) = work.qudao("check shop.qd --deny warnings");
    assert_eq!((status, out.contains("unread-field")), (0, false), "{out}");
    for options in ["--select idle-value", "--ignore warnings,notes"] {
        let (status, out, _) = work.qudao(&format!("check wrong.qd --format short {options}"));
        assert!(status == 1 && out.contains("error[unknown-target]"), "{options}: {out}");
    }
}

#[test]
fn only_what_is_told_is_fixed() {
    let text =
        DOUBTFUL.replace("channel stall \"Stall\"", "channel stall \"Stall\" { allow dead-rule \"no\" }");
    let work = Work::new(&[("shop.qd", &text)]);
    let (status, ..) = work.qudao("check shop.qd --fix --ignore unused-allow");
    assert_eq!((status, work.read("shop.qd")), (0, text.clone()));
    work.qudao("check shop.qd --fix");
    assert_ne!(work.read("shop.qd"), text);
}

#[test]
fn a_code_that_is_none_is_told_with_a_near_one() {
    let work = Work::new(&[("shop.qd", DOUBTFUL)]);
    for (option, says) in [
        (
            "--deny unread-feild",
            "no diagnostic has the code `unread-feild`; the nearest name is `unread-field`",
        ),
        ("--select warning", "the nearest name is `warnings`"),
        ("--ignore unknown-field", "an error is mended, not ignored"),
    ] {
        let (status, _, err) = work.qudao(&format!("check shop.qd {option}"));
        assert!(status == 2 && err.contains(says), "{option}: {err}");
    }
}
