//! A site: chapters on pages of bearable size, with names that lead from one to another.

use std::cell::RefCell;
use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, html};
use qudao_language::visible::{one_line, visible};

use super::super::{Block, Place, Section, Text};
use super::blocks::Page;
use super::inline::{Places, View, inline, words};
use super::{STYLE, css_text, head};
use crate::words::Tongue;

/// The file of the style sheet.
pub const STYLE_FILE: &str = "style.css";

/// What a file says that was written here, and may be written over.
pub const WRITTEN: &str = "written by qudao doc";

/// Nothing is fetched but the style sheet, and nothing runs.
const POLICY: &str =
    "default-src 'none'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A page is full with so many bytes of markup.
const FULL: usize = 160_000;

/// So many lines of contents stand on a page without being folded.
const CONTENTS: usize = 60;

/// A ruleset as chapters.
#[derive(Clone, Debug)]
pub struct Site {
    /// What it is about.
    pub title: String,
    /// The ruleset, its version and the day.
    pub footer: String,
    /// The chapters. The first is the one that opens.
    pub chapters: Vec<Chapter>,
    /// The language of the program's own words.
    pub tongue: Tongue,
}

/// A chapter.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// Its file, without the ending.
    pub file: &'static str,
    /// What it is called.
    pub title: String,
    /// What it tells, in a sentence.
    pub lead: Text,
    /// What stands before its sections.
    pub intro: Vec<Block>,
    /// What it tells: a page ends between two blocks of a section.
    pub sections: Vec<Section>,
    /// Whether the headings of its sections are told before them.
    pub contents: bool,
}

/// A section, or as much of it as a page has room for.
struct Piece<'s> {
    section: &'s Section,
    blocks: &'s [Block],
    /// Whether it began on a page before.
    goes_on: bool,
}

/// What stands on one page.
struct Leaf<'s> {
    chapter: &'s Chapter,
    /// Its number in the chapter, from 0.
    number: usize,
    pieces: Vec<Piece<'s>>,
}

impl Leaf<'_> {
    fn file(&self) -> String {
        file(self.chapter, self.number)
    }
}

fn file(chapter: &Chapter, number: usize) -> String {
    if number == 0 {
        format!("{}.html", chapter.file)
    } else {
        format!("{}-{}.html", chapter.file, number + 1)
    }
}

/// Returns the files of a site in a language, a BCP 47 tag: their names and what they hold. `anchor` tells the names of
/// places in addresses.
#[must_use]
pub fn files(site: &Site, language: &str, anchor: &dyn Fn(Place) -> String) -> Vec<(String, String)> {
    let mut places =
        Places { anchor, files: BTreeMap::new(), file: String::new(), met: RefCell::new(Vec::new()) };
    let leaves = leaves(site, &mut places);
    let mut files = vec![(STYLE_FILE.to_string(), format!("/* {WRITTEN} */\n{STYLE}"))];
    for (at, leaf) in leaves.iter().enumerate() {
        places.file = leaf.file();
        let beside =
            |at: Option<usize>| leaves.get(at?).filter(|other| other.chapter.file == leaf.chapter.file);
        let around = [beside(at.checked_sub(1)), beside(at.checked_add(1))];
        let markup = page(site, leaf, around, View { tongue: site.tongue, places: Some(&places) }, language);
        files.push((leaf.file(), markup.into_string()));
    }
    files
}

/// Cuts chapters into pages, and finds where each place is.
fn leaves<'s>(site: &'s Site, places: &mut Places<'_>) -> Vec<Leaf<'s>> {
    let mut leaves: Vec<Leaf<'s>> = Vec::new();
    for chapter in &site.chapters {
        let leaf = |number| Leaf { chapter, number, pieces: Vec::new() };
        let mut this = leaf(0);
        let mut size = length(&chapter.intro, places, &this.file());
        places.files.insert(Place::Chapter(chapter.file), this.file());
        for section in &chapter.sections {
            let mut from = 0;
            let mut begun = false;
            for (at, block) in section.body.iter().enumerate() {
                let own = measure(std::slice::from_ref(block), places);
                if size > 0 && size + own > FULL {
                    let blocks = section.body.get(from..at).unwrap_or(&[]);
                    if !blocks.is_empty() {
                        this.pieces.push(Piece { section, blocks, goes_on: begun });
                        settle(section, begun, places, &this.file());
                        begun = true;
                    }
                    let number = this.number + 1;
                    leaves.push(std::mem::replace(&mut this, leaf(number)));
                    (from, size) = (at, 0);
                }
                size += own;
                meet(places, &this.file());
            }
            let blocks = section.body.get(from..).unwrap_or(&[]);
            settle(section, begun, places, &this.file());
            this.pieces.push(Piece { section, blocks, goes_on: begun });
        }
        leaves.push(this);
    }
    leaves
}

/// Notes where a section begins.
fn settle(section: &Section, begun: bool, places: &mut Places<'_>, file: &str) {
    if let Some(here) = section.here.filter(|_| !begun) {
        places.files.insert(here, file.to_string());
    }
}

/// How long the markup of some parts is; what places stand in them is met.
fn measure(blocks: &[Block], places: &Places<'_>) -> usize {
    // No address is known yet that could be told.
    let blind = Places {
        anchor: places.anchor,
        files: BTreeMap::new(),
        file: String::new(),
        met: RefCell::new(Vec::new()),
    };
    let view = View { tongue: Tongue::English, places: Some(&blind) };
    let mut page = Page { view, sections: 0, contents: Vec::new() };
    let length = page.blocks(blocks, 3).into_string().len();
    places.met.borrow_mut().append(&mut blind.met.borrow_mut());
    length
}

/// Notes that the places that were met are in a file.
fn meet(places: &mut Places<'_>, file: &str) {
    for place in places.met.take() {
        places.files.insert(place, file.to_string());
    }
}

fn length(blocks: &[Block], places: &mut Places<'_>, file: &str) -> usize {
    let length = measure(blocks, places);
    meet(places, file);
    length
}

fn page(
    site: &Site,
    leaf: &Leaf<'_>,
    around: [Option<&Leaf<'_>>; 2],
    view: View<'_>,
    language: &str,
) -> Markup {
    let tongue = site.tongue;
    let chapter = leaf.chapter;
    let about = one_line(&site.title);
    let first = site.chapters.first().is_some_and(|first| first.file == chapter.file);
    let title = match (first, leaf.number) {
        (true, 0) => about.clone(),
        (_, 0) => chapter.title.clone(),
        (_, number) => format!("{}{}", chapter.title, tongue.bracket(&(number + 1).to_string())),
    };
    let mut page = Page { view, sections: 0, contents: Vec::new() };
    let intro = if leaf.number == 0 {
        page.blocks(&chapter.intro, 2)
    } else {
        html! {}
    };
    let pieces: Vec<Markup> = leaf.pieces.iter().map(|piece| piece_of(&mut page, piece)).collect();
    html! {
        (DOCTYPE)
        html lang=(language) {
            (head([POLICY, WRITTEN], &html! { (title) @if !first || leaf.number > 0 { " · " (about) } }, &html! {
                link rel="stylesheet" href=(STYLE_FILE);
                style { "@page{@top-left{content:\"" (css_text(&about)) "\"}}" }
            }))
            body .site {
                a .skip href="#main" { (tongue.skip()) }
                nav .chapters aria-label=(tongue.chapters()) {
                    p .of { (about) }
                    ul {
                        @for other in &site.chapters {
                            li {
                                @let here = other.file == chapter.file;
                                a href=(file(other, 0)) aria-current=[here.then_some("page")] { (other.title) }
                            }
                        }
                    }
                }
                div .text {
                    header .head {
                        h1 { (title) }
                        @if leaf.number == 0 && !chapter.lead.is_empty() { p .lead { (inline(&chapter.lead, view)) } }
                    }
                    main #main tabindex="-1" {
                        @if leaf.number == 0 && chapter.contents { (contents(chapter, view)) }
                        (intro)
                        @for piece in &pieces { (piece) }
                    }
                    @if around.iter().any(Option::is_some) {
                        nav .around aria-label=(tongue.pages()) {
                            @for (other, (word, rel)) in
                                around.iter().zip([(tongue.page_before(), "prev"), (tongue.page_behind(), "next")])
                            {
                                @if let Some(other) = other { a rel=(rel) href=(other.file()) { (word) } }
                            }
                        }
                    }
                    footer .foot { p { (visible(&site.footer)) } }
                }
            }
        }
    }
}

/// The headings of a chapter, wherever they stand.
fn contents(chapter: &Chapter, view: View<'_>) -> Markup {
    let lines: Vec<(String, String)> = chapter
        .sections
        .iter()
        .filter_map(|section| {
            let address = view.places?.address(section.here?)?;
            Some((address, one_line(&words(&section.heading))))
        })
        .collect();
    let list = html! { ul { @for (address, line) in &lines { li { a href=(address) { (line) } } } } };
    html! {
        @if lines.len() > 1 {
            nav .contents aria-label=(view.tongue.contents()) {
                @if lines.len() > CONTENTS {
                    details { summary { (view.tongue.contents()) " (" (lines.len()) ")" } (list) }
                } @else { (list) }
            }
        }
    }
}

fn piece_of(page: &mut Page<'_>, piece: &Piece<'_>) -> Markup {
    let Piece { section, blocks, goes_on } = piece;
    let here = section.here.filter(|_| !goes_on);
    let id = page.view.places.zip(here).map(|(places, here)| places.here(here));
    if section.heading.is_empty() {
        return page.blocks(*blocks, 2);
    }
    let body = page.blocks(*blocks, 3);
    html! {
        section {
            h2 id=[id] {
                (page.inline(&section.heading))
                @if *goes_on { " " span .faint { (page.view.tongue.goes_on()) } }
            }
            (body)
        }
    }
}
