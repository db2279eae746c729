//! From a row to cells.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::Column;
use super::vocabulary::Vocabulary;
use super::{Batch, Given, Header, Seen, Worker, row};
use qudao_language::date::Date;
use qudao_language::diagnostic::{Diagnostic, one_of};
use qudao_language::exact::{Exact, MAX_FRACTION_DIGITS};
use qudao_language::model::{Field, Id, Ruleset, Type, Value};
use qudao_language::profile::{Format, faults, read};
use qudao_language::source::{is_lone_mark, is_mark};

/// What is needed to read a field's plain values.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    default: Option<Value>,
    required: bool,
    /// Whether a range has to be looked at that is no range of numbers.
    pub(super) ranged: bool,
}

/// How a field's values are written.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Bool,
    Enum(Vocabulary),
    /// The names of members, and how many words have a bit for each.
    Set(Vocabulary, usize),
    Date,
    Text,
    /// A number; its bounds in steps of the last digit that a number may have.
    Number {
        whole: bool,
        low: i128,
        high: i128,
        /// Whether it has bounds at all.
        bounded: bool,
    },
    /// Bounds that are not decimals.
    Slow,
}

/// The steps in one.
const STEPS: i128 = 10_i128.pow(MAX_FRACTION_DIGITS as u32);

impl Plan {
    pub(super) fn new(ruleset: &Ruleset, field: &Field) -> Plan {
        let kind = match field.ty {
            Type::Bool => Kind::Bool,
            Type::Text => Kind::Text,
            Type::Date => Kind::Date,
            Type::Enum(id) => Kind::Enum(Vocabulary::new(&ruleset.enums[id])),
            Type::Set(id) => {
                let of = &ruleset.enums[id];
                Kind::Set(Vocabulary::new(of), of.members.len().div_ceil(64))
            }
            Type::Number(number) => {
                let steps = |bound: &Option<Value>, none: i128| match bound {
                    None => Some(none),
                    Some(bound) => {
                        let bound = bound.as_number()?.times(Exact::fraction(STEPS, 1)?)?;
                        bound.as_whole()
                    }
                };
                match (steps(&field.low, i128::MIN), steps(&field.high, i128::MAX)) {
                    (Some(low), Some(high)) => {
                        let bounded = field.low.is_some() || field.high.is_some();
                        Kind::Number { whole: number.whole, low, high, bounded }
                    }
                    _ => Kind::Slow,
                }
            }
        };
        let ranged = field.low.is_some() || field.high.is_some();
        Plan { kind, default: field.default.clone(), required: field.required, ranged }
    }
}

/// A decimal without exponent: its digits as a whole number, and how many of them stand behind the point.
pub(super) fn decimal(text: &str) -> Option<(i64, u32)> {
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

/// Tells whether nothing stands in any cell: such a row is none, wherever it stands.
pub(super) fn is_blank(record: &csv::StringRecord) -> bool {
    record.as_slice().bytes().all(|byte| byte.is_ascii_whitespace())
}

/// Says that a row has not as many cells as the header.
pub(super) fn ragged(record: &csv::StringRecord, header: &[String]) -> String {
    let cells = if record.len() == 1 { "cell" } else { "cells" };
    format!("this row has {} {cells}, and the header has {}", record.len(), header.len())
}

/// What is said of the marks of a merge conflict.
pub(super) const CONFLICT: &str = "a merge conflict is not resolved, and this is one of its marks";

/// Tells whether a row is the mark of a merge conflict. What parts its sides may be the text of a table with one column.
fn is_stray_mark(record: &csv::StringRecord, columns: usize) -> bool {
    let first = record.get(0).unwrap_or("");
    is_mark(first) && (!is_lone_mark(first) || (record.len() == 1 && columns > 1))
}

impl Worker<'_, '_, '_> {
    /// Reads one object.
    pub(super) fn read_json(&mut self, text: &[u8]) -> Result<(), String> {
        self.begin();
        if self.scan(text).is_some() && self.finish() {
            return Ok(());
        }
        self.read_slowly(text)
    }

    /// Reads one record of CSV. An empty cell leaves the field out. With what is wrong goes the column in which it is.
    pub(super) fn read_record(
        &mut self,
        record: &csv::StringRecord,
        header: &Header,
    ) -> Result<(), (String, Option<usize>)> {
        if is_stray_mark(record, header.names.len()) {
            return Err((CONFLICT.into(), None));
        }
        if record.len() != header.names.len() {
            return Err((ragged(record, &header.names), None));
        }
        self.begin();
        let mut fast = true;
        for (column, text) in header.columns.iter().zip(record) {
            let Some(column) = *column else { continue };
            if let Column::Keep(number) | Column::Both(_, number) = column {
                let kept = self.kept.get_mut(number).expect("there is a place for each that is kept");
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
        let (object, places) = self.batch.object_of_record(record, &header.columns);
        self.profile(object).map_err(|(reason, at)| {
            let before = places.iter().take_while(|(start, _)| *start <= at);
            (reason, before.last().map(|(_, column)| *column))
        })
    }

    pub(super) fn begin(&mut self) {
        for id in self.batch.program.ruleset().fields.ids() {
            self.given[id] = Given::No;
        }
        self.kept.iter_mut().for_each(String::clear);
    }

    /// Gives the fields that were left out their defaults; tells whether none of them is required.
    pub(super) fn finish(&mut self) -> bool {
        let program = self.batch.program;
        for (id, plan) in self.batch.plans.entries() {
            if self.given[id] != Given::No {
                continue;
            }
            if plan.required {
                return false;
            }
            self.given[id] = if plan.default.is_some() { Given::Known } else { Given::Unknown };
            program.set(&mut self.scratch, id, plan.default.as_ref());
        }
        true
    }

    /// Reads a line as a profile of its own.
    fn read_slowly(&mut self, text: &[u8]) -> Result<(), String> {
        let (object, kept) = self.batch.object_of_line(text, &mut self.seen)?;
        for (slot, raw) in self.kept.iter_mut().zip(kept) {
            *slot = raw;
        }
        self.take_profile(object)
    }

    pub(super) fn take_profile(&mut self, object: String) -> Result<(), String> {
        self.profile(object).map_err(|(reason, _)| reason)
    }

    /// Reads an object; with what is wrong goes the place of the first mistake in it.
    fn profile(&mut self, object: String) -> Result<(), (String, usize)> {
        let program = self.batch.program;
        let read = read(program.ruleset(), "row", object.into_bytes(), Format::Json, &[]);
        let Some(profile) = read.profile else {
            let errors =
                read.diagnostics.iter().filter(|d| d.severity == qudao_language::diagnostic::Severity::Error);
            let first = errors.clone().next().map_or(0, |error| error.label.span.start as usize);
            return Err((errors.map(told).collect::<Vec<_>>().join("; "), first));
        };
        program.load(&mut self.scratch, &profile);
        for id in program.ruleset().fields.ids() {
            self.given[id] = if profile.get(id).value.is_some() { Given::Known } else { Given::Unknown };
        }
        Ok(())
    }

    /// Notes that a field is given; tells whether it is for the first time.
    pub(super) fn note(&mut self, id: Id<Field>, given: Given) -> bool {
        std::mem::replace(&mut self.given[id], given) == Given::No
    }

    /// Gives a field what a cell of CSV says.
    fn give_cell(&mut self, id: Id<Field>, text: &str) -> bool {
        if matches!(text, "null" | "unknown") {
            self.batch.program.set_unknown(&mut self.scratch, id);
            return self.note(id, Given::Unknown);
        }
        let given = match &self.batch.plans[id].kind {
            Kind::Number { .. } => self.give_number(id, text),
            Kind::Bool => self.give_bool(id, text),
            Kind::Enum(..) | Kind::Date | Kind::Text => text.is_ascii() && self.give_word(id, text),
            Kind::Set(names, words) => self.give_list(id, names, *words, text),
            Kind::Slow => false,
        };
        given && self.note(id, Given::Known)
    }

    fn give_bool(&mut self, id: Id<Field>, text: &str) -> bool {
        let Some(holds) = truth(text) else { return false };
        self.batch.program.set_code(&mut self.scratch, id, u32::from(holds));
        true
    }

    fn give_number(&mut self, id: Id<Field>, text: &str) -> bool {
        decimal(text).is_some_and(|(units, places)| self.give_written(id, units, places))
    }

    /// Gives a field a decimal that somebody wrote. A point before three digits may part thousands in a whole number;
    /// what is meant then is asked of the reader of profiles.
    #[inline]
    pub(super) fn give_written(&mut self, id: Id<Field>, units: i64, places: u32) -> bool {
        let whole = matches!(self.batch.plans[id].kind, Kind::Number { whole: true, .. });
        !(whole && places == 3) && self.give_decimal(id, units, places)
    }

    /// Gives a field a decimal of at most nine places, if it may have it.
    #[inline]
    pub(super) fn give_decimal(&mut self, id: Id<Field>, units: i64, places: u32) -> bool {
        let Kind::Number { whole, low, high, bounded } = &self.batch.plans[id].kind else { return false };
        if *whole && places > 0 && units % 10_i64.pow(places) != 0 {
            return false;
        }
        if *bounded {
            let steps = i128::from(units) * 10_i128.pow(MAX_FRACTION_DIGITS as u32 - places);
            if !(*low..=*high).contains(&steps) {
                return false;
            }
        }
        self.batch.program.set_decimal(&mut self.scratch, id, units, places);
        true
    }

    pub(super) fn give_word(&mut self, id: Id<Field>, text: &str) -> bool {
        let program = self.batch.program;
        let plan = &self.batch.plans[id];
        let value = match &plan.kind {
            Kind::Enum(names) => match names.number(text.as_bytes()) {
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
        self.give_value(id, &value)
    }

    /// Gives a field a value, if it may have it.
    pub(super) fn give_value(&mut self, id: Id<Field>, value: &Value) -> bool {
        let program = self.batch.program;
        let plan = &self.batch.plans[id];
        if plan.ranged && !program.ruleset().fields[id].allows(value) {
            return false;
        }
        program.set(&mut self.scratch, id, Some(value));
        true
    }

    /// Gives a set the members that a cell of CSV names.
    fn give_list(&mut self, id: Id<Field>, names: &Vocabulary, words: usize, text: &str) -> bool {
        let mut bits = [0_u64; 8];
        if words > bits.len() {
            return false;
        }
        for name in names_of_cell(text) {
            let Some(member) = names.number(name.as_bytes()) else { return false };
            *bits.get_mut(member as usize / 64).expect("the words of a set fit") |= 1 << (member % 64);
        }
        self.batch.program.set_members(
            &mut self.scratch,
            id,
            bits.get(..words).expect("the words of a set fit"),
        );
        true
    }
}

impl Batch<'_, '_> {
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
            let seen = &mut Seen::new(self.program.ruleset(), self.keep.len());
            return (!blank).then(|| self.object_of_line(text, seen).map(|(object, _)| object));
        }
        let (columns, _) = self.meanings(header);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(rows.separator)
            .from_reader(rows.bytes.as_slice());
        let mut lines = row::Lines::new(&rows.bytes, rows.line);
        let mut record = csv::StringRecord::new();
        loop {
            let begin = reader.position().byte();
            let read = reader.read_record(&mut record);
            let place = match &read {
                Ok(_) => record.position(),
                Err(error) => error.position(),
            };
            let (_, at) = lines.of_record(place.map_or(begin, csv::Position::byte));
            match read {
                Ok(false) => return None,
                Ok(true) if at == line && !is_blank(&record) => {
                    return Some(Ok(self.object_of_record(&record, &columns).0));
                }
                Ok(true) | Err(_) => {}
            }
        }
    }

    /// A line's fields, under their names in the ruleset, and what is taken over of it.
    pub(super) fn object_of_line(
        &self,
        text: &[u8],
        seen: &mut Seen,
    ) -> Result<(String, Vec<String>), String> {
        let text = std::str::from_utf8(text)
            .map_err(|_| "this row is not UTF-8; save the table as UTF-8".to_string())?;
        let entries: Entries<'_> =
            serde_json::from_str(text).map_err(|error| self.no_object(text, error.column()))?;
        let mut object = String::from("{");
        let mut kept = vec![String::new(); self.keep.len()];
        for (name, raw) in entries.0 {
            let column = self.columns.get(&name);
            seen.note(&name, column);
            if let Some(Column::Keep(number) | Column::Both(_, number)) = column {
                let kept = kept.get_mut(number).expect("there is a place for each that is kept");
                *kept = raw.get().to_string();
            }
            if let Some(id) = column.and_then(field) {
                if object.len() > 1 {
                    object.push(',');
                }
                let name = &self.program.ruleset().fields[id].name;
                object.push_str(&format!("{}:{}", serde_json::Value::from(&**name), raw.get()));
            }
        }
        object.push('}');
        Ok((object, kept))
    }

    /// Says why a line is no object, in the words that are used of profiles; `column` is where reading it ended.
    fn no_object(&self, line: &str, column: usize) -> String {
        match line.trim_start().bytes().next() {
            Some(b'[') => return "this is a list; each line of a table is one object".into(),
            Some(b'{') => {}
            _ if is_mark(line) => return CONFLICT.into(),
            _ => return "this is no JSON object, such as `{\"field\": 1}`".into(),
        }
        let wrong = faults(self.program.ruleset(), line, Format::Json);
        match wrong.first() {
            Some((column, wrong)) => format!("{wrong} (column {column})"),
            None => format!("this is not read as JSON from column {column} on"),
        }
    }

    /// A record's fields, under their names in the ruleset, and where each column's begins. An empty cell leaves the
    /// field out.
    pub(super) fn object_of_record(
        &self,
        record: &csv::StringRecord,
        columns: &[Option<Column>],
    ) -> (String, Vec<(usize, usize)>) {
        let cells = columns.iter().zip(record).enumerate().filter(|(_, (_, text))| !text.is_empty());
        let mut object = String::from("{");
        let mut places = Vec::new();
        for (column, id, text) in
            cells.filter_map(|(number, (column, text))| Some((number, field((*column)?)?, text)))
        {
            let field = &self.program.ruleset().fields[id];
            if object.len() > 1 {
                object.push(',');
            }
            places.push((object.len(), column));
            object.push_str(&format!(
                "{}:{}",
                serde_json::Value::from(&*field.name),
                json_of_cell(self.program.ruleset(), field.ty, text)
            ));
        }
        object.push('}');
        (object, places)
    }
}

/// A mistake in a row, with what mends it: there is no place for a fix but behind it.
fn told(wrong: &Diagnostic) -> String {
    let fix = wrong.fix.as_ref().filter(|fix| fix.sure).map(|fix| format!("; {}", fix.message));
    let choices: Vec<String> = wrong.choices.iter().map(|choice| choice.message.clone()).collect();
    let either = if choices.is_empty() { String::new() } else { format!(" ({})", one_of(&choices)) };
    format!("{}{either}{}", wrong.message, fix.unwrap_or_default())
}

/// The names of a set's members in a cell of CSV: `a;b`, `{a, b}`, `[]`.
fn names_of_cell(text: &str) -> impl Iterator<Item = &str> {
    let inner = text.trim().trim_start_matches(['{', '[']).trim_end_matches(['}', ']']);
    let members = inner.split([';', ',', '|']).map(|member| member.trim().trim_matches('"'));
    members.filter(|member| !member.is_empty())
}

/// The field that a column is of.
pub(super) fn field(column: Column) -> Option<Id<Field>> {
    match column {
        Column::Field(id) | Column::Both(id, _) => Some(id),
        Column::Keep(_) => None,
    }
}

/// A truth value as spreadsheets write it, too: `TRUE`.
fn truth(text: &str) -> Option<bool> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("true") { Some(true) } else { is("false").then_some(false) }
}

/// A cell of CSV as a profile in JSON would have it.
fn json_of_cell(ruleset: &Ruleset, ty: Type, text: &str) -> String {
    // In a table that people fill in, a value of an enum may be called by its title.
    let named = |text: &str| match ty {
        Type::Enum(id) | Type::Set(id) => {
            let of = &ruleset.enums[id];
            of.member_called(text).map(|member| of.member_name(member).to_string())
        }
        Type::Bool | Type::Number(_) | Type::Text | Type::Date => None,
    };
    let json = |text: &str| serde_json::Value::from(named(text).unwrap_or_else(|| text.into())).to_string();
    let list = |text: &str| format!("[{}]", names_of_cell(text).map(json).collect::<Vec<_>>().join(","));
    let bare = |text: &str| text.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    if ty == Type::Bool
        && let Some(holds) = truth(text)
    {
        return holds.to_string();
    }
    match (text, ty) {
        ("null" | "unknown", _) => "null".into(),
        (_, Type::Set(_)) => list(text),
        // A number as it is written: JSON's numbers are those that need no closer look.
        (_, Type::Number(_)) if bare(text) && serde_json::from_str::<&RawValue>(text).is_ok() => text.into(),
        _ => json(text),
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
