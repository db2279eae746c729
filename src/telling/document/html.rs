//! A report as one page of HTML: no network, no script, light and dark, and on paper. Nothing in a text is markup.

mod blocks;
mod graph;
mod inline;
mod site;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use qudao_language::visible::{one_line, visible};

use super::Document;
use crate::words::Tongue;
use blocks::Page;
use inline::{View, inline, words};

pub use site::{Chapter, STYLE_FILE, Site, WRITTEN, files};

/// What a page looks like. It has no colour or size that is not there.
const STYLE: &str = include_str!("html/report.css");

/// Nothing is fetched, and nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Returns a report as a page in a language, a BCP 47 tag.
pub(super) fn write(document: &Document, language: &str) -> String {
    let tongue = Tongue::of(language);
    let title = one_line(&words(&document.title));
    let view = View { tongue, places: None };
    let mut page = Page { view, sections: 0, contents: Vec::new() };
    let body = page.blocks(document.body.iter().chain(&document.appendix), 2);
    let style = format!("{STYLE}@page{{@top-left{{content:\"{}\"}}}}", css_text(&title));
    let markup = html! {
        (DOCTYPE)
        html lang=(language) {
            (head([POLICY, "qudao"], &html! { (title) }, &html! { style { (PreEscaped(style)) } }))
            body {
                a .skip href="#main" { (tongue.skip()) }
                header .head {
                    h1 { (title) }
                    @if !document.result.is_empty() { p .lead { (inline(&document.result, view)) } }
                }
                @if page.contents.len() > 2 {
                    nav .contents aria-label=(tongue.contents()) {
                        ol { @for (id, heading) in &page.contents { li { a href={"#" (id)} { (heading) } } } }
                    }
                }
                main #main tabindex="-1" {
                    @if let Some(overview) = &document.overview { (page.table(overview)) }
                    (body)
                }
                footer .foot { p { (visible(&document.footer)) } }
            }
        }
    };
    markup.into_string()
}

/// What a page says of itself: what it may fetch, by what it was made, how it is called, and how it looks.
fn head([policy, made_by]: [&str; 2], title: &Markup, style: &Markup) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta http-equiv="Content-Security-Policy" content=(policy);
            meta name="generator" content=(made_by);
            title { (title) }
            (style)
        }
    }
}

/// A text between the quotation marks of a style sheet: what is no letter or digit is told by its number.
fn css_text(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() { safe.push(c) } else { safe.push_str(&format!("\\{:x} ", u32::from(c))) }
    }
    safe
}
