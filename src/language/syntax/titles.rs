//! Names, and the titles by which a sheet may call them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::ast;

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
        let text: String = text.trim().nfc().collect();
        if let Some(name) = self.names.get(text.as_str()) {
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
}

/// Returns a title as it may be told from memory: small letters, no article.
pub(crate) fn plain(title: &str) -> String {
    let small = title.trim().nfc().collect::<String>().to_lowercase().replace('_', " ");
    let bare = ["the ", "an ", "a "].into_iter().find_map(|article| small.strip_prefix(article));
    bare.map(str::to_string).unwrap_or(small)
}
