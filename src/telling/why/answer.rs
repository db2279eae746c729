//! The answer on a screen.

use super::content::{Content, Item, Lead, Ranking, Section, content};
use super::page::{Page, Style, column, widest};
use super::{check_box, short_sources};
use crate::words::Speaker;
use qudao_language::decide::Decision;
use qudao_language::layout::{pad, pad_left};
use qudao_language::model::NeedState;

/// What of an answer is shown, and how.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// How many channels and mixes are told in full; all where it is not said.
    pub top: Option<usize>,
    /// Whether there are colours.
    pub colour: bool,
    /// Whether every rule is listed.
    pub trace: bool,
    /// The command that shows the proof of a target, without the target.
    pub why: Option<String>,
}

/// Returns a decision as a text of 80 columns, the answer in its first line.
#[must_use]
pub fn answer<'r>(decision: &Decision<'r>, speaker: Speaker<'r>, options: &Options) -> String {
    let content = content(decision, &speaker, options.top, options.trace);
    let mut writer = Writer { speaker, page: Page::new(options.colour) };
    writer.write(&content);
    // The proof of the best, or of the channel that is excluded last where none is left.
    let next = decision.best().map(|best| best.target).or(decision.channels.first().copied());
    if let (Some(why), Some(target)) = (&options.why, next) {
        let next = format!(
            "{}{}{why} {}",
            speaker.tongue.next(),
            speaker.tongue.colon(),
            speaker.ruleset.target_name(target)
        );
        writer.page.line(&[(Style::Faint, &next)]);
    }
    writer.page.finish()
}

struct Writer<'r> {
    speaker: Speaker<'r>,
    page: Page,
}

impl<'r> Writer<'r> {
    fn write(&mut self, content: &Content<'r>) {
        self.page.paragraph(Style::Strong, &content.headline);
        content.rankings.iter().for_each(|ranking| self.ranking(ranking));
        content.targets.iter().chain(&content.lists).for_each(|section| self.section(section));
        self.page.blank();
        self.page.line(&[(Style::Faint, &content.footer)]);
    }

    fn ranking(&mut self, ranking: &Ranking<'r>) {
        self.page.heading(ranking.heading);
        let ids = widest(ranking.rows.iter().map(|row| row.id), 24);
        let words = widest(ranking.rows.iter().map(|row| row.word), 12);
        let scores = widest(ranking.rows.iter().map(|row| &*row.score), 24);
        for row in &ranking.rows {
            self.page.hang(
                &[
                    (Style::Plain, &format!("{}  ", pad_left(&row.place, 3))),
                    (Style::Strong, &column(row.id, ids)),
                    (Style::of(row.verdict), &column(row.word, words)),
                    (Style::Plain, &format!("{}  ", pad_left(&row.score, scores))),
                ],
                &row.text,
            );
        }
    }

    fn section(&mut self, section: &Section<'r>) {
        match section.id {
            Some(id) => self.page.heading(&format!("{id}  {}", section.heading)),
            None if section.heading.is_empty() => self.page.blank(),
            None => self.page.heading(&section.heading),
        }
        let is_effect = |item: &&Item<'r>| matches!(item.lead, Lead::Effect(..));
        let effects = section.items.iter().filter_map(|item| match &item.lead {
            Lead::Effect(effect, _) => Some(&**effect),
            _ => None,
        });
        let effects = widest(effects, 16);
        let rules = widest(section.items.iter().filter(is_effect).map(|item| &*item.name), 24);
        let is_need = |item: &&Item<'r>| matches!(item.lead, Lead::Need(_));
        let needs = widest(section.items.iter().filter(is_need).map(|item| &*item.name), 24);
        let others = section.items.iter().filter(|item| !is_effect(item) && !is_need(item));
        let most = if section.items.iter().any(|item| item.lead == Lead::Rule) { 28 } else { 24 };
        let names = widest(others.map(|item| &*item.name), most);
        let mut to_do = false;
        for item in &section.items {
            let text = self.text(item);
            match &item.lead {
                Lead::Effect(effect, welcome) => {
                    let style = if *welcome { Style::Good } else { Style::Fair };
                    let first = [
                        (style, &*format!("  {}  ", pad(effect, effects))),
                        (Style::Plain, &*column(&item.name, rules)),
                    ];
                    self.page.hang(&first, &text);
                }
                Lead::Need(state) => {
                    if !std::mem::replace(&mut to_do, true) {
                        self.page.line(&[(Style::Plain, &format!("  {}", self.speaker.tongue.to_do()))]);
                    }
                    let style = if *state == NeedState::Met { Style::Good } else { Style::Fair };
                    let first = [
                        (style, &*format!("    {} ", check_box(*state))),
                        (Style::Plain, &*column(&item.name, needs)),
                    ];
                    self.page.hang(&first, &text);
                }
                Lead::Value => {
                    self.page.hang(&[(Style::Plain, &format!("  {} = ", item.name))], &text);
                }
                Lead::Rule => {
                    self.page.hang(&[(Style::Plain, &format!("  {}", column(&item.name, names)))], &text);
                }
                Lead::Note(_) | Lead::Excludes | Lead::Unknown | Lead::Disputed | Lead::More | Lead::Tie => {
                    let (style, mark) = mark(&item.lead);
                    let name = if item.name.is_empty() { String::new() } else { column(&item.name, names) };
                    self.page.hang(&[(style, mark), (Style::Plain, &name)], &text);
                }
            }
        }
    }

    /// The text of an item, and what it rests on.
    fn text(&self, item: &Item<'r>) -> String {
        if item.lead == Lead::Disputed {
            return item.text.clone();
        }
        let sources = short_sources(&self.speaker, item.cited.iter().copied());
        let rest: Vec<&str> =
            item.rule.into_iter().chain([&*sources]).filter(|part| !part.is_empty()).collect();
        let rest = if rest.is_empty() { String::new() } else { format!(" [{}]", rest.join(", ")) };
        format!("{}{rest}", item.text).trim_start().to_string()
    }
}

fn mark(lead: &Lead) -> (Style, &'static str) {
    match lead {
        Lead::Note(true) => (Style::Fair, "  ! "),
        Lead::Note(false) => (Style::Faint, "  · "),
        Lead::Excludes => (Style::Bad, "  ✗ "),
        Lead::Unknown => (Style::Fair, "  ? "),
        Lead::Disputed => (Style::Fair, "  ≠ "),
        Lead::More => (Style::Faint, "  · "),
        Lead::Tie => (Style::Plain, "  = "),
        Lead::Effect(..) | Lead::Need(_) | Lead::Value | Lead::Rule => (Style::Plain, "  "),
    }
}
