//! The sheet of facts, those that are old, and what of a text is cited.

use qudao::check::check;
use qudao::date::Date;
use qudao::facts::{cited, cited_json, cited_text, markdown, stale, stale_json, stale_text, text, to_json};
use qudao::layout::width;
use qudao::model::Ruleset;
use qudao::syntax::Sources;
use qudao::words::Speaker;

use crate::support::folder;

const ARTICLE: &str = "Who may register\n\nIt is open to individuals – and “others”.\nBroadcasts: it may send\nonce a day. 每天可以推送一次。\nNobody cites this.\n";

fn shop() -> Ruleset {
    let main = std::fs::read(folder("facts").join("shop.qd")).unwrap();
    let mut sources = Sources::new("shop.qd", main);
    while let Some(wanted) = sources.wanted() {
        match wanted.path.as_str() {
            "article.txt" => sources.supply(ARTICLE.as_bytes().to_vec()),
            "base.qd" => sources.supply(std::fs::read(folder("facts").join("base.qd")).unwrap()),
            _ => sources.absent("it is not there"),
        }
    }
    let checked = check(&sources);
    checked.ruleset.unwrap_or_else(|| panic!("{:?}", checked.diagnostics))
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn snapshot(name: &str, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder("facts"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

#[test]
fn the_sheet_fits_a_terminal_in_both_languages() {
    let ruleset = shop();
    for language in ["en", "zh"] {
        let shown = text(Speaker::new(&ruleset, Some(language)), day("2021-06-01"));
        assert!(shown.lines().all(|line| width(line) <= 80), "{shown}");
        snapshot(&format!("sheet-{language}"), &shown);
    }
}

#[test]
fn the_sheet_as_markdown_and_json() {
    let ruleset = shop();
    let speaker = Speaker::new(&ruleset, Some("zh"));
    snapshot("markdown", &markdown(speaker, day("2021-06-01")));
    let mut json = to_json(speaker, day("2021-06-01"));
    json["ruleset"]["digest"] = "left out".into();
    snapshot("json", &format!("{json:#}"));
}

#[test]
fn facts_of_another_day() {
    let ruleset = shop();
    let shown = text(Speaker::new(&ruleset, None), day("2030-01-01"));
    assert!(shown.contains("5 CNY"), "{shown}");
    assert!(!shown.contains("3 CNY"), "{shown}");
}

#[test]
fn old_facts_come_oldest_first() {
    let ruleset = shop();
    let today = day("2021-06-01");
    let found = stale(&ruleset, today, 100);
    snapshot("stale", &stale_text(Speaker::new(&ruleset, None), today, &found));
    snapshot("stale-json", &format!("{:#}", stale_json(Speaker::new(&ruleset, None), today, 100, &found)));
    let count = |days| stale(&ruleset, today, days).iter().filter(|aged| aged.newest.is_some()).count();
    assert!(count(0) > count(100));
    // On the last day that is still in time, nothing is old.
    let oldest = found.iter().filter_map(|aged| aged.days(today)).max().unwrap();
    assert_eq!(count(oldest), 0);
    assert!(count(oldest - 1) > 0);
}

#[test]
fn a_text_shows_what_is_cited_and_by_whom() {
    let ruleset = shop();
    let source = ruleset.sources.find(|source| &*source.name == "article").unwrap();
    let passages = cited(&ruleset, source, ARTICLE);
    snapshot("cited", &cited_text(Speaker::new(&ruleset, None), ARTICLE, &passages));
    snapshot("cited-json", &format!("{:#}", cited_json(&ruleset, source, ARTICLE, &passages)));
    let other = cited(&ruleset, source, "Another text.\r\n");
    assert!(other.iter().all(|passage| passage.range.is_none()));
    assert!(cited_text(Speaker::new(&ruleset, None), "", &other).contains("is not in the text"));
}
