//! What a ruleset sets by a value or an expression of its own: facts, weights, thresholds, rates, defaults, lets. Each
//! as it is written, so that another can be put in its place.

use std::collections::{BTreeMap, BTreeSet};

use super::pieces::{Pieces, sources};
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_language::model::{Effect, EffectKind, FieldValue, Origin, Points, Profile, Rule, Ruleset};
use qudao_language::source::{FileId, Span, folded};
use qudao_language::syntax::ast::{self, Channel, DeclarationKind, Field, Statement};

/// Settings by what is set, as `fact own.limit` or `weight strong`, each with what it is set to, as written.
pub type Settings = BTreeMap<String, String>;

/// What stands for a fact of which nothing is stated.
const UNKNOWN: &str = "unknown";

/// The settings of a ruleset on a day, and where they stand.
#[derive(Debug)]
pub struct Set<'r> {
    ruleset: &'r Ruleset,
    pieces: Pieces,
    places: BTreeMap<String, Place>,
}

/// Where something is set.
#[derive(Clone, Debug)]
enum Place {
    /// The text of this span.
    Text(Span),
    /// The cell of a sheet, and its value as it is written elsewhere.
    Cell(Span, String),
    /// A whole declaration, which begins with the word.
    Declaration(&'static str, Option<Span>),
    /// A field's default: behind this offset, and where it is set already.
    Default(Span, Option<Span>),
    /// A fact that the channel with this text does not state.
    Unstated(Span),
    /// A fact that the variant with this text takes from the channel that it is like, and what that states.
    Inherited(Span, String),
}

impl<'r> Set<'r> {
    /// Reads the settings of a ruleset on a day.
    #[must_use]
    pub fn of(ruleset: &'r Ruleset, day: Date) -> Set<'r> {
        let pieces = Pieces::of(ruleset);
        let is_dated = |name: &str| {
            let id = ruleset.units.find(name);
            id.is_some_and(|id| ruleset.units.get(id).rate.is_some())
        };
        let mut places = BTreeMap::new();
        places.insert("thresholds".to_string(), Place::Declaration("verdicts", None));
        // What a ruleset states itself goes before what it extends.
        for declaration in pieces.layers().into_iter().rev().flatten() {
            let mut found: Vec<(String, Place)> = Vec::new();
            let mut put = |name: String, place: Place| found.push((name, place));
            match declaration.plain() {
                DeclarationKind::Weight(it) => {
                    put(format!("weight {}", it.name.value), Place::Text(it.value.span));
                }
                DeclarationKind::Unit(it) => {
                    // A rate that changes by day is a fact of the ruleset.
                    let word = if is_dated(&it.name.value) { "fact" } else { "unit" };
                    for rate in it.rates.iter().filter(|rate| holds_on(rate, day)) {
                        put(format!("{word} {}", it.name.value), Place::Text(rate.value.span));
                    }
                }
                DeclarationKind::Measure(it) => {
                    put(format!("measure {}", it.name.value), Place::Text(it.value.span));
                }
                DeclarationKind::Let(it) => put(format!("let {}", it.name.value), Place::Text(it.value.span)),
                DeclarationKind::Requirement(it) => {
                    if let Some(met) = &it.met {
                        put(format!("requirement {}", it.name.value), Place::Text(met.span));
                    }
                }
                DeclarationKind::Levels(_) => {
                    put("levels".into(), Place::Declaration("levels", Some(declaration.span)));
                }
                DeclarationKind::Verdicts(_) => {
                    put("thresholds".into(), Place::Declaration("verdicts", Some(declaration.span)));
                }
                DeclarationKind::Profile(items) => {
                    for field in ast::fields(items) {
                        put(format!("default {}", field.name.value), default(field));
                    }
                }
                DeclarationKind::Channel(it) => {
                    for statement in &it.statements {
                        let name = format!("fact {}", entry(it, statement));
                        // Those of other days leave the fact without a value, unless one holds on this.
                        if holds_on(statement, day) {
                            put(name, Place::Text(statement.value.span));
                        }
                    }
                    put(format!("channel {}", it.name.value), Place::Unstated(declaration.span));
                }
                DeclarationKind::Parameter(it) => {
                    for statement in it.statements.iter().filter(|statement| holds_on(statement, day)) {
                        put(format!("fact {}", entry_of(statement)), Place::Text(statement.value.span));
                    }
                }
                DeclarationKind::Facts(_) => {
                    for channel in pieces.sheet(declaration) {
                        let stated = channel.statements.iter().filter(|statement| holds_on(statement, day));
                        for statement in stated {
                            let value = pieces.written(&statement.value);
                            let place = Place::Cell(statement.value.span, value);
                            put(format!("fact {}", entry(channel, statement)), place);
                        }
                    }
                }
                _ => {}
            }
            places.extend(found);
        }
        let inherited = inherited(&pieces, &places);
        places.extend(inherited);
        Set { ruleset, pieces, places }
    }

    /// Returns what something is set to; nothing where it is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let text = |span: Span| folded(self.pieces.slice(span));
        match self.place(name)? {
            Place::Text(span) | Place::Default(_, Some(span)) => Some(text(span)),
            Place::Cell(_, value) | Place::Inherited(_, value) => Some(value),
            Place::Default(_, None) => None,
            Place::Unstated(_) => Some(UNKNOWN.into()),
            Place::Declaration("verdicts", _) => {
                let limits = self.ruleset.thresholds;
                Some(format!("recommended >= {}, possible >= {}", limits.recommended, limits.possible))
            }
            Place::Declaration(_, span) => span.map(|_| {
                let names: Vec<&str> = self.ruleset.levels.iter().map(|level| &*level.name).collect();
                names.join(" > ")
            }),
        }
    }

    /// Returns the names that its ruleset declares.
    #[must_use]
    pub fn declared(&self) -> BTreeSet<&str> {
        declared(self.ruleset)
    }

    /// Returns the rules that score with a weight.
    #[must_use]
    pub fn scored_with(&self, weight: &str) -> BTreeSet<&str> {
        let scores = |rule: &&Rule| {
            rule.effects.iter().any(|effect| weights_of(self.ruleset, effect).contains(&weight))
        };
        self.ruleset.rules.iter().filter(scores).map(|rule| &*rule.name).collect()
    }

    fn place(&self, name: &str) -> Option<Place> {
        let known = self.places.get(name).cloned();
        known.or_else(|| {
            let channel = name.strip_prefix("fact ")?.split_once('.')?.0;
            self.places.get(&format!("channel {channel}")).cloned()
        })
    }

    /// Returns the ruleset with some things set otherwise; nothing where that is no ruleset.
    #[must_use]
    pub fn with(&self, settings: &BTreeMap<&str, Option<&str>>) -> Option<Ruleset> {
        let mut patches: BTreeMap<Span, String> = BTreeMap::new();
        let mut added = String::new();
        for (name, text) in settings {
            match (self.place(name)?, text) {
                (Place::Text(span), Some(text)) => drop(patches.insert(span, (*text).to_string())),
                (Place::Cell(span, _), Some(text)) => {
                    drop(patches.insert(span, self.pieces.cell(span, text)));
                }
                (Place::Declaration(word, span), Some(text)) => {
                    let text = if word == "verdicts" {
                        format!("verdicts {{ {text} }}")
                    } else {
                        format!("{word} {text}")
                    };
                    match span {
                        Some(span) => drop(patches.insert(span, text)),
                        None => added.push_str(&format!("{text}\n")),
                    }
                }
                (Place::Default(_, Some(span)), Some(text)) => {
                    drop(patches.insert(span, (*text).to_string()))
                }
                (Place::Default(behind, None), Some(text)) => {
                    patches.insert(behind, format!(" default {text}"));
                }
                (Place::Default(behind, Some(span)), None) => {
                    patches.insert(behind.to(span), String::new());
                }
                (Place::Default(_, None), None) => {}
                (Place::Unstated(_), Some(text)) if *text == UNKNOWN => {}
                (Place::Unstated(channel) | Place::Inherited(channel, _), Some(text)) => {
                    let entry = name.split_once('.')?.1;
                    let end = Span { start: channel.end.saturating_sub(1), ..channel };
                    let stated = format!("\n{entry} = {text}\n}}");
                    match self.pieces.slice(end) {
                        "}" => drop(patches.insert(end, stated)),
                        _ => drop(patches.insert(channel.after(), format!(" {{{stated}"))),
                    }
                }
                (
                    Place::Text(_)
                    | Place::Cell(..)
                    | Place::Declaration(..)
                    | Place::Unstated(_)
                    | Place::Inherited(..),
                    None,
                ) => return None,
            }
        }
        let files = self.pieces.sources.files();
        let main = self.pieces.sources.main();
        let ids: BTreeMap<&str, FileId> = files.iter().map(|(id, file)| (file.name(), id)).collect();
        let sources = sources(self.ruleset, |file| match ids.get(file.name()) {
            Some(id) => {
                let text = patched(file.text(), *id, &patches);
                if *id == main { format!("{text}\n{added}") } else { text }
            }
            None => file.text().to_string(),
        });
        check(&sources).ruleset
    }
}

/// Returns the names that a ruleset declares and that may stand in a snapshot.
#[must_use]
pub fn declared(ruleset: &Ruleset) -> BTreeSet<&str> {
    let channels = ruleset.channels.iter().map(|channel| &*channel.name);
    let mixes = ruleset.mixes.iter().map(|mix| &*mix.name);
    let requirements = ruleset.requirements.iter().map(|requirement| &*requirement.name);
    let facts = ruleset.facts.iter().map(|fact| &*fact.name);
    let fields = ruleset.fields.iter().map(|field| &*field.name);
    let members = ruleset.enums.iter().flat_map(|of| &of.members).map(|member| &*member.name);
    let levels = ruleset.levels.iter().map(|level| &*level.name);
    // A row goes by its table and itself.
    let rules = ruleset.rules.iter().flat_map(|rule| rule.name.split('.'));
    let targets = channels.chain(mixes).chain(requirements);
    targets.chain(facts).chain(fields).chain(members).chain(levels).chain(rules).collect()
}

/// What variants take from the channels that they are like, and do not state themselves.
fn inherited(pieces: &Pieces, places: &BTreeMap<String, Place>) -> BTreeMap<String, Place> {
    let mut variants: BTreeMap<&str, (Span, &str)> = BTreeMap::new();
    for declaration in pieces.layers().into_iter().rev().flatten() {
        if let DeclarationKind::Channel(channel) = declaration.plain()
            && let Some(like) = &channel.like
        {
            variants.insert(&channel.name.value, (declaration.span, &like.value));
        }
    }
    let mut found = BTreeMap::new();
    for (name, (span, like)) in &variants {
        let mut base = *like;
        // A ruleset has no circles of variants.
        for _ in 0..variants.len() {
            let prefix = format!("fact {base}.");
            for (key, place) in places.iter().filter(|(key, _)| key.starts_with(&prefix)) {
                let own = format!("fact {name}.{}", key.get(prefix.len()..).unwrap_or(""));
                let text = match place {
                    Place::Text(span) => folded(pieces.slice(*span)),
                    Place::Cell(_, value) => value.clone(),
                    _ => continue,
                };
                if !places.contains_key(&own) {
                    found.entry(own).or_insert(Place::Inherited(*span, text));
                }
            }
            let Some((_, next)) = variants.get(base) else { break };
            base = next;
        }
    }
    found
}

/// Returns what may be the weights that give an effect its points: the name behind their sign, or all names in what makes
/// them.
#[must_use]
pub fn weights_of<'r>(ruleset: &'r Ruleset, effect: &Effect) -> Vec<&'r str> {
    let words = |span| ruleset.files.slice(span).trim_end().split(|c: char| !c.is_alphanumeric() && c != '_');
    let is_name = |word: &&str| word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    match &effect.kind {
        EffectKind::Score(_, Points::Fixed(_), None) => {
            words(effect.span).next_back().into_iter().filter(is_name).collect()
        }
        EffectKind::Score(_, Points::Rated(rating), _) => words(rating.value.span).filter(is_name).collect(),
        _ => Vec::new(),
    }
}

/// A profile as the ruleset with other settings has it: what it leaves out has the defaults of that.
#[must_use]
pub fn with_defaults(profile: &Profile, ruleset: &Ruleset) -> Profile {
    let mut made = profile.clone();
    for (id, field) in ruleset.fields.entries() {
        if made.get(id).origin != Origin::Given {
            made.values[qudao_language::model::Id::new(id.index())] = FieldValue::left_out(field);
        }
    }
    made
}

/// Where a field's default stands, or would.
fn default(field: &Field) -> Place {
    let question = field
        .question
        .as_ref()
        .map(|text| text.translations.last().map_or(text.main.span, |(_, text)| text.span));
    let range = field.range.as_ref().map(|range| range.span);
    let behind = range.or(question).unwrap_or(field.ty.span).after();
    Place::Default(behind, field.default.as_ref().map(|value| value.span))
}

/// The name of an entry: `own.limit`, `own.open_to[ngo]`; of a parameter, which a sheet states under no channel, `limit`.
fn entry(channel: &Channel, statement: &Statement) -> String {
    match &*channel.name.value {
        "" => entry_of(statement),
        channel => format!("{channel}.{}", entry_of(statement)),
    }
}

/// An entry as a channel states it: `limit`, `open_to[ngo]`.
pub(super) fn entry_of(statement: &Statement) -> String {
    let mut entry = statement.fact.value.to_string();
    for index in &statement.indexes {
        entry.push_str(&format!("[{}]", index.tail.as_ref().unwrap_or(&index.head).value));
    }
    entry
}

/// Whether a statement holds on a day.
pub(super) fn holds_on(statement: &Statement, day: Date) -> bool {
    statement.since.as_ref().is_none_or(|since| since.value <= day)
        && statement.until.as_ref().is_none_or(|until| day <= until.value)
}

/// A text with some spans standing for others. Of two that overlap, the one that begins first counts.
pub(super) fn patched(text: &str, file: FileId, patches: &BTreeMap<Span, String>) -> String {
    let mut made = String::with_capacity(text.len());
    let mut at = 0;
    for (span, instead) in patches.iter().filter(|(span, _)| span.file == file) {
        let (start, end) = (span.start as usize, span.end as usize);
        if start >= at {
            made.push_str(text.get(at..start).unwrap_or(""));
            made.push_str(instead);
            at = end;
        }
    }
    made.push_str(text.get(at..).unwrap_or(""));
    made
}
