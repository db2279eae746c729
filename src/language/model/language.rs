//! Language tags (BCP 47), and what a ruleset has texts in.

use std::sync::Arc;

use super::{Amount, EffectKind, Ruleset, Template, Text};

/// Returns a tag in lower case with `-` between its subtags; what a locale of the system adds is left out:
/// `zh_CN.UTF-8` is `zh-cn`.
fn plain_tag(tag: &str) -> String {
    let tag = tag.split(['.', '@']).next().unwrap_or("");
    tag.trim().replace('_', "-").to_ascii_lowercase()
}

/// Returns the language of a tag: `zh` of `zh-Hans`.
#[must_use]
pub fn primary(tag: &str) -> String {
    plain_tag(tag).split('-').next().unwrap_or("").to_string()
}

/// The tags that serve a tag, the best first: itself, and itself with less and less behind (RFC 4647, lookup). A region
/// in which Chinese has one script stands for it too.
fn serving(tag: &str) -> Vec<String> {
    let plain = plain_tag(tag);
    let mut tags = vec![plain.clone()];
    if let Some(script) = script(&plain) {
        if let Some(rest) = plain.strip_prefix("zh-").filter(|rest| !rest.starts_with("han")) {
            tags.push(format!("zh-{script}-{rest}"));
        }
        tags.push(format!("zh-{script}"));
    }
    let mut subtags: Vec<&str> = plain.split('-').collect();
    while subtags.len() > 1 {
        subtags.pop();
        // A subtag of one letter begins an extension, and means nothing alone.
        while subtags.len() > 1 && subtags.last().is_some_and(|last| last.len() == 1) {
            subtags.pop();
        }
        tags.push(subtags.join("-"));
    }
    tags
}

/// Tells whether texts with a tag are what is asked for: in the language, and in nothing that differs from it.
#[must_use]
pub fn serves(tag: &str, asked: &str) -> bool {
    let plain = plain_tag(tag);
    serving(asked).contains(&plain) || plain.starts_with(&format!("{}-", plain_tag(asked)))
}

/// The script that a tag of Chinese says, or that its region implies.
fn script(plain: &str) -> Option<&'static str> {
    let mut subtags = plain.split('-');
    if subtags.next() != Some("zh") {
        return None;
    }
    subtags.find_map(|subtag| match subtag {
        "hans" | "cn" | "sg" | "my" => Some("hans"),
        "hant" | "tw" | "hk" | "mo" => Some("hant"),
        _ => None,
    })
}

/// Returns which of some tags comes nearest to one: the first that serves it, or else one of the same language, in the
/// same script if there is one.
#[must_use]
pub fn nearest_tag<'t>(tags: impl Iterator<Item = &'t str> + Clone, asked: &str) -> Option<&'t str> {
    for serving in serving(asked) {
        if let Some(tag) = tags.clone().find(|tag| plain_tag(tag) == serving) {
            return Some(tag);
        }
    }
    let (language, wanted) = (primary(asked), script(&plain_tag(asked)));
    let of_language = tags.filter(|tag| !language.is_empty() && primary(tag) == language);
    let same = of_language.clone().find(|tag| wanted.is_some() && script(&plain_tag(tag)) == wanted);
    same.or(of_language.clone().next())
}

/// Finds the translation for a tag: the first that serves it.
pub(super) fn lookup<'a, T>(translations: &'a [(Arc<str>, T)], tag: &str) -> Option<&'a T> {
    if translations.is_empty() {
        return None;
    }
    let find = |wanted: &str| translations.iter().find(|(tag, _)| plain_tag(tag) == wanted);
    serving(tag).iter().find_map(|wanted| find(wanted)).map(|(_, text)| text)
}

impl Ruleset {
    /// Calls a function with the tags of the translations of each text that answers may show.
    fn each_text<'s>(&'s self, see: &mut impl FnMut(Vec<&'s Arc<str>>)) {
        let mut text = |text: &'s Text| see(text.translations.iter().map(|(tag, _)| tag).collect());
        text(&self.title);
        self.units.iter().filter_map(|(_, unit)| unit.title.as_ref()).for_each(&mut text);
        // What an enum is called, no answer tells.
        let members = self.enums.iter().flat_map(|declared| &declared.members);
        members.filter_map(|member| member.title.as_ref()).for_each(&mut text);
        self.fields.iter().filter_map(|field| field.question.as_ref()).for_each(&mut text);
        self.sections.iter().for_each(&mut text);
        self.facts.iter().filter_map(|fact| fact.title.as_ref()).for_each(&mut text);
        self.channels.iter().filter_map(|channel| channel.title.as_ref()).for_each(&mut text);
        self.mixes.iter().filter_map(|mix| mix.title.as_ref()).for_each(&mut text);
        self.levels.iter().filter_map(|level| level.title.as_ref()).for_each(&mut text);
        self.tables.iter().filter_map(|table| table.title.as_ref()).for_each(&mut text);
        // A row has the title of its table; where a rule has a reason, it is told by that.
        let rules = self.rules.iter().filter(|rule| rule.row.is_none() && rule.because.is_none());
        rules.filter_map(|rule| rule.title.as_ref()).for_each(&mut text);
        for requirement in self.requirements.iter() {
            requirement.title.iter().for_each(&mut text);
            for amount in [&requirement.cost, &requirement.takes].into_iter().flatten() {
                if let Amount::Text(words) = amount {
                    text(words);
                }
            }
        }
        let mut template =
            |template: &'s Template| see(template.translations.iter().map(|(tag, _)| tag).collect());
        self.requirements.iter().filter_map(|requirement| requirement.how.as_ref()).for_each(&mut template);
        for rule in self.rules.iter() {
            rule.because.iter().for_each(&mut template);
            for effect in &rule.effects {
                if let EffectKind::Note(_, words, _) = &effect.kind {
                    template(words);
                }
            }
        }
    }

    /// Returns the tags that the texts can be shown in: those of the header, and those of other translations, sorted.
    #[must_use]
    pub fn tags(&self) -> Vec<&str> {
        let mut tags: Vec<&str> = self.languages.iter().map(|tag| &**tag).collect();
        let mut others: Vec<&str> = Vec::new();
        self.each_text(&mut |translated| {
            for tag in translated {
                if !tags.iter().chain(&others).any(|other| plain_tag(other) == plain_tag(tag)) {
                    others.push(tag);
                }
            }
        });
        others.sort_unstable();
        tags.extend(others);
        tags
    }

    /// Returns how many texts have no translation for a tag, and how many texts there are.
    #[must_use]
    pub fn untranslated(&self, tag: &str) -> (usize, usize) {
        let serving = serving(tag);
        let (mut lacking, mut all) = (0, 0);
        self.each_text(&mut |translated| {
            all += 1;
            lacking += usize::from(!translated.iter().any(|tag| serving.contains(&plain_tag(tag))));
        });
        (lacking, all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_matched_as_bcp_47_says() {
        let nearest = |tags: &[&'static str], asked: &str| nearest_tag(tags.iter().copied(), asked);
        for asked in
            ["zh", "ZH", "zh_CN", "zh-cn", "zh-Hans", "zh-Hant-TW", "zh_CN.UTF-8", "zh-x-private", "zh-"]
        {
            assert_eq!(nearest(&["en", "zh"], asked), Some("zh"), "{asked}");
        }
        assert_eq!(nearest(&["en", "zh-Hans", "zh-Hant"], "zh"), Some("zh-Hans"));
        assert_eq!(nearest(&["en", "zh-Hans", "zh-Hant"], "zh_TW"), Some("zh-Hant"));
        assert_eq!(nearest(&["en", "zh", "zh-Hant"], "zh-HK"), Some("zh-Hant"));
        assert_eq!(nearest(&["en", "zh", "zh-Hant"], "zh-CN"), Some("zh"));
        assert_eq!(nearest(&["en", "zh-CN", "zh-TW"], "zh-Hant"), Some("zh-TW"));
        assert_eq!(nearest(&["en", "de-AT"], "de-CH-1996"), Some("de-AT"));
        assert_eq!(nearest(&["en-GB", "en"], "en-US"), Some("en"));
        for asked in ["fr", "z", "zhx", "", "-", "e-n", "en1"] {
            assert_eq!(nearest(&["en", "zh"], asked), None, "{asked}");
        }
    }

    #[test]
    fn truncation_drops_what_begins_an_extension() {
        assert_eq!(serving("de-CH-x-a1-b1"), ["de-ch-x-a1-b1", "de-ch-x-a1", "de-ch", "de"]);
        assert_eq!(serving("en-x-y"), ["en-x-y", "en"]);
        assert_eq!(serving("zh-TW"), ["zh-tw", "zh-hant-tw", "zh-hant", "zh"]);
    }
}
