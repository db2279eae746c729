//! Tables of profiles: each row answered as `decide` answers it, and what is no profile set aside.

use qudao_engine::program::Program;
use qudao_engine::program::batch::{Batch, Form, Options, Parts, Split, header};
use serde_json::Value as Json;

use crate::engines::assert_rows;
use crate::generate::{self, Dice};
use crate::laws::{case, cases};
use crate::support;

#[test]
fn each_row_is_answered_as_decide_answers_it() {
    for seed in 0..cases(250) {
        let case = case(seed + 7_000_000, 60);
        let program = Program::new(&case.ruleset, case.ruleset.as_of.unwrap());
        let mut dice = Dice::seeded(seed, 12_000);
        let rows: Vec<_> = (0..40).map(|n| generate::profile(&mut dice, 20 + 2 * n)).collect();
        assert_rows(&program, &rows, &format!("seed {seed}"));
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
    let mut names = Vec::new();
    for mut rows in Split::new(csv).push(input.as_bytes(), true) {
        if csv && names.is_empty() {
            (names, rows) = header(&rows).unwrap();
        }
        worker.rows(&rows, if csv { Form::Csv } else { Form::Ndjson }, &names);
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
    support::assert_snapshot("batch", "lines", &rejects(&lines.join("\n"), false).join("\n"));
    let table = "open,posts,goals,other\ntrue,7,\"sell;talk\",x\ntrue,7\nfalse,=1+1,,\n\"tr\nue\",,,\nunknown,4.6,{sell},\"\"\"\"\n";
    support::assert_snapshot("batch", "table", &rejects(table, true).join("\n"));
    let head = |text: &str| header(&Split::new(true).push(text.as_bytes(), true)[0]);
    let (names, rest) = head("\u{FEFF}a,b\r\n1,2\r\n").unwrap();
    assert_eq!((names, rest.bytes.as_slice(), rest.line), (vec!["a".into(), "b".into()], &b"1,2\r\n"[..], 2));
    assert_eq!(head("\u{FEFF}\"a,b\",c\n").unwrap().0, ["a,b", "c"]);
    assert_eq!(head("a,b,a\n").unwrap_err(), "the header has the column `a` twice");
    assert_eq!(head("a,,b\n").unwrap_err(), "column 2 of the header has no name");
}

const MEASURES: &str = r#"
ruleset t "T" { as of 2024-06-15 }
enum Kind { one, other }
profile { n: number in 0 .. 100, kind: Kind, name: text }
fact fee: number EUR
fact part[Kind]: number percent
channel a { fee = 1 EUR, part[one] = 10%, part[other] = 30% }
channel b { fee = -0.5 EUR, part[one] = 1% }
mix ab { of a, b }
measure cost: number EUR for each c = c.fee + n * 3 EUR / 7 * c.part[kind]  mixes sum
measure low: number EUR for each c in {a} = if name == "x" then c.fee else n * n * 1 EUR
"#;

#[test]
fn a_row_without_anything_is_none_and_a_mistake_is_told_with_what_to_write() {
    let text =
        "ruleset t \"T\" { as of 2024-06-15 }\nprofile { open: bool, posts: number }\nchannel a \"A\"\n";
    let ruleset = support::ruleset(text);
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    let batch = Batch::new(&program, &Options::default(), Form::Csv).unwrap();
    let mut worker = batch.worker();
    let mut split = Split::new(true);
    for rows in
        split.push(b"id,open,posts\nx,true,1\n,,\n , ,\t\n,\n\"\",,\ny,,\nz,ja,\"3,5\"\n,false,\n", true)
    {
        let (names, rest) = header(&rows).unwrap();
        worker.rows(&rest, Form::Csv, &names);
    }
    let (answers, rejects) = worker.take();
    let lines = String::from_utf8(answers).unwrap();
    let lines: Vec<&str> = lines.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(lines, ["2", "7", "9"]);
    let said: Vec<(u64, &str)> = rejects.iter().map(|it| (it.line, &*it.reason)).collect();
    let reason = "`open` takes true or false, not the text \"ja\"; write `true`; `posts` takes a number, not the text \"3,5\"; write `3.5`";
    assert_eq!(said, [(8, reason)]);
}

fn measured(parts: Parts, form: Form, lines: &str) -> Result<String, String> {
    let ruleset = support::ruleset(MEASURES);
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    let batch = Batch::new(&program, &Options { parts, ..Options::default() }, form)?;
    let mut worker = batch.worker();
    worker.ndjson(lines.as_bytes(), 1);
    let (out, rejects) = worker.take();
    assert!(rejects.is_empty(), "{rejects:?}");
    Ok(String::from_utf8([batch.header(), out].concat()).unwrap())
}

#[test]
fn measures_are_columns_with_their_bounds_where_asked_for() {
    let lines = r#"{"n": 10, "kind": "one", "name": "x"}
{"n": 7, "kind": "other"}
{"kind": "one"}
"#;
    let parts = Parts { measures: true, ..Parts::NONE };
    let table = "line,first,settled,a.cost,a.low,b.cost,ab.cost\n\
        1,a,true,1.428571429,1,-0.457142857,0.971428571\n\
        2,a,true,1.9,,,\n\
        3,a,true,,,,\n";
    assert_eq!(measured(parts, Form::Csv, lines).unwrap(), table);
    let json = measured(parts, Form::Ndjson, lines).unwrap();
    let rows: Vec<Json> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows[0]["measures"]["b.cost"], serde_json::json!(-0.457_142_857));
    assert_eq!((&rows[1]["measures"]["b.cost"], rows[0].get("targets")), (&Json::Null, None));
    // 1/7 is rounded down at the lower end, and up at the upper one.
    let bounds = measured(Parts { bounds: true, ..parts }, Form::Ndjson, r#"{"kind": "one"}"#).unwrap();
    let row: Json = serde_json::from_str(&bounds).unwrap();
    let of = |column: &str| row["measures"][column].to_string();
    assert_eq!(
        (of("a.cost"), of("a.cost.low"), of("a.cost.high")),
        ("null".into(), "1".into(), "5.285714286".into())
    );
    assert_eq!((of("b.cost.low"), of("b.cost.high")), ("-0.5".into(), "-0.071428571".into()));
    let both = measured(Parts { range: true, ..parts }, Form::Csv, "");
    assert_eq!(
        both.unwrap_err(),
        "the column `a.low` would be one of a measure and of something else; tell less"
    );
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_program_without_parquet_says_how_to_get_one() {
    for arguments in [["rows.parquet", "--to=csv"], ["-", "--output=out.parquet"], ["-", "--from=parquet"]] {
        let mut command = support::program(&support::folder("batch"));
        let output = command.args(["batch", "wechat"]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            "error: this program was built without Parquet; build it with `cargo install --path . --features parquet`\n"
        );
    }
}

#[cfg(not(feature = "xlsx"))]
#[test]
fn a_program_without_excel_says_how_to_get_one() {
    for arguments in [["rows.xlsx", "--to=csv"], ["-", "--output=out.xlsx"], ["-", "--from=xlsx"]] {
        let mut command = support::program(&support::folder("batch"));
        let output = command.args(["batch", "wechat"]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            "error: this program was built without Excel; build it with `cargo install --path . --features xlsx`, or use CSV\n"
        );
    }
}

fn answered(input: &str, form: Form) -> Vec<String> {
    let ruleset = support::ruleset(RULES);
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    let options = Options { keep: vec!["id".into()], ..Options::default() };
    let batch = Batch::new(&program, &options, form).unwrap();
    let mut worker = batch.worker();
    let pieces = Split::new(true).push(input.as_bytes(), true);
    let (names, rest) = header(&pieces[0]).unwrap();
    worker.rows(&rest, Form::Csv, &names);
    pieces[1..].iter().for_each(|rows| worker.rows(rows, Form::Csv, &names));
    let (out, rejects) = worker.take();
    let rejects = rejects.iter().map(|reject| format!("{}: {}", reject.line, reject.reason));
    rejects.chain(String::from_utf8(out).unwrap().lines().map(String::from)).collect()
}

/// What people choose from a list is a title; one of two values is none of them.
#[test]
fn values_are_called_by_their_titles_in_csv() {
    let titled = "enum Goal { sell \"To sell\", talk \"To talk\", chat \"To talk\" }";
    let ruleset = support::ruleset(&RULES.replace("enum Goal { sell, talk }", titled));
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    let batch = Batch::new(&program, &Options::default(), Form::Csv).unwrap();
    let mut worker = batch.worker();
    let header = ["open", "goals", "start"].map(String::from);
    worker.csv(b"false,to SELL;chat,2024-01-01\nfalse,To talk,2024-01-01\n", &header, 2);
    let (out, rejects) = worker.take();
    let rejects: Vec<_> = rejects.iter().map(|reject| (reject.line, reject.column)).collect();
    assert_eq!(rejects, [(3, Some(1))]);
    assert_eq!(String::from_utf8(out).unwrap().split(',').nth(9), Some("excluded"));
}

#[test]
fn a_set_without_members_is_not_a_set_that_is_left_out() {
    let answers = answered(
        "id,open,goals,start\n1,false,{},2024-01-01\n2,false,,2024-01-01\n3,false,[],2024-01-01\n",
        Form::Csv,
    );
    let b: Vec<&str> = answers.iter().map(|row| row.split(',').nth(10).unwrap()).collect();
    assert_eq!(b, ["possible", "undecided", "possible"]);
}

#[test]
fn csv_for_spreadsheets_holds_no_formulas() {
    let cells = ["=1+2", "+1", "-1.5", "-x", "@a", "a=b", "\"=a,\"\"b\"\"\"", ""];
    let input: String = cells.iter().map(|cell| format!("{cell},true\n")).collect();
    let answers = answered(&format!("id,open\n{input}"), Form::Csv);
    let kept: Vec<&str> = answers.iter().map(|row| row.rsplit_once(",b,false,").unwrap().0).collect();
    let wanted = ["'=1+2,2", "'+1,3", "-1.5,4", "'-x,5", "'@a,6", "a=b,7", "\"'=a,\"\"b\"\"\",8", ",9"];
    assert_eq!(kept, wanted);
    let lines = answered("id,open\n=1+2,true\n", Form::Ndjson);
    assert!(lines[0].starts_with("{\"id\":\"=1+2\","), "{lines:?}");
}

#[test]
fn a_row_that_swallows_others_is_set_aside_alone() {
    let table = "id,open,note\n1,true,\"a\n2,true,b\n3,true,\"c\n4,true,d\n5,true,\",\"\n6,true,\"x\ny\"\n";
    let answers = answered(table, Form::Csv);
    let ids: Vec<&str> = answers.iter().map(|row| row.split(',').next().unwrap()).collect();
    assert_eq!(
        ids,
        [
            "2: a quotation mark opens a cell",
            "4: a quotation mark on line 6 opens a cell",
            "2",
            "4",
            "5",
            "6"
        ],
        "{answers:?}"
    );
}

/// Blank lines and both line ends: a row is called by the line on which it stands.
#[test]
fn rows_are_counted_by_their_lines() {
    let table = "\n\nopen,start\n\n\ntrue,=1\r\ntrue,=2\r\n\r\n\n\"tr\nue\",\nfalse,=3\n";
    let lines: Vec<String> =
        rejects(table, true).iter().map(|row| row.split(':').next().unwrap().into()).collect();
    assert_eq!(lines, ["6", "7", "10", "12"]);
}

#[test]
fn lines_in_every_spelling_are_read_as_profiles_are() {
    let lines = [
        r#" { "open" : true , "posts" : 4.60 , "goals" : [ ] , "x" : [ {"a": "\u00e9\"]"} , 1e5 ] } "#,
        r#"{"open":true,"posts":-0,"start":"2024-01-01","y":-1.5E+3,"z":"\ud83d\ude00\\"}"#,
        r#"{"open":true,"goals":["sell","talk","sell"],"start":null}"#,
        r#"{"open":true,"posts":4.600000000,"goals":["sell"],"start":"\u0032024-01-01"}"#,
        r#"{"open":true,"posts":18446744073709551620}"#,
        r#"{"open":true,"posts":00}"#,
        r#"{"open":true,"posts":1.}"#,
        r#"{"open":true,"posts":+1}"#,
        r#"{"open":true,"goals":["sell",]}"#,
        r#"{"open":true,}"#,
        r#"{"open":true,"x":tru}"#,
        r#"{"open":true,"x":"\q"}"#,
        r#"{"open":true,"x":[1,]}"#,
        "{\"open\":true,\"x\":\"\t\"}",
        r#"{"open":true "x":1}"#,
        r#"{,"open":true}"#,
        r#"{"open":true}}"#,
        r#"{}"#,
    ];
    support::assert_snapshot("batch", "spellings", &rejects(&lines.join("\n"), false).join("\n"));
}

/// All choices of what is told of a target.
pub(crate) fn choices() -> impl Iterator<Item = Parts> {
    (0..32_u8).map(|bits| Parts {
        verdict: bits & 1 > 0,
        leaning: bits & 2 > 0,
        score: bits & 4 > 0,
        range: bits & 8 > 0,
        needs: bits & 16 > 0,
        ..Parts::NONE
    })
}

#[test]
fn a_narrow_answer_is_a_part_of_the_whole() {
    let ruleset = support::ruleset(RULES);
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    let lines = "{\"open\":false,\"goals\":[\"sell\"]}\n{\"open\":true}\n{\"open\":null}\n";
    let told = |parts: Parts, form: Form| {
        let options = Options { parts, reasons: true, ..Options::default() };
        let batch = Batch::new(&program, &options, form).unwrap();
        let mut worker = batch.worker();
        worker.ndjson(lines.as_bytes(), 1);
        let (out, rejects) = worker.take();
        assert!(rejects.is_empty(), "{rejects:?}");
        String::from_utf8([batch.header(), out].concat()).unwrap()
    };
    let whole: Vec<Json> = told(Parts::default(), Form::Ndjson)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let table = |parts: Parts| -> Vec<Vec<String>> {
        let text = told(parts, Form::Csv);
        text.lines().map(|line| line.split(',').map(String::from).collect()).collect()
    };
    let full = table(Parts::default());
    for parts in choices() {
        let names = [
            ("verdict", parts.verdict),
            ("leaning", parts.leaning),
            ("score", parts.score),
            ("low", parts.range),
            ("high", parts.range),
            ("needs", parts.needs),
        ];
        let is_told = |name: &str| names.iter().all(|(part, told)| *told || *part != name);
        for (line, whole) in told(parts, Form::Ndjson).lines().zip(&whole) {
            let mut wanted = whole.clone();
            for target in wanted["targets"].as_object_mut().unwrap().values_mut() {
                target.as_object_mut().unwrap().retain(|key, _| is_told(key));
            }
            if parts == Parts::NONE {
                wanted.as_object_mut().unwrap().shift_remove("targets");
            }
            assert_eq!(serde_json::from_str::<Json>(line).unwrap(), wanted, "{parts:?}");
        }
        let wanted: Vec<Vec<String>> = full
            .iter()
            .map(|row| {
                let cells = row.iter().zip(&full[0]);
                let told = cells.filter(|(_, name)| is_told(name.rsplit('.').next().unwrap()));
                told.map(|(cell, _)| cell.clone()).collect()
            })
            .collect();
        assert_eq!(table(parts), wanted, "{parts:?}");
    }
}
