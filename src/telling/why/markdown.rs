//! The answer in Markdown: for a report or a pull request.

use super::answer::Options;
use super::content::{Content, Item, Lead, Ranking, Section, content};
use super::{quotes, short_sources};
use crate::words::{Speaker, Tongue};
use qudao_language::decide::Decision;
use qudao_language::model::{Citation, Id, NeedState, Source};
pub(super) use qudao_language::visible::plain_markdown as plain;

/// Returns a decision as Markdown, with the sources it rests on at its end. It tells what [`answer`](super::answer) does.
#[must_use]
pub fn markdown<'r>(decision: &Decision<'r>, speaker: Speaker<'r>, options: &Options) -> String {
    let content = content(decision, &speaker, options.top, options.trace);
    let items = content.targets.iter().chain(&content.lists).flat_map(|section| &section.items);
    let cited = items.flat_map(|item| item.cited.iter().copied()).collect();
    let mut writer = Writer { speaker, text: String::new(), cited };
    writer.line(&format!("# {}", plain(&decision.profile.name)));
    writer.write(&content);
    writer.text
}

struct Writer<'r> {
    speaker: Speaker<'r>,
    text: String,
    cited: Vec<&'r Citation>,
}

impl<'r> Writer<'r> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn heading(&mut self, text: &str) {
        self.gap();
        self.line(&format!("## {}\n", plain(text)));
    }

    /// Leaves one line blank.
    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn write(&mut self, content: &Content<'r>) {
        self.line(&format!("\n**{}**", plain(&content.headline)));
        content.rankings.iter().for_each(|ranking| self.ranking(ranking));
        content.targets.iter().chain(&content.lists).for_each(|section| self.section(section));
        self.sources();
        self.line(&format!("\n---\n{}", plain(&content.footer)));
    }

    fn ranking(&mut self, ranking: &Ranking<'r>) {
        self.heading(ranking.heading);
        self.line(match self.speaker.tongue {
            Tongue::English => "| | id | verdict | points | |",
            Tongue::Chinese => "| | 标识 | 结论 | 得分 | |",
        });
        self.line("| --- | --- | --- | --- | --- |");
        for row in &ranking.rows {
            let (score, text) = (plain(&row.score), plain(&row.text));
            self.line(&format!("| {} | `{}` | {} | {score} | {text} |", row.place, row.id, row.word));
        }
    }

    fn section(&mut self, section: &Section<'r>) {
        if section.heading.is_empty() {
            self.gap();
        } else {
            self.heading(&section.heading);
        }
        let mut to_do = false;
        for item in &section.items {
            if let (Lead::Need(_), false) = (&item.lead, to_do) {
                to_do = true;
                self.gap();
                self.line(&format!("{}\n", self.speaker.tongue.to_do()));
            }
            let line = self.item(item);
            self.line(&line);
        }
    }

    fn item(&self, item: &Item<'r>) -> String {
        let tongue = self.speaker.tongue;
        let lead = match &item.lead {
            Lead::Effect(effect, _) => format!("**{}** ", plain(effect)),
            Lead::Need(NeedState::Met) => "[x] ".into(),
            Lead::Need(NeedState::Unmet | NeedState::Unknown) => "[ ] ".into(),
            Lead::Note(true) => format!("*{}* ", tongue.warning()),
            Lead::Note(false) => format!("*{}* ", tongue.note()),
            Lead::Excludes => "**✗** ".into(),
            Lead::Unknown | Lead::Disputed | Lead::More | Lead::Value | Lead::Tie | Lead::Rule => {
                String::new()
            }
        };
        let names = [item.name.as_str()].into_iter().chain(item.rule).filter(|name| !name.is_empty());
        let names: String = names.map(|name| format!("`{name}` ")).collect();
        let between = if item.lead == Lead::Value { "= " } else { "" };
        let state = if item.lead == Lead::Need(NeedState::Unknown) { " (?)" } else { "" };
        // The text of a disputed fact names each source beside its value.
        let beside = item.cited.iter().copied().filter(|_| item.lead != Lead::Disputed);
        let sources = short_sources(&self.speaker, beside);
        let sources = if sources.is_empty() { String::new() } else { format!(" ({})", plain(&sources)) };
        let line = format!("- {lead}{names}{between}{}{state}{sources}", plain(&item.text));
        line.trim_end().to_string()
    }

    /// The sources that were cited, each once, with what they say.
    fn sources(&mut self) {
        let mut found: Vec<(Id<Source>, Vec<String>)> = Vec::new();
        for citation in &self.cited {
            let at = found.iter().position(|(source, _)| *source == citation.source).unwrap_or_else(|| {
                found.push((citation.source, Vec::new()));
                found.len() - 1
            });
            let (_, lines) = found.get_mut(at).expect("it was found, or just put there");
            if citation.quotes.is_empty() && citation.at.is_none() {
                continue;
            }
            for text in quotes(&self.speaker, citation) {
                let line = format!("  - {}", plain(&text));
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
        }
        if found.is_empty() {
            return;
        }
        self.heading(self.speaker.tongue.sources());
        for (id, lines) in found {
            let source = &self.speaker.ruleset.sources[id];
            let title = source.title.as_ref().map(|title| title.get(self.speaker.language).to_string());
            let accessed = source.accessed.map(|day| format!("{} {day}", self.speaker.tongue.accessed()));
            let doubt = self.speaker.doubt(id).map(str::to_string);
            let parts = [title, source.publisher.clone(), source.published.clone(), accessed, doubt];
            let parts: Vec<String> = parts.into_iter().flatten().map(|part| plain(&part)).collect();
            let url = source.url.as_ref().map(|url| format!(" {}", link(url))).unwrap_or_default();
            self.line(&format!("- **{}** {}{url}", plain(&source.name), self.speaker.tongue.list(&parts)));
            lines.iter().for_each(|line| self.line(line));
        }
    }
}

/// Returns an address as a link, if nothing in it could end one.
fn link(url: &str) -> String {
    let safe = |c: char| c.is_ascii_graphic() && !"<>\\`\"".contains(c);
    let web = url.starts_with("https://") || url.starts_with("http://");
    if web && url.chars().all(safe) { format!("<{url}>") } else { plain(url) }
}
