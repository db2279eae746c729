//! Diagnostics: each code has its page; locks, assignments; huge and binary files, which are made here. What every
//! mistake of the fixtures looks like is a case, `tests/cases/diagnostics.rs`.

#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its files and looks at the clock; the library does not"
)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use qudao_language::check::check;
use qudao_language::diagnostic::{Code, Diagnostic, Severity, render};
use qudao_language::profile::{Format, read};
use qudao_language::source::{Files, MAX_FILE_BYTES};
use qudao_language::syntax::{Sources, WantedKind};

use crate::support::{assert_snapshot, checked, files_below, read_as, ruleset_of_profiles};

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics");
    let mut names: Vec<String> = files_below(&pages)
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut codes: Vec<String> = Code::ALL.iter().map(|code| format!("{}.md", code.name())).collect();
    names.sort();
    codes.sort();
    assert_eq!(names, codes);
}

/// What the pages tell in words. The hostile files below are too large or not UTF-8, and `import-absent.qd` is unreadable.
#[test]
fn a_lock_that_does_not_fit_is_told() {
    let text = "ruleset r\nsource article \"An article\" { text \"article.txt\" }\nchannel c\n\
                rule n { then note \"n\" from article }\n";
    let mut shown = String::new();
    let stale = r#"{"version": 1, "texts": {"article": {"digest": "another", "quotes": {}}}}"#;
    let newer = r#"{"version": 2, "texts": {}}"#;
    for lock in [stale, newer, r#"{"version": 1, "texts": ["#, "[]", ""] {
        let mut sources = Sources::new("ruleset.qd", text.as_bytes().to_vec());
        while let Some(wanted) = sources.wanted() {
            let bytes = if wanted.kind == WantedKind::Lock { lock } else { "The text." };
            sources.supply(bytes.as_bytes().to_vec());
        }
        let diagnostics = check(&sources).diagnostics;
        assert_eq!(counted(&diagnostics), ["stale-lock 1"], "{lock}");
        writeln!(shown, "-------- {lock}\n{}", render(sources.files(), &diagnostics[0], false)).unwrap();
    }
    assert_snapshot("diagnostics/snapshots", "locks", &shown);
}

/// A cell or a bracket that is open because the file was cut short at a wrong byte is no mistake of its own.
#[test]
fn a_file_in_an_old_encoding_is_told_once() {
    let text = "ruleset r \"R\"\nprofile { n: int }\nchannel c\ntable t from csv \"t.csv\"\n";
    let mut sources = Sources::new("r.qd", text.as_bytes().to_vec());
    while sources.wanted().is_some() {
        sources.supply(b"n,c,because\n1,+1,\"f\xfcr\"\n".to_vec());
    }
    assert_eq!(counted(&check(&sources).diagnostics), ["not-utf8 1"]);
    let sources = Sources::new("r.qd", b"ruleset r \"R\"\nprofile { n: int \"F\xfcr?\" }\n".to_vec());
    assert_eq!(counted(&check(&sources).diagnostics), ["not-utf8 1"]);
}

/// A text is locked, then it changes: each quote stands, moved or is gone, and what rests on it is named.
#[test]
fn what_became_of_locked_quotes_is_told() {
    let ruleset = "ruleset r \"R\"\nsource tariff \"Tariff\" { text \"tariff.txt\" }\nfact fee: number USD\n\
                   fact yearly: bool\nfact old: bool\nchannel stall {\n\
                   fee = 30 USD from tariff \"30 USD per month\"\nyearly = true from tariff \"once a year\"\n}\n\
                   channel other { yearly = true from tariff \"once a year\", old = true from tariff \"for long\" }\n\
                   rule fees { when stall.fee > 10 USD and other.old then score stall +1 from tariff \"30 USD per month\" }\n";
    let with = |text: &str, lock: Option<&str>| {
        let mut sources = Sources::new("ruleset.qd", ruleset.as_bytes().to_vec());
        while let Some(wanted) = sources.wanted() {
            match (wanted.kind, lock) {
                (WantedKind::Text, _) => sources.supply(text.as_bytes().to_vec()),
                (WantedKind::Lock, Some(lock)) => sources.supply(lock.as_bytes().to_vec()),
                _ => sources.absent("it is not there"),
            }
        }
        let checked = check(&sources);
        let lock = checked.ruleset.as_ref().map(|ruleset| qudao_language::check::lock(&sources, ruleset));
        let told = checked.diagnostics.iter().filter(|d| d.severity != Severity::Note);
        let shown: String = told.map(|d| render(sources.files(), d, false)).collect();
        (lock, shown)
    };
    let (lock, _) = with("It stands for long.\nIt costs 30 USD per month.\nPaid once a year.\n", None);
    let lock = lock.unwrap();
    let (_, changed) =
        with("It stands for long.\nPaid\nonce a year.\nIt costs 130 USD per month.\n", Some(&lock));
    let (_, other) =
        with("It stands for long.\nIt costs 30 USD per month.\nPaid once a year!\n", Some(&lock));
    let conflict = format!("<<<<<<< HEAD\n{lock}=======\n{lock}>>>>>>> theirs\n");
    let (_, conflict) =
        with("It stands for long.\nIt costs 30 USD per month.\nPaid once a year.\n", Some(&conflict));
    let conflict_in_text = "<<<<<<< HEAD\nIt stands for long.\nIt costs 30 USD per month.\nPaid once a year.\n=======\n>>>>>>> theirs\n";
    let (_, in_text) = with(conflict_in_text, None);
    let shown = [changed, other, conflict, in_text].join("--------\n");
    assert_snapshot("diagnostics/snapshots", "locked-quotes", &shown);
}

#[test]
fn wrong_assignments_are_told_what_is_wrong() {
    let ruleset = ruleset_of_profiles();
    let given = [
        "posts",
        "",
        "=",
        "=9",
        "posts=",
        "posts=900",
        "post=9",
        "owner=compny",
        "owner=\"compny\"",
        "goals=sell",
        "goals=sell,content",
        "goals={sell, contnet}",
        "goals=[sell, content]",
        "goals={sell",
        "licence=yes",
        "posts=3 per day",
        "posts=unknown",
        "posts=4/month",
        "posts = 9",
        "posts==9",
        "posts: 9",
        "founded=2021-6-1",
        "客户=9",
        "city=",
        "city=\"\"",
        "posts=\u{202e}9",
    ];
    let mut shown = String::new();
    for assignment in given {
        let read =
            read(&ruleset, "--set", b"{\"owner\": \"company\"}".to_vec(), Format::Json, &[assignment.into()]);
        writeln!(shown, "-------- --set {:?}", assignment).unwrap();
        for diagnostic in &read.diagnostics {
            shown += &render(&read.files, diagnostic, false);
        }
        if read.profile.is_some() {
            shown += "taken\n\n";
        }
    }
    assert_snapshot("profiles/snapshots", "assignments", &shown);
}

// Huge and hostile files.

/// No answer takes longer than this, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a diagnostic shows of a file is short, however long its lines are.
const LONGEST_SHOWN: usize = 4000;

/// How many diagnostics of each code there are.
fn counted(diagnostics: &[Diagnostic]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        *counts.entry(diagnostic.code.name()).or_default() += 1;
    }
    counts.into_iter().map(|(code, count)| format!("{code} {count}")).collect()
}

/// Runs a case: its codes, its time, and how much is shown.
fn run(
    name: &str,
    expected: &[&str],
    wrong: &mut Vec<String>,
    case: impl FnOnce() -> (Files, Vec<Diagnostic>),
) {
    let begun = Instant::now();
    let (files, diagnostics) = case();
    for diagnostic in diagnostics.iter().take(100) {
        let shown = render(&files, diagnostic, false).len();
        if shown > LONGEST_SHOWN {
            wrong.push(format!("{name}: {shown} bytes are shown"));
            break;
        }
    }
    let took = begun.elapsed();
    if took > PATIENCE {
        wrong.push(format!("{name}: took {took:?}"));
    }
    let found = counted(&diagnostics);
    if found != expected {
        wrong.push(format!("{name}: gives {found:?}, not {expected:?}"));
    }
}

/// A ruleset with one rule, whose condition is given.
fn one_rule(condition: &str) -> String {
    format!(
        "ruleset r\nprofile {{ a: bool, n: number in 0 .. 9 }}\nchannel c\n\
         rule all {{ when a and n > 1, then score c +1 }}\nrule it {{\n  when {condition}\n  then score c +1\n}}\n"
    )
}

/// A ruleset with one more rule, whose effects are given.
fn one_effect(effects: &str) -> String {
    format!("ruleset r\nprofile {{ a: bool }}\nchannel c\nrule it {{ when a, then score c +1{effects} }}\n")
}

/// A ruleset with more declarations.
fn and_more(declarations: &str) -> String {
    one_effect("") + declarations
}

type Case = (&'static str, String, &'static [&'static str]);

fn hostile_rulesets() -> Vec<Case> {
    let nested =
        |open: &str, depth: usize, close: &str| one_rule(&(open.repeat(depth) + "a" + &close.repeat(depth)));
    let numbered = |count: usize, line: fn(usize) -> String| (0..count).map(line).collect::<String>();
    vec![
        ("100,000 open parentheses", one_rule(&"(".repeat(100_000)), &["too-deep 1"]),
        ("100,000 pairs of parentheses", nested("(", 100_000, ")"), &["too-deep 1"]),
        ("100,000 open brackets", one_rule(&format!("c.x{}", "[".repeat(100_000))), &["too-deep 1"]),
        ("100,000 open braces", one_rule(&format!("a in {}", "{".repeat(100_000))), &["too-deep 1"]),
        ("100,000 calls", one_rule(&"f(".repeat(100_000)), &["too-deep 1"]),
        ("500,000 denials", one_rule(&format!("{}a", "not ".repeat(500_000))), &["too-deep 1"]),
        ("500,000 minus signs", one_rule(&format!("{}n > 1", "-".repeat(500_000))), &["too-deep 1"]),
        ("50,000 ifs", one_rule(&"if ".repeat(50_000)), &["too-deep 1"]),
        ("50,000 elses", one_rule(&format!("{}a", "if a then a else ".repeat(50_000))), &["too-deep 1"]),
        // The braces of the rule are one level.
        ("128 levels of parentheses", nested("(", 127, ")"), &[]),
        ("129 levels of parentheses", nested("(", 128, ")"), &["too-deep 1"]),
        ("128 levels of denial", nested("not ", 127, ""), &[]),
        ("129 levels of denial", nested("not ", 128, ""), &["too-deep 1"]),
        ("128 levels of if", nested("if a then a else ", 127, ""), &[]),
        ("129 levels of if", nested("if a then a else ", 128, ""), &["too-deep 1"]),
        ("128 levels of sections", sections(128), &[]),
        ("129 levels of sections", sections(129), &["too-deep 1"]),
        (
            "an expression in a text too deep",
            one_effect(&format!(", note \"{{{}\"", "(".repeat(100_000) + "}")),
            &["too-deep 1"],
        ),
        ("100,000 terms joined by and", one_rule(&vec!["a"; 100_000].join(" and ")), &[]),
        ("100,000 terms of a sum", one_rule(&(vec!["n"; 100_000].join(" + ") + " > 1")), &[]),
        ("20,000 members of a set", one_rule(&format!("n in {{{}}}", vec!["1"; 20_000].join(", "))), &[]),
        ("100,000 units", one_rule(&format!("n > 1 {}", "per x ".repeat(100_000))), &["syntax 1"]),
        ("100,000 dots", one_rule(&format!("n in {}", "..".repeat(100_000))), &["syntax 1"]),
        (
            "20,000 brackets of three kinds",
            one_rule(&("([{".repeat(20_000) + &")]}".repeat(20_000))),
            &["too-deep 1"],
        ),
        (
            "16,000 declarations that are not closed",
            and_more(&"channel c {\n".repeat(16_000)),
            &["unbalanced-bracket 16000"],
        ),
        (
            "16,000 texts that are not closed",
            and_more(&"\nrule r { when \"".repeat(16_000)),
            &["unclosed-text 16000"],
        ),
        (
            "a long text that is not closed",
            and_more(&format!("channel d \"\"\"{}", "x\n".repeat(500_000))),
            &["unclosed-text 1"],
        ),
        (
            "10,000 syntax errors",
            and_more(&"rule r { when a = a, then score c +1 }\n".repeat(10_000)),
            &["syntax 10000"],
        ),
        (
            "10,000 unknown names",
            and_more(&numbered(10_000, |i| format!("rule r{i} {{ when b{i}, then score c +1 }}\n"))),
            &["unknown-name 10000"],
        ),
        (
            "10,000 rules of one name",
            and_more(&"rule it { then score c +1 }\n".repeat(10_000)),
            &["duplicate-name 10000"],
        ),
        (
            "10,000 rules",
            and_more(&numbered(10_000, |i| format!("rule r{i} {{ when a, then score c +1 }}\n"))),
            &[],
        ),
        ("100,000 words between declarations", and_more(&"x y z\n".repeat(100_000)), &["syntax 1"]),
        ("100,000 strange characters", and_more(&"$".repeat(100_000)), &["forbidden-character 1"]),
        (
            "100,000 hidden characters",
            and_more(&format!("# {}\n", "\u{202e}".repeat(100_000))),
            &["forbidden-character 1"],
        ),
        (
            "100,000 typographic quotation marks",
            and_more(&"“".repeat(100_000)),
            &["forbidden-character 50000"],
        ),
        ("1,000,000 quotation marks", and_more(&"\"".repeat(1_000_000)), &["syntax 1", "unclosed-text 1"]),
        ("20,000 expressions in a text", one_effect(&format!(", note \"{}\"", "{a}".repeat(20_000))), &[]),
        (
            "100,000 braces in a text",
            one_effect(&format!(", note \"{}\"", "{".repeat(100_000))),
            &["unbalanced-bracket 1"],
        ),
        (
            "50,000 wrong escapes",
            one_effect(&format!(", note \"{}\"", "\\q".repeat(50_000))),
            &["bad-escape 50000"],
        ),
        (
            "a mistake after 1 MB on its line",
            one_effect(&format!(", note \"{}\", score d +1", "x".repeat(1_000_000))),
            &["unknown-target 1"],
        ),
        (
            "a mistake after 1 MB of Chinese on its line",
            one_effect(&format!(", note \"{}\", score d +1", "渠".repeat(333_333))),
            &["unknown-target 1"],
        ),
        (
            "a syntax error after 1 MB on its line",
            one_effect(&format!(", note \"{}\" scroe c +1", "x".repeat(1_000_000))),
            &["syntax 1"],
        ),
        (
            "an unknown name of 100 kB",
            one_effect(&format!(", score {} +1", "x".repeat(100_000))),
            &["unknown-target 1"],
        ),
        (
            "an unknown unit of 100 kB",
            and_more(&format!("fact f: number {}\n", "x".repeat(100_000))),
            &["unknown-unit 1"],
        ),
        (
            "a number of 1 MB",
            and_more(&format!("weight w = {}\n", "9".repeat(1_000_000))),
            &["number-too-long 1"],
        ),
        (
            "a fraction of 1 MB",
            and_more(&format!("weight w = 0.{}\n", "9".repeat(1_000_000))),
            &["number-too-long 1"],
        ),
        ("a comment of 10 MB", and_more(&format!("# {}\n", "x".repeat(10_000_000))), &[]),
        ("1,000,000 blank lines", and_more(&"\n".repeat(1_000_000)), &[]),
        (
            "a chain of 20,000 lets",
            and_more(
                &numbered(20_000, |i| format!("let l{} = l{i} + 1\n", i + 1)).replace("= l0 +", "= 1 +"),
            ),
            &["too-deep 1"],
        ),
        (
            "lets that double 100 times",
            and_more(&numbered(100, |i| format!("let l{} = l{i} + l{i}\n", i + 1)).replace("l0", "1")),
            &["too-large 1"],
        ),
        (
            "a chain of 20,000 exceptions",
            and_more(
                &numbered(20_000, |i| format!("rule r{} exception to r{i} {{ then score c +1 }}\n", i + 1))
                    .replace("exception to r0 ", ""),
            ),
            &["too-deep 1"],
        ),
        (
            "a circle of 500 needs",
            and_more(&numbered(500, |i| format!("channel c{i} {{ needs c{} }}\n", (i + 1) % 500))),
            &["cycle 1"],
        ),
        (
            "60 levels of points",
            and_more(&format!(
                "levels l{}\nrule more {{ then score c +l, score c +l0 }}\n",
                numbered(60, |i| format!(" > l{i}"))
            )),
            &["arithmetic-too-large 1"],
        ),
        ("a file of 16 MiB", of_size(MAX_FILE_BYTES), &[]),
        ("a file of 16 MiB and one byte", of_size(MAX_FILE_BYTES + 1), &["file-too-large 1"]),
    ]
}

/// A profile with so many levels of braces.
fn sections(depth: usize) -> String {
    format!(
        "ruleset r\nchannel c\nprofile {{{} }}{}\n",
        " section \"s\" {".repeat(depth - 1),
        " }".repeat(depth - 1)
    )
}

/// A clean ruleset of so many bytes.
fn of_size(bytes: usize) -> String {
    let clean = and_more("# ");
    let rest = bytes - clean.len() - 1;
    clean + &"x".repeat(rest) + "\n"
}

#[test]
fn hostile_rulesets_are_answered_at_once() {
    let mut wrong = Vec::new();
    for (name, text, expected) in hostile_rulesets() {
        run(name, expected, &mut wrong, || {
            let (files, checked) = checked("made.qd", &text);
            (files, checked.diagnostics)
        });
    }
    let clean = and_more("").into_bytes();
    let with = |more: &[u8]| [clean.as_slice(), more].concat();
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let binary: [(&str, Vec<u8>); 8] = [
        ("a character cut off at the end", with(b"\xe6\xb8")),
        ("UTF-16, low byte first", [b"\xff\xfe".as_slice(), &utf16("ruleset r")].concat()),
        ("UTF-16, high byte first", b"\xfe\xff\0r\0u\0l\0e".to_vec()),
        ("GB18030", b"ruleset r \"\xc8\xa5\xc4\xc4\xc0\xef\xc2\xf4\"\n".to_vec()),
        ("Latin 1", b"ruleset r \"caf\xe9\"\n".to_vec()),
        ("half of a pair", with(b"# \xed\xa0\x80\n")),
        ("a character written too long", with(b"# \xc0\x80\n")),
        ("a compressed file", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0".to_vec()),
    ];
    for (name, bytes) in binary {
        run(name, &["not-utf8 1"], &mut wrong, || {
            let sources = Sources::new("made.qd", bytes);
            (sources.files().clone(), check(&sources).diagnostics)
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn hostile_profiles() -> Vec<Case> {
    let laughs: String = ('b'..='j')
        .map(|c| {
            let before = char::from(c as u8 - 1);
            format!("{c}: &{c} [{}]\n", vec![format!("*{before}"); 9].join(", "))
        })
        .collect();
    let deep = |before: &str, depth: usize, after: &str| {
        format!("{before}{}{}{after}", "[".repeat(depth), "]".repeat(depth))
    };
    let with = |more: &str| format!("owner: company\n{more}\n");
    let json = |more: &str| format!("{{\"owner\": \"company\", {more}}}");
    vec![
        ("100,000 open brackets.yaml", "[".repeat(100_000), &["too-deep 1"]),
        ("100,000 open braces.yaml", "{".repeat(100_000), &["too-deep 1"]),
        ("100,000 dashes.yaml", "- ".repeat(100_000), &["too-deep 1"]),
        ("2,000 indented fields.yaml", (0..2000).map(|i| " ".repeat(i) + "a:\n").collect(), &["too-deep 1"]),
        ("100,000 open brackets.json", format!("{{\"owner\": {}", "[".repeat(100_000)), &["too-deep 1"]),
        ("100,000 open braces.json", "{\"a\":".repeat(100_000), &["too-deep 1"]),
        ("100,000 open brackets.toml", format!("owner = {}", "[".repeat(100_000)), &["too-deep 1"]),
        ("100,000 open braces.toml", format!("owner = {}", "{a=".repeat(100_000)), &["too-deep 1"]),
        ("100,000 dots.toml", format!("{}b = 1\n", "a.".repeat(100_000)), &["too-deep 1"]),
        // The fields themselves are no level.
        ("32 levels.yaml", deep("owner: ", 32, "\n"), &["type-mismatch 1"]),
        ("33 levels.yaml", deep("owner: ", 33, "\n"), &["too-deep 1"]),
        ("32 levels.json", deep("{\"owner\": ", 32, "}"), &["type-mismatch 1"]),
        ("33 levels.json", deep("{\"owner\": ", 33, "}"), &["too-deep 1"]),
        ("128 levels.json", deep("{\"owner\": ", 128, "}"), &["too-deep 1"]),
        ("129 levels.json", deep("{\"owner\": ", 129, "}"), &["too-deep 1"]),
        ("32 levels.toml", deep("owner = ", 32, "\n"), &["type-mismatch 1"]),
        ("33 levels.toml", deep("owner = ", 33, "\n"), &["too-deep 1"]),
        ("a billion laughs.yaml", format!("a: &a [lol]\n{laughs}"), &["malformed-profile 1"]),
        (
            "a text repeated 5,000 times.yaml",
            format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(60_000), vec!["*a"; 5000].join(", ")),
            &["malformed-profile 1"],
        ),
        ("100,000 documents.yaml", "---\n".repeat(100_000), &["malformed-profile 1"]),
        (
            "20,000 unknown fields.yaml",
            with(&(0..20_000).map(|i| format!("f{i}: 1\n")).collect::<String>()),
            &["more-mistakes 1", "unknown-field 100"],
        ),
        (
            "100,000 times one field.json",
            json(&vec!["\"posts\": 9"; 100_000].join(", ")),
            &["duplicate-field 100", "more-mistakes 1"],
        ),
        (
            "100,000 unknown fields of 20 letters.json",
            json(
                &(0..100_000).map(|i| format!("\"field_number_{i:07}\": {i}")).collect::<Vec<_>>().join(", "),
            ),
            &["more-mistakes 1", "unknown-field 100"],
        ),
        (
            "50,000 lines without an equals sign.toml",
            format!("owner = \"company\"\n{}", "posts: 9\n".repeat(50_000)),
            &["malformed-profile 100", "more-mistakes 1"],
        ),
        (
            "50,000 bare names.toml",
            (0..50_000).map(|i| format!("渠{i} = x\n")).collect(),
            &["malformed-profile 100", "more-mistakes 1"],
        ),
        (
            "50,000 commas too many.json",
            json(&vec!["\"posts\": 9,,"; 50_000].join("\n")),
            &["malformed-profile 100", "more-mistakes 1"],
        ),
        (
            "50,000 lines that swallow fields.yaml",
            with(&format!("city:\n{}", "  posts:9\n".repeat(50_000))),
            &["malformed-profile 100", "more-mistakes 1"],
        ),
        (
            "50,000 fields twice.toml",
            (0..2).map(|_| (0..50_000).map(|i| format!("f{i} = 1\n")).collect::<String>()).collect(),
            &["duplicate-field 100", "more-mistakes 1"],
        ),
        (
            "20,000 unknown values.json",
            json(&format!("\"goals\": [{}]", vec!["\"sel\""; 20_000].join(", "))),
            &["more-mistakes 1", "unknown-value 100"],
        ),
        (
            "a mistake after 1 MB on its line.json",
            json(&format!("\"city\": \"{}\", \"post\": 9", "x".repeat(1_000_000))),
            &["unknown-field 1"],
        ),
        (
            "a mistake after 1 MB on its line.yaml",
            format!("{{owner: company, city: \"{}\", post: 9}}", "渠".repeat(333_333)),
            &["unknown-field 1"],
        ),
        (
            "20,000 texts for a set.json",
            json(&format!("\"goals\": \"{}\"", vec!["sel"; 20_000].join(","))),
            &["type-mismatch 1"],
        ),
        (
            "100,000 keys of a group.yaml",
            format!("owner: company\na: {{{}}}\n", "b: 1, ".repeat(100_000)),
            &["unknown-field 1"],
        ),
        ("a value of 100 kB.yaml", format!("owner: {}\n", "x".repeat(100_000)), &["unknown-value 1"]),
        (
            "a field's name of 100 kB.json",
            json(&format!("\"{}\": 1", "x".repeat(100_000))),
            &["unknown-field 1"],
        ),
        (
            "a number of 1 MB.json",
            json(&format!("\"posts\": {}", "9".repeat(1_000_000))),
            &["number-too-long 1"],
        ),
        ("a number of 1 MB.yaml", with(&format!("posts: {}", "9".repeat(1_000_000))), &["number-too-long 1"]),
        (
            "a number of 1 MB.toml",
            format!("owner = \"company\"\nposts = {}\n", "9".repeat(1_000_000)),
            &["number-too-long 1"],
        ),
        ("an exponent of 21 digits.json", json("\"posts\": 1e999999999999999999999"), &["number-too-long 1"]),
        ("a unit of 100 kB.yaml", with(&format!("posts: 9 {}", "x".repeat(100_000))), &["unknown-unit 1"]),
        (
            "a text that is not closed.yaml",
            with(&format!("city: \"{}", "x\n".repeat(500_000))),
            &["malformed-profile 1"],
        ),
        ("a profile of 16 MiB.yaml", with(&format!("# {}", "x".repeat(MAX_FILE_BYTES - 18))), &[]),
        (
            "a profile of 16 MiB and one byte.yaml",
            with(&format!("# {}", "x".repeat(MAX_FILE_BYTES - 17))),
            &["file-too-large 1"],
        ),
    ]
}

#[test]
fn hostile_profiles_are_answered_at_once() {
    let ruleset = ruleset_of_profiles();
    let mut wrong = Vec::new();
    for (name, text, expected) in hostile_profiles() {
        run(name, expected, &mut wrong, || {
            let read = read_as(name, &ruleset, text.into_bytes());
            (read.files, read.diagnostics)
        });
    }
    for (name, bytes) in [
        ("a character cut off at the end.yaml", b"owner: company\n\xe6\xb8".as_slice()),
        ("UTF-16.yaml", b"\xff\xfeo\0w\0"),
        ("UTF-16.json", b"\xfe\xff\0{\0}"),
        ("GB18030.yaml", b"owner: \xc6\xf3\xd2\xb5\n"),
        ("a compressed file.json", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0"),
    ] {
        run(name, &["not-utf8 1"], &mut wrong, || {
            let read = read_as(name, &ruleset, bytes.to_vec());
            (read.files, read.diagnostics)
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn comparisons_in_a_row_give_one_diagnostic() {
    let mut wrong = Vec::new();
    for (name, row) in [
        ("100,000 comparisons", vec!["n"; 100_000].join(" < ")),
        ("100,000 ranges", format!("n{}", " in 1 .. 2".repeat(100_000))),
        ("100,000 states", format!("n{}", " is known".repeat(100_000))),
        ("100,000 members", format!("n{}", " has a".repeat(100_000))),
    ] {
        run(name, &["chained-comparison 1"], &mut wrong, || {
            let (files, checked) = checked("made.qd", &one_rule(&row));
            (files, checked.diagnostics)
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
