//! `qudao diff` as a command: revisions, saved profiles, days, languages, what is not compared.

use std::process::Command;

use serde_json::Value as Json;

use crate::support::Work;

const SHOP: &str = r#"ruleset shop "Where to sell?" @zh "在哪里卖？" { version "1"  languages en, zh  as of 2026-05-01 }
profile {
  orders: int per month "How many orders?" in 0 .. 500
  staff:  int           "How many people?" in 0 .. 50
  abroad: bool          "Do you sell abroad?" default false
}
channel own "Own shop" @zh "自营"
channel market "Marketplace" @zh "平台"
requirement customs "Customs number"
rule many "Many orders" { when orders >= 100 per month and staff > 2 then score own +2 }
rule few "Few orders" { when orders < 100 per month then score market +2 }
rule far "Abroad" { when abroad then market needs customs }
"#;

fn json(work: &Work, arguments: &str) -> Json {
    let (status, out, err) = work.qudao(&format!("diff {arguments} -f json"));
    assert!(status < 2, "{err}");
    serde_json::from_str(&out).unwrap()
}

fn git(work: &Work, arguments: &[&str]) {
    let ended = Command::new("git")
        .args(arguments)
        .current_dir(work.0.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs([("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.org")])
        .envs([("GIT_COMMITTER_NAME", "A"), ("GIT_COMMITTER_EMAIL", "a@example.org")])
        .output()
        .unwrap();
    assert!(ended.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn revisions_are_read_with_what_they_import() {
    let work = Work::new(&[("rules/shop.qd", SHOP)]);
    git(&work, &["init", "-q"]);
    git(&work, &["add", "."]);
    git(&work, &["commit", "-qm", "one"]);
    let (rules, rest) = SHOP.split_once("rule many").unwrap();
    work.write("rules/shop.qd", &format!("{rules}import \"rules.qd\"\n"));
    work.write("rules/rules.qd", &format!("rule many{}", rest.replace("staff > 2", "staff > 3")));
    git(&work, &["add", "."]);
    git(&work, &["commit", "-qm", "two"]);
    work.write("rules/rules.qd", "this is no ruleset");

    let found = json(&work, "HEAD~1:rules/shop.qd HEAD:rules/shop.qd");
    assert_eq!(found["old"]["label"], "HEAD~1:rules/shop.qd");
    assert_eq!(found["all"]["extent"], "proved");
    let edits: Vec<&str> =
        found["edits"].as_array().unwrap().iter().map(|edit| edit["name"].as_str().unwrap()).collect();
    assert_eq!(edits, ["many"]);
    let region = &found["all"]["regions"][0];
    assert_eq!(region["text"], "own: recommended → possible");
    assert_eq!(region["conditions"][0], "orders >= 100 per month and staff == 3");
    assert_eq!(region["change"]["causes"], serde_json::json!([0]));
    // A folder of a revision, and a revision against itself.
    assert_eq!(json(&work, "HEAD:rules HEAD:rules/shop.qd")["all"]["unknown_too"], true);

    for (arguments, told) in [
        ("nowhere:rules/shop.qd HEAD:rules/shop.qd", "nowhere"),
        ("HEAD:rules/other.qd HEAD:rules/shop.qd", "other.qd"),
        ("--output=x:rules/shop.qd HEAD:rules/shop.qd", ""),
        ("HEAD:/etc/passwd HEAD:rules/shop.qd", ""),
    ] {
        let (status, out, err) = work.qudao(&format!("diff {arguments}"));
        assert_eq!((status, out.as_str()), (2, ""), "{arguments}: {err}");
        assert!(err.contains(told), "{arguments}: {err}");
    }
}

#[test]
fn witnesses_are_saved_and_profiles_compared() {
    let changed = SHOP.replace("staff > 2", "staff > 5").replace("market needs customs", "exclude market");
    let work = Work::new(&[("old.qd", SHOP), ("new.qd", &changed)]);
    work.write("clients/a.yaml", "orders: 200\nstaff: 4\n");
    work.write("clients/b.json", r#"{"orders": 20, "staff": 4}"#);
    work.write("clients/c.yaml", "orders: 900\nstaff: 4\n");
    let (status, out, _) = work.qudao("diff old.qd new.qd --save-witness out --profiles clients --exit-code");
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("~ clients/a.yaml") || out.contains("! clients/a.yaml"), "{out}");
    assert!(out.contains("? clients/c.yaml  neither version can read it"), "{out}");
    assert!(out.contains("1 the same"), "{out}");
    let names = work.names("out");
    assert!(names.len() >= 3 && names[0] == "change-1.yaml", "{names:?}");
    for name in &names {
        assert!(out.contains(&format!("out/{name}")), "{out}");
        let answers = ["old.qd", "new.qd"].map(|ruleset| {
            let (status, out, err) = work.qudao(&format!("eval {ruleset} out/{name} -f json"));
            assert_eq!(status, 0, "{err}");
            let answer: Json = serde_json::from_str(&out).unwrap();
            answer["channels"].as_array().unwrap().iter().map(short).collect::<Vec<String>>()
        });
        assert_ne!(answers[0], answers[1], "{name}: {}", work.read(&format!("out/{name}")));
    }
    let (status, _, _) = work.qudao("diff old.qd old.qd --exit-code");
    assert_eq!(status, 0);
    // A score that decides nothing is no difference.
    work.write("more.qd", &SHOP.replace("own +2", "own +3"));
    let (status, out, _) = work.qudao("diff old.qd more.qd --exit-code");
    assert_eq!((status, out.contains("No decision changes")), (0, true), "{out}");
}

fn short(channel: &Json) -> String {
    let needs: Vec<&str> =
        channel["needs"].as_array().unwrap().iter().map(|need| need["need"].as_str().unwrap()).collect();
    format!("{} {} {} {needs:?}", channel["id"], channel["verdict"], channel["rank"])
}

#[test]
fn it_is_told_in_markdown_and_in_chinese() {
    let work = Work::new(&[
        ("old.qd", SHOP),
        ("new.qd", &SHOP.replace("staff > 2", "staff > 5")),
        ("p.yaml", "orders: 200\nstaff: 4\n"),
    ]);
    let (_, markdown, _) = work.qudao("diff old.qd new.qd --profiles p.yaml -f markdown");
    for told in [
        "## `old.qd` → `new.qd`",
        "- rule `many`, when: ",
        "#### p.yaml",
        "### own: recommended → possible",
        "- where `orders >= 100 per month and staff >= 3 and staff <= 5`",
        "```yaml\n",
        "| own | recommended (2) | possible (0) |",
        "(proved)",
    ] {
        assert!(markdown.contains(told), "no {told:?}\n{markdown}");
    }
    let (_, text, _) = work.qudao("diff old.qd new.qd --profiles p.yaml --lang zh");
    for told in [
        "旧  old.qd",
        "改动\n",
        "1 份资料中有 1 份结论不同",
        "own：推荐 → 可选",
        "当 orders",
        "例如\n",
        "（已证明）",
    ] {
        assert!(text.contains(told), "no {told:?}\n{text}");
    }
    for english in ["where", "recommended", "proved", "for example", "Edits", "gives"] {
        assert!(!text.contains(english), "{english:?} in\n{text}");
    }
    let (_, markdown, _) = work.qudao("diff old.qd new.qd --lang zh -f markdown");
    assert!(
        markdown.contains("- 当 `orders") && markdown.contains("| own | 推荐 (2) | 可选 (0) |"),
        "{markdown}"
    );
}

#[test]
fn what_is_not_read_alike_is_said_and_the_rest_is_proved() {
    let work = Work::new(&[("old.qd", SHOP)]);
    let cases = [
        ("default false", "default true", "default", "abroad"),
        ("in 0 .. 500", "in 0 .. 400", "range", "orders"),
        ("staff:  int  ", "staff:  number ", "type", "staff"),
    ];
    for (old, new, what, name) in cases {
        assert!(SHOP.contains(old));
        work.write("new.qd", &SHOP.replace(old, new));
        let found = json(&work, "old.qd new.qd");
        assert_eq!(found["all"]["extent"], "proved", "{what}");
        assert_eq!(found["all"]["unknown_too"], false, "{what}");
        let uncovered = &found["all"]["uncovered"];
        assert_eq!(uncovered[0]["what"], what, "{found:#}");
        assert_eq!(uncovered[0]["name"], name, "{found:#}");
        let (_, text, _) = work.qudao("diff old.qd new.qd");
        assert!(text.contains("Not compared: ") && text.contains("(proved)"), "{text}");
    }
    // A rule worded otherwise changes nothing, whatever is known.
    work.write("new.qd", &SHOP.replace("orders < 100 per month", "not (100 per month <= orders)"));
    let (_, text, _) = work.qudao("diff old.qd new.qd");
    assert!(text.contains("No decision changes, for any profile. (proved)"), "{text}");
    // What does not change is named, with unknown fields too.
    work.write("new.qd", &SHOP.replace("staff > 2", "staff > 5"));
    let found = json(&work, "old.qd new.qd");
    assert_eq!(found["all"]["unknown_same"], serde_json::json!(["market"]));
}

#[test]
fn days_are_compared_and_properties_hold_on_each() {
    let dated = r#"ruleset post "Post" { version "1"  as of 2026-05-01 }
profile { weight: int "How heavy?" in 0 .. 50 }
fact limit: int "The heaviest"
channel letter "Letter" { limit = 5 until 2026-12-31, limit = 10 since 2027-01-01 }
rule heavy "Too heavy" { when weight > letter.limit then exclude letter }
rule light "Light" { when weight < 5 then score letter +1 }
property light "Light letters go" { when weight < 5 expect letter recommended }
property heavy "Nothing heavier than 7" { when weight > 7 expect letter excluded }
"#;
    let work = Work::new(&[("post.qd", dated)]);
    let found = json(&work, "post.qd --as-of 2026-06-01 --and 2027-06-01");
    assert_eq!(
        (&found["old"]["as_of"], &found["new"]["as_of"]),
        (&"2026-06-01".into(), &"2027-06-01".into())
    );
    let edits = found["edits"].as_array().unwrap();
    assert!(edits.iter().any(|edit| edit["text"] == "fact `letter.limit`: 5 → 10"), "{edits:?}");
    assert_eq!(found["all"]["regions"][0]["conditions"][0], "weight >= 6 and weight <= 10");
    let (status, _, err) = work.qudao("diff post.qd --as-of 2026-06-01 --and 2026-06-01");
    assert_eq!((status, err.contains("nothing can differ")), (2, true), "{err}");
    let (status, out, _) = work.qudao("test post.qd");
    assert_eq!(status, 0, "{out}");
    let (status, out, _) = work.qudao("test post.qd --every-day");
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("property heavy") && out.contains("2027-01-01"), "{out}");
    assert!(!out.contains("FAIL  property light"), "{out}");
}

#[test]
fn who_comes_first_is_told_channel_by_channel_where_pairs_are_too_many() {
    let ruleset = |bound: usize| {
        let fields: String = (0..14).map(|n| format!("  n{n}: int \"?\" in 0 .. 90\n")).collect();
        let channels: String = (0..12).map(|n| format!("channel c{n} \"C{n}\"\n")).collect();
        let rule = |rule: usize| {
            let (a, b, by) =
                (rule % 14, (rule * 5 + 3) % 14, rule * 13 % 80 + if rule == 1 { bound } else { 0 });
            let (channel, points) = (rule % 12, rule % 9 + 1);
            format!(
                "rule r{rule} {{ when n{a} > {by} or n{b} < {} then score c{channel} +{points} }}\n",
                rule * 7 % 60
            )
        };
        let rules: String = (0..84).map(rule).collect();
        format!("ruleset many \"Many\" {{ version \"1\" }}\nprofile {{\n{fields}}}\n{channels}{rules}")
    };
    let work = Work::new(&[("old.qd", &ruleset(0)), ("new.qd", &ruleset(9))]);
    let found = json(&work, "old.qd new.qd");
    assert_eq!(found["all"]["extent"], "proved", "{:#}", found["all"]);
    let regions = found["all"]["regions"].as_array().unwrap();
    let lead = regions.iter().find(|region| region["what"]["kind"] == "lead").unwrap();
    assert_eq!(lead["text"], "first: c1 → another");
    assert_eq!(lead["only"], true);
    assert_eq!(lead["change"]["first"]["old"], "c1");
}
