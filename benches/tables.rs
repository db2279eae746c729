//! What a table costs, line by line of NDJSON, beside what parsing the same lines with `serde_json` into a struct costs:
//! `cargo bench --bench tables`. With `--write DIR ROWS` it writes the rules, the same rules as SQL and the table, for
//! `benches/against_duckdb.py`.

#![expect(
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a bench that cannot go on fails; it reads the clock and writes where it is told to"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use qudao_engine::program::Program;
use qudao_engine::program::batch::{Batch, Form, Options, Parts};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::syntax::Sources;
use serde::Deserialize;

/// How many values each enum has, and each enum of which a field is a set.
const ENUMS: [u64; 6] = [5, 20, 5, 8, 4, 4];
const SETS: [u64; 3] = [12, 8, 10];
const INTS: u64 = 5;
const DECIMALS: u64 = 3;
const BOOLS: u64 = 5;
const CHANNELS: u64 = 20;
const RULES: u64 = 200;

/// What a hand-written program would parse a line into.
#[derive(Deserialize)]
#[expect(dead_code, reason = "what counts is that it is parsed")]
struct Row<'l> {
    id: u64,
    e0: Option<&'l str>,
    e1: Option<&'l str>,
    e2: Option<&'l str>,
    e3: Option<&'l str>,
    e4: Option<&'l str>,
    e5: Option<&'l str>,
    #[serde(borrow)]
    s0: Option<Vec<&'l str>>,
    #[serde(borrow)]
    s1: Option<Vec<&'l str>>,
    #[serde(borrow)]
    s2: Option<Vec<&'l str>>,
    i0: Option<i64>,
    i1: Option<i64>,
    i2: Option<i64>,
    i3: Option<i64>,
    i4: Option<i64>,
    d0: Option<f64>,
    d1: Option<f64>,
    d2: Option<f64>,
    b0: Option<bool>,
    b1: Option<bool>,
    b2: Option<bool>,
    b3: Option<bool>,
    b4: Option<bool>,
}

/// The generator of Marsaglia's "Xorshift RNGs" (2003), so that every run has the same rules and rows.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

/// An atom in both languages.
fn atom(dice: &mut Dice) -> (String, String) {
    match dice.below(10) {
        0..=3 => {
            let field = dice.below(6);
            let count = ENUMS[field as usize];
            let (a, b) = (dice.below(count), dice.below(count));
            (format!("e{field} in {{v{a}, v{b}}}"), format!("e{field} IN ('v{a}', 'v{b}')"))
        }
        4..=5 => {
            let field = dice.below(3);
            let member = dice.below(SETS[field as usize]);
            (format!("s{field} has m{member}"), format!("list_contains(s{field}, 'm{member}')"))
        }
        6..=7 => {
            let (field, value) = (dice.below(INTS), dice.below(100));
            (format!("i{field} >= {value}"), format!("i{field} >= {value}"))
        }
        8 => {
            let (field, value) = (dice.below(DECIMALS), dice.below(100));
            (format!("d{field} < {value}.5"), format!("d{field} < {value}.5"))
        }
        _ => {
            let field = dice.below(BOOLS);
            (format!("b{field}"), format!("b{field}"))
        }
    }
}

/// What the rules do to a channel, as SQL.
#[derive(Default, Clone)]
struct Sums {
    score: String,
    low: String,
    high: String,
    excluded: String,
}

/// The channels without facts.
fn channels() -> String {
    (0..CHANNELS).map(|n| format!("channel c{n}\n")).collect()
}

/// Three measures, each over all channels.
fn measures() -> String {
    let mut text = String::from("fact fee: number EUR\nfact price: number EUR\nfact share: number percent\n");
    for n in 0..CHANNELS {
        let (price, share) = (n * 7 % 10, n * 3 % 10);
        let facts = format!("fee = {n} EUR, price = 0.{price}5 EUR, share = 1.{share}%");
        let _ = writeln!(text, "channel c{n} {{ {facts} }}");
    }
    text.push_str("measure cost: number EUR for each c = c.fee + i0 * c.price + d0 * 1 EUR * c.share\n");
    text.push_str("measure left: number EUR for each c = d1 * 3 EUR - c.cost  higher is better\n");
    text.push_str("measure year: number EUR for each c = 12 * c.cost + i1 * 0.2 EUR\n");
    text
}

/// The rules in both languages.
fn rules() -> (String, String) {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut text = String::from("ruleset tables \"Tables\" { as of 2026-01-01 }\n");
    let list =
        |letter: char, count: u64| (0..count).map(|n| format!("{letter}{n}")).collect::<Vec<_>>().join(", ");
    for (field, count) in ENUMS.iter().enumerate() {
        let _ = writeln!(text, "enum E{field} {{ {} }}", list('v', *count));
    }
    for (field, count) in SETS.iter().enumerate() {
        let _ = writeln!(text, "enum S{field} {{ {} }}", list('m', *count));
    }
    text.push_str("profile {\n");
    (0..ENUMS.len()).for_each(|n| text.push_str(&format!("  e{n}: E{n}\n")));
    (0..SETS.len()).for_each(|n| text.push_str(&format!("  s{n}: set of S{n}\n")));
    (0..INTS).for_each(|n| text.push_str(&format!("  i{n}: int\n")));
    (0..DECIMALS).for_each(|n| text.push_str(&format!("  d{n}: number\n")));
    (0..BOOLS).for_each(|n| text.push_str(&format!("  b{n}: bool\n")));
    text.push_str("}\n");
    text.push_str(&channels());
    let (mut inner, mut sums) = (Vec::new(), vec![Sums::default(); CHANNELS as usize]);
    for rule in 0..RULES {
        let terms: Vec<_> = (0..2 + dice.below(3)).map(|_| atom(&mut dice)).collect();
        let alternative = atom(&mut dice);
        let join = |part: fn(&(String, String)) -> &String, and: &str| {
            terms.iter().map(|term| part(term).as_str()).collect::<Vec<_>>().join(and)
        };
        let (mut when, mut sql) = (join(|t| &t.0, " and "), join(|t| &t.1, " AND "));
        if rule % 4 == 0 {
            when = format!("({when}) or {}", alternative.0);
            sql = format!("({sql}) OR {}", alternative.1);
        }
        let channel = dice.below(CHANNELS);
        let of = &mut sums[channel as usize];
        let effect = if rule % 8 == 7 {
            let _ = write!(of.excluded, " OR r{rule}");
            format!("exclude c{channel}")
        } else {
            let points = dice.below(9) as i64 - 3;
            let points = if points >= 0 { points + 1 } else { points };
            let (below, above) = (points.min(0), points.max(0));
            let _ = write!(of.score, " + CASE WHEN r{rule} THEN {points} ELSE 0 END");
            let _ = write!(of.low, " + CASE WHEN r{rule} IS NULL THEN {below} ELSE 0 END");
            let _ = write!(of.high, " + CASE WHEN r{rule} IS NULL THEN {above} ELSE 0 END");
            format!("score c{channel} {points:+}")
        };
        let _ = writeln!(text, "rule r{rule} {{\n  when {when}\n  then {effect}\n}}");
        inner.push(format!("({sql}) AS r{rule}"));
    }
    (text, sql(&inner, &sums))
}

/// The statement: conditions, then sums, then verdicts. NULL is SQL's word for unknown, and AND, OR, NOT agree.
fn sql(inner: &[String], sums: &[Sums]) -> String {
    let (mut middle, mut outer) = (String::new(), String::new());
    for (channel, of) in sums.iter().enumerate() {
        let _ = write!(
            middle,
            ", 0{} AS score{channel}, 0{} AS taken{channel}, 0{} AS given{channel}, FALSE{} AS out{channel}",
            of.score, of.low, of.high, of.excluded
        );
        let (low, high) =
            (format!("score{channel} + taken{channel}"), format!("score{channel} + given{channel}"));
        let by = |score: &str| {
            format!(
                "WHEN {score} >= 1 THEN 'recommended' WHEN {score} >= 0 THEN 'possible' ELSE 'unsuitable' END"
            )
        };
        let _ = write!(
            outer,
            ", CASE WHEN out{channel} THEN 'excluded' WHEN out{channel} IS NULL THEN 'undecided' \
             WHEN {low} >= 1 THEN 'recommended' WHEN {high} < 0 THEN 'unsuitable' \
             WHEN {low} >= 0 AND {high} < 1 THEN 'possible' ELSE 'undecided' END AS \"c{channel}.verdict\", \
             CASE WHEN out{channel} THEN 'excluded' {} AS \"c{channel}.leaning\", \
             score{channel} AS \"c{channel}.score\", {low} AS \"c{channel}.low\", {high} AS \"c{channel}.high\"",
            by(&format!("score{channel}"))
        );
    }
    format!("SELECT id{outer} FROM (SELECT id{middle} FROM (SELECT id, {} FROM rows))", inner.join(", "))
}

/// A line; a tenth of the values is not known.
fn line(dice: &mut Dice, id: u64, text: &mut String) {
    let _ = write!(text, "{{\"id\":{id}");
    let unknown = |dice: &mut Dice| dice.percent(10);
    for (field, count) in ENUMS.iter().enumerate() {
        let value = dice.below(*count);
        let value = if unknown(dice) { "null".to_string() } else { format!("\"v{value}\"") };
        let _ = write!(text, ",\"e{field}\":{value}");
    }
    for (field, count) in SETS.iter().enumerate() {
        let members: Vec<String> =
            (0..*count).filter(|_| dice.percent(30)).map(|member| format!("\"m{member}\"")).collect();
        let value = if unknown(dice) { "null".to_string() } else { format!("[{}]", members.join(",")) };
        let _ = write!(text, ",\"s{field}\":{value}");
    }
    for field in 0..INTS {
        let value = dice.below(120);
        let value = if unknown(dice) { "null".to_string() } else { value.to_string() };
        let _ = write!(text, ",\"i{field}\":{value}");
    }
    for field in 0..DECIMALS {
        let (whole, part) = (dice.below(120), dice.below(100));
        let value = if unknown(dice) { "null".to_string() } else { format!("{whole}.{part:02}") };
        let _ = write!(text, ",\"d{field}\":{value}");
    }
    for field in 0..BOOLS {
        let value = dice.percent(50);
        let value = if unknown(dice) { "null".to_string() } else { value.to_string() };
        let _ = write!(text, ",\"b{field}\":{value}");
    }
    text.push_str("}\n");
}

fn table(rows: u64) -> String {
    let (mut dice, mut text) = (Dice(88_172_645_463_325_252), String::new());
    (1..=rows).for_each(|id| line(&mut dice, id, &mut text));
    text
}

/// The least of some measurements of each piece, added up, for a row: other work on the machine disturbs few of the short
/// ones.
fn least(pieces: &[String], mut measured: impl FnMut(&str)) -> Duration {
    let mut least = vec![Duration::MAX; pieces.len()];
    for _ in 0..RUNS {
        for (piece, least) in pieces.iter().zip(&mut least) {
            let start = Instant::now();
            measured(piece);
            *least = start.elapsed().min(*least);
        }
    }
    least.iter().sum::<Duration>() / ROWS
}

const ROWS: u32 = 20_000;
const RUNS: u32 = 25;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let (rules, sql) = rules();
    if let Some(at) = arguments.iter().position(|argument| argument == "--write") {
        let (folder, rows) = (arguments[at + 1].as_str(), arguments[at + 2].parse().unwrap_or(1_000_000));
        std::fs::write(format!("{folder}/rules.qd"), rules)?;
        std::fs::write(format!("{folder}/rules.sql"), sql)?;
        return std::fs::write(format!("{folder}/rows.ndjson"), table(rows));
    }
    let lines = table(ROWS.into());
    let ruleset = |text: String| {
        let checked = check(&Sources::new("rules.qd", text.into_bytes()));
        checked.ruleset.expect("the ruleset has no errors")
    };
    let measured = ruleset(rules.replace(&channels(), &measures()));
    let ruleset = ruleset(rules);
    let program = Program::new(&ruleset, Date::MIN);
    let measured = Program::new(&measured, Date::MIN);
    // Some hundred KiB at a time; the command reads a MiB.
    let all: Vec<&str> = lines.split_inclusive('\n').collect();
    let pieces: Vec<String> = all.chunks(1_000).map(|piece| piece.concat()).collect();
    let parse = least(&pieces, |piece| {
        for line in piece.lines() {
            black_box(serde_json::from_str::<Row<'_>>(line).expect("a line is a row"));
        }
    });
    let bytes = lines.len() / ROWS as usize;
    println!("{RULES} rules, {bytes} bytes a line; the least of {RUNS} runs, for a row");
    println!("serde_json into a struct   {parse:?}");
    let verdicts = Parts { verdict: true, ..Parts::NONE };
    for (name, form, parts, program) in [
        ("to NDJSON", Form::Ndjson, Parts::default(), &program),
        ("to NDJSON, 3 measures", Form::Ndjson, Parts::default(), &measured),
        ("to NDJSON, verdicts", Form::Ndjson, verdicts, &program),
        ("to NDJSON, first", Form::Ndjson, Parts::NONE, &program),
        ("to CSV", Form::Csv, Parts::default(), &program),
        ("to CSV, 3 measures", Form::Csv, Parts::default(), &measured),
    ] {
        let options = Options { parts, ..Options::default() };
        let batch = Batch::new(program, &options, form).expect("no columns are named");
        let mut worker = batch.worker();
        let took = least(&pieces, |piece| {
            worker.ndjson(piece.as_bytes(), 1);
            black_box(worker.take());
        });
        println!("batch, NDJSON {name:<22} {took:?}, {:.2} times", took.as_secs_f64() / parse.as_secs_f64());
    }
    Ok(())
}
