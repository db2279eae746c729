//! What every mistake of the fixtures looks like: a wrong ruleset (`tests/diagnostics/*.qd`) or a wrong profile
//! (`tests/profiles/*`). Its snapshot holds the source, what is said of it, and the edits of each fix; each fix mends
//! what it is offered for. Texts with characters that no editor shows are made here.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libtest_mimic::Trial;

use qudao_language::check::{Checked, check};
use qudao_language::diagnostic::{Code, Diagnostic, Fix, Severity, apply_fixes, render};
use qudao_language::model::Ruleset;
use qudao_language::profile::Format;
use qudao_language::source::Files;
use qudao_language::syntax::Sources;

use crate::support::{assert_snapshot, checked, folder, read_as, ruleset_of_profiles};
use crate::{Wrong, case, file_name, has_ending};

static RULESET_OF_PROFILES: LazyLock<Ruleset> = LazyLock::new(ruleset_of_profiles);

pub(crate) fn rulesets() -> Vec<Trial> {
    let files = fixtures("diagnostics", |path| has_ending(path, "qd")).into_iter().map(|path| {
        let name = format!("diagnostics::{}", path.file_stem().unwrap().to_string_lossy());
        case(name, path, |path| {
            let text = std::fs::read_to_string(path).unwrap();
            let check = |text: &str| {
                let (files, checked) = check_fixture(path, text);
                (files, checked.diagnostics)
            };
            let mut settings = insta::Settings::clone_current();
            settings.set_input_file(path);
            settings.bind(|| told("ruleset", &file_name(path), &text, &text, &check))
        })
    });
    let made = unusual_rulesets().into_iter().map(|(name, text)| {
        case(format!("diagnostics::made::{name}"), PathBuf::from(file!()), move |_| {
            let check = |text: &str| {
                let (files, checked) = checked("made.qd", text);
                (files, checked.diagnostics)
            };
            told("made-ruleset", name, &text, &escaped(&text), &check)
        })
    });
    files.chain(made).chain([others("diagnostics", "ruleset@"), known_to_fail()]).collect()
}

pub(crate) fn profiles() -> Vec<Trial> {
    let check = |name: &str, text: &str| {
        let read = read_as(name, &RULESET_OF_PROFILES, text.as_bytes().to_vec());
        (read.files, read.diagnostics)
    };
    let files = fixtures("profiles", |path| Format::of_name(&file_name(path)).is_some());
    let files = files.into_iter().map(move |path| {
        let name = file_name(&path);
        case(format!("profiles::{name}"), path, move |path| {
            let text = std::fs::read_to_string(path).unwrap();
            let mut settings = insta::Settings::clone_current();
            settings.set_input_file(path);
            settings.bind(|| told("profile", &name, &text, &text, &|text| check(&name, text)))
        })
    });
    let made = unusual_profiles().into_iter().map(move |(name, text)| {
        case(format!("profiles::made::{name}"), PathBuf::from(file!()), move |_| {
            told("made-profile", name, &text, &escaped(&text), &|text| check(name, text))
        })
    });
    files.chain(made).chain([others("profiles", "profile@")]).collect()
}

/// The fixtures of a folder, in order.
fn fixtures(home: &str, is_one: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder(home)).unwrap().map(|entry| entry.unwrap().path());
    let mut fixtures: Vec<PathBuf> = entries.filter(|path| is_one(path)).collect();
    fixtures.sort();
    fixtures
}

/// No snapshot is left of a fixture that is gone.
fn others(home: &'static str, prefix: &'static str) -> Trial {
    let name = format!("{home}::every_snapshot_has_its_fixture");
    case(name, folder(home).join("snapshots"), move |snapshots| {
        let names = std::fs::read_dir(snapshots).unwrap().map(|entry| file_name(&entry.unwrap().path()));
        let of_files =
            names.filter_map(|name| Some(name.strip_prefix(prefix)?.strip_suffix(".snap")?.to_string()));
        let lost = of_files.filter(|name| !folder(home).join(name).is_file());
        lost.map(|name| (1, format!("there is no {name}"))).collect()
    })
}

/// No fix is known to fail of a fixture that is gone.
fn known_to_fail() -> Trial {
    let name = "diagnostics::each_fix_that_fails_has_its_fixture".into();
    case(name, PathBuf::from(file!()), |_| {
        let (rulesets, profiles) = (unusual_rulesets(), unusual_profiles());
        let made: Vec<&str> = rulesets.iter().chain(&profiles).map(|(name, _)| *name).collect();
        let is_there = |name: &str| {
            made.contains(&name)
                || ["diagnostics", "profiles"].iter().any(|home| folder(home).join(name).is_file())
        };
        let names = FIXES_THAT_FAIL.iter().map(|fails| fails.split(':').next().unwrap());
        names.filter(|name| !is_there(name)).map(|name| (1, format!("there is no {name}"))).collect()
    })
}

/// Checks what is said of a text, and what its fixes do.
fn told(
    kind: &str,
    name: &str,
    text: &str,
    visible: &str,
    check: &dyn Fn(&str) -> (Files, Vec<Diagnostic>),
) -> Wrong {
    let (files, diagnostics) = check(text);
    let home = if kind.ends_with("ruleset") { "diagnostics/snapshots" } else { "profiles/snapshots" };
    let expected = FIXES_THAT_FAIL.iter().filter(|fails| fails.starts_with(&format!("{name}:")));
    let (expected, found) = (Vec::from_iter(expected.copied()), wrong_fixes(name, text, check));
    assert_snapshot(home, &format!("{kind}@{name}"), &shown(visible, &files, &diagnostics));
    if expected == found {
        Vec::new()
    } else {
        vec![(1, format!("of the fixes {found:#?} is wrong, known is {expected:#?}"))]
    }
}

/// Checks a fixture with the files beside it.
fn check_fixture(path: &Path, text: &str) -> (Files, Checked) {
    let name = path.file_name().unwrap().to_string_lossy();
    let mut sources = Sources::new(&name, text.as_bytes().to_vec());
    while let Some(wanted) = sources.wanted() {
        match std::fs::read(path.with_file_name(&wanted.path)) {
            Ok(bytes) => sources.supply(bytes),
            Err(_) => sources.absent("it is not there"),
        }
    }
    (sources.files().clone(), check(&sources))
}

/// The source, and below it what is said of it, with the edits of the fixes.
fn shown(source: &str, files: &Files, diagnostics: &[Diagnostic]) -> String {
    let mut shown = format!("{}\n", source.trim_end());
    for diagnostic in diagnostics {
        write!(shown, "\n----\n{}", render(files, diagnostic, false).trim_end()).unwrap();
        if let Some(Fix { message, edits, sure }) = &diagnostic.fix {
            let word = if *sure { "fix" } else { "guess" };
            for edit in edits {
                let (place, old) = (files.place(edit.span), files.slice(edit.span));
                let at = format!("{}:{}", place.line, place.column);
                write!(shown, "\n{word}: {message}: {at} {old:?} -> {:?}", edit.text).unwrap();
            }
        }
        shown.push('\n');
    }
    if diagnostics.is_empty() {
        shown.push_str("\n----\nnothing is wrong\n");
    }
    shown
}

// Characters that no editor shows, and files that are not text.

/// Rulesets that are made here, for their characters would not survive an editor.
fn unusual_rulesets() -> Vec<(&'static str, String)> {
    let clean = "ruleset shops \"Where to sell\"\n\nchannel shop\nrule any { then score shop +1 }\n";
    let wrong = clean.replace("score shop", "score shp");
    let chinese =
        "ruleset r \"店\"\n\nchannel 店 \"👨\u{200d}👩\u{200d}👧 网店\"\nrule 常 { then score 店铺 +1 }\n";
    vec![
        ("byte-order-mark", format!("\u{feff}{wrong}")),
        ("byte-order-mark-before-mistake", "\u{feff}rulset shops\n".into()),
        ("byte-order-mark-inside", wrong.replace("channel", "\u{feff}channel")),
        ("line-ends-of-windows", wrong.replace('\n', "\r\n")),
        ("line-ends-mixed", wrong.replacen('\n', "\r\n", 2)),
        ("line-ends-of-old-macs", wrong.replace('\n', "\r")),
        ("line-ends-of-old-macs-and-comment", format!("# shops\n{wrong}").replace('\n', "\r")),
        ("unclosed-text-before-windows-line-end", "ruleset shops \"Where\r\nchannel shop\r\n".into()),
        ("no-line-end-at-the-end", wrong.trim_end().into()),
        ("tabs", wrong.replace("{ then", "{\n\t\tthen")),
        ("nul-in-code", clean.replace("score shop", "score\0 shop")),
        ("nul-in-text", clean.replace("Where to", "Where\0 to")),
        ("nul-in-comment", format!("# a\0b\n{clean}")),
        ("escape-in-text", clean.replace("Where to", "\u{1b}[31mWhere to")),
        ("bidi-in-comment", format!("# the shop \u{202e}pohs\u{2066}\n{clean}")),
        ("bidi-in-text", clean.replace("Where to", "Where \u{202e}to\u{202c}")),
        ("bidi-in-name", clean.replace("channel shop", "channel sh\u{202e}op")),
        ("bidi-between-words", clean.replace("score shop", "score \u{2066}shop")),
        ("joiner-in-name", clean.replace("channel shop", "channel sh\u{200d}op")),
        ("space-that-does-not-break", clean.replace("score shop", "score\u{a0}shop")),
        ("space-of-full-width", clean.replace("score shop", "score\u{3000}shop")),
        ("space-of-no-width", clean.replace("score shop", "score\u{200b} shop")),
        ("soft-hyphen", clean.replace("channel shop", "channel sh\u{ad}op")),
        ("line-separator", clean.replace("score shop", "score\u{2028} shop")),
        ("cyrillic-look-alike", clean.replace("score shop", "score sh\u{43e}p")),
        ("filler-as-name", clean.replace("shop", "\u{3164}")),
        (
            "composed-and-decomposed",
            "ruleset r\nchannel caf\u{e9}\nrule any { then score cafe\u{301} +1 }\n".into(),
        ),
        ("chinese-and-emoji-before-mistake", chinese.into()),
        ("emoji-in-name", clean.replace("channel shop", "channel shop🛒")),
        ("empty", String::new()),
        ("blank", " \n\t\n".into()),
        ("only-comment", "# nothing yet\n".into()),
        ("only-byte-order-mark", "\u{feff}".into()),
    ]
}

/// Profiles likewise.
fn unusual_profiles() -> Vec<(&'static str, String)> {
    vec![
        ("byte-order-mark.yaml", "\u{feff}owner: compny\n".into()),
        ("byte-order-mark.json", "\u{feff}{ \"owner\": \"compny\" }".into()),
        ("byte-order-mark.toml", "\u{feff}owner = \"compny\"\n".into()),
        ("byte-order-mark-inside.yaml", "owner: company\n\u{feff}posts: 9\n".into()),
        ("line-ends-of-windows.yaml", "owner: company\r\nposts: 900\r\n".into()),
        ("line-ends-of-windows.json", "{\r\n  \"owner\": \"compny\"\r\n}\r\n".into()),
        ("line-ends-of-windows.toml", "owner = \"company\"\r\nposts = 900\r\n".into()),
        ("line-ends-of-old-macs.yaml", "owner: company\rposts: 900\r".into()),
        ("line-ends-of-old-macs.toml", "owner = \"company\"\rposts = 900\r".into()),
        ("nul.yaml", "owner: com\0pany\n".into()),
        ("nul.json", "{ \"owner\": \"com\0pany\" }".into()),
        ("nul.toml", "owner = \"com\0pany\"\n".into()),
        ("escape-character.yaml", "owner: \"\\e[31mcompany\"\n".into()),
        ("escape-character.json", "{ \"owner\": \"\\u001b[31mcompany\" }".into()),
        ("bidi.yaml", "owner: \u{202e}company\n".into()),
        ("space-that-does-not-break.yaml", "owner:\u{a0}company\n".into()),
        ("space-of-full-width.yaml", "owner:\u{3000}company\n".into()),
        ("composed-and-decomposed.yaml", "owner: company\n客户数: 9\ncite\u{301}: 9\n".into()),
        ("blank.yaml", " \n\n".into()),
        ("only-byte-order-mark.json", "\u{feff}".into()),
    ]
}

/// A text with everything visible that would change how it is shown.
fn escaped(text: &str) -> String {
    let shown = text.chars().map(|c| match c {
        '\n' => "\n".into(),
        '\t' => "\\t".into(),
        '\u{a0}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2028}'
        | '\u{3000}'
        | '\u{301}'
        | '\u{43e}'
        | '\u{3164}' => c.escape_unicode().to_string(),
        c if c.is_control() || qudao_language::visible::is_hidden(c) => c.escape_default().to_string(),
        c => c.to_string(),
    });
    shown.collect()
}

/// Offered fixes that do not mend what they are offered for, each with what is wrong with it. When one is mended, it
/// leaves this list.
const FIXES_THAT_FAIL: &[&str] = &[
    // Where a brace is missing can only be guessed.
    "bracket-unclosed-header.qd:1:31 guess of unbalanced-bracket: there is syntax instead",
    "rule-in-channel.qd:4:17 guess of unbalanced-bracket: there is syntax instead",
    // In a path, a slash is meant.
    "text-bad-escape.qd:3:35 guess of bad-escape: there is bad-path instead",
    // Without the filler there is no name.
    "filler-as-name:4:23 fix of forbidden-character: there is syntax instead",
];

/// Says what is wrong with the fixes of a file: each by itself, and all of them in rounds, as `check --fix` goes.
fn wrong_fixes(name: &str, text: &str, check: &dyn Fn(&str) -> (Files, Vec<Diagnostic>)) -> Vec<String> {
    let errors =
        |diagnostics: &[Diagnostic]| diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let mut wrong = Vec::new();
    let (files, diagnostics) = check(text);
    let main = files.iter().next().map(|(id, _)| id).unwrap();
    for diagnostic in &diagnostics {
        let Some(fix) = &diagnostic.fix else { continue };
        let Some((mended, _)) = apply_fixes(&files, main, [fix]) else {
            assert!(fix.edits.iter().all(|edit| edit.span.file != main), "{name}: a fix is not applied");
            continue;
        };
        let (files_after, after) = check(&mended);
        let same = |d: &&Diagnostic| (d.code, &d.message) == (diagnostic.code, &diagnostic.message);
        let place = files.place(diagnostic.label.span);
        let lines = fix.edits.iter().map(|edit| files.place(edit.span).line).chain([place.line]);
        let lines = lines.clone().min().unwrap()..=lines.max().unwrap();
        let here = |d: &&Diagnostic| lines.contains(&files_after.place(d.label.span).line);
        let gone = after.iter().filter(same).count() < diagnostics.iter().filter(same).count()
            || !after.iter().filter(same).any(|d| files_after.place(d.label.span) == place);
        let said = |d: &Diagnostic| diagnostics.iter().any(|b| (b.code, &b.message) == (d.code, &d.message));
        let new = after.iter().filter(|d| d.severity == Severity::Error && here(d) && !said(d));
        let new: Vec<&str> = new.map(|d| d.code.name()).collect();
        let worse = errors(&after) >= errors(&diagnostics) || new.contains(&Code::MalformedProfile.name());
        let word = if fix.sure { "fix" } else { "guess" };
        let at = format!("{name}:{}:{} {word} of {}", place.line, place.column, diagnostic.code.name());
        if !gone {
            wrong.push(format!("{at}: it is not gone"));
        } else if worse && !new.is_empty() {
            wrong.push(format!("{at}: there is {} instead", new.join(", ")));
        }
    }
    let mut text = text.to_string();
    for _ in 0..10 {
        let (files, diagnostics) = check(&text);
        match apply_fixes(&files, main, diagnostics.iter().filter_map(|d| d.fix.as_ref())) {
            Some((mended, _)) => text = mended,
            None => return wrong,
        }
    }
    wrong.push(format!("{name}: the fixes come to no end"));
    wrong
}
