//! From a row to cells.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Batch, Column, Given, Worker};
use crate::date::Date;
use crate::exact::{Exact, MAX_FRACTION_DIGITS};
use crate::model::{Field, Id, Ruleset, Type, Value};
use crate::profile::{Format, read};

/// What is needed to read a field's plain values.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    kind: Kind,
    default: Option<Value>,
    required: bool,
    /// Whether a range has to be looked at that is no range of numbers.
    ranged: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Bool,
    Enum(Id<crate::model::Enum>),
    Set(Id<crate::model::Enum>, usize),
    Date,
    Text,
    /// A number; its bounds in steps of the last digit that a number may have.
    Number {
        whole: bool,
        low: i128,
        high: i128,
    },
    /// Bounds that are not decimals.
    Slow,
}

/// So many names that are no columns are kept, to be told.
const MOST_IDLE: usize = 20;

/// The steps in one.
const STEPS: i128 = 10_i128.pow(MAX_FRACTION_DIGITS as u32);

impl Plan {
    pub(super) fn new(ruleset: &Ruleset, field: &Field) -> Plan {
        let kind = match field.ty {
            Type::Bool => Kind::Bool,
            Type::Text => Kind::Text,
            Type::Date => Kind::Date,
            Type::Enum(id) => Kind::Enum(id),
            Type::Set(id) => Kind::Set(id, ruleset.enums[id].members.len().div_ceil(64)),
            Type::Number(number) => {
                let steps = |bound: &Option<Value>, none: i128| match bound {
                    None => Some(none),
                    Some(bound) => {
                        let bound = bound.as_number()?.times(Exact::fraction(STEPS, 1)?)?;
                        bound.as_whole()
                    }
                };
                match (steps(&field.low, i128::MIN), steps(&field.high, i128::MAX)) {
                    (Some(low), Some(high)) => Kind::Number { whole: number.whole, low, high },
                    _ => Kind::Slow,
                }
            }
        };
        let ranged = field.low.is_some() || field.high.is_some();
        Plan { kind, default: field.default.clone(), required: field.required, ranged }
    }
}

/// A decimal without exponent: its digits as a whole number, and how many of them stand behind the point.
fn decimal(text: &str) -> Option<(i64, u32)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = digits.split_once('.').map_or((digits, ""), |(whole, rest)| (whole, rest));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let form = !whole.is_empty() && plain(whole) && plain(rest) && !digits.ends_with('.');
    let leading = whole.len() > 1 && whole.starts_with('0');
    if !form || leading || whole.len() + rest.len() > 18 || rest.len() > MAX_FRACTION_DIGITS {
        return None;
    }
    let units =
        whole.bytes().chain(rest.bytes()).fold(0_i64, |units, byte| units * 10 + i64::from(byte - b'0'));
    Some((if digits.len() < text.len() { -units } else { units }, rest.len() as u32))
}

/// A text as it stands between its quotation marks, where it needs no reading.
fn plain_text(raw: &str) -> Option<&str> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    (inner.is_ascii() && !inner.contains(['\\', '"'])).then_some(inner)
}

impl Worker<'_, '_, '_> {
    /// Reads one object.
    pub(super) fn read_json(&mut self, text: &[u8]) -> Result<(), String> {
        self.begin();
        let mut parser = serde_json::Deserializer::from_slice(text);
        let fast = Row { worker: self }.deserialize(&mut parser).and_then(|fast| parser.end().map(|()| fast));
        match fast {
            Ok(true) if self.finish() => Ok(()),
            Ok(_) => self.read_slowly(text),
            Err(error) => Err(format!("this is not a JSON object: {error}")),
        }
    }

    /// Reads one record of CSV. An empty cell leaves the field out.
    pub(super) fn read_record(
        &mut self,
        record: &csv::StringRecord,
        header: &[String],
    ) -> Result<(), String> {
        if record.len() != header.len() {
            let cells = |n: usize| format!("{n} cell{}", if n == 1 { "" } else { "s" });
            return Err(format!("this row has {}, and the header has {}", cells(record.len()), header.len()));
        }
        self.begin();
        let mut fast = true;
        for (name, text) in header.iter().zip(record) {
            let Some(column) = self.batch.columns.get(name).copied() else { continue };
            if let Column::Keep(number) | Column::Both(_, number) = column
                && let Some(kept) = self.kept.get_mut(number)
            {
                *kept = serde_json::Value::from(text).to_string();
            }
            if let Column::Field(id) | Column::Both(id, _) = column
                && !text.is_empty()
            {
                fast &= self.give_cell(id, text);
            }
        }
        if fast && self.finish() {
            return Ok(());
        }
        self.take_profile(self.batch.object_of_record(record, header))
    }

    fn begin(&mut self) {
        self.given.fill(Given::No);
        self.kept.iter_mut().for_each(String::clear);
    }

    /// Gives the fields that were left out their defaults; tells whether none of them is required.
    fn finish(&mut self) -> bool {
        let program = self.batch.program;
        for ((id, plan), given) in program.ruleset().fields.ids().zip(&self.batch.plans).zip(&mut self.given)
        {
            if *given != Given::No {
                continue;
            }
            if plan.required {
                return false;
            }
            *given = if plan.default.is_some() { Given::Known } else { Given::Unknown };
            program.set(&mut self.scratch, id, plan.default.as_ref());
        }
        true
    }

    /// Reads a row once more, as a profile of its own.
    fn read_slowly(&mut self, text: &[u8]) -> Result<(), String> {
        self.take_profile(self.batch.object_of_line(text)?)
    }

    fn take_profile(&mut self, object: String) -> Result<(), String> {
        let program = self.batch.program;
        let read = read(program.ruleset(), "row", object.into_bytes(), Format::Json, &[]);
        let Some(profile) = read.profile else {
            let errors = read.diagnostics.iter().filter(|d| d.severity == crate::diagnostic::Severity::Error);
            return Err(errors.map(|error| error.message.as_str()).collect::<Vec<_>>().join("; "));
        };
        program.load(&mut self.scratch, &profile);
        for (given, id) in self.given.iter_mut().zip(program.ruleset().fields.ids()) {
            *given = if profile.get(id).value.is_some() { Given::Known } else { Given::Unknown };
        }
        Ok(())
    }

    /// Notes that a field is given; tells whether it is for the first time.
    fn note(&mut self, id: Id<Field>, given: Given) -> bool {
        let slot = self.given.get_mut(id.index());
        slot.is_some_and(|slot| std::mem::replace(slot, given) == Given::No)
    }

    /// Gives a field what a JSON value says; `false` where that needs a closer look.
    fn give(&mut self, id: Id<Field>, raw: &str) -> bool {
        if raw == "null" {
            self.batch.program.set_unknown(&mut self.scratch, id);
            return self.note(id, Given::Unknown);
        }
        let Some(plan) = self.batch.plans.get(id.index()) else { return false };
        let given = match plan.kind {
            Kind::Number { .. } => self.give_number(id, raw),
            Kind::Bool => self.give_bool(id, raw),
            Kind::Set(of, words) => self.give_members(id, of, words, raw),
            Kind::Enum(_) | Kind::Date | Kind::Text => {
                plain_text(raw).is_some_and(|text| self.give_word(id, text))
            }
            Kind::Slow => false,
        };
        given && self.note(id, Given::Known)
    }

    /// Gives a field what a cell of CSV says.
    fn give_cell(&mut self, id: Id<Field>, text: &str) -> bool {
        if matches!(text, "null" | "unknown") {
            self.batch.program.set_unknown(&mut self.scratch, id);
            return self.note(id, Given::Unknown);
        }
        let Some(plan) = self.batch.plans.get(id.index()) else { return false };
        let given = match plan.kind {
            Kind::Number { .. } => self.give_number(id, text),
            Kind::Bool => self.give_bool(id, text),
            Kind::Enum(_) | Kind::Date | Kind::Text => text.is_ascii() && self.give_word(id, text),
            Kind::Set(..) | Kind::Slow => false,
        };
        given && self.note(id, Given::Known)
    }

    fn give_bool(&mut self, id: Id<Field>, text: &str) -> bool {
        let code = match text {
            "true" => 1,
            "false" => 0,
            _ => return false,
        };
        self.batch.program.set_code(&mut self.scratch, id, code);
        true
    }

    fn give_number(&mut self, id: Id<Field>, text: &str) -> bool {
        let Some(Plan { kind: Kind::Number { whole, low, high }, .. }) = self.batch.plans.get(id.index())
        else {
            return false;
        };
        let Some((units, places)) = decimal(text) else { return false };
        let steps = i128::from(units) * 10_i128.pow(MAX_FRACTION_DIGITS as u32 - places);
        if (*whole && steps % STEPS != 0) || !(*low..=*high).contains(&steps) {
            return false;
        }
        self.batch.program.set_decimal(&mut self.scratch, id, units, places);
        true
    }

    fn give_word(&mut self, id: Id<Field>, text: &str) -> bool {
        let program = self.batch.program;
        let ruleset = program.ruleset();
        let Some(plan) = self.batch.plans.get(id.index()) else { return false };
        let value = match plan.kind {
            Kind::Enum(of) => match ruleset.enums[of].member(text) {
                Some(member) if !plan.ranged => {
                    program.set_code(&mut self.scratch, id, member);
                    return true;
                }
                Some(member) => Value::Enum(member),
                None => return false,
            },
            Kind::Date => match Date::parse(text) {
                Some(date) => Value::Date(date),
                None => return false,
            },
            _ => Value::Text(text.into()),
        };
        if plan.ranged && !ruleset.fields[id].allows(&value) {
            return false;
        }
        program.set(&mut self.scratch, id, Some(&value));
        true
    }

    fn give_members(&mut self, id: Id<Field>, of: Id<crate::model::Enum>, words: usize, raw: &str) -> bool {
        let Some(inner) = raw.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return false };
        let mut bits = [0_u64; 8];
        if words > bits.len() {
            return false;
        }
        if !inner.trim().is_empty() {
            for text in inner.split(',') {
                let member = plain_text(text.trim())
                    .and_then(|text| self.batch.program.ruleset().enums[of].member(text));
                let Some(member) = member else { return false };
                if let Some(word) = bits.get_mut(member as usize / 64) {
                    *word |= 1 << (member % 64);
                }
            }
        }
        self.batch.program.set_members(&mut self.scratch, id, bits.get(..words).unwrap_or(&[]));
        true
    }
}

impl Batch<'_, '_> {
    fn field_of(&self, column: &str) -> Option<Id<Field>> {
        match self.columns.get(column)? {
            Column::Field(id) | Column::Both(id, _) => Some(*id),
            Column::Keep(_) => None,
        }
    }

    /// Returns the row that begins on a line as a profile in JSON, if it is among some rows; or why it is none.
    #[must_use]
    pub fn profile_of(
        &self,
        rows: &super::Rows,
        header: &[String],
        form: super::Form,
        line: u64,
    ) -> Option<Result<String, String>> {
        if form == super::Form::Ndjson {
            let number = usize::try_from(line.checked_sub(rows.line)?).ok()?;
            let text = rows.bytes.split(|byte| *byte == b'\n').nth(number)?;
            let blank = text.iter().all(u8::is_ascii_whitespace);
            return (!blank).then(|| self.object_of_line(text));
        }
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(rows.bytes.as_slice());
        let mut record = csv::StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(false) => return None,
                Ok(true) if rows.line + record.position().map_or(0, |at| at.line() - 1) == line => {
                    return Some(Ok(self.object_of_record(&record, header)));
                }
                Ok(true) | Err(_) => {}
            }
        }
    }

    /// A line's fields, under their names in the ruleset.
    fn object_of_line(&self, text: &[u8]) -> Result<String, String> {
        let entries: Entries<'_> =
            serde_json::from_slice(text).map_err(|error| format!("this is not a JSON object: {error}"))?;
        let mut object = String::from("{");
        for (name, raw) in entries.0 {
            if let Some(id) = self.field_of(&name) {
                if object.len() > 1 {
                    object.push(',');
                }
                let name = &self.program.ruleset().fields[id].name;
                object.push_str(&format!("{}:{}", serde_json::Value::from(&**name), raw.get()));
            }
        }
        object.push('}');
        Ok(object)
    }

    /// A record's fields, under their names in the ruleset. An empty cell leaves the field out.
    fn object_of_record(&self, record: &csv::StringRecord, header: &[String]) -> String {
        let pairs = header.iter().zip(record).filter(|(_, text)| !text.is_empty());
        let mut object = String::from("{");
        for (id, text) in pairs.filter_map(|(name, text)| Some((self.field_of(name)?, text))) {
            let field = &self.program.ruleset().fields[id];
            if object.len() > 1 {
                object.push(',');
            }
            object.push_str(&format!(
                "{}:{}",
                serde_json::Value::from(&*field.name),
                json_of_cell(field.ty, text)
            ));
        }
        object.push('}');
        object
    }
}

/// A cell of CSV as a profile in JSON would have it.
fn json_of_cell(ty: Type, text: &str) -> String {
    let json = |text: &str| serde_json::Value::from(text).to_string();
    let list = |text: &str| {
        let inner = text.trim().trim_start_matches(['{', '[']).trim_end_matches(['}', ']']);
        let members = inner.split([';', ',', '|']).map(|member| member.trim().trim_matches('"'));
        let members: Vec<String> = members.filter(|member| !member.is_empty()).map(json).collect();
        format!("[{}]", members.join(","))
    };
    let bare = |text: &str| text.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    match (text, ty) {
        ("null" | "unknown", _) => "null".into(),
        ("true" | "false", Type::Bool) => text.into(),
        (_, Type::Set(_)) => list(text),
        // A number as it is written: JSON's numbers are those that need no closer look.
        (_, Type::Number(_)) if bare(text) && serde_json::from_str::<&RawValue>(text).is_ok() => text.into(),
        _ => json(text),
    }
}

/// Reads an object into a worker; tells whether all of it was plain.
struct Row<'w, 'b, 'p, 'r> {
    worker: &'w mut Worker<'b, 'p, 'r>,
}

impl<'de> DeserializeSeed<'de> for Row<'_, '_, '_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, '_, '_, '_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let worker = self.worker;
        let mut fast = true;
        while let Some(column) = map.next_key_seed(Name { batch: worker.batch, idle: &mut worker.idle })? {
            let Some(column) = column else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let raw: &RawValue = map.next_value()?;
            if let Column::Keep(number) | Column::Both(_, number) = column
                && let Some(kept) = worker.kept.get_mut(number)
            {
                kept.clear();
                kept.push_str(raw.get());
            }
            if let Column::Field(id) | Column::Both(id, _) = column {
                fast = fast && worker.give(id, raw.get());
            }
        }
        Ok(fast)
    }
}

/// Looks a key up.
struct Name<'w, 'p, 'r> {
    batch: &'w Batch<'p, 'r>,
    /// The names that are no columns.
    idle: &'w mut BTreeSet<String>,
}

impl<'de> DeserializeSeed<'de> for Name<'_, '_, '_> {
    type Value = Option<Column>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Column>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name<'_, '_, '_> {
    type Value = Option<Column>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<Column>, E> {
        let column = self.batch.columns.get(name).copied();
        if column.is_none() && self.idle.len() < MOST_IDLE && !self.idle.contains(name) {
            self.idle.insert(name.to_string());
        }
        Ok(column)
    }
}

/// The entries of an object, in order, none left out.
struct Entries<'de>(Vec<(String, &'de RawValue)>);

impl<'de> serde::Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entries<'de>, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Entries<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object with fields")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry::<String, &'de RawValue>()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(All)
    }
}
