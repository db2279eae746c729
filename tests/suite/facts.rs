//! The sheet of facts, those that are old, and what of a text is cited.

use qudao_analysis::analyse::findings::{Options, findings};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::diagnostic::Code;
use qudao_language::layout::width;
use qudao_language::model::Ruleset;
use qudao_language::syntax::{Sources, WantedKind};
use qudao_telling::facts::{
    Selection, Unnamed, cited, cited_json, cited_markdown, cited_text, csv, sheet, stale, stale_json,
    stale_markdown, stale_text, to_json,
};
use qudao_telling::words::Speaker;

use crate::support::{assert_snapshot, checked, folder};

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
    assert_snapshot("facts", name, shown);
}

#[test]
fn the_sheet_fits_a_terminal_in_both_languages() {
    let ruleset = shop();
    for language in ["en", "zh"] {
        let shown =
            sheet(Speaker::new(&ruleset, Some(language)), day("2021-06-01"), &Selection::all(&ruleset))
                .terminal(false);
        assert!(shown.lines().all(|line| width(line) <= 80), "{shown}");
        snapshot(&format!("sheet-{language}"), &shown);
    }
}

#[test]
fn the_sheet_as_markdown_and_json() {
    let ruleset = shop();
    let speaker = Speaker::new(&ruleset, Some("zh"));
    snapshot("markdown", &sheet(speaker, day("2021-06-01"), &Selection::all(&ruleset)).markdown());
    let mut json = to_json(speaker, day("2021-06-01"), &Selection::all(&ruleset));
    json["ruleset"]["digest"] = "left out".into();
    snapshot("json", &format!("{json:#}"));
}

#[test]
fn some_facts_of_some_channels() {
    let text = "ruleset t \"T\"\nenum E { p, q }\nfact f[E]: int\nfact g: int\nparameter tax: int = 7\n\
                channel a { f[p] = 1, f[q] = 2, g = 3 }\nchannel b { g = 4 }\n";
    let ruleset = checked("t.qd", text).1.ruleset.unwrap();
    let told = |channels: &[&str], facts: &[&str]| {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let selection = Selection::of(&ruleset, &owned(channels), &owned(facts))?;
        Ok(csv(&ruleset, None, &selection).lines().skip(1).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(told(&[], &[]), Ok(",tax,7 a,f[p],1 a,f[q],2 a,g,3 b,g,4".into()));
    assert_eq!(told(&["a"], &[]), Ok("a,f[p],1 a,f[q],2 a,g,3".into()));
    assert_eq!(told(&[], &["f"]), Ok("a,f[p],1 a,f[q],2".into()));
    assert_eq!(told(&["b", "a"], &["g", "f[q]"]), Ok("a,f[q],2 a,g,3 b,g,4".into()));
    assert_eq!(told(&["b"], &["tax"]), Ok(",tax,7".into()));
    assert_eq!(told(&["b", "c"], &[]), Err(Unnamed::Channel("c".into())));
    assert_eq!(told(&[], &["g", "f[r]"]), Err(Unnamed::Fact("f[r]".into())));
}

#[test]
fn facts_of_another_day() {
    let ruleset = shop();
    let shown =
        sheet(Speaker::new(&ruleset, None), day("2030-01-01"), &Selection::all(&ruleset)).terminal(false);
    assert!(shown.contains("5 CNY"), "{shown}");
    assert!(!shown.contains("3 CNY"), "{shown}");
}

#[test]
fn old_facts_come_oldest_first() {
    let ruleset = shop();
    let today = day("2021-06-01");
    let found = stale(&ruleset, today, 100);
    snapshot("stale", &stale_text(Speaker::new(&ruleset, None), today, &found));
    snapshot("stale-markdown", &stale_markdown(Speaker::new(&ruleset, Some("zh")), today, &found));
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
    snapshot("cited-markdown", &cited_markdown(Speaker::new(&ruleset, None), ARTICLE, &passages));
    snapshot("cited-json", &format!("{:#}", cited_json(&ruleset, source, ARTICLE, &passages)));
    let other = cited(&ruleset, source, "Another text.\r\n");
    assert!(other.iter().all(|passage| passage.range.is_none()));
    assert!(cited_text(Speaker::new(&ruleset, None), "", &other).contains("is not in the text"));
}

/// Checks a ruleset, with the text of its sources.
fn with_text(ruleset: &str, text: &str) -> Ruleset {
    let mut sources = Sources::new("shop.qd", ruleset.as_bytes().to_vec());
    while let Some(wanted) = sources.wanted() {
        match wanted.kind {
            WantedKind::Text => sources.supply(text.as_bytes().to_vec()),
            _ => sources.absent("it is not there"),
        }
    }
    let checked = check(&sources);
    checked.ruleset.unwrap_or_else(|| panic!("{:?}", checked.diagnostics))
}

#[test]
fn what_ends_together_ends_from_within() {
    let quotes =
        ["Posts go out", "go out at night", "out", "at night", "night", "Posts go out at night", "go\nout"];
    let cited_by: String = quotes.iter().map(|quote| format!(" {:?}", quote.replace('\n', " "))).collect();
    let ruleset = with_text(
        &format!(
            "ruleset r\nsource s {{ text \"s.txt\" }}\nchannel a\nrule x {{ then score a +1 from s{cited_by} }}"
        ),
        "Posts go\nout at night",
    );
    let source = ruleset.sources.ids().next().unwrap();
    let text = "Posts go\nout at night";
    let passages = cited(&ruleset, source, text);
    let shown = cited_text(Speaker::new(&ruleset, None), text, &passages);
    // Between each opening mark and its closing one stands exactly the part of the passage on that line.
    for line in shown.lines().take(2).map(|line| line.split_once("│ ").unwrap().1) {
        let mut open: Vec<usize> = Vec::new();
        let mut plain = String::new();
        for piece in line.split_inclusive(['⟦', ']']) {
            let (words, mark) = piece.split_at(piece.find(['⟦', '⟧']).unwrap_or(piece.len()));
            plain += words;
            if mark.starts_with('⟦') {
                open.push(plain.len());
            } else if let Some(number) = mark.strip_prefix("⟧[").and_then(|m| m.strip_suffix(']')) {
                let range = passages[number.parse::<usize>().unwrap() - 1].range.unwrap();
                let marked = &plain[open.pop().unwrap()..];
                assert!(text[range.0..range.1].contains(marked), "{number} marks {marked:?}\n{shown}");
                assert!(
                    marked.len() == range.1 - range.0 || text[range.0..range.1].contains('\n'),
                    "{shown}"
                );
            }
        }
        assert!(open.is_empty(), "{shown}");
    }
    snapshot("nested", &shown);
}

#[test]
fn a_value_that_ended_is_told() {
    let ruleset = with_text(
        "ruleset r { as of 2026-01-01 }\nsource old { published 2019 }\nsource month { published \"2025-10\" }\n\
         fact n: number\nfact m[E]: bool\nenum E { x, y }\n\
         channel a {\n n = 1 until 2024-12-31 from old\n n = 2 since 2025-01-01 until 2025-06-30 from month\n\
         m[x] = true until 2026-01-01 from old\n m[y] = true until 2025-12-31 from month }\n\
         channel b {\n n = 1 until 2024-12-31\n n = 2 since 2026-06-01\n m[x] = true until 2020-01-01\n\
         m[x] = unknown since 2020-01-02 }",
        "",
    );
    let told = |day_: &str, days| {
        let found = stale(&ruleset, day(day_), days);
        stale_text(Speaker::new(&ruleset, None), day(day_), &found)
    };
    snapshot("ended", &format!("{}--\n{}", told("2026-01-01", 100), told("2020-06-01", 100)));
    let found = findings(&ruleset, &[], &Options::default());
    let mut expired: Vec<String> =
        found.iter().filter(|d| d.code == Code::ExpiredFact).map(|d| d.message.clone()).collect();
    expired.sort();
    assert_eq!(
        expired,
        ["the last value of `a.m[y]` ended on 2025-12-31", "the last value of `a.n` ended on 2025-06-30"]
    );
}

/// Measures are told as facts are: what they are whatever is answered, or the bounds that ranges give.
#[test]
fn measures_are_told_below_the_facts() {
    let text = "ruleset r { as of 2026-01-01 }\nsource list\nunit USD = 0.9 EUR since 2025-01-01 from list\n\
                unit order\nprofile { orders: int order per month in 10 .. 100, free: int order per month }\n\
                fact fee: number USD per month \"Fee\"\nfact price: number EUR per order\n\
                channel a \"A\" { fee = 10 USD per month from list, price = 0.5 EUR per order }\n\
                channel b \"B\" { fee = 20 USD per month }\n\
                measure fixed: number EUR per month \"Fixed cost\" for each c = c.fee\n\
                measure cost: number EUR per month for each c in {a} = c.fee + orders * c.price\n\
                measure open: number order per month for each c = free * 2\n";
    let ruleset = with_text(text, "");
    let speaker = Speaker::new(&ruleset, None);
    let all = Selection::all(&ruleset);
    snapshot("measures", &sheet(speaker, day("2026-01-01"), &all).terminal(false));
    let json = to_json(speaker, day("2026-01-01"), &all);
    let cost = &json["measures"][1];
    assert_eq!((&cost["measure"], &cost["unit"]), (&"cost".into(), &"EUR per month".into()));
    assert_eq!((&cost["channels"]["a"]["low"], &cost["channels"]["a"]["high"]), (&"14".into(), &"59".into()));
    assert!(cost["channels"]["a"]["value"].is_null() && cost["channels"]["b"].is_null());
    assert_eq!(json["measures"][0]["channels"]["b"]["value"], "18.00 EUR per month");
    let named = |channels: &[&str], facts: &[&str]| {
        let names = |of: &[&str]| of.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        Selection::of(&ruleset, &names(channels), &names(facts)).unwrap()
    };
    let one = named(&["b"], &["fixed"]);
    assert_eq!((one.entries.len(), one.parameters.len(), one.measures.len()), (0, 0, 1));
    assert_eq!(named(&[], &["fee"]).measures.len(), 0);
    // A rate belongs to its unit: a sheet of facts does not state it.
    assert!(!csv(&ruleset, None, &all).contains("USD"));
}
