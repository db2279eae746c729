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

pub(crate) fn git(work: &Work, arguments: &[&str]) {
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

/// Two costs that grow otherwise cross at one amount, which is found as it is: by what a change moves, and by what a
/// property forbids.
#[test]
fn costs_cross_at_an_exact_amount() {
    let fees = |fixed: &str, share: &str, when: &str| {
        format!(
            "ruleset fees \"Fees\" {{ as of 2026-05-01  rank by score, fee }}\n\
             profile {{ amount: number EUR \"Amount\" in 0 .. 1_000 }}\n\
             fact fixed: number EUR\nfact share: number percent\n\
             channel card {{ fixed = 0.25 EUR, share = 1.4% }}\n\
             channel wallet {{ fixed = {fixed}, share = {share} }}\n\
             measure fee: number EUR for each c = c.fixed + amount * c.share\n\
             property p {{ when amount {when}  expect first wallet }}\n"
        )
    };
    // 0.25 + 0.014 x = 0.35 + 0.01 x at 25; always dearer with the same share; 0.45 + 0.01 x at 50.
    let (flat, old) = (fees("0.35 EUR", "1.4%", "> 25 EUR"), fees("0.35 EUR", "1%", "> 25 EUR"));
    let (new, wrong) = (fees("0.45 EUR", "1%", "> 50 EUR"), fees("0.35 EUR", "1%", ">= 25 EUR"));
    let files = [("flat.qd", &*flat), ("old.qd", &*old), ("new.qd", &*new), ("wrong.qd", &*wrong)];
    let work = Work::new(&files);
    let (_, out, _) = work.qudao("diff flat.qd old.qd");
    assert!(out.contains("first: card → wallet\n  where amount > 25 EUR\n"), "{out}");
    let (_, out, _) = work.qudao("diff old.qd new.qd");
    assert!(out.contains("first: wallet → card\n  where amount > 25 EUR and amount <= 50 EUR\n"), "{out}");
    assert_eq!(work.qudao("test old.qd new.qd").0, 0);
    // At 25 EUR they are equal, and the order of declaration puts the card first.
    let (status, out, _) = work.qudao("test wrong.qd");
    assert!(status == 1 && out.contains("amount: 25"), "{out}");
}

/// The edits, as they are told.
#[test]
fn a_searched_condition_says_of_which_channel_and_of_which_ruleset_it_is() {
    let rules = |limit: &str| {
        format!(
            "ruleset volumes \"Volumes\" {{ as of 2026-05-01 }}\n\
             profile {{ length: int in 1 .. 300, width: int in 1 .. 300 }}\n\
             fact most: number\n\
             channel post {{ most = {limit} }}\nchannel rail {{ most = 60_000 }}\n\
             rule bulky for each c {{ when length * width > c.most then exclude c }}\n\
             rule rest {{ when post is excluded and rail is eligible then score rail +1 }}\n"
        )
    };
    let work = Work::new(&[("old.qd", &rules("2_000")), ("new.qd", &rules("40_000"))]);
    let (_, out, err) = work.qudao("diff old.qd new.qd");
    let told = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("(old: length * width > post.most) and not (new: length * width > post.most)"),
        "{out}{err}"
    );
    assert!(told.contains("not (length * width > rail.most)"), "{out}");
}

fn edits(work: &Work) -> Vec<String> {
    let found = json(work, "old.qd new.qd");
    found["edits"].as_array().unwrap().iter().map(|edit| edit["text"].as_str().unwrap().to_string()).collect()
}

#[test]
fn nothing_is_renamed_because_it_looks_alike() {
    let old = "ruleset s \"S\" { version \"1\" }\nenum E { one, two }\nprofile { x: bool, size: int default 1 }\n\
               fact good: bool\nfact bad: bool\nchannel a \"A\" { good = true }\nchannel b \"B\"\n\
               requirement paper { met when x }\nlet l = x and size > 2\n\
               rule likes for each c { when c.good and x then score c +1 }\n\
               rule hates for each c { when c.bad and x then exclude c }\n\
               rule reads { when l then b needs paper }\n";
    let cases: &[(&str, &str, &[&str])] = &[
        ("good = true", "bad = true", &["fact `a.bad` is new", "fact `a.good` is gone"]),
        (
            "requirement paper",
            "requirement other",
            &["requirement `other` is new", "requirement `paper` is gone"],
        ),
        ("size: int", "length: int", &["field `length` is new", "field `size` is gone"]),
        ("size: int default 1", "length: int default 1 was size", &["field `size` is named `length` now"]),
        ("rule likes", "rule prefers", &["rule `likes` is named `prefers` now"]),
        ("let l =", "let k =", &["let `l` is named `k` now"]),
        ("enum E { one, two }", "enum F { one, two }", &["enum `E` is gone", "enum `F` is new"]),
        // Two that say the same: which is which is not known.
        (
            "rule likes",
            "rule twin for each c { when c.good and x then score c +1 }\nrule prefers",
            &["rule `likes` is gone", "rule `prefers` is new", "rule `twin` is new"],
        ),
    ];
    for (from, to, told) in cases {
        let new = match *from {
            "requirement paper" => old.replace("paper", "other"),
            "size: int" | "size: int default 1" => {
                old.replacen(from, to, 1).replace("size > 2", "length > 2")
            }
            "let l =" => old.replacen(from, to, 1).replace("when l ", "when k "),
            _ => old.replacen(from, to, 1),
        };
        let work = Work::new(&[("old.qd", old), ("new.qd", &new)]);
        let found = edits(&work);
        for text in *told {
            assert!(found.iter().any(|edit| edit == text), "{text}: {found:?}");
        }
        let renames = told.iter().filter(|text| text.contains("is named")).count();
        assert_eq!(found.iter().filter(|edit| edit.contains("is named")).count(), renames, "{found:?}");
    }
    let work = Work::new(&[("old.qd", old), ("new.qd", &old.replace("good = true", "bad = true"))]);
    let (_, out, _) = work.qudao("diff old.qd new.qd");
    assert!(out.contains("a: recommended → excluded\n  where x\n  by    fact `a.bad` is new\n"), "{out}");
}

/// What has an old name is the same under its new one: no decision changes, and what else changes is told by itself.
#[test]
fn values_and_parameters_are_known_again_by_their_old_names() {
    let old = "ruleset s \"S\" { as of 2026-01-01 }\nenum E { tiny, large }\n\
               profile { e: E, wanted: set of E, n: int in 0 .. 9 }\n\
               parameter cap[E]: int \"Cap\" { [tiny] = 3, [large] = 5 }\nparameter kind: E = tiny\n\
               channel a\nchannel b\n\
               rule r { when n <= cap[e] and wanted has tiny then score a +1 }\n\
               rule q { when e == kind then score b +1 }\n";
    let new = old
        .replace("{ tiny,", "{ small was tiny,")
        .replace("[tiny]", "[small]")
        .replace("= tiny", "= small")
        .replace("has tiny", "has small")
        .replace("cap[E]: int \"Cap\"", "limit[E]: int \"Cap\" was cap")
        .replace("<= cap", "<= limit");
    let work = Work::new(&[("old.qd", old), ("new.qd", &new)]);
    assert_eq!(edits(&work), ["value `tiny` is named `small` now", "parameter `cap` is named `limit` now"]);
    let found = json(&work, "old.qd new.qd");
    assert_eq!(
        (&found["all"]["extent"], found["all"]["regions"].as_array().map(Vec::len)),
        (&"proved".into(), Some(0))
    );

    work.write("new.qd", &new.replace("[small] = 3", "[small] = 4"));
    assert!(edits(&work).contains(&"parameter `limit[small]`: 3 → 4".to_string()), "{:?}", edits(&work));
    let (_, out, _) = work.qudao("diff old.qd new.qd");
    let region = "a: possible → recommended\n  where e == small and wanted has small and n == 4\n  \
                  by    parameter `limit[small]`: 3 → 4\n";
    assert!(out.contains(region), "{out}");
}

/// What nobody knew and somebody tells now is a cause like any other.
#[test]
fn a_parameter_that_is_told_at_last_is_a_cause() {
    let old = "ruleset s \"S\" { as of 2026-01-01 }\nprofile { n: int in 0 .. 9 }\n\
               parameter limit: int \"Limit\"LIMIT\nchannel a\nrule r { when n <= limit then score a +1 }\n";
    for unknown in ["", " = unknown", " { = 3 until 2025-12-31 }"] {
        let new = old.replace("LIMIT", " = 5");
        let work = Work::new(&[("old.qd", &old.replace("LIMIT", unknown)), ("new.qd", &new)]);
        assert!(edits(&work).contains(&"parameter `limit` is new".to_string()), "{unknown}");
        let (_, out, _) = work.qudao("diff old.qd new.qd");
        let told = "where n <= 5\n  by    parameter `limit` is new\n";
        assert!(out.contains(told), "{unknown}: {out}");
    }
}

#[test]
fn a_cause_is_an_instance_and_a_channel_that_came_is_told_once() {
    let old = "ruleset s \"S\" { version \"1\" }\nprofile { n: int in 0 .. 9 }\nfact stars: int\n\
               channel a \"A\" { stars = 5 }\nchannel b \"B\" { stars = 7 }\n\
               rule popular for each x { when x.stars >= 20 and n > 3 then score x +1 }\n";
    let stars = old.replace("stars = 5", "stars = 25").replace("stars = 7", "stars = 8");
    let work = Work::new(&[("old.qd", old), ("new.qd", &stars), ("p.yaml", "n: 5\n")]);
    let found = json(&work, "old.qd new.qd --profiles p.yaml");
    let name = |number: &Json| found["edits"][number.as_u64().unwrap() as usize]["name"].clone();
    let region = &found["all"]["regions"][0];
    assert_eq!(
        (&region["text"], name(&region["causes"][0])),
        (&"a: possible → recommended".into(), "a.stars".into())
    );
    assert_eq!((region["causes"].as_array().unwrap().len(), &region["how"]), (1, &"each".into()));
    assert_eq!(found["profiles"][0]["change"]["targets"][0]["causes"], region["causes"]);
    // A channel comes: that is one edit, no rule is another for it, and no profile decides otherwise.
    let came = old.replace("channel b", "channel c \"C\" { stars = 1 }\nchannel b");
    for (before, now, told) in [(old, came.as_str(), "is new"), (came.as_str(), old, "is gone")] {
        work.write("old.qd", before);
        work.write("new.qd", now);
        assert_eq!(edits(&work), [format!("channel `c` {told}")]);
        let (_, out, _) = work.qudao("diff old.qd new.qd --profiles p.yaml");
        assert!(
            out.contains("0 of 1 profiles decide otherwise") || out.contains("0 of 1 profile decides"),
            "{out}"
        );
        assert_eq!(out.matches("`c`").count(), 1, "{out}");
    }
}

#[test]
fn parts_of_a_change_with_other_causes_are_told_apart() {
    let old = "ruleset s \"S\" { version \"1\" }\nprofile { x: bool, n: int in 0 .. 9 }\nfact stars: int\n\
               fact fee: int\nchannel a { stars = 5, fee = 3 }\nchannel b { stars = 7, fee = 3 }\nlet many = n > 3\n\
               rule popular for each c { when c.stars >= 20 then score c +2 }\n\
               rule cheap for each c { when c.fee < 2 and x then score c +2 }\n\
               rule far { when many and not x then exclude a }\nrule near { when x and n > 8 then exclude a }\n";
    let new = old.replace("stars = 7, fee = 3", "stars = 27, fee = 1").replace("n > 3", "n > 5");
    let work = Work::new(&[("old.qd", old), ("new.qd", &new.replace("n > 8", "n > 6"))]);
    let found = json(&work, "old.qd new.qd");
    let told = |what: &str| -> Vec<String> {
        let regions =
            found["all"]["regions"].as_array().unwrap().iter().filter(|region| region["text"] == what);
        let told = regions.map(|region| {
            let name = |cause: &Json| found["edits"][cause.as_u64().unwrap() as usize]["name"].clone();
            let names: Vec<Json> = region["causes"].as_array().unwrap().iter().map(name).collect();
            format!("{} {} {}", region["conditions"], serde_json::Value::from(names), region["profile"])
        });
        told.collect()
    };
    // Of those with x, two facts make it; of the others, one.
    let recommended = told("b: possible → recommended");
    assert_eq!(recommended.len(), 2, "{recommended:?}");
    assert!(recommended[0].contains("[\"b.stars\"]"), "{recommended:?}");
    assert!(recommended[1].contains("[\"b.fee\",\"b.stars\"]"), "{recommended:?}");
    let excluded = told("a: possible → excluded");
    assert!(excluded.len() == 1 && excluded[0].contains("[\"near\"]"), "{excluded:?}");
    let possible = told("a: excluded → possible");
    assert!(possible.len() == 1 && possible[0].contains("[\"many\"]"), "{possible:?}");
}

#[test]
fn large_lists_are_told_by_what_came_and_went() {
    let values: Vec<String> = (0..200).map(|number| format!("v{number}")).collect();
    let text = |values: &[String]| {
        format!(
            "ruleset s \"S\" {{ version \"1\" }}\nenum E {{ {} }}\nprofile {{ e: E }}\nchannel a\nchannel b\n\
             rule r {{ when e == v7 then score a +1 }}\n",
            values.join(", ")
        )
    };
    let mut other: Vec<String> = values.iter().filter(|value| *value != "v9").cloned().collect();
    other.push("w".into());
    let work = Work::new(&[("old.qd", &text(&values)), ("new.qd", &text(&other))]);
    assert_eq!(edits(&work), ["enum `E` is now without v9 and with w"]);
    let (_, out, _) = work.qudao("diff old.qd new.qd --lang zh");
    assert!(out.contains("枚举 `E`：删除 v9；新增 w"), "{out}");
    work.write(
        "new.qd",
        &text(&(0..100).map(|number| format!("w{number}")).chain(["v7".into()]).collect::<Vec<_>>()),
    );
    let (_, out, _) = work.qudao("diff old.qd new.qd");
    assert!(out.len() < 1500, "{out}");
}

#[test]
fn what_is_edited_is_told_where_it_stands() {
    let old = "ruleset s \"S\" { version \"1\" }\nunit USD = 7 CNY\nprofile { n: int in 0 .. 99, p: number CNY }\n\
               fact fee: number CNY\nchannel a { fee = 2 USD }\nchannel b\nweight strong = 3\nlet much = p > 5 USD\n\
               rule r { when much then score a +strong }\nrule s { when n > 3 then score b -strong }\n\
               rule t exception to r { when n > 50 then score b +1 }\n\
               table sizes first {\n | n || b |\n | < 10 || +1 |\n | < 20 || +2 |\n | - || +3 |\n}\n";
    let cases: &[(&str, &str, &[&str])] = &[
        ("strong = 3", "strong = 4", &["weight `strong`: 3 → 4"]),
        ("USD = 7 CNY", "USD = 8 CNY", &["unit `USD`: 7 CNY → 8 CNY"]),
        ("< 10 || +1", "< 10 || +2", &["rule `sizes.1`, then: score b +1 → score b +2"]),
        (" | < 10 || +1 |\n", " | < 5 || +4 |\n | < 10 || +1 |\n", &["rule `sizes.1` is new"]),
        (" | < 20 || +2 |\n", "", &["rule `sizes.2` is gone"]),
        ("sizes first", "sizes collect", &["table `sizes`, policy: first → collect"]),
        ("rule t exception to r", "rule t", &["rule `t`, exception to: r → nothing"]),
        ("rule t exception to r { when n > 50 then score b +1 }\n", "", &["rule `t` is gone"]),
        ("p > 5 USD", "p > 6 USD", &["let `much`: p > 5 USD → p > 6 USD"]),
    ];
    for (from, to, told) in cases {
        assert!(old.contains(from), "{from}");
        let work = Work::new(&[("old.qd", old), ("new.qd", &old.replacen(from, to, 1))]);
        let mut found = edits(&work);
        found.retain(|edit| !edit.starts_with("table `sizes`, order"));
        assert_eq!(found, *told, "{from} → {to}");
    }
}

#[test]
fn profiles_that_somebody_brought_show_what_cannot_be_proved() {
    // Conditions that are searched: the change is at one pair of numbers in a hundred million.
    let text = |by: &str| {
        format!(
            "ruleset s \"S\" {{ version \"1\" }}\nprofile {{ a: int in 0 .. 9999, b: int in 0 .. 9999 }}\nchannel x\nchannel y\n\
             rule r {{ when abs(a - 7331) + abs(b - 911) {by} then score y +1 }}\n"
        )
    };
    let (old, new) = (text("< 0"), text("<= 0"));
    let given = [("p.yaml", "a: 7331\nb: 911\n")];
    let work = Work::new(&[("old.qd", &old), ("new.qd", &new), given[0]]);
    let (_, without, _) = work.qudao("diff old.qd new.qd");
    if without.contains("no profile was found") {
        assert!(without.contains("abs(a - 7331) + abs(b - 911) <= 0"), "the condition is named: {without}");
    }
    let (_, out, _) = work.qudao("diff old.qd new.qd --profiles p.yaml");
    assert!(out.contains("y: possible → recommended") && out.contains("first: x → y"), "{out}");
    let unshown = "`y: possible → recommended` depends on";
    assert!(!out.contains(unshown), "{out}");
    // A test's profile, and one with a snapshot.
    work.write(
        "new.qd",
        &(new.clone() + "test \"t\" { given { a = 7331, b = 911 } expect y recommended }\n"),
    );
    let (_, out, _) = work.qudao("diff old.qd new.qd");
    assert!(out.contains("y: possible → recommended") && !out.contains(unshown), "{out}");
    work.write("new.qd", &new);
    work.write("profiles/p.yaml", given[0].1);
    let (_, out, _) = work.qudao("diff old.qd new.qd");
    assert!(out.contains("y: possible → recommended") && !out.contains(unshown), "{out}");
}

#[test]
fn one_hard_target_does_not_spoil_the_rest() {
    let text = |points: i64, easy: &str| {
        let fields: String = (0..32).map(|n| format!("  n{n}: int in 0 .. 90\n")).collect();
        let rule = |n: usize| {
            let value = (n as i64 * n as i64 * 7919 + 104_729) % 100_003 + points;
            format!("rule h{n} {{ when n{n} > {} then score hard +{value} }}\n", n + 5)
        };
        let rules: String = (0..32).map(rule).collect();
        format!(
            "ruleset s \"S\" {{ version \"1\" }}\nverdicts {{ recommended >= 800_000, possible >= 500_000 }}\n\
             profile {{\n{fields}}}\nchannel easy\nchannel hard\nchannel calm\n{rules}\
             rule e {{ when n0 > {easy} then score easy +2_000_000 }}\n"
        )
    };
    let work = Work::new(&[("old.qd", &text(0, "10")), ("new.qd", &text(1, "20"))]);
    let found = json(&work, "old.qd new.qd");
    let regions = found["all"]["regions"].as_array().unwrap();
    let easy = regions.iter().find(|region| region["text"] == "easy: recommended → unsuitable").unwrap();
    assert_eq!(easy["conditions"][0], "n0 >= 11 and n0 <= 20");
    let proved: Vec<&str> =
        found["all"]["proved"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(proved.contains(&"easy") && proved.contains(&"calm"), "{:#}", found["all"]["open"]);
    let open = found["all"]["open"].as_array().unwrap();
    assert!(open.iter().any(|open| open["text"] == "the verdict of hard"), "{open:#?}");
    let (_, out, _) = work.qudao("diff old.qd new.qd");
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.contains("For easy, calm these are all"), "{out}");
    assert!(out.contains("Undecided is whether there is more in the verdict of hard"), "{out}");
    assert!(out.contains("32 conditions give and take points"), "{out}");
    let (_, out, _) = work.qudao("diff old.qd new.qd --lang zh");
    assert!(out.contains("尚未确定") && out.contains("32 个条件加减分"), "{out}");
}

#[test]
fn edits_that_change_something_together_say_so() {
    let text = |good: &str, big: usize, one: usize, two: usize| {
        format!(
            "ruleset s \"S\" {{ version \"1\" }}\nprofile {{ n: int in 0 .. 99 }}\nfact good: bool\n\
             channel a {{ good = {good} }}\nchannel b\nchannel c\nlet big = n > {big}\n\
             rule both {{ when a.good and big then score a +1 }}\n\
             rule one {{ when n > {one} then exclude b }}\nrule two {{ when n > {two} then exclude b }}\n"
        )
    };
    let work = Work::new(&[("old.qd", &text("false", 90, 98, 98)), ("new.qd", &text("true", 10, 10, 10))]);
    work.write("p.yaml", "n: 50\n");
    let found = json(&work, "old.qd new.qd --profiles p.yaml");
    let targets = found["profiles"][0]["change"]["targets"].as_array().unwrap();
    let how = |id: &str| {
        let target = targets.iter().find(|target| target["id"] == id).unwrap();
        let names: Vec<&str> = target["causes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|number| found["edits"][number.as_u64().unwrap() as usize]["name"].as_str().unwrap())
            .collect();
        (names.join(" "), target["how"].as_str().unwrap().to_string())
    };
    assert_eq!(how("a"), ("a.good big".into(), "each".into()));
    assert_eq!(how("b"), ("one two".into(), "all".into()));
    let (_, out, _) = work.qudao("diff old.qd new.qd");
    assert!(out.contains("(together: undoing any one of them undoes it)"), "{out}");
    assert!(out.contains("(together: only undoing all of them undoes it)"), "{out}");
    let (_, out, _) = work.qudao("diff old.qd new.qd --lang zh");
    assert!(out.contains("共同导致：撤销其中任何一处即可复原") && out.contains("须全部撤销"), "{out}");
    let (_, out, _) = work.qudao("diff old.qd new.qd -f markdown");
    assert!(out.contains("together: only undoing all"), "{out}");
}

/// Rules that each move one channel, and one more that moves the last for another reason.
fn moving(points: i64, last: i64) -> String {
    let channels: String = (0..15).map(|n| format!("channel c{n}\n")).collect();
    format!(
        "ruleset many {{ languages en, zh  as of 2026-01-01 }}\nprofile {{ busy: bool, far: bool }}\n{channels}\
         rule all for each c {{ when busy then score c +{points} }}\n\
         rule last {{ when far then score c14 +{last} }}\n"
    )
}

#[test]
fn more_than_ten_changes_are_told_in_a_line_each() {
    let work = Work::new(&[("old.qd", &moving(0, 0)), ("new.qd", &moving(1, 2))]);
    let told = |options: &str| {
        let (status, out, err) = work.qudao(&format!("diff old.qd new.qd {options}"));
        assert_eq!(status, 0, "{err}");
        out
    };
    let (short, all) = (told(""), told("--top all"));
    let in_full = |out: &str| out.matches("for example").count();
    let changes = in_full(&all);
    assert_eq!(in_full(&short), 10, "{short}");
    assert!(short.contains(&format!("{} more changes, in short", changes - 10)), "{short}");
    let heading = |line: &&str| line.starts_with('c') && line.contains(" → ") || line.starts_with("first:");
    for change in all.lines().filter(heading) {
        assert!(short.lines().any(|line| line.trim_start() == change), "{change} is not in\n{short}");
    }
    let (before, _) = short.split_once("more changes").unwrap();
    assert!(before.contains("by    rule `last`"), "the first of each cause is told in full:\n{short}");
    assert!(!all.contains("in short"));
    assert!(told("--lang zh --top 1").contains(&format!("另有 {} 处改变，从略", changes - 1)));
    let json = json(&work, "old.qd new.qd --top 1");
    assert_eq!(json["all"]["regions"].as_array().unwrap().len(), changes);
}
