//! Rulesets and profiles that were damaged at random: they are answered, whatever they say.

use std::collections::BTreeMap;
use std::path::Path;

use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::diagnostic::render;
use qudao_language::format;
use qudao_language::model::{Profile, Ruleset};
use qudao_language::profile::{Format, read};
use qudao_language::syntax::Sources;
use qudao_telling::result::to_json;
use qudao_telling::why;
use qudao_telling::words::Speaker;

use crate::generate::Dice;
use crate::support::{checked, files_below, folder};

/// How many damaged files there are; `QUDAO_CASES` asks for more.
fn cases() -> u64 {
    std::env::var("QUDAO_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(600)
}

/// Pieces that mean something somewhere.
const PIECES: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "\"\"\"",
    "||",
    "|",
    ",",
    "\n",
    "#",
    "\\",
    "+",
    "-",
    "..",
    "<",
    "=",
    "==",
    "@zh",
    "when ",
    "then ",
    "not ",
    "and ",
    "or ",
    "in ",
    "has any ",
    "is unknown",
    "for each c ",
    "exception to ",
    "score x +1",
    "rule ",
    "table t unique {",
    "channel ",
    "fact ",
    "profile {",
    "let ",
    "unit ",
    "texts zh {",
    "override ",
    "remove ",
    "extends wechat\n",
    "today",
    "2021-02-30",
    "999999999999999999",
    "0.000000001",
    "30%",
    "per day",
    "订阅号",
    "，",
    "\u{202e}",
    "\u{0}",
    "\u{feff}",
    "\r",
    "é",
    "🙂",
    "if ",
    "{a}",
    "unknown",
    "null",
    "&a ",
    "*a",
    "!!",
    "---\n",
    "? ",
    ": ",
];

fn damage(text: &str, dice: &mut Dice) -> String {
    let mut text: Vec<char> = text.chars().collect();
    // Half of the files are hurt once and a little, so that many still mean something.
    let (wounds, longest) = if dice.pick(2) == 0 { (1, 3) } else { (4, 40) };
    for _ in 0..=dice.pick(wounds) {
        let place = |dice: &mut Dice, length: usize| (dice.pick(256) * 256 + dice.pick(256)) % (length + 1);
        let at = place(dice, text.len());
        let length = dice.pick(longest).min(text.len() - at);
        match dice.pick(5) {
            0 => drop(text.drain(at..at + length)),
            1 => {
                let copy: Vec<char> = text[at..at + length].to_vec();
                let to = place(dice, text.len());
                text.splice(to..to, copy);
            }
            2 => text.truncate(at.max(1)),
            _ => {
                let piece = PIECES[dice.pick(PIECES.len())];
                text.splice(at..at, piece.chars());
            }
        }
    }
    text.into_iter().collect()
}

fn texts(below: &[&Path], endings: &[&str]) -> Vec<(String, String)> {
    let files = below.iter().flat_map(|folder| files_below(folder));
    let fitting =
        files.filter(|path| path.extension().is_some_and(|e| endings.iter().any(|ending| e == *ending)));
    let read = fitting.filter_map(|path| {
        Some((path.file_name()?.to_string_lossy().into_owned(), std::fs::read_to_string(&path).ok()?))
    });
    // A huge one takes the time of a hundred others.
    read.filter(|(_, text)| text.len() < 20_000).collect()
}

#[test]
fn damaged_rulesets_are_answered() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (rulesets, fixtures, cases_folder) =
        (root.join("rulesets"), folder("diagnostics"), folder("conformance"));
    let mut texts = texts(&[&rulesets, &fixtures], &["qd"]);
    let rulesets_of_cases = self::texts(&[&cases_folder], &["txt"]).into_iter().filter_map(|(name, text)| {
        let (_, rest) = text.split_once("--- ruleset\n")?;
        Some((name, rest.split("\n--- ").next()?.to_string()))
    });
    texts.extend(rulesets_of_cases);
    let (mut evaluated, mut laid_out) = (0, 0);
    for seed in 0..cases() {
        let mut dice = Dice::seeded(seed, 256);
        let (_, original) = &texts[(seed as usize * 7919) % texts.len()];
        let text = damage(original, &mut dice);
        let (files, checked) = checked("damaged.qd", &text);
        for diagnostic in checked.diagnostics.iter().take(20) {
            assert!(render(&files, diagnostic, false).contains(diagnostic.code.name()), "seed {seed}");
        }
        if let Ok(once) = format::format("damaged.qd", &text) {
            laid_out += 1;
            let twice =
                format::format("damaged.qd", &once).map_err(|_| ()).expect("what is laid out can be read");
            assert_eq!(once, twice, "seed {seed}: laid out twice is once\n{text}");
        }
        if let Some(ruleset) = &checked.ruleset {
            evaluated += 1;
            let profile = Profile::empty(ruleset, "p");
            let decision = decide(ruleset, &profile, Date::parse("2024-02-29").unwrap());
            let speaker = Speaker::new(ruleset, Some("zh"));
            let _json = to_json(&decision, speaker, true);
            let _text = why::answer(&decision, speaker, &why::Options::default()).terminal(true);
        }
    }
    assert!(
        evaluated * 25 > cases() && laid_out * 20 > cases(),
        "{evaluated} evaluated, {laid_out} laid out"
    );
}

#[test]
fn damaged_profiles_are_answered() {
    let ruleset = crate::support::ruleset(
        "ruleset r\nenum E { a, b }\nprofile { n: number per day in 0 .. 9, i: int, d: date, t: text, e: E, s: set of E, b: bool }\n\
         channel c\nrule x { when n > 1 per day and i > 1 and d > today and t == \"\" and e == a and s has b and b then score c +1 }",
    );
    let folders = [folder("profiles")];
    let texts = texts(&[&folders[0]], &["yaml", "json", "toml", "yml"]);
    for seed in 0..cases() {
        let mut dice = Dice::seeded(seed + 1_000_000, 256);
        let (name, original) = &texts[(seed as usize * 7919) % texts.len()];
        let format = Format::of_name(name).expect("a profile's ending");
        let text = damage(original, &mut dice);
        let read = read(&ruleset, name, text.into_bytes(), format, &[]);
        assert!(
            read.profile.is_some() || !read.diagnostics.is_empty(),
            "seed {seed}: refused without a reason"
        );
        for diagnostic in read.diagnostics.iter().take(20) {
            assert!(render(&read.files, diagnostic, false).contains(diagnostic.code.name()), "seed {seed}");
        }
    }
}

/// Brings all files of a ruleset, beginning with what was read before or with nothing.
fn brought(texts: &BTreeMap<String, String>, main: &str, before: Option<Sources>) -> Sources {
    let bytes = texts[main].clone().into_bytes();
    let mut sources = match before {
        Some(before) => before.again(bytes),
        None => Sources::new(main, bytes),
    };
    while let Some(wanted) = sources.wanted() {
        match texts.get(&wanted.path) {
            Some(text) => sources.supply(text.clone().into_bytes()),
            None => sources.absent("it is not there"),
        }
    }
    sources
}

#[test]
fn after_edits_all_is_as_if_it_was_read_for_the_first_time() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rulesets = [
        "rulesets/wechat/wechat.qd",
        "rulesets/licence/licence.qd",
        "rulesets/aws-messaging/aws-messaging.qd",
    ];
    for (number, main) in rulesets.iter().enumerate() {
        let (folder, main) = main.rsplit_once('/').unwrap();
        let files = files_below(&root.join(folder)).into_iter();
        let files =
            files.filter(|path| path.extension().is_some_and(|ending| ending == "qd" || ending == "csv"));
        let name = |path: &Path| path.strip_prefix(root.join(folder)).unwrap().to_string_lossy().into_owned();
        let written: BTreeMap<String, String> =
            files.map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect();
        let names: Vec<&String> = written.keys().collect();
        let mut texts = written.clone();
        let mut sources = brought(&texts, main, None);
        for step in 0..cases() / 20 {
            let mut dice = Dice::seeded(step + 1_000 * number as u64, 256);
            let name = names[dice.pick(names.len())];
            // Much damage would leave nothing to keep, so what is written is taken back again and again.
            let text = match dice.pick(4) {
                0 => written[name].clone(),
                1 => format!("# a line above\n{}", texts[name]),
                _ => damage(&texts[name], &mut dice),
            };
            texts.insert(name.clone(), text);
            sources = brought(&texts, main, Some(sources));
            let fresh = brought(&texts, main, None);
            let read =
                |sources: &Sources| format!("{:?} {:?}", sources.declarations(), sources.diagnostics());
            assert!(read(&sources) == read(&fresh), "{main}, step {step}: {name} is read otherwise");
            let (again, first) = (check(&sources), check(&fresh));
            assert_eq!(again.diagnostics, first.diagnostics, "{main}, step {step}, {name}");
            assert!(
                again.mentions == first.mentions && again.allowed == first.allowed,
                "{main}, step {step}"
            );
            let digest = |ruleset: &Option<Ruleset>| ruleset.as_ref().map(|ruleset| ruleset.digest.clone());
            assert_eq!(digest(&again.ruleset), digest(&first.ruleset), "{main}, step {step}");
        }
    }
}
