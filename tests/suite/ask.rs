//! `qudao ask`: what it asks, in which order, and what it makes of the answers.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::support::{Work, assert_snapshot, files_below, folder, program};

const TRIP: &str = r#"ruleset trip "How to travel?" @zh "怎么去？" { languages en, zh  as of 2026-01-01 }
enum Load "Luggage" { bag "a bag" @zh "一个包", case "a suitcase" @zh "行李箱", bike "a bicycle" @zh "自行车" }
profile {
  km:      number "How far is it?" @zh "有多远？" in 0 .. 20000
  loads:   set of Load "What do you carry?" @zh "带什么？"
  day:     date "When?" @zh "哪天？"
  hurry:   bool "Is time short?" @zh "赶时间吗？"
  who:     Load "Which is the largest?" @zh "最大的是哪件？" required
  quiet:   bool "Must it be quiet?" @zh "要安静吗？" default false
}
channel train "Train" @zh "火车"
channel plane "Plane" @zh "飞机"
rule far { when km > 800 then score plane +3 }
rule near { when km < 200 then exclude plane }
rule slow { when hurry and km > 400 then score train -2 }
rule heavy { when loads has any {case, bike} or who == bike then score train +2 }
rule quiet_one { when quiet then score train +1 }
"#;

/// Runs an interview in which these lines are typed; returns the status and both streams.
fn interview(work: &Work, arguments: &[&str], typed: &str) -> (i32, String, String) {
    let mut command = program(work.0.path());
    command.args(["ask"]).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ended.status.code().unwrap(), text(ended.stdout), text(ended.stderr))
}

fn shown(name: &str, text: &str) {
    assert_snapshot("ask", name, text);
}

#[test]
fn the_question_that_settles_most_comes_first() {
    let work = Work::new(&[("trip.qd", TRIP)]);
    // Wrong answers are told and asked again; `<` takes an answer back.
    let typed = "motorbike\n3\nfar\n30000\n<\nA suitcase\n500\n1, bike\ny\n";
    let (status, out, err) = interview(&work, &["trip.qd", "-o", "me.yaml"], typed);
    assert_eq!(status, 0, "{err}");
    shown("interview", &format!("{err}----\n{out}"));
    shown("profile", &work.read("me.yaml"));
    let (_, answer, _) = work.qudao("eval trip.qd me.yaml");
    assert_eq!(out, answer);
    // A file that is there is not written over.
    assert_eq!(interview(&work, &["trip.qd", "-o", "me.yaml"], "").0, 2);
    // What the profile tells is not asked.
    let (_, _, asked) = interview(&work, &["trip.qd", "me.yaml", "--set", "loads=unknown"], "");
    assert!(asked.contains("1. What do you carry?") && !asked.contains("How far"), "{asked}");
}

#[test]
fn an_interview_may_end_early_and_in_chinese() {
    let work = Work::new(&[("trip.qd", TRIP)]);
    let (status, out, err) = interview(&work, &["trip.qd", "--lang", "zh"], "行李箱\n？\n.\n");
    assert_eq!(status, 0, "{err}");
    shown("interview_zh", &format!("{err}----\n{out}"));
    // Nothing answered: what every profile answers is taken as not known.
    assert_eq!(interview(&work, &["trip.qd"], "").0, 0);
    assert_eq!(interview(&work, &["trip.qd", "--set", "who=car"], "").0, 1);
}

#[test]
fn each_field_is_asked_once_at_most() {
    let work = Work::new(&[]);
    for answer in ["1\n", "2\n", "?\n", "\n", "y\n1\n0\n", "n\n0\n-\n2\n"] {
        let typed = answer.repeat(200);
        let (status, out, err) = interview(&work, &["wechat"], &typed);
        let question = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(". ");
        let asked: Vec<&str> =
            err.lines().filter(question).filter_map(|line| Some(line.split_once(". ")?.1)).collect();
        let distinct: BTreeSet<&str> = asked.iter().copied().collect();
        assert!(status == 0 && !asked.is_empty(), "{answer:?}: {err}{out}");
        assert_eq!(asked.len(), distinct.len(), "{answer:?}: {asked:?}");
    }
}

/// Who is asked first, then the goals, and ten answers settle all verdicts for each client of the folder of questions.
#[test]
fn ten_answers_settle_typical_clients() {
    let clients = files_below(&folder("../rulesets/wechat/questions"));
    assert!(clients.len() >= 10, "{clients:?}");
    for client in clients {
        let profile = std::fs::read_to_string(&client).unwrap();
        let answers: BTreeMap<&str, &str> =
            profile.lines().filter_map(|line| line.split_once(": ")).collect();
        let work = Work::new(&[]);
        let mut command = program(work.0.path());
        command.args(["ask", "wechat"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut typed = child.stdin.take().unwrap();
        let mut asked = Vec::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            let Some((field, why)) = line.as_ref().unwrap().trim_start().split_once(": ") else { continue };
            let Some(answer) = answers.get(field) else { continue };
            if !why.starts_with("decides about ") {
                break;
            }
            asked.push(field.to_string());
            writeln!(typed, "{}", answer.trim_matches(['[', ']'])).unwrap();
        }
        drop(typed);
        child.wait().unwrap();
        let goals = asked.iter().position(|field| field == "goals").unwrap();
        assert!(asked[0] == "entity_type" && goals <= 2, "{}: {asked:?}", client.display());
        assert!(asked.len() <= 10, "{}: {asked:?}", client.display());
    }
}

const PARCEL: &str = r#"ruleset parcel "How to send it?" @zh "怎么寄？" { languages en, zh  as of 2026-01-01 }
channel van "Van" @zh "货车" { needs form }
channel bike "Bicycle" @zh "自行车"
requirement form "A form" @zh "表格" { met when signed }
profile {
  far:     bool "Is it far?" @zh "远吗？"
  rain:    bool "Does it rain?" @zh "下雨吗？" default false
  fragile: bool "Is it fragile?" @zh "易碎吗？" default false
  idle:    bool "Is nobody there?" @zh "没人吗？" default false
  signed:  bool "Is the form signed?" @zh "表格签了吗？"
  stairs:  bool "Are there stairs?" @zh "有楼梯吗？"
  steps:   int "How many steps?" @zh "几级？"
}
rule road { then score van +1 }
rule near { when not far then score bike +1 }
rule glass { when fragile then exclude van }
rule wet { when rain then score bike -3 }
rule nobody { when idle then score van +0 }
rule carry { when stairs then note van "Mind the stairs" @zh "小心楼梯" }
rule count { when steps > 30 then warn "That is a long way up" @zh "楼很高" }
"#;

#[test]
fn defaults_are_confirmed_and_further_questions_offered() {
    let work = Work::new(&[("parcel.qd", PARCEL)]);
    // The default that holds up a recommendation comes first; `idle` could change nothing and is not asked.
    let (status, out, err) = interview(&work, &["parcel.qd", "-o", "me.yaml"], "y\n\ny\nn\n");
    assert_eq!(status, 0, "{err}");
    shown("confirmed", &format!("{err}----\n{out}"));
    assert_eq!(work.read("me.yaml"), "far: true\nrain: true\nfragile: false\n");
    // An answer instead of the default, then the further questions, one taken back.
    let (status, out, err) = interview(&work, &["parcel.qd", "--lang", "zh"], "n\ny\n\n是\n<\ny\n40\n");
    assert_eq!(status, 0, "{err}");
    shown("further_zh", &format!("{err}----\n{out}"));
    // Back from the offer to the question before; the end is the end.
    let (_, _, err) = interview(&work, &["parcel.qd"], "y\n\n\n<\ny\n.\n");
    let offers = err.matches("3 more answers could add warnings or to-dos. Go on? y or n").count();
    assert!(offers == 2 && err.matches("3. Does it rain?").count() == 2, "{err}");
    assert!(!err.contains("Is nobody there?") && !err.contains("Are there stairs?"), "{err}");
}
