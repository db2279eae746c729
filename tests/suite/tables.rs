//! Tables as spreadsheets and databases write them, read by `qudao batch`: what parts the cells, how columns are called,
//! where rows end; and tables that are not understood, of which nothing is answered.

use std::fmt::Write as _;

use crate::support::Work;

const RULES: &str = r#"ruleset shop "Shop" { as of 2026-01-01 }
profile {
  orders: int "How many orders?" @de "Wie viele Bestellungen?" was sales
  abroad: bool "Do you sell abroad?"
  kind: Kind default person
}
enum Kind { person, company was firm was a_name_of_more_than_eight_bytes }
channel a
channel b
rule many { when orders > 3 then score a +2 }
rule far { when abroad then score b +3 }
rule firms { when kind == company then score b +9 }
"#;

/// The program's answer to a table: status, the rows in short, what was said.
fn answered(table: &[u8], name: &str, options: &str) -> (i32, String, String) {
    let work = Work::new(&[("shop.qd", RULES)]);
    std::fs::write(work.path(name), table).unwrap();
    let (status, out, err) =
        work.qudao(&format!("batch shop.qd {name} --only first --summary none {options}"));
    (status, out, err)
}

/// Rows of the answer in CSV, without their header.
fn rows(table: &str) -> String {
    let (_, out, err) = answered(table.as_bytes(), "t.csv", "");
    let rows: String = out.lines().skip(1).fold(String::new(), |mut rows, row| {
        let _ = write!(rows, "{row} ");
        rows
    });
    format!("{rows}{err}").trim_end().to_string()
}

#[test]
fn tables_are_read_as_spreadsheets_write_them() {
    let cases = [
        ("commas", "orders,abroad\n60,false\n", "2,a,true"),
        ("semicolons", "orders;abroad\n60;true\n", "2,b,true"),
        ("tabs", "orders\tabroad\n60\tfalse\n", "2,a,true"),
        ("a separator between quotation marks", "\"orders\";\"abroad\"\n60;false\n", "2,a,true"),
        ("a line for Excel", "sep=;\r\norders;abroad\r\n60;true\r\n", "3,b,true"),
        ("a line for Excel, in quotation marks", "\"sep=|\"\norders|abroad\n60|true\n", "3,b,true"),
        ("a byte order mark", "\u{feff}orders;abroad\n60;true\n", "2,b,true"),
        ("a byte order mark and a line for Excel", "\u{feff}sep=,\norders,abroad\n60,true\n", "3,b,true"),
        ("capitals", "ORDERS,Abroad\n60,false\n", "2,a,true"),
        ("an old name", "Sales,abroad\n60,false\n", "2,a,true"),
        (
            "old names of values",
            "orders,abroad,kind\n60,false,firm\n60,false,a_name_of_more_than_eight_bytes\n60,false,person\n",
            "2,b,true 3,b,true 4,a,true",
        ),
        ("questions", "How many orders?,do you sell ABROAD?\n60,false\n", "2,a,true"),
        ("questions in another language", "wie viele bestellungen?;abroad\n60;false\n", "2,a,true"),
        (
            "an exact name goes first",
            "orders,ORDERS,abroad\n60,0,false\n",
            "2,a,true t.csv: no field is named ORDERS; not read",
        ),
        ("TRUE and FALSE", "orders,abroad\n60,TRUE\n60,FALSE\n60,True\n", "2,b,true 3,a,true 4,b,true"),
        ("rows without anything at the end", "orders;abroad\n60;false\n;\n ; \n\"\";\n", "2,a,true"),
        ("a row without anything before others", "orders,abroad\n,\n60,false\n,\n", "3,a,true"),
        (
            "carriage returns alone",
            "orders,abroad\r60,false\rx,true\r60,true\r",
            "2,a,true 4,b,true t.csv:3: `orders` takes a whole number, not the text \"x\"",
        ),
        (
            "a carriage return in a cell",
            "orders,abroad,n\n60,false,\"a\rb\"\n60,true,\n",
            "2,a,true 4,b,true t.csv: no field is named n; not read",
        ),
        (
            "carriage returns with line feeds",
            "orders,abroad\r\n60,false\r\n\r\nx,\r\n60,true\r\n",
            "2,a,true 5,b,true t.csv:4: `orders` takes a whole number, not the text \"x\"",
        ),
        (
            "a near name",
            "ordres,abroad\n60,true\n",
            "2,b,true t.csv: no field is named ordres (the nearest name is `orders`); not read",
        ),
    ];
    for (what, table, wanted) in cases {
        assert_eq!(rows(table), wanted, "{what}");
    }
}

#[test]
fn marks_of_a_merge_conflict_are_called_so() {
    const SAYS: &str = "a merge conflict is not resolved, and this is one of its marks";
    let conflict =
        "orders,abroad\n<<<<<<< ours, or mine\n60,true\n||||||| base\n=======\n60,false\n>>>>>>> b\n";
    let told = [2, 4, 5, 7].map(|line| format!(" t.csv:{line}: {SAYS}").replacen(' ', "\n", 1)).concat();
    assert_eq!(rows(conflict), format!("3,b,true 6,a,true{}", told.replacen('\n', " ", 1)));
    // What parts the sides may be a text where a row is one cell.
    let one = conflict.replace(",abroad", "").replace(",true", "").replace(",false", "");
    let (_, _, err) = answered(one.as_bytes(), "t.csv", "");
    assert_eq!((err.matches(SAYS).count(), err.matches("not the text \"=======\"").count()), (2, 1), "{err}");
    let (status, out, err) = answered(b"<<<<<<< ours\norders\n", "t.csv", "");
    assert_eq!((status, out.as_str(), err), (2, "", format!("error: t.csv: {SAYS}\n")));
    let (_, _, err) = answered(b"<<<<<<< ours\n{\"orders\": 1}\n=======\n", "t.ndjson", "");
    assert_eq!(err, format!("t.ndjson:1: {SAYS}\nt.ndjson:3: {SAYS}\n"));
    let work = Work::new(&[("shop.qd", RULES), ("t.csv", "n\n1\n")]);
    work.write("map.json", "<<<<<<< ours\n{\"orders\": \"n\"}\n=======\n{}\n>>>>>>> theirs\n");
    for command in ["batch shop.qd t.csv --map map.json", "verify map.json"] {
        let (status, _, err) = work.qudao(command);
        assert!(status == 2 && err.contains("error[merge-conflict]"), "{command}: {err}");
    }
}

#[test]
fn a_number_with_two_readings_is_told_with_both() {
    for (number, both) in [("50.000", "`50` or write `50000`"), ("\"50,000\"", "`50000` or write `50`")] {
        let (_, _, err) = answered(format!("orders,abroad\n{number},true\n").as_bytes(), "t.csv", "");
        assert!(err.contains("t.csv:2: `orders` takes a whole number, not") && err.contains(both), "{err}");
    }
    let (_, _, err) = answered(b"{\"orders\": 50.000}\n", "t.ndjson", "");
    assert!(err.contains("not 50.000 (write `50` or write `50000`)"), "{err}");
}

#[test]
fn a_table_that_is_not_understood_is_not_answered() {
    let utf16: Vec<u8> = "orders,abroad\n1,true\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe], utf16.as_slice()].concat();
    let gzip: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0];
    let cases: &[(&str, &[u8], &str, &str)] = &[
        (
            "t.csv",
            b"client;x\nA;60\n",
            "",
            "t.csv: no column is a field of `shop`: `client`, `x`; among its fields are `orders`, `abroad`, `kind`",
        ),
        (
            "t.csv",
            b"client,ordres\nA,60\n",
            "",
            "t.csv: no column is a field of `shop`: `client`, `ordres`; the nearest to `ordres` is `orders`",
        ),
        (
            "t.csv",
            b"a.b.c\n1\n",
            "--keep a.b.c",
            "t.csv: no column is a field of `shop`: `a.b.c`; among its fields are `orders`, `abroad`, `kind`",
        ),
        (
            "t.ndjson",
            b"{\"client\": 1}\n{\"client\": 2}\n",
            "",
            "t.ndjson: no column is a field of `shop`: `client`; among its fields are `orders`, `abroad`, `kind`",
        ),
        ("t.csv", b"sales,orders\n1,2\n", "", "t.csv: the columns `sales` and `orders` are both of `orders`"),
        (
            "t.csv",
            b"SALES,How many orders?\n1,2\n",
            "",
            "t.csv: the columns `SALES` and `How many orders?` are both of `orders`",
        ),
        (
            "t.csv",
            b"orders,client\n1,2\n",
            "--keep clint",
            "t.csv: no column is named `clint`, which is to be kept; the nearest name is `client`",
        ),
        (
            "t.ndjson",
            b"{\"orders\": 1, \"client\": 2}\n",
            "--keep clint",
            "t.ndjson: no column is named `clint`, which is to be kept; the nearest name is `client`",
        ),
        (
            "t.csv",
            b"orders,line\n1,2\n",
            "--keep line",
            "the column `line` cannot be kept: the answer has a column of that name",
        ),
        (
            "t.csv",
            b"orders,first\n1,2\n",
            "--keep first",
            "the column `first` cannot be kept: the answer has a column of that name",
        ),
        (
            "t.ndjson",
            b"{\"orders\": 1}\n",
            "--keep settled",
            "the column `settled` cannot be kept: the answer has a column of that name",
        ),
        ("t.csv", &marked, "", "t.csv: this table is written in UTF-16; save the file as UTF-8"),
        ("t.csv", &utf16, "", "t.csv: this table is written in UTF-16; save the file as UTF-8"),
        ("t.ndjson", &marked, "", "t.ndjson: this table is written in UTF-16; save the file as UTF-8"),
        ("t.csv", gzip, "", "t.csv: this table is compressed (gzip); unpack it first"),
        ("t.ndjson", gzip, "", "t.ndjson: this table is compressed (gzip); unpack it first"),
        (
            "t.csv",
            b"PK\x03\x04....",
            "",
            "t.csv: this table is a ZIP archive, as workbooks are; save it as CSV in UTF-8",
        ),
        ("t.csv", b"orders,\xe4\n1,2\n", "", "t.csv: the header is not UTF-8; save the table as UTF-8"),
        ("t.csv", b"", "", "t.csv: there is no header"),
        ("t.csv", b"\n;;\n", "", "t.csv: there is no header"),
    ];
    for (name, table, options, wanted) in cases {
        let found = answered(table, name, options);
        assert_eq!(found, (2, String::new(), format!("error: {wanted}\n")), "{options}");
        let (status, out, _) = answered(table, name, &format!("{options} --to csv"));
        assert_eq!((status, out.as_str()), (2, ""), "{options}");
        let (status, _, err) = answered(table, name, &format!("{options} -o out.csv"));
        assert_eq!((status, err), (2, format!("error: {wanted}\n")));
    }
}

/// Nothing is written of the first table if the columns of the second cannot be used.
#[test]
fn all_headers_are_looked_at_before_anything_is_answered() {
    let work = Work::new(&[("shop.qd", RULES), ("a.csv", "orders\n60\n"), ("b.csv", "client\nx\n")]);
    let (status, out, err) = work.qudao("batch shop.qd a.csv b.csv");
    assert_eq!((status, out.as_str()), (2, ""), "{err}");
    assert!(err.starts_with("error: b.csv: no column is a field of `shop`: `client`"), "{err}");
}

#[test]
fn what_is_kept_is_found_whatever_the_case() {
    let found = answered(b"Orders,Client\n60,A\n", "t.csv", "--keep client,orders");
    assert_eq!(found, (0, "client,orders,line,first,settled\nA,60,2,a,false\n".into(), String::new()));
}

#[test]
fn names_of_columns_are_given_once() {
    let work = Work::new(&[("shop.qd", RULES), ("t.csv", "x,y\n60,true\n"), ("t.ndjson", "{\"x\": 60}\n")]);
    let cases = [
        ("{\"orders\": \"x\", \"orders\": \"y\"}", "`m.json` names the column of `orders` twice"),
        ("{\"orders\": \"x\", \"abroad\": \"x\"}", "the column `x` is of the fields `orders` and `abroad`"),
        ("{\"ordres\": \"x\"}", "the ruleset `shop` has no field `ordres`; the nearest name is `orders`"),
        (
            "{\"orders\": 1}",
            "`m.json` is no object of names such as {\"field\": \"column\"}, from line 1, column 12 on",
        ),
    ];
    for (map, wanted) in cases {
        work.write("m.json", map);
        let found = work.qudao("batch shop.qd t.csv --map m.json");
        assert_eq!(found, (2, String::new(), format!("error: {wanted}\n")), "{map}");
    }
    work.write("m.json", "\u{feff}{\"orders\": \"X\"}");
    for table in ["t.csv", "t.ndjson"] {
        let (status, out, err) = work.qudao(&format!("batch shop.qd {table} --map m.json --summary none"));
        assert!(status == 0 && out.contains('a'), "{table}: {err}");
    }
}

#[test]
fn lines_that_are_no_objects_are_told_in_plain_words() {
    let lines = [
        "\u{feff}{\"orders\": 60}",
        "{\"orders\": 60 \"abroad\": true}",
        "{orders: 60}",
        "{\"orders\": }",
        "{\"orders\": tru}",
        "{\"orders\": 60",
        "[{\"orders\": 60}]",
        "orders,abroad",
        "{\"orders\": 60} {}",
    ];
    let (status, out, err) = answered(lines.join("\n").as_bytes(), "t.ndjson", "");
    assert_eq!((status, out.lines().count()), (1, 1), "{err}");
    let told: Vec<&str> = err.lines().collect();
    assert_eq!(told.len(), 8, "{err}");
    for (line, told) in (2..).zip(&told) {
        assert!(told.starts_with(&format!("t.ndjson:{line}: ")), "{told}");
        let theirs = ["expected value", "line 1 column", "trailing", "EOF", "invalid type"];
        assert!(theirs.iter().all(|words| !told.contains(words)), "{told}");
    }
    let plain = [
        (0, "t.ndjson:2: a comma is missing (column 14)"),
        (1, "t.ndjson:3: a name stands between quotation marks in JSON (column 2)"),
        (5, "t.ndjson:7: this is a list; each line of a table is one object"),
        (6, "t.ndjson:8: this is no JSON object, such as `{\"field\": 1}`"),
    ];
    plain.iter().for_each(|(place, wanted)| assert_eq!(told[*place], *wanted));
    let mut bytes = b"{\"orders\": 60}\r{\"orders\": \"x\"}\r{\"orders\": \"\xe4\"}".to_vec();
    let (_, out, err) = answered(&bytes, "t.ndjson", "");
    assert_eq!(out.lines().count(), 1);
    assert_eq!(
        err,
        "t.ndjson:2: `orders` takes a whole number, not the text \"x\"\n\
         t.ndjson:3: this row is not UTF-8; save the table as UTF-8\n"
    );
    bytes.clear();
    bytes.extend(b"{}\n{}\n");
    assert_eq!(answered(&bytes, "t.ndjson", "").0, 0, "rows that give nothing are rows");
}

/// What a table costs grows with its size, however it is made. A cost that grew with the square would take minutes.
#[test]
fn odd_tables_are_read_in_reasonable_time() {
    let many = 30_000;
    let names: Vec<String> = (0..many).map(|number| format!("c{number}")).collect();
    let cells = vec!["1"; many].join(",");
    let wide = format!("{},orders\n{cells},60\n", names.join(","));
    assert_eq!(answered(wide.as_bytes(), "t.csv", "").1.lines().count(), 2);
    for line in ["x\",y,\"", "1,\"true", "\"", "\"\"\"", "x,\"y\nz"] {
        let table = format!("orders,abroad,n\n{}", format!("{line}\n").repeat(many));
        let (status, ..) = answered(table.as_bytes(), "t.csv", "");
        assert!(status < 2, "{line}");
    }
    let threads = answered(b"orders\n60\n", "t.csv", "--threads 100000");
    assert_eq!(threads, (0, "line,first,settled\n2,a,false\n".into(), String::new()));
}

/// A hundred mistakes of a profile are told, and the others counted.
#[test]
fn a_profile_full_of_mistakes_is_told_in_few_words() {
    let work = Work::new(&[("shop.qd", RULES)]);
    let many = 5_000;
    let json = (0..many).map(|number| format!("\"ordes{number}\": 1")).collect::<Vec<_>>().join(", ");
    let lines = (0..many).fold(String::new(), |mut lines, number| {
        let _ = writeln!(lines, "ordes{number}: 1");
        lines
    });
    let count = format!("there are {} more like these", many - 100);
    let toml = lines.replace(": ", " = ");
    for (name, text) in [("p.json", format!("{{{json}}}")), ("p.yaml", lines), ("p.toml", toml)] {
        work.write(name, &text);
        let (status, out, err) = work.qudao(&format!("eval shop.qd {name}"));
        assert_eq!((status, out.as_str()), (1, ""), "{name}");
        assert!(err.contains(&count), "{name}: {err}");
        assert_eq!(err.matches("error[").count(), 101, "{name}");
        let (_, out, _) = work.qudao(&format!("eval shop.qd {name} --format json"));
        let rejected: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(rejected["diagnostics"].as_array().unwrap().len(), 101, "{name}");
    }
}

/// So it is with a ruleset and its tables, in every format.
#[test]
fn a_ruleset_full_of_mistakes_is_told_in_few_words() {
    let many = 5_000;
    let rows = (0..many).map(|number| format!("wrong{number},+1\n")).collect::<String>();
    let rules = (0..many).map(|number| format!("rule r{number} {{ when ordes > 1, then exclude a }}\n"));
    let work = Work::new(&[
        ("table.qd", &format!("{RULES}table t \"T\" first from csv \"t.csv\"\n")),
        ("t.csv", &format!("orders,a\n{rows}")),
        ("rules.qd", &(RULES.to_string() + &rules.collect::<String>())),
    ]);
    let count = format!("there are {} more like these", many - 100);
    for name in ["table.qd", "rules.qd"] {
        for (format, mark) in [
            ("text", "error["),
            ("short", "error["),
            ("json", "\"severity\": \"error\""),
            ("sarif", "\"ruleId\""),
            ("github", "::error "),
        ] {
            let (status, out, err) = work.qudao(&format!("check {name} --format {format}"));
            assert_eq!((status, out.matches(mark).count()), (1, 101), "{name} {format}: {err}");
            assert_eq!(out.matches(&count).count(), 1, "{name} {format}");
            let in_all = matches!(format, "text" | "short" | "github");
            assert_eq!(err.contains(&format!("{many} errors in 1 file")), in_all, "{name} {format}: {err}");
        }
        for command in [format!("eval {name} --set orders=1"), format!("schema {name}")] {
            let (_, out, err) = work.qudao(&command);
            assert_eq!((out.as_str(), err.matches("error[").count()), ("", 101), "{command}");
        }
    }
}

/// A profile whose name is not UTF-8 is a case like others.
#[cfg(target_os = "linux")]
#[test]
fn no_profile_is_passed_over_for_its_name() {
    use std::os::unix::ffi::OsStrExt;
    let work = Work::new(&[("shop.qd", RULES), ("profiles/plain.yaml", "orders: 60\n")]);
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9.yaml");
    std::fs::write(work.path("profiles").join(odd), "orders: 1\n").unwrap();
    let (status, out, err) = work.qudao("test shop.qd --accept");
    assert_eq!(status, 0, "{out}{err}");
    assert_eq!(work.names("snapshots"), ["caf\u{fffd}.snap", "plain.snap"]);
    assert_eq!(work.qudao("test shop.qd --check").0, 0);
}

/// What an answer takes grows with the channels, not with their square, however many tie.
#[cfg(target_os = "linux")]
#[test]
fn many_channels_take_little_memory() {
    let channels: String = (0..3_000).map(|number| format!("channel c{number}\n")).collect();
    let text = format!("ruleset many \"Many\" {{ as of 2026-01-01 }}\nprofile {{ n: int }}\n{channels}");
    let work = Work::new(&[("many.qd", &text)]);
    let script = format!(
        "ulimit -v 400000; exec '{}' eval many.qd --set n=1 --format json > out.json",
        env!("CARGO_BIN_EXE_qudao")
    );
    let mut command = std::process::Command::new("sh");
    let ended = command.args(["-c", &script]).current_dir(work.0.path()).output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    let answer: serde_json::Value = serde_json::from_str(&work.read("out.json")).unwrap();
    assert_eq!(answer["channels"].as_array().unwrap().len(), 3_000);
    assert_eq!(answer["channels"][2_999]["tie"].as_array().unwrap().len(), 20);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_taken() {
    use std::os::unix::ffi::OsStrExt;
    let work = Work::new(&[]);
    let name = |ending: &str| {
        let bytes = [b"caf\xe9.", ending.as_bytes()].concat();
        std::ffi::OsStr::from_bytes(&bytes).to_os_string()
    };
    let (rules, profile, table) = (name("qd"), name("json"), name("csv"));
    std::fs::write(work.0.path().join(&rules), RULES).unwrap();
    std::fs::write(work.0.path().join(&profile), "{\"orders\": 60}").unwrap();
    std::fs::write(work.0.path().join(&table), "orders\n60\n").unwrap();
    let run = |command: &str, files: &[&std::ffi::OsString], more: &[&str]| {
        let mut run = crate::support::program(work.0.path());
        let ended = run.arg(command).args(files).args(more).output().unwrap();
        let (out, err) = (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap());
        assert_eq!(ended.status.code(), Some(0), "{command}: {out}{err}");
        out
    };
    assert!(run("eval", &[&rules, &profile], &[]).contains("Channels"));
    assert!(run("why", &[&rules, &profile], &["a"]).contains("orders"));
    assert!(run("batch", &[&rules, &table], &["--only", "first"]).contains("2,a,false"));
    run("check", &[&rules], &[]);
    run("facts", &[&rules], &[]);
    run("schema", &[&rules], &[]);
    run("fmt", &[&rules], &[]);
    run("review", &[&rules], &[]);
    run("ask", &[&rules, &profile], &[]);
    std::fs::write(work.0.path().join("new.qd"), RULES.replace("> 3", "> 70")).unwrap();
    let new = std::ffi::OsString::from("new.qd");
    assert!(run("diff", &[&rules, &new, &"--profiles".into(), &profile], &[]).contains("recommended (2)"));
    // What is read is found whatever it is called.
    let mut over = crate::support::program(work.0.path());
    let ended = over.arg("batch").args([&rules, &table]).arg("-o").arg(&rules).output().unwrap();
    assert_eq!(ended.status.code(), Some(2), "{}", String::from_utf8_lossy(&ended.stderr));
}
