//! Rows of the answer.

use std::collections::BTreeSet;
use std::io::Write;

use super::super::Program;
use super::summary::instance_name;
use super::{Batch, Form, Options, Worker};
use crate::ground::Instance;
use qudao_language::model::{Id, IdMap, Measure, Need, NeedState, Ruleset, Target};
use qudao_language::visible::FORMULAS;

/// What is said of a target: the verdicts in their order, and that there is none.
pub(super) const WORDS: [&str; 5] = ["recommended", "possible", "unsuitable", "excluded", UNDECIDED];
const UNDECIDED: &str = "undecided";
const BILLION: u64 = 1_000_000_000;

/// What is written again and again.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    /// The names of the targets.
    pub(super) targets: Vec<String>,
    /// The names of the instances.
    pub(super) instances: IdMap<Instance, String>,
    /// The names of what may be needed: of the requirements, then of the channels.
    pub(super) needs: Vec<String>,
    requirements: usize,
}

impl Texts {
    pub(super) fn new(program: &Program<'_>) -> Texts {
        let ruleset = program.ruleset();
        Texts {
            targets: ruleset.targets().map(|target| ruleset.target_name(target).to_string()).collect(),
            instances: IdMap::of(&program.ground().instances, |id| instance_name(program, id)),
            needs: ruleset
                .requirements
                .ids()
                .map(Need::Requirement)
                .chain(ruleset.channels.ids().map(Need::Channel))
                .map(|need| ruleset.need_name(need).to_string())
                .collect(),
            requirements: ruleset.requirements.len(),
        }
    }

    fn need_name(&self, need: Need) -> &str {
        self.needs.get(self.need(need)).map_or("", String::as_str)
    }

    /// Returns the number of something needed among their names.
    pub(super) fn need(&self, need: Need) -> usize {
        match need {
            Need::Requirement(id) => id.index(),
            Need::Channel(id) => self.requirements + id.index(),
        }
    }
}

/// The names that an answer has of its own, in whatever form it is written.
pub(super) fn own_names(texts: &Texts, options: &Options) -> BTreeSet<String> {
    let parts = texts
        .targets
        .iter()
        .flat_map(|target| options.parts.names().map(move |part| format!("{target}.{part}")));
    let objects = options.parts.of_targets().then_some("targets");
    let fired = options.reasons.then_some("fired");
    let words = ["line", "first", "settled"].into_iter().chain(objects).chain(fired);
    words.map(String::from).chain(parts).collect()
}

/// The columns of measures: `TARGET.MEASURE`, each with `low` and `high` behind it where bounds are told.
pub(super) fn amount_names(ruleset: &Ruleset, of: &[(Target, Id<Measure>)], bounds: bool) -> Vec<String> {
    let parts = if bounds { &["", ".low", ".high"][..] } else { &[""] };
    let name = |(target, measure): &(Target, Id<Measure>)| {
        format!("{}.{}", ruleset.target_name(*target), ruleset.measures[*measure].name)
    };
    of.iter().flat_map(|of| parts.iter().map(move |part| name(of) + part)).collect()
}

impl Batch<'_, '_> {
    /// The column of a measure, by its number.
    pub(super) fn amount_column(&self, number: usize) -> &str {
        let each = if self.parts.bounds { 3 } else { 1 };
        self.amounts.get(number * each).map_or("", String::as_str)
    }

    /// Returns the names of the columns of a row, those of what is taken over first.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = self.keep.clone();
        names.extend(["line", "first", "settled"].map(String::from));
        for target in &self.texts.targets {
            names.extend(self.parts.names().map(|part| format!("{target}.{part}")));
        }
        names.extend_from_slice(&self.amounts);
        if self.reasons {
            names.push("fired".into());
        }
        names
    }

    /// Returns the names of the columns that are taken over.
    #[must_use]
    pub fn kept(&self) -> &[String] {
        &self.keep
    }

    /// Returns what stands before the first row: the names of the columns for CSV, nothing for NDJSON.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        if self.form != Form::Csv {
            return Vec::new();
        }
        let mut out = Vec::new();
        for (number, name) in self.names().into_iter().enumerate() {
            if number > 0 {
                out.push(b',');
            }
            let name = if number < self.keep.len() { harmless(name) } else { name };
            cell(&mut out, &name);
        }
        out.push(b'\n');
        out
    }
}

impl Worker<'_, '_, '_> {
    /// Writes what came of the row that was run last.
    pub(super) fn write(&mut self, line: u64) {
        match self.batch.form {
            Form::Ndjson => self.write_json(line),
            Form::Csv => self.write_csv(line),
            #[cfg(feature = "arrow")]
            Form::Arrow => {
                let kept = if self.of_text { Some(self.kept.as_slice()) } else { None };
                self.columns.push(self.batch, &self.scratch, line, kept, &self.amounts);
            }
        }
    }

    fn write_json(&mut self, line: u64) {
        let Worker { batch, scratch, kept, out, amounts, .. } = self;
        let (program, pieces) = (batch.program, &batch.pieces);
        out.push(b'{');
        for (name, value) in batch.keep.iter().zip(kept) {
            string(out, name);
            out.push(b':');
            out.extend(if value.is_empty() { "null" } else { value.as_str() }.as_bytes());
            out.push(b',');
        }
        out.extend(b"\"line\":");
        unsigned(out, line);
        out.extend(b",\"first\":");
        let first = program.first(scratch);
        match first.target.and_then(|target| name(batch, target)) {
            Some(name) => string(out, name),
            None => out.extend(b"null"),
        }
        out.extend(if first.settled { &b",\"settled\":true"[..] } else { b",\"settled\":false" });
        if batch.parts.of_targets() {
            out.extend_from_slice(b",\"targets\":{");
            for (number, outcome) in scratch.outcomes.iter().enumerate() {
                let needs = batch.parts.needs && outcome.open_needs > 0;
                pieces.write(number, outcome, needs, out);
                if needs {
                    let open = program.needs_at(scratch, number).filter(|need| need.state != NeedState::Met);
                    strings(out, open.map(|need| batch.texts.need_name(need.need)));
                    out.extend_from_slice(pieces.after_needs());
                }
            }
            out.push(b'}');
        }
        if !batch.amounts.is_empty() {
            out.extend_from_slice(b",\"measures\":{");
            for (number, (name, amount)) in batch.amounts.iter().zip(amounts.iter()).enumerate() {
                // Names of a ruleset need no escapes.
                out.extend_from_slice(if number > 0 { b",\"" } else { b"\"" });
                out.extend_from_slice(name.as_bytes());
                out.extend_from_slice(b"\":");
                match amount {
                    Some(amount) => billionths(out, *amount),
                    None => out.extend_from_slice(b"null"),
                }
            }
            out.push(b'}');
        }
        if batch.reasons {
            out.extend(b",\"fired\":[");
            let mut more = false;
            program.fired(scratch, |id| {
                if std::mem::replace(&mut more, true) {
                    out.push(b',');
                }
                string(out, &batch.texts.instances[id]);
            });
            out.push(b']');
        }
        out.extend(b"}\n");
    }

    fn write_csv(&mut self, line: u64) {
        let Worker { batch, scratch, kept, out, amounts, .. } = self;
        let (program, pieces) = (batch.program, &batch.pieces);
        for value in kept {
            // A text is written as it is, anything else as JSON.
            match serde_json::from_str::<String>(value) {
                Ok(text) => cell(out, &harmless(text)),
                Err(_) if value == "null" => {}
                Err(_) => cell(out, value),
            }
            out.push(b',');
        }
        let first = program.first(scratch);
        put(out, format_args!("{line},"));
        cell(out, first.target.and_then(|target| name(batch, target)).unwrap_or(""));
        put(out, format_args!(",{}", first.settled));
        for (number, outcome) in scratch.outcomes.iter().enumerate() {
            let needs = batch.parts.needs && outcome.open_needs > 0;
            pieces.write(number, outcome, needs, out);
            if !needs {
                continue;
            }
            let open = program.needs_at(scratch, number).filter(|need| need.state != NeedState::Met);
            for (place, need) in open.enumerate() {
                if place > 0 {
                    out.push(b';');
                }
                out.extend_from_slice(batch.texts.need_name(need.need).as_bytes());
            }
        }
        for amount in amounts.iter().take(batch.amounts.len()) {
            out.push(b',');
            amount.iter().for_each(|amount| billionths(out, *amount));
        }
        if batch.reasons {
            let mut between = b',';
            program.fired(scratch, |id| {
                out.push(std::mem::replace(&mut between, b';'));
                out.extend_from_slice(batch.texts.instances[id].as_bytes());
            });
            if between == b',' {
                out.push(b',');
            }
        }
        out.push(b'\n');
    }
}

fn name<'b>(batch: &'b Batch<'_, '_>, target: Target) -> Option<&'b str> {
    batch.texts.targets.get(batch.program.ruleset().target_index(target)).map(String::as_str)
}

/// Writing to memory cannot fail.
fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

/// Writes a whole number.
fn unsigned(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0_u8; 20];
    let mut length = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        length += 1;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(20 - length..).expect("a number has at most 20 digits"));
}

pub(super) fn signed(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    unsigned(out, number.unsigned_abs());
}

/// Writes billionths as a decimal.
fn billionths(out: &mut Vec<u8>, number: i128) {
    if number < 0 {
        out.push(b'-');
    }
    let size = number.unsigned_abs();
    let mut rest = match u64::try_from(size) {
        // Dividing these takes a fraction of the time.
        Ok(size) => {
            unsigned(out, size / BILLION);
            size % BILLION
        }
        Err(_) => {
            put(out, format_args!("{}", size / u128::from(BILLION)));
            (size % u128::from(BILLION)) as u64
        }
    };
    if rest > 0 {
        out.push(b'.');
    }
    let mut place = BILLION / 10;
    while rest > 0 {
        out.push(b'0' + (rest / place) as u8);
        rest %= place;
        place /= 10;
    }
}

/// Writes JSON strings, parted by commas.
fn strings<'s>(out: &mut Vec<u8>, texts: impl Iterator<Item = &'s str>) {
    for (number, text) in texts.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        string(out, text);
    }
}

/// Writes a JSON string.
fn string(out: &mut Vec<u8>, text: &str) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.push(b'"');
        out.extend(text.as_bytes());
        out.push(b'"');
    } else {
        put(out, format_args!("{}", serde_json::Value::from(text)));
    }
}

/// Makes a text that spreadsheets would run as a formula, or a build server as a command, one that they show.
fn harmless(text: String) -> String {
    let begins = text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(FORMULAS);
    let text = if begins && super::decode::decimal(&text).is_none() { format!("'{text}") } else { text };
    match text.contains("::") && text.contains(['\n', '\r']) {
        true => {
            let mut lines = String::new();
            for line in text.split_inclusive(['\n', '\r']) {
                let command = !lines.is_empty() && line.trim_start().starts_with("::");
                lines.extend([if command { "'" } else { "" }, line]);
            }
            lines
        }
        false => text,
    }
}

/// Writes a cell of CSV, between quotation marks where it needs them; in some languages `;` parts cells.
pub fn cell(out: &mut Vec<u8>, text: &str) {
    if text.contains(['"', ',', ';', '\t', '\n', '\r']) || text.trim_start().starts_with("::") {
        out.push(b'"');
        out.extend(text.replace('"', "\"\"").into_bytes());
        out.push(b'"');
    } else {
        out.extend(text.as_bytes());
    }
}
