//! The answers of a table: a sheet of them, one of the reasons of each row, and one of sources.

use std::collections::BTreeMap;

use qudao_engine::program::Program;
use qudao_engine::program::batch::{Batch, instances};
use qudao_language::date::Date;
use qudao_language::decide::{Tells, decide_only};
use qudao_language::model::{Channel, Citation, EffectKind, Id, Profile, Ruleset, Template};
use qudao_language::operator::Verdict;
use qudao_language::profile::{Format, read};
use serde_json::Value as Json;

use super::{Cell, Sheet, save};
use crate::words::{Speaker, expr_text};

/// A workbook that takes answers row by row.
pub struct Answers<'r> {
    speaker: Speaker<'r>,
    answers: Sheet,
    reasons: Sheet,
    /// Whether a row of reasons had no room.
    more: bool,
    /// So many columns are taken over, as texts that may be numbers.
    kept: usize,
    /// What each instance of a rule does, by its name in answers.
    does: BTreeMap<String, Vec<Does<'r>>>,
    day: Date,
}

/// There is no room for more answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Full;

/// What a rule does to a target: its cells.
struct Does<'r> {
    target: String,
    effect: String,
    reason: Why<'r>,
    sources: String,
}

/// Why a rule does something.
enum Why<'r> {
    /// In words that are the same for every row.
    Always(String),
    /// In a text with values, of a channel where the rule is of each.
    Filled(&'r Template, Option<Id<Channel>>),
}

impl<'r> Answers<'r> {
    /// Begins a workbook for the answers of a batch, which are rows of NDJSON that list what fired.
    ///
    /// # Errors
    /// If they have more columns than a sheet.
    pub fn new(batch: &Batch<'_, 'r>, speaker: Speaker<'r>) -> Result<Answers<'r>, String> {
        let speaker = speaker.with_titles();
        let (ruleset, tongue) = (speaker.ruleset, speaker.tongue);
        let names = batch.names();
        let title = |name: &str| {
            let (target, _) = name.rsplit_once('.')?;
            let target = ruleset.targets().find(|of| ruleset.target_name(*of) == target)?;
            Some(speaker.target(target))
        };
        let heads: Vec<(&str, Option<&str>)> =
            names.iter().map(|name| (name.as_str(), title(name))).collect();
        let kept: Vec<&str> = batch.kept().iter().map(String::as_str).collect();
        let own = [
            "line",
            tongue.option(),
            tongue.effect_head(),
            tongue.why_head(),
            tongue.rules_named(),
            tongue.sources_head(),
        ];
        let of_reasons: Vec<(&str, Option<&str>)> =
            kept.iter().copied().chain(own).map(|name| (name, None)).collect();
        Ok(Answers {
            answers: Sheet::new(tongue.answers_head(), &heads)?,
            reasons: Sheet::new(tongue.reasons_head(), &of_reasons)?,
            more: false,
            kept: kept.len(),
            does: does(batch.program(), &speaker),
            day: batch.program().ground().day,
            speaker,
        })
    }

    /// Adds answers: whole rows of NDJSON, and the profile of each in JSON. `numbers` tells that what is taken over is from
    /// a form without types, in which a text that is a number is one.
    ///
    /// # Errors
    /// If a row cannot be written; [`Full`] if there is no room.
    pub fn add(
        &mut self,
        rows: &[u8],
        profiles: &[String],
        numbers: bool,
    ) -> Result<Result<(), Full>, String> {
        let rows = rows.split(|byte| *byte == b'\n').filter(|row| !row.is_empty());
        for (row, profile) in rows.zip(profiles) {
            let row: Json =
                serde_json::from_slice(row).map_err(|error| format!("an answer is no JSON: {error}"))?;
            let Json::Object(row) = row else { continue };
            let mut texts = Vec::new();
            for (name, value) in row.iter() {
                flat(name, value, texts.len() < self.kept, &mut texts);
            }
            let cells: Vec<Cell<'_>> = texts.iter().map(|text| text.cell(&self.speaker, numbers)).collect();
            if !self.answers.row(&cells)? {
                return Ok(Err(Full));
            }
            let line = row.get("line").map(Json::to_string).unwrap_or_default();
            let fired = row.get("fired").and_then(Json::as_array).into_iter().flatten();
            let fired: Vec<&str> = fired.filter_map(Json::as_str).collect();
            let does = |name: &str| self.does.get(name).into_iter().flatten();
            let filled =
                fired.iter().any(|name| does(name).any(|does| matches!(does.reason, Why::Filled(..))));
            let profile = filled.then(|| self.profile(profile)).transpose()?;
            let ruleset = self.speaker.ruleset;
            let decision =
                profile.as_ref().map(|profile| decide_only(ruleset, profile, self.day, Tells::Verdicts));
            for name in fired {
                for does in self.does.get(name).into_iter().flatten() {
                    let mut cells: Vec<Cell<'_>> = cells.iter().take(self.kept).copied().collect();
                    let reason = match (&does.reason, &decision) {
                        (Why::Filled(text, channel), Some(decision)) => {
                            self.speaker.fill(decision, text, *channel)
                        }
                        (Why::Filled(..), None) => String::new(),
                        (Why::Always(reason), _) => reason.clone(),
                    };
                    let texts = [&does.target, &does.effect, &reason, name, &does.sources];
                    cells.push(Cell::Number(&line));
                    cells.extend(texts.map(Cell::Text));
                    self.more |= !self.reasons.row(&cells)?;
                }
            }
        }
        Ok(Ok(()))
    }

    /// The profile of a row that was answered.
    fn profile(&self, json: &str) -> Result<Profile, String> {
        let read = read(self.speaker.ruleset, "row", json.as_bytes().to_vec(), Format::Json, &[]);
        read.profile.ok_or_else(|| format!("a row that was answered is no profile: {json}"))
    }

    /// Returns the bytes of the workbook.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self, day: Date) -> Result<Vec<u8>, String> {
        let Answers { speaker, answers, mut reasons, more, .. } = self;
        if more {
            reasons.last(speaker.tongue.no_room())?;
        }
        let title = speaker.ruleset.title.get(speaker.language);
        save(vec![answers, reasons, sources(&speaker)?], title, day)
    }
}

/// The sources of a ruleset, a row each.
pub(super) fn sources(speaker: &Speaker<'_>) -> Result<Sheet, String> {
    let tongue = speaker.tongue;
    let heads = [
        tongue.source_number(),
        tongue.title_head(),
        tongue.publisher_head(),
        tongue.published(),
        tongue.read_head(),
        "URL",
    ];
    let mut sheet = Sheet::new(tongue.sources_head(), &heads.map(|head| (head, None)))?;
    for source in speaker.ruleset.sources.iter() {
        let read = source.accessed.map(|day| day.to_string()).unwrap_or_default();
        let title = source.title.as_ref().map_or("", |title| title.get(speaker.language));
        let cells = [
            Cell::Text(&source.name),
            Cell::Text(title),
            Cell::Text(source.publisher.as_deref().unwrap_or("")),
            Cell::Text(source.published.as_deref().unwrap_or("")),
            Cell::Text(&read),
            source.url.as_deref().map_or(Cell::Empty, Cell::Link),
        ];
        sheet.row(&cells)?;
    }
    Ok(sheet)
}

/// What stands in a cell of an answer.
enum Said {
    Nothing,
    /// A text that was taken over.
    Kept(String),
    Text(String),
    Number(String),
    Bool(bool),
    /// A verdict's word, which is none of the verdicts where it is undecided.
    Verdict(String),
}

impl Said {
    fn cell<'s>(&'s self, speaker: &Speaker<'s>, numbers: bool) -> Cell<'s> {
        match self {
            Said::Nothing => Cell::Empty,
            Said::Kept(text) if numbers && is_decimal(text) => Cell::Number(text),
            Said::Kept(text) | Said::Text(text) => Cell::Text(text),
            Said::Number(number) => Cell::Number(number),
            Said::Bool(holds) => Cell::Bool(*holds),
            Said::Verdict(word) => {
                let verdict = Verdict::parse(word);
                let word = speaker.tongue.verdict_or_undecided(verdict);
                Cell::Verdict(verdict, word)
            }
        }
    }
}

/// The cells of a value under a name: those of its parts, in their order.
fn flat(name: &str, value: &Json, kept: bool, cells: &mut Vec<Said>) {
    cells.push(match value {
        Json::Null => Said::Nothing,
        Json::Bool(holds) => Said::Bool(*holds),
        Json::Number(number) => Said::Number(number.to_string()),
        Json::String(text) if kept => Said::Kept(text.clone()),
        Json::String(text) if matches!(name, "verdict" | "leaning") => Said::Verdict(text.clone()),
        Json::String(text) => Said::Text(text.clone()),
        Json::Array(_) | Json::Object(_) if kept => Said::Text(value.to_string()),
        Json::Array(names) => {
            let names: Vec<&str> = names.iter().filter_map(Json::as_str).collect();
            Said::Text(names.join(";"))
        }
        Json::Object(parts) => {
            return parts.iter().for_each(|(name, part)| flat(name, part, false, cells));
        }
    });
}

/// Tells whether a text is a number as Excel would write it, and none such as `0049` or `1.10`.
pub(super) fn is_decimal(text: &str) -> bool {
    let size = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = size.split_once('.').unwrap_or((size, "1"));
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let shortest = !fraction.ends_with('0') && text != "-0" && (whole == "0" || !whole.starts_with('0'));
    plain(whole) && plain(fraction) && shortest
}

/// What each instance of a rule does, by its name in answers.
fn does<'r>(program: &Program<'r>, speaker: &Speaker<'r>) -> BTreeMap<String, Vec<Does<'r>>> {
    let ruleset = speaker.ruleset;
    let mut all = BTreeMap::new();
    for (name, rule, channel) in instances(program) {
        let rule = &ruleset.rules[rule];
        let why = |text: &'r Template| Why::Filled(text, channel);
        let title = || Some(rule.title.as_ref()?.get(speaker.language).to_string());
        let condition = || Some(expr_text(ruleset, rule.when.as_ref()?));
        let untold = || title().or_else(condition).unwrap_or_else(|| speaker.tongue.always().into());
        let effects = rule.effects.iter().map(|effect| {
            let target = effect.kind.target().and_then(|target| target.resolve(channel));
            let note = if let EffectKind::Note(_, text, _) = &effect.kind { Some(text) } else { None };
            let text = note.or(rule.because.as_ref());
            Does {
                target: target.map_or(String::new(), |target| speaker.target(target).to_string()),
                effect: says(&effect.kind, speaker),
                reason: text.map_or_else(|| Why::Always(untold()), why),
                sources: cited(ruleset, &rule.sources),
            }
        });
        all.insert(name, effects.collect());
    }
    all
}

/// What an effect is.
fn says(effect: &EffectKind, speaker: &Speaker<'_>) -> String {
    let tongue = speaker.tongue;
    match effect {
        EffectKind::Exclude(_) => tongue.verdict(Verdict::Excluded).into(),
        EffectKind::Cap(_, verdict) => format!("{} {}", tongue.at_best(), tongue.verdict(*verdict)),
        EffectKind::Score(_, points, Some(level)) => speaker.level(*level, points),
        EffectKind::Score(_, points, None) => match points.range() {
            (least, most) if least == most => format!("{least:+}"),
            (least, most) => format!("{least:+} … {most:+}"),
        },
        EffectKind::Needs(_, needs) => {
            let needs: Vec<String> = needs.iter().map(|need| speaker.need(*need).to_string()).collect();
            format!("{} {}", tongue.needs_word(), tongue.list(&needs))
        }
        EffectKind::Note(_, _, warning) => if *warning { tongue.warning() } else { tongue.remark() }.into(),
    }
}

/// The names of sources, each once.
fn cited(ruleset: &Ruleset, citations: &[Citation]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for citation in citations {
        let name = &*ruleset.sources[citation.source].name;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join("; ")
}
