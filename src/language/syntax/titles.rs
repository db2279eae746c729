//! Names, and the titles by which a sheet may call them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::ast;
use crate::source::normal;

/// A title that has more parts is not looked for among other words, so that the search stays as long as the text.
const MAX_PARTS: usize = 32;

/// Names of one kind, with their titles.
#[derive(Debug, Default)]
pub struct Titled {
    names: BTreeSet<Arc<str>>,
    titles: BTreeMap<String, BTreeSet<Arc<str>>>,
}

/// What a text calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Called {
    /// This name.
    Name(Arc<str>),
    /// Several names, which share the title.
    Several(Vec<Arc<str>>),
    /// Nothing.
    Nothing,
}

impl Titled {
    /// Adds a name and its title in all languages.
    pub fn add(&mut self, name: &Arc<str>, title: Option<&ast::Text>) {
        self.names.insert(name.clone());
        if let Some(title) = title {
            self.call(name, &title.main.value);
            title.translations.iter().for_each(|(_, text)| self.call(name, &text.value));
        }
    }

    /// Adds a title of a name.
    pub fn call(&mut self, name: &Arc<str>, title: &str) {
        self.titles.entry(plain(title)).or_default().insert(name.clone());
    }

    /// Returns what a text calls: a name goes before a title.
    #[must_use]
    pub fn called(&self, text: &str) -> Called {
        let text = normal(text.trim());
        if let Some(name) = self.names.get(&text) {
            return Called::Name(name.clone());
        }
        let found = self.titles.get(&plain(&text)).into_iter().flatten();
        let names: Vec<Arc<str>> = found.filter(|name| self.names.contains(*name)).cloned().collect();
        match names.as_slice() {
            [] => Called::Nothing,
            [one] => Called::Name(one.clone()),
            _ => Called::Several(names),
        }
    }

    /// Tells whether one of the names is this.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Returns the titles that stand in a text between blanks, commas and brackets, each with its place; a longer one
    /// goes first.
    #[must_use]
    pub fn titles_in(&self, text: &str) -> Vec<(Range<usize>, Called)> {
        let parts = |c: char| c.is_whitespace() || "{}(),，、".contains(c);
        let mut found: Vec<(Range<usize>, Called)> = Vec::new();
        let (mut at, mut inside) = (0, false);
        for (start, c) in text.char_indices() {
            let begins = !inside && !parts(c);
            inside = !parts(c);
            if !begins || start < at {
                continue;
            }
            let rest = text.get(start..).unwrap_or("");
            let before =
                |end: &usize| *end > 0 && !rest.get(..*end).unwrap_or("").ends_with(char::is_whitespace);
            let ends = rest.match_indices(parts).map(|(end, _)| end).chain([rest.len()]).filter(before);
            let ends: Vec<usize> = ends.take(MAX_PARTS).collect();
            for end in ends.into_iter().rev() {
                let words = rest.get(..end).unwrap_or("");
                if self.has_name(words) {
                    break;
                }
                let called = self.called(words);
                if called != Called::Nothing {
                    at = start + end;
                    found.push((start..at, called));
                    break;
                }
            }
        }
        found
    }
}

/// Returns a title as it may be told from memory: small letters, no article.
pub(crate) fn plain(title: &str) -> String {
    let small = normal(title.trim()).to_lowercase().replace('_', " ");
    let bare = ["the ", "an ", "a "].into_iter().find_map(|article| small.strip_prefix(article));
    bare.map(str::to_string).unwrap_or(small)
}
