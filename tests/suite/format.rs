//! The canonical layout: laying out twice changes nothing, what is laid out says the same with the same comments, and
//! a file with errors is left alone; on every ruleset and case of the repository, and on thousands of files made from
//! them, with comments in every gap, odd white space, other line ends and a byte order mark.

use std::path::Path;

use qudao_language::check::check;
use qudao_language::format::{Refusal, format};
use qudao_language::syntax::Sources;

use crate::generate::{self, Dice};
use crate::support::{files_below, folder};

/// Every file of the language in the repository: rulesets, and the files of the cases.
pub(crate) fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    for path in files_below(&root.join("rulesets")).into_iter().chain(files_below(&root.join("tests"))) {
        let is = |ending: &str| path.extension().is_some_and(|found| found == ending);
        let name = path.strip_prefix(root).unwrap().display().to_string();
        if is("qd")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            texts.push((name, text));
        } else if is("txt") && path.starts_with(folder("conformance")) {
            let case = std::fs::read_to_string(&path).unwrap();
            for section in case.split("\n--- ").skip(1) {
                let (heading, text) = section.split_once('\n').unwrap_or((section, ""));
                let file = heading.split_whitespace().nth(1).unwrap_or("");
                if heading.starts_with("ruleset") || heading.starts_with("file") && file.ends_with(".qd") {
                    texts.push((format!("{name} {heading}"), format!("{text}\n")));
                }
            }
        }
    }
    texts
}

/// Lays a text out and says which law that breaks. Returns the layout unless the text has errors.
fn law(name: &str, text: &str) -> Result<Option<String>, String> {
    let laid_out = match format(name, text) {
        Ok(laid_out) => laid_out,
        Err(refusal) => match *refusal {
            Refusal::Errors(..) => return Ok(None),
            Refusal::Changed => return Err(format!("{name}: the layout says something else\n{text}")),
        },
    };
    let again = match format(name, &laid_out) {
        Ok(again) => again,
        Err(_) => return Err(format!("{name}: the layout has errors\n{text}\n-->\n{laid_out}")),
    };
    if again != laid_out {
        let differs = laid_out.lines().zip(again.lines()).find(|(one, two)| one != two);
        return Err(format!("{name}: twice is not once: {differs:?}\n{text}\n-->\n{laid_out}\n-->\n{again}"));
    }
    let trailing = laid_out.lines().find(|line| line.trim_end_matches('\r').ends_with([' ', '\t']));
    // White space at the end of a line of a long text is the text's own.
    if trailing.is_some() && !text.contains("\"\"\"") {
        return Err(format!("{name}: white space at the end of {trailing:?}\n{laid_out}"));
    }
    if laid_out.contains("\n\n\n") && !text.contains("\"\"\"") {
        return Err(format!("{name}: two blank lines\n{laid_out}"));
    }
    Ok(Some(laid_out))
}

/// The digest of what a text means, if it is a ruleset without errors.
fn meaning(text: &str) -> Option<String> {
    let mut sources = Sources::new("test.qd", text.as_bytes().to_vec());
    while sources.wanted().is_some() {
        sources.absent("it is not there");
    }
    check(&sources).ruleset.map(|ruleset| ruleset.meaning)
}

fn assert_none(broken: &[String], tried: usize) {
    let shown: Vec<&str> = broken.iter().take(3).map(String::as_str).collect();
    assert!(broken.is_empty(), "{} of {tried} files:\n{}", broken.len(), shown.join("\n\n"));
}

#[test]
fn every_file_of_the_repository_keeps_the_laws() {
    let texts = texts();
    let mut broken = Vec::new();
    for (name, text) in &texts {
        match law(name, text) {
            Ok(Some(laid_out)) if meaning(&laid_out) != meaning(text) => {
                broken.push(format!("{name}: the layout means something else\n{laid_out}"));
            }
            Ok(_) => {}
            Err(says) => broken.push(says),
        }
    }
    assert_none(&broken, texts.len());
    assert!(texts.len() > 800, "only {} files", texts.len());
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing_else() {
    let texts = texts();
    let mut broken = Vec::new();
    for (name, text) in texts.iter().filter(|(_, text)| !text.contains('\r') && text.contains('\n')) {
        let Ok(plain) = format(name, text) else { continue };
        let windows = format(name, &text.replace('\n', "\r\n")).unwrap_or_default();
        if windows != plain.replace('\n', "\r\n") {
            broken.push(format!("{name}: CR LF\n{text}-->\n{windows}"));
        }
        if format(name, &format!("\u{feff}{text}")).ok().as_ref() != Some(&plain) {
            broken.push(format!("{name}: a byte order mark"));
        }
    }
    assert_none(&broken, texts.len());
}

/// Where a text may be pulled apart: before and behind each token, but only at the ends of lines inside a table, and not
/// behind a number, whose unit stands on its line, nor behind `..`.
fn gaps(text: &str) -> Vec<usize> {
    let mut gaps = vec![0];
    let (mut at, mut depth, mut table, mut word) = (0, 0_usize, None, "");
    while at < text.len() {
        let rest = &text[at..];
        let c = rest.chars().next().unwrap();
        let length = match c {
            '"' => text_length(rest),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            c if c.is_whitespace() => c.len_utf8(),
            c if c.is_alphanumeric() || c == '_' => {
                let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
                let all = rest.find(|c| !part(c)).unwrap_or(rest.len());
                all - rest[..all].len() + rest[..all].trim_end_matches(['.', '-']).len()
            }
            _ if ["==", "!=", "<=", ">=", "..", "||"].iter().any(|mark| rest.starts_with(mark)) => 2,
            c => c.len_utf8(),
        };
        let token = &rest[..length];
        match token {
            "table" if depth == 0 => table = Some(depth),
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    table = None;
                }
            }
            _ => {}
        }
        at += length;
        let number = word.starts_with(|c: char| c.is_ascii_digit());
        let here = match token {
            "\n" => true,
            _ if c.is_whitespace() || token == ".." || table.is_some() && depth > 0 => false,
            _ if token.starts_with(|c: char| c.is_ascii_digit()) || number || word == "per" => false,
            _ if text[at..].trim_start().starts_with("per ") => false,
            _ => !matches!(token, "@" | "per" | "+" | "-" | "number" | "int"),
        };
        if !c.is_whitespace() {
            word = token;
        }
        if here && !text[at..].starts_with(['@', '[', '(', '.', '%']) {
            gaps.push(at);
        }
    }
    gaps
}

/// The length of the text that begins here.
fn text_length(rest: &str) -> usize {
    let quote = if rest.starts_with("\"\"\"") { "\"\"\"" } else { "\"" };
    let mut at = quote.len();
    while at < rest.len() && !rest[at..].starts_with(quote) {
        at += match rest.as_bytes()[at] {
            b'\\' => 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8),
            _ => rest[at..].chars().next().map_or(1, char::len_utf8),
        };
    }
    (at + quote.len()).min(rest.len())
}

/// Puts a comment or odd white space into some of the gaps.
fn pulled_apart(text: &str, dice: &mut Dice, odds: usize) -> String {
    let mut made = String::new();
    let mut at = 0;
    for (number, gap) in gaps(text).into_iter().enumerate() {
        made.push_str(&text[at..gap]);
        at = gap;
        if dice.pick(odds) > 0 {
            continue;
        }
        let before = made.ends_with('\n') || made.is_empty();
        made.push_str(&match dice.pick(7) {
            0 => format!(" # c{number}\n"),
            1 => format!("\n\n\n# c{number} \n"),
            2 => format!("\n\t# c{number}\n\n\n# d{number}\n"),
            3 => format!("#c{number}\n# 注释 \"{{ {number}\n"),
            4 if before => "\n\n\n".into(),
            4 => "  \t ".into(),
            5 => "\n      ".into(),
            _ => " ".into(),
        });
    }
    made.push_str(&text[at..]);
    made
}

#[test]
fn files_pulled_apart_keep_the_laws() {
    let mut dice = Dice::seeded(7, 4_000_000);
    let (mut broken, mut tried, mut laid_out) = (Vec::new(), 0, 0);
    let made =
        (0..100).map(|seed| (format!("seed {seed}"), generate::ruleset(&mut Dice::seeded(seed, 400)).text));
    let texts: Vec<(String, String)> = texts().into_iter().chain(made).collect();
    let short = |text: &str| text.len() < 3_000;
    for (name, text) in texts.iter().filter(|(_, text)| short(text)) {
        for odds in [1, 6] {
            let made = pulled_apart(text, &mut dice, odds);
            tried += 1;
            match law(name, &made) {
                Ok(done) => laid_out += usize::from(done.is_some()),
                Err(says) => broken.push(says),
            }
        }
    }
    assert_none(&broken, tried);
    assert!(laid_out > 1_500, "only {laid_out} of {tried} files had no errors");
}

/// The declarations of a text in which each begins a line, and nothing else does with a small letter.
fn declarations(text: &str) -> Vec<String> {
    let mut declarations = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            declarations.push(String::new());
        }
        declarations.last_mut().unwrap().push_str(line);
    }
    declarations
}

/// Every construct, into each gap of which a comment is put, one at a time.
#[test]
fn a_comment_in_any_gap_is_kept() {
    let path = folder("format").join("everything.qd");
    let text = std::fs::read_to_string(path).unwrap();
    let (mut broken, mut errors, mut tried) = (Vec::new(), Vec::new(), 0);
    for declaration in declarations(&text) {
        for gap in gaps(&declaration) {
            let comment = [" # here\n", "\n# here\n", "\n\n# here\n\n"][tried % 3];
            let (before, behind) = declaration.split_at(gap);
            tried += 1;
            match law("everything.qd", &format!("{before}{comment}{behind}")) {
                Ok(Some(_)) => {}
                Ok(None) => errors.push(before.lines().last().unwrap_or("").to_string()),
                Err(says) => broken.push(says),
            }
        }
    }
    assert_none(&broken, tried);
    // An old name stands on the line of its word, for a value may be called `was`.
    errors.retain(|before| before.split_whitespace().last() != Some("was"));
    errors.dedup();
    assert!(errors.is_empty(), "no comment can stand behind\n{}", errors.join("\n"));
    assert!(tried > 700, "only {tried} files");
}

/// Columns line up, each as wide as its cells; what is long among many short cells stands out, so that a file grows with
/// its text and not with its rows times its columns.
#[test]
fn a_table_of_many_columns_is_laid_out_in_line_with_its_text() {
    let row = |cells: &mut dyn Iterator<Item = String>| cells.collect::<Vec<_>>().join(" | ");
    let mut table = String::from("ruleset t\nchannel a\ntable wide {\n| ");
    table += &row(&mut (0..300).map(|n| format!("field_{n}")));
    table += " || a | because |\n";
    for line in 0..10 {
        let cell = |n: usize| {
            if usize::is_multiple_of(line + n, 7) { ">=  4 and <9".into() } else { "-".to_string() }
        };
        table += &format!("row_{line} | {} || +1 | \"Reason {line}\" |\n", row(&mut (0..300).map(cell)));
    }
    table += "}\n";
    let laid_out = format("wide.qd", &table).map_err(|_| "refused").unwrap();
    law("wide.qd", &table).unwrap();
    let bars = |line: &str| line.match_indices('|').map(|(at, _)| at).collect::<Vec<_>>();
    let rows: Vec<&str> = laid_out.lines().filter(|line| line.contains('|')).collect();
    assert_eq!((rows.len(), bars(rows[0]).len()), (12, 304));
    assert!(rows.iter().all(|row| bars(row) == bars(rows[0])));
    assert!(laid_out.len() < 3 * table.len(), "{} of {}", laid_out.len(), table.len());

    let (short, reason) = ("| - || +1 | |\n".repeat(1_000), "x".repeat(60_000));
    let head = "ruleset t\nchannel a\ntable long {\n| n || a | because |\n";
    let long = format!("{head}{short}| 1 || +1 | \"{reason}\" |\n}}\n");
    let laid_out = format("long.qd", &long).map_err(|_| "refused").unwrap();
    assert!(laid_out.len() < 4 * long.len(), "{} of {}", laid_out.len(), long.len());
    law("long.qd", &long).unwrap();
}
