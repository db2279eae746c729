//! What a page and JavaScript are told is what the program says, byte for byte where that is JSON.

use std::collections::BTreeMap;
use std::path::Path;

use qudao_web::Session;
use serde_json::{Value as Json, json};

use crate::support::{files_below, program};

const TODAY: &str = "2026-03-01";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn ask(session: &mut Session, call: &Json) -> Json {
    serde_json::from_str(&session.call(&call.to_string())).unwrap()
}

fn ok(session: &mut Session, call: &Json) -> Json {
    let answer = ask(session, call);
    answer.get("ok").unwrap_or_else(|| panic!("{call}\n{answer}")).clone()
}

/// What the program prints.
fn printed(arguments: &[&str]) -> String {
    let output = program(&root().join("rulesets")).args(arguments).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// Loads the files of a folder under `rulesets`, as the program reads them there.
fn load(session: &mut Session, name: &str) -> u64 {
    let folder = root().join("rulesets").join(name);
    let files = files_below(&folder).into_iter().filter_map(|path| {
        let text = std::fs::read_to_string(&path).ok()?;
        Some((path.strip_prefix(root().join("rulesets")).unwrap().to_string_lossy().into_owned(), text))
    });
    let files: BTreeMap<String, String> = files.collect();
    let texts = json!({ "files": files, "main": format!("{name}/{name}.qd") });
    let loaded = ok(session, &json!({ "call": "load", "texts": texts }));
    assert_eq!(loaded["usable"], true, "{loaded}");
    loaded["ruleset"].as_u64().unwrap()
}

/// The profiles of a ruleset that ships, by the paths that the program is told.
fn profiles(name: &str) -> Vec<(String, String)> {
    let folders = ["profiles", "questions"].map(|folder| root().join("rulesets").join(name).join(folder));
    let files = folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| files_below(folder));
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending != "qd"));
    let named = files.map(|path| {
        let name = path.strip_prefix(root().join("rulesets")).unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).unwrap())
    });
    named.collect()
}

#[test]
fn each_shipped_profile_is_decided_as_by_the_program() {
    let mut session = Session::default();
    let mut count = 0;
    let names = ok(&mut session, &json!({ "call": "bundled" }));
    for (name, lang) in names.as_array().unwrap().iter().zip(["en", "zh"].into_iter().cycle()) {
        let name = name.as_str().unwrap();
        let ruleset = load(&mut session, name);
        let main = format!("{name}/{name}.qd");
        let given = profiles(name);
        let mut arguments = vec!["eval", &*main, "--json", "--as-of", TODAY, "--lang", lang];
        arguments.extend(given.iter().map(|(path, _)| &**path));
        let said = printed(&arguments);
        let said: Vec<Json> = said.lines().map(parsed).collect();
        assert_eq!(said.len(), given.len(), "{name}");
        let by_name: BTreeMap<&str, &Json> =
            said.iter().map(|answer| (answer["profile"]["file"].as_str().unwrap_or(""), answer)).collect();
        for (path, text) in &given {
            let asked = json!({ "name": path, "text": text, "as_of": TODAY, "lang": lang });
            let call = json!({ "call": "decide", "ruleset": ruleset, "asked": asked });
            let answer = ok(&mut session, &call);
            assert_eq!(answer.to_string(), by_name[&**path].to_string(), "{path}");
            count += 1;
        }
    }
    assert!(count > 125, "{count}");
}

#[test]
fn what_the_program_finds_is_found() {
    let mut session = Session::default();
    for name in ["wechat", "payments", "wechat-today"] {
        let ruleset = load(&mut session, name);
        let main = format!("{name}/{name}.qd");
        let by = json!({ "as_of": TODAY });

        let tested = json!({ "call": "test", "ruleset": ruleset, "by": by, "form": "json" });
        let mut said = parsed(&printed(&["test", &main, "--json", "--check", "--as-of", TODAY]));
        let mut told = ok(&mut session, &tested);
        // Snapshots stay on a disk.
        for document in [&mut said, &mut told] {
            document.as_object_mut().unwrap().remove("summary");
            for run in document["rulesets"].as_array_mut().unwrap() {
                run.as_object_mut().unwrap().remove("cases");
            }
        }
        assert_eq!(told, said, "{name}");

        let about = ok(&mut session, &json!({ "call": "about", "ruleset": ruleset }));
        let target = about["targets"][0]["name"].as_str().unwrap();
        let mut why = |set: &[&str]| {
            let asked = json!({ "set": set, "as_of": TODAY });
            ok(&mut session, &json!({ "call": "why", "ruleset": ruleset, "asked": asked, "target": target }))
        };
        assert_eq!(why(&["nothing=1"])["diagnostics"][0]["code"], "unknown-field");
        let text = why(&[]);
        assert!(text.as_str().is_some_and(|text| text.contains(target)), "{text}");
    }
}

#[test]
fn diagnostics_are_those_of_check_and_their_places_count_as_javascript_does() {
    let text = "ruleset a \"渠😀\" { version \"1\" as of 2026-01-01 }\nprofile { 票: bool }\nchannel c {}\nrule r { when 票x then score c +1 }\n";
    let mut session = Session::default();
    let texts = json!({ "files": { "a.qd": text } });
    let loaded = ok(&mut session, &json!({ "call": "load", "texts": texts }));
    let found = &loaded["diagnostics"][0];
    assert_eq!((&loaded["usable"], &found["code"]), (&json!(false), &json!("unknown-field")), "{loaded}");
    let units: Vec<u16> = text.encode_utf16().collect();
    let part = |of: &Json| {
        let at = |name: &str| of[name].as_u64().unwrap() as usize;
        String::from_utf16(&units[at("from")..at("to")]).unwrap()
    };
    assert_eq!(part(found), "票x");
    assert_eq!(part(&found["changes"][0]["edits"][0]), "票x");
    let refused = ask(&mut session, &json!({ "call": "decide", "ruleset": 1, "asked": {} }));
    assert!(refused["error"].as_str().unwrap().contains("票x"), "{refused}");

    // Across more than one run of what is counted at once.
    let long = format!("{}{}", "# 渠😀渠😀渠😀渠😀渠😀\n".repeat(400), text.replace("票x", "票"));
    let texts = json!({ "files": { "a.qd": long } });
    ok(&mut session, &json!({ "call": "load", "texts": texts, "ruleset": 1 }));
    let units: Vec<u16> = long.encode_utf16().collect();
    let tokens = ok(&mut session, &json!({ "call": "tokens", "ruleset": 1, "file": "a.qd" }));
    let tokens = tokens.as_array().unwrap();
    let words: Vec<String> = tokens
        .chunks(3)
        .filter(|token| token[2] == "declared")
        .map(|token| {
            let [from, to] = [0, 1].map(|at| token[at].as_u64().unwrap() as usize);
            String::from_utf16(&units[from..to]).unwrap()
        })
        .collect();
    assert_eq!(words, ["a", "票", "c", "r"]);
    let at = units.len() - "票 then score c +1 }\n".encode_utf16().count();
    let place = json!({ "file": "a.qd", "at": at });
    let hover = ok(&mut session, &json!({ "call": "hover", "ruleset": 1, "place": place }));
    assert_eq!((hover["from"].as_u64(), hover["to"].as_u64()), (Some(at as u64), Some(at as u64 + 1)));
    let offers = ok(&mut session, &json!({ "call": "complete", "ruleset": 1, "place": place }));
    assert!(offers["offers"].as_array().unwrap().iter().any(|offer| offer["text"] == "票"), "{offers}");
    let declared = ok(&mut session, &json!({ "call": "definition", "ruleset": 1, "place": place }));
    assert_eq!(declared[0]["file"], "a.qd");
}

#[test]
fn check_and_diff_are_those_of_the_program() {
    let mut session = Session::default();
    let planted = root().join("tests/site/shop.qd");
    let text = std::fs::read_to_string(&planted).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let other = text.replacen("+3", "+4", 1);
    for (name, text) in [("old.qd", &text), ("new.qd", &other)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut number = |name: &str, text: &str| {
        let files = files_below(&root().join("tests/site")).into_iter();
        let files = files.filter_map(|path| {
            Some((path.file_name()?.to_string_lossy().into_owned(), std::fs::read_to_string(path).ok()?))
        });
        let mut files: BTreeMap<String, String> = files.collect();
        files.insert(name.to_string(), text.to_string());
        let texts = json!({ "files": files, "main": name });
        ok(&mut session, &json!({ "call": "load", "texts": texts }))["ruleset"].as_u64().unwrap()
    };
    let (old, new) = (number("old.qd", &text), number("new.qd", &other));
    for path in files_below(&root().join("tests/site")) {
        let to = folder.path().join(path.file_name().unwrap());
        if !to.exists() {
            std::fs::copy(&path, to).unwrap();
        }
    }
    let by = json!({ "as_of": TODAY });
    let said = program(folder.path()).args(["check", "old.qd", "--json", "--as-of", TODAY]).output().unwrap();
    let said = parsed(&String::from_utf8(said.stdout).unwrap());
    let mut told = ok(&mut session, &json!({ "call": "check", "ruleset": old, "by": by }));
    for found in told.as_array_mut().unwrap() {
        let found = found.as_object_mut().unwrap();
        assert!(["from", "to", "changes"].iter().all(|key| found.remove(*key).is_some()));
    }
    assert_eq!(told, said["diagnostics"]);
    assert!(!told.as_array().unwrap().is_empty());

    let arguments = ["diff", "old.qd", "new.qd", "--json", "--as-of", TODAY];
    let said = program(folder.path()).args(arguments).output().unwrap();
    let said = parsed(&String::from_utf8(said.stdout).unwrap());
    let call = json!({ "call": "diff", "ruleset": new, "old": old, "by": by, "form": "json" });
    assert_eq!(ok(&mut session, &call), said);
}

#[test]
fn an_interview_asks_what_ask_asks_and_ends_in_a_report() {
    let mut session = Session::default();
    let loaded = ok(&mut session, &json!({ "call": "load", "texts": { "bundled": "wechat" } }));
    let ruleset = loaded["ruleset"].clone();
    let (mut set, mut asked) = (Vec::new(), Vec::<Json>::new());
    let mut whys = Vec::new();
    let mut left = u64::MAX;
    loop {
        let interview = json!({ "asked": asked });
        let given = json!({ "set": set, "lang": "zh", "today": TODAY });
        let call = json!({ "call": "ask", "ruleset": ruleset, "asked": given, "interview": interview });
        let told = ok(&mut session, &call);
        let question = &told["question"];
        if question.is_null() {
            assert!(told["left"] == 0, "{}", told["left"]);
            break;
        }
        left = left.min(told["left"].as_u64().unwrap());
        let field = &question["field"];
        assert!(field["question"].as_str().unwrap().chars().any(|c| c > '一'), "{field}");
        assert!(!question["because"].as_str().unwrap().is_empty());
        whys.push(question["why"].clone());
        let name = field["name"].as_str().unwrap();
        let answer = match field["kind"].as_str().unwrap() {
            "bool" => "true".to_string(),
            "number" => field["high"].as_str().unwrap_or("1").to_string(),
            _ => "unknown".to_string(),
        };
        set.push(format!("{name}={answer}"));
        asked.push(field["name"].clone());
    }
    assert!(asked.len() > 8 && left < 8, "{asked:?}");
    assert!(whys.contains(&json!("verdict")), "{whys:?}");
    let given = json!({ "set": set, "lang": "zh", "today": TODAY, "name": "me.yaml" });
    let report = ok(&mut session, &json!({ "call": "report", "ruleset": ruleset, "asked": given }));
    assert!(report.as_str().unwrap().starts_with("<!DOCTYPE html>"));
    let profile = ok(&mut session, &json!({ "call": "profile", "ruleset": ruleset, "asked": given }));
    let again = json!({ "name": "me.yaml", "text": profile["yaml"] });
    let same = ok(&mut session, &json!({ "call": "profile", "ruleset": ruleset, "asked": again }));
    assert_eq!(same["yaml"], profile["yaml"]);
    assert_eq!(profile["diagnostics"], json!([]));
}

#[test]
fn rows_of_a_table_are_answered_as_by_batch() {
    let mut session = Session::default();
    let ruleset = load(&mut session, "wechat");
    let rows = "name,posts_per_month\na,30\nb,many\n";
    let table = json!({ "rows": rows, "form": "csv", "keep": ["name"], "as_of": TODAY });
    let told = ok(&mut session, &json!({ "call": "table", "ruleset": ruleset, "table": table }));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rows.csv"), rows).unwrap();
    let output = program(folder.path())
        .args(["batch", "wechat", "rows.csv", "--keep", "name", "--as-of", TODAY, "-o", "-"])
        .output()
        .unwrap();
    assert_eq!(told["rows"], String::from_utf8(output.stdout).unwrap());
    assert_eq!(told["rejects"][0]["line"], 3);
}

#[test]
fn wrong_calls_are_told_and_harm_nothing() {
    let mut session = Session::default();
    for wrong in ["", "{", "[]", "{\"call\":\"fly\"}", "{\"call\":\"decide\",\"ruleset\":7,\"asked\":{}}"] {
        let answer: Json = serde_json::from_str(&session.call(wrong)).unwrap();
        assert!(answer["error"].is_string(), "{wrong}: {answer}");
    }
    let two = json!({ "files": { "a.qd": "ruleset a {}", "b.qd": "ruleset b {}" } });
    let told = ask(&mut session, &json!({ "call": "load", "texts": two }));
    assert!(told["error"].as_str().unwrap().contains("`a.qd` and `b.qd`"), "{told}");
    let loaded = ok(&mut session, &json!({ "call": "load", "texts": { "bundled": "licence" } }));
    let asked = json!({ "text": "posts: 9", "format": "yaml", "name": "x" });
    let call = json!({ "call": "decide", "ruleset": loaded["ruleset"], "asked": asked });
    let rejected = ok(&mut session, &call);
    assert_eq!(rejected["schema"], "qudao.rejected/1", "{rejected}");
    assert_eq!(rejected["diagnostics"][0]["code"], "unknown-field", "{rejected}");
    assert_eq!(ok(&mut session, &json!({ "call": "free", "ruleset": loaded["ruleset"] })), true);
    assert!(ask(&mut session, &call)["error"].is_string());
}

#[cfg(not(feature = "page"))]
#[test]
fn a_program_without_the_page_says_how_to_get_one() {
    let folder = tempfile::tempdir().unwrap();
    let output = program(folder.path()).args(["ask", "wechat", "--html", "ask.html"]).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("`--features page`") && !folder.path().join("ask.html").exists(), "{told}");
}
