//! What a ruleset says of one profile.

use qudao_engine::advise::{STEPS, advise};
use qudao_language::decide;
use qudao_language::model::Target;
use qudao_language::operator::Verdict;
use qudao_telling::document::Document;
use qudao_telling::why::Options;
use qudao_telling::words::Speaker;
use qudao_telling::{result, why};

/// What a ruleset says of a profile on a day. A language is a BCP 47 tag; where the ruleset has no text in it, the
/// nearest of its own is told.
#[derive(Debug)]
pub struct Decision<'a> {
    pub(crate) inner: decide::Decision<'a>,
}

impl Decision<'_> {
    /// Returns the name of the channel that comes first; nothing where all are excluded.
    #[must_use]
    pub fn first(&self) -> Option<&str> {
        self.inner.first.target.map(|target| self.inner.ruleset.target_name(target))
    }

    /// Returns the verdict on a channel or a mix; nothing where answers that are missing could give another, or where
    /// nothing has that name.
    #[must_use]
    pub fn verdict(&self, target: &str) -> Option<Verdict> {
        self.inner.target(self.target(target)?).verdict
    }

    /// Returns the verdicts that are possible, whatever is not known yet, best first.
    #[must_use]
    pub fn could_be(&self, target: &str) -> Option<&[Verdict]> {
        Some(&self.inner.target(self.target(target)?).could_be)
    }

    /// Returns the points of a channel or a mix.
    #[must_use]
    pub fn score(&self, target: &str) -> Option<i64> {
        Some(self.inner.target(self.target(target)?).score)
    }

    /// Returns the names of the fields on whose answers verdicts depend, the most useful first.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        self.inner.missing().iter().map(|(field, _)| &*self.inner.ruleset.fields[*field].name)
    }

    /// Tells the whole answer as a text of 80 columns.
    #[must_use]
    pub fn answer(&self, language: &str) -> String {
        self.told(language).terminal(false)
    }

    /// Tells the whole answer as Markdown.
    #[must_use]
    pub fn markdown(&self, language: &str) -> String {
        self.told(language).markdown()
    }

    /// Tells the proof of a channel or a mix, and what would have to change for a better verdict, as a text of 80 columns.
    #[must_use]
    pub fn why(&self, target: &str, language: &str) -> Option<String> {
        let target = self.target(target)?;
        let advice = advise(self.inner.ruleset, self.inner.profile, self.inner.day, target, STEPS);
        Some(why::proof(&self.inner, self.speaker(language), target, Some(&advice)).terminal(false))
    }

    /// Returns the decision as the JSON document `qudao.result/1`.
    #[must_use]
    pub fn to_json(&self, language: &str) -> serde_json::Value {
        result::to_json(&self.inner, self.speaker(language), false)
    }

    fn told(&self, language: &str) -> Document {
        why::answer(&self.inner, self.speaker(language), &Options::default())
    }

    fn target(&self, name: &str) -> Option<Target> {
        self.inner.ruleset.target(name)
    }

    fn speaker<'s>(&'s self, language: &'s str) -> Speaker<'s> {
        Speaker::new(self.inner.ruleset, Some(language))
    }
}
