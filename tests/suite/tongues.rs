//! What the program says in Chinese is Chinese: names, codes and what is quoted aside, no word of another language is
//! in it.

use std::collections::BTreeSet;

use qudao_analysis::analyse::diagram::Budget;
use qudao_analysis::analyse::findings::{Options, findings};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::diagnostic::{Code, Diagnostic, Severity};
use qudao_language::syntax::Sources;
use qudao_telling::words::Tongue;

use crate::support::{Work, files_below, folder};

/// What stands between backticks is quoted.
fn unquoted(text: &str) -> String {
    text.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// Says what is wrong with a text that should be Chinese.
fn wrong(text: &str) -> Option<String> {
    let text = unquoted(text);
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let characters: Vec<char> = text.chars().collect();
    let half = characters.windows(2).any(|pair| is_chinese(pair[0]) && ",;:!?()".contains(pair[1]));
    let latin = text.chars().any(|c| c.is_ascii_alphabetic());
    let spaced = characters.windows(3).any(|of| is_chinese(of[0]) && of[1] == ' ' && is_chinese(of[2]));
    (half || latin || spaced || !characters.iter().copied().any(is_chinese)).then_some(text)
}

/// All that a finding says, the profiles that show it left out.
fn said(found: &Diagnostic) -> Vec<&str> {
    let labels = found.labels.iter().chain([&found.label]).map(|label| &*label.message);
    let notes = found.notes.iter().filter_map(|note| note.lines().next());
    let fixes = found.fix.iter().chain(&found.choices).map(|fix| &*fix.message);
    std::iter::once(&*found.message)
        .chain(labels.filter(|label| !label.is_empty()))
        .chain(notes)
        .chain(fixes)
        .collect()
}

/// The rulesets in which there is something to find, the wrong examples of the pages of diagnostics among them.
fn doubtful() -> Vec<String> {
    let of = |name: &str| files_below(&folder(name));
    let rulesets = ["planted", "diagnostics", "rulesets"].into_iter().flat_map(of);
    let rulesets = rulesets.filter(|path| path.extension().is_some_and(|ending| ending == "qd"));
    let pages = Code::ALL.iter().map(|code| {
        let page = folder("../docs/diagnostics").join(format!("{}.md", code.name()));
        let page = std::fs::read_to_string(page).unwrap();
        page.split("```qudao").nth(1).map_or("", |page| page.split("```").next().unwrap()).to_string()
    });
    // Nothing is dead in it.
    let renamed = "ruleset a \"A\"\nenum E { fresh was old, dry }\nprofile { n: int was m, e: E }\nchannel x\n\
                   rule r { when n > 1 and e == dry then score x +1 }\n\
                   test \"t\" { given { m = 1, e = old } expect x possible }\n";
    let allowed = "ruleset a \"A\"\nchannel x { allow dead-rule \"no\" }\n".to_string();
    let rulesets = rulesets.filter_map(|path| std::fs::read_to_string(path).ok());
    rulesets.chain(pages).chain([allowed, renamed.to_string()]).collect()
}

#[test]
fn findings_in_chinese_have_no_other_words() {
    let mut seen = BTreeSet::new();
    for text in doubtful() {
        let mut sources = Sources::new("a.qd", text.clone().into_bytes());
        while sources.wanted().is_some() {
            sources.absent("it is not there");
        }
        let checked = check(&sources);
        // The digests of a lock and what moved in a text are English.
        let doubts = Tongue::Chinese.checked(checked.diagnostics);
        let doubts = doubts.iter().filter(|d| d.severity < Severity::Error && d.code != Code::StaleLock);
        for found in doubts {
            for says in said(found) {
                assert_eq!(wrong(says), None, "{}: {says}\n{text}", found.code.name());
            }
            seen.insert(found.code);
        }
        let Some(ruleset) = checked.ruleset else { continue };
        for budget in [Budget::default(), Budget { nodes: 40, steps: 60 }, Budget { nodes: 3, steps: 3 }] {
            let today = Date::parse("2030-01-01");
            let options =
                Options { gaps: true, today, budget, tongue: Tongue::Chinese, ..Options::default() };
            for found in findings(&ruleset, &checked.allowed, &options) {
                for says in said(&found) {
                    assert_eq!(wrong(says), None, "{}: {says}\n{text}", found.code.name());
                }
                seen.insert(found.code);
            }
        }
    }
    let doubts = [
        Code::HiddenCharacter,
        Code::LongQuote,
        Code::MissingAsOf,
        Code::MissingTranslation,
        Code::QuoteUnverified,
        Code::RenamedChannel,
        Code::RenamedField,
        Code::RenamedValue,
        Code::UnknownLanguage,
        Code::UnreadFact,
        Code::UnreadField,
        Code::Unsourced,
        Code::UnstatedFact,
        Code::Unused,
    ];
    let all = Code::ALL.iter().filter(|code| code.is_finding()).chain(&doubts).copied();
    let missed: Vec<&str> = all.filter(|code| !seen.contains(code)).map(Code::name).collect();
    assert_eq!(missed, [""; 0], "not found anywhere");
    assert!(seen.contains(&Code::UnusedAllow));
}

/// The words of another language in a text, less those that its sources hold.
fn foreign<'t>(text: &'t str, sources: &str) -> Vec<&'t str> {
    let words = |text: &'t str| text.split(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c));
    let known: BTreeSet<&str> =
        sources.split(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c)).collect();
    let is_word = |word: &&str| word.chars().any(|c| c.is_ascii_alphabetic()) && !word.starts_with("--");
    words(text).filter(is_word).filter(|word| !known.contains(word)).collect()
}

const SHOP: &str = r#"ruleset shop "店" { languages zh  as of 2026-01-01 }
profile { n: int, sure: bool }
fact fee: int
channel own "自营" { fee = 3 }
channel market "集市" { fee = 5 }
rule many "多" { when n > 9 then score own +1 because "{n} 个" }
rule few "少" { when n < 3 then exclude own because "太少" }
rule dear "贵" for each c { when c.fee > 4 then score c -1 }
test "少" { given { n = 1 } expect { own recommended, first market, rule many fires, rule few does not fire, market score >= 3, missing sure } }
test "未知" { given { } expect { own possible, rule many fires, own because many } }
test "没有文件" { given "given/none.yaml" expect own recommended }
test "好" { given { n = 10, sure = true } expect { own recommended, market unsuitable } }
property p "性质" { expect own recommended }
property q { when n > 20 expect own recommended }
"#;

#[test]
fn reports_of_tests_in_chinese_have_no_other_words() {
    let work = Work::new(&[("shop.qd", SHOP), ("profiles/a.yaml", "n: 10\n"), ("profiles/b.yaml", "m: 1\n")]);
    work.write("snapshots/gone.snap", "---\nexpression: \"gone\"\n---\nown possible with 0\n");
    // Besides the ruleset: files, commands, and the words of snapshots.
    let sources = format!(
        "{SHOP} qudao test review shop qd yaml snap a b c gone new profiles snapshots given none true false rule is not by \
         leaning excluded possible recommended unsuitable undecided could be or with pending needs open NUMBER"
    );
    let told = |command: &str| {
        let (status, out, err) = work.qudao(command);
        assert_eq!(status, 1, "{out}{err}");
        // What a file of profiles is told is not told in Chinese, nor why a file cannot be read.
        let english =
            ["m:", "ruleset.", "b.yaml", "none.yaml", "nearest", "unknown-field", "not a field", "```"];
        let said = format!("{out}{err}").replace("&gt;", ">").replace("&lt;", "<");
        for line in said.lines().filter(|line| !english.iter().any(|other| line.contains(other))) {
            assert_eq!(foreign(line, &sources), [""; 0], "{command}: {line}\n{said}");
        }
    };
    told("test shop.qd --lang zh");
    told("test shop.qd --lang zh -v --coverage");
    told("test shop.qd --lang zh --coverage --format markdown");
    // What moved snapshots: points, rules, a fact.
    work.write("profiles/b.yaml", "n: 2\n");
    work.write("profiles/c.yaml", "n: 20\n");
    work.qudao("test shop.qd --accept --prune");
    let changed = SHOP.replace("+1", "+2").replace("n < 3", "n < 2").replace("fee = 5", "fee = 6");
    work.write("shop.qd", &changed);
    told("test shop.qd --lang zh");
    told("review shop.qd --lang zh");
    work.write("shop.qd", SHOP);
    work.write("qudao.toml", "lang = \"zh\"\n");
    let (_, out, _) = work.qudao("test shop.qd -k 好");
    assert!(out.contains("通过"), "{out}");
    let (_, _, err) = work.qudao("check shop.qd -q --select idle-value");
    assert_eq!(err, "");
    let (_, _, err) = work.qudao("check shop.qd --select idle-value");
    assert_eq!(err, "1 个文件：没有发现问题\n");
    let (_, _, err) = work.qudao("check shop.qd --select idle-value --lang en");
    assert_eq!(err, "nothing wrong in 1 file\n");
}
