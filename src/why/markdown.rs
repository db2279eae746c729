//! The answer in Markdown: for a report or a pull request.

use super::headline::headline;
use super::{evidence, footer, need_sources, points, quotes, reason, rests, short_sources, silences};
use crate::decide::{Cause, Decision, Reason, TargetDecision};
use crate::model::{Citation, EffectKind, Id, Need, NeedState, Source, Target};
use crate::operator::Verdict;
use crate::visible::visible;
use crate::words::{Speaker, Tongue};

/// Returns a decision as Markdown, with the sources it rests on at its end.
#[must_use]
pub fn markdown<'r>(decision: &Decision<'r>, speaker: Speaker<'r>, top: Option<usize>) -> String {
    let mut writer = Writer { decision, speaker, text: String::new(), cited: Vec::new() };
    writer.write(top.unwrap_or(usize::MAX));
    writer.text
}

struct Writer<'a, 'r> {
    decision: &'a Decision<'r>,
    speaker: Speaker<'r>,
    text: String,
    cited: Vec<&'r Citation>,
}

/// Makes a text plain in Markdown: nothing in it formats, links or breaks a table.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in visible(text).chars() {
        match c {
            '\n' => plain.push(' '),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => {
                plain.push('\\');
                plain.push(c);
            }
            _ => plain.push(c),
        }
    }
    plain
}

impl<'r> Writer<'_, 'r> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn heading(&mut self, level: usize, text: &str) {
        let marks = "#".repeat(level);
        self.gap();
        self.line(&format!("{marks} {}\n", plain(text)));
    }

    /// Leaves one line blank.
    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn english(&self) -> bool {
        self.speaker.tongue == Tongue::English
    }

    fn id(&self, target: Target) -> &'r str {
        self.speaker.ruleset.target_name(target)
    }

    fn title(&self, target: Target) -> &'r str {
        self.speaker.ruleset.target_title(target, self.speaker.language)
    }

    fn write(&mut self, top: usize) {
        let tongue = self.speaker.tongue;
        self.line(&format!("# {}", plain(&self.decision.profile.name)));
        self.line(&format!("\n**{}**", plain(&headline(self.decision, &self.speaker))));
        for (targets, heading) in
            [(&self.decision.channels, tongue.channels()), (&self.decision.mixes, tongue.mixes())]
        {
            if !targets.is_empty() {
                self.heading(2, heading);
                self.table(targets);
            }
        }
        for targets in [&self.decision.channels, &self.decision.mixes] {
            for target in targets.iter().take(top) {
                self.target(self.decision.target(*target));
            }
        }
        self.lists();
        self.sources();
        self.line(&format!("\n---\n{}", plain(&footer(&self.speaker, self.decision))));
    }

    fn table(&mut self, targets: &[Target]) {
        let heads =
            if self.english() { "| | id | verdict | points | |" } else { "| | 标识 | 结论 | 得分 | |" };
        self.line(heads);
        self.line("| --- | --- | --- | --- | --- |");
        for target in targets {
            let decided = self.decision.target(*target);
            let tongue = self.speaker.tongue;
            let verdict = decided.verdict.map_or(tongue.undecided(), |verdict| tongue.verdict(verdict));
            let row = format!(
                "| {} | `{}` | {verdict} | {} | {} |",
                decided.rank,
                self.id(*target),
                plain(&points(&self.speaker, decided)),
                plain(self.title(*target))
            );
            self.line(&row);
        }
    }

    fn reason(&mut self, cause: Cause) -> String {
        let rule = &self.speaker.ruleset.rules[cause.rule];
        let effect = match cause.kind(self.speaker.ruleset) {
            EffectKind::Exclude(_) => "✗".to_string(),
            EffectKind::Cap(_, verdict) => format!("≤ {}", self.speaker.tongue.verdict(*verdict)),
            EffectKind::Score(_, points, level) => {
                match level.and_then(|level| self.speaker.ruleset.levels.get(level)) {
                    Some(level) => format!("{}{}", if *points < 0 { "-" } else { "+" }, level.name),
                    None => format!("{points:+}"),
                }
            }
            EffectKind::Needs(_, needs) => {
                let names: Vec<&str> =
                    needs.iter().map(|need| self.speaker.ruleset.need_name(*need)).collect();
                format!("→ {}", names.join(", "))
            }
            EffectKind::Note(..) => String::new(),
        };
        let text = reason(self.decision, &self.speaker, cause.rule, cause.channel);
        let sources = self.cite(evidence(self.decision, cause.rule, cause.channel));
        format!("- **{effect}** `{}` {}{sources}", rule.name, plain(&text))
    }

    /// Notes what is cited for the list at the end; returns it in short.
    fn cite(&mut self, citations: Vec<&'r Citation>) -> String {
        let sources = short_sources(&self.speaker, citations.iter().copied());
        self.cited.extend(citations);
        if sources.is_empty() { String::new() } else { format!(" ({})", plain(&sources)) }
    }

    fn target(&mut self, decided: &TargetDecision) {
        if decided.reasons.is_empty() && decided.needs.is_empty() && decided.notes.is_empty() {
            return;
        }
        self.heading(2, self.title(decided.target));
        for reason in &decided.reasons {
            let line = match reason {
                Reason::Rule(cause) => self.reason(*cause),
                Reason::Through(channel) => {
                    let through = self.id(Target::Channel(*channel));
                    let words = if self.english() { "is excluded" } else { "已排除" };
                    format!("- **✗** `{through}` {words}")
                }
            };
            self.line(&line);
        }
        if !decided.needs.is_empty() && decided.leaning != Verdict::Excluded {
            let heading = self.speaker.tongue.to_do();
            self.gap();
            self.line(&format!("{heading}\n"));
            for need in &decided.needs {
                let tick = if need.state == NeedState::Met { "x" } else { " " };
                let mut text = self.speaker.ruleset.need_title(need.need, self.speaker.language).to_string();
                if let Need::Requirement(id) = need.need
                    && let Some(how) = &self.speaker.ruleset.requirements[id].how
                {
                    text.push_str(self.speaker.tongue.colon());
                    text.push_str(&self.speaker.fill(self.decision, how, None));
                }
                let state = if need.state == NeedState::Unknown { " (?)" } else { "" };
                self.cited.extend(need_sources(&self.speaker, need));
                let name = self.speaker.ruleset.need_name(need.need);
                self.line(&format!("- [{tick}] `{name}` {}{state}", plain(&text)));
            }
        }
        for cause in &decided.notes {
            self.note(*cause);
        }
    }

    fn note(&mut self, cause: Cause) {
        if let EffectKind::Note(_, text, warning) = cause.kind(self.speaker.ruleset) {
            let rule = &self.speaker.ruleset.rules[cause.rule];
            let sources = self.cite(evidence(self.decision, cause.rule, cause.channel));
            let word = if *warning { self.speaker.tongue.warning() } else { self.speaker.tongue.note() };
            let text = plain(&self.speaker.fill(self.decision, text, cause.channel));
            self.line(&format!("- *{word}* `{}` {text}{sources}", rule.name));
        }
    }

    fn lists(&mut self) {
        let tongue = self.speaker.tongue;
        let ruleset = self.speaker.ruleset;
        if !self.decision.notes.is_empty() {
            self.heading(2, tongue.notes());
            for cause in &self.decision.notes {
                self.note(*cause);
            }
        }
        if !self.decision.missing.is_empty() {
            self.heading(2, tongue.missing());
            for (id, targets) in &self.decision.missing {
                let field = &ruleset.fields[*id];
                let question =
                    field.question.as_ref().map_or("", |question| question.get(self.speaker.language));
                let targets: Vec<String> =
                    targets.iter().map(|target| format!("`{}`", self.id(*target))).collect();
                self.line(&format!("- `{}` {} ({})", field.name, plain(question), targets.join(", ")));
            }
        }
        if let Some(more) = rests::more(self.decision, &self.speaker) {
            self.gap();
            self.line(&plain(&more));
        }
        let silences = silences(self.decision, &self.speaker);
        if !silences.is_empty() {
            self.heading(2, tongue.no_source());
            for silence in silences {
                let title =
                    silence.title.as_ref().map(|title| format!(" {}", plain(title))).unwrap_or_default();
                let words = plain(&silence.words(&self.speaker));
                self.line(&format!("- `{}`{title}{}{words}", silence.fact, tongue.colon()));
            }
        }
        self.rests();
    }

    /// Disputed values that verdicts rest on, and defaults.
    fn rests(&mut self) {
        let (decision, speaker) = (self.decision, self.speaker);
        let disputes = rests::disputes(decision, &speaker, None);
        if !disputes.is_empty() {
            self.heading(2, speaker.tongue.rests_on());
        }
        for dispute in disputes {
            let title = dispute.title.as_ref().map(|title| format!(" {}", plain(title))).unwrap_or_default();
            let words = plain(&dispute.words(&speaker));
            self.cited.extend(dispute.citations());
            self.line(&format!("- `{}`{title}{}{words}", dispute.fact, speaker.tongue.colon()));
        }
        let assumed = rests::assumed(decision, &speaker, None);
        if !assumed.is_empty() {
            self.heading(2, speaker.tongue.assumed());
        }
        for (field, value, words) in assumed {
            let words = words.map(|words| format!("{}{}", speaker.tongue.semicolon(), plain(&words)));
            self.line(&format!("- `{field}` = {}{}", plain(&value), words.unwrap_or_default()));
        }
    }

    /// The sources that were cited, each once, with what they say.
    fn sources(&mut self) {
        let mut found: Vec<(Id<Source>, Vec<String>)> = Vec::new();
        for citation in std::mem::take(&mut self.cited) {
            let at = found.iter().position(|(source, _)| *source == citation.source).unwrap_or_else(|| {
                found.push((citation.source, Vec::new()));
                found.len() - 1
            });
            let Some((_, lines)) = found.get_mut(at) else { continue };
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
        self.heading(2, self.speaker.tongue.sources());
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
