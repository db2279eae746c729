//! Record batches of Arrow: columns of profiles in, columns of decisions out.
//!
//! A program that has its table in memory (Spark, DuckDB, DataFusion) calls this for each of its batches; nothing is
//! shared between two batches but the [`Batch`], so they may run anywhere and in any order.
//!
//! ```
//! use std::sync::Arc;
//!
//! use arrow_array::cast::AsArray;
//! use arrow_array::types::Int8Type;
//! use arrow_array::{ArrayAccessor, ArrayRef, Float64Array, RecordBatch, StringArray};
//! use qudao_language::check::check;
//! use qudao_language::date::Date;
//! use qudao_engine::program::Program;
//! use qudao_engine::program::batch::{Batch, Form, Options};
//! use qudao_language::syntax::Sources;
//!
//! let text = r#"
//!     ruleset post "Letter or parcel?"
//!     profile { weight: number kg in 0 .. 30 }
//!     unit kg
//!     channel letter
//!     channel parcel
//!     rule heavy { when weight > 1 kg then exclude letter }
//! "#;
//! let checked = check(&Sources::new("post.qd", text.as_bytes().to_vec()));
//! let ruleset = checked.ruleset.expect("the ruleset has no errors");
//! let program = Program::new(&ruleset, Date::parse("2026-01-01").expect("a day"));
//! let options = Options { keep: vec!["id".into()], ..Options::default() };
//! let batch = Batch::new(&program, &options, Form::Arrow)?;
//!
//! let rows = RecordBatch::try_from_iter([
//!     ("id", Arc::new(StringArray::from(vec!["a", "b", "c"])) as ArrayRef),
//!     ("weight", Arc::new(Float64Array::from(vec![Some(0.5), Some(3.0), Some(99.0)])) as ArrayRef),
//! ])
//! .expect("columns of one length");
//!
//! // One worker a thread; any number of batches one after the other.
//! let mut worker = batch.worker();
//! let answers = worker.record_batch(&rows, 1)?;
//! assert_eq!(answers.num_rows(), 2);
//! let verdicts = answers["letter.verdict"].as_dictionary::<Int8Type>();
//! let words = verdicts.downcast_dict::<StringArray>().expect("verdicts are words");
//! assert_eq!((words.value(0), words.value(1)), ("possible", "excluded"));
//! assert_eq!(answers["id"].as_string::<i32>().value(1), "b");
//!
//! let (_, rejects) = worker.take();
//! assert_eq!((rejects[0].line, rejects[0].reason.as_str()), (3, "`weight` is at most 30 kg"));
//! # Ok::<(), String>(())
//! ```
//!
//! Fields take these columns; `Dictionary` stands for any of texts:
//!
//! | field | column |
//! | --- | --- |
//! | `bool` | `Boolean` |
//! | an enum, text | `Utf8`, `LargeUtf8`, `Utf8View`, `Dictionary` |
//! | a set | `List` or `LargeList` of those |
//! | a number | whole numbers, decimals, `Float32` and `Float64`; texts such as `"3 per week"` |
//! | a date | `Date32`; texts such as `"2026-05-01"` |
//!
//! Null means *unknown*, as in a profile in JSON; a field without a column is left out of all rows. A floating-point
//! number is read as the shortest decimal that stands for it, which is what it would be in a table of NDJSON or CSV;
//! `NaN` and infinities are no numbers, and their rows are set aside.

mod build;
mod cells;
mod json;

use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::{DataType, Schema, SchemaRef};

pub(super) use build::Columns;
use cells::Cells;

use super::columns::Column;
use super::decode::field;
use super::{Batch, Form, Given, Worker};
use qudao_language::date::Date;
use qudao_language::model::{Field, Id, Type, Value};

/// Which columns of record batches of one schema are read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The fields that have a column, with its number.
    fields: Vec<(Id<Field>, usize)>,
    /// The number of the column of each that is taken over, in the order of the options.
    kept: Vec<Option<usize>>,
}

impl Batch<'_, '_> {
    /// Tells whether a column holds words that come again and again, so that a dictionary pays.
    #[must_use]
    pub fn repeats(&self, column: &str) -> bool {
        self.columns.get(column).and_then(field).is_some_and(|id| {
            matches!(self.program.ruleset().fields[id].ty, Type::Enum(_) | Type::Set(_) | Type::Text)
        })
    }

    /// Finds the columns of a schema that are read.
    ///
    /// # Errors
    /// If a column has a type that its field does not take, two columns are of one field, a column that is to be taken
    /// over is not there, or a required field has none.
    pub fn reading(&self, schema: &Schema) -> Result<Reading, String> {
        let ruleset = self.program.ruleset();
        let mut fields: Vec<(Id<Field>, usize)> = Vec::new();
        let mut kept = vec![None; self.keep.len()];
        let names: Vec<String> = schema.fields().iter().map(|column| column.name().clone()).collect();
        self.check_header(&names)?;
        let (meanings, _) = self.meanings(&names);
        for (number, (column, meaning)) in schema.fields().iter().zip(meanings).enumerate() {
            let Some(meaning) = meaning else { continue };
            if let Column::Keep(slot) | Column::Both(_, slot) = meaning {
                *kept.get_mut(slot).expect("there is a place for each that is kept") = Some(number);
            }
            let Some(id) = field(meaning) else { continue };
            let field = &ruleset.fields[id];
            if !takes(field.ty, column.data_type()) {
                return Err(format!(
                    "the column `{}` holds {}, and `{}` takes {}",
                    column.name(),
                    column.data_type(),
                    field.name,
                    wanted(field.ty)
                ));
            }
            fields.push((id, number));
        }
        let required = ruleset
            .fields
            .entries()
            .find(|(id, field)| field.required && !fields.iter().any(|(given, _)| given == id));
        if let Some((_, field)) = required {
            return Err(format!("no column is of the field `{}`, which the ruleset requires", field.name));
        }
        Ok(Reading { fields, kept })
    }

    /// Returns the schema of the answer to batches of a schema; without one, to rows of NDJSON or CSV, of which columns
    /// are taken over as text.
    ///
    /// # Errors
    /// As [`Batch::reading`].
    pub fn schema(&self, input: Option<&Schema>) -> Result<SchemaRef, String> {
        let kept = match input {
            None => vec![DataType::Utf8; self.keep.len()],
            Some(schema) => {
                let columns = self.reading(schema)?.kept;
                let types = columns.iter().map(|column| {
                    let field = column.and_then(|column| schema.fields().get(column));
                    field.map_or(DataType::Utf8, |field| field.data_type().clone())
                });
                types.collect()
            }
        };
        Ok(build::schema(self, &kept))
    }
}

/// Tells whether a field takes a column's type.
fn takes(ty: Type, column: &DataType) -> bool {
    let plain = |ty: &DataType| matches!(ty, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let text = |ty: &DataType| match ty {
        DataType::Dictionary(_, of) => plain(of),
        ty => plain(ty),
    };
    if matches!(column, DataType::Null) {
        return true;
    }
    match ty {
        Type::Bool => matches!(column, DataType::Boolean),
        Type::Enum(_) | Type::Text => text(column),
        Type::Date => matches!(column, DataType::Date32) || text(column),
        Type::Number(_) => column.is_integer() || is_fraction(column) || text(column),
        Type::Set(_) => match column {
            DataType::List(of) | DataType::LargeList(of) => {
                text(of.data_type()) || matches!(of.data_type(), DataType::Null)
            }
            _ => false,
        },
    }
}

fn is_fraction(column: &DataType) -> bool {
    matches!(
        column,
        DataType::Float32
            | DataType::Float64
            | DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..)
    )
}

/// What a field takes, in words.
fn wanted(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "Boolean",
        Type::Enum(_) | Type::Text => "text (Utf8)",
        Type::Set(_) => "lists of text (List of Utf8)",
        Type::Number(_) => "numbers (Int64, Decimal128)",
        Type::Date => "days (Date32)",
    }
}

impl Worker<'_, '_, '_> {
    /// Answers a record batch by a record batch: for each row that is a profile, in order, one row of the answer.
    /// `row` is the number of the first. What is no profile is set aside, and told by [`Worker::take`].
    ///
    /// # Errors
    /// As [`Batch::reading`], and if the batch was not made for [`Form::Arrow`].
    pub fn record_batch(&mut self, rows: &RecordBatch, row: u64) -> Result<RecordBatch, String> {
        let reading = self.batch.reading(rows.schema_ref())?;
        self.read_columns(&reading, rows, row)?;
        self.take_columns()
    }

    /// Answers the rows of a record batch in the form of the answer, as [`Worker::ndjson`] does lines.
    ///
    /// # Errors
    /// If the reading is of another schema.
    pub fn read_columns(&mut self, reading: &Reading, rows: &RecordBatch, row: u64) -> Result<(), String> {
        let array = |number: usize| {
            rows.columns().get(number).ok_or_else(|| format!("the batch has no column {}", number + 1))
        };
        let ruleset = self.batch.program.ruleset();
        let mut given: Vec<(Id<Field>, Cells<'_>, &ArrayRef)> = Vec::new();
        for (id, number) in &reading.fields {
            let array = array(*number)?;
            given.push((*id, Cells::new(ruleset, *id, array), array));
        }
        let kept: Vec<&ArrayRef> =
            reading.kept.iter().flatten().map(|number| array(*number)).collect::<Result<_, _>>()?;
        let columns = self.batch.form == Form::Arrow;
        self.of_text = false;
        let mut answered: Vec<bool> = Vec::with_capacity(rows.num_rows());
        let mut clean = false;
        for index in 0..rows.num_rows() {
            if !clean {
                // What has no column is the same in every row, until a row is read as a profile.
                self.begin();
                for (id, ..) in &given {
                    self.note(*id, Given::Known);
                }
                clean = self.finish();
            }
            let line = row + index as u64;
            if !columns {
                for (slot, array) in self.kept.iter_mut().zip(&kept) {
                    *slot = json::of(array.as_ref(), index).unwrap_or_else(|word| format!("\"{word}\""));
                }
            }
            let fast =
                given.iter().fold(true, |fast, (id, cells, _)| fast && self.give_column(*id, cells, index));
            let read = if fast {
                Ok(())
            } else {
                clean = false;
                object(self.batch, &given, index).and_then(|object| self.take_profile(object))
            };
            answered.push(read.is_ok());
            match read {
                Ok(()) => self.answer(line, |batch| object(batch, &given, index)),
                Err(reason) => self.reject(line, reason),
            }
        }
        self.of_text = true;
        if columns && !kept.is_empty() {
            let answered = BooleanArray::from(answered);
            for (number, array) in kept.into_iter().enumerate() {
                let array =
                    arrow_select::filter::filter(array, &answered).map_err(|error| error.to_string())?;
                self.columns.keep(number, array);
            }
        }
        Ok(())
    }

    /// Takes the answers since the last time as a record batch.
    ///
    /// # Errors
    /// If the batch was not made for [`Form::Arrow`], or columns that are taken over have not the same type in all of
    /// the rows.
    pub fn take_columns(&mut self) -> Result<RecordBatch, String> {
        if self.batch.form != Form::Arrow {
            return Err("these answers are written as text".into());
        }
        self.columns.take(self.batch)
    }

    /// Gives a field what a row of its column holds; `false` where that needs a closer look.
    #[inline]
    fn give_column(&mut self, id: Id<Field>, cells: &Cells<'_>, row: usize) -> bool {
        let known = match cells {
            Cells::Unknown => None,
            Cells::Codes(codes) => match codes.get(row) {
                Some(&cells::UNKNOWN) => None,
                Some(&cells::ODD) | None => return false,
                Some(code) => {
                    self.batch.program.set_code(&mut self.scratch, id, *code);
                    Some(true)
                }
            },
            Cells::Numbers { units, places, null } => {
                if null.is_some_and(|null| null.is_null(row)) {
                    None
                } else {
                    units.get(row).map(|units| self.give_decimal(id, *units, *places))
                }
            }
            Cells::Mixed(numbers) => match numbers.get(row) {
                Some(cells::Mixed::Unknown) => None,
                Some(cells::Mixed::Number(units, places)) => {
                    Some(self.give_decimal(id, *units, u32::from(*places)))
                }
                Some(cells::Mixed::Odd) | None => Some(false),
            },
            Cells::Days(array) => array.is_valid(row).then(|| self.give_day(id, array.value(row))),
            Cells::Members { words, states, width } => match states.get(row) {
                Some(cells::State::Known) => {
                    let words =
                        words.get(row * width..(row + 1) * width).expect("there are words for each row");
                    self.batch.program.set_members(&mut self.scratch, id, words);
                    Some(true)
                }
                Some(cells::State::Unknown) => None,
                Some(cells::State::Odd) | None => Some(false),
            },
            Cells::Texts(array) => array.is_valid(row).then(|| match json::text(*array, row) {
                Some(text) => self.give_word(id, text),
                None => false,
            }),
        };
        let Some(known) = known else {
            self.batch.program.set_unknown(&mut self.scratch, id);
            self.set_given(id, Given::Unknown);
            return true;
        };
        self.set_given(id, Given::Known);
        known
    }

    /// Gives a field of type `date` a day, counted from the first of 1970.
    fn give_day(&mut self, id: Id<Field>, day: i32) -> bool {
        let number = i64::from(day) + *cells::UNIX_DAY;
        let known = (0..=Date::MAX.number()).contains(&number);
        known && self.give_value(id, &Value::Date(Date::of_number(number)))
    }

    fn set_given(&mut self, id: Id<Field>, given: Given) {
        self.given[id] = given;
    }
}

/// A row's fields as an object, under their names in the ruleset.
fn object(
    batch: &Batch<'_, '_>,
    given: &[(Id<Field>, Cells<'_>, &ArrayRef)],
    row: usize,
) -> Result<String, String> {
    let mut object = String::from("{");
    for (id, _, array) in given {
        let name = &batch.program.ruleset().fields[*id].name;
        let value = json::of(array.as_ref(), row).map_err(|word| {
            format!("`{name}` is {word}, which is no number; give null where it is not known")
        })?;
        if object.len() > 1 {
            object.push(',');
        }
        object.push_str(&format!("{}:{value}", serde_json::Value::from(&**name)));
    }
    object.push('}');
    Ok(object)
}

impl Batch<'_, '_> {
    /// Returns a row of a record batch as a profile in JSON; or why it is none.
    ///
    /// # Errors
    /// If it holds a number that is none.
    pub fn profile_of_row(
        &self,
        reading: &Reading,
        rows: &RecordBatch,
        row: usize,
    ) -> Result<String, String> {
        let array = |number: &usize| rows.columns().get(*number);
        let given: Vec<(Id<Field>, Cells<'_>, &ArrayRef)> = reading
            .fields
            .iter()
            .filter_map(|(id, number)| Some((*id, Cells::Unknown, array(number)?)))
            .collect();
        object(self, &given, row)
    }
}
