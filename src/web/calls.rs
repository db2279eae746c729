//! What may be asked: one call after the other, by JSON.

use std::collections::BTreeMap;

use qudao_language::bundled;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::answers::{self, Asked, Budgeted, Table};
use crate::editing::{self, Place};
use crate::held::{Held, Texts};
use crate::interview::{self, Interview};

/// Rulesets that were loaded, each with the number by which later calls name it.
#[derive(Debug, Default)]
pub struct Session {
    held: BTreeMap<u32, Held>,
    last: u32,
}

/// A call. What is asked of a ruleset names it by its number.
#[derive(Debug, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case", rename_all_fields = "snake_case")]
enum Call {
    /// The rulesets that ship, or the files of one.
    Bundled { name: Option<String> },
    /// Reads a ruleset from its texts; in place of one that was loaded before, if that is named.
    Load { texts: Texts, ruleset: Option<u32>, lang: Option<String> },
    /// Forgets a ruleset.
    Free { ruleset: u32 },
    /// The profile that these answers make.
    Profile { ruleset: u32, asked: Asked },
    /// The JSON Schema of its profiles.
    Schema { ruleset: u32, lang: Option<String> },
    /// Its fields and targets, as a form shows them.
    About { ruleset: u32, lang: Option<String> },
    /// What `qudao eval --json` says.
    Decide {
        ruleset: u32,
        asked: Asked,
        #[serde(default)]
        trace: bool,
    },
    /// The answer in words.
    Answer { ruleset: u32, asked: Asked, form: Option<String> },
    /// The proof of a channel or a mix.
    Why { ruleset: u32, asked: Asked, target: String, form: Option<String> },
    /// The report for a client, as a page.
    Report { ruleset: u32, asked: Asked },
    /// Rows of profiles.
    Table { ruleset: u32, table: Table },
    /// The next question of an interview.
    Ask { ruleset: u32, asked: Asked, interview: Interview },
    /// All that `qudao check --json` finds.
    Check { ruleset: u32, by: Budgeted },
    /// Runs its tests, and proves its properties.
    Test { ruleset: u32, by: Budgeted, form: Option<String> },
    /// What it changes against another one.
    Diff { ruleset: u32, old: u32, by: Budgeted, form: Option<String> },
    /// A text laid out.
    Format { name: String, text: String },
    /// What each word of a file is.
    Tokens { ruleset: u32, file: String },
    /// What may be written at a place.
    Complete { ruleset: u32, place: Place },
    /// What is told of a place.
    Hover { ruleset: u32, place: Place },
    /// Where the name at a place is declared.
    Definition { ruleset: u32, place: Place },
    /// The page of a diagnostic, as Markdown.
    Explain { code: String },
}

impl Session {
    /// Answers a call: `{"ok": …}`, or `{"error": "…"}` where it cannot be answered.
    #[must_use]
    pub fn call(&mut self, call: &str) -> String {
        let called = serde_json::from_str(call).map_err(|error| format!("this call is not known: {error}"));
        let answered = called.and_then(|call| self.answer(call));
        answered.map_or_else(|error| json!({ "error": error }).to_string(), |ok| format!("{{\"ok\":{ok}}}"))
    }

    /// Returns the answer as a text in JSON.
    fn answer(&mut self, call: Call) -> Result<String, String> {
        let answer: Json = match call {
            Call::Bundled { name: None } => bundled::names().collect(),
            Call::Bundled { name: Some(name) } => editing::bundled(&name)?,
            Call::Load { texts, ruleset, lang } => {
                let held = Held::load(texts)?;
                let number = ruleset.unwrap_or(self.last + 1);
                self.last = self.last.max(number);
                let found = editing::diagnostics(&held, &held.told(lang.as_deref()));
                let is_usable = held.ruleset().is_ok();
                self.held.insert(number, held);
                json!({ "ruleset": number, "usable": is_usable, "diagnostics": found })
            }
            Call::Free { ruleset } => json!(self.held.remove(&ruleset).is_some()),
            Call::Profile { ruleset, asked } => answers::profile(self.held(ruleset)?, &asked)?,
            Call::Schema { ruleset, lang } => answers::schema(self.held(ruleset)?, lang.as_deref())?,
            Call::About { ruleset, lang } => interview::about(self.held(ruleset)?, lang.as_deref())?,
            // What is asked most often is written straight away.
            Call::Decide { ruleset, asked, trace } => {
                return answers::decided(self.held(ruleset)?, &asked, trace);
            }
            Call::Answer { ruleset, asked, form } => {
                answers::answer(self.held(ruleset)?, &asked, form.as_deref())?
            }
            Call::Why { ruleset, asked, target, form } => {
                answers::why(self.held(ruleset)?, &asked, &target, form.as_deref())?
            }
            Call::Report { ruleset, asked } => answers::report(self.held(ruleset)?, &asked)?,
            Call::Table { ruleset, table } => answers::table(self.held(ruleset)?, &table)?,
            Call::Ask { ruleset, asked, interview } => {
                interview::ask(self.held(ruleset)?, &asked, &interview)?
            }
            Call::Check { ruleset, by } => answers::check(self.held(ruleset)?, &by)?,
            Call::Test { ruleset, by, form } => answers::test(self.held(ruleset)?, &by, form.as_deref())?,
            Call::Diff { ruleset, old, by, form } => {
                answers::diff(self.held(old)?, self.held(ruleset)?, &by, form.as_deref())?
            }
            Call::Format { name, text } => editing::format(&name, &text),
            Call::Tokens { ruleset, file } => editing::tokens(self.held(ruleset)?, &file)?,
            Call::Complete { ruleset, place } => editing::complete(self.held(ruleset)?, &place)?,
            Call::Hover { ruleset, place } => editing::hover(self.held(ruleset)?, &place)?,
            Call::Definition { ruleset, place } => editing::definition(self.held(ruleset)?, &place)?,
            Call::Explain { code } => editing::explain(&code)?,
        };
        Ok(answer.to_string())
    }

    fn held(&self, number: u32) -> Result<&Held, String> {
        self.held.get(&number).ok_or_else(|| format!("no ruleset {number} is loaded"))
    }
}
