//! Tables of profiles: each row answered as `decide` answers it, and what is no profile set aside.

use qudao::decide::{Truth, decide};
use qudao::model::{NeedState, Profile, Ruleset};
use qudao::operator::Verdict;
use qudao::program::Program;
use qudao::program::batch::{Batch, Form, Options, Split, header};
use serde_json::{Value as Json, json};

use crate::generate::{self, Dice};
use crate::laws::{case, cases, read};
use crate::support;

/// What a row of the answer should say.
fn expected(ruleset: &Ruleset, profile: &Profile, line: u64) -> Json {
    let decision = decide(ruleset, profile, ruleset.as_of.unwrap());
    let targets = ruleset.targets().map(|target| {
        let decided = decision.target(target);
        let open = decided.needs.iter().filter(|need| need.state != NeedState::Met);
        let row = json!({
            "verdict": decided.verdict.map_or("undecided", Verdict::as_str),
            "leaning": decided.leaning.as_str(),
            "score": decided.score,
            "low": decided.score_range.0,
            "high": decided.score_range.1,
            "needs": open.map(|need| ruleset.need_name(need.need)).collect::<Vec<_>>(),
        });
        (ruleset.target_name(target).to_string(), row)
    });
    let mut fired = Vec::new();
    for (id, rule) in ruleset.rules.entries() {
        for instance in decision.instances(id).iter().filter(|instance| instance.fires.truth == Truth::True) {
            let channel = instance.channel.map(|channel| format!("[{}]", ruleset.channels[channel].name));
            fired.push(format!("{}{}", rule.name, channel.unwrap_or_default()));
        }
    }
    json!({
        "id": line,
        "line": line,
        "first": decision.first.target.map(|target| ruleset.target_name(target)),
        "settled": decision.first.settled,
        "targets": targets.collect::<serde_json::Map<_, _>>(),
        "fired": fired,
    })
}

fn json_row(profile: &[(&str, Option<&str>)], id: u64) -> String {
    let fields = profile.iter().map(|(name, value)| {
        let bare = value.is_none_or(|value| {
            value.starts_with('"') || matches!(value, "true" | "false") || value.parse::<f64>().is_ok()
        });
        let value = value.unwrap_or("null");
        let list = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let value = match list {
            Some(list) => {
                let members = list.split(", ").filter(|m| !m.is_empty()).map(|m| format!("\"{m}\""));
                format!("[{}]", members.collect::<Vec<_>>().join(","))
            }
            None if bare => value.to_string(),
            None => format!("\"{value}\""),
        };
        format!(", \"{name}\": {value}")
    });
    format!("{{\"id\": {id}, \"note\": {{\"any\": [1]}}{}}}", fields.collect::<String>())
}

fn csv_row(profile: &[(&str, Option<&str>)], id: u64) -> String {
    let cells = generate::FIELDS.iter().map(|field| {
        let value = profile.iter().find(|(name, _)| *name == field.name);
        let value = value.map_or("", |(_, value)| value.unwrap_or("unknown")).trim_matches('"');
        if value.contains(',') { format!(",\"{value}\"") } else { format!(",{value}") }
    });
    format!("{id}{}", cells.collect::<String>())
}

#[test]
fn each_row_is_answered_as_decide_answers_it() {
    let options = Options { keep: vec!["id".into()], reasons: true, ..Options::default() };
    let mut rows = 0;
    for seed in 0..cases(250) {
        let case = case(seed + 7_000_000, 60);
        let program = Program::new(&case.ruleset, case.ruleset.as_of.unwrap());
        let batch = Batch::new(&program, &options, Form::Ndjson).unwrap();
        let mut dice = Dice::seeded(seed, 12_000);
        let given: Vec<_> = (0..40).map(|n| generate::profile(&mut dice, 20 + 2 * n)).collect();
        // An empty list is no empty cell: CSV cannot give it, and leaves the field out.
        let given: Vec<Vec<_>> = given
            .into_iter()
            .map(|given| given.into_iter().filter(|(_, value)| *value != Some("[]")).collect())
            .collect();
        let wanted: Vec<Json> = (1..)
            .zip(&given)
            .map(|(line, given)| expected(&case.ruleset, &read(&case.ruleset, given), line))
            .collect();
        let says = || format!("seed {seed}");
        let lines: String = (1..).zip(&given).map(|(id, given)| json_row(given, id) + "\n").collect();
        let mut worker = batch.worker();
        worker.ndjson(lines.as_bytes(), 1);
        assert_answers(worker.take(), &wanted, false, &says());
        let names: Vec<String> = ["id"]
            .into_iter()
            .chain(generate::FIELDS.iter().map(|field| field.name))
            .map(String::from)
            .collect();
        let records: String = (1..).zip(&given).map(|(id, given)| csv_row(given, id) + "\n").collect();
        worker.csv(records.as_bytes(), &names, 1);
        assert_answers(worker.take(), &wanted, true, &says());
        rows += worker.summary().rows;
    }
    println!("{rows} rows");
}

fn assert_answers(
    (out, rejects): (Vec<u8>, Vec<qudao::program::batch::Reject>),
    wanted: &[Json],
    csv: bool,
    says: &str,
) {
    assert!(rejects.is_empty(), "{says}: {rejects:?}");
    let lines = String::from_utf8(out).unwrap();
    let answers: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), wanted.len(), "{says}");
    for (answer, wanted) in answers.iter().zip(wanted) {
        let mut wanted = wanted.clone();
        if csv {
            wanted["id"] = json!(wanted["id"].to_string());
        }
        assert_eq!(*answer, wanted, "{says}");
    }
}

const RULES: &str = r#"
ruleset t "T" { as of 2024-06-15 }
enum Goal { sell, talk }
profile {
  posts: number per month in 0 .. 100
  goals: set of Goal
  open: bool required
  start: date was begin
}
channel a
channel b
rule many { when posts > 4.5 per month then score a +2 }
rule sells { when goals has sell and start >= 2020-01-01 then exclude b }
rule late { when open then score b +1 }
"#;

fn rejects(input: &str, csv: bool) -> Vec<String> {
    let ruleset = support::ruleset(RULES);
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    let batch = Batch::new(&program, &Options::default(), Form::Csv).unwrap();
    let mut worker = batch.worker();
    let rows = Split::new(csv).push(input.as_bytes(), true);
    if csv {
        let (names, rest) = header(&rows).unwrap();
        worker.csv(&rest.bytes, &names, rest.line);
    } else {
        worker.ndjson(&rows.bytes, rows.line);
    }
    let (out, rejects) = worker.take();
    let answered = String::from_utf8(out).unwrap();
    let answered = answered.lines().map(|line| format!("answered {line}"));
    rejects.iter().map(|reject| format!("{}: {}", reject.line, reject.reason)).chain(answered).collect()
}

#[test]
fn what_is_no_profile_is_set_aside_with_its_line_and_the_reason() {
    let lines = [
        r#"{"open": true, "posts": "3 per week", "begin": "2024-02-29"}"#,
        r#"{"open": true, "posts": NaN}"#,
        r#"{"open": true, "posts": 1e2}"#,
        r#"{"open": true, "posts": 101}"#,
        "",
        r#"{"open": true, "open": false}"#,
        r#"{"posts": 1}"#,
        r#"{"open": null, "goals": ["sell", "shout"]}"#,
        r#"{"open": true, "start": "2024-02-30"} x"#,
        r#"{"open": true, "start": "=NOW()"}"#,
        r#"[1]"#,
        r#"{"open": tru"#,
    ];
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../batch");
    settings.set_prepend_module_to_snapshot(false);
    let _guard = settings.bind_to_scope();
    insta::assert_snapshot!("lines", rejects(&lines.join("\n"), false).join("\n"));
    let table = "open,posts,goals,other\ntrue,7,\"sell;talk\",x\ntrue,7\nfalse,=1+1,,\n\"tr\nue\",,,\nunknown,4.6,{sell},\"\"\"\"\n";
    insta::assert_snapshot!("table", rejects(table, true).join("\n"));
    let (names, rest) = header(&Split::new(true).push(b"\xEF\xBB\xBFa,b\r\n1,2\r\n", true)).unwrap();
    assert_eq!((names, rest.bytes.as_slice(), rest.line), (vec!["a".into(), "b".into()], &b"1,2\r\n"[..], 2));
    assert_eq!(
        header(&Split::new(true).push(b"a,b,a\n", true)).unwrap_err(),
        "the header has the column `a` twice"
    );
}
