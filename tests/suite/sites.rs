//! Sites of rulesets: what pages say, that every name leads to its place, that texts are no markup, how large pages are,
//! and which files are written and removed.

use std::collections::{BTreeMap, BTreeSet};

use qudao_language::date::Date;
use qudao_language::model::Ruleset;
use qudao_language::visible::is_hidden;
use qudao_telling::site::{Besides, pages};
use qudao_telling::words::Speaker;

use crate::differences::git;
use crate::generate::{self, Dice};
use crate::hostile;
use crate::reading::random;
use crate::support::{Work, assert_snapshot, folder, ruleset};

type Pages = Vec<(String, String)>;

fn site(ruleset: &Ruleset, language: &str) -> Pages {
    let day = ruleset.as_of.unwrap_or(Date::parse("2026-01-01").unwrap());
    pages(Speaker::new(ruleset, Some(language)), day, Besides::default())
}

fn shop() -> Ruleset {
    ruleset(&std::fs::read_to_string(folder("site").join("shop.qd")).unwrap())
}

/// The tags of a page.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).map(|tag| tag.split_once('>').unwrap().0)
}

/// What an attribute is in the tags of a page.
fn attributes<'p>(page: &'p str, name: &'static str) -> impl Iterator<Item = &'p str> {
    tags(page).filter_map(move |tag| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(rest.split_once('"').unwrap().0)
    })
}

/// Asserts that each name stands once on its page and that each link leads to a page and a name that are there.
fn assert_whole(pages: &Pages, what: &str) {
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (file, page) in pages {
        let all: Vec<&str> = attributes(page, "id").collect();
        let once: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(once.len(), all.len(), "{what}: a name stands twice in {file}");
        assert!(names.insert(file, once).is_none(), "{what}: {file} is there twice");
    }
    for (file, page) in pages {
        for link in attributes(page, "href").filter(|link| !link.starts_with("http")) {
            let (to, name) = link.split_once('#').unwrap_or((link, ""));
            let to = if to.is_empty() { file } else { to };
            let of =
                names.get(to).unwrap_or_else(|| panic!("{what}: {file} leads to {to}, which is not there"));
            assert!(
                name.is_empty() || of.contains(name),
                "{what}: {file} leads to {link}, which is not there"
            );
        }
    }
}

/// What a page says, a part a line: without tags, and what only a browser shows.
fn said(page: &str) -> String {
    let (_, body) = page.split_once("<main").unwrap();
    let (body, _) = body.split_once("</main>").unwrap();
    let mut text = String::new();
    for part in body.split('<').skip(1) {
        let (tag, words) = part.split_once('>').unwrap();
        let name = tag.split([' ', '/']).find(|name| !name.is_empty()).unwrap_or("");
        let inline = ["a", "code", "span", "strong"].contains(&name);
        match (inline, text.ends_with('\n')) {
            (false, false) if ["td", "th"].contains(&name) && !tag.starts_with('/') => text.push('\t'),
            (false, false) if !["td", "th"].contains(&name) => text.push('\n'),
            _ => {}
        }
        if ["h2", "h3"].contains(&name) {
            text.push_str(if name == "h2" { "\n## " } else { "\n### " });
        }
        text.push_str(words);
    }
    let lines =
        text.lines().map(|line| line.trim()).filter(|line| !line.is_empty() && !["##", "###"].contains(line));
    lines
        .map(|line| if line.starts_with('#') { format!("\n{line}\n") } else { format!("{line}\n") })
        .collect()
}

#[test]
fn pages_say_what_the_ruleset_says() {
    let shop = shop();
    for language in ["en", "zh"] {
        let pages = site(&shop, language);
        assert_whole(&pages, language);
        let told = pages.iter().filter(|(file, _)| file.ends_with(".html"));
        let told: String = told.map(|(file, page)| format!("\n==== {file}\n{}", said(page))).collect();
        assert_snapshot("site/snapshots", &format!("shop-{language}"), &told);
    }
}

#[test]
fn every_name_leads_to_its_place() {
    for name in qudao_language::bundled::names() {
        for language in ["en", "zh"] {
            let work = Work::new(&[]);
            let (status, _, err) = work.qudao(&format!("doc {name} -o site --lang {language} --no-tests"));
            assert_eq!(status, 0, "{err}");
            let files = work.names("site");
            let pages: Pages =
                files.iter().map(|file| (file.clone(), work.read(&format!("site/{file}")))).collect();
            assert!(pages.len() > 8, "{files:?}");
            assert_whole(&pages, name);
        }
    }
    for seed in 0..150 {
        let text = generate::ruleset(&mut Dice::seeded(seed, 4096)).text;
        assert_whole(&site(&random(&text, &format!("seed {seed}")), "zh"), &format!("seed {seed}"));
    }
}

#[test]
fn no_text_of_a_ruleset_is_markup() {
    // What texts say in attributes is between quotation marks, and is left out.
    let shape = |text: &str| -> Vec<String> {
        let pages = site(&ruleset(&hostile::ruleset(text, "a excluded")), "en");
        assert_whole(&pages, text);
        for (file, page) in &pages {
            assert_eq!(page.chars().find(|c| *c != '\n' && is_hidden(*c)), None, "{file}: {text:?}");
        }
        let of =
            |page: &str| tags(page).map(|tag| tag.split('"').step_by(2).collect()).collect::<Vec<String>>();
        pages.iter().filter(|(file, _)| file.ends_with(".html")).flat_map(|(_, page)| of(page)).collect()
    };
    let harmless = shape("x");
    assert!(harmless.len() > 400, "{}", harmless.len());
    // A name that is too long for a picture has its own tag there.
    let pictured = |tags: Vec<String>| -> Vec<String> {
        tags.into_iter().filter(|tag| !["title", "/title"].contains(&&**tag)).collect()
    };
    let harmless = pictured(harmless);
    for text in hostile::TEXTS {
        assert_eq!(pictured(shape(text)), harmless, "{text:?}");
    }
}

#[test]
fn large_rulesets_have_pages_of_bearable_size() {
    let mut text =
        String::from("ruleset large \"Large\" { as of 2026-05-01 }\nsource s \"S\"\nenum Kind { x, y, z }\n");
    text.push_str("profile {\n");
    (0..60).for_each(|n| text.push_str(&format!("  f{n}: int\n")));
    text.push_str("  kind: Kind\n}\nfact fee: int \"Fee\"\n");
    (0..330).for_each(|n| text.push_str(&format!("channel c{n} {{ fee = {n} from s }}\n")));
    text.push_str("rule dear for each c { when f0 < c.fee then score c -1 }\n");
    for n in 0..1_000 {
        text.push_str(&format!(
            "rule r{n} {{ when f{} > {n} then score c{} +1 from s \"q{n}\" }}\n",
            n % 60,
            n % 330
        ));
    }
    text.push_str("table t collect {\n  | f0 | kind || c0 | c1 |\n");
    (0..3_000)
        .for_each(|n| text.push_str(&format!("  | in {} .. {} | not z || +1 | |\n", n * 10, n * 10 + 9)));
    text.push_str("}\n");
    let pages = site(&ruleset(&text), "en");
    assert_whole(&pages, "large");
    for (file, page) in &pages {
        assert!(page.len() < 300_000, "{file} is {} long", page.len());
    }
    let all: usize = pages.iter().map(|(_, page)| page.len()).sum();
    assert!(pages.len() < 60 && all < 8_000_000, "{} pages, {all} bytes", pages.len());
    // What is alike is one thing in the picture of all.
    let graph = &pages.iter().find(|(file, _)| file == "graph.html").unwrap().1;
    let (whole, _) = graph.split_once("</svg>").unwrap();
    assert!(whole.matches("<rect").count() < 140, "{}", whole.matches("<rect").count());
}

#[test]
fn tests_and_changes_are_told() {
    let shop = std::fs::read_to_string(folder("site").join("shop.qd")).unwrap();
    let work = Work::new(&[("shop.qd", &shop)]);
    for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-q", "-m", "first"]] {
        git(&work, arguments);
    }
    work.write("shop.qd", &shop.replace("orders > most_orders", "orders >= most_orders"));
    let (status, _, err) = work.qudao("doc shop.qd -o site --against HEAD");
    assert_eq!(status, 0, "{err}");
    let pages: Pages =
        work.names("site").into_iter().map(|f| (f.clone(), work.read(&format!("site/{f}")))).collect();
    assert_whole(&pages, "with changes");
    let tests = said(&work.read("site/tests.html"));
    assert!(tests.contains("cards sell online") && tests.contains("coverage"), "{tests}");
    let changes = said(&work.read("site/changes.html"));
    assert!(
        changes.contains("orders &gt; most_orders or size &gt;= large → orders &gt;= most_orders"),
        "{changes}"
    );
    // Without them there are no such pages.
    let (status, _, err) = work.qudao("doc shop.qd -o site --no-tests");
    assert_eq!(status, 0, "{err}");
    assert!(!work.path("site/tests.html").exists() && !work.path("site/changes.html").exists());
    let (status, _, err) = work.qudao("doc wechat -o bundled --against HEAD");
    assert_eq!(status, 2);
    assert!(err.contains("`wechat` is inside the binary and has no revisions"), "{err}");
    let (status, _, err) = work.qudao("doc shop.qd -o site --against nowhere");
    assert_eq!(status, 2);
    assert!(err.contains("cannot read `nowhere:shop.qd`"), "{err}");
}

#[test]
fn what_others_wrote_stays() {
    let shop = std::fs::read_to_string(folder("site").join("shop.qd")).unwrap();
    let work = Work::new(&[("shop.qd", &shop), ("site/notes.html", "mine"), ("other/rules.html", "mine")]);
    let (status, out, err) = work.qudao("doc shop.qd -o site");
    assert_eq!((status, &*out), (0, ""), "{err}");
    assert!(err.contains("the first is site/index.html"), "{err}");
    assert!(work.read("site/tables.html").contains("by_orders"));
    // Pages of an earlier run go; those of others stay, whatever they are called.
    let (head, rest) = shop.split_once("table by_orders").unwrap();
    let (_, rest) = rest.split_once("\n}\n").unwrap();
    work.write("shop.qd", &format!("{head}{rest}"));
    work.write("site/rules-9.html", &work.read("site/tables.html"));
    work.write("site/rules-8.html", "mine");
    work.write("site/tables-of-mine.html", &work.read("site/tables.html"));
    assert_eq!(work.qudao("doc shop.qd -o site").0, 0);
    let names = work.names("site");
    for gone in ["tables.html", "rules-9.html"] {
        assert!(!names.contains(&gone.to_string()), "{names:?}");
    }
    for kept in ["notes.html", "rules-8.html", "tables-of-mine.html", "style.css", "rules.html"] {
        assert!(names.contains(&kept.to_string()), "{names:?}");
    }
    // Nothing is written over what others wrote, and then nothing is written at all.
    let (status, _, err) = work.qudao("doc shop.qd -o other");
    assert_eq!(status, 2);
    assert!(err.contains("`other/rules.html` was not written by `qudao doc`"), "{err}");
    assert_eq!(work.names("other"), ["rules.html"]);
    // The same again is the same.
    let before = work.read("site/graph.html");
    assert_eq!(work.qudao("doc shop.qd -o site").0, 0);
    assert_eq!(work.read("site/graph.html"), before);
}
