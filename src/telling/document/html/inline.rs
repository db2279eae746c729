//! Words in a line, with what they are.

use std::cell::RefCell;
use std::collections::BTreeMap;

use maud::{Markup, html};
use qudao_language::operator::Verdict;
use qudao_language::visible::visible;

use super::super::{Kind, Place, Text};
use crate::words::Tongue;

/// What a text has to know of the page that it stands on.
#[derive(Clone, Copy)]
pub(super) struct View<'p> {
    pub(super) tongue: Tongue,
    /// The places of the site that the page is of.
    pub(super) places: Option<&'p Places<'p>>,
}

/// The places of a site.
pub(super) struct Places<'p> {
    /// The name of a place in an address.
    pub(super) anchor: &'p dyn Fn(Place) -> String,
    /// The files that they are in, once that is known.
    pub(super) files: BTreeMap<Place, String>,
    /// The file that is written.
    pub(super) file: String,
    /// The places that were come by.
    pub(super) met: RefCell<Vec<Place>>,
}

impl Places<'_> {
    /// The name of a place that stands here.
    pub(super) fn here(&self, place: Place) -> String {
        self.met.borrow_mut().push(place);
        (self.anchor)(place)
    }

    /// The address of a place; none before all places are known.
    pub(super) fn address(&self, place: Place) -> Option<String> {
        let file = self.files.get(&place);
        debug_assert!(file.is_some() || self.files.is_empty(), "{place:?} stands nowhere");
        let file = if *file? == self.file { "" } else { file? };
        Some(match place {
            Place::Chapter(_) => file.to_string(),
            _ => format!("{file}#{}", (self.anchor)(place)),
        })
    }
}

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
pub(super) fn inline(text: &Text, view: View<'_>) -> Markup {
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
                Kind::Cited => a .cite href={"#" (source(text))} aria-label={(view.tongue.source_number()) " " (visible(text))} {
                    "[" (visible(text)) "]"
                },
                Kind::To(place) => {
                    @match view.places.and_then(|places| places.address(*place)) {
                        Some(address) => {
                            a href=(address) class=[matches!(place, Place::Source(_)).then_some("said")] { (visible(text)) }
                        },
                        None => (visible(text)),
                    }
                },
                Kind::Here(place) => {
                    span id=[view.places.map(|places| places.here(*place))] { (visible(text)) }
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
