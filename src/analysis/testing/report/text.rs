//! For people, on a terminal.

use super::{Summary, snapshots};
use crate::testing::{Coverage, Failure, PropertyOutcome, RulesetRun};
use qudao_language::layout::{WIDTH, pad, width};
use qudao_language::source::Place;
use qudao_language::visible::visible;

const BAD: &str = "\u{1b}[1;31m";
const GOOD: &str = "\u{1b}[32m";
const FAINT: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

/// The words before what is not as it should be.
const FAIL: &str = "FAIL";
const UNDECIDED: &str = "UNDECIDED";

/// How outcomes are told.
#[derive(Clone, Copy, Default, Debug)]
pub struct Options {
    /// Whether colours are used.
    pub colour: bool,
    /// Whether the difference of each snapshot is told in full, not only a case of each cause.
    pub whole: bool,
}

/// Returns the failures of all rulesets in full, what changed in snapshots, and a line that counts.
#[must_use]
pub fn text(runs: &[RulesetRun], options: Options) -> String {
    let mut writer = Writer { text: String::new(), colour: options.colour };
    for run in runs {
        for test in run.tests.iter().filter(|test| !test.passed()) {
            writer.head(FAIL, &test.title, &test.at);
            test.failures.iter().for_each(|failure| writer.failure(failure));
            writer.text.push('\n');
        }
        for property in &run.properties {
            let (word, why) = match &property.outcome {
                PropertyOutcome::NotChecked | PropertyOutcome::Proved => continue,
                PropertyOutcome::Fails(why) => (FAIL, why),
                PropertyOutcome::Undecided(why) => (UNDECIDED, why),
            };
            writer.head(word, &format!("property {}", property.name), &property.at);
            writer.block("  ", why);
            writer.text.push('\n');
        }
        writer.text.push_str(&snapshots::text(run, options.whole));
        if let Some(coverage) = &run.coverage {
            writer.coverage(&run.name, coverage);
        }
    }
    let summary = Summary::of(runs);
    let line = if summary.is_empty() && summary.broken == 0 {
        format!("no test was run, which is a failure: {}", summary.words())
    } else {
        summary.words()
    };
    let style = if summary.is_good() { GOOD } else { BAD };
    let line = writer.paint(style, &line);
    writer.text.push_str(&line);
    writer.text.push('\n');
    writer.text
}

struct Writer {
    text: String,
    colour: bool,
}

impl Writer {
    fn paint(&self, style: &str, text: &str) -> String {
        if self.colour { format!("{style}{text}{PLAIN}") } else { text.to_string() }
    }

    /// `FAIL  title`, and the place at the right margin where there is room.
    fn head(&mut self, word: &str, title: &str, at: &Place) {
        let title = visible(title).replace('\n', " ");
        let place = visible(&format!("{}:{}", at.file, at.line)).into_owned();
        let indent = width(word) + 2;
        let word = self.paint(BAD, word);
        let place_painted = self.paint(FAINT, &place);
        let room = WIDTH.saturating_sub(indent + width(&place) + 2);
        let line = if width(&title) <= room {
            format!("{word}  {}  {place_painted}", pad(&title, room))
        } else {
            format!("{word}  {title}\n{}{place_painted}", " ".repeat(indent))
        };
        self.text.push_str(&line);
        self.text.push('\n');
    }

    fn coverage(&mut self, name: &str, coverage: &Coverage) {
        self.text.push_str(&format!("{}: {}\n", visible(name), coverage.headline()));
        for unseen in coverage.unseen() {
            let place = self.paint(FAINT, &visible(&format!("{}:{}", unseen.at.file, unseen.at.line)));
            self.text.push_str(&format!("  {}  {place}\n", visible(&unseen.text)));
        }
        self.text.push('\n');
    }

    fn failure(&mut self, failure: &Failure) {
        match failure {
            Failure::Unmet { at, expected, actual, proof } => {
                let line = self.paint(FAINT, &visible(&format!("line {}", at.line)));
                let expected = visible(expected).replace('\n', " ");
                let actual = self.paint(BAD, &visible(actual).replace('\n', " "));
                self.text.push_str(&format!("  expected  {expected}  {line}\n  actual    {actual}\n"));
                self.block("    ", proof);
            }
            Failure::NotRun(why) => self.block("  ", why.trim_end()),
        }
    }

    fn block(&mut self, indent: &str, text: &str) {
        for line in visible(text).lines() {
            self.text.push_str(format!("{indent}{line}").trim_end());
            self.text.push('\n');
        }
    }
}
