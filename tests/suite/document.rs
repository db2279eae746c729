//! The back ends of reports: what any text may do to a page, and how lines are broken.

use qudao_language::decide::Truth;
use qudao_language::layout::width;
use qudao_language::model::NeedState;
use qudao_language::visible::is_hidden;
use qudao_telling::document::{
    Bar, BarRow, Bars, Block, Case, ChangeGroup, ChangeRow, Changes, Code, Document, Item, Kind, List, Mark,
    Section, Table, TableKind, Text,
};
use qudao_telling::words::Tongue;

use crate::hostile::TEXTS;

/// A report with a text in every place that has one.
fn everywhere(text: &str) -> Document {
    let own = || text.to_string();
    let kinds = [
        Kind::Strong,
        Kind::Faint,
        Kind::Name,
        Kind::Code,
        Kind::Quoted,
        Kind::Good,
        Kind::Bad,
        Kind::Link,
        Kind::Cited,
    ];
    let marked =
        kinds.into_iter().fold(Text::from(text), |all, kind| all.and(Kind::Plain, " ").and(kind, text));
    let leaf =
        |mark: Mark| Item { rule: own(), sources: own(), shown: own(), ..Item::new(mark, text) }.named(text);
    let tree = Item {
        parts: vec![Item { place: own(), ..Item::new(Mark::Truth(Truth::True, String::new()), text) }],
        ..Item::new(Mark::None, text)
    };
    let marks = [
        Mark::None,
        Mark::Effect(own(), true),
        Mark::Need(NeedState::Unknown),
        Mark::Warning("warning"),
        Mark::Excludes,
        Mark::Value,
        Mark::Word("by"),
        Mark::Number(1),
        Mark::Point,
    ];
    let table = |kind: TableKind, columns: usize| {
        let row = vec![Text::from(text); columns];
        Block::Table(Table { kind, heads: row.clone(), rows: vec![row.clone(), row] })
    };
    let bars = vec![Bar { shown: own(), share: Some(-40) }];
    let bars = BarRow { name: text.into(), verdict: text.into(), leaning: None, bars };
    let row = ChangeRow { name: own(), before: own(), now: "now".into(), besides: vec![own()] };
    let groups = vec![ChangeGroup { rows: vec![row], causes: vec![leaf(Mark::Word("by"))] }; 2];
    let changes = Changes { groups, tongue: Tongue::English };
    let case = Case { mark: Mark::First, name: own(), text: text.into(), changes: Some(changes.clone()) };
    let list = List { label: own(), items: marks.map(leaf).to_vec(), rest: text.into() };
    let rule = Item { remarks: vec![tree], ..Item::new(Mark::Truth(Truth::False, own()), text) };
    let body = vec![
        Block::Paragraph(marked),
        Block::Entry("names", text.into()),
        Block::List(list),
        table(TableKind::Ranking, 5),
        table(TableKind::Counts, 3),
        table(TableKind::SideBySide, 4),
        table(TableKind::Answers, 2),
        Block::Bars(Bars { heads: vec![text.into(), text.into(), text.into()], rows: vec![bars] }),
        Block::Fold(text.into(), vec![Block::Paragraph(text.into())]),
        Block::Cases(vec![case], text.into()),
        Block::Changes("gives", changes),
        Block::Code(Code { label: own(), language: "yaml", text: own() }),
        Block::Proof(vec![Block::Tree(rule)]),
    ];
    let heading = || text.into();
    let wrong =
        Section { word: "FAIL", heading: heading(), place: own(), also: vec![own()], ..Section::default() };
    let section = Section { name: own(), heading: heading(), body, ..Section::default() };
    Document {
        title: text.into(),
        result: text.into(),
        body: vec![Block::Section(section), Block::Section(wrong)],
        footer: own(),
        next: own(),
        ..Document::default()
    }
}

/// What the lines of a page are, apart from what they say; what a fence holds is left out.
fn shape(markdown: &str) -> Vec<String> {
    let mut fence: Option<&str> = None;
    let mut shape = Vec::new();
    for line in markdown.lines() {
        let start = line.trim_start();
        let ticks = &start[..start.len() - start.trim_start_matches('`').len()];
        match fence {
            Some(open) if start == open => fence = None,
            Some(_) => continue,
            None if ticks.len() > 2 => fence = Some(ticks),
            None => {}
        }
        let cells = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        let marks = start.chars().take_while(|c| "#-|*`1.".contains(*c));
        shape.push(format!("{} {cells}", marks.take(3).collect::<String>()));
    }
    assert_eq!(fence, None, "a fence is open\n{markdown}");
    shape
}

#[test]
fn no_text_changes_the_shape_of_a_page() {
    let harmless = shape(&everywhere("x").markdown());
    assert!(harmless.len() > 40, "{harmless:?}");
    for text in TEXTS {
        let markdown = everywhere(text).markdown();
        assert_eq!(shape(&markdown).len(), harmless.len(), "{text:?}\n{markdown}");
        for (own, wanted) in shape(&markdown).iter().zip(&harmless) {
            assert_eq!(own.split(' ').nth(1), wanted.split(' ').nth(1), "{text:?}\n{markdown}");
        }
        for printed in [markdown, everywhere(text).terminal(false)] {
            assert_eq!(printed.chars().find(|c| *c != '\n' && is_hidden(*c)), None, "{text:?}");
        }
    }
}

/// The tags of a page, and the brackets of its style sheet.
fn tags(html: &str) -> Vec<String> {
    let (head, style) = html.split_once("<style>").unwrap();
    let (style, body) = style.split_once("</style>").unwrap();
    let tags = [head, body].into_iter().flat_map(|part| part.split('<').skip(1));
    // What texts say in attributes is between quotation marks, and is left out.
    let tags = tags.map(|tag| tag.split('>').next().unwrap().split('"').step_by(2).collect::<String>());
    let brackets = style.chars().filter(|c| "{}".contains(*c)).map(String::from);
    tags.chain(brackets).collect()
}

#[test]
fn no_text_is_markup() {
    let harmless = tags(&everywhere("x").html("en"));
    assert!(harmless.len() > 150, "{harmless:?}");
    for text in
        TEXTS.iter().copied().chain(["\" onload=\"x", "</style><script>x</script>", "*/}body{a:url(x)}"])
    {
        for language in ["en", "zh"] {
            let html = everywhere(text).html(language);
            assert_eq!(tags(&html), harmless, "{text:?}\n{html}");
            assert_eq!(html.chars().find(|c| *c != '\n' && is_hidden(*c)), None, "{text:?}");
            assert!(html.contains(&format!("<html lang=\"{language}\">")));
        }
    }
}

#[test]
fn an_address_leads_to_the_web_or_nowhere() {
    let told = |url: &str| {
        let body = vec![Block::Paragraph(Text::of(Kind::Link, url))];
        Document { body, ..Document::default() }.html("en")
    };
    assert!(told("https://a.example/b?c=1&d").contains("href=\"https://a.example/b?c=1&amp;d\""));
    for url in ["javascript:alert(1)", "data:text/html,x", "//a.example", "https://a.example/\u{202e}x", "x"]
    {
        assert!(!told(url).contains("rel=\"noopener"), "{url:?}");
    }
}

/// A text without the codes of colours.
fn bare(text: &str) -> String {
    let mut pieces = text.split('\u{1b}');
    let first = pieces.next().unwrap().to_string();
    first + &pieces.map(|piece| piece.split_once('m').unwrap().1).collect::<String>()
}

#[test]
fn lines_keep_to_their_columns_and_say_all() {
    const ENGLISH: &str = "a channel that is never alone and always read by somebody else";
    const CHINESE: &str = "渠道推荐给已有粉丝的商家，每月可以推送四次，并且能够收款。";
    for text in [ENGLISH, CHINESE] {
        let item = |mark: Mark| Item::new(mark, text).named("a");
        let deep = Item { parts: vec![item(Mark::None); 2], ..item(Mark::Truth(Truth::True, String::new())) };
        let row: Vec<Text> = ["1", "a", "b", "2", text].map(Text::from).to_vec();
        let sheet: Vec<Text> = ["a", text, text, text].map(Text::from).to_vec();
        let body = vec![
            Block::Paragraph(Text::of(Kind::Strong, text)),
            Block::list(vec![item(Mark::Effect("+9".into(), true)), item(Mark::None)]),
            Block::Tree(deep),
            Block::Table(Table { kind: TableKind::Ranking, heads: row.clone(), rows: vec![row] }),
            Block::Table(Table { kind: TableKind::SideBySide, heads: sheet.clone(), rows: vec![sheet] }),
        ];
        let told = Document { body, ..Document::default() };
        let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        for columns in [48, 60, 80] {
            let shown = told.columns(columns, false);
            for line in shown.lines() {
                assert!(width(line) <= columns, "{columns}: {line}");
            }
            let lines = shown.lines().map(|line| line.trim_start_matches(['├', '─', '└', '│', ' ']));
            let all = plain(&lines.collect::<String>());
            assert_eq!(all.matches(&plain(text)).count(), 7, "{columns}\n{shown}");
            assert_eq!(bare(&told.columns(columns, true)), shown, "colours change no text");
        }
    }
}

#[test]
fn days_are_not_broken_in_tables() {
    let cells = ["a", "2026-01-31", "2026-01-31 – 2026-02-28", "90-day", ""].map(Text::from);
    let table = Table { kind: TableKind::Rows, heads: vec![], rows: vec![cells.to_vec()] };
    let page = Document { body: vec![Block::Table(table)], ..Document::default() }.html("en");
    assert_eq!(page.matches("<td class=\"day\">2026-01-31").count(), 2, "{page}");
    assert_eq!(page.matches("class=\"day\"").count(), 2, "{page}");
}

#[test]
fn what_stands_between_backticks_is_code() {
    let told =
        |text: &str| Document { body: vec![Block::Paragraph(Text::quoting(text))], ..Document::default() };
    for (text, markdown) in [
        ("rule `a_b`: 1_2", "rule `a_b`: 1\\_2\n"),
        ("an `open end", "an \\`open end\n"),
        ("``` and `|`", "\\`\\`` and `\\|\\`\n"),
    ] {
        assert_eq!(told(text).markdown(), markdown);
        assert_eq!(told(text).terminal(true), format!("{text}\n"));
    }
}
