//! Words in a line, with what they are.

use maud::{Markup, html};
use qudao_language::operator::Verdict;
use qudao_language::visible::visible;

use super::super::{Kind, Text};
use crate::words::Tongue;

/// The words of a text that are to be seen.
pub(super) fn words(text: &Text) -> String {
    text.0.iter().filter(|(kind, _)| *kind != Kind::Short).map(|(_, text)| &**text).collect()
}

/// The place of a section, by its number from 1.
pub(super) fn place(number: usize) -> String {
    format!("part-{number}")
}

/// The place of what others refer to by a number.
pub(super) fn source(number: &str) -> String {
    format!("source-{}", visible(number))
}

/// A text with its marks.
pub(super) fn inline(text: &Text, tongue: Tongue) -> Markup {
    html! {
        @for (kind, text) in &text.0 {
            @match kind {
                Kind::Plain | Kind::Title => (visible(text)),
                Kind::Strong => strong { (visible(text)) },
                Kind::Faint => span .faint { (visible(text)) },
                Kind::Name | Kind::Code | Kind::Quoted => code { (visible(text)) },
                Kind::Good => span .good { (visible(text)) },
                Kind::Doubtful => span .doubtful { (visible(text)) },
                Kind::Bad => span .bad { (visible(text)) },
                Kind::Verdict(verdict) => (badge(*verdict, text)),
                Kind::Short => {},
                Kind::Link => (link(text)),
                Kind::Cited => a .cite href={"#" (source(text))} aria-label={(tongue.source_number()) " " (visible(text))} {
                    "[" (visible(text)) "]"
                },
            }
        }
    }
}

/// The word for a verdict, told apart by colour and by shape.
fn badge(verdict: Option<Verdict>, word: &str) -> Markup {
    let (class, shape) = verdict_look(verdict);
    html! { span class={"verdict " (class)} { span aria-hidden="true" { (shape) " " } (visible(word)) } }
}

/// The class and the shape of a verdict.
pub(super) fn verdict_look(verdict: Option<Verdict>) -> (&'static str, &'static str) {
    match verdict {
        Some(Verdict::Recommended) => ("recommended", "●"),
        Some(Verdict::Possible) => ("possible", "◐"),
        Some(Verdict::Unsuitable) => ("unsuitable", "○"),
        Some(Verdict::Excluded) => ("excluded", "✕"),
        None => ("undecided", "?"),
    }
}

/// An address leads somewhere if it is one of the web.
fn link(url: &str) -> Markup {
    let web = url.starts_with("https://") || url.starts_with("http://");
    let plain = url.chars().all(|c| c.is_ascii_graphic());
    html! {
        @if web && plain { a .link href=(url) rel="noopener noreferrer" { (url) } } @else { (visible(url)) }
    }
}
