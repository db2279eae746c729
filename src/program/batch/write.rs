//! Rows of the answer.

use std::io::Write;

use super::super::Program;
use super::summary::instance_name;
use super::{Batch, Form, Worker};
use crate::model::{NeedState, Target};

/// What is written again and again.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    /// The names of the targets.
    targets: Vec<String>,
    /// The names of the instances.
    instances: Vec<String>,
}

impl Texts {
    pub(super) fn new(program: &Program<'_>) -> Texts {
        let ruleset = program.ruleset();
        let ids = program.ground().instances.ids();
        Texts {
            targets: ruleset.targets().map(|target| ruleset.target_name(target).to_string()).collect(),
            instances: ids.map(|id| instance_name(program, id)).collect(),
        }
    }
}

impl Batch<'_, '_> {
    /// Returns what stands before the first row: the names of the columns for CSV, nothing for NDJSON.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        if self.form == Form::Ndjson {
            return Vec::new();
        }
        let mut names: Vec<String> = self.keep.clone();
        names.extend(["line", "first", "settled"].map(String::from));
        for target in &self.texts.targets {
            for part in ["verdict", "leaning", "score", "low", "high", "needs"] {
                names.push(format!("{target}.{part}"));
            }
        }
        if self.reasons {
            names.push("fired".into());
        }
        let mut out = Vec::new();
        for (number, name) in names.iter().enumerate() {
            if number > 0 {
                out.push(b',');
            }
            cell(&mut out, name);
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
        }
    }

    fn write_json(&mut self, line: u64) {
        let Worker { batch, scratch, kept, out, .. } = self;
        let program = batch.program;
        out.push(b'{');
        for (name, value) in batch.keep.iter().zip(kept) {
            string(out, name);
            out.push(b':');
            out.extend(if value.is_empty() { "null" } else { value.as_str() }.as_bytes());
            out.push(b',');
        }
        put(out, format_args!("\"line\":{line},\"first\":"));
        let first = program.first(scratch);
        match first.target.and_then(|target| name(batch, target)) {
            Some(name) => string(out, name),
            None => out.extend(b"null"),
        }
        put(out, format_args!(",\"settled\":{},\"targets\":{{", first.settled));
        for (number, (name, outcome)) in batch.texts.targets.iter().zip(&scratch.outcomes).enumerate() {
            if number > 0 {
                out.push(b',');
            }
            string(out, name);
            let verdict = outcome.verdict.map_or("undecided", |verdict| verdict.as_str());
            let (low, high) = outcome.score_range;
            put(
                out,
                format_args!(
                    ":{{\"verdict\":\"{verdict}\",\"leaning\":\"{}\",\"score\":{},\"low\":{low},\"high\":{high},\"needs\":[",
                    outcome.leaning.as_str(),
                    outcome.score
                ),
            );
            let mut more = false;
            for need in scratch.needs.of(number).iter().filter(|need| need.state != NeedState::Met) {
                if std::mem::replace(&mut more, true) {
                    out.push(b',');
                }
                string(out, program.ruleset().need_name(need.need));
            }
            out.extend(b"]}");
        }
        out.push(b'}');
        if batch.reasons {
            out.extend(b",\"fired\":[");
            let mut more = false;
            scratch.fired.each(|index| {
                if std::mem::replace(&mut more, true) {
                    out.push(b',');
                }
                string(out, batch.texts.instances.get(index).map_or("", String::as_str));
            });
            out.push(b']');
        }
        out.extend(b"}\n");
    }

    fn write_csv(&mut self, line: u64) {
        let Worker { batch, scratch, kept, out, .. } = self;
        let program = batch.program;
        for value in kept {
            // A text is written as it is, anything else as JSON.
            match serde_json::from_str::<String>(value) {
                Ok(text) => cell(out, &text),
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
            let verdict = outcome.verdict.map_or("undecided", |verdict| verdict.as_str());
            let (low, high) = outcome.score_range;
            put(out, format_args!(",{verdict},{},{},{low},{high},", outcome.leaning.as_str(), outcome.score));
            let open = scratch.needs.of(number).iter().filter(|need| need.state != NeedState::Met);
            let open: Vec<&str> = open.map(|need| program.ruleset().need_name(need.need)).collect();
            cell(out, &open.join(";"));
        }
        if batch.reasons {
            let mut fired: Vec<&str> = Vec::new();
            scratch
                .fired
                .each(|index| fired.push(batch.texts.instances.get(index).map_or("", String::as_str)));
            out.push(b',');
            cell(out, &fired.join(";"));
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

/// Writes a cell of CSV, between quotation marks where it needs them.
fn cell(out: &mut Vec<u8>, text: &str) {
    if text.contains(['"', ',', '\n', '\r']) {
        out.push(b'"');
        out.extend(text.replace('"', "\"\"").into_bytes());
        out.push(b'"');
    } else {
        out.extend(text.as_bytes());
    }
}
