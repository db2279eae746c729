//! Texts and their translations: those that stand beside them, and those kept apart in `texts` blocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::scope::Scope;
use super::unknown::TARGET;
use super::{Checker, Symbol, synonyms};
use crate::diagnostic::{Code, Diagnostic, Edit, Severity, nearest};
use crate::model::{self, EffectKind};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, DeclarationKind};

/// What a text belongs to: the path under which `texts` blocks name it, and its place.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    path: String,
    span: Span,
}

impl Owner {
    /// The owner of a declaration's texts: `rule.eligibility`.
    pub(super) fn new(word: &str, name: &ast::Name) -> Owner {
        Owner { path: format!("{word}.{}", name.value), span: name.span }
    }

    /// The owner of the ruleset's own texts, which goes by its name alone.
    pub(super) fn ruleset(name: &ast::Name) -> Owner {
        Owner { path: name.value.to_string(), span: name.span }
    }
}

/// A translation of a `texts` block.
struct Entry<'s> {
    language: &'s ast::Name,
    path: &'s ast::Name,
    text: &'s Spanned<Vec<ast::Piece>>,
    used: bool,
}

/// The parts of a declaration that lack a translation, each with the language.
type Lacking = Vec<(String, Arc<str>)>;

/// The translations of all `texts` blocks, and what lacks one.
#[derive(Default)]
pub(super) struct Translations<'s> {
    entries: BTreeMap<Arc<str>, Vec<Entry<'s>>>,
    /// Languages that the header does not name.
    unknown: Vec<Arc<str>>,
    /// The paths of all texts there are.
    paths: Vec<String>,
    /// By owner: its place, and the parts that lack a translation, each with the language.
    lacking: BTreeMap<String, (Span, Lacking)>,
}

impl<'s> Checker<'s> {
    /// Gathers the `texts` blocks.
    pub(super) fn gather_texts(&mut self) {
        for (_, texts) in
            self.each(|kind| if let DeclarationKind::Texts(texts) = kind { Some(texts) } else { None })
        {
            for entry in &texts.entries {
                let of = self.translations.entries.entry(entry.path.value.clone()).or_default();
                // A ruleset may translate anew what the one that it extends translates.
                let layer = self.sources.layer(texts.language.span.file);
                let same = |other: &&Entry<'_>| {
                    other.language.value.eq_ignore_ascii_case(&texts.language.value)
                        && self.sources.layer(other.path.span.file) == layer
                };
                if let Some(first) = of.iter().find(same) {
                    let first = first.path.span;
                    self.diagnostics.push(
                        Diagnostic::new(
                            Code::DuplicateClause,
                            entry.path.span,
                            "this text is translated twice",
                        )
                        .here("the second translation")
                        .also(first, "the first"),
                    );
                    continue;
                }
                of.push(Entry {
                    language: &texts.language,
                    path: &entry.path,
                    text: &entry.text,
                    used: false,
                });
            }
        }
    }

    /// Tells whether the header names a language, and reports one that it does not, once.
    fn knows_language(&mut self, tag: &ast::Name) -> bool {
        let is = |other: &Arc<str>| other.eq_ignore_ascii_case(&tag.value);
        if self.languages.is_empty() || self.languages.iter().any(is) {
            return true;
        }
        // A ruleset may leave out languages of the one that it extends.
        if self.sources.is_own(tag.span.file) && !self.translations.unknown.iter().any(is) {
            self.translations.unknown.push(tag.value.clone());
            let message = format!("the header names no language `{}`", tag.value);
            let diagnostic = Diagnostic::new(Code::UnknownLanguage, tag.span, message)
                .here("a translation that is never shown by default");
            let meant = synonyms::language(&tag.value)
                .and_then(|meant| self.languages.iter().find(|language| &***language == meant));
            let languages = self.languages.iter().map(|language| &**language);
            let diagnostic = match meant {
                Some(meant) => diagnostic.fix(format!("write `{meant}`"), tag.span, &**meant),
                None => diagnostic.near(tag.span, &tag.value, languages),
            };
            self.report(diagnostic);
        }
        false
    }

    /// Finds what `texts` blocks say of a text, and notes the languages that it lacks.
    fn translations_of(
        &mut self,
        owner: &Owner,
        part: &str,
        text: Span,
        inline: &[&ast::Name],
    ) -> Vec<(Arc<str>, &'s Spanned<Vec<ast::Piece>>)> {
        let path = format!("{}.{part}", owner.path);
        let mut found: Vec<(Arc<str>, &'s Spanned<Vec<ast::Piece>>)> = Vec::new();
        // A language that the header does not name stands for one that it does, and is reported itself.
        let unknown = inline.iter().filter(|tag| !self.knows_language(tag)).count();
        // A ruleset translates its own texts and those of the one that it extends, but none that take their place; what
        // is nearest counts.
        let sources = self.sources;
        let layer = |span: Span| sources.layer(span.file);
        // What has no name is translated where it stands.
        let entries = self.translations.entries.get_mut(path.as_str()).filter(|_| number_in(&path).is_none());
        let mut entries: Vec<&mut Entry<'s>> = entries.into_iter().flatten().collect();
        entries.sort_by_key(|entry| layer(entry.path.span));
        for entry in entries {
            entry.used = true;
            let (own, of_text) = (layer(entry.path.span), layer(text));
            let same = |tag: &str| tag.eq_ignore_ascii_case(&entry.language.value);
            if own > of_text || found.iter().any(|(tag, _)| same(tag)) {
                continue;
            }
            if let Some(first) = inline.iter().find(|tag| same(&tag.value) && own == of_text) {
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::DuplicateClause,
                        entry.path.span,
                        "this text has a translation already",
                    )
                    .here("kept apart")
                    .also(first.span, "beside the text"),
                );
            } else {
                found.push((entry.language.value.clone(), entry.text));
            }
        }
        let has = |language: &Arc<str>| {
            inline.iter().any(|tag| tag.value.eq_ignore_ascii_case(language))
                || found.iter().any(|(tag, _)| tag.eq_ignore_ascii_case(language))
        };
        let lacking: Vec<Arc<str>> =
            self.languages.iter().skip(1).filter(|language| !has(language)).cloned().collect();
        // A source goes by the title that it has; properties are for authors, not for those who get the answers.
        let shown = !owner.path.starts_with("source.") && !owner.path.starts_with("property.");
        if !lacking.is_empty() && unknown == 0 && shown && self.sources.is_own(text.file) {
            let place = if self.sources.is_own(owner.span.file) { owner.span } else { text };
            let slot = self.translations.lacking.entry(owner.path.clone()).or_insert((place, Vec::new()));
            slot.1.extend(lacking.into_iter().map(|language| (part.to_string(), language)));
        }
        if number_in(&path).is_none() {
            self.translations.paths.push(path);
        }
        found
    }

    /// Turns a text of the tree into one of the model, with all its translations.
    pub(super) fn words(
        &mut self,
        owner: &Owner,
        part: &str,
        text: Option<&ast::Text>,
    ) -> Option<model::Text> {
        let text = text?;
        let inline: Vec<&ast::Name> = text.translations.iter().map(|(tag, _)| tag).collect();
        let apart = self.translations_of(owner, part, text.main.span, &inline);
        let beside = text.translations.iter().map(|(tag, text)| (tag.value.clone(), text.value.clone()));
        let apart = apart.into_iter().map(|(tag, pieces)| (tag, plain(&pieces.value)));
        Some(model::Text { main: text.main.value.clone(), translations: apart.chain(beside).collect() })
    }

    /// Checks a text with expressions in it.
    pub(super) fn template(
        &mut self,
        owner: &Owner,
        part: &str,
        template: &ast::Template,
        scope: &Scope,
    ) -> Option<model::Template> {
        let inline: Vec<&ast::Name> = template.translations.iter().map(|(tag, _)| tag).collect();
        let apart = self.translations_of(owner, part, template.main.span, &inline);
        let apart = apart.into_iter();
        let main = self.pieces(&template.main.value, scope);
        let mut translations = Vec::new();
        let beside = template.translations.iter().map(|(tag, pieces)| (tag.value.clone(), pieces));
        for (tag, pieces) in apart.chain(beside) {
            translations.push((tag, self.pieces(&pieces.value, scope)));
        }
        let translations: Option<Vec<_>> =
            translations.into_iter().map(|(tag, pieces)| Some((tag, pieces?))).collect();
        Some(model::Template { main: main?, translations: translations? })
    }

    fn pieces(&mut self, pieces: &[ast::Piece], scope: &Scope) -> Option<Vec<model::Piece>> {
        let checked: Vec<Option<model::Piece>> = pieces
            .iter()
            .map(|piece| match piece {
                ast::Piece::Plain(text) => Some(model::Piece::Plain(text.clone())),
                ast::Piece::Hole(expr) => self.hole(expr, scope).map(model::Piece::Hole),
            })
            .collect();
        checked.into_iter().collect()
    }

    fn hole(&mut self, expr: &ast::Expr, scope: &Scope) -> Option<model::Hole> {
        if let ast::ExprKind::Path(name, indexes) = &expr.kind
            && indexes.is_empty()
        {
            let variable = scope.variable.as_ref() == Some(&name.head.value);
            let target =
                matches!(self.find_symbol(&name.head.value), Some(Symbol::Channel(_) | Symbol::Mix(_)));
            if name.tail.is_none() && (variable || target) {
                return self.target(&TARGET, &name.head, scope).map(model::Hole::Target);
            }
        }
        let value = self.expr(expr, None, scope)?;
        self.check_size(value).map(model::Hole::Value)
    }

    /// Notes of one rule are told apart by their numbers alone. Where a `texts` block translates some of them and others
    /// have no translation, one may have been put before another since, and each translation says the wrong thing.
    pub(super) fn check_numbers(&mut self, owner: &Owner, effects: &[model::Effect]) {
        let mut notes: Vec<&model::Template> = Vec::new();
        for effect in effects {
            if let EffectKind::Note(_, text, _) = &effect.kind {
                notes.push(text);
            }
        }
        if notes.len() < 2 {
            return;
        }
        let paths = (0..notes.len()).map(|place| format!("{}.{}", owner.path, note_part(place)));
        let apart = paths.filter_map(|path| self.translations.entries.get(path.as_str())).flatten();
        let own = apart.filter(|entry| self.sources.is_own(entry.path.span.file));
        let mut firsts: Vec<(&ast::Name, &ast::Name)> =
            own.map(|entry| (entry.language, entry.path)).collect();
        firsts.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
        firsts.dedup_by(|(a, _), (b, _)| a.value == b.value);
        for (language, path) in firsts {
            let language = &language.value;
            let speaks = |note: &&&model::Template| {
                note.translations.iter().any(|(tag, _)| tag.eq_ignore_ascii_case(language))
            };
            let (count, spoken) = (notes.len(), notes.iter().filter(speaks).count());
            if spoken == count {
                continue;
            }
            // What lacks a translation is told here.
            if let Some((_, lacking)) = self.translations.lacking.get_mut(&owner.path) {
                lacking.retain(|(part, of)| !of.eq_ignore_ascii_case(language) || !part.starts_with("note"));
            }
            let message = format!(
                "`{}` has {count} notes, of which {spoken} {} translated into `{language}`",
                owner.path,
                if spoken == 1 { "is" } else { "are" }
            );
            let mut diagnostic = Diagnostic::new(Code::NumberedText, path.span, message)
                .here("a note is known by its number, which slips when another is put before it")
                .note(format!(
                    "translate all of them, or behind the notes themselves: `\"…\" @{language} \"…\"`"
                ));
            diagnostic.severity = Severity::Warning;
            self.report(diagnostic);
        }
    }

    /// Says that a text is addressed by a number, and offers to name what it belongs to.
    /// Returns the path that is meant too.
    fn numbered(&self, path: &ast::Name, part: usize) -> (Diagnostic, String) {
        let pieces: Vec<&str> = path.value.split('.').collect();
        let piece = |at: usize| pieces.get(at).copied().unwrap_or("");
        let number: usize = piece(part).parse().unwrap_or(0);
        let before: usize = pieces.iter().take(part).map(|piece| piece.len() + 1).sum();
        let start = path.span.start + before as u32;
        let place = Span { start, end: start + piece(part).len() as u32, ..path.span };
        let index = number.wrapping_sub(1);
        // Its name, or where one would stand; and the names that are taken.
        let (what, found) = if piece(0) == "section" {
            let name = self.section_names.get(index).and_then(Option::as_ref).map(|name| name.value.clone());
            ("section", self.section_places.get(index).map(|at| (name, at.before())))
        } else {
            let rows = self.tables.iter().find(|table| &*table.name == piece(1)).map(|table| &table.rows);
            let row = rows.and_then(|rows| rows.get(index)).map(|row| &self.rules[*row]);
            let own = |row: &model::Rule| row.name.split_once('.').map(|(_, name)| Arc::from(name));
            ("row", row.map(|row| (own(row).filter(|_| row.name_span != row.span), row.span.before())))
        };
        let mut meant = path.value.to_string();
        let told = match what {
            "section" => "a section is named before its title: `section NAME \"…\"`",
            _ => "a row is named before its first bar, in a sheet in the column `name`",
        };
        let message = format!("the text of a {what} is addressed by its name, not by its number");
        let mut diagnostic = Diagnostic::new(Code::NumberedText, place, message)
            .here(format!("another {what} has this number once one is put before it"))
            .note(format!("{told}; or write the translation behind the text: `\"…\" @TAG \"…\"`"));
        match found {
            Some((Some(name), _)) => {
                diagnostic = diagnostic.guess(format!("write its name, `{name}`"), place, &*name);
                let pieces =
                    pieces.iter().enumerate().map(|(at, piece)| if at == part { &*name } else { piece });
                meant = pieces.collect::<Vec<_>>().join(".");
            }
            // Only a table that stands here has bars.
            Some((None, at)) if at.file == path.span.file => {
                let taken = |name: &str| {
                    self.section_names.iter().flatten().any(|other| &*other.value == name)
                        || self.selectors.contains_key(format!("{}.{name}", piece(1)).as_str())
                };
                let free = (number..).map(|n| format!("{what}_{n}")).find(|name| !taken(name));
                let name = free.unwrap_or_default();
                diagnostic = diagnostic.guess(format!("name the {what} `{name}`"), place, &*name);
                if let Some(fix) = &mut diagnostic.fix {
                    fix.edits.push(Edit { span: at, text: format!("{name} ") });
                }
            }
            Some((None, _)) | None => {}
        }
        (diagnostic, meant)
    }

    /// Reports translations of nothing, and what lacks one: one diagnostic a declaration.
    pub(super) fn check_texts(&mut self) {
        for (_, texts) in
            self.each(|kind| if let DeclarationKind::Texts(texts) = kind { Some(texts) } else { None })
        {
            if self.sources.is_own(texts.language.span.file) {
                self.knows_language(&texts.language);
            }
        }
        let entries = std::mem::take(&mut self.translations.entries);
        let paths = std::mem::take(&mut self.translations.paths);
        // What the ruleset removes or replaces may be translated in the one that it extends.
        let own = |entry: &&Entry<'_>| self.sources.is_own(entry.path.span.file);
        let unused: Vec<&Entry<'_>> = entries.values().flatten().filter(|e| !e.used).filter(own).collect();
        for entry in unused {
            let last = entry.path.value.rsplit('.').next().unwrap_or("");
            if self.lost_everything || entry.path.value.split('.').any(|name| self.lost.contains(name)) {
                continue;
            }
            if let Some(part) = number_in(&entry.path.value) {
                let (numbered, meant) = self.numbered(entry.path, part);
                self.report(numbered);
                // The text that is meant is not reported again for want of this translation.
                self.translations.lacking.retain(|owner, (_, lacking)| {
                    let same = |part: &str| meant == format!("{owner}.{part}");
                    lacking.retain(|(part, language)| *language != entry.language.value || !same(part));
                    !lacking.is_empty()
                });
                continue;
            }
            let message = format!("there is no text `{}`", entry.path.value);
            let candidates: Vec<&str> = paths
                .iter()
                .map(String::as_str)
                .filter(|path| path.ends_with(last) || last.len() < 3)
                .collect();
            // The text that is meant is not reported again for want of this translation.
            if let Some(meant) = nearest(&entry.path.value, candidates.iter().copied()) {
                self.translations.lacking.retain(|owner, (_, lacking)| {
                    lacking.retain(|(part, language)| {
                        *language != entry.language.value || meant != format!("{owner}.{part}")
                    });
                    !lacking.is_empty()
                });
            }
            self.diagnostics.push(
                Diagnostic::new(Code::UnknownText, entry.path.span, message).here("translates nothing").near(
                    entry.path.span,
                    &entry.path.value,
                    candidates,
                ),
            );
        }
        let lacking = std::mem::take(&mut self.translations.lacking);
        for (owner, (span, lacking)) in lacking.into_iter().filter(|(_, (_, lacking))| !lacking.is_empty()) {
            let mut by_language: BTreeMap<Arc<str>, Vec<String>> = BTreeMap::new();
            for (part, language) in lacking {
                by_language.entry(language).or_default().push(part);
            }
            let example =
                by_language.first_key_value().and_then(|(language, parts)| Some((language, parts.first()?)));
            let example = example.map(|(language, part)| {
                let beside = format!("write `@{language} \"…\"` behind it");
                match number_in(&owner) {
                    None => format!("{beside}, or `{owner}.{part} = \"…\"` in a block `texts {language}`"),
                    Some(_) => format!("{beside}; a block `texts {language}` translates what has a name"),
                }
            });
            let lists: Vec<String> = by_language
                .iter()
                .map(|(language, parts)| format!("into `{language}` of its {}", parts.join(", ")))
                .collect();
            let message = format!("`{owner}` lacks a translation {}", lists.join(" and "));
            self.diagnostics.push(
                Diagnostic::new(Code::MissingTranslation, span, message)
                    .here("not in all of the ruleset's languages")
                    .note(example.unwrap_or_default()),
            );
        }
    }
}

/// The part of a rule that a note is, from 0, as paths have it: `note`, `note.2`.
pub(super) fn note_part(place: usize) -> String {
    if place == 0 { "note".into() } else { format!("note.{}", place + 1) }
}

/// Returns which part of a path is a number in the place of a name: `section.1.title`, `table.fit.2.because`.
fn number_in(path: &str) -> Option<usize> {
    let place = match path.split_once('.')?.0 {
        "section" => 1,
        "table" => 2,
        _ => return None,
    };
    let part = path.split('.').nth(place)?;
    (!part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(place)
}

fn plain(pieces: &[ast::Piece]) -> String {
    let texts = pieces.iter().map(|piece| match piece {
        ast::Piece::Plain(text) => text.as_str(),
        ast::Piece::Hole(_) => "",
    });
    texts.collect()
}
